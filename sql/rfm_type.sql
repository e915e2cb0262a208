-- The type cdw.rfm: text and binary form, and what they refuse.
SET TimeZone = 'Asia/Tokyo';
SET DateStyle = 'SQL, DMY';

-- Text that round-trips, whatever the session's settings
SELECT value, value::cdw.rfm::text = value AS round_trips FROM (VALUES
    ('(3,2024-01-01T00:00:00Z,2024-03-01T12:30:00.5Z,120.50)'),
    ('(0,,,-12.00)'),
    ('(0,,,0)'),
    ('(1,2024-02-29T23:59:59.999999Z,2024-02-29T23:59:59.999999Z,0.0001)'),
    ('(1,2024-02-29T00:00:00.000001Z,2024-02-29T00:00:00.0001Z,0.00001)'),
    ('(9223372036854775807,-4712-01-01T00:00:00Z,294276-12-31T23:59:59.999999Z,1)'),
    ('(2,0000-02-29T00:00:00Z,0001-01-01T00:00:00Z,922337203685477.5807)'),
    ('(2,0000-02-29T00:00:00Z,0001-01-01T00:00:00Z,922337203685477.5808)'),
    ('(2,0000-02-29T00:00:00Z,0001-01-01T00:00:00Z,-922337203685477.5808)'),
    ('(2,0000-02-29T00:00:00Z,0001-01-01T00:00:00Z,123456789012345678901234567890.123456789)')
) AS t(value);

-- Accepted and written in the one form
SELECT '(007,2024-01-01T00:00:00.50Z,2024-01-01T0:0:1Z,-0.10)'::cdw.rfm;

-- The time shown is UTC: 08:00 in Tokyo is 23:00 of the day before
SELECT cdw.rfm(timestamptz '2024-05-05 08:00+09', 1);

-- Hostile text: 22P02 each
CREATE FUNCTION pg_temp.rfm_error(value text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    detail text;
BEGIN
    PERFORM value::cdw.rfm;
    RETURN 'accepted';
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL;
    RETURN SQLSTATE || ' ' || detail;
END
$$;
SELECT value, pg_temp.rfm_error(value) FROM (VALUES
    (''), ('('), ('()'), ('(1)'), ('(,,,)'), ('(1,,,1)'), ('(-1,,,1)'), ('(0,,,)'), ('(0,,,1'), ('(0,,,1))'), ('(0,,,1) '), (' (0,,,1)'),
    ('(0,2024-01-01T00:00:00Z,,1)'),
    ('(9223372036854775808,2024-01-01T00:00:00Z,2024-01-01T00:00:00Z,1)'),
    ('(1,2024-01-02T00:00:00Z,2024-01-01T00:00:00Z,1)'),
    ('(1,2024-13-01T00:00:00Z,2024-13-01T00:00:00Z,1)'),
    ('(1,2023-02-29T00:00:00Z,2023-02-29T00:00:00Z,1)'),
    ('(1,2024-01-01T24:00:00Z,2024-01-01T24:00:00Z,1)'),
    ('(1,2024-01-01T00:60:00Z,2024-01-01T00:60:00Z,1)'),
    ('(1,2024-01-01T00:00:60Z,2024-01-01T00:00:60Z,1)'),
    ('(1,2024-01-01T00:00:00.Z,2024-01-01T00:00:00Z,1)'),
    ('(1,2024-01-01T00:00:00.1234567Z,2024-01-01T00:00:00Z,1)'),
    ('(1,2024-01-01T00:00:00,2024-01-01T00:00:00,1)'),
    ('(1,2024-01-01 00:00:00Z,2024-01-01 00:00:00Z,1)'),
    ('(1,294277-01-01T00:00:00Z,294277-01-01T00:00:00Z,1)'),
    ('(1,-4714-01-01T00:00:00Z,2024-01-01T00:00:00Z,1)'),
    ('(1,infinity,infinity,1)'),
    ('(0,,,NaN)'), ('(0,,,Infinity)'), ('(0,,,-Infinity)'), ('(0,,,1e5)'), ('(0,,, 1)'), ('(0,,,0x1)'), ('(0,,,1_0)'), ('(0,,,1.2.3)'), ('(0,,,--1)'), ('(0,,,.)')
) AS t(value);

-- Binary form. A message is received by COPY from a binary file of one row and one column, which printf
-- writes in octal.
CREATE FUNCTION pg_temp.rfm_receive(message bytea) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    file bytea := '\x5047434f50590aff0d0a00' || decode('0000000000000000', 'hex') || '\x0001'
                  || int4send(length(message)) || message || '\xffff';
    octal text;
    detail text;
    result text;
BEGIN
    SELECT string_agg('\' || (b / 64)::text || (b / 8 % 8)::text || (b % 8)::text, '' ORDER BY i) INTO octal
    FROM (SELECT i, get_byte(file, i) AS b FROM generate_series(0, length(file) - 1) i) bytes;
    CREATE TEMP TABLE received (state cdw.rfm) ON COMMIT DROP;
    EXECUTE format('COPY received FROM PROGRAM %L (FORMAT binary)', 'printf ''' || octal || '''');
    SELECT state::text INTO result FROM received;
    DROP TABLE received;
    RETURN result;
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL;
    RETURN SQLSTATE || ' ' || coalesce(nullif(detail, ''), SQLERRM);
END
$$;

-- What rfm_send writes comes back
SELECT state, cdw.rfm_send(state), pg_temp.rfm_receive(cdw.rfm_send(state)) = state::text AS round_trips
FROM (VALUES
    ('(3,2024-01-01T00:00:00Z,2024-03-01T12:30:00.5Z,120.50)'::cdw.rfm),
    ('(0,,,-12.00)'),
    ('(2,0000-02-29T00:00:00Z,0001-01-01T00:00:00Z,12345678901234567890.123456)')
) AS t(state);

-- Crafted messages: 22P03 each, but for the first and the last
SELECT what, pg_temp.rfm_receive(message) FROM (
    SELECT '\x52464d01'::bytea AS magic, '\x0000000000000001'::bytea AS one, '\x0000000000000000'::bytea AS zero,
           numeric_send(12.5) AS amount
) AS part, LATERAL (VALUES
    (1, 'good', magic || one || zero || one || amount),
    (2, 'empty', ''),
    (3, 'header alone', magic || one || zero || one),
    (4, 'cut in the header', substr(magic || one || zero || one || amount, 1, 20)),
    (5, 'cut in the sum', substr(magic || one || zero || one || amount, 1, 38)),
    (6, 'trailing byte', magic || one || zero || one || amount || '\x00'),
    (7, 'other magic', '\x52464e01' || one || zero || one || amount),
    (8, 'other version', '\x52464d02' || one || zero || one || amount),
    (9, 'negative frequency', magic || '\xffffffffffffffff' || zero || one || amount),
    (10, 'dates without purchase', magic || zero || zero || one || amount),
    (11, 'first after last', magic || one || one || zero || amount),
    (12, 'last is infinity', magic || one || zero || '\x7fffffffffffffff' || amount),
    (13, 'first is -infinity', magic || one || '\x8000000000000000' || zero || amount),
    (14, 'NaN', magic || one || zero || one || numeric_send('NaN')),
    (15, 'Infinity', magic || one || zero || one || numeric_send('Infinity')),
    (16, 'huge digit count', magic || one || zero || one || '\xffff000000000000'),
    (17, 'digit out of range', magic || one || zero || one || '\x00010000000000002710'),
    (18, 'unknown sign', magic || one || zero || one || '\x00010000123400000001'),
    (19, 'zeros before and after the digits', magic || one || zero || one || '\x0003000100000002000000010000')
) AS t(id, what, message) ORDER BY id;
