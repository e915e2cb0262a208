/*
 * src/identity/evaluate.c
 *
 * How right a resolver is, against a truth that says which records belong together: at pair level and
 * at cluster level, over a range of thresholds. Records without a truth are left out. The source is
 * read as it is now and nothing is written.
 *
 * One clustering gives all thresholds: merges come strongest first, so the groups at a threshold are
 * those made by the merges before the first weaker one.
 */
#include "identity/identity.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/float.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"

static const double thresholds[] = {
	.1,	 .2,   .3,	  .4,	  .5,	   .6,		 .7,		.8,			.9,			.95,
	.99, .999, .9999, .99999, .999999, .9999999, .99999999, .999999999, .9999999999};

/* ---- truth ---- */

typedef struct TruthEntry
{
	uint64 hash;
	uint32 label;
	char status;
} TruthEntry;

#define SH_PREFIX truth
#define SH_ELEMENT_TYPE TruthEntry
#define SH_KEY_TYPE uint64
#define SH_KEY hash
#define SH_HASH_KEY(table, key) ((uint32) (key))
#define SH_EQUAL(table, a, b) ((a) == (b))
#define SH_SCOPE static inline
#define SH_DECLARE
#define SH_DEFINE
#include "lib/simplehash.h"

#define NO_LABEL 0

typedef struct Truth
{
	truth_hash *label_of_name;
	truth_hash *label_of_key;
	uint32 labels;
} Truth;

static uint64
hash_text(text *value)
{
	return cdw_hash_bytes(VARDATA_ANY(value), VARSIZE_ANY_EXHDR(value), 0);
}

static void
read_truth(TupleTableSlot *slot, void *arg)
{
	Truth *truth = arg;
	TruthEntry *entry;
	uint32 label;
	bool found;

	if (slot->tts_isnull[0] || slot->tts_isnull[1])
		return;
	entry =
		truth_insert(truth->label_of_name, hash_text(DatumGetTextPP(slot->tts_values[1])), &found);
	if (!found)
		entry->label = ++truth->labels;
	label = entry->label;
	entry =
		truth_insert(truth->label_of_key, hash_text(DatumGetTextPP(slot->tts_values[0])), &found);
	if (found && entry->label != label)
		ereport(ERROR, (errcode(ERRCODE_CARDINALITY_VIOLATION),
						errmsg("the truth puts record \"%s\" into two clusters",
							   TextDatumGetCString(slot->tts_values[0])),
						errhint("The truth needs one row per record.")));
	entry->label = label;
}

/* The label of each record, 1 and up; NO_LABEL where the truth has none. */
static uint32 *
load_labels(const cdw_population *population, Oid relation, const char *key, const char *cluster,
			uint32 *nlabels)
{
	Truth truth = {.label_of_name = truth_create(CurrentMemoryContext, 1024, NULL),
				   .label_of_key = truth_create(CurrentMemoryContext, 1024, NULL)};
	Size n = Max(population->keys->n, 1);
	uint32 *label = MemoryContextAllocHuge(CurrentMemoryContext, sizeof(uint32) * n);
	int settings;

	cdw_check_readable(relation);
	cdw_check_column(relation, key, NULL, NULL, NULL);
	cdw_check_column(relation, cluster, NULL, NULL, NULL);
	settings = cdw_portable_output();
	cdw_stream(psprintf("SELECT %s::pg_catalog.text, %s::pg_catalog.text FROM %s",
						quote_identifier(key), quote_identifier(cluster),
						cdw_relation_name(relation)),
			   0, NULL, NULL, read_truth, &truth);
	for (uint32 i = 0; i < population->keys->n; i++)
	{
		char *name = cdw_key_text(population->keys, population->keys->key[i]);
		TruthEntry *entry = truth_lookup(truth.label_of_key, cdw_hash_bytes(name, strlen(name), 0));

		label[i] = entry ? entry->label : NO_LABEL;
		pfree(name);
	}
	cdw_restore_settings(settings);
	*nlabels = truth.labels;
	truth_destroy(truth.label_of_name);
	truth_destroy(truth.label_of_key);
	return label;
}

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
	Group *group; /* at a group's smallest record */
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

		if (count.label != NO_LABEL)
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

		if (label[edge->a] != NO_LABEL && label[edge->b] != NO_LABEL)
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
		values[COLUMN_PAIRS] = Int64GetDatum((int64) pairs);
		put_share(&values[COLUMN_PRECISION], &nulls[COLUMN_PRECISION], right, pairs);
		put_share(&values[COLUMN_RECALL], &nulls[COLUMN_RECALL], right, truth);
		/* the harmonic mean of precision and recall */
		put_share(&values[COLUMN_F1], &nulls[COLUMN_F1], 2 * right, pairs + truth);
		tuplestore_putvalues(rows, desc, values, nulls);
	}
}

CDW_FUNCTION(cdw_evaluate)
{
	static const char *const names[] = {"resolver", "truth", "key", "cluster"};
	Tuplestorestate *rows;
	TupleDesc desc;
	cdw_resolver *resolver;
	cdw_population *population;
	cdw_evidence evidence;
	cdw_edges *edges;
	ClusterCounter counter = {0};
	Steps pair_steps;
	uint32 *label;
	uint32 nlabels;
	double truth;
	double least;
	int settings;

	for (int i = 0; i < (int) lengthof(names); i++)
		cdw_check_not_null(fcinfo, i, names[i]);
	resolver = cdw_resolver_open(PG_GETARG_TEXT_PP(0));
	(void) cdw_resolver_model(resolver);
	rows = cdw_result_rows(fcinfo, &desc);
	cdw_use_model_rules(resolver);
	population = cdw_load_population(resolver);
	label = load_labels(population, PG_GETARG_OID(1), NameStr(*PG_GETARG_NAME(2)),
						NameStr(*PG_GETARG_NAME(3)), &nlabels);
	truth = true_pairs(label, population->records->n, nlabels);

	settings = cdw_restrict_search_path();
	least = resolver->match.min_probability;
	cdw_recall_evidence(resolver, population, &evidence);
	edges = cdw_find_edges(evidence.blocks, &evidence.scorer, cdw_probability_weight(least));
	steps_init(&pair_steps);
	count_edges(&pair_steps, edges, label);
	put_rows(rows, desc, "pair", &pair_steps, truth, least);

	counter.label = label;
	counter.group = MemoryContextAllocExtended(
		CurrentMemoryContext, sizeof(Group) * Max(population->records->n, (Size) 1),
		MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
	counter.context = CurrentMemoryContext;
	steps_init(&counter.steps);
	cdw_cluster(&evidence.scorer, edges, resolver->clustering, cdw_probability_weight(least),
				count_merge, &counter);
	put_rows(rows, desc, "cluster", &counter.steps, truth, least);
	cdw_restore_settings(settings);
	return (Datum) 0;
}
