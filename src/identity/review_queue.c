/*
 * src/identity/review_queue.c
 *
 * Pairs for people to look at: those that the model is least sure of, or a random sample that stands
 * for all pairs that the last run kept.
 *
 * The sample is stratified by tenths of the match probability (Cochran 1977, chapter 5). A stratum gives
 * pairs in proportion to its size and to its spread, the root of p (1 - p) (Neyman 1934), where even a
 * certain model is granted a doubt of a hundredth; and each gives one at least. A drawn pair stands for
 * as many as its stratum has per drawn one. Pairs come in turns, so that whoever labels the first of them
 * only has a sample as well. Pairs of an earlier sample are not drawn again; labelled pairs that
 * were not drawn at random are, or the sample would lack what people found worth a look.
 *
 * One query does it, with the caller's privileges and row security: a pair is there if the caller sees both
 * records. Within a stratum pairs come in the order of a hash of their keys.
 */
#include "identity/identity.h"

#include "catalog/pg_type.h"
#include "utils/builtins.h"

#define STRATA 10
#define LEAST_SPREAD "0.1::pg_catalog.float8"

typedef struct Request
{
	const cdw_resolver *resolver;
	bool sample;
	Datum low;
	Datum high;
	int32 max_results;
} Request;

static double
probability_argument(FunctionCallInfo fcinfo, int argno, const char *name, double otherwise)
{
	double value = PG_ARGISNULL(argno) ? otherwise : PG_GETARG_FLOAT8(argno);

	cdw_check_probability(value, name);
	return value;
}

static bool
wants_sample(text *purpose)
{
	char *name = text_to_cstring(purpose);

	if (strcmp(name, "sample") != 0 && strcmp(name, "review") != 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("unknown purpose \"%s\"", name),
				 errhint("Purposes are \"review\" and \"sample\".")));
	return strcmp(name, "sample") == 0;
}

static void
check_max_results(const Request *request)
{
	int32 least = request->sample ? STRATA : 1;

	if (request->max_results < least)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("argument \"max_results\" must be %d or more", least),
						errdetail("Value is %d.", request->max_results),
						request->sample ? errhint("A sample draws from ten tenths of "
												  "probability.")
										: 0));
}

static void
read_request(FunctionCallInfo fcinfo, Request *request)
{
	static const char *const names[] = {"max_results", "purpose"};
	double low;
	double high;

	for (int i = 0; i < (int) lengthof(names); i++)
		cdw_check_not_null(fcinfo, 3 + i, names[i]);
	request->sample = wants_sample(PG_GETARG_TEXT_PP(4));
	low = probability_argument(fcinfo, 1, "low", request->sample ? 0 : .1);
	high = probability_argument(fcinfo, 2, "high", request->sample ? 1 : .9);
	if (low > high)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("argument \"low\" must not be above \"high\""),
						errdetail("They are %g and %g.", low, high)));
	request->low = Float8GetDatum(low);
	request->high = Float8GetDatum(high);
	request->max_results = PG_GETARG_INT32(3);
	check_max_results(request);
}

/* Pairs that may be shown; operators are those of pg_catalog, whatever the caller's search_path. */
static char *
pairs_query(const Request *request)
{
	const cdw_resolver *resolver = request->resolver;
	const char *equals = cdw_key_equality(resolver);
	const char *key = quote_identifier(resolver->key);
	char *source = cdw_relation_name(resolver->source);

	return psprintf(
		"SELECT m.left_key AS l, m.right_key AS r, m.match_weight AS w, m.match_probability AS p, "
		"pg_catalog.ceil(m.match_probability OPERATOR(pg_catalog.*) %d::pg_catalog.float8) AS s, "
		"pg_catalog.hashtextextended(pg_catalog.concat(m.left_key::pg_catalog.text, "
		"pg_catalog.chr(31), m.right_key::pg_catalog.text) COLLATE pg_catalog.\"C\", 0) AS h "
		"FROM %s m JOIN %s a ON a.%s %s m.left_key JOIN %s b ON b.%s %s m.right_key "
		"WHERE m.match_probability OPERATOR(pg_catalog.>=) $1 "
		"AND m.match_probability OPERATOR(pg_catalog.<=) $2 "
		"AND NOT EXISTS (SELECT FROM %s k WHERE k.left_key %s m.left_key "
		"AND k.right_key %s m.right_key%s)",
		STRATA, cdw_result_name(resolver, "match"), source, key, equals, source, key, equals,
		cdw_result_name(resolver, "label"), equals, equals,
		request->sample ? " AND k.weight IS NOT NULL" : "");
}

/* Up to max_results of them in the order they are shown in, and what each stands for. */
static char *
choice_query(const Request *request)
{
	if (!request->sample)
		return psprintf("SELECT l, r, w, p, NULL::pg_catalog.float8 AS n, "
						"pg_catalog.row_number() OVER (ORDER BY pg_catalog.abs(w), h) AS o "
						"FROM (%s) q ORDER BY o LIMIT $3",
						pairs_query(request));
	return psprintf(
		"SELECT l, r, w, p, size::pg_catalog.float8 OPERATOR(pg_catalog./) "
		"(pg_catalog.count(*) OVER (PARTITION BY s))::pg_catalog.float8 AS n, o FROM "
		"(SELECT q.*, pg_catalog.row_number() OVER (ORDER BY LEAST(rank, 2), "
		"rank::pg_catalog.float8 OPERATOR(pg_catalog./) (size::pg_catalog.float8 "
		"OPERATOR(pg_catalog.*) GREATEST(pg_catalog.sqrt(variance), %s)), s) AS o FROM "
		"(SELECT q.*, pg_catalog.count(*) OVER whole AS size, "
		"pg_catalog.row_number() OVER whole AS rank, "
		"pg_catalog.avg(p OPERATOR(pg_catalog.*) (1::pg_catalog.float8 "
		"OPERATOR(pg_catalog.-) p)) OVER whole AS variance "
		"FROM (%s) q WINDOW whole AS (PARTITION BY s ORDER BY h "
		"ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)) q ORDER BY o LIMIT $3) q",
		LEAST_SPREAD, pairs_query(request));
}

/* The fields of a record, under the names that the source gives them. */
static char *
record_expression(const cdw_resolver *resolver, const char *alias)
{
	StringInfoData expression;

	initStringInfo(&expression);
	appendStringInfoString(&expression, "pg_catalog.jsonb_build_object(");
	for (int f = 0; f < resolver->match.nfields; f++)
	{
		const char *name = resolver->match.field[f].name;

		appendStringInfo(&expression, "%s%s, %s.%s", f > 0 ? ", " : "", quote_literal_cstr(name),
						 alias, quote_identifier(name));
	}
	appendStringInfoChar(&expression, ')');
	return expression.data;
}

static char *
queue_query(const Request *request)
{
	const cdw_resolver *resolver = request->resolver;
	const char *equals = cdw_key_equality(resolver);
	const char *key = quote_identifier(resolver->key);
	char *source = cdw_relation_name(resolver->source);

	return psprintf("SELECT q.l::pg_catalog.text, q.r::pg_catalog.text, q.w, q.p, q.n, %s, %s "
					"FROM (%s) q JOIN %s a ON a.%s %s q.l JOIN %s b ON b.%s %s q.r ORDER BY q.o",
					record_expression(resolver, "a"), record_expression(resolver, "b"),
					choice_query(request), source, key, equals, source, key, equals);
}

typedef struct QueueOutput
{
	Tuplestorestate *rows;
	TupleDesc desc;
} QueueOutput;

static void
put_pair(TupleTableSlot *slot, void *arg)
{
	QueueOutput *output = arg;

	tuplestore_putvalues(output->rows, output->desc, slot->tts_values, slot->tts_isnull);
}

CDW_FUNCTION(cdw_review_queue)
{
	Request request;
	QueueOutput output;
	Oid types[] = {FLOAT8OID, FLOAT8OID, INT4OID};
	Datum values[3];
	int settings;

	cdw_check_not_null(fcinfo, 0, "resolver");
	read_request(fcinfo, &request);
	request.resolver = cdw_resolver_open(PG_GETARG_TEXT_PP(0));
	(void) cdw_resolver_model(request.resolver);
	output.rows = cdw_result_rows(fcinfo, &output.desc);
	values[0] = request.low;
	values[1] = request.high;
	values[2] = Int32GetDatum(request.max_results);
	settings = cdw_visible_output();
	cdw_stream(queue_query(&request), 3, types, values, put_pair, &output);
	cdw_restore_settings(settings);
	return (Datum) 0;
}
