-- Comparison levels that the user defines, and the mistakes in them and in the other options of fields.
SET client_min_messages = warning;
CREATE SCHEMA match_user_levels;
SET search_path = match_user_levels;
\pset format unaligned
\pset null '(null)'
CREATE FUNCTION fails(command text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE message text; detail text; hint text;
BEGIN
	EXECUTE command;
	RETURN 'no error';
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
	RETURN concat_ws(' / ', SQLSTATE || ': ' || message, nullif(detail, ''), nullif(hint, ''));
END $$;

CREATE TABLE word (id int PRIMARY KEY, v text, born date, n numeric, place text, other text);
INSERT INTO word VALUES (1, 'martha', '2000-01-01', 100, '52.1,4.3', 'red green blue'), (2, 'marhta', '2000-01-08', 95, '52.14,4.3', 'blue green'), (3, 'marble', '2001-01-01', -100, '53,4.3', 'red'),
    (4, 'dixon', '2000-01-01', 0, NULL, 'x'), (5, 'dickson', NULL, 0.5, '52.1,4.3', 'y');

-- The level of v between two records under one level; the function's value by the SQL function of that name is in the comment.
CREATE FUNCTION level(levels text[], field text DEFAULT 'v', kind text DEFAULT 'text', a text DEFAULT '1', b text DEFAULT '2') RETURNS text LANGUAGE plpgsql AS $$
DECLARE result text;
BEGIN
	PERFORM cdw.create_resolver('r', 'word', 'id', jsonb_build_object(field, jsonb_build_object('kind', kind, 'levels', levels)), ARRAY[quote_ident(field)]);
	CALL cdw.train('r');
	SELECT e.level INTO result FROM cdw.explain_match('r', a, b) e WHERE e.field = level.field;
	PERFORM cdw.drop_resolver('r', true);
	RETURN result;
END $$;

-- martha and marhta: Jaro-Winkler .9611, Jaro .9444 (Winkler 1990), distance 2, with transposition 1; prefix "mar".
-- Bigrams: ma ar rt th ha and ma ar rh ht ta share 2 of 8 (Jaccard .25, Dice .4, cosine .4).
SELECT test, level(ARRAY[test]) FROM unnest(ARRAY['jaro_winkler >= 0.96', 'jaro_winkler>=.97', 'jaro > 0.944', 'jaro >= .945', 'levenshtein <= 2', 'levenshtein < 2', ' damerau_levenshtein  <=  1 ', 'damerau_levenshtein < 1',
    'levenshtein_similarity >= 0.66', 'levenshtein_similarity >= 0.67', 'damerau_levenshtein_similarity >= 0.83', 'damerau_levenshtein_similarity >= 0.84', 'jaccard >= 0.25', 'jaccard > 0.25', 'dice >= 0.4', 'dice > 0.4',
    'cosine >= 0.399', 'cosine >= 0.401', 'prefix >= 3', 'prefix >= 4', 'name_similarity >= 0.1', 'name_similarity >= 1', 'soundex', 'double_metaphone']) AS test;
-- Words in any order, and weighed by how rare they are.
SELECT test, level(ARRAY[test], 'other') FROM unnest(ARRAY['token_sort_similarity >= 0.1', 'token_sort_similarity >= 1', 'token_set_similarity >= 1', 'word_similarity >= 0.75', 'word_similarity >= 0.9']) AS test;
-- Codes of sounds: dixon and dickson.
SELECT test, level(ARRAY[test], a => '4', b => '5') FROM unnest(ARRAY['soundex', 'double_metaphone', 'jaro_winkler >= 0.9']) AS test;
-- Dates, numbers, places.
SELECT test, level(ARRAY[test], 'born', 'date') FROM unnest(ARRAY['days <= 7', 'days < 7', 'days <= 6.5']) AS test;
SELECT test, level(ARRAY[test], 'n', 'number') FROM unnest(ARRAY['difference <= 0.05', 'difference < 0.05', 'absolute_difference <= 5', 'absolute_difference < 5']) AS test;
SELECT level(ARRAY['difference <= 0.5', 'absolute_difference <= 200'], 'n', 'number', '1', '3') AS signs, level(ARRAY['difference <= 0.99', 'absolute_difference <= 0.5'], 'n', 'number', '4', '5') AS zero;
SELECT test, level(ARRAY[test], 'place', 'location') FROM unnest(ARRAY['km <= 4.5', 'km <= 4.4']) AS test;
-- The first level that holds, best first; equal before and different after them; none: equal or different.
SELECT level(ARRAY['levenshtein <= 1', 'jaro_winkler >= 0.9', 'prefix >= 1']), level(ARRAY['levenshtein <= 1', 'jaro_winkler >= 0.9', 'prefix >= 1'], b => '3') AS b3, level(ARRAY['levenshtein <= 1', 'prefix >= 1'], b => '4') AS b4,
    level(ARRAY['prefix >= 1'], b => '1') AS itself, level('{}') AS none;
-- Characters are counted, not bytes, and a common first byte is no common character.
INSERT INTO word VALUES (6, '王小明'), (7, '王小红'), (8, '玉小明');
SELECT level(ARRAY['prefix >= 3', 'prefix >= 2'], a => '6', b => '7') AS two, level(ARRAY['prefix >= 1'], a => '6', b => '8') AS none;
-- A field with levels of its own can be exchanged with another.
SELECT cdw.create_resolver('s', 'word', 'id', '{"v": {"kind": "text", "levels": ["levenshtein <= 2"], "swap_with": "other"}, "other": "text"}') #> '{fields,v}' AS field;
CALL cdw.train('s');
INSERT INTO word VALUES (10, 'alpha', NULL, NULL, NULL, 'omega'), (11, 'omega', NULL, NULL, NULL, 'alpha');
SELECT field, level FROM cdw.explain_match('s', '10', '11') WHERE field IN ('v', 'other') ORDER BY 1;
SELECT cdw.drop_resolver('s', true);
-- The model keeps the texts as names of levels; with other levels it does not fit.
SELECT cdw.create_resolver('s', 'word', 'id', '{"v": {"kind": "text", "levels": ["levenshtein <= 2", "prefix >= 3"]}}') IS NOT NULL AS created;
CALL cdw.train('s');
SELECT jsonb_path_query_array(model, '$.fields.v.levels[*].level') AS levels FROM s_resolver;
UPDATE s_resolver SET settings = jsonb_set(settings, '{fields,v,levels}', '["levenshtein <= 2"]');
SELECT fails($$SELECT * FROM cdw.explain_match('s', '1', '2')$$);
SELECT cdw.drop_resolver('s', true);

-- Mistakes in levels.
SELECT levels, fails(format($$SELECT cdw.create_resolver('r', 'word', 'id', '{"v": {"kind": "text", "levels": %s}}')$$, levels)) FROM unnest(ARRAY['["jaro_winkle >= 0.9"]', '["jaro >= 0.9", "soundx"]', '[""]',
    '["jaro"]', '["jaro >="]', '["jaro >= x"]', '["jaro >= 0.9 and jaccard >= 0.5"]', '["jaro = 0.9"]', '["jaro <= 0.9"]', '["levenshtein >= 2"]', '["jaro >= 1.5"]', '["jaro >= nan"]', '["prefix >= 0"]', '["levenshtein <= -1"]',
    '["soundex >= 1"]', '["days <= 3"]', '["km <= 3"]', '["difference <= 0.1"]', '["Jaro >= 0.9"]', '["jaro(v) >= 0.9"]', '"jaro >= 0.9"', '[1]', '[["jaro >= 0.9"]]', '{"jaro": 0.9}', 
    '["prefix >= 9", "prefix >= 8", "prefix >= 7", "prefix >= 6", "prefix >= 5", "prefix >= 4", "prefix >= 3", "prefix >= 2"]']) AS levels;

-- Mistakes in other options.
SELECT v, fails(format($$SELECT cdw.create_resolver('r', 'word', 'id', '{"v": %s, "other": %s}')$$, v, other)) FROM (VALUES
    ('{"kind": "text", "swap_with": "nothing"}', '"text"'), ('{"kind": "text", "swap_with": "v"}', '"text"'), ('{"kind": "text", "swap_with": 1}', '"text"'),
    ('{"kind": "text", "swap_with": "other"}', '{"kind": "text", "swap_with": null}'), ('{"kind": "text", "swap_with": "other"}', '"date"'),
    ('{"kind": "text", "without": ["nothing"]}', '"text"'), ('{"kind": "text", "without": ["v"]}', '"text"'), ('{"kind": "text", "without": "other"}', '"text"'), ('{"kind": "text", "without": [1]}', '"text"'),
    ('{"kind": "email", "without": ["other"]}', '"text"'), ('{"kind": "text", "without": ["other"]}', '{"kind": "text", "without": ["v"]}'), 
    ('{"kind": "text", "max_disagreement": 0}', '"text"'), ('{"kind": "text", "max_disagreement": 1.1}', '"text"'), ('{"kind": "text", "max_disagreement": "0.5"}', '"text"'),
    ('{"kind": "date", "compare": "exact"}', '"text"'), ('{"kind": "text", "compare": "days"}', '"text"'), ('{"kind": "location", "longitude": "v"}', '"text"'), ('{"kind": "location", "longitude": "id"}', '"text"'),
    ('{"kind": "location", "longitude": "nothing"}', '"text"'), ('{"kind": "text", "longitude": "other"}', '"text"'), ('{"kind": "tokens", "separator": ""}', '"text"'), ('{"kind": "text", "separator": ","}', '"text"')) o(v, other);
SELECT fails($$SELECT cdw.create_resolver('q', 'word', 'id', '{"v": {"kind": "text", "swap_with": "other"}, "other": {"kind": "text"}, "place": {"kind": "text", "swap_with": "v"}}')$$);
SELECT fails($$SELECT cdw.create_resolver('q', 'word', 'id', '{"v": {"kind": "text", "without": ["other"]}, "other": {"kind": "text", "without": ["place"]}, "place": {"kind": "text", "without": ["other"]}, "born": "date"}')$$);
SELECT relname FROM pg_class WHERE relnamespace = 'match_user_levels'::regnamespace AND relname LIKE '%resolver';

-- What was given is written back, and reads back.
SELECT cdw.create_resolver('n', 'word', 'id', '{"v": {"kind": "text", "levels": null, "without": null, "max_disagreement": null}, "other": {"kind": "text", "swap_with": "born"}, "born": {"kind": "text", "swap_with": "other"}}') -> 'fields' AS fields;
SELECT jsonb_pretty(cdw.create_resolver('w', 'word', 'id', '{"v": {"kind": "text", "without": ["other"], "max_disagreement": 0.25, "levels": ["jaro_winkler >= 0.92", "soundex"]}, "other": {"kind": "tokens", "separator": "//"},
    "born": {"kind": "date", "compare": "days"}}') -> 'fields') AS fields;
CALL cdw.train('w');
CALL cdw.resolve('w');

DROP SCHEMA match_user_levels CASCADE;
