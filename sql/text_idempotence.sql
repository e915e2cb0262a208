-- Each normaliser is idempotent: f(f(x)) = f(x). Every count of violations must be 0.

-- Pieces that are hard on normalisers, and ranges of code points; values are made of them by md5, so
-- that every run sees the same.
CREATE TEMP TABLE piece (id int, low int, high int, word text);
INSERT INTO piece
SELECT row_number() OVER () - 1, low, high, word
FROM (VALUES
    (32, 126, NULL), (32, 47, NULL), (97, 122, NULL), (48, 57, NULL), (1, 31, NULL),
    (160, 255, NULL), (256, 591, NULL), (688, 767, NULL), (768, 879, NULL), (768, 879, NULL),
    (880, 1023, NULL), (1024, 1279, NULL), (1424, 1524, NULL), (1536, 1791, NULL), (2304, 2431, NULL),
    (4352, 4607, NULL), (7680, 8191, NULL), (8192, 8303, NULL), (8304, 8399, NULL), (8400, 8432, NULL),
    (8448, 8703, NULL), (12288, 12351, NULL), (12352, 12543, NULL), (19968, 40959, NULL),
    (44032, 55203, NULL), (63744, 64255, NULL), (64256, 65023, NULL), (65024, 65279, NULL),
    (65280, 65519, NULL), (119040, 119300, NULL), (127744, 128767, NULL), (917504, 917999, NULL),
    (NULL, NULL, ' '), (NULL, NULL, ' '), (NULL, NULL, '.'), (NULL, NULL, ''''), (NULL, NULL, '-'),
    (NULL, NULL, ' dr '), (NULL, NULL, ' jr'), (NULL, NULL, ' md'), (NULL, NULL, 'phd'),
    (NULL, NULL, '先生'), (NULL, NULL, 'さん'), (NULL, NULL, ' 教授'), (NULL, NULL, '님'),
    (NULL, NULL, 'か'), (NULL, NULL, U&'\3099'), (NULL, NULL, U&'\1100'), (NULL, NULL, U&'\1161')
) AS p(low, high, word);

CREATE FUNCTION pg_temp.random_number(seed text, below int) RETURNS int
    LANGUAGE sql IMMUTABLE
    RETURN (('x' || substr(md5(seed), 1, 8))::bit(32)::int8 % below)::int;

CREATE TEMP TABLE sample AS
SELECT i, string_agg(coalesce(word, chr(low + pg_temp.random_number(i || 'c' || j, high - low + 1))),
                     '' ORDER BY j) AS value
FROM generate_series(1, 20000) i,
     generate_series(1, 1 + pg_temp.random_number(i || 'n', 9)) j
     JOIN LATERAL (SELECT * FROM piece
                   WHERE id = pg_temp.random_number(i || 'p' || j, (SELECT count(*)::int FROM piece))
                  ) p ON true
GROUP BY i;

SELECT count(*) AS values,
       count(*) FILTER (WHERE cdw.normalize_text(t) <> t) AS text_violations,
       count(*) FILTER (WHERE cdw.normalize_name(n) <> n) AS name_violations
FROM (SELECT cdw.normalize_text(value) AS t, cdw.normalize_name(value) AS n FROM sample) s;

-- Every code point alone, between Latin letters, and beside a dot that vanishes
SELECT count(*) AS code_points,
       count(*) FILTER (WHERE cdw.normalize_text(alone) <> alone) AS alone,
       count(*) FILTER (WHERE cdw.normalize_text(inside) <> inside) AS inside,
       count(*) FILTER (WHERE cdw.normalize_text(beside) <> beside) AS beside
FROM (SELECT cdw.normalize_text(chr(c)) AS alone,
             cdw.normalize_text('a' || chr(c) || 'b') AS inside,
             cdw.normalize_text('か' || chr(c) || '.' || chr(c)) AS beside
      FROM generate_series(1, 205743) c
      WHERE c NOT BETWEEN 55296 AND 57343) s;

-- Companies and addresses: legal forms, abbreviations and Chinese divisions, mixed with all the rest
CREATE TEMP TABLE token AS
SELECT row_number() OVER () - 1 AS id, kind, word
FROM (VALUES ('company', 'ltd co kg gmbh s a de c v sa sp z o oo inc pt tbk ооо 株式会社 (株) 有限公司 公司 주 주식회사 ذ.م.م شركة and und et the p & acme co.kg บริษัท จำกัด'),
             ('address', 'st rd dr n s e ne no nr n° ste fl apt unit 5 12 5th second p o box pob rr trailer post office la av r c v pl bis de hauptstr str alexanderpl calle via rue 33101 oak x'),
             ('han', '省 市 区 县 盟 路 街 道 街道 村 号 號 室 层 樓 栋 号楼 单元 弄 自治区 自治州 自治县 特别行政区 市辖区 新区 回族 壮 北京 上海 浙江 杭州 西湖 镇 桥 高 一 十 百 〇 5 12 a 丁目 番地 小'))
         AS t(kind, words), regexp_split_to_table(words, ' ') word;
CREATE TEMP TABLE mixed AS
SELECT i, string_agg(CASE WHEN pg_temp.random_number(i || 'r' || j, 12) = 0 THEN substr(s.value, 1, 2) ELSE word END
                     || CASE WHEN kind = 'han' THEN '' ELSE (ARRAY[' ', ' ', ' ', '. ', '', ', '])[1 + pg_temp.random_number(i || 'b' || j, 6)] END,
                     '' ORDER BY j) AS value
FROM generate_series(1, 15000) AS i(i)
     JOIN LATERAL generate_series(1, 2 + pg_temp.random_number(i || 'm', 9)) j ON true
     JOIN LATERAL (SELECT value FROM sample WHERE sample.i = (17 * i.i + j) % 20000 + 1) s ON true
     JOIN LATERAL (SELECT kind, word FROM token
                   WHERE id = pg_temp.random_number(i.i || 'k' || j, (SELECT count(*)::int FROM token))) t ON true
GROUP BY i;
SELECT count(*) AS values,
       count(*) FILTER (WHERE cdw.normalize_company(c) <> c) AS company_violations,
       count(*) FILTER (WHERE cdw.normalize_address(a) <> a) AS address_violations
FROM (SELECT cdw.normalize_company(value) AS c, cdw.normalize_address(value) AS a
      FROM (SELECT value FROM mixed UNION ALL SELECT value FROM sample) v) s;

-- Addresses around the sign, with tags and dots; the result of a valid value must be valid again.
CREATE TEMP TABLE address AS
SELECT left(a.value, 6) || (ARRAY['', '', '+', '.', '.+'])[1 + pg_temp.random_number(a.i || 't', 5)]
       || (ARRAY['', 'x', 'é', 'か'])[1 + pg_temp.random_number(a.i || 'u', 4)] || '@'
       || (ARRAY['gmail.com', 'GoogleMail.com', 'example.com', left(a.value, 2) || '.org'])
          [1 + pg_temp.random_number(a.i || 'd', 4)] AS value
FROM sample a;
SELECT count(e) > 1000 AS enough,
       count(*) FILTER (WHERE e IS NOT NULL AND cdw.normalize_email(e) IS DISTINCT FROM e) AS email_violations
FROM (SELECT cdw.normalize_email(value) AS e FROM address) s;

-- Numbers of 7 to 14 digits, with every prefix, read in every region and again in another
CREATE TEMP TABLE number AS
SELECT (ARRAY['', '+', '0', '00', '011', '1', '+44 0', '+86', '+7 8', '+52 1'])
       [1 + pg_temp.random_number(i || 'x', 10)]
       || left((('x' || substr(md5(i::text), 1, 15))::bit(60)::int8)::text,
               7 + pg_temp.random_number(i || 'l', 8)) AS value,
       (ARRAY['US', 'GB', 'DE', 'CN', 'IT', 'RU', 'KZ', 'MX', 'JP', 'BR', 'AU', 'HU'])
       [1 + pg_temp.random_number(i || 'r', 12)] AS region
FROM generate_series(1, 20000) i;
SELECT count(p) > 1000 AS enough,
       count(*) FILTER (WHERE p IS NOT NULL AND
                              (cdw.normalize_phone(p, region) IS DISTINCT FROM p OR
                               cdw.normalize_phone(p, 'FR') IS DISTINCT FROM p)) AS phone_violations
FROM (SELECT cdw.normalize_phone(value, region) AS p, region FROM number) s;

-- A day in ISO form is read as that day, whatever the field order.
SELECT count(*) AS days,
       count(*) FILTER (WHERE cdw.normalize_date(to_char(day, 'YYYY-MM-DD'), o) IS DISTINCT FROM day) AS date_violations
FROM (SELECT date '0001-01-01' + i * 1217 AS day FROM generate_series(0, 2999) i) d,
     unnest(ARRAY['ymd', 'mdy', 'dmy']) o;

-- The comparisons are symmetric, and 0 or 1 for equal strings.
SELECT count(*) AS pairs,
       count(*) FILTER (WHERE cdw.levenshtein(a, b) <> cdw.levenshtein(b, a)) AS levenshtein,
       count(*) FILTER (WHERE cdw.damerau_levenshtein(a, b) <> cdw.damerau_levenshtein(b, a)) AS damerau,
       count(*) FILTER (WHERE cdw.jaro(a, b) <> cdw.jaro(b, a)) AS jaro,
       count(*) FILTER (WHERE cdw.jaro_winkler(a, b) <> cdw.jaro_winkler(b, a)) AS jaro_winkler,
       count(*) FILTER (WHERE cdw.levenshtein(a, a) <> 0 OR cdw.jaro(a, a) <> 1) AS itself
FROM (SELECT a.value AS a, b.value AS b
      FROM sample a JOIN sample b ON b.i = a.i % 20000 + 1) p;
