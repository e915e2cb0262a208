/*
 * src/match/record_file.h
 *
 * Records in a temporary file; private to the module.
 */
#ifndef CDW_MATCH_RECORD_FILE_H
#define CDW_MATCH_RECORD_FILE_H

#include "match/match.h"

#include "storage/fileset.h"
#include "storage/buffile.h"
#include "utils/dsa.h"

/* What goes before each record in a file. */
typedef struct cdw_image_head
{
	uint32 record; /* its number */
	uint32 size;   /* bytes that follow, a multiple of the greatest alignment */
} cdw_image_head;

/* What another process needs to read the records. */
typedef struct cdw_shared_file
{
	FileSet set;
	uint64 bytes;
	bool in_order;
	uint64 dropped;
	dsa_pointer mark;
	uint32 nmarks;
	dsa_pointer source;
} cdw_shared_file;

StaticAssertDecl(sizeof(cdw_image_head) == 8, "records in a file are aligned");

/* The head of a record that a scan of a file has handed out. */
static inline cdw_image_head *
cdw_image_of(cdw_record *record)
{
	return (cdw_image_head *) record - 1;
}

extern void cdw_record_file_create(cdw_records *records);
extern cdw_record *cdw_record_file_add(cdw_records *records, Size size);
extern void cdw_record_file_finish(cdw_records *records);
extern void cdw_record_file_close(cdw_records *records);
extern void cdw_record_file_order(cdw_records *records, const uint32 *position);
extern bool cdw_record_file_in_order(const cdw_records *records);
extern Size cdw_record_file_mean(const cdw_records *records);
extern void cdw_record_file_mark(const cdw_records *records, int rule, uint32 key, bool oversized);
extern void cdw_record_file_mark_keys(const cdw_records *records, cdw_record *record);
extern void cdw_record_file_clear_marks(const cdw_records *records);
extern void cdw_record_file_drop_rule(const cdw_records *records, int rule);
extern void
cdw_record_file_share(const cdw_records *records, dsa_area *area, cdw_shared_file *shared);
extern void
cdw_record_file_attach(cdw_records *records, dsa_area *area, const cdw_shared_file *shared);
extern void cdw_read_file(BufFile *file, void *data, Size size);
extern void cdw_write_file(BufFile *file, void *data, Size size);

#endif /* CDW_MATCH_RECORD_FILE_H */
