/*
 * src/identity/average_link.c
 *
 * Average link in one connected component. All pairs of the component count, those that blocking missed
 * included:
 *
 *     strength(A, B) = mean log likelihood ratio of the cross pairs * pairs^0.15 + ln prior odds
 *
 * The prior is paid once per merge, and many cross pairs are a bit more evidence than one. The two
 * strongest groups merge as long as their strength exceeds the cut. Sums are kept in fixed point,
 * so that no result depends on the order of addition.
 */
#include "identity/cluster.h"

#include <math.h>

#include "miscadmin.h"
#include "utils/float.h"
#include "utils/memutils.h"

#define RATIO_LIMIT 30.0 /* one pair counts up to odds of e^30 for, a ratio of e^-30 against */
#define FIXED_POINT 65536.0
#define SIZE_EXPONENT .15
#define FORBIDDEN PG_INT64_MIN /* the ratio of two groups between which there is a veto */

typedef struct Component
{
	const cdw_clustering *clustering;
	const uint32 *member; /* in the order of what they say */
	int n;
	int64 *ratio;	  /* n x n: sum of log likelihood ratios between two groups, fixed point */
	uint32 *pairs;	  /* n x n: comparable pairs between two groups */
	bool *gone;		  /* merged into an earlier group */
	int *partner;	  /* the strongest other group; -1: none */
	double *strength; /* and its strength */
} Component;

/* The log likelihood ratio of a pair of this weight, in fixed point. */
static int64
ratio_of(const cdw_scorer *scorer, double weight)
{
	double ratio = weight - scorer->prior_weight;

	if (isinf(ratio))
		return FORBIDDEN;
	return (int64) rint(Max(Min(ratio, RATIO_LIMIT - scorer->prior_weight), -RATIO_LIMIT) *
						FIXED_POINT);
}

/* The sum of two ratios; a veto between any two members forbids the whole. */
static int64
add_ratios(int64 a, int64 b)
{
	return a == FORBIDDEN || b == FORBIDDEN ? FORBIDDEN : a + b;
}

static double
link_strength(const cdw_scorer *scorer, int64 ratio, uint32 pairs)
{
	if (pairs == 0 || ratio == FORBIDDEN)
		return -get_float8_infinity();
	return ratio / FIXED_POINT / pairs * pow(pairs, SIZE_EXPONENT) + scorer->prior_weight;
}

static void
find_partner(Component *component, int i)
{
	component->partner[i] = -1;
	component->strength[i] = -get_float8_infinity();
	for (int j = 0; j < component->n; j++)
	{
		Size cell = (Size) i * component->n + j;
		double strength;

		if (j == i || component->gone[j])
			continue;
		strength = link_strength(component->clustering->scorer, component->ratio[cell],
								 component->pairs[cell]);
		if (strength > component->strength[i])
		{
			component->strength[i] = strength;
			component->partner[i] = j;
		}
	}
}

static void
set_ratio(Component *component, int i, int j, int64 ratio, uint32 pairs)
{
	Size cell = (Size) i * component->n + j;
	Size mirrored = (Size) j * component->n + i;

	component->ratio[cell] = component->ratio[mirrored] = ratio;
	component->pairs[cell] = component->pairs[mirrored] = pairs;
}

/* The pairs of which the weight is known already. */
static void
take_edges(Component *component, const cdw_edges *edges, const uint32 *edge, uint32 nedges)
{
	const cdw_clustering *clustering = component->clustering;

	for (int i = 0; i < component->n; i++)
		clustering->position[component->member[i]] = i;
	for (uint32 e = 0; e < nedges; e++)
	{
		const cdw_edge *known = &edges->edge[edge[e]];

		set_ratio(component, clustering->position[known->a], clustering->position[known->b],
				  ratio_of(clustering->scorer, known->weight), 1);
	}
}

/* All others; two records of one source of a link are not a pair, but a veto stands between them as well. */
static void
score_rest(Component *component)
{
	const cdw_scorer *scorer = component->clustering->scorer;
	const cdw_records *records = scorer->records;
	const uint32 *member = component->member;

	for (int i = 0; i < component->n; i++)
	{
		CHECK_FOR_INTERRUPTS();
		for (int j = i + 1; j < component->n; j++)
		{
			if (component->pairs[(Size) i * component->n + j] > 0)
				continue;
			if (cdw_comparable(records, member[i], member[j]))
				set_ratio(component, i, j,
						  ratio_of(scorer, cdw_score(scorer, member[i], member[j])), 1);
			else if (cdw_vetoed(records, records->record[member[i]], records->record[member[j]]))
				set_ratio(component, i, j, FORBIDDEN, 0);
		}
	}
}

static Component *
component_create(const cdw_clustering *clustering, const uint32 *member, int n,
				 const cdw_edges *edges, const uint32 *edge, uint32 nedges)
{
	Component *component = palloc0(sizeof(Component));

	component->clustering = clustering;
	component->member = member;
	component->n = n;
	component->ratio = palloc0(sizeof(int64) * n * n);
	component->pairs = palloc0(sizeof(uint32) * n * n);
	component->gone = palloc0(sizeof(bool) * n);
	component->partner = palloc(sizeof(int) * n);
	component->strength = palloc(sizeof(double) * n);
	take_edges(component, edges, edge, nedges);
	score_rest(component);
	for (int i = 0; i < n; i++)
		find_partner(component, i);
	return component;
}

/* Group b becomes part of group a; partners of the others are put right. */
static void
merge_groups(Component *component, int a, int b)
{
	int n = component->n;

	component->gone[b] = true;
	for (int k = 0; k < n; k++)
	{
		Size with_a = (Size) a * n + k;
		Size with_b = (Size) b * n + k;

		if (component->gone[k] || k == a)
			continue;
		component->ratio[with_a] = add_ratios(component->ratio[with_a], component->ratio[with_b]);
		component->pairs[with_a] += component->pairs[with_b];
		component->ratio[(Size) k * n + a] = component->ratio[with_a];
		component->pairs[(Size) k * n + a] = component->pairs[with_a];
	}
	for (int k = 0; k < n; k++)
		if (!component->gone[k] &&
			(k == a || component->partner[k] == a || component->partner[k] == b))
			find_partner(component, k);
		else if (!component->gone[k])
		{
			Size cell = (Size) k * n + a;
			double strength = link_strength(component->clustering->scorer, component->ratio[cell],
											component->pairs[cell]);

			if (strength > component->strength[k] ||
				(strength == component->strength[k] && a < component->partner[k]))
			{
				component->strength[k] = strength;
				component->partner[k] = a;
			}
		}
}

static void
average_link(const cdw_clustering *clustering, Component *component)
{
	const uint32 *member = component->member;

	for (;;)
	{
		int a = 0;
		int b;

		CHECK_FOR_INTERRUPTS();
		for (int i = 1; i < component->n; i++)
			if (!component->gone[i] && component->strength[i] > component->strength[a])
				a = i;
		b = component->partner[a];
		if (b < 0 || component->strength[a] <= clustering->cut)
			break;
		clustering->callback(member[Min(a, b)], member[Max(a, b)], component->strength[a],
							 clustering->arg);
		merge_groups(component, Min(a, b), Max(a, b));
	}
}

/* A member and a hash of what it says. */
typedef struct HashedMember
{
	uint64 hash;
	uint32 record;
} HashedMember;

#define ST_SORT sort_hashed_members
#define ST_ELEMENT_TYPE HashedMember
#define ST_COMPARE(a, b)                                                                           \
	((a)->hash != (b)->hash ? ((a)->hash < (b)->hash ? -1 : 1)                                     \
							: ((a)->record > (b)->record) - ((a)->record < (b)->record))
#define ST_SCOPE static
#define ST_CHECK_FOR_INTERRUPTS
#define ST_DEFINE
#include "lib/sort_template.h"

/*
 * The members in the order of what they say, so that their keys do not decide which of two links that are
 * equally strong comes first.
 */
static uint32 *
order_members(const uint64 *hash, const uint32 *member, int n)
{
	HashedMember *hashed = palloc(sizeof(HashedMember) * n);
	uint32 *ordered = palloc(sizeof(uint32) * n);

	for (int i = 0; i < n; i++)
		hashed[i] = (HashedMember){.hash = hash[member[i]], .record = member[i]};
	sort_hashed_members(hashed, n);
	for (int i = 0; i < n; i++)
		ordered[i] = hashed[i].record;
	pfree(hashed);
	return ordered;
}

/* Most components are a pair; they need no matrix. */
static void
link_pair(const cdw_clustering *clustering, const cdw_edge *edge)
{
	double strength =
		link_strength(clustering->scorer, ratio_of(clustering->scorer, edge->weight), 1);

	if (strength > clustering->cut)
		clustering->callback(edge->a, edge->b, strength, clustering->arg);
}

/*
 * Groups a component of two or more records: hands the merges to the callback, in the order in which they
 * are made. edge has the numbers of the edges within it.
 */
void
cdw_link_component(const cdw_clustering *clustering, const uint32 *member, Size n,
				   const cdw_edges *edges, const uint32 *edge, uint32 nedges)
{
	MemoryContext old;

	if (n == 2)
	{
		link_pair(clustering, &edges->edge[edge[0]]);
		return;
	}
	old = MemoryContextSwitchTo(clustering->scratch);
	average_link(clustering,
				 component_create(clustering, order_members(clustering->hash, member, n), n, edges,
								  edge, nedges));
	MemoryContextSwitchTo(old);
	MemoryContextReset(clustering->scratch);
}
