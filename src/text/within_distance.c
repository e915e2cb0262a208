/*
 * src/text/within_distance.c
 *
 * Edit distances as far as they are at most a bound. A glance at the beginnings of two strings
 * settles most pairs (lanes.h); one step is found by comparing what is behind it.
 */
#include "text/edit_column.h"
#include "text/lanes.h"

/* So few steps are looked for at a glance first. */
#define FEW_STEPS 4

/*
 * The distance of ASCII strings of at most 16 bytes, x not shorter, or anything above max when it is
 * above max. The rows are x's.
 */
static pg_attribute_always_inline int
lanes_distance(const cdw_lanes *x, const cdw_lanes *y, int max, bool transpositions)
{
	cdw_column c = cdw_first_column;
	int distance = x->length;

	for (int j = 0; j < y->length; j++)
	{
		uint64 matches = cdw_lane_positions(x, (char) (y->words[j / 8] >> 8 * (j % 8)));

		distance +=
			cdw_carried(cdw_next_column(&c, matches, CARRY_PLUS, x->length - 1, transpositions));
		if (distance - (y->length - j - 1) > max)
			break;
	}
	return distance;
}

/* Cuts the first n symbols off; there are as many. */
static inline void
drop_lanes(cdw_lanes *string, int n)
{
	string->length -= n;
	for (; n >= 8; n -= 8)
	{
		string->words[0] = string->words[1];
		string->words[1] = 0;
	}
	if (n > 0)
	{
		string->words[0] = string->words[0] >> 8 * n | string->words[1] << (64 - 8 * n);
		string->words[1] >>= 8 * n;
	}
}

static inline bool
same_lanes(const cdw_lanes *x, const cdw_lanes *y)
{
	return x->words[0] == y->words[0] && x->words[1] == y->words[1];
}

/*
 * Whether strings whose first symbols differ are one step apart: the step is at the beginning, and
 * what is behind it is the same.
 */
static inline bool
is_one_step(const cdw_lanes *x, const cdw_lanes *y, bool transpositions)
{
	cdw_lanes x_rest = *x;
	cdw_lanes y_rest = *y;

	drop_lanes(&x_rest, 1);
	drop_lanes(&y_rest, 1);
	if (same_lanes(&x_rest, &y_rest) || same_lanes(&x_rest, y) || same_lanes(x, &y_rest))
		return true;
	if (!transpositions || Min(x_rest.length, y_rest.length) == 0 ||
		(x->words[0] & 0xFF) != (y_rest.words[0] & 0xFF) ||
		(y->words[0] & 0xFF) != (x_rest.words[0] & 0xFF))
		return false;
	drop_lanes(&x_rest, 1);
	drop_lanes(&y_rest, 1);
	return same_lanes(&x_rest, &y_rest);
}

/* The distance of ASCII strings of 1 to 16 bytes, or anything above max when it is above max. */
static pg_attribute_always_inline int
small_distance_within(cdw_lanes *x, cdw_lanes *y, int max, bool transpositions)
{
	uint64 low = x->words[0] ^ y->words[0];
	uint64 high = x->words[1] ^ y->words[1];
	int prefix;

	if (low == 0 && high == 0)
		return abs(x->length - y->length);
	if (abs(x->length - y->length) > max ||
		(max <= FEW_STEPS && cdw_lanes_exceed(x, y, max, false)))
		return max + 1;
	prefix = low != 0 ? pg_rightmost_one_pos64(low) / 8 : 8 + pg_rightmost_one_pos64(high) / 8;
	prefix = Min(prefix, Min(x->length, y->length));
	drop_lanes(x, prefix);
	drop_lanes(y, prefix);
	if (x->length == 0 || y->length == 0)
		return x->length + y->length;
	if (is_one_step(x, y, transpositions))
		return 1;
	if (max < 2)
		return 2;
	if (x->length >= y->length)
		return lanes_distance(x, y, max, transpositions);
	return lanes_distance(y, x, max, transpositions);
}

/*
 * The distance when it is at most max, else anything above max. Most pairs are settled by a glance at
 * the beginnings.
 */
static pg_attribute_always_inline int
distance_within(const char *a, int alen, const char *b, int blen, int max, bool transpositions)
{
	cdw_lanes x;
	cdw_lanes y;

	/* A step changes at most the four bytes of a code point. */
	if (max < 0 || abs(alen - blen) > (int64) 4 * max)
		return max < 0 ? 0 : max + 1;
	if (max <= FEW_STEPS && cdw_read_ascii_lanes(a, alen, &x) && cdw_read_ascii_lanes(b, blen, &y))
	{
		if (Max(alen, blen) <= CDW_LANES_BYTES)
			return small_distance_within(&x, &y, max, transpositions);
		if (cdw_lanes_exceed(&x, &y, max, false))
			return max + 1;
	}
	return cdw_edit_distance(a, alen, b, blen, max, transpositions);
}

/* Whether the Levenshtein distance is at most max; false below 0. Looks no further than needed. */
bool
cdw_within_distance(const char *a, int alen, const char *b, int blen, int max)
{
	return cdw_levenshtein_within(a, alen, b, blen, max) <= max;
}

/* The Levenshtein distance when it is at most max, else anything above max. */
int
cdw_levenshtein_within(const char *a, int alen, const char *b, int blen, int max)
{
	return distance_within(a, alen, b, blen, max, false);
}

/* The same of optimal string alignment. */
int
cdw_damerau_levenshtein_within(const char *a, int alen, const char *b, int blen, int max)
{
	return distance_within(a, alen, b, blen, max, true);
}

/* The most steps that leave a similarity at the cut; lengths in bytes are no less than in symbols. */
static inline int
steps_from(double cut, int alen, int blen)
{
	return (int) ((1 - cut) * Max(alen, blen)) + 1;
}

/* Levenshtein similarity when it is at least cut, 0 to 1, else anything below cut. */
double
cdw_levenshtein_similarity_from(const char *a, int alen, const char *b, int blen, double cut)
{
	int steps = steps_from(cut, alen, blen);

	return cdw_distance_similarity(cdw_levenshtein_within(a, alen, b, blen, steps), a, alen, b,
								   blen);
}

/* The same of optimal string alignment. */
double
cdw_damerau_levenshtein_similarity_from(const char *a, int alen, const char *b, int blen,
										double cut)
{
	int steps = steps_from(cut, alen, blen);

	return cdw_distance_similarity(cdw_damerau_levenshtein_within(a, alen, b, blen, steps), a, alen,
								   b, blen);
}
