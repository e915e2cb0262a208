/*
 * src/rfm/customers.c
 *
 * Customers by key: an open-addressing table of slots over a dense array of customers, so that growing
 * the table moves no customer and reads no key. With its prefetches ahead a look-up hides both cache
 * misses. Memory may pass 1 GB; 2^32 - 1 customers are the limit.
 */
#include "rfm/rfm.h"

#include "common/hashfn.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#define FIRST_CAPACITY 1024
#define MAX_CUSTOMERS ((uint64) PG_UINT32_MAX)
#define TAG_MASK (~(uint64) PG_UINT32_MAX)

/* A hash of 64 bits: the lower half finds the slot, the upper half tells most others apart there. */
uint64
cdw_customer_hash(const char *key, uint32 length)
{
	return hash_bytes_extended((const unsigned char *) key, length, 0);
}

/* Slots stay at most half full. */
static void
allocate_slots(cdw_customers *table)
{
	uint64 n_slots = table->capacity * 2;

	table->slot_mask = n_slots - 1;
	table->slots = MemoryContextAllocHuge(table->context, mul_size(sizeof(uint64), n_slots));
	memset(table->slots, 0, sizeof(uint64) * n_slots);
}

void
cdw_customers_init(cdw_customers *table, MemoryContext context)
{
	*table = (cdw_customers){.context = context, .capacity = FIRST_CAPACITY};
	cdw_arena_init(&table->arena, context);
	table->customers =
		MemoryContextAllocHuge(context, mul_size(sizeof(cdw_customer), table->capacity));
	allocate_slots(table);
}

static inline uint64
slot_value(uint64 hash, uint64 number)
{
	return (hash & TAG_MASK) | (number + 1);
}

/* Doubles the room; pointers to customers become invalid. */
static void
grow(cdw_customers *table)
{
	if (table->capacity * 2 > MAX_CUSTOMERS)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED), errmsg("too many customers or orders"),
				 errdetail("The limit is " UINT64_FORMAT ".", table->capacity)));
	table->capacity *= 2;
	table->customers =
		repalloc_huge(table->customers, mul_size(sizeof(cdw_customer), table->capacity));
	pfree(table->slots);
	allocate_slots(table);
	for (uint64 i = 0; i < table->n; i++)
	{
		uint64 hash = table->customers[i].hash;
		uint64 slot = hash & table->slot_mask;

		cdw_check_cancel(i);
		while (table->slots[slot] != 0)
			slot = (slot + 1) & table->slot_mask;
		table->slots[slot] = slot_value(hash, i);
	}
}

const char *
cdw_customer_key(const cdw_customer *customer)
{
	return customer->length <= sizeof(customer->key.bytes) ? customer->key.bytes
														   : customer->key.pointer;
}

/* A new customer without purchases; its key is copied. */
static cdw_customer *
add_customer(cdw_customers *table, uint64 hash, const char *key, uint32 length)
{
	cdw_customer *customer = &table->customers[table->n++];

	*customer = (cdw_customer){.hash = hash, .length = length, .last_at = DT_NOBEGIN};
	if (length <= sizeof(customer->key.bytes))
		memcpy(customer->key.bytes, key, length);
	else
	{
		customer->key.pointer = cdw_arena_alloc(&table->arena, length);
		memcpy(customer->key.pointer, key, length);
	}
	return customer;
}

/*
 * The customer of a key, added where there was none; valid until the next call. hash is
 * cdw_customer_hash of the key.
 */
cdw_customer *
cdw_customers_get(cdw_customers *table, uint64 hash, const char *key, uint32 length)
{
	uint64 slot;

	if (table->n == table->capacity)
		grow(table);
	for (slot = hash & table->slot_mask; table->slots[slot] != 0;
		 slot = (slot + 1) & table->slot_mask)
	{
		uint64 value = table->slots[slot];
		cdw_customer *customer;

		if ((value & TAG_MASK) != (hash & TAG_MASK))
			continue;
		customer = &table->customers[(value & ~TAG_MASK) - 1];
		if (customer->length == length && memcmp(cdw_customer_key(customer), key, length) == 0)
			return customer;
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

/* Second stage: the customer that the slot names, which may lie across two cache lines. */
void
cdw_customers_prefetch_customer(const cdw_customers *table, uint64 hash)
{
	uint64 value = table->slots[hash & table->slot_mask];

	if (value != 0)
	{
		const cdw_customer *customer = &table->customers[(value & ~TAG_MASK) - 1];

		__builtin_prefetch(customer);
		__builtin_prefetch(&customer->length);
	}
}
