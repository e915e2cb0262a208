/*
 * src/text/symbols.h
 *
 * Text as a row of symbols, for the files of this module: bytes when everything is ASCII, code points
 * otherwise. The comparing kernels see text only through the masks built here.
 */
#ifndef CDW_SYMBOLS_H
#define CDW_SYMBOLS_H

#include "text/text.h"

/* The longest string that one machine word can hold, in symbols. */
#define CDW_WORD_SYMBOLS 64

/* Twice the symbols that a table can hold, so that a probe always meets a free slot. */
#define CDW_MASK_SLOTS 128

/* For each symbol of a string of at most 64: the set of its positions, as bits. */
typedef struct cdw_masks
{
	uint64 bits[CDW_MASK_SLOTS];	/* ASCII: by byte; else by slot */
	uint32 symbols[CDW_MASK_SLOTS]; /* code point + 1 of the slot, 0 free; unused with ASCII */
} cdw_masks;

/* symbols.c */
extern bool cdw_is_ascii(const char *value, int len);
extern int cdw_symbol_count(const char *value, int len);
extern uint32 cdw_next_symbol(const unsigned char **at, const unsigned char *end);
extern const unsigned char *
cdw_skip_symbols(const unsigned char *at, const unsigned char *end, int count);
extern void cdw_symbol_masks(cdw_masks *masks, const unsigned char *at, const unsigned char *end);
extern uint64 cdw_symbol_mask(const cdw_masks *masks, uint32 symbol);
extern void
cdw_match_masks(const char *a, int alen, const char *b, int blen, bool ascii, uint64 *matches);
extern void cdw_append_symbol(StringInfo out, uint32 symbol);

/* normalize_text.c: NFKC with case folding, nothing else; what is in out is replaced */
extern void cdw_casefold(const char *value, int len, StringInfo out);

/* latin_letters.c: words of A to Z with single blanks between; what is in out is replaced */
extern void cdw_latin_letters(const char *value, int len, StringInfo out);

#endif /* CDW_SYMBOLS_H */
