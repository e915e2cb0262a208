-- Comparing strings: distances, similarities, phonetic codes

-- Levenshtein. kitten/sitting and Saturday/Sunday: R. Wagner, M. Fischer, "The string-to-string
-- correction problem" (1974), in the textbooks' form; a Han character is one symbol, not three bytes.
SELECT a, b, cdw.levenshtein(a, b)
FROM (VALUES ('kitten', 'sitting'), ('Saturday', 'Sunday'), ('', ''), ('abc', ''), ('', 'abc'),
             ('abc', 'abc'), ('abc', 'ABC'), ('flaw', 'lawn'), ('王小明', '王小名'), ('王小明', '李大明'),
             ('naïve', 'naive'), ('é', 'è'), ('aé', 'a'), ('日', '曰'), ('😀😁', '😁'), ('שלום', 'שלם')) AS v(a, b);

-- A character that differs in its last byte only, or in its first
SELECT cdw.levenshtein('é', 'ê') AS last_byte, cdw.levenshtein('é', 'ĩ') AS first_byte,
       cdw.levenshtein('xéy', 'xêy') AS within;

-- Optimal string alignment: an exchange counts 1, and nothing is edited twice, so that ca/abc is 3
-- (L. Boytsov, "Indexing methods for approximate dictionary searching", J. Exp. Algorithmics 16, 2011).
SELECT a, b, cdw.damerau_levenshtein(a, b)
FROM (VALUES ('ca', 'abc'), ('ab', 'ba'), ('abcd', 'badc'), ('fuor', 'four'), ('teh', 'the'),
             ('', ''), ('abc', ''), ('王小明', '小王明'), ('ábc', 'bác'), ('abc', 'cba')) AS v(a, b);

-- The textbook recurrence, as the reference for the bit-parallel kernels
CREATE FUNCTION pg_temp.reference_distance(a text, b text, transpositions bool) RETURNS int
LANGUAGE plpgsql AS $$
DECLARE
    x text[] := string_to_array(a, NULL);
    y text[] := string_to_array(b, NULL);
    d int[] := array_fill(0, ARRAY[length(a) + 1, length(b) + 1]);
    best int;
BEGIN
    FOR i IN 0 .. length(a) LOOP
        FOR j IN 0 .. length(b) LOOP
            IF i = 0 OR j = 0 THEN
                best := i + j;
            ELSE
                best := least(d[i][j + 1] + 1, d[i + 1][j] + 1, d[i][j] + (x[i] <> y[j])::int);
                IF transpositions AND i > 1 AND j > 1 AND x[i] = y[j - 1] AND x[i - 1] = y[j] THEN
                    best := least(best, d[i - 1][j - 1] + 1);
                END IF;
            END IF;
            d[i + 1][j + 1] := best;
        END LOOP;
    END LOOP;
    RETURN d[length(a) + 1][length(b) + 1];
END
$$;

-- Lengths around the machine word, in ASCII and beyond, from small alphabets by md5
CREATE TEMP TABLE pair AS
SELECT n, wide,
       left(CASE WHEN wide THEN translate(a, '0123', '王é😀') ELSE a END, n % 70 + 1) AS a,
       CASE WHEN wide THEN translate(b, '0123', '王é😀') ELSE b END AS b
FROM (SELECT n,
             translate(md5('a' || n) || md5('b' || n) || md5('c' || n), '456789abcdef', '012301230123') AS a,
             left(translate(md5('d' || n) || md5('b' || n) || md5('e' || n), '456789abcdef', '012301230123'),
                  20 + n) AS b
      FROM generate_series(0, 75) n) s,
     (VALUES (false), (true)) v(wide);
SELECT count(*) AS pairs, max(length(a)) AS longest_a, max(length(b)) AS longest_b,
       count(*) FILTER (WHERE cdw.levenshtein(a, b) <> pg_temp.reference_distance(a, b, false)) AS levenshtein,
       count(*) FILTER (WHERE cdw.damerau_levenshtein(a, b) <> pg_temp.reference_distance(a, b, true)) AS damerau
FROM pair;

-- An exchange across the border of two words of 64 rows
SELECT n, cdw.damerau_levenshtein('x' || s || 'ab' || s || 'y', 'z' || s || 'ba' || s || 'w') AS exchanged,
       cdw.levenshtein('x' || s || 'ab' || s || 'y', 'z' || s || 'ba' || s || 'w') AS substituted
FROM (SELECT n, repeat('c', n) AS s FROM generate_series(61, 64) n) v;

-- Jaro and Jaro-Winkler. MARTHA, DIXON, DWAYNE, JELLYFISH: W. Winkler, "String comparator metrics and
-- enhanced decision rules" (1990), and its usual test table
SELECT a, b, round(cdw.jaro(a, b)::numeric, 6) AS jaro, round(cdw.jaro_winkler(a, b)::numeric, 6) AS jaro_winkler
FROM (VALUES ('MARTHA', 'MARHTA'), ('DIXON', 'DICKSONX'), ('DWAYNE', 'DUANE'), ('JELLYFISH', 'SMELLYFISH'),
             ('JONES', 'JOHNSON'), ('ABCVWXYZ', 'CABVWXYZ'), ('MASSEY', 'MASSIE'), ('SEAN', 'SUSAN'),
             ('JON', 'JAN'), ('', ''), ('a', ''), ('', 'a'), ('a', 'a'), ('a', 'b'), ('ab', 'ba'),
             ('王小明', '王小名'), ('王小明', '王明'), ('éa', 'aé')) AS v(a, b);

-- The prefix counts only above 0.7: 'abcdxxxx'/'abcdyyyy' share 4 of 8 and stay at 2/3.
SELECT round(cdw.jaro('abcdxxxx', 'abcdyyyy')::numeric, 6) AS jaro,
       round(cdw.jaro_winkler('abcdxxxx', 'abcdyyyy')::numeric, 6) AS unboosted,
       round(cdw.jaro_winkler('abcdex', 'abcdey')::numeric, 6) AS four_of_five;

-- Beyond 64 characters another algorithm takes over: both sides of the border agree with the definition
CREATE FUNCTION pg_temp.reference_jaro(a text, b text) RETURNS float8
LANGUAGE plpgsql AS $$
DECLARE
    reach int := greatest(greatest(length(a), length(b)) / 2 - 1, 0);
    free bool[] := array_fill(true, ARRAY[length(b)]);
    agree_a text := '';
    agree_b text := '';
    m float8;
BEGIN
    FOR i IN 1 .. length(a) LOOP
        FOR j IN greatest(i - reach, 1) .. least(i + reach, length(b)) LOOP
            IF free[j] AND substr(a, i, 1) = substr(b, j, 1) THEN
                free[j] := false;
                agree_a := agree_a || substr(a, i, 1);
                EXIT;
            END IF;
        END LOOP;
    END LOOP;
    FOR j IN 1 .. length(b) LOOP
        IF NOT free[j] THEN
            agree_b := agree_b || substr(b, j, 1);
        END IF;
    END LOOP;
    m := length(agree_a);
    IF m = 0 THEN
        RETURN 0;
    END IF;
    RETURN (m / length(a) + m / length(b) + (m - (SELECT count(*) FROM generate_series(1, m::int) k
            WHERE substr(agree_a, k, 1) <> substr(agree_b, k, 1)) / 2) / m) / 3;
END
$$;
SELECT count(*) FILTER (WHERE cdw.jaro(a, b) <> pg_temp.reference_jaro(a, b)) AS jaro,
       count(*) FILTER (WHERE greatest(length(a), length(b)) > 64) > 30 AS beyond_64
FROM pair;

-- Soundex. National Archives of the United States, "The Soundex Indexing System": Washington, Lee,
-- Gutierrez, Pfister, Jackson, Tymczak, VanDeusen, Ashcraft; D. Knuth, TAOCP 3, 6.4: Robert, Rupert.
SELECT string_agg(v || ' ' || coalesce(cdw.soundex(v), 'NULL'), ', ')
FROM unnest(ARRAY['Washington', 'Lee', 'Gutierrez', 'Pfister', 'Jackson', 'Tymczak', 'VanDeusen', 'Ashcraft',
                  'Ashcroft', 'Robert', 'Rupert']) v;
-- Case, punctuation and diacritics do not matter; without a Latin letter there is no code.
SELECT string_agg(v || ' ' || coalesce(cdw.soundex(v), 'NULL'), ', ')
FROM unnest(ARRAY['ashcroft', 'O''Hara', 'Émile', 'Çáŕẗéř', 'A', '', '123', '王小明', '王Lee']) v;

-- Types, and NULL in, NULL out
SELECT pg_typeof(cdw.levenshtein('a', 'b')) AS levenshtein, pg_typeof(cdw.damerau_levenshtein('a', 'b')) AS damerau,
       pg_typeof(cdw.jaro('a', 'b')) AS jaro, pg_typeof(cdw.jaro_winkler('a', 'b')) AS jaro_winkler,
       pg_typeof(cdw.soundex('a')) AS soundex;
SELECT cdw.levenshtein(NULL, 'a') IS NULL AND cdw.levenshtein('a', NULL) IS NULL AS levenshtein,
       cdw.damerau_levenshtein(NULL, 'a') IS NULL AND cdw.damerau_levenshtein('a', NULL) IS NULL AS damerau,
       cdw.jaro(NULL, 'a') IS NULL AND cdw.jaro('a', NULL) IS NULL AS jaro,
       cdw.jaro_winkler(NULL, 'a') IS NULL AND cdw.jaro_winkler('a', NULL) IS NULL AS jaro_winkler,
       cdw.soundex(NULL) IS NULL AS soundex;
SELECT cdw.levenshtein(b => 'kitten', a => 'sitting') AS named_arguments;

-- Long strings: quick up to the limit, refused where the work has no bound, cancelled on request
SELECT cdw.levenshtein(repeat('a', 100000), repeat('a', 50000) || 'b' || repeat('a', 49999)) AS one_edit,
       cdw.levenshtein(repeat('ab', 5000), repeat('ba', 5000)) AS shifted,
       cdw.damerau_levenshtein(repeat('ab', 5000), repeat('ba', 5000)) AS shifted_osa,
       cdw.jaro(repeat('ab', 500000), repeat('ba', 500000)) AS swapped,
       cdw.levenshtein(repeat('é', 200000), '') AS characters;
SELECT cdw.levenshtein(repeat('a', 200000), repeat('b', 100000));
SELECT cdw.damerau_levenshtein(repeat('é', 200000), repeat('b', 100000));
SELECT cdw.jaro(repeat('a', 10000001), 'a');
SELECT cdw.jaro_winkler('a', repeat('a', 10000001));
\set VERBOSITY sqlstate
SELECT cdw.levenshtein(repeat('a', 200000), repeat('b', 100000));
SELECT cdw.jaro(repeat('a', 10000001), 'a');
SET statement_timeout = '20ms';
SELECT cdw.levenshtein(repeat('ab王', 33333), repeat('x王y', 33333));
RESET statement_timeout;

-- Similarities of the distances: 1 - distance / length of the longer string; two empty strings give 1
SELECT cdw.levenshtein_similarity('kitten', 'sitting') = 1 - 3 / 7.0::float8 AS kitten,
       cdw.levenshtein_similarity('王小明', '王明') = 1 - 1 / 3.0::float8 AS characters,
       cdw.levenshtein_similarity('', '') AS empty, cdw.levenshtein_similarity('', 'ab') AS one_empty,
       cdw.levenshtein_similarity('same', 'same') AS same, cdw.levenshtein_similarity('ab', 'cd') AS different,
       cdw.damerau_levenshtein_similarity('martha', 'marhta') = 1 - 1 / 6.0::float8 AS martha,
       cdw.damerau_levenshtein_similarity('ca', 'abc') AS ca, cdw.damerau_levenshtein_similarity('', '') AS osa_empty;

-- Within a distance: the same as comparing levenshtein, on every pair of the table and every bound
SELECT count(*) > 0 AS compared,
       count(*) FILTER (WHERE cdw.within_distance(a, b, bound) <> (cdw.levenshtein(a, b) <= bound)) AS wrong
FROM pair, unnest(ARRAY[-2147483648, -1, 0, 1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144, 2147483647]) AS bound;
-- Strings that are too long to measure are no obstacle where the bound is small.
SELECT cdw.within_distance(repeat('ab', 500000), 'x' || repeat('ab', 500000) || 'y', 2) AS two,
       cdw.within_distance(repeat('ab', 500000), 'x' || repeat('ab', 500000) || 'y', 1) AS one,
       cdw.within_distance(repeat('ab王', 500000), repeat('王ab', 500000), 2) AS shifted,
       cdw.within_distance(repeat('a', 1000000), repeat('b', 1000000), 1000) AS different,
       cdw.levenshtein(repeat('a', 100000000), repeat('a', 100000000)) AS equal;
\set VERBOSITY default
SELECT cdw.within_distance(repeat('a', 1000000), repeat('b', 1000000), 100000);
SELECT cdw.within_distance(NULL, 'a', 1) IS NULL AND cdw.within_distance('a', NULL, 1) IS NULL
       AND cdw.within_distance('a', 'a', NULL) IS NULL AS within_distance,
       cdw.levenshtein_similarity(NULL, 'a') IS NULL AND cdw.levenshtein_similarity('a', NULL) IS NULL AS levenshtein,
       cdw.damerau_levenshtein_similarity(NULL, 'a') IS NULL
       AND cdw.damerau_levenshtein_similarity('a', NULL) IS NULL AS damerau;
