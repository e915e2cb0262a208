-- Pairs of duplicates as matching finds them: ids in runs of geometric length, each linked to the next
-- and half of them to the one after; sparse int8 and text ids, in random order. Each pair belongs to one of
-- 100,000 customers at random.
DROP SCHEMA IF EXISTS bench CASCADE;
CREATE SCHEMA bench;

CREATE TABLE bench.edge AS
SELECT hashint8extended(i, 1) >> 4 AS a, hashint8extended(j, 1) >> 4 AS b, (hashint8extended(i * 2 + j, 2) & 2147483647) % 100000 AS customer
FROM (SELECT i, i + 1 + (n % 2) AS j
      FROM generate_series(1, :edges * 26 / 25) AS n, LATERAL (SELECT n * 2 / 3 AS i) AS t) AS pair
WHERE (hashint8extended(i, 3) & 255) > 12 AND (j = i + 1 OR (hashint8extended(i + 1, 3) & 255) > 12)
ORDER BY hashint8extended(i * 2 + j, 4);
CREATE TABLE bench.text_edge AS SELECT 'customer-' || a AS a, 'customer-' || b AS b FROM bench.edge;
CREATE TABLE bench.part AS
SELECT customer % 10 AS part, cdw.connected_components(a, b) AS state FROM bench.edge GROUP BY part;
CREATE TABLE bench.found AS SELECT * FROM cdw.components((SELECT cdw.connected_components(a, b) FROM bench.edge));
VACUUM ANALYZE bench.edge;
VACUUM ANALYZE bench.text_edge;
VACUUM ANALYZE bench.part;

-- What a recursive query says: every id within reach of each.
CREATE VIEW bench.recursive AS
WITH RECURSIVE link AS (SELECT a, b FROM bench.edge UNION ALL SELECT b, a FROM bench.edge),
walk AS (SELECT a AS id, a AS reached FROM link UNION SELECT walk.id, link.b FROM walk JOIN link ON link.a = walk.reached)
SELECT id, min(reached) AS component FROM walk GROUP BY id;

-- Labels go to neighbours, and to where the label's own label points, until none changes.
CREATE PROCEDURE bench.label_propagation() LANGUAGE plpgsql AS $$
DECLARE
    changed bigint;
BEGIN
    CREATE TEMP TABLE link ON COMMIT DROP AS SELECT a, b FROM bench.edge UNION ALL SELECT b, a FROM bench.edge;
    CREATE TEMP TABLE label ON COMMIT DROP AS SELECT a AS id, a AS component FROM link GROUP BY a;
    ANALYZE link;
    ANALYZE label;
    LOOP
        CREATE TEMP TABLE next ON COMMIT DROP AS
        SELECT own.id, least(own.component, n.component, up.component) AS component
        FROM label AS own
        JOIN label AS up ON up.id = own.component
        JOIN (SELECT link.a AS id, min(label.component) AS component FROM link JOIN label ON label.id = link.b GROUP BY link.a) AS n ON n.id = own.id;
        SELECT count(*) INTO changed FROM label JOIN next USING (id) WHERE label.component <> next.component;
        DROP TABLE label;
        ALTER TABLE next RENAME TO label;
        ANALYZE label;
        EXIT WHEN changed = 0;
    END LOOP;
END
$$;
