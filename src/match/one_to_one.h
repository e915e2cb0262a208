/*
 * src/match/one_to_one.h
 *
 * Links in which a record has one partner at most; private to the module.
 */
#ifndef CDW_MATCH_ONE_TO_ONE_H
#define CDW_MATCH_ONE_TO_ONE_H

#include "match/match.h"

typedef struct cdw_link_pair
{
	uint32 a;
	uint32 b;
	uint32 pattern;
	uint32 left; /* what it has in common with its rivals at the earlier source */
	uint32 right;
	double ratio;		/* ln of the likelihood ratio */
	double odds;		/* among its rivals */
	double probability; /* the same as a probability */
} cdw_link_pair;

extern void cdw_number_rivals(const cdw_records *records, cdw_link_pair *pair, Size n);
extern void cdw_one_to_one(const cdw_records *records, double prior, cdw_link_pair *pair, Size n);
extern double cdw_one_to_one_gain(const cdw_records *records, double prior);
extern bool cdw_find_duplicate_sources(const cdw_scorer *scorer, cdw_records *records,
									   const cdw_link_pair *pair, Size n);

#endif /* CDW_MATCH_ONE_TO_ONE_H */
