/*
 * src/match/compare_date.c
 *
 * Dates, which are kept as yyyymmdd: by slips of the pen, as dates of birth differ, or by the days
 * between, as dates of events do. Eight digits that are no date of the calendar have an order all
 * the same.
 */
#include "match/compare.h"

#include "text/text.h"

/* Days in the proleptic Gregorian calendar (Fliegel and van Flandern 1968). */
static int
day_number(const char *date)
{
	int number = 0;
	int year;
	int month;
	int shift;

	for (int i = 0; i < 8; i++)
		number = number * 10 + (date[i] - '0');
	year = number / 10000;
	month = number / 100 % 100;
	shift = (month - 14) / 12;
	return 1461 * (year + 4800 + shift) / 4 + 367 * (month - 2 - 12 * shift) / 12 -
		   3 * ((year + 4900 + shift) / 100) / 4 + number % 100;
}

/* Days between two dates, 0 or more. */
int
cdw_days_between(const cdw_value *a, const cdw_value *b)
{
	return abs(day_number(a->text) - day_number(b->text));
}

static int
typed_level(const cdw_field *field pg_attribute_unused(), const cdw_value *left,
			const cdw_value *right)
{
	const char *a = left->text;
	const char *b = right->text;
	bool year = memcmp(a, b, 4) == 0;
	bool month = memcmp(a + 4, b + 4, 2) == 0;
	bool day = memcmp(a + 6, b + 6, 2) == 0;
	bool exchanged = year && memcmp(a + 4, b + 6, 2) == 0 && memcmp(a + 6, b + 4, 2) == 0;
	int distance;
	int days;

	if (exchanged)
		return 1;
	distance = cdw_damerau_levenshtein(a, 8, b, 8);
	if (distance == 1)
		return 1;
	days = cdw_days_between(left, right);
	if (year + month + day == 2 || days <= 1)
		return 2;
	if (distance == 2 || year)
		return 3;
	return days <= 400 ? 4 : 5;
}

const cdw_comparison cdw_compare_date = {
	.nlevels = 6,
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
	.different = 5,
	.alike = 1,
	.unlike = 3,
	.level = days_level,
	.label = {"equal", "within 1 day", "within 3 days", "within 7 days", "within 30 days",
			  "different"},
};
