-- What training and resolving say where the data do not bear the results out: groups that look like
-- another class than one entity (WARNING), and weights that no data stand behind (NOTICE).
CREATE SCHEMA identity_warnings;
SET search_path = identity_warnings;
SET client_min_messages = warning;
\pset format unaligned

-- from [0, 1), the same in each run
CREATE FUNCTION r(what text, i int) RETURNS float8 LANGUAGE sql IMMUTABLE
RETURN ('x' || substr(md5(what || i), 1, 8))::bit(32)::int8 / 4294967296.0;
-- one of n words, some of which are frequent
CREATE FUNCTION word(what text, i int, n int) RETURNS text LANGUAGE sql IMMUTABLE
RETURN 'w' || translate(substr(md5('word' || floor(n ^ r(what, i))), 1, 7), '0123456789', 'ghijklmnop');

-- Readings of ten sensors over 600 hours that rise and fall slowly: whatever is alike was measured at nearly the
-- same hour. That is not transitive.
CREATE TABLE reading AS
SELECT i AS id, 'sensor ' || i % 10 AS sensor, round((20 + 8 * sin(i / 40.0) + r('t', i))::numeric, 2) AS temperature,
       round((50 + 20 * cos(i / 65.0) + 2 * r('h', i))::numeric, 1) AS humidity, round((1000 + 30 * sin(i / 150.0) + r('p', i))::numeric, 1) AS pressure
FROM generate_series(1, 600) i;
SELECT FROM cdw.create_resolver('reading', 'reading', 'id', '{"sensor": "category", "temperature": "number", "humidity": "number", "pressure": "number"}');
CALL cdw.resolve('reading');

-- Whom to ask for in sixty firms: names differ, all else is the firm's. Where given names tell them apart nobody is joined.
CREATE TABLE contact AS
SELECT i AS id, word('given', i, 80) AS first_name, word('family', i, 150) AS last_name, word('firm', i / 6, 90) || ' ltd' AS company,
       (1 + i / 6) || ' ' || word('street', i / 6, 40) || ' street' AS address, 'info@' || word('firm', i / 6, 90) || i / 6 || '.com' AS email
FROM generate_series(0, 359) i;
SELECT FROM cdw.create_resolver('contact', 'contact', 'id', '{"first_name": "given_name", "last_name": "family_name", "company": "company", "address": "address", "email": "email"}');
CALL cdw.resolve('contact');
SELECT count(DISTINCT identity_id) AS identities FROM contact_identity;
SELECT cdw.drop_resolver('contact', drop_results => true);
-- Without them nothing does, and the firms are found. Nothing is wrong with transitivity here.
SELECT FROM cdw.create_resolver('contact', 'contact', 'id', '{"last_name": "family_name", "company": "company", "address": "address", "email": "email"}');
CALL cdw.resolve('contact');
-- it is said at each run, not only when the model is learnt, but not of what a threshold below even odds joins
CALL cdw.resolve('contact', 0.9);
CALL cdw.resolve('contact', 0.01);
-- who knows better says what a match is
SELECT cdw.drop_resolver('contact', drop_results => true);
SELECT FROM cdw.create_resolver('contact', 'contact', 'id', '{"last_name": "family_name", "company": "company", "address": "address", "email": "email"}',
    options => '{"match_rules": ["email"]}');
CALL cdw.resolve('contact');

-- Customers, up to four orders each: amounts, dates and order numbers are of the event and no sign of anything.
CREATE TABLE bought AS
SELECT i * 10 + k AS id, word('given', i, 80) || ' ' || word('family', i, 150) AS name, word('given', i, 80) || i || '@example.com' AS email, word('city', i, 20) AS city,
       'A' || floor(1000000 * r('no', i * 10 + k)) AS order_no, floor(400 * r('amount', i * 10 + k)) AS amount
FROM generate_series(1, 150) i, generate_series(1, 4) k WHERE k <= 1 + i % 4;
SELECT FROM cdw.create_resolver('bought', 'bought', 'id', '{"name": "name", "email": "email", "city": "category", "order_no": "identifier", "amount": "number"}');
CALL cdw.resolve('bought');
-- Thirty people, forty records each, with slips: many partners are no sign either.
CREATE TABLE often AS
SELECT i * 100 + k AS id, word('given', i, 80) || CASE WHEN r('slip', i * 100 + k) < .1 THEN 'e' ELSE '' END AS first_name,
       word('family', i, 150) || CASE WHEN r('slap', i * 100 + k) < .1 THEN 'x' ELSE '' END AS last_name, 1 + i || ' ' || word('street', i, 40) AS address
FROM generate_series(1, 30) i, generate_series(1, 40) k;
SELECT FROM cdw.create_resolver('often', 'often', 'id', '{"first_name": "given_name", "last_name": "family_name", "address": "address"}');
CALL cdw.resolve('often');

SET client_min_messages = notice;
-- Fields that no two matches have values of: one value in all, and a column that only singles fill in.
CREATE TABLE person AS
SELECT i * 10 + k AS id, word('given', i, 80) AS first_name, word('family', i, 150) AS last_name, i || '@example.com' AS email,
       CASE WHEN i = 7 AND k = 1 THEN '+1 212 555 0100' END AS fax, CASE WHEN i % 3 = 1 THEN word('club', i, 100) END AS club
FROM generate_series(1, 120) i, generate_series(1, 2) k WHERE k = 1 OR i % 3 = 0;
SELECT FROM cdw.create_resolver('person', 'person', 'id', '{"first_name": "given_name", "last_name": "family_name", "email": "email", "fax": "phone", "club": "text"}');
CALL cdw.train('person');
-- without them there is nothing to say
SELECT cdw.drop_resolver('person', drop_results => true);
SELECT FROM cdw.create_resolver('person', 'person', 'id', '{"first_name": "given_name", "last_name": "family_name", "email": "email"}');
CALL cdw.train('person');
-- three matches teach nothing, of any field; one notice says so
CREATE TABLE few AS SELECT * FROM person WHERE id < 100;
SELECT FROM cdw.create_resolver('few', 'few', 'id', '{"first_name": "given_name", "last_name": "family_name", "email": "email", "fax": "phone"}');
CALL cdw.train('few');
-- neither do none
CREATE TABLE none AS SELECT * FROM person WHERE id % 10 = 1;
SELECT FROM cdw.create_resolver('none', 'none', 'id', '{"first_name": "given_name", "last_name": "family_name", "email": "email", "fax": "phone"}');
CALL cdw.train('none');
-- nor is there anything to say of a stored model
CALL cdw.resolve('few');

SET client_min_messages = warning;
DROP SCHEMA identity_warnings CASCADE;
