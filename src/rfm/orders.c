/*
 * src/rfm/orders.c
 *
 * Reading a table of orders or invoice lines into customers: what the columns may be, how a row is read,
 * and what counts as a purchase.
 */
#include "rfm/orders.h"

#include "catalog/pg_type.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/lsyscache.h"
#include "utils/timestamp.h"
#include "utils/uuid.h"

typedef struct OrderReader
{
	cdw_groups *customers;
	cdw_groups *orders; /* of keys made of customer and order; NULL where each row is a purchase */
	Oid key_type;		/* of customers: int8, uuid or text */
	Oid at_type;
	Oid amount_type;
	TimestampTz as_of;
	StringInfoData key; /* of the order */
} OrderReader;

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

/* Customers known by integers or uuids are told apart as such, which saves their text form per row. */
static char *
customer_expression(OrderReader *reader, Oid type, char *expression)
{
	switch (type)
	{
		case INT2OID:
		case INT4OID:
		case INT8OID:
			reader->key_type = INT8OID;
			return psprintf("(%s)::pg_catalog.int8", expression);
		case UUIDOID:
			reader->key_type = UUIDOID;
			return expression;
		default:
			reader->key_type = TEXTOID;
			return text_expression(type, expression);
	}
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
amount_expression(OrderReader *reader, const char *column, Oid type, char *expression)
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
orders_query(OrderReader *reader, const cdw_order_columns *columns)
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

/* ---- orders of several rows ---- */

/* Adds a row to its order, whose key is the customer's with its length before and the order's behind. */
static void
add_to_order(OrderReader *reader, const char *key, uint32 length, const text *order_id,
			 TimestampTz at, const cdw_sum *amount)
{
	resetStringInfo(&reader->key);
	appendBinaryStringInfo(&reader->key, (const char *) &length, sizeof(length));
	appendBinaryStringInfo(&reader->key, key, length);
	appendBinaryStringInfo(&reader->key, VARDATA_ANY(order_id), VARSIZE_ANY_EXHDR(order_id));
	cdw_groups_add(reader->orders, reader->key.data, reader->key.len, at, amount);
}

/* Each order becomes one purchase of its customer, or a return where its total is negative. */
static void
add_orders(OrderReader *reader)
{
	cdw_groups_finish(reader->orders);
	do
	{
		cdw_groups_cursor cursor = {0};
		const cdw_customer *order;

		while ((order = cdw_groups_each(reader->orders, &cursor)) != NULL)
		{
			const char *key = cdw_customer_key(order);
			uint32 length;

			cdw_check_cancel(cursor.number);
			memcpy(&length, key, sizeof(length));
			cdw_groups_add(reader->customers, key + sizeof(length), length, order->last_at,
						   &order->sum);
		}
	} while (cdw_groups_next(reader->orders));
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
			cdw_sum_from_amount(amount, DirectFunctionCall1(float4_numeric, value));
			break;
		case FLOAT8OID:
			cdw_sum_from_amount(amount, DirectFunctionCall1(float8_numeric, value));
			break;
		default:
			cdw_sum_from_amount(amount, value);
	}
}

/* The key of a customer: its text, or the bytes of a number or a uuid. */
static const char *
read_key(const OrderReader *reader, Datum value, int64 *number, uint32 *length)
{
	struct varlena *name;

	switch (reader->key_type)
	{
		case INT8OID:
			*number = DatumGetInt64(value);
			*length = sizeof(int64);
			return (const char *) number;
		case UUIDOID:
			*length = UUID_LEN;
			return (const char *) DatumGetUUIDP(value);
		default:
			name = PG_DETOAST_DATUM_PACKED(value);
			*length = VARSIZE_ANY_EXHDR(name);
			return VARDATA_ANY(name);
	}
}

/* Receives a row of the query. Rows with a NULL, but for the order, and rows after as_of are left out. */
static void
receive_row(TupleTableSlot *slot, void *arg)
{
	OrderReader *reader = arg;
	const Datum *values = slot->tts_values;
	const bool *nulls = slot->tts_isnull;
	TimestampTz at;
	cdw_sum amount;
	int64 number;
	const char *key;
	uint32 length;

	if (nulls[COLUMN_CUSTOMER] || nulls[COLUMN_AT] || nulls[COLUMN_AMOUNT])
		return;
	at = read_time(reader->at_type, values[COLUMN_AT]);
	if (at > reader->as_of)
		return;
	cdw_check_purchase_time(at);
	read_amount(reader->amount_type, values[COLUMN_AMOUNT], &amount);
	key = read_key(reader, values[COLUMN_CUSTOMER], &number, &length);
	if (reader->orders != NULL && !nulls[COLUMN_ORDER])
		add_to_order(reader, key, length, DatumGetTextPP(values[COLUMN_ORDER]), at, &amount);
	else
		cdw_groups_add(reader->customers, key, length, at, &amount);
}

/*
 * Reads all orders into groups by customer, in a context, of whose memory tables of groups take so much.
 * Refuses a relation that is no table or view, columns that do not exist or are of a type without meaning
 * here; the executor checks the caller's privileges and applies row security. key_type tells what keys of
 * customers are: int8, uuid or text.
 */
cdw_groups *
cdw_read_orders(const cdw_order_columns *columns, TimestampTz as_of, MemoryContext context,
				Size memory, Oid *key_type)
{
	OrderReader reader = {.as_of = as_of};
	bool by_order = columns->order_id != NULL;
	char *query;
	int nestlevel;

	cdw_check_readable(columns->source);
	query = orders_query(&reader, columns);
	reader.customers = cdw_groups_create(context, by_order ? memory / 2 : memory, false);
	if (by_order)
		reader.orders = cdw_groups_create(context, memory / 2, true);
	initStringInfo(&reader.key);
	nestlevel = cdw_visible_output();
	cdw_stream(query, 0, NULL, NULL, receive_row, &reader);
	cdw_restore_settings(nestlevel);
	if (by_order)
	{
		add_orders(&reader);
		cdw_groups_end(reader.orders);
	}
	cdw_groups_finish(reader.customers);
	*key_type = reader.key_type;
	return reader.customers;
}
