-- Comparing names of persons
\pset null NULL
SET extra_float_digits = 0;

-- Order of words, scripts, initials, nicknames, spellings
SELECT a, b, round(cdw.name_similarity(a, b)::numeric, 3) AS similarity
FROM (VALUES ('Li Xiaolong', 'Xiaolong Li'), ('Li Xiaolong', '李小龙'), ('Xiaolong Li', '李小龙'), ('X. Li', '李小龙'),
             ('X. Li', 'Li Xiaolong'), ('Li Xiao-Long', '李小龙'), ('Bob Smith', 'Robert Smith'), ('Rob Smith', 'Bob Smith'),
             ('Dr. J. Müller', 'Juergen Mueller'), ('Jürgen Müller', 'Juergen Mueller'), ('Smith, John', 'John Smith'),
             ('J. R. Smith', 'John Ronald Smith'), ('JR Smith', 'John Ronald Smith'), ('Smith, J.R.', 'John Ronald Smith'),
             ('John Paul Smith', 'John Smith'), ('John P. Smith', 'John Smith'), ('Maria de la Cruz', 'Maria Delacruz'),
             ('Ludwig van Beethoven', 'Ludwig Beethoven'), ('Ali Ali Hassan', 'Ali Hassan'),
             ('김민수', 'Kim Min-soo'), ('이영희', 'Lee Young-hee'), ('やまだ たろう', 'Yamada Tarō'),
             ('Юрий Гагарин', 'Yuri Gagarin'), ('Νίκος Καζαντζάκης', 'Nikos Kazantzakis'), ('محمد علي', 'Muhammad Ali'),
             ('王 小明', '王小明'), ('張學友', '张学友'), ('欧阳修', 'Ouyang Xiu'), ('濮阳明', 'Puyang Ming'),
             ('赫連勃', 'Helian Bo'), ('남궁민', 'Namgung Min')) AS v(a, b);

-- Names of different people
SELECT a, b, round(cdw.name_similarity(a, b)::numeric, 3) AS similarity
FROM (VALUES ('John Smith', 'Mary Smith'), ('John Smith', 'Mary Jones'), ('J. Smith', 'Robert Smith'),
             ('John A. Smith', 'John B. Smith'), ('Mario Lopez', 'Maria Lopez'), ('Daniel Roy', 'Danielle Roy'),
             ('Ivan Petrovich Ivanov', 'Petr Ivanovich Ivanov'), ('John Paul Jones', 'John Peter Jones'),
             ('王小明', '王大明'), ('王伟', '王薇'), ('Li Xiaolong', 'Li Xiaodong'), ('Edward Lee', 'Theodore Lee'),
             ('김민수', '김민지'), ('Smith', 'John Smith')) AS v(a, b);

-- Another name is further away than a misspelling.
SELECT a AS misspelling, cdw.name_similarity('John Smith', a) > cdw.name_similarity('John Smith', 'Joan Smith') AS closer_than_joan,
       cdw.name_similarity('John Smith', a, '{}') >= cdw.name_similarity('John Smith', 'Joan Smith', '{}') AS without_table
FROM unnest(ARRAY['Jhon Smith', 'Jon Smith', 'Johm Smith', 'John Smyth', 'John Smtih', 'John Smithe', 'John Smit', 'Jojn Smith']) AS a;

-- Ends of the scale: equal standard forms, empty names, what is no word at all
SELECT a, b, cdw.name_similarity(a, b)
FROM (VALUES ('John Smith', 'John Smith'), ('Mr. JOHN  Smith', 'john smith jr.'), ('', ''), ('', 'John'), ('...', ''),
             ('Müller', 'MULLER'), ('😀', '😀'), ('😀', '😁'), ('Dr.', 'Dr'), (NULL, 'John'), ('John', NULL)) AS v(a, b);

-- Symmetric and between 0 and 1, for all pairs of these
SELECT count(*) AS pairs, count(*) FILTER (WHERE s <> cdw.name_similarity(b, a)) AS asymmetric,
       count(*) FILTER (WHERE NOT s BETWEEN 0 AND 1) AS outside, count(*) FILTER (WHERE a = b AND s <> 1) AS unequal_to_itself
FROM (SELECT a, b, cdw.name_similarity(a, b) AS s
      FROM unnest(ARRAY['John Smith', 'Smith John', 'J. Smith', 'JR Smith', 'Jon Jonn John', 'Jonn John Jno', 'Ann Ann Anne', 'A. B. C.',
                        '李小龙', '龙 小李', '김민수', 'محمد', 'de la Cruz', 'van', 'X', '', 'Mary-Ann O''Neil', 'Maryann ONeil',
                        'a b c d e f g h i j k l m n o p q', 'ab bc cd de ef fg gh hi ij jk kl lm mn no op pq qr rs']) a,
           unnest(ARRAY['John Smith', 'Smith John', 'J. Smith', 'JR Smith', 'Jon Jonn John', 'Jonn John Jno', 'Ann Ann Anne', 'A. B. C.',
                        '李小龙', '龙 小李', '김민수', 'محمد', 'de la Cruz', 'van', 'X', '', 'Mary-Ann O''Neil', 'Maryann ONeil',
                        'a b c d e f g h i j k l m n o p q', 'ab bc cd de ef fg gh hi ij jk kl lm mn no op pq qr rs']) b) s;
-- Nothing but blanks differs, and only one name begins with hangul
SELECT cdw.name_similarity('김민준 X Brett', '김민준X Brett'), cdw.name_similarity('김민준X Brett', '김민준 X Brett');

-- Names near one another that are two: in the table, or by the long vowels that Arabic writes. Spellings of one: dj and đ, a Spanish
-- abbreviation, ee and ey.
SELECT a, b, round(cdw.name_similarity(a, b)::numeric, 3) AS similarity
FROM (VALUES ('Rajesh Sharma', 'Ramesh Sharma'), ('Amit Shah', 'Ajit Shah'), ('David Martin', 'David Marvin'), ('Jan de Vries', 'Jaap de Vries'),
             ('محمد علي', 'محمود علي'), ('أحمد حسن', 'أحمد حسين'), ('مُحَمَّد علي', 'محمد علي'), ('Pooja Singh', 'Puja Singh'),
             ('Novak Djokovic', 'Новак Ђоковић'), ('Mª José López', 'María José López'), ('Ivan Sergeev', 'Ivan Sergeyev'),
             ('Lv Bu', 'Lü Bu'), ('Chris Jones', 'Christina Jones')) AS t(a, b);

-- Many words: assigned one after the other beyond 8 that differ
SELECT round(cdw.name_similarity(string_agg('word' || n, ' '), string_agg('wort' || n, ' ' ORDER BY n DESC))::numeric, 2) AS similarity
FROM generate_series(1, 100) n;

-- What is short for what is looked up by word, however long the table.
SELECT count(*) FILTER (WHERE cdw.name_similarity('Xq' || n || 'a Lee', 'Zw' || n || 'b Lee', t) > 0.9) AS related
FROM (SELECT jsonb_object_agg('xq' || n || 'a', jsonb_build_array('zw' || n || 'b')) AS t FROM generate_series(1, 2000) n) t,
     generate_series(1, 2001, 100) n;

-- The user's own nicknames replace the built-in ones; in any script, order and case.
SELECT round(cdw.name_similarity('Bob Smith', 'Robert Smith', '{}')::numeric, 3) AS none,
       round(cdw.name_similarity('Bob Smith', 'Robert Smith', '{"Robert": ["Rob"]}')::numeric, 3) AS other,
       round(cdw.name_similarity('Bob Smith', 'Robert Smith', '{"ROBERT": ["Röb", "Bób"]}')::numeric, 3) AS own,
       round(cdw.name_similarity('Саша Петров', 'Aleksandr Petrov', '{"Александр": ["Саша"]}')::numeric, 3) AS cyrillic,
       round(cdw.name_similarity('Zaza Smith', 'Robert Smith', cdw.nicknames() || '{"robert": ["zaza"]}')::numeric, 3) AS extended;
-- Without transitive closure: Ted is Edward and Theodore, which are two names.
SELECT t.name, round(cdw.name_similarity('Edward Lee', t.name || ' Lee', '{"edward": ["ted"], "theodore": ["ted"]}')::numeric, 3)
FROM (VALUES ('Ted'), ('Theodore')) AS t(name);
-- A table that changes from row to row
SELECT n, round(cdw.name_similarity('Bob Smith', 'Robert Smith', n)::numeric, 3)
FROM (VALUES ('{}'::jsonb), ('{"robert": ["bob"]}'), (NULL), ('{"robert": ["rob"]}'), ('{"robert": ["bob"]}')) AS v(n);
-- A variable that changes under one expression of PL/pgSQL
DO $$
DECLARE n jsonb;
BEGIN
    FOREACH n IN ARRAY ARRAY['{}', '{"robert": ["bob"]}', NULL, '{"robert": ["rob"]}']::jsonb[] LOOP
        RAISE NOTICE '% %', n, round(cdw.name_similarity('Bob Smith', 'Robert Smith', n)::numeric, 3);
    END LOOP;
END $$;

-- The built-in table is one that can be given, with the same result; every word of it is in the form that names are compared in.
SELECT jsonb_typeof(cdw.nicknames()) AS type, cdw.nicknames() -> 'robert' ? 'bob' AS bob,
       bool_and(cdw.name_similarity(formal || ' Xu', short #>> '{}' || ' Xu') >= 0.9) AS all_related,
       bool_and(cdw.name_similarity(formal || ' Xu', short #>> '{}' || ' Xu')
                = cdw.name_similarity(formal || ' Xu', short #>> '{}' || ' Xu', cdw.nicknames())) AS same_given,
       bool_and(short #>> '{}' ~ '^[a-z]+$' AND formal ~ '^[a-z]+$') AS plain
FROM jsonb_each(cdw.nicknames()) AS t(formal, shorts), jsonb_array_elements(shorts) AS short;

-- Faulty tables
SELECT cdw.name_similarity('a', 'b', '[]');
SELECT cdw.name_similarity('a', 'b', '"robert"');
SELECT cdw.name_similarity('a', 'b', '{"robert": "bob"}');
SELECT cdw.name_similarity('a', 'b', '{"robert": {"bob": 1}}');
SELECT cdw.name_similarity('a', 'b', '{"robert": ["bob", 7]}');
SELECT cdw.name_similarity('a', 'b', '{"robert": ["bob", ["rob"]]}');
SELECT cdw.name_similarity('a', 'b', '{"robert": ["..."]}');
SELECT cdw.name_similarity('a', 'b', '{"": ["bob"]}');
-- Too much
SELECT cdw.name_similarity('a', 'b', (SELECT jsonb_build_object('a', jsonb_agg('b' || n)) FROM generate_series(1, 20000) n));
SELECT cdw.name_similarity(repeat('a', 4097), 'b');
\set VERBOSITY sqlstate
SELECT cdw.name_similarity('a', 'b', '[]');
SELECT cdw.name_similarity('b', repeat('a', 4097));
