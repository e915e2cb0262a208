/*
 * src/rfm/store_refresh.c
 *
 * cdw.refresh_rfm: brings the states up to a time. Orders that are new to a store are added to the states of
 * their customers. States cannot be taken apart, since first and last purchase have no inverse: customers
 * of whom an order was changed or deleted, or an order of several lines was added to, are computed anew from
 * their orders, and nobody else. All statements of a refresh see one snapshot.
 */
#include "rfm/rfm.h"
#include "rfm/store.h"

#include "catalog/pg_type.h"
#include "tcop/utility.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"

typedef struct Refresh
{
	cdw_store *store;
	char *states;
	char *changes;
	char *customer; /* the column, quoted */
	char *equals;	/* of customers */
	TimestampTz as_of;
	ArrayType *anew; /* customers to compute anew; NULL: none */
	uint64 merged;	 /* customers whose state they were added to */
	uint64 computed; /* states that were computed anew and are others now */
} Refresh;

/* Runs a statement with as_of as $1 and the customers to compute anew as $2. */
static uint64
run(const Refresh *refresh, const char *command)
{
	Oid types[] = {TIMESTAMPTZOID, get_array_type(refresh->store->customer.type)};
	Datum values[] = {TimestampTzGetDatum(refresh->as_of), PointerGetDatum(refresh->anew)};

	return cdw_store_run(command, refresh->anew ? 2 : 1, types, values);
}

static char *
column(const cdw_store_column *column)
{
	return psprintf("t.%s", quote_identifier(column->name));
}

/* ---- computing anew ---- */

/*
 * Customers whose states are not those of their orders, with the right ones, NULL for those that have no
 * orders any more.
 */
static char *
differences(const Refresh *refresh, bool some)
{
	char *old = refresh->states;

	if (some)
		old = psprintf("(SELECT * FROM %s AS s WHERE s.%s %s ANY ($2))", refresh->states,
					   refresh->customer, refresh->equals);
	return psprintf("SELECT COALESCE(f.customer, s.%s) AS customer, f.rfm FROM (%s) AS f "
					"FULL JOIN %s AS s ON f.customer %s s.%s "
					"WHERE ROW (f.rfm)::record OPERATOR(pg_catalog.*<>) ROW (s.rfm)::record",
					refresh->customer, cdw_store_states_query(refresh->store, some), old,
					refresh->equals, refresh->customer);
}

/*
 * Replaces states by those of the orders: of all customers, or of those in refresh->anew. States that are
 * what they were are not written. Orders after as_of become changes again.
 */
static void
compute_anew(Refresh *refresh)
{
	const cdw_store *store = refresh->store;
	bool some = refresh->anew != NULL;

	refresh->computed =
		run(refresh,
			psprintf("WITH diff AS MATERIALIZED (%s), gone AS (DELETE FROM %s AS s USING diff "
					 "WHERE diff.rfm IS NULL AND s.%s %s diff.customer), "
					 "put AS (INSERT INTO %s (%s, rfm) SELECT customer, rfm FROM diff "
					 "WHERE rfm IS NOT NULL ON CONFLICT (%s) DO UPDATE SET rfm = EXCLUDED.rfm) "
					 "SELECT FROM diff",
					 differences(refresh, some), refresh->states, refresh->customer,
					 refresh->equals, refresh->states, refresh->customer, refresh->customer));
	(void) run(refresh, psprintf("INSERT INTO %s (customer, at, amount) SELECT %s, %s, %s %s "
								 "AND %s OPERATOR(pg_catalog.>) $1",
								 refresh->changes, column(&store->customer), column(&store->at),
								 column(&store->amount), cdw_store_counted_rows(store, some),
								 cdw_store_time(store, column(&store->at))));
}

static void
compute_all(Refresh *refresh)
{
	refresh->anew = NULL;
	(void) cdw_store_run(psprintf("DELETE FROM %s", refresh->changes), 0, NULL, NULL);
	compute_anew(refresh);
}

/* ---- taking changes in ---- */

static bool
everything_changed(const Refresh *refresh)
{
	bool isnull;

	(void) cdw_store_value(
		psprintf("SELECT true FROM %s WHERE customer IS NULL LIMIT 1", refresh->changes), 0, NULL,
		NULL, &isnull);
	return !isnull;
}

/*
 * The customers to compute anew: those that a change names, those that the caller names in text form, and
 * where an order may have several lines those with a new one.
 */
static ArrayType *
customers_anew(const Refresh *refresh, ArrayType *named)
{
	const cdw_store *store = refresh->store;
	char *due = store->order_id.name
					? psprintf(" OR %s OPERATOR(pg_catalog.<=) $1", cdw_store_time(store, "at"))
					: "";
	char *type = format_type_extended(store->customer.type, store->customer.typmod,
									  FORMAT_TYPE_TYPEMOD_GIVEN | FORMAT_TYPE_FORCE_QUALIFY);
	Oid types[] = {TIMESTAMPTZOID, TEXTARRAYOID};
	Datum values[] = {TimestampTzGetDatum(refresh->as_of),
					  PointerGetDatum(named ? named : construct_empty_array(TEXTOID))};
	bool isnull;
	Datum array = cdw_store_value(psprintf("SELECT pg_catalog.array_agg(DISTINCT customer) FROM ("
										   "SELECT customer FROM %s WHERE at IS NULL%s UNION ALL "
										   "SELECT key::%s FROM pg_catalog.unnest($2) AS key) AS c "
										   "WHERE customer IS NOT NULL",
										   refresh->changes, due, type),
								  lengthof(types), types, values, &isnull);

	return isnull ? NULL : DatumGetArrayTypeP(array);
}

/* Adds the orders that are due to the states of their customers, in the order of the index. */
static void
merge_orders(Refresh *refresh)
{
	const cdw_store *store = refresh->store;
	char *at = cdw_store_time(store, "at");

	refresh->merged =
		run(refresh,
			psprintf("WITH taken AS (DELETE FROM %s WHERE %s OPERATOR(pg_catalog.<=) $1 "
					 "RETURNING customer, at, amount) "
					 "INSERT INTO %s AS s (%s, rfm) SELECT customer, cdw.rfm(%s, %s) FROM taken "
					 "GROUP BY customer ORDER BY customer "
					 "ON CONFLICT (%s) DO UPDATE SET rfm = cdw.rfm_add(s.rfm, EXCLUDED.rfm)",
					 refresh->changes, at, refresh->states, refresh->customer, at,
					 cdw_store_amount("amount"), refresh->customer));
}

static void
take_changes(Refresh *refresh, ArrayType *named)
{
	refresh->anew = customers_anew(refresh, named);
	if (refresh->anew)
	{
		(void) run(refresh, psprintf("DELETE FROM %s WHERE customer %s ANY ($2)", refresh->changes,
									 refresh->equals));
		compute_anew(refresh);
		refresh->anew = NULL;
	}
	merge_orders(refresh);
}

/* ---- refresh_rfm ---- */

enum
{
	ARG_NAME,
	ARG_AS_OF,
	ARG_CUSTOMERS,
	ARG_ANEW
};

static void
note_refresh(const Refresh *refresh, bool all)
{
	Oid type = TIMESTAMPTZOID;
	Datum as_of = TimestampTzGetDatum(refresh->as_of);

	cdw_execute_params(
		psprintf("UPDATE %s SET as_of = $1", cdw_store_relation(refresh->store, "rfm")), 1, &type,
		&as_of);
	if (all)
		ereport(NOTICE, (errmsg("store \"%s\": computed all states, " UINT64_FORMAT " changed",
								refresh->store->name, refresh->computed)));
	else
		ereport(NOTICE, (errmsg("store \"%s\": added orders of " UINT64_FORMAT
								" customers, computed " UINT64_FORMAT " states anew",
								refresh->store->name, refresh->merged, refresh->computed)));
}

/*
 * cdw.refresh_rfm(name text, as_of timestamptz, customers text[], anew bool). All states are computed where
 * the changes do not tell everything: at the first time, on request, when as_of goes back, and when the
 * source is not watched and no customers are named.
 */
CDW_FUNCTION(cdw_refresh_rfm)
{
	Refresh refresh = {0};
	ArrayType *named = PG_ARGISNULL(ARG_CUSTOMERS) ? NULL : PG_GETARG_ARRAYTYPE_P(ARG_CUSTOMERS);
	cdw_store *store;
	bool complete;
	bool all;
	int settings;

	cdw_check_not_null(fcinfo, ARG_NAME, "name");
	cdw_check_not_null(fcinfo, ARG_AS_OF, "as_of");
	cdw_check_not_null(fcinfo, ARG_ANEW, "anew");
	PreventCommandIfReadOnly("CALL cdw.refresh_rfm");
	refresh.as_of = PG_GETARG_TIMESTAMPTZ(ARG_AS_OF);
	cdw_check_as_of(refresh.as_of);
	store = cdw_store_open_to_write(PG_GETARG_TEXT_PP(ARG_NAME), "refresh");
	cdw_store_check_types(store);
	settings = cdw_restrict_search_path();
	complete = cdw_store_keep_watch(store) || named != NULL;
	cdw_restore_settings(settings);
	cdw_store_new_snapshot();

	refresh.store = store;
	refresh.states = cdw_store_relation(store, "state");
	refresh.changes = cdw_store_relation(store, "change");
	refresh.customer = pstrdup(quote_identifier(store->customer.name));
	refresh.equals = cdw_equality_operator(store->customer.type);
	settings = cdw_portable_output();
	all = PG_GETARG_BOOL(ARG_ANEW) || !complete || !store->refreshed ||
		  refresh.as_of < store->as_of || everything_changed(&refresh);
	if (all)
		compute_all(&refresh);
	else
		take_changes(&refresh, named);
	note_refresh(&refresh, all);
	cdw_restore_settings(settings);
	PopActiveSnapshot();
	PG_RETURN_VOID();
}
