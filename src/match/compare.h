/*
 * src/match/compare.h
 *
 * What the comparisons of different kinds share; private to the module. Values that a level function
 * gets are never empty and never equal: equality is level 0 and is decided before, by length and
 * bytes. Levels are symmetric. Distances are optimal string alignment in code points.
 */
#ifndef CDW_MATCH_COMPARE_H
#define CDW_MATCH_COMPARE_H

#include "match/match.h"

/* What two words are worth that are not equal. */
#define CDW_ONE_SLIP .9
#define CDW_TWO_SLIPS .8
#define CDW_BEGINNING .7
#define CDW_INITIAL .4

/* How many characters a value has. */
static inline int
cdw_characters(const char *value, int len)
{
	int n = 0;

	for (int i = 0; i < len; i++)
		n += (value[i] & 0xC0) != 0x80;
	return n;
}

/* Whether one value begins with the other. */
static inline bool
cdw_begins_alike(const char *a, int alen, const char *b, int blen)
{
	return memcmp(a, b, Min(alen, blen)) == 0;
}

/* Puts two values in an order of their own, where the way of comparing could depend on it. */
static inline void
cdw_put_in_order(const cdw_value **a, const cdw_value **b)
{
	const cdw_value *first = *a;

	if (first->len < (*b)->len ||
		(first->len == (*b)->len && memcmp(first->text, (*b)->text, first->len) <= 0))
		return;
	*a = *b;
	*b = first;
}

/* split.c */
extern int cdw_split_blanks(const char *value, int len, cdw_token *token, int most);
extern int cdw_split_words(const char *value, int len, cdw_token *token);
extern int cdw_split_elements(const char *value, int len, cdw_token *token);

/* compare_text.c */
extern double cdw_word_agreement(const char *a, int alen, const char *b, int blen);
extern double cdw_word_similarity(const cdw_value *a, const cdw_value *b, bool fuzzy, bool *rare);

/* compare_date.c, compare_number.c, compare_location.c */
extern int cdw_days_between(const cdw_value *a, const cdw_value *b);
extern void cdw_two_numbers(const cdw_value *a, const cdw_value *b, double *x, double *y);
extern double cdw_relative_difference(const cdw_value *a, const cdw_value *b);
extern double cdw_kilometres(const cdw_value *a, const cdw_value *b);

#endif /* CDW_MATCH_COMPARE_H */
