-- What long calls are at. A call is watched from inside: by a function in the view that it reads, and by
-- a trigger on what it writes; other sessions are in test/isolation/specs/identity_progress.spec.
\pset null '(null)'
\pset format unaligned
\pset tuples_only on
CREATE SCHEMA core_progress;
SET search_path = core_progress;
SET client_min_messages = warning;

-- the view and its columns
SELECT attname, format_type(atttypid, NULL) FROM pg_attribute WHERE attrelid = 'cdw.progress'::regclass AND attnum > 0 ORDER BY attnum;
SELECT has_table_privilege('public', 'cdw.progress', 'SELECT') AS "everybody may read it";
-- nothing runs
SELECT * FROM cdw.progress;

-- the setting: seconds, with a unit or without
SHOW customer_dw.progress_interval;
SET customer_dw.progress_interval = 60;
SHOW customer_dw.progress_interval;
SET customer_dw.progress_interval = '500ms';
SHOW customer_dw.progress_interval;
SET customer_dw.progress_interval = 0;
SHOW customer_dw.progress_interval;
\set VERBOSITY sqlstate
SET customer_dw.progress_interval = -1;
SET customer_dw.progress_interval = '2d';
\set VERBOSITY default
SET customer_dw.progress_intervall = 1;
RESET customer_dw.progress_interval;

CREATE TABLE people (id int PRIMARY KEY, name text, email text);
INSERT INTO people SELECT i, 'name ' || md5((i / 2)::text), md5('mail' || i / 2) || '@example.com' FROM generate_series(2, 61) i;
ANALYZE people;
CREATE TABLE truth AS SELECT id, id / 2 AS person FROM people;
CREATE TABLE labels AS SELECT 2 * i AS a, 2 * i + 1 AS b, true AS same FROM generate_series(1, 30) i;

CREATE FUNCTION show_progress(place text) RETURNS bool LANGUAGE plpgsql AS $$
DECLARE r record;
BEGIN
    PERFORM pg_stat_clear_snapshot();
    FOR r IN SELECT * FROM cdw.progress WHERE pid = pg_backend_pid() LOOP
        RAISE WARNING '%: %.% % %, % of % %, started % % %', place, r.results_schema, r.resolver, r.operation, r.phase, r.done, r.total, r.unit,
            r.started <= r.phase_started, r.phase_started <= clock_timestamp(), coalesce(r.estimated_end > r.started, true);
    END LOOP;
    IF NOT FOUND THEN
        RAISE WARNING '%: nothing', place;
    END IF;
    RETURN true;
END $$;
CREATE VIEW watched AS SELECT * FROM people WHERE id > 2 OR show_progress('read');

-- every call that reads the source says so; the rows of a view are not known in advance
SELECT length(cdw.create_resolver('r', 'watched', 'id', '{"name": "name", "email": "email"}')::text) > 0;
CALL cdw.train('r');
CALL cdw.resolve('r');
SELECT count(*) FROM cdw.evaluate('r', 'truth', 'id', 'person');
SELECT count(*) FROM cdw.evaluate('r', 'labels', 'a', 'b', 'same');
SELECT count(*) FROM cdw.reliability('r', 'truth', 'id', 'person');
SELECT count(*) FROM cdw.reliability('r', 'labels', 'a', 'b', 'same');
SELECT count(*) FROM cdw.block_counts('r');
-- when it is over, nothing is left, also within the transaction
BEGIN;
CALL cdw.resolve('r');
SELECT show_progress('after');
COMMIT;

-- writing: what triggers see; a call from a trigger is shown while it runs, then the outer one again
SELECT length(cdw.create_resolver('w', 'people', 'id', '{"name": "name", "email": "email"}')::text) > 0;
SELECT length(cdw.create_resolver('"inner one"', 'watched', 'id', '{"name": "name", "email": "email"}')::text) > 0;
CREATE FUNCTION on_match() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM core_progress.show_progress('match');
    RETURN NULL;
END $$;
CREATE TRIGGER watch AFTER INSERT ON w_match FOR EACH STATEMENT EXECUTE FUNCTION on_match();
CALL cdw.resolve('w');
DROP TRIGGER watch ON w_match;
CREATE FUNCTION on_identity() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM core_progress.show_progress('before');
    CALL cdw.train('core_progress."inner one"');
    PERFORM core_progress.show_progress('after');
    RETURN NULL;
END $$;
CREATE TRIGGER watch AFTER DELETE ON w_identity FOR EACH STATEMENT EXECUTE FUNCTION on_identity();
-- a command of the server that reports in its place: the next phase is shown all the same
CREATE FUNCTION on_match_gone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    CREATE INDEX ON core_progress.people (email);
    PERFORM core_progress.show_progress('after CREATE INDEX');
    RETURN NULL;
END $$;
CREATE TRIGGER watch AFTER DELETE ON w_match FOR EACH STATEMENT EXECUTE FUNCTION on_match_gone();
DELETE FROM people WHERE id = 61;
CALL cdw.resolve('w');
DROP TRIGGER watch ON w_match;
-- inner calls that fail: the outer one goes on
CREATE OR REPLACE FUNCTION on_identity() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    BEGIN
        CALL cdw.train('core_progress."inner one"');
        RAISE division_by_zero;
    EXCEPTION WHEN division_by_zero THEN
        NULL;
    END;
    BEGIN
        PERFORM * FROM cdw.evaluate('core_progress."inner one"', 'core_progress.truth', 'id', 'no_such_column');
    EXCEPTION WHEN undefined_column THEN
        NULL;
    END;
    PERFORM core_progress.show_progress('after');
    RETURN NULL;
END $$;
DELETE FROM people WHERE id = 60;
CALL cdw.resolve('w');
DROP TRIGGER watch ON w_identity;

-- an error ends it, caught or not
ALTER TABLE w_identity ADD CHECK (identity_id < 0) NOT VALID;
UPDATE people SET name = 'other', email = 'else@example.com' WHERE id = 2;
INSERT INTO people VALUES (100, 'new', 'new@example.com');
DO $$
BEGIN
    CALL cdw.resolve('w');
EXCEPTION WHEN check_violation THEN
    PERFORM core_progress.show_progress('caught');
END $$;
\set VERBOSITY sqlstate
CALL cdw.resolve('w');
\set VERBOSITY default
SELECT show_progress('not caught');

-- who may see what: others see that something runs, not what
CREATE ROLE regress_cdw_other;
CREATE ROLE regress_cdw_monitor IN ROLE pg_read_all_stats;
GRANT USAGE ON SCHEMA core_progress TO regress_cdw_other, regress_cdw_monitor;
CREATE FUNCTION look() RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_stat_clear_snapshot();
    RETURN (SELECT to_jsonb(p) - 'started' - 'phase_started' FROM cdw.progress p WHERE pid = pg_backend_pid()) - 'pid';
END $$;
CREATE FUNCTION look_as_other() RETURNS text LANGUAGE plpgsql SET role = regress_cdw_other AS $$ BEGIN RETURN core_progress.look(); END $$;
CREATE FUNCTION look_as_monitor() RETURNS text LANGUAGE plpgsql SET role = regress_cdw_monitor AS $$ BEGIN RETURN core_progress.look(); END $$;
CREATE FUNCTION compare_looks() RETURNS bool LANGUAGE plpgsql AS $$
BEGIN
    RAISE WARNING 'other: %', core_progress.look_as_other();
    RAISE WARNING 'monitor: %', core_progress.look_as_monitor();
    RETURN true;
END $$;
CREATE VIEW seen AS SELECT * FROM people WHERE id > 2 OR compare_looks();
SELECT length(cdw.create_resolver('s', 'seen', 'id', '{"name": "name", "email": "email"}')::text) > 0;
SELECT count(*) FROM cdw.block_counts('s');

-- without track_activities there is nothing to see, and all else as before
SET track_activities = off;
CALL cdw.train('r');
RESET track_activities;

-- names as long as they may be, of characters of several bytes
SELECT repeat('é', 31) || 'x' AS long_schema, '"' || repeat('é', 20) || '"' AS long_name \gset
CREATE SCHEMA :"long_schema";
SELECT length(cdw.create_resolver(:'long_name', 'watched', 'id', '{"name": "name"}', results_schema => :'long_schema')::text) > 0;
SELECT count(*) FROM cdw.block_counts(:'long_schema' || '.' || :'long_name');

-- a run of all that is done in one transaction of which others see nothing yet
BEGIN;
SELECT length(cdw.create_resolver('fresh', 'watched', 'id', '{"name": "name", "email": "email"}')::text) > 0;
CALL cdw.resolve('fresh');
ROLLBACK;

SET client_min_messages = error;
DROP SCHEMA core_progress, :"long_schema" CASCADE;
DROP ROLE regress_cdw_other, regress_cdw_monitor;
