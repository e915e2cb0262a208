/*
 * src/rfm/score.c
 *
 * Scores 1 (worst) to bins (best) of customers among each other, in integers only: r by the last purchase, f
 * by frequency, m by the sum.
 *
 *   'quantile'  1 + bins * worse / n, worse = customers with a strictly smaller value: equal values share
 *               a score, and the bins are equal in size only where values differ
 *   'ntile'     the bins of SQL's ntile(): sizes differ by at most one, earlier bins are the greater ones,
 *               and equal values are told apart by the order of the rows
 *   'nested'    as 'quantile', but f among the customers of the same r, and m among those of the same r
 *               and f (SPSS calls this nested binning, and the other two independent)
 *   'mean'      2 at or above the mean of all customers, else 1; without a purchase r is 1, and no part of
 *               the mean of r
 *
 * Each method comes down to cuts: a customer's score is one more than the cuts it lies above, and but for the
 * mean a cut is the value in some place of the order. So nothing is sorted, and rows are read in their order.
 */
#include "rfm/score.h"

#include "utils/memutils.h"

#define MAX_CUTS (CDW_MAX_BINS - 1)

/* Rows lie above a cut where their key is greater, or equal and ties equal ones have come before. */
typedef struct Cut
{
	int64 key;
	uint64 ties;
	uint64 seen;
} Cut;

struct cdw_scorer
{
	int32 bins;
	cdw_score_method method;
	cdw_score_keys keys;
	cdw_sum_ranks *ranks;					/* NULL as long as all sums are in units */
	int64 mean_rank;						/* of sums, where there are ranks */
	Cut (*cuts[CDW_KEY_COLUMNS])[MAX_CUTS]; /* by group */
	cdw_key_column column;					/* whose cuts are being looked for */
	uint64 next;							/* row to be scored */
	const int64 *values[CDW_KEY_COLUMNS];
	int64 *buffers[CDW_KEY_COLUMNS]; /* where keys are in a file */
	uint8 groups[CDW_KEY_ROWS];
};

void
cdw_check_bins(int32 bins)
{
	if (bins < CDW_MIN_BINS || bins > CDW_MAX_BINS)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("argument \"bins\" must be between %d and %d", CDW_MIN_BINS, CDW_MAX_BINS),
				 errdetail("Value is %d.", bins)));
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

/* The method that a name stands for; others raise 22023. */
cdw_score_method
cdw_score_method_of(const text *method)
{
	static const char *const names[] = {"quantile", "ntile", "nested", "mean", "cuts"};
	const char *name = VARDATA_ANY(method);
	int length = VARSIZE_ANY_EXHDR(method);

	for (int i = 0; i < (int) lengthof(names); i++)
	{
		if (length == (int) strlen(names[i]) && memcmp(name, names[i], length) == 0)
			return i;
	}
	ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					errmsg("unknown scoring method \"%.*s\"", length, name),
					errhint("Methods are \"quantile\", \"ntile\", \"nested\" and \"mean\"; "
							"cdw.rfm_table has \"cuts\" as well.")));
}

/* Where a customer is scored in a column, given its bins in those before. */
static inline int
group_of(const cdw_scorer *scorer, cdw_key_column column, int r, int f)
{
	if (scorer->method != CDW_SCORE_NESTED || column == CDW_KEY_R)
		return 0;
	return column == CDW_KEY_F ? r : r * scorer->bins + f;
}

static int
ngroups(const cdw_scorer *scorer, cdw_key_column column)
{
	return group_of(scorer, column, scorer->bins - 1, scorer->bins - 1) + 1;
}

/*
 * A scorer in a context. Above so many bytes the keys of customers go to a temporary file, which
 * cdw_scorer_end removes.
 */
cdw_scorer *
cdw_scorer_create(MemoryContext context, int32 bins, cdw_score_method method, Size memory)
{
	cdw_scorer *scorer = MemoryContextAllocZero(context, sizeof(cdw_scorer));

	scorer->bins = bins;
	scorer->method = method;
	cdw_score_keys_init(&scorer->keys, context, memory);
	for (cdw_key_column column = CDW_KEY_R; column < CDW_KEY_COLUMNS; column++)
		scorer->cuts[column] =
			MemoryContextAllocZero(context, sizeof(*scorer->cuts[0]) * ngroups(scorer, column));
	return scorer;
}

/* Adds a customer; last_at is DT_NOBEGIN, before all others, where there is no purchase. */
void
cdw_scorer_add(cdw_scorer *scorer, TimestampTz last_at, int64 frequency, const cdw_sum *sum)
{
	int64 key = sum->units;

	if (sum->scale == CDW_GENERAL)
	{
		if (scorer->ranks == NULL)
			scorer->ranks = cdw_sum_ranks_create(scorer->keys.context);
		cdw_sum_ranks_add(scorer->ranks, scorer->keys.n, sum);
		key = CDW_GENERAL_KEY;
	}
	cdw_score_keys_add(&scorer->keys, last_at, frequency, key);
}

/* ---- scores from cuts ---- */

/* The score of a key in a group, from 0. The customers of a group come in their order. */
static inline int
bin_of(cdw_scorer *scorer, cdw_key_column column, int group, int64 key)
{
	Cut *cuts = scorer->cuts[column][group];
	int bin = 0;

	for (int i = 0; i < scorer->bins - 1; i++)
		bin += key > cuts[i].key || (key == cuts[i].key && cuts[i].seen++ >= cuts[i].ties);
	return bin;
}

static const int64 *
read_column(cdw_scorer *scorer, uint64 block, cdw_key_column column)
{
	scorer->values[column] =
		cdw_score_keys_read(&scorer->keys, block, column, scorer->buffers[column]);
	return scorer->values[column];
}

/* ---- finding the cuts ---- */

/* The rows of a block and their groups, where these depend on the columns before. */
static void
find_groups(cdw_scorer *scorer, uint64 block, int rows)
{
	for (cdw_key_column before = CDW_KEY_R; before < scorer->column; before++)
		(void) read_column(scorer, block, before);
	for (int i = 0; i < rows; i++)
	{
		int r = bin_of(scorer, CDW_KEY_R, 0, scorer->values[CDW_KEY_R][i]);
		int f = 0;

		if (scorer->column == CDW_KEY_M)
			f = bin_of(scorer, CDW_KEY_F, r, scorer->values[CDW_KEY_F][i]);
		scorer->groups[i] = group_of(scorer, scorer->column, r, f);
	}
}

/* A cdw_key_source: the keys of the present column. */
static int
read_keys(void *arg, uint64 block, const int64 **keys, const uint8 **groups)
{
	cdw_scorer *scorer = arg;
	int rows = cdw_score_keys_rows(&scorer->keys, block);

	if (scorer->method == CDW_SCORE_NESTED && scorer->column != CDW_KEY_R)
		find_groups(scorer, block, rows);
	*keys = read_column(scorer, block, scorer->column);
	*groups = scorer->groups;
	return rows;
}

static void
count_groups(cdw_scorer *scorer, uint64 *counts)
{
	for (uint64 block = 0; block < cdw_score_keys_blocks(&scorer->keys); block++)
	{
		const int64 *keys;
		const uint8 *groups;
		int rows = read_keys(scorer, block, &keys, &groups);

		CHECK_FOR_INTERRUPTS();
		for (int i = 0; i < rows; i++)
			counts[groups[i]]++;
	}
}

/* How many of n customers, at least one, lie below a bin but the first: at least 1, at most n. */
static uint64
customers_below(const cdw_scorer *scorer, uint64 n, int bin)
{
	uint64 product = n * bin;

	if (scorer->method == CDW_SCORE_NTILE)
		return n / scorer->bins * bin + Min(n % scorer->bins, (uint64) bin);
	return (product + scorer->bins - 1) / scorer->bins;
}

/* The places in the order of keys that cut off each bin of each group; returns their number. */
static int
list_places(const cdw_scorer *scorer, const uint64 *counts, cdw_order_statistic *statistics)
{
	int n = 0;

	for (int group = 0; group < ngroups(scorer, scorer->column); group++)
	{
		for (int bin = 1; bin < scorer->bins && counts[group] > 0; bin++)
			statistics[n++] = (cdw_order_statistic){
				.group = group,
				.place = customers_below(scorer, counts[group], bin) - 1,
			};
	}
	return n;
}

/*
 * The last customer below a bin is the cut. 'ntile' leaves those that are equal to it, and come after it,
 * above the cut, the other methods none.
 */
static void
set_cuts(cdw_scorer *scorer, const cdw_order_statistic *statistics, int n)
{
	for (int i = 0; i < n; i++)
	{
		scorer->cuts[scorer->column][statistics[i].group][i % (scorer->bins - 1)] = (Cut){
			.key = statistics[i].value,
			.ties = scorer->method == CDW_SCORE_NTILE ? statistics[i].place + 1 : PG_UINT64_MAX,
		};
	}
}

static void
find_cuts(cdw_scorer *scorer, cdw_key_column column)
{
	uint64 counts[CDW_MAX_GROUPS] = {0};
	int groups = ngroups(scorer, column);
	cdw_order_statistic *statistics =
		palloc(sizeof(cdw_order_statistic) * groups * (scorer->bins - 1));
	int n;

	scorer->column = column;
	if (groups == 1)
		counts[0] = scorer->keys.n;
	else
		count_groups(scorer, counts);
	n = list_places(scorer, counts, statistics);
	cdw_order_statistics(read_keys, scorer, cdw_score_keys_blocks(&scorer->keys), groups,
						 statistics, n);
	set_cuts(scorer, statistics, n);
	pfree(statistics);
}

/* Keys that are not less than the mean are above the cut. */
static void
cut_at_mean(cdw_scorer *scorer, cdw_key_column column)
{
	int64 mean = column == CDW_KEY_M && scorer->ranks != NULL
					 ? scorer->mean_rank
					 : cdw_score_mean(&scorer->keys, column);

	scorer->cuts[column][0][0] = (Cut){.key = mean, .ties = 0};
}

/* All customers are there: finds what cuts off their bins. */
void
cdw_scorer_finish(cdw_scorer *scorer)
{
	cdw_score_keys_finish(&scorer->keys);
	for (cdw_key_column column = CDW_KEY_R; column < CDW_KEY_COLUMNS; column++)
		scorer->buffers[column] = MemoryContextAlloc(scorer->keys.context, BLCKSZ);
	if (scorer->ranks != NULL)
		scorer->mean_rank = cdw_sum_ranks_finish(scorer->ranks, &scorer->keys);
	for (cdw_key_column column = CDW_KEY_R; column < CDW_KEY_COLUMNS; column++)
	{
		if (scorer->method == CDW_SCORE_MEAN)
			cut_at_mean(scorer, column);
		else
			find_cuts(scorer, column);
	}
}

/* The scores of the next customer, in the order of adding; there must be one. */
cdw_scores
cdw_scorer_next(cdw_scorer *scorer)
{
	int i = scorer->next % CDW_KEY_ROWS;
	int r;
	int f;
	int m;

	if (i == 0)
	{
		for (cdw_key_column column = CDW_KEY_R; column < CDW_KEY_COLUMNS; column++)
			(void) read_column(scorer, scorer->next / CDW_KEY_ROWS, column);
	}
	scorer->next++;
	r = bin_of(scorer, CDW_KEY_R, 0, scorer->values[CDW_KEY_R][i]);
	f = bin_of(scorer, CDW_KEY_F, group_of(scorer, CDW_KEY_F, r, 0), scorer->values[CDW_KEY_F][i]);
	m = bin_of(scorer, CDW_KEY_M, group_of(scorer, CDW_KEY_M, r, f), scorer->values[CDW_KEY_M][i]);
	return CDW_SCORES(r + 1, f + 1, m + 1);
}

/* Removes what does not go with the context. */
void
cdw_scorer_end(cdw_scorer *scorer)
{
	cdw_score_keys_end(&scorer->keys);
}
