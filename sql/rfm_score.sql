-- The window function cdw.rfm_score.
SET TimeZone = 'UTC';
\pset null '(null)'

CREATE TABLE states (customer text, state cdw.rfm);
INSERT INTO states VALUES
    ('a', '(1,2024-01-01T00:00:00Z,2024-01-01T00:00:00Z,10)'),
    ('b', '(1,2024-01-01T00:00:00Z,2024-01-01T00:00:00Z,10.0)'),       -- equal to a
    ('c', '(2,2024-01-01T00:00:00Z,2024-02-01T00:00:00Z,20)'),
    ('d', '(2,2024-01-01T00:00:00Z,2024-03-01T00:00:00Z,20.00001)'),   -- five decimals
    ('e', '(2,2024-01-01T00:00:00Z,2024-04-01T00:00:00Z,30)'),
    ('f', '(5,2024-01-01T00:00:00Z,2024-05-01T00:00:00Z,-5)'),
    ('g', '(0,,,-1)'),                                                 -- no purchase: before all others by r and f
    ('h', NULL);                                                       -- not counted

-- 'quantile', 1 + 5 * worse / 7:
--   r  g 0 -> 1 · a, b 1 -> 1 · c 3 -> 3 · d 4 -> 3 · e 5 -> 4 · f 6 -> 5
--   f  g 0 -> 1 · a, b 1 -> 1 · c, d, e 3 -> 3 · f 6 -> 5
--   m  f 0 -> 1 · g 1 -> 1 · a, b 2 -> 2 · c 4 -> 3 · d 5 -> 4 · e 6 -> 5
SELECT customer, (score).* FROM (SELECT customer, cdw.rfm_score(state, '2024-06-01') OVER () AS score FROM states) q ORDER BY customer;

-- 'ntile', bins of 2, 2, 1, 1, 1, ties in the order a, b, ...:
--   r  g a | b c | d | e | f      f  g a | b c | d | e | f      m  f g | a b | c | d | e
SELECT customer, (score).* FROM (
    SELECT customer, cdw.rfm_score(state, '2024-06-01', 5, 'ntile') OVER (ORDER BY customer) AS score FROM states) q ORDER BY customer;
-- ties the other way round:
--   r  g b | a c | d | e | f      f  g b | a e | d | c | f      m  f g | b a | c | d | e
SELECT customer, (score).* FROM (
    SELECT customer, cdw.rfm_score(state, '2024-06-01', 5, 'ntile') OVER (ORDER BY customer DESC) AS score FROM states) q ORDER BY customer;

-- 'nested', 1 + 5 * worse / n among those of the same r, then of the same r and f; r as with 'quantile':
--   r 1: g 0 purchases -> f 1 · a, b 1 of 3 worse -> f 2        r 1 f 1: g -> m 1     r 1 f 2: a, b equal -> m 1
--   r 3: c, d equal -> f 1                                      r 3 f 1: c 0 -> m 1 · d 1 of 2 worse -> m 3
--   r 4: e alone, r 5: f alone -> f 1, m 1
SELECT customer, (score).* FROM (SELECT customer, cdw.rfm_score(state, '2024-06-01', 5, 'nested') OVER () AS score FROM states) q ORDER BY customer;

-- 'mean', 2 at or above it: last purchases of a and b on day 0, c 31, d 60, e 91, f 121, not g: mean 50.5, d, e, f · purchases 1, 1, 2, 2, 2, 5, 0:
-- mean 13 / 7, c, d, e, f · sums 10, 10.0, 20, 20.00001, 30, -5, -1: mean 12.0000014..., c, d, e
SELECT customer, (score).* FROM (SELECT customer, cdw.rfm_score(state, '2024-06-01', 2, 'mean') OVER () AS score FROM states) q ORDER BY customer;
-- exactly at the mean counts: sums of -1, -2, -3 and 0.5, 1.5, 1; one customer and equal ones are at their mean
SELECT cdw.rfm_score(state, '2024-06-01', 2, 'mean') OVER () FROM (VALUES ('(0,,,-1)'::cdw.rfm), ('(0,,,-2)'), ('(0,,,-3)')) AS t(state);
SELECT cdw.rfm_score(state, '2024-06-01', 2, 'mean') OVER () FROM (VALUES ('(0,,,0.500000)'::cdw.rfm), ('(0,,,1.5)'), ('(0,,,1)')) AS t(state);
SELECT cdw.rfm_score('(1,2024-01-01T00:00:00Z,2024-01-01T00:00:00Z,1)'::cdw.rfm, '2024-06-01', 2, 'mean') OVER () FROM generate_series(1, 2);

-- One customer: nobody is worse
SELECT cdw.rfm_score('(1,2024-01-01T00:00:00Z,2024-01-01T00:00:00Z,1)'::cdw.rfm, '2024-06-01') OVER ();
SELECT cdw.rfm_score('(1,2024-01-01T00:00:00Z,2024-01-01T00:00:00Z,1)'::cdw.rfm, '2024-06-01', 9, 'ntile') OVER ();
SELECT cdw.rfm_score('(1,2024-01-01T00:00:00Z,2024-01-01T00:00:00Z,1)'::cdw.rfm, '2024-06-01', 9, 'nested') OVER ();
-- Only returns: r and f are equal for all, m tells them apart
SELECT cdw.rfm_score(state, '2024-06-01', 2) OVER () FROM (VALUES ('(0,,,-1)'::cdw.rfm), ('(0,,,-2)')) AS t(state);
-- Only NULL states, and no row at all
SELECT cdw.rfm_score(NULL::cdw.rfm, '2024-06-01') OVER () IS NULL AS is_null;
SELECT cdw.rfm_score(state, '2024-06-01') OVER () FROM states WHERE false;
-- More bins than customers: 1 + 9 * worse / 2
SELECT customer, cdw.rfm_score(state, '2024-06-01', 9) OVER () FROM states WHERE customer IN ('a', 'f') ORDER BY customer;
SELECT customer, cdw.rfm_score(state, '2024-06-01', 9, 'ntile') OVER () FROM states WHERE customer IN ('a', 'f') ORDER BY customer;
-- All equal
SELECT DISTINCT cdw.rfm_score('(1,2024-01-01T00:00:00Z,2024-01-01T00:00:00Z,1)'::cdw.rfm, '2024-06-01') OVER () FROM generate_series(1, 100);
-- A query that ends early, and one that goes back
SELECT customer FROM (SELECT customer, cdw.rfm_score(state, '2024-06-01') OVER (ORDER BY customer) AS score FROM states LIMIT 3) q WHERE score IS NOT NULL ORDER BY customer;
SELECT b, (SELECT string_agg(score::text, ' ' ORDER BY customer) FROM (SELECT customer, cdw.rfm_score(state, '2024-06-01', b) OVER () AS score FROM states) q) AS scores
FROM (VALUES (2), (3), (2)) AS v(b);
-- A purchase exactly at as_of counts; a frame does not matter
SELECT customer, cdw.rfm_score(state, '2024-05-01') OVER (ORDER BY customer ROWS CURRENT ROW) FROM states WHERE customer IN ('a', 'f') ORDER BY customer;

-- Partitions, every number of bins, all methods: no row may differ from plain SQL
CREATE TABLE customers AS
SELECT customer, customer % 3 AS region, cdw.rfm(at, amount) AS state
FROM (SELECT hashint8(i) & 1023 AS customer, timestamptz '2024-01-01' + (hashint8(i * 7) & 255) * interval '1 day' AS at,
             ((hashint8(i * 13) & 255) - 30)::numeric / 4 AS amount FROM generate_series(1, 6000) i) orders
GROUP BY customer;
CREATE FUNCTION pg_temp.differences(bins int) RETURNS TABLE (bins int, customers bigint, quantile bigint, ntile bigint, nested bigint)
BEGIN ATOMIC
    WITH ranked AS (
        SELECT region, customer, state, cdw.last_at(state) AS last_at, cdw.frequency(state) AS frequency, cdw.monetary(state) AS monetary,
               count(*) OVER (PARTITION BY region) AS n,
               rank() OVER (PARTITION BY region ORDER BY cdw.last_at(state) NULLS FIRST) - 1 AS r,
               rank() OVER (PARTITION BY region ORDER BY cdw.frequency(state)) - 1 AS f,
               rank() OVER (PARTITION BY region ORDER BY cdw.monetary(state)) - 1 AS m,
               ntile(bins) OVER (PARTITION BY region ORDER BY cdw.last_at(state) NULLS FIRST, customer) AS nr,
               ntile(bins) OVER (PARTITION BY region ORDER BY cdw.frequency(state), customer) AS nf,
               ntile(bins) OVER (PARTITION BY region ORDER BY cdw.monetary(state), customer) AS nm
        FROM customers
    ), scored AS (
        SELECT *, 1 + bins * r / n AS qr, 1 + bins * f / n AS qf, 1 + bins * m / n AS qm FROM ranked
    ), nested_f AS (
        SELECT *, 1 + bins * (rank() OVER (PARTITION BY region, qr ORDER BY frequency) - 1) / count(*) OVER (PARTITION BY region, qr) AS f_in_r
        FROM scored
    ), nested_m AS (
        SELECT *, 1 + bins * (rank() OVER (PARTITION BY region, qr, f_in_r ORDER BY monetary) - 1)
                      / count(*) OVER (PARTITION BY region, qr, f_in_r) AS m_in_rf
        FROM nested_f
    ), ours AS (
        SELECT *, cdw.rfm_score(state, '2025-01-01 00:00+00', bins) OVER (PARTITION BY region) AS quantile,
               cdw.rfm_score(state, '2025-01-01 00:00+00', bins, 'ntile') OVER (PARTITION BY region ORDER BY customer) AS ntile,
               cdw.rfm_score(state, '2025-01-01 00:00+00', bins, 'nested') OVER (PARTITION BY region ORDER BY customer DESC) AS nested
        FROM nested_m
    )
    SELECT differences.bins, count(*),
           count(*) FILTER (WHERE quantile IS DISTINCT FROM ROW(qr, qf, qm)::cdw.rfm_scores),
           count(*) FILTER (WHERE ntile IS DISTINCT FROM ROW(nr, nf, nm)::cdw.rfm_scores),
           count(*) FILTER (WHERE nested IS DISTINCT FROM ROW(qr, f_in_r, m_in_rf)::cdw.rfm_scores)
    FROM ours;
END;
SELECT d.* FROM generate_series(2, 9) b, pg_temp.differences(b) d;
-- and by the mean: v * n >= sum, exactly
CREATE FUNCTION pg_temp.differences_by_mean() RETURNS TABLE (customers bigint, r bigint, f bigint, m bigint)
BEGIN ATOMIC
    SELECT count(*), count(*) FILTER (WHERE (score).r IS DISTINCT FROM 1 + coalesce(last_at * n_last >= sum_last, false)::int),
           count(*) FILTER (WHERE (score).f IS DISTINCT FROM 1 + (frequency * n >= sum_frequency)::int),
           count(*) FILTER (WHERE (score).m IS DISTINCT FROM 1 + (monetary * n >= sum_monetary)::int)
    FROM (SELECT *, count(*) OVER w AS n, count(last_at) OVER w AS n_last, sum(last_at) OVER w AS sum_last, sum(frequency) OVER w AS sum_frequency,
                 sum(monetary) OVER w AS sum_monetary
          FROM (SELECT region, cdw.rfm_score(state, '2025-01-01 00:00+00', 2, 'mean') OVER (PARTITION BY region) AS score,
                       extract(epoch FROM cdw.last_at(state) - '2000-01-01 00:00+00') AS last_at, cdw.frequency(state)::numeric AS frequency,
                       cdw.monetary(state) AS monetary FROM customers) c
          WINDOW w AS (PARTITION BY region)) q;
END;
SELECT * FROM pg_temp.differences_by_mean();
-- The same where one sum per region does not fit an int64
UPDATE customers SET state = cdw.rfm_add(state, '(0,,,12345678901234567890.123456)') WHERE customer < 3;
SELECT * FROM pg_temp.differences(5);
SELECT * FROM pg_temp.differences_by_mean();

-- More than a block of 1,024 customers, all sums beyond units: five decimals
SELECT count(*) AS customers, count(*) FILTER (WHERE (score).m IS DISTINCT FROM tile) AS different
FROM (SELECT cdw.rfm_score(state, '2025-01-01', 5, 'ntile') OVER (ORDER BY i) AS score, ntile(5) OVER (ORDER BY x, i) AS tile
      FROM (SELECT i, x, ('(0,,,' || x || ')')::cdw.rfm AS state
            FROM (SELECT i, (hashint8(i) & 1023)::numeric / 100 + 0.00001 AS x FROM generate_series(1, 5000) i) numbers) states) q;

-- Parameters: 22023 and 22004
SELECT cdw.rfm_score(state, '2024-06-01', 1) OVER () FROM states;
SELECT cdw.rfm_score(state, '2024-06-01', 10) OVER () FROM states;
SELECT cdw.rfm_score(state, '2024-06-01', 5, 'kmeans') OVER () FROM states;
SELECT cdw.rfm_score(state, '2024-06-01', 5, 'cuts') OVER () FROM states;
SELECT cdw.rfm_score(state, '2024-06-01', 5, 'mean') OVER () FROM states;
SELECT cdw.rfm_score(state, 'infinity') OVER () FROM states;
SELECT cdw.rfm_score(state, NULL) OVER () FROM states;
SELECT cdw.rfm_score(state, '2024-06-01', NULL) OVER () FROM states;
SELECT cdw.rfm_score(state, '2024-06-01', 5, NULL) OVER () FROM states;
SELECT cdw.rfm_score(state, '2024-06-01', CASE customer WHEN 'c' THEN 4 ELSE 5 END) OVER (ORDER BY customer) FROM states;
SELECT cdw.rfm_score(state, '2024-04-30') OVER () FROM states;
SELECT cdw.rfm_score(state, '2024-06-01') FROM states;
\set VERBOSITY sqlstate
SELECT cdw.rfm_score(state, '2024-06-01', 10) OVER () FROM states;
SELECT cdw.rfm_score(state, NULL) OVER () FROM states;
\set VERBOSITY default

DROP FUNCTION pg_temp.differences, pg_temp.differences_by_mean;
DROP TABLE states, customers;
