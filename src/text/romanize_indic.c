/*
 * src/text/romanize_indic.c
 *
 * Devanagari, Bengali, Gurmukhi, Gujarati, Oriya, Tamil, Telugu, Kannada and Malayalam, whose blocks
 * in Unicode all have the order of ISCII (IS 13194:1991), by the Hunterian system of the Survey of
 * India without diacritics.
 */
#include "text/romanize.h"

#include <unicode/uchar.h>

/* By place in the block of 128; empty where there is no letter or no sound of its own. */
static const char indic_letters[128][4] = {
	[0x05] = "a",  [0x06] = "a",  [0x07] = "i",	 [0x08] = "i",	[0x09] = "u",	[0x0A] = "u",
	[0x0B] = "ri", [0x0C] = "li", [0x0D] = "e",	 [0x0E] = "e",	[0x0F] = "e",	[0x10] = "ai",
	[0x11] = "o",  [0x12] = "o",  [0x13] = "o",	 [0x14] = "au", [0x15] = "k",	[0x16] = "kh",
	[0x17] = "g",  [0x18] = "gh", [0x19] = "n",	 [0x1A] = "ch", [0x1B] = "chh", [0x1C] = "j",
	[0x1D] = "jh", [0x1E] = "n",  [0x1F] = "t",	 [0x20] = "th", [0x21] = "d",	[0x22] = "dh",
	[0x23] = "n",  [0x24] = "t",  [0x25] = "th", [0x26] = "d",	[0x27] = "dh",	[0x28] = "n",
	[0x29] = "n",  [0x2A] = "p",  [0x2B] = "ph", [0x2C] = "b",	[0x2D] = "bh",	[0x2E] = "m",
	[0x2F] = "y",  [0x30] = "r",  [0x31] = "r",	 [0x32] = "l",	[0x33] = "l",	[0x34] = "zh",
	[0x35] = "v",  [0x36] = "sh", [0x37] = "sh", [0x38] = "s",	[0x39] = "h",	[0x3E] = "a",
	[0x3F] = "i",  [0x40] = "i",  [0x41] = "u",	 [0x42] = "u",	[0x43] = "ri",	[0x44] = "ri",
	[0x45] = "e",  [0x46] = "e",  [0x47] = "e",	 [0x48] = "ai", [0x49] = "o",	[0x4A] = "o",
	[0x4B] = "o",  [0x4C] = "au", [0x4E] = "t",	 [0x50] = "om", [0x60] = "ri",	[0x61] = "li",
	[0x70] = "n",  [0x7A] = "n",  [0x7B] = "n",	 [0x7C] = "r",	[0x7D] = "l",	[0x7E] = "l",
	[0x7F] = "k",
};

#define BLOCK(c) ((c) & ~0x7F)
#define PLACE(c) ((c) &0x7F)

#define BENGALI 0x980
#define GUJARATI 0xA80
#define TELUGU 0xC00

#define CANDRABINDU 0x01
#define ANUSVARA 0x02
#define VISARGA 0x03
#define FIRST_CONSONANT 0x15
#define LAST_CONSONANT 0x39
#define NUKTA 0x3C
#define SIGN_AA 0x3E
#define SIGN_UU 0x42
#define SIGN_SHORT_E 0x46
#define SIGN_E 0x47
#define LAST_SIGN 0x4C
#define VIRAMA 0x4D
#define AI_LENGTH 0x56
#define AU_LENGTH 0x57
#define TIPPI 0x70

/* The place in the block of what is at a position; 0 when it is not of this block. */
static int
place_at(const cdw_roman *roman, int at, UChar32 block)
{
	UChar32 c = cdw_roman_letter(roman, at);

	return BLOCK(c) == block ? PLACE(c) : 0;
}

/* What a consonant becomes with the dot below. */
static const char *
dotted(int place)
{
	switch (place)
	{
		case 0x17:
			return "gh";
		case 0x1C:
			return "z";
		case 0x21:
			return "r";
		case 0x22:
			return "rh";
		case 0x2B:
			return "f";
		default:
			return indic_letters[place];
	}
}

/* Writes the vowel sign at hand, of which some are written in two parts, and moves behind it. */
static void
read_sign(cdw_roman *roman, UChar32 block)
{
	int sign = place_at(roman, roman->at++, block);
	int second = place_at(roman, roman->at, block);
	const char *latin = indic_letters[sign];

	if (sign == SIGN_SHORT_E || sign == SIGN_E)
	{
		if (second == SIGN_AA || second == SIGN_UU)
			latin = "o";
		else if (second == AI_LENGTH)
			latin = "ai";
		else if (second == AU_LENGTH)
			latin = "au";
		else
			second = 0;
		roman->at += second != 0;
	}
	cdw_roman_put(roman, latin);
}

/* Writes the marks at hand that sound: nasals and the breath. */
static void
read_marks(cdw_roman *roman, UChar32 block)
{
	int end = cdw_roman_behind_marks(roman, roman->at);

	for (; roman->at < end; roman->at++)
	{
		int place = place_at(roman, roman->at, block);
		int next = place_at(roman, roman->at + 1, block);

		/* before labials, and at the end of a word in the south */
		bool is_m = (next >= 0x2A && next <= 0x2E) ||
					(block >= TELUGU && cdw_roman_word_end(roman, roman->at + 1));

		if (place == CANDRABINDU || place == ANUSVARA || place == TIPPI)
			cdw_roman_put(roman, is_m ? "m" : "n");
		else if (place == VISARGA)
			cdw_roman_put(roman, "h");
	}
}

/*
 * The vowel of a consonant that has no sign. At the end of a word the languages from Hindi to
 * Gujarati drop it, unless two consonants come together there.
 */
static bool
keeps_vowel(const cdw_roman *roman, int first, UChar32 block)
{
	bool cluster = place_at(roman, first - 1, block) == VIRAMA;
	bool start = first == 0 || BLOCK(cdw_roman_letter(roman, first - 1)) != block;

	return block > GUJARATI || cluster || start ||
		   cdw_roman_behind_marks(roman, roman->at) > roman->at ||
		   !cdw_roman_word_end(roman, roman->at);
}

/* A letter with its signs and marks. */
void
cdw_romanize_indic(cdw_roman *roman)
{
	UChar32 c = cdw_roman_letter(roman, roman->at);
	UChar32 block = BLOCK(c);
	int first = roman->at;
	int place = PLACE(c);
	int sign;
	bool nukta;

	if (indic_letters[place][0] == '\0' || (block == BENGALI && place == TIPPI))
	{
		cdw_romanize_other(roman);
		return;
	}
	roman->at++;
	nukta = place_at(roman, roman->at, block) == NUKTA;
	cdw_roman_put(roman, nukta ? dotted(place) : indic_letters[place]);
	roman->at += nukta;

	sign = place_at(roman, roman->at, block);
	if (sign >= SIGN_AA && sign <= LAST_SIGN)
		read_sign(roman, block);
	else if (sign == VIRAMA)
		roman->at++;
	else if (place >= FIRST_CONSONANT && place <= LAST_CONSONANT &&
			 keeps_vowel(roman, first, block))
		cdw_roman_put(roman, "a");
	read_marks(roman, block);
}
