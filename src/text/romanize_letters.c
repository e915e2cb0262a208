/*
 * src/text/romanize_letters.c
 *
 * Latin, Greek and Cyrillic letters. The text is decomposed: what a letter has above or below it
 * follows as a mark.
 */
#include "text/romanize.h"

#include <unicode/uchar.h>

typedef struct letter
{
	UChar letter;
	char latin[5];
} letter;

/* Latin letters that no decomposition leads to ASCII, in Unicode order. */
static const letter latin_letters[] = {
	{0xDF, "ss"}, {0xE6, "ae"}, {0xF0, "d"},  {0xF8, "o"},	{0xFE, "th"},  {0x111, "d"},
	{0x127, "h"}, {0x131, "i"}, {0x138, "k"}, {0x142, "l"}, {0x14B, "ng"}, {0x153, "oe"},
	{0x167, "t"}, {0x180, "b"}, {0x188, "c"}, {0x192, "f"}, {0x199, "k"},  {0x19A, "l"},
	{0x19E, "n"}, {0x1A5, "p"}, {0x1AD, "t"}, {0x1B4, "y"}, {0x1B6, "z"},  {0x1DD, "e"},
	{0x1E5, "g"}, {0x237, "j"}, {0x254, "o"}, {0x259, "a"}, {0x25B, "e"},  {0x263, "g"},
	{0x269, "i"}, {0x28A, "u"},
};

/* U+03B1 to U+03C9, ELOT 743 (ISO 843, type 2; UNGEGN 1987) for a letter that stands alone. */
static const char greek_letters[][3] = {
	"a", "v", "g", "d", "e", "z", "i", "th", "i", "k",	"l",  "m", "n",
	"x", "o", "p", "r", "s", "s", "t", "y",	 "f", "ch", "ps", "o",
};

/* U+0430 to U+044F in Russian: BGN/PCGN 1947 without apostrophes, е always e, as passports have it. */
static const char russian_letters[][5] = {
	"a", "b", "v", "g", "d", "e",  "zh", "z",  "i",	 "y",	 "k", "l", "m", "n", "o",  "p",
	"r", "s", "t", "u", "f", "kh", "ts", "ch", "sh", "shch", "",  "y", "",	"e", "yu", "ya",
};

StaticAssertDecl(lengthof(greek_letters) == 0x3C9 - 0x3B1 + 1, "a form for each Greek letter");
StaticAssertDecl(lengthof(russian_letters) == 0x44F - 0x430 + 1, "a form for each Russian letter");

/*
 * Where other languages differ, letter by letter; the first rows hold where no language is named.
 * Ukrainian: resolution 55 of 2010. Belarusian: BGN/PCGN 1979, ў as in passports. Bulgarian:
 * Transliteration Act of 2009. Serbian: its own Latin alphabet without diacritics, as the same name
 * in Latin letters folds. Macedonian: as in passports. Others: the letters of Central Asia.
 */
static const struct
{
	cdw_cyrillic language;
	UChar letter;
	char latin[4];
} cyrillic_letters[] = {
	{CDW_CYRILLIC_UKRAINIAN, 0x433, "h"},	{CDW_CYRILLIC_UKRAINIAN, 0x438, "y"},
	{CDW_CYRILLIC_BELARUSIAN, 0x433, "h"},	{CDW_CYRILLIC_BULGARIAN, 0x445, "h"},
	{CDW_CYRILLIC_BULGARIAN, 0x449, "sht"}, {CDW_CYRILLIC_BULGARIAN, 0x44A, "a"},
	{CDW_CYRILLIC_BULGARIAN, 0x44C, "y"},	{CDW_CYRILLIC_SERBIAN, 0x436, "z"},
	{CDW_CYRILLIC_SERBIAN, 0x445, "h"},		{CDW_CYRILLIC_SERBIAN, 0x446, "c"},
	{CDW_CYRILLIC_SERBIAN, 0x447, "c"},		{CDW_CYRILLIC_SERBIAN, 0x448, "s"},
	{CDW_CYRILLIC_SERBIAN, 0x45F, "dz"},	{CDW_CYRILLIC_MACEDONIAN, 0x445, "h"},
	{CDW_CYRILLIC_MACEDONIAN, 0x446, "c"},	{CDW_CYRILLIC_UNKNOWN, 0x452, "d"},
	{CDW_CYRILLIC_UNKNOWN, 0x454, "ie"},	{CDW_CYRILLIC_UNKNOWN, 0x455, "dz"},
	{CDW_CYRILLIC_UNKNOWN, 0x456, "i"},		{CDW_CYRILLIC_UNKNOWN, 0x458, "j"},
	{CDW_CYRILLIC_UNKNOWN, 0x459, "lj"},	{CDW_CYRILLIC_UNKNOWN, 0x45A, "nj"},
	{CDW_CYRILLIC_UNKNOWN, 0x45B, "c"},		{CDW_CYRILLIC_UNKNOWN, 0x45F, "dj"},
	{CDW_CYRILLIC_UNKNOWN, 0x463, "e"},		{CDW_CYRILLIC_UNKNOWN, 0x473, "f"},
	{CDW_CYRILLIC_UNKNOWN, 0x475, "i"},		{CDW_CYRILLIC_UNKNOWN, 0x491, "g"},
	{CDW_CYRILLIC_UNKNOWN, 0x493, "g"},		{CDW_CYRILLIC_UNKNOWN, 0x497, "zh"},
	{CDW_CYRILLIC_UNKNOWN, 0x499, "z"},		{CDW_CYRILLIC_UNKNOWN, 0x49B, "k"},
	{CDW_CYRILLIC_UNKNOWN, 0x4A1, "k"},		{CDW_CYRILLIC_UNKNOWN, 0x4A3, "ng"},
	{CDW_CYRILLIC_UNKNOWN, 0x4A5, "ng"},	{CDW_CYRILLIC_UNKNOWN, 0x4AB, "s"},
	{CDW_CYRILLIC_UNKNOWN, 0x4AF, "u"},		{CDW_CYRILLIC_UNKNOWN, 0x4B1, "u"},
	{CDW_CYRILLIC_UNKNOWN, 0x4B3, "h"},		{CDW_CYRILLIC_UNKNOWN, 0x4B7, "j"},
	{CDW_CYRILLIC_UNKNOWN, 0x4BB, "h"},		{CDW_CYRILLIC_UNKNOWN, 0x4C0, ""},
	{CDW_CYRILLIC_UNKNOWN, 0x4CF, ""},		{CDW_CYRILLIC_UNKNOWN, 0x4D9, "a"},
	{CDW_CYRILLIC_UNKNOWN, 0x4E9, "o"},
};

#define ACUTE 0x301
#define BREVE 0x306
#define DIAERESIS 0x308

/* A Latin letter; its marks are dropped behind it. */
void
cdw_romanize_latin(cdw_roman *roman)
{
	UChar32 c = cdw_roman_letter(roman, roman->at);

	for (int i = 0; i < (int) lengthof(latin_letters); i++)
		if (latin_letters[i].letter == c)
		{
			cdw_roman_put(roman, latin_letters[i].latin);
			roman->at++;
			return;
		}
	cdw_romanize_other(roman);
}

/* Whether αυ, ευ or ηυ end in v before this letter; before others and at the end in f. */
static bool
voices_upsilon(UChar32 next)
{
	static const char *const voiced = "vgdzlmnraeioy";

	return next >= 0x3B1 && next <= 0x3C9 &&
		   strchr(voiced, greek_letters[next - 0x3B1][0]) != NULL && next != 0x3C8;
}

/* What two Greek letters are together; NULL when each stands for itself. */
static const char *
greek_pair(const cdw_roman *roman, UChar32 first, UChar32 second)
{
	int behind = cdw_roman_behind_marks(roman, roman->at + 2);

	if (second == 0x3C5) /* υ */
	{
		bool v = voices_upsilon(cdw_roman_letter(roman, behind));

		if (cdw_roman_mark(roman, roman->at + 2, DIAERESIS))
			return NULL;
		switch (first)
		{
			case 0x3BF:
				return "ou";
			case 0x3B1:
				return v ? "av" : "af";
			case 0x3B5:
				return v ? "ev" : "ef";
			case 0x3B7:
				return v ? "iv" : "if";
			default:
				return NULL;
		}
	}
	if (first == 0x3B3) /* γ */
		return second == 0x3B3 ? "ng" : second == 0x3BE ? "nx" : second == 0x3C7 ? "nch" : NULL;
	if (first == 0x3BC && second == 0x3C0) /* μπ */
		return cdw_roman_word_start(roman) || cdw_roman_word_end(roman, behind) ? "b" : NULL;
	return NULL;
}

/* A Greek letter, or two that are read together. */
void
cdw_romanize_greek(cdw_roman *roman)
{
	UChar32 c = cdw_roman_letter(roman, roman->at);
	const char *pair = greek_pair(roman, c, cdw_roman_letter(roman, roman->at + 1));

	if (pair != NULL)
	{
		cdw_roman_put(roman, pair);
		roman->at += 2;
	}
	else if (c >= 0x3B1 && c <= 0x3C9)
	{
		cdw_roman_put(roman, greek_letters[c - 0x3B1]);
		roman->at++;
	}
	else
		cdw_romanize_other(roman);
}

/* The language of the Cyrillic letters from the first one on, by what only it has. */
static cdw_cyrillic
find_language(const cdw_roman *roman)
{
	bool ukrainian = false;
	bool russian = false;
	bool serbian = false;
	bool macedonian = false;
	bool bulgarian = false;

	for (int at = roman->at; at < roman->length; at++)
	{
		UChar32 c = u_tolower(roman->text[at]);
		UChar mark = at + 1 < roman->length ? roman->text[at + 1] : 0;
		UChar32 next = cdw_roman_letter(roman, at + 1);

		if (c < 0x400 || c >= 0x530)
			continue;
		if (c > 0x491)
			return CDW_CYRILLIC_RUSSIAN;
		if (c == 0x443 && mark == BREVE)
			return CDW_CYRILLIC_BELARUSIAN;
		ukrainian |= c == 0x456 || c == 0x454 || c == 0x491;
		/* -ський, -цький */
		ukrainian |=
			(c == 0x441 || c == 0x446) && next == 0x44C && cdw_roman_letter(roman, at + 2) == 0x43A;
		russian |= c == 0x44B || c == 0x44D;
		macedonian |= c == 0x455 || ((c == 0x433 || c == 0x43A) && mark == ACUTE);
		serbian |= c == 0x452 || (c >= 0x458 && c <= 0x45B) || c == 0x45F;
		bulgarian |= c == 0x44A && next != 0x435 && next != 0x44E && next != 0x44F;
	}
	if (macedonian)
		return CDW_CYRILLIC_MACEDONIAN;
	if (serbian)
		return CDW_CYRILLIC_SERBIAN;
	if (ukrainian)
		return russian ? CDW_CYRILLIC_BELARUSIAN : CDW_CYRILLIC_UKRAINIAN;
	return bulgarian && !russian ? CDW_CYRILLIC_BULGARIAN : CDW_CYRILLIC_RUSSIAN;
}

/* A letter with a mark that makes another letter of it; NULL for any other. */
static const char *
marked_cyrillic(const cdw_roman *roman, UChar32 c)
{
	UChar32 before = cdw_roman_letter(roman, roman->at - 1);
	UChar mark = cdw_roman_letter(roman, roman->at + 1);

	if (c == 0x435 && mark == DIAERESIS) /* ё, as e behind ж ч ш щ */
		return before == 0x436 || (before >= 0x447 && before <= 0x449) ? "e" : "yo";
	if (c == 0x443 && mark == BREVE) /* ў */
		return "u";
	if (c == 0x433 && mark == ACUTE) /* ѓ */
		return "gj";
	if (c == 0x43A && mark == ACUTE) /* ќ */
		return "kj";
	if (c == 0x456 && mark == DIAERESIS) /* ї */
		return cdw_roman_word_start(roman) ? "yi" : "i";
	if (c == 0x438 && mark == BREVE && roman->cyrillic == CDW_CYRILLIC_UKRAINIAN)
		return cdw_roman_word_start(roman) ? "y" : "i";
	if (c == 0x438 && mark == BREVE)
		return "y";
	return NULL;
}

/* Letters that depend on their place in the word; NULL for any other. */
static const char *
placed_cyrillic(const cdw_roman *roman, UChar32 c)
{
	if (roman->cyrillic == CDW_CYRILLIC_UKRAINIAN)
	{
		bool start = cdw_roman_word_start(roman);

		switch (c)
		{
			case 0x433:
				return cdw_roman_letter(roman, roman->at - 1) == 0x437 ? "gh" : NULL;
			case 0x454:
				return start ? "ye" : "ie";
			case 0x44E:
				return start ? "yu" : "iu";
			case 0x44F:
				return start ? "ya" : "ia";
			default:
				return NULL;
		}
	}
	if (roman->cyrillic == CDW_CYRILLIC_BULGARIAN && c == 0x44F &&
		cdw_roman_letter(roman, roman->at - 1) == 0x438 && cdw_roman_word_end(roman, roman->at + 1))
		return "a";
	return NULL;
}

/* A Cyrillic letter in the value's language; NULL where there is no rule for it. */
static const char *
cyrillic_letter(const cdw_roman *roman, UChar32 c)
{
	const char *latin = marked_cyrillic(roman, c);

	if (latin == NULL)
		latin = placed_cyrillic(roman, c);
	for (int i = 0; latin == NULL && i < (int) lengthof(cyrillic_letters); i++)
		if (cyrillic_letters[i].letter == c &&
			(cyrillic_letters[i].language == roman->cyrillic ||
			 cyrillic_letters[i].language == CDW_CYRILLIC_UNKNOWN))
			latin = cyrillic_letters[i].latin;
	if (latin == NULL && c >= 0x430 && c <= 0x44F)
		latin = russian_letters[c - 0x430];
	return latin;
}

/* A Cyrillic letter. */
void
cdw_romanize_cyrillic(cdw_roman *roman)
{
	UChar32 c = cdw_roman_letter(roman, roman->at);
	const char *latin;

	if (roman->cyrillic == CDW_CYRILLIC_UNKNOWN)
		roman->cyrillic = find_language(roman);
	latin = cyrillic_letter(roman, c);
	if (latin == NULL)
	{
		cdw_romanize_other(roman);
		return;
	}
	cdw_roman_put(roman, latin);
	roman->at = cdw_roman_behind_marks(roman, roman->at + 1);
}
