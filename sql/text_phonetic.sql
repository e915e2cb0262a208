-- How a name sounds: NYSIIS and Double Metaphone

-- NYSIIS. R. Taft, "Name Search Techniques" (1970). Codes from the test data of jellyfish (MIT).
SELECT string_agg(v || ' ' || cdw.nysiis(v), ', ')
FROM unnest(ARRAY['Worthy', 'Ogata', 'montgomery', 'Costales', 'Tu', 'martincevic', 'Catherine', 'Katherine', 'Katerina',
                  'Johnathan', 'Jonathan', 'John', 'Teresa', 'Theresa', 'Jessica', 'Joshua', 'Bosch', 'Lapher', 'wiyh',
                  'MacArthur', 'Pheenard', 'Schmittie', 'Knaqze', 'Knokno', 'Knoko', 'Macaw', 'PFEISTER', 'SARAH']) v;
SELECT string_agg(v || ' ' || cdw.nysiis(v), ', ') AS one_letter
FROM unnest(ARRAY['T', 'S', 'P', 'K', 'M', 'E']) v;
-- Names that the code was made to bring together: the groups of the tests of Apache Commons Codec
SELECT cdw.nysiis(v) COLLATE "C" AS code, string_agg(v, ', ' ORDER BY v COLLATE "C") AS names
FROM unnest(ARRAY['Brian', 'Brown', 'Brun', 'Capp', 'Cope', 'Copp', 'Kipp', 'Dent', 'Dane', 'Dean', 'Dionne', 'Phil',
                  'Schmidt', 'Smith', 'Schmit', 'Trueman', 'Truman']) v
GROUP BY 1 ORDER BY 1;
-- Rules by hand. First letters MAC, KN, K, PH, PF, SCH; last letters EE, IE, DT, RT, RD, NT, ND
SELECT string_agg(v || ' ' || cdw.nysiis(v), ', ') AS first_letters
FROM unnest(ARRAY['Mack', 'Knight', 'Kane', 'Phelps', 'Pfaff', 'Schulz']) v;
SELECT string_agg(v || ' ' || cdw.nysiis(v), ', ') AS last_letters
FROM unnest(ARRAY['Lee', 'Marie', 'Brandt', 'Stewart', 'Gerard', 'Grant', 'Bond']) v;
-- EV; Q, Z, M; KN, K; SCH, PH; H beside a consonant; W behind a vowel, and behind a coded one; a final S, AY, A
SELECT string_agg(v || ' ' || cdw.nysiis(v), ', ') AS within
FROM unnest(ARRAY['Steven', 'Reeves', 'Quiqley', 'Azzam', 'Bekner', 'Baker', 'Fischer', 'Fisher', 'Murphy', 'Ahmed',
                  'Cohen', 'Azhar', 'Howard', 'Dawson', 'Owens', 'Ross', 'Lopez', 'Day', 'Maya']) v;
-- The code is not cut off
SELECT cdw.nysiis('Wolfeschlegelsteinhausenbergerdorff'), length(cdw.nysiis(repeat('ba', 10000))) AS long_name;
-- Case, diacritics, punctuation and blanks do not matter; without a Latin letter there is no code
SELECT v, cdw.nysiis(v)
FROM unnest(ARRAY['o''brien', 'OBRIEN', 'O’Brien', 'Ó Briain', 'Müller', 'Muller', 'Jean-Luc', 'Jean Luc', 'ç', 'Groß',
                  'J.R. 2nd', '王Lee', '', '123', '王小明', 'Иван']) v;

-- Double Metaphone. L. Philips, C/C++ Users Journal (June 2000): Smith and Schmidt share XMT.
SELECT string_agg(v || ' ' || cdw.double_metaphone(v)::text, ', ')
FROM unnest(ARRAY['Smith', 'Schmidt', 'Snider', 'Schneider', 'Catherine', 'Katherine', 'Thomas', 'Thames', 'Xavier',
                  'Knight', 'Wright', 'Wasserman', 'Arnow', 'Arnoff']) v;
-- Each letter in the surroundings that its rules name, the codes by the published rules
SELECT letter, string_agg(v || ' ' || cdw.double_metaphone(v, 10)::text, ', ' ORDER BY n)
FROM (VALUES ('B', ARRAY['Bobby']),
             ('C', ARRAY['Bacher', 'Lachmann', 'Mache', 'Caesar', 'Chianti', 'Michael', 'Chaeron', 'Character', 'Charisma',
                         'Chorus', 'Chore', 'Chymist', 'Chemist', 'Von Reich', 'Orchestra', 'Architect', 'Orchid',
                         'Wachtler', 'Wechsler', 'Tichner', 'Bach', 'Christ', 'McHugh', 'McNichol', 'Charles', 'Richard',
                         'Wicza', 'Czerny', 'Focaccia', 'McCellan', 'McClellan', 'Bacchus', 'Accident', 'Success',
                         'Bellocchio', 'Bertucci', 'Rocco', 'Mack', 'Gracia', 'Cecil', 'Mac Caffrey', 'Mac Gregor']),
             ('D', ARRAY['Edge', 'Edgar', 'Schmidt', 'Eddy']),
             ('G', ARRAY['Burgh', 'Ghislane', 'Ghana', 'Hugh', 'Bough', 'Broughton', 'Laugh', 'McLaughlin', 'Knight', 'Vaugh',
                         'Gnesel', 'Agnes', 'Cagney', 'Wagner', 'Wignek', 'Tagliaro', 'Gyger', 'Gerald', 'Gilbert', 'Danger',
                         'Hager', 'Vergy', 'Von Gerk', 'Biaggi', 'Target', 'Rogier', 'Gino', 'Hogg', 'Gag']),
             ('H', ARRAY['Hahn', 'Ohio', 'Rhys']),
             ('J', ARRAY['San Jacinto', 'Jose', 'Joseph', 'Jankelowicz', 'Bajador', 'Raj', 'Hajjar', 'Benji', 'Sjolund']),
             ('L', ARRAY['Cabrillo', 'Salle', 'Gallegos', 'Bella', 'Mallea', 'Hill']),
             ('M', ARRAY['Plumb', 'Plumber', 'Plumbing', 'Emma']),
             ('P', ARRAY['Pneuma', 'Psalter', 'Philip', 'Campbell', 'Pippin']),
             ('Q', ARRAY['Quinn', 'Haqq']),
             ('R', ARRAY['Rogier', 'Hochmeier', 'Larry']),
             ('S', ARRAY['Carlysle', 'Sugar', 'Sheimer', 'Oshoek', 'Bornsholm', 'Shaw', 'Siobhan', 'Kosia', 'Snow', 'Szabo',
                         'Schermer', 'Schenker', 'School', 'Schuyler', 'Schlesinger', 'Schwab', 'Mascia', 'Scott',
                         'Resnais', 'Artois', 'Cassie', 'Gauss']),
             ('T', ARRAY['Station', 'Tiana', 'Hatch', 'Von Roth', 'Roth', 'Matthew', 'Otto']),
             ('V', ARRAY['Havvah']),
             ('W', ARRAY['Wray', 'Whale', 'Lawson', 'Filipowski', 'Filipowicz', 'Schwow', 'Witz']),
             ('X', ARRAY['Breaux', 'Maxx', 'Max']),
             ('Z', ARRAY['Zhao', 'Mazza', 'Zukow', 'Krzak', 'Katzko', 'Lizzy'])) t(letter, names),
     unnest(names) WITH ORDINALITY u(v, n)
GROUP BY letter ORDER BY letter;
-- The length of the codes
SELECT n, cdw.double_metaphone('Wolfeschlegelsteinhausenbergerdorff', n) FROM unnest(ARRAY[1, 4, 12, 64]) n;
SELECT cdw.double_metaphone(max_length => 2, value => 'Schlesinger') AS named_arguments;
-- Case, diacritics, dots and apostrophes do not matter, except that Ç sounds like S; hyphens part words
SELECT v, cdw.double_metaphone(v, 12)
FROM unnest(ARRAY['o''brien', 'OBRIEN', 'O’Brien', 'Müller', 'Muller', 'Muñoz', 'François', U&'Franc\0327ois', 'Francois',
                  'Jean-Luc', 'Jean Luc', 'J.R.', '王Lee', 'H', '', '123', '王小明', 'Иван']) v;
-- A join on any code in common
SELECT a, b
FROM unnest(ARRAY['Smith', 'Catherine', 'Meyer']) a, unnest(ARRAY['Schmidt', 'Kathryn', 'Maier', 'Jones']) b
WHERE cdw.double_metaphone(a) && cdw.double_metaphone(b);

-- Types, NULL, errors
SELECT pg_typeof(cdw.nysiis('a')) AS nysiis, pg_typeof(cdw.double_metaphone('a')) AS double_metaphone,
       cdw.nysiis(NULL) IS NULL AND cdw.double_metaphone(NULL) IS NULL
       AND cdw.double_metaphone('a', NULL) IS NULL AS null_in_null_out;
SELECT cdw.double_metaphone('a', 0);
SELECT cdw.double_metaphone('a', 65);
\set VERBOSITY sqlstate
SELECT cdw.double_metaphone('a', -1);
