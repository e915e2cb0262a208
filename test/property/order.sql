-- The order of rows, their place in the table, and the content and type of keys change neither the
-- identities nor the model.
CREATE TABLE person AS
SELECT row_number() OVER (ORDER BY person, copy) AS n, first_name, last_name, dob, email, phone, address, city
FROM made.people('order', 450, .7);
ALTER TABLE person ADD PRIMARY KEY (n);

\set columns 'first_name, last_name, dob, email, phone, address, city'
\set fields '''{"first_name": "given_name", "last_name": "family_name", "dob": "date", "email": "email", "phone": "phone", "address": "address", "city": "category"}'''

CREATE TABLE first_order AS SELECT n AS key, :columns FROM person ORDER BY n;
CREATE TABLE shuffled AS SELECT n AS key, :columns FROM person ORDER BY md5(n::text);
CREATE TABLE moved AS SELECT n AS key, :columns FROM person ORDER BY n;
CREATE INDEX moved_by_city ON moved (city, last_name);
CLUSTER moved USING moved_by_city;
UPDATE moved SET city = city WHERE key % 3 = 0;
DELETE FROM moved WHERE key % 5 = 0;
INSERT INTO moved SELECT n, :columns FROM person WHERE n % 5 = 0;
CREATE TABLE random_key AS SELECT ('x' || substr(md5('k' || n), 1, 15))::bit(60)::int8 AS key, :columns FROM person ORDER BY n;
CREATE TABLE backward_key AS SELECT -n AS key, :columns FROM person ORDER BY n;
CREATE TABLE text_key AS SELECT 'customer ' || md5('t' || n) AS key, :columns FROM person ORDER BY n;
CREATE TABLE uuid_key AS SELECT md5('u' || n)::uuid AS key, :columns FROM person ORDER BY n;
CREATE TABLE numeric_key AS SELECT n / 7.0 AS key, :columns FROM person ORDER BY n;

CREATE TABLE variant (name text PRIMARY KEY, key_of text, what text);
INSERT INTO variant VALUES
('first_order', 'n', 'first order'), ('shuffled', 'n', 'shuffled rows'), ('moved', 'n', 'CLUSTER and dead rows'),
('random_key', '(''x'' || substr(md5(''k'' || n), 1, 15))::bit(60)::int8', 'random keys'), ('backward_key', '-n', 'keys in reverse'),
('text_key', '''customer '' || md5(''t'' || n)', 'text keys'), ('uuid_key', 'md5(''u'' || n)::uuid', 'uuid keys'), ('numeric_key', 'n / 7.0', 'numeric keys');

-- The identities as sets of person.n, whatever their numbers.
CREATE FUNCTION partition(resolver text, key_of text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    result text;
BEGIN
    EXECUTE format('SELECT md5(string_agg(members, '';'' ORDER BY members COLLATE "C")) FROM (
        SELECT string_agg(n::text, '','' ORDER BY n) AS members FROM %I JOIN person ON key = %s GROUP BY identity_id) g', resolver || '_identity', key_of) INTO result;
    RETURN result;
END $$;

CREATE FUNCTION model_of(resolver text) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    result jsonb;
BEGIN
    EXECUTE format('SELECT model FROM %I', resolver || '_resolver') INTO result;
    RETURN result;
END $$;

-- Each variant three times: all pairs compared, under blocking rules, and with nothing configured.
SET client_min_messages = error;
SELECT format('SELECT FROM cdw.create_resolver(%L, %L, ''key'', fields => %L);'
              ' SELECT FROM cdw.create_resolver(%L, %L, ''key'', fields => %L, options => ''{"all_pairs_limit": 0}'');'
              ' SELECT FROM cdw.create_resolver(%L, %L, ''key'');',
              name, name, :fields, name || '_blocked', name, :fields, name || '_inferred', name)
FROM variant \gexec
SELECT format('CALL cdw.resolve(%L)', name || suffix) FROM variant, unnest(ARRAY['', '_blocked', '_inferred']) suffix \gexec

SELECT CASE WHEN partition(name || suffix, key_of) = partition('first_order' || suffix, 'n') THEN 'ok - ' ELSE 'not ok - ' END
       || 'the same identities: ' || what || pairs || chr(10)
       || CASE WHEN model_of(name || suffix) = model_of('first_order' || suffix) THEN 'ok - ' ELSE 'not ok - ' END
       || 'the same model: ' || what || pairs
FROM variant, (VALUES ('', ', all pairs'), ('_blocked', ', under rules'), ('_inferred', ', nothing configured')) v (suffix, pairs)
WHERE name <> 'first_order' ORDER BY pairs, what;
