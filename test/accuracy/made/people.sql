-- Plain people with few errors, and what the sets below make of them.
CREATE FUNCTION made.people(what text, persons int, duplicates float8) RETURNS TABLE (
    person int, copy int, first_name text, last_name text, dob text, email text, phone text, address text, city text)
LANGUAGE sql STABLE AS $$
    WITH person AS (
        SELECT i, made.zipf('given_en', made.random(what || 'g', i)) AS given, made.zipf('surname_en', made.random(what || 'f', i)) AS family,
               made.day('1940-01-01', '2004-12-31', made.random(what || 'b', i)) AS born,
               CASE WHEN made.random(what || 'c', i) < duplicates THEN 2 ELSE 1 END AS copies
        FROM generate_series(1, persons) i
    )
    SELECT i, c, made.perhaps(given, .08, made.random(what || '1', n)), made.perhaps(family, .08, made.random(what || '2', n)),
           made.lost(made.wrong_day(born, .05, made.random(what || '3', n))::text, .05, made.random(what || '4', n)),
           made.lost(made.perhaps(lower(given || '.' || family) || i % 97 || '@' || (ARRAY['example.com', 'mail.example', 'post.example'])[1 + i % 3], .04, made.random(what || '5', n)), .2, made.random(what || '6', n)),
           made.lost('212' || made.digits(7, made.random(what || 'p', CASE WHEN made.random(what || '7', n) < .1 THEN n ELSE i END)), .2, made.random(what || '8', n)),
           made.lost(1 + floor(900 * made.random(what || 'n', i))::int || ' ' || made.zipf('street_us', made.random(what || 's', i)) || ' ' || (ARRAY['Street', 'St'])[1 + n % 2], .1, made.random(what || '9', n)),
           made.any('city_us', made.random(what || 't', i))
    FROM person, generate_series(1, copies) c, LATERAL (SELECT i * 10 + c AS n) x $$;

-- Four of five values are missing.
CREATE TABLE sparse_rows AS
SELECT person AS cluster_id, made.lost(first_name, .8, made.random('sp1', n)) AS first_name, made.lost(last_name, .8, made.random('sp2', n)) AS last_name,
       made.lost(dob, .8, made.random('sp3', n)) AS dob, made.lost(email, .7, made.random('sp4', n)) AS email, made.lost(phone, .7, made.random('sp5', n)) AS phone,
       made.lost(address, .8, made.random('sp6', n)) AS address, made.lost(city, .8, made.random('sp7', n)) AS city
FROM made.people('sparse', 900, .6), LATERAL (SELECT person * 10 + copy AS n) x;

-- A dozen rows.
CREATE TABLE tiny_rows AS
SELECT person AS cluster_id, first_name, last_name, dob, email, phone, address, city FROM made.people('tiny', 9, .5) ORDER BY person, copy LIMIT 12;

-- Everybody once.
CREATE TABLE single_rows AS
SELECT person AS cluster_id, first_name, last_name, dob, email, phone, address, city FROM made.people('single', 1500, 0);

-- Three records of five are duplicates: two and a half records a person.
CREATE TABLE many_rows AS
SELECT person AS cluster_id, first_name, last_name, dob, email, phone, address, city FROM made.people('many', 500, 1)
UNION ALL
SELECT person, made.perhaps(first_name, .1, made.random('ma1', person * 10 + copy)), made.perhaps(last_name, .1, made.random('ma2', person * 10 + copy)), dob, email, phone, address, city
FROM made.people('many', 500, 1) WHERE person % 4 = 0;

-- Two clean registers that have half of their people in common, everybody once in each.
CREATE TABLE registers_rows AS
SELECT CASE WHEN copy = 1 THEN 'tax' ELSE 'health' END AS source, person AS cluster_id, first_name, last_name, dob, address, city
FROM made.people('registers', 1600, 1) WHERE person <= 800 OR (person <= 1200) = (copy = 1);

-- A register without duplicates, and orders by its people, who ordered up to four times.
CREATE TABLE orders_rows AS
SELECT 'register' AS source, person AS cluster_id, first_name, last_name, email, phone, address, city FROM made.people('orders', 800, 1) WHERE copy = 1
UNION ALL
SELECT 'order', person, made.perhaps(first_name, .08, made.random('or1', person * 10 + times)), made.perhaps(last_name, .08, made.random('or2', person * 10 + times)), email, phone, address, city
FROM made.people('orders', 1000, 1), LATERAL generate_series(1, 1 + person % 4) times WHERE copy = 2 AND person > 300;
