/*
 * src/match/term.c
 *
 * How many records have each value of each field, and each word where words are weighed. A value is
 * known by its 64-bit hash: among a billion values, two share one with a chance of 3 %, and then one
 * agreement weighs a little more or less than it should.
 *
 * Values are counted field by field, parted by their hashes so that the table of a part stays in the
 * processor's cache; nothing remains of them but sums and the values that are worth storing.
 */
#include "match/match.h"

#include <math.h>

#include "miscadmin.h"
#include "port/pg_bitutils.h"
#include "utils/memutils.h"

#define WEIGHT_UNITS 1024 /* of a word's weight, to a nat */
#define MOST_WEIGHT 32767
#define RARE_RECORDS 4	 /* a word is rare that so many records have at most */
#define RARE_SHARE .001	 /* ... or such a share of those with a value */
#define STORED_RECORDS 3 /* that have a value which is stored */
#define HASHES_AT_ONCE                                                                             \
	(1 << 23)			  /* of all fields that are counted in one go, unless it is only one */
#define PART_RECORDS 4096 /* of a part, on average */
#define MOST_PART_BITS 9
#define AHEAD 8	 /* records that are fetched into the cache before they are read */
#define BATCH 32 /* records whose table entries are fetched before they are read */

typedef struct TermEntry
{
	uint64 hash;
	uint32 count;
	uint32 first;		/* a record that has the word */
	uint32 last;		/* the record that was counted last */
	uint16 weight : 15; /* of the word, once it is known: see cdw_token */
	uint16 rare : 1;
	char status;
} TermEntry;

#define SH_PREFIX term
#define SH_ELEMENT_TYPE TermEntry
#define SH_KEY_TYPE uint64
#define SH_KEY hash
#define SH_HASH_KEY(table, key) ((uint32) (key))
#define SH_EQUAL(table, a, b) ((a) == (b))
#define SH_SCOPE static inline
#define SH_DECLARE
#define SH_DEFINE
#include "lib/simplehash.h"

/* A value that three or more records have. */
typedef struct FrequentValue
{
	uint32 first; /* a record that has it */
	uint32 count;
} FrequentValue;

typedef struct FieldTerms
{
	cdw_term_summary summary; /* of what was counted */
	double values;			  /* records that have a value */
	Size nfrequent;
	Size capacity;
	FrequentValue *frequent;
	term_hash *stored; /* values whose counts were stored; NULL: there are none */
	term_hash *words;  /* NULL where words are not weighed */
} FieldTerms;

struct cdw_terms
{
	int nfields;
	MemoryContext context;
	FieldTerms field[CDW_MAX_FIELDS];
};

/* A record and the hash of its value; later the place of the value in the part's table. */
typedef struct ValueOf
{
	uint64 hash;
	uint32 record;
} ValueOf;

/* A value in the table of a part; hash 0: free. */
typedef struct ValueCount
{
	uint64 hash;
	uint32 first;
	uint32 count;
} ValueCount;

/* Never 0. */
static inline uint64
term_key(const char *value, int len)
{
	return Max(cdw_hash_in_memory(value, len), 1);
}

/* Empty counts for every field. */
cdw_terms *
cdw_terms_create(const cdw_match_settings *settings)
{
	cdw_terms *terms = palloc0(sizeof(cdw_terms));

	terms->nfields = settings->nfields;
	terms->context = CurrentMemoryContext;
	for (int f = 0; f < terms->nfields; f++)
		if (settings->field[f].comparison->split)
			terms->field[f].words = term_create(CurrentMemoryContext, 1024, NULL);
	return terms;
}

/* Asks for the memory of a record that will be read soon. */
static inline void
fetch_record(const cdw_scan *scan, uint32 i)
{
	if (i < scan->n)
	{
		__builtin_prefetch(scan->record[i]);
		__builtin_prefetch((const char *) scan->record[i] + 64);
		__builtin_prefetch((const char *) scan->record[i] + 128);
	}
}

/* ---- counting values ---- */

/* Writes the hash of each record's value for n fields from the first on, 0 where it is missing. */
static void
hash_values(const cdw_records *records, int first, int n, uint64 *hash)
{
	cdw_scan scan;

	cdw_scan_begin(&scan, records, CDW_SCAN_READ);
	while (cdw_scan_next(&scan))
		for (uint32 i = 0; i < scan.n; i++)
		{
			uint32 number = cdw_scan_number(&scan, i);

			cdw_progress_add(n);
			fetch_record(&scan, i + AHEAD);
			for (int f = 0; f < n; f++)
			{
				int len;
				const char *value = cdw_record_value(records, scan.record[i], first + f, &len);

				hash[(Size) f * records->n + number] = len > 0 ? term_key(value, len) : 0;
			}
		}
}

/* Puts the values into parts by the upper bits of their hashes; start has the place of each part. */
static void
part_values(const uint64 *hash, uint32 n, int bits, Size *start, ValueOf *value)
{
	int nparts = 1 << bits;
	int shift = 63 - bits; /* and one more, because a shift by all 64 is undefined */
	Size *next = palloc0(sizeof(Size) * nparts);
	Size sum = 0;

	for (uint32 i = 0; i < n; i++)
		if (hash[i] != 0)
			next[hash[i] >> 1 >> shift]++;
	for (int p = 0; p < nparts; p++)
	{
		start[p] = sum;
		sum += next[p];
		next[p] = start[p];
	}
	start[nparts] = sum;
	for (uint32 i = 0; i < n; i++)
		if (hash[i] != 0)
			value[next[hash[i] >> 1 >> shift]++] = (ValueOf){.hash = hash[i], .record = i};
	pfree(next);
}

/* Remembers a value that is frequent enough to be stored. */
static void
keep_frequent(const cdw_terms *terms, FieldTerms *field, const ValueCount *value)
{
	if (field->nfrequent == field->capacity)
	{
		field->capacity = Max(field->capacity * 2, 64);
		field->frequent =
			field->frequent
				? repalloc_huge(field->frequent, sizeof(FrequentValue) * field->capacity)
				: MemoryContextAlloc(terms->context, sizeof(FrequentValue) * field->capacity);
	}
	field->frequent[field->nfrequent++] =
		(FrequentValue){.first = value->first, .count = value->count};
}

/* Adds the values of a part to the sums of its field. */
static void
sum_part(const cdw_terms *terms, FieldTerms *field, const ValueCount *table, Size nslots)
{
	for (Size i = 0; i < nslots; i++)
	{
		double count = table[i].count;

		if (count == 0)
			continue;
		field->values += count;
		field->summary.distinct++;
		field->summary.skew += count * count; /* the squares, for the time being */
		if (count > 1)
			field->summary.repeated += count;
		if (count >= STORED_RECORDS)
			keep_frequent(terms, field, &table[i]);
	}
}

/* Counts the values of a part in table, which has mask + 1 slots; writes how many records have each. */
static void
count_part(ValueOf *value, Size n, ValueCount *table, Size mask, uint32 *count)
{
	memset(table, 0, sizeof(ValueCount) * (mask + 1));
	for (Size i = 0; i < n; i++)
	{
		Size slot = value[i].hash & mask;

		while (table[slot].hash != 0 && table[slot].hash != value[i].hash)
			slot = (slot + 1) & mask;
		if (table[slot].hash == 0)
			table[slot] = (ValueCount){.hash = value[i].hash, .first = value[i].record};
		table[slot].count++;
		value[i].hash = slot;
	}
	for (Size i = 0; i < n; i++)
		count[value[i].record] = Max(table[value[i].hash].count, 2);
}

/* The slots of a table for n values: a power of two, half of it free at least. */
static Size
table_slots(Size n)
{
	return (Size) pg_nextpower2_64(Max(n, 1) * 2);
}

/* Counts the values of a field and replaces their hashes by the counts, at the beginning of hash. */
static void
count_values(const cdw_terms *terms, FieldTerms *field, uint64 *hash, uint32 n)
{
	int bits = n <= PART_RECORDS ? 0 : Min(pg_leftmost_one_pos32(n / PART_RECORDS), MOST_PART_BITS);
	Size *start = palloc(sizeof(Size) * ((1 << bits) + 1));
	ValueOf *value =
		MemoryContextAllocHuge(CurrentMemoryContext, sizeof(ValueOf) * Max(n, (Size) 1));
	Size largest = 0;
	ValueCount *table;
	uint32 *count = (uint32 *) hash;
	double squares;

	part_values(hash, n, bits, start, value);
	memset(count, 0, sizeof(uint32) * n);
	for (int p = 0; p < 1 << bits; p++)
		largest = Max(largest, start[p + 1] - start[p]);
	table = MemoryContextAllocHuge(CurrentMemoryContext, sizeof(ValueCount) * table_slots(largest));
	for (int p = 0; p < 1 << bits; p++)
	{
		Size size = start[p + 1] - start[p];
		Size nslots = table_slots(size);

		CHECK_FOR_INTERRUPTS();
		count_part(value + start[p], size, table, nslots - 1, count);
		sum_part(terms, field, table, nslots);
	}
	squares = field->summary.skew;
	field->summary.values = field->values;
	field->summary.agreement =
		field->values > 1 ? (squares - field->values) / (field->values * (field->values - 1)) : 0;
	field->summary.skew = field->values > 0 ? squares / (field->values * field->values) : 0;
	pfree(table);
	pfree(value);
	pfree(start);
}

/* Writes the counts of n fields from the first on into the records. */
static void
write_counts(cdw_records *records, int first, int n, const uint64 *hash)
{
	cdw_scan scan;

	cdw_scan_begin(&scan, records, CDW_SCAN_CHANGE);
	while (cdw_scan_next(&scan))
		for (uint32 i = 0; i < scan.n; i++)
		{
			uint32 *term = cdw_record_terms(records, scan.record[i]) + first;
			uint32 number = cdw_scan_number(&scan, i);

			cdw_check_cancel(i);
			if (i + AHEAD < scan.n)
				__builtin_prefetch(scan.record[i + AHEAD]);
			for (int f = 0; f < n; f++)
				term[f] = ((const uint32 *) (hash + (Size) f * records->n))[number];
		}
}

/* ---- counting and weighing words ---- */

/* The words of some records: their hashes, and the table's memory asked for. */
typedef struct WordBatch
{
	int n;
	uint64 hash[BATCH * CDW_MAX_TOKENS];
	uint32 record[BATCH * CDW_MAX_TOKENS];
	cdw_token *token[BATCH * CDW_MAX_TOKENS];
} WordBatch;

/* Reads the words of a field in some records of a part. */
static void
read_words(const cdw_scan *scan, int f, uint32 start, const term_hash *table, WordBatch *batch)
{
	batch->n = 0;
	for (uint32 i = start; i < scan->n && i < start + BATCH; i++)
	{
		int len;
		const char *value = cdw_record_value(scan->records, scan->record[i], f, &len);
		int ntokens;
		cdw_token *token = cdw_record_tokens(scan->records, scan->record[i], f, &ntokens);

		fetch_record(scan, i + AHEAD);
		for (int t = 0; t < ntokens; t++)
		{
			uint64 hash = term_key(value + token[t].start, token[t].len);

			__builtin_prefetch(&table->data[(uint32) hash & table->sizemask]);
			batch->hash[batch->n] = hash;
			batch->record[batch->n] = cdw_scan_number(scan, i);
			batch->token[batch->n++] = &token[t];
		}
	}
}

/* Counts the words of a field in a part of the records, once per record. */
static void
count_words(term_hash *table, const cdw_scan *scan, int f, WordBatch *batch)
{
	for (uint32 start = 0; start < scan->n; start += BATCH)
	{
		CHECK_FOR_INTERRUPTS();
		read_words(scan, f, start, table, batch);
		for (int t = 0; t < batch->n; t++)
		{
			bool found;
			TermEntry *entry = term_insert(table, batch->hash[t], &found);

			if (!found)
			{
				entry->count = 0;
				entry->first = batch->record[t];
			}
			else if (entry->last == batch->record[t])
				continue;
			entry->last = batch->record[t];
			entry->count++;
		}
	}
}

/* Counts the words of all fields that have any. */
static void
count_all_words(cdw_terms *terms, const cdw_records *records)
{
	WordBatch *batch;
	cdw_scan scan;

	if (records->nsplit == 0)
		return;
	batch = palloc(sizeof(WordBatch));
	cdw_scan_begin(&scan, records, CDW_SCAN_READ);
	while (cdw_scan_next(&scan))
		for (int f = 0; f < terms->nfields; f++)
			if (terms->field[f].words)
				count_words(terms->field[f].words, &scan, f, batch);
	pfree(batch);
}

/* The weight of a word that so many records have: ln(1 + values / records that have the word). */
static uint16
word_weight(uint32 count, double values)
{
	return (uint16) Min(rint(log1p(values / count) * WEIGHT_UNITS), MOST_WEIGHT);
}

/* Gives the words that were counted their weights. */
static void
weigh_entries(const FieldTerms *field)
{
	double rare = Max(RARE_RECORDS, RARE_SHARE * field->values);
	term_iterator iterator;
	TermEntry *entry;

	term_start_iterate(field->words, &iterator);
	while ((entry = term_iterate(field->words, &iterator)) != NULL)
	{
		uint32 count = Max(entry->count, 2);

		entry->weight = word_weight(count, field->values);
		entry->rare = count <= rare;
	}
}

/*
 * Writes the weights of words into a part of the records. Words that are not there are as those of two
 * records.
 */
static void
weigh_words(const FieldTerms *field, const cdw_scan *scan, int f, WordBatch *batch)
{
	TermEntry unknown = {.weight = word_weight(2, field->values), .rare = true};

	for (uint32 start = 0; start < scan->n; start += BATCH)
	{
		CHECK_FOR_INTERRUPTS();
		read_words(scan, f, start, field->words, batch);
		for (int t = 0; t < batch->n; t++)
		{
			const TermEntry *entry = term_lookup(field->words, batch->hash[t]);

			if (entry == NULL)
				entry = &unknown;
			batch->token[t]->weight = entry->weight;
			batch->token[t]->rare = entry->rare;
		}
	}
}

/* The same for all fields that have words. */
static void
weigh_all_words(cdw_terms *terms, cdw_records *records)
{
	WordBatch *batch;
	cdw_scan scan;

	if (records->nsplit == 0)
		return;
	batch = palloc(sizeof(WordBatch));
	for (int f = 0; f < terms->nfields; f++)
		if (terms->field[f].words)
			weigh_entries(&terms->field[f]);
	cdw_scan_begin(&scan, records, CDW_SCAN_CHANGE);
	while (cdw_scan_next(&scan))
		for (int f = 0; f < terms->nfields; f++)
			if (terms->field[f].words)
				weigh_words(&terms->field[f], &scan, f, batch);
	pfree(batch);
}

/* How many fields are counted in one go. */
static int
fields_at_once(const cdw_terms *terms, const cdw_records *records)
{
	Size hashes = HASHES_AT_ONCE;

	if (records->file)
		hashes = Min(hashes, cdw_records_spare_memory(records) / sizeof(uint64));
	return Max(Min((int) (hashes / Max(records->n, 1)), terms->nfields), 1);
}

/*
 * Counts the values and words of all records, and writes the counts of values and the weights of words
 * into the records. Two records can only agree on a value that both have, so a count is at least 2;
 * values below the ones that are stored come out the same. Memory: 24 bytes per record at least, and 32
 * to 64 per different word.
 */
void
cdw_terms_count(cdw_terms *terms, cdw_records *records)
{
	int at_once = fields_at_once(terms, records);
	uint64 *hash = MemoryContextAllocHuge(CurrentMemoryContext,
										  sizeof(uint64) * at_once * Max(records->n, (Size) 1));

	for (int first = 0; first < terms->nfields; first += at_once)
	{
		int n = Min(at_once, terms->nfields - first);

		hash_values(records, first, n, hash);
		for (int f = 0; f < n; f++)
			count_values(terms, &terms->field[first + f], hash + (Size) f * records->n, records->n);
		write_counts(records, first, n, hash);
	}
	pfree(hash);
	count_all_words(terms, records);
	weigh_all_words(terms, records);
}

/* ---- counts that were stored ---- */

/* Takes a count that was stored. */
void
cdw_terms_add(cdw_terms *terms, int field, cdw_term_part part, const char *value, int len,
			  uint32 count)
{
	FieldTerms *to = &terms->field[field];
	term_hash *table = to->words;
	bool found;

	if (part == CDW_TERM_VALUE)
	{
		if (to->stored == NULL)
			to->stored = term_create(terms->context, 1024, NULL);
		table = to->stored;
	}
	if (table)
		term_insert(table, term_key(value, len), &found)->count = count;
}

/* Takes the number of records that have a value of the field, by which words are weighed. */
void
cdw_terms_set_values(cdw_terms *terms, int field, double values)
{
	terms->field[field].values = values;
}

/* Values that are not stored come out as those that two records have. */
static uint32
stored_count(term_hash *table, uint64 hash)
{
	TermEntry *entry = table ? term_lookup(table, hash) : NULL;

	return entry ? Max(entry->count, 2) : 2;
}

/* Writes the counts of the values of some records, once the tables' memory was asked for. */
static void
apply_values(const cdw_terms *terms, const cdw_scan *scan, uint32 start)
{
	const cdw_records *records = scan->records;
	uint32 end = Min(start + BATCH, scan->n);
	uint64 hash[BATCH][CDW_MAX_FIELDS];

	for (uint32 i = start; i < end; i++)
	{
		fetch_record(scan, i + AHEAD);
		for (int f = 0; f < terms->nfields; f++)
		{
			const term_hash *table = terms->field[f].stored;
			int len;
			const char *value = cdw_record_value(records, scan->record[i], f, &len);

			hash[i - start][f] = len > 0 ? term_key(value, len) : 0;
			if (table && len > 0)
				__builtin_prefetch(&table->data[(uint32) hash[i - start][f] & table->sizemask]);
		}
	}
	for (uint32 i = start; i < end; i++)
	{
		uint32 *count = cdw_record_terms(records, scan->record[i]);

		for (int f = 0; f < terms->nfields; f++)
			if (hash[i - start][f] != 0)
				count[f] = stored_count(terms->field[f].stored, hash[i - start][f]);
	}
}

/* Writes stored counts of values, and the weights of words by stored counts, into the records. */
void
cdw_terms_apply(cdw_terms *terms, cdw_records *records)
{
	cdw_scan scan;

	cdw_scan_begin(&scan, records, CDW_SCAN_CHANGE);
	while (cdw_scan_next(&scan))
		for (uint32 start = 0; start < scan.n; start += BATCH)
		{
			CHECK_FOR_INTERRUPTS();
			apply_values(terms, &scan, start);
		}
	weigh_all_words(terms, records);
}

/* ---- what was counted ---- */

/* The word of a record that has the hash; empty where there is none. */
static const char *
find_word(const cdw_value *value, uint64 hash, int *len)
{
	for (int t = 0; t < value->ntokens; t++)
	{
		const char *word = value->text + value->token[t].start;

		*len = value->token[t].len;
		if (term_key(word, *len) == hash)
			return word;
	}
	*len = 0;
	return "";
}

static void
need_frequent_value(cdw_batches *batches, Size item, void *arg)
{
	const FieldTerms *field = arg;

	cdw_batch_need(batches, field->frequent[item].first);
}

static void
hand_out_values(const FieldTerms *field, const cdw_records *records, int f,
				cdw_term_callback callback, void *arg)
{
	cdw_batches batches;

	cdw_batches_begin(&batches, records, field->nfrequent, need_frequent_value, (void *) field);
	while (cdw_next_batch(&batches))
		for (Size i = batches.first; i < batches.end; i++)
		{
			const FrequentValue *frequent = &field->frequent[i];
			int len;
			const char *value =
				cdw_record_value(records, records->record[frequent->first], f, &len);

			callback(f, CDW_TERM_VALUE, value, len, frequent->count, arg);
		}
}

/* An item for every entry of the table of words, the empty ones too. */
static void
need_word(cdw_batches *batches, Size item, void *arg)
{
	const TermEntry *entry = &((const term_hash *) arg)->data[item];

	if (entry->status == term_SH_IN_USE && entry->count >= STORED_RECORDS)
		cdw_batch_need(batches, entry->first);
}

static void
hand_out_words(term_hash *table, const cdw_records *records, int f, cdw_term_callback callback,
			   void *arg)
{
	cdw_batches batches;

	cdw_batches_begin(&batches, records, table->size, need_word, table);
	while (cdw_next_batch(&batches))
		for (Size i = batches.first; i < batches.end; i++)
		{
			const TermEntry *entry = &table->data[i];
			cdw_value value;
			const char *word;
			int len;

			if (entry->status != term_SH_IN_USE || entry->count < STORED_RECORDS)
				continue;
			cdw_record_read(records, records->record[entry->first], f, &value);
			word = find_word(&value, entry->hash, &len);
			callback(f, CDW_TERM_WORD, word, len, entry->count, arg);
		}
}

/*
 * Hands out the values and the words that three or more records have: what must be stored with a
 * model.
 */
void
cdw_terms_frequent(const cdw_terms *terms, const cdw_records *records, cdw_term_callback callback,
				   void *arg)
{
	for (int f = 0; f < terms->nfields; f++)
	{
		if (records->settings->field[f].term_frequency)
			hand_out_values(&terms->field[f], records, f, callback, arg);
		if (terms->field[f].words)
			hand_out_words(terms->field[f].words, records, f, callback, arg);
	}
}

/* Exact, from the counts: order of values does not matter because the sums are of integers. */
void
cdw_terms_summarise(const cdw_terms *terms, int field, cdw_term_summary *summary)
{
	*summary = terms->field[field].summary;
}
