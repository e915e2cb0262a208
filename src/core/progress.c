/*
 * src/core/progress.c
 *
 * What a long call is at. It is published where PostgreSQL's own commands publish theirs, in the
 * backend's status entry, so that other sessions see it at once, nothing has to be preloaded, and an
 * error or a cancel ends it. The number of our command is none of the server's: pg_stat_progress_*
 * do not show it, cdw.progress does.
 *
 * What we run through SPI may report progress of its own, such as a REINDEX, and with that end ours;
 * publish() then begins it again.
 */
#include "core/core.h"

#include <math.h>
#include <sys/resource.h>

#include "access/xact.h"
#include "catalog/pg_authid.h"
#include "mb/pg_wchar.h"
#include "utils/acl.h"
#include "utils/backend_progress.h"
#include "utils/backend_status.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#define COMMAND ((ProgressCommandType) 0x43445750) /* beyond those that the server will ever have */
#define NAME_WORDS (NAMEDATALEN / (int) sizeof(int64))
#define TARGET_BYTES 40 /* of the target's name, that are shown */
#define TARGET_WORDS (TARGET_BYTES / (int) sizeof(int64))
#define LEAST_SECONDS 1.0 /* of a phase, before anything is said about its end */

/* The server's parameters of a command, as we use them; 20 there are. */
enum
{
	PARAM_OPERATION,
	PARAM_PHASE,
	PARAM_DONE,
	PARAM_TOTAL, /* 0: unknown */
	PARAM_STARTED,
	PARAM_PHASE_STARTED,
	PARAM_PUBLISHED,
	PARAM_SCHEMA,
	PARAM_TARGET = PARAM_SCHEMA + NAME_WORDS,
	PARAMS = PARAM_TARGET + TARGET_WORDS
};

StaticAssertDecl(PARAMS <= PGSTAT_NUM_PROGRESS_PARAM, "more than a backend can publish");

static const char *const operations[] = {
	[CDW_OPERATION_TRAIN] = "train",
	[CDW_OPERATION_RESOLVE] = "resolve",
	[CDW_OPERATION_EVALUATE] = "evaluate",
	[CDW_OPERATION_BLOCK_COUNTS] = "block_counts",
};

static const char pairs[] = "pairs";

/* A phase, what it counts, and how many of them are done between two reports. */
static const struct
{
	const char *name;
	const char *unit;
	uint64 step;
} phases[] = {
	[CDW_PHASE_STARTING] = {"starting", NULL, 1},
	[CDW_PHASE_READING] = {"reading", "rows", 4096},
	[CDW_PHASE_SORTING_KEYS] = {"sorting keys", "records", 4096},
	[CDW_PHASE_COUNTING_VALUES] = {"counting values", "values", 65536},
	[CDW_PHASE_RANDOM_PAIRS] = {"random pairs", pairs, 16384},
	[CDW_PHASE_BLOCKING] = {"blocking", "rules", 1},
	[CDW_PHASE_CANDIDATE_PAIRS] = {"candidate pairs", pairs, 16384},
	[CDW_PHASE_LEARNING] = {"learning", "rounds", 1},
	[CDW_PHASE_CHOOSING_RULES] = {"choosing rules", pairs, 16384},
	[CDW_PHASE_SCORING] = {"scoring", pairs, 16384},
	[CDW_PHASE_CALIBRATING] = {"calibrating", "records", 1024},
	[CDW_PHASE_WRITING_MODEL] = {"writing model", "values", 4096},
	[CDW_PHASE_CLUSTERING] = {"clustering", "records", 1024},
	[CDW_PHASE_JUDGING] = {"judging groups", "groups", 1024},
	[CDW_PHASE_COUNTING_PAIRS] = {"counting pairs", pairs, 65536},
	[CDW_PHASE_WRITING_MATCHES] = {"writing matches", pairs, 4096},
	[CDW_PHASE_WRITING_IDENTITIES] = {"writing identities", "records", 4096},
};

/* A call that reports its progress; one may run inside another, from a trigger. */
typedef struct Progress
{
	struct Progress *outer;
	SubTransactionId subtransaction;
	Oid relation;
	char *target;
	TimestampTz noticed; /* when a notice was due last */
	uint64 done;		 /* of the outer call, while this one runs */
	int64 param[PARAMS];
} Progress;

static Progress *current; /* lives in TopTransactionContext; NULL: nothing is reported */

double cdw_progress_interval = 5;
uint64 cdw_progress_done;
uint64 cdw_progress_due = PG_UINT64_MAX;
bool cdw_progress_of_pairs;

/* ---- publishing ---- */

static void
publish(void)
{
	int index[PARAMS];

	if (MyBEEntry == NULL)
		return;
	if (MyBEEntry->st_progress_command != COMMAND ||
		MyBEEntry->st_progress_command_target != current->relation)
		pgstat_progress_start_command(COMMAND, current->relation);
	for (int i = 0; i < PARAMS; i++)
		index[i] = i;
	pgstat_progress_update_multi_param(PARAMS, index, current->param);
}

static void
withdraw(void)
{
	if (MyBEEntry && MyBEEntry->st_progress_command == COMMAND)
		pgstat_progress_end_command();
}

static double
seconds_between(TimestampTz from, TimestampTz to)
{
	return (to - from) / (double) USECS_PER_SEC;
}

/* Seconds that a phase will still take at its pace so far; negative: unknown. */
static double
seconds_left(const int64 *param)
{
	double elapsed = seconds_between(param[PARAM_PHASE_STARTED], param[PARAM_PUBLISHED]);
	double done = param[PARAM_DONE];

	if (done <= 0 || done > param[PARAM_TOTAL] || elapsed < LEAST_SECONDS)
		return -1;
	return elapsed * (param[PARAM_TOTAL] / done - 1);
}

/* ---- notices ---- */

static void
append_number(StringInfo out, double number)
{
	static const char *const words[] = {"", " thousand", " million", " billion", " trillion"};
	int word = 0;

	if (number >= 10000)
		for (; number >= 999.5 && word + 1 < (int) lengthof(words); word++)
			number /= 1000;
	appendStringInfo(out, word == 0 ? "%.0f%s" : "%.3g%s", number, words[word]);
}

static void
append_duration(StringInfo out, double seconds)
{
	if (seconds < 100)
		appendStringInfo(out, "%.0f s", ceil(seconds));
	else if (seconds < 6000)
		appendStringInfo(out, "%.0f min", seconds / 60);
	else
		appendStringInfo(out, "%.1f h", seconds / 3600);
}

/* What is done of a phase and, where something can be said, how long the rest will take. */
static char *
describe(const int64 *param)
{
	const char *unit = phases[param[PARAM_PHASE]].unit;
	double left = seconds_left(param);
	StringInfoData text;

	initStringInfo(&text);
	appendStringInfoString(&text, phases[param[PARAM_PHASE]].name);
	if (left >= 0)
	{
		appendStringInfo(&text, ", %.0f %% of ",
						 floor(100.0 * param[PARAM_DONE] / param[PARAM_TOTAL]));
		append_number(&text, param[PARAM_TOTAL]);
		appendStringInfo(&text, " %s, about ", unit);
		append_duration(&text, left);
		appendStringInfoString(&text, " left");
	}
	else if (param[PARAM_DONE] > 0)
	{
		appendStringInfoString(&text, ", ");
		append_number(&text, param[PARAM_DONE]);
		appendStringInfo(&text, " %s so far", unit);
	}
	return text.data;
}

/* A notice when one is due and the phase lasts; without the context of the query that is being read. */
static void
notify(void)
{
	TimestampTz now = current->param[PARAM_PUBLISHED];
	double interval = cdw_progress_interval;
	ErrorContextCallback *context = error_context_stack;
	char *text;

	if (interval <= 0 || client_min_messages > NOTICE ||
		seconds_between(current->noticed, now) < interval ||
		seconds_between(current->param[PARAM_PHASE_STARTED], now) < Min(interval, LEAST_SECONDS))
		return;
	current->noticed = now;
	text = describe(current->param);
	error_context_stack = NULL;
	ereport(NOTICE, (errmsg("resolver \"%s\": %s", current->target, text)));
	error_context_stack = context;
	pfree(text);
}

/* For benchmarks: how long a phase took, at DEBUG1. */
static void
log_phase(TimestampTz now)
{
	ErrorContextCallback *context = error_context_stack;
	const int64 *param = current->param;

	error_context_stack = NULL;
	ereport(DEBUG1, (errmsg_internal("cdw phase %s: %.3f s", phases[param[PARAM_PHASE]].name,
									 seconds_between(param[PARAM_PHASE_STARTED], now))));
	error_context_stack = context;
}

static void
log_call(TimestampTz now)
{
	struct rusage usage;
	double kilobytes;

	getrusage(RUSAGE_SELF, &usage);
	kilobytes = usage.ru_maxrss;
#ifdef __darwin__
	kilobytes /= 1024; /* bytes there */
#endif
	ereport(DEBUG1, (errmsg_internal("cdw %s: %.3f s, peak memory of the session %.0f MB",
									 operations[current->param[PARAM_OPERATION]],
									 seconds_between(current->param[PARAM_STARTED], now),
									 kilobytes / 1024)));
}

/* ---- what callers see ---- */

/* From here on cdw_progress_add counts, or does not where nothing is reported. */
static void
count_from(uint64 done)
{
	cdw_progress_done = done;
	cdw_progress_due = PG_UINT64_MAX;
	cdw_progress_of_pairs = false;
	if (current)
	{
		cdw_progress_due = done + phases[current->param[PARAM_PHASE]].step;
		cdw_progress_of_pairs = phases[current->param[PARAM_PHASE]].unit == pairs;
	}
}

static void
pop(void)
{
	Progress *ended = current;

	current = ended->outer;
	count_from(ended->done);
	pfree(ended->target);
	pfree(ended);
}

/*
 * A (sub)transaction that ends in an error takes its calls with it. The server has ended what was
 * published; a call outside goes on.
 */
static void
at_end_of_subtransaction(SubXactEvent event, SubTransactionId subtransaction,
						 SubTransactionId parent pg_attribute_unused(),
						 void *arg pg_attribute_unused())
{
	if (event != SUBXACT_EVENT_ABORT_SUB)
		return;
	while (current && current->subtransaction >= subtransaction)
		pop();
	if (current)
		publish();
}

static void
at_end_of_transaction(XactEvent event pg_attribute_unused(), void *arg pg_attribute_unused())
{
	while (current)
		pop();
}

/* The bytes of a name in place of numbers; what does not fit is cut off. */
static void
pack_name(int64 *param, const char *name, Size size)
{
	char bytes[NAMEDATALEN] = {0};

	memcpy(bytes, name, pg_mbcliplen(name, strlen(name), size));
	memcpy(param, bytes, size);
}

/*
 * Begins to report a call on a relation that is known to users by a schema and a name. Ends with
 * cdw_progress_end or with the transaction.
 */
void
cdw_progress_begin(cdw_operation operation, Oid relation, const char *schema, const char *target)
{
	static bool registered = false;
	Progress *progress = MemoryContextAllocZero(TopTransactionContext, sizeof(Progress));
	TimestampTz now = GetCurrentTimestamp();

	if (!registered)
	{
		RegisterXactCallback(at_end_of_transaction, NULL);
		RegisterSubXactCallback(at_end_of_subtransaction, NULL);
		registered = true;
	}
	progress->target = MemoryContextStrdup(TopTransactionContext, target);
	progress->outer = current;
	progress->subtransaction = GetCurrentSubTransactionId();
	progress->relation = relation;
	progress->noticed = now;
	progress->done = cdw_progress_done;
	progress->param[PARAM_OPERATION] = operation;
	progress->param[PARAM_PHASE] = CDW_PHASE_STARTING;
	progress->param[PARAM_STARTED] = progress->param[PARAM_PHASE_STARTED] =
		progress->param[PARAM_PUBLISHED] = now;
	pack_name(&progress->param[PARAM_SCHEMA], schema, NAMEDATALEN);
	pack_name(&progress->param[PARAM_TARGET], target, TARGET_BYTES);
	current = progress;
	count_from(0);
	publish();
}

/* The next phase, and how much there is to do in it, 0 where that is unknown. */
void
cdw_progress_phase(cdw_phase phase, double total)
{
	TimestampTz now;

	if (current == NULL)
		return;
	now = GetCurrentTimestamp();
	log_phase(now);
	current->param[PARAM_PHASE] = phase;
	current->param[PARAM_DONE] = 0;
	current->param[PARAM_TOTAL] = (int64) Max(total, 0);
	current->param[PARAM_PHASE_STARTED] = current->param[PARAM_PUBLISHED] = now;
	count_from(0);
	publish();
}

/* Reports what is done; called by cdw_progress_add when enough is. */
void
cdw_progress_report(void)
{
	if (current == NULL)
		return;
	current->param[PARAM_DONE] = (int64) cdw_progress_done;
	current->param[PARAM_PUBLISHED] = GetCurrentTimestamp();
	count_from(cdw_progress_done);
	publish();
	notify();
}

/* The end of the call. What it ran inside goes on. */
void
cdw_progress_end(void)
{
	TimestampTz now;

	if (current == NULL)
		return;
	now = GetCurrentTimestamp();
	log_phase(now);
	log_call(now);
	withdraw();
	pop();
	if (current)
		publish();
}

/* ---- what others see ---- */

enum
{
	COLUMN_PID,
	COLUMN_SCHEMA,
	COLUMN_RESOLVER,
	COLUMN_OPERATION,
	COLUMN_PHASE,
	COLUMN_DONE,
	COLUMN_TOTAL,
	COLUMN_UNIT,
	COLUMN_STARTED,
	COLUMN_PHASE_STARTED,
	COLUMN_ESTIMATED_END,
	COLUMNS
};

static Datum
unpack_name(const int64 *param, Size size)
{
	char bytes[NAMEDATALEN] = {0};

	memcpy(bytes, param, size);
	bytes[NAMEDATALEN - 1] = '\0';
	return CStringGetTextDatum(bytes);
}

/* The details of a call; false where another version of the library says what this one does not know. */
static bool
read_details(const int64 *param, Datum *values, bool *nulls)
{
	double left = seconds_left(param);

	if (param[PARAM_OPERATION] < 0 || param[PARAM_OPERATION] >= (int64) lengthof(operations) ||
		param[PARAM_PHASE] < 0 || param[PARAM_PHASE] >= (int64) lengthof(phases))
		return false;
	memset(nulls, 0, sizeof(bool) * COLUMNS);
	values[COLUMN_SCHEMA] = unpack_name(&param[PARAM_SCHEMA], NAMEDATALEN);
	values[COLUMN_RESOLVER] = unpack_name(&param[PARAM_TARGET], TARGET_BYTES);
	values[COLUMN_OPERATION] = CStringGetTextDatum(operations[param[PARAM_OPERATION]]);
	values[COLUMN_PHASE] = CStringGetTextDatum(phases[param[PARAM_PHASE]].name);
	values[COLUMN_DONE] = Int64GetDatum(param[PARAM_DONE]);
	values[COLUMN_TOTAL] = Int64GetDatum(param[PARAM_TOTAL]);
	nulls[COLUMN_TOTAL] = param[PARAM_TOTAL] < Max(param[PARAM_DONE], 1);
	nulls[COLUMN_UNIT] = phases[param[PARAM_PHASE]].unit == NULL;
	if (!nulls[COLUMN_UNIT])
		values[COLUMN_UNIT] = CStringGetTextDatum(phases[param[PARAM_PHASE]].unit);
	values[COLUMN_STARTED] = TimestampTzGetDatum(param[PARAM_STARTED]);
	values[COLUMN_PHASE_STARTED] = TimestampTzGetDatum(param[PARAM_PHASE_STARTED]);
	nulls[COLUMN_ESTIMATED_END] = left < 0;
	values[COLUMN_ESTIMATED_END] =
		TimestampTzGetDatum(param[PARAM_PUBLISHED] + (int64) (Max(left, 0) * USECS_PER_SEC));
	return true;
}

/*
 * The calls that run in this database. As in pg_stat_progress_*, only members of a session's role and
 * of pg_read_all_stats see more of it than its process.
 */
CDW_FUNCTION(cdw_list_progress)
{
	TupleDesc desc;
	Tuplestorestate *rows = cdw_result_rows(fcinfo, &desc);
	int n = pgstat_fetch_stat_numbackends();

	for (int i = 1; i <= n; i++)
	{
		const PgBackendStatus *backend = &cdw_backend_status(i)->backendStatus;
		Datum values[COLUMNS];
		bool nulls[COLUMNS];

		if (backend->st_progress_command != COMMAND || backend->st_databaseid != MyDatabaseId)
			continue;
		memset(nulls, true, sizeof(nulls));
		if (has_privs_of_role(GetUserId(), ROLE_PG_READ_ALL_STATS) ||
			has_privs_of_role(GetUserId(), backend->st_userid))
			(void) read_details(backend->st_progress_param, values, nulls);
		values[COLUMN_PID] = Int32GetDatum(backend->st_procpid);
		nulls[COLUMN_PID] = false;
		tuplestore_putvalues(rows, desc, values, nulls);
	}
	return (Datum) 0;
}
