/*
 * src/match/pattern.h
 *
 * Counts of agreement patterns, between the walk over candidates and EM; private to the module.
 */
#ifndef CDW_MATCH_PATTERN_H
#define CDW_MATCH_PATTERN_H

#include "match/match.h"

#define CDW_TERM_STEP .25	 /* nats */
#define CDW_TYPICAL_PAIRS 20 /* that are added to the random ones */
#define CDW_TYPICAL_AGREEMENT .02

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

/* Counts pairs by their patterns. */
typedef struct cdw_pattern_counter cdw_pattern_counter;

extern cdw_pattern_counter *cdw_pattern_counter_create(const cdw_scorer *scorer);
extern void cdw_pattern_of(const cdw_scorer *scorer, uint32 a, uint32 b, cdw_pattern_key *key);
extern uint32 cdw_pattern_count(cdw_pattern_counter *counter, uint32 a, uint32 b);
extern cdw_pattern *
cdw_pattern_counter_finish(cdw_pattern_counter *counter, uint32 *npatterns, uint32 **rank);

extern cdw_pattern *cdw_candidate_patterns(const cdw_blocks *blocks, const cdw_scorer *scorer,
										   uint64 seed, uint32 *npatterns, double *scale);
extern cdw_pattern *cdw_random_patterns(const cdw_scorer *scorer, uint64 seed, uint32 *npatterns);

extern void cdw_level_rates(const cdw_match_settings *settings, const cdw_pattern *pattern,
							uint32 npatterns, double (*rate)[CDW_MAX_LEVELS]);

/* The level of a field in a pattern. */
static inline int
cdw_pattern_level(const cdw_pattern_key *key, int field)
{
	return key->levels[field / 16] >> (4 * (field % 16)) & 15;
}

/* dependence.c */
typedef struct cdw_joint_levels cdw_joint_levels;

extern cdw_joint_levels *
cdw_joint_levels_create(const cdw_match_settings *settings, const cdw_pattern *pattern, uint32 n);
extern void cdw_learn_dependences(cdw_joint_levels *joint, const double *match, cdw_model *model);

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
extern double cdw_labelled_bound(const cdw_label_evidence *evidence, int field,
								 const bool *disagrees, int nlevels, double bound);
extern void cdw_mix_labels(const cdw_label_evidence *evidence, int field, int nlevels, double pairs,
						   double *share);

#endif /* CDW_MATCH_PATTERN_H */
