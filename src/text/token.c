/*
 * src/text/token.c
 *
 * Similarities that do not mind the order of words: the edit distance of the tokens between blanks,
 * brought into order. The shape of both is that of token_sort_ratio and token_set_ratio in A. Cohen,
 * "FuzzyWuzzy" (2011), with Levenshtein similarity in the place of its ratio.
 */
#include "text/symbols.h"

#include "miscadmin.h"
#include "utils/memutils.h"

/* What needs no memory of its own: tokens, and bytes of joined tokens. */
#define FIXED_TOKENS 64
#define FIXED_BYTES 1024

/* Tokens between two looks for a cancel request. */
#define TOKENS_PER_CHECK 16384

/* A token lies in the string that it was read from. */
typedef struct token
{
	const char *start;
	int len;
} token;

/* The tokens of a string. */
typedef struct token_list
{
	int count;
	token *tokens; /* "fixed", or allocated with room for as many again behind them */
	token fixed[FIXED_TOKENS];
} token_list;

/* Tokens joined by single blanks. */
typedef struct joined
{
	int len;
	char *text; /* "fixed", or allocated */
	char fixed[FIXED_BYTES];
} joined;

/*
 * The bytes of the blank at the beginning of "at"; 0 if something else is there. Blanks are the white
 * space of Unicode: beyond ASCII U+0085, U+00A0, U+1680, U+2000 to U+200A, U+2028, U+2029, U+202F,
 * U+205F and U+3000.
 */
static inline int
blank_length(const char *at, const char *end)
{
	const unsigned char *p = (const unsigned char *) at;

	if (p[0] > ' ' && p[0] < 0x80)
		return 0;
	if (p[0] <= ' ')
		return p[0] == ' ' || (p[0] >= '\t' && p[0] <= '\r');
	if (p[0] == 0xC2)
		return end - at >= 2 && (p[1] == 0x85 || p[1] == 0xA0) ? 2 : 0;
	if (p[0] < 0xE1 || p[0] > 0xE3 || end - at < 3)
		return 0;
	switch (p[0] << 16 | p[1] << 8 | p[2])
	{
		case 0xE19A80:
		case 0xE280A8:
		case 0xE280A9:
		case 0xE280AF:
		case 0xE2819F:
		case 0xE38080:
			return 3;
		default:
			return p[0] == 0xE2 && p[1] == 0x80 && p[2] >= 0x80 && p[2] <= 0x8A ? 3 : 0;
	}
}

/* Moves *at behind the next token, which is returned; its length is 0 when there is none. */
static token
next_token(const char **at, const char *end)
{
	token t;
	int blank;

	while (*at < end && (blank = blank_length(*at, end)) > 0)
		*at += blank;
	t.start = *at;
	while (*at < end && blank_length(*at, end) == 0)
		++*at;
	t.len = *at - t.start;
	return t;
}

/* Below, at or above zero as x is before, the same as or behind y in byte order. */
static inline int
compare_tokens(const token *x, const token *y)
{
	int order = memcmp(x->start, y->start, Min(x->len, y->len));

	return order != 0 ? order : x->len - y->len;
}

/* Sorts a few tokens. */
static void
insertion_sort(token *tokens, int count)
{
	for (int i = 1; i < count; i++)
	{
		token t = tokens[i];
		int j = i;

		for (; j > 0 && compare_tokens(&t, &tokens[j - 1]) < 0; j--)
			tokens[j] = tokens[j - 1];
		tokens[j] = t;
	}
}

/* Merges the sorted runs of tokens from "start" up to "middle" and from there to "end" into "to". */
static void
merge_runs(const token *from, token *to, int start, int middle, int end)
{
	int i = start;
	int j = middle;

	for (int k = start; k < end; k++)
	{
		bool left = i < middle && (j == end || compare_tokens(&from[i], &from[j]) <= 0);

		to[k] = left ? from[i++] : from[j++];
		if (k % TOKENS_PER_CHECK == 0)
			CHECK_FOR_INTERRUPTS();
	}
}

/* Sorts tokens behind which there is room for as many; takes time n log n whatever they are. */
static void
merge_sort(token *tokens, int count)
{
	token *from = tokens;
	token *to = tokens + count;

	for (int64 start = 0; start < count; start += FIXED_TOKENS)
	{
		insertion_sort(tokens + start, Min(count - start, FIXED_TOKENS));
		if (start % TOKENS_PER_CHECK == 0)
			CHECK_FOR_INTERRUPTS();
	}
	for (int64 run = FIXED_TOKENS; run < count; run *= 2)
	{
		token *swap = from;

		for (int64 start = 0; start < count; start += 2 * run)
			merge_runs(from, to, start, Min(start + run, count), Min(start + 2 * run, count));
		from = to;
		to = swap;
	}
	if (from != tokens)
		memcpy(tokens, from, count * sizeof(token));
}

/* How many tokens value has. */
static int
count_tokens(const char *value, int len)
{
	const char *at = value;
	int count = 0;

	while (next_token(&at, value + len).len > 0)
		if (++count % TOKENS_PER_CHECK == 0)
			CHECK_FOR_INTERRUPTS();
	return count;
}

/* Reads the tokens of value, sorted in byte order. */
static void
read_tokens(token_list *list, const char *value, int len)
{
	const char *at = value;
	token t;
	/* A token and its blank take two bytes. */
	int most = len < 2 * FIXED_TOKENS ? FIXED_TOKENS : count_tokens(value, len);

	list->count = 0;
	list->tokens = list->fixed;
	if (most > FIXED_TOKENS)
		list->tokens = MemoryContextAllocHuge(CurrentMemoryContext, 2 * sizeof(token) * most);
	while ((t = next_token(&at, value + len)).len > 0)
	{
		list->tokens[list->count++] = t;
		if (list->count % TOKENS_PER_CHECK == 0)
			CHECK_FOR_INTERRUPTS();
	}
	if (most > FIXED_TOKENS)
		merge_sort(list->tokens, list->count);
	else
		insertion_sort(list->tokens, list->count);
}

/* Frees what read_tokens allocated. */
static void
free_tokens(token_list *list)
{
	if (list->tokens != list->fixed)
		pfree(list->tokens);
}

/* Drops repetitions from sorted tokens. */
static void
drop_repetitions(token_list *list)
{
	int kept = 0;

	for (int i = 0; i < list->count; i++)
		if (kept == 0 || compare_tokens(&list->tokens[i], &list->tokens[kept - 1]) != 0)
			list->tokens[kept++] = list->tokens[i];
	list->count = kept;
}

/* Makes an empty text with room for "room" bytes. */
static void
begin_joined(joined *j, int room)
{
	j->len = 0;
	j->text = room <= FIXED_BYTES ? j->fixed : palloc(room);
}

/* Appends a token, behind a blank unless it is the first. */
static inline void
append_token(joined *j, const token *t)
{
	if (j->len > 0)
		j->text[j->len++] = ' ';
	memcpy(j->text + j->len, t->start, t->len);
	j->len += t->len;
}

/* Frees what begin_joined allocated. */
static void
free_joined(joined *j)
{
	if (j->text != j->fixed)
		pfree(j->text);
}

/* Reads the tokens of value, sorted in byte order and joined. */
static void
sort_and_join(joined *j, const char *value, int len)
{
	token_list list;

	read_tokens(&list, value, len);
	begin_joined(j, len);
	for (int i = 0; i < list.count; i++)
		append_token(j, &list.tokens[i]);
	free_tokens(&list);
}

/*
 * The Levenshtein similarity, 0 to 1, of the tokens of both strings, sorted and joined. Two strings
 * without tokens give 1, one gives 0. Up to 64 tokens and 1 kB of a string need no memory.
 */
double
cdw_token_sort_similarity(const char *a, int alen, const char *b, int blen)
{
	joined x;
	joined y;
	double similarity;

	sort_and_join(&x, a, alen);
	sort_and_join(&y, b, blen);
	similarity = cdw_levenshtein_similarity(x.text, x.len, y.text, y.len);
	free_joined(&x);
	free_joined(&y);
	return similarity;
}

/*
 * Joins the tokens that both sorted lists have, into both texts; those that only one list has follow
 * in its text. Returns the length in bytes of what is common.
 */
static int
join_common_first(token_list *a, token_list *b, joined *x, joined *y)
{
	int i = 0;
	int j = 0;
	int a_rest = 0;
	int b_rest = 0;
	int common;

	while (i < a->count && j < b->count)
	{
		int order = compare_tokens(&a->tokens[i], &b->tokens[j]);

		if (order == 0)
		{
			append_token(x, &a->tokens[i]);
			append_token(y, &a->tokens[i]);
			i++;
			j++;
		}
		else if (order < 0)
			a->tokens[a_rest++] = a->tokens[i++];
		else
			b->tokens[b_rest++] = b->tokens[j++];
	}
	common = x->len;
	for (int k = 0; k < a_rest; k++)
		append_token(x, &a->tokens[k]);
	for (; i < a->count; i++)
		append_token(x, &a->tokens[i]);
	for (int k = 0; k < b_rest; k++)
		append_token(y, &b->tokens[k]);
	for (; j < b->count; j++)
		append_token(y, &b->tokens[j]);
	return common;
}

/*
 * The best similarity of two among x, y and the common text, which both begin with. Only insertions
 * lead from what is common to the whole. Where nothing is common, that does not count as a match.
 */
static double
best_similarity(const joined *x, const joined *y, int common)
{
	double whole;
	double part;
	int x_count;
	int y_count;

	if (common > 0 && (common == x->len || common == y->len))
		return 1;
	whole = cdw_levenshtein_similarity(x->text, x->len, y->text, y->len);
	if (common == 0)
		return whole;
	x_count = cdw_symbol_count(x->text, x->len);
	y_count = cdw_symbol_count(y->text, y->len);
	part = (double) cdw_symbol_count(x->text, common) / Min(x_count, y_count);
	return Max(whole, part);
}

/*
 * The best Levenshtein similarity, 0 to 1, of two among: the tokens that both strings have, these with
 * the rest of a, and these with the rest of b; each token counts once. So it is 1 where one string has
 * all tokens of the other. Two strings without tokens give 1, one gives 0. Up to 64 tokens and 1 kB of
 * a string need no memory.
 */
double
cdw_token_set_similarity(const char *a, int alen, const char *b, int blen)
{
	token_list a_tokens;
	token_list b_tokens;
	joined x;
	joined y;
	double similarity;

	read_tokens(&a_tokens, a, alen);
	read_tokens(&b_tokens, b, blen);
	drop_repetitions(&a_tokens);
	drop_repetitions(&b_tokens);
	begin_joined(&x, alen);
	begin_joined(&y, blen);
	similarity = best_similarity(&x, &y, join_common_first(&a_tokens, &b_tokens, &x, &y));
	free_tokens(&a_tokens);
	free_tokens(&b_tokens);
	free_joined(&x);
	free_joined(&y);
	return similarity;
}
