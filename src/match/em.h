/*
 * src/match/em.h
 *
 * What the training of a model works on; private to the module.
 */
#ifndef CDW_MATCH_EM_H
#define CDW_MATCH_EM_H

#include "match/match.h"
#include "match/one_to_one.h"
#include "match/pattern.h"

typedef struct cdw_em
{
	const cdw_match_settings *settings;
	cdw_model *model;							 /* with the summary of every field's values */
	bool households;							 /* whether a class of them is learnt */
	double rate[CDW_MAX_FIELDS][CDW_MAX_LEVELS]; /* of levels among random pairs */
	cdw_pattern *pattern;						 /* of candidates */
	uint32 npatterns;
	double scale;		 /* pairs that a counted candidate stands for */
	double judged;		 /* pairs that candidates show something about */
	double *match_ratio; /* of each pattern: ln of the likelihood ratio of a match */
	double *household_odds;
	double *expected_matches;
	const cdw_records *records;
	cdw_link_pair *link; /* candidates, where partners compete for them */
	Size nlinks;
	cdw_link_pair *competing; /* those of them that may match */
	cdw_pattern *random;	  /* patterns of random pairs */
	uint32 nrandom;
	double *random_match; /* probability that they are matches */
	cdw_joint_levels *joint;
	cdw_label_evidence *labels;		  /* NULL: nobody has labelled anything */
	double most[CDW_MAX_FIELDS];	  /* the largest share of matches that may disagree */
	double bound[CDW_MAX_FIELDS];	  /* the same, as far as labels bear it out */
	bool regularised[CDW_MAX_FIELDS]; /* whether the bound is forced upon the posterior */
	double penalty[CDW_MAX_FIELDS];	  /* on disagreement, in nats; 0 or below */
} cdw_em;

extern bool cdw_em_disagrees(const cdw_em *em, int field, int level);
extern void cdw_em_fit(cdw_em *em, bool with_dependences);

#endif /* CDW_MATCH_EM_H */
