/*
 * src/identity/field_settings.c
 *
 * The settings of a field: its kind, or an object of kind and options; read with every mistake named,
 * written in full.
 */
#include "identity/identity.h"

#include "text/text.h"

#include "catalog/pg_type.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

static const char *const golden_columns[] = {"identity_id", "record_count"};
static const char *const field_orders[] = {"ymd", "mdy", "dmy"};
static const char *const date_comparisons[] = {"typed", "days"};

/* Kinds whose values are words, some of which can be left out. */
static const char *const kinds_of_words[] = {"name",	"given_name", "family_name", "company",
											 "address", "place",	  "text"};

/* Whether the golden view has a column of its own of that name, so that no field can be called so. */
bool
cdw_golden_has(const char *column)
{
	for (int i = 0; i < (int) lengthof(golden_columns); i++)
		if (strcmp(column, golden_columns[i]) == 0)
			return true;
	return false;
}

static const cdw_kind *
kind_of_name(const char *field, const char *name)
{
	const cdw_kind *kind = cdw_find_kind(name);

	if (kind == NULL)
		cdw_settings_error(psprintf("kind \"%s\" of field \"%s\" does not exist", name, field),
						   psprintf("Kinds are: %s.", cdw_kind_names()));
	return kind;
}

static bool
is_kind(const cdw_field *field, const char *kind)
{
	return strcmp(field->kind->name, kind) == 0;
}

/* Notes of a list whether it is an array; other types that are no single value are refused. */
static void
check_type(const cdw_resolver *resolver, cdw_field *field)
{
	Oid type;

	cdw_check_column(resolver->source, field->name, &type, NULL, NULL);
	type = getBaseType(type);
	field->array = OidIsValid(get_element_type(type));
	if (field->array && is_kind(field, "tokens"))
		return;
	if (get_typtype(type) == TYPTYPE_COMPOSITE || field->array || type == JSONOID ||
		type == JSONBOID || type == BYTEAOID)
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("field \"%s\" has type %s", field->name, format_type_be(type)),
				 errdetail("Fields are compared as single values."),
				 errhint(field->array ? "Use kind tokens, which compares arrays element by element."
									  : "Resolve a view that gives the column a scalar type.")));
}

/* ---- options ---- */

typedef struct FieldReader
{
	const cdw_resolver *resolver;
	cdw_field *field;
} FieldReader;

/* The number of a word among those that an option can be. */
static int
word_option(const FieldReader *reader, const char *option, const char *word,
			const char *const *words, int nwords, const char *expected)
{
	for (int i = 0; i < nwords; i++)
		if (strcmp(word, words[i]) == 0)
			return i;
	cdw_settings_error(psprintf("\"%s\" of field \"%s\" must be %s, not \"%s\"", option,
								reader->field->name, expected, word),
					   NULL);
}

static void
read_region(const FieldReader *reader, char *region)
{
	if (!cdw_phone_region_known(region))
		cdw_settings_error(
			psprintf("region \"%s\" of field \"%s\" is not known", region, reader->field->name),
			"A region is an ISO 3166 code of two letters, for example US or CN.");
	reader->field->region = region;
}

static void
read_disagreement(const FieldReader *reader, const JsonbValue *value)
{
	double share = cdw_json_number(value);

	if (!(share > 0 && share <= 1))
		cdw_settings_error(psprintf("\"max_disagreement\" of field \"%s\" must be above 0 and at "
									"most 1",
									reader->field->name),
						   NULL);
	reader->field->max_disagreement = share;
}

static void
read_longitude(const FieldReader *reader, char *column)
{
	Oid type;

	if (strcmp(column, reader->resolver->key) == 0 || strcmp(column, reader->field->name) == 0)
		cdw_settings_error(psprintf("\"longitude\" of field \"%s\" must be another column than "
									"the field's own and the key",
									reader->field->name),
						   NULL);
	cdw_check_column(reader->resolver->source, column, &type, NULL, NULL);
	reader->field->longitude = column;
}

static void
read_separator(const FieldReader *reader, char *separator)
{
	if (separator[0] == '\0')
		cdw_settings_error(psprintf("\"separator\" of field \"%s\" is empty", reader->field->name),
						   "Leave it out to separate at commas, semicolons, | and **.");
	reader->field->separator = separator;
}

/* The strings of an array; raises 22023 where it is something else. */
static char **
read_strings(const FieldReader *reader, const char *option, const JsonbValue *value, int *n)
{
	JsonbIterator *iterator;
	JsonbValue member;
	JsonbIteratorToken token;
	char **strings;

	*n = 0;
	if (value->type != jbvBinary || !JsonContainerIsArray(value->val.binary.data))
		cdw_settings_error(psprintf("\"%s\" of field \"%s\" must be an array of strings", option,
									reader->field->name),
						   NULL);
	strings = palloc(sizeof(char *) * Max(JsonContainerSize(value->val.binary.data), 1));
	iterator = JsonbIteratorInit(value->val.binary.data);
	while ((token = JsonbIteratorNext(&iterator, &member, true)) != WJB_DONE)
	{
		if (token != WJB_ELEM)
			continue;
		strings[*n] = cdw_json_string(&member);
		if (strings[*n] == NULL)
			cdw_settings_error(psprintf("\"%s\" of field \"%s\" must be an array of strings",
										option, reader->field->name),
							   NULL);
		(*n)++;
	}
	return strings;
}

static void
read_without(const FieldReader *reader, const JsonbValue *value)
{
	cdw_field *field = reader->field;
	bool has_words = false;
	int n;
	char **names = read_strings(reader, "without", value, &n);

	for (int i = 0; i < (int) lengthof(kinds_of_words); i++)
		has_words |= is_kind(field, kinds_of_words[i]);
	if (!has_words)
		cdw_settings_error(psprintf("\"without\" cannot be used for field \"%s\" of kind %s",
									field->name, field->kind->name),
						   "It drops words, so the kind must be name, given_name, family_name, "
						   "company, address, place or text.");
	if (n > CDW_MAX_FIELDS)
		cdw_settings_error(
			psprintf("\"without\" of field \"%s\" names too many fields", field->name), NULL);
	field->nwithout = n;
	memcpy(field->without, names, sizeof(char *) * n);
}

/* Many values would be many comparisons for each value of the table. */
#define MOST_MISSING 100

static void
read_missing(const FieldReader *reader, const JsonbValue *value)
{
	cdw_field *field = reader->field;

	field->missing = read_strings(reader, "missing", value, &field->nmissing);
	if (field->nmissing > MOST_MISSING)
		cdw_settings_error(
			psprintf("\"missing\" of field \"%s\" lists too many values", field->name),
			psprintf("A field can have %d; NULL the others in a view, and resolve that.",
					 MOST_MISSING));
}

/* Brings the values that say nothing into standard form, when all that this depends on has been read. */
static void
standardise_missing(cdw_field *field)
{
	char **standard = palloc(sizeof(char *) * Max(field->nmissing, 1));
	int n = field->nmissing;
	StringInfoData value;

	initStringInfo(&value);
	field->nmissing = 0;
	for (int i = 0; i < n; i++)
	{
		cdw_standardise(field, field->missing[i], strlen(field->missing[i]), &value);
		standard[i] = pstrdup(value.data);
	}
	field->nmissing = n;
	field->missing_standard = standard;
	pfree(value.data);
}

static void
read_levels(const FieldReader *reader, const JsonbValue *value)
{
	int n;
	char **texts = read_strings(reader, "levels", value, &n);

	cdw_set_user_levels(reader->field, (const char *const *) texts, n);
}

static void CDW_NORETURN
option_error(const FieldReader *reader, const char *option)
{
	cdw_settings_error(
		psprintf("option \"%s\" of field \"%s\" cannot be used", option, reader->field->name),
		"Options of a field are kind (string), term_frequency (boolean), max_disagreement "
		"(number), levels, missing and without (arrays of strings), swap_with (string); of a phone region, "
		"of a date field_order and compare, of a location longitude, of tokens separator "
		"(strings).");
}

/* Whether null says that an option is not used. */
static bool
can_be_null(const char *option)
{
	static const char *const options[] = {"max_disagreement", "levels",	   "missing",
										  "without",		  "longitude", "separator"};

	for (int i = 0; i < (int) lengthof(options); i++)
		if (strcmp(option, options[i]) == 0)
			return true;
	return false;
}

/* One member of a field's object. */
static void
read_field_option(const FieldReader *reader, const char *option, const JsonbValue *value)
{
	cdw_field *field = reader->field;
	char *string = cdw_json_string(value);

	if (strcmp(option, "kind") == 0)
		return;
	if (strcmp(option, "swap_with") == 0 && value->type == jbvNull)
		field->no_swap = true;
	else if (value->type == jbvNull && can_be_null(option))
		return;
	else if (strcmp(option, "term_frequency") == 0 && value->type == jbvBool)
		field->term_frequency = value->val.boolean;
	else if (strcmp(option, "max_disagreement") == 0 && value->type == jbvNumeric)
		read_disagreement(reader, value);
	else if (strcmp(option, "without") == 0)
		read_without(reader, value);
	else if (strcmp(option, "missing") == 0)
		read_missing(reader, value);
	else if (strcmp(option, "levels") == 0)
		read_levels(reader, value);
	else if (string == NULL)
		option_error(reader, option);
	else if (strcmp(option, "swap_with") == 0)
		field->swap_with = string;
	else if (strcmp(option, "region") == 0 && is_kind(field, "phone"))
		read_region(reader, string);
	else if (strcmp(option, "field_order") == 0 && is_kind(field, "date"))
		field->field_order = word_option(reader, option, string, field_orders,
										 lengthof(field_orders), "ymd, mdy or dmy");
	else if (strcmp(option, "compare") == 0 && is_kind(field, "date"))
		field->days = word_option(reader, option, string, date_comparisons,
								  lengthof(date_comparisons), "typed or days") == 1;
	else if (strcmp(option, "longitude") == 0 && is_kind(field, "location"))
		read_longitude(reader, string);
	else if (strcmp(option, "separator") == 0 && is_kind(field, "tokens"))
		read_separator(reader, string);
	else
		option_error(reader, option);
}

static void
read_field_object(const FieldReader *reader, JsonbValue *value)
{
	Jsonb *object = JsonbValueToJsonb(value);
	JsonbIterator *iterator = JsonbIteratorInit(&object->root);
	JsonbValue member;
	JsonbIteratorToken token;
	char *kind = cdw_string_member(object, "kind");
	char *option = NULL;

	if (kind == NULL)
		cdw_settings_error(psprintf("field \"%s\" has no kind", reader->field->name),
						   psprintf("Kinds are: %s.", cdw_kind_names()));
	reader->field->kind = kind_of_name(reader->field->name, kind);
	while ((token = JsonbIteratorNext(&iterator, &member, true)) != WJB_DONE)
	{
		if (token == WJB_KEY)
			option = cdw_json_string(&member);
		else if (token == WJB_VALUE)
			read_field_option(reader, option, &member);
	}
}

/* Reads a member of "fields" into the next field of the resolver; raises 22023, 42703, 42804 or 54000. */
void
cdw_read_field(cdw_resolver *resolver, char *name, JsonbValue *value)
{
	cdw_field *field = &resolver->match.field[resolver->match.nfields];
	FieldReader reader = {.resolver = resolver, .field = field};

	if (resolver->match.nfields == CDW_MAX_FIELDS)
		ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED), errmsg("too many fields"),
						errdetail("A resolver has at most %d fields.", CDW_MAX_FIELDS)));
	if (strcmp(name, resolver->key) == 0)
		cdw_settings_error(psprintf("the key \"%s\" cannot be a field", name),
						   "The content of a key is no evidence that two records match.");
	cdw_check_column(resolver->source, name, NULL, NULL, NULL);
	cdw_check_not_reserved(name, golden_columns, lengthof(golden_columns));
	*field = (cdw_field){.name = name, .term_frequency = true, .region = "US"};
	if (value->type == jbvString)
		field->kind = kind_of_name(name, cdw_json_string(value));
	else if (value->type == jbvBinary && JsonContainerIsObject(value->val.binary.data))
		read_field_object(&reader, value);
	else
		cdw_settings_error(psprintf("field \"%s\" must be a kind or an object, not %s", name,
									cdw_json_type_name(value)),
						   "For example {\"email\": \"email\"} or "
						   "{\"city\": {\"kind\": \"category\", \"term_frequency\": true}}.");
	check_type(resolver, field);
	standardise_missing(field);
	resolver->match.nfields++;
}

/* ---- writing ---- */

static void
append_string_option(StringInfo out, const char *option, const char *value)
{
	appendStringInfo(out, ", \"%s\": ", option);
	cdw_append_json_string(out, value);
}

static void
append_strings_option(StringInfo out, const char *option, char *const *values, int n)
{
	appendStringInfo(out, ", \"%s\": [", option);
	for (int i = 0; i < n; i++)
	{
		appendStringInfoString(out, i ? ", " : "");
		cdw_append_json_string(out, values[i]);
	}
	appendStringInfoChar(out, ']');
}

/* Appends a field as a member of "fields", with its defaults. */
void
cdw_append_field(StringInfo out, const cdw_field *field)
{
	cdw_append_json_string(out, field->name);
	appendStringInfo(out, ": {\"kind\": \"%s\", \"term_frequency\": %s", field->kind->name,
					 field->term_frequency ? "true" : "false");
	if (is_kind(field, "phone"))
		append_string_option(out, "region", field->region);
	if (is_kind(field, "date"))
	{
		append_string_option(out, "field_order", field_orders[field->field_order]);
		append_string_option(out, "compare", date_comparisons[field->days]);
	}
	if (field->longitude)
		append_string_option(out, "longitude", field->longitude);
	if (field->separator)
		append_string_option(out, "separator", field->separator);
	if (field->swap_with)
		append_string_option(out, "swap_with", field->swap_with);
	if (field->no_swap)
		appendStringInfoString(out, ", \"swap_with\": null");
	if (field->max_disagreement > 0)
		appendStringInfo(out, ", \"max_disagreement\": %.15g", field->max_disagreement);
	if (field->nmissing > 0)
		append_strings_option(out, "missing", field->missing, field->nmissing);
	if (field->nwithout > 0)
		append_strings_option(out, "without", field->without, field->nwithout);
	if (field->user_levels)
	{
		appendStringInfoString(out, ", \"levels\": [");
		for (int l = 0; l < field->nuser_levels; l++)
		{
			appendStringInfoString(out, l ? ", " : "");
			cdw_append_json_string(out, cdw_user_level_text(field, l));
		}
		appendStringInfoChar(out, ']');
	}
	appendStringInfoChar(out, '}');
}
