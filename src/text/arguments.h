/*
 * src/text/arguments.h
 *
 * How the SQL functions of this module take and return text.
 */
#ifndef CDW_ARGUMENTS_H
#define CDW_ARGUMENTS_H

#include "core/core.h"

#include "lib/stringinfo.h"

/* A text argument, not copied unless it was toasted. */
typedef struct cdw_text
{
	const char *value;
	int len;
} cdw_text;

/* arguments.c */
extern void cdw_check_encoding(const char *value, int len);
extern cdw_text cdw_get_text(FunctionCallInfo fcinfo, int argno);
extern StringInfoData cdw_result_buffer(int len);
extern Datum cdw_return_text(FunctionCallInfo fcinfo, bool valid, const StringInfo out);

#endif /* CDW_ARGUMENTS_H */
