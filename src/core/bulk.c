/*
 * src/core/bulk.c
 *
 * Writing many rows with few statements: each batch is one statement that is given one array per
 * column, as in INSERT .. SELECT FROM unnest($1, $2). It is plain SQL, so constraints, triggers and
 * privileges of the user's tables hold. Where more than a batch of rows goes into a table that is empty
 * and plain, bulk_heap.c writes them.
 */
#include "core/bulk.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/datum.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"

#define BATCH_ROWS 10000

typedef struct BulkColumn
{
	Oid type;
	Oid array_type;
	int16 len;
	bool byval;
	char align;
	Datum *value;
	bool *isnull;
} BulkColumn;

struct cdw_bulk
{
	char *statement;
	MemoryContext batch; /* copies of by-reference values */
	int ncolumns;
	BulkColumn *column;
	int rows;
	char *table; /* of an INSERT whose first batch is not full yet; NULL: the way is known */
	const char *const *names;
	cdw_bulk_heap *heap; /* NULL: by SQL */
};

/* A statement whose parameters are arrays of these types; it lives in the current context. */
cdw_bulk *
cdw_bulk_begin(const char *statement, int ncolumns, const Oid *types)
{
	cdw_bulk *bulk = palloc0(sizeof(cdw_bulk));

	bulk->statement = pstrdup(statement);
	bulk->batch =
		AllocSetContextCreate(CurrentMemoryContext, "cdw bulk batch", ALLOCSET_DEFAULT_SIZES);
	bulk->ncolumns = ncolumns;
	bulk->column = palloc0(sizeof(BulkColumn) * ncolumns);
	for (int c = 0; c < ncolumns; c++)
	{
		BulkColumn *column = &bulk->column[c];

		column->type = types[c];
		column->array_type = get_array_type(types[c]);
		get_typlenbyvalalign(types[c], &column->len, &column->byval, &column->align);
		column->value = palloc(sizeof(Datum) * BATCH_ROWS);
		column->isnull = palloc(sizeof(bool) * BATCH_ROWS);
	}
	return bulk;
}

/*
 * The same for rows of these columns, two at least, that are to be inserted into a table, whose name is
 * quoted. The names of the columns must stay. (Of several arrays unnest is a word of the grammar, which no
 * search_path captures.)
 */
cdw_bulk *
cdw_bulk_insert(const char *table, int ncolumns, const char *const *columns, const Oid *types)
{
	StringInfoData names;
	StringInfoData arrays;
	cdw_bulk *bulk;

	initStringInfo(&names);
	initStringInfo(&arrays);
	for (int c = 0; c < ncolumns; c++)
	{
		appendStringInfo(&names, "%s%s", c > 0 ? ", " : "", quote_identifier(columns[c]));
		appendStringInfo(&arrays, "%s$%d", c > 0 ? ", " : "", c + 1);
	}
	bulk = cdw_bulk_begin(
		psprintf("INSERT INTO %s (%s) SELECT * FROM unnest(%s)", table, names.data, arrays.data),
		ncolumns, types);
	bulk->table = pstrdup(table);
	bulk->names = columns;
	return bulk;
}

/* Writes the batch by SQL. */
static void
flush(cdw_bulk *bulk)
{
	Oid *types;
	Datum *arrays;
	int rc;

	if (bulk->rows == 0)
		return;
	SPI_connect();
	types = palloc(sizeof(Oid) * bulk->ncolumns);
	arrays = palloc(sizeof(Datum) * bulk->ncolumns);
	for (int c = 0; c < bulk->ncolumns; c++)
	{
		BulkColumn *column = &bulk->column[c];
		int lower = 1;

		types[c] = column->array_type;
		arrays[c] = PointerGetDatum(construct_md_array(column->value, column->isnull, 1,
													   &bulk->rows, &lower, column->type,
													   column->len, column->byval, column->align));
	}
	rc = SPI_execute_with_args(bulk->statement, bulk->ncolumns, types, arrays, NULL, false, 0);
	if (rc < 0)
		elog(ERROR, "SPI_execute_with_args failed: %s", SPI_result_code_string(rc));
	SPI_finish();
	bulk->rows = 0;
	MemoryContextReset(bulk->batch);
}

/* Moves the first batch over to the other way, where that is open; what it needs lives as long as the bulk. */
static void
choose_way(cdw_bulk *bulk)
{
	MemoryContext old = MemoryContextSwitchTo(GetMemoryChunkContext(bulk));
	Oid *types = palloc(sizeof(Oid) * bulk->ncolumns);
	Datum *values = palloc(sizeof(Datum) * bulk->ncolumns);
	bool *isnull = palloc(sizeof(bool) * bulk->ncolumns);

	for (int c = 0; c < bulk->ncolumns; c++)
		types[c] = bulk->column[c].type;
	bulk->heap = cdw_bulk_heap_begin(bulk->table, bulk->ncolumns, bulk->names, types);
	bulk->table = NULL;
	for (int i = 0; bulk->heap && i < bulk->rows; i++)
	{
		for (int c = 0; c < bulk->ncolumns; c++)
		{
			values[c] = bulk->column[c].value[i];
			isnull[c] = bulk->column[c].isnull[i];
		}
		cdw_bulk_heap_row(bulk->heap, values, isnull);
	}
	if (bulk->heap)
	{
		bulk->rows = 0;
		MemoryContextReset(bulk->batch);
	}
	MemoryContextSwitchTo(old);
}

/* Adds a row; isnull may be NULL when no value is. By-reference values are copied. */
void
cdw_bulk_row(cdw_bulk *bulk, const Datum *values, const bool *isnull)
{
	MemoryContext old;

	if (bulk->rows == BATCH_ROWS)
	{
		if (bulk->table)
			choose_way(bulk);
		if (bulk->heap == NULL)
			flush(bulk);
	}
	if (bulk->heap)
	{
		cdw_bulk_heap_row(bulk->heap, values, isnull);
		return;
	}
	old = MemoryContextSwitchTo(bulk->batch);
	for (int c = 0; c < bulk->ncolumns; c++)
	{
		BulkColumn *column = &bulk->column[c];

		column->isnull[bulk->rows] = isnull && isnull[c];
		column->value[bulk->rows] = column->isnull[bulk->rows]
										? (Datum) 0
										: datumCopy(values[c], column->byval, column->len);
	}
	MemoryContextSwitchTo(old);
	bulk->rows++;
}

/* Writes what is left and frees everything. On error the transaction does that. */
void
cdw_bulk_end(cdw_bulk *bulk)
{
	if (bulk->heap)
		cdw_bulk_heap_end(bulk->heap);
	else
		flush(bulk);
	MemoryContextDelete(bulk->batch);
	for (int c = 0; c < bulk->ncolumns; c++)
	{
		pfree(bulk->column[c].value);
		pfree(bulk->column[c].isnull);
	}
	pfree(bulk->column);
	pfree(bulk->statement);
	pfree(bulk);
}
