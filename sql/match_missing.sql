-- Values that stand for missing ones: listed for a field, or found where fields are chosen.
\pset null '(null)'
\pset format unaligned
CREATE SCHEMA match_missing;
SET search_path = match_missing;
SET client_min_messages = error;

-- What a statement raises, in one line.
CREATE FUNCTION fails(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    hint text;
BEGIN
    EXECUTE statement;
    RETURN 'no error';
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS hint = PG_EXCEPTION_HINT;
    RETURN concat_ws(' / ', SQLSTATE || ': ' || SQLERRM, nullif(hint, ''));
END
$$;

CREATE TABLE people (id int PRIMARY KEY, name text, email text, phone text, born text);
INSERT INTO people
SELECT i, 'person ' || md5((i / 2)::text), md5('mail' || i / 2) || '@example.com', '212 555 ' || lpad((i / 2 * 37)::text, 4, '0'),
       to_char(date '1950-01-01' + i / 2 * 97, 'DD.MM.YYYY')
FROM generate_series(1, 100) i;
INSERT INTO people VALUES
    (201, 'ann smith', 'None@Example.COM', '000-000-0000', '01.01.1900'),
    (202, 'bob jones', 'none@example.com ', '(000) 000 0000', '1.1.1900'),
    (203, 'bob jones', 'bob@example.com', '212 555 9999', '02.03.1961');
SELECT jsonb_pretty(cdw.create_resolver('r', 'people', 'id', '{"name": "name",
    "email": {"kind": "email", "missing": ["none@example.com", "x"]},
    "phone": {"kind": "phone", "missing": ["0000000000"]},
    "born": {"kind": "date", "field_order": "dmy", "missing": ["1900-01-01"]}}',
    ARRAY['name', 'email', 'phone', 'born']) -> 'fields');
CALL cdw.resolve('r');

-- however they are written they are no evidence, and no key of a block: that of the names is left
SELECT field, level, left_value, right_value, weight FROM cdw.explain_match('r', '201', '202') WHERE field IN ('email', 'phone', 'born');
SELECT rule, largest_block FROM cdw.block_counts('r');

-- as they are listed, but for capitals, they do not survive where there is another value
UPDATE r_identity SET identity_id = 1000 WHERE id > 200;
SELECT email, phone, born FROM r_golden WHERE identity_id = 1000;
UPDATE r_identity SET identity_id = 1001 WHERE id IN (201, 202);
SELECT email, phone, born FROM r_golden WHERE identity_id = 1001;

-- null is no list
SELECT cdw.create_resolver('n', 'people', 'id', '{"email": {"kind": "email", "missing": null}, "name": {"kind": "name", "missing": []}}') -> 'fields';

-- mistakes
SELECT fails(format($$SELECT cdw.create_resolver('bad', 'people', 'id', '{"email": {"kind": "email", "missing": %s}}')$$, missing))
FROM (VALUES ('"none@example.com"'), ('[1]'), ('[null]'), ('{}'), (to_jsonb(ARRAY(SELECT i::text FROM generate_series(1, 101) i))::text)) v (missing);

-- Chosen: what stands out of a column whose other values vary is missing. Not so a name or a town that most have, as
-- others are frequent too; nor what is rare, nor what comes in a few rows only.
CREATE TABLE chosen AS
SELECT i AS id,
       (string_to_array('james mary robert linda john susan david karen william nancy', ' '))[1 + i * i % 97 % 10] AS first_name,
       (string_to_array('smith jones taylor brown wilson evans thomas walker white green', ' '))[1 + i * i % 89 % 10] || i % 211 AS last_name,
       CASE WHEN i % 5 = 0 THEN 'none@example.com' ELSE md5((i / 2)::text) || '@example.com' END AS email,
       CASE WHEN i % 10 = 3 THEN '999-999-9999' WHEN i % 10 = 4 THEN '123-456-7890' ELSE format('212-555-%s', lpad((i / 2)::text, 4, '0')) END AS phone,
       CASE WHEN i % 20 = 7 THEN date '1970-01-01' ELSE date '1940-01-01' + i / 2 * 13 END AS dob,
       CASE WHEN i % 3 > 0 THEN 'Springfield' ELSE (string_to_array('Austin Dallas Boston Denver', ' '))[1 + i % 4] END AS city,
       CASE WHEN i % 200 = 0 THEN '00000' ELSE lpad((i % 900 * 7)::text, 5, '0') END AS zip
FROM generate_series(1, 2000) i;
SELECT key, value -> 'missing' AS missing FROM jsonb_each(cdw.infer_fields('chosen', 'id') -> 'fields') ORDER BY key;
CREATE VIEW few AS SELECT * FROM chosen WHERE id <= 60;
SELECT key, value -> 'missing' AS missing FROM jsonb_each(cdw.infer_fields('few', 'id') -> 'fields') WHERE value ? 'missing';
-- what is found is in the settings
SELECT cdw.create_resolver('c', 'chosen', 'id') -> 'fields' -> 'email';

SET client_min_messages = error;
DROP SCHEMA match_missing CASCADE;
