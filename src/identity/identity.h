/*
 * src/identity/identity.h
 *
 * Resolvers: from the rows of a source to identities that last. A resolver is a set of ordinary tables
 * in the user's schema, owned by the user:
 *
 *     <resolver>_resolver   settings and model (one row)
 *     <resolver>_term       frequent values, the model's term frequencies
 *     <resolver>_identity   one row per source record
 *     <resolver>_match      pairs that probably match
 *     <resolver>_history    what joined, left, merged and split, what was capped
 *     <resolver>_label      what people say about pairs
 *     <resolver>_golden     view: one row per identity
 */
#ifndef CDW_IDENTITY_H
#define CDW_IDENTITY_H

#include "match/match.h"

typedef struct cdw_resolver
{
	char *schema;
	char *name;
	Oid table; /* <resolver>_resolver, InvalidOid while it is being created */

	Oid source;
	char *key;
	Oid key_type;
	int32 key_typmod;
	Oid key_collation;
	char *source_column; /* NULL: one source */
	char *link_type;
	char *clustering; /* "average" or "connected" */
	cdw_match_settings match;
	char *
		ignored; /* JSON object: columns that were not chosen as fields, and why; NULL: not inferred */

	Jsonb *model; /* NULL: not trained */
	int64 next_identity_id;
} cdw_resolver;

/* settings.c */
extern void cdw_settings_parse(cdw_resolver *resolver, Jsonb *document);
extern char *cdw_settings_json(const cdw_resolver *resolver);
extern void CDW_NORETURN cdw_settings_error(const char *message, const char *hint);
extern char *cdw_string_member(Jsonb *document, const char *name);
extern void cdw_check_not_reserved(const char *column, const char *const *reserved, int n);

/* field_settings.c */
extern void cdw_read_field(cdw_resolver *resolver, char *name, JsonbValue *value);
extern void cdw_append_field(StringInfo out, const cdw_field *field);
extern bool cdw_golden_has(const char *column);

/* infer_fields.c */
extern void cdw_infer_source_fields(Oid source, const char *key, const char *source_column,
									char **fields, char **ignored);

/* resolver.c */
extern char *cdw_result_name(const cdw_resolver *resolver, const char *suffix);
extern cdw_resolver *cdw_resolver_open(text *name);
extern cdw_resolver *cdw_resolver_open_to_write(text *name, const char *action);
extern cdw_resolver *cdw_resolver_open_to_drop(text *name);
extern void cdw_resolver_close(cdw_resolver *resolver);
extern void cdw_resolver_progress(const cdw_resolver *resolver, cdw_operation operation);
extern cdw_model *cdw_resolver_model(const cdw_resolver *resolver);
extern char *cdw_key_equality(const cdw_resolver *resolver);

/* results.c */
extern void cdw_create_results(const cdw_resolver *resolver);

/* keys.c: the records' keys, in the order of their type, text by bytes */
typedef struct cdw_keys
{
	Oid type;
	int16 len;
	bool byval;
	struct SortSupportData *order;
	cdw_arena arena; /* of keys that are not in the datum itself */
	Datum *key;
	uint32 n;
	uint32 capacity;
} cdw_keys;

extern cdw_keys *cdw_keys_create(const cdw_resolver *resolver);
extern Datum
cdw_keys_read(const cdw_keys *keys, TupleTableSlot *slot, int column, const char *relation);
extern void cdw_keys_add(cdw_keys *keys, Datum key);
extern bool cdw_keys_in_order(const cdw_keys *keys);
extern uint32 *cdw_keys_sort(cdw_keys *keys);
extern int cdw_keys_compare(const cdw_keys *keys, Datum a, Datum b);
extern int64 cdw_keys_find(const cdw_keys *keys, Datum key);
extern char *cdw_key_text(const cdw_keys *keys, Datum key);
extern Datum cdw_key_input(const cdw_resolver *resolver, text *key);
extern void CDW_NORETURN cdw_key_unknown(const cdw_resolver *resolver, text *key);

/* population.c: the source's rows, encoded, in key order */
typedef struct cdw_population
{
	cdw_keys *keys;
	cdw_records *records;
} cdw_population;

extern char *cdw_source_query(const cdw_resolver *resolver);
extern cdw_population *cdw_load_population(const cdw_resolver *resolver);
extern cdw_population *cdw_load_sample(const cdw_resolver *resolver, double share);
extern double cdw_count_population(const cdw_resolver *resolver);

/* rehearsal.c */
extern void cdw_choose_resolver_rules(cdw_resolver *resolver);

/* evidence.c: a population with a model, ready to be compared */
typedef struct cdw_evidence
{
	cdw_model model;
	cdw_blocks *blocks;
	cdw_scorer scorer;
	bool forgotten;	  /* the blocks have no members any more */
	cdw_edges *edges; /* candidates that training has scored already; NULL: none */
	double edges_cut; /* their weights are above it */
} cdw_evidence;

extern void cdw_train_resolver(cdw_resolver *resolver, cdw_population *population,
							   const cdw_labels *labels, int64 seed, cdw_evidence *evidence);
extern void
cdw_recall_evidence(cdw_resolver *resolver, cdw_population *population, cdw_evidence *evidence);
extern void cdw_forget_blocks(cdw_evidence *evidence);
extern cdw_edges *cdw_candidate_edges(cdw_evidence *evidence, double least);
extern cdw_edges *cdw_find_matches(const cdw_scorer *scorer, const cdw_edges *edges, double least);
extern cdw_blocks *
cdw_model_blocks(const cdw_resolver *resolver, const cdw_model *model, cdw_records *records);
extern void cdw_use_model_rules(cdw_resolver *resolver);
extern double cdw_probability_weight(double probability);
extern void cdw_calibrate(cdw_evidence *evidence);
extern void cdw_store_model(cdw_resolver *resolver, const cdw_model *model);

/* terms.c */
extern void
cdw_store_terms(const cdw_resolver *resolver, const cdw_records *records, const cdw_terms *terms);
extern cdw_bulk *cdw_begin_terms(const cdw_resolver *resolver);

/* capped.c */
extern void cdw_report_capped(const cdw_resolver *resolver, const cdw_blocks *blocks);
extern void cdw_write_capped(const cdw_resolver *resolver, const cdw_blocks *blocks);

/* judge_groups.c */
extern void cdw_judge_groups(const cdw_resolver *resolver, const cdw_evidence *evidence,
							 const cdw_edges *edges, const uint32 *cluster, double cut);

/* deterministic.c: resolvers that match by rules, without a model */
extern bool cdw_rules_only(const cdw_resolver *resolver);
extern bool cdw_read_rules(cdw_resolver *resolver, Jsonb *document);
extern bool cdw_is_rules_option(const char *option);
extern void cdw_append_rules_json(StringInfo out, const cdw_resolver *resolver);
extern void cdw_check_takes_model(const cdw_resolver *resolver);
extern void cdw_rules_evidence(cdw_population *population, cdw_evidence *evidence);

/* veto_groups.c: groups that grow by single links and keep to the vetoes */
typedef struct cdw_veto_groups cdw_veto_groups;
extern cdw_veto_groups *cdw_veto_groups_create(const cdw_records *records);
extern void cdw_veto_groups_free(cdw_veto_groups *groups);
extern bool
cdw_veto_groups_unite(cdw_veto_groups *groups, uint32 a, uint32 b, uint32 *first, uint32 *second);

/* graph.c: how the members of identities hang together */
typedef struct cdw_graph_edge
{
	uint32 a;
	uint32 b;
	double weight;
	double probability;
	bool bridge;   /* without it the part would fall in two */
	uint32 beyond; /* of a bridge: vertices on the side of b */
} cdw_graph_edge;

typedef struct cdw_graph
{
	uint32 n; /* vertices */
	Size nedges;
	Size capacity;
	cdw_graph_edge *edge;
	bool *joint;  /* by vertex: without it the part would fall apart */
	uint32 *part; /* by vertex: the number of its part, from 0 */
	uint32 nparts;
} cdw_graph;

extern cdw_graph *cdw_graph_create(uint32 n);
extern void cdw_graph_add(cdw_graph *graph, uint32 a, uint32 b, double weight, double probability);
extern void cdw_graph_analyse(cdw_graph *graph);

/* cluster.c */
typedef void (*cdw_merge_callback)(uint32 a, uint32 b, double strength, void *arg);
extern void cdw_cluster(const cdw_scorer *scorer, const cdw_edges *edges, const char *clustering,
						double cut, cdw_merge_callback callback, void *arg);

typedef struct cdw_component_sample
{
	uint64 last; /* the greatest hash of a component that is drawn */
	bool *drawn; /* by record */
} cdw_component_sample;
extern void
cdw_cluster_sample(const cdw_scorer *scorer, const cdw_edges *edges, double cut,
				   cdw_component_sample *sample, cdw_merge_callback callback, void *arg);

/* truth.c: a resolver on trial, and what is known to be true */
typedef struct cdw_trial
{
	cdw_resolver *resolver;
	cdw_population *population;
	cdw_evidence evidence;
	double cut;			/* weight of min_probability */
	cdw_edges *edges;	/* for groups */
	cdw_edges *matches; /* with log odds */
} cdw_trial;

#define CDW_UNKNOWN 0

typedef struct cdw_label_columns
{
	const char *left_key;
	const char *right_key;
	const char *is_match; /* NULL: every pair is a match */
	const char *weight;	  /* NULL: a pair stands for itself */
} cdw_label_columns;

extern void cdw_run_trial(cdw_trial *trial, text *resolver);
extern uint32 *cdw_load_truth(const cdw_population *population, Oid relation, const char *key,
							  const char *cluster, uint32 *nclusters);
extern cdw_labels *
cdw_load_labels(const cdw_population *population, Oid relation, const cdw_label_columns *columns);
extern cdw_labels *
cdw_label_arguments(FunctionCallInfo fcinfo, int argno, const cdw_population *population);

/* label.c */
extern cdw_labels *
cdw_training_labels(const cdw_resolver *resolver, const cdw_population *population, Oid relation);

/* matches.c */
extern double cdw_weight_in_bits(double weight);
extern void cdw_write_matches(const cdw_resolver *resolver, const cdw_population *population,
							  const cdw_edges *edges);

/* persist.c */
typedef struct cdw_changes
{
	int64 joined;
	int64 left;
	int64 moved;
	int64 identities;
} cdw_changes;
extern cdw_changes cdw_write_identities(cdw_resolver *resolver, const cdw_population *population,
										const uint32 *cluster);

#endif /* CDW_IDENTITY_H */
