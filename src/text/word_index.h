/*
 * src/text/word_index.h
 *
 * Finding words of a table by their hash. Indexes are static, filled at first use and never change.
 */
#ifndef CDW_WORD_INDEX_H
#define CDW_WORD_INDEX_H

#include "postgres.h"

/* A power of two, at least twice the items of the largest index. */
#define CDW_WORD_SLOTS 2048

#define CDW_FIRST_HASH 2166136261U

typedef struct cdw_word_index
{
	uint32 hashes[CDW_WORD_SLOTS];
	const void *items[CDW_WORD_SLOTS]; /* NULL: free */
} cdw_word_index;

/* FNV-1a (Fowler, Noll, Vo), one byte further. */
static inline uint32
cdw_next_hash(uint32 hash, char byte)
{
	return (hash ^ (unsigned char) byte) * 16777619U;
}

/* The hash of a word. */
static inline uint32
cdw_word_hash(const char *word, int len)
{
	uint32 hash = CDW_FIRST_HASH;

	for (int i = 0; i < len; i++)
		hash = cdw_next_hash(hash, word[i]);
	return hash;
}

/* Enters an item. Items of one hash are found in the order in which they were entered. */
static inline void
cdw_word_add(cdw_word_index *index, uint32 hash, const void *item)
{
	uint32 slot = hash % CDW_WORD_SLOTS;

	while (index->items[slot] != NULL)
		slot = (slot + 1) % CDW_WORD_SLOTS;
	index->hashes[slot] = hash;
	index->items[slot] = item;
}

/* The next item of that hash, NULL if there is none; *slot is the hash before the first call. */
static inline const void *
cdw_word_next(const cdw_word_index *index, uint32 hash, uint32 *slot)
{
	const void *item;

	do
	{
		uint32 at = (*slot)++ % CDW_WORD_SLOTS;

		item = index->items[at];
		if (item == NULL || index->hashes[at] == hash)
			return item;
	} while (true);
}

#endif /* CDW_WORD_INDEX_H */
