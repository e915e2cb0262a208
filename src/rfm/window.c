/*
 * src/rfm/window.c
 *
 * cdw.rfm_score: scores of a window partition. The first call of a partition reads all its states and
 * scores them at once, in O(n) after the sort; the other calls look up their row.
 */
#include "rfm/rfm.h"

#include "access/htup_details.h"
#include "funcapi.h"
#include "utils/builtins.h"
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
	bool ready;
	ScoreParameters parameters;
	cdw_scores *scores; /* by row of the partition, zero where the state is NULL */
} PartitionScores;

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
	return parameters;
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

/* Reads the states of the partition; rows receives the row of each that is not NULL. */
static void
read_partition(WindowObject window, uint64 n, TimestampTz as_of, cdw_score_input *input,
			   uint64 *rows)
{
	MemoryContext context = CurrentMemoryContext;
	MemoryContext row_context =
		AllocSetContextCreate(context, "cdw rfm score row", ALLOCSET_SMALL_SIZES);

	for (uint64 i = 0; i < n; i++)
	{
		cdw_purchases purchases;
		bool isnull;
		bool isout;
		Datum state;

		cdw_check_cancel(i);
		state = WinGetFuncArgInPartition(window, ARG_STATE, i, WINDOW_SEEK_HEAD, false, &isnull,
										 &isout);
		if (isnull || isout)
			continue;
		MemoryContextReset(row_context);
		MemoryContextSwitchTo(row_context);
		cdw_rfm_unpack(cdw_rfm_from_datum(state), &purchases);
		MemoryContextSwitchTo(context);
		check_state_time(&purchases, as_of);
		if (purchases.sum.general != NULL)
			purchases.sum.general = DatumGetNumericCopy(NumericGetDatum(purchases.sum.general));
		rows[input->n] = i;
		input->last_at[input->n] = purchases.frequency > 0 ? purchases.last_at : DT_NOBEGIN;
		input->frequency[input->n] = purchases.frequency;
		input->sum[input->n] = purchases.sum;
		input->n++;
	}
	MemoryContextDelete(row_context);
}

/* Scores the partition into the memory that lives as long as the partition. */
static void
score_partition(WindowObject window, PartitionScores *partition)
{
	uint64 n = WinGetPartitionRowCount(window);
	MemoryContext work =
		AllocSetContextCreate(CurrentMemoryContext, "cdw rfm score", ALLOCSET_DEFAULT_SIZES);
	MemoryContext old = MemoryContextSwitchTo(work);
	cdw_score_input input;
	cdw_scores *scores;
	uint64 *rows = MemoryContextAllocHuge(work, mul_size(sizeof(uint64), n));

	partition->parameters = read_parameters(window);
	partition->scores =
		MemoryContextAllocHuge(GetMemoryChunkContext(partition), mul_size(sizeof(cdw_scores), n));
	memset(partition->scores, 0, sizeof(cdw_scores) * n);
	cdw_score_input_init(&input, work, n);
	read_partition(window, n, partition->parameters.as_of, &input, rows);
	scores = cdw_score_customers(&input, partition->parameters.bins, partition->parameters.method);
	for (uint64 i = 0; i < input.n; i++)
		partition->scores[rows[i]] = scores[i];
	MemoryContextSwitchTo(old);
	MemoryContextDelete(work);
	partition->ready = true;
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

/* The descriptor of cdw.rfm_scores, looked up once per query. */
static TupleDesc
result_descriptor(FunctionCallInfo fcinfo)
{
	if (fcinfo->flinfo->fn_extra == NULL)
	{
		MemoryContext old = MemoryContextSwitchTo(fcinfo->flinfo->fn_mcxt);
		TupleDesc desc;

		if (get_call_result_type(fcinfo, NULL, &desc) != TYPEFUNC_COMPOSITE)
			elog(ERROR, "return type must be a row type");
		fcinfo->flinfo->fn_extra = BlessTupleDesc(desc);
		MemoryContextSwitchTo(old);
	}
	return fcinfo->flinfo->fn_extra;
}

/*
 * cdw.rfm_score(state cdw.rfm, as_of timestamptz, bins int, method text): the scores of the current row's
 * state among the states of its partition; NULL where the state is NULL.
 */
CDW_FUNCTION(cdw_rfm_score)
{
	WindowObject window = PG_WINDOW_OBJECT();
	PartitionScores *partition = WinGetPartitionLocalMemory(window, sizeof(PartitionScores));
	Datum values[3];
	bool nulls[3] = {false};
	cdw_scores scores;

	if (partition->ready)
		check_same_parameters(window, &partition->parameters);
	else
		score_partition(window, partition);
	scores = partition->scores[WinGetCurrentPosition(window)];
	if (scores == 0)
		PG_RETURN_NULL();
	values[0] = Int16GetDatum(CDW_SCORE_R(scores));
	values[1] = Int16GetDatum(CDW_SCORE_F(scores));
	values[2] = Int16GetDatum(CDW_SCORE_M(scores));
	PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(result_descriptor(fcinfo), values, nulls)));
}
