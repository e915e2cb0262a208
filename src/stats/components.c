/*
 * src/stats/components.c
 *
 * The types components_int8 and components_text: the stored form, which is also the state of an aggregate
 * while it is small, and the expanded one of a large state.
 *
 * Why both: each expanded object owns a memory context, and a hashed GROUP BY adds up the memory of
 * all contexts at every new group. Many small states must therefore be flat. A flat state cannot pass
 * 1 GB and is copied to grow, so a large one must not be.
 */
#include "stats/components.h"

#include "miscadmin.h"
#include "utils/memutils.h"

#define EXPANDED_MAGIC 0x43434D50
#define EXPECTED_IDS 8192 /* of an expanded state */

/* ---- the stored form ---- */

/* Writes a list as the value of a size that may be greater than it takes. */
void
cdw_components_write(cdw_components_value *value, Size size, const cdw_component_list *list)
{
	char *to = value->data;

	SET_VARSIZE(value, size);
	value->version = CDW_COMPONENTS_VERSION;
	value->kind = list->kind;
	value->unused = 0;
	value->n = list->n;
	value->waiting = 0;
	if (list->kind == CDW_ID_INT8)
	{
		memcpy(to, list->number, list->n * sizeof(int64));
		memcpy(to + list->n * sizeof(int64), list->root, list->n * sizeof(uint32));
	}
	else
	{
		uint32 *end = (uint32 *) to;
		char *bytes = (char *) (end + 2 * (Size) list->n);
		uint32 used = 0;

		memcpy(end + list->n, list->root, list->n * sizeof(uint32));
		for (uint32 i = 0; i < list->n; i++)
		{
			cdw_string text = cdw_component_list_id(list, i).text;

			memcpy(bytes + used, text.bytes, text.length);
			used += text.length;
			end[i] = used;
		}
	}
}

/* The size of a set's value; 54000 where it is no value any more. */
static Size
value_size(const cdw_id_set *set)
{
	Size size = cdw_components_size(set->kind, set->n, set->text_bytes);

	if (!AllocSizeIsValid(size))
		ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
						errmsg("connected components are too large for a value"),
						errdetail("%u ids take %zu bytes; a value holds at most %zu bytes.", set->n,
								  size, MaxAllocSize),
						errhint("Call components() on the aggregate itself, in the select list or "
								"LATERAL, without storing its result.")));
	return size;
}

/* The value of a set, in the current context. */
cdw_components_value *
cdw_components_of_set(cdw_id_set *set)
{
	Size size = value_size(set);
	cdw_components_value *value = palloc(size);
	cdw_component_list list;

	cdw_component_list_of_set(set, &list);
	cdw_components_write(value, size, &list);
	cdw_component_list_free(&list);
	return value;
}

static void
invalid_value(void)
{
	ereport(ERROR, (errcode(ERRCODE_DATA_CORRUPTED),
					errmsg("invalid value of type %s", "cdw.components_int8 or components_text")));
}

/*
 * The flat value behind a datum, detoasted where needed. Input and receive functions validate all that
 * enters; this guards against a datum that is no value of ours at all.
 */
cdw_components_value *
cdw_components_flat(Datum datum)
{
	cdw_components_value *value = (cdw_components_value *) PG_DETOAST_DATUM(datum);
	Size size = VARSIZE(value);
	Size end;

	if (size < CDW_COMPONENTS_HEADER || value->version != CDW_COMPONENTS_VERSION ||
		(value->kind != CDW_ID_INT8 && value->kind != CDW_ID_TEXT) ||
		cdw_components_size(value->kind, value->n, 0) > size)
		invalid_value();
	end = cdw_components_end(value);
	if (end > size || (value->waiting > 0 && MAXALIGN(end) + value->waiting > size))
		invalid_value();
	return value;
}

/* The list of the ids that do not wait. */
static void
list_of_value(const cdw_components_value *value, cdw_component_list *list)
{
	*list = (cdw_component_list){.kind = value->kind, .n = value->n};
	if (value->kind == CDW_ID_INT8)
	{
		list->number = (const int64 *) value->data;
		list->root = (const uint32 *) (list->number + value->n);
	}
	else
	{
		list->end = (const uint32 *) value->data;
		list->root = list->end + value->n;
		list->bytes = (const char *) (list->root + value->n);
	}
	for (uint32 i = 0; i < list->n; i++)
		if (list->root[i] > i ||
			(list->end != NULL && list->end[i] < (i == 0 ? 0 : list->end[i - 1])))
			invalid_value();
}

/* ---- the expanded form ---- */

static Size
flat_size(ExpandedObjectHeader *header)
{
	cdw_expanded_components *state = (cdw_expanded_components *) header;
	MemoryContext old = MemoryContextSwitchTo(header->eoh_context);

	cdw_expanded_flush(state);
	MemoryContextSwitchTo(old);
	return value_size(&state->set);
}

/* May be called in a context in which nothing can be freed, such as that of a sort from PostgreSQL 17 on. */
static void
flatten_into(ExpandedObjectHeader *header, void *result, Size allocated_size)
{
	MemoryContext old = MemoryContextSwitchTo(header->eoh_context);
	cdw_component_list list;

	cdw_component_list_of_set(&((cdw_expanded_components *) header)->set, &list);
	cdw_components_write(result, allocated_size, &list);
	cdw_component_list_free(&list);
	MemoryContextSwitchTo(old);
}

static const ExpandedObjectMethods expanded_methods = {flat_size, flatten_into};

/* A state without ids, in a context of its own below the given one. */
cdw_expanded_components *
cdw_components_expand(cdw_id_kind kind, MemoryContext context)
{
	MemoryContext own =
		AllocSetContextCreate(context, "connected components", ALLOCSET_DEFAULT_SIZES);
	cdw_expanded_components *state = MemoryContextAlloc(own, sizeof(cdw_expanded_components));
	MemoryContext old = MemoryContextSwitchTo(own);

	EOH_init_header(&state->hdr, &expanded_methods, own);
	state->magic = EXPANDED_MAGIC;
	state->waiting = 0;
	cdw_id_set_init(&state->set, kind, true, EXPECTED_IDS);
	MemoryContextSwitchTo(old);
	return state;
}

/* The expanded state behind a datum; NULL where it is flat. */
cdw_expanded_components *
cdw_components_expanded(Datum datum)
{
	cdw_expanded_components *state;

	if (!VARATT_IS_EXTERNAL_EXPANDED(DatumGetPointer(datum)))
		return NULL;
	state = (cdw_expanded_components *) DatumGetEOHP(datum);
	if (state->magic != EXPANDED_MAGIC)
		invalid_value();
	return state;
}

/* At most so many ids are in a flat value, those of waiting edges included. */
uint32
cdw_components_most_ids(const cdw_components_value *value)
{
	return value->n + value->waiting / sizeof(int64);
}

/* Adds what a flat value holds to a set; texts that are not copied stay in the value. */
void
cdw_components_load(const cdw_components_value *value, cdw_id_set *set)
{
	cdw_component_list list;

	list_of_value(value, &list);
	cdw_id_set_unite_list(set, &list);
	cdw_id_set_unite_edges(set, (const char *) value + cdw_components_edges(value), value->waiting);
}

/*
 * The list behind a datum, which must stay; in the current context. It is that of the value itself
 * where nothing waits.
 */
void
cdw_components_read(Datum datum, cdw_component_list *list)
{
	cdw_expanded_components *state = cdw_components_expanded(datum);
	cdw_components_value *value;

	if (state != NULL)
	{
		cdw_expanded_flush(state);
		cdw_component_list_of_set(&state->set, list);
		return;
	}
	value = cdw_components_flat(datum);
	if (value->waiting == 0)
		list_of_value(value, list);
	else
	{
		cdw_id_set set;

		cdw_id_set_init(&set, value->kind, false, cdw_components_most_ids(value));
		cdw_components_load(value, &set);
		cdw_component_list_of_set(&set, list);
	}
}
