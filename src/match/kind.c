/*
 * src/match/kind.c
 *
 * The kinds of fields: how each is standardised, compared and blocked by default.
 *
 * A value that says that it is missing ("n/a", "unknown") is missing. Where a strict normaliser
 * refuses a value, a plainer form is kept, because a mistyped e-mail address or an impossible date
 * is still evidence: the same slip seldom happens twice to two people.
 */
#include "match/kind.h"

#include <ctype.h>
#include <math.h>

#include "text/text.h"

#define LONGEST_MISSING 7

/* Whether a value of seven bytes at most, without blanks around it, says that it is missing. */
static bool
says_missing(const char *value, int len)
{
	static const struct
	{
		const char *word;
		int len;
	} words[] = {{"null", 4}, {"n/a", 3}, {"none", 4}, {"nan", 3}, {"unknown", LONGEST_MISSING},
				 {"nil", 3},  {"-", 1},	  {"?", 1},	   {".", 1}};

	if (memchr("nNuU-?.", *value, 7) == NULL)
		return false;
	for (int i = 0; i < (int) lengthof(words); i++)
		if (len == words[i].len && pg_strncasecmp(value, words[i].word, len) == 0)
			return true;
	return false;
}

/* Whether a value is blank or says that it is missing. */
bool
cdw_is_missing(const char *value, int len)
{
	while (len > 0 && value[len - 1] == ' ')
		len--;
	while (len > 0 && *value == ' ')
	{
		value++;
		len--;
	}
	return len == 0 || (len <= LONGEST_MISSING && says_missing(value, len));
}

static void
standardise_text(const cdw_field *field pg_attribute_unused(), const char *value, int len,
				 StringInfo out)
{
	cdw_normalize_text(value, len, out);
}

static void
standardise_name(const cdw_field *field pg_attribute_unused(), const char *value, int len,
				 StringInfo out)
{
	cdw_normalize_name(value, len, out);
}

static void
standardise_company(const cdw_field *field pg_attribute_unused(), const char *value, int len,
					StringInfo out)
{
	cdw_normalize_company(value, len, out);
}

static void
standardise_address(const cdw_field *field pg_attribute_unused(), const char *value, int len,
					StringInfo out)
{
	cdw_normalize_address(value, len, out);
}

/* A valid address in standard form, else the text as it is, case folded. */
static void
standardise_email(const cdw_field *field pg_attribute_unused(), const char *value, int len,
				  StringInfo out)
{
	if (!cdw_normalize_email(value, len, out))
	{
		resetStringInfo(out);
		for (int i = 0; i < len; i++)
			if (value[i] != ' ')
				appendStringInfoChar(out, pg_ascii_tolower((unsigned char) value[i]));
	}
}

/* Keeps the letters and digits of the standard text, without blanks. */
static void
standardise_code(const cdw_field *field pg_attribute_unused(), const char *value, int len,
				 StringInfo out)
{
	int kept = 0;

	cdw_normalize_text(value, len, out);
	for (int i = 0; i < out->len; i++)
		if (out->data[i] != ' ')
			out->data[kept++] = out->data[i];
	out->data[kept] = '\0';
	out->len = kept;
}

static void
keep_digits(const char *value, int len, StringInfo out)
{
	resetStringInfo(out);
	for (int i = 0; i < len; i++)
		if (value[i] >= '0' && value[i] <= '9')
			appendStringInfoChar(out, value[i]);
}

/* The digits of the E.164 form, else the digits that are there. */
static void
standardise_phone(const cdw_field *field, const char *value, int len, StringInfo out)
{
	if (cdw_normalize_phone(value, len, field->region, out))
	{
		memmove(out->data, out->data + 1, out->len); /* the plus sign, with the final zero byte */
		out->len--;
	}
	else
		keep_digits(value, len, out);
}

/* yyyymmdd; an impossible date stays when it is eight digits long. */
static void
standardise_date(const cdw_field *field, const char *value, int len, StringInfo out)
{
	int year;
	int month;
	int day;

	if (cdw_normalize_date(value, len, field->field_order, &year, &month, &day))
	{
		int number = (year * 100 + month) * 100 + day;

		resetStringInfo(out);
		enlargeStringInfo(out, 8);
		for (int i = 7; i >= 0; i--, number /= 10)
			out->data[i] = '0' + number % 10;
		out->len = 8;
		out->data[out->len] = '\0';
		return;
	}
	keep_digits(value, len, out);
	if (out->len != 8)
		resetStringInfo(out);
}

/* Whether commas in digits stand before groups of three: "1,234,567.80". */
static bool
has_groups(const char *digits)
{
	int n = strspn(digits, "0123456789");

	if (n < 1 || n > 3 || digits[n] != ',')
		return false;
	while (digits[n] == ',')
	{
		if (strspn(digits + n + 1, "0123456789") != 3)
			return false;
		n += 4;
	}
	return digits[n] == '\0' || digits[n] == '.';
}

/*
 * Takes the blanks and signs of currency around an amount away, and commas between groups of digits. What
 * stands within it leaves a blank, which no number has.
 */
static void
strip_amount(char *text)
{
	static const char *const signs[] = {" ", "$", "\u00A3", "\u00A5", "\u20AC", "\uFFE5"};
	char *to = text;
	bool groups = false;
	bool behind = false; /* whether something was taken away behind digits */

	for (char *at = text; *at;)
	{
		int skipped = groups && *at == ',';

		for (int i = 0; i < (int) lengthof(signs) && skipped == 0; i++)
			if (strncmp(at, signs[i], strlen(signs[i])) == 0)
				skipped = strlen(signs[i]);
		if (skipped == 0)
		{
			if (to == text || to[-1] == '-' || to[-1] == '+')
				groups = has_groups(at);
			else if (behind)
				*to++ = ' ';
			*to++ = *at++;
			behind = false;
		}
		else if (*at != ',' && to > text && isdigit((unsigned char) to[-1]))
			behind = true;
		at += skipped;
	}
	*to = '\0';
}

/*
 * A finite number in its shortest form, also of an amount like "$1,234.50"; anything else is missing.
 */
static void
standardise_number(const cdw_field *field pg_attribute_unused(), const char *value, int len,
				   StringInfo out)
{
	char *copy = pnstrdup(value, len);
	char *end;
	double number;

	strip_amount(copy);
	number = strtod(copy, &end);
	resetStringInfo(out);
	if (end != copy && *end == '\0' && isfinite(number))
		appendStringInfo(out, "%.15g", number == 0 ? 0 : number); /* no minus zero */
	pfree(copy);
}

/* ---- places ---- */

/* Whether a value begins with a word, in any case. */
static bool
begins_with(const char *value, const char *word)
{
	return pg_strncasecmp(value, word, strlen(word)) == 0;
}

/* Reads a finite number and the blanks, commas and semicolons behind it; false where there is none. */
static bool
read_coordinate(char **at, double *number)
{
	char *end;

	*number = strtod(*at, &end);
	if (end == *at || !isfinite(*number))
		return false;
	while (*end == ' ' || *end == ',' || *end == ';')
		end++;
	*at = end;
	return true;
}

/*
 * "latitude,longitude" in degrees with five decimals, from "52.1, 4.3", or from a point, which has the
 * longitude first: "(4.3,52.1)", "POINT(4.3 52.1)". Outside the globe, and where both are zero, which
 * is what systems write for an unknown place, it is missing.
 */
static void
standardise_location(const cdw_field *field pg_attribute_unused(), const char *value, int len,
					 StringInfo out)
{
	char *copy = pnstrdup(value, len);
	char *at = copy;
	bool point;
	double latitude;
	double longitude;
	bool valid;

	while (*at == ' ')
		at++;
	if (begins_with(at, "point"))
		at += strlen("point");
	while (*at == ' ')
		at++;
	point = *at == '(';
	if (point)
		at++;
	valid = read_coordinate(&at, &latitude) && read_coordinate(&at, &longitude) &&
			strcmp(at, point ? ")" : "") == 0;
	if (valid && point)
	{
		double x = latitude;

		latitude = longitude;
		longitude = x;
	}
	if (valid && fabs(latitude) <= 90 && fabs(longitude) <= 180)
	{
		/* adding zero makes of minus zero zero */
		latitude = rint(latitude * 1e5) / 1e5 + 0.0;
		longitude = rint(longitude * 1e5) / 1e5 + 0.0;
		if (latitude != 0 || longitude != 0)
			appendStringInfo(out, "%.5f,%.5f", latitude, longitude);
	}
	pfree(copy);
}

static const cdw_kind kinds[] = {
	{
		.name = "name",
		.standardise = standardise_name,
		.comparison = &cdw_compare_name,
		.max_disagreement = .10,
		.partly_shared = true,
		.block_keys = {"%s", "tokens(%s)", "soundex(%s)", "first(%s, 4)", "last(%s, 4)",
					   "token_starts(%s)"},
	},
	{
		.name = "given_name",
		.standardise = standardise_name,
		.comparison = &cdw_compare_name,
		.max_disagreement = .20,
		.block_keys = {"%s", "soundex(%s)", "first(%s, 4)", "last(%s, 4)"},
	},
	{
		.name = "family_name",
		.standardise = standardise_name,
		.comparison = &cdw_compare_family_name,
		.shared = true,
		.block_keys = {"%s", "soundex(%s)", "first(%s, 4)", "last(%s, 4)"},
	},
	{
		.name = "company",
		.standardise = standardise_company,
		.comparison = &cdw_compare_text,
		.max_disagreement = .10,
		.shared = true,
		.block_keys = {"%s", "tokens(%s)", "first(%s, 6)", "token_pairs(%s)", "token_starts(%s)"},
	},
	{
		.name = "email",
		.standardise = standardise_email,
		.comparison = &cdw_compare_email,
		.max_disagreement = .40,
		.shared = true,
		.block_keys = {"%s", "local(%s)", "first(%s, 5)"},
	},
	{
		.name = "phone",
		.standardise = standardise_phone,
		.comparison = &cdw_compare_code,
		.max_disagreement = .60,
		.shared = true,
		.block_keys = {"%s", "last(%s, 7)"},
	},
	{
		.name = "date",
		.standardise = standardise_date,
		.comparison = &cdw_compare_date,
		.max_disagreement = .20,
		.block_keys = {"%s", "year_month(%s)", "month_day(%s)", "year_day(%s)"},
	},
	{
		.name = "postcode",
		.standardise = standardise_code,
		.comparison = &cdw_compare_postcode,
		.max_disagreement = .60,
		.shared = true,
		.block_keys = {"%s", "first_half(%s)", "last_half(%s)"},
	},
	{
		.name = "address",
		.standardise = standardise_address,
		.comparison = &cdw_compare_text,
		.shared = true,
		.block_keys = {"%s", "token_pairs(%s)", "tokens(%s)", "first(%s, 6)", "last(%s, 6)",
					   "token_starts(%s)"},
	},
	{
		.name = "place",
		.standardise = standardise_address,
		.comparison = &cdw_compare_family_name,
		.shared = true,
		.block_keys = {"%s", "soundex(%s)", "first(%s, 4)", "last(%s, 4)"},
	},
	{
		.name = "identifier",
		.standardise = standardise_code,
		.comparison = &cdw_compare_code,
		.max_disagreement = .60,
		.block_keys = {"%s", "first_half(%s)", "last_half(%s)"},
	},
	{
		.name = "category",
		.standardise = standardise_text,
		.comparison = &cdw_compare_category,
		.max_disagreement = .60,
		.shared = true,
	},
	{
		.name = "text",
		.standardise = standardise_text,
		.comparison = &cdw_compare_text,
		.block_keys = {"%s", "token_pairs(%s)", "tokens(%s)", "first(%s, 6)", "token_starts(%s)"},
	},
	{
		.name = "number",
		.standardise = standardise_number,
		.comparison = &cdw_compare_number,
		.max_disagreement = .60,
		.block_keys = {"%s", "magnitude(%s)", "magnitude(%s, 2)"},
	},
	{
		.name = "location",
		.standardise = standardise_location,
		.comparison = &cdw_compare_location,
		.max_disagreement = .60,
		.shared = true,
		.block_keys = {"grid(%s, 1)", "grid(%s, 2)", "grid(%s, 3)", "grid(%s, 4)"},
	},
	{
		.name = "tokens",
		.standardise = cdw_standardise_elements,
		.comparison = &cdw_compare_elements,
		.block_keys = {"%s", "minhash(%s, 1)", "minhash(%s, 2)"},
	},
};

/* Whether a value in standard form is one of those that say nothing in this field. */
static bool
says_nothing(const cdw_field *field, const char *standard)
{
	for (int i = 0; i < field->nmissing; i++)
		if (strcmp(field->missing_standard[i], standard) == 0)
			return true;
	return false;
}

/* Replaces out by the standard form of a value; empty where the value is missing. */
void
cdw_standardise(const cdw_field *field, const char *value, int len, StringInfo out)
{
	resetStringInfo(out);
	if (cdw_is_missing(value, len))
		return;
	field->kind->standardise(field, value, len, out);
	if (says_nothing(field, out->data))
		resetStringInfo(out);
}

/* NULL where there is no such kind. */
const cdw_kind *
cdw_find_kind(const char *name)
{
	for (int i = 0; i < (int) lengthof(kinds); i++)
		if (strcmp(kinds[i].name, name) == 0)
			return &kinds[i];
	return NULL;
}

/* All kinds, for a hint. */
char *
cdw_kind_names(void)
{
	StringInfoData names;

	initStringInfo(&names);
	for (int i = 0; i < (int) lengthof(kinds); i++)
		appendStringInfo(&names, i ? ", %s" : "%s", kinds[i].name);
	return names.data;
}
