-- The order of cdw.rfm, and what it serves: DISTINCT, ORDER BY, joins, indexes.
SET TimeZone = 'UTC';
\pset null '(null)'

-- In order: frequency, first_at, last_at, monetary, decimals
CREATE TABLE states (i int, state cdw.rfm);
INSERT INTO states VALUES
    (1, '(0,,,-1)'), (2, '(0,,,0)'), (3, '(0,,,0.00)'),
    (4, '(1,2023-12-31T00:00:00Z,2023-12-31T00:00:00Z,100)'),
    (5, '(1,2024-01-01T00:00:00Z,2024-01-01T00:00:00Z,10)'),
    (6, '(1,2024-01-01T00:00:00Z,2024-01-01T00:00:00Z,10.0)'),
    (7, '(1,2024-01-01T00:00:00Z,2024-01-01T00:00:00Z,10.00000)'),      -- four ways to 10, two of them beyond units
    (8, '(1,2024-01-01T00:00:00Z,2024-01-01T00:00:00Z,10.000000)'),
    (9, '(1,2024-01-01T00:00:00Z,2024-01-01T00:00:00Z,10.0000001)'),
    (10, '(2,2024-01-01T00:00:00Z,2024-01-01T00:00:00Z,-99999999999999999999)'),
    (11, '(2,2024-01-01T00:00:00Z,2024-01-02T00:00:00Z,-99999999999999999999)'),
    (12, '(2,2024-01-01T00:00:00Z,2024-01-02T00:00:00Z,5)'),
    (13, '(2,2024-01-01T00:00:00Z,2024-01-02T00:00:00Z,99999999999999999999)'),
    (14, NULL);
SELECT i, state FROM states ORDER BY state;
SELECT array_agg(i ORDER BY state DESC NULLS LAST) FROM states;
-- Every pair of them: all operators agree with the order, and equality with the bytes
SELECT count(*) AS pairs,
       count(*) FILTER (WHERE (a.state OPERATOR(cdw.<) b.state) IS DISTINCT FROM (a.i < b.i)) AS lt,
       count(*) FILTER (WHERE (a.state OPERATOR(cdw.<=) b.state) IS DISTINCT FROM (a.i <= b.i)) AS le,
       count(*) FILTER (WHERE (a.state OPERATOR(cdw.=) b.state) IS DISTINCT FROM (a.i = b.i)) AS eq,
       count(*) FILTER (WHERE (a.state OPERATOR(cdw.<>) b.state) IS DISTINCT FROM (a.i <> b.i)) AS ne,
       count(*) FILTER (WHERE (a.state OPERATOR(cdw.>=) b.state) IS DISTINCT FROM (a.i >= b.i)) AS ge,
       count(*) FILTER (WHERE (a.state OPERATOR(cdw.>) b.state) IS DISTINCT FROM (a.i > b.i)) AS gt,
       count(*) FILTER (WHERE cdw.rfm_cmp(a.state, b.state) IS DISTINCT FROM sign(a.i - b.i)) AS cmp,
       count(*) FILTER (WHERE (cdw.rfm_send(a.state) = cdw.rfm_send(b.state)) IS DISTINCT FROM (a.i = b.i)) AS bytes,
       count(*) FILTER (WHERE a.i = b.i AND cdw.rfm_hash(a.state) <> cdw.rfm_hash(b.state::text::cdw.rfm)) AS hash,
       count(*) FILTER (WHERE a.i = b.i AND cdw.rfm_hash_extended(a.state, 7) <> cdw.rfm_hash_extended(b.state::text::cdw.rfm, 7)) AS hash_extended
FROM states a, states b WHERE a.state IS NOT NULL AND b.state IS NOT NULL;

-- A thousand different states, each three times, some of them stored out of line
CREATE TABLE many AS
SELECT i % 1000 AS i, ('(' || i % 10 + 1 || ',2024-01-01T00:00:00Z,2024-01-01T00:00:00Z,' || CASE WHEN i % 100 = 7 THEN repeat('9', 3000) ELSE '' END || i % 1000 || '.5)')::cdw.rfm AS state
FROM generate_series(1, 3000) i;
CREATE FUNCTION pg_temp.counts() RETURNS TABLE (groups bigint, largest bigint, different bigint, joined bigint) LANGUAGE sql AS $$
    SELECT (SELECT count(*) FROM (SELECT state FROM many GROUP BY state) g), (SELECT max(n) FROM (SELECT count(*) AS n FROM many GROUP BY state) g),
           (SELECT count(DISTINCT state) FROM many), (SELECT count(*) FROM many a JOIN many b ON a.state OPERATOR(cdw.=) b.state)
$$;
SET enable_sort = off; SET enable_mergejoin = off; SET enable_nestloop = off; -- by hash
SELECT * FROM pg_temp.counts();
EXPLAIN (COSTS OFF) SELECT count(*) FROM many a JOIN many b ON a.state OPERATOR(cdw.=) b.state;
RESET enable_sort; RESET enable_mergejoin;
SET enable_hashagg = off; SET enable_hashjoin = off; -- by order
SELECT * FROM pg_temp.counts();
EXPLAIN (COSTS OFF) SELECT count(*) FROM many a JOIN many b ON a.state OPERATOR(cdw.=) b.state;
RESET enable_hashagg; RESET enable_hashjoin; RESET enable_nestloop;

-- Indexes
DELETE FROM many WHERE pg_column_size(state) > 100 OR length(state::text) > 1000;
CREATE INDEX ordered ON many (state);
CREATE INDEX hashed ON many USING hash (state);
SET enable_seqscan = off;
SET enable_bitmapscan = off;
EXPLAIN (COSTS OFF) SELECT count(*) FROM many WHERE state OPERATOR(cdw.>) '(9,2024-01-01T00:00:00Z,2024-01-01T00:00:00Z,0)';
SELECT count(*) FROM many WHERE state OPERATOR(cdw.>) '(9,2024-01-01T00:00:00Z,2024-01-01T00:00:00Z,0)';
DROP INDEX ordered;
EXPLAIN (COSTS OFF) SELECT i FROM many WHERE state OPERATOR(cdw.=) '(4,2024-01-01T00:00:00Z,2024-01-01T00:00:00Z,3.5)';
SELECT i FROM many WHERE state OPERATOR(cdw.=) '(4,2024-01-01T00:00:00Z,2024-01-01T00:00:00Z,3.5)';
RESET enable_seqscan;
RESET enable_bitmapscan;
CREATE UNIQUE INDEX ON states (state);
INSERT INTO states VALUES (15, '(0,,,0.00)');
-- A table in partitions by hash
CREATE TABLE parts (state cdw.rfm) PARTITION BY HASH (state);
CREATE TABLE part_0 PARTITION OF parts FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE part_1 PARTITION OF parts FOR VALUES WITH (MODULUS 2, REMAINDER 1);
INSERT INTO parts SELECT state FROM many;
SELECT (SELECT count(*) FROM part_0) > 500 AND (SELECT count(*) FROM part_1) > 500 AS in_both, count(*) FROM parts;
-- The classes are complete
SELECT amname, opcname, amvalidate(o.oid) AS valid FROM pg_opclass o JOIN pg_am a ON a.oid = opcmethod WHERE opcintype = 'cdw.rfm'::regtype ORDER BY 1;

DROP TABLE states, many, parts;
