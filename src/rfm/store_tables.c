/*
 * src/rfm/store_tables.c
 *
 * The tables and the view of a store: made by the caller, owned by the caller.
 */
#include "rfm/store.h"

#include "catalog/namespace.h"
#include "catalog/pg_type.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

/* Room on each page for the states that change: they stay there, and no index is touched. */
#define STATE_FILLFACTOR 85

static const char *const suffixes[] = {"rfm", "state", "change", "history", "segment"};

/* Refuses (42P07) before anything is made, and names everything that is in the way. */
static void
check_names_are_free(const cdw_store *store)
{
	Oid schema = get_namespace_oid(store->schema, false);
	StringInfoData taken;

	initStringInfo(&taken);
	for (int i = 0; i < (int) lengthof(suffixes); i++)
		if (OidIsValid(get_relname_relid(psprintf("%s_%s", store->name, suffixes[i]), schema)))
			appendStringInfo(&taken, taken.len ? ", %s" : "%s",
							 cdw_store_relation(store, suffixes[i]));
	if (taken.len > 0)
		ereport(ERROR, (errcode(ERRCODE_DUPLICATE_TABLE),
						errmsg("tables of store \"%s\" exist already", store->name),
						errdetail("In the way: %s.", taken.data),
						errhint("Choose another name or results_schema, or call cdw.drop_rfm with "
								"drop_results.")));
}

/* A column of the source, in a table of ours under another name or its own. */
static char *
column(const cdw_store_column *column, const char *name)
{
	return cdw_column_definition(name, column->type, column->typmod, column->collation);
}

static char *
customer_column(const cdw_store *store)
{
	return column(&store->customer, store->customer.name);
}

static void
create_table(const cdw_store *store, const char *suffix, const char *definition,
			 const char *comment)
{
	char *name = cdw_store_relation(store, suffix);

	cdw_execute(psprintf("CREATE TABLE %s %s", name, definition));
	cdw_execute(psprintf("COMMENT ON TABLE %s IS %s", name, quote_literal_cstr(comment)));
}

static void
create_settings(const cdw_store *store)
{
	Oid type = JSONBOID;
	Datum settings = JsonbPGetDatum(cdw_json_parse(cdw_store_json(store)));

	create_table(store, "rfm",
				 "(settings jsonb NOT NULL, as_of timestamptz, watched text[], "
				 "recorded_as_of timestamptz)",
				 "Settings of a customer_dw RFM store, and up to when its states go; one row");
	cdw_execute_params(
		psprintf("INSERT INTO %s (settings) VALUES ($1)", cdw_store_relation(store, "rfm")), 1,
		&type, &settings);
}

/* The last recorded ones, with what their states say. */
static void
create_view(const cdw_store *store)
{
	char *name = cdw_store_relation(store, "segment");

	cdw_execute(psprintf("CREATE VIEW %s WITH (security_invoker = true) AS "
						 "SELECT h.%s, cdw.recency(h.rfm, s.recorded_as_of) AS recency, "
						 "cdw.frequency(h.rfm) AS frequency, cdw.monetary(h.rfm) AS monetary, "
						 "h.r, h.f, h.m, h.segment, h.since "
						 "FROM %s h, %s s WHERE h.until IS NULL",
						 name, quote_identifier(store->customer.name),
						 cdw_store_relation(store, "history"), cdw_store_relation(store, "rfm")));
	cdw_execute(psprintf("COMMENT ON VIEW %s IS 'Scores and segment of each customer, as they were "
						 "recorded last'",
						 name));
}

/* Makes all of them, with the caller's privileges. */
void
cdw_store_create_tables(const cdw_store *store)
{
	const char *customer = quote_identifier(store->customer.name);

	check_names_are_free(store);
	create_settings(store);
	create_table(store, "state",
				 psprintf("(%s PRIMARY KEY, rfm cdw.rfm NOT NULL) WITH (fillfactor = %d)",
						  customer_column(store), STATE_FILLFACTOR),
				 "RFM state of each customer, of the orders up to as_of of the last refresh");
	create_table(store, "change",
				 psprintf("(%s, %s, %s)", column(&store->customer, "customer"),
						  column(&store->at, "at"), column(&store->amount, "amount")),
				 "What the next refresh has to do: orders to add, customers to compute anew (at is "
				 "NULL), or all (customer is NULL)");
	create_table(store, "history",
				 psprintf("(%s NOT NULL, since timestamptz NOT NULL, until timestamptz, "
						  "rfm cdw.rfm NOT NULL, r smallint NOT NULL, f smallint NOT NULL, "
						  "m smallint NOT NULL, segment text, PRIMARY KEY (%s, since))",
						  customer_column(store), customer),
				 "State, scores and segment of each customer, as recorded: from since until just "
				 "before until");
	create_view(store);
}

/* With drop_results also states and history. The view needs the settings. */
void
cdw_store_drop_tables(const cdw_store *store, bool drop_results)
{
	cdw_execute(psprintf("DROP VIEW IF EXISTS %s", cdw_store_relation(store, "segment")));
	if (drop_results)
	{
		cdw_execute(psprintf("DROP TABLE IF EXISTS %s", cdw_store_relation(store, "history")));
		cdw_execute(psprintf("DROP TABLE IF EXISTS %s", cdw_store_relation(store, "state")));
	}
	cdw_execute(psprintf("DROP TABLE IF EXISTS %s", cdw_store_relation(store, "change")));
	cdw_execute(psprintf("DROP TABLE %s", cdw_store_relation(store, "rfm")));
}
