/*
 * src/match/record.c
 *
 * Records encoded once into an arena; see match.h for the layout.
 */
#include "match/match.h"

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
	records->value = palloc(sizeof(StringInfo) * settings->nfields);
	for (int i = 0; i < settings->nfields; i++)
		records->value[i] = makeStringInfo();
	records->residual = makeStringInfo();
	records->token = palloc(sizeof(cdw_token) * CDW_MAX_TOKENS * Max(records->nsplit, 1));
	return records;
}

/*
 * Cuts a long value at a character boundary and lets a hash of the whole stand for the rest, so that
 * different values stay different. The hash is a word of its own where words are compared.
 */
static void
shorten(StringInfo value, bool split)
{
	int most = split ? CDW_MAX_TEXT : CDW_MAX_VALUE;
	uint64 hash;
	int len = most - 17;

	if (value->len <= most)
		return;
	hash = cdw_hash_bytes(value->data, value->len, 0);
	while (len > 0 && (value->data[len] & 0xC0) == 0x80)
		len--;
	value->len = len;
	appendStringInfo(value, split ? " %016llx" : "%016llx", (unsigned long long) hash);
}

/* Whether a word stands in a value, between blanks. */
static bool
has_word(const StringInfo value, const char *word, int len)
{
	int start = 0;

	for (int i = 0; i <= value->len; i++)
		if (i == value->len || value->data[i] == ' ')
		{
			if (i - start == len && memcmp(value->data + start, word, len) == 0)
				return true;
			start = i + 1;
		}
	return false;
}

/* Appends to out the words of a field that stand in none of the fields that it goes without. */
static void
append_residual(const cdw_records *records, const cdw_field *field, int f, StringInfo out)
{
	const StringInfo value = records->value[f];
	int start = 0;

	for (int i = 0; i <= value->len; i++)
	{
		const char *word = value->data + start;
		int len = i - start;
		bool found = len == 0;

		if (i < value->len && value->data[i] != ' ')
			continue;
		for (int g = 0; g < records->settings->nfields && !found; g++)
			found = (field->without_set >> g & 1) && has_word(records->value[g], word, len);
		if (!found)
		{
			if (out->len > 0)
				appendStringInfoChar(out, ' ');
			appendBinaryStringInfo(out, word, len);
		}
		start = i + 1;
	}
}

/* Replaces the values of fields that go without others by what is left of them. */
static void
drop_words(cdw_records *records)
{
	const cdw_match_settings *settings = records->settings;

	for (int k = 0; k < settings->nresiduals; k++)
	{
		int f = settings->residual[k];
		StringInfo before = records->value[f];

		resetStringInfo(records->residual);
		append_residual(records, &settings->field[f], f, records->residual);
		records->value[f] = records->residual;
		records->residual = before;
	}
}

/* Finds the words of the record at hand; returns how many there are in all. */
static int
split_values(cdw_records *records, uint16 *count)
{
	const cdw_match_settings *settings = records->settings;
	int n = 0;

	for (int f = 0; f < settings->nfields; f++)
	{
		int split = records->split_index[f];

		if (split < 0)
			continue;
		count[split] = settings->field[f].comparison->split(
			records->value[f]->data, records->value[f]->len, records->token + n);
		n += count[split];
	}
	return n;
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
	uint16 count[CDW_MAX_FIELDS];
	cdw_record *record;
	uint16 *end;
	Size size = 0;
	int position = 0;
	int ntokens;

	make_room(records);
	for (int f = 0; f < settings->nfields; f++)
	{
		resetStringInfo(records->value[f]);
		if (raw[f].text)
			cdw_standardise(&settings->field[f], raw[f].text, raw[f].len, records->value[f]);
		shorten(records->value[f], records->split_index[f] >= 0);
	}
	/* candidates are found by whole values, also where only what is left of them is compared */
	for (int r = 0; r < settings->nrules; r++)
		cdw_block_keys(&settings->rule[r], records->value, key + settings->rule[r].slot);
	drop_words(records);
	ntokens = split_values(records, count);
	for (int f = 0; f < settings->nfields; f++)
		size += records->value[f]->len;
	size = TYPEALIGN(sizeof(uint16), records->data_offset + size);
	record = cdw_arena_alloc(&records->arena, size + sizeof(cdw_token) * ntokens);
	memcpy(cdw_record_keys(record), key, sizeof(uint32) * settings->nslots);
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
	memcpy(end + settings->nfields, count, sizeof(uint16) * records->nsplit);
	memcpy((char *) record + size, records->token, sizeof(cdw_token) * ntokens);
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
