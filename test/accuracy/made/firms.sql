-- Firms with addresses: several at one address, several of nearly one name, and branches of one firm, each an
-- entity of its own because the address differs.
CREATE TABLE firms_rows AS
WITH firm AS (
    SELECT i, made.zipf('surname_en', made.random('fi name', i / 2)) || CASE WHEN made.random('fi partner', i / 2) < .4 THEN ' & ' || made.any('surname_en', made.random('fi second', i / 2)) ELSE '' END
           || ' ' || (ARRAY['Logistics', 'Foods', 'Engineering', 'Capital', 'Medical', 'Plumbing', 'Software', 'Design', 'Printing', 'Motors'])[1 + floor(10 * made.random('fi trade', CASE WHEN i % 4 < 2 THEN i / 2 ELSE i + 100000 END))::int] AS name,
           building, (10 + building * 7 % 990) || ' ' || made.any('street_us', made.random('fi street', building)) || ' ' || made.any('street_type_us', made.random('fi type', building)) AS street,
           made.any('city_us', made.random('fi city', building)) AS town, made.digits(5, made.random('fi zip', building)) AS zip,
           '212-' || made.digits(3, made.random('fi area', i)) || '-' || made.digits(4, made.random('fi phone', i)) AS phone,
           CASE WHEN made.random('fi copies', i) < .55 THEN 1 WHEN made.random('fi copies', i) < .9 THEN 2 ELSE 3 END AS copies
    FROM generate_series(1, 800) i, LATERAL (SELECT floor(500 * made.random('fi building', i))::int AS building) b
), record AS (
    SELECT f.*, i * 10 + copy AS n FROM firm f, generate_series(1, copies) copy
)
SELECT i AS cluster_id,
       made.perhaps(CASE WHEN made.random('fi and', n) < .3 THEN replace(name, '&', 'and') ELSE name END, .07, made.random('fi slip', n))
       || (ARRAY['', ' Inc', ' Inc.', ' LLC', ' Ltd'])[CASE WHEN made.random('fi form', n) < .6 THEN 2 + i % 4 ELSE 1 END] AS firm,
       CASE WHEN made.random('fi abbr', n) < .4 THEN replace(replace(replace(street, 'Street', 'St'), 'Avenue', 'Ave'), 'Road', 'Rd') ELSE made.perhaps(street, .05, made.random('fi street slip', n)) END
       || CASE WHEN made.random('fi suite', n) < .2 THEN ' Suite ' || i % 40 ELSE '' END AS address,
       town, made.lost(zip, .08, made.random('fi no zip', n)) AS zip,
       made.lost(CASE WHEN made.random('fi phone form', n) < .4 THEN replace(phone, '-', '') ELSE phone END, .3, made.random('fi no phone', n)) AS phone,
       made.lost('www.' || lower(regexp_replace(name, '[^A-Za-z]', '', 'g')) || '.com', .5, made.random('fi no site', n)) AS website
FROM record;
