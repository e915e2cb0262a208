/*
 * src/match/level.c
 *
 * The comparison of two records: field by field, but for fields whose values get exchanged, as given
 * and family name do. An exchange is one event and counts once: the first field gets the level
 * "swapped" and the second counts as missing.
 */
#include "match/match.h"

#include "text/short_string.h"

/* Whether two values of one length are the same bytes; mostly their beginnings tell. */
static inline bool
same_bytes(const char *a, const char *b, int len)
{
	if (len >= 8)
		return memcmp(a, b, 8) == 0 && memcmp(a + 8, b + 8, len - 8) == 0;
	return cdw_load_few_bytes(a, len) == cdw_load_few_bytes(b, len);
}

static inline int
compare_values(const cdw_field *field, const cdw_value *a, const cdw_value *b)
{
	if (a->len == 0 || b->len == 0)
		return CDW_MISSING;
	if (a->len == b->len && same_bytes(a->text, b->text, a->len))
		return 0;
	return field->comparison->level(field, a, b);
}

static inline int
field_level(const cdw_records *records, int field, cdw_record *a, cdw_record *b)
{
	cdw_value avalue;
	cdw_value bvalue;

	cdw_record_read(records, a, field, &avalue);
	cdw_record_read(records, b, field, &bvalue);
	return compare_values(&records->settings->field[field], &avalue, &bvalue);
}

/* Whether one slip at most can be between two values: then they begin or end alike. */
static bool
may_be_alike(const cdw_value *a, const cdw_value *b)
{
	return abs(a->len - b->len) <= 4 && a->len > 0 && b->len > 0 &&
		   (a->text[0] == b->text[0] || a->text[a->len - 1] == b->text[b->len - 1]);
}

static bool
same_value(const cdw_value *a, const cdw_value *b)
{
	return a->len > 0 && a->len == b->len && same_bytes(a->text, b->text, a->len);
}

/*
 * One record's first and second value against the other's second and first: both pairs are equal, or the
 * fields themselves are unlike and one pair is alike while the other is not different.
 */
static bool
is_swapped(const cdw_records *records, const cdw_unit *unit, cdw_record *a, cdw_record *b,
		   bool unlike)
{
	const cdw_field *field = &records->settings->field[unit->field];
	const cdw_comparison *comparison = field->comparison;
	cdw_value first_a;
	cdw_value first_b;
	cdw_value second_a;
	cdw_value second_b;
	int crossed;
	int other;

	cdw_record_read(records, a, unit->field, &first_a);
	cdw_record_read(records, b, unit->field, &first_b);
	cdw_record_read(records, a, unit->swap_with, &second_a);
	cdw_record_read(records, b, unit->swap_with, &second_b);
	if (same_value(&first_a, &second_b) && same_value(&second_a, &first_b))
		return true;
	if (!unlike)
		return false;
	if (!may_be_alike(&first_a, &second_b) && !may_be_alike(&second_a, &first_b))
		return false;
	crossed = compare_values(field, &first_a, &second_b);
	other = compare_values(field, &second_a, &first_b);
	return (crossed <= comparison->alike && other != comparison->different) ||
		   (other <= comparison->alike && crossed != comparison->different);
}

/* The levels of a unit's fields in a pair; CDW_MISSING where either record has no value. */
void
cdw_levels(const cdw_records *records, const cdw_unit *unit, cdw_record *a, cdw_record *b,
		   uint8 *level)
{
	const cdw_field *field = records->settings->field;

	level[unit->field] = field_level(records, unit->field, a, b);
	if (unit->swap_with < 0)
		return;
	level[unit->swap_with] = field_level(records, unit->swap_with, a, b);
	if (level[unit->field] == 0 || level[unit->swap_with] == 0)
		return;
	if (is_swapped(records, unit, a, b,
				   level[unit->field] >= field[unit->field].comparison->unlike &&
					   level[unit->swap_with] >= field[unit->swap_with].comparison->unlike))
	{
		level[unit->field] = field[unit->field].comparison->nlevels - 1;
		level[unit->swap_with] = CDW_MISSING;
	}
}
