/*
 * src/match/distinct.c
 *
 * How many distinct values a column has and how many of them occur more than once, in one pass and
 * bounded memory: the distinct values with the smallest hashes are counted exactly, and they are a fair
 * sample of all (bottom-k sketch; Bar-Yossef et al. 2002, Cohen and Kaplan 2007).
 */
#include "match/infer.h"

#define KEEP 1024 /* distinct values that are counted, at least, where there are so many */
#define FIRST_SLOTS 64
#define MOST_SLOTS (4 * KEEP)

typedef struct Entry
{
	uint64 hash; /* 0: free */
	uint64 count;
} Entry;

struct cdw_distinct
{
	MemoryContext context;
	uint64 limit; /* hashes from here on are not kept */
	int nslots;	  /* a power of two */
	int n;
	Entry *slot;
};

#define ST_SORT sort_hashes
#define ST_ELEMENT_TYPE uint64
#define ST_COMPARE(a, b) (*(a) < *(b) ? -1 : *(a) > *(b))
#define ST_SCOPE static
#define ST_DEFINE
#include "lib/sort_template.h"

/* Lives in the current memory context. */
cdw_distinct *
cdw_distinct_create(void)
{
	cdw_distinct *distinct = palloc(sizeof(cdw_distinct));

	*distinct = (cdw_distinct){.context = CurrentMemoryContext,
							   .limit = PG_UINT64_MAX,
							   .nslots = FIRST_SLOTS,
							   .slot = palloc0(sizeof(Entry) * FIRST_SLOTS)};
	return distinct;
}

/* The slot of a hash: its own or a free one. The low bits choose it, the limit looks at the high ones. */
static Entry *
find_slot(const cdw_distinct *distinct, uint64 hash)
{
	int i = hash & (distinct->nslots - 1);

	while (distinct->slot[i].hash != 0 && distinct->slot[i].hash != hash)
		i = (i + 1) & (distinct->nslots - 1);
	return &distinct->slot[i];
}

/* Moves the entries below the limit to a table of the given size. */
static void
rebuild(cdw_distinct *distinct, int nslots)
{
	Entry *old = distinct->slot;
	int old_slots = distinct->nslots;

	distinct->slot = MemoryContextAllocZero(distinct->context, sizeof(Entry) * nslots);
	distinct->nslots = nslots;
	distinct->n = 0;
	for (int i = 0; i < old_slots; i++)
		if (old[i].hash != 0 && old[i].hash < distinct->limit)
		{
			*find_slot(distinct, old[i].hash) = old[i];
			distinct->n++;
		}
	pfree(old);
}

/* Lowers the limit so that KEEP values stay. */
static void
forget(cdw_distinct *distinct)
{
	uint64 *hashes = palloc(sizeof(uint64) * distinct->n);
	int n = 0;

	for (int i = 0; i < distinct->nslots; i++)
		if (distinct->slot[i].hash != 0)
			hashes[n++] = distinct->slot[i].hash;
	sort_hashes(hashes, n);
	distinct->limit = hashes[KEEP];
	pfree(hashes);
	rebuild(distinct, distinct->nslots);
}

/* Counts a value by its hash. */
void
cdw_distinct_add(cdw_distinct *distinct, uint64 hash)
{
	Entry *entry;

	if (hash == 0)
		hash = 1;
	if (hash >= distinct->limit)
		return;
	entry = find_slot(distinct, hash);
	entry->count++;
	if (entry->hash != 0)
		return;
	entry->hash = hash;
	if (++distinct->n <= distinct->nslots / 2)
		return;
	if (distinct->nslots < MOST_SLOTS)
		rebuild(distinct, distinct->nslots * 2);
	else
		forget(distinct);
}

/* The number of distinct values: exact up to some thousand, else an estimate. */
double
cdw_distinct_count(const cdw_distinct *distinct)
{
	if (distinct->limit == PG_UINT64_MAX)
		return distinct->n;
	return distinct->n / ((double) distinct->limit / (double) PG_UINT64_MAX);
}

/* The share of the distinct values that occur more than once; 0 where there is no value. */
double
cdw_distinct_repeated(const cdw_distinct *distinct)
{
	int repeated = 0;

	for (int i = 0; i < distinct->nslots; i++)
		if (distinct->slot[i].hash != 0 && distinct->slot[i].count > 1)
			repeated++;
	return distinct->n > 0 ? (double) repeated / distinct->n : 0;
}
