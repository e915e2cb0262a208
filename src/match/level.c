/*
 * src/match/level.c
 *
 * The comparison of two records: field by field, but for a given and a family name, which systems
 * exchange. Exchanged names are one event and count once: the given name gets the level "swapped"
 * and the family name counts as missing.
 */
#include "match/match.h"

/* From this level on two names are unlike enough to ask whether they were exchanged. */
#define UNLIKE 3
/*
 * With one field of the person's own, a relative cannot be told from the person under a wrong name.
 */
#define LEAST_PERSONAL 2
/* Up to this level crossed names are alike. */
#define ALIKE 1

static int
compare_values(const cdw_comparison *comparison, const char *a, int alen, const char *b, int blen)
{
	if (alen == 0 || blen == 0)
		return CDW_MISSING;
	if (alen == blen && memcmp(a, b, alen) == 0)
		return 0;
	return comparison->level(a, alen, b, blen);
}

static int
field_level(const cdw_records *records, int field, cdw_record *a, cdw_record *b)
{
	int alen;
	int blen;
	const char *avalue = cdw_record_value(records, a, field, &alen);
	const char *bvalue = cdw_record_value(records, b, field, &blen);

	return compare_values(records->settings->field[field].comparison, avalue, alen, bvalue, blen);
}

/* Whether one slip at most can be between two values: then they begin or end alike. */
static bool
may_be_alike(const char *a, int alen, const char *b, int blen)
{
	return abs(alen - blen) <= 4 && alen > 0 && blen > 0 &&
		   (a[0] == b[0] || a[alen - 1] == b[blen - 1]);
}

/* One record's given name and family name against the other's family name and given name. */
static bool
is_swapped(const cdw_records *records, const cdw_unit *unit, cdw_record *a, cdw_record *b)
{
	const cdw_comparison *comparison = records->settings->field[unit->field].comparison;
	int given_a_len;
	int given_b_len;
	int family_a_len;
	int family_b_len;
	const char *given_a = cdw_record_value(records, a, unit->field, &given_a_len);
	const char *given_b = cdw_record_value(records, b, unit->field, &given_b_len);
	const char *family_a = cdw_record_value(records, a, unit->swap_with, &family_a_len);
	const char *family_b = cdw_record_value(records, b, unit->swap_with, &family_b_len);
	int crossed;
	int other;

	if (!may_be_alike(given_a, given_a_len, family_b, family_b_len) &&
		!may_be_alike(family_a, family_a_len, given_b, given_b_len))
		return false;
	crossed = compare_values(comparison, given_a, given_a_len, family_b, family_b_len);
	other = compare_values(comparison, family_a, family_a_len, given_b, given_b_len);
	return (crossed <= ALIKE && other != comparison->different) ||
		   (other <= ALIKE && crossed != comparison->different);
}

/* The levels of a unit's fields in a pair; CDW_MISSING where either record has no value. */
void
cdw_levels(const cdw_records *records, const cdw_unit *unit, cdw_record *a, cdw_record *b,
		   uint8 *level)
{
	level[unit->field] = field_level(records, unit->field, a, b);
	if (unit->swap_with < 0)
		return;
	level[unit->swap_with] = field_level(records, unit->swap_with, a, b);
	if (level[unit->field] >= UNLIKE && level[unit->swap_with] >= UNLIKE &&
		is_swapped(records, unit, a, b))
	{
		level[unit->field] = cdw_compare_swappable_name.nlevels - 1;
		level[unit->swap_with] = CDW_MISSING;
	}
}

/* Settles what is compared together; to be called once all fields are there. */
void
cdw_plan_comparisons(cdw_match_settings *settings)
{
	int given = -1;
	int family = -1;
	int shared = 0;

	for (int f = settings->nfields - 1; f >= 0; f--)
	{
		cdw_field *field = &settings->field[f];

		field->comparison = field->kind->comparison;
		shared += field->kind->shared;
		if (strcmp(field->kind->name, "given_name") == 0)
			given = f;
		if (strcmp(field->kind->name, "family_name") == 0)
			family = f;
	}
	settings->nunits = 0;
	settings->households = shared > 0 && settings->nfields - shared >= LEAST_PERSONAL;
	for (int f = 0; f < settings->nfields; f++)
	{
		bool swappable = f == given && family >= 0;

		if (swappable)
			settings->field[f].comparison = &cdw_compare_swappable_name;
		if (f != family || given < 0)
			settings->unit[settings->nunits++] =
				(cdw_unit){.field = f, .swap_with = swappable ? family : -1};
	}
}
