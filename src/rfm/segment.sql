--| Segments of scores: maps in jsonb, first match wins.
CREATE FUNCTION cdw.rfm_segment(r int, f int, m int, map jsonb DEFAULT NULL) RETURNS text
    AS 'MODULE_PATHNAME', 'cdw_rfm_segment'
    LANGUAGE C IMMUTABLE PARALLEL SAFE; -- not STRICT: a NULL map stands for the default map
COMMENT ON FUNCTION cdw.rfm_segment IS
    'First segment of map that matches the scores, or one of ten default segments of scores 1 to 5; NULL for no match';

CREATE FUNCTION cdw.check_segment_map(map jsonb, bins int DEFAULT 5) RETURNS TABLE (
    problem text,
    segment text,
    cells int,
    path text,
    detail text
)
    AS 'MODULE_PATHNAME', 'cdw_check_segment_map'
    LANGUAGE C IMMUTABLE PARALLEL SAFE ROWS 10; -- not STRICT: a NULL argument is an error
COMMENT ON FUNCTION cdw.check_segment_map IS
    'Segments that former ones leave no cell (dead) or share cells with (overlap), and cells of bins^3 without any (uncovered)';

CREATE FUNCTION cdw.segment_map(name text) RETURNS jsonb
    AS 'MODULE_PATHNAME', 'cdw_segment_map' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cdw.segment_map IS
    'Segment map by name: default (scores 1 to 5), eight or eight_english (scores 1 and 2 against the mean)';

--| Rules over the columns of any row: the first that holds grades it, all that hold tag it.
CREATE FUNCTION cdw.grade("row" record, rules jsonb) RETURNS text
    AS 'MODULE_PATHNAME', 'cdw_grade'
    LANGUAGE C STABLE STRICT PARALLEL SAFE; -- STABLE: constants are read by the input of their types
COMMENT ON FUNCTION cdw.grade IS
    'Tag of the first rule that holds for a row; NULL where none does. No comparison holds for a NULL column';

CREATE FUNCTION cdw.tags("row" record, rules jsonb) RETURNS text[]
    AS 'MODULE_PATHNAME', 'cdw_tags'
    LANGUAGE C STABLE STRICT PARALLEL SAFE; -- STABLE, as above
COMMENT ON FUNCTION cdw.tags IS
    'Tags of all rules that hold for a row, in their order, each once; an empty array where none does';

CREATE FUNCTION cdw.check_tags(rules jsonb, source regclass DEFAULT NULL) RETURNS TABLE (
    problem text,
    tag text,
    path text,
    detail text,
    hint text
)
    AS 'MODULE_PATHNAME', 'cdw_check_tags'
    LANGUAGE C STABLE PARALLEL SAFE ROWS 10; -- not STRICT: a NULL source stands for none
COMMENT ON FUNCTION cdw.check_tags IS
    'What is wrong with rules for rows of source: invalid, unknown column, type mismatch, impossible, dead, overlap, uncovered';

CREATE FUNCTION cdw.grade_rules(name text) RETURNS jsonb
    AS 'MODULE_PATHNAME', 'cdw_grade_rules' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cdw.grade_rules IS 'Rules by name, to be copied and changed: vip_regular_new or value_potential';

CREATE FUNCTION cdw.presets() RETURNS TABLE (
    kind text,
    name text,
    description text,
    document jsonb
)
    AS 'MODULE_PATHNAME', 'cdw_presets' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE ROWS 5;
COMMENT ON FUNCTION cdw.presets IS 'Segment maps and grade rules that come with the extension';
