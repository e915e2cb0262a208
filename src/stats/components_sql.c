/*
 * src/stats/components_sql.c
 *
 * What is read from connected components: their rows and their numbers.
 */
#include "stats/components.h"

#include "access/htup_details.h"
#include "funcapi.h"
#include "nodes/execnodes.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

static Datum
id_datum(const cdw_component_list *list, uint32 i)
{
	cdw_id id = cdw_component_list_id(list, i);

	if (list->kind == CDW_ID_INT8)
		return Int64GetDatum(id.number);
	return PointerGetDatum(cstring_to_text_with_len(id.text.bytes, id.text.length));
}

/* The row of one id: id, component. Texts are made in the current context. */
static void
row_of(const cdw_component_list *list, uint32 i, Datum *values)
{
	values[0] = id_datum(list, i);
	values[1] = list->root[i] == i ? values[0] : id_datum(list, list->root[i]);
}

/* All rows at once, where the executor would keep them anyway. */
static void
store_rows(FunctionCallInfo fcinfo)
{
	TupleDesc desc;
	Tuplestorestate *rows = cdw_result_rows(fcinfo, &desc);
	MemoryContext row_context =
		AllocSetContextCreate(CurrentMemoryContext, "component row", ALLOCSET_SMALL_SIZES);
	cdw_component_list list;
	MemoryContext old;

	cdw_components_read(PG_GETARG_DATUM(0), &list);
	old = MemoryContextSwitchTo(row_context);
	for (uint32 i = 0; i < list.n; i++)
	{
		Datum values[2];
		bool isnull[2] = {false, false};

		cdw_check_cancel(i);
		row_of(&list, i, values);
		tuplestore_putvalues(rows, desc, values, isnull);
		if (list.kind == CDW_ID_TEXT)
			MemoryContextReset(row_context);
	}
	MemoryContextSwitchTo(old);
	MemoryContextDelete(row_context);
}

/* One row per call, without keeping them. */
static Datum
next_row(FunctionCallInfo fcinfo)
{
	FuncCallContext *call;
	cdw_component_list *list;
	Datum values[2];
	bool isnull[2] = {false, false};

	if (SRF_IS_FIRSTCALL())
	{
		TupleDesc desc;
		MemoryContext old;

		call = SRF_FIRSTCALL_INIT();
		old = MemoryContextSwitchTo(call->multi_call_memory_ctx);
		if (get_call_result_type(fcinfo, NULL, &desc) != TYPEFUNC_COMPOSITE)
			elog(ERROR, "return type must be a row type");
		call->tuple_desc = BlessTupleDesc(desc);
		call->user_fctx = list = palloc(sizeof(cdw_component_list));
		cdw_components_read(PG_GETARG_DATUM(0), list);
		call->max_calls = list->n;
		MemoryContextSwitchTo(old);
	}
	call = SRF_PERCALL_SETUP();
	list = call->user_fctx;
	if (call->call_cntr >= call->max_calls)
		SRF_RETURN_DONE(call);
	row_of(list, call->call_cntr, values);
	SRF_RETURN_NEXT(call, HeapTupleGetDatum(heap_form_tuple(call->tuple_desc, values, isnull)));
}

/*
 * cdw.components(state), of either type: a row for each id, in the order of ids, with the smallest id of
 * its component.
 */
CDW_FUNCTION(cdw_components)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;

	if (result == NULL || !IsA(result, ReturnSetInfo) ||
		(result->allowedModes & SFRM_Materialize_Preferred) == 0)
		return next_row(fcinfo);
	store_rows(fcinfo);
	PG_RETURN_NULL();
}

/* cdw.id_count(state), of either type: the number of ids. */
CDW_FUNCTION(cdw_id_count)
{
	cdw_component_list list;

	cdw_components_read(PG_GETARG_DATUM(0), &list);
	PG_RETURN_INT64(list.n);
}

/* cdw.component_count(state), of either type: the number of components. */
CDW_FUNCTION(cdw_component_count)
{
	cdw_component_list list;

	cdw_components_read(PG_GETARG_DATUM(0), &list);
	PG_RETURN_INT64(cdw_component_list_count(&list));
}
