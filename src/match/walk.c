/*
 * src/match/walk.c
 *
 * Visits to pairs: what is counted, kept or weighed over all candidates, or over a list of pairs. The
 * work is cut into units of some ten thousand pairs, which processes take one after the other; what each
 * of them found is merged, and no result depends on who did what.
 */
#include "match/match.h"

#include <math.h>

#include "match/walk.h"
#include "miscadmin.h"
#include "utils/memutils.h"

#define UNIT_PAIRS 20000.0
#define UNIT_BLOCKS 4000 /* that a unit has at most: blocks that have no pairs to visit cost, too */

/* ---- samples ---- */

/* A sample of about the given number of pairs; NULL where all are within it. Freed with pfree. */
cdw_sample *
cdw_sample_create(const cdw_records *records, double pairs, double most, uint64 seed)
{
	cdw_sample *sample;

	if (pairs <= most)
		return NULL;
	sample = palloc(sizeof(cdw_sample));
	sample->every = ceil(pairs / most);
	sample->last = (uint64) (PG_UINT64_MAX / sample->every);
	sample->hash = cdw_record_hashes(records, seed);
	return sample;
}

void
cdw_sample_free(cdw_sample *sample)
{
	if (sample == NULL)
		return;
	pfree(sample->hash);
	pfree(sample);
}

/* ---- units ---- */

static void
add_unit(cdw_walk *walk, int list, uint32 first, uint32 end, double pairs)
{
	double every = walk->sample ? walk->sample->every : 1;

	if (first == end)
		return;
	if (walk->nunits == walk->capacity)
	{
		walk->capacity = Max(walk->capacity * 2, 64);
		walk->unit = walk->unit ? repalloc_huge(walk->unit, sizeof(cdw_walk_unit) * walk->capacity)
								: palloc(sizeof(cdw_walk_unit) * walk->capacity);
	}
	walk->unit[walk->nunits++] =
		(cdw_walk_unit){.list = list, .first = first, .end = end, .pairs = pairs};
	walk->expected += pairs / every;
}

/* The pairs of a unit, most of which a sample does not draw. */
static double
unit_pairs(const cdw_walk *walk)
{
	return walk->sample ? UNIT_PAIRS * walk->sample->every : UNIT_PAIRS;
}

/* Units of a list of blocks up to a cap. */
static void
cut_blocks(cdw_walk *walk, int number, const cdw_block_list *list, uint32 cap)
{
	double most = unit_pairs(walk);
	double pairs = 0;
	uint32 first = 0;

	for (uint32 b = 0; b < list->nblocks; b++)
	{
		double size = list->start[b + 1] - list->start[b];

		if (size <= cap)
			pairs += size * (size - 1) / 2;
		if (pairs < most && b - first < UNIT_BLOCKS)
			continue;
		add_unit(walk, number, first, b + 1, pairs);
		pairs = 0;
		first = b + 1;
	}
	add_unit(walk, number, first, list->nblocks, pairs);
}

/* Units of all pairs: records with all that come after them. */
static void
cut_all_pairs(cdw_walk *walk, const cdw_records *records)
{
	double most = unit_pairs(walk);
	double pairs = 0;
	uint32 first = 0;

	for (uint32 a = 0; a < records->n; a++)
	{
		pairs += records->n - a;
		if (pairs < most)
			continue;
		add_unit(walk, 0, first, a + 1, pairs);
		pairs = 0;
		first = a + 1;
	}
	add_unit(walk, 0, first, records->n, pairs);
}

static void
cut_pairs(cdw_walk *walk)
{
	for (uint32 first = 0; first < walk->npairs; first += (uint32) UNIT_PAIRS)
	{
		uint32 end = Min(first + (uint32) UNIT_PAIRS, walk->npairs);

		add_unit(walk, 0, first, end, end - first);
	}
}

/* Cuts what is to be visited into units: of the rules in lists, a bit each. */
static void
cut(cdw_walk *walk, const cdw_records *records, uint64 lists)
{
	const cdw_blocks *blocks = walk->blocks;

	if (walk->pair)
		cut_pairs(walk);
	else if (blocks->all_pairs)
		cut_all_pairs(walk, records);
	else
		for (int r = 0; r < blocks->nlists; r++)
		{
			if (!(lists >> r & 1))
				continue;
			cut_blocks(walk, r, &blocks->list[r], blocks->rule[r].cap);
			for (int s = 0; s < blocks->nsplits; s++)
				if (blocks->split[s].rule == r)
					cut_blocks(walk, blocks->nlists + s, &blocks->split[s].list,
							   blocks->split[s].cap);
		}
}

/* ---- one unit ---- */

static void
visit_pairs(const cdw_walk *walk, const cdw_records *records, const cdw_walk_unit *unit,
			cdw_pair_callback visit, void *state)
{
	for (uint32 i = unit->first; i < unit->end; i++)
	{
		if (i + PREFETCH_PAIRS < unit->end)
			cdw_prefetch_pair(records, &walk->pair[i + PREFETCH_PAIRS]);
		visit(walk->pair[i].a, walk->pair[i].b, state);
	}
}

/* Visits the pairs of a unit. */
void
cdw_walk_visit(const cdw_walk *walk, const cdw_records *records, const cdw_walk_unit *unit,
			   cdw_pair_callback visit, void *state)
{
	const cdw_blocks *blocks = walk->blocks;

	CHECK_FOR_INTERRUPTS();
	if (walk->pair)
		visit_pairs(walk, records, unit, visit, state);
	else if (blocks->all_pairs)
		cdw_walk_comparable(records, walk->sample, unit->first, unit->end, visit, state);
	else if (unit->list < blocks->nlists)
		cdw_walk_blocks(blocks, records, walk->sample, unit->list, unit->first, unit->end, visit,
						state);
	else
		cdw_walk_split(blocks, records, walk->sample, unit->list - blocks->nlists, unit->first,
					   unit->end, visit, state);
}

/* ---- a whole walk ---- */

static void *
run(cdw_walk *walk, const cdw_scorer *scorer, const cdw_visitor *visitor, const void *argument)
{
	void *state = visitor->begin(scorer, argument);

	if (!cdw_walk_in_parallel(walk, scorer, visitor, argument, state))
		for (Size u = 0; u < walk->nunits; u++)
		{
			cdw_walk_visit(walk, scorer->records, &walk->unit[u], visitor->visit, state);
			cdw_progress_pairs((uint64) walk->unit[u].pairs);
		}
	if (walk->unit)
		pfree(walk->unit);
	return state;
}

/*
 * Visits the candidates of some rules, a bit each, once each; of a sample, unless NULL, those that it
 * draws. Returns the visitor's state.
 */
void *
cdw_visit_rules(const cdw_blocks *blocks, const cdw_scorer *scorer, const cdw_sample *sample,
				uint64 lists, const cdw_visitor *visitor, const void *argument)
{
	cdw_walk walk = {.blocks = blocks, .sample = sample};

	cut(&walk, scorer->records, lists);
	return run(&walk, scorer, visitor, argument);
}

/* The same with all rules. */
void *
cdw_visit_candidates(const cdw_blocks *blocks, const cdw_scorer *scorer, const cdw_sample *sample,
					 const cdw_visitor *visitor, const void *argument)
{
	return cdw_visit_rules(blocks, scorer, sample, PG_UINT64_MAX, visitor, argument);
}

/* The same with a list of pairs. */
void *
cdw_visit_pairs(const cdw_pair *pair, uint32 npairs, const cdw_scorer *scorer,
				const cdw_visitor *visitor, const void *argument)
{
	cdw_walk walk = {.pair = pair, .npairs = npairs};

	cut(&walk, scorer->records, 0);
	return run(&walk, scorer, visitor, argument);
}

/* ---- counting ---- */

static void *
begin_count(const cdw_scorer *scorer pg_attribute_unused(),
			const void *argument pg_attribute_unused())
{
	return palloc0(sizeof(double));
}

static void
count_pair(uint32 a pg_attribute_unused(), uint32 b pg_attribute_unused(), void *state)
{
	(*(double *) state)++;
}

static cdw_packed
pack_count(void *state)
{
	return (cdw_packed){.data = state, .size = sizeof(double)};
}

static void
merge_count(void *state, cdw_packed packed)
{
	*(double *) state += *(const double *) packed.data;
}

/* Counts pairs: the state is a double. */
const cdw_visitor cdw_count_visitor = {
	.begin = begin_count,
	.visit = count_pair,
	.pack = pack_count,
	.merge = merge_count,
};
