/*
 * src/identity/truth.c
 *
 * What is known to be true, and what a resolver says beside it: a table that puts records into
 * clusters, or a table of labelled pairs, against the pairs that the model keeps of the source as it
 * is now. Keys are compared as text, so that a truth may come from anywhere.
 */
#include "identity/identity.h"

#include <math.h>

#include "utils/builtins.h"

/* Numbers by a 64-bit hash of a text. */
typedef struct NumberEntry
{
	uint64 hash;
	uint32 number;
	char status;
} NumberEntry;

#define SH_PREFIX number
#define SH_ELEMENT_TYPE NumberEntry
#define SH_KEY_TYPE uint64
#define SH_KEY hash
#define SH_HASH_KEY(table, key) ((uint32) (key))
#define SH_EQUAL(table, a, b) ((a) == (b))
#define SH_SCOPE static inline
#define SH_DECLARE
#define SH_DEFINE
#include "lib/simplehash.h"

static uint64
hash_text(Datum value)
{
	text *bytes = DatumGetTextPP(value);

	return cdw_hash_bytes(VARDATA_ANY(bytes), VARSIZE_ANY_EXHDR(bytes), 0);
}

static int
compare_edges(const void *a, const void *b, void *arg pg_attribute_unused())
{
	const cdw_edge *left = a;
	const cdw_edge *right = b;

	if (left->a != right->a)
		return left->a < right->a ? -1 : 1;
	return left->b < right->b ? -1 : left->b > right->b;
}

/*
 * The pairs that the resolver's model keeps, in order, so that no sum over them depends on who found them
 * when: candidates above min_probability, and what groups are made of.
 */
void
cdw_run_trial(cdw_trial *trial, text *resolver)
{
	int settings;

	trial->resolver = cdw_resolver_open(resolver);
	if (!cdw_rules_only(trial->resolver))
		(void) cdw_resolver_model(trial->resolver);
	cdw_use_model_rules(trial->resolver);
	cdw_resolver_progress(trial->resolver, CDW_OPERATION_EVALUATE);
	trial->population = cdw_load_population(trial->resolver);
	settings = cdw_restrict_search_path();
	cdw_recall_evidence(trial->resolver, trial->population, &trial->evidence);
	trial->cut = cdw_probability_weight(trial->resolver->match.min_probability);
	trial->edges = cdw_candidate_edges(&trial->evidence, trial->resolver->match.min_probability);
	trial->matches = cdw_find_matches(&trial->evidence.scorer, trial->edges,
									  trial->resolver->match.min_probability);
	qsort_interruptible(trial->matches->edge, trial->matches->n, sizeof(cdw_edge), compare_edges,
						NULL);
	cdw_restore_settings(settings);
}

/* ---- records in clusters ---- */

typedef struct Truth
{
	number_hash *cluster_of_name;
	number_hash *cluster_of_key;
	uint32 clusters;
} Truth;

static void
read_truth(TupleTableSlot *slot, void *arg)
{
	Truth *truth = arg;
	NumberEntry *entry;
	uint32 cluster;
	bool found;

	if (slot->tts_isnull[0] || slot->tts_isnull[1])
		return;
	entry = number_insert(truth->cluster_of_name, hash_text(slot->tts_values[1]), &found);
	if (!found)
		entry->number = ++truth->clusters;
	cluster = entry->number;
	entry = number_insert(truth->cluster_of_key, hash_text(slot->tts_values[0]), &found);
	if (found && entry->number != cluster)
		ereport(ERROR, (errcode(ERRCODE_CARDINALITY_VIOLATION),
						errmsg("the truth puts record \"%s\" into two clusters",
							   TextDatumGetCString(slot->tts_values[0])),
						errhint("The truth needs one row per record.")));
	entry->number = cluster;
}

/* The cluster of each record, 1 and up; CDW_UNKNOWN where the truth has none. */
uint32 *
cdw_load_truth(const cdw_population *population, Oid relation, const char *key, const char *cluster,
			   uint32 *nclusters)
{
	Truth truth = {.cluster_of_name = number_create(CurrentMemoryContext, 1024, NULL),
				   .cluster_of_key = number_create(CurrentMemoryContext, 1024, NULL)};
	Size n = Max(population->keys->n, 1);
	uint32 *result = MemoryContextAllocHuge(CurrentMemoryContext, sizeof(uint32) * n);
	int settings;

	cdw_check_readable(relation);
	cdw_check_column(relation, key, NULL, NULL, NULL);
	cdw_check_column(relation, cluster, NULL, NULL, NULL);
	settings = cdw_portable_output();
	cdw_stream(psprintf("SELECT %s::pg_catalog.text, %s::pg_catalog.text FROM %s",
						quote_identifier(key), quote_identifier(cluster),
						cdw_relation_name(relation)),
			   0, NULL, NULL, read_truth, &truth);
	for (uint32 i = 0; i < population->keys->n; i++)
	{
		char *name = cdw_key_text(population->keys, population->keys->key[i]);
		NumberEntry *entry =
			number_lookup(truth.cluster_of_key, cdw_hash_bytes(name, strlen(name), 0));

		result[i] = entry ? entry->number : CDW_UNKNOWN;
		pfree(name);
	}
	cdw_restore_settings(settings);
	*nclusters = truth.clusters;
	number_destroy(truth.cluster_of_name);
	number_destroy(truth.cluster_of_key);
	return result;
}

/* ---- labelled pairs ---- */

typedef struct LabelReader
{
	const cdw_population *population;
	number_hash *record_of_key;
	cdw_labels *labels;
	MemoryContext context;
} LabelReader;

static number_hash *
number_keys(const cdw_population *population)
{
	number_hash *record_of_key =
		number_create(CurrentMemoryContext, Max(population->keys->n, 1024), NULL);

	for (uint32 i = 0; i < population->keys->n; i++)
	{
		char *name = cdw_key_text(population->keys, population->keys->key[i]);
		bool found;

		number_insert(record_of_key, cdw_hash_bytes(name, strlen(name), 0), &found)->number = i;
		pfree(name);
	}
	return record_of_key;
}

/* How many pairs a label stands for; 0 for NULL: nobody knows. */
static double
read_weight(TupleTableSlot *slot, int column)
{
	double weight;

	if (slot->tts_isnull[column])
		return 0;
	weight = DatumGetFloat8(slot->tts_values[column]);
	if (!(weight > 0) || isinf(weight))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("a sampling weight must be a number above 0"),
						errdetail("The pair of \"%s\" and \"%s\" has %g.",
								  TextDatumGetCString(slot->tts_values[0]),
								  TextDatumGetCString(slot->tts_values[1]), weight)));
	return weight;
}

/* Most resolvers have no labels: the keys are only numbered when there is one. */
static void
number_keys_once(LabelReader *reader)
{
	MemoryContext row;

	if (reader->record_of_key)
		return;
	row = MemoryContextSwitchTo(reader->context);
	reader->record_of_key = number_keys(reader->population);
	MemoryContextSwitchTo(row);
}

/* Pairs that are not in the source, or that do not count in a link, are passed over. */
static void
read_label(TupleTableSlot *slot, void *arg)
{
	LabelReader *reader = arg;
	cdw_label label;
	NumberEntry *left;
	NumberEntry *right;

	if (slot->tts_isnull[0] || slot->tts_isnull[1] || slot->tts_isnull[2])
		return;
	label.is_match = DatumGetBool(slot->tts_values[2]);
	label.weight = read_weight(slot, 3);
	number_keys_once(reader);
	left = number_lookup(reader->record_of_key, hash_text(slot->tts_values[0]));
	right = number_lookup(reader->record_of_key, hash_text(slot->tts_values[1]));
	if (left == NULL || right == NULL)
		return;
	if (left->number == right->number)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("the labels pair record \"%s\" with itself",
							   TextDatumGetCString(slot->tts_values[0]))));
	label.a = left->number;
	label.b = right->number;
	if (cdw_comparable(reader->population->records, label.a, label.b))
		cdw_labels_add(reader->labels, label);
}

static void
check_label_columns(Oid relation, const cdw_label_columns *columns)
{
	const char *const column[] = {columns->left_key, columns->right_key, columns->is_match,
								  columns->weight};

	cdw_check_readable(relation);
	for (int i = 0; i < (int) lengthof(column); i++)
		if (column[i])
			cdw_check_column(relation, column[i], NULL, NULL, NULL);
}

/*
 * The labelled pairs of a table, a pair once. Raises 21000 where two rows say different things of a
 * pair, 42501 where the caller may not read all rows.
 */
cdw_labels *
cdw_load_labels(const cdw_population *population, Oid relation, const cdw_label_columns *columns)
{
	LabelReader reader = {
		.population = population, .labels = cdw_labels_create(), .context = CurrentMemoryContext};
	const char *is_match = columns->is_match ? quote_identifier(columns->is_match) : "true";
	const char *weight = columns->weight ? quote_identifier(columns->weight) : "1";
	const cdw_label *conflict;
	int settings;

	check_label_columns(relation, columns);
	settings = cdw_portable_output();
	cdw_stream(psprintf("SELECT %s::pg_catalog.text, %s::pg_catalog.text, %s::pg_catalog.bool, "
						"%s::pg_catalog.float8 FROM %s",
						quote_identifier(columns->left_key), quote_identifier(columns->right_key),
						is_match, weight, cdw_relation_name(relation)),
			   0, NULL, NULL, read_label, &reader);
	if (reader.record_of_key)
		number_destroy(reader.record_of_key);
	conflict = cdw_labels_finish(reader.labels);
	if (conflict)
		ereport(ERROR,
				(errcode(ERRCODE_CARDINALITY_VIOLATION), errmsg("the labels contradict each other"),
				 errdetail("The pair of \"%s\" and \"%s\" is labelled twice, not alike.",
						   cdw_key_text(population->keys, population->keys->key[conflict->a]),
						   cdw_key_text(population->keys, population->keys->key[conflict->b])),
				 errhint("The labels need one row per pair, left and right in either order.")));
	cdw_restore_settings(settings);
	return reader.labels;
}

/* The table and columns that the arguments from argno on name: labels, left_key, right_key, is_match, weight. */
cdw_labels *
cdw_label_arguments(FunctionCallInfo fcinfo, int argno, const cdw_population *population)
{
	cdw_label_columns columns = {.left_key = NameStr(*PG_GETARG_NAME(argno + 1)),
								 .right_key = NameStr(*PG_GETARG_NAME(argno + 2))};

	if (!PG_ARGISNULL(argno + 3))
		columns.is_match = NameStr(*PG_GETARG_NAME(argno + 3));
	if (!PG_ARGISNULL(argno + 4))
		columns.weight = NameStr(*PG_GETARG_NAME(argno + 4));
	return cdw_load_labels(population, PG_GETARG_OID(argno), &columns);
}
