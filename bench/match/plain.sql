-- bench/match/plain.sql: the same in plain SQL, as one writes it without an extension that matches: the rules
-- as joins, weights by hand, clusters by a recursive query. jaro_winkler is customer_dw's, which is faster than
-- pg_similarity's; levenshtein is fuzzystrmatch's.

\timing off
SET search_path = peers, public;
SET jit = off;
SET work_mem = '256MB';
SET client_min_messages = warning;
DROP TABLE IF EXISTS bench_match.plain_pair, bench_match.plain_edge, bench_match.plain_identity;
\timing on
CREATE TABLE bench_match.plain_pair AS
SELECT a.id AS a, b.id AS b FROM bench_match.customers AS a JOIN bench_match.customers AS b USING (email) WHERE a.id < b.id
UNION
SELECT a.id, b.id FROM bench_match.customers AS a JOIN bench_match.customers AS b USING (phone) WHERE a.id < b.id
UNION
SELECT a.id, b.id FROM bench_match.customers AS a JOIN bench_match.customers AS b USING (surname, dob) WHERE a.id < b.id
UNION
SELECT a.id, b.id FROM bench_match.customers AS a JOIN bench_match.customers AS b USING (first_name, dob) WHERE a.id < b.id
UNION
SELECT a.id, b.id FROM bench_match.customers AS a JOIN bench_match.customers AS b USING (first_name, surname, postcode)
WHERE a.id < b.id
UNION
SELECT a.id, b.id FROM bench_match.customers AS a JOIN bench_match.customers AS b USING (dob, postcode) WHERE a.id < b.id;

CREATE TABLE bench_match.plain_edge AS
SELECT a, b
FROM (SELECT pair.a, pair.b,
			 CASE WHEN x.first_name = y.first_name THEN 6
				  WHEN cdw.jaro_winkler(x.first_name, y.first_name) >= 0.92 THEN 4
				  WHEN cdw.jaro_winkler(x.first_name, y.first_name) >= 0.8 THEN 1
				  WHEN x.first_name <> y.first_name THEN -4 ELSE 0 END
			 + CASE WHEN x.surname = y.surname THEN 8
					WHEN cdw.jaro_winkler(x.surname, y.surname) >= 0.92 THEN 6
					WHEN cdw.jaro_winkler(x.surname, y.surname) >= 0.8 THEN 0
					WHEN x.surname <> y.surname THEN -4 ELSE 0 END
			 + CASE WHEN x.dob = y.dob THEN 12 WHEN abs(x.dob - y.dob) <= 31 THEN 2 WHEN x.dob <> y.dob THEN -5 ELSE 0 END
			 + CASE WHEN x.email = y.email THEN 13
					WHEN cdw.jaro_winkler(x.email, y.email) >= 0.95 THEN 10
					WHEN cdw.jaro_winkler(x.email, y.email) >= 0.88 THEN 4
					WHEN x.email <> y.email THEN -2 ELSE 0 END
			 + CASE WHEN x.phone = y.phone THEN 12
					WHEN levenshtein(x.phone, y.phone) <= 1 THEN 8
					WHEN levenshtein(x.phone, y.phone) <= 2 THEN 6
					WHEN x.phone <> y.phone THEN -2 ELSE 0 END
			 + CASE WHEN x.postcode = y.postcode THEN 9
					WHEN levenshtein(x.postcode, y.postcode) <= 1 THEN 3
					WHEN x.postcode <> y.postcode THEN -2 ELSE 0 END AS weight
	  FROM bench_match.plain_pair AS pair
	  JOIN bench_match.customers AS x ON x.id = pair.a
	  JOIN bench_match.customers AS y ON y.id = pair.b) AS scored
WHERE weight > 17;

CREATE TABLE bench_match.plain_identity AS
WITH RECURSIVE edge AS (
	SELECT a, b FROM bench_match.plain_edge UNION ALL SELECT b, a FROM bench_match.plain_edge
), reach AS (
	SELECT a AS id, a AS other FROM edge
	UNION
	SELECT reach.id, edge.b FROM reach JOIN edge ON edge.a = reach.other
)
SELECT customers.id, coalesce(cluster.cluster, customers.id) AS identity_id
FROM bench_match.customers
LEFT JOIN (SELECT id, min(other) AS cluster FROM reach GROUP BY id) AS cluster USING (id);
\timing off
SELECT count(*) || ' pairs compared' FROM bench_match.plain_pair;
