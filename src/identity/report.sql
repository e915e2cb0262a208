--| ## Reports
--|
--| Why two records match in one line, what a model has learnt, which records cannot be matched, how identities hang
--| together, and models as values. What reads runs queries of its own: PARALLEL RESTRICTED.

CREATE FUNCTION cdw.explain_match_text(resolver text, left_key text, right_key text)
RETURNS text
LANGUAGE sql STABLE PARALLEL RESTRICTED
RETURN (
    WITH evidence AS (
        SELECT n, field, level, weight, round(weight::numeric, 1) AS rounded, field LIKE '(%' AS beside, 
               CASE WHEN field LIKE '(%' THEN regexp_replace(substr(field, 2, length(field) - 2), '^(rule|veto): (.*)$', '\1 "\2"') ELSE field END AS name
        FROM cdw.explain_match(resolver, left_key, right_key) WITH ORDINALITY
             AS e(field, level, left_value, right_value, m, u, weight, cumulative_weight, n)
    ), total AS (
        SELECT sum(weight) AS weight, 1 / (1 + power(2::float8, -greatest(least(sum(weight), 1000), -1000))) AS p,
               min(name) FILTER (WHERE weight = 'Infinity') AS joined, min(name) FILTER (WHERE weight = '-Infinity') AS forbidden,
               string_agg(name || CASE WHEN level IS NULL OR beside THEN '' ELSE ' ' || level END
                          || CASE WHEN weight = 0 THEN '' WHEN rounded > 0 THEN ' +' || rounded ELSE ' ' || rounded END,
                          ', ' ORDER BY abs(weight) DESC, n)
                   FILTER (WHERE field NOT IN ('(prior)', '(calibration)') AND abs(weight) < 'Infinity' AND level IS DISTINCT FROM 'missing'
                           AND (rounded <> 0 OR NOT beside)) AS reasons,
               string_agg(name, ', ' ORDER BY n) FILTER (WHERE level = 'missing' AND NOT beside AND weight = 0) AS missing,
               min(rounded) FILTER (WHERE field = '(prior)') AS prior,
               min(rounded) FILTER (WHERE field = '(calibration)' AND rounded <> 0) AS calibration
        FROM evidence
    )
    SELECT CASE
               WHEN joined IS NOT NULL THEN 'match by ' || joined
               WHEN forbidden IS NOT NULL THEN 'no match, ' || forbidden
               ELSE CASE WHEN p > 0.5 THEN 'match ' ELSE 'no match, ' END
                    || CASE WHEN p >= 0.99995 THEN '> 99.99' WHEN p < 0.00005 THEN '< 0.01' ELSE round(100 * p::numeric, 2)::text END
                    || ' % (weight ' || round(weight::numeric, 1) || ')'
           END
           || coalesce(': ' || reasons, '') || coalesce('; no value: ' || missing, '') || coalesce('; prior ' || prior, '') || coalesce(', calibration ' || calibration, '')
    FROM total
);
COMMENT ON FUNCTION cdw.explain_match_text(text, text, text) IS
'Why two records match or not, as one line: the probability in percent and its weight, then the rows of explain_match, strongest first, with their weights in bits';

CREATE FUNCTION cdw.model_weights(resolver text)
RETURNS TABLE (
    field text,
    level text,
    m float8,
    u float8,
    household float8,
    weight float8,
    bits float8,
    values_known int8,
    values_distinct int8)
AS 'MODULE_PATHNAME', 'cdw_model_weights' LANGUAGE C STABLE PARALLEL RESTRICTED ROWS 50;
COMMENT ON FUNCTION cdw.model_weights(text) IS
'What a resolver''s model has learnt, a row per field and level: shares m of matches, u of non-matches and of household members, weight log2(m/u), bits m*weight; first the prior: its share and the log2 of its odds';

CREATE FUNCTION cdw.unlinkables(resolver text, threshold float8 DEFAULT 0.95)
RETURNS TABLE (record_key text, match_weight float8, match_probability float8)
AS 'MODULE_PATHNAME', 'cdw_unlinkables' LANGUAGE C STABLE PARALLEL RESTRICTED ROWS 1000;
COMMENT ON FUNCTION cdw.unlinkables(text, float8) IS
'Records that say too little to be matched even with an exact copy of themselves: those whose probability against themselves, 0 to 1, does not exceed the threshold; threshold 1 gives all records';

CREATE FUNCTION cdw.identity_diagnostics(resolver text, threshold float8 DEFAULT 0.5)
RETURNS TABLE (
    identity_id int8,
    records int8,
    matches int8,
    density float8,
    weakest_weight float8,
    weakest_probability float8,
    parts int8,
    bridges int8,
    joints int8)
AS 'MODULE_PATHNAME', 'cdw_identity_diagnostics' LANGUAGE C STABLE PARALLEL RESTRICTED ROWS 1000;
COMMENT ON FUNCTION cdw.identity_diagnostics(text, float8) IS
'How each identity hangs together by its matches above the threshold: records, matches, their share of all pairs, the weakest match, connected parts, bridges (matches) and joints (records) without which a part would fall apart';

CREATE FUNCTION cdw.identity_bridges(resolver text, identity int8 DEFAULT NULL, threshold float8 DEFAULT 0.5)
RETURNS TABLE (
    identity_id int8,
    left_key text,
    right_key text,
    match_weight float8,
    match_probability float8,
    left_records int8,
    right_records int8)
AS 'MODULE_PATHNAME', 'cdw_identity_bridges' LANGUAGE C STABLE PARALLEL RESTRICTED ROWS 1000;
COMMENT ON FUNCTION cdw.identity_bridges(text, int8, float8) IS
'The matches above the threshold without which an identity would fall in two, of one identity or of all, with the records on either side';

--| ## Models as values

CREATE FUNCTION cdw.export_model(resolver text, include_terms bool DEFAULT true)
RETURNS jsonb
AS 'MODULE_PATHNAME', 'cdw_export_model' LANGUAGE C STABLE PARALLEL RESTRICTED;
COMMENT ON FUNCTION cdw.export_model(text, bool) IS
'A resolver''s model as a document for cdw.import_model, with the settings of its fields and, unless include_terms is false, its term frequencies, which are personal data';

CREATE FUNCTION cdw.import_model(resolver text, model jsonb)
RETURNS void
AS 'MODULE_PATHNAME', 'cdw_import_model' LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION cdw.import_model(text, jsonb) IS
'Stores an exported model in a resolver whose fields have the same names, kinds, options and levels; term frequencies that the document does not have are counted in the resolver''s source';

CREATE FUNCTION cdw.copy_model(from_resolver text, to_resolver text, include_terms bool DEFAULT true)
RETURNS void
AS 'MODULE_PATHNAME', 'cdw_copy_model' LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION cdw.copy_model(text, text, bool) IS
'Stores the model of one resolver in another whose fields have the same names, kinds, options and levels; without include_terms term frequencies are counted in the other''s source';
