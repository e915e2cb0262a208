--| RFM: recency, frequency and monetary value of customers

--| The state of one customer: first and last purchase, number of purchases, exact sum of amounts. States
--| can be stored and added, so a refresh costs what is new.
CREATE TYPE cdw.rfm;

CREATE FUNCTION cdw.rfm_in(value cstring) RETURNS cdw.rfm
    AS 'MODULE_PATHNAME', 'cdw_rfm_in' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cdw.rfm_in IS 'Input of type rfm: (frequency,first_at,last_at,monetary), times in UTC';

CREATE FUNCTION cdw.rfm_out(value cdw.rfm) RETURNS cstring
    AS 'MODULE_PATHNAME', 'cdw_rfm_out' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cdw.rfm_out IS 'Output of type rfm: (frequency,first_at,last_at,monetary), times in UTC';

CREATE FUNCTION cdw.rfm_recv(message internal) RETURNS cdw.rfm
    AS 'MODULE_PATHNAME', 'cdw_rfm_recv' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cdw.rfm_recv IS 'Binary input of type rfm';

CREATE FUNCTION cdw.rfm_send(value cdw.rfm) RETURNS bytea
    AS 'MODULE_PATHNAME', 'cdw_rfm_send' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cdw.rfm_send IS 'Binary output of type rfm, the same on every platform';

CREATE TYPE cdw.rfm (
    INPUT = cdw.rfm_in,
    OUTPUT = cdw.rfm_out,
    RECEIVE = cdw.rfm_recv,
    SEND = cdw.rfm_send,
    INTERNALLENGTH = VARIABLE,
    ALIGNMENT = double,
    STORAGE = extended
);
COMMENT ON TYPE cdw.rfm IS 'Purchases of one customer: frequency, first and last time, exact monetary sum; mergeable';

CREATE FUNCTION cdw.rfm_accum(state cdw.rfm, at timestamptz, amount numeric) RETURNS cdw.rfm
    AS 'MODULE_PATHNAME', 'cdw_rfm_accum'
    LANGUAGE C IMMUTABLE PARALLEL SAFE; -- not STRICT: starts from a NULL state, skips NULL rows
COMMENT ON FUNCTION cdw.rfm_accum(cdw.rfm, timestamptz, numeric) IS
    'Adds one purchase to a state; a NULL time or amount leaves it unchanged';

CREATE FUNCTION cdw.rfm_accum(state cdw.rfm, at timestamptz, amount float8) RETURNS cdw.rfm
    AS 'MODULE_PATHNAME', 'cdw_rfm_accum_float8'
    LANGUAGE C IMMUTABLE PARALLEL SAFE; -- not STRICT, as above
COMMENT ON FUNCTION cdw.rfm_accum(cdw.rfm, timestamptz, float8) IS
    'Adds one purchase to a state, its amount cast to numeric; a NULL time or amount leaves it unchanged';

CREATE FUNCTION cdw.rfm_add(a cdw.rfm, b cdw.rfm) RETURNS cdw.rfm
    AS 'MODULE_PATHNAME', 'cdw_rfm_add' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cdw.rfm_add IS 'State of the purchases of both states';

CREATE AGGREGATE cdw.rfm(at timestamptz, amount numeric) (
    SFUNC = cdw.rfm_accum,
    STYPE = cdw.rfm,
    SSPACE = 64,
    COMBINEFUNC = cdw.rfm_add,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdw.rfm(timestamptz, numeric) IS
    'State of all purchases; rows with a NULL time or amount are skipped, a negative amount counts only in the sum';

CREATE AGGREGATE cdw.rfm(at timestamptz, amount float8) (
    SFUNC = cdw.rfm_accum,
    STYPE = cdw.rfm,
    SSPACE = 64,
    COMBINEFUNC = cdw.rfm_add,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdw.rfm(timestamptz, float8) IS
    'State of all purchases, amounts cast to numeric one by one (15 significant digits)';

CREATE AGGREGATE cdw.rfm_merge(state cdw.rfm) (
    SFUNC = cdw.rfm_add,
    STYPE = cdw.rfm,
    SSPACE = 64,
    COMBINEFUNC = cdw.rfm_add,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdw.rfm_merge(cdw.rfm) IS 'State of the purchases of all states; NULL states are skipped';

--| Reading a state.
CREATE FUNCTION cdw.recency(rfm cdw.rfm, as_of timestamptz) RETURNS interval
    AS 'MODULE_PATHNAME', 'cdw_recency' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cdw.recency IS
    'Time since the last purchase in days of 24 hours; negative when it comes after as_of, NULL without a purchase';

CREATE FUNCTION cdw.frequency(rfm cdw.rfm) RETURNS int8
    AS 'MODULE_PATHNAME', 'cdw_frequency' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cdw.frequency IS 'Number of purchases (amount of 0 or more), 0 or more';

CREATE FUNCTION cdw.monetary(rfm cdw.rfm) RETURNS numeric
    AS 'MODULE_PATHNAME', 'cdw_monetary' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cdw.monetary IS 'Sum of all amounts, returns included, exactly as sum(numeric)';

CREATE FUNCTION cdw.average_amount(rfm cdw.rfm) RETURNS numeric
    AS 'MODULE_PATHNAME', 'cdw_average_amount' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cdw.average_amount IS 'Sum of all amounts per purchase; NULL without a purchase';

CREATE FUNCTION cdw.first_at(rfm cdw.rfm) RETURNS timestamptz
    AS 'MODULE_PATHNAME', 'cdw_first_at' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cdw.first_at IS 'Time of the first purchase; NULL without a purchase';

CREATE FUNCTION cdw.last_at(rfm cdw.rfm) RETURNS timestamptz
    AS 'MODULE_PATHNAME', 'cdw_last_at' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cdw.last_at IS 'Time of the last purchase; NULL without a purchase';

--| Scores among customers.
CREATE TYPE cdw.rfm_scores AS (r int2, f int2, m int2);
COMMENT ON TYPE cdw.rfm_scores IS 'Scores of recency, frequency and monetary value, 1 (worst) to the number of bins';

CREATE FUNCTION cdw.rfm_score(
    state cdw.rfm,
    as_of timestamptz,
    bins int DEFAULT 5,
    method text DEFAULT 'quantile'
) RETURNS cdw.rfm_scores
    AS 'MODULE_PATHNAME', 'cdw_rfm_score'
    LANGUAGE C WINDOW IMMUTABLE PARALLEL SAFE; -- not STRICT: a NULL state scores NULL, a NULL parameter is an error
COMMENT ON FUNCTION cdw.rfm_score IS
    'Scores 1 (worst) to bins (2 to 9) of a state among its partition; method quantile or ntile; NULL for a NULL state';

--| A whole table at once.
CREATE FUNCTION cdw.rfm_table(
    source regclass,
    customer name,
    at name,
    amount name,
    as_of timestamptz DEFAULT pg_catalog.now(),
    bins int DEFAULT 5,
    method text DEFAULT 'quantile',
    order_id name DEFAULT NULL
) RETURNS TABLE (
    customer text,
    recency interval,
    frequency int8,
    monetary numeric,
    r int2,
    f int2,
    m int2,
    segment text
)
    AS 'MODULE_PATHNAME', 'cdw_rfm_table'
    -- Not STRICT: a NULL argument is an error, a NULL order_id stands for none. PARALLEL RESTRICTED: it
    -- runs a query of its own, which may read temporary tables and rows of this transaction.
    LANGUAGE C STABLE PARALLEL RESTRICTED ROWS 10000 COST 10000;
COMMENT ON FUNCTION cdw.rfm_table IS
    'Recency, frequency, monetary value, scores and segment (bins = 5) of each customer of a table of orders up to as_of';
