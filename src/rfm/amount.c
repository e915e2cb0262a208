/*
 * src/rfm/amount.c
 *
 * Exact sums of numeric at the speed of int64. Almost all amounts are multiples of 10^-4 below 9.2e14;
 * they are read straight from numeric's stored digits (base 10^4) and added as integers. All others,
 * and sums that leave this range, go through numeric. The result has the value and the display scale of
 * sum(numeric) whatever the order of the additions.
 */
#include "rfm/rfm.h"

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

/* Refuses NaN and infinity, which no sum could recover from. */
static void
refuse_amount(const char *value)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("amount of a purchase must be finite"), errdetail("Value is %s.", value)));
}

/* The sum of one amount, a numeric that may be toasted; a general sum refers to it or to a copy. */
void
cdw_sum_from_amount(cdw_sum *sum, Datum amount)
{
	bool negative;

	switch (cdw_amount_read(PG_DETOAST_DATUM_PACKED(amount), &sum->units, &sum->scale, &negative))
	{
		case CDW_AMOUNT_UNITS:
			break;
		case CDW_AMOUNT_GENERAL:
			*sum = (cdw_sum){.general = DatumGetNumeric(amount), .scale = CDW_GENERAL};
			break;
		case CDW_AMOUNT_NAN:
			refuse_amount("NaN");
			break;
		case CDW_AMOUNT_INFINITE:
			refuse_amount("infinity");
			break;
	}
}

/* The sum becomes a finite numeric, in units where it fits; else it refers to value. */
void
cdw_sum_set_numeric(cdw_sum *sum, Numeric value)
{
	bool negative;

	if (cdw_amount_read((struct varlena *) value, &sum->units, &sum->scale, &negative) !=
		CDW_AMOUNT_UNITS)
		*sum = (cdw_sum){.general = value, .scale = CDW_GENERAL};
}

/*
 * Adds other to sum. A general result is allocated in the current context; numeric's own limits raise
 * 22003.
 */
void
cdw_sum_add(cdw_sum *sum, const cdw_sum *other)
{
	Datum result;

	if (other->scale != CDW_GENERAL && cdw_sum_add_units(sum, other->units, other->scale))
		return;
	result = DirectFunctionCall2(numeric_add, NumericGetDatum(cdw_sum_numeric(sum)),
								 NumericGetDatum(cdw_sum_numeric(other)));
	cdw_sum_set_numeric(sum, DatumGetNumeric(result));
}

/*
 * The same for a sum that lives in a context, as a general one of before does; what is left over in the
 * current context is the caller's to free.
 */
void
cdw_sum_add_in(MemoryContext context, cdw_sum *sum, const cdw_sum *other)
{
	Numeric before = sum->scale == CDW_GENERAL ? sum->general : NULL;

	if (other->scale != CDW_GENERAL && cdw_sum_add_units(sum, other->units, other->scale))
		return;
	cdw_sum_add(sum, other);
	if (sum->scale == CDW_GENERAL)
	{
		MemoryContext old = MemoryContextSwitchTo(context);

		sum->general = DatumGetNumericCopy(NumericGetDatum(sum->general));
		MemoryContextSwitchTo(old);
	}
	if (before != NULL)
		pfree(before);
}

/* The sum as numeric, in the current context or the sum's own. */
Numeric
cdw_sum_numeric(const cdw_sum *sum)
{
	if (sum->scale == CDW_GENERAL)
		return sum->general;
	return int64_div_fast_to_numeric(sum->units / units_below_scale[sum->scale], sum->scale);
}

/* How many decimals the sum is shown with. */
int32
cdw_sum_scale(const cdw_sum *sum)
{
	int64 units;
	int32 scale;
	bool negative;

	if (sum->scale != CDW_GENERAL)
		return sum->scale;
	(void) cdw_amount_read((struct varlena *) sum->general, &units, &scale, &negative);
	return scale;
}

bool
cdw_numeric_negative(Numeric value)
{
	int64 units;
	int32 scale;
	bool negative;

	(void) cdw_amount_read((struct varlena *) value, &units, &scale, &negative);
	return negative;
}

/* Less than, equal to or greater than zero as a is less than, equal to or greater than b. */
int
cdw_sum_compare(const cdw_sum *a, const cdw_sum *b)
{
	Numeric x;
	Numeric y;
	int result;

	if (a->scale != CDW_GENERAL && b->scale != CDW_GENERAL)
		return (a->units > b->units) - (a->units < b->units);
	x = cdw_sum_numeric(a);
	y = cdw_sum_numeric(b);
	result =
		DatumGetInt32(DirectFunctionCall2(numeric_cmp, NumericGetDatum(x), NumericGetDatum(y)));
	if (a->scale != CDW_GENERAL)
		pfree(x);
	if (b->scale != CDW_GENERAL)
		pfree(y);
	return result;
}
