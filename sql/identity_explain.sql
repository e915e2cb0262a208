-- cdw.explain_match, cdw.evaluate, cdw.block_counts: what can be said whatever the model learnt.
CREATE SCHEMA identity_explain;
SET search_path = identity_explain;
SET client_min_messages = warning;
SET DateStyle = 'SQL, DMY'; -- values are shown in ISO form all the same
\pset null '(null)'
\pset format unaligned

CREATE FUNCTION fails(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    message text;
    detail text;
    hint text;
BEGIN
    EXECUTE statement;
    RETURN 'no error';
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
    RETURN concat_ws(' / ', SQLSTATE || ': ' || message, nullif(detail, ''), nullif(hint, ''));
END
$$;

-- Twelve people in two records each, and six in one. Two records differ in a name, one has no phone.
CREATE TABLE people (id int PRIMARY KEY, who int, region text, name text, email text, phone text, dob date, city text);
INSERT INTO people
SELECT id, who, CASE id % 2 WHEN 0 THEN 'north' ELSE 'south' END,
       initcap(translate(substr(md5('given' || who), 1, 9), '0123456789', 'ghijklmnop')) || ' ' || initcap(translate(substr(md5('family' || who), 1, 9), '0123456789', 'ghijklmnop')),
       substr(md5('mail' || who), 1, 12) || '@example.com', '212' || 2000000 + abs(hashint4(who)) % 7000000, date '1950-01-01' + abs(hashint4(who + 100)) % 20000,
       (ARRAY['Ulm', 'Kiel', 'Bonn'])[1 + who % 3]
FROM (SELECT id, id / 2 AS who FROM generate_series(2, 25) id UNION ALL SELECT id, id FROM generate_series(30, 35) id) t;
UPDATE people SET name = name || 'x' WHERE id = 3;
UPDATE people SET phone = NULL, dob = NULL WHERE id = 5;
SELECT cdw.create_resolver('r', 'people', 'id', '{"name": "name", "email": "email", "phone": "phone", "dob": "date", "city": {"kind": "category", "term_frequency": false}}') ->> 'resolver' AS resolver;

-- Before the first training there is nothing to explain or to evaluate.
SELECT fails($$SELECT * FROM cdw.explain_match('r', '2', '3')$$);
SELECT fails($$SELECT * FROM cdw.evaluate('r', 'people', 'id', 'who')$$);
SELECT * FROM cdw.block_counts('r'); -- this needs no model
CALL cdw.resolve('r');

-- Rows: the prior, then every field in the order of the source's columns; what the model has beside them stands in brackets.
SELECT row_number() OVER () AS row, field, level, left_value, right_value, m > u AS "m > u", round(weight::numeric, 9) = round(log(2, (m / u)::numeric), 9) AS "weight = log2(m / u)", sign(weight) AS sign
FROM cdw.explain_match('r', '2', '3') WHERE field = '(prior)' OR field NOT LIKE '(%';
SELECT field, level, left_value, right_value, m, u, weight FROM cdw.explain_match('r', '4', '5') WHERE level = 'missing';
SELECT field, level, sign(weight) AS sign FROM cdw.explain_match('r', '2', '6') WHERE field NOT IN ('city', '(household)');
-- The prior row has nothing but its weight; sums add up; the total is the weight of the match.
CREATE VIEW pair AS SELECT l.id AS l, r.id AS r FROM people l JOIN people r ON l.id <> r.id WHERE l.id < 8 AND (r.id < 8 OR r.id > 33);
SELECT count(*) AS pairs, bool_and(prior_first) AS "prior first", bool_and(bare_prior) AS "bare prior", bool_and(adds_up) AS "sums add up", bool_and(shares) AS "0 < m, u <= 1", bool_and(rows = 5) AS "a row per field"
FROM pair, LATERAL (
    SELECT bool_and((field = '(prior)') = (n = 1)) AS prior_first, bool_and(num_nulls(level, left_value, right_value, m, u) = 5) FILTER (WHERE n = 1) AS bare_prior,
           bool_and(abs(cumulative_weight - total) < 1e-9) AS adds_up, bool_and(m > 0 AND m <= 1 AND u > 0 AND u <= 1) AS shares, count(*) FILTER (WHERE field NOT LIKE '(%') AS rows
    FROM (SELECT *, sum(weight) OVER (ORDER BY n) AS total FROM (SELECT *, row_number() OVER () AS n FROM cdw.explain_match('r', l::text, r::text)) e) e) t;
SELECT count(*) AS pairs, bool_and(abs(match_weight - total) < 1e-9) AS "total = match_weight" FROM r_match, LATERAL (SELECT sum(weight) AS total FROM cdw.explain_match('r', left_key::text, right_key::text)) e;
-- Left and right exchanged: the same levels and weights, values on the other side.
SELECT count(*) > 0 AS rows, bool_and(a.level IS NOT DISTINCT FROM b.level AND a.weight = b.weight AND a.cumulative_weight = b.cumulative_weight AND a.left_value IS NOT DISTINCT FROM b.right_value) AS symmetric
FROM pair, LATERAL cdw.explain_match('r', l::text, r::text) a JOIN LATERAL cdw.explain_match('r', r::text, l::text) b USING (field);
-- A record and itself agree in everything that they have.
SELECT string_agg(DISTINCT level, ', ') AS levels FROM cdw.explain_match('r', '5', '5');
-- Without term frequencies agreement weighs the same whatever the value is; with them, less the more have it.
SELECT count(DISTINCT weight) AS weights FROM people l JOIN people r ON r.city = l.city AND l.id < r.id AND l.id < 9, LATERAL cdw.explain_match('r', l.id::text, r.id::text) e WHERE field = 'city';
-- It reads the source as it is now, the model as it was.
BEGIN;
UPDATE people SET city = NULL, name = 'N/A' WHERE id = 2;
SELECT field, level, left_value, weight = 0 AS weightless FROM cdw.explain_match('r', '2', '3') WHERE field IN ('name', 'city');
ROLLBACK;

-- Records that are not there, keys that are none, arguments that are missing.
SELECT fails($$SELECT * FROM cdw.explain_match('r', '2', '1')$$), fails($$SELECT * FROM cdw.explain_match('r', '999999', '2')$$);
SELECT fails($$SELECT * FROM cdw.explain_match('r', 'two', '3')$$), fails($$SELECT * FROM cdw.explain_match('r', '2', '')$$), fails($$SELECT * FROM cdw.explain_match('r', '2', '99999999999')$$);
SELECT fails($$SELECT * FROM cdw.explain_match(NULL, '2', '3')$$), fails($$SELECT * FROM cdw.explain_match('r', NULL, '3')$$), fails($$SELECT * FROM cdw.explain_match('r', '2', NULL)$$), fails($$SELECT * FROM cdw.explain_match('q', '2', '3')$$);
-- Keys of other types: compared as their type compares, never as text; a quote is only a quote.
CREATE TABLE odd (k numeric, c char(4), t text, name text);
INSERT INTO odd SELECT i, i::text, CASE i WHEN 1 THEN ''' OR true --' WHEN 2 THEN 'A' ELSE 'a' END, 'name ' || i FROM generate_series(1, 3) i;
SELECT cdw.create_resolver('odd_' || key, 'odd', key, '{"name": "name"}') ->> 'key' AS key FROM unnest('{k,c,t}'::text[]) key;
CALL cdw.resolve('odd_k'); CALL cdw.resolve('odd_c'); CALL cdw.resolve('odd_t');
SELECT left_value, right_value FROM cdw.explain_match('odd_k', '1.000', ' 2e0 ') WHERE field = 'name';
SELECT left_value, right_value FROM cdw.explain_match('odd_c', '1', '2  ') WHERE field = 'name';
SELECT fails($$SELECT * FROM cdw.explain_match('odd_c', '1', '12345')$$);
SELECT left_value, right_value FROM cdw.explain_match('odd_t', ''' OR true --', 'a') WHERE field = 'name';
SELECT fails($$SELECT * FROM cdw.explain_match('odd_t', ''' OR true', 'a')$$);

-- Row security: what the caller may not see is not there.
CREATE ROLE regress_identity_explain;
GRANT USAGE ON SCHEMA identity_explain TO regress_identity_explain;
GRANT SELECT ON people, r_resolver, r_term TO regress_identity_explain;
ALTER TABLE people ENABLE ROW LEVEL SECURITY;
CREATE POLICY south ON people FOR SELECT TO regress_identity_explain USING (region = 'south');
SET ROLE regress_identity_explain;
SELECT count(*) AS fields FROM cdw.explain_match('r', '3', '5') WHERE field NOT LIKE '(%';
SELECT fails($$SELECT * FROM cdw.explain_match('r', '2', '3')$$), fails($$SELECT * FROM cdw.explain_match('r', '3', '2')$$);
SELECT fails($$SELECT * FROM cdw.block_counts('r')$$), fails($$SELECT * FROM cdw.evaluate('r', 'people', 'id', 'who')$$);
RESET ROLE;
ALTER TABLE people DISABLE ROW LEVEL SECURITY;
REVOKE SELECT ON people FROM regress_identity_explain;
GRANT SELECT (id, name, email, phone, dob) ON people TO regress_identity_explain;
SET ROLE regress_identity_explain;
SELECT fails($$SELECT * FROM cdw.explain_match('r', '3', '5')$$);
RESET ROLE;

-- evaluate: shares against counts by hand. The truth says 12 pairs.
CREATE FUNCTION evaluate(truth regclass) RETURNS TABLE (level text, pairs int8, "precision" numeric, recall numeric, f1 numeric) LANGUAGE sql AS $$
    SELECT level, pairs, round("precision"::numeric, 4), round(recall::numeric, 4), round(f1::numeric, 4) FROM cdw.evaluate('r', truth, 'id', 'who') WHERE threshold = 0.5 $$;
SELECT * FROM evaluate('people'); -- everything right
-- One pair more in the truth than was found: 30 and 31 are one person. 12 of 12 found are right, 12 of 13 are found: 24 / 25.
CREATE TABLE truth AS SELECT id, who::text FROM people;
UPDATE truth SET who = '30' WHERE id = 31;
SELECT * FROM evaluate('truth');
-- Two pairs of those that were found are wrong, 2 and 3, 4 and 5: 10 of 12 are right, 10 of 11 are found: 20 / 23.
UPDATE truth SET who = 'x' || id WHERE id IN (2, 4);
SELECT * FROM evaluate('truth');
-- Records without a truth are left out: NULL, or no row. Without 2 to 5: 10 of 10 are right, 10 of 11 are found: 20 / 21.
UPDATE truth SET who = NULL WHERE id IN (2, 3);
DELETE FROM truth WHERE id IN (4, 5);
SELECT * FROM evaluate('truth');
-- Rows of records that are not in the source do not matter, nor does a row twice.
INSERT INTO truth VALUES (1000, '30'), (1001, '30'), (NULL, '30'), (30, '30');
SELECT * FROM evaluate('truth');
-- An empty truth: shares of nothing are NULL.
TRUNCATE truth;
SELECT * FROM evaluate('truth');
INSERT INTO truth SELECT id, id::text FROM people; -- nobody is anybody else: 12 pairs are wrong, there is nothing to find
SELECT * FROM evaluate('truth');
-- A third record makes a group of three pairs.
BEGIN;
INSERT INTO people SELECT 900, 1, region, name, email, phone, dob, city FROM people WHERE id = 2;
SELECT * FROM evaluate('people');
ROLLBACK;
-- Over all thresholds: the two levels, as the threshold falls more pairs and not less recall.
SELECT level, count(*) AS thresholds, min(threshold), max(threshold), bool_and(pairs >= coalesce(before, 0) AND recall >= coalesce(recall_before, 0)) AS grows
FROM (SELECT *, lag(pairs) OVER w AS before, lag(recall) OVER w AS recall_before FROM cdw.evaluate('r', 'people', 'id', 'who') WINDOW w AS (PARTITION BY level ORDER BY threshold DESC)) e GROUP BY 1 ORDER BY 1;
SELECT count(*) AS events FROM r_history; -- it wrote nothing
-- A truth that cannot be used.
TRUNCATE truth;
INSERT INTO truth VALUES (2, 'a'), (3, 'a'), (2, 'b');
SELECT fails($$SELECT * FROM cdw.evaluate('r', 'truth', 'id', 'who')$$);
SELECT fails($$SELECT * FROM cdw.evaluate('r', 'truth', 'ID', 'who')$$), fails($$SELECT * FROM cdw.evaluate('r', 'truth', 'id', 'cluster')$$), fails($$SELECT * FROM cdw.evaluate('r', 'nothing', 'id', 'who')$$);
SELECT fails($$SELECT * FROM cdw.evaluate('r', 'people_pkey', 'id', 'who')$$), fails($$SELECT * FROM cdw.evaluate('r', NULL, 'id', 'who')$$), fails($$SELECT * FROM cdw.evaluate('r', 'truth', NULL, 'who')$$), fails($$SELECT * FROM cdw.evaluate('r', 'truth', 'id', NULL)$$), fails($$SELECT * FROM cdw.evaluate(NULL, 'truth', 'id', 'who')$$);

-- block_counts: against plain SQL. Pairs in the blocks of a rule, those that no earlier rule has, the largest block.
CREATE TABLE keyed (id int PRIMARY KEY, a text, b text, d text, e text, src text);
INSERT INTO keyed SELECT i, CASE WHEN i % 7 > 0 THEN 'a' || i % 11 END, nullif('b' || i % 5, 'b0'), format('%s-%s-15', 1980 + i % 6, lpad((1 + i % 4)::text, 2, '0')), format('user%s@host%s.example', i % 9, i % 3), 's' || i % 3
FROM generate_series(1, 60) i;
CREATE FUNCTION counts(conditions text[], comparable text DEFAULT 'true') RETURNS TABLE (pairs int8, new_pairs int8) LANGUAGE plpgsql AS $$
DECLARE
    earlier text := 'false';
    condition text;
BEGIN
    FOREACH condition IN ARRAY conditions LOOP
        EXECUTE format('SELECT count(*) FILTER (WHERE %1$s), count(*) FILTER (WHERE (%1$s) AND (%3$s) AND (%2$s) IS NOT TRUE) FROM keyed l JOIN keyed r ON l.id < r.id', condition, earlier, comparable) INTO pairs, new_pairs;
        earlier := format('(%s) OR (%s)', earlier, condition);
        RETURN NEXT;
    END LOOP;
END
$$;
SELECT cdw.create_resolver('k', 'keyed', 'id', '{"a": "identifier", "b": "category", "d": "date", "e": "email"}', ARRAY['a', 'b, year(d)', 'year_month(d)', 'domain(e)', 'first(a, 1)', 'a, b']) ->> 'resolver' AS resolver;
SELECT * FROM cdw.block_counts('k');
SELECT * FROM counts(ARRAY['l.a = r.a', 'l.b = r.b AND left(l.d, 4) = left(r.d, 4)', 'left(l.d, 7) = left(r.d, 7)', 'split_part(l.e, ''@'', 2) = split_part(r.e, ''@'', 2)', 'l.a IS NOT NULL AND r.a IS NOT NULL', 'l.a = r.a AND l.b = r.b']);
SELECT max(n) AS largest_block_of_a FROM (SELECT count(*) AS n FROM keyed WHERE a IS NOT NULL GROUP BY a) t;
-- The same after training, and in a link new pairs only across systems.
CALL cdw.train('k');
SELECT string_agg(format('%s %s', pairs, new_pairs), ' | ') AS counts FROM cdw.block_counts('k');
SELECT cdw.create_resolver('l', 'keyed', 'id', '{"a": "identifier", "b": "category"}', ARRAY['a', 'b'], 'src', 'link') ->> 'link_type' AS link_type;
SELECT string_agg(new_pairs::text, ' | ') AS new_pairs FROM cdw.block_counts('l');
SELECT string_agg(new_pairs::text, ' | ') AS new_pairs FROM counts(ARRAY['l.a = r.a', 'l.b = r.b'], 'l.src <> r.src');
-- Blocks that are too large are left out, and still shown as the largest.
SELECT cdw.create_resolver('m', 'keyed', 'id', '{"a": "identifier", "b": "category"}', ARRAY['a', 'b'], options => '{"max_block": 6}') #>> '{options,max_block}' AS max_block;
SELECT * FROM cdw.block_counts('m');
-- All pairs, where blocking is not given and the table is small; one row and none.
SELECT cdw.create_resolver('n', 'keyed', 'id', '{"a": "identifier", "b": "category"}') #>> '{options,all_pairs_limit}' AS all_pairs_limit;
SELECT * FROM cdw.block_counts('n');
DELETE FROM keyed WHERE id > 1;
SELECT * FROM cdw.block_counts('n');
DELETE FROM keyed;
SELECT * FROM cdw.block_counts('n');
SELECT rule, pairs, new_pairs, largest_block FROM cdw.block_counts('m');
SELECT fails($$SELECT * FROM cdw.block_counts(NULL)$$), fails($$SELECT * FROM cdw.block_counts('nobody')$$);

-- A source that has outgrown a model of all pairs is compared by its rules: what is counted is what resolve compares.
-- 10 records make 45 pairs, 40 make 780, more than ten times as many.
CREATE TABLE grown (id int PRIMARY KEY, a text);
INSERT INTO grown SELECT i, 'x' || i / 2 FROM generate_series(0, 9) i;
SELECT cdw.create_resolver('g', 'grown', 'id', '{"a": "identifier"}', options => '{"all_pairs_limit": 45}') IS NOT NULL AS made;
CALL cdw.train('g');
SELECT rule, new_pairs FROM cdw.block_counts('g');
INSERT INTO grown SELECT i, 'x' || i / 2 FROM generate_series(10, 39) i;
-- under the first rule, equal values, there are 20 pairs
SELECT rule, new_pairs FROM cdw.block_counts('g') LIMIT 1;

DROP SCHEMA identity_explain CASCADE;
DROP ROLE regress_identity_explain;
