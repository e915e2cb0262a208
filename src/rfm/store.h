/*
 * src/rfm/store.h
 *
 * RFM stores: one state per customer, kept up with a table of orders. A store is a set of ordinary tables
 * in the user's schema, owned by the user, each with the customer column under its own name and type:
 *
 *     <store>_rfm       settings (one row)
 *     <store>_state     one cdw.rfm per customer, of the orders up to as_of of the last refresh
 *     <store>_change    what the states do not have yet
 *     <store>_history   states, scores and segments as they were recorded, a row per change
 *     <store>_segment   view: the last recorded ones
 *
 * A row of <store>_change is an order that is to be added (customer, at, amount), a customer whose state
 * is to be computed anew (at is NULL), or all of them (customer is NULL). What holds at every moment, in
 * every snapshot: the states and the changes together are the orders of the source, as long as the source
 * is watched.
 */
#ifndef CDW_STORE_H
#define CDW_STORE_H

#include "core/core.h"

#include "datatype/timestamp.h"
#include "utils/array.h"

/* A column of the source. */
typedef struct cdw_store_column
{
	char *name;
	Oid type;
	int32 typmod;
	Oid collation;
} cdw_store_column;

typedef struct cdw_store
{
	char *schema;
	char *name;
	Oid table; /* <store>_rfm, InvalidOid while it is being created */

	Oid source;
	cdw_store_column customer;
	cdw_store_column at;
	cdw_store_column amount;
	cdw_store_column order_id; /* name is NULL: each row is a purchase */
	int32 bins;
	char *method;
	char *map; /* JSON; NULL: the default segments, where bins has them */

	bool refreshed;
	TimestampTz as_of;	/* of the last refresh */
	ArrayType *watched; /* relations that report changes since the last full run; NULL: none */
	bool recorded;
	TimestampTz recorded_as_of; /* of the last row of the history */
} cdw_store;

/* store.c */
extern char *cdw_store_relation(const cdw_store *store, const char *suffix);
extern void cdw_store_parse(cdw_store *store, Jsonb *document);
extern char *cdw_store_json(const cdw_store *store);
extern cdw_store *cdw_store_open(text *name);
extern cdw_store *cdw_store_open_to_write(text *name, const char *action);
extern cdw_store *cdw_store_open_unread(text *name, const char *action);
extern void cdw_store_new_snapshot(void);
extern uint64 cdw_store_run(const char *command, int nargs, Oid *types, Datum *values);
extern Datum cdw_store_value(const char *query, int nargs, Oid *types, Datum *values, bool *isnull);

/* store_tables.c */
extern void cdw_store_create_tables(const cdw_store *store);
extern void cdw_store_drop_tables(const cdw_store *store, bool drop_results);

/* store_orders.c: SQL over orders */
extern void cdw_store_check_columns(const cdw_store *store);
extern bool
cdw_same_column_type(Oid left, const char *left_column, Oid right, const char *right_column);
extern void cdw_store_check_types(const cdw_store *store);
extern char *cdw_store_time(const cdw_store *store, const char *expression);
extern char *cdw_store_amount(const char *expression);
extern char *cdw_store_counted_rows(const cdw_store *store, bool of_customers);
extern char *cdw_store_states_query(const cdw_store *store, bool of_customers);

/* store_watch.c */
extern void cdw_store_watch(cdw_store *store);
extern void cdw_store_unwatch(cdw_store *store);
extern bool cdw_store_keep_watch(cdw_store *store);

#endif /* CDW_STORE_H */
