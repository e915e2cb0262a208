/*
 * src/identity/model_exchange.c
 *
 * Models as values: a document that holds a model, the frequencies of values that belong to it, and the
 * settings of the fields that it was learnt for. What is imported may have been written by anybody: it
 * is read as the stored model is, checked against the resolver, and stored as we write models.
 *
 *     {"format": "customer_dw model", "version": 1, "fields": {...}, "model": {...}, "terms": {...},
 *      "words": {...}}
 */
#include "identity/identity.h"

#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "tcop/utility.h"
#include "utils/builtins.h"

#define FORMAT "customer_dw model"
#define VERSION 1

/* ---- export ---- */

typedef struct TermExport
{
	StringInfoData out;
	MemoryContext context;
	char *field; /* whose values are being written; NULL: none yet */
} TermExport;

static void
export_term(TupleTableSlot *slot, void *arg)
{
	TermExport *export = arg;
	MemoryContext old = MemoryContextSwitchTo(export->context);
	char *field;

	if (!slot->tts_isnull[0] && !slot->tts_isnull[1] && !slot->tts_isnull[2])
	{
		field = TextDatumGetCString(slot->tts_values[0]);
		if (export->field == NULL || strcmp(export->field, field) != 0)
		{
			appendStringInfoString(&export->out, export->field ? "}, " : "");
			cdw_append_json_string(&export->out, field);
			appendStringInfoString(&export->out, ": {");
			export->field = field;
		}
		else
		{
			appendStringInfoString(&export->out, ", ");
			pfree(field);
		}
		field = TextDatumGetCString(slot->tts_values[1]);
		cdw_append_json_string(&export->out, field);
		appendStringInfo(&export->out, ": " INT64_FORMAT, DatumGetInt64(slot->tts_values[2]));
		pfree(field);
	}
	MemoryContextSwitchTo(old);
}

/* {"field": {"value": records, ...}, ...}, in C order. */
static char *
terms_json(const cdw_resolver *resolver, const char *part)
{
	TermExport export = {.context = CurrentMemoryContext};
	Oid type = TEXTOID;
	Datum argument = CStringGetTextDatum(part);
	int settings = cdw_portable_output();

	initStringInfo(&export.out);
	appendStringInfoChar(&export.out, '{');
	cdw_stream(psprintf("SELECT field::pg_catalog.text, value::pg_catalog.text, "
						"records::pg_catalog.int8 FROM %s "
						"WHERE part::pg_catalog.text OPERATOR(pg_catalog.=) $1 "
						"ORDER BY field::pg_catalog.text COLLATE pg_catalog.\"C\", "
						"value::pg_catalog.text COLLATE pg_catalog.\"C\"",
						cdw_result_name(resolver, "term")),
			   1, &type, &argument, export_term, &export);
	cdw_restore_settings(settings);
	appendStringInfoString(&export.out, export.field ? "}}" : "}");
	return export.out.data;
}

/* The fields of a resolver as its settings write them. */
static Jsonb *
field_settings(const cdw_resolver *resolver)
{
	JsonbValue fields;

	if (!cdw_json_field(cdw_json_parse(cdw_settings_json(resolver)), "fields", &fields))
		elog(ERROR, "settings have no fields");
	return JsonbValueToJsonb(&fields);
}

static Jsonb *
export_model(const cdw_resolver *resolver, bool include_terms)
{
	StringInfoData out;

	initStringInfo(&out);
	appendStringInfo(&out,
					 "{\"format\": \"%s\", \"version\": %d, \"fields\": %s, \"model\": ", FORMAT,
					 VERSION, cdw_json_text(field_settings(resolver)));
	cdw_model_append_json(&out, cdw_resolver_model(resolver), &resolver->match);
	if (include_terms)
		appendStringInfo(&out, ", \"terms\": %s, \"words\": %s", terms_json(resolver, "value"),
						 terms_json(resolver, "word"));
	appendStringInfoChar(&out, '}');
	return cdw_json_parse(out.data);
}

CDW_FUNCTION(cdw_export_model)
{
	cdw_check_not_null(fcinfo, 0, "resolver");
	cdw_check_not_null(fcinfo, 1, "include_terms");
	PG_RETURN_JSONB_P(export_model(cdw_resolver_open(PG_GETARG_TEXT_PP(0)), PG_GETARG_BOOL(1)));
}

/* ---- checks of what is imported ---- */

static void CDW_NORETURN
import_error(const char *message, const char *detail, const char *hint)
{
	ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("%s", message),
					detail ? errdetail("%s", detail) : 0, hint ? errhint("%s", hint) : 0));
}

/* An object that is a member of the document; 22023 where it is absent or something else. */
static Jsonb *
object_member(Jsonb *document, const char *name)
{
	JsonbValue value;

	if (!cdw_json_field(document, name, &value) || value.type != jbvBinary ||
		!JsonContainerIsObject(value.val.binary.data))
		import_error("the document is not an exported model",
					 psprintf("Its \"%s\" is missing or not an object.", name),
					 "cdw.export_model makes such documents.");
	return JsonbValueToJsonb(&value);
}

static void
check_format(Jsonb *document)
{
	JsonbValue format;
	JsonbValue version;
	char *name = NULL;

	if (cdw_json_field(document, "format", &format))
		name = cdw_json_string(&format);
	if (name == NULL || strcmp(name, FORMAT) != 0)
		import_error("the document is not an exported model",
					 "Its \"format\" is not \"" FORMAT "\".",
					 "cdw.export_model makes such documents.");
	if (!cdw_json_field(document, "version", &version) || cdw_json_number(&version) != VERSION)
		import_error("the document is of a version that cannot be read",
					 psprintf("Version %d can be read.", VERSION), NULL);
}

/* Whether a model's levels of a field have the labels that the field's comparison has. */
static bool
labels_fit(Jsonb *model, const cdw_field *field)
{
	JsonbValue value;
	Jsonb *levels;

	if (!cdw_json_field(object_member(object_member(model, "fields"), field->name), "levels",
						&value) ||
		value.type != jbvBinary || !JsonContainerIsArray(value.val.binary.data))
		return false;
	levels = JsonbValueToJsonb(&value);
	if (JB_ROOT_COUNT(levels) != (uint32) field->comparison->nlevels)
		return false;
	for (int l = 0; l < field->comparison->nlevels; l++)
	{
		JsonbValue *level = getIthJsonbValueFromContainer(&levels->root, l);
		JsonbValue label;
		char *name = NULL;

		if (level->type == jbvBinary && cdw_json_field(JsonbValueToJsonb(level), "level", &label))
			name = cdw_json_string(&label);
		if (name == NULL || strcmp(name, field->comparison->label[l]) != 0)
			return false;
	}
	return true;
}

/* A line for a field that the model and the resolver do not have alike. */
static void
note_difference(StringInfo differences, const char *field, const char *what)
{
	appendStringInfo(differences, "%sField \"%s\" %s.", differences->len ? " " : "", field, what);
}

static void
compare_field(StringInfo differences, Jsonb *document, const cdw_field *field, Jsonb *here)
{
	JsonbValue theirs;
	JsonbValue ours;

	if (!cdw_json_field(object_member(document, "fields"), field->name, &theirs))
	{
		note_difference(differences, field->name, "is not in the model");
		return;
	}
	if (!cdw_json_field(here, field->name, &ours) || theirs.type != jbvBinary ||
		compareJsonbContainers(theirs.val.binary.data, ours.val.binary.data) != 0)
	{
		Jsonb *value = JsonbValueToJsonb(&theirs);

		note_difference(differences, field->name,
						psprintf("is %s in the model, %s here", cdw_json_text(value),
								 cdw_json_text(JsonbValueToJsonb(&ours))));
		return;
	}
	if (!labels_fit(object_member(document, "model"), field))
		note_difference(differences, field->name, "has other levels in the model");
}

/* Fields that only the model has. */
static void
find_strange_fields(StringInfo differences, const cdw_resolver *resolver, Jsonb *document)
{
	Jsonb *fields = object_member(document, "fields");
	JsonbIterator *iterator = JsonbIteratorInit(&fields->root);
	JsonbValue member;
	JsonbIteratorToken token;

	while ((token = JsonbIteratorNext(&iterator, &member, true)) != WJB_DONE)
	{
		char *name = token == WJB_KEY ? cdw_json_string(&member) : NULL;

		if (name && cdw_find_field(&resolver->match, name) < 0)
			note_difference(differences, name, "is in the model only");
	}
}

/* Raises 22023 with all that differs where the model is not for the resolver's fields. */
static void
check_fields(const cdw_resolver *resolver, Jsonb *document)
{
	Jsonb *here = field_settings(resolver);
	StringInfoData differences;

	initStringInfo(&differences);
	for (int f = 0; f < resolver->match.nfields; f++)
		compare_field(&differences, document, &resolver->match.field[f], here);
	find_strange_fields(&differences, resolver, document);
	if (differences.len > 0)
		import_error(psprintf("the model does not fit resolver \"%s\"", resolver->name),
					 differences.data,
					 "A model fits resolvers whose fields have the same names, kinds, options and "
					 "levels.");
}

/* ---- import ---- */

/* How many records have a value: a whole number from 1. */
static int64
term_count(const char *field, const JsonbValue *value)
{
	double count = cdw_json_number(value);

	if (!(count >= 1 && count <= CDW_MAX_RECORDS && count == (double) (int64) count))
		import_error(psprintf("frequencies of field \"%s\" are not valid", field),
					 psprintf("They must be whole numbers from 1 to %d.", CDW_MAX_RECORDS), NULL);
	return (int64) count;
}

static void
import_field_terms(cdw_bulk *bulk, const char *field, const char *part, Jsonb *terms)
{
	JsonbIterator *iterator = JsonbIteratorInit(&terms->root);
	JsonbValue member;
	JsonbIteratorToken token;
	Datum row[4] = {CStringGetTextDatum(field), CStringGetTextDatum(part)};

	while ((token = JsonbIteratorNext(&iterator, &member, true)) != WJB_DONE)
	{
		CHECK_FOR_INTERRUPTS();
		if (token == WJB_KEY)
		{
			if (member.val.string.len > CDW_MAX_TEXT)
				import_error(psprintf("frequencies of field \"%s\" are not valid", field),
							 psprintf("A value has at most %d bytes.", CDW_MAX_TEXT), NULL);
			row[2] = PointerGetDatum(
				cstring_to_text_with_len(member.val.string.val, member.val.string.len));
		}
		else if (token == WJB_VALUE)
		{
			row[3] = Int64GetDatum(term_count(field, &member));
			cdw_bulk_row(bulk, row, NULL);
			pfree(DatumGetPointer(row[2]));
		}
	}
}

static void
import_part(const cdw_resolver *resolver, cdw_bulk *bulk, const char *part, Jsonb *terms)
{
	JsonbIterator *iterator = JsonbIteratorInit(&terms->root);
	JsonbValue member;
	JsonbIteratorToken token;

	while ((token = JsonbIteratorNext(&iterator, &member, true)) != WJB_DONE)
	{
		char *field = token == WJB_KEY ? cdw_json_string(&member) : NULL;

		if (field == NULL)
			continue;
		if (cdw_find_field(&resolver->match, field) < 0)
			import_error(psprintf("frequencies are of an unknown field \"%s\"", field), NULL, NULL);
		import_field_terms(bulk, field, part, object_member(terms, field));
	}
}

/* Puts the document's frequencies in the place of the resolver's. */
static void
import_terms(const cdw_resolver *resolver, Jsonb *document)
{
	cdw_bulk *bulk = cdw_begin_terms(resolver);

	import_part(resolver, bulk, "value", object_member(document, "terms"));
	import_part(resolver, bulk, "word", object_member(document, "words"));
	cdw_bulk_end(bulk);
}

/* Without frequencies in the document those of the resolver's own source take their place. */
static void
count_own_terms(const cdw_resolver *resolver, cdw_population *population, cdw_model *model)
{
	cdw_terms *terms = cdw_terms_create(&resolver->match);

	cdw_terms_count(terms, population->records);
	for (int f = 0; f < resolver->match.nfields; f++)
		cdw_terms_summarise(terms, f, &model->field[f].term);
	cdw_store_terms(resolver, population->records, terms);
	cdw_records_close(population->records);
}

/* Checks the whole document, then stores it: the resolver must be open to write. */
static void
import_model(cdw_resolver *resolver, Jsonb *document)
{
	cdw_model model;
	JsonbValue terms;
	cdw_population *population = NULL;

	cdw_check_takes_model(resolver);
	check_format(document);
	check_fields(resolver, document);
	cdw_model_parse(object_member(document, "model"), &resolver->match, &model);
	if (!cdw_json_field(document, "terms", &terms))
		population = cdw_load_population(resolver);
	if (population)
		count_own_terms(resolver, population, &model);
	else
		import_terms(resolver, document);
	cdw_store_model(resolver, &model);
}

CDW_FUNCTION(cdw_import_model)
{
	cdw_resolver *resolver;

	cdw_check_not_null(fcinfo, 0, "resolver");
	cdw_check_not_null(fcinfo, 1, "model");
	PreventCommandIfReadOnly("cdw.import_model");
	resolver = cdw_resolver_open_to_write(PG_GETARG_TEXT_PP(0), "import a model into");
	import_model(resolver, PG_GETARG_JSONB_P(1));
	cdw_resolver_close(resolver);
	PG_RETURN_VOID();
}

CDW_FUNCTION(cdw_copy_model)
{
	static const char *const names[] = {"from_resolver", "to_resolver", "include_terms"};
	cdw_resolver *from;
	cdw_resolver *to;

	for (int i = 0; i < (int) lengthof(names); i++)
		cdw_check_not_null(fcinfo, i, names[i]);
	PreventCommandIfReadOnly("cdw.copy_model");
	to = cdw_resolver_open_to_write(PG_GETARG_TEXT_PP(1), "copy a model to");
	from = cdw_resolver_open(PG_GETARG_TEXT_PP(0));
	import_model(to, export_model(from, PG_GETARG_BOOL(2)));
	cdw_resolver_close(to);
	PG_RETURN_VOID();
}
