/*
 * src/match/walk.c
 *
 * Visits to pairs: what is counted, kept or weighed over all candidates, or over a list of pairs. The
 * work is cut into units of some ten thousand pairs, which processes take one after the other; what each
 * of them found is merged, and no result depends on who did what. Where the records are in a file, a process
 * takes many units, and the records that they need in batches.
 */
#include "match/match.h"

#include <math.h>

#include "access/parallel.h"
#include "match/walk.h"
#include "miscadmin.h"
#include "utils/memutils.h"

#define UNIT_PAIRS 20000.0
#define UNIT_BLOCKS 4000 /* that a unit has at most: blocks that have no pairs to visit cost, too */
#define UNITS_PER_BATCH 16 /* that a batch has at least, where no block is too large for it */

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
	sample->last = (uint64) ((double) PG_UINT64_MAX / sample->every);
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
push_unit(cdw_walk *walk, const cdw_walk_unit *unit)
{
	if (walk->nunits == walk->capacity)
	{
		walk->capacity = Max(walk->capacity * 2, 64);
		walk->unit = walk->unit ? repalloc_huge(walk->unit, sizeof(cdw_walk_unit) * walk->capacity)
								: palloc(sizeof(cdw_walk_unit) * walk->capacity);
	}
	walk->unit[walk->nunits++] = *unit;
	walk->expected += unit->pairs / (walk->sample ? walk->sample->every : 1);
}

static void
add_unit(cdw_walk *walk, int list, uint32 first, uint32 end, double pairs)
{
	cdw_walk_unit unit = {.list = list, .first = first, .end = end, .pairs = pairs};

	if (first < end)
		push_unit(walk, &unit);
}

/* Records of a batch, however many processes there will be. */
static uint32
batch_records(const cdw_records *records)
{
	return cdw_batch_records(records, cdw_most_processes());
}

/* Records that a unit needs at most; in memory it may need all. */
static Size
unit_records(const cdw_records *records)
{
	return records->file ? Max(batch_records(records) / UNITS_PER_BATCH, 2) : SIZE_MAX;
}

/* The pairs of a unit, most of which a sample does not draw. */
static double
unit_pairs(const cdw_walk *walk)
{
	return walk->sample ? UNIT_PAIRS * walk->sample->every : UNIT_PAIRS;
}

/* Units of a list of blocks up to a cap. */
static void
cut_blocks(cdw_walk *walk, int number, const cdw_block_list *list, uint32 cap, Size most_records)
{
	double most = unit_pairs(walk);
	double pairs = 0;
	Size members = 0;
	uint32 first = 0;

	for (uint32 b = 0; b < list->nblocks; b++)
	{
		double size = list->start[b + 1] - list->start[b];

		if (size <= cap)
		{
			pairs += size * (size - 1) / 2;
			members += (Size) size;
		}
		if (pairs < most && members < most_records && b - first < UNIT_BLOCKS)
			continue;
		add_unit(walk, number, first, b + 1, pairs);
		pairs = 0;
		members = 0;
		first = b + 1;
	}
	add_unit(walk, number, first, list->nblocks, pairs);
}

/* Units of all pairs: records with all that come after them. */
static void
cut_all_pairs(cdw_walk *walk, const cdw_records *records)
{
	double most = unit_pairs(walk);
	cdw_walk_unit unit = {.others_end = records->n};

	for (uint32 a = 0; a < records->n; a++)
	{
		unit.end = a + 1;
		unit.pairs += records->n - a;
		if (unit.pairs < most && a + 1 < records->n)
			continue;
		push_unit(walk, &unit);
		unit.first = a + 1;
		unit.pairs = 0;
	}
}

/* The same where not all records are in memory together: some with some others. */
static void
cut_tiles(cdw_walk *walk, const cdw_records *records)
{
	uint32 side = Max(batch_records(records) / 2, 1);

	for (uint32 a = 0; a < records->n; a += Min(side, records->n - a))
		for (uint32 b = a; b < records->n; b += Min(side, records->n - b))
		{
			cdw_walk_unit unit = {.first = a,
								  .end = a + Min(side, records->n - a),
								  .others_first = b,
								  .others_end = b + Min(side, records->n - b)};

			unit.pairs = (double) (unit.end - unit.first) * (unit.others_end - unit.others_first);
			if (a == b)
				unit.pairs /= 2;
			push_unit(walk, &unit);
		}
}

static void
cut_pairs(cdw_walk *walk, Size most_records)
{
	uint32 step = (uint32) Min(UNIT_PAIRS, most_records / 2);

	for (uint32 first = 0; first < walk->npairs; first += step)
	{
		uint32 end = Min(first + step, walk->npairs);

		add_unit(walk, 0, first, end, end - first);
	}
}

/* Cuts what is to be visited into units: of the rules in lists, a bit each. */
static void
cut(cdw_walk *walk, const cdw_records *records, uint64 lists)
{
	const cdw_blocks *blocks = walk->blocks;
	Size most = unit_records(records);

	if (walk->pair)
		cut_pairs(walk, most);
	else if (blocks->all_pairs && records->file)
		cut_tiles(walk, records);
	else if (blocks->all_pairs)
		cut_all_pairs(walk, records);
	else
		for (int r = 0; r < blocks->nlists; r++)
		{
			if (!(lists >> r & 1))
				continue;
			cut_blocks(walk, r, &blocks->list[r], blocks->rule[r].cap, most);
			for (int s = 0; s < blocks->nsplits; s++)
				if (blocks->split[s].rule == r)
					cut_blocks(walk, blocks->nlists + s, &blocks->split[s].list,
							   blocks->split[s].cap, most);
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
static void
visit_unit(const cdw_walk *walk, const cdw_records *records, const cdw_walk_unit *unit,
		   cdw_pair_callback visit, void *state)
{
	const cdw_blocks *blocks = walk->blocks;

	CHECK_FOR_INTERRUPTS();
	if (walk->pair)
		visit_pairs(walk, records, unit, visit, state);
	else if (blocks->all_pairs)
	{
		cdw_tile tile = {unit->first, unit->end, unit->others_first, unit->others_end};

		cdw_walk_comparable(records, walk->sample, &tile, visit, state);
	}
	else if (unit->list < blocks->nlists)
		cdw_walk_blocks(blocks, records, walk->sample, unit->list, unit->first, unit->end, visit,
						state);
	else
		cdw_walk_split(blocks, records, walk->sample, unit->list - blocks->nlists, unit->first,
					   unit->end, visit, state);
}

/* ---- the records that a unit needs ---- */

static void
need_range(cdw_batches *batches, uint32 first, uint32 end)
{
	for (uint32 i = first; i < end; i++)
		cdw_batch_need(batches, i);
}

/* All members, or of a sample those of the pairs that it draws. */
static void
need_block(cdw_batches *batches, const cdw_sample *sample, const uint32 *member, Size size)
{
	for (Size i = 0; i < size && sample == NULL; i++)
		cdw_batch_need(batches, member[i]);
	for (Size i = 0; i < size && sample; i++)
	{
		CHECK_FOR_INTERRUPTS();
		for (Size j = i + 1; j < size; j++)
			if (cdw_sample_draws(sample, member[i], member[j]))
			{
				cdw_batch_need(batches, member[i]);
				cdw_batch_need(batches, member[j]);
			}
	}
}

static void
need_blocks(cdw_batches *batches, const cdw_walk *walk, const cdw_walk_unit *unit)
{
	const cdw_blocks *blocks = walk->blocks;
	bool split = unit->list >= blocks->nlists;
	const cdw_block_split *of = split ? &blocks->split[unit->list - blocks->nlists] : NULL;
	const cdw_block_list *list = split ? &of->list : &blocks->list[unit->list];
	Size cap = split ? of->cap : (Size) blocks->rule[unit->list].cap;

	for (uint32 b = unit->first; b < unit->end; b++)
	{
		Size size = list->start[b + 1] - list->start[b];

		if (size <= cap)
			need_block(batches, walk->sample, &list->member[list->start[b]], size);
	}
}

static void
need_unit(cdw_batches *batches, Size u, void *arg)
{
	const cdw_walk *walk = arg;
	const cdw_walk_unit *unit = &walk->unit[u];

	if (walk->pair)
		for (uint32 i = unit->first; i < unit->end; i++)
		{
			cdw_batch_need(batches, walk->pair[i].a);
			cdw_batch_need(batches, walk->pair[i].b);
		}
	else if (walk->blocks->all_pairs)
	{
		need_range(batches, unit->first, unit->end);
		if (unit->others_first > unit->first)
			need_range(batches, unit->others_first, unit->others_end);
	}
	else
		need_blocks(batches, walk, unit);
}

/* ---- units in turn ---- */

/* The leader reports what all processes have visited. */
static void
report(const cdw_walk *walk, const cdw_walk_unit *unit)
{
	if (walk->visited == NULL)
	{
		cdw_progress_pairs((uint64) unit->pairs);
		return;
	}
	pg_atomic_fetch_add_u64(walk->visited, (uint64) unit->pairs);
	if (!IsParallelWorker() && cdw_progress_of_pairs)
		cdw_progress_set(pg_atomic_read_u64(walk->visited));
}

/* Visits the pairs of the units from first to before end. */
void
cdw_walk_units(const cdw_walk *walk, const cdw_records *records, Size first, Size end,
			   const cdw_visitor *visitor, void *state)
{
	cdw_walk part = *walk;
	cdw_batches batches;

	part.unit += first;
	cdw_batches_begin(&batches, records, end - first, need_unit, &part);
	while (cdw_next_batch(&batches))
		for (Size u = batches.first; u < batches.end; u++)
		{
			visit_unit(walk, records, &part.unit[u], visitor->visit, state);
			report(walk, &part.unit[u]);
		}
}

/* ---- a whole walk ---- */

static void *
run(cdw_walk *walk, const cdw_scorer *scorer, const cdw_visitor *visitor, const void *argument)
{
	void *state = cdw_walk_in_parallel(walk, scorer, visitor, argument);

	if (state == NULL)
	{
		state = visitor->begin(scorer, argument);
		cdw_walk_units(walk, scorer->records, 0, walk->nunits, visitor, state);
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
