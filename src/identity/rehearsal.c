/*
 * src/identity/rehearsal.c
 *
 * A large source has a few of its fields' blocking rules chosen before it is read as a whole: keys of all
 * rules would take more memory than the records, and time. A sample of the records shows which rules find
 * what; matches are in it with the square of its share, which is enough to rank rules by.
 */
#include "identity/identity.h"

#include "utils/memutils.h"

#define LARGE_RECORDS                                                                              \
	150000 /* from here on a rehearsal is cheaper than trying all rules on all records */
#define SHARE .1
#define LEAST_RECORDS 100000.0
#define MOST_RECORDS 300000.0

/* Leaves those rules in the resolver that are to be used; all where they were given, or the source is small. */
void
cdw_choose_resolver_rules(cdw_resolver *resolver)
{
	cdw_match_settings *match = &resolver->match;
	bool used[CDW_MAX_RULES];
	MemoryContext context;
	MemoryContext old;
	double n;

	if (!match->default_rules || match->max_block > 0)
		return;
	n = cdw_count_population(resolver);
	if (n < LARGE_RECORDS)
		return;
	context = AllocSetContextCreate(CurrentMemoryContext, "cdw rehearsal", ALLOCSET_DEFAULT_SIZES);
	old = MemoryContextSwitchTo(context);
	{
		double most = Min(Max(n * SHARE, LEAST_RECORDS), MOST_RECORDS);
		cdw_population *sample = cdw_load_sample(resolver, most / n);
		cdw_terms *terms = cdw_terms_create(match);

		cdw_terms_count(terms, sample->records);
		cdw_rehearse(sample->records, terms, 1, used);
		cdw_records_close(sample->records);
	}
	MemoryContextSwitchTo(old);
	MemoryContextDelete(context);
	cdw_use_rules(match, used);
}
