/*
 * src/text/qgram.c
 *
 * Similarities of the sets of distinct q-grams of code points, unpadded. P. Jaccard, Bull. Soc.
 * vaudoise Sci. nat. 37 (1901); L. Dice, Ecology 26 (1945); A. Ochiai, Bull. Jap. Soc. Sci. Fish. 22
 * (1957), which is the cosine of sets. All counts are exact: grams are never told apart by a hash
 * alone.
 */
#include "text/symbols.h"

#include "miscadmin.h"
#include "utils/memutils.h"

#include <math.h>

/* Grams of one or two ASCII characters index a table. */
#define ASCII_BITS 7
#define DIRECT_GRAMS (1 << 2 * ASCII_BITS)

/* In the table: which string has the gram. */
#define IN_A 1
#define IN_B 2

/* The bits of a code point. */
#define SYMBOL_BITS 21

/* Up to this many grams of each string are compared without allocation, as numbers. */
#define FEW_GRAMS 256

/* A table has a power of two of slots, at least twice the grams in it. */
#define FEWEST_SLOT_BITS 6
#define MAX_SLOTS (4 * FEW_GRAMS)

/* Positions are sorted by this many bits of their rank at a time. */
#define RADIX_BITS 8
#define RADIX_SIZE (1 << RADIX_BITS)

/* The distinct grams of two strings. */
typedef struct overlap
{
	int a;
	int b;
	int common;
} overlap;

/* The number of an ASCII string's gram of q, 1 or 2, characters at "at". */
static pg_attribute_always_inline int
direct_gram(const unsigned char *at, int q)
{
	return q == 1 ? at[0] : at[0] << ASCII_BITS | at[1];
}

/*
 * Grams of q, 1 or 2, characters of ASCII strings that have na and nb of them, by a table. Only those
 * entries are cleared that are read.
 */
static pg_attribute_always_inline overlap
direct_overlap(const unsigned char *a, int na, const unsigned char *b, int nb, int q)
{
	uint8 owners[DIRECT_GRAMS];
	overlap counts = {0, 0, 0};

	for (int i = 0; i < na; i++)
		owners[direct_gram(a + i, q)] = 0;
	for (int i = 0; i < nb; i++)
		owners[direct_gram(b + i, q)] = 0;
	for (int i = 0; i < na; i++)
	{
		uint8 *owner = &owners[direct_gram(a + i, q)];

		counts.a += *owner == 0;
		*owner = IN_A;
	}
	for (int i = 0; i < nb; i++)
	{
		uint8 *owner = &owners[direct_gram(b + i, q)];

		counts.b += (*owner & IN_B) == 0;
		counts.common += *owner == IN_A;
		*owner |= IN_B;
	}
	return counts;
}

/* Writes the n grams of q symbols, each packed into a number of "bits" bits a symbol. */
static void
pack_grams(const char *value, int len, int n, int q, int bits, uint64 *grams)
{
	const unsigned char *at = (const unsigned char *) value;
	const unsigned char *end = at + len;
	const uint64 mask = (UINT64CONST(1) << bits * q) - 1;
	uint64 gram = 0;

	for (int i = 1 - q; i < n; i++)
	{
		gram = (gram << bits | (bits == ASCII_BITS ? *at++ : cdw_next_symbol(&at, end))) & mask;
		if (i >= 0)
			grams[i] = gram;
	}
}

/* Numbers in the order in which they came, and where each stands, plus one, by hash. */
typedef struct number_set
{
	int count;
	int slot_bits;
	uint64 members[2 * FEW_GRAMS];
	uint16 slots[MAX_SLOTS];
} number_set;

/* Makes an empty set for up to "count" numbers. */
static inline void
begin_set(number_set *set, int count)
{
	set->count = 0;
	set->slot_bits = FEWEST_SLOT_BITS;
	while (1 << set->slot_bits < 2 * count)
		set->slot_bits++;
	memset(set->slots, 0, sizeof(set->slots[0]) << set->slot_bits);
}

/* The place of the number in the set, where it is put if it is new. */
static inline int
find_or_add(number_set *set, uint64 number)
{
	int slot = number * UINT64CONST(0x9E3779B97F4A7C15) >> (64 - set->slot_bits);

	while (set->slots[slot] != 0)
	{
		if (set->members[set->slots[slot] - 1] == number)
			return set->slots[slot] - 1;
		slot = (slot + 1) & ((1 << set->slot_bits) - 1);
	}
	set->members[set->count] = number;
	set->slots[slot] = ++set->count;
	return set->count - 1;
}

/*
 * Grams of q symbols of "bits" bits, 63 bits together, of strings that have na and nb of them, few of
 * each.
 */
static overlap
packed_overlap(const char *a, int alen, int na, const char *b, int blen, int nb, int q, int bits)
{
	uint64 grams[FEW_GRAMS];
	bool shared[FEW_GRAMS];
	number_set set;
	overlap counts = {0, 0, 0};

	begin_set(&set, na + nb);
	pack_grams(a, alen, na, q, bits, grams);
	for (int i = 0; i < na; i++)
		find_or_add(&set, grams[i]);
	counts.a = set.count;
	memset(shared, false, counts.a);
	pack_grams(b, blen, nb, q, bits, grams);
	for (int i = 0; i < nb; i++)
	{
		int place = find_or_add(&set, grams[i]);

		if (place < counts.a && !shared[place])
		{
			shared[place] = true;
			counts.common++;
		}
	}
	counts.b = counts.common + set.count - counts.a;
	return counts;
}

/*
 * Two strings, one behind the other, whose grams of one length are numbered: equal grams have equal
 * ranks. Positions too near to a string's end for a gram have none.
 */
typedef struct ranking
{
	int a_count;	/* symbols of the first string */
	int count;		/* of both */
	uint32 highest; /* rank */
	uint32 *ranks;	/* by position */
	uint32 *new_ranks;
	uint32 *order; /* positions */
	uint32 *scratch;
} ranking;

/* Sorts n positions by the rank found "offset" behind them, keeping ties. */
static void
order_positions(ranking *r, int n, int offset)
{
	for (int shift = 0; shift == 0 || (shift < 32 && r->highest >> shift != 0); shift += RADIX_BITS)
	{
		uint32 starts[RADIX_SIZE + 1] = {0};
		uint32 *swap = r->order;

		CHECK_FOR_INTERRUPTS();
		for (int i = 0; i < n; i++)
			starts[(r->ranks[r->order[i] + offset] >> shift) % RADIX_SIZE + 1]++;
		for (int digit = 0; digit < RADIX_SIZE; digit++)
			starts[digit + 1] += starts[digit];
		for (int i = 0; i < n; i++)
		{
			uint32 position = r->order[i];

			r->scratch[starts[(r->ranks[position + offset] >> shift) % RADIX_SIZE]++] = position;
		}
		r->order = r->scratch;
		r->scratch = swap;
	}
}

/*
 * Goes from grams of a length to longer ones, of at most twice that length: a longer gram is known by
 * the ranks of the grams that it begins and ends with. Returns how many there are.
 */
static int
rank_longer(ranking *r, int length, int longer)
{
	int offset = longer - length;
	int n = 0;
	uint32 rank = 0;
	uint32 *swap = r->ranks;

	for (int i = 0; i + longer <= r->a_count; i++)
		r->order[n++] = i;
	for (int i = r->a_count; i + longer <= r->count; i++)
		r->order[n++] = i;
	order_positions(r, n, offset);
	order_positions(r, n, 0);
	for (int i = 0; i < n; i++)
	{
		uint32 position = r->order[i];
		uint32 before = i == 0 ? position : r->order[i - 1];

		rank += r->ranks[position] != r->ranks[before] ||
				r->ranks[position + offset] != r->ranks[before + offset];
		r->new_ranks[position] = rank;
	}
	r->highest = rank;
	r->ranks = r->new_ranks;
	r->new_ranks = swap;
	return n;
}

/* Counts the distinct grams among n ordered positions. */
static overlap
count_ranks(const ranking *r, int n)
{
	overlap counts = {0, 0, 0};

	for (int i = 0; i < n;)
	{
		uint32 rank = r->ranks[r->order[i]];
		int owners = 0;

		for (; i < n && r->ranks[r->order[i]] == rank; i++)
			owners |= r->order[i] < (uint32) r->a_count ? IN_A : IN_B;
		counts.a += owners & IN_A;
		counts.b += owners / IN_B;
		counts.common += owners == (IN_A | IN_B);
	}
	return counts;
}

/*
 * Grams of any length in strings of any length. Doubles the length until it is q (the ranking of R.
 * Karp, R. Miller, A. Rosenberg, STOC 1972): time grows with n log q, memory is 16 bytes per code
 * point. Strings without shorter grams in common need no longer ones: no similarity asks how many.
 */
static overlap
ranked_overlap(const char *a, int alen, int a_count, const char *b, int blen, int b_count, int q)
{
	const unsigned char *at = (const unsigned char *) a;
	const unsigned char *end = at + alen;
	Size count = (Size) a_count + b_count;
	uint32 fixed[4 * 2 * FEW_GRAMS];
	uint32 *memory = count <= 2 * FEW_GRAMS
						 ? fixed
						 : MemoryContextAllocHuge(CurrentMemoryContext, 4 * count * sizeof(uint32));
	ranking r = {.a_count = a_count,
				 .count = count,
				 .ranks = memory,
				 .new_ranks = memory + count,
				 .order = memory + 2 * count,
				 .scratch = memory + 3 * count};
	int length = 1;
	overlap counts;

	for (int i = 0; i < r.count; i++)
	{
		if (i == a_count)
		{
			at = (const unsigned char *) b;
			end = at + blen;
		}
		r.ranks[i] = cdw_next_symbol(&at, end);
		r.highest = Max(r.highest, r.ranks[i]);
	}
	do
	{
		int longer = length <= q / 2 ? 2 * length : q;

		counts = count_ranks(&r, rank_longer(&r, length, longer));
		length = longer;
	} while (length < q && counts.common > 0);
	if (memory != fixed)
		pfree(memory);
	return counts;
}

/*
 * The distinct grams of q code points, at least 1, of two strings. A string shorter than q is its own
 * gram; so is the empty one.
 */
static overlap
gram_overlap(const char *a, int alen, const char *b, int blen, int q)
{
	bool ascii = cdw_is_ascii(a, alen) && cdw_is_ascii(b, blen);
	int a_count = ascii ? alen : cdw_symbol_count(a, alen);
	int b_count = ascii ? blen : cdw_symbol_count(b, blen);
	int bits = ascii ? ASCII_BITS : SYMBOL_BITS;
	int na = a_count - q + 1;
	int nb = b_count - q + 1;

	/* The gram of a short string differs from all others: equal strings do not come here. */
	if (na < 1 || nb < 1)
		return (overlap){1, 1, 0};
	if (ascii && q == 1)
		return direct_overlap((const unsigned char *) a, na, (const unsigned char *) b, nb, 1);
	if (ascii && q == 2)
		return direct_overlap((const unsigned char *) a, na, (const unsigned char *) b, nb, 2);
	if (Max(na, nb) <= FEW_GRAMS && q <= 63 / bits)
		return packed_overlap(a, alen, na, b, blen, nb, q, bits);
	return ranked_overlap(a, alen, a_count, b, blen, b_count, q);
}

/* Whether both strings are the same bytes. */
static inline bool
same_text(const char *a, int alen, const char *b, int blen)
{
	return alen == blen && memcmp(a, b, alen) == 0;
}

/*
 * The share of the q-grams of both strings that both have, 0 to 1; two empty strings give 1, one gives
 * 0. q is at least 1. Nothing is allocated for q up to 2 in ASCII, nor for strings of up to 256 code
 * points. The same holds of the two functions below.
 */
double
cdw_jaccard(const char *a, int alen, const char *b, int blen, int q)
{
	overlap counts;

	if (same_text(a, alen, b, blen))
		return 1;
	counts = gram_overlap(a, alen, b, blen, q);
	return (double) counts.common / (counts.a + counts.b - counts.common);
}

/* The common q-grams over the mean of both numbers of them. */
double
cdw_dice(const char *a, int alen, const char *b, int blen, int q)
{
	overlap counts;

	if (same_text(a, alen, b, blen))
		return 1;
	counts = gram_overlap(a, alen, b, blen, q);
	return 2.0 * counts.common / (counts.a + counts.b);
}

/* The common q-grams over the geometric mean of both numbers of them. */
double
cdw_cosine(const char *a, int alen, const char *b, int blen, int q)
{
	overlap counts;

	if (same_text(a, alen, b, blen))
		return 1;
	counts = gram_overlap(a, alen, b, blen, q);
	return counts.common / sqrt((double) counts.a * counts.b);
}
