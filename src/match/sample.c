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

/*
 * Pairs of a large table are drawn from so many of its records, about fifteen pairs with each as the first:
 * what the choice of records adds to the error of a rate is then less than what the choice of pairs does.
 * Each pair is of one group, which is random as all of them are and small enough for the processor's cache.
 */
#define MOST_RECORDS 65536
#define GROUP_RECORDS 2048
#define HASH_PARTS 65536 /* by the uppermost bits of a hash */
#define HASH_SHIFT 48

/* Pairs while they are drawn: the first record in the upper half. */
typedef struct PairList
{
	uint64 *pair;
	uint64 *scratch; /* as long */
	uint32 n;
} PairList;

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

/*
 * The upper halves of hashes up to which there are, in a large table, about as many records as are drawn
 * from. Of sources that are linked a small one would lose too many.
 */
static uint32
last_drawn(const cdw_records *records, const uint64 *hash)
{
	uint32 *count;
	uint64 drawn = 0;
	uint32 last = 0;

	if (records->n <= MOST_RECORDS || records->settings->link)
		return PG_UINT32_MAX;
	count = palloc0(sizeof(uint32) * HASH_PARTS);
	for (uint32 i = 0; i < records->n; i++)
		count[hash[i] >> HASH_SHIFT]++;
	while ((drawn += count[last]) < MOST_RECORDS)
		last++;
	pfree(count);
	return last << (HASH_SHIFT - 32) | (HASH_PARTS - 1);
}

/*
 * Records to draw from, in the lower half, in the order of their hashes; those that say the same are
 * interchangeable. Sets their number.
 */
static uint64 *
shuffle(const cdw_records *records, uint64 seed, uint32 *n)
{
	uint64 *hash = cdw_record_hashes(records, seed);
	uint32 last = last_drawn(records, hash);
	Size bytes = sizeof(uint64) * records->n;
	uint64 *entry = MemoryContextAllocHuge(CurrentMemoryContext, bytes);
	uint64 *scratch = MemoryContextAllocHuge(CurrentMemoryContext, bytes);
	Size start = 0;

	*n = 0;
	for (uint32 i = 0; i < records->n; i++)
	{
		entry[*n] = (hash[i] & ~UINT64CONST(0xFFFFFFFF)) | i;
		*n += hash[i] >> 32 <= last;
	}
	cdw_radix_sort(entry, scratch, *n);
	for (Size i = 1; i <= *n; i++)
		if (i == *n || entry[i] >> 32 != entry[start] >> 32)
		{
			order_run(&entry[start], i - start, hash);
			start = i;
		}
	pfree(hash);
	pfree(scratch);
	return entry;
}

/*
 * Adds random pairs that count, up to so many, of records of which one is in each stride; by their first
 * record, so that half of them lie where memory was read before.
 */
static void
draw_pairs(const cdw_records *records, const uint64 *record, uint32 nrecords, uint32 stride,
		   pg_prng_state *prng, uint32 most, PairList *list)
{
	uint32 first = list->n;

	for (int64 t = 0; list->n < most && t < (int64) (most - first) * 10; t++)
	{
		uint32 i = t % nrecords;
		uint32 j = (i + pg_prng_uint64_range(prng, 1, nrecords - 1)) % nrecords;
		uint32 a = (uint32) record[(Size) i * stride];
		uint32 b = (uint32) record[(Size) j * stride];

		if ((t & 1023) == 0)
			CHECK_FOR_INTERRUPTS();
		list->pair[list->n] = (uint64) a << 32 | b;
		list->n += cdw_comparable(records, a, b);
	}
	cdw_radix_sort(&list->pair[first], &list->scratch[first], list->n - first);
}

/*
 * Random pairs that count, at most so many. Those of a large table come from one group after another, over
 * which records that say the same, which are neighbours, are spread.
 */
static cdw_pair *
random_sample(const cdw_records *records, uint64 seed, uint32 most, uint32 *n)
{
	uint32 nrecords;
	uint64 *shuffled = shuffle(records, seed, &nrecords);
	uint32 groups = nrecords < records->n ? nrecords / GROUP_RECORDS : 1;
	PairList list = {.pair = palloc(sizeof(uint64) * most),
					 .scratch = palloc(sizeof(uint64) * most)};
	cdw_pair *pair = (cdw_pair *) list.scratch;
	pg_prng_state prng;

	pg_prng_seed(&prng, seed);
	for (uint32 g = 0; g < groups; g++)
		draw_pairs(records, &shuffled[g], nrecords / groups, groups, &prng,
				   (double) most * (g + 1) / groups, &list);
	pfree(shuffled);
	for (uint32 p = 0; p < list.n; p++)
		pair[p] = (cdw_pair){.a = list.pair[p] >> 32, .b = (uint32) list.pair[p]};
	pfree(list.pair);
	*n = list.n;
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
	cdw_pair *pair = random_sample(scorer->records, seed, random_pairs(scorer->records), &n);
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
