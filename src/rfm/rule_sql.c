/*
 * src/rfm/rule_sql.c
 *
 * cdw.tags, cdw.grade: rules over the columns of any row; cdw.check_tags: what is wrong with rules.
 */
#include "rfm/rule.h"

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/typcache.h"

#define RULES_TITLE "rules"
#define RULES_EXAMPLE                                                                              \
	"Rules look like [{\"tag\": \"vip\", \"when\": {\"frequency\": {\">=\": 10}, "                 \
	"\"category\": [\"perfume\"]}}, ...]."
#define CELL_UNKNOWN (-1)

/* Rules that are ready for rows of one type. */
typedef struct RowRules
{
	TupleDesc row;
	cdw_rules *rules;
	Datum *tags; /* the names of the rules, as text */
	int *first;	 /* the first rule with the same name */
	bool *given; /* whether the current row has the tag of a rule */
	Datum *found;
	int *cells; /* of the current row */
} RowRules;

/* The type of a row, as its own header says. */
typedef struct RowType
{
	Oid type;
	int32 typmod;
} RowType;

/* By name, rules of one name in their order. */
static int
compare_names(const void *a, const void *b, void *rules)
{
	int left = *(const int *) a;
	int right = *(const int *) b;
	int order = strcmp(((cdw_rule *) rules)[left].name, ((cdw_rule *) rules)[right].name);

	return order != 0 ? order : left - right;
}

/* For each rule the first that has its name. */
static int *
first_of_names(const cdw_rules *rules)
{
	int *order = palloc(mul_size(sizeof(int), rules->n + 1));
	int *first = palloc(mul_size(sizeof(int), rules->n + 1));

	for (int i = 0; i < rules->n; i++)
		order[i] = i;
	qsort_arg(order, rules->n, sizeof(int), compare_names, rules->rules);
	for (int i = 0; i < rules->n; i++)
	{
		bool same =
			i > 0 && strcmp(rules->rules[order[i - 1]].name, rules->rules[order[i]].name) == 0;

		first[order[i]] = same ? first[order[i - 1]] : order[i];
	}
	pfree(order);
	return first;
}

/* Makes rules ready for a type of rows. */
static void *
read_rules(Jsonb *source, void *arg)
{
	RowType *type = arg;
	cdw_document document = {.title = RULES_TITLE, .example = RULES_EXAMPLE};
	RowRules *result = palloc0(sizeof(RowRules));
	TupleDesc row = lookup_rowtype_tupdesc(type->type, type->typmod);

	result->row = CreateTupleDescCopyConstr(row);
	ReleaseTupleDesc(row);
	result->rules = cdw_rules_read(source, &document, result->row);
	result->tags = palloc(mul_size(sizeof(Datum), result->rules->n + 1));
	result->found = palloc(mul_size(sizeof(Datum), result->rules->n + 1));
	result->cells = palloc(mul_size(sizeof(int), result->rules->ncolumns + 1));
	result->first = first_of_names(result->rules);
	result->given = palloc(mul_size(sizeof(bool), result->rules->n + 1));
	for (int i = 0; i < result->rules->n; i++)
		result->tags[i] = CStringGetTextDatum(result->rules->rules[i].name);
	return result;
}

/* The rules of this call, and the cells of its row. */
static RowRules *
rules_of_call(FunctionCallInfo fcinfo)
{
	HeapTupleHeader header = PG_GETARG_HEAPTUPLEHEADER(0);
	RowType type = {HeapTupleHeaderGetTypeId(header), HeapTupleHeaderGetTypMod(header)};
	/* changes when a table's columns do */
	uint64 version = assign_record_type_identifier(type.type, type.typmod);
	RowRules *rules = cdw_json_once(fcinfo, PG_GETARG_JSONB_P(1), version, read_rules, &type);
	HeapTupleData tuple = {.t_len = HeapTupleHeaderGetDatumLength(header), .t_data = header};

	for (int i = 0; i < rules->rules->ncolumns; i++)
	{
		cdw_rule_column *column = &rules->rules->columns[i];
		bool isnull;
		Datum value = heap_getattr(&tuple, column->attno, rules->row, &isnull);

		rules->cells[i] = cdw_column_cell(column, value, isnull);
	}
	return rules;
}

/* cdw.grade(row record, rules jsonb): the tag of the first rule that holds; NULL where none does. */
CDW_FUNCTION(cdw_grade)
{
	RowRules *rules = rules_of_call(fcinfo);

	for (int i = 0; i < rules->rules->n; i++)
	{
		if (cdw_condition_holds(rules->rules->rules[i].condition, rules->cells))
			PG_RETURN_DATUM(PointerGetDatum(DatumGetTextPCopy(rules->tags[i])));
	}
	PG_RETURN_NULL();
}

/* cdw.tags(row record, rules jsonb): the tags of all rules that hold, in their order, each once. */
CDW_FUNCTION(cdw_tags)
{
	RowRules *rules = rules_of_call(fcinfo);
	int n = 0;

	memset(rules->given, false, rules->rules->n);
	for (int i = 0; i < rules->rules->n; i++)
	{
		bool *given = &rules->given[rules->first[i]];

		if (*given || !cdw_condition_holds(rules->rules->rules[i].condition, rules->cells))
			continue;
		*given = true;
		rules->found[n++] = rules->tags[i];
	}
	PG_RETURN_ARRAYTYPE_P(construct_array(rules->found, n, TEXTOID, -1, false, TYPALIGN_INT));
}

/* ---- checking ---- */

#define CHECK_COLUMNS 5

typedef struct CheckOutput
{
	Tuplestorestate *rows;
	TupleDesc desc;
} CheckOutput;

/* Writes a row of problem, tag, path, detail, hint; NULL stands for NULL. */
static void
put_row(const CheckOutput *output, const char *const *texts)
{
	Datum values[CHECK_COLUMNS] = {0};
	bool nulls[CHECK_COLUMNS];

	for (int i = 0; i < CHECK_COLUMNS; i++)
	{
		nulls[i] = texts[i] == NULL;
		if (!nulls[i])
			values[i] = CStringGetTextDatum(texts[i]);
	}
	tuplestore_putvalues(output->rows, output->desc, values, nulls);
}

static void
put_finding(const cdw_finding *finding, void *arg)
{
	const char *texts[CHECK_COLUMNS] = {finding->problem,
										finding->rule != NULL ? finding->rule->name : NULL,
										finding->path, finding->detail, NULL};

	put_row(arg, texts);
}

static void
put_fault(const cdw_fault *fault, const CheckOutput *output)
{
	const char *problem = "invalid";
	const char *texts[CHECK_COLUMNS] = {NULL, NULL, fault->path, fault->detail, fault->hint};

	if (fault->sqlstate == ERRCODE_UNDEFINED_COLUMN)
		problem = "unknown column";
	else if (fault->sqlstate == ERRCODE_DATATYPE_MISMATCH)
		problem = "type mismatch";
	texts[0] = problem;
	put_row(output, texts);
}

/* The columns of a relation or composite type. */
static TupleDesc
row_of_relation(Oid relation)
{
	Oid type = get_rel_type_id(relation);

	if (!OidIsValid(type))
		ereport(ERROR, (errcode(ERRCODE_WRONG_OBJECT_TYPE),
						errmsg("relation \"%s\" has no rows", cdw_relation_name(relation))));
	return lookup_rowtype_tupdesc_copy(type, -1);
}

/*
 * cdw.check_tags(rules jsonb, source regclass): what is wrong with rules for rows of source; without it
 * constants of one column must be of one JSON type, and are compared as numeric, text or boolean.
 */
CDW_FUNCTION(cdw_check_tags)
{
	cdw_document document = {.title = RULES_TITLE, .example = RULES_EXAMPLE, .collect = true};
	CheckOutput output;
	TupleDesc row = NULL;
	cdw_rules *rules;
	int nestlevel;
	ListCell *lc;

	cdw_check_not_null(fcinfo, 0, "rules");
	if (!PG_ARGISNULL(1))
		row = row_of_relation(PG_GETARG_OID(1));
	output.rows = cdw_result_rows(fcinfo, &output.desc);
	nestlevel = cdw_visible_output();
	rules = cdw_rules_read(PG_GETARG_JSONB_P(0), &document, row);
	foreach (lc, document.faults)
		put_fault(lfirst(lc), &output);
	if (rules->n > 0 || document.faults == NIL)
		cdw_rules_check(rules, put_finding, &output);
	cdw_restore_settings(nestlevel);
	PG_RETURN_VOID();
}
