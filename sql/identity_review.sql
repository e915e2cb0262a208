-- cdw.review_queue: pairs for people to look at, and a sample that stands for the whole.
CREATE SCHEMA identity_review;
SET search_path = identity_review;
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

CREATE TABLE people (id int PRIMARY KEY, who int, name text, "E-mail" text, dob date, region text);
INSERT INTO people SELECT i, i / 2, 'name ' || i / 2, i / 2 || '@example.com', date '1970-01-01' + i / 2, CASE WHEN i % 40 < 20 THEN 'south' ELSE 'north' END FROM generate_series(2, 401) i;
SELECT cdw.create_resolver('r', 'people', 'id', '{"name": "name", "E-mail": "email", "dob": "date"}') ->> 'resolver' AS resolver;
SELECT fails($$SELECT * FROM cdw.review_queue('r')$$);
CALL cdw.resolve('r');
-- Matches made by hand: a hundred pairs at each of ten probabilities, 0.05, 0.15, ..., 0.95, but five only at 0.05 and two at 0.15.
TRUNCATE r_match;
INSERT INTO r_match (left_key, right_key, match_probability, match_weight)
SELECT 2 + n, 200 + (n + s * 7) % 100, p, log(2, (p / (1 - p))::numeric) FROM generate_series(0, 99) n, generate_series(0, 9) s, LATERAL (SELECT (s * 10 + 5) / 100.0::float8 AS p) t WHERE n < CASE s WHEN 0 THEN 5 WHEN 1 THEN 2 ELSE 100 END;
SELECT match_probability, count(*) FROM r_match GROUP BY 1 ORDER BY 1;

-- For review: the most uncertain first, 0.45 and 0.55; 0.05 and 0.95 are out of the default range.
SELECT round(match_probability::numeric, 2) AS match_probability, count(*), count(sampling_weight) AS weights FROM cdw.review_queue('r', max_results => 200) GROUP BY 1 ORDER BY 1;
SELECT round(match_probability::numeric, 2) AS match_probability, count(*) FROM cdw.review_queue('r', max_results => 10000) GROUP BY 1 ORDER BY 1;
SELECT count(*) AS pairs, bool_and(uncertainty >= before) AS "in order" FROM (SELECT round(abs(match_weight)::numeric, 9) AS uncertainty, lag(round(abs(match_weight)::numeric, 9), 1, 0) OVER (ORDER BY n) AS before FROM (SELECT *, row_number() OVER () AS n FROM cdw.review_queue('r', max_results => 10000)) q) q;
SELECT min(round(match_probability::numeric, 2)), max(round(match_probability::numeric, 2)), count(*) FROM cdw.review_queue('r', 0.7, 1, 10000);
-- Both records side by side, the fields under their names.
SELECT left_key, right_key, jsonb_pretty(left_record) AS left_record, right_record ->> 'E-mail' AS right_email, left_record -> 'dob' AS dob FROM cdw.review_queue('r', 0.15, 0.15, 1);
SELECT bool_and(left_record = jsonb_build_object('name', l.name, 'E-mail', l."E-mail", 'dob', l.dob) AND right_record = jsonb_build_object('name', r.name, 'E-mail', r."E-mail", 'dob', r.dob)) AS right_records
FROM cdw.review_queue('r') q JOIN people l ON l.id::text = left_key JOIN people r ON r.id::text = right_key;
-- The draw goes by the keys, not by the order of rows.
CREATE TABLE before AS SELECT * FROM cdw.review_queue('r', max_results => 30);
CREATE TABLE sample_before AS SELECT * FROM cdw.review_queue('r', max_results => 30, purpose => 'sample');
CREATE TABLE shuffled AS SELECT * FROM r_match ORDER BY md5(left_key::text || right_key::text);
TRUNCATE r_match;
INSERT INTO r_match SELECT * FROM shuffled;
SELECT (SELECT count(*) FROM (TABLE before EXCEPT SELECT * FROM cdw.review_queue('r', max_results => 30)) d) AS review, (SELECT count(*) FROM (TABLE sample_before EXCEPT SELECT * FROM cdw.review_queue('r', max_results => 30, purpose => 'sample')) d) AS sample;

-- A sample of 50: one of each, the others by size times the root of p (1 - p): 100 at 0.25 are worth 43.3, at 0.35 47.7, at 0.45 49.7, at 0.85 35.7, at 0.95 21.8;
-- 5 at 0.05 are worth 1.1 and 2 at 0.15 0.7. At 0.147 per unit that makes 6.4, 7.0, 7.3, 7.3, 7.0, 6.4, 5.2 and 3.2: with the first two 1 + 1 + 6 + 7 + 7 + 7 + 7 + 6 + 5 + 3.
SELECT round(match_probability::numeric, 2) AS match_probability, count(*), min(round(sampling_weight::numeric, 4)) AS weight, max(round(sampling_weight::numeric, 4)) AS same_weight FROM cdw.review_queue('r', max_results => 50, purpose => 'sample') GROUP BY 1 ORDER BY 1;
-- Weights sum to the whole, of any sample.
SELECT max_results, count(*), round(sum(sampling_weight)::numeric, 6) AS whole FROM unnest('{10,11,50,807,5000}'::int[]) max_results, LATERAL cdw.review_queue('r', max_results => max_results, purpose => 'sample') GROUP BY 1 ORDER BY 1;
SELECT count(*), round(sum(sampling_weight)::numeric, 6) AS whole FROM cdw.review_queue('r', 0.5, 0.8, 10, 'sample');
-- Whoever labels only the first ten of them has labelled one of each stratum.
SELECT count(DISTINCT match_probability) AS strata FROM (SELECT * FROM cdw.review_queue('r', max_results => 50, purpose => 'sample') LIMIT 10) q;

-- Labelled pairs do not come back for review. A label without a weight is no part of a sample, so its pair may be drawn; one with a weight is not drawn again.
SELECT count(cdw.label_pair('r', left_key, right_key, true)) AS labels FROM cdw.review_queue('r', 0, 1, 10000);
SELECT count(*) FROM cdw.review_queue('r', 0, 1, 10000);
SELECT count(*), round(sum(sampling_weight)::numeric, 6) AS whole FROM cdw.review_queue('r', max_results => 50, purpose => 'sample');
SELECT count(cdw.label_pair('r', left_key, right_key, match_probability > 0.5, sampling_weight)) AS labels FROM cdw.review_queue('r', max_results => 50, purpose => 'sample');
SELECT count(*), round(sum(sampling_weight)::numeric, 6) AS whole FROM cdw.review_queue('r', max_results => 50, purpose => 'sample');
-- The labels of the sample, weighted, stand for the whole: of 807 pairs 500 are above one half.
SELECT round(sum(weight) FILTER (WHERE is_match)::numeric, 6) AS matches, round(sum(weight)::numeric, 6) AS pairs FROM r_label;

-- A sample against the whole truth. 300 people, half of them twice; a name, a birthday and a town are all that is known, so that many pairs are in doubt.
CREATE TABLE doubt AS
SELECT row_number() OVER (ORDER BY who, copy) AS id, who, (ARRAY['anna', 'ben', 'carl', 'dora', 'emil', 'fritz', 'greta', 'hans'])[1 + abs(hashint4(who)) % 8] AS given,
       substr('meier schulz bauer wagner becker hoffman koch richter klein wolf ', 1 + 7 * (abs(hashint4(who * 3)) % 9), 7) AS family,
       CASE WHEN copy = 2 AND who % 4 = 0 THEN NULL ELSE date '1950-01-01' + abs(hashint4(who * 7)) % 900 END AS dob, (ARRAY['Ulm', 'Kiel', 'Bonn', 'Hof', 'Trier'])[1 + abs(hashint4(who * 5 + copy % 2 * (who % 3))) % 5] AS town
FROM generate_series(1, 300) who, generate_series(1, 2) copy WHERE copy = 1 OR who <= 150;
SELECT cdw.create_resolver('d', 'doubt', 'id', '{"given": "given_name", "family": "family_name", "dob": "date", "town": "category"}', options => '{"min_probability": 0.01}') ->> 'resolver' AS resolver;
CALL cdw.resolve('d');
SELECT count(cdw.label_pair('d', left_key, right_key, l.who = r.who, sampling_weight)) >= 100 AS labelled
FROM cdw.review_queue('d', max_results => 600, purpose => 'sample') JOIN doubt l ON l.id::text = left_key JOIN doubt r ON r.id::text = right_key;
-- All kept pairs and their truth, and what the sample makes of them: the number of pairs is exact, precision and recall are near.
CREATE TABLE kept AS SELECT left_key, right_key, l.who = r.who AS is_match FROM d_match JOIN doubt l ON l.id = left_key JOIN doubt r ON r.id = right_key;
SELECT threshold, abs(s.precision - w.precision) < 0.1 AS "precision", abs(s.recall - w.recall) < 0.1 AS recall
FROM cdw.evaluate('d', 'd_label', 'left_key', 'right_key', 'is_match', 'weight') s JOIN cdw.evaluate('d', 'kept', 'left_key', 'right_key', 'is_match') w USING (level, threshold)
WHERE level = 'pair' AND threshold IN (0.1, 0.5, 0.9) ORDER BY 1;
SELECT (SELECT sum(pairs) FROM cdw.reliability('d', 'd_label', 'left_key', 'right_key', 'is_match', 'weight')) = (SELECT count(*) FROM d_match) AS "stands for all pairs";
SELECT bool_and(s.pairs = w.pairs) AS "bin by bin" FROM cdw.reliability('d', 'd_label', 'left_key', 'right_key', 'is_match', 'weight') s JOIN cdw.reliability('d', 'kept', 'left_key', 'right_key', 'is_match') w USING (bin);
-- A sample of everything is everything.
TRUNCATE d_label;
SELECT count(cdw.label_pair('d', left_key, right_key, l.who = r.who, sampling_weight)) > 0 AS labelled
FROM cdw.review_queue('d', max_results => 1000000, purpose => 'sample') JOIN doubt l ON l.id::text = left_key JOIN doubt r ON r.id::text = right_key;
SELECT count(*) AS differences FROM (SELECT * FROM cdw.evaluate('d', 'd_label', 'left_key', 'right_key', 'is_match', 'weight') EXCEPT SELECT * FROM cdw.evaluate('d', 'kept', 'left_key', 'right_key', 'is_match')) d;

-- Arguments.
SELECT fails($$SELECT * FROM cdw.review_queue(NULL)$$), fails($$SELECT * FROM cdw.review_queue('r', max_results => NULL)$$), fails($$SELECT * FROM cdw.review_queue('r', purpose => NULL)$$), fails($$SELECT * FROM cdw.review_queue('r', purpose => 'fun')$$);
SELECT fails($$SELECT * FROM cdw.review_queue('r', 0.6, 0.5)$$), fails($$SELECT * FROM cdw.review_queue('r', -0.1)$$), fails($$SELECT * FROM cdw.review_queue('r', high => 1.1)$$), fails($$SELECT * FROM cdw.review_queue('r', 'NaN')$$), fails($$SELECT * FROM cdw.review_queue('r', 0.95)$$);
SELECT fails($$SELECT * FROM cdw.review_queue('r', max_results => 0)$$), fails($$SELECT * FROM cdw.review_queue('r', max_results => 9, purpose => 'sample')$$), fails($$SELECT * FROM cdw.review_queue('nobody')$$);

-- Who may see what: a pair is there if both records are, and a sample stands for those pairs.
TRUNCATE r_label;
CREATE ROLE regress_identity_review;
GRANT USAGE ON SCHEMA identity_review TO regress_identity_review;
GRANT SELECT ON r_resolver, r_match, people TO regress_identity_review;
SET ROLE regress_identity_review;
SELECT fails($$SELECT * FROM cdw.review_queue('r')$$);
RESET ROLE;
GRANT SELECT ON r_label TO regress_identity_review;
ALTER TABLE people ENABLE ROW LEVEL SECURITY;
CREATE POLICY south ON people FOR SELECT TO regress_identity_review USING (region = 'south');
SELECT count(*) AS pairs, sum((l.region = 'south' AND r.region = 'south')::int) AS south FROM r_match JOIN people l ON l.id = left_key JOIN people r ON r.id = right_key;
SET ROLE regress_identity_review;
SELECT count(*), bool_and(left_key::int % 40 < 20 AND right_key::int % 40 < 20) AS south FROM cdw.review_queue('r', 0, 1, 10000);
SELECT count(*), round(sum(sampling_weight)::numeric, 6) AS whole FROM cdw.review_queue('r', max_results => 20, purpose => 'sample');
RESET ROLE;
ALTER TABLE people DISABLE ROW LEVEL SECURITY;
REVOKE SELECT ON people FROM regress_identity_review;
GRANT SELECT (id, name) ON people TO regress_identity_review;
SET ROLE regress_identity_review;
SELECT fails($$SELECT * FROM cdw.review_queue('r')$$);
RESET ROLE;

-- Operators and functions placed before pg_catalog capture nothing; keys that need quotes, of a type of its own order.
CREATE TABLE "odd one" ("the ""key""" char(4) PRIMARY KEY, "it's" text);
INSERT INTO "odd one" SELECT i, 'name ' || i / 2 FROM generate_series(10, 19) i;
SELECT cdw.create_resolver('"o''1"', '"odd one"', 'the "key"', '{"it''s": "name"}') ->> 'key' AS key;
CALL cdw.train('"o''1"');
INSERT INTO "o'1_match" VALUES ('10', '11', 0, 0.5);
CREATE SCHEMA identity_review_trap;
SET search_path = identity_review_trap, pg_catalog, identity_review;
DO $$
DECLARE
    operator text;
    type text;
BEGIN
    FOREACH operator IN ARRAY ARRAY['=', '<=', '>=', '<>', '/', '*'] LOOP
        FOREACH type IN ARRAY ARRAY['int4', 'int8', 'text', 'bpchar', 'float8'] LOOP
            EXECUTE pg_catalog.format('CREATE FUNCTION identity_review_trap.trap(%s, %s) RETURNS bool LANGUAGE plpgsql AS $f$ BEGIN RAISE EXCEPTION ''captured by %%'', %L; END $f$', type, type, operator || ' ' || type);
            EXECUTE pg_catalog.format('CREATE OPERATOR identity_review_trap.%s (leftarg = %s, rightarg = %s, function = identity_review_trap.trap)', operator, type, type);
            EXECUTE pg_catalog.format('ALTER FUNCTION identity_review_trap.trap(%s, %s) RENAME TO %I', type, type, 'trap ' || operator || type);
        END LOOP;
    END LOOP;
END
$$;
CREATE DOMAIN text AS pg_catalog.text CHECK (VALUE = 'never');
SELECT 1 = 1; -- the trap works
SELECT left_key, right_key, left_record, sampling_weight FROM cdw.review_queue('"o''1"');
SELECT left_key, right_key, right_record, sampling_weight FROM cdw.review_queue('"o''1"', purpose => 'sample');
SELECT cdw.label_pair('"o''1"', '11', '10', false, 3);
SELECT cdw.label_pair('"o''1"', '11', '10', true);
SELECT left_key, right_key, is_match, weight FROM "o'1_label";
CALL cdw.train('"o''1"');
SELECT level, pairs, recall FROM cdw.evaluate('"o''1"', '"o''1_label"', 'left_key', 'right_key', 'is_match') LIMIT 1;
SELECT sum(pairs) <= 1 AS pairs FROM cdw.reliability('"o''1"', '"o''1_label"', 'left_key', 'right_key', 'is_match');
SELECT cdw.label_pair('"o''1"', '11', '10', NULL);
SELECT count(*) FROM "o'1_label";
SET search_path = identity_review;

DROP SCHEMA identity_review, identity_review_trap CASCADE;
DROP ROLE regress_identity_review;
