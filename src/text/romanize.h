/*
 * src/text/romanize.h
 *
 * How the scripts of romanize.c share one text and one result.
 */
#ifndef CDW_ROMANIZE_H
#define CDW_ROMANIZE_H

#include "text/unicode.h"

/* How a value in Cyrillic letters is read; found from its letters when the first one is met. */
typedef enum cdw_cyrillic
{
	CDW_CYRILLIC_UNKNOWN,
	CDW_CYRILLIC_RUSSIAN,
	CDW_CYRILLIC_UKRAINIAN,
	CDW_CYRILLIC_BELARUSIAN,
	CDW_CYRILLIC_BULGARIAN,
	CDW_CYRILLIC_SERBIAN,
	CDW_CYRILLIC_MACEDONIAN
} cdw_cyrillic;

/*
 * Text on its way to ASCII. "at" is the unit that is read next; everything is decomposed (NFKD), so
 * that marks follow their base.
 */
typedef struct cdw_roman
{
	const UChar *text;
	int length;
	int at;
	StringInfo out;
	bool blank;		 /* a blank is due before what comes next */
	bool syllable;	 /* what was written last is a token of its own */
	int surname_end; /* where a Han surname that stands alone ended, else 0 */
	cdw_cyrillic cyrillic;
} cdw_roman;

/*
 * Reads what is at "at", a letter of its script, and moves "at" behind it and whatever else belongs
 * to it.
 */
typedef void (*cdw_roman_reader)(cdw_roman *roman);

/* romanize.c */
extern void cdw_roman_put(cdw_roman *roman, const char *latin);
extern void cdw_roman_syllable(cdw_roman *roman, const char *latin);
extern UChar32 cdw_roman_letter(const cdw_roman *roman, int at);
extern bool cdw_roman_mark(const cdw_roman *roman, int at, UChar mark);
extern int cdw_roman_behind_marks(const cdw_roman *roman, int at);
extern bool cdw_roman_word_start(const cdw_roman *roman);
extern bool cdw_roman_word_end(const cdw_roman *roman, int at);

extern cdw_roman_reader cdw_roman_reader_of(UChar32 c);

/* romanize_*.c: the readers */
extern void cdw_romanize_latin(cdw_roman *roman);
extern void cdw_romanize_cyrillic(cdw_roman *roman);
extern void cdw_romanize_greek(cdw_roman *roman);
extern void cdw_romanize_arabic(cdw_roman *roman);
extern void cdw_romanize_hebrew(cdw_roman *roman);
extern void cdw_romanize_indic(cdw_roman *roman);
extern void cdw_romanize_kana(cdw_roman *roman);
extern void cdw_romanize_hangul(cdw_roman *roman);
extern void cdw_romanize_han(cdw_roman *roman);
extern void cdw_romanize_other(cdw_roman *roman);

/* romanize_han.c */

/* romanize_other.c: what ICU makes of a few characters, letters, digits and blanks of ASCII only */
typedef struct cdw_transliterator
{
	const char *id;
	void *opened; /* a UTransliterator, kept for the session */
} cdw_transliterator;
extern int cdw_transliterate(cdw_transliterator *transliterator, const UChar *text, int length,
							 char *to, int capacity);

#endif /* CDW_ROMANIZE_H */
