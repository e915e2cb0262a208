/*
 * src/text/edit_column.h
 *
 * A column of the matrix of edit distances as bits, for the files that compute them; see
 * edit_distance.c.
 */
#ifndef CDW_EDIT_COLUMN_H
#define CDW_EDIT_COLUMN_H

#include "text/text.h"

/* What a column hands down from one strip of 64 rows to the next. */
#define CARRY_PLUS 1	   /* the value grows to the right in the strip's last row */
#define CARRY_MINUS 2	   /* it falls */
#define CARRY_TRANSPOSED 4 /* a transposition may start in the last row */

/* One column of a strip: vertical differences, and the diagonal of the column before. */
typedef struct cdw_column
{
	uint64 plus;	 /* rows where the value grows downwards */
	uint64 minus;	 /* rows where it falls */
	uint64 diagonal; /* rows where the diagonal step is free */
	uint64 matches;	 /* rows whose symbol equals the column's */
} cdw_column;

static const cdw_column cdw_first_column = {~UINT64CONST(0), 0, 0, 0};

/*
 * Moves to the next column, whose symbol matches the rows in "matches". carry comes from the strip
 * above and returns what goes to the strip below; last_row is the number of the strip's last row.
 */
static pg_attribute_always_inline int
cdw_next_column(cdw_column *c, uint64 matches, int carry, int last_row, bool transpositions)
{
	uint64 enter_plus = carry & CARRY_PLUS;
	uint64 enter_minus = (carry & CARRY_MINUS) >> 1;
	uint64 equal = matches | enter_minus;
	uint64 diagonal = (((equal & c->plus) + c->plus) ^ c->plus) | equal | c->minus;
	uint64 plus;
	uint64 minus;
	int leave = 0;

	if (transpositions)
	{
		uint64 candidates = ~c->diagonal & matches;

		diagonal |= (candidates << 1 | (carry & CARRY_TRANSPOSED) >> 2) & c->matches;
		leave = (candidates >> last_row & 1) << 2;
	}
	plus = c->minus | ~(diagonal | c->plus);
	minus = diagonal & c->plus;
	leave |= (plus >> last_row & 1) | (minus >> last_row & 1) << 1;
	plus = plus << 1 | enter_plus;
	minus = minus << 1 | enter_minus;
	c->plus = minus | ~(diagonal | plus);
	c->minus = plus & diagonal;
	c->diagonal = diagonal;
	c->matches = matches;
	return leave;
}

/* How the value at the end of a column moves to the right. */
static inline int
cdw_carried(int carry)
{
	return (carry & CARRY_PLUS) - (carry >> 1 & 1);
}

/* edit_distance.c */
extern int
cdw_edit_distance(const char *a, int alen, const char *b, int blen, int max, bool transpositions);
extern double
cdw_distance_similarity(int distance, const char *a, int alen, const char *b, int blen);

#endif /* CDW_EDIT_COLUMN_H */
