/*
 * src/core/bulk_sequence.c
 *
 * The numbers of an identity column for many rows at once: nextval for the first, counting on for the
 * others, setval to the last at the end. A nextval for each row costs twice what writing the row does.
 */
#include "core/bulk.h"

#include "catalog/pg_sequence.h"
#include "commands/sequence.h"
#include "common/int.h"
#include "miscadmin.h"
#include "storage/lmgr.h"
#include "utils/acl.h"
#include "utils/fmgrprotos.h"
#include "utils/syscache.h"

struct cdw_bulk_sequence
{
	Oid relid;
	int64 increment;
	int64 least;
	int64 most;
	int64 taken; /* by nextval, the latest */
	int64 value; /* handed out, the latest */
	bool used;
};

/*
 * NULL where numbers have to be drawn one by one: others may draw some meanwhile or, of a sequence with a
 * cache, hold some that they have drawn before; or the caller may not set the sequence. The lock, which
 * ALTER SEQUENCE takes too, keeps the others out until the transaction ends; nobody waits for it here.
 */
cdw_bulk_sequence *
cdw_bulk_sequence_begin(Oid relid)
{
	cdw_bulk_sequence *sequence = NULL;
	HeapTuple tuple;
	Form_pg_sequence form;

	if (pg_class_aclcheck(relid, GetUserId(), ACL_UPDATE) != ACLCHECK_OK ||
		!ConditionalLockRelationOid(relid, ShareRowExclusiveLock))
		return NULL;
	tuple = SearchSysCache1(SEQRELID, ObjectIdGetDatum(relid));
	if (!HeapTupleIsValid(tuple))
		return NULL;
	form = (Form_pg_sequence) GETSTRUCT(tuple);
	if (form->seqcache == 1)
	{
		sequence = palloc0(sizeof(cdw_bulk_sequence));
		*sequence = (cdw_bulk_sequence){.relid = relid,
										.increment = form->seqincrement,
										.least = form->seqmin,
										.most = form->seqmax};
	}
	ReleaseSysCache(tuple);
	return sequence;
}

/* Leaves the sequence where as many calls of nextval would have left it. */
static void
catch_up(const cdw_bulk_sequence *sequence)
{
	if (sequence->used && sequence->value != sequence->taken)
		DirectFunctionCall2(setval_oid, ObjectIdGetDatum(sequence->relid),
							Int64GetDatum(sequence->value));
}

/* The next number; at the end of the sequence nextval says what is to be done. */
int64
cdw_bulk_sequence_next(cdw_bulk_sequence *sequence)
{
	int64 next;

	if (sequence->used && !pg_add_s64_overflow(sequence->value, sequence->increment, &next) &&
		next >= sequence->least && next <= sequence->most)
		return sequence->value = next;
	catch_up(sequence);
	sequence->taken = sequence->value = nextval_internal(sequence->relid, false);
	sequence->used = true;
	return sequence->value;
}

void
cdw_bulk_sequence_end(cdw_bulk_sequence *sequence)
{
	catch_up(sequence);
	pfree(sequence);
}
