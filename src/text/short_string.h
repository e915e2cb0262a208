/*
 * src/text/short_string.h
 *
 * Strings of at most 64 symbols, for the kernels that hold one bit per symbol in a machine word:
 * names, addresses, nearly all there is to compare. A symbol is a UTF-16 unit; a code point beyond
 * the basic plane is replaced by a surrogate that stands for it in this pair of strings. The
 * positions of a symbol are found by comparing, 16 at a time where the processor can: for so few
 * symbols that costs less than building a table of positions, and allocates nothing.
 *
 * Inline, because a call costs about as much as a column of the kernels.
 */
#ifndef CDW_SHORT_STRING_H
#define CDW_SHORT_STRING_H

#include "text/symbols.h"

#include "port/pg_bitutils.h"
#include "port/pg_bswap.h"

#if defined(__x86_64__)
#include <immintrin.h>
#define CDW_HAVE_AVX2 /* the compiler has it; the processor is asked */
#define CDW_TARGET_AVX2 __attribute__((target("avx2,bmi")))
#elif defined(__aarch64__) && defined(__ARM_NEON)
#include <arm_neon.h>
#endif

#define CDW_SHORT_SYMBOLS 64

/* More bytes than these cannot be 64 symbols of the basic plane. */
#define CDW_SHORT_BYTES (3 * CDW_SHORT_SYMBOLS)

/* Symbols are compared in groups. */
#define CDW_GROUP 16

/* The high bits of the bytes of a word. */
#define CDW_HIGH_BITS UINT64CONST(0x8080808080808080)

/* Eight bytes and eight symbols in a register: vectors of GCC and Clang, for every processor. */
typedef uint8 cdw_bytes __attribute__((vector_size(8)));
typedef uint16 cdw_symbols __attribute__((vector_size(16)));

typedef struct cdw_short_string
{
	int length;
	/* The last word may stick out; zeros follow, up to a power of two of groups. */
	uint16 symbols[CDW_SHORT_BYTES + 8 + 2 * CDW_GROUP];
} cdw_short_string;

/* symbols.c */
extern bool cdw_read_beyond_basic_plane(const char *a, int alen, const char *b, int blen,
										cdw_short_string *x, cdw_short_string *y);

/* The first byte is the lowest, on every processor. */
static inline uint64
cdw_load_8_bytes(const char *value)
{
	uint64 word;

	memcpy(&word, value, 8);
#ifdef WORDS_BIGENDIAN
	word = pg_bswap64(word);
#endif
	return word;
}

/* At most 7 bytes, and zeros. */
static inline uint64
cdw_load_few_bytes(const char *value, int len)
{
	const unsigned char *bytes = (const unsigned char *) value;
	uint32 first;
	uint32 last;

	if (len < 4)
		return len == 0 ? 0
						: bytes[0] | (uint64) bytes[len / 2] << 8 * (len / 2) |
							  (uint64) bytes[len - 1] << 8 * (len - 1);
	memcpy(&first, bytes, 4);
	memcpy(&last, bytes + len - 4, 4);
#ifdef WORDS_BIGENDIAN
	first = pg_bswap32(first);
	last = pg_bswap32(last);
#endif
	return first | (uint64) last << 8 * (len - 4);
}

/* Bytes "at" to "at" + 7 of a string, zeros where it ends. */
static inline uint64
cdw_load_word(const char *value, int len, int at)
{
	if (at + 8 <= len)
		return cdw_load_8_bytes(value + at);
	if (at >= len)
		return 0;
	if (len >= 8)
		return cdw_load_8_bytes(value + len - 8) >> 8 * (at + 8 - len);
	return cdw_load_few_bytes(value + at, len - at);
}

/* How many bytes both begin with, out of len. A difference in a word tells its place. */
static inline int
cdw_common_prefix(const char *a, const char *b, int len)
{
	for (int n = 0; n < len; n += 8)
	{
		uint64 difference = cdw_load_word(a, len, n) ^ cdw_load_word(b, len, n);

		if (difference != 0)
			return n + pg_rightmost_one_pos64(difference) / 8;
	}
	return len;
}

/* Eight bytes as eight symbols. */
static inline cdw_symbols
cdw_widen(uint64 word)
{
	cdw_bytes bytes;

#ifdef WORDS_BIGENDIAN
	word = pg_bswap64(word);
#endif
	memcpy(&bytes, &word, 8);
	return __builtin_convertvector(bytes, cdw_symbols);
}

/*
 * The symbols that begin in a word, of which "next" is the continuation; returns their number. No
 * branch depends on what a byte is, for accents come where no processor predicts them: each byte is
 * read as if a symbol began with it, and the next symbol overwrites what a continuation byte gave.
 */
static inline int
cdw_read_word(uint64 word, uint64 next, uint16 *symbols)
{
	cdw_symbols first = cdw_widen(word);
	cdw_symbols second = cdw_widen(word >> 8 | next << 56) & 0x3F;
	cdw_symbols third = cdw_widen(word >> 16 | next << 48) & 0x3F;
	cdw_symbols two = (first & 0x1F) << 6 | second;
	cdw_symbols three = two << 6 | third;
	cdw_symbols one_byte = (cdw_symbols) (first < 0x80);
	cdw_symbols two_bytes = (cdw_symbols) (first < 0xE0) & ~one_byte;
	cdw_symbols read = (first & one_byte) | (two & two_bytes) | (three & ~one_byte & ~two_bytes);
	uint64 continued = word & ~(word << 1) & CDW_HIGH_BITS;
	int count = 0;

	for (int i = 0; i < 8; i++)
	{
		symbols[count] = read[i];
		count += ~continued >> (8 * i + 7) & 1;
	}
	return count;
}

/* Reads a string that is not empty; false if it is too long or leaves the basic plane. */
static inline bool
cdw_read_short_string(const char *value, int len, cdw_short_string *out)
{
	const unsigned char *bytes = (const unsigned char *) value;
	const cdw_symbols zeros = {0};
	uint16 *to = out->symbols;
	uint64 four_bytes = 0;
	int at = 0;

	if (len > CDW_SHORT_BYTES)
		return false;
	while (at < len)
	{
		uint64 word;

		/* Three bytes hardly ever come alone: most East Asian text is made of nothing else. */
		if ((bytes[at] & 0xF0) == 0xE0 && at + 3 <= len)
		{
			*to++ = bytes[at] << 12 | (bytes[at + 1] & 0x3F) << 6 | (bytes[at + 2] & 0x3F);
			at += 3;
			continue;
		}
		word = cdw_load_word(value, len, at);
		if ((word & CDW_HIGH_BITS) == 0)
		{
			cdw_symbols symbols = cdw_widen(word);

			memcpy(to, &symbols, sizeof(symbols));
			to += 8;
		}
		else
		{
			four_bytes |= word & word << 1 & word << 2 & word << 3;
			to += cdw_read_word(word, cdw_load_word(value, len, at + 8), to);
		}
		at += 8;
	}
	for (int i = 0; i < 4; i++)
		memcpy(to + 8 * i, &zeros, sizeof(zeros));
	/* The last word was filled up with zeros. */
	out->length = to - out->symbols - (at - len);
	/* Malformed text may have no symbol at all: the other reader takes it. */
	return (four_bytes & CDW_HIGH_BITS) == 0 && out->length > 0 && out->length <= CDW_SHORT_SYMBOLS;
}

/* Reads both strings, neither empty; false if one has more than 64 symbols. */
static inline bool
cdw_read_short_strings(const char *a, int alen, const char *b, int blen, cdw_short_string *x,
					   cdw_short_string *y)
{
	if (cdw_read_short_string(a, alen, x) && cdw_read_short_string(b, blen, y))
		return true;
	return cdw_read_beyond_basic_plane(a, alen, b, blen, x, y);
}

/* Which of 16 symbols are equal to the given one, as bits. */
static inline uint64
cdw_equal_in_group(const uint16 *group, uint16 symbol)
{
#if defined(__SSE2__)
	const __m128i *half = (const __m128i *) group;
	__m128i wanted = _mm_set1_epi16(symbol);
	__m128i low = _mm_cmpeq_epi16(_mm_loadu_si128(half), wanted);
	__m128i high = _mm_cmpeq_epi16(_mm_loadu_si128(half + 1), wanted);

	return _mm_movemask_epi8(_mm_packs_epi16(low, high));
#elif defined(__aarch64__) && defined(__ARM_NEON)
	static const uint16 bits[8] = {1, 2, 4, 8, 16, 32, 64, 128};
	uint16x8_t weights = vld1q_u16(bits);
	uint16x8_t wanted = vdupq_n_u16(symbol);
	uint16x8_t low = vandq_u16(vceqq_u16(vld1q_u16(group), wanted), weights);
	uint16x8_t high = vandq_u16(vceqq_u16(vld1q_u16(group + 8), wanted), weights);

	return vaddvq_u16(low) | (uint64) vaddvq_u16(high) << 8;
#else
	uint64 positions = 0;

	for (int i = 0; i < CDW_GROUP; i++)
		positions |= (uint64) (group[i] == symbol) << i;
	return positions;
#endif
}

/*
 * Where the symbol stands in the first "groups" groups of the string, as bits; what it gives beyond
 * the string's end is void. The number is a constant, 1, 2 or 4: branches would cost more.
 */
static pg_attribute_always_inline uint64
cdw_positions(const cdw_short_string *string, uint16 symbol, int groups)
{
	const uint16 *symbols = string->symbols;
	uint64 positions = cdw_equal_in_group(symbols, symbol);

	if (groups > 1)
		positions |= cdw_equal_in_group(symbols + 16, symbol) << 16;
	if (groups > 2)
		positions |= cdw_equal_in_group(symbols + 32, symbol) << 32 |
					 cdw_equal_in_group(symbols + 48, symbol) << 48;
	return positions;
}

#ifdef CDW_HAVE_AVX2
/* ASCII of at most 64 bytes, where a register holds 32. */
typedef struct cdw_ascii_string
{
	int length;
	uint8 symbols[CDW_SHORT_SYMBOLS]; /* zeros fill the last word */
} cdw_ascii_string;

/* Reads ASCII. */
static inline void
cdw_read_ascii_string(const char *value, int len, cdw_ascii_string *out)
{
	out->length = len;
	for (int at = 0; at < len; at += 8)
	{
		uint64 word = cdw_load_word(value, len, at);

		memcpy(out->symbols + at, &word, 8);
	}
}

/* As cdw_positions(), where vectors have 32 bytes. */
static pg_attribute_always_inline CDW_TARGET_AVX2 uint64
cdw_ascii_positions(const cdw_ascii_string *string, uint8 symbol, int groups)
{
	const __m256i *half = (const __m256i *) string->symbols;
	__m256i wanted = _mm256_set1_epi8(symbol);
	uint64 low = (uint32) _mm256_movemask_epi8(_mm256_cmpeq_epi8(_mm256_loadu_si256(half), wanted));
	uint64 high;

	if (groups <= 2)
		return low;
	high = (uint32) _mm256_movemask_epi8(_mm256_cmpeq_epi8(_mm256_loadu_si256(half + 1), wanted));
	return low | high << 32;
}
#endif

/* Calls an inline kernel of (x, y, groups, ...) with the groups of x as a constant. */
#define CDW_BY_GROUPS(kernel, x, ...)                                                              \
	((x)->length <= CDW_GROUP		? kernel(x, 1, __VA_ARGS__)                                    \
	 : (x)->length <= 2 * CDW_GROUP ? kernel(x, 2, __VA_ARGS__)                                    \
									: kernel(x, 4, __VA_ARGS__))

#endif /* CDW_SHORT_STRING_H */
