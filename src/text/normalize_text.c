/*
 * src/text/normalize_text.c
 *
 * The standard form of text: NFKC with case folding (Unicode Standard, section 3.13, NFKC_Casefold),
 * then diacritics, punctuation and blanks. ASCII, most of the data, takes one table lookup per byte, and
 * ideographs are copied; everything else goes through ICU in UTF-16.
 */
#include "text/symbols.h"
#include "text/unicode.h"

#include <unicode/uchar.h>
#include <unicode/uscript.h>

#include "miscadmin.h"

/* UTF-16 units, and bytes of ASCII, between two looks for a cancel request. */
#define UNITS_PER_CHECK 20000
#define BYTES_PER_CHECK 1000000

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

/* NFKC with case folding. ICU owns the instance. */
static const UNormalizer2 *
casefold_form(void)
{
	UErrorCode status = U_ZERO_ERROR;
	const UNormalizer2 *form = unorm2_getNFKCCasefoldInstance(&status);

	cdw_check_icu(status);
	return form;
}

/* NFC. ICU owns the instance. */
static const UNormalizer2 *
composed_form(void)
{
	UErrorCode status = U_ZERO_ERROR;
	const UNormalizer2 *form = unorm2_getNFCInstance(&status);

	cdw_check_icu(status);
	return form;
}

/* Replaces what is in out by value in NFKC with case folding; nothing else changes. */
void
cdw_casefold(const char *value, int len, StringInfo out)
{
	cdw_utf16 source;
	cdw_utf16 folded;

	if (cdw_is_ascii(value, len))
	{
		resetStringInfo(out);
		appendBinaryStringInfo(out, value, len);
		for (int i = 0; i < len; i++)
			out->data[i] = pg_ascii_tolower((unsigned char) out->data[i]);
		return;
	}
	cdw_utf16_read(&source, value, len);
	cdw_utf16_normalize(casefold_form(), &source, &folded);
	cdw_utf16_write(&folded, out);
	cdw_utf16_free(&folded);
	cdw_utf16_free(&source);
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
	cdw_check_icu(status);
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
	cdw_check_icu(status);
	if (length > 0)
		U16_GET(decomposition, 0, 0, length, base);
	return base;
}

/* Drops diacritics and punctuation in place: nothing grows. */
static void
simplify(const UNormalizer2 *form, cdw_utf16 *text)
{
	bool diacritics = false; /* whether a mark would be one */
	bool blank = false;
	int written = 0;

	for (int read = 0, checked = 0; read < text->length;)
	{
		UChar32 c;
		treatment what;

		if (read - checked > UNITS_PER_CHECK)
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
	cdw_utf16 source;
	cdw_utf16 text;

	cdw_utf16_read(&source, value, len);
	cdw_utf16_straighten(&source);
	cdw_utf16_normalize(casefold_form(), &source, &text);
	cdw_utf16_free(&source);
	simplify(composed, &text);

	/* What stood apart may now compose. */
	if (unorm2_spanQuickCheckYes(composed, text.data, text.length, &status) < text.length)
	{
		cdw_utf16 recomposed;

		cdw_utf16_normalize(composed, &text, &recomposed);
		cdw_utf16_write(&recomposed, out);
		cdw_utf16_free(&recomposed);
	}
	else
		cdw_utf16_write(&text, out);
	cdw_utf16_free(&text);
	cdw_check_icu(status);
}

/*
 * Whether an ideograph of the main block, U+4E00 to U+9FFF, stands at "at": the standard form has it as it
 * is, and it joins with nothing.
 */
static inline bool
is_plain_han(const char *value, int at, int len)
{
	const unsigned char *p = (const unsigned char *) value + at;

	return len - at >= 3 && p[0] >= 0xE4 && p[0] <= 0xE9 && (p[0] > 0xE4 || p[1] >= 0xB8) &&
		   (p[1] & 0xC0) == 0x80 && (p[2] & 0xC0) == 0x80;
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

	resetStringInfo(out);
	enlargeStringInfo(out, len);
	to = out->data;
	for (int i = 0, end; i < len;)
	{
		CHECK_FOR_INTERRUPTS();
		for (end = i + Min(len - i, BYTES_PER_CHECK); i < end; i++)
		{
			char c;

			if (IS_HIGHBIT_SET(value[i]))
			{
				if (!is_plain_han(value, i, len))
				{
					normalize_unicode(value, len, out);
					return;
				}
				if (blank)
					*to++ = ' ';
				blank = false;
				memcpy(to, value + i, 3);
				to += 3;
				i += 2;
				continue;
			}
			c = ascii_forms[(unsigned char) value[i]];
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
	}
	*to = '\0';
	out->len = to - out->data;
}
