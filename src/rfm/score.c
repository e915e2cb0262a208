/*
 * src/rfm/score.c
 *
 * Scores 1 (worst) to bins (best) of customers among each other, in integers only. Three independent
 * scores: r by the last purchase, f by frequency, m by the sum.
 *
 *   'quantile'  1 + bins * worse / n, worse = customers with a strictly smaller value: equal values share
 *               a score, and the bins are equal in size only where values differ
 *   'ntile'     the bins of SQL's ntile(): sizes differ by at most one, earlier bins are the greater ones,
 *               and equal values are told apart by the order of the input
 *   'mean'      2 at or above the mean, else 1 (score_mean.c)
 */
#include "rfm/rfm.h"

#include "utils/builtins.h"
#include "utils/memutils.h"

#define R_SHIFT 8
#define F_SHIFT 4
#define M_SHIFT 0

void
cdw_check_bins(int32 bins)
{
	if (bins < CDW_MIN_BINS || bins > CDW_MAX_BINS)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("argument \"bins\" must be between %d and %d", CDW_MIN_BINS, CDW_MAX_BINS),
				 errdetail("Value is %d.", bins)));
}

/* The method that a name stands for; others raise 22023, 'nested' raises 0A000. */
cdw_score_method
cdw_score_method_of(const text *method)
{
	const char *name = VARDATA_ANY(method);
	int length = VARSIZE_ANY_EXHDR(method);

	if (length == 8 && memcmp(name, "quantile", 8) == 0)
		return CDW_SCORE_QUANTILE;
	if (length == 5 && memcmp(name, "ntile", 5) == 0)
		return CDW_SCORE_NTILE;
	if (length == 4 && memcmp(name, "mean", 4) == 0)
		return CDW_SCORE_MEAN;
	if (length == 6 && memcmp(name, "nested", 6) == 0)
		ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
						errmsg("method \"nested\" is not supported"),
						errhint("Use \"quantile\" or \"ntile\", which score r, f and m "
								"independently.")));
	ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					errmsg("unknown scoring method \"%.*s\"", length, name),
					errhint("Methods are \"quantile\", \"ntile\" and \"mean\".")));
}

/* 'mean' has two scores: other bins that are asked for would not be what they say. */
void
cdw_check_method_bins(cdw_score_method method, int32 bins)
{
	cdw_check_bins(bins);
	if (method == CDW_SCORE_MEAN && bins != CDW_MEAN_BINS)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("method \"mean\" has two bins"),
				 errdetail("Argument \"bins\" is %d.", bins), errhint("Set bins => 2.")));
}

/* Room for the values of capacity customers, in a context. */
void
cdw_score_input_init(cdw_score_input *input, MemoryContext context, uint64 capacity)
{
	capacity = Max(capacity, 1);
	input->n = 0;
	input->last_at = MemoryContextAllocHuge(context, mul_size(sizeof(TimestampTz), capacity));
	input->frequency = MemoryContextAllocHuge(context, mul_size(sizeof(int64), capacity));
	input->sum = MemoryContextAllocHuge(context, mul_size(sizeof(cdw_sum), capacity));
}

/* The bin, from 0, of place i among n: as SQL's ntile(). */
static int
ntile_bin(uint64 i, uint64 n, int32 bins)
{
	uint64 size = n / bins;
	uint64 larger = n % bins;
	uint64 in_larger = larger * (size + 1);

	return i < in_larger ? i / (size + 1) : larger + (i - in_larger) / size;
}

/* Scores by the keys of items, and writes each into four bits of its row's scores. */
static void
score_by_key(cdw_sort_item *items, cdw_sort_item *scratch, uint64 n, int32 bins,
			 cdw_score_method method, int shift, cdw_scores *scores)
{
	uint64 worse = 0;

	cdw_sort_items(items, scratch, n);
	for (uint64 i = 0; i < n; i++)
	{
		int bin;

		cdw_check_cancel(i);
		if (items[i].key != items[worse].key)
			worse = i;
		bin = method == CDW_SCORE_NTILE ? ntile_bin(i, n, bins) : (int) (bins * worse / n);
		scores[items[i].row] |= (bin + 1) << shift;
	}
}

static int
compare_sums(const void *a, const void *b, void *sums)
{
	CHECK_FOR_INTERRUPTS();
	return cdw_sum_compare((cdw_sum *) sums + *(const uint64 *) a,
						   (cdw_sum *) sums + *(const uint64 *) b);
}

/* Keys in the order of sums of which some are general: their dense rank. */
static void
rank_sums(const cdw_score_input *input, cdw_sort_item *items)
{
	uint64 n = input->n;
	uint64 *order =
		MemoryContextAllocHuge(CurrentMemoryContext, mul_size(sizeof(uint64), Max(n, 1)));
	int64 rank = 0;

	for (uint64 i = 0; i < n; i++)
		order[i] = i;
	qsort_arg(order, n, sizeof(uint64), compare_sums, input->sum);
	for (uint64 i = 0; i < n; i++)
	{
		if (i > 0 && cdw_sum_compare(&input->sum[order[i - 1]], &input->sum[order[i]]) != 0)
			rank++;
		items[order[i]] = (cdw_sort_item){.key = rank, .row = order[i]};
	}
	pfree(order);
}

static void
sum_keys(const cdw_score_input *input, cdw_sort_item *items)
{
	for (uint64 i = 0; i < input->n; i++)
	{
		if (input->sum[i].general != NULL)
		{
			rank_sums(input, items);
			return;
		}
		items[i] = (cdw_sort_item){.key = input->sum[i].units, .row = i};
	}
}

/*
 * The scores of all customers of the input, in the current context. A customer without a purchase comes
 * before all others by r.
 */
cdw_scores *
cdw_score_customers(const cdw_score_input *input, int32 bins, cdw_score_method method)
{
	uint64 n = input->n;
	Size item_bytes = mul_size(sizeof(cdw_sort_item), Max(n, 1));
	cdw_sort_item *items;
	cdw_sort_item *scratch;
	cdw_scores *scores;

	if (method == CDW_SCORE_MEAN)
		return cdw_score_means(input);
	items = MemoryContextAllocHuge(CurrentMemoryContext, item_bytes);
	scratch = MemoryContextAllocHuge(CurrentMemoryContext, item_bytes);
	scores = MemoryContextAllocHuge(CurrentMemoryContext, mul_size(sizeof(cdw_scores), Max(n, 1)));
	memset(scores, 0, sizeof(cdw_scores) * n);
	for (uint64 i = 0; i < n; i++)
		items[i] = (cdw_sort_item){.key = input->last_at[i], .row = i};
	score_by_key(items, scratch, n, bins, method, R_SHIFT, scores);
	for (uint64 i = 0; i < n; i++)
		items[i] = (cdw_sort_item){.key = input->frequency[i], .row = i};
	score_by_key(items, scratch, n, bins, method, F_SHIFT, scores);
	sum_keys(input, items);
	score_by_key(items, scratch, n, bins, method, M_SHIFT, scores);
	pfree(items);
	pfree(scratch);
	return scores;
}
