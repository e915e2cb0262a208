-- What the made sets are made of: random numbers that are the same in each run, lists of words, and
-- errors as people and machines make them.
SET client_min_messages = warning;
DROP SCHEMA IF EXISTS made CASCADE;
CREATE SCHEMA made;

-- From [0, 1), by what it is for and a number.
CREATE FUNCTION made.random(what text, i bigint, j bigint DEFAULT 0) RETURNS float8 LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN ('x' || substr(md5(what || ':' || i || ':' || j), 1, 8))::bit(32)::int8 / 4294967296.0;

CREATE TABLE made.list (name text PRIMARY KEY, words text[] NOT NULL);

-- A word of a list: the first ones are frequent, as Zipf's law has it.
CREATE FUNCTION made.zipf(which text, r float8) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
RETURN (SELECT words[floor((cardinality(words) + 1) ^ r)::int] FROM made.list WHERE name = which);

-- A word of a list, each as often.
CREATE FUNCTION made.any(which text, r float8) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
RETURN (SELECT words[1 + floor(cardinality(words) * r)::int] FROM made.list WHERE name = which);

CREATE FUNCTION made.digits(n int, r float8) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN lpad(floor(r * 10 ^ n)::int8::text, n, '0');

CREATE FUNCTION made.day(first date, last date, r float8) RETURNS date LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN first + floor(r * (last - first))::int;

-- Nothing, with probability p.
CREATE FUNCTION made.lost(value text, p float8, r float8) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN r >= p THEN value END;

-- One error: a letter left out, doubled, exchanged with the next, replaced by its neighbour on the keyboard,
-- misread by a machine, or written as it sounds.
CREATE FUNCTION made.slip(value text, r float8) RETURNS text LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
    n int := length(value);
    p int := 1 + floor(n * (r * 997 - floor(r * 997)))::int;
    letter text := substr(value, p, 1);
    result text;
BEGIN
    IF n < 3 THEN RETURN value; END IF;
    result := CASE floor(r * 6)::int
        WHEN 0 THEN overlay(value PLACING '' FROM p FOR 1)
        WHEN 1 THEN overlay(value PLACING letter || letter FROM p FOR 1)
        WHEN 2 THEN overlay(value PLACING reverse(substr(value, p, 2)) FROM p FOR 2)
        WHEN 3 THEN overlay(value PLACING translate(letter, 'qwertyuiopasdfghjklzxcvbnm1234567890QWERTYUIOPASDFGHJKLZXCVBNM',
                                                    'wqretyuoipsadfhgjlkxzcbvmn2345678909WQRETYUOIPSADFHGJLKXZCBVMN') FROM p FOR 1)
        WHEN 4 THEN regexp_replace(value, 'rn|m|l|0|5|8|e', CASE substring(value FROM 'rn|m|l|0|5|8|e')
                WHEN 'rn' THEN 'm' WHEN 'm' THEN 'rn' WHEN 'l' THEN '1' WHEN '0' THEN 'O' WHEN '5' THEN 'S' WHEN '8' THEN 'B' ELSE 'c' END)
        ELSE regexp_replace(value, 'ph|ck|y|ie|th|c|z|ei', CASE substring(value FROM 'ph|ck|y|ie|th|c|z|ei')
                WHEN 'ph' THEN 'f' WHEN 'ck' THEN 'k' WHEN 'y' THEN 'i' WHEN 'ie' THEN 'y' WHEN 'th' THEN 't' WHEN 'c' THEN 'k'
                WHEN 'z' THEN 's' ELSE 'ie' END)
    END;
    RETURN CASE WHEN result = value THEN overlay(value PLACING '' FROM p FOR 1) ELSE result END;
END $$;

-- A slip with probability p.
CREATE FUNCTION made.perhaps(value text, p float8, r float8) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN r < p THEN made.slip(value, r / p) ELSE value END;

-- A day of which one part is wrong, or day and month change places.
CREATE FUNCTION made.wrong_day(value date, p float8, r float8) RETURNS date LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN r >= p THEN value
            WHEN r < p / 4 AND extract(day FROM value) <= 12
                THEN make_date(extract(year FROM value)::int, extract(day FROM value)::int, extract(month FROM value)::int)
            WHEN r < p / 2 THEN value + 1 WHEN r < p * .8 THEN (value + interval '1 month')::date ELSE (value + interval '1 year')::date END;

INSERT INTO made.list VALUES
('given_en', string_to_array('James Mary Robert Patricia John Jennifer Michael Linda David Elizabeth William Barbara Richard Susan Joseph Jessica Thomas Karen Christopher Sarah Charles Lisa Daniel Nancy Matthew Sandra Anthony Betty Mark Ashley Donald Emily Steven Kimberly Andrew Margaret Paul Donna Joshua Michelle Kenneth Carol Kevin Amanda Brian Melissa Timothy Deborah Ronald Stephanie George Rebecca Jason Sharon Edward Laura Jeffrey Cynthia Ryan Dorothy Jacob Amy Nicholas Kathleen Gary Angela Eric Shirley Jonathan Emma Stephen Brenda Larry Pamela Justin Nicole Scott Anna Brandon Samantha Benjamin Katherine Samuel Christine Gregory Debra Alexander Rachel Patrick Carolyn Frank Janet Raymond Maria Jack Olivia Dennis Heather Jerry Helen Tyler Catherine Aaron Diane Jose Julie Adam Victoria Nathan Joyce Henry Lauren Zachary Kelly Douglas Christina Peter Ruth Kyle Joan Noah Virginia Ethan Judith', ' ')),
('given_de', string_to_array('Michael Andrea Thomas Sabine Andreas Petra Stefan Claudia Christian Susanne Markus Birgit Peter Martina Wolfgang Monika Klaus Heike Jürgen Anja Jörg Stefanie Uwe Ursula Frank Nicole Matthias Karin Bernd Christine Günter Renate Holger Katrin Torsten Brigitte Björn Kerstin Sönke Bärbel Dieter Gisela Hans-Peter Anne-Marie Ralf Ingrid Jens Angelika Rüdiger Jutta Lukas Hannah Jonas Lena Felix Käthe Florian Mareike Tobias Silke', ' ')),
('nickname', string_to_array('Robert=Bob William=Bill Richard=Dick Michael=Mike James=Jim John=Jack Elizabeth=Liz Margaret=Peggy Katherine=Kate Thomas=Tom Joseph=Joe Charles=Chuck Christopher=Chris Daniel=Dan Matthew=Matt Anthony=Tony Steven=Steve Andrew=Andy Joshua=Josh Kenneth=Ken Timothy=Tim Edward=Ted Jeffrey=Jeff Nicholas=Nick Gregory=Greg Samuel=Sam Benjamin=Ben Alexander=Alex Patricia=Pat Jennifer=Jenny Susan=Sue Jessica=Jess Barbara=Barb Deborah=Debbie Rebecca=Becky Stephanie=Steph Cynthia=Cindy Kathleen=Kathy Victoria=Vicky Christina=Tina Samantha=Sam Jonathan=Jon Nathan=Nate Zachary=Zach', ' ')),
('city_us', string_to_array('Springfield,Riverside,Franklin,Greenville,Bristol,Clinton,Fairview,Salem,Madison,Georgetown,Arlington,Ashland,Dover,Oxford,Jackson,Burlington,Manchester,Milton,Newport,Auburn,Dayton,Lexington,Milford,Winchester,Cleveland,Hudson,Kingston,Mount Vernon,Oakland,Centerville', ',')),
('street_us', string_to_array('Main,Oak,Maple,Cedar,Park,Pine,Elm,Washington,Lake,Hill,Walnut,Spring,North,Ridge,Church,Willow,Mill,Sunset,Railroad,Jackson,Cherry,Highland,Franklin,Jefferson,River,Chestnut,Center,Meadow,Forest,Hickory,Dogwood,Lincoln,Adams,Birch,Valley,Prospect,Spruce,Locust,Poplar,Sycamore', ',')),
('street_type_us', string_to_array('Street Avenue Road Drive Lane', ' ')),
('city_de', string_to_array('Berlin Hamburg München Köln Frankfurt Stuttgart Düsseldorf Leipzig Dortmund Essen Bremen Dresden Hannover Nürnberg Duisburg Bochum Wuppertal Bielefeld Bonn Münster Karlsruhe Mannheim Augsburg Wiesbaden Mönchengladbach Gelsenkirchen Aachen Braunschweig Kiel Lübeck', ' ')),
('street_de', string_to_array('Haupt Schul Bahnhof Garten Dorf Berg Birken Linden Kirch Wald Ring Schiller Goethe Mozart Beethoven Jahn Wiesen Buchen Tannen Rosen Mühlen Post Brunnen Feld Eichen Blumen Amsel Drossel Finken König Markt Bismarck', ' ')),
('trade_de', string_to_array('Maschinenbau Logistik Elektrotechnik Bau Metallbau Software Consulting Druck Textil Medizintechnik Gebäudereinigung Spedition Heizungsbau Werkzeuge Möbel', ' ')),
('surname_zh', regexp_split_to_array('王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩邓冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫段雷黎史龙陶贺毛郝顾龚邵', '')),
('given_zh', regexp_split_to_array('伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超霞平刚桂华文辉玲建国红玉梅飞宇浩欣怡子轩梓涵雨晨思嘉佳雪婷俊峰志鹏春燕海波晓东新林立龙云鑫亮凯博源泽豪瑞天乐安宁康祥庆福德义仁和清雅琳倩颖慧婉莹洁琪瑶', '')),
('city_zh', string_to_array('北京市 上海市 广州市 深圳市 杭州市 成都市 武汉市 南京市 西安市 重庆市', ' ')),
('road_zh', string_to_array('中山路 人民路 解放路 建设路 和平路 新华路 文化路 长江路 南京路 胜利路 友谊路 光明路 朝阳路 学院路 青年路', ' '));

-- Family names: a hundred frequent ones, then a long tail of compounds.
INSERT INTO made.list
SELECT 'surname_en', string_to_array('Smith Johnson Williams Brown Jones Garcia Miller Davis Rodriguez Martinez Hernandez Lopez Gonzalez Wilson Anderson Thomas Taylor Moore Jackson Martin Lee Perez Thompson White Harris Sanchez Clark Ramirez Lewis Robinson Walker Young Allen King Wright Scott Torres Nguyen Hill Flores Green Adams Nelson Baker Hall Rivera Campbell Mitchell Carter Roberts Gomez Phillips Evans Turner Diaz Parker Cruz Edwards Collins Reyes Stewart Morris Morales Murphy Cook Rogers Gutierrez Ortiz Morgan Cooper Peterson Bailey Reed Kelly Howard Ramos Kim Cox Ward Richardson', ' ')
       || array_agg(a || b ORDER BY md5(a || b))
FROM unnest(string_to_array('Ash Black Brook Car Dal Ed Fair Green Hart Hol Kirk Lang Mar Nor Oak Pem Rad Shel Stan Thorn Wake Whit Win Wood', ' ')) a,
     unnest(string_to_array('ford ley ton field wood worth well more man brook stone ham land dale by', ' ')) b;
INSERT INTO made.list
SELECT 'surname_de', string_to_array('Müller Schmidt Schneider Fischer Weber Meyer Wagner Becker Schulz Hoffmann Schäfer Koch Bauer Richter Klein Wolf Schröder Neumann Schwarz Zimmermann Braun Krüger Hofmann Hartmann Lange Schmitt Werner Krause Meier Lehmann Schmid Schulze Maier Köhler Herrmann König Walter Mayer Huber Kaiser Fuchs Peters Lang Scholz Möller Weiß Jung Hahn Schubert Vogel Friedrich Keller Günther Frank Berger Winkler Roth Beck Lorenz Baumann Franke Albrecht Schuster Simon Ludwig Böhm Winter Kraus Martin Schumacher Krämer Vogt Stein Jäger Otto Sommer Groß Seidel Heinrich Brandt Haas Schreiber Graf Dietrich Ziegler Kuhn Kühn Pohl Engel Horn Busch Bergmann Thomas Voigt Sauer Arnold Wolff Pfeiffer', ' ')
       || array_agg(a || b ORDER BY md5(a || b))
FROM unnest(string_to_array('Alten Birken Buch Eichen Felden Grünen Hohen Kirch Linden Neu Ober Rosen Stein Unter Wald', ' ')) a,
     unnest(string_to_array('berg bach hauer mann thal müller hoff brink kamp städter', ' ')) b;

-- Plain people with few errors; that share of them twice.
CREATE FUNCTION made.people(what text, persons int, duplicates float8) RETURNS TABLE (
    person int, copy int, first_name text, last_name text, dob text, email text, phone text, address text, city text)
LANGUAGE sql STABLE AS $$
    WITH person AS (
        SELECT i, made.zipf('given_en', made.random(what || 'g', i)) AS given, made.zipf('surname_en', made.random(what || 'f', i)) AS family,
               made.day('1940-01-01', '2004-12-31', made.random(what || 'b', i)) AS born,
               CASE WHEN made.random(what || 'c', i) < duplicates THEN 2 ELSE 1 END AS copies
        FROM generate_series(1, persons) i
    )
    SELECT i, c, made.perhaps(given, .08, made.random(what || '1', n)), made.perhaps(family, .08, made.random(what || '2', n)),
           made.lost(made.wrong_day(born, .05, made.random(what || '3', n))::text, .05, made.random(what || '4', n)),
           made.lost(made.perhaps(lower(given || '.' || family) || i % 97 || '@' || (ARRAY['example.com', 'mail.example', 'post.example'])[1 + i % 3], .04, made.random(what || '5', n)), .2, made.random(what || '6', n)),
           made.lost('212' || made.digits(7, made.random(what || 'p', CASE WHEN made.random(what || '7', n) < .1 THEN n ELSE i END)), .2, made.random(what || '8', n)),
           made.lost(1 + floor(900 * made.random(what || 'n', i))::int || ' ' || made.zipf('street_us', made.random(what || 's', i)) || ' ' || (ARRAY['Street', 'St'])[1 + n % 2], .1, made.random(what || '9', n)),
           made.any('city_us', made.random(what || 't', i))
    FROM person, generate_series(1, copies) c, LATERAL (SELECT i * 10 + c AS n) x $$;
