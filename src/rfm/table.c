/*
 * src/rfm/table.c
 *
 * cdw.rfm_table: from a table of orders to scored customers in one pass over the rows and a few sorts of
 * the customers. It scores by the same code as cdw.rfm_score, with customers in C order.
 */
#include "rfm/orders.h"

#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#define PREFETCH_DISTANCE 16

enum
{
	ARG_SOURCE,
	ARG_CUSTOMER,
	ARG_AT,
	ARG_AMOUNT,
	ARG_AS_OF,
	ARG_BINS,
	ARG_METHOD,
	ARG_ORDER_ID
};

static const char *const required_arguments[] = {"source", "customer", "at",	"amount",
												 "as_of",  "bins",	   "method"};

/* Customers in C order of their text. */
typedef struct OrderedCustomers
{
	uint64 n;
	cdw_string *names;	  /* by number of the customer */
	cdw_sort_item *order; /* row: number of the customer in place i */
} OrderedCustomers;

/* The keys of all customers as text, in C order. */
static void
order_customers(const cdw_order_reader *reader, cdw_arena *arena, OrderedCustomers *result)
{
	MemoryContext context = CurrentMemoryContext;
	uint64 n = reader->customers.n;
	Size item_bytes = mul_size(sizeof(cdw_sort_item), Max(n, 1));
	cdw_sort_item *scratch = MemoryContextAllocHuge(context, item_bytes);

	result->n = n;
	result->names = MemoryContextAllocHuge(context, mul_size(sizeof(cdw_string), Max(n, 1)));
	result->order = MemoryContextAllocHuge(context, item_bytes);
	for (uint64 i = 0; i < n; i++)
	{
		const cdw_customer *customer = &reader->customers.customers[i];
		const char *key = cdw_customer_key(customer);

		cdw_check_cancel(i);
		if (reader->integer_customers)
		{
			char *digits = cdw_arena_alloc(arena, MAXINT8LEN + 1);
			int64 number;

			memcpy(&number, key, sizeof(number));
			result->names[i].length = pg_lltoa(number, digits);
			result->names[i].bytes = digits;
		}
		else
			result->names[i] = (cdw_string){.bytes = key, .length = customer->length};
	}
	cdw_sort_strings(result->names, result->order, scratch, n);
	pfree(scratch);
}

/* The customer in place i; those that follow are on the way into the cache. */
static inline const cdw_customer *
customer_in_place(const cdw_order_reader *reader, const OrderedCustomers *ordered, uint64 i)
{
	const cdw_customer *customers = reader->customers.customers;

	if (i + PREFETCH_DISTANCE < ordered->n)
	{
		const cdw_customer *ahead = &customers[ordered->order[i + PREFETCH_DISTANCE].row];

		__builtin_prefetch(ahead);
		__builtin_prefetch(&ahead->length);
	}
	return &customers[ordered->order[i].row];
}

/* The scores by place. */
static cdw_scores *
score_ordered(const cdw_order_reader *reader, const OrderedCustomers *ordered, int32 bins,
			  cdw_score_method method)
{
	cdw_score_input input;

	cdw_score_input_init(&input, CurrentMemoryContext, ordered->n);
	for (uint64 i = 0; i < ordered->n; i++)
	{
		const cdw_customer *customer = customer_in_place(reader, ordered, i);

		cdw_check_cancel(i);
		input.last_at[i] = customer->last_at;
		input.frequency[i] = customer->frequency;
		input.sum[i] = customer->sum;
	}
	input.n = ordered->n;
	return cdw_score_customers(&input, bins, method);
}

/* Forms a result row in the current context and stores it. */
static void
put_row(Tuplestorestate *rows, TupleDesc desc, const cdw_string *name, const cdw_customer *customer,
		cdw_scores scores, TimestampTz as_of, bool with_segment)
{
	Datum values[8];
	bool nulls[8] = {false};
	int r = CDW_SCORE_R(scores);
	int f = CDW_SCORE_F(scores);

	values[0] = PointerGetDatum(cstring_to_text_with_len(name->bytes, name->length));
	nulls[1] = customer->frequency == 0;
	if (!nulls[1])
		values[1] = DirectFunctionCall2(timestamp_mi, TimestampTzGetDatum(as_of),
										TimestampTzGetDatum(customer->last_at));
	values[2] = Int64GetDatum(customer->frequency);
	values[3] = NumericGetDatum(cdw_sum_numeric(&customer->sum));
	values[4] = Int16GetDatum(r);
	values[5] = Int16GetDatum(f);
	values[6] = Int16GetDatum(CDW_SCORE_M(scores));
	nulls[7] = !with_segment;
	if (with_segment)
		values[7] = PointerGetDatum(cstring_to_text(cdw_default_segment(r, f)));
	tuplestore_putvalues(rows, desc, values, nulls);
}

static void
put_rows(FunctionCallInfo fcinfo, const cdw_order_reader *reader, const OrderedCustomers *ordered,
		 const cdw_scores *scores, int32 bins)
{
	MemoryContext row_context =
		AllocSetContextCreate(CurrentMemoryContext, "cdw rfm table row", ALLOCSET_SMALL_SIZES);
	TupleDesc desc;
	Tuplestorestate *rows = cdw_result_rows(fcinfo, &desc);
	MemoryContext old = MemoryContextSwitchTo(row_context);

	for (uint64 i = 0; i < ordered->n; i++)
	{
		cdw_check_cancel(i);
		put_row(rows, desc, &ordered->names[ordered->order[i].row],
				customer_in_place(reader, ordered, i), scores[i], reader->as_of,
				bins == CDW_SEGMENT_BINS);
		MemoryContextReset(row_context);
	}
	MemoryContextSwitchTo(old);
}

/*
 * cdw.rfm_table(source regclass, customer name, at name, amount name, as_of timestamptz, bins int,
 * method text, order_id name): a row per customer with at least one counting row, in C order.
 */
CDW_FUNCTION(cdw_rfm_table)
{
	cdw_order_columns columns;
	cdw_order_reader reader;
	OrderedCustomers ordered;
	cdw_scores *scores;
	cdw_score_method method;
	MemoryContext work;
	MemoryContext old;

	for (int i = 0; i < ARG_ORDER_ID; i++)
		cdw_check_not_null(fcinfo, i, required_arguments[i]);
	columns = (cdw_order_columns){
		.source = PG_GETARG_OID(ARG_SOURCE),
		.customer = NameStr(*PG_GETARG_NAME(ARG_CUSTOMER)),
		.at = NameStr(*PG_GETARG_NAME(ARG_AT)),
		.amount = NameStr(*PG_GETARG_NAME(ARG_AMOUNT)),
	};
	if (!PG_ARGISNULL(ARG_ORDER_ID))
		columns.order_id = NameStr(*PG_GETARG_NAME(ARG_ORDER_ID));
	cdw_check_as_of(PG_GETARG_TIMESTAMPTZ(ARG_AS_OF));
	method = cdw_score_method_of(PG_GETARG_TEXT_PP(ARG_METHOD));
	cdw_check_method_bins(method, PG_GETARG_INT32(ARG_BINS));

	work = AllocSetContextCreate(CurrentMemoryContext, "cdw rfm table", ALLOCSET_DEFAULT_SIZES);
	old = MemoryContextSwitchTo(work);
	cdw_read_orders(&reader, &columns, PG_GETARG_TIMESTAMPTZ(ARG_AS_OF), work);
	order_customers(&reader, &reader.customers.arena, &ordered);
	scores = score_ordered(&reader, &ordered, PG_GETARG_INT32(ARG_BINS), method);
	put_rows(fcinfo, &reader, &ordered, scores, PG_GETARG_INT32(ARG_BINS));
	MemoryContextSwitchTo(old);
	MemoryContextDelete(work);
	return (Datum) 0;
}
