-- Charts as Vega-Lite specifications; test/chart looks at them drawn.
\pset null '(null)'
\set SHOW_CONTEXT never

SELECT jsonb_pretty(cdw.rfm_chart('[{"r": 1, "f": 2, "customers": 3, "monetary": 12345678901234567890.10}]', bins => 2));
SELECT jsonb_pretty(cdw.rfm_movement_chart('[{"from_segment": "a \"b\" 客", "to_segment": null, "customers": 3, "from_monetary": 1.50, "to_monetary": null}]', 'from_monetary', 'Moves'));
-- all cells are there, with the default segments for five bins
SELECT jsonb_array_length(cdw.rfm_chart(NULL) -> 'data' -> 'values') AS cells, jsonb_array_length(cdw.rfm_chart('[]', bins => 9) -> 'data' -> 'values') AS cells_9,
       jsonb_path_query_array(cdw.rfm_chart(NULL), '$.data.values[*] ? (@.r == 5).segment') AS recent, cdw.rfm_chart(NULL, 'monetary') ->> 'title' AS title;
SELECT cdw.rfm_movement_chart(NULL) -> 'data' AS data;

-- Faulty cells: 22023
SELECT cdw.rfm_chart('{}');
SELECT cdw.rfm_chart('1');
SELECT cdw.rfm_chart('[1]');
SELECT cdw.rfm_chart('[[]]');
SELECT cdw.rfm_chart('[{"r": 1, "f": 1}]');
SELECT cdw.rfm_chart('[{"r": 1, "customers": 1}]');
SELECT cdw.rfm_chart('[{"r": 1, "f": 6, "customers": 1}]');
SELECT cdw.rfm_chart('[{"r": 1, "f": 1.5, "customers": 1}]');
SELECT cdw.rfm_chart('[{"r": 1, "f": 1e99, "customers": 1}]');
SELECT cdw.rfm_chart('[{"r": 1, "f": "1", "customers": 1}]');
SELECT cdw.rfm_chart('[{"r": 1, "f": 1, "customers": "1"}]');
SELECT cdw.rfm_chart('[{"r": 1, "f": 1, "customers": 1}, {"r": 1, "f": 1, "customers": 2}]');
SELECT cdw.rfm_chart('[]', 'profit');
SELECT cdw.rfm_chart('[]', NULL);
SELECT cdw.rfm_chart('[]', bins => 1);
SELECT cdw.rfm_chart('[]', bins => NULL);
SELECT cdw.rfm_movement_chart('[{"from_segment": 1}]');
SELECT cdw.rfm_movement_chart('[{"customers": "1"}]');
SELECT cdw.rfm_movement_chart('[]', 'monetary');
