/*
 * src/match/score.c
 *
 * What a pair of records is worth: the sum of its fields' weights and of the prior's, in natural
 * logarithms (Fellegi and Sunter 1969). Agreement on a value weighs by how frequent the value is
 * (Winkler 1989): with n records that have the value, ln(m / u) + ln(S / (n - 1)), where S = sum n (n - 1)
 * / sum n over the values that several records have. Two matches agree on a value as often as records
 * have it, two strangers as often as two records have it in common, n (n - 1); so over strangers the
 * mean of the ratio is one, and frequencies alone never make agreement more or less probable. What two
 * people of one household would have in common as well is taken off.
 */
#include "match/match.h"

#include <math.h>

#include "miscadmin.h"
#include "utils/float.h"
#include "utils/memutils.h"

/* What agreement on this record's value, which another one has as well, adds for its rarity. */
double
cdw_term_weight(const cdw_scorer *scorer, int field, cdw_record *record)
{
	double scale = scorer->term_scale[field];

	if (scale <= 0)
		return 0;
	return log(scale / (cdw_record_terms(scorer->records, record)[field] - 1));
}

/* What the levels of a unit's fields add to the evidence for a match. */
static inline double
unit_weight(const cdw_scorer *scorer, const cdw_unit *unit, const uint8 *level, cdw_record *record)
{
	double weight = scorer->weight[unit->field][level[unit->field]];

	if (level[unit->field] == 0)
		weight += cdw_term_weight(scorer, unit->field, record);
	if (unit->swap_with >= 0)
	{
		weight += scorer->weight[unit->swap_with][level[unit->swap_with]];
		if (level[unit->swap_with] == 0)
			weight += cdw_term_weight(scorer, unit->swap_with, record);
	}
	return weight;
}

/*
 * What is taken off because two people of one household would agree as well, ln(1 + H): with odds M for
 * a match and H for a household against two strangers, a match has the odds M / (1 + H) against both.
 * So shared address, phone and family name never outweigh that the person differs.
 */
double
cdw_household_discount(const cdw_scorer *scorer, const uint8 *level, cdw_record *record)
{
	const cdw_match_settings *settings = scorer->records->settings;
	double weight = scorer->household_prior_weight;

	if (!settings->households || scorer->model->household_prior <= 0)
		return 0;
	weight -= cdw_household_dependence_discount(scorer->model, settings, level);
	for (int f = 0; f < settings->nfields; f++)
	{
		weight += scorer->household_weight[f][level[f]];
		if (level[f] == 0 && settings->field[f].kind->shared)
			weight += cdw_term_weight(scorer, f, record);
	}
	return weight > 40 ? weight : log1p(exp(weight));
}

/* The most that a field can add: its best level, or agreement on a value that only two have. */
static double
field_reach(const cdw_scorer *scorer, int field, int nlevels)
{
	double reach = 0;

	for (int l = 0; l < nlevels; l++)
		reach = Max(reach, scorer->weight[field][l]);
	if (scorer->term_scale[field] > 0)
		reach = Max(reach, scorer->weight[field][0] + log(scorer->term_scale[field]));
	return reach;
}

/* The most that dependences can add: fields that agree less often together than by chance. */
static double
dependence_reach(const cdw_model *model)
{
	double reach = 0;

	for (int d = 0; d < model->ndependences; d++)
	{
		double least = 0;

		for (int x = 0; x < CDW_MAX_LEVELS; x++)
			for (int y = 0; y < CDW_MAX_LEVELS; y++)
				least = Min(least, model->dependence[d].lift[x][y]);
		reach -= least;
	}
	return reach;
}

/* Orders the units by what they can add, so that the early exit is early. */
static void
order_units(cdw_scorer *scorer, const double *field_reaches)
{
	const cdw_match_settings *settings = scorer->records->settings;
	double reach[CDW_MAX_FIELDS];

	for (int k = 0; k < settings->nunits; k++)
	{
		const cdw_unit *unit = &settings->unit[k];
		int position = k;

		reach[k] = field_reaches[unit->field];
		if (unit->swap_with >= 0)
			reach[k] += field_reaches[unit->swap_with];
		while (position > 0 && reach[scorer->order[position - 1]] < reach[k])
		{
			scorer->order[position] = scorer->order[position - 1];
			position--;
		}
		scorer->order[position] = k;
	}
	scorer->reach[settings->nunits] = dependence_reach(scorer->model);
	for (int k = settings->nunits - 1; k >= 0; k--)
		scorer->reach[k] = scorer->reach[k + 1] + reach[scorer->order[k]];
}

/* What agreement on a value that only two records have gains, as a ratio; 0: agreement is not weighed. */
static double
term_scale(const cdw_term_summary *term)
{
	return term->repeated < 2
			   ? 0
			   : term->agreement * term->values * (term->values - 1) / term->repeated;
}

/* Tables for one model. */
void
cdw_scorer_init(cdw_scorer *scorer, const cdw_records *records, const cdw_model *model)
{
	const cdw_match_settings *settings = records->settings;
	double reach[CDW_MAX_FIELDS];

	memset(scorer, 0, sizeof(*scorer));
	scorer->records = records;
	scorer->model = model;
	scorer->prior_weight = log(model->prior / (1 - model->prior));
	scorer->household_prior_weight = log(model->household_prior);
	for (int f = 0; f < settings->nfields; f++)
	{
		const cdw_field_model *field = &model->field[f];
		int nlevels = settings->field[f].comparison->nlevels;

		for (int l = 0; l < nlevels; l++)
		{
			scorer->weight[f][l] = log(field->m[l] / field->u[l]);
			if (settings->households && cdw_household_level(&settings->field[f], l))
				scorer->household_weight[f][l] = log(field->h[l] / field->u[l]);
		}
		if (settings->field[f].term_frequency)
			scorer->term_scale[f] = term_scale(&field->term);
		reach[f] = field_reach(scorer, f, nlevels);
	}
	order_units(scorer, reach);
}

/*
 * The log odds of a match that a weight stands for: the line that the model was calibrated with. Of
 * rules, which have no model, the weight itself.
 */
double
cdw_log_odds(const cdw_scorer *scorer, double weight)
{
	return scorer->model ? scorer->model->slope * weight + scorer->model->intercept : weight;
}

/* The weight that stands for these log odds. */
double
cdw_weight_of(const cdw_scorer *scorer, double log_odds)
{
	return scorer->model ? (log_odds - scorer->model->intercept) / scorer->model->slope : log_odds;
}

/* The weight of a pair, all fields compared; minus infinity where a veto forbids it. */
double
cdw_score(const cdw_scorer *scorer, uint32 a, uint32 b)
{
	double weight;

	cdw_score_above(scorer, a, b, -get_float8_infinity(), &weight);
	return weight;
}

/*
 * Whether a pair weighs more than cut, and then its weight. Stops as soon as the fields left cannot
 * lift it over the cut.
 */
bool
cdw_score_above(const cdw_scorer *scorer, uint32 a, uint32 b, double cut, double *weight)
{
	cdw_record *left = scorer->records->record[a];
	cdw_record *right = scorer->records->record[b];
	const cdw_match_settings *settings = scorer->records->settings;
	uint8 level[CDW_MAX_FIELDS];
	double sum = scorer->prior_weight;

	if (settings->nmatch_rules > 0)
	{
		*weight = cdw_rule_strength(scorer->records, left, right);
		return *weight > cut;
	}
	for (int k = 0; k < settings->nunits; k++)
	{
		const cdw_unit *unit = &settings->unit[scorer->order[k]];

		if (sum + scorer->reach[k] <= cut)
			return false;
		cdw_levels(scorer->records, unit, left, right, level);
		sum += unit_weight(scorer, unit, level, left);
	}
	sum -= cdw_dependence_discount(scorer->model, level);
	if (sum <= cut)
		return false;
	sum -= cdw_household_discount(scorer, level, left);
	*weight = cdw_vetoed(scorer->records, left, right) ? -get_float8_infinity() : sum;
	return *weight > cut;
}

typedef struct EdgeSearch
{
	const cdw_scorer *scorer;
	double cut;
	cdw_edges *edges;
} EdgeSearch;

static void
keep_edge(uint32 a, uint32 b, void *arg)
{
	EdgeSearch *search = arg;
	cdw_edges *edges = search->edges;
	double weight;

	edges->compared++;
	if (!cdw_score_above(search->scorer, a, b, search->cut, &weight))
		return;
	if (edges->n == edges->capacity)
	{
		edges->capacity *= 2;
		edges->edge = repalloc_huge(edges->edge, sizeof(cdw_edge) * edges->capacity);
	}
	edges->edge[edges->n++] = (cdw_edge){.a = a, .b = b, .weight = weight};
}

/* Scores all candidates; keeps those above the cut. */
cdw_edges *
cdw_find_edges(const cdw_blocks *blocks, const cdw_scorer *scorer, double cut)
{
	cdw_edges *edges = palloc0(sizeof(cdw_edges));
	EdgeSearch search = {.scorer = scorer, .cut = cut, .edges = edges};

	edges->capacity = 1024;
	edges->edge = palloc(sizeof(cdw_edge) * edges->capacity);
	cdw_progress_phase(CDW_PHASE_SCORING, cdw_blocks_all_pairs(blocks, scorer->records));
	cdw_walk_all(blocks, scorer->records, keep_edge, &search);
	return edges;
}
