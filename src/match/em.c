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
 * city" instead of "same person". So the share of matches that disagree on an identifying field is
 * bounded, by posterior regularisation (Ganchev et al. 2010): a penalty on disagreement grows until
 * the bound holds.
 */
#include "match/match.h"

#include <math.h>

#include "match/em.h"
#include "miscadmin.h"

#define MAX_ITERATIONS 40
#define TOLERANCE 1e-3
#define TYPICAL_MATCHES 10.0	/* added to those of a field, so that few do not decide alone */
#define SMOOTHING .1			/* pairs added to each level of h */
#define NEGLIGIBLE 1e-4			/* a match probability that is not worth adding */
#define LEAST_U .02				/* of the rate among random pairs */
#define MOST_RELATED .98		/* of all pairs */
#define HOUSEHOLDS_PER_MATCH .1 /* to begin with */
#define PENALTY_LIMIT -25.0
#define DOUBT 4.0 /* nats, in favour of a match where a coincidence is looked for */

/* The pairs of a class that a round expects, in all and at each level of each field. */
typedef struct Expected
{
	double pairs;
	double level[CDW_MAX_FIELDS][CDW_MISSING + 1];
} Expected;

static int
levels_of(const cdw_em *em, int field)
{
	return em->settings->field[field].comparison->nlevels;
}

/* Matches mostly agree; of the rest plain disagreement has about a third. */
static double
typical_m(const cdw_comparison *comparison, int level)
{
	if (comparison->nlevels == 2)
		return level == 0 ? .9 : .1;
	if (level == 0)
		return .75;
	return level == comparison->different ? .08 : (1 - .75 - .08) / (comparison->nlevels - 2);
}

/* Whether the people of a household have the field in common, or a part of it. */
static bool
in_households(const cdw_em *em, int field)
{
	return em->settings->field[field].kind->shared ||
		   cdw_partly_shared(&em->settings->field[field]);
}

/* People of a household have what they share as often as matches, a part of it in every second pair. */
static void
initial_h(const cdw_field *field, cdw_field_model *model)
{
	const cdw_comparison *comparison = field->comparison;
	double rest = 1;

	memcpy(model->h, model->m, sizeof(model->h));
	if (!cdw_partly_shared(field) || comparison->unlike == comparison->different)
		return;
	for (int l = 0; l < comparison->nlevels; l++)
		if (!cdw_household_level(field, l))
			rest -= model->h[l] = model->u[l];
	for (int l = comparison->unlike; l < comparison->different; l++)
		model->h[l] = rest / 2 / (comparison->different - comparison->unlike);
	model->h[comparison->different] = rest / 2;
}

/* A field that no two records have a value in teaches nothing: m = u, so that it weighs nothing. */
static void
initialise(cdw_em *em)
{
	cdw_model *model = em->model;

	memset(em->penalty, 0, sizeof(em->penalty));
	model->ndependences = 0;
	model->iterations = 0;
	model->converged = false;
	for (int f = 0; f < em->settings->nfields; f++)
	{
		cdw_field_model *field = &model->field[f];

		memcpy(field->u, em->rate[f], sizeof(field->u));
		if (field->term.values < 2)
			memcpy(field->m, em->rate[f], sizeof(field->m));
		else
			for (int l = 0; l < levels_of(em, f); l++)
				field->m[l] = typical_m(em->settings->field[f].comparison, l);
		if (em->labels && field->term.values >= 2)
			cdw_mix_labels(em->labels, f, levels_of(em, f), 0, field->m);
		initial_h(&em->settings->field[f], field);
	}
	model->prior = Min(.3, .5 * model->records / Max(model->pairs, 1));
	model->household_prior = em->households ? model->prior * HOUSEHOLDS_PER_MATCH : 0;
}

/* u without the matches and households among random pairs. */
static void
clean_u(const cdw_em *em, int f)
{
	const cdw_model *model = em->model;
	cdw_field_model *field = &em->model->field[f];
	const double *rate = em->rate[f];
	double household_prior = in_households(em, f) ? model->household_prior : 0;
	double total = 0;

	for (int l = 0; l < levels_of(em, f); l++)
	{
		double strangers = rate[l] - model->prior * field->m[l] - household_prior * field->h[l];

		field->u[l] = fmax(strangers / (1 - model->prior - household_prior), LEAST_U * rate[l]);
		total += field->u[l];
	}
	for (int l = 0; l < levels_of(em, f); l++)
		field->u[l] /= total;
}

/* Moves a penalty towards the value under which the bound on disagreement just holds; by how much. */
static double
update_penalty(cdw_em *em, int f, double disagreement)
{
	double before = em->penalty[f];
	double penalty = before + fmin(fmax(log(em->bound[f] / disagreement), -2), .5);

	em->penalty[f] = fmin(fmax(penalty, PENALTY_LIMIT), 0);
	return fabs(em->penalty[f] - before);
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

/* Makes shares of the pairs at each level. */
static void
normalise(double *pairs, int nlevels)
{
	double total = 0;

	for (int l = 0; l < nlevels; l++)
		total += pairs[l];
	for (int l = 0; l < nlevels; l++)
		pairs[l] /= total;
}

/*
 * Whether two values at the level disagree, as matches seldom do. Where names are all that tells people of
 * a household apart, those that have only a part in common count as well: nothing else keeps them from
 * being one class with matches.
 */
bool
cdw_em_disagrees(const cdw_em *em, int field, int level)
{
	const cdw_field *settings = &em->settings->field[field];

	if (em->households && em->settings->personal == 1 && cdw_partly_shared(settings))
		return cdw_household_level(settings, level);
	return level == settings->comparison->different;
}

static double
disagreement_of(const cdw_em *em, int field, const double *share)
{
	double disagreement = 0;

	for (int l = 0; l < levels_of(em, field); l++)
		if (cdw_em_disagrees(em, field, l))
			disagreement += share[l];
	return disagreement;
}

/* The pairs of a class that have both values of a field. */
static double
pairs_with_values(const double *expected, int nlevels)
{
	double pairs = 0;

	for (int l = 0; l < nlevels; l++)
		pairs += expected[l];
	return pairs;
}

/* m from the expected matches at each level, within the bound; returns the greatest change. */
static double
update_m(cdw_em *em, int f, const Expected *matches)
{
	int nlevels = levels_of(em, f);
	double m[CDW_MAX_LEVELS] = {0};
	double disagreement;
	double change = 0;

	for (int l = 0; l < nlevels; l++)
		m[l] = matches->level[f][l] +
			   TYPICAL_MATCHES * typical_m(em->settings->field[f].comparison, l);
	normalise(m, nlevels);
	em->model->field[f].matches = pairs_with_values(matches->level[f], nlevels);
	if (em->labels)
		em->model->field[f].matches += pairs_with_values(em->labels->level[f], nlevels);
	if (em->regularised[f] && em->model->iterations > 0)
		change = update_penalty(em, f, disagreement_of(em, f, m));
	if (em->labels)
		cdw_mix_labels(em->labels, f, nlevels, matches->pairs, m);
	disagreement = disagreement_of(em, f, m);
	if (disagreement > em->bound[f])
		for (int l = 0; l < nlevels; l++)
			m[l] *= cdw_em_disagrees(em, f, l) ? em->bound[f] / disagreement
											   : (1 - em->bound[f]) / (1 - disagreement);
	return fmax(change, replace_shares(em->model->field[f].m, m, nlevels));
}

/* h from the expected households; at the levels at which they are as strangers, u. */
static double
update_h(cdw_em *em, int f, const Expected *households)
{
	const double *u = em->model->field[f].u;
	int nlevels = levels_of(em, f);
	double h[CDW_MAX_LEVELS] = {0};
	double alike = 0;
	double total = 0;

	for (int l = 0; l < nlevels; l++)
		h[l] = households->level[f][l] + SMOOTHING;
	normalise(h, nlevels);
	for (int l = 0; l < nlevels; l++)
		if (cdw_household_level(&em->settings->field[f], l))
			total += h[l];
		else
			alike += u[l];
	for (int l = 0; l < nlevels; l++)
		h[l] = cdw_household_level(&em->settings->field[f], l) ? h[l] / total * (1 - alike) : u[l];
	return replace_shares(em->model->field[f].h, h, nlevels);
}

static void
add_expected(Expected *expected, const cdw_pattern *pattern, int nfields, double pairs)
{
	expected->pairs += pairs;
	for (int f = 0; f < nfields; f++)
		expected->level[f][cdw_pattern_level(&pattern->key, f)] += pairs;
}

/* The weights of a round, in nats. */
typedef struct Weights
{
	double match[CDW_MAX_FIELDS][CDW_MISSING + 1];
	double household[CDW_MAX_FIELDS][CDW_MISSING + 1];
} Weights;

static Weights *
current_weights(const cdw_em *em)
{
	const cdw_model *model = em->model;
	Weights *weights = palloc0(sizeof(Weights));

	for (int f = 0; f < em->settings->nfields; f++)
	{
		for (int l = 0; l < levels_of(em, f); l++)
		{
			weights->match[f][l] = log(model->field[f].m[l] / model->field[f].u[l]);
			if (cdw_household_level(&em->settings->field[f], l))
				weights->household[f][l] = log(model->field[f].h[l] / model->field[f].u[l]);
			if (cdw_em_disagrees(em, f, l))
				weights->match[f][l] += em->penalty[f];
		}
	}
	return weights;
}

/* ln of the odds that a pair of the pattern is a match, and that it is a household, against strangers. */
static void
pattern_odds(const cdw_em *em, const Weights *weights, const cdw_pattern_key *key, double *match,
			 double *household)
{
	const cdw_model *model = em->model;
	uint8 level[CDW_MAX_FIELDS];

	*match = log(model->prior) + key->term_step * CDW_TERM_STEP;
	*household = log(model->household_prior) + key->shared_term_step * CDW_TERM_STEP;
	for (int f = 0; f < em->settings->nfields; f++)
	{
		level[f] = cdw_pattern_level(key, f);
		*match += weights->match[f][level[f]];
		*household += weights->household[f][level[f]];
	}
	*match -= cdw_dependence_discount(model, level);
	*household -= cdw_household_dependence_discount(model, em->settings, level);
}

/*
 * The probability that a pair of each pattern is a match, where it is one of a household otherwise with
 * the odds that are kept in em->household_odds.
 */
static void
posteriors(cdw_em *em, const Weights *weights)
{
	for (uint32 i = 0; i < em->npatterns; i++)
	{
		double match;
		double household;

		pattern_odds(em, weights, &em->pattern[i].key, &match, &household);
		em->household_odds[i] = exp(fmin(household, 600));
		em->match_ratio[i] = match - log(em->model->prior);
		em->expected_matches[i] =
			em->pattern[i].count * em->scale / (1 + (1 + em->household_odds[i]) * exp(-match));
	}
}

/* The same where partners compete: the pairs that may match are looked at together. */
static void
compete(cdw_em *em)
{
	double least = log(NEGLIGIBLE) - log(em->model->prior) -
				   cdw_one_to_one_gain(em->records, em->model->prior);
	Size n = 0;

	for (Size e = 0; e < em->nlinks; e++)
	{
		double ratio =
			em->match_ratio[em->link[e].pattern] - log1p(em->household_odds[em->link[e].pattern]);

		if (ratio < least)
			continue;
		em->competing[n] = em->link[e];
		em->competing[n++].ratio = ratio;
	}
	cdw_one_to_one(em->records, em->model->prior, em->competing, n);
	for (uint32 i = 0; i < em->npatterns; i++)
		em->expected_matches[i] = 0;
	for (Size e = 0; e < n; e++)
		em->expected_matches[em->competing[e].pattern] += em->competing[e].probability;
}

/* Labels have the last word on pairs of their patterns. */
static void
follow_labels(cdw_em *em)
{
	for (uint32 i = 0; i < em->npatterns; i++)
	{
		double pairs = em->pattern[i].count * em->scale;

		em->expected_matches[i] =
			pairs * cdw_labelled_probability(em->labels, i, em->expected_matches[i] / pairs);
	}
}

/* E-step: how many pairs of each pattern are matches, and how many households. */
static void
expect(cdw_em *em, const Weights *weights, Expected *matches, Expected *households)
{
	posteriors(em, weights);
	if (em->nlinks > 0)
		compete(em);
	if (em->labels)
		follow_labels(em);
	for (uint32 i = 0; i < em->npatterns; i++)
	{
		const cdw_pattern *pattern = &em->pattern[i];
		double pairs = pattern->count * em->scale;
		double match = em->expected_matches[i];
		double household = (pairs - match) * em->household_odds[i] / (1 + em->household_odds[i]);

		if (match >= NEGLIGIBLE * pairs)
			add_expected(matches, pattern, em->settings->nfields, match);
		if (household >= NEGLIGIBLE * pairs)
			add_expected(households, pattern, em->settings->nfields, household);
	}
}

/* The tree of dependences, from random pairs less those that may be matches. */
static void
update_dependences(cdw_em *em, const Weights *weights)
{
	for (uint32 i = 0; i < em->nrandom; i++)
	{
		double match;
		double household;

		pattern_odds(em, weights, &em->random[i].key, &match, &household);
		em->random_match[i] = 1 / (1 + exp(-(match + DOUBT)));
	}
	cdw_learn_dependences(em->joint, em->random_match, em->model);
}

/*
 * The classes' shares of the pairs that candidates show something about; at least a tenth of a pair, so
 * that a table without any keeps finite weights, and never quite all.
 */
static void
update_priors(cdw_em *em, const Expected *matches, const Expected *households)
{
	cdw_model *model = em->model;
	double pairs = fmax(em->judged, 1);
	double match = fmax(matches->pairs, .1);
	double household = em->households ? fmax(households->pairs, .1) : 0;
	double scale = fmin(1, MOST_RELATED * pairs / (match + household)) / pairs;

	model->prior = match * scale;
	model->household_prior = household * scale;
}

/* One round; returns the greatest change of a parameter. */
static double
iterate(cdw_em *em, bool with_dependences)
{
	cdw_model *model = em->model;
	Expected matches = {0};
	Expected households = {0};
	Weights *weights = current_weights(em);
	double change = 0;

	if (with_dependences)
		update_dependences(em, weights);
	expect(em, weights, &matches, &households);
	pfree(weights);
	update_priors(em, &matches, &households);
	for (int f = 0; f < em->settings->nfields; f++)
	{
		if (model->field[f].term.values < 2)
			continue;
		change = fmax(change, update_m(em, f, &matches));
		if (in_households(em, f))
			change = fmax(change, update_h(em, f, &households));
		clean_u(em, f);
	}
	return change;
}

/* Fits the model from the beginning, with a tree of dependences among non-matches or without. */
void
cdw_em_fit(cdw_em *em, bool with_dependences)
{
	cdw_model *model = em->model;

	initialise(em);
	while (model->iterations < MAX_ITERATIONS && !model->converged)
	{
		cdw_progress_add(1);
		model->converged = iterate(em, with_dependences) < TOLERANCE;
		model->iterations++;
	}
}
