-- Workers change nothing: models, matches and identities are the same to the last bit, whoever did what, and
-- whether the records are in memory or in a file.
SET client_min_messages = error;

-- Some tens of thousands of people, of which some are there twice with a slip; enough for workers to start.
CREATE TABLE crowd AS
WITH person AS (
    SELECT n, hashint8extended(n, 1) & 1073741823 AS a, hashint8extended(n, 2) & 1073741823 AS b,
           hashint8extended(n, 3) & 1073741823 AS c
    FROM generate_series(1, 24000) AS n),
written AS (
    SELECT n, copy, (ARRAY['Anna','Bruno','Clara','David','Élodie','Farid','Gül','Hannah','Ivan','Jürgen','Karin','Luca'])[1 + a % 12] AS given_name,
           initcap(chr(97 + (b % 26)::int) || (ARRAY['an','er','ol','ut','im'])[1 + (b / 26) % 5] || (ARRAY['son','berg','ini','ov','man','ez'])[1 + (b / 130) % 6]
                   || CASE WHEN b % 3 = 0 THEN (ARRAY['a','en','er','i'])[1 + c % 4] ELSE '' END) AS family_name,
           date '1940-01-01' + (c % 24000)::int AS dob, 'street ' || a % 900 || ' no ' || b % 40 AS address, 10000 + a % 700 AS postcode, n % 2 AS side
    FROM person, generate_series(1, CASE WHEN c % 5 = 0 THEN 2 ELSE 1 END) AS copy)
SELECT (n * 2 + copy) * 7919 % 1000003 AS key, CASE WHEN copy = 2 AND n % 2 = 0 THEN translate(given_name, 'aeiou', 'eaoui') ELSE given_name END AS given_name,
       CASE WHEN copy = 2 AND n % 3 = 0 THEN left(family_name, -1) ELSE family_name END AS family_name, CASE WHEN n % 7 > 0 THEN dob END AS dob,
       CASE WHEN n % 4 > 0 THEN lower(given_name) || '.' || lower(family_name) || n % 90 || '@example.com' END AS email, address, postcode::text,
       CASE copy WHEN 1 THEN 'shop' ELSE 'desk' END AS source
FROM written;

\set given '''{"given_name": "given_name", "family_name": "family_name", "dob": "date", "email": "email", "address": "address", "postcode": "postcode"}'''
CREATE TABLE way (name text PRIMARY KEY, arguments text);
INSERT INTO way VALUES
    ('inferred', ''), ('given', format(', fields => %L, blocking => %L', :given, '{"family_name, dob","email","soundex(family_name), postcode","address"}')),
    ('few', ', options => ''{"pairs_per_record": 40}'''),
    ('linked', ', link_type => ''link'', source_column => ''source'''),
    ('vetoed', format(', fields => %L, options => %L', :given, '{"vetoes": ["dob"], "clustering": "connected"}')),
    ('ruled', format(', fields => %L, options => %L', :given, '{"match_rules": ["family_name, dob", "email"], "vetoes": ["given_name"]}'));
CREATE TABLE company (name text PRIMARY KEY, workers int, memory text);
INSERT INTO company VALUES ('alone', 0, '64MB'), ('helped', 2, '64MB'), ('filed', 2, '4MB');
SELECT format('SELECT FROM cdw.create_resolver(%L, ''crowd'', ''key''%s)', company.name || '_' || way.name, arguments)
FROM way, company ORDER BY 1 \gexec
SELECT format('SET max_parallel_maintenance_workers = %s', workers), format('SET maintenance_work_mem = %L', memory),
       format('CALL cdw.resolve(%L)', company.name || '_' || way.name)
FROM company, way ORDER BY company.name, way.name \gexec

SELECT format($$SELECT CASE WHEN a.model IS NOT DISTINCT FROM b.model THEN 'ok - ' ELSE 'not ok - ' END || '%2$s, model %1$s' FROM alone_%1$s_resolver a, %2$s_%1$s_resolver b$$, way.name, company.name)
FROM way, company WHERE company.name <> 'alone' ORDER BY company.name, way.name \gexec
SELECT format($$SELECT CASE WHEN pairs > 0 AND differ = 0 THEN 'ok - ' ELSE 'not ok - ' END || '%2$s, %1$s: ' || differ || ' of ' || pairs || ' matches differ'
                FROM (SELECT count(*) AS pairs, count(*) FILTER (WHERE a.match_weight IS DISTINCT FROM b.match_weight) AS differ
                      FROM alone_%1$s_match a FULL JOIN %2$s_%1$s_match b USING (left_key, right_key)) AS compared$$, way.name, company.name)
FROM way, company WHERE company.name <> 'alone' ORDER BY company.name, way.name \gexec
SELECT format($$SELECT CASE WHEN count(*) > 0 AND count(*) FILTER (WHERE a.identity_id IS DISTINCT FROM b.identity_id) = 0 THEN 'ok - ' ELSE 'not ok - ' END || '%2$s, identities %1$s'
                FROM alone_%1$s_identity a FULL JOIN %2$s_%1$s_identity b USING (key)$$, way.name, company.name)
FROM way, company WHERE company.name <> 'alone' ORDER BY company.name, way.name \gexec
