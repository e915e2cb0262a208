-- Movements between segments, from the orders and from what a store recorded.
SET TimeZone = 'UTC';
SET DateStyle = 'ISO, YMD';
\pset null '(null)'
\set SHOW_CONTEXT never

-- By two bins and a map of halves. On March 1 (a, b): r a 1 -> 1, b 2; f both 1 -> 1. On June 1 (a, b, c): last purchases
-- b February, c April, a May -> r b 1, c 1 (1 + 2 * 1 / 3), a 2; f b 1, c 1 -> 1, a 2 -> 2 (1 + 2 * 2 / 3).
CREATE TABLE orders (customer text, at timestamptz, amount numeric);
INSERT INTO orders VALUES ('a', '2024-01-01', 10), ('b', '2024-02-01', 20), ('c', '2024-04-01', 40), ('a', '2024-05-01', 80.5);
SELECT customer, r, f, m FROM cdw.rfm_table('orders', 'customer', 'at', 'amount', '2024-03-01', bins => 2);
SELECT customer, r, f, m FROM cdw.rfm_table('orders', 'customer', 'at', 'amount', '2024-06-01', bins => 2);
\set map '[{"segment": "good", "r": [2, 2], "f": [2, 2]}, {"segment": "recent", "r": [2, 2]}]'
SELECT * FROM cdw.rfm_moves('orders', 'customer', 'at', 'amount', '2024-03-01', '2024-06-01', bins => 2, map => :'map') ORDER BY customer;
SELECT * FROM cdw.rfm_movements('orders', 'customer', 'at', 'amount', '2024-03-01', '2024-06-01', bins => 2, map => :'map');
-- backwards, and without segments
SELECT * FROM cdw.rfm_movements('orders', 'customer', 'at', 'amount', '2024-06-01', '2024-03-01', bins => 2, map => :'map');
SELECT * FROM cdw.rfm_movements('orders', 'customer', 'at', 'amount', '2024-03-01', '2024-06-01', bins => 2);
-- the default map
SELECT * FROM cdw.rfm_movements('orders', 'customer', 'at', 'amount', '2024-03-01', '2024-06-01');
SELECT * FROM cdw.rfm_movements('orders', 'customer', 'at', 'amount', NULL, '2024-06-01');

-- What a store recorded: rows where something changed
SELECT cdw.create_rfm('shop', 'orders', 'customer', 'at', 'amount', bins => 2, map => :'map') IS NOT NULL AS made;
CALL cdw.watch_rfm('shop');
CALL cdw.refresh_rfm('shop', '2024-03-01');
CALL cdw.record_rfm('shop');
CALL cdw.refresh_rfm('shop', '2024-03-02');
CALL cdw.record_rfm('shop');
CALL cdw.refresh_rfm('shop', '2024-06-01');
CALL cdw.record_rfm('shop');
SELECT customer, since, until, rfm, r, f, m, segment FROM shop_history ORDER BY customer, since;
SELECT * FROM shop_segment ORDER BY customer;
SELECT * FROM cdw.rfm_movements('shop', '2024-03-01', '2024-06-01');
SELECT * FROM cdw.rfm_moves('shop', '2024-05-31', '2024-06-01') ORDER BY customer;
-- what comes late changes what is computed, not what was recorded
INSERT INTO orders VALUES ('b', '2024-02-15', 1000);
CALL cdw.refresh_rfm('shop', '2024-06-02');
SELECT sum(from_monetary) FROM cdw.rfm_moves('shop', '2024-03-01', '2024-06-01');
SELECT sum(from_monetary) FROM cdw.rfm_moves('orders', 'customer', 'at', 'amount', '2024-03-01', '2024-06-01', bins => 2);
-- the same moment again replaces its record; customers who are gone end
CALL cdw.record_rfm('shop');
DELETE FROM orders WHERE customer = 'c';
CALL cdw.refresh_rfm('shop', '2024-06-02');
CALL cdw.record_rfm('shop');
SELECT customer, since, until, cdw.monetary(rfm), segment FROM shop_history ORDER BY customer, since;
SELECT * FROM cdw.rfm_movements('shop', '2024-06-01', '2024-06-02');
-- not back in time, and not before the first record
CALL cdw.refresh_rfm('shop', '2024-04-01');
CALL cdw.record_rfm('shop');
SELECT * FROM cdw.rfm_movements('shop', '2024-02-28', '2024-06-01');
SELECT * FROM cdw.rfm_movements('shop', NULL, '2024-06-01');
SELECT * FROM cdw.rfm_movements('nothing', '2024-02-28', '2024-06-01');
SELECT cdw.drop_rfm('shop', true);
DROP TABLE orders;
