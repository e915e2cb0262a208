/*
 * src/match/compare_text.c
 *
 * Texts by their words: a word counts by how rare it is, ln(1 + values / records that have it), and
 * it is evidence by itself that two values share a rare word. The order of words does not matter.
 */
#include "match/compare.h"

#include "text/short_string.h"

#define MAX_FUZZY 15	 /* words of a value up to which all unequal words are compared */
#define MAX_UNSPACED 128 /* bytes of a value up to which lost blanks are looked for */

static bool
has_digit(const char *value, int len)
{
	for (int i = 0; i < len; i++)
		if (value[i] >= '0' && value[i] <= '9')
			return true;
	return false;
}

/*
 * What a pair of unequal words is worth: one slip .9 (of 4 letters), two slips .8 (of 7), a beginning .7
 * (of 3), an initial .4, else 0. A slip in a number makes another number.
 */
double
cdw_word_agreement(const char *a, int alen, const char *b, int blen)
{
	int shorter = Min(alen, blen);

	if (shorter >= 4 && Max(alen, blen) - shorter <= 8 && !has_digit(a, alen) &&
		!has_digit(b, blen))
	{
		int least = Min(cdw_characters(a, alen), cdw_characters(b, blen));
		int distance = least >= 4 ? cdw_damerau_levenshtein_within(a, alen, b, blen, 2) : 3;

		if (distance <= 1)
			return CDW_ONE_SLIP;
		if (distance == 2 && least >= 7)
			return CDW_TWO_SLIPS;
	}
	if (cdw_begins_alike(a, alen, b, blen))
		return shorter >= 3 ? CDW_BEGINNING : shorter == 1 ? CDW_INITIAL : 0;
	return 0;
}

static bool
same_word(const cdw_value *a, const cdw_token *x, const cdw_value *b, const cdw_token *y)
{
	return x->hash == y->hash && x->len == y->len &&
		   memcmp(a->text + x->start, b->text + y->start, x->len) == 0;
}

/* Which of a value's words are matched already, a bit each. */
typedef struct Matched
{
	uint64 a;
	uint64 b;
} Matched;

/* A bit for a word's hash. */
static inline uint64
hash_bit(const cdw_token *token)
{
	return UINT64CONST(1) << token->hash % 64;
}

/* The weight of the words that both have; *rare: whether one of them is rare. */
static int
match_equal(const cdw_value *a, const cdw_value *b, Matched *matched, bool *rare)
{
	uint64 hashes = 0;
	int sum = 0;

	*rare = false;
	for (int j = 0; j < b->ntokens; j++)
		hashes |= hash_bit(&b->token[j]);
	for (int i = 0; i < a->ntokens; i++)
		for (int j = 0; j < b->ntokens && (hashes & hash_bit(&a->token[i])) != 0; j++)
		{
			if ((matched->b >> j & 1) || !same_word(a, &a->token[i], b, &b->token[j]))
				continue;
			matched->a |= UINT64CONST(1) << i;
			matched->b |= UINT64CONST(1) << j;
			sum += a->token[i].weight + b->token[j].weight;
			*rare |= a->token[i].rare;
			break;
		}
	return sum;
}

/*
 * How many words from the first on, two at least, are written as one word elsewhere ("th 50pz85u",
 * "th50pz85u"); 0: they are not.
 */
static inline int
words_in_one(const cdw_value *value, int first, uint64 matched, const char *word, int len)
{
	int done = 0;

	for (int i = first; i < value->ntokens && !(matched >> i & 1); i++)
	{
		const cdw_token *part = &value->token[i];

		if (part->len > len - done ||
			memcmp(value->text + part->start, word + done, part->len) != 0)
			return 0;
		done += part->len;
		if (done == len)
			return i > first ? i - first + 1 : 0;
	}
	return 0;
}

/* The words of a value by the class of their first byte, in their order. */
typedef struct ByBeginning
{
	uint64 classes;			   /* a bit for each that there is */
	int8 first[64];			   /* set where there is one */
	int8 next[CDW_MAX_TOKENS]; /* -1: none */
} ByBeginning;

/* The class of a first byte: letters apart, digits apart. */
static inline int
class_of(char first)
{
	return (first & 31) | (first & 64) >> 1;
}

/* The last word cannot begin two. */
static void
order_by_beginning(const cdw_value *value, ByBeginning *words)
{
	words->classes = 0;
	for (int i = value->ntokens - 2; i >= 0; i--)
	{
		int class = class_of(value->text[value->token[i].start]);
		uint64 bit = UINT64CONST(1) << class;

		words->next[i] = words->classes & bit ? words->first[class] : -1;
		words->first[class] = i;
		words->classes |= bit;
	}
}

/*
 * The weight of words of one value that the other writes as one, among many words a rare one; *rare as for
 * equal words.
 */
static int
match_joined(const cdw_value *joined, uint64 *matched_joined, const cdw_value *parts,
			 uint64 *matched_parts, bool *rare)
{
	bool many = joined->ntokens > MAX_FUZZY;
	ByBeginning words;
	int sum = 0;

	order_by_beginning(parts, &words);
	for (int j = 0; j < joined->ntokens; j++)
	{
		const cdw_token *word = &joined->token[j];
		const char *text = joined->text + word->start;
		int class = class_of(*text);
		int n = 0;

		if ((*matched_joined >> j & 1) || (many && !word->rare) || !(words.classes >> class & 1))
			continue;
		for (int i = words.first[class]; i >= 0 && n == 0; i = words.next[i])
		{
			n = words_in_one(parts, i, *matched_parts, text, word->len);
			for (int k = i; k < i + n; k++)
			{
				*matched_parts |= UINT64CONST(1) << k;
				sum += parts->token[k].weight;
			}
		}
		if (n == 0)
			continue;
		*matched_joined |= UINT64CONST(1) << j;
		sum += word->weight;
		*rare |= word->rare;
	}
	return sum;
}

typedef struct WordPair
{
	double gain;
	int8 i;
	int8 j;
} WordPair;

/* What of a word shows at a glance that it cannot agree with another, unequal one. */
typedef struct Glance
{
	uint32 beginning; /* the first three bytes */
	uint32 compared;  /* the bits of those that count: one byte where there are no more */
	uint32 bytes;	  /* a bit for each byte, letters apart; 0: not looked at yet */
	bool may_slip;	  /* four characters at least, no digit */
	bool ascii;
} Glance;

static inline Glance
glance_at(const char *word, int len)
{
	Glance glance = {.beginning = cdw_load_few_bytes(word, Min(len, 3)),
					 .compared = len == 1 ? 0xFF : 0xFFFFFF};
	uint64 high = 0;
	uint64 digit = 0;

	if (len < 4)
		return glance;
	for (int at = 0; at < len; at += 8)
	{
		uint64 bytes = cdw_load_word(word, len, at);
		uint64 from_zero = bytes ^ UINT64CONST(0x3030303030303030);

		high |= bytes;
		/* whether a byte is below 10 (Anderson, Bit Twiddling Hacks) */
		digit |= (from_zero - UINT64CONST(0x0A0A0A0A0A0A0A0A)) & ~from_zero;
	}
	glance.ascii = (high & CDW_HIGH_BITS) == 0;
	glance.may_slip =
		(digit & CDW_HIGH_BITS) == 0 && (glance.ascii || cdw_characters(word, len) >= 4);
	return glance;
}

/* The set of a word's bytes. */
static inline uint32
bytes_of(const char *word, int len, Glance *glance)
{
	if (glance->bytes == 0)
		for (int i = 0; i < len; i++)
			glance->bytes |= 1U << (word[i] & 31);
	return glance->bytes;
}

/*
 * Whether unequal words may be two steps apart at most: each adds a byte to the set of an ASCII word,
 * removes one, or both.
 */
static inline bool
may_be_slips(const char *x, int xlen, Glance *a, const char *y, int ylen, Glance *b)
{
	uint32 changed;

	if (!a->ascii || !b->ascii)
		return true;
	if (abs(xlen - ylen) > 2)
		return false;
	changed = bytes_of(x, xlen, a) ^ bytes_of(y, ylen, b);
	for (int i = 0; i < 4; i++)
		changed &= changed - 1;
	return changed == 0;
}

/*
 * A bit for each of n words with which cdw_word_agreement of an unequal one may be above 0: one
 * begins the other, and has one byte or three at least, or both are words that may have slips.
 * *beginning: the former.
 */
static inline uint32
possible_partners(const Glance *word, const Glance *others, int n, uint32 *beginning)
{
	uint32 slips = 0;

	*beginning = 0;
	for (int j = 0; j < n; j++)
	{
		uint32 different =
			(word->beginning ^ others[j].beginning) & word->compared & others[j].compared;

		*beginning |= (uint32) (different == 0) << j;
		slips |= (uint32) others[j].may_slip << j;
	}
	return word->may_slip ? *beginning | slips : *beginning;
}

/* Pairs of words that are left, in the order of the first value's words and then of the second's. */
static int
unequal_pairs(const cdw_value *a, const cdw_value *b, const Matched *matched, WordPair *pair)
{
	Glance glances[MAX_FUZZY];
	int n = 0;

	for (int j = 0; j < b->ntokens; j++)
		glances[j] = glance_at(b->text + b->token[j].start, b->token[j].len);
	for (int i = 0; i < a->ntokens; i++)
	{
		const cdw_token *x = &a->token[i];
		const char *xtext = a->text + x->start;
		Glance glance;
		uint32 partners;
		uint32 beginning;

		if (matched->a >> i & 1)
			continue;
		glance = glance_at(xtext, x->len);
		partners = possible_partners(&glance, glances, b->ntokens, &beginning);
		for (partners &= ~matched->b; partners != 0; partners &= partners - 1)
		{
			int j = pg_rightmost_one_pos32(partners);
			const cdw_token *y = &b->token[j];
			const char *ytext = b->text + y->start;
			double agreement;

			if (!(beginning >> j & 1) &&
				!may_be_slips(xtext, x->len, &glance, ytext, y->len, &glances[j]))
				continue;
			agreement = cdw_word_agreement(xtext, x->len, ytext, y->len);
			if (agreement > 0)
				pair[n++] = (WordPair){agreement * (x->weight + y->weight), i, j};
		}
	}
	return n;
}

/* The weight of unequal words that are alike, the heaviest pair first, each word once. */
static double
match_unequal(const cdw_value *a, const cdw_value *b, Matched *matched)
{
	WordPair pair[MAX_FUZZY * MAX_FUZZY];
	int n = unequal_pairs(a, b, matched, pair);
	double sum = 0;

	for (;;)
	{
		const WordPair *best = NULL;

		for (int k = 0; k < n; k++)
			if (!(matched->a >> pair[k].i & 1) && !(matched->b >> pair[k].j & 1) &&
				(best == NULL || pair[k].gain > best->gain))
				best = &pair[k];
		if (best == NULL)
			return sum;
		matched->a |= UINT64CONST(1) << best->i;
		matched->b |= UINT64CONST(1) << best->j;
		sum += best->gain;
	}
}

static int
total_weight(const cdw_value *value)
{
	int sum = 0;

	for (int i = 0; i < value->ntokens; i++)
		sum += value->token[i].weight;
	return sum;
}

/*
 * The weight of the words that agree as a share of all words' weight, 0 to 1; *rare says whether an
 * equal word is rare. fuzzy: unequal words are compared too, in values of few words. Symmetric: where
 * a choice has to be made, the values are taken in an order of their own.
 */
double
cdw_word_similarity(const cdw_value *a, const cdw_value *b, bool fuzzy, bool *rare)
{
	Matched matched = {0};
	double total = total_weight(a) + total_weight(b);
	double sum;

	cdw_put_in_order(&a, &b);
	sum = match_equal(a, b, &matched, rare);
	if (fuzzy)
	{
		sum += match_joined(a, &matched.a, b, &matched.b, rare);
		sum += match_joined(b, &matched.b, a, &matched.a, rare);
	}
	if (total == 0)
		return 0;
	if (fuzzy && a->ntokens <= MAX_FUZZY && b->ntokens <= MAX_FUZZY)
		sum += match_unequal(a, b, &matched);
	return sum / total;
}

/* Copies a value without its blanks; returns the length. */
static int
without_blanks(const cdw_value *value, char *out)
{
	int n = 0;

	for (int i = 0; i < value->len; i++)
		if (value->text[i] != ' ')
			out[n++] = value->text[i];
	return n;
}

static bool
same_digits(const char *a, int alen, const char *b, int blen)
{
	int i = 0;
	int j = 0;

	for (;;)
	{
		while (i < alen && !(a[i] >= '0' && a[i] <= '9'))
			i++;
		while (j < blen && !(b[j] >= '0' && b[j] <= '9'))
			j++;
		if (i == alen || j == blen)
			return i == alen && j == blen;
		if (a[i++] != b[j++])
			return false;
	}
}

/*
 * Whether two short texts that begin or end alike are one but for blanks ("pridham street",
 * "pridhamstreet") and for a slip in six characters, not in a number.
 */
static bool
nearly_equal_unspaced(const cdw_value *a, const cdw_value *b)
{
	char x[MAX_UNSPACED];
	char y[MAX_UNSPACED];
	int alen;
	int blen;
	int longer;

	if (a->ntokens == b->ntokens || a->len > MAX_UNSPACED || b->len > MAX_UNSPACED ||
		(a->text[0] != b->text[0] && a->text[a->len - 1] != b->text[b->len - 1]) ||
		!same_digits(a->text, a->len, b->text, b->len))
		return false;
	alen = without_blanks(a, x);
	blen = without_blanks(b, y);
	longer = Max(alen, blen);
	if (longer - Min(alen, blen) > Max(1, longer / 6) * 3)
		return false;
	longer = Max(cdw_characters(x, alen), cdw_characters(y, blen));
	return (alen == blen && memcmp(x, y, alen) == 0) ||
		   (longer >= 5 && cdw_damerau_levenshtein_within(x, alen, y, blen, Max(1, longer / 6)) <=
							   Max(1, longer / 6));
}

/* The level of two values whose words agree so much. */
static int
level_of_words(double alike, bool rare)
{
	if (alike >= .75)
		return 1;
	if (alike >= .5)
		return rare ? 2 : 3;
	if (alike >= .3)
		return rare ? 4 : 5;
	return rare || alike >= .2 ? 6 : 7;
}

static int
text_level(const cdw_field *field pg_attribute_unused(), const cdw_value *a, const cdw_value *b)
{
	bool rare;
	double alike = cdw_word_similarity(a, b, true, &rare);

	return alike < .75 && nearly_equal_unspaced(a, b) ? 1 : level_of_words(alike, rare);
}

const cdw_comparison cdw_compare_text = {
	.nlevels = 8,
	.cost = 180,
	.different = 7,
	.alike = 1,
	.unlike = 4,
	.split = cdw_split_words,
	.level = text_level,
	.label = {"equal", "nearly equal", "half of the words, one rare", "half of the words",
			  "a third of the words, one rare", "a third of the words",
			  "a rare word or a fifth of the words", "different"},
};

/* Lists are compared in the same way, their elements as a whole. */
static int
elements_level(const cdw_field *field pg_attribute_unused(), const cdw_value *a, const cdw_value *b)
{
	bool rare;
	double alike = cdw_word_similarity(a, b, false, &rare);

	return level_of_words(alike, rare);
}

const cdw_comparison cdw_compare_elements = {
	.nlevels = 8,
	.cost = 100,
	.different = 7,
	.alike = 1,
	.unlike = 4,
	.split = cdw_split_elements,
	.level = elements_level,
	.label = {"equal", "nearly all elements", "half of the elements, one rare",
			  "half of the elements", "a third of the elements, one rare",
			  "a third of the elements", "a rare element or a fifth of the elements", "different"},
};
