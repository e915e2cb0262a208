-- Forged models, frequencies and records end in an error or in a result, and the server lives.
SET client_min_messages = error;
SET statement_timeout = '60s';

CREATE TABLE forged AS SELECT key, first_name, last_name, dob, email, phone, address, city FROM first_order WHERE key <= 60;
SELECT FROM cdw.create_resolver('forged', 'forged', 'key', fields => '{"first_name": "given_name", "last_name": "family_name", "dob": "date",
    "email": "email", "phone": "phone", "address": "address", "city": "category"}');
CALL cdw.resolve('forged');

-- A number from 0 to n - 1.
CREATE FUNCTION pick(n int, step int, what text) RETURNS int LANGUAGE sql AS $$SELECT floor(n * made.random(what || current_setting('forged.seed'), step))::int$$;
SELECT set_config('forged.seed', :'seed', false) \g /dev/null

-- Every path of a document.
CREATE FUNCTION paths(document jsonb) RETURNS TABLE (path text[]) LANGUAGE sql AS $$
    WITH RECURSIVE node AS (
        SELECT ARRAY[]::text[] AS path, document AS value
        UNION ALL
        SELECT node.path || child.key, child.value
        FROM node CROSS JOIN LATERAL (
            SELECT key, value FROM jsonb_each(CASE jsonb_typeof(node.value) WHEN 'object' THEN node.value ELSE '{}' END)
            UNION ALL
            SELECT (position - 1)::text, value FROM jsonb_array_elements(CASE jsonb_typeof(node.value) WHEN 'array' THEN node.value ELSE '[]' END)
                WITH ORDINALITY a (value, position)) child
    )
    SELECT node.path FROM node WHERE cardinality(node.path) > 0 ORDER BY node.path $$;

CREATE TABLE forged_value (number int GENERATED ALWAYS AS IDENTITY (START 0 MINVALUE 0), value jsonb);
INSERT INTO forged_value (value) VALUES ('0'), ('-1'), ('1'), ('0.5'), ('2'), ('-0.0000001'), ('1e-320'), ('1e-400'), ('1e308'), ('1e400'), ('-1e400'),
    ('1e-300'), ('1e300'), ('2147483647'), ('2147483648'), ('-2147483649'), ('4294967296'), ('9223372036854775807'), ('9223372036854775808'), ('99999999999999999999999999'),
    ('0.9999999999999999999'), ('"NaN"'), ('"Infinity"'), ('"-1"'), ('"0.5"'), ('""'), ('"equal"'), ('null'), ('true'), ('false'), ('[]'), ('{}'), ('[[]]'), ('[null]'),
    ('[1, 2, 3]'), ('{"m": 1}'), ('[{"level": "equal", "m": 0.5, "u": 0.5}]'), ('{"levels": []}'), ('{"fields": {}}'),
    ((repeat('[', 900) || repeat(']', 900))::jsonb), (to_jsonb(repeat('x', 100000))), ((repeat('{"fields":', 500) || '1' || repeat('}', 500))::jsonb),
    ((SELECT jsonb_agg(i) FROM generate_series(1, 5000) i));

-- One mutation of a document: a value replaced, removed, repeated, moved to another place, or one more added.
CREATE FUNCTION mutate(document jsonb, step int) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    all_paths text[][] := ARRAY(SELECT path::text FROM paths(document));
    target text[] := all_paths[1 + pick(cardinality(all_paths), step, 'path')]::text[];
    other text[] := all_paths[1 + pick(cardinality(all_paths), step, 'other')]::text[];
    forged jsonb := (SELECT value FROM forged_value WHERE number = pick((SELECT count(*)::int FROM forged_value), step, 'value'));
BEGIN
    RETURN CASE pick(8, step, 'how')
        WHEN 0 THEN document #- target
        WHEN 1 THEN jsonb_set(document, target, COALESCE(document #> other, 'null'))
        WHEN 2 THEN CASE WHEN target[cardinality(target)] ~ '^\d+$' THEN jsonb_insert(document, target, document #> target)
                         ELSE jsonb_set(document, target, forged) END
        WHEN 3 THEN CASE WHEN jsonb_typeof(document #> target) = 'number' AND abs((document #>> target)::numeric) < 1e100
                         THEN jsonb_set(document, target, to_jsonb((document #>> target)::numeric * (ARRAY[-1, 1e-30, 1e30, 2, 0.5, 1e9])[1 + pick(6, step, 'factor')]))
                         ELSE jsonb_set(document, target, forged) END
        ELSE jsonb_set(document, target, forged)
    END;
END $$;

-- Runs one statement of each sort on forged data; nothing of it stays. What it came to: 'result', or the
-- SQLSTATE.
CREATE PROCEDURE try(forgery text, step int, INOUT outcome text) LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE forgery;
    CASE step % 4
        WHEN 0 THEN PERFORM * FROM cdw.explain_match('forged', '1', '2');
        WHEN 1 THEN PERFORM * FROM cdw.evaluate('forged', 'forged', 'key', 'last_name');
        WHEN 2 THEN PERFORM * FROM cdw.block_counts('forged');
        ELSE NULL;
    END CASE;
    CALL cdw.resolve('forged');
    IF EXISTS (SELECT FROM forged_match WHERE match_weight = 'NaN' OR NOT match_probability BETWEEN 0 AND 1) THEN
        outcome := 'not a number';
    ELSE
        outcome := 'result';
    END IF;
    RAISE SQLSTATE 'CDW00';
EXCEPTION
    WHEN SQLSTATE 'CDW00' THEN NULL;
    WHEN OTHERS THEN outcome := SQLSTATE;
END $$;

CREATE TABLE tried (what text, step int, forgery text, outcome text);

-- Models: two mutations at a time in every third step.
DO $$
DECLARE
    document jsonb := (SELECT model FROM forged_resolver);
    forged jsonb;
    outcome text;
BEGIN
    FOR step IN 1..600 LOOP
        forged := mutate(document, step);
        IF step % 3 = 0 AND jsonb_typeof(forged) = 'object' AND forged <> '{}' THEN
            BEGIN
                forged := mutate(forged, step + 10000);
            EXCEPTION WHEN OTHERS THEN NULL;
            END;
        END IF;
        CALL try(format('UPDATE forged_resolver SET model = %L', forged), step, outcome);
        INSERT INTO tried VALUES ('model', step, left(forged::text, 2000), outcome);
    END LOOP;
END $$;

-- Settings, which the owner may edit too.
DO $$
DECLARE
    document jsonb := (SELECT settings FROM forged_resolver);
    forged jsonb;
    outcome text;
BEGIN
    FOR step IN 1..200 LOOP
        forged := mutate(document, step + 20000);
        CALL try(format('UPDATE forged_resolver SET settings = %L', forged), step, outcome);
        INSERT INTO tried VALUES ('settings', step, left(forged::text, 2000), outcome);
    END LOOP;
END $$;

-- Frequencies.
DO $$
DECLARE
    forgeries text[] := ARRAY[
        'UPDATE forged_term SET records = -1', 'UPDATE forged_term SET records = 0', 'UPDATE forged_term SET records = 9223372036854775807',
        'UPDATE forged_term SET records = -9223372036854775808', 'UPDATE forged_term SET records = 4294967296', 'UPDATE forged_term SET records = 4294967295',
        'UPDATE forged_term SET field = field || ''?''', 'UPDATE forged_term SET field = ''''', 'UPDATE forged_term SET value = '''' WHERE value = (SELECT min(value) FROM forged_term)',
        'UPDATE forged_term SET value = repeat(value, 1000)', 'DELETE FROM forged_term', 'DROP TABLE forged_term', 'ALTER TABLE forged_term DROP COLUMN records',
        'ALTER TABLE forged_term ALTER records TYPE text', 'ALTER TABLE forged_term ALTER records TYPE text USING ''NaN''', 'ALTER TABLE forged_term ALTER records TYPE float8 USING ''NaN''',
        'ALTER TABLE forged_term ALTER records TYPE float8 USING ''Infinity''', 'ALTER TABLE forged_term ALTER records TYPE numeric USING 1e30',
        'ALTER TABLE forged_term ALTER records DROP NOT NULL; UPDATE forged_term SET records = NULL',
        'ALTER TABLE forged_term DROP CONSTRAINT forged_term_pkey; ALTER TABLE forged_term ALTER field DROP NOT NULL; UPDATE forged_term SET field = NULL',
        'ALTER TABLE forged_term DROP CONSTRAINT forged_term_pkey; ALTER TABLE forged_term ALTER value DROP NOT NULL; UPDATE forged_term SET value = NULL',
        'ALTER TABLE forged_term DROP CONSTRAINT forged_term_pkey; INSERT INTO forged_term SELECT * FROM forged_term, generate_series(1, 50)',
        'INSERT INTO forged_term SELECT ''city'', md5(i::text), 2 FROM generate_series(1, 20000) i',
        'ALTER TABLE forged_term ALTER value TYPE int USING 1', 'ALTER TABLE forged_term ALTER field TYPE bytea USING ''\x00''',
        'DROP TABLE forged_term; CREATE VIEW forged_term AS SELECT ''city''::text AS field, ''x''::text AS value, 1 / (random() * 0)::int AS records',
        'TRUNCATE forged_resolver', 'INSERT INTO forged_resolver SELECT * FROM forged_resolver', 'UPDATE forged_resolver SET model = NULL',
        'ALTER TABLE forged_resolver ALTER model TYPE text', 'ALTER TABLE forged_resolver ALTER model TYPE json', 'UPDATE forged_resolver SET next_identity_id = 9223372036854775807',
        'UPDATE forged_resolver SET next_identity_id = -5', 'UPDATE forged_identity SET identity_id = -1', 'DELETE FROM forged_identity', 'UPDATE forged_identity SET identity_id = 9223372036854775807'];
    outcome text;
BEGIN
    FOR step IN 1..4 * cardinality(forgeries) LOOP
        CALL try(forgeries[1 + (step - 1) / 4], step, outcome);
        INSERT INTO tried VALUES ('tables', step, forgeries[1 + (step - 1) / 4], outcome);
    END LOOP;
END $$;

-- Records: every kind of field is given every kind of text.
CREATE TABLE forged_text (number int GENERATED ALWAYS AS IDENTITY (START 0 MINVALUE 0), value text);
INSERT INTO forged_text (value) VALUES (''), (' '), (E'\t\r\n'), (repeat('a', 1000000)), (repeat('王', 200000)), (repeat(E'e\u0301', 50000)), (repeat('a ', 100000)), (repeat('@', 5000)),
    (E'\u200b\u200d\ufeff'), (E'\u202e\u0661\u0662'), (E'\U0001F468\u200D\U0001F469\u200D\U0001F467'), (E'\uFFFD\uFDFA'), (repeat(E'\uFDFA', 3000)), (E'\x01\x02\x7f'), ('%s%n%x'), ('''; DROP TABLE x; --'),
    ('NaN'), ('Infinity'), ('-Infinity'), ('1e400'), ('1e-400'), (repeat('9', 10000)), ('0x7fffffff'), ('9999-99-99'), ('0000-00-00'), ('-4713-01-01'), ('294277-01-01'), ('2024-02-30'), ('31/31/3131'),
    ('a@b@c'), ('@'), (repeat('x', 400) || '@' || repeat('y', 400) || '.com'), ('+' || repeat('1', 500)), ('+0'), ('null'), ('\N'), ('{}'), ('[1,2'), ('(1e308,-1e308)'), ('91,181'), ('90.0001,-180.5'),
    (E'\u0130\u0131\u1E9E\u00DF'), (repeat('.', 10000)), (repeat('-', 10000)), (repeat('1-', 3000)), (E'\u00A0\u3000'), (repeat('ab,', 20000));
DO $$
DECLARE
    n int := (SELECT count(*) FROM forged_text);
    outcome text;
BEGIN
    FOR step IN 1..60 LOOP
        CALL try(format('UPDATE forged SET %I = (SELECT value FROM forged_text WHERE number = pick(%s, key::int * 100 + %s, ''text'')) WHERE key %% 3 = %s',
                        (ARRAY['first_name', 'last_name', 'dob', 'email', 'phone', 'address', 'city'])[1 + step % 7], n, step, step % 3), step, outcome);
        INSERT INTO tried VALUES ('records', step, step::text, outcome);
    END LOOP;
END $$;

-- Faults: internal errors, statements that did not end, weights that are no number.
SELECT CASE WHEN count(*) FILTER (WHERE bad) = 0 THEN 'ok - ' ELSE 'not ok - ' END || 'forged ' || what || ': ' || count(*) || ' tries, '
       || count(*) FILTER (WHERE outcome = 'result') || ' results, ' || count(*) FILTER (WHERE outcome <> 'result' AND NOT bad) || ' errors, ' || count(*) FILTER (WHERE bad) || ' faults'
FROM (SELECT *, outcome ~ '^(XX|57|53|not)' AS bad FROM tried) t GROUP BY what ORDER BY what;
SELECT '    ' || what || ' ' || outcome || ' ' || count(*) || ' times, step ' || min(step) || ': ' || left(min(forgery), 300) FROM tried
WHERE outcome ~ '^(XX|57|53|not)' GROUP BY what, outcome;
