/*
 * src/identity/model_rows.c
 *
 * A stored model as a table: what each level is worth, and which records it could never match.
 */
#include "identity/identity.h"

#include <math.h>

#include "utils/builtins.h"
#include "utils/float.h"

/* ---- model_weights ---- */

enum
{
	COLUMN_FIELD,
	COLUMN_LEVEL,
	COLUMN_M,
	COLUMN_U,
	COLUMN_HOUSEHOLD,
	COLUMN_WEIGHT,
	COLUMN_BITS,
	COLUMN_VALUES,
	COLUMN_DISTINCT,
	COLUMNS
};

typedef struct WeightRow
{
	const char *field;
	const char *level;		/* NULL: none */
	double number[COLUMNS]; /* NaN: NULL */
} WeightRow;

static void
clear_row(WeightRow *row)
{
	for (int c = 0; c < COLUMNS; c++)
		row->number[c] = get_float8_nan();
	row->level = NULL;
}

static void
put_weight_row(Tuplestorestate *rows, TupleDesc desc, const WeightRow *row)
{
	Datum values[COLUMNS] = {0};
	bool nulls[COLUMNS];

	for (int c = 0; c < COLUMNS; c++)
	{
		nulls[c] = isnan(row->number[c]);
		values[c] = c >= COLUMN_VALUES && !nulls[c] ? Int64GetDatum((int64) rint(row->number[c]))
													: Float8GetDatum(row->number[c]);
	}
	values[COLUMN_FIELD] = CStringGetTextDatum(row->field);
	nulls[COLUMN_FIELD] = false;
	nulls[COLUMN_LEVEL] = row->level == NULL;
	values[COLUMN_LEVEL] = row->level ? CStringGetTextDatum(row->level) : (Datum) 0;
	tuplestore_putvalues(rows, desc, values, nulls);
}

/* A class of pairs, "(prior)" or "(household)": its share of random pairs and the log2 of its odds. */
static void
put_class(Tuplestorestate *rows, TupleDesc desc, const char *name, double share)
{
	WeightRow row = {.field = name};

	clear_row(&row);
	row.number[COLUMN_M] = share;
	row.number[COLUMN_WEIGHT] = log2(share / (1 - share));
	put_weight_row(rows, desc, &row);
}

/* A share that is not above zero was not learnt: NaN. */
static double
learnt(double share)
{
	return share > 0 ? share : get_float8_nan();
}

static void
put_field(Tuplestorestate *rows, TupleDesc desc, const cdw_field *field,
		  const cdw_field_model *model, bool households)
{
	WeightRow row = {.field = field->name};

	for (int l = 0; l < field->comparison->nlevels; l++)
	{
		clear_row(&row);
		row.level = field->comparison->label[l];
		row.number[COLUMN_M] = learnt(model->m[l]);
		row.number[COLUMN_U] = learnt(model->u[l]);
		if (households && cdw_household_level(field, l))
			row.number[COLUMN_HOUSEHOLD] = learnt(model->h[l]);
		row.number[COLUMN_WEIGHT] = log2(row.number[COLUMN_M] / row.number[COLUMN_U]);
		row.number[COLUMN_BITS] = row.number[COLUMN_M] * row.number[COLUMN_WEIGHT];
		row.number[COLUMN_VALUES] = model->term.values;
		row.number[COLUMN_DISTINCT] = model->term.distinct;
		put_weight_row(rows, desc, &row);
	}
}

CDW_FUNCTION(cdw_model_weights)
{
	cdw_resolver *resolver;
	cdw_model *model;
	Tuplestorestate *rows;
	TupleDesc desc;
	bool households;

	cdw_check_not_null(fcinfo, 0, "resolver");
	resolver = cdw_resolver_open(PG_GETARG_TEXT_PP(0));
	model = cdw_resolver_model(resolver);
	rows = cdw_result_rows(fcinfo, &desc);
	put_class(rows, desc, "(prior)", model->prior);
	households = resolver->match.households && model->household_prior > 0;
	if (households)
		put_class(rows, desc, "(household)", model->household_prior);
	for (int f = 0; f < resolver->match.nfields; f++)
	{
		const cdw_field *field = &resolver->match.field[f];

		put_field(rows, desc, field, &model->field[f], households);
	}
	return (Datum) 0;
}

/* ---- unlinkables ---- */

static void
need_itself(cdw_batches *batches, Size item, void *arg pg_attribute_unused())
{
	cdw_batch_need(batches, (uint32) item);
}

/* A row for each record that would not match its own copy. */
static void
put_unlinkables(Tuplestorestate *rows, TupleDesc desc, const cdw_population *population,
				const cdw_scorer *scorer, double cut)
{
	const cdw_keys *keys = population->keys;
	cdw_batches batches;

	cdw_batches_begin(&batches, population->records, keys->n, need_itself, NULL);
	while (cdw_next_batch(&batches))
		for (Size i = batches.first; i < batches.end; i++)
		{
			double weight = cdw_log_odds(scorer, cdw_score(scorer, (uint32) i, (uint32) i));
			Datum values[3];
			bool nulls[3] = {0};

			if (weight > cut)
				continue;
			values[0] = CStringGetTextDatum(cdw_key_text(keys, keys->key[i]));
			values[1] = Float8GetDatum(cdw_weight_in_bits(weight));
			values[2] = Float8GetDatum(1 / (1 + exp(-weight)));
			tuplestore_putvalues(rows, desc, values, nulls);
			pfree(DatumGetPointer(values[0]));
		}
}

CDW_FUNCTION(cdw_unlinkables)
{
	cdw_resolver *resolver;
	cdw_population *population;
	cdw_evidence evidence;
	Tuplestorestate *rows;
	TupleDesc desc;
	double cut;
	int settings;

	cdw_check_not_null(fcinfo, 0, "resolver");
	cdw_check_not_null(fcinfo, 1, "threshold");
	cdw_check_probability(PG_GETARG_FLOAT8(1), "threshold");
	cut = cdw_probability_weight(PG_GETARG_FLOAT8(1));
	resolver = cdw_resolver_open(PG_GETARG_TEXT_PP(0));
	if (!cdw_rules_only(resolver))
		(void) cdw_resolver_model(resolver);
	rows = cdw_result_rows(fcinfo, &desc);
	population = cdw_load_population(resolver);
	settings = cdw_restrict_search_path();
	cdw_recall_evidence(resolver, population, &evidence);
	cdw_restore_settings(settings);
	put_unlinkables(rows, desc, population, &evidence.scorer, cut);
	cdw_records_close(population->records);
	return (Datum) 0;
}
