/*
 * src/match/term.h
 *
 * What counting values and counting words have in common; private to the module.
 */
#ifndef CDW_MATCH_TERM_H
#define CDW_MATCH_TERM_H

#include "match/match.h"

#define CDW_STORED_RECORDS 3  /* that have a value which is stored */
#define CDW_AHEAD 16		  /* records that are fetched into the cache before they are read */
#define CDW_FETCHED_BYTES 256 /* of each */

/* A value that three or more records have. */
typedef struct cdw_frequent_value
{
	uint32 first; /* a record that has it */
	uint32 count;
} cdw_frequent_value;

typedef struct cdw_field_terms
{
	cdw_term_summary summary; /* of what was counted */
	double values;			  /* records that have a value */
	Size nfrequent;
	Size capacity;
	cdw_frequent_value *frequent;
	struct term_hash *stored; /* values whose counts were stored; NULL: there are none */
	struct term_hash *words;  /* NULL where words are not weighed */
} cdw_field_terms;

struct cdw_terms
{
	int nfields;
	MemoryContext context;
	cdw_field_terms field[CDW_MAX_FIELDS];
};

/* Never 0. */
static inline uint64
cdw_term_key(const char *value, int len)
{
	return Max(cdw_hash_in_memory(value, len), 1);
}

/* Asks for the memory of a record of a part that will be read soon. */
static inline void
cdw_fetch_record(const cdw_scan *scan, uint32 i)
{
	if (i >= scan->n)
		return;
	for (int at = 0; at < CDW_FETCHED_BYTES; at += 64)
		__builtin_prefetch((const char *) scan->record[i] + at);
}

/* term_values.c */
extern void cdw_count_values(cdw_terms *terms, cdw_records *records);

#endif /* CDW_MATCH_TERM_H */
