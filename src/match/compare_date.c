/*
 * src/match/compare_date.c
 *
 * Dates, which are kept as yyyymmdd: by slips of the pen, as dates of birth differ, or by the days
 * between, as dates of events do. Eight digits that are no date of the calendar have an order all
 * the same.
 */
#include "match/compare.h"

#include "text/short_string.h"

/* Years apart from which on dates are over 400 days apart, though months and days go up to 99. */
#define FAR_YEARS 13

/* The eight digits of a date, the first one in the lowest byte. */
static inline uint64
digits_of(const cdw_value *date)
{
	return cdw_load_8_bytes(date->text);
}

/* The numbers of two digits in bytes 0 and 2, the year, 4 and 6; other bytes are void. */
static inline uint64
numbers_of(uint64 date)
{
	uint64 digits = date & UINT64CONST(0x0F0F0F0F0F0F0F0F);

	return digits * 10 + (digits >> 8);
}

static inline int
year_of(uint64 date)
{
	uint64 numbers = numbers_of(date);

	return (numbers & 0xFF) * 100 + (numbers >> 16 & 0xFF);
}

/* Days in the proleptic Gregorian calendar (Fliegel and van Flandern 1968). */
static inline int
day_number(uint64 date)
{
	uint64 numbers = numbers_of(date);
	int year = year_of(date);
	int month = numbers >> 32 & 0xFF;
	int day = numbers >> 48 & 0xFF;
	int shift = (month - 14) / 12;

	return 1461 * (year + 4800 + shift) / 4 + 367 * (month - 2 - 12 * shift) / 12 -
		   3 * ((year + 4900 + shift) / 100) / 4 + day;
}

/* Days between two dates, 0 or more. */
int
cdw_days_between(const cdw_value *a, const cdw_value *b)
{
	return abs(day_number(digits_of(a)) - day_number(digits_of(b)));
}

/* The high bits of the bytes that are not zero. */
static inline uint64
nonzero_bytes(uint64 word)
{
	return (((word & ~CDW_HIGH_BITS) + ~CDW_HIGH_BITS) | word) & CDW_HIGH_BITS;
}

/* Where two dates differ and this digit and the next are exchanged, as high bits of the first. */
static inline uint64
exchanges(uint64 a, uint64 b, uint64 differing)
{
	return differing & ~nonzero_bytes(a ^ b >> 8) & ~nonzero_bytes(a >> 8 ^ b);
}

/*
 * Optimal string alignment of two dates that differ: 1, 2, or 3 for more. Of equal length, they are
 * one step apart when one digit is another or two neighbours are exchanged; two steps are two of
 * these, or a digit dropped and one put in, which shifts all between the first and the last place
 * that differ by one.
 */
static inline int
slips(uint64 a, uint64 b)
{
	uint64 differing = nonzero_bytes(a ^ b);
	int count = (differing >> 7) * UINT64CONST(0x0101010101010101) >> 56;
	uint64 exchanged = exchanges(a, b, differing);
	uint64 between;

	if (count == 1 || (count == 2 && exchanged != 0))
		return 1;
	if (count == 2 || (count == 3 && exchanged != 0))
		return 2;
	/* the first exchange and another one that does not overlap with it */
	if (count == 4 && (exchanged & (exchanged - 1) & ~((exchanged & -exchanged) << 8)) != 0)
		return 2;
	/* from the first place that differs to before the last */
	between = (UINT64CONST(0x80) << 8 * (pg_leftmost_one_pos64(differing) / 8) >> 7) -
			  (UINT64CONST(1) << 8 * (pg_rightmost_one_pos64(differing) / 8));
	return ((a >> 8 ^ b) & between) == 0 || ((a ^ b >> 8) & between) == 0 ? 2 : 3;
}

static int
typed_level(const cdw_field *field pg_attribute_unused(), const cdw_value *left,
			const cdw_value *right)
{
	uint64 a = digits_of(left);
	uint64 b = digits_of(right);
	uint64 difference = a ^ b;
	bool year = (difference & PG_UINT32_MAX) == 0;
	bool month = (difference >> 32 & 0xFFFF) == 0;
	bool day = difference >> 48 == 0;
	bool exchanged = year && (a >> 32 & 0xFFFF) == b >> 48 && a >> 48 == (b >> 32 & 0xFFFF);
	int distance = slips(a, b);
	int days;

	if (exchanged || distance == 1)
		return 1;
	if (year + month + day == 2)
		return 2;
	if (abs(year_of(a) - year_of(b)) >= FAR_YEARS)
		return distance == 2 ? 3 : 5;
	days = cdw_days_between(left, right);
	if (days <= 1)
		return 2;
	if (distance == 2 || year)
		return 3;
	return days <= 400 ? 4 : 5;
}

const cdw_comparison cdw_compare_date = {
	.nlevels = 6,
	.cost = 13,
	.different = 5,
	.alike = 1,
	.unlike = 3,
	.level = typed_level,
	.label = {"equal", "one slip or day and month exchanged",
			  "two of year, month, day or the next day", "two slips or same year",
			  "within 400 days", "different"},
};

static int
days_level(const cdw_field *field pg_attribute_unused(), const cdw_value *a, const cdw_value *b)
{
	static const int most[] = {1, 3, 7, 30};
	int days = cdw_days_between(a, b);
	int level = 0;

	while (level < (int) lengthof(most) && days > most[level])
		level++;
	return level + 1;
}

const cdw_comparison cdw_compare_days = {
	.nlevels = 6,
	.cost = 10,
	.different = 5,
	.alike = 1,
	.unlike = 3,
	.level = days_level,
	.label = {"equal", "within 1 day", "within 3 days", "within 7 days", "within 30 days",
			  "different"},
};
