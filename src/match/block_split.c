/*
 * src/match/block_split.c
 *
 * What becomes of oversized blocks. A block over its cap is split by the oversized keys of every other
 * rule that looks at another field: the records that share both keys are a group, and a group
 * within the cap is compared. (Two records that share a key which is not oversized are compared in that
 * key's block.) Groups still too large are left out.
 *
 * Whether a group is compared depends on its two rules alone, so another rule never takes a pair
 * away.
 */
#include "match/match.h"

#include "miscadmin.h"
#include "utils/memutils.h"

#define MAX_SHARED (CDW_MAX_RULES * CDW_MAX_RULE_KEYS)

typedef struct GroupEntry
{
	uint64 group;
	char status;
} GroupEntry;

#define SH_PREFIX cdw_group
#define SH_ELEMENT_TYPE GroupEntry
#define SH_KEY_TYPE uint64
#define SH_KEY group
#define SH_HASH_KEY(table, key) ((uint32) (key))
#define SH_EQUAL(table, a, b) ((a) == (b))
#define SH_SCOPE static inline
#define SH_DECLARE
#define SH_DEFINE
#include "lib/simplehash.h"

struct cdw_group_set
{
	cdw_group_hash *table;
};

/* An oversized key under a rule. */
typedef struct SharedKey
{
	int rule;
	uint32 key;
} SharedKey;

/* Whether each of two rules looks at a field that the other does not. */
static bool
can_split(const cdw_match_settings *settings, int rule, int other)
{
	uint32 fields = settings->rule[rule].fields;
	uint32 others = settings->rule[other].fields;

	return (fields & ~others) != 0 && (others & ~fields) != 0;
}

/* A group's key in the list of its two rules. */
static uint32
group_key(uint32 key, uint32 other_key)
{
	return (uint32) (cdw_hash_combine(key & ~CDW_OVERSIZED, other_key & ~CDW_OVERSIZED) >> 33);
}

static uint64
group_id(int rule, int other, uint32 key)
{
	return cdw_hash_combine((uint64) rule << 32 | (uint32) other, key);
}

/* The groups of the members of a rule's oversized blocks by another's oversized keys. */
static Size
group_entries(const cdw_blocks *blocks, const cdw_records *records, int rule, int other,
			  uint64 *entries)
{
	const cdw_block_list *list = &blocks->list[rule];
	const cdw_rule *by = &records->settings->rule[other];
	Size n = 0;

	for (uint32 b = 0; b < list->nblocks; b++)
	{
		if (list->start[b + 1] - list->start[b] <= (Size) blocks->rule[rule].cap)
			continue;
		CHECK_FOR_INTERRUPTS();
		for (Size i = list->start[b]; i < list->start[b + 1]; i++)
		{
			const uint32 *keys = cdw_record_keys(records->record[list->member[i]]) + by->slot;

			for (int k = 0; k < by->nslots; k++)
				if (keys[k] & CDW_OVERSIZED)
					entries[n++] =
						(uint64) group_key(list->key[b], keys[k]) << 32 | list->member[i];
		}
	}
	return n;
}

static void
remember_large_groups(cdw_blocks *blocks, const cdw_block_split *split)
{
	bool found;

	for (uint32 b = 0; b < split->list.nblocks; b++)
		if (split->list.start[b + 1] - split->list.start[b] > (Size) split->cap)
			cdw_group_insert(blocks->too_large->table,
							 group_id(split->rule, split->other, split->list.key[b]), &found);
}

/* Splits every oversized block; the records have their oversized keys marked. */
void
cdw_split_blocks(cdw_blocks *blocks, const cdw_records *records)
{
	const cdw_match_settings *settings = records->settings;
	Size most = 0;
	uint64 *entries;
	uint64 *scratch;

	for (int r = 0; r < blocks->nlists; r++)
		for (int q = r + 1; q < blocks->nlists; q++)
			most = Max(most, (Size) blocks->rule[r].records_left_out * settings->rule[q].nslots);
	if (most == 0)
		return;
	entries = MemoryContextAllocHuge(CurrentMemoryContext, sizeof(uint64) * most);
	scratch = MemoryContextAllocHuge(CurrentMemoryContext, sizeof(uint64) * most);
	blocks->too_large = palloc(sizeof(struct cdw_group_set));
	blocks->too_large->table = cdw_group_create(CurrentMemoryContext, 64, NULL);
	blocks->split =
		palloc0(sizeof(cdw_block_split) * blocks->nlists * (blocks->nlists - 1) / 2 + 1);
	for (int r = 0; r < blocks->nlists; r++)
		for (int q = r + 1; q < blocks->nlists; q++)
		{
			cdw_block_split *split = &blocks->split[blocks->nsplits];
			Size n;

			if (!can_split(settings, r, q) || blocks->rule[r].left_out == 0 ||
				blocks->rule[q].left_out == 0)
				continue;
			*split = (cdw_block_split){
				.rule = r, .other = q, .cap = Min(blocks->rule[r].cap, blocks->rule[q].cap)};
			n = group_entries(blocks, records, r, q, entries);
			cdw_radix_sort(entries, scratch, n);
			cdw_collect_blocks(&split->list, entries, n);
			remember_large_groups(blocks, split);
			blocks->nsplits++;
		}
	pfree(entries);
	pfree(scratch);
}

void
cdw_free_splits(cdw_blocks *blocks)
{
	for (int s = 0; s < blocks->nsplits; s++)
		cdw_free_block_list(&blocks->split[s].list);
	if (blocks->split)
	{
		pfree(blocks->split);
		cdw_group_destroy(blocks->too_large->table);
		pfree(blocks->too_large);
	}
	blocks->split = NULL;
	blocks->too_large = NULL;
	blocks->nsplits = 0;
}

/* The oversized keys that two records share, in the order of the rules; returns how many. */
static int
shared_oversized(const cdw_match_settings *settings, const uint32 *a, const uint32 *b,
				 SharedKey *shared)
{
	int n = 0;

	for (int r = 0; r < settings->nrules; r++)
	{
		const cdw_rule *rule = &settings->rule[r];
		const uint32 *left = a + rule->slot;
		const uint32 *right = b + rule->slot;

		for (int i = 0, j = 0; i < rule->nslots && j < rule->nslots && left[i] && right[j];)
		{
			uint32 x = left[i] & ~CDW_OVERSIZED;
			uint32 y = right[j] & ~CDW_OVERSIZED;

			if (left[i] == right[j] && (left[i] & CDW_OVERSIZED))
				shared[n++] = (SharedKey){.rule = r, .key = x};
			i += x <= y;
			j += y <= x;
		}
	}
	return n;
}

/* Whether a group is the first of those that are compared and have both records. */
static bool
first_group(const cdw_blocks *blocks, const cdw_match_settings *settings, const uint32 *a,
			const uint32 *b, const cdw_block_split *split, uint32 key)
{
	SharedKey shared[MAX_SHARED];
	int n = shared_oversized(settings, a, b, shared);

	for (int i = 0; i < n; i++)
		for (int j = i + 1; j < n; j++)
		{
			int rule = shared[i].rule;
			int other = shared[j].rule;
			uint32 group = group_key(shared[i].key, shared[j].key);

			if (can_split(settings, rule, other) &&
				cdw_group_lookup(blocks->too_large->table, group_id(rule, other, group)) == NULL)
				return rule == split->rule && other == split->other && group == key;
		}
	return false;
}

static bool
share_any_key(const cdw_match_settings *settings, const uint32 *a, const uint32 *b)
{
	for (int r = 0; r < settings->nrules; r++)
		if (cdw_share_key(settings, a, b, r))
			return true;
	return false;
}

/* Hands the pairs of a split's groups to the callback that no block and no earlier group has. */
void
cdw_walk_split(const cdw_blocks *blocks, const cdw_records *records, int s,
			   cdw_pair_callback callback, void *arg)
{
	const cdw_match_settings *settings = records->settings;
	const cdw_block_split *split = &blocks->split[s];
	const cdw_block_list *list = &split->list;

	for (uint32 g = 0; g < list->nblocks; g++)
	{
		const uint32 *member = &list->member[list->start[g]];
		Size size = list->start[g + 1] - list->start[g];

		if (size > (Size) split->cap)
			continue;
		for (Size i = 0; i + 1 < size; i++)
		{
			const uint32 *keys = cdw_record_keys(records->record[member[i]]);

			cdw_progress_pairs(size - i - 1);
			for (Size j = i + 1; j < size; j++)
			{
				const uint32 *others = cdw_record_keys(records->record[member[j]]);

				/* a record stands twice in a group where hashes collide */
				if (member[i] != member[j] && cdw_comparable(records, member[i], member[j]) &&
					!share_any_key(settings, keys, others) &&
					first_group(blocks, settings, keys, others, split, list->key[g]))
					callback(Min(member[i], member[j]), Max(member[i], member[j]), arg);
			}
		}
	}
}
