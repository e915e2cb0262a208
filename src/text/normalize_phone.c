/*
 * src/text/normalize_phone.c
 *
 * The standard form of a telephone number, ITU-T E.164: "+", country code, national number.
 */
#include "text/phone_plans.h"
#include "text/symbols.h"

#include <unicode/uchar.h>

/* E.164 allows 15 digits; prefixes come on top. */
#define MAX_DIGITS 24
#define MAX_E164_DIGITS 15

/* The shortest number of a country without a plan here, with its code. */
#define MIN_E164_DIGITS 8

/* What begins an extension, longest first. */
static const char *const extension_words[] = {
	";ext=", "extension", "extn", "ext", "x", "#", ",", "分机", "分機", "内線", "转", "轉",
};

typedef struct dialled
{
	bool international; /* begins with + */
	int length;
	char digits[MAX_DIGITS + 1];
} dialled;

/* The plan of a region; NULL if there is none. Case does not matter. */
static const cdw_phone_plan *
plan_of_region(const char *region)
{
	for (int i = 0; i < cdw_phone_plan_count; i++)
	{
		const char *known = cdw_phone_plans[i].region;

		/* all are of two letters, which most regions differ in */
		if (pg_ascii_tolower((unsigned char) *known) == pg_ascii_tolower((unsigned char) *region) &&
			pg_strcasecmp(known, region) == 0)
			return &cdw_phone_plans[i];
	}
	return NULL;
}

/* Whether normalize_phone knows the region, an ISO 3166 code of two letters. */
bool
cdw_phone_region_known(const char *region)
{
	return plan_of_region(region) != NULL;
}

/* The digit that a code point stands for, in any script; -1 if it is none. */
static int
digit_value(uint32 symbol)
{
	if (symbol < 0x80)
		return symbol >= '0' && symbol <= '9' ? (int) symbol - '0' : -1;
	return u_charDigitValue(symbol);
}

/* Whether a code point may stand between digits. */
static bool
is_separator(uint32 symbol)
{
	if (symbol < 0x80)
		return symbol != 0 && strchr(" \t\r\n-.()/", (int) symbol) != NULL;
	return (U_GET_GC_MASK(symbol) & (U_GC_PD_MASK | U_GC_Z_MASK | U_GC_CF_MASK)) != 0 ||
		   symbol == 0x2212; /* minus sign */
}

/* Whether the rest of a number, from "at", is an extension: one of the words and digits. */
static bool
is_extension(const char *at, const char *end)
{
	const unsigned char *p;
	int digits = 0;

	for (int i = 0; i < (int) lengthof(extension_words); i++)
	{
		int size = strlen(extension_words[i]);

		if (end - at < size || memcmp(at, extension_words[i], size) != 0)
			continue;
		for (p = (const unsigned char *) at + size; p < (const unsigned char *) end;)
		{
			uint32 symbol = cdw_next_symbol(&p, (const unsigned char *) end);

			if (digit_value(symbol) >= 0)
				digits++;
			else if (!is_separator(symbol) && symbol != ':' && symbol != ',' && symbol != '#')
				return false;
		}
		return digits > 0;
	}
	return false;
}

/*
 * Takes the digits out of a number that is written with ASCII digits and what separates them, perhaps
 * behind a plus sign. False where something else is in it: it has to be looked at closely.
 */
static bool
read_plain_digits(const char *value, int len, dialled *number)
{
	number->international = false;
	number->length = 0;
	for (int i = 0; i < len; i++)
	{
		char c = value[i];

		if (c >= '0' && c <= '9')
		{
			if (number->length == MAX_DIGITS)
				return false;
			number->digits[number->length++] = c;
		}
		else if (c == '+' && !number->international && number->length == 0)
			number->international = true;
		else if (c != ' ' && c != '-' && c != '.' && c != '(' && c != ')' && c != '/')
			return false;
	}
	number->digits[number->length] = '\0';
	return number->length > 0;
}

/* Takes the digits out of a number in lower case. False when anything else is in it. */
static bool
read_digits(const char *value, int len, dialled *number)
{
	const unsigned char *at = (const unsigned char *) value;
	const unsigned char *end = at + len;

	/* an URI of RFC 3966 */
	if (len >= 4 && memcmp(value, "tel:", 4) == 0)
		at += 4;
	number->international = false;
	number->length = 0;
	while (at < end)
	{
		const char *here = (const char *) at;
		uint32 symbol = cdw_next_symbol(&at, end);
		int digit = digit_value(symbol);

		if (digit >= 0)
		{
			if (number->length == MAX_DIGITS)
				return false;
			number->digits[number->length++] = '0' + digit;
		}
		else if (symbol == '+' && !number->international && number->length == 0)
			number->international = true;
		else if (!is_separator(symbol))
		{
			if (number->length == 0 || !is_extension(here, (const char *) end))
				return false;
			break;
		}
	}
	number->digits[number->length] = '\0';
	return number->length > 0;
}

/* Replaces what is in out by +code and the national number. Always true. */
static bool
write_e164(StringInfo out, const char *code, const char *national)
{
	resetStringInfo(out);
	appendStringInfoChar(out, '+');
	appendStringInfoString(out, code);
	appendStringInfoString(out, national);
	return true;
}

/*
 * Writes an Argentine mobile number that has 15 behind its area code, as it is dialled in the country:
 * from abroad 9 stands before the area code instead. Area codes have 2 (only 11) to 4 digits. False if
 * there is no such 15.
 */
static bool
write_argentine_mobile(const cdw_phone_plan *plan, const char *digits, StringInfo out)
{
	char national[MAX_DIGITS + 1];

	digits += digits[0] == '0';
	if (strcmp(plan->region, "AR") != 0 || strlen(digits) != 12)
		return false;
	for (int area = strncmp(digits, "11", 2) == 0 ? 2 : 3; area <= 4; area++)
	{
		if (strncmp(digits + area, "15", 2) != 0)
			continue;
		snprintf(national, sizeof(national), "9%.*s%s", area, digits, digits + area + 2);
		return cdw_phone_rules_accept(plan->rules, national, strlen(national)) &&
			   write_e164(out, plan->code, national);
	}
	return false;
}

/* Writes a number that the plan accepts, as it is or without a trunk prefix; else false. */
static bool
write_national(const cdw_phone_plan *plan, const char *digits, StringInfo out)
{
	const char *trunk = plan->trunks;

	if (cdw_phone_rules_accept(plan->rules, digits, strlen(digits)))
		return write_e164(out, plan->code, digits);
	while (*trunk != '\0')
	{
		Size size = strcspn(trunk, " ");
		const char *rest = digits + size;

		if (strncmp(digits, trunk, size) == 0 &&
			cdw_phone_rules_accept(plan->rules, rest, strlen(rest)))
			return write_e164(out, plan->code, rest);
		trunk += size;
		trunk += *trunk == ' ';
	}
	return write_argentine_mobile(plan, digits, out);
}

/* Writes a number that begins with a country code; false if it is not valid. */
static bool
write_international(const char *digits, StringInfo out)
{
	int len = strlen(digits);
	bool planned = false;

	for (int i = 0; i < cdw_phone_plan_count; i++)
	{
		const cdw_phone_plan *plan = &cdw_phone_plans[i];
		Size size;

		if (plan->code[0] != digits[0])
			continue;
		size = strlen(plan->code);
		if (strncmp(digits, plan->code, size) != 0)
			continue;
		planned = true;
		if (write_national(plan, digits + size, out))
			return true;
	}
	return !planned && len >= MIN_E164_DIGITS && len <= MAX_E164_DIGITS &&
		   cdw_phone_code_exists(digits, len) && write_e164(out, "", digits);
}

/* Writes a number as it is dialled in a region: first as a number of that region. */
static bool
write_dialled(const cdw_phone_plan *plan, const char *digits, StringInfo out)
{
	Size exit_size = strlen(plan->exit);
	Size code_size = strlen(plan->code);

	if (write_national(plan, digits, out))
		return true;
	if (exit_size > 0 && strncmp(digits, plan->exit, exit_size) == 0 &&
		write_international(digits + exit_size, out))
		return true;
	if (strncmp(digits, "00", 2) == 0)
		return write_international(digits + 2, out);
	/* the country code without its "+" */
	return strncmp(digits, plan->code, code_size) == 0 &&
		   write_national(plan, digits + code_size, out);
}

/*
 * Replaces what is in out by value in E.164. Without "+" or an international prefix it is read as a
 * number of the region. Extensions are dropped. False when the number is not valid or the region is
 * unknown. Idempotent for every region.
 */
bool
cdw_normalize_phone(const char *value, int len, const char *region, StringInfo out)
{
	const cdw_phone_plan *plan = plan_of_region(region);
	dialled number;

	if (plan == NULL)
		return false;
	if (!read_plain_digits(value, len, &number))
	{
		cdw_casefold(value, len, out);
		if (!read_digits(out->data, out->len, &number))
			return false;
	}
	return number.international ? write_international(number.digits, out)
								: write_dialled(plan, number.digits, out);
}
