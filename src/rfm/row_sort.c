/*
 * src/rfm/row_sort.c
 *
 * PostgreSQL's sort of rows by their first column, which is never NULL. On error its files go with the
 * current resource owner.
 */
#include "rfm/row_sort.h"

#include "executor/tuptable.h"
#include "miscadmin.h"
#include "utils/typcache.h"

/* Begins a sort in work_mem, by the type's own order; read_again: it may be restarted. */
void
cdw_row_sort_begin(cdw_row_sort *rows, TupleDesc desc, Oid collation, bool read_again)
{
	AttrNumber column = 1;
	Oid less_than = lookup_type_cache(TupleDescAttr(desc, 0)->atttypid, TYPECACHE_LT_OPR)->lt_opr;
	bool nulls_first = false;

	rows->in = MakeSingleTupleTableSlot(desc, &TTSOpsVirtual);
	rows->out = MakeSingleTupleTableSlot(desc, &TTSOpsMinimalTuple);
	rows->sort =
		tuplesort_begin_heap(desc, 1, &column, &less_than, &collation, &nulls_first, work_mem, NULL,
							 read_again ? TUPLESORT_RANDOMACCESS : TUPLESORT_NONE);
}

void
cdw_row_sort_put(cdw_row_sort *rows, const Datum *values, const bool *nulls)
{
	int n = rows->in->tts_tupleDescriptor->natts;

	ExecClearTuple(rows->in);
	memcpy(rows->in->tts_values, values, sizeof(Datum) * n);
	memcpy(rows->in->tts_isnull, nulls, sizeof(bool) * n);
	ExecStoreVirtualTuple(rows->in);
	tuplesort_puttupleslot(rows->sort, rows->in);
}

void
cdw_row_sort_perform(cdw_row_sort *rows)
{
	tuplesort_performsort(rows->sort);
}

/* The next row goes to rows->out, until the one after it; false behind the last one. */
bool
cdw_row_sort_next(cdw_row_sort *rows)
{
	if (!tuplesort_gettupleslot(rows->sort, true, false, rows->out, NULL))
		return false;
	slot_getallattrs(rows->out);
	return true;
}

void
cdw_row_sort_restart(cdw_row_sort *rows)
{
	tuplesort_rescan(rows->sort);
}

void
cdw_row_sort_end(cdw_row_sort *rows)
{
	ExecDropSingleTupleTableSlot(rows->in);
	ExecDropSingleTupleTableSlot(rows->out);
	tuplesort_end(rows->sort);
}
