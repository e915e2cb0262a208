/*
 * src/text/symbols.c
 *
 * Reading UTF-8. Malformed bytes give odd symbols; nothing is read beyond the end.
 */
#include "text/short_string.h"

#define FIRST_SURROGATE 0xD800

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

/*
 * Reads a string whose code points beyond the basic plane are numbered: "others" are those that were
 * seen in this pair of strings, and the surrogates, which no UTF-8 has, stand for their numbers.
 */
static bool
read_numbered(const char *value, int len, cdw_short_string *out, uint32 *others, int *count)
{
	const unsigned char *at = (const unsigned char *) value;
	const unsigned char *end = at + len;

	for (out->length = 0; at < end; out->length++)
	{
		uint32 symbol = cdw_next_symbol(&at, end);

		if (out->length == CDW_SHORT_SYMBOLS)
			return false;
		if (symbol > 0xFFFF)
		{
			int number = 0;

			while (number < *count && others[number] != symbol)
				number++;
			if (number == *count)
				others[(*count)++] = symbol;
			symbol = FIRST_SURROGATE + number;
		}
		out->symbols[out->length] = symbol;
	}
	memset(out->symbols + out->length, 0, 2 * CDW_GROUP * sizeof(uint16));
	return true;
}

/* Reads both strings with code points of any plane; false if one has more than 64. */
bool
cdw_read_beyond_basic_plane(const char *a, int alen, const char *b, int blen, cdw_short_string *x,
							cdw_short_string *y)
{
	uint32 others[2 * CDW_SHORT_SYMBOLS];
	int count = 0;

	return Max(alen, blen) <= 4 * CDW_SHORT_SYMBOLS && read_numbered(a, alen, x, others, &count) &&
		   read_numbered(b, blen, y, others, &count);
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

/* Finds the word at *at of standard text, and moves *at to the next; returns its length, 0 at the end. */
int
cdw_next_word(const StringInfo text, int *at, const char **word)
{
	int start = *at;
	int end = start;

	while (end < text->len && text->data[end] != ' ')
		end++;
	*word = text->data + start;
	*at = end + 1;
	return end - start;
}
