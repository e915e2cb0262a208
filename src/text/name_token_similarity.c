/*
 * src/text/name_token_similarity.c
 *
 * How far two words of names stand for one name, 0 to 1: spelled alike, sounding alike, nicknames of
 * one name, or misspelled. The numbers were chosen on the open half of test/accuracy/name_pairs.csv.
 */
#include "text/name_tokens.h"

#include "text/symbols.h"

#define NICKNAME 0.90
#define SAME_SOUND 0.95
#define SAME_KOREAN_SOUND 0.93
#define SAME_CONSONANTS 0.85
#define SOUND_DISCOUNT 0.95
#define HOMOPHONE 0.55	 /* other characters, one reading */
#define OTHER_GENDER 0.4 /* Mario, Maria; Ivanov, Ivanova */
#define PREFIX 0.5		 /* Alex, Alexander where the table does not have it */
#define SHORT_PREFIX 0.35

/* What is left of a misspelling's similarity ... */
#define TWO_NAMES 0.4	   /* when both are names of the table */
#define TWO_SYLLABIC 0.5   /* when both are well formed of open syllables */
#define FIRST_LETTER 0.75  /* when the first letters differ */
#define VOWEL_CHANGED 0.85 /* when a vowel stands for a consonant */
#define LAST_S 0.85		   /* when an s is added at the end: Adam, Adams */

/* A letter replaced by its neighbour on the keyboard is so much more likely a slip. */
#define SLIP 1.35
#define MOST_SLIP 0.88

/* Misspellings of names of open syllables count in full from this length on. */
#define LONG_SYLLABIC 11

/* One letter added, exchanged with its neighbour, or replaced, by the longer word's length. */
static const double one_added[] = {0, 0, 0, 0.40, 0.62, 0.76, 0.82, 0.86, 0.88};
static const double one_exchanged[] = {0, 0, 0, 0.60, 0.82, 0.86, 0.90, 0.90, 0.90};
static const double one_replaced[] = {0, 0, 0, 0.25, 0.50, 0.66, 0.76, 0.82, 0.85};

/* Two and three steps. */
static const double two_steps[] = {0, 0, 0, 0, 0, 0.20, 0.35, 0.50, 0.62, 0.70, 0.76};
static const double three_steps[] = {0, 0, 0, 0, 0, 0, 0, 0, 0.2, 0.35, 0.50, 0.55, 0.66};

#define AT_MOST(table, i) (table)[Min((i), (int) lengthof(table) - 1)]

static inline bool
is_vowel(char c)
{
	return c == 'a' || c == 'e' || c == 'i' || c == 'o' || c == 'u' || c == 'y';
}

/* Of each letter those that it is struck for by mistake on a keyboard of the QWERTY or QWERTZ kind. */
static const char *const neighbours[] = {
	"qwsz",	  "vghn",  "xdfv",	"serfcx", "wsdr", "drtgvc", "ftyhbvz", "gyujnbz", "ujko",
	"huiknm", "jiolm", "kop",	"njk",	  "bhjm", "iklp",	"ol",	   "wa",	  "edft",
	"awedxz", "rfgyz", "yhjiz", "cfgb",	  "qase", "zsdc",	"tghuax",  "asxtghu",
};

/* Whether two lower-case letters are neighbours. */
static bool
are_neighbours(char a, char b)
{
	return a >= 'a' && a <= 'z' && strchr(neighbours[a - 'a'], b) != NULL;
}

/* The similarity of words one step apart; written: they are spelled so, not sounds. */
static double
one_step(const char *a, int alen, const char *b, int blen, bool written)
{
	int longer = Max(alen, blen);
	int first = 0;
	double similarity;

	while (first < Min(alen, blen) && a[first] == b[first])
		first++;
	if (alen != blen)
	{
		similarity = AT_MOST(one_added, longer);
		if (first == longer - 1 && (alen > blen ? a : b)[first] == 's')
			similarity *= LAST_S;
	}
	else if (first + 1 < alen && a[first + 1] != b[first + 1])
		similarity = AT_MOST(one_exchanged, longer);
	else
	{
		similarity = AT_MOST(one_replaced, longer);
		if (is_vowel(a[first]) != is_vowel(b[first]))
			similarity *= VOWEL_CHANGED;
		else if (written &&
				 (are_neighbours(a[first], b[first]) || are_neighbours(b[first], a[first])))
			similarity = Min(similarity * SLIP, MOST_SLIP);
	}
	return first == 0 ? similarity * FIRST_LETTER : similarity;
}

/* How likely one word is the other misspelled; written: as for one_step. */
static double
misspelling(const char *a, int alen, const char *b, int blen, bool written)
{
	int longer = Max(alen, blen);
	int distance;
	double similarity;

	if (abs(alen - blen) > 3)
		return 0;
	distance = cdw_damerau_levenshtein(a, alen, b, blen);
	switch (distance)
	{
		case 0:
			return 1;
		case 1:
			return one_step(a, alen, b, blen, written);
		case 2:
			similarity = AT_MOST(two_steps, longer);
			break;
		case 3:
			similarity = AT_MOST(three_steps, longer);
			break;
		default:
			similarity = distance * 5 <= longer ? 0.5 : 0;
	}
	return a[0] == b[0] ? similarity : similarity * FIRST_LETTER;
}

/* Whether b is a with a feminine ending of French: Daniel, Danielle; Adrien, Adrienne. */
static bool
adds_french_ending(const char *a, int alen, const char *b, int blen)
{
	return alen > 2 && blen == alen + 2 && memcmp(a, b, alen) == 0 && b[alen] == a[alen - 1] &&
		   b[alen + 1] == 'e' && strchr("lnt", b[alen]) != NULL;
}

/*
 * Whether the words differ as the names of a man and a woman do: by o and a, or by an ending.
 */
static bool
other_gender(const char *a, int alen, const char *b, int blen)
{
	int common = Min(alen, blen);

	if (adds_french_ending(a, alen, b, blen) || adds_french_ending(b, blen, a, alen))
		return true;
	if (abs(alen - blen) > 1 || common < 3)
		return false;
	if (alen == blen)
	{
		char x = a[common - 1];
		char y = b[common - 1];

		return memcmp(a, b, common - 1) == 0 &&
			   ((x == 'a' && (y == 'o' || y == 'i')) || (y == 'a' && (x == 'o' || x == 'i')));
	}
	return memcmp(a, b, common) == 0 && !is_vowel(a[common - 1]) &&
		   (alen > blen ? a : b)[common] == 'a';
}

/* The similarity of two words in Han characters that differ. */
static double
han_similarity(const cdw_name_token *a, const cdw_name_token *b)
{
	int count = cdw_symbol_count(a->source, a->source_len);
	int distance;

	if (a->len == b->len && memcmp(a->text, b->text, a->len) == 0)
		return cdw_same_simplified(a->source, a->source_len, b->source, b->source_len) ? 1
																					   : HOMOPHONE;
	if (count < 3 || cdw_symbol_count(b->source, b->source_len) != count)
		return 0;
	distance = cdw_levenshtein(a->source, a->source_len, b->source, b->source_len);
	return distance == 1 ? 0.5 : 0;
}

/* Fills what is only looked at when tokens differ. */
static void
know(cdw_name_token *token, const cdw_nicknames *nicknames)
{
	if (token->known)
		return;
	token->known = true;
	token->sound_len = cdw_name_sound(token->text, token->len, token->sound);
	token->formal = cdw_nicknames_find(nicknames, token->text, token->len);
}

/* Whether rewriting makes the two words one. */
static bool
same_rewritten(const cdw_name_token *a, const cdw_name_token *b,
			   int (*rewrite)(const char *text, int len, char *sound))
{
	char x[CDW_SOUND_SIZE];
	char y[CDW_SOUND_SIZE];
	int len = rewrite(a->text, a->len, x);

	return len > 0 && rewrite(b->text, b->len, y) == len && memcmp(x, y, len) == 0;
}

/* The similarity of words that are neither equal nor related, from their letters. */
static double
spelling_similarity(const cdw_name_token *a, const cdw_name_token *b)
{
	double similarity = misspelling(a->text, a->len, b->text, b->len, true);
	int shorter = Min(a->len, b->len);

	if (a->sound_len > 3 && b->sound_len > 3)
	{
		double sound =
			SOUND_DISCOUNT * misspelling(a->sound, a->sound_len, b->sound, b->sound_len, false);

		similarity = Max(similarity, sound);
	}
	if (shorter >= 3 && abs(a->len - b->len) >= 2 && memcmp(a->text, b->text, shorter) == 0)
		similarity = Max(similarity, shorter > 3 ? PREFIX : SHORT_PREFIX);
	if (similarity > 0 && a->formal.count > 0 && b->formal.count > 0)
		return similarity * TWO_NAMES;
	if (similarity > 0 && Max(a->len, b->len) < LONG_SYLLABIC && cdw_is_syllabic(a->text, a->len) &&
		cdw_is_syllabic(b->text, b->len))
		return similarity * TWO_SYLLABIC;
	return similarity;
}

/* Whether two tokens are written alike; Han characters as they are written. */
bool
cdw_name_token_equal(const cdw_name_token *a, const cdw_name_token *b)
{
	if (a->len != b->len || memcmp(a->text, b->text, a->len) != 0)
		return false;
	return a->script != CDW_HAN || b->script != CDW_HAN ||
		   (a->source_len == b->source_len && memcmp(a->source, b->source, a->source_len) == 0);
}

/* How far two tokens, neither an initial, that are not equal stand for one name, 0 to 1. */
double
cdw_name_token_similarity(cdw_name_token *a, cdw_name_token *b, const cdw_nicknames *nicknames)
{
	if (a->script == CDW_HAN && b->script == CDW_HAN)
		return han_similarity(a, b);
	know(a, nicknames);
	know(b, nicknames);
	if (cdw_nicknames_related(a->formal, b->formal))
		return NICKNAME;
	if (other_gender(a->text, a->len, b->text, b->len))
		return OTHER_GENDER;
	if (a->sound_len > 1 && a->sound_len == b->sound_len &&
		memcmp(a->sound, b->sound, a->sound_len) == 0)
		return SAME_SOUND;
	if ((a->script == CDW_HANGUL || b->script == CDW_HANGUL))
		return same_rewritten(a, b, cdw_korean_sound) ? SAME_KOREAN_SOUND : 0;
	if ((a->script == CDW_KANA || b->script == CDW_KANA) &&
		same_rewritten(a, b, cdw_japanese_sound))
		return SAME_SOUND;
	if ((a->script == CDW_ABJAD || b->script == CDW_ABJAD) && same_rewritten(a, b, cdw_consonants))
		return SAME_CONSONANTS;
	return spelling_similarity(a, b);
}
