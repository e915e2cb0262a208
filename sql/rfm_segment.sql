-- cdw.rfm_segment: the default map, maps of one's own, faulty maps.
\pset null '(null)'

-- The default map as a table; m plays no part
SELECT r, string_agg(cdw.rfm_segment(r, f, 3), ' | ' ORDER BY f) AS "f = 1 to 5"
FROM generate_series(1, 5) r, generate_series(1, 5) f GROUP BY r ORDER BY r;
SELECT count(*) AS cells, count(DISTINCT cdw.rfm_segment(r, f, m)) AS segments,
       count(*) FILTER (WHERE cdw.rfm_segment(r, f, m) <> cdw.rfm_segment(r, f, 1)) AS by_m
FROM generate_series(1, 5) r, generate_series(1, 5) f, generate_series(1, 5) m;

-- NULL scores
SELECT cdw.rfm_segment(NULL, 1, 1), cdw.rfm_segment(1, NULL, 1), cdw.rfm_segment(1, 1, NULL), cdw.rfm_segment(NULL, 1, 1, '[]');

-- Scores out of range: 22023
SELECT cdw.rfm_segment(0, 1, 1);
SELECT cdw.rfm_segment(1, 6, 1);
SELECT cdw.rfm_segment(1, 1, 6);
SELECT cdw.rfm_segment(1, 1, 10, '[]');
SELECT cdw.rfm_segment(-2147483648, 2147483647, 1, '[]');

-- A map: the first match wins, a score that is not named may be anything, no match is NULL
SELECT r, f, m, cdw.rfm_segment(r, f, m, '[{"segment": "vip", "r": [4,5], "f": [4,5], "m": [1,5]},
                                           {"segment": "重要保持", "f": [4,9]},
                                           {"segment": "dear", "m": [9,9]}]')
FROM (VALUES (5, 5, 1), (4, 4, 5), (5, 5, 6), (1, 4, 1), (1, 1, 9), (1, 9, 9), (1, 1, 1)) t(r, f, m);
SELECT cdw.rfm_segment(1, 1, 1, '[]'), cdw.rfm_segment(1, 1, 1, '[{"segment": "all"}]'), cdw.rfm_segment(1, 1, 1, '[{"segment": "whole numbers", "r": [1.0, 5]}]');

-- A map per row
SELECT i, cdw.rfm_segment(1, 1, 1, map) FROM (VALUES (1, '[{"segment": "x"}]'::jsonb), (2, '[{"segment": "y"}]'), (3, '[{"segment": "y"}]'), (4, NULL), (5, '[]')) t(i, map);

-- Faulty maps: 22023, and the map is checked as a whole, whatever the scores
SELECT cdw.rfm_segment(1, 1, 1, '{}');
SELECT cdw.rfm_segment(1, 1, 1, '1');
SELECT cdw.rfm_segment(1, 1, 1, 'null');
SELECT cdw.rfm_segment(1, 1, 1, '[1]');
SELECT cdw.rfm_segment(1, 1, 1, '[[]]');
SELECT cdw.rfm_segment(1, 1, 1, '[{}]');
SELECT cdw.rfm_segment(1, 1, 1, '[{"segment": null}]');
SELECT cdw.rfm_segment(1, 1, 1, '[{"segment": "a"}, {"segment": ["b"]}]');
SELECT cdw.rfm_segment(1, 1, 1, '[{"segment": "a", "R": [1,2]}]');
SELECT cdw.rfm_segment(1, 1, 1, '[{"segment": "a", "r": 1}]');
SELECT cdw.rfm_segment(1, 1, 1, '[{"segment": "a", "r": {"low": 1, "high": 2}}]');
SELECT cdw.rfm_segment(1, 1, 1, '[{"segment": "a", "r": [1]}]');
SELECT cdw.rfm_segment(1, 1, 1, '[{"segment": "a", "r": [1,2,3]}]');
SELECT cdw.rfm_segment(1, 1, 1, '[{"segment": "a", "r": ["1","2"]}]');
SELECT cdw.rfm_segment(1, 1, 1, '[{"segment": "a", "r": [0,2]}]');
SELECT cdw.rfm_segment(1, 1, 1, '[{"segment": "a", "r": [1,10]}]');
SELECT cdw.rfm_segment(1, 1, 1, '[{"segment": "a", "r": [1.5,2]}]');
SELECT cdw.rfm_segment(1, 1, 1, '[{"segment": "a", "r": [1e99,2]}]');
SELECT cdw.rfm_segment(1, 1, 1, '[{"segment": "a", "r": [3,2]}]');
SELECT cdw.rfm_segment(NULL, 1, 1, '[{"segment": "a"}, {"r": [1,2]}]');
\set VERBOSITY sqlstate
SELECT cdw.rfm_segment(1, 1, 1, '{}');
SELECT cdw.rfm_segment(6, 1, 1);
\set VERBOSITY default
