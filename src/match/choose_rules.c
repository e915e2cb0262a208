/*
 * src/match/choose_rules.c
 *
 * Which blocking rules are used, and how large their blocks may be.
 *
 * Rules that somebody gave are all used, and each has a cap of its own: another rule never takes a pair
 * away. Of the fields' default rules a table of some ten thousand records can afford all, under one cap
 * that keeps them within a budget of pairs per record. A large table gets the few that find the most:
 * after a first training under small blocks, rules are taken in the order of gain^2 / (cost + records),
 * gain being the posterior probability of the pairs that the rules taken before do not have, and cost
 * their number.
 *
 * Sums are of integers and pairs are drawn by what the records say, so that the order of records does not
 * matter.
 */
#include "match/match.h"

#include <math.h>

#include "miscadmin.h"
#include "utils/memutils.h"

static const int block_sizes[] = {5000, 3500, 2500, 1500, 1000, 700, 500, 350, 250,
								  200,	140,  100,	70,	  50,	35,	 25,  15,  10};
#define NSIZES ((int) lengthof(block_sizes))
#define DEFAULT_SIZE                                                                               \
	4 /* the largest of default rules; rules that were given may have larger blocks */

/* Pairs per record: of small tables, of others, of large ones. */
#define SMALL_RECORDS 10000
#define SMALL_BUDGET 200.0
#define BUDGET 120.0
#define LARGE_RECORDS 100000
#define LARGE_BUDGET 25.0
#define FIRST_BUDGET                                                                               \
	30.0 /* of all rules, before some are taken; a pair with two rules counts twice */
#define GIVEN_PAIRS 2e7	  /* that each given rule may have in any case */
#define MOST_REPEATED 5.0 /* times that a pair may come up on average */

#define MAX_SAMPLE 500000.0
#define PROBABILITY_UNIT 1e6 /* probabilities are added as millionths */
#define LEAST_PROBABILITY 1e-4
#define LEAST_GAIN .002 /* of the probability mass, that a rule must add */

/* The records of the source, of which those at hand may be a sample. */
static double
all_records(const cdw_records *records)
{
	return records->n / records->share;
}

static bool
is_large(const cdw_records *records)
{
	return all_records(records) >= LARGE_RECORDS;
}

/* The budget of candidates per record. */
static double
budget(const cdw_records *records)
{
	double n = all_records(records);

	if (records->settings->pairs_per_record > 0)
		return records->settings->pairs_per_record;
	return is_large(records) ? LARGE_BUDGET : n <= SMALL_RECORDS ? SMALL_BUDGET : BUDGET;
}

/* So many candidates per record of the source, as those of a sample: it has a pair with its share squared. */
static double
pairs_within(const cdw_records *records, double pairs_per_record)
{
	return pairs_per_record * all_records(records) * records->share * records->share;
}

/* What is left of a block of that size in a sample. */
static int
size_within(const cdw_records *records, int size)
{
	return Max((int) rint(size * records->share), 2);
}

/* Whether rules are taken one by one. */
static bool
takes_few(const cdw_records *records)
{
	const cdw_match_settings *settings = records->settings;

	return settings->default_rules && !settings->rules_chosen && settings->max_block == 0 &&
		   (is_large(records) || settings->pairs_per_record > 0);
}

/* Pairs in the blocks of all rules that are used up to a size, as often as they come. */
static double
pairs_up_to(const cdw_blocks *blocks, int size)
{
	double pairs = 0;

	for (int r = 0; r < blocks->nlists; r++)
		if (blocks->rule[r].cap > 0)
			pairs += cdw_list_pairs(&blocks->list[r], size);
	return pairs;
}

/*
 * Whether all rules together give at most so many pairs. Pairs with two rules count once, so that the
 * keys of one field, much alike, do not use up the budget; but what is looked at is bounded. Of a large
 * table they count as often as they come: its few rules look at different fields.
 */
static bool
within(const cdw_blocks *blocks, const cdw_records *records, double most)
{
	cdw_scorer counter = {.records = records};
	double raw = cdw_blocks_all_pairs(blocks, records);

	if (raw <= most)
		return true;
	return !is_large(records) && raw <= most * MOST_REPEATED &&
		   *(double *) cdw_visit_candidates(blocks, &counter, NULL, &cdw_count_visitor, NULL) <=
			   most;
}

/* One size for all rules that are used. */
static void
cap_all(cdw_blocks *blocks, cdw_records *records, int size)
{
	int cap[CDW_MAX_RULES];

	for (int r = 0; r < blocks->nlists; r++)
		cap[r] = blocks->rule[r].cap > 0 ? size : 0;
	cdw_blocks_cap(blocks, records, cap);
}

/*
 * The largest of the sizes under which all rules together keep to a number of pairs: first of blocks alone,
 * because splitting takes time, then with what the blocks over that size are split into.
 */
static void
cap_together(cdw_blocks *blocks, cdw_records *records, double most, bool split)
{
	int low = DEFAULT_SIZE; /* the sizes fall */
	int high = NSIZES - 1;

	while (low < high)
	{
		int middle = (low + high) / 2;
		int size = size_within(records, block_sizes[middle]);
		double raw = pairs_up_to(blocks, size);
		bool fits = raw <= most;

		if (!fits && split && !is_large(records) && raw <= most * MOST_REPEATED)
		{
			cap_all(blocks, records, size);
			fits = within(blocks, records, most);
		}
		if (fits)
			high = middle;
		else
			low = middle + 1;
	}
	cap_all(blocks, records, size_within(records, block_sizes[low]));
	if (!split)
		return;
	cdw_split_blocks(blocks, records);
	while (low < NSIZES - 1 && !within(blocks, records, most))
	{
		cap_all(blocks, records, block_sizes[++low]);
		cdw_split_blocks(blocks, records);
	}
}

/* The same for each rule by itself. */
static void
cap_each(cdw_blocks *blocks, cdw_records *records, double most)
{
	int cap[CDW_MAX_RULES];

	for (int r = 0; r < blocks->nlists; r++)
	{
		int s = 0;

		while (s < NSIZES - 1 && cdw_list_pairs(&blocks->list[r], block_sizes[s]) > most)
			s++;
		cap[r] = block_sizes[s];
	}
	cdw_blocks_cap(blocks, records, cap);
	cdw_split_blocks(blocks, records);
}

/* Blocks of the resolver's rules, capped as the settings say or as the data allow. */
cdw_blocks *
cdw_choose_blocks(cdw_records *records, bool all_pairs)
{
	const cdw_match_settings *settings = records->settings;
	cdw_blocks *blocks;
	bool few = takes_few(records);

	cdw_progress_phase(CDW_PHASE_BLOCKING, all_pairs ? 0 : settings->nrules);
	blocks = cdw_blocks_build(records, all_pairs, NULL);
	if (all_pairs)
		return blocks;
	if (settings->max_block > 0)
	{
		cap_all(blocks, records, settings->max_block);
		cdw_split_blocks(blocks, records);
	}
	else if (!settings->default_rules)
		cap_each(blocks, records,
				 Max(pairs_within(records, Max(budget(records), BUDGET)), GIVEN_PAIRS));
	else
		cap_together(blocks, records, pairs_within(records, few ? FIRST_BUDGET : budget(records)),
					 !few);
	return blocks;
}

/* ---- what each rule adds ---- */

typedef struct RuleSet
{
	uint64 rules; /* the rules that have the pair, a bit for each */
	int64 mass;	  /* of probability */
	int64 pairs;
	char status;
} RuleSet;

#define SH_PREFIX rule_set
#define SH_ELEMENT_TYPE RuleSet
#define SH_KEY_TYPE uint64
#define SH_KEY rules
#define SH_HASH_KEY(table, key) ((uint32) cdw_hash_combine(key, 0))
#define SH_EQUAL(table, a, b) ((a) == (b))
#define SH_SCOPE static inline
#define SH_DECLARE
#define SH_DEFINE
#include "lib/simplehash.h"

typedef struct Weigher
{
	const cdw_scorer *scorer;
	rule_set_hash *table;
} Weigher;

static RuleSet *
find_set(Weigher *weigher, uint64 rules)
{
	bool found;
	RuleSet *set = rule_set_insert(weigher->table, rules, &found);

	if (!found)
		set->mass = set->pairs = 0;
	return set;
}

static void *
begin_weighing(const cdw_scorer *scorer, const void *argument pg_attribute_unused())
{
	Weigher *weigher = palloc(sizeof(Weigher));

	weigher->scorer = scorer;
	weigher->table = rule_set_create(CurrentMemoryContext, 1024, NULL);
	return weigher;
}

static void
weigh_pair(uint32 a, uint32 b, void *state)
{
	Weigher *weigher = state;
	const cdw_records *records = weigher->scorer->records;
	const uint32 *left = cdw_record_keys(records->record[a]);
	const uint32 *right = cdw_record_keys(records->record[b]);
	uint64 rules = 0;
	double probability;
	RuleSet *set;

	for (int r = 0; r < records->settings->nrules; r++)
		if (cdw_share_key(records->settings, left, right, r))
			rules |= UINT64CONST(1) << r;
	set = find_set(weigher, rules);
	probability = 1 / (1 + exp(-cdw_score(weigher->scorer, a, b)));
	if (probability >= LEAST_PROBABILITY)
		set->mass += (int64) rint(probability * PROBABILITY_UNIT);
	set->pairs++;
}

static cdw_packed
pack_sets(void *state)
{
	Weigher *weigher = state;
	RuleSet *sets = MemoryContextAllocHuge(
		CurrentMemoryContext, sizeof(RuleSet) * Max(weigher->table->members, (Size) 1));
	rule_set_iterator iterator;
	RuleSet *set;
	Size n = 0;

	rule_set_start_iterate(weigher->table, &iterator);
	while ((set = rule_set_iterate(weigher->table, &iterator)) != NULL)
		sets[n++] = *set;
	return (cdw_packed){.data = sets, .size = sizeof(RuleSet) * n};
}

static void
merge_sets(void *state, cdw_packed packed)
{
	const RuleSet *sets = packed.data;

	for (Size i = 0; i < packed.size / sizeof(RuleSet); i++)
	{
		RuleSet *set = find_set(state, sets[i].rules);

		set->mass += sets[i].mass;
		set->pairs += sets[i].pairs;
	}
}

/* Adds up pairs and their probabilities by the rules that have them. */
const cdw_visitor cdw_rule_visitor = {
	.begin = begin_weighing,
	.visit = weigh_pair,
	.pack = pack_sets,
	.merge = merge_sets,
};

/* The candidates, a sample of many, by the rules that have them; *scale is what a weighed pair stands for. */
static rule_set_hash *
weigh_pairs(const cdw_blocks *blocks, const cdw_scorer *scorer, double *scale)
{
	const cdw_records *records = scorer->records;
	double pairs = cdw_blocks_all_pairs(blocks, records);
	cdw_sample *sample = cdw_sample_create(records, pairs, MAX_SAMPLE, 0);
	Weigher *weigher;

	cdw_progress_phase(CDW_PHASE_CHOOSING_RULES, Min(pairs, MAX_SAMPLE));
	weigher = cdw_visit_candidates(blocks, scorer, sample, &cdw_rule_visitor, NULL);

	*scale = sample ? sample->every : 1;
	cdw_sample_free(sample);
	return weigher->table;
}

/* What each rule would add to those taken. */
static void
add_up(rule_set_hash *table, uint64 taken, int nrules, double *gain, double *cost)
{
	rule_set_iterator iterator;
	RuleSet *set;

	memset(gain, 0, sizeof(double) * nrules);
	memset(cost, 0, sizeof(double) * nrules);
	rule_set_start_iterate(table, &iterator);
	while ((set = rule_set_iterate(table, &iterator)) != NULL)
	{
		if (set->rules & taken)
			continue;
		for (int r = 0; r < nrules; r++)
			if (set->rules >> r & 1)
			{
				gain[r] += set->mass;
				cost[r] += set->pairs;
			}
	}
}

static double
total_mass(rule_set_hash *table)
{
	rule_set_iterator iterator;
	RuleSet *set;
	double mass = 0;

	rule_set_start_iterate(table, &iterator);
	while ((set = rule_set_iterate(table, &iterator)) != NULL)
		mass += set->mass;
	return mass;
}

/* The rules to use, a bit for each: the best that is left, as long as it adds enough and costs little. */
static uint64
take_rules(rule_set_hash *table, int nrules, double scale, double records, double most)
{
	double least = LEAST_GAIN * total_mass(table);
	double pairs = 0;
	uint64 taken = 0;

	for (;;)
	{
		double gain[CDW_MAX_RULES];
		double cost[CDW_MAX_RULES];
		double best_score = 0;
		int best = -1;

		CHECK_FOR_INTERRUPTS();
		add_up(table, taken, nrules, gain, cost);
		for (int r = 0; r < nrules; r++)
		{
			double score = gain[r] * gain[r] / (cost[r] * scale + records);

			if (gain[r] > least && pairs + cost[r] * scale <= most && score > best_score)
			{
				best_score = score;
				best = r;
			}
		}
		if (best < 0)
			return taken;
		taken |= UINT64CONST(1) << best;
		pairs += cost[best] * scale;
	}
}

/*
 * After a first training: whether of the default rules of a large table only those are used that find
 * most matches for the pairs they cost. Where no rule finds anything, all are.
 */
bool
cdw_choose_rules(const cdw_records *records, const cdw_scorer *scorer, const cdw_blocks *blocks,
				 bool *used)
{
	int nrules = records->settings->nrules;
	double most = budget(records) * all_records(records);
	rule_set_hash *table;
	uint64 taken;
	double scale;

	if (blocks->all_pairs || !takes_few(records))
		return false;
	table = weigh_pairs(blocks, scorer, &scale);
	scale /= records->share * records->share;
	taken = take_rules(table, nrules, scale, all_records(records), most);
	rule_set_destroy(table);
	for (int r = 0; r < nrules; r++)
		used[r] = taken == 0 || (taken >> r & 1);
	return true;
}

/* Gives up the rules that are not used and caps the blocks of the others anew. */
void
cdw_use_chosen_rules(cdw_records *records, cdw_blocks *blocks, const bool *used)
{
	cdw_progress_phase(CDW_PHASE_BLOCKING, 0);
	for (int r = 0; r < blocks->nlists; r++)
		if (!used[r])
			cdw_blocks_drop(blocks, records, r);
	cap_together(blocks, records, pairs_within(records, budget(records)), true);
}
