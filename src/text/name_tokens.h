/*
 * src/text/name_tokens.h
 *
 * A person's name as a row of tokens in lower-case ASCII, and what two tokens have in common.
 */
#ifndef CDW_NAME_TOKENS_H
#define CDW_NAME_TOKENS_H

#include "text/nicknames.h"

/* A token's sound takes at most so many bytes; longer tokens have none. */
#define CDW_SOUND_SIZE 32

/* Where a token comes from, as far as comparing differs. */
typedef enum cdw_name_script
{
	CDW_LETTERS, /* Latin, Greek, Cyrillic and all others */
	CDW_HAN,
	CDW_HANGUL,
	CDW_KANA,
	CDW_ABJAD /* Arabic, Hebrew: vowels are mostly not written */
} cdw_name_script;

typedef struct cdw_name_token
{
	const char *text; /* romanised, no zero byte; the next token's text follows at once */
	int len;
	cdw_name_script script;
	bool initial;		/* one letter that stands for a name */
	bool matched;		/* used up by a token of the other name */
	const char *source; /* Han only: as written */
	int source_len;
	bool known;		/* whether the fields below are filled */
	uint32 letters; /* a bit for each letter of text, as a set */
	uint32 sound_letters;
	int sound_len;
	char sound[CDW_SOUND_SIZE];
	cdw_formal_names formal; /* what it is short for, or is */
} cdw_name_token;

/* The buffers of a name, kept from call to call. */
typedef struct cdw_name
{
	StringInfoData spaced; /* the value with blanks between initials */
	StringInfoData normal; /* its standard form */
	StringInfoData roman;  /* one word */
	StringInfoData text;   /* the tokens' text */
	cdw_name_token *tokens;
	int count;
	int capacity;
} cdw_name;

/* name_tokens.c */
extern void cdw_name_init(cdw_name *name);
extern void cdw_name_read(cdw_name *name, const char *value, int len);
extern void cdw_name_align(cdw_name *name, const cdw_name *other);

/* name_token_similarity.c */
extern bool cdw_name_token_equal(const cdw_name_token *a, const cdw_name_token *b);
extern void cdw_name_token_know(cdw_name_token *token, const cdw_nicknames *nicknames);
extern double
cdw_name_token_similarity(cdw_name_token *a, cdw_name_token *b, const cdw_nicknames *nicknames);

/* han_variants.c: whether two texts are one in simplified characters */
extern bool cdw_same_simplified(const char *a, int alen, const char *b, int blen);

/* name_sound.c: writes what a word sounds like; returns its length, 0 if it is too long */
extern int cdw_name_sound(const char *text, int len, char *sound);
extern int cdw_korean_sound(const char *text, int len, char *sound);
extern int cdw_japanese_sound(const char *text, int len, char *sound);
extern int cdw_consonants(const char *text, int len, char *sound);
extern bool cdw_is_syllabic(const char *text, int len);

#endif /* CDW_NAME_TOKENS_H */
