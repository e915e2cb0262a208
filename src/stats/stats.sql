--| ## stats: connected components
--|
--| Which ids belong together when pairs of them do: each id with the smallest one that it is linked to,
--| directly or through others. States can be stored and merged, so a refresh costs the new pairs only.
CREATE TYPE cdw.components_int8;

CREATE FUNCTION cdw.components_int8_in(value cstring) RETURNS cdw.components_int8
    AS 'MODULE_PATHNAME', 'cdw_components_int8_in' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cdw.components_int8_in IS
    'Input of type components_int8: a JSON array of components, each an array of ids';

CREATE FUNCTION cdw.components_int8_out(value cdw.components_int8) RETURNS cstring
    AS 'MODULE_PATHNAME', 'cdw_components_int8_out' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cdw.components_int8_out IS
    'Output of type components_int8: a JSON array of components, each an array of ids in order';

CREATE FUNCTION cdw.components_int8_recv(message internal) RETURNS cdw.components_int8
    AS 'MODULE_PATHNAME', 'cdw_components_int8_recv' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cdw.components_int8_recv IS 'Binary input of type components_int8';

CREATE FUNCTION cdw.components_int8_send(value cdw.components_int8) RETURNS bytea
    AS 'MODULE_PATHNAME', 'cdw_components_int8_send' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cdw.components_int8_send IS 'Binary output of type components_int8, the same on every platform';

CREATE TYPE cdw.components_int8 (
    INPUT = cdw.components_int8_in,
    OUTPUT = cdw.components_int8_out,
    RECEIVE = cdw.components_int8_recv,
    SEND = cdw.components_int8_send,
    INTERNALLENGTH = VARIABLE,
    ALIGNMENT = double,
    STORAGE = extended
);
COMMENT ON TYPE cdw.components_int8 IS 'Connected components of a graph of int8 ids, 12 bytes per id; mergeable';

CREATE TYPE cdw.components_text;

CREATE FUNCTION cdw.components_text_in(value cstring) RETURNS cdw.components_text
    AS 'MODULE_PATHNAME', 'cdw_components_text_in' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cdw.components_text_in IS
    'Input of type components_text: a JSON array of components, each an array of strings';

CREATE FUNCTION cdw.components_text_out(value cdw.components_text) RETURNS cstring
    AS 'MODULE_PATHNAME', 'cdw_components_text_out' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cdw.components_text_out IS
    'Output of type components_text: a JSON array of components, each an array of strings in C order';

CREATE FUNCTION cdw.components_text_recv(message internal) RETURNS cdw.components_text
    -- STABLE like textrecv: depends on the client's encoding
    AS 'MODULE_PATHNAME', 'cdw_components_text_recv' LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cdw.components_text_recv IS 'Binary input of type components_text, ids in the client''s encoding';

CREATE FUNCTION cdw.components_text_send(value cdw.components_text) RETURNS bytea
    -- STABLE like textsend: depends on the client's encoding
    AS 'MODULE_PATHNAME', 'cdw_components_text_send' LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cdw.components_text_send IS
    'Binary output of type components_text, the same on every platform, ids in the client''s encoding';

CREATE TYPE cdw.components_text (
    INPUT = cdw.components_text_in,
    OUTPUT = cdw.components_text_out,
    RECEIVE = cdw.components_text_recv,
    SEND = cdw.components_text_send,
    INTERNALLENGTH = VARIABLE,
    ALIGNMENT = double,
    STORAGE = extended
);
COMMENT ON TYPE cdw.components_text IS
    'Connected components of a graph of text ids, 8 bytes and its own per id; mergeable';

CREATE FUNCTION cdw.connected_components_accum(
    state cdw.components_int8,
    left_id int8,
    right_id int8
) RETURNS cdw.components_int8
    AS 'MODULE_PATHNAME', 'cdw_connected_components_accum'
    LANGUAGE C IMMUTABLE PARALLEL SAFE; -- not STRICT: starts from a NULL state, takes one NULL id
COMMENT ON FUNCTION cdw.connected_components_accum(cdw.components_int8, int8, int8) IS
    'Adds a pair of ids to a state; with one NULL the other id by itself, two leave it unchanged';

CREATE FUNCTION cdw.connected_components_accum(
    state cdw.components_text,
    left_id text,
    right_id text
) RETURNS cdw.components_text
    AS 'MODULE_PATHNAME', 'cdw_connected_components_accum_text'
    LANGUAGE C IMMUTABLE PARALLEL SAFE; -- not STRICT, as above
COMMENT ON FUNCTION cdw.connected_components_accum(cdw.components_text, text, text) IS
    'Adds a pair of ids to a state; with one NULL the other id by itself, two leave it unchanged';

CREATE FUNCTION cdw.connected_components_add(a cdw.components_int8, b cdw.components_int8)
    RETURNS cdw.components_int8
    AS 'MODULE_PATHNAME', 'cdw_connected_components_add' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cdw.connected_components_add(cdw.components_int8, cdw.components_int8) IS
    'Components of the pairs of both states';

CREATE FUNCTION cdw.connected_components_add(a cdw.components_text, b cdw.components_text)
    RETURNS cdw.components_text
    AS 'MODULE_PATHNAME', 'cdw_connected_components_add' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cdw.connected_components_add(cdw.components_text, cdw.components_text) IS
    'Components of the pairs of both states';

CREATE FUNCTION cdw.connected_components_final(state cdw.components_int8) RETURNS cdw.components_int8
    AS 'MODULE_PATHNAME', 'cdw_connected_components_final' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cdw.connected_components_final(cdw.components_int8) IS
    'Stored form of the state of an aggregate';

CREATE FUNCTION cdw.connected_components_final(state cdw.components_text) RETURNS cdw.components_text
    AS 'MODULE_PATHNAME', 'cdw_connected_components_final' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cdw.connected_components_final(cdw.components_text) IS
    'Stored form of the state of an aggregate';

CREATE AGGREGATE cdw.connected_components(left_id int8, right_id int8) (
    SFUNC = cdw.connected_components_accum,
    STYPE = cdw.components_int8,
    SSPACE = 512,
    FINALFUNC = cdw.connected_components_final,
    FINALFUNC_MODIFY = READ_ONLY,
    COMBINEFUNC = cdw.connected_components_add,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdw.connected_components(int8, int8) IS
    'Connected components of pairs of ids; with one NULL the other id is there by itself, rows of two are skipped';

CREATE AGGREGATE cdw.connected_components(left_id text, right_id text) (
    SFUNC = cdw.connected_components_accum,
    STYPE = cdw.components_text,
    SSPACE = 512,
    FINALFUNC = cdw.connected_components_final,
    FINALFUNC_MODIFY = READ_ONLY,
    COMBINEFUNC = cdw.connected_components_add,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdw.connected_components(text, text) IS
    'Connected components of pairs of ids, which are compared by their bytes; NULL as for int8';

CREATE AGGREGATE cdw.connected_components_merge(state cdw.components_int8) (
    SFUNC = cdw.connected_components_add,
    STYPE = cdw.components_int8,
    SSPACE = 512,
    FINALFUNC = cdw.connected_components_final,
    FINALFUNC_MODIFY = READ_ONLY,
    COMBINEFUNC = cdw.connected_components_add,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdw.connected_components_merge(cdw.components_int8) IS
    'Components of the pairs of all states; NULL states are skipped';

CREATE AGGREGATE cdw.connected_components_merge(state cdw.components_text) (
    SFUNC = cdw.connected_components_add,
    STYPE = cdw.components_text,
    SSPACE = 512,
    FINALFUNC = cdw.connected_components_final,
    FINALFUNC_MODIFY = READ_ONLY,
    COMBINEFUNC = cdw.connected_components_add,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE cdw.connected_components_merge(cdw.components_text) IS
    'Components of the pairs of all states; NULL states are skipped';

--| Reading a state.
CREATE FUNCTION cdw.components(state cdw.components_int8) RETURNS TABLE (id int8, component int8)
    AS 'MODULE_PATHNAME', 'cdw_components' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE ROWS 100000;
COMMENT ON FUNCTION cdw.components(cdw.components_int8) IS
    'A row for each id, in order: the id and the smallest id of its component';

CREATE FUNCTION cdw.components(state cdw.components_text) RETURNS TABLE (id text, component text)
    AS 'MODULE_PATHNAME', 'cdw_components' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE ROWS 100000;
COMMENT ON FUNCTION cdw.components(cdw.components_text) IS
    'A row for each id, in C order: the id and the smallest id of its component';

CREATE FUNCTION cdw.id_count(state cdw.components_int8) RETURNS int8
    AS 'MODULE_PATHNAME', 'cdw_id_count' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cdw.id_count(cdw.components_int8) IS 'Number of ids, 0 or more';

CREATE FUNCTION cdw.id_count(state cdw.components_text) RETURNS int8
    AS 'MODULE_PATHNAME', 'cdw_id_count' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cdw.id_count(cdw.components_text) IS 'Number of ids, 0 or more';

CREATE FUNCTION cdw.component_count(state cdw.components_int8) RETURNS int8
    AS 'MODULE_PATHNAME', 'cdw_component_count' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cdw.component_count(cdw.components_int8) IS 'Number of components, 0 or more';

CREATE FUNCTION cdw.component_count(state cdw.components_text) RETURNS int8
    AS 'MODULE_PATHNAME', 'cdw_component_count' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cdw.component_count(cdw.components_text) IS 'Number of components, 0 or more';
