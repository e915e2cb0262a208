-- A web shop in the United States: nicknames, exchanged names, people who moved, families that share an
-- e-mail address or a phone, twins, fathers and sons of one name.
CREATE TABLE shop_rows AS
WITH person AS (
    -- Households of one to four; the third is the twin of the second, the fourth a child, in one household of
    -- three with the name of the first.
    SELECT household * 4 + member AS i, household, member,
           made.zipf('given_en', made.random('us given', household * 4 + CASE WHEN member = 3 AND household % 3 = 0 THEN 0 ELSE member END)) AS given,
           made.zipf('surname_en', made.random('us surname', household)) AS family,
           made.day('1940-01-01', '1985-12-31', made.random('us born', household * 4 + CASE WHEN member = 2 THEN 1 WHEN member = 3 THEN 0 ELSE member END))
           + CASE WHEN member = 3 THEN 9500 ELSE 0 END AS born,
           100 + floor(9000 * made.random('us number', household))::int || ' ' || made.zipf('street_us', made.random('us street', household)) || ' ' || made.any('street_type_us', made.random('us type', household)) AS street,
           1 + floor(30 * made.random('us city', household))::int AS city,
           '(' || 200 + floor(700 * made.random('us area', household))::int || ') 555-' || made.digits(4, made.random('us phone', household * 4 + CASE WHEN member = 1 THEN 0 ELSE member END)) AS phone,
           CASE WHEN made.random('us shares', household) < .3 THEN 0 ELSE member END AS mailbox,
           CASE WHEN made.random('us copies', household * 4 + member) < .5 THEN 1 WHEN made.random('us copies', household * 4 + member) < .85 THEN 2 ELSE 4 END AS copies
    FROM generate_series(1, 420) household, generate_series(0, 3) member
    WHERE member <= floor(4 * made.random('us size', household) ^ 2)
), record AS (
    SELECT p.*, i * 10 + copy AS n, words AS cities,
           COALESCE((SELECT split_part(pair, '=', 2) FROM made.list, unnest(words) pair WHERE name = 'nickname' AND split_part(pair, '=', 1) = given), given) AS nickname
    FROM person p, generate_series(1, copies) copy, made.list WHERE name = 'city_us'
), written AS (
    SELECT *, CASE WHEN made.random('us nick', n) < .15 THEN nickname WHEN made.random('us nick', n) < .2 THEN left(given, 1)
                   ELSE made.perhaps(given, .06, made.random('us given slip', n)) END AS given_written,
           made.perhaps(family, .07, made.random('us family slip', n)) AS family_written,
           made.random('us moved', n) < .1 AS moved, made.random('us swap', n) < .03 AS swapped
    FROM record
)
SELECT i AS cluster_id, CASE WHEN swapped THEN family_written ELSE given_written END AS first_name,
       CASE WHEN swapped THEN given_written ELSE family_written END AS last_name,
       made.lost(made.perhaps(lower(nickname || '.' || family || household % 90) || mailbox || '@' || (ARRAY['gmail.com', 'yahoo.com', 'aol.com', 'outlook.com'])[1 + household % 4],
                 .03, made.random('us mail slip', n)), .2, made.random('us no mail', n)) AS email,
       made.lost(CASE WHEN made.random('us phone form', n) < .4 THEN regexp_replace(phone, '\D', '', 'g') ELSE phone END, .25, made.random('us no phone', n)) AS phone,
       made.lost(CASE WHEN moved THEN 100 + floor(9000 * made.random('us new number', n))::int || ' ' || made.zipf('street_us', made.random('us new street', n)) || ' Street'
                      WHEN made.random('us abbr', n) < .4 THEN replace(replace(replace(street, 'Street', 'St'), 'Avenue', 'Ave.'), 'Road', 'Rd') ELSE street END, .08, made.random('us no street', n)) AS address,
       cities[CASE WHEN moved THEN 1 + n % 30 ELSE city END] AS city,
       made.lost(CASE WHEN moved THEN made.digits(5, made.random('us new zip', n)) ELSE lpad((city * 311 + household % 7)::text, 5, '1') END, .05, made.random('us no zip', n)) AS zip,
       made.lost(made.wrong_day(born, .06, made.random('us wrong day', n))::text, .3, made.random('us no day', n)) AS birthday
FROM written;
