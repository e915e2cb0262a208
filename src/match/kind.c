/*
 * src/match/kind.c
 *
 * The kinds of fields: how each is standardised, compared and blocked by default.
 *
 * A value that says that it is missing ("n/a", "unknown") is missing. Where a strict normaliser
 * refuses a value, a plainer form is kept, because a mistyped e-mail address or an impossible date
 * is still evidence: the same slip seldom happens twice to two people.
 */
#include "match/match.h"

#include <math.h>

#include "text/text.h"

static bool
is_missing(const char *value, int len)
{
	static const char *const words[] = {"null", "n/a", "none", "nan", "unknown",
										"nil",	"-",   "?",	   "."};

	while (len > 0 && value[len - 1] == ' ')
		len--;
	while (len > 0 && *value == ' ')
	{
		value++;
		len--;
	}
	for (int i = 0; i < (int) lengthof(words); i++)
		if (len == (int) strlen(words[i]) && pg_strncasecmp(value, words[i], len) == 0)
			return true;
	return len == 0;
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
		resetStringInfo(out);
		appendStringInfo(out, "%04d%02d%02d", year, month, day);
		return;
	}
	keep_digits(value, len, out);
	if (out->len != 8)
		resetStringInfo(out);
}

/* A finite number in its shortest form; anything else is missing. */
static void
standardise_number(const cdw_field *field pg_attribute_unused(), const char *value, int len,
				   StringInfo out)
{
	char *copy = pnstrdup(value, len);
	char *end;
	double number = strtod(copy, &end);

	resetStringInfo(out);
	while (*end == ' ')
		end++;
	if (end != copy && *end == '\0' && isfinite(number))
		appendStringInfo(out, "%.15g", number == 0 ? 0 : number); /* no minus zero */
	pfree(copy);
}

static const cdw_kind kinds[] = {
	{
		.name = "name",
		.standardise = standardise_name,
		.comparison = &cdw_compare_name,
		.max_disagreement = .10,
		.block_keys = {"%s", "first_token(%s)", "last_token(%s)", "soundex(%s)", "first(%s, 4)",
					   "last(%s, 4)"},
	},
	{
		.name = "given_name",
		.standardise = standardise_name,
		.comparison = &cdw_compare_name,
		.block_keys = {"%s", "soundex(%s)", "first(%s, 4)", "last(%s, 4)"},
	},
	{
		.name = "family_name",
		.standardise = standardise_name,
		.comparison = &cdw_compare_name,
		.shared = true,
		.block_keys = {"%s", "soundex(%s)", "first(%s, 4)", "last(%s, 4)"},
	},
	{
		.name = "company",
		.standardise = standardise_company,
		.comparison = &cdw_compare_text,
		.max_disagreement = .10,
		.shared = true,
		.block_keys = {"%s", "first_token(%s)", "first(%s, 6)", "minhash(%s, 1)", "minhash(%s, 2)"},
	},
	{
		.name = "email",
		.standardise = standardise_email,
		.comparison = &cdw_compare_email,
		.max_disagreement = .40,
		.shared = true,
		.block_keys = {"%s", "local(%s)"},
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
		.max_disagreement = .40,
		.block_keys = {"%s", "year_month(%s)", "month_day(%s)"},
	},
	{
		.name = "postcode",
		.standardise = standardise_code,
		.comparison = &cdw_compare_code,
		.max_disagreement = .60,
		.shared = true,
		.block_keys = {"%s"},
	},
	{
		.name = "address",
		.standardise = standardise_address,
		.comparison = &cdw_compare_text,
		.shared = true,
		.block_keys = {"%s", "first(%s, 6)", "last(%s, 6)", "minhash(%s, 1)", "minhash(%s, 2)"},
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
		.block_keys = {"%s", "first(%s, 6)", "minhash(%s, 1)", "minhash(%s, 2)"},
	},
	{
		.name = "number",
		.standardise = standardise_number,
		.comparison = &cdw_compare_number,
		.max_disagreement = .60,
		.block_keys = {"%s"},
	},
};

/* Replaces out by the standard form of a value; empty where the value is missing. */
void
cdw_standardise(const cdw_field *field, const char *value, int len, StringInfo out)
{
	resetStringInfo(out);
	if (is_missing(value, len))
		return;
	field->kind->standardise(field, value, len, out);
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
