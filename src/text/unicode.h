/*
 * src/text/unicode.h
 *
 * Text in UTF-16, the form that ICU works in, for the files of this module.
 */
#ifndef CDW_UNICODE_H
#define CDW_UNICODE_H

#include "postgres.h"

#include "lib/stringinfo.h"

#include <unicode/unorm2.h>
#include <unicode/utypes.h>

/* Values up to this many UTF-16 units need no memory of their own. */
#define CDW_UTF16_FIXED 256

/* data points to "fixed" or to palloc'd memory: a string is never copied by assignment. */
typedef struct cdw_utf16
{
	UChar *data;
	int length;
	int capacity;
	UChar fixed[CDW_UTF16_FIXED];
} cdw_utf16;

/* unicode.c */
extern void cdw_check_icu(UErrorCode status);
extern void cdw_utf16_reserve(cdw_utf16 *string, int capacity);
extern void cdw_utf16_free(cdw_utf16 *string);
extern void cdw_utf16_read(cdw_utf16 *string, const char *value, int len);
extern void cdw_utf16_straighten(cdw_utf16 *string);
extern void cdw_utf16_write(const cdw_utf16 *string, StringInfo out);
extern void cdw_utf16_normalize(const UNormalizer2 *form, const cdw_utf16 *from, cdw_utf16 *to);

#endif /* CDW_UNICODE_H */
