-- cdw.explain_match_text: one line that a person can read. The model's figures are set by hand, so every weight is known.
CREATE SCHEMA identity_explain_text;
SET search_path = identity_explain_text;
SET client_min_messages = warning;
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

-- Three fields that no household shares, no frequencies: weights are log2(m / u) and the prior's log2 of 1:1024 is -10.
CREATE FUNCTION with_level(model jsonb, field text, level text, m float8, u float8) RETURNS jsonb LANGUAGE sql AS $$
    SELECT jsonb_set(jsonb_set(model, ARRAY['model', 'fields', field, 'levels', n::text, 'm'], to_jsonb(m)), ARRAY['model', 'fields', field, 'levels', n::text, 'u'], to_jsonb(u))
    FROM (SELECT ordinality - 1 AS n, entry FROM jsonb_array_elements(model #> ARRAY['model', 'fields', field, 'levels']) WITH ORDINALITY AS e (entry, ordinality)) l WHERE entry ->> 'level' = level
$$;
CREATE TABLE people (id text PRIMARY KEY, "编号" text, dob date, amount float8);
INSERT INTO people VALUES
    ('a', 'K-1001', '1990-01-01', 100), ('b', 'K-1001', '1990-01-01', 100), ('c', 'K-1001', '1951-11-30', 200), ('d', 'K-1010', NULL, NULL),
    ('e', 'Z-9', '1951-11-30', 7), ('f', NULL, NULL, NULL), ('王', 'K-1001', NULL, NULL);
SELECT cdw.create_resolver('r', 'people', 'id', '{"编号": {"kind": "identifier", "term_frequency": false}, "dob": {"kind": "date", "term_frequency": false}, "amount": {"kind": "number", "term_frequency": false}}') ->> 'resolver' AS resolver;
SELECT fails($$SELECT cdw.explain_match_text('r', 'a', 'b')$$);
CALL cdw.train('r');
SELECT cdw.import_model('r', jsonb_set(model, '{model}', model->'model' || jsonb_build_object('prior', 1 / 1025::float8, 'slope', 1, 'intercept', 0)))
FROM cdw.export_model('r'), with_level(export_model, '编号', 'equal', 0.5, 0.5 ^ 11), with_level(with_level, '编号', 'different', 0.0625, 0.5) AS l2,
    with_level(l2, '编号', 'one slip', 0.25, 0.125) AS l3, with_level(l3, 'dob', 'equal', 0.5, 0.5 ^ 9) AS l4, with_level(l4, 'dob', 'different', 0.125, 0.5) AS l5,
    with_level(l5, 'amount', 'equal', 0.5, 0.5 ^ 9) AS l6, with_level(l6, 'amount', 'different', 0.25, 0.5) AS model;
-- 10 + 8 + 8 - 10 = 16, 65536 to 1; of equal weights the earlier column comes first
SELECT cdw.explain_match_text('r', 'a', 'b');
-- 10 - 2 - 1 - 10 = -3, 1 to 8
SELECT cdw.explain_match_text('r', 'a', 'c');
-- 10 - 10 = 0, one to one, is no match yet; values that are missing are named
SELECT cdw.explain_match_text('r', 'a', '王');
-- -3 - 2 - 1 - 10 = -16
SELECT cdw.explain_match_text('r', 'a', 'e');
-- a record and itself; one that says nothing: the prior
SELECT cdw.explain_match_text('r', 'b', 'b'), cdw.explain_match_text('r', 'f', 'f');
-- the same sum as the rows, whatever they are
SELECT count(*) AS pairs, bool_and(line ~ ('\(weight ' || round(total::numeric, 1) || '\)')) AS "same weight" FROM people l, people r, LATERAL (SELECT sum(weight) AS total, cdw.explain_match_text('r', l.id, r.id) AS line FROM cdw.explain_match('r', l.id, r.id)) t;
-- a level that weighs nothing is told without a figure
SELECT cdw.import_model('r', with_level(cdw.export_model('r'), 'amount', 'different', 0.5, 0.5));
SELECT cdw.explain_match_text('r', 'a', 'c');
-- calibrated: of the weights of 16 and -2 half, and a bit (ln 2 = 0.693) more
SELECT cdw.import_model('r', jsonb_set(model, '{model}', model->'model' || jsonb_build_object('slope', 0.5, 'intercept', ln(2)))) FROM cdw.export_model('r') AS model;
SELECT cdw.explain_match_text('r', 'a', 'b'), cdw.explain_match_text('r', 'a', 'c');
SELECT field, round(weight::numeric, 1) AS weight, round(cumulative_weight::numeric, 1) AS cumulative_weight FROM cdw.explain_match('r', 'a', 'b');
SELECT fails($$SELECT cdw.import_model('r', jsonb_set(cdw.export_model('r'), '{model,slope}', '0'))$$), fails($$SELECT cdw.import_model('r', jsonb_set(cdw.export_model('r'), '{model,intercept}', '"x"'))$$);

-- Errors are those of explain_match.
SELECT statement, fails(statement) FROM unnest(ARRAY[$$SELECT cdw.explain_match_text(NULL, 'a', 'b')$$, $$SELECT cdw.explain_match_text('r', NULL, 'b')$$, $$SELECT cdw.explain_match_text('r', 'a', NULL)$$,
    $$SELECT cdw.explain_match_text('nobody', 'a', 'b')$$, $$SELECT cdw.explain_match_text('r', 'a', 'x')$$]) statement;
CREATE ROLE regress_cdw_stranger;
GRANT USAGE ON SCHEMA identity_explain_text TO regress_cdw_stranger;
SET ROLE regress_cdw_stranger;
SELECT fails($$SELECT cdw.explain_match_text('r', 'a', 'b')$$);
RESET ROLE;

DROP SCHEMA identity_explain_text CASCADE;
DROP ROLE regress_cdw_stranger;
