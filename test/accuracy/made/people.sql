-- Plain people with few errors: sparse, few, once each, many times each, in two sources, and with what
-- they bought.

-- Four of five values are missing; half of the records have an e-mail address, half a phone.
CREATE TABLE sparse_rows AS
SELECT person AS cluster_id, made.lost(first_name, .8, made.random('sp1', n)) AS first_name, made.lost(last_name, .8, made.random('sp2', n)) AS last_name,
       made.lost(dob, .95, made.random('sp3', n)) AS dob, made.lost(email, .4, made.random('sp4', n)) AS email, made.lost(phone, .4, made.random('sp5', n)) AS phone,
       made.lost(address, .95, made.random('sp6', n)) AS address, made.lost(city, .95, made.random('sp7', n)) AS city
FROM made.people('sparse', 900, .6), LATERAL (SELECT person * 10 + copy AS n) x;

-- A dozen rows.
CREATE TABLE tiny_rows AS
SELECT person AS cluster_id, first_name, last_name, dob, email, phone, address, city FROM made.people('tiny', 9, .5) ORDER BY person, copy LIMIT 12;

-- Everybody once.
CREATE TABLE single_rows AS
SELECT person AS cluster_id, first_name, last_name, dob, email, phone, address, city FROM made.people('single', 1500, 0);

-- Three records of five are duplicates: two and a half records a person.
CREATE TABLE many_rows AS
SELECT person AS cluster_id, first_name, last_name, dob, email, phone, address, city FROM made.people('many', 500, 1)
UNION ALL
SELECT person, made.perhaps(first_name, .1, made.random('ma1', person * 10 + copy)), made.perhaps(last_name, .1, made.random('ma2', person * 10 + copy)), dob, email, phone, address, city
FROM made.people('many', 500, 1) WHERE person % 4 = 0;

-- Two clean registers that have half of their people in common, everybody once in each.
CREATE TABLE registers_rows AS
SELECT CASE WHEN copy = 1 THEN 'tax' ELSE 'health' END AS source, person AS cluster_id, first_name, last_name, dob, address, city
FROM made.people('registers', 1600, 1) WHERE person <= 800 OR (person <= 1200) = (copy = 1);

-- A register without duplicates, and orders by its people, who ordered up to four times.
CREATE TABLE orders_rows AS
SELECT 'register' AS source, person AS cluster_id, first_name, last_name, email, phone, address, city FROM made.people('orders', 800, 1) WHERE copy = 1
UNION ALL
SELECT 'order', person, made.perhaps(first_name, .08, made.random('or1', person * 10 + times)), made.perhaps(last_name, .08, made.random('or2', person * 10 + times)), email, phone, address, city
FROM made.people('orders', 1000, 1), LATERAL generate_series(1, 1 + person % 4) times WHERE copy = 2 AND person > 300;

-- Forty people, seventy records each.
CREATE TABLE often_rows AS
SELECT person AS cluster_id, made.perhaps(first_name || ' ' || last_name, .2, made.random('of1', person * 100 + time)) AS name,
       made.lost(made.perhaps(address, .1, made.random('of2', person * 100 + time)), .2, made.random('of3', person * 100 + time)) AS address, city
FROM made.people('often', 40, 0), generate_series(1, 70) time;

-- Purchases, up to four a customer: who bought is clean, and what and when differ each time.
CREATE TABLE purchases_rows AS
SELECT person AS cluster_id, first_name || ' ' || last_name AS name, email, city, 'ORD-' || made.digits(6, made.random('pu1', person * 10 + time)) AS order_no,
       10 + floor(300 * made.random('pu2', person * 10 + time)) || '.90' AS amount, made.day('2025-01-01', '2025-12-31', made.random('pu3', person * 10 + time))::text AS ordered
FROM made.people('purchases', 600, 0), generate_series(1, 4) time WHERE time <= 1 + person % 4;
