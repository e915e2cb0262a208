-- cdw.rfm_table past memory: the same rows in the same order from temporary files.
SET TimeZone = 'UTC';
\pset null '(null)'
-- 10,000 customers of 50,000 orders: long and short names, uuids; returns, sums beyond units and with more decimals, NULL
-- orders, orders of several lines, one customer with a fifth of all orders
CREATE TABLE orders AS
SELECT CASE c % 3 WHEN 0 THEN 'customer number ' || c WHEN 1 THEN c::text ELSE repeat('é', c % 40) || c END AS name, c AS number, md5(c::text)::uuid AS id,
       timestamptz '2024-01-01' + (hashint8(i * 7) & 65535) * interval '1 minute' AS at,
       ((hashint8(i * 13) & 65535) - 5000)::numeric / 100 + CASE WHEN i % 1009 = 0 THEN 1e15 WHEN i % 503 = 0 THEN 0.000001 ELSE 0 END AS amount,
       CASE WHEN i % 11 <> 0 THEN 'order ' || i / 3 END AS invoice
FROM (SELECT i, CASE WHEN i % 5 = 0 THEN 7 ELSE (hashint8(i / 3) & 2147483647) % 10000 END AS c FROM generate_series(1, 50000) i) s;
ANALYZE orders;
-- What a call gives, in one value
CREATE FUNCTION pg_temp.digest(memory text, customer name, order_id name, method text, bins int DEFAULT 5, cuts jsonb DEFAULT NULL)
RETURNS TABLE (rows bigint, digest text) LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config('work_mem', memory, true);
    RETURN QUERY SELECT count(*), md5(string_agg(t::text, E'\n'))
                 FROM cdw.rfm_table('orders', customer, 'at', 'amount', '2024-02-10', bins, method, order_id, cuts) AS t;
    PERFORM set_config('work_mem', '64MB', true);
END
$$;
SET hash_mem_multiplier = 1;
SELECT customer, order_id, method, m.memory, large.rows, small.rows = large.rows AND small.digest = large.digest AS same
FROM (VALUES ('name'::name, NULL::name, 'quantile', 5, NULL::jsonb), ('name', NULL, 'ntile', 9, NULL), ('name', NULL, 'nested', 5, NULL), ('name', NULL, 'nested', 9, NULL), ('name', NULL, 'mean', 2, NULL),
             ('name', NULL, 'cuts', 5, '{"r": ["20 days"], "f": [1, 2, 3], "m": [0, 100, 1000.000001]}'),
             ('number', NULL, 'quantile', 5, NULL), ('number', NULL, 'ntile', 2, NULL), ('id', NULL, 'ntile', 5, NULL),
             ('name', 'invoice', 'nested', 5, NULL), ('number', 'invoice', 'ntile', 5, NULL), ('id', 'invoice', 'quantile', 5, NULL)) AS v(customer, order_id, method, bins, cuts),
     (VALUES ('64kB'), ('1MB')) AS m(memory),
     LATERAL pg_temp.digest('64MB', customer, order_id, method, bins, cuts) large,
     LATERAL pg_temp.digest(m.memory, customer, order_id, method, bins, cuts) small
ORDER BY customer, order_id, method, bins, m.memory;
-- Names of 100 kB, each more than work_mem
CREATE TABLE long_names AS SELECT repeat('x', 100000) || i % 40 AS name, date '2024-01-01' + i AS at, i AS amount FROM generate_series(1, 400) i;
SET work_mem = '64kB';
SELECT right(customer, 2) AS name, frequency, monetary, r, f, m FROM cdw.rfm_table('long_names', 'name', 'at', 'amount', '2026-01-01', method => 'ntile') LIMIT 3;
-- No file is left behind: not by an error at the end of reading, nor by a cursor that is closed
CREATE FUNCTION pg_temp.temporary_files() RETURNS bigint LANGUAGE sql AS $$ SELECT count(*) FROM pg_ls_tmpdir() WHERE name LIKE 'pgsql_tmp' || pg_backend_pid() || '.%' $$;
SELECT pg_temp.temporary_files();
CREATE VIEW faulty AS SELECT number, at, CASE WHEN ctid = (SELECT max(ctid) FROM orders) THEN 'NaN' ELSE amount END AS amount FROM orders;
SELECT count(*) FROM cdw.rfm_table('faulty', 'number', 'at', 'amount', '2025-01-01');
BEGIN;
DECLARE c CURSOR FOR SELECT * FROM cdw.rfm_table('orders', 'number', 'at', 'amount', '2025-01-01');
FETCH 1 FROM c;
CLOSE c;
COMMIT;
SELECT pg_temp.temporary_files();
-- nor where it is cancelled
\set SHOW_CONTEXT never
SET statement_timeout = '20ms';
SELECT count(*) FROM cdw.rfm_table('orders', 'number', 'at', 'amount', '2025-01-01');
RESET statement_timeout;
SELECT pg_temp.temporary_files();

DROP TABLE orders, long_names CASCADE;
