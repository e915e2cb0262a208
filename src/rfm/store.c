/*
 * src/rfm/store.c
 *
 * Finding a store by name, its settings, and running SQL in its snapshot.
 */
#include "rfm/store.h"

#include "access/xact.h"
#include "catalog/namespace.h"
#include "catalog/pg_class.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "nodes/makefuncs.h"
#include "utils/builtins.h"
#include "utils/datum.h"
#include "utils/lsyscache.h"
#include "utils/snapmgr.h"
#include "utils/varlena.h"

/* ---- SQL ---- */

/* What is committed by now; in a transaction with one snapshot for all, that one. */
void
cdw_store_new_snapshot(void)
{
	CommandCounterIncrement();
	PopActiveSnapshot();
	PushActiveSnapshot(GetTransactionSnapshot());
}

/*
 * Runs a statement in the active snapshot, with what this transaction has written: several of them see
 * the same orders and changes of other sessions. Returns the number of rows.
 */
static uint64
run_in_snapshot(const char *command, int nargs, Oid *types, Datum *values)
{
	SPIPlanPtr plan = SPI_prepare(command, nargs, types);
	int rc;

	if (plan == NULL)
		elog(ERROR, "SPI_prepare failed: %s", SPI_result_code_string(SPI_result));
	rc = SPI_execute_snapshot(plan, values, NULL, GetActiveSnapshot(), InvalidSnapshot, false, true,
							  0);
	if (rc < 0)
		elog(ERROR, "SPI_execute_snapshot failed: %s", SPI_result_code_string(rc));
	return SPI_processed;
}

uint64
cdw_store_run(const char *command, int nargs, Oid *types, Datum *values)
{
	uint64 rows;

	SPI_connect();
	rows = run_in_snapshot(command, nargs, types, values);
	SPI_finish();
	return rows;
}

/* The one value of a query, in the current context; NULL where there is no row, too. */
Datum
cdw_store_value(const char *query, int nargs, Oid *types, Datum *values, bool *isnull)
{
	MemoryContext caller = CurrentMemoryContext;
	Datum value = (Datum) 0;

	*isnull = true;
	SPI_connect();
	if (run_in_snapshot(query, nargs, types, values) > 0)
		value = SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, isnull);
	if (!*isnull)
	{
		MemoryContext old = MemoryContextSwitchTo(caller);
		int16 length;
		bool byval;

		get_typlenbyval(SPI_gettypeid(SPI_tuptable->tupdesc, 1), &length, &byval);
		value = datumCopy(value, byval, length);
		MemoryContextSwitchTo(old);
	}
	SPI_finish();
	return value;
}

/* ---- settings ---- */

/* The quoted, qualified name of a table or view of the store: "rfm", "state" and so on. */
char *
cdw_store_relation(const cdw_store *store, const char *suffix)
{
	return quote_qualified_identifier(store->schema, psprintf("%s_%s", store->name, suffix));
}

static void CDW_NORETURN
faulty_settings(const char *member)
{
	ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					errmsg("member \"%s\" of the settings is missing or faulty", member),
					errhint("Settings are as cdw.create_rfm wrote them.")));
}

/* A string of the settings; NULL where it is absent. */
static char *
string_member(Jsonb *document, const char *member)
{
	JsonbValue value;

	if (!cdw_json_field(document, member, &value))
		return NULL;
	if (value.type != jbvString)
		faulty_settings(member);
	return cdw_json_string(&value);
}

static void
read_column(const cdw_store *store, Jsonb *document, const char *member, cdw_store_column *column)
{
	column->name = string_member(document, member);
	if (column->name)
		cdw_check_column(store->source, column->name, &column->type, &column->typmod,
						 &column->collation);
}

/* The source by its qualified name; 42P01 where it is gone. */
static Oid
source_relation(char *name)
{
	if (name == NULL)
		faulty_settings("source");
	return RangeVarGetRelid(
		makeRangeVarFromNameList(textToQualifiedNameList(cstring_to_text(name))), NoLock, false);
}

/* Reads the settings and looks the source and its columns up; whoever may write the table wrote them. */
void
cdw_store_parse(cdw_store *store, Jsonb *document)
{
	JsonbValue value;
	double bins = 0;

	store->source = source_relation(string_member(document, "source"));
	read_column(store, document, "customer", &store->customer);
	read_column(store, document, "at", &store->at);
	read_column(store, document, "amount", &store->amount);
	read_column(store, document, "order_id", &store->order_id);
	if (!store->customer.name || !store->at.name || !store->amount.name)
		faulty_settings("customer, at and amount");
	if (cdw_json_field(document, "bins", &value))
		bins = cdw_json_number(&value);
	if (!(bins >= 2 && bins <= 9))
		faulty_settings("bins");
	store->bins = (int32) bins;
	store->method = string_member(document, "method");
	if (store->method == NULL)
		faulty_settings("method");
	store->map = NULL;
	if (cdw_json_field(document, "map", &value))
		store->map = cdw_json_text(JsonbValueToJsonb(&value));
	cdw_store_check_columns(store);
}

static void
append_string(StringInfo json, const char *member, const char *value)
{
	if (value == NULL)
		return;
	appendStringInfo(json, "%s\"%s\": ", json->len > 1 ? ", " : "", member);
	cdw_append_json_string(json, value);
}

/* The settings as a document, which cdw_store_parse reads. */
char *
cdw_store_json(const cdw_store *store)
{
	StringInfoData json;

	initStringInfo(&json);
	appendStringInfoChar(&json, '{');
	append_string(&json, "source", cdw_relation_name(store->source));
	append_string(&json, "customer", store->customer.name);
	append_string(&json, "at", store->at.name);
	append_string(&json, "amount", store->amount.name);
	append_string(&json, "order_id", store->order_id.name);
	append_string(&json, "method", store->method);
	appendStringInfo(&json, ", \"bins\": %d", store->bins);
	if (store->map)
		appendStringInfo(&json, ", \"map\": %s", store->map);
	appendStringInfoChar(&json, '}');
	return json.data;
}

/* ---- opening ---- */

/* The settings table, along the search path where no schema is given; 42704 when there is none. */
static cdw_store *
find_store(text *name)
{
	cdw_store *store = palloc0(sizeof(cdw_store));
	char *given = text_to_cstring(name);

	cdw_split_name("store", given, &store->schema, &store->name);
	store->table = RangeVarGetRelid(
		makeRangeVar(store->schema, psprintf("%s_rfm", store->name), -1), NoLock, true);
	if (!OidIsValid(store->table) || get_rel_relkind(store->table) != RELKIND_RELATION)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_OBJECT), errmsg("store \"%s\" does not exist", given),
				 errhint("cdw.create_rfm makes one; name the schema if it is not in your "
						 "search_path.")));
	store->schema = get_namespace_name(get_rel_namespace(store->table));
	return store;
}

/* The one row of the settings table, in the active snapshot; 55000 where the table is not one of ours. */
static Jsonb *
read_row(cdw_store *store)
{
	static const Oid types[] = {JSONBOID, TIMESTAMPTZOID, TEXTARRAYOID, TIMESTAMPTZOID};
	MemoryContext caller = CurrentMemoryContext;
	Datum values[lengthof(types)];
	bool nulls[lengthof(types)];
	bool ours;
	MemoryContext old;

	SPI_connect();
	ours = SPI_execute(psprintf("SELECT settings, as_of, watched, recorded_as_of FROM ONLY %s",
								cdw_store_relation(store, "rfm")),
					   true, 2) == SPI_OK_SELECT &&
		   SPI_processed == 1;
	old = MemoryContextSwitchTo(caller);
	for (int i = 0; ours && i < (int) lengthof(types); i++)
	{
		ours = SPI_gettypeid(SPI_tuptable->tupdesc, i + 1) == types[i];
		values[i] = SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, i + 1, &nulls[i]);
	}
	if (!ours || nulls[0])
		ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
						errmsg("%s does not hold a store", cdw_store_relation(store, "rfm")),
						errdetail("It must have exactly one row, as cdw.create_rfm wrote it.")));
	values[0] = PointerGetDatum(DatumGetJsonbPCopy(values[0]));
	store->refreshed = !nulls[1];
	store->as_of = nulls[1] ? 0 : DatumGetTimestampTz(values[1]);
	store->watched = nulls[2] ? NULL : DatumGetArrayTypePCopy(values[2]);
	store->recorded = !nulls[3];
	store->recorded_as_of = nulls[3] ? 0 : DatumGetTimestampTz(values[3]);
	MemoryContextSwitchTo(old);
	SPI_finish();
	return DatumGetJsonbP(values[0]);
}

/* For a call that only reads: with the caller's privileges and in the snapshot of the calling query. */
cdw_store *
cdw_store_open(text *name)
{
	cdw_store *store = find_store(name);

	cdw_store_parse(store, read_row(store));
	return store;
}

/*
 * For a call that writes: by the owner, one session at a time, until the end of its transaction. Whoever
 * opens it ends with PopActiveSnapshot.
 */
cdw_store *
cdw_store_open_to_write(text *name, const char *action)
{
	cdw_store *store = find_store(name);

	cdw_own_settings(store->table, "store", store->name, action);
	cdw_store_parse(store, read_row(store));
	return store;
}

/* The same with the settings unread: they may not fit the source any more. */
cdw_store *
cdw_store_open_unread(text *name, const char *action)
{
	cdw_store *store = find_store(name);

	cdw_own_settings(store->table, "store", store->name, action);
	(void) read_row(store);
	return store;
}
