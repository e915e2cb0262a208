/*
 * src/text/romanize_syllables.c
 *
 * Japanese kana and Korean hangul. The text is decomposed: a voiced kana is its base and a mark, a
 * hangul syllable is two or three jamo.
 */
#include "text/romanize.h"

#include <unicode/uchar.h>

/*
 * U+3041 to U+3096 without marks, by the Hepburn form of Japanese passports (Ministry of Foreign
 * Affairs). Katakana follow 0x60 further. Small kana have the form that joins them to another.
 */
static const char kana_letters[][4] = {
	/* clang-format off */
	"a", "a", "i", "i", "u", "u", "e", "e", "o", "o",
	"ka", "", "ki", "", "ku", "", "ke", "", "ko", "",
	"sa", "", "shi", "", "su", "", "se", "", "so", "",
	"ta", "", "chi", "", "", "tsu", "", "te", "", "to", "",
	"na", "ni", "nu", "ne", "no",
	"ha", "", "", "hi", "", "", "fu", "", "", "he", "", "", "ho", "", "",
	"ma", "mi", "mu", "me", "mo",
	"ya", "ya", "yu", "yu", "yo", "yo",
	"ra", "ri", "ru", "re", "ro",
	"wa", "wa", "i", "e", "o", "n", "", "ka", "ke",
	/* clang-format on */
};

/* Hangul by the Revised Romanization of 2000, each syllable by itself. */
static const char initial_jamo[][3] = {"g",	 "kk", "n", "d",  "tt", "r", "m", "b", "pp", "s",
									   "ss", "",   "j", "jj", "ch", "k", "t", "p", "h"};
static const char medial_jamo[][4] = {"a",	"ae", "ya", "yae", "eo", "e",  "yeo",
									  "ye", "o",  "wa", "wae", "oe", "yo", "u",
									  "wo", "we", "wi", "yu",  "eu", "ui", "i"};
static const char final_jamo[][3] = {"k", "k", "k",	 "n", "n", "n", "t", "l", "k",
									 "m", "l", "l",	 "l", "p", "l", "m", "p", "p",
									 "t", "t", "ng", "t", "t", "k", "t", "p", "t"};

/* A syllable in Latin letters, with its final zero; the longest has nine. */
#define SYLLABLE_SIZE 12

#define VOICED 0x3099
#define SEMIVOICED 0x309A
#define KANA_N 0x3093
#define KANA_SMALL_TSU 0x3063
#define KANA_U 0x3046
#define KANA_O 0x304A
#define KANA_LONG 0x30FC

#define FIRST_INITIAL 0x1100
#define FIRST_MEDIAL 0x1161
#define FIRST_FINAL 0x11A8

StaticAssertDecl(lengthof(kana_letters) == 0x3096 - 0x3041 + 1, "a form for each kana");

/* The hiragana at a position, of katakana too; 0 for anything else. */
static UChar32
hiragana(const cdw_roman *roman, int at)
{
	UChar32 c = cdw_roman_letter(roman, at);

	if (c >= 0x30A1 && c <= 0x30F6)
		c -= 0x60;
	return c >= 0x3041 && c <= 0x3096 ? c : 0;
}

/* Whether the small kana joins the one before it: a vowel, ya, yu, yo or wa. */
static bool
joins(UChar32 c)
{
	return c == 0x3041 || c == 0x3043 || c == 0x3045 || c == 0x3047 || c == 0x3049 || c == 0x3083 ||
		   c == 0x3085 || c == 0x3087 || c == 0x308E;
}

/* The latin form with the consonant that a voicing mark gives it. */
static void
voice(char *latin, UChar mark)
{
	static const char *const plain[] = {"chi", "tsu", "shi", "fu", "k", "s", "t", "h", "u"};
	static const char *const voiced[] = {"ji", "zu", "ji", "bu", "g", "z", "d", "b", "vu"};
	char rest[4];

	if (mark == SEMIVOICED)
	{
		if (*latin == 'h' || *latin == 'f')
			*latin = 'p';
		return;
	}
	for (int i = 0; i < (int) lengthof(plain); i++)
	{
		int length = strlen(plain[i]);

		if (strncmp(latin, plain[i], length) == 0)
		{
			strlcpy(rest, latin + length, sizeof(rest));
			length = strlcpy(latin, voiced[i], SYLLABLE_SIZE);
			strlcpy(latin + length, rest, SYLLABLE_SIZE - length);
			return;
		}
	}
}

/* Joins a small kana to a syllable: ki + ya = kya, shi + ya = sha, fu + a = fa. */
static void
join(char *latin, const char *small)
{
	int consonant = strlen(latin) - 1;
	char vowel = latin[consonant];

	if (*small == 'y' &&
		(strncmp(latin, "sh", 2) == 0 || strncmp(latin, "ch", 2) == 0 || *latin == 'j'))
		small++;
	if (consonant == 0 && *small != 'y')
		latin[consonant++] = vowel == 'u' ? 'w' : vowel == 'i' ? 'y' : vowel;
	else if ((*latin == 'k' || *latin == 'g') && *small != 'y' && *small != 'w')
		latin[consonant++] = vowel == 'u' ? 'w' : 'y';
	strlcpy(latin + consonant, small, SYLLABLE_SIZE - consonant);
}

/* The syllable at a position and where it ends; empty when there is none. */
static void
kana_syllable(const cdw_roman *roman, int at, char *latin, int *end)
{
	UChar32 c = hiragana(roman, at);
	UChar32 mark = cdw_roman_letter(roman, at + 1);
	UChar32 small;

	strlcpy(latin, c == 0 ? "" : kana_letters[c - 0x3041], SYLLABLE_SIZE);
	*end = at + 1;
	if (*latin == '\0')
		return;
	if (mark == VOICED || mark == SEMIVOICED)
	{
		voice(latin, mark);
		++*end;
	}
	small = hiragana(roman, *end);
	if (joins(small) && c != KANA_N)
	{
		join(latin, kana_letters[small - 0x3041]);
		++*end;
	}
}

/*
 * Whether the kana at a position, behind a syllable in "vowel", only lengthens it: uu, ou and oo. In
 * Matsuura and Inoue it begins a part of the name.
 */
static bool
lengthens(const cdw_roman *roman, int at, const char *latin)
{
	UChar32 c = hiragana(roman, at);
	char vowel = *latin == '\0' ? '\0' : latin[strlen(latin) - 1];

	if (joins(hiragana(roman, at + 1)))
		return false;
	if (c == KANA_O)
		return vowel == 'o';
	if (c != KANA_U || cdw_roman_letter(roman, at + 1) == VOICED)
		return false;
	if (strcmp(latin, "tsu") == 0)
		return hiragana(roman, at + 1) != 0x3089;
	if (strcmp(latin, "no") == 0)
		return hiragana(roman, at + 1) != 0x3048;
	return vowel == 'o' || vowel == 'u';
}

/* A kana syllable: what lengthens it is not written, a small tsu doubles what follows. */
void
cdw_romanize_kana(cdw_roman *roman)
{
	UChar32 c = hiragana(roman, roman->at);
	char latin[SYLLABLE_SIZE];
	char next[12];
	int end;
	int next_end;

	if (c == KANA_SMALL_TSU)
	{
		kana_syllable(roman, ++roman->at, next, &next_end);
		if (*next == 'c')
			cdw_roman_put(roman, "t");
		else if (*next != '\0' && strchr("aiueon", *next) == NULL)
		{
			next[1] = '\0';
			cdw_roman_put(roman, next);
		}
		return;
	}

	kana_syllable(roman, roman->at, latin, &end);
	if (c == KANA_N)
	{
		kana_syllable(roman, end, next, &next_end);
		if (*next == 'b' || *next == 'm' || *next == 'p')
			*latin = 'm';
	}
	cdw_roman_put(roman, latin);
	if (lengthens(roman, end, latin))
		end++;
	roman->at = end;
}

/*
 * A hangul syllable, a token of its own; a jamo that stands alone as it would be in one, so that a
 * mute initial gives nothing.
 */
void
cdw_romanize_hangul(cdw_roman *roman)
{
	char latin[SYLLABLE_SIZE] = "";
	UChar32 c = cdw_roman_letter(roman, roman->at);
	int first = roman->at;
	int length = 0;

	if (c >= FIRST_INITIAL && c < FIRST_INITIAL + (int) lengthof(initial_jamo))
	{
		length += strlcpy(latin + length, initial_jamo[c - FIRST_INITIAL], SYLLABLE_SIZE - length);
		c = cdw_roman_letter(roman, ++roman->at);
	}
	if (c >= FIRST_MEDIAL && c < FIRST_MEDIAL + (int) lengthof(medial_jamo))
	{
		length += strlcpy(latin + length, medial_jamo[c - FIRST_MEDIAL], SYLLABLE_SIZE - length);
		c = cdw_roman_letter(roman, ++roman->at);
	}
	if (c >= FIRST_FINAL && c < FIRST_FINAL + (int) lengthof(final_jamo))
	{
		length += strlcpy(latin + length, final_jamo[c - FIRST_FINAL], SYLLABLE_SIZE - length);
		roman->at++;
	}
	if (*latin != '\0')
		cdw_roman_syllable(roman, latin);
	else if (roman->at == first)
		cdw_romanize_other(roman);
}
