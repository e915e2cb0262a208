/*
 * src/core/guc.c
 *
 * The settings that are ours, and settings of the server for the length of one piece of our work,
 * restored by cdw_restore_settings or, on error, by the end of the (sub)transaction.
 */
#include "core/core.h"

#include "utils/guc.h"

#define LONGEST_INTERVAL 86400.0
#define USUAL_MEMORY 65536 /* kB */

/* Makes the settings customer_dw.*; a name with that prefix that is none of them is refused then. */
void
cdw_define_settings(void)
{
	DefineCustomRealVariable(
		"customer_dw.progress_interval", "Time between two notices on the progress of a long call.",
		"Zero gives none. The view cdw.progress shows it in any case.", &cdw_progress_interval,
		cdw_progress_interval, 0, LONGEST_INTERVAL, PGC_USERSET, GUC_UNIT_S, NULL, NULL, NULL);
	MarkGUCPrefixReserved("customer_dw");
}

static void
set_local(const char *name, const char *value)
{
	(void) set_config_option(name, value, PGC_USERSET, PGC_S_SESSION, GUC_ACTION_SAVE, true, 0,
							 false);
}

/*
 * For SQL of ours: operators and functions resolve in pg_catalog alone, whatever the caller's path.
 * Relations are always named with their schema.
 */
int
cdw_restrict_search_path(void)
{
	int nestlevel = NewGUCNestLevel();

	set_local("search_path", "pg_catalog, pg_temp");
	return nestlevel;
}

/*
 * For reading users' rows as text: output that does not depend on the session. Row security filters
 * as in any query of the caller.
 */
int
cdw_visible_output(void)
{
	int nestlevel = NewGUCNestLevel();

	set_local("datestyle", "ISO, YMD");
	set_local("intervalstyle", "postgres");
	set_local("timezone", "UTC");
	set_local("extra_float_digits", "1");
	set_local("bytea_output", "hex");
	return nestlevel;
}

/*
 * The same, and an error 42501 instead of a part of the rows where row security would hide some.
 */
int
cdw_portable_output(void)
{
	int nestlevel = cdw_visible_output();

	set_local("row_security", "off");
	return nestlevel;
}

/*
 * For building indexes while a run still holds what it has found: a quarter of maintenance_work_mem, so
 * that both together keep to about what it says; no less than its usual value.
 */
int
cdw_share_maintenance_memory(void)
{
	int nestlevel = NewGUCNestLevel();
	char value[32];

	snprintf(value, sizeof(value), "%dkB",
			 Min(maintenance_work_mem, Max(maintenance_work_mem / 4, USUAL_MEMORY)));
	set_local("maintenance_work_mem", value);
	return nestlevel;
}

/* No workers for what PostgreSQL does, until the settings that were set before are restored. */
void
cdw_without_workers(void)
{
	set_local("max_parallel_maintenance_workers", "0");
}

void
cdw_restore_settings(int nestlevel)
{
	AtEOXact_GUC(true, nestlevel);
}
