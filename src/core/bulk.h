/*
 * src/core/bulk.h
 *
 * The two ways of the bulk writer to each other; other modules see core.h.
 */
#ifndef CDW_BULK_H
#define CDW_BULK_H

#include "core/core.h"

#include "nodes/execnodes.h"
#include "utils/relcache.h"

/* bulk_heap.c */
typedef struct cdw_bulk_heap cdw_bulk_heap;
extern cdw_bulk_heap *
cdw_bulk_heap_begin(const char *table, int ncolumns, const char *const *columns, const Oid *types);
extern void cdw_bulk_heap_row(cdw_bulk_heap *heap, const Datum *values, const bool *isnull);
extern void cdw_bulk_heap_end(cdw_bulk_heap *heap);

/* bulk_column.c: what goes into the columns of a table that is written without SQL */
typedef struct cdw_bulk_columns cdw_bulk_columns;
extern cdw_bulk_columns *cdw_bulk_columns_create(Relation relation, EState *estate, int n,
												 const char *const *names, const Oid *types);
extern void cdw_bulk_columns_fill(cdw_bulk_columns *columns, const Datum *values,
								  const bool *isnull, TupleTableSlot *slot);
extern void cdw_bulk_columns_end(cdw_bulk_columns *columns);

/* bulk_sequence.c */
typedef struct cdw_bulk_sequence cdw_bulk_sequence;
extern cdw_bulk_sequence *cdw_bulk_sequence_begin(Oid relid);
extern int64 cdw_bulk_sequence_next(cdw_bulk_sequence *sequence);
extern void cdw_bulk_sequence_end(cdw_bulk_sequence *sequence);

#endif /* CDW_BULK_H */
