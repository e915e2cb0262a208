-- Households and colleagues, frequencies and missing values in training: src/match/em.c, train.c, score.c.
SET client_min_messages = warning;
CREATE SCHEMA match_households;
SET search_path = match_households;
\pset format unaligned
CREATE FUNCTION random_of(what text, i int, n int) RETURNS int LANGUAGE sql IMMUTABLE
RETURN ('x' || substr(md5(what || i), 1, 6))::bit(24)::int % n;
CREATE FUNCTION word(what text, i int, n int) RETURNS text LANGUAGE sql IMMUTABLE
RETURN translate(substr(md5(what || random_of(what, i, n)), 1, 7), '0123456789', 'ghijklmnop');

-- Three colleagues share their firm's address and phone, two people of three are listed twice.
CREATE TABLE colleague AS
SELECT i * 10 + copy AS id, i AS person, word('given', i, 400) AS given_name, word('family', i, 90) AS family_name, word('firm', i / 3, 1000) AS company,
       1 + random_of('number', i / 3, 90) || ' ' || word('street', i / 3, 50) || ' street' AS address, '212' || 2000000 + random_of('phone', i / 3, 900000) AS phone
FROM generate_series(3, 452) i, generate_series(1, CASE WHEN i % 3 = 0 THEN 1 ELSE 2 END) copy;
SELECT FROM cdw.create_resolver('c', 'colleague', 'id', '{"given_name": "given_name", "family_name": "family_name", "company": "company", "address": "address", "phone": "phone"}');
CALL cdw.resolve('c');
SELECT f1 >= .95 AS "people, not firms" FROM cdw.evaluate('c', 'colleague', 'id', 'person') WHERE level = 'cluster' AND threshold = .5;
-- 150 firms x 3 pairs of colleagues, more where they are listed twice
SELECT (model ->> 'household_prior')::float8 * (model ->> 'pairs')::float8 > 450 AS households FROM c_resolver;
SELECT field, weight < -5 AS "taken back" FROM cdw.explain_match('c', '41', '51') WHERE field = '(household)';

-- The same people under one whole name, with a family name in common.
CREATE TABLE family AS SELECT id, person, given_name || ' ' || word('family', person / 3, 90) AS name, address, phone FROM colleague;
SELECT FROM cdw.create_resolver('f', 'family', 'id', '{"name": "name", "address": "address", "phone": "phone"}');
CALL cdw.resolve('f');
SELECT f1 >= .95 AS "people, not families" FROM cdw.evaluate('f', 'family', 'id', 'person') WHERE level = 'cluster' AND threshold = .5;
-- h where relatives are as strangers is not learnt, nor shown or stored
SELECT level, household IS NOT NULL AS household FROM cdw.model_weights('f') WHERE field = 'name';
SELECT level ->> 'level' AS level FROM f_resolver, jsonb_array_elements(model -> 'fields' -> 'name' -> 'levels') level WHERE level ? 'h';
-- a model that lacks it is read as one of people who are as strangers there
SELECT FROM cdw.create_resolver('g', 'family', 'id', '{"name": "name", "address": "address", "phone": "phone"}');
SELECT cdw.import_model('g', jsonb_set(cdw.export_model('f'), '{model,fields,name,levels}',
       (SELECT jsonb_agg(level - 'h') FROM f_resolver, jsonb_array_elements(model -> 'fields' -> 'name' -> 'levels') level)));
SELECT level ->> 'h' = level ->> 'u' AS stranger FROM g_resolver, jsonb_array_elements(model -> 'fields' -> 'name' -> 'levels') level WHERE level ? 'h';

-- Nobody shares a home here: the few who agree in all but the given name are people under a wrong name.
CREATE TABLE alone AS
SELECT i * 10 + copy AS id, i AS person, CASE WHEN copy = 2 AND i % 10 = 0 THEN word('wrong', i, 400) ELSE word('given', i, 400) END AS given_name, word('family', i, 90) AS family_name,
       1 + random_of('number', i, 90) || ' ' || word('street', i, 50) || ' street' AS address, '212' || 2000000 + random_of('phone', i, 900000) AS phone
FROM generate_series(1, 300) i, generate_series(1, 2) copy;
SELECT FROM cdw.create_resolver('a', 'alone', 'id', '{"given_name": "given_name", "family_name": "family_name", "address": "address", "phone": "phone"}');
CALL cdw.resolve('a');
SELECT model ->> 'household_prior' AS households FROM a_resolver;
SELECT recall >= .98 AS "found under a wrong name" FROM cdw.evaluate('a', 'alone', 'id', 'person') WHERE level = 'cluster' AND threshold = .5;
SELECT count(*) AS "rows of households" FROM cdw.explain_match('a', '101', '102') WHERE field = '(household)';
SELECT count(household) AS h FROM cdw.model_weights('a');

-- Frequencies: n records with a value, S = sum n (n - 1) / sum n over values that several have. Agreement weighs S / (n - 1) more.
WITH value AS (SELECT given_name, count(*) AS n FROM colleague GROUP BY 1 HAVING count(*) > 1),
     s AS (SELECT sum(n * (n - 1)) / sum(n) AS s, sum(n) AS repeated FROM value)
SELECT (model -> 'fields' -> 'given_name' ->> 'repeated')::numeric = repeated AS repeated,
       abs(e.weight - log(2, (e.m / (model -> 'fields' -> 'given_name' -> 'levels' -> 0 ->> 'u')::float8)::numeric * s / (n - 1)) ) < 1e-9 AS weight
FROM c_resolver, s, colleague c JOIN value USING (given_name), cdw.explain_match('c', '41', '42') e WHERE c.id = 41 AND e.field = 'given_name';
-- A model without "repeated" is read as if all values were; more than there are values are refused.
SELECT cdw.import_model('g', cdw.export_model('f') #- '{model,fields,phone,repeated}');
SELECT model -> 'fields' -> 'phone' -> 'repeated' = model -> 'fields' -> 'phone' -> 'values' AS "all repeated" FROM g_resolver;
\set VERBOSITY sqlstate
SELECT cdw.import_model('g', jsonb_set(cdw.export_model('f'), '{model,fields,phone,repeated}', '1e9'));
\set VERBOSITY default

-- Of two records that have no field in common nothing is known. Three of four people have one of two
-- columns each time; with blocking such pairs are never seen, and the prior is that of the others.
CREATE TABLE sparse AS
SELECT i * 10 + copy AS id, i AS person, CASE WHEN random_of('no phone', i * 10 + copy, 2) = 0 THEN '212' || 2000000 + random_of('phone', i, 900000) END AS phone,
       CASE WHEN random_of('no mail', i * 10 + copy, 2) = 0 THEN 'p' || i || '@example.com' END AS email, CASE WHEN random_of('no name', i * 10 + copy, 3) = 0 THEN word('family', i, 500) END AS name
FROM generate_series(1, 400) i, generate_series(1, 2) copy;
SELECT FROM cdw.create_resolver('s', 'sparse', 'id', '{"phone": "phone", "email": "email", "name": "family_name"}', ARRAY['phone', 'email', 'name']);
CALL cdw.train('s');
SELECT (model ->> 'prior')::float8 * (model ->> 'pairs')::float8 BETWEEN 320 AND 480 AS "about 400 matches" FROM s_resolver;
