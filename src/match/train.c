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
#define STRAIN -6.0 /* nats of penalty that show EM at another class of pairs */
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
	cdw_scan scan;

	cdw_scan_begin(&scan, records, CDW_SCAN_READ);
	while (cdw_scan_next(&scan))
		for (uint32 i = 0; i < scan.n; i++)
		{
			int len;
			const char *value = cdw_record_value(records, scan.record[i], field, &len);

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
		em->most[f] = most_disagreement(records, f, &field->term);
		em->regularised[f] = em->most[f] < .6;
		for (int l = 0; l < CDW_MAX_LEVELS; l++)
			field->m[l] = field->u[l] = field->h[l] = 1;
	}
}

/* ---- links between sources that list an entity once ---- */

#define MOST_LINKS 50000000 /* candidates that are looked at together */

typedef struct LinkLister
{
	cdw_pattern_counter *counter;
	cdw_em *em;
	Size capacity;
} LinkLister;

static void *
begin_links(const cdw_scorer *scorer pg_attribute_unused(), const void *lister)
{
	return *(LinkLister *const *) lister;
}

static void
list_link(uint32 a, uint32 b, void *state)
{
	LinkLister *lister = state;
	cdw_em *em = lister->em;

	if (em->nlinks == lister->capacity)
	{
		lister->capacity *= 2;
		em->link = repalloc_huge(em->link, sizeof(cdw_link_pair) * lister->capacity);
	}
	em->link[em->nlinks++] =
		(cdw_link_pair){.a = a, .b = b, .pattern = cdw_pattern_count(lister->counter, a, b)};
}

/* Lists links in one process: what it is given is where the list is. */
static const cdw_visitor link_visitor = {.begin = begin_links, .visit = list_link};

/* All candidates of a link, one by one, with their patterns. */
static void
list_links(cdw_em *em, const cdw_blocks *blocks, const cdw_scorer *scorer)
{
	LinkLister lister = {.em = em, .capacity = 1024};
	LinkLister *list = &lister;
	uint32 *rank;

	lister.counter = cdw_pattern_counter_create(scorer);
	em->link = palloc(sizeof(cdw_link_pair) * lister.capacity);
	cdw_visit_candidates(blocks, scorer, NULL, &link_visitor, &list);
	em->pattern = cdw_pattern_counter_finish(lister.counter, &em->npatterns, &rank);
	em->scale = 1;
	for (Size e = 0; e < em->nlinks; e++)
		em->link[e].pattern = rank[em->link[e].pattern];
	cdw_number_rivals(scorer->records, em->link, em->nlinks);
	em->competing = MemoryContextAllocHuge(CurrentMemoryContext,
										   sizeof(cdw_link_pair) * Max(em->nlinks, (Size) 1));
	pfree(rank);
}

/* Finds sources with duplicates by the model as it is; returns whether there are new ones. */
static bool
reconsider_sources(cdw_em *em, cdw_records *records)
{
	cdw_scorer *scorer = palloc(sizeof(cdw_scorer));
	bool found;

	for (Size e = 0; e < em->nlinks; e++)
		em->link[e].ratio = em->match_ratio[em->link[e].pattern];
	cdw_scorer_init(scorer, records, em->model);
	found = cdw_find_duplicate_sources(scorer, records, em->link, em->nlinks);
	if (!cdw_has_unique_sources(records))
		em->nlinks = 0;
	pfree(scorer);
	return found;
}

static void
note_unique_sources(cdw_model *model, const cdw_records *records)
{
	for (uint32 s = 0; s < records->nsources; s++)
		if (records->unique_source[s])
			model->unique_sources = lappend(model->unique_sources, records->source_name[s]);
}

static double *
pattern_numbers(const cdw_em *em)
{
	return MemoryContextAllocHuge(CurrentMemoryContext,
								  sizeof(double) * Max(em->npatterns, (Size) 1));
}

/* Pairs of which both records have a value of the field, exactly. */
static double
pairs_with_both(const cdw_em *em, int f)
{
	const cdw_records *records = em->records;
	double values = em->model->field[f].term.values;
	double apart = values * values;
	double *of_source;
	cdw_scan scan;

	if (!em->settings->link)
		return values * (values - 1) / 2;
	of_source = palloc0(sizeof(double) * Max(records->nsources, 1));
	cdw_scan_begin(&scan, records, CDW_SCAN_READ);
	while (cdw_scan_next(&scan))
		for (uint32 i = 0; i < scan.n; i++)
		{
			int len;

			(void) cdw_record_value(records, scan.record[i], f, &len);
			of_source[cdw_record_source(records, scan.record[i])] += len > 0;
		}
	for (uint32 s = 0; s < records->nsources; s++)
		apart -= of_source[s] * of_source[s];
	pfree(of_source);
	return apart / 2;
}

/*
 * All pairs less those that have no value in the same field: blocking never finds them, and yet they are
 * matches as often as others. Where all pairs are candidates they are among them. Of a large table whose
 * records are nearly all empty the random pairs may show none with values, so that a field's own count is
 * the least. All pairs where no two records have a value of one field.
 */
static double
judged_pairs(const cdw_em *em)
{
	double all = em->model->pairs;
	double blind = 0;
	double pairs = 0;
	double judged;

	if (em->model->all_pairs)
		return all;
	for (uint32 i = 0; i < em->nrandom; i++)
	{
		bool missing = true;

		for (int f = 0; f < em->settings->nfields && missing; f++)
			missing = cdw_pattern_level(&em->random[i].key, f) == CDW_MISSING;
		pairs += em->random[i].count;
		if (missing)
			blind += em->random[i].count;
	}
	judged = pairs > 0 ? all * (1 - blind / pairs) : all;
	for (int f = 0; f < em->settings->nfields; f++)
		judged = fmax(judged, pairs_with_both(em, f));
	return judged > 0 ? judged : all;
}

/* Whether EM has fought a bound so hard that without it it would be at another class of pairs. */
static bool
strained(const cdw_em *em)
{
	for (int f = 0; f < em->settings->nfields; f++)
		if (em->penalty[f] < STRAIN)
			return true;
	return false;
}

/* Labelled matches that disagree widen the bound on disagreement. */
static void
set_bounds(cdw_em *em)
{
	for (int f = 0; f < em->settings->nfields; f++)
	{
		int nlevels = em->settings->field[f].comparison->nlevels;
		bool disagrees[CDW_MAX_LEVELS];

		for (int l = 0; l < nlevels; l++)
			disagrees[l] = cdw_em_disagrees(em, f, l);
		em->bound[f] = em->labels
						   ? cdw_labelled_bound(em->labels, f, disagrees, nlevels, em->most[f])
						   : em->most[f];
	}
}

/*
 * Many matches that keep to the bounds are many matches. Many that only a penalty keeps from disagreeing
 * on an identifying field are pairs of something else that the records have in common.
 */
static void
fit_classes(cdw_em *em)
{
	set_bounds(em);
	cdw_em_fit(em, false);
	if (em->model->prior <= MOST_MATCHES || strained(em))
		cdw_em_fit(em, true);
	/* in a small table all that agrees may be taken for coincidence */
	if (em->model->ndependences > 0 && em->model->prior * em->model->pairs < 1)
		cdw_em_fit(em, false);
}

/*
 * With one field of the person's own, a relative cannot be told from the person under a wrong name. Where
 * there are no more of such pairs than matches may disagree on the field, they are the latter. Whole names
 * that are alike in part may be one person's more often: there, households have to be the majority.
 */
static bool
may_be_wrong_names(const cdw_em *em)
{
	const cdw_match_settings *settings = em->settings;
	int own = 0;
	double most;

	if (settings->personal > 1)
		return false;
	while (settings->field[own].kind->shared)
		own++;
	most = cdw_partly_shared(&settings->field[own]) ? .5 : em->bound[own];
	return em->model->household_prior * (1 - most) <= em->model->prior * most;
}

static void
fit(cdw_em *em)
{
	em->households = em->settings->households;
	fit_classes(em);
	if (em->households && may_be_wrong_names(em))
	{
		em->households = false;
		fit_classes(em);
	}
}

static void
forget_patterns(cdw_em *em)
{
	if (em->pattern == NULL)
		return;
	pfree(em->pattern);
	pfree(em->match_ratio);
	pfree(em->household_odds);
	pfree(em->expected_matches);
	if (em->link)
	{
		pfree(em->link);
		pfree(em->competing);
		em->link = NULL;
		em->nlinks = 0;
	}
}

/* EM on the candidates in the blocks; the scorer is for the weights of rare values. */
static void
learn(cdw_em *em, cdw_records *records, const cdw_blocks *blocks, const cdw_labels *labels,
	  const cdw_scorer *scorer)
{
	forget_patterns(em);
	em->model->unique_sources = NIL;
	cdw_progress_phase(CDW_PHASE_CANDIDATE_PAIRS, cdw_blocks_all_pairs(blocks, records));
	if (em->settings->link && cdw_blocks_all_pairs(blocks, records) <= MOST_LINKS)
		list_links(em, blocks, scorer);
	else
		em->pattern =
			cdw_candidate_patterns(blocks, scorer, em->model->seed, &em->npatterns, &em->scale);
	cdw_progress_phase(CDW_PHASE_LEARNING, 0);
	if (labels)
		em->labels = cdw_label_evidence_create(labels, scorer, em->pattern, em->npatterns);
	em->match_ratio = pattern_numbers(em);
	em->household_odds = pattern_numbers(em);
	em->expected_matches = pattern_numbers(em);
	do
		fit(em);
	while (em->nlinks > 0 && reconsider_sources(em, records));
	if (em->nlinks > 0)
		note_unique_sources(em->model, records);
}

/* The model for scoring: what it needs is the weight, so m takes the penalty in. */
static void
with_penalties(const cdw_em *em, cdw_model *model)
{
	if (model != em->model)
		*model = *em->model;
	for (int f = 0; f < em->settings->nfields; f++)
		for (int l = 0; l < em->settings->field[f].comparison->nlevels; l++)
			if (cdw_em_disagrees(em, f, l))
				model->field[f].m[l] *= exp(em->penalty[f]);
}

/* Chooses among the rules by what the model says that they find; whether there is a choice. */
static bool
choose_rules(const cdw_em *em, const cdw_blocks *blocks, bool *used)
{
	cdw_model *model = palloc(sizeof(cdw_model));
	cdw_scorer *scorer = palloc(sizeof(cdw_scorer));
	bool chosen;

	with_penalties(em, model);
	cdw_scorer_init(scorer, em->records, model);
	chosen = cdw_choose_rules(em->records, scorer, blocks, used);
	pfree(scorer);
	pfree(model);
	return chosen;
}

/* All that is known before candidates are looked at; *scorer is for the weights of rare values. */
static void
begin(cdw_em *em, cdw_records *records, const cdw_terms *terms, int64 seed, cdw_model *model,
	  cdw_scorer *scorer)
{
	const cdw_match_settings *settings = records->settings;

	memset(model, 0, sizeof(*model));
	memset(em, 0, sizeof(*em));
	model->seed = seed;
	model->records = records->n;
	model->pairs = cdw_comparable_pairs(records);
	model->all_pairs = model->pairs <= settings->all_pairs_limit;
	model->prior = model->household_prior = .5;
	model->slope = 1;
	em->settings = settings;
	em->model = model;
	em->records = records;
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
	em->judged = judged_pairs(em);
	em->joint = cdw_joint_levels_create(settings, em->random, em->nrandom);
}

static void
end(cdw_em *em)
{
	forget_patterns(em);
	pfree(em->random);
	pfree(em->random_match);
}

/*
 * Which blocking rules of a large source to use, learnt from a sample of its records; all where the choice
 * is not open.
 */
void
cdw_rehearse(cdw_records *sample, const cdw_terms *terms, int64 seed, bool *used)
{
	cdw_em *em = palloc(sizeof(cdw_em));
	cdw_model *model = palloc(sizeof(cdw_model));
	cdw_scorer *scorer = palloc(sizeof(cdw_scorer));
	cdw_blocks *blocks;

	for (int r = 0; r < sample->settings->nrules; r++)
		used[r] = true;
	begin(em, sample, terms, seed, model, scorer);
	blocks = cdw_choose_blocks(sample, false);
	learn(em, sample, blocks, NULL, scorer);
	(void) choose_rules(em, blocks, used);
	end(em);
	pfree(scorer);
	pfree(model);
	pfree(em);
}

/*
 * Fits a model to the records, and to labelled pairs where there are any, and gives back the blocks it was
 * fitted on, capped; the records then carry the counts of their values. Two records at least.
 */
void
cdw_train(cdw_records *records, const cdw_terms *terms, const cdw_labels *labels, int64 seed,
		  cdw_blocks **blocks, cdw_model *model)
{
	cdw_em *em = palloc(sizeof(cdw_em));
	cdw_scorer *scorer = palloc(sizeof(cdw_scorer));
	bool used[CDW_MAX_RULES];

	begin(em, records, terms, seed, model, scorer);
	*blocks = cdw_choose_blocks(records, model->all_pairs);
	learn(em, records, *blocks, labels, scorer);
	if (choose_rules(em, *blocks, used))
	{
		cdw_use_chosen_rules(records, *blocks, used);
		learn(em, records, *blocks, labels, scorer);
	}
	model->max_block = (*blocks)->max_block;
	for (int r = 0; r < (*blocks)->nlists; r++)
		model->cap[r] = (*blocks)->rule[r].cap;
	with_penalties(em, model);
	cdw_recall_unique_sources(records, model);
	end(em);
	pfree(scorer);
	pfree(em);
}
