-- cdw.resolve: who is who, on data where it is obvious. Weights are not printed: they are the model's business.
CREATE SCHEMA identity_resolve;
SET search_path = identity_resolve;
SET DateStyle = 'ISO, YMD';
\pset null '(null)'
\pset format unaligned

-- What a statement raises, in one line; its effects are undone.
CREATE FUNCTION fails(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    message text;
    detail text;
    hint text;
BEGIN
    EXECUTE statement;
    RAISE EXCEPTION USING ERRCODE = 'CDW00', MESSAGE = 'no error';
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
    RETURN concat_ws(' / ', CASE WHEN SQLSTATE = 'CDW00' THEN message ELSE SQLSTATE || ': ' || message END, nullif(detail, ''), nullif(hint, ''));
END
$$;

CREATE TABLE people (id int PRIMARY KEY, who text, system text, given text, family text, dob text, email text, phone text, city text);
INSERT INTO people VALUES
    (101, 'ann',    'crm',     'Ann',       'Archer',   '1980-02-11', 'ann.archer@example.com',     '212-555-0101',     'Boston'),
    (102, 'ann',    'shop',    'Anne',      'Archer',   '1980-02-11', 'Ann.Archer@Example.com',     '(212) 555-0101',   'Boston'),
    (103, 'ann',    'service', 'ann',       'ARCHER',   '1980-02-11', NULL,                         '+1 212 555 0101',  'Boston'),
    (104, 'bob',    'crm',     'Robert',    'Baker',    '1975-07-30', 'bob.baker@example.com',      '212-555-0102',     'Chicago'),
    (105, 'bob',    'shop',    'Robert',    'Bakre',    '1975-07-30', 'bob.baker@example.com',      '212-555-0102',     NULL),
    (106, 'cid',    'crm',     'Cidney',    'Cole',     '1991-12-01', 'cid@cole.example',           '212-555-0103',     'Denver'),
    (107, 'cid',    'service', 'Cidney',    'Cole',     '1991-12-01', 'cid@cole.example',           NULL,               'Denver'),
    (108, 'dora',   'crm',     'Dora',      'Dean',     '1966-05-17', 'dora.dean@example.net',      '212-555-0104',     'Boston'),
    (109, 'dora',   'shop',    'Dora',      'Dean',     '1966-05-17', 'dora.dean@example.net',      '212-555-0104',     'Boston'),
    (110, 'ed',     'crm',     'Edward',    'Ellis',    '1988-08-08', 'ed.ellis@example.net',       '212-555-0105',     'Chicago'),
    (111, 'flo',    'crm',     'Florence',  'Frost',    '1959-03-25', 'flo@frost.example',          '212-555-0106',     'Denver'),
    (112, 'flo',    'shop',    'Florence',  'Frost',    '1959-03-25', 'flo@frost.example',          '212-555-0106',     'Denver'),
    (113, 'gus',    'crm',     'Gustav',    'Gray',     '2001-01-09', 'gus.gray@example.org',       '212-555-0107',     'Boston'),
    (114, 'gus',    'service', 'Gustav',    'Gray',     '2001-01-09', 'gus.gray@example.org',       '212-555-0107',     'Boston'),
    (115, 'hal',    'shop',    'Hal',       'Hunt',     '1994-10-31', 'hal.hunt@example.org',       '212-555-0108',     'Chicago'),
    (116, 'ivy',    'crm',     'Ivy',       'Irwin',    '1983-06-06', 'ivy@irwin.example',          '212-555-0109',     'Denver'),
    (117, 'ivy',    'shop',    'Ivy',       'Irwin',    '1983-06-06', 'ivy@irwin.example',          '212-555-0109',     'Denver'),
    (118, 'jack',   'service', 'Jack',      'Jones',    '1970-11-15', 'jack.jones@example.com',     '212-555-0110',     'Boston'),
    (119, 'kim',    'crm',     'Kimberly',  'King',     '1999-04-02', 'kim@king.example',           '212-555-0111',     'Chicago'),
    (120, 'kim',    'shop',    'Kimberly',  'King',     '1999-04-02', 'kim@king.example',           '212-555-0111',     'Chicago'),
    (121, 'wang',   'crm',     '小明',      '王',       '1985-09-19', 'wang.xm@example.cn',         '138 0013 8000',    '北京'),
    (122, 'wang',   'shop',    '小明',      '王',       '1985-09-19', 'wang.xm@example.cn',         '13800138000',      '北京'),
    (123, 'li',     'crm',     '娜',        '李',       '1990-01-23', 'lina@example.cn',            '139 1111 2222',    '上海'),
    (124, 'li',     'service', '娜',        '李',       '1990-01-23', 'lina@example.cn',            '139 1111 2222',    '上海'),
    (125, 'zhang',  'shop',    '伟',        '张',       '1978-12-12', 'zhangwei@example.cn',        '137 2222 3333',    '北京'),
    (126, 'chen',   'crm',     '静',        '陈',       '1993-03-03', 'chenjing@example.cn',        '136 3333 4444',    '广州'),
    (127, 'chen',   'shop',    '静',        '陈',       '1993-03-03', 'chenjing@example.cn',        '136 3333 4444',    '广州'),
    (128, 'liu',    'service', '洋',        '刘',       '1982-07-21', 'liuyang@example.cn',         '135 4444 5555',    '上海'),
    (129, 'lou',    'crm',     'Louise',    'Lamb',     '1986-02-28', 'lou.lamb@example.com',       '212-555-0112',     'Boston'),
    (130, 'lou',    'shop',    'Louise',    'Lamb',     '1986-02-28', 'lou.lamb@example.com',       '212-555-0112',     'Chicago'),
    (131, 'max',    'crm',     'Max',       'Moore',    '1972-09-09', 'max@moore.example',          '212-555-0113',     'Denver'),
    (132, 'nina',   'shop',    'Nina',      'Novak',    '1997-05-05', 'nina@novak.example',         '212-555-0114',     'Boston'),
    (133, 'nina',   'service', 'Nina',      'Novak',    '1997-05-05', 'nina@novak.example',         '212-555-0114',     'Boston'),
    (134, 'otto',   'crm',     'Otto',      'Olsen',    '1964-12-24', 'otto@olsen.example',         '212-555-0115',     'Chicago'),
    (135, 'pia',    'shop',    'Pia',       'Price',    '1989-08-18', 'pia.price@example.net',      '212-555-0116',     'Denver'),
    (136, 'pia',    'crm',     'Pia',       'Price',    '1989-08-18', 'pia.price@example.net',      '212-555-0116',     'Denver');
CREATE FUNCTION fields() RETURNS jsonb IMMUTABLE LANGUAGE sql RETURN
    '{"given": "given_name", "family": "family_name", "dob": "date", "email": "email", "phone": "phone", "city": "category"}'::jsonb;

-- The first run trains, says so in the settings, and finds everybody.
SELECT cdw.create_resolver('r', 'people', 'id', fields()) ->> 'resolver' AS resolver;
CALL cdw.resolve('r');
SELECT who, array_agg(id ORDER BY id) AS records, array_agg(DISTINCT identity_id) AS identity FROM people JOIN r_identity USING (id) GROUP BY who ORDER BY min(id);
SELECT resolver, trained, threshold, trained_at IS NOT NULL AS trained_at, resolved_at >= trained_at AS resolved_at, settings ->> 'source' AS source
FROM cdw.resolver WHERE results_schema = 'identity_resolve';
-- Every record has one identity, singletons included; ids follow the order of the smallest keys.
SELECT count(*) = (SELECT count(*) FROM people) AS complete, count(DISTINCT identity_id) AS identities, max(identity_id) AS last FROM r_identity;
SELECT bool_and(identity_id = rank) AS ids_follow_smallest_keys FROM (SELECT identity_id, row_number() OVER (ORDER BY min(id)) AS rank FROM r_identity GROUP BY 1) t;
SELECT next_identity_id = (SELECT max(identity_id) + 1 FROM r_identity) AS next_identity FROM r_resolver;
-- Pairs: once, left before right, weight and probability say the same, everything from min_probability up.
SELECT bool_and(left_key < right_key) AS "left before right", bool_and(match_probability >= 0.1) AS "above min_probability",
       bool_and(abs(match_probability - power(2, match_weight) / (1 + power(2, match_weight))) < 1e-12) AS "probability = 2^w / (1 + 2^w)",
       bool_and(l.identity_id = r.identity_id) AS "within identities", count(*) = (SELECT sum(n * (n - 1) / 2) FROM (SELECT count(*) AS n FROM people GROUP BY who) t) AS "all pairs"
FROM r_match JOIN r_identity l ON l.id = left_key JOIN r_identity r ON r.id = right_key;
-- History: everybody joined, in the first run.
SELECT event, reason, from_identity_id, count(*), count(DISTINCT id), min(at) = max(at) AS "at once", bool_and(h.identity_id = i.identity_id) AS same FROM r_history h JOIN r_identity i USING (id) GROUP BY 1, 2, 3;
-- Term frequencies: standardised values of three or more records.
SELECT * FROM r_term WHERE field IN ('city', 'given') ORDER BY 1, 2, 3;

-- The golden view: most frequent value, then the longest, then the first in C order; blank values only where there is nothing else.
SELECT identity_id, record_count, given, family, dob, email, city FROM r_golden WHERE identity_id IN (1, 2, 3, 12) ORDER BY 1;
SELECT count(*) AS rows, sum(record_count) AS records FROM r_golden;
CREATE TABLE variants (id int PRIMARY KEY, identity int, a text, b varchar(10), n numeric, d date);
INSERT INTO variants VALUES
    (1, 1, 'x',    'abc',  1.0,  '2024-01-01'), (2, 1, 'x',   'b',    1.00, NULL), (3, 1, 'longer', 'abd', 2,    '2023-12-31'),
    (4, 2, '',     'Z',    NULL, NULL),         (5, 2, ' ',   'a',    NULL, NULL), (6, 2, '',       'Ä',   NULL, NULL),
    (7, 3, NULL,   NULL,   NULL, NULL),         (8, 3, '',    NULL,   7,    NULL), (9, 3, '',       '小明', NULL, '2024-02-29'),
    (10, 4, ' ',   E'\t',  1,    NULL),         (11, 4, ' ',  '　',   2,    NULL), (12, 4, 'x',     '0',   10,   '2024-03-01');
SELECT cdw.create_resolver('v', 'variants', 'id', '{"a": "text", "b": "text", "n": "number", "d": "date"}') ->> 'resolver' AS resolver;
INSERT INTO v_identity SELECT id, identity FROM variants;
SELECT * FROM v_golden ORDER BY 1;
SELECT pg_typeof(b) AS b, pg_typeof(n) AS n, pg_typeof(d) AS d, pg_typeof(record_count) AS record_count FROM v_golden LIMIT 1;
SELECT cdw.drop_resolver('v', true);

-- Another order of rows, and keys that are random numbers: the same partition, the same model.
SET client_min_messages = warning;
CREATE TABLE shuffled AS SELECT md5('key' || id)::uuid AS key, id AS was, who, given, family, dob, email, phone, city FROM people ORDER BY md5('row' || id);
SELECT cdw.create_resolver('s', 'shuffled', 'key', fields()) ->> 'key' AS key;
CALL cdw.resolve('s');
SELECT (SELECT model FROM s_resolver) = (SELECT model FROM r_resolver) AS same_model, count(*) AS groups_that_differ
FROM (SELECT array_agg(id ORDER BY id) FROM r_identity GROUP BY identity_id
      EXCEPT SELECT array_agg(was ORDER BY was) FROM s_identity JOIN shuffled USING (key) GROUP BY identity_id) t(g);
SELECT bool_and(s.match_weight = r.match_weight) AS same_weights, count(*) = (SELECT count(*) FROM r_match) AS same_pairs
FROM s_match s JOIN shuffled a ON a.key = left_key JOIN shuffled b ON b.key = right_key
JOIN r_match r ON r.left_key = least(a.was, b.was) AND r.right_key = greatest(a.was, b.was);
SELECT bool_and(identity_id = rank) AS ids_follow_smallest_keys FROM (SELECT identity_id, row_number() OVER (ORDER BY min(key::text)) AS rank FROM s_identity GROUP BY 1) t;
-- Text keys follow each other in C order in every database.
CREATE TABLE spelled AS SELECT format('%s%s', CASE id % 3 WHEN 0 THEN 'ä' WHEN 1 THEN 'Z' ELSE 'a' END, id) AS key, p.* FROM people p;
SELECT cdw.create_resolver('sp', 'spelled', 'key', fields()) ->> 'key' AS key;
CALL cdw.resolve('sp');
SELECT bool_and(identity_id = rank) AS ids_follow_c_order FROM (SELECT identity_id, row_number() OVER (ORDER BY min(key COLLATE "C")) AS rank FROM sp_identity GROUP BY 1) t;
SELECT bool_and(left_key < right_key COLLATE "C") AS left_before_right FROM sp_match;
RESET client_min_messages;

-- No rows, one row, nothing but missing values.
CREATE TABLE few (id int, name text, email text);
SELECT cdw.create_resolver('few', 'few', 'id', '{"name": "name", "email": "email"}') ->> 'resolver' AS resolver;
CALL cdw.resolve('few');
SELECT trained, threshold, resolved_at IS NOT NULL AS resolved FROM cdw.resolver WHERE resolver = 'few' AND results_schema = 'identity_resolve';
INSERT INTO few VALUES (7, 'Ann Archer', 'ann@example.com');
CALL cdw.resolve('few');
SELECT *, (SELECT trained FROM cdw.resolver WHERE resolver = 'few' AND results_schema = 'identity_resolve') AS trained FROM few_identity;
SELECT * FROM few_golden;
INSERT INTO few SELECT i, NULL, NULL FROM generate_series(10, 29) i;
UPDATE few SET name = NULL, email = '';
CALL cdw.resolve('few');
SELECT count(*), count(DISTINCT identity_id), min(identity_id), max(identity_id) FROM few_identity;
SELECT * FROM few_golden ORDER BY 1 LIMIT 2;
SELECT bool_and(weight = 0) AS nothing_weighs_anything FROM cdw.explain_match('few', '7', '10') WHERE field NOT LIKE '(%';
TRUNCATE few;
CALL cdw.resolve('few');
SELECT (SELECT count(*) FROM few_identity) AS identities, (SELECT count(*) FROM few_history WHERE event = 'left') AS "left", (SELECT next_identity_id FROM few_resolver) AS next_identity;
-- Words that say that a value is missing are missing.
INSERT INTO few SELECT i, (ARRAY['n/a', 'NULL', 'unknown', '-', ' ', '?'])[i], 'none' FROM generate_series(1, 6) i;
SET client_min_messages = warning;
CALL cdw.train('few');
CALL cdw.resolve('few');
RESET client_min_messages;
SELECT count(DISTINCT identity_id) AS identities FROM few_identity;
-- One column is all missing: the others decide.
CREATE TABLE sparse AS SELECT id, who, given, family, NULL::date AS dob, email, ''::text AS phone FROM people;
SELECT cdw.create_resolver('sparse', 'sparse', 'id', fields() - 'city') ->> 'resolver' AS resolver;
SET client_min_messages = warning;
CALL cdw.resolve('sparse');
RESET client_min_messages;
SELECT count(*) AS wrong FROM sparse a JOIN sparse b ON a.id < b.id AND a.email IS NOT NULL AND b.email IS NOT NULL JOIN sparse_identity i ON i.id = a.id JOIN sparse_identity j ON j.id = b.id
WHERE (a.who = b.who) <> (i.identity_id = j.identity_id);

-- Keys that are no keys: nothing is written.
INSERT INTO few VALUES (NULL, 'Bob', NULL);
SELECT fails($$CALL cdw.resolve('few')$$), fails($$CALL cdw.train('few')$$);
DELETE FROM few WHERE id IS NULL;
INSERT INTO few VALUES (3, 'Bob', NULL);
SELECT fails($$CALL cdw.resolve('few')$$), fails($$CALL cdw.train('few')$$);
SELECT fails($$SELECT * FROM cdw.block_counts('few')$$);
SELECT cdw.drop_resolver('few', true);

-- Scripts side by side, dates of the future, impossible and infinite ones, long values, control characters.
CREATE TABLE mixed (id int PRIMARY KEY, who int, name text, dob text, born timestamptz, note text, amount float8);
INSERT INTO mixed
SELECT i, i / 2, CASE i / 2 % 5 WHEN 0 THEN '王小明 ' WHEN 1 THEN 'Müller ' WHEN 2 THEN 'Иванов ' WHEN 3 THEN 'محمد ' ELSE 'がんばる ' END || md5((i / 2)::text),
       CASE i / 2 % 6 WHEN 0 THEN '2999-12-31' WHEN 1 THEN '1999-02-30' WHEN 2 THEN '0000-00-00' WHEN 3 THEN 'infinity' WHEN 4 THEN '31.12.1999' ELSE '１９８０年５月１７日' END,
       CASE i / 2 % 4 WHEN 0 THEN 'infinity'::timestamptz WHEN 1 THEN '-infinity' WHEN 2 THEN '4713-01-01 BC' ELSE '294276-12-31' END,
       repeat(chr(i / 2 + 19968), 10000) || E'\t\n\x01',
       CASE i / 2 % 4 WHEN 0 THEN 'Infinity' WHEN 1 THEN 'NaN' WHEN 2 THEN -0.0 ELSE 1e308 END
FROM generate_series(2, 41) i;
SELECT cdw.create_resolver('mixed', 'mixed', 'id', '{"name": "name", "dob": "date", "born": "date", "note": "text", "amount": "number"}') ->> 'resolver' AS resolver;
SET client_min_messages = warning;
CALL cdw.resolve('mixed');
RESET client_min_messages;
SELECT count(*) FILTER (WHERE (a.who = b.who) <> (i.identity_id = j.identity_id)) AS wrong
FROM mixed a JOIN mixed b ON a.id < b.id JOIN mixed_identity i ON i.id = a.id JOIN mixed_identity j ON j.id = b.id;
SELECT field, level, length(left_value), length(right_value), weight > 0 AS speaks_for FROM cdw.explain_match('mixed', '2', '3') WHERE field IN ('name', 'note');
SELECT max(length(value)) <= 512 AS terms_are_short FROM mixed_term;

-- Thresholds.
SELECT threshold, fails(format('CALL cdw.resolve(''r'', %L)', threshold)) FROM unnest('{-0.1,1.1,NaN,Infinity,-Infinity,-1e-300,NULL}'::float8[]) threshold;
SELECT fails($$CALL cdw.resolve(NULL)$$), fails($$CALL cdw.train(NULL)$$), fails($$CALL cdw.train('r', NULL)$$);
BEGIN;
SET LOCAL client_min_messages = warning;
CALL cdw.resolve('r', 1); -- no probability exceeds it
SELECT count(DISTINCT identity_id) AS identities, (SELECT count(*) > 0 FROM r_match) AS has_matches, (SELECT threshold FROM r_resolver) FROM r_identity;
CALL cdw.resolve('r', 0); -- every probability does, of pairs that were compared
SELECT count(DISTINCT identity_id) AS identities, (SELECT count(*) FROM r_match) AS matches FROM r_identity;
CALL cdw.resolve('r', threshold => 0.5); -- back again: the same people
SELECT count(*) AS groups_that_differ
FROM (SELECT array_agg(id ORDER BY id) FROM r_identity GROUP BY identity_id EXCEPT SELECT array_agg(id ORDER BY id) FROM people GROUP BY who) t(g);
ROLLBACK;
SELECT count(DISTINCT identity_id) AS identities, (SELECT threshold FROM r_resolver), (SELECT count(*) FROM r_history) AS events FROM r_identity;

-- Connected components: one chain of similar records is one group.
SELECT cdw.create_resolver('c', 'people', 'id', fields(), options => '{"clustering": "connected"}') #>> '{options,clustering}' AS clustering;
SET client_min_messages = warning;
CALL cdw.resolve('c');
RESET client_min_messages;
SELECT count(*) AS groups_that_differ
FROM (SELECT array_agg(id ORDER BY id) FROM c_identity GROUP BY identity_id EXCEPT SELECT array_agg(id ORDER BY id) FROM people GROUP BY who) t(g);
-- every pair above the threshold is within a group, whatever else is in it
SELECT bool_and(l.identity_id = r.identity_id) AS connected FROM c_match JOIN c_identity l ON l.id = left_key JOIN c_identity r ON r.id = right_key WHERE match_probability > 0.5;

-- Blocking given: only pairs that share a key are compared.
SELECT cdw.create_resolver('b', 'people', 'id', fields(), ARRAY['email', 'phone']) ->> 'blocking' AS blocking;
SET client_min_messages = warning;
CALL cdw.resolve('b');
RESET client_min_messages;
SELECT count(*) AS groups_that_differ
FROM (SELECT array_agg(id ORDER BY id) FROM b_identity GROUP BY identity_id EXCEPT SELECT array_agg(id ORDER BY id) FROM people GROUP BY who) t(g);

-- Links: pairs of one system do not count in 'link', and do in 'link_and_dedupe'.
CREATE TABLE systems AS SELECT * FROM people;
INSERT INTO systems SELECT id + 100, who, system, given, family, dob, email, phone, city FROM people WHERE id BETWEEN 108 AND 120; -- doubles within a system
SELECT cdw.create_resolver(link_type, 'systems', 'id', fields(), source_column => 'system', link_type => link_type) ->> 'link_type' AS link_type FROM unnest(ARRAY['link', 'link_and_dedupe']) AS link_type;
SET client_min_messages = warning;
CALL cdw.resolve('link');
CALL cdw.resolve('link_and_dedupe');
RESET client_min_messages;
SELECT count(*) FILTER (WHERE l.system = r.system) AS pairs_of_one_system, count(*) > 0 AS pairs FROM link_match JOIN systems l ON l.id = left_key JOIN systems r ON r.id = right_key;
SELECT count(*) FILTER (WHERE l.system = r.system) > 0 AS pairs_of_one_system FROM link_and_dedupe_match JOIN systems l ON l.id = left_key JOIN systems r ON r.id = right_key;
SELECT count(*) AS wrong FROM systems a JOIN systems b ON a.id < b.id JOIN link_and_dedupe_identity i ON i.id = a.id JOIN link_and_dedupe_identity j ON j.id = b.id WHERE (a.who = b.who) <> (i.identity_id = j.identity_id);
SELECT count(*) AS strangers FROM systems a JOIN systems b ON a.id < b.id JOIN link_identity i ON i.id = a.id JOIN link_identity j ON j.id = b.id WHERE a.who <> b.who AND i.identity_id = j.identity_id;
-- one system only, or none named: nothing to link, and nothing to learn a model from that later runs would keep
CREATE TABLE lonely AS SELECT id, who, NULL AS system, given, family, dob, email, phone, city FROM people;
SELECT cdw.create_resolver('lonely', 'lonely', 'id', fields(), source_column => 'system', link_type => 'link') ->> 'link_type' AS link_type;
CALL cdw.resolve('lonely');
SELECT fails($$CALL cdw.train('lonely')$$);
SELECT count(*) AS records, count(DISTINCT identity_id) AS identities, (SELECT model IS NULL FROM lonely_resolver) AS untrained FROM lonely_identity;
UPDATE lonely SET system = people.system FROM people WHERE people.id = lonely.id;
SET client_min_messages = warning;
CALL cdw.resolve('lonely');
RESET client_min_messages;
SELECT count(*) AS groups_that_differ
FROM (SELECT array_agg(id ORDER BY id) FROM lonely_identity GROUP BY identity_id EXCEPT SELECT array_agg(id ORDER BY id) FROM people GROUP BY who) t(g);
-- a model that was there stays for the time when there is something to link again
UPDATE lonely SET system = 'crm';
SET client_min_messages = warning;
CALL cdw.resolve('lonely');
RESET client_min_messages;
SELECT count(DISTINCT identity_id) AS identities, (SELECT count(*) FROM lonely_match) AS matches, (SELECT model IS NOT NULL FROM lonely_resolver) AS trained FROM lonely_identity;

-- Sources of other sorts: a view, a materialised view, a partitioned table, a parent of others.
CREATE VIEW people_view AS SELECT id, who, given, family, dob, email, phone, city FROM people WHERE id > 0;
CREATE MATERIALIZED VIEW people_materialised AS SELECT * FROM people_view;
CREATE TABLE people_parted (LIKE people) PARTITION BY HASH (id);
CREATE TABLE people_part_0 PARTITION OF people_parted FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE people_part_1 PARTITION OF people_parted FOR VALUES WITH (MODULUS 2, REMAINDER 1);
INSERT INTO people_parted SELECT * FROM people;
CREATE TABLE people_parent (LIKE people);
CREATE TABLE people_child () INHERITS (people_parent);
INSERT INTO people_parent SELECT * FROM people WHERE id % 2 = 0;
INSERT INTO people_child SELECT * FROM people WHERE id % 2 = 1;
CREATE FUNCTION resolves(source regclass) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    result text;
BEGIN
    PERFORM cdw.create_resolver('sort', source, 'id', fields());
    CALL cdw.resolve('sort');
    SELECT format('%s records, %s groups that differ', (SELECT count(*) FROM sort_identity), count(*)) INTO result
    FROM (SELECT array_agg(id ORDER BY id) FROM sort_identity GROUP BY identity_id EXCEPT SELECT array_agg(id ORDER BY id) FROM people GROUP BY who) t(g);
    PERFORM cdw.drop_resolver('sort', true);
    RETURN result;
END
$$;
SET client_min_messages = warning;
SELECT source, resolves(source) FROM unnest(ARRAY['people_view', 'people_materialised', 'people_parted', 'people_parent']::regclass[]) source;
RESET client_min_messages;

-- All of it belongs to the caller's transaction.
BEGIN;
SELECT cdw.create_resolver('tx', 'people', 'id', fields()) ->> 'resolver' AS resolver;
INSERT INTO people SELECT id + 1000, who, system, given, family, dob, email, phone, city FROM people;
SET LOCAL client_min_messages = warning;
CALL cdw.resolve('tx');
CALL cdw.resolve('r');
SELECT (SELECT count(*) FROM tx_identity) AS tx, (SELECT count(*) FROM r_identity) AS r, (SELECT count(DISTINCT identity_id) FROM r_identity) AS identities;
SAVEPOINT before;
DELETE FROM people WHERE id > 1000;
CALL cdw.resolve('r');
SELECT count(*) FROM r_identity;
ROLLBACK TO before;
SELECT count(*) FROM r_identity;
ROLLBACK;
SELECT to_regclass('tx_resolver') AS tx, count(*) AS records, (SELECT count(*) FROM r_history) AS events, (SELECT next_identity_id FROM r_resolver) AS next_identity FROM r_identity;

-- A procedure may end its transaction before and after, and the call sees what was written just before it.
SET client_min_messages = warning;
DO $$
BEGIN
    INSERT INTO people SELECT id + 1000, who, system, given, family, dob, email, phone, city FROM people WHERE id = 101;
    CALL cdw.resolve('r');
    COMMIT;
    DELETE FROM people WHERE id > 1000;
    CALL cdw.train('r', 7);
    CALL cdw.resolve('r');
    COMMIT;
    CALL cdw.resolve('r');
END
$$;
RESET client_min_messages;
SELECT event, id, identity_id FROM r_history WHERE id > 1000 ORDER BY event_id;
SELECT count(*) AS records, (SELECT model ->> 'seed' FROM r_resolver) AS seed FROM r_identity;

-- Sources that changed after the resolver was made.
ALTER TABLE people RENAME TO persons;
SELECT fails($$CALL cdw.resolve('r')$$), fails($$SELECT * FROM cdw.explain_match('r', '101', '102')$$);
ALTER TABLE persons RENAME TO people;
ALTER TABLE people RENAME id TO number;
SELECT fails($$CALL cdw.resolve('r')$$);
ALTER TABLE people RENAME number TO id;
ALTER TABLE people RENAME email TO mail;
SELECT fails($$CALL cdw.resolve('r')$$);
ALTER TABLE people RENAME mail TO email;
SELECT fails($$ALTER TABLE people DROP city$$); -- the golden view holds on to its columns
ALTER TABLE people SET SCHEMA public;
SELECT fails($$CALL cdw.resolve('r')$$);
ALTER TABLE public.people SET SCHEMA identity_resolve;
-- another type of the key, of a field
SET client_min_messages = warning;
SELECT fails($$DROP VIEW r_golden; ALTER TABLE people ALTER id TYPE text; CALL cdw.resolve('r')$$);
SELECT fails($$DROP VIEW r_golden, people_view CASCADE; ALTER TABLE people ALTER id TYPE text; CALL cdw.resolve('r')$$);
SELECT fails($$DROP VIEW r_golden, c_golden, b_golden, people_view CASCADE; ALTER TABLE people ALTER id TYPE text; CALL cdw.resolve('r')$$);
SELECT fails($$DROP VIEW r_golden, c_golden, b_golden, people_view CASCADE; ALTER TABLE people ALTER city TYPE json USING NULL; CALL cdw.resolve('r')$$);

-- Results that somebody changed: a clear error or the right answer, never a wrong one.
SELECT change, fails(change || $$; CALL cdw.resolve('r')$$) FROM unnest(ARRAY[
    $$DROP VIEW r_golden; ALTER TABLE r_identity ALTER id TYPE text$$, $$DROP VIEW r_golden; ALTER TABLE r_identity ALTER identity_id TYPE text$$,
    $$ALTER TABLE r_identity DROP CONSTRAINT r_identity_pkey, ALTER id DROP NOT NULL; INSERT INTO r_identity VALUES (NULL, 7)$$,
    $$ALTER TABLE r_identity ALTER identity_id DROP NOT NULL; UPDATE r_identity SET identity_id = NULL$$,
    $$ALTER TABLE r_identity RENAME id TO k$$, $$DROP TABLE r_identity CASCADE$$, $$DROP TABLE r_match$$, $$DROP TABLE r_term$$, $$DROP TABLE r_history$$,
    $$DELETE FROM r_term; ALTER TABLE r_term ALTER value TYPE int USING 5; INSERT INTO r_term VALUES ('email', 'value', 5, 3)$$,
    $$DELETE FROM r_term; ALTER TABLE r_term ALTER field TYPE int USING 5; INSERT INTO r_term VALUES (5, 'value', 'x', 3)$$, $$ALTER TABLE r_term ALTER records TYPE text$$, $$INSERT INTO r_term VALUES ('nothing', 'value', 'x', 5)$$,
    $$DELETE FROM r_resolver$$, $$INSERT INTO r_resolver SELECT * FROM r_resolver$$, $$UPDATE r_resolver SET settings = '[]'$$, $$UPDATE r_resolver SET settings = '{}'$$,
    $$UPDATE r_resolver SET settings = settings - 'key'$$, $$UPDATE r_resolver SET settings = settings || '{"source": 7}'$$, $$UPDATE r_resolver SET settings = settings || '{"source": "a.b.c.d"}'$$,
    $$UPDATE r_resolver SET settings = settings || '{"blocking": "email"}'$$, $$UPDATE r_resolver SET settings = settings || '{"blocking": [["email"]]}'$$,
    $$UPDATE r_resolver SET model = '{}'$$, $$UPDATE r_resolver SET model = '7'$$, $$UPDATE r_resolver SET model = jsonb_set(model, '{prior}', '2')$$,
    $$UPDATE r_resolver SET model = jsonb_set(model, '{fields,email,levels,0,u}', '0')$$, $$UPDATE r_resolver SET model = model #- '{fields,email}'$$,
    $$UPDATE r_resolver SET model = jsonb_set(model, '{fields,email,levels}', '[1]')$$, $$UPDATE r_resolver SET model = jsonb_set(model, '{max_block}', '-1')$$,
    $$UPDATE r_resolver SET model = jsonb_set(model, '{seed}', '"x"')$$, $$ALTER TABLE r_resolver ALTER model TYPE text$$, $$ALTER TABLE r_resolver ALTER next_identity_id TYPE text$$]) change;
SELECT count(*) AS records, count(DISTINCT identity_id) AS identities FROM r_identity;

DROP SCHEMA identity_resolve CASCADE;
