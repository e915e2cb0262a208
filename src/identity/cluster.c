/*
 * src/identity/cluster.c
 *
 * From pairs to groups. Connected components alone glue strangers together through one wrong link in
 * a chain; so within each component groups grow by average link. All pairs of a component count
 * there, those that blocking missed included:
 *
 *     strength(A, B) = mean log likelihood ratio of the cross pairs * pairs^0.15 + ln prior odds
 *
 * The prior is paid once per merge, and many cross pairs are a bit more evidence than one. The two
 * strongest groups merge as long as their strength exceeds the cut. Sums are kept in fixed point,
 * so that no result depends on the order of addition.
 */
#include "identity/identity.h"

#include <math.h>

#include "miscadmin.h"
#include "stats/stats.h"
#include "utils/float.h"
#include "utils/memutils.h"

#define LARGEST_COMPONENT 1500
#define LARGEST_DRAWN                                                                              \
	200 /* of a sample of components: many small ones say more than a few large ones */
#define LOWEST_CUT -2.0
#define CUT_STEP 2.0	 /* larger components are cut again, so much higher each time */
#define HIGHEST_CUT 12.0 /* what hangs together above this is one group, however large */
#define RATIO_LIMIT 30.0 /* one pair counts up to odds of e^30 for, a ratio of e^-30 against */
#define FIXED_POINT 65536.0
#define SIZE_EXPONENT .15
#define FORBIDDEN PG_INT64_MIN /* the ratio of two groups between which there is a veto */

typedef struct Clustering
{
	const cdw_scorer *scorer;
	double cut;
	cdw_merge_callback callback;
	void *arg;
	uint64 *hash;				  /* by record: of what it says; for average link */
	uint32 *position;			  /* by record: among the members of its component */
	cdw_component_sample *sample; /* NULL: all components are looked at */
	uint32 largest;				  /* records of a component for average link */
	bool *closed;				  /* by record: its component has been looked at */
	MemoryContext scratch;		  /* reset after each component */
} Clustering;

/* ---- average link in one component ---- */

typedef struct Component
{
	const Clustering *clustering;
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
	const Clustering *clustering = component->clustering;

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
component_create(const Clustering *clustering, const uint32 *member, int n, const cdw_edges *edges,
				 const uint32 *edge, uint32 nedges)
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
average_link(const Clustering *clustering, Component *component)
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
link_pair(const Clustering *clustering, const cdw_edge *edge)
{
	double strength =
		link_strength(clustering->scorer, ratio_of(clustering->scorer, edge->weight), 1);

	if (strength > clustering->cut)
		clustering->callback(edge->a, edge->b, strength, clustering->arg);
}

/* Whether a component is looked at; what its records say decides. */
static bool
is_drawn(const Clustering *clustering, const uint32 *member, uint32 n)
{
	cdw_component_sample *sample = clustering->sample;
	uint64 least = PG_UINT64_MAX;

	if (sample == NULL)
		return true;
	for (uint32 i = 0; i < n; i++)
		least = Min(least, clustering->hash[member[i]]);
	/* the least of n hashes is low anyway: what counts is that another hash of it is */
	if (cdw_hash_combine(least, n) > sample->last)
		return false;
	for (uint32 i = 0; i < n; i++)
		sample->drawn[member[i]] = true;
	return true;
}

static void
link_component(const Clustering *clustering, const uint32 *member, Size n, const cdw_edges *edges,
			   const uint32 *edge, uint32 nedges)
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

/* ---- components ---- */

typedef struct Components
{
	uint32 n;
	uint32 *start;	/* where each record's component starts in member, counted at its root */
	uint32 *member; /* records by component, ascending */
	uint32 *size;	/* at the root */
	uint32 *parent;
	uint32 *edge_end; /* where the edges within a component end in edge, at its root */
	uint32 *edge;	  /* numbers of edges by component */
} Components;

static void *
allocate_huge(Size n, Size size)
{
	return MemoryContextAllocExtended(CurrentMemoryContext, Max(n, (Size) 1) * size,
									  MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
}

static void
group_members(Components *components)
{
	uint32 position = 0;
	uint32 n = components->n;

	components->size = allocate_huge(n, sizeof(uint32));
	components->start = allocate_huge(n, sizeof(uint32));
	components->member = allocate_huge(n, sizeof(uint32));
	for (uint32 i = 0; i < n; i++)
		components->size[cdw_union_find_root(components->parent, i)]++;
	for (uint32 i = 0; i < n; i++)
	{
		components->start[i] = position;
		position += components->size[i];
	}
	for (uint32 i = 0; i < n; i++)
		components->member[components->start[cdw_union_find_root(components->parent, i)]++] = i;
	for (uint32 i = 0; i < n; i++)
		components->start[i] -= components->size[i];
}

/* The component of an edge's records, as its root; the number of records for an edge between two. */
static uint32
component_of(const Components *components, const cdw_edge *edge)
{
	uint32 root = cdw_union_find_root(components->parent, edge->a);

	return root == cdw_union_find_root(components->parent, edge->b) ? root : components->n;
}

static void
group_edges(Components *components, const cdw_edges *edges)
{
	uint32 position = 0;

	if (edges->n > PG_UINT32_MAX)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED), errmsg("too many pairs to cluster"),
				 errdetail("The limit is %u.", PG_UINT32_MAX),
				 errhint("Set option \"min_probability\" higher.")));
	components->edge_end = allocate_huge((Size) components->n + 1, sizeof(uint32));
	components->edge = allocate_huge(edges->n, sizeof(uint32));
	for (Size e = 0; e < edges->n; e++)
		components->edge_end[component_of(components, &edges->edge[e])]++;
	for (Size root = 0; root <= components->n; root++)
	{
		uint32 count = components->edge_end[root];

		components->edge_end[root] = position;
		position += count;
	}
	for (Size e = 0; e < edges->n; e++)
		components->edge[components->edge_end[component_of(components, &edges->edge[e])]++] = e;
}

/* Where the edges of a component begin. */
static uint32
first_edge(const Components *components, uint32 root)
{
	return root == 0 ? 0 : components->edge_end[root - 1];
}

/* The components of the open records, all unless closed says which are not, under edges above the cut. */
static Components
find_components(const cdw_edges *edges, double cut, const bool *closed, uint32 n)
{
	Components components = {.n = n, .parent = cdw_union_find_create(n)};

	for (Size e = 0; e < edges->n; e++)
		if (edges->edge[e].weight > cut &&
			(closed == NULL || (!closed[edges->edge[e].a] && !closed[edges->edge[e].b])))
			cdw_union_find_unite(components.parent, edges->edge[e].a, edges->edge[e].b);
	group_members(&components);
	group_edges(&components, edges);
	return components;
}

static void
free_components(Components *components)
{
	pfree(components->parent);
	pfree(components->size);
	pfree(components->start);
	pfree(components->member);
	pfree(components->edge_end);
	pfree(components->edge);
}

/* The members of a component of two or more are needed. */
static void
need_members(cdw_batches *batches, const Components *components, uint32 root)
{
	uint32 size = components->size[root];

	for (uint32 i = 0; size > 1 && i < size; i++)
		cdw_batch_need(batches, components->member[components->start[root] + i]);
}

/* ---- single link ---- */

static int
compare_edges(const void *a, const void *b, void *arg pg_attribute_unused())
{
	const cdw_edge *left = a;
	const cdw_edge *right = b;

	if (left->weight != right->weight)
		return left->weight > right->weight ? -1 : 1;
	if (left->a != right->a)
		return left->a < right->a ? -1 : 1;
	return left->b < right->b ? -1 : left->b > right->b;
}

/* Every edge joins, the strongest first, unless a veto stands between two members of the groups. */
static void
connect_sorted(const Clustering *clustering, cdw_veto_groups *groups, cdw_edge *sorted, Size n)
{
	qsort_interruptible(sorted, n, sizeof(cdw_edge), compare_edges, NULL);
	for (Size e = 0; e < n; e++)
	{
		uint32 a;
		uint32 b;

		CHECK_FOR_INTERRUPTS();
		if (cdw_veto_groups_unite(groups, sorted[e].a, sorted[e].b, &a, &b))
			clustering->callback(a, b, sorted[e].weight, clustering->arg);
	}
}

/* The edges of one component that are above the cut. */
static void
connect_component(const Clustering *clustering, cdw_veto_groups *groups, const cdw_edges *edges,
				  double cut, const Components *components, uint32 root)
{
	uint32 first = first_edge(components, root);
	Size n = 0;
	cdw_edge *sorted;

	if (components->edge_end[root] == first)
		return;
	sorted = MemoryContextAllocHuge(CurrentMemoryContext,
									sizeof(cdw_edge) * (Size) (components->edge_end[root] - first));
	for (uint32 e = first; e < components->edge_end[root]; e++)
		if (edges->edge[components->edge[e]].weight > cut)
			sorted[n++] = edges->edge[components->edge[e]];
	connect_sorted(clustering, groups, sorted, n);
	pfree(sorted);
}

static void
need_component(cdw_batches *batches, Size root, void *arg)
{
	const Components *components = arg;

	need_members(batches, components, (uint32) root);
}

/* Single link. Records are looked at only where there are vetoes, then component by component. */
static void
connect_edges(const Clustering *clustering, const cdw_edges *edges)
{
	const cdw_records *records = clustering->scorer->records;
	cdw_veto_groups *groups = cdw_veto_groups_create(records);
	Components components;
	cdw_batches batches;

	components = find_components(edges, clustering->cut, NULL, records->n);
	if (records->settings->nvetoes == 0)
		for (uint32 root = 0; root < records->n; root++)
			connect_component(clustering, groups, edges, clustering->cut, &components, root);
	else
	{
		cdw_batches_begin(&batches, records, records->n, need_component, &components);
		while (cdw_next_batch(&batches))
			for (Size root = batches.first; root < batches.end; root++)
				connect_component(clustering, groups, edges, clustering->cut, &components,
								  (uint32) root);
	}
	free_components(&components);
	cdw_veto_groups_free(groups);
}

/* ---- average link in all components ---- */

/* One turn of average link: the components at a cut. */
typedef struct Turn
{
	Clustering *clustering;
	const cdw_edges *edges;
	double cut;
	Components components;
	cdw_veto_groups *groups; /* NULL: not needed yet */
} Turn;

/* A component that is too large for average link and hangs together all the same. */
static void
take_whole(Turn *turn, uint32 root)
{
	const Clustering *clustering = turn->clustering;
	const Components *components = &turn->components;
	const uint32 *member = &components->member[components->start[root]];

	if (clustering->scorer->records->settings->nvetoes > 0)
	{
		if (turn->groups == NULL)
			turn->groups = cdw_veto_groups_create(clustering->scorer->records);
		connect_component(clustering, turn->groups, turn->edges, turn->cut, components, root);
		return;
	}
	for (uint32 i = 1; i < components->size[root]; i++)
	{
		CHECK_FOR_INTERRUPTS();
		clustering->callback(member[0], member[i], turn->cut, clustering->arg);
	}
}

/* What becomes of a component in this turn. */
typedef enum Fate
{
	ALONE,
	CUT_AGAIN,
	PASSED_OVER,
	LINKED,
	TAKEN_WHOLE
} Fate;

static Fate
fate_of(const Turn *turn, uint32 root)
{
	const Clustering *clustering = turn->clustering;
	const Components *components = &turn->components;
	uint32 size = components->size[root];

	if (size < 2 || clustering->closed[root])
		return ALONE;
	if (size > clustering->largest && turn->cut < HIGHEST_CUT)
		return CUT_AGAIN;
	if (!is_drawn(clustering, &components->member[components->start[root]], size))
		return PASSED_OVER;
	return size > clustering->largest ? TAKEN_WHOLE : LINKED;
}

/* The records that are compared. */
static void
need_for_linkage(cdw_batches *batches, Size root, void *arg)
{
	const Turn *turn = arg;
	Fate fate = fate_of(turn, (uint32) root);

	if ((fate == LINKED && turn->components.size[root] > 2) ||
		(fate == TAKEN_WHOLE && batches->records->settings->nvetoes > 0))
		need_members(batches, &turn->components, (uint32) root);
}

/* Returns whether the component is to be cut again. */
static bool
group_component(Turn *turn, uint32 root)
{
	Clustering *clustering = turn->clustering;
	const Components *components = &turn->components;
	const uint32 *member = &components->member[components->start[root]];
	uint32 size = components->size[root];
	uint32 first = first_edge(components, root);
	Fate fate = fate_of(turn, root);

	if (size == 1 && turn->cut < LOWEST_CUT)
		cdw_progress_add(1);
	if (fate == ALONE || fate == CUT_AGAIN)
		return fate == CUT_AGAIN;
	if (fate == LINKED)
		link_component(clustering, member, size, turn->edges, &components->edge[first],
					   components->edge_end[root] - first);
	else if (fate == TAKEN_WHOLE)
		take_whole(turn, root);
	for (uint32 i = 0; i < size; i++)
		clustering->closed[member[i]] = true;
	cdw_progress_add(size);
	return false;
}

/*
 * Average link component by component. A component that is too large is cut into smaller ones at
 * a higher weight, and again, until each is small enough.
 */
static void
average_link_components(Clustering *clustering, const cdw_edges *edges)
{
	const cdw_records *records = clustering->scorer->records;
	Turn turn = {.clustering = clustering, .edges = edges};
	bool open = true;

	clustering->closed = allocate_huge(records->n, sizeof(bool));
	clustering->largest = clustering->sample && clustering->sample->last < PG_UINT64_MAX
							  ? LARGEST_DRAWN
							  : LARGEST_COMPONENT;
	clustering->hash = cdw_record_hashes(records, 0);
	clustering->position =
		MemoryContextAllocHuge(CurrentMemoryContext, sizeof(uint32) * Max(records->n, (Size) 1));
	clustering->scratch =
		AllocSetContextCreate(CurrentMemoryContext, "cdw component", ALLOCSET_DEFAULT_SIZES);
	for (int round = 0; open; round++)
	{
		cdw_batches batches;

		turn.cut = round == 0 ? -get_float8_infinity() : LOWEST_CUT + CUT_STEP * round;
		turn.components = find_components(edges, turn.cut, clustering->closed, records->n);
		open = false;
		cdw_batches_begin(&batches, records, records->n, need_for_linkage, &turn);
		while (cdw_next_batch(&batches))
			for (Size root = batches.first; root < batches.end; root++)
				open |= group_component(&turn, (uint32) root);
		free_components(&turn.components);
	}
	if (turn.groups)
		cdw_veto_groups_free(turn.groups);
	MemoryContextDelete(clustering->scratch);
	pfree(clustering->position);
	pfree(clustering->hash);
	pfree(clustering->closed);
}

/*
 * Hands each merge of two groups to the callback: the members that stand for them and the strength of
 * the link, in nats. The first one stands for what they become. Within a component merges come in the
 * order in which they were made. clustering is "average" or "connected". No group holds two records
 * that a veto keeps apart.
 */
void
cdw_cluster(const cdw_scorer *scorer, const cdw_edges *edges, const char *clustering, double cut,
			cdw_merge_callback callback, void *arg)
{
	Clustering run = {.scorer = scorer, .cut = cut, .callback = callback, .arg = arg};

	/* partners of unique sources have competed for each other; what is left joins edge by edge */
	if (strcmp(clustering, "connected") == 0 || cdw_has_unique_sources(scorer->records))
		connect_edges(&run, edges);
	else
		average_link_components(&run, edges);
}

/* The same by average link for a part of the components, of which sample then has the records. */
void
cdw_cluster_sample(const cdw_scorer *scorer, const cdw_edges *edges, double cut,
				   cdw_component_sample *sample, cdw_merge_callback callback, void *arg)
{
	Clustering run = {
		.scorer = scorer, .cut = cut, .sample = sample, .callback = callback, .arg = arg};

	average_link_components(&run, edges);
}
