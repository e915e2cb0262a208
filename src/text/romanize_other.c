/*
 * src/text/romanize_other.c
 *
 * The scripts that have no rules here, by ICU's transliterators (CLDR). Each is opened when text
 * first needs it and kept for the session; opening takes 20 to 100 ms.
 */
#include "text/romanize.h"

#include <unicode/uchar.h>
#include <unicode/ustring.h>
#include <unicode/utrans.h>

/*
 * ICU gets a word at a time, cut where it is longer: its time grows with the square of the length.
 * No decomposed character becomes more than 16 letters.
 */
#define MAX_WORD 64
#define MAX_LATIN 1024

static cdw_transliterator any_latin = {.id = "Any-Latin; Latin-ASCII"};

/* Opens a transliterator; it stays open. */
static UTransliterator *
open_transliterator(const char *id)
{
	UErrorCode status = U_ZERO_ERROR;
	UTransliterator *opened;
	UChar name[64];

	u_uastrncpy(name, id, lengthof(name));
	opened = utrans_openU(name, -1, UTRANS_FORWARD, NULL, 0, NULL, &status);
	if (U_FAILURE(status))
		ereport(ERROR,
				(errcode(ERRCODE_EXTERNAL_ROUTINE_EXCEPTION),
				 errmsg("could not open transliterator \"%s\": %s", id, u_errorName(status))));
	return opened;
}

/*
 * Writes what the transliterator makes of text, at most MAX_WORD units, decomposed and in lower
 * case; only letters, digits and blanks of ASCII are kept, and no more than fit. Returns the length;
 * a zero byte follows.
 */
int
cdw_transliterate(cdw_transliterator *transliterator, const UChar *text, int length, char *to,
				  int capacity)
{
	UErrorCode status = U_ZERO_ERROR;
	const UNormalizer2 *form = unorm2_getNFDInstance(&status);
	UChar latin[MAX_LATIN];
	cdw_utf16 decomposed;
	int limit = length;
	int written = 0;

	cdw_check_icu(status);
	if (transliterator->opened == NULL)
		transliterator->opened = open_transliterator(transliterator->id);
	u_memcpy(latin, text, length);
	utrans_transUChars(transliterator->opened, latin, &length, lengthof(latin), 0, &limit, &status);
	cdw_check_icu(status);

	cdw_utf16_reserve(&decomposed, MAX_LATIN * 4);
	decomposed.length =
		unorm2_normalize(form, latin, length, decomposed.data, decomposed.capacity, &status);
	for (int i = 0; U_SUCCESS(status) && i < decomposed.length && written < capacity - 1; i++)
	{
		UChar c = u_tolower(decomposed.data[i]);

		if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == ' ')
			to[written++] = (char) c;
	}
	cdw_utf16_free(&decomposed);
	cdw_check_icu(status);
	to[written] = '\0';
	return written;
}

/* The letters, with their marks, that ICU reads as one word: the one at hand and its like. */
static int
word_end(const cdw_roman *roman)
{
	int end = roman->at;
	int last = Min(roman->length, roman->at + MAX_WORD - 1);

	while (end < last)
	{
		int next = end;
		UChar32 c;

		U16_NEXT(roman->text, next, roman->length, c);
		if (end > roman->at && cdw_roman_reader_of(u_tolower(c)) != cdw_romanize_other &&
			!(U_GET_GC_MASK(c) & U_GC_M_MASK))
			break;
		end = next;
	}
	return end;
}

/* The word at hand in the form that ICU gives; a blank where it gives none. */
void
cdw_romanize_other(cdw_roman *roman)
{
	char latin[MAX_LATIN];
	int end = word_end(roman);

	if (cdw_transliterate(&any_latin, roman->text + roman->at, end - roman->at, latin,
						  sizeof(latin)) > 0)
		cdw_roman_put(roman, latin);
	else
		roman->blank = true;
	roman->at = end;
}
