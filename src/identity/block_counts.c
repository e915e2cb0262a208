/*
 * src/identity/block_counts.c
 *
 * What each blocking rule costs and adds, on the source as it is now.
 */
#include "identity/identity.h"

#include "utils/builtins.h"

static void
count_pair(uint32 a pg_attribute_unused(), uint32 b pg_attribute_unused(), void *arg)
{
	(*(int64 *) arg)++;
}

/* The caps of the model; before the first training, those that it would choose. */
static cdw_blocks *
build_blocks(const cdw_resolver *resolver, cdw_records *records)
{
	const cdw_match_settings *match = &resolver->match;
	cdw_blocks *blocks;

	if (resolver->model && !cdw_rules_only(resolver))
		return cdw_model_blocks(resolver, cdw_resolver_model(resolver), records);
	blocks = cdw_blocks_build(records,
							  match->all_pairs_limit > 0 &&
								  cdw_comparable_pairs(records) <= match->all_pairs_limit,
							  match->max_block);
	if (!blocks->all_pairs && match->max_block == 0)
		cdw_blocks_cap(blocks, records, cdw_choose_max_block(records, blocks));
	return blocks;
}

static void
put_row(Tuplestorestate *rows, TupleDesc desc, const char *rule, double pairs, int64 new_pairs,
		int64 largest)
{
	Datum values[4] = {CStringGetTextDatum(rule), Int64GetDatum((int64) pairs),
					   Int64GetDatum(new_pairs), Int64GetDatum(largest)};
	bool nulls[4] = {0};

	tuplestore_putvalues(rows, desc, values, nulls);
}

CDW_FUNCTION(cdw_block_counts)
{
	cdw_resolver *resolver;
	cdw_population *population;
	cdw_records *records;
	cdw_blocks *blocks;
	Tuplestorestate *rows;
	TupleDesc desc;

	cdw_check_not_null(fcinfo, 0, "resolver");
	resolver = cdw_resolver_open(PG_GETARG_TEXT_PP(0));
	rows = cdw_result_rows(fcinfo, &desc);
	population = cdw_load_population(resolver);
	records = population->records;
	blocks = build_blocks(resolver, records);
	for (int list = 0; list < Max(blocks->nlists, 1); list++)
	{
		int64 new_pairs = 0;

		cdw_walk(blocks, records, list, count_pair, &new_pairs);
		put_row(rows, desc, blocks->all_pairs ? "(all pairs)" : resolver->match.rule[list].text,
				cdw_blocks_pairs(blocks, records, list), new_pairs,
				blocks->all_pairs ? records->n : blocks->list[list].largest);
	}
	return (Datum) 0;
}
