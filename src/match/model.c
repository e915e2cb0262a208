/*
 * src/match/model.c
 *
 * A model as a document: what the owner of a resolver can read, copy and edit. Numbers are written so
 * that they read back to the same bits; what is read is checked, because anyone who may write
 * the table may have written it.
 */
#include "match/match.h"

#include <math.h>

#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/numeric.h"

static void
append_number(StringInfo out, const char *name, double value)
{
	if (out->data[out->len - 1] != '{')
		appendStringInfoString(out, ", ");
	appendStringInfo(out, "\"%s\": %.17g", name, value);
}

static void
append_field(StringInfo out, const cdw_field *field, const cdw_field_model *model)
{
	const cdw_comparison *comparison = field->comparison;

	cdw_append_json_string(out, field->name);
	appendStringInfoString(out, ": {");
	append_number(out, "values", model->term.values);
	append_number(out, "distinct", model->term.distinct);
	append_number(out, "agreement", model->term.agreement);
	append_number(out, "skew", model->term.skew);
	append_number(out, "repeated", model->term.repeated);
	appendStringInfoString(out, ", \"levels\": [");
	for (int l = 0; l < comparison->nlevels; l++)
	{
		appendStringInfoString(out, l ? ", {\"level\": " : "{\"level\": ");
		cdw_append_json_string(out, comparison->label[l]);
		append_number(out, "m", model->m[l]);
		append_number(out, "u", model->u[l]);
		if (cdw_household_level(field, l))
			append_number(out, "h", model->h[l]);
		append_number(out, "weight", log2(model->m[l] / model->u[l]));
		appendStringInfoChar(out, '}');
	}
	appendStringInfoString(out, "]}");
}

static void
append_dependence(StringInfo out, const cdw_dependence *dependence,
				  const cdw_match_settings *settings)
{
	const cdw_field *a = &settings->field[dependence->a];
	const cdw_field *b = &settings->field[dependence->b];

	appendStringInfoString(out, "{\"fields\": [");
	cdw_append_json_string(out, a->name);
	appendStringInfoString(out, ", ");
	cdw_append_json_string(out, b->name);
	appendStringInfoString(out, "], \"lift\": [");
	for (int x = 0; x < a->comparison->nlevels; x++)
	{
		appendStringInfoString(out, x ? ", [" : "[");
		for (int y = 0; y < b->comparison->nlevels; y++)
			appendStringInfo(out, "%s%.17g", y ? ", " : "", dependence->lift[x][y]);
		appendStringInfoChar(out, ']');
	}
	appendStringInfoString(out, "]}");
}

static void
append_sources(StringInfo out, List *names)
{
	ListCell *cell;

	foreach (cell, names)
	{
		if (cell != list_head(names))
			appendStringInfoString(out, ", ");
		cdw_append_json_string(out, lfirst(cell));
	}
}

/* The records in a block of each rule; 0: the rule is not used. */
static void
append_caps(StringInfo out, const cdw_model *model, const cdw_match_settings *settings)
{
	appendStringInfoString(out, ", \"rules\": {");
	for (int r = 0; r < settings->nrules; r++)
	{
		if (r > 0)
			appendStringInfoString(out, ", ");
		cdw_append_json_string(out, settings->rule[r].text);
		appendStringInfo(out, ": %d", model->cap[r]);
	}
	appendStringInfoChar(out, '}');
}

/* Appends the model as a JSON object. */
void
cdw_model_append_json(StringInfo out, const cdw_model *model, const cdw_match_settings *settings)
{
	appendStringInfo(out, "{\"seed\": " INT64_FORMAT, model->seed);
	append_number(out, "records", model->records);
	append_number(out, "pairs", model->pairs);
	append_number(out, "prior", model->prior);
	append_number(out, "household_prior", model->household_prior);
	append_number(out, "slope", model->slope);
	append_number(out, "intercept", model->intercept);
	append_number(out, "max_block", model->max_block);
	append_number(out, "iterations", model->iterations);
	appendStringInfo(out, ", \"all_pairs\": %s, \"converged\": %s",
					 model->all_pairs ? "true" : "false", model->converged ? "true" : "false");
	if (!model->all_pairs)
		append_caps(out, model, settings);
	appendStringInfoString(out, ", \"fields\": {");
	for (int f = 0; f < settings->nfields; f++)
	{
		if (f > 0)
			appendStringInfoString(out, ", ");
		append_field(out, &settings->field[f], &model->field[f]);
	}
	appendStringInfoString(out, "}, \"dependences\": [");
	for (int d = 0; d < model->ndependences; d++)
	{
		if (d > 0)
			appendStringInfoString(out, ", ");
		append_dependence(out, &model->dependence[d], settings);
	}
	appendStringInfoString(out, "], \"unique_sources\": [");
	append_sources(out, model->unique_sources);
	appendStringInfoString(out, "]}");
}

static void CDW_NORETURN
model_error(const char *what)
{
	ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("the model is not valid"),
					errdetail("\"%s\" is missing or out of range.", what),
					errhint("CALL cdw.train makes a new one.")));
}

static double
read_number(Jsonb *object, const char *name, double least, double most)
{
	JsonbValue value;
	double number;

	if (!cdw_json_field(object, name, &value))
		model_error(name);
	number = cdw_json_number(&value);
	if (!(number >= least && number <= most))
		model_error(name);
	return number;
}

/* A number that a model of an earlier state of the extension may lack. */
static double
read_later_number(Jsonb *object, const char *name, double least, double most, double otherwise)
{
	JsonbValue value;

	return cdw_json_field(object, name, &value) ? read_number(object, name, least, most)
												: otherwise;
}

static int64
read_seed(Jsonb *object)
{
	JsonbValue value;

	if (!cdw_json_field(object, "seed", &value) || value.type != jbvNumeric)
		model_error("seed");
	return DatumGetInt64(DirectFunctionCall1(numeric_int8, NumericGetDatum(value.val.numeric)));
}

static bool
read_bool(Jsonb *object, const char *name)
{
	JsonbValue value;

	if (!cdw_json_field(object, name, &value) || value.type != jbvBool)
		model_error(name);
	return value.val.boolean;
}

static Jsonb *
read_container(Jsonb *object, const char *name)
{
	JsonbValue value;

	if (!cdw_json_field(object, name, &value) || value.type != jbvBinary)
		model_error(name);
	return JsonbValueToJsonb(&value);
}

/* An element of an array that must be there, of the type that it must have. */
static JsonbValue *
read_element(Jsonb *array, uint32 i, enum jbvType type, const char *name)
{
	JsonbValue *element =
		JB_ROOT_IS_ARRAY(array) ? getIthJsonbValueFromContainer(&array->root, i) : NULL;

	if (element == NULL || element->type != type)
		model_error(name);
	return element;
}

static Jsonb *
read_inner(Jsonb *array, uint32 i, const char *name)
{
	return JsonbValueToJsonb(read_element(array, i, jbvBinary, name));
}

static void
read_field(Jsonb *object, const cdw_field *field, cdw_field_model *model)
{
	Jsonb *levels = read_container(object, "levels");

	model->term.values = read_number(object, "values", 0, 1e15);
	model->term.distinct = read_number(object, "distinct", 0, 1e15);
	model->term.agreement = read_number(object, "agreement", 0, 1);
	model->term.skew = read_number(object, "skew", 0, 1);
	model->term.repeated =
		read_later_number(object, "repeated", 0, model->term.values, model->term.values);
	if (!JB_ROOT_IS_ARRAY(levels) || JB_ROOT_COUNT(levels) != (uint32) field->comparison->nlevels)
		model_error("levels");
	for (int l = 0; l < field->comparison->nlevels; l++)
	{
		Jsonb *entry = read_inner(levels, l, "levels");

		model->m[l] = read_number(entry, "m", 1e-300, 1);
		model->u[l] = read_number(entry, "u", 1e-300, 1);
		model->h[l] = model->u[l];
		if (field->kind->shared)
			model->h[l] = read_number(entry, "h", 1e-300, 1);
		else if (cdw_household_level(field, l))
			model->h[l] = read_later_number(entry, "h", 1e-300, 1, model->u[l]);
	}
}

static int
read_dependent_field(Jsonb *fields, uint32 i, const cdw_match_settings *settings)
{
	int field =
		cdw_find_field(settings, cdw_json_string(read_element(fields, i, jbvString, "fields")));

	if (field < 0)
		model_error("fields");
	return field;
}

static void
read_dependence(Jsonb *object, const cdw_match_settings *settings, cdw_dependence *dependence)
{
	Jsonb *fields = read_container(object, "fields");
	Jsonb *lift = read_container(object, "lift");

	dependence->a = read_dependent_field(fields, 0, settings);
	dependence->b = read_dependent_field(fields, 1, settings);
	for (int x = 0; x < settings->field[dependence->a].comparison->nlevels; x++)
	{
		Jsonb *row = read_inner(lift, x, "lift");

		for (int y = 0; y < settings->field[dependence->b].comparison->nlevels; y++)
		{
			double value = cdw_json_number(read_element(row, y, jbvNumeric, "lift"));

			if (!(value >= -100 && value <= 100))
				model_error("lift");
			dependence->lift[x][y] = value;
		}
	}
}

static void
read_dependences(Jsonb *document, const cdw_match_settings *settings, cdw_model *model)
{
	Jsonb *dependences = read_container(document, "dependences");

	if (!JB_ROOT_IS_ARRAY(dependences) || JB_ROOT_COUNT(dependences) >= CDW_MAX_FIELDS)
		model_error("dependences");
	model->ndependences = JB_ROOT_COUNT(dependences);
	for (int d = 0; d < model->ndependences; d++)
		read_dependence(read_inner(dependences, d, "dependences"), settings, &model->dependence[d]);
}

static void
read_sources(Jsonb *document, cdw_model *model)
{
	Jsonb *sources = read_container(document, "unique_sources");

	if (!JB_ROOT_IS_ARRAY(sources))
		model_error("unique_sources");
	for (uint32 s = 0; s < JB_ROOT_COUNT(sources); s++)
		model->unique_sources =
			lappend(model->unique_sources,
					cdw_json_string(read_element(sources, s, jbvString, "unique_sources")));
}

/*
 * Caps by the text of the rule. A rule that the model does not know, because it was added later or all
 * pairs were compared, has the cap of all.
 */
static void
read_caps(Jsonb *document, const cdw_match_settings *settings, cdw_model *model)
{
	JsonbValue value;
	Jsonb *rules =
		cdw_json_field(document, "rules", &value) ? read_container(document, "rules") : NULL;

	if (rules && !JB_ROOT_IS_OBJECT(rules))
		model_error("rules");
	for (int r = 0; r < settings->nrules; r++)
	{
		const char *rule = settings->rule[r].text;

		model->cap[r] = model->max_block;
		if (rules && cdw_json_field(rules, rule, &value))
			model->cap[r] = (int) read_number(rules, rule, 0, CDW_MAX_RECORDS);
	}
}

/* Reads what cdw_model_append_json wrote; raises 22023 where anything is missing or impossible. */
void
cdw_model_parse(Jsonb *document, const cdw_match_settings *settings, cdw_model *model)
{
	Jsonb *fields = read_container(document, "fields");

	memset(model, 0, sizeof(*model));
	model->seed = read_seed(document);
	model->records = read_number(document, "records", 0, 1e15);
	model->pairs = read_number(document, "pairs", 0, 1e30);
	model->prior = read_number(document, "prior", 1e-300, .999999);
	model->household_prior = read_number(document, "household_prior", 0, .999999);
	model->slope = read_later_number(document, "slope", .01, 100, 1);
	model->intercept = read_later_number(document, "intercept", -100, 100, 0);
	model->max_block = (int) read_number(document, "max_block", 0, CDW_MAX_RECORDS);
	model->iterations = (int) read_number(document, "iterations", 0, 1e6);
	model->all_pairs = read_bool(document, "all_pairs");
	model->converged = read_bool(document, "converged");
	read_caps(document, settings, model);
	for (int f = 0; f < settings->nfields; f++)
		read_field(read_container(fields, settings->field[f].name), &settings->field[f],
				   &model->field[f]);
	read_dependences(document, settings, model);
	read_sources(document, model);
}
