-- A hotel's guests: one column for the name in several orders, dates of birth as each clerk writes them.
CREATE TABLE hotel_rows AS
WITH person AS (
    SELECT i, made.zipf('given_en', made.random('ho given', i)) AS given, made.zipf('surname_en', made.random('ho surname', i)) AS family,
           made.day('1935-01-01', '2004-12-31', made.random('ho born', i)) AS born,
           made.any('city_us', made.random('ho city', i)) AS city, (ARRAY['US', 'GB', 'CA', 'AU', 'IE'])[floor(6 ^ made.random('ho nation', i))::int] AS nation,
           '+1 ' || 200 + floor(700 * made.random('ho area', i))::int || ' ' || made.digits(7, made.random('ho phone', i)) AS phone,
           floor(4 ^ (made.random('ho stays', i) * 1.2))::int AS copies
    FROM generate_series(1, 700) i
), record AS (
    SELECT p.*, i * 10 + copy AS n, made.wrong_day(born, .04, made.random('ho wrong', i * 10 + copy)) AS day,
           made.perhaps(given, .05, made.random('ho given slip', i * 10 + copy)) AS given_written,
           made.perhaps(family, .06, made.random('ho family slip', i * 10 + copy)) AS family_written
    FROM person p, generate_series(1, copies) copy
)
SELECT i AS cluster_id,
       CASE floor(5 * made.random('ho order', n))::int WHEN 0 THEN family_written || ', ' || given_written WHEN 1 THEN upper(family_written || ' ' || given_written)
            WHEN 2 THEN 'Mr/Mrs ' || given_written || ' ' || family_written WHEN 3 THEN left(given, 1) || '. ' || family_written ELSE given_written || ' ' || family_written END AS guest,
       made.lost(CASE floor(4 * made.random('ho form', n))::int WHEN 0 THEN to_char(day, 'MM/DD/YYYY') WHEN 1 THEN to_char(day, 'DD Mon YYYY')
                 WHEN 2 THEN to_char(day, 'YYYYMMDD') ELSE day::text END, .15, made.random('ho no day', n)) AS born,
       nation AS nationality, made.lost(city, .1, made.random('ho no city', n)) AS city,
       made.lost(phone, .3, made.random('ho no phone', n)) AS phone,
       made.lost(lower(left(given, 1) || family || i % 50 || '@' || (ARRAY['gmail.com', 'hotmail.com'])[1 + i % 2]), .4, made.random('ho no mail', n)) AS email
FROM record;
