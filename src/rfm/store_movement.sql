--| ## RFM: movements
--|
--| Which segment customers came from and went to between two times, computed from the orders as they are now, or read from
--| what a store has recorded. A segment is NULL where the customer had no order by then, '(none)' where no segment fits.

CREATE FUNCTION cdw.rfm_moves(
    source regclass,
    customer name,
    at name,
    amount name,
    from_time timestamptz,
    to_time timestamptz,
    bins int DEFAULT 5,
    method text DEFAULT 'quantile',
    order_id name DEFAULT NULL,
    map jsonb DEFAULT NULL
) RETURNS TABLE (
    customer text,
    from_segment text,
    to_segment text,
    from_monetary numeric,
    to_monetary numeric
)
    LANGUAGE SQL STABLE PARALLEL RESTRICTED ROWS 10000 -- as cdw.rfm_table, which it calls
BEGIN ATOMIC
    WITH a AS (
        SELECT t.customer, t.monetary, COALESCE(
                   CASE WHEN rfm_moves.map IS NULL THEN t.segment
                        ELSE cdw.rfm_segment(t.r, t.f, t.m, rfm_moves.map) END, '(none)') AS segment
        FROM cdw.rfm_table(rfm_moves.source, rfm_moves.customer, rfm_moves.at, rfm_moves.amount,
                           as_of => rfm_moves.from_time, bins => rfm_moves.bins, method => rfm_moves.method,
                           order_id => rfm_moves.order_id) AS t
    ), b AS (
        SELECT t.customer, t.monetary, COALESCE(
                   CASE WHEN rfm_moves.map IS NULL THEN t.segment
                        ELSE cdw.rfm_segment(t.r, t.f, t.m, rfm_moves.map) END, '(none)') AS segment
        FROM cdw.rfm_table(rfm_moves.source, rfm_moves.customer, rfm_moves.at, rfm_moves.amount,
                           as_of => rfm_moves.to_time, bins => rfm_moves.bins, method => rfm_moves.method,
                           order_id => rfm_moves.order_id) AS t
    )
    SELECT COALESCE(a.customer, b.customer), a.segment, b.segment, a.monetary, b.monetary
    FROM a FULL JOIN b ON a.customer OPERATOR(pg_catalog.=) b.customer;
END;
COMMENT ON FUNCTION cdw.rfm_moves(regclass, name, name, name, timestamptz, timestamptz, int, text, name, jsonb) IS
    'Segment and monetary value of each customer at two times, from the orders up to each; segment NULL: no customer then, (none): none fits';

CREATE FUNCTION cdw.rfm_moves(name text, from_time timestamptz, to_time timestamptz) RETURNS TABLE (
    customer text,
    from_segment text,
    to_segment text,
    from_monetary numeric,
    to_monetary numeric
)
    AS 'MODULE_PATHNAME', 'cdw_rfm_moves'
    -- Not STRICT: a NULL argument is an error. PARALLEL RESTRICTED: it runs a query of its own.
    LANGUAGE C STABLE PARALLEL RESTRICTED ROWS 10000;
COMMENT ON FUNCTION cdw.rfm_moves(text, timestamptz, timestamptz) IS
    'Segment and monetary value of each customer at two times, as a store recorded them; segment NULL: no customer then, (none): none fits';

CREATE FUNCTION cdw.rfm_movements(
    source regclass,
    customer name,
    at name,
    amount name,
    from_time timestamptz,
    to_time timestamptz,
    bins int DEFAULT 5,
    method text DEFAULT 'quantile',
    order_id name DEFAULT NULL,
    map jsonb DEFAULT NULL
) RETURNS TABLE (
    from_segment text,
    to_segment text,
    customers int8,
    from_monetary numeric,
    to_monetary numeric
)
    LANGUAGE SQL STABLE PARALLEL RESTRICTED ROWS 100 -- as cdw.rfm_moves, which it calls
BEGIN ATOMIC
    SELECT m.from_segment, m.to_segment, pg_catalog.count(*), pg_catalog.sum(m.from_monetary), pg_catalog.sum(m.to_monetary)
    FROM cdw.rfm_moves(rfm_movements.source, rfm_movements.customer, rfm_movements.at, rfm_movements.amount,
                       rfm_movements.from_time, rfm_movements.to_time, rfm_movements.bins, rfm_movements.method,
                       rfm_movements.order_id, rfm_movements.map) AS m
    GROUP BY m.from_segment, m.to_segment
    ORDER BY m.from_segment COLLATE "C", m.to_segment COLLATE "C";
END;
COMMENT ON FUNCTION cdw.rfm_movements(regclass, name, name, name, timestamptz, timestamptz, int, text, name, jsonb) IS
    'How many customers went from which segment to which between two times, and what they had spent by each; segments as in rfm_moves';

CREATE FUNCTION cdw.rfm_movements(name text, from_time timestamptz, to_time timestamptz) RETURNS TABLE (
    from_segment text,
    to_segment text,
    customers int8,
    from_monetary numeric,
    to_monetary numeric
)
    LANGUAGE SQL STABLE PARALLEL RESTRICTED ROWS 100
BEGIN ATOMIC
    SELECT m.from_segment, m.to_segment, pg_catalog.count(*), pg_catalog.sum(m.from_monetary), pg_catalog.sum(m.to_monetary)
    FROM cdw.rfm_moves(rfm_movements.name, rfm_movements.from_time, rfm_movements.to_time) AS m
    GROUP BY m.from_segment, m.to_segment
    ORDER BY m.from_segment COLLATE "C", m.to_segment COLLATE "C";
END;
COMMENT ON FUNCTION cdw.rfm_movements(text, timestamptz, timestamptz) IS
    'How many customers went from which segment to which between two times, as a store recorded them, and what they had spent by each';
