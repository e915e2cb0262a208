/*
 * src/text/date_scan.h
 *
 * What normalize_date reads from left to right: words, numbers, times of day.
 */
#ifndef CDW_DATE_SCAN_H
#define CDW_DATE_SCAN_H

#include "postgres.h"

typedef enum cdw_date_part_kind
{
	CDW_DATE_NUMBER,
	CDW_DATE_MONTH_NAME
} cdw_date_part_kind;

typedef struct cdw_date_part
{
	cdw_date_part_kind kind;
	int digits;
	int value;
} cdw_date_part;

extern bool cdw_skip_word(const char **at, const char *word);
extern void cdw_skip_blanks(const char **at);
extern int cdw_count_letters(const char *at);
extern bool cdw_read_digits(const char **at, int most, cdw_date_part *out);
extern bool cdw_read_compact_clock(const char **at);
extern void cdw_skip_clock(const char **at);
extern bool cdw_is_time(const char *at);

#endif /* CDW_DATE_SCAN_H */
