/*
 * src/match/term.c
 *
 * How many records have each value of each field, and each word where words are weighed. A value is
 * known by its 64-bit hash: among a billion values, two share one with a chance of 3 %, and then one
 * agreement weighs a little more or less than it should.
 */
#include "match/term.h"

#include <math.h>

#include "miscadmin.h"

#define WEIGHT_UNITS 1024 /* of a word's weight, to a nat */
#define MOST_WEIGHT 32767
#define RARE_RECORDS 4	/* a word is rare that so many records have at most */
#define RARE_SHARE .001 /* ... or such a share of those with a value */
#define BATCH 32		/* records whose table entries are fetched before they are read */

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

		cdw_fetch_record(scan, i + CDW_AHEAD);
		for (int t = 0; t < ntokens; t++)
		{
			uint64 hash = cdw_term_key(value + token[t].start, token[t].len);

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
weigh_entries(const cdw_field_terms *field)
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
weigh_words(const cdw_field_terms *field, const cdw_scan *scan, int f, WordBatch *batch)
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

/*
 * Counts the values and words of all records, and writes the counts of values and the weights of words
 * into the records. Two records can only agree on a value that both have, so a count is at least 2;
 * values below the ones that are stored come out the same. Memory: 24 bytes per record at least, and 32
 * to 64 per different word.
 */
void
cdw_terms_count(cdw_terms *terms, cdw_records *records)
{
	cdw_count_values(terms, records);
	count_all_words(terms, records);
	weigh_all_words(terms, records);
}

/* ---- counts that were stored ---- */

/* Takes a count that was stored. */
void
cdw_terms_add(cdw_terms *terms, int field, cdw_term_part part, const char *value, int len,
			  uint32 count)
{
	cdw_field_terms *to = &terms->field[field];
	term_hash *table = to->words;
	bool found;

	if (part == CDW_TERM_VALUE)
	{
		if (to->stored == NULL)
			to->stored = term_create(terms->context, 1024, NULL);
		table = to->stored;
	}
	if (table)
		term_insert(table, cdw_term_key(value, len), &found)->count = count;
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
		cdw_fetch_record(scan, i + CDW_AHEAD);
		for (int f = 0; f < terms->nfields; f++)
		{
			const term_hash *table = terms->field[f].stored;
			int len;
			const char *value = cdw_record_value(records, scan->record[i], f, &len);

			hash[i - start][f] = len > 0 ? cdw_term_key(value, len) : 0;
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
		if (cdw_term_key(word, *len) == hash)
			return word;
	}
	*len = 0;
	return "";
}

/* All that may be handed out, end to end: of each field its values, then the entries of its words. */
typedef struct Handout
{
	const cdw_terms *terms;
	const cdw_records *records;
	Size end[CDW_MAX_FIELDS][2]; /* by cdw_term_part */
	Size n;
	int field; /* where the item looked at last is */
	cdw_term_part part;
} Handout;

static void
list_parts(Handout *handout)
{
	for (int f = 0; f < handout->terms->nfields; f++)
	{
		const cdw_field_terms *field = &handout->terms->field[f];

		if (handout->records->settings->field[f].term_frequency)
			handout->n += field->nfrequent;
		handout->end[f][CDW_TERM_VALUE] = handout->n;
		if (field->words)
			handout->n += field->words->size;
		handout->end[f][CDW_TERM_WORD] = handout->n;
	}
}

/* Finds the field and the part that an item belongs to; returns its place there. */
static Size
find_part(Handout *handout, Size item)
{
	const Size *end = handout->end[0];
	int at = 2 * handout->field + handout->part;

	if (at > 0 && item < end[at - 1])
		at = 0; /* from the beginning again */
	while (item >= end[at])
		at++;
	handout->field = at / 2;
	handout->part = at % 2;
	return at > 0 ? item - end[at - 1] : item;
}

/* An item for every entry of a table of words, the empty ones too. */
static const TermEntry *
stored_word(const cdw_field_terms *field, Size place)
{
	const TermEntry *entry = &field->words->data[place];

	return entry->status == term_SH_IN_USE && entry->count >= CDW_STORED_RECORDS ? entry : NULL;
}

static void
need_first(cdw_batches *batches, Size item, void *arg)
{
	Handout *handout = arg;
	Size place = find_part(handout, item);
	const cdw_field_terms *field = &handout->terms->field[handout->field];
	const TermEntry *entry;

	if (handout->part == CDW_TERM_VALUE)
		cdw_batch_need(batches, field->frequent[place].first);
	else if ((entry = stored_word(field, place)) != NULL)
		cdw_batch_need(batches, entry->first);
}

static void
hand_out(Handout *handout, Size item, cdw_term_callback callback, void *arg)
{
	const cdw_records *records = handout->records;
	Size place = find_part(handout, item);
	int f = handout->field;
	const cdw_field_terms *field = &handout->terms->field[f];
	const TermEntry *entry;
	int len;

	if (handout->part == CDW_TERM_VALUE)
	{
		const cdw_frequent_value *frequent = &field->frequent[place];
		const char *text = cdw_record_value(records, records->record[frequent->first], f, &len);

		callback(f, CDW_TERM_VALUE, text, len, frequent->count, arg);
	}
	else if ((entry = stored_word(field, place)) != NULL)
	{
		cdw_value value;
		const char *word;

		cdw_record_read(records, records->record[entry->first], f, &value);
		word = find_word(&value, entry->hash, &len);
		callback(f, CDW_TERM_WORD, word, len, entry->count, arg);
	}
}

/*
 * Hands out the values and the words that three or more records have: what must be stored with a
 * model. All in one go, as records that are in a file are read once for many of them.
 */
void
cdw_terms_frequent(const cdw_terms *terms, const cdw_records *records, cdw_term_callback callback,
				   void *arg)
{
	Handout handout = {.terms = terms, .records = records};
	cdw_batches batches;

	list_parts(&handout);
	cdw_batches_begin(&batches, records, handout.n, need_first, &handout);
	while (cdw_next_batch(&batches))
		for (Size i = batches.first; i < batches.end; i++)
			hand_out(&handout, i, callback, arg);
}

/* Exact, from the counts: order of values does not matter because the sums are of integers. */
void
cdw_terms_summarise(const cdw_terms *terms, int field, cdw_term_summary *summary)
{
	*summary = terms->field[field].summary;
}
