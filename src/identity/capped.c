/*
 * src/identity/capped.c
 *
 * What the caps on blocks left out is never silent: a notice says it, and the history keeps it, as an
 * event of no record.
 */
#include "identity/identity.h"

#include "access/htup_details.h"
#include "catalog/namespace.h"
#include "catalog/pg_type.h"
#include "nodes/pg_list.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"
#include "utils/timestamp.h"

/* One notice of all rules. */
void
cdw_report_capped(const cdw_resolver *resolver, const cdw_blocks *blocks)
{
	StringInfoData rules;
	int least = CDW_MAX_RECORDS;

	if (blocks->left_out == 0)
		return;
	initStringInfo(&rules);
	for (int r = 0; r < blocks->nlists; r++)
	{
		const cdw_rule_blocks *rule = &blocks->rule[r];

		if (rule->left_out == 0)
			continue;
		least = Min(least, rule->cap);
		appendStringInfo(&rules, "%s%s: %u of %u records", rules.len > 0 ? "; " : "",
						 resolver->match.rule[r].text, rule->left_out, rule->records_left_out);
	}
	ereport(
		NOTICE,
		(errmsg("resolver \"%s\": %u blocks of more than %d records were not compared",
				resolver->name, blocks->left_out, least),
		 errdetail("The largest has %u records; a pair in it is still found where another "
				   "rule, or its oversized block together with this one, has both. Blocks by "
				   "rule: %s.",
				   blocks->largest_left_out, rules.data),
		 errhint("cdw.block_counts shows the rules. Join a field to a rule to make its "
				 "blocks smaller, or set option max_block; list a value that stands for a missing "
				 "one under \"missing\" of its field.")));
	pfree(rules.data);
}

/* ---- in the history ---- */

/*
 * Whether the history takes events of no record. That of a resolver made by an earlier version does not,
 * and somebody may have dropped it.
 */
static bool
takes_events_of_no_record(const cdw_resolver *resolver)
{
	Oid table = get_relname_relid(psprintf("%s_history", resolver->name),
								  get_namespace_oid(resolver->schema, false));
	HeapTuple key = OidIsValid(table) ? SearchSysCacheAttName(table, resolver->key) : NULL;
	bool takes;

	if (!HeapTupleIsValid(key))
		return false;
	takes = !((Form_pg_attribute) GETSTRUCT(key))->attnotnull;
	ReleaseSysCache(key);
	return takes;
}

typedef struct Reasons
{
	List *list; /* of strings, the latest first */
	MemoryContext context;
} Reasons;

static void
read_reason(TupleTableSlot *slot, void *arg)
{
	Reasons *reasons = arg;
	MemoryContext old = MemoryContextSwitchTo(reasons->context);

	if (!slot->tts_isnull[0])
		reasons->list = lappend(reasons->list, TextDatumGetCString(slot->tts_values[0]));
	MemoryContextSwitchTo(old);
}

/* The latest of the reasons that begin so; NULL: none does. */
static const char *
latest(const Reasons *reasons, const char *beginning)
{
	ListCell *cell;

	foreach (cell, reasons->list)
		if (strncmp(lfirst(cell), beginning, strlen(beginning)) == 0)
			return lfirst(cell);
	return NULL;
}

static void
write_capped(const cdw_resolver *resolver, const char *reason)
{
	Oid types[] = {TIMESTAMPTZOID, TEXTOID};
	Datum values[] = {TimestampTzGetDatum(GetCurrentTimestamp()), CStringGetTextDatum(reason)};

	cdw_execute_params(psprintf("INSERT INTO %s (at, event, reason) VALUES ($1, 'capped', $2)",
								cdw_result_name(resolver, "history")),
					   2, types, values);
}

/*
 * Writes an event for each rule of which the caps leave out something else than when it was last
 * written. blocks is NULL where nothing was compared.
 */
void
cdw_write_capped(const cdw_resolver *resolver, const cdw_blocks *blocks)
{
	Reasons reasons = {.context = CurrentMemoryContext};

	if (blocks == NULL || !takes_events_of_no_record(resolver))
		return;
	cdw_stream(psprintf("SELECT reason FROM %s WHERE event OPERATOR(pg_catalog.=) 'capped' AND "
						"%s IS NULL ORDER BY event_id DESC",
						cdw_result_name(resolver, "history"), quote_identifier(resolver->key)),
			   0, NULL, NULL, read_reason, &reasons);
	for (int r = 0; r < blocks->nlists; r++)
	{
		const cdw_rule_blocks *rule = &blocks->rule[r];
		char *beginning = psprintf("rule \"%s\": ", resolver->match.rule[r].text);
		const char *before = latest(&reasons, beginning);
		char *now = psprintf("%sno blocks left out", beginning);

		if (rule->left_out > 0)
			now = psprintf("%s%u %s of more than %d records left out, with %u records, %u in the "
						   "largest",
						   beginning, rule->left_out, rule->left_out == 1 ? "block" : "blocks",
						   rule->cap, rule->records_left_out, blocks->list[r].largest);
		if (before ? strcmp(before, now) != 0 : rule->left_out > 0)
			write_capped(resolver, now);
	}
}
