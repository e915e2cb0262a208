/*
 * src/core/bulk_heap.c
 *
 * Writing many rows into an empty table without SQL: pages are filled directly (table_multi_insert, as
 * COPY does), defaults and constraints evaluated row by row, indexes left alone and built at the end,
 * which takes a fifth of the time of SQL. It is for tables where nobody can tell the difference; where
 * triggers, rules, row security, generated columns and the like have a say, SQL has to write.
 *
 * Indexes are built under ACCESS EXCLUSIVE, kept until the transaction ends, so that nobody reads the
 * table through an index that is behind. The lock is taken only if it is free at once: where another
 * session is in the table, SQL writes, and neither waits. Who comes later waits for the end of the
 * transaction, as after TRUNCATE; before it the table had nothing to read.
 *
 * Everything is undone with the (sub)transaction: rows are dead, indexes are the files they were.
 */
#include "core/bulk.h"

#include "access/heapam.h"
#include "access/tableam.h"
#include "access/xact.h"
#include "catalog/index.h"
#include "catalog/namespace.h"
#include "catalog/pg_am.h"
#include "catalog/pg_class.h"
#include "executor/executor.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "storage/bufmgr.h"
#include "storage/lmgr.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"
#include "utils/varlena.h"

#define BATCH_ROWS 1000

struct cdw_bulk_heap
{
	Relation relation;
	MemoryContext context; /* of all that is here */
	MemoryContext batch;   /* reset with each batch */
	EState *estate;
	ResultRelInfo *target;
	cdw_bulk_columns *columns;
	BulkInsertState insert; /* NULL: the table may still have a share of the shared buffers */
	CommandId command;
	int rows;
	TupleTableSlot *slot[BATCH_ROWS];
};

/* Whether no row is in the table that any snapshot could show; those of a failed call do not count. */
static bool
is_empty(Relation relation)
{
	SnapshotData snapshot;
	TableScanDesc scan;
	TupleTableSlot *slot;
	bool found;

	if (RelationGetNumberOfBlocks(relation) == 0)
		return true;
	InitNonVacuumableSnapshot(snapshot, GlobalVisTestFor(relation));
	slot = table_slot_create(relation, NULL);
	scan = table_beginscan(relation, &snapshot, 0, NULL);
	found = table_scan_getnextslot(scan, ForwardScanDirection, slot);
	table_endscan(scan);
	ExecDropSingleTupleTableSlot(slot);
	return !found;
}

/* What is left of a CREATE INDEX CONCURRENTLY that failed would be built with the others. */
static bool
has_invalid_index(Relation relation)
{
	List *indexes = RelationGetIndexList(relation);
	bool found = false;
	ListCell *cell;

	foreach (cell, indexes)
		found |= !get_index_isvalid(lfirst_oid(cell));
	list_free(indexes);
	return found;
}

/*
 * Whether rows that are put into the table are all that an INSERT of the caller would do. The reference
 * count tells cursors of this session that are open on the table.
 */
static bool
is_plain(Relation relation)
{
	Form_pg_class form = relation->rd_rel;

	return form->relkind == RELKIND_RELATION && form->relam == HEAP_TABLE_AM_OID &&
		   !form->relispartition && !form->relhasrules && !form->relrowsecurity &&
		   relation->trigdesc == NULL && !RELATION_IS_OTHER_TEMP(relation) &&
		   relation->rd_refcnt == 1 && has_privs_of_role(GetUserId(), form->relowner) &&
		   pg_class_aclcheck(RelationGetRelid(relation), GetUserId(), ACL_INSERT) == ACLCHECK_OK &&
		   !has_invalid_index(relation) && is_empty(relation);
}

/*
 * The table, locked against everybody; NULL where it is not plain or somebody else is in it. It is
 * looked at once more under the lock, when nothing can change any more.
 */
static Relation
open_plain_table(const char *table)
{
	List *names = textToQualifiedNameList(cstring_to_text(table));
	Oid relid = RangeVarGetRelid(makeRangeVarFromNameList(names), RowExclusiveLock, true);
	Relation relation = OidIsValid(relid) ? try_relation_open(relid, NoLock) : NULL;

	if (relation == NULL)
		return NULL;
	if (is_plain(relation) && ConditionalLockRelation(relation, AccessExclusiveLock))
	{
		if (is_plain(relation))
			return relation;
		UnlockRelation(relation, AccessExclusiveLock);
	}
	relation_close(relation, NoLock);
	return NULL;
}

/*
 * Ready for rows with values of these types for these columns of the table; NULL where they have to be
 * written by SQL.
 */
cdw_bulk_heap *
cdw_bulk_heap_begin(const char *table, int ncolumns, const char *const *names, const Oid *types)
{
	Relation relation = open_plain_table(table);
	MemoryContext context;
	MemoryContext old;
	EState *estate;
	cdw_bulk_columns *columns;
	cdw_bulk_heap *heap = NULL;

	if (relation == NULL)
		return NULL;
	context = AllocSetContextCreate(CurrentMemoryContext, "cdw bulk heap", ALLOCSET_DEFAULT_SIZES);
	old = MemoryContextSwitchTo(context);
	estate = CreateExecutorState();
	columns = cdw_bulk_columns_create(relation, estate, ncolumns, names, types);
	if (columns)
	{
		heap = palloc0(sizeof(cdw_bulk_heap));
		heap->relation = relation;
		heap->context = context;
		heap->batch = AllocSetContextCreate(context, "cdw bulk batch", ALLOCSET_DEFAULT_SIZES);
		heap->estate = estate;
		heap->target = makeNode(ResultRelInfo);
		InitResultRelInfo(heap->target, relation, 0, NULL, 0);
		heap->columns = columns;
		heap->command = GetCurrentCommandId(true);
		for (int i = 0; i < BATCH_ROWS; i++)
			heap->slot[i] = table_slot_create(relation, NULL);
	}
	MemoryContextSwitchTo(old);
	if (heap == NULL)
	{
		FreeExecutorState(estate);
		MemoryContextDelete(context);
		UnlockRelation(relation, AccessExclusiveLock);
		relation_close(relation, NoLock);
	}
	return heap;
}

/*
 * Writes the batch. A table that outgrows a quarter of the shared buffers goes on in a small ring of
 * them, as in scans of the server; one that does not is still there when its indexes are built.
 */
static void
flush(cdw_bulk_heap *heap)
{
	MemoryContext old;

	CHECK_FOR_INTERRUPTS();
	if (heap->rows == 0)
		return;
	if (heap->insert == NULL &&
		RelationGetNumberOfBlocks(heap->relation) > (BlockNumber) NBuffers / 4)
	{
		old = MemoryContextSwitchTo(heap->context);
		heap->insert = GetBulkInsertState();
		MemoryContextSwitchTo(old);
	}
	old = MemoryContextSwitchTo(heap->batch);
	table_multi_insert(heap->relation, heap->slot, heap->rows, heap->command, TABLE_INSERT_SKIP_FSM,
					   heap->insert);
	MemoryContextSwitchTo(old);
	MemoryContextReset(heap->batch);
	heap->rows = 0;
}

/* Adds a row; isnull may be NULL when no value is. Raises what a constraint of the table raises. */
void
cdw_bulk_heap_row(cdw_bulk_heap *heap, const Datum *values, const bool *isnull)
{
	TupleTableSlot *slot = heap->slot[heap->rows];

	ResetPerTupleExprContext(heap->estate);
	ExecClearTuple(slot);
	cdw_bulk_columns_fill(heap->columns, values, isnull, slot);
	if (RelationGetDescr(heap->relation)->constr)
		ExecConstraints(heap->target, slot, heap->estate);
	ExecMaterializeSlot(slot);
	if (++heap->rows == BATCH_ROWS)
		flush(heap);
}

static void
build_indexes(void *relid)
{
	ReindexParams params = {0};

	cdw_reindex_relation(*(Oid *) relid, REINDEX_REL_CHECK_CONSTRAINTS, &params);
}

/*
 * Writes what is left, builds the indexes, alone where there is no memory for workers, and frees everything;
 * the table stays locked. On error the transaction does that.
 */
void
cdw_bulk_heap_end(cdw_bulk_heap *heap)
{
	Oid relid = RelationGetRelid(heap->relation);
	int settings;

	flush(heap);
	cdw_bulk_columns_end(heap->columns);
	if (heap->insert)
		FreeBulkInsertState(heap->insert);
	table_finish_bulk_insert(heap->relation, TABLE_INSERT_SKIP_FSM);
	for (int i = 0; i < BATCH_ROWS; i++)
		ExecDropSingleTupleTableSlot(heap->slot[i]);
	FreeExecutorState(heap->estate);
	relation_close(heap->relation, NoLock);
	MemoryContextDelete(heap->context);
	CommandCounterIncrement();
	settings = cdw_share_maintenance_memory();
	if (!cdw_try(build_indexes, &relid))
	{
		cdw_without_workers();
		build_indexes(&relid);
	}
	cdw_restore_settings(settings);
}
