-- cdw.grade and cdw.tags: rules in jsonb over the columns of any row.
\pset null '(null)'
CREATE DOMAIN points AS int CHECK (VALUE >= 0);
CREATE TYPE size AS ENUM ('small', 'large', 'huge');
CREATE TABLE customer (id int PRIMARY KEY, frequency int, monetary numeric(12,2), category text, born date, seen timestamptz, gap interval, active bool, labels text[], visits int[],
                       code char(5), name varchar(20), earned points, fit size, ratio float8, note json, "first name" text);
INSERT INTO customer VALUES
    (1, 12, 9000.50, 'perfume', '1990-02-03', '2024-01-31 23:30Z', '1 month', true, '{vip,mail}', '{1,2}', 'ab', '王小明', 7, 'small', 1.5, '{}', 'Li'),
    (2, 3, 100, 'books', '2001-02-03', '2024-02-01 00:30Z', '40 days', false, '{}', '{NULL,3}', 'abc', '王', 0, 'huge', 'NaN', NULL, 'Wu'),
    (4, -2147483648, 'NaN', '', '-infinity', 'infinity', '-1 day', true, '{{mail,x},{y,z}}', '{}', '', 'abc', 2147483647, 'large', '-Infinity', 'null', '');
INSERT INTO customer VALUES (3);

-- The tag of the first rule that holds, or all tags in the order of the rules
SELECT id, cdw.grade(c, rules), cdw.tags(c, rules)
FROM customer c, (SELECT '[{"tag": "vip", "when": {"frequency": {">=": 10}, "monetary": {">=": 5000}}},
                           {"tag": "beauty lover", "when": {"category": ["cosmetics", "perfume"]}},
                           {"tag": "reader", "when": {"category": "books"}}, {"tag": "any"}]'::jsonb AS rules) r ORDER BY id;

-- Every operator: the ids for which it holds. NULL (3) satisfies no comparison, "not" turns that round; NaN is above all numbers
CREATE FUNCTION ids(condition jsonb) RETURNS text LANGUAGE sql AS
    $$ SELECT string_agg(id::text, ' ' ORDER BY id) FROM customer c WHERE cdw.grade(c, jsonb_build_array(jsonb_build_object('tag', 'x', 'when', condition))) = 'x' $$;
SELECT left(condition::text, 70) AS condition, ids(condition) FROM (VALUES
    (1, '{"frequency": 3}'::jsonb), (2, '{"frequency": {"=": 3.0}}'), (3, '{"frequency": {"<>": 3}}'), (4, '{"frequency": {"<": 3}}'), (5, '{"frequency": {"<=": 3}}'), (6, '{"frequency": {">": 3}}'), (7, '{"frequency": {">=": 3}}'),
    (8, '{"frequency": {"between": [3, 12]}}'), (9, '{"frequency": {"between": [12, 3]}}'), (10, '{"frequency": {"in": [12, 5, 12]}}'), (11, '{"frequency": []}'), (12, '{"frequency": {"is null": true}}'), (13, '{"frequency": {"is null": false}}'),
    (14, '{"frequency": {">": 3, "<": 12}}'), (15, '{"frequency": {}}'), (16, '{}'), (17, '{"not": {"frequency": 3}}'), (18, '{"not": {}}'), (19, '{"any": []}'), (20, '{"all": []}'),
    (21, '{"any": [{"frequency": 3}, {"active": true}]}'), (22, '{"all": [{"frequency": {">": 3}}, {"active": true}]}'), (23, '{"any": [{"frequency": 3}], "active": false}'), (24, '{"not": {"any": [{"frequency": 3}, {"frequency": {"is null": true}}]}}'),
    (25, '{"monetary": {">": 9000.5}}'), (26, '{"monetary": {">=": 9000.500}}'), (27, '{"monetary": {"<": 1e100}}'), (28, '{"ratio": {">": 1e300}}'), (29, '{"ratio": {"<": -1e300}}'), (30, '{"earned": {">": 6}}'),
    (31, '{"category": ""}'), (32, '{"category": {">": "b"}}'), (33, '{"category": {"starts with": "b"}}'), (34, '{"category": {"starts with": ""}}'), (35, '{"name": {"starts with": "王"}}'), (36, '{"name": {"starts with": "王小明x"}}'), (37, '{"code": {"starts with": "ab"}}'), (38, '{"code": "ab"}'),
    (39, '{"born": {"<": "2000-01-01"}}'), (40, '{"born": "1990-02-03"}'), (41, '{"seen": {"<": "2024-02-01"}}'), (42, '{"seen": {">=": "2024-02-01 00:30+00"}}'), (43, '{"gap": {"<=": "30 days"}}'), (44, '{"active": true}'), (45, '{"active": {"<>": true}}'),
    (46, '{"labels": {"contains": "mail"}}'), (47, '{"not": {"labels": {"contains": "mail"}}}'), (48, '{"labels": "{}"}'), (49, '{"visits": {"contains": 3}}'), (50, '{"labels": {"is null": false}}'),
    (51, '{"fit": {">": "small"}}'), (52, '{"fit": ["small", "huge"]}'), (53, '{"note": {"is null": true}}'), (54, '{"first name": "Wu"}')) t(i, condition) ORDER BY i;

-- Nothing depends on the session
SET timezone = 'Asia/Shanghai'; SET datestyle = 'German, DMY'; SET intervalstyle = 'sql_standard';
SELECT ids('{"seen": {"<": "2024-02-01"}}'), ids('{"born": "1990-02-03"}'), ids('{"gap": {"<": "-0 days 1 hour"}}');
SHOW timezone; SHOW datestyle;
RESET timezone; RESET datestyle; RESET intervalstyle;

-- Rows of any kind: subqueries, records, composite types, rfm_table; NULL gives NULL
SELECT cdw.grade(t, cdw.grade_rules('vip_regular_new')) FROM (VALUES (11, 5000::numeric, 1), (10, 4999, 1), (1, 5000, 5), (2, 1, 1), (1, 1, 1), (NULL, NULL, NULL)) t(frequency, monetary, categories);
SELECT cdw.grade(t, cdw.grade_rules('value_potential')) FROM (VALUES (5000, 0), (1, 1000), (1, 1)) t(value, potential);
SELECT cdw.grade(ROW(1, 'x'::text), '[{"tag": "first", "when": {"f1": 1, "f2": {"starts with": "x"}}}]');
CREATE TYPE pair AS (a int, b text);
SELECT cdw.tags(ROW(1, 'x')::pair, '[{"tag": "a", "when": {"a": 1}}, {"tag": "b", "when": {"b": "y"}}]');
CREATE TABLE purchase (customer int, at timestamptz, amount numeric);
INSERT INTO purchase SELECT i % 3, '2024-01-01Z', 10 * i FROM generate_series(1, 10) i;
SELECT customer, cdw.tags(t, '[{"tag": "often", "when": {"frequency": {">=": 4}}}, {"tag": "much", "when": {"monetary": {">": 180}}}, {"tag": "lately", "when": {"recency": {"<=": "31 days"}}}]')
FROM cdw.rfm_table('purchase', 'customer', 'at', 'amount', '2024-02-01Z') t;
SELECT cdw.grade(NULL::customer, '[]'), cdw.grade(c, NULL), cdw.tags(NULL::customer, '[]'), cdw.tags(c, '[]'), cdw.grade(c, '[]') FROM customer c WHERE id = 1;
-- the rows of an outer join
SELECT cdw.tags(c, '[{"tag": "all"}]') FROM (VALUES (1), (9)) t(id) LEFT JOIN customer c USING (id) ORDER BY id;

-- Tags come once; rules per row; rows of several types at one call; columns that change
SELECT cdw.tags(c, '[{"tag": "b"}, {"tag": "a"}, {"tag": "b", "when": {"id": 1}}, {"tag": ""}]') FROM customer c WHERE id = 1;
SELECT i, cdw.grade(c, rules) FROM customer c, (VALUES (1, '[{"tag": "x"}]'::jsonb), (2, '[{"tag": "y", "when": {"id": 2}}]'), (3, '[{"tag": "y", "when": {"id": 1}}]'), (4, '[]')) t(i, rules) WHERE id = 1 ORDER BY i;
CREATE FUNCTION graded(r record) RETURNS text LANGUAGE plpgsql AS $$ BEGIN RETURN cdw.grade(r, '[{"tag": "one", "when": {"a": 1}}, {"tag": "other"}]'); END $$;
SELECT graded(t), graded(u), graded(t) FROM (SELECT 1 AS a) t, (SELECT 'x'::text AS b, 1::numeric AS a) u;
CREATE TABLE changing (a int); INSERT INTO changing VALUES (1);
DO $$
BEGIN
    FOR i IN 1 .. 3 LOOP
        RAISE NOTICE '%', (SELECT graded(c) FROM changing c);
        IF i = 1 THEN ALTER TABLE changing ADD b int, ALTER a TYPE text; ELSIF i = 2 THEN ALTER TABLE changing DROP a; ALTER TABLE changing ADD a int DEFAULT 1; END IF;
    END LOOP;
EXCEPTION WHEN datatype_mismatch THEN RAISE NOTICE '%', SQLERRM;
END $$;
ALTER TABLE changing ADD d int DEFAULT 5;
SELECT cdw.grade(c, '[{"tag": "added", "when": {"d": 5}}]') FROM changing c;
-- a column that is a row
SELECT cdw.grade(c, '[{"tag": "x", "when": {"inner": {"is null": false}}}]') FROM (SELECT c AS inner FROM customer c WHERE id = 1) c;

-- In parallel the same
CREATE TABLE many AS SELECT i AS id, i % 25 AS frequency, (i % 1000) * 10.0 AS monetary, (ARRAY['books', 'perfume', 'toys'])[1 + i % 3] AS category FROM generate_series(1, 20000) i;
SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0;
SELECT md5(string_agg(tags::text, ';' ORDER BY id)) AS serial FROM (SELECT id, cdw.tags(m, '[{"tag": "vip", "when": {"frequency": {">=": 10}, "monetary": {">=": 5000}}}, {"tag": "beauty", "when": {"category": ["perfume"]}}]') AS tags FROM many m OFFSET 0) t \gset
SET parallel_leader_participation = off;
SELECT count(*) AS rows, md5(string_agg(tags::text, ';' ORDER BY id)) = :'serial' AS same FROM (SELECT id, cdw.tags(m, '[{"tag": "vip", "when": {"frequency": {">=": 10}, "monetary": {">=": 5000}}}, {"tag": "beauty", "when": {"category": ["perfume"]}}]') AS tags FROM many m) t;
RESET ALL;
SELECT count(*) FILTER (WHERE cdw.grade(m, '[{"tag": "vip", "when": {"frequency": {">=": 10}, "monetary": {">=": 5000}}}]') = 'vip') = count(*) FILTER (WHERE frequency >= 10 AND monetary >= 5000) AS same FROM many m;

-- Faults, with the path of each
\set VERBOSITY terse
SELECT cdw.grade(c, '{}') FROM customer c;
SELECT cdw.grade(c, 'null') FROM customer c;
SELECT cdw.grade(c, '1') FROM customer c;
SELECT cdw.grade(c, '[1]') FROM customer c;
SELECT cdw.grade(c, '[{}]') FROM customer c;
SELECT cdw.grade(c, '[{"tag": 1}]') FROM customer c;
SELECT cdw.grade(c, '[{"tag": "a", "when": []}]') FROM customer c;
SELECT cdw.grade(c, '[{"tag": "a", "when": null}]') FROM customer c;
SELECT cdw.grade(c, '[{"tag": "a", "when": {"all": {}}}]') FROM customer c;
SELECT cdw.grade(c, '[{"tag": "a", "when": {"any": [{"not": 1}]}}]') FROM customer c;
SELECT cdw.grade(c, '[{"tag": "a", "when": {"frequency": {"between": [1]}}}]') FROM customer c;
SELECT cdw.grade(c, '[{"tag": "a", "when": {"frequency": {"between": [1, [2]]}}}]') FROM customer c;
SELECT cdw.grade(c, '[{"tag": "a", "when": {"frequency": {"in": 1}}}]') FROM customer c;
SELECT cdw.grade(c, '[{"tag": "a", "when": {"frequency": {"is null": 1}}}]') FROM customer c;
SELECT cdw.grade(c, '[{"tag": "a", "when": {"frequency": {"=": {}}}}]') FROM customer c;
SELECT cdw.grade(c, '[{"tag": "a", "when": {"xmin": 1}}]') FROM customer c;
\set VERBOSITY default
SELECT cdw.grade(c, '[{"tag": "a"}, {"tag": "b", "whn": {}}]') FROM customer c;
SELECT cdw.grade(c, '[{"tag": "b", "when": {"Frequency": 1}}]') FROM customer c;
SELECT cdw.grade(c, '[{"tag": "b", "when": {"unheard of": 1}}]') FROM customer c;
SELECT cdw.grade(c, '[{"tag": "b", "when": {"frequency": {"starts": "1"}}}]') FROM customer c;
SELECT cdw.grade(c, '[{"tag": "b", "when": {"frequency": {"starts with": "1"}}}]') FROM customer c;
SELECT cdw.grade(c, '[{"tag": "b", "when": {"frequency": "10"}}]') FROM customer c;
SELECT cdw.grade(c, '[{"tag": "b", "when": {"frequency": null}}]') FROM customer c;
SELECT cdw.grade(c, '[{"tag": "b", "when": {"category": {"contains": "b"}}}]') FROM customer c;
SELECT cdw.grade(c, '[{"tag": "b", "when": {"note": "{}"}}]') FROM customer c;
SELECT cdw.grade(c, '[{"tag": "b", "when": {"frequency": 1.5}}]') FROM customer c;
SELECT cdw.grade(c, '[{"tag": "b", "when": {"any": [{}, {"frequency": {">": 2147483648}}]}}]') FROM customer c;
SELECT cdw.grade(c, '[{"tag": "b", "when": {"born": {"between": ["2000-01-01", "2000-02-30"]}}}]') FROM customer c;
SELECT cdw.grade(c, '[{"tag": "b", "when": {"fit": "medium"}}]') FROM customer c;
SELECT cdw.grade_rules('vip');
\set VERBOSITY sqlstate
SELECT cdw.grade(c, '[{"tag": "a", "when": {"xmin": 1}}]') FROM customer c;
SELECT cdw.grade(c, '[{"tag": "a", "when": {"frequency": "10"}}]') FROM customer c;
SELECT cdw.grade(c, '{}') FROM customer c;

-- Hostile documents: deep, long, large numbers
SELECT cdw.grade(c, ('[{"tag": "a", "when": ' || repeat('{"not": ', 1000) || '{"id": 1}' || repeat('}', 1000) || '}]')::jsonb) FROM customer c WHERE id < 3 ORDER BY id;
SET max_stack_depth = '2MB';
SELECT cdw.grade(c, (SELECT jsonb_agg(jsonb_build_object('tag', 't' || i, 'when', jsonb_build_object('frequency', 10 * i))) FROM generate_series(-9, 20000) i)) FROM customer c WHERE id = 1;
SELECT cdw.grade(c, (SELECT jsonb_build_array(jsonb_build_object('tag', 'in', 'when', jsonb_build_object('id', jsonb_agg(i)))) FROM generate_series(1, 100000) i)) FROM customer c;
SELECT cdw.grade(c, ('[{"tag": "a", "when": {"monetary": {"<": 1' || repeat('0', 5000) || '}}}]')::jsonb) FROM customer c WHERE id = 1;
SELECT cdw.grade(c, ('[{"tag": "a", "when": {"frequency": {"<": 1' || repeat('0', 5000) || '}}}]')::jsonb) FROM customer c WHERE id = 1;
SELECT cdw.grade(c, ('[{"tag": "a", "when": {"' || repeat('x', 100000) || '": 1}}]')::jsonb) FROM customer c WHERE id = 1;
\set VERBOSITY default
DROP FUNCTION ids(jsonb), graded(record);
DROP TABLE customer, purchase, many, changing;
DROP TYPE size, pair, points;
