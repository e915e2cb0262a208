/*
 * src/text/address_words.h
 *
 * The words that addresses abbreviate.
 */
#ifndef CDW_ADDRESS_WORDS_H
#define CDW_ADDRESS_WORDS_H

#include "postgres.h"

/* The languages, as bits. */
typedef enum cdw_address_language
{
	CDW_ENGLISH = 1,
	CDW_FRENCH = 2,
	CDW_GERMAN = 4,
	CDW_SPANISH = 8,
	CDW_ITALIAN = 16,
	CDW_PORTUGUESE = 32,
	CDW_ANY_LANGUAGE = 63
} cdw_address_language;

/* When an abbreviation is spelled out; the words themselves are of that kind too. */
typedef enum cdw_address_kind
{
	CDW_ALWAYS,			 /* wherever it stands */
	CDW_STREET,			 /* wherever it stands: a kind of street */
	CDW_STREET_BEHIND,	 /* behind its name: "Oak Dr", not "Dr King Rd" */
	CDW_STREET_LAST,	 /* as the last word */
	CDW_STREET_BEFORE,	 /* before its name, first or behind the house number: "12 r des Lilas" */
	CDW_STREET_OR_SAINT, /* "st" */
	CDW_UNIT,			 /* wherever it stands: a part of a building */
	CDW_UNIT_NUMBERED,	 /* before a number or a letter, or behind "2nd" */
	CDW_DIRECTION,		 /* beside the name of a street: see is_direction */
	CDW_NUMBER_SIGN		 /* dropped before a number */
} cdw_address_kind;

typedef struct cdw_address_word
{
	cdw_address_kind kind;
	int languages;
	bool tells; /* whether the word shows that the address is in that language */
	const char *word;
	const char *abbreviations; /* separated by blanks */
} cdw_address_word;

extern const cdw_address_word cdw_address_words[];
extern const int cdw_address_word_count;

#endif /* CDW_ADDRESS_WORDS_H */
