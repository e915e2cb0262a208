/*
 * src/rfm/store_sql.c
 *
 * The calls that make, watch, refresh and drop a store.
 */
#include "rfm/rfm.h"
#include "rfm/store.h"

#include "catalog/namespace.h"
#include "catalog/pg_type.h"
#include "tcop/utility.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"

/* ---- create_rfm ---- */

enum
{
	ARG_NAME,
	ARG_SOURCE,
	ARG_CUSTOMER,
	ARG_AT,
	ARG_AMOUNT,
	ARG_ORDER_ID,
	ARG_BINS,
	ARG_METHOD,
	ARG_MAP,
	ARG_RESULTS_SCHEMA
};

static void
read_column(FunctionCallInfo fcinfo, int argno, Oid source, cdw_store_column *column)
{
	if (PG_ARGISNULL(argno))
		return;
	column->name = NameStr(*PG_GETARG_NAME(argno));
	cdw_check_column(source, column->name, &column->type, &column->typmod, &column->collation);
}

/* The schema of the tables: the argument, or the name's, or the source's. */
static char *
results_schema(FunctionCallInfo fcinfo, const char *of_name, Oid source)
{
	char *schema =
		PG_ARGISNULL(ARG_RESULTS_SCHEMA) ? NULL : NameStr(*PG_GETARG_NAME(ARG_RESULTS_SCHEMA));

	if (schema && of_name && strcmp(schema, of_name) != 0)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("the store's name and results_schema name different schemas"),
						errdetail("They are \"%s\" and \"%s\".", of_name, schema)));
	if (schema == NULL)
		schema = of_name ? pstrdup(of_name) : get_namespace_name(get_rel_namespace(source));
	(void) get_namespace_oid(schema, false);
	return schema;
}

/* A map that is checked; NULL: the default one. */
static char *
map_argument(FunctionCallInfo fcinfo)
{
	if (PG_ARGISNULL(ARG_MAP))
		return NULL;
	(void) cdw_segment_map_read(PG_GETARG_JSONB_P(ARG_MAP));
	return cdw_json_text(PG_GETARG_JSONB_P(ARG_MAP));
}

/* A store has no cuts. */
static void
check_method(const text *name, int bins)
{
	cdw_score_method method = cdw_score_method_of(name);

	cdw_check_method_bins(method, bins);
	if (method == CDW_SCORE_CUTS)
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("a store cannot be scored by cuts"),
				 errhint("Score its states in a query, with cdw.rfm_score_by_cuts.")));
}

CDW_FUNCTION(cdw_create_rfm)
{
	static const char *const required[] = {"name", "source", "customer", "at", "amount"};
	cdw_store *store = palloc0(sizeof(cdw_store));
	char *schema_of_name;
	int settings;

	for (int i = 0; i < (int) lengthof(required); i++)
		cdw_check_not_null(fcinfo, i, required[i]);
	cdw_check_not_null(fcinfo, ARG_BINS, "bins");
	cdw_check_not_null(fcinfo, ARG_METHOD, "method");
	store->source = PG_GETARG_OID(ARG_SOURCE);
	cdw_check_readable(store->source);
	cdw_split_name("store", text_to_cstring(PG_GETARG_TEXT_PP(ARG_NAME)), &schema_of_name,
				   &store->name);
	store->schema = results_schema(fcinfo, schema_of_name, store->source);
	read_column(fcinfo, ARG_CUSTOMER, store->source, &store->customer);
	read_column(fcinfo, ARG_AT, store->source, &store->at);
	read_column(fcinfo, ARG_AMOUNT, store->source, &store->amount);
	read_column(fcinfo, ARG_ORDER_ID, store->source, &store->order_id);
	cdw_store_check_columns(store);
	store->bins = PG_GETARG_INT32(ARG_BINS);
	check_method(PG_GETARG_TEXT_PP(ARG_METHOD), store->bins);
	store->method = text_to_cstring(PG_GETARG_TEXT_PP(ARG_METHOD));
	store->map = map_argument(fcinfo);
	settings = cdw_restrict_search_path();
	cdw_store_create_tables(store);
	cdw_restore_settings(settings);
	PG_RETURN_JSONB_P(cdw_json_parse(cdw_store_json(store)));
}

/* ---- watch_rfm, unwatch_rfm, drop_rfm ---- */

static text *
name_argument(FunctionCallInfo fcinfo)
{
	cdw_check_not_null(fcinfo, 0, "name");
	return PG_GETARG_TEXT_PP(0);
}

static void
close_store(int settings)
{
	cdw_restore_settings(settings);
	PopActiveSnapshot();
}

CDW_FUNCTION(cdw_watch_rfm)
{
	cdw_store *store = cdw_store_open_to_write(name_argument(fcinfo), "watch");
	int settings = cdw_restrict_search_path();

	cdw_store_check_types(store);
	cdw_store_watch(store);
	close_store(settings);
	PG_RETURN_VOID();
}

CDW_FUNCTION(cdw_unwatch_rfm)
{
	cdw_store *store = cdw_store_open_unread(name_argument(fcinfo), "unwatch");
	int settings = cdw_restrict_search_path();

	cdw_store_unwatch(store);
	close_store(settings);
	PG_RETURN_VOID();
}

CDW_FUNCTION(cdw_drop_rfm)
{
	cdw_store *store;
	int settings;

	cdw_check_not_null(fcinfo, 1, "drop_results");
	store = cdw_store_open_unread(name_argument(fcinfo), "drop");
	settings = cdw_restrict_search_path();
	cdw_store_unwatch(store);
	cdw_store_drop_tables(store, PG_GETARG_BOOL(1));
	close_store(settings);
	PG_RETURN_VOID();
}
