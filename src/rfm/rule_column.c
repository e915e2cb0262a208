/*
 * src/rfm/rule_column.c
 *
 * A column that rules speak of: the constants that cut its line into cells, the cell of a value, and
 * cells in words. Values are compared by the type's default btree order, text by its bytes, so that
 * nothing depends on a collation.
 */
#include "rfm/rule.h"

#include "access/htup_details.h"
#include "catalog/pg_collation.h"
#include "catalog/pg_enum.h"
#include "catalog/pg_type.h"
#include "common/int.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/catcache.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"
#include "utils/typcache.h"

/* Adds a constant, in any order and any number of times. */
void
cdw_column_add_cut(cdw_rule_column *column, Datum value)
{
	if (column->ncuts == column->capacity)
	{
		Size bytes;

		column->capacity = Max(2 * column->capacity, 4);
		bytes = mul_size(sizeof(Datum), column->capacity);
		column->cuts = column->cuts == NULL ? palloc(bytes) : repalloc(column->cuts, bytes);
	}
	column->cuts[column->ncuts++] = value;
}

/* Of a type with few values, all are cuts: then nothing lies between. */
static void
add_all_values(cdw_rule_column *column)
{
	if (column->type == BOOLOID)
	{
		cdw_column_add_cut(column, BoolGetDatum(false));
		cdw_column_add_cut(column, BoolGetDatum(true));
		column->listed = true;
	}
	else if (type_is_enum(column->type))
	{
		CatCList *labels = SearchSysCacheList1(ENUMTYPOIDNAME, ObjectIdGetDatum(column->type));

		for (int i = 0; i < labels->n_members; i++)
		{
			Form_pg_enum label = (Form_pg_enum) GETSTRUCT(&labels->members[i]->tuple);

			cdw_column_add_cut(column, ObjectIdGetDatum(label->oid));
		}
		ReleaseCatCacheList(labels);
		column->listed = true;
	}
}

/* Sets the type of the constants; false where it has no order (of an array's elements: no equality). */
bool
cdw_column_set_type(cdw_rule_column *column, Oid type)
{
	TypeCacheEntry *entry = lookup_type_cache(type, TYPECACHE_CMP_PROC | TYPECACHE_EQ_OPR);

	if (column->is_contains ? !OidIsValid(entry->eq_opr) : !OidIsValid(entry->cmp_proc))
		return false;
	column->type = type;
	column->collation = OidIsValid(get_typcollation(type)) ? C_COLLATION_OID : InvalidOid;
	fmgr_info(column->is_contains ? F_ARRAYCONTAINS : entry->cmp_proc, &column->compare);
	if (!column->is_contains)
		add_all_values(column);
	return true;
}

static int
compare_values(cdw_rule_column *column, Datum a, Datum b)
{
	return DatumGetInt32(FunctionCall2Coll(&column->compare, column->collation, a, b));
}

static int
compare_cuts(const void *a, const void *b, void *column)
{
	CHECK_FOR_INTERRUPTS();
	return compare_values(column, *(const Datum *) a, *(const Datum *) b);
}

/* The constants in order, each once. */
static void
sort_cuts(cdw_rule_column *column)
{
	int n = 0;

	if (column->ncuts == 0)
		return;
	qsort_arg(column->cuts, column->ncuts, sizeof(Datum), compare_cuts, column);
	for (int i = 0; i < column->ncuts; i++)
	{
		if (i == 0 || compare_values(column, column->cuts[n - 1], column->cuts[i]) != 0)
			column->cuts[n++] = column->cuts[i];
	}
	column->ncuts = n;
}

/* A value of a type that counts in whole steps, with the type's bounds; false for other types. */
static bool
whole_number(Oid type, Datum value, int64 *number, int64 *lowest, int64 *highest)
{
	switch (type)
	{
		case INT2OID:
			*number = DatumGetInt16(value);
			*lowest = PG_INT16_MIN;
			*highest = PG_INT16_MAX;
			return true;
		case INT4OID:
		case DATEOID:
			*number = DatumGetInt32(value);
			*lowest = PG_INT32_MIN;
			*highest = PG_INT32_MAX;
			return true;
		case INT8OID:
		case TIMESTAMPOID:
		case TIMESTAMPTZOID:
			*number = DatumGetInt64(value);
			*lowest = PG_INT64_MIN;
			*highest = PG_INT64_MAX;
			return true;
		default:
			return false;
	}
}

/*
 * Whether a value can lie in the gap below the cut k, or above all where k is the number of cuts. Types
 * that are not counted in whole steps are taken to have a value between any two.
 */
static bool
gap_possible(const cdw_rule_column *column, int k)
{
	int64 low;
	int64 high;
	int64 lowest;
	int64 highest;
	int64 next;

	if (column->listed)
		return false;
	if (column->ncuts == 0 ||
		!whole_number(column->type, column->cuts[Max(k - 1, 0)], &low, &lowest, &highest))
		return true;
	if (k == 0)
		return low > lowest;
	if (k == column->ncuts)
		return low < highest;
	high = low;
	(void) whole_number(column->type, column->cuts[k], &high, &lowest, &highest);
	return !pg_add_s64_overflow(low, 1, &next) && next < high;
}

/* Ends the reading of constants: puts them in order and finds the cells that exist. */
void
cdw_column_finish(cdw_rule_column *column, bool nullable)
{
	if (column->is_contains)
	{
		column->possible = bms_add_range(NULL, CDW_CELL_FIRST, CDW_CELL_CONTAINS);
		return;
	}
	if (nullable)
		column->possible = bms_make_singleton(CDW_CELL_NULL);
	sort_cuts(column);
	for (int k = 0; k <= column->ncuts; k++)
	{
		if (gap_possible(column, k))
			column->possible = bms_add_member(column->possible, CDW_CELL_OF_CUT(k) - 1);
		if (k < column->ncuts)
			column->possible = bms_add_member(column->possible, CDW_CELL_OF_CUT(k));
	}
}

/* The cell of a value; for a constant of the rules, that of its cut. */
int
cdw_column_cell(cdw_rule_column *column, Datum value, bool isnull)
{
	int low = 0;
	int high = column->ncuts;

	if (column->is_contains)
		return !isnull && DatumGetBool(FunctionCall2Coll(&column->compare, column->collation, value,
														 column->contains))
				   ? CDW_CELL_CONTAINS
				   : CDW_CELL_FIRST;
	if (isnull)
		return CDW_CELL_NULL;
	while (low < high)
	{
		int middle = (low + high) / 2;
		int order = compare_values(column, value, column->cuts[middle]);

		if (order == 0)
			return CDW_CELL_OF_CUT(middle);
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return CDW_CELL_OF_CUT(low) - 1;
}

/* ---- cells in words ---- */

static void
append_value(StringInfo out, Oid type, Datum value)
{
	Oid output;
	bool varlena;
	char *text;
	char category;
	bool preferred;

	if (type == BOOLOID)
	{
		appendStringInfoString(out, DatumGetBool(value) ? "true" : "false");
		return;
	}
	getTypeOutputInfo(type, &output, &varlena);
	text = OidOutputFunctionCall(output, value);
	get_type_category_preferred(type, &category, &preferred);
	if (category == TYPCATEGORY_NUMERIC)
		appendStringInfoString(out, text);
	else
		appendStringInfoString(out, quote_literal_cstr(text));
}

static void
append_cut(StringInfo out, const cdw_rule_column *column, const char *operator, int k)
{
	appendStringInfo(out, "%s %s ", quote_identifier(column->name), operator);
	append_value(out, column->type, column->cuts[k]);
}

/*
 * The values of a run of cells from first to last, of which each may be a cut or lie beside one; a bound
 * that excludes nothing is left out.
 */
static void
append_run(StringInfo out, const cdw_rule_column *column, int first, int last, bool from_lowest,
		   bool to_highest)
{
	bool from_cut = first % 2 == 0;
	bool to_cut = last % 2 == 0;
	int low = first / 2 - 1;
	int high = to_cut ? last / 2 - 1 : last / 2;

	if (from_lowest && to_highest)
		appendStringInfo(out, "%s is not null", quote_identifier(column->name));
	else if (first == last && from_cut)
		append_cut(out, column, "=", low);
	else if (from_lowest)
		append_cut(out, column, to_cut ? "<=" : "<", high);
	else if (to_highest)
		append_cut(out, column, from_cut ? ">=" : ">", low);
	else if (from_cut && to_cut)
	{
		append_cut(out, column, "between", low);
		appendStringInfoString(out, " and ");
		append_value(out, column->type, column->cuts[high]);
	}
	else
	{
		append_cut(out, column, from_cut ? ">=" : ">", low);
		appendStringInfoString(out, " and ");
		append_cut(out, column, to_cut ? "<=" : "<", high);
	}
}

static void
append_contains(StringInfo out, const cdw_rule_column *column, const Bitmapset *cells)
{
	const char *verb = bms_is_member(CDW_CELL_CONTAINS, cells) ? "contains" : "does not contain";

	appendStringInfo(out, "%s %s ", quote_identifier(column->name), verb);
	append_value(out, column->type, column->cuts[0]);
}

/* Appends the values of cells as runs, joined by "or"; how many. NULL is not among them. */
static int
append_runs(StringInfo out, const cdw_rule_column *column, const Bitmapset *cells)
{
	int lowest = bms_next_member(column->possible, CDW_CELL_NULL);
	int highest = bms_prev_member(column->possible, -1);
	int first = -1; /* of the running run */
	int last = -1;
	int count = 0;

	for (int cell = lowest; cell >= 0; cell = bms_next_member(column->possible, cell))
	{
		bool member = bms_is_member(cell, cells);

		if (member)
		{
			first = first < 0 ? cell : first;
			last = cell;
		}
		if (first >= 0 && (!member || cell == highest))
		{
			appendStringInfoString(out, count++ > 0 ? " or " : "");
			append_run(out, column, first, last, first == lowest, last == highest);
			first = -1;
		}
	}
	return count;
}

/* What a set of some of the possible cells says of the column, as a condition of SQL. */
void
cdw_append_cells(StringInfo out, const cdw_rule_column *column, const Bitmapset *cells)
{
	StringInfoData runs;
	int count;

	if (column->is_contains)
	{
		append_contains(out, column, cells);
		return;
	}
	initStringInfo(&runs);
	count = append_runs(&runs, column, cells);
	if (bms_is_member(CDW_CELL_NULL, cells))
	{
		appendStringInfo(&runs, "%s%s is null", count > 0 ? " or " : "",
						 quote_identifier(column->name));
		count++;
	}
	appendStringInfo(out, count > 1 ? "(%s)" : "%s", runs.data);
}
