/*
 * src/match/pattern.c
 *
 * Candidate pairs summed up as agreement patterns: the level of every field, and the sum of the
 * weights for rare values in steps of a quarter. EM runs on the counts of patterns, a few thousand
 * where pairs are millions; counts are integers, so their order never matters.
 */
#include "match/match.h"

#include <math.h>

#include "match/pattern.h"
#include "miscadmin.h"
#include "utils/memutils.h"

#define MAX_SAMPLE 3000000.0
#define FIELDS_PER_WORD 16

typedef struct PatternEntry
{
	cdw_pattern_key key;
	uint32 count;
	char status;
} PatternEntry;

#define SH_PREFIX pattern
#define SH_ELEMENT_TYPE PatternEntry
#define SH_KEY_TYPE cdw_pattern_key
#define SH_KEY key
#define SH_HASH_KEY(table, key)                                                                    \
	((uint32) cdw_hash_combine(cdw_hash_combine((key).levels[0], (key).levels[1]),                 \
							   (uint64) (key).term_step << 32 | (uint16) (key).shared_term_step))
#define SH_EQUAL(table, a, b)                                                                      \
	((a).levels[0] == (b).levels[0] && (a).levels[1] == (b).levels[1] &&                           \
	 (a).term_step == (b).term_step && (a).shared_term_step == (b).shared_term_step)
#define SH_SCOPE static inline
#define SH_DECLARE
#define SH_DEFINE
#include "lib/simplehash.h"

typedef struct PatternCounter
{
	const cdw_scorer *scorer;
	pattern_hash *table;
	uint64 *record_hash; /* NULL: every pair is counted */
	uint64 every;		 /* one pair in so many is counted */
	double pairs;
} PatternCounter;

/* The agreement pattern of a pair; symmetric in the two records. */
void
cdw_pattern_of(const cdw_scorer *scorer, uint32 a, uint32 b, cdw_pattern_key *key)
{
	const cdw_records *records = scorer->records;
	const cdw_match_settings *settings = records->settings;
	uint8 level[CDW_MAX_FIELDS];
	double term_weight = 0;
	double shared_term_weight = 0;

	for (int k = 0; k < settings->nunits; k++)
		cdw_levels(records, &settings->unit[k], records->record[a], records->record[b], level);
	memset(key, 0, sizeof(*key));
	for (int f = 0; f < settings->nfields; f++)
	{
		key->levels[f / FIELDS_PER_WORD] |= (uint64) level[f] << (4 * (f % FIELDS_PER_WORD));
		if (level[f] == 0)
		{
			double weight = cdw_term_weight(scorer, f, records->record[a]);

			term_weight += weight;
			if (settings->field[f].kind->shared)
				shared_term_weight += weight;
		}
	}
	key->term_step = (int16) rint(term_weight / CDW_TERM_STEP);
	key->shared_term_step = (int16) rint(shared_term_weight / CDW_TERM_STEP);
}

static void
count_pattern(uint32 a, uint32 b, void *arg)
{
	PatternCounter *counter = arg;
	cdw_pattern_key key;
	PatternEntry *entry;
	bool found;

	counter->pairs++;
	/* symmetric in the two records, and blind to their positions */
	if (counter->record_hash &&
		cdw_hash_combine(counter->record_hash[a] ^ counter->record_hash[b],
						 counter->record_hash[a] + counter->record_hash[b]) %
				counter->every !=
			0)
		return;
	cdw_pattern_of(counter->scorer, a, b, &key);
	entry = pattern_insert(counter->table, key, &found);
	entry->count = found ? entry->count + 1 : 1;
}

static int
compare_patterns(const void *a, const void *b, void *arg pg_attribute_unused())
{
	const cdw_pattern_key *left = &((const cdw_pattern *) a)->key;
	const cdw_pattern_key *right = &((const cdw_pattern *) b)->key;

	for (int w = 0; w < 2; w++)
		if (left->levels[w] != right->levels[w])
			return left->levels[w] < right->levels[w] ? -1 : 1;
	if (left->term_step != right->term_step)
		return left->term_step < right->term_step ? -1 : 1;
	return left->shared_term_step < right->shared_term_step
			   ? -1
			   : left->shared_term_step > right->shared_term_step;
}

/* The level of a field in a pattern. */
int
cdw_pattern_level(const cdw_pattern_key *key, int field)
{
	return key->levels[field / FIELDS_PER_WORD] >> (4 * (field % FIELDS_PER_WORD)) & 15;
}

/*
 * The patterns of all candidate pairs, sorted. Of more than three million candidates a sample is
 * counted, chosen by a hash of what the two records say; scale is then what a counted pair
 * stands for.
 */
cdw_pattern *
cdw_count_patterns(const cdw_blocks *blocks, const cdw_scorer *scorer, uint64 seed,
				   uint32 *npatterns, double *scale)
{
	const cdw_records *records = scorer->records;
	PatternCounter counter = {.scorer = scorer, .every = 1};
	double expected = 0;
	double counted = 0;
	pattern_iterator iterator;
	PatternEntry *entry;
	cdw_pattern *patterns;

	for (int list = 0; list < Max(blocks->nlists, 1); list++)
		expected += cdw_blocks_pairs(blocks, records, list);
	if (expected > MAX_SAMPLE)
	{
		counter.every = (uint64) ceil(expected / MAX_SAMPLE);
		counter.record_hash =
			MemoryContextAllocHuge(CurrentMemoryContext, sizeof(uint64) * records->n);
		for (uint32 i = 0; i < records->n; i++)
		{
			if ((i & 0xFFFF) == 0)
				CHECK_FOR_INTERRUPTS();
			counter.record_hash[i] = cdw_record_hash(records, i, seed);
		}
	}
	counter.table = pattern_create(CurrentMemoryContext, 1024, NULL);
	cdw_walk_all(blocks, records, count_pattern, &counter);

	*npatterns = counter.table->members;
	patterns = MemoryContextAllocHuge(CurrentMemoryContext,
									  sizeof(cdw_pattern) * Max(*npatterns, (Size) 1));
	*npatterns = 0;
	pattern_start_iterate(counter.table, &iterator);
	while ((entry = pattern_iterate(counter.table, &iterator)) != NULL)
	{
		patterns[(*npatterns)++] = (cdw_pattern){.key = entry->key, .count = entry->count};
		counted += entry->count;
	}
	qsort_interruptible(patterns, *npatterns, sizeof(cdw_pattern), compare_patterns, NULL);
	*scale = counted > 0 ? counter.pairs / counted : 1;
	pattern_destroy(counter.table);
	if (counter.record_hash)
		pfree(counter.record_hash);
	return patterns;
}
