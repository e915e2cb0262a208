/*
 * src/match/shape.c
 *
 * What a single value looks like: its characters, and whether it has the form of an e-mail address, a
 * telephone number, a date, a number or a postcode.
 */
#include "match/shape.h"

#include <ctype.h>
#include <math.h>

#include "mb/pg_wchar.h"
#include "text/text.h"

#define MOST_NUMBER_LENGTH 40

static bool
is_han(pg_wchar c)
{
	return (c >= 0x3400 && c <= 0x9FFF) || (c >= 0xF900 && c <= 0xFAFF) ||
		   (c >= 0x20000 && c <= 0x323AF);
}

/* Counts one character of a value. */
static void
count_character(cdw_shape *shape, pg_wchar c)
{
	shape->characters++;
	if (c >= '0' && c <= '9')
		shape->digits++;
	else if (c >= 0xC0 || (c < 128 && isalpha((int) c)))
		shape->letters++;
	shape->han += is_han(c);
}

/* An @ that is neither the first nor the last character, and a dot somewhere behind it. */
static bool
is_email(const char *text, int len)
{
	const char *at = len > 0 ? memchr(text, '@', len) : NULL;

	return at && at > text && memchr(at, '.', text + len - at) != NULL;
}

static bool
begins_with(const char *text, int len, const char *start)
{
	int size = strlen(start);

	return len >= size && pg_strncasecmp(text, start, size) == 0;
}

/* What may stand in a telephone number; an extension's "x" only behind digits. */
static void
look_at_phone(cdw_shape *shape, const char *text, int len)
{
	int between = 0;
	int dots = 0; /* three and nothing else: an address in the internet */

	while (len > 0 && text[len - 1] == ' ')
		len--;
	for (int i = 0; i < len; i++)
	{
		bool digit = isdigit((unsigned char) text[i]);

		if (!digit && strchr(" +-.()/", text[i]) == NULL &&
			!(shape->digits >= 9 && i > 8 && strchr("ext#", tolower((unsigned char) text[i]))))
			return;
		between += !digit;
		dots += text[i] == '.';
	}
	shape->phone = shape->digits >= 6 && shape->digits <= 15 && !(dots == 3 && between == 3);
	shape->punctuated = between > 0;
	shape->prefixed = len > 2 && (text[0] == '+' || (text[0] == '0' && text[1] == '0'));
	shape->cn_mobile = shape->digits == 11 && text[0] == '1' && len > 1 && text[1] >= '3';
}

cdw_shape
cdw_shape_of(const char *text, int len)
{
	cdw_shape shape = {0};
	int size;

	for (int i = 0; i < len; i += size)
	{
		size = pg_utf_mblen((const unsigned char *) text + i);
		if (i + size > len)
			break;
		count_character(&shape, utf8_to_unicode((const unsigned char *) text + i));
	}
	shape.email = is_email(text, len);
	shape.url = begins_with(text, len, "http://") || begins_with(text, len, "https://") ||
				begins_with(text, len, "www.");
	if (shape.letters < 4)
		look_at_phone(&shape, text, len);
	return shape;
}

/* Days since the first of March of the year 0, in the Gregorian calendar. */
int
cdw_day_number(int year, int month, int day)
{
	int y = month > 2 ? year : year - 1;
	int m = month > 2 ? month - 3 : month + 9;

	return 365 * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day - 1;
}

/* Whether a value has hours and minutes other than midnight. */
bool
cdw_has_clock(const char *text, int len)
{
	for (int i = 2; i + 2 < len; i++)
		if (text[i] == ':' && isdigit((unsigned char) text[i - 1]) &&
			isdigit((unsigned char) text[i + 1]))
		{
			for (int j = i - 2; j < len; j++)
			{
				if (isdigit((unsigned char) text[j]) && text[j] != '0')
					return true;
				if (text[j] == '+')
					break;
			}
			return false;
		}
	return false;
}

/*
 * The order that a date itself shows where its year comes last and is no month: CDW_DMY for 31/12/2020,
 * CDW_MDY for 12/31/2020; -1 where it shows none.
 */
int
cdw_date_order(const char *text, int len)
{
	int number[3] = {0};
	int digits[3] = {0};
	int n = 0;

	for (int i = 0; i < len && n < 3; i++)
	{
		if (isdigit((unsigned char) text[i]))
		{
			number[n] = Min(number[n] * 10 + text[i] - '0', 100000);
			digits[n]++;
		}
		else if (digits[n] > 0)
			n++;
		if (isalpha((unsigned char) text[i]) && n < 3)
			return -1;
	}
	if (digits[0] == 0 || digits[0] > 2 || digits[1] == 0 || digits[1] > 2 ||
		(digits[2] != 4 && digits[2] != 2))
		return -1;
	if (number[0] > 12 && number[0] <= 31 && number[1] <= 12)
		return CDW_DMY;
	if (number[1] > 12 && number[1] <= 31 && number[0] <= 12)
		return CDW_MDY;
	return -1;
}

/* A finite number written in digits, and how many of them stand behind its point. */
bool
cdw_read_number(const char *text, int len, double *number, int *decimals)
{
	char copy[MOST_NUMBER_LENGTH + 1];
	char *end;
	const char *point;

	if (len <= 0 || len > MOST_NUMBER_LENGTH)
		return false;
	memcpy(copy, text, len);
	copy[len] = '\0';
	if (strspn(copy, " +-.0123456789eE") < (size_t) len)
		return false;
	*number = strtod(copy, &end);
	while (*end == ' ')
		end++;
	if (end == copy || *end != '\0' || !isfinite(*number))
		return false;
	point = strchr(copy, '.');
	*decimals = point ? strspn(point + 1, "0123456789") : 0;
	return true;
}

/* "48.85, 2.35" or "(2.35,48.85)": two numbers with decimals that can be a place on earth. */
bool
cdw_read_coordinates(const char *text, int len)
{
	const char *end = text + len;
	const char *comma;
	double first;
	double second;
	int first_decimals;
	int second_decimals;

	while (text < end && (*text == ' ' || *text == '('))
		text++;
	while (end > text && (end[-1] == ' ' || end[-1] == ')'))
		end--;
	comma = memchr(text, ',', end - text);
	return comma && cdw_read_number(text, comma - text, &first, &first_decimals) &&
		   cdw_read_number(comma + 1, end - comma - 1, &second, &second_decimals) &&
		   first_decimals > 0 && second_decimals > 0 && fabs(first) <= 180 && fabs(second) <= 180;
}

/* A value as a pattern: a letter is A, a digit 9, blanks are left out; other characters as they are. */
static void
pattern_of(const char *text, int len, char *pattern, int size)
{
	int n = 0;

	for (int i = 0; i < len && n < size - 1; i++)
	{
		unsigned char c = text[i];

		if (c != ' ')
			pattern[n++] = isdigit(c) ? '9' : isalpha(c) ? 'A' : (char) c;
	}
	pattern[n] = '\0';
}

/*
 * Whether a value can be nothing else than a postcode: those of Britain, Canada and the Netherlands mix
 * letters and digits, others have a hyphen (United States, Japan, Poland, Brazil, Portugal). Plain
 * digits may be anything.
 */
bool
cdw_is_postcode(const char *standard, int standard_len, const char *raw, int raw_len)
{
	static const char *const mixed[] = {"A99AA",  "A999AA",	 "AA99AA", "AA999AA",
										"A9A9AA", "AA9A9AA", "A9A9A9", "9999AA"};
	static const char *const hyphenated[] = {"99999-9999", "999-9999", "99-999", "99999-999",
											 "9999-999"};
	char pattern[16];

	if (raw_len > 12)
		return false;
	pattern_of(standard, standard_len, pattern, sizeof(pattern));
	for (int i = 0; i < (int) lengthof(mixed); i++)
		if (strcmp(pattern, mixed[i]) == 0)
			return true;
	pattern_of(raw, raw_len, pattern, sizeof(pattern));
	for (int i = 0; i < (int) lengthof(hyphenated); i++)
		if (strcmp(pattern, hyphenated[i]) == 0)
			return true;
	return false;
}

/* The words of standard text, which has single blanks between them. */
int
cdw_count_words(const char *standard, int len)
{
	int words = len > 0;

	for (int i = 0; i < len; i++)
		words += standard[i] == ' ';
	return words;
}

/* Whether two values differ in digits only, however many: "rec-7-org" and "rec-31-org". */
bool
cdw_same_without_digits(const cdw_cell *a, const cdw_cell *b)
{
	int i = 0;
	int j = 0;

	for (;;)
	{
		while (i < a->len && isdigit((unsigned char) a->text[i]))
			i++;
		while (j < b->len && isdigit((unsigned char) b->text[j]))
			j++;
		if (i == a->len || j == b->len)
			return i == a->len && j == b->len && a->len > 0 && b->len > 0;
		if (a->text[i++] != b->text[j++])
			return false;
	}
}
