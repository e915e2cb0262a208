/*
 * src/identity/results.c
 *
 * The tables and the view that a resolver's results live in: made by the caller, owned by the caller.
 * They use no function and no type of the extension, so that dropping it leaves them whole.
 */
#include "identity/identity.h"

#include "catalog/namespace.h"
#include "catalog/pg_type.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

static const char *const suffixes[] = {"resolver", "term",	"identity", "match",
									   "history",  "label", "golden"};

/* Characters that leave a value blank, with the space that does not break and the wide one. */
#define BLANKS "E' \\t\\r\\n\\u00A0\\u3000'"

/* Refuses (42P07) before anything is made, and names everything that is in the way. */
static void
check_names_are_free(const cdw_resolver *resolver)
{
	Oid schema = get_namespace_oid(resolver->schema, false);
	StringInfoData taken;

	initStringInfo(&taken);
	for (int i = 0; i < (int) lengthof(suffixes); i++)
		if (OidIsValid(get_relname_relid(psprintf("%s_%s", resolver->name, suffixes[i]), schema)))
			appendStringInfo(&taken, taken.len ? ", %s" : "%s",
							 cdw_result_name(resolver, suffixes[i]));
	if (taken.len > 0)
		ereport(ERROR, (errcode(ERRCODE_DUPLICATE_TABLE),
						errmsg("results of resolver \"%s\" exist already", resolver->name),
						errdetail("In the way: %s.", taken.data),
						errhint("Choose another name or results_schema, or call "
								"cdw.drop_resolver with drop_results.")));
}

/* The key's column in a result. */
static char *
key_column(const cdw_resolver *resolver, const char *name)
{
	return cdw_column_definition(name, resolver->key_type, resolver->key_typmod,
								 resolver->key_collation);
}

static char *
key_definition(const cdw_resolver *resolver, const char *name)
{
	return psprintf("%s NOT NULL", key_column(resolver, name));
}

static void
create_settings(const cdw_resolver *resolver)
{
	char *name = cdw_result_name(resolver, "resolver");
	Oid type = JSONBOID;
	Datum settings = JsonbPGetDatum(cdw_json_parse(cdw_settings_json(resolver)));

	cdw_execute(psprintf("CREATE TABLE %s (settings jsonb NOT NULL, model jsonb, "
						 "next_identity_id bigint NOT NULL DEFAULT 1, threshold double precision, "
						 "trained_at timestamptz, resolved_at timestamptz)",
						 name));
	cdw_execute(psprintf(
		"COMMENT ON TABLE %s IS 'Settings and model of a customer_dw resolver; one row'", name));
	cdw_execute_params(psprintf("INSERT INTO %s (settings) VALUES ($1)", name), 1, &type,
					   &settings);
}

static void
create_terms(const cdw_resolver *resolver)
{
	char *name = cdw_result_name(resolver, "term");

	cdw_execute(psprintf("CREATE TABLE %s (field text NOT NULL, part text NOT NULL "
						 "CHECK (part IN ('value', 'word')), value text COLLATE \"C\" NOT NULL, "
						 "records bigint NOT NULL, PRIMARY KEY (field, part, value))",
						 name));
	cdw_execute(psprintf("COMMENT ON TABLE %s IS 'Values, and words of texts, that three or more "
						 "records had when the model was trained; personal data'",
						 name));
}

static void
create_identity(const cdw_resolver *resolver)
{
	char *name = cdw_result_name(resolver, "identity");

	cdw_execute(psprintf("CREATE TABLE %s (%s PRIMARY KEY, identity_id bigint NOT NULL)", name,
						 key_definition(resolver, resolver->key)));
	cdw_execute(psprintf("CREATE INDEX ON %s (identity_id)", name));
	cdw_execute(
		psprintf("COMMENT ON TABLE %s IS 'Who each source record is; one row per record'", name));
}

static void
create_match(const cdw_resolver *resolver)
{
	char *name = cdw_result_name(resolver, "match");

	cdw_execute(psprintf("CREATE TABLE %s (%s, %s, match_weight double precision NOT NULL, "
						 "match_probability double precision NOT NULL, "
						 "PRIMARY KEY (left_key, right_key))",
						 name, key_definition(resolver, "left_key"),
						 key_definition(resolver, "right_key")));
	cdw_execute(psprintf("COMMENT ON TABLE %s IS 'Pairs that may match, a pair once, left before "
						 "right; match_weight is log2 of the odds'",
						 name));
}

/* An event is one of a record, but for what the caps on blocks left out. */
static void
create_history(const cdw_resolver *resolver)
{
	char *name = cdw_result_name(resolver, "history");
	const char *key = quote_identifier(resolver->key);

	cdw_execute(
		psprintf("CREATE TABLE %s (event_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, "
				 "at timestamptz NOT NULL, event text NOT NULL CHECK (event IN "
				 "('joined', 'left', 'merged', 'split', 'capped')), %s, identity_id bigint, "
				 "from_identity_id bigint, reason text NOT NULL, CHECK (event = 'capped' OR "
				 "(%s IS NOT NULL AND identity_id IS NOT NULL)))",
				 name, key_column(resolver, resolver->key), key));
	cdw_execute(psprintf("CREATE INDEX ON %s (%s, at)", name, key));
	cdw_execute(psprintf("COMMENT ON TABLE %s IS 'Append only: what joined, left, merged or split, "
						 "when and why; of no record: what the caps on blocks left out'",
						 name));
}

/* Whether a value says nothing: blank, or listed as missing as it is written, but for capitals. */
static char *
says_nothing(const cdw_field *field, int f)
{
	StringInfoData test;

	initStringInfo(&test);
	appendStringInfo(&test, "(lower(btrim(COALESCE(f%d::text, ''), %s)) IN (''", f, BLANKS);
	for (int i = 0; i < field->nmissing; i++)
		appendStringInfo(&test, ", lower(%s)", quote_literal_cstr(field->missing[i]));
	appendStringInfoString(&test, "))");
	return test.data;
}

/* The surviving value of a field. Arrays go through text: array_agg would make them one of more dimensions. */
static void
append_survivor(StringInfo query, const cdw_resolver *resolver, int f)
{
	const cdw_field *field = &resolver->match.field[f];
	Oid type;
	int32 typmod;

	cdw_check_column(resolver->source, field->name, &type, &typmod, NULL);
	appendStringInfo(query,
					 ", (array_agg(f%d%s ORDER BY %s, n%d DESC, length(f%d::text) DESC, "
					 "f%d::text COLLATE \"C\"))[1]",
					 f, field->array ? "::text" : "", says_nothing(field, f), f, f, f);
	if (field->array)
		appendStringInfo(query, "::%s",
						 format_type_extended(
							 type, typmod, FORMAT_TYPE_TYPEMOD_GIVEN | FORMAT_TYPE_FORCE_QUALIFY));
	appendStringInfo(query, " AS %s", quote_identifier(field->name));
}

/* A pair that was not drawn at random has no weight. */
static void
create_label(const cdw_resolver *resolver)
{
	char *name = cdw_result_name(resolver, "label");

	cdw_execute(psprintf("CREATE TABLE %s (%s, %s, is_match boolean NOT NULL, "
						 "weight double precision CHECK (weight > 0), "
						 "labelled_by text NOT NULL DEFAULT CURRENT_USER, "
						 "at timestamptz NOT NULL DEFAULT clock_timestamp(), "
						 "PRIMARY KEY (left_key, right_key))",
						 name, key_definition(resolver, "left_key"),
						 key_definition(resolver, "right_key")));
	cdw_execute(psprintf("COMMENT ON TABLE %s IS 'What people say about pairs, a pair once, left "
						 "before right; weight: pairs that a sampled one stands for'",
						 name));
}

/*
 * One row per identity. The value that survives is the most frequent one, then the longest, then the
 * first in C order; values that say nothing survive only where there is nothing else.
 */
static void
create_golden(const cdw_resolver *resolver)
{
	const cdw_match_settings *match = &resolver->match;
	char *name = cdw_result_name(resolver, "golden");
	StringInfoData outer;
	StringInfoData inner;

	initStringInfo(&outer);
	initStringInfo(&inner);
	for (int f = 0; f < match->nfields; f++)
	{
		const char *column = quote_identifier(match->field[f].name);

		append_survivor(&outer, resolver, f);
		appendStringInfo(&inner,
						 ", s.%s AS f%d, count(s.%s) OVER (PARTITION BY i.identity_id, "
						 "s.%s::text) AS n%d",
						 column, f, column, column, f);
	}
	cdw_execute(psprintf("CREATE VIEW %s WITH (security_invoker = true) AS "
						 "SELECT identity_id, count(*) AS record_count%s FROM "
						 "(SELECT i.identity_id%s FROM %s i JOIN %s s ON s.%s %s i.%s) r "
						 "GROUP BY identity_id",
						 name, outer.data, inner.data, cdw_result_name(resolver, "identity"),
						 cdw_relation_name(resolver->source), quote_identifier(resolver->key),
						 cdw_key_equality(resolver), quote_identifier(resolver->key)));
	cdw_execute(psprintf("COMMENT ON VIEW %s IS 'One row per identity: of every field the most "
						 "frequent value, then the longest'",
						 name));
}

/* Makes all of them in the results schema, with the caller's privileges. */
void
cdw_create_results(const cdw_resolver *resolver)
{
	check_names_are_free(resolver);
	create_settings(resolver);
	create_terms(resolver);
	create_identity(resolver);
	create_match(resolver);
	create_history(resolver);
	create_label(resolver);
	create_golden(resolver);
}
