/*
 * src/text/normalize_text.c
 *
 * The standard form of text: NFKC with case folding (Unicode Standard, section 3.13, NFKC_Casefold),
 * then diacritics, punctuation and blanks. ASCII, most of the data, takes one table lookup per byte;
 * everything else goes through ICU in UTF-16.
 */
#include "text/symbols.h"

#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/uscript.h>
#include <unicode/ustring.h>

#include "miscadmin.h"

/* Longer values are refused: some characters grow to many. */
#define MAX_UNICODE_BYTES 10000000

/*
 * UTF-16 units that ICU gets at a time, as nothing can cancel its work, and the most by which such a
 * piece may be longer because its end may not be cut: putting combining marks in order takes time in
 * proportion to the square of their number.
 */
#define PIECE_UNITS 20000

/* Values up to this many UTF-16 units need no memory of their own. */
#define UTF16_FIXED 256

typedef struct utf16
{
	UChar *data;
	int length;
	int capacity;
	UChar fixed[UTF16_FIXED];
} utf16;

/* What becomes of a character. */
typedef enum treatment
{
	KEEP,
	VANISH, /* apostrophes and dots */
	BLANK,	/* white space, control characters and other punctuation */
	MARK	/* goes with its base */
} treatment;

/* Of each ASCII character: what it becomes, 0 if it vanishes. */
/* clang-format off */
static const char ascii_forms[128] =
	"                " "                "
	"       \0      \0 " "0123456789      "
	" abcdefghijklmno" "pqrstuvwxyz     "
	"\0abcdefghijklmno" "pqrstuvwxyz    ";
/* clang-format on */

/* What stands for an apostrophe, in Unicode order: quotes, accents, modifier letters, geresh. */
static const UChar32 apostrophes[] = {0x27,	 0x60,	0xB4,  0x2B9,  0x2BB,  0x2BC,  0x2BD, 0x2BE,
									  0x2BF, 0x55A, 0x5F3, 0x2018, 0x2019, 0x201B, 0x2032};

/* Raises what ICU reports; it fails only when it finds no data or no memory. */
static void
check_icu(UErrorCode status)
{
	if (U_FAILURE(status))
		ereport(ERROR, (errcode(ERRCODE_EXTERNAL_ROUTINE_EXCEPTION),
						errmsg("could not normalize text: %s", u_errorName(status))));
}

/* Makes room for "capacity" units; what was in the string is lost. */
static void
utf16_reserve(utf16 *string, int capacity)
{
	if (capacity <= UTF16_FIXED)
	{
		string->data = string->fixed;
		string->capacity = UTF16_FIXED;
		return;
	}
	string->data = palloc((Size) capacity * sizeof(UChar));
	string->capacity = capacity;
}

/* Frees what utf16_reserve allocated. */
static void
utf16_free(utf16 *string)
{
	if (string->data != string->fixed)
		pfree(string->data);
}

/* Reads UTF-8; a malformed sequence becomes U+FFFD. */
static void
utf16_read(utf16 *string, const char *value, int len)
{
	UErrorCode status = U_ZERO_ERROR;

	if (len > MAX_UNICODE_BYTES)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED), errmsg("text is too long to normalize"),
				 errdetail("It has %d bytes; text beyond ASCII may have at most %d.", len,
						   MAX_UNICODE_BYTES)));
	utf16_reserve(string, len);
	u_strFromUTF8WithSub(string->data, string->capacity, &string->length, value, len, 0xFFFD, NULL,
						 &status);
	check_icu(status);
}

/* Replaces what is in out by the string in UTF-8. */
static void
utf16_write(const utf16 *string, StringInfo out)
{
	UErrorCode status = U_ZERO_ERROR;
	int length;

	resetStringInfo(out);
	enlargeStringInfo(out, string->length * 3);
	u_strToUTF8WithSub(out->data, out->maxlen, &length, string->data, string->length, 0xFFFD, NULL,
					   &status);
	check_icu(status);
	out->len = length;
	out->data[length] = '\0';
}

/* Makes room for "more" units behind what is in the string. */
static void
utf16_enlarge(utf16 *string, int more)
{
	utf16 old = *string;

	if (more <= string->capacity - string->length)
		return;
	if (old.data == string->fixed)
		old.data = old.fixed;
	utf16_reserve(string, Max(string->length + more, string->capacity * 2));
	memcpy(string->data, old.data, (Size) old.length * sizeof(UChar));
	utf16_free(&old);
}

/* The end of the piece from "start" that can be normalized without what follows. */
static int
piece_end(const UNormalizer2 *form, const utf16 *string, int start)
{
	int end = start + PIECE_UNITS;

	if (string->length - start <= PIECE_UNITS)
		return string->length;
	U16_SET_CP_START(string->data, start, end);
	while (end < string->length)
	{
		int next = end;
		UChar32 c;

		U16_NEXT(string->data, next, string->length, c);
		if (unorm2_hasBoundaryBefore(form, c))
			break;
		if (next - start > 2 * PIECE_UNITS)
			ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
							errmsg("text has too many combining marks in a row"),
							errdetail("There are more than %d.", PIECE_UNITS)));
		end = next;
	}
	return end;
}

/* Brings "from" to a normalization form, in "to". */
static void
utf16_normalize(const UNormalizer2 *form, const utf16 *from, utf16 *to)
{
	int end;

	utf16_reserve(to, from->length);
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
			utf16_enlarge(to, added);
			unorm2_normalize(form, from->data + start, end - start, to->data + to->length,
							 to->capacity - to->length, &status);
		}
		check_icu(status);
		to->length += added;
		CHECK_FOR_INTERRUPTS();
	}
}

/* NFKC with case folding. ICU owns the instance. */
static const UNormalizer2 *
casefold_form(void)
{
	UErrorCode status = U_ZERO_ERROR;
	const UNormalizer2 *form = unorm2_getNFKCCasefoldInstance(&status);

	check_icu(status);
	return form;
}

/* NFC. ICU owns the instance. */
static const UNormalizer2 *
composed_form(void)
{
	UErrorCode status = U_ZERO_ERROR;
	const UNormalizer2 *form = unorm2_getNFCInstance(&status);

	check_icu(status);
	return form;
}

/* Replaces what is in out by value in NFKC with case folding; nothing else changes. */
void
cdw_casefold(const char *value, int len, StringInfo out)
{
	utf16 source;
	utf16 folded;

	if (cdw_is_ascii(value, len))
	{
		resetStringInfo(out);
		appendBinaryStringInfo(out, value, len);
		for (int i = 0; i < len; i++)
			out->data[i] = pg_ascii_tolower((unsigned char) out->data[i]);
		return;
	}
	utf16_read(&source, value, len);
	utf16_normalize(casefold_form(), &source, &folded);
	utf16_write(&folded, out);
	utf16_free(&folded);
	utf16_free(&source);
}

/* What becomes of a character that is in NFKC_Casefold form. */
static treatment
treat(UChar32 c)
{
	uint32 category;

	if (c < 128)
		return ascii_forms[c] == 0 ? VANISH : ascii_forms[c] == ' ' ? BLANK : KEEP;
	for (int i = 0; i < (int) lengthof(apostrophes); i++)
		if (c == apostrophes[i])
			return VANISH;
	category = U_GET_GC_MASK(c);
	if (category & U_GC_M_MASK)
		return MARK;
	return category & (U_GC_P_MASK | U_GC_Z_MASK | U_GC_CC_MASK) ? BLANK : KEEP;
}

/* Whether marks on this base are diacritics, that is whether it is Latin or Greek. */
static bool
sheds_marks(UChar32 base)
{
	UErrorCode status = U_ZERO_ERROR;
	UScriptCode script;

	if (base < 128)
		return base >= 'a' && base <= 'z';
	script = uscript_getScript(base, &status);
	check_icu(status);
	return script == USCRIPT_LATIN || script == USCRIPT_GREEK;
}

/* The base of a composed character; the character itself when it is not composed. */
static UChar32
base_of(const UNormalizer2 *form, UChar32 c)
{
	UErrorCode status = U_ZERO_ERROR;
	UChar decomposition[8];
	UChar32 base = c;
	int length;

	if (c < 0xC0)
		return c;
	length = unorm2_getDecomposition(form, c, decomposition, lengthof(decomposition), &status);
	check_icu(status);
	if (length > 0)
		U16_GET(decomposition, 0, 0, length, base);
	return base;
}

/* Drops diacritics and punctuation in place: nothing grows. */
static void
simplify(const UNormalizer2 *form, utf16 *text)
{
	bool diacritics = false; /* whether a mark would be one */
	bool blank = false;
	int written = 0;

	for (int read = 0, checked = 0; read < text->length;)
	{
		UChar32 c;
		treatment what;

		if (read - checked > PIECE_UNITS)
		{
			checked = read;
			CHECK_FOR_INTERRUPTS();
		}
		U16_NEXT(text->data, read, text->length, c);
		what = treat(c);
		if (what == VANISH || (what == MARK && diacritics))
			continue;
		if (what == BLANK)
		{
			blank = written > 0;
			diacritics = false;
			continue;
		}
		if (what == KEEP)
		{
			UChar32 base = base_of(form, c);

			diacritics = sheds_marks(base);
			if (diacritics)
				c = base;
		}
		if (blank)
			text->data[written++] = ' ';
		blank = false;
		U16_APPEND_UNSAFE(text->data, written, c);
	}
	text->length = written;
}

/* The standard form of text beyond ASCII. */
static void
normalize_unicode(const char *value, int len, StringInfo out)
{
	const UNormalizer2 *composed = composed_form();
	UErrorCode status = U_ZERO_ERROR;
	utf16 source;
	utf16 text;

	utf16_read(&source, value, len);
	/* As an apostrophe, before NFKC makes a blank and an accent of it. */
	for (int i = 0; i < source.length; i++)
		if (source.data[i] == 0xB4)
			source.data[i] = '\'';
	utf16_normalize(casefold_form(), &source, &text);
	utf16_free(&source);
	simplify(composed, &text);

	/* What stood apart may now compose. */
	if (unorm2_spanQuickCheckYes(composed, text.data, text.length, &status) < text.length)
	{
		utf16 recomposed;

		utf16_normalize(composed, &text, &recomposed);
		utf16_write(&recomposed, out);
		utf16_free(&recomposed);
	}
	else
		utf16_write(&text, out);
	utf16_free(&text);
	check_icu(status);
}

/*
 * Replaces what is in out by the standard form of value, which may be empty: NFKC, case folded;
 * apostrophes and dots vanish, other punctuation becomes a blank; blanks collapse; combining marks
 * stay except on Latin and Greek bases. Idempotent.
 */
void
cdw_normalize_text(const char *value, int len, StringInfo out)
{
	char *to;
	bool blank = false;

	if (!cdw_is_ascii(value, len))
	{
		normalize_unicode(value, len, out);
		return;
	}

	resetStringInfo(out);
	enlargeStringInfo(out, len);
	to = out->data;
	for (int i = 0; i < len; i++)
	{
		char c = ascii_forms[(unsigned char) value[i]];

		if (c == 0)
			continue;
		if (c == ' ')
		{
			blank = to > out->data;
			continue;
		}
		if (blank)
			*to++ = ' ';
		blank = false;
		*to++ = c;
	}
	*to = '\0';
	out->len = to - out->data;
}
