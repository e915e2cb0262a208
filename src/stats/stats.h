/*
 * src/stats/stats.h
 *
 * Numeric tools that know nothing of customers.
 */
#ifndef CDW_STATS_H
#define CDW_STATS_H

#include "postgres.h"

/* union_find.c: disjoint sets over 0 .. n-1; the smallest member is the root of its set */
extern uint32 *cdw_union_find_create(uint32 n);
extern uint32 cdw_union_find_root(uint32 *parent, uint32 item);
extern void cdw_union_find_unite(uint32 *parent, uint32 a, uint32 b);

#endif /* CDW_STATS_H */
