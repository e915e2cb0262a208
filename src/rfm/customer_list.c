/*
 * src/rfm/customer_list.c
 *
 * Customers in C order of their text, to be gone through as often as needed: where all groups are in memory
 * by a radix sort of the names, else by PostgreSQL's sort of rows, which keeps to work_mem.
 */
#include "rfm/orders.h"

#include "access/tupdesc.h"
#include "catalog/pg_collation.h"
#include "catalog/pg_type.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"
#include "utils/uuid.h"

#define PREFETCH_DISTANCE 16
#define LONGEST_ID 36 /* the text of a uuid; an int8 has at most 20 */

/* The columns of sorted rows. */
enum
{
	COLUMN_NAME,
	COLUMN_LAST_AT,
	COLUMN_FREQUENCY,
	COLUMN_UNITS,
	COLUMN_SCALE,
	COLUMN_GENERAL,
	COLUMNS
};

struct cdw_customer_list
{
	cdw_groups *groups;
	Oid key_type;
	uint64 next; /* place */
	/* in memory */
	uint64 n;
	const cdw_customer **customers; /* in order */
	char name[LONGEST_ID];
	/* past memory */
	cdw_row_sort rows;
};

/* ---- names ---- */

/* The name of a customer: its key, or the text of it in a buffer of LONGEST_ID. */
static cdw_string
name_of(const cdw_customer_list *list, const cdw_customer *customer, char *buffer)
{
	static const char hex[] = "0123456789abcdef";
	const char *key = cdw_customer_key(customer);
	char *end = buffer;
	int64 number;

	switch (list->key_type)
	{
		case INT8OID:
			memcpy(&number, key, sizeof(number));
			return (cdw_string){.bytes = buffer, .length = pg_lltoa(number, buffer)};
		case UUIDOID:
			for (int i = 0; i < UUID_LEN; i++)
			{
				if (i == 4 || i == 6 || i == 8 || i == 10)
					*end++ = '-';
				*end++ = hex[(uint8) key[i] >> 4];
				*end++ = hex[(uint8) key[i] & 15];
			}
			return (cdw_string){.bytes = buffer, .length = end - buffer};
		default:
			return (cdw_string){.bytes = key, .length = customer->length};
	}
}

/* ---- in memory ---- */

static void *
allocate_array(MemoryContext context, Size size, uint64 n)
{
	return MemoryContextAllocHuge(context, mul_size(size, Max(n, 1)));
}

/* Sorts the names of all customers, which are kept no longer: one more look into memory per customer. */
static void
order_in_memory(cdw_customer_list *list, MemoryContext context)
{
	uint64 n = cdw_groups_count(list->groups);
	MemoryContext work =
		AllocSetContextCreate(context, "cdw customer names", ALLOCSET_DEFAULT_SIZES);
	const cdw_customer **customers = allocate_array(work, sizeof(cdw_customer *), n);
	cdw_string *names = allocate_array(work, sizeof(cdw_string), n);
	cdw_sort_item *order = allocate_array(work, sizeof(cdw_sort_item), n);
	cdw_groups_cursor cursor = {0};
	cdw_arena ids;

	cdw_arena_init(&ids, work);
	for (uint64 i = 0; i < n; i++)
	{
		cdw_check_cancel(i);
		customers[i] = cdw_groups_each(list->groups, &cursor);
		names[i] = name_of(list, customers[i], list->name);
		if (names[i].bytes == list->name)
			names[i].bytes =
				memcpy(cdw_arena_alloc(&ids, names[i].length), list->name, names[i].length);
	}
	cdw_sort_strings(names, order, allocate_array(work, sizeof(cdw_sort_item), n), n);
	list->n = n;
	list->customers = allocate_array(context, sizeof(cdw_customer *), n);
	for (uint64 i = 0; i < n; i++)
		list->customers[i] = customers[order[i].row];
	MemoryContextDelete(work);
}

/* The customer in the next place; those that follow are on the way into the cache. */
static bool
next_in_memory(cdw_customer_list *list, cdw_listed_customer *result)
{
	uint64 place = list->next++;
	const cdw_customer *customer;

	if (place >= list->n)
		return false;
	if (place + PREFETCH_DISTANCE < list->n)
		__builtin_prefetch(list->customers[place + PREFETCH_DISTANCE]);
	customer = list->customers[place];
	*result = (cdw_listed_customer){
		.name = name_of(list, customer, list->name),
		.last_at = customer->last_at,
		.frequency = customer->frequency,
		.sum = customer->sum,
	};
	return true;
}

/* ---- past memory ---- */

static TupleDesc
row_descriptor(void)
{
	TupleDesc desc = CreateTemplateTupleDesc(COLUMNS);

	TupleDescInitEntry(desc, COLUMN_NAME + 1, "name", TEXTOID, -1, 0);
	TupleDescInitEntry(desc, COLUMN_LAST_AT + 1, "last_at", INT8OID, -1, 0);
	TupleDescInitEntry(desc, COLUMN_FREQUENCY + 1, "frequency", INT8OID, -1, 0);
	TupleDescInitEntry(desc, COLUMN_UNITS + 1, "units", INT8OID, -1, 0);
	TupleDescInitEntry(desc, COLUMN_SCALE + 1, "scale", INT4OID, -1, 0);
	TupleDescInitEntry(desc, COLUMN_GENERAL + 1, "general", NUMERICOID, -1, 0);
	return desc;
}

static void
put_row(cdw_customer_list *list, const cdw_customer *customer)
{
	char buffer[LONGEST_ID];
	cdw_string name = name_of(list, customer, buffer);
	bool is_general = customer->sum.scale == CDW_GENERAL;
	Datum values[COLUMNS] = {
		[COLUMN_NAME] = PointerGetDatum(cstring_to_text_with_len(name.bytes, name.length)),
		[COLUMN_LAST_AT] = Int64GetDatum(customer->last_at),
		[COLUMN_FREQUENCY] = Int64GetDatum(customer->frequency),
		[COLUMN_UNITS] = Int64GetDatum(is_general ? 0 : customer->sum.units),
		[COLUMN_SCALE] = Int32GetDatum(customer->sum.scale),
		[COLUMN_GENERAL] = is_general ? NumericGetDatum(customer->sum.general) : (Datum) 0,
	};
	bool nulls[COLUMNS] = {[COLUMN_GENERAL] = !is_general};

	cdw_row_sort_put(&list->rows, values, nulls);
	pfree(DatumGetPointer(values[COLUMN_NAME]));
}

/* Takes the groups one table after the other. */
static void
order_by_sort(cdw_customer_list *list)
{
	cdw_row_sort_begin(&list->rows, row_descriptor(), C_COLLATION_OID, true);
	do
	{
		cdw_groups_cursor cursor = {0};
		const cdw_customer *customer;

		while ((customer = cdw_groups_each(list->groups, &cursor)) != NULL)
		{
			cdw_check_cancel(cursor.number);
			put_row(list, customer);
		}
	} while (cdw_groups_next(list->groups));
	cdw_row_sort_perform(&list->rows);
}

static bool
next_row(cdw_customer_list *list, cdw_listed_customer *result)
{
	const Datum *values = list->rows.out->tts_values;
	const text *name;

	if (!cdw_row_sort_next(&list->rows))
		return false;
	name = DatumGetTextPP(values[COLUMN_NAME]);
	*result = (cdw_listed_customer){
		.name = {.bytes = VARDATA_ANY(name), .length = VARSIZE_ANY_EXHDR(name)},
		.last_at = DatumGetInt64(values[COLUMN_LAST_AT]),
		.frequency = DatumGetInt64(values[COLUMN_FREQUENCY]),
		.sum = {.units = DatumGetInt64(values[COLUMN_UNITS]),
				.scale = DatumGetInt32(values[COLUMN_SCALE])},
	};
	if (result->sum.scale == CDW_GENERAL)
		result->sum.general = DatumGetNumeric(values[COLUMN_GENERAL]);
	return true;
}

/* ---- both ---- */

/* The customers of groups that are complete, whose keys are of that type. */
cdw_customer_list *
cdw_customer_list_create(cdw_groups *groups, Oid key_type, MemoryContext context)
{
	MemoryContext old = MemoryContextSwitchTo(context);
	cdw_customer_list *list = palloc0(sizeof(cdw_customer_list));

	list->groups = groups;
	list->key_type = key_type;
	if (groups->spilled)
		order_by_sort(list);
	else
		order_in_memory(list, context);
	MemoryContextSwitchTo(old);
	return list;
}

/* The next customer, valid until the one after it; false behind the last one. */
bool
cdw_customer_list_next(cdw_customer_list *list, cdw_listed_customer *customer)
{
	return list->groups->spilled ? next_row(list, customer) : next_in_memory(list, customer);
}

/* Goes back to the first customer. */
void
cdw_customer_list_restart(cdw_customer_list *list)
{
	list->next = 0;
	if (list->groups->spilled)
		cdw_row_sort_restart(&list->rows);
}

/* Removes what does not go with the context. */
void
cdw_customer_list_end(cdw_customer_list *list)
{
	if (list->groups->spilled)
		cdw_row_sort_end(&list->rows);
}
