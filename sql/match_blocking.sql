-- Blocking rules: what their keys are, what becomes of large blocks, which rules are used.
\set VERBOSITY terse
\pset format unaligned
CREATE SCHEMA match_blocking;
SET search_path = match_blocking, public;
SET client_min_messages = warning;

CREATE FUNCTION fails(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    detail text;
    hint text;
BEGIN
    EXECUTE statement;
    RETURN 'no error';
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
    RETURN concat_ws(' / ', SQLSTATE || ': ' || SQLERRM, nullif(detail, ''), nullif(hint, ''));
END
$$;

-- The pairs that rules find, as text: a resolver of one table, pairs counted by block_counts.
CREATE TABLE one (id int PRIMARY KEY, v text, w text);
CREATE FUNCTION finds(kind text, rule text, a text, b text) RETURNS int8 LANGUAGE plpgsql AS $$
DECLARE
    found int8;
BEGIN
    TRUNCATE one;
    INSERT INTO one VALUES (1, a, 'x'), (2, b, 'x');
    PERFORM cdw.create_resolver('one', 'one', 'id', jsonb_build_object('v', kind, 'w', 'text'), ARRAY[rule]);
    SELECT sum(new_pairs) INTO found FROM cdw.block_counts('one');
    PERFORM cdw.drop_resolver('one', true);
    RETURN found;
END
$$;

-- Transforms of a word: how it sounds.
SELECT rule, a, b, finds('family_name', rule, a, b) FROM (VALUES
    ('nysiis(v)', 'Brown', 'Braun'), ('nysiis(v)', 'Brown', 'Smith'), ('nysiis(v)', '王', '王'),
    -- Schmidt is XMT or SMT, Smith SM0 or XMT
    ('double_metaphone(v)', 'Smith', 'Schmidt'), ('double_metaphone(v)', 'Smith', 'Jones'), ('double_metaphone(v)', '王', '王')) t(rule, a, b);

-- Words: each one, their beginnings, pairs of them. Blanks and letters alone are no words.
SELECT rule, a, b, finds('text', rule, a, b) FROM (VALUES
    ('tokens(v)', 'alpha beta', 'beta gamma'), ('tokens(v)', 'alpha beta', 'gamma delta'), ('tokens(v)', 'a b c', 'a b c'), ('tokens(v)', '王 明', '明 李'),
    ('tokens(v)', 'beta beta beta', 'beta'),
    ('tokens(v), w', 'alpha beta', 'beta gamma'), ('w, tokens(v)', 'alpha beta', 'beta gamma'), ('first(v, 1), tokens(v)', 'alpha beta', 'beta gamma'),
    ('token_starts(v)', 'international house', 'home of interns'), ('token_starts(v)', 'four', 'four'), ('token_starts(v, 3)', 'four', 'fourth'), ('token_starts(v, 9)', 'four', 'four'),
    ('token_pairs(v)', 'alpha beta gamma', 'gamma delta alpha'), ('token_pairs(v)', 'alpha beta', 'alpha gamma'), ('token_pairs(v)', 'alpha', 'alpha')) t(rule, a, b);
-- A rule has ten keys at most: of more words the longest.
SELECT finds('text', 'tokens(v)', (SELECT string_agg('word' || repeat('x', i), ' ') FROM generate_series(1, 15) i), 'wordxxxxxx') AS tenth,
       finds('text', 'tokens(v)', (SELECT string_agg('word' || repeat('x', i), ' ') FROM generate_series(1, 15) i), 'wordxxxxx') AS eleventh;

-- Dates and numbers: parts, and cells of two shifted grids.
SELECT rule, a, b, finds('date', rule, a, b) FROM (VALUES
    ('year_day(v)', '1980-03-15', '1980-08-15'), ('year_day(v)', '1980-03-15', '1980-03-16')) t(rule, a, b);
-- Neighbours in one resolver, w keeping each two apart from the others: with one grid some are in two cells, with both none.
CREATE FUNCTION finds_all(kind text, transforms text[], a text[], b text[]) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    found text;
BEGIN
    TRUNCATE one;
    INSERT INTO one SELECT 2 * i + side, CASE side WHEN 0 THEN a[i] ELSE b[i] END, 'pair' || i FROM generate_subscripts(a, 1) i, generate_series(0, 1) side;
    PERFORM cdw.create_resolver('one', 'one', 'id', jsonb_build_object('v', kind, 'w', 'identifier'), ARRAY(SELECT t || ', w' FROM unnest(transforms) t));
    SELECT string_agg(pairs::text, ' | ') || ', together ' || sum(new_pairs) INTO found FROM cdw.block_counts('one');
    PERFORM cdw.drop_resolver('one', true);
    RETURN found;
END
$$;
-- 60 days and the next one: a week has 7 days, so a grid parts 8 or 9 of them
SELECT finds_all('date', ARRAY['week(v)', 'week(v, 2)'], array_agg(d::text), array_agg((d + 1)::text)) AS next_day, finds_all('date', ARRAY['week(v)', 'week(v, 2)'], array_agg(d::text), array_agg((d + 7)::text)) AS next_week
FROM (SELECT '2020-02-01'::date + i AS d FROM generate_series(0, 59) i) t;
SELECT finds_all('number', ARRAY['magnitude(v)', 'magnitude(v, 2)'], array_agg(x::text), array_agg((x * 1.04)::text)) AS four_percent, finds_all('number', ARRAY['magnitude(v)', 'magnitude(v, 2)'], array_agg(x::text), array_agg((x * 1.11)::text)) AS eleven_percent
FROM (SELECT 3 * i * i AS x FROM generate_series(1, 40) i) t;
SELECT a, b, finds('number', 'magnitude(v)', a, b) FROM (VALUES ('0', '0'), ('0', '-0'), ('5', '-5'), ('-5', '-5.01'), ('1e-300', '1e300'), ('x', 'x')) t(a, b);

-- Grammar: what cannot be joined, misspelt, missing; long and repeated rules.
CREATE TABLE people (id int PRIMARY KEY, name text, street text, "say ""hi""" text, born text, amount text, mail text);
CREATE FUNCTION rules(rules text[]) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    result text;
BEGIN
    result := cdw.create_resolver('r', 'people', 'id', '{"name": "name", "street": "address", "say \"hi\"": "text", "born": "date", "amount": "number", "mail": "email"}', rules) ->> 'blocking';
    CALL cdw.resolve('r');
    PERFORM cdw.drop_resolver('r', true);
    RETURN result;
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE || ': ' || SQLERRM;
END
$$;
SELECT rule, rules(ARRAY[rule]) FROM (VALUES ('tokens("say ""hi""")'), ('tokens(name), tokens(street)'), ('tokens(name), double_metaphone(name)'), ('tokens(name), street'), ('tokens(name, 3)'),
    ('token_pairs(name, 2)'), ('token_starts(name,)'), ('token_starts(name, 0)'), ('week(name)'), ('week(born, 3)'), ('year_day(mail)'), ('magnitude(born)'), ('magnitude(amount, x)'), ('tokens(tokens(name))'),
    ('nysiis()'), ('double_metaphone(name, 4)'), ('tokens (name)'), ('tokens')) t(rule);
SELECT rules(ARRAY[]::text[]), rules(ARRAY['name', NULL]), rules(ARRAY['name', 'name', 'tokens(name)', 'tokens(name)']);
SELECT length(rules(ARRAY[(SELECT string_agg(CASE i WHEN 7 THEN 'tokens(street)' ELSE 'first(name, ' || i || ')' END, ', ') FROM generate_series(1, 32) i)])) AS thirty_two_parts,
       left(rules(ARRAY[(SELECT string_agg('name', ', ') FROM generate_series(1, 33) i)]), 40) AS thirty_three;
SELECT rules((SELECT array_agg('tokens(name)'::text) FROM generate_series(1, 64))) IS NOT NULL AS sixty_four_rules;

-- Every default rule can be written by hand: the settings that come back make the same resolver.
CREATE TABLE defaults AS
SELECT cdw.create_resolver('d', 'people', 'id', '{"name": "name", "street": "address", "say \"hi\"": "text", "born": "date", "amount": "number", "mail": "email"}') AS settings;
SELECT jsonb_array_elements_text(settings -> 'blocking') AS rule FROM defaults;
SELECT cdw.drop_resolver('d', true);
SELECT cdw.create_resolver('d', 'people', 'id', settings -> 'fields', ARRAY(SELECT jsonb_array_elements_text(settings -> 'blocking')), options => settings -> 'options') = settings AS same FROM defaults;
SELECT cdw.drop_resolver('d', true);

-- Rules with several keys, against plain SQL: pairs that share a word, and those that no earlier rule has.
CREATE TABLE memo (id int PRIMARY KEY, city text, memo text, src text);
INSERT INTO memo
SELECT i, 'city' || i % 13, format('w%s w%s w%s w%s', i % 31, i % 37 + 40, i % 41 + 80, i % 5 + 200), 's' || i % 3 FROM generate_series(1, 300) i;
CREATE VIEW pair AS
SELECT l.id AS l, r.id AS r, l.src <> r.src AS across, l.city = r.city AS same_city, string_to_array(l.memo, ' ') && string_to_array(r.memo, ' ') AS share_word,
       left(l.memo, 2) = left(r.memo, 2) AS same_start
FROM memo l JOIN memo r ON l.id < r.id;
SELECT cdw.create_resolver('m', 'memo', 'id', '{"city": "text", "memo": "text"}', ARRAY['city', 'tokens(memo)', 'first(memo, 2)']) IS NOT NULL AS made;
SELECT rule, new_pairs, largest_block FROM cdw.block_counts('m');
SELECT count(*) FILTER (WHERE same_city) AS city, count(*) FILTER (WHERE share_word AND NOT same_city) AS tokens, count(*) FILTER (WHERE same_start AND NOT share_word AND NOT same_city) AS start FROM pair;
SELECT cdw.drop_resolver('m', true);
SELECT cdw.create_resolver('m', 'memo', 'id', '{"city": "text", "memo": "text"}', ARRAY['tokens(memo)', 'city'], 'src', 'link') IS NOT NULL AS made;
SELECT rule, new_pairs FROM cdw.block_counts('m');
SELECT count(*) FILTER (WHERE share_word) AS tokens, count(*) FILTER (WHERE same_city AND NOT share_word) AS city FROM pair WHERE across;
SELECT cdw.drop_resolver('m', true);

-- Oversized blocks are split by the oversized blocks of other fields: against plain SQL.
CREATE TABLE skew (id int PRIMARY KEY, a text, b text, c text);
INSERT INTO skew SELECT i, CASE WHEN i % 3 = 0 THEN 'rare' || i / 9 ELSE 'often' || i % 2 END, 'b' || i % 4, 'c' || i % 7 FROM generate_series(1, 400) i;
CREATE FUNCTION candidates(rules text[], max_block text, OUT pairs numeric) LANGUAGE plpgsql AS $$
BEGIN
    PERFORM cdw.create_resolver('s', 'skew', 'id', '{"a": "text", "b": "text", "c": "text"}', rules, options => jsonb_build_object('max_block', max_block::jsonb));
    SELECT sum(new_pairs) INTO pairs FROM cdw.block_counts('s');
    PERFORM cdw.drop_resolver('s', true);
END
$$;
-- a pair counts where it shares a value of at most 30 records, or two larger ones that at most 30 share
CREATE FUNCTION expected(rules text[], most int) RETURNS int8 LANGUAGE plpgsql AS $$
DECLARE
    result int8;
    condition text := 'false';
BEGIN
    FOR i IN 1 .. array_length(rules, 1) LOOP
        condition := condition || format(' OR (l.%1$s = r.%1$s AND (SELECT count(*) FROM skew WHERE %1$s = l.%1$s) <= %2$s)', rules[i], most);
        FOR j IN i + 1 .. array_length(rules, 1) LOOP
            condition := condition || format(' OR (l.%1$s = r.%1$s AND l.%2$s = r.%2$s AND (SELECT count(*) FROM skew WHERE %1$s = l.%1$s AND %2$s = l.%2$s) <= %3$s)', rules[i], rules[j], most);
        END LOOP;
    END LOOP;
    EXECUTE format('SELECT count(*) FROM skew l JOIN skew r ON l.id < r.id WHERE %s', condition) INTO result;
    RETURN result;
END
$$;
SELECT rules, most, candidates(rules, most::text), expected(rules, most)
FROM (VALUES (ARRAY['a'], 30), (ARRAY['a', 'b'], 30), (ARRAY['a', 'b'], 40), (ARRAY['b', 'a'], 40), (ARRAY['a', 'b', 'c'], 30), (ARRAY['c', 'b', 'a'], 30), (ARRAY['b', 'c'], 10), (ARRAY['a', 'b', 'c'], 1000)) t(rules, most);
-- Two rules over the same field do not split each other.
SELECT candidates(ARRAY['b', 'first(b, 1)'], '30');
-- What is left out is said, and block_counts says where.
SELECT cdw.create_resolver('s', 'skew', 'id', '{"a": "text", "b": "text", "c": "text"}', ARRAY['a', 'b', 'c'], options => '{"max_block": 60}') IS NOT NULL AS made;
SELECT * FROM cdw.block_counts('s');
\set VERBOSITY default
SET client_min_messages = notice;
CALL cdw.resolve('s');
SET client_min_messages = warning;
\set VERBOSITY terse
-- The caps are the model's from then on, whatever the settings become; a rule added without training takes the common one.
SELECT model -> 'rules' AS caps, model -> 'max_block' AS max_block FROM s_resolver;
UPDATE s_resolver SET settings = jsonb_set(jsonb_set(settings, '{options,max_block}', '1000'), '{blocking}', '["a", "b", "c", "b, c"]');
SELECT rule, largest_block, max_block FROM cdw.block_counts('s');
-- A model of the time when rules had one cap together.
UPDATE s_resolver SET model = model - 'rules';
SELECT rule, largest_block, max_block FROM cdw.block_counts('s');
UPDATE s_resolver SET model = jsonb_set(model, '{rules}', '{"a": 0, "b": 10, "never": 3}');
SELECT * FROM cdw.block_counts('s');
SELECT caps, fails(format('UPDATE s_resolver SET model = jsonb_set(model, ''{rules}'', %L); SELECT * FROM cdw.block_counts(''s'')', caps))
FROM unnest(ARRAY['{"a": -1}', '{"a": 1e18}', '{"a": "x"}', '{"a": null}', '{"a": {}}', '[]', '7', 'null']) caps;
SELECT cdw.drop_resolver('s', true);

-- Another rule never takes a pair away, be the cap fixed or found in the data.
CREATE TABLE found (step int, l int, r int);
CREATE FUNCTION find_pairs(step int, rules text[], max_block text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM cdw.create_resolver('s', 'skew', 'id', '{"a": "text", "b": "text", "c": "text"}', rules, options => jsonb_build_object('max_block', max_block::jsonb, 'min_probability', 0.000001));
    CALL cdw.train('s');
    -- a model under which every candidate is kept
    UPDATE s_resolver SET model = jsonb_set(model, '{prior}', '0.999') || jsonb_build_object('fields', (SELECT jsonb_object_agg(f.key, jsonb_set(f.value, '{levels}',
        (SELECT jsonb_agg(level || '{"m": 0.2, "u": 0.2, "h": 0.2}') FROM jsonb_array_elements(f.value -> 'levels') level))) FROM jsonb_each(model -> 'fields') f));
    CALL cdw.resolve('s', 0.999999);
    EXECUTE 'INSERT INTO found SELECT $1, left_key, right_key FROM s_match' USING step;
    PERFORM cdw.drop_resolver('s', true);
END
$$;
SELECT find_pairs(i, (ARRAY['b', 'c', 'a', 'tokens(a)', 'b, c', 'first(a, 4)'])[1:i], '30') FROM generate_series(1, 6) i;
SELECT step, count(*) AS pairs, (SELECT count(*) FROM (SELECT l, r FROM found p WHERE p.step = f.step - 1 EXCEPT SELECT l, r FROM found n WHERE n.step = f.step) lost) AS lost FROM found f GROUP BY step ORDER BY step;
TRUNCATE found;
SELECT find_pairs(i, (ARRAY['b', 'c', 'a', 'tokens(a)', 'b, c', 'first(a, 4)'])[1:i], '"auto"') FROM generate_series(1, 6) i;
SELECT step, count(*) AS pairs, (SELECT count(*) FROM (SELECT l, r FROM found p WHERE p.step = f.step - 1 EXCEPT SELECT l, r FROM found n WHERE n.step = f.step) lost) AS lost FROM found f GROUP BY step ORDER BY step;

-- A value that thousands have in common neither hangs nor drowns the rest.
CREATE TABLE crowd (id int PRIMARY KEY, name text, mail text);
INSERT INTO crowd SELECT i, 'name ' || i / 2, CASE WHEN i % 10 < 9 THEN 'none@example.com' ELSE 'm' || i / 20 || '@example.com' END FROM generate_series(1, 20000) i;
SELECT cdw.create_resolver('c', 'crowd', 'id', '{"name": "name", "mail": "email"}', ARRAY['name', 'mail']) IS NOT NULL AS made;
SELECT * FROM cdw.block_counts('c');
SELECT cdw.drop_resolver('c', true);

-- Rules chosen within a budget: those that find nothing new are not used, and later runs keep to the choice.

CREATE TABLE chosen (id int PRIMARY KEY, name text, born date, mail text, town text);
INSERT INTO chosen SELECT i, format('given%s family%s', i / 2 % 97, i / 2 % 211), '1950-01-01'::date + (i / 2 * 37) % 18000, CASE WHEN i % 5 > 0 THEN format('p%s@example.com', i / 2) END, 'town' || i / 2 % 3 FROM generate_series(1, 3000) i;
SELECT cdw.create_resolver('b', 'chosen', 'id', '{"name": "name", "born": "date", "mail": "email", "town": "category"}', options => '{"all_pairs_limit": 0, "pairs_per_record": 5}') #>> '{options,pairs_per_record}' AS pairs_per_record;
CALL cdw.resolve('b');
SELECT sum(new_pairs) <= 5 * 3000 AS within_budget, count(*) FILTER (WHERE max_block > 0) BETWEEN 1 AND 5 AS few_rules, count(*) > 10 AS of_many FROM cdw.block_counts('b');
SELECT count(*) > 1300 AS people_found FROM (SELECT FROM b_identity GROUP BY identity_id HAVING count(*) = 2) t;
CREATE TABLE first_run AS TABLE b_identity;
CALL cdw.resolve('b');
SELECT count(*) AS moved FROM b_identity JOIN first_run f USING (id) WHERE b_identity.identity_id <> f.identity_id;
-- the order of rows and the keys do not matter to the choice
CREATE TABLE chosen_again AS SELECT hashint4(id) AS id, name, born, mail, town FROM chosen ORDER BY md5(id::text);
SELECT cdw.create_resolver('a', 'chosen_again', 'id', '{"name": "name", "born": "date", "mail": "email", "town": "category"}', options => '{"all_pairs_limit": 0, "pairs_per_record": 5}') IS NOT NULL AS made;
CALL cdw.train('a');
SELECT a.model = b.model AS same_model FROM a_resolver a, b_resolver b;
SELECT option, fails(format($$SELECT cdw.create_resolver('o', 'chosen', 'id', '{"name": "name"}', options => '{"pairs_per_record": %s}')$$, option)) FROM unnest(ARRAY['0', '0.5', '1e7', '"many"', '[]']) option;

DROP SCHEMA match_blocking CASCADE;
