-- Scores by given cuts: cdw.rfm_score_by_cuts.
SET TimeZone = 'UTC';
\pset null '(null)'

CREATE TABLE states (customer text, state cdw.rfm);
INSERT INTO states VALUES
    ('a', '(1,2024-05-31T00:00:00Z,2024-05-31T00:00:00Z,99.99)'),      -- 1 day
    ('b', '(2,2024-01-01T00:00:00Z,2024-05-02T00:00:00Z,100)'),        -- 30 days: reached
    ('c', '(5,2024-01-01T00:00:00Z,2024-05-01T23:59:59.999999Z,1000.00)'), -- a microsecond longer
    ('d', '(4,2024-01-01T00:00:00Z,2024-03-03T00:00:00Z,999.99999)'),  -- 90 days
    ('e', '(6,2024-01-01T00:00:00Z,2024-03-02T00:00:00Z,12345678901234567890)'), -- 91 days
    ('f', '(0,,,-5)'),                                                 -- no purchase: no recency
    ('g', NULL);
-- r 90 days, 30 days · f 2, 5 · m 100, 1000:
--   a 3 1 1 · b 3 2 2 · c 2 3 3 · d 2 2 2 · e 1 3 3 · f 1 1 1
SELECT customer, (s).* FROM (
    SELECT customer, cdw.rfm_score_by_cuts(state, '2024-06-01', '{"r": ["90 days", "30 days"], "f": [2, 5], "m": [100, 1000]}') AS s FROM states) q
ORDER BY customer;

-- No cuts: 1
SELECT cdw.rfm_score_by_cuts(state, '2024-06-01', '{}') FROM states WHERE customer = 'e';
SELECT cdw.rfm_score_by_cuts(state, '2024-06-01', '{"r": [], "f": [6]}') FROM states WHERE customer = 'e';
-- Eight cuts, in all forms of an interval; a month is 30 days, a year 360 and 30 days are a month.
--   a, b reach 7 of them (not 0) · c the first 6 (not a month) · d the first 5 (not 89 days 23:59:59) · e the first 4 (6 months)
SELECT customer, cdw.rfm_score_by_cuts(state, '2024-06-01', '{"r": ["2 years", "13 months", "1 year", "P6M", "90 days", "2159:59:59", "1 month", "0"]}')
FROM states WHERE customer IN ('a', 'b', 'c', 'd', 'e') ORDER BY customer;
-- Cuts below zero, with decimals, and beyond int64; zeros at the end do not count
SELECT customer, (cdw.rfm_score_by_cuts(state, '2024-06-01', '{"m": [-5.00000, 99.99, 999.99999, 12345678901234567890.0]}')).m FROM states ORDER BY customer;
SELECT (cdw.rfm_score_by_cuts('(3,2024-01-01T00:00:00Z,2024-01-01T00:00:00Z,1)', '2024-06-01', '{"f": [0, 3.000000, 1e1]}')).f;
-- Times as far apart as there are
SELECT cdw.rfm_score_by_cuts('(1,-4712-01-01T00:00:00Z,-4712-01-01T00:00:00Z,1)', '294276-12-31', '{"r": ["178000000 years", "290000 years", "1 day"]}');
-- Other settings change nothing
SET IntervalStyle = 'sql_standard';
SET DateStyle = 'German';
SELECT cdw.rfm_score_by_cuts(state, '2024-06-01', '{"r": ["3 days 12 hours", "36:00"]}') FROM states WHERE customer = 'a';
RESET IntervalStyle;
RESET DateStyle;
-- Cuts of each row's own
SELECT customer, cdw.rfm_score_by_cuts(state, '2024-06-01', jsonb_build_object('f', jsonb_build_array(n))) FROM states, (VALUES (1), (5), (6)) AS v(n)
WHERE customer IN ('c', 'g') ORDER BY customer, n;

-- Refused: 22023 with the place and an example
SELECT cdw.rfm_score_by_cuts(NULL, '2024-06-01', '{"r": ["30 days", "90 days"]}');
\set VERBOSITY terse
CREATE FUNCTION pg_temp.refusal(cuts jsonb) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    detail text;
BEGIN
    RETURN cdw.rfm_score_by_cuts('(0,,,1)', '2024-06-01', cuts)::text;
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL;
    RETURN format('%s %s: %s', SQLSTATE, SQLERRM, detail);
END
$$;
SELECT cuts, pg_temp.refusal(cuts::jsonb) FROM (VALUES
    ('null'), ('[]'), ('5'), ('"r"'), ('[{"r": []}]'),
    ('{"recency": []}'), ('{"R": []}'), ('{"": []}'), ('{"f": [1], "x": null}'),
    ('{"r": null}'), ('{"r": "90 days"}'), ('{"f": 5}'), ('{"m": {"1": 5}}'),
    ('{"r": [90]}'), ('{"r": [null]}'), ('{"r": ["soon"]}'), ('{"r": [""]}'), ('{"r": ["-1 day"]}'), ('{"r": ["1 day ago"]}'), ('{"r": ["178000000 years ago"]}'), ('{"r": ["infinity"]}'),
    ('{"r": ["30 days", "30 days"]}'), ('{"r": ["30 days", "1 month"]}'), ('{"r": [["1 day"]]}'),
    ('{"f": ["2"]}'), ('{"f": [2.5]}'), ('{"f": [-1]}'), ('{"f": [1e30]}'), ('{"f": [2, 2]}'), ('{"f": [5, 2]}'), ('{"f": [true]}'),
    ('{"m": ["100"]}'), ('{"m": [100, 100.0]}'), ('{"m": [1e30, 1e29]}'), ('{"m": [1, [2]]}'),
    ('{"f": [1,2,3,4,5,6,7,8,9]}')
) AS t(cuts);
\set VERBOSITY default
SELECT cdw.rfm_score_by_cuts('(0,,,1)', NULL, '{}');
SELECT cdw.rfm_score_by_cuts('(0,,,1)', '2024-06-01', NULL);
SELECT cdw.rfm_score_by_cuts('(0,,,1)', '-infinity', '{}');
SELECT cdw.rfm_score_by_cuts(state, '2024-05-30', '{}') FROM states WHERE customer = 'a';

DROP TABLE states;
