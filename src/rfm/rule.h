/*
 * src/rfm/rule.h
 *
 * Rules over the columns of a row, as segment maps and lists of tags have them.
 *
 * The constants that a list of rules compares a column with cut the column's line into cells: each
 * constant is one, and so is what lies between two of them. Whatever a condition says of one column is a
 * set of cells. So a row is looked up once per column, conditions are bit tests, and what rules have in
 * common is counted exactly, as boxes of cells.
 */
#ifndef CDW_RULE_H
#define CDW_RULE_H

#include "rfm/document.h"

#include "access/tupdesc.h"
#include "nodes/bitmapset.h"

/* ---- rule_column.c: a column and its cells ---- */

/*
 * Cells: 0 is NULL, 1 lies below all cuts, 2k + 2 is the cut k itself, 2k + 3 lies between it and the
 * next one, or above all. An array that is asked for an element has a column for that: its cell is 2
 * where the array contains the element, else 1, also where it is NULL.
 */
typedef struct cdw_rule_column
{
	const char *name;
	AttrNumber attno;
	Oid type; /* of the constants, not a domain; InvalidOid while unknown */
	Oid collation;
	FmgrInfo compare;
	int ncuts;
	int capacity;
	Datum *cuts; /* in order and distinct once the rules are read */
	bool listed; /* the cuts are all values that the type has */
	bool is_contains;
	Datum contains;		 /* an array of the one element, which is the only cut */
	Bitmapset *possible; /* cells in which a value can lie */
} cdw_rule_column;

#define CDW_CELL_NULL 0
#define CDW_CELL_FIRST 1
#define CDW_CELL_CONTAINS 2
#define CDW_CELL_OF_CUT(k) (2 * (k) + 2)
#define CDW_CELL_LAST(column) (2 * (column)->ncuts + 1)

extern bool cdw_column_set_type(cdw_rule_column *column, Oid type);
extern void cdw_column_add_cut(cdw_rule_column *column, Datum value);
extern void cdw_column_finish(cdw_rule_column *column, bool nullable);
extern int cdw_column_cell(cdw_rule_column *column, Datum value, bool isnull);
extern void cdw_append_cells(StringInfo out, const cdw_rule_column *column, const Bitmapset *cells);

/* ---- rules ---- */

typedef enum cdw_test_kind
{
	CDW_TEST_EQ,
	CDW_TEST_NE,
	CDW_TEST_LT,
	CDW_TEST_LE,
	CDW_TEST_GT,
	CDW_TEST_GE,
	CDW_TEST_BETWEEN,
	CDW_TEST_IN,
	CDW_TEST_PREFIX, /* from the first value to before the second, where there is one */
	CDW_TEST_NULL,
	CDW_TEST_NOT_NULL,
	CDW_TEST_CONTAINS
} cdw_test_kind;

typedef struct cdw_test
{
	cdw_test_kind kind;
	int nvalues;
	Datum *values;
} cdw_test;

typedef enum cdw_condition_kind
{
	CDW_CONDITION_ALL,
	CDW_CONDITION_ANY,
	CDW_CONDITION_NOT, /* of its one part */
	CDW_CONDITION_CELLS
} cdw_condition_kind;

typedef struct cdw_condition
{
	cdw_condition_kind kind;
	const char *path;
	List *parts;	  /* of cdw_condition *: ALL, ANY, NOT */
	int column;		  /* CELLS */
	cdw_test test;	  /* CELLS, as it was written */
	Bitmapset *cells; /* CELLS, made of test */
} cdw_condition;

typedef struct cdw_rule
{
	const char *name; /* NULL where it could not be read */
	const char *path;
	bool faulty;
	cdw_condition *condition;
} cdw_rule;

typedef struct cdw_rules
{
	int n;
	cdw_rule *rules;
	int ncolumns;
	int capacity;
	cdw_rule_column *columns;
} cdw_rules;

extern cdw_rule_column *cdw_rules_add_column(cdw_rules *rules);
extern cdw_condition *cdw_condition_create(cdw_condition_kind kind, const char *path, List *parts);
extern cdw_condition *cdw_condition_test(const char *path, int column, cdw_test test);
extern void cdw_condition_finish(cdw_rules *rules, cdw_condition *condition);
extern bool cdw_condition_holds(const cdw_condition *condition, const int *cells);

/* ---- rule_read.c ---- */

extern cdw_rules *cdw_rules_read(Jsonb *source, cdw_document *document, TupleDesc row);

/* ---- rule_test.c ---- */

typedef struct cdw_rule_reader
{
	cdw_document *document;
	TupleDesc row; /* NULL where it is not known */
	cdw_rules *rules;
} cdw_rule_reader;

extern cdw_condition *cdw_read_column_condition(cdw_rule_reader *reader, const cdw_path *path,
												const JsonbValue *column, const JsonbValue *value);

/* ---- rule_constant.c ---- */

extern bool cdw_read_constant(cdw_document *document, const cdw_path *path, const char *column,
							  Oid type, const JsonbValue *value, Datum *result);
extern bool cdw_prefix_end(const char *prefix, int length, char **end);

/* ---- rule_region.c: unions of boxes ---- */

/* A set of cells for each column; boxes share sets, which are never changed. */
typedef Bitmapset **cdw_box;

/* A region is a list of boxes that have nothing in common; it is undecided once boxes_left < 0. */
typedef struct cdw_space
{
	const cdw_rules *rules;
	int boxes_left;
} cdw_space;

extern List *cdw_region_all(cdw_space *space);
extern List *cdw_region_of(cdw_space *space, const cdw_condition *condition);
extern List *cdw_region_intersect(cdw_space *space, List *a, List *b);
extern List *cdw_region_subtract(cdw_space *space, List *a, List *b);
extern int64 cdw_region_cells(const cdw_space *space, const List *region);
extern char *cdw_region_text(const cdw_space *space, const List *region);

/* ---- rule_check.c ---- */

/* Something that is written but can't be meant. */
typedef struct cdw_finding
{
	const char *problem;  /* impossible, dead, overlap, uncovered, undecided */
	const cdw_rule *rule; /* NULL where it concerns no single rule */
	const char *path;
	int64 cells; /* that it concerns */
	const char *detail;
} cdw_finding;

typedef void (*cdw_finding_callback)(const cdw_finding *finding, void *arg);
extern void cdw_rules_check(const cdw_rules *rules, cdw_finding_callback report, void *arg);

#endif /* CDW_RULE_H */
