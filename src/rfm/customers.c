/*
 * src/rfm/customers.c
 *
 * Customers by key: an open-addressing table of slots over customers in chunks that never move, so that
 * growing the table reads no key and copies no customer. With its prefetches ahead a look-up hides both
 * cache misses. The table refuses new customers past a limit; 2^32 - 1 of them are the most.
 */
#include "rfm/orders.h"

#include "utils/memutils.h"
#include "utils/timestamp.h"

#define FIRST_SLOTS 512
#define FIRST_CHUNKS 16
#define MAX_CUSTOMERS ((uint64) PG_UINT32_MAX)
#define TAG_MASK (~(uint64) PG_UINT32_MAX)
#define CACHE_LINE 64
/* Besides the table: what it takes to put a customer in order and to score it. */
#define ORDER_BYTES                                                                                \
	(2 * sizeof(void *) + sizeof(cdw_string) + 2 * sizeof(cdw_sort_item) + 3 * sizeof(int64))
/* So many are taken whatever the limit: each turn over a file must come to an end. */
#define LEAST_CUSTOMERS CDW_CUSTOMERS_PER_CHUNK

StaticAssertDecl(sizeof(cdw_customer) == CACHE_LINE, "a customer is a cache line");

static void
allocate_slots(cdw_customers *table, uint64 nslots)
{
	table->slot_mask = nslots - 1;
	table->slots = MemoryContextAllocExtended(table->context, mul_size(sizeof(uint64), nslots),
											  MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
}

/* An empty table, alone in its context. */
void
cdw_customers_init(cdw_customers *table, MemoryContext context, Size limit)
{
	*table = (cdw_customers){.context = context, .limit = limit, .chunk_capacity = FIRST_CHUNKS};
	cdw_arena_init(&table->arena, context);
	table->chunks = MemoryContextAlloc(context, sizeof(cdw_customer *) * table->chunk_capacity);
	allocate_slots(table, FIRST_SLOTS);
}

/* Forgets all customers. */
void
cdw_customers_reset(cdw_customers *table)
{
	MemoryContextReset(table->context);
	cdw_customers_init(table, table->context, table->limit);
}

static inline uint64
slot_value(uint64 hash, uint64 number)
{
	return (hash & TAG_MASK) | (number + 1);
}

/* Twice as many slots. */
static void
grow_slots(cdw_customers *table)
{
	uint64 nslots = (table->slot_mask + 1) * 2;

	if (nslots / 2 > MAX_CUSTOMERS)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED), errmsg("too many customers or orders"),
				 errdetail("The limit is " UINT64_FORMAT ".", nslots / 4)));
	pfree(table->slots);
	allocate_slots(table, nslots);
	for (uint64 i = 0; i < table->n; i++)
	{
		uint64 hash = cdw_customer_at(table, i)->hash;
		uint64 slot = hash & table->slot_mask;

		cdw_check_cancel(i);
		while (table->slots[slot] != 0)
			slot = (slot + 1) & table->slot_mask;
		table->slots[slot] = slot_value(hash, i);
	}
}

/* Slots are at most half full. */
static bool
must_grow(const cdw_customers *table)
{
	return table->n * 2 > table->slot_mask;
}

/* Whether there is memory for one more customer. */
static bool
has_room(const cdw_customers *table, uint32 length)
{
	Size grown = must_grow(table) ? (table->slot_mask + 1) * sizeof(uint64) : 0;
	Size used = MemoryContextMemAllocated(table->context, false) + table->n * ORDER_BYTES;

	return table->n < LEAST_CUSTOMERS || used + grown + length <= table->limit;
}

/* Room for the next chunk, which begins with a cache line. */
static void
add_chunk(cdw_customers *table)
{
	uint64 nchunks = table->n / CDW_CUSTOMERS_PER_CHUNK;
	char *memory = MemoryContextAlloc(table->context,
									  sizeof(cdw_customer) * CDW_CUSTOMERS_PER_CHUNK + CACHE_LINE);

	if (nchunks == table->chunk_capacity)
	{
		table->chunk_capacity *= 2;
		table->chunks =
			repalloc_huge(table->chunks, sizeof(cdw_customer *) * table->chunk_capacity);
	}
	table->chunks[nchunks] = (cdw_customer *) TYPEALIGN(CACHE_LINE, memory);
}

/* A new customer without purchases; its key is copied. */
static cdw_customer *
add_customer(cdw_customers *table, uint64 hash, const char *key, uint32 length)
{
	cdw_customer *customer;

	if (table->n % CDW_CUSTOMERS_PER_CHUNK == 0)
		add_chunk(table);
	customer = cdw_customer_at(table, table->n++);
	*customer = (cdw_customer){.hash = hash, .length = length, .last_at = DT_NOBEGIN};
	if (length <= CDW_INLINE_KEY)
		memcpy(customer->key.bytes, key, length);
	else
	{
		customer->key.pointer = cdw_arena_alloc(&table->arena, length);
		memcpy(customer->key.pointer, key, length);
	}
	return customer;
}

/* Keys of integers are compared without a call. */
static inline bool
has_key(const cdw_customer *customer, const char *key, uint32 length)
{
	if (customer->length != length)
		return false;
	if (length == sizeof(int64))
		return memcmp(customer->key.bytes, key, sizeof(int64)) == 0;
	return memcmp(cdw_customer_key(customer), key, length) == 0;
}

/*
 * The customer of a key, added where there was none, or NULL where the table has no room for it. hash is
 * that of the key.
 */
cdw_customer *
cdw_customers_get(cdw_customers *table, uint64 hash, const char *key, uint32 length)
{
	uint64 slot = hash & table->slot_mask;

	for (; table->slots[slot] != 0; slot = (slot + 1) & table->slot_mask)
	{
		uint64 value = table->slots[slot];
		cdw_customer *customer;

		if ((value & TAG_MASK) != (hash & TAG_MASK))
			continue;
		customer = cdw_customer_at(table, (value & ~TAG_MASK) - 1);
		if (has_key(customer, key, length))
			return customer;
	}
	if (!has_room(table, length))
		return NULL;
	if (must_grow(table))
	{
		grow_slots(table);
		return cdw_customers_get(table, hash, key, length);
	}
	table->slots[slot] = slot_value(hash, table->n);
	return add_customer(table, hash, key, length);
}

/* First stage ahead of a look-up: fetches its slot into the cache. */
void
cdw_customers_prefetch_slot(const cdw_customers *table, uint64 hash)
{
	__builtin_prefetch(&table->slots[hash & table->slot_mask]);
}

/* Second stage: the customer that a slot names whose part of the hash agrees. */
void
cdw_customers_prefetch_customer(const cdw_customers *table, uint64 hash)
{
	uint64 slot = hash & table->slot_mask;
	uint64 value;

	while ((value = table->slots[slot]) != 0)
	{
		if ((value & TAG_MASK) == (hash & TAG_MASK))
		{
			__builtin_prefetch(cdw_customer_at(table, (value & ~TAG_MASK) - 1));
			return;
		}
		slot = (slot + 1) & table->slot_mask;
	}
}
