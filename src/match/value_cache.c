/*
 * src/match/value_cache.c
 *
 * What became of values that were seen before, in bounded memory. Names, cities and dates come again and
 * again; where values hardly do, as e-mail addresses, the cache gives itself up.
 *
 * Slots go by the hash of a value, two to a place. Entries lie end to end; when their memory is used up
 * all are forgotten. Both are far from the processor, so that a look-up has three steps, each of which is
 * taken for all fields of a row before the next: ask for the slot, ask for the entry, read it.
 */
#include "match/encode.h"

#include "utils/memutils.h"

#define FIRST_SLOTS 1024
#define FIRST_BYTES ((Size) 64 * 1024)
#define LONGEST_VALUE 256
#define EARLY_BYTES                                                                                \
	((Size) 512 * 1024) /* after so much it shows whether values come again at all */
#define EARLY_SHARE 10	/* one value in so many has to be known by then */
#define LATE_SHARE 2	/* ... and when the memory is used up */

typedef struct Slot
{
	uint32 hash;  /* the upper half */
	uint32 place; /* of the entry; 0: free */
} Slot;

/* The value follows, then, aligned, what became of it. */
typedef struct Entry
{
	uint64 hash;
	uint64 len;
} Entry;

struct cdw_value_cache
{
	MemoryContext context;
	Size most_bytes;
	bool off;
	uint64 hash; /* of the value that is looked for */
	uint32 place;
	uint32 nslots;
	uint32 nused;
	Slot *slot;
	Size capacity;
	Size used;
	char *data;
	uint64 asked; /* since everything was forgotten */
	uint64 known;
};

/* An empty cache, which takes most_bytes for entries at most, under 1 GB, and some for slots. */
cdw_value_cache *
cdw_value_cache_create(MemoryContext context, Size most_bytes)
{
	cdw_value_cache *cache = MemoryContextAllocZero(context, sizeof(cdw_value_cache));

	cache->context = context;
	cache->most_bytes = most_bytes;
	cache->nslots = FIRST_SLOTS;
	cache->slot = MemoryContextAllocZero(context, sizeof(Slot) * FIRST_SLOTS);
	cache->capacity = Min(FIRST_BYTES, most_bytes);
	cache->used = MAXIMUM_ALIGNOF; /* place 0 is none */
	cache->data = MemoryContextAlloc(context, cache->capacity);
	return cache;
}

static Entry *
entry_at(const cdw_value_cache *cache, uint32 place)
{
	return (Entry *) (cache->data + place);
}

/* Begins to look for a value; it must stay until cdw_value_cache_find. */
void
cdw_value_cache_ask(cdw_value_cache *cache, const char *value, int len)
{
	if (cache->off || len > LONGEST_VALUE)
		return;
	cache->asked++;
	cache->hash = cdw_hash_in_memory(value, len);
	__builtin_prefetch(&cache->slot[cache->hash & (cache->nslots - 1)]);
}

/* The place of the entry that the value may have; 0 where it has none. */
static uint32
find_place(const cdw_value_cache *cache)
{
	const Slot *slot = &cache->slot[cache->hash & (cache->nslots - 1)];
	const Slot *beside = &cache->slot[(cache->hash & (cache->nslots - 1)) ^ 1];
	uint32 hash = cache->hash >> 32;

	return slot->hash == hash ? slot->place : beside->hash == hash ? beside->place : 0;
}

/* Goes on looking for the value. */
void
cdw_value_cache_fetch(cdw_value_cache *cache)
{
	if (cache->off)
		return;
	cache->place = find_place(cache);
	__builtin_prefetch(cache->data + cache->place);
	__builtin_prefetch(cache->data + cache->place + 64);
}

/* What became of the value; NULL where that is not known. It may go with the next value that is added. */
const void *
cdw_value_cache_find(cdw_value_cache *cache, const char *value, int len)
{
	const Entry *entry;

	if (cache->off || len > LONGEST_VALUE || cache->place == 0)
		return NULL;
	entry = entry_at(cache, cache->place);
	if (entry->hash != cache->hash || entry->len != (uint64) len ||
		memcmp(entry + 1, value, len) != 0)
		return NULL;
	cache->known++;
	return (const char *) (entry + 1) + MAXALIGN(len);
}

/* Puts an entry in a slot; of the two that its hash has, the one that came first goes. */
static void
fill_slot(cdw_value_cache *cache, uint32 place)
{
	uint64 hash = entry_at(cache, place)->hash;
	Slot *slot = &cache->slot[hash & (cache->nslots - 1)];
	Slot *beside = &cache->slot[(hash & (cache->nslots - 1)) ^ 1];

	if (slot->place != 0)
		*beside = *slot;
	*slot = (Slot){.hash = hash >> 32, .place = place};
}

/* Gives the cache twice the slots. */
static void
add_slots(cdw_value_cache *cache)
{
	Slot *old = cache->slot;
	uint32 nold = cache->nslots;

	cache->nslots *= 2;
	cache->slot = MemoryContextAllocZero(cache->context, sizeof(Slot) * cache->nslots);
	for (uint32 i = 0; i < nold; i++)
		if (old[i].place != 0)
			fill_slot(cache, old[i].place);
	pfree(old);
}

/* Gives the cache up. */
static void
give_up(cdw_value_cache *cache)
{
	pfree(cache->slot);
	pfree(cache->data);
	cache->off = true;
}

/*
 * Makes room for an entry: by more memory, or by forgetting all entries. False where there is none
 * because the entry is too large, or because too few values come again to be worth it.
 */
static bool
make_room(cdw_value_cache *cache, Size size)
{
	if (size <= cache->capacity - cache->used)
		return true;
	if (cache->capacity >= EARLY_BYTES && cache->known * EARLY_SHARE < cache->asked)
	{
		give_up(cache);
		return false;
	}
	if (cache->capacity < cache->most_bytes)
	{
		cache->capacity = Min(cache->capacity * 2, cache->most_bytes);
		cache->data = repalloc(cache->data, cache->capacity);
		return size <= cache->capacity - cache->used;
	}
	if (cache->known * LATE_SHARE < cache->asked)
	{
		give_up(cache);
		return false;
	}
	memset(cache->slot, 0, sizeof(Slot) * cache->nslots);
	cache->nused = 0;
	cache->used = MAXIMUM_ALIGNOF;
	cache->asked = cache->known = 0;
	return size <= cache->capacity - cache->used;
}

/*
 * Remembers the value that was just looked for and not found: returns size bytes for what became of it,
 * NULL where it is not to be remembered.
 */
void *
cdw_value_cache_add(cdw_value_cache *cache, const char *value, int len, Size size)
{
	Entry *entry;

	if (cache->off || len > LONGEST_VALUE)
		return NULL;
	size = sizeof(Entry) + MAXALIGN(len) + MAXALIGN(size);
	if (!make_room(cache, size))
		return NULL;
	if (++cache->nused > cache->nslots / 2 && cache->nslots < cache->most_bytes / 64)
		add_slots(cache);
	entry = entry_at(cache, cache->used);
	*entry = (Entry){.hash = cache->hash, .len = len};
	memcpy(entry + 1, value, len);
	fill_slot(cache, cache->used);
	cache->used += size;
	return (char *) (entry + 1) + MAXALIGN(len);
}
