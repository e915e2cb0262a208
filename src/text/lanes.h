/*
 * src/text/lanes.h
 *
 * Bounds that settle most pairs of strings before a distance or a similarity is computed. The
 * beginning of a string lies in a register: 16 bytes of ASCII, or 8 symbols of the basic plane. A
 * symbol that has no equal within reach in the other string is not part of any agreement; a few
 * shifts of the register find all of these.
 *
 * Distance: in an alignment of at most "max" steps a symbol that is neither deleted nor replaced
 * stands opposite an equal one at most max places away, or, when it is exchanged with its neighbour,
 * max - 1 places and one more. So each step accounts for one symbol without an equal at most, and
 * more than max of them prove a distance above max.
 *
 * Jaro: agreeing symbols are within the window, so those that have an equal there are no fewer.
 */
#ifndef CDW_LANES_H
#define CDW_LANES_H

#include "text/short_string.h"

#include "port/pg_bitutils.h"

#define CDW_LANES_BYTES 16

typedef struct cdw_lanes
{
	int length;		 /* symbols; with ASCII it may exceed the 16 that are here */
	uint64 words[2]; /* zeros behind the end */
} cdw_lanes;

/* Reads the first 16 bytes; false where they are not ASCII. */
static inline bool
cdw_read_ascii_lanes(const char *value, int len, cdw_lanes *out)
{
	out->length = len;
	out->words[0] = cdw_load_word(value, len, 0);
	out->words[1] = cdw_load_word(value, len, 8);
	return ((out->words[0] | out->words[1]) & CDW_HIGH_BITS) == 0;
}

/* Reads at most 8 symbols of two bytes; false where there are more, or others. */
static inline bool
cdw_read_wide_lanes(const char *value, int len, cdw_lanes *out)
{
	const unsigned char *at = (const unsigned char *) value;
	const unsigned char *end = at + len;

	*out = (cdw_lanes){0};
	while (at < end)
	{
		uint32 symbol = *at;

		if (symbol < 0x80)
			at++;
		else if (symbol >= 0xC2 && symbol < 0xE0 && end - at >= 2)
		{
			symbol = (symbol & 0x1F) << 6 | (at[1] & 0x3F);
			at += 2;
		}
		else if ((symbol & 0xF0) == 0xE0 && end - at >= 3)
		{
			symbol = (symbol & 0x0F) << 12 | (at[1] & 0x3F) << 6 | (at[2] & 0x3F);
			at += 3;
		}
		else
			return false;
		if (out->length == CDW_LANES_BYTES / 2)
			return false;
		out->words[out->length / 4] |= (uint64) symbol << 16 * (out->length % 4);
		out->length++;
	}
	return true;
}

/*
 * Which lanes of a have an equal in b at most "reach" symbols further left or right: a bit for each
 * byte. Lanes behind the end of a are void.
 */
static pg_attribute_always_inline uint32
cdw_covered_lanes(const cdw_lanes *a, const cdw_lanes *b, int reach, bool wide)
{
#if defined(__SSE2__)
	__m128i x = _mm_set_epi64x(a->words[1], a->words[0]);
	__m128i up = _mm_set_epi64x(b->words[1], b->words[0]);
	__m128i down = up;
	__m128i found = wide ? _mm_cmpeq_epi16(x, up) : _mm_cmpeq_epi8(x, up);

	for (int i = 0; i < reach; i++)
	{
		up = wide ? _mm_slli_si128(up, 2) : _mm_slli_si128(up, 1);
		down = wide ? _mm_srli_si128(down, 2) : _mm_srli_si128(down, 1);
		found = _mm_or_si128(found, wide ? _mm_cmpeq_epi16(x, up) : _mm_cmpeq_epi8(x, up));
		found = _mm_or_si128(found, wide ? _mm_cmpeq_epi16(x, down) : _mm_cmpeq_epi8(x, down));
	}
	return _mm_movemask_epi8(found);
#else
	int width = wide ? 2 : 1;
	int lanes = CDW_LANES_BYTES / width;
	uint64 lane_mask = wide ? 0xFFFF : 0xFF;
	uint32 covered = 0;

	for (int i = 0; i < lanes; i++)
	{
		uint64 symbol = a->words[i * width / 8] >> 8 * (i * width % 8) & lane_mask;

		for (int j = Max(i - reach, 0); j <= Min(i + reach, lanes - 1); j++)
			if ((b->words[j * width / 8] >> 8 * (j * width % 8) & lane_mask) == symbol)
				covered |= (wide ? 3U : 1U) << i * width;
	}
	return covered;
#endif
}

/* How many of the first "count" symbols of a have an equal in b within reach. */
static pg_attribute_always_inline int
cdw_covered_symbols(const cdw_lanes *a, const cdw_lanes *b, int count, int reach, bool wide)
{
	uint32 bits = cdw_covered_lanes(a, b, reach, wide) & ((1U << (wide ? 2 * count : count)) - 1);

	/* inline, for the server's count of bits is behind a pointer */
	bits -= bits >> 1 & 0x5555;
	bits = (bits & 0x3333) + (bits >> 2 & 0x3333);
	bits = (bits + (bits >> 4)) & 0x0F0F;
	bits = (bits + (bits >> 8)) & 0x1F;
	return wide ? bits / 2 : bits;
}

/* Whether the distance of the strings is surely above max, transpositions or not. */
static pg_attribute_always_inline bool
cdw_lanes_exceed(const cdw_lanes *a, const cdw_lanes *b, int max, bool wide)
{
	int lanes = wide ? CDW_LANES_BYTES / 2 : CDW_LANES_BYTES;
	int count = Min(a->length, lanes);

	/* the last lanes could have their equals behind what is here of b */
	if (b->length > lanes)
		count = Min(count, Max(lanes - max, 0));
	return count - cdw_covered_symbols(a, b, count, max, wide) > max;
}

/*
 * Whether the Jaro or Jaro-Winkler similarity of strings, here as a whole, is surely below the cut.
 * With m agreeing symbols jaro is at most (m / a + m / b + 1) / 3, so below j where
 * m (a + b) < (3 j - 1) a b; a common prefix p raises it by 0.1 p (1 - jaro), above 0.7 only.
 */
static pg_attribute_always_inline bool
cdw_lanes_below(const cdw_lanes *a, const cdw_lanes *b, double cut, bool winkler, bool wide)
{
	static const double scale[] = {1, 1 / 0.9, 1 / 0.8, 1 / 0.7, 1 / 0.6};
	const double slack = 1e-9; /* far above rounding, far below a step of the bound */
	int longer = Max(a->length, b->length);
	int agreeing = cdw_covered_symbols(a, b, a->length, Max(longer / 2 - 1, 0), wide);
	uint64 difference = a->words[0] ^ b->words[0];
	int prefix = 4;

	agreeing = Min(agreeing, b->length);
	if (difference != 0)
		prefix = Min(pg_rightmost_one_pos64(difference) / (wide ? 16 : 8), 4);
	if (winkler && cut > 0.7)
		cut = Max((cut - 0.1 * prefix) * scale[prefix], 0.7);
	return agreeing * (a->length + b->length) < (3 * cut - 1 - slack) * (a->length * b->length);
}

/* Where a symbol of ASCII stands in the string, as bits. */
static inline uint64
cdw_lane_positions(const cdw_lanes *string, char symbol)
{
#if defined(__SSE2__)
	__m128i symbols = _mm_set_epi64x(string->words[1], string->words[0]);

	return _mm_movemask_epi8(_mm_cmpeq_epi8(symbols, _mm_set1_epi8(symbol)));
#else
	uint64 positions = 0;

	for (int i = 0; i < CDW_LANES_BYTES; i++)
		positions |= (uint64) ((char) (string->words[i / 8] >> 8 * (i % 8)) == symbol) << i;
	return positions;
#endif
}

#endif /* CDW_LANES_H */
