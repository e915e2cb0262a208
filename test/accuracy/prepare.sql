-- Of :set_rows makes what a resolver sees, :set and :set_c, and the truth apart from it, :set_truth.
SELECT :'set' || '_rows' AS rows, :'set' || '_c' AS unnamed, :'set' || '_truth' AS truth, :'set' || '_shuffled' AS shuffled \gset

SET client_min_messages = warning;
DROP TABLE IF EXISTS :"shuffled", :"truth" CASCADE;
CREATE TABLE :"shuffled" AS
SELECT ('x' || substr(md5('key' || r::text || n), 1, 15))::bit(60)::int8 AS record_key, r.*
FROM (SELECT r, row_number() OVER () AS n FROM :"rows" r) numbered
CROSS JOIN LATERAL (SELECT (numbered.r).*) r
ORDER BY md5('row' || r::text || n);
CREATE TABLE :"truth" AS
SELECT record_key, cluster_id::text, to_jsonb(s)->>'source' AS source FROM :"shuffled" s;
CREATE UNIQUE INDEX ON :"truth" (record_key);

SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) AS columns,
       string_agg(quote_ident(attname) || CASE WHEN attname NOT IN ('record_key', 'source') THEN ' AS c' || number ELSE '' END,
                  ', ' ORDER BY attnum) AS unnamed_columns
FROM (SELECT attname, attnum, count(*) FILTER (WHERE attname NOT IN ('record_key', 'source')) OVER (ORDER BY attnum) AS number
      FROM pg_attribute WHERE attrelid = to_regclass(quote_ident(:'shuffled')) AND attnum > 0 AND attname <> 'cluster_id') c \gset
CREATE TABLE :"set" AS SELECT :columns FROM :"shuffled" ORDER BY md5(record_key::text);
CREATE TABLE :"unnamed" AS SELECT :unnamed_columns FROM :"shuffled" ORDER BY md5(record_key::text);
ANALYZE :"set", :"unnamed", :"truth";
DROP TABLE :"rows", :"shuffled";
