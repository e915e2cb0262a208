/*
 * src/stats/connected_components.c
 *
 * The aggregates connected_components and connected_components_merge. Their state is the type itself, so
 * that it can be stored, sent between workers and nodes, and merged: flat while it is small, with edges
 * waiting behind the ids, then expanded. An aggregate's flat state changes in place as long as there is
 * room; else a new one, twice as large, takes its place.
 *
 * NULL: an edge with one id says that it exists, as an edge to itself would; one without ids is skipped.
 */
#include "stats/components.h"

#include "port/pg_bitutils.h"

#define SMALLEST_STATE 64 /* bytes: three edges of numbers */
#define COMPACT_FROM 2048 /* bytes: from here on ids are united before a state grows */
#define LARGEST_FLAT ((Size) 64 * 1024) /* bytes: beyond, a state is expanded */

/* An empty state, in the current context. */
static cdw_components_value *
empty_state(cdw_id_kind kind)
{
	cdw_components_value *state = palloc(SMALLEST_STATE);
	cdw_component_list list = {.kind = kind};

	cdw_components_write(state, SMALLEST_STATE, &list);
	return state;
}

/* A copy of a flat state with room for more bytes of edges, in the current context. */
static cdw_components_value *
copy_state(const cdw_components_value *state, Size more)
{
	Size used = cdw_components_edges(state) + state->waiting;
	Size size = pg_nextpower2_size_t(used + more);
	cdw_components_value *copy = palloc(size);

	memcpy(copy, state, Min(used, VARSIZE(state)));
	SET_VARSIZE(copy, size);
	return copy;
}

/*
 * What takes the place of a flat state that has no room for more bytes of edges, with a list added where
 * there is one: a flat state in the current context, or an expanded one below the aggregate's.
 */
static Datum
replace_state(const cdw_components_value *state, Size more, const cdw_component_list *addition,
			  MemoryContext context)
{
	cdw_expanded_components *expanded;
	cdw_components_value *flat;
	cdw_component_list list;
	cdw_id_set set;
	Size size;

	if (addition == NULL && cdw_components_edges(state) + state->waiting + more <= COMPACT_FROM)
		return PointerGetDatum(copy_state(state, more));
	cdw_id_set_init(&set, state->kind, false, cdw_components_most_ids(state));
	cdw_components_load(state, &set);
	if (addition != NULL)
		cdw_id_set_unite_list(&set, addition);
	size = 2 * cdw_components_size(set.kind, set.n, set.text_bytes) + more;
	cdw_component_list_of_set(&set, &list);
	if (size <= LARGEST_FLAT)
	{
		size = Max(pg_nextpower2_size_t(size), VARSIZE(state));
		flat = palloc(size);
		cdw_components_write(flat, size, &list);
		return PointerGetDatum(flat);
	}
	expanded = cdw_components_expand(state->kind, context);
	cdw_id_set_unite_list(&expanded->set, &list);
	return EOHPGetRWDatum(&expanded->hdr);
}

/* Adds an edge behind a flat state of the kind; false where there is no room. */
static pg_attribute_always_inline bool
append_edge(cdw_components_value *state, cdw_id_kind kind, cdw_id left, cdw_id right, Size size)
{
	Size place = cdw_components_edges(state) + state->waiting;

	if (place + size > VARSIZE(state))
		return false;
	cdw_edge_write((char *) state + place, kind, left, right);
	state->waiting += size;
	return true;
}

/* Adds an edge to an aggregate's flat state; returns the state, or what takes its place. */
static Datum
add_edge(cdw_components_value *state, bool writable, cdw_id left, cdw_id right,
		 MemoryContext context)
{
	Size size = cdw_edge_size(state->kind, left, right);
	Datum next;

	if (writable && append_edge(state, state->kind, left, right, size))
		return PointerGetDatum(state);
	next = replace_state(state, size, NULL, context);
	if (VARATT_IS_EXTERNAL_EXPANDED_RW(DatumGetPointer(next)))
		cdw_expanded_unite(cdw_components_expanded(next), left, right);
	else
		append_edge((cdw_components_value *) DatumGetPointer(next), state->kind, left, right, size);
	return next;
}

/* Adds a list to an aggregate's flat state; returns the state, or what takes its place. */
static Datum
add_list(cdw_components_value *state, bool writable, const cdw_component_list *list,
		 MemoryContext context)
{
	Size room = VARSIZE(state) - Min(VARSIZE(state), cdw_components_edges(state) + state->waiting);
	Size size = 0;

	for (uint32 i = 0; i < list->n && size <= room; i++)
		size += cdw_edge_size(list->kind, cdw_component_list_id(list, i),
							  cdw_component_list_id(list, list->root[i]));
	if (!writable || size > room)
		return replace_state(state, 0, list, context);
	for (uint32 i = 0; i < list->n; i++)
	{
		cdw_id id = cdw_component_list_id(list, i);
		cdw_id root = cdw_component_list_id(list, list->root[i]);

		append_edge(state, list->kind, id, root, cdw_edge_size(list->kind, id, root));
	}
	return PointerGetDatum(state);
}

/* The value of what an argument holds, if anything, and one more edge: outside of aggregates. */
static cdw_components_value *
value_with_edge(FunctionCallInfo fcinfo, cdw_id_kind kind, cdw_id left, cdw_id right)
{
	cdw_component_list list = {.kind = kind};
	cdw_id_set set;

	if (!PG_ARGISNULL(0))
		cdw_components_read(PG_GETARG_DATUM(0), &list);
	cdw_id_set_init(&set, kind, false, list.n + 2);
	cdw_id_set_unite_list(&set, &list);
	cdw_id_set_unite(&set, left, right);
	return cdw_components_of_set(&set);
}

/* Where a state ends is written at its start: the end of a small one is asked for before that is there. */
static inline void
prefetch_state(const char *state)
{
	for (int line = 64; line < 256; line += 64)
		__builtin_prefetch(state + line, 1);
}

/* The state of argument 0 with one more edge, within an aggregate or outside. */
static pg_attribute_always_inline Datum
accumulate(FunctionCallInfo fcinfo, cdw_id_kind kind, cdw_id left, cdw_id right)
{
	Datum state = PG_GETARG_DATUM(0);
	MemoryContext context;
	cdw_components_value *flat;

	if (!AggCheckCallContext(fcinfo, &context))
		return PointerGetDatum(value_with_edge(fcinfo, kind, left, right));
	if (PG_ARGISNULL(0))
		return add_edge(empty_state(kind), true, left, right, context);
	prefetch_state(DatumGetPointer(state));
	if (VARATT_IS_EXTERNAL_EXPANDED_RW(DatumGetPointer(state)))
	{
		cdw_expanded_unite(cdw_components_expanded(state), left, right);
		return state;
	}
	flat = (cdw_components_value *) DatumGetPointer(state);
	if (!VARATT_IS_EXTENDED(flat) && flat->kind == kind &&
		append_edge(flat, kind, left, right, cdw_edge_size(kind, left, right)))
		return state;
	flat = cdw_components_flat(state);
	return add_edge(flat, PointerGetDatum(flat) == state, left, right, context);
}

/* The state as it is, for a row that is skipped. */
static Datum
unchanged_state(FunctionCallInfo fcinfo)
{
	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	PG_RETURN_DATUM(PG_GETARG_DATUM(0));
}

/*
 * cdw.connected_components_accum(state cdw.components_int8, left_id int8, right_id int8): the transition
 * function.
 */
CDW_FUNCTION(cdw_connected_components_accum)
{
	cdw_id left;
	cdw_id right;

	if (PG_ARGISNULL(1) && PG_ARGISNULL(2))
		return unchanged_state(fcinfo);
	left.number = PG_GETARG_INT64(PG_ARGISNULL(1) ? 2 : 1);
	right.number = PG_GETARG_INT64(PG_ARGISNULL(2) ? 1 : 2);
	return accumulate(fcinfo, CDW_ID_INT8, left, right);
}

static cdw_id
text_argument(FunctionCallInfo fcinfo, int argno)
{
	text *value = PG_GETARG_TEXT_PP(argno);

	return (cdw_id){.text = {VARDATA_ANY(value), VARSIZE_ANY_EXHDR(value)}};
}

/* cdw.connected_components_accum(state cdw.components_text, left_id text, right_id text): likewise. */
CDW_FUNCTION(cdw_connected_components_accum_text)
{
	if (PG_ARGISNULL(1) && PG_ARGISNULL(2))
		return unchanged_state(fcinfo);
	return accumulate(fcinfo, CDW_ID_TEXT, text_argument(fcinfo, PG_ARGISNULL(1) ? 2 : 1),
					  text_argument(fcinfo, PG_ARGISNULL(2) ? 1 : 2));
}

/* The value of two lists: outside of aggregates. */
static cdw_components_value *
value_of_lists(const cdw_component_list *a, const cdw_component_list *b)
{
	cdw_id_set set;

	cdw_id_set_init(&set, a->kind, false, a->n);
	cdw_id_set_unite_list(&set, a);
	cdw_id_set_unite_list(&set, b);
	return cdw_components_of_set(&set);
}

/*
 * cdw.connected_components_add(a, b), of either type: the components of the edges of both. The combine
 * function of the aggregates, and the transition function of connected_components_merge.
 */
CDW_FUNCTION(cdw_connected_components_add)
{
	Datum state = PG_GETARG_DATUM(0);
	MemoryContext context;
	cdw_component_list list;
	cdw_components_value *flat;

	cdw_components_read(PG_GETARG_DATUM(1), &list);
	if (!AggCheckCallContext(fcinfo, &context))
	{
		cdw_component_list own;

		cdw_components_read(state, &own);
		PG_RETURN_POINTER(value_of_lists(&own, &list));
	}
	if (VARATT_IS_EXTERNAL_EXPANDED_RW(DatumGetPointer(state)))
	{
		cdw_expanded_components *expanded = cdw_components_expanded(state);

		cdw_expanded_flush(expanded);
		cdw_id_set_unite_list(&expanded->set, &list);
		PG_RETURN_DATUM(state);
	}
	flat = cdw_components_flat(state);
	PG_RETURN_DATUM(add_list(flat, PointerGetDatum(flat) == state, &list, context));
}

/*
 * cdw.connected_components_final(state), of either type: the value of an aggregate's state, which stays as
 * it is. An expanded state is its own value, read-only; the pointer is a copy because PostgreSQL 15 would
 * flatten one that is not in the current context.
 */
CDW_FUNCTION(cdw_connected_components_final)
{
	Datum state = PG_GETARG_DATUM(0);
	cdw_component_list list;
	cdw_components_value *value;
	Size size;

	if (VARATT_IS_EXTERNAL_EXPANDED(DatumGetPointer(state)))
	{
		cdw_expanded_components *expanded = cdw_components_expanded(state);

		PG_RETURN_POINTER(
			memcpy(palloc(EXPANDED_POINTER_SIZE), expanded->hdr.eoh_ro_ptr, EXPANDED_POINTER_SIZE));
	}
	value = cdw_components_flat(state);
	if (VARSIZE(value) == cdw_components_end(value))
		PG_RETURN_POINTER(value);
	cdw_components_read(state, &list);
	size = cdw_component_list_size(&list);
	value = palloc(size);
	cdw_components_write(value, size, &list);
	PG_RETURN_POINTER(value);
}
