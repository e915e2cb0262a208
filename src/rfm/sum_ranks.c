/*
 * src/rfm/sum_ranks.c
 *
 * Keys for sums of which some are no multiples of 10^-4 in the range of int64: how many different sums are
 * smaller. All sums are sorted as numeric, and their ranks brought back into the order of rows.
 */
#include "rfm/row_sort.h"
#include "rfm/score.h"

#include "access/tupdesc.h"
#include "catalog/pg_type.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

struct cdw_sum_ranks
{
	MemoryContext context;
	MemoryContext row_context;
	cdw_row_sort by_sum;
	uint64 n;
	cdw_sum total;
};

/* A descriptor of two columns. */
static TupleDesc
pair_of(Oid first, Oid second)
{
	TupleDesc desc = CreateTemplateTupleDesc(2);

	TupleDescInitEntry(desc, 1, "first", first, -1, 0);
	TupleDescInitEntry(desc, 2, "second", second, -1, 0);
	return desc;
}

cdw_sum_ranks *
cdw_sum_ranks_create(MemoryContext context)
{
	MemoryContext old = MemoryContextSwitchTo(context);
	cdw_sum_ranks *ranks = palloc0(sizeof(cdw_sum_ranks));

	ranks->context = context;
	ranks->row_context = AllocSetContextCreate(context, "cdw sum ranks row", ALLOCSET_SMALL_SIZES);
	cdw_row_sort_begin(&ranks->by_sum, pair_of(NUMERICOID, INT8OID), InvalidOid, false);
	MemoryContextSwitchTo(old);
	return ranks;
}

/* Takes the sum of a row. */
void
cdw_sum_ranks_add(cdw_sum_ranks *ranks, uint64 row, const cdw_sum *sum)
{
	static const bool nulls[2] = {false, false};
	MemoryContext old = MemoryContextSwitchTo(ranks->row_context);
	Datum values[2] = {NumericGetDatum(cdw_sum_numeric(sum)), Int64GetDatum(row)};

	cdw_row_sort_put(&ranks->by_sum, values, nulls);
	cdw_sum_add_in(ranks->context, &ranks->total, sum);
	ranks->n++;
	MemoryContextSwitchTo(old);
	MemoryContextReset(ranks->row_context);
}

/* Takes the sums of all rows whose key is in units. */
static void
add_units(cdw_sum_ranks *ranks, cdw_score_keys *keys)
{
	int64 buffer[CDW_KEY_ROWS];

	for (uint64 block = 0; block < cdw_score_keys_blocks(keys); block++)
	{
		const int64 *units = cdw_score_keys_read(keys, block, CDW_KEY_M, buffer);

		CHECK_FOR_INTERRUPTS();
		for (int i = 0; i < cdw_score_keys_rows(keys, block); i++)
		{
			cdw_sum sum = {.units = units[i], .scale = CDW_UNIT_SCALE};

			if (units[i] != CDW_GENERAL_KEY)
				cdw_sum_ranks_add(ranks, block * CDW_KEY_ROWS + i, &sum);
		}
	}
}

/* Whether a sum is less than the mean of all: n times the sum less than the total. */
static bool
is_below_mean(const cdw_sum_ranks *ranks, Datum sum)
{
	Datum n = NumericGetDatum(int64_to_numeric(ranks->n));
	Datum total = NumericGetDatum(cdw_sum_numeric(&ranks->total));

	return DatumGetBool(
		DirectFunctionCall2(numeric_lt, DirectFunctionCall2(numeric_mul, sum, n), total));
}

/* Sorts all sums and hands their ranks, with the rows, to another sort; returns the first at the mean. */
static int64
rank_sums(cdw_sum_ranks *ranks, cdw_row_sort *by_row)
{
	static const bool nulls[2] = {false, false};
	Numeric last = NULL;
	int64 rank = -1;
	int64 below_mean = 0;

	cdw_row_sort_perform(&ranks->by_sum);
	for (uint64 i = 0; cdw_row_sort_next(&ranks->by_sum); i++)
	{
		const Datum *row = ranks->by_sum.out->tts_values;
		Datum values[2] = {row[1]};

		cdw_check_cancel(i);
		if (last == NULL ||
			DatumGetBool(DirectFunctionCall2(numeric_ne, NumericGetDatum(last), row[0])))
		{
			MemoryContext old;

			MemoryContextReset(ranks->row_context);
			old = MemoryContextSwitchTo(ranks->row_context);
			rank++;
			below_mean += rank == below_mean && is_below_mean(ranks, row[0]);
			last = DatumGetNumericCopy(row[0]);
			MemoryContextSwitchTo(old);
		}
		values[1] = Int64GetDatum(rank);
		cdw_row_sort_put(by_row, values, nulls);
	}
	return below_mean;
}

/* Puts the ranks, which come by row, in the place of the keys. */
static void
write_ranks(cdw_row_sort *by_row, cdw_score_keys *keys)
{
	int64 buffer[CDW_KEY_ROWS] = {0};

	cdw_row_sort_perform(by_row);
	for (uint64 block = 0; block < cdw_score_keys_blocks(keys); block++)
	{
		CHECK_FOR_INTERRUPTS();
		for (int i = 0; i < cdw_score_keys_rows(keys, block) && cdw_row_sort_next(by_row); i++)
			buffer[i] = DatumGetInt64(by_row->out->tts_values[1]);
		cdw_score_keys_write(keys, block, CDW_KEY_M, buffer);
	}
}

/*
 * The keys, in which rows whose sums were given have CDW_GENERAL_KEY and all others their units, become
 * ranks. Returns the rank of the least sum that is at the mean or above. Ends the ranks.
 */
int64
cdw_sum_ranks_finish(cdw_sum_ranks *ranks, cdw_score_keys *keys)
{
	cdw_row_sort by_row;
	int64 mean_rank;

	add_units(ranks, keys);
	cdw_row_sort_begin(&by_row, pair_of(INT8OID, INT8OID), InvalidOid, false);
	mean_rank = rank_sums(ranks, &by_row);
	cdw_row_sort_end(&ranks->by_sum);
	write_ranks(&by_row, keys);
	cdw_row_sort_end(&by_row);
	MemoryContextDelete(ranks->row_context);
	return mean_rank;
}
