/*
 * src/match/compare_name.c
 *
 * Names of persons: by their characters, then by words in any order, initials and nicknames; across
 * scripts by what they are in Latin letters.
 */
#include "match/compare.h"

#include "text/lanes.h"
#include "text/nicknames.h"

#define MAX_NAME_WORDS 16

/* Of cdw_name_similarity: two names of one person agree by more, two of a family by less. */
#define SAME_PERSON .8
#define LIKELY_PERSON .5

/* The least that Jaro-Winkler similarity counts for. */
#define LEAST_SIMILARITY .75

/* Share of the words that agree from which initials, nicknames and order are looked at. */
#define WORTH_A_LOOK .3

/*
 * Twice the agreement of the words matched, over the number of words (Dice): 0 to 1, whatever their
 * order. Each word takes the best partner that is left.
 */
static double
match_words(const cdw_value *a, const cdw_token *x, int m, const cdw_value *b, const cdw_token *y,
			int n)
{
	uint32 used = 0;
	double sum = 0;

	for (int i = 0; i < m; i++)
	{
		double best = 0;
		int partner = -1;

		for (int j = 0; j < n && best < 1; j++)
		{
			double agreement;

			if (used >> j & 1)
				continue;
			agreement = x[i].hash == y[j].hash && x[i].len == y[j].len &&
								memcmp(a->text + x[i].start, b->text + y[j].start, x[i].len) == 0
							? 1
							: cdw_word_agreement(a->text + x[i].start, x[i].len,
												 b->text + y[j].start, y[j].len);
			if (agreement > best)
			{
				best = agreement;
				partner = j;
			}
		}
		if (partner >= 0)
			used |= 1U << partner;
		sum += best;
	}
	return 2 * sum / (m + n);
}

/* The same for two values; symmetric, because the greedy match may depend on who chooses. */
static double
words_alike(const cdw_value *a, const cdw_value *b, int *words)
{
	cdw_token x[MAX_NAME_WORDS];
	cdw_token y[MAX_NAME_WORDS];
	int m = cdw_split_blanks(a->text, a->len, x, MAX_NAME_WORDS);
	int n = cdw_split_blanks(b->text, b->len, y, MAX_NAME_WORDS);
	double forward;
	double backward;

	*words = Max(m, n);
	if (m == 0 || n == 0)
		return 0;
	forward = match_words(a, x, m, b, y, n);
	backward = match_words(b, y, n, a, x, m);
	return Max(forward, backward);
}

/* Whether a value has letters of another script than Latin: from Greek on. */
static bool
has_other_script(const char *value, int len)
{
	for (int i = 0; i < len; i++)
		if ((unsigned char) value[i] >= 0xCD)
			return true;
	return false;
}

/* Whether one of two words is short for the other, or both for a third. */
static bool
are_nicknames(const cdw_value *a, const cdw_value *b)
{
	const cdw_nicknames *table = cdw_builtin_nicknames();

	return cdw_may_be_nicknames(a->text, a->len, b->text, b->len) &&
		   cdw_nicknames_related(cdw_nicknames_find(table, a->text, a->len),
								 cdw_nicknames_find(table, b->text, b->len));
}

/* What names of several words, or of two scripts, are as names of a person. */
static int
person_level(const cdw_value *a, const cdw_value *b)
{
	double similarity;

	/* below one half */
	if (cdw_names_apart(a->text, a->len, b->text, b->len))
		return 5;
	similarity = cdw_name_similarity(a->text, a->len, b->text, b->len, cdw_builtin_nicknames());
	return similarity >= SAME_PERSON ? 2 : similarity >= LIKELY_PERSON ? 3 : 5;
}

/* Whether two names of three characters at least have the same Soundex, which keeps the first letter. */
static bool
sound_alike(const cdw_value *a, const cdw_value *b)
{
	char x[5];
	char y[5];

	if (a->text[0] != b->text[0] && !IS_HIGHBIT_SET(a->text[0]) && !IS_HIGHBIT_SET(b->text[0]))
		return false;
	return Min(cdw_characters(a->text, a->len), cdw_characters(b->text, b->len)) >= 3 &&
		   cdw_soundex(a->text, a->len, x) && cdw_soundex(b->text, b->len, y) && strcmp(x, y) == 0;
}

/* Whether two names are more than two steps apart, and not similar: false where a glance does not tell. */
static inline bool
spelled_apart(const cdw_value *a, const cdw_value *b)
{
	cdw_lanes x;
	cdw_lanes y;

	if (Max(a->len, b->len) <= CDW_LANES_BYTES && cdw_read_ascii_lanes(a->text, a->len, &x) &&
		cdw_read_ascii_lanes(b->text, b->len, &y))
		return cdw_lanes_exceed(&x, &y, 2, false) &&
			   cdw_lanes_below(&x, &y, LEAST_SIMILARITY, true, false);
	return cdw_read_wide_lanes(a->text, a->len, &x) && cdw_read_wide_lanes(b->text, b->len, &y) &&
		   cdw_lanes_exceed(&x, &y, 2, true) &&
		   cdw_lanes_below(&x, &y, LEAST_SIMILARITY, true, true);
}

/*
 * The level of two names by their characters. One slip says little between short words of a large
 * alphabet: 小明 and 小红 differ by one.
 */
static int
spelling_level(const cdw_value *left, const cdw_value *right, bool may_be_nicknames)
{
	const char *a = left->text;
	const char *b = right->text;
	int alen = left->len;
	int blen = right->len;
	int distance = 3;
	int shorter = 0;
	double similarity = 0;

	if (!spelled_apart(left, right))
	{
		bool ascii;

		shorter = Min(cdw_characters(a, alen), cdw_characters(b, blen));
		ascii = shorter == Min(alen, blen);
		distance = cdw_damerau_levenshtein_within(a, alen, b, blen, 2);
		if (distance == 1 && shorter >= (ascii ? 2 : 4))
			return 1;
		similarity = cdw_jaro_winkler_from(a, alen, b, blen, LEAST_SIMILARITY);
		if ((distance == 2 && shorter >= 5) || similarity >= .92)
			return 2;
	}
	if (similarity >= .85 || (distance == 2 && shorter >= 4) || cdw_begins_alike(a, alen, b, blen))
		return 3;
	if (may_be_nicknames && are_nicknames(left, right))
		return 3;
	return similarity >= LEAST_SIMILARITY || sound_alike(left, right) ? 4 : 5;
}

/* The level of two names; nicknames: whether words may be short for given names. */
static inline int
level_of_names(const cdw_value *a, const cdw_value *b, bool nicknames)
{
	bool one_word = !memchr(a->text, ' ', a->len) && !memchr(b->text, ' ', b->len);
	int words;
	int level;
	double alike;

	cdw_put_in_order(&a, &b);
	if (has_other_script(a->text, a->len) != has_other_script(b->text, b->len))
		return person_level(a, b);
	level = spelling_level(a, b, one_word && nicknames);
	if (one_word || level <= 2)
		return level;
	alike = words_alike(a, b, &words);
	if (words > 1 && alike >= .75)
		return 2;
	if (words > 1 && alike >= .5)
		level = Min(level, 3);
	return alike >= WORTH_A_LOOK ? Min(level, person_level(a, b)) : level;
}

static int
name_level(const cdw_field *field pg_attribute_unused(), const cdw_value *a, const cdw_value *b)
{
	return level_of_names(a, b, true);
}

const cdw_comparison cdw_compare_name = {
	.nlevels = 6,
	.cost = 220,
	.different = 5,
	.alike = 1,
	.unlike = 3,
	.level = name_level,
	.label = {"equal", "one slip", "nearly equal", "similar or short form", "sounds alike",
			  "different"},
};

static int
family_name_level(const cdw_field *field pg_attribute_unused(), const cdw_value *a,
				  const cdw_value *b)
{
	return level_of_names(a, b, false);
}

const cdw_comparison cdw_compare_family_name = {
	.nlevels = 6,
	.cost = 80,
	.different = 5,
	.alike = 1,
	.unlike = 3,
	.level = family_name_level,
	.label = {"equal", "one slip", "nearly equal", "similar or prefix", "sounds alike",
			  "different"},
};
