/*
 * src/identity/identity_sql.c
 *
 * The calls that make, train, run and drop a resolver.
 */
#include "identity/identity.h"

#include "access/xact.h"
#include "catalog/namespace.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "stats/stats.h"
#include "tcop/utility.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"

/* ---- create_resolver ---- */

static void
append_member(StringInfo document, const char *name, const char *json)
{
	appendStringInfo(document, document->len > 1 ? ", \"%s\": %s" : "\"%s\": %s", name, json);
}

static void
append_string_member(StringInfo document, const char *name, const char *value)
{
	StringInfoData quoted;

	initStringInfo(&quoted);
	cdw_append_json_string(&quoted, value);
	append_member(document, name, quoted.data);
}

static char *
name_argument(FunctionCallInfo fcinfo, int argno)
{
	return PG_ARGISNULL(argno) ? NULL : NameStr(*PG_GETARG_NAME(argno));
}

/* The text[] of rules as a JSON array; a null element becomes null, which the reader refuses. */
static char *
rules_argument(ArrayType *array)
{
	StringInfoData json;
	Datum *element;
	bool *isnull;
	int n;

	initStringInfo(&json);
	appendStringInfoChar(&json, '[');
	deconstruct_array(array, TEXTOID, -1, false, TYPALIGN_INT, &element, &isnull, &n);
	for (int i = 0; i < n; i++)
	{
		if (i > 0)
			appendStringInfoString(&json, ", ");
		cdw_append_json_string(&json, isnull[i] ? NULL : TextDatumGetCString(element[i]));
	}
	appendStringInfoChar(&json, ']');
	return json.data;
}

/* The fields that were given; those that the data suggest where none were, or JSON null. */
static void
append_fields(FunctionCallInfo fcinfo, StringInfo document)
{
	char *fields = PG_ARGISNULL(3) ? "null" : cdw_json_text(PG_GETARG_JSONB_P(3));
	char *ignored = NULL;

	if (strcmp(fields, "null") == 0)
		cdw_infer_source_fields(PG_GETARG_OID(1), name_argument(fcinfo, 2),
								name_argument(fcinfo, 5), &fields, &ignored);
	append_member(document, "fields", fields);
	if (ignored)
		append_member(document, "ignored", ignored);
}

/* The arguments of create_resolver as a settings document, with defaults left out. */
static Jsonb *
settings_from_arguments(FunctionCallInfo fcinfo)
{
	StringInfoData document;

	initStringInfo(&document);
	appendStringInfoChar(&document, '{');
	append_string_member(&document, "source", cdw_relation_name(PG_GETARG_OID(1)));
	append_string_member(&document, "key", name_argument(fcinfo, 2));
	append_fields(fcinfo, &document);
	if (!PG_ARGISNULL(4))
		append_member(&document, "blocking", rules_argument(PG_GETARG_ARRAYTYPE_P(4)));
	append_string_member(&document, "source_column", name_argument(fcinfo, 5));
	append_string_member(&document, "link_type", text_to_cstring(PG_GETARG_TEXT_PP(6)));
	if (!PG_ARGISNULL(8))
		append_member(&document, "options", cdw_json_text(PG_GETARG_JSONB_P(8)));
	appendStringInfoChar(&document, '}');
	return cdw_json_parse(document.data);
}

/* The schema of the results: the argument, or the name's, or the source's. */
static char *
results_schema(FunctionCallInfo fcinfo, const char *schema_of_name)
{
	char *schema = name_argument(fcinfo, 7);
	Oid namespace;

	if (schema && schema_of_name && strcmp(schema, schema_of_name) != 0)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("the resolver's name and results_schema name different schemas"),
						errdetail("They are \"%s\" and \"%s\".", schema_of_name, schema)));
	if (schema == NULL)
		schema = schema_of_name ? pstrdup(schema_of_name)
								: get_namespace_name(get_rel_namespace(PG_GETARG_OID(1)));
	namespace = get_namespace_oid(schema, false);
	/* the golden view of what is gone at the end of the session could not stay */
	if (isAnyTempNamespace(get_rel_namespace(PG_GETARG_OID(1))) && !isAnyTempNamespace(namespace))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("the results of a temporary source cannot be kept in schema \"%s\"",
							   schema),
						errhint("Leave the schema out: they are temporary then, too.")));
	return schema;
}

CDW_FUNCTION(cdw_create_resolver)
{
	static const char *const required[] = {"name", "source", "key"};
	cdw_resolver *resolver = palloc0(sizeof(cdw_resolver));
	char *schema_of_name;
	int settings;

	for (int i = 0; i < (int) lengthof(required); i++)
		cdw_check_not_null(fcinfo, i, required[i]);
	cdw_check_not_null(fcinfo, 6, "link_type");
	cdw_check_utf8();
	cdw_check_readable(PG_GETARG_OID(1));
	cdw_split_name("resolver", text_to_cstring(PG_GETARG_TEXT_PP(0)), &schema_of_name,
				   &resolver->name);
	resolver->schema = results_schema(fcinfo, schema_of_name);
	cdw_settings_parse(resolver, settings_from_arguments(fcinfo));
	settings = cdw_restrict_search_path();
	cdw_create_results(resolver);
	cdw_restore_settings(settings);
	PG_RETURN_JSONB_P(cdw_json_parse(cdw_settings_json(resolver)));
}

/* ---- train, resolve ---- */

static text *
resolver_argument(FunctionCallInfo fcinfo)
{
	cdw_check_not_null(fcinfo, 0, "resolver");
	return PG_GETARG_TEXT_PP(0);
}

/* Without two records to compare, of two sources in a link, a model would be learnt from nothing. */
static bool
has_pairs(const cdw_population *population)
{
	return cdw_comparable_pairs(population->records) > 0;
}

CDW_FUNCTION(cdw_train_procedure)
{
	text *name = resolver_argument(fcinfo);
	cdw_resolver *resolver;
	cdw_population *population;
	cdw_labels *labels;
	cdw_evidence evidence;

	cdw_check_not_null(fcinfo, 1, "seed");
	PreventCommandIfReadOnly("CALL cdw.train");
	resolver = cdw_resolver_open_to_write(name, "train");
	cdw_check_takes_model(resolver);
	cdw_resolver_progress(resolver, CDW_OPERATION_TRAIN);
	cdw_choose_resolver_rules(resolver);
	population = cdw_load_population(resolver);
	if (!has_pairs(population))
		ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
						errmsg("resolver \"%s\" has nothing to learn from", resolver->name),
						errdetail("The source has %u records; a model needs two that can be "
								  "compared.",
								  population->records->n)));
	labels =
		cdw_training_labels(resolver, population, PG_ARGISNULL(2) ? InvalidOid : PG_GETARG_OID(2));
	cdw_train_resolver(resolver, population, labels, PG_GETARG_INT64(1), &evidence);
	cdw_records_close(population->records);
	cdw_progress_end();
	ereport(
		NOTICE,
		(errmsg("trained resolver \"%s\" on %u records", resolver->name, population->records->n),
		 labels
			 ? errdetail("A random pair matches with probability %.3g; %zu labelled pairs helped.",
						 evidence.model.prior, labels->n)
			 : errdetail("A random pair matches with probability %.3g.", evidence.model.prior)));
	cdw_resolver_close(resolver);
	PG_RETURN_VOID();
}

static void
unite_cluster(uint32 a, uint32 b, double strength pg_attribute_unused(), void *arg)
{
	cdw_union_find_unite(arg, a, b);
}

/* The pairs that may match, by the resolver's model; it learns one where it has none. */
static cdw_edges *
find_edges(cdw_resolver *resolver, cdw_population *population, double least, cdw_evidence *evidence)
{
	if (!has_pairs(population))
		return palloc0(sizeof(cdw_edges));
	if (resolver->model || cdw_rules_only(resolver))
		cdw_recall_evidence(resolver, population, evidence);
	else
		cdw_train_resolver(resolver, population,
						   cdw_training_labels(resolver, population, InvalidOid), 1, evidence);
	cdw_report_capped(resolver, evidence->blocks);
	return cdw_candidate_edges(evidence, least);
}

/* The group of each record, as its smallest record; without any pair each stands alone. */
static uint32 *
find_clusters(const cdw_resolver *resolver, const cdw_population *population,
			  const cdw_scorer *scorer, const cdw_edges *edges, double threshold)
{
	uint32 *cluster = cdw_union_find_create(population->records->n);

	cdw_progress_phase(CDW_PHASE_CLUSTERING, population->records->n);
	if (edges->n > 0)
		cdw_cluster(scorer, edges, resolver->clustering, cdw_probability_weight(threshold),
					unite_cluster, cluster);
	for (uint32 i = 0; i < population->records->n; i++)
		cluster[i] = cdw_union_find_root(cluster, i);
	return cluster;
}

static void
note_run(const cdw_resolver *resolver, double threshold)
{
	Oid types[] = {FLOAT8OID, INT8OID};
	Datum values[] = {Float8GetDatum(threshold), Int64GetDatum(resolver->next_identity_id)};

	cdw_execute_params(psprintf("UPDATE %s SET threshold = $1, next_identity_id = $2, "
								"resolved_at = pg_catalog.clock_timestamp()",
								cdw_result_name(resolver, "resolver")),
					   2, types, values);
}

static void
report_run(const cdw_resolver *resolver, const cdw_population *population, const cdw_edges *edges,
		   cdw_changes changes)
{
	ereport(NOTICE,
			(errmsg("resolver \"%s\": %u records are " INT64_FORMAT " identities", resolver->name,
					population->records->n, changes.identities),
			 errdetail("%.0f pairs compared, %zu kept as matches; " INT64_FORMAT
					   " records joined, " INT64_FORMAT " left, " INT64_FORMAT " moved.",
					   edges->compared, edges->n, changes.joined, changes.left, changes.moved)));
}

CDW_FUNCTION(cdw_resolve)
{
	text *name = resolver_argument(fcinfo);
	cdw_resolver *resolver;
	double threshold;
	double least;
	cdw_population *population;
	cdw_evidence evidence = {0};
	cdw_edges *edges;
	cdw_edges *matches;
	uint32 *cluster;

	cdw_check_not_null(fcinfo, 1, "threshold");
	threshold = PG_GETARG_FLOAT8(1);
	cdw_check_probability(threshold, "threshold");
	PreventCommandIfReadOnly("CALL cdw.resolve");
	resolver = cdw_resolver_open_to_write(name, "resolve");
	cdw_resolver_progress(resolver, CDW_OPERATION_RESOLVE);
	if (resolver->model)
		cdw_use_model_rules(resolver);
	else
		cdw_choose_resolver_rules(resolver);
	population = cdw_load_population(resolver);
	least = Min(threshold, resolver->match.min_probability);
	edges = find_edges(resolver, population, least, &evidence);
	cluster = find_clusters(resolver, population, &evidence.scorer, edges, threshold);
	cdw_progress_phase(CDW_PHASE_JUDGING, 0);
	if (edges->n > 0 && !cdw_rules_only(resolver))
		cdw_judge_groups(resolver, &evidence, edges, cluster, cdw_probability_weight(threshold));
	cdw_records_close(population->records);
	matches = cdw_find_matches(&evidence.scorer, edges, least);
	if (edges->edge)
		pfree(edges->edge);
	cdw_write_matches(resolver, population, matches);
	report_run(resolver, population, matches, cdw_write_identities(resolver, population, cluster));
	cdw_write_capped(resolver, evidence.blocks);
	note_run(resolver, threshold);
	cdw_progress_end();
	cdw_resolver_close(resolver);
	PG_RETURN_VOID();
}

/* ---- drop_resolver ---- */

CDW_FUNCTION(cdw_drop_resolver)
{
	static const char *const results[] = {"identity", "match", "history", "label"};
	text *name = resolver_argument(fcinfo);
	cdw_resolver *resolver;

	cdw_check_not_null(fcinfo, 1, "drop_results");
	resolver = cdw_resolver_open_to_drop(name);
	if (PG_GETARG_BOOL(1))
	{
		cdw_execute(psprintf("DROP VIEW IF EXISTS %s", cdw_result_name(resolver, "golden")));
		for (int i = 0; i < (int) lengthof(results); i++)
			cdw_execute(psprintf("DROP TABLE IF EXISTS %s", cdw_result_name(resolver, results[i])));
	}
	cdw_execute(psprintf("DROP TABLE IF EXISTS %s", cdw_result_name(resolver, "term")));
	cdw_execute(psprintf("DROP TABLE %s", cdw_result_name(resolver, "resolver")));
	cdw_resolver_close(resolver);
	PG_RETURN_VOID();
}
