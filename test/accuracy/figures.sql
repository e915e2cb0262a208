-- One row: candidate pairs, pairs linked, true ones among them, precision, recall and F1 of the identities of :set, all pairs
-- inside them counted (in a link only those of two sources); then, by evaluate, the best F1 over thresholds and the
-- pairs inside identities at .5 (not of a set without column names, which would take as long again).
SELECT quote_ident(:'set' || '_identity') AS identity, :'set' LIKE '%\_c' AS unnamed \gset
\if :unnamed
CREATE TEMP TABLE figures AS SELECT '-' AS best, '-' AS at_even_odds;
\else
CREATE TEMP TABLE figures AS
SELECT COALESCE(round(max(f1)::numeric, 4), 1)::text AS best, max(pairs) FILTER (WHERE threshold = .5)::text AS at_even_odds
FROM cdw.evaluate(:'set', :'truth', 'record_key', 'cluster_id') WHERE level = 'cluster';
\endif
WITH record AS (
    SELECT record_key, identity_id, cluster_id, COALESCE(source, record_key::text) AS source
    FROM :identity JOIN :"truth" USING (record_key)
), size AS (
    SELECT identity_id, cluster_id, source, count(*) AS n,
           grouping(identity_id) = 0 AS linked, grouping(cluster_id) = 0 AS truly, grouping(source) = 0 AS within
    FROM record
    GROUP BY GROUPING SETS ((identity_id), (identity_id, source), (cluster_id), (cluster_id, source),
                            (identity_id, cluster_id), (identity_id, cluster_id, source))
), pairs AS (
    SELECT sum(CASE WHEN within THEN -1 ELSE 1 END * n * (n - 1) / 2) FILTER (WHERE linked AND NOT truly) AS linked,
           sum(CASE WHEN within THEN -1 ELSE 1 END * n * (n - 1) / 2) FILTER (WHERE truly AND NOT linked) AS truth,
           sum(CASE WHEN within THEN -1 ELSE 1 END * n * (n - 1) / 2) FILTER (WHERE linked AND truly) AS common
    FROM size
)
SELECT (SELECT sum(new_pairs) FROM cdw.block_counts(:'set')), linked::int8, common::int8,
       COALESCE(round(common / NULLIF(linked, 0), 4), CASE WHEN truth = 0 THEN 1 ELSE 0 END),
       COALESCE(round(common / NULLIF(truth, 0), 4), 1),
       COALESCE(round(2 * common / NULLIF(linked + truth, 0), 4), 1),
       best, at_even_odds
FROM pairs, figures;
