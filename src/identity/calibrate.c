/*
 * src/identity/calibrate.c
 *
 * From weights to probabilities that mean what they say. A weight is learnt from pairs by themselves. In
 * a table where many records are one entity the others say more about a pair than its own fields do: two
 * that differ are the same because both are alike a third. So the log odds of a match are a straight line
 * of the weight (Platt 1999),
 *
 *     ln( p / (1 - p) ) = slope * weight + intercept
 *
 * fitted to what clustering makes of the candidates: a pair is the same with the probability that its
 * records' groups merge with. A pair without other records around keeps its own probability, so that a
 * table of pairs keeps slope 1 and intercept 0.
 */
#include "identity/identity.h"

#include <math.h>

#include "miscadmin.h"
#include "utils/float.h"
#include "utils/memutils.h"

#define MOST_WEIGHT 4.0 /* nats, either way: beyond that there is little doubt */
#define LEAST_WEIGHT                                                                               \
	-8.0 /* of the candidates that are kept, and what a line may ask for below them */
#define LINE_SLACK 1.0
#define STEP .125 /* of weight, that counts as one */
#define BINS 65
#define ENOUGH_PAIRS 200000.0 /* in doubt */
#define UNIT 1e9 /* probabilities are added as billionths, so that their order does not matter */
#define SLOPE_PRECISION 100.0	 /* of what is assumed before any pair is seen: slope 1 +- .1, */
#define INTERCEPT_PRECISION 25.0 /* intercept 0 +- .2 */
#define LEAST_SLOPE .5
#define MOST_SLOPE 2.0
#define MOST_INTERCEPT 3.0
#define ROUNDS 50

/* ---- merges ---- */

/*
 * A forest of merges in which a record's parent is known with the merge that gave it one. A record that is
 * not there is in no merge: only a part of all records is in a component that is drawn.
 */
typedef struct Merged
{
	uint32 record;
	uint32 parent;
	uint32 size;
	uint32 time; /* of the merge; PG_UINT32_MAX: a root */
	char status;
} Merged;

#define SH_PREFIX merged
#define SH_ELEMENT_TYPE Merged
#define SH_KEY_TYPE uint32
#define SH_KEY record
#define SH_HASH_KEY(table, key) murmurhash32(key)
#define SH_EQUAL(table, a, b) ((a) == (b))
#define SH_SCOPE static inline
#define SH_DECLARE
#define SH_DEFINE
#include "lib/simplehash.h"

typedef struct Merges
{
	merged_hash *table;
	double *strength; /* by time */
	uint32 n;
	uint32 capacity;
} Merges;

static void
merges_init(Merges *merges)
{
	merges->table = merged_create(CurrentMemoryContext, 1024, NULL);
	merges->n = 0;
	merges->capacity = 1024;
	merges->strength = palloc(sizeof(double) * merges->capacity);
}

static void
merges_free(Merges *merges)
{
	merged_destroy(merges->table);
	pfree(merges->strength);
}

/* The root of a record, itself where nothing has joined it yet. */
static uint32
root_of(const Merges *merges, uint32 record, uint32 *size)
{
	bool found;
	Merged *merged = merged_insert(merges->table, record, &found);

	if (!found)
	{
		merged->parent = record;
		merged->size = 1;
		merged->time = PG_UINT32_MAX;
	}
	while (merged->parent != merged->record)
		merged = merged_lookup(merges->table, merged->parent);
	*size = merged->size;
	return merged->record;
}

static void
note_merge(uint32 a, uint32 b, double strength, void *arg)
{
	Merges *merges = arg;
	uint32 size_a;
	uint32 size_b;
	uint32 root_a = root_of(merges, a, &size_a);
	uint32 root_b = root_of(merges, b, &size_b);
	Merged *large = merged_lookup(merges->table, size_a < size_b ? root_b : root_a);
	Merged *small = merged_lookup(merges->table, size_a < size_b ? root_a : root_b);

	small->parent = large->record;
	large->size = size_a + size_b;
	small->time = merges->n;
	if (merges->n == merges->capacity)
	{
		merges->capacity *= 2;
		merges->strength =
			repalloc_huge(merges->strength, sizeof(double) * (Size) merges->capacity);
	}
	merges->strength[merges->n++] = strength;
}

/* When a record lost its root; PG_UINT32_MAX: it has not. */
static uint32
time_of(const Merges *merges, uint32 record, uint32 *parent)
{
	const Merged *merged = merged_lookup(merges->table, record);

	*parent = merged ? merged->parent : record;
	return merged ? merged->time : PG_UINT32_MAX;
}

/* The strength of the merge that brought two records together; minus infinity: none has. */
static double
joint_strength(const Merges *merges, uint32 a, uint32 b)
{
	uint32 time = 0;

	while (a != b)
	{
		uint32 parent_a;
		uint32 parent_b;
		uint32 time_a = time_of(merges, a, &parent_a);
		uint32 time_b = time_of(merges, b, &parent_b);

		time = Min(time_a, time_b);
		if (time == PG_UINT32_MAX)
			return -get_float8_infinity();
		if (time_a < time_b)
			a = parent_a;
		else
			b = parent_b;
	}
	return merges->strength[time];
}

/* ---- the line ---- */

/* Pairs by their weight. */
typedef struct Bin
{
	double pairs;
	int64 same; /* sum of probabilities, fixed point */
} Bin;

static double
bin_weight(int bin)
{
	return -MOST_WEIGHT + bin * STEP;
}

static bool
in_doubt(const cdw_edge *edge)
{
	return fabs(edge->weight) <= MOST_WEIGHT;
}

/* Components with so many pairs in doubt that a line can be drawn through them. */
static cdw_component_sample
draw_components(const cdw_edges *edges, uint32 nrecords)
{
	cdw_component_sample sample = {.last = PG_UINT64_MAX};
	double doubtful = 0;

	for (Size e = 0; e < edges->n; e++)
		doubtful += in_doubt(&edges->edge[e]);
	if (doubtful > ENOUGH_PAIRS)
		sample.last = (uint64) ((double) PG_UINT64_MAX / doubtful * ENOUGH_PAIRS);
	sample.drawn = MemoryContextAllocExtended(CurrentMemoryContext, Max(nrecords, 1),
											  MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
	return sample;
}

/* Puts the pairs in doubt of the drawn components into their bins; returns how many there are. */
static Size
count_pairs(const cdw_edges *edges, const bool *drawn, const Merges *merges, Bin *bins)
{
	Size n = 0;

	for (Size e = 0; e < edges->n; e++)
	{
		const cdw_edge *edge = &edges->edge[e];
		Bin *bin;

		if ((e & 0xFFFF) == 0)
			CHECK_FOR_INTERRUPTS();
		if (!in_doubt(edge) || !drawn[edge->a] || !drawn[edge->b])
			continue;
		bin = &bins[(int) rint((edge->weight + MOST_WEIGHT) / STEP)];
		bin->pairs++;
		bin->same += (int64) rint(UNIT / (1 + exp(-joint_strength(merges, edge->a, edge->b))));
		n++;
	}
	return n;
}

/* How the likelihood of a line rises with its slope and with its intercept. */
typedef struct Ascent
{
	double slope;
	double intercept;
} Ascent;

/* With a prior that draws the line to slope 1 and intercept 0, where there are few pairs. */
static Ascent
likelihood_ascent(const Bin *bins, double slope, double intercept)
{
	Ascent ascent = {.slope = (1 - slope) * SLOPE_PRECISION,
					 .intercept = -intercept * INTERCEPT_PRECISION};

	for (int i = 0; i < BINS; i++)
	{
		double weight = bin_weight(i);
		double probability = 1 / (1 + exp(-(slope * weight + intercept)));
		double excess = bins[i].same / UNIT - bins[i].pairs * probability;

		ascent.slope += excess * weight;
		ascent.intercept += excess;
	}
	return ascent;
}

/* The best intercept for a slope: the likelihood has one summit, so that halves of the range go. */
static double
best_intercept(const Bin *bins, double slope)
{
	double low = -MOST_INTERCEPT;
	double high = MOST_INTERCEPT;

	for (int round = 0; round < ROUNDS; round++)
	{
		double middle = (low + high) / 2;

		if (likelihood_ascent(bins, slope, middle).intercept > 0)
			low = middle;
		else
			high = middle;
	}
	return (low + high) / 2;
}

/*
 * The line of the greatest likelihood within the limits. With the best intercept for each slope there is
 * one summit again, and the other end of a range does not matter where a limit is met.
 */
static void
fit_line(const Bin *bins, double *slope, double *intercept)
{
	double low = LEAST_SLOPE;
	double high = MOST_SLOPE;

	for (int round = 0; round < ROUNDS; round++)
	{
		*slope = (low + high) / 2;
		*intercept = best_intercept(bins, *slope);
		if (likelihood_ascent(bins, *slope, *intercept).slope > 0)
			low = *slope;
		else
			high = *slope;
	}
}

/* Puts the edges above a weight first; those alone. */
static cdw_edges
edges_above(cdw_edges *edges, double weight)
{
	cdw_edges above = {.edge = edges->edge};

	for (Size e = 0; e < edges->n; e++)
		if (edges->edge[e].weight > weight)
		{
			cdw_edge edge = edges->edge[e];

			edges->edge[e] = edges->edge[above.n];
			edges->edge[above.n++] = edge;
		}
	return above;
}

/*
 * Fits the line of the model that the population has just taught, and leaves the scored candidates to
 * cdw_candidate_edges, which needs them from the least probability on, by whatever line. Partners that
 * compete in a link have their probability from each other already.
 */
void
cdw_calibrate(cdw_evidence *evidence)
{
	const cdw_scorer *scorer = &evidence->scorer;
	cdw_model *model = &evidence->model;
	double least = cdw_probability_weight(scorer->records->settings->min_probability);
	Bin bins[BINS] = {0};
	cdw_component_sample sample;
	cdw_edges edges;
	Merges merges;

	evidence->edges = NULL;
	evidence->forgotten = false;
	if (model->unique_sources != NIL)
		return;
	evidence->edges_cut = Max(Min(-MOST_WEIGHT, least), LEAST_WEIGHT) - LINE_SLACK;
	evidence->edges = cdw_find_edges(evidence->blocks, scorer, evidence->edges_cut);
	if (scorer->records->file)
		cdw_forget_blocks(evidence);
	cdw_progress_phase(CDW_PHASE_CALIBRATING, scorer->records->n);
	merges_init(&merges);
	edges = edges_above(evidence->edges, -MOST_WEIGHT);
	sample = draw_components(&edges, scorer->records->n);
	cdw_cluster_sample(scorer, &edges, -MOST_WEIGHT, &sample, note_merge, &merges);
	if (count_pairs(&edges, sample.drawn, &merges, bins) > 0)
		fit_line(bins, &model->slope, &model->intercept);
	pfree(sample.drawn);
	merges_free(&merges);
}
