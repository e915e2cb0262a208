/*
 * src/core/nearest.c
 *
 * Hints for names that were mistyped.
 */
#include "core/core.h"

#include "utils/varlena.h"

/* a name that differs in more than this share of its length is another name */
#define LARGEST_SHARE 2

/* Bytes of equal letters, for ASCII letters whatever their case. */
static char *
folded(const char *name, int length)
{
	char *copy = pnstrdup(name, length);

	for (int i = 0; i < length; i++)
		copy[i] = pg_ascii_tolower((unsigned char) copy[i]);
	return copy;
}

/*
 * The one of n names that is nearest to a name by edit distance (ASCII letters of either case alike),
 * the first of equals; NULL where none is near: at most half of the name may differ. No copy is made.
 */
const char *
cdw_nearest_name(const char *name, int length, int n, const char *const *names)
{
	const char *nearest = NULL;
	int least = length / LARGEST_SHARE + 1;
	char *wanted;

	if (length > NAMEDATALEN)
		return NULL;
	wanted = folded(name, length);
	for (int i = 0; i < n; i++)
	{
		int candidate_length = strlen(names[i]);
		char *candidate;
		int distance;

		if (candidate_length > NAMEDATALEN)
			continue;
		candidate = folded(names[i], candidate_length);
		distance = varstr_levenshtein_less_equal(wanted, length, candidate, candidate_length, 1, 1,
												 1, least, true);
		if (distance < least)
		{
			least = distance;
			nearest = names[i];
		}
		pfree(candidate);
	}
	pfree(wanted);
	return nearest;
}
