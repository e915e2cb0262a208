-- Connected components of random graphs are what a recursive query finds, whatever the order of edges,
-- the way the rows are cut into states and the order in which states are merged; for int8 and text.
CREATE TABLE random_graph AS
SELECT graph, ids, floor(edges * made.random('edges', graph))::int AS edges
FROM (SELECT graph, 1 + (graph * 7) % 41 AS ids, 1 + (graph * 13) % 60 AS edges FROM generate_series(1, 300) AS graph) AS t;

CREATE TABLE random_edge AS
SELECT graph, edge,
       CASE WHEN made.random('left null', graph * 100 + edge) > .05 THEN floor(ids * made.random('left', graph * 100 + edge))::int8 END AS a,
       CASE WHEN made.random('right null', graph * 100 + edge) > .05 THEN floor(ids * made.random('right', graph * 100 + edge))::int8 END AS b
FROM random_graph, generate_series(1, edges) AS edge;

-- The smallest id within reach of each id.
CREATE TABLE reached AS
WITH RECURSIVE link AS (
    SELECT graph, COALESCE(a, b) AS a, COALESCE(b, a) AS b FROM random_edge WHERE COALESCE(a, b) IS NOT NULL
    UNION SELECT graph, COALESCE(b, a), COALESCE(a, b) FROM random_edge WHERE COALESCE(a, b) IS NOT NULL
), walk AS (
    SELECT graph, a, b FROM link
    UNION
    SELECT walk.graph, walk.a, link.b FROM walk JOIN link ON link.graph = walk.graph AND link.a = walk.b
)
SELECT graph, a AS id, min(b) AS number, min(('k' || b) COLLATE "C") AS string FROM (SELECT * FROM walk UNION SELECT graph, a, a FROM link) AS t GROUP BY graph, a;

CREATE TABLE found AS
SELECT graph, 'in order' AS how, cdw.connected_components(a, b ORDER BY edge) AS number, cdw.connected_components('k' || a, 'k' || b ORDER BY edge) AS string
FROM random_edge GROUP BY graph
UNION ALL
SELECT graph, 'shuffled, ends exchanged', cdw.connected_components(b, a ORDER BY made.random('shuffle', edge)), cdw.connected_components('k' || b, 'k' || a ORDER BY edge DESC)
FROM random_edge GROUP BY graph
UNION ALL
SELECT graph, 'merged', cdw.connected_components_merge(number ORDER BY part DESC), cdw.connected_components_merge(string ORDER BY part)
FROM (SELECT graph, edge % 7 AS part, cdw.connected_components(a, b) AS number, cdw.connected_components('k' || a, 'k' || b) AS string
      FROM random_edge GROUP BY graph, part) AS p GROUP BY graph
UNION ALL
SELECT graph, 'as text and back', cdw.connected_components(a, b)::text::cdw.components_int8, cdw.connected_components('k' || a, 'k' || b)::text::cdw.components_text
FROM random_edge GROUP BY graph;

SELECT CASE WHEN count(*) FILTER (WHERE r.number IS DISTINCT FROM f.component) = 0 AND count(*) > 1000 THEN 'ok - ' ELSE 'not ok - ' END
       || 'connected components of numbers, ' || how
FROM reached r FULL JOIN (SELECT graph, how, c.* FROM found, cdw.components(number) AS c) AS f USING (graph, id) GROUP BY how ORDER BY how;
SELECT CASE WHEN count(*) FILTER (WHERE r.string IS DISTINCT FROM f.component) = 0 AND count(*) > 1000 THEN 'ok - ' ELSE 'not ok - ' END
       || 'connected components of texts, ' || how
FROM (SELECT graph, 'k' || id AS id, string FROM reached) AS r FULL JOIN (SELECT graph, how, c.* FROM found, cdw.components(string) AS c) AS f USING (graph, id)
GROUP BY how ORDER BY how;
SELECT CASE WHEN max(numbers) = 1 AND max(strings) = 1 THEN 'ok - ' ELSE 'not ok - ' END || 'equal components have equal bytes'
FROM (SELECT count(DISTINCT cdw.components_int8_send(number)) AS numbers, count(DISTINCT cdw.components_text_send(string)) AS strings FROM found GROUP BY graph) AS t;
