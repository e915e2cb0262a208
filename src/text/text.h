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

/* levenshtein.c: unit costs; damerau is optimal string alignment ('ca', 'abc' = 3) */
extern int cdw_levenshtein(const char *a, int alen, const char *b, int blen);
extern int cdw_damerau_levenshtein(const char *a, int alen, const char *b, int blen);

/* jaro_winkler.c: 0 to 1; two empty strings give 1, one empty string 0 */
extern double cdw_jaro(const char *a, int alen, const char *b, int blen);
extern double cdw_jaro_winkler(const char *a, int alen, const char *b, int blen);

/*
 * name_similarity.c: 0 to 1, how far two names are the name of one person; order of words, initials,
 * nicknames and scripts aside. nicknames.c makes the tables; that which comes with the extension is
 * kept for the session.
 */
typedef struct cdw_nicknames cdw_nicknames;
extern double cdw_name_similarity(const char *a, int alen, const char *b, int blen,
								  const cdw_nicknames *nicknames);
extern const cdw_nicknames *cdw_builtin_nicknames(void);

/* phonetic.c: writes the code, four characters and a zero byte; false where there is no letter */
extern bool cdw_soundex(const char *value, int len, char *code);

/*
 * normalize_*.c: each replaces what is in out by the standard form of value. Those that return bool
 * give false where the value is not valid (NULL in SQL); out is then undefined. The value must not
 * lie in out.
 */
extern void cdw_normalize_text(const char *value, int len, StringInfo out);
extern void cdw_normalize_name(const char *value, int len, StringInfo out);
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
