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

/* Candidates that are counted: of a table, a large one, and the rehearsal of its rules. */
#define MAX_SAMPLE 3000000.0
#define LARGE_RECORDS 100000
#define LARGE_SAMPLE 1000000.0
#define REHEARSAL_SAMPLE 500000.0

typedef struct PatternEntry
{
	cdw_pattern_key key;
	uint32 count;
	uint32 number; /* in the order of coming */
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

struct cdw_pattern_counter
{
	const cdw_scorer *scorer;
	pattern_hash *table;
};

/* The scorer gives the weights for rare values. */
cdw_pattern_counter *
cdw_pattern_counter_create(const cdw_scorer *scorer)
{
	cdw_pattern_counter *counter = palloc(sizeof(cdw_pattern_counter));

	counter->scorer = scorer;
	counter->table = pattern_create(CurrentMemoryContext, 1024, NULL);
	return counter;
}

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
		key->levels[f / 16] |= (uint64) level[f] << (4 * (f % 16));
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

static PatternEntry *
find_entry(cdw_pattern_counter *counter, cdw_pattern_key key)
{
	bool found;
	PatternEntry *entry = pattern_insert(counter->table, key, &found);

	if (!found)
	{
		entry->count = 0;
		entry->number = counter->table->members - 1;
	}
	return entry;
}

/* Counts a pair; returns the number of its pattern, in the order of coming. */
uint32
cdw_pattern_count(cdw_pattern_counter *counter, uint32 a, uint32 b)
{
	cdw_pattern_key key;
	PatternEntry *entry;

	cdw_pattern_of(counter->scorer, a, b, &key);
	entry = find_entry(counter, key);
	entry->count++;
	return entry->number;
}

static int
compare_entries(const void *a, const void *b, void *arg pg_attribute_unused())
{
	const cdw_pattern_key *left = &((const PatternEntry *) a)->key;
	const cdw_pattern_key *right = &((const PatternEntry *) b)->key;

	for (int w = 0; w < 2; w++)
		if (left->levels[w] != right->levels[w])
			return left->levels[w] < right->levels[w] ? -1 : 1;
	if (left->term_step != right->term_step)
		return left->term_step < right->term_step ? -1 : 1;
	return left->shared_term_step < right->shared_term_step
			   ? -1
			   : left->shared_term_step > right->shared_term_step;
}

/*
 * The patterns, sorted; frees the counter. *rank, where asked for, says where the pattern of each
 * number is.
 */
cdw_pattern *
cdw_pattern_counter_finish(cdw_pattern_counter *counter, uint32 *npatterns, uint32 **rank)
{
	Size n = counter->table->members;
	PatternEntry *sorted =
		MemoryContextAllocHuge(CurrentMemoryContext, sizeof(PatternEntry) * Max(n, 1));
	cdw_pattern *pattern =
		MemoryContextAllocHuge(CurrentMemoryContext, sizeof(cdw_pattern) * Max(n, 1));
	pattern_iterator iterator;
	PatternEntry *entry;
	Size filled = 0;

	pattern_start_iterate(counter->table, &iterator);
	while ((entry = pattern_iterate(counter->table, &iterator)) != NULL)
		sorted[filled++] = *entry;
	pattern_destroy(counter->table);
	qsort_interruptible(sorted, n, sizeof(PatternEntry), compare_entries, NULL);
	if (rank)
		*rank = MemoryContextAllocHuge(CurrentMemoryContext, sizeof(uint32) * Max(n, 1));
	for (Size i = 0; i < n; i++)
	{
		pattern[i] = (cdw_pattern){.key = sorted[i].key, .count = sorted[i].count};
		if (rank)
			(*rank)[sorted[i].number] = i;
	}
	pfree(sorted);
	pfree(counter);
	*npatterns = n;
	return pattern;
}

/* ---- visits ---- */

static void *
begin_patterns(const cdw_scorer *scorer, const void *argument pg_attribute_unused())
{
	return cdw_pattern_counter_create(scorer);
}

static void
visit_pattern(uint32 a, uint32 b, void *state)
{
	cdw_pattern_count(state, a, b);
}

static cdw_packed
pack_patterns(void *state)
{
	uint32 n;
	cdw_pattern *pattern = cdw_pattern_counter_finish(state, &n, NULL);

	return (cdw_packed){.data = pattern, .size = sizeof(cdw_pattern) * n};
}

static void
merge_patterns(void *state, cdw_packed packed)
{
	cdw_pattern_counter *counter = state;
	const cdw_pattern *pattern = packed.data;

	for (Size i = 0; i < packed.size / sizeof(cdw_pattern); i++)
		find_entry(counter, pattern[i].key)->count += pattern[i].count;
}

/* Counts the patterns of pairs: the state is a cdw_pattern_counter. */
const cdw_visitor cdw_pattern_visitor = {
	.begin = begin_patterns,
	.visit = visit_pattern,
	.pack = pack_patterns,
	.merge = merge_patterns,
};

static double
most_counted(const cdw_records *records)
{
	if (records->share < 1)
		return REHEARSAL_SAMPLE;
	return records->n < LARGE_RECORDS ? MAX_SAMPLE : LARGE_SAMPLE;
}

/*
 * The patterns of all candidate pairs, sorted. Of many candidates a sample is counted; scale is then what
 * a counted pair stands for.
 */
cdw_pattern *
cdw_candidate_patterns(const cdw_blocks *blocks, const cdw_scorer *scorer, uint64 seed,
					   uint32 *npatterns, double *scale)
{
	const cdw_records *records = scorer->records;
	cdw_sample *sample = cdw_sample_create(records, cdw_blocks_all_pairs(blocks, records),
										   most_counted(records), seed);
	cdw_pattern_counter *counter =
		cdw_visit_candidates(blocks, scorer, sample, &cdw_pattern_visitor, NULL);

	*scale = sample ? sample->every : 1;
	cdw_sample_free(sample);
	return cdw_pattern_counter_finish(counter, npatterns, NULL);
}
