/*
 * src/rfm/score_sql.c
 *
 * The SQL functions of scores. cdw.rfm_score: the first call of a window partition reads all its states and
 * finds what cuts off the bins; then each call scores its row. cdw.rfm_score_by_cuts scores a state by itself.
 */
#include "rfm/score.h"

#include "access/htup_details.h"
#include "funcapi.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"
#include "windowapi.h"

enum
{
	ARG_STATE,
	ARG_AS_OF,
	ARG_BINS,
	ARG_METHOD
};

typedef struct ScoreParameters
{
	TimestampTz as_of;
	int32 bins;
	cdw_score_method method;
} ScoreParameters;

/* What a partition remembers: PostgreSQL hands it out zeroed. */
typedef struct PartitionScores
{
	ScoreParameters parameters;
	cdw_scorer *scorer; /* NULL before the first row */
	int64 next;			/* row of the partition, for they are scored in their order */
} PartitionScores;

/* What calls of a query share. */
typedef struct CallCache
{
	TupleDesc desc;
	cdw_json_cache cuts;
} CallCache;

/* ---- scores as Datum ---- */

static CallCache *
call_cache(FunctionCallInfo fcinfo)
{
	if (fcinfo->flinfo->fn_extra == NULL)
	{
		MemoryContext old = MemoryContextSwitchTo(fcinfo->flinfo->fn_mcxt);
		CallCache *cache = palloc0(sizeof(CallCache));
		TupleDesc desc;

		if (get_call_result_type(fcinfo, NULL, &desc) != TYPEFUNC_COMPOSITE)
			elog(ERROR, "return type must be a row type");
		cache->desc = BlessTupleDesc(desc);
		fcinfo->flinfo->fn_extra = cache;
		MemoryContextSwitchTo(old);
	}
	return fcinfo->flinfo->fn_extra;
}

/* Scores as a value of type cdw.rfm_scores. */
static Datum
scores_datum(FunctionCallInfo fcinfo, cdw_scores scores)
{
	bool nulls[3] = {false};
	Datum values[3] = {Int16GetDatum(CDW_SCORE_R(scores)), Int16GetDatum(CDW_SCORE_F(scores)),
					   Int16GetDatum(CDW_SCORE_M(scores))};

	return HeapTupleGetDatum(heap_form_tuple(call_cache(fcinfo)->desc, values, nulls));
}

/* ---- the window function ---- */

static Datum
parameter(WindowObject window, int argno, const char *argname)
{
	bool isnull;
	Datum value = WinGetFuncArgCurrent(window, argno, &isnull);

	if (isnull)
		ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
						errmsg("argument \"%s\" must not be null", argname)));
	return value;
}

/* The parameters of the current row, checked. */
static ScoreParameters
read_parameters(WindowObject window)
{
	ScoreParameters parameters = {
		.as_of = DatumGetTimestampTz(parameter(window, ARG_AS_OF, "as_of")),
		.bins = DatumGetInt32(parameter(window, ARG_BINS, "bins")),
		.method = cdw_score_method_of(DatumGetTextPP(parameter(window, ARG_METHOD, "method"))),
	};

	cdw_check_as_of(parameters.as_of);
	cdw_check_method_bins(parameters.method, parameters.bins);
	if (parameters.method == CDW_SCORE_CUTS)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("method \"cuts\" does not compare customers"),
						errhint("Use cdw.rfm_score_by_cuts.")));
	return parameters;
}

/* When the last purchase was, before all times where there is none. */
static TimestampTz
last_purchase(const cdw_purchases *purchases)
{
	return purchases->frequency > 0 ? purchases->last_at : DT_NOBEGIN;
}

/* A state cannot be taken back to an earlier time: a purchase after as_of would score wrong. */
static void
check_state_time(const cdw_purchases *purchases, TimestampTz as_of)
{
	if (purchases->frequency > 0 && purchases->last_at > as_of)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("state has a purchase after \"as_of\""),
						errdetail("The last purchase is at %s, \"as_of\" is %s.",
								  pstrdup(timestamptz_to_str(purchases->last_at)),
								  pstrdup(timestamptz_to_str(as_of))),
						errhint("Build the states with FILTER (WHERE at <= as_of).")));
}

/* Adds the states of the partition that are not NULL. */
static void
add_partition(WindowObject window, TimestampTz as_of, cdw_scorer *scorer)
{
	MemoryContext row_context =
		AllocSetContextCreate(CurrentMemoryContext, "cdw rfm score row", ALLOCSET_SMALL_SIZES);
	MemoryContext old = MemoryContextSwitchTo(row_context);
	int64 n = WinGetPartitionRowCount(window);

	for (int64 i = 0; i < n; i++)
	{
		cdw_purchases purchases;
		bool isnull;
		bool isout;
		Datum state = WinGetFuncArgInPartition(window, ARG_STATE, i, WINDOW_SEEK_HEAD, false,
											   &isnull, &isout);

		cdw_check_cancel(i);
		if (isnull || isout)
			continue;
		cdw_rfm_unpack(cdw_rfm_from_datum(state), &purchases);
		check_state_time(&purchases, as_of);
		cdw_scorer_add(scorer, last_purchase(&purchases), purchases.frequency, &purchases.sum);
		MemoryContextReset(row_context);
	}
	MemoryContextSwitchTo(old);
	MemoryContextDelete(row_context);
}

/*
 * Scores the partition, in the memory that lives as long as it does. There and not in a file, which
 * nobody would close where a query ends early: 24 bytes per row.
 */
static void
score_partition(WindowObject window, PartitionScores *partition)
{
	ScoreParameters parameters = read_parameters(window);
	cdw_scorer *scorer = cdw_scorer_create(GetMemoryChunkContext(partition), parameters.bins,
										   parameters.method, MaxAllocHugeSize);

	add_partition(window, parameters.as_of, scorer);
	cdw_scorer_finish(scorer);
	partition->parameters = parameters;
	partition->scorer = scorer;
}

/* The parameters belong to the partition; another value on a later row would be ignored silently. */
static void
check_same_parameters(WindowObject window, const ScoreParameters *first)
{
	ScoreParameters current = read_parameters(window);

	if (current.as_of != first->as_of || current.bins != first->bins ||
		current.method != first->method)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("arguments \"as_of\", \"bins\" and \"method\" must be the same on "
							   "all rows of a window partition")));
}

/*
 * cdw.rfm_score(state cdw.rfm, as_of timestamptz, bins int, method text): the scores of the current row's
 * state among the states of its partition; NULL where the state is NULL.
 */
CDW_FUNCTION(cdw_rfm_score)
{
	WindowObject window = PG_WINDOW_OBJECT();
	PartitionScores *partition = WinGetPartitionLocalMemory(window, sizeof(PartitionScores));
	bool isnull;

	if (partition->scorer != NULL)
		check_same_parameters(window, &partition->parameters);
	else
		score_partition(window, partition);
	if (WinGetCurrentPosition(window) != partition->next++)
		elog(ERROR, "rows of a window partition are not scored in their order");
	(void) WinGetFuncArgCurrent(window, ARG_STATE, &isnull);
	if (isnull)
		PG_RETURN_NULL();
	PG_RETURN_DATUM(scores_datum(fcinfo, cdw_scorer_next(partition->scorer)));
}

/* ---- scores by cuts ---- */

static void *
read_cuts(Jsonb *source, void *arg pg_attribute_unused())
{
	return cdw_cuts_read(source);
}

/*
 * cdw.rfm_score_by_cuts(state cdw.rfm, as_of timestamptz, cuts jsonb): the scores of a state by itself; NULL
 * where it is NULL.
 */
CDW_FUNCTION(cdw_rfm_score_by_cuts)
{
	const cdw_cuts *cuts;
	cdw_purchases purchases;
	TimestampTz as_of;

	cdw_check_not_null(fcinfo, 1, "as_of");
	cdw_check_not_null(fcinfo, 2, "cuts");
	as_of = PG_GETARG_TIMESTAMPTZ(1);
	cdw_check_as_of(as_of);
	cuts = cdw_json_cached(&call_cache(fcinfo)->cuts, fcinfo->flinfo->fn_mcxt, PG_GETARG_JSONB_P(2),
						   0, read_cuts, NULL);
	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	cdw_rfm_unpack(cdw_rfm_from_datum(PG_GETARG_DATUM(0)), &purchases);
	check_state_time(&purchases, as_of);
	return scores_datum(fcinfo, cdw_cuts_score(cuts, as_of, last_purchase(&purchases),
											   purchases.frequency, &purchases.sum));
}
