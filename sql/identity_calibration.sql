-- The line from weights to log odds, and what must not move it: src/identity/calibrate.c, cluster.c,
-- src/match/one_to_one.c, train.c.
SET client_min_messages = warning;
CREATE SCHEMA identity_calibration;
SET search_path = identity_calibration;
\pset format unaligned
CREATE FUNCTION r(what text, i int) RETURNS float8 LANGUAGE sql IMMUTABLE
RETURN ('x' || substr(md5(what || i), 1, 8))::bit(32)::int8 / 4294967296.0;
CREATE FUNCTION word(what text, i int, n int) RETURNS text LANGUAGE sql IMMUTABLE
RETURN 'w' || translate(substr(md5(what || floor(n ^ r(what, i))), 1, 7), '0123456789', 'ghijklmnop');
CREATE FUNCTION fails(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    detail text;
BEGIN
    EXECUTE statement;
    RETURN 'no error';
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL;
    RETURN SQLSTATE || ': ' || SQLERRM || coalesce(' ' || detail, '');
END $$;

-- Three fields of few values tell little, and many links are equally strong. Keys decide nothing: neither the
-- model nor who is with whom.
CREATE TABLE few AS
SELECT i * 10 + copy AS id, 'src' || copy AS source, word('given', CASE WHEN r('slip', i * 10 + copy) < .1 THEN i * 7 + copy ELSE i END, 25) AS given_name,
       word('family', i, 80) AS family_name, word('city', i, 6) AS city
FROM generate_series(1, 200) i, generate_series(1, 1 + i % 4) copy;
CREATE VIEW few_backward AS SELECT md5(id::text) AS key, source, given_name, family_name, city FROM few;
SELECT FROM cdw.create_resolver('f', 'few', 'id', '{"given_name": "given_name", "family_name": "family_name", "city": "place"}');
SELECT FROM cdw.create_resolver('b', 'few_backward', 'key', '{"given_name": "given_name", "family_name": "family_name", "city": "place"}');
CALL cdw.resolve('f');
CALL cdw.resolve('b');
SELECT f.model = b.model AS "the same model", (f.model ->> 'slope')::float8 <> 1 AS calibrated FROM f_resolver f, b_resolver b;
-- the identities as sets of what their records say
SELECT count(*) AS differences FROM (
    (SELECT array_agg((given_name, family_name, city)::text ORDER BY given_name, family_name, city) FROM f_identity JOIN few USING (id) GROUP BY identity_id
     EXCEPT ALL SELECT array_agg((given_name, family_name, city)::text ORDER BY given_name, family_name, city) FROM b_identity JOIN few_backward USING (key) GROUP BY identity_id)) d;
-- A link whose sources list everybody once: the odds of many rivals are added up.
CREATE VIEW lists AS SELECT id, source, given_name, left(family_name, 2) AS family_name, left(city, 2) AS city FROM few WHERE source IN ('src1', 'src2');
CREATE VIEW lists_backward AS SELECT key, source, given_name, left(family_name, 2) AS family_name, left(city, 2) AS city FROM few_backward WHERE source IN ('src1', 'src2');
SELECT FROM cdw.create_resolver('lf', 'lists', 'id', '{"given_name": "given_name", "family_name": "family_name", "city": "place"}', source_column => 'source', link_type => 'link');
SELECT FROM cdw.create_resolver('lb', 'lists_backward', 'key', '{"given_name": "given_name", "family_name": "family_name", "city": "place"}', source_column => 'source', link_type => 'link');
CALL cdw.resolve('lf');
CALL cdw.resolve('lb');
SELECT f.model = b.model AS "the same model", f.model -> 'unique_sources' AS unique_sources, f.model -> 'slope' AS slope FROM lf_resolver f, lb_resolver b;
SELECT count(*) AS differences FROM (SELECT match_weight FROM lf_match EXCEPT ALL SELECT match_weight FROM lb_match) d;
-- where no source of the population is such a one, nobody competes: a pair weighs what its fields do
SELECT cdw.copy_model('lf', 'f');
CALL cdw.resolve('f');
SELECT bool_and(abs(match_weight - (SELECT sum(weight) FROM cdw.explain_match('f', left_key::text, right_key::text))) < 1e-9) AS "as explained"
FROM (SELECT * FROM f_match ORDER BY left_key, right_key LIMIT 50) m;

-- What is stored gives the same answer as what was learnt a moment ago, to the bit.
SELECT cdw.drop_resolver('f', drop_results => true);
SELECT FROM cdw.create_resolver('f', 'few', 'id', '{"given_name": "given_name", "family_name": "family_name", "city": "place"}', options => '{"min_probability": 0.01}');
CALL cdw.resolve('f');
CREATE TABLE learnt AS SELECT left_key, right_key, float8send(match_weight) AS weight, float8send(match_probability) AS probability FROM f_match;
CREATE TABLE learnt_identity AS SELECT id, identity_id FROM f_identity;
CALL cdw.resolve('f');
SELECT count(*) AS differences FROM (TABLE learnt EXCEPT SELECT left_key, right_key, float8send(match_weight), float8send(match_probability) FROM f_match) d;
SELECT count(*) AS differences FROM (TABLE learnt_identity EXCEPT SELECT id, identity_id FROM f_identity) d;

-- A model that lacks the line has slope 1 and intercept 0; numbers beyond all bounds are no numbers.
SELECT cdw.import_model('f', cdw.export_model('f') #- '{model,slope}' #- '{model,intercept}');
SELECT model -> 'slope' AS slope, model -> 'intercept' AS intercept FROM f_resolver;
SELECT path, value, fails(format('SELECT cdw.import_model(''f'', jsonb_set(cdw.export_model(''f''), %L, %L))', path, value))
FROM (VALUES ('{model,slope}', '1e400'), ('{model,slope}', '"NaN"'), ('{model,slope}', '-1'), ('{model,intercept}', '-1e400'), ('{model,intercept}', '101'), ('{model,max_block}', '1e400')) v (path, value);

-- Nearly all records of a large table are empty: random pairs do not show the thirty that are not, and yet they are
-- 435 pairs, of which 15 match.
CREATE TABLE sparse AS SELECT i AS id, CASE WHEN i < 30 THEN '212' || 2000000 + floor(900000 * r('phone', i / 2)) END AS phone FROM generate_series(0, 59999) i;
SELECT FROM cdw.create_resolver('s', 'sparse', 'id', '{"phone": "phone"}');
CALL cdw.train('s');
SELECT (model ->> 'prior')::float8 < 15 / 435.0 + .01 AS "not more than match" FROM s_resolver;
-- where nobody has a value nothing is expected
UPDATE sparse SET phone = NULL;
SET client_min_messages = notice;
CALL cdw.train('s');
-- One pair that is one person is not said to be none.
CREATE TABLE pair AS SELECT i AS id, 'ann' AS given_name, 'smith' AS family_name, 'a@example.com' AS email FROM generate_series(1, 2) i;
SELECT FROM cdw.create_resolver('p', 'pair', 'id', '{"given_name": "given_name", "family_name": "family_name", "email": "email"}');
CALL cdw.resolve('p');

SET client_min_messages = warning;
DROP SCHEMA identity_calibration CASCADE;
