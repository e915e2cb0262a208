/*
 * src/rfm/rule.c
 *
 * Lists of rules: their columns and conditions, and whether a condition holds. Every condition is true
 * or false: no comparison holds for NULL, and "not" turns that to true.
 */
#include "rfm/rule.h"

#include "miscadmin.h"

cdw_rule_column *
cdw_rules_add_column(cdw_rules *rules)
{
	if (rules->ncolumns == rules->capacity)
	{
		Size bytes;

		rules->capacity = Max(2 * rules->capacity, 8);
		bytes = mul_size(sizeof(cdw_rule_column), rules->capacity);
		rules->columns = rules->columns == NULL ? palloc(bytes) : repalloc(rules->columns, bytes);
	}
	memset(&rules->columns[rules->ncolumns], 0, sizeof(cdw_rule_column));
	return &rules->columns[rules->ncolumns++];
}

/* A condition made of others; of one part only it is that part. */
cdw_condition *
cdw_condition_create(cdw_condition_kind kind, const char *path, List *parts)
{
	cdw_condition *condition;

	if (kind != CDW_CONDITION_NOT && list_length(parts) == 1)
		return linitial(parts);
	condition = palloc0(sizeof(cdw_condition));
	condition->kind = kind;
	condition->path = path;
	condition->parts = parts;
	return condition;
}

cdw_condition *
cdw_condition_test(const char *path, int column, cdw_test test)
{
	cdw_condition *condition = palloc0(sizeof(cdw_condition));

	condition->kind = CDW_CONDITION_CELLS;
	condition->path = path;
	condition->column = column;
	condition->test = test;
	return condition;
}

/* The cells in which a test holds. */
static Bitmapset *
cells_of_test(cdw_rule_column *column, const cdw_test *test)
{
	int last = CDW_CELL_LAST(column);
	int low = 0;
	int high = last + 1;
	Bitmapset *cells = NULL;

	if (test->nvalues > 0)
		low = cdw_column_cell(column, test->values[0], false);
	if (test->nvalues > 1)
		high = cdw_column_cell(column, test->values[1], false);
	switch (test->kind)
	{
		case CDW_TEST_EQ:
			return bms_make_singleton(low);
		case CDW_TEST_NE:
			return bms_del_member(bms_add_range(NULL, CDW_CELL_FIRST, last), low);
		case CDW_TEST_LT:
			return bms_add_range(NULL, CDW_CELL_FIRST, low - 1);
		case CDW_TEST_LE:
			return bms_add_range(NULL, CDW_CELL_FIRST, low);
		case CDW_TEST_GT:
			return bms_add_range(NULL, low + 1, last);
		case CDW_TEST_GE:
			return bms_add_range(NULL, low, last);
		case CDW_TEST_BETWEEN:
			return bms_add_range(NULL, low, high);
		case CDW_TEST_PREFIX:
			return bms_add_range(NULL, low, high - 1);
		case CDW_TEST_IN:
			for (int i = 0; i < test->nvalues; i++)
				cells = bms_add_member(cells, cdw_column_cell(column, test->values[i], false));
			return cells;
		case CDW_TEST_NULL:
			return bms_make_singleton(CDW_CELL_NULL);
		case CDW_TEST_NOT_NULL:
			return bms_add_range(NULL, CDW_CELL_FIRST, last);
		case CDW_TEST_CONTAINS:
			return bms_make_singleton(CDW_CELL_CONTAINS);
	}
	return NULL;
}

/* Turns tests into cells, once the columns are finished. */
void
cdw_condition_finish(cdw_rules *rules, cdw_condition *condition)
{
	ListCell *lc;

	check_stack_depth();
	if (condition->kind == CDW_CONDITION_CELLS)
		condition->cells = cells_of_test(&rules->columns[condition->column], &condition->test);
	foreach (lc, condition->parts)
		cdw_condition_finish(rules, lfirst(lc));
}

/* Whether a condition holds for a row; cells has the row's cell for each column. */
bool
cdw_condition_holds(const cdw_condition *condition, const int *cells)
{
	ListCell *lc;

	if (condition->kind == CDW_CONDITION_CELLS)
		return bms_is_member(cells[condition->column], condition->cells);
	check_stack_depth();
	foreach (lc, condition->parts)
	{
		bool holds = cdw_condition_holds(lfirst(lc), cells);

		if (condition->kind == CDW_CONDITION_NOT)
			return !holds;
		if (holds == (condition->kind == CDW_CONDITION_ANY))
			return holds;
	}
	return condition->kind == CDW_CONDITION_ALL;
}
