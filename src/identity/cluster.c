/*
 * src/identity/cluster.c
 *
 * From pairs to groups. Connected components alone glue strangers together through one wrong link in
 * a chain; so within each component groups grow by average link (average_link.c), or edge by edge where
 * that is asked for.
 */
#include "identity/cluster.h"

#include "miscadmin.h"
#include "utils/float.h"
#include "utils/memutils.h"

#define LARGEST_COMPONENT 1500
#define LARGEST_DRAWN 200 /* of a sample: many small components say more than a few large ones */
#define LOWEST_CUT -2.0
#define CUT_STEP 2.0	 /* larger components are cut again, so much higher each time */
#define HIGHEST_CUT 12.0 /* what hangs together above this is one group, however large */

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
connect_sorted(const cdw_clustering *clustering, cdw_veto_groups *groups, cdw_edge *sorted, Size n)
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
connect_component(const cdw_clustering *clustering, cdw_veto_groups *groups, const cdw_edges *edges,
				  double cut, const cdw_components *components, uint32 root)
{
	uint32 first = cdw_first_edge(components, root);
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
	const cdw_components *components = arg;

	cdw_need_members(batches, components, (uint32) root);
}

/* Single link. Records are looked at only where there are vetoes, then component by component. */
static void
connect_edges(const cdw_clustering *clustering, const cdw_edges *edges)
{
	const cdw_records *records = clustering->scorer->records;
	cdw_veto_groups *groups = cdw_veto_groups_create(records);
	cdw_components components;
	cdw_batches batches;

	components = cdw_find_components(edges, clustering->cut, NULL, records->n);
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
	cdw_free_components(&components);
	cdw_veto_groups_free(groups);
}

/* ---- average link in all components ---- */

/* One turn of average link: the components at a cut. */
typedef struct Turn
{
	cdw_clustering *clustering;
	const cdw_edges *edges;
	double cut;
	cdw_components components;
	cdw_veto_groups *groups; /* NULL: not needed yet */
} Turn;

/* A component that is too large for average link and hangs together all the same. */
static void
take_whole(Turn *turn, uint32 root)
{
	const cdw_clustering *clustering = turn->clustering;
	const cdw_components *components = &turn->components;
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

/* Whether a component is looked at; what its records say decides. */
static bool
is_drawn(const cdw_clustering *clustering, const uint32 *member, uint32 n)
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
	const cdw_clustering *clustering = turn->clustering;
	const cdw_components *components = &turn->components;
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
		cdw_need_members(batches, &turn->components, (uint32) root);
}

/* Returns whether the component is to be cut again. */
static bool
group_component(Turn *turn, uint32 root)
{
	cdw_clustering *clustering = turn->clustering;
	const cdw_components *components = &turn->components;
	const uint32 *member = &components->member[components->start[root]];
	uint32 size = components->size[root];
	uint32 first = cdw_first_edge(components, root);
	Fate fate = fate_of(turn, root);

	if (size == 1 && turn->cut < LOWEST_CUT)
		cdw_progress_add(1);
	if (fate == ALONE || fate == CUT_AGAIN)
		return fate == CUT_AGAIN;
	if (fate == LINKED)
		cdw_link_component(clustering, member, size, turn->edges, &components->edge[first],
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
average_link_components(cdw_clustering *clustering, const cdw_edges *edges)
{
	const cdw_records *records = clustering->scorer->records;
	Turn turn = {.clustering = clustering, .edges = edges};
	bool open = true;

	clustering->closed = MemoryContextAllocExtended(CurrentMemoryContext, Max(records->n, 1),
													MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
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
		turn.components = cdw_find_components(edges, turn.cut, clustering->closed, records->n);
		open = false;
		cdw_batches_begin(&batches, records, records->n, need_for_linkage, &turn);
		while (cdw_next_batch(&batches))
			for (Size root = batches.first; root < batches.end; root++)
				open |= group_component(&turn, (uint32) root);
		cdw_free_components(&turn.components);
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
	cdw_clustering run = {.scorer = scorer, .cut = cut, .callback = callback, .arg = arg};

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
	cdw_clustering run = {
		.scorer = scorer, .cut = cut, .sample = sample, .callback = callback, .arg = arg};

	average_link_components(&run, edges);
}
