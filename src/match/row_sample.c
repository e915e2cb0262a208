/*
 * src/match/row_sample.c
 *
 * A sample of rows in bounded memory: those whose content has the smallest hashes, as many as fit. It is
 * the same whatever the order of the rows: adding a row can only lower the hash up to which rows are
 * kept, so that a row that has once been left out would never come back.
 */
#include "match/infer.h"

#include "mb/pg_wchar.h"

#define MOST_ROWS 20000
#define MOST_BYTES ((Size) 48 * 1024 * 1024)
#define MOST_VALUE_BYTES 384
#define NULL_LENGTH (-1)

typedef struct Row
{
	uint64 hash;
	Size size;
	char *data; /* per column: full length, position and length of the text; then the texts */
} Row;

typedef struct Slot
{
	int32 full_len;
	uint32 start;
	int32 len;
} Slot;

/* A heap: the row with the greatest hash comes first. */
struct cdw_row_sample
{
	MemoryContext context;
	int ncolumns;
	uint64 limit; /* rows from this hash on have been left out */
	uint32 n;
	Size bytes;
	Row row[MOST_ROWS + 1];
};

#define ST_SORT sort_rows
#define ST_ELEMENT_TYPE Row
#define ST_COMPARE(a, b) ((a)->hash < (b)->hash ? -1 : (a)->hash > (b)->hash)
#define ST_SCOPE static
#define ST_DEFINE
#include "lib/sort_template.h"

/* Lives in the current memory context. */
cdw_row_sample *
cdw_row_sample_create(int ncolumns)
{
	cdw_row_sample *sample = palloc(sizeof(cdw_row_sample));

	sample->context = CurrentMemoryContext;
	sample->ncolumns = ncolumns;
	sample->limit = PG_UINT64_MAX;
	sample->n = 0;
	sample->bytes = 0;
	return sample;
}

/* A hash of a row's content, the whole of each value included. */
static uint64
hash_row(const cdw_row_sample *sample, const cdw_cell *cells)
{
	uint64 hash = 0;

	for (int c = 0; c < sample->ncolumns; c++)
		hash = cdw_hash_combine(hash, cells[c].text ? cells[c].hash : (uint64) c);
	return hash;
}

static void
sift_up(cdw_row_sample *sample, uint32 i)
{
	Row row = sample->row[i];

	while (i > 0 && sample->row[(i - 1) / 2].hash < row.hash)
	{
		sample->row[i] = sample->row[(i - 1) / 2];
		i = (i - 1) / 2;
	}
	sample->row[i] = row;
}

/* Takes the row with the greatest hash away. */
static void
drop_last(cdw_row_sample *sample)
{
	Row row;
	uint32 i = 0;

	sample->limit = sample->row[0].hash;
	sample->bytes -= sample->row[0].size;
	pfree(sample->row[0].data);
	row = sample->row[--sample->n];
	for (;;)
	{
		uint32 child = 2 * i + 1;

		if (child >= sample->n)
			break;
		if (child + 1 < sample->n && sample->row[child + 1].hash > sample->row[child].hash)
			child++;
		if (sample->row[child].hash <= row.hash)
			break;
		sample->row[i] = sample->row[child];
		i = child;
	}
	sample->row[i] = row;
}

static void
copy_row(cdw_row_sample *sample, uint64 hash, const cdw_cell *cells)
{
	Size size = sizeof(Slot) * sample->ncolumns;
	char *data;
	Slot *slot;

	for (int c = 0; c < sample->ncolumns; c++)
		if (cells[c].text)
			size += Min(cells[c].len, MOST_VALUE_BYTES);
	data = MemoryContextAlloc(sample->context, size);
	slot = (Slot *) data;
	size = sizeof(Slot) * sample->ncolumns;
	for (int c = 0; c < sample->ncolumns; c++)
	{
		int len = cells[c].text ? pg_mbcliplen(cells[c].text, cells[c].len, MOST_VALUE_BYTES) : 0;

		slot[c] = (Slot){
			.full_len = cells[c].text ? cells[c].len : NULL_LENGTH, .start = size, .len = len};
		if (len > 0)
			memcpy(data + size, cells[c].text, len);
		size += len;
	}
	sample->row[sample->n++] = (Row){.hash = hash, .size = size, .data = data};
	sample->bytes += size;
}

/* Offers a row; what is kept is copied. */
void
cdw_row_sample_add(cdw_row_sample *sample, const cdw_cell *cells)
{
	uint64 hash = hash_row(sample, cells);

	if (hash >= sample->limit)
		return;
	copy_row(sample, hash, cells);
	sift_up(sample, sample->n - 1);
	while (sample->n > MOST_ROWS || (sample->bytes > MOST_BYTES && sample->n > 1))
		drop_last(sample);
}

/* Puts the rows in the order of their hashes and returns their number. */
uint32
cdw_row_sample_finish(cdw_row_sample *sample)
{
	sort_rows(sample->row, sample->n);
	return sample->n;
}

cdw_cell
cdw_row_sample_cell(const cdw_row_sample *sample, uint32 row, int column)
{
	const char *data = sample->row[row].data;
	const Slot *slot = (const Slot *) data + column;

	if (slot->full_len == NULL_LENGTH)
		return (cdw_cell){0};
	return (cdw_cell){.text = data + slot->start, .len = slot->len, .full_len = slot->full_len};
}
