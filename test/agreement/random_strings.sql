-- Random strings: characters of many scripts, the whole of Unicode, and words that the functions
-- know, for they are what rules act on. Of ten one becomes the local part of an e-mail address, one
-- is a row of digits.
CREATE TEMP TABLE piece AS
SELECT array_agg(p) AS pieces
FROM unnest(ARRAY['Dr. ', ' Jr.', ' PhD', ' MD', 'Herr ', '先生', '님', 'さん', ' Ltd', ' GmbH', ' S.A.', '有限公司', '株式会社', ' & Co', ' KG',
    ' St', ' Ave.', 'Apt 3', '省', '市', '区', '@gmail.com', '@x.org', '+tag', '+', '+49', '+86', '00', '(0)', '13800138000', '2125551234',
    ' ext 5', '2020', '-', '-02-', '/', '.', '年', '月', '日', ' March ', '29', '"', '\', ';', 'ﬁ', 'ß', 'İ', 'ΐ', 'Å', 'é', 'ｶﾞ', '각', 'ǆ', 'ſ', '½', '´',
    chr(8217), chr(160), chr(173), chr(8203), chr(8205), chr(9), chr(10), chr(12288), chr(65279), '曾', '单', 'ー', 'っ', 'щ', 'ω', 'ع']) p;

INSERT INTO value
SELECT CASE i % 10 WHEN 0 THEN s || '@example.com' WHEN 1 THEN left(any_hash::text, 8 + i / 10 % 6) ELSE s END
FROM (
    SELECT i, max(h) AS any_hash, string_agg(CASE
        WHEN h % 4 = 0 THEN pieces[1 + (h >> 8) % cardinality(pieces)]
        WHEN h % 4 = 1 THEN chr((32 + (h >> 8) % 95)::int)
        WHEN h % 8 = 2 THEN chr((160 + (h >> 8) % 12384)::int)
        WHEN h % 8 = 6 THEN chr((768 + (h >> 8) % 112)::int)
        WHEN h % 16 = 3 THEN chr((65536 + (h >> 8) % 1048576)::int)
        WHEN h % 16 = 7 THEN chr((19968 + (h >> 8) % 20992)::int)
        WHEN h % 16 = 11 THEN chr((44032 + (h >> 8) % 11172)::int)
        ELSE chr((57344 + (h >> 8) % 8176)::int) END, '' ORDER BY n) AS s
    FROM piece, generate_series(1, :strings) i, generate_series(1, 1 + i % 12) n,
         LATERAL (SELECT hashint8extended(i * 100 + n, :seed) & x'7FFFFFFFFFFFFFFF'::int8 AS h) r
    GROUP BY i) string;
