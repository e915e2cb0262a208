/*
 * src/match/one_to_one.c
 *
 * Links between sources of which each lists an entity once. Then a record has one partner at most in
 * such a source, and partners compete: of two candidates that look alike, both cannot be right. The
 * probability of a pair given all others is found by belief propagation on the graph of candidates
 * (cavity method; Mézard and Montanari 2009, chapter 16): with x the odds of a pair by itself,
 *
 *     free(i, j) = 1 / (1 + sum over other partners k of i of x(i, k) free(k, i))
 *     P(i, j)    = x free(i, j) free(j, i) / (1 + x free(i, j) free(j, i))
 *
 * where free(i, j) is the probability that no other partner has taken i.
 */
#include "match/match.h"

#include <math.h>

#include "match/one_to_one.h"
#include "miscadmin.h"
#include "utils/memutils.h"

#define ROUNDS 15
#define MOST_MATCHED .97 /* share of a source's records */
#define SURE 3.0		 /* nats */
#define MANY .25		 /* of the matched records, for a source to have duplicates */

/* Pairs around one record that compete for it: those with partners in one source. */
typedef struct End
{
	uint64 rival; /* record << 32 | source of the partner */
	Size pair;
} End;

#define ST_SORT sort_ends
#define ST_ELEMENT_TYPE End
#define ST_COMPARE(a, b)                                                                           \
	((a)->rival != (b)->rival ? ((a)->rival < (b)->rival ? -1 : 1)                                 \
							  : ((a)->pair < (b)->pair ? -1 : (a)->pair > (b)->pair))
#define ST_SCOPE static
#define ST_CHECK_FOR_INTERRUPTS
#define ST_DEFINE
#include "lib/sort_template.h"

/*
 * The end of a pair at the earlier source or at the later one, so that all pairs of a record with one
 * source have it at the same end.
 */
static uint64
rival_of(const cdw_records *records, const cdw_link_pair *pair, bool left)
{
	uint32 source_a = cdw_source_of(records, pair->a);
	uint32 source_b = cdw_source_of(records, pair->b);
	bool at_a = left == (source_a < source_b);

	return at_a ? (uint64) pair->a << 32 | source_b : (uint64) pair->b << 32 | source_a;
}

static void
number_ends(const cdw_records *records, cdw_link_pair *pair, Size n, bool left, End *end)
{
	uint32 number = 0;

	for (Size e = 0; e < n; e++)
		end[e] = (End){.rival = rival_of(records, &pair[e], left), .pair = e};
	sort_ends(end, n);
	for (Size e = 0; e < n; e++)
	{
		uint32 *node = left ? &pair[end[e].pair].left : &pair[end[e].pair].right;

		if (e > 0 && end[e].rival != end[e - 1].rival)
			number++;
		*node = number;
	}
}

/* By the hashes of what the records say, in either order; by their numbers at last. */
static int
compare_pairs(const cdw_link_pair *left, const cdw_link_pair *right, const uint64 *hash)
{
	uint64 left_low = Min(hash[left->a], hash[left->b]);
	uint64 right_low = Min(hash[right->a], hash[right->b]);
	uint64 left_high = Max(hash[left->a], hash[left->b]);
	uint64 right_high = Max(hash[right->a], hash[right->b]);

	if (left_low != right_low)
		return left_low < right_low ? -1 : 1;
	if (left_high != right_high)
		return left_high < right_high ? -1 : 1;
	if (left->a != right->a)
		return left->a < right->a ? -1 : 1;
	return left->b < right->b ? -1 : left->b > right->b;
}

#define ST_SORT sort_pairs
#define ST_ELEMENT_TYPE cdw_link_pair
#define ST_COMPARE(x, y, hash) compare_pairs(x, y, hash)
#define ST_COMPARE_ARG_TYPE const uint64
#define ST_SCOPE static
#define ST_CHECK_FOR_INTERRUPTS
#define ST_DEFINE
#include "lib/sort_template.h"

/*
 * Gives pairs the numbers by which rivals are known; they hold for any part of the pairs too. Puts them in
 * the order of what their records say, so that no sum over rivals depends on the records' keys.
 */
void
cdw_number_rivals(const cdw_records *records, cdw_link_pair *pair, Size n)
{
	uint64 *hash = cdw_record_hashes(records, 0);
	End *end;

	sort_pairs(pair, n, hash);
	pfree(hash);
	end = MemoryContextAllocHuge(CurrentMemoryContext, sizeof(End) * Max(n, (Size) 1));
	number_ends(records, pair, n, true, end);
	number_ends(records, pair, n, false, end);
	pfree(end);
}

/* One side of all pairs: what each hears from its rivals at that side. */
typedef struct Side
{
	uint32 *node;	/* of each pair, whose rivals sum up there */
	bool *taken;	/* of each pair: whether there can be rivals at all */
	double *free;	/* of each pair */
	double *pulled; /* of each node: the sum over its pairs */
	uint32 nnodes;
} Side;

static void
side_init(Side *side, const cdw_records *records, const cdw_link_pair *pair, Size n, bool left)
{
	side->node = MemoryContextAllocHuge(CurrentMemoryContext, sizeof(uint32) * n);
	side->taken = MemoryContextAllocHuge(CurrentMemoryContext, sizeof(bool) * n);
	side->free = MemoryContextAllocHuge(CurrentMemoryContext, sizeof(double) * n);
	side->nnodes = 0;
	for (Size e = 0; e < n; e++)
	{
		uint32 source = (uint32) rival_of(records, &pair[e], left);

		side->node[e] = left ? pair[e].left : pair[e].right;
		side->nnodes = Max(side->nnodes, side->node[e] + 1);
		side->taken[e] = records->unique_source[source];
		side->free[e] = 1;
	}
	side->pulled = MemoryContextAllocHuge(CurrentMemoryContext, sizeof(double) * side->nnodes);
}

static void
side_free(Side *side)
{
	pfree(side->node);
	pfree(side->taken);
	pfree(side->free);
	pfree(side->pulled);
}

/* One side hears what the other side's freedom lets rivals pull; half of the way, for calm. */
static void
hear(Side *side, const Side *other, const double *odds, Size n)
{
	memset(side->pulled, 0, sizeof(double) * side->nnodes);
	for (Size e = 0; e < n; e++)
		side->pulled[side->node[e]] += odds[e] * other->free[e];
	for (Size e = 0; e < n; e++)
	{
		double rivals = fmax(side->pulled[side->node[e]] - odds[e] * other->free[e], 0);

		if (side->taken[e])
			side->free[e] = sqrt(side->free[e] / (1 + rivals));
	}
}

/* By how much it is more probable that a record is matched when it can be matched but once. */
static double
unmatched_share(const cdw_records *records, uint32 partner_source, double prior)
{
	if (!records->unique_source[partner_source])
		return 1;
	return 1 - fmin(MOST_MATCHED, prior * records->source_size[partner_source]);
}

/*
 * Gives each pair, numbered among its rivals, its probability, from ratio, the logarithm of the
 * likelihood ratio of the pair by itself.
 */
void
cdw_one_to_one(const cdw_records *records, double prior, cdw_link_pair *pair, Size n)
{
	Side left;
	Side right;
	double *odds;

	if (n == 0)
		return;
	odds = MemoryContextAllocHuge(CurrentMemoryContext, sizeof(double) * n);
	for (Size e = 0; e < n; e++)
		odds[e] = exp(fmin(pair[e].ratio, 600)) * prior /
				  (unmatched_share(records, cdw_source_of(records, pair[e].a), prior) *
				   unmatched_share(records, cdw_source_of(records, pair[e].b), prior));
	side_init(&left, records, pair, n, true);
	side_init(&right, records, pair, n, false);
	for (int round = 0; round < ROUNDS; round++)
	{
		CHECK_FOR_INTERRUPTS();
		hear(&left, &right, odds, n);
		hear(&right, &left, odds, n);
	}
	for (Size e = 0; e < n; e++)
	{
		double x = odds[e] * left.free[e] * right.free[e];

		pair[e].odds = x;
		pair[e].probability = x / (1 + x);
	}
	side_free(&left);
	side_free(&right);
	pfree(odds);
}

/* How far the probability of a pair without rivals may lie above that of the pair by itself, in nats. */
double
cdw_one_to_one_gain(const cdw_records *records, double prior)
{
	double gain = 0;

	for (uint32 s = 0; s < records->nsources; s++)
		gain = fmax(gain, -log(unmatched_share(records, s, prior)));
	return 2 * gain;
}

/* ---- which sources list an entity once ---- */

bool
cdw_has_unique_sources(const cdw_records *records)
{
	for (uint32 s = 0; s < records->nsources; s++)
		if (records->unique_source[s])
			return true;
	return false;
}

typedef struct Partners
{
	uint32 best; /* PG_UINT32_MAX: none */
	uint32 second;
	double best_weight;
	double second_weight;
} Partners;

static void
add_partner(Partners *partners, uint32 partner, double weight)
{
	if (partners->best == PG_UINT32_MAX || weight > partners->best_weight)
	{
		partners->second = partners->best;
		partners->second_weight = partners->best_weight;
		partners->best = partner;
		partners->best_weight = weight;
	}
	else if (partners->second == PG_UINT32_MAX || weight > partners->second_weight)
	{
		partners->second = partner;
		partners->second_weight = weight;
	}
}

/* Counts the pairs that surely match. */
typedef struct SureCounter
{
	const cdw_scorer *scorer;
	double sure;
} SureCounter;

static void *
begin_sure(const cdw_scorer *scorer, const void *argument pg_attribute_unused())
{
	SureCounter *counter = palloc0(sizeof(SureCounter));

	counter->scorer = scorer;
	return counter;
}

static void
count_sure(uint32 a, uint32 b, void *state)
{
	SureCounter *counter = state;

	counter->sure += cdw_score(counter->scorer, a, b) > SURE;
}

static const cdw_visitor sure_visitor = {.begin = begin_sure, .visit = count_sure};

/* The two best of each record's sure partners in a source. */
static Partners *
find_partners(const cdw_scorer *scorer, uint32 source, const cdw_link_pair *pair, Size n)
{
	const cdw_records *records = scorer->records;
	Partners *partners =
		MemoryContextAllocHuge(CurrentMemoryContext, sizeof(Partners) * Max(records->n, (Size) 1));

	for (uint32 i = 0; i < records->n; i++)
		partners[i] = (Partners){.best = PG_UINT32_MAX, .second = PG_UINT32_MAX};
	for (Size e = 0; e < n; e++)
	{
		double weight = pair[e].ratio + scorer->prior_weight;

		if (weight <= SURE)
			continue;
		if (cdw_source_of(records, pair[e].b) == source)
			add_partner(&partners[pair[e].a], pair[e].b, weight);
		if (cdw_source_of(records, pair[e].a) == source)
			add_partner(&partners[pair[e].b], pair[e].a, weight);
	}
	return partners;
}

/* Whether many records have two sure partners in a source that match each other as well. */
static bool
has_duplicates(const cdw_scorer *scorer, uint32 source, const cdw_link_pair *pair, Size n)
{
	uint32 nrecords = scorer->records->n;
	Partners *partners = find_partners(scorer, source, pair, n);
	cdw_pair *both =
		MemoryContextAllocHuge(CurrentMemoryContext, sizeof(cdw_pair) * Max(nrecords, (Size) 1));
	SureCounter *counter;
	uint32 matched = 0;
	uint32 twice = 0;
	bool many;

	for (uint32 i = 0; i < nrecords; i++)
	{
		matched += partners[i].best != PG_UINT32_MAX;
		if (partners[i].second != PG_UINT32_MAX)
			both[twice++] = (cdw_pair){.a = partners[i].best, .b = partners[i].second};
	}
	pfree(partners);
	counter = cdw_visit_pairs(both, twice, scorer, &sure_visitor, NULL);
	many = counter->sure > MANY * matched;
	pfree(counter);
	pfree(both);
	return many;
}

/* Gives up uniqueness of the sources that turn out to have duplicates; returns whether any did. */
bool
cdw_find_duplicate_sources(const cdw_scorer *scorer, cdw_records *records,
						   const cdw_link_pair *pair, Size n)
{
	bool found = false;

	for (uint32 s = 0; s < records->nsources; s++)
		if (records->unique_source[s] && has_duplicates(scorer, s, pair, n))
		{
			records->unique_source[s] = false;
			found = true;
		}
	return found;
}

/* ---- with a model ---- */

/* Marks the sources that the model found to list an entity once. */
void
cdw_recall_unique_sources(cdw_records *records, const cdw_model *model)
{
	for (uint32 s = 0; s < records->nsources; s++)
	{
		ListCell *cell;

		records->unique_source[s] = false;
		foreach (cell, model->unique_sources)
			if (strcmp(lfirst(cell), records->source_name[s]) == 0)
				records->unique_source[s] = true;
	}
}

/* Whether partners compete; rules have no model, and what they join is certain. */
static bool
competes(const cdw_scorer *scorer)
{
	return scorer->model && cdw_has_unique_sources(scorer->records);
}

/* How much lower than a cut a pair by itself may weigh that is above it without rivals. */
double
cdw_link_slack(const cdw_scorer *scorer)
{
	if (!competes(scorer))
		return 0;
	return cdw_one_to_one_gain(scorer->records, scorer->model->prior);
}

/* Gives edges the weight that they have among their rivals; keeps those above the cut. */
void
cdw_settle_links(const cdw_scorer *scorer, cdw_edges *edges, double cut)
{
	cdw_link_pair *pair;
	Size kept = 0;

	if (!competes(scorer) || edges->n == 0)
		return;
	pair = MemoryContextAllocHuge(CurrentMemoryContext, sizeof(cdw_link_pair) * edges->n);
	for (Size e = 0; e < edges->n; e++)
		pair[e] = (cdw_link_pair){.a = edges->edge[e].a,
								  .b = edges->edge[e].b,
								  .ratio = edges->edge[e].weight - scorer->prior_weight};
	cdw_number_rivals(scorer->records, pair, edges->n);
	cdw_one_to_one(scorer->records, scorer->model->prior, pair, edges->n);
	for (Size e = 0; e < edges->n; e++)
	{
		double weight = log(pair[e].odds);

		if (weight > cut)
			edges->edge[kept++] = (cdw_edge){.a = pair[e].a, .b = pair[e].b, .weight = weight};
	}
	edges->n = kept;
	pfree(pair);
}
