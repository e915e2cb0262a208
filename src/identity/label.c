/*
 * src/identity/label.c
 *
 * What people say about pairs: stored in the resolver's table of labels, and read from there, or from
 * another table, when a model is trained.
 */
#include "identity/identity.h"

#include <math.h>

#include "catalog/namespace.h"
#include "catalog/pg_type.h"
#include "utils/builtins.h"
#include "utils/datum.h"
#include "utils/lsyscache.h"
#include "utils/typcache.h"

/* ---- label_pair ---- */

typedef struct FoundKey
{
	bool found;
	Datum key;
	TypeCacheEntry *type;
	MemoryContext context;
} FoundKey;

static void
read_key(TupleTableSlot *slot, void *arg)
{
	FoundKey *found = arg;
	MemoryContext old = MemoryContextSwitchTo(found->context);

	found->found = true;
	found->key = datumCopy(slot->tts_values[0], found->type->typbyval, found->type->typlen);
	MemoryContextSwitchTo(old);
}

/* The key as the source has it: equal keys need not look alike. P0002 where the caller sees none. */
static Datum
find_key(const cdw_resolver *resolver, text *text_key)
{
	FoundKey found = {.type = lookup_type_cache(resolver->key_type, 0),
					  .context = CurrentMemoryContext};
	Oid type = resolver->key_type;
	Datum key = cdw_key_input(resolver, text_key);
	const char *column = quote_identifier(resolver->key);
	int settings = cdw_visible_output();

	cdw_stream(psprintf("SELECT %s FROM %s WHERE %s %s $1", column,
						cdw_relation_name(resolver->source), column, cdw_key_equality(resolver)),
			   1, &type, &key, read_key, &found);
	cdw_restore_settings(settings);
	if (!found.found)
		cdw_key_unknown(resolver, text_key);
	return found.key;
}

/* Puts the left key before the right one; 22023 for a record and itself. */
static void
order_keys(const cdw_resolver *resolver, text *left_key, Datum *pair)
{
	int order = cdw_keys_compare(cdw_keys_create(resolver), pair[0], pair[1]);

	if (order == 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("record \"%s\" cannot be paired with itself", text_to_cstring(left_key))));
	if (order > 0)
	{
		Datum left = pair[1];

		pair[1] = pair[0];
		pair[0] = left;
	}
}

static void
store_label(const cdw_resolver *resolver, const Datum *pair, bool is_match, const double *weight)
{
	Oid types[] = {resolver->key_type, resolver->key_type, BOOLOID, FLOAT8OID};
	Datum values[] = {pair[0], pair[1], BoolGetDatum(is_match),
					  Float8GetDatum(weight ? *weight : 0)};

	cdw_execute_params(
		psprintf("INSERT INTO %s AS l (left_key, right_key, is_match, weight) "
				 "VALUES ($1, $2, $3, %s) ON CONFLICT (left_key, right_key) DO UPDATE SET "
				 "is_match = EXCLUDED.is_match, weight = COALESCE(EXCLUDED.weight, l.weight), "
				 "labelled_by = EXCLUDED.labelled_by, at = EXCLUDED.at",
				 cdw_result_name(resolver, "label"), weight ? "$4" : "NULL"),
		weight ? 4 : 3, types, values);
}

static void
withdraw_label(const cdw_resolver *resolver, Datum *pair)
{
	const char *equals = cdw_key_equality(resolver);
	Oid types[] = {resolver->key_type, resolver->key_type};

	cdw_execute_params(psprintf("DELETE FROM %s WHERE left_key %s $1 AND right_key %s $2",
								cdw_result_name(resolver, "label"), equals, equals),
					   2, types, pair);
}

static double
weight_argument(FunctionCallInfo fcinfo, int argno)
{
	double weight = PG_GETARG_FLOAT8(argno);

	if (!(weight > 0) || isinf(weight))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("argument \"sampling_weight\" must be a number above 0"),
						errdetail("Value is %g.", weight)));
	return weight;
}

/* Records that are gone cannot be labelled, but what was said of them can be withdrawn. */
CDW_FUNCTION(cdw_label_pair)
{
	static const char *const names[] = {"resolver", "left_key", "right_key"};
	cdw_resolver *resolver;
	Datum pair[2];
	double weight = 0;

	for (int i = 0; i < (int) lengthof(names); i++)
		cdw_check_not_null(fcinfo, i, names[i]);
	if (!PG_ARGISNULL(4))
		weight = weight_argument(fcinfo, 4);
	resolver = cdw_resolver_open(PG_GETARG_TEXT_PP(0));
	for (int i = 0; i < 2; i++)
		pair[i] = PG_ARGISNULL(3) ? cdw_key_input(resolver, PG_GETARG_TEXT_PP(1 + i))
								  : find_key(resolver, PG_GETARG_TEXT_PP(1 + i));
	order_keys(resolver, PG_GETARG_TEXT_PP(1), pair);
	if (PG_ARGISNULL(3))
		withdraw_label(resolver, pair);
	else
		store_label(resolver, pair, PG_GETARG_BOOL(3), weight > 0 ? &weight : NULL);
	PG_RETURN_VOID();
}

/* ---- training ---- */

/*
 * The labels that a model is to learn from: those of a table with columns left_key, right_key, is_match and,
 * if it likes, weight; without a table those of the resolver. NULL where there are none.
 */
cdw_labels *
cdw_training_labels(const cdw_resolver *resolver, const cdw_population *population, Oid relation)
{
	cdw_label_columns columns = {"left_key", "right_key", "is_match", "weight"};
	bool own = !OidIsValid(relation);
	cdw_labels *labels;

	if (own)
		relation = get_relname_relid(psprintf("%s_label", resolver->name),
									 get_namespace_oid(resolver->schema, false));
	if (!OidIsValid(relation))
		return NULL;
	if (get_attnum(relation, columns.weight) == InvalidAttrNumber)
		columns.weight = NULL;
	labels = cdw_load_labels(population, relation, &columns);
	if (labels->n == 0 && !own)
		ereport(WARNING,
				(errmsg("resolver \"%s\" learns nothing from the labels in %s", resolver->name,
						cdw_relation_name(relation)),
				 errdetail("None of them is of two records of the source that are compared.")));
	return labels->n > 0 ? labels : NULL;
}
