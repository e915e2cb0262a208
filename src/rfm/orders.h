/*
 * src/rfm/orders.h
 *
 * The reader of orders behind cdw.rfm_table.
 */
#ifndef CDW_ORDERS_H
#define CDW_ORDERS_H

#include "rfm/rfm.h"

/* Where the orders are. */
typedef struct cdw_order_columns
{
	Oid source;
	const char *customer;
	const char *at;
	const char *amount;
	const char *order_id; /* NULL: each row is a purchase */
} cdw_order_columns;

/* A row between reading and adding: its customer's cache lines are on the way. */
typedef struct cdw_waiting_row
{
	uint64 hash;
	TimestampTz at;
	int64 units;
	int32 scale;
	uint32 key; /* offset in keys */
	uint32 length;
} cdw_waiting_row;

#define CDW_WAITING_ROWS 64
#define CDW_WAITING_BYTES 16384

typedef struct cdw_order_reader
{
	cdw_customers customers;
	cdw_customers orders; /* last_at and sum of each, by customer and order_id */
	bool by_order;
	bool integer_customers; /* keys are int64 rather than text */
	Oid at_type;
	Oid amount_type;
	TimestampTz as_of;
	int n_waiting;
	cdw_waiting_row *waiting;
	uint32 keys_used;
	char *keys;
} cdw_order_reader;

extern void cdw_read_orders(cdw_order_reader *reader, const cdw_order_columns *columns,
							TimestampTz as_of, MemoryContext context);

#endif /* CDW_ORDERS_H */
