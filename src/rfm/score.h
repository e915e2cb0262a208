/*
 * src/rfm/score.h
 *
 * Scores of customers among each other: the columns of keys that are scored, order statistics of them, and
 * the scorer.
 */
#ifndef CDW_SCORE_H
#define CDW_SCORE_H

#include "rfm/rfm.h"

#include "storage/buffile.h"

/* ---- score_keys.c: int64 keys by r, f and m, in memory or in a temporary file ---- */

#define CDW_KEY_ROWS                                                                               \
	(BLCKSZ / sizeof(int64)) /* of a block: a column of it is a block of the file */

typedef enum cdw_key_column
{
	CDW_KEY_R,
	CDW_KEY_F,
	CDW_KEY_M,
	CDW_KEY_COLUMNS
} cdw_key_column;

typedef int64 cdw_key_block[CDW_KEY_COLUMNS][CDW_KEY_ROWS];

typedef struct cdw_score_keys
{
	MemoryContext context;
	Size memory; /* above it, blocks are in the file */
	uint64 n;
	cdw_key_block **blocks; /* in memory: all; else one, the one that is being filled */
	uint64 capacity;		/* of blocks */
	BufFile *file;
} cdw_score_keys;

extern void cdw_score_keys_init(cdw_score_keys *keys, MemoryContext context, Size memory);
extern void cdw_score_keys_add(cdw_score_keys *keys, int64 r, int64 f, int64 m);
extern void cdw_score_keys_finish(cdw_score_keys *keys);
extern uint64 cdw_score_keys_blocks(const cdw_score_keys *keys);
extern int cdw_score_keys_rows(const cdw_score_keys *keys, uint64 block);
extern const int64 *
cdw_score_keys_read(cdw_score_keys *keys, uint64 block, cdw_key_column column, int64 *buffer);
extern void cdw_score_keys_write(cdw_score_keys *keys, uint64 block, cdw_key_column column,
								 const int64 *values);
extern void cdw_score_keys_end(cdw_score_keys *keys);

/* ---- order_statistics.c ---- */

#define CDW_MAX_GROUPS (CDW_MAX_BINS * CDW_MAX_BINS)

/* The value in a place of a group's order, and what ties remain to be told apart by the order of rows. */
typedef struct cdw_order_statistic
{
	int group;
	uint64 place;  /* from 0, ascending within the group; on return among the equal ones */
	uint64 prefix; /* digits that are known */
	int64 value;   /* on return */
} cdw_order_statistic;

/* Hands out the keys of a block and the group of each; returns their number. */
typedef int (*cdw_key_source)(void *arg, uint64 block, const int64 **keys, const uint8 **groups);

extern void cdw_order_statistics(cdw_key_source source, void *arg, uint64 nblocks, int ngroups,
								 cdw_order_statistic *statistics, int n);

/* ---- sum_ranks.c: keys for sums that are no int64 ---- */

#define CDW_GENERAL_KEY PG_INT64_MIN /* of a sum that is not in units, until it has a rank */

typedef struct cdw_sum_ranks cdw_sum_ranks;

extern cdw_sum_ranks *cdw_sum_ranks_create(MemoryContext context);
extern void cdw_sum_ranks_add(cdw_sum_ranks *ranks, uint64 row, const cdw_sum *sum);
extern int64 cdw_sum_ranks_finish(cdw_sum_ranks *ranks, cdw_score_keys *keys);

/* ---- score_mean.c ---- */

extern int64 cdw_score_mean(cdw_score_keys *keys, cdw_key_column column);

/* ---- score.c ---- */

typedef struct cdw_scorer cdw_scorer;

extern cdw_scorer *
cdw_scorer_create(MemoryContext context, int32 bins, cdw_score_method method, Size memory);
extern void
cdw_scorer_add(cdw_scorer *scorer, TimestampTz last_at, int64 frequency, const cdw_sum *sum);
extern void cdw_scorer_finish(cdw_scorer *scorer);
extern cdw_scores cdw_scorer_next(cdw_scorer *scorer);
extern void cdw_scorer_end(cdw_scorer *scorer);

/* ---- cuts.c: scores by given cuts ---- */

typedef struct cdw_cuts cdw_cuts;

extern void *cdw_cuts_read(Jsonb *source);
extern cdw_scores cdw_cuts_score(const cdw_cuts *cuts, TimestampTz as_of, TimestampTz last_at,
								 int64 frequency, const cdw_sum *sum);
extern int cdw_cuts_bins(const cdw_cuts *cuts, cdw_key_column column);

#endif /* CDW_SCORE_H */
