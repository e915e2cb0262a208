/*
 * src/text/name_token_similarity.c
 *
 * How far two words of names stand for one name, 0 to 1: spelled alike, sounding alike, nicknames of
 * one name, or misspelled. The numbers were chosen on the open half of test/accuracy/name_pairs.csv.
 */
#include "text/name_tokens.h"

#include "text/symbols.h"

#include "port/pg_bitutils.h"

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

/* Misspellings of names of open syllables count in full from this length on. */
#define LONG_SYLLABIC 11

/* The similarity of words that do not stand for one name, by the letters that they share. */
#define UNRELATED_LEAST 0.05
#define UNRELATED_MOST 0.20

/* One letter added, exchanged with its neighbour, or replaced, by the longer word's length. */
static const double one_added[] = {0, 0, 0, 0.40, 0.62, 0.76, 0.82, 0.86, 0.88};
static const double one_exchanged[] = {0, 0, 0, 0.60, 0.82, 0.86, 0.90, 0.90, 0.90};
static const double one_replaced[] = {0, 0, 0, 0.25, 0.50, 0.66, 0.76, 0.82, 0.85};

/* One letter replaced by its neighbour on the keyboard. */
static const double one_slipped[] = {0, 0, 0, 0.45, 0.70, 0.80, 0.86, 0.88, 0.88};

/* Two and three steps. */
static const double two_steps[] = {0, 0, 0, 0, 0, 0.20, 0.35, 0.50, 0.62, 0.70, 0.76};
static const double three_steps[] = {0, 0, 0, 0, 0, 0, 0, 0, 0.2, 0.35, 0.50, 0.55, 0.66};

#define AT_MOST(table, i) (table)[Min((i), (int) lengthof(table) - 1)]

static inline bool
is_vowel(char c)
{
	return c == 'a' || c == 'e' || c == 'i' || c == 'o' || c == 'u' || c == 'y';
}

static inline bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
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

/* Whether one symbol is easily struck for the other: a neighbour, or a digit within a word. */
static bool
is_slip(char a, char b)
{
	return are_neighbours(a, b) || are_neighbours(b, a) || is_digit(a) != is_digit(b);
}

/* The similarity of words of this length in which x stands for y. */
static double
replaced(char x, char y, int len, bool first, bool written)
{
	double similarity = AT_MOST(one_replaced, len);

	if (written && is_slip(x, y))
		return AT_MOST(one_slipped, len);
	if (is_vowel(x) != is_vowel(y))
		similarity *= VOWEL_CHANGED;
	return first ? similarity * FIRST_LETTER : similarity;
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
	if (alen == blen && (first + 1 == alen || a[first + 1] == b[first + 1]))
		return replaced(a[first], b[first], longer, first == 0, written);
	if (alen == blen)
		similarity = AT_MOST(one_exchanged, longer);
	else
		similarity = AT_MOST(one_added, longer);
	if (first == longer - 1 && (alen > blen ? a : b)[first] == 's')
		similarity *= LAST_S;
	return first == 0 ? similarity * FIRST_LETTER : similarity;
}

/* The steps from which on words of this length have nothing in common. */
static inline int
too_many_steps(int longer)
{
	return longer < 5 ? 2 : longer < 8 ? 3 : longer < 15 ? 4 : longer / 5 + 1;
}

/*
 * How likely one word is the other misspelled; written: as for one_step. Each step changes the sets of
 * letters by two at most, which settles most pairs.
 */
static double
misspelling(const char *a, int alen, const char *b, int blen, uint32 changed_letters, bool written)
{
	int longer = Max(alen, blen);
	int many = too_many_steps(longer);
	int distance;
	double similarity;

	if (abs(alen - blen) >= many || pg_popcount32(changed_letters) > 2 * (many - 1))
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

/* The set of the letters and digits of a word, a bit for each; digits share theirs. */
static uint32
letter_set(const char *text, int len)
{
	uint32 set = 0;

	for (int i = 0; i < len; i++)
		set |= (uint32) 1 << (text[i] & 31);
	return set;
}

/* Fills what is only looked at when tokens differ. */
void
cdw_name_token_know(cdw_name_token *token, const cdw_nicknames *nicknames)
{
	if (token->known)
		return;
	token->known = true;
	token->sound_len = cdw_name_sound(token->text, token->len, token->sound);
	token->letters = letter_set(token->text, token->len);
	token->sound_letters = letter_set(token->sound, token->sound_len);
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
	double similarity =
		misspelling(a->text, a->len, b->text, b->len, a->letters ^ b->letters, true);
	int shorter = Min(a->len, b->len);

	if (a->sound_len > 3 && b->sound_len > 3)
	{
		double sound = SOUND_DISCOUNT * misspelling(a->sound, a->sound_len, b->sound, b->sound_len,
													a->sound_letters ^ b->sound_letters, false);

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

/* How far words that do not stand for one name share letters, from a little to not quite nothing. */
static double
unrelated(const cdw_name_token *a, const cdw_name_token *b)
{
	int common = pg_popcount32(a->letters & b->letters);
	int all = pg_popcount32(a->letters) + pg_popcount32(b->letters);

	return UNRELATED_LEAST + (UNRELATED_MOST - UNRELATED_LEAST) * 2 * common / all;
}

/*
 * Whether a word is in Arabic letters without marks for short vowels. In two such words the letters
 * of the long vowels tell names apart: محمد, محمود.
 */
static bool
is_plain_arabic(const cdw_name_token *token)
{
	const unsigned char *at = (const unsigned char *) token->source;
	const unsigned char *end = at + token->source_len;

	while (at < end)
	{
		uint32 symbol = cdw_next_symbol(&at, end);

		if (symbol < 0x600 || symbol > 0x77F || (symbol >= 0x64B && symbol <= 0x652))
			return false;
	}
	return true;
}

/* How far two tokens, neither an initial, that are not equal stand for one name, 0 if they do not. */
static double
relation(const cdw_name_token *a, const cdw_name_token *b)
{
	bool related;

	if (a->script == CDW_HAN && b->script == CDW_HAN)
		return han_similarity(a, b);
	related = cdw_nicknames_related(a->formal, b->formal);
	if (!related && other_gender(a->text, a->len, b->text, b->len))
		return OTHER_GENDER;
	if (a->sound_len > 1 && a->sound_len == b->sound_len &&
		memcmp(a->sound, b->sound, a->sound_len) == 0)
		return SAME_SOUND;
	if (related)
		return NICKNAME;
	if ((a->script == CDW_HANGUL || b->script == CDW_HANGUL))
		return same_rewritten(a, b, cdw_korean_sound) ? SAME_KOREAN_SOUND : 0;
	if ((a->script == CDW_KANA || b->script == CDW_KANA) &&
		same_rewritten(a, b, cdw_japanese_sound))
		return SAME_SOUND;
	if ((a->script == CDW_ABJAD || b->script == CDW_ABJAD) &&
		!(is_plain_arabic(a) && is_plain_arabic(b)) && same_rewritten(a, b, cdw_consonants))
		return SAME_CONSONANTS;
	return spelling_similarity(a, b);
}

/* How far two tokens, neither an initial, that are not equal stand for one name; above 0. */
double
cdw_name_token_similarity(cdw_name_token *a, cdw_name_token *b, const cdw_nicknames *nicknames)
{
	double similarity;
	double least;

	cdw_name_token_know(a, nicknames);
	cdw_name_token_know(b, nicknames);
	similarity = relation(a, b);
	if (similarity >= UNRELATED_MOST)
		return similarity;
	least = unrelated(a, b);
	return Max(similarity, least);
}
