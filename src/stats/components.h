/*
 * src/stats/components.h
 *
 * Connected components of a graph whose edges come one by one: the sets while they grow, the sorted
 * list that they are read as, and the value (types components_int8 and components_text) that keeps
 * them.
 */
#ifndef CDW_COMPONENTS_H
#define CDW_COMPONENTS_H

#include "stats/stats.h"

#include "utils/expandeddatum.h"

typedef enum cdw_id_kind
{
	CDW_ID_INT8 = 1,
	CDW_ID_TEXT = 2
} cdw_id_kind;

/* An id; text is not terminated and belongs to whoever gave it. */
typedef union cdw_id
{
	int64 number;
	cdw_string text;
} cdw_id;

/* ---- id_set.c: ids by hash, and the sets that edges unite them to ---- */

/* Items are numbered in the order of arrival. */
typedef struct cdw_id_slot
{
	uint32 hash;
	uint32 item; /* number of the item + 1; 0: free */
} cdw_id_slot;

typedef struct cdw_id_set
{
	MemoryContext context;
	cdw_id_kind kind;
	bool copies_text; /* else texts must outlive the set */
	uint32 n;
	uint32 capacity;
	int64 *number; /* the ids, by item: one of these two */
	cdw_string *text;
	uint32 *parent; /* union-find over items */
	cdw_id_slot *slots;
	int bits;		   /* 2^bits slots; an id's first one is in the upper bits of its hash */
	uint64 text_bytes; /* length of all texts */
	cdw_arena arena;   /* holds the texts where they are copied */
} cdw_id_set;

/* Ids are looked up so many at a time, to wait once for the memory of all of them. */
#define CDW_ID_BATCH 256

extern void cdw_id_set_init(cdw_id_set *set, cdw_id_kind kind, bool copies_text, uint32 expected);
extern void cdw_id_set_items(cdw_id_set *set, const cdw_id *ids, int count, uint32 *items);
extern void cdw_id_set_unite(cdw_id_set *set, cdw_id left, cdw_id right);

/* ---- component_list.c: a set as it is read ---- */

/*
 * Ids in order, numbers by value and texts by bytes, each with the place of its component's smallest
 * id, which is not behind its own. Refers into the value or the set that it was made of.
 */
typedef struct cdw_component_list
{
	cdw_id_kind kind;
	uint32 n;
	const int64 *number;	/* CDW_ID_INT8 */
	const cdw_string *text; /* CDW_ID_TEXT, of a set */
	const uint32 *end;		/* CDW_ID_TEXT, of a value: where each id ends in bytes */
	const char *bytes;
	const uint32 *root;
} cdw_component_list;

extern void cdw_component_list_of_set(cdw_id_set *set, cdw_component_list *list);
extern void cdw_component_list_free(cdw_component_list *list);
extern Size cdw_component_list_size(const cdw_component_list *list);
extern uint32 cdw_component_list_count(const cdw_component_list *list);
extern uint32 *cdw_component_list_order(const cdw_component_list *list);
extern void cdw_id_set_unite_list(cdw_id_set *set, const cdw_component_list *list);

static inline cdw_id
cdw_component_list_id(const cdw_component_list *list, uint32 i)
{
	uint32 start;

	if (list->kind == CDW_ID_INT8)
		return (cdw_id){.number = list->number[i]};
	if (list->text != NULL)
		return (cdw_id){.text = list->text[i]};
	start = i == 0 ? 0 : list->end[i - 1];
	return (cdw_id){.text = {list->bytes + start, list->end[i] - start}};
}

/* ---- components.c: the value ---- */

/*
 * The stored form. Ids and roots are those of a list:
 *
 *   components_int8   int64 id[n], uint32 root[n]
 *   components_text   uint32 end[n], uint32 root[n], char bytes[]
 *
 * Equal sets have equal bytes, for nothing follows. Only the state of an aggregate that is at work has
 * edges that wait behind it, from the next multiple of 8, and room for more.
 */
typedef struct cdw_components_value
{
	int32 vl_len_;	/* varlena header (do not touch directly) */
	uint8 version;	/* CDW_COMPONENTS_VERSION */
	uint8 kind;		/* cdw_id_kind */
	uint16 unused;	/* reserved, always zero */
	uint32 n;		/* ids */
	uint32 waiting; /* bytes of waiting edges */
	char data[FLEXIBLE_ARRAY_MEMBER];
} cdw_components_value;

#define CDW_COMPONENTS_VERSION 1
#define CDW_COMPONENTS_HEADER offsetof(cdw_components_value, data)

#define CDW_WAITING_BYTES 8192

/* The state of an aggregate at work that holds many ids. */
typedef struct cdw_expanded_components
{
	ExpandedObjectHeader hdr;
	int magic;
	cdw_id_set set;
	uint32 waiting; /* bytes of waiting edges */
	char edges[CDW_WAITING_BYTES];
} cdw_expanded_components;

/* What a value with such ids takes. */
static inline Size
cdw_components_size(cdw_id_kind kind, uint32 n, uint64 text_bytes)
{
	Size each = kind == CDW_ID_INT8 ? sizeof(int64) + sizeof(uint32) : 2 * sizeof(uint32);

	return CDW_COMPONENTS_HEADER + n * each + text_bytes;
}

/* Where ids and roots end; there the value itself ends, unless an aggregate is at work. */
static inline Size
cdw_components_end(const cdw_components_value *value)
{
	uint64 text_bytes = 0;

	if (value->kind == CDW_ID_TEXT && value->n > 0)
		text_bytes = ((const uint32 *) value->data)[value->n - 1];
	return cdw_components_size(value->kind, value->n, text_bytes);
}

/* Where waiting edges start, from the value's start. */
static inline Size
cdw_components_edges(const cdw_components_value *value)
{
	return MAXALIGN(cdw_components_end(value));
}

extern uint32 cdw_components_most_ids(const cdw_components_value *value);
extern void
cdw_components_write(cdw_components_value *value, Size size, const cdw_component_list *list);
extern cdw_components_value *cdw_components_of_set(cdw_id_set *set);
extern cdw_components_value *cdw_components_flat(Datum datum);
extern void cdw_components_read(Datum datum, cdw_component_list *list);
extern void cdw_components_load(const cdw_components_value *value, cdw_id_set *set);
extern cdw_expanded_components *cdw_components_expand(cdw_id_kind kind, MemoryContext context);
extern cdw_expanded_components *cdw_components_expanded(Datum datum);

/* The name of the type, for messages. */
static inline const char *
cdw_components_type(cdw_id_kind kind)
{
	return kind == CDW_ID_INT8 ? "cdw.components_int8" : "cdw.components_text";
}

/* ---- component_edges.c: edges that wait ---- */

typedef struct cdw_text_edge
{
	uint32 left_length;
	uint32 right_length;
	char bytes[FLEXIBLE_ARRAY_MEMBER];
} cdw_text_edge;

/* Bytes that an edge takes. */
static inline Size
cdw_edge_size(cdw_id_kind kind, cdw_id left, cdw_id right)
{
	if (kind == CDW_ID_INT8)
		return 2 * sizeof(int64);
	return MAXALIGN(offsetof(cdw_text_edge, bytes) + left.text.length + right.text.length);
}

/* Writes an edge to where there is room for it. */
static inline void
cdw_edge_write(char *to, cdw_id_kind kind, cdw_id left, cdw_id right)
{
	cdw_text_edge *edge = (cdw_text_edge *) to;

	if (kind == CDW_ID_INT8)
	{
		((int64 *) to)[0] = left.number;
		((int64 *) to)[1] = right.number;
		return;
	}
	edge->left_length = left.text.length;
	edge->right_length = right.text.length;
	memcpy(edge->bytes, left.text.bytes, left.text.length);
	memcpy(edge->bytes + left.text.length, right.text.bytes, right.text.length);
}

extern void cdw_id_set_unite_edges(cdw_id_set *set, const char *edges, Size bytes);
extern void cdw_expanded_unite(cdw_expanded_components *state, cdw_id left, cdw_id right);
extern void cdw_expanded_flush(cdw_expanded_components *state);

#endif /* CDW_COMPONENTS_H */
