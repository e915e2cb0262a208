-- bench/text/data.sql: :pairs pairs of strings of each kind, the same on every machine.
--
-- Half of the pairs are one value with one to three edits, as the candidates of a linkage are; the
-- other half are two values that have nothing to do with each other. The words are those of
-- examples/retail, the accented ones are below.

\set ON_ERROR_STOP on
\set QUIET on
SET client_min_messages = warning;

DROP SCHEMA IF EXISTS bench_text CASCADE;
CREATE SCHEMA bench_text;
BEGIN;
\ir ../../examples/retail/names.sql

-- A number from 1 to choices that belongs to pair n and one purpose; low numbers are more frequent.
CREATE FUNCTION bench_text.rank(n int, purpose int, choices bigint) RETURNS int
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN 1 + floor(((hashint8extended(n, purpose) & 16777215) / 16777216.0::float8) ^ 1.5 * choices)::int;

-- The value with one character dropped, replaced or inserted; characters come from the value itself.
CREATE FUNCTION bench_text.edit(value text, n int, purpose int) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (SELECT overlay(value PLACING CASE WHEN chance % 3 = 0 THEN ''
										  ELSE substr(value, 1 + (chance / 8 % length(value))::int, 1) END
					   FROM 1 + (chance / 1024 % length(value))::int FOR (chance % 3 < 2)::int)
		FROM (SELECT hashint8extended(n, purpose) & 1073741823 OFFSET 0) AS hash (chance));

-- One to three edits.
CREATE FUNCTION bench_text.edits(value text, n int) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE n % 3
	WHEN 0 THEN bench_text.edit(value, n, 101)
	WHEN 1 THEN bench_text.edit(bench_text.edit(value, n, 101), n, 102)
	ELSE bench_text.edit(bench_text.edit(bench_text.edit(value, n, 101), n, 102), n, 103) END;

CREATE TEMP TABLE word ON COMMIT DROP AS
SELECT (SELECT array_agg(given ORDER BY rank) FROM given_en) AS given,
	   (SELECT array_agg(family ORDER BY rank) FROM family_en WHERE family ~ '^[A-Za-z]+$') AS family,
	   (SELECT array_agg(glyph ORDER BY rank) FROM given_zh) AS given_zh,
	   (SELECT array_agg(family ORDER BY rank) FROM family_zh) AS family_zh,
	   '{北京,上海,广州,深圳,杭州,南京,成都,武汉,苏州,天津,重庆,西安}'::text[] AS city_zh,
	   '{贸易,科技,电子,建筑,食品,信息技术,文化传媒,物流,服装,医药,机械,房地产}'::text[] AS trade_zh,
	   '{José,Zoë,Jürgen,Éléonore,Søren,Siân,Łukasz,André,Chloë,Gisèle,Björn,Mónica,Renée,Tomáš,Göran,
		 Beyoncé,Márta,Élodie,Ángel,Seán,Małgorzata,Jérôme,Úrsula,Åsa,Noël,Peña,Inês,João,Øystein,Žofia,
		 Ñuflo,Ștefan,Ünal,Hélène,István,Raúl,Ágnes,Zuzanna,Ömer,François}'::text[] AS given_accented,
	   '{Müller,Lefèvre,Núñez,Sjöström,Gonçalves,Dvořák,Kowalčík,Größmann,Peñalver,Brontë,Hernández,Šimková,
		 Çelik,Jørgensen,Wiśniewski,Szabó,Lindström,Béranger,Öztürk,O’Ríordáin,Fernández,Žižek,Võsu,Bērziņš,
		 Desprès,Ibáñez,Kožušník,Țepeș,Mæland,Ålander,Råberg,Citroën,Żółkiewski,Guðmundsdóttir,Sørensen,
		 Vélez,Château,D’Avignon,Strauß,Maréchal}'::text[] AS family_accented,
	   '{Oak,Maple,Cedar,Washington,Lake View,Hill Crest,Meadow Brook,Sunset,Church,Old Mill,Riverside,
		 Martin Luther King,Elm,Highland,Jefferson,Station,Park,Garden,Chestnut Ridge,Kings}'::text[] AS road,
	   '{Street,Avenue,Road,Lane,Drive,Boulevard,Court,Terrace}'::text[] AS suffix,
	   '{Springfield,Los Angeles,Bath,Cape Girardeau,Perth,Newcastle,Little Rock,Ann Arbor,York}'::text[] AS town,
	   '{example.com,mail.example,example.org,post.example}'::text[] AS host;

-- Value n of each kind.
CREATE TEMP TABLE value ON COMMIT DROP AS
SELECT n,
	   given[bench_text.rank(n, 1, 150)] || ' ' || chr(65 + n % 26) || '. ' || family[bench_text.rank(n, 2, 160)]
		   || CASE n % 8 WHEN 0 THEN ' Jr' WHEN 1 THEN '-' || family[1 + n % 100] ELSE '' END AS name,
	   lower(given[bench_text.rank(n, 1, 150)] || '.' || family[bench_text.rank(n, 2, 160)]) || n % 97 || '@'
		   || host[bench_text.rank(n, 3, 4)] AS email,
	   n % 997 || ' ' || road[bench_text.rank(n, 4, 20)] || ' ' || suffix[bench_text.rank(n, 5, 8)] || ', '
		   || town[bench_text.rank(n, 6, 9)] || ' ' || 10000 + n % 89999 AS address,
	   family_zh[bench_text.rank(n, 7, 100)] || given_zh[bench_text.rank(n, 8, 200)]
		   || CASE WHEN n % 4 > 0 THEN given_zh[bench_text.rank(n, 9, 200)] ELSE '' END AS chinese,
	   city_zh[bench_text.rank(n, 12, 12)] || given_zh[bench_text.rank(n, 8, 200)]
		   || given_zh[bench_text.rank(n, 9, 200)] || trade_zh[bench_text.rank(n, 13, 12)]
		   || CASE WHEN n % 3 = 0 THEN '股份' ELSE '' END || '有限公司' AS chinese_firm,
	   given_accented[bench_text.rank(n, 10, 40)] || ' ' || chr(65 + n % 26) || '. '
		   || family_accented[bench_text.rank(n, 11, 40)] AS accented
FROM word, generate_series(1, 2 * :pairs) AS n;

SELECT format('CREATE TABLE bench_text.%1$I AS
			   SELECT a.%1$I AS a, CASE WHEN a.n %% 2 = 0 THEN b.%1$I ELSE bench_text.edits(a.%1$I, a.n) END AS b
			   FROM value AS a JOIN value AS b ON b.n = a.n + %2$s ORDER BY a.n', kind, :pairs)
FROM unnest(ARRAY['name', 'email', 'address', 'chinese', 'chinese_firm', 'accented']) AS kind
\gexec

-- Values, as many, for the standard forms alone.
CREATE TABLE bench_text.phone AS
SELECT n AS a, CASE n % 5
		   WHEN 0 THEN format('+1 (212) 5%s-%s', 10 + n % 90, last)
		   WHEN 1 THEN format('212.5%s.%s ext 7', 10 + n % 90, last)
		   WHEN 2 THEN format('+44 20 7%s %s', 100 + n % 900, last)
		   WHEN 3 THEN format('+86 139 1%s %s', 100 + n % 900, last)
		   ELSE format('(212) 1%s-%s', 10 + n % 90, last) END AS b -- no exchange begins with 1
FROM (SELECT n, 1000 + n % 8999 AS last FROM generate_series(1, :pairs) AS n) AS number;
CREATE TABLE bench_text.birthday AS
SELECT n AS a, to_char(date '1940-01-01' + n % 25000,
					   (ARRAY['YYYY-MM-DD', 'MM/DD/YYYY', 'FMMonth FMDD, YYYY', 'YYYY"年"FMMM"月"FMDD"日"', 'YYYYMMDD'])[1 + n % 5]) AS b
FROM generate_series(1, :pairs) AS n;
COMMIT;
VACUUM ANALYZE bench_text.name, bench_text.email, bench_text.address, bench_text.chinese, bench_text.chinese_firm,
	bench_text.accented, bench_text.phone, bench_text.birthday;
