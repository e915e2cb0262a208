/*
 * src/match/infer_shared.c
 *
 * What values of two columns, or of two rows, have in common: names that are exchanged, and codes that
 * many people share.
 */
#include "match/infer_parts.h"

#define LEAST_OVERLAP .1	 /* of vocabularies of exchanged names */
#define NAME_SKEW .05		 /* sum of squared shares of names that are exchanged, at most */
#define LEAST_CHARACTERS 2.0 /* of a name, on average; shorter ones are initials */
#define PAIRS_TO_COMPARE 2000
#define LEAST_PAIRS 20
#define SHARED_AGREEMENT .25 /* of other columns, below which agreement on a code is no identity */

#define ST_SORT sort_hashes
#define ST_ELEMENT_TYPE uint64
#define ST_COMPARE(a, b) (*(a) < *(b) ? -1 : *(a) > *(b))
#define ST_SCOPE static
#define ST_DEFINE
#include "lib/sort_template.h"

typedef struct HashedRow
{
	uint64 hash;
	uint32 row;
} HashedRow;

#define ST_SORT sort_hashed_rows
#define ST_ELEMENT_TYPE HashedRow
#define ST_COMPARE(a, b)                                                                           \
	((a)->hash != (b)->hash ? ((a)->hash < (b)->hash ? -1 : 1)                                     \
							: ((a)->row < (b)->row ? -1 : (a)->row > (b)->row))
#define ST_SCOPE static
#define ST_DEFINE
#include "lib/sort_template.h"

/* ---- exchanged names ---- */

/* The share of the rows of a whose value some row of b has. */
static double
overlap(const cdw_profile *a, const cdw_profile *b)
{
	uint64 *vocabulary = palloc(sizeof(uint64) * Max(b->rows, 1));
	uint32 found = 0;
	uint32 n = 0;

	for (uint32 r = 0; r < b->rows; r++)
		if (b->hash[r] != 0)
			vocabulary[n++] = b->hash[r];
	sort_hashes(vocabulary, n);
	for (uint32 r = 0; r < a->rows; r++)
	{
		uint32 low = 0;
		uint32 high = n;

		if (a->hash[r] == 0)
			continue;
		while (low < high)
		{
			uint32 middle = (low + high) / 2;

			if (vocabulary[middle] < a->hash[r])
				low = middle + 1;
			else
				high = middle;
		}
		found += low < n && vocabulary[low] == a->hash[r];
	}
	pfree(vocabulary);
	return a->values > 0 ? found / a->values : 0;
}

/* Whether a column may be one of two names that are exchanged; its name has not said what it is. */
static bool
may_be_exchanged(const cdw_profile *p, const cdw_choice *choice)
{
	if (choice->named || p->tokens >= 2 || p->skew > NAME_SKEW ||
		(p->han < .5 && p->length < LEAST_CHARACTERS))
		return false;
	return cdw_is_field(choice, "given_name") || cdw_is_field(choice, "name") ||
		   (cdw_is_field(choice, "text") && choice->coarse);
}

/*
 * Where names do not tell which columns are the given and the family name, the two with most values in
 * common are exchanged most probably. Beside a known given name, the other is the family name.
 */
void
cdw_find_exchanged(const cdw_profile *profiles, cdw_choice *choices, int n)
{
	double best = LEAST_OVERLAP;
	int first = -1;
	int second = -1;

	for (int i = 0; i < n; i++)
		if (cdw_is_field(&choices[i], "family_name"))
			return;
	for (int i = 0; i < n; i++)
		for (int j = 0; j < n; j++)
		{
			double share;

			if (i == j || !may_be_exchanged(&profiles[i], &choices[i]) ||
				!may_be_exchanged(&profiles[j], &choices[j]) ||
				cdw_is_field(&choices[j], "given_name"))
				continue;
			share = Max(overlap(&profiles[i], &profiles[j]), overlap(&profiles[j], &profiles[i]));
			if (share > best)
			{
				best = share;
				first = i;
				second = j;
			}
		}
	if (first < 0)
		return;
	if (cdw_is_field(&choices[first], "given_name"))
	{
		choices[second].kind = "family_name";
		choices[second].max_disagreement = 0;
	}
	else
		choices[first].swap_with = second;
}

/* ---- shared codes ---- */

/* How many of the telling columns agree in two rows, as a share; -1 where none has both values. */
static double
agreement(const cdw_profile *profiles, const cdw_choice *choices, int n, int besides, uint32 a,
		  uint32 b)
{
	double both = 0;
	double equal = 0;

	for (int i = 0; i < n; i++)
	{
		const cdw_profile *p = &profiles[i];

		if (i == besides || choices[i].ignored || !cdw_tells_apart(p) || p->hash[a] == 0 ||
			p->hash[b] == 0)
			continue;
		both++;
		equal += p->hash[a] == p->hash[b];
	}
	return both > 0 ? equal / both : -1;
}

/* Whether records that agree on a code mostly agree on nothing else: many people have it. */
static bool
is_shared(const cdw_profile *profiles, const cdw_choice *choices, int n, int code)
{
	const cdw_profile *p = &profiles[code];
	HashedRow *sorted = palloc(sizeof(HashedRow) * Max(p->rows, 1));
	double sum = 0;
	int pairs = 0;
	uint32 nvalues = 0;

	for (uint32 r = 0; r < p->rows; r++)
		if (p->hash[r] != 0)
			sorted[nvalues++] = (HashedRow){.hash = p->hash[r], .row = r};
	sort_hashed_rows(sorted, nvalues);
	for (uint32 i = 1; i < nvalues && pairs < PAIRS_TO_COMPARE; i++)
	{
		double share;

		if (sorted[i].hash != sorted[i - 1].hash)
			continue;
		share = agreement(profiles, choices, n, code, sorted[i].row, sorted[i - 1].row);
		if (share < 0)
			continue;
		sum += share;
		pairs++;
	}
	pfree(sorted);
	return pairs >= LEAST_PAIRS && sum / pairs < SHARED_AGREEMENT;
}

/* Whether the values are years of people's lives. */
static bool
is_year(const cdw_profile *p)
{
	return p->numeric >= .9 && p->largest <= 2100 && p->largest - p->number_span >= 1700;
}

/* Codes without a telling name that people share are taken for postcodes, not for identifiers. */
void
cdw_find_shared_codes(const cdw_profile *profiles, cdw_choice *choices, int n)
{
	for (int i = 0; i < n; i++)
	{
		const cdw_profile *p = &profiles[i];

		if (cdw_is_field(&choices[i], "identifier") && !choices[i].named && p->length >= 4 &&
			p->length <= 10 && !is_year(p) && is_shared(profiles, choices, n, i))
			choices[i].kind = "postcode";
	}
}
