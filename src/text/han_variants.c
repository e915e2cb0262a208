/*
 * src/text/han_variants.c
 *
 * Traditional and simplified Han characters, by ICU's tables.
 */
#include "text/name_tokens.h"

#include <unicode/ustring.h>
#include <unicode/utrans.h>

/* Names in UTF-16, with room for what is replaced; longer ones are not looked at. */
#define MAX_UNITS 64

/* The transliterator to simplified characters, opened once in a session; ICU owns it. */
static UTransliterator *
simplifier(void)
{
	static UTransliterator *opened = NULL;
	static const UChar id[] = u"Traditional-Simplified";
	UErrorCode status = U_ZERO_ERROR;

	if (opened == NULL)
	{
		UTransliterator *fresh = utrans_openU(id, -1, UTRANS_FORWARD, NULL, 0, NULL, &status);

		if (U_FAILURE(status))
			ereport(ERROR, (errcode(ERRCODE_EXTERNAL_ROUTINE_EXCEPTION),
							errmsg("could not compare Han characters: %s", u_errorName(status))));
		opened = fresh;
	}
	return opened;
}

/* Writes value in simplified characters; returns its length in units, -1 if it is too long. */
static int
simplify(const char *value, int len, UChar *to)
{
	UErrorCode status = U_ZERO_ERROR;
	int32_t length;
	int32_t limit;

	u_strFromUTF8WithSub(to, MAX_UNITS, &length, value, len, 0xFFFD, NULL, &status);
	if (U_FAILURE(status))
		return -1;
	limit = length;
	utrans_transUChars(simplifier(), to, &length, MAX_UNITS, 0, &limit, &status);
	return U_FAILURE(status) ? -1 : length;
}

/* Whether two texts are the same in simplified characters. */
bool
cdw_same_simplified(const char *a, int alen, const char *b, int blen)
{
	UChar x[MAX_UNITS];
	UChar y[MAX_UNITS];
	int len = simplify(a, alen, x);

	return len >= 0 && simplify(b, blen, y) == len && memcmp(x, y, len * sizeof(UChar)) == 0;
}
