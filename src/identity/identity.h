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
 *     <resolver>_history    what joined, left, merged and split
 *     <resolver>_golden     view: one row per identity
 */
#ifndef CDW_IDENTITY_H
#define CDW_IDENTITY_H

#include "match/match.h"

#define CDW_MAX_RESOLVER_NAME 40

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
extern void cdw_resolver_split_name(const char *text, char **schema, char **name);
extern char *cdw_result_name(const cdw_resolver *resolver, const char *suffix);
extern cdw_resolver *cdw_resolver_open(text *name);
extern cdw_resolver *cdw_resolver_open_to_write(text *name, const char *action);
extern cdw_resolver *cdw_resolver_open_to_drop(text *name);
extern void cdw_resolver_close(cdw_resolver *resolver);
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
	MemoryContext context;
	Datum *key;
	uint32 n;
	uint32 capacity;
} cdw_keys;

extern cdw_keys *cdw_keys_create(const cdw_resolver *resolver);
extern Datum
cdw_keys_read(const cdw_keys *keys, TupleTableSlot *slot, int column, const char *relation);
extern void cdw_keys_add(cdw_keys *keys, Datum key);
extern uint32 *cdw_keys_sort(cdw_keys *keys);
extern int cdw_keys_compare(const cdw_keys *keys, Datum a, Datum b);
extern int64 cdw_keys_find(const cdw_keys *keys, Datum key);
extern char *cdw_key_text(const cdw_keys *keys, Datum key);

/* population.c: the source's rows, encoded, in key order */
typedef struct cdw_population
{
	cdw_keys *keys;
	cdw_records *records;
} cdw_population;

extern char *cdw_source_query(const cdw_resolver *resolver);
extern cdw_population *cdw_load_population(const cdw_resolver *resolver);

/* evidence.c: a population with a model, ready to be compared */
typedef struct cdw_evidence
{
	cdw_model model;
	cdw_blocks *blocks;
	cdw_scorer scorer;
} cdw_evidence;

extern void cdw_train_resolver(cdw_resolver *resolver, cdw_population *population, int64 seed,
							   cdw_evidence *evidence);
extern void
cdw_recall_evidence(cdw_resolver *resolver, cdw_population *population, cdw_evidence *evidence);
extern cdw_blocks *
cdw_model_blocks(const cdw_resolver *resolver, const cdw_model *model, cdw_records *records);
extern double cdw_probability_weight(double probability);

/* cluster.c */
typedef void (*cdw_merge_callback)(uint32 a, uint32 b, double strength, void *arg);
extern void cdw_cluster(const cdw_scorer *scorer, const cdw_edges *edges, const char *clustering,
						double cut, cdw_merge_callback callback, void *arg);

/* matches.c */
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
