/*
 * src/identity/resolver.c
 *
 * Finding a resolver by name, and the names of its results.
 */
#include "identity/identity.h"

#include "catalog/namespace.h"
#include "catalog/pg_class.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "nodes/makefuncs.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/snapmgr.h"

/* The quoted, qualified name of a result: "identity", "match" and so on. */
char *
cdw_result_name(const cdw_resolver *resolver, const char *suffix)
{
	return quote_qualified_identifier(resolver->schema, psprintf("%s_%s", resolver->name, suffix));
}

/* The settings table, along the search path where no schema is given; 42704 when there is none. */
static Oid
find_settings_table(const char *text, char *schema, char *name)
{
	Oid table =
		RangeVarGetRelid(makeRangeVar(schema, psprintf("%s_resolver", name), -1), NoLock, true);

	if (!OidIsValid(table) || get_rel_relkind(table) != RELKIND_RELATION)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_OBJECT), errmsg("resolver \"%s\" does not exist", text),
				 errhint("cdw.resolver lists the resolvers that you may read; name the "
						 "schema if it is not in your search_path.")));
	return table;
}

/*
 * Reads the one row of the settings table, as the active snapshot sees it; 55000 where the table is
 * not one of ours.
 */
static void
read_row(cdw_resolver *resolver, Jsonb **settings)
{
	MemoryContext caller = CurrentMemoryContext;
	MemoryContext old;
	char *query = psprintf("SELECT settings, model, next_identity_id FROM ONLY %s",
						   cdw_result_name(resolver, "resolver"));
	bool isnull;
	Datum value;

	SPI_connect();
	if (SPI_execute(query, true, 2) != SPI_OK_SELECT || SPI_processed != 1 ||
		SPI_gettypeid(SPI_tuptable->tupdesc, 1) != JSONBOID ||
		SPI_gettypeid(SPI_tuptable->tupdesc, 2) != JSONBOID ||
		SPI_gettypeid(SPI_tuptable->tupdesc, 3) != INT8OID)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("%s does not hold a resolver", cdw_result_name(resolver, "resolver")),
				 errdetail("It must have exactly one row, as cdw.create_resolver wrote it.")));
	old = MemoryContextSwitchTo(caller);
	value = SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &isnull);
	*settings = isnull ? NULL : DatumGetJsonbPCopy(value);
	value = SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 2, &isnull);
	resolver->model = isnull ? NULL : DatumGetJsonbPCopy(value);
	value = SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 3, &isnull);
	resolver->next_identity_id = isnull ? 1 : DatumGetInt64(value);
	MemoryContextSwitchTo(old);
	SPI_finish();
}

static void
read_resolver(cdw_resolver *resolver)
{
	Jsonb *settings;

	read_row(resolver, &settings);
	if (settings == NULL)
		ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
						errmsg("resolver \"%s\" has no settings", resolver->name)));
	memset(&resolver->match, 0, sizeof(resolver->match));
	cdw_settings_parse(resolver, settings);
}

/* The resolver of that name, as far as it is known without reading its settings. */
static cdw_resolver *
find_resolver(text *name)
{
	cdw_resolver *resolver = palloc0(sizeof(cdw_resolver));
	char *text = text_to_cstring(name);

	cdw_split_name("resolver", text, &resolver->schema, &resolver->name);
	resolver->table = find_settings_table(text, resolver->schema, resolver->name);
	resolver->schema = get_namespace_name(get_rel_namespace(resolver->table));
	return resolver;
}

/*
 * The resolver of that name, for a call that only reads: with the caller's privileges and in the
 * snapshot of the calling query. Everything it points to lives in the current memory context.
 */
cdw_resolver *
cdw_resolver_open(text *name)
{
	cdw_resolver *resolver = find_resolver(name);

	read_resolver(resolver);
	return resolver;
}

/* Results of keys of another type than the source has now cannot be carried on. */
static void
check_key_type(const cdw_resolver *resolver)
{
	Oid table = get_relname_relid(psprintf("%s_identity", resolver->name),
								  get_namespace_oid(resolver->schema, false));
	Oid type;

	if (!OidIsValid(table))
		ereport(ERROR, (errcode(ERRCODE_UNDEFINED_TABLE),
						errmsg("result %s does not exist", cdw_result_name(resolver, "identity")),
						errhint("Drop the resolver and create it anew.")));
	cdw_check_column(table, resolver->key, &type, NULL, NULL);
	if (type != resolver->key_type)
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("key column \"%s\" of %s has type %s", resolver->key,
						cdw_relation_name(resolver->source), format_type_be(resolver->key_type)),
				 errdetail("In %s its type is %s.", cdw_result_name(resolver, "identity"),
						   format_type_be(type)),
				 errhint("Drop the resolver and create it anew, or give both the same type.")));
}

/* The resolver of that name, for a call that writes its results; cdw_resolver_close ends it. */
cdw_resolver *
cdw_resolver_open_to_write(text *name, const char *action)
{
	cdw_resolver *resolver = find_resolver(name);

	cdw_own_settings(resolver->table, "resolver", resolver->name, action);
	read_resolver(resolver);
	check_key_type(resolver);
	return resolver;
}

/*
 * The same for a resolver that is to be dropped, its settings unread: they may not fit the source any
 * more. Raises 55000 for a table that only happens to have the name of a settings table.
 */
cdw_resolver *
cdw_resolver_open_to_drop(text *name)
{
	cdw_resolver *resolver = find_resolver(name);
	Jsonb *settings;

	cdw_own_settings(resolver->table, "resolver", resolver->name, "drop");
	read_row(resolver, &settings);
	return resolver;
}

void
cdw_resolver_close(cdw_resolver *resolver)
{
	PopActiveSnapshot();
	pfree(resolver);
}

/* Begins to report a call of the resolver; cdw_progress_end ends it. */
void
cdw_resolver_progress(const cdw_resolver *resolver, cdw_operation operation)
{
	cdw_progress_begin(operation, resolver->table, resolver->schema, resolver->name);
}

/* The model; 55000 where the resolver was never trained, or takes none. */
cdw_model *
cdw_resolver_model(const cdw_resolver *resolver)
{
	cdw_model *model = palloc(sizeof(cdw_model));

	cdw_check_takes_model(resolver);
	if (resolver->model == NULL)
		ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
						errmsg("resolver \"%s\" has no model", resolver->name),
						errhint("CALL cdw.resolve or cdw.train first.")));
	cdw_model_parse(resolver->model, &resolver->match, model);
	return model;
}

/* The equality operator of the key's type, written so that no search_path matters. */
char *
cdw_key_equality(const cdw_resolver *resolver)
{
	return cdw_equality_operator(resolver->key_type);
}
