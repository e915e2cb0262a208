-- RFM on the CDNOW purchases (23,570 customers, 69,659 transactions; Fader and Hardie 2001) against plain SQL.
--
--   psql -v data=/path/to/data -f test/accuracy/rfm_cdnow.sql
--
-- One line per check: name, customers compared, customers that differ (0 expected).
\set ON_ERROR_STOP on
\set QUIET on
\pset format unaligned
\pset tuples_only on
\pset fieldsep ' '
SET TimeZone = 'UTC';

CREATE TEMP TABLE cdnow (customer_id text, at date, cds int, dollars numeric);
\set copy '\\copy cdnow from program ''zcat ' :data '/clv_cdnow/cdnow_master.csv.gz'' with (format csv, header)'
:copy
\set as_of '1998-07-01 00:00+00'

CREATE TEMP TABLE facts AS
SELECT customer_id, max(at)::timestamptz AS last_at, min(at)::timestamptz AS first_at, count(*) AS frequency, sum(dollars) AS monetary
FROM cdnow GROUP BY customer_id;

CREATE TEMP TABLE states AS SELECT customer_id, cdw.rfm(at, dollars) AS state FROM cdnow GROUP BY customer_id;

SELECT 'rfm_facts', count(*),
       count(*) FILTER (WHERE (cdw.first_at(state), cdw.last_at(state), cdw.frequency(state), cdw.monetary(state)::text)
                              IS DISTINCT FROM (first_at, last_at, frequency, monetary::text))
FROM facts FULL JOIN states USING (customer_id);

-- weeks merged into one state against all rows at once
SELECT 'rfm_merged_weeks', count(*), count(*) FILTER (WHERE cdw.rfm_send(merged) IS DISTINCT FROM cdw.rfm_send(state))
FROM states FULL JOIN (SELECT customer_id, cdw.rfm_merge(state) AS merged
                       FROM (SELECT customer_id, cdw.rfm(at, dollars) AS state FROM cdnow GROUP BY customer_id, date_trunc('week', at)) weeks
                       GROUP BY customer_id) m USING (customer_id);

CREATE TEMP TABLE reference AS
SELECT customer_id, timestamptz :'as_of' - last_at AS recency, frequency, monetary,
       1 + 5 * (rank() OVER (ORDER BY last_at) - 1) / count(*) OVER () AS r,
       1 + 5 * (rank() OVER (ORDER BY frequency) - 1) / count(*) OVER () AS f,
       1 + 5 * (rank() OVER (ORDER BY monetary) - 1) / count(*) OVER () AS m,
       ntile(5) OVER (ORDER BY last_at, customer_id COLLATE "C") AS ntile_r,
       ntile(5) OVER (ORDER BY frequency, customer_id COLLATE "C") AS ntile_f,
       ntile(5) OVER (ORDER BY monetary, customer_id COLLATE "C") AS ntile_m
FROM facts;

SELECT 'rfm_score_quantile', count(*), count(*) FILTER (WHERE ((score).r, (score).f, (score).m) IS DISTINCT FROM (r, f, m))
FROM reference FULL JOIN (SELECT customer_id, cdw.rfm_score(state, :'as_of') OVER () AS score FROM states) s USING (customer_id);

SELECT 'rfm_score_ntile', count(*), count(*) FILTER (WHERE ((score).r, (score).f, (score).m) IS DISTINCT FROM (ntile_r, ntile_f, ntile_m))
FROM reference FULL JOIN (SELECT customer_id, cdw.rfm_score(state, :'as_of', 5, 'ntile') OVER (ORDER BY customer_id COLLATE "C") AS score
                          FROM states) s USING (customer_id);

SELECT 'rfm_table_quantile', count(*),
       count(*) FILTER (WHERE (t.recency, t.frequency, t.monetary::text, t.r, t.f, t.m) IS DISTINCT FROM (e.recency, e.frequency, e.monetary::text, e.r, e.f, e.m))
FROM reference e FULL JOIN cdw.rfm_table('cdnow', 'customer_id', 'at', 'dollars', :'as_of') t ON t.customer = e.customer_id;

SELECT 'rfm_table_ntile', count(*),
       count(*) FILTER (WHERE (t.recency, t.frequency, t.monetary::text, t.r, t.f, t.m)
                              IS DISTINCT FROM (e.recency, e.frequency, e.monetary::text, e.ntile_r, e.ntile_f, e.ntile_m))
FROM reference e FULL JOIN cdw.rfm_table('cdnow', 'customer_id', 'at', 'dollars', :'as_of', method => 'ntile') t ON t.customer = e.customer_id;

SELECT 'rfm_table_segment', count(*), count(*) FILTER (WHERE segment IS NULL OR segment IS DISTINCT FROM cdw.rfm_segment(r, f, m))
FROM cdw.rfm_table('cdnow', 'customer_id', 'at', 'dollars', :'as_of');
