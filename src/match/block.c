/*
 * src/match/block.c
 *
 * Candidate pairs. For each rule the records are sorted by key; a run of equal keys is a block. A pair
 * is emitted in the block of its first common key only, so each pair comes once.
 *
 * A block over the cap of its rule is not compared as a whole. Its records keep the key, marked as
 * oversized, and are split by the oversized keys of other rules (block_split.c); what two records
 * share beside that is found where it is not oversized.
 */
#include "match/match.h"

#include "match/record_file.h"
#include "match/share.h"
#include "miscadmin.h"
#include "utils/memutils.h"

#define PREFETCH_BLOCKS 6 /* ahead: records lie all over the arena */

/* The runs of two or more equal keys among sorted entries: a key above, a record below. */
void
cdw_collect_blocks(cdw_block_list *list, const uint64 *entries, Size n)
{
	Size members = 0;

	for (int pass = 0; pass < 2; pass++)
	{
		uint32 blocks = 0;

		members = 0;
		for (Size i = 0; i < n;)
		{
			Size next = i + 1;

			while (next < n && entries[next] >> 32 == entries[i] >> 32)
				next++;
			if (next - i >= 2)
			{
				if (pass == 1)
				{
					list->start[blocks] = members;
					list->key[blocks] = entries[i] >> 32;
					for (Size j = i; j < next; j++)
						list->member[members + j - i] = (uint32) entries[j];
					list->largest = Max(list->largest, next - i);
				}
				blocks++;
				members += next - i;
			}
			i = next;
		}
		if (pass == 0)
		{
			list->nblocks = blocks;
			list->start = MemoryContextAllocHuge(CurrentMemoryContext, sizeof(Size) * (blocks + 1));
			list->key =
				MemoryContextAllocHuge(CurrentMemoryContext, sizeof(uint32) * (Size) (blocks + 1));
			list->member =
				MemoryContextAllocHuge(CurrentMemoryContext, sizeof(uint32) * Max(members, 1));
		}
	}
	list->start[list->nblocks] = members;
}

void
cdw_free_block_list(cdw_block_list *list)
{
	if (list->start == NULL)
		return;
	if (list->shared)
		cdw_free_shared_list(list->shared);
	else
	{
		pfree(list->start);
		pfree(list->key);
		pfree(list->member);
	}
	*list = (cdw_block_list){0};
}

/* Frees the blocks once their pairs have been seen; what the caps left out is still known. */
void
cdw_blocks_forget(cdw_blocks *blocks)
{
	for (int r = 0; r < blocks->nlists; r++)
	{
		uint32 largest = blocks->list[r].largest;

		cdw_free_block_list(&blocks->list[r]);
		blocks->list[r].largest = largest;
	}
	cdw_free_splits(blocks);
}

/* The keys that a rule gives the records, ready to be sorted and without marks; returns how many. */
static Size
key_entries(const cdw_records *records, const cdw_rule *rule, uint64 *entries)
{
	cdw_scan scan;
	Size n = 0;

	cdw_scan_begin(&scan, records, CDW_SCAN_READ);
	while (cdw_scan_next(&scan))
		for (uint32 i = 0; i < scan.n; i++)
		{
			uint32 *keys = cdw_record_keys(scan.record[i]) + rule->slot;

			for (int k = 0; k < rule->nslots; k++)
				if (keys[k])
				{
					keys[k] &= ~CDW_OVERSIZED;
					entries[n++] = (uint64) keys[k] << 32 | cdw_scan_number(&scan, i);
				}
		}
	return n;
}

#define ST_SORT sort_records
#define ST_ELEMENT_TYPE uint32
#define ST_COMPARE(a, b) ((*(a) > *(b)) - (*(a) < *(b)))
#define ST_SCOPE static
#define ST_CHECK_FOR_INTERRUPTS
#define ST_DEFINE
#include "lib/sort_template.h"

/* Puts the members of each block in order. */
static void
order_members(cdw_block_list *list)
{
	for (uint32 b = 0; b < list->nblocks; b++)
		sort_records(&list->member[list->start[b]], list->start[b + 1] - list->start[b]);
}

/*
 * Blocks of every rule, under the given caps, one per rule. Without caps all blocks are kept whole until
 * cdw_blocks_cap is called. Memory: 4 bytes per record and key that it shares with another record;
 * 16 per record and key of one rule while sorting.
 */
cdw_blocks *
cdw_blocks_build(cdw_records *records, bool all_pairs, const int *cap)
{
	const cdw_match_settings *settings = records->settings;
	cdw_blocks *blocks = palloc0(sizeof(cdw_blocks));
	int most = 1;
	uint64 *entries;
	uint64 *scratch;

	blocks->all_pairs = all_pairs;
	if (all_pairs)
		return blocks;
	if (records->file)
		cdw_record_file_clear_marks(records);
	blocks->nlists = settings->nrules;
	for (int r = 0; r < settings->nrules; r++)
		most = Max(most, settings->rule[r].nslots);
	entries = MemoryContextAllocHuge(CurrentMemoryContext,
									 sizeof(uint64) * most * Max(records->n, (Size) 1));
	scratch = MemoryContextAllocHuge(CurrentMemoryContext,
									 sizeof(uint64) * most * Max(records->n, (Size) 1));
	for (int r = 0; r < blocks->nlists; r++)
	{
		Size n;

		cdw_progress_add(1);
		if (settings->rule[r].nslots == 0)
			continue;
		blocks->rule[r].cap = CDW_MAX_RECORDS;
		n = key_entries(records, &settings->rule[r], entries);
		cdw_radix_sort(entries, scratch, n);
		cdw_collect_blocks(&blocks->list[r], entries, n);
		if (!cdw_record_file_in_order(records))
			order_members(&blocks->list[r]);
	}
	pfree(entries);
	pfree(scratch);
	if (cap)
	{
		cdw_blocks_cap(blocks, records, cap);
		cdw_split_blocks(blocks, records);
	}
	return blocks;
}

/* Marks or unmarks a rule's key as oversized in the records of its block. */
static void
mark_block(const cdw_records *records, int r, const cdw_block_list *list, uint32 block, uint32 mark)
{
	const cdw_rule *rule = &records->settings->rule[r];

	if (records->file)
	{
		cdw_record_file_mark(records, r, list->key[block], mark != 0);
		return;
	}
	for (Size i = list->start[block]; i < list->start[block + 1]; i++)
	{
		uint32 *keys = cdw_record_keys(records->record[list->member[i]]) + rule->slot;

		for (int k = 0; k < rule->nslots; k++)
			if ((keys[k] & ~CDW_OVERSIZED) == list->key[block])
				keys[k] = list->key[block] | mark;
	}
}

static void
cap_rule(cdw_blocks *blocks, const cdw_records *records, int r, int cap)
{
	cdw_rule_blocks *rule = &blocks->rule[r];
	const cdw_block_list *list = &blocks->list[r];
	Size least = Min(rule->cap, cap); /* blocks up to here are not marked and need not be */

	*rule = (cdw_rule_blocks){.cap = cap};
	blocks->max_block = Max(blocks->max_block, cap);
	for (uint32 b = 0; b < list->nblocks; b++)
	{
		Size size = list->start[b + 1] - list->start[b];

		if (size <= least)
			continue;
		mark_block(records, r, list, b, size > (Size) cap ? CDW_OVERSIZED : 0);
		if (size <= (Size) cap)
			continue;
		rule->left_out++;
		rule->records_left_out += size;
		blocks->left_out++;
		blocks->largest_left_out = Max(blocks->largest_left_out, size);
	}
}

/*
 * Sets the caps anew, one per rule; cdw_split_blocks then splits the blocks over them. A rule with the cap
 * 0 is dropped.
 */
void
cdw_blocks_cap(cdw_blocks *blocks, cdw_records *records, const int *cap)
{
	blocks->left_out = 0;
	blocks->largest_left_out = 0;
	blocks->max_block = 0;
	for (int r = 0; r < blocks->nlists; r++)
		if (cap[r] > 0)
			cap_rule(blocks, records, r, cap[r]);
		else
			cdw_blocks_drop(blocks, records, r);
	cdw_free_splits(blocks);
}

/* Gives up a rule: its records lose its keys. */
void
cdw_blocks_drop(cdw_blocks *blocks, cdw_records *records, int list)
{
	const cdw_rule *rule = &records->settings->rule[list];

	if (records->file)
		cdw_record_file_drop_rule(records, list);
	for (uint32 i = 0; i < records->n && records->file == NULL; i++)
		memset(cdw_record_keys(records->record[i]) + rule->slot, 0, sizeof(uint32) * rule->nslots);
	cdw_free_block_list(&blocks->list[list]);
	blocks->rule[list] = (cdw_rule_blocks){0};
}

/* The pairs in blocks of up to cap records. */
double
cdw_list_pairs(const cdw_block_list *list, uint32 cap)
{
	double pairs = 0;

	for (uint32 b = 0; b < list->nblocks; b++)
	{
		double size = list->start[b + 1] - list->start[b];

		if (size <= cap)
			pairs += size * (size - 1) / 2;
	}
	return pairs;
}

/*
 * The pairs in the blocks of a rule and in what its oversized blocks are split into, whether or not
 * another rule has them too.
 */
double
cdw_blocks_pairs(const cdw_blocks *blocks, const cdw_records *records, int list)
{
	double pairs;

	if (blocks->all_pairs)
		return cdw_comparable_pairs(records);
	pairs = cdw_list_pairs(&blocks->list[list], blocks->rule[list].cap);
	for (int s = 0; s < blocks->nsplits; s++)
		if (blocks->split[s].rule == list)
			pairs += cdw_list_pairs(&blocks->split[s].list, blocks->split[s].cap);
	return pairs;
}

/* The same over all rules: at least as many as there are candidates. */
double
cdw_blocks_all_pairs(const cdw_blocks *blocks, const cdw_records *records)
{
	double pairs = 0;

	for (int list = 0; list < Max(blocks->nlists, 1); list++)
		pairs += cdw_blocks_pairs(blocks, records, list);
	return pairs;
}

/* The least key that both records have under a rule and that is not oversized; 0: none. */
static inline uint32
common_key(const cdw_rule *rule, const uint32 *a, const uint32 *b)
{
	const uint32 *left = a + rule->slot;
	const uint32 *right = b + rule->slot;

	if (rule->nslots == 1) /* a key that counts is positive as a signed number */
		return left[0] == right[0] && (int32) left[0] > 0 ? left[0] : 0;
	for (int i = 0, j = 0; i < rule->nslots && j < rule->nslots && left[i] && right[j];)
	{
		uint32 x = left[i] & ~CDW_OVERSIZED;
		uint32 y = right[j] & ~CDW_OVERSIZED;

		if (x == y && !(left[i] & CDW_OVERSIZED))
			return x;
		i += x <= y;
		j += y <= x;
	}
	return 0;
}

/* Whether the records have a key under the rule in common that is not oversized. */
bool
cdw_share_key(const cdw_match_settings *settings, const uint32 *a, const uint32 *b, int rule)
{
	return common_key(&settings->rule[rule], a, b) != 0;
}

/* The same for any of the rules before one, or of single keys for the slots before one. */
static inline bool
seen_before(const cdw_match_settings *settings, const uint32 *a, const uint32 *b, int rule)
{
	if (!settings->several_keys)
	{
		for (int s = 0; s < rule; s++)
			if (a[s] == b[s] && (int32) a[s] > 0)
				return true;
		return false;
	}
	for (int r = 0; r < rule; r++)
		if (common_key(&settings->rule[r], a, b))
			return true;
	return false;
}

/*
 * The pairs of one block that this rule is the first to find, in their first common block of it; of a
 * sample those that it draws, which is found out before a record is looked at.
 */
static void
walk_block(const cdw_blocks *blocks, const cdw_records *records, const cdw_sample *sample, int list,
		   uint32 block, cdw_pair_callback callback, void *arg)
{
	const cdw_match_settings *settings = records->settings;
	const cdw_rule *rule = &settings->rule[list];
	const cdw_block_list *blocks_of = &blocks->list[list];
	const uint32 *member = &blocks_of->member[blocks_of->start[block]];
	Size size = blocks_of->start[block + 1] - blocks_of->start[block];
	/* rules without keys take no slot, so that in a run of single keys slots can be counted through */
	int before = settings->several_keys ? list : rule->slot;

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
			if (seen_before(settings, keys, others, before) ||
				(rule->nslots > 1 && common_key(rule, keys, others) != blocks_of->key[block]) ||
				!cdw_comparable(records, member[i], member[j]))
				continue;
			callback(member[i], member[j], arg);
		}
	}
}

/* The records of a block are needed soon: asks for the lines that hold their keys. */
static inline void
prefetch_block(const cdw_records *records, const cdw_block_list *list, uint32 block)
{
	for (Size i = list->start[block]; i < Min(list->start[block + 1], list->start[block] + 8); i++)
	{
		const char *record = (const char *) records->record[list->member[i]];

		__builtin_prefetch(record);
		__builtin_prefetch(record + 64);
		__builtin_prefetch(record + 128);
	}
}

/*
 * Hands each pair that a rule is the first to find in some of its blocks to the callback, the smaller
 * record first.
 */
void
cdw_walk_blocks(const cdw_blocks *blocks, const cdw_records *records, const cdw_sample *sample,
				int list, uint32 first, uint32 end, cdw_pair_callback callback, void *arg)
{
	const cdw_block_list *blocks_of = &blocks->list[list];

	for (uint32 block = first; block < end; block++)
	{
		if (((block - first) & 0x3FF) == 0)
			CHECK_FOR_INTERRUPTS();
		if (sample == NULL && block + PREFETCH_BLOCKS < end)
			prefetch_block(records, blocks_of, block + PREFETCH_BLOCKS);
		if (blocks_of->start[block + 1] - blocks_of->start[block] <= (Size) blocks->rule[list].cap)
			walk_block(blocks, records, sample, list, block, callback, arg);
	}
}
