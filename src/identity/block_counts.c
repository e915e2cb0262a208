/*
 * src/identity/block_counts.c
 *
 * What each blocking rule costs and adds, on the source as it is now.
 */
#include "identity/identity.h"

#include "utils/builtins.h"

#define COLUMNS 7

/* The candidates that the rules, a bit each, are the first to find. */
static int64
new_pairs(const cdw_blocks *blocks, cdw_records *records, uint64 rules)
{
	cdw_scorer counter = {.records = records};

	return (int64) *
		   (double *) cdw_visit_rules(blocks, &counter, NULL, rules, &cdw_count_visitor, NULL);
}

/* The caps of the model; before the first training, those that it would begin with. */
static cdw_blocks *
build_blocks(const cdw_resolver *resolver, cdw_records *records)
{
	double limit = resolver->match.all_pairs_limit;

	if (resolver->model && !cdw_rules_only(resolver))
		return cdw_model_blocks(resolver, cdw_resolver_model(resolver), records);
	return cdw_choose_blocks(records, limit > 0 && cdw_comparable_pairs(records) <= limit);
}

static void
put_all_pairs(Tuplestorestate *rows, TupleDesc desc, const cdw_blocks *blocks, cdw_records *records)
{
	Datum values[COLUMNS] = {CStringGetTextDatum("(all pairs)")};
	bool nulls[COLUMNS] = {[6] = true};

	values[1] = Int64GetDatum((int64) cdw_blocks_pairs(blocks, records, 0));
	values[2] = Int64GetDatum(new_pairs(blocks, records, 0));
	values[3] = Int64GetDatum((int64) records->n);
	tuplestore_putvalues(rows, desc, values, nulls);
}

static void
put_rule(Tuplestorestate *rows, TupleDesc desc, const cdw_blocks *blocks, cdw_records *records,
		 int rule)
{
	const cdw_rule_blocks *of_rule = &blocks->rule[rule];
	Datum values[COLUMNS];
	bool nulls[COLUMNS] = {0};

	values[0] = CStringGetTextDatum(records->settings->rule[rule].text);
	values[1] = Int64GetDatum((int64) cdw_blocks_pairs(blocks, records, rule));
	values[2] = Int64GetDatum(new_pairs(blocks, records, UINT64CONST(1) << rule));
	values[3] = Int64GetDatum((int64) blocks->list[rule].largest);
	values[4] = Int64GetDatum((int64) of_rule->left_out);
	values[5] = Int64GetDatum((int64) of_rule->records_left_out);
	values[6] = Int32GetDatum(of_rule->cap);
	tuplestore_putvalues(rows, desc, values, nulls);
}

CDW_FUNCTION(cdw_block_counts)
{
	cdw_resolver *resolver;
	cdw_records *records;
	cdw_blocks *blocks;
	Tuplestorestate *rows;
	TupleDesc desc;

	cdw_check_not_null(fcinfo, 0, "resolver");
	resolver = cdw_resolver_open(PG_GETARG_TEXT_PP(0));
	rows = cdw_result_rows(fcinfo, &desc);
	cdw_resolver_progress(resolver, CDW_OPERATION_BLOCK_COUNTS);
	cdw_use_model_rules(resolver);
	records = cdw_load_population(resolver)->records;
	blocks = build_blocks(resolver, records);
	cdw_progress_phase(CDW_PHASE_COUNTING_PAIRS, cdw_blocks_all_pairs(blocks, records));
	if (blocks->all_pairs)
		put_all_pairs(rows, desc, blocks, records);
	for (int rule = 0; rule < blocks->nlists; rule++)
		put_rule(rows, desc, blocks, records, rule);
	cdw_records_close(records);
	cdw_progress_end();
	return (Datum) 0;
}
