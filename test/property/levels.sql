-- Bounds that settle pairs at a glance change no level: what explain_match says is what the exact public
-- functions say of the same values.
SET client_min_messages = error;

-- A number from 0 below n that belongs to a pair and a purpose, of this seed.
CREATE FUNCTION pick(pair int, purpose int, n int) RETURNS int LANGUAGE sql IMMUTABLE
RETURN ((hashint8extended(pair, purpose) # hashint8extended(:seed, 7)) & 1073741823) % n;

-- Up to so many letters out of the alphabet; short ones come often.
CREATE FUNCTION word(pair int, purpose int, longest int, alphabet text) RETURNS text LANGUAGE sql IMMUTABLE
RETURN (SELECT string_agg(substr(alphabet, 1 + pick(pair, purpose + 10 * i, length(alphabet)), 1), '' ORDER BY i)
        FROM generate_series(1, 1 + pick(pair, purpose + 5, longest)) i);

-- One letter dropped, replaced or put in, or two neighbours exchanged.
CREATE FUNCTION slip(value text, pair int, purpose int) RETURNS text LANGUAGE sql IMMUTABLE
RETURN (SELECT CASE pick(pair, purpose, 4)
               WHEN 0 THEN CASE WHEN length(value) > 1 THEN overlay(value PLACING '' FROM at FOR 1) ELSE value END
               WHEN 1 THEN overlay(value PLACING other FROM at FOR 1)
               WHEN 2 THEN overlay(value PLACING other FROM at FOR 0)
               ELSE overlay(value PLACING reverse(substr(value, at, 2)) FROM at FOR 2) END
        FROM (SELECT 1 + pick(pair, purpose + 1, length(value)) AS at, substr(value, 1 + pick(pair, purpose + 2, length(value)), 1) AS other) s);

-- The other value of a pair: with none to three slips, or unrelated.
CREATE FUNCTION other(value text, unrelated text, pair int, purpose int) RETURNS text LANGUAGE sql IMMUTABLE
RETURN CASE pick(pair, purpose, 6)
       WHEN 0 THEN value WHEN 1 THEN slip(value, pair, purpose + 100) WHEN 2 THEN slip(slip(value, pair, purpose + 100), pair, purpose + 200)
       WHEN 3 THEN slip(slip(slip(value, pair, purpose + 100), pair, purpose + 200), pair, purpose + 300) ELSE unrelated END;

\set latin '''abcdeilnorstwx'''
\set digits '''0123456789'''
\set han '''王李张伟芳娜静明小平'''
\set names '''{robert,bob,rob,william,bill,elizabeth,liz,margaret,peggy,wang,li,xiaoming,wei,ming,xiao,mingxiao,josé,müller,olga,ольга,fang}'''
CREATE TABLE level_pair AS
SELECT i, v.* FROM generate_series(1, 3000) i, LATERAL (SELECT
    word(i, 1000, 20, :latin || '0123456789') AS code_a, word(i, 2000, 20, :latin || '0123456789') AS code_b,
    word(i, 3000, 8, 'abw0123456789') AS zip_a, word(i, 4000, 8, 'abw0123456789') AS zip_b,
    word(i, 5000, 18, :latin) || '@' || word(i, 6000, 4, 'abc') || '.example.com' AS mail_a, word(i, 7000, 18, 'aeo') || '@' || word(i, 8000, 4, 'abc') || '.example.com' AS mail_b,
    to_char(date '1950-01-01' + pick(i, 9000, 20000), 'YYYYMMDD') AS born_a, to_char(date '1950-01-01' + pick(i, 9000, 20000) + pick(i, 9001, 900) - 450, 'YYYYMMDD') AS born_b,
    CASE pick(i, 10000, 4) WHEN 0 THEN (:names::text[])[1 + pick(i, 10001, 21)] WHEN 1 THEN word(i, 11000, 2, :han) ELSE word(i, 12000, 12, :latin) END AS given_a,
    CASE pick(i, 13000, 4) WHEN 0 THEN (:names::text[])[1 + pick(i, 13001, 21)] WHEN 1 THEN word(i, 14000, 2, :han) ELSE word(i, 15000, 12, :latin) END AS given_b,
    word(i, 16000, 24, 'abcdé') AS own_a, word(i, 17000, 24, 'abcdé') AS own_b) v;
UPDATE level_pair SET code_b = other(code_a, code_b, i, 20000), zip_b = other(zip_a, zip_b, i, 21000), mail_b = other(mail_a, mail_b, i, 22000),
    given_b = other(given_a, given_b, i, 23000), own_b = other(own_a, own_b, i, 24000);
-- Dates with slips, as long as eight digits are left.
UPDATE level_pair SET born_b = slipped FROM (SELECT i AS pair, other(born_a, born_b, i, 25000) AS slipped FROM level_pair) s WHERE pair = i AND length(slipped) = 8;
-- Standard forms, as records keep them; a pair whose value has none is left out.
UPDATE level_pair SET mail_a = COALESCE(cdw.normalize_email(mail_a), mail_a), mail_b = COALESCE(cdw.normalize_email(mail_b), mail_b),
    given_a = cdw.normalize_name(given_a), given_b = cdw.normalize_name(given_b), own_a = cdw.normalize_text(own_a), own_b = cdw.normalize_text(own_b);

CREATE TABLE level_record AS
SELECT 2 * i AS key, code_a AS code, zip_a AS zip, mail_a AS mail, born_a AS born, given_a AS given, own_a AS own FROM level_pair
UNION ALL SELECT 2 * i + 1, code_b, zip_b, mail_b, born_b, given_b, own_b FROM level_pair;
\set own_levels '["levenshtein <= 1", "jaro_winkler >= 0.92", "jaro_winkler > 0.8", "levenshtein < 4", "damerau_levenshtein <= 4", "jaro >= 0.6", "levenshtein_similarity >= 0.3"]'
SELECT FROM cdw.create_resolver('levels', 'level_record', 'key', blocking => '{code}', fields => format(
    '{"code": "identifier", "zip": "postcode", "mail": "email", "born": "date", "given": {"kind": "given_name", "swap_with": null}, "own": {"kind": "text", "levels": %s}}', :'own_levels')::jsonb);
CALL cdw.train('levels');
CREATE TABLE level_said AS
SELECT i, e.field, e.level FROM level_pair, LATERAL cdw.explain_match('levels', (2 * i)::text, (2 * i + 1)::text) e WHERE e.field <> '(prior)';

CREATE TABLE nickname AS
SELECT formal, formal AS word FROM jsonb_object_keys(cdw.nicknames()) formal
UNION SELECT key, short FROM jsonb_each(cdw.nicknames()), jsonb_array_elements_text(value) short;
CREATE FUNCTION begins_alike(a text, b text) RETURNS bool LANGUAGE sql IMMUTABLE RETURN starts_with(a, b) OR starts_with(b, a);
CREATE FUNCTION district_length(code text) RETURNS int LANGUAGE sql IMMUTABLE
RETURN CASE WHEN code ~ '^[a-z].{1,3}[0-9][a-z]{2}$' THEN length(code) - 3 ELSE (length(code) + 1) / 2 END;
CREATE FUNCTION other_script(value text) RETURNS bool LANGUAGE sql IMMUTABLE RETURN value ~ '[^\u0001-\u033F]';
CREATE FUNCTION days_apart(a text, b text) RETURNS int LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    RETURN abs(to_date(a, 'YYYYMMDD') - to_date(b, 'YYYYMMDD'));
EXCEPTION WHEN OTHERS THEN
    RETURN NULL; -- one is no day of the calendar
END $$;

CREATE TABLE level_due AS
SELECT i, 'code' AS field, code_a AS a, code_b AS b, CASE WHEN code_a = code_b THEN 'equal' WHEN d = 1 THEN 'one slip' WHEN d = 2 AND shorter >= 5 THEN 'two slips'
        WHEN shorter >= 4 AND left(code_a, least((longer + 1) / 2, shorter)) = left(code_b, least((longer + 1) / 2, shorter)) THEN 'same first half' ELSE 'different' END AS level
    FROM level_pair, LATERAL (SELECT cdw.damerau_levenshtein(code_a, code_b) AS d, least(length(code_a), length(code_b)) AS shorter, greatest(length(code_a), length(code_b)) AS longer) x
UNION ALL
SELECT i, 'zip', zip_a, zip_b, CASE WHEN zip_a = zip_b THEN 'equal' WHEN d = 1 OR (prefix AND shorter >= 5) THEN 'one slip or longer form'
        WHEN prefix OR (da >= 2 AND da = db AND left(zip_a, da) = left(zip_b, db)) THEN 'same district' WHEN d = 2 AND shorter >= 5 THEN 'two slips' ELSE 'different' END
    FROM level_pair, LATERAL (SELECT cdw.damerau_levenshtein(zip_a, zip_b) AS d, least(length(zip_a), length(zip_b)) AS shorter, district_length(zip_a) AS da, district_length(zip_b) AS db) x,
    LATERAL (SELECT shorter >= 3 AND begins_alike(zip_a, zip_b) AS prefix) y
UNION ALL
SELECT i, 'mail', mail_a, mail_b, CASE WHEN mail_a = mail_b THEN 'equal' WHEN (la = lb AND length(la) >= 3) OR d <= 2 THEN 'same local part or two slips'
        WHEN d = 3 OR (ld <= 1 AND least(length(la), length(lb)) >= 3) THEN 'three slips or local part with one slip' WHEN jw >= .9 THEN 'similar local part'
        WHEN split_part(mail_a, '@', 2) = split_part(mail_b, '@', 2) THEN 'same domain' ELSE 'different' END
    FROM level_pair, LATERAL (SELECT split_part(mail_a, '@', 1) AS la, split_part(mail_b, '@', 1) AS lb) y,
    LATERAL (SELECT cdw.damerau_levenshtein(mail_a, mail_b) AS d, cdw.damerau_levenshtein(la, lb) AS ld, cdw.jaro_winkler(la, lb) AS jw) x
UNION ALL
SELECT i, 'born', born_a, born_b, CASE WHEN born_a = born_b THEN 'equal' WHEN d = 1 OR (y AND substr(born_a, 5, 2) = substr(born_b, 7, 2) AND substr(born_a, 7, 2) = substr(born_b, 5, 2)) THEN 'one slip or day and month exchanged'
        WHEN y::int + m::int + t::int = 2 OR days <= 1 THEN 'two of year, month, day or the next day' WHEN d = 2 OR y THEN 'two slips or same year'
        WHEN days <= 400 THEN 'within 400 days' ELSE 'different' END
    FROM level_pair, LATERAL (SELECT cdw.damerau_levenshtein(born_a, born_b) AS d, left(born_a, 4) = left(born_b, 4) AS y, substr(born_a, 5, 2) = substr(born_b, 5, 2) AS m,
                                     substr(born_a, 7, 2) = substr(born_b, 7, 2) AS t, days_apart(born_a, born_b) AS days) x
    WHERE days IS NOT NULL
UNION ALL
SELECT i, 'given', given_a, given_b, CASE WHEN given_a = given_b THEN 'equal'
        WHEN other_script(given_a) <> other_script(given_b) THEN CASE WHEN person >= .8 THEN 'nearly equal' WHEN person >= .5 THEN 'similar or short form' ELSE 'different' END
        WHEN d = 1 AND shorter >= CASE WHEN ascii THEN 2 ELSE 4 END THEN 'one slip' WHEN (d = 2 AND shorter >= 5) OR jw >= .92 THEN 'nearly equal'
        WHEN jw >= .85 OR (d = 2 AND shorter >= 4) OR begins_alike(given_a, given_b) OR nick THEN 'similar or short form'
        WHEN jw >= .75 OR (shorter >= 3 AND cdw.soundex(given_a) = cdw.soundex(given_b)) THEN 'sounds alike' ELSE 'different' END
    FROM level_pair, LATERAL (SELECT cdw.damerau_levenshtein(given_a, given_b) AS d, cdw.jaro_winkler(given_a, given_b) AS jw, least(length(given_a), length(given_b)) AS shorter,
                                     least(length(given_a), length(given_b)) = least(octet_length(given_a), octet_length(given_b)) AS ascii, cdw.name_similarity(given_a, given_b) AS person,
                                     EXISTS (SELECT FROM nickname x JOIN nickname y USING (formal) WHERE x.word = given_a AND y.word = given_b) AS nick) x
UNION ALL
SELECT i, 'own', own_a, own_b, CASE WHEN own_a = own_b THEN 'equal' WHEN l <= 1 THEN levels ->> 0 WHEN jw >= .92 THEN levels ->> 1 WHEN jw > .8 THEN levels ->> 2 WHEN l < 4 THEN levels ->> 3
        WHEN d <= 4 THEN levels ->> 4 WHEN j >= .6 THEN levels ->> 5 WHEN ls >= .3 THEN levels ->> 6 ELSE 'different' END
    FROM level_pair, LATERAL (SELECT :'own_levels'::jsonb AS levels, cdw.levenshtein(own_a, own_b) AS l, cdw.damerau_levenshtein(own_a, own_b) AS d, cdw.jaro(own_a, own_b) AS j,
                                     cdw.jaro_winkler(own_a, own_b) AS jw, cdw.levenshtein_similarity(own_a, own_b) AS ls) x;
SELECT CASE WHEN count(*) > 1000 AND bool_and(said.level = due.level) THEN 'ok - ' ELSE 'not ok - ' END || 'levels of ' || field || ' by exact functions: '
       || count(DISTINCT due.level) || ' levels, ' || count(*) FILTER (WHERE said.level <> due.level) || ' of ' || count(*) || ' pairs differ'
       || COALESCE(', such as ' || min(due.a || ' and ' || due.b || ': ' || said.level || ', due ' || due.level) FILTER (WHERE said.level <> due.level), '')
FROM level_due due JOIN level_said said USING (i, field)
WHERE said.level <> 'missing' -- a word such as nil
GROUP BY field ORDER BY field;
SELECT FROM cdw.drop_resolver('levels', true);
DROP TABLE level_pair, level_record, level_said, level_due, nickname;
