/*
 * src/stats/component_edges.c
 *
 * Edges that wait: an aggregate only writes them down, and unites many at a time. In a small group
 * that is once, at its end; in a large one the memory of all their ids is asked for before any of it is
 * needed.
 *
 * An edge is two int64, or two lengths (uint32) and the bytes of two texts, padded to a multiple of 8.
 */
#include "stats/components.h"

/* Reads an edge, whose texts stay where they are; returns where the next one starts. */
static const char *
read_edge(const char *from, cdw_id_kind kind, cdw_id *ids)
{
	const cdw_text_edge *edge = (const cdw_text_edge *) from;

	if (kind == CDW_ID_INT8)
	{
		ids[0].number = ((const int64 *) from)[0];
		ids[1].number = ((const int64 *) from)[1];
	}
	else
	{
		ids[0].text = (cdw_string){edge->bytes, edge->left_length};
		ids[1].text = (cdw_string){edge->bytes + edge->left_length, edge->right_length};
	}
	return from + cdw_edge_size(kind, ids[0], ids[1]);
}

/* Adds all edges of a buffer. */
void
cdw_id_set_unite_edges(cdw_id_set *set, const char *edges, Size bytes)
{
	const char *end = edges + bytes;
	cdw_id ids[CDW_ID_BATCH];
	uint32 items[CDW_ID_BATCH];

	while (edges < end)
	{
		int count = 0;

		for (; count < CDW_ID_BATCH && edges < end; count += 2)
			edges = read_edge(edges, set->kind, ids + count);
		cdw_id_set_items(set, ids, count, items);
		for (int i = 0; i < count; i += 2)
			cdw_union_find_unite(set->parent, items[i], items[i + 1]);
	}
}

/* Unites the edges that wait in an expanded state. */
void
cdw_expanded_flush(cdw_expanded_components *state)
{
	CHECK_FOR_INTERRUPTS();
	cdw_id_set_unite_edges(&state->set, state->edges, state->waiting);
	state->waiting = 0;
}

/* Adds an edge to an expanded state, where it waits for others. */
void
cdw_expanded_unite(cdw_expanded_components *state, cdw_id left, cdw_id right)
{
	Size size = cdw_edge_size(state->set.kind, left, right);

	if (size > CDW_WAITING_BYTES - state->waiting)
		cdw_expanded_flush(state);
	if (size > CDW_WAITING_BYTES)
		cdw_id_set_unite(&state->set, left, right);
	else
	{
		cdw_edge_write(state->edges + state->waiting, state->set.kind, left, right);
		state->waiting += size;
	}
}
