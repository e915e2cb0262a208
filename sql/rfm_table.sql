-- cdw.rfm_table: whole tables, bad input, privileges.
SET TimeZone = 'UTC';
SET DateStyle = 'ISO, YMD';
\pset null '(null)'

CREATE TABLE orders (customer text, at timestamptz, amount numeric(12,2), invoice int);
INSERT INTO orders VALUES
    ('ann', '2024-01-10', 10.00, 1), ('ann', '2024-03-05 12:00', 20.50, 2), ('ann', '2024-02-01', 0, 3),
    ('bob', '2024-02-02', 100, 4), ('bob', '2024-05-01', -30.25, 5),     -- a return: sum only
    ('cid', '2024-01-01', -5.00, 6),                                     -- no purchase: recency NULL, worst by r
    ('dee', NULL, 7, 7), ('dee', '2024-01-01', NULL, 8),                 -- no row counts: no customer
    ('eve', '2024-06-01', 1, 9), ('eve', '2024-06-01 00:00:01', 99, 10), -- at as_of counts, after it not
    ('fay', '2024-07-01', 1, 11), ('fay', 'infinity', 1, 12),            -- all after as_of: no customer
    (NULL, '2024-01-01', 1, 13),
    ('Zoe', '2024-05-31', 100, 14), ('äda', '2024-05-30', 200, 15);      -- C order: Zoe first, äda last
-- Scores, n = 6: r cid 0 -> 1 · bob 1 -> 1 · ann 2 -> 2 · äda 3 -> 3 · Zoe 4 -> 4 · eve 5 -> 5
--   f cid 0 -> 1 · bob, eve, Zoe, äda 1 -> 1 · ann 5 -> 5      m cid 0 · eve 1 -> 1 · ann 2 -> 2 · bob 3 -> 3 · Zoe 4 -> 4 · äda 5 -> 5
SELECT * FROM cdw.rfm_table('orders', 'customer', 'at', 'amount', '2024-06-01');
-- ntile, bins of 2, 1, 1, 1, 1: r cid bob | ann | äda | Zoe | eve · f cid Zoe | bob | eve | äda | ann · m cid eve | ann | bob | Zoe | äda
SELECT customer, r, f, m, segment FROM cdw.rfm_table('orders', 'customer', 'at', 'amount', '2024-06-01', method => 'ntile');
-- nested: r as with quantile: bob, cid 1 · ann 2 · äda 3 · Zoe 4 · eve 5; of those of r 1, cid's 0 purchases are fewer: f 1, bob 1 + 5 * 1 / 2 = 3
SELECT customer, r, f, m, segment FROM cdw.rfm_table('orders', 'customer', 'at', 'amount', '2024-06-01', method => 'nested');
-- cuts: 60 days: ann 87 days not, bob 120 not, Zoe 1, äda 2, eve 0 · f 2: ann 3 · m 50: Zoe 100, äda 200, bob 69.75 · m 100: Zoe, äda
SELECT customer, r, f, m, segment FROM cdw.rfm_table('orders', 'customer', 'at', 'amount', '2024-06-01', method => 'cuts',
    cuts => '{"r": ["60 days"], "f": [2], "m": [50, 100]}');
-- cuts that give scores 1 to 5 of r and f have the default segments: Zoe 5 2, ann 2 4, äda 5 2, eve 5 2, bob and cid 1
SELECT customer, r, f, m, segment FROM cdw.rfm_table('orders', 'customer', 'at', 'amount', '2024-06-01', method => 'cuts',
    cuts => '{"r": ["90 days", "60 days", "30 days", "7 days"], "f": [1, 2, 3, 4], "m": [0]}');
-- Other numbers of bins have no default segments
SELECT customer, r, f, m, segment FROM cdw.rfm_table('orders', 'customer', 'at', 'amount', '2024-06-01', bins => 2);
-- as_of defaults to now
SELECT count(*) FROM cdw.rfm_table('orders', 'customer', 'at', 'amount');
-- before everything, and an empty table
SELECT * FROM cdw.rfm_table('orders', 'customer', 'at', 'amount', '2020-01-01');
CREATE TABLE no_orders (LIKE orders);
SELECT * FROM cdw.rfm_table('no_orders', 'customer', 'at', 'amount', '2024-06-01');
SELECT * FROM cdw.rfm_table('no_orders', 'customer', 'at', 'amount', '2024-06-01', method => 'nested', order_id => 'invoice');
SELECT * FROM cdw.rfm_table('no_orders', 'customer', 'at', 'amount', '2024-06-01', method => 'cuts', cuts => '{}');
-- One customer, and fewer customers than bins: 1 + 9 * worse / 2
SELECT customer, r, f, m FROM cdw.rfm_table('orders', 'customer', 'at', 'amount', '2024-01-01', bins => 9);
SELECT customer, r, f, m FROM cdw.rfm_table('orders', 'customer', 'at', 'amount', '2024-01-10', bins => 9);
-- All equal: nobody is worse; 'ntile' goes by customer
CREATE VIEW equals AS SELECT 'c' || i AS customer, date '2024-01-01' AS at, 1 AS amount FROM generate_series(1, 6) i;
SELECT m.method, string_agg(format('%s %s%s%s', t.customer, t.r, t.f, t.m), ' | ') AS scores
FROM (VALUES ('quantile'), ('ntile'), ('nested')) AS m(method), LATERAL cdw.rfm_table('equals', 'customer', 'at', 'amount', '2024-06-01', 3, m.method) t
GROUP BY m.method ORDER BY m.method DESC;
DROP VIEW equals;

-- order_id: lines of a customer's order are one purchase at the time of the last line, unless they add up to less than
-- zero; a NULL order is a purchase by itself; equal numbers of two customers are two orders
CREATE TABLE lines (customer text, invoice text, at timestamptz, amount numeric);
INSERT INTO lines VALUES
    ('ann', 'A', '2024-01-01', 10), ('ann', 'A', '2024-01-02', 5), ('ann', 'A', '2024-01-01', -2), -- 13 on January 2
    ('ann', 'B', '2024-02-01', 10), ('ann', 'B', '2024-02-01', -10),                            -- 0: counts
    ('ann', 'C', '2024-03-01', 10), ('ann', 'C', '2024-03-02', -10.01),                         -- a return of 0.01
    ('bob', 'A', '2024-01-05', 1), ('bob', NULL, '2024-01-06', 2), ('bob', NULL, '2024-01-06', 3),
    ('bob', 'D', '2024-01-07', 12345678901234567890), ('bob', 'D', '2024-01-07', 0.000001),
    ('cid', 'E', '2024-01-07', 5), ('cid', 'E', '2025-01-01', -50);                             -- the line after as_of is left out
SELECT customer, recency, frequency, monetary FROM cdw.rfm_table('lines', 'customer', 'at', 'amount', '2024-06-01', order_id => 'invoice');
SELECT customer, recency, frequency, monetary FROM cdw.rfm_table('lines', 'customer', 'at', 'amount', '2024-06-01');

-- Types of the columns: the same orders in every type
CREATE DOMAIN pg_temp.euros AS numeric(10,2);
CREATE TABLE typed AS
SELECT i % 3 AS int4_customer, (i % 3)::int8 AS int8_customer, (i % 3)::int2 AS int2_customer, (i % 3)::varchar AS varchar_customer,
       (i % 3)::text::char(8) AS char_customer, (i % 3)::numeric AS numeric_customer, md5((i % 3)::text)::uuid AS uuid_customer,
       date '2024-01-01' + i AS date_at, (date '2024-01-01' + i)::timestamp AS timestamp_at, (date '2024-01-01' + i)::timestamptz AS timestamptz_at,
       i::int2 AS int2_amount, i AS int4_amount, i::int8 AS int8_amount, i::float4 AS float4_amount, i::float8 AS float8_amount, i::numeric AS numeric_amount,
       i::numeric::money AS money_amount, i::pg_temp.euros AS domain_amount
FROM generate_series(1, 9) i;
SET TimeZone = 'Asia/Tokyo'; -- dates and timestamps are UTC all the same
SELECT c, at, a, string_agg(format('%s %s %s %s', t.customer, t.recency, t.frequency, t.monetary), ' | ') AS customers
FROM (VALUES ('int4_customer'::name, 'date_at'::name, 'int2_amount'::name), ('int8_customer', 'timestamp_at', 'int4_amount'),
             ('int2_customer', 'timestamptz_at', 'int8_amount'), ('varchar_customer', 'timestamptz_at', 'float4_amount'),
             ('char_customer', 'timestamptz_at', 'float8_amount'), ('numeric_customer', 'timestamptz_at', 'numeric_amount'),
             ('uuid_customer', 'timestamptz_at', 'numeric_amount'), ('int4_customer', 'timestamptz_at', 'money_amount'), ('int4_customer', 'timestamptz_at', 'domain_amount')) v(c, at, a),
     LATERAL cdw.rfm_table('typed', c, at, a, '2024-02-01 00:00+00') t
GROUP BY c, at, a ORDER BY a, c;
-- A customer's text does not depend on the session, and its settings come back
SET DateStyle = 'German';
SELECT customer, frequency FROM cdw.rfm_table('typed', 'timestamptz_at', 'date_at', 'int4_amount', '2024-01-04 00:00+00');
SHOW DateStyle;
SHOW TimeZone;
SET DateStyle = 'ISO, YMD';
SET TimeZone = 'UTC';
SELECT * FROM cdw.rfm_table('typed', 'int4_customer', 'int4_amount', 'int4_amount', '2024-06-01');
SELECT * FROM cdw.rfm_table('typed', 'int4_customer', 'date_at', 'varchar_customer', '2024-06-01');

-- int8 amounts beyond the units of 10^-4, and customers in C order of their text
CREATE TABLE numbered (c int8, at date, amount int8);
INSERT INTO numbered VALUES (9, '2024-01-01', 9223372036854775807), (9, '2024-01-01', 9223372036854775807), (10, '2024-01-01', -9223372036854775808),
    (-9223372036854775808, '2024-01-01', 1), (9223372036854775807, '2024-01-01', 922337203685477), (9223372036854775807, '2024-01-01', 922337203685477);
SELECT customer, frequency, monetary, m FROM cdw.rfm_table('numbered', 'c', 'at', 'amount', '2024-06-01');

-- Not finite: 22023, unless left out
CREATE TABLE odd (id int, customer text, at timestamptz, amount float8);
INSERT INTO odd VALUES (1, 'a', '2024-01-01', 'NaN'), (2, 'a', '2024-01-01', '-Infinity'), (3, 'a', '-infinity', 1), (4, 'a', 'infinity', 'NaN'), (5, NULL, '2024-01-01', 'NaN'),
    (6, 'a', '2024-01-01', 0.1);
CREATE VIEW odd_1 AS SELECT * FROM odd WHERE id IN (1, 6);
CREATE VIEW odd_2 AS SELECT * FROM odd WHERE id IN (2, 6);
CREATE VIEW odd_3 AS SELECT * FROM odd WHERE id IN (3, 6);
CREATE VIEW odd_4 AS SELECT * FROM odd WHERE id > 3;
SELECT * FROM cdw.rfm_table('odd_1', 'customer', 'at', 'amount', '2024-06-01');
SELECT * FROM cdw.rfm_table('odd_2', 'customer', 'at', 'amount', '2024-06-01');
SELECT * FROM cdw.rfm_table('odd_3', 'customer', 'at', 'amount', '2024-06-01');
SELECT customer, monetary FROM cdw.rfm_table('odd_4', 'customer', 'at', 'amount', '2024-06-01');

-- Names with quotes, semicolons, capitals and 63 bytes; a partitioned table
CREATE SCHEMA "sch;ema ""x""";
CREATE TABLE "sch;ema ""x"""."t'; DROP TABLE orders; --" ("Cust""omer" text, "a;t" date, "amount_63_bytes_äääääääääääääääääääääääx" int, t int)
    PARTITION BY RANGE ("a;t");
CREATE TABLE part_1 PARTITION OF "sch;ema ""x"""."t'; DROP TABLE orders; --" FOR VALUES FROM ('2024-01-01') TO ('2024-02-01');
CREATE TABLE part_2 PARTITION OF "sch;ema ""x"""."t'; DROP TABLE orders; --" FOR VALUES FROM ('2024-02-01') TO ('2024-03-01');
INSERT INTO "sch;ema ""x"""."t'; DROP TABLE orders; --" VALUES ('x', '2024-01-05', 5, 1), ('x', '2024-02-05', 5, 1), ('it''s', '2024-02-05', 7, 1);
SELECT octet_length('amount_63_bytes_äääääääääääääääääääääääx') AS bytes;
SELECT customer, recency, frequency, monetary FROM cdw.rfm_table('"sch;ema ""x"""."t''; DROP TABLE orders; --"', 'Cust"omer', 'a;t',
    'amount_63_bytes_äääääääääääääääääääääääx', '2024-06-01', order_id => 't');
DROP SCHEMA "sch;ema ""x""" CASCADE;

-- Nothing resolves through the caller's search_path
CREATE SCHEMA hostile;
CREATE TYPE hostile.text AS (x int);
CREATE FUNCTION hostile.int8(int4) RETURNS int8 LANGUAGE sql AS 'SELECT 666::pg_catalog.int8';
SET search_path = hostile, pg_catalog, public;
SELECT customer, frequency FROM cdw.rfm_table('public.typed', 'int4_customer', 'date_at', 'int4_amount', '2024-06-01');
SELECT customer, frequency FROM cdw.rfm_table('public.typed', 'char_customer', 'date_at', 'int4_amount', '2024-06-01');
RESET search_path;
DROP SCHEMA hostile CASCADE;

-- Bad arguments
SELECT * FROM cdw.rfm_table('nowhere', 'customer', 'at', 'amount');
SELECT * FROM cdw.rfm_table(0, 'customer', 'at', 'amount');
CREATE SEQUENCE a_sequence;
SELECT * FROM cdw.rfm_table('a_sequence', 'customer', 'at', 'amount');
SELECT * FROM cdw.rfm_table('orders', 'Customer', 'at', 'amount');
SELECT * FROM cdw.rfm_table('orders', 'customer', 'ctid', 'amount');
SELECT * FROM cdw.rfm_table('orders', 'customer', 'at', 'amount', order_id => 'nothing');
SELECT * FROM cdw.rfm_table(NULL, 'customer', 'at', 'amount');
SELECT * FROM cdw.rfm_table('orders', NULL, 'at', 'amount');
SELECT * FROM cdw.rfm_table('orders', 'customer', 'at', 'amount', NULL);
SELECT * FROM cdw.rfm_table('orders', 'customer', 'at', 'amount', 'infinity');
SELECT * FROM cdw.rfm_table('orders', 'customer', 'at', 'amount', bins => 10);
SELECT * FROM cdw.rfm_table('orders', 'customer', 'at', 'amount', method => 'kmeans');
SELECT * FROM cdw.rfm_table('orders', 'customer', 'at', 'amount', method => 'cuts');
SELECT * FROM cdw.rfm_table('orders', 'customer', 'at', 'amount', cuts => '{"f": [2]}');
SELECT * FROM cdw.rfm_table('orders', 'customer', 'at', 'amount', method => 'cuts', cuts => '{"f": [2, 1]}');
SELECT * FROM cdw.rfm_table('orders', 'customer', 'at', 'amount', method => NULL);
\set VERBOSITY sqlstate
SELECT * FROM cdw.rfm_table(NULL, 'customer', 'at', 'amount');
SELECT * FROM cdw.rfm_table('orders', 'Customer', 'at', 'amount');
SELECT * FROM cdw.rfm_table('a_sequence', 'customer', 'at', 'amount');
SELECT * FROM cdw.rfm_table('orders', 'customer', 'amount', 'amount');
\set VERBOSITY default

-- Privileges and row security are the caller's
CREATE ROLE regress_rfm_reader;
SET ROLE regress_rfm_reader;
SELECT * FROM cdw.rfm_table('orders', 'customer', 'at', 'amount', '2024-06-01');
RESET ROLE;
GRANT SELECT (customer, at, amount) ON orders TO regress_rfm_reader;
ALTER TABLE orders ENABLE ROW LEVEL SECURITY;
CREATE POLICY small ON orders USING (amount < 50);
CREATE VIEW orders_of_owner AS SELECT * FROM orders;
GRANT SELECT ON orders_of_owner TO regress_rfm_reader;
SET ROLE regress_rfm_reader;
SELECT customer, frequency, monetary FROM cdw.rfm_table('orders', 'customer', 'at', 'amount', '2024-06-01');
SELECT count(*) FROM cdw.rfm_table('orders_of_owner', 'customer', 'at', 'amount', '2024-06-01');
SELECT * FROM cdw.rfm_table('orders', 'customer', 'at', 'amount', '2024-06-01', order_id => 'invoice');
RESET ROLE;
DROP VIEW orders_of_owner;

-- Rows of this transaction and temporary tables are seen
BEGIN;
CREATE TEMP TABLE fresh AS SELECT 'new' AS customer, now() AS at, 1 AS amount;
SELECT customer, recency, frequency FROM cdw.rfm_table('fresh', 'customer', 'at', 'amount');
ROLLBACK;

-- Names of 20,000 bytes that differ at the end, the empty name, and names that begin alike
CREATE TABLE long_names AS
SELECT repeat('x', 20000) || i % 3 AS customer, date '2024-01-01' + i AS at, i AS amount FROM generate_series(1, 9) i
UNION ALL SELECT repeat('x', i), '2024-01-01', i FROM generate_series(0, 30, 5) i;
SELECT length(customer), right(customer, 1) AS last, frequency, monetary FROM cdw.rfm_table('long_names', 'customer', 'at', 'amount', '2024-06-01');
DROP TABLE long_names;

-- 20,000 customers, long and short names with common beginnings: rfm_table agrees with rfm, rfm_score, sum, max and
-- C order on every row
CREATE TABLE many AS
SELECT CASE c % 4 WHEN 0 THEN 'CUST-00000' || c WHEN 1 THEN c::text WHEN 2 THEN repeat('customer ', 5) || c ELSE repeat('é', c % 40) || c END AS customer,
       c AS number, timestamptz '2024-01-01' + (hashint8(i * 7) & 65535) * interval '1 minute' AS at,
       ((hashint8(i * 13) & 65535) - 5000)::numeric / 100 + CASE WHEN i % 1009 = 0 THEN 1e15 ELSE 0 END AS amount, i / 3 AS invoice
FROM (SELECT i, hashint8(i) & 16383 AS c FROM generate_series(1, 60000) i) s;
CREATE FUNCTION pg_temp.disagreements(method text, bins int DEFAULT 5) RETURNS TABLE (customers bigint, facts bigint, scores bigint, places bigint)
BEGIN ATOMIC
    SELECT count(*),
           count(*) FILTER (WHERE (t.recency, t.frequency, t.monetary::text) IS DISTINCT FROM (s.recency, s.frequency, s.monetary::text)),
           count(*) FILTER (WHERE ROW(t.r, t.f, t.m)::cdw.rfm_scores IS DISTINCT FROM s.score),
           count(*) FILTER (WHERE t.place IS DISTINCT FROM s.place)
    FROM (SELECT * FROM ROWS FROM (cdw.rfm_table('many', 'customer', 'at', 'amount', '2024-02-01 00:00+00', bins, method))
                   WITH ORDINALITY AS o(customer, recency, frequency, monetary, r, f, m, segment, place)) t
    FULL JOIN (SELECT customer, timestamptz '2024-02-01 00:00+00' - last_at AS recency, frequency, monetary,
                      cdw.rfm_score(state, '2024-02-01 00:00+00', bins, method) OVER in_order AS score, row_number() OVER in_order AS place
               FROM (SELECT customer, cdw.rfm(at, amount) AS state, max(at) FILTER (WHERE amount >= 0) AS last_at,
                            count(*) FILTER (WHERE amount >= 0) AS frequency, sum(amount) AS monetary
                     FROM many WHERE at <= '2024-02-01 00:00+00' GROUP BY customer) g
               WINDOW in_order AS (ORDER BY customer COLLATE "C")) s USING (customer);
END;
SELECT * FROM pg_temp.disagreements('quantile');
SELECT * FROM pg_temp.disagreements('ntile');
SELECT * FROM pg_temp.disagreements('nested');
SELECT * FROM pg_temp.disagreements('mean', 2);
-- by cuts
SELECT count(*) AS customers, count(*) FILTER (WHERE ROW(t.r, t.f, t.m)::cdw.rfm_scores IS DISTINCT FROM s.score) AS different
FROM cdw.rfm_table('many', 'customer', 'at', 'amount', '2024-02-01', method => 'cuts', cuts => '{"r": ["20 days", "10 days"], "f": [1, 2, 4, 8], "m": [0, 100.5, 1000, 1e15]}') t
FULL JOIN (SELECT customer, cdw.rfm_score_by_cuts(cdw.rfm(at, amount), '2024-02-01', '{"r": ["20 days", "10 days"], "f": [1, 2, 4, 8], "m": [0, 100.5, 1000, 1e15]}') AS score
           FROM many WHERE at <= '2024-02-01' GROUP BY customer) s USING (customer);
-- integer customers give the same as their text
CREATE VIEW many_as_text AS SELECT number::text AS customer, at, amount FROM many;
SELECT count(*) AS customers, count(*) FILTER (WHERE a IS DISTINCT FROM b) AS different
FROM cdw.rfm_table('many', 'number', 'at', 'amount', '2024-02-01', 9, 'ntile') a
FULL JOIN cdw.rfm_table('many_as_text', 'customer', 'at', 'amount', '2024-02-01', 9, 'ntile') b USING (customer);
DROP VIEW many_as_text;
-- orders of several lines against plain SQL
SELECT count(*) AS customers,
       count(*) FILTER (WHERE (t.recency, t.frequency, t.monetary::text) IS DISTINCT FROM (s.recency, s.frequency, s.monetary::text)) AS different
FROM cdw.rfm_table('many', 'customer', 'at', 'amount', '2024-02-01', order_id => 'invoice') t
FULL JOIN (SELECT customer, timestamptz '2024-02-01' - max(at) FILTER (WHERE amount >= 0) AS recency, count(*) FILTER (WHERE amount >= 0) AS frequency,
                  sum(amount) AS monetary
           FROM (SELECT customer, invoice, max(at) AS at, sum(amount) AS amount FROM many WHERE at <= '2024-02-01' GROUP BY customer, invoice) o
           GROUP BY customer) s USING (customer);

DROP FUNCTION pg_temp.disagreements;
DROP TABLE orders, no_orders, lines, typed, numbered, many;
DROP TABLE odd CASCADE;
DROP SEQUENCE a_sequence;
DROP ROLE regress_rfm_reader;
