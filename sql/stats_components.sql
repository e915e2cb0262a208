-- Connected components: the aggregates, what reads their states, and how states are merged.

-- 1-2-5 and 3-4 are linked, 6 is linked to itself alone. Worked by hand.
CREATE TABLE edge (a int8, b int8);
INSERT INTO edge VALUES (2, 1), (5, 2), (3, 4), (6, 6), (1, 2);
SELECT cdw.connected_components(a, b) FROM edge;
SELECT * FROM cdw.components((SELECT cdw.connected_components(a, b) FROM edge));

-- The whole range of int8; order is by value, not by digits
SELECT cdw.connected_components(a, b) FROM (VALUES
    (9223372036854775807, -9223372036854775808), (10, 9), (9, -1), (100, 99)) AS t(a, b);

-- Other integers are cast
SELECT cdw.connected_components(a, b) FROM (VALUES (1::int2, 2::int4)) AS t(a, b);

-- One NULL: the other id is there by itself. Two: no such row
SELECT cdw.connected_components(a, b) FROM (VALUES (1, NULL), (NULL, 2), (NULL, NULL), (3, 1)) AS t(a, b);
SELECT cdw.connected_components(NULL::int8, NULL::int8) IS NULL AS nothing_but_null,
       (SELECT cdw.connected_components(a, b) FROM edge WHERE false) IS NULL AS no_rows,
       (SELECT count(*) FROM cdw.components(NULL::cdw.components_int8)) AS rows_of_null;

-- Text: by bytes, whatever the collation. In C order Z comes before a, and é after z
SELECT cdw.connected_components(a, b) FROM (VALUES
    ('a', 'Z'), ('z', 'é'), ('é', 'ö'), ('', NULL), (NULL, 'ab'), ('a ', 'a b'), ('"', '\'), (E'\n', 'tab' || E'\t')) AS t(a, b);
SELECT * FROM cdw.components((SELECT cdw.connected_components(a, b) FROM (VALUES ('b' COLLATE "C", 'a'), ('王', 'b'), ('c', 'C')) AS t(a, b)));
SELECT cdw.connected_components(a COLLATE "C", b COLLATE "C")::text = cdw.connected_components(a COLLATE "und-x-icu", b COLLATE "und-x-icu")::text AS same
FROM (VALUES ('a', 'B'), ('b', 'A'), ('ä', 'a')) AS t(a, b);

-- Numbers of ids and components
SELECT cdw.id_count(s), cdw.component_count(s) FROM (SELECT cdw.connected_components(a, b) AS s FROM edge) AS t;
SELECT cdw.id_count(s), cdw.component_count(s) FROM (SELECT cdw.connected_components('x' || a, 'x' || b) AS s FROM edge) AS t;
SELECT cdw.id_count('[]'::cdw.components_int8), cdw.component_count('[]'::cdw.components_text);

-- Rows in the select list come one by one
SELECT cdw.components(cdw.connected_components(a, b)) FROM edge;
SELECT (cdw.components(cdw.connected_components('id ' || a, 'id ' || b))).* FROM edge LIMIT 2;

-- A chain, read from its far end, is one component of 1,000,000 ids
SELECT cdw.id_count(s), cdw.component_count(s), cdw.connected_components_add(s, s)::text = s::text AS same
FROM (SELECT cdw.connected_components(i + 1, i) AS s FROM generate_series(1000000, 1, -1) AS i) AS t;

-- A random graph: large enough for several sizes of a state. Reference by repeated relabelling in SQL
CREATE TABLE graph AS
SELECT i, hashint8(i) % 30000 AS a, hashint8(i + 1000000) % 30000 AS b FROM generate_series(1, 15000) AS i;
ANALYZE graph;
CREATE TABLE label AS SELECT id::int8, id::int8 AS component FROM (SELECT a FROM graph UNION SELECT b FROM graph) AS t(id);
DO $$
BEGIN
    LOOP
        UPDATE label SET component = least FROM (
            SELECT id, min(component) AS least FROM (
                SELECT l.id, r.component FROM graph JOIN label l ON l.id = a JOIN label r ON r.id = b
                UNION ALL SELECT r.id, l.component FROM graph JOIN label l ON l.id = a JOIN label r ON r.id = b
            ) AS t GROUP BY id) AS n
        WHERE n.id = label.id AND least < component;
        EXIT WHEN NOT FOUND;
    END LOOP;
END
$$;
SELECT count(*) AS ids, count(DISTINCT l.component) AS components, count(*) FILTER (WHERE c.component IS DISTINCT FROM l.component) AS wrong
FROM label l FULL JOIN cdw.components((SELECT cdw.connected_components(a, b) FROM graph)) AS c USING (id);
SELECT count(*) AS ids, count(*) FILTER (WHERE c.component IS DISTINCT FROM l.component) AS wrong
FROM (SELECT id, first_value(id) OVER (PARTITION BY component ORDER BY id COLLATE "C") AS component
      FROM (SELECT 'customer ' || id AS id, component FROM label) AS t) AS l
FULL JOIN cdw.components((SELECT cdw.connected_components('customer ' || a, 'customer ' || b) FROM graph)) AS c USING (id);

-- The order of edges, and which end comes first, leaves no trace in the bytes
SELECT count(DISTINCT cdw.components_int8_send(s)) FROM (
    SELECT cdw.connected_components(a, b) FROM (SELECT * FROM graph ORDER BY i) AS t
    UNION ALL SELECT cdw.connected_components(b, a) FROM (SELECT * FROM graph ORDER BY i DESC) AS t
    UNION ALL SELECT cdw.connected_components(a, b) FROM (SELECT * FROM graph ORDER BY a, b) AS t
    UNION ALL SELECT cdw.connected_components(a, b) FROM (SELECT * FROM graph UNION ALL SELECT * FROM graph) AS t) AS t(s);
SELECT count(DISTINCT cdw.components_text_send(s)) FROM (
    SELECT cdw.connected_components(a::text, b::text) FROM (SELECT * FROM graph ORDER BY i) AS t
    UNION ALL SELECT cdw.connected_components(b::text, a::text) FROM (SELECT * FROM graph ORDER BY hashint8(i)) AS t) AS t(s);

-- Merged states are those of all edges, to the byte: of many small ones, of few large ones, of stored ones
CREATE TABLE part AS
SELECT i % 3000 AS part, cdw.connected_components(a, b) AS number, cdw.connected_components(a::text, b::text) AS string
FROM graph GROUP BY part;
CREATE TABLE large_part AS
SELECT part % 3 AS part, cdw.connected_components_merge(number) AS number, cdw.connected_components_merge(string) AS string
FROM part GROUP BY 1;
SELECT n, cdw.components_int8_send(number) = (SELECT cdw.components_int8_send(cdw.connected_components(a, b)) FROM graph) AS number,
       cdw.components_text_send(string) = (SELECT cdw.components_text_send(cdw.connected_components(a::text, b::text)) FROM graph) AS string
FROM (SELECT 'small' AS n, cdw.connected_components_merge(number) AS number, cdw.connected_components_merge(string) AS string FROM part
      UNION ALL SELECT 'large', cdw.connected_components_merge(number), cdw.connected_components_merge(string) FROM large_part
      UNION ALL SELECT 'added', cdw.connected_components_add(cdw.connected_components_add(x.number, y.number), z.number),
                       cdw.connected_components_add(cdw.connected_components_add(x.string, y.string), z.string)
      FROM large_part x, large_part y, large_part z WHERE x.part = 0 AND y.part = 1 AND z.part = 2) AS t;

-- Adding states does not change them; a merge skips NULL
SELECT cdw.connected_components_add(a, b), a, b FROM (VALUES ('[[1,2]]'::cdw.components_int8, '[[2,3],[4]]'::cdw.components_int8)) AS t(a, b);
SELECT cdw.connected_components_merge(s) FROM (VALUES (NULL), ('[["a"]]'::cdw.components_text), (NULL), ('[["b","a"]]')) AS t(s);

-- The transition function by itself gives a value
SELECT cdw.connected_components_accum(cdw.connected_components_accum(NULL, 2, 1), NULL, 3);
SELECT cdw.connected_components_accum('[["a","b"]]'::cdw.components_text, 'b', 'c');
SELECT cdw.connected_components_accum(NULL::cdw.components_int8, NULL, NULL) IS NULL AS still_null;

-- As a window aggregate, each row's value stays what it was
SELECT i, cdw.connected_components(a, b) OVER (ORDER BY i) FROM (VALUES (1, 1, 2), (2, 3, 4), (3, NULL, NULL), (4, 4, 1), (5, 5, NULL)) AS t(i, a, b);
SELECT count(*) AS rows, count(*) FILTER (WHERE cdw.components_int8_send(state) <> (SELECT cdw.components_int8_send(cdw.connected_components(a, b)) FROM graph g WHERE g.i <= running.i)) AS wrong
FROM (SELECT i, cdw.connected_components(a, b) OVER (ORDER BY (i - 1) / 500) AS state FROM graph) AS running WHERE i % 500 = 0 AND i <= 5000;

-- With FILTER, DISTINCT and ORDER BY
SELECT cdw.connected_components(a, b) FILTER (WHERE a <> 5), cdw.connected_components(DISTINCT a, b ORDER BY b DESC, a) FROM edge;

-- Two aggregates over the same rows share a state, which one reading leaves as it is
SELECT cdw.id_count(cdw.connected_components(a, b)), cdw.component_count(cdw.connected_components(a, b)),
       (SELECT count(*) FROM cdw.components(cdw.connected_components(a, b))) FROM graph;

-- GROUP BY, hashed, spilling and sorted: groups of one edge to thousands, a tenth of the texts long
CREATE TABLE grouped AS
SELECT CASE WHEN i % 2 = 0 THEN i % 5 ELSE i END AS g, a, b, repeat('x', CASE WHEN i % 10 = 0 THEN 700 ELSE i % 3 END) || a AS s, b::text AS t FROM graph;
INSERT INTO grouped SELECT -i, i, i, i::text, i::text FROM generate_series(1, 30000) AS i;
ANALYZE grouped;
CREATE FUNCTION pg_temp.uses(node text, query text) RETURNS bool LANGUAGE plpgsql AS $$
DECLARE
    line text;
BEGIN
    FOR line IN EXECUTE 'EXPLAIN (COSTS OFF) ' || query LOOP
        IF line ~ node THEN
            RETURN true;
        END IF;
    END LOOP;
    RETURN false;
END
$$;
SET max_parallel_workers_per_gather = 0;
\set groups 'SELECT g, cdw.connected_components(a, b) AS number, cdw.connected_components(s, t) AS string FROM grouped GROUP BY g'
SET enable_sort = off;
SELECT pg_temp.uses('HashAggregate', :'groups') AS hashed;
CREATE TABLE hashed AS :groups;
SET work_mem = '64kB';
CREATE TABLE spilled AS :groups;
RESET work_mem;
RESET enable_sort;
SET enable_hashagg = off;
SELECT pg_temp.uses('GroupAggregate', :'groups') AS sorted;
CREATE TABLE sorted AS :groups;
RESET enable_hashagg;
SELECT count(*) AS groups, min(cdw.id_count(h.number)) AS least, max(cdw.id_count(h.number)) AS most,
       count(*) FILTER (WHERE cdw.components_int8_send(h.number) <> cdw.components_int8_send(s.number) OR cdw.components_text_send(h.string) <> cdw.components_text_send(s.string)) AS spilled_differ,
       count(*) FILTER (WHERE cdw.components_int8_send(h.number) <> cdw.components_int8_send(o.number) OR cdw.components_text_send(h.string) <> cdw.components_text_send(o.string)) AS sorted_differ
FROM hashed h JOIN spilled s USING (g) JOIN sorted o USING (g);

-- Serial and parallel, grouped, whole and merged
\set few_groups 'SELECT g % 100 AS g, cdw.connected_components(a, b) AS number, cdw.connected_components(s, t) AS string FROM grouped GROUP BY g % 100'
CREATE STATISTICS few_groups ON (g % 100) FROM grouped;
ANALYZE grouped;
CREATE TABLE serial AS :few_groups;
SET max_parallel_workers_per_gather = 2;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET parallel_leader_participation = off;
SELECT pg_temp.uses('Partial', :'few_groups') AS grouped, pg_temp.uses('Partial', 'SELECT cdw.connected_components(a, b) FROM graph') AS whole,
       pg_temp.uses('Partial', 'SELECT cdw.connected_components_merge(string) FROM part') AS merge;
CREATE TABLE parallel AS :few_groups;
SELECT count(*) AS groups,
       count(*) FILTER (WHERE cdw.components_int8_send(h.number) <> cdw.components_int8_send(p.number) OR cdw.components_text_send(h.string) <> cdw.components_text_send(p.string)) AS differ
FROM serial h JOIN parallel p USING (g);
CREATE TABLE whole AS
SELECT cdw.connected_components(a, b) AS number, cdw.connected_components(a::text, b::text) AS string FROM graph;
CREATE TABLE merged AS
SELECT cdw.connected_components_merge(number) AS number, cdw.connected_components_merge(string) AS string FROM part;
SET max_parallel_workers_per_gather = 0;
SELECT cdw.components_int8_send(w.number) = cdw.components_int8_send(m.number)
       AND cdw.components_int8_send(w.number) = (SELECT cdw.components_int8_send(cdw.connected_components(a, b)) FROM graph) AS number,
       cdw.components_text_send(w.string) = cdw.components_text_send(m.string)
       AND cdw.components_text_send(w.string) = (SELECT cdw.components_text_send(cdw.connected_components(a::text, b::text)) FROM graph) AS string
FROM whole w, merged m;

-- Ids of any length: 100 kB each, and one that would not fit a flat state
SELECT cdw.id_count(s), cdw.component_count(s), (SELECT sum(length(id) + length(component)) FROM cdw.components(s)) AS length
FROM (SELECT cdw.connected_components(repeat('x', 100000) || i, repeat('x', 100000) || i / 2) AS s FROM generate_series(1, 40) AS i) AS t;

DROP TABLE edge, graph, label, part, large_part, grouped, hashed, spilled, sorted, serial, parallel, whole, merged;
