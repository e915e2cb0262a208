/*
 * src/match/infer.h
 *
 * Choosing fields from the columns of a source: what their names say, what their types say, and what a
 * sample of rows shows. A name proposes, the content must agree; where the name says nothing, the
 * content decides alone.
 *
 *     rows ──sample, distinct──▶ profile per column ──infer──▶ choice per column
 *
 * Row order, physical order and the key have no part in it: rows are drawn by a hash of what they say.
 */
#ifndef CDW_INFER_H
#define CDW_INFER_H

#include "match/match.h"

/* ---- column names (column_names.c) ---- */

/* What a name says a column holds; where several words speak, an earlier one of these wins. */
typedef enum cdw_hint
{
	CDW_HINT_NONE,
	CDW_HINT_EMAIL,
	CDW_HINT_PHONE,
	CDW_HINT_BIRTH_DATE,
	CDW_HINT_ROW_TIME,
	CDW_HINT_POSTCODE,
	CDW_HINT_IDENTIFIER,
	CDW_HINT_GIVEN_NAME,
	CDW_HINT_FAMILY_NAME,
	CDW_HINT_LATITUDE,
	CDW_HINT_LONGITUDE,
	CDW_HINT_GENDER,
	CDW_HINT_TITLE,
	CDW_HINT_COMPANY,
	CDW_HINT_COUNTRY,
	CDW_HINT_REGION,
	CDW_HINT_PLACE,
	CDW_HINT_HOUSE_NUMBER,
	CDW_HINT_ADDRESS,
	CDW_HINT_FULL_NAME,
	CDW_HINT_RELATIVE, /* a name of somebody of the same household */
	CDW_HINT_CONTACT,  /* a person whom a firm has named */
	CDW_HINT_DATE,
	CDW_HINT_NUMBER,
	CDW_HINT_CATEGORY,
	CDW_HINT_FREE_TEXT,
	CDW_HINT_DESCRIPTION,
	CDW_HINT_NAME,
	CDW_HINT_ROW_ID
} cdw_hint;

extern cdw_hint cdw_column_hint(const char *name);

/* ---- distinct values (distinct.c) ---- */

typedef struct cdw_distinct cdw_distinct;

extern cdw_distinct *cdw_distinct_create(void);
extern void cdw_distinct_add(cdw_distinct *distinct, uint64 hash);
extern double cdw_distinct_count(const cdw_distinct *distinct);
extern double cdw_distinct_repeated(const cdw_distinct *distinct);

/* ---- columns and a sample of rows (row_sample.c) ---- */

typedef enum cdw_column_type
{
	CDW_COLUMN_TEXT,
	CDW_COLUMN_NUMBER,
	CDW_COLUMN_CATEGORY, /* boolean, enum */
	CDW_COLUMN_DATE,
	CDW_COLUMN_TIME, /* a day with a time of day */
	CDW_COLUMN_UUID,
	CDW_COLUMN_ARRAY,
	CDW_COLUMN_POINT
} cdw_column_type;

typedef struct cdw_column
{
	const char *name;
	cdw_column_type type;
	const char *unusable;	/* why it cannot be a field; NULL: it can */
	double values;			/* in the whole source, missing ones left out */
	cdw_distinct *distinct; /* of the whole source */
} cdw_column;

/* A value of a sampled row; text is NULL where it is null, and cut where it is long. */
typedef struct cdw_cell
{
	const char *text;
	int len;
	int full_len;
	uint64 hash; /* of a row that is offered to a sample: of the whole value */
} cdw_cell;

typedef struct cdw_row_sample cdw_row_sample;

extern cdw_row_sample *cdw_row_sample_create(int ncolumns);
extern void cdw_row_sample_add(cdw_row_sample *sample, const cdw_cell *cells);
extern uint32 cdw_row_sample_finish(cdw_row_sample *sample);
extern cdw_cell cdw_row_sample_cell(const cdw_row_sample *sample, uint32 row, int column);

/* ---- profiles (profile.c) ---- */

typedef enum cdw_separator
{
	CDW_SEPARATE_STARS,
	CDW_SEPARATE_SEMICOLON,
	CDW_SEPARATE_BAR,
	CDW_SEPARATE_COMMA,
	CDW_SEPARATORS
} cdw_separator;

#define CDW_MAX_PLACEHOLDERS 3

/*
 * Of the sample unless it says otherwise. Shares are of the values that are not missing; values that stand
 * for missing ones are.
 */
typedef struct cdw_profile
{
	const cdw_column *column;
	cdw_hint hint;
	uint32 rows;
	uint64 *hash;	/* of each row's standard text; 0: missing */
	cdw_cell *text; /* each row's standard text */
	double values;
	double filled; /* share of the rows that have a value, in the whole source */
	double distinct;
	double skew;	 /* sum of squared shares */
	double repeated; /* share of the distinct values of the whole source that occur twice or more */
	int nplaceholders;
	const char *placeholder[CDW_MAX_PLACEHOLDERS]; /* values that stand for missing ones */

	double at;			/* an @ and a dot behind it */
	double url;			/* begins like an address in the web */
	double date;		/* can be read as a date of the years 1000 to 2200 */
	double clock;		/* has a time of day other than midnight */
	double day_first;	/* the year comes last, and the first number is over 12 */
	double month_first; /* ... and the second number is over 12 */
	int first_day;		/* day numbers between which 96 % of the dates lie */
	int last_day;
	double numeric;
	double fraction;	/* numbers with a fraction */
	double fine;		/* ... of three digits or more */
	double largest;		/* absolute value of a number */
	double number_span; /* greatest less least number */
	double coordinates; /* two numbers: a latitude and a longitude */

	double digits;		/* of letters and digits */
	double with_digit;	/* values that contain a digit */
	double alike;		/* pairs of values that are the same without their digits */
	double with_letter; /* values that contain a letter */
	double tokens;		/* mean number of words */
	double length;		/* mean number of characters */
	double han;			/* values that are mostly Han characters */
	double phone;		/* only digits and what stands between them, 6 to 15 digits */
	double punctuated;	/* ... with something between them, or a plus sign */
	double prefixed;	/* ... that begin with + or 00 */
	double cn_mobile;	/* eleven digits that begin with 13 to 19 */
	double postcode;	/* of the shape of a postcode with letters, or of a hyphenated one */
	double given_name;	/* some word is a known given name */
	double han_surname; /* begins with a frequent Chinese surname */
	double han_street;	/* contains a part of a Chinese address */
	double company;		/* has a legal form */
	double street;		/* has a kind of street, or another word that addresses abbreviate */
	double separated[CDW_SEPARATORS];	/* several elements */
	double elements[CDW_SEPARATORS];	/* mean number of elements of those */
	double new_element[CDW_SEPARATORS]; /* distinct elements, as a share of all */
} cdw_profile;

extern void cdw_profile_column(cdw_profile *profile, const cdw_column *column, int number,
							   const cdw_row_sample *sample, uint32 rows, double all_rows);
extern const char *cdw_separator_text(int separator);

/* ---- choices (infer.c) ---- */

typedef struct cdw_choice
{
	const char *ignored; /* the reason, in words; NULL: a field */
	const char *kind;
	bool named;	 /* by its name and not by content alone */
	bool coarse; /* a content that does not tell one record from another */
	const char *region;
	const char *field_order;
	bool days; /* a date of an event */
	const char *separator;
	int longitude; /* -1: none */
	int swap_with; /* -1: by default */
	int nmissing;
	const char *const *missing;
	int nwithout;
	int *without;
	double max_disagreement; /* 0: that of the kind */
	double worth; /* how much agreement tells, in bits, times the share that has a value */
} cdw_choice;

extern cdw_choice *cdw_infer(cdw_column *columns, int ncolumns, const cdw_row_sample *sample,
							 uint32 rows, double all_rows);

#endif /* CDW_INFER_H */
