/*
 * src/rfm/rule_test.c
 *
 * What a condition says of one column: {"frequency": {">=": 10}}. The column is looked up in the row that
 * the rules are for; where none is known, it has the type of the first constant that it is compared with.
 */
#include "rfm/rule.h"

#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/datum.h"
#include "utils/lsyscache.h"

typedef struct Operator
{
	const char *name;
	cdw_test_kind kind;
} Operator;

static const Operator operators[] = {
	{"=", CDW_TEST_EQ},
	{"<>", CDW_TEST_NE},
	{"<", CDW_TEST_LT},
	{"<=", CDW_TEST_LE},
	{">", CDW_TEST_GT},
	{">=", CDW_TEST_GE},
	{"between", CDW_TEST_BETWEEN},
	{"in", CDW_TEST_IN},
	{"is null", CDW_TEST_NULL},
	{"starts with", CDW_TEST_PREFIX},
	{"contains", CDW_TEST_CONTAINS},
};

/* ---- columns ---- */

static void
unknown_column(cdw_rule_reader *reader, const cdw_path *path, const char *name)
{
	const char **names = palloc(mul_size(sizeof(char *), reader->row->natts + 1));
	const char *nearest;
	int n = 0;

	for (int i = 0; i < reader->row->natts; i++)
	{
		if (!TupleDescAttr(reader->row, i)->attisdropped)
			names[n++] = NameStr(TupleDescAttr(reader->row, i)->attname);
	}
	nearest = cdw_nearest_name(name, strlen(name), n, names);
	cdw_document_fault(reader->document, path, ERRCODE_UNDEFINED_COLUMN,
					   psprintf("The row has no column \"%s\".", name),
					   nearest != NULL
						   ? psprintf("Perhaps you mean \"%s\".", nearest)
						   : "Conditions name columns of the row, or \"all\", \"any\" or "
							 "\"not\".");
}

/* The number of the row's column, from 1; 0 where no row is known, -1 after a fault. */
static int
find_attribute(cdw_rule_reader *reader, const cdw_path *path, const char *name)
{
	if (reader->row == NULL)
		return 0;
	for (int i = 0; i < reader->row->natts; i++)
	{
		Form_pg_attribute attribute = TupleDescAttr(reader->row, i);

		if (!attribute->attisdropped && strcmp(NameStr(attribute->attname), name) == 0)
			return i + 1;
	}
	unknown_column(reader, path, name);
	return -1;
}

static int
new_column(cdw_rule_reader *reader, int attno, const char *name, bool is_contains)
{
	cdw_rule_column *column = cdw_rules_add_column(reader->rules);

	column->name = name;
	column->attno = attno;
	column->is_contains = is_contains;
	return reader->rules->ncolumns - 1;
}

/* The column that comparisons with a name are about. */
static int
compared_column(cdw_rule_reader *reader, int attno, const char *name)
{
	for (int i = 0; i < reader->rules->ncolumns; i++)
	{
		const cdw_rule_column *column = &reader->rules->columns[i];

		if (!column->is_contains && strcmp(column->name, name) == 0)
			return i;
	}
	return new_column(reader, attno, name, false);
}

/* The type of the row's column, not a domain; without a row the one that JSON has. */
static Oid
type_of(cdw_rule_reader *reader, int attno, const JsonbValue *value)
{
	if (attno > 0)
		return getBaseType(TupleDescAttr(reader->row, attno - 1)->atttypid);
	switch (value->type)
	{
		case jbvNumeric:
			return NUMERICOID;
		case jbvBool:
			return BOOLOID;
		default:
			return TEXTOID;
	}
}

/* Finds the order of a column's type when its first constant is met; false after a fault. */
static bool
set_type(cdw_rule_reader *reader, const cdw_path *path, cdw_rule_column *column, Oid type)
{
	if (OidIsValid(column->type) || cdw_column_set_type(column, type))
		return true;
	cdw_document_fault(reader->document, path, ERRCODE_DATATYPE_MISMATCH,
					   psprintf("Type %s of column \"%s\" cannot be compared.",
								format_type_be(type), column->name),
					   "Such a column can only be asked for {\"is null\": true}.");
	return false;
}

/* ---- tests ---- */

/* Reads a constant that a column is compared with; false after a fault. */
static bool
read_cut(cdw_rule_reader *reader, const cdw_path *path, int number, const JsonbValue *value,
		 Datum *result)
{
	cdw_rule_column *column = &reader->rules->columns[number];

	if (!set_type(reader, path, column, type_of(reader, column->attno, value)) ||
		!cdw_read_constant(reader->document, path, column->name, column->type, value, result))
		return false;
	cdw_column_add_cut(column, *result);
	return true;
}

/* The constants of an array, of which there must be so many unless n is negative; false after a fault. */
static bool
read_cuts(cdw_rule_reader *reader, const cdw_path *path, int number, const JsonbValue *value, int n,
		  cdw_test *test)
{
	bool sound = true;

	if (!cdw_json_is_array(value) || (n >= 0 && cdw_json_size(value) != n))
	{
		cdw_document_invalid(reader->document, path,
							 n < 0 ? "A list of constants is an array."
								   : "Two bounds are an array of two constants.");
		return false;
	}
	test->nvalues = cdw_json_size(value);
	test->values = palloc(mul_size(sizeof(Datum), test->nvalues + 1));
	for (int i = 0; i < test->nvalues; i++)
	{
		cdw_path place = cdw_path_element(path, i);
		JsonbValue element;

		CHECK_FOR_INTERRUPTS();
		cdw_json_element(value, i, &element);
		sound &= read_cut(reader, &place, number, &element, &test->values[i]);
	}
	return sound;
}

/* "starts with": the texts from the prefix to the first that comes after all with it. */
static bool
read_prefix(cdw_rule_reader *reader, const cdw_path *path, int number, const JsonbValue *value,
			cdw_test *test)
{
	cdw_rule_column *column = &reader->rules->columns[number];
	Oid type = type_of(reader, column->attno, value);
	char *end;
	Datum after;

	if (type != TEXTOID && type != VARCHAROID && type != BPCHAROID)
	{
		cdw_document_fault(reader->document, path, ERRCODE_DATATYPE_MISMATCH,
						   psprintf("Column \"%s\" of type %s has no text that could start with "
									"another.",
									column->name, format_type_be(type)),
						   "Only columns of types text and character can be asked for a start.");
		return false;
	}
	test->values = palloc(2 * sizeof(Datum));
	test->nvalues = 1;
	if (!read_cut(reader, path, number, value, &test->values[0]))
		return false;
	if (cdw_prefix_end(value->val.string.val, value->val.string.len, &end))
	{
		after = CStringGetTextDatum(end);
		cdw_column_add_cut(column, after);
		test->values[test->nvalues++] = after;
	}
	return true;
}

static bool
read_null(cdw_rule_reader *reader, const cdw_path *path, const JsonbValue *value, cdw_test *test)
{
	if (value->type != jbvBool)
	{
		cdw_document_invalid(reader->document, path, "\"is null\" takes true or false.");
		return false;
	}
	test->kind = value->val.boolean ? CDW_TEST_NULL : CDW_TEST_NOT_NULL;
	return true;
}

/* The column for asking an array for an element, which is made at the first time. */
static int
contains_column(cdw_rule_reader *reader, int attno, const char *name, Oid element, Datum constant)
{
	cdw_rule_column *column;
	int16 length;
	bool by_value;
	char alignment;
	int number;

	get_typlenbyvalalign(element, &length, &by_value, &alignment);
	for (int i = 0; i < reader->rules->ncolumns; i++)
	{
		column = &reader->rules->columns[i];
		if (column->is_contains && strcmp(column->name, name) == 0 &&
			column->type == getBaseType(element) &&
			datumIsEqual(column->cuts[0], constant, by_value, length))
			return i;
	}
	number = new_column(reader, attno, name, true);
	column = &reader->rules->columns[number];
	cdw_column_add_cut(column, constant);
	column->contains =
		PointerGetDatum(construct_array(&constant, 1, element, length, by_value, alignment));
	return number;
}

/* "contains": each element that an array is asked for is a column of its own. */
static cdw_condition *
read_contains(cdw_rule_reader *reader, const cdw_path *path, int attno, const char *name,
			  const JsonbValue *value)
{
	Oid type = type_of(reader, attno, value);
	Oid element = attno > 0 ? get_element_type(type) : type;
	Datum constant;
	int number;

	if (!OidIsValid(element))
	{
		cdw_document_fault(
			reader->document, path, ERRCODE_DATATYPE_MISMATCH,
			psprintf("Column \"%s\" of type %s is not an array.", name, format_type_be(type)),
			"Only an array can contain a value.");
		return NULL;
	}
	if (!cdw_read_constant(reader->document, path, name, getBaseType(element), value, &constant))
		return NULL;
	number = contains_column(reader, attno, name, element, constant);
	if (!set_type(reader, path, &reader->rules->columns[number], getBaseType(element)))
		return NULL;
	return cdw_condition_test(cdw_path_text(path), number, (cdw_test){.kind = CDW_TEST_CONTAINS});
}

/* One operator and its operand; NULL after a fault. */
static cdw_condition *
read_test(cdw_rule_reader *reader, const cdw_path *path, int attno, const char *name,
		  cdw_test_kind kind, const JsonbValue *value)
{
	cdw_test test = {.kind = kind};
	bool sound;
	int number;

	if (kind == CDW_TEST_CONTAINS)
		return read_contains(reader, path, attno, name, value);
	number = compared_column(reader, attno, name);
	switch (kind)
	{
		case CDW_TEST_NULL:
			sound = read_null(reader, path, value, &test);
			break;
		case CDW_TEST_PREFIX:
			sound = read_prefix(reader, path, number, value, &test);
			break;
		case CDW_TEST_BETWEEN:
			sound = read_cuts(reader, path, number, value, 2, &test);
			break;
		case CDW_TEST_IN:
			sound = read_cuts(reader, path, number, value, -1, &test);
			break;
		default:
			test.nvalues = 1;
			test.values = palloc(sizeof(Datum));
			sound = read_cut(reader, path, number, value, test.values);
	}
	return sound ? cdw_condition_test(cdw_path_text(path), number, test) : NULL;
}

static void
unknown_operator(cdw_rule_reader *reader, const cdw_path *path, const JsonbValue *key)
{
	const char *names[lengthof(operators)];

	for (int i = 0; i < (int) lengthof(operators); i++)
		names[i] = operators[i].name;
	cdw_unknown_key(reader->document, path, key, lengthof(operators), names);
}

static cdw_condition *
read_operator(cdw_rule_reader *reader, const cdw_path *path, int attno, const char *name,
			  const JsonbValue *key, const JsonbValue *value)
{
	for (int i = 0; i < (int) lengthof(operators); i++)
	{
		if (cdw_json_key_is(key, operators[i].name))
			return read_test(reader, path, attno, name, operators[i].kind, value);
	}
	unknown_operator(reader, path, key);
	return NULL;
}

/* ---- a column's condition ---- */

/* Reads what is said of a column; NULL after a fault. */
cdw_condition *
cdw_read_column_condition(cdw_rule_reader *reader, const cdw_path *path, const JsonbValue *column,
						  const JsonbValue *value)
{
	char *name = cdw_json_string(column);
	int attno = find_attribute(reader, path, name);
	JsonbIterator *iterator;
	List *parts = NIL;
	JsonbValue key;
	JsonbValue operand;

	if (attno < 0)
		return NULL;
	if (!cdw_json_is_object(value))
		return read_test(reader, path, attno, name,
						 cdw_json_is_array(value) ? CDW_TEST_IN : CDW_TEST_EQ, value);
	iterator = JsonbIteratorInit(value->val.binary.data);
	while (cdw_json_next(&iterator, &key, &operand))
	{
		cdw_path place = cdw_path_member(path, &key);

		parts = lappend(parts, read_operator(reader, &place, attno, name, &key, &operand));
	}
	return cdw_condition_create(CDW_CONDITION_ALL, cdw_path_text(path), parts);
}
