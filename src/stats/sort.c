/*
 * src/stats/sort.c
 *
 * Stable sorts that keep pace with the scan: least-significant-digit radix sort of int64 keys, and
 * strings in C order by radix sort of eight bytes at a time.
 */
#include "stats/stats.h"

#include "port/pg_bswap.h"

#define DIGIT_BITS 8
#define DIGITS (64 / DIGIT_BITS)
#define BUCKETS (1 << DIGIT_BITS)
#define PREFIX_BYTES 8
#define SMALL 64 /* from here down insertion sort is faster */

/* Sorting unsigned keys with the sign bit flipped is sorting signed keys. */
static inline uint64
unsigned_key(int64 key)
{
	return (uint64) key ^ (UINT64CONST(1) << 63);
}

static inline int
digit_of(int64 key, int digit)
{
	return (unsigned_key(key) >> (digit * DIGIT_BITS)) & (BUCKETS - 1);
}

static void
insertion_sort(cdw_sort_item *items, uint64 n)
{
	for (uint64 i = 1; i < n; i++)
	{
		cdw_sort_item item = items[i];
		uint64 j = i;

		for (; j > 0 && items[j - 1].key > item.key; j--)
			items[j] = items[j - 1];
		items[j] = item;
	}
}

/* Moves items to their places by one digit, stably. count holds the number of items per bucket. */
static void
scatter(const cdw_sort_item *from, cdw_sort_item *to, uint64 n, int digit, const uint64 *count)
{
	uint64 next[BUCKETS];
	uint64 start = 0;

	for (int i = 0; i < BUCKETS; i++)
	{
		next[i] = start;
		start += count[i];
	}
	for (uint64 i = 0; i < n; i++)
	{
		cdw_check_cancel(i);
		to[next[digit_of(from[i].key, digit)]++] = from[i];
	}
}

/* Sorts by key, stably; scratch has room for n items. Linear; digits that all keys share cost nothing. */
void
cdw_sort_items(cdw_sort_item *items, cdw_sort_item *scratch, uint64 n)
{
	uint64(*count)[BUCKETS];
	cdw_sort_item *from = items;
	cdw_sort_item *to = scratch;

	if (n <= SMALL)
	{
		insertion_sort(items, n);
		return;
	}
	count = palloc0(sizeof(uint64) * DIGITS * BUCKETS);
	for (uint64 i = 0; i < n; i++)
	{
		cdw_check_cancel(i);
		for (int digit = 0; digit < DIGITS; digit++)
			count[digit][digit_of(items[i].key, digit)]++;
	}
	for (int digit = 0; digit < DIGITS; digit++)
	{
		cdw_sort_item *swap = from;

		if (count[digit][digit_of(items[0].key, digit)] == n)
			continue;
		scatter(from, to, n, digit, count[digit]);
		from = to;
		to = swap;
	}
	if (from != items)
		memcpy(items, from, sizeof(cdw_sort_item) * n);
	pfree(count);
}

/* Eight bytes from an offset, as a key that sorts like them; zero bytes behind the end. */
static int64
prefix_key(const cdw_string *string, uint64 offset)
{
	uint64 prefix = 0;

	if (string->length > offset)
		memcpy(&prefix, string->bytes + offset, Min(string->length - offset, PREFIX_BYTES));
	return (int64) (pg_ntoh64(prefix) ^ (UINT64CONST(1) << 63));
}

/* How many bytes from an offset all strings of the items share. */
static uint64
common_prefix(const cdw_string *strings, const cdw_sort_item *items, uint64 n, uint64 offset)
{
	const cdw_string *first = &strings[items[0].row];
	uint64 common = first->length > offset ? first->length - offset : 0;

	for (uint64 i = 1; i < n && common > 0; i++)
	{
		const cdw_string *string = &strings[items[i].row];
		uint64 length = 0;

		cdw_check_cancel(i);
		if (string->length > offset)
		{
			uint64 end = Min(common, string->length - offset);

			while (length < end && string->bytes[offset + length] == first->bytes[offset + length])
				length++;
		}
		common = length;
	}
	return common;
}

/* Sorts items whose strings agree up to offset: by the next eight bytes that differ, then each run. */
static void
sort_strings_from(const cdw_string *strings, cdw_sort_item *items, cdw_sort_item *scratch, uint64 n,
				  uint64 offset)
{
	check_stack_depth();
	offset += common_prefix(strings, items, n, offset);
	for (uint64 i = 0; i < n; i++)
	{
		cdw_check_cancel(i);
		items[i].key = prefix_key(&strings[items[i].row], offset);
	}
	cdw_sort_items(items, scratch, n);
	offset += PREFIX_BYTES;
	for (uint64 start = 0, end; start < n; start = end)
	{
		bool longer = strings[items[start].row].length > offset;

		for (end = start + 1; end < n && items[end].key == items[start].key; end++)
			longer |= strings[items[end].row].length > offset;
		cdw_check_cancel(start);
		if (end - start > 1 && longer)
			sort_strings_from(strings, items + start, scratch, end - start, offset);
	}
}

/*
 * Orders strings (no two equal, none with a zero byte) as memcmp does, a prefix first. On return
 * items[i].row is the number of the string in place i; items and scratch have room for n items.
 */
void
cdw_sort_strings(const cdw_string *strings, cdw_sort_item *items, cdw_sort_item *scratch, uint64 n)
{
	for (uint64 i = 0; i < n; i++)
		items[i].row = i;
	if (n > 1)
		sort_strings_from(strings, items, scratch, n, 0);
}
