/*
 * src/text/jaro_winkler.c
 *
 * Jaro and Jaro-Winkler similarity. M. Jaro, "Advances in record-linkage methodology", JASA 84
 * (1989); W. Winkler, "String comparator metrics and enhanced decision rules in the Fellegi-Sunter
 * model of record linkage" (1990). Two symbols agree when they are equal and no further apart than
 * half the longer string less one; of several the first free one is taken. Transpositions are half
 * the agreeing symbols that are out of order, rounded down as in Winkler's own program.
 */
#include "text/short_string.h"

#include "miscadmin.h"
#include "port/pg_bitutils.h"
#include "utils/memutils.h"

#define WINKLER_PREFIX 4
#define WINKLER_WEIGHT 0.1
#define WINKLER_FLOOR 0.7

/* Positions are ordered by code point in two passes of 11 bits: code points are below 2^21. */
#define RADIX_BITS 11
#define RADIX_SIZE (1 << RADIX_BITS)

/* How far apart agreeing symbols may be. */
static inline int
jaro_window(int alen, int blen)
{
	return Max(Max(alen, blen) / 2 - 1, 0);
}

/* The similarity, from counts: "displaced" symbols agree but are out of order. */
static inline double
jaro_similarity(int common, int displaced, int alen, int blen)
{
	double m = common;

	if (common == 0)
		return 0;
	return (m / alen + m / blen + (m - displaced / 2) / m) / 3;
}

/* The similarity of two short strings. */
static pg_attribute_always_inline double
short_jaro(const cdw_short_string *x, int groups, const cdw_short_string *y)
{
	int window = jaro_window(x->length, y->length);
	uint64 reach = (UINT64CONST(1) << (window + 1)) - 1;
	uint64 all = ~UINT64CONST(0) >> (CDW_SHORT_SYMBOLS - x->length);
	uint64 free_x = all;
	uint16 agreeing[CDW_SHORT_SYMBOLS]; /* the symbols of y that agree */
	int common = 0;
	int displaced = 0;

	for (int j = 0; j < y->length; j++)
	{
		uint16 symbol = y->symbols[j];
		uint64 candidates = cdw_positions(x, symbol, groups) & reach & free_x;

		free_x ^= candidates & -candidates;
		agreeing[common] = symbol;
		common += candidates != 0;
		reach = reach << 1 | (j < window);
	}
	all ^= free_x;
	for (int k = 0; k < common; k++)
	{
		displaced += x->symbols[pg_rightmost_one_pos64(all)] != agreeing[k];
		all &= all - 1;
	}
	return jaro_similarity(common, displaced, x->length, y->length);
}

/* A long string: its symbols, their positions ordered by symbol, and which agree. */
typedef struct long_string
{
	int length;
	uint32 *symbols;
	uint32 *order;
	bool *taken;
} long_string;

/* Orders the positions "from" by RADIX_BITS bits of their symbols into "to", keeping ties. */
static void
order_by_bits(const long_string *s, const uint32 *from, uint32 *to, int shift)
{
	uint32 starts[RADIX_SIZE + 1] = {0};

	for (int i = 0; i < s->length; i++)
		starts[(s->symbols[i] >> shift) % RADIX_SIZE + 1]++;
	for (int digit = 0; digit < RADIX_SIZE; digit++)
		starts[digit + 1] += starts[digit];
	for (int i = 0; i < s->length; i++)
		to[starts[(s->symbols[from[i]] >> shift) % RADIX_SIZE]++] = from[i];
	CHECK_FOR_INTERRUPTS();
}

/* Reads a string of any length into the current memory context. */
static void
read_long_string(long_string *s, const char *value, int len)
{
	const unsigned char *at = (const unsigned char *) value;
	const unsigned char *end = at + len;
	Size size;
	uint32 *positions;

	s->length = cdw_symbol_count(value, len);
	size = (Size) s->length * sizeof(uint32);
	s->symbols = MemoryContextAllocHuge(CurrentMemoryContext, size);
	s->order = MemoryContextAllocHuge(CurrentMemoryContext, size);
	s->taken = palloc0(s->length);
	positions = MemoryContextAllocHuge(CurrentMemoryContext, size);
	for (int i = 0; i < s->length; i++)
	{
		s->symbols[i] = cdw_next_symbol(&at, end);
		s->order[i] = i;
	}
	order_by_bits(s, s->order, positions, 0);
	order_by_bits(s, positions, s->order, RADIX_BITS);
	pfree(positions);
}

/* Frees what read_long_string allocated. */
static void
free_long_string(long_string *s)
{
	pfree(s->symbols);
	pfree(s->order);
	pfree(s->taken);
}

/*
 * Strings of any length in linear time. "The first free one in reach" pairs the occurrences of each
 * symbol in order, so that merging the two ordered lists of positions finds the same agreements.
 */
static double
long_jaro(const char *a, int alen, const char *b, int blen)
{
	long_string x;
	long_string y;
	int window;
	int common = 0;
	int displaced = 0;
	double similarity;

	read_long_string(&x, a, alen);
	read_long_string(&y, b, blen);
	window = jaro_window(x.length, y.length);
	for (int i = 0, j = 0; i < x.length && j < y.length;)
	{
		uint32 p = x.order[i];
		uint32 q = y.order[j];

		if (x.symbols[p] != y.symbols[q])
			x.symbols[p] < y.symbols[q] ? i++ : j++;
		else if (p > q + window)
			j++;
		else if (q > p + window)
			i++;
		else
		{
			x.taken[p] = y.taken[q] = true;
			common++;
			i++;
			j++;
		}
	}
	for (int i = 0, j = 0; i < x.length; i++)
	{
		if (!x.taken[i])
			continue;
		while (!y.taken[j])
			j++;
		displaced += x.symbols[i] != y.symbols[j++];
	}
	similarity = jaro_similarity(common, displaced, x.length, y.length);
	free_long_string(&x);
	free_long_string(&y);
	return similarity;
}

/*
 * The symbols, at most 4, that two short strings begin with; zeros behind the end count, which is of
 * no matter where the strings are equal, and only there can both have ended.
 */
static inline int
short_common_prefix(const cdw_short_string *x, const cdw_short_string *y)
{
	bool same = true;
	int prefix = 0;

	for (int i = 0; i < WINKLER_PREFIX; i++)
	{
		same &= x->symbols[i] == y->symbols[i];
		prefix += same;
	}
	return prefix;
}

/* The code points, at most 4, that two strings begin with. */
static int
long_common_prefix(const char *a, int alen, const char *b, int blen)
{
	const unsigned char *p = (const unsigned char *) a;
	const unsigned char *q = (const unsigned char *) b;
	const unsigned char *p_end = p + alen;
	const unsigned char *q_end = q + blen;
	int prefix = 0;

	while (prefix < WINKLER_PREFIX && p < p_end && q < q_end &&
		   cdw_next_symbol(&p, p_end) == cdw_next_symbol(&q, q_end))
		prefix++;
	return prefix;
}

/* Jaro similarity, and the length of the common prefix. */
static inline double
compare(const char *a, int alen, const char *b, int blen, int *prefix)
{
	cdw_short_string x;
	cdw_short_string y;

	*prefix = 0;
	if (alen == 0 || blen == 0)
		return alen == blen;
	if (!cdw_read_short_strings(a, alen, b, blen, &x, &y))
	{
		*prefix = long_common_prefix(a, alen, b, blen);
		return long_jaro(a, alen, b, blen);
	}
	*prefix = short_common_prefix(&x, &y);
	return CDW_BY_GROUPS(short_jaro, &x, &y);
}

/*
 * Jaro similarity, 0 to 1; two empty strings give 1, one empty string 0. Nothing is allocated for
 * strings of at most 64 code points.
 */
double
cdw_jaro(const char *a, int alen, const char *b, int blen)
{
	int prefix;

	return compare(a, alen, b, blen, &prefix);
}

/* Jaro similarity, raised for a common prefix of up to 4 code points when it is above 0.7. */
double
cdw_jaro_winkler(const char *a, int alen, const char *b, int blen)
{
	int prefix;
	double jaro = compare(a, alen, b, blen, &prefix);

	if (jaro <= WINKLER_FLOOR)
		return jaro;
	return jaro + prefix * WINKLER_WEIGHT * (1 - jaro);
}
