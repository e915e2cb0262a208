-- Comparison levels of every kind, seen through explain_match: each level once, and the same from either side.
SET client_min_messages = warning;
CREATE SCHEMA match_levels;
SET search_path = match_levels;
\pset format unaligned
\pset null '(null)'

-- One field v of the kind; its levels of given pairs of values, among rows that only make up a population.
CREATE FUNCTION levels(field jsonb, pairs text[], others text[] DEFAULT '{}', type text DEFAULT 'text')
RETURNS TABLE (a text, b text, level text, either_way boolean) LANGUAGE plpgsql AS $$
DECLARE
	value text;
	n int := array_length(pairs, 1);
BEGIN
	EXECUTE format('CREATE TABLE t (id int PRIMARY KEY, v %s, lng text)', type);
	FOR i IN 1 .. n LOOP
		EXECUTE format('INSERT INTO t VALUES ($1, $2::%s), ($3, $4::%1$s)', type) USING 2 * i, pairs[i][1], 2 * i + 1, pairs[i][2];
	END LOOP;
	FOR i IN 1 .. coalesce(array_length(others, 1), 0) LOOP
		EXECUTE format('INSERT INTO t VALUES ($1, $2::%s)', type) USING 1000 + i, others[i];
	END LOOP;
	PERFORM cdw.create_resolver('r', 't', 'id', jsonb_build_object('v', field), ARRAY['v']);
	CALL cdw.train('r');
	FOR i IN 1 .. n LOOP
		a := pairs[i][1];
		b := pairs[i][2];
		SELECT e.level INTO level FROM cdw.explain_match('r', (2 * i)::text, (2 * i + 1)::text) e WHERE e.field = 'v';
		SELECT e.level = levels.level INTO either_way FROM cdw.explain_match('r', (2 * i + 1)::text, (2 * i)::text) e WHERE e.field = 'v';
		RETURN NEXT;
	END LOOP;
	PERFORM cdw.drop_resolver('r', true);
	DROP TABLE t;
END $$;

-- Names.
SELECT * FROM levels('{"kind": "given_name"}', '{{Margaret,margaret},{Margaret,Margret},{Margaret,Maragert},{Katherine,Catherina},
    {Margaret,Marg},{J,John},{Smith,Smythe},{Robert,Rupert},{Anna,Zbigniew},{小明,小红},{Margaret,unknown},{Jo,Jon}}');
-- Initials, nicknames, other scripts, order of words.
SELECT * FROM levels('{"kind": "name"}', '{{John Robert Smith,J R Smith},{J. Smith,Smith John},{Bob Smith,Robert Smith},{Bob,Robert},{王小明,Wang Xiaoming},
    {王小明,Xiaoming Wang},{王小明,Maria Garcia},{Иван Петров,Ivan Petrov},{Anna Maria Keller,Maria Keller},{John Smith,Mary Jones},{J,Mary Jane}}');

-- Places are compared as family names are, in the standard form of addresses.
SELECT * FROM levels('{"kind": "place"}', '{{St. Albans,st albans},{Birmingham,Birmingam},{Melbourne,Melborune},{Frankfurt am Main,Frankfurt},{Noble Park,Noble Park North},{Leeds,Leith},{北京市,北京},{Paris,Rome}}');

-- Codes.
SELECT * FROM levels('{"kind": "identifier"}', '{{AB-123456,ab 123456},{AB123456,AB123465},{AB123456,AC123465},{AB123456,AB127890},{AB123456,XY987654},{123,124},{123,145}}');
-- Postcodes: of the form of the United Kingdom the part before the last three, else the first half.
SELECT * FROM levels('{"kind": "postcode"}', '{{SW1A 1AA,sw1a1aa},{SW1A 1AA,SW1A 1AB},{90210,90210-1234},{SW1A 1AA,SW1A 2BQ},{N1 9GU,N1 7TY},{10115,10178},{1012 AB,1012},{90210,80211},
    {SW1A 1AA,N1 9GU},{10115,80331}}');

-- Dates as they are mistyped: distance, order, parts.
SELECT * FROM levels('{"kind": "date"}', '{{1980-02-03,03 Feb 1980},{1980-02-03,1980-02-08},{1980-02-03,1980-03-02},{1980-12-13,1980-12-31},{1980-02-03,1985-02-03},{1980-01-31,1980-02-01},
    {1980-02-03,1980-11-27},{1980-02-03,1987-09-03},{1980-12-20,1981-01-05},{1980-02-03,1957-11-28},{1980-02-30,1980-02-03}}');
-- The days between: across months, years and leap days.
SELECT * FROM levels('{"kind": "date", "compare": "days"}', '{{2024-02-28,2024-02-28},{2024-02-28,2024-02-29},{2023-12-31,2024-01-01},{2024-02-27,2024-03-01},{2023-02-26,2023-03-05},
    {2024-01-31,2024-03-01},{2023-12-31,2024-01-31},{2024-01-01,2025-01-01},{1900-02-28,1900-03-01}}');

-- E-mail addresses.
SELECT * FROM levels('{"kind": "email"}', '{{Ann.Lee@example.com,ann.lee@EXAMPLE.com},{ann.lee@example.com,ann.lee@other.org},{ann.lee@example.com,ann.leh@example.cm},
    {ann.lee@example.com,ann.le@mail.org},{ann.lee@example.com,ann.leeson@other.org},{ann.lee@example.com,zbigniew@example.com},{ann.lee@example.com,zbigniew@other.org}}');

-- Numbers: relative to the greater one; zero and signs.
SELECT * FROM levels('{"kind": "number"}', '{{100,100.0},{100,99.5},{-100,-99.5},{100,92},{100,75},{100,50},{0,-0},{0,0.001},{-5,5},{1e-300,1e300},{-1e308,1e308},{"$1,234.50",1234.5},{"- € 1,234,567",-1234567},{"1,23",1.23},{"12 apples",12},{"12 34",1234}}');

SELECT * FROM levels('{"kind": "category"}', '{{Red,red},{red,green}}');

-- Texts: words by how rare they are. "street" is common, names of streets are rare.
SELECT * FROM levels('{"kind": "text"}', '{{blue river hotel,Blue River Hotel!},{blue river hotel,hotel blue river},{blue river hotel,blu river hotel},{pridham house,pridhamhouse},
    {blue river hotel,blue river},{zanzibar grand hotel,zanzibar palace hotel},{red inn hotel,red lake hotel},{timbuktu inn oldest,timbuktu lake newest},{red lake hotel,red inn river},
    {samarkand one two three four five six,samarkand seven eight nine ten eleven twelve},{hotel,inn},{12 hotel,13 hotel}}',
    ARRAY(SELECT (ARRAY['blue', 'red', 'green'])[1 + i % 3] || ' ' || (ARRAY['river', 'lake', 'inn', 'grand', 'palace'])[1 + i % 5] || ' hotel' FROM generate_series(1, 60) i));
-- Codes and compounds are written with and without a hyphen; in values of many words they count where they are rare.
SELECT * FROM levels('{"kind": "text"}', '{{Panasonic plasma TH-50PZ85U,Panasonic TH50PZ85U},{Sony digital DSC-W120/B,camera DSCW120B},{light house inn,lighthouse tavern},
    {a1 b2 c3 d4 e5 f6 g7 h8 i9 k1 l2 m3 n4 o5 p6 QX-77 z1 z2 z3,QX77 y1 y2 y3 y4 y5 y6 y7 y8 y9 w1 w2 w3 w4 w5 w6}}',
    ARRAY(SELECT 'Panasonic digital house inn sony camera 40 inch ' || i FROM generate_series(1, 60) i));
-- Chinese has no blanks: two characters at a time.
SELECT * FROM levels('{"kind": "address"}', '{{北京市朝阳区建国路88号,北京市朝阳区建国路88号},{北京市朝阳区建国路88号,朝阳区建国路88号},{北京市朝阳区建国路88号,上海市浦东新区世纪大道100号}}');
-- A text of many words, one beyond what is kept, and the longest words.
SELECT length(a) AS a, length(b) AS b, level, either_way FROM levels('{"kind": "text"}', ARRAY[
    [(SELECT string_agg('w' || i, ' ') FROM generate_series(1, 40) i), (SELECT string_agg('w' || i, ' ') FROM generate_series(2, 41) i)],
    [(SELECT string_agg('w' || i, ' ') FROM generate_series(1, 2000) i), (SELECT string_agg('w' || i, ' ') FROM generate_series(1, 2001) i)],
    [repeat('x', 100000), repeat('x', 100001)], [repeat('王', 5000), repeat('王', 5001)]]);

-- Lists: arrays, and texts with the usual separators or with one of their own. Neither order nor repetition matters, nothing is fuzzy.
SELECT * FROM levels('{"kind": "tokens"}', '{{"{a1,\"b 2\",c3}","{c3,a1,B  2,a1,NULL,\"\"}"},{"{a1,b2,c3,d4}","{a1,b2,c3}"},{"{a1,b2}","{a1,z9}"},{"{}","{a1}"},{"{NULL,\"null\"}","{a1}"},{"{a1}","{a2}"},
    {"{\"x,y\",\"q\\\"r\"}","{\"q r\",x y}"}}', type => 'text[]');
SELECT * FROM levels('{"kind": "tokens"}', '{{A61N**A61B,a61b | a61n},{"x, y; z","z,y,x"},{x,xx}}');
SELECT * FROM levels('{"kind": "tokens", "separator": "//"}', '{{a//b,b//a},{"a,b","b,a"}}');
SELECT * FROM levels('{"kind": "tokens"}', '{{"{{1,2},{3,4}}","[0:3]={4,3,2,1}"}}', type => 'int[]');
-- Every level of lists.
SELECT * FROM levels('{"kind": "tokens"}', '{{"p,q,r","r,q,p"},{"p,q,r","p,q,r,s"},{"rare1,p,q","rare1,r,s"},{"p,q","p,r"},{"rare2,p,q,r","rare2,s,x,y"},{"p,q,r","p,s,x"},{"rare3,k1,k2,k3,k4,k5,k6","rare3,k7,k8,k9,k10,k11,k12"},{p,x}}',
    ARRAY(SELECT (ARRAY['p', 'q', 'r', 's', 'x', 'y'])[1 + i % 6] FROM generate_series(1, 120) i));

-- Places: one degree of latitude is 111.2 km.
SELECT * FROM levels('{"kind": "location"}', '{{"52.1,4.3","52.10000 4.300001"},{"52.1,4.3","52.1005,4.3"},{"52.1,4.3","52.105,4.3"},{"52.1,4.3","52.14,4.3"},{"52.1,4.3","52.3,4.3"},{"52.1,4.3","52.9,4.3"},
    {"52.1,4.3","53.1,4.3"},{"52.1;4.3","(4.3,52.1)"},{"POINT(4.3 52.1)","52.1,4.3"},{"0,179.9999","0,-179.9999"},{"90,0","90,180"},{"0,0","52.1,4.3"},{"91,4","52.1,4.3"},{"52.1","52.1,4.3"},
    {"nan,4","52.1,4.3"},{"52.1,4.3,7","52.1,4.3"},{"somewhere","52.1,4.3"}}');
SELECT * FROM levels('{"kind": "location"}', '{{"(4.3,52.1)","(4.31,52.1)"}}', type => 'point');
-- London to Paris is 343.56 km, Berlin to Potsdam 27.18 km by the haversine formula.
SELECT * FROM levels('{"kind": "location", "levels": ["km <= 27.1", "km <= 27.3", "km <= 343.5", "km <= 343.6"]}', '{{"51.5074,-0.1278","48.8566,2.3522"},{"52.52,13.405","52.3906,13.0645"}}');

-- A latitude and a longitude in two columns.
CREATE TABLE place (id int PRIMARY KEY, lat numeric, lng float8);
INSERT INTO place VALUES (1, 52.1, 4.3), (2, 52.1, 4.31), (3, 52.1, NULL), (4, 0, 0), (5, 40, 4.3);
SELECT cdw.create_resolver('place', 'place', 'id', '{"lat": {"kind": "location", "longitude": "lng"}}') #> '{fields}' AS fields;
CALL cdw.train('place');
SELECT k, level, left_value, right_value FROM unnest('{2,3,4,5}'::text[]) k, cdw.explain_match('place', '1', k) WHERE field = 'lat' ORDER BY k;
-- Default keys are cells of four grids: within a kilometre two places share one of them.
SELECT cdw.create_resolver('place_grid', 'place', 'id', '{"lat": {"kind": "location", "longitude": "lng"}}', options => '{"all_pairs_limit": 0}') -> 'blocking' AS blocking;
CALL cdw.train('place_grid');
SELECT sum(new_pairs) AS candidates FROM cdw.block_counts('place_grid');

-- Arrays in the golden record: the most frequent one, whatever its length.
CREATE TABLE tagged (id int PRIMARY KEY, code text, tags text[]);
INSERT INTO tagged VALUES (1, 'a7351', '{x,y}'), (2, 'a7351', '{x,y}'), (3, 'a7351', '{x,y,z}'), (4, 'b2964', NULL), (5, 'c5527', '{}');
SELECT cdw.create_resolver('tagged', 'tagged', 'id', '{"code": "identifier", "tags": "tokens"}') #> '{fields,tags}' AS field;
CALL cdw.resolve('tagged');
SELECT record_count, code, tags, pg_typeof(tags) AS type FROM tagged_golden ORDER BY code;

-- Exchanged values are one event. Both fields are unlike and one crossing agrees.
CREATE TABLE person (id int PRIMARY KEY, given text, family text, phone1 text, phone2 text);
INSERT INTO person VALUES (1, 'Margaret', 'Thornton', '2025550101', '2025550199'), (2, 'Thornton', 'Margaret', '2025550199', '2025550101'), (3, 'Thornten', NULL, NULL, '2025550101'),
    (4, 'Thornton', 'Xu', '2025550199', '4155552671'), (5, 'Ann', 'Li', '6285550177', '2125550123');
SELECT cdw.create_resolver('person', 'person', 'id', '{"given": "given_name", "family": "family_name", "phone1": {"kind": "phone", "swap_with": "phone2"}, "phone2": "phone"}') -> 'fields' AS fields;
CALL cdw.train('person');
SELECT k, field, level FROM unnest('{2,3,4,5}'::text[]) k, cdw.explain_match('person', '1', k) WHERE field ~ '^[gfp]' ORDER BY k, field;
SELECT cdw.drop_resolver('person', true);
SELECT cdw.create_resolver('person', 'person', 'id', '{"given": {"kind": "given_name", "swap_with": null}, "family": "family_name"}') #> '{fields,given}' AS field;
CALL cdw.train('person');
SELECT field, level FROM cdw.explain_match('person', '1', '2') WHERE field ~ '^[gf]' ORDER BY 1;

-- A full name without the given and the family name of the same record: what is left are other names.
CREATE TABLE full_name (id int PRIMARY KEY, "full" text, first text, last text);
INSERT INTO full_name VALUES (1, 'Dr. Anna Maria Keller', 'Anna', 'Keller'), (2, 'Keller, Ana Maria', 'Ana', 'Keller'), (3, 'Anna Keller', 'Anna', 'Keller'), (4, 'Anna M. Keller', 'Anna', 'Keller');
SELECT cdw.create_resolver('full_name', 'full_name', 'id', '{"full": {"kind": "name", "without": ["first", "last"]}, "first": "given_name", "last": "family_name"}') #> '{fields,full}' AS field;
CALL cdw.train('full_name');
SELECT k, level FROM unnest('{2,3,4}'::text[]) k, cdw.explain_match('full_name', '1', k) WHERE field = 'full' ORDER BY k;

DROP SCHEMA match_levels CASCADE;
