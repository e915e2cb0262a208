/*
 * src/text/romanize_semitic.c
 *
 * Arabic and Hebrew letters, with those of Persian, Urdu and their neighbours. Vowels that are not
 * written are not invented.
 */
#include "text/romanize.h"

#include <unicode/uchar.h>

/* Arabic letters by BGN/PCGN 1956 without diacritics; ع as a, which its vowel mostly is. */
static const struct
{
	UChar letter;
	char latin[4];
} arabic_letters[] = {
	{0x621, ""},   {0x627, "a"},  {0x628, "b"},	 {0x629, "a"},	{0x62A, "t"},  {0x62B, "th"},
	{0x62C, "j"},  {0x62D, "h"},  {0x62E, "kh"}, {0x62F, "d"},	{0x630, "dh"}, {0x631, "r"},
	{0x632, "z"},  {0x633, "s"},  {0x634, "sh"}, {0x635, "s"},	{0x636, "d"},  {0x637, "t"},
	{0x638, "z"},  {0x639, "a"},  {0x63A, "gh"}, {0x641, "f"},	{0x642, "q"},  {0x643, "k"},
	{0x644, "l"},  {0x645, "m"},  {0x646, "n"},	 {0x647, "h"},	{0x648, "u"},  {0x649, "a"},
	{0x64A, "i"},  {0x671, "a"},  {0x679, "t"},	 {0x67C, "t"},	{0x67E, "p"},  {0x681, "dz"},
	{0x685, "ts"}, {0x686, "ch"}, {0x688, "d"},	 {0x689, "d"},	{0x691, "r"},  {0x693, "r"},
	{0x695, "r"},  {0x696, "zh"}, {0x698, "zh"}, {0x69A, "sh"}, {0x6A4, "v"},  {0x6A9, "k"},
	{0x6AB, "g"},  {0x6AD, "ng"}, {0x6AF, "g"},	 {0x6B5, "l"},	{0x6BA, "n"},  {0x6BC, "n"},
	{0x6BE, "h"},  {0x6C1, "h"},  {0x6C3, "a"},	 {0x6C6, "o"},	{0x6C7, "u"},  {0x6C8, "u"},
	{0x6CB, "w"},  {0x6CC, "i"},  {0x6CD, "y"},	 {0x6CE, "e"},	{0x6D0, "e"},  {0x6D2, "e"},
	{0x6D5, "e"},
};

/* U+05D0 to U+05EA by the usual simple form of the Academy's rules of 2006. */
static const char hebrew_letters[][3] = {
	"a", "b", "g", "d", "h", "o", "z", "h",	 "t",  "i", "kh", "k",	"l", "m",
	"m", "n", "n", "s", "a", "f", "f", "ts", "ts", "k", "r",  "sh", "t",
};

#define ALEF 0x627
#define LAM 0x644
#define HEH 0x647
#define AIN 0x639
#define WAW 0x648
#define YEH 0x64A
#define FARSI_YEH 0x6CC
#define FATHA 0x64E
#define DAMMA 0x64F
#define KASRA 0x650
#define SHADDA 0x651
#define HAMZA_ABOVE 0x654
#define HAMZA_BELOW 0x655

#define DAGESH 0x5BC
#define SIN_DOT 0x5C2

/* The vowel that a mark at a position stands for; empty when there is none. */
static const char *
arabic_vowel(const cdw_roman *roman, int at)
{
	int end = cdw_roman_behind_marks(roman, at);

	for (; at < end; at++)
		switch (roman->text[at])
		{
			case 0x64B:
				return "an";
			case 0x64C:
				return "un";
			case 0x64D:
				return "in";
			case FATHA:
				return "a";
			case DAMMA:
				return "u";
			case KASRA:
				return "i";
			default:
				break;
		}
	return "";
}

/* Whether the letter at hand only lengthens the vowel before it. */
static bool
lengthens(const cdw_roman *roman, UChar32 c)
{
	UChar before = roman->at > 0 ? roman->text[roman->at - 1] : 0;

	return (c == ALEF && (before == FATHA || before == AIN)) || (c == WAW && before == DAMMA) ||
		   ((c == YEH || c == FARSI_YEH) && before == KASRA);
}

/* The consonant, or the vowel that it is in its place, without the mark's vowel. */
static const char *
arabic_letter(const cdw_roman *roman, UChar32 c, bool vowel)
{
	int next = cdw_roman_behind_marks(roman, roman->at + 1);
	bool beside_alef =
		cdw_roman_letter(roman, next) == ALEF || cdw_roman_letter(roman, roman->at - 1) == ALEF;
	bool hamza = cdw_roman_mark(roman, roman->at + 1, HAMZA_ABOVE);
	bool consonant = vowel || (!hamza && (cdw_roman_word_start(roman) || beside_alef));

	if (lengthens(roman, c) && !vowel && !hamza)
		return "";
	switch (c)
	{
		case ALEF:
			return vowel ? "" : cdw_roman_mark(roman, roman->at + 1, HAMZA_BELOW) ? "i" : "a";
		case AIN:
			return vowel ? "" : "a";
		case WAW:
			return consonant ? "w" : "u";
		case YEH:
		case FARSI_YEH:
			return consonant ? "y" : "i";
		default:
			break;
	}
	for (int i = 0; i < (int) lengthof(arabic_letters); i++)
		if (arabic_letters[i].letter == c)
			return arabic_letters[i].latin;
	return NULL;
}

/* The article at the start of a longer word, with a hyphen; الله as customary. */
static bool
arabic_article(cdw_roman *roman)
{
	bool allah;

	if (cdw_roman_letter(roman, roman->at) != ALEF || cdw_roman_letter(roman, roman->at + 1) != LAM)
		return false;
	allah = cdw_roman_letter(roman, roman->at + 2) == LAM &&
			cdw_roman_letter(roman, roman->at + 3) == HEH &&
			cdw_roman_word_end(roman, roman->at + 4);
	if (!allah && (!cdw_roman_word_start(roman) || cdw_roman_word_end(roman, roman->at + 2)))
		return false;
	cdw_roman_put(roman, allah ? "allah" : "al-");
	roman->at += allah ? 4 : 2;
	return true;
}

/* An Arabic letter with its marks, or the article. */
void
cdw_romanize_arabic(cdw_roman *roman)
{
	UChar32 c = cdw_roman_letter(roman, roman->at);
	const char *vowel = arabic_vowel(roman, roman->at + 1);
	const char *latin;

	if (arabic_article(roman))
		return;
	latin = arabic_letter(roman, c, *vowel != '\0');
	if (latin == NULL)
	{
		cdw_romanize_other(roman);
		return;
	}
	cdw_roman_put(roman, latin);
	if (cdw_roman_mark(roman, roman->at + 1, SHADDA))
		cdw_roman_put(roman, latin);
	cdw_roman_put(roman, vowel);
	roman->at = cdw_roman_behind_marks(roman, roman->at + 1);
}

/* A Hebrew letter with its marks. */
void
cdw_romanize_hebrew(cdw_roman *roman)
{
	UChar32 c = cdw_roman_letter(roman, roman->at);
	bool start = cdw_roman_word_start(roman);
	bool dagesh = cdw_roman_mark(roman, roman->at + 1, DAGESH);
	const char *latin;

	if (c < 0x5D0 || c > 0x5EA)
	{
		cdw_romanize_other(roman);
		return;
	}
	latin = hebrew_letters[c - 0x5D0];
	if (c == 0x5D5 && start)
		latin = "v";
	else if (c == 0x5D9 && start)
		latin = "y";
	else if (c == 0x5E4 && (start || dagesh))
		latin = "p";
	else if (c == 0x5E9 && cdw_roman_mark(roman, roman->at + 1, SIN_DOT))
		latin = "s";
	cdw_roman_put(roman, latin);
	roman->at = cdw_roman_behind_marks(roman, roman->at + 1);
}
