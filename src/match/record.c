/*
 * src/match/record.c
 *
 * Records encoded once into an arena; see match.h for the layout.
 */
#include "match/match.h"

#include "utils/memutils.h"

#define FIRST_CAPACITY 1024

/* An empty set of records; it lives in the current memory context. */
cdw_records *
cdw_records_create(const cdw_match_settings *settings)
{
	cdw_records *records = palloc0(sizeof(cdw_records));

	records->settings = settings;
	records->end_offset = sizeof(uint32) * (settings->nslots + settings->nfields + 1);
	records->data_offset = records->end_offset + sizeof(uint16) * settings->nfields;
	records->capacity = FIRST_CAPACITY;
	records->record = palloc(sizeof(cdw_record *) * records->capacity);
	cdw_arena_init(&records->arena, CurrentMemoryContext);
	records->value = palloc(sizeof(StringInfo) * settings->nfields);
	for (int i = 0; i < settings->nfields; i++)
		records->value[i] = makeStringInfo();
	return records;
}

/*
 * Cuts a long value at a character boundary and lets a hash of the whole stand for the rest, so that
 * different values stay different.
 */
static void
shorten(StringInfo value)
{
	uint64 hash;
	int len = CDW_MAX_VALUE - 16;

	if (value->len <= CDW_MAX_VALUE)
		return;
	hash = cdw_hash_bytes(value->data, value->len, 0);
	while ((value->data[len] & 0xC0) == 0x80)
		len--;
	value->len = len;
	appendStringInfo(value, "%016llx", (unsigned long long) hash);
}

/* Encodes and appends a record. raw has one value per field. */
void
cdw_records_add(cdw_records *records, const cdw_raw_value *raw, uint32 source)
{
	const cdw_match_settings *settings = records->settings;
	cdw_record *record;
	uint16 *end;
	Size size = 0;
	int position = 0;

	if (records->n == records->capacity)
	{
		if (records->n >= CDW_MAX_RECORDS / 2)
			ereport(ERROR,
					(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED), errmsg("too many records to resolve"),
					 errdetail("The limit is %d.", CDW_MAX_RECORDS / 2)));
		records->capacity *= 2;
		records->record = repalloc_huge(records->record, sizeof(cdw_record *) * records->capacity);
	}
	for (int f = 0; f < settings->nfields; f++)
	{
		resetStringInfo(records->value[f]);
		if (raw[f].text)
			cdw_standardise(&settings->field[f], raw[f].text, raw[f].len, records->value[f]);
		shorten(records->value[f]);
		size += records->value[f]->len;
	}
	record = cdw_arena_alloc(&records->arena, records->data_offset + size);
	for (int r = 0; r < settings->nrules; r++)
		cdw_block_keys(&settings->rule[r], records->value,
					   cdw_record_keys(record) + settings->rule[r].slot);
	memset(cdw_record_terms(records, record), 0, sizeof(uint32) * settings->nfields);
	cdw_record_set_source(records, record, source);
	end = (uint16 *) ((char *) record + records->end_offset);
	for (int f = 0; f < settings->nfields; f++)
	{
		memcpy((char *) record + records->data_offset + position, records->value[f]->data,
			   records->value[f]->len);
		position += records->value[f]->len;
		end[f] = position;
	}
	records->record[records->n++] = record;
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

	/* the ends and the data are one stretch of bytes */
	return cdw_hash_bytes(start, value + len - start,
						  seed ^ cdw_record_source(records, record) * UINT64CONST(0x9e3779b9));
}
