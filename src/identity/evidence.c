/*
 * src/identity/evidence.c
 *
 * A model for a population: learnt and stored, or recalled. A model keeps its parameters, its term
 * frequencies and its block caps until the next training, so that later records meet the same
 * evidence.
 */
#include "identity/identity.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "utils/builtins.h"

/* Expected matches, below which the weights are a guess, and those of one field. */
#define LEAST_MATCHES 10
#define LEAST_FIELD_MATCHES 2

/* How far all pairs may outgrow the limit before a model that compares all of them is refused. */
#define ALL_PAIRS_SLACK 10

/* The log odds of a probability between 0 and 1; infinite at the ends. */
double
cdw_probability_weight(double probability)
{
	return log(probability) - log1p(-probability);
}

/* Stores a model in the place of the one that is there. */
void
cdw_store_model(cdw_resolver *resolver, const cdw_model *model)
{
	StringInfoData json;
	Oid type = JSONBOID;
	Datum value;

	initStringInfo(&json);
	cdw_model_append_json(&json, model, &resolver->match);
	resolver->model = cdw_json_parse(json.data);
	value = JsonbPGetDatum(resolver->model);
	cdw_execute_params(
		psprintf("UPDATE %s SET model = $1, trained_at = pg_catalog.clock_timestamp()",
				 cdw_result_name(resolver, "resolver")),
		1, &type, &value);
}

/* Fields of whose weights the data say nothing, with the matches that were there to learn from. */
static char *
fields_not_learnt(const cdw_resolver *resolver, const cdw_model *model)
{
	StringInfoData list;

	initStringInfo(&list);
	for (int f = 0; f < resolver->match.nfields; f++)
	{
		const cdw_field_model *field = &model->field[f];

		if (field->matches >= LEAST_FIELD_MATCHES)
			continue;
		appendStringInfo(&list, "%s\"%s\" %.1f, records with a value %.0f of %.0f",
						 list.len > 0 ? "; " : "", resolver->match.field[f].name, field->matches,
						 field->term.values, model->records);
	}
	return list.len > 0 ? list.data : NULL;
}

/* One notice at most of what training could not learn, the gravest. */
static void
report_not_learnt(const cdw_resolver *resolver, const cdw_model *model, bool labelled)
{
	double matches = model->prior * model->pairs;
	char *fields = fields_not_learnt(resolver, model);
	const char *unsettled =
		model->converged
			? ""
			: psprintf(" Training stopped after %d rounds without settling.", model->iterations);

	if (matches < 1 && model->prior < .5)
		ereport(NOTICE,
				(errmsg("resolver \"%s\" has learnt that no two records match", resolver->name),
				 errhint("If some do, compare more fields: one or two that agree cannot be told "
						 "from chance.")));
	else if (matches < LEAST_MATCHES && !labelled)
		ereport(NOTICE,
				(errmsg("resolver \"%s\" has learnt from %.1f expected matches only",
						resolver->name, matches),
				 errdetail("Weights that rest on fewer than %d are little more than a guess.%s",
						   LEAST_MATCHES, unsettled),
				 errhint("Take over a model of similar data with cdw.copy_model or "
						 "cdw.import_model, label pairs with cdw.label_pair, or train again when "
						 "there are more records.")));
	else if (fields)
		ereport(
			NOTICE,
			(errmsg("resolver \"%s\" could not learn the weights of all fields", resolver->name),
			 errdetail("Expected matches with both values: %s.%s", fields, unsettled),
			 errhint("Leave them out, take over a model of similar data with cdw.copy_model or "
					 "cdw.import_model, or label pairs with cdw.label_pair.")));
	else if (!model->converged)
		ereport(NOTICE, (errmsg("training of resolver \"%s\" stopped after %d rounds without "
								"settling",
								resolver->name, model->iterations)));
}

/* Learns a model from the population, and from labels unless NULL, and stores it. Two records at least. */
void
cdw_train_resolver(cdw_resolver *resolver, cdw_population *population, const cdw_labels *labels,
				   int64 seed, cdw_evidence *evidence)
{
	cdw_terms *terms = cdw_terms_create(&resolver->match);

	cdw_progress_phase(CDW_PHASE_COUNTING_VALUES,
					   (double) population->records->n * resolver->match.nfields);
	cdw_terms_count(terms, population->records);
	cdw_train(population->records, terms, labels, seed, &evidence->blocks, &evidence->model);
	cdw_scorer_init(&evidence->scorer, population->records, &evidence->model);
	cdw_calibrate(evidence);
	cdw_progress_phase(CDW_PHASE_WRITING_MODEL, 0);
	cdw_store_model(resolver, &evidence->model);
	cdw_store_terms(resolver, population->records, terms);
	report_not_learnt(resolver, &evidence->model, labels != NULL);
}

typedef struct TermReader
{
	const cdw_resolver *resolver;
	cdw_terms *terms;
} TermReader;

static void
read_term(TupleTableSlot *slot, void *arg)
{
	TermReader *reader = arg;
	cdw_term_part part;
	text *value;
	int64 count;
	int field;

	for (int i = 0; i < 4; i++)
		if (slot->tts_isnull[i])
			return;
	field = cdw_find_field(&reader->resolver->match, TextDatumGetCString(slot->tts_values[0]));
	if (field < 0)
		return;
	part = strcmp(TextDatumGetCString(slot->tts_values[1]), "word") == 0 ? CDW_TERM_WORD
																		 : CDW_TERM_VALUE;
	value = DatumGetTextPP(slot->tts_values[2]);
	count = DatumGetInt64(slot->tts_values[3]);
	cdw_terms_add(reader->terms, field, part, VARDATA_ANY(value), VARSIZE_ANY_EXHDR(value),
				  (uint32) Max(Min(count, (int64) CDW_MAX_RECORDS), 0));
}

/* Whether a source has outgrown a model of all pairs by far. */
static bool
outgrown(const cdw_resolver *resolver, const cdw_model *model, const cdw_records *records)
{
	double most = ALL_PAIRS_SLACK * Max(model->pairs, resolver->match.all_pairs_limit);

	return model->all_pairs && cdw_comparable_pairs(records) > most;
}

/*
 * The blocks that a model compares records by: all pairs or its rules under its caps. A source that has
 * outgrown a model of all pairs by far falls back on the rules, under caps for what it is now.
 */
cdw_blocks *
cdw_model_blocks(const cdw_resolver *resolver, const cdw_model *model, cdw_records *records)
{
	if (!outgrown(resolver, model, records))
	{
		cdw_progress_phase(CDW_PHASE_BLOCKING, model->all_pairs ? 0 : resolver->match.nrules);
		return cdw_blocks_build(records, model->all_pairs, model->cap);
	}
	ereport(NOTICE, (errmsg("resolver \"%s\" has outgrown its model", resolver->name),
					 errdetail("It was trained on %.0f records and now has %u.", model->records,
							   records->n),
					 errhint("CALL cdw.train to learn from the data as it is now.")));
	return cdw_choose_blocks(records, false);
}

/*
 * Before the source is read to be compared by the stored model: its records only get keys of the rules
 * that the model uses.
 */
void
cdw_use_model_rules(cdw_resolver *resolver)
{
	bool used[CDW_MAX_RULES];
	cdw_model *model;

	if (resolver->model == NULL)
		return;
	model = cdw_resolver_model(resolver);
	for (int r = 0; r < resolver->match.nrules; r++)
		used[r] = model->all_pairs || model->cap[r] > 0;
	cdw_use_rules(&resolver->match, used);
}

/* Makes the stored model, or the match rules, ready for a population; 55000 where there is none. */
void
cdw_recall_evidence(cdw_resolver *resolver, cdw_population *population, cdw_evidence *evidence)
{
	cdw_model *model = &evidence->model;
	cdw_records *records = population->records;
	TermReader reader = {.resolver = resolver, .terms = cdw_terms_create(&resolver->match)};
	int settings;

	if (cdw_rules_only(resolver))
	{
		cdw_rules_evidence(population, evidence);
		return;
	}
	*model = *cdw_resolver_model(resolver);
	evidence->edges = NULL;
	evidence->forgotten = false;
	cdw_progress_phase(CDW_PHASE_COUNTING_VALUES, 0);
	settings = cdw_portable_output();
	cdw_stream(psprintf("SELECT field::pg_catalog.text, part::pg_catalog.text, "
						"value::pg_catalog.text, records::pg_catalog.int8 FROM %s",
						cdw_result_name(resolver, "term")),
			   0, NULL, NULL, read_term, &reader);
	cdw_restore_settings(settings);
	for (int f = 0; f < resolver->match.nfields; f++)
		cdw_terms_set_values(reader.terms, f, model->field[f].term.values);
	cdw_terms_apply(reader.terms, records);
	cdw_recall_unique_sources(records, model);
	evidence->blocks = cdw_model_blocks(resolver, model, records);
	cdw_scorer_init(&evidence->scorer, records, model);
}

/* The memory that the blocks take is needed for something else. */
void
cdw_forget_blocks(cdw_evidence *evidence)
{
	cdw_blocks_forget(evidence->blocks);
	cdw_unshare_file((cdw_records *) evidence->scorer.records);
	evidence->forgotten = true;
}

/* Candidates above a cut, of which training may have scored enough. */
static cdw_edges *
score_candidates(cdw_evidence *evidence, double cut)
{
	cdw_edges *edges = evidence->edges;
	Size kept = 0;

	evidence->edges = NULL;
	if (edges == NULL || evidence->edges_cut > cut)
	{
		if (evidence->forgotten)
			evidence->blocks = cdw_blocks_build((cdw_records *) evidence->scorer.records,
												evidence->model.all_pairs, evidence->model.cap);
		return cdw_find_edges(evidence->blocks, &evidence->scorer, cut);
	}
	for (Size e = 0; e < edges->n; e++)
		if (edges->edge[e].weight > cut)
			edges->edge[kept++] = edges->edge[e];
	edges->n = kept;
	return edges;
}

/*
 * The candidates that match with more than the least probability, by their weight or calibrated; where
 * sources list an entity once, partners have competed for each other. The blocks are forgotten.
 */
cdw_edges *
cdw_candidate_edges(cdw_evidence *evidence, double least)
{
	const cdw_scorer *scorer = &evidence->scorer;
	double odds = cdw_probability_weight(least);
	double cut = Min(odds, cdw_weight_of(scorer, odds));
	cdw_edges *edges = score_candidates(evidence, cut - cdw_link_slack(scorer));

	cdw_forget_blocks(evidence);
	cdw_settle_links(scorer, edges, cut);
	return edges;
}

/* The edges of pairs that match with more than the least probability, with the log odds of it. */
cdw_edges *
cdw_find_matches(const cdw_scorer *scorer, const cdw_edges *edges, double least)
{
	double cut = cdw_probability_weight(least);
	cdw_edges *matches = palloc(sizeof(cdw_edges));

	*matches = (cdw_edges){.capacity = edges->n, .compared = edges->compared};
	matches->edge =
		MemoryContextAllocHuge(CurrentMemoryContext, sizeof(cdw_edge) * Max(edges->n, (Size) 1));
	for (Size e = 0; e < edges->n; e++)
	{
		cdw_edge edge = edges->edge[e];

		edge.weight = cdw_log_odds(scorer, edge.weight);
		if (edge.weight > cut)
			matches->edge[matches->n++] = edge;
	}
	return matches;
}
