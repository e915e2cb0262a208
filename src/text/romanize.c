/*
 * src/text/romanize.c
 *
 * Any script to lower-case ASCII. The text is decomposed (NFKD), so that full width, ligatures and
 * accents need no rules of their own, then each letter goes to its script's file. ASCII takes one
 * scan.
 */
#include "text/romanize.h"

#include "text/symbols.h"

#include "miscadmin.h"

#include <unicode/uchar.h>

/* Bytes of ASCII between two looks for a cancel request. */
#define BYTES_PER_CHECK 1000000

/* ASCII punctuation that other characters stand for. */
typedef struct punctuation
{
	UChar character;
	char ascii[2];
} punctuation;

/* In Unicode order. What is not here becomes a blank. */
static const punctuation punctuations[] = {
	{0xAB, "\""},	{0xBB, "\""},	{0x2BB, "'"},  {0x2BC, "'"},  {0x55A, "'"},	  {0x5BE, "-"},
	{0x5F3, "'"},	{0x5F4, "\""},	{0x60C, ","},  {0x61B, ";"},  {0x61F, "?"},	  {0x66A, "%"},
	{0x2010, "-"},	{0x2011, "-"},	{0x2012, "-"}, {0x2013, "-"}, {0x2014, "-"},  {0x2015, "-"},
	{0x2018, "'"},	{0x2019, "'"},	{0x201A, "'"}, {0x201B, "'"}, {0x201C, "\""}, {0x201D, "\""},
	{0x201E, "\""}, {0x201F, "\""}, {0x2032, "'"}, {0x2044, "/"}, {0x2212, "-"},  {0x3001, ","},
	{0x3002, "."},
};

/* Whether a blank must part the character from a syllable before it. */
static inline bool
is_alphanumeric(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

/* Writes lower-case ASCII as part of the word that is being written; an empty string does nothing. */
void
cdw_roman_put(cdw_roman *roman, const char *latin)
{
	for (; *latin != '\0'; latin++)
	{
		if (*latin == ' ')
		{
			roman->blank = true;
			continue;
		}
		if ((roman->blank || (roman->syllable && is_alphanumeric(*latin))) && roman->out->len > 0)
			appendStringInfoCharMacro(roman->out, ' ');
		appendStringInfoCharMacro(roman->out, *latin);
		roman->blank = false;
		roman->syllable = false;
	}
}

/* Writes lower-case ASCII as a token of its own, which opening signs and hyphens may touch. */
void
cdw_roman_syllable(cdw_roman *roman, const char *latin)
{
	const StringInfo out = roman->out;

	if (out->len > 0 && strchr("([{<\"'-/", out->data[out->len - 1]) == NULL)
		roman->blank = true;
	roman->syllable = false;
	cdw_roman_put(roman, latin);
	roman->syllable = true;
}

/* The character at a position, in lower case; 0 outside of the text. */
UChar32
cdw_roman_letter(const cdw_roman *roman, int at)
{
	UChar32 c;

	if (at < 0 || at >= roman->length)
		return 0;
	U16_GET(roman->text, 0, at, roman->length, c);
	return u_tolower(c);
}

/* Where the text goes on behind the marks at a position. */
int
cdw_roman_behind_marks(const cdw_roman *roman, int at)
{
	while (at < roman->length && (U_GET_GC_MASK(roman->text[at]) & U_GC_M_MASK))
		at++;
	return at;
}

/* Whether a mark is among those at a position. */
bool
cdw_roman_mark(const cdw_roman *roman, int at, UChar mark)
{
	int end = cdw_roman_behind_marks(roman, at);

	while (at < end)
		if (roman->text[at++] == mark)
			return true;
	return false;
}

/* Whether no letter stands before the one that is read. */
bool
cdw_roman_word_start(const cdw_roman *roman)
{
	int at = roman->at;

	while (at > 0 && (U_GET_GC_MASK(roman->text[at - 1]) & U_GC_M_MASK))
		at--;
	return at == 0 || !u_isalpha(roman->text[at - 1]);
}

/* Whether no letter stands at a position, which lies behind a letter's marks. */
bool
cdw_roman_word_end(const cdw_roman *roman, int at)
{
	return at >= roman->length || !u_isalpha(roman->text[at]);
}

/* Punctuation, digits, marks and everything else that no script's file reads. */
static void
romanize_sign(cdw_roman *roman, UChar32 c)
{
	uint32 category = U_GET_GC_MASK(c);
	char digit[2] = {0};

	for (int i = 0; i < (int) lengthof(punctuations); i++)
		if (punctuations[i].character == c)
		{
			cdw_roman_put(roman, punctuations[i].ascii);
			return;
		}
	if (category & U_GC_ND_MASK)
	{
		digit[0] = '0' + u_charDigitValue(c);
		cdw_roman_put(roman, digit);
	}
	else if (!(category & (U_GC_M_MASK | U_GC_CF_MASK | U_GC_LM_MASK)))
		roman->blank = true;
}

/* The scripts' letters, in Unicode order and in lower case. */
static const struct
{
	UChar32 first;
	UChar32 last;
	cdw_roman_reader reader;
} scripts[] = {
	{0xAA, 0x2AF, cdw_romanize_latin},	  {0x2B0, 0x36F, NULL},
	{0x370, 0x3FF, cdw_romanize_greek},	  {0x400, 0x52F, cdw_romanize_cyrillic},
	{0x590, 0x5FF, cdw_romanize_hebrew},  {0x600, 0x77F, cdw_romanize_arabic},
	{0x900, 0xD7F, cdw_romanize_indic},	  {0x1100, 0x11FF, cdw_romanize_hangul},
	{0x1E00, 0x1EFF, cdw_romanize_latin}, {0x3041, 0x3096, cdw_romanize_kana},
	{0x30A1, 0x30FA, cdw_romanize_kana},  {0x30FC, 0x30FC, cdw_romanize_kana},
};

/* What reads a character beyond ASCII: NULL where it is no letter. */
cdw_roman_reader
cdw_roman_reader_of(UChar32 c)
{
	if (cdw_is_han(c))
		return cdw_romanize_han;
	if (!u_isalpha(c))
		return NULL;
	for (int i = 0; i < (int) lengthof(scripts) && c >= scripts[i].first; i++)
		if (c <= scripts[i].last)
			return scripts[i].reader;
	return cdw_romanize_other;
}

/* Reads one character or more. */
static void
romanize_next(cdw_roman *roman)
{
	UChar32 c = cdw_roman_letter(roman, roman->at);
	cdw_roman_reader reader;

	if (c < 0x80)
	{
		char ascii[2] = {(char) c};

		roman->at++;
		if (c <= ' ' || c == 0x7F)
			roman->blank = true;
		else
			cdw_roman_put(roman, ascii);
		return;
	}
	reader = cdw_roman_reader_of(c);
	if (reader != NULL)
	{
		reader(roman);
		return;
	}
	U16_FWD_1(roman->text, roman->at, roman->length);
	romanize_sign(roman, c);
}

/* Romanises text beyond ASCII. */
static void
romanize_unicode(const char *value, int len, StringInfo out)
{
	UErrorCode status = U_ZERO_ERROR;
	const UNormalizer2 *decomposed = unorm2_getNFKDInstance(&status);
	cdw_roman roman = {.out = out};
	cdw_utf16 source;
	cdw_utf16 text;

	cdw_check_icu(status);
	cdw_utf16_read(&source, value, len);
	cdw_utf16_straighten(&source);
	cdw_utf16_normalize(decomposed, &source, &text);
	cdw_utf16_free(&source);

	roman.text = text.data;
	roman.length = text.length;
	while (roman.at < roman.length)
	{
		CHECK_FOR_INTERRUPTS();
		romanize_next(&roman);
	}
	cdw_utf16_free(&text);
}

/*
 * Replaces what is in out by value in lower-case ASCII, which may be empty: single blanks, none at
 * the ends; what has no Latin form becomes a blank. Each Han character and hangul syllable is a
 * token. Idempotent.
 */
void
cdw_romanize(const char *value, int len, StringInfo out)
{
	bool blank = false;
	char *to;

	resetStringInfo(out);
	enlargeStringInfo(out, len);
	if (!cdw_is_ascii(value, len))
	{
		romanize_unicode(value, len, out);
		return;
	}

	to = out->data;
	for (int i = 0, end; i < len;)
	{
		CHECK_FOR_INTERRUPTS();
		for (end = i + Min(len - i, BYTES_PER_CHECK); i < end; i++)
		{
			unsigned char c = value[i];

			if (c <= ' ' || c == 0x7F)
			{
				blank = to > out->data;
				continue;
			}
			if (blank)
				*to++ = ' ';
			blank = false;
			*to++ = pg_ascii_tolower(c);
		}
	}
	*to = '\0';
	out->len = to - out->data;
}
