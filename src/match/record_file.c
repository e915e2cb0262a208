/*
 * src/match/record_file.c
 *
 * Records that do not fit into maintenance_work_mem, in a temporary file: read from the beginning to the
 * end, or changed in place, part by part. Pairs of them are looked at in batches (batch.c).
 *
 * The file has the records in the order in which they came; what number a record has is known after the
 * keys are sorted, and written with the first change. Marks of oversized keys are not in the file, but
 * a table of those keys: a record gets them when a batch takes it.
 *
 * Workers read the file, too; each scan opens it. It goes with a segment of shared memory, which is the
 * current resource owner's: on error both go with the transaction.
 */
#include "match/record_file.h"

#include <fcntl.h>

#include "match/share.h"
#include "miscadmin.h"
#include "storage/dsm.h"
#include "storage/sharedfileset.h"
#include "port/pg_bitutils.h"
#include "utils/memutils.h"

#define FILE_NAME "records"
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
	BufFile *file; /* that a scan has opened */
	char *data;
	uint32 size;
	Size capacity;
	uint32 most; /* records that the arrays have room for */
	cdw_record **record;
	uint32 *number;
} cdw_scan_part;

struct cdw_record_file
{
	dsm_segment *segment; /* the file's life; NULL in a worker */
	FileSet set;
	BufFile *file; /* NULL: no more records are added */
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
	SharedFileSet *set;

	file->context = context;
	file->segment = dsm_create(sizeof(SharedFileSet), 0);
	set = dsm_segment_address(file->segment);
	SharedFileSetInit(set, file->segment);
	file->set = set->fs;
	file->file = BufFileCreateFileSet(&file->set, FILE_NAME);
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

/* Room for the records' addresses; between two batches it says which records go to which of the next. */
static void
make_addresses(cdw_records *records)
{
	records->record = MemoryContextAllocHuge(
		records->file->context, Max(sizeof(cdw_record *), sizeof(uint64)) * (Size) records->n);
}

/* No more records come. */
void
cdw_record_file_finish(cdw_records *records)
{
	struct cdw_record_file *file = records->file;

	write_part(file);
	BufFileClose(file->file);
	file->file = NULL;
	pfree(file->part.data);
	file->part = (cdw_scan_part){0};
	make_addresses(records);
}

void
cdw_record_file_close(cdw_records *records)
{
	dsm_detach(records->file->segment);
	records->file->segment = NULL;
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
void
cdw_record_file_mark_keys(const cdw_records *records, cdw_record *record)
{
	const cdw_match_settings *settings = records->settings;
	mark_hash *marks = records->file->marks;

	if (marks->members == 0)
		return;
	for (int r = 0; r < settings->nrules; r++)
	{
		const cdw_rule *rule = &settings->rule[r];
		uint32 *key = cdw_record_keys(record) + rule->slot;

		for (int k = 0; k < rule->nslots && key[k]; k++)
			if (mark_lookup(marks, mark_of(r, key[k])))
				key[k] |= CDW_OVERSIZED;
	}
}

static void
drop_keys(const cdw_records *records, cdw_record *record)
{
	for (uint64 dropped = records->file->dropped; dropped; dropped &= dropped - 1)
	{
		const cdw_rule *rule = &records->settings->rule[pg_rightmost_one_pos64(dropped)];

		memset(cdw_record_keys(record) + rule->slot, 0, sizeof(uint32) * rule->nslots);
	}
}

/* ---- scans ---- */

void
cdw_scan_begin(cdw_scan *scan, const cdw_records *records, cdw_scan_mode mode)
{
	*scan = (cdw_scan){.records = records, .mode = mode};
	if (records->file == NULL)
		return;
	scan->part = palloc0(sizeof(cdw_scan_part));
	scan->part->file = BufFileOpenFileSet(&records->file->set, FILE_NAME,
										  mode == CDW_SCAN_READ ? O_RDONLY : O_RDWR, false);
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
			drop_keys(records, record);
		at += sizeof(cdw_image_head) + head->size;
	}
	scan->record = part->record;
	scan->number = part->number;
}

static void
end_scan(cdw_scan *scan)
{
	struct cdw_record_file *file = scan->records->file;

	BufFileClose(scan->part->file);
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
	cdw_scan_part *part = scan->part;
	BufFile *file = part->file;

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

/* ---- other processes ---- */

/* Writes the records' numbers to the file, if they are not there yet. */
static void
write_numbers(const cdw_records *records)
{
	cdw_scan scan;

	if (records->file->rank == NULL)
		return;
	cdw_scan_begin(&scan, records, CDW_SCAN_CHANGE);
	while (cdw_scan_next(&scan))
		;
}

/* Tells other processes what they need to scan the records. */
void
cdw_record_file_share(const cdw_records *records, dsa_area *area, cdw_shared_file *shared)
{
	const struct cdw_record_file *file = records->file;
	uint64 *mark =
		MemoryContextAllocHuge(CurrentMemoryContext, sizeof(uint64) * Max(file->marks->members, 1));
	mark_iterator iterator;
	MarkEntry *entry;

	write_numbers(records);
	*shared = (cdw_shared_file){.set = file->set,
								.bytes = file->bytes,
								.in_order = file->in_order,
								.dropped = file->dropped};
	mark_start_iterate(file->marks, &iterator);
	while ((entry = mark_iterate(file->marks, &iterator)) != NULL)
		mark[shared->nmarks++] = entry->mark;
	shared->mark = cdw_copy_to_area(area, mark, sizeof(uint64) * shared->nmarks);
	shared->source = cdw_copy_to_area(area, records->source, sizeof(uint16) * records->n);
	pfree(mark);
}

/* The records, as many as are said, of another process that still has them. */
void
cdw_record_file_attach(cdw_records *records, dsa_area *area, const cdw_shared_file *shared)
{
	struct cdw_record_file *file = palloc0(sizeof(struct cdw_record_file));
	const uint64 *mark = dsa_get_address(area, shared->mark);
	bool found;

	*file = (struct cdw_record_file){.set = shared->set,
									 .context = CurrentMemoryContext,
									 .bytes = shared->bytes,
									 .in_order = shared->in_order,
									 .dropped = shared->dropped,
									 .marks = mark_create(CurrentMemoryContext, 64, NULL)};
	for (uint32 i = 0; i < shared->nmarks; i++)
		mark_insert(file->marks, mark[i], &found);
	records->file = file;
	records->source = dsa_get_address(area, shared->source);
	make_addresses(records);
}
