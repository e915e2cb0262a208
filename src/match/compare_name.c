/*
 * src/match/compare_name.c
 *
 * Names of persons. Distance and Jaro-Winkler first, because most names are one word of ASCII.
 */
#include "match/compare.h"

#include "text/text.h"

#define MAX_NAME_WORDS 16

/*
 * Twice the agreement of the words matched, over the number of words (Dice): 0 to 1, whatever their
 * order. Each word takes the best partner that is left.
 */
static double
match_words(const cdw_value *a, const cdw_token *x, int m, const cdw_value *b, const cdw_token *y,
			int n)
{
	uint32 used = 0;
	double sum = 0;

	for (int i = 0; i < m; i++)
	{
		double best = 0;
		int partner = -1;

		for (int j = 0; j < n && best < 1; j++)
		{
			double agreement;

			if (used >> j & 1)
				continue;
			agreement = x[i].hash == y[j].hash && x[i].len == y[j].len &&
								memcmp(a->text + x[i].start, b->text + y[j].start, x[i].len) == 0
							? 1
							: cdw_word_agreement(a->text + x[i].start, x[i].len,
												 b->text + y[j].start, y[j].len);
			if (agreement > best)
			{
				best = agreement;
				partner = j;
			}
		}
		if (partner >= 0)
			used |= 1U << partner;
		sum += best;
	}
	return 2 * sum / (m + n);
}

/* The same for two values; symmetric, because the greedy match may depend on who chooses. */
static double
words_alike(const cdw_value *a, const cdw_value *b, int *words)
{
	cdw_token x[MAX_NAME_WORDS];
	cdw_token y[MAX_NAME_WORDS];
	int m = cdw_split_blanks(a->text, a->len, x, MAX_NAME_WORDS);
	int n = cdw_split_blanks(b->text, b->len, y, MAX_NAME_WORDS);
	double forward;
	double backward;

	*words = Max(m, n);
	if (m == 0 || n == 0)
		return 0;
	forward = match_words(a, x, m, b, y, n);
	backward = match_words(b, y, n, a, x, m);
	return Max(forward, backward);
}

/*
 * One slip says little between short words of a large alphabet: 小明 and 小红 differ by one character.
 */
static int
name_level(const cdw_field *field pg_attribute_unused(), const cdw_value *left,
		   const cdw_value *right)
{
	const char *a = left->text;
	const char *b = right->text;
	int alen = left->len;
	int blen = right->len;
	int shorter = Min(cdw_characters(a, alen), cdw_characters(b, blen));
	bool ascii = shorter == Min(alen, blen);
	int distance = cdw_damerau_levenshtein(a, alen, b, blen);
	double similarity;
	double alike = 0;
	int words = 1;
	char code_a[5];
	char code_b[5];

	if (distance == 1 && shorter >= (ascii ? 2 : 4))
		return 1;
	similarity = cdw_jaro_winkler(a, alen, b, blen);
	if (memchr(a, ' ', alen) || memchr(b, ' ', blen))
		alike = words_alike(left, right, &words);
	if ((distance == 2 && shorter >= 5) || similarity >= .92 || (words > 1 && alike >= .75))
		return 2;
	if (similarity >= .85 || (distance == 2 && shorter >= 4) ||
		cdw_begins_alike(a, alen, b, blen) || (words > 1 && alike >= .5))
		return 3;
	if (similarity >= .75 || (shorter >= 3 && cdw_soundex(a, alen, code_a) &&
							  cdw_soundex(b, blen, code_b) && strcmp(code_a, code_b) == 0))
		return 4;
	return 5;
}

const cdw_comparison cdw_compare_name = {
	.nlevels = 6,
	.different = 5,
	.alike = 1,
	.unlike = 3,
	.level = name_level,
	.label = {"equal", "one slip", "nearly equal", "similar or prefix", "sounds alike",
			  "different"},
};
