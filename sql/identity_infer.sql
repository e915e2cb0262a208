-- Fields that are chosen from column names, types and content. The tables are made by formulas, so that
-- every case shows why a column is what it is.
CREATE SCHEMA identity_infer;
SET search_path = identity_infer;
SET DateStyle = 'ISO, YMD';
\pset format unaligned
\pset tuples_only on

-- What is chosen, a line per column in the order of the table.
CREATE FUNCTION chosen(source regclass, key name, source_column name DEFAULT NULL)
RETURNS TABLE (line text) LANGUAGE sql AS $$
SELECT a.attname || ': ' || coalesce(j -> 'fields' ->> a.attname, '-- ' || (j -> 'ignored' ->> a.attname), '(not looked at)')
FROM cdw.infer_fields(source, key, source_column) j, pg_attribute a
WHERE a.attrelid = source AND a.attnum > 0 AND NOT a.attisdropped
ORDER BY a.attnum
$$;

-- What a statement raises, in one line.
CREATE FUNCTION fails(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    detail text;
    hint text;
BEGIN
    EXECUTE statement;
    RETURN 'no error';
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
    RETURN concat_ws(' / ', SQLSTATE || ': ' || SQLERRM, nullif(detail, ''), nullif(hint, ''));
END
$$;

-- The n-th word of a list, round and round.
CREATE FUNCTION pick(words text, n int) RETURNS text LANGUAGE sql IMMUTABLE AS $$
SELECT (string_to_array(words, ' '))[1 + abs(n) % array_length(string_to_array(words, ' '), 1)]
$$;

-- 400 records of 300 people; i is the record, p the person.
CREATE TABLE people AS
SELECT i, p, pick('james mary robert linda john susan david karen william nancy thomas laura peter alice henry grace', p * 7) AS given,
       pick('smith jones taylor brown wilson evans thomas walker white green hall wood harris clark james robinson lewis hill', p * 5) ||
       CASE WHEN p % 3 = 0 THEN 'son' WHEN p % 5 = 1 THEN 'ton' ELSE '' END AS family,
       date '1940-01-01' + (p * 7919) % 22000 AS born
FROM (SELECT i, i % 300 AS p FROM generate_series(1, 400) i) s;

-- English customers
CREATE TABLE customers AS
SELECT 'k' || i AS customer_key, given AS first_name, family AS "lastName", given || '.' || family || p || '@example.com' AS "E-Mail",
       CASE WHEN p % 4 = 0 THEN given || p || '@work.example' END AS work_email,
       format('(212) 555-%s', lpad((p * 31 % 10000)::text, 4, '0')) AS home_phone,
       CASE WHEN p % 3 > 0 THEN format('+1 646 555 %s', lpad((p * 37 % 10000)::text, 4, '0')) END AS cell,
       born AS dob, p % 90 + 1 || ' ' || pick('oak elm high mill park church', p) || ' street' AS addr1,
       pick('Boston Chicago Denver Austin Dallas Seattle Portland Miami Tampa Phoenix Houston Memphis Omaha', p) AS city,
       lpad((10000 + p % 60 * 137)::text, 5, '0') AS zip, 'US' AS country, pick('f m', p) AS sex,
       lpad((p::int8 * 7368787 % 1000000000)::text, 9, '0') AS ssn, true AS active, NULL::text AS twitter,
       timestamptz '2024-01-01 00:00+00' + i * interval '7919 seconds' AS created_at,
       'Called on a ' || pick('monday tuesday friday', i) || ' about order ' || i || ' and was told that it will come by post next week' AS notes
FROM people;
SELECT chosen('customers', 'customer_key');

-- the same without names: content decides
DO $$
DECLARE
    columns text;
BEGIN
    SELECT string_agg(format('%I AS c%s', attname, attnum - 1), ', ' ORDER BY attnum) INTO columns
    FROM pg_attribute WHERE attrelid = 'customers'::regclass AND attnum > 1;
    EXECUTE format('CREATE VIEW nameless AS SELECT customer_key, %s FROM customers', columns);
END
$$;
SELECT chosen('nameless', 'customer_key');

-- a whole name beside its parts; with middle names, and with nothing of its own
CREATE VIEW whole AS
SELECT i, given AS first_name, family AS surname, concat_ws(' ', given, CASE WHEN p % 2 = 0 THEN 'anne' END, family) AS full_name,
       given || ' ' || family AS display_name, upper(given) AS vorname
FROM people;
SELECT chosen('whole', 'i');

-- Chinese customers
CREATE TABLE kehu AS
SELECT i AS id, pick('王 李 张 刘 陈 杨 黄 赵 吴 周', p) || pick('伟 芳 娜 敏 静 丽 强 磊 洋 勇 小明 建国 秀英', p * 3 + p / 10) AS 姓名,
       '13' || lpad((p::int8 * 7368787 % 1000000000)::text, 9, '0') AS 手机, 'u' || p || '@example.cn' AS 邮箱, born AS 生日,
       pick('北京市 上海市 广州市', p) || pick('朝阳区 海淀区 天河区', p / 3) || '人民路' || p % 90 + 1 || '号' AS 地址,
       '110101' || to_char(born, 'YYYYMMDD') || lpad((p * 17 % 10000)::text, 4, '0') AS 身份证, pick('男 女', p) AS 性别
FROM people;
SELECT chosen('kehu', 'id');

-- German customers
CREATE TABLE kunden AS
SELECT i AS id, given AS "Vorname", family AS "Nachname", to_char(born, 'DD.MM.YYYY') AS "Geburtsdatum",
       pick('Haupt Garten Bahnhof Schul', p) || 'straße ' || p % 90 + 1 AS "Straße", (10115 + p % 60 * 137)::text AS "PLZ",
       pick('Berlin Hamburg Köln München Bremen Essen Bonn Kiel Ulm Trier Mainz Fulda Jena', p) AS "Ort",
       '+49 30 ' || 1000000 + p * 7919 % 900000 AS "Telefonnr", 100000 + p * 31 AS "KundenNr"
FROM people;
SELECT chosen('kunden', 'id');

-- products: long text is the evidence
CREATE TABLE products AS
SELECT i AS sku_key, pick('Acme Bolt Core Dyna', p) || ' ' || pick('drill saw lamp fan pump', p / 4) || ' model ' || pick('X K Z', p) || p AS name,
       'A very good ' || pick('drill saw lamp fan pump', p / 4) || ' for home and garden with model number ' || p || ' and a long cable in the box' AS description,
       (p * 7919 % 90000) / 100.0 AS price, pick('Acme Bolt Core Dyna', p) AS brand
FROM people;
SELECT chosen('products', 'sku_key');

-- types: arrays, points, uuid, enum, json, bytea, composite, range, generated
CREATE TYPE colour AS ENUM ('red', 'green', 'blue');
CREATE DOMAIN short_text AS text;
CREATE TABLE types (
    id int, tags text[], place point, row_uuid uuid, person_uuid uuid, hue colour, doc jsonb, raw bytea, range int4range,
    item people, pair people[], label short_text, computed text GENERATED ALWAYS AS ('x' || id) STORED, record_count int);
INSERT INTO types (id, tags, place, row_uuid, person_uuid, hue, doc, raw, range, item, pair, label, record_count)
SELECT i, ARRAY['t' || p % 7, 't' || p % 11], point(p % 50 + .125, p % 40 + .25), md5('r' || i)::uuid, md5('p' || p)::uuid,
       (ARRAY['red', 'green', 'blue'])[1 + p % 3]::colour, '{}', '\x00', '[1,2)', NULL, NULL, 'n' || p % 40, p
FROM people;
SELECT chosen('types', 'id');

-- lists in text, coordinates, parts of other columns, orders of dates
CREATE VIEW mixed AS
SELECT i, 'a' || p % 7 || '**' || 'b' || p % 5 AS codes, pick('red blue green', p) || '; ' || pick('small large', p) AS wishes,
       (40 + p % 97 / 9.7)::numeric(9, 5) AS lat, (-70 - p % 89 / 7.1)::numeric(9, 5) AS lng, to_char(born, 'MM/DD/YYYY') AS birthday,
       to_char(date '2023-01-01' + p, 'DD/MM/YYYY') AS order_date, extract(year FROM born)::text AS jahr, 'n' || p * 7919 AS member_no,
       'n' AS constant, CASE WHEN i = 7 THEN 'once' END AS rare, i + 1000 AS row_number, 'rec-' || i || '-org' AS rec, NULL AS nothing,
       '10.0.' || p % 40 || '.' || p % 90 AS ip, 'visa ****' || 1000 + p * 31 % 9000 AS card,
       CASE WHEN p % 20 = 0 THEN 'a@b.example' ELSE 'none of it, ' || p END AS email
FROM people;
SELECT chosen('mixed', 'i');

-- the source column is no field; a column that does not exist
SELECT chosen('customers', 'customer_key', 'city') LIMIT 1;
SELECT fails($$SELECT cdw.infer_fields('customers', 'no such key')$$);
SELECT fails($$SELECT cdw.infer_fields('customers', 'customer_key', 'no such source')$$);
SELECT fails($$SELECT cdw.infer_fields(NULL, 'customer_key')$$);
SELECT fails($$SELECT cdw.infer_fields('customers', NULL)$$);
SELECT fails($$SELECT cdw.infer_fields('pg_class_oid_index', 'oid')$$);

-- no rows, one row: names and types decide
CREATE TABLE empty (id int, name text, email text, born date, seen timestamptz, x text, tags text[]);
SELECT chosen('empty', 'id');
INSERT INTO empty VALUES (1, 'Ann', 'ann@example.com', '1980-01-01', now(), 'y', '{a}');
SELECT chosen('empty', 'id');
CREATE TABLE without_names (id int, x text, y int);
SELECT fails($$SELECT cdw.infer_fields('without_names', 'id')$$);

-- nothing can be a field: told per column
CREATE VIEW nothing AS SELECT i, 'x' AS constant, NULL::text AS nothing, i + 5 AS number, '{}'::jsonb AS doc FROM people;
SELECT fails($$SELECT cdw.infer_fields('nothing', 'i')$$);
CREATE TABLE only_key (id int);
SELECT fails($$SELECT cdw.infer_fields('only_key', 'id')$$);

-- names that need quotes
CREATE TABLE hostile ("key" int, "first ""name""" text, "last'; DROP TABLE people; --" text, "e\mail" text, "Ünïcode-Tel." text);
INSERT INTO hostile SELECT i, given, family, given || p || '@example.com', '+44 20 7946 ' || lpad((p * 31 % 10000)::text, 4, '0') FROM people;
SELECT chosen('hostile', 'key');
SELECT count(*) FROM people;

-- more columns than fields: the most telling ones; and as many columns as a table can have
DO $$
BEGIN
    EXECUTE 'CREATE TABLE wide AS SELECT i AS k, ' ||
            (SELECT string_agg(format('(p * %s %% %s)::text || ''x'' AS w%s', 7 + n, 20 + n, n), ', ') FROM generate_series(1, 40) n) || ' FROM people';
    EXECUTE 'CREATE TABLE widest (' || (SELECT string_agg('w' || n || ' int', ', ') FROM generate_series(1, 1600) n) || ')';
    EXECUTE 'INSERT INTO widest (w1, w2, w1600) SELECT i, i * 7 % 50, p * 31 % 97 FROM people';
END
$$;
SELECT (SELECT count(*) FROM jsonb_object_keys(j -> 'fields')), j -> 'ignored' FROM cdw.infer_fields('wide', 'k') j;
SELECT (SELECT count(*) FROM jsonb_object_keys(j -> 'ignored')), j -> 'fields' FROM cdw.infer_fields('widest', 'w1') j;

-- neither the order of rows nor the keys matter
CREATE TABLE reordered AS SELECT * FROM customers ORDER BY md5(customers::text);
UPDATE reordered SET customer_key = md5(customer_key);
SELECT cdw.infer_fields('customers', 'customer_key') = cdw.infer_fields('reordered', 'customer_key');

-- the session's settings do not matter
SET DateStyle = 'SQL, DMY';
SET TimeZone = 'Asia/Tokyo';
SELECT cdw.infer_fields('customers', 'customer_key') = cdw.infer_fields('reordered', 'customer_key');
RESET TimeZone;
SET DateStyle = 'ISO, YMD';

-- create_resolver takes what is chosen, says what it ignores, and takes its own settings back
SELECT settings -> 'ignored' = j -> 'ignored', settings #>> '{fields,dob,kind}',
       (SELECT count(*) FROM jsonb_object_keys(settings -> 'fields')) = (SELECT count(*) FROM jsonb_object_keys(j -> 'fields'))
FROM cdw.create_resolver('zero', 'customers', 'customer_key') settings, cdw.infer_fields('customers', 'customer_key') j;
SELECT cdw.create_resolver('again', 'customers', 'customer_key', settings -> 'fields') -> 'fields' = settings -> 'fields' FROM zero_resolver;
SELECT cdw.create_resolver('null_fields', 'customers', 'customer_key', 'null') -> 'fields' = settings -> 'fields' FROM zero_resolver;
SET client_min_messages = warning;
CALL cdw.resolve('zero');
SELECT count(*), count(DISTINCT identity_id) FROM zero_identity;

-- what is of the record and not of the person: two records of one person agree in it as two of any; a category
-- that goes with the person stays, and so does an identifier, of which nothing is expected
CREATE TABLE visits AS
SELECT i, given AS first_name, family AS last_name, born AS dob, given || p || '@example.com' AS email, p * 7 % 200 + 1 || ' ' || family || ' road' AS address,
       date '2015-01-01' + (i * 7919) % 3650 AS last_visit, date '2012-01-01' + (i * 6007) % 4000 AS c1,
       pick('north south east west', i * 7919 % 1009) AS clinic, pick('gold silver bronze', p) AS grade, (i * 7789 % 991) / 10.0 AS c2,
       'A' || i * 6007 % 397 AS account_no
FROM people;
SELECT chosen('visits', 'i');

-- a firm has several contacts, with an e-mail address each
CREATE TABLE accounts AS
SELECT i, initcap(family) || ' ' || pick('Steel Foods Motors', p) || ' ' || p || pick(' Ltd,, Inc', i) AS company_name, given || ' ' || family AS contact_person,
       given || i || '@example.com' AS email, p || ' high street' AS street
FROM people;
SELECT chosen('accounts', 'i');

-- the name of a relative is that of a household; initials are no family names
CREATE TABLE pupils AS
SELECT i, given AS first_name, family AS last_name, pick('james mary robert linda john', p / 3) || ' ' || family AS parent_name, born AS dob FROM people;
SELECT chosen('pupils', 'i');
CREATE TABLE initials AS
SELECT i, CASE WHEN i % 9 = 0 THEN left(given, 1) ELSE given END AS c1, chr(65 + p * 7 % 26) AS c2, family AS c3, born AS c4 FROM people;
SELECT chosen('initials', 'i');

-- measures do not push out what says who: 40 of them
DO $$
BEGIN
    EXECUTE 'CREATE TABLE measured AS SELECT i, given AS first_name, family AS last_name, CASE WHEN i % 3 > 0 THEN format(''(212) 555-%s'', lpad((p * 31 % 10000)::text, 4, ''0'')) END AS phone, '
        || (SELECT string_agg(format('(i * %s %% 9973) / 100.0 AS m%s', 7001 + n * 38, n), ', ' ORDER BY n) FROM generate_series(1, 40) n) || ' FROM people';
END
$$;
SELECT line FROM chosen('measured', 'i') line WHERE line LIKE 'phone%';

-- a model number stays in the title where only some rows have it in a column: elsewhere it stands in the title alone
CREATE TABLE offers AS
SELECT i, pick('compact strong quiet light handy', p / 2) || ' ' || pick('drill saw grinder jigsaw', p) || ' X' || p * 37 || ' in ' || pick('red blue green black white yellow grey', p / 4) AS title, CASE WHEN i % 4 > 0 THEN 'X' || p * 37 END AS model_number FROM people;
SELECT chosen('offers', 'i');
UPDATE offers SET model_number = 'X' || (i % 300) * 37;
SELECT line FROM chosen('offers', 'i') line WHERE line LIKE 'title%';

-- numbers that come again in another spelling only are no row numbers
CREATE TABLE spelled AS
SELECT i, given AS first_name, family AS last_name, CASE WHEN i <= 300 THEN 'AB-' || 1000 + p * 37 || 'X' ELSE 'ab ' || 1000 + p * 37 || 'x' END AS tax_id FROM people;
SELECT line FROM chosen('spelled', 'i') line WHERE line LIKE 'tax%';

-- privileges are the caller's
CREATE ROLE regress_infer;
GRANT USAGE ON SCHEMA identity_infer TO regress_infer;
GRANT SELECT (i, given) ON people TO regress_infer;
SET ROLE regress_infer;
SELECT fails($$SELECT cdw.infer_fields('people', 'i')$$);
RESET ROLE;

DROP SCHEMA identity_infer CASCADE;
DROP ROLE regress_infer;
