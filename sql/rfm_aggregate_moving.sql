-- cdw.rfm and cdw.rfm_merge over window frames that move: the same as the plain aggregate over the rows of the frame.
SET TimeZone = 'UTC';
\pset null '(null)'

-- Three rows at most: first and last purchase, sum and its decimals follow the frame
CREATE TABLE sales (i int, at timestamptz, amount numeric);
INSERT INTO sales VALUES
    (1, '2024-03-01', 10), (2, '2024-01-01', 5.5), (3, '2024-02-01', -1.25), (4, NULL, 100), (5, '2024-06-01', NULL),
    (6, '2024-01-15', 0.00001), (7, '2024-01-15', 3), (8, '2024-01-10', 2.50), (9, '2024-05-01', 1);
-- 1: 10 · 2: 15.5 · 3: 14.25 · 4: 2 and 3 · 5: 3 alone, a return · 6: 6 alone · 7: 6 and 7 · 8: 6 to 8 · 9: 7 to 9
SELECT i, cdw.rfm(at, amount) OVER (ORDER BY i ROWS 2 PRECEDING) FROM sales ORDER BY i;
-- Frames without a row, and with NULL rows only: NULL
SELECT i, cdw.rfm(at, amount) OVER (ORDER BY i ROWS BETWEEN 2 FOLLOWING AND 3 FOLLOWING) FROM sales WHERE i > 2 ORDER BY i;
SELECT i, cdw.rfm(at, amount) OVER (ORDER BY i ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) IS NULL AS is_null FROM sales WHERE i IN (4, 5) ORDER BY i;
-- An amount that is not finite is refused as it comes
SELECT cdw.rfm(at, CASE i WHEN 3 THEN 'NaN' ELSE amount END) OVER (ORDER BY i ROWS 2 PRECEDING) FROM sales;
SELECT cdw.rfm('infinity', amount) OVER (ORDER BY i ROWS 2 PRECEDING) FROM sales;

-- Random rows: times in no order, decimals of 0 to 7, sums beyond int64 that come back, returns, NULLs. A FILTER with a
-- volatile function keeps PostgreSQL from taking rows back, which makes it the plain aggregate over each frame
CREATE TABLE rows AS
SELECT i, i % 3 AS region,
       CASE WHEN hashint8(i * 3) % 17 <> 0 THEN timestamptz '2024-01-01' + (hashint8(i * 7) & 1023) * interval '1 hour' END AS at,
       CASE WHEN hashint8(i * 5) % 19 <> 0 THEN round((hashint8(i * 11) % 1000000)::numeric / 7, hashint8(i * 17) & 7)
            + CASE WHEN i % 97 = 0 THEN 922337203685477 WHEN i % 101 = 0 THEN 12345678901234567890.123456789 WHEN i % 103 = 0 THEN -922337203685477.5 ELSE 0 END END AS amount
FROM generate_series(1, 2000) i;
CREATE FUNCTION pg_temp.frames(frame text) RETURNS TABLE (window_frame text, rows bigint, of_numeric bigint, of_float8 bigint, of_merge bigint) LANGUAGE plpgsql AS $$
BEGIN
    RETURN QUERY EXECUTE format($query$
        SELECT %L, count(*), count(*) FILTER (WHERE moving::text IS DISTINCT FROM plain::text),
               count(*) FILTER (WHERE float_moving::text IS DISTINCT FROM float_plain::text),
               count(*) FILTER (WHERE merge_moving::text IS DISTINCT FROM plain::text)
        FROM (SELECT cdw.rfm(at, amount) OVER w AS moving, cdw.rfm(at, amount) FILTER (WHERE random() >= 0) OVER w AS plain,
                     cdw.rfm(at, amount::float8) OVER w AS float_moving, cdw.rfm(at, amount::float8) FILTER (WHERE random() >= 0) OVER w AS float_plain,
                     cdw.rfm_merge(state) OVER w AS merge_moving
              FROM (SELECT *, cdw.rfm_accum(NULL, at, amount) AS state FROM rows) r
              WINDOW w AS (PARTITION BY region ORDER BY i %s)) q
        $query$, frame, frame);
END
$$;
SELECT f.* FROM (VALUES ('ROWS 5 PRECEDING'), ('ROWS 100 PRECEDING'), ('ROWS BETWEEN 20 PRECEDING AND 10 PRECEDING'), ('ROWS BETWEEN 3 PRECEDING AND 50 FOLLOWING'),
    ('ROWS BETWEEN 10 FOLLOWING AND 30 FOLLOWING'), ('ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING'), ('RANGE BETWEEN 33 PRECEDING AND CURRENT ROW'),
    ('GROUPS BETWEEN 7 PRECEDING AND 7 FOLLOWING')) AS v(frame), pg_temp.frames(v.frame) f;

-- Work grows with the rows, not with the frame. A counter in the argument, which only says that it is immutable, counts
-- how often the argument is computed: each row once as it comes and once as it leaves
CREATE SEQUENCE computed;
CREATE FUNCTION pg_temp.counted(amount numeric) RETURNS numeric LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    PERFORM nextval('computed');
    RETURN amount;
END
$$;
SELECT count(s) FROM (SELECT cdw.rfm(at, pg_temp.counted(amount)) OVER (ORDER BY i ROWS 999 PRECEDING) AS s FROM rows) q;
SELECT last_value AS computed, 2000 + 1000 AS rows_that_come_and_leave FROM computed;

DROP TABLE sales, rows;
DROP SEQUENCE computed CASCADE;
