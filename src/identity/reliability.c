/*
 * src/identity/reliability.c
 *
 * Whether probabilities mean what they say: pairs in ten bins of their match probability, the mean of
 * it beside the share of them that is true (the reliability diagram of DeGroot and Fienberg 1983). Only
 * pairs that the model keeps have a probability: candidates above min_probability.
 */
#include "identity/identity.h"

#include <math.h>

#include "utils/builtins.h"

#define BINS 10

typedef struct Bin
{
	double pairs;
	double probability;
	double right;
} Bin;

enum
{
	COLUMN_BIN,
	COLUMN_LOW,
	COLUMN_HIGH,
	COLUMN_PAIRS,
	COLUMN_MEAN_PROBABILITY,
	COLUMN_TRUE_RATE,
	COLUMNS
};

/* A bin holds what is above its low end, up to and with its high end. */
static void
add_pair(Bin *bins, const cdw_edge *edge, double pairs, bool is_match)
{
	double probability = 1 / (1 + exp(-edge->weight));
	Bin *bin = &bins[Max((int) ceil(probability * BINS), 1) - 1];

	bin->pairs += pairs;
	bin->probability += pairs * probability;
	if (is_match)
		bin->right += pairs;
}

/* The means of an empty bin are NULL. */
static void
put_bins(FunctionCallInfo fcinfo, const Bin *bins)
{
	TupleDesc desc;
	Tuplestorestate *rows = cdw_result_rows(fcinfo, &desc);

	for (int b = 0; b < BINS; b++)
	{
		const Bin *bin = &bins[b];
		double pairs = bin->pairs > 0 ? bin->pairs : 1;
		Datum values[COLUMNS];
		bool nulls[COLUMNS] = {0};

		values[COLUMN_BIN] = Int32GetDatum(b + 1);
		values[COLUMN_LOW] = Float8GetDatum((double) b / BINS);
		values[COLUMN_HIGH] = Float8GetDatum((double) (b + 1) / BINS);
		values[COLUMN_PAIRS] = Int64GetDatum((int64) rint(bin->pairs));
		values[COLUMN_MEAN_PROBABILITY] = Float8GetDatum(bin->probability / pairs);
		values[COLUMN_TRUE_RATE] = Float8GetDatum(bin->right / pairs);
		nulls[COLUMN_MEAN_PROBABILITY] = nulls[COLUMN_TRUE_RATE] = bin->pairs <= 0;
		tuplestore_putvalues(rows, desc, values, nulls);
	}
}

CDW_FUNCTION(cdw_reliability)
{
	static const char *const names[] = {"resolver", "truth", "key", "cluster"};
	Bin bins[BINS] = {0};
	cdw_trial trial;
	uint32 *cluster;
	uint32 nclusters;

	for (int i = 0; i < (int) lengthof(names); i++)
		cdw_check_not_null(fcinfo, i, names[i]);
	cdw_run_trial(&trial, PG_GETARG_TEXT_PP(0));
	cluster = cdw_load_truth(trial.population, PG_GETARG_OID(1), NameStr(*PG_GETARG_NAME(2)),
							 NameStr(*PG_GETARG_NAME(3)), &nclusters);
	for (Size e = 0; e < trial.matches->n; e++)
	{
		const cdw_edge *edge = &trial.matches->edge[e];

		if (cluster[edge->a] != CDW_UNKNOWN && cluster[edge->b] != CDW_UNKNOWN)
			add_pair(bins, edge, 1, cluster[edge->a] == cluster[edge->b]);
	}
	put_bins(fcinfo, bins);
	cdw_records_close(trial.population->records);
	cdw_progress_end();
	return (Datum) 0;
}

CDW_FUNCTION(cdw_reliability_labels)
{
	static const char *const names[] = {"resolver", "labels", "left_key", "right_key"};
	bool complete = PG_ARGISNULL(4);
	Bin bins[BINS] = {0};
	cdw_trial trial;
	cdw_labels *labels;

	for (int i = 0; i < (int) lengthof(names); i++)
		cdw_check_not_null(fcinfo, i, names[i]);
	cdw_run_trial(&trial, PG_GETARG_TEXT_PP(0));
	labels = cdw_label_arguments(fcinfo, 1, trial.population);
	for (Size e = 0; e < trial.matches->n; e++)
	{
		const cdw_edge *edge = &trial.matches->edge[e];
		const cdw_label *label = cdw_find_label(labels, edge->a, edge->b);

		if (label)
			add_pair(bins, edge, label->weight, label->is_match);
		else if (complete)
			add_pair(bins, edge, 1, false);
	}
	put_bins(fcinfo, bins);
	cdw_records_close(trial.population->records);
	cdw_progress_end();
	return (Datum) 0;
}
