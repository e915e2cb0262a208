/*
 * src/rfm/moving.c
 *
 * The aggregates cdw.rfm and cdw.rfm_merge over a window frame that moves: rows are taken back as they
 * leave the frame, so that a window costs as much as its rows, whatever the length of the frame.
 *
 * Frequency and sum are exact, so they can be subtracted. The display scale is the greatest of those that
 * are still in the frame, which a count per scale tells. The first and last purchase come from queues:
 * rows leave in the order in which they came, and a time that a later row surpasses can never be the
 * last one again, so a queue keeps only those that are still in the race, the best one in front.
 */
#include "rfm/rfm.h"

#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#define FIRST_CAPACITY 8 /* a power of two */

/* A time that no later row has surpassed. */
typedef struct Candidate
{
	TimestampTz at;
	uint64 row;
} Candidate;

/* From the best and oldest candidate to the newest, in a ring. */
typedef struct CandidateQueue
{
	Candidate *ring;
	uint64 capacity; /* a power of two */
	uint64 front;	 /* counts from the beginning of the window */
	uint64 back;
} CandidateQueue;

/* How many amounts of the frame have a display scale. */
typedef struct ScaleCount
{
	int32 scale;
	uint64 n;
	Numeric zero; /* of this scale, where it is no scale of units */
} ScaleCount;

typedef struct MovingState
{
	MemoryContext context;
	uint64 came; /* rows that do not say NULL */
	uint64 left;
	int64 frequency;
	CandidateQueue first;
	CandidateQueue last;
	cdw_sum sum; /* its value; as numeric without zeros behind the last decimal */
	int nscales;
	int scale_capacity;
	ScaleCount *scales;
} MovingState;

/* ---- queues ---- */

static void
queue_init(CandidateQueue *queue)
{
	queue->capacity = FIRST_CAPACITY;
	queue->ring = palloc(sizeof(Candidate) * queue->capacity);
}

static inline Candidate *
candidate(const CandidateQueue *queue, uint64 position)
{
	return &queue->ring[position & (queue->capacity - 1)];
}

static void
queue_grow(MovingState *state, CandidateQueue *queue)
{
	CandidateQueue larger = *queue;

	larger.capacity *= 2;
	larger.ring =
		MemoryContextAllocHuge(state->context, mul_size(sizeof(Candidate), larger.capacity));
	for (uint64 i = queue->front; i < queue->back; i++)
		*candidate(&larger, i) = *candidate(queue, i);
	pfree(queue->ring);
	*queue = larger;
}

/* Adds the newest row's time; sign is 1 where later is better, -1 where earlier is. */
static void
queue_push(MovingState *state, CandidateQueue *queue, TimestampTz at, int sign)
{
	while (queue->back > queue->front)
	{
		TimestampTz newest = candidate(queue, queue->back - 1)->at;

		if (sign > 0 ? newest > at : newest < at)
			break;
		queue->back--;
	}
	if (queue->back - queue->front == queue->capacity)
		queue_grow(state, queue);
	*candidate(queue, queue->back++) = (Candidate){.at = at, .row = state->came};
}

/* Takes back the row that leaves, if it is still a candidate. */
static void
queue_leave(MovingState *state, CandidateQueue *queue)
{
	if (queue->front < queue->back && candidate(queue, queue->front)->row == state->left)
		queue->front++;
}

/* ---- sums ---- */

/* The sum is this one; without zeros behind the last decimal it may fit units again. */
static void
set_sum(MovingState *state, cdw_sum sum)
{
	cdw_sum before = state->sum;

	if (sum.scale == CDW_GENERAL)
		cdw_sum_set_numeric(&sum, DatumGetNumeric(DirectFunctionCall1(
									  numeric_trim_scale, NumericGetDatum(sum.general))));
	if (sum.scale == CDW_GENERAL)
	{
		MemoryContext old = MemoryContextSwitchTo(state->context);

		sum.general = DatumGetNumericCopy(NumericGetDatum(sum.general));
		MemoryContextSwitchTo(old);
	}
	state->sum = sum;
	if (before.scale == CDW_GENERAL)
		pfree(before.general);
}

/* The value of a sum with the other sign. */
static cdw_sum
negative(const cdw_sum *sum)
{
	if (sum->scale != CDW_GENERAL)
		return (cdw_sum){.units = -sum->units, .scale = sum->scale};
	return (cdw_sum){.general = DatumGetNumeric(
						 DirectFunctionCall1(numeric_uminus, NumericGetDatum(sum->general))),
					 .scale = CDW_GENERAL};
}

static void
add_value(MovingState *state, const cdw_sum *value)
{
	cdw_sum sum = state->sum;

	cdw_sum_add(&sum, value);
	set_sum(state, sum);
}

/* ---- display scales ---- */

static ScaleCount *
add_scale(MovingState *state, int32 scale)
{
	if (state->nscales == state->scale_capacity)
	{
		state->scale_capacity *= 2;
		state->scales = repalloc(state->scales, sizeof(ScaleCount) * state->scale_capacity);
	}
	state->scales[state->nscales] = (ScaleCount){.scale = scale};
	return &state->scales[state->nscales++];
}

static ScaleCount *
scale_count(MovingState *state, int32 scale)
{
	for (int i = 0; i < state->nscales; i++)
	{
		if (state->scales[i].scale == scale)
			return &state->scales[i];
	}
	return add_scale(state, scale);
}

/* Counts the scale of a sum that comes. */
static void
scale_comes(MovingState *state, const cdw_sum *sum)
{
	ScaleCount *count = scale_count(state, cdw_sum_scale(sum));

	count->n++;
	if (count->scale > CDW_UNIT_SCALE && count->zero == NULL)
	{
		Datum number = NumericGetDatum(sum->general);
		MemoryContext old = MemoryContextSwitchTo(state->context);

		count->zero = DatumGetNumeric(DirectFunctionCall2(numeric_sub, number, number));
		MemoryContextSwitchTo(old);
	}
}

/* The sum with its display scale; a general one is in the current context. */
static cdw_sum
shown_sum(const MovingState *state)
{
	const ScaleCount *greatest = NULL;
	cdw_sum zero = {0};
	cdw_sum sum;

	for (int i = 0; i < state->nscales; i++)
	{
		const ScaleCount *count = &state->scales[i];

		if (count->n > 0 && (greatest == NULL || count->scale > greatest->scale))
			greatest = count;
	}
	zero.scale = greatest->scale;
	if (greatest->scale > CDW_UNIT_SCALE)
		zero = (cdw_sum){.general = greatest->zero, .scale = CDW_GENERAL};
	if (state->sum.scale != CDW_GENERAL && zero.scale != CDW_GENERAL)
		return (cdw_sum){.units = state->sum.units, .scale = zero.scale};
	cdw_sum_set_numeric(&sum, DatumGetNumeric(DirectFunctionCall2(
								  numeric_add, NumericGetDatum(cdw_sum_numeric(&state->sum)),
								  NumericGetDatum(cdw_sum_numeric(&zero)))));
	return sum;
}

/* ---- the state ---- */

static MovingState *
create_state(MemoryContext context)
{
	MemoryContext old = MemoryContextSwitchTo(context);
	MovingState *state = palloc0(sizeof(MovingState));

	state->context = context;
	queue_init(&state->first);
	queue_init(&state->last);
	state->scale_capacity = CDW_UNIT_SCALE + 1;
	state->scales = palloc(sizeof(ScaleCount) * state->scale_capacity);
	MemoryContextSwitchTo(old);
	return state;
}

/* The state of argument 0, made with the first row of a frame. */
static MovingState *
moving_state(FunctionCallInfo fcinfo)
{
	MemoryContext context;

	if (AggCheckCallContext(fcinfo, &context) != AGG_CONTEXT_WINDOW)
		elog(ERROR, "transition function of a moving aggregate called in another context");
	return PG_ARGISNULL(0) ? create_state(context) : (MovingState *) PG_GETARG_POINTER(0);
}

static void
come(MovingState *state, const cdw_purchases *row)
{
	if (row->frequency > 0)
	{
		if (row->frequency > PG_INT64_MAX - state->frequency)
			ereport(ERROR, (errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
							errmsg("frequency out of range")));
		state->frequency += row->frequency;
		queue_push(state, &state->first, row->first_at, -1);
		queue_push(state, &state->last, row->last_at, 1);
	}
	add_value(state, &row->sum);
	scale_comes(state, &row->sum);
	state->came++;
}

static void
leave(MovingState *state, const cdw_purchases *row)
{
	cdw_sum taken = negative(&row->sum);

	state->frequency -= row->frequency;
	queue_leave(state, &state->first);
	queue_leave(state, &state->last);
	add_value(state, &taken);
	scale_count(state, cdw_sum_scale(&row->sum))->n--;
	state->left++;
}

/* ---- the functions ---- */

typedef void (*Step)(MovingState *state, const cdw_purchases *row);

/* Takes the step with the row of a time and an amount as numeric, unless one of the arguments is NULL. */
static Datum
step_row(FunctionCallInfo fcinfo, PGFunction to_numeric, Step step)
{
	MovingState *state = moving_state(fcinfo);

	if (!PG_ARGISNULL(1) && !PG_ARGISNULL(2))
	{
		Datum amount = PG_GETARG_DATUM(2);
		cdw_sum sum;
		cdw_purchases row;

		cdw_sum_from_amount(&sum, to_numeric ? DirectFunctionCall1(to_numeric, amount) : amount);
		cdw_purchases_of_row(PG_GETARG_TIMESTAMPTZ(1), &sum, &row);
		step(state, &row);
	}
	PG_RETURN_POINTER(state);
}

/* Takes the step with the purchases of a state, unless it is NULL. */
static Datum
step_state(FunctionCallInfo fcinfo, Step step)
{
	MovingState *state = moving_state(fcinfo);

	if (!PG_ARGISNULL(1))
	{
		cdw_purchases row;

		cdw_rfm_unpack(cdw_rfm_from_datum(PG_GETARG_DATUM(1)), &row);
		step(state, &row);
	}
	PG_RETURN_POINTER(state);
}

/* cdw.rfm_moving_accum(state internal, at timestamptz, amount numeric): a row comes into the frame. */
CDW_FUNCTION(cdw_rfm_moving_accum)
{
	return step_row(fcinfo, NULL, come);
}

/* cdw.rfm_moving_accum_inverse(state internal, at timestamptz, amount numeric): the oldest row leaves. */
CDW_FUNCTION(cdw_rfm_moving_accum_inverse)
{
	return step_row(fcinfo, NULL, leave);
}

CDW_FUNCTION(cdw_rfm_moving_accum_float8)
{
	return step_row(fcinfo, float8_numeric, come);
}

CDW_FUNCTION(cdw_rfm_moving_accum_float8_inverse)
{
	return step_row(fcinfo, float8_numeric, leave);
}

/* cdw.rfm_moving_add(state internal, value cdw.rfm): a state comes into the frame. */
CDW_FUNCTION(cdw_rfm_moving_add)
{
	return step_state(fcinfo, come);
}

/* cdw.rfm_moving_add_inverse(state internal, value cdw.rfm): the oldest state leaves. */
CDW_FUNCTION(cdw_rfm_moving_add_inverse)
{
	return step_state(fcinfo, leave);
}

/* cdw.rfm_moving_final(state internal): the purchases of the frame; NULL where all its rows say NULL. */
CDW_FUNCTION(cdw_rfm_moving_final)
{
	const MovingState *state = PG_ARGISNULL(0) ? NULL : (MovingState *) PG_GETARG_POINTER(0);
	cdw_purchases purchases;

	if (state == NULL || state->came == state->left)
		PG_RETURN_NULL();
	purchases = (cdw_purchases){.frequency = state->frequency, .sum = shown_sum(state)};
	if (state->frequency > 0)
	{
		purchases.first_at = candidate(&state->first, state->first.front)->at;
		purchases.last_at = candidate(&state->last, state->last.front)->at;
	}
	PG_RETURN_POINTER(cdw_rfm_pack(&purchases));
}
