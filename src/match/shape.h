/*
 * src/match/shape.h
 *
 * What a single value looks like, for profiles of columns.
 */
#ifndef CDW_SHAPE_H
#define CDW_SHAPE_H

#include "match/infer.h"

typedef struct cdw_shape
{
	int characters;
	int letters; /* of any script */
	int digits;
	int han;
	bool email;		 /* an @ and, behind it, a dot */
	bool url;		 /* begins with http://, https:// or www. */
	bool phone;		 /* 6 to 15 digits and only what may stand between them */
	bool punctuated; /* ... and something stands between them, or a plus sign in front */
	bool prefixed;	 /* ... and it begins with + or 00 */
	bool cn_mobile;	 /* 11 digits that begin with 13 to 19 */
} cdw_shape;

/* shape.c */
extern cdw_shape cdw_shape_of(const char *text, int len);
extern int cdw_day_number(int year, int month, int day);
extern bool cdw_has_clock(const char *text, int len);
extern int cdw_date_order(const char *text, int len);
extern bool cdw_read_number(const char *text, int len, double *number, int *decimals);
extern bool cdw_read_coordinates(const char *text, int len);
extern bool cdw_is_postcode(const char *standard, int standard_len, const char *raw, int raw_len);
extern bool cdw_same_without_digits(const cdw_cell *a, const cdw_cell *b);
extern int cdw_count_words(const char *standard, int len);

/* shape_words.c: of standard text */
extern bool cdw_has_given_name(const char *standard, int len);
extern bool cdw_has_street(const char *standard, int len);
extern bool cdw_has_han_surname(const char *standard, int len);
extern bool cdw_has_han_street(const char *standard, int len);

/* value_lists.c */
extern void cdw_profile_elements(cdw_profile *profile, int number, const cdw_row_sample *sample);

#endif /* CDW_SHAPE_H */
