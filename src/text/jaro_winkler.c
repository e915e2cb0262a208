/*
 * src/text/jaro_winkler.c
 *
 * Jaro and Jaro-Winkler similarity. M. Jaro, "Advances in record-linkage methodology", JASA 84
 * (1989); W. Winkler, "String comparator metrics and enhanced decision rules in the Fellegi-Sunter
 * model of record linkage" (1990). Two symbols agree when they are equal and no further apart than
 * half the longer string less one; of several the first free one is taken. Transpositions are half
 * the agreeing symbols that are out of order, rounded down as in Winkler's own program.
 */
#include "text/lanes.h"

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

/* A word with the lowest "count" bits set: none below 1, all from 64 on. */
static inline uint64
lowest_bits(int count)
{
	if (count <= 0)
		return 0;
	return ~UINT64CONST(0) >> (64 - Min(count, 64));
}

#define JARO_KERNEL short_kernel
#define JARO_STRING cdw_short_string
#define JARO_SYMBOL uint16
#define JARO_POSITIONS cdw_positions
#define JARO_ATTRIBUTES
#include "text/jaro_kernel.h"

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

#ifdef CDW_HAVE_AVX2
#define JARO_KERNEL ascii_kernel
#define JARO_STRING cdw_ascii_string
#define JARO_SYMBOL uint8
#define JARO_POSITIONS cdw_ascii_positions
#define JARO_ATTRIBUTES CDW_TARGET_AVX2
#include "text/jaro_kernel.h"

/* The similarity of ASCII strings of 1 to 64 bytes. */
static CDW_TARGET_AVX2 double
ascii_jaro(const char *a, int alen, const char *b, int blen, int *prefix)
{
	cdw_ascii_string x;
	cdw_ascii_string y;

	*prefix = cdw_common_prefix(a, b, Min(alen, blen));
	cdw_read_ascii_string(a, alen, &x);
	cdw_read_ascii_string(b, blen, &y);
	return CDW_BY_GROUPS(ascii_kernel, &x, &y, *prefix);
}

/* Whether ascii_jaro can take these strings, on this processor. */
static inline bool
is_for_ascii_jaro(const char *a, int alen, const char *b, int blen)
{
	return Max(alen, blen) <= CDW_SHORT_SYMBOLS && cdw_is_ascii(a, alen) && cdw_is_ascii(b, blen) &&
		   __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi");
}
#endif

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

/* Jaro similarity, and the length of the common prefix, up to 4 at least. */
static inline double
compare(const char *a, int alen, const char *b, int blen, int *prefix)
{
	cdw_short_string x;
	cdw_short_string y;

	*prefix = 0;
	if (alen == 0 || blen == 0)
		return alen == blen;
#ifdef CDW_HAVE_AVX2
	if (is_for_ascii_jaro(a, alen, b, blen))
		return ascii_jaro(a, alen, b, blen, prefix);
#endif
	if (!cdw_read_short_strings(a, alen, b, blen, &x, &y))
	{
		*prefix = long_common_prefix(a, alen, b, blen);
		return long_jaro(a, alen, b, blen);
	}
	*prefix = short_common_prefix(&x, &y);
	return CDW_BY_GROUPS(short_kernel, &x, &y, 0);
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
	return jaro + Min(prefix, WINKLER_PREFIX) * WINKLER_WEIGHT * (1 - jaro);
}

/* Whether a glance at two strings proves that their similarity is below the cut. */
static inline bool
is_below(const char *a, int alen, const char *b, int blen, double cut, bool winkler)
{
	cdw_lanes x;
	cdw_lanes y;

	return Max(alen, blen) <= CDW_LANES_BYTES && Min(alen, blen) > 0 &&
		   cdw_read_ascii_lanes(a, alen, &x) && cdw_read_ascii_lanes(b, blen, &y) &&
		   cdw_lanes_below(&x, &y, cut, winkler, false);
}

/* Jaro similarity when it is at least cut, else anything below cut. */
double
cdw_jaro_from(const char *a, int alen, const char *b, int blen, double cut)
{
	return is_below(a, alen, b, blen, cut, false) ? 0 : cdw_jaro(a, alen, b, blen);
}

/* The same of Jaro-Winkler similarity. */
double
cdw_jaro_winkler_from(const char *a, int alen, const char *b, int blen, double cut)
{
	return is_below(a, alen, b, blen, cut, true) ? 0 : cdw_jaro_winkler(a, alen, b, blen);
}
