/*
 * src/match/term.c
 *
 * How many records have each value of each field, and each word where words are weighed. A value is
 * known by its 64-bit hash: among a billion values, two share one with a chance of 3 %, and then one
 * agreement weighs a little more or less than it should.
 */
#include "match/match.h"

#include <math.h>

#include "miscadmin.h"

#define WEIGHT_UNITS 1024 /* of a word's weight, to a nat */
#define MOST_WEIGHT 32767
#define RARE_RECORDS 4	/* a word is rare that so many records have at most */
#define RARE_SHARE .001 /* ... or such a share of those with a value */

typedef struct TermEntry
{
	uint64 hash;
	uint32 count;
	uint32 first; /* a record that has the value */
	uint32 last;  /* the record that was counted last */
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

struct cdw_terms
{
	int nfields;
	term_hash *table[CDW_MAX_FIELDS];
	term_hash *words[CDW_MAX_FIELDS]; /* NULL where words are not weighed */
	double values[CDW_MAX_FIELDS];
};

static uint64
term_key(const char *value, int len)
{
	return cdw_hash_bytes(value, len, 0);
}

/* Empty counts for every field. */
cdw_terms *
cdw_terms_create(const cdw_match_settings *settings)
{
	cdw_terms *terms = palloc0(sizeof(cdw_terms));

	terms->nfields = settings->nfields;
	for (int f = 0; f < terms->nfields; f++)
	{
		terms->table[f] = term_create(CurrentMemoryContext, 1024, NULL);
		if (settings->field[f].comparison->split)
			terms->words[f] = term_create(CurrentMemoryContext, 1024, NULL);
	}
	return terms;
}

/* Counts a value or a word of record i, once per record. */
static void
count_term(term_hash *table, const char *value, int len, uint32 i)
{
	bool found;
	TermEntry *entry = term_insert(table, term_key(value, len), &found);

	if (!found)
	{
		entry->count = 0;
		entry->first = i;
	}
	else if (entry->last == i)
		return;
	entry->last = i;
	entry->count++;
}

/* Counts the values and words of all records. */
void
cdw_terms_count(cdw_terms *terms, const cdw_records *records)
{
	for (int f = 0; f < terms->nfields; f++)
	{
		for (uint32 i = 0; i < records->n; i++)
		{
			cdw_value value;

			cdw_progress_add(1);
			cdw_record_read(records, records->record[i], f, &value);
			if (value.len == 0)
				continue;
			count_term(terms->table[f], value.text, value.len, i);
			terms->values[f]++;
			for (int t = 0; t < value.ntokens; t++)
				count_term(terms->words[f], value.text + value.token[t].start, value.token[t].len,
						   i);
		}
	}
}

/* Takes a count that was stored. */
void
cdw_terms_add(cdw_terms *terms, int field, cdw_term_part part, const char *value, int len,
			  uint32 count)
{
	term_hash *table = part == CDW_TERM_WORD ? terms->words[field] : terms->table[field];
	bool found;

	if (table)
		term_insert(table, term_key(value, len), &found)->count = count;
}

/* Takes the number of records that have a value of the field, by which words are weighed. */
void
cdw_terms_set_values(cdw_terms *terms, int field, double values)
{
	terms->values[field] = values;
}

/* Values and words that are not stored come out as those that two records have. */
static uint32
term_count(term_hash *table, const char *value, int len)
{
	TermEntry *entry = term_lookup(table, term_key(value, len));

	return entry ? Max(entry->count, 2) : 2;
}

/* Weighs the words of a record: ln(1 + values / records that have the word). */
static void
weigh_words(const cdw_terms *terms, const cdw_records *records, cdw_record *record, int f,
			const char *value)
{
	int ntokens;
	cdw_token *token = cdw_record_tokens(records, record, f, &ntokens);
	double rare = Max(RARE_RECORDS, RARE_SHARE * terms->values[f]);

	for (int t = 0; t < ntokens; t++)
	{
		uint32 count = term_count(terms->words[f], value + token[t].start, token[t].len);
		double weight = log1p(terms->values[f] / count) * WEIGHT_UNITS;

		token[t].weight = (uint16) Min(rint(weight), MOST_WEIGHT);
		token[t].rare = count <= rare;
	}
}

/*
 * Writes the counts of values and the weights of words into the records. Two records can only agree on
 * a value that both have, so a count is at least 2; values below the ones that are stored come out the
 * same.
 */
void
cdw_terms_apply(const cdw_terms *terms, cdw_records *records)
{
	for (uint32 i = 0; i < records->n; i++)
	{
		cdw_record *record = records->record[i];
		uint32 *count = cdw_record_terms(records, record);

		if ((i & 0xFFFF) == 0)
			CHECK_FOR_INTERRUPTS();
		for (int f = 0; f < terms->nfields; f++)
		{
			int len;
			const char *value = cdw_record_value(records, record, f, &len);

			if (len == 0)
				continue;
			count[f] = term_count(terms->table[f], value, len);
			if (terms->words[f])
				weigh_words(terms, records, record, f, value);
		}
	}
}

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
hand_out(term_hash *table, const cdw_records *records, int f, cdw_term_part part,
		 cdw_term_callback callback, void *arg)
{
	term_iterator iterator;
	TermEntry *entry;

	term_start_iterate(table, &iterator);
	while ((entry = term_iterate(table, &iterator)) != NULL)
	{
		cdw_value value;

		if (entry->count < 3)
			continue;
		cdw_record_read(records, records->record[entry->first], f, &value);
		if (part == CDW_TERM_WORD)
			value.text = find_word(&value, entry->hash, &value.len);
		callback(f, part, value.text, value.len, entry->count, arg);
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
			hand_out(terms->table[f], records, f, CDW_TERM_VALUE, callback, arg);
		if (terms->words[f])
			hand_out(terms->words[f], records, f, CDW_TERM_WORD, callback, arg);
	}
}

/* Exact, from the counts: order of values does not matter because the sums are of integers. */
void
cdw_terms_summarise(const cdw_terms *terms, int field, cdw_term_summary *summary)
{
	double n = terms->values[field];
	double squares = 0;
	double repeated = 0;
	term_iterator iterator;
	TermEntry *entry;

	term_start_iterate(terms->table[field], &iterator);
	while ((entry = term_iterate(terms->table[field], &iterator)) != NULL)
	{
		squares += (double) entry->count * entry->count;
		if (entry->count > 1)
			repeated += entry->count;
	}
	summary->values = n;
	summary->distinct = terms->table[field]->members;
	summary->agreement = n > 1 ? (squares - n) / (n * (n - 1)) : 0;
	summary->skew = n > 0 ? squares / (n * n) : 0;
	summary->repeated = repeated;
}
