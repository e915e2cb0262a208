/*
 * src/match/compare.c
 *
 * Comparison levels: how alike two standardised values are, in a few steps from equal (0) to
 * different (the last). Values here are never empty and never equal: equality is level 0 and is
 * decided before, by length and bytes. Distances are optimal string alignment in code points.
 */
#include "match/match.h"

#include <math.h>

#include "text/text.h"

#define MAX_TOKENS 16

static int
characters(const char *value, int len)
{
	int n = 0;

	for (int i = 0; i < len; i++)
		n += (value[i] & 0xC0) != 0x80;
	return n;
}

static bool
is_prefix(const char *a, int alen, const char *b, int blen)
{
	return memcmp(a, b, Min(alen, blen)) == 0;
}

/* ---- tokens ---- */

typedef struct Token
{
	const char *start;
	int len;
	bool used;
} Token;

/* Blank-separated tokens; those past MAX_TOKENS are left out. */
static int
split(const char *value, int len, Token *token)
{
	int n = 0;
	int i = 0;

	while (i < len && n < MAX_TOKENS)
	{
		int start;

		while (i < len && value[i] == ' ')
			i++;
		start = i;
		while (i < len && value[i] != ' ')
			i++;
		if (i > start)
			token[n++] = (Token){.start = value + start, .len = i - start};
	}
	return n;
}

/* What a pair of tokens is worth: equal 1, one slip .9, two slips .8, a prefix .7, an initial .4. */
static double
token_agreement(const Token *a, const Token *b)
{
	int shorter = Min(a->len, b->len);

	if (a->len == b->len && memcmp(a->start, b->start, a->len) == 0)
		return 1;
	if (shorter >= 4 && Max(a->len, b->len) - shorter <= 8)
	{
		int distance = cdw_damerau_levenshtein(a->start, a->len, b->start, b->len);

		if (distance <= 1)
			return .9;
		if (distance == 2 && shorter >= 7)
			return .8;
	}
	if (is_prefix(a->start, a->len, b->start, b->len))
		return shorter >= 3 ? .7 : shorter == 1 ? .4 : 0;
	return 0;
}

/*
 * Twice the agreement of the tokens matched, over the number of tokens (Dice): 0 to 1, whatever
 * their order. Each token takes the best partner that is left.
 */
static double
token_similarity(Token *a, int na, Token *b, int nb)
{
	double sum = 0;

	for (int i = 0; i < na; i++)
	{
		double best = 0;
		int partner = -1;

		for (int j = 0; j < nb; j++)
		{
			double agreement = b[j].used ? 0 : token_agreement(&a[i], &b[j]);

			if (agreement > best)
			{
				best = agreement;
				partner = j;
			}
		}
		if (partner >= 0)
			b[partner].used = true;
		sum += best;
	}
	return 2 * sum / (na + nb);
}

/* The same for two values; symmetric, because the greedy match may depend on who chooses. */
static double
value_token_similarity(const char *a, int alen, const char *b, int blen, int *tokens)
{
	Token ta[MAX_TOKENS];
	Token tb[MAX_TOKENS];
	int na = split(a, alen, ta);
	int nb = split(b, blen, tb);
	double forward;
	double backward;

	*tokens = Max(na, nb);
	if (na == 0 || nb == 0)
		return 0;
	forward = token_similarity(ta, na, tb, nb);
	for (int i = 0; i < nb; i++)
		tb[i].used = false;
	backward = token_similarity(tb, nb, ta, na);
	return Max(forward, backward);
}

/* ---- names ---- */

/*
 * One slip says little between short words of a large alphabet: 小明 and 小红 differ by one character.
 */
static int
name_level(const char *a, int alen, const char *b, int blen)
{
	int acharacters = characters(a, alen);
	int bcharacters = characters(b, blen);
	int shorter = Min(acharacters, bcharacters);
	bool ascii = shorter == Min(alen, blen);
	int distance = cdw_damerau_levenshtein(a, alen, b, blen);
	double similarity;
	double tokens_alike = 0;
	int tokens = 1;
	char code_a[5];
	char code_b[5];

	if (distance == 1 && shorter >= (ascii ? 2 : 4))
		return 1;
	similarity = cdw_jaro_winkler(a, alen, b, blen);
	if (memchr(a, ' ', alen) || memchr(b, ' ', blen))
		tokens_alike = value_token_similarity(a, alen, b, blen, &tokens);
	if ((distance == 2 && shorter >= 5) || similarity >= .92 || (tokens > 1 && tokens_alike >= .75))
		return 2;
	if (similarity >= .85 || (distance == 2 && shorter >= 4) || is_prefix(a, alen, b, blen) ||
		(tokens > 1 && tokens_alike >= .5))
		return 3;
	if (similarity >= .75 || (shorter >= 3 && cdw_soundex(a, alen, code_a) &&
							  cdw_soundex(b, blen, code_b) && strcmp(code_a, code_b) == 0))
		return 4;
	return 5;
}

const cdw_comparison cdw_compare_name = {
	.nlevels = 6,
	.different = 5,
	.level = name_level,
	.label = {"equal", "one slip", "nearly equal", "similar or prefix", "sounds alike",
			  "different"},
};

/* A given name beside a family name: the last level is for the two exchanged, see level.c. */
const cdw_comparison cdw_compare_swappable_name = {
	.nlevels = 7,
	.different = 5,
	.level = name_level,
	.label = {"equal", "one slip", "nearly equal", "similar or prefix", "sounds alike", "different",
			  "swapped"},
};

/* ---- codes: phone, postcode, identifier ---- */

static int
code_level(const char *a, int alen, const char *b, int blen)
{
	int shorter = Min(alen, blen);
	int distance = cdw_damerau_levenshtein(a, alen, b, blen);

	if (distance == 1)
		return 1;
	if (distance == 2 && shorter >= 5)
		return 2;
	if (shorter >= 4 && is_prefix(a, (Max(alen, blen) + 1) / 2, b, shorter))
		return 3;
	return 4;
}

const cdw_comparison cdw_compare_code = {
	.nlevels = 5,
	.different = 4,
	.level = code_level,
	.label = {"equal", "one slip", "two slips", "same first half", "different"},
};

/* ---- dates, as yyyymmdd ---- */

/* Days from a fixed origin; good enough for distances even where the date does not exist. */
static int
day_number(const char *date)
{
	int number = 0;
	int year;
	int month;

	for (int i = 0; i < 8; i++)
		number = number * 10 + (date[i] - '0');
	year = number / 10000;
	month = number / 100 % 100;
	return year * 365 + year / 4 + month * 30 + number % 100;
}

static int
date_level(const char *a, int alen pg_attribute_unused(), const char *b,
		   int blen pg_attribute_unused())
{
	bool year = memcmp(a, b, 4) == 0;
	bool month = memcmp(a + 4, b + 4, 2) == 0;
	bool day = memcmp(a + 6, b + 6, 2) == 0;
	bool exchanged = year && memcmp(a + 4, b + 6, 2) == 0 && memcmp(a + 6, b + 4, 2) == 0;
	int distance;

	if (exchanged)
		return 1;
	distance = cdw_damerau_levenshtein(a, 8, b, 8);
	if (distance == 1)
		return 1;
	if (year + month + day == 2)
		return 2;
	if (distance == 2 || year)
		return 3;
	return abs(day_number(a) - day_number(b)) <= 400 ? 4 : 5;
}

const cdw_comparison cdw_compare_date = {
	.nlevels = 6,
	.different = 5,
	.level = date_level,
	.label = {"equal", "one slip or day and month exchanged", "two of year, month, day",
			  "two slips or same year", "within 400 days", "different"},
};

/* ---- e-mail addresses ---- */

static int
local_length(const char *value, int len)
{
	const char *at = memchr(value, '@', len);

	return at ? at - value : len;
}

static int
email_level(const char *a, int alen, const char *b, int blen)
{
	int alocal = local_length(a, alen);
	int blocal = local_length(b, blen);
	int distance;
	int local_distance;

	if (alocal == blocal && alocal >= 3 && memcmp(a, b, alocal) == 0)
		return 1;
	distance = cdw_damerau_levenshtein(a, alen, b, blen);
	if (distance <= 2)
		return 1;
	local_distance = cdw_damerau_levenshtein(a, alocal, b, blocal);
	if (distance == 3 || (local_distance <= 1 && Min(alocal, blocal) >= 3))
		return 2;
	if (cdw_jaro_winkler(a, alocal, b, blocal) >= .9)
		return 3;
	if (alen - alocal > 1 && alen - alocal == blen - blocal &&
		memcmp(a + alocal, b + blocal, alen - alocal) == 0)
		return 4;
	return 5;
}

const cdw_comparison cdw_compare_email = {
	.nlevels = 6,
	.different = 5,
	.level = email_level,
	.label = {"equal", "same local part or two slips", "three slips or local part with one slip",
			  "similar local part", "same domain", "different"},
};

/* ---- texts: addresses, companies, descriptions ---- */

static int
text_level(const char *a, int alen, const char *b, int blen)
{
	int tokens;
	double alike = value_token_similarity(a, alen, b, blen, &tokens);
	int acharacters = characters(a, alen);
	int bcharacters = characters(b, blen);
	int longer = Max(acharacters, bcharacters);

	/* blanks lost or won split tokens: "pridhamstreet" */
	if (alike < .75 && longer >= 5 &&
		cdw_damerau_levenshtein(a, alen, b, blen) <= Max(1, longer / 6))
		return 1;
	if (alike >= .75)
		return 1;
	if (alike >= .5)
		return 2;
	if (alike >= .3)
		return 3;
	return alike > .1 ? 4 : 5;
}

const cdw_comparison cdw_compare_text = {
	.nlevels = 6,
	.different = 5,
	.level = text_level,
	.label = {"equal", "nearly equal", "half of the words", "a third of the words", "a word",
			  "different"},
};

/* ---- numbers, by relative difference ---- */

static int
number_level(const char *a, int alen, const char *b, int blen)
{
	char text[CDW_MAX_VALUE + 1];
	double x;
	double y;
	double difference;

	memcpy(text, a, alen);
	text[alen] = '\0';
	x = strtod(text, NULL);
	memcpy(text, b, blen);
	text[blen] = '\0';
	y = strtod(text, NULL);
	difference = fabs(x - y) / fmax(fabs(x), fabs(y));
	return difference <= .01 ? 1 : difference <= .1 ? 2 : difference <= .3 ? 3 : 4;
}

const cdw_comparison cdw_compare_number = {
	.nlevels = 5,
	.different = 4,
	.level = number_level,
	.label = {"equal", "within 1%", "within 10%", "within 30%", "different"},
};

/* ---- categories ---- */

static int
category_level(const char *a pg_attribute_unused(), int alen pg_attribute_unused(),
			   const char *b pg_attribute_unused(), int blen pg_attribute_unused())
{
	return 1;
}

const cdw_comparison cdw_compare_category = {
	.nlevels = 2,
	.different = 1,
	.level = category_level,
	.label = {"equal", "different"},
};
