/*
 * src/text/unicode.c
 *
 * Text in UTF-16, the form that ICU works in.
 */
#include "text/unicode.h"

#include <unicode/ustring.h>

/* ICU works in one piece, which nothing can cancel: longer values are refused. */
#define MAX_UNICODE_BYTES 10000000

/* Raises what ICU reports; it fails only when it finds no data or no memory. */
void
cdw_check_icu(UErrorCode status)
{
	if (U_FAILURE(status))
		ereport(ERROR, (errcode(ERRCODE_EXTERNAL_ROUTINE_EXCEPTION),
						errmsg("could not normalize text: %s", u_errorName(status))));
}

/* Makes room for "capacity" units; what was in the string is lost. */
void
cdw_utf16_reserve(cdw_utf16 *string, int capacity)
{
	if (capacity <= CDW_UTF16_FIXED)
	{
		string->data = string->fixed;
		string->capacity = CDW_UTF16_FIXED;
		return;
	}
	string->data = palloc((Size) capacity * sizeof(UChar));
	string->capacity = capacity;
}

/* Frees what cdw_utf16_reserve allocated. */
void
cdw_utf16_free(cdw_utf16 *string)
{
	if (string->data != string->fixed)
		pfree(string->data);
}

/* Reads UTF-8; a malformed sequence becomes U+FFFD. */
void
cdw_utf16_read(cdw_utf16 *string, const char *value, int len)
{
	UErrorCode status = U_ZERO_ERROR;

	if (len > MAX_UNICODE_BYTES)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED), errmsg("text is too long to normalize"),
				 errdetail("It has %d bytes; text beyond ASCII may have at most %d.", len,
						   MAX_UNICODE_BYTES)));
	cdw_utf16_reserve(string, len);
	u_strFromUTF8WithSub(string->data, string->capacity, &string->length, value, len, 0xFFFD, NULL,
						 &status);
	cdw_check_icu(status);
}

/* Replaces what is in out by the string in UTF-8. */
void
cdw_utf16_write(const cdw_utf16 *string, StringInfo out)
{
	UErrorCode status = U_ZERO_ERROR;
	int length;

	resetStringInfo(out);
	enlargeStringInfo(out, string->length * 3);
	u_strToUTF8WithSub(out->data, out->maxlen, &length, string->data, string->length, 0xFFFD, NULL,
					   &status);
	cdw_check_icu(status);
	out->len = length;
	out->data[length] = '\0';
}

/* Brings "from" to a normalization form, in "to". */
void
cdw_utf16_normalize(const UNormalizer2 *form, const cdw_utf16 *from, cdw_utf16 *to)
{
	UErrorCode status = U_ZERO_ERROR;

	cdw_utf16_reserve(to, from->length);
	to->length = unorm2_normalize(form, from->data, from->length, to->data, to->capacity, &status);
	if (status == U_BUFFER_OVERFLOW_ERROR)
	{
		int needed = to->length;

		status = U_ZERO_ERROR;
		cdw_utf16_free(to);
		cdw_utf16_reserve(to, needed);
		unorm2_normalize(form, from->data, from->length, to->data, to->capacity, &status);
	}
	cdw_check_icu(status);
}
