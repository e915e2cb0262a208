/*
 * src/rfm/store_history.c
 *
 * Scores and segments over time. cdw.record_rfm writes what is other than it was recorded last, so that the
 * history of a million customers grows by those who moved; cdw.rfm_moves reads two of its moments.
 */
#include "rfm/rfm.h"
#include "rfm/store.h"

#include "catalog/pg_type.h"
#include "tcop/utility.h"
#include "utils/builtins.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"

/* ---- record_rfm ---- */

/*
 * A query for customer, rfm, scores and segment of all states. Methods that tell equal values apart do so
 * by the customer in C order, as cdw.rfm_table does.
 */
static char *
scored_states(const cdw_store *store, const char *customer)
{
	char *segment = "NULL::pg_catalog.text";

	if (store->map)
		segment =
			psprintf("cdw.rfm_segment((q.score).r, (q.score).f, (q.score).m, %s::pg_catalog.jsonb)",
					 quote_literal_cstr(store->map));
	else if (store->bins == CDW_SEGMENT_BINS)
		segment = "cdw.rfm_segment((q.score).r, (q.score).f, (q.score).m)";
	return psprintf(
		"SELECT q.customer, q.rfm, (q.score).r, (q.score).f, (q.score).m, %s AS segment "
		"FROM (SELECT s.%s AS customer, s.rfm, cdw.rfm_score(s.rfm, $1, %d, %s) "
		"OVER (ORDER BY s.%s::pg_catalog.text COLLATE pg_catalog.\"C\") AS score "
		"FROM %s AS s) AS q",
		segment, customer, store->bins, quote_literal_cstr(store->method), customer,
		cdw_store_relation(store, "state"));
}

/* Takes the record of the same moment back. */
static void
forget_moment(const cdw_store *store, int nargs, Oid *types, Datum *values)
{
	char *history = cdw_store_relation(store, "history");

	(void) cdw_store_run(psprintf("DELETE FROM %s WHERE since = $1", history), nargs, types,
						 values);
	(void) cdw_store_run(psprintf("UPDATE %s SET until = NULL WHERE until = $1", history), nargs,
						 types, values);
}

/* Ends the rows of the history that are not so any more, and begins those that are. */
static uint64
record_moment(const cdw_store *store, int nargs, Oid *types, Datum *values)
{
	const char *customer = quote_identifier(store->customer.name);
	char *history = cdw_store_relation(store, "history");
	char *same = psprintf("h.%s %s c.customer AND ROW (h.rfm, h.r, h.f, h.m, h.segment)::record "
						  "OPERATOR(pg_catalog.*=) ROW (c.rfm, c.r, c.f, c.m, c.segment)::record",
						  customer, cdw_equality_operator(store->customer.type));

	return cdw_store_run(
		psprintf("WITH c AS MATERIALIZED (%s), ended AS (UPDATE %s AS h SET until = $1 "
				 "WHERE h.until IS NULL AND NOT EXISTS (SELECT FROM c WHERE %s)) "
				 "INSERT INTO %s (%s, since, rfm, r, f, m, segment) "
				 "SELECT c.customer, $1, c.rfm, c.r, c.f, c.m, c.segment FROM c "
				 "WHERE NOT EXISTS (SELECT FROM %s AS h WHERE h.until IS NULL AND %s)",
				 scored_states(store, customer), history, same, history, customer, history, same),
		nargs, types, values);
}

static void
check_recordable(const cdw_store *store)
{
	if (!store->refreshed)
		ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
						errmsg("store \"%s\" has no states", store->name),
						errhint("CALL cdw.refresh_rfm first.")));
	if (store->recorded && store->as_of < store->recorded_as_of)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("the history of store \"%s\" goes on to a later time than its states",
						store->name),
				 errdetail("It was recorded as of %s, the states are those of %s.",
						   timestamptz_to_str(store->recorded_as_of),
						   pstrdup(timestamptz_to_str(store->as_of))),
				 errhint("Refresh the store as of a later time.")));
}

/* cdw.record_rfm(name text): scores the states as of their last refresh, and writes what is other than before. */
CDW_FUNCTION(cdw_record_rfm)
{
	Oid types[] = {TIMESTAMPTZOID};
	Datum values[1];
	cdw_store *store;
	uint64 rows;
	int settings;

	cdw_check_not_null(fcinfo, 0, "name");
	PreventCommandIfReadOnly("CALL cdw.record_rfm");
	store = cdw_store_open_to_write(PG_GETARG_TEXT_PP(0), "record");
	check_recordable(store);
	settings = cdw_restrict_search_path();
	(void) cdw_visible_output();
	values[0] = TimestampTzGetDatum(store->as_of);
	if (store->recorded && store->as_of == store->recorded_as_of)
		forget_moment(store, 1, types, values);
	rows = record_moment(store, 1, types, values);
	cdw_execute_params(
		psprintf("UPDATE %s SET recorded_as_of = $1", cdw_store_relation(store, "rfm")), 1, types,
		values);
	ereport(NOTICE, (errmsg("store \"%s\": " UINT64_FORMAT " customers are new or changed",
							store->name, rows)));
	cdw_restore_settings(settings);
	PopActiveSnapshot();
	PG_RETURN_VOID();
}

/* ---- rfm_moves ---- */

typedef struct RowPutter
{
	Tuplestorestate *rows;
	TupleDesc desc;
} RowPutter;

static void
put_row(TupleTableSlot *slot, void *arg)
{
	RowPutter *putter = arg;

	tuplestore_putvalues(putter->rows, putter->desc, slot->tts_values, slot->tts_isnull);
}

/* The customers of the history at the time in a parameter. */
static char *
moment(const cdw_store *store, int parameter)
{
	return psprintf("(SELECT h.%s AS customer, COALESCE(h.segment, '(none)') AS segment, "
					"cdw.monetary(h.rfm) AS monetary FROM %s AS h "
					"WHERE h.since <= $%d AND (h.until IS NULL OR h.until > $%d))",
					quote_identifier(store->customer.name), cdw_store_relation(store, "history"),
					parameter, parameter);
}

/* A time of which the history tells, from its first to its last record (22023). */
static void
check_recorded(const cdw_store *store, TimestampTz at)
{
	bool isnull;
	Datum first = cdw_store_value(
		psprintf("SELECT pg_catalog.min(since) FROM %s", cdw_store_relation(store, "history")), 0,
		NULL, NULL, &isnull);

	if (!store->recorded || (!isnull && at < DatumGetTimestampTz(first)))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("nothing was recorded in store \"%s\" by %s", store->name,
							   timestamptz_to_str(at)),
						errhint("cdw.record_rfm records; the movements of any two times can be "
								"computed from the orders.")));
}

/*
 * cdw.rfm_moves(name text, from_time timestamptz, to_time timestamptz): a row per customer who was in the
 * history at either time. Reads with the caller's privileges.
 */
CDW_FUNCTION(cdw_rfm_moves)
{
	static const char *const required[] = {"name", "from_time", "to_time"};
	RowPutter putter;
	Oid types[] = {TIMESTAMPTZOID, TIMESTAMPTZOID};
	Datum values[2];
	cdw_store *store;
	int settings;

	for (int i = 0; i < (int) lengthof(required); i++)
		cdw_check_not_null(fcinfo, i, required[i]);
	store = cdw_store_open(PG_GETARG_TEXT_PP(0));
	check_recorded(store, PG_GETARG_TIMESTAMPTZ(1));
	check_recorded(store, PG_GETARG_TIMESTAMPTZ(2));
	values[0] = PG_GETARG_DATUM(1);
	values[1] = PG_GETARG_DATUM(2);
	putter.rows = cdw_result_rows(fcinfo, &putter.desc);
	settings = cdw_visible_output();
	(void) cdw_restrict_search_path();
	cdw_stream(psprintf("SELECT COALESCE(a.customer, b.customer)::text, a.segment, b.segment, "
						"a.monetary, b.monetary FROM %s AS a FULL JOIN %s AS b "
						"ON a.customer %s b.customer",
						moment(store, 1), moment(store, 2),
						cdw_equality_operator(store->customer.type)),
			   2, types, values, put_row, &putter);
	cdw_restore_settings(settings);
	return (Datum) 0;
}
