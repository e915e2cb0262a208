/*
 * src/match/label.c
 *
 * Labelled pairs: two records of which somebody has said that they match or do not, and what that
 * tells EM. A label is used twice: it settles the probability of pairs of the same pattern, and a
 * match that was drawn at random counts in m.
 */
#include "match/match.h"

#include <math.h>

#include "match/pattern.h"
#include "miscadmin.h"

#define REACH 2.0		 /* nats */
#define MODEL_WORTH 3.0	 /* labels that the model's word for a pattern is worth */
#define LEAST_WORTH 10.0 /* labelled matches that the shares which EM has learnt are worth */

/* An empty list in the current memory context, where it stays as it grows. */
cdw_labels *
cdw_labels_create(void)
{
	cdw_labels *labels = palloc0(sizeof(cdw_labels));

	labels->capacity = 1024;
	labels->label = palloc(sizeof(cdw_label) * labels->capacity);
	return labels;
}

/* Adds a label; the records of the pair may come in either order. */
void
cdw_labels_add(cdw_labels *labels, cdw_label label)
{
	if (labels->n == labels->capacity)
	{
		labels->capacity *= 2;
		labels->label = repalloc_huge(labels->label, sizeof(cdw_label) * labels->capacity);
	}
	if (label.a > label.b)
	{
		uint32 a = label.a;

		label.a = label.b;
		label.b = a;
	}
	labels->label[labels->n++] = label;
}

static int
compare_labels(const void *a, const void *b, void *arg pg_attribute_unused())
{
	const cdw_label *left = a;
	const cdw_label *right = b;

	if (left->a != right->a)
		return left->a < right->a ? -1 : 1;
	return left->b < right->b ? -1 : left->b > right->b;
}

/*
 * Sorts the labels and drops those that say once more what another one says. Returns the first pair
 * of which two labels say different things, NULL where there is none.
 */
const cdw_label *
cdw_labels_finish(cdw_labels *labels)
{
	Size kept = 0;

	qsort_interruptible(labels->label, labels->n, sizeof(cdw_label), compare_labels, NULL);
	for (Size i = 0; i < labels->n; i++)
	{
		cdw_label *label = &labels->label[i];
		const cdw_label *last = kept > 0 ? &labels->label[kept - 1] : NULL;

		if (last == NULL || compare_labels(last, label, NULL) != 0)
			labels->label[kept++] = *label;
		else if (last->is_match != label->is_match || last->weight != label->weight)
			return last;
	}
	labels->n = kept;
	return NULL;
}

/* The label of a pair with a < b, NULL where it has none; the list must be finished. */
const cdw_label *
cdw_find_label(const cdw_labels *labels, uint32 a, uint32 b)
{
	cdw_label wanted = {.a = a, .b = b};
	Size low = 0;
	Size high = labels->n;

	while (low < high)
	{
		Size middle = low + (high - low) / 2;
		int order = compare_labels(&labels->label[middle], &wanted, NULL);

		if (order == 0)
			return &labels->label[middle];
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

/* ---- what labels say to EM ---- */

static int
compare_levels(const cdw_pattern_key *left, const cdw_pattern_key *right)
{
	for (int w = 0; w < 2; w++)
		if (left->levels[w] != right->levels[w])
			return left->levels[w] < right->levels[w] ? -1 : 1;
	return 0;
}

/* The first of the sorted patterns whose levels are not before those of the key. */
static uint32
first_with_levels(const cdw_pattern *pattern, uint32 npatterns, const cdw_pattern_key *key)
{
	uint32 low = 0;
	uint32 high = npatterns;

	while (low < high)
	{
		uint32 middle = low + (high - low) / 2;

		if (compare_levels(&pattern[middle].key, key) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/*
 * A label speaks for the pairs with the same levels: fully where values are as rare, less the further
 * their rarity is away, and not at all from REACH on.
 */
static void
speak_for_patterns(double *says, const cdw_pattern *pattern, uint32 npatterns,
				   const cdw_pattern_key *key)
{
	for (uint32 i = first_with_levels(pattern, npatterns, key);
		 i < npatterns && compare_levels(&pattern[i].key, key) == 0; i++)
	{
		double distance = abs(pattern[i].key.term_step - key->term_step) * CDW_TERM_STEP;

		says[i] += Max(1 - distance / REACH, 0);
	}
}

/*
 * How many independent matches, drawn evenly, one unit of weight is worth: with it the weights sum to
 * (sum w)^2 / sum w^2 (Kish 1965).
 */
static double
unit_worth(const cdw_labels *labels)
{
	double sum = 0;
	double squares = 0;

	for (Size i = 0; i < labels->n; i++)
	{
		if (!labels->label[i].is_match)
			continue;
		sum += labels->label[i].weight;
		squares += labels->label[i].weight * labels->label[i].weight;
	}
	return squares > 0 ? sum / squares : 0;
}

/* What one label says. */
static void
add_label(cdw_label_evidence *evidence, const cdw_label *label, double worth,
		  const cdw_scorer *scorer, const cdw_pattern *pattern, uint32 npatterns)
{
	cdw_pattern_key key;

	CHECK_FOR_INTERRUPTS();
	cdw_pattern_of(scorer, label->a, label->b, &key);
	speak_for_patterns(label->is_match ? evidence->yes : evidence->no, pattern, npatterns, &key);
	for (int f = 0; label->is_match && f < scorer->records->settings->nfields; f++)
		evidence->level[f][cdw_pattern_level(&key, f)] += label->weight * worth;
}

static void
need_label(cdw_batches *batches, Size item, void *arg)
{
	const cdw_labels *labels = arg;

	cdw_batch_need(batches, labels->label[item].a);
	cdw_batch_need(batches, labels->label[item].b);
}

/* The patterns are those of the candidates, sorted; the scorer gives weights for rare values. */
cdw_label_evidence *
cdw_label_evidence_create(const cdw_labels *labels, const cdw_scorer *scorer,
						  const cdw_pattern *pattern, uint32 npatterns)
{
	cdw_label_evidence *evidence = palloc0(sizeof(cdw_label_evidence));
	double worth = unit_worth(labels);
	cdw_batches batches;

	evidence->yes = palloc_extended(sizeof(double) * Max(npatterns, (Size) 1),
									MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
	evidence->no = palloc_extended(sizeof(double) * Max(npatterns, (Size) 1),
								   MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
	cdw_batches_begin(&batches, scorer->records, labels->n, need_label, (void *) labels);
	while (cdw_next_batch(&batches))
		for (Size i = batches.first; i < batches.end; i++)
			add_label(evidence, &labels->label[i], worth, scorer, pattern, npatterns);
	return evidence;
}

/*
 * The probability that a pair of the pattern matches: the model's, which counts as MODEL_WORTH labels,
 * and the labels'. Which pairs were chosen to be labelled does not bias it, as long as they were
 * chosen by what the model says.
 */
double
cdw_labelled_probability(const cdw_label_evidence *evidence, uint32 pattern, double probability)
{
	double yes = evidence->yes[pattern];
	double no = evidence->no[pattern];

	return (MODEL_WORTH * probability + yes) / (MODEL_WORTH + yes + no);
}

/*
 * The largest share of matches that may disagree: the bound that is given, or what labelled matches leave
 * of it, the upper 95 % limit of Agresti and Coull (1998); never less than they show.
 */
double
cdw_labelled_bound(const cdw_label_evidence *evidence, int field, const bool *disagrees,
				   int nlevels, double bound)
{
	double total = 0;
	double disagreeing = 0;
	double share;
	double deviation;

	for (int l = 0; l < nlevels; l++)
	{
		total += evidence->level[field][l];
		disagreeing += disagrees[l] ? evidence->level[field][l] : 0;
	}
	if (total <= 0)
		return bound;
	share = (disagreeing + 2) / (total + 4);
	deviation = sqrt(share * (1 - share) / (total + 4));
	return Max(disagreeing / total, Min(bound, share + 2 * deviation));
}

/*
 * Mixes the shares of a field's levels among matches, learnt from so many pairs, with those among
 * labelled matches. How far the labels are from the shares says how many labels these are worth: the
 * precision of a Dirichlet-multinomial distribution by its moments (Mosimann 1962), LEAST_WORTH to
 * all their pairs. So shares that the labels bear out stay as they are, and others follow the labels.
 */
void
cdw_mix_labels(const cdw_label_evidence *evidence, int field, int nlevels, double pairs,
			   double *share)
{
	const double *labelled = evidence->level[field];
	double total = 0;
	double spread = 0;
	double worth;

	for (int l = 0; l < nlevels; l++)
		total += labelled[l];
	if (total <= 0)
		return;
	for (int l = 0; l < nlevels; l++)
		spread += pow(labelled[l] - total * share[l], 2) / (total * share[l]);
	spread /= nlevels - 1;
	worth = spread > 1 ? (total - spread) / (spread - 1) : pairs;
	worth = Max(Min(worth, pairs), LEAST_WORTH);
	for (int l = 0; l < nlevels; l++)
		share[l] = (worth * share[l] + labelled[l]) / (worth + total);
}
