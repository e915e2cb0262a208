/*
 * src/match/record.c
 *
 * Records encoded once, see match.h for the layout: into an arena, or past maintenance_work_mem into a
 * file (record_file.c).
 */
#include "match/encode.h"
#include "match/record_file.h"

#include "miscadmin.h"
#include "utils/memutils.h"

#define FIRST_CAPACITY 1024

/*
 * What a run takes for each record beside the record itself, in memory or not: its key and its address,
 * 8 bytes each; its hash, 8; its place in clustering, 25, or the edges it has by then; and by key its
 * place in a block, 4, and on average as much for the block.
 */
#define BYTES_BESIDE 56
#define BYTES_BESIDE_KEY 8

StaticAssertDecl(CDW_MAX_FIELDS *CDW_MAX_TEXT <= PG_UINT16_MAX, "ends of values are 16 bits");

/* An empty set of records; it lives in the current memory context. */
cdw_records *
cdw_records_create(const cdw_match_settings *settings)
{
	cdw_records *records = palloc0(sizeof(cdw_records));

	records->settings = settings;
	records->share = 1;
	for (int f = 0; f < settings->nfields; f++)
		records->split_index[f] = settings->field[f].comparison->split ? records->nsplit++ : -1;
	records->end_offset = sizeof(uint32) * (settings->nslots + settings->nfields + 1);
	records->data_offset =
		records->end_offset + sizeof(uint16) * (settings->nfields + records->nsplit);
	records->capacity = FIRST_CAPACITY;
	records->record = palloc(sizeof(cdw_record *) * records->capacity);
	records->memory = (Size) maintenance_work_mem * 1024;
	records->processes = 1;
	cdw_arena_init(&records->arena, AllocSetContextCreate(CurrentMemoryContext, "cdw records",
														  ALLOCSET_DEFAULT_SIZES));
	records->encoder = cdw_encoder_create(settings);
	return records;
}

/* The bytes of a record. */
Size
cdw_record_size(const cdw_records *records, cdw_record *record)
{
	const uint16 *end = (const uint16 *) ((const char *) record + records->end_offset);
	const uint16 *count = end + records->settings->nfields;
	Size size = records->data_offset + end[records->settings->nfields - 1];
	Size ntokens = 0;

	for (int i = 0; i < records->nsplit; i++)
		ntokens += count[i];
	return TYPEALIGN(sizeof(uint16), size) + sizeof(cdw_token) * ntokens;
}

/* What a run takes beside the records. */
static Size
bytes_beside(const cdw_records *records)
{
	return records->n * (BYTES_BESIDE + BYTES_BESIDE_KEY * (Size) records->settings->nslots);
}

/*
 * The memory that is left for records which are read from a file, or for what is counted of them: a
 * quarter of all at least, for each of so many processes an equal part. All have the records' addresses.
 */
Size
cdw_records_spare_memory(const cdw_records *records, int processes)
{
	Size beside =
		bytes_beside(records) + sizeof(cdw_record *) * (Size) records->n * (processes - 1);
	Size least = records->memory / 4;

	return (records->memory > beside + least ? records->memory - beside : least) / processes;
}

static void
make_room(cdw_records *records)
{
	if (records->n < records->capacity)
		return;
	if (records->n >= CDW_MAX_RECORDS / 2)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED), errmsg("too many records to resolve"),
				 errdetail("The limit is %d.", CDW_MAX_RECORDS / 2)));
	records->capacity *= 2;
	if (records->file)
		records->source = repalloc_huge(records->source, sizeof(uint16) * records->capacity);
	else
		records->record = repalloc_huge(records->record, sizeof(cdw_record *) * records->capacity);
}

/* Moves all records to a file. What a run on them would take in memory is more than it may. */
static void
spill(cdw_records *records)
{
	MemoryContext context = records->arena.context;
	uint16 *source =
		MemoryContextAllocHuge(MemoryContextGetParent(context), sizeof(uint16) * records->capacity);

	cdw_record_file_create(records);
	for (uint32 i = 0; i < records->n; i++)
	{
		cdw_record *record = records->record[i];
		Size size = cdw_record_size(records, record);

		cdw_check_cancel(i);
		memcpy(cdw_record_file_add(records, size), record, size);
		source[i] = cdw_record_source(records, record);
	}
	records->source = source;
	pfree(records->record);
	records->record = NULL;
	MemoryContextReset(context);
	cdw_arena_init(&records->arena, context);
}

/* Writes what a row has become. */
static void
write_record(const cdw_records *records, cdw_record *record, const cdw_value *value,
			 const uint32 *key, uint32 source, Size tokens_at)
{
	const cdw_match_settings *settings = records->settings;
	uint16 *end = (uint16 *) ((char *) record + records->end_offset);
	uint16 *count = end + settings->nfields;
	char *data = (char *) record + records->data_offset;
	cdw_token *token = (cdw_token *) ((char *) record + tokens_at);

	memcpy(cdw_record_keys(record), key, sizeof(uint32) * settings->nslots);
	memset(cdw_record_terms(records, record), 0, sizeof(uint32) * settings->nfields);
	cdw_record_set_source(records, record, source);
	for (int f = 0; f < settings->nfields; f++)
	{
		memcpy(data, value[f].text, value[f].len);
		data += value[f].len;
		end[f] = data - ((char *) record + records->data_offset);
		if (records->split_index[f] < 0)
			continue;
		*count++ = value[f].ntokens;
		memcpy(token, value[f].token, sizeof(cdw_token) * value[f].ntokens);
		token += value[f].ntokens;
	}
}

/* Encodes and appends a record. raw has one value per field. */
void
cdw_records_add(cdw_records *records, const cdw_raw_value *raw, uint32 source)
{
	uint32 key[CDW_MAX_RULES * CDW_MAX_RULE_KEYS];
	const cdw_value *value = cdw_encode(records->encoder, raw, key);
	cdw_record *record;
	Size tokens_at = records->data_offset;
	Size size;
	int ntokens = 0;

	make_room(records);
	for (int f = 0; f < records->settings->nfields; f++)
	{
		tokens_at += value[f].len;
		ntokens += value[f].ntokens;
	}
	tokens_at = TYPEALIGN(sizeof(uint16), tokens_at);
	size = tokens_at + sizeof(cdw_token) * ntokens;
	record =
		records->file ? cdw_record_file_add(records, size) : cdw_arena_alloc(&records->arena, size);
	write_record(records, record, value, key, source, tokens_at);
	if (records->file)
	{
		records->source[records->n++] = source;
		return;
	}
	records->record[records->n++] = record;
	if (records->arena.total + bytes_beside(records) > records->memory)
		spill(records);
}

/* Frees what only adding records needs. */
void
cdw_records_finish(cdw_records *records)
{
	cdw_encoder_free(records->encoder);
	records->encoder = NULL;
	if (records->file)
		cdw_record_file_finish(records);
}

/* Gives back what is not memory; to be called before the records are forgotten. */
void
cdw_records_close(cdw_records *records)
{
	if (records->file)
		cdw_record_file_close(records);
}

/* Numbers the records anew: a record's number becomes the place in "position" where its old one stands. */
void
cdw_records_order(cdw_records *records, const uint32 *position)
{
	cdw_record **ordered;

	if (records->file)
	{
		cdw_record_file_order(records, position);
		return;
	}
	ordered =
		MemoryContextAllocHuge(CurrentMemoryContext, sizeof(cdw_record *) * records->capacity);
	for (uint32 i = 0; i < records->n; i++)
		ordered[i] = records->record[position[i]];
	pfree(records->record);
	records->record = ordered;
}

/* Gives every source another number and counts their records. */
void
cdw_records_renumber_sources(cdw_records *records, const uint32 *rank, uint32 *source_size)
{
	for (uint32 i = 0; i < records->n; i++)
	{
		uint32 source = rank[cdw_source_of(records, i)];

		source_size[source]++;
		if (records->file)
			records->source[i] = source;
		else
			cdw_record_set_source(records, records->record[i], source);
	}
}

/* A hash of what a record says, its key and position apart. */
static uint64
record_hash(const cdw_records *records, cdw_record *record, uint64 seed)
{
	int last = records->settings->nfields - 1;
	int len;
	const char *value = cdw_record_value(records, record, last, &len);
	const char *start = (const char *) record + records->end_offset;

	/* the ends, the numbers of words and the data are one stretch of bytes */
	return cdw_hash_bytes(start, value + len - start,
						  seed ^ cdw_record_source(records, record) * UINT64CONST(0x9e3779b9));
}

/* The hashes of all records. */
uint64 *
cdw_record_hashes(const cdw_records *records, uint64 seed)
{
	uint64 *hash =
		MemoryContextAllocHuge(CurrentMemoryContext, sizeof(uint64) * Max(records->n, (Size) 1));
	cdw_scan scan;

	cdw_scan_begin(&scan, records, CDW_SCAN_READ);
	while (cdw_scan_next(&scan))
		for (uint32 i = 0; i < scan.n; i++)
		{
			cdw_check_cancel(i);
			hash[cdw_scan_number(&scan, i)] = record_hash(records, scan.record[i], seed);
		}
	return hash;
}
