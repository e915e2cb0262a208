/*
 * src/match/walk.h
 *
 * How a walk over pairs is cut into units and shared out among processes; private to the module.
 */
#ifndef CDW_MATCH_WALK_H
#define CDW_MATCH_WALK_H

#include "match/match.h"

#include "port/atomics.h"

#define PREFETCH_PAIRS 16 /* ahead */

/* Blocks of a list, or records with others, or pairs of a list: from first to before end. */
typedef struct cdw_walk_unit
{
	int list; /* a rule's, or behind those a split's */
	uint32 first;
	uint32 end;
	uint32 others_first; /* of all pairs */
	uint32 others_end;
	double pairs; /* about, with those that a sample does not draw */
} cdw_walk_unit;

typedef struct cdw_walk
{
	const cdw_blocks *blocks;
	const cdw_sample *sample; /* NULL: every pair is visited */
	const cdw_pair *pair;	  /* instead of blocks: these pairs */
	uint32 npairs;
	cdw_walk_unit *unit;
	Size nunits;
	Size capacity;
	double expected;		   /* visits, about */
	pg_atomic_uint64 *visited; /* pairs, about, of all processes; NULL: there is one */
} cdw_walk;

extern void cdw_walk_units(const cdw_walk *walk, const cdw_records *records, Size first, Size end,
						   const cdw_visitor *visitor, void *state);

/* parallel.c */
extern int cdw_most_processes(void);
extern void *cdw_walk_in_parallel(cdw_walk *walk, const cdw_scorer *scorer,
								  const cdw_visitor *visitor, const void *argument);

/* A pair of the list is visited soon. */
static inline void
cdw_prefetch_pair(const cdw_records *records, const cdw_pair *pair)
{
	const char *a = (const char *) records->record[pair->a];
	const char *b = (const char *) records->record[pair->b];

	for (int line = 0; line < 320; line += 64)
	{
		__builtin_prefetch(a + line);
		__builtin_prefetch(b + line);
	}
}

#endif /* CDW_MATCH_WALK_H */
