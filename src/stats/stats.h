/*
 * src/stats/stats.h
 *
 * Numeric tools that know nothing of customers.
 */
#ifndef CDW_STATS_H
#define CDW_STATS_H

#include "core/core.h"

/* union_find.c: disjoint sets over 0 .. n-1; the smallest member is the root of its set */
extern uint32 *cdw_union_find_create(uint32 n);
extern uint32 cdw_union_find_root(uint32 *parent, uint32 item);
extern void cdw_union_find_unite(uint32 *parent, uint32 a, uint32 b);

/* sort.c: stable radix sorts of numbers, and of strings in C order */
typedef struct cdw_sort_item
{
	int64 key;
	uint64 row;
} cdw_sort_item;

typedef struct cdw_string
{
	const char *bytes;
	uint64 length;
} cdw_string;

extern void cdw_sort_items(cdw_sort_item *items, cdw_sort_item *scratch, uint64 n);
extern void
cdw_sort_strings(const cdw_string *strings, cdw_sort_item *items, cdw_sort_item *scratch, uint64 n);

#endif /* CDW_STATS_H */
