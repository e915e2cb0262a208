/*
 * src/identity/infer_fields.c
 *
 * Choosing fields from the rows of a source: one pass through the executor, with the caller's privileges.
 * The result is the "fields" and "ignored" of a resolver's settings.
 */
#include "identity/identity.h"

#include "access/htup_details.h"
#include "access/table.h"
#include "catalog/pg_type.h"
#include "match/infer.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/rel.h"

#define COLUMNS_IN_DETAIL 12

typedef struct Sampler
{
	cdw_column *columns;
	int ncolumns;
	cdw_cell *cells;
	cdw_row_sample *sample;
	double rows;
} Sampler;

/* ---- columns ---- */

/* The type of the elements of an array that can be compared; InvalidOid for other types. */
static bool
is_plain_array(Oid type)
{
	Oid element = get_element_type(type);

	return OidIsValid(element) && get_typtype(getBaseType(element)) != TYPTYPE_COMPOSITE &&
		   getBaseType(element) != BYTEAOID && getBaseType(element) != JSONOID &&
		   getBaseType(element) != JSONBOID;
}

/* Whether values of a type are written as text that people read. */
static bool
is_readable(Oid type)
{
	char category;
	bool preferred;

	get_type_category_preferred(type, &category, &preferred);
	return strchr("SNIDTU", category) != NULL && type != JSONOID && type != JSONBOID &&
		   type != BYTEAOID && type != TSVECTOROID && type != XMLOID && type != INTERVALOID;
}

static cdw_column_type
column_type(Oid type)
{
	char category;
	bool preferred;

	switch (type)
	{
		case DATEOID:
			return CDW_COLUMN_DATE;
		case TIMESTAMPOID:
		case TIMESTAMPTZOID:
			return CDW_COLUMN_TIME;
		case UUIDOID:
			return CDW_COLUMN_UUID;
		case POINTOID:
			return CDW_COLUMN_POINT;
		default:
			break;
	}
	get_type_category_preferred(type, &category, &preferred);
	if (category == TYPCATEGORY_BOOLEAN || category == TYPCATEGORY_ENUM)
		return CDW_COLUMN_CATEGORY;
	if (category == TYPCATEGORY_ARRAY)
		return CDW_COLUMN_ARRAY;
	return category == TYPCATEGORY_NUMERIC ? CDW_COLUMN_NUMBER : CDW_COLUMN_TEXT;
}

/* Fills in what the catalogue says of a column. */
static void
describe_column(cdw_column *column, Form_pg_attribute attribute)
{
	Oid type = getBaseType(attribute->atttypid);
	bool readable = is_readable(type);

	*column = (cdw_column){.name = pstrdup(NameStr(attribute->attname)),
						   .type = column_type(type),
						   .distinct = cdw_distinct_create()};
	if (cdw_golden_has(column->name))
		column->unusable = "the results have a column of this name";
	else if (attribute->attgenerated)
		column->unusable = "computed from other columns";
	else if (column->type == CDW_COLUMN_ARRAY ? !is_plain_array(type)
											  : column->type == CDW_COLUMN_TEXT && !readable)
		column->unusable = psprintf("of type %s, which is not compared", format_type_be(type));
}

/* The columns of the source, its key and source column apart. */
static void
read_columns(Sampler *sampler, Oid source, const char *key, const char *source_column)
{
	Relation relation = table_open(source, AccessShareLock);
	TupleDesc desc = RelationGetDescr(relation);

	sampler->columns = palloc(sizeof(cdw_column) * Max(desc->natts, 1));
	for (int i = 0; i < desc->natts; i++)
	{
		Form_pg_attribute attribute = TupleDescAttr(desc, i);

		if (attribute->attisdropped || strcmp(NameStr(attribute->attname), key) == 0 ||
			(source_column && strcmp(NameStr(attribute->attname), source_column) == 0))
			continue;
		describe_column(&sampler->columns[sampler->ncolumns++], attribute);
	}
	table_close(relation, NoLock);
	sampler->cells = palloc0(sizeof(cdw_cell) * Max(sampler->ncolumns, 1));
}

/* ---- rows ---- */

/* SELECT the usable columns as text; the others are NULL, so that they need no privilege. */
static char *
sample_query(const Sampler *sampler, Oid source)
{
	StringInfoData query;

	initStringInfo(&query);
	appendStringInfoString(&query, "SELECT ");
	for (int i = 0; i < sampler->ncolumns; i++)
	{
		if (i > 0)
			appendStringInfoString(&query, ", ");
		if (sampler->columns[i].unusable)
			appendStringInfoString(&query, "NULL::pg_catalog.text");
		else
			appendStringInfo(&query, "%s::pg_catalog.text",
							 quote_identifier(sampler->columns[i].name));
	}
	appendStringInfo(&query, " FROM %s", cdw_relation_name(source));
	return query.data;
}

/* Runs in the stream's row context; the sample and the counts keep to their own. */
static void
sample_row(TupleTableSlot *slot, void *arg)
{
	Sampler *sampler = arg;

	for (int i = 0; i < sampler->ncolumns; i++)
	{
		cdw_cell *cell = &sampler->cells[i];
		text *value;

		*cell = (cdw_cell){0};
		if (slot->tts_isnull[i])
			continue;
		value = DatumGetTextPP(slot->tts_values[i]);
		cell->text = VARDATA_ANY(value);
		cell->len = VARSIZE_ANY_EXHDR(value);
		if (cdw_is_missing(cell->text, cell->len))
		{
			*cell = (cdw_cell){0};
			continue;
		}
		sampler->columns[i].values++;
		cell->hash = cdw_hash_bytes(cell->text, cell->len, 0);
		cdw_distinct_add(sampler->columns[i].distinct, cell->hash);
	}
	cdw_row_sample_add(sampler->sample, sampler->cells);
	sampler->rows++;
}

/* ---- the result ---- */

static void
append_member(StringInfo out, const char *name, const char *value)
{
	appendStringInfo(out, ", \"%s\": ", name);
	cdw_append_json_string(out, value);
}

static void
append_choice(StringInfo out, const Sampler *sampler, const cdw_choice *choice)
{
	appendStringInfo(out, "{\"kind\": \"%s\"", choice->kind);
	if (choice->region)
		append_member(out, "region", choice->region);
	if (choice->field_order)
		append_member(out, "field_order", choice->field_order);
	if (choice->days)
		append_member(out, "compare", "days");
	if (choice->separator)
		append_member(out, "separator", choice->separator);
	if (choice->longitude >= 0)
		append_member(out, "longitude", sampler->columns[choice->longitude].name);
	if (choice->swap_with >= 0)
		append_member(out, "swap_with", sampler->columns[choice->swap_with].name);
	for (int k = 0; k < choice->nmissing; k++)
	{
		appendStringInfoString(out, k == 0 ? ", \"missing\": [" : ", ");
		cdw_append_json_string(out, choice->missing[k]);
	}
	if (choice->nmissing > 0)
		appendStringInfoChar(out, ']');
	for (int k = 0; k < choice->nwithout; k++)
	{
		appendStringInfoString(out, k == 0 ? ", \"without\": [" : ", ");
		cdw_append_json_string(out, sampler->columns[choice->without[k]].name);
	}
	if (choice->nwithout > 0)
		appendStringInfoChar(out, ']');
	if (choice->max_disagreement > 0)
		appendStringInfo(out, ", \"max_disagreement\": %g", choice->max_disagreement);
	appendStringInfoChar(out, '}');
}

static char *
fields_json(const Sampler *sampler, const cdw_choice *choices)
{
	StringInfoData out;
	bool first = true;

	initStringInfo(&out);
	appendStringInfoChar(&out, '{');
	for (int i = 0; i < sampler->ncolumns; i++)
	{
		if (choices[i].ignored)
			continue;
		appendStringInfoString(&out, first ? "" : ", ");
		cdw_append_json_string(&out, sampler->columns[i].name);
		appendStringInfoString(&out, ": ");
		append_choice(&out, sampler, &choices[i]);
		first = false;
	}
	appendStringInfoChar(&out, '}');
	return out.data;
}

static char *
ignored_json(const Sampler *sampler, const cdw_choice *choices)
{
	StringInfoData out;
	bool first = true;

	initStringInfo(&out);
	appendStringInfoChar(&out, '{');
	for (int i = 0; i < sampler->ncolumns; i++)
	{
		if (choices[i].ignored == NULL)
			continue;
		appendStringInfoString(&out, first ? "" : ", ");
		cdw_append_json_string(&out, sampler->columns[i].name);
		appendStringInfoString(&out, ": ");
		cdw_append_json_string(&out, choices[i].ignored);
		first = false;
	}
	appendStringInfoChar(&out, '}');
	return out.data;
}

/* Says of each column why it is no field, where none is. */
static void
check_some_field(const Sampler *sampler, const cdw_choice *choices, Oid source)
{
	StringInfoData seen;

	for (int i = 0; i < sampler->ncolumns; i++)
		if (choices[i].ignored == NULL)
			return;
	initStringInfo(&seen);
	for (int i = 0; i < Min(sampler->ncolumns, COLUMNS_IN_DETAIL); i++)
		appendStringInfo(&seen, "%s\"%s\": %s", i ? "; " : "", sampler->columns[i].name,
						 choices[i].ignored);
	if (sampler->ncolumns > COLUMNS_IN_DETAIL)
		appendStringInfo(&seen, "; and %d more", sampler->ncolumns - COLUMNS_IN_DETAIL);
	ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					errmsg("no column of %s can be chosen as a field", cdw_relation_name(source)),
					sampler->ncolumns > 0 ? errdetail("%s.", seen.data)
										  : errdetail("It has no column beside the key."),
					errhint("Name the columns to compare and their kinds, for example "
							"fields => '{\"email\": \"email\", \"dob\": \"date\"}'. Kinds are: %s.",
							cdw_kind_names())));
}

/*
 * Chooses the fields of a source: JSON texts of objects, column to options and column to reason. Raises
 * 22023 where no column can be a field, 42501 where the caller may not read the columns.
 */
void
cdw_infer_source_fields(Oid source, const char *key, const char *source_column, char **fields,
						char **ignored)
{
	Sampler sampler = {0};
	MemoryContext caller = CurrentMemoryContext;
	MemoryContext work = AllocSetContextCreate(caller, "cdw infer fields", ALLOCSET_DEFAULT_SIZES);
	cdw_choice *choices;
	int settings;

	cdw_check_readable(source);
	cdw_check_column(source, key, NULL, NULL, NULL);
	if (source_column)
		cdw_check_column(source, source_column, NULL, NULL, NULL);
	MemoryContextSwitchTo(work);
	read_columns(&sampler, source, key, source_column);
	sampler.sample = cdw_row_sample_create(sampler.ncolumns);
	if (sampler.ncolumns > 0)
	{
		settings = cdw_visible_output();
		cdw_stream(sample_query(&sampler, source), 0, NULL, NULL, sample_row, &sampler);
		cdw_restore_settings(settings);
	}
	choices = cdw_infer(sampler.columns, sampler.ncolumns, sampler.sample,
						cdw_row_sample_finish(sampler.sample), sampler.rows);
	check_some_field(&sampler, choices, source);
	MemoryContextSwitchTo(caller);
	*fields = fields_json(&sampler, choices);
	*ignored = ignored_json(&sampler, choices);
	MemoryContextDelete(work);
}

CDW_FUNCTION(cdw_infer_fields)
{
	char *fields;
	char *ignored;

	cdw_check_not_null(fcinfo, 0, "source");
	cdw_check_not_null(fcinfo, 1, "key");
	cdw_check_utf8();
	cdw_infer_source_fields(PG_GETARG_OID(0), NameStr(*PG_GETARG_NAME(1)),
							PG_ARGISNULL(2) ? NULL : NameStr(*PG_GETARG_NAME(2)), &fields,
							&ignored);
	PG_RETURN_JSONB_P(
		cdw_json_parse(psprintf("{\"fields\": %s, \"ignored\": %s}", fields, ignored)));
}
