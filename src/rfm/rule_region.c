/*
 * src/rfm/rule_region.c
 *
 * What conditions cover, as regions: lists of boxes without common cells. A box has a set of cells for
 * each column, so that intersections and differences of boxes are boxes again; of n conditions there may
 * be exponentially many, so their number is limited and a question that takes more is left undecided.
 * Columns are taken to be independent, as are the elements that one array may contain; only that a NULL
 * array contains nothing is known.
 */
#include "rfm/rule.h"

#include "miscadmin.h"
#include "utils/builtins.h"

#define MOST_BOXES_TOLD 10

static cdw_box
box_create(cdw_space *space)
{
	Size bytes = mul_size(sizeof(Bitmapset *), space->rules->ncolumns + 1);

	CHECK_FOR_INTERRUPTS();
	space->boxes_left--;
	return palloc0(bytes);
}

static cdw_box
box_copy(cdw_space *space, cdw_box box)
{
	cdw_box copy = box_create(space);

	for (int i = 0; i < space->rules->ncolumns; i++)
		copy[i] = box[i];
	return copy;
}

static cdw_box
box_all(cdw_space *space)
{
	cdw_box box = box_create(space);

	for (int i = 0; i < space->rules->ncolumns; i++)
		box[i] = space->rules->columns[i].possible;
	return box;
}

static bool
boxes_meet(const cdw_space *space, cdw_box a, cdw_box b)
{
	for (int i = 0; i < space->rules->ncolumns; i++)
	{
		if (a[i] != b[i] && !bms_overlap(a[i], b[i]))
			return false;
	}
	return true;
}

/* What two regions have in common. */
List *
cdw_region_intersect(cdw_space *space, List *a, List *b)
{
	List *result = NIL;
	ListCell *i;
	ListCell *j;

	foreach (i, a)
	{
		foreach (j, b)
		{
			cdw_box left = lfirst(i);
			cdw_box right = lfirst(j);
			cdw_box box;

			if (space->boxes_left < 0)
				return NIL;
			if (!boxes_meet(space, left, right))
				continue;
			box = box_copy(space, left);
			for (int k = 0; k < space->rules->ncolumns; k++)
			{
				if (left[k] != right[k])
					box[k] = bms_intersect(left[k], right[k]);
			}
			result = lappend(result, box);
		}
	}
	return result;
}

/* Appends what is left of box a without box b: for each column a box beside b. */
static List *
append_rest(cdw_space *space, List *result, cdw_box a, cdw_box b)
{
	cdw_box rest;

	if (!boxes_meet(space, a, b))
		return lappend(result, a);
	rest = box_copy(space, a);
	for (int i = 0; i < space->rules->ncolumns; i++)
	{
		Bitmapset *outside;

		if (rest[i] == b[i])
			continue;
		outside = bms_difference(rest[i], b[i]);
		if (bms_is_empty(outside))
			continue;
		result = lappend(result, box_copy(space, rest));
		((cdw_box) llast(result))[i] = outside;
		rest[i] = bms_intersect(rest[i], b[i]);
	}
	return result;
}

/* What is in region a and not in b. */
List *
cdw_region_subtract(cdw_space *space, List *a, List *b)
{
	ListCell *i;
	ListCell *j;

	foreach (j, b)
	{
		List *rest = NIL;

		foreach (i, a)
		{
			if (space->boxes_left < 0)
				return NIL;
			rest = append_rest(space, rest, lfirst(i), lfirst(j));
		}
		a = rest;
	}
	return a;
}

static List *
region_of_test(cdw_space *space, const cdw_condition *condition)
{
	cdw_box box = box_all(space);
	Bitmapset **cells = &box[condition->column];

	*cells = bms_intersect(*cells, condition->cells);
	return bms_is_empty(*cells) ? NIL : list_make1(box);
}

static List *
region_of_parts(cdw_space *space, const cdw_condition *condition)
{
	bool all = condition->kind == CDW_CONDITION_ALL;
	List *result = all ? list_make1(box_all(space)) : NIL;
	ListCell *lc;

	foreach (lc, condition->parts)
	{
		List *part = cdw_region_of(space, lfirst(lc));

		if (space->boxes_left < 0)
			return NIL;
		if (all)
			result = cdw_region_intersect(space, result, part);
		else
			result = list_concat(result, cdw_region_subtract(space, part, result));
	}
	return result;
}

/* Where a condition holds, ties between columns apart. */
List *
cdw_region_of(cdw_space *space, const cdw_condition *condition)
{
	check_stack_depth();
	switch (condition->kind)
	{
		case CDW_CONDITION_CELLS:
			return region_of_test(space, condition);
		case CDW_CONDITION_NOT:
			return cdw_region_subtract(space, list_make1(box_all(space)),
									   cdw_region_of(space, linitial(condition->parts)));
		default:
			return region_of_parts(space, condition);
	}
}

/* The column for comparisons with the array that a column asks for an element; NULL where none is. */
static const cdw_rule_column *
array_of(const cdw_rules *rules, const cdw_rule_column *contains)
{
	for (int i = 0; i < rules->ncolumns; i++)
	{
		if (!rules->columns[i].is_contains && strcmp(rules->columns[i].name, contains->name) == 0)
			return &rules->columns[i];
	}
	return NULL;
}

/* Where rows can be: an array that is NULL contains nothing. */
List *
cdw_region_all(cdw_space *space)
{
	const cdw_rules *rules = space->rules;
	List *region = list_make1(box_all(space));

	for (int i = 0; i < rules->ncolumns; i++)
	{
		const cdw_rule_column *array =
			rules->columns[i].is_contains ? array_of(rules, &rules->columns[i]) : NULL;
		cdw_box never;

		if (array == NULL || !bms_is_member(CDW_CELL_NULL, array->possible))
			continue;
		never = box_all(space);
		never[array - rules->columns] = bms_make_singleton(CDW_CELL_NULL);
		never[i] = bms_make_singleton(CDW_CELL_CONTAINS);
		region = cdw_region_subtract(space, region, list_make1(never));
	}
	return region;
}

/* The number of cells in a region. */
int64
cdw_region_cells(const cdw_space *space, const List *region)
{
	int64 total = 0;
	ListCell *lc;

	foreach (lc, region)
	{
		cdw_box box = lfirst(lc);
		int64 cells = 1;

		for (int i = 0; i < space->rules->ncolumns; i++)
			cells *= bms_num_members(box[i]);
		total += cells;
	}
	return total;
}

static void
append_box(StringInfo out, const cdw_space *space, cdw_box box)
{
	bool any = false;

	for (int i = 0; i < space->rules->ncolumns; i++)
	{
		const cdw_rule_column *column = &space->rules->columns[i];

		if (bms_equal(box[i], column->possible))
			continue;
		appendStringInfoString(out, any ? " and " : "");
		cdw_append_cells(out, column, box[i]);
		any = true;
	}
	if (!any)
		appendStringInfoString(out, "everywhere");
}

/* A region in words, in the caller's context: conditions of SQL, or "everywhere". */
char *
cdw_region_text(const cdw_space *space, const List *region)
{
	StringInfoData out;
	int told = 0;
	ListCell *lc;

	initStringInfo(&out);
	foreach (lc, region)
	{
		if (told == MOST_BOXES_TOLD)
		{
			appendStringInfo(&out, "; and %d more", list_length(region) - told);
			break;
		}
		appendStringInfoString(&out, told++ > 0 ? "; " : "");
		append_box(&out, space, lfirst(lc));
	}
	return out.data;
}
