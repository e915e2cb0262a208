/*
 * src/identity/veto_groups.c
 *
 * Groups that grow by single links and never hold two records that a veto keeps apart, nor two of a
 * source that lists an entity once. Members that say the same in all fields stand in for one another,
 * so that a large group of like records is as quick to check as a small one.
 */
#include "identity/identity.h"

#include "miscadmin.h"
#include "nodes/bitmapset.h"
#include "stats/stats.h"
#include "utils/memutils.h"

#define NOBODY PG_UINT32_MAX

struct cdw_veto_groups
{
	const cdw_records *records;
	uint32 *parent;
	uint32 *next;		/* by record: the next member of its group that says something else */
	uint64 *content;	/* by record: a hash of the fields that vetoes look at */
	Bitmapset **unique; /* by record: sources of its group that list an entity once */
};

static uint64
veto_content(const cdw_records *records, cdw_record *record)
{
	const cdw_match_settings *settings = records->settings;
	uint64 hash = 0;

	for (int v = 0; v < settings->nvetoes; v++)
		for (int i = 0; i < settings->veto[v]->n; i++)
		{
			const cdw_condition *condition = &settings->veto[v]->condition[i];
			const cdw_unit *unit = &settings->unit[condition->unit];
			int fields[] = {unit->field, unit->swap_with};

			for (int k = 0; k < 2 && fields[k] >= 0; k++)
			{
				int len;
				const char *value = cdw_record_value(records, record, fields[k], &len);

				hash = cdw_hash_combine(hash, cdw_hash_bytes(value, len, 0));
			}
		}
	return hash;
}

/*
 * Every record in a group of its own; lives in the current context. Where there are vetoes, the records of
 * groups that are united must be in memory.
 */
cdw_veto_groups *
cdw_veto_groups_create(const cdw_records *records)
{
	cdw_veto_groups *groups = palloc(sizeof(cdw_veto_groups));
	Size n = Max(records->n, 1);
	cdw_scan scan;

	groups->records = records;
	groups->parent = cdw_union_find_create(records->n);
	groups->next = MemoryContextAllocHuge(CurrentMemoryContext, sizeof(uint32) * n);
	groups->content = MemoryContextAllocExtended(CurrentMemoryContext, sizeof(uint64) * n,
												 MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
	groups->unique = MemoryContextAllocExtended(CurrentMemoryContext, sizeof(Bitmapset *) * n,
												MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
	for (uint32 i = 0; i < records->n; i++)
	{
		uint32 source = cdw_source_of(records, i);

		if (source < records->nsources && records->unique_source[source])
			groups->unique[i] = bms_make_singleton(source);
		groups->next[i] = NOBODY;
	}
	if (records->settings->nvetoes == 0)
		return groups;
	cdw_scan_begin(&scan, records, CDW_SCAN_READ);
	while (cdw_scan_next(&scan))
		for (uint32 i = 0; i < scan.n; i++)
			groups->content[cdw_scan_number(&scan, i)] = veto_content(records, scan.record[i]);
	return groups;
}

void
cdw_veto_groups_free(cdw_veto_groups *groups)
{
	pfree(groups->parent);
	pfree(groups->next);
	pfree(groups->content);
	pfree(groups->unique);
	pfree(groups);
}

static bool
groups_vetoed(const cdw_veto_groups *groups, uint32 a, uint32 b)
{
	cdw_record **record = groups->records->record;

	if (groups->records->settings->nvetoes == 0)
		return false;
	for (uint32 i = a; i != NOBODY; i = groups->next[i])
	{
		CHECK_FOR_INTERRUPTS();
		for (uint32 j = b; j != NOBODY; j = groups->next[j])
			if (cdw_vetoed(groups->records, record[i], record[j]))
				return true;
	}
	return false;
}

/* Moves those members of one group to another that say what nobody there says yet. */
static void
take_members(cdw_veto_groups *groups, uint32 to, uint32 from)
{
	uint32 joined = NOBODY;

	while (from != NOBODY)
	{
		uint32 member = from;
		uint32 same = to;

		from = groups->next[member];
		while (same != NOBODY && groups->content[same] != groups->content[member])
			same = groups->next[same];
		if (same != NOBODY)
			continue;
		groups->next[member] = joined;
		joined = member;
	}
	while (groups->next[to] != NOBODY)
		to = groups->next[to];
	groups->next[to] = joined;
}

/*
 * Makes one group of those of two records, unless they are one already or two of their members must stay
 * apart; then it returns false. *first and *second are the groups' smallest records, in order.
 */
bool
cdw_veto_groups_unite(cdw_veto_groups *groups, uint32 a, uint32 b, uint32 *first, uint32 *second)
{
	a = cdw_union_find_root(groups->parent, a);
	b = cdw_union_find_root(groups->parent, b);
	*first = Min(a, b);
	*second = Max(a, b);
	if (a == b || bms_overlap(groups->unique[a], groups->unique[b]) || groups_vetoed(groups, a, b))
		return false;
	take_members(groups, *first, *second);
	cdw_union_find_unite(groups->parent, a, b);
	groups->unique[*first] = bms_join(groups->unique[*first], groups->unique[*second]);
	return true;
}
