-- Results of many records go below SQL into tables that are empty and plain; where a table is not, SQL writes
-- them. Nobody can tell the difference. A batch is 10,000 rows: what is below is always written by SQL.
CREATE SCHEMA identity_bulk;
SET search_path = identity_bulk;
SET client_min_messages = warning;
\pset format unaligned

-- 12,000 records of 4,000 people, so 12,000 pairs; matched by a rule, so that nothing has to be learnt.
CREATE TABLE people (id bigint PRIMARY KEY, email text);
INSERT INTO people SELECT i, 'mail' || i / 3 || '@example.com' FROM generate_series(0, 11999) i;

CREATE FUNCTION make(source regclass DEFAULT 'people', key name DEFAULT 'id') RETURNS text LANGUAGE sql AS $$
    SELECT cdw.create_resolver('r', source, key, '{"email": "email"}', options => '{"match_rules": ["email"]}') ->> 'resolver' $$;
-- What an index knows, by a scan of nothing else, and what it should know.
CREATE FUNCTION entries(index regclass, OUT entries bigint, OUT "rows" bigint) LANGUAGE plpgsql SET enable_bitmapscan = off AS $$
DECLARE relation regclass; columns text; predicate text; plan text;
BEGIN
    SELECT indrelid, pg_get_indexdef(indexrelid, 1, true), coalesce(' WHERE ' || pg_get_expr(indpred, indrelid), '') INTO relation, columns, predicate
    FROM pg_index WHERE indexrelid = index;
    SET LOCAL enable_seqscan = on;
    EXECUTE format('SELECT count(*) FROM %s%s', relation, predicate) INTO "rows";
    SET LOCAL enable_seqscan = off;
    FOR plan IN EXECUTE format('EXPLAIN SELECT %1$s FROM %2$s%3$s ORDER BY %1$s', columns, relation, predicate) LOOP
        IF plan LIKE '%Index%using ' || (SELECT relname FROM pg_class WHERE oid = index) || ' on %' THEN
            EXECUTE format('SELECT count(*) FROM (SELECT %1$s FROM %2$s%3$s ORDER BY %1$s OFFSET 0) x', columns, relation, predicate) INTO entries;
        END IF;
    END LOOP;
END
$$;
CREATE FUNCTION indexed() RETURNS TABLE (index text, valid bool, "rows" bigint, entries bigint) LANGUAGE sql AS $$
    SELECT relname, indisvalid AND indisready AND indislive, e."rows", e.entries
    FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid, entries(indexrelid) e
    WHERE indrelid IN (to_regclass('r_identity'), to_regclass('r_match'), to_regclass('r_history')) AND relkind = 'i' AND relam = (SELECT oid FROM pg_am WHERE amname = 'btree') ORDER BY 1 $$;
-- Resolves and says which tables were written below SQL: those whose indexes are new files.
CREATE FUNCTION resolve() RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    tables regclass[] := ARRAY[to_regclass('r_history'), to_regclass('r_identity'), to_regclass('r_match')];
    files text[] := ARRAY(SELECT concat(indexrelid, ' ', pg_relation_filenode(indexrelid)) FROM pg_index WHERE indrelid = ANY (tables));
BEGIN
    CALL cdw.resolve('r');
    RETURN coalesce((SELECT string_agg(DISTINCT indrelid::regclass::text, ' ') FROM pg_index WHERE indrelid = ANY (tables) AND concat(indexrelid, ' ', pg_relation_filenode(indexrelid)) <> ALL (files)), 'none');
END
$$;
CREATE FUNCTION state() RETURNS TABLE (records bigint, identities bigint, matches bigint, events bigint, first_event bigint, last_event bigint) LANGUAGE plpgsql AS $$
BEGIN
    SELECT count(*), count(DISTINCT identity_id) INTO records, identities FROM r_identity;
    SELECT count(*) INTO matches FROM r_match;
    SELECT count(DISTINCT event_id), min(event_id), max(event_id) INTO events, first_event, last_event FROM r_history;
    RETURN NEXT;
END
$$;
-- A resolver made anew, with a change to one of its results, run once: which way went what, what came out, and which indexes do not hold every row.
CREATE FUNCTION run(change text) RETURNS TABLE (below_sql text, outcome text, incomplete text) LANGUAGE plpgsql AS $$
BEGIN
    PERFORM cdw.drop_resolver('r', true);
    PERFORM make();
    EXECUTE change;
    below_sql := resolve();
    outcome := (SELECT state FROM state())::text;
    incomplete := (SELECT string_agg(index, ' ') FROM indexed() WHERE NOT valid OR "rows" IS DISTINCT FROM entries);
    RETURN NEXT;
EXCEPTION WHEN OTHERS THEN
    outcome := SQLSTATE || ': ' || SQLERRM;
    RETURN NEXT;
END
$$;

-- The first run: three tables go below SQL, their indexes are whole, the sequence is where nextval would have left it.
SELECT make();
SELECT resolve();
SELECT * FROM state();
SELECT * FROM indexed();
SELECT reltuples FROM pg_class WHERE oid = 'r_identity'::regclass;
SELECT nextval(pg_get_serial_sequence('r_history', 'event_id'));
SELECT id, identity_id FROM r_identity WHERE id IN (0, 2, 3, 11999) ORDER BY 1;
SELECT event, identity_id, from_identity_id, reason FROM r_history WHERE id = 4;
SELECT match_weight, match_probability FROM r_match WHERE left_key = 4 AND right_key = 5;
-- Constraints of the tables hold as they did.
INSERT INTO r_identity VALUES (11999, 1);
INSERT INTO r_identity VALUES (12000, NULL);

-- Later runs write what changed, by SQL, whatever its size.
BEGIN;
INSERT INTO people SELECT i, 'mail' || i / 3 || '@example.com' FROM generate_series(12000, 23999) i;
SELECT resolve();
SELECT * FROM state();
ROLLBACK;
SELECT * FROM state();
SELECT resolve();
SELECT * FROM state();

-- Rolled back with its subtransaction, then again: what failed left rows that nobody sees, which do not count.
SELECT cdw.drop_resolver('r', true);
SELECT make();
BEGIN;
SAVEPOINT before;
CALL cdw.resolve('r');
ROLLBACK TO before;
SELECT * FROM state();
SELECT resolve();
ROLLBACK;
SELECT * FROM state();
SELECT * FROM indexed();
SELECT resolve();
SELECT * FROM state();
SELECT * FROM indexed();
-- Emptied by hand.
TRUNCATE r_identity, r_match, r_history;
SELECT resolve();
SELECT * FROM state();
-- Deleted in the same transaction: others may still see the rows, so that SQL writes.
BEGIN;
DELETE FROM r_identity;
DELETE FROM r_history;
SELECT resolve();
SELECT * FROM state();
COMMIT;

-- What the owner of the results adds to them. Columns with defaults, constraints and indexes of any kind are no obstacle.
SELECT * FROM run($$ALTER TABLE r_identity ADD loaded timestamptz NOT NULL DEFAULT now(), ADD n int DEFAULT 7, ADD gone text; ALTER TABLE r_identity DROP gone$$);
SELECT count(*), count(DISTINCT loaded), min(n), max(n) FROM r_identity;
SELECT * FROM run($$ALTER TABLE r_identity ADD serial bigint GENERATED BY DEFAULT AS IDENTITY (START 20000 INCREMENT -1 MINVALUE 1 MAXVALUE 20000 CACHE 5), ADD small int GENERATED ALWAYS AS IDENTITY$$);
SELECT min(serial), max(serial), count(DISTINCT serial), min(small), max(small), count(DISTINCT small) FROM r_identity;
SELECT nextval(pg_get_serial_sequence('r_identity', 'serial')), nextval(pg_get_serial_sequence('r_identity', 'small'));
SELECT * FROM run($$ALTER TABLE r_history ALTER event_id SET MAXVALUE 11000$$);
SELECT * FROM run($$ALTER TABLE r_history ALTER event_id SET MAXVALUE 11000 SET CYCLE$$);
SELECT * FROM run($$ALTER TABLE r_history DROP CONSTRAINT r_history_pkey; ALTER TABLE r_history ALTER event_id SET MAXVALUE 11000 SET CYCLE SET START 6000 RESTART$$);
SELECT * FROM run($$CREATE INDEX ON r_identity ((identity_id % 10)) WHERE id > 100; CREATE INDEX ON r_identity USING hash (identity_id); CREATE INDEX ON r_identity USING brin (id)$$);
SELECT count(*) FROM r_identity WHERE identity_id = 100;
SELECT * FROM run($$ALTER TABLE r_match ADD EXCLUDE USING btree (right_key WITH =, left_key WITH =)$$);
SELECT * FROM run($$ALTER TABLE r_match ADD EXCLUDE USING btree (left_key WITH =)$$);
SELECT * FROM run($$ALTER TABLE r_match ADD CHECK (left_key < right_key), ADD CHECK (match_weight > 0)$$);
SELECT * FROM run($$ALTER TABLE r_identity ADD CHECK (id < 11999)$$);
SELECT * FROM run($$ALTER TABLE r_history ALTER from_identity_id SET NOT NULL$$);
SELECT * FROM run($$CREATE UNIQUE INDEX one_each ON r_identity (identity_id)$$);
SELECT * FROM run($$CREATE UNIQUE INDEX one_each ON r_match (left_key)$$);

-- What a CREATE INDEX CONCURRENTLY that failed has left behind stays as it is, and refuses nothing.
SELECT * FROM run($$CREATE UNIQUE INDEX one_each ON r_identity (identity_id); UPDATE pg_index SET indisvalid = false, indisready = false WHERE indexrelid = 'one_each'::regclass$$);

-- Whatever else has a say is left to SQL: triggers, generated columns, rules, row security, domains, functions that may read tables, partitions, views.
CREATE TABLE log (id bigint, identity_id bigint);
CREATE FUNCTION look_up() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO identity_bulk.log SELECT id, identity_id FROM identity_bulk.r_identity WHERE id = NEW.id;
    RETURN NULL;
END $$;
SELECT * FROM run($$CREATE TRIGGER look_up AFTER INSERT ON r_history FOR EACH ROW EXECUTE FUNCTION look_up()$$);
SELECT count(*), count(DISTINCT id), count(identity_id) FROM log;
-- A trigger finds what it names along the session's search_path, as in any INSERT.
CREATE TABLE written (relation text);
CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO written VALUES (tg_table_name); RETURN NULL; END $$;
SELECT * FROM run($$CREATE TRIGGER note AFTER INSERT ON r_identity EXECUTE FUNCTION note(); CREATE TRIGGER note AFTER INSERT ON r_match EXECUTE FUNCTION note();
    CREATE TRIGGER note AFTER INSERT ON r_history EXECUTE FUNCTION note(); CREATE TRIGGER note AFTER UPDATE ON r_resolver EXECUTE FUNCTION note()$$);
SELECT relation, count(*) AS statements FROM written GROUP BY 1 ORDER BY 1;
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'not today'; END $$;
SELECT * FROM run($$CREATE TRIGGER refuse BEFORE INSERT ON r_identity FOR EACH STATEMENT EXECUTE FUNCTION refuse()$$);
SELECT * FROM run($$ALTER TABLE r_identity ADD odd bool GENERATED ALWAYS AS (identity_id % 2 = 1) STORED$$);
SELECT odd, count(*) FROM r_identity GROUP BY 1 ORDER BY 1;
SELECT * FROM run($$CREATE RULE copy AS ON INSERT TO r_match DO ALSO INSERT INTO identity_bulk.log VALUES (NEW.left_key, NULL)$$);
SELECT count(*) FROM log WHERE identity_id IS NULL;
SELECT * FROM run($$ALTER TABLE r_identity ENABLE ROW LEVEL SECURITY$$);
CREATE DOMAIN short AS text DEFAULT 'x' CHECK (length(VALUE) < 3) NOT NULL;
SELECT * FROM run($$ALTER TABLE r_identity ADD note short$$);
CREATE FUNCTION known() RETURNS bigint LANGUAGE sql VOLATILE AS 'SELECT count(*) FROM identity_bulk.r_identity';
SELECT * FROM run($$ALTER TABLE r_identity ADD known bigint DEFAULT identity_bulk.known()$$);
SELECT * FROM run($$ALTER TABLE r_match ADD CHECK (identity_bulk.known() >= 0)$$);
SELECT * FROM run($$ALTER TABLE r_history RENAME TO h; CREATE VIEW r_history AS SELECT * FROM h$$);
SELECT count(*) FROM h;
DROP VIEW r_history;
DROP TABLE h;
SELECT * FROM run($$DROP TABLE r_match; CREATE TABLE r_match (left_key bigint, right_key bigint, match_weight float8, match_probability float8, PRIMARY KEY (left_key, right_key)) PARTITION BY RANGE (left_key);
                   CREATE TABLE low PARTITION OF r_match FOR VALUES FROM (0) TO (6000); CREATE TABLE high PARTITION OF r_match FOR VALUES FROM (6000) TO (MAXVALUE)$$);
SELECT count(*) FROM low;

-- A cursor of this session that is open on the table.
SELECT cdw.drop_resolver('r', true);
SELECT make();
BEGIN;
DECLARE open CURSOR FOR SELECT * FROM r_identity;
SELECT resolve();
FETCH open;
COMMIT;
SELECT * FROM state();

-- Keys whose type has a length: as in SQL, what does not fit is refused.
CREATE TABLE renamed AS SELECT lpad(id::text, 6, '0')::varchar(6) AS code, email FROM people WHERE id < 12000;
SELECT cdw.drop_resolver('r', true);
SELECT make('renamed', 'code');
BEGIN;
SELECT resolve();
SELECT count(*), min(code), max(code) FROM r_identity;
SELECT pg_typeof(left_key), count(*) FROM r_match GROUP BY 1;
ROLLBACK;
ALTER TABLE r_match ALTER left_key TYPE varchar(5);
SELECT resolve();

-- Temporary tables.
CREATE TEMPORARY TABLE passing AS SELECT * FROM people WHERE id < 12000;
SELECT cdw.drop_resolver('r', true);
SELECT make('passing');
SELECT resolve();
SELECT * FROM indexed();
SELECT cdw.drop_resolver('r', true);

-- Who owns the resolver, but not all results, needs what SQL needs.
SELECT make();
CREATE ROLE identity_bulk_owner;
GRANT USAGE ON SCHEMA identity_bulk TO identity_bulk_owner;
GRANT SELECT ON people TO identity_bulk_owner;
ALTER TABLE r_resolver OWNER TO identity_bulk_owner;
ALTER TABLE r_identity OWNER TO identity_bulk_owner;
ALTER TABLE r_history OWNER TO identity_bulk_owner;
GRANT SELECT ON r_match TO identity_bulk_owner;
SET ROLE identity_bulk_owner;
CALL cdw.resolve('r');
RESET ROLE;
GRANT INSERT ON r_match TO identity_bulk_owner;
SET ROLE identity_bulk_owner;
BEGIN;
SELECT resolve();
SELECT * FROM state();
ROLLBACK;
REVOKE INSERT ON r_identity FROM identity_bulk_owner;
CALL cdw.resolve('r');
RESET ROLE;
SELECT cdw.drop_resolver('r', true);

DROP SCHEMA identity_bulk CASCADE;
DROP ROLE identity_bulk_owner;
