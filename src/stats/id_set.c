/*
 * src/stats/id_set.c
 *
 * Disjoint sets over ids as they come: a hash index gives each id a number, union_find.c unites the
 * numbers. Memory grows with the ids, never with the edges, and may pass 1 GB: an id takes 8 bytes
 * (text 16 and its own bytes), 4 for the union-find and 12 to 24 in the index.
 *
 * The index is open addressing with linear probing over (hash, item), at most two thirds full. An id
 * starts in the slot that the upper bits of its hash name, so slots are nearly sorted by hash, and
 * growing reads and writes memory in order.
 */
#include "stats/components.h"

#include "utils/memutils.h"

#define HASH_BITS 32
#define SMALLEST_BITS 4
#define SMALLEST_CAPACITY 8
#define LARGEST_N (PG_UINT32_MAX - 1)

static inline uint32
hash_of(cdw_id_kind kind, const cdw_id *id)
{
	return kind == CDW_ID_INT8 ? cdw_hash_combine(id->number, 0) >> HASH_BITS
							   : cdw_hash_bytes(id->text.bytes, id->text.length, 0) >> HASH_BITS;
}

static inline uint64
first_slot(const cdw_id_set *set, uint32 hash)
{
	return hash >> (HASH_BITS - set->bits);
}

static cdw_id_slot *
free_slots(cdw_id_set *set, int bits)
{
	return MemoryContextAllocExtended(set->context, sizeof(cdw_id_slot) << bits,
									  MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
}

/* Slots for so many items: at least one and a half times as many. */
static int
bits_for(uint64 items)
{
	int bits = SMALLEST_BITS;

	while ((UINT64CONST(1) << bits) * 2 < items * 3 && bits < HASH_BITS)
		bits++;
	return bits;
}

/*
 * An empty set in the current context, with room for the ids that are expected; it grows as needed.
 * Where texts are not copied, those that are given must stay.
 */
void
cdw_id_set_init(cdw_id_set *set, cdw_id_kind kind, bool copies_text, uint32 expected)
{
	Size capacity = Max(expected, SMALLEST_CAPACITY);

	*set = (cdw_id_set){
		.context = CurrentMemoryContext,
		.kind = kind,
		.copies_text = copies_text,
		.capacity = capacity,
		.bits = bits_for(capacity),
	};
	if (kind == CDW_ID_INT8)
		set->number = MemoryContextAllocHuge(set->context, capacity * sizeof(int64));
	else
		set->text = MemoryContextAllocHuge(set->context, capacity * sizeof(cdw_string));
	set->parent = MemoryContextAllocHuge(set->context, capacity * sizeof(uint32));
	set->slots = free_slots(set, set->bits);
	cdw_arena_init(&set->arena, set->context);
}

/* Moves all items to twice as many slots, in the order of their hashes. */
static void
grow_index(cdw_id_set *set, int bits)
{
	uint64 nslots = UINT64CONST(1) << set->bits;
	uint64 mask = (UINT64CONST(1) << bits) - 1;
	cdw_id_slot *old = set->slots;

	set->slots = free_slots(set, bits);
	set->bits = bits;
	for (uint64 i = 0; i < nslots; i++)
	{
		uint64 place;

		cdw_check_cancel(i);
		if (old[i].item == 0)
			continue;
		place = first_slot(set, old[i].hash);
		while (set->slots[place].item != 0)
			place = (place + 1) & mask;
		set->slots[place] = old[i];
	}
	pfree(old);
}

/* Makes room for more items, 54000 where items can no longer be numbered. */
static void
reserve(cdw_id_set *set, int more)
{
	uint64 needed = (uint64) set->n + more;
	uint64 capacity = set->capacity;
	int bits = bits_for(needed);

	if (needed > LARGEST_N)
		ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED), errmsg("too many ids"),
						errdetail("Connected components hold at most %u ids.", LARGEST_N)));
	if (bits > set->bits)
		grow_index(set, bits);
	if (needed <= capacity)
		return;
	capacity = Min(Max(capacity * 2, needed), LARGEST_N);
	if (set->kind == CDW_ID_INT8)
		set->number = repalloc_huge(set->number, capacity * sizeof(int64));
	else
		set->text = repalloc_huge(set->text, capacity * sizeof(cdw_string));
	set->parent = repalloc_huge(set->parent, capacity * sizeof(uint32));
	set->capacity = capacity;
}

static inline bool
is_item(const cdw_id_set *set, uint32 item, cdw_id_kind kind, const cdw_id *id)
{
	if (kind == CDW_ID_INT8)
		return set->number[item] == id->number;
	return set->text[item].length == id->text.length &&
		   memcmp(set->text[item].bytes, id->text.bytes, id->text.length) == 0;
}

/* Adds an id as a set of its own; there is room for it. */
static inline uint32
add_item(cdw_id_set *set, cdw_id_kind kind, const cdw_id *id)
{
	uint32 item = set->n++;

	set->parent[item] = item;
	if (kind == CDW_ID_INT8)
		set->number[item] = id->number;
	else
	{
		set->text[item] = id->text;
		set->text_bytes += id->text.length;
		if (set->copies_text)
		{
			char *copy = cdw_arena_alloc(&set->arena, id->text.length);

			memcpy(copy, id->text.bytes, id->text.length);
			set->text[item].bytes = copy;
		}
	}
	return item;
}

static inline uint32
item_of(cdw_id_set *set, cdw_id_kind kind, uint32 hash, const cdw_id *id)
{
	uint64 mask = (UINT64CONST(1) << set->bits) - 1;
	uint64 place = first_slot(set, hash);

	for (;; place = (place + 1) & mask)
	{
		cdw_id_slot *slot = &set->slots[place];

		if (slot->item == 0)
		{
			uint32 item = add_item(set, kind, id);

			*slot = (cdw_id_slot){.hash = hash, .item = item + 1};
			return item;
		}
		if (slot->hash == hash && is_item(set, slot->item - 1, kind, id))
			return slot->item - 1;
	}
}

/* Asks for the memory that item_of will read; the slots are there by now. */
static inline void
prefetch_item(const cdw_id_set *set, cdw_id_kind kind, uint32 hash)
{
	uint64 mask = (UINT64CONST(1) << set->bits) - 1;
	uint64 place = first_slot(set, hash);
	uint32 item;

	while (set->slots[place].item != 0 && set->slots[place].hash != hash)
		place = (place + 1) & mask;
	if (set->slots[place].item == 0)
		return;
	item = set->slots[place].item - 1;
	__builtin_prefetch(&set->parent[item]);
	if (kind == CDW_ID_INT8)
		__builtin_prefetch(&set->number[item]);
	else
		__builtin_prefetch(&set->text[item]);
}

static pg_attribute_always_inline void
items_of_kind(cdw_id_set *set, cdw_id_kind kind, const cdw_id *ids, int count, uint32 *items)
{
	uint32 hash[CDW_ID_BATCH];

	for (int i = 0; i < count; i++)
	{
		hash[i] = hash_of(kind, &ids[i]);
		__builtin_prefetch(&set->slots[first_slot(set, hash[i])]);
	}
	for (int i = 0; i < count; i++)
		prefetch_item(set, kind, hash[i]);
	for (int i = 0; i < count; i++)
		items[i] = item_of(set, kind, hash[i], &ids[i]);
}

/* The items of up to CDW_ID_BATCH ids; new ids are added, each in a set of its own. */
void
cdw_id_set_items(cdw_id_set *set, const cdw_id *ids, int count, uint32 *items)
{
	reserve(set, count);
	if (set->kind == CDW_ID_INT8)
		items_of_kind(set, CDW_ID_INT8, ids, count, items);
	else
		items_of_kind(set, CDW_ID_TEXT, ids, count, items);
}

/* Adds one edge. */
void
cdw_id_set_unite(cdw_id_set *set, cdw_id left, cdw_id right)
{
	cdw_id ids[2] = {left, right};
	uint32 items[2];

	cdw_id_set_items(set, ids, 2, items);
	cdw_union_find_unite(set->parent, items[0], items[1]);
}
