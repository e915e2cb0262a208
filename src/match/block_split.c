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

/* The oversized keys that a rule gives each record. */
typedef struct OversizedKeys
{
	uint32
		*end; /* by record: where its keys end; they begin where those of the record before end */
	uint32 *key;
} OversizedKeys;

static bool
is_oversized(const cdw_blocks *blocks, int rule, uint32 block)
{
	const cdw_block_list *list = &blocks->list[rule];

	return list->start[block + 1] - list->start[block] > (Size) blocks->rule[rule].cap;
}

static OversizedKeys
list_oversized(const cdw_blocks *blocks, int rule, uint32 nrecords)
{
	const cdw_block_list *list = &blocks->list[rule];
	OversizedKeys keys;
	uint32 sum = 0;

	keys.end =
		MemoryContextAllocExtended(CurrentMemoryContext, sizeof(uint32) * ((Size) nrecords + 1),
								   MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
	keys.key = MemoryContextAllocHuge(
		CurrentMemoryContext, sizeof(uint32) * Max(blocks->rule[rule].records_left_out, (Size) 1));
	for (uint32 b = 0; b < list->nblocks; b++)
		for (Size i = list->start[b]; is_oversized(blocks, rule, b) && i < list->start[b + 1]; i++)
			keys.end[list->member[i]]++;
	for (uint32 i = 0; i < nrecords; i++)
	{
		uint32 count = keys.end[i];

		keys.end[i] = sum;
		sum += count;
	}
	for (uint32 b = 0; b < list->nblocks; b++)
		for (Size i = list->start[b]; is_oversized(blocks, rule, b) && i < list->start[b + 1]; i++)
			keys.key[keys.end[list->member[i]]++] = list->key[b];
	return keys;
}

static void
free_oversized(OversizedKeys *keys)
{
	pfree(keys->end);
	pfree(keys->key);
}

/* The groups of the members of a rule's oversized blocks by another's oversized keys. */
static Size
group_entries(const cdw_blocks *blocks, int rule, const OversizedKeys *others, uint64 *entries)
{
	const cdw_block_list *list = &blocks->list[rule];
	Size n = 0;

	for (uint32 b = 0; b < list->nblocks; b++)
	{
		if (!is_oversized(blocks, rule, b))
			continue;
		CHECK_FOR_INTERRUPTS();
		for (Size i = list->start[b]; i < list->start[b + 1]; i++)
		{
			uint32 member = list->member[i];

			for (uint32 k = member > 0 ? others->end[member - 1] : 0; k < others->end[member]; k++)
				entries[n++] = (uint64) group_key(list->key[b], others->key[k]) << 32 | member;
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

/* Splits every oversized block. Memory: 4 bytes per record and 20 per oversized key of one. */
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
	for (int q = 1; q < blocks->nlists; q++)
	{
		OversizedKeys keys = {0};

		for (int r = 0; r < q; r++)
		{
			cdw_block_split *split = &blocks->split[blocks->nsplits];
			Size n;

			if (!can_split(settings, r, q) || blocks->rule[r].left_out == 0 ||
				blocks->rule[q].left_out == 0)
				continue;
			if (keys.end == NULL)
				keys = list_oversized(blocks, q, records->n);
			*split = (cdw_block_split){
				.rule = r, .other = q, .cap = Min(blocks->rule[r].cap, blocks->rule[q].cap)};
			n = group_entries(blocks, r, &keys, entries);
			cdw_radix_sort(entries, scratch, n);
			cdw_collect_blocks(&split->list, entries, n);
			remember_large_groups(blocks, split);
			blocks->nsplits++;
		}
		if (keys.end)
			free_oversized(&keys);
	}
	pfree(entries);
	pfree(scratch);
}

/* The groups that are too large even when split, for another process. */
uint64 *
cdw_too_large_groups(const cdw_blocks *blocks, Size *n)
{
	cdw_group_hash *table = blocks->too_large->table;
	uint64 *group = MemoryContextAllocHuge(CurrentMemoryContext,
										   sizeof(uint64) * Max(table->members, (Size) 1));
	cdw_group_iterator iterator;
	GroupEntry *entry;

	*n = 0;
	cdw_group_start_iterate(table, &iterator);
	while ((entry = cdw_group_iterate(table, &iterator)) != NULL)
		group[(*n)++] = entry->group;
	return group;
}

void
cdw_set_too_large_groups(cdw_blocks *blocks, const uint64 *group, Size n)
{
	bool found;

	blocks->too_large = palloc(sizeof(struct cdw_group_set));
	blocks->too_large->table = cdw_group_create(CurrentMemoryContext, 64, NULL);
	for (Size i = 0; i < n; i++)
		cdw_group_insert(blocks->too_large->table, group[i], &found);
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

/* Hands the pairs of some of a split's groups to the callback that no block and no earlier group has. */
void
cdw_walk_split(const cdw_blocks *blocks, const cdw_records *records, const cdw_sample *sample,
			   int s, uint32 first, uint32 end, cdw_pair_callback callback, void *arg)
{
	const cdw_match_settings *settings = records->settings;
	const cdw_block_split *split = &blocks->split[s];
	const cdw_block_list *list = &split->list;

	for (uint32 g = first; g < end; g++)
	{
		const uint32 *member = &list->member[list->start[g]];
		Size size = list->start[g + 1] - list->start[g];

		if (((g - first) & 0x3FF) == 0)
			CHECK_FOR_INTERRUPTS();
		if (size > (Size) split->cap)
			continue;
		for (Size i = 0; i + 1 < size; i++)
		{
			const uint32 *keys = cdw_record_keys(records->record[member[i]]);

			CHECK_FOR_INTERRUPTS();
			for (Size j = i + 1; j < size; j++)
			{
				const uint32 *others;

				if (!cdw_sample_draws(sample, member[i], member[j]))
					continue;
				others = cdw_record_keys(records->record[member[j]]);
				/* a record stands twice in a group where hashes collide */
				if (member[i] != member[j] && cdw_comparable(records, member[i], member[j]) &&
					!share_any_key(settings, keys, others) &&
					first_group(blocks, settings, keys, others, split, list->key[g]))
					callback(Min(member[i], member[j]), Max(member[i], member[j]), arg);
			}
		}
	}
}
