-- Comparing strings as sets: q-grams and tokens

-- Bigrams. night/nacht share ht of 4 and 4; abab has ab, ba; by hand. Han characters are one symbol each.
SELECT a, b, round(cdw.jaccard(a, b)::numeric, 6) AS jaccard, round(cdw.dice(a, b)::numeric, 6) AS dice,
       round(cdw.cosine(a, b)::numeric, 6) AS cosine
FROM (VALUES ('night', 'nacht'), ('abcd', 'abce'), ('abab', 'ab'), ('abab', 'baba'), ('abc', 'ABC'), ('abc', 'xyz'),
             ('', ''), ('', 'a'), ('a', 'a'), ('a', 'b'), ('a', 'ab'), ('aa', 'aaaa'), ('王小明', '王小名'),
             ('王', '王小'), ('naïve', 'naive'), ('😀😁😂', '😁😂'), ('né', 'né')) AS v(a, b);

-- Grams of other lengths; a string shorter than q is its own gram
SELECT q, round(cdw.jaccard('night', 'nacht', q)::numeric, 6) AS ascii, round(cdw.jaccard('北京市海淀区', '北京市朝阳区', q)::numeric, 6) AS han,
       cdw.jaccard('abc', 'abc', q) AS equal, cdw.jaccard('abc', 'abcd', q) AS longer
FROM unnest(ARRAY[1, 2, 3, 4, 5, 2147483647]) q;
SELECT cdw.dice(q => 1, b => 'nacht', a => 'night') AS named_arguments;

-- The definition, as the reference for strings of every length and width
CREATE FUNCTION pg_temp.grams(s text, q int) RETURNS SETOF text LANGUAGE sql AS $$
    SELECT DISTINCT substr(s, i, q) FROM generate_series(1, greatest(length(s) - q + 1, 1)) i
$$;
CREATE FUNCTION pg_temp.reference(a text, b text, q int, OUT jaccard float8, OUT dice float8, OUT cosine float8)
LANGUAGE sql AS $$
    SELECT common / (na + nb - common), 2 * common / (na + nb), common / sqrt(na * nb)
    FROM (SELECT count(x)::float8 AS na, count(y)::float8 AS nb, count(x) FILTER (WHERE y IS NOT NULL)::float8 AS common
          FROM pg_temp.grams(a, q) x FULL JOIN pg_temp.grams(b, q) y ON x COLLATE "C" = y COLLATE "C") s
$$;
CREATE TEMP TABLE pair AS
SELECT n, wide, CASE WHEN wide THEN translate(a, '012', '王é😀') ELSE a END AS a,
       CASE WHEN wide THEN translate(b, '012', '王é😀') ELSE b END AS b
FROM (SELECT n, left(repeat(translate(md5('a' || n) || md5('b' || n), '6789abcdef', '0123401234'), n / 60 + 1), n % 60 * (n / 60 + 1)) AS a,
             left(repeat(translate(md5('a' || n) || md5('c' || n), '6789abcdef', '0123401234'), n / 60 + 1), 61 - n % 60) AS b
      FROM generate_series(0, 299, 3) n) s,
     (VALUES (false), (true)) v(wide);
SELECT q, count(*) AS pairs, max(length(a)) AS longest,
       count(*) FILTER (WHERE cdw.jaccard(a, b, q) <> r.jaccard) AS jaccard,
       count(*) FILTER (WHERE cdw.dice(a, b, q) <> r.dice) AS dice,
       count(*) FILTER (WHERE abs(cdw.cosine(a, b, q) - r.cosine) > 1e-15) AS cosine,
       count(*) FILTER (WHERE cdw.jaccard(a, b, q) <> cdw.jaccard(b, a, q) OR cdw.dice(a, b, q) <> cdw.dice(b, a, q)
                           OR cdw.cosine(a, b, q) <> cdw.cosine(b, a, q)) AS asymmetric
FROM pair, unnest(ARRAY[1, 2, 3, 4, 5, 9, 10, 33]) q, pg_temp.reference(a, b, q) r
GROUP BY q ORDER BY q;

-- Tokens sorted and joined: kitten/sitting differ by 3 of 7. Versions of psql differ in how wide they
-- take a zero-width space to be.
\pset format unaligned
SELECT a, b, round(cdw.token_sort_similarity(a, b)::numeric, 6) AS token_sort, round(cdw.token_set_similarity(a, b)::numeric, 6) AS token_set
FROM (VALUES ('John Smith', 'Smith John'), ('new york mets', 'mets york new'), ('kitten', 'sitting'),
             ('fuzzy fuzzy was a bear', 'fuzzy was a bear'), ('john smith', 'john henry smith'), ('john smith', 'john brown'),
             ('a b', 'c d'), ('a', 'a b c d e f'), ('ab cd', 'abcd'), ('', ''), ('', ' '), ('', 'a'), (' ', 'a'), (' a  b ', 'b a'),
             ('王 小明', '小明 王'), ('王　小明', '小明 王'), (U&'b\00A0a', 'a b'), (U&'b\2003a\2028c', E'a\tb\nc'),
             (U&'a\200Bb', 'a b'), ('é è', 'è é'), ('Smith', 'SMITH')) AS v(a, b);
\pset format aligned
-- Nothing in common does not make a match; the common part against one whole: 'ann mary' is 8 of 14 characters
SELECT cdw.token_set_similarity('abc', 'xyz') AS nothing,
       round(cdw.token_set_similarity('ann mary jones', 'mary ann q wwwwwwwwwwwww')::numeric, 6) AS common_to_whole;

-- More tokens and longer strings than fit the stack; repetitions count once in a set
SELECT cdw.token_sort_similarity(s, t) AS token_sort, cdw.token_set_similarity(s || ' ' || t, t) AS token_set,
       cdw.token_sort_similarity(s, t || ' 999999') AS one_more
FROM (SELECT string_agg(n::text, ' ' ORDER BY n) AS s, string_agg(n::text, '  ' ORDER BY md5(n::text)) AS t
      FROM generate_series(100001, 100500) n) v;
SELECT cdw.token_sort_similarity(repeat('x', 5000) || ' b', 'b ' || repeat('x', 5000)) AS long_token;
SELECT count(*) FILTER (WHERE cdw.token_sort_similarity(x, y) <> cdw.token_sort_similarity(y, x)
                           OR cdw.token_set_similarity(x, y) <> cdw.token_set_similarity(y, x)) AS asymmetric
FROM (SELECT translate(a, '3', ' ') AS x, translate(b, '3', ' ') AS y FROM pair) v;

-- Types, and NULL in, NULL out
SELECT pg_typeof(cdw.jaccard('a', 'b')) AS jaccard, pg_typeof(cdw.dice('a', 'b')) AS dice, pg_typeof(cdw.cosine('a', 'b')) AS cosine,
       pg_typeof(cdw.token_sort_similarity('a', 'b')) AS token_sort, pg_typeof(cdw.token_set_similarity('a', 'b')) AS token_set;
SELECT cdw.jaccard(NULL, 'a') IS NULL AND cdw.jaccard('a', NULL) IS NULL AND cdw.jaccard('a', 'a', NULL) IS NULL AS jaccard,
       cdw.dice(NULL, 'a') IS NULL AND cdw.dice('a', NULL) IS NULL AND cdw.dice('a', 'a', NULL) IS NULL AS dice,
       cdw.cosine(NULL, 'a') IS NULL AND cdw.cosine('a', NULL) IS NULL AND cdw.cosine('a', 'a', NULL) IS NULL AS cosine,
       cdw.token_sort_similarity(NULL, 'a') IS NULL AND cdw.token_sort_similarity('a', NULL) IS NULL AS token_sort,
       cdw.token_set_similarity(NULL, 'a') IS NULL AND cdw.token_set_similarity('a', NULL) IS NULL AS token_set;

-- Long strings: one letter, grams as long as the strings, and what is refused
SELECT cdw.jaccard(repeat('a', 1000000), repeat('a', 999999), 3) AS one_letter,
       cdw.jaccard(repeat('ab', 100000), repeat('ba', 100000), 199999) AS long_grams,
       cdw.dice(repeat('é', 100000), repeat('é', 99999) || 'x') AS one_new;
SELECT cdw.jaccard('a', 'b', 0);
SELECT cdw.dice('a', 'b', -1);
SELECT cdw.cosine('a', 'b', 0);
SELECT cdw.jaccard(repeat('a', 10000001), 'a');
SELECT cdw.token_sort_similarity('a', repeat('a', 10000001));
SELECT cdw.token_set_similarity(repeat('a ', 5000001), 'a');
SELECT cdw.token_sort_similarity(repeat('a', 200000), repeat('b', 100000));
SELECT cdw.token_set_similarity(repeat('a ', 100000), repeat('b ', 100000)) AS one_token_each;
SELECT cdw.token_set_similarity('b ' || repeat('a', 200000), 'c ' || repeat('c', 100000));
\set VERBOSITY sqlstate
SELECT cdw.jaccard('a', 'b', 0);
SELECT cdw.dice('a', repeat('a', 10000001));
SELECT cdw.token_sort_similarity(repeat('a', 200000), repeat('b', 100000));
SET statement_timeout = '20ms';
SELECT cdw.jaccard(repeat('ab王', 500000), repeat('x王y', 500000), 4);
RESET statement_timeout;
