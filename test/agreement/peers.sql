-- What rapidfuzz says of pairs of strings, and jellyfish and Metaphone of words.
CREATE TEMP TABLE pair (a text, b text, levenshtein int, damerau_levenshtein int, jaro float8, jaro_winkler float8);
\set load '\\copy pg_temp.pair FROM ' :'pairs'
:load
CREATE TEMP TABLE word (word text, soundex text, nysiis text, double_metaphone text);
\set load '\\copy pg_temp.word FROM ' :'words'
:load

CREATE TEMP TABLE peer (function text, peer text, input text, signature text, ours text, agrees text);
INSERT INTO peer VALUES
    ('levenshtein', 'rapidfuzz', 'pair', 'cdw.levenshtein(text,text)', 'cdw.levenshtein(a, b)', 'levenshtein = ours'),
    ('damerau_levenshtein', 'rapidfuzz OSA', 'pair', 'cdw.damerau_levenshtein(text,text)', 'cdw.damerau_levenshtein(a, b)', 'damerau_levenshtein = ours'),
    ('jaro', 'rapidfuzz', 'pair', 'cdw.jaro(text,text)', 'cdw.jaro(a, b)', 'abs(jaro - ours) < 1e-12'),
    ('jaro_winkler', 'rapidfuzz', 'pair', 'cdw.jaro_winkler(text,text)', 'cdw.jaro_winkler(a, b)', 'abs(jaro_winkler - ours) < 1e-12'),
    ('soundex', 'jellyfish', 'word', 'cdw.soundex(text)', 'cdw.soundex(word)', 'soundex = ours'),
    ('nysiis', 'jellyfish', 'word', 'cdw.nysiis(text)', 'cdw.nysiis(word)', 'nysiis = ours');

-- A line for each function that is there, and the first cases that differ.
SELECT format($$
    CREATE TEMP TABLE differs AS SELECT * FROM (SELECT *, %s AS ours FROM %I) i WHERE (%s) IS NOT TRUE;
    SELECT CASE WHEN EXISTS (SELECT FROM differs) THEN 'not ok - ' ELSE 'ok - ' END || %L || ': ' || (SELECT count(*) FROM differs) ||
           ' of ' || (SELECT count(*) FROM %I) || ' random ' || %L || 's differ from %s';
    SELECT '  ' || row_to_json(d) FROM differs d ORDER BY length(row_to_json(d)::text) LIMIT 5;
    DROP TABLE differs;$$, ours, input, agrees, function, input, input, peer)
FROM peer WHERE to_regprocedure(signature) IS NOT NULL
\gexec
