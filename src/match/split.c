/*
 * src/match/split.c
 *
 * The words of a standardised value. Chinese and Japanese are written without blanks: there every
 * two neighbouring characters count as a word, so that texts are compared by what they share.
 */
#include "match/compare.h"

#include "text/symbols.h"

/* Appends a word; false where there is no room. */
static bool
add_token(const char *value, int start, int end, cdw_token *token, int *n, int most)
{
	uint64 hash;

	if (*n == most)
		return false;
	hash = cdw_hash_in_memory(value + start, end - start);
	token[(*n)++] = (cdw_token){.start = start, .len = end - start, .hash = (uint16) (hash >> 48)};
	return true;
}

/* What stands between blanks; words past the most are left out. Returns how many there are. */
int
cdw_split_blanks(const char *value, int len, cdw_token *token, int most)
{
	int n = 0;
	int i = 0;

	while (i < len)
	{
		int start;

		while (i < len && value[i] == ' ')
			i++;
		start = i;
		while (i < len && value[i] != ' ')
			i++;
		if (i > start && !add_token(value, start, i, token, &n, most))
			break;
	}
	return n;
}

/* Scripts without blanks: ideographs and kana. */
static bool
is_unspaced(uint32 symbol)
{
	return cdw_is_han(symbol) || (symbol >= 0x3041 && symbol <= 0x30FF);
}

/*
 * Words between blanks; of a run of characters that are written without blanks every two neighbours,
 * or the one that stands alone.
 */
int
cdw_split_words(const char *value, int len, cdw_token *token)
{
	const unsigned char *begin = (const unsigned char *) value;
	const unsigned char *end = begin + len;
	const unsigned char *at = begin;
	int n = 0;
	int word = -1;		 /* where a word began; -1: none is open */
	int before = -1;	 /* where the unspaced character before began; -1: there is none */
	bool paired = false; /* whether it is part of a word already */

	if (cdw_is_ascii(value, len))
		return cdw_split_blanks(value, len, token, CDW_MAX_TOKENS);
	while (at <= end)
	{
		int position = at - begin;
		uint32 symbol = at < end ? cdw_next_symbol(&at, end) : ' ';
		bool unspaced = is_unspaced(symbol);

		if (before >= 0 && (unspaced || !paired))
			add_token(value, before, unspaced ? at - begin : position, token, &n, CDW_MAX_TOKENS);
		paired = before >= 0 && unspaced;
		before = unspaced ? position : -1;
		if (word >= 0 && (unspaced || symbol == ' '))
		{
			add_token(value, word, position, token, &n, CDW_MAX_TOKENS);
			word = -1;
		}
		else if (word < 0 && !unspaced && symbol != ' ')
			word = position;
		if (position == len)
			break;
	}
	return n;
}

/* The elements of a list, which stand between commas. */
int
cdw_split_elements(const char *value, int len, cdw_token *token)
{
	int n = 0;
	int start = 0;

	for (int i = 0; i <= len; i++)
		if (i == len || value[i] == ',')
		{
			if (i > start)
				add_token(value, start, i, token, &n, CDW_MAX_TOKENS);
			start = i + 1;
		}
	return n;
}
