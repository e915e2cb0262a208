--| # Identity
--|
--| A resolver says which records of a source are the same customer. Its settings, model and results are ordinary
--| tables in the user's schema, owned by the caller.

CREATE FUNCTION cdw.create_resolver(
    name text,
    source regclass,
    key name,
    fields jsonb DEFAULT NULL,
    blocking text[] DEFAULT NULL,
    source_column name DEFAULT NULL,
    link_type text DEFAULT 'dedupe',
    results_schema name DEFAULT NULL,
    options jsonb DEFAULT '{}')
RETURNS jsonb
AS 'MODULE_PATHNAME', 'cdw_create_resolver' LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION cdw.create_resolver(text, regclass, name, jsonb, text[], name, text, name, jsonb) IS
'Makes a resolver over a table or view whose key column is unique: its tables in results_schema (by default the source''s), owned by the caller; returns the settings it will use';

-- STABLE, as any query. It runs queries of its own, so it stays in the leader: PARALLEL RESTRICTED.
CREATE FUNCTION cdw.infer_fields(
    source regclass,
    key name,
    source_column name DEFAULT NULL)
RETURNS jsonb
AS 'MODULE_PATHNAME', 'cdw_infer_fields' LANGUAGE C STABLE PARALLEL RESTRICTED;
COMMENT ON FUNCTION cdw.infer_fields(regclass, name, name) IS
'The fields that create_resolver would choose from column names, types and content, with their options, and the columns it would ignore, with the reason';

CREATE PROCEDURE cdw.train(resolver text, seed int8 DEFAULT 1, labels regclass DEFAULT NULL)
AS 'MODULE_PATHNAME', 'cdw_train_procedure' LANGUAGE C;
COMMENT ON PROCEDURE cdw.train(text, int8, regclass) IS
'Learns a resolver''s model from its source, and from labelled pairs where there are any (columns left_key, right_key, is_match and perhaps weight of a table, by default the resolver''s own labels), and stores it; the same seed, rows and labels give the same model in any row order';

CREATE PROCEDURE cdw.resolve(resolver text, threshold float8 DEFAULT 0.5)
AS 'MODULE_PATHNAME', 'cdw_resolve' LANGUAGE C;
COMMENT ON PROCEDURE cdw.resolve(text, float8) IS
'Gives every record of the source its identity and writes what changed; trains first where there is no model; threshold is the probability (0 to 1) that a merge must exceed';

CREATE FUNCTION cdw.drop_resolver(resolver text, drop_results bool DEFAULT false)
RETURNS void
AS 'MODULE_PATHNAME', 'cdw_drop_resolver' LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION cdw.drop_resolver(text, bool) IS
'Drops a resolver''s settings, model and term frequencies, and with drop_results its identities, matches, history, labels and golden view';

--| ## Looking into a resolver
--|
--| These run queries of their own, so they stay in the leader: PARALLEL RESTRICTED.

CREATE FUNCTION cdw.explain_match(resolver text, left_key text, right_key text)
RETURNS TABLE (
    field text,
    level text,
    left_value text,
    right_value text,
    m float8,
    u float8,
    weight float8,
    cumulative_weight float8)
AS 'MODULE_PATHNAME', 'cdw_explain_match' LANGUAGE C STABLE PARALLEL RESTRICTED ROWS 10;
COMMENT ON FUNCTION cdw.explain_match(text, text, text) IS
'Why two records match or not, a row per field: the comparison level, its share m among matches and u among non-matches, its weight log2(m/u), and the sum so far; the first row is the prior';

CREATE FUNCTION cdw.evaluate(resolver text, truth regclass, key name, cluster name)
RETURNS TABLE (
    level text,
    threshold float8,
    pairs int8,
    "precision" float8,
    recall float8,
    f1 float8)
AS 'MODULE_PATHNAME', 'cdw_evaluate' LANGUAGE C STABLE PARALLEL RESTRICTED ROWS 40;
COMMENT ON FUNCTION cdw.evaluate(text, regclass, name, name) IS
'How right a trained resolver is on its source as it is now, at pair and at cluster level: linked pairs, precision, recall and F1 (0 to 1) per threshold, over the records that the truth table labels';

CREATE FUNCTION cdw.evaluate(
    resolver text,
    labels regclass,
    left_key name,
    right_key name,
    is_match name,
    weight name DEFAULT NULL)
RETURNS TABLE (
    level text,
    threshold float8,
    pairs int8,
    "precision" float8,
    recall float8,
    f1 float8)
AS 'MODULE_PATHNAME', 'cdw_evaluate_labels' LANGUAGE C STABLE PARALLEL RESTRICTED ROWS 40;
COMMENT ON FUNCTION cdw.evaluate(text, regclass, name, name, name, name) IS
'The same over labelled pairs alone, each counted weight times where a column says so (rows without a weight are left out); with is_match NULL the table lists all true pairs, and every other pair is wrong';

CREATE FUNCTION cdw.reliability(resolver text, truth regclass, key name, cluster name)
RETURNS TABLE (
    bin int,
    low float8,
    high float8,
    pairs int8,
    mean_probability float8,
    true_rate float8)
AS 'MODULE_PATHNAME', 'cdw_reliability' LANGUAGE C STABLE PARALLEL RESTRICTED ROWS 10;
COMMENT ON FUNCTION cdw.reliability(text, regclass, name, name) IS
'Whether match probabilities mean what they say: in ten bins (above low, up to high) the pairs that the model keeps of the source as it is now and that the truth table labels, their mean probability and the share that is true';

CREATE FUNCTION cdw.reliability(
    resolver text,
    labels regclass,
    left_key name,
    right_key name,
    is_match name,
    weight name DEFAULT NULL)
RETURNS TABLE (
    bin int,
    low float8,
    high float8,
    pairs int8,
    mean_probability float8,
    true_rate float8)
AS 'MODULE_PATHNAME', 'cdw_reliability_labels' LANGUAGE C STABLE PARALLEL RESTRICTED ROWS 10;
COMMENT ON FUNCTION cdw.reliability(text, regclass, name, name, name, name) IS
'The same over labelled pairs, each counted weight times where a column says so (rows without a weight are left out); with is_match NULL the table lists all true pairs';

CREATE FUNCTION cdw.block_counts(resolver text)
RETURNS TABLE (
    rule text,
    pairs int8,
    new_pairs int8,
    largest_block int8,
    oversized_blocks int8,
    oversized_records int8,
    max_block int4
)
AS 'MODULE_PATHNAME', 'cdw_block_counts' LANGUAGE C STABLE PARALLEL RESTRICTED ROWS 10;
COMMENT ON FUNCTION cdw.block_counts(text) IS
'What each blocking rule costs and adds: pairs in its blocks, those that no earlier rule has, records in its largest block, blocks over max_block and records in them, which are compared only where they also agree under another rule, and max_block, the most records in a block (0: rule not used)';

--| ## Labels

CREATE FUNCTION cdw.label_pair(
    resolver text,
    left_key text,
    right_key text,
    is_match bool,
    sampling_weight float8 DEFAULT NULL)
RETURNS void
AS 'MODULE_PATHNAME', 'cdw_label_pair' LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION cdw.label_pair(text, text, text, bool, float8) IS
'Stores in the resolver''s table of labels whether two records match; is_match NULL withdraws what was said; sampling_weight is the one that review_queue gave with the pair, NULL keeps what is stored';

CREATE FUNCTION cdw.review_queue(
    resolver text,
    low float8 DEFAULT NULL,
    high float8 DEFAULT NULL,
    max_results int DEFAULT 100,
    purpose text DEFAULT 'review')
RETURNS TABLE (
    left_key text,
    right_key text,
    match_weight float8,
    match_probability float8,
    sampling_weight float8,
    left_record jsonb,
    right_record jsonb)
AS 'MODULE_PATHNAME', 'cdw_review_queue' LANGUAGE C STABLE PARALLEL RESTRICTED ROWS 100;
COMMENT ON FUNCTION cdw.review_queue(text, float8, float8, int, text) IS
'Pairs of the last run for people to label, with match probability from low to high: for ''review'' (0.1 to 0.9) unlabelled ones, the most uncertain first; for ''sample'' (0 to 1) drawn at random within tenths of probability, each with the number of pairs that it stands for';

CREATE FUNCTION cdw.list_resolvers()
RETURNS TABLE (
    results_schema name,
    resolver text,
    source text,
    key text,
    link_type text,
    trained bool,
    threshold float8,
    trained_at timestamptz,
    resolved_at timestamptz,
    settings jsonb)
AS 'MODULE_PATHNAME', 'cdw_list_resolvers' LANGUAGE C STABLE PARALLEL RESTRICTED ROWS 10;
COMMENT ON FUNCTION cdw.list_resolvers() IS
'The resolvers whose settings the caller may read; the view cdw.resolver shows them';

CREATE VIEW cdw.resolver WITH (security_invoker = true) AS SELECT * FROM cdw.list_resolvers();
COMMENT ON VIEW cdw.resolver IS
'The resolvers that the caller may read: where their results are, what they resolve, when they last ran';
GRANT SELECT ON cdw.resolver TO PUBLIC;
