/*
 * src/match/pair.c
 *
 * Pairs that count at all: every two records, or in a link every two of different sources.
 */
#include "match/match.h"

#include "miscadmin.h"
#include "utils/memutils.h"

/* How many records each source has; *nsources is one more than the greatest source. */
static uint32 *
source_sizes(const cdw_records *records, uint32 *nsources)
{
	uint32 *size;

	*nsources = 0;
	for (uint32 i = 0; i < records->n; i++)
		*nsources = Max(*nsources, cdw_source_of(records, i) + 1);
	size = palloc0(sizeof(uint32) * Max(*nsources, 1));
	for (uint32 i = 0; i < records->n; i++)
		size[cdw_source_of(records, i)]++;
	return size;
}

/* How many pairs count. */
double
cdw_comparable_pairs(const cdw_records *records)
{
	double n = records->n;
	double pairs = n * (n - 1) / 2;
	uint32 *size;
	uint32 nsources;

	if (!records->settings->link)
		return pairs;
	size = source_sizes(records, &nsources);
	for (uint32 s = 0; s < nsources; s++)
		pairs -= (double) size[s] * ((double) size[s] - 1) / 2;
	pfree(size);
	return pairs;
}

/*
 * Across sources: record by record, the later records of every other source. A link of a large
 * source and a small one has few such pairs, so those within a source are not even looked at.
 */
static void
walk_across_sources(const cdw_records *records, const cdw_sample *sample, const cdw_tile *tile,
					cdw_pair_callback callback, void *arg)
{
	uint32 nsources;
	uint32 *size = source_sizes(records, &nsources);
	Size *next = palloc(sizeof(Size) * Max(nsources, 1)); /* later records of each source */
	Size *last = palloc(sizeof(Size) * Max(nsources, 1));
	uint32 *member =
		MemoryContextAllocHuge(CurrentMemoryContext, sizeof(uint32) * Max(records->n, (Size) 1));
	Size position = 0;

	for (uint32 s = 0; s < nsources; s++)
	{
		next[s] = last[s] = position;
		position += size[s];
	}
	for (uint32 i = 0; i < records->n; i++)
		member[last[cdw_source_of(records, i)]++] = i;
	for (uint32 a = 0; a < tile->end; a++)
	{
		uint32 source = cdw_source_of(records, a);

		next[source]++;
		for (uint32 s = 0; a >= tile->first && s < nsources; s++)
			for (Size i = next[s]; s != source && i < last[s] && member[i] < tile->others_end; i++)
				if (member[i] >= tile->others_first && cdw_sample_draws(sample, a, member[i]))
					callback(a, member[i], arg);
	}
	pfree(member);
	pfree(last);
	pfree(next);
	pfree(size);
}

/*
 * Hands each pair that counts and is drawn to the callback, the smaller record first; of those the
 * pairs of the tile.
 */
void
cdw_walk_comparable(const cdw_records *records, const cdw_sample *sample, const cdw_tile *tile,
					cdw_pair_callback callback, void *arg)
{
	if (records->settings->link)
	{
		walk_across_sources(records, sample, tile, callback, arg);
		return;
	}
	for (uint32 a = tile->first; a < tile->end; a++)
	{
		CHECK_FOR_INTERRUPTS();
		for (uint32 b = Max(a + 1, tile->others_first); b < tile->others_end; b++)
			if (cdw_sample_draws(sample, a, b))
				callback(a, b, arg);
	}
}
