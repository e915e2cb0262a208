/*
 * src/stats/component_list.c
 *
 * A set as it is read: ids in order, each with its component. The order in which edges came leaves no
 * trace in it.
 */
#include "stats/components.h"

#include "utils/memutils.h"

static void *
alloc_items(Size size, uint32 n)
{
	return MemoryContextAllocHuge(CurrentMemoryContext, mul_size(size, Max(n, 1)));
}

/* Items in the order of their ids. */
static void
sort_items(const cdw_id_set *set, cdw_sort_item *items)
{
	cdw_sort_item *scratch = alloc_items(sizeof(cdw_sort_item), set->n);

	if (set->kind == CDW_ID_INT8)
	{
		for (uint32 i = 0; i < set->n; i++)
			items[i] = (cdw_sort_item){.key = set->number[i], .row = i};
		cdw_sort_items(items, scratch, set->n);
	}
	else
		cdw_sort_strings(set->text, items, scratch, set->n);
	pfree(scratch);
}

/* The place of the smallest id of each id's component. Roots of the union-find are smallest items. */
static uint32 *
places_of_roots(cdw_id_set *set, const cdw_sort_item *items)
{
	uint32 *root = alloc_items(sizeof(uint32), set->n);
	uint32 *place = alloc_items(sizeof(uint32), set->n); /* of an item's first id, + 1 */

	for (uint32 i = 0; i < set->n; i++)
		set->parent[i] = set->parent[set->parent[i]];
	memset(place, 0, set->n * sizeof(uint32));
	for (uint32 i = 0; i < set->n; i++)
	{
		uint32 *first = &place[set->parent[items[i].row]];

		cdw_check_cancel(i);
		if (*first == 0)
			*first = i + 1;
		root[i] = *first - 1;
	}
	pfree(place);
	return root;
}

/*
 * The list of a set, in the current context; texts stay those of the set. Ends no path of the set's
 * union-find elsewhere, but makes all of them short.
 */
void
cdw_component_list_of_set(cdw_id_set *set, cdw_component_list *list)
{
	cdw_sort_item *items = alloc_items(sizeof(cdw_sort_item), set->n);

	*list = (cdw_component_list){.kind = set->kind, .n = set->n};
	sort_items(set, items);
	list->root = places_of_roots(set, items);
	if (set->kind == CDW_ID_INT8)
	{
		int64 *number = alloc_items(sizeof(int64), set->n);

		for (uint32 i = 0; i < set->n; i++)
			number[i] = items[i].key;
		list->number = number;
	}
	else
	{
		cdw_string *text = alloc_items(sizeof(cdw_string), set->n);

		for (uint32 i = 0; i < set->n; i++)
			text[i] = set->text[items[i].row];
		list->text = text;
	}
	pfree(items);
}

/* Frees a list that was made of a set. */
void
cdw_component_list_free(cdw_component_list *list)
{
	pfree(list->kind == CDW_ID_INT8 ? (void *) list->number : (void *) list->text);
	pfree((void *) list->root);
}

/* The size of the value of a list. */
Size
cdw_component_list_size(const cdw_component_list *list)
{
	uint64 text_bytes = 0;

	if (list->kind == CDW_ID_TEXT)
		for (uint32 i = 0; i < list->n; i++)
			text_bytes += cdw_component_list_id(list, i).text.length;
	return cdw_components_size(list->kind, list->n, text_bytes);
}

/* The number of components. */
uint32
cdw_component_list_count(const cdw_component_list *list)
{
	uint32 count = 0;

	for (uint32 i = 0; i < list->n; i++)
		count += list->root[i] == i;
	return count;
}

/* The places of the ids, component by component, smallest first, in the current context. */
uint32 *
cdw_component_list_order(const cdw_component_list *list)
{
	uint32 *order = alloc_items(sizeof(uint32), list->n);
	uint32 *next = alloc_items(sizeof(uint32), list->n); /* of a root: place in order */
	uint32 start = 0;

	memset(next, 0, list->n * sizeof(uint32));
	for (uint32 i = 0; i < list->n; i++)
		next[list->root[i]]++;
	for (uint32 i = 0; i < list->n; i++)
	{
		uint32 size = next[i];

		next[i] = start;
		start += size;
	}
	for (uint32 i = 0; i < list->n; i++)
		order[next[list->root[i]]++] = i;
	pfree(next);
	return order;
}

/* Adds the ids and components of a list. */
void
cdw_id_set_unite_list(cdw_id_set *set, const cdw_component_list *list)
{
	uint32 *items = alloc_items(sizeof(uint32), list->n);
	cdw_id ids[CDW_ID_BATCH];

	for (uint32 start = 0; start < list->n; start += CDW_ID_BATCH)
	{
		uint32 end = start + Min(CDW_ID_BATCH, list->n - start);

		CHECK_FOR_INTERRUPTS();
		for (uint32 i = start; i < end; i++)
			ids[i - start] = cdw_component_list_id(list, i);
		cdw_id_set_items(set, ids, end - start, items + start);
		for (uint32 i = start; i < end; i++)
			cdw_union_find_unite(set->parent, items[i], items[list->root[i]]);
	}
	pfree(items);
}
