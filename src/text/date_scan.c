/*
 * src/text/date_scan.c
 *
 * Words, numbers and times of day in the text of a date.
 */
#include "text/date_scan.h"

/* Behind a date: weekdays in Chinese and Japanese, and the halves of the day before its time. */
static const char *const han_weeks[] = {"星期", "礼拜", "禮拜", "周", "週"};
static const char *const han_weekdays[] = {"一", "二", "三", "四", "五", "六", "日",
										   "天", "月", "火", "水", "木", "金", "土"};
static const char *const half_days[] = {"上午", "下午", "午前", "午後", "오전", "오후"};

/* Moves over what the text begins with, if it begins with that. */
bool
cdw_skip_word(const char **at, const char *word)
{
	Size size = strlen(word);

	if (strncmp(*at, word, size) != 0)
		return false;
	*at += size;
	return true;
}

/* Moves over blanks. */
void
cdw_skip_blanks(const char **at)
{
	*at += strspn(*at, " \t\r\n");
}

/* The length of the ASCII letters at "at". */
int
cdw_count_letters(const char *at)
{
	return strspn(at, "abcdefghijklmnopqrstuvwxyz");
}

/* Reads a run of digits. False if there is none, or more than "most". */
bool
cdw_read_digits(const char **at, int most, cdw_date_part *out)
{
	out->kind = CDW_DATE_NUMBER;
	out->digits = strspn(*at, "0123456789");
	out->value = 0;
	if (out->digits == 0 || out->digits > most)
		return false;
	for (int i = 0; i < out->digits; i++)
		out->value = out->value * 10 + (*(*at)++ - '0');
	return true;
}

/* Reads two digits at most, of which the value is at most "greatest". */
static bool
read_limited(const char **at, int greatest)
{
	cdw_date_part number;

	return cdw_read_digits(at, 2, &number) && number.value <= greatest;
}

/* Reads hh:mm, with seconds and fractions if they are there. */
static bool
read_clock(const char **at)
{
	if (!read_limited(at, 24) || !cdw_skip_word(at, ":") || !read_limited(at, 59))
		return false;
	if (!cdw_skip_word(at, ":"))
		return true;
	if (!read_limited(at, 60))
		return false;
	if (**at == '.' || **at == ',')
	{
		(*at)++;
		*at += strspn(*at, "0123456789");
	}
	return true;
}

/* Reads hhmm or hhmmss behind a "t". */
bool
cdw_read_compact_clock(const char **at)
{
	cdw_date_part number;
	int seconds = 0;

	if (!cdw_read_digits(at, 6, &number) || (number.digits != 4 && number.digits != 6))
		return false;
	if (number.digits == 6)
	{
		seconds = number.value % 100;
		number.value /= 100;
	}
	return number.value / 100 <= 24 && number.value % 100 <= 59 && seconds <= 60;
}

/* Reads a time zone: nothing, a letter or abbreviation, or an offset. */
static bool
read_zone(const char **at)
{
	cdw_date_part offset;

	if (**at == '+' || **at == '-')
	{
		(*at)++;
		if (!cdw_read_digits(at, 4, &offset))
			return false;
		return !cdw_skip_word(at, ":") || read_limited(at, 59);
	}
	*at += Min(cdw_count_letters(*at), 5);
	return true;
}

/* Moves over a time of day with its zone, if there is one: "Mar 12 10:11:12 CET 2020". */
void
cdw_skip_clock(const char **at)
{
	const char *p = *at;

	if (!read_clock(&p))
		return;
	cdw_skip_blanks(&p);
	p += Min(cdw_count_letters(p), 5);
	cdw_skip_blanks(&p);
	*at = p;
}

/* Moves over the weekday behind a date in Chinese or Japanese: 星期四, 周四, (木). */
static void
skip_han_weekday(const char **at)
{
	const char *p = *at;
	bool bracket;

	cdw_skip_blanks(&p);
	if (*p != '(' && !IS_HIGHBIT_SET(*p))
		return;
	bracket = cdw_skip_word(&p, "(");
	for (int i = 0; i < (int) lengthof(han_weeks) && !cdw_skip_word(&p, han_weeks[i]); i++)
		;
	for (int i = 0; i < (int) lengthof(han_weekdays); i++)
		if (cdw_skip_word(&p, han_weekdays[i]))
		{
			if (!bracket || cdw_skip_word(&p, ")"))
				*at = p;
			return;
		}
}

/* Whether the rest of the value is a time of day, or nothing. */
bool
cdw_is_time(const char *at)
{
	bool t;

	skip_han_weekday(&at);
	if (*at == '\0' || strcmp(at, "z") == 0)
		return true;
	t = cdw_skip_word(&at, "t");
	if (!t && *at != ' ' && *at != ',' && *at != '\t')
		return false;
	at += strspn(at, ", \t");
	if (*at == '\0')
		return !t;
	if (IS_HIGHBIT_SET(*at))
		for (int i = 0; i < (int) lengthof(half_days) && !cdw_skip_word(&at, half_days[i]); i++)
			;
	cdw_skip_blanks(&at);
	if (t && strspn(at, "0123456789") > 2 ? !cdw_read_compact_clock(&at) : !read_clock(&at))
		return false;
	cdw_skip_blanks(&at);
	if (!cdw_skip_word(&at, "am"))
		(void) cdw_skip_word(&at, "pm");
	cdw_skip_blanks(&at);
	return read_zone(&at) && *at == '\0';
}
