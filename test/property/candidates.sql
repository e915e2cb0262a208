-- Another rule loses no pair, and copies join their originals; both under one model.
SET client_min_messages = error;

-- Gives a resolver the model and the frequencies of another one.
CREATE FUNCTION copy_model(source text, target text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('UPDATE %I SET model = (SELECT model FROM %I)', target || '_resolver', source || '_resolver');
    EXECUTE format('DELETE FROM %I', target || '_term');
    EXECUTE format('INSERT INTO %I SELECT * FROM %I', target || '_term', source || '_term');
END $$;

\set fields '''{"first_name": "given_name", "last_name": "family_name", "dob": "date", "email": "email", "phone": "phone", "address": "address", "city": "category"}'''
CREATE TABLE rule (number int PRIMARY KEY, text text);
INSERT INTO rule VALUES (1, 'email'), (2, 'phone'), (3, 'last_name, dob'), (4, 'soundex(last_name), first(first_name, 1)'),
    (5, 'minhash(address)'), (6, 'dob'), (7, 'last(last_name, 4), city');

-- rules_1 has the first rule, rules_2 the first two, ...
SELECT format('SELECT FROM cdw.create_resolver(%L, ''first_order'', ''key'', fields => %L, blocking => %L)', 'rules_' || number, :fields,
              (SELECT array_agg(text ORDER BY number) FROM rule r WHERE r.number <= rule.number))
FROM rule ORDER BY number \gexec
SELECT copy_model('first_order', 'rules_' || number) FROM rule \g /dev/null
SELECT format('UPDATE %I SET model = (model || ''{"all_pairs": false, "max_block": 5000}'') - ''rules''', 'rules_' || number || '_resolver') FROM rule \gexec
SELECT format('CALL cdw.resolve(%L)', 'rules_' || number) FROM rule ORDER BY number \gexec
SELECT format($$SELECT CASE WHEN count(*) > 0 AND bool_and(more.match_weight IS NOT DISTINCT FROM less.match_weight) THEN 'ok - ' ELSE 'not ok - ' END
                       || %L || ': of ' || count(*) || ' pairs ' || count(*) FILTER (WHERE more.left_key IS NULL) || ' are lost'
                FROM %I less LEFT JOIN %I more USING (left_key, right_key)$$,
              'another rule, ' || text, 'rules_' || number - 1 || '_match', 'rules_' || number || '_match')
FROM rule WHERE number > 1 ORDER BY number \gexec
SELECT format($$SELECT CASE WHEN less.pairs <= more.pairs THEN 'ok - ' ELSE 'not ok - ' END || 'candidates with another rule, ' || %L || ': ' || less.pairs || ', then ' || more.pairs
                FROM (SELECT sum(new_pairs) AS pairs FROM cdw.block_counts(%L)) less, (SELECT sum(new_pairs) AS pairs FROM cdw.block_counts(%L)) more$$,
              text, 'rules_' || number - 1, 'rules_' || number)
FROM rule WHERE number > 1 ORDER BY number \gexec

-- Every record twice: the copy has a key of its own.
CREATE TABLE doubled AS
SELECT * FROM first_order UNION ALL SELECT key + 1000000, first_name, last_name, dob, email, phone, address, city FROM first_order;
SELECT FROM cdw.create_resolver('doubled', 'doubled', 'key', fields => :fields);
SELECT FROM copy_model('first_order', 'doubled');
CALL cdw.resolve('doubled');

-- A record matches itself where it and its copy do.
CREATE TABLE itself AS
SELECT left_key AS key FROM doubled_match WHERE right_key = left_key + 1000000 AND match_probability > .5;
WITH cluster AS (
    SELECT identity_id, array_agg(key ORDER BY key) AS members, bool_and(key IN (SELECT key FROM itself)) AS all_match
    FROM first_order_identity GROUP BY identity_id
), twice AS (
    SELECT identity_id, array_agg(key ORDER BY key) AS members FROM doubled_identity GROUP BY identity_id
), compared AS (
    SELECT EXISTS (SELECT FROM twice WHERE twice.members = cluster.members || (SELECT array_agg(m + 1000000 ORDER BY m) FROM unnest(cluster.members) m)) AS same
    FROM cluster WHERE all_match
)
SELECT CASE WHEN count(*) > 0 AND bool_and(same) THEN 'ok - ' ELSE 'not ok - ' END || 'a copy of every record doubles its cluster: '
       || count(*) FILTER (WHERE NOT same) || ' of ' || count(*) || ' clusters differ'
FROM compared;

-- More for the reference to recompute: fields of other kinds. A link is not among them: partners compete there.
CREATE TABLE exotic AS
SELECT key, first_name || ' ' || last_name AS who, last_name || (ARRAY[' Ltd', ' GmbH', ''])[1 + key % 3] AS firm, lpad((key / 2 * 7919 % 90000)::text, 6, 'A-') AS tax,
       address || ', ' || city AS remark, ((key / 2 * 37) % 500 + .5)::text AS amount, lpad((key / 2 * 311 % 100000)::text, 5, '0') AS zip,
       CASE WHEN key % 7 > 0 THEN to_char(dob::date, 'MM/DD/YYYY') END AS born, city
FROM first_order;
SELECT FROM cdw.create_resolver('exotic', 'exotic', 'key', fields => '{"who": "name", "firm": "company", "tax": "identifier", "remark": "text", "amount": "number",
    "zip": "postcode", "born": {"kind": "date", "field_order": "mdy"}, "city": {"kind": "category", "term_frequency": false}}');
CALL cdw.resolve('exotic');
