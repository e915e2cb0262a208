-- cdw.evaluate over labelled pairs, cdw.reliability: counts worked out by hand.
CREATE SCHEMA identity_evaluate;
SET search_path = identity_evaluate;
SET client_min_messages = warning;
\pset null '(null)'
\pset format unaligned

CREATE FUNCTION fails(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    message text;
    detail text;
    hint text;
BEGIN
    EXECUTE statement;
    RETURN 'no error';
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
    RETURN concat_ws(' / ', SQLSTATE || ': ' || message, nullif(detail, ''), nullif(hint, ''));
END
$$;

-- Twelve people in two records each, and six in one: whatever is learnt, the twelve pairs are found and no other.
CREATE TABLE people (id int PRIMARY KEY, who int, src text, name text, email text, phone text, dob date);
INSERT INTO people
SELECT id, who, CASE id % 2 WHEN 0 THEN 'a' ELSE 'b' END,
       initcap(translate(substr(md5('given' || who), 1, 9), '0123456789', 'ghijklmnop')) || ' ' || initcap(translate(substr(md5('family' || who), 1, 9), '0123456789', 'ghijklmnop')),
       substr(md5('mail' || who), 1, 12) || '@example.com', '212' || 2000000 + abs(hashint4(who)) % 7000000, date '1950-01-01' + abs(hashint4(who + 100)) % 20000
FROM (SELECT id, id / 2 AS who FROM generate_series(2, 25) id UNION ALL SELECT id, id FROM generate_series(30, 35) id) t;
SELECT cdw.create_resolver('r', 'people', 'id', '{"name": "name", "email": "email", "phone": "phone", "dob": "date"}') ->> 'resolver' AS resolver;
CREATE TABLE label (l int, r text, ok bool, w float8);
SELECT fails($$SELECT * FROM cdw.evaluate('r', 'label', 'l', 'r', 'ok')$$), fails($$SELECT * FROM cdw.reliability('r', 'label', 'l', 'r', 'ok')$$);
CALL cdw.resolve('r');
SELECT count(*) AS pairs FROM r_match;

CREATE FUNCTION evaluate(is_match name DEFAULT 'ok', weight name DEFAULT NULL) RETURNS TABLE (level text, pairs int8, "precision" numeric, recall numeric, f1 numeric) LANGUAGE sql AS $$
    SELECT level, pairs, round("precision"::numeric, 4), round(recall::numeric, 4), round(f1::numeric, 4) FROM cdw.evaluate('r', 'label', 'l', 'r', is_match, weight) WHERE threshold = 0.5 $$;
-- No label: shares of nothing are NULL.
SELECT * FROM evaluate();
-- Of the labelled pairs four are linked, three of them rightly; of four true ones three are found: 3 / 4, 3 / 4.
-- Either order, other types of key; what is NULL, not in the source or said twice does not matter.
INSERT INTO label VALUES (2, '3', true, 1), (5, '4', true, 1), (6, '7', true, 2), (8, '9', false, 4), (30, '31', true, 5), (2, '4', false, 8), (35, '34', false, 16),
                         (3, '2', true, 1), (10, '11', NULL, 1), (NULL, '11', true, 1), (10, NULL, true, 1), (10, '99', true, 1), (98, '99', true, 1);
SELECT * FROM evaluate();
-- By weight: linked 1 + 1 + 2 + 4 = 8, right 4; true 1 + 1 + 2 + 5 = 9: 4 / 8, 4 / 9, 8 / 17.
SELECT * FROM evaluate(weight => 'w');
-- A row without a weight is left out: without 8 and 9 linked 4, right 4: 1, 4 / 9, 8 / 13.
UPDATE label SET w = NULL WHERE l = 8;
SELECT * FROM evaluate(weight => 'w');
-- Weights of 1 are no weights, over all thresholds.
ALTER TABLE label ADD one int DEFAULT 1;
CREATE VIEW unweighted AS SELECT * FROM cdw.evaluate('r', 'label', 'l', 'r', 'ok');
CREATE VIEW weighted AS SELECT * FROM cdw.evaluate('r', 'label', 'l', 'r', 'ok', 'one');
SELECT count(*) AS rows, (SELECT count(*) FROM (TABLE unweighted EXCEPT ALL TABLE weighted) d) AS differences FROM weighted;
-- As a truth of clusters, where all pairs of the labelled records are labelled.
CREATE TABLE truth AS SELECT id, CASE WHEN id IN (31, 33) THEN 30 ELSE who END AS who FROM people WHERE id NOT IN (2, 35);
CREATE TABLE every AS SELECT a.id AS l, b.id AS r, a.who = b.who AS ok FROM truth a JOIN truth b ON a.id < b.id;
SELECT count(*) AS rows, (SELECT count(*) FROM (SELECT * FROM cdw.evaluate('r', 'truth', 'id', 'who') EXCEPT ALL SELECT * FROM cdw.evaluate('r', 'every', 'l', 'r', 'ok')) d) AS differences FROM cdw.evaluate('r', 'truth', 'id', 'who');

-- is_match NULL: the table lists all true pairs. It lists 2 of the 12 that are linked and one that is not: 2 / 12, 2 / 3, 4 / 15.
DELETE FROM label WHERE ok IS NOT TRUE OR l IN (3, 6, 10, 98) OR num_nulls(l, r) > 0;
SELECT l, r FROM label;
SELECT * FROM evaluate(NULL);
-- In groups of three, two of the three pairs listed: 3 more linked in all, 14 in pairs and groups, 2 + 2 right, 5 true.
BEGIN;
INSERT INTO people SELECT 900, who, src, name, email, phone, dob FROM people WHERE id = 12;
INSERT INTO label VALUES (12, '13'), (13, '900');
SELECT * FROM evaluate(NULL);
ROLLBACK;
-- In a link pairs within a source do not count, as labels, as linked pairs, and within a group. 12 and 900 are alike and in one source, so that one of them only is linked to 13.
INSERT INTO people SELECT 900, who, 'a', name, email, phone, dob FROM people WHERE id = 12;
SELECT cdw.create_resolver('k', 'people', 'id', '{"name": "name", "email": "email", "phone": "phone", "dob": "date"}', source_column => 'src', link_type => 'link') ->> 'link_type' AS link_type;
CALL cdw.resolve('k');
TRUNCATE label;
INSERT INTO label SELECT a.id, b.id::text, true FROM people a JOIN people b ON a.id < b.id AND a.who = b.who;
SELECT level, pairs, "precision", recall FROM cdw.evaluate('k', 'label', 'l', 'r', NULL) WHERE threshold = 0.5;
SELECT level, pairs, "precision", recall FROM cdw.evaluate('k', 'label', 'l', 'r', 'ok') WHERE threshold = 0.5;
DELETE FROM people WHERE id = 900;

-- Labels that cannot be used.
TRUNCATE label;
INSERT INTO label VALUES (2, '3', true, 1), (3, '2', false, 1);
SELECT fails($$SELECT * FROM cdw.evaluate('r', 'label', 'l', 'r', 'ok')$$);
UPDATE label SET ok = true, w = l;
SELECT fails($$SELECT * FROM cdw.evaluate('r', 'label', 'l', 'r', 'ok')$$), fails($$SELECT * FROM cdw.evaluate('r', 'label', 'l', 'r', 'ok', 'w')$$);
UPDATE label SET r = l;
SELECT fails($$SELECT * FROM cdw.evaluate('r', 'label', 'l', 'r', 'ok')$$);
UPDATE label SET r = 5, w = -1;
SELECT fails($$SELECT * FROM cdw.evaluate('r', 'label', 'l', 'r', 'ok', 'w')$$);
UPDATE label SET w = CASE l WHEN 2 THEN 'NaN' ELSE 'Infinity' END::float8;
SELECT fails($$SELECT * FROM cdw.evaluate('r', 'label', 'l', 'r', 'ok', 'w')$$);
DELETE FROM label WHERE l = 2;
SELECT fails($$SELECT * FROM cdw.reliability('r', 'label', 'l', 'r', 'ok', 'w')$$);
SELECT fails($$SELECT * FROM cdw.evaluate('r', 'label', 'L', 'r', 'ok')$$), fails($$SELECT * FROM cdw.evaluate('r', 'label', 'l', 'x', 'ok')$$), fails($$SELECT * FROM cdw.evaluate('r', 'label', 'l', 'r', 'x')$$), fails($$SELECT * FROM cdw.evaluate('r', 'label', 'l', 'r', 'ok', 'x')$$), fails($$SELECT * FROM cdw.evaluate('r', 'label', 'l', 'r', 'r')$$);
SELECT fails($$SELECT * FROM cdw.evaluate(NULL, 'label', 'l', 'r', 'ok')$$), fails($$SELECT * FROM cdw.evaluate('r', NULL, 'l', 'r', 'ok')$$), fails($$SELECT * FROM cdw.evaluate('r', 'label', NULL, 'r', 'ok')$$), fails($$SELECT * FROM cdw.evaluate('r', 'label', 'l', NULL, 'ok')$$), fails($$SELECT * FROM cdw.evaluate('r', 'people_pkey', 'l', 'r', 'ok')$$);
SELECT fails($$SELECT * FROM cdw.reliability(NULL, 'label', 'l', 'r', 'ok')$$), fails($$SELECT * FROM cdw.reliability('r', 'people', NULL, 'who')$$), fails($$SELECT * FROM cdw.reliability('r', 'people', 'id', 'whom')$$);

-- reliability against a model made by hand. One field of two levels, m 0.9 and 0.1, u 0.1 and 0.9: agreement makes the odds
-- nine times greater, disagreement nine times smaller. From a prior of 1/2: 9 / 10 and 1 / 10; of 3/4, odds of 3: 27 / 28 and 1 / 4.
CREATE TABLE coin (id int PRIMARY KEY, side text, who int);
INSERT INTO coin VALUES (1, 'x', 1), (2, 'x', 1), (3, 'x', 2), (4, 'y', 3), (5, 'y', 3);
SELECT cdw.create_resolver('c', 'coin', 'id', '{"side": {"kind": "category", "term_frequency": false}}', ARRAY['side'], options => '{"all_pairs_limit": 1000}') ->> 'resolver' AS resolver;
CALL cdw.train('c');
CREATE FUNCTION set_model(prior float8) RETURNS void LANGUAGE sql AS $$
    UPDATE c_resolver SET model = jsonb_set(model || jsonb_build_object('prior', prior, 'slope', 1, 'intercept', 0), '{fields,side,levels}',
        '[{"level": "equal", "m": 0.9, "u": 0.1, "h": 0.5}, {"level": "different", "m": 0.1, "u": 0.9, "h": 0.5}]') $$;
CREATE VIEW reliability AS SELECT bin, low, high, pairs, round(mean_probability::numeric, 6) AS mean_probability, round(true_rate::numeric, 6) AS true_rate FROM cdw.reliability('c', 'coin', 'id', 'who');
-- Four pairs agree, 1 2, 1 3, 2 3 and 4 5, two of them rightly; the other six, at 1 / 10, are not above min_probability. Other bins are empty.
SELECT set_model(0.5);
SELECT * FROM reliability;
-- All ten are kept: four at 27 / 28, six at 1 / 4, none of which is right.
SELECT set_model(0.75);
SELECT * FROM reliability WHERE pairs > 0;
SELECT sum(pairs) AS pairs FROM reliability;
-- Records without a truth are left out: 2 agrees with one only, 1 right of 2.
BEGIN;
UPDATE coin SET who = NULL WHERE id = 3;
SELECT * FROM reliability WHERE pairs > 0;
ROLLBACK;
-- Labelled pairs by weight: at 27 / 28 the pairs of 1 and 2 (right, 3), of 1 and 3 (wrong, 1): 3 / 4. One at 1 / 4, of weight 2.
TRUNCATE label;
INSERT INTO label VALUES (1, '2', true, 3), (3, '1', false, 1), (4, '1', false, 2), (4, '5', true, NULL);
SELECT bin, pairs, round(mean_probability::numeric, 6) AS mean_probability, true_rate FROM cdw.reliability('c', 'label', 'l', 'r', 'ok', 'w') WHERE pairs > 0;
SELECT bin, pairs, round(true_rate::numeric, 6) AS true_rate FROM cdw.reliability('c', 'label', 'l', 'r', 'ok') WHERE pairs > 0;
-- A complete list gives what the clusters give.
TRUNCATE label;
INSERT INTO label VALUES (1, '2', NULL), (4, '5', NULL);
SELECT count(*) AS bins, (SELECT count(*) FROM (SELECT * FROM cdw.reliability('c', 'label', 'l', 'r', NULL) EXCEPT ALL SELECT * FROM cdw.reliability('c', 'coin', 'id', 'who')) d) AS differences FROM reliability;
-- Its counts sum to the kept pairs that the truth labels: those of evaluate at the lowest threshold.
SELECT (SELECT sum(pairs) FROM cdw.reliability('r', 'truth', 'id', 'who')) AS reliability, (SELECT pairs FROM cdw.evaluate('r', 'truth', 'id', 'who') WHERE level = 'pair' ORDER BY threshold LIMIT 1) AS evaluate;

-- Privileges: a truth, a label or a record that the caller may not read is an error, not a smaller table.
CREATE ROLE regress_identity_evaluate;
GRANT USAGE ON SCHEMA identity_evaluate TO regress_identity_evaluate;
GRANT SELECT ON coin, c_resolver, c_term TO regress_identity_evaluate;
SET ROLE regress_identity_evaluate;
SELECT fails($$SELECT * FROM cdw.reliability('c', 'coin', 'id', 'who')$$), fails($$SELECT * FROM cdw.evaluate('c', 'label', 'l', 'r', NULL)$$);
RESET ROLE;
GRANT SELECT ON label TO regress_identity_evaluate;
ALTER TABLE label ENABLE ROW LEVEL SECURITY;
SET ROLE regress_identity_evaluate;
SELECT fails($$SELECT * FROM cdw.reliability('c', 'label', 'l', 'r', NULL)$$), fails($$SELECT * FROM cdw.evaluate('c', 'label', 'l', 'r', NULL)$$);
RESET ROLE;
ALTER TABLE label DISABLE ROW LEVEL SECURITY;
ALTER TABLE coin ENABLE ROW LEVEL SECURITY;
SET ROLE regress_identity_evaluate;
SELECT fails($$SELECT * FROM cdw.reliability('c', 'label', 'l', 'r', NULL)$$);
RESET ROLE;

DROP SCHEMA identity_evaluate CASCADE;
DROP ROLE regress_identity_evaluate;
