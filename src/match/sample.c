/*
 * src/match/sample.c
 *
 * Patterns of pairs of records taken at random. Nearly all random pairs are non-matches, so the rates of
 * their levels are the model's u, up to the share of matches among them, and levels that come together
 * show how fields depend on each other.
 *
 * Records are drawn by a hash of what they say and of the seed, never by their position: the same
 * table in another order, or with other keys, gives the same model.
 */
#include "match/match.h"

#include "common/pg_prng.h"
#include "match/pattern.h"
#include "miscadmin.h"
#include "utils/memutils.h"

#define ALL_PAIRS_UP_TO 1000000.0
#define RANDOM_PAIRS 1000000
#define REHEARSAL_PAIRS 200000
#define TYPICAL_DIFFERENCE .9

/* Puts records with the same upper half of their hash, which are few, in the order of the lower one. */
static void
order_run(uint64 *entry, Size n, const uint64 *hash)
{
	for (Size i = 1; i < n; i++)
	{
		uint64 moving = entry[i];
		Size j = i;

		for (; j > 0 && hash[(uint32) entry[j - 1]] > hash[(uint32) moving]; j--)
			entry[j] = entry[j - 1];
		entry[j] = moving;
	}
}

/* Records, in the lower half, in the order of their hashes; those that say the same are interchangeable. */
static uint64 *
shuffle(const cdw_records *records, uint64 seed)
{
	Size bytes = sizeof(uint64) * records->n;
	uint64 *entry = MemoryContextAllocHuge(CurrentMemoryContext, bytes);
	uint64 *scratch = MemoryContextAllocHuge(CurrentMemoryContext, bytes);
	uint64 *hash = cdw_record_hashes(records, seed);
	Size start = 0;

	for (uint32 i = 0; i < records->n; i++)
		entry[i] = (hash[i] & ~UINT64CONST(0xFFFFFFFF)) | i;
	cdw_radix_sort(entry, scratch, records->n);
	for (Size i = 1; i <= records->n; i++)
		if (i == records->n || entry[i] >> 32 != entry[start] >> 32)
		{
			order_run(&entry[start], i - start, hash);
			start = i;
		}
	pfree(hash);
	pfree(scratch);
	return entry;
}

/* Random pairs that count, by their first record, so that half of them lie where memory was read before. */
static cdw_pair *
draw_pairs(const cdw_records *records, uint64 seed, uint32 most, uint32 *n)
{
	uint64 *shuffled = shuffle(records, seed);
	uint64 *drawn = palloc(sizeof(uint64) * most);
	uint64 *scratch = palloc(sizeof(uint64) * most);
	cdw_pair *pair = (cdw_pair *) scratch;
	pg_prng_state prng;

	*n = 0;
	pg_prng_seed(&prng, seed);
	for (int64 t = 0; *n < most && t < (int64) most * 10; t++)
	{
		uint32 i = t % records->n;
		uint32 j = (i + pg_prng_uint64_range(&prng, 1, records->n - 1)) % records->n;
		uint32 a = (uint32) shuffled[i];
		uint32 b = (uint32) shuffled[j];

		if ((t & 1023) == 0)
			CHECK_FOR_INTERRUPTS();
		drawn[*n] = (uint64) a << 32 | b;
		*n += cdw_comparable(records, a, b);
	}
	pfree(shuffled);
	cdw_radix_sort(drawn, scratch, *n);
	for (uint32 p = 0; p < *n; p++)
		pair[p] = (cdw_pair){.a = drawn[p] >> 32, .b = (uint32) drawn[p]};
	pfree(drawn);
	return pair;
}

static uint32
random_pairs(const cdw_records *records)
{
	return records->share < 1 ? REHEARSAL_PAIRS : RANDOM_PAIRS;
}

static cdw_pattern_counter *
count_random_pairs(const cdw_scorer *scorer, uint64 seed)
{
	uint32 n;
	cdw_pair *pair = draw_pairs(scorer->records, seed, random_pairs(scorer->records), &n);
	cdw_pattern_counter *counter = cdw_visit_pairs(pair, n, scorer, &cdw_pattern_visitor, NULL);

	pfree(pair);
	return counter;
}

/*
 * The patterns of all pairs that count in a small table, of a million random ones in a large one;
 * sorted.
 */
cdw_pattern *
cdw_random_patterns(const cdw_scorer *scorer, uint64 seed, uint32 *npatterns)
{
	const cdw_records *records = scorer->records;
	double pairs = cdw_comparable_pairs(records);
	cdw_pattern_counter *counter;

	cdw_progress_phase(CDW_PHASE_RANDOM_PAIRS, Min(pairs, random_pairs(records)));
	if (pairs <= ALL_PAIRS_UP_TO)
	{
		cdw_blocks *all = palloc0(sizeof(cdw_blocks));

		all->all_pairs = true;
		counter = cdw_visit_candidates(all, scorer, NULL, &cdw_pattern_visitor, NULL);
		pfree(all);
	}
	else
		counter = count_random_pairs(scorer, seed);
	return cdw_pattern_counter_finish(counter, npatterns, NULL);
}

/* Strangers mostly differ, and seldom agree. */
static double
typical_share(const cdw_comparison *comparison, int level)
{
	double between = 1 - CDW_TYPICAL_AGREEMENT - TYPICAL_DIFFERENCE;

	if (level == 0)
		return comparison->nlevels == 2 ? 1 - TYPICAL_DIFFERENCE : CDW_TYPICAL_AGREEMENT;
	if (level == comparison->different)
		return TYPICAL_DIFFERENCE;
	return between / (comparison->nlevels - 2);
}

/*
 * rate[field][level]: the share of each level among random pairs where both have a value. A few typical
 * pairs are added, so that no level is impossible and a table of a dozen records, half of them
 * duplicates, is not taken for a world in which everybody is alike.
 */
void
cdw_level_rates(const cdw_match_settings *settings, const cdw_pattern *pattern, uint32 npatterns,
				double (*rate)[CDW_MAX_LEVELS])
{
	for (int f = 0; f < settings->nfields; f++)
	{
		const cdw_comparison *comparison = settings->field[f].comparison;
		double count[CDW_MISSING + 1] = {0};
		double total = 0;

		for (uint32 i = 0; i < npatterns; i++)
			count[cdw_pattern_level(&pattern[i].key, f)] += pattern[i].count;
		for (int l = 0; l < comparison->nlevels; l++)
		{
			count[l] += CDW_TYPICAL_PAIRS * typical_share(comparison, l);
			total += count[l];
		}
		for (int l = 0; l < comparison->nlevels; l++)
			rate[f][l] = count[l] / total;
	}
}
