/*
 * src/text/name_similarity.c
 *
 * How far two names are the name of one person. Each token of the shorter name is assigned to one of
 * the longer so that the sum of their costs is least; what is left over costs little, what
 * contradicts costs much. The similarity is 1 / (1 + cost / weight), the weighted harmonic mean of
 * the tokens' similarities, so that one token that does not agree brings the whole down.
 */
#include "text/name_tokens.h"

#include "text/symbols.h"

#include "miscadmin.h"

/* Weights of tokens; a word of a name is 1. */
#define INITIAL_WEIGHT 0.5
#define PARTICLE_WEIGHT 0.2

/* Costs. That of a pair of words is 1 / similarity - 1. */
#define INITIAL_AGREES 0.25	  /* an initial and a name that begins with it */
#define INITIAL_SOUNDS 0.35	  /* ... with another letter for the same sound */
#define INITIAL_CONTRADICTS 2 /* ... with another letter */
#define LEFT_NAME 0.20		  /* a name that the other side does not have */
#define LEFT_INITIAL 0.05
#define LEFT_PARTICLE 0.03
#define LEFT_WITH_ONE_NAME 0.60 /* a name left over where only one word agrees */
#define LEFT_WITH_INITIAL 0.30	/* ... where a word and an initial agree */
#define ONLY_INITIALS 0.60		/* no word agrees, initials do */
#define AGREEMENT 1.0			/* a pair that costs less agrees */

/* So many tokens that are not equal are assigned at least cost; beyond, one after the other. */
#define MAX_ROWS 8
#define MAX_COLUMNS 16

/* The buffers are too large for the stack and too often needed for the heap. */
static cdw_name left_name;
static cdw_name right_name;

/* Words that belong to the next one; many sides leave them out. */
static const char *const particles[] = {
	"al",  "ap",  "ben", "bin", "bint", "da", "das", "de",	"del", "della", "den",
	"der", "di",  "do",	 "dos", "du",	"e",  "el",	 "ibn", "la",  "las",	"le",
	"lo",  "los", "ter", "van", "von",	"y",  "zu",	 "zum", "zur",
};

/* Whether a token is of a script that writes names with or without blanks. */
static bool
is_han_or_hangul(const cdw_name_token *token)
{
	return token->script == CDW_HAN || token->script == CDW_HANGUL;
}

/* Whether a token is a particle. */
static bool
is_particle(const cdw_name_token *token)
{
	if (token->len > 5 || is_han_or_hangul(token))
		return false;
	for (int i = 0; i < (int) lengthof(particles); i++)
		if (particles[i][0] == token->text[0] &&
			strncmp(particles[i], token->text, token->len) == 0 && particles[i][token->len] == '\0')
			return true;
	return false;
}

/* What is known of a pair of names while it is compared. */
typedef struct comparison
{
	const cdw_nicknames *nicknames;
	bool light; /* whether particles say little on both sides */
	double cost;
	int names;	  /* words that agree */
	int initials; /* initials that agree */
} comparison;

/* What a token weighs; particles: whether they may be left out. */
static double
token_weight(const cdw_name_token *token, bool particles_light)
{
	if (particles_light && is_particle(token))
		return PARTICLE_WEIGHT;
	return token->initial ? INITIAL_WEIGHT : 1;
}

/* Whether the name has two other words, so that a particle says little. */
static bool
has_light_particles(const cdw_name *name)
{
	int words = 0;
	bool found = false;

	for (int i = 0; i < name->count && (words < 2 || !found); i++)
	{
		if (is_particle(&name->tokens[i]))
			found = true;
		else if (!name->tokens[i].initial)
			words++;
	}
	return found && words > 1;
}

/* The cost of an initial and a word, or of two initials. */
static double
initial_cost(const cdw_name_token *a, const cdw_name_token *b)
{
	const cdw_name_token *shorter = a->len < b->len ? a : b;
	char x[CDW_SOUND_SIZE];
	char y[CDW_SOUND_SIZE];

	if (memcmp(a->text, b->text, shorter->len) == 0)
		return INITIAL_AGREES;
	if (cdw_name_sound(a->text, Min(a->len, 2), x) > 0 &&
		cdw_name_sound(b->text, Min(b->len, 2), y) > 0 && x[0] == y[0])
		return INITIAL_SOUNDS;
	return INITIAL_CONTRADICTS;
}

/* The cost of taking two tokens that differ for one. */
static double
pair_cost(cdw_name_token *a, cdw_name_token *b, const cdw_nicknames *nicknames)
{
	if (a->initial || b->initial)
		return initial_cost(a, b);
	return 1 / cdw_name_token_similarity(a, b, nicknames) - 1;
}

/* Counts a pair into the comparison. */
static void
count_pair(comparison *c, const cdw_name_token *a, const cdw_name_token *b, double cost)
{
	bool initial = a->initial || b->initial;

	c->cost += cost;
	if (cost >= AGREEMENT)
		return;
	if (initial)
		c->initials++;
	else if (!(c->light && is_particle(a)))
		c->names++;
}

/* Takes out the tokens that are equal. */
static void
match_equal(comparison *c, cdw_name *a, cdw_name *b)
{
	for (int i = 0; i < a->count; i++)
		for (int j = 0; j < b->count; j++)
			if (!b->tokens[j].matched && cdw_name_token_equal(&a->tokens[i], &b->tokens[j]))
			{
				a->tokens[i].matched = b->tokens[j].matched = true;
				count_pair(c, &a->tokens[i], &b->tokens[j], 0);
				break;
			}
}

/* Takes out the particles of one side that the other does not have. */
static void
leave_particles(comparison *c, cdw_name *name)
{
	for (int i = 0; i < name->count; i++)
		if (!name->tokens[i].matched && is_particle(&name->tokens[i]))
		{
			name->tokens[i].matched = true;
			c->cost += LEFT_PARTICLE;
		}
}

/* Collects at most "most" tokens that are left; returns how many there are. */
static int
collect_left(cdw_name *name, cdw_name_token **tokens, int most)
{
	int count = 0;

	for (int i = 0; i < name->count; i++)
		if (!name->tokens[i].matched)
		{
			if (count < most)
				tokens[count] = &name->tokens[i];
			count++;
		}
	return count;
}

/* A partial assignment of columns to the rows of a set: its cost, and the row of each column. */
typedef struct assignment
{
	double cost;
	int8 row[MAX_COLUMNS]; /* -1: left over */
} assignment;

/*
 * Pairs each of the rows with one of the columns, of which there are no fewer, at least cost: dynamic
 * programming over sets of rows, column after column.
 */
static void
match_best(comparison *c, cdw_name_token **rows, int row_count, cdw_name_token **columns,
		   int column_count)
{
	assignment best[1 << MAX_ROWS];
	int sets = 1 << row_count;

	for (int set = 0; set < sets; set++)
		best[set].cost = set == 0 ? 0 : 1e9;
	for (int j = 0; j < column_count; j++)
	{
		double cost[MAX_ROWS];

		for (int i = 0; i < row_count; i++)
			cost[i] = pair_cost(rows[i], columns[j], c->nicknames);
		for (int set = sets - 1; set >= 0; set--)
		{
			int taken = -1;
			double least = best[set].cost;

			for (int i = 0; i < row_count; i++)
				if ((set >> i & 1) != 0 && best[set & ~(1 << i)].cost + cost[i] < least)
				{
					taken = i;
					least = best[set & ~(1 << i)].cost + cost[i];
				}
			if (taken >= 0)
				best[set] = best[set & ~(1 << taken)];
			best[set].cost = least;
			best[set].row[j] = taken;
		}
	}
	for (int j = 0; j < column_count; j++)
	{
		int i = best[sets - 1].row[j];

		if (i < 0)
			continue;
		rows[i]->matched = columns[j]->matched = true;
		count_pair(c, rows[i], columns[j], pair_cost(rows[i], columns[j], c->nicknames));
	}
}

/* Pairs tokens one after the other, each with the cheapest that is free. */
static void
match_greedily(comparison *c, cdw_name *rows, cdw_name *columns)
{
	for (int i = 0; i < rows->count; i++)
	{
		cdw_name_token *token = &rows->tokens[i];
		cdw_name_token *best = NULL;
		double least = 0;

		CHECK_FOR_INTERRUPTS();
		if (token->matched)
			continue;
		for (int j = 0; j < columns->count; j++)
		{
			double cost;

			if (columns->tokens[j].matched)
				continue;
			cost = pair_cost(token, &columns->tokens[j], c->nicknames);
			if (best == NULL || cost < least)
			{
				best = &columns->tokens[j];
				least = cost;
			}
		}
		if (best == NULL)
			return;
		token->matched = best->matched = true;
		count_pair(c, token, best, least);
	}
}

/* Pairs the tokens that are not equal. */
static void
match_others(comparison *c, cdw_name *a, cdw_name *b)
{
	cdw_name_token *x[MAX_COLUMNS];
	cdw_name_token *y[MAX_COLUMNS];
	int m = collect_left(a, x, MAX_COLUMNS);
	int n = collect_left(b, y, MAX_COLUMNS);

	if (m == 0 || n == 0)
		return;
	if (Min(m, n) > MAX_ROWS || Max(m, n) > MAX_COLUMNS)
	{
		if (m <= n)
			match_greedily(c, a, b);
		else
			match_greedily(c, b, a);
	}
	else if (m <= n)
		match_best(c, x, m, y, n);
	else
		match_best(c, y, n, x, m);
}

/* Whether another token of the name is the same. */
static bool
is_repeated(const cdw_name *name, int i)
{
	for (int j = 0; j < name->count; j++)
		if (j != i && cdw_name_token_equal(&name->tokens[i], &name->tokens[j]))
			return true;
	return false;
}

/* Counts what is left over on one side. */
static void
count_left(comparison *c, const cdw_name *name)
{
	for (int i = 0; i < name->count; i++)
	{
		const cdw_name_token *token = &name->tokens[i];

		if (token->matched)
			continue;
		if (is_repeated(name, i))
			c->cost += LEFT_PARTICLE;
		else if (token->initial)
			c->cost += LEFT_INITIAL;
		else if (c->names > 1)
			c->cost += LEFT_NAME;
		else
			c->cost += c->initials > 0 ? LEFT_WITH_INITIAL : LEFT_WITH_ONE_NAME;
	}
}

/* The weight of a name's tokens. */
static double
name_weight(const cdw_name *name, bool particles_light)
{
	double weight = 0;

	for (int i = 0; i < name->count; i++)
		weight += token_weight(&name->tokens[i], particles_light);
	return weight;
}

/* The similarity of two names that have tokens; a is not behind b in order. */
static double
compare_names(cdw_name *a, cdw_name *b, const cdw_nicknames *nicknames)
{
	comparison c = {.nicknames = nicknames};
	bool a_light;
	bool b_light;
	double weight;

	cdw_name_align(a, b);
	cdw_name_align(b, a);
	a_light = has_light_particles(a);
	b_light = has_light_particles(b);
	c.light = a_light && b_light;
	match_equal(&c, a, b);
	if (a_light)
		leave_particles(&c, a);
	if (b_light)
		leave_particles(&c, b);
	match_others(&c, a, b);
	count_left(&c, a);
	count_left(&c, b);
	if (c.names == 0 && c.initials > 0)
		c.cost += ONLY_INITIALS;
	weight = (name_weight(a, a_light) + name_weight(b, b_light)) / 2;
	return 1 / (1 + c.cost / weight);
}

/* Whether the names differ in nothing but blanks, and one begins with Han or hangul. */
static bool
only_spacing(const cdw_name *a, const cdw_name *b)
{
	const StringInfoData *x = &a->normal;
	const StringInfoData *y = &b->normal;
	int i = 0;
	int j = 0;

	if (!is_han_or_hangul(&a->tokens[0]) && !is_han_or_hangul(&b->tokens[0]))
		return false;
	for (;;)
	{
		while (i < x->len && x->data[i] == ' ')
			i++;
		while (j < y->len && y->data[j] == ' ')
			j++;
		if (i == x->len || j == y->len)
			return i == x->len && j == y->len;
		if (x->data[i++] != y->data[j++])
			return false;
	}
}

/* Whether the names are in an order that does not depend on which came first. */
static bool
in_order(const cdw_name *a, const cdw_name *b)
{
	if (a->count != b->count)
		return a->count < b->count;
	if (a->normal.len != b->normal.len)
		return a->normal.len < b->normal.len;
	return memcmp(a->normal.data, b->normal.data, a->normal.len) <= 0;
}

/*
 * How far two names are the name of one person, 0 to 1, symmetric. Names with one standard form give
 * 1, so do two that are empty; one empty name gives 0. Time is in proportion to the product of the
 * numbers of words. Allocates nothing after the first call but to grow its buffers, which stay.
 */
double
cdw_name_similarity(const char *a, int alen, const char *b, int blen,
					const cdw_nicknames *nicknames)
{
	if (alen == blen && memcmp(a, b, alen) == 0)
		return 1;
	if (left_name.tokens == NULL)
		cdw_name_init(&left_name);
	if (right_name.tokens == NULL)
		cdw_name_init(&right_name);
	cdw_name_read(&left_name, a, alen);
	cdw_name_read(&right_name, b, blen);
	if (left_name.normal.len == right_name.normal.len &&
		memcmp(left_name.normal.data, right_name.normal.data, left_name.normal.len) == 0)
		return 1;
	if (left_name.count == 0 || right_name.count == 0)
		return 0;
	if (only_spacing(&left_name, &right_name))
		return 1;
	if (in_order(&left_name, &right_name))
		return compare_names(&left_name, &right_name, nicknames);
	return compare_names(&right_name, &left_name, nicknames);
}
