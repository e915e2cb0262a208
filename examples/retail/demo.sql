-- examples/retail/demo.sql: from three systems' customers to one row per person.
--
--   psql -f examples/retail/demo.sql                     about 10,000 records
--   psql -v records=100000 -f examples/retail/demo.sql   any other number
--
-- Needs a UTF8 database in which customer_dw is or can be installed. Drops and recreates the
-- schema retail. Statements that use the extension are printed before their results.

\set ON_ERROR_STOP on
\set QUIET on
\encoding UTF8
\pset pager off
\pset footer off
\pset null ''
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS customer_dw;
SET search_path = retail, public;
SET timezone = 'UTC';

\echo
\echo '== 1. Three systems that know the same people'
\ir generate.sql
SELECT source, count(*) AS records, count(email) AS with_email, count(phone) AS with_phone, count(dob) AS with_dob,
	   (SELECT count(*) FROM orders WHERE record_id LIKE customer.source || '-%') AS orders
FROM customer GROUP BY source ORDER BY source;

\echo '== 2. Say what the columns mean and which records are worth comparing, then resolve'
\set ECHO queries
SELECT cdw.create_resolver('person', 'customer', 'record_id',
	fields => '{"given_name": "given_name", "family_name": "family_name", "email": "email", "phone": "phone",
				"dob": "date", "street": "address", "city": "category", "postcode": "postcode"}',
	blocking => ARRAY['email', 'phone', 'family_name, dob', 'given_name, dob', 'dob, postcode',
					  'given_name, family_name, city', 'street, postcode',
					  'soundex(family_name), first(given_name, 1), postcode'],
	source_column => 'source') AS settings \gset
\timing on
CALL cdw.resolve('person');
\timing off
\echo

SELECT record_count AS records_of_a_person, count(*) AS people
FROM person_golden GROUP BY 1 ORDER BY 1;

\echo '== 3. One person as the systems write it, and the golden record'
\set ECHO none
SELECT identity_id AS someone
FROM person_identity JOIN customer USING (record_id)
GROUP BY identity_id
ORDER BY count(*) = 4 DESC, count(DISTINCT source) DESC,
		 count(DISTINCT lower(given_name)) + count(DISTINCT lower(family_name)) + count(DISTINCT city) DESC,
		 count(DISTINCT lower(email)) DESC, min(record_id COLLATE "C")
LIMIT 1 \gset
SELECT * FROM (
	SELECT record_id, given_name, family_name, email, phone, dob, city
	FROM person_identity JOIN customer USING (record_id)
	WHERE identity_id = :someone ORDER BY record_id COLLATE "C") AS written
UNION ALL
SELECT 'golden', given_name::text, family_name::text, email::text, phone::text, dob::text, city::text
FROM person_golden WHERE identity_id = :someone;

\echo '== 4. Where the compared pairs came from'
\set ECHO queries
SELECT * FROM cdw.block_counts('person');

\set ECHO none
SELECT left_key, right_key
FROM person_match
JOIN customer AS a ON a.record_id = left_key
JOIN customer AS b ON b.record_id = right_key
WHERE match_probability > 0.5
ORDER BY (a.given_name <> b.given_name AND a.family_name <> b.family_name AND a.given_name <> b.family_name
		  AND num_nonnulls(a.email, b.email, a.phone, b.phone, a.dob, b.dob, a.city, b.city) = 8) IS TRUE DESC,
		 abs(match_weight - 12), left_key COLLATE "C", right_key COLLATE "C"
LIMIT 1 \gset
\echo '== 5. Why are' :left_key 'and' :right_key 'the same person?'
\set ECHO queries
SELECT field, level, left(left_value::text, 26) AS left_value, left(right_value::text, 26) AS right_value,
	   round(m::numeric, 4) AS m, round(u::numeric, 6) AS u,
	   round(weight::numeric, 2) AS weight, round(cumulative_weight::numeric, 2) AS cumulative
FROM cdw.explain_match('person', :'left_key', :'right_key');

\echo '== 6. How good is it? This once, the truth is known'
SELECT level, threshold, pairs, round(precision::numeric, 4) AS precision,
	   round(recall::numeric, 4) AS recall, round(f1::numeric, 4) AS f1
FROM cdw.evaluate('person', 'truth', 'record_id', 'person_id')
WHERE threshold IN (0.1, 0.5, 0.9, 0.99) ORDER BY level, threshold;

\echo '== 7. Orders belong to people now: recency, frequency, monetary value'
CREATE VIEW person_order AS
	SELECT order_id, identity_id, ordered_at, amount FROM orders JOIN person_identity USING (record_id);
CREATE TABLE person_rfm AS
	SELECT * FROM cdw.rfm_table('person_order', 'identity_id', 'ordered_at', 'amount',
								as_of => '2026-01-01 00:00+00', order_id => 'order_id');
\set ECHO none
SELECT segment, count(*) AS people, round(avg(extract(day FROM recency))) AS days_since_order,
	   round(avg(frequency), 1) AS orders, round(avg(monetary), 2) AS average_monetary,
	   round(100 * sum(monetary) / sum(sum(monetary)) OVER (), 1) AS percent_of_sales
FROM person_rfm GROUP BY segment ORDER BY avg(monetary) DESC, segment;

\echo '== 8. One row per person'
\set ECHO queries
SELECT identity_id, record_count AS records, given_name, family_name, email, city,
	   extract(day FROM recency) AS days, frequency AS orders, monetary, segment
FROM person_golden LEFT JOIN person_rfm ON customer = identity_id::text
ORDER BY monetary DESC NULLS LAST, identity_id LIMIT 8;
\set ECHO none
