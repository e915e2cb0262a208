-- What rapidfuzz says of pairs of strings, and jellyfish and Metaphone of words.
CREATE TEMP TABLE pair (a text, b text, levenshtein int, damerau_levenshtein int, jaro float8, jaro_winkler float8);
\set load '\\copy pg_temp.pair FROM ' :'pairs'
:load
CREATE TEMP TABLE word (word text, soundex text, nysiis text, double_metaphone text);
\set load '\\copy pg_temp.word FROM ' :'words'
:load

-- Where the definitions coincide, as far as they do not:
--   nysiis        Taft's rules make KN at the beginning NN, where jellyfish drops the K; and a rule
--                 sees here what the rules before it made of the letter on its left, there the
--                 letter as it was, or only the last of the two that EV and SCH become.
--   double_metaphone  Metaphone departs from Philips's program in GH, in WITZ and WICZ at the
--                 beginning, in UMB and UMBER, and in CH at the end.
CREATE TEMP TABLE peer (function text, peer text, input text, signature text, ours text, agrees text, coincide text);
INSERT INTO peer VALUES
    ('levenshtein', 'rapidfuzz', 'pair', 'cdw.levenshtein(text,text)', 'cdw.levenshtein(a, b)', 'levenshtein = ours', 'true'),
    ('within_distance', 'rapidfuzz', 'pair', 'cdw.within_distance(text,text,int)', 'cdw.within_distance(a, b, 3)', '(levenshtein <= 3) = ours', 'true'),
    ('damerau_levenshtein', 'rapidfuzz OSA', 'pair', 'cdw.damerau_levenshtein(text,text)', 'cdw.damerau_levenshtein(a, b)', 'damerau_levenshtein = ours', 'true'),
    ('jaro', 'rapidfuzz', 'pair', 'cdw.jaro(text,text)', 'cdw.jaro(a, b)', 'abs(jaro - ours) < 1e-12', 'true'),
    ('jaro_winkler', 'rapidfuzz', 'pair', 'cdw.jaro_winkler(text,text)', 'cdw.jaro_winkler(a, b)', 'abs(jaro_winkler - ours) < 1e-12', 'true'),
    ('soundex', 'jellyfish', 'word', 'cdw.soundex(text)', 'cdw.soundex(word)', 'soundex = ours', 'true'),
    ('nysiis', 'jellyfish', 'word', 'cdw.nysiis(text)', 'cdw.nysiis(word)', 'nysiis = ours', $$word !~ '^KN|EV|.SCH|[EIOUHW]W|^[EIOU]H|[HKMQWZ]H'$$),
    ('double_metaphone', 'Metaphone', 'word', 'cdw.double_metaphone(text,int)', 'cdw.double_metaphone(word, 64)',
     $$double_metaphone = coalesce(ours::text, '')$$, $$word !~ 'GH|^WI[TC]Z|UMB$|(^|[AEOU])CH$'$$);

-- A line for each function that is there, and the first cases that differ.
SELECT format($$
    CREATE TEMP TABLE compared AS SELECT *, %s AS ours FROM %I WHERE %s;
    CREATE TEMP TABLE differs AS SELECT * FROM compared WHERE (%s) IS NOT TRUE;
    SELECT CASE WHEN EXISTS (SELECT FROM differs) THEN 'not ok - ' ELSE 'ok - ' END || %L || ': ' || (SELECT count(*) FROM differs) ||
           ' of ' || (SELECT count(*) FROM compared) || ' random ' || %L || 's differ from %s';
    SELECT '  ' || row_to_json(d) FROM differs d ORDER BY length(row_to_json(d)::text) LIMIT 5;
    DROP TABLE compared, differs;$$, ours, input, coincide, agrees, function, input, peer)
FROM peer WHERE to_regprocedure(signature) IS NOT NULL
\gexec
