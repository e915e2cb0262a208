/*
 * src/match/block.c
 *
 * Candidate pairs. For each rule the records are sorted by key; a run of equal keys is a block. A pair
 * is emitted in the block of its first common key only, so each pair comes once.
 */
#include "match/match.h"

#include "miscadmin.h"
#include "utils/memutils.h"

/* A budget of candidates per record, and the block sizes that are tried to keep within it. */
#define CANDIDATES_PER_RECORD 200
static const int block_sizes[] = {1000, 700, 500, 350, 250, 200, 140, 100, 70, 50, 35, 25, 15, 10};

/* The runs of two or more equal keys among sorted entries. */
static void
collect_blocks(cdw_block_list *list, const uint64 *entries, Size n)
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
			list->member =
				MemoryContextAllocHuge(CurrentMemoryContext, sizeof(uint32) * Max(members, 1));
		}
	}
	list->start[list->nblocks] = members;
}

/*
 * Blocks of every rule. max_block 0 leaves all in; cdw_blocks_cap takes out the large ones later.
 * Memory: 4 bytes per record and rule that share a key with another record, 16 per record
 * while sorting.
 */
cdw_blocks *
cdw_blocks_build(cdw_records *records, bool all_pairs, int max_block)
{
	cdw_blocks *blocks = palloc0(sizeof(cdw_blocks));
	uint64 *entries;
	uint64 *scratch;

	blocks->all_pairs = all_pairs;
	if (all_pairs)
		return blocks;
	blocks->nlists = records->settings->nrules;
	entries =
		MemoryContextAllocHuge(CurrentMemoryContext, sizeof(uint64) * Max(records->n, (Size) 1));
	scratch =
		MemoryContextAllocHuge(CurrentMemoryContext, sizeof(uint64) * Max(records->n, (Size) 1));
	for (int r = 0; r < blocks->nlists; r++)
	{
		Size n = 0;

		CHECK_FOR_INTERRUPTS();
		for (uint32 i = 0; i < records->n; i++)
		{
			uint32 key = cdw_record_keys(records->record[i])[r];

			if (key)
				entries[n++] = (uint64) key << 32 | i;
		}
		cdw_radix_sort(entries, scratch, n);
		collect_blocks(&blocks->list[r], entries, n);
	}
	pfree(entries);
	pfree(scratch);
	if (max_block > 0)
		cdw_blocks_cap(blocks, records, max_block);
	return blocks;
}

/* The largest block size that keeps all rules together within the budget of candidates. */
int
cdw_choose_max_block(const cdw_records *records, const cdw_blocks *blocks)
{
	for (int s = 0; s < (int) lengthof(block_sizes) - 1; s++)
	{
		double pairs = 0;

		for (int r = 0; r < blocks->nlists; r++)
		{
			const cdw_block_list *list = &blocks->list[r];

			for (uint32 b = 0; b < list->nblocks; b++)
			{
				double size = list->start[b + 1] - list->start[b];

				if (size <= block_sizes[s])
					pairs += size * (size - 1) / 2;
			}
		}
		if (pairs <= (double) CANDIDATES_PER_RECORD * records->n)
			return block_sizes[s];
	}
	return block_sizes[lengthof(block_sizes) - 1];
}

/*
 * Takes out the blocks over max_block: their records lose the key, so that a pair that shares
 * it can still be found under a later rule.
 */
void
cdw_blocks_cap(cdw_blocks *blocks, cdw_records *records, int max_block)
{
	blocks->max_block = max_block;
	for (int r = 0; r < blocks->nlists; r++)
	{
		cdw_block_list *list = &blocks->list[r];
		uint32 kept = 0;
		Size members = 0;

		for (uint32 b = 0; b < list->nblocks; b++)
		{
			Size start = list->start[b];
			Size size = list->start[b + 1] - start;

			if (size > (Size) max_block)
			{
				blocks->left_out++;
				blocks->largest_left_out = Max(blocks->largest_left_out, size);
				for (Size i = start; i < start + size; i++)
					cdw_record_keys(records->record[list->member[i]])[r] = 0;
				continue;
			}
			memmove(&list->member[members], &list->member[start], sizeof(uint32) * size);
			list->start[kept++] = members;
			members += size;
		}
		list->start[kept] = members;
		list->nblocks = kept;
	}
}

/* The pairs in the blocks of a rule, whether or not another rule has them too. */
double
cdw_blocks_pairs(const cdw_blocks *blocks, const cdw_records *records, int list)
{
	const cdw_block_list *blocks_of = &blocks->list[list];
	double pairs = 0;

	if (blocks->all_pairs)
		return cdw_comparable_pairs(records);
	for (uint32 b = 0; b < blocks_of->nblocks; b++)
	{
		double size = blocks_of->start[b + 1] - blocks_of->start[b];

		pairs += size * (size - 1) / 2;
	}
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

/* Whether an earlier rule gives the two records one key. */
static inline bool
seen_before(const uint32 *a, const uint32 *b, int rule)
{
	for (int r = 0; r < rule; r++)
		if (a[r] == b[r] && a[r] != 0)
			return true;
	return false;
}

/* Hands each pair that this rule is the first to find to the callback, the smaller record first. */
void
cdw_walk(const cdw_blocks *blocks, const cdw_records *records, int list, cdw_pair_callback callback,
		 void *arg)
{
	const cdw_block_list *blocks_of = &blocks->list[list];

	if (blocks->all_pairs)
	{
		cdw_walk_comparable(records, callback, arg);
		return;
	}
	for (uint32 block = 0; block < blocks_of->nblocks; block++)
	{
		const uint32 *member = &blocks_of->member[blocks_of->start[block]];
		Size size = blocks_of->start[block + 1] - blocks_of->start[block];

		for (Size i = 0; i + 1 < size; i++)
		{
			const uint32 *keys = cdw_record_keys(records->record[member[i]]);

			CHECK_FOR_INTERRUPTS();
			for (Size j = i + 1; j < size; j++)
			{
				if ((j & 0xFFF) == 0)
					CHECK_FOR_INTERRUPTS();
				if (!seen_before(keys, cdw_record_keys(records->record[member[j]]), list) &&
					cdw_comparable(records, member[i], member[j]))
					callback(member[i], member[j], arg);
			}
		}
	}
}

/* All candidate pairs, each once. */
void
cdw_walk_all(const cdw_blocks *blocks, const cdw_records *records, cdw_pair_callback callback,
			 void *arg)
{
	for (int list = 0; list < Max(blocks->nlists, 1); list++)
		cdw_walk(blocks, records, list, callback, arg);
}
