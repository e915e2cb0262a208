/*
 * src/match/pattern.h
 *
 * Counts of agreement patterns, between the walk over candidates and EM; private to the module.
 */
#ifndef CDW_MATCH_PATTERN_H
#define CDW_MATCH_PATTERN_H

#include "match/match.h"

#define CDW_TERM_STEP .25 /* nats */

typedef struct cdw_pattern_key
{
	uint64 levels[2];		/* four bits a field */
	int16 term_step;		/* weight for rare values, in steps */
	int16 shared_term_step; /* the part of it from fields that a household shares */
} cdw_pattern_key;

typedef struct cdw_pattern
{
	cdw_pattern_key key;
	uint32 count;
} cdw_pattern;

extern void cdw_pattern_of(const cdw_scorer *scorer, uint32 a, uint32 b, cdw_pattern_key *key);
extern int cdw_pattern_level(const cdw_pattern_key *key, int field);
extern cdw_pattern *cdw_count_patterns(const cdw_blocks *blocks, const cdw_scorer *scorer,
									   uint64 seed, uint32 *npatterns, double *scale);

#endif /* CDW_MATCH_PATTERN_H */
