/*
 * src/identity/settings.c
 *
 * A resolver's settings as a document: read with every mistake named, written in full. One reader
 * serves create_resolver, which fills in defaults, and every later call, which finds them filled.
 */
#include "identity/identity.h"

#include <math.h>

#include "catalog/namespace.h"
#include "catalog/pg_type.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/typcache.h"
#include "utils/varlena.h"

#define DEFAULT_ALL_PAIRS_LIMIT 3000000.0
#define DEFAULT_MIN_PROBABILITY .1

static const char *const history_columns[] = {"identity_id", "event_id",		 "at",
											  "event",		 "from_identity_id", "reason"};

/* Raises 22023; hint may be NULL. */
void
cdw_settings_error(const char *message, const char *hint)
{
	ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("%s", message),
					hint ? errhint("%s", hint) : 0));
}

/* A string member of the document; NULL where it is absent. */
char *
cdw_string_member(Jsonb *document, const char *name)
{
	JsonbValue value;
	char *string;

	if (!cdw_json_field(document, name, &value))
		return NULL;
	string = cdw_json_string(&value);
	if (string == NULL)
		cdw_settings_error(
			psprintf("\"%s\" must be a string, not %s", name, cdw_json_type_name(&value)), NULL);
	return string;
}

/* ---- source and key ---- */

static void
read_source(cdw_resolver *resolver, Jsonb *document)
{
	char *name = cdw_string_member(document, "source");
	RangeVar *range;

	if (name == NULL)
		cdw_settings_error("settings have no \"source\"", NULL);
	range = makeRangeVarFromNameList(textToQualifiedNameList(cstring_to_text(name)));
	resolver->source = RangeVarGetRelid(range, NoLock, true);
	if (!OidIsValid(resolver->source))
		ereport(ERROR, (errcode(ERRCODE_UNDEFINED_TABLE),
						errmsg("source %s of the resolver does not exist", name),
						errhint("If it was renamed, give it its name back, or drop the resolver "
								"and create it anew.")));
	cdw_check_readable(resolver->source);
}

/* The results have columns of their own beside those that are named like the source's. */
void
cdw_check_not_reserved(const char *column, const char *const *reserved, int n)
{
	for (int i = 0; i < n; i++)
		if (strcmp(column, reserved[i]) == 0)
			ereport(ERROR,
					(errcode(ERRCODE_DUPLICATE_COLUMN),
					 errmsg("column \"%s\" has a name that the results use themselves", column),
					 errhint("Resolve a view that gives the column another name.")));
}

static void
read_key(cdw_resolver *resolver, Jsonb *document)
{
	TypeCacheEntry *type;

	resolver->key = cdw_string_member(document, "key");
	if (resolver->key == NULL)
		cdw_settings_error("settings have no \"key\"", NULL);
	cdw_check_column(resolver->source, resolver->key, &resolver->key_type, &resolver->key_typmod,
					 &resolver->key_collation);
	cdw_check_not_reserved(resolver->key, history_columns, lengthof(history_columns));
	type = lookup_type_cache(resolver->key_type, TYPECACHE_LT_OPR | TYPECACHE_EQ_OPR);
	if (get_typtype(getBaseType(resolver->key_type)) == TYPTYPE_COMPOSITE)
		ereport(ERROR, (errcode(ERRCODE_DATATYPE_MISMATCH),
						errmsg("key column \"%s\" has type %s", resolver->key,
							   format_type_be(resolver->key_type)),
						errdetail("A key is a single value."),
						errhint("Resolve a view that gives each record a key of a scalar type.")));
	if (!OidIsValid(type->lt_opr) || !OidIsValid(type->eq_opr) ||
		!OidIsValid(get_array_type(resolver->key_type)))
		ereport(ERROR, (errcode(ERRCODE_DATATYPE_MISMATCH),
						errmsg("key column \"%s\" has type %s, which has no order", resolver->key,
							   format_type_be(resolver->key_type)),
						errhint("Use a key that a unique index could be built on.")));
}

/* ---- fields ---- */

static int
compare_fields(const void *a, const void *b, void *source)
{
	return get_attnum(*(Oid *) source, ((const cdw_field *) a)->name) -
		   get_attnum(*(Oid *) source, ((const cdw_field *) b)->name);
}

/* Fields stand in the order of the source's columns; jsonb keeps no order of its own. */
static void
read_fields(cdw_resolver *resolver, Jsonb *document)
{
	JsonbValue fields;
	JsonbValue member;
	JsonbIterator *iterator;
	JsonbIteratorToken token;
	char *name = NULL;

	if (!cdw_json_field(document, "fields", &fields))
		cdw_settings_error("settings have no \"fields\"", NULL);
	if (fields.type != jbvBinary || !JsonContainerIsObject(fields.val.binary.data))
		cdw_settings_error(
			psprintf("\"fields\" must be an object, not %s", cdw_json_type_name(&fields)),
			"For example {\"email\": \"email\", \"dob\": \"date\"}.");
	iterator = JsonbIteratorInit(fields.val.binary.data);
	while ((token = JsonbIteratorNext(&iterator, &member, true)) != WJB_DONE)
	{
		if (token == WJB_KEY)
			name = cdw_json_string(&member);
		else if (token == WJB_VALUE)
			cdw_read_field(resolver, name, &member);
	}
	if (resolver->match.nfields == 0)
		cdw_settings_error("a resolver needs at least one field", NULL);
	qsort_arg(resolver->match.field, resolver->match.nfields, sizeof(cdw_field), compare_fields,
			  &resolver->source);
	cdw_plan_comparisons(&resolver->match);
}

/* Why columns are no fields, where fields were chosen from the data; only shown. */
static void
read_ignored(cdw_resolver *resolver, Jsonb *document)
{
	JsonbValue ignored;

	if (!cdw_json_field(document, "ignored", &ignored))
		return;
	if (ignored.type != jbvBinary || !JsonContainerIsObject(ignored.val.binary.data))
		cdw_settings_error(
			psprintf("\"ignored\" must be an object, not %s", cdw_json_type_name(&ignored)), NULL);
	resolver->ignored = cdw_json_text(JsonbValueToJsonb(&ignored));
}

/* ---- blocking ---- */

/* Returns whether the rules were given, not derived. */
static bool
read_blocking(cdw_resolver *resolver, Jsonb *document)
{
	JsonbValue blocking;
	JsonbIterator *iterator;
	JsonbValue member;
	JsonbIteratorToken token;

	if (!cdw_json_field(document, "blocking", &blocking))
	{
		cdw_default_rules(&resolver->match);
		return false;
	}
	if (blocking.type != jbvBinary || !JsonContainerIsArray(blocking.val.binary.data))
		cdw_settings_error("\"blocking\" must be an array of rules", NULL);
	iterator = JsonbIteratorInit(blocking.val.binary.data);
	while ((token = JsonbIteratorNext(&iterator, &member, true)) != WJB_DONE)
	{
		if (token != WJB_ELEM)
			continue;
		if (member.type != jbvString)
			cdw_settings_error(
				psprintf("a blocking rule must be a string, not %s", cdw_json_type_name(&member)),
				NULL);
		cdw_add_rule(&resolver->match, cdw_json_string(&member));
	}
	if (resolver->match.nrules == 0)
		cdw_settings_error("\"blocking\" has no rules",
						   "Leave it out to use the default keys of the fields' kinds.");
	return true;
}

/* ---- link type and options ---- */

static void
read_link(cdw_resolver *resolver, Jsonb *document)
{
	static const char *const types[] = {"dedupe", "link", "link_and_dedupe"};

	resolver->source_column = cdw_string_member(document, "source_column");
	if (resolver->source_column)
		cdw_check_column(resolver->source, resolver->source_column, NULL, NULL, NULL);
	resolver->link_type = cdw_string_member(document, "link_type");
	if (resolver->link_type == NULL)
		resolver->link_type = "dedupe";
	for (int i = 0;; i++)
	{
		if (i == (int) lengthof(types))
			cdw_settings_error(psprintf("link type \"%s\" does not exist", resolver->link_type),
							   "Link types are: dedupe, link, link_and_dedupe.");
		if (strcmp(resolver->link_type, types[i]) == 0)
			break;
	}
	resolver->match.link = strcmp(resolver->link_type, "link") == 0;
	if (resolver->match.link && resolver->source_column == NULL)
		cdw_settings_error("link type \"link\" needs a source column",
						   "source_column says which system a record comes from.");
}

static double
number_option(const char *option, const JsonbValue *value, double least, double most)
{
	double number = cdw_json_number(value);

	if (!(number >= least && number <= most))
		cdw_settings_error(
			psprintf("option \"%s\" must be a number from %g to %g", option, least, most), NULL);
	return number;
}

/* Records in a block: a whole number, or "auto", which is 0. */
static int
block_size(const char *option, const JsonbValue *value)
{
	char *word = cdw_json_string(value);
	double size;

	if (word && strcmp(word, "auto") == 0)
		return 0;
	size = cdw_json_number(value);
	if (!(size >= 2 && size <= CDW_MAX_RECORDS && size == floor(size)))
		cdw_settings_error(
			psprintf("option \"%s\" must be a whole number from 2 to %d, or \"auto\"", option,
					 CDW_MAX_RECORDS),
			NULL);
	return (int) size;
}

/* A budget of candidates, or "auto", which is 0. */
static double
pairs_per_record(const char *option, const JsonbValue *value)
{
	char *word = cdw_json_string(value);

	if (word && strcmp(word, "auto") == 0)
		return 0;
	return number_option(option, value, 1, 1e6);
}

static void
read_option(cdw_resolver *resolver, const char *option, const JsonbValue *value)
{
	cdw_match_settings *match = &resolver->match;

	if (value->type == jbvNull || cdw_is_rules_option(option))
		return;
	if (cdw_rules_only(resolver) && strcmp(option, "max_block") != 0)
		cdw_settings_error(
			psprintf("option \"%s\" cannot be used with match rules", option),
			"Match rules join pairs without a model; only vetoes and max_block go with "
			"them.");
	if (strcmp(option, "max_block") == 0)
		match->max_block = block_size(option, value);
	else if (strcmp(option, "all_pairs_limit") == 0)
		match->all_pairs_limit = number_option(option, value, 0, 1e15);
	else if (strcmp(option, "pairs_per_record") == 0)
		match->pairs_per_record = pairs_per_record(option, value);
	else if (strcmp(option, "min_probability") == 0)
		match->min_probability = number_option(option, value, 1e-6, .999999);
	else if (strcmp(option, "clustering") == 0)
	{
		resolver->clustering = cdw_json_string(value);
		if (resolver->clustering == NULL || (strcmp(resolver->clustering, "average") != 0 &&
											 strcmp(resolver->clustering, "connected") != 0))
			cdw_settings_error("option \"clustering\" must be \"average\" or \"connected\"", NULL);
	}
	else
		cdw_settings_error(
			psprintf("option \"%s\" does not exist", option),
			"Options are: max_block, pairs_per_record, all_pairs_limit, min_probability, clustering, "
			"match_rules, vetoes.");
}

static void
read_options(cdw_resolver *resolver, Jsonb *document, bool rules_given)
{
	JsonbValue options;
	JsonbIterator *iterator;
	JsonbValue member;
	JsonbIteratorToken token;
	char *name = NULL;

	resolver->match.max_block = 0;
	resolver->match.all_pairs_limit = rules_given ? 0 : DEFAULT_ALL_PAIRS_LIMIT;
	resolver->match.min_probability = DEFAULT_MIN_PROBABILITY;
	resolver->clustering = cdw_rules_only(resolver) ? "connected" : "average";
	if (!cdw_json_field(document, "options", &options))
		return;
	if (options.type != jbvBinary || !JsonContainerIsObject(options.val.binary.data))
		cdw_settings_error("\"options\" must be an object", NULL);
	iterator = JsonbIteratorInit(options.val.binary.data);
	while ((token = JsonbIteratorNext(&iterator, &member, true)) != WJB_DONE)
	{
		if (token == WJB_KEY)
			name = cdw_json_string(&member);
		else if (token == WJB_VALUE)
			read_option(resolver, name, &member);
	}
}

/* Reads and checks a whole document into resolver; raises 22023, 42703 or 42P01 at the first fault. */
void
cdw_settings_parse(cdw_resolver *resolver, Jsonb *document)
{
	bool rules_given;

	if (!JB_ROOT_IS_OBJECT(document))
		cdw_settings_error("settings must be an object", NULL);
	read_source(resolver, document);
	read_key(resolver, document);
	read_fields(resolver, document);
	read_ignored(resolver, document);
	rules_given = cdw_read_rules(resolver, document) || read_blocking(resolver, document);
	resolver->match.default_rules =
		!cdw_rules_only(resolver) && cdw_has_default_rules(&resolver->match);
	read_link(resolver, document);
	read_options(resolver, document, rules_given);
	resolver->match.document = cdw_json_text(document);
}

/* ---- writing ---- */

static void
append_blocking(StringInfo out, const cdw_match_settings *match)
{
	appendStringInfoString(out, ", \"blocking\": [");
	for (int r = 0; r < match->nrules; r++)
	{
		if (r > 0)
			appendStringInfoString(out, ", ");
		cdw_append_json_string(out, match->rule[r].text);
	}
	appendStringInfoChar(out, ']');
}

static void
append_options(StringInfo out, const cdw_resolver *resolver)
{
	const cdw_match_settings *match = &resolver->match;

	appendStringInfoString(out, ", \"options\": {\"max_block\": ");
	if (match->max_block == 0)
		appendStringInfoString(out, "\"auto\"");
	else
		appendStringInfo(out, "%d", match->max_block);
	if (!cdw_rules_only(resolver))
	{
		appendStringInfoString(out, ", \"pairs_per_record\": ");
		if (match->pairs_per_record == 0)
			appendStringInfoString(out, "\"auto\"");
		else
			appendStringInfo(out, "%.15g", match->pairs_per_record);
		appendStringInfo(out,
						 ", \"all_pairs_limit\": %.15g, \"min_probability\": %.15g, "
						 "\"clustering\": \"%s\"",
						 match->all_pairs_limit, match->min_probability, resolver->clustering);
	}
	cdw_append_rules_json(out, resolver);
	appendStringInfoChar(out, '}');
}

/* The settings in full, defaults included, as JSON text. */
char *
cdw_settings_json(const cdw_resolver *resolver)
{
	const cdw_match_settings *match = &resolver->match;
	StringInfoData out;

	initStringInfo(&out);
	appendStringInfoString(&out, "{\"resolver\": ");
	cdw_append_json_string(&out, resolver->name);
	appendStringInfoString(&out, ", \"results_schema\": ");
	cdw_append_json_string(&out, resolver->schema);
	appendStringInfoString(&out, ", \"source\": ");
	cdw_append_json_string(&out, cdw_relation_name(resolver->source));
	appendStringInfoString(&out, ", \"key\": ");
	cdw_append_json_string(&out, resolver->key);
	appendStringInfoString(&out, ", \"source_column\": ");
	cdw_append_json_string(&out, resolver->source_column);
	appendStringInfo(&out, ", \"link_type\": \"%s\", \"fields\": {", resolver->link_type);
	for (int f = 0; f < match->nfields; f++)
	{
		if (f > 0)
			appendStringInfoString(&out, ", ");
		cdw_append_field(&out, &match->field[f]);
	}
	appendStringInfoChar(&out, '}');
	if (resolver->ignored)
		appendStringInfo(&out, ", \"ignored\": %s", resolver->ignored);
	if (!cdw_rules_only(resolver))
		append_blocking(&out, match);
	append_options(&out, resolver);
	appendStringInfoChar(&out, '}');
	return out.data;
}
