/*
 * src/rfm/aggregate.c
 *
 * The aggregates cdw.rfm and cdw.rfm_merge, and the functions that read a state. The transition state is
 * the type itself: flat, changed in place inside an aggregate as float8_accum does, and therefore sent
 * between parallel workers, nodes and tables as it is.
 */
#include "rfm/rfm.h"

#include "utils/builtins.h"
#include "utils/timestamp.h"

/*
 * The state that an aggregate lets us change in place: only inside an aggregate, and only where the
 * argument is no toasted or short form that had to be copied (the copy would be lost). Else NULL.
 */
static cdw_rfm *
writable_state(FunctionCallInfo fcinfo, cdw_rfm *state)
{
	if (!AggCheckCallContext(fcinfo, NULL) || (Pointer) state != PG_GETARG_POINTER(0))
		return NULL;
	return state;
}

/* Stores purchases over a state in place where they fit, else gives a new state. */
static cdw_rfm *
store_state(cdw_rfm *writable, const cdw_purchases *purchases)
{
	if (writable == NULL || writable->scale == CDW_STORED_GENERAL ||
		purchases->sum.scale == CDW_GENERAL)
		return cdw_rfm_pack(purchases);
	writable->frequency = purchases->frequency;
	writable->first_at = purchases->first_at;
	writable->last_at = purchases->last_at;
	writable->units = purchases->sum.units;
	writable->scale = purchases->sum.scale;
	return writable;
}

/* The purchases of one row: one, or none where its amount is negative. */
void
cdw_purchases_of_row(TimestampTz at, const cdw_sum *amount, cdw_purchases *row)
{
	cdw_check_purchase_time(at);
	*row = (cdw_purchases){.sum = *amount};
	if (!cdw_sum_negative(amount))
	{
		row->frequency = 1;
		row->first_at = at;
		row->last_at = at;
	}
}

/* Adds one row to the state of argument 0, if any. */
static Datum
accumulate(FunctionCallInfo fcinfo, TimestampTz at, const cdw_sum *amount)
{
	cdw_purchases purchases;
	cdw_purchases row;
	cdw_rfm *writable = NULL;

	cdw_purchases_of_row(at, amount, &row);
	if (PG_ARGISNULL(0))
		purchases = row;
	else
	{
		cdw_rfm *state = cdw_rfm_from_datum(PG_GETARG_DATUM(0));

		cdw_rfm_unpack(state, &purchases);
		cdw_rfm_add_states(&purchases, &row);
		writable = writable_state(fcinfo, state);
	}
	PG_RETURN_POINTER(store_state(writable, &purchases));
}

/* The state as it is, for a row that is skipped. */
static Datum
unchanged_state(FunctionCallInfo fcinfo)
{
	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	PG_RETURN_DATUM(PG_GETARG_DATUM(0));
}

/*
 * cdw.rfm_accum(cdw.rfm, timestamptz, numeric): the transition function. A NULL time or amount leaves the
 * state as it is.
 */
CDW_FUNCTION(cdw_rfm_accum)
{
	cdw_sum amount;

	if (PG_ARGISNULL(1) || PG_ARGISNULL(2))
		return unchanged_state(fcinfo);
	cdw_sum_from_amount(&amount, PG_GETARG_DATUM(2));
	return accumulate(fcinfo, PG_GETARG_TIMESTAMPTZ(1), &amount);
}

/* cdw.rfm_accum(cdw.rfm, timestamptz, float8): the same after a cast to numeric (15 digits). */
CDW_FUNCTION(cdw_rfm_accum_float8)
{
	cdw_sum amount;

	if (PG_ARGISNULL(1) || PG_ARGISNULL(2))
		return unchanged_state(fcinfo);
	cdw_sum_from_amount(&amount, DirectFunctionCall1(float8_numeric, PG_GETARG_DATUM(2)));
	return accumulate(fcinfo, PG_GETARG_TIMESTAMPTZ(1), &amount);
}

/*
 * cdw.rfm_add(a cdw.rfm, b cdw.rfm): the state of all rows of both. Also the combine function of cdw.rfm
 * and the transition function of cdw.rfm_merge, where it changes a in place.
 */
CDW_FUNCTION(cdw_rfm_add)
{
	cdw_rfm *a = cdw_rfm_from_datum(PG_GETARG_DATUM(0));
	cdw_purchases sum;
	cdw_purchases other;

	cdw_rfm_unpack(a, &sum);
	cdw_rfm_unpack(cdw_rfm_from_datum(PG_GETARG_DATUM(1)), &other);
	cdw_rfm_add_states(&sum, &other);
	PG_RETURN_POINTER(store_state(writable_state(fcinfo, a), &sum));
}

/*
 * cdw.recency(rfm cdw.rfm, as_of timestamptz): days of 24 hours and time since the last purchase,
 * negative where it comes after as_of, NULL where there is none.
 */
CDW_FUNCTION(cdw_recency)
{
	cdw_rfm *state = cdw_rfm_from_datum(PG_GETARG_DATUM(0));
	TimestampTz as_of = PG_GETARG_TIMESTAMPTZ(1);
	Interval *recency;

	cdw_check_as_of(as_of);
	if (state->frequency == 0)
		PG_RETURN_NULL();
	recency = palloc(sizeof(Interval));
	*recency = cdw_time_since(state->last_at, as_of);
	PG_RETURN_INTERVAL_P(recency);
}

/* cdw.frequency(rfm cdw.rfm): number of purchases, rows with an amount of zero or more. */
CDW_FUNCTION(cdw_frequency)
{
	PG_RETURN_INT64(cdw_rfm_from_datum(PG_GETARG_DATUM(0))->frequency);
}

/* cdw.monetary(rfm cdw.rfm): the sum of all amounts, as sum(numeric) gives it. */
CDW_FUNCTION(cdw_monetary)
{
	cdw_purchases purchases;

	cdw_rfm_unpack(cdw_rfm_from_datum(PG_GETARG_DATUM(0)), &purchases);
	PG_RETURN_NUMERIC(DatumGetNumericCopy(NumericGetDatum(cdw_sum_numeric(&purchases.sum))));
}

/* cdw.average_amount(rfm cdw.rfm): the sum per purchase, NULL where there is no purchase. */
CDW_FUNCTION(cdw_average_amount)
{
	cdw_purchases purchases;

	cdw_rfm_unpack(cdw_rfm_from_datum(PG_GETARG_DATUM(0)), &purchases);
	if (purchases.frequency == 0)
		PG_RETURN_NULL();
	return DirectFunctionCall2(numeric_div, NumericGetDatum(cdw_sum_numeric(&purchases.sum)),
							   NumericGetDatum(int64_to_numeric(purchases.frequency)));
}

/* cdw.first_at(rfm cdw.rfm): time of the first purchase, NULL where there is none. */
CDW_FUNCTION(cdw_first_at)
{
	cdw_rfm *state = cdw_rfm_from_datum(PG_GETARG_DATUM(0));

	if (state->frequency == 0)
		PG_RETURN_NULL();
	PG_RETURN_TIMESTAMPTZ(state->first_at);
}

/* cdw.last_at(rfm cdw.rfm): time of the last purchase, NULL where there is none. */
CDW_FUNCTION(cdw_last_at)
{
	cdw_rfm *state = cdw_rfm_from_datum(PG_GETARG_DATUM(0));

	if (state->frequency == 0)
		PG_RETURN_NULL();
	PG_RETURN_TIMESTAMPTZ(state->last_at);
}
