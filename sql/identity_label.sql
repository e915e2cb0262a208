-- Labels: cdw.label_pair, the table that it writes, and training from labels.
CREATE SCHEMA identity_label;
SET search_path = identity_label;
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

CREATE TABLE people (id int PRIMARY KEY, who int, name text, email text, region text);
INSERT INTO people SELECT i, i / 2, 'name ' || i / 2, i / 2 || '@example.com', CASE WHEN i > 15 THEN 'north' ELSE 'south' END FROM generate_series(2, 21) i;
SELECT cdw.create_resolver('r', 'people', 'id', '{"name": "name", "email": "email"}') ->> 'resolver' AS resolver;
-- The table has keys of the key's type; it needs no model.
SELECT attname, format_type(atttypid, atttypmod) AS type, attnotnull FROM pg_attribute WHERE attrelid = 'r_label'::regclass AND attnum > 0 ORDER BY attnum;
CREATE VIEW label AS SELECT left_key, right_key, is_match, weight, labelled_by = current_user AS mine, at <= clock_timestamp() AS "at" FROM r_label ORDER BY 1, 2;

-- Left before right, in the order of the key's type: 9 before 10.
SELECT cdw.label_pair('r', '10', '9', false), cdw.label_pair('r', '2', '3', true), cdw.label_pair('R', '4', '5', true, 2.5);
SELECT * FROM label;
-- Said again in either order: the last word counts; a weight stays until another one is given.
SELECT cdw.label_pair('r', '3', '2', false), cdw.label_pair('r', '5', '4', false);
SELECT * FROM label WHERE left_key < 9;
SELECT cdw.label_pair('r', '4', '5', true, 3);
SELECT is_match, weight FROM label WHERE left_key = 4;
-- NULL withdraws; what was not said can be withdrawn as well, and what was said of a record that is gone.
SELECT cdw.label_pair('r', '3', '2', NULL), cdw.label_pair('r', '12', '13', NULL);
BEGIN;
DELETE FROM people WHERE id = 9;
SELECT cdw.label_pair('identity_label.r', '9', '10', NULL);
SELECT * FROM label;
ROLLBACK;

-- What cannot be labelled.
SELECT fails($$SELECT cdw.label_pair('r', '2', '2', true)$$), fails($$SELECT cdw.label_pair('r', '2', ' 02', NULL)$$), fails($$SELECT cdw.label_pair('r', '2', '99', true)$$), fails($$SELECT cdw.label_pair('r', 'two', '3', true)$$);
SELECT fails($$SELECT cdw.label_pair(NULL, '2', '3', true)$$), fails($$SELECT cdw.label_pair('r', NULL, '3', true)$$), fails($$SELECT cdw.label_pair('r', '2', NULL, true)$$), fails($$SELECT cdw.label_pair('nobody', '2', '3', true)$$);
SELECT fails($$SELECT cdw.label_pair('r', '2', '3', true, 0)$$), fails($$SELECT cdw.label_pair('r', '2', '3', true, 'NaN')$$), fails($$SELECT cdw.label_pair('r', '2', '3', true, 'Infinity')$$);
BEGIN READ ONLY;
SELECT fails($$SELECT cdw.label_pair('r', '2', '3', true)$$);
ROLLBACK;
-- Equal keys need not look alike: the source's own form is stored.
CREATE TABLE odd (k numeric PRIMARY KEY, t text, name text);
INSERT INTO odd VALUES (1.0, 'B', 'x'), (2, 'a', 'y');
SELECT cdw.create_resolver('odd_' || key, 'odd', key, '{"name": "name"}') ->> 'key' AS key FROM unnest('{k,t}'::text[]) key;
SELECT cdw.label_pair('odd_k', '2.000', '1.000', true), cdw.label_pair('odd_k', '1', '2', false), cdw.label_pair('odd_t', 'a', 'B', true);
SELECT left_key, right_key, is_match FROM odd_k_label;
SELECT left_key, right_key FROM odd_t_label; -- by bytes

-- Privileges: those on the table of labels and on the source, and row security of both.
CREATE ROLE regress_identity_label;
GRANT USAGE ON SCHEMA identity_label TO regress_identity_label;
GRANT SELECT ON r_resolver, r_label, label TO regress_identity_label;
SET ROLE regress_identity_label;
SELECT fails($$SELECT cdw.label_pair('r', '6', '7', true)$$);
RESET ROLE;
GRANT SELECT ON people TO regress_identity_label;
SET ROLE regress_identity_label;
SELECT fails($$SELECT cdw.label_pair('r', '6', '7', true)$$);
RESET ROLE;
GRANT INSERT, UPDATE ON r_label TO regress_identity_label;
ALTER TABLE people ENABLE ROW LEVEL SECURITY;
CREATE POLICY south ON people FOR SELECT TO regress_identity_label USING (region = 'south');
SET ROLE regress_identity_label;
SELECT fails($$SELECT cdw.label_pair('r', '6', '7', true)$$), fails($$SELECT cdw.label_pair('r', '6', '16', true)$$), fails($$SELECT cdw.label_pair('r', '16', '6', true)$$), fails($$SELECT cdw.label_pair('r', '6', '7', NULL)$$);
RESET ROLE;
ALTER TABLE people DISABLE ROW LEVEL SECURITY;
SELECT left_key, right_key, labelled_by FROM r_label WHERE labelled_by <> current_user;

-- Results: created with the others, in the way of others, kept with the results and dropped with them.
SELECT fails($$SELECT cdw.drop_resolver('r')$$), to_regclass('r_label') IS NOT NULL AS kept;
CREATE TABLE s_label (x int);
SELECT fails($$SELECT cdw.create_resolver('s', 'people', 'id', '{"name": "name"}')$$);
DROP VIEW label;
DROP TABLE r_label, r_identity, r_match, r_history CASCADE;
SELECT cdw.drop_resolver('odd_k', true), to_regclass('odd_k_label');

-- Training. 300 people, 80 of them twice, in 10 places, and all that is known of a place is said in four columns: without
-- labels it learns that two people of one place are one.
CREATE TABLE resident AS
SELECT row_number() OVER (ORDER BY who, copy) AS id, who,
       CASE WHEN copy = 2 AND who % 3 = 0 THEN substr(title, 1, 3) || 'z' || substr(title, 5) ELSE title END AS title,
       'City ' || substr(md5('c' || place), 1, 6) AS city, 'P' || 10000 + place * 37 AS zip, substr(md5('s' || place), 1, 8) || ' street' AS street, 'S' || place * 7919 % 100000 AS area
FROM (SELECT who, copy, who % 10 AS place, translate(substr(md5('g' || who), 1, 7) || ' ' || substr(md5('f' || who), 1, 7), '0123456789', 'ghijklmnop') AS title
      FROM generate_series(1, 300) who, generate_series(1, 2) copy WHERE copy = 1 OR who <= 80) t;
SELECT cdw.create_resolver('p', 'resident', 'id', '{"title": "text", "city": "category", "zip": "postcode", "street": "address", "area": "identifier"}') ->> 'resolver' AS resolver;
CREATE VIEW quality AS SELECT "precision" > 0.95 AS "precise", recall > 0.95 AS complete FROM cdw.evaluate('p', 'resident', 'id', 'who') WHERE level = 'cluster' AND threshold = 0.5;
-- of true matches two thirds have the same title, the other third nearly
CREATE VIEW title AS
SELECT level ->> 'level' AS level, CASE WHEN (level ->> 'm')::float8 BETWEEN 0.55 AND 0.75 THEN 'two thirds' WHEN (level ->> 'm')::float8 BETWEEN 0.25 AND 0.4 THEN 'a third' WHEN (level ->> 'm')::float8 < 0.05 THEN 'few' END AS m FROM p_resolver, jsonb_array_elements(model #> '{fields,title,levels}') level WHERE level ->> 'level' IN ('equal', 'nearly equal', 'different');
SET client_min_messages = error;
CALL cdw.train('p');
TABLE quality;
-- 60 labelled matches and nothing else
CREATE TABLE label AS SELECT l.id AS left_key, r.id AS right_key, true AS is_match FROM resident l JOIN resident r USING (who) WHERE l.id < r.id AND who <= 60;
CALL cdw.train('p', labels => 'label');
TABLE title;
TABLE quality;
-- with 60 pairs of one place that do not match
INSERT INTO label SELECT l.id, r.id, false FROM resident l JOIN resident r ON l.id < r.id AND l.city = r.city AND l.who <> r.who ORDER BY md5(l.id || ' ' || r.id) LIMIT 60;
CALL cdw.train('p', labels => 'label');
TABLE title;
TABLE quality;
-- The same seed, rows and labels give the same model, in whatever order they come.
CREATE TABLE before AS SELECT model FROM p_resolver;
CREATE TABLE shuffled AS SELECT right_key::text AS left_key, left_key::text AS right_key, is_match, 1 AS weight FROM label ORDER BY md5(left_key::text);
CALL cdw.train('p', labels => 'shuffled');
SELECT b.model = r.model AS same FROM before b, p_resolver r;
-- Weights count relative to each other.
UPDATE shuffled SET weight = 7;
CALL cdw.train('p', labels => 'shuffled');
SELECT abs((b.model ->> 'prior')::float8 - (r.model ->> 'prior')::float8) < 1e-9 AS same FROM before b, p_resolver r;
-- An argument that is left out means the resolver's own labels; without any the model is as before.
CALL cdw.train('p');
TABLE quality;
SELECT count(cdw.label_pair('p', left_key::text, right_key::text, is_match)) AS labels FROM label;
CALL cdw.train('p');
TABLE quality;
-- a first resolve learns from them as well
UPDATE p_resolver SET model = NULL;
CALL cdw.resolve('p');
TABLE quality;
-- A table given takes the place of the resolver's own labels; one without a usable pair is said to be useless.
TRUNCATE label;
INSERT INTO label VALUES (1, 100000, true);
SET client_min_messages = warning;
CALL cdw.train('p', labels => 'label');
SET client_min_messages = error;
SELECT fails($$CALL cdw.train('p', labels => 'resident')$$), fails($$CALL cdw.train('p', labels => 'p_label_pkey')$$), fails($$CALL cdw.train('p', 1, 'nowhere')$$);
INSERT INTO label VALUES (1, 2, true), (2, 1, false);
SELECT fails($$CALL cdw.train('p', labels => 'label')$$);
-- A single label moves little where it contradicts a model that sees 80 matches.
CREATE TABLE person AS SELECT id, who, title AS name, substr(md5('mail' || who), 1, 12) || '@example.com' AS email, 2000000 + who * 7919 % 7000000 AS phone FROM resident;
SELECT cdw.create_resolver('q', 'person', 'id', '{"name": "name", "email": "email", "phone": "phone"}') ->> 'resolver' AS resolver;
SELECT cdw.label_pair('q', '1', '2', false);
CALL cdw.train('q');
SELECT "precision", recall FROM cdw.evaluate('q', 'person', 'id', 'who') WHERE level = 'pair' AND threshold = 0.5;

DROP SCHEMA identity_label CASCADE;
DROP ROLE regress_identity_label;
