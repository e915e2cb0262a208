-- cdw.check_segment_map, maps by name, the eight segments by means.
\pset null '(null)'

-- The maps that come with the extension cover every cell once
SELECT count(*) FROM cdw.check_segment_map(cdw.segment_map('default'));
SELECT count(*) FROM cdw.check_segment_map(cdw.segment_map('eight'), 2);
SELECT count(*) FROM cdw.check_segment_map(cdw.segment_map('eight_english'), 2);

-- The default map is what rfm_segment takes without one
SELECT count(*) AS cells, count(*) FILTER (WHERE cdw.rfm_segment(r, f, m) = cdw.rfm_segment(r, f, m, cdw.segment_map('default'))) AS same
FROM generate_series(1, 5) r, generate_series(1, 5) f, generate_series(1, 5) m;

-- The eight segments: R, F, M at or above their means (2) or below (1)
SELECT r, f, m, cdw.rfm_segment(r, f, m, cdw.segment_map('eight')) AS eight, cdw.rfm_segment(r, f, m, cdw.segment_map('eight_english')) AS eight_english
FROM generate_series(1, 2) r, generate_series(1, 2) f, generate_series(1, 2) m ORDER BY m DESC, r DESC, f DESC;
SELECT kind, name, description, jsonb_array_length(document) AS entries FROM cdw.presets();
SELECT count(*) AS maps, bool_and(document = cdw.segment_map(name)) AS same FROM cdw.presets() WHERE kind = 'segment map';
SELECT cdw.segment_map('Eight');
SELECT cdw.segment_map('');
SELECT cdw.segment_map(NULL);

-- Overlap: r 4 to 5 and f 4, five scores of m, make 2 * 1 * 5 cells. Dead: all cells of a former rule.
-- Uncovered: 125 less 50 of vip less 60 of loyal, of which 10 are vip's
SELECT problem, segment, cells, path, detail FROM cdw.check_segment_map('[{"segment": "vip", "r": [4,5], "f": [4,5]},
    {"segment": "loyal", "r": [3,5], "f": [3,4]}, {"segment": "whale", "r": [5,5], "f": [4,4], "m": [2,3]}]');

-- Dead by two rules together, neither of which would do; 25 cells each, and the dead one shares its 50
SELECT problem, segment, cells, path, detail FROM cdw.check_segment_map('[{"segment": "a", "r": [1,1]}, {"segment": "b", "r": [2,2]}, {"segment": "c", "r": [1,2]}, {"segment": "d", "r": [3,5]}]');

-- One name for several boxes: their cells are no overlap
SELECT problem, segment, cells FROM cdw.check_segment_map('[{"segment": "vip", "r": [4,5]}, {"segment": "vip", "m": [4,5]}, {"segment": "rest"}]');

-- Bins: ranges beyond them are dead, of 2^3 cells
SELECT * FROM cdw.check_segment_map('[{"segment": "low", "r": [1,1]}, {"segment": "none", "f": [3,5]}, {"segment": "part", "m": [2,9]}]', 2);
SELECT problem, segment, cells, detail FROM cdw.check_segment_map('[]', 9);
SELECT problem, segment, cells, detail FROM cdw.check_segment_map('[{"segment": "all"}]', 9);

-- Uncovered cells in many boxes
SELECT problem, cells, detail FROM cdw.check_segment_map('[{"segment": "a", "r": [2,3], "f": [2,3], "m": [2,3]}, {"segment": "b", "r": [1,1], "f": [5,5]}]');

-- Faulty
SELECT * FROM cdw.check_segment_map(NULL);
SELECT * FROM cdw.check_segment_map('[]', NULL);
SELECT * FROM cdw.check_segment_map('[]', 1);
SELECT * FROM cdw.check_segment_map('[]', 10);
SELECT * FROM cdw.check_segment_map('[{"segment": "a"}, {"segment": "b", "f": [1, 2], "m": [0, 5]}]');
SELECT * FROM cdw.check_segment_map('[{"Segmnt": "a"}]');
SELECT * FROM cdw.check_segment_map('[{"segment": "a", "recency of the purchase": [1,2]}]');
SELECT * FROM cdw.check_segment_map('[{"segment": "a", "r": []}]');
SELECT * FROM cdw.check_segment_map(('[{"segment": "a", "r": [1, ' || repeat('9', 1000) || ']}]')::jsonb);
SELECT * FROM cdw.check_segment_map((repeat('[', 1000) || repeat(']', 1000))::jsonb);

-- Against brute force: 200 maps of up to 8 boxes, each with a name of its own
CREATE TEMP TABLE box AS
SELECT id, bins, i, 's' || i AS segment, scores[1] AS r, scores[2] AS f, scores[3] AS m
FROM (SELECT id, 2 + id % 4 AS bins, i, array_agg(int4range(least(x, y), greatest(x, y), '[]') ORDER BY axis) AS scores
      FROM generate_series(1, 200) id, generate_series(0, id % 8) i, generate_series(1, 3) axis,
           LATERAL (SELECT (id * 7919 + i * 271 + axis * 31)::int8 * 2654435761 AS h) hash,
           LATERAL (SELECT 1 + (h >> 13 & 3)::int AS x, 1 + (h >> 17 & 3)::int AS y) bounds
      GROUP BY id, i) t;
CREATE TEMP TABLE map AS
SELECT id, bins, jsonb_agg(jsonb_build_object('segment', segment, 'r', jsonb_build_array(lower(r), upper(r) - 1), 'f', jsonb_build_array(lower(f), upper(f) - 1),
                                              'm', jsonb_build_array(lower(m), upper(m) - 1)) ORDER BY i) AS map
FROM box GROUP BY id, bins;
CREATE TEMP TABLE cell AS
SELECT id, r, f, m, cdw.rfm_segment(r, f, m, map) AS segment
FROM map, generate_series(1, bins) r, generate_series(1, bins) f, generate_series(1, bins) m;
CREATE TEMP TABLE finding AS
SELECT id, c.* FROM map, cdw.check_segment_map(map, bins) c;
SELECT problem, count(*), sum(cells) FROM finding GROUP BY problem ORDER BY problem;
-- none differs: segments that no cell has
SELECT count(*) FROM (SELECT id, segment FROM box EXCEPT SELECT id, segment FROM cell) brute
FULL JOIN (SELECT id, segment, cells FROM finding WHERE problem = 'dead') checked USING (id, segment)
WHERE brute IS NULL OR checked IS NULL;
-- none differs: cells without a segment
SELECT count(*) FROM (SELECT id, count(*) AS cells FROM cell WHERE segment IS NULL GROUP BY id) brute
FULL JOIN (SELECT id, cells FROM finding WHERE problem = 'uncovered') checked USING (id)
WHERE brute.cells IS DISTINCT FROM checked.cells;
-- none differs: cells of a segment that are in a former box as well
SELECT count(*) FROM (SELECT b.id, b.segment, count(*) AS cells
                      FROM box a JOIN box b ON a.id = b.id AND a.i < b.i
                      JOIN cell c ON c.id = b.id AND c.r <@ a.r AND c.f <@ a.f AND c.m <@ a.m AND c.r <@ b.r AND c.f <@ b.f AND c.m <@ b.m
                      WHERE (b.id, b.segment) IN (SELECT id, segment FROM cell) GROUP BY b.id, b.segment) brute
FULL JOIN (SELECT id, segment, sum(cells) AS cells FROM finding WHERE problem = 'overlap' GROUP BY id, segment) checked USING (id, segment)
WHERE brute.cells IS DISTINCT FROM checked.cells;

-- Method mean. Last purchases on days 1, 3 and 8 (mean 4: only c), frequencies 1, 2, 3 (mean 2: b and c),
-- sums 10, 20 and 30.01 (mean 20.00333...: only c, 20 is below)
CREATE TEMP TABLE purchase (customer text, at timestamptz, amount numeric);
INSERT INTO purchase VALUES ('a', '2024-01-01Z', 10), ('b', '2024-01-01Z', 10), ('b', '2024-01-03Z', 10), ('c', '2024-01-02Z', 10), ('c', '2024-01-03Z', 10), ('c', '2024-01-08Z', 10.01);
SELECT customer, frequency, monetary, r, f, m, segment, cdw.rfm_segment(r, f, m, cdw.segment_map('eight')) AS eight
FROM cdw.rfm_table('purchase', 'customer', 'at', 'amount', '2024-01-10Z', 2, 'mean');
-- equal values are all at their mean
SELECT customer, r, f, m FROM cdw.rfm_table('purchase', 'customer', 'at', 'amount', '2024-01-01Z', 2, 'mean');
-- returns only: r is low and no part of the mean of r; days 2 and 4 have mean 3, frequencies 1, 1, 0 have mean 2/3, sums 1, 5 and -6 mean 0
SELECT customer, cdw.rfm_score(state, '2024-02-01Z', 2, 'mean') OVER () FROM (VALUES ('a', '(1,2024-01-02T00:00:00Z,2024-01-02T00:00:00Z,1)'::cdw.rfm),
    ('b', '(1,2024-01-04T00:00:00Z,2024-01-04T00:00:00Z,5)'), ('c', cdw.rfm_add('(0,,,-6)', '(0,,,0)')), ('d', NULL)) t(customer, state);
-- exact: numeric of many digits, where a sum of floats says otherwise (the mean of 1e30 + 1 and 1e30 + 3 is 1e30 + 2), and a mean of 1/3
SELECT customer, (cdw.rfm_score(cdw.rfm(at, amount), '2024-02-01Z', 2, 'mean') OVER ()).m
FROM (VALUES ('a', '2024-01-01Z'::timestamptz, 1e30 + 1), ('b', '2024-01-01Z', 1e30 + 3), ('c', '2024-01-01Z', 1e30 + 2)) t(customer, at, amount) GROUP BY customer ORDER BY customer;
SELECT customer, (cdw.rfm_score(cdw.rfm(at, amount), '2024-02-01Z', 2, 'mean') OVER ()).m
FROM (VALUES ('a', '2024-01-01Z'::timestamptz, 0.33333), ('b', '2024-01-01Z', 0.33334), ('c', '2024-01-01Z', 0.33333)) t(customer, at, amount) GROUP BY customer ORDER BY customer;
-- both forms of sums against plain SQL
CREATE TEMP TABLE many AS
SELECT 'c' || i % 97 AS customer, '2024-01-01Z'::timestamptz + hashint4(i) % 1000000 * interval '7 s' AS at, (hashint4(i + 1) % 1000) / (1 + i % 5)::numeric(20, 0) + 100 AS amount, (hashint4(i + 1) % 100000) / 100.0 + 900 AS cents
FROM generate_series(1, 3000) i;
SELECT count(*) AS customers, count(*) FILTER (WHERE r = 1 + (last_at >= mean_at)::int AND f = 1 + (frequency * n >= total_f)::int AND m = 1 + (monetary * n >= total)::int) AS same
FROM (SELECT t.*, '2025-01-01Z'::timestamptz - recency AS last_at, count(*) OVER () AS n, sum(frequency) OVER () AS total_f, sum(monetary) OVER () AS total,
             '2025-01-01Z'::timestamptz - avg(recency) OVER () AS mean_at
      FROM cdw.rfm_table('many', 'customer', 'at', 'amount', '2025-01-01Z', 2, 'mean') t) x;
SELECT count(*) AS customers, count(*) FILTER (WHERE m = 1 + (monetary * n >= total)::int) AS same
FROM (SELECT t.*, count(*) OVER () AS n, sum(monetary) OVER () AS total FROM cdw.rfm_table('many', 'customer', 'at', 'cents', '2025-01-01Z', 2, 'mean') t) x;
SELECT count(*) FROM cdw.rfm_table('purchase', 'customer', 'at', 'amount', '2023-01-10Z', 2, 'mean');
-- two bins only
SELECT * FROM cdw.rfm_table('purchase', 'customer', 'at', 'amount', method => 'mean');
SELECT cdw.rfm_score(NULL, now(), 3, 'mean') OVER ();
