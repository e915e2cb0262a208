-- cdw.check_tags: mistakes in rules, and rules that cannot be meant.
\pset null '(null)'
CREATE TYPE size AS ENUM ('small', 'large');
CREATE TABLE customer (id int NOT NULL, frequency int, monetary numeric, category text, born date, seen timestamptz, active bool, labels text[], fit size, note json, point point);

-- All mistakes at once, with their paths
SELECT * FROM cdw.check_tags('[{"tag": "a", "when": {"frequncy": 1, "monetary": "x"}}, {"tga": "b"}, 7, {"tag": "c", "when": {"any": [{"category": 3}, {"labels": {"contains": 1}}]}},
    {"tag": "d", "when": {"frequency": {"=>": 3}, "note": 1, "point": "(1,2)", "id": {"starts with": "1"}, "born": null}}]', 'customer');
SELECT * FROM cdw.check_tags('{"tag": "a"}', 'customer');
SELECT * FROM cdw.check_tags('[{"tag": "a", "when": {"born": "2000-02-30"}}]', 'customer');
SELECT * FROM cdw.check_tags(NULL);
SELECT * FROM cdw.check_tags('[]', 'pg_class_oid_index');
SELECT * FROM cdw.check_tags('[]', 'customer');
SELECT * FROM cdw.check_tags('[{"tag": "all"}]');

-- Conditions that never hold, the innermost: ranges, whole numbers and days without one between, NULL, types' bounds, lists
SELECT problem, tag, path FROM cdw.check_tags('[{"tag": "a", "when": {"frequency": {">": 5, "<": 3}}}, {"tag": "b", "when": {"frequency": {">": 5, "<": 6}}}, {"tag": "c", "when": {"monetary": {">": 5, "<": 6}}},
    {"tag": "d", "when": {"id": {"is null": true}}}, {"tag": "e", "when": {"frequency": 1, "not": {"frequency": {"is null": false}}}}, {"tag": "f", "when": {"any": [{"id": 1}, {"id": []}, {"any": []}]}},
    {"tag": "g", "when": {"frequency": {"<": -2147483648}}}, {"tag": "h", "when": {"active": true, "not": {"active": true}}}, {"tag": "i", "when": {"all": [{"category": {"starts with": "ab"}}, {"category": {"starts with": "b"}}]}},
    {"tag": "j", "when": {"born": {">": "2024-02-28", "<": "2024-02-29"}}}, {"tag": "k", "when": {"born": {">": "2023-02-28", "<": "2023-03-02"}}}, {"tag": "l", "when": {"labels": {"is null": true, "contains": "x"}}},
    {"tag": "m", "when": {"fit": {">": "small", "<": "large"}}}, {"tag": "n", "when": {"category": ["a", "b"], "not": {"category": ["b", "a", "c"]}}}, {"tag": "o", "when": {"frequency": {"between": [3, 2]}}}, {"tag": "p", "when": {"not": {}}},
    {"tag": "q", "when": {"seen": {">": "2024-01-01", "<": "2024-01-01 00:00:00.000001"}}}]', 'customer')
WHERE problem NOT IN ('overlap', 'uncovered');

-- Dead: by one rule, by several together, by lists that cover all values of a type
SELECT problem, tag, path, detail FROM cdw.check_tags('[{"tag": "often", "when": {"frequency": {">=": 10}}}, {"tag": "vip", "when": {"frequency": {">=": 10}, "monetary": {">=": 5000}}}]', 'customer') WHERE problem <> 'uncovered';
SELECT problem, tag, path, detail FROM cdw.check_tags('[{"tag": "low", "when": {"frequency": {"<": 10}}}, {"tag": "high", "when": {"frequency": {">": 9}}}, {"tag": "none", "when": {"frequency": {"is null": true}}}, {"tag": "rest"}]', 'customer');
SELECT problem, tag, path, detail FROM cdw.check_tags('[{"tag": "low", "when": {"monetary": {"<": 10}}}, {"tag": "high", "when": {"monetary": {">": 9}}}, {"tag": "nine", "when": {"monetary": {"between": [8, 10]}}}, {"tag": "rest"}]', 'customer') WHERE problem = 'dead';
SELECT problem, tag, path, detail FROM cdw.check_tags('[{"tag": "a", "when": {"active": true}}, {"tag": "b", "when": {"active": false}}, {"tag": "c", "when": {"active": {"is null": false}}}, {"tag": "d", "when": {"fit": ["small", "large"]}}, {"tag": "e", "when": {"fit": {">=": "small"}}}]', 'customer') WHERE problem = 'dead';
SELECT problem, tag, path, detail FROM cdw.check_tags('[{"tag": "a", "when": {"labels": {"contains": "x"}}}, {"tag": "b", "when": {"not": {"labels": {"contains": "x"}}}}, {"tag": "c"}]', 'customer') WHERE problem = 'dead';

-- Overlap and uncovered, in words
SELECT problem, tag, path, detail FROM cdw.check_tags('[{"tag": "important", "when": {"any": [{"frequency": {">": 9}}, {"monetary": {">=": 5000}}]}}, {"tag": "loyal", "when": {"frequency": {"between": [5, 20]}}},
    {"tag": "reader", "when": {"category": {"starts with": "book"}, "labels": {"contains": "it''s"}}}, {"tag": "reader", "when": {"category": "books"}}]', 'customer');
SELECT problem, tag, path, detail FROM cdw.check_tags('[{"tag": "a", "when": {"frequency": {"<>": 5}, "active": {"<>": true}}}]', 'customer');
SELECT problem, tag, path, detail FROM cdw.check_tags(cdw.grade_rules('vip_regular_new'));
SELECT problem, tag, path, detail FROM cdw.check_tags(cdw.grade_rules('value_potential'));

-- Without a relation constants have the types of JSON, one per column
SELECT problem, tag, path, detail FROM cdw.check_tags('[{"tag": "a", "when": {"x": {">": 5, "<": 6}}}, {"tag": "b", "when": {"x": "5"}}, {"tag": "c", "when": {"y": {"<": "2024-01-01", ">": "2024-01-01"}}}, {"tag": "d", "when": {"z": true, "not": {"z": true}}}]') WHERE problem NOT IN ('overlap', 'uncovered');
-- a composite type, a view
CREATE TYPE pair AS (a int, b text);
CREATE VIEW seen AS SELECT id AS a, category AS b FROM customer;
SELECT problem, path, hint FROM cdw.check_tags('[{"tag": "x", "when": {"A": 1}}]', 'pair');
SELECT problem, path, hint FROM cdw.check_tags('[{"tag": "x", "when": {"bb": 1}}]', 'seen');

-- Too much to decide is told, not guessed: 30 columns, one of two each
SELECT problem, tag, path, detail FROM cdw.check_tags((SELECT jsonb_build_array(jsonb_build_object('tag', 'x', 'when', jsonb_build_object('all',
    jsonb_agg(jsonb_build_object('any', jsonb_build_array(jsonb_build_object('a' || i, 1), jsonb_build_object('b' || i, 1))))))) || '{"tag": "y", "when": {"a1": 1}}' FROM generate_series(1, 30) i));

-- Hostile: deep, wide, large numbers
SELECT count(*) FROM cdw.check_tags(('[{"tag": "a", "when": ' || repeat('{"not": ', 1000) || '{"id": 1}' || repeat('}', 1000) || '}]')::jsonb, 'customer');
SELECT left(path, 60), detail FROM cdw.check_tags(('[{"tag": "a", "when": ' || repeat('{"all": [', 1000) || '1' || repeat(']}', 1000) || '}]')::jsonb, 'customer') WHERE problem = 'invalid';
SELECT problem, count(*) FROM cdw.check_tags((SELECT jsonb_agg(jsonb_build_object('tag', 't' || i, 'when', jsonb_build_object('frequency', i))) FROM generate_series(1, 300) i), 'customer') GROUP BY problem;
SELECT problem, count(*) FROM cdw.check_tags((SELECT jsonb_agg(jsonb_build_object('tag', 't', 'when', jsonb_build_object('x' || i, i))) FROM generate_series(1, 3000) i), 'customer') GROUP BY problem;
SELECT problem, tag FROM cdw.check_tags(('[{"tag": "a", "when": {"monetary": {"<": -1' || repeat('0', 5000) || ', ">": 1' || repeat('0', 5000) || '}}}]')::jsonb, 'customer') WHERE problem <> 'uncovered';

-- Against brute force: 150 lists of 5 rules over a number, a text, an array and a truth value, on rows in all cells
CREATE TABLE dot AS
SELECT a, b, c, d FROM (SELECT generate_series(0, 6) UNION ALL SELECT NULL) a(a), unnest(ARRAY['', 'a', 'ab', 'abc', 'b', 'c', 'd', NULL]) b,
    (VALUES ('{}'::text[]), ('{x}'), ('{y}'), ('{x,y}'), (NULL)) c(c), (VALUES (true), (false), (NULL)) d(d);
ALTER TABLE dot ALTER a TYPE int2;
CREATE TABLE leaf AS SELECT row_number() OVER () - 1 AS i, leaf::jsonb FROM unnest(ARRAY['{"a": 3}', '{"a": {">": 2}}', '{"a": {"between": [2, 4]}}', '{"a": {"<>": 3}}', '{"a": [1, 3, 5]}', '{"a": {"is null": true}}',
    '{"b": "b"}', '{"b": {"starts with": "a"}}', '{"b": {"starts with": "ab"}}', '{"b": {"<": "b"}}', '{"b": {"is null": false}}', '{"c": {"contains": "x"}}', '{"c": {"contains": "y"}}', '{"c": {"is null": true}}',
    '{"d": true}', '{"d": {"<>": true}}', '{"not": {"c": {"contains": "x"}}}', '{"not": {"a": {">=": 4}, "d": false}}', '{}']) leaf;
CREATE TABLE list AS
SELECT id, jsonb_agg(jsonb_build_object('tag', 't' || n, 'when', CASE h >> 40 & 3
           WHEN 0 THEN jsonb_build_object('all', jsonb_build_array(x.leaf, y.leaf)) WHEN 1 THEN jsonb_build_object('any', jsonb_build_array(x.leaf, jsonb_build_object('all', jsonb_build_array(y.leaf, z.leaf))))
           WHEN 2 THEN jsonb_build_object('all', jsonb_build_array(x.leaf, jsonb_build_object('not', y.leaf))) ELSE jsonb_build_object('not', jsonb_build_object('any', jsonb_build_array(x.leaf, y.leaf, z.leaf))) END) ORDER BY n) AS rules
FROM generate_series(1, 150) id, generate_series(0, 4) n, LATERAL (SELECT (id * 7919 + n * 271)::int8 * 2654435761 AS h) hash,
     leaf x, leaf y, leaf z WHERE x.i = (h >> 11) % 19 AND y.i = (h >> 17) % 19 AND z.i = (h >> 23) % 19 GROUP BY id;
CREATE TABLE graded AS SELECT id, cdw.grade(dot, rules) AS grade, cdw.tags(dot, rules) AS tags FROM list, dot;
CREATE TABLE finding AS SELECT id, t.* FROM list, cdw.check_tags(rules, 'dot') t;
CREATE TABLE rule AS SELECT id, i, 't' || i AS tag FROM list, generate_series(0, 4) i;
SELECT problem, count(*) FROM finding GROUP BY problem ORDER BY problem;
-- none differs: rules that grade no row though some row has their tag; rules whose tag no row has; rows of two tags; rows without a grade
CREATE TABLE tagged AS SELECT DISTINCT id, unnest(tags) AS tag FROM graded;
SELECT count(*) FROM ((SELECT id, tag FROM tagged EXCEPT SELECT id, grade FROM graded) EXCEPT SELECT id, tag FROM finding WHERE problem = 'dead') d;
SELECT count(*) FROM (SELECT id, tag FROM finding WHERE problem = 'dead' EXCEPT (SELECT id, tag FROM tagged EXCEPT SELECT id, grade FROM graded)) d;
SELECT count(*) FROM (SELECT id, tag FROM rule EXCEPT SELECT id, tag FROM tagged EXCEPT SELECT id, tag FROM finding WHERE problem = 'impossible') d;
SELECT count(*) FROM (SELECT id, tag FROM finding WHERE problem = 'impossible' AND path ~ 'when(\.all)?$' INTERSECT SELECT id, tag FROM tagged) d;
SELECT count(*) FROM ((SELECT DISTINCT id, x.tag, y.tag FROM graded, unnest(tags) x(tag), unnest(tags) y(tag) WHERE x.tag < y.tag AND (id, y.tag) NOT IN (SELECT id, tag FROM finding WHERE problem = 'dead'))
                      EXCEPT SELECT id, substring(detail, '"(t\d)"'), tag FROM finding WHERE problem = 'overlap') d;
SELECT count(*) FROM (SELECT id, substring(detail, '"(t\d)"'), tag FROM finding WHERE problem = 'overlap'
                      EXCEPT (SELECT DISTINCT id, x.tag, y.tag FROM graded, unnest(tags) x(tag), unnest(tags) y(tag) WHERE x.tag < y.tag)) d;
SELECT count(*) FROM (SELECT DISTINCT id FROM graded WHERE grade IS NULL) brute FULL JOIN (SELECT id FROM finding WHERE problem = 'uncovered') checked USING (id) WHERE brute IS NULL OR checked IS NULL;

DROP VIEW seen;
DROP TABLE customer, dot, leaf, list, graded, finding, rule, tagged;
DROP TYPE size, pair;
