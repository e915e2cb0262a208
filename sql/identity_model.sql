-- cdw.model_weights, cdw.unlinkables, and models as values: export, import, copy.
CREATE SCHEMA identity_model;
SET search_path = identity_model;
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

CREATE TABLE people (id int PRIMARY KEY, name text, email text, phone text, city text, nobody_has_it text);
INSERT INTO people
SELECT id, initcap(translate(substr(md5('given' || id / 2), 1, 9), '0123456789', 'ghijklmnop')) || ' ' || initcap(translate(substr(md5('family' || id / 2), 1, 9), '0123456789', 'ghijklmnop')),
       substr(md5('mail' || id / 2), 1, 12) || '@example.com', '212' || 2000000 + id / 2 * 1237, (ARRAY['Ulm', 'Köln', '北京'])[1 + id / 2 % 3]
FROM generate_series(2, 41) id;
INSERT INTO people (id, city) VALUES (100, 'Ulm'), (101, NULL);
CREATE FUNCTION make(name text, fields jsonb DEFAULT '{"name": "name", "email": "email", "phone": "phone", "city": "category"}') RETURNS text LANGUAGE sql AS $$
    SELECT cdw.create_resolver(name, 'people', 'id', fields) ->> 'resolver'
$$;
SELECT make('r'), make('s'), make('t');
SELECT statement, fails(statement) FROM unnest(ARRAY[$$SELECT * FROM cdw.model_weights('r')$$, $$SELECT * FROM cdw.unlinkables('r')$$, $$SELECT cdw.export_model('r')$$, $$SELECT cdw.copy_model('r', 's')$$]) statement;
CALL cdw.resolve('r');

-- The table: the prior and the household, then a row per field and level, as the stored model has them.
SELECT field, count(*) AS levels, count(m) AS m, count(u) AS u, count(household) AS household, count(weight) AS weight, min(values_known) AS values_known, min(values_distinct) AS values_distinct
FROM cdw.model_weights('r') WITH ORDINALITY GROUP BY field ORDER BY min(ordinality);
SELECT count(*) AS levels, bool_and((m, u) = ((stored ->> 'm')::float8, (stored ->> 'u')::float8) AND weight = log(2, (m / u)::numeric)::float8 IS NOT NULL AND abs(weight - (stored ->> 'weight')::float8) < 1e-9 AND abs(bits - m * weight) < 1e-12) AS stored
FROM cdw.model_weights('r') w, r_resolver, LATERAL (SELECT l AS stored FROM jsonb_array_elements(model -> 'fields' -> field -> 'levels') l WHERE l ->> 'level' = w.level) s;
SELECT abs(weight - log(2, (m / (1 - m))::numeric)::float8) < 1e-9 AS "log2 of the odds", m = (model ->> 'prior')::float8 AS prior FROM cdw.model_weights('r'), r_resolver WHERE field = '(prior)';
-- figures set by hand: m 0.5 and u 0.125 are 2 bits, of which half
SELECT cdw.import_model('s', jsonb_set(jsonb_set(cdw.export_model('r'), '{model,fields,city,levels,0,m}', '0.5'), '{model,fields,city,levels,0,u}', '0.125'));
SELECT field, level, m, u, weight, bits FROM cdw.model_weights('s') WHERE field = 'city' AND level = 'equal';

-- Unlinkables: 101 says nothing at all, 100 a town that many share. Threshold 1 gives everybody, and so the shares.
SELECT record_key, match_probability < 0.95 AS below, match_weight < 0 AS negative FROM cdw.unlinkables('r');
SELECT record_key, match_weight <= (SELECT weight FROM cdw.model_weights('r') WHERE field = '(prior)') AS "the prior at most" FROM cdw.unlinkables('r') WHERE record_key = '101';
SELECT count(*) AS everybody, bool_and(abs(match_weight - total) < 1e-9 AND abs(match_probability - 1 / (1 + 2 ^ -match_weight)) < 1e-12) AS "the record against itself"
FROM cdw.unlinkables('r', 1), LATERAL (SELECT sum(weight) AS total FROM cdw.explain_match('r', record_key, record_key)) e;
SELECT count(*) FROM cdw.unlinkables('r', 0);
SELECT threshold, count(*) FILTER (WHERE match_probability <= threshold) AS records, round(avg((match_probability <= threshold)::int), 4) AS share
FROM cdw.unlinkables('r', 1), unnest(ARRAY[0.5, 0.95]) AS threshold GROUP BY threshold ORDER BY threshold;

-- Export, import, copy: the same model, the same frequencies, so the same matches.
SELECT jsonb_object_keys(cdw.export_model('r')) ORDER BY 1;
SELECT e -> 'format' AS format, e -> 'version' AS version, e #> '{fields,phone}' AS phone, e -> 'terms' AS terms FROM cdw.export_model('r') e;
SELECT cdw.export_model('r', false) = cdw.export_model('r') - 'terms' AS "without terms", cdw.export_model('r') -> 'model' = model AS stored FROM r_resolver;
SELECT cdw.import_model('s', cdw.export_model('r'));
SELECT cdw.copy_model('r', 't');
SELECT cdw.export_model('s') = cdw.export_model('r') AS imported, cdw.export_model('t') = cdw.export_model('r') AS copied, (SELECT trained_at IS NOT NULL FROM t_resolver) AS noted;
CALL cdw.resolve('t');
SELECT count(*) AS matches, (SELECT count(*) FROM ((TABLE r_match EXCEPT TABLE t_match) UNION ALL (TABLE t_match EXCEPT TABLE r_match)) d) AS differences FROM t_match;
-- a resolver of another source: without terms it counts its own
CREATE TABLE half AS SELECT * FROM people WHERE id % 2 = 0;
SELECT cdw.create_resolver('h', 'half', 'id', '{"name": "name", "email": "email", "phone": "phone", "city": "category"}') ->> 'resolver' AS resolver;
SELECT cdw.copy_model('r', 'h');
SELECT field, value, records FROM h_term ORDER BY value COLLATE "C";
SELECT cdw.copy_model('r', 'h', include_terms => false);
SELECT field, value, records FROM h_term ORDER BY value COLLATE "C";
SELECT field, values_known, values_distinct FROM cdw.model_weights('h') WHERE level = 'equal';
SELECT (SELECT array_agg(ROW(m, u)) FROM cdw.model_weights('h')) = (SELECT array_agg(ROW(m, u)) FROM cdw.model_weights('r')) AS "same shares";
-- no frequencies are not the same as absent ones
SELECT cdw.import_model('h', cdw.export_model('r') || '{"terms": {}}');
SELECT count(*) FROM h_term;

-- What does not fit says how.
SELECT make('a', '{"name": "name", "email": "email", "phone": "phone"}'), make('b', '{"name": "name", "email": "identifier", "phone": {"kind": "phone", "region": "GB"}, "city": "category", "nobody_has_it": "text"}');
SELECT fails($$SELECT cdw.copy_model('r', 'a')$$);
SELECT fails($$SELECT cdw.copy_model('r', 'b')$$);
SELECT fails($$SELECT cdw.import_model('s', jsonb_set(cdw.export_model('r'), '{model,fields,name,levels,1,level}', '"two slips"'))$$);
SELECT fails($$SELECT cdw.import_model('s', cdw.export_model('r') #- '{model,fields,name,levels,1}')$$);

-- What is no model, and values that no model has.
CREATE FUNCTION imports(document jsonb) RETURNS text LANGUAGE sql AS $$ SELECT fails(format('SELECT cdw.import_model(''s'', %L)', document)) $$;
SELECT document, imports(document) FROM unnest(ARRAY['null', '1', '"x"', '[]', '["format"]', '{}', '{"format": 1}', '{"format": "customer_dw model"}', '{"format": "customer_dw model", "version": 2}', '{"format": "customer_dw model", "version": "1"}',
    '{"format": "customer_dw model", "version": 1}', '{"format": "customer_dw model", "version": 1, "fields": []}', '{"format": "customer_dw model", "version": 1, "fields": {}}']::jsonb[]) document;
SELECT change, imports(cdw.export_model('r') || change) FROM unnest(ARRAY['{"model": 1}', '{"terms": 1}', '{"terms": []}', '{"terms": {"nobody": {}}}', '{"terms": {"city": []}}', '{"terms": {"city": {"ulm": 0}}}', '{"terms": {"city": {"ulm": 1.5}}}', '{"terms": {"city": {"ulm": "2"}}}',
    '{"terms": {"city": {"ulm": 1e30}}}', '{"terms": {"city": {"ulm": {"x": 3}}}}', '{"terms": {"city": {"ulm": null}}}']::jsonb[]) change;
SELECT imports(cdw.export_model('r') || jsonb_build_object('terms', jsonb_build_object('city', jsonb_build_object(repeat('x', 513), 3))));
SELECT path, value, imports(jsonb_set(cdw.export_model('r'), path::text[], value)) FROM (VALUES ('{model,prior}', '1'::jsonb), ('{model,prior}', '0'), ('{model,prior}', '"x"'), ('{model,fields,city,levels,0,m}', '-1'), ('{model,fields,city,levels,0,u}', '0'), ('{model,fields,city}', '[]'), ('{model,fields,city,skew}', '2')) AS v (path, value);
-- Every member of the document in turn made into something else: it is refused or, where it is no matter, taken; what is stored stays a model.
CREATE FUNCTION paths(document jsonb) RETURNS SETOF text[] LANGUAGE sql AS $$
    WITH RECURSIVE part (path, value) AS (
        SELECT '{}'::text[], document
        UNION ALL
        SELECT path || key, child
        FROM part, LATERAL (
            SELECT key, value FROM jsonb_each(CASE jsonb_typeof(part.value) WHEN 'object' THEN part.value ELSE '{}' END)
            UNION ALL
            SELECT (n - 1)::text, entry FROM jsonb_array_elements(CASE jsonb_typeof(part.value) WHEN 'array' THEN part.value ELSE '[]' END) WITH ORDINALITY AS e (entry, n)) c (key, child)
    )
    SELECT path FROM part WHERE path <> '{}'
$$;
CREATE TABLE forged AS
SELECT path, value, imports(jsonb_set(document, path, value)) AS result
FROM cdw.export_model('r') document, paths(document) path, unnest(ARRAY['null', 'true', '-1', '1e308', '1e-320', '99999999999999999999', '"x"', '[]', '{}', '[[1]]', '{"levels": [1, 2]}', '{"x": {"y": 1}}']::jsonb[]) value;
SELECT count(*) > 1000 AS many, count(*) FILTER (WHERE left(result, 5) NOT IN ('22023', '22003', 'no er')) AS "other errors", count(*) FILTER (WHERE result = 'no error') > 0 AS "some are taken" FROM forged;
SELECT path[1] AS member, count(*) FROM forged WHERE result = 'no error' AND path[1] NOT IN ('model', 'terms') GROUP BY 1 ORDER BY 1;
SELECT count(*) > 0 AS readable FROM cdw.model_weights('s');
-- A failure leaves the old model and the old frequencies.
SELECT cdw.copy_model('r', 's');
SELECT imports(cdw.export_model('r') || '{"terms": {"city": {"ulm": 7, "bonn": -1}}}');
SELECT cdw.export_model('s') = cdw.export_model('r') AS unchanged;

SELECT statement, fails(statement) FROM unnest(ARRAY[$$SELECT * FROM cdw.model_weights(NULL)$$, $$SELECT * FROM cdw.unlinkables(NULL)$$, $$SELECT * FROM cdw.unlinkables('r', NULL)$$, $$SELECT * FROM cdw.unlinkables('r', 2)$$, $$SELECT cdw.export_model(NULL)$$,
    $$SELECT cdw.export_model('r', NULL)$$, $$SELECT cdw.import_model('r', NULL)$$, $$SELECT cdw.import_model(NULL, '{}')$$, $$SELECT cdw.copy_model(NULL, 'r')$$, $$SELECT cdw.copy_model('r', NULL)$$, $$SELECT cdw.copy_model('r', 's', NULL)$$, $$SELECT cdw.copy_model('nobody', 'r')$$,
    $$SELECT cdw.copy_model('r', 'nobody')$$, $$SET TRANSACTION READ ONLY; SELECT cdw.import_model('r', '{}')$$]) statement;

-- Privileges: who may read settings and frequencies may export; who owns may import.
CREATE ROLE regress_cdw_reader;
GRANT USAGE ON SCHEMA identity_model TO regress_cdw_reader;
GRANT SELECT ON r_resolver, s_resolver, s_term TO regress_cdw_reader;
SET ROLE regress_cdw_reader;
SELECT count(*) > 0 AS weights FROM cdw.model_weights('r');
SELECT fails($$SELECT cdw.export_model('r')$$), fails($$SELECT cdw.export_model('r', false)$$), fails($$SELECT cdw.export_model('s')$$);
SELECT fails($$SELECT * FROM cdw.unlinkables('s')$$), fails($$SELECT * FROM cdw.model_weights('t')$$);
SELECT fails($$SELECT cdw.import_model('s', cdw.export_model('s'))$$), fails($$SELECT cdw.copy_model('r', 's')$$);
RESET ROLE;
GRANT ALL ON s_resolver, s_term TO regress_cdw_reader;
SET ROLE regress_cdw_reader;
SELECT fails($$SELECT cdw.copy_model('r', 's')$$);
RESET ROLE;

DROP SCHEMA identity_model CASCADE;
DROP ROLE regress_cdw_reader;
