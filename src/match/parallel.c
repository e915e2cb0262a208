/*
 * src/match/parallel.c
 *
 * Walks by several processes. The records move into shared memory once, where it pays, and stay there, and
 * so do blocks (share.c); samples are copied for each walk. A worker makes the settings again from their
 * document, because they point at code and at each other, and finds everything else by its offset.
 *
 * Of records in a file each process reads batches of its own, for which it has an equal part of the memory.
 * A batch is cheaper the more of them share a pass over the file, so processes take many units at once.
 *
 * All processes take the next units from one counter. Nothing is written to tables while workers run:
 * PostgreSQL forbids it.
 */
#include "match/match.h"

#include "access/parallel.h"
#include "access/xact.h"
#include "match/record_file.h"
#include "match/share.h"
#include "match/walk.h"
#include "miscadmin.h"
#include "optimizer/optimizer.h"
#include "port/atomics.h"
#include "utils/memutils.h"

#define KEY_WALK 1
#define KEY_DOCUMENT 2

#define LEAST_PAIRS 300000.0	 /* visits that are worth a worker */
#define LEAST_TO_SHARE 1000000.0 /* ... and moving the records first */
#define TURNS 2					 /* of a process, where units are taken many at once */

/* The visitors that workers know, by number. */
static const cdw_visitor *const visitors[] = {&cdw_count_visitor, &cdw_pattern_visitor,
											  &cdw_rule_visitor, &cdw_edge_visitor};

/* A block list in shared memory. */
typedef struct SharedList
{
	uint32 nblocks;
	uint32 largest;
	dsa_pointer start;
	dsa_pointer key;
	dsa_pointer member;
} SharedList;

typedef struct SharedSplit
{
	int rule;
	int other;
	uint32 cap;
	SharedList list;
} SharedSplit;

/* What a worker has found, packed. */
typedef struct SharedResult
{
	dsa_pointer data;
	Size size;
} SharedResult;

typedef struct SharedWalk
{
	dsa_handle area;
	uint32 nrecords;
	dsa_pointer place; /* of each record: a dsa_pointer; invalid: they are in a file */
	cdw_shared_file file;
	Size memory;
	int processes;
	bool rule_used[CDW_MAX_RULES];

	int visitor;
	char argument[64];
	bool has_model;
	cdw_model model;

	bool has_blocks;
	bool all_pairs;
	int nlists;
	SharedList list[CDW_MAX_RULES];
	cdw_rule_blocks rule[CDW_MAX_RULES];
	int nsplits;
	dsa_pointer split;
	dsa_pointer too_large;
	Size ntoo_large;

	dsa_pointer sample_hash;
	cdw_sample sample;
	dsa_pointer pair;
	uint32 npairs;
	dsa_pointer unit;
	Size nunits;
	Size step; /* units that a process takes at once */
	pg_atomic_uint64 next_unit;
	pg_atomic_uint64 visited;					/* pairs, about */
	SharedResult result[FLEXIBLE_ARRAY_MEMBER]; /* by worker */
} SharedWalk;

#define MOST_LENT 8

/* A walk that is to be done by several processes. */
typedef struct Attempt
{
	cdw_walk *walk;
	const cdw_scorer *scorer;
	const cdw_visitor *visitor;
	const void *argument;
	int nworkers;
	int nlent;
	dsa_pointer lent[MOST_LENT]; /* copies that go with the walk */
	void *state;				 /* NULL: nothing is done yet */
} Attempt;

/* ---- what workers are given ---- */

static void
note_lent(Attempt *attempt, dsa_pointer copy)
{
	Assert(attempt->nlent < MOST_LENT);
	attempt->lent[attempt->nlent++] = copy;
}

/* A copy in shared memory for the time of the walk. */
static dsa_pointer
lend(Attempt *attempt, const void *data, Size size)
{
	dsa_pointer copy = cdw_copy_to_area(attempt->scorer->records->shared->area, data, size);

	note_lent(attempt, copy);
	return copy;
}

/* Frees the copies, also those of a walk that failed. */
static void
take_back(Attempt *attempt)
{
	for (int i = 0; i < attempt->nlent; i++)
		dsa_free(attempt->scorer->records->shared->area, attempt->lent[i]);
	attempt->nlent = 0;
}

static SharedList
share_list(dsa_area *area, cdw_block_list *list)
{
	SharedList shared = {.nblocks = list->nblocks, .largest = list->largest};

	if (list->nblocks == 0)
		return shared;
	cdw_share_block_list(area, list);
	shared.start = list->shared->start;
	shared.key = list->shared->key;
	shared.member = list->shared->member;
	return shared;
}

static cdw_block_list
attach_list(dsa_area *area, const SharedList *shared)
{
	cdw_block_list list = {.nblocks = shared->nblocks, .largest = shared->largest};

	if (list.nblocks == 0)
		return list;
	list.start = dsa_get_address(area, shared->start);
	list.key = dsa_get_address(area, shared->key);
	list.member = dsa_get_address(area, shared->member);
	return list;
}

static void
share_blocks(Attempt *attempt, SharedWalk *shared)
{
	cdw_blocks *blocks = (cdw_blocks *) attempt->walk->blocks;
	dsa_area *area = attempt->scorer->records->shared->area;
	SharedSplit *split;
	uint64 *group;

	shared->has_blocks = true;
	shared->all_pairs = blocks->all_pairs;
	shared->nlists = blocks->nlists;
	memcpy(shared->rule, blocks->rule, sizeof(shared->rule));
	for (int r = 0; r < blocks->nlists; r++)
		shared->list[r] = share_list(area, &blocks->list[r]);
	shared->nsplits = blocks->nsplits;
	if (blocks->nsplits == 0)
		return;
	split = palloc(sizeof(SharedSplit) * blocks->nsplits);
	for (int s = 0; s < blocks->nsplits; s++)
		split[s] = (SharedSplit){.rule = blocks->split[s].rule,
								 .other = blocks->split[s].other,
								 .cap = blocks->split[s].cap,
								 .list = share_list(area, &blocks->split[s].list)};
	shared->split = lend(attempt, split, sizeof(SharedSplit) * blocks->nsplits);
	group = cdw_too_large_groups(blocks, &shared->ntoo_large);
	shared->too_large = lend(attempt, group, sizeof(uint64) * shared->ntoo_large);
	pfree(split);
	pfree(group);
}

static cdw_blocks *
attach_blocks(dsa_area *area, const SharedWalk *shared)
{
	cdw_blocks *blocks = palloc0(sizeof(cdw_blocks));
	const SharedSplit *split;

	blocks->all_pairs = shared->all_pairs;
	blocks->nlists = shared->nlists;
	memcpy(blocks->rule, shared->rule, sizeof(blocks->rule));
	for (int r = 0; r < blocks->nlists; r++)
		blocks->list[r] = attach_list(area, &shared->list[r]);
	blocks->nsplits = shared->nsplits;
	if (blocks->nsplits == 0)
		return blocks;
	split = dsa_get_address(area, shared->split);
	blocks->split = palloc0(sizeof(cdw_block_split) * blocks->nsplits);
	for (int s = 0; s < blocks->nsplits; s++)
		blocks->split[s] = (cdw_block_split){.rule = split[s].rule,
											 .other = split[s].other,
											 .cap = split[s].cap,
											 .list = attach_list(area, &split[s].list)};
	cdw_set_too_large_groups(blocks, dsa_get_address(area, shared->too_large), shared->ntoo_large);
	return blocks;
}

static void
share_records(Attempt *attempt, SharedWalk *shared)
{
	const cdw_records *records = attempt->scorer->records;

	shared->area = dsa_get_handle(records->shared->area);
	shared->nrecords = records->n;
	shared->place = records->shared->place;
	shared->memory = records->memory;
	shared->processes = records->processes;
	if (records->file == NULL)
		return;
	cdw_record_file_share(records, records->shared->area, &shared->file);
	note_lent(attempt, shared->file.mark);
	note_lent(attempt, shared->file.source);
}

static void
share_walk(Attempt *attempt, SharedWalk *shared)
{
	const cdw_walk *walk = attempt->walk;
	const cdw_scorer *scorer = attempt->scorer;
	const cdw_records *records = scorer->records;

	share_records(attempt, shared);
	for (int r = 0; r < records->settings->nrules; r++)
		shared->rule_used[r] = records->settings->rule[r].nslots > 0;
	shared->has_model = scorer->model != NULL;
	if (scorer->model)
		shared->model = *scorer->model;
	if (walk->blocks)
		share_blocks(attempt, shared);
	if (walk->sample)
	{
		shared->sample = *walk->sample;
		shared->sample_hash = lend(attempt, walk->sample->hash, sizeof(uint64) * records->n);
	}
	if (walk->pair)
		shared->pair = lend(attempt, walk->pair, sizeof(cdw_pair) * walk->npairs);
	shared->npairs = walk->npairs;
	shared->unit = lend(attempt, walk->unit, sizeof(cdw_walk_unit) * walk->nunits);
	shared->nunits = walk->nunits;
	shared->step = records->file ? walk->nunits / (records->processes * TURNS) + 1 : 1;
	pg_atomic_init_u64(&shared->next_unit, 0);
	pg_atomic_init_u64(&shared->visited, 0);
}

/* ---- the work ---- */

/* Takes units until there are none. */
static void
work(SharedWalk *shared, cdw_walk *walk, const cdw_records *records, const cdw_visitor *visitor,
	 void *state)
{
	walk->visited = &shared->visited;
	for (;;)
	{
		uint64 first = pg_atomic_fetch_add_u64(&shared->next_unit, shared->step);

		if (first >= walk->nunits)
			return;
		cdw_walk_units(walk, records, first, Min(first + shared->step, walk->nunits), visitor,
					   state);
	}
}

static cdw_records *
attach_records(dsa_area *area, const SharedWalk *shared, const cdw_match_settings *settings)
{
	cdw_records *records = cdw_records_create(settings);
	const dsa_pointer *place;

	cdw_records_finish(records);
	records->n = shared->nrecords;
	records->memory = shared->memory;
	records->processes = shared->processes;
	pfree(records->record);
	if (!DsaPointerIsValid(shared->place))
	{
		cdw_record_file_attach(records, area, &shared->file);
		return records;
	}
	place = dsa_get_address(area, shared->place);
	records->record =
		MemoryContextAllocHuge(CurrentMemoryContext, sizeof(cdw_record *) * records->n);
	for (uint32 i = 0; i < records->n; i++)
		records->record[i] = dsa_get_address(area, place[i]);
	return records;
}

/* The settings' document, which a worker makes the settings from. */
char *
cdw_worker_document(shm_toc *toc)
{
	return shm_toc_lookup(toc, KEY_DOCUMENT, false);
}

/* A worker's part of a walk; settings are as the document has them. */
void
cdw_worker_walk(shm_toc *toc, cdw_match_settings *settings)
{
	SharedWalk *shared = shm_toc_lookup(toc, KEY_WALK, false);
	const cdw_visitor *visitor = visitors[shared->visitor];
	cdw_walk walk = {.npairs = shared->npairs, .nunits = shared->nunits};
	cdw_scorer *scorer = palloc0(sizeof(cdw_scorer));
	SharedResult *result = &shared->result[ParallelWorkerNumber];
	cdw_sample sample = shared->sample;
	cdw_records *records;
	cdw_packed packed;
	dsa_area *area;
	void *state;

	area = dsa_attach(shared->area);
	cdw_use_rules(settings, shared->rule_used);
	records = attach_records(area, shared, settings);
	scorer->records = records;
	if (shared->has_model)
		cdw_scorer_init(scorer, records, &shared->model);
	if (shared->has_blocks)
		walk.blocks = attach_blocks(area, shared);
	if (DsaPointerIsValid(shared->sample_hash))
	{
		sample.hash = dsa_get_address(area, shared->sample_hash);
		walk.sample = &sample;
	}
	if (DsaPointerIsValid(shared->pair))
		walk.pair = dsa_get_address(area, shared->pair);
	walk.unit = dsa_get_address(area, shared->unit);
	state = visitor->begin(scorer, shared->argument);
	work(shared, &walk, records, visitor, state);
	packed = visitor->pack(state);
	result->data = cdw_copy_to_area(area, packed.data, packed.size);
	result->size = packed.size;
	dsa_detach(area);
}

/* ---- the leader ---- */

static int
visitor_number(const cdw_visitor *visitor)
{
	for (int v = 0; v < (int) lengthof(visitors); v++)
		if (visitors[v] == visitor)
			return v;
	return -1;
}

/* The leader and as many workers as maintenance may have. */
int
cdw_most_processes(void)
{
	return 1 + Min(max_parallel_maintenance_workers, max_parallel_workers);
}

/* How many workers a walk is worth: as many as there may be, each with enough to do. */
static int
plan_workers(const cdw_walk *walk, const cdw_records *records, const cdw_visitor *visitor)
{
	double least = records->shared || records->file ? LEAST_PAIRS : LEAST_TO_SHARE;

	if (records->alone || walk->expected < least || visitor_number(visitor) < 0 ||
		!IsUnderPostmaster || IsInParallelMode() || records->settings->document == NULL)
		return 0;
	return (int) Min(cdw_most_processes() - 1, walk->expected / LEAST_PAIRS);
}

static void
merge_results(dsa_area *area, SharedWalk *shared, int nworkers, const cdw_visitor *visitor,
			  void *state)
{
	for (int w = 0; w < nworkers; w++)
	{
		SharedResult *result = &shared->result[w];

		if (!DsaPointerIsValid(result->data))
			continue;
		visitor->merge(
			state, (cdw_packed){.data = dsa_get_address(area, result->data), .size = result->size});
		dsa_free(area, result->data);
	}
}

static SharedWalk *
begin_parallel(ParallelContext *context, const char *document)
{
	Size size = offsetof(SharedWalk, result) + sizeof(SharedResult) * context->nworkers;
	SharedWalk *shared;
	char *copy;

	shm_toc_estimate_chunk(&context->estimator, size);
	shm_toc_estimate_chunk(&context->estimator, strlen(document) + 1);
	shm_toc_estimate_keys(&context->estimator, 2);
	InitializeParallelDSM(context);
	if (context->seg == NULL)
		return NULL;
	shared = shm_toc_allocate(context->toc, size);
	memset(shared, 0, size);
	copy = shm_toc_allocate(context->toc, strlen(document) + 1);
	strcpy(copy, document);
	shm_toc_insert(context->toc, KEY_WALK, shared);
	shm_toc_insert(context->toc, KEY_DOCUMENT, copy);
	return shared;
}

/* Visits everything with the help of workers, where there is shared memory for them. */
static void
walk_with_workers(void *arg)
{
	Attempt *attempt = arg;
	const cdw_visitor *visitor = attempt->visitor;
	const cdw_records *records = attempt->scorer->records;
	ParallelContext *context;
	SharedWalk *shared;

	EnterParallelMode();
	context = CreateParallelContext("customer_dw", "cdw_match_worker", attempt->nworkers);
	shared = begin_parallel(context, records->settings->document);
	if (shared)
	{
		void *state = visitor->begin(attempt->scorer, attempt->argument);

		share_walk(attempt, shared);
		shared->visitor = visitor_number(visitor);
		if (visitor->argument_size > 0)
			memcpy(shared->argument, attempt->argument, visitor->argument_size);
		LaunchParallelWorkers(context);
		ereport(DEBUG1, (errmsg_internal("cdw walk: %d workers for %.0f pairs",
										 context->nworkers_launched, attempt->walk->expected)));
		work(shared, attempt->walk, records, visitor, state);
		WaitForParallelWorkersToFinish(context);
		merge_results(records->shared->area, shared, context->nworkers_launched, visitor, state);
		attempt->state = state;
	}
	DestroyParallelContext(context);
	ExitParallelMode();
}

/*
 * Visits everything with the help of workers, if that is worth it; the visitor's state then has what all of
 * them have found. NULL: nothing is done yet, and one process has to. Shared memory that is used up once is
 * not tried again.
 */
void *
cdw_walk_in_parallel(cdw_walk *walk, const cdw_scorer *scorer, const cdw_visitor *visitor,
					 const void *argument)
{
	cdw_records *records = (cdw_records *) scorer->records;
	Attempt attempt = {.walk = walk,
					   .scorer = scorer,
					   .visitor = visitor,
					   .argument = argument,
					   .nworkers = plan_workers(walk, records, visitor)};

	Assert(visitor->argument_size <= sizeof(((SharedWalk *) NULL)->argument));
	if (attempt.nworkers == 0)
		return NULL;
	records->processes = 1 + attempt.nworkers;
	records->alone = !cdw_share_records(records) || !cdw_try(walk_with_workers, &attempt);
	records->processes = 1;
	walk->visited = NULL;
	take_back(&attempt);
	return records->alone ? NULL : attempt.state;
}
