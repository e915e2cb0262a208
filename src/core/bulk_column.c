/*
 * src/core/bulk_column.c
 *
 * The columns of a table that is written without SQL: values that are given, defaults for the others.
 * Whatever would need more than that, from types to functions of the user, is left to SQL.
 */
#include "core/bulk.h"

#include "access/htup_details.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_type.h"
#include "executor/executor.h"
#include "nodes/nodeFuncs.h"
#include "parser/parse_coerce.h"
#include "rewrite/rewriteHandler.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"

typedef struct Given
{
	int index;		   /* of the column in the slot */
	int32 typmod;	   /* of the column, where it says more than the type */
	FmgrInfo fit;	   /* makes a value fit it */
	bool has_modifier; /* typmod and fit are set */
} Given;

typedef struct Default
{
	int index;
	Expr *expression;
	cdw_bulk_sequence *sequence; /* NULL: the state's value */
	ExprState *state;
} Default;

struct cdw_bulk_columns
{
	EState *estate;
	int natts;
	int ngiven;
	Given *given;
	int ndefaults;
	Default *deflt;
};

/*
 * A function that may look at tables: it could meet rows that the indexes do not know yet. Those of the
 * server itself (now, nextval, random) do not.
 */
static bool
may_read_tables(Oid function, void *context pg_attribute_unused())
{
	return function >= FirstUnpinnedObjectId && func_volatile(function) != PROVOLATILE_IMMUTABLE;
}

static bool
expression_reads_tables(Node *node, void *context)
{
	return node && (check_functions_in_node(node, may_read_tables, context) ||
					expression_tree_walker(node, expression_reads_tables, context));
}

static bool
checks_read_tables(Relation relation)
{
	TupleConstr *constr = RelationGetDescr(relation)->constr;

	for (int i = 0; constr && i < constr->num_check; i++)
		if (expression_reads_tables(stringToNode(constr->check[i].ccbin), NULL))
			return true;
	return false;
}

/* The place of a column among the given ones; -1 where it is not. */
static int
find_given(Form_pg_attribute attribute, int n, const char *const *names)
{
	for (int i = 0; i < n; i++)
		if (strcmp(NameStr(attribute->attname), names[i]) == 0)
			return i;
	return -1;
}

/* False where a value of the type cannot simply be put into the column. */
static bool
prepare_given(Form_pg_attribute attribute, Oid type, Given *given)
{
	Oid fit;
	CoercionPathType path;

	if (attribute->atttypid != type || attribute->attidentity != '\0')
		return false;
	*given = (Given){.index = attribute->attnum - 1, .typmod = attribute->atttypmod};
	if (attribute->atttypmod < 0)
		return true;
	path = find_typmod_coercion_function(type, &fit);
	if (path == COERCION_PATH_FUNC)
	{
		fmgr_info(fit, &given->fit);
		given->has_modifier = true;
	}
	return path == COERCION_PATH_FUNC || path == COERCION_PATH_NONE;
}

/* Adds the default of a column, if it has one; false where it is not to be evaluated here. */
static bool
add_default(cdw_bulk_columns *columns, Relation relation, Form_pg_attribute attribute)
{
	Node *expression = build_column_default(relation, attribute->attnum);

	/* a domain may refuse even NULL */
	if (get_typtype(attribute->atttypid) == TYPTYPE_DOMAIN ||
		expression_reads_tables(expression, NULL))
		return false;
	if (expression)
		columns->deflt[columns->ndefaults++] =
			(Default){.index = attribute->attnum - 1, .expression = (Expr *) expression};
	return true;
}

/* Locks the sequence of an identity column, or makes the default ready to be evaluated. */
static void
prepare_default(Default *deflt, EState *estate)
{
	Expr *expression = deflt->expression;

	if (IsA(expression, NextValueExpr) && ((NextValueExpr *) expression)->typeId == INT8OID)
		deflt->sequence = cdw_bulk_sequence_begin(((NextValueExpr *) expression)->seqid);
	if (deflt->sequence == NULL)
		deflt->state = ExecPrepareExpr(expression, estate);
}

/*
 * What goes into each column, where n of them, of these types, are given; NULL where SQL has to say. It
 * lives in the current context.
 */
cdw_bulk_columns *
cdw_bulk_columns_create(Relation relation, EState *estate, int n, const char *const *names,
						const Oid *types)
{
	TupleDesc desc = RelationGetDescr(relation);
	cdw_bulk_columns *columns = palloc0(sizeof(cdw_bulk_columns));

	if (checks_read_tables(relation))
		return NULL;
	columns->estate = estate;
	columns->natts = desc->natts;
	columns->given = palloc0(sizeof(Given) * n);
	columns->deflt = palloc0(sizeof(Default) * desc->natts);
	for (int a = 0; a < desc->natts; a++)
	{
		Form_pg_attribute attribute = TupleDescAttr(desc, a);
		int i = find_given(attribute, n, names);

		if (attribute->attisdropped)
			continue;
		if (attribute->attgenerated != '\0')
			return NULL;
		if (i < 0 && !add_default(columns, relation, attribute))
			return NULL;
		if (i >= 0 && !prepare_given(attribute, types[i], &columns->given[i]))
			return NULL;
		columns->ngiven += i >= 0;
	}
	if (columns->ngiven < n)
		return NULL;
	for (int i = 0; i < columns->ndefaults; i++)
		prepare_default(&columns->deflt[i], estate);
	return columns;
}

/* A value as the column holds it: cut, padded or rounded, or refused. */
static Datum
fit_value(Given *given, Datum value)
{
	if (!given->has_modifier)
		return value;
	if (given->fit.fn_nargs == 2)
		return FunctionCall2(&given->fit, value, Int32GetDatum(given->typmod));
	return FunctionCall3(&given->fit, value, Int32GetDatum(given->typmod), BoolGetDatum(false));
}

/* Fills an empty slot; values that are computed live in the context that is reset per row. */
void
cdw_bulk_columns_fill(cdw_bulk_columns *columns, const Datum *values, const bool *isnull,
					  TupleTableSlot *slot)
{
	ExprContext *econtext = GetPerTupleExprContext(columns->estate);
	MemoryContext old = MemoryContextSwitchTo(econtext->ecxt_per_tuple_memory);

	memset(slot->tts_isnull, true, sizeof(bool) * columns->natts);
	for (int i = 0; i < columns->ngiven; i++)
	{
		Given *given = &columns->given[i];

		if (isnull && isnull[i])
			continue;
		slot->tts_isnull[given->index] = false;
		slot->tts_values[given->index] = fit_value(given, values[i]);
	}
	for (int i = 0; i < columns->ndefaults; i++)
	{
		Default *deflt = &columns->deflt[i];

		if (deflt->sequence)
		{
			slot->tts_values[deflt->index] = Int64GetDatum(cdw_bulk_sequence_next(deflt->sequence));
			slot->tts_isnull[deflt->index] = false;
		}
		else
			slot->tts_values[deflt->index] =
				ExecEvalExpr(deflt->state, econtext, &slot->tts_isnull[deflt->index]);
	}
	MemoryContextSwitchTo(old);
	ExecStoreVirtualTuple(slot);
}

/* Leaves the sequences right. */
void
cdw_bulk_columns_end(cdw_bulk_columns *columns)
{
	for (int i = 0; i < columns->ndefaults; i++)
		if (columns->deflt[i].sequence)
			cdw_bulk_sequence_end(columns->deflt[i].sequence);
}
