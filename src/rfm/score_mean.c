/*
 * src/rfm/score_mean.c
 *
 * The mean of a column of keys, for scores of 2 at or above it and 1 below.
 */
#include "rfm/score.h"

/* Quotient and remainder towards minus infinity: the remainder is 0 or more. */
static inline int64
floor_division(int64 dividend, int64 divisor, int64 *remainder)
{
	int64 quotient = dividend / divisor;

	*remainder = dividend % divisor;
	if (*remainder < 0)
	{
		*remainder += divisor;
		quotient--;
	}
	return quotient;
}

/* How many keys of a column count: not those of customers without a purchase, who have no last one. */
static uint64
count_keys(cdw_score_keys *keys, cdw_key_column column, int64 *buffer)
{
	uint64 n = 0;

	if (column != CDW_KEY_R)
		return keys->n;
	for (uint64 block = 0; block < cdw_score_keys_blocks(keys); block++)
	{
		const int64 *values = cdw_score_keys_read(keys, block, column, buffer);

		CHECK_FOR_INTERRUPTS();
		for (int i = 0; i < cdw_score_keys_rows(keys, block); i++)
			n += values[i] != DT_NOBEGIN;
	}
	return n;
}

/*
 * The mean of the keys of a column, rounded up, so that a key is at or above the mean where it is not less;
 * the greatest key where none counts. Each key is divided by their number: the quotients add up to less than
 * the greatest key, and 2^32 remainders to less than 2^64.
 */
int64
cdw_score_mean(cdw_score_keys *keys, cdw_key_column column)
{
	int64 buffer[CDW_KEY_ROWS];
	uint64 n = count_keys(keys, column, buffer);
	int64 mean = 0;
	uint64 remainders = 0;

	if (n == 0)
		return PG_INT64_MAX;
	for (uint64 block = 0; block < cdw_score_keys_blocks(keys); block++)
	{
		const int64 *values = cdw_score_keys_read(keys, block, column, buffer);

		CHECK_FOR_INTERRUPTS();
		for (int i = 0; i < cdw_score_keys_rows(keys, block); i++)
		{
			int64 remainder;

			if (column == CDW_KEY_R && values[i] == DT_NOBEGIN)
				continue;
			mean += floor_division(values[i], n, &remainder);
			remainders += remainder;
		}
	}
	return mean + (remainders + n - 1) / n;
}
