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

#define COST_OF_ANY 20	 /* nanoseconds: of finding two values, whatever compares them */
#define BOUND_SLACK 1e-6 /* nats, for the rounding of a bound that is added up in another order */

/* What agreement on this record's value, which another one has as well, adds for its rarity. */
double
cdw_term_weight(const cdw_scorer *scorer, int field, cdw_record *record)
{
	double scale = scorer->term_scale[field];
	uint32 others;

	if (scale <= 0)
		return 0;
	others = cdw_record_terms(scorer->records, record)[field] - 1;
	return others < CDW_RARE_TERMS ? scorer->rare_term[field][others] : log(scale / others);
}

/* What the level of a field adds to the evidence for a match. */
static inline double
field_weight(const cdw_scorer *scorer, int field, const uint8 *level, cdw_record *record)
{
	double weight = scorer->weight[field][level[field]];

	return level[field] == 0 ? weight + cdw_term_weight(scorer, field, record) : weight;
}

/* What the levels of a unit's fields add. */
static inline double
unit_weight(const cdw_scorer *scorer, const cdw_unit *unit, const uint8 *level, cdw_record *record)
{
	double weight = field_weight(scorer, unit->field, level, record);

	return unit->swap_with < 0 ? weight
							   : weight + field_weight(scorer, unit->swap_with, level, record);
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

/* The most that a field can add whose values differ; 0 where another field may speak for both. */
static double
unequal_reach(const cdw_scorer *scorer, int field, int nlevels)
{
	double reach = scorer->weight[field][1];

	for (int l = 2; l < nlevels; l++)
		reach = Max(reach, scorer->weight[field][l]);
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

/* Puts the units in the order of what they are worth, the greatest first. */
static void
order_units(const double *worth, int n, int *order)
{
	for (int k = 0; k < n; k++)
	{
		int position = k;

		while (position > 0 && worth[order[position - 1]] < worth[k])
		{
			order[position] = order[position - 1];
			position--;
		}
		order[position] = k;
	}
}

/* How far the bound on a pair falls, at most, when a field's unequal values are compared. */
static double
unequal_fall(const cdw_scorer *scorer, int field, int nlevels)
{
	double least = 0;

	for (int l = 1; l < nlevels; l++)
		least = Min(least, scorer->weight[field][l]);
	return scorer->unequal_reach[field] - least;
}

/*
 * Units by what they can add at most; and by how far unequal values can bring down the bound on a pair for
 * what their comparison costs.
 */
static void
order_comparisons(cdw_scorer *scorer, const double *field_reaches)
{
	const cdw_match_settings *settings = scorer->records->settings;
	double reach[CDW_MAX_FIELDS];
	double worth[CDW_MAX_FIELDS];

	for (int k = 0; k < settings->nunits; k++)
	{
		const cdw_unit *unit = &settings->unit[k];
		const cdw_comparison *first = settings->field[unit->field].comparison;
		double cost = first->cost;

		reach[k] = field_reaches[unit->field];
		worth[k] = unequal_fall(scorer, unit->field, first->nlevels);
		if (unit->swap_with >= 0)
		{
			const cdw_comparison *second = settings->field[unit->swap_with].comparison;

			reach[k] += field_reaches[unit->swap_with];
			worth[k] += unequal_fall(scorer, unit->swap_with, second->nlevels);
			cost += second->cost;
		}
		worth[k] /= cost + COST_OF_ANY;
	}
	order_units(reach, settings->nunits, scorer->order);
	order_units(worth, settings->nunits, scorer->unequal_order);
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
		for (int n = 1; n < CDW_RARE_TERMS && scorer->term_scale[f] > 0; n++)
			scorer->rare_term[f][n] = log(scorer->term_scale[f] / n);
		reach[f] = field_reach(scorer, f, nlevels);
		scorer->unequal_reach[f] = unequal_reach(scorer, f, nlevels);
	}
	for (int k = 0; k < settings->nunits; k++)
	{
		int second = settings->unit[k].swap_with;

		if (second >= 0)
			scorer->unequal_reach[second] = Max(scorer->unequal_reach[second], 0);
	}
	scorer->dependence_reach = dependence_reach(model);
	order_comparisons(scorer, reach);
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

/* Whether a field is equal or missing in a pair, so that its level is known without a comparison. */
static inline bool
is_plain(const cdw_records *records, cdw_record *a, cdw_record *b, int field, uint8 *level)
{
	int alen;
	int blen;
	const char *left = cdw_record_value(records, a, field, &alen);
	const char *right = cdw_record_value(records, b, field, &blen);

	if (alen == 0 || blen == 0)
		level[field] = CDW_MISSING;
	else if (alen == blen && memcmp(left, right, alen) == 0)
		level[field] = 0;
	else
		return false;
	return true;
}

/*
 * The most that a unit can add to a pair by which of its values are equal or missing; *known says that it
 * is what the unit does add, and level what its levels are.
 */
static inline double
unit_bound(const cdw_scorer *scorer, const cdw_unit *unit, cdw_record *a, cdw_record *b,
		   uint8 *level, bool *known)
{
	bool first = is_plain(scorer->records, a, b, unit->field, level);
	bool second;

	*known = first;
	if (unit->swap_with < 0)
		return first ? unit_weight(scorer, unit, level, a) : scorer->unequal_reach[unit->field];
	second = is_plain(scorer->records, a, b, unit->swap_with, level);
	/* equality on one side says that the values were not exchanged */
	if ((first && level[unit->field] == 0) || (second && level[unit->swap_with] == 0))
	{
		double bound = 0;

		*known = first && second;
		if (*known)
			return unit_weight(scorer, unit, level, a);
		bound += first ? field_weight(scorer, unit->field, level, a)
					   : scorer->unequal_reach[unit->field];
		bound += second ? field_weight(scorer, unit->swap_with, level, a)
						: scorer->unequal_reach[unit->swap_with];
		return bound;
	}
	*known = false;
	return Max(scorer->unequal_reach[unit->field], 0) + scorer->unequal_reach[unit->swap_with];
}

/*
 * The levels of all fields in a pair, unless they cannot make it weigh more than cut. What is equal or
 * missing is found out first: it costs next to nothing, and what the other fields can add at most is then
 * often too little. Those are compared one by one as long as it may be enough.
 */
static bool
levels_above(const cdw_scorer *scorer, cdw_record *a, cdw_record *b, double cut, uint8 *level)
{
	const cdw_match_settings *settings = scorer->records->settings;
	double bound = scorer->prior_weight + scorer->dependence_reach + BOUND_SLACK;
	double unit_bounds[CDW_MAX_FIELDS];
	int open[CDW_MAX_FIELDS];
	int nopen = 0;

	for (int k = 0; k < settings->nunits; k++)
	{
		int u = scorer->unequal_order[k];
		bool known;

		unit_bounds[u] = unit_bound(scorer, &settings->unit[u], a, b, level, &known);
		bound += unit_bounds[u];
		if (!known)
			open[nopen++] = u;
	}
	for (int k = 0; k < nopen; k++)
	{
		const cdw_unit *unit = &settings->unit[open[k]];

		if (bound <= cut)
			return false;
		cdw_levels(scorer->records, unit, a, b, level);
		bound += unit_weight(scorer, unit, level, a) - unit_bounds[open[k]];
	}
	return bound > cut;
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
	if (!levels_above(scorer, left, right, cut, level))
		return false;
	for (int k = 0; k < settings->nunits; k++)
		sum += unit_weight(scorer, &settings->unit[scorer->order[k]], level, left);
	sum -= cdw_dependence_discount(scorer->model, level);
	if (sum <= cut)
		return false;
	sum -= cdw_household_discount(scorer, level, left);
	*weight = cdw_vetoed(scorer->records, left, right) ? -get_float8_infinity() : sum;
	return *weight > cut;
}

/* ---- visits ---- */

typedef struct EdgeSearch
{
	const cdw_scorer *scorer;
	double cut;
	cdw_edges *edges;
} EdgeSearch;

static void *
begin_edges(const cdw_scorer *scorer, const void *cut)
{
	EdgeSearch *search = palloc(sizeof(EdgeSearch));

	*search = (EdgeSearch){.scorer = scorer, .cut = *(const double *) cut};
	search->edges = palloc0(sizeof(cdw_edges));
	search->edges->capacity = 1024;
	search->edges->edge = palloc(sizeof(cdw_edge) * search->edges->capacity);
	return search;
}

static void
make_room(cdw_edges *edges, Size more)
{
	if (edges->n + more <= edges->capacity)
		return;
	edges->capacity = Max(edges->capacity * 2, edges->n + more);
	edges->edge = repalloc_huge(edges->edge, sizeof(cdw_edge) * edges->capacity);
}

static void
visit_edge(uint32 a, uint32 b, void *state)
{
	EdgeSearch *search = state;
	cdw_edges *edges = search->edges;
	double weight;

	edges->compared++;
	if (!cdw_score_above(search->scorer, a, b, search->cut, &weight))
		return;
	make_room(edges, 1);
	edges->edge[edges->n++] = (cdw_edge){.a = a, .b = b, .weight = weight};
}

/* The edges, and one more that is none: it carries the number of pairs. */
static cdw_packed
pack_edges(void *state)
{
	cdw_edges *edges = ((EdgeSearch *) state)->edges;

	make_room(edges, 1);
	edges->edge[edges->n] = (cdw_edge){.weight = edges->compared};
	return (cdw_packed){.data = edges->edge, .size = sizeof(cdw_edge) * (edges->n + 1)};
}

static void
merge_edges(void *state, cdw_packed packed)
{
	cdw_edges *edges = ((EdgeSearch *) state)->edges;
	const cdw_edge *edge = packed.data;
	Size n = packed.size / sizeof(cdw_edge) - 1;

	make_room(edges, n);
	memcpy(edges->edge + edges->n, edge, sizeof(cdw_edge) * n);
	edges->n += n;
	edges->compared += edge[n].weight;
}

/* Keeps the pairs that weigh more than a cut, a double that it is given. */
const cdw_visitor cdw_edge_visitor = {
	.argument_size = sizeof(double),
	.begin = begin_edges,
	.visit = visit_edge,
	.pack = pack_edges,
	.merge = merge_edges,
};

/* Scores all candidates; keeps those above the cut, in no order. */
cdw_edges *
cdw_find_edges(const cdw_blocks *blocks, const cdw_scorer *scorer, double cut)
{
	EdgeSearch *search;

	cdw_progress_phase(CDW_PHASE_SCORING, cdw_blocks_all_pairs(blocks, scorer->records));
	search = cdw_visit_candidates(blocks, scorer, NULL, &cdw_edge_visitor, &cut);
	return search->edges;
}
