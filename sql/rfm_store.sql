-- Stores of RFM states: making, refreshing, watching, recording, dropping them.
SET TimeZone = 'UTC';
SET DateStyle = 'ISO, YMD';
\pset null '(null)'
\set SHOW_CONTEXT never

CREATE TABLE orders (customer_id int, ordered_at timestamptz, amount numeric(10,2), note text);
INSERT INTO orders VALUES
    (1, '2024-01-10', 10.00), (1, '2024-03-05', 20.50), (2, '2024-02-02', 100), (2, '2024-05-01', -30.25), -- a return
    (3, '2024-01-01', -5.00),                                                                              -- returns only
    (4, '2024-09-01', 7), (NULL, '2024-01-01', 1), (5, NULL, 1), (6, '2024-01-01', NULL), (7, 'infinity', 1);

SELECT cdw.create_rfm('shop', 'orders', 'customer_id', 'ordered_at', 'amount');
\d shop_state
\d shop_change
\d shop_history

-- Without watching a refresh computes everything; orders after as_of wait, also those that never come due
CALL cdw.refresh_rfm('shop', '2024-06-01');
SELECT * FROM shop_state ORDER BY 1;
SELECT * FROM shop_change ORDER BY 1;
SELECT as_of, watched FROM shop_rfm;
DELETE FROM orders WHERE customer_id = 3;
CALL cdw.refresh_rfm('shop', '2024-06-02');
SELECT * FROM shop_state ORDER BY 1;
-- or the customers that are named, and nobody else, as their orders are now
UPDATE orders SET amount = amount + 1;
CALL cdw.refresh_rfm('shop', '2024-06-03', customers => ARRAY['2', '99', NULL]);
SELECT * FROM shop_state ORDER BY 1;
CALL cdw.refresh_rfm('shop', '2024-06-03', customers => '{}');
CALL cdw.refresh_rfm('shop', '2024-06-03', customers => ARRAY['two']);

-- Watched, new orders are added, whenever they were; corrected customers are computed anew
CALL cdw.watch_rfm('shop');
CALL cdw.refresh_rfm('shop', '2024-06-04');
SELECT * FROM shop_state ORDER BY 1;
INSERT INTO orders VALUES (1, '2023-12-24', 5), (8, '2024-06-01', 8), (8, '2024-12-01', 80);
UPDATE orders SET note = 'sent';
SELECT * FROM shop_change ORDER BY 1, 2;
CALL cdw.refresh_rfm('shop', '2024-06-05');
SELECT * FROM shop_state ORDER BY 1;
UPDATE orders SET amount = 50 WHERE customer_id = 2 AND amount > 0;
UPDATE orders SET customer_id = 9 WHERE customer_id = 8 AND amount = 80;
DELETE FROM orders WHERE customer_id = 1 AND ordered_at = '2024-03-05';
SELECT * FROM shop_change ORDER BY 1, 2;
CALL cdw.refresh_rfm('shop', '2024-06-06');
SELECT * FROM shop_state ORDER BY 1;
SELECT * FROM shop_change ORDER BY 1, 2;
-- nothing to do; what is due later; back in time; everything gone
CALL cdw.refresh_rfm('shop', '2024-06-07');
CALL cdw.refresh_rfm('shop', '2025-01-01');
CALL cdw.refresh_rfm('shop', '2024-02-15');
SELECT * FROM shop_state ORDER BY 1;
TRUNCATE orders;
CALL cdw.refresh_rfm('shop', '2025-01-01');
SELECT * FROM shop_state;
-- what is rolled back leaves nothing
BEGIN;
INSERT INTO orders VALUES (1, '2024-01-01', 1);
CALL cdw.refresh_rfm('shop', '2025-01-02');
ROLLBACK;
SELECT (SELECT count(*) FROM shop_state) AS states, (SELECT count(*) FROM shop_change) AS changes, as_of FROM shop_rfm;
-- what cannot be an order does not stop whoever writes it, but the refresh
INSERT INTO orders VALUES (1, '2024-01-01', 'NaN'), (1, '-infinity', 1);
CALL cdw.refresh_rfm('shop', '2025-01-02');
DELETE FROM orders WHERE amount = 'NaN';
CALL cdw.refresh_rfm('shop', '2025-01-02');
DELETE FROM orders;
CALL cdw.refresh_rfm('shop', '2025-01-02');
-- triggers that are gone are put back, and everything is computed
DROP TRIGGER public_shop_rfm_insert ON orders;
INSERT INTO orders VALUES (1, '2024-01-01', 1);
CALL cdw.refresh_rfm('shop', '2025-01-03');
SELECT tgname FROM pg_trigger WHERE tgrelid = 'orders'::regclass ORDER BY 1;
-- columns that change their type
ALTER TABLE orders ALTER amount TYPE numeric(20,2);
INSERT INTO orders VALUES (1, '2024-01-01', 12345678901234.00);
SELECT * FROM shop_change;
CALL cdw.refresh_rfm('shop', '2025-01-03');
ALTER TABLE orders RENAME amount TO total;
INSERT INTO orders VALUES (1, '2024-01-01', 1);
CALL cdw.refresh_rfm('shop', '2025-01-03');
CALL cdw.unwatch_rfm('shop');
SELECT cdw.drop_rfm('shop');
SELECT relname FROM pg_class WHERE relname LIKE 'shop%' ORDER BY 1;
SELECT cdw.create_rfm('shop', 'orders', 'customer_id', 'ordered_at', 'total');
DROP TABLE shop_state, shop_history;
DROP TABLE orders;

-- Lines of one order are one purchase: customers with new lines are computed anew
CREATE TABLE lines (customer varchar(8), at date, amount real, invoice text);
SELECT cdw.create_rfm('lines', 'lines', 'customer', 'at', 'amount', 'invoice');
CALL cdw.watch_rfm('lines');
INSERT INTO lines VALUES ('ann', '2024-01-01', 10.1, 'A'), ('ann', '2024-01-02', 5, 'A'), ('ann', '2024-01-03', 2, NULL), ('ann', '2024-01-03', 2, NULL), ('bob', '2024-01-01', 1, 'A');
CALL cdw.refresh_rfm('lines', '2024-02-01');
SELECT * FROM lines_state ORDER BY 1;
INSERT INTO lines VALUES ('ann', '2024-01-05', -20, 'A'), ('bob', '2024-03-01', 5, 'A');
CALL cdw.refresh_rfm('lines', '2024-02-02');
SELECT * FROM lines_state ORDER BY 1;
CALL cdw.refresh_rfm('lines', '2024-03-02');
SELECT * FROM lines_state ORDER BY 1;
UPDATE lines SET invoice = 'B' WHERE customer = 'bob' AND amount = 5;
CALL cdw.refresh_rfm('lines', '2024-03-02');
SELECT * FROM lines_state ORDER BY 1;
SELECT cdw.drop_rfm('lines', true);
DROP TABLE lines;

-- Names of all kinds; a view, which can be refreshed but not watched
CREATE SCHEMA "sch;ema ""x""";
CREATE TABLE "sch;ema ""x"""."or'ders" ("Cust""omer" text COLLATE "C", "at" timestamp, "a mount" int, "order" int);
INSERT INTO "sch;ema ""x"""."or'ders" VALUES ('王小明', '2024-01-01', 1, 1), ('a''; DROP', '2024-01-02', 2, 2);
SELECT cdw.create_rfm('"Sh''op; 客"', '"sch;ema ""x"""."or''ders"', 'Cust"omer', 'at', 'a mount', 'order');
CALL cdw.watch_rfm('"sch;ema ""x"""."Sh''op; 客"');
CALL cdw.refresh_rfm('"sch;ema ""x"""."Sh''op; 客"', '2024-02-01');
INSERT INTO "sch;ema ""x"""."or'ders" VALUES ('王小明', '2024-01-03', 3, 3);
CALL cdw.refresh_rfm('"sch;ema ""x"""."Sh''op; 客"', '2024-02-01');
CALL cdw.record_rfm('"sch;ema ""x"""."Sh''op; 客"');
SELECT * FROM "sch;ema ""x"""."Sh'op; 客_segment" ORDER BY 1;
SELECT cdw.drop_rfm('"sch;ema ""x"""."Sh''op; 客"', true);
CREATE VIEW v AS SELECT "Cust""omer" AS customer, at, "a mount" AS amount FROM "sch;ema ""x"""."or'ders";
SELECT cdw.create_rfm('v', 'v', 'customer', 'at', 'amount', results_schema => 'sch;ema "x"');
CALL cdw.refresh_rfm('"sch;ema ""x""".v', '2024-02-01');
CALL cdw.watch_rfm('"sch;ema ""x""".v');
SELECT cdw.drop_rfm('"sch;ema ""x""".v', true);

-- Stores of one name in two schemas watch one table; a customer column may have any name that is not taken
CREATE TABLE orders (score int, at date, amount int);
SELECT cdw.create_rfm('shop', 'orders', 'score', 'at', 'amount') IS NOT NULL AS made;
SELECT cdw.create_rfm('"sch;ema ""x""".shop', 'orders', 'score', 'at', 'amount') IS NOT NULL AS made;
CALL cdw.watch_rfm('shop');
CALL cdw.watch_rfm('"sch;ema ""x""".shop');
INSERT INTO orders VALUES (1, '2024-01-01', 5);
CALL cdw.refresh_rfm('shop', '2024-01-02');
CALL cdw.record_rfm('shop');
SELECT * FROM shop_segment;
SELECT * FROM "sch;ema ""x""".shop_change;
SELECT cdw.drop_rfm('shop', true);
SELECT tgname FROM pg_trigger WHERE tgrelid = 'orders'::regclass ORDER BY 1;
DROP TABLE orders, "sch;ema ""x""".shop_state, "sch;ema ""x""".shop_change, "sch;ema ""x""".shop_history, "sch;ema ""x""".shop_rfm CASCADE;

-- A temporary store would stop whoever writes orders in another session
CREATE TABLE orders (customer int, at date, amount int);
CREATE TEMP TABLE my_orders (LIKE orders);
SET client_min_messages = warning;
SELECT cdw.create_rfm('mine', 'my_orders', 'customer', 'at', 'amount') IS NOT NULL AS made;
SELECT cdw.create_rfm('theirs', 'orders', 'customer', 'at', 'amount', results_schema => pg_my_temp_schema()::regnamespace::name) IS NOT NULL AS made;
RESET client_min_messages;
CALL cdw.watch_rfm('theirs');
CALL cdw.watch_rfm('mine');
INSERT INTO my_orders VALUES (1, '2024-01-01', 5);
SELECT * FROM mine_change;
SELECT cdw.drop_rfm('mine', true), cdw.drop_rfm('theirs', true);
DROP TABLE orders, my_orders;

-- Faulty arguments
CREATE TYPE regress_pair AS (a int, b int);
CREATE TABLE orders (customer_id int, ordered_at timestamptz, amount numeric, rfm int, j json, pair regress_pair, ids int[]);
SELECT cdw.create_rfm(NULL, 'orders', 'customer_id', 'ordered_at', 'amount');
SELECT cdw.create_rfm('s', 'orders', NULL, 'ordered_at', 'amount');
SELECT cdw.create_rfm('s', 'orders', 'nobody', 'ordered_at', 'amount');
SELECT cdw.create_rfm('s', 'orders', 'rfm', 'ordered_at', 'amount');
SELECT cdw.create_rfm('s', 'orders', 'customer_id', 'amount', 'amount');
SELECT cdw.create_rfm('s', 'orders', 'customer_id', 'ordered_at', 'j');
SELECT cdw.create_rfm('s', 'orders', 'j', 'ordered_at', 'amount');
SELECT cdw.create_rfm('s', 'orders', 'pair', 'ordered_at', 'amount');
SELECT cdw.create_rfm('s', 'orders', 'ids', 'ordered_at', 'amount');
SELECT cdw.create_rfm('s', 'orders', 'customer_id', 'ordered_at', 'amount', bins => 1);
\set VERBOSITY sqlstate
SELECT cdw.create_rfm('s', 'orders', 'customer_id', 'ordered_at', 'amount', method => 'best');
SELECT cdw.create_rfm('s', 'orders', 'customer_id', 'ordered_at', 'amount', map => '[{}]');
\set VERBOSITY default
SELECT cdw.create_rfm('a.b.c', 'orders', 'customer_id', 'ordered_at', 'amount');
SELECT cdw.create_rfm(repeat('x', 41), 'orders', 'customer_id', 'ordered_at', 'amount');
SELECT cdw.create_rfm('public.s', 'orders', 'customer_id', 'ordered_at', 'amount', results_schema => 'pg_catalog');
SELECT cdw.create_rfm('s', 'orders', 'customer_id', 'ordered_at', 'amount', results_schema => 'nowhere');
CALL cdw.refresh_rfm('s');
SELECT cdw.create_rfm('s', 'orders', 'customer_id', 'ordered_at', 'amount') IS NOT NULL AS made;
SELECT cdw.create_rfm('s', 'orders', 'customer_id', 'ordered_at', 'amount');
CALL cdw.refresh_rfm('s', NULL);
CALL cdw.refresh_rfm('s', 'infinity');
CALL cdw.record_rfm('s');
UPDATE s_rfm SET settings = settings - 'method';
CALL cdw.refresh_rfm('s');
DELETE FROM s_rfm;
SELECT cdw.drop_rfm('s');
DROP TABLE s_rfm, s_state, s_change, s_history CASCADE;
CREATE TABLE t (a int);
CREATE TRIGGER t AFTER INSERT ON t FOR EACH STATEMENT EXECUTE FUNCTION cdw.note_rfm_change('a');
INSERT INTO t VALUES (1);
DROP TABLE t;

-- What logical replication writes fires no triggers of statements
CREATE TABLE replica (customer int, at date, amount int);
SELECT cdw.create_rfm('replica', 'replica', 'customer', 'at', 'amount') IS NOT NULL AS made;
CALL cdw.watch_rfm('replica');
SET client_min_messages = error;
CREATE SUBSCRIPTION regress_rfm CONNECTION 'dbname=nowhere' PUBLICATION p WITH (connect = false, slot_name = NONE);
RESET client_min_messages;
SET allow_system_table_mods = on;
INSERT INTO pg_subscription_rel SELECT oid, 'replica'::regclass, 'i' FROM pg_subscription WHERE subname = 'regress_rfm';
RESET allow_system_table_mods;
CALL cdw.refresh_rfm('replica', '2024-01-01');
CALL cdw.unwatch_rfm('replica');
CALL cdw.watch_rfm('replica');
CALL cdw.refresh_rfm('replica', '2024-01-01');
DROP SUBSCRIPTION regress_rfm;
SELECT cdw.drop_rfm('replica', true);
DROP TABLE replica;

-- Whoever may write orders needs no right to the store, and gets none
CREATE ROLE regress_rfm_owner;
CREATE ROLE regress_rfm_app;
CREATE ROLE regress_rfm_thief;
CREATE SCHEMA regress_rfm AUTHORIZATION regress_rfm_owner;
GRANT USAGE ON SCHEMA regress_rfm TO regress_rfm_app, regress_rfm_thief;
GRANT CREATE ON SCHEMA public TO regress_rfm_thief;
SET ROLE regress_rfm_owner;
SET search_path = regress_rfm;
CREATE TABLE orders (customer int, at timestamptz, amount numeric);
GRANT INSERT ON orders TO regress_rfm_app;
SELECT cdw.create_rfm('shop', 'orders', 'customer', 'at', 'amount') IS NOT NULL AS made;
CALL cdw.watch_rfm('shop');
SET ROLE regress_rfm_app;
INSERT INTO orders VALUES (1, '2024-01-01', 1);
SELECT * FROM shop_change;
CALL cdw.refresh_rfm('shop', '2024-02-01');
SELECT current_user;
SET ROLE regress_rfm_owner;
CALL cdw.refresh_rfm('shop', '2024-02-01');
SELECT * FROM shop_state;
-- a trigger of somebody else's table must not write into the store
SET ROLE regress_rfm_thief;
SET search_path = public;
CREATE TABLE mine (customer int, at timestamptz, amount numeric);
CREATE TRIGGER t AFTER INSERT ON mine REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION cdw.note_rfm_change('regress_rfm', 'shop', 'customer', 'at', 'amount');
INSERT INTO mine VALUES (1, '2024-01-01', 1000);
DROP TABLE mine;
-- a store over another role's orders can be refreshed by who may read them, but not watch them
RESET ROLE;
GRANT SELECT ON regress_rfm.orders TO regress_rfm_thief;
SET ROLE regress_rfm_thief;
SELECT cdw.create_rfm('public.theirs', 'regress_rfm.orders', 'customer', 'at', 'amount') IS NOT NULL AS made;
CALL cdw.refresh_rfm('theirs', '2024-02-01');
CALL cdw.watch_rfm('theirs');
SELECT cdw.drop_rfm('theirs', true);
RESET ROLE;
RESET search_path;
SET client_min_messages = warning;
DROP SCHEMA regress_rfm, "sch;ema ""x""" CASCADE;
DROP OWNED BY regress_rfm_owner, regress_rfm_app, regress_rfm_thief;
DROP ROLE regress_rfm_owner, regress_rfm_app, regress_rfm_thief;
DROP TABLE orders;
DROP TYPE regress_pair;
