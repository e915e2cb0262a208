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

/* normalize_text.c: NFKC with case folding, nothing else; what is in out is replaced */
extern void cdw_casefold(const char *value, int len, StringInfo out);

/* latin_letters.c: words of A to Z with single blanks between; what is in out is replaced */
extern void cdw_latin_letters(const char *value, int len, StringInfo out);

/* romanize_han.c: whether two Han characters are together a surname */
extern bool cdw_is_compound_surname(uint32 first, uint32 second);

#endif /* CDW_SYMBOLS_H */
