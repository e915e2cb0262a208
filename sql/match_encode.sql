-- Values that come again are encoded once and remembered, in a megabyte per field. Whatever is remembered,
-- forgotten or given up, records are those of each row by itself: here as groups of equal values, which plain
-- SQL makes as well.
SET client_min_messages = warning;
CREATE SCHEMA match_encode;
SET search_path = match_encode, public;

-- the groups that a match rule makes of column v, beside those of the standard form
CREATE FUNCTION check_groups(source text) RETURNS TABLE (identities int8, expected int8, wrong int8)
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM cdw.create_resolver('enc', source::regclass, 'id', fields => '{"v": "text"}',
        options => '{"match_rules": ["v"]}');
    CALL cdw.resolve('enc');
    RETURN QUERY EXECUTE format($q$
        WITH form AS (SELECT id, nullif(cdw.normalize_text(v), '') AS standard FROM %I),
             resolved AS (SELECT identity_id, coalesce(standard, 'missing ' || id) AS value
                          FROM enc_identity JOIN form USING (id))
        SELECT (SELECT count(DISTINCT identity_id) FROM resolved),
               (SELECT count(DISTINCT value) FROM resolved),
               (SELECT count(*) FROM (SELECT FROM resolved GROUP BY identity_id HAVING count(DISTINCT value) > 1) s)
        $q$, source);
    PERFORM cdw.drop_resolver('enc', true);
END $$;

-- a few values, again and again: all are remembered
CREATE TABLE few AS SELECT i AS id, 'Value ' || i * 7919 % 500 AS v FROM generate_series(1, 5000) i;
SELECT * FROM check_groups('few');

-- more values than the memory holds, each of them two or three times in a row: all is forgotten at times
CREATE TABLE many AS SELECT i AS id, 'Value number ' || i * 2 / 5 AS v FROM generate_series(1, 45000) i;
SELECT * FROM check_groups('many');

-- twice each, far apart: remembering is given up
CREATE TABLE apart AS SELECT i AS id, 'Value number ' || i % 20000 AS v FROM generate_series(1, 40000) i;
SELECT * FROM check_groups('apart');

-- values that are missing in several spellings, and values that are alike to a degree: in another case, in
-- what is cut off, in what is too long to be remembered, in the last byte or the length only
CREATE TABLE special (id serial, v text);
INSERT INTO special (v) SELECT v FROM generate_series(1, 2), (VALUES (NULL), (''), (' ')) s(v);
INSERT INTO special (v) SELECT v FROM generate_series(1, 2), (VALUES
    ('Maria'), ('MARIA'), ('María'), (' maria '), ('Mario'), ('Mari'), ('Maria.'), ('王'), ('玉'), ('王 '),
    (repeat('long ', 50) || 'a'), (repeat('long ', 50) || 'b'), (repeat('long ', 52) || 'a'),
    (repeat('long ', 52) || 'b'), (repeat('x', 255)), (repeat('x', 256)), (repeat('x', 257)), (repeat('x', 255) || 'y')) s(v);
SELECT * FROM check_groups('special');

-- words that say that a value is missing, which differ from values in one letter
CREATE TABLE missing AS SELECT row_number() OVER () AS id, v
FROM generate_series(1, 2), unnest('{N/A,n/a,NULL,none,unknown,Nan,nil,-,?,.,noone,unknowns,nill}'::text[]) v;
SELECT cdw.create_resolver('enc', 'missing', 'id', fields => '{"v": "text"}', options => '{"match_rules": ["v"]}') ->> 'key' AS key;
CALL cdw.resolve('enc');
SELECT DISTINCT v COLLATE "C" AS linked FROM missing JOIN enc_identity USING (id)
WHERE identity_id IN (SELECT identity_id FROM enc_identity GROUP BY identity_id HAVING count(*) > 1) ORDER BY 1;
SELECT cdw.drop_resolver('enc', true);

-- keys of text are ordered by bytes however they come and however much of them is alike
CREATE TABLE keyed AS
SELECT CASE i % 4 WHEN 0 THEN 'prefix-of-all-' || i WHEN 1 THEN 'prefix-of-' || i
                  WHEN 2 THEN repeat('p', i) || i ELSE 'é' || i END AS id, 'same' AS v
FROM generate_series(1, 600) i ORDER BY md5(i::text);
SELECT cdw.create_resolver('enc', 'keyed', 'id', fields => '{"v": "text"}', options => '{"match_rules": ["v"]}') ->> 'key' AS key;
CALL cdw.resolve('enc');
SELECT count(*), count(*) FILTER (WHERE left_key COLLATE "C" >= right_key COLLATE "C") AS misplaced FROM enc_match;
SELECT cdw.drop_resolver('enc', true);

-- and of numbers by value, both signs
CREATE TABLE numbered AS SELECT (i - 1000) * 4294967296 + i % 3 AS id, 'v' || i / 2 AS v
FROM generate_series(1, 2000) i ORDER BY md5(i::text);
SELECT cdw.create_resolver('enc', 'numbered', 'id', fields => '{"v": "text"}', options => '{"match_rules": ["v"]}') ->> 'key' AS key;
CALL cdw.resolve('enc');
SELECT count(*), count(*) FILTER (WHERE left_key >= right_key) AS misplaced FROM enc_match;
SELECT cdw.drop_resolver('enc', true);

-- two that are equal are still found
INSERT INTO numbered SELECT * FROM numbered ORDER BY id LIMIT 1;
SELECT cdw.create_resolver('enc', 'numbered', 'id', fields => '{"v": "text"}', options => '{"match_rules": ["v"]}') ->> 'key' AS key;
\set VERBOSITY sqlstate
CALL cdw.resolve('enc');
SELECT cdw.drop_resolver('enc', true);
DROP TABLE few, many, apart, special, missing, keyed, numbered;
DROP FUNCTION check_groups;
