/*
 * src/match/em.c
 *
 * Learning without labels: expectation maximisation for the Fellegi-Sunter model (Winkler 1988).
 *
 * The prior is unconditional: candidates that blocking never found count as non-matches. u starts
 * from random pairs and is cleared of the matches among them in each round, which matters where
 * duplicates are a visible share of all pairs.
 *
 * Where there are fields that a household shares and fields that it does not, a third class stands
 * between matches and strangers: two people of one household, alike in the shared fields as h says and
 * in all others as strangers are. Without it whole families pass for one person.
 *
 * EM finds some class of pairs that agree a lot; without a bound that may be "same household" or "same
 * city" instead of "same person". So the share of matches that disagree on a field is bounded by the
 * field's kind, by posterior regularisation (Ganchev et al. 2010): a penalty on disagreement grows until
 * the bound holds.
 */
#include "match/match.h"

#include <math.h>

#include "match/pattern.h"
#include "miscadmin.h"

#define MAX_ITERATIONS 200
#define TOLERANCE 1e-4
#define SMOOTHING .1			/* pairs added to each level of m */
#define NEGLIGIBLE 1e-4			/* a match probability that is not worth adding */
#define LEAST_U .02				/* of the rate among random pairs */
#define MOST_RELATED .98		/* of all pairs */
#define HOUSEHOLDS_PER_MATCH .1 /* to begin with */
#define PENALTY_LIMIT -25.0

typedef struct Trainer
{
	const cdw_match_settings *settings;
	cdw_model *model;
	double rate[CDW_MAX_FIELDS][CDW_MAX_LEVELS]; /* among random pairs */
	cdw_pattern *pattern;
	uint32 npatterns;
	double scale;					/* pairs that a counted pair stands for */
	double penalty[CDW_MAX_FIELDS]; /* on disagreement, in nats; 0 or below */
} Trainer;

/* The pairs of a class that a round expects, in all and at each level of each field. */
typedef struct Expected
{
	double pairs;
	double level[CDW_MAX_FIELDS][CDW_MISSING + 1];
} Expected;

static int
levels_of(const cdw_match_settings *settings, int field)
{
	return settings->field[field].comparison->nlevels;
}

/* Matches mostly agree; of the rest plain disagreement has about a third. */
static void
initial_m(double *m, const cdw_comparison *comparison)
{
	int nlevels = comparison->nlevels;

	for (int l = 0; l < nlevels; l++)
		m[l] = nlevels == 2 ? .1 : (1 - .75 - .08) / (nlevels - 2);
	m[0] = nlevels == 2 ? .9 : .75;
	if (nlevels > 2)
		m[comparison->different] = .08;
}

/*
 * Puts the rate of equality, which the counts of values give exactly, in place of the sampled one; the
 * other levels keep their proportions.
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

/*
 * A field that no two records have a value in teaches nothing: m = u, so that it weighs nothing.
 * A link compares across sources only, for which the counts of values say nothing.
 */
static void
initialise(Trainer *trainer, const cdw_terms *terms, double records)
{
	cdw_model *model = trainer->model;

	for (int f = 0; f < trainer->settings->nfields; f++)
	{
		cdw_field_model *field = &model->field[f];
		double *rate = trainer->rate[f];
		int nlevels = levels_of(trainer->settings, f);

		cdw_terms_summarise(terms, f, &field->term);
		if (!trainer->settings->link)
			set_agreement(rate, nlevels, &field->term);
		memcpy(field->u, rate, sizeof(field->u));
		if (field->term.values < 2)
			memcpy(field->m, rate, sizeof(field->m));
		else
			initial_m(field->m, trainer->settings->field[f].comparison);
		memcpy(field->h, field->m, sizeof(field->h));
	}
	model->prior = Min(.3, .5 * records / Max(model->pairs, 1));
	if (trainer->settings->households)
		model->household_prior = model->prior * HOUSEHOLDS_PER_MATCH;
}

/* u without the matches and households among random pairs. */
static void
clean_u(const Trainer *trainer, int f)
{
	const cdw_model *model = trainer->model;
	cdw_field_model *field = &trainer->model->field[f];
	const double *rate = trainer->rate[f];
	double household_prior = trainer->settings->field[f].kind->shared ? model->household_prior : 0;
	int nlevels = levels_of(trainer->settings, f);
	double total = 0;

	for (int l = 0; l < nlevels; l++)
	{
		double strangers = rate[l] - model->prior * field->m[l] - household_prior * field->h[l];

		field->u[l] = fmax(strangers / (1 - model->prior - household_prior), LEAST_U * rate[l]);
		total += field->u[l];
	}
	for (int l = 0; l < nlevels; l++)
		field->u[l] /= total;
}

/* Moves a penalty towards the value under which the bound on disagreement just holds; by how much. */
static double
update_penalty(Trainer *trainer, int f, double disagreement)
{
	double bound = trainer->settings->field[f].kind->max_disagreement;
	double before = trainer->penalty[f];
	double penalty = before + fmin(fmax(log(bound / disagreement), -2), .5);

	trainer->penalty[f] = Min(Max(penalty, PENALTY_LIMIT), 0);
	return fabs(trainer->penalty[f] - before);
}

/* Replaces the shares of a class's levels; returns the greatest change. */
static double
replace_shares(double *share, const double *new_share, int nlevels)
{
	double change = 0;

	for (int l = 0; l < nlevels; l++)
	{
		change = fmax(change, fabs(new_share[l] - share[l]));
		share[l] = new_share[l];
	}
	return change;
}

static void
shares_of(const double *expected, int nlevels, double *share)
{
	double total = 0;

	for (int l = 0; l < nlevels; l++)
		total += expected[l] + SMOOTHING;
	for (int l = 0; l < nlevels; l++)
		share[l] = (expected[l] + SMOOTHING) / total;
}

/* m from the expected matches at each level, within the bound; returns the greatest change. */
static double
update_m(Trainer *trainer, int f, const Expected *matches)
{
	double bound = trainer->settings->field[f].kind->max_disagreement;
	int nlevels = levels_of(trainer->settings, f);
	int different = trainer->settings->field[f].comparison->different;
	double m[CDW_MAX_LEVELS] = {0};
	double agreement;
	double change = 0;

	shares_of(matches->level[f], nlevels, m);
	if (trainer->model->iterations > 0)
		change = update_penalty(trainer, f, m[different]);
	agreement = 1 - m[different];
	if (m[different] > bound)
	{
		for (int l = 0; l < nlevels; l++)
			m[l] *= (1 - bound) / agreement;
		m[different] = bound;
	}
	return fmax(change, replace_shares(trainer->model->field[f].m, m, nlevels));
}

static double
update_h(Trainer *trainer, int f, const Expected *households)
{
	int nlevels = levels_of(trainer->settings, f);
	double h[CDW_MAX_LEVELS] = {0};

	shares_of(households->level[f], nlevels, h);
	return replace_shares(trainer->model->field[f].h, h, nlevels);
}

static void
add_expected(Expected *expected, const cdw_pattern *pattern, int nfields, double pairs)
{
	expected->pairs += pairs;
	for (int f = 0; f < nfields; f++)
		expected->level[f][cdw_pattern_level(&pattern->key, f)] += pairs;
}

/* E-step: how many pairs of each pattern are matches, and how many households. */
static void
expect(const Trainer *trainer, Expected *matches, Expected *households)
{
	const cdw_model *model = trainer->model;
	const cdw_match_settings *settings = trainer->settings;
	double weight[CDW_MAX_FIELDS][CDW_MISSING + 1] = {{0}};
	double household_weight[CDW_MAX_FIELDS][CDW_MISSING + 1] = {{0}};

	for (int f = 0; f < settings->nfields; f++)
	{
		for (int l = 0; l < levels_of(settings, f); l++)
		{
			weight[f][l] = log(model->field[f].m[l] / model->field[f].u[l]);
			if (settings->field[f].kind->shared)
				household_weight[f][l] = log(model->field[f].h[l] / model->field[f].u[l]);
		}
		weight[f][settings->field[f].comparison->different] += trainer->penalty[f];
	}
	for (uint32 i = 0; i < trainer->npatterns; i++)
	{
		const cdw_pattern *pattern = &trainer->pattern[i];
		double match = log(model->prior) + pattern->key.term_step * CDW_TERM_STEP;
		double household =
			log(model->household_prior) + pattern->key.shared_term_step * CDW_TERM_STEP;
		double pairs = pattern->count * trainer->scale;
		double top;
		double total;

		for (int f = 0; f < settings->nfields; f++)
		{
			int level = cdw_pattern_level(&pattern->key, f);

			match += weight[f][level];
			household += household_weight[f][level];
		}
		top = fmax(0, fmax(match, household));
		total = exp(-top) + exp(match - top) + exp(household - top);
		match = exp(match - top) / total;
		household = exp(household - top) / total;
		if (match >= NEGLIGIBLE)
			add_expected(matches, pattern, settings->nfields, match * pairs);
		if (household >= NEGLIGIBLE)
			add_expected(households, pattern, settings->nfields, household * pairs);
	}
}

/*
 * The classes' shares of all pairs; at least a tenth of a pair, so that a table without any keeps
 * finite weights, and never quite all.
 */
static void
update_priors(cdw_model *model, const Expected *matches, const Expected *households,
			  bool with_households)
{
	double pairs = fmax(model->pairs, 1);
	double match = fmax(matches->pairs, .1);
	double household = with_households ? fmax(households->pairs, .1) : 0;
	double scale = fmin(1, MOST_RELATED * pairs / (match + household)) / pairs;

	model->prior = match * scale;
	model->household_prior = household * scale;
}

/* One round; returns the greatest change of a parameter. */
static double
iterate(Trainer *trainer)
{
	cdw_model *model = trainer->model;
	Expected matches = {0};
	Expected households = {0};
	double change = 0;

	expect(trainer, &matches, &households);
	update_priors(model, &matches, &households, trainer->settings->households);
	for (int f = 0; f < trainer->settings->nfields; f++)
	{
		if (model->field[f].term.values < 2)
			continue;
		change = fmax(change, update_m(trainer, f, &matches));
		if (trainer->settings->field[f].kind->shared)
			change = fmax(change, update_h(trainer, f, &households));
		clean_u(trainer, f);
	}
	return change;
}

/* The model for scoring: what it needs is the weight, so m takes the penalty in. */
static void
with_penalties(const Trainer *trainer, cdw_model *model)
{
	if (model != trainer->model)
		*model = *trainer->model;
	for (int f = 0; f < trainer->settings->nfields; f++)
		model->field[f].m[trainer->settings->field[f].comparison->different] *=
			exp(trainer->penalty[f]);
}

/* EM on the candidates in the blocks, from where the model is. */
static void
fit(Trainer *trainer, const cdw_blocks *blocks, const cdw_scorer *scorer, int64 seed)
{
	cdw_model *model = trainer->model;
	int most = model->iterations + MAX_ITERATIONS;

	trainer->pattern =
		cdw_count_patterns(blocks, scorer, seed, &trainer->npatterns, &trainer->scale);
	model->converged = false;
	while (model->iterations < most && !model->converged)
	{
		CHECK_FOR_INTERRUPTS();
		model->converged = iterate(trainer) < TOLERANCE;
		model->iterations++;
	}
	pfree(trainer->pattern);
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
	Trainer trainer = {.settings = settings, .model = model};
	cdw_scorer scorer;
	cdw_model penalised;

	memset(model, 0, sizeof(*model));
	model->seed = seed;
	model->records = records->n;
	model->pairs = cdw_comparable_pairs(records);
	model->all_pairs = model->pairs <= settings->all_pairs_limit;
	cdw_terms_apply(terms, records);
	cdw_random_levels(records, seed, trainer.rate);
	initialise(&trainer, terms, records->n);

	*blocks = cdw_choose_blocks(records, model->all_pairs);
	cdw_scorer_init(&scorer, records, model);
	fit(&trainer, *blocks, &scorer, seed);
	with_penalties(&trainer, &penalised);
	cdw_scorer_init(&scorer, records, &penalised);
	if (cdw_choose_rules(records, &scorer, *blocks))
		fit(&trainer, *blocks, &scorer, seed);
	model->max_block = (*blocks)->max_block;
	for (int r = 0; r < (*blocks)->nlists; r++)
		model->cap[r] = (*blocks)->rule[r].cap;
	with_penalties(&trainer, model);
}
