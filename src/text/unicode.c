/*
 * src/text/unicode.c
 *
 * Text in UTF-16, the form that ICU works in.
 */
#include "text/unicode.h"

#include <unicode/uchar.h>
#include <unicode/ustring.h>

#include "miscadmin.h"

/* Longer values are refused: some characters grow to many. */
#define MAX_UNICODE_BYTES 10000000

/*
 * UTF-16 units that ICU gets at a time, as nothing can cancel its work. Only combining marks in a row
 * make longer pieces; bringing those into order takes time in proportion to the square of their number.
 */
#define PIECE_UNITS 20000

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

/* An acute accent by itself stands for an apostrophe; NFKC would make a blank and an accent of it. */
void
cdw_utf16_straighten(cdw_utf16 *string)
{
	for (int i = 0; i < string->length; i++)
		if (string->data[i] == 0xB4)
			string->data[i] = '\'';
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

/* Makes room for "more" units behind what is in the string. */
static void
enlarge(cdw_utf16 *string, int more)
{
	cdw_utf16 old = *string;

	if (more <= string->capacity - string->length)
		return;
	if (old.data == string->fixed)
		old.data = old.fixed;
	cdw_utf16_reserve(string, Max(string->length + more, string->capacity * 2));
	memcpy(string->data, old.data, (Size) old.length * sizeof(UChar));
	cdw_utf16_free(&old);
}

/* Whether a mark may follow one of combining class *last, which becomes the mark's. */
static bool
in_order(UChar32 mark, int *last)
{
	int lead = u_getIntPropertyValue(mark, UCHAR_LEAD_CANONICAL_COMBINING_CLASS);
	bool ordered = lead > 0 && lead >= *last;

	*last = u_getIntPropertyValue(mark, UCHAR_TRAIL_CANONICAL_COMBINING_CLASS);
	return ordered;
}

/* The end of the run of marks behind the character at "start"; refuses a long one that has no order. */
static int
run_end(const UNormalizer2 *form, const cdw_utf16 *string, int start)
{
	int end = start;
	int last = 0;
	bool ordered = true;
	UChar32 c;

	U16_FWD_1(string->data, end, string->length);
	for (int next = end; next < string->length; end = next)
	{
		U16_NEXT(string->data, next, string->length, c);
		if (unorm2_hasBoundaryBefore(form, c))
			break;
		ordered = ordered && in_order(c, &last);
		if (!ordered && next - start > PIECE_UNITS)
			ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
							errmsg("text has too many combining marks in a row"),
							errdetail("At most %d are brought into order.", PIECE_UNITS)));
	}
	return end;
}

/* The end of the piece from "start" that can be normalized without what follows. */
static int
piece_end(const UNormalizer2 *form, const cdw_utf16 *string, int start)
{
	int end = start + PIECE_UNITS;

	if (string->length - start <= PIECE_UNITS)
		return string->length;
	U16_SET_CP_START(string->data, start, end);
	while (end > start)
	{
		UChar32 c;

		U16_GET(string->data, start, end, string->length, c);
		if (unorm2_hasBoundaryBefore(form, c))
			return end;
		U16_BACK_1(string->data, start, end);
	}
	return run_end(form, string, start);
}

/* Brings "from" to a normalization form, in "to". */
void
cdw_utf16_normalize(const UNormalizer2 *form, const cdw_utf16 *from, cdw_utf16 *to)
{
	int end;

	cdw_utf16_reserve(to, from->length);
	to->length = 0;
	for (int start = 0; start < from->length; start = end)
	{
		UErrorCode status = U_ZERO_ERROR;
		int added;

		end = piece_end(form, from, start);
		added = unorm2_normalize(form, from->data + start, end - start, to->data + to->length,
								 to->capacity - to->length, &status);
		if (status == U_BUFFER_OVERFLOW_ERROR)
		{
			status = U_ZERO_ERROR;
			enlarge(to, added);
			unorm2_normalize(form, from->data + start, end - start, to->data + to->length,
							 to->capacity - to->length, &status);
		}
		cdw_check_icu(status);
		to->length += added;
		CHECK_FOR_INTERRUPTS();
	}
}
