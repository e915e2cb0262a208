-- The aggregates cdw.rfm and cdw.rfm_merge, rfm_add and the accessors.
SET TimeZone = 'UTC';
SET DateStyle = 'ISO, YMD';
\pset null '(null)'

CREATE TABLE sales (customer text, at timestamptz, amount numeric);
INSERT INTO sales VALUES
    ('ann', '2024-01-10', 10.00), ('ann', '2024-03-05 12:00', 20.5), ('ann', '2024-02-01', 0),
    ('bob', '2024-02-02', 100), ('bob', '2024-05-01', -30.25),          -- a return moves no date
    ('cid', '2024-01-01', -5.00),                                       -- only a return
    ('dee', NULL, 7), ('dee', '2024-01-01', NULL),                      -- no row counts
    ('eve', '2024-01-01', 1), ('eve', NULL, 1000), ('eve', '2025-01-01', NULL);

SELECT customer, s, cdw.recency(s, '2024-06-01') AS recency, cdw.frequency(s), cdw.monetary(s), cdw.average_amount(s),
       cdw.first_at(s), cdw.last_at(s)
FROM (SELECT customer, cdw.rfm(at, amount) AS s FROM sales GROUP BY customer) q ORDER BY customer;

-- No rows: NULL
SELECT cdw.rfm(at, amount), cdw.rfm_merge(NULL::cdw.rfm) FROM sales WHERE false;

-- recency before the last purchase is negative; days have 24 hours in any time zone
SELECT cdw.recency('(1,2024-03-31T00:00:00Z,2024-03-31T00:00:00Z,1)', '2024-03-30 12:00');
SET TimeZone = 'Europe/Berlin';
SELECT cdw.recency('(1,2024-03-30T23:00:00Z,2024-03-30T23:00:00Z,1)', '2024-04-01 00:00');
SET TimeZone = 'UTC';
-- 299 thousand years in microseconds are more than 63 bits hold
SELECT cdw.recency('(1,-4712-01-01T00:00:00Z,-4712-01-01T00:00:00Z,1)', '294276-12-31');
SELECT cdw.recency('(1,2024-03-31T00:00:00Z,2024-03-31T00:00:00Z,1)', 'infinity');

-- What is not finite: 22023
SELECT cdw.rfm('2024-01-01', 'NaN'::numeric);
SELECT cdw.rfm('2024-01-01', 'Infinity'::numeric);
SELECT cdw.rfm('2024-01-01', '-Infinity'::numeric);
SELECT cdw.rfm('2024-01-01', 'NaN'::float8);
SELECT cdw.rfm('2024-01-01', '-Infinity'::float8);
SELECT cdw.rfm('infinity', 1::numeric);
SELECT cdw.rfm('-infinity', 1::numeric);
\set VERBOSITY sqlstate
SELECT cdw.rfm('2024-01-01', 'NaN'::numeric);
SELECT cdw.rfm('infinity', 1::numeric);
\set VERBOSITY default

-- float8: each amount becomes numeric before it is added, so cents stay cents (0.1 + 0.2 = 0.3)
SELECT cdw.monetary(cdw.rfm('2024-01-01', x)) FROM (VALUES (0.1::float8), (0.2)) t(x);
-- 1e16 leaves the integer path, 2^53 + 1 is no float8; 15 digits count
SELECT cdw.monetary(cdw.rfm('2024-01-01', x)) FROM (VALUES (1e16::float8), (0.5), (1e-7)) t(x);

-- The sum is sum(numeric), display scale included, on every path and between paths
SELECT name, cdw.monetary(cdw.rfm('2024-01-01', x))::text AS monetary,
       cdw.monetary(cdw.rfm('2024-01-01', x))::text = sum(x)::text AS as_sum
FROM (VALUES
    (1, 'integers', 1), (1, 'integers', 2),
    (2, 'scales 0 to 4', 1), (2, 'scales 0 to 4', 1.5), (2, 'scales 0 to 4', 0.0001), (2, 'scales 0 to 4', -1.25),
    (3, 'trailing zeros', 1.50), (3, 'trailing zeros', 2.5000),
    (4, 'zeros', 0), (4, 'zeros', 0.00),
    (5, 'scale 5', 1.5), (5, 'scale 5', 0.00001),
    (6, 'scale 5, zeros', 1.5), (6, 'scale 5, zeros', 1.00000),
    (7, 'up to the end of int64', 922337203685477.5806), (7, 'up to the end of int64', 0.0001),
    (8, 'past the end', 922337203685477.5807), (8, 'past the end', 0.0001),
    (9, 'past the other end', -922337203685477.5807), (9, 'past the other end', -0.0001),
    (10, 'past the end and back', 922337203685477.5807), (10, 'past the end and back', 0.0001), (10, 'past the end and back', -0.0002),
    (11, 'weight 4', 12345678901234567890), (11, 'weight 4', 0.5),
    (12, 'long header', 1e-70), (12, 'long header', 1e-75),
    (13, 'groups of zeros', 100000000), (13, 'groups of zeros', 10000.0001),
    (14, 'signs', -0.5), (14, 'signs', 0.5)
) t(id, name, x) GROUP BY id, name ORDER BY id;

-- The same for 20,000 amounts of mixed scale, whatever the order of rows
WITH amounts AS (
    SELECT i, (hashint8(i)::numeric / (10 ^ (i % 7))::numeric)::numeric(30, 6) * (CASE WHEN i % 3 = 0 THEN 1e9 ELSE 1 END) AS x
    FROM generate_series(1, 20000) i
), scaled AS (
    SELECT i, CASE i % 4 WHEN 0 THEN round(x, 0) WHEN 1 THEN round(x, 2) WHEN 2 THEN round(x, 4) ELSE x END AS x FROM amounts
)
SELECT count(*) AS groups, bool_and(up = total AND down = total) AS as_sum, bool_and(ups = downs) AS same_state
FROM (SELECT i % 100, cdw.monetary(cdw.rfm('2024-01-01', x ORDER BY i))::text AS up,
             cdw.monetary(cdw.rfm('2024-01-01', x ORDER BY i DESC))::text AS down, sum(x)::text AS total,
             cdw.rfm('2024-01-01', x ORDER BY i)::text AS ups, cdw.rfm('2024-01-01', x ORDER BY hashint4(i))::text AS downs
      FROM scaled GROUP BY i % 100) q;

-- Merging equals recomputing, in any order and any split, to the byte
CREATE TABLE history AS
SELECT i % 50 AS customer, i % 7 AS day, timestamptz '2024-01-01' + (hashint8(i) % 100000) * interval '1 minute' AS at,
       (hashint8(i * 31) % 100000)::numeric / 100 + CASE WHEN i % 11 = 0 THEN 0.00001 WHEN i % 13 = 0 THEN 922337203685477 ELSE 0 END AS amount
FROM generate_series(1, 3000) i;
CREATE TABLE daily AS SELECT customer, day, cdw.rfm(at, amount) AS state FROM history GROUP BY customer, day;
SELECT count(*) AS customers,
       count(*) FILTER (WHERE cdw.rfm_send(whole) = cdw.rfm_send(merged)) AS equal,
       count(*) FILTER (WHERE cdw.rfm_send(whole) = cdw.rfm_send(merged_backwards)) AS equal_backwards
FROM (SELECT customer, cdw.rfm(at, amount) AS whole FROM history GROUP BY customer) w
JOIN (SELECT customer, cdw.rfm_merge(state ORDER BY day) AS merged, cdw.rfm_merge(state ORDER BY day DESC) AS merged_backwards
      FROM daily GROUP BY customer) m USING (customer);

-- States of 5,000 digits, stored out of line
CREATE TABLE huge AS
SELECT i, cdw.rfm('2024-01-01', x) AS state, x FROM (SELECT i, (repeat('1234567890', 500) || i || '.5')::numeric AS x FROM generate_series(1, 4) i) n GROUP BY i, x;
SELECT cdw.monetary(cdw.rfm_merge(state)) = sum(x) AS as_sum, cdw.frequency(cdw.rfm_merge(state)) FROM huge;
SELECT i, (score).m FROM (SELECT i, cdw.rfm_score(state, '2024-01-01') OVER () AS score FROM huge) q ORDER BY i;
DROP TABLE huge;

-- rfm_add leaves its arguments alone and is commutative; NULL stays NULL
SELECT a, b, cdw.rfm_add(a, b), cdw.rfm_add(b, a), a AS a_again, b AS b_again
FROM (VALUES ('(2,2024-01-01T00:00:00Z,2024-02-01T00:00:00Z,5.00)'::cdw.rfm, '(1,2023-06-01T00:00:00Z,2023-06-01T00:00:00Z,1.5)'::cdw.rfm),
             ('(0,,,-1)', '(1,2023-06-01T00:00:00Z,2023-06-01T00:00:00Z,1.5)'), ('(0,,,-1)', '(0,,,1.00000)')) t(a, b);
SELECT cdw.rfm_add(NULL, '(0,,,1)'), cdw.rfm_add('(0,,,1)', NULL);
-- outside an aggregate the transition function copies as well
CREATE TABLE states AS SELECT cdw.rfm('2024-01-01', 1.0) AS s;
SELECT cdw.rfm_accum(s, '2024-02-01', 2::numeric), cdw.rfm_accum(s, '2024-02-01', 2::float8), s FROM states;
SELECT s FROM states;

-- A running window: each row has its own result
SELECT at::date, amount, cdw.rfm(at, amount) OVER (ORDER BY at) FROM sales WHERE customer = 'ann' ORDER BY at;

-- Crafted frequencies do not wrap around
SELECT cdw.rfm_add(s, s) FROM (SELECT '(9223372036854775807,2024-01-01T00:00:00Z,2024-01-01T00:00:00Z,1)'::cdw.rfm AS s) t;

-- FILTER cuts at a date
SELECT cdw.rfm(at, amount) FILTER (WHERE at <= '2024-02-15') FROM sales WHERE customer = 'ann';

DROP TABLE sales, history, daily, states;
