/*
 * src/text/symbols.h
 *
 * Text as a row of symbols, for the files of this module: bytes when everything is ASCII, code points
 * otherwise.
 */
#ifndef CDW_SYMBOLS_H
#define CDW_SYMBOLS_H

#include "text/text.h"

/* symbols.c */
extern bool cdw_is_ascii(const char *value, int len);
extern int cdw_symbol_count(const char *value, int len);
extern uint32 cdw_next_symbol(const unsigned char **at, const unsigned char *end);
extern const unsigned char *
cdw_skip_symbols(const unsigned char *at, const unsigned char *end, int count);
extern void cdw_append_symbol(StringInfo out, uint32 symbol);
extern int cdw_next_word(const StringInfo text, int *at, const char **word);

/* Whether a code point is an ideograph, or written among them: 々, 〇. */
static inline bool
cdw_is_han(uint32 symbol)
{
	return (symbol >= 0x4E00 && symbol <= 0x9FFF) || (symbol >= 0x3400 && symbol <= 0x4DBF) ||
		   symbol == 0x3005 || symbol == 0x3007 || (symbol >= 0xF900 && symbol <= 0xFAFF) ||
		   (symbol >= 0x20000 && symbol <= 0x3FFFF);
}

/* normalize_text.c: NFKC with case folding, nothing else; what is in out is replaced */
extern void cdw_casefold(const char *value, int len, StringInfo out);

/* latin_letters.c: words of A to Z with single blanks between; what is in out is replaced */
extern void cdw_latin_letters(const char *value, int len, StringInfo out);

/* romanize_han.c: whether two Han characters are together a surname */
extern bool cdw_is_compound_surname(uint32 first, uint32 second);

#endif /* CDW_SYMBOLS_H */
