-- More records than maintenance_work_mem has room for: they go to temporary files, and nothing comes out
-- differently. 1MB is the least that the server lets one set; these records take about twice as much.
CREATE SCHEMA identity_spill;
SET search_path = identity_spill;
SET client_min_messages = error;
\pset format unaligned

-- Text keys that come out of order, three sources, values that are missing, words, arrays, places and numbers.
CREATE TABLE people AS
SELECT 'key ' || md5('k' || i) AS key, (ARRAY['shop', 'web', 'till'])[1 + i % 3] AS source, p AS person,
       CASE WHEN h1 % 10 < 9 THEN 'given' || chr(97 + p * 7 % 26) || chr(97 + p * 11 % 13) END AS given,
       'family' || md5((p % 1500)::text) || CASE WHEN h1 % 7 = 0 THEN 'x' ELSE '' END AS family,
       date '1950-01-01' + (p * 37 % 20000) + CASE WHEN h2 % 11 = 0 THEN 1 ELSE 0 END AS born,
       CASE WHEN h2 % 5 > 0 THEN 'mail' || p || '@example.com' END AS email,
       (ARRAY['Springfield', 'Riverside', 'Salem'])[1 + p % 3] AS city,
       format('word%s of %s and some number%s', p % 300, p * 13 % 900, p * 17 % 700) AS about,
       ARRAY['tag' || p % 40, 'tag' || p % 53, 'tag' || (p + h2 % 2) % 61] AS tags,
       format('%s,%s', 40 + p % 500 / 100.0, 8 + p % 700 / 100.0) AS place, p * 3 % 1000 AS amount
FROM (SELECT i, i * 2 / 3 AS p, abs(hashint4(i)) AS h1, abs(hashint4(i + 1000000)) AS h2 FROM generate_series(1, 6000) i) r;

-- Few records with long values: for all pairs.
CREATE TABLE letters AS
SELECT key, source, person, family, born, repeat(md5('to' || person % 400), 15) AS address, repeat(md5('from' || person % 300), 15) AS sender
FROM people WHERE person % 5 = 0;

\set names '''{"given": "given_name", "family": "family_name", "born": "date", "email": "email", "city": "category"}'''

-- A resolver twice: one for much memory, one for little.
CREATE FUNCTION twice(name text, fields jsonb, blocking text[] DEFAULT NULL, link_type text DEFAULT 'dedupe', options jsonb DEFAULT '{}',
                      records regclass DEFAULT 'people')
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    memory record;
BEGIN
    FOR memory IN SELECT * FROM (VALUES ('_m', '1GB'), ('_f', '1MB')) v (suffix, amount) LOOP
        PERFORM set_config('maintenance_work_mem', memory.amount, false);
        PERFORM cdw.create_resolver(name || memory.suffix, records, 'key', fields, blocking, 'source', link_type, options => options);
        IF to_regclass(name || '_labels') IS NOT NULL THEN
            EXECUTE format('CALL cdw.train(%L, labels => %L)', name || memory.suffix, name || '_labels');
        END IF;
        EXECUTE format('CALL cdw.resolve(%L)', name || memory.suffix);
    END LOOP;
END $$;

-- How many rows of one query, put to both resolvers with much or little memory, the other has not.
CREATE FUNCTION differ(name text, query text) RETURNS int8 LANGUAGE plpgsql AS $$
DECLARE
    result int8;
BEGIN
    PERFORM set_config('maintenance_work_mem', '1GB', false);
    EXECUTE 'CREATE TEMP TABLE in_memory AS ' || replace(query, '%', name || '_m');
    PERFORM set_config('maintenance_work_mem', '1MB', false);
    EXECUTE 'CREATE TEMP TABLE in_file AS ' || replace(query, '%', name || '_f');
    SELECT count(*) INTO result FROM ((TABLE in_memory EXCEPT ALL TABLE in_file) UNION ALL (TABLE in_file EXCEPT ALL TABLE in_memory)) d;
    SELECT result + CASE WHEN count(*) > 0 THEN 0 ELSE 1000000 END INTO result FROM in_memory;
    DROP TABLE in_memory, in_file;
    RETURN result;
END $$;
CREATE FUNCTION differences(name text) RETURNS text LANGUAGE sql AS $$
SELECT format('identities %s, matches %s, block counts %s, evaluation %s', differ(name, 'SELECT key, identity_id FROM %_identity'),
              differ(name, 'SELECT left_key, right_key, match_weight, match_probability FROM %_match'),
              differ(name, 'SELECT * FROM cdw.block_counts(''%'')'),
              differ(name, 'SELECT * FROM cdw.evaluate(''%'', ''people'', ''key'', ''person'')')) $$;
CREATE FUNCTION model_differences(name text) RETURNS text LANGUAGE sql AS $$
SELECT format('model %s, terms %s, unlinkable records %s, reliability %s', differ(name, 'SELECT model::text FROM %_resolver'),
              differ(name, 'SELECT * FROM %_term'),
              differ(name, 'SELECT u.* FROM (VALUES (1)) v LEFT JOIN cdw.unlinkables(''%'', .99999) u ON true'),
              differ(name, 'SELECT * FROM cdw.reliability(''%'', ''people'', ''key'', ''person'')')) $$;

-- default rules; rules that are given, with blocks over their caps that are split
SELECT twice('a', :names);
SELECT differences('a'), model_differences('a');
SELECT twice('b', :names, '{"email", "family, born", "city, year(born)", "given, city", "family", "year(born), given"}', options => '{"max_block": 5}');
SELECT differences('b'), model_differences('b');
SELECT sum(oversized_blocks) > 0 AS "blocks are left out" FROM cdw.block_counts('b_f');

-- kinds that are compared by words, elements, places and numbers
SELECT twice('c', '{"about": "text", "tags": "tokens", "place": "location", "amount": "number", "family": "name", "email": "email"}', '{"email", "family, amount", "tokens(about), amount"}');
SELECT differences('c'), model_differences('c');

-- links, where partners compete
SELECT twice('d', :names, '{"email", "family, born", "given, born"}', 'link');
SELECT differences('d'), model_differences('d');

-- edges alone, and vetoes
SELECT twice('e', :names, '{"email", "family, born", "given, born"}', options => '{"clustering": "connected", "vetoes": ["given, born"]}');
SELECT differences('e'), model_differences('e');
-- match rules
SELECT twice('f', :names, options => '{"match_rules": ["email", "family, born", "given, born"], "vetoes": ["city"]}');
SELECT differences('f');

-- labelled pairs, for training and as a truth; and less probable pairs than training has scored
CREATE TABLE g_labels AS
SELECT a.key AS left_key, b.key AS right_key, a.person = b.person AS is_match, 1.0::float8 AS weight
FROM people a JOIN people b ON abs(a.person - b.person) <= 1 AND a.key < b.key WHERE a.person % 40 = 0;
SELECT twice('g', :names, '{"email", "family, born", "given, born"}', options => '{"min_probability": 0.000001}');
SELECT differences('g'), model_differences('g');
SELECT differ('g', 'SELECT * FROM cdw.evaluate(''%'', ''g_labels'', ''left_key'', ''right_key'', ''is_match'', ''weight'')');

-- a model of all pairs
SELECT twice('h', '{"family": "family_name", "born": "date", "address": "category", "sender": "category"}', options => '{"all_pairs_limit": 10000000}', records => 'letters');
SELECT differences('h'), model_differences('h');

-- Temporary files of this session: some while training writes what it counted, none afterwards.
CREATE FUNCTION files() RETURNS int8 LANGUAGE sql AS $$ SELECT count(*) FROM pg_ls_dir('base/pgsql_tmp', true, false) name WHERE name LIKE format('pgsql\_tmp%s.%%', pg_backend_pid()) $$;
CREATE TABLE seen (n int8, memory text);
CREATE FUNCTION see() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO identity_spill.seen VALUES (identity_spill.files(), current_setting('maintenance_work_mem')); RETURN NULL; END $$;
CREATE TRIGGER see AFTER INSERT ON b_m_term FOR EACH STATEMENT EXECUTE FUNCTION see();
SET maintenance_work_mem = '1GB';
CALL cdw.train('b_m');
SET maintenance_work_mem = '1MB';
CALL cdw.train('b_m');
SELECT DISTINCT memory, n > 0 AS files FROM seen ORDER BY memory;
SELECT files();

-- What ends in an error leaves none either: in the middle of the call, or where the files are too large.
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'there are % files', CASE WHEN identity_spill.files() > 0 THEN 'some' ELSE 'no' END; END $$;
CREATE TRIGGER refuse AFTER INSERT ON b_m_term FOR EACH STATEMENT EXECUTE FUNCTION refuse();
CALL cdw.train('b_m');
SELECT files();
DO $$ BEGIN CALL cdw.train('b_m'); EXCEPTION WHEN raise_exception THEN END $$;
SELECT files();
SET temp_file_limit = '512kB';
\set VERBOSITY sqlstate
CALL cdw.resolve('b_f');
\set VERBOSITY default
SELECT files();
RESET temp_file_limit;

DROP SCHEMA identity_spill CASCADE;
