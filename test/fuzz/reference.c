/*
 * test/fuzz/reference.c
 *
 * What the comparing kernels compute, by definition: each cell of a matrix, each pair of positions.
 */
#include "fuzz.h"

/* Decodes valid UTF-8; returns the number of code points. */
int
fuzz_decode(const char *value, int len, uint32 *symbols)
{
	int count = 0;

	for (int i = 0; i < len; i++)
	{
		unsigned char byte = value[i];

		if (byte < 0x80)
			symbols[count++] = byte;
		else if (byte < 0xC0)
			symbols[count - 1] = symbols[count - 1] << 6 | (byte & 0x3F);
		else
			symbols[count++] = byte & (byte < 0xE0 ? 0x1F : byte < 0xF0 ? 0x0F : 0x07);
	}
	return count;
}

/* Levenshtein distance, or optimal string alignment with transpositions (Boytsov, 2011). */
int
fuzz_edit_distance(const uint32 *a, int alen, const uint32 *b, int blen, bool transpositions)
{
	int *cells = malloc((Size) (alen + 1) * (blen + 1) * sizeof(int));
	int result;

#define CELL(i, j) cells[(i) * (blen + 1) + (j)]
	for (int i = 0; i <= alen; i++)
		for (int j = 0; j <= blen; j++)
		{
			int least;

			if (i == 0 || j == 0)
			{
				CELL(i, j) = i + j;
				continue;
			}
			least = Min(CELL(i - 1, j), CELL(i, j - 1)) + 1;
			least = Min(least, CELL(i - 1, j - 1) + (a[i - 1] != b[j - 1]));
			if (transpositions && i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				least = Min(least, CELL(i - 2, j - 2) + 1);
			CELL(i, j) = least;
		}
	result = CELL(alen, blen);
#undef CELL
	free(cells);
	return result;
}

/* Jaro similarity, as in Winkler's strcmp95 without its extras. */
double
fuzz_jaro(const uint32 *a, int alen, const uint32 *b, int blen)
{
	bool *taken_a = calloc(alen + 1, sizeof(bool));
	bool *taken_b = calloc(blen + 1, sizeof(bool));
	int window = Max(Max(alen, blen) / 2 - 1, 0);
	int common = 0;
	int displaced = 0;

	for (int i = 0; i < alen; i++)
		for (int j = Max(i - window, 0); j < blen && j <= i + window; j++)
			if (!taken_b[j] && a[i] == b[j])
			{
				taken_a[i] = taken_b[j] = true;
				common++;
				break;
			}
	for (int i = 0, j = 0; i < alen; i++)
	{
		if (!taken_a[i])
			continue;
		while (!taken_b[j])
			j++;
		displaced += a[i] != b[j++];
	}
	free(taken_a);
	free(taken_b);
	if (alen == 0 && blen == 0)
		return 1;
	if (common == 0)
		return 0;
	return ((double) common / alen + (double) common / blen +
			(double) (common - displaced / 2) / common) /
		   3;
}

/* Whether one of the first "count" grams of a string is the same as the gram. */
static bool
has_gram(const uint32 *symbols, int count, int size, const uint32 *gram, int gram_size)
{
	for (int i = 0; i < count; i++)
		if (size == gram_size && memcmp(symbols + i, gram, size * sizeof(uint32)) == 0)
			return true;
	return false;
}

/* The distinct q-grams of both strings, unpadded; a string shorter than q is its own gram. */
fuzz_overlap
fuzz_qgrams(const uint32 *a, int alen, const uint32 *b, int blen, int q)
{
	int a_size = Min(q, alen);
	int b_size = Min(q, blen);
	int a_count = alen - a_size + 1;
	int b_count = blen - b_size + 1;
	fuzz_overlap o = {0, 0, 0};

	for (int i = 0; i < a_count; i++)
	{
		if (has_gram(a, i, a_size, a + i, a_size))
			continue;
		o.a++;
		o.common += has_gram(b, b_count, b_size, a + i, a_size);
	}
	for (int j = 0; j < b_count; j++)
		o.b += !has_gram(b, j, b_size, b + j, b_size);
	return o;
}
