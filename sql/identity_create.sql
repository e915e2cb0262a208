-- cdw.create_resolver: what it makes, what it returns, what it refuses.
CREATE SCHEMA identity_create;
SET search_path = identity_create;
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
    RETURN 'no error';
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
    RETURN concat_ws(' / ', SQLSTATE || ': ' || message, nullif(detail, ''), nullif(hint, ''));
END
$$;
-- What calls of create_resolver have left in the schema.
CREATE VIEW made AS
SELECT relname, relkind FROM pg_class
WHERE relnamespace IN (SELECT oid FROM pg_namespace WHERE nspname LIKE 'identity\_create%') AND relkind IN ('r', 'v', 'S')
  AND relname ~ '_(resolver|term|identity|match|history|golden)(_|$)';

CREATE TABLE people (
    id int PRIMARY KEY, given text, family text, dob date, email text, phone text, city text, street text, firm text,
    code text, zip text, amount numeric, note text);

-- The settings, defaults included; fields stand in the order of the source's columns.
SELECT jsonb_pretty(cdw.create_resolver('small', 'people', 'id',
    '{"phone": "phone", "family": "family_name", "dob": {"kind": "date"}}', ARRAY['family, year(dob)', 'phone']));
SELECT settings = cdw.create_resolver('twin', 'people', 'id', settings -> 'fields', ARRAY['family, year(dob)', 'phone']) - 'resolver' || '{"resolver": "small"}'
           AS full_settings_give_the_same
FROM small_resolver;

-- The tables: columns, types, keys, comments.
SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod) AS type, a.attnotnull AS "not null", a.attidentity AS identity
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
WHERE c.relnamespace = 'identity_create'::regnamespace AND c.relname LIKE 'small\_%' AND c.relkind IN ('r', 'v') ORDER BY c.relname, a.attnum;
SELECT tablename, replace(indexdef, 'identity_create.', '') AS index FROM pg_indexes
WHERE schemaname = 'identity_create' AND tablename LIKE 'small\_%' ORDER BY 1, 2;
SELECT relname, obj_description(oid, 'pg_class') AS comment, relowner::regrole = current_user::regrole AS own, reloptions
FROM pg_class WHERE relnamespace = 'identity_create'::regnamespace AND relname LIKE 'small\_%' AND relkind IN ('r', 'v') ORDER BY 1;
SELECT count(*) AS settings_rows, bool_and(model IS NULL AND trained_at IS NULL AND resolved_at IS NULL) AS untrained FROM small_resolver;
SELECT (SELECT count(*) FROM small_term) + (SELECT count(*) FROM small_identity) + (SELECT count(*) FROM small_match)
     + (SELECT count(*) FROM small_history) + (SELECT count(*) FROM small_golden) AS rows_of_results;
-- None of it depends on the extension.
SELECT count(*) AS depends_on_the_extension FROM pg_depend d JOIN pg_extension e ON d.refobjid = e.oid AND d.refclassid = 'pg_extension'::regclass
WHERE e.extname = 'customer_dw' AND d.objid IN (SELECT oid FROM pg_class WHERE relnamespace = 'identity_create'::regnamespace);
SELECT results_schema, resolver, source, key, link_type, trained, threshold, trained_at, resolved_at FROM cdw.resolver WHERE results_schema = 'identity_create';
SELECT cdw.drop_resolver('small', true), cdw.drop_resolver('twin');
SELECT * FROM made ORDER BY 1; -- without drop_results the results stay
SELECT fails($$SELECT cdw.create_resolver('twin', 'people', 'id', '{"phone": "phone"}')$$);
DROP TABLE twin_identity, twin_match, twin_history CASCADE;
SELECT * FROM made;

-- The key under its own name and type.
CREATE DOMAIN customer_number AS varchar(12) CHECK (VALUE <> '');
CREATE TYPE grade AS ENUM ('low', 'high');
CREATE TABLE keys (
    v varchar(20), u uuid, t text, b int8, n numeric(12, 3), d date, ts timestamptz, c char(5), i inet, dom customer_number, e grade,
    "Kunden ""Nr""" text, "select" int, "a;b--c'" text COLLATE "C", x text);
CREATE VIEW key_types AS
SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod) AS type, nullif(collname, 'default') AS collname
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid LEFT JOIN pg_collation l ON l.oid = a.attcollation
WHERE c.relnamespace = 'identity_create'::regnamespace AND c.relkind = 'r' AND c.relname LIKE 'k\_%'
  AND (c.relname LIKE '%\_identity' AND attnum = 1 OR c.relname LIKE '%\_match' AND attnum IN (1, 2) OR c.relname LIKE '%\_history' AND attnum = 4);
CREATE FUNCTION with_key(key name) RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN
    PERFORM cdw.create_resolver('k', 'keys', key, '{"x": "text"}');
    RETURN QUERY SELECT string_agg(format('%s %s%s', attname, type, ' ' || collname), ' | ' ORDER BY relname, attname) FROM key_types;
    CALL cdw.resolve('k');
    PERFORM cdw.drop_resolver('k', true);
END
$$;
SET client_min_messages = warning; -- what a run says is not the topic here
SELECT attname AS key, with_key(attname) AS columns FROM pg_attribute WHERE attrelid = 'keys'::regclass AND attnum > 0 AND attname <> 'x' ORDER BY attnum;
SELECT * FROM made;

-- Forms of a field.
CREATE FUNCTION field(value text, kind text DEFAULT 'code') RETURNS text LANGUAGE plpgsql AS $$
DECLARE result text;
BEGIN
    result := cdw.create_resolver('f', 'people', 'id', format('{"given": "name", %s: %s}', to_json(kind), value)::jsonb, ARRAY['given']) #>> ARRAY['fields', kind];
    PERFORM cdw.drop_resolver('f', true);
    RETURN result;
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE || ': ' || SQLERRM;
END
$$;
SELECT value, field(value) FROM (VALUES ('"identifier"'), ('{"kind": "identifier"}'), ('{"kind": "identifier", "term_frequency": false}'),
    ('{"kind": "phone", "region": "CN"}'), ('{"kind": "phone", "region": "XX"}'), ('{"kind": "phone", "region": "cn"}'), ('{"kind": "phone", "region": 1}'),
    ('{"kind": "date", "field_order": "dmy"}'), ('{"kind": "date", "field_order": "DMY"}'), ('{"kind": "date", "region": "US"}'),
    ('{"kind": "identifier", "term_frequency": 1}'), ('{"kind": "identifier", "term_frequency": null}'), ('{"kind": "identifier", "levels": []}'),
    ('{"term_frequency": true}'), ('{"kind": null}'), ('{"kind": 7}'), ('{}'), ('[]'), ('null'), ('7'), ('true'), ('""'), ('"Identifier"')) v(value);
-- Every kind is accepted.
SELECT kind, field(to_json(kind)::text)::jsonb ->> 'kind' = kind AS accepted
FROM unnest(string_to_array('name given_name family_name company email phone date postcode address identifier category text number location tokens', ' ')) AS kind;

-- Default keys of the kinds, where blocking is not given.
SELECT kind, cdw.create_resolver('f_' || kind, 'people', 'id', jsonb_build_object('code', kind)) #>> '{blocking}' AS blocking
FROM unnest(string_to_array('name given_name family_name company email phone date postcode address identifier text number', ' ')) AS kind;
SELECT count(cdw.drop_resolver(resolver, true)) AS dropped FROM cdw.resolver WHERE results_schema = 'identity_create';
SELECT fails($$SELECT cdw.create_resolver('r', 'people', 'id', '{"city": "category"}')$$);

-- Blocking rules: each is kept as it was written, or refused with the place of the fault.
CREATE TABLE odd ("ID" int, "e,mail" text, "say ""hi""" text, "Größe" text, "name(1)" text, dob date, email text, family text, "first" text, "9" text);
CREATE FUNCTION rule(rule text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    detail text;
BEGIN
    PERFORM cdw.create_resolver('r', 'odd', 'ID',
        '{"e,mail": "email", "say \"hi\"": "text", "Größe": "number", "name(1)": "name", "dob": "date", "email": "email", "family": "family_name", "first": "text", "9": "text"}',
        ARRAY[rule]);
    SELECT settings #>> '{blocking,0}' INTO detail FROM r_resolver;
    CALL cdw.resolve('r');
    PERFORM cdw.drop_resolver('r', true);
    RETURN CASE WHEN detail = rule THEN 'ok' ELSE 'changed: ' || detail END;
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL;
    RETURN concat_ws('. ', SQLSTATE || ': ' || SQLERRM, nullif(detail, ''));
END
$$;
SELECT rule, rule(rule) FROM (VALUES ('email'), ('family, dob'), (' family ,year( dob ) '), ('soundex(family)'), ('first(family, 3)'), ('last(email,7)'), ('first_half(family)'),
    ('last_half(family)'), ('first_token(family)'), ('last_token(family)'), ('year(dob)'), ('year_month(dob)'), ('month_day(dob)'), ('local(email)'), ('domain(email)'),
    ('minhash(family)'), ('minhash(family, 2)'), ('first("first",1)'), ('first'), ('"first", "family"'), ('"e,mail"'), ('local("e,mail")'), ('"say ""hi"""'),
    ('Größe'), ('soundex("name(1)"), 9'), (E'family,\n\temail'), ('family, family')) v(rule);
SELECT rule, rule(rule) FROM (VALUES (''), (' '), (','), ('family,'), (',family'), ('family email'), ('family;email'), ('nobody'), ('Family'), ('ID'), ('sounds(family)'), ('SOUNDEX(family)'),
    ('soundex'), ('soundex('), ('soundex()'), ('soundex(family'), ('soundex(family))'), ('soundex(family, 3)'), ('soundex(nobody)'), ('soundex(soundex(family))'),
    ('first(family)'), ('first(family,)'), ('first(family, x)'), ('first(family, 0)'), ('first(family, -1)'), ('first(family, 1.5)'), ('first(family, 9999999)'), ('first(3, family)'),
    ('minhash(family, 0)'), ('minhash(family 2)'), ('year(family)'), ('local(family)'), ('domain(dob)'), ('"family'), ('""'), ('"'), ('''family'''), ('family AND email'),
    ('名前'), ('family, 名前'), ('family 名前'), ('l.family = r.family'), (NULL)) v(rule);
SELECT fails($$SELECT cdw.create_resolver('r', 'people', 'id', '{"city": "text"}', '{}')$$);
SELECT fails($$SELECT cdw.create_resolver('r', 'people', 'id', '{"city": "text"}', ARRAY[['city', 'first(city, 1)'], ['city', 'soundx(city)']])$$);
SELECT fails(format('SELECT cdw.create_resolver(''r'', ''people'', ''id'', ''{"city": "text"}'', %L)', array_fill('city'::text, ARRAY[65])));
SELECT fails(format('SELECT cdw.create_resolver(''r'', ''people'', ''id'', ''{"city": "text"}'', ARRAY[%L])', 'city' || repeat(', city', 32))) ~ '^54000: .* has too many parts / A rule has at most 32 parts.$' AS too_many_parts;
SELECT fails(format('SELECT cdw.create_resolver(''r'', ''people'', ''id'', ''{"city": "text"}'', ARRAY[%L])', repeat('x', 100000))) LIKE '22023: blocking rule "xxx%' AS long_rule;
SELECT * FROM made;

-- Names fold like those of tables, and may have a schema.
CREATE SCHEMA identity_create_results;
CREATE FUNCTION made_as(name text, results_schema name DEFAULT NULL) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    settings jsonb;
    result text;
BEGIN
    settings := cdw.create_resolver(name, 'people', 'id', '{"city": "text"}', results_schema => results_schema);
    SELECT format('%s.%s, golden view %s', settings ->> 'results_schema', settings ->> 'resolver', relname) INTO result FROM made WHERE relkind = 'v';
    PERFORM cdw.drop_resolver(format('%I.%I', settings ->> 'results_schema', settings ->> 'resolver'), true);
    RETURN result;
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS result = PG_EXCEPTION_DETAIL;
    RETURN concat_ws('. ', SQLSTATE || ': ' || SQLERRM, nullif(result, ''));
END
$$;
SELECT left(name, 50) AS name, schema, made_as(name, schema) FROM (VALUES ('Customers', NULL), ('"Customers"', NULL), ('identity_create_results.r', NULL), ('r', 'identity_create_results'),
    ('Identity_Create_Results.R', 'identity_create_results'), ('identity_create.r', 'identity_create_results'), ('r', 'Identity_Create_Results'), ('nowhere.r', NULL), ('a.b.c', NULL),
    (repeat('a', 40), NULL), (repeat('a', 41), NULL), (repeat('é', 20), NULL), (repeat('é', 20) || 'a', NULL), ('"' || repeat('客', 13) || 'a"', NULL), ('"' || repeat('客', 13) || 'ab"', NULL),
    (repeat('a', 70), NULL), 
    ('', NULL), (' ', NULL), ('.', NULL), ('a.', NULL), ('""', NULL), ('a b', NULL), ('a;b', NULL), ('"a;b ""c"" ''d''"', NULL), ('客户', NULL), ('"', NULL), ('1st', NULL), ('"1st"', NULL), ('a-b', NULL), ('%s', NULL), ('"%s"', NULL)) v(name, schema);
SELECT fails($$SELECT cdw.create_resolver('r', 'people', 'id', '{"city": "text"}', results_schema => 'pg_catalog')$$);
SELECT fails($$SELECT cdw.create_resolver('r', 'people', 'id', '{"city": "text"}', results_schema => '')$$);
-- A temporary table's results are temporary too.
CREATE TEMP TABLE guests AS SELECT i AS id, 'guest ' || i AS name FROM generate_series(1, 3) i;
SELECT cdw.create_resolver('guest', 'guests', 'id', '{"name": "name"}') ->> 'resolver' AS resolver;
CALL cdw.resolve('guest');
SELECT relpersistence, count(*) FROM pg_class WHERE relname LIKE 'guest\_%' AND relkind = 'r' GROUP BY 1;
SELECT cdw.drop_resolver('guest', true);
SELECT fails($$SELECT cdw.create_resolver('guest', 'guests', 'id', '{"name": "name"}', results_schema => 'identity_create')$$);

-- Link types and options.
SELECT value, fails(format($$SELECT cdw.create_resolver('r%s', 'people', 'id', '{"family": "family_name"}', source_column => 'city', link_type => %L)$$, ordinality, value))
FROM unnest(ARRAY['dedupe', 'link', 'link_and_dedupe', 'Link', '', 'both']) WITH ORDINALITY v(value, ordinality);
SELECT resolver, link_type, settings ->> 'source_column' AS source_column, cdw.drop_resolver(resolver, true) FROM cdw.resolver WHERE results_schema = 'identity_create';
SELECT fails($$SELECT cdw.create_resolver('r', 'people', 'id', '{"family": "family_name"}', link_type => 'link')$$);
SELECT fails($$SELECT cdw.create_resolver('r', 'people', 'id', '{"family": "family_name"}', link_type => 'link', source_column => 'nothing')$$);
CREATE FUNCTION option(options text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE result text;
BEGIN
    result := cdw.create_resolver('o', 'people', 'id', '{"family": "family_name"}', options => options::jsonb) ->> 'options';
    PERFORM cdw.drop_resolver('o', true);
    RETURN result;
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE || ': ' || SQLERRM;
END
$$;
SELECT options, option(options) FROM (VALUES ('{}'), (NULL), ('{"max_block": 10}'), ('{"max_block": "auto"}'), ('{"max_block": "many"}'), ('{"max_block": 1}'), ('{"max_block": 2.7}'), ('{"max_block": 1e20}'),
    ('{"all_pairs_limit": 0}'), ('{"all_pairs_limit": -1}'), ('{"all_pairs_limit": "0"}'), ('{"min_probability": 0.25}'), ('{"min_probability": 0}'), ('{"min_probability": 1}'),
    ('{"clustering": "connected"}'), ('{"clustering": "single"}'), ('{"clustering": 1}'), ('{"clustering": null}'), ('{"speed": 11}'), ('{"Clustering": "connected"}'), ('[]'), ('7'), ('"x"')) v(options);

-- Sources, keys and fields that cannot be used.
CREATE INDEX people_by_city ON people (city);
CREATE SEQUENCE numbers;
CREATE TYPE pair AS (a int, b int);
CREATE DOMAIN pair_domain AS pair;
CREATE TABLE awkward (id int, j json, jb jsonb, a int[], p pair, by bytea, identity_id int, at date, left_key int, record_count int, pt point, xm xml, ok text, bo bool, ts timestamptz, "right_key" text, settings text, pd pair_domain);
SELECT statement, fails(format('SELECT cdw.create_resolver(''r'', %s)', statement)) FROM (VALUES
    ($$'nobody', 'id', '{"city": "text"}'$$), ($$'people_by_city', 'id', '{"city": "text"}'$$), ($$'numbers', 'id', '{"city": "text"}'$$),
    ($$'pair', 'a', '{"b": "number"}'$$), ($$1::oid, 'id', '{"city": "text"}'$$), ($$0::oid, 'id', '{"city": "text"}'$$),
    ($$'people', 'ID', '{"city": "text"}'$$), ($$'people', 'nothing', '{"city": "text"}'$$), ($$'people', 'ctid', '{"city": "text"}'$$), ($$'people', '', '{"city": "text"}'$$),
    ($$'people', 'id', '{"nothing": "text"}'$$), ($$'people', 'id', '{"City": "text"}'$$), ($$'people', 'id', '{"": "text"}'$$), ($$'people', 'id', '{"xmin": "text"}'$$),
    ($$'people', 'id', '{"city": "town"}'$$),
    ($$'people', 'id', '{}'$$), ($$'people', 'id', '[]'$$), ($$'people', 'id', '"city"'$$), ($$'people', 'id', '{'$$),
    ($$'people', 'id', '{"id": "identifier"}'$$), ($$'people', 'id', '{"city": "text"}', ARRAY['id']$$),
    ($$'awkward', 'j', '{"ok": "text"}'$$), ($$'awkward', 'pt', '{"ok": "text"}'$$), ($$'awkward', 'xm', '{"ok": "text"}'$$), ($$'awkward', 'a', '{"ok": "text"}'$$), ($$'awkward', 'p', '{"ok": "text"}'$$), ($$'awkward', 'pd', '{"ok": "text"}'$$),
    ($$'awkward', 'identity_id', '{"ok": "text"}'$$), ($$'awkward', 'at', '{"ok": "text"}'$$), ($$'awkward', 'id', '{"identity_id": "number"}'$$), ($$'awkward', 'id', '{"record_count": "number"}'$$),
    ($$'awkward', 'id', '{"j": "text"}'$$), ($$'awkward', 'id', '{"jb": "text"}'$$), ($$'awkward', 'id', '{"a": "text"}'$$), ($$'awkward', 'id', '{"p": "text"}'$$), ($$'awkward', 'id', '{"by": "text"}'$$),
    ($$NULL, 'id', '{"city": "text"}'$$), ($$'people', NULL, '{"city": "text"}'$$), ($$'people', 'id', '{"city": "text"}', link_type => NULL$$)) v(statement);
SELECT fails($$SELECT cdw.create_resolver(NULL, 'people', 'id', '{"city": "text"}')$$);
SELECT length(made_as(repeat('a', 100000))) < 200 AS endless_name;
SELECT fails(format('SELECT cdw.create_resolver(''r'', ''wide'', ''c0'', %L)', (SELECT jsonb_object_agg('c' || i, 'text') FROM generate_series(1, 33) i)))
FROM (SELECT fails(format('CREATE TABLE wide (%s)', string_agg(format('c%s text', i), ', '))) FROM generate_series(0, 33) i) t;
SELECT * FROM made;
-- Other names of the results' own columns are free, and so are other types.
SELECT cdw.create_resolver('free', 'awkward', 'left_key', '{"right_key": "text", "settings": "text", "bo": "category", "ts": "date", "pt": "text"}') #> '{fields,bo}' AS bo;
CALL cdw.resolve('free');
INSERT INTO awkward (left_key, settings, bo, ts, pt) VALUES (1, 'x', true, now(), '(1,2)'), (2, 'x', true, now(), '(1,2)');
CALL cdw.resolve('free');
SELECT count(*) AS free FROM free_identity;
SELECT cdw.drop_resolver('free', true);

-- Names of 63 bytes, with quotes and semicolons.
CREATE TABLE "t; DROP TABLE people; --'""xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx" (
    "k; DROP TABLE people; --'""xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx" text, "f; DROP TABLE people; --'""xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx" text,
    "名名名名名名名名名名名名名名名名名名名名名" text);
SELECT DISTINCT octet_length(attname) FROM pg_attribute WHERE attrelid = '"t; DROP TABLE people; --''""xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"'::regclass AND attnum > 0;
INSERT INTO "t; DROP TABLE people; --'""xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx" SELECT i, 'Ann Lee', '小明' FROM generate_series(1, 3) i;
SELECT cdw.create_resolver('"r; DROP TABLE people; --''"', '"t; DROP TABLE people; --''""xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"',
    'k; DROP TABLE people; --''"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx',
    '{"f; DROP TABLE people; --''\"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx": "name", "名名名名名名名名名名名名名名名名名名名名名": "name"}') ->> 'blocking';
CALL cdw.resolve('"r; DROP TABLE people; --''"');
SELECT "f; DROP TABLE people; --'""xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", "名名名名名名名名名名名名名名名名名名名名名" FROM "r; DROP TABLE people; --'_golden" WHERE identity_id = 1;
SELECT count(*) FROM cdw.explain_match('"r; DROP TABLE people; --''"', '1', '2');
SELECT count(*) FROM cdw.block_counts('"r; DROP TABLE people; --''"');
SELECT cdw.drop_resolver('"r; DROP TABLE people; --''"', true);
SELECT count(*) AS people FROM people;

-- Results that exist already: everything in the way is named, nothing is made.
CREATE TABLE r_match (x int);
CREATE VIEW r_golden AS SELECT 1 AS x;
CREATE SEQUENCE r_history;
SELECT fails($$SELECT cdw.create_resolver('r', 'people', 'id', '{"city": "text"}')$$);
SELECT * FROM made ORDER BY 1;
SELECT cdw.create_resolver('r', 'people', 'id', '{"city": "text"}', results_schema => 'identity_create_results') ->> 'results_schema' AS results_schema;
SELECT fails($$SELECT cdw.create_resolver('r', 'people', 'id', '{"city": "text"}', results_schema => 'identity_create_results')$$);
-- Unqualified, a resolver is found along the search path.
SELECT fails($$CALL cdw.resolve('r')$$);
SELECT fails($$CALL cdw.resolve('nobody.r')$$);
SELECT fails($$CALL cdw.resolve('identity_create_results.R')$$);
SET search_path = identity_create_results, identity_create;
SELECT fails($$CALL cdw.train('R')$$);
SELECT cdw.drop_resolver('r', true);
SELECT fails($$SELECT cdw.drop_resolver('r', true)$$);
SELECT fails($$SELECT cdw.drop_resolver(NULL)$$);
SELECT fails($$SELECT cdw.drop_resolver('r', NULL)$$);
SET search_path = identity_create;

-- Results depend on nobody's privileges but the caller's.
CREATE ROLE regress_identity_create;
GRANT USAGE ON SCHEMA identity_create TO regress_identity_create;
GRANT SELECT ON people TO regress_identity_create;
SET ROLE regress_identity_create;
SELECT fails($$SELECT cdw.create_resolver('mine', 'identity_create.people', 'id', '{"city": "text"}')$$);
SELECT fails($$SELECT cdw.create_resolver('mine', 'identity_create.people', 'id', '{"city": "text"}', results_schema => 'identity_create_results')$$);
SELECT fails($$SELECT cdw.create_resolver('mine', 'identity_create.people', 'id', '{"city": "text"}', results_schema => 'cdw')$$);
RESET ROLE;
SELECT * FROM made ORDER BY 1;

DROP SCHEMA identity_create, identity_create_results CASCADE;
DROP ROLE regress_identity_create;
