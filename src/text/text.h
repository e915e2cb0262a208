/*
 * src/text/text.h
 *
 * Standardising and comparing text. Everything here knows no Datum and is shared by the SQL
 * functions and the matching engine. Lengths are in bytes, distances in code points; input is UTF-8
 * as PostgreSQL stores it, and malformed bytes may give odd numbers but never a crash.
 */
#ifndef CDW_TEXT_H
#define CDW_TEXT_H

#include "postgres.h"

#include "lib/stringinfo.h"

/* edit_distance.c: unit costs; damerau is optimal string alignment ('ca', 'abc' = 3) */
extern int cdw_levenshtein(const char *a, int alen, const char *b, int blen);
extern int cdw_damerau_levenshtein(const char *a, int alen, const char *b, int blen);
/* 1 - distance / length of the longer string */
extern double cdw_levenshtein_similarity(const char *a, int alen, const char *b, int blen);
extern double cdw_damerau_levenshtein_similarity(const char *a, int alen, const char *b, int blen);

/*
 * within_distance.c: the distance when it is at most max, else anything above max; the similarity when
 * it is at least cut, else anything below cut. Faster where most pairs are far apart.
 */
extern bool cdw_within_distance(const char *a, int alen, const char *b, int blen, int max);
extern int cdw_levenshtein_within(const char *a, int alen, const char *b, int blen, int max);
extern int
cdw_damerau_levenshtein_within(const char *a, int alen, const char *b, int blen, int max);
extern double
cdw_levenshtein_similarity_from(const char *a, int alen, const char *b, int blen, double cut);
extern double cdw_damerau_levenshtein_similarity_from(const char *a, int alen, const char *b,
													  int blen, double cut);

/* jaro_winkler.c: 0 to 1; two empty strings give 1, one empty string 0 */
extern double cdw_jaro(const char *a, int alen, const char *b, int blen);
extern double cdw_jaro_winkler(const char *a, int alen, const char *b, int blen);
/* the similarity when it is at least cut, else anything below cut */
extern double cdw_jaro_from(const char *a, int alen, const char *b, int blen, double cut);
extern double cdw_jaro_winkler_from(const char *a, int alen, const char *b, int blen, double cut);

/* qgram.c: sets of distinct, unpadded q-grams; a string shorter than q is its own gram; q at least 1 */
extern double cdw_jaccard(const char *a, int alen, const char *b, int blen, int q);
extern double cdw_dice(const char *a, int alen, const char *b, int blen, int q);
extern double cdw_cosine(const char *a, int alen, const char *b, int blen, int q);

/* token.c: 0 to 1, of the tokens between blanks; two strings without tokens give 1, one gives 0 */
extern double cdw_token_sort_similarity(const char *a, int alen, const char *b, int blen);
extern double cdw_token_set_similarity(const char *a, int alen, const char *b, int blen);

/*
 * name_similarity.c: 0 to 1, how far two names are the name of one person; order of words, initials,
 * nicknames and scripts aside. nicknames.c makes the tables; that which comes with the extension is
 * kept for the session.
 */
typedef struct cdw_nicknames cdw_nicknames;
extern double cdw_name_similarity(const char *a, int alen, const char *b, int blen,
								  const cdw_nicknames *nicknames);
extern const cdw_nicknames *cdw_builtin_nicknames(void);

/* name_outline.c: whether the similarity is surely below 0.5; false says nothing */
extern bool cdw_names_apart(const char *a, int alen, const char *b, int blen);

/* soundex.c: writes the code, four characters and a zero byte; false where there is no letter */
extern bool cdw_soundex(const char *value, int len, char *code);

/* nysiis.c: replaces what is in out by the code, of any length; false where there is no letter */
extern bool cdw_nysiis(const char *value, int len, StringInfo out);

/* double_metaphone.c: writes both codes, each with a zero byte; false where nothing sounds */
extern bool
cdw_double_metaphone(const char *value, int len, int max_length, char *primary, char *secondary);

/*
 * normalize_*.c: each replaces what is in out by the standard form of value. Those that return bool
 * give false where the value is not valid (NULL in SQL); out is then undefined. The value must not
 * lie in out.
 */
extern void cdw_normalize_text(const char *value, int len, StringInfo out);
extern void cdw_normalize_name(const char *value, int len, StringInfo out);
extern void cdw_normalize_company(const char *value, int len, StringInfo out);
extern void cdw_normalize_address(const char *value, int len, StringInfo out);
extern bool cdw_normalize_email(const char *value, int len, StringInfo out);
/* region: an ISO 3166 code of two letters, for numbers written without a country code */
extern bool cdw_normalize_phone(const char *value, int len, const char *region, StringInfo out);
/* whether there is a numbering plan for the region; without one no number is valid */
extern bool cdw_phone_region_known(const char *region);
/* a valid calendar day of the years 1 to 9999 */
typedef enum cdw_field_order
{
	CDW_YMD,
	CDW_MDY,
	CDW_DMY
} cdw_field_order;
extern bool cdw_normalize_date(const char *value, int len, cdw_field_order order, int *year,
							   int *month, int *day);

/* romanize.c: replaces what is in out by value in lower-case ASCII; value must not lie in out */
extern void cdw_romanize(const char *value, int len, StringInfo out);

#endif /* CDW_TEXT_H */
