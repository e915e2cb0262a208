/*
 * src/text/nicknames.h
 *
 * Which given names stand for each other: a formal name and its short forms, as a table that the
 * user can replace.
 */
#ifndef CDW_NICKNAMES_H
#define CDW_NICKNAMES_H

#include "text/text.h"

/* At most so many words, formal names and short forms together, in a table. */
#define CDW_MAX_NICKNAMES 20000

/* A word's formal names, by number, ascending. */
typedef struct cdw_formal_names
{
	const uint32 *numbers;
	int count; /* 0: the word is not in the table */
} cdw_formal_names;

/* nicknames.c */
extern cdw_nicknames *cdw_nicknames_create(int words);
extern void cdw_nicknames_add(cdw_nicknames *table, const char *word, int len, uint32 formal);
extern void cdw_nicknames_finish(cdw_nicknames *table);
extern cdw_formal_names cdw_nicknames_find(const cdw_nicknames *table, const char *word, int len);
extern bool cdw_may_be_nicknames(const char *a, int alen, const char *b, int blen);
extern bool cdw_nicknames_related(cdw_formal_names a, cdw_formal_names b);

/* nickname_table.c: a line is a formal name and its short forms, between blanks */
extern const char *const cdw_nickname_lines[];
extern const int cdw_nickname_line_count;

#endif /* CDW_NICKNAMES_H */
