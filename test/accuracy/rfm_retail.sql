-- RFM on the UCI Online Retail invoice lines, with returns and lines without customer, against plain SQL.
--
--   psql -v data=/path/to/data -f test/accuracy/rfm_retail.sql
--
-- One line per check: name, customers compared, customers that differ (0 expected).
\set ON_ERROR_STOP on
\set QUIET on
\pset format unaligned
\pset tuples_only on
\pset fieldsep ' '
SET TimeZone = 'UTC';

CREATE TEMP TABLE retail (invoice_no text, stock_code text, description text, quantity int, invoice_ts timestamp, unit_price numeric,
    customer_id text, country text, amount numeric GENERATED ALWAYS AS (quantity * unit_price) STORED);
\set columns '(invoice_no, stock_code, description, quantity, invoice_ts, unit_price, customer_id, country)'
\set copy '\\copy retail ' :columns ' from program ''zcat ' :data '/retail_online_uci/online_retail_dev.csv.gz'' with (format csv, header)'
:copy
\set as_of '2011-09-01 00:00+00'

-- Each line a purchase, a return where it is negative
CREATE TEMP TABLE by_line AS
SELECT customer_id, max(invoice_ts) FILTER (WHERE amount >= 0) AS last_at, count(*) FILTER (WHERE amount >= 0) AS frequency, sum(amount) AS monetary
FROM retail WHERE customer_id IS NOT NULL AND invoice_ts <= timestamp '2011-09-01' GROUP BY customer_id;

-- Each invoice a purchase, a return where its total is negative
CREATE TEMP TABLE by_invoice AS
SELECT customer_id, max(at) FILTER (WHERE amount >= 0) AS last_at, count(*) FILTER (WHERE amount >= 0) AS frequency, sum(amount) AS monetary
FROM (SELECT customer_id, invoice_no, max(invoice_ts) AS at, sum(amount) AS amount FROM retail
      WHERE customer_id IS NOT NULL AND invoice_ts <= timestamp '2011-09-01' GROUP BY customer_id, invoice_no) invoice
GROUP BY customer_id;

CREATE FUNCTION pg_temp.compare(expected regclass, order_id name) RETURNS TABLE (customers bigint, differences bigint) LANGUAGE plpgsql AS $$
BEGIN
    RETURN QUERY EXECUTE format($query$
        SELECT count(*), count(*) FILTER (WHERE (t.recency, t.frequency, t.monetary::text, t.r, t.f, t.m)
                                                IS DISTINCT FROM (e.recency, e.frequency, e.monetary::text, e.r, e.f, e.m))
        FROM (SELECT customer_id, timestamp '2011-09-01' - last_at AS recency, frequency, monetary,
                     1 + 5 * (rank() OVER (ORDER BY last_at NULLS FIRST) - 1) / count(*) OVER () AS r,
                     1 + 5 * (rank() OVER (ORDER BY frequency) - 1) / count(*) OVER () AS f,
                     1 + 5 * (rank() OVER (ORDER BY monetary) - 1) / count(*) OVER () AS m
              FROM %s) e
        FULL JOIN cdw.rfm_table('retail', 'customer_id', 'invoice_ts', 'amount', '2011-09-01 00:00+00', order_id => %L) t
               ON t.customer = e.customer_id$query$, expected, order_id);
END
$$;
SELECT 'rfm_table_lines', * FROM pg_temp.compare('by_line', NULL);
SELECT 'rfm_table_invoices', * FROM pg_temp.compare('by_invoice', 'invoice_no');
