/*
 * src/match/train.c
 *
 * A model from records: blocks, patterns of candidates and of random pairs, then EM.
 */
#include "match/match.h"

#include <math.h>

#include "match/em.h"

/*
 * Where matches are a larger share of random pairs, random pairs cannot show which agreements are
 * coincidences.
 */
#define MOST_MATCHES .02
#define LONG_TEXT 8 /* words */
#define LEAST_DISTINCT .02
#define MOST_SKEW .02

/*
 * Puts the rate of equality, which the counts of values give exactly, in place of the sampled one; the
 * other levels keep their proportions. A link compares across sources only, for which the counts of
 * values say nothing.
 */
static void
set_agreement(double *rate, int nlevels, const cdw_term_summary *term)
{
	double pairs = term->values * (term->values - 1) / 2;
	double rest = 1 - rate[0];

	if (term->values < 2)
		return;
	rate[0] = (term->agreement * pairs + CDW_TYPICAL_AGREEMENT * CDW_TYPICAL_PAIRS) /
			  (pairs + CDW_TYPICAL_PAIRS);
	for (int l = 1; l < nlevels; l++)
		rate[l] *= (1 - rate[0]) / rest;
}

static double
mean_words(const cdw_records *records, int field)
{
	double words = 0;
	double values = 0;

	for (uint32 i = 0; i < records->n; i++)
	{
		int len;
		const char *value = cdw_record_value(records, records->record[i], field, &len);

		if (len == 0)
			continue;
		values++;
		words++;
		for (int c = 0; c < len; c++)
			words += value[c] == ' ';
	}
	return values > 0 ? words / values : 0;
}

/*
 * How many matches may disagree on a field: what its kind says, else by what its values are. Few values
 * are shared by many records and tell little; long texts are written anew each time.
 */
static double
most_disagreement(const cdw_records *records, int f, const cdw_term_summary *term)
{
	const cdw_field *field = &records->settings->field[f];
	bool identifying = term->skew <= MOST_SKEW && term->distinct > LEAST_DISTINCT * term->values;

	if (field->max_disagreement > 0)
		return field->max_disagreement;
	if (field->days)
		return .6;
	if (field->kind->max_disagreement > 0)
		return field->kind->max_disagreement;
	if (mean_words(records, f) > LONG_TEXT)
		return .95;
	return identifying ? .2 : .6;
}

static void
prepare_fields(cdw_em *em, const cdw_records *records, const cdw_terms *terms)
{
	for (int f = 0; f < em->settings->nfields; f++)
	{
		cdw_field_model *field = &em->model->field[f];

		cdw_terms_summarise(terms, f, &field->term);
		em->bound[f] = most_disagreement(records, f, &field->term);
		em->regularised[f] = em->bound[f] < .6;
		for (int l = 0; l < CDW_MAX_LEVELS; l++)
			field->m[l] = field->u[l] = field->h[l] = 1;
	}
}

/*
 * Fits a model to the records and gives back the blocks it was fitted on, capped; the records then
 * carry the counts of their values. Two records at least.
 */
void
cdw_train(cdw_records *records, const cdw_terms *terms, int64 seed, cdw_blocks **blocks,
		  cdw_model *model)
{
	const cdw_match_settings *settings = records->settings;
	cdw_em *em = palloc0(sizeof(cdw_em));
	cdw_scorer *scorer = palloc(sizeof(cdw_scorer));

	memset(model, 0, sizeof(*model));
	model->seed = seed;
	model->records = records->n;
	model->pairs = cdw_comparable_pairs(records);
	model->all_pairs = model->pairs <= settings->all_pairs_limit;
	model->prior = model->household_prior = .5;
	em->settings = settings;
	em->model = model;
	cdw_terms_apply(terms, records);
	prepare_fields(em, records, terms);
	cdw_scorer_init(scorer, records, model);

	em->random = cdw_random_patterns(scorer, seed, &em->nrandom);
	cdw_level_rates(settings, em->random, em->nrandom, em->rate);
	if (!settings->link)
		for (int f = 0; f < settings->nfields; f++)
			set_agreement(em->rate[f], settings->field[f].comparison->nlevels,
						  &model->field[f].term);
	em->random_match =
		MemoryContextAllocHuge(CurrentMemoryContext, sizeof(double) * Max(em->nrandom, (Size) 1));
	em->joint = cdw_joint_levels_create(settings, em->random, em->nrandom);

	*blocks = cdw_blocks_build(records, model->all_pairs, settings->max_block);
	if (!model->all_pairs && settings->max_block == 0)
		cdw_blocks_cap(*blocks, records, cdw_choose_max_block(records, *blocks));
	model->max_block = (*blocks)->max_block;
	em->pattern = cdw_candidate_patterns(*blocks, scorer, seed, &em->npatterns, &em->scale);

	cdw_em_fit(em, false);
	if (model->prior <= MOST_MATCHES)
		cdw_em_fit(em, true);
	/* what scoring needs is the weight, so m takes the penalty in */
	for (int f = 0; f < settings->nfields; f++)
		model->field[f].m[settings->field[f].comparison->different] *= exp(em->penalty[f]);
	pfree(em->pattern);
	pfree(em->random);
	pfree(em->random_match);
	pfree(scorer);
	pfree(em);
}
