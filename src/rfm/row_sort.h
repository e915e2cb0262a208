/*
 * src/rfm/row_sort.h
 *
 * PostgreSQL's sort of rows, in work_mem and temporary files, by the first column.
 */
#ifndef CDW_ROW_SORT_H
#define CDW_ROW_SORT_H

#include "rfm/rfm.h"

#include "utils/tuplesort.h"

typedef struct cdw_row_sort
{
	TupleTableSlot *in;
	TupleTableSlot *out; /* the row that cdw_row_sort_next found, with its columns */
	Tuplesortstate *sort;
} cdw_row_sort;

extern void cdw_row_sort_begin(cdw_row_sort *rows, TupleDesc desc, Oid collation, bool read_again);
extern void cdw_row_sort_put(cdw_row_sort *rows, const Datum *values, const bool *nulls);
extern void cdw_row_sort_perform(cdw_row_sort *rows);
extern bool cdw_row_sort_next(cdw_row_sort *rows);
extern void cdw_row_sort_restart(cdw_row_sort *rows);
extern void cdw_row_sort_end(cdw_row_sort *rows);

#endif /* CDW_ROW_SORT_H */
