/*
 * src/text/normalize_date.c
 *
 * Reading a calendar day from the layouts that customer data has. A date is three parts, which are
 * numbers or the name of a month, with something between them; behind it may stand a time of day.
 */
#include "text/date_scan.h"
#include "text/symbols.h"

#include <unicode/uchar.h>

/* The longest value that is looked at: weekday, day, month, year and time with zone fit. */
#define MAX_DATE_LENGTH 80

/* Two-digit years are those from 1930 to 2029. */
#define FIRST_SHORT_YEAR 30

/* A date without its numbers' meaning. */
typedef struct date_parts
{
	cdw_date_part parts[3];
	bool units;	  /* 年月日 or 년월일: the parts are year, month, day */
	bool compact; /* eight digits */
} date_parts;

static const char *const month_names[] = {"january",   "february", "march",	   "april",
										  "may",	   "june",	   "july",	   "august",
										  "september", "october",  "november", "december"};
static const char *const weekday_names[] = {"monday", "tuesday",  "wednesday", "thursday",
											"friday", "saturday", "sunday"};

static const struct
{
	const char *year;
	const char *month;
	const char *days[3];
} unit_words[] = {{"年", "月", {"日", "号", "號"}}, {"년", "월", {"일", "일", "일"}}};

/* The place of a word of "len" letters in a list, from 1: in full, or cut to 3 (or "sept"). */
static int
find_name(const char *const *names, int count, const char *word, int len)
{
	for (int i = 0; i < count; i++)
		if (len >= 3 && strncmp(word, names[i], len) == 0 &&
			(len == 3 || len == (int) strlen(names[i]) || (len == 4 && word[0] == 's')))
			return i + 1;
	return 0;
}

/* Reads a number, or the name of a month with or without a dot. */
static bool
read_part(const char **at, cdw_date_part *out)
{
	int len = cdw_count_letters(*at);

	if (len == 0)
		return cdw_read_digits(at, 4, out);
	out->kind = CDW_DATE_MONTH_NAME;
	out->value = find_name(month_names, lengthof(month_names), *at, len);
	*at += len;
	return out->value > 0;
}

/* Moves over "st", "nd", "rd", "th" behind a day. */
static void
skip_ordinal(const char **at)
{
	if (cdw_count_letters(*at) == 2 && strchr("snrt", **at) != NULL)
		(void) (cdw_skip_word(at, "st") || cdw_skip_word(at, "nd") || cdw_skip_word(at, "rd") ||
				cdw_skip_word(at, "th"));
}

/*
 * Moves over what stands between two parts; returns it as one character, with a blank for blanks,
 * commas and nothing at all, 0 if it is something else.
 */
static char
read_separator(const char **at)
{
	char separator = ' ';

	cdw_skip_blanks(at);
	if (**at != '\0' && strchr("-/.,", **at) != NULL)
		separator = *(*at)++;
	cdw_skip_blanks(at);
	/* "12th of March" */
	(void) cdw_skip_word(at, "of ");
	return separator == ',' ? ' ' : separator;
}

/* Moves over the weekday that the text may begin with. False on another word but a month. */
static bool
skip_weekday(const char **at)
{
	int len = cdw_count_letters(*at);

	if (len == 0 || find_name(month_names, lengthof(month_names), *at, len) > 0)
		return true;
	if (find_name(weekday_names, lengthof(weekday_names), *at, len) == 0)
		return false;
	*at += len;
	*at += strspn(*at, "., \t");
	return true;
}

/* Reads "2020年3月12日" and its kin. False, with *at where it was, if it is none. */
static bool
read_units(const char **at, date_parts *date)
{
	for (int i = 0; i < (int) lengthof(unit_words); i++)
	{
		const char *p = *at;

		if (!cdw_read_digits(&p, 4, &date->parts[0]))
			return false;
		cdw_skip_blanks(&p);
		if (!cdw_skip_word(&p, unit_words[i].year))
			continue;
		cdw_skip_blanks(&p);
		if (!cdw_read_digits(&p, 2, &date->parts[1]))
			return false;
		cdw_skip_blanks(&p);
		if (!cdw_skip_word(&p, unit_words[i].month))
			return false;
		cdw_skip_blanks(&p);
		if (!cdw_read_digits(&p, 2, &date->parts[2]))
			return false;
		cdw_skip_blanks(&p);
		for (int day = 0; day < 3; day++)
			if (cdw_skip_word(&p, unit_words[i].days[day]))
				break;
		*at = p;
		date->units = true;
		return true;
	}
	return false;
}

/*
 * Reads eight digits as year, month, day; six more behind them are a time of day. False, with *at
 * where it was, if they are not there.
 */
static bool
read_compact(const char **at, date_parts *date)
{
	int digits = strspn(*at, "0123456789");
	const char *p = *at;
	int all = 0;

	if (digits != 8 && digits != 14)
		return false;
	while (p < *at + 8)
		all = all * 10 + (*p++ - '0');
	date->parts[0] = (cdw_date_part){CDW_DATE_NUMBER, 4, all / 10000};
	date->parts[1] = (cdw_date_part){CDW_DATE_NUMBER, 2, all / 100 % 100};
	date->parts[2] = (cdw_date_part){CDW_DATE_NUMBER, 2, all % 100};
	if (digits == 14 && !cdw_read_compact_clock(&p))
		return false;
	date->compact = digits == 8;
	*at = p;
	return true;
}

/* Reads three parts with like separators; a blank goes with any when a month is named. */
static bool
read_separated(const char **at, date_parts *date)
{
	char separators[2];
	int names = 0;

	for (int i = 0; i < 3; i++)
	{
		if (!read_part(at, &date->parts[i]))
			return false;
		names += date->parts[i].kind == CDW_DATE_MONTH_NAME;
		if (date->parts[i].kind == CDW_DATE_NUMBER && date->parts[i].digits <= 2)
			skip_ordinal(at);
		if (i < 2)
		{
			const char *before = *at;

			separators[i] = read_separator(at);
			/* digits and letters may touch, digits and digits not */
			if (*at == before &&
				(cdw_count_letters(before) == 0) == (date->parts[i].kind == CDW_DATE_NUMBER))
				return false;
			if (i == 1 && date->parts[0].kind == CDW_DATE_MONTH_NAME)
				cdw_skip_clock(at);
		}
	}
	if (names > 1 || date->parts[2].kind == CDW_DATE_MONTH_NAME)
		return false;
	return names == 1 || separators[0] == separators[1];
}

/* Whether a part can only be a year. */
static bool
is_surely_year(const cdw_date_part *p)
{
	return p->kind == CDW_DATE_NUMBER && (p->digits == 4 || (p->digits == 2 && p->value > 31));
}

/*
 * Whether the year is the first part. The part that has four digits or is over 31 is the year. Of
 * short numbers the first is if the field order says so and it has two digits; beside the name of a
 * month the year is the last.
 */
static bool
year_is_first(const date_parts *date, cdw_field_order order)
{
	const cdw_date_part *parts = date->parts;

	if (date->units || is_surely_year(&parts[0]))
		return true;
	if (is_surely_year(&parts[2]) || parts[0].kind == CDW_DATE_MONTH_NAME ||
		parts[1].kind == CDW_DATE_MONTH_NAME)
		return false;
	return order == CDW_YMD && parts[0].digits == 2;
}

/* The year of a part, two digits as 1930 to 2029; 0 if it can't be one. */
static int
full_year(const cdw_date_part *p)
{
	if (p->kind != CDW_DATE_NUMBER || (p->digits != 2 && p->digits != 4))
		return 0;
	if (p->digits == 4)
		return p->value;
	return p->value + (p->value < FIRST_SHORT_YEAR ? 2000 : 1900);
}

/* Whether the calendar has the day: Gregorian, years 1 to 9999. */
static bool
is_calendar_day(int year, int month, int day)
{
	static const int month_days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

	if (year < 1 || month < 1 || month > 12 || day < 1)
		return false;
	return day <= month_days[month - 1] + (leap && month == 2);
}

/* Gives the three parts their meaning. False if they are no calendar day. */
static bool
interpret(const date_parts *date, cdw_field_order order, int *year, int *month, int *day)
{
	bool first = year_is_first(date, order);
	const cdw_date_part *year_part = &date->parts[first ? 0 : 2];
	const cdw_date_part *month_part = &date->parts[first ? 1 : 0];
	const cdw_date_part *day_part = &date->parts[first ? 2 : 1];

	if (!first && (date->parts[1].kind == CDW_DATE_MONTH_NAME ||
				   (order == CDW_DMY && date->parts[0].kind == CDW_DATE_NUMBER)))
	{
		month_part = &date->parts[1];
		day_part = &date->parts[0];
	}
	if (day_part->kind != CDW_DATE_NUMBER || day_part->digits > 2 ||
		(month_part->kind == CDW_DATE_NUMBER && month_part->digits > 2))
		return false;
	*year = full_year(year_part);
	*month = month_part->value;
	*day = day_part->value;
	return is_calendar_day(*year, *month, *day);
}

/* Rewrites the digits of all scripts, and dashes, as ASCII; "text" is in lower case. */
static void
append_ascii(const StringInfo text, StringInfo out)
{
	const unsigned char *at = (const unsigned char *) text->data;
	const unsigned char *end = at + text->len;

	while (at < end)
	{
		uint32 symbol = cdw_next_symbol(&at, end);
		int digit = symbol < 0x80 ? -1 : u_charDigitValue(symbol);

		if (digit >= 0)
			appendStringInfoCharMacro(out, (char) ('0' + digit));
		else if ((U_GET_GC_MASK(symbol) & U_GC_PD_MASK) || symbol == 0x2212 /* minus sign */)
			appendStringInfoCharMacro(out, '-');
		else
			cdw_append_symbol(out, symbol);
	}
}

/*
 * Regroups eight digits, which are no day with the year first, so that the year is last. False if it
 * is before 1800: that is a slip in a day with the year first, 20201340.
 */
static bool
put_year_last(date_parts *date)
{
	int first = date->parts[0].value;
	int year = date->parts[1].value * 100 + date->parts[2].value;

	date->parts[0] = (cdw_date_part){CDW_DATE_NUMBER, 2, first / 100};
	date->parts[1] = (cdw_date_part){CDW_DATE_NUMBER, 2, first % 100};
	date->parts[2] = (cdw_date_part){CDW_DATE_NUMBER, 4, year};
	return year >= 1800;
}

/* Reads a date in lower case with ASCII digits. */
static bool
read_date(const char *at, cdw_field_order order, int *year, int *month, int *day)
{
	date_parts date = {0};

	cdw_skip_blanks(&at);
	if (!skip_weekday(&at))
		return false;
	if (!read_units(&at, &date) && !read_compact(&at, &date) && !read_separated(&at, &date))
		return false;
	/* Korean dates with dots end with one */
	if (*at == '.')
		at++;
	if (!cdw_is_time(at))
		return false;
	if (interpret(&date, order, year, month, day))
		return true;
	return date.compact && order != CDW_YMD && put_year_last(&date) &&
		   interpret(&date, order, year, month, day);
}

/* The number that two digits make; -1 if they are none. */
static inline int
two_digits(const char *at)
{
	if (at[0] < '0' || at[0] > '9' || at[1] < '0' || at[1] > '9')
		return -1;
	return (at[0] - '0') * 10 + (at[1] - '0');
}

/* Reads the most frequent layout, four, two and two digits. False if it is another. */
static bool
read_plain(const char *value, int len, int *year, int *month, int *day)
{
	int century;

	if (len != 10 || value[4] != value[7] ||
		(value[4] != '-' && value[4] != '/' && value[4] != '.'))
		return false;
	century = two_digits(value);
	*year = two_digits(value + 2);
	*month = two_digits(value + 5);
	*day = two_digits(value + 8);
	if ((century | *year | *month | *day) < 0)
		return false;
	*year += century * 100;
	return true;
}

/*
 * Finds the calendar day that value names; a time of day behind it is ignored. False when there is
 * no such day or the layout is unknown.
 */
bool
cdw_normalize_date(const char *value, int len, cdw_field_order order, int *year, int *month,
				   int *day)
{
	char lower[MAX_DATE_LENGTH + 1];
	StringInfoData folded;
	StringInfoData digits;
	bool valid;

	if (len > MAX_DATE_LENGTH)
		return false;
	if (read_plain(value, len, year, month, day))
		return is_calendar_day(*year, *month, *day);
	if (cdw_is_ascii(value, len))
	{
		for (int i = 0; i < len; i++)
			lower[i] = pg_ascii_tolower((unsigned char) value[i]);
		lower[len] = '\0';
		return read_date(lower, order, year, month, day);
	}
	initStringInfo(&folded);
	initStringInfo(&digits);
	cdw_casefold(value, len, &folded);
	append_ascii(&folded, &digits);
	valid = read_date(digits.data, order, year, month, day);
	pfree(folded.data);
	pfree(digits.data);
	return valid;
}
