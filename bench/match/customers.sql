-- bench/match/customers.sql: :records customer records, made up, the same on every machine.
--
--   psql -v records=1000000 -f customers.sql
--   psql -v records=1000000 -v profile=chinese -f customers.sql
--
-- Makes bench_match.customers and, apart from them, bench_match.truth: whose record it is. A fifth of the
-- records are a further record of a person who has one: with slips of the pen, short forms, another surname,
-- moved, with another e-mail address or telephone, with values that are missing. People live in households;
-- a hundredth of the records has the e-mail address or the telephone of a shop's branch.
--
-- profile: plain
--          chinese  names in Han characters; surnames are a hundred, however many records there are
--          skew     as plain, but a fifth of the records has none@example.com, a twentieth one postcode
--
-- Every choice is a hash of (purpose, number of the record or person), so that the rows depend neither on
-- their order nor on the server. Where names fall as 1 / (rank + q) and q grows with the number of records,
-- and so do postcodes, the share of pairs that agree falls as the number of records grows: pairs under a rule
-- grow as the records do, not as their square. So these are data to measure cost with. That larger sets are
-- less alike makes them easier than people are.

\set ON_ERROR_STOP on
\if :{?profile}
\else
	\set profile plain
\endif
\set quiet_before :QUIET
\set QUIET on
SELECT :'profile' = 'chinese' AS is_chinese, :'profile' = 'skew' AS is_skew \gset

BEGIN;
SET LOCAL client_min_messages = warning;
SET LOCAL jit = off;
DROP SCHEMA IF EXISTS bench_match CASCADE;
CREATE SCHEMA bench_match;

-- A number in [0, 1) that belongs to n and one purpose.
CREATE FUNCTION bench_match.uniform(n int8, purpose text) RETURNS float8
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (hashint8extended(n, ('x' || left(md5(purpose), 16))::bit(64)::int8) & 9007199254740991)
	   / 9007199254740992.0::float8;

-- True with the given probability.
CREATE FUNCTION bench_match.chance(n int8, purpose text, probability float8) RETURNS bool
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN bench_match.uniform(n, purpose) < probability;

-- One of 0 .. choices - 1, all equally likely.
CREATE FUNCTION bench_match.pick(n int8, purpose text, choices int8) RETURNS int8
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN floor(bench_match.uniform(n, purpose) * choices)::int8;

-- One of 0 .. choices - 1, the probability falling as 1 / (rank + flat).
CREATE FUNCTION bench_match.rank(n int8, purpose text, choices float8, flat float8) RETURNS int8
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN floor(flat * (power(1 + choices / flat, bench_match.uniform(n, purpose)) - 1))::int8;

-- The value with one slip behind its first character: left out, doubled, or two neighbours exchanged.
CREATE FUNCTION bench_match.slip(value text, n int8, purpose text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (SELECT CASE bench_match.pick(n, purpose || ' slip', 3)
					WHEN 0 THEN overlay(value PLACING '' FROM at FOR 1)
					WHEN 1 THEN overlay(value PLACING substr(value, at, 1) FROM at FOR 0)
					ELSE left(value, at - 1) || substr(value, at + 1, 1) || substr(value, at, 1)
						 || substr(value, at + 2) END
		FROM (SELECT 2 + bench_match.pick(n, purpose || ' place', greatest(length(value) - 1, 1))::int AS at
			  OFFSET 0) AS place);

-- Words. Common given names come from the lists of examples/retail, the others are put together.
\ir ../../examples/retail/names.sql
SELECT array_agg(given ORDER BY rank) AS given, array_agg(coalesce(nicknames[1], given) ORDER BY rank) AS nickname
FROM given_en \gset
SELECT array_agg(family ORDER BY rank) AS han_family, array_agg(pinyin ORDER BY rank) AS pinyin_family
FROM family_zh \gset
SELECT array_agg(glyph ORDER BY rank) AS han_given, array_agg(pinyin ORDER BY rank) AS pinyin_given
FROM given_zh \gset
\set family_begin '{Al,An,Ar,Ash,Bar,Bel,Ben,Ber,Bir,Bor,Bran,Bre,Bur,Cal,Car,Chan,Clar,Col,Con,Cor,Cros,Dal,Dan,Dar,Den,Dor,Dun,Ed,El,Far,Fen,Fer,Fin,For,Gal,Gar,Gil,Gor,Gran,Hal,Har,Hen,Hol,Hor,Jan,Jen,Kal,Kar,Ken,Kir,Lan,Lar,Len,Lin,Lor,Mac,Mal,Man,Mar,Mel,Mer,Mil,Mon,Mor,Nor,Nov,Ol,Par,Pat,Pel,Per,Pol,Ran,Rob,Ros,San,Sar,Sel,Sher,Stan}'
\set family_middle '{"",a,e,i,o,in,er,el,en,ar,ing,ber,der,fer,ger,ker,le,li,ma,mi,na,ne,ni,ra,ri,ro,se,si,sta,ta,te,ti,tin,to,va,ve,vi,wa,we,za}'
\set family_end '{son,man,ton,ley,field,ford,wood,well,worth,more,land,ham,by,berg,mann,stein,hoff,sen,sson,ski,sky,wicz,ov,ev,in,enko,ic,ez,es,os,as,ini,elli,etti,ani,ati,ard,eau,et,ier,on,is,us,a,er,s,dale,bridge,gate,hurst,cote,court,shaw,stone,wick,brook,combe,croft,holm,ness}'
\set given_begin '{Ab,Ad,Al,Am,An,Ar,Be,Bri,Ca,Ce,Cla,Da,De,Do,Ed,El,Em,Es,Fa,Fe,Flo,Ga,Ge,Gi,Ha,He,Il,In,Is,Ja,Jo,Ka,Ke,La,Le,Li,Lu,Ma,Me,Mi,Na,No,Ol,Pa,Ra,Ri,Ro,Sa,Ta,Va}'
\set given_middle '{ba,be,bi,ca,da,de,di,do,fa,fe,ga,ha,ja,ka,ki,la,le,li,lo,lu,ma,me,mi,mo,na,ne,ni,no,ra,re,ri,ro,sa,se,si,ta,te,ti,va,vi}'
\set given_end '{n,ne,na,s,l,la,lle,r,ra,m,d,t}'
\set street '{Oak,Maple,Cedar,Pine,Elm,Church,Mill,Park,Station,High,Lake,Hill,River,Garden,Meadow,Spring,Forest,School,Market,Bridge,Castle,Abbey,Chapel,Orchard,Victoria,Albert,King,Queen,Prince,Duke,North,South,East,West,Union,Liberty,Franklin,Lincoln,Jackson,Madison}'
\set street_end '{Street,Road,Lane,Avenue,Drive,Court,Way,Close}'
\set area '{201,202,203,205,206,207,208,209,212,213,214,215,216,217,218,219,224,225,228,229,231,234,239,240,248,251,252,253,254,256,260,262,267,269,270,276,281,301,302,303}'

-- Distinct while rank < 768,000 (given names: 24,000).
CREATE FUNCTION bench_match.western_family(rank int8) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (:'family_begin'::text[])[1 + rank * 7919 % 192000 % 80]
	   || (:'family_middle'::text[])[1 + rank * 7919 % 192000 / 80 % 40]
	   || ('{"",e,in,or}'::text[])[1 + rank / 192000 % 4]
	   || (:'family_end'::text[])[1 + rank * 7919 % 192000 / 3200];

CREATE FUNCTION bench_match.western_given(rank int8) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN rank < cardinality(:'given'::text[]) THEN (:'given'::text[])[1 + rank]
			ELSE (:'given_begin'::text[])[1 + rank * 7919 % 24000 % 50]
				 || (:'given_middle'::text[])[1 + rank * 7919 % 24000 / 50 % 40]
				 || (:'given_end'::text[])[1 + rank * 7919 % 24000 / 2000] END;

CREATE FUNCTION bench_match.western_nickname(rank int8) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN rank < cardinality(:'given'::text[]) THEN (:'nickname'::text[])[1 + rank]
			ELSE left(bench_match.western_given(rank), 4) END;

-- A Chinese given name has two characters but for one name in eight; words is a list by character.
CREATE FUNCTION bench_match.chinese_given(words text[], rank int8) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN words[1 + rank * 7919 % cardinality(words)]
	   || CASE WHEN rank % 8 = 3 THEN ''
			   ELSE words[1 + rank * 7919 / cardinality(words) % cardinality(words)] END;

-- What a rank is called: for writing, for e-mail addresses, and in short.
\if :is_chinese
CREATE FUNCTION bench_match.family(rank int8) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (:'han_family'::text[])[1 + rank];
CREATE FUNCTION bench_match.latin_family(rank int8) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (:'pinyin_family'::text[])[1 + rank];
CREATE FUNCTION bench_match.given(rank int8) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN bench_match.chinese_given(:'han_given'::text[], rank);
CREATE FUNCTION bench_match.latin_given(rank int8) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN bench_match.chinese_given(:'pinyin_given'::text[], rank);
CREATE FUNCTION bench_match.nickname(rank int8) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN bench_match.chinese_given(:'han_given'::text[], rank);
\else
CREATE FUNCTION bench_match.family(rank int8) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN bench_match.western_family(rank);
CREATE FUNCTION bench_match.latin_family(rank int8) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN lower(bench_match.western_family(rank) COLLATE "C");
CREATE FUNCTION bench_match.given(rank int8) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN bench_match.western_given(rank);
CREATE FUNCTION bench_match.latin_given(rank int8) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN lower(bench_match.western_given(rank) COLLATE "C");
CREATE FUNCTION bench_match.nickname(rank int8) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN bench_match.western_nickname(rank);
\endif

-- How names and postcodes spread.
SELECT greatest(:records / 25000.0, 1) AS family_flat, greatest(:records / 60000.0, 1) AS given_flat,
	   greatest(:records / 40, 1) AS postcodes, greatest(:records / 1000, 1) AS branches,
	   CASE WHEN :'is_chinese' THEN (SELECT count(*) FROM family_zh) ELSE greatest(:records / 20, 20) END AS families,
	   CASE WHEN :'is_chinese' THEN greatest(:records / 100, 200) ELSE greatest(:records / 500, 20) END AS givens,
	   CASE WHEN :'is_skew' THEN 0.2 ELSE 0 END AS no_address,
	   CASE WHEN :'is_skew' THEN 0.05 ELSE 0 END AS one_postcode \gset
\if :is_chinese
	\set family_flat 5
\endif

-- Whose record it is. Keys are in no order of persons: 618034003 is a prime, so that id * 618034003 % :records has each
-- value once (but for 618034003 records).
CREATE FUNCTION bench_match.person(id int8) RETURNS int8
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN id * 618034003 % :records < :records * 4::int8 / 5 THEN id * 618034003 % :records
			-- three in ten of the further records belong to a tenth of the persons
			WHEN bench_match.chance(id, 'regular', 0.3) THEN bench_match.pick(id, 'person', :records * 4::int8 / 50)
			ELSE bench_match.pick(id, 'person', :records * 4::int8 / 5) END;

CREATE TABLE bench_match.truth AS
SELECT id, bench_match.person(id) AS person FROM generate_series(1::int8, :records) AS id;

CREATE TABLE bench_match.customers AS
SELECT id,
	   CASE WHEN swapped THEN surname ELSE first_name END AS first_name,
	   CASE WHEN swapped THEN first_name ELSE surname END AS surname,
	   dob, email, phone, street, city, postcode
FROM (
	SELECT id, again AND bench_match.chance(id, 'swapped', 0.01) AS swapped,
		   CASE WHEN bench_match.chance(id, 'no given name', 0.01) THEN NULL
				WHEN bench_match.chance(id, 'given slip', 0.03) THEN bench_match.slip(given, id, 'given')
				ELSE given END AS first_name,
		   CASE WHEN bench_match.chance(id, 'family slip', 0.03) THEN bench_match.slip(family, id, 'family')
				ELSE family END AS surname,
		   CASE WHEN bench_match.chance(id, 'no birth', 0.08) THEN NULL
				WHEN bench_match.chance(id, 'system''s birth', 0.005) THEN date '1970-01-01'
				WHEN bench_match.chance(id, 'birth slip', 0.03)
				THEN birth + (ARRAY[-1, 1, 10, 30, 365])[1 + bench_match.pick(id, 'birth', 5)]
				ELSE birth END AS dob,
		   CASE WHEN bench_match.chance(id, 'no address', :no_address) THEN 'none@example.com'
				WHEN bench_match.chance(id, 'no e-mail', 0.2) THEN NULL
				WHEN bench_match.chance(id, 'branch''s e-mail', 0.01)
				THEN 'shop' || bench_match.pick(id, 'branch', :branches) || '@branch.example'
				WHEN bench_match.chance(id, 'e-mail slip', 0.02) THEN bench_match.slip(address, id, 'e-mail')
				ELSE address END AS email,
		   CASE WHEN bench_match.chance(id, 'no phone', 0.2) THEN NULL
				WHEN bench_match.chance(id, 'branch''s phone', 0.01)
				THEN '304' || 2000000 + bench_match.pick(id, 'branch', :branches)
				WHEN bench_match.chance(id, 'phone slip', 0.02) THEN bench_match.slip(number, id, 'phone')
				ELSE number END AS phone,
		   CASE WHEN NOT bench_match.chance(id, 'no street', 0.1)
				THEN 1 + bench_match.pick(home, 'house', 250) || ' '
					 || (:'street'::text[])[1 + bench_match.pick(home, 'street', 40)] || ' '
					 || (:'street_end'::text[])[1 + bench_match.pick(home, 'street end', 8)] END AS street,
		   -- cities have neighbouring postcodes, the first cities most
		   CASE WHEN NOT bench_match.chance(id, 'no city', 0.05)
				THEN bench_match.western_family(floor(power(zone::float8 / :postcodes, 2) * (:postcodes / 50 + 1))::int8
												* 7 + 3) || 'ville' END AS city,
		   CASE WHEN bench_match.chance(id, 'one postcode', :one_postcode) THEN '100000'
				WHEN bench_match.chance(id, 'no postcode', 0.05) THEN NULL
				WHEN bench_match.chance(id, 'postcode slip', 0.02)
				THEN bench_match.slip((100001 + zone)::text, id, 'postcode')
				ELSE (100001 + zone)::text END AS postcode
	FROM (
		SELECT id, again, home, bench_match.pick(home, 'postcode', :postcodes) AS zone,
			   CASE WHEN family_rank % 12 = 5 AND NOT bench_match.chance(id, 'no accents', 0.4)
					THEN translate(bench_match.family(family_rank), 'ou', 'óü')
					ELSE bench_match.family(family_rank) END AS family,
			   CASE WHEN again AND bench_match.chance(id, 'short form', 0.1) THEN bench_match.nickname(given_rank)
					WHEN given_rank % 12 = 5 AND NOT bench_match.chance(id, 'no accents', 0.4)
					THEN translate(bench_match.given(given_rank), 'e', 'é')
					ELSE bench_match.given(given_rank) END AS given,
			   date '1935-01-01' + bench_match.pick(person, 'birth', 26000)::int AS birth,
			   (:'area'::text[])[1 + bench_match.pick(line, 'area', 40)]
				   || 2000000 + bench_match.pick(line, 'number', 8000000) AS number,
			   CASE style
			   WHEN 0 THEN bench_match.latin_given(given_rank) || '.' || bench_match.latin_family(at_birth)
			   WHEN 1 THEN bench_match.latin_given(given_rank) || bench_match.latin_family(at_birth)
				   || bench_match.pick(mail, 'digits', 100)
			   WHEN 2 THEN left(bench_match.latin_given(given_rank), 1) || bench_match.latin_family(at_birth)
				   || bench_match.pick(mail, 'digits', 1000)
			   WHEN 3 THEN bench_match.latin_family(at_birth) || '_' || bench_match.latin_given(given_rank)
				   || 40 + bench_match.pick(person, 'birth', 26000) / 365
			   ELSE (:'given_middle'::text[])[1 + bench_match.pick(mail, 'one', 40)]
				   || (:'family_middle'::text[])[2 + bench_match.pick(mail, 'two', 39)]
				   || (:'given_middle'::text[])[1 + bench_match.pick(mail, 'three', 40)]
				   || bench_match.pick(mail, 'digits', 10000) END
			   || '@' || (ARRAY['mail.example', 'example.com', 'post.example', 'example.net', 'inbox.example', 'example.org'])
						 [1 + bench_match.rank(mail, 'host', 6, 2)] AS address
		FROM (
			SELECT id, person, again, given_rank, at_birth,
				   bench_match.pick(mail, 'style', 8) AS style, mail, line, home,
				   CASE WHEN again AND bench_match.chance(id, 'another name', 0.05)
						THEN bench_match.rank(id, 'family', :families, :family_flat)
						ELSE at_birth END AS family_rank
			FROM (
				SELECT id, person, again,
					   bench_match.rank(person, 'given', :givens, :given_flat) AS given_rank,
					   bench_match.rank(CASE WHEN bench_match.chance(person, 'own name', 0.15) THEN person ELSE head END,
										'family', :families, :family_flat) AS at_birth,
					   -- the numbers of addresses: of the household, of a person, of one record only
					   CASE WHEN bench_match.chance(person, 'family e-mail', 0.05) THEN 2000000000 + head
							WHEN again AND bench_match.chance(id, 'other e-mail', 0.25) THEN 4000000000 + id
							ELSE person END AS mail,
					   CASE WHEN bench_match.chance(person, 'family phone', 0.2) THEN 2000000000 + head
							WHEN again AND bench_match.chance(id, 'other phone', 0.25) THEN 4000000000 + id
							ELSE person END AS line,
					   CASE WHEN again AND bench_match.chance(id, 'moved', 0.2) THEN 4000000000 + id
							ELSE head END AS home
				FROM (
					SELECT id, person, id * 618034003 % :records <> person AS again,
						   -- of three neighbours all, two or none are a household
						   person - CASE WHEN person % 3 <= bench_match.pick(person / 3, 'household', 3)
										 THEN person % 3 ELSE 0 END AS head
					FROM bench_match.truth OFFSET 0) AS housed
				OFFSET 0) AS numbered
			OFFSET 0) AS named
		OFFSET 0) AS known
	OFFSET 0) AS written;

ALTER TABLE bench_match.customers ADD PRIMARY KEY (id);
ALTER TABLE bench_match.truth ADD PRIMARY KEY (id);
COMMIT;
VACUUM ANALYZE bench_match.customers, bench_match.truth;
\set QUIET :quiet_before
