--| ## Reports
--|
--| Why two records match in one line, what a model has learnt, which records cannot be matched, how identities hang
--| together, and models as values. What reads runs queries of its own: PARALLEL RESTRICTED.

CREATE FUNCTION cdw.explain_match_text(resolver text, left_key text, right_key text)
RETURNS text
LANGUAGE sql STABLE PARALLEL RESTRICTED
RETURN (
    WITH evidence AS (
        SELECT n, field, level, weight, field LIKE '(%' AS beside, 
               CASE WHEN field LIKE '(%' THEN regexp_replace(substr(field, 2, length(field) - 2), '^(rule|veto): (.*)$', '\1 "\2"') ELSE field END AS name
        FROM cdw.explain_match(resolver, left_key, right_key) WITH ORDINALITY
             AS e(field, level, left_value, right_value, m, u, weight, cumulative_weight, n)
    ), total AS (
        SELECT sum(weight) AS weight, 1 / (1 + power(2::float8, -greatest(least(sum(weight), 1000), -1000))) AS p,
               min(name) FILTER (WHERE weight = 'Infinity') AS joined, min(name) FILTER (WHERE weight = '-Infinity') AS forbidden,
               string_agg(name || CASE WHEN level IS NULL OR beside THEN '' ELSE ' ' || level END
                          || CASE WHEN weight = 0 THEN '' ELSE to_char(round(weight::numeric, 1), ' SG999999990.0') END,
                          ', ' ORDER BY abs(weight) DESC, n)
                   FILTER (WHERE field <> '(prior)' AND abs(weight) < 'Infinity' AND level IS DISTINCT FROM 'missing'
                           AND (weight <> 0 OR NOT beside)) AS reasons,
               string_agg(name, ', ' ORDER BY n) FILTER (WHERE level = 'missing' AND NOT beside AND weight = 0) AS missing,
               min(round(weight::numeric, 1)) FILTER (WHERE field = '(prior)') AS prior
        FROM evidence
    )
    SELECT CASE
               WHEN joined IS NOT NULL THEN 'match by ' || joined
               WHEN forbidden IS NOT NULL THEN 'no match, ' || forbidden
               ELSE CASE WHEN p > 0.5 THEN 'match ' ELSE 'no match, ' END
                    || CASE WHEN p >= 0.99995 THEN '> 99.99' WHEN p < 0.00005 THEN '< 0.01' ELSE round(100 * p::numeric, 2)::text END
                    || ' % (weight ' || round(weight::numeric, 1) || ')'
           END
           || coalesce(': ' || reasons, '') || coalesce('; no value: ' || missing, '') || coalesce('; prior ' || prior, '')
    FROM total
);
COMMENT ON FUNCTION cdw.explain_match_text(text, text, text) IS
'Why two records match or not, as one line: the probability in percent and its weight, then the rows of explain_match, strongest first, with their weights in bits';
