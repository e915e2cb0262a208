-- The same states from one process and from parallel workers.
CREATE TABLE lines AS
SELECT i % 500 AS customer, timestamptz '2024-01-01 00:00Z' + (hashint8(i) % 100000) * interval '1 minute' AS at,
       (hashint8(i * 31) % 100000)::numeric / 100 + CASE WHEN i % 1009 = 0 THEN 0.00001 ELSE 0 END AS amount
FROM generate_series(1, 50000) i;
ANALYZE lines;

SET max_parallel_workers_per_gather = 0;
CREATE TABLE serial AS
SELECT customer, cdw.rfm(at, amount) AS state, cdw.rfm(at, amount::float8) AS float_state FROM lines GROUP BY customer;

SET max_parallel_workers_per_gather = 2;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET parallel_leader_participation = off;

CREATE FUNCTION pg_temp.is_partial(query text) RETURNS bool LANGUAGE plpgsql AS $$
DECLARE
    line text;
BEGIN
    FOR line IN EXECUTE 'EXPLAIN (COSTS OFF) ' || query LOOP
        IF line ~ 'Partial (Hash|Group)?Aggregate' THEN
            RETURN true;
        END IF;
    END LOOP;
    RETURN false;
END
$$;
SELECT pg_temp.is_partial('SELECT customer, cdw.rfm(at, amount) FROM lines GROUP BY customer') AS rfm,
       pg_temp.is_partial('SELECT cdw.rfm(at, amount::float8) FROM lines') AS rfm_float8,
       pg_temp.is_partial('SELECT cdw.rfm_merge(state) FROM serial') AS rfm_merge;

CREATE TABLE parallel AS
SELECT customer, cdw.rfm(at, amount) AS state, cdw.rfm(at, amount::float8) AS float_state FROM lines GROUP BY customer;
SELECT count(*) AS customers,
       count(*) FILTER (WHERE cdw.rfm_send(s.state) = cdw.rfm_send(p.state)) AS equal,
       count(*) FILTER (WHERE cdw.rfm_send(s.float_state) = cdw.rfm_send(p.float_state)) AS equal_float8
FROM serial s JOIN parallel p USING (customer);

SELECT cdw.rfm_merge(state)::text = (SELECT cdw.rfm(at, amount)::text FROM lines) AS merged_equals_whole FROM serial;

-- rfm_table, restricted to the leader, takes part in a parallel query
SELECT count(*) AS customers, sum(t.frequency) AS purchases, bool_and(t.frequency = cdw.frequency(s.state)) AS equal
FROM serial s JOIN cdw.rfm_table('lines', 'customer', 'at', 'amount', '2025-01-01 00:00Z') t ON t.customer = s.customer::text;

DROP TABLE lines, serial, parallel;
