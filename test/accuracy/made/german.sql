-- A German CRM: umlauts or their transcription, Dr., firms with and without GmbH, Straße and Str.
CREATE TABLE german_rows AS
WITH person AS (
    SELECT i, made.zipf('given_de', made.random('de given', i)) AS given, made.zipf('surname_de', made.random('de surname', i)) AS family,
           made.zipf('surname_de', made.random('de firm', i / 3)) || ' ' || made.any('trade_de', made.random('de trade', i / 3)) AS firm,
           made.any('street_de', made.random('de street', i / 3)) AS street, 1 + floor(120 * made.random('de number', i / 3))::int AS number,
           made.any('city_de', made.random('de city', i / 3)) AS city, made.digits(5, made.random('de plz', i / 3)) AS plz,
           '0' || (ARRAY['30', '40', '89', '221', '69'])[1 + (i / 3) % 5] || ' ' || made.digits(6, made.random('de phone', i / 3)) AS phone,
           CASE WHEN made.random('de copies', i) < .6 THEN 1 WHEN made.random('de copies', i) < .9 THEN 2 ELSE 4 END AS copies
    FROM generate_series(1, 900) i
), record AS (
    SELECT p.*, i * 10 + copy AS n FROM person p, generate_series(1, copies) copy
), spelled AS (
    SELECT *, CASE WHEN made.random('de ascii', n) < .25 THEN replace(replace(replace(replace(family, 'ü', 'ue'), 'ö', 'oe'), 'ä', 'ae'), 'ß', 'ss')
                   ELSE made.perhaps(family, .08, made.random('de family slip', n)) END AS family_written
    FROM record
)
SELECT i AS cluster_id,
       (ARRAY['', 'Dr. ', 'Prof. Dr. ', '', '', '', ''])[1 + floor(7 * made.random('de title', n))::int] || made.perhaps(given, .04, made.random('de given slip', n)) AS vorname,
       family_written AS nachname,
       made.lost(firm || (ARRAY[' GmbH', ' GmbH & Co. KG', '', ' gmbh', ' GmbH'])[1 + floor(5 * made.random('de form', n))::int], .2, made.random('de no firm', n)) AS firma,
       made.lost(street || (ARRAY['straße ', 'str. ', 'strasse ', 'weg '])[CASE WHEN i % 7 = 0 THEN 4 ELSE 1 + floor(3 * made.random('de str', n))::int END] || number, .1, made.random('de no street', n)) AS strasse,
       made.lost(made.perhaps(plz, .05, made.random('de plz slip', n)), .08, made.random('de no plz', n)) AS plz,
       made.lost(made.perhaps(city, .03, made.random('de city slip', n)), .05, made.random('de no city', n)) AS ort,
       made.lost(CASE WHEN made.random('de intl', n) < .3 THEN '+49 ' || substr(phone, 2) ELSE phone END || CASE WHEN i % 3 = 0 THEN '' ELSE '-' || i % 3 || made.digits(1, made.random('de extension', i)) END, .25, made.random('de no phone', n)) AS telefon,
       made.lost(lower(replace(replace(replace(replace(left(given, 1) || '.' || family, 'ü', 'ue'), 'ö', 'oe'), 'ä', 'ae'), 'ß', 'ss')) || CASE WHEN i % 4 = 0 THEN i::text ELSE '' END || '@' || (ARRAY['web.de', 'gmx.de', 't-online.de'])[1 + i % 3],
                 .3, made.random('de no mail', n)) AS email
FROM spelled;
