/*
 * src/rfm/order_statistics.c
 *
 * The values in given places of the order of many keys, without sorting them: each pass over the keys
 * counts the next eight bits of those that agree with what is known of a value, which makes eight bits more
 * known (radix selection, highest digit first). A few passes over memory or a file tell many places of many
 * groups at once, in memory that does not grow with the keys.
 */
#include "rfm/score.h"

#include "port/pg_bitutils.h"

#define DIGIT_BITS 8
#define DIGITS (1 << DIGIT_BITS)

/* Keys of a group that agree in the digits so far, counted by the next one. */
typedef struct Bucket
{
	uint64 prefix;
	uint64 count[DIGITS];
} Bucket;

typedef struct Selection
{
	cdw_key_source source;
	void *arg;
	uint64 nblocks;
	int ngroups;
	cdw_order_statistic *statistics; /* by group, then by place */
	int n;
	int64 least[CDW_MAX_GROUPS];
	Bucket *buckets;
	int first_bucket[CDW_MAX_GROUPS + 1];
} Selection;

/* Finds the least key of each group; returns how many bits keys need above it. */
static int
find_range(Selection *selection)
{
	int64 greatest[CDW_MAX_GROUPS];
	uint64 widest = 0;

	for (int group = 0; group < selection->ngroups; group++)
	{
		selection->least[group] = PG_INT64_MAX;
		greatest[group] = PG_INT64_MIN;
	}
	for (uint64 block = 0; block < selection->nblocks; block++)
	{
		const int64 *keys;
		const uint8 *groups;
		int n = selection->source(selection->arg, block, &keys, &groups);

		CHECK_FOR_INTERRUPTS();
		for (int i = 0; i < n; i++)
		{
			selection->least[groups[i]] = Min(selection->least[groups[i]], keys[i]);
			greatest[groups[i]] = Max(greatest[groups[i]], keys[i]);
		}
	}
	for (int group = 0; group < selection->ngroups; group++)
	{
		if (greatest[group] >= selection->least[group])
			widest = Max(widest, (uint64) greatest[group] - (uint64) selection->least[group]);
	}
	return widest == 0 ? 0 : pg_leftmost_one_pos64(widest) + 1;
}

/* A bucket for each prefix that the statistics of a group have; they ascend as their places do. */
static void
make_buckets(Selection *selection)
{
	int n = 0;
	int statistic = 0;

	for (int group = 0; group < selection->ngroups; group++)
	{
		selection->first_bucket[group] = n;
		for (; statistic < selection->n && selection->statistics[statistic].group == group;
			 statistic++)
		{
			uint64 prefix = selection->statistics[statistic].prefix;

			if (n > selection->first_bucket[group] && selection->buckets[n - 1].prefix == prefix)
				continue;
			selection->buckets[n] = (Bucket){.prefix = prefix};
			n++;
		}
	}
	selection->first_bucket[selection->ngroups] = n;
}

static Bucket *
find_bucket(const Selection *selection, int group, uint64 prefix)
{
	for (int i = selection->first_bucket[group]; i < selection->first_bucket[group + 1]; i++)
	{
		if (selection->buckets[i].prefix == prefix)
			return &selection->buckets[i];
	}
	return NULL;
}

/* Counts the digit at a shift in all keys that agree with a bucket in the digits above. */
static void
count_digits(Selection *selection, int shift)
{
	for (uint64 block = 0; block < selection->nblocks; block++)
	{
		const int64 *keys;
		const uint8 *groups;
		int n = selection->source(selection->arg, block, &keys, &groups);

		CHECK_FOR_INTERRUPTS();
		for (int i = 0; i < n; i++)
		{
			uint64 key = ((uint64) keys[i] - (uint64) selection->least[groups[i]]) >> shift;
			Bucket *bucket = find_bucket(selection, groups[i], key >> DIGIT_BITS);

			if (bucket != NULL)
				bucket->count[key & (DIGITS - 1)]++;
		}
	}
}

/* The next digit of a value: that of the bucket in which its place lies. */
static void
extend(const Selection *selection, cdw_order_statistic *statistic)
{
	const Bucket *bucket = find_bucket(selection, statistic->group, statistic->prefix);
	int digit = 0;

	while (statistic->place >= bucket->count[digit])
		statistic->place -= bucket->count[digit++];
	statistic->prefix = statistic->prefix << DIGIT_BITS | digit;
}

/*
 * Finds the values of n statistics, which come by group and within a group by place; each place is less
 * than the number of keys of its group. Reads the keys once, and once more for each eight bits in which
 * keys of a group differ.
 */
void
cdw_order_statistics(cdw_key_source source, void *arg, uint64 nblocks, int ngroups,
					 cdw_order_statistic *statistics, int n)
{
	Selection selection = {
		.source = source,
		.arg = arg,
		.nblocks = nblocks,
		.ngroups = ngroups,
		.statistics = statistics,
		.n = n,
	};
	int bits = find_range(&selection);

	selection.buckets = palloc(sizeof(Bucket) * Max(n, 1));
	for (int i = 0; i < n; i++)
		statistics[i].prefix = 0;
	for (int shift = (bits - 1) / DIGIT_BITS * DIGIT_BITS; bits > 0 && shift >= 0;
		 shift -= DIGIT_BITS)
	{
		make_buckets(&selection);
		count_digits(&selection, shift);
		for (int i = 0; i < n; i++)
			extend(&selection, &statistics[i]);
	}
	for (int i = 0; i < n; i++)
		statistics[i].value =
			(int64) ((uint64) selection.least[statistics[i].group] + statistics[i].prefix);
	pfree(selection.buckets);
}
