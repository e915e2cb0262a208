/*
 * src/rfm/score_mean.c
 *
 * Scores against the mean: 2 where a value is at or above the mean of its kind over the customers, else
 * 1. A value v of n that sum to s is at or above their mean where v * n >= s; integers of 128 bits, or
 * numeric where a sum of amounts is one, keep that exact.
 */
#include "rfm/rfm.h"

#include "common/int128.h"
#include "utils/fmgrprotos.h"
#include "utils/memutils.h"

#define BELOW 1
#define NOT_BELOW 2

/* The sum and number of values. */
typedef struct Mean
{
	INT128 sum;
	int64 n;
} Mean;

static void
add_value(Mean *mean, int64 value)
{
	int128_add_int64(&mean->sum, value);
	mean->n++;
}

static int
score(const Mean *mean, int64 value)
{
	INT128 scaled = int64_to_int128(0);

	int128_add_int64_mul_int64(&scaled, value, mean->n);
	return int128_compare(scaled, mean->sum) >= 0 ? NOT_BELOW : BELOW;
}

/* Scores of sums of which some are numeric. */
static void
score_general_sums(const cdw_score_input *input, cdw_scores *scores)
{
	MemoryContext work =
		AllocSetContextCreate(CurrentMemoryContext, "cdw rfm mean", ALLOCSET_DEFAULT_SIZES);
	MemoryContext old = CurrentMemoryContext;
	cdw_sum total = {0};
	Datum n = NumericGetDatum(int64_to_numeric(input->n));
	Datum sum;

	for (uint64 i = 0; i < input->n; i++)
	{
		cdw_check_cancel(i);
		cdw_sum_add(&total, &input->sum[i]);
	}
	sum = NumericGetDatum(cdw_sum_numeric(&total));
	for (uint64 i = 0; i < input->n; i++)
	{
		Datum value;

		cdw_check_cancel(i);
		MemoryContextReset(work);
		MemoryContextSwitchTo(work);
		value = NumericGetDatum(cdw_sum_numeric(&input->sum[i]));
		value = DirectFunctionCall2(numeric_mul, value, n);
		scores[i] |= DatumGetBool(DirectFunctionCall2(numeric_ge, value, sum)) ? NOT_BELOW : BELOW;
		MemoryContextSwitchTo(old);
	}
	MemoryContextDelete(work);
}

static void
score_sums(const cdw_score_input *input, cdw_scores *scores)
{
	Mean mean = {.n = 0, .sum = int64_to_int128(0)};

	for (uint64 i = 0; i < input->n; i++)
	{
		cdw_check_cancel(i);
		if (input->sum[i].general != NULL)
		{
			score_general_sums(input, scores);
			return;
		}
		add_value(&mean, input->sum[i].units);
	}
	for (uint64 i = 0; i < input->n; i++)
		scores[i] |= score(&mean, input->sum[i].units);
}

/*
 * The scores 1 and 2 of all customers of the input, in the current context. A customer without a
 * purchase has r = 1 and no part in the mean of last purchases, but in those of frequency and sum.
 */
cdw_scores *
cdw_score_means(const cdw_score_input *input)
{
	uint64 n = input->n;
	cdw_scores *scores =
		MemoryContextAllocHuge(CurrentMemoryContext, mul_size(sizeof(cdw_scores), Max(n, 1)));
	Mean last = {.n = 0, .sum = int64_to_int128(0)};
	Mean frequency = {.n = 0, .sum = int64_to_int128(0)};

	for (uint64 i = 0; i < n; i++)
	{
		cdw_check_cancel(i);
		if (input->last_at[i] != DT_NOBEGIN)
			add_value(&last, input->last_at[i]);
		add_value(&frequency, input->frequency[i]);
	}
	for (uint64 i = 0; i < n; i++)
	{
		int r = input->last_at[i] == DT_NOBEGIN ? BELOW : score(&last, input->last_at[i]);

		cdw_check_cancel(i);
		scores[i] = CDW_SCORES(r, score(&frequency, input->frequency[i]), 0);
	}
	score_sums(input, scores);
	return scores;
}
