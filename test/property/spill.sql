-- Calls that are cancelled at any moment while their records are in temporary files leave none behind, and
-- the next call is not disturbed. That nothing comes out differently is in sql/identity_spill.sql.
CREATE TABLE spilling AS
SELECT row_number() OVER (ORDER BY md5('s' || person || copy)) AS key, first_name, last_name, dob, email, phone, address, city
FROM made.people('spill', 6000, .7);

\set fields '''{"first_name": "given_name", "last_name": "family_name", "dob": "date", "email": "email", "phone": "phone", "address": "address", "city": "category"}'''
SET client_min_messages = error;
SELECT FROM cdw.create_resolver('spilling', 'spilling', 'key', fields => :fields);
SELECT FROM cdw.create_resolver('kept', 'spilling', 'key', fields => :fields);
SET maintenance_work_mem = '1GB';
CALL cdw.resolve('kept');

-- Each call gets a bit more time than the one before; the first ones are cancelled (57014).
SET maintenance_work_mem = '1MB';
CREATE FUNCTION files() RETURNS int8 LANGUAGE sql AS $$ SELECT count(*) FROM pg_ls_dir('base/pgsql_tmp', true, false) name WHERE name LIKE format('pgsql\_tmp%s.%%', pg_backend_pid()) $$;
CREATE TABLE call (milliseconds int, done bool, left_behind int8);
\set VERBOSITY sqlstate
\set ON_ERROR_STOP off
SELECT 'SET statement_timeout = ' || t, $$CALL cdw.resolve('spilling')$$, 'SET statement_timeout = 0',
       format('INSERT INTO call SELECT %s, resolved_at IS NOT NULL, files() FROM spilling_resolver', t)
FROM generate_series(20, 2000, 70) t \gexec
\set ON_ERROR_STOP on
\set VERBOSITY default
CALL cdw.resolve('spilling');
SELECT CASE WHEN count(*) FILTER (WHERE NOT done) > 2 AND sum(left_behind) = 0 AND files() = 0 THEN 'ok - ' ELSE 'not ok - ' END
       || 'nothing is left behind by calls that are cancelled' FROM call;
SELECT CASE WHEN NOT EXISTS (TABLE spilling_match EXCEPT TABLE kept_match) AND NOT EXISTS (TABLE kept_match EXCEPT TABLE spilling_match)
             AND (SELECT model::text FROM spilling_resolver) = (SELECT model::text FROM kept_resolver)
             AND NOT EXISTS (TABLE spilling_identity EXCEPT TABLE kept_identity) THEN 'ok - ' ELSE 'not ok - ' END
       || 'a call after them finds what one in memory finds';
