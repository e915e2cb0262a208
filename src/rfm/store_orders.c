/*
 * src/rfm/store_orders.c
 *
 * The SQL that turns orders into states. It reads as cdw.rfm_table does: times without zone are UTC, amounts
 * become numeric row by row, rows without customer, time or amount are left out. All of its names are
 * qualified, for the source is read under the caller's search_path.
 */
#include "rfm/store.h"

#include "catalog/namespace.h"
#include "catalog/pg_type.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

static void
refuse_type(const cdw_store_column *column, const char *hint)
{
	ereport(ERROR, (errcode(ERRCODE_DATATYPE_MISMATCH),
					errmsg("column \"%s\" must not be of type %s", column->name,
						   format_type_be(column->type)),
					errhint("%s", hint)));
}

static void
check_amount_type(const cdw_store_column *column)
{
	switch (getBaseType(column->type))
	{
		case INT2OID:
		case INT4OID:
		case INT8OID:
		case FLOAT4OID:
		case FLOAT8OID:
		case NUMERICOID:
		case CASHOID:
			return;
		default:
			refuse_type(column, "Amounts are of a numeric type or money.");
	}
}

/* Customers are listed in arrays, and what a row is to be equal to must be one value. */
static void
check_customer_type(const cdw_store_column *column)
{
	if (type_is_rowtype(column->type) || OidIsValid(get_base_element_type(column->type)))
		refuse_type(column, "Customers are of a type that is neither an array nor a row: cast it "
							"to text in a view.");
}

/* Names that the tables and the view of a store have beside the customer's. */
static void
check_customer_name(const char *name)
{
	static const char *const ours[] = {"rfm", "since",	 "until",	"r",		 "f",
									   "m",	  "segment", "recency", "frequency", "monetary"};

	for (int i = 0; i < (int) lengthof(ours); i++)
		if (strcmp(name, ours[i]) == 0)
			ereport(ERROR, (errcode(ERRCODE_DUPLICATE_COLUMN),
							errmsg("the customer column must not be named \"%s\"", name),
							errdetail("The store's tables have a column of that name."),
							errhint("Give it another name in a view.")));
}

/* Refuses columns of types that have no meaning here (42804). */
void
cdw_store_check_columns(const cdw_store *store)
{
	Oid at = getBaseType(store->at.type);

	if (at != DATEOID && at != TIMESTAMPOID && at != TIMESTAMPTZOID)
		refuse_type(&store->at, "Times of purchases are of type date, timestamp or timestamptz.");
	check_amount_type(&store->amount);
	check_customer_type(&store->customer);
	check_customer_name(store->customer.name);
}

/* Whether two columns exist and have the same type, down to its modifier. */
bool
cdw_same_column_type(Oid left, const char *left_column, Oid right, const char *right_column)
{
	Oid relation[] = {left, right};
	const char *name[] = {left_column, right_column};
	Oid type[2];
	int32 typmod[2];
	Oid collation;

	for (int i = 0; i < 2; i++)
	{
		AttrNumber attribute = get_attnum(relation[i], name[i]);

		if (attribute <= 0)
			return false;
		get_atttypetypmodcoll(relation[i], attribute, &type[i], &typmod[i], &collation);
	}
	return type[0] == type[1] && typmod[0] == typmod[1];
}

/* Tables of other types than the source has now cannot be carried on (42804). */
void
cdw_store_check_types(const cdw_store *store)
{
	Oid schema = get_namespace_oid(store->schema, false);
	Oid changes = get_relname_relid(psprintf("%s_change", store->name), schema);
	Oid states = get_relname_relid(psprintf("%s_state", store->name), schema);

	if (!cdw_same_column_type(store->source, store->customer.name, states, store->customer.name) ||
		!cdw_same_column_type(store->source, store->customer.name, changes, "customer") ||
		!cdw_same_column_type(store->source, store->at.name, changes, "at") ||
		!cdw_same_column_type(store->source, store->amount.name, changes, "amount"))
		ereport(ERROR, (errcode(ERRCODE_DATATYPE_MISMATCH),
						errmsg("the tables of store \"%s\" do not fit its source", store->name),
						errdetail("Columns of %s have other types than when the store was made.",
								  cdw_relation_name(store->source)),
						errhint("Drop the store and create it anew.")));
}

/* A time as timestamptz. */
char *
cdw_store_time(const cdw_store *store, const char *expression)
{
	switch (getBaseType(store->at.type))
	{
		case DATEOID:
			return psprintf("((%s)::pg_catalog.timestamp AT TIME ZONE 'UTC')", expression);
		case TIMESTAMPOID:
			return psprintf("((%s) AT TIME ZONE 'UTC')", expression);
		default:
			return psprintf("(%s)", expression);
	}
}

/* An amount as numeric, with the decimals that it has. */
char *
cdw_store_amount(const char *expression)
{
	return psprintf("(%s)::pg_catalog.numeric", expression);
}

static char *
source_column(const cdw_store_column *column)
{
	return psprintf("t.%s", quote_identifier(column->name));
}

/* FROM and WHERE over the rows t that count at some time: all, or those of the customers in array $2. */
char *
cdw_store_counted_rows(const cdw_store *store, bool of_customers)
{
	char *customer = source_column(&store->customer);
	char *join = "";

	if (of_customers)
		join = psprintf(" JOIN pg_catalog.unnest($2) AS d(customer) ON %s %s d.customer", customer,
						cdw_equality_operator(store->customer.type));
	return psprintf("FROM %s AS t%s WHERE %s IS NOT NULL AND %s IS NOT NULL AND %s IS NOT NULL",
					cdw_relation_name(store->source), join, customer, source_column(&store->at),
					source_column(&store->amount));
}

/*
 * A query for customer and rfm, the state of the orders up to time $1, of all customers or those in array
 * $2. Lines of one order are one purchase; the state of all lines is computed, too, so that what no row may
 * hold (NaN, -infinity) is refused wherever it is.
 */
char *
cdw_store_states_query(const cdw_store *store, bool of_customers)
{
	char *customer = source_column(&store->customer);
	char *at = cdw_store_time(store, source_column(&store->at));
	char *amount = cdw_store_amount(source_column(&store->amount));
	char *rows = psprintf("%s AND %s OPERATOR(pg_catalog.<=) $1",
						  cdw_store_counted_rows(store, of_customers), at);
	char *order;

	if (store->order_id.name == NULL)
		return psprintf("SELECT %s AS customer, cdw.rfm(%s, %s) AS rfm %s GROUP BY %s", customer,
						at, amount, rows, customer);
	order = psprintf("(%s)::pg_catalog.text", source_column(&store->order_id));
	return psprintf("SELECT o.customer, cdw.rfm_merge(CASE WHEN o.order_id IS NULL THEN o.lines "
					"ELSE cdw.rfm_accum(NULL, o.at, o.amount) END) AS rfm "
					"FROM (SELECT %s AS customer, %s AS order_id, pg_catalog.max(%s) AS at, "
					"pg_catalog.sum(%s) AS amount, cdw.rfm(%s, %s) AS lines %s GROUP BY %s, %s) "
					"AS o GROUP BY o.customer",
					customer, order, at, amount, at, amount, rows, customer, order);
}
