-- bench/rfm/data.sql: the orders, and the same question in plain SQL.
--
--   psql -v orders=10000000 -f data.sql
--
-- Half of the orders go to all customers alike, half to few: the share of the customers below x has the cube root of x
-- of these, so that the first thousandth of all customers has a twentieth of all orders. Nothing is random: each value
-- is a hash of the order's number.
SET client_min_messages = warning;
DROP SCHEMA IF EXISTS bench_rfm CASCADE;
CREATE SCHEMA bench_rfm;

-- The hash of an order's number as a share of one.
CREATE FUNCTION bench_rfm.share(number int8, seed int8) RETURNS float8
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (pg_catalog.hashint8extended(number, seed) & 4294967295) / 4294967296.0::float8;

CREATE UNLOGGED TABLE bench_rfm.orders (id int8, customer int8, at timestamptz, amount numeric(12, 2));
INSERT INTO bench_rfm.orders
SELECT id,
       1 + floor(CASE WHEN id % 2 = 0 THEN share ELSE share ^ 3 END * greatest(:orders / 10, 1))::int8,
       '2024-01-01 00:00+00'::timestamptz + bench_rfm.share(id, 2) * 730 * interval '1 day',
       -- up to 200.00, each tenth up to 2,000.00, each hundredth a return of up to 20.00
       round((CASE WHEN id % 100 = 99 THEN -20 WHEN id % 10 = 9 THEN 2000 ELSE 200 END * bench_rfm.share(id, 3))::numeric, 2)
FROM (SELECT id, bench_rfm.share(id, 1) AS share FROM generate_series(1, :orders) AS id OFFSET 0) AS numbered;

-- The same with customers as text.
CREATE UNLOGGED TABLE bench_rfm.text_orders AS
SELECT id, 'CUST-' || lpad(customer::text, 9, '0') AS customer, at, amount FROM bench_rfm.orders;

-- Yesterday's states, of all orders but the last hundredth, and today's orders.
CREATE UNLOGGED TABLE bench_rfm.new_orders AS SELECT * FROM bench_rfm.orders WHERE id > :orders - :orders / 100;
CREATE UNLOGGED TABLE bench_rfm.state AS
SELECT customer, cdw.rfm(at, amount) AS state FROM bench_rfm.orders WHERE id <= :orders - :orders / 100 GROUP BY customer;
ALTER TABLE bench_rfm.state ADD PRIMARY KEY (customer);

-- A tenth of the orders in the order of time, for windows.
CREATE UNLOGGED TABLE bench_rfm.sequence AS SELECT at, amount FROM bench_rfm.orders WHERE id % 10 = 0 ORDER BY at;
VACUUM ANALYZE bench_rfm.orders, bench_rfm.text_orders, bench_rfm.new_orders, bench_rfm.state, bench_rfm.sequence;

-- What rfm_table gives for 'ntile' and 'quantile', as good as SQL can.
CREATE VIEW bench_rfm.customers AS
SELECT customer, max(at) FILTER (WHERE amount >= 0) AS last_at, count(*) FILTER (WHERE amount >= 0) AS frequency, sum(amount) AS monetary
FROM bench_rfm.orders WHERE at <= '2026-01-01 00:00+00' GROUP BY customer;
CREATE VIEW bench_rfm.by_ntile AS
SELECT customer, timestamptz '2026-01-01 00:00+00' - last_at AS recency, frequency, monetary,
       ntile(5) OVER (ORDER BY last_at NULLS FIRST) AS r, ntile(5) OVER (ORDER BY frequency) AS f, ntile(5) OVER (ORDER BY monetary) AS m
FROM bench_rfm.customers;
CREATE VIEW bench_rfm.by_rank AS
SELECT customer, timestamptz '2026-01-01 00:00+00' - last_at AS recency, frequency, monetary,
       1 + 5 * (rank() OVER (ORDER BY last_at NULLS FIRST) - 1) / count(*) OVER () AS r,
       1 + 5 * (rank() OVER (ORDER BY frequency) - 1) / count(*) OVER () AS f,
       1 + 5 * (rank() OVER (ORDER BY monetary) - 1) / count(*) OVER () AS m
FROM bench_rfm.customers;
-- The same with our aggregate and window function.
CREATE VIEW bench_rfm.by_score AS
SELECT customer, (score).r, (score).f, (score).m
FROM (SELECT customer, cdw.rfm_score(state, '2026-01-01 00:00+00') OVER () AS score
      FROM (SELECT customer, cdw.rfm(at, amount) AS state FROM bench_rfm.orders WHERE at <= '2026-01-01 00:00+00' GROUP BY customer) AS states) AS scores;
