-- examples/retail/generate.sql: a bilingual retailer, made up but the same every time.
--
--   psql -f examples/retail/generate.sql                        about 10,000 customer records
--   psql -v records=1000000 -f examples/retail/generate.sql     any other number
--   psql -v seed=2 -f examples/retail/generate.sql              other customers
--
-- Plain SQL for PostgreSQL 15 and later, in a UTF8 database. Drops and recreates the schema retail;
-- README.md says what is in it. Every random choice is a hash of (seed, purpose, row number), so
-- that the result depends neither on the order of rows nor on the server.

\if :{?records}
\else
	\set records 10000
\endif
\if :{?seed}
\else
	\set seed 1
\endif
\set ON_ERROR_STOP on
\set quiet_before :QUIET
\set QUIET on

BEGIN;
SET LOCAL client_min_messages = warning;
SET LOCAL client_encoding = 'UTF8';
SET LOCAL jit = off;

DROP SCHEMA IF EXISTS retail CASCADE;
CREATE SCHEMA retail;
COMMENT ON SCHEMA retail IS 'Example: a bilingual retailer with three customer systems';

-- ---------------------------------------------------------------------------------------------
-- Chance. These helpers are dropped at the end.
-- ---------------------------------------------------------------------------------------------

-- A number in [0, 1) that belongs to row n and one purpose; hashint8extended gives the same value
-- on every platform and version, for hash partitions depend on it. All helpers of this kind are
-- inlined, and the md5 of the purpose is computed once per query.
CREATE FUNCTION retail.uniform(n int8, purpose text) RETURNS float8
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (hashint8extended(n, ('x' || left(md5(:'seed' || ' ' || purpose), 16))::bit(64)::int8)
		& 9007199254740991) / 9007199254740992.0::float8;

-- True with the given probability.
CREATE FUNCTION retail.chance(n int8, purpose text, probability float8) RETURNS bool
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN retail.uniform(n, purpose) < probability;

-- One of 1 .. choices, all equally likely.
CREATE FUNCTION retail.pick(n int8, purpose text, choices int8) RETURNS int
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN 1 + floor(retail.uniform(n, purpose) * choices)::int;

-- The text with one slip behind its first character: a letter or digit too much, one too few, a
-- wrong one (the next key of the keyboard), or two neighbours transposed.
CREATE FUNCTION retail.typo(value text, n int8, purpose text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (
	SELECT CASE WHEN length(value) < 3 THEN value
				WHEN slip = 1 THEN overlay(value PLACING wrong FROM place FOR 0)
				WHEN slip = 2 THEN overlay(value PLACING '' FROM place FOR 1)
				WHEN slip = 3 OR place = length(value) THEN overlay(value PLACING wrong FROM place FOR 1)
				ELSE left(value, place - 1) || substr(value, place + 1, 1)
					|| substr(value, place, 1) || substr(value, place + 2) END
	FROM (SELECT retail.pick(n, purpose || ' slip', 4) AS slip,
				 1 + retail.pick(n, purpose || ' place', greatest(length(value) - 1, 1)) AS place
		  OFFSET 0) AS chosen,
		LATERAL (SELECT translate(substr(value, place, 1),
								  'qwertyuiopasdfghjklzxcvbnmQWERTYUIOPASDFGHJKLZXCVBNM1234567890',
								  'wertyuioplsdfghjkkxcvbnmmmWERTYUIOPLSDFGHJKKXCVBNMMM2345678909') AS wrong
				 OFFSET 0) AS key);

-- The digits of a telephone number: a Chinese mobile number, or ten digits in a North American area.
CREATE FUNCTION retail.phone(n int8, area text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN area = ''
			THEN '1' || (ARRAY['31', '35', '38', '39', '50', '58', '59', '77', '86', '88'])
						[retail.pick(n, 'operator', 10)]
			ELSE area || 199 + retail.pick(n, 'exchange', 800) END
		|| lpad((retail.pick(n, 'line', CASE WHEN area = '' THEN 100000000 ELSE 10000 END) - 1)::text,
				CASE WHEN area = '' THEN 8 ELSE 4 END, '0');

\ir names.sql

-- Lists as wheels of fortune: a word of low rank fills many slots, so that the frequencies fall
-- about as 1 / rank.
CREATE TEMP TABLE given_en_slot ON COMMIT DROP AS
SELECT row_number() OVER (ORDER BY rank, copy) AS slot, given, nicknames
FROM given_en, generate_series(1, 1 + 1500 / (rank + 9)) AS copy;

CREATE TEMP TABLE family_en_slot ON COMMIT DROP AS
SELECT row_number() OVER (ORDER BY rank, copy) AS slot, family
FROM family_en, generate_series(1, 1 + 1500 / (rank + 9)) AS copy;

-- other: a word that sounds the same, for slips of the ear
CREATE TEMP TABLE family_zh_slot ON COMMIT DROP AS
SELECT row_number() OVER (ORDER BY rank, copy) AS slot, family, pinyin, other
FROM (SELECT *, coalesce(lead(family) OVER same, first_value(family) OVER same) AS other
	  FROM family_zh WINDOW same AS (PARTITION BY pinyin ORDER BY rank)) AS list,
	generate_series(1, 1 + 1500 / (rank + 5)) AS copy;

CREATE TEMP TABLE given_zh_slot ON COMMIT DROP AS
SELECT row_number() OVER (ORDER BY rank, copy) AS slot, glyph, pinyin, other
FROM (SELECT *, coalesce(lead(glyph) OVER same, first_value(glyph) OVER same) AS other
	  FROM given_zh WINDOW same AS (PARTITION BY pinyin ORDER BY rank)) AS list,
	generate_series(1, 1 + 1500 / (rank + 25)) AS copy;

CREATE TEMP TABLE city_slot ON COMMIT DROP AS
SELECT is_chinese, row_number() OVER (PARTITION BY is_chinese ORDER BY rank, copy) AS slot,
	   english, chinese, spelling, postcode, area
FROM (SELECT *, row_number() OVER (PARTITION BY is_chinese ORDER BY rank) AS size FROM city) AS city,
	generate_series(1, 1 + 500 / (size + 9)) AS copy;

CREATE TEMP TABLE street_slot ON COMMIT DROP AS
SELECT is_chinese, row_number() OVER (PARTITION BY is_chinese ORDER BY rank, long COLLATE "C") AS slot,
	   long, short
FROM street;

SELECT (SELECT count(*) FROM given_en_slot) AS given_en_slots,
	   (SELECT count(*) FROM family_en_slot) AS family_en_slots,
	   (SELECT count(*) FROM given_zh_slot) AS given_zh_slots,
	   (SELECT count(*) FROM family_zh_slot) AS family_zh_slots,
	   (SELECT count(*) FROM city_slot WHERE NOT is_chinese) AS city_en_slots,
	   (SELECT count(*) FROM city_slot WHERE is_chinese) AS city_zh_slots,
	   (SELECT count(*) FROM street_slot WHERE NOT is_chinese) AS street_en_slots,
	   (SELECT count(*) FROM street_slot WHERE is_chinese) AS street_zh_slots
\gset

-- ---------------------------------------------------------------------------------------------
-- People, in households. A household's first member is its head, the second the partner, the
-- others their children (or the head's siblings, when a child would be too young to shop).
-- ---------------------------------------------------------------------------------------------

CREATE TEMP TABLE kin ON COMMIT DROP AS
SELECT n, household, member, size, n - member + 1 AS head,
	   retail.chance(household, 'Chinese', 0.4) AS is_chinese,
	   retail.chance(n, 'moved', 0.25) AS has_moved
FROM (SELECT n, household, row_number() OVER (PARTITION BY household ORDER BY n) AS member,
			 count(*) OVER (PARTITION BY household) AS size
	  FROM (SELECT n, count(*) FILTER (WHERE n = 1 OR retail.chance(n, 'new household', 0.6))
						OVER (ORDER BY n) AS household
			FROM generate_series(1, :'records'::int8 * 3 / 5 + 20) AS n) AS numbered) AS housed;
ANALYZE kin;

-- A household's address has the household's number, the former one of a person who moved 10^9 more.
CREATE TEMP TABLE address ON COMMIT DROP AS
SELECT address, house.is_chinese, english, chinese, spelling, area, long, short,
	   retail.pick(address, 'house', CASE WHEN house.is_chinese THEN 300 ELSE 1900 END) AS house,
	   CASE WHEN house.is_chinese THEN retail.pick(address, 'building', 20) END AS building,
	   CASE WHEN house.is_chinese THEN retail.pick(address, 'floor', 18) * 100 + retail.pick(address, 'door', 4)
			WHEN retail.chance(address, 'apartment', 0.4) THEN retail.pick(address, 'flat', 320) END AS unit,
	   city.postcode || lpad(retail.pick(address, 'postcode', 24)::text, 2, '0') AS postcode
FROM (SELECT household AS address, is_chinese FROM kin WHERE member = 1
	  UNION ALL
	  SELECT 1000000000 + n, is_chinese FROM kin WHERE has_moved) AS house
JOIN city_slot AS city
	ON city.is_chinese = house.is_chinese
	AND city.slot = retail.pick(address, 'city', CASE WHEN house.is_chinese THEN :city_zh_slots
												ELSE :city_en_slots END)
JOIN street_slot AS street
	ON street.is_chinese = house.is_chinese
	AND street.slot = retail.pick(address, 'street', CASE WHEN house.is_chinese THEN :street_zh_slots
												ELSE :street_en_slots END);
ANALYZE address;

-- given_other and family_other: what a clerk hears instead (Chinese); other_family: a name at birth
-- or after a marriage (English). given_latin, family_latin: lower case, for e-mail
-- addresses, and short_latin, a nickname or the English name that a Chinese customer goes by.
CREATE TEMP TABLE person ON COMMIT DROP AS
SELECT kin.n, household, head, size, kin.is_chinese,
	   household AS home, CASE WHEN has_moved THEN 1000000000 + kin.n ELSE household END AS former_home,
	   CASE WHEN kin.is_chinese THEN first.glyph || coalesce(second.glyph, '') ELSE given_en.given END AS given,
	   CASE WHEN kin.is_chinese THEN first.pinyin || coalesce(second.pinyin, '')
			ELSE lower(given_en.given COLLATE "C") END AS given_latin,
	   lower(CASE WHEN kin.is_chinese THEN given_en.given
				  ELSE coalesce(nicknames[1], given_en.given) END COLLATE "C") AS short_latin,
	   CASE WHEN second.glyph IS NULL THEN first.other ELSE first.glyph || second.other END AS given_other,
	   nicknames,
	   CASE WHEN kin.is_chinese THEN family_zh.family ELSE family_en.family END AS family,
	   CASE WHEN kin.is_chinese THEN family_zh.pinyin
			ELSE lower(translate(family_en.family, 'áéíóúñü''', 'aeiounu') COLLATE "C") END AS family_latin,
	   family_zh.other AS family_other, other_en.family AS other_family,
	   birth, retail.phone(phone_key, area) AS phone,
	   retail.phone(1000000000 + kin.n, area) AS other_phone
FROM (SELECT *,
			 -- A partner has an own surname: mostly among the Chinese, seldom among the others.
			 CASE WHEN member = 2 AND retail.chance(n, 'own surname', CASE WHEN is_chinese THEN 0.95 ELSE 0.2 END)
				  THEN 1000000000 + n ELSE household END AS family_key,
			 -- A child may be called like the head of the household.
			 CASE WHEN member > 2 AND retail.chance(n, 'junior', 0.04) THEN head ELSE n END AS given_key,
			 CASE WHEN size > 1 AND retail.chance(n, 'shared line', 0.3) THEN 2000000000 + household
				  ELSE n END AS phone_key,
			 CASE WHEN member = 1 THEN head_birth
				  WHEN member = 2 THEN head_birth + retail.pick(n, 'partner', 4400) - 2200
				  WHEN head_birth < date '1976-01-01'
				  THEN head_birth + 7300 + retail.pick(child_key, 'child', 4400)
				  ELSE head_birth + retail.pick(child_key, 'sibling', 3600) - 2400 END AS birth
	  FROM (SELECT *, date '1944-01-01' + retail.pick(head, 'birth', 21900) AS head_birth,
				   -- Twins have the birthday of the member before.
				   CASE WHEN member > 3 AND retail.chance(n, 'twin', 0.15) THEN n - 1 ELSE n END AS child_key
			FROM kin) AS aged) AS kin
JOIN address ON address.address = household
JOIN given_en_slot AS given_en ON given_en.slot = retail.pick(given_key, 'given', :given_en_slots)
JOIN family_en_slot AS family_en ON family_en.slot = retail.pick(family_key, 'family', :family_en_slots)
JOIN family_zh_slot AS family_zh ON family_zh.slot = retail.pick(family_key, 'family', :family_zh_slots)
JOIN given_zh_slot AS first ON first.slot = retail.pick(given_key, 'first glyph', :given_zh_slots)
LEFT JOIN given_zh_slot AS second
	ON second.slot = retail.pick(given_key, 'second glyph', :given_zh_slots)
	AND retail.chance(given_key, 'two glyphs', 0.8)
LEFT JOIN family_en_slot AS other_en
	ON other_en.slot = retail.pick(kin.n, 'other family', :family_en_slots)
	AND retail.chance(kin.n, 'renamed', 0.07) AND NOT kin.is_chinese;
ANALYZE person;

-- Two addresses each, all different; the domains are reserved ones that nobody can own.
CREATE TEMP TABLE email ON COMMIT DROP AS
SELECT n, which, local
		|| coalesce(nullif(row_number() OVER (PARTITION BY local, domain ORDER BY n, which), 1)::text, '')
		|| '@' || domain AS email
FROM (SELECT n, which,
			 CASE retail.pick(e, 'e-mail form', 6)
				  WHEN 1 THEN given_latin || '.' || family_latin
				  WHEN 2 THEN given_latin || family_latin || to_char(birth, 'YY')
				  WHEN 3 THEN left(given_latin, 1) || family_latin || retail.pick(e, 'digits', 999)
				  WHEN 4 THEN short_latin || '.' || family_latin
				  WHEN 5 THEN family_latin || '.' || given_latin || retail.pick(e, 'digits', 99)
				  ELSE given_latin || '_' || to_char(birth, 'MMDD') END AS local,
			 (ARRAY['example.com', 'mail.example', 'example.net', 'post.example', 'example.org', 'inbox.example'])
				[least(retail.pick(e, 'domain', 6), retail.pick(e, 'again', 6))] AS domain
	  FROM (SELECT *, n * 2 + which AS e FROM person, generate_series(0, 1) AS which) AS wanted) AS made;
ANALYZE email;

-- ---------------------------------------------------------------------------------------------
-- Records: one to four of a person, mostly in different systems, each with faults of its own.
-- ---------------------------------------------------------------------------------------------

-- How often a system lacks a field, and how carefully it is kept.
CREATE TEMP TABLE habit ON COMMIT DROP AS
SELECT * FROM (VALUES
	('crm', 0.15, 0.06, 0.08, 0.05, 0.10, 0.03),
	('shop', 0.00, 0.18, 0.35, 0.08, 0.24, 0.04),
	('service', 0.35, 0.03, 0.25, 0.35, 0.14, 0.06))
	AS list (source, no_email, no_phone, no_birth, no_address, nickname, slip);

CREATE TEMP TABLE copy ON COMMIT DROP AS
SELECT r, n,
	   (string_to_array((ARRAY['crm shop service', 'crm shop service', 'shop crm service', 'shop crm service',
							   'shop service crm', 'crm service shop', 'service crm shop', 'service shop crm'])
						[retail.pick(n, 'systems', 8)], ' '))
		[CASE WHEN k = 4 OR (k > 1 AND retail.chance(r, 'twice in a system', 0.1))
			  THEN retail.pick(r, 'again in', least(k, 3)) ELSE k END] AS source
FROM (SELECT n, k, row_number() OVER (ORDER BY n, k) AS r
	  FROM person,
		  generate_series(1, (ARRAY[1,1,1,1,1,1,1,1,1, 2,2,2,2,2,2, 3,3,3,3, 4])
							  [retail.pick(n, 'records', 20)]) AS k) AS numbered
WHERE r <= :'records'::int8;
ANALYZE copy;

-- What the system knows, before spelling. Home: people who moved are sometimes still at the old one.
CREATE TEMP TABLE known ON COMMIT DROP AS
SELECT r, copy.n, copy.source, slip, person.is_chinese, is_latin,
	   CASE WHEN is_latin THEN initcap(given_latin COLLATE "C")
			WHEN person.is_chinese THEN CASE WHEN retail.chance(r, 'heard given', slip) THEN given_other ELSE given END
			WHEN nicknames IS NOT NULL AND retail.chance(r, 'nickname', nickname)
			THEN nicknames[retail.pick(r, 'which nickname', cardinality(nicknames))]
			WHEN retail.chance(r, 'initial', slip / 2) THEN left(given, 1) || '.'
			WHEN retail.chance(r, 'middle initial', 0.05)
			THEN given || ' ' || chr(64 + retail.pick(copy.n, 'middle letter', 26)) || '.'
			ELSE given END AS given,
	   CASE WHEN is_latin THEN initcap(family_latin COLLATE "C")
			WHEN person.is_chinese THEN CASE WHEN retail.chance(r, 'heard family', slip / 2) THEN family_other
											 ELSE family END
			WHEN retail.chance(r, 'other name', 0.4) THEN coalesce(other_family, family)
			WHEN retail.chance(r, 'no marks', 0.5) THEN translate(family, 'áéíóúñü''', 'aeiounu')
			ELSE family END AS family,
	   CASE WHEN NOT retail.chance(r, 'no e-mail', no_email) THEN email.email END AS email,
	   CASE WHEN retail.chance(r, 'no phone', no_phone) THEN NULL
			WHEN retail.chance(r, 'other phone', 0.09) THEN other_phone ELSE phone END AS phone,
	   CASE WHEN retail.chance(r, 'no birth', no_birth) THEN NULL
			WHEN NOT retail.chance(r, 'wrong birth', 0.04) THEN birth
			ELSE CASE retail.pick(r, 'birth slip', 5)
				 WHEN 1 THEN date '1900-01-01'
				 WHEN 2 THEN birth + 10
				 WHEN 3 THEN (birth + interval '1 year')::date
				 WHEN 4 THEN birth - 1
				 ELSE make_date(extract(year FROM birth)::int, least(extract(day FROM birth)::int, 12),
								least(extract(month FROM birth)::int, 28)) END END AS birth,
	   CASE WHEN retail.chance(r, 'old address', 0.3) THEN former_home ELSE home END AS home,
	   retail.chance(r, 'no address', no_address) AS no_street,
	   retail.chance(r, 'no address', no_address / 2) AS no_city
FROM copy
JOIN habit ON habit.source = copy.source
JOIN person ON person.n = copy.n
CROSS JOIN LATERAL (SELECT person.is_chinese AND retail.chance(r, 'Latin', 0.02) AS is_latin) AS script
-- Some families share an e-mail address.
JOIN email
	ON email.n = CASE WHEN size > 1 AND retail.chance(household, 'family e-mail', 0.06) THEN head ELSE copy.n END
	AND email.which = retail.chance(r, 'other e-mail', 0.12)::int;
ANALYZE known;

-- How the system writes it. Key numbers are shuffled: neighbours are strangers.
CREATE TEMP TABLE record ON COMMIT DROP AS
SELECT r, n, source,
	   source || '-' || lpad(number::text, greatest(6, length(number::text)), '0') AS record_id,
	   CASE WHEN in_one_field THEN NULL
			WHEN swapped THEN family ELSE given END AS given_name,
	   CASE WHEN in_one_field AND is_chinese AND NOT is_latin THEN family || given
			WHEN in_one_field THEN given || ' ' || family
			WHEN swapped THEN given ELSE family END AS family_name,
	   email, phone, birth, street, city, postcode
FROM (
	SELECT r, n, source, known.is_chinese, is_latin,
		   row_number() OVER (PARTITION BY source ORDER BY retail.uniform(r, 'key'), r) AS number,
		   retail.chance(r, 'swapped', 0.02) AS swapped,
		   source = 'service' AND retail.chance(r, 'in one field', 0.02) AS in_one_field,
		   CASE WHEN known.is_chinese AND NOT is_latin
				THEN CASE WHEN old_script THEN translate(given, simplified, traditional) ELSE given END
				WHEN shout = 1 THEN upper(given_slip COLLATE "C")
				WHEN shout = 2 THEN lower(given_slip COLLATE "C")
				WHEN source = 'crm' AND retail.chance(r, 'title', 0.02) THEN 'Dr. ' || given_slip
				ELSE given_slip END AS given,
		   CASE WHEN known.is_chinese AND NOT is_latin
				THEN CASE WHEN old_script THEN translate(family, simplified, traditional) ELSE family END
				WHEN shout = 1 THEN upper(translate(family_slip, 'áéíóúñü', 'aeiounu') COLLATE "C")
				WHEN shout = 2 THEN lower(family_slip COLLATE "C")
				ELSE family_slip END AS family,
		   CASE WHEN retail.chance(r, 'e-mail slip', slip / 2) THEN retail.typo(email, r, 'e-mail')
				WHEN retail.chance(r, 'e-mail capitals', 0.05) THEN upper(email COLLATE "C")
				WHEN source = 'shop' AND retail.chance(r, 'e-mail tag', 0.05) THEN replace(email, '@', '+shop@')
				ELSE email END AS email,
		   CASE WHEN known.is_chinese THEN
				CASE WHEN retail.chance(r, 'no country code', 0.02) THEN digits
					 WHEN retail.chance(r, 'full width', 0.01)
					 THEN translate('+86' || digits, '+0123456789', '＋０１２３４５６７８９')
					 ELSE CASE layout
						  WHEN 1 THEN '+86' || digits
						  WHEN 2 THEN '+86-' || left(digits, 3) || '-' || substr(digits, 4, 4) || '-' || substr(digits, 8)
						  WHEN 3 THEN '(+86) ' || digits
						  WHEN 4 THEN '+86 ' || digits
						  ELSE '+86 ' || left(digits, 3) || ' ' || substr(digits, 4, 4) || ' ' || substr(digits, 8) END END
				ELSE CASE layout
					 WHEN 1 THEN digits
					 WHEN 2 THEN '(' || left(digits, 3) || ') ' || substr(digits, 4, 3) || '-' || substr(digits, 7)
					 WHEN 3 THEN left(digits, 3) || '-' || substr(digits, 4, 3) || '-' || substr(digits, 7)
					 WHEN 4 THEN '+1 ' || left(digits, 3) || ' ' || substr(digits, 4, 3) || ' ' || substr(digits, 7)
					 WHEN 5 THEN left(digits, 3) || '.' || substr(digits, 4, 3) || '.' || substr(digits, 7)
					 ELSE '1-' || left(digits, 3) || '-' || substr(digits, 4, 3) || '-' || substr(digits, 7) END
				END AS phone,
		   to_char(birth, CASE source
						  WHEN 'crm' THEN 'YYYY-MM-DD'
						  WHEN 'shop' THEN CASE WHEN known.is_chinese THEN 'YYYY/MM/DD' ELSE 'MM/DD/YYYY' END
						  ELSE CASE WHEN known.is_chinese THEN 'FMYYYY"年"FMMM"月"FMDD"日"'
									WHEN layout < 4 THEN 'YYYYMMDD' ELSE 'DD Mon YYYY' END END) AS birth,
		   CASE WHEN no_street THEN NULL
				WHEN known.is_chinese AND is_latin THEN house || ' ' || short || ', Room ' || building || '-' || unit
				WHEN known.is_chinese THEN long || house
					|| CASE WHEN old_script THEN '號' ELSE '号' END
					|| CASE layout WHEN 1 THEN building || '-' || unit
								   WHEN 2 THEN building || '幢' || unit || '室'
								   ELSE building || '栋' || unit || '室' END
				WHEN retail.chance(r, 'street slip', slip)
				THEN house || ' ' || retail.typo(long, r, 'street') || coalesce(' Apt ' || unit, '')
				ELSE house || ' ' || CASE WHEN layout IN (1, 2, 5) THEN short ELSE long END
					|| coalesce(CASE layout WHEN 1 THEN ' #' WHEN 2 THEN ', Apt ' WHEN 3 THEN ' Apt. '
											WHEN 4 THEN ', Unit ' ELSE ' Apt ' END || unit, '') END AS street,
		   CASE WHEN no_city THEN NULL
				WHEN known.is_chinese AND (is_latin OR retail.chance(r, 'city in English', 0.02)) THEN english
				WHEN retail.chance(r, 'other city name', 0.05) THEN spelling
				WHEN known.is_chinese THEN chinese
				WHEN shout = 1 THEN upper(english COLLATE "C")
				ELSE english END AS city,
		   CASE WHEN no_city OR retail.chance(r, 'no postcode', 0.04) THEN NULL
				WHEN retail.chance(r, 'postcode slip', slip / 2) THEN retail.typo(postcode, r, 'postcode')
				WHEN NOT known.is_chinese AND retail.chance(r, 'long postcode', 0.06)
				THEN postcode || '-' || lpad(house::text, 4, '0')
				ELSE postcode END AS postcode
	FROM (SELECT *,
				 retail.pick(r, 'layout', 6) AS layout,
				 CASE WHEN retail.chance(r, 'capitals', 0.04) THEN 1
					  WHEN source = 'shop' AND retail.chance(r, 'small letters', 0.06) THEN 2 END AS shout,
				 retail.chance(r, 'traditional', 0.03) AS old_script,
				 CASE WHEN retail.chance(r, 'given slip', slip)
					  THEN retail.typo(given, r, 'given') ELSE given END AS given_slip,
				 CASE WHEN retail.chance(r, 'family slip', slip)
					  THEN retail.typo(family, r, 'family') ELSE family END AS family_slip,
				 CASE WHEN retail.chance(r, 'phone slip', slip / 2)
					  THEN retail.typo(phone, r, 'phone') ELSE phone END AS digits
		  FROM known OFFSET 0) AS known
	JOIN address ON address.address = home
	CROSS JOIN traditional) AS written;
ANALYZE record;

-- ---------------------------------------------------------------------------------------------
-- The three systems, each with its own column names, and the view that brings them to one shape.
-- ---------------------------------------------------------------------------------------------

CREATE TABLE retail.crm (
	customer_no text PRIMARY KEY, first_name text, last_name text, birth_date text, email text,
	mobile text, street text, city text, postcode text);
INSERT INTO retail.crm
SELECT record_id, given_name, family_name, birth, email, phone, street, city, postcode
FROM record WHERE source = 'crm' ORDER BY record_id COLLATE "C";

CREATE TABLE retail.shop (
	account_id text PRIMARY KEY, e_mail text, given_name text, surname text, phone text,
	date_of_birth text, address_line text, town text, zip text);
INSERT INTO retail.shop
SELECT record_id, email, given_name, family_name, phone, birth, street, city, postcode
FROM record WHERE source = 'shop' ORDER BY record_id COLLATE "C";

CREATE TABLE retail.service (
	client_no text PRIMARY KEY, family_name text, given_name text, contact_phone text,
	contact_email text, born text, address text, city text, postcode text);
INSERT INTO retail.service
SELECT record_id, family_name, given_name, phone, email, birth, street, city, postcode
FROM record WHERE source = 'service' ORDER BY record_id COLLATE "C";

CREATE VIEW retail.customer AS
SELECT customer_no AS record_id, 'crm' AS source, first_name AS given_name, last_name AS family_name,
	   email, mobile AS phone, birth_date AS dob, street, city, postcode
FROM retail.crm
UNION ALL
SELECT account_id, 'shop', given_name, surname, e_mail, phone, date_of_birth, address_line, town, zip
FROM retail.shop
UNION ALL
SELECT client_no, 'service', given_name, family_name, contact_email, contact_phone, born, address, city, postcode
FROM retail.service;

-- The truth, in the order of the keys, under numbers that say nothing.
CREATE TABLE retail.truth (record_id text PRIMARY KEY, person_id int8 NOT NULL);
INSERT INTO retail.truth
SELECT record_id, dense_rank() OVER (ORDER BY retail.uniform(n, 'person'), n)
FROM record ORDER BY record_id COLLATE "C";

-- ---------------------------------------------------------------------------------------------
-- Orders of 2024 and 2025. A person has a level of spending, a first and a last day; 3 % of the
-- orders come back in whole or in part, as a negative amount some days later.
-- ---------------------------------------------------------------------------------------------

CREATE TEMP TABLE sale ON COMMIT DROP AS
SELECT record_id, o, begins + floor(retail.uniform(o, 'at') * (ends - begins))::int8 AS second,
	   (500 + floor(retail.uniform(o, 'amount') * retail.uniform(o, 'cheaper') * level * 160)::int8)::numeric(12, 2)
	   / 100 AS amount
FROM (SELECT r, record_id,
			 (ARRAY[0,0,1,1,1,2,2,2,3,3,4,4,5,6,7,9,11,14,18,27])
				[CASE WHEN retail.chance(r, 'habit', 0.7) THEN retail.pick(n, 'orders', 20)
					  ELSE retail.pick(r, 'orders of record', 20) END] AS orders,
			 (ARRAY[60, 80, 100, 100, 130, 200, 400])[retail.pick(n, 'level', 7)] AS level,
			 begins, CASE WHEN retail.chance(n, 'stays', 0.5) THEN 63158400
						  ELSE begins + 86400 + floor(retail.uniform(n, 'ends') * (63158400 - 86400 - begins))::int8
					  END AS ends
	  FROM (SELECT r, n, record_id,
				   floor(retail.uniform(n, 'begins') * retail.uniform(n, 'earlier') * 60000000)::int8 AS begins
			FROM record OFFSET 0) AS joined) AS buyer,
	LATERAL (SELECT r * 64 + i AS o FROM generate_series(1, orders) AS i) AS item;

CREATE TABLE retail.orders (
	order_id int8 PRIMARY KEY, record_id text NOT NULL, ordered_at timestamptz NOT NULL,
	amount numeric(12, 2) NOT NULL);
INSERT INTO retail.orders
SELECT row_number() OVER (ORDER BY second, o, amount DESC), record_id,
	   timestamptz '2024-01-01 00:00:00+00' + second * interval '1 second', amount
FROM (SELECT record_id, o, second, amount FROM sale
	  UNION ALL
	  SELECT record_id, o, second + 86400 * retail.pick(o, 'returned after', 30),
			 - CASE WHEN retail.chance(o, 'in part', 0.3) THEN round(amount / 2, 2) ELSE amount END
	  FROM sale
	  WHERE retail.chance(o, 'returned', 0.03)
		AND second + 86400 * retail.pick(o, 'returned after', 30) < 63158400) AS booked
ORDER BY 1;

COMMENT ON TABLE retail.crm IS 'Customers as the sales staff wrote them';
COMMENT ON TABLE retail.shop IS 'Accounts as customers typed them into the web shop';
COMMENT ON TABLE retail.service IS 'Clients as the service desk heard them on the telephone';
COMMENT ON VIEW retail.customer IS 'The records of all three systems in one shape';
COMMENT ON TABLE retail.truth IS 'Which person a record really belongs to';
COMMENT ON TABLE retail.orders IS 'Orders of 2024 and 2025; returns have negative amounts';

DROP FUNCTION retail.phone, retail.typo, retail.pick, retail.chance, retail.uniform;
COMMIT;
ANALYZE retail.crm, retail.shop, retail.service, retail.truth, retail.orders;

\set QUIET :quiet_before
