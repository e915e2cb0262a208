/*
 * src/text/edit_distance.c
 *
 * Levenshtein distance and optimal string alignment, bit-parallel: one machine word holds 64 rows of
 * a column of the dynamic programming matrix as differences of neighbours. Longer strings take
 * several strips of 64 rows; a bound on the distance confines them to a band around the diagonal.
 *
 * G. Myers, "A fast bit-vector algorithm for approximate string matching based on dynamic
 * programming", J. ACM 46 (1999); H. Hyyrö, "A bit-vector algorithm for computing Levenshtein and
 * Damerau edit distances", Nordic J. Computing 10 (2003); E. Ukkonen, "Algorithms for approximate
 * string matching", Information and Control 64 (1985).
 */
#include "text/edit_column.h"
#include "text/short_string.h"

#include <limits.h>

#include "miscadmin.h"
#include "port/pg_bitutils.h"
#include "utils/memutils.h"

/* The rows of a strip. */
#define STRIP_ROWS 64

/* Twice the symbols of a strip, so that a probe always meets a free slot. */
#define MASK_SLOTS 128

/* Columns between two looks for a cancel request. */
#define COLUMNS_PER_CHECK 65536

/* Cells of the matrix that a comparison may take: about a second. */
#define MAX_CELLS INT64CONST(10000000000)

/* For each symbol of a strip: the set of its rows, as bits. */
typedef struct strip
{
	int rows;
	bool ascii;
	uint64 bits[MASK_SLOTS];	/* ASCII: by byte; else by slot */
	uint32 symbols[MASK_SLOTS]; /* code point + 1 of the slot, 0 free; unused with ASCII */
} strip;

/* Two strings that are longer than a word, a not longer than b, and what of b is in the band. */
typedef struct matrix
{
	int rows;	 /* the symbols of a */
	int columns; /* the symbols of b */
	int reach;	 /* how far a cell may lie to the left of the diagonal, or right of the last one */
	bool ascii;
	const unsigned char *a;
	const unsigned char *a_end;
	const unsigned char *b;
	const unsigned char *b_end;
	uint8 *carries; /* of each column */
} matrix;

/*
 * The distance of two short strings, or anything above max when it is above max. The rows are x's:
 * a row costs less than a column.
 */
static pg_attribute_always_inline int
short_distance(const cdw_short_string *x, int groups, const cdw_short_string *y, int max,
			   bool transpositions)
{
	cdw_column c = cdw_first_column;
	int distance = x->length;

	for (int j = 0; j < y->length; j++)
	{
		uint64 matches = cdw_positions(x, y->symbols[j], groups);

		distance +=
			cdw_carried(cdw_next_column(&c, matches, CARRY_PLUS, x->length - 1, transpositions));
		if (distance - (y->length - j - 1) > max)
			break;
	}
	return distance;
}

/* The slot of a symbol, or the free slot where it belongs. Linear probing; neighbours spread. */
static inline int
slot_of(const strip *s, uint32 symbol)
{
	uint32 slot = symbol % MASK_SLOTS;

	while (s->symbols[slot] != 0 && s->symbols[slot] != symbol + 1)
		slot = (slot + 1) % MASK_SLOTS;
	return slot;
}

/* Where the symbol stands in the strip, as bits. */
static inline uint64
rows_of(const strip *s, uint32 symbol)
{
	int slot = slot_of(s, symbol);

	return s->symbols[slot] == 0 ? 0 : s->bits[slot];
}

/* Reads the next strip of at most 64 symbols and returns where the one behind it begins. */
static const unsigned char *
read_strip(strip *s, bool ascii, const unsigned char *at, const unsigned char *end)
{
	s->ascii = ascii;
	if (ascii)
		memset(s->bits, 0, sizeof(s->bits));
	else
		memset(s->symbols, 0, sizeof(s->symbols));
	for (s->rows = 0; s->rows < STRIP_ROWS && at < end; s->rows++)
	{
		uint32 symbol = cdw_next_symbol(&at, end);
		int slot = ascii ? (int) symbol : slot_of(s, symbol);

		if (!ascii && s->symbols[slot] == 0)
		{
			s->symbols[slot] = symbol + 1;
			s->bits[slot] = 0;
		}
		s->bits[slot] |= UINT64CONST(1) << s->rows;
	}
	return at;
}

/* Runs a strip over the columns from "left" to before "right"; "text" is b's symbol at "left". */
static pg_attribute_always_inline void
run_strip(const strip *s, const matrix *m, const unsigned char *text, int left, int right,
		  bool transpositions)
{
	cdw_column c = cdw_first_column;

	for (int j = left; j < right; j++)
	{
		uint64 matches = s->ascii ? s->bits[*text++] : rows_of(s, cdw_next_symbol(&text, m->b_end));

		m->carries[j] = cdw_next_column(&c, matches, m->carries[j], s->rows - 1, transpositions);
		if (j % COLUMNS_PER_CHECK == 0)
			CHECK_FOR_INTERRUPTS();
	}
}

/*
 * The distance, strip after strip, or anything above max when it is above max. Time is in proportion
 * to rows / 64 * columns in the band, memory is a byte per column.
 *
 * A cell on the diagonal d = column - row is on a path of at most max steps only when
 * |d| + |columns - rows - d| <= max. What enters the band from outside is taken as one more than its
 * neighbour: never too small, and never part of such a path.
 */
static int
banded_distance(matrix *m, int max, bool transpositions)
{
	const unsigned char *at = m->a;
	const unsigned char *text = m->b;
	int last_left = 0;
	int corner = 0; /* the value above and left of the strip */
	strip s;

	for (int row = 0; row < m->rows; row += s.rows)
	{
		/* One more column on either side, for a transposition looks at two. */
		int left = Max(row - m->reach - 1, 0);
		int right;
		int value;
		int least;

		for (int j = last_left; j < left; j++)
			corner += cdw_carried(m->carries[j]);
		text = cdw_skip_symbols(text, m->b_end, left - last_left);
		last_left = left;
		at = read_strip(&s, m->ascii, at, m->a_end);
		right = Min((int64) row + s.rows + (m->columns - m->rows) + m->reach + 1, m->columns);
		if (transpositions)
			run_strip(&s, m, text, left, right, true);
		else
			run_strip(&s, m, text, left, right, false);

		/* The values in the strip's last row, and the least that can become of them. */
		corner += s.rows;
		value = corner;
		least = value + abs((m->rows - row - s.rows) - (m->columns - left));
		for (int j = left; j < right; j++)
		{
			value += cdw_carried(m->carries[j]);
			least = Min(least, value + abs((m->rows - row - s.rows) - (m->columns - j - 1)));
		}
		if (least > max || row + s.rows >= m->rows)
			return Max(least, value);
	}
	pg_unreachable();
}

/* Refuses strings whose comparison would take too long. */
static void
check_cells(const matrix *m)
{
	int64 width = Min((int64) m->columns, m->columns - m->rows + 2 * (int64) m->reach + STRIP_ROWS);

	if (m->rows * width > MAX_CELLS)
		ereport(
			ERROR,
			(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED), errmsg("strings are too long to compare"),
			 errdetail("Where they differ they have %d and %d characters, which takes " INT64_FORMAT
					   " cells; at most " INT64_FORMAT " are allowed.",
					   m->rows, m->columns, m->rows * width, MAX_CELLS),
			 errhint("Compare shorter parts, or use within_distance() with a small "
					 "distance.")));
}

/* The distance of strings of any length, or anything above max when it is above max. */
static int
long_distance(const char *a, int alen, const char *b, int blen, int max, bool transpositions)
{
	matrix m;
	int distance;

	m.ascii = cdw_is_ascii(a, alen) && cdw_is_ascii(b, blen);
	m.rows = m.ascii ? alen : cdw_symbol_count(a, alen);
	m.columns = m.ascii ? blen : cdw_symbol_count(b, blen);
	if (m.rows > m.columns)
		return long_distance(b, blen, a, alen, max, transpositions);
	if (m.columns - m.rows > max)
		return m.columns - m.rows;

	/* No distance is greater than the longer string. */
	max = Min(max, m.columns);
	m.reach = (max - (m.columns - m.rows)) / 2;
	m.a = (const unsigned char *) a;
	m.a_end = m.a + alen;
	m.b = (const unsigned char *) b;
	m.b_end = m.b + blen;
	check_cells(&m);
	m.carries = palloc(m.columns);
	memset(m.carries, CARRY_PLUS, m.columns);
	distance = banded_distance(&m, max, transpositions);
	pfree(m.carries);
	return distance;
}

/* Whether a byte continues a code point. */
static inline bool
is_continuation(char byte)
{
	return ((unsigned char) byte & 0xC0) == 0x80;
}

/* How many bytes both end with, out of the len before these ends. */
static inline int
common_suffix(const char *a_end, const char *b_end, int len)
{
	int n = 0;
	uint64 difference;

	for (; n + 8 <= len; n += 8)
	{
		difference = cdw_load_8_bytes(a_end - n - 8) ^ cdw_load_8_bytes(b_end - n - 8);
		if (difference != 0)
			return n + 7 - pg_leftmost_one_pos64(difference) / 8;
	}
	if (n == len)
		return len;
	difference =
		cdw_load_few_bytes(a_end - len, len - n) ^ cdw_load_few_bytes(b_end - len, len - n);
	return difference == 0 ? len : len - 1 - pg_leftmost_one_pos64(difference) / 8;
}

/* Cuts what both strings begin and end with, in whole code points: it never changes a distance. */
static inline void
cut_common_ends(const char **a, int *alen, const char **b, int *blen)
{
	int n = cdw_common_prefix(*a, *b, Min(*alen, *blen));

	while (n > 0 &&
		   ((n < *alen && is_continuation((*a)[n])) || (n < *blen && is_continuation((*b)[n]))))
		n--;
	*a += n;
	*b += n;
	*alen -= n;
	*blen -= n;

	n = common_suffix(*a + *alen, *b + *blen, Min(*alen, *blen));
	while (n > 0 && is_continuation((*a)[*alen - n]))
		n--;
	*alen -= n;
	*blen -= n;
}

/*
 * The distance of two strings, or anything above max when it is above max. Nothing is allocated for
 * strings of at most 64 code points.
 */
static pg_attribute_always_inline int
distance_of(const char *a, int alen, const char *b, int blen, int max, bool transpositions)
{
	cdw_short_string x;
	cdw_short_string y;

	cut_common_ends(&a, &alen, &b, &blen);
	if (alen == 0)
		return cdw_symbol_count(b, blen);
	if (blen == 0)
		return cdw_symbol_count(a, alen);
	if (!cdw_read_short_strings(a, alen, b, blen, &x, &y))
		return long_distance(a, alen, b, blen, max, transpositions);
	if (x.length >= y.length)
		return CDW_BY_GROUPS(short_distance, &x, &y, max, transpositions);
	return CDW_BY_GROUPS(short_distance, &y, &x, max, transpositions);
}

/* The distance when it is at most max, else anything above max. */
int
cdw_edit_distance(const char *a, int alen, const char *b, int blen, int max, bool transpositions)
{
	if (transpositions)
		return distance_of(a, alen, b, blen, max, true);
	return distance_of(a, alen, b, blen, max, false);
}

/* The least number of insertions, deletions and substitutions of code points from a to b. */
int
cdw_levenshtein(const char *a, int alen, const char *b, int blen)
{
	return distance_of(a, alen, b, blen, INT_MAX, false);
}

/*
 * Optimal string alignment: also exchanges of two neighbours, but nothing is edited twice, so that
 * 'ca' to 'abc' takes 3 steps.
 */
int
cdw_damerau_levenshtein(const char *a, int alen, const char *b, int blen)
{
	return distance_of(a, alen, b, blen, INT_MAX, true);
}

/* A distance as a share of the longer string, from 1; two empty strings give 1. */
double
cdw_distance_similarity(int distance, const char *a, int alen, const char *b, int blen)
{
	int longer = Max(alen, blen);

	if (longer == 0)
		return 1;
	if (!cdw_is_ascii(a, alen) || !cdw_is_ascii(b, blen))
	{
		int a_count = cdw_symbol_count(a, alen);
		int b_count = cdw_symbol_count(b, blen);

		longer = Max(a_count, b_count);
	}
	return 1 - (double) distance / longer;
}

/* 1 - levenshtein / length of the longer string, 0 to 1; two empty strings give 1. */
double
cdw_levenshtein_similarity(const char *a, int alen, const char *b, int blen)
{
	return cdw_distance_similarity(cdw_levenshtein(a, alen, b, blen), a, alen, b, blen);
}

/* 1 - damerau_levenshtein / length of the longer string, 0 to 1; two empty strings give 1. */
double
cdw_damerau_levenshtein_similarity(const char *a, int alen, const char *b, int blen)
{
	return cdw_distance_similarity(cdw_damerau_levenshtein(a, alen, b, blen), a, alen, b, blen);
}
