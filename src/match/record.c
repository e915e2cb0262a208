/*
 * src/match/record.c
 *
 * Records encoded once into an arena; see match.h for the layout.
 */
#include "match/encode.h"

#include "miscadmin.h"
#include "utils/memutils.h"

#define FIRST_CAPACITY 1024

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
	cdw_arena_init(&records->arena, CurrentMemoryContext);
	records->encoder = cdw_encoder_create(settings);
	return records;
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
	records->record = repalloc_huge(records->record, sizeof(cdw_record *) * records->capacity);
}

/* Encodes and appends a record. raw has one value per field. */
void
cdw_records_add(cdw_records *records, const cdw_raw_value *raw, uint32 source)
{
	const cdw_match_settings *settings = records->settings;
	uint32 key[CDW_MAX_RULES * CDW_MAX_RULE_KEYS];
	const cdw_value *value = cdw_encode(records->encoder, raw, key);
	cdw_record *record;
	uint16 *end;
	uint16 *count;
	char *data;
	cdw_token *token;
	Size size = records->data_offset;
	int ntokens = 0;

	make_room(records);
	for (int f = 0; f < settings->nfields; f++)
	{
		size += value[f].len;
		ntokens += value[f].ntokens;
	}
	size = TYPEALIGN(sizeof(uint16), size);
	record = cdw_arena_alloc(&records->arena, size + sizeof(cdw_token) * ntokens);
	memcpy(cdw_record_keys(record), key, sizeof(uint32) * settings->nslots);
	memset(cdw_record_terms(records, record), 0, sizeof(uint32) * settings->nfields);
	cdw_record_set_source(records, record, source);
	end = (uint16 *) ((char *) record + records->end_offset);
	count = end + settings->nfields;
	data = (char *) record + records->data_offset;
	token = (cdw_token *) ((char *) record + size);
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
	records->record[records->n++] = record;
}

/* Frees what only adding records needs. */
void
cdw_records_finish(cdw_records *records)
{
	cdw_encoder_free(records->encoder);
	records->encoder = NULL;
}

/* A hash of what the record says, its key and position apart. */
uint64
cdw_record_hash(const cdw_records *records, uint32 i, uint64 seed)
{
	cdw_record *record = records->record[i];
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

	for (uint32 i = 0; i < records->n; i++)
	{
		if ((i & 0xFFFF) == 0)
			CHECK_FOR_INTERRUPTS();
		hash[i] = cdw_record_hash(records, i, seed);
	}
	return hash;
}
