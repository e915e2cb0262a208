/*
 * src/rfm/cuts.c
 *
 * Scores by given cuts, whatever the other customers do:
 *
 *   {"r": ["90 days", "30 days"], "f": [2, 5], "m": [100, 1000]}
 *
 * A score is one more than the cuts that are reached: by a recency of at most, a frequency or a sum of at
 * least the cut. A score without cuts is 1. Months of a cut have 30 days, as where intervals are compared.
 */
#include "rfm/score.h"

#include "common/int.h"
#include "utils/builtins.h"
#include "utils/datetime.h"
#include "utils/timestamp.h"

#define MAX_CUTS (CDW_MAX_BINS - 1)

struct cdw_cuts
{
	int n[CDW_KEY_COLUMNS];
	int64 recency[MAX_CUTS]; /* microseconds, from long to short */
	int64 frequency[MAX_CUTS];
	cdw_sum sum[MAX_CUTS];
};

/* ---- reading cuts ---- */

static void CDW_NORETURN
faulty_cuts(const char *path, const char *detail)
{
	ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					errmsg("invalid cuts at \"%s\"", path), errdetail_internal("%s", detail),
					errhint("Cuts look like {\"r\": [\"90 days\", \"30 days\"], \"f\": [2, 5], "
							"\"m\": [100, 1000]}.")));
}

/*
 * The microseconds of an interval, as many as there are at most; false where it is malformed, infinite or
 * negative. What it means depends on no setting as long as it has no sign.
 */
static bool
read_interval(const char *value, int64 *result)
{
	char work[256];
	char *field[MAXDATEFIELDS];
	int ftype[MAXDATEFIELDS];
	int nfields;
	int dtype;
	struct pg_itm_in itm = {0};
	int64 days;

	if (strchr(value, '-') != NULL)
		return false;
	if ((ParseDateTime(value, work, sizeof(work), field, ftype, MAXDATEFIELDS, &nfields) != 0 ||
		 DecodeInterval(field, ftype, nfields, INTERVAL_FULL_RANGE, &dtype, &itm) != 0) &&
		DecodeISO8601Interval(unconstify(char *, value), &dtype, &itm) != 0)
		return false;
	days = ((int64) itm.tm_year * MONTHS_PER_YEAR + itm.tm_mon) * DAYS_PER_MONTH + itm.tm_mday;
	if (dtype != DTK_DELTA || days < 0)
		return false;
	if (pg_mul_s64_overflow(days, USECS_PER_DAY, result) ||
		pg_add_s64_overflow(*result, itm.tm_usec, result))
		*result = PG_INT64_MAX;
	return *result >= 0;
}

static void
read_recency(cdw_cuts *cuts, int i, const JsonbValue *value, const char *path)
{
	char *text = cdw_json_string(value);

	if (text == NULL || !read_interval(text, &cuts->recency[i]))
		faulty_cuts(path, "A cut of \"r\" is an interval of 0 or more, in a string.");
	if (i > 0 && cuts->recency[i] >= cuts->recency[i - 1])
		faulty_cuts(path,
					"Cuts of \"r\" go from long to short: each is shorter than the one before.");
}

/* A number; its decimals behind the last that is not zero do not count. */
static void
read_number(const JsonbValue *value, cdw_sum *result, const char *path)
{
	if (value->type != jbvNumeric)
		faulty_cuts(path, "A cut of \"f\" or \"m\" is a number.");
	cdw_sum_set_numeric(result, DatumGetNumeric(DirectFunctionCall1(
									numeric_trim_scale, NumericGetDatum(value->val.numeric))));
}

static void
read_frequency(cdw_cuts *cuts, int i, const JsonbValue *value, const char *path)
{
	cdw_sum number;

	read_number(value, &number, path);
	if (number.scale != 0 || number.units < 0)
		faulty_cuts(path, "A cut of \"f\" is a whole number of purchases.");
	cuts->frequency[i] = number.units / CDW_UNITS_PER_ONE;
	if (i > 0 && cuts->frequency[i] <= cuts->frequency[i - 1])
		faulty_cuts(path, "Cuts of \"f\" ascend: each is greater than the one before.");
}

static void
read_sum(cdw_cuts *cuts, int i, const JsonbValue *value, const char *path)
{
	read_number(value, &cuts->sum[i], path);
	if (i > 0 && cdw_sum_compare(&cuts->sum[i], &cuts->sum[i - 1]) <= 0)
		faulty_cuts(path, "Cuts of \"m\" ascend: each is greater than the one before.");
}

static void (*const read_cut[CDW_KEY_COLUMNS])(cdw_cuts *cuts, int i, const JsonbValue *value,
											   const char *path) = {read_recency, read_frequency,
																	read_sum};

/* The score whose cuts a key has. */
static cdw_key_column
column_of_key(const JsonbValue *key)
{
	static const char names[CDW_KEY_COLUMNS] = {'r', 'f', 'm'};

	for (cdw_key_column column = CDW_KEY_R; column < CDW_KEY_COLUMNS; column++)
	{
		if (key->val.string.len == 1 && key->val.string.val[0] == names[column])
			return column;
	}
	faulty_cuts(psprintf("$.%s", cdw_json_string(key)),
				"Cuts are of the scores \"r\", \"f\" and \"m\"; another key is unknown.");
}

static void
read_column(cdw_cuts *cuts, const JsonbValue *key, const JsonbValue *value)
{
	cdw_key_column column = column_of_key(key);
	char *path = psprintf("$.%s", cdw_json_string(key));
	JsonbContainer *array;

	if (value->type != jbvBinary || !JsonContainerIsArray(value->val.binary.data))
		faulty_cuts(path, "The cuts of a score are an array.");
	array = value->val.binary.data;
	if (JsonContainerSize(array) > MAX_CUTS)
		faulty_cuts(path, psprintf("A score has at most %d cuts.", MAX_CUTS));
	cuts->n[column] = JsonContainerSize(array);
	for (int i = 0; i < cuts->n[column]; i++)
		read_cut[column](cuts, i, getIthJsonbValueFromContainer(array, i),
						 psprintf("%s[%d]", path, i));
}

/* Reads and checks cuts, in the current context. */
void *
cdw_cuts_read(Jsonb *source)
{
	cdw_cuts *cuts = palloc0(sizeof(cdw_cuts));
	JsonbIterator *iterator;
	JsonbValue key;
	JsonbValue value;
	JsonbIteratorToken token;

	if (!JB_ROOT_IS_OBJECT(source))
		faulty_cuts("$", "Cuts are an object.");
	iterator = JsonbIteratorInit(&source->root);
	while ((token = JsonbIteratorNext(&iterator, &key, true)) != WJB_DONE)
	{
		if (token != WJB_KEY)
			continue;
		(void) JsonbIteratorNext(&iterator, &value, true);
		read_column(cuts, &key, &value);
	}
	return cuts;
}

/* ---- scoring ---- */

/* The greatest score that a column can have. */
int
cdw_cuts_bins(const cdw_cuts *cuts, cdw_key_column column)
{
	return cuts->n[column] + 1;
}

/* Time since the last purchase in microseconds, as many as there are at most. */
static int64
recency_of(TimestampTz as_of, TimestampTz last_at)
{
	int64 result;

	return pg_sub_s64_overflow(as_of, last_at, &result) ? PG_INT64_MAX : result;
}

/* The scores of a customer; last_at is DT_NOBEGIN, which reaches no cut, where there is no purchase. */
cdw_scores
cdw_cuts_score(const cdw_cuts *cuts, TimestampTz as_of, TimestampTz last_at, int64 frequency,
			   const cdw_sum *sum)
{
	int r = 1;
	int f = 1;
	int m = 1;

	for (int i = 0; i < cuts->n[CDW_KEY_R] && !TIMESTAMP_IS_NOBEGIN(last_at); i++)
		r += recency_of(as_of, last_at) <= cuts->recency[i];
	for (int i = 0; i < cuts->n[CDW_KEY_F]; i++)
		f += frequency >= cuts->frequency[i];
	for (int i = 0; i < cuts->n[CDW_KEY_M]; i++)
		m += cdw_sum_compare(sum, &cuts->sum[i]) >= 0;
	return CDW_SCORES(r, f, m);
}
