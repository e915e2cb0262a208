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

/* label.c: what labelled pairs say to EM */
typedef struct cdw_label_evidence
{
	double *yes; /* by pattern: labels that speak for a match */
	double *no;
	double level[CDW_MAX_FIELDS][CDW_MISSING + 1]; /* labelled matches drawn at random */
} cdw_label_evidence;

extern cdw_label_evidence *
cdw_label_evidence_create(const cdw_labels *labels, const cdw_scorer *scorer,
						  const cdw_pattern *pattern, uint32 npatterns);
extern double
cdw_labelled_probability(const cdw_label_evidence *evidence, uint32 pattern, double probability);
extern double cdw_labelled_bound(const cdw_label_evidence *evidence, int field, int level,
								 int nlevels, double bound);
extern void cdw_mix_labels(const cdw_label_evidence *evidence, int field, int nlevels, double pairs,
						   double *share);

#endif /* CDW_MATCH_PATTERN_H */
