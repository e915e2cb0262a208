/*
 * src/identity/list.c
 *
 * The resolvers that a role may read. They are found by what their settings tables look like, because
 * a table of ours that listed them would belong to the extension and not to the user.
 */
#include "identity/identity.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "storage/lmgr.h"
#include "utils/builtins.h"
#include "utils/syscache.h"

/*
 * Plain tables only, without row security or children: reading one runs nobody's code. Columns must
 * be those that create_resolver makes.
 */
static const char *const find_tables =
	"SELECT n.nspname, c.relname, c.oid FROM pg_catalog.pg_class c "
	"JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
	"WHERE c.relkind = 'r' AND NOT c.relrowsecurity AND pg_catalog.right(c.relname, 9) = '_resolver' "
	"AND pg_catalog.has_schema_privilege(n.oid, 'USAGE') "
	"AND pg_catalog.has_table_privilege(c.oid, 'SELECT') "
	"AND (n.nspname !~ '^pg_temp_' OR n.oid = pg_catalog.pg_my_temp_schema()) "
	"AND 6 = (SELECT count(*) FROM pg_catalog.pg_attribute a WHERE a.attrelid = c.oid "
	"AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '' "
	"AND (a.attname, a.atttypid) IN (('settings', 'jsonb'::regtype), ('model', 'jsonb'::regtype), "
	"('next_identity_id', 'int8'::regtype), ('threshold', 'float8'::regtype), "
	"('trained_at', 'timestamptz'::regtype), ('resolved_at', 'timestamptz'::regtype))) "
	"ORDER BY n.nspname COLLATE \"C\", c.relname COLLATE \"C\"";

typedef struct Lister
{
	StringInfoData query;
	Tuplestorestate *rows;
	TupleDesc desc;
	MemoryContext context;
} Lister;

/* Keeps a table until the end of the transaction; false where another session has just dropped it. */
static bool
hold_table(Oid table)
{
	LockRelationOid(table, AccessShareLock);
	return SearchSysCacheExists1(RELOID, ObjectIdGetDatum(table));
}

static void
add_table(TupleTableSlot *slot, void *arg)
{
	Lister *lister = arg;
	char *schema = NameStr(*DatumGetName(slot->tts_values[0]));
	char *table = NameStr(*DatumGetName(slot->tts_values[1]));
	int name_len = strlen(table) - strlen("_resolver");
	Oid oid = DatumGetObjectId(slot->tts_values[2]);
	MemoryContext old;

	if (!hold_table(oid))
		return;
	old = MemoryContextSwitchTo(lister->context);
	appendStringInfo(
		&lister->query,
		"%sSELECT %s::name, %s, settings->>'source', settings->>'key', settings->>'link_type', "
		"model IS NOT NULL, threshold::float8, trained_at::timestamptz, resolved_at::timestamptz, "
		"settings::jsonb FROM ONLY %s",
		lister->query.len ? " UNION ALL " : "", quote_literal_cstr(schema),
		quote_literal_cstr(pnstrdup(table, name_len)), cdw_relation_name(oid));
	MemoryContextSwitchTo(old);
}

static void
put_row(TupleTableSlot *slot, void *arg)
{
	Lister *lister = arg;

	tuplestore_putvalues(lister->rows, lister->desc, slot->tts_values, slot->tts_isnull);
}

CDW_FUNCTION(cdw_list_resolvers)
{
	Lister lister = {.context = CurrentMemoryContext};
	int settings;

	lister.rows = cdw_result_rows(fcinfo, &lister.desc);
	initStringInfo(&lister.query);
	settings = cdw_restrict_search_path();
	cdw_stream(find_tables, 0, NULL, NULL, add_table, &lister);
	if (lister.query.len > 0)
		cdw_stream(lister.query.data, 0, NULL, NULL, put_row, &lister);
	cdw_restore_settings(settings);
	return (Datum) 0;
}
