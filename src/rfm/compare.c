/*
 * src/rfm/compare.c
 *
 * Order and equality of cdw.rfm, for its operator classes. States are ordered by their fields as they are
 * written: frequency, first_at, last_at, sum; of equal sums the one with fewer decimals comes first. So
 * equal means that nothing tells two states apart, and equal states have equal bytes.
 */
#include "rfm/rfm.h"

static int
compare_numbers(int64 a, int64 b)
{
	return (a > b) - (a < b);
}

static int
compare_states(const cdw_rfm *x, const cdw_rfm *y)
{
	cdw_purchases a;
	cdw_purchases b;
	int result;

	cdw_rfm_unpack(x, &a);
	cdw_rfm_unpack(y, &b);
	result = compare_numbers(a.frequency, b.frequency);
	if (result == 0)
		result = compare_numbers(a.first_at, b.first_at);
	if (result == 0)
		result = compare_numbers(a.last_at, b.last_at);
	if (result == 0)
		result = cdw_sum_compare(&a.sum, &b.sum);
	if (result == 0)
		result = compare_numbers(cdw_sum_scale(&a.sum), cdw_sum_scale(&b.sum));
	return result;
}

/* Compares both arguments; leaves no copy of toasted ones behind, as an index asks for it. */
static int
compare_arguments(FunctionCallInfo fcinfo)
{
	cdw_rfm *a = cdw_rfm_from_datum(PG_GETARG_DATUM(0));
	cdw_rfm *b = cdw_rfm_from_datum(PG_GETARG_DATUM(1));
	int result = compare_states(a, b);

	PG_FREE_IF_COPY(a, 0);
	PG_FREE_IF_COPY(b, 1);
	return result;
}

/* cdw.rfm_cmp(a cdw.rfm, b cdw.rfm): less than, equal to or greater than zero as a is to b. */
CDW_FUNCTION(cdw_rfm_cmp)
{
	PG_RETURN_INT32(compare_arguments(fcinfo));
}

CDW_FUNCTION(cdw_rfm_lt)
{
	PG_RETURN_BOOL(compare_arguments(fcinfo) < 0);
}

CDW_FUNCTION(cdw_rfm_le)
{
	PG_RETURN_BOOL(compare_arguments(fcinfo) <= 0);
}

CDW_FUNCTION(cdw_rfm_eq)
{
	PG_RETURN_BOOL(compare_arguments(fcinfo) == 0);
}

CDW_FUNCTION(cdw_rfm_ne)
{
	PG_RETURN_BOOL(compare_arguments(fcinfo) != 0);
}

CDW_FUNCTION(cdw_rfm_ge)
{
	PG_RETURN_BOOL(compare_arguments(fcinfo) >= 0);
}

CDW_FUNCTION(cdw_rfm_gt)
{
	PG_RETURN_BOOL(compare_arguments(fcinfo) > 0);
}

/* cdw.rfm_hash(value cdw.rfm): of the bytes, which are equal where the states are. */
CDW_FUNCTION(cdw_rfm_hash)
{
	cdw_rfm *state = cdw_rfm_from_datum(PG_GETARG_DATUM(0));
	Datum result = hash_any((const unsigned char *) VARDATA(state), VARSIZE(state) - VARHDRSZ);

	PG_FREE_IF_COPY(state, 0);
	return result;
}

/* cdw.rfm_hash_extended(value cdw.rfm, seed int8): the same in 64 bits, for many hash partitions. */
CDW_FUNCTION(cdw_rfm_hash_extended)
{
	cdw_rfm *state = cdw_rfm_from_datum(PG_GETARG_DATUM(0));
	Datum result = hash_any_extended((const unsigned char *) VARDATA(state),
									 VARSIZE(state) - VARHDRSZ, PG_GETARG_INT64(1));

	PG_FREE_IF_COPY(state, 0);
	return result;
}
