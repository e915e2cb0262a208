/*
 * src/rfm/score_keys.c
 *
 * What is scored: three int64 per customer, in the order of adding. They are kept by column in blocks, of
 * which a pass reads one after the other: in memory as long as they fit, else in a temporary file, which
 * the current resource owner removes if an error comes first.
 */
#include "rfm/score.h"

#include "utils/memutils.h"

#define FIRST_CAPACITY 16

void
cdw_score_keys_init(cdw_score_keys *keys, MemoryContext context, Size memory)
{
	*keys = (cdw_score_keys){.context = context, .memory = memory, .capacity = FIRST_CAPACITY};
	keys->blocks = MemoryContextAlloc(context, sizeof(cdw_key_block *) * keys->capacity);
}

uint64
cdw_score_keys_blocks(const cdw_score_keys *keys)
{
	return (keys->n + CDW_KEY_ROWS - 1) / CDW_KEY_ROWS;
}

/* Rows of a block: the last one may be short. */
int
cdw_score_keys_rows(const cdw_score_keys *keys, uint64 block)
{
	return Min(CDW_KEY_ROWS, keys->n - block * CDW_KEY_ROWS);
}

static void
seek(cdw_score_keys *keys, uint64 block, cdw_key_column column)
{
	off_t offset = block * sizeof(cdw_key_block) + column * BLCKSZ;

	if (BufFileSeek(keys->file, 0, offset, SEEK_SET) != 0)
		ereport(ERROR, (errcode_for_file_access(),
						errmsg("could not seek to position in temporary file")));
}

/* From here on the keys are in a file, and one block in memory is being filled. */
static void
move_to_file(cdw_score_keys *keys, uint64 nblocks)
{
	MemoryContext old = MemoryContextSwitchTo(keys->context);

	keys->file = BufFileCreateTemp(false);
	for (uint64 i = 0; i < nblocks; i++)
	{
		BufFileWrite(keys->file, keys->blocks[i], sizeof(cdw_key_block));
		if (i > 0)
			pfree(keys->blocks[i]);
	}
	MemoryContextSwitchTo(old);
}

/* Room for the next row, the first one of a block. */
static void
add_block(cdw_score_keys *keys)
{
	uint64 nblocks = keys->n / CDW_KEY_ROWS;

	if (keys->file != NULL)
	{
		BufFileWrite(keys->file, keys->blocks[0], sizeof(cdw_key_block));
		return;
	}
	if (nblocks > 0 && (nblocks + 1) * sizeof(cdw_key_block) > keys->memory)
	{
		move_to_file(keys, nblocks);
		return;
	}
	if (nblocks == keys->capacity)
	{
		keys->capacity *= 2;
		keys->blocks =
			repalloc_huge(keys->blocks, mul_size(sizeof(cdw_key_block *), keys->capacity));
	}
	keys->blocks[nblocks] = MemoryContextAlloc(keys->context, sizeof(cdw_key_block));
}

void
cdw_score_keys_add(cdw_score_keys *keys, int64 r, int64 f, int64 m)
{
	uint64 row = keys->n % CDW_KEY_ROWS;
	cdw_key_block *block;

	if (row == 0)
		add_block(keys);
	block = keys->blocks[keys->file != NULL ? 0 : keys->n / CDW_KEY_ROWS];
	(*block)[CDW_KEY_R][row] = r;
	(*block)[CDW_KEY_F][row] = f;
	(*block)[CDW_KEY_M][row] = m;
	keys->n++;
}

/* No more rows come. */
void
cdw_score_keys_finish(cdw_score_keys *keys)
{
	if (keys->file != NULL)
		BufFileWrite(keys->file, keys->blocks[0], sizeof(cdw_key_block));
}

/* A column of a block, in the buffer of CDW_KEY_ROWS or where it is. */
const int64 *
cdw_score_keys_read(cdw_score_keys *keys, uint64 block, cdw_key_column column, int64 *buffer)
{
	if (keys->file == NULL)
		return (*keys->blocks[block])[column];
	seek(keys, block, column);
	if (BufFileRead(keys->file, buffer, BLCKSZ) != BLCKSZ)
		ereport(ERROR, (errcode_for_file_access(), errmsg("could not read from temporary file")));
	return buffer;
}

/* Puts other keys into a column of a block. */
void
cdw_score_keys_write(cdw_score_keys *keys, uint64 block, cdw_key_column column, const int64 *values)
{
	if (keys->file == NULL)
	{
		memcpy((*keys->blocks[block])[column], values, BLCKSZ);
		return;
	}
	seek(keys, block, column);
	BufFileWrite(keys->file, unconstify(int64 *, values), BLCKSZ);
}

/* Removes the file; the memory goes with its context. */
void
cdw_score_keys_end(cdw_score_keys *keys)
{
	if (keys->file != NULL)
		BufFileClose(keys->file);
	keys->file = NULL;
}
