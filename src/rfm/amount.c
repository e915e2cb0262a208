/*
 * src/rfm/amount.c
 *
 * Exact sums of numeric at the speed of int64. Almost all amounts are multiples of 10^-4 below 9.2e14;
 * they are read straight from numeric's stored digits (base 10^4) and added as integers. All others,
 * and sums that leave this range, go through numeric. The result has the value and the display scale of
 * sum(numeric) whatever the order of the additions.
 */
#include "rfm/rfm.h"

#include "common/int.h"
#include "utils/builtins.h"

/*
 * The stored form of numeric, fixed since PostgreSQL 9.1 because it is on disk: a 16-bit header whose
 * two highest bits tell short (10), special (11) and long (sign in bit 14) values apart.
 */
#define HEADER_KIND 0xC000
#define HEADER_NEGATIVE 0x4000 /* a long value */
#define HEADER_SHORT 0x8000
#define HEADER_SPECIAL 0xC000
#define SPECIAL_NAN 0xC000
#define SPECIAL_KIND 0xF000
#define SHORT_NEGATIVE 0x2000
#define SHORT_SCALE(header) (((header) &0x1F80) >> 7)
#define SHORT_WEIGHT(header) (((header) &0x0040 ? ~0x003F : 0) | ((header) &0x003F))
#define LONG_SCALE(header) ((header) &0x3FFF)
#define DIGIT_BASE 10000

static const int64 units_below_scale[CDW_UNIT_SCALE + 1] = {10000, 1000, 100, 10, 1};

/* A numeric has no alignment where its varlena header is short. */
static inline uint16
read_uint16(const char *p)
{
	uint16 result;

	memcpy(&result, p, sizeof(result));
	return result;
}

/*
 * Reads a numeric, which may have a short varlena header but must not be compressed or stored out of
 * line. Sets negative for every finite value, units and scale for CDW_AMOUNT_UNITS.
 */
cdw_amount_kind
cdw_amount_read(const struct varlena *amount, int64 *units, int32 *scale, bool *negative)
{
	const char *data = VARDATA_ANY(amount);
	const char *end = data + VARSIZE_ANY_EXHDR(amount);
	uint16 header = read_uint16(data);
	int weight;
	int64 value = 0;

	data += sizeof(uint16);
	if ((header & HEADER_KIND) == HEADER_SPECIAL)
		return (header & SPECIAL_KIND) == SPECIAL_NAN ? CDW_AMOUNT_NAN : CDW_AMOUNT_INFINITE;
	if ((header & HEADER_KIND) == HEADER_SHORT)
	{
		*negative = (header & SHORT_NEGATIVE) != 0;
		*scale = SHORT_SCALE(header);
		weight = SHORT_WEIGHT(header);
	}
	else
	{
		*negative = (header & HEADER_KIND) == HEADER_NEGATIVE;
		*scale = LONG_SCALE(header);
		weight = (int16) read_uint16(data);
		data += sizeof(uint16);
	}
	if (*scale > CDW_UNIT_SCALE)
		return CDW_AMOUNT_GENERAL;
	/* With at most four decimals no digit lies below 10^-4; a zero has no digits. */
	if (data < end)
	{
		/* Weight 4 is at least 10^16, out of range. */
		if (weight > 3)
			return CDW_AMOUNT_GENERAL;
		for (int i = weight; i >= -1; i--)
		{
			int digit = 0;

			if (data < end)
			{
				digit = read_uint16(data);
				data += sizeof(uint16);
			}
			if (pg_mul_s64_overflow(value, DIGIT_BASE, &value) ||
				pg_add_s64_overflow(value, digit, &value))
				return CDW_AMOUNT_GENERAL;
		}
	}
	*units = *negative ? -value : value;
	return CDW_AMOUNT_UNITS;
}

/* Adds a multiple of 10^-4; false, and nothing done, where the result needs the general form. */
bool
cdw_sum_add_units(cdw_sum *sum, int64 units, int32 scale)
{
	int64 result;

	if (sum->general != NULL || pg_add_s64_overflow(sum->units, units, &result) ||
		result == PG_INT64_MIN)
		return false;
	sum->units = result;
	sum->scale = Max(sum->scale, scale);
	return true;
}

/* The sum becomes a finite numeric, in units where it fits; else it refers to value. */
void
cdw_sum_set_numeric(cdw_sum *sum, Numeric value)
{
	bool negative;

	*sum = (cdw_sum){0};
	if (cdw_amount_read((struct varlena *) value, &sum->units, &sum->scale, &negative) !=
		CDW_AMOUNT_UNITS)
		*sum = (cdw_sum){.general = value};
}

/*
 * Adds other to sum. A general result is allocated in the current context; numeric's own limits raise
 * 22003.
 */
void
cdw_sum_add(cdw_sum *sum, const cdw_sum *other)
{
	Datum result;

	if (other->general == NULL && cdw_sum_add_units(sum, other->units, other->scale))
		return;
	result = DirectFunctionCall2(numeric_add, NumericGetDatum(cdw_sum_numeric(sum)),
								 NumericGetDatum(cdw_sum_numeric(other)));
	cdw_sum_set_numeric(sum, DatumGetNumeric(result));
}

/* The sum as numeric, in the current context or the sum's own. */
Numeric
cdw_sum_numeric(const cdw_sum *sum)
{
	if (sum->general != NULL)
		return sum->general;
	return int64_div_fast_to_numeric(sum->units / units_below_scale[sum->scale], sum->scale);
}

bool
cdw_sum_negative(const cdw_sum *sum)
{
	int64 units;
	int32 scale;
	bool negative;

	if (sum->general == NULL)
		return sum->units < 0;
	(void) cdw_amount_read((struct varlena *) sum->general, &units, &scale, &negative);
	return negative;
}

/* Less than, equal to or greater than zero as a is less than, equal to or greater than b. */
int
cdw_sum_compare(const cdw_sum *a, const cdw_sum *b)
{
	Numeric x;
	Numeric y;
	int result;

	if (a->general == NULL && b->general == NULL)
		return (a->units > b->units) - (a->units < b->units);
	x = cdw_sum_numeric(a);
	y = cdw_sum_numeric(b);
	result =
		DatumGetInt32(DirectFunctionCall2(numeric_cmp, NumericGetDatum(x), NumericGetDatum(y)));
	if (x != a->general)
		pfree(x);
	if (y != b->general)
		pfree(y);
	return result;
}
