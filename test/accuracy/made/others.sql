-- Tables that are not about people or firms, or do not say enough about them: what is most alike in them
-- is not one thing, but one brand, artist, place, sensor or order.

-- Products of a dozen brands, one in ten offered twice; the same words return within a brand.
CREATE TABLE products_rows AS
SELECT i AS cluster_id, brand || ' ' || CASE WHEN copy = 1 THEN noun || ' ' || model ELSE made.perhaps(replace(model, '-', ''), .1, made.random('pr slip', i)) || ' ' || noun END AS title,
       made.lost(brand, .1, made.random('pr no brand', n)) AS brand,
       noun || ' with ' || (ARRAY['remote', 'stand', 'two year warranty', 'usb', 'carrying case'])[1 + floor(5 * made.random('pr with', n))::int] AS description,
       floor((10 + made.random('pr price', i) ^ 3 * 2000) * (1 + made.random('pr cheaper', n) / 10))::int || '.99' AS price
FROM generate_series(1, 1100) i, LATERAL (SELECT (ARRAY['Sony', 'Bose', 'Canon', 'Philips', 'Samsung', 'Braun', 'Bosch', 'Dyson', 'Apple', 'Dell', 'Asus', 'Epson'])[floor(13 ^ made.random('pr brand', i))::int] AS brand,
     (ARRAY['speaker', 'camera', 'shaver', 'vacuum cleaner', 'laptop', 'printer', 'television', 'headphones', 'kettle', 'monitor'])[1 + floor(10 * made.random('pr noun', i))::int] AS noun,
     chr(65 + floor(26 * made.random('pr letter', i))::int) || '-' || made.digits(4, made.random('pr model', i)) AS model) x,
     generate_series(1, CASE WHEN i % 10 = 0 THEN 2 ELSE 1 END) copy, LATERAL (SELECT i * 10 + copy AS n) y;

-- Tracks: an album has twelve, an artist several albums; one in ten is listed twice.
CREATE TABLE tracks_rows AS
SELECT i AS cluster_id,
       made.perhaps((ARRAY['My ', 'The ', 'Old ', 'Blue ', 'Last '])[1 + floor(5 * made.random('tr first', i))::int] || made.any('street_us', made.random('tr word', i))
                    || ' ' || (ARRAY['Love', 'Night', 'Road', 'Dream', 'Blues', 'Heart', 'Fire', 'Rain'])[1 + floor(8 * made.random('tr noun', i))::int], .15, made.random('tr slip', n))
       || CASE WHEN copy = 2 AND i % 30 = 0 THEN ' (Remastered)' ELSE '' END AS title,
       made.zipf('given_en', made.random('tr given', i / 60)) || ' ' || made.zipf('surname_en', made.random('tr family', i / 60)) AS artist,
       made.lost(made.any('street_us', made.random('tr album', i / 12)) || ' Sessions', .1, made.random('tr no album', n)) AS album,
       1960 + floor(60 * made.random('tr year', i / 12))::int AS year, (ARRAY['Rock', 'Pop', 'Jazz', 'Folk', 'Blues'])[1 + (i / 60) % 5] AS genre,
       120 + floor(200 * made.random('tr length', i))::int + floor(2 * made.random('tr cut', n))::int AS seconds
FROM generate_series(1, 1100) i, generate_series(1, CASE WHEN i % 10 = 0 THEN 2 ELSE 1 END) copy, LATERAL (SELECT i * 10 + copy AS n) y;

-- Films of 150 directors, each once.
CREATE TABLE films_rows AS
SELECT i AS cluster_id,
       (ARRAY['The ', '', 'A ', 'Last '])[1 + floor(4 * made.random('fm first', i))::int] || made.any('street_us', made.random('fm word', i)) || ' '
       || (ARRAY['Story', 'Night', 'Man', 'Woman', 'House', 'War', 'Game', 'River', 'Returns', 'Affair'])[1 + floor(10 * made.random('fm noun', i))::int] AS title,
       made.zipf('given_en', made.random('fm given', d)) || ' ' || made.zipf('surname_en', made.random('fm family', d)) AS director,
       1950 + floor(55 * made.random('fm begins', d))::int + floor(15 * made.random('fm year', i))::int AS year,
       (ARRAY['Drama', 'Comedy', 'Action', 'Horror'])[1 + floor(4 * made.random('fm genre', d + i % 2))::int] AS genre,
       (ARRAY['Universal', 'Paramount', 'MGM', 'Gaumont', 'Toho', 'UFA', 'Mosfilm'])[1 + floor(7 * made.random('fm studio', d))::int] AS studio,
       80 + floor(80 * made.random('fm minutes', i))::int AS minutes
FROM generate_series(1, 1500) i, LATERAL (SELECT floor(150 * made.random('fm director', i))::int AS d) x;

-- Tickets for fifty evenings.
CREATE TABLE tickets_rows AS
SELECT i AS cluster_id, made.any('street_us', made.random('ti name', e)) || ' Festival' AS event, made.any('city_us', made.random('ti venue', e)) || ' Hall' AS venue,
       made.day('2025-01-01', '2025-12-31', made.random('ti day', e))::text AS day, (ARRAY['A', 'B', 'C'])[1 + floor(3 * made.random('ti section', i))::int] AS section,
       1 + floor(30 * made.random('ti row', i))::int AS seat_row, 1 + floor(40 * made.random('ti seat', i))::int AS seat, (ARRAY[25, 45, 80])[1 + floor(3 * made.random('ti price', i))::int] AS price
FROM generate_series(1, 2000) i, LATERAL (SELECT floor(50 * made.random('ti event', i))::int AS e) x;

-- Whom to ask for in 300 firms: of a person there is but the name, all else is the firm's.
CREATE TABLE contacts_rows AS
SELECT i AS cluster_id, made.zipf('given_en', made.random('co given', i)) AS first_name, made.zipf('surname_en', made.random('co family', i)) AS last_name, name || ' Ltd' AS company,
       10 + c || ' ' || made.any('street_us', made.random('co street', c)) || ' Street' AS address, made.any('city_us', made.random('co city', c)) AS city,
       'info@' || lower(name) || c || '.com' AS email, '212' || made.digits(7, made.random('co phone', c)) AS phone
FROM generate_series(1, 1500) i, LATERAL (SELECT i / 5 AS c, made.zipf('surname_en', made.random('co firm', i / 5)) AS name) x;

-- People of whom only the place is known, each once.
CREATE TABLE places_rows AS
SELECT i AS cluster_id, words[1 + town] AS city, 'State ' || town % 8 AS state, lpad((town * 311)::text, 5, '1') AS zip, made.zipf('street_us', made.random('pl street', i)) || ' Street' AS address
FROM generate_series(1, 1500) i, LATERAL (SELECT floor(30 * made.random('pl town', i))::int AS town) t, made.list WHERE name = 'city_us';

-- Readings of forty sensors.
CREATE TABLE sensors_rows AS
SELECT i AS cluster_id, 'sensor-' || i % 40 AS sensor, (timestamp '2025-01-01' + i * interval '7 minutes')::text AS at,
       round((20 + 5 * sin(i / 50.0) + made.random('se t', i))::numeric, 2)::text AS temperature, round((40 + 20 * made.random('se h', i))::numeric, 1)::text AS humidity,
       (ARRAY['ok', 'ok', 'ok', 'low battery'])[1 + floor(4 * made.random('se s', i))::int] AS status
FROM generate_series(1, 1500) i;

-- Lines of orders.
CREATE TABLE order_lines_rows AS
SELECT i AS cluster_id, 100000 + i / 4 AS order_number, 1 + i % 4 AS line, 'SKU-' || floor(200 ^ made.random('ol sku', i))::int AS sku,
       1 + floor(5 * made.random('ol n', i))::int AS quantity, (1 + floor(50 * made.random('ol p', i)))::int || '.50' AS price, (date '2025-01-01' + i / 30)::text AS ordered
FROM generate_series(1, 1500) i;
