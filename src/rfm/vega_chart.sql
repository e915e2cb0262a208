--| ## RFM: charts
--|
--| Vega-Lite specifications (version 5) with their data inside, which browsers, notebooks and BI tools draw.

CREATE FUNCTION cdw.rfm_chart(
    cells jsonb,
    measure text DEFAULT 'customers',
    title text DEFAULT NULL,
    bins int DEFAULT 5
) RETURNS jsonb
    AS 'MODULE_PATHNAME', 'cdw_rfm_chart'
    LANGUAGE C IMMUTABLE PARALLEL SAFE; -- not STRICT: NULL cells draw an empty map, a NULL title is none given
COMMENT ON FUNCTION cdw.rfm_chart IS
    'Heat map of recency by frequency score as a Vega-Lite specification; cells: array of {"r", "f", "customers", "monetary"}, each r and f (1 to bins) once; measure customers or monetary';

CREATE FUNCTION cdw.rfm_movement_chart(
    cells jsonb,
    measure text DEFAULT 'customers',
    title text DEFAULT NULL
) RETURNS jsonb
    AS 'MODULE_PATHNAME', 'cdw_rfm_movement_chart'
    LANGUAGE C IMMUTABLE PARALLEL SAFE; -- not STRICT, as above
COMMENT ON FUNCTION cdw.rfm_movement_chart IS
    'Heat map of where customers came from and went to as a Vega-Lite specification; cells: array of rows of rfm_movements; measure customers, from_monetary or to_monetary';
