-- bench/match/f1.sql: F1 over the pairs of one identity, from counts, and a number that stands for who is with
-- whom. :result is a table with id and identity_id.
WITH part AS (
	SELECT identity_id, person, count(*) AS n FROM :result JOIN bench_match.truth USING (id) GROUP BY 1, 2
), pairs AS (
	SELECT (SELECT sum(n * (n - 1) / 2) FROM part) AS found,
		   (SELECT sum(n * (n - 1) / 2) FROM (SELECT sum(n) AS n FROM part GROUP BY identity_id) AS identity) AS linked,
		   (SELECT sum(n * (n - 1) / 2) FROM (SELECT sum(n) AS n FROM part GROUP BY person) AS person) AS actual
)
SELECT round(2 * found / (linked + actual), 4), (SELECT sum(hashint8extended(id, identity_id)) FROM :result) FROM pairs;
