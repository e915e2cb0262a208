/*
 * src/core/sort.c
 *
 * A radix sort for (key, record) entries: three passes over them and no comparisons.
 */
#include "core/core.h"

#include "miscadmin.h"

#define DIGIT_BITS 11
#define DIGITS 3 /* 33 bits cover the 32 that count */
#define BUCKETS (1 << DIGIT_BITS)

/*
 * Sorts by the upper 32 bits, least significant digit first, so it is stable: entries that were
 * made in record order stay so within a key. scratch holds n entries too.
 */
void
cdw_radix_sort(uint64 *entries, uint64 *scratch, Size n)
{
	static const int shift[DIGITS] = {32, 43, 54};
	Size(*count)[BUCKETS] = palloc0(sizeof(Size) * DIGITS * BUCKETS);
	uint64 *from = entries;
	uint64 *to = scratch;

	for (Size i = 0; i < n; i++)
		for (int d = 0; d < DIGITS; d++)
			count[d][(entries[i] >> shift[d]) & (BUCKETS - 1)]++;
	for (int d = 0; d < DIGITS; d++)
	{
		Size start = 0;
		uint64 *swap = from;

		CHECK_FOR_INTERRUPTS();
		for (int b = 0; b < BUCKETS; b++)
		{
			Size size = count[d][b];

			count[d][b] = start;
			start += size;
		}
		for (Size i = 0; i < n; i++)
			to[count[d][(from[i] >> shift[d]) & (BUCKETS - 1)]++] = from[i];
		from = to;
		to = swap;
	}
	if (from != entries)
		memcpy(entries, from, n * sizeof(uint64));
	pfree(count);
}
