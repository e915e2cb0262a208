-- cdw.identity_diagnostics, cdw.identity_bridges: identities and matches are written by hand, so every figure is known.
CREATE SCHEMA identity_diagnostics;
SET search_path = identity_diagnostics;
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

CREATE TABLE people (id text PRIMARY KEY, name text);
INSERT INTO people SELECT format('%s%s', g, i), 'x' FROM (VALUES ('a', 4), ('b', 6), ('c', 1), ('d', 3), ('e', 2), ('é', 2)) AS v (g, n), generate_series(1, n) i;
SELECT cdw.create_resolver('r', 'people', 'id', '{"name": "name"}') ->> 'resolver' AS resolver;
SELECT * FROM cdw.identity_diagnostics('r');
INSERT INTO r_identity SELECT id, CASE left(id, 1) WHEN 'a' THEN 10 WHEN 'b' THEN 20 WHEN 'c' THEN 30 WHEN 'd' THEN 40 WHEN 'e' THEN 50 ELSE 60 END FROM people;
-- a: a square, nothing can fall apart. b: two triangles and a bridge b3 - b4. d: a chain. e: no match above the threshold. é: a pair. Others lead from one identity to another.
INSERT INTO r_match SELECT l, r, w, 1 / (1 + 2 ^ -w)
FROM (VALUES ('a1', 'a2', 5), ('a2', 'a3', 6), ('a3', 'a4', 7), ('a1', 'a4', 8), ('b1', 'b2', 9), ('b1', 'b3', 9), ('b2', 'b3', 9), ('b3', 'b4', 2), ('b4', 'b5', 9), ('b4', 'b6', 9), ('b5', 'b6', 9),
             ('d1', 'd2', 3), ('d2', 'd3', 4), ('e1', 'e2', -1), ('é1', 'é2', 11), ('a1', 'b1', 1), ('c1', 'd1', 20)) AS m (l, r, w);
SELECT identity_id, records, matches, round(density::numeric, 3) AS density, weakest_weight, round(weakest_probability::numeric, 3) AS weakest_probability, parts, bridges, joints FROM cdw.identity_diagnostics('r');
SELECT identity_id, left_key, right_key, match_weight, round(match_probability::numeric, 3) AS match_probability, left_records, right_records FROM cdw.identity_bridges('r');
SELECT left_key, right_key FROM cdw.identity_bridges('r', 20);
SELECT left_key FROM cdw.identity_bridges('r', 30);
SELECT left_key FROM cdw.identity_bridges('r', 99);
-- Another threshold, other matches: from 0.33 on e hangs together; above 0.8 b falls apart, and at 1 everything does.
SELECT identity_id, parts, bridges, joints FROM cdw.identity_diagnostics('r', 0.33) WHERE identity_id = 50;
SELECT identity_id, parts, bridges, joints FROM cdw.identity_diagnostics('r', 0.8) WHERE identity_id = 20;
SELECT sum(parts) AS parts, sum(matches) AS matches FROM cdw.identity_diagnostics('r', 1);
-- The sizes of a bridge's sides do not depend on where the walk began: a chain, and a bridge that points back.
DELETE FROM r_match;
INSERT INTO r_match SELECT l, r, 1, 0.9 FROM (VALUES ('b1', 'b2'), ('b2', 'b3'), ('b3', 'b4'), ('b4', 'b5'), ('b5', 'b6')) AS m (l, r);
SELECT left_key, right_key, left_records, right_records FROM cdw.identity_bridges('r');
DELETE FROM r_match;
INSERT INTO r_match SELECT l, r, 1, 0.9 FROM (VALUES ('b1', 'b6'), ('b5', 'b6'), ('b2', 'b5'), ('b2', 'b4'), ('b3', 'b4')) AS m (l, r);
SELECT left_key, right_key, left_records, right_records FROM cdw.identity_bridges('r');
SELECT joints FROM cdw.identity_diagnostics('r') WHERE identity_id = 20;
-- Rows that nobody of us writes: a pair twice is no bridge, a record with itself and strangers do not count.
DELETE FROM r_match;
INSERT INTO r_match VALUES ('b1', 'b2', 1, 0.9), ('b2', 'b1', 2, 0.9), ('b3', 'b3', 1, 0.9), ('b3', 'zz', 1, 0.9), ('b3', 'b4', 'NaN', 'NaN');
SELECT * FROM cdw.identity_diagnostics('r') WHERE identity_id = 20;
SELECT * FROM cdw.identity_bridges('r');

-- A slow reference: without a bridge its ends lose each other. Random graphs of forty records.
CREATE TABLE graph (seed int, l text, r text);
INSERT INTO graph SELECT DISTINCT seed, format('n%s', least(a, b)), format('n%s', greatest(a, b))
FROM (SELECT seed, 10 + (hashint4(seed * 1000 + i) & 2147483647) % 40 AS a, 10 + (hashint4(seed * 1000 + i + 500) & 2147483647) % 40 AS b FROM generate_series(1, 12) seed, generate_series(1, 25 + seed * 2) i) e WHERE a <> b;
CREATE TABLE nodes (id text PRIMARY KEY, name text);
INSERT INTO nodes SELECT format('n%s', i), 'x' FROM generate_series(10, 49) i;
SELECT cdw.create_resolver('g', 'nodes', 'id', '{"name": "name"}') ->> 'resolver' AS resolver;
INSERT INTO g_identity SELECT id, 1 FROM nodes;
CREATE FUNCTION side(graph_seed int, start text, without_l text, without_r text) RETURNS text[] LANGUAGE sql AS $$
    WITH RECURSIVE reach(id) AS (SELECT start UNION SELECT CASE WHEN l = id THEN r ELSE l END FROM reach JOIN graph ON id IN (l, r) WHERE seed = graph_seed AND (l, r) <> (without_l, without_r))
    SELECT array_agg(id) FROM reach
$$;
CREATE FUNCTION compare_bridges(graph_seed int) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    differences int;
    bridges int;
BEGIN
    DELETE FROM g_match;
    INSERT INTO g_match SELECT l, r, 1, 0.9 FROM graph WHERE seed = graph_seed;
    WITH slow AS (SELECT l, r, cardinality(side(graph_seed, l, l, r)) AS ln, cardinality(side(graph_seed, r, l, r)) AS rn FROM graph WHERE seed = graph_seed AND NOT r = ANY (side(graph_seed, l, l, r))),
         fast AS (SELECT left_key, right_key, left_records, right_records FROM cdw.identity_bridges('g'))
    SELECT (SELECT count(*) FROM ((TABLE slow EXCEPT TABLE fast) UNION ALL (TABLE fast EXCEPT TABLE slow)) d), (SELECT count(*) FROM fast) INTO differences, bridges;
    RETURN CASE WHEN bridges > 5 THEN 'many' ELSE 'few' END || ' bridges, ' || differences || ' differences';
END
$$;
SELECT seed, compare_bridges(seed) FROM generate_series(1, 12) seed;
-- A chain of a hundred thousand takes no stack.
CREATE TABLE chain AS SELECT id, 'x' AS name FROM generate_series(1, 100000) id;
SELECT cdw.create_resolver('k', 'chain', 'id', '{"name": "name"}') ->> 'resolver' AS resolver;
INSERT INTO k_identity SELECT id, 1 FROM chain;
INSERT INTO k_match SELECT id, id + 1, 1, 0.9 FROM generate_series(1, 99999) id;
SELECT * FROM cdw.identity_diagnostics('k');
SELECT count(*) FROM cdw.identity_bridges('k') WHERE left_records <> left_key::int OR left_records + right_records <> 100000;

-- Errors and privileges.
SELECT statement, fails(statement) FROM unnest(ARRAY[$$SELECT * FROM cdw.identity_diagnostics(NULL)$$, $$SELECT * FROM cdw.identity_diagnostics('r', NULL)$$, $$SELECT * FROM cdw.identity_diagnostics('r', 1.5)$$, $$SELECT * FROM cdw.identity_diagnostics('r', 'NaN')$$,
    $$SELECT * FROM cdw.identity_diagnostics('nobody')$$, $$SELECT * FROM cdw.identity_bridges('r', 1, -1)$$, $$SELECT * FROM cdw.identity_bridges(NULL)$$, $$SELECT * FROM cdw.identity_bridges('r', 1, NULL)$$]) statement;
CREATE ROLE regress_cdw_reader;
GRANT USAGE ON SCHEMA identity_diagnostics TO regress_cdw_reader;
GRANT SELECT ON r_resolver, r_identity TO regress_cdw_reader;
SET ROLE regress_cdw_reader;
SELECT fails($$SELECT * FROM cdw.identity_diagnostics('r')$$), fails($$SELECT * FROM cdw.identity_bridges('r')$$);
RESET ROLE;
GRANT SELECT ON r_match TO regress_cdw_reader;
SET ROLE regress_cdw_reader; -- the source need not be readable
SELECT fails($$SELECT * FROM cdw.identity_diagnostics('r')$$), fails($$SELECT * FROM cdw.identity_bridges('r')$$);
RESET ROLE;
ALTER TABLE r_match ENABLE ROW LEVEL SECURITY; -- a part of the matches would tell a wrong story
SET ROLE regress_cdw_reader;
SELECT fails($$SELECT * FROM cdw.identity_diagnostics('r')$$);
RESET ROLE;
DROP VIEW k_golden;
ALTER TABLE k_identity ALTER id TYPE int8;
SELECT fails($$SELECT * FROM cdw.identity_diagnostics('k')$$);

DROP SCHEMA identity_diagnostics CASCADE;
DROP ROLE regress_cdw_reader;
