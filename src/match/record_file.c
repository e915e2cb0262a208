/*
 * src/match/record_file.c
 *
 * Records that do not fit into maintenance_work_mem, in a temporary file: read from the beginning to the
 * end, or changed in place, part by part. Pairs of them are looked at in batches (batch.c).
 *
 * The file has the records in the order in which they came; what number a record has is known after the
 * keys are sorted, and written with the first change. Marks of oversized keys are not in the file, but
 * a table of those keys: a record gets them when it is read.
 *
 * The file is the current resource owner's: on error it goes with the transaction.
 */
#include "match/record_file.h"

#include "miscadmin.h"
#include "utils/memutils.h"

#define PART_BYTES ((Size) 128 * 1024) /* unless one record takes more */

typedef struct MarkEntry
{
	uint64 mark; /* rule and key */
	char status;
} MarkEntry;

#define SH_PREFIX mark
#define SH_ELEMENT_TYPE MarkEntry
#define SH_KEY_TYPE uint64
#define SH_KEY mark
#define SH_HASH_KEY(table, key) ((uint32) cdw_hash_combine(key, 0))
#define SH_EQUAL(table, a, b) ((a) == (b))
#define SH_SCOPE static inline
#define SH_DECLARE
#define SH_DEFINE
#include "lib/simplehash.h"

/* A part of the file: in it a size goes before the records. */
typedef struct cdw_scan_part
{
	char *data;
	uint32 size;
	Size capacity;
	uint32 most; /* records that the arrays have room for */
	cdw_record **record;
	uint32 *number;
} cdw_scan_part;

struct cdw_record_file
{
	BufFile *file;
	MemoryContext context;
	uint64 bytes;		/* of all records */
	cdw_scan_part part; /* that is being written */
	uint32 *rank;		/* by the order of coming: the record's number; NULL: the head has it */
	bool in_order;		/* records come in the order of their numbers */
	mark_hash *marks;	/* oversized keys */
	uint64 dropped;		/* rules that were given up, a bit each */
};

/* ---- reading and writing ---- */

/* Reads so many bytes of a temporary file, of which there must be as many. */
void
cdw_read_file(BufFile *file, void *data, Size size)
{
	if (BufFileRead(file, data, size) != size)
		ereport(ERROR, (errcode_for_file_access(), errmsg("could not read from temporary file")));
}

void
cdw_write_file(BufFile *file, void *data, Size size)
{
	BufFileWrite(file, data, size);
}

static void
seek(BufFile *file, off_t offset, int whence)
{
	if (BufFileSeek(file, 0, offset, whence) != 0)
		ereport(ERROR, (errcode_for_file_access(),
						errmsg("could not seek to position in temporary file")));
}

/* Room for so many bytes, of which those that are there stay. */
static void
make_room(cdw_scan_part *part, Size size)
{
	if (size <= part->capacity)
		return;
	part->capacity = Max(size, PART_BYTES);
	part->data = part->data ? repalloc(part->data, part->capacity) : palloc(part->capacity);
}

static void
write_part(struct cdw_record_file *file)
{
	if (file->part.size == 0)
		return;
	cdw_write_file(file->file, &file->part.size, sizeof(uint32));
	cdw_write_file(file->file, file->part.data, file->part.size);
	file->part.size = 0;
}

/* ---- making the file ---- */

/* An empty file, to which records can be added. */
void
cdw_record_file_create(cdw_records *records)
{
	MemoryContext context = MemoryContextGetParent(records->arena.context);
	MemoryContext old = MemoryContextSwitchTo(context);
	struct cdw_record_file *file = palloc0(sizeof(struct cdw_record_file));

	file->context = context;
	file->file = BufFileCreateTemp(false);
	file->in_order = true;
	file->marks = mark_create(context, 64, NULL);
	records->file = file;
	MemoryContextSwitchTo(old);
}

/* Where the next record, of that size, is to be written; it goes to the file with one that comes later. */
cdw_record *
cdw_record_file_add(cdw_records *records, Size size)
{
	struct cdw_record_file *file = records->file;
	Size total = sizeof(cdw_image_head) + MAXALIGN(size);
	cdw_image_head *head;
	MemoryContext old;

	if (file->part.size + total > PART_BYTES)
		write_part(file);
	old = MemoryContextSwitchTo(file->context);
	make_room(&file->part, file->part.size + total);
	MemoryContextSwitchTo(old);
	head = (cdw_image_head *) (file->part.data + file->part.size);
	*head = (cdw_image_head){.size = MAXALIGN(size)};
	memset((char *) (head + 1) + size, 0, MAXALIGN(size) - size);
	file->part.size += total;
	file->bytes += total;
	return (cdw_record *) (head + 1);
}

/* No more records come; their addresses get room. */
void
cdw_record_file_finish(cdw_records *records)
{
	struct cdw_record_file *file = records->file;

	write_part(file);
	pfree(file->part.data);
	file->part = (cdw_scan_part){0};
	/* between two batches the room serves to say which records go to which of the next */
	records->record = MemoryContextAllocHuge(
		file->context, Max(sizeof(cdw_record *), sizeof(uint64)) * (Size) records->n);
}

void
cdw_record_file_close(cdw_records *records)
{
	BufFileClose(records->file->file);
	records->file->file = NULL;
}

/* ---- numbers ---- */

/* The record that came as position[i] has the number i from here on. */
void
cdw_record_file_order(cdw_records *records, const uint32 *position)
{
	struct cdw_record_file *file = records->file;
	uint16 *source = MemoryContextAllocHuge(file->context, sizeof(uint16) * (Size) records->n);

	file->rank = MemoryContextAllocHuge(file->context, sizeof(uint32) * (Size) records->n);
	file->in_order = false;
	for (uint32 i = 0; i < records->n; i++)
	{
		file->rank[position[i]] = i;
		source[i] = records->source[position[i]];
	}
	pfree(records->source);
	records->source = source;
}

/* Whether a scan hands out the records in the order of their numbers. */
bool
cdw_record_file_in_order(const cdw_records *records)
{
	return records->file == NULL || records->file->in_order;
}

/* Bytes of a record, on average. */
Size
cdw_record_file_mean(const cdw_records *records)
{
	return records->file->bytes / Max(records->n, 1) + 1;
}

/* ---- marks ---- */

static uint64
mark_of(int rule, uint32 key)
{
	return (uint64) rule << 32 | key;
}

/* Marks a rule's key as oversized in all records that have it, or takes the mark away. */
void
cdw_record_file_mark(const cdw_records *records, int rule, uint32 key, bool oversized)
{
	mark_hash *marks = records->file->marks;
	bool found;

	if (oversized)
		mark_insert(marks, mark_of(rule, key), &found);
	else
		mark_delete(marks, mark_of(rule, key));
}

void
cdw_record_file_clear_marks(const cdw_records *records)
{
	mark_reset(records->file->marks);
}

/* The records lose the keys of a rule. */
void
cdw_record_file_drop_rule(const cdw_records *records, int rule)
{
	records->file->dropped |= UINT64CONST(1) << rule;
}

/* Gives a record the marks of its keys. */
static void
mark_keys(const cdw_records *records, cdw_record *record)
{
	const cdw_match_settings *settings = records->settings;
	mark_hash *marks = records->file->marks;

	if (marks->members == 0 && records->file->dropped == 0)
		return;
	for (int r = 0; r < settings->nrules; r++)
	{
		const cdw_rule *rule = &settings->rule[r];
		uint32 *key = cdw_record_keys(record) + rule->slot;

		if (records->file->dropped >> r & 1)
			memset(key, 0, sizeof(uint32) * rule->nslots);
		else
			for (int k = 0; k < rule->nslots && key[k]; k++)
				if (mark_lookup(marks, mark_of(r, key[k])))
					key[k] |= CDW_OVERSIZED;
	}
}

/* ---- scans ---- */

void
cdw_scan_begin(cdw_scan *scan, const cdw_records *records, cdw_scan_mode mode)
{
	*scan = (cdw_scan){.records = records, .mode = mode};
	if (records->file == NULL)
		return;
	seek(records->file->file, 0, SEEK_SET);
	scan->part = palloc0(sizeof(cdw_scan_part));
}

/* The records of a part that was read: their places, numbers, sources and marks. */
static void
list_records(cdw_scan *scan)
{
	const cdw_records *records = scan->records;
	cdw_scan_part *part = scan->part;
	const uint32 *rank = records->file->rank;

	scan->n = 0;
	for (uint32 at = 0; at < part->size; scan->n++)
	{
		cdw_image_head *head = (cdw_image_head *) (part->data + at);
		cdw_record *record = (cdw_record *) (head + 1);

		if (scan->n == part->most)
		{
			part->most = Max(part->most * 2, 1024);
			part->record = part->record ? repalloc(part->record, sizeof(cdw_record *) * part->most)
										: palloc(sizeof(cdw_record *) * part->most);
			part->number = part->number ? repalloc(part->number, sizeof(uint32) * part->most)
										: palloc(sizeof(uint32) * part->most);
		}
		if (rank)
			head->record = rank[scan->done + scan->n];
		else if (records->file->in_order)
			head->record = scan->done + scan->n;
		part->record[scan->n] = record;
		part->number[scan->n] = head->record;
		if (records->source)
			cdw_record_set_source(records, record, records->source[head->record]);
		if (scan->mode == CDW_SCAN_READ)
			mark_keys(records, record);
		at += sizeof(cdw_image_head) + head->size;
	}
	scan->record = part->record;
	scan->number = part->number;
}

static void
end_scan(cdw_scan *scan)
{
	struct cdw_record_file *file = scan->records->file;

	/* every record's number is with it by now */
	if (scan->mode == CDW_SCAN_CHANGE && file->rank)
	{
		pfree(file->rank);
		file->rank = NULL;
	}
	if (scan->part->data)
	{
		pfree(scan->part->data);
		pfree(scan->part->record);
		pfree(scan->part->number);
	}
	pfree(scan->part);
	scan->part = NULL;
}

static bool
next_part_of_file(cdw_scan *scan)
{
	BufFile *file = scan->records->file->file;
	cdw_scan_part *part = scan->part;

	CHECK_FOR_INTERRUPTS();
	if (scan->n > 0 && scan->mode == CDW_SCAN_CHANGE)
	{
		seek(file, -(off_t) part->size, SEEK_CUR);
		cdw_write_file(file, part->data, part->size);
	}
	scan->done += scan->n;
	if (scan->done == scan->records->n)
	{
		end_scan(scan);
		return false;
	}
	cdw_read_file(file, &part->size, sizeof(uint32));
	make_room(part, part->size);
	cdw_read_file(file, part->data, part->size);
	list_records(scan);
	return true;
}

/* Goes to the next part; after the last one, what the scan needed is freed and false is returned. */
bool
cdw_scan_next(cdw_scan *scan)
{
	const cdw_records *records = scan->records;

	if (records->file)
		return next_part_of_file(scan);
	scan->done += scan->n;
	scan->n = records->n - scan->done;
	scan->record = records->record;
	return scan->n > 0;
}
