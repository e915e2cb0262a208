-- The types components_int8 and components_text: text and binary form, and what they refuse.

-- Text that round-trips
SELECT value, value::cdw.components_int8::text = value AS round_trips FROM (VALUES
    ('[]'), ('[[1]]'), ('[[1,2,5],[3,7]]'), ('[[-9223372036854775808,9223372036854775807],[0]]')) AS t(value);
SELECT value, value::cdw.components_text::text = value AS round_trips FROM (VALUES
    ('[]'), ('[[""]]'), ('[["a","b c"],["x"]]'), ('[["\"\\","é"],["{}[],"]]'), ('[["\b\f\n\r\t\u0001","王😀"]]')) AS t(value);

-- Accepted in any order, with blanks and escapes, and written in the one form; components that share an id are one
SELECT E' [ [ 5 ,\t-0 ] ,\n[ 3 ] , [007 , 5] ] '::cdw.components_int8,
       '[["b","a"],["\u0061","\u738B\ud83d\uDE00\/"]]'::cdw.components_text;

-- It is JSON
SELECT '[[1,2],[3]]'::cdw.components_int8::text::jsonb -> 0, '[["a\"","b"]]'::cdw.components_text::text::jsonb #>> '{0,0}';

-- Hostile text: 22P02 each
CREATE FUNCTION pg_temp.error(value text, type regtype) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    detail text;
BEGIN
    EXECUTE format('SELECT %L::%s', value, type);
    RETURN 'accepted';
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL;
    RETURN SQLSTATE || ' ' || SQLERRM || ': ' || detail;
END
$$;
SELECT value, pg_temp.error(value, 'cdw.components_int8') FROM (VALUES
    (''), ('['), (']'), ('[[]]'), ('[1]'), ('[[1]'), ('[[1],]'), ('[[1,]]'), ('[[,1]]'), ('[[1]]x'), ('[[1]] []'), ('[[1 2]]'), ('[[1][2]]'), ('{{1}}'),
    ('[["1"]]'), ('[[1.0]]'), ('[[1e3]]'), ('[[0x1]]'), ('[[-]]'), ('[[--1]]'), ('[[+1]]'), ('[[null]]'),
    ('[[9223372036854775808]]'), ('[[-9223372036854775809]]'), ('[[1,99999999999999999999999]]'), ('\x4343')) AS t(value);
SELECT value, pg_temp.error(value, 'cdw.components_text') FROM (VALUES
    (''), ('[[]]'), ('[[a]]'), ('[["a]]'), ('[["a"'), ('[["a""b"]]'), ('[[''a'']]'), ('[["\'), ('[["\a"]]'), ('[["\u12"]]'), ('[["\u12g4"]]'), ('[["\u0000"]]'),
    ('[["\ud83d"]]'), ('[["\ude00"]]'), ('[["\ud83d\ud83d"]]'), ('[["\ud83dx"]]'), ('[["\ud83d\u"]]'), ('[[1]]'), ('[["a"]] "')) AS t(value);

-- Binary form. A message is received by COPY from a binary file of one row and one column, which printf
-- writes in octal.
CREATE FUNCTION pg_temp.receive(message bytea, type regtype) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    file bytea := '\x5047434f50590aff0d0a00' || decode('0000000000000000', 'hex') || '\x0001'
                  || int4send(length(message)) || message || '\xffff';
    octal text;
    detail text;
    result text;
BEGIN
    SELECT string_agg('\' || (b / 64)::text || (b / 8 % 8)::text || (b % 8)::text, '' ORDER BY i) INTO octal
    FROM (SELECT i, get_byte(file, i) AS b FROM generate_series(0, length(file) - 1) i) bytes;
    EXECUTE format('CREATE TEMP TABLE received (state %s) ON COMMIT DROP', type);
    EXECUTE format('COPY received FROM PROGRAM %L (FORMAT binary)', 'printf ''' || octal || '''');
    SELECT state::text INTO result FROM received;
    DROP TABLE received;
    RETURN result;
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL;
    RETURN SQLSTATE || ' ' || coalesce(nullif(detail, ''), SQLERRM);
END
$$;

-- What is sent comes back
SELECT state, cdw.components_int8_send(state), pg_temp.receive(cdw.components_int8_send(state), 'cdw.components_int8') = state::text AS round_trips
FROM (VALUES ('[]'::cdw.components_int8), ('[[1,3],[2]]'), ('[[-1]]')) AS t(state);
SELECT state, cdw.components_text_send(state), pg_temp.receive(cdw.components_text_send(state), 'cdw.components_text') = state::text AS round_trips
FROM (VALUES ('[]'::cdw.components_text), ('[["a","é"],["b"]]'), ('[[""]]')) AS t(state);

-- Crafted messages: 22P03 each but for those that are good; 22021 for text that is not UTF-8
SELECT what, pg_temp.receive(message, 'cdw.components_int8') FROM (
    SELECT '\x43430101'::bytea AS magic, int4send(2) AS two, int8send(1) AS id1, int8send(2) AS id2, int4send(0) AS place0, int4send(1) AS place1) AS part,
LATERAL (VALUES
    (1, 'good', magic || two || id1 || place0 || id2 || place0),
    (2, 'good, two components', magic || two || id1 || place0 || id2 || place1),
    (3, 'empty', ''),
    (4, 'magic alone', magic),
    (5, 'header alone', magic || two),
    (6, 'cut', magic || two || id1 || place0 || id2 || '\x0000'),
    (7, 'one id too few', magic || two || id1 || place0),
    (8, 'trailing byte', magic || two || id1 || place0 || id2 || place0 || '\x00'),
    (9, 'other magic', '\x43440101' || two || id1 || place0 || id2 || place0),
    (10, 'other version', '\x43430102' || two || id1 || place0 || id2 || place0),
    (11, 'of text', '\x43430201' || two || id1 || place0 || id2 || place0),
    (12, 'huge count', magic || '\xffffffff' || id1 || place0 || id2 || place0),
    (13, 'count that wraps around', magic || '\x15555556' || id1 || place0 || id2 || place0),
    (14, 'twice the same id', magic || two || id1 || place0 || id1 || place0),
    (15, 'out of order', magic || two || id2 || place0 || id1 || place0),
    (16, 'place behind its own', magic || two || id1 || place1 || id2 || place1),
    (17, 'place out of range', magic || two || id1 || place0 || id2 || '\x7fffffff'),
    (18, 'negative place', magic || two || id1 || place0 || id2 || '\xffffffff'),
    (19, 'place of an id that is not the first', magic || int4send(3) || id1 || place0 || id2 || place0 || int8send(3) || place1)
) AS t(id, what, message) ORDER BY id;
SELECT what, pg_temp.receive(message, 'cdw.components_text') FROM (
    SELECT '\x43430201'::bytea AS magic, int4send(1) AS one, int4send(2) AS two, int4send(1) || 'a'::bytea AS a, int4send(1) || 'b'::bytea AS b,
           int4send(0) AS place0, int4send(1) AS place1) AS part,
LATERAL (VALUES
    (1, 'good', magic || two || a || place0 || b || place0),
    (2, 'good, in the order of another encoding', magic || two || b || place0 || a || place0),
    (3, 'cut in a length', magic || one || '\x000000'),
    (4, 'cut in a text', magic || one || int4send(9) || 'a'::bytea || place0),
    (5, 'no place', magic || one || int4send(4) || 'abcd'::bytea),
    (6, 'negative length', magic || one || '\xffffffff' || place0),
    (7, 'huge length', magic || one || '\x7fffffff' || place0),
    (8, 'twice the same id', magic || two || a || place0 || a || place0),
    (9, 'place behind its own', magic || two || a || place1 || b || place1),
    (10, 'trailing byte', magic || one || a || place0 || '\x00'),
    (11, 'zero byte', magic || one || int4send(1) || '\x00'::bytea || place0),
    (12, 'no UTF-8', magic || one || int4send(1) || '\xff'::bytea || place0),
    (13, 'huge count', magic || '\x7fffffff' || a || place0),
    (14, 'of numbers', '\x43430101' || one || a || place0)
) AS t(id, what, message) ORDER BY id;

-- Stored, compressed and out of line, values stay what they are
CREATE TABLE stored AS
SELECT n, (SELECT cdw.connected_components(i, i / 3) FROM generate_series(1, n) AS i) AS number,
       (SELECT cdw.connected_components('id ' || i, 'id ' || i / 3) FROM generate_series(1, n) AS i) AS string
FROM (VALUES (1), (5), (100), (50000)) AS t(n);
SELECT n, cdw.id_count(number), cdw.component_count(string), pg_column_size(number) < 12 * cdw.id_count(number) AS compressed,
       number::text::cdw.components_int8::text = number::text AS number, string::text::cdw.components_text::text = string::text AS string
FROM stored ORDER BY n;
DROP TABLE stored;
