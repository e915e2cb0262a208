-- The charts that are looked at, written to :build.
\cd :build
CREATE TEMP TABLE orders AS
SELECT i AS id, 'c' || (hashint8(i) & 1023) % 400 AS customer, timestamptz '2024-01-01 00:00+00' + (hashint8(i * 7) & 1023) * interval '8 hours' AS at,
       ((hashint8(i * 13) & 4095) - 100)::numeric(12, 2) / 100 AS amount
FROM generate_series(1, 3000) i;
CREATE TEMP VIEW cell AS
SELECT r, f, count(*) AS customers, sum(monetary) AS monetary
FROM cdw.rfm_table('orders', 'customer', 'at', 'amount', '2024-12-31 00:00+00') GROUP BY r, f;

SELECT cdw.rfm_chart(jsonb_agg(c)) FROM cell c \g customers.json
-- not all cells: what is left out is empty
SELECT cdw.rfm_chart(jsonb_agg(c), 'monetary', 'Umsatz "nach" R × F – 销售额') FROM cell c WHERE r > 1 \g monetary.json
SELECT cdw.rfm_chart(NULL, bins => 3) \g empty.json
SELECT cdw.rfm_movement_chart(jsonb_agg(m)) FROM cdw.rfm_movements('orders', 'customer', 'at', 'amount', '2024-03-01 00:00+00', '2024-12-31 00:00+00') m \g movements.json
