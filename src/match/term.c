/*
 * src/match/term.c
 *
 * How many records have each value of each field. A value is known by its 64-bit hash: among a
 * billion values, two share one with a chance of 3 %, and then one agreement weighs a little
 * more or less than it should.
 */
#include "match/match.h"

#include "miscadmin.h"

typedef struct TermEntry
{
	uint64 hash;
	uint32 count;
	uint32 first; /* a record that has the value */
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
		terms->table[f] = term_create(CurrentMemoryContext, 1024, NULL);
	return terms;
}

/* Counts the values of all records. */
void
cdw_terms_count(cdw_terms *terms, const cdw_records *records)
{
	for (int f = 0; f < terms->nfields; f++)
	{
		for (uint32 i = 0; i < records->n; i++)
		{
			int len;
			const char *value = cdw_record_value(records, records->record[i], f, &len);
			TermEntry *entry;
			bool found;

			if ((i & 0xFFFF) == 0)
				CHECK_FOR_INTERRUPTS();
			if (len == 0)
				continue;
			entry = term_insert(terms->table[f], term_key(value, len), &found);
			if (!found)
			{
				entry->count = 0;
				entry->first = i;
			}
			entry->count++;
			terms->values[f]++;
		}
	}
}

/* Takes a count that was stored. */
void
cdw_terms_add(cdw_terms *terms, int field, const char *value, int len, uint32 count)
{
	bool found;
	TermEntry *entry = term_insert(terms->table[field], term_key(value, len), &found);

	entry->count = count;
	entry->first = 0;
}

/*
 * Writes the counts into the records. Two records can only agree on a value that both have, so
 * a count is at least 2; values below the ones that are stored come out the same.
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
			TermEntry *entry;

			if (len == 0)
				continue;
			entry = term_lookup(terms->table[f], term_key(value, len));
			count[f] = entry ? Max(entry->count, 2) : 2;
		}
	}
}

/* Hands out the values that three or more records have: what must be stored with a model. */
void
cdw_terms_frequent(const cdw_terms *terms, const cdw_records *records, cdw_term_callback callback,
				   void *arg)
{
	for (int f = 0; f < terms->nfields; f++)
	{
		term_iterator iterator;
		TermEntry *entry;

		if (!records->settings->field[f].term_frequency)
			continue;
		term_start_iterate(terms->table[f], &iterator);
		while ((entry = term_iterate(terms->table[f], &iterator)) != NULL)
		{
			int len;
			const char *value;

			if (entry->count < 3)
				continue;
			value = cdw_record_value(records, records->record[entry->first], f, &len);
			callback(f, value, len, entry->count, arg);
		}
	}
}

/* Exact, from the counts: order of values does not matter because the sums are of integers. */
void
cdw_terms_summarise(const cdw_terms *terms, int field, cdw_term_summary *summary)
{
	double n = terms->values[field];
	double squares = 0;
	term_iterator iterator;
	TermEntry *entry;

	term_start_iterate(terms->table[field], &iterator);
	while ((entry = term_iterate(terms->table[field], &iterator)) != NULL)
		squares += (double) entry->count * entry->count;
	summary->values = n;
	summary->distinct = terms->table[field]->members;
	summary->agreement = n > 1 ? (squares - n) / (n * (n - 1)) : 0;
	summary->skew = n > 0 ? squares / (n * n) : 0;
}
