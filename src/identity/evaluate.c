/*
 * src/identity/evaluate.c
 *
 * How right a resolver is, against a truth that says which records belong together, or against
 * labelled pairs: at pair level and at cluster level, over a range of thresholds. The source is read as
 * it is now and nothing is written.
 *
 * One clustering gives all thresholds: merges come strongest first, so the groups at a threshold are
 * those made by the merges before the first weaker one.
 */
#include "identity/identity.h"

#include <math.h>

#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/float.h"
#include "utils/memutils.h"

static const double thresholds[] = {
	.1,	 .2,   .3,	  .4,	  .5,	   .6,		 .7,		.8,			.9,			.95,
	.99, .999, .9999, .99999, .999999, .9999999, .99999999, .999999999, .9999999999};

/* ---- counting ---- */

/* Pairs that become linked as the threshold falls: how many, and how many of them are true. */
typedef struct Step
{
	double strength;
	double pairs;
	double right;
} Step;

typedef struct Steps
{
	Step *step;
	Size n;
	Size capacity;
} Steps;

static void
steps_init(Steps *steps)
{
	steps->n = 0;
	steps->capacity = 1024;
	steps->step = palloc(sizeof(Step) * steps->capacity);
}

static void
add_step(Steps *steps, Step step)
{
	if (steps->n == steps->capacity)
	{
		steps->capacity *= 2;
		steps->step = repalloc_huge(steps->step, sizeof(Step) * steps->capacity);
	}
	steps->step[steps->n++] = step;
}

static int
compare_steps(const void *a, const void *b, void *arg pg_attribute_unused())
{
	double left = ((const Step *) a)->strength;
	double right = ((const Step *) b)->strength;

	return left > right ? -1 : left < right;
}

/* The labels of a group, as a list of records with the same label counted. */
typedef struct LabelCount
{
	uint32 label;
	uint32 count;
} LabelCount;

typedef struct Group
{
	LabelCount *label; /* sorted by label; NULL: a group of one */
	uint32 nlabels;
	double weakest; /* the weakest merge so far: a group needs all of its merges */
} Group;

typedef struct ClusterCounter
{
	const uint32 *label;
	Group *group; /* at the record that stands for a group */
	Steps steps;
	MemoryContext context; /* merges are counted while the clustering's own context is current */
} ClusterCounter;

static void
start_group(ClusterCounter *counter, uint32 record)
{
	Group *group = &counter->group[record];

	if (group->label)
		return;
	group->label = palloc(sizeof(LabelCount));
	group->label[0] = (LabelCount){.label = counter->label[record], .count = 1};
	group->nlabels = 1;
	group->weakest = get_float8_infinity();
}

/* Merges two sorted lists of counts into the first group; counts pairs across, true ones apart. */
static Step
unite_labels(Group *into, Group *from)
{
	LabelCount *merged = palloc(sizeof(LabelCount) * (into->nlabels + from->nlabels));
	uint32 n = 0;
	uint32 i = 0;
	uint32 j = 0;
	double left = 0;
	double right = 0;
	Step step = {0};

	while (i < into->nlabels || j < from->nlabels)
	{
		uint32 a = i < into->nlabels ? into->label[i].label : PG_UINT32_MAX;
		uint32 b = j < from->nlabels ? from->label[j].label : PG_UINT32_MAX;
		LabelCount count = {.label = Min(a, b)};

		if (count.label != CDW_UNKNOWN)
		{
			double in_left = a == count.label ? into->label[i].count : 0;
			double in_right = b == count.label ? from->label[j].count : 0;

			left += in_left;
			right += in_right;
			step.right += in_left * in_right;
		}
		if (a == count.label)
			count.count += into->label[i++].count;
		if (b == count.label)
			count.count += from->label[j++].count;
		merged[n++] = count;
	}
	step.pairs = left * right;
	pfree(into->label);
	pfree(from->label);
	into->label = merged;
	into->nlabels = n;
	from->label = NULL;
	return step;
}

static void
count_merge(uint32 a, uint32 b, double strength, void *arg)
{
	ClusterCounter *counter = arg;
	MemoryContext old = MemoryContextSwitchTo(counter->context);
	Group *into = &counter->group[a];
	Group *from = &counter->group[b];
	Step step;

	start_group(counter, a);
	start_group(counter, b);
	step = unite_labels(into, from);
	into->weakest = Min(strength, Min(into->weakest, from->weakest));
	step.strength = into->weakest;
	if (step.pairs > 0)
		add_step(&counter->steps, step);
	MemoryContextSwitchTo(old);
}

/* Steps of single pairs. */
static void
count_edges(Steps *steps, const cdw_edges *edges, const uint32 *label)
{
	for (Size e = 0; e < edges->n; e++)
	{
		const cdw_edge *edge = &edges->edge[e];

		if (label[edge->a] != CDW_UNKNOWN && label[edge->b] != CDW_UNKNOWN)
			add_step(steps, (Step){.strength = edge->weight,
								   .pairs = 1,
								   .right = label[edge->a] == label[edge->b]});
	}
}

/* Pairs of records with the same label, found or not. */
static double
true_pairs(const uint32 *label, uint32 nrecords, uint32 nlabels)
{
	double *size =
		MemoryContextAllocExtended(CurrentMemoryContext, sizeof(double) * ((Size) nlabels + 1),
								   MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
	double pairs = 0;

	for (uint32 i = 0; i < nrecords; i++)
		size[label[i]]++;
	for (uint32 l = 1; l <= nlabels; l++)
		pairs += size[l] * (size[l] - 1) / 2;
	pfree(size);
	return pairs;
}

/* ---- rows ---- */

enum
{
	COLUMN_LEVEL,
	COLUMN_THRESHOLD,
	COLUMN_PAIRS,
	COLUMN_PRECISION,
	COLUMN_RECALL,
	COLUMN_F1,
	COLUMNS
};

/* A share of nothing is NULL. */
static void
put_share(Datum *value, bool *isnull, double part, double whole)
{
	*isnull = whole <= 0;
	*value = Float8GetDatum(whole > 0 ? part / whole : 0);
}

static void
put_rows(Tuplestorestate *rows, TupleDesc desc, const char *level, Steps *steps, double truth,
		 double least)
{
	Size from = 0;
	double pairs = 0;
	double right = 0;

	qsort_interruptible(steps->step, steps->n, sizeof(Step), compare_steps, NULL);
	for (int t = (int) lengthof(thresholds) - 1; t >= 0 && thresholds[t] >= least; t--)
	{
		Datum values[COLUMNS];
		bool nulls[COLUMNS] = {0};
		double cut = cdw_probability_weight(thresholds[t]);

		for (; from < steps->n && steps->step[from].strength > cut; from++)
		{
			pairs += steps->step[from].pairs;
			right += steps->step[from].right;
		}
		values[COLUMN_LEVEL] = CStringGetTextDatum(level);
		values[COLUMN_THRESHOLD] = Float8GetDatum(thresholds[t]);
		values[COLUMN_PAIRS] = Int64GetDatum((int64) rint(pairs));
		put_share(&values[COLUMN_PRECISION], &nulls[COLUMN_PRECISION], right, pairs);
		put_share(&values[COLUMN_RECALL], &nulls[COLUMN_RECALL], right, truth);
		/* the harmonic mean of precision and recall */
		put_share(&values[COLUMN_F1], &nulls[COLUMN_F1], 2 * right, pairs + truth);
		tuplestore_putvalues(rows, desc, values, nulls);
	}
}

/* The same rows for both levels. */
static void
put_levels(FunctionCallInfo fcinfo, const cdw_trial *trial, Steps *pair, Steps *cluster,
		   double truth)
{
	double least = trial->resolver->match.min_probability;
	TupleDesc desc;
	Tuplestorestate *rows = cdw_result_rows(fcinfo, &desc);

	put_rows(rows, desc, "pair", pair, truth, least);
	put_rows(rows, desc, "cluster", cluster, truth, least);
	cdw_records_close(trial->population->records);
	cdw_progress_end();
}

/* Hands out the merges that resolve would make. */
static void
walk_merges(const cdw_trial *trial, cdw_merge_callback callback, void *arg)
{
	int settings = cdw_restrict_search_path();

	cdw_progress_phase(CDW_PHASE_CLUSTERING, trial->population->records->n);
	cdw_cluster(&trial->evidence.scorer, trial->edges, trial->resolver->clustering, trial->cut,
				callback, arg);
	cdw_restore_settings(settings);
}

static void
cluster_counter_init(ClusterCounter *counter, const cdw_trial *trial, const uint32 *label)
{
	Size n = Max(trial->population->records->n, (Size) 1);

	counter->label = label;
	counter->group = MemoryContextAllocExtended(CurrentMemoryContext, sizeof(Group) * n,
												MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
	counter->context = CurrentMemoryContext;
	steps_init(&counter->steps);
}

CDW_FUNCTION(cdw_evaluate)
{
	static const char *const names[] = {"resolver", "truth", "key", "cluster"};
	cdw_trial trial;
	ClusterCounter counter;
	Steps pair_steps;
	uint32 *label;
	uint32 nlabels;

	for (int i = 0; i < (int) lengthof(names); i++)
		cdw_check_not_null(fcinfo, i, names[i]);
	cdw_run_trial(&trial, PG_GETARG_TEXT_PP(0));
	label = cdw_load_truth(trial.population, PG_GETARG_OID(1), NameStr(*PG_GETARG_NAME(2)),
						   NameStr(*PG_GETARG_NAME(3)), &nlabels);
	steps_init(&pair_steps);
	count_edges(&pair_steps, trial.matches, label);
	cluster_counter_init(&counter, &trial, label);
	walk_merges(&trial, count_merge, &counter);
	put_levels(fcinfo, &trial, &pair_steps, &counter.steps,
			   true_pairs(label, trial.population->records->n, nlabels));
	return (Datum) 0;
}

/* ---- labelled pairs ---- */

/*
 * When any two records came into one group: a forest in which a group hangs under the larger one that
 * it joined, so that ways to the root are short. On the way up merges are later and weaker.
 */
typedef struct JoinNode
{
	uint32 parent; /* itself: a root */
	uint32 size;
	uint32 top;		/* of the record that stands for a group: the group's root */
	uint64 merge;	/* number of the merge that hung it up */
	double weakest; /* of the group's merges then */
} JoinNode;

typedef struct JoinForest
{
	JoinNode *node;
	uint64 merges;
	ClusterCounter *counter; /* NULL: pairs in groups are not counted */
} JoinForest;

static void
note_merge(uint32 a, uint32 b, double strength, void *arg)
{
	JoinForest *forest = arg;
	JoinNode *node = forest->node;
	uint32 root = node[a].top;
	uint32 joining = node[b].top;
	double weakest = Min(strength, Min(node[root].weakest, node[joining].weakest));

	if (node[root].size < node[joining].size)
	{
		root = joining;
		joining = node[a].top;
	}
	node[joining].parent = root;
	node[joining].merge = ++forest->merges;
	node[joining].weakest = node[root].weakest = weakest;
	node[root].size += node[joining].size;
	node[a].top = root;
	if (forest->counter)
		count_merge(a, b, strength, forest->counter);
}

static void
join_forest_init(JoinForest *forest, const cdw_trial *trial, ClusterCounter *counter)
{
	Size n = Max(trial->population->records->n, (Size) 1);

	forest->node = MemoryContextAllocHuge(CurrentMemoryContext, sizeof(JoinNode) * n);
	forest->merges = 0;
	forest->counter = counter;
	for (Size i = 0; i < n; i++)
		forest->node[i] = (JoinNode){.parent = i,
									 .size = 1,
									 .top = i,
									 .merge = PG_UINT64_MAX,
									 .weakest = get_float8_infinity()};
}

/* The strength that brings two records into one group; -infinity where nothing does. */
static double
join_strength(const JoinForest *forest, uint32 a, uint32 b)
{
	const JoinNode *node = forest->node;
	double strength = get_float8_infinity();

	while (a != b)
	{
		uint32 *earlier = node[a].merge < node[b].merge ? &a : &b;

		if (node[*earlier].parent == *earlier)
			return -get_float8_infinity();
		strength = node[*earlier].weakest;
		*earlier = node[*earlier].parent;
	}
	return strength;
}

static Step
labelled_step(const cdw_label *label, double strength)
{
	return (Step){
		.strength = strength, .pairs = label->weight, .right = label->is_match ? label->weight : 0};
}

/* Pairs that are kept: the labelled ones, and where the list is complete all others as wrong ones. */
static void
count_labelled_edges(Steps *steps, const cdw_edges *edges, const cdw_labels *labels, bool complete)
{
	for (Size e = 0; e < edges->n; e++)
	{
		const cdw_edge *edge = &edges->edge[e];
		const cdw_label *label = cdw_find_label(labels, edge->a, edge->b);

		if (label)
			add_step(steps, labelled_step(label, edge->weight));
		else if (complete)
			add_step(steps, (Step){.strength = edge->weight, .pairs = 1});
	}
}

/* Labelled pairs in one group. */
static void
count_labelled_joins(Steps *steps, const JoinForest *forest, const cdw_labels *labels)
{
	for (Size i = 0; i < labels->n; i++)
	{
		const cdw_label *label = &labels->label[i];
		double strength = join_strength(forest, label->a, label->b);

		if (strength > -get_float8_infinity())
			add_step(steps, labelled_step(label, strength));
	}
}

/* What tells which pairs count: in a link each record's source, else each record is its own. */
static uint32 *
pair_classes(const cdw_records *records)
{
	uint32 *class =
		MemoryContextAllocHuge(CurrentMemoryContext, sizeof(uint32) * Max(records->n, (Size) 1));

	for (uint32 i = 0; i < records->n; i++)
		class[i] = 1 + (records->settings->link ? cdw_source_of(records, i) : i);
	return class;
}

/*
 * All pairs in groups, as not yet right: those within a class do not count, and the labelled ones are
 * counted by themselves.
 */
static void
add_unlabelled_pairs(Steps *steps, const Steps *all)
{
	Size labelled = steps->n;

	for (Size i = 0; i < labelled; i++)
		steps->step[i].pairs = 0;
	for (Size i = 0; i < all->n; i++)
		add_step(steps, (Step){.strength = all->step[i].strength,
							   .pairs = all->step[i].pairs - all->step[i].right});
}

static double
labelled_matches(const cdw_labels *labels)
{
	double matches = 0;

	for (Size i = 0; i < labels->n; i++)
		if (labels->label[i].is_match)
			matches += labels->label[i].weight;
	return matches;
}

CDW_FUNCTION(cdw_evaluate_labels)
{
	static const char *const names[] = {"resolver", "labels", "left_key", "right_key"};
	bool complete = PG_ARGISNULL(4);
	cdw_trial trial;
	ClusterCounter counter;
	JoinForest forest;
	Steps pair_steps;
	Steps cluster_steps;
	cdw_labels *labels;

	for (int i = 0; i < (int) lengthof(names); i++)
		cdw_check_not_null(fcinfo, i, names[i]);
	cdw_run_trial(&trial, PG_GETARG_TEXT_PP(0));
	labels = cdw_label_arguments(fcinfo, 1, trial.population);
	steps_init(&pair_steps);
	count_labelled_edges(&pair_steps, trial.matches, labels, complete);
	if (complete)
		cluster_counter_init(&counter, &trial, pair_classes(trial.population->records));
	join_forest_init(&forest, &trial, complete ? &counter : NULL);
	walk_merges(&trial, note_merge, &forest);
	steps_init(&cluster_steps);
	count_labelled_joins(&cluster_steps, &forest, labels);
	if (complete)
		add_unlabelled_pairs(&cluster_steps, &counter.steps);
	put_levels(fcinfo, &trial, &pair_steps, &cluster_steps, labelled_matches(labels));
	return (Datum) 0;
}
