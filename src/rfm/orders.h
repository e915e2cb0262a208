/*
 * src/rfm/orders.h
 *
 * From rows of orders to customers, for cdw.rfm_table: a table of customers by key, its groups past memory,
 * the reader of orders, and customers in the order of their text.
 */
#ifndef CDW_ORDERS_H
#define CDW_ORDERS_H

#include "rfm/row_sort.h"
#include "rfm/score.h"

/* ---- customers.c: a table of customers by key ---- */

#define CDW_INLINE_KEY 16
#define CDW_CUSTOMERS_PER_CHUNK 256

/* A cache line. */
typedef struct cdw_customer
{
	uint64 hash;
	TimestampTz last_at; /* DT_NOBEGIN: no purchase yet */
	int64 frequency;
	cdw_sum sum;
	union
	{
		char bytes[CDW_INLINE_KEY]; /* where length is at most as much */
		char *pointer;				/* else in the arena */
	} key;
	uint32 length;
} cdw_customer;

typedef struct cdw_customers
{
	MemoryContext context;
	Size limit; /* bytes */
	cdw_arena arena;
	uint64 n;
	uint64 chunk_capacity;
	cdw_customer **chunks; /* in the order of arrival */
	uint64 slot_mask;
	uint64 *slots; /* upper half of the hash, then number of the customer + 1; 0: free */
} cdw_customers;

extern void cdw_customers_init(cdw_customers *table, MemoryContext context, Size limit);
extern void cdw_customers_reset(cdw_customers *table);
extern cdw_customer *
cdw_customers_get(cdw_customers *table, uint64 hash, const char *key, uint32 length);
extern void cdw_customers_prefetch_slot(const cdw_customers *table, uint64 hash);
extern void cdw_customers_prefetch_customer(const cdw_customers *table, uint64 hash);

static inline cdw_customer *
cdw_customer_at(const cdw_customers *table, uint64 number)
{
	return &table->chunks[number / CDW_CUSTOMERS_PER_CHUNK][number % CDW_CUSTOMERS_PER_CHUNK];
}

static inline const char *
cdw_customer_key(const cdw_customer *customer)
{
	return customer->length <= CDW_INLINE_KEY ? customer->key.bytes : customer->key.pointer;
}

/* ---- groups.c: rows added up by key, whatever the memory ---- */

#define CDW_PARTITION_BITS 5
#define CDW_PARTITIONS (1 << CDW_PARTITION_BITS)

/* A table for some of the hashes, and rows that wait to be added to it. */
typedef struct cdw_groups_part
{
	cdw_customers table;
	char *waiting;
	Size waiting_used;
} cdw_groups_part;

typedef struct cdw_groups
{
	MemoryContext context;
	Size limit;
	bool
		of_orders; /* a group is an order: every row counts for last_at, and frequency is not told */
	bool spilled;
	int nparts; /* a power of two */
	cdw_groups_part *parts;
	int depth;						/* of the rows that are being added */
	BufFile *files[CDW_PARTITIONS]; /* of rows that do not fit, by the next bits of the hash */
	List *pending;					/* of files that are complete */
} cdw_groups;

/* A place among the groups in memory; begins as zeros. */
typedef struct cdw_groups_cursor
{
	int part;
	uint64 number;
} cdw_groups_cursor;

extern cdw_groups *cdw_groups_create(MemoryContext context, Size limit, bool of_orders);
extern void cdw_groups_add(cdw_groups *groups, const char *key, uint32 length, TimestampTz at,
						   const cdw_sum *amount);
extern void cdw_groups_finish(cdw_groups *groups);
extern bool cdw_groups_next(cdw_groups *groups);
extern uint64 cdw_groups_count(const cdw_groups *groups);
extern cdw_customer *cdw_groups_each(const cdw_groups *groups, cdw_groups_cursor *cursor);
extern void cdw_groups_end(cdw_groups *groups);

/* ---- orders.c: the reader ---- */

/* Where the orders are. */
typedef struct cdw_order_columns
{
	Oid source;
	const char *customer;
	const char *at;
	const char *amount;
	const char *order_id; /* NULL: each row is a purchase */
} cdw_order_columns;

extern cdw_groups *cdw_read_orders(const cdw_order_columns *columns, TimestampTz as_of,
								   MemoryContext context, Size memory, Oid *key_type);

/* ---- customer_list.c: customers in C order of their text ---- */

typedef struct cdw_listed_customer
{
	cdw_string name;
	TimestampTz last_at;
	int64 frequency;
	cdw_sum sum;
} cdw_listed_customer;

typedef struct cdw_customer_list cdw_customer_list;

extern cdw_customer_list *
cdw_customer_list_create(cdw_groups *groups, Oid key_type, MemoryContext context);
extern bool cdw_customer_list_next(cdw_customer_list *list, cdw_listed_customer *customer);
extern void cdw_customer_list_restart(cdw_customer_list *list);
extern void cdw_customer_list_end(cdw_customer_list *list);

#endif /* CDW_ORDERS_H */
