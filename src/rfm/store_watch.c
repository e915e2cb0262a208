/*
 * src/rfm/store_watch.c
 *
 * Watching a table of orders: triggers that note, in the transaction that writes an order, what a store has
 * to do about it. A note is seen exactly when the order is, so that a refresh misses no transaction that
 * was still open when another, later one was already read.
 */
#include "rfm/store.h"

#include "access/xact.h"
#include "catalog/namespace.h"
#include "catalog/pg_class.h"
#include "catalog/pg_collation.h"
#include "catalog/pg_inherits.h"
#include "catalog/pg_trigger.h"
#include "catalog/pg_type.h"
#include "commands/defrem.h"
#include "commands/trigger.h"
#include "executor/spi.h"
#include "storage/lmgr.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/formatting.h"
#include "utils/catcache.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"
#include "utils/syscache.h"

/* Arguments of the triggers. */
enum
{
	ARG_SCHEMA,
	ARG_NAME,
	ARG_CUSTOMER,
	ARG_AT,
	ARG_AMOUNT,
	ARG_ORDER_ID, /* may be missing */
	MAX_ARGS
};

static const struct
{
	const char *event;
	const char *tables;
} triggers[] = {
	{"INSERT", "REFERENCING NEW TABLE AS new_rows "},
	{"UPDATE", "REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows "},
	{"DELETE", "REFERENCING OLD TABLE AS old_rows "},
	{"TRUNCATE", ""},
};

/* ---- the triggers ---- */

/* The relations that rows of the source may be written to: itself and its partitions, locked. */
static List *
source_relations(const cdw_store *store, LOCKMODE mode)
{
	LockRelationOid(store->source, mode);
	return find_all_inheritors(store->source, mode, NULL);
}

/* With the schema, for stores of one name in several schemas may watch one table; cut where too long. */
static char *
trigger_name(const cdw_store *store, const char *event)
{
	return makeObjectName(store->schema, store->name,
						  psprintf("rfm_%s", asc_tolower(event, strlen(event))));
}

static void
create_triggers(const cdw_store *store, Oid relation)
{
	char *arguments =
		psprintf("%s, %s, %s, %s, %s%s%s", quote_literal_cstr(store->schema),
				 quote_literal_cstr(store->name), quote_literal_cstr(store->customer.name),
				 quote_literal_cstr(store->at.name), quote_literal_cstr(store->amount.name),
				 store->order_id.name ? ", " : "",
				 store->order_id.name ? quote_literal_cstr(store->order_id.name) : "");

	for (int i = 0; i < (int) lengthof(triggers); i++)
		cdw_execute(psprintf("CREATE TRIGGER %s AFTER %s ON %s %sFOR EACH STATEMENT "
							 "EXECUTE FUNCTION cdw.note_rfm_change(%s)",
							 quote_identifier(trigger_name(store, triggers[i].event)),
							 triggers[i].event, cdw_relation_name(relation), triggers[i].tables,
							 arguments));
}

/* The store's triggers, wherever they are: relation and name, and whether they are enabled. */
static const char *const find_triggers =
	"SELECT t.tgrelid, t.tgname, t.tgenabled IN ('O', 'A') FROM pg_catalog.pg_trigger t "
	"WHERE t.tgfoid = 'cdw.note_rfm_change()'::pg_catalog.regprocedure AND NOT t.tgisinternal "
	"AND position(pg_catalog.convert_to($1, pg_catalog.getdatabaseencoding()) || '\\x00' "
	"|| pg_catalog.convert_to($2, pg_catalog.getdatabaseencoding()) || '\\x00' IN t.tgargs) = 1 "
	"ORDER BY t.tgrelid";

typedef struct FoundTrigger
{
	Oid relation;
	char *name;
	bool enabled;
} FoundTrigger;

typedef struct TriggerFinder
{
	List *found;
	MemoryContext context;
} TriggerFinder;

static void
add_trigger(TupleTableSlot *slot, void *arg)
{
	TriggerFinder *finder = arg;
	MemoryContext old = MemoryContextSwitchTo(finder->context);
	FoundTrigger *trigger = palloc(sizeof(FoundTrigger));

	trigger->relation = DatumGetObjectId(slot->tts_values[0]);
	trigger->name = pstrdup(NameStr(*DatumGetName(slot->tts_values[1])));
	trigger->enabled = DatumGetBool(slot->tts_values[2]);
	finder->found = lappend(finder->found, trigger);
	MemoryContextSwitchTo(old);
}

static List *
store_triggers(const cdw_store *store)
{
	TriggerFinder finder = {NIL, CurrentMemoryContext};
	Oid types[] = {TEXTOID, TEXTOID};
	Datum values[] = {CStringGetTextDatum(store->schema), CStringGetTextDatum(store->name)};

	cdw_stream(find_triggers, lengthof(types), types, values, add_trigger, &finder);
	return finder.found;
}

static void
drop_triggers(const cdw_store *store)
{
	ListCell *cell;

	foreach (cell, store_triggers(store))
	{
		FoundTrigger *trigger = lfirst(cell);

		cdw_execute(psprintf("DROP TRIGGER %s ON %s", quote_identifier(trigger->name),
							 cdw_relation_name(trigger->relation)));
	}
}

/* ---- what is watched ---- */

static ArrayType *
relation_names(List *relations)
{
	Datum *names = palloc(sizeof(Datum) * list_length(relations));
	int n = 0;
	ListCell *cell;

	foreach (cell, relations)
		names[n++] = CStringGetTextDatum(cdw_relation_name(lfirst_oid(cell)));
	return construct_array(names, n, TEXTOID, -1, false, TYPALIGN_INT);
}

/* Remembers which relations are watched; NULL: none. */
static void
set_watched(cdw_store *store, ArrayType *watched)
{
	Oid type = TEXTARRAYOID;
	Datum value = PointerGetDatum(watched);

	store->watched = watched;
	cdw_execute_params(psprintf("UPDATE %s SET watched = %s", cdw_store_relation(store, "rfm"),
								watched ? "$1" : "NULL"),
					   watched ? 1 : 0, &type, &value);
}

/* Whether a subscription writes to a relation: that fires no triggers of statements. */
static bool
is_replicated(Oid relation)
{
	CatCList *subscriptions = SearchSysCacheList1(SUBSCRIPTIONRELMAP, ObjectIdGetDatum(relation));
	bool result = subscriptions->n_members > 0;

	ReleaseSysCacheList(subscriptions);
	return result;
}

#if PG_VERSION_NUM >= 180000
/* A column of the source that is computed when it is read: the rows that triggers see do not have it. */
static const char *
virtual_column(const cdw_store *store, Oid relation)
{
	const cdw_store_column *columns[] = {&store->customer, &store->at, &store->amount,
										 &store->order_id};

	for (int i = 0; i < (int) lengthof(columns); i++)
	{
		const char *name = columns[i]->name;

		if (name &&
			get_attgenerated(relation, get_attnum(relation, name)) == ATTRIBUTE_GENERATED_VIRTUAL)
			return name;
	}
	return NULL;
}
#endif

/* Refuses a relation that cannot report changes, or is not the owner's who will be told of them. */
static void
check_watchable(const cdw_store *store, Oid relation)
{
	char kind = get_rel_relkind(relation);

	if (kind != RELKIND_RELATION && kind != RELKIND_PARTITIONED_TABLE)
		ereport(ERROR, (errcode(ERRCODE_WRONG_OBJECT_TYPE),
						errmsg("%s cannot be watched", cdw_relation_name(relation)),
						errdetail("Only tables report what changes in them."),
						errhint("Refresh the store as a whole, or name the customers to compute "
								"anew.")));
	if (is_replicated(relation))
		ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
						errmsg("%s cannot be watched", cdw_relation_name(relation)),
						errdetail("What logical replication writes fires no triggers of "
								  "statements."),
						errhint("Unwatch the store, and refresh it as a whole, or name the "
								"customers to compute anew.")));
	if (get_rel_persistence(store->table) == RELPERSISTENCE_TEMP &&
		get_rel_persistence(relation) != RELPERSISTENCE_TEMP)
		ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
						errmsg("%s cannot be watched", cdw_relation_name(relation)),
						errdetail("Other sessions cannot write into a temporary store, and it ends "
								  "before the orders do.")));
#if PG_VERSION_NUM >= 180000
	if (virtual_column(store, relation))
		ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
						errmsg("%s cannot be watched", cdw_relation_name(relation)),
						errdetail("Column \"%s\" is a virtual generated column, which triggers "
								  "do not see.",
								  virtual_column(store, relation)),
						errhint("Make it a stored generated column.")));
#endif
	if (cdw_relation_owner(relation) != cdw_relation_owner(store->table))
		ereport(ERROR, (errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
						errmsg("%s and store \"%s\" belong to different roles",
							   cdw_relation_name(relation), store->name),
						errdetail("Who writes orders writes changes with the rights of their "
								  "owner.")));
}

/*
 * Puts triggers on every relation of the source, and asks for a full run. They wait for transactions that
 * write orders: those that committed before are in any snapshot that is taken from here on, those that come
 * later are noted. A transaction whose snapshot is older cannot do that (25001).
 */
void
cdw_store_watch(cdw_store *store)
{
	List *relations = source_relations(store, ShareRowExclusiveLock);
	ListCell *cell;

	if (IsolationUsesXactSnapshot())
		ereport(ERROR,
				(errcode(ERRCODE_ACTIVE_SQL_TRANSACTION),
				 errmsg("watching cannot begin in a transaction of isolation level %s",
						XactIsoLevel == XACT_SERIALIZABLE ? "serializable" : "repeatable read"),
				 errdetail("It would not see orders that were committed since it began."),
				 errhint("Use isolation level read committed.")));
	drop_triggers(store);
	foreach (cell, relations)
	{
		check_watchable(store, lfirst_oid(cell));
		create_triggers(store, lfirst_oid(cell));
	}
	set_watched(store, relation_names(relations));
	cdw_execute(psprintf("INSERT INTO %s DEFAULT VALUES", cdw_store_relation(store, "change")));
}

void
cdw_store_unwatch(cdw_store *store)
{
	drop_triggers(store);
	set_watched(store, NULL);
}

/* Whether each relation has all of its triggers, enabled, and no other has any. */
static bool
triggers_in_place(const cdw_store *store, List *relations)
{
	List *found = store_triggers(store);
	ListCell *cell;

	if (list_length(found) != list_length(relations) * (int) lengthof(triggers))
		return false;
	foreach (cell, found)
	{
		FoundTrigger *trigger = lfirst(cell);

		if (!trigger->enabled || !list_member_oid(relations, trigger->relation))
			return false;
	}
	return true;
}

/*
 * Locks the source against being emptied or taken apart, and sees to it that a store that is watched
 * still is: where partitions came or went since, or triggers are gone, they are put in place again. Returns
 * whether the changes are all there is to do.
 */
bool
cdw_store_keep_watch(cdw_store *store)
{
	List *relations = source_relations(store, AccessShareLock);
	ListCell *cell;
	bool same;

	cdw_store_new_snapshot();
	if (store->watched == NULL)
		return false;
	foreach (cell, relations)
		check_watchable(store, lfirst_oid(cell));
	same = DatumGetBool(OidFunctionCall2Coll(F_ARRAY_EQ, C_COLLATION_OID,
											 PointerGetDatum(store->watched),
											 PointerGetDatum(relation_names(relations))));
	if (same && triggers_in_place(store, relations))
		return true;
	cdw_store_watch(store);
	return false;
}

/* ---- noting changes ---- */

/* Rows of a transition table that count at some time. */
static char *
counted(char **names, const char *rows)
{
	return psprintf("FROM %s WHERE %s IS NOT NULL AND %s IS NOT NULL AND %s IS NOT NULL", rows,
					names[ARG_CUSTOMER], names[ARG_AT], names[ARG_AMOUNT]);
}

/*
 * The customers of whom an update changed a row, or its being there: rows before and after it are compared
 * as what they count, so that an update of other columns notes nobody.
 */
static char *
changed_customers(char **names)
{
	char *row = psprintf(
		"%s AS c, %s AS t, %s::text AS a%s", names[ARG_CUSTOMER], names[ARG_AT], names[ARG_AMOUNT],
		names[ARG_ORDER_ID] ? psprintf(", %s::text AS o", names[ARG_ORDER_ID]) : "");

	return psprintf("SELECT DISTINCT c FROM (SELECT c FROM (SELECT %s, 1 AS n %s UNION ALL "
					"SELECT %s, -1 %s) AS b GROUP BY c, t, a%s HAVING sum(n) <> 0) AS changed",
					row, counted(names, "new_rows"), row, counted(names, "old_rows"),
					names[ARG_ORDER_ID] ? ", o" : "");
}

/* The statement that notes what a statement did; columns that do not fit make it "everything". */
static char *
note_statement(const char *table, TriggerData *trigger, char **names, bool columns_fit)
{
	if (!columns_fit || TRIGGER_FIRED_BY_TRUNCATE(trigger->tg_event))
		return psprintf("INSERT INTO %s DEFAULT VALUES", table);
	if (TRIGGER_FIRED_BY_INSERT(trigger->tg_event))
		return psprintf("INSERT INTO %s (customer, at, amount) SELECT %s, %s, %s %s", table,
						names[ARG_CUSTOMER], names[ARG_AT], names[ARG_AMOUNT],
						counted(names, "new_rows"));
	if (TRIGGER_FIRED_BY_DELETE(trigger->tg_event))
		return psprintf("INSERT INTO %s (customer) SELECT DISTINCT %s %s", table,
						names[ARG_CUSTOMER], counted(names, "old_rows"));
	return psprintf("INSERT INTO %s (customer) %s", table, changed_customers(names));
}

/* The table of changes, which must belong to the owner of the orders: others could write there. */
static Oid
change_table(TriggerData *trigger, char **args)
{
	char *name = psprintf("%s_change", args[ARG_NAME]);
	Oid schema = get_namespace_oid(args[ARG_SCHEMA], true);
	Oid table = OidIsValid(schema) ? get_relname_relid(name, schema) : InvalidOid;

	if (!OidIsValid(table))
		ereport(
			ERROR,
			(errcode(ERRCODE_UNDEFINED_TABLE),
			 errmsg("table %s does not exist", quote_qualified_identifier(args[ARG_SCHEMA], name)),
			 errdetail("Trigger \"%s\" on %s notes changes there.", trigger->tg_trigger->tgname,
					   RelationGetRelationName(trigger->tg_relation)),
			 errhint("Drop the triggers of the RFM store that is gone.")));
	if (cdw_relation_owner(table) != trigger->tg_relation->rd_rel->relowner)
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("%s and %s belong to different roles",
						RelationGetRelationName(trigger->tg_relation), cdw_relation_name(table)),
				 errdetail("Trigger \"%s\" writes changes with the rights of the owner of the "
						   "orders.",
						   trigger->tg_trigger->tgname),
				 errhint("Give both to one role, or take the trigger off with cdw.unwatch_rfm.")));
	return table;
}

static bool
change_columns_fit(Oid orders, char **args, Oid changes)
{
	static const char *const columns[] = {
		[ARG_CUSTOMER] = "customer", [ARG_AT] = "at", [ARG_AMOUNT] = "amount"};

	for (int i = ARG_CUSTOMER; i <= ARG_AMOUNT; i++)
		if (!cdw_same_column_type(orders, args[i], changes, columns[i]))
			return false;
	return args[ARG_ORDER_ID] == NULL || get_attnum(orders, args[ARG_ORDER_ID]) > 0;
}

/*
 * The trigger's arguments, the columns quoted; false where one of these is gone or has another type than
 * in the table of changes, which might not take its values.
 */
static bool
read_arguments(TriggerData *trigger, char **args, char **names, Oid *table)
{
	for (int i = 0; i < trigger->tg_trigger->tgnargs; i++)
	{
		args[i] = trigger->tg_trigger->tgargs[i];
		names[i] = (char *) quote_identifier(args[i]);
	}
	*table = change_table(trigger, args);
	return change_columns_fit(RelationGetRelid(trigger->tg_relation), args, *table);
}

/*
 * cdw.note_rfm_change(): as the owner of the table of orders, in a restricted context, so that who may write
 * orders need have no right to the store. It fails for no order, whatever its row holds.
 */
CDW_FUNCTION(cdw_note_rfm_change)
{
	TriggerData *trigger = (TriggerData *) fcinfo->context;
	char *args[MAX_ARGS] = {NULL};
	char *names[MAX_ARGS] = {NULL};
	bool columns_fit;
	Oid table;
	Oid user;
	int context;
	int settings;
	int rc;

	if (!CALLED_AS_TRIGGER(fcinfo) || !TRIGGER_FIRED_FOR_STATEMENT(trigger->tg_event) ||
		trigger->tg_trigger->tgnargs < ARG_ORDER_ID || trigger->tg_trigger->tgnargs > MAX_ARGS)
		ereport(ERROR, (errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
						errmsg("cdw.note_rfm_change must be called by a trigger of "
							   "cdw.watch_rfm")));
	columns_fit = read_arguments(trigger, args, names, &table);
	GetUserIdAndSecContext(&user, &context);
	SetUserIdAndSecContext(trigger->tg_relation->rd_rel->relowner,
						   context | SECURITY_LOCAL_USERID_CHANGE | SECURITY_RESTRICTED_OPERATION);
	settings = cdw_visible_output();
	(void) cdw_restrict_search_path();
	SPI_connect();
	SPI_register_trigger_data(trigger);
	rc = SPI_execute(note_statement(cdw_relation_name(table), trigger, names, columns_fit), false,
					 0);
	if (rc < 0)
		elog(ERROR, "SPI_execute failed: %s", SPI_result_code_string(rc));
	SPI_finish();
	cdw_restore_settings(settings);
	SetUserIdAndSecContext(user, context);
	return PointerGetDatum(NULL);
}
