/*
 * src/rfm/table.c
 *
 * cdw.rfm_table: from a table of orders to scored customers, in one pass over the orders and a few over the
 * customers. It scores by the same code as cdw.rfm_score and cdw.rfm_score_by_cuts, with customers in C order.
 *
 * Memory: the table of customers, and what puts them in order and scores them, keeps to work_mem times
 * hash_mem_multiplier; past that, orders and customers go through temporary files, and sorts of them keep
 * to work_mem. Then nothing in memory grows with orders or customers.
 */
#include "rfm/orders.h"

#include "executor/nodeHash.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

enum
{
	ARG_SOURCE,
	ARG_CUSTOMER,
	ARG_AT,
	ARG_AMOUNT,
	ARG_AS_OF,
	ARG_BINS,
	ARG_METHOD,
	ARG_ORDER_ID,
	ARG_CUTS,
	ARG_MAP
};

static const char *const required_arguments[] = {"source", "customer", "at",	"amount",
												 "as_of",  "bins",	   "method"};

/* How customers are scored. */
typedef struct Scoring
{
	TimestampTz as_of;
	int32 bins;
	cdw_score_method method;
	cdw_cuts *cuts;		  /* where the method is CDW_SCORE_CUTS */
	cdw_scorer *scorer;	  /* for the other methods */
	cdw_segment_map *map; /* NULL: the default one, where it is for such scores */
} Scoring;

/* ---- arguments ---- */

static cdw_order_columns
read_columns(FunctionCallInfo fcinfo)
{
	cdw_order_columns columns = {
		.source = PG_GETARG_OID(ARG_SOURCE),
		.customer = NameStr(*PG_GETARG_NAME(ARG_CUSTOMER)),
		.at = NameStr(*PG_GETARG_NAME(ARG_AT)),
		.amount = NameStr(*PG_GETARG_NAME(ARG_AMOUNT)),
	};

	if (!PG_ARGISNULL(ARG_ORDER_ID))
		columns.order_id = NameStr(*PG_GETARG_NAME(ARG_ORDER_ID));
	return columns;
}

/* The method, and the cuts that go with the method 'cuts' and no other. */
static Scoring
read_scoring(FunctionCallInfo fcinfo)
{
	Scoring scoring = {
		.as_of = PG_GETARG_TIMESTAMPTZ(ARG_AS_OF),
		.bins = PG_GETARG_INT32(ARG_BINS),
		.method = cdw_score_method_of(PG_GETARG_TEXT_PP(ARG_METHOD)),
	};

	cdw_check_as_of(scoring.as_of);
	cdw_check_method_bins(scoring.method, scoring.bins);
	if ((scoring.method == CDW_SCORE_CUTS) == PG_ARGISNULL(ARG_CUTS))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("method \"cuts\" and argument \"cuts\" go together"),
						errhint("Give both, such as method => 'cuts', cuts => '{\"f\": [2, 5]}', "
								"or none.")));
	if (scoring.method == CDW_SCORE_CUTS)
		scoring.cuts = cdw_cuts_read(PG_GETARG_JSONB_P(ARG_CUTS));
	if (!PG_ARGISNULL(ARG_MAP))
		scoring.map = cdw_segment_map_read(PG_GETARG_JSONB_P(ARG_MAP));
	return scoring;
}

/* Whether scores are such as the default map of segments is for. */
static bool
fit_default_map(const Scoring *scoring)
{
	if (scoring->method != CDW_SCORE_CUTS)
		return scoring->bins == CDW_SEGMENT_BINS;
	return cdw_cuts_bins(scoring->cuts, CDW_KEY_R) == CDW_SEGMENT_BINS &&
		   cdw_cuts_bins(scoring->cuts, CDW_KEY_F) == CDW_SEGMENT_BINS &&
		   cdw_cuts_bins(scoring->cuts, CDW_KEY_M) <= CDW_SEGMENT_BINS;
}

/* ---- scores ---- */

/* Where customers are scored among each other: a pass over all of them. */
static void
compare_customers(Scoring *scoring, cdw_customer_list *list)
{
	cdw_listed_customer customer;

	scoring->scorer = cdw_scorer_create(CurrentMemoryContext, scoring->bins, scoring->method,
										get_hash_memory_limit());
	for (uint64 i = 0; cdw_customer_list_next(list, &customer); i++)
	{
		cdw_check_cancel(i);
		cdw_scorer_add(scoring->scorer, customer.last_at, customer.frequency, &customer.sum);
	}
	cdw_scorer_finish(scoring->scorer);
	cdw_customer_list_restart(list);
}

/* The scores of the next customer. */
static cdw_scores
next_scores(const Scoring *scoring, const cdw_listed_customer *customer)
{
	if (scoring->cuts == NULL)
		return cdw_scorer_next(scoring->scorer);
	return cdw_cuts_score(scoring->cuts, scoring->as_of, customer->last_at, customer->frequency,
						  &customer->sum);
}

/* ---- rows ---- */

/* What result rows share. */
typedef struct Output
{
	Tuplestorestate *rows;
	TupleDesc desc;
	Datum segments[CDW_MAX_BINS][CDW_MAX_BINS][CDW_MAX_BINS]; /* by r, f and m; 0: none */
} Output;

/* The names of all cells, made once. */
static void
name_segments(Output *output, const cdw_segment_map *map, int bins)
{
	for (int r = 1; r <= bins; r++)
		for (int f = 1; f <= bins; f++)
			for (int m = 1; m <= bins; m++)
			{
				const char *name = cdw_segment_of(map, r, f, m);

				if (name)
					output->segments[r - 1][f - 1][m - 1] = CStringGetTextDatum(name);
			}
}

static void
begin_output(Output *output, FunctionCallInfo fcinfo, const Scoring *scoring)
{
	output->rows = cdw_result_rows(fcinfo, &output->desc);
	memset(output->segments, 0, sizeof(output->segments));
	if (scoring->map)
		name_segments(output, scoring->map, CDW_MAX_BINS);
	else if (fit_default_map(scoring))
		name_segments(output, cdw_default_segment_map(), CDW_SEGMENT_BINS);
}

/* Forms a result row in the current context and stores it. */
static void
put_row(const Output *output, const cdw_listed_customer *customer, cdw_scores scores,
		TimestampTz as_of)
{
	Datum values[8];
	bool nulls[8] = {false};
	Interval recency;
	int r = CDW_SCORE_R(scores);
	int f = CDW_SCORE_F(scores);
	int m = CDW_SCORE_M(scores);

	values[0] =
		PointerGetDatum(cstring_to_text_with_len(customer->name.bytes, customer->name.length));
	nulls[1] = customer->frequency == 0;
	if (!nulls[1])
		recency = cdw_time_since(customer->last_at, as_of);
	values[1] = IntervalPGetDatum(&recency);
	values[2] = Int64GetDatum(customer->frequency);
	values[3] = NumericGetDatum(cdw_sum_numeric(&customer->sum));
	values[4] = Int16GetDatum(r);
	values[5] = Int16GetDatum(f);
	values[6] = Int16GetDatum(m);
	values[7] = output->segments[r - 1][f - 1][m - 1];
	nulls[7] = values[7] == (Datum) 0;
	tuplestore_putvalues(output->rows, output->desc, values, nulls);
}

static void
put_rows(FunctionCallInfo fcinfo, const Scoring *scoring, cdw_customer_list *list)
{
	MemoryContext row_context =
		AllocSetContextCreate(CurrentMemoryContext, "cdw rfm table row", ALLOCSET_SMALL_SIZES);
	MemoryContext old;
	cdw_listed_customer customer;
	Output output;

	begin_output(&output, fcinfo, scoring);
	old = MemoryContextSwitchTo(row_context);
	for (uint64 i = 0; cdw_customer_list_next(list, &customer); i++)
	{
		cdw_check_cancel(i);
		put_row(&output, &customer, next_scores(scoring, &customer), scoring->as_of);
		MemoryContextReset(row_context);
	}
	MemoryContextSwitchTo(old);
}

/*
 * cdw.rfm_table(source regclass, customer name, at name, amount name, as_of timestamptz, bins int,
 * method text, order_id name, cuts jsonb, map jsonb): a row per customer with at least one counting row, in C order.
 */
CDW_FUNCTION(cdw_rfm_table)
{
	cdw_order_columns columns;
	Scoring scoring;
	cdw_groups *groups;
	cdw_customer_list *list;
	Oid key_type;
	MemoryContext work;
	MemoryContext old;

	for (int i = 0; i < (int) lengthof(required_arguments); i++)
		cdw_check_not_null(fcinfo, i, required_arguments[i]);
	columns = read_columns(fcinfo);
	scoring = read_scoring(fcinfo);

	work = AllocSetContextCreate(CurrentMemoryContext, "cdw rfm table", ALLOCSET_DEFAULT_SIZES);
	old = MemoryContextSwitchTo(work);
	groups = cdw_read_orders(&columns, scoring.as_of, work, get_hash_memory_limit(), &key_type);
	list = cdw_customer_list_create(groups, key_type, work);
	if (scoring.cuts == NULL)
		compare_customers(&scoring, list);
	put_rows(fcinfo, &scoring, list);
	if (scoring.cuts == NULL)
		cdw_scorer_end(scoring.scorer);
	cdw_customer_list_end(list);
	MemoryContextSwitchTo(old);
	MemoryContextDelete(work);
	return (Datum) 0;
}
