--| RFM: recency, frequency and monetary value of customers

--| The state of one customer: first and last purchase, number of purchases, exact sum of amounts. States
--| can be stored and added, so a refresh costs what is new. They compare like rows of their fields: by
--| frequency, first_at, last_at and monetary, and of equal sums the one with fewer decimals comes first; so
--| equal means equal in everything that is shown. That serves DISTINCT, GROUP BY, ORDER BY and indexes; in
--| expressions the operators are written `OPERATOR(cdw.=)`, unless `cdw` is in the search_path.
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

CREATE FUNCTION cdw.rfm_lt(a cdw.rfm, b cdw.rfm) RETURNS bool
    AS 'MODULE_PATHNAME', 'cdw_rfm_lt' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cdw.rfm_lt IS 'Whether a comes before b';

CREATE FUNCTION cdw.rfm_le(a cdw.rfm, b cdw.rfm) RETURNS bool
    AS 'MODULE_PATHNAME', 'cdw_rfm_le' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cdw.rfm_le IS 'Whether a comes before b or equals it';

CREATE FUNCTION cdw.rfm_eq(a cdw.rfm, b cdw.rfm) RETURNS bool
    AS 'MODULE_PATHNAME', 'cdw_rfm_eq' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cdw.rfm_eq IS 'Whether a equals b in every field and in the decimals of the sum';

CREATE FUNCTION cdw.rfm_ne(a cdw.rfm, b cdw.rfm) RETURNS bool
    AS 'MODULE_PATHNAME', 'cdw_rfm_ne' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cdw.rfm_ne IS 'Whether a differs from b in a field or in the decimals of the sum';

CREATE FUNCTION cdw.rfm_ge(a cdw.rfm, b cdw.rfm) RETURNS bool
    AS 'MODULE_PATHNAME', 'cdw_rfm_ge' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cdw.rfm_ge IS 'Whether a comes after b or equals it';

CREATE FUNCTION cdw.rfm_gt(a cdw.rfm, b cdw.rfm) RETURNS bool
    AS 'MODULE_PATHNAME', 'cdw_rfm_gt' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cdw.rfm_gt IS 'Whether a comes after b';

CREATE FUNCTION cdw.rfm_cmp(a cdw.rfm, b cdw.rfm) RETURNS int
    AS 'MODULE_PATHNAME', 'cdw_rfm_cmp' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cdw.rfm_cmp IS 'Negative, 0 or positive as a comes before, equals or comes after b';

CREATE FUNCTION cdw.rfm_hash(value cdw.rfm) RETURNS int
    AS 'MODULE_PATHNAME', 'cdw_rfm_hash' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cdw.rfm_hash IS 'Hash of a state, 32 bits';

CREATE FUNCTION cdw.rfm_hash_extended(value cdw.rfm, seed int8) RETURNS int8
    AS 'MODULE_PATHNAME', 'cdw_rfm_hash_extended' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cdw.rfm_hash_extended IS 'Hash of a state and a seed, 64 bits';

CREATE OPERATOR cdw.< (
    FUNCTION = cdw.rfm_lt, LEFTARG = cdw.rfm, RIGHTARG = cdw.rfm, COMMUTATOR = OPERATOR(cdw.>), NEGATOR = OPERATOR(cdw.>=),
    RESTRICT = scalarltsel, JOIN = scalarltjoinsel
);
CREATE OPERATOR cdw.<= (
    FUNCTION = cdw.rfm_le, LEFTARG = cdw.rfm, RIGHTARG = cdw.rfm, COMMUTATOR = OPERATOR(cdw.>=), NEGATOR = OPERATOR(cdw.>),
    RESTRICT = scalarlesel, JOIN = scalarlejoinsel
);
CREATE OPERATOR cdw.= (
    FUNCTION = cdw.rfm_eq, LEFTARG = cdw.rfm, RIGHTARG = cdw.rfm, COMMUTATOR = OPERATOR(cdw.=), NEGATOR = OPERATOR(cdw.<>),
    RESTRICT = eqsel, JOIN = eqjoinsel, HASHES, MERGES
);
CREATE OPERATOR cdw.<> (
    FUNCTION = cdw.rfm_ne, LEFTARG = cdw.rfm, RIGHTARG = cdw.rfm, COMMUTATOR = OPERATOR(cdw.<>), NEGATOR = OPERATOR(cdw.=),
    RESTRICT = neqsel, JOIN = neqjoinsel
);
CREATE OPERATOR cdw.>= (
    FUNCTION = cdw.rfm_ge, LEFTARG = cdw.rfm, RIGHTARG = cdw.rfm, COMMUTATOR = OPERATOR(cdw.<=), NEGATOR = OPERATOR(cdw.<),
    RESTRICT = scalargesel, JOIN = scalargejoinsel
);
CREATE OPERATOR cdw.> (
    FUNCTION = cdw.rfm_gt, LEFTARG = cdw.rfm, RIGHTARG = cdw.rfm, COMMUTATOR = OPERATOR(cdw.<), NEGATOR = OPERATOR(cdw.<=),
    RESTRICT = scalargtsel, JOIN = scalargtjoinsel
);
COMMENT ON OPERATOR cdw.<(cdw.rfm, cdw.rfm) IS 'Comes before';
COMMENT ON OPERATOR cdw.<=(cdw.rfm, cdw.rfm) IS 'Comes before or equals';
COMMENT ON OPERATOR cdw.=(cdw.rfm, cdw.rfm) IS 'Equals in everything that is shown';
COMMENT ON OPERATOR cdw.<>(cdw.rfm, cdw.rfm) IS 'Differs';
COMMENT ON OPERATOR cdw.>=(cdw.rfm, cdw.rfm) IS 'Comes after or equals';
COMMENT ON OPERATOR cdw.>(cdw.rfm, cdw.rfm) IS 'Comes after';

-- Equal states have equal bytes, so that an index may keep one of them for many rows (function 4).
CREATE OPERATOR CLASS cdw.rfm_ops DEFAULT FOR TYPE cdw.rfm USING btree AS
    OPERATOR 1 cdw.<, OPERATOR 2 cdw.<=, OPERATOR 3 cdw.=, OPERATOR 4 cdw.>=, OPERATOR 5 cdw.>,
    FUNCTION 1 cdw.rfm_cmp(cdw.rfm, cdw.rfm),
    FUNCTION 4 pg_catalog.btequalimage(oid);
COMMENT ON OPERATOR CLASS cdw.rfm_ops USING btree IS 'By frequency, first_at, last_at, monetary and its decimals';

CREATE OPERATOR CLASS cdw.rfm_hash_ops DEFAULT FOR TYPE cdw.rfm USING hash AS
    OPERATOR 1 cdw.=,
    FUNCTION 1 cdw.rfm_hash(cdw.rfm),
    FUNCTION 2 cdw.rfm_hash_extended(cdw.rfm, int8);
COMMENT ON OPERATOR CLASS cdw.rfm_hash_ops USING hash IS 'Equality of states';

--| Building and adding states. Over a window frame that moves, rows are taken back as they leave it, exactly:
--| the window costs as much as its rows, whatever the length of the frame.
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

-- What takes rows into a window frame and out of it again.
CREATE FUNCTION cdw.rfm_moving_accum(state internal, at timestamptz, amount numeric) RETURNS internal
    AS 'MODULE_PATHNAME', 'cdw_rfm_moving_accum' LANGUAGE C IMMUTABLE PARALLEL SAFE; -- not STRICT: NULL rows are skipped
COMMENT ON FUNCTION cdw.rfm_moving_accum(internal, timestamptz, numeric) IS
    'Takes a purchase into a moving frame';

CREATE FUNCTION cdw.rfm_moving_accum_inverse(state internal, at timestamptz, amount numeric) RETURNS internal
    AS 'MODULE_PATHNAME', 'cdw_rfm_moving_accum_inverse' LANGUAGE C IMMUTABLE PARALLEL SAFE; -- not STRICT: NULL rows are skipped
COMMENT ON FUNCTION cdw.rfm_moving_accum_inverse(internal, timestamptz, numeric) IS
    'Takes the oldest purchase out of a moving frame';

CREATE FUNCTION cdw.rfm_moving_accum(state internal, at timestamptz, amount float8) RETURNS internal
    AS 'MODULE_PATHNAME', 'cdw_rfm_moving_accum_float8' LANGUAGE C IMMUTABLE PARALLEL SAFE; -- not STRICT: NULL rows are skipped
COMMENT ON FUNCTION cdw.rfm_moving_accum(internal, timestamptz, float8) IS
    'Takes a purchase, its amount cast to numeric, into a moving frame';

CREATE FUNCTION cdw.rfm_moving_accum_inverse(state internal, at timestamptz, amount float8) RETURNS internal
    AS 'MODULE_PATHNAME', 'cdw_rfm_moving_accum_float8_inverse' LANGUAGE C IMMUTABLE PARALLEL SAFE; -- not STRICT: NULL rows are skipped
COMMENT ON FUNCTION cdw.rfm_moving_accum_inverse(internal, timestamptz, float8) IS
    'Takes the oldest purchase, its amount cast to numeric, out of a moving frame';

CREATE FUNCTION cdw.rfm_moving_add(state internal, value cdw.rfm) RETURNS internal
    AS 'MODULE_PATHNAME', 'cdw_rfm_moving_add' LANGUAGE C IMMUTABLE PARALLEL SAFE; -- not STRICT: NULL rows are skipped
COMMENT ON FUNCTION cdw.rfm_moving_add(internal, cdw.rfm) IS
    'Takes a state into a moving frame';

CREATE FUNCTION cdw.rfm_moving_add_inverse(state internal, value cdw.rfm) RETURNS internal
    AS 'MODULE_PATHNAME', 'cdw_rfm_moving_add_inverse' LANGUAGE C IMMUTABLE PARALLEL SAFE; -- not STRICT: NULL rows are skipped
COMMENT ON FUNCTION cdw.rfm_moving_add_inverse(internal, cdw.rfm) IS
    'Takes the oldest state out of a moving frame';

CREATE FUNCTION cdw.rfm_moving_final(state internal) RETURNS cdw.rfm
    AS 'MODULE_PATHNAME', 'cdw_rfm_moving_final' LANGUAGE C IMMUTABLE PARALLEL SAFE; -- not STRICT: no row, no state
COMMENT ON FUNCTION cdw.rfm_moving_final(internal) IS
    'State of the purchases in a moving frame; NULL without any';

CREATE AGGREGATE cdw.rfm(at timestamptz, amount numeric) (
    SFUNC = cdw.rfm_accum,
    STYPE = cdw.rfm,
    SSPACE = 64,
    COMBINEFUNC = cdw.rfm_add,
    PARALLEL = SAFE,
    MSFUNC = cdw.rfm_moving_accum,
    MINVFUNC = cdw.rfm_moving_accum_inverse,
    MSTYPE = internal,
    MSSPACE = 1024,
    MFINALFUNC = cdw.rfm_moving_final
);
COMMENT ON AGGREGATE cdw.rfm(timestamptz, numeric) IS
    'State of all purchases; rows with a NULL time or amount are skipped, a negative amount counts only in the sum';

CREATE AGGREGATE cdw.rfm(at timestamptz, amount float8) (
    SFUNC = cdw.rfm_accum,
    STYPE = cdw.rfm,
    SSPACE = 64,
    COMBINEFUNC = cdw.rfm_add,
    PARALLEL = SAFE,
    MSFUNC = cdw.rfm_moving_accum,
    MINVFUNC = cdw.rfm_moving_accum_inverse,
    MSTYPE = internal,
    MSSPACE = 1024,
    MFINALFUNC = cdw.rfm_moving_final
);
COMMENT ON AGGREGATE cdw.rfm(timestamptz, float8) IS
    'State of all purchases, amounts cast to numeric one by one (15 significant digits)';

CREATE AGGREGATE cdw.rfm_merge(state cdw.rfm) (
    SFUNC = cdw.rfm_add,
    STYPE = cdw.rfm,
    SSPACE = 64,
    COMBINEFUNC = cdw.rfm_add,
    PARALLEL = SAFE,
    MSFUNC = cdw.rfm_moving_add,
    MINVFUNC = cdw.rfm_moving_add_inverse,
    MSTYPE = internal,
    MSSPACE = 1024,
    MFINALFUNC = cdw.rfm_moving_final
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
    'Scores 1 (worst) to bins (2 to 9) of a state among its partition; method quantile, ntile, nested or mean; NULL for a NULL state';

CREATE FUNCTION cdw.rfm_score_by_cuts(state cdw.rfm, as_of timestamptz, cuts jsonb) RETURNS cdw.rfm_scores
    AS 'MODULE_PATHNAME', 'cdw_rfm_score_by_cuts'
    LANGUAGE C IMMUTABLE PARALLEL SAFE; -- not STRICT: a NULL state scores NULL, a NULL parameter is an error
COMMENT ON FUNCTION cdw.rfm_score_by_cuts IS
    'Scores of a state by cuts like {"r": ["90 days", "30 days"], "f": [2, 5], "m": [100, 1000]}: 1 + cuts reached, 1 to 9';

--| A whole table at once.
CREATE FUNCTION cdw.rfm_table(
    source regclass,
    customer name,
    at name,
    amount name,
    as_of timestamptz DEFAULT pg_catalog.now(),
    bins int DEFAULT 5,
    method text DEFAULT 'quantile',
    order_id name DEFAULT NULL,
    cuts jsonb DEFAULT NULL,
    map jsonb DEFAULT NULL
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
    -- Not STRICT: a NULL argument is an error, a NULL order_id or cuts stands for none, a NULL map for the default one.
    -- PARALLEL RESTRICTED: it runs a query of its own, which may read temporary tables and rows of this transaction.
    LANGUAGE C STABLE PARALLEL RESTRICTED ROWS 10000 COST 10000;
COMMENT ON FUNCTION cdw.rfm_table IS
    'Recency, frequency, monetary value, scores (method quantile, ntile, nested, mean or cuts) and segment (of map; without one of scores 1 to 5) of each customer of a table of orders up to as_of';
