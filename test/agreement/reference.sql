-- The cases of jellyfish's tests that the functions here cover. Its other functions (hamming,
-- match rating, metaphone, jaro_winkler_longtol, wagner_fischer's table) have no counterpart; its
-- jaccard is of words, or of pieces cut one behind the other (night, nacht by 2: ni gh t, na ch t,
-- 1/5), where the one here is of overlapping q-grams (1/7).
CREATE TEMP TABLE reference_case (function text, input1 text, input2 text, expected text);
\set load '\\copy pg_temp.reference_case FROM ' :'cases' ' CSV HEADER NULL ''\\N'''
:load

-- Deliberate differences, each with what is given here instead and why.
CREATE TEMP TABLE difference (function text, input1 text, input2 text, ours text, reason text);
INSERT INTO difference VALUES
    ('nysiis', '', '', NULL, 'a text without letters has no code'),
    ('nysiis', 'ç', '', 'C', 'diacritics do not matter'),
    ('soundex', '', '', NULL, 'a text without letters has no code'),
    ('soundex', '¿', '', NULL, 'a text without letters has no code');

CREATE TEMP TABLE covered (function text, call text, signature text);
INSERT INTO covered VALUES
    ('levenshtein', 'cdw.levenshtein(input1, input2)', 'cdw.levenshtein(text,text)'),
    ('wagner_fischer', 'cdw.levenshtein(input1, input2)', 'cdw.levenshtein(text,text)'),
    ('damerau_levenshtein', 'cdw.damerau_levenshtein(input1, input2)', 'cdw.damerau_levenshtein(text,text)'),
    ('jaro_distance', 'cdw.jaro(input1, input2)', 'cdw.jaro(text,text)'),
    ('jaro_winkler', 'cdw.jaro_winkler(input1, input2)', 'cdw.jaro_winkler(text,text)'),
    ('soundex', 'cdw.soundex(input1)', 'cdw.soundex(text)'),
    ('nysiis', 'cdw.nysiis(input1)', 'cdw.nysiis(text)');

CREATE TEMP TABLE result (function text, input1 text, input2 text, expected text, ours text);
SELECT format($$INSERT INTO result SELECT function, input1, input2, split_part(expected, '|', 1), %s::text
                FROM reference_case WHERE function = %L$$, call, function)
FROM covered WHERE to_regprocedure(signature) IS NOT NULL
\gexec

-- Numbers agree to the digits given.
CREATE TEMP VIEW judged AS
SELECT r.*, d.reason,
       CASE WHEN d.function IS NOT NULL THEN r.ours IS NOT DISTINCT FROM d.ours
            WHEN r.expected ~ '^[0-9.]+$' THEN round(r.ours::numeric, scale(r.expected::numeric)) = r.expected::numeric
            ELSE r.ours = r.expected END IS TRUE AS good
FROM result r LEFT JOIN difference d USING (function, input1, input2);

SELECT CASE WHEN bool_and(good) THEN 'ok - ' ELSE 'not ok - ' END || 'reference cases of ' || function || ': ' ||
       count(*) FILTER (WHERE good AND reason IS NULL) || ' of ' || count(*) || ' agree' ||
       coalesce(', ' || nullif(count(*) FILTER (WHERE good AND reason IS NOT NULL), 0) || ' differ on purpose', '')
FROM judged GROUP BY function ORDER BY function;
SELECT format('  %s(%L, %L) is %L, there %L: %s', function, input1, input2, ours, expected, coalesce(reason, 'not on purpose'))
FROM judged WHERE reason IS NOT NULL OR NOT good ORDER BY function, input1, input2;
