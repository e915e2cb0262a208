/*
 * src/rfm/state.c
 *
 * The state of one customer, type cdw.rfm: packed and unpacked form, addition, and the checks that
 * every way into a state shares.
 */
#include "rfm/rfm.h"

#include "utils/timestamp.h"

/* The sum of a general state; aligned, for the field before it ends at a multiple of eight. */
static Numeric
stored_numeric(const cdw_rfm *state)
{
	return (Numeric) unconstify(cdw_rfm *, state)->numeric;
}

/*
 * The state behind a datum, detoasted where needed. Input and receive functions validate all that
 * enters; this guards against a datum that is no state of ours at all.
 */
cdw_rfm *
cdw_rfm_from_datum(Datum datum)
{
	cdw_rfm *state = (cdw_rfm *) PG_DETOAST_DATUM(datum);
	Size size = VARSIZE(state);

	if (size < CDW_RFM_SIZE || state->version != CDW_RFM_VERSION ||
		(state->scale == CDW_STORED_GENERAL
			 ? size < CDW_RFM_SIZE + VARHDRSZ + sizeof(uint16) ||
				   size != CDW_RFM_SIZE + VARSIZE(state->numeric)
			 : size != CDW_RFM_SIZE || state->scale > CDW_UNIT_SCALE))
		ereport(ERROR, (errcode(ERRCODE_DATA_CORRUPTED), errmsg("invalid value of type cdw.rfm")));
	return state;
}

/* The unpacked form; a general sum refers into the state. */
void
cdw_rfm_unpack(const cdw_rfm *state, cdw_purchases *purchases)
{
	*purchases = (cdw_purchases){
		.frequency = state->frequency,
		.first_at = state->first_at,
		.last_at = state->last_at,
	};
	if (state->scale == CDW_STORED_GENERAL)
		purchases->sum = (cdw_sum){.general = stored_numeric(state), .scale = CDW_GENERAL};
	else
		purchases->sum = (cdw_sum){.units = state->units, .scale = state->scale};
}

/* The stored form, in the current context. */
cdw_rfm *
cdw_rfm_pack(const cdw_purchases *purchases)
{
	Numeric general = purchases->sum.scale == CDW_GENERAL ? purchases->sum.general : NULL;
	Size size = CDW_RFM_SIZE + (general == NULL ? 0 : VARSIZE(general));
	cdw_rfm *state = palloc0(size);

	SET_VARSIZE(state, size);
	state->version = CDW_RFM_VERSION;
	state->frequency = purchases->frequency;
	state->first_at = purchases->first_at;
	state->last_at = purchases->last_at;
	if (general == NULL)
	{
		state->units = purchases->sum.units;
		state->scale = purchases->sum.scale;
	}
	else
	{
		state->scale = CDW_STORED_GENERAL;
		memcpy(state->numeric, general, VARSIZE(general));
	}
	return state;
}

/* Adds other; a general sum is allocated in the current context. Commutative and associative. */
void
cdw_rfm_add_states(cdw_purchases *purchases, const cdw_purchases *other)
{
	if (other->frequency > 0)
	{
		if (purchases->frequency == 0)
		{
			purchases->first_at = other->first_at;
			purchases->last_at = other->last_at;
		}
		purchases->first_at = Min(purchases->first_at, other->first_at);
		purchases->last_at = Max(purchases->last_at, other->last_at);
		if (purchases->frequency > PG_INT64_MAX - other->frequency)
			ereport(ERROR, (errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
							errmsg("frequency out of range")));
		purchases->frequency += other->frequency;
	}
	cdw_sum_add(&purchases->sum, &other->sum);
}

/* Refuses a time of a purchase, which is infinite. */
void
cdw_refuse_purchase_time(TimestampTz at)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("time of a purchase must be finite"),
			 errdetail("Value is %s.", TIMESTAMP_IS_NOEND(at) ? "infinity" : "-infinity")));
}

/* Refuses an infinite day of reckoning, from which there is no recency. */
void
cdw_check_as_of(TimestampTz as_of)
{
	if (TIMESTAMP_NOT_FINITE(as_of))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("argument \"as_of\" must be finite"),
				 errdetail("Value is %s.", TIMESTAMP_IS_NOEND(as_of) ? "infinity" : "-infinity")));
}

/*
 * Days of 24 hours and time from a purchase to as_of, negative where it comes after; 22008 past
 * 292 thousand years, where timestamp_mi of PostgreSQL 15 goes astray.
 */
Interval
cdw_time_since(TimestampTz at, TimestampTz as_of)
{
	int64 elapsed;

	if (pg_sub_s64_overflow(as_of, at, &elapsed))
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE), errmsg("interval out of range")));
	return (Interval){.day = elapsed / USECS_PER_DAY, .time = elapsed % USECS_PER_DAY};
}
