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
#include "utils/float.h"
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
	Oid type = resolver->key_type;
	char *query;
	Datum value;
	int settings;

	side->resolver = resolver;
	side->context = CurrentMemoryContext;
	settings = cdw_visible_output();
	value = cdw_key_input(resolver, key);
	query = psprintf("%s WHERE %s %s $1", cdw_source_query(resolver),
					 quote_identifier(resolver->key), cdw_key_equality(resolver));
	cdw_stream(query, 1, &type, &value, read_side, side);
	cdw_restore_settings(settings);
	if (!side->found)
		cdw_key_unknown(resolver, key);
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

/* ---- match rules and vetoes ---- */

/* A row for a rule or a veto: whether all its parts hold, and its weight. */
static void
put_rule(ExplainOutput *output, const char *what, const cdw_conditions *conditions, int holds,
		 const char *yes, const char *no, double weight)
{
	const char *level = holds == CDW_MISSING ? "missing" : holds ? yes : no;

	put_row(output, psprintf("(%s: %s)", what, conditions->text), level, NULL, NULL, NULL, NULL,
			weight);
}

/* Every veto; one that forbids the match weighs minus infinity. Returns whether one does. */
static bool
explain_vetoes(ExplainOutput *output, const cdw_records *records)
{
	const cdw_match_settings *settings = records->settings;
	bool vetoed = false;

	for (int v = 0; v < settings->nvetoes; v++)
	{
		int holds = cdw_conditions_hold(records, settings->veto[v], records->record[0],
										records->record[1], true);

		put_rule(output, "veto", settings->veto[v], holds, "forbids", "allows",
				 holds == 1 ? -get_float8_infinity() : 0);
		vetoed |= holds == 1;
	}
	return vetoed;
}

/*
 * Every match rule. The first that joins the pair makes its weight infinite, and where none does the
 * last row makes it minus infinity, unless a veto has done so.
 */
static void
explain_rules(ExplainOutput *output, const cdw_records *records, bool vetoed)
{
	const cdw_match_settings *settings = records->settings;
	bool joined = false;

	for (int r = 0; r < settings->nmatch_rules; r++)
	{
		int holds = cdw_conditions_hold(records, settings->match_rule[r], records->record[0],
										records->record[1], false);

		put_rule(output, "rule", settings->match_rule[r], holds, "agrees", "differs",
				 holds == 1 && !joined && !vetoed ? get_float8_infinity() : 0);
		joined |= holds == 1;
	}
	if (!joined && !vetoed)
		put_row(output, "(no rule)", NULL, NULL, NULL, NULL, NULL, -get_float8_infinity());
}

/* Without a model a field has its level and weighs nothing. */
static void
explain_by_rules(ExplainOutput *output, const cdw_records *records, const uint8 *level,
				 const Side *left, const Side *right)
{
	const cdw_match_settings *settings = records->settings;

	for (int f = 0; f < settings->nfields; f++)
	{
		const char *label =
			level[f] == CDW_MISSING ? "missing" : settings->field[f].comparison->label[level[f]];

		put_row(output, settings->field[f].name, label, left->value[f], right->value[f], NULL, NULL,
				0);
	}
	explain_rules(output, records, explain_vetoes(output, records));
}

/* What two fields say together that each says by itself, where it counts. */
static void
explain_dependence(ExplainOutput *output, const cdw_match_settings *settings,
				   const cdw_dependence *dependence, const uint8 *level)
{
	double lift = cdw_dependence_lift(dependence, level);

	if (lift != 0)
		put_row(output,
				psprintf("(%s with %s)", settings->field[dependence->a].name,
						 settings->field[dependence->b].name),
				NULL, NULL, NULL, NULL, NULL, -lift / M_LN2);
}

/* What turns the sum of the rows above into the log odds of a match. */
static void
explain_calibration(ExplainOutput *output, const cdw_scorer *scorer)
{
	double weight = output->cumulative * M_LN2;
	double correction = cdw_log_odds(scorer, weight) - weight;

	if (correction != 0)
		put_row(output, "(calibration)", NULL, NULL, NULL, NULL, NULL, correction / M_LN2);
}

static void
explain_by_model(ExplainOutput *output, const cdw_resolver *resolver, const cdw_model *model,
				 cdw_records *records, const uint8 *level, const Side *left, const Side *right)
{
	cdw_scorer scorer;

	cdw_scorer_init(&scorer, records, model);
	put_row(output, "(prior)", NULL, NULL, NULL, NULL, NULL, scorer.prior_weight / M_LN2);
	for (int f = 0; f < resolver->match.nfields; f++)
		explain_field(output, &scorer, model, f, level[f], left, right);
	for (int d = 0; d < model->ndependences; d++)
		explain_dependence(output, &resolver->match, &model->dependence[d], level);
	if (resolver->match.households && model->household_prior > 0)
		put_row(output, "(household)", NULL, NULL, NULL, NULL, NULL,
				-cdw_household_discount(&scorer, level, records->record[0]) / M_LN2);
	explain_calibration(output, &scorer);
	explain_vetoes(output, records);
}

CDW_FUNCTION(cdw_explain_match)
{
	static const char *const names[] = {"resolver", "left_key", "right_key"};
	ExplainOutput output = {0};
	cdw_resolver *resolver;
	cdw_model *model = NULL;
	cdw_records *records;
	uint8 level[CDW_MAX_FIELDS];
	Side left = {0};
	Side right = {0};

	for (int i = 0; i < (int) lengthof(names); i++)
		cdw_check_not_null(fcinfo, i, names[i]);
	resolver = cdw_resolver_open(PG_GETARG_TEXT_PP(0));
	if (!cdw_rules_only(resolver))
		model = cdw_resolver_model(resolver);
	output.rows = cdw_result_rows(fcinfo, &output.desc);
	load_side(resolver, PG_GETARG_TEXT_PP(1), &left);
	load_side(resolver, PG_GETARG_TEXT_PP(2), &right);
	records = cdw_records_create(&resolver->match);
	encode_side(records, &left);
	encode_side(records, &right);
	if (model)
		recall_terms(resolver, model, records);
	for (int k = 0; k < resolver->match.nunits; k++)
		cdw_levels(records, &resolver->match.unit[k], records->record[0], records->record[1],
				   level);
	if (model)
		explain_by_model(&output, resolver, model, records, level, &left, &right);
	else
		explain_by_rules(&output, records, level, &left, &right);
	return (Datum) 0;
}
