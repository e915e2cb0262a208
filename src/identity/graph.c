/*
 * src/identity/graph.c
 *
 * Parts, bridges and joints of an undirected graph in one depth-first walk (Tarjan 1974, A note on
 * finding the bridges of a graph), without recursion: time and memory grow with vertices plus edges.
 */
#include "identity/identity.h"

#include "miscadmin.h"
#include "utils/memutils.h"

#define NO_EDGE ((Size) -1)

typedef struct Walk
{
	cdw_graph *graph;
	Size *start;	/* by vertex: where its edges start in incident */
	Size *incident; /* numbers of edges by vertex */
	Size *cursor;	/* by vertex: the next of its edges to look at */
	Size *entered;	/* by vertex: the edge by which it was reached */
	uint32 *order;	/* by vertex: when it was reached, from 1; 0: not yet */
	uint32 *low;	/* the earliest vertex that its subtree reaches by one other edge */
	uint32 *below;	/* vertices in its subtree, itself included */
	uint32 clock;
} Walk;

static void *
allocate(Size n, Size size)
{
	return MemoryContextAllocExtended(CurrentMemoryContext, Max(n, 1) * size,
									  MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
}

/* A graph of n vertices without edges; it lives in the current context. */
cdw_graph *
cdw_graph_create(uint32 n)
{
	cdw_graph *graph = palloc0(sizeof(cdw_graph));

	graph->n = n;
	graph->capacity = 1024;
	graph->edge = palloc(sizeof(cdw_graph_edge) * graph->capacity);
	graph->joint = allocate(n, sizeof(bool));
	graph->part = allocate(n, sizeof(uint32));
	return graph;
}

/* Adds an edge between two different vertices; two edges may join the same two. */
void
cdw_graph_add(cdw_graph *graph, uint32 a, uint32 b, double weight, double probability)
{
	if (graph->nedges == graph->capacity)
	{
		graph->capacity *= 2;
		graph->edge = repalloc_huge(graph->edge, sizeof(cdw_graph_edge) * graph->capacity);
	}
	graph->edge[graph->nedges++] =
		(cdw_graph_edge){.a = a, .b = b, .weight = weight, .probability = probability};
}

/* The numbers of edges, grouped by the vertices at their ends. */
static void
list_incident_edges(Walk *walk)
{
	const cdw_graph *graph = walk->graph;

	for (Size e = 0; e < graph->nedges; e++)
	{
		walk->start[graph->edge[e].a + 1]++;
		walk->start[graph->edge[e].b + 1]++;
	}
	for (uint32 v = 0; v < graph->n; v++)
	{
		walk->start[v + 1] += walk->start[v];
		walk->cursor[v] = walk->start[v];
	}
	for (Size e = 0; e < graph->nedges; e++)
	{
		walk->incident[walk->cursor[graph->edge[e].a]++] = e;
		walk->incident[walk->cursor[graph->edge[e].b]++] = e;
	}
	for (uint32 v = 0; v < graph->n; v++)
		walk->cursor[v] = walk->start[v];
}

static void
enter(Walk *walk, uint32 vertex, Size edge)
{
	walk->order[vertex] = walk->low[vertex] = ++walk->clock;
	walk->below[vertex] = 1;
	walk->entered[vertex] = edge;
	walk->graph->part[vertex] = walk->graph->nparts;
}

/* Goes back from a vertex to the one it was reached from, and judges the edge between them. */
static uint32
leave(Walk *walk, uint32 vertex, uint32 root, int *branches)
{
	cdw_graph *graph = walk->graph;
	cdw_graph_edge *edge = &graph->edge[walk->entered[vertex]];
	uint32 parent = edge->a == vertex ? edge->b : edge->a;

	walk->below[parent] += walk->below[vertex];
	walk->low[parent] = Min(walk->low[parent], walk->low[vertex]);
	if (walk->low[vertex] > walk->order[parent])
	{
		edge->bridge = true;
		edge->beyond = walk->below[vertex];
	}
	if (parent == root)
		graph->joint[root] = ++*branches > 1;
	else if (walk->low[vertex] >= walk->order[parent])
		graph->joint[parent] = true;
	return parent;
}

/* Walks the part of a vertex that was not reached yet. */
static void
walk_part(Walk *walk, uint32 root)
{
	cdw_graph *graph = walk->graph;
	uint32 vertex = root;
	int branches = 0;

	enter(walk, root, NO_EDGE);
	for (;;)
	{
		Size number;
		uint32 other;

		CHECK_FOR_INTERRUPTS();
		if (walk->cursor[vertex] == walk->start[vertex + 1])
		{
			if (vertex == root)
				break;
			vertex = leave(walk, vertex, root, &branches);
			continue;
		}
		number = walk->incident[walk->cursor[vertex]++];
		other = graph->edge[number].a == vertex ? graph->edge[number].b : graph->edge[number].a;
		if (walk->order[other] == 0)
		{
			enter(walk, other, number);
			vertex = other;
		}
		else if (number != walk->entered[vertex])
			walk->low[vertex] = Min(walk->low[vertex], walk->order[other]);
	}
	graph->nparts++;
}

/* Below a bridge lies the side of the vertex that was reached through it; beyond it the side of b. */
static void
turn_bridges(const Walk *walk, const uint32 *part_size)
{
	cdw_graph *graph = walk->graph;

	for (Size e = 0; e < graph->nedges; e++)
	{
		cdw_graph_edge *edge = &graph->edge[e];

		if (edge->bridge && walk->entered[edge->a] == e)
			edge->beyond = part_size[graph->part[edge->a]] - edge->beyond;
	}
}

/* Finds parts, bridges and joints. */
void
cdw_graph_analyse(cdw_graph *graph)
{
	Walk walk = {.graph = graph};
	Size n = graph->n;
	uint32 *part_size = allocate(n, sizeof(uint32));

	walk.start = allocate(n + 1, sizeof(Size));
	walk.incident = allocate(graph->nedges * 2, sizeof(Size));
	walk.cursor = allocate(n, sizeof(Size));
	walk.entered = allocate(n, sizeof(Size));
	walk.order = allocate(n, sizeof(uint32));
	walk.low = allocate(n, sizeof(uint32));
	walk.below = allocate(n, sizeof(uint32));
	list_incident_edges(&walk);
	for (uint32 v = 0; v < graph->n; v++)
		if (walk.order[v] == 0)
		{
			walk_part(&walk, v);
			part_size[graph->nparts - 1] = walk.below[v];
		}
	turn_bridges(&walk, part_size);
	pfree(walk.start);
	pfree(walk.incident);
	pfree(walk.cursor);
	pfree(walk.entered);
	pfree(walk.order);
	pfree(walk.low);
	pfree(walk.below);
	pfree(part_size);
}
