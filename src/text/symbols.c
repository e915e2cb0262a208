/*
 * src/text/symbols.c
 *
 * Reading UTF-8 and building the position masks of the bit-parallel kernels. Malformed bytes give
 * odd symbols; nothing is read beyond the end.
 */
#include "text/symbols.h"

/* Whether no byte has its high bit set. Eight bytes at a time. */
bool
cdw_is_ascii(const char *value, int len)
{
	const uint64 high_bits = UINT64CONST(0x8080808080808080);
	uint64 seen = 0;
	uint64 word;
	int i = 0;

	for (; i + 8 <= len; i += 8)
	{
		memcpy(&word, value + i, 8);
		seen |= word;
	}
	if (i < len && len >= 8)
	{
		memcpy(&word, value + len - 8, 8);
		seen |= word;
	}
	else
		for (; i < len; i++)
			seen |= (unsigned char) value[i];
	return (seen & high_bits) == 0;
}

/* The bytes that the first symbol at "at" takes; at least 1, never beyond the end. */
static inline int
symbol_length(const unsigned char *at, const unsigned char *end)
{
	int length = *at < 0xC2 ? 1 : *at < 0xE0 ? 2 : *at < 0xF0 ? 3 : 4;

	return Min(length, end - at);
}

/* The code points of value. */
int
cdw_symbol_count(const char *value, int len)
{
	const unsigned char *at = (const unsigned char *) value;
	const unsigned char *end = at + len;
	int count = 0;

	for (; at < end; at += symbol_length(at, end))
		count++;
	return count;
}

/* The code point at *at, which must be before the end and moves behind it. Below 2^21. */
uint32
cdw_next_symbol(const unsigned char **at, const unsigned char *end)
{
	const unsigned char *p = *at;
	int length = symbol_length(p, end);

	*at = p + length;
	switch (length)
	{
		case 2:
			return (p[0] & 0x1F) << 6 | (p[1] & 0x3F);
		case 3:
			return (p[0] & 0x0F) << 12 | (p[1] & 0x3F) << 6 | (p[2] & 0x3F);
		case 4:
			return (p[0] & 0x07) << 18 | (p[1] & 0x3F) << 12 | (p[2] & 0x3F) << 6 | (p[3] & 0x3F);
		default:
			return p[0];
	}
}

/* Where "count" symbols further the text goes on; the end if there are fewer. */
const unsigned char *
cdw_skip_symbols(const unsigned char *at, const unsigned char *end, int count)
{
	while (count-- > 0 && at < end)
		at += symbol_length(at, end);
	return at;
}

/* The slot of a symbol, or the free slot where it belongs. Linear probing; neighbours spread. */
static inline int
mask_slot(const cdw_masks *masks, uint32 symbol)
{
	uint32 slot = symbol % CDW_MASK_SLOTS;

	while (masks->symbols[slot] != 0 && masks->symbols[slot] != symbol + 1)
		slot = (slot + 1) % CDW_MASK_SLOTS;
	return slot;
}

/* Builds the masks of the at most 64 code points from "at" to "end". */
void
cdw_symbol_masks(cdw_masks *masks, const unsigned char *at, const unsigned char *end)
{
	memset(masks->symbols, 0, sizeof(masks->symbols));
	for (uint64 bit = 1; at < end; bit <<= 1)
	{
		uint32 symbol = cdw_next_symbol(&at, end);
		int slot = mask_slot(masks, symbol);

		if (masks->symbols[slot] == 0)
		{
			masks->symbols[slot] = symbol + 1;
			masks->bits[slot] = 0;
		}
		masks->bits[slot] |= bit;
	}
}

/* Where the symbol stands, as bits; 0 if it does not occur. */
uint64
cdw_symbol_mask(const cdw_masks *masks, uint32 symbol)
{
	int slot = mask_slot(masks, symbol);

	return masks->symbols[slot] == 0 ? 0 : masks->bits[slot];
}

/*
 * Fills matches[j] with the positions in a of the j-th symbol of b, as bits. Each string has at most
 * 64 symbols, and ascii says that both are ASCII. Only those entries of the ASCII table are cleared
 * that are read: for short strings clearing the table would cost more than the comparison.
 */
void
cdw_match_masks(const char *a, int alen, const char *b, int blen, bool ascii, uint64 *matches)
{
	const unsigned char *pattern = (const unsigned char *) a;
	const unsigned char *text = (const unsigned char *) b;
	const unsigned char *end = text + blen;
	cdw_masks masks;

	if (ascii)
	{
		for (int i = 0; i < alen; i++)
			masks.bits[pattern[i]] = 0;
		for (int j = 0; j < blen; j++)
			masks.bits[text[j]] = 0;
		for (int i = 0; i < alen; i++)
			masks.bits[pattern[i]] |= UINT64CONST(1) << i;
		for (int j = 0; j < blen; j++)
			matches[j] = masks.bits[text[j]];
		return;
	}

	cdw_symbol_masks(&masks, pattern, pattern + alen);
	while (text < end)
		*matches++ = cdw_symbol_mask(&masks, cdw_next_symbol(&text, end));
}

/* Appends a code point in UTF-8. */
void
cdw_append_symbol(StringInfo out, uint32 symbol)
{
	char bytes[4];
	int length = 0;

	if (symbol < 0x80)
	{
		appendStringInfoCharMacro(out, (char) symbol);
		return;
	}
	if (symbol < 0x800)
		bytes[length++] = (char) (0xC0 | symbol >> 6);
	else
	{
		if (symbol < 0x10000)
			bytes[length++] = (char) (0xE0 | symbol >> 12);
		else
		{
			bytes[length++] = (char) (0xF0 | symbol >> 18);
			bytes[length++] = (char) (0x80 | (symbol >> 12 & 0x3F));
		}
		bytes[length++] = (char) (0x80 | (symbol >> 6 & 0x3F));
	}
	bytes[length++] = (char) (0x80 | (symbol & 0x3F));
	appendBinaryStringInfo(out, bytes, length);
}
