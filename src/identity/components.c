/*
 * src/identity/components.c
 *
 * Connected components of records under edges, with their records and the edges within them.
 */
#include "identity/cluster.h"

#include "stats/stats.h"
#include "utils/memutils.h"

static void *
allocate_huge(Size n, Size size)
{
	return MemoryContextAllocExtended(CurrentMemoryContext, Max(n, (Size) 1) * size,
									  MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
}

static void
group_members(cdw_components *components)
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
component_of(const cdw_components *components, const cdw_edge *edge)
{
	uint32 root = cdw_union_find_root(components->parent, edge->a);

	return root == cdw_union_find_root(components->parent, edge->b) ? root : components->n;
}

static void
group_edges(cdw_components *components, const cdw_edges *edges)
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
	{
		cdw_check_cancel(e);
		components->edge_end[component_of(components, &edges->edge[e])]++;
	}
	for (Size root = 0; root <= components->n; root++)
	{
		uint32 count = components->edge_end[root];

		components->edge_end[root] = position;
		position += count;
	}
	for (Size e = 0; e < edges->n; e++)
	{
		cdw_check_cancel(e);
		components->edge[components->edge_end[component_of(components, &edges->edge[e])]++] = e;
	}
}

/* Where the edges of a component begin. */
uint32
cdw_first_edge(const cdw_components *components, uint32 root)
{
	return root == 0 ? 0 : components->edge_end[root - 1];
}

/* The components of the open records, all unless closed says which are not, under edges above the cut. */
cdw_components
cdw_find_components(const cdw_edges *edges, double cut, const bool *closed, uint32 n)
{
	cdw_components components = {.n = n};

	if (edges->n > PG_UINT32_MAX)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED), errmsg("too many pairs that may match"),
				 errdetail("There are %zu; the limit is %u.", edges->n, PG_UINT32_MAX),
				 errhint("Use blocking rules that find fewer pairs, or a higher "
						 "min_probability.")));
	components.parent = cdw_union_find_create(n);
	for (Size e = 0; e < edges->n; e++)
	{
		cdw_check_cancel(e);
		if (edges->edge[e].weight > cut &&
			(closed == NULL || (!closed[edges->edge[e].a] && !closed[edges->edge[e].b])))
			cdw_union_find_unite(components.parent, edges->edge[e].a, edges->edge[e].b);
	}
	group_members(&components);
	group_edges(&components, edges);
	return components;
}

void
cdw_free_components(cdw_components *components)
{
	pfree(components->parent);
	pfree(components->size);
	pfree(components->start);
	pfree(components->member);
	pfree(components->edge_end);
	pfree(components->edge);
}

/* The members of a component of two or more are needed. */
void
cdw_need_members(cdw_batches *batches, const cdw_components *components, uint32 root)
{
	uint32 size = components->size[root];

	for (uint32 i = 0; size > 1 && i < size; i++)
		cdw_batch_need(batches, components->member[components->start[root] + i]);
}
