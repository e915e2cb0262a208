/*
 * src/identity/keys.c
 *
 * The keys of records, of any type that has an order. Text is ordered by bytes: no answer depends on a
 * collation.
 */
#include "identity/identity.h"

#include "catalog/pg_collation.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "parser/parse_coerce.h"
#include "port/pg_bswap.h"
#include "utils/builtins.h"
#include "utils/datum.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/sortsupport.h"
#include "utils/typcache.h"

#define FIRST_CAPACITY 1024
#define MOST_PREFIX 256 /* bytes of texts that are sorted eight at a time */

/* Where the bytes of a key stand that the next step of a sort looks at. */
typedef struct KeyEntry
{
	uint64 prefix;
	Datum key;
	uint32 position;
} KeyEntry;

#define ST_SORT sort_key_entries
#define ST_ELEMENT_TYPE KeyEntry
#define ST_COMPARE_ARG_TYPE struct SortSupportData
#define ST_COMPARE(a, b, order)                                                                    \
	ApplySortComparator((a)->key, false, (b)->key, false, (SortSupport) (order))
#define ST_SCOPE static
#define ST_CHECK_FOR_INTERRUPTS
#define ST_DEFINE
#include "lib/sort_template.h"

#define ST_SORT sort_prefixes
#define ST_ELEMENT_TYPE KeyEntry
#define ST_COMPARE(a, b) ((a)->prefix < (b)->prefix ? -1 : (a)->prefix > (b)->prefix)
#define ST_SCOPE static
#define ST_CHECK_FOR_INTERRUPTS
#define ST_DEFINE
#include "lib/sort_template.h"

/* An empty list; it lives in the current context. */
cdw_keys *
cdw_keys_create(const cdw_resolver *resolver)
{
	cdw_keys *keys = palloc0(sizeof(cdw_keys));
	TypeCacheEntry *type = lookup_type_cache(resolver->key_type, TYPECACHE_LT_OPR);

	keys->type = resolver->key_type;
	keys->len = type->typlen;
	keys->byval = type->typbyval;
	keys->order = palloc0(sizeof(struct SortSupportData));
	keys->order->ssup_cxt = CurrentMemoryContext;
	keys->order->ssup_collation = OidIsValid(type->typcollation) ? C_COLLATION_OID : InvalidOid;
	PrepareSortSupportFromOrderingOp(type->lt_opr, keys->order);
	cdw_arena_init(&keys->arena, CurrentMemoryContext);
	keys->capacity = FIRST_CAPACITY;
	keys->key = palloc(sizeof(Datum) * keys->capacity);
	return keys;
}

/*
 * A key that a query has read. What the query finds may not be what the settings say: the column may have
 * been altered, the results made anew by hand. Raises 42804 for another type, 23502 for null.
 */
Datum
cdw_keys_read(const cdw_keys *keys, TupleTableSlot *slot, int column, const char *relation)
{
	Form_pg_attribute attribute = TupleDescAttr(slot->tts_tupleDescriptor, column);

	if (attribute->atttypid != keys->type)
		ereport(ERROR, (errcode(ERRCODE_DATATYPE_MISMATCH),
						errmsg("key column \"%s\" of %s has type %s, expected %s",
							   NameStr(attribute->attname), relation,
							   format_type_be(attribute->atttypid), format_type_be(keys->type)),
						errhint("Give both the source and the results a key of one type.")));
	if (slot->tts_isnull[column])
		ereport(ERROR, (errcode(ERRCODE_NOT_NULL_VIOLATION),
						errmsg("key column \"%s\" of %s has a null value",
							   NameStr(attribute->attname), relation),
						errhint("Every record needs a key of its own.")));
	return slot->tts_values[column];
}

/* Appends a copy of a key. */
void
cdw_keys_add(cdw_keys *keys, Datum key)
{
	if (keys->n == keys->capacity)
	{
		keys->capacity *= 2;
		keys->key = repalloc_huge(keys->key, sizeof(Datum) * keys->capacity);
	}
	if (!keys->byval)
	{
		Size size;
		void *copy;

		if (keys->len == -1 && VARATT_IS_EXTENDED(DatumGetPointer(key)) &&
			!VARATT_IS_SHORT(DatumGetPointer(key)))
			key = PointerGetDatum(PG_DETOAST_DATUM(key));
		size = datumGetSize(key, false, keys->len);
		copy = cdw_arena_alloc(&keys->arena, size);
		memcpy(copy, DatumGetPointer(key), size);
		key = PointerGetDatum(copy);
	}
	keys->key[keys->n++] = key;
}

/* Below, equal to or above zero, as a comes before, is or comes after b. */
int
cdw_keys_compare(const cdw_keys *keys, Datum a, Datum b)
{
	return ApplySortComparator(a, false, b, false, keys->order);
}

/* Whether the keys are numbers that one word holds. */
static bool
is_number(const cdw_keys *keys)
{
	return keys->type == INT8OID || keys->type == INT4OID || keys->type == INT2OID ||
		   keys->type == DATEOID;
}

/* A number as one that is ordered without sign. */
static uint64
number_prefix(const cdw_keys *keys, Datum key)
{
	int64 number = keys->type == INT8OID   ? DatumGetInt64(key)
				   : keys->type == INT2OID ? DatumGetInt16(key)
										   : DatumGetInt32(key);

	return (uint64) number ^ UINT64CONST(0x8000000000000000);
}

/* Eight bytes of a text from "start" on, ordered as a number; what is missing counts as zero. */
static uint64
text_prefix(Datum key, int start)
{
	const text *value = (const text *) DatumGetPointer(key);
	int len = VARSIZE_ANY_EXHDR(value) - start;
	const unsigned char *at = (const unsigned char *) VARDATA_ANY(value) + start;
	uint64 prefix = 0;

	if (len >= 8)
	{
		memcpy(&prefix, at, 8);
		return pg_ntoh64(prefix);
	}
	for (int i = 0; i < 8; i++)
		prefix = prefix << 8 | (i < len ? at[i] : 0);
	return prefix;
}

/*
 * Sorts texts that have their first "start" bytes in common, by bytes, eight at a time. No text has a zero
 * byte, so that a text comes before those that it begins.
 */
static void
sort_texts(const cdw_keys *keys, KeyEntry *entry, Size n, int start)
{
	if (start >= MOST_PREFIX)
	{
		sort_key_entries(entry, n, keys->order);
		return;
	}
	for (Size i = 0; i < n; i++)
		entry[i].prefix = text_prefix(entry[i].key, start);
	sort_prefixes(entry, n);
	for (Size from = 0, to; from < n; from = to)
	{
		for (to = from + 1; to < n && entry[to].prefix == entry[from].prefix; to++)
			;
		/* where the last byte is missing all texts end within these eight, and are equal */
		if (to - from > 1 && (entry[from].prefix & 0xFF) != 0)
			sort_texts(keys, entry + from, to - from, start + 8);
	}
}

static void
sort_entries(const cdw_keys *keys, KeyEntry *entry)
{
	if (is_number(keys))
	{
		for (uint32 i = 0; i < keys->n; i++)
			entry[i].prefix = number_prefix(keys, entry[i].key);
		sort_prefixes(entry, keys->n);
	}
	else if (keys->type == TEXTOID || keys->type == VARCHAROID)
		sort_texts(keys, entry, keys->n, 0);
	else
		sort_key_entries(entry, keys->n, keys->order);
}

/* Whether each key comes before the next: they are sorted, and different. */
bool
cdw_keys_in_order(const cdw_keys *keys)
{
	bool number = is_number(keys);

	for (uint32 i = 1; i < keys->n; i++)
	{
		if ((i & 0xFFFF) == 0)
			CHECK_FOR_INTERRUPTS();
		if (number ? number_prefix(keys, keys->key[i - 1]) >= number_prefix(keys, keys->key[i])
				   : cdw_keys_compare(keys, keys->key[i - 1], keys->key[i]) >= 0)
			return false;
	}
	return true;
}

/* Sorts the keys and returns where each came from. */
uint32 *
cdw_keys_sort(cdw_keys *keys)
{
	Size count = Max(keys->n, 1);
	KeyEntry *entry = MemoryContextAllocHuge(CurrentMemoryContext, sizeof(KeyEntry) * count);
	uint32 *position = MemoryContextAllocHuge(CurrentMemoryContext, sizeof(uint32) * count);

	for (uint32 i = 0; i < keys->n; i++)
		entry[i] = (KeyEntry){.key = keys->key[i], .position = i};
	sort_entries(keys, entry);
	for (uint32 i = 0; i < keys->n; i++)
	{
		keys->key[i] = entry[i].key;
		position[i] = entry[i].position;
	}
	pfree(entry);
	return position;
}

/* The position of a key among sorted ones; -1 where it is not. */
int64
cdw_keys_find(const cdw_keys *keys, Datum key)
{
	int64 low = 0;
	int64 high = (int64) keys->n - 1;

	while (low <= high)
	{
		int64 middle = (low + high) / 2;
		int order = cdw_keys_compare(keys, keys->key[middle], key);

		if (order == 0)
			return middle;
		if (order < 0)
			low = middle + 1;
		else
			high = middle - 1;
	}
	return -1;
}

/*
 * A key as text, as key::text gives it: a few types, char(n) and inet among them, have a cast that
 * differs from their output function.
 */
char *
cdw_key_text(const cdw_keys *keys, Datum key)
{
	Oid cast;
	Oid output;
	bool is_varlena;

	if (find_coercion_pathway(TEXTOID, getBaseType(keys->type), COERCION_EXPLICIT, &cast) ==
		COERCION_PATH_FUNC)
		return TextDatumGetCString(OidFunctionCall1(cast, key));
	getTypeOutputInfo(keys->type, &output, &is_varlena);
	return OidOutputFunctionCall(output, key);
}

/* A key that was given as text; raises what the type's input raises. */
Datum
cdw_key_input(const cdw_resolver *resolver, text *key)
{
	Oid input;
	Oid ioparam;

	getTypeInputInfo(resolver->key_type, &input, &ioparam);
	return OidInputFunctionCall(input, text_to_cstring(key), ioparam, resolver->key_typmod);
}

/* Raises P0002 for a key that no record has, or none that the caller may read. */
void
cdw_key_unknown(const cdw_resolver *resolver, text *key)
{
	ereport(ERROR, (errcode(ERRCODE_NO_DATA_FOUND),
					errmsg("record \"%s\" is not in the source of resolver \"%s\"",
						   text_to_cstring(key), resolver->name),
					errhint("Keys are values of column \"%s\" of %s.", resolver->key,
							cdw_relation_name(resolver->source))));
}
