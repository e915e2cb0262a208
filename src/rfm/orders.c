/*
 * src/rfm/orders.c
 *
 * Reading a table of orders or invoice lines into customers: what the columns may be, how a row is read,
 * and what counts as a purchase.
 */
#include "rfm/orders.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/datum.h"
#include "utils/lsyscache.h"
#include "utils/timestamp.h"

/* The columns of our query. */
enum
{
	COLUMN_CUSTOMER,
	COLUMN_AT,
	COLUMN_AMOUNT,
	COLUMN_ORDER
};

/* ---- the query ---- */

/* The type of a column below all domains, and its qualified, quoted name. */
static Oid
column_of(Oid source, const char *column, char **expression)
{
	Oid type;

	(void) cdw_check_column(source, column, &type, NULL, NULL);
	*expression = psprintf("t.%s", quote_identifier(column));
	return getBaseType(type);
}

/* A column as text; text and varchar are read as they are. */
static char *
text_expression(Oid type, char *expression)
{
	if (type == TEXTOID || type == VARCHAROID)
		return expression;
	return psprintf("(%s)::pg_catalog.text", expression);
}

/* Customers numbered by integers are told apart as such, which saves their text form per row. */
static char *
customer_expression(cdw_order_reader *reader, Oid type, char *expression)
{
	reader->integer_customers = type == INT2OID || type == INT4OID || type == INT8OID;
	if (reader->integer_customers)
		return psprintf("(%s)::pg_catalog.int8", expression);
	return text_expression(type, expression);
}

static void
refuse_type(const char *column, Oid type, const char *hint)
{
	ereport(ERROR, (errcode(ERRCODE_DATATYPE_MISMATCH),
					errmsg("column \"%s\" must not be of type %s", column, format_type_be(type)),
					errhint("%s", hint)));
}

static void
check_time_type(const char *column, Oid type)
{
	if (type != DATEOID && type != TIMESTAMPOID && type != TIMESTAMPTZOID)
		refuse_type(column, type, "Times of purchases are of type date, timestamp or timestamptz.");
}

/* Sets how amounts are read; money, whose decimals are a setting, is cast by PostgreSQL. */
static char *
amount_expression(cdw_order_reader *reader, const char *column, Oid type, char *expression)
{
	reader->amount_type = type;
	switch (type)
	{
		case INT2OID:
		case INT4OID:
		case INT8OID:
		case FLOAT4OID:
		case FLOAT8OID:
		case NUMERICOID:
			return expression;
		case CASHOID:
			reader->amount_type = NUMERICOID;
			return psprintf("(%s)::pg_catalog.numeric", expression);
		default:
			refuse_type(column, type, "Amounts are of a numeric type or money.");
			return NULL;
	}
}

/* The query over the source; all its names are checked and quoted. */
static char *
orders_query(cdw_order_reader *reader, const cdw_order_columns *columns)
{
	StringInfoData query;
	char *customer;
	char *at;
	char *amount;
	Oid type;

	initStringInfo(&query);
	type = column_of(columns->source, columns->customer, &customer);
	customer = customer_expression(reader, type, customer);
	reader->at_type = column_of(columns->source, columns->at, &at);
	check_time_type(columns->at, reader->at_type);
	type = column_of(columns->source, columns->amount, &amount);
	amount = amount_expression(reader, columns->amount, type, amount);
	appendStringInfo(&query, "SELECT %s, %s, %s", customer, at, amount);
	if (columns->order_id != NULL)
	{
		char *order;

		type = column_of(columns->source, columns->order_id, &order);
		appendStringInfo(&query, ", %s", text_expression(type, order));
	}
	appendStringInfo(&query, " FROM %s AS t", cdw_relation_name(columns->source));
	return query.data;
}

/* ---- customers and their purchases ---- */

/*
 * Adds to a customer's sum. What is left over in the current context goes with the row; a general sum
 * moves to the table's context.
 */
static void
add_to_sum(cdw_order_reader *reader, cdw_sum *sum, const cdw_sum *amount)
{
	Numeric before = sum->general;

	if (before == NULL && amount->general == NULL &&
		cdw_sum_add_units(sum, amount->units, amount->scale))
		return;
	cdw_sum_add(sum, amount);
	if (sum->general != NULL)
	{
		MemoryContext old = MemoryContextSwitchTo(reader->customers.context);

		sum->general =
			(Numeric) DatumGetPointer(datumCopy(NumericGetDatum(sum->general), false, -1));
		MemoryContextSwitchTo(old);
	}
	if (before != NULL)
		pfree(before);
}

/* Adds one purchase, or a return where its amount is negative. */
static void
add_purchase(cdw_order_reader *reader, cdw_customer *customer, TimestampTz at,
			 const cdw_sum *amount)
{
	add_to_sum(reader, &customer->sum, amount);
	if (cdw_sum_negative(amount))
		return;
	customer->frequency++;
	customer->last_at = Max(customer->last_at, at);
}

/* Applies the waiting rows: two passes fetch what the third needs into the cache. */
static void
flush_batch(cdw_order_reader *reader)
{
	cdw_customers *customers = &reader->customers;

	for (int i = 0; i < reader->n_waiting; i++)
		cdw_customers_prefetch_customer(customers, reader->waiting[i].hash);
	for (int i = 0; i < reader->n_waiting; i++)
	{
		const cdw_waiting_row *row = &reader->waiting[i];
		cdw_sum amount = {.units = row->units, .scale = row->scale};

		add_purchase(reader,
					 cdw_customers_get(customers, row->hash, reader->keys + row->key, row->length),
					 row->at, &amount);
	}
	reader->n_waiting = 0;
	reader->keys_used = 0;
}

/* Queues a row whose amount is in units and whose key fits the buffer. */
static void
queue_row(cdw_order_reader *reader, uint64 hash, const char *key, uint32 length, TimestampTz at,
		  const cdw_sum *amount)
{
	if (reader->n_waiting == CDW_WAITING_ROWS || length > CDW_WAITING_BYTES - reader->keys_used)
		flush_batch(reader);
	reader->waiting[reader->n_waiting++] = (cdw_waiting_row){
		.hash = hash,
		.at = at,
		.units = amount->units,
		.scale = amount->scale,
		.key = reader->keys_used,
		.length = length,
	};
	memcpy(reader->keys + reader->keys_used, key, length);
	reader->keys_used += length;
	cdw_customers_prefetch_slot(&reader->customers, hash);
}

/* Adds a row to its order, which is known by the customer's number and the order's text. */
static void
add_to_order(cdw_order_reader *reader, cdw_customer *customer, const text *order_id, TimestampTz at,
			 const cdw_sum *amount)
{
	uint64 number = customer - reader->customers.customers;
	uint32 length = sizeof(number) + VARSIZE_ANY_EXHDR(order_id);
	char *key = palloc(length);
	cdw_customer *order;

	memcpy(key, &number, sizeof(number));
	memcpy(key + sizeof(number), VARDATA_ANY(order_id), VARSIZE_ANY_EXHDR(order_id));
	order = cdw_customers_get(&reader->orders, cdw_customer_hash(key, length), key, length);
	add_to_sum(reader, &order->sum, amount);
	order->last_at = Max(order->last_at, at);
}

/* Each order becomes one purchase of its customer, or a return where its total is negative. */
static void
add_orders(cdw_order_reader *reader)
{
	for (uint64 i = 0; i < reader->orders.n; i++)
	{
		const cdw_customer *order = &reader->orders.customers[i];
		uint64 number;

		cdw_check_cancel(i);
		memcpy(&number, cdw_customer_key(order), sizeof(number));
		add_purchase(reader, &reader->customers.customers[number], order->last_at, &order->sum);
	}
}

/* ---- a row ---- */

/* A time without zone is taken as UTC, where it has the same number as a time with zone. */
static TimestampTz
read_time(Oid type, Datum value)
{
	if (type == DATEOID)
		return DatumGetTimestamp(DirectFunctionCall1(date_timestamp, value));
	return DatumGetTimestampTz(value);
}

static void
read_integer(int64 value, cdw_sum *amount)
{
	if (value > PG_INT64_MAX / CDW_UNITS_PER_ONE || value < -PG_INT64_MAX / CDW_UNITS_PER_ONE)
		cdw_sum_set_numeric(amount, int64_to_numeric(value));
	else
		*amount = (cdw_sum){.units = value * CDW_UNITS_PER_ONE};
}

static void
read_float(float8 value, Datum numeric, cdw_sum *amount)
{
	if (isnan(value) || isinf(value))
		cdw_refuse_amount(isnan(value) ? "NaN" : "infinity");
	cdw_sum_set_numeric(amount, DatumGetNumeric(numeric));
}

static void
read_numeric(Datum value, cdw_sum *amount)
{
	bool negative;

	*amount = (cdw_sum){0};
	switch (
		cdw_amount_read(PG_DETOAST_DATUM_PACKED(value), &amount->units, &amount->scale, &negative))
	{
		case CDW_AMOUNT_UNITS:
			break;
		case CDW_AMOUNT_GENERAL:
			*amount = (cdw_sum){.general = DatumGetNumeric(value)};
			break;
		case CDW_AMOUNT_NAN:
			cdw_refuse_amount("NaN");
			break;
		case CDW_AMOUNT_INFINITE:
			cdw_refuse_amount("infinity");
			break;
	}
}

static void
read_amount(Oid type, Datum value, cdw_sum *amount)
{
	switch (type)
	{
		case INT2OID:
			read_integer(DatumGetInt16(value), amount);
			break;
		case INT4OID:
			read_integer(DatumGetInt32(value), amount);
			break;
		case INT8OID:
			read_integer(DatumGetInt64(value), amount);
			break;
		case FLOAT4OID:
			read_float(DatumGetFloat4(value), DirectFunctionCall1(float4_numeric, value), amount);
			break;
		case FLOAT8OID:
			read_float(DatumGetFloat8(value), DirectFunctionCall1(float8_numeric, value), amount);
			break;
		default:
			read_numeric(value, amount);
	}
}

/* Receives a row of the query. Rows with a NULL, but for the order, and rows after as_of are left out. */
static void
receive_row(TupleTableSlot *slot, void *arg)
{
	cdw_order_reader *reader = arg;
	const Datum *values = slot->tts_values;
	const bool *nulls = slot->tts_isnull;
	int64 number;
	const char *key = (const char *) &number;
	uint32 length = sizeof(number);
	TimestampTz at;
	cdw_sum amount;
	uint64 hash;
	cdw_customer *customer;

	if (nulls[COLUMN_CUSTOMER] || nulls[COLUMN_AT] || nulls[COLUMN_AMOUNT])
		return;
	at = read_time(reader->at_type, values[COLUMN_AT]);
	if (at > reader->as_of)
		return;
	cdw_check_purchase_time(at);
	read_amount(reader->amount_type, values[COLUMN_AMOUNT], &amount);
	if (reader->integer_customers)
		number = DatumGetInt64(values[COLUMN_CUSTOMER]);
	else
	{
		struct varlena *name = PG_DETOAST_DATUM_PACKED(values[COLUMN_CUSTOMER]);

		key = VARDATA_ANY(name);
		length = VARSIZE_ANY_EXHDR(name);
	}
	hash = cdw_customer_hash(key, length);
	if (!reader->by_order && amount.general == NULL && length <= CDW_WAITING_BYTES)
	{
		queue_row(reader, hash, key, length, at, &amount);
		return;
	}
	customer = cdw_customers_get(&reader->customers, hash, key, length);
	if (reader->by_order && !nulls[COLUMN_ORDER])
		add_to_order(reader, customer, DatumGetTextPP(values[COLUMN_ORDER]), at, &amount);
	else
		add_purchase(reader, customer, at, &amount);
}

/*
 * Reads all orders into customers, which live in the given context. Refuses a relation that is no table
 * or view, columns that do not exist or are of a type without meaning here; the executor checks the
 * caller's privileges and applies row security.
 */
void
cdw_read_orders(cdw_order_reader *reader, const cdw_order_columns *columns, TimestampTz as_of,
				MemoryContext context)
{
	char *query;
	int nestlevel;

	*reader = (cdw_order_reader){.as_of = as_of, .by_order = columns->order_id != NULL};
	cdw_check_readable(columns->source);
	query = orders_query(reader, columns);
	cdw_customers_init(&reader->customers, context);
	if (reader->by_order)
		cdw_customers_init(&reader->orders, context);
	reader->waiting = MemoryContextAlloc(context, sizeof(cdw_waiting_row) * CDW_WAITING_ROWS);
	reader->keys = MemoryContextAlloc(context, CDW_WAITING_BYTES);
	nestlevel = cdw_visible_output();
	cdw_stream(query, 0, NULL, NULL, receive_row, reader);
	cdw_restore_settings(nestlevel);
	flush_batch(reader);
	add_orders(reader);
}
