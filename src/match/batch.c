/*
 * src/match/batch.c
 *
 * What needs records at random, where the records are in a file. The items to be looked at are cut into
 * batches, as many after each other as need no more records than memory has room for. One pass over the
 * file hands the records of up to 64 batches to a file each; those are read in turn. So all reading and
 * writing is from the beginning to the end, and a record is copied once for each batch that needs it.
 */
#include "match/match.h"

#include "match/record_file.h"
#include "miscadmin.h"
#include "port/pg_bitutils.h"
#include "utils/memutils.h"

#define MOST_BATCHES 64 /* in a round: a bit each */
#define LEAST_RECORDS 256

typedef struct cdw_batch_round
{
	int n;					 /* batches */
	int next;				 /* the batch to be loaded next */
	Size end[MOST_BATCHES];	 /* of its items */
	Size held[MOST_BATCHES]; /* records that it needs */
	BufFile *file[MOST_BATCHES];
	Size bytes[MOST_BATCHES]; /* of the file */
	uint64 *wanted;			  /* by record: the batches that need it; where its address will be */
	uint64 bit;				  /* of the batch that is being filled */
	bool counting;
	Size count;			   /* records of an item that the batch has not yet */
	MemoryContext context; /* of the records of the first batch */
	cdw_arena arena;
	cdw_record **loaded; /* the same */
	Size nloaded;
	char *data; /* the records of a later batch */
	Size capacity;
} cdw_batch_round;

/* How many records of a file a batch has at most, where so many processes have one each. */
uint32
cdw_batch_records(const cdw_records *records, int processes)
{
	Size most = cdw_records_spare_memory(records, processes) / cdw_record_file_mean(records);

	return (uint32) Min(Max(most, LEAST_RECORDS), PG_UINT32_MAX);
}

/* Begins to look at items; the current memory context has the records of each batch. */
void
cdw_batches_begin(cdw_batches *batches, const cdw_records *records, Size nitems,
				  cdw_batch_needs needs, void *arg)
{
	*batches = (cdw_batches){.records = records, .nitems = nitems, .needs = needs, .arg = arg};
	if (records->file == NULL || nitems == 0)
		return;
	batches->round = palloc0(sizeof(cdw_batch_round));
	batches->round->context =
		AllocSetContextCreate(CurrentMemoryContext, "cdw batch", ALLOCSET_DEFAULT_SIZES);
}

/* Called for each record that an item needs. */
void
cdw_batch_need(cdw_batches *batches, uint32 record)
{
	cdw_batch_round *round = batches->round;

	if (round->counting)
		round->count += (round->wanted[record] & round->bit) == 0;
	else
		round->wanted[record] |= round->bit;
}

static Size
count_needs(cdw_batches *batches, Size item)
{
	batches->round->counting = true;
	batches->round->count = 0;
	batches->needs(batches, item, batches->arg);
	batches->round->counting = false;
	return batches->round->count;
}

/* Cuts the next items into batches, as many as a round has. */
static void
plan_round(cdw_batches *batches)
{
	cdw_batch_round *round = batches->round;
	Size most = cdw_batch_records(batches->records, batches->records->processes);
	int b = 0;

	round->wanted = (uint64 *) batches->records->record;
	memset(round->wanted, 0, sizeof(uint64) * batches->records->n);
	memset(round->held, 0, sizeof(round->held));
	round->bit = 1;
	for (Size item = batches->end; item < batches->nitems; item++)
	{
		Size count = count_needs(batches, item);

		cdw_check_cancel(item);
		if (count == 0)
			continue;
		if (round->held[b] > 0 && round->held[b] + count > most)
		{
			round->end[b++] = item;
			if (b == MOST_BATCHES)
				break;
			round->bit <<= 1;
			count = count_needs(batches, item);
		}
		batches->needs(batches, item, batches->arg);
		round->held[b] += count;
	}
	if (b < MOST_BATCHES)
		round->end[b++] = batches->nitems;
	round->n = b;
	round->next = 0;
}

/* Those of the first batch stay in memory. */
static void
keep(cdw_batch_round *round, const cdw_image_head *head)
{
	Size size = sizeof(cdw_image_head) + head->size;
	cdw_image_head *copy = cdw_arena_alloc(&round->arena, size);

	memcpy(copy, head, size);
	round->loaded[round->nloaded++] = (cdw_record *) (copy + 1);
}

static void
append(cdw_batch_round *round, int b, cdw_image_head *head)
{
	Size size = sizeof(cdw_image_head) + head->size;

	cdw_write_file(round->file[b], head, size);
	round->bytes[b] += size;
}

/* Hands the records to the batches. */
static void
distribute(cdw_batches *batches)
{
	cdw_batch_round *round = batches->round;
	MemoryContext old = MemoryContextSwitchTo(round->context);
	cdw_scan scan;

	cdw_arena_init(&round->arena, round->context);
	round->loaded = MemoryContextAllocHuge(round->context,
										   sizeof(cdw_record *) * Max(round->held[0], (Size) 1));
	round->nloaded = 0;
	MemoryContextSwitchTo(old);
	if (round->n == 1 && round->held[0] == 0)
		return;
	for (int b = 1; b < round->n; b++)
	{
		round->file[b] = BufFileCreateTemp(false);
		round->bytes[b] = 0;
	}
	cdw_scan_begin(&scan, batches->records, CDW_SCAN_READ);
	while (cdw_scan_next(&scan))
		for (uint32 i = 0; i < scan.n; i++)
		{
			cdw_image_head *head = cdw_image_of(scan.record[i]);
			uint64 wanted = round->wanted[head->record];

			if (wanted)
				cdw_record_file_mark_keys(batches->records, scan.record[i]);
			if (wanted & 1)
				keep(round, head);
			for (wanted &= ~UINT64CONST(1); wanted; wanted &= wanted - 1)
				append(round, pg_rightmost_one_pos64(wanted), head);
		}
}

static void
load_first(cdw_batches *batches)
{
	cdw_batch_round *round = batches->round;

	for (Size i = 0; i < round->nloaded; i++)
		batches->records->record[cdw_image_of(round->loaded[i])->record] = round->loaded[i];
}

static void
forget_data(cdw_batch_round *round)
{
	if (round->data)
		pfree(round->data);
	round->data = NULL;
	round->capacity = 0;
}

static void
load_from_file(cdw_batches *batches, int b)
{
	cdw_batch_round *round = batches->round;

	MemoryContextReset(round->context);
	if (round->bytes[b] > round->capacity)
	{
		forget_data(round);
		round->capacity = round->bytes[b];
		round->data =
			MemoryContextAllocHuge(MemoryContextGetParent(round->context), round->capacity);
	}
	if (BufFileSeek(round->file[b], 0, 0, SEEK_SET) != 0)
		ereport(ERROR, (errcode_for_file_access(), errmsg("could not rewind temporary file")));
	cdw_read_file(round->file[b], round->data, round->bytes[b]);
	BufFileClose(round->file[b]);
	for (Size at = 0; at < round->bytes[b];)
	{
		cdw_image_head *head = (cdw_image_head *) (round->data + at);

		batches->records->record[head->record] = (cdw_record *) (head + 1);
		at += sizeof(cdw_image_head) + head->size;
	}
}

static void
next_batch_of_file(cdw_batches *batches)
{
	cdw_batch_round *round = batches->round;

	if (round->next == round->n)
	{
		MemoryContextReset(round->context);
		forget_data(round);
		plan_round(batches);
		distribute(batches);
	}
	if (round->next == 0)
		load_first(batches);
	else
		load_from_file(batches, round->next);
	batches->end = round->end[round->next++];
}

/* Goes to the next batch; after the last one, what the batches needed is freed and false is returned. */
bool
cdw_next_batch(cdw_batches *batches)
{
	CHECK_FOR_INTERRUPTS();
	if (batches->end == batches->nitems)
	{
		if (batches->round)
		{
			MemoryContextDelete(batches->round->context);
			forget_data(batches->round);
			pfree(batches->round);
			batches->round = NULL;
		}
		return false;
	}
	batches->first = batches->end;
	if (batches->round)
		next_batch_of_file(batches);
	else
		batches->end = batches->nitems;
	return true;
}
