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

typedef struct HashedRecord
{
	uint64 hash;
	uint32 record;
} HashedRecord;

#define ST_SORT sort_hashed_records
#define ST_ELEMENT_TYPE HashedRecord
#define ST_COMPARE(a, b) ((a)->hash < (b)->hash ? -1 : (a)->hash > (b)->hash)
#define ST_SCOPE static
#define ST_CHECK_FOR_INTERRUPTS
#define ST_DEFINE
#include "lib/sort_template.h"

/* Records in the order of their hashes; those that say the same are interchangeable. */
static HashedRecord *
shuffle(const cdw_records *records, uint64 seed)
{
	HashedRecord *shuffled =
		MemoryContextAllocHuge(CurrentMemoryContext, sizeof(HashedRecord) * records->n);
	uint64 *hash = cdw_record_hashes(records, seed);

	for (uint32 i = 0; i < records->n; i++)
		shuffled[i] = (HashedRecord){.hash = hash[i], .record = i};
	pfree(hash);
	sort_hashed_records(shuffled, records->n);
	return shuffled;
}

/* Random pairs that count; returns how many. */
static uint32
draw_pairs(const cdw_records *records, uint64 seed, cdw_pair *pair, uint32 most)
{
	HashedRecord *shuffled = shuffle(records, seed);
	pg_prng_state prng;
	uint32 drawn = 0;

	pg_prng_seed(&prng, seed);
	for (int64 t = 0; drawn < most && t < (int64) most * 10; t++)
	{
		uint32 i = t % records->n;
		uint32 j = (i + pg_prng_uint64_range(&prng, 1, records->n - 1)) % records->n;

		if ((t & 1023) == 0)
			CHECK_FOR_INTERRUPTS();
		pair[drawn] = (cdw_pair){.a = shuffled[i].record, .b = shuffled[j].record};
		drawn += cdw_comparable(records, pair[drawn].a, pair[drawn].b);
	}
	pfree(shuffled);
	return drawn;
}

static uint32
random_pairs(const cdw_records *records)
{
	return records->share < 1 ? REHEARSAL_PAIRS : RANDOM_PAIRS;
}

static cdw_pattern_counter *
count_random_pairs(const cdw_scorer *scorer, uint64 seed)
{
	uint32 most = random_pairs(scorer->records);
	cdw_pair *pair = palloc(sizeof(cdw_pair) * most);
	uint32 n = draw_pairs(scorer->records, seed, pair, most);
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
