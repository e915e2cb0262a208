-- Match rules and vetoes: what joins or forbids a pair without any model. Values are worked out by hand.
CREATE SCHEMA identity_rules;
SET search_path = identity_rules;
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

-- The identities of a resolver as groups of keys.
CREATE FUNCTION groups(results regclass) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    result text;
BEGIN
    EXECUTE format('SELECT string_agg(members, '' | '' ORDER BY members COLLATE "C") FROM (SELECT string_agg(id::text, '' '' ORDER BY id) AS members FROM %s GROUP BY identity_id) g', results) INTO result;
    RETURN result;
END
$$;

-- 1 and 2 have one e-mail address, and 1, 2 and 4 nearly one name and one birthday; 1 and 5 have one name. 3 has the address of 1 and 2, but another birthday: a veto.
CREATE TABLE people (id int PRIMARY KEY, given text, family text, email text, dob date);
INSERT INTO people VALUES
    (1, 'Ann', 'Smith', 'ann@x.example', '1990-01-01'),
    (2, 'Ann', 'Smyth', 'ANN@x.example', '1990-01-01'),
    (3, 'Bob', 'Smith', 'ann@x.example', '1980-05-05'),
    (4, 'Anna', 'Smith', NULL, '1990-01-01'),
    (5, 'ann', 'SMITH', 'ann2@x.example', NULL),
    (6, 'Zoe', 'Zed', 'z@x.example', '2000-01-01'),
    (7, NULL, NULL, NULL, NULL);
SELECT jsonb_pretty(cdw.create_resolver('r', 'people', 'id', '{"given": "given_name", "family": "family_name", "email": "email", "dob": "date"}',
    options => '{"match_rules": ["email", "given, family", "first(given, 3), family >= one slip, dob"], "vetoes": ["dob"]}') - 'fields');
CALL cdw.resolve('r');
SELECT groups('r_identity');
SELECT * FROM r_match ORDER BY 1, 2;
SELECT * FROM cdw.block_counts('r');
SELECT resolver, trained, threshold FROM cdw.resolver WHERE results_schema = 'identity_rules';
SELECT identity_id, record_count, family FROM r_golden ORDER BY 1;
-- A second run changes nothing; neither does the order of rows.
CALL cdw.resolve('r');
SELECT event, count(*) FROM r_history GROUP BY 1;
CREATE TABLE reversed AS SELECT * FROM people ORDER BY id DESC;
SELECT cdw.create_resolver('v', 'reversed', 'id', '{"given": "given_name", "family": "family_name", "email": "email", "dob": "date"}',
    options => '{"match_rules": ["email", "given, family", "first(given, 3), family >= one slip, dob"], "vetoes": ["dob"]}') ->> 'resolver' AS resolver;
CALL cdw.resolve('v');
SELECT groups('v_identity');
-- Threshold 1 merges nothing, as with a model.
CALL cdw.resolve('v', 1);
SELECT groups('v_identity');

-- Explained: fields by level, every veto, every rule; the last sum is the weight.
SELECT * FROM cdw.explain_match('r', '1', '2');
SELECT field, level, weight, cumulative_weight FROM cdw.explain_match('r', '1', '3');
SELECT field, level, weight, cumulative_weight FROM cdw.explain_match('r', '1', '7') WHERE field LIKE '(%';
SELECT l, r, cdw.explain_match_text('r', l::text, r::text) FROM (VALUES (1, 2), (1, 3), (1, 4), (1, 5), (1, 6), (1, 7), (2, 5)) AS pair (l, r);

-- Judged and reported as with a model.
CREATE TABLE truth (id int, who text);
INSERT INTO truth VALUES (1, 'ann'), (2, 'ann'), (4, 'ann'), (5, 'ann'), (3, 'bob'), (6, 'zoe');
SELECT level, min(threshold), max(threshold), pairs, precision, recall, f1 FROM cdw.evaluate('r', 'truth', 'id', 'who') GROUP BY 1, 4, 5, 6, 7 ORDER BY 1;
SELECT * FROM cdw.unlinkables('r'); -- 7 says nothing that a rule asks for
SELECT * FROM cdw.identity_diagnostics('r') WHERE records > 1;

-- The earlier rule is the stronger: 2 has no birthday and may go with 1 by phone or with 3 by e-mail, not with both.
CREATE TABLE chain (id int PRIMARY KEY, name text, email text, phone text, dob date);
INSERT INTO chain VALUES (1, NULL, 'a@x.example', '2125550101', '1990-01-01'), (2, NULL, 'b@x.example', '2125550101', NULL), (3, NULL, 'b@x.example', '2125550103', '1980-01-01');
CREATE FUNCTION resolve_chain(options jsonb) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    PERFORM cdw.create_resolver('c', 'chain', 'id', '{"name": "name", "email": "email", "phone": "phone", "dob": "date"}', options => options);
    CALL cdw.resolve('c');
    RETURN groups('c_identity');
END
$$;
CREATE FUNCTION drop_chain() RETURNS void LANGUAGE sql AS $$ SELECT cdw.drop_resolver('c', true) $$;
SELECT resolve_chain('{"match_rules": ["email", "phone"], "vetoes": ["dob"]}'); SELECT drop_chain();
SELECT resolve_chain('{"match_rules": ["phone", "email"], "vetoes": ["dob"]}'); SELECT drop_chain();
SELECT resolve_chain('{"match_rules": ["phone", "email"]}'); SELECT drop_chain();
-- Under one rule the pair that agrees in more comes first: 2 and 3 have one name as well.
UPDATE chain SET email = 'b@x.example', phone = NULL, name = CASE id WHEN 1 THEN 'Ann Smith' ELSE 'Eve Miller' END;
SELECT resolve_chain('{"match_rules": ["email"], "vetoes": ["dob"]}'); SELECT drop_chain();
-- A veto binds members that no rule has joined: 1 - 2 - 3 - 4 by e-mail and phone in turn, only 1 and 4 have a birthday.
TRUNCATE chain;
INSERT INTO chain VALUES (1, NULL, 'a@x.example', NULL, '1990-01-01'), (2, NULL, 'a@x.example', '2125550102', NULL), (3, NULL, 'c@x.example', '2125550102', NULL), (4, NULL, 'c@x.example', NULL, '1980-01-01');
SELECT resolve_chain('{"match_rules": ["email", "phone"], "vetoes": ["dob"]}'); SELECT drop_chain();
SELECT resolve_chain('{"match_rules": ["phone", "email"], "vetoes": ["dob"]}'); SELECT drop_chain();

-- Levels: a rule takes the level or a better one, a veto fires below it. 2 is a slip away from 1 in the birthday, 3 two parts of three, 4 all.
TRUNCATE chain;
INSERT INTO chain VALUES (1, 'Ann Smith', 'a@x.example', NULL, '1990-01-01'), (2, 'Ann Smith', 'a@x.example', NULL, '1990-01-02'), (3, 'Ann Smith', 'a@x.example', NULL, '1990-01-27'), (4, 'Ann Smith', 'a@x.example', NULL, '1951-11-30');
SELECT resolve_chain('{"match_rules": ["email"], "vetoes": ["dob"]}'); SELECT drop_chain();
SELECT resolve_chain('{"match_rules": ["email"], "vetoes": ["dob < one slip or day and month exchanged"]}'); SELECT drop_chain();
SELECT resolve_chain('{"match_rules": ["email"], "vetoes": [" dob  <two of year, month, day "]}'); SELECT drop_chain();
SELECT resolve_chain('{"match_rules": ["email, dob >= one slip or day and month exchanged"]}'); SELECT drop_chain();
SELECT resolve_chain('{"match_rules": ["email,dob>=two of year, month, day,name"]}'); SELECT drop_chain();
SELECT resolve_chain('{"match_rules": ["email, year(dob)"]}'); SELECT drop_chain();
SELECT resolve_chain('{"match_rules": ["email"], "vetoes": ["year(dob)"]}'); SELECT drop_chain();
-- A veto of several parts needs all of them: names agree everywhere.
SELECT resolve_chain('{"match_rules": ["email"], "vetoes": ["dob, name"]}'); SELECT drop_chain();
UPDATE chain SET name = 'Eve Miller' WHERE id = 4;
SELECT resolve_chain('{"match_rules": ["email"], "vetoes": ["dob, name < similar or prefix"]}'); SELECT drop_chain();

-- Exchanged names are no conflict of a level; equality is meant as it is written.
CREATE TABLE swapped (id int PRIMARY KEY, given text, family text, email text);
INSERT INTO swapped VALUES (1, 'Joshua', 'Phillips', 'j@x.example'), (2, 'Phillips', 'Joshua', 'j@x.example'), (3, 'Maria', 'Garcia', 'j@x.example');
SELECT cdw.create_resolver('s', 'swapped', 'id', '{"given": "given_name", "family": "family_name", "email": "email"}', options => '{"match_rules": ["email"], "vetoes": ["given < sounds alike"]}') ->> 'resolver' AS resolver;
CALL cdw.resolve('s');
SELECT groups('s_identity');
SELECT cdw.explain_match_text('s', '1', '2'), cdw.explain_match_text('s', '1', '3');

-- Other scripts, names that need quotes, brackets in a rule.
CREATE TABLE 客户 (id int PRIMARY KEY, "姓名" text, "e-mail, ""home""" text);
INSERT INTO 客户 VALUES (1, '王小明', 'w@x.example'), (2, '王小明', NULL), (3, '李伟', 'w@x.example'), (4, '王小', NULL);
SELECT cdw.create_resolver('客', '客户', 'id', '{"姓名": "name", "e-mail, \"home\"": "email"}', options => '{"match_rules": ["\"e-mail, \"\"home\"\"\"", "first(姓名, 2)"], "vetoes": ["first(姓名,1)"]}') -> 'options' AS options;
CALL cdw.resolve('客');
SELECT groups('客_identity');
SELECT cdw.explain_match_text('客', '1', '3'), cdw.explain_match_text('客', '1', '4');

-- A link joins two sources only, and a veto between records of one source still binds the group.
CREATE TABLE two (id int PRIMARY KEY, source text, email text, dob date);
INSERT INTO two VALUES (1, 'crm', 'a@x.example', '1990-01-01'), (2, 'crm', 'a@x.example', '1980-01-01'), (3, 'web', 'a@x.example', NULL), (4, 'crm', 'a@x.example', '1990-01-01');
SELECT cdw.create_resolver('l', 'two', 'id', '{"email": "email", "dob": "date"}', source_column => 'source', link_type => 'link', options => '{"match_rules": ["email"], "vetoes": ["dob"]}') ->> 'resolver' AS resolver;
CALL cdw.resolve('l');
SELECT groups('l_identity');
SELECT left_key, right_key FROM l_match ORDER BY 1, 2;

-- A block that is too large is left out, and said so.
SET client_min_messages = notice;
SELECT cdw.create_resolver('b', 'two', 'id', '{"email": "email"}', options => '{"match_rules": ["email"], "max_block": 3}') -> 'options' AS options;
CALL cdw.resolve('b');
SET client_min_messages = warning;
SELECT groups('b_identity');

-- Vetoes beside a model: such a pair is no match, and never in one identity; without them it is. Half of the pairs differ in what the veto looks at.
CREATE TABLE family (id int PRIMARY KEY, name text, email text, phone text, generation text);
INSERT INTO family
SELECT id, initcap(translate(md5('name' || id / 2), '0123456789', 'ghijklmnop')), md5('mail' || id / 2) || '@example.com', '212' || 2000000 + id / 2 * 1237, CASE WHEN id % 2 = 0 OR id < 22 THEN 'senior' ELSE 'junior' END
FROM generate_series(2, 41) id;
SELECT name, cdw.create_resolver(name, 'family', 'id', '{"name": "name", "email": "email", "phone": "phone", "generation": "category"}', options => options) -> 'options' AS options
FROM (VALUES ('m', '{}'::jsonb), ('w', '{"vetoes": ["generation"]}'), ('x', '{"vetoes": ["generation"], "clustering": "connected"}')) AS resolver (name, options);
CALL cdw.resolve('m');
CALL cdw.resolve('w');
CALL cdw.resolve('x');
SELECT count(DISTINCT m.identity_id) AS model, count(DISTINCT w.identity_id) AS veto, count(DISTINCT x.identity_id) AS connected FROM m_identity m JOIN w_identity w USING (id) JOIN x_identity x USING (id);
SELECT groups('w_identity') = groups('x_identity') AS same;
SELECT count(*) AS pairs, count(*) FILTER (WHERE l.generation <> r.generation) AS vetoed FROM w_match JOIN family l ON l.id = left_key JOIN family r ON r.id = right_key;
SELECT (SELECT model FROM m_resolver) = (SELECT model FROM w_resolver) AS "veto or not, one model";
SELECT field, level, weight, cumulative_weight FROM cdw.explain_match('w', '40', '41') WHERE field LIKE '(veto%';
SELECT field, level, weight FROM cdw.explain_match('w', '10', '11') WHERE field LIKE '(veto%';
SELECT cdw.explain_match_text('w', '40', '41') ~ '^no match, veto "generation": .*; prior -[0-9.]+$' AS told;
-- also where a third record is alike to both
INSERT INTO family SELECT 100, name, email, phone, NULL FROM family WHERE id = 40;
CALL cdw.resolve('w');
CALL cdw.resolve('x');
SELECT count(DISTINCT identity_id) FROM w_identity WHERE id IN (40, 41, 100);
SELECT count(DISTINCT identity_id) FROM x_identity WHERE id IN (40, 41, 100);

-- A component too large for average link keeps to the vetoes as well: a chain of 1600 records by e-mail and phone in turn whose ends have two birthdays, and a model that is certain.
CREATE TABLE large (id int PRIMARY KEY, email text, phone text, dob date);
INSERT INTO large SELECT id, md5('m' || id / 2) || '@x.example', '212' || 2000000 + (id + 1) / 2 * 1237, CASE id WHEN 1 THEN date '1990-01-01' WHEN 1600 THEN date '1950-12-31' END FROM generate_series(1, 1600) id;
SELECT cdw.create_resolver('g', 'large', 'id', '{"email": "email", "phone": "phone", "dob": "date"}', options => '{"match_rules": ["email", "phone"], "vetoes": ["dob"]}') ->> 'resolver' AS resolver;
SELECT cdw.create_resolver('h', 'large', 'id', '{"email": {"kind": "email", "term_frequency": false}, "phone": {"kind": "phone", "term_frequency": false}, "dob": "date"}', ARRAY['email', 'phone'], options => '{"vetoes": ["dob"]}') ->> 'resolver' AS resolver;
CALL cdw.train('h');
SELECT cdw.import_model('h', jsonb_set(jsonb_set(jsonb_set(jsonb_set(jsonb_set(model, '{model,prior}', '0.1'), '{model,fields,email,levels,0,u}', '1e-30'), '{model,fields,phone,levels,0,u}', '1e-30'), '{model,household_prior}', '0'), '{model,fields,phone,levels,0,m}', '0.5'))
FROM (SELECT jsonb_set(cdw.export_model('h'), '{model,fields,email,levels,0,m}', '0.5') AS model) e;
CALL cdw.resolve('g');
CALL cdw.resolve('h');
SELECT count(*) AS identities, min(n) AS smallest FROM (SELECT count(*) AS n FROM g_identity GROUP BY identity_id) t;
SELECT count(DISTINCT identity_id) AS identities FROM h_identity;
SELECT count(DISTINCT identity_id) AS apart FROM h_identity WHERE id IN (1, 1600);

-- Errors.
SELECT options, fails(format('SELECT cdw.create_resolver(%L, %L, %L, %L, options => %L)', 'e', 'people', 'id', '{"given": "given_name", "family": "family_name", "email": "email", "dob": "date"}', options))
FROM unnest(ARRAY[
    '{"match_rules": []}', '{"match_rules": "email"}', '{"match_rules": {"email": 1}}', '{"match_rules": [1]}', '{"match_rules": [null]}', '{"match_rules": [["email"]]}',
    '{"match_rules": [""]}', '{"match_rules": ["nobody"]}', '{"match_rules": ["email,"]}', '{"match_rules": ["email dob"]}', '{"match_rules": ["email >"]}', '{"match_rules": ["email < one slip"]}',
    '{"match_rules": ["email, family >= "]}', '{"match_rules": ["email, family >= different"]}', '{"match_rules": ["email, family >= swapped"]}', '{"match_rules": ["email, family >= one slip or so"]}',
    '{"match_rules": ["first(family, 2) >= one slip"]}', '{"match_rules": ["family >= one slip"]}', '{"match_rules": ["sound(family)"]}', '{"match_rules": ["year(family)"]}',
    '{"match_rules": ["email"], "vetoes": ["nobody"]}', '{"match_rules": ["email"], "vetoes": ["dob >= within 400 days"]}', '{"match_rules": ["email"], "vetoes": ["dob < different"]}', '{"match_rules": ["email"], "vetoes": "dob"}', '{"vetoes": [7]}', '{"vetoes": [""]}',
    '{"match_rules": ["email"], "clustering": "average"}', '{"match_rules": ["email"], "min_probability": 0.5}', '{"match_rules": ["email"], "all_pairs_limit": 5}', '{"match_rule": ["email"]}']) options;
SELECT fails($$SELECT cdw.create_resolver('e', 'people', 'id', '{"email": "email"}', ARRAY['email'], options => '{"match_rules": ["email"]}')$$);
SELECT fails($$SELECT cdw.create_resolver('e', 'people', 'id', '{"email": "email"}', options => jsonb_build_object('match_rules', array_fill('email'::text, ARRAY[65])))$$);
SELECT fails($$SELECT cdw.create_resolver('e', 'people', 'id', '{"email": "email"}', options => jsonb_build_object('vetoes', array_fill('email'::text, ARRAY[65])))$$);
SELECT fails($$SELECT cdw.create_resolver('e', 'people', 'id', '{"email": "email"}', options => jsonb_build_object('match_rules', ARRAY[repeat('email,', 32) || 'email']))$$);
SELECT statement, fails(statement) FROM unnest(ARRAY[$$CALL cdw.train('r')$$, $$SELECT * FROM cdw.model_weights('r')$$, $$SELECT cdw.export_model('r')$$, $$SELECT cdw.copy_model('m', 'r')$$]) statement;
-- NULL stands for absent
SELECT cdw.create_resolver('n', 'people', 'id', '{"email": "email"}', options => '{"match_rules": null, "vetoes": null}') -> 'options' ? 'clustering' AS by_model;

DROP SCHEMA identity_rules CASCADE;
