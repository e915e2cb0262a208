-- Who may do what with a resolver, and what cannot be captured.
CREATE SCHEMA identity_privileges;
SET search_path = identity_privileges;
SET client_min_messages = warning;
\pset null '(null)'
\pset format unaligned

CREATE FUNCTION fails(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    message text;
    detail text;
    hint text;
BEGIN
    EXECUTE statement;
    RETURN 'no error';
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
    RETURN concat_ws(' / ', SQLSTATE || ': ' || message, nullif(detail, ''), nullif(hint, ''));
END
$$;

CREATE ROLE regress_cdw_owner;
CREATE ROLE regress_cdw_reader;
CREATE ROLE regress_cdw_stranger;
CREATE ROLE regress_cdw_member IN ROLE regress_cdw_owner;
GRANT USAGE, CREATE ON SCHEMA identity_privileges TO regress_cdw_owner;
GRANT USAGE ON SCHEMA identity_privileges TO regress_cdw_reader, regress_cdw_stranger;

CREATE TABLE people (id int PRIMARY KEY, who int, region text, name text, email text, phone text, secret text);
INSERT INTO people
SELECT id, id / 2, CASE id % 2 WHEN 0 THEN 'north' ELSE 'south' END, initcap(translate(md5('name' || id / 2), '0123456789', 'ghijklmnop')), md5('mail' || id / 2) || '@example.com', '212' || 2000000 + id / 2 * 1237, 'x'
FROM generate_series(2, 41) id;
GRANT SELECT ON people TO regress_cdw_owner;

-- The owner of the results creates, trains, resolves; so does a member of the owner, and a superuser.
SET ROLE regress_cdw_owner;
SELECT cdw.create_resolver('r', 'people', 'id', '{"name": "name", "email": "email", "phone": "phone"}') ->> 'resolver' AS resolver;
CALL cdw.resolve('r');
SELECT count(*) AS records, count(DISTINCT identity_id) AS identities FROM r_identity;
SELECT DISTINCT relowner::regrole AS owner FROM pg_class WHERE relnamespace = 'identity_privileges'::regnamespace AND relname LIKE 'r\_%';
SET ROLE regress_cdw_member;
SELECT fails($$CALL cdw.resolve('r')$$), fails($$CALL cdw.train('r')$$);
RESET ROLE;
SELECT fails($$CALL cdw.resolve('r')$$);

-- A stranger sees nothing and may do nothing; one who may read results may read, and no more.
SET ROLE regress_cdw_stranger;
SELECT resolver FROM cdw.resolver WHERE results_schema = 'identity_privileges';
SELECT statement, fails(statement) FROM unnest(ARRAY[$$CALL cdw.resolve('r')$$, $$CALL cdw.train('r')$$, $$SELECT cdw.drop_resolver('r')$$, $$SELECT * FROM cdw.explain_match('r', '2', '3')$$,
    $$SELECT * FROM cdw.evaluate('r', 'people', 'id', 'who')$$, $$SELECT * FROM cdw.block_counts('r')$$, $$SELECT * FROM r_golden$$]) statement;
SET ROLE regress_cdw_owner;
GRANT SELECT ON r_resolver, r_term, r_identity, r_match, r_history, r_golden TO regress_cdw_reader;
SET ROLE regress_cdw_reader;
SELECT results_schema, resolver, source, trained FROM cdw.resolver WHERE results_schema = 'identity_privileges';
SELECT fails($$SELECT * FROM r_golden$$); -- security_invoker: who reads it must be allowed to read the source
SELECT fails($$SELECT * FROM cdw.explain_match('r', '2', '3')$$), fails($$SELECT * FROM cdw.block_counts('r')$$);
RESET ROLE;
GRANT SELECT (id, name, email, phone) ON people TO regress_cdw_reader;
SET ROLE regress_cdw_reader;
SELECT count(*) AS golden, sum(record_count) AS records FROM r_golden;
SELECT count(*) AS explained FROM cdw.explain_match('r', '2', '3') WHERE field NOT LIKE '(%';
SELECT * FROM cdw.block_counts('r');
SELECT statement, fails(statement) FROM unnest(ARRAY[$$CALL cdw.resolve('r')$$, $$CALL cdw.train('r')$$, $$SELECT cdw.drop_resolver('r')$$, $$SELECT cdw.drop_resolver('r', true)$$,
    $$SELECT * FROM cdw.evaluate('r', 'people', 'id', 'who')$$, $$DELETE FROM r_identity$$]) statement;
-- even with the right to write the results
RESET ROLE;
GRANT ALL ON r_resolver, r_term, r_identity, r_match, r_history, r_golden TO regress_cdw_reader;
SET ROLE regress_cdw_reader;
SELECT fails($$CALL cdw.resolve('r')$$), fails($$CALL cdw.train('r')$$), fails($$SELECT cdw.drop_resolver('r')$$);
RESET ROLE;
REVOKE INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER ON r_resolver, r_term, r_identity, r_match, r_history, r_golden FROM regress_cdw_reader;

-- Row security: the golden view shows each reader what is theirs; the owner who may not see every row cannot resolve, and nothing changes.
ALTER TABLE people ENABLE ROW LEVEL SECURITY;
CREATE POLICY south ON people FOR SELECT USING (region = 'south');
SET ROLE regress_cdw_reader;
SELECT count(*) AS golden, sum(record_count) AS records FROM r_golden;
RESET ROLE;
CREATE TABLE before AS SELECT (SELECT count(*) FROM r_history) AS events, (SELECT resolved_at FROM r_resolver) AS resolved_at, (SELECT trained_at FROM r_resolver) AS trained_at, (SELECT array_agg(i ORDER BY id) FROM r_identity i)::text AS identities, (SELECT count(*) FROM r_match) AS matches;
CREATE VIEW unchanged AS
SELECT before = ROW((SELECT count(*) FROM r_history), (SELECT resolved_at FROM r_resolver), (SELECT trained_at FROM r_resolver), (SELECT array_agg(i ORDER BY id) FROM r_identity i)::text, (SELECT count(*) FROM r_match))::before AS unchanged FROM before;
SET ROLE regress_cdw_owner;
SELECT statement, fails(statement) FROM unnest(ARRAY[$$CALL cdw.resolve('r')$$, $$CALL cdw.train('r')$$, $$SELECT * FROM cdw.block_counts('r')$$, $$SELECT * FROM cdw.evaluate('r', 'people', 'id', 'who')$$]) statement;
SELECT fails($$SET row_security = on; CALL cdw.resolve('r')$$);
SELECT count(*) AS explained FROM cdw.explain_match('r', '3', '5') WHERE field NOT LIKE '(%';
SELECT fails($$SELECT * FROM cdw.explain_match('r', '2', '3')$$);
SHOW row_security;
RESET ROLE;
SELECT * FROM unchanged;
-- The table's owner is not subject to its policies, unless they are forced.
ALTER TABLE people OWNER TO regress_cdw_owner;
SET ROLE regress_cdw_owner;
SELECT fails($$CALL cdw.resolve('r')$$);
ALTER TABLE people FORCE ROW LEVEL SECURITY;
SELECT fails($$CALL cdw.resolve('r')$$);
RESET ROLE;
ALTER TABLE people NO FORCE ROW LEVEL SECURITY;
ALTER TABLE people DISABLE ROW LEVEL SECURITY;
ALTER TABLE people OWNER TO CURRENT_USER;
-- A truth under row security would be read in part.
CREATE TABLE truth AS SELECT id, who FROM people;
ALTER TABLE truth ENABLE ROW LEVEL SECURITY;
GRANT SELECT ON truth TO regress_cdw_owner;
GRANT SELECT ON people TO regress_cdw_owner;
SET ROLE regress_cdw_owner;
SELECT fails($$SELECT * FROM cdw.evaluate('r', 'truth', 'id', 'who')$$);
RESET ROLE;
DELETE FROM before;
INSERT INTO before SELECT (SELECT count(*) FROM r_history), (SELECT resolved_at FROM r_resolver), (SELECT trained_at FROM r_resolver), (SELECT array_agg(i ORDER BY id) FROM r_identity i)::text, (SELECT count(*) FROM r_match);

-- A source, or one of its columns, that the caller may not read any more.
REVOKE ALL ON people FROM regress_cdw_owner;
SET ROLE regress_cdw_owner;
SELECT fails($$CALL cdw.resolve('r')$$), fails($$CALL cdw.train('r')$$), fails($$SELECT * FROM cdw.explain_match('r', '2', '3')$$);
RESET ROLE;
GRANT SELECT (id, name, email) ON people TO regress_cdw_owner;
SET ROLE regress_cdw_owner;
SELECT fails($$CALL cdw.resolve('r')$$), fails($$CALL cdw.train('r')$$);
RESET ROLE;
SELECT * FROM unchanged;
-- A column that is not asked for needs no privilege.
GRANT SELECT (phone) ON people TO regress_cdw_owner;
SET ROLE regress_cdw_owner;
SELECT fails($$CALL cdw.resolve('r')$$);
-- A resolver can be made over what cannot be read, as a view can; what it finds nobody sees.
SELECT fails($$SELECT cdw.create_resolver('s', 'people', 'id', '{"name": "name", "secret": "text"}'); CALL cdw.resolve('s')$$);
RESET ROLE;
-- A source in a schema without USAGE.
CREATE SCHEMA identity_privileges_hidden;
CREATE TABLE identity_privileges_hidden.t (id int, name text);
GRANT SELECT ON identity_privileges_hidden.t TO regress_cdw_owner;
SET ROLE regress_cdw_owner;
SELECT fails(format($$SELECT cdw.create_resolver('h', %s::oid, 'id', '{"name": "name"}', results_schema => 'identity_privileges')$$, oid)) FROM pg_class WHERE relname = 't' AND relnamespace = 'identity_privileges_hidden'::regnamespace;
RESET ROLE;
SELECT relname FROM pg_class WHERE relnamespace = 'identity_privileges'::regnamespace AND relname ~ '^[sh]_';
-- A view runs with its owner's rights: who may read it may resolve it.
CREATE VIEW people_view AS SELECT id, name, email, secret FROM people;
GRANT SELECT ON people_view TO regress_cdw_owner;
SET ROLE regress_cdw_owner;
SELECT cdw.create_resolver('v', 'people_view', 'id', '{"name": "name", "secret": "text"}') ->> 'resolver' AS resolver;
CALL cdw.resolve('v');
SELECT count(*) AS records FROM v_identity;
SELECT cdw.drop_resolver('v', true);

-- Triggers and constraints on the results hold: they are the owner's tables.
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'not today'; END $$;
DELETE FROM r_match;
CREATE TRIGGER refuse BEFORE INSERT ON r_match EXECUTE FUNCTION refuse();
SELECT fails($$CALL cdw.resolve('r')$$);
DROP TRIGGER refuse ON r_match;
RESET ROLE;

-- cdw.resolver: tables that only look like settings run nobody's code and are left out.
CREATE TABLE a_resolver (settings jsonb, model jsonb);
CREATE TABLE b_resolver (settings text, model jsonb, next_identity_id int8, threshold float8, trained_at timestamptz, resolved_at timestamptz);
CREATE FUNCTION bang(r text) RETURNS bool LANGUAGE plpgsql COST 0.0001 AS $$ BEGIN RAISE EXCEPTION 'captured'; END $$;
CREATE VIEW c_resolver AS SELECT * FROM r_resolver WHERE bang('c');
CREATE TABLE d_resolver (LIKE r_resolver);
INSERT INTO d_resolver SELECT * FROM r_resolver;
ALTER TABLE d_resolver ENABLE ROW LEVEL SECURITY;
CREATE POLICY bang ON d_resolver USING (bang('d'));
CREATE TABLE e_resolver (LIKE r_resolver) PARTITION BY LIST (threshold);
CREATE TABLE f_resolver (LIKE r_resolver);
CREATE TABLE f_child () INHERITS (f_resolver);
ALTER TABLE f_child ENABLE ROW LEVEL SECURITY;
INSERT INTO f_child SELECT * FROM r_resolver;
CREATE POLICY bang ON f_child USING (bang('f'));
CREATE TABLE g_resolver (settings jsonb, model jsonb, next_identity_id int8, threshold float8, trained_at timestamptz, resolved_at timestamptz GENERATED ALWAYS AS (trained_at) STORED);
CREATE SEQUENCE h_resolver;
CREATE MATERIALIZED VIEW i_resolver AS SELECT * FROM r_resolver;
CREATE TABLE j_resolver (LIKE r_resolver INCLUDING ALL); -- settings that are none are shown as they are
INSERT INTO j_resolver (settings) VALUES ('7');
CREATE TABLE "k""'; DROP TABLE people; --_resolver" (LIKE r_resolver INCLUDING ALL);
INSERT INTO "k""'; DROP TABLE people; --_resolver" (settings) VALUES ('{"source": 5, "key": [], "link_type": null}');
GRANT SELECT ON a_resolver, b_resolver, c_resolver, d_resolver, e_resolver, f_resolver, g_resolver, i_resolver, j_resolver, "k""'; DROP TABLE people; --_resolver" TO regress_cdw_reader;
SELECT resolver, source, key, link_type, trained FROM cdw.resolver WHERE results_schema = 'identity_privileges' ORDER BY 1;
SET ROLE regress_cdw_reader;
SELECT resolver, source, key, link_type, trained FROM cdw.resolver WHERE results_schema = 'identity_privileges' ORDER BY 1;
SET ROLE regress_cdw_stranger;
SELECT resolver FROM cdw.resolver WHERE results_schema = 'identity_privileges' ORDER BY 1;
RESET ROLE;
SELECT count(*) AS people FROM people;
-- and they are no resolvers
SELECT name, fails(format('CALL cdw.resolve(%L)', name)) FROM unnest('{a,b,c,d,e,f,g,h,i,j}'::text[]) name;
DROP TABLE a_resolver, b_resolver, d_resolver, e_resolver, f_child, f_resolver, g_resolver, j_resolver, "k""'; DROP TABLE people; --_resolver";
DROP VIEW c_resolver, unchanged;
DROP MATERIALIZED VIEW i_resolver;

-- A hostile search_path: operators and functions placed before pg_catalog capture nothing.
CREATE SCHEMA identity_privileges_trap;
SET search_path = identity_privileges_trap, pg_catalog, identity_privileges;
DO $$
DECLARE
    operator text;
    type text;
BEGIN
    FOREACH operator IN ARRAY ARRAY['=', '<>', '<', '>', '<=', '>=', '!~', '~', '~~'] LOOP
        FOREACH type IN ARRAY ARRAY['int4', 'int8', 'int2', 'text', 'name', 'oid', 'jsonb', 'float8', '"char"', 'bool', 'uuid', 'regtype'] LOOP
            EXECUTE pg_catalog.format('CREATE FUNCTION identity_privileges_trap.trap_operator(%s, %s) RETURNS bool LANGUAGE plpgsql AS $f$ BEGIN RAISE EXCEPTION ''captured by %%'', %L; END $f$', type, type, operator || ' ' || type);
            EXECUTE pg_catalog.format('CREATE OPERATOR identity_privileges_trap.%s (leftarg = %s, rightarg = %s, function = identity_privileges_trap.trap_operator)', operator, type, type);
            EXECUTE pg_catalog.format('ALTER FUNCTION identity_privileges_trap.trap_operator(%s, %s) RENAME TO %I', type, type, 'trap ' || operator || type);
        END LOOP;
    END LOOP;
    FOREACH type IN ARRAY ARRAY['unnest(anyarray)', 'length(text)', 'btrim(text)', 'btrim(text, text)', 'clock_timestamp()', 'now()', 'has_schema_privilege(oid, text)', 'has_table_privilege(oid, text)', 'pg_my_temp_schema()', 'coalesce_(int)', 'text(int4)', 'int8(text)'] LOOP
        EXECUTE pg_catalog.format('CREATE FUNCTION identity_privileges_trap.%s RETURNS bool LANGUAGE plpgsql AS $f$ BEGIN RAISE EXCEPTION ''captured by %%'', %L; END $f$', type, type);
    END LOOP;
END
$$;
CREATE FUNCTION trap_final(int8) RETURNS int8 LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'captured by an aggregate'; END $$;
CREATE FUNCTION trap_step(int8, "any") RETURNS int8 LANGUAGE internal AS 'int8inc_any';
CREATE AGGREGATE count("any") (SFUNC = trap_step, STYPE = int8, INITCOND = '0', FINALFUNC = trap_final);
CREATE AGGREGATE count(*) (SFUNC = int8inc, STYPE = int8, INITCOND = '0', FINALFUNC = trap_final);
CREATE TABLE identity_privileges_trap.unnest (x int);
CREATE DOMAIN text AS pg_catalog.text CHECK (VALUE = 'never');
CREATE DOMAIN int8 AS pg_catalog.int8 CHECK (VALUE = -1);
CREATE DOMAIN jsonb AS pg_catalog.jsonb CHECK (VALUE IS NULL);
CREATE DOMAIN timestamptz AS pg_catalog.timestamptz CHECK (VALUE IS NULL);
SELECT 1 = 1; -- the trap works
SELECT count(*) FROM people;
SELECT cdw.create_resolver('t', 'people', 'id', '{"name": "name", "email": "email", "phone": "phone"}', ARRAY['email', 'phone'], results_schema => 'identity_privileges') IS NOT NULL AS created;
CALL cdw.train('t');
CALL cdw.resolve('t');
SELECT resolver, trained FROM cdw.resolver WHERE results_schema OPERATOR(pg_catalog.=) 'identity_privileges' ORDER BY resolver USING OPERATOR(pg_catalog.<);
SELECT field, level FROM cdw.explain_match('t', '2', '3') WHERE field OPERATOR(pg_catalog.!~~) '(%';
SELECT rule FROM cdw.block_counts('t');
SELECT level FROM cdw.evaluate('t', 'people', 'id', 'who') LIMIT 1;
SELECT cdw.explain_match_text('t', '2', '3') IS NOT NULL AS text;
SELECT field FROM cdw.model_weights('t') LIMIT 1;
SELECT record_key FROM cdw.unlinkables('t', 1) LIMIT 1;
SELECT records FROM cdw.identity_diagnostics('t') LIMIT 1;
SELECT left_key FROM cdw.identity_bridges('t') LIMIT 1;
SELECT cdw.import_model('t', cdw.export_model('t'));
SELECT cdw.copy_model('t', 't', false);
DELETE FROM people WHERE id OPERATOR(pg_catalog.=) 2;
UPDATE people SET name = 'Somebody Else', email = NULL, phone = NULL WHERE id OPERATOR(pg_catalog.=) 4;
INSERT INTO people (id, name) VALUES (100, 'Newcomer');
CALL cdw.resolve('t'); -- joins, leaves, moves
SELECT event FROM t_history WHERE reason OPERATOR(pg_catalog.<>) 'first run' ORDER BY event USING OPERATOR(pg_catalog.<);
SELECT identity_id, record_count FROM t_golden ORDER BY identity_id USING OPERATOR(pg_catalog.<) LIMIT 2;
SELECT cdw.drop_resolver('t', true);
SET search_path = identity_privileges;

-- drop_resolver belongs to the owner, and takes what it is told to.
SET ROLE regress_cdw_owner;
SELECT cdw.drop_resolver('r');
SELECT relname FROM pg_class WHERE relnamespace = 'identity_privileges'::regnamespace AND relname LIKE 'r\_%' AND relkind IN ('r', 'v') ORDER BY 1;
SELECT fails($$SELECT cdw.drop_resolver('r', true)$$);
RESET ROLE;

DROP SCHEMA identity_privileges, identity_privileges_hidden, identity_privileges_trap CASCADE;
DROP ROLE regress_cdw_owner, regress_cdw_reader, regress_cdw_stranger, regress_cdw_member;
