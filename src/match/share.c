/*
 * src/match/share.c
 *
 * Records and blocks in shared memory, for several processes. They come into being in the memory of one
 * process, as it is not known yet whether others are worth it, and move once: nothing is there twice.
 */
#include "match/share.h"

#include "storage/lwlock.h"
#include "utils/memutils.h"

/* A copy of bytes in shared memory. */
dsa_pointer
cdw_copy_to_area(dsa_area *area, const void *data, Size size)
{
	dsa_pointer pointer = dsa_allocate_extended(area, Max(size, 1), DSA_ALLOC_HUGE);

	memcpy(dsa_get_address(area, pointer), data, size);
	return pointer;
}

/* With the records' context the area goes, whether or not the transaction has failed. */
static void
detach(void *arg)
{
	cdw_shared_records *shared = arg;

	if (shared->area)
		dsa_detach(shared->area);
}

/* A chunk of the arena and where it goes. */
typedef struct Move
{
	const char *start;
	Size size;
	dsa_pointer target;
} Move;

static int
compare_moves(const void *a, const void *b)
{
	const char *left = ((const Move *) a)->start;
	const char *right = ((const Move *) b)->start;

	return left < right ? -1 : left > right;
}

/* Where an address in the arena goes; moves are sorted. */
static dsa_pointer
target_of(const Move *move, uint32 n, const char *address)
{
	uint32 low = 0;
	uint32 high = n;

	while (high - low > 1)
	{
		uint32 middle = low + (high - low) / 2;

		if (move[middle].start <= address)
			low = middle;
		else
			high = middle;
	}
	Assert(address < move[low].start + move[low].size);
	return move[low].target + (address - move[low].start);
}

/* Moves the chunks of the records' arena into the area, and the records' addresses with them. */
static void
move_chunks(cdw_records *records, dsa_area *area, const dsa_pointer *target, dsa_pointer *place)
{
	cdw_arena *arena = &records->arena;
	Move *move = palloc(sizeof(Move) * Max(arena->nchunks, 1));

	for (uint32 c = 0; c < arena->nchunks; c++)
		move[c] = (Move){
			.start = arena->chunks[c].start, .size = arena->chunks[c].size, .target = target[c]};
	qsort(move, arena->nchunks, sizeof(Move), compare_moves);
	for (uint32 i = 0; i < records->n; i++)
		place[i] = target_of(move, arena->nchunks, (const char *) records->record[i]);
	pfree(move);
	for (uint32 c = 0; c < arena->nchunks; c++)
	{
		char *address = dsa_get_address(area, target[c]);

		CHECK_FOR_INTERRUPTS();
		memcpy(address, arena->chunks[c].start, arena->chunks[c].size);
		pfree(arena->chunks[c].start);
		arena->chunks[c].start = address;
	}
	arena->chunk_size = arena->chunk_used = 0; /* what comes later gets a chunk of its own */
	for (uint32 i = 0; i < records->n; i++)
		records->record[i] = dsa_get_address(area, place[i]);
}

/*
 * Room in a new area for all chunks and for the records' places; of records in a file none. A server with
 * little shared memory, as in a container, raises an error here.
 */
static cdw_shared_records *
reserve(const cdw_records *records, dsa_pointer *target)
{
	cdw_shared_records *shared = palloc0(sizeof(cdw_shared_records));

	shared->area = dsa_create(LWTRANCHE_PARALLEL_QUERY_DSA);
	for (uint32 c = 0; c < records->arena.nchunks; c++)
		target[c] =
			dsa_allocate_extended(shared->area, records->arena.chunks[c].size, DSA_ALLOC_HUGE);
	if (records->file == NULL)
		shared->place =
			dsa_allocate_extended(shared->area, sizeof(dsa_pointer) * records->n, DSA_ALLOC_HUGE);
	/* from here on it ends with the records, not with a resource owner */
	dsa_pin_mapping(shared->area);
	return shared;
}

/* What records are to be shared, and where they go. */
typedef struct Sharing
{
	const cdw_records *records;
	dsa_pointer *target;
	cdw_shared_records *shared;
} Sharing;

static void
try_to_reserve(void *arg)
{
	Sharing *sharing = arg;

	sharing->shared = reserve(sharing->records, sharing->target);
}

/*
 * Moves the records into shared memory, where they stay as long as they live; those in a file stay there,
 * and get an area for what workers need beside them. Returns false where there is no room: then one
 * process does everything.
 */
bool
cdw_share_records(cdw_records *records)
{
	Sharing sharing = {.records = records};
	MemoryContext old;

	if (records->shared)
		return true;
	old = MemoryContextSwitchTo(records->arena.context);
	sharing.target = palloc(sizeof(dsa_pointer) * Max(records->arena.nchunks, 1));
	if (cdw_try(try_to_reserve, &sharing))
	{
		records->shared = sharing.shared;
		records->shared->callback.func = detach;
		records->shared->callback.arg = records->shared;
		MemoryContextRegisterResetCallback(records->arena.context, &records->shared->callback);
		if (records->file == NULL)
			move_chunks(records, records->shared->area, sharing.target,
						dsa_get_address(records->shared->area, records->shared->place));
	}
	pfree(sharing.target);
	MemoryContextSwitchTo(old);
	return records->shared != NULL;
}

/* Gives back the shared memory of records in a file, in which there are no blocks any more. */
void
cdw_unshare_file(cdw_records *records)
{
	if (records->file == NULL || records->shared == NULL)
		return;
	dsa_detach(records->shared->area);
	records->shared->area = NULL;
	records->shared = NULL;
}

/* ---- blocks ---- */

/* Frees a copy's original; returns the copy. */
static void *
replace(dsa_area *area, void *original, dsa_pointer copy)
{
	pfree(original);
	return dsa_get_address(area, copy);
}

/* Moves a list of blocks, all of it or nothing, into shared memory, where it stays until it is freed. */
void
cdw_share_block_list(dsa_area *area, cdw_block_list *list)
{
	Size members = list->start[list->nblocks];
	cdw_shared_list *shared;

	if (list->shared)
		return;
	shared = MemoryContextAlloc(GetMemoryChunkContext(list->start), sizeof(cdw_shared_list));
	shared->area = area;
	shared->member = cdw_copy_to_area(area, list->member, sizeof(uint32) * members);
	shared->key = cdw_copy_to_area(area, list->key, sizeof(uint32) * (Size) list->nblocks);
	shared->start = cdw_copy_to_area(area, list->start, sizeof(Size) * ((Size) list->nblocks + 1));
	list->member = replace(area, list->member, shared->member);
	list->key = replace(area, list->key, shared->key);
	list->start = replace(area, list->start, shared->start);
	list->shared = shared;
}

void
cdw_free_shared_list(cdw_shared_list *shared)
{
	dsa_free(shared->area, shared->start);
	dsa_free(shared->area, shared->key);
	dsa_free(shared->area, shared->member);
	pfree(shared);
}
