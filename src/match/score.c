/*
 * src/match/score.c
 *
 * What a pair of records is worth: the sum of its fields' weights and of the prior's, in natural
 * logarithms (Fellegi and Sunter 1969). Agreement on a value weighs by how frequent the value is
 * (Winkler 1989): ln(m / u) - ln(f / sum f^2), f the value's share.
 */
#include "match/match.h"

#include <math.h>

#include "miscadmin.h"
#include "utils/float.h"
#include "utils/memutils.h"

/* The level of a field in a pair; CDW_MISSING where either has no value. */
int
cdw_level(const cdw_records *records, int field, cdw_record *a, cdw_record *b)
{
	int alen;
	int blen;
	const char *avalue = cdw_record_value(records, a, field, &alen);
	const char *bvalue = cdw_record_value(records, b, field, &blen);

	if (alen == 0 || blen == 0)
		return CDW_MISSING;
	if (alen == blen && memcmp(avalue, bvalue, alen) == 0)
		return 0;
	return records->settings->field[field].kind->comparison->level(avalue, alen, bvalue, blen);
}

/* What agreement on this record's value adds for its rarity. */
double
cdw_term_weight(const cdw_scorer *scorer, int field, cdw_record *record)
{
	double scale = scorer->term_scale[field];

	if (scale <= 0)
		return 0;
	return log(scale / cdw_record_terms(scorer->records, record)[field]);
}

static inline double
field_weight(const cdw_scorer *scorer, int field, cdw_record *a, cdw_record *b)
{
	int level = cdw_level(scorer->records, field, a, b);
	double weight = scorer->weight[field][level];

	return level == 0 ? weight + cdw_term_weight(scorer, field, a) : weight;
}

/* The most that a field can add: its best level, or agreement on a value that only two have. */
static double
field_reach(const cdw_scorer *scorer, int field, int nlevels)
{
	double reach = 0;

	for (int l = 0; l < nlevels; l++)
		reach = Max(reach, scorer->weight[field][l]);
	if (scorer->term_scale[field] > 0)
		reach = Max(reach, scorer->weight[field][0] + log(scorer->term_scale[field] / 2));
	return reach;
}

/* Tables for one model; fields are ordered by what they can add, so that the early exit is early. */
void
cdw_scorer_init(cdw_scorer *scorer, const cdw_records *records, const cdw_model *model)
{
	const cdw_match_settings *settings = records->settings;
	double reach[CDW_MAX_FIELDS];

	memset(scorer, 0, sizeof(*scorer));
	scorer->records = records;
	scorer->prior_weight = log(model->prior / (1 - model->prior));
	for (int f = 0; f < settings->nfields; f++)
	{
		const cdw_field_model *field = &model->field[f];
		int nlevels = settings->field[f].kind->comparison->nlevels;
		int position = f;

		for (int l = 0; l < nlevels; l++)
			scorer->weight[f][l] = log(field->m[l] / field->u[l]);
		if (settings->field[f].term_frequency)
			scorer->term_scale[f] = field->term.skew * field->term.values;
		reach[f] = field_reach(scorer, f, nlevels);
		while (position > 0 && reach[scorer->order[position - 1]] < reach[f])
		{
			scorer->order[position] = scorer->order[position - 1];
			position--;
		}
		scorer->order[position] = f;
	}
	for (int k = settings->nfields - 1; k >= 0; k--)
		scorer->reach[k] = scorer->reach[k + 1] + reach[scorer->order[k]];
}

/* The weight of a pair, all fields compared. */
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
	int nfields = scorer->records->settings->nfields;
	double sum = scorer->prior_weight;

	for (int k = 0; k < nfields; k++)
	{
		if (sum + scorer->reach[k] <= cut)
			return false;
		sum += field_weight(scorer, scorer->order[k], left, right);
	}
	*weight = sum;
	return sum > cut;
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
	cdw_walk_all(blocks, scorer->records, keep_edge, &search);
	return edges;
}
