/*
 * src/core/arena.c
 *
 * An arena: memory that only grows and is freed with its context. Chunks double up to 8 MB, so that a
 * small table costs little, nothing is ever copied, and the total may pass 1 GB.
 */
#include "core/core.h"

#include "utils/memutils.h"

#define FIRST_CHUNK ((Size) 16 * 1024)
#define FIRST_CHUNKS 16
#define LARGEST_CHUNK ((Size) 8 * 1024 * 1024)

void
cdw_arena_init(cdw_arena *arena, MemoryContext context)
{
	*arena = (cdw_arena){.context = context, .chunk_size = FIRST_CHUNK / 2};
	arena->chunk_used = arena->chunk_size;
	arena->capacity = FIRST_CHUNKS;
	arena->chunks = MemoryContextAlloc(context, sizeof(cdw_chunk) * arena->capacity);
}

static void
add_chunk(cdw_arena *arena)
{
	if (arena->nchunks == arena->capacity)
	{
		arena->capacity *= 2;
		arena->chunks = repalloc_huge(arena->chunks, sizeof(cdw_chunk) * arena->capacity);
	}
	arena->chunks[arena->nchunks++] = (cdw_chunk){.start = arena->chunk, .size = arena->chunk_size};
}

/* Memory aligned for any type, not zeroed. */
void *
cdw_arena_alloc(cdw_arena *arena, Size size)
{
	void *result;

	size = MAXALIGN(size);
	if (size > arena->chunk_size - arena->chunk_used)
	{
		arena->chunk_size = Min(arena->chunk_size * 2, LARGEST_CHUNK);
		if (arena->chunk_size < size)
			arena->chunk_size = size;
		arena->chunk = MemoryContextAllocHuge(arena->context, arena->chunk_size);
		arena->chunk_used = 0;
		add_chunk(arena);
	}
	result = arena->chunk + arena->chunk_used;
	arena->chunk_used += size;
	arena->total += size;
	return result;
}
