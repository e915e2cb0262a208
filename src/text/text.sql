--| ## Text: standard forms
--|
--| Each function brings values that mean the same to one form, and is idempotent. What cannot be read
--| gives NULL. The Unicode tables are those of the ICU library that the server links.

CREATE FUNCTION cdw.normalize_text(value text)
    RETURNS text
    AS 'MODULE_PATHNAME', 'cdw_normalize_text_sql'
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cdw.normalize_text(text) IS
    'Text in its standard form: NFKC, case folded, without diacritics on Latin and Greek letters, without punctuation, single blanks';

CREATE FUNCTION cdw.normalize_name(value text)
    RETURNS text
    AS 'MODULE_PATHNAME', 'cdw_normalize_name_sql'
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cdw.normalize_name(text) IS
    'Name of a person in its standard form: as normalize_text, titles and suffixes dropped unless nothing else is left';

CREATE FUNCTION cdw.normalize_company(value text)
    RETURNS text
    AS 'MODULE_PATHNAME', 'cdw_normalize_company_sql'
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cdw.normalize_company(text) IS
    'Name of a company in its standard form: as normalize_text, legal forms (Ltd, GmbH, S.A. and the like) and the word and dropped unless nothing else is left';

CREATE FUNCTION cdw.normalize_address(value text)
    RETURNS text
    AS 'MODULE_PATHNAME', 'cdw_normalize_address_sql'
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cdw.normalize_address(text) IS
    'Postal address in its standard form: as normalize_text, abbreviations spelled out within their language (st = street), Chinese division suffixes dropped';

CREATE FUNCTION cdw.normalize_email(value text)
    RETURNS text
    AS 'MODULE_PATHNAME', 'cdw_normalize_email_sql'
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cdw.normalize_email(text) IS
    'E-mail address in lower case, without +tag, Gmail without dots; NULL when it is not valid';

CREATE FUNCTION cdw.normalize_phone(value text, region text DEFAULT 'US')
    RETURNS text
    AS 'MODULE_PATHNAME', 'cdw_normalize_phone_sql'
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cdw.normalize_phone(text, text) IS
    'Telephone number in E.164, read as dialled in the region (ISO 3166) where it has no country code; NULL when it is not valid';

CREATE FUNCTION cdw.normalize_date(value text, field_order text DEFAULT 'ymd')
    RETURNS date
    AS 'MODULE_PATHNAME', 'cdw_normalize_date_sql'
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cdw.normalize_date(text, text) IS
    'Calendar day of the years 1 to 9999, fields ordered ''ymd'', ''mdy'' or ''dmy'' where the value leaves it open; NULL when it is not valid';

CREATE FUNCTION cdw.romanize(value text)
    RETURNS text
    AS 'MODULE_PATHNAME', 'cdw_romanize_sql'
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cdw.romanize(text) IS
    'Text of any script in lower-case ASCII with single blanks; each Chinese character and Korean syllable is a word, the first of a Chinese name read as a surname';

--| ## Text: comparison
--|
--| Strings are compared as given, without folding. Lengths and distances count code points.

CREATE FUNCTION cdw.levenshtein(a text, b text)
    RETURNS int
    AS 'MODULE_PATHNAME', 'cdw_levenshtein_sql'
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cdw.levenshtein(text, text) IS
    'Levenshtein distance: least number of insertions, deletions and substitutions of characters, from 0';

CREATE FUNCTION cdw.damerau_levenshtein(a text, b text)
    RETURNS int
    AS 'MODULE_PATHNAME', 'cdw_damerau_levenshtein_sql'
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cdw.damerau_levenshtein(text, text) IS
    'Optimal string alignment distance: as levenshtein, and an exchange of two neighbours counts 1, from 0';

CREATE FUNCTION cdw.levenshtein_similarity(a text, b text)
    RETURNS float8
    AS 'MODULE_PATHNAME', 'cdw_levenshtein_similarity_sql'
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cdw.levenshtein_similarity(text, text) IS
    '1 - levenshtein / length of the longer string, 0 to 1; two empty strings give 1';

CREATE FUNCTION cdw.damerau_levenshtein_similarity(a text, b text)
    RETURNS float8
    AS 'MODULE_PATHNAME', 'cdw_damerau_levenshtein_similarity_sql'
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cdw.damerau_levenshtein_similarity(text, text) IS
    '1 - damerau_levenshtein / length of the longer string, 0 to 1; two empty strings give 1';

CREATE FUNCTION cdw.within_distance(a text, b text, max_distance int)
    RETURNS bool
    AS 'MODULE_PATHNAME', 'cdw_within_distance_sql'
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cdw.within_distance(text, text, int) IS
    'Whether levenshtein is at most max_distance; looks no further than needed, so that long strings are no obstacle';

CREATE FUNCTION cdw.jaro(a text, b text)
    RETURNS float8
    AS 'MODULE_PATHNAME', 'cdw_jaro_sql'
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cdw.jaro(text, text) IS
    'Jaro similarity, 0 to 1; two empty strings give 1, one gives 0';

CREATE FUNCTION cdw.jaro_winkler(a text, b text)
    RETURNS float8
    AS 'MODULE_PATHNAME', 'cdw_jaro_winkler_sql'
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cdw.jaro_winkler(text, text) IS
    'Jaro-Winkler similarity, 0 to 1: above 0.7 raised by 0.1 of the rest for each of up to 4 common first characters';

CREATE FUNCTION cdw.jaccard(a text, b text, q int DEFAULT 2)
    RETURNS float8
    AS 'MODULE_PATHNAME', 'cdw_jaccard_sql'
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cdw.jaccard(text, text, int) IS
    'Jaccard similarity of the sets of q-grams, 0 to 1: common ones by all; a string shorter than q is its own gram';

CREATE FUNCTION cdw.dice(a text, b text, q int DEFAULT 2)
    RETURNS float8
    AS 'MODULE_PATHNAME', 'cdw_dice_sql'
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cdw.dice(text, text, int) IS
    'Dice similarity of the sets of q-grams, 0 to 1: twice the common ones by the sum of both; a string shorter than q is its own gram';

CREATE FUNCTION cdw.cosine(a text, b text, q int DEFAULT 2)
    RETURNS float8
    AS 'MODULE_PATHNAME', 'cdw_cosine_sql'
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cdw.cosine(text, text, int) IS
    'Cosine similarity of the sets of q-grams, 0 to 1: common ones by the root of the product of both; a string shorter than q is its own gram';

CREATE FUNCTION cdw.token_sort_similarity(a text, b text)
    RETURNS float8
    AS 'MODULE_PATHNAME', 'cdw_token_sort_similarity_sql'
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cdw.token_sort_similarity(text, text) IS
    'Levenshtein similarity, 0 to 1, of the blank-separated tokens, sorted and joined';

CREATE FUNCTION cdw.token_set_similarity(a text, b text)
    RETURNS float8
    AS 'MODULE_PATHNAME', 'cdw_token_set_similarity_sql'
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cdw.token_set_similarity(text, text) IS
    'Best Levenshtein similarity, 0 to 1, among the common tokens, these with the rest of a, and these with the rest of b';

CREATE FUNCTION cdw.nicknames()
    RETURNS jsonb
    AS 'MODULE_PATHNAME', 'cdw_nicknames_sql'
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cdw.nicknames() IS
    'Built-in table of nicknames: an object of formal names, each with an array of its short forms, romanised';

-- not STRICT: nicknames is NULL for the built-in table
CREATE FUNCTION cdw.name_similarity(a text, b text, nicknames jsonb DEFAULT NULL)
    RETURNS float8
    AS 'MODULE_PATHNAME', 'cdw_name_similarity_sql'
    LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION cdw.name_similarity(text, text, jsonb) IS
    'How far two names are the name of one person, 0 to 1: words in any order, initials, nicknames, scripts romanised; NULL when a name is NULL';

CREATE FUNCTION cdw.soundex(value text)
    RETURNS text
    AS 'MODULE_PATHNAME', 'cdw_soundex_sql'
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cdw.soundex(text) IS
    'American Soundex code, a letter and three digits; NULL when there is no Latin letter';

CREATE FUNCTION cdw.nysiis(value text)
    RETURNS text
    AS 'MODULE_PATHNAME', 'cdw_nysiis_sql'
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cdw.nysiis(text) IS
    'NYSIIS code of a name, not truncated; NULL when there is no Latin letter';

CREATE FUNCTION cdw.double_metaphone(value text, max_length int DEFAULT 4)
    RETURNS text[]
    AS 'MODULE_PATHNAME', 'cdw_double_metaphone_sql'
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cdw.double_metaphone(text, int) IS
    'Double Metaphone codes of a name, primary and secondary, of at most max_length (1 to 64) characters; NULL when nothing sounds';
