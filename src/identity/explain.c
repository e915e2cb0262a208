/*
 * src/identity/explain.c
 *
 * Why two records match, or do not: every field's level and what it is worth.
 */
#include "identity/identity.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

/* One of the two records: its values as they stand in the source. */
typedef struct Side
{
	bool found;
	char *value[CDW_MAX_FIELDS]; /* NULL: no value */
	uint32 source;
	MemoryContext context;
	const cdw_resolver *resolver;
} Side;

static void
read_side(TupleTableSlot *slot, void *arg)
{
	Side *side = arg;
	int column = 1;
	MemoryContext old = MemoryContextSwitchTo(side->context);

	side->found = true;
	if (side->resolver->source_column)
		column++;
	for (int f = 0; f < side->resolver->match.nfields; f++, column++)
		side->value[f] =
			slot->tts_isnull[column] ? NULL : TextDatumGetCString(slot->tts_values[column]);
	MemoryContextSwitchTo(old);
}

/* Reads one record with the caller's privileges and row security. */
static void
load_side(const cdw_resolver *resolver, text *key, Side *side)
{
	Oid input;
	Oid ioparam;
	Oid type = resolver->key_type;
	char *text = text_to_cstring(key);
	char *query;
	Datum value;
	int settings;

	side->resolver = resolver;
	side->context = CurrentMemoryContext;
	getTypeInputInfo(type, &input, &ioparam);
	settings = cdw_visible_output();
	value = OidInputFunctionCall(input, text, ioparam, resolver->key_typmod);
	query = psprintf("%s WHERE %s %s $1", cdw_source_query(resolver),
					 quote_identifier(resolver->key), cdw_key_equality(resolver));
	cdw_stream(query, 1, &type, &value, read_side, side);
	cdw_restore_settings(settings);
	if (!side->found)
		ereport(ERROR, (errcode(ERRCODE_NO_DATA_FOUND),
						errmsg("record \"%s\" is not in the source of resolver \"%s\"", text,
							   resolver->name),
						errhint("Keys are values of column \"%s\" of %s.", resolver->key,
								cdw_relation_name(resolver->source))));
}

typedef struct TermReader
{
	cdw_terms *terms;
	int field;
	cdw_term_part part;
} TermReader;

/* How many records have a value or a word, as the model remembers it. */
static void
read_count(TupleTableSlot *slot, void *arg)
{
	TermReader *reader = arg;
	text *value;
	int64 count;

	if (slot->tts_isnull[0] || slot->tts_isnull[1])
		return;
	value = DatumGetTextPP(slot->tts_values[0]);
	count = DatumGetInt64(slot->tts_values[1]);
	cdw_terms_add(reader->terms, reader->field, reader->part, VARDATA_ANY(value),
				  VARSIZE_ANY_EXHDR(value), (uint32) Max(Min(count, (int64) CDW_MAX_RECORDS), 0));
}

/* The first record's value, or the words of both records, as an array of text. */
static ArrayType *
terms_to_recall(const cdw_records *records, int field, cdw_term_part part)
{
	Datum datum[2 * CDW_MAX_TOKENS];
	int n = 0;

	for (int i = 0; i < (part == CDW_TERM_WORD ? 2 : 1); i++)
	{
		cdw_value value;

		cdw_record_read(records, records->record[i], field, &value);
		if (part == CDW_TERM_VALUE)
			datum[n++] = PointerGetDatum(cstring_to_text_with_len(value.text, value.len));
		for (int t = 0; part == CDW_TERM_WORD && t < value.ntokens; t++)
			datum[n++] = PointerGetDatum(
				cstring_to_text_with_len(value.text + value.token[t].start, value.token[t].len));
	}
	return construct_array(datum, n, TEXTOID, -1, false, TYPALIGN_INT);
}

/* Counts for the value of the first record, which matters where both agree, and for all words. */
static void
recall_terms(const cdw_resolver *resolver, const cdw_model *model, cdw_records *records)
{
	TermReader reader = {.terms = cdw_terms_create(&resolver->match)};
	char *query = psprintf("SELECT value::pg_catalog.text, records::pg_catalog.int8 FROM %s WHERE "
						   "field::pg_catalog.text OPERATOR(pg_catalog.=) $1 AND "
						   "part::pg_catalog.text OPERATOR(pg_catalog.=) $2 AND "
						   "value::pg_catalog.text OPERATOR(pg_catalog.=) ANY ($3)",
						   cdw_result_name(resolver, "term"));
	Oid types[] = {TEXTOID, TEXTOID, TEXTARRAYOID};
	int settings = cdw_portable_output();

	for (int f = 0; f < resolver->match.nfields; f++)
	{
		const cdw_field *field = &resolver->match.field[f];

		cdw_terms_set_values(reader.terms, f, model->field[f].term.values);
		for (int part = CDW_TERM_VALUE; part <= CDW_TERM_WORD; part++)
		{
			Datum values[3];

			if (part == CDW_TERM_WORD && field->comparison->split == NULL)
				continue;
			reader.field = f;
			reader.part = part;
			values[0] = CStringGetTextDatum(field->name);
			values[1] = CStringGetTextDatum(part == CDW_TERM_WORD ? "word" : "value");
			values[2] = PointerGetDatum(terms_to_recall(records, f, part));
			cdw_stream(query, 3, types, values, read_count, &reader);
		}
	}
	cdw_restore_settings(settings);
	cdw_terms_apply(reader.terms, records);
}

typedef struct ExplainOutput
{
	Tuplestorestate *rows;
	TupleDesc desc;
	double cumulative;
} ExplainOutput;

enum
{
	COLUMN_FIELD,
	COLUMN_LEVEL,
	COLUMN_LEFT,
	COLUMN_RIGHT,
	COLUMN_M,
	COLUMN_U,
	COLUMN_WEIGHT,
	COLUMN_CUMULATIVE,
	COLUMNS
};

static void
put_row(ExplainOutput *output, const char *field, const char *level, const char *left,
		const char *right, const double *m, const double *u, double weight)
{
	Datum values[COLUMNS] = {0};
	bool nulls[COLUMNS] = {0};

	output->cumulative += weight;
	values[COLUMN_FIELD] = CStringGetTextDatum(field);
	nulls[COLUMN_LEVEL] = level == NULL;
	values[COLUMN_LEVEL] = level ? CStringGetTextDatum(level) : (Datum) 0;
	nulls[COLUMN_LEFT] = left == NULL;
	values[COLUMN_LEFT] = left ? CStringGetTextDatum(left) : (Datum) 0;
	nulls[COLUMN_RIGHT] = right == NULL;
	values[COLUMN_RIGHT] = right ? CStringGetTextDatum(right) : (Datum) 0;
	nulls[COLUMN_M] = m == NULL;
	values[COLUMN_M] = m ? Float8GetDatum(*m) : (Datum) 0;
	nulls[COLUMN_U] = u == NULL;
	values[COLUMN_U] = u ? Float8GetDatum(*u) : (Datum) 0;
	values[COLUMN_WEIGHT] = Float8GetDatum(weight);
	values[COLUMN_CUMULATIVE] = Float8GetDatum(output->cumulative);
	tuplestore_putvalues(output->rows, output->desc, values, nulls);
}

/* For agreement, u is the share of this very value, so that weight is log2(m / u) in every row. */
static void
explain_field(ExplainOutput *output, const cdw_scorer *scorer, const cdw_model *model, int f,
			  int level, const Side *left, const Side *right)
{
	const cdw_records *records = scorer->records;
	const cdw_field *field = &records->settings->field[f];
	double m;
	double u;

	if (level == CDW_MISSING)
	{
		put_row(output, field->name, "missing", left->value[f], right->value[f], NULL, NULL, 0);
		return;
	}
	m = model->field[f].m[level];
	u = model->field[f].u[level];
	if (level == 0)
		u *= exp(-cdw_term_weight(scorer, f, records->record[0]));
	put_row(output, field->name, field->comparison->label[level], left->value[f], right->value[f],
			&m, &u, log2(m / u));
}

static void
encode_side(cdw_records *records, const Side *side)
{
	cdw_raw_value raw[CDW_MAX_FIELDS];

	for (int f = 0; f < records->settings->nfields; f++)
		raw[f] = (cdw_raw_value){side->value[f], side->value[f] ? strlen(side->value[f]) : 0};
	cdw_records_add(records, raw, 0);
}

CDW_FUNCTION(cdw_explain_match)
{
	static const char *const names[] = {"resolver", "left_key", "right_key"};
	ExplainOutput output = {0};
	cdw_resolver *resolver;
	cdw_model *model;
	cdw_records *records;
	cdw_scorer scorer;
	uint8 level[CDW_MAX_FIELDS];
	Side left = {0};
	Side right = {0};

	for (int i = 0; i < (int) lengthof(names); i++)
		cdw_check_not_null(fcinfo, i, names[i]);
	resolver = cdw_resolver_open(PG_GETARG_TEXT_PP(0));
	model = cdw_resolver_model(resolver);
	output.rows = cdw_result_rows(fcinfo, &output.desc);
	load_side(resolver, PG_GETARG_TEXT_PP(1), &left);
	load_side(resolver, PG_GETARG_TEXT_PP(2), &right);
	records = cdw_records_create(&resolver->match);
	encode_side(records, &left);
	encode_side(records, &right);
	recall_terms(resolver, model, records);
	for (int k = 0; k < resolver->match.nunits; k++)
		cdw_levels(records, &resolver->match.unit[k], records->record[0], records->record[1],
				   level);
	cdw_scorer_init(&scorer, records, model);
	put_row(&output, "(prior)", NULL, NULL, NULL, NULL, NULL, scorer.prior_weight / M_LN2);
	for (int f = 0; f < resolver->match.nfields; f++)
		explain_field(&output, &scorer, model, f, level[f], &left, &right);
	if (resolver->match.households)
		put_row(&output, "(household)", NULL, NULL, NULL, NULL, NULL,
				-cdw_household_discount(&scorer, level, records->record[0]) / M_LN2);
	return (Datum) 0;
}
