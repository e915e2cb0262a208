/*
 * src/match/compare_code.c
 *
 * Codes, which are kept as letters and digits without blanks: phone numbers, identifiers, postcodes.
 */
#include "match/compare.h"

#include <ctype.h>

#include "text/text.h"

static int
code_level(const cdw_field *field pg_attribute_unused(), const cdw_value *a, const cdw_value *b)
{
	int shorter = Min(a->len, b->len);
	int distance = cdw_damerau_levenshtein_within(a->text, a->len, b->text, b->len, 2);

	if (distance == 1)
		return 1;
	if (distance == 2 && shorter >= 5)
		return 2;
	if (shorter >= 4 && cdw_begins_alike(a->text, (Max(a->len, b->len) + 1) / 2, b->text, shorter))
		return 3;
	return 4;
}

const cdw_comparison cdw_compare_code = {
	.nlevels = 5,
	.cost = 20,
	.different = 4,
	.alike = 1,
	.unlike = 3,
	.level = code_level,
	.label = {"equal", "one slip", "two slips", "same first half", "different"},
};

/*
 * The part of a postcode that names a district: of the form of the United Kingdom ("sw1a1aa") what
 * stands before the last three characters, of all others the first half.
 */
static int
district_length(const cdw_value *code)
{
	const unsigned char *last = (const unsigned char *) code->text + code->len - 3;

	if (code->len >= 5 && code->len <= 7 && isalpha((unsigned char) code->text[0]) &&
		isdigit(last[0]) && isalpha(last[1]) && isalpha(last[2]))
		return code->len - 3;
	return (code->len + 1) / 2;
}

static int
postcode_level(const cdw_field *field pg_attribute_unused(), const cdw_value *a, const cdw_value *b)
{
	int shorter = Min(a->len, b->len);
	int district = district_length(a);
	bool prefix = shorter >= 3 && cdw_begins_alike(a->text, a->len, b->text, b->len);
	int distance = cdw_damerau_levenshtein_within(a->text, a->len, b->text, b->len, 2);

	if (distance == 1 || (prefix && shorter >= 5))
		return 1;
	if (prefix || (district >= 2 && district == district_length(b) &&
				   memcmp(a->text, b->text, district) == 0))
		return 2;
	return distance == 2 && shorter >= 5 ? 3 : 4;
}

const cdw_comparison cdw_compare_postcode = {
	.nlevels = 5,
	.cost = 40,
	.different = 4,
	.alike = 1,
	.unlike = 3,
	.level = postcode_level,
	.label = {"equal", "one slip or longer form", "same district", "two slips", "different"},
};

/* ---- e-mail addresses ---- */

static int
local_length(const cdw_value *value)
{
	const char *at = memchr(value->text, '@', value->len);

	return at ? at - value->text : value->len;
}

static int
email_level(const cdw_field *field pg_attribute_unused(), const cdw_value *left,
			const cdw_value *right)
{
	const char *a;
	const char *b;
	int alocal;
	int blocal;
	int distance;
	int local_distance;

	cdw_put_in_order(&left, &right);
	a = left->text;
	b = right->text;
	alocal = local_length(left);
	blocal = local_length(right);
	if (alocal == blocal && alocal >= 3 && memcmp(a, b, alocal) == 0)
		return 1;
	distance = cdw_damerau_levenshtein_within(a, left->len, b, right->len, 3);
	if (distance <= 2)
		return 1;
	local_distance = cdw_damerau_levenshtein_within(a, alocal, b, blocal, 1);
	if (distance == 3 || (local_distance <= 1 && Min(alocal, blocal) >= 3))
		return 2;
	if (cdw_jaro_winkler_from(a, alocal, b, blocal, .9) >= .9)
		return 3;
	if (left->len - alocal > 1 && left->len - alocal == right->len - blocal &&
		memcmp(a + alocal, b + blocal, left->len - alocal) == 0)
		return 4;
	return 5;
}

const cdw_comparison cdw_compare_email = {
	.nlevels = 6,
	.cost = 50,
	.different = 5,
	.alike = 1,
	.unlike = 3,
	.level = email_level,
	.label = {"equal", "same local part or two slips", "three slips or local part with one slip",
			  "similar local part", "same domain", "different"},
};
