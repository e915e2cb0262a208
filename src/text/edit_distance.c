/*
 * src/text/edit_distance.c
 *
 * Levenshtein distance and optimal string alignment, bit-parallel: one machine word holds 64 rows of
 * a column of the dynamic programming matrix as differences of neighbours.
 *
 * G. Myers, "A fast bit-vector algorithm for approximate string matching based on dynamic
 * programming", J. ACM 46 (1999); H. Hyyrö, "A bit-vector algorithm for computing Levenshtein and
 * Damerau edit distances", Nordic J. Computing 10 (2003).
 */
#include "text/symbols.h"

#include "miscadmin.h"
#include "utils/memutils.h"

/* What a column hands down from one strip of 64 rows to the next. */
#define CARRY_PLUS 1	   /* the value grows to the right in the strip's last row */
#define CARRY_MINUS 2	   /* it falls */
#define CARRY_TRANSPOSED 4 /* a transposition may start in the last row */

/* Columns between two looks for a cancel request. */
#define COLUMNS_PER_CHECK 65536

/* One column of a strip: vertical differences, and the diagonal of the column before. */
typedef struct column
{
	uint64 plus;	 /* rows where the value grows downwards */
	uint64 minus;	 /* rows where it falls */
	uint64 diagonal; /* rows where the diagonal step is free */
	uint64 matches;	 /* rows whose symbol equals the column's */
} column;

static const column first_column = {~UINT64CONST(0), 0, 0, 0};

/*
 * Moves to the next column, whose symbol matches the rows in "matches". carry comes from the strip
 * above and returns what goes to the strip below; last_row is the number of the strip's last row.
 */
static pg_attribute_always_inline int
next_column(column *c, uint64 matches, int carry, int last_row, bool transpositions)
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

/* The distance when both strings have at most 64 symbols: a single strip, nothing allocated. */
static pg_attribute_always_inline int
short_distance(int rows, int columns, const uint64 *matches, bool transpositions)
{
	column c = first_column;
	int distance = rows;

	for (int j = 0; j < columns; j++)
	{
		int leave = next_column(&c, matches[j], CARRY_PLUS, rows - 1, transpositions);

		distance += (leave & CARRY_PLUS) - (leave >> 1 & 1);
	}
	return distance;
}

/* Runs one strip of rows over all columns; carries is updated in place. */
static pg_attribute_always_inline void
run_strip(const cdw_masks *masks, int rows, const unsigned char *text, const unsigned char *end,
		  bool ascii, uint8 *carries, bool transpositions)
{
	column c = first_column;

	for (int j = 0; text < end; j++)
	{
		uint64 matches =
			ascii ? masks->bits[*text++] : cdw_symbol_mask(masks, cdw_next_symbol(&text, end));

		carries[j] = next_column(&c, matches, carries[j], rows - 1, transpositions);
		if (j % COLUMNS_PER_CHECK == 0)
			CHECK_FOR_INTERRUPTS();
	}
}

/* The masks of an ASCII strip of at most 64 rows, by byte. */
static void
ascii_masks(cdw_masks *masks, const unsigned char *at, int rows)
{
	memset(masks->bits, 0, sizeof(masks->bits));
	for (int i = 0; i < rows; i++)
		masks->bits[at[i]] |= UINT64CONST(1) << i;
}

/*
 * The distance of strings of any length, strip after strip of 64 rows. Takes a byte of memory per
 * symbol of the text, and time in proportion to rows / 64 * columns.
 */
static int
long_distance(const char *a, int alen, int rows, const char *b, int blen, int columns, bool ascii,
			  bool transpositions)
{
	const unsigned char *pattern = (const unsigned char *) a;
	const unsigned char *pattern_end = pattern + alen;
	const unsigned char *text = (const unsigned char *) b;
	const unsigned char *text_end = text + blen;
	uint8 *carries = palloc(columns);
	cdw_masks masks;
	int distance = rows;

	memset(carries, CARRY_PLUS, columns);
	while (pattern < pattern_end)
	{
		const unsigned char *next = cdw_skip_symbols(pattern, pattern_end, CDW_WORD_SYMBOLS);
		int strip = Min(rows, CDW_WORD_SYMBOLS);

		if (ascii)
		{
			ascii_masks(&masks, pattern, strip);
			if (transpositions)
				run_strip(&masks, strip, text, text_end, true, carries, true);
			else
				run_strip(&masks, strip, text, text_end, true, carries, false);
		}
		else
		{
			cdw_symbol_masks(&masks, pattern, next);
			run_strip(&masks, strip, text, text_end, false, carries, transpositions);
		}
		rows -= strip;
		pattern = next;
	}
	for (int j = 0; j < columns; j++)
		distance += (carries[j] & CARRY_PLUS) - (carries[j] >> 1 & 1);
	pfree(carries);
	return distance;
}

/* Whether a byte continues a code point. */
static inline bool
is_continuation(char byte)
{
	return ((unsigned char) byte & 0xC0) == 0x80;
}

/* Cuts what both strings begin and end with, in whole code points: it never changes a distance. */
static void
cut_common_ends(const char **a, int *alen, const char **b, int *blen)
{
	int shorter = Min(*alen, *blen);
	int n = 0;

	while (n < shorter && (*a)[n] == (*b)[n])
		n++;
	while (n > 0 &&
		   ((n < *alen && is_continuation((*a)[n])) || (n < *blen && is_continuation((*b)[n]))))
		n--;
	*a += n;
	*b += n;
	*alen -= n;
	*blen -= n;

	shorter -= n;
	n = 0;
	while (n < shorter && (*a)[*alen - 1 - n] == (*b)[*blen - 1 - n])
		n++;
	while (n > 0 && is_continuation((*a)[*alen - n]))
		n--;
	*alen -= n;
	*blen -= n;
}

/* The distance of two strings, of at most 64 code points without allocation. */
static pg_attribute_always_inline int
distance(const char *a, int alen, const char *b, int blen, bool transpositions)
{
	bool ascii;
	int rows;
	int columns;

	cut_common_ends(&a, &alen, &b, &blen);
	if (alen == 0)
		return cdw_symbol_count(b, blen);
	if (blen == 0)
		return cdw_symbol_count(a, alen);

	ascii = cdw_is_ascii(a, alen) && cdw_is_ascii(b, blen);
	rows = ascii ? alen : cdw_symbol_count(a, alen);
	columns = ascii ? blen : cdw_symbol_count(b, blen);
	if (Max(rows, columns) <= CDW_WORD_SYMBOLS)
	{
		uint64 matches[CDW_WORD_SYMBOLS];

		/* A row costs less than a column. */
		if (rows < columns)
		{
			cdw_match_masks(b, blen, a, alen, ascii, matches);
			return short_distance(columns, rows, matches, transpositions);
		}
		cdw_match_masks(a, alen, b, blen, ascii, matches);
		return short_distance(rows, columns, matches, transpositions);
	}
	/* Few rows fill the words better. */
	if (rows > columns)
		return long_distance(b, blen, columns, a, alen, rows, ascii, transpositions);
	return long_distance(a, alen, rows, b, blen, columns, ascii, transpositions);
}

/* The least number of insertions, deletions and substitutions of code points from a to b. */
int
cdw_levenshtein(const char *a, int alen, const char *b, int blen)
{
	return distance(a, alen, b, blen, false);
}

/*
 * Optimal string alignment: also exchanges of two neighbours, but nothing is edited twice, so that
 * 'ca' to 'abc' takes 3 steps.
 */
int
cdw_damerau_levenshtein(const char *a, int alen, const char *b, int blen)
{
	return distance(a, alen, b, blen, true);
}
