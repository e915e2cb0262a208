/*
 * src/match/share.h
 *
 * Shared memory for walks by several processes; private to the module.
 */
#ifndef CDW_MATCH_SHARE_H
#define CDW_MATCH_SHARE_H

#include "match/match.h"

#include "utils/dsa.h"

typedef struct cdw_shared_records
{
	dsa_area *area;
	dsa_pointer place; /* of each record: a dsa_pointer */
	MemoryContextCallback callback;
} cdw_shared_records;

/* Where a list of blocks is. */
typedef struct cdw_shared_list
{
	dsa_area *area;
	dsa_pointer start;
	dsa_pointer key;
	dsa_pointer member;
} cdw_shared_list;

extern bool cdw_share_records(cdw_records *records);
extern dsa_pointer cdw_copy_to_area(dsa_area *area, const void *data, Size size);
extern void cdw_share_block_list(dsa_area *area, cdw_block_list *list);
extern void cdw_free_shared_list(cdw_shared_list *shared);

#endif /* CDW_MATCH_SHARE_H */
