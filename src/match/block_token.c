/*
 * src/match/block_token.c
 *
 * Block keys from the words of a value. A long value gives the keys of its longest words: length is the
 * part of rarity that one value shows by itself, so a record's keys do not change with the records
 * around it.
 */
#include "match/match.h"

#define MAX_TOKENS 64	   /* of a value that are looked at */
#define PAIRED_TOKENS 5	   /* that make CDW_MAX_RULE_KEYS pairs */
#define START_CHARACTERS 5 /* of a word, by default */
#define LEAST_BYTES 2	   /* of a word that is a key */

typedef struct Token
{
	const char *start;
	int len;
	uint64 hash;
} Token;

/* Longer words first, words of one length by their hashes. */
static bool
before(const Token *a, const Token *b)
{
	return a->len != b->len ? a->len > b->len : a->hash < b->hash;
}

/* Keeps the most telling distinct words in token, in order; returns how many, at most limit. */
static int
keep_token(Token *token, int n, int limit, Token candidate)
{
	int place = n;

	for (int i = 0; i < n; i++)
		if (token[i].hash == candidate.hash)
			return n;
	if (n == limit && !before(&candidate, &token[n - 1]))
		return n;
	if (n == limit)
		place = --n;
	for (; place > 0 && before(&candidate, &token[place - 1]); place--)
		token[place] = token[place - 1];
	token[place] = candidate;
	return n + 1;
}

/* The value's words that tell most, at most limit. */
static int
telling_tokens(const char *value, int len, Token *token, int limit)
{
	int n = 0;
	int seen = 0;

	for (int i = 0; i < len && seen < MAX_TOKENS;)
	{
		int start = i;

		while (i < len && value[i] != ' ')
			i++;
		if (i - start >= LEAST_BYTES)
		{
			n = keep_token(
				token, n, limit,
				(Token){value + start, i - start, cdw_hash_bytes(value + start, i - start, 0)});
			seen++;
		}
		i++;
	}
	return n;
}

/* Each word. */
int
cdw_hash_tokens(const char *value, int len, int argument pg_attribute_unused(), uint64 *hash)
{
	Token token[CDW_MAX_RULE_KEYS];
	int n = telling_tokens(value, len, token, CDW_MAX_RULE_KEYS);

	for (int i = 0; i < n; i++)
		hash[i] = token[i].hash;
	return n;
}

/* The first characters of each word that has so many. */
int
cdw_hash_token_starts(const char *value, int len, int argument, uint64 *hash)
{
	Token token[CDW_MAX_RULE_KEYS];
	int n = telling_tokens(value, len, token, CDW_MAX_RULE_KEYS);
	int wanted = argument > 1 ? argument : START_CHARACTERS;
	int kept = 0;

	for (int i = 0; i < n; i++)
	{
		int characters = 0;
		int end = 0;

		for (; end < token[i].len; end++)
			if ((token[i].start[end] & 0xC0) != 0x80 && characters++ == wanted)
				break;
		if (characters >= wanted)
			hash[kept++] = cdw_hash_bytes(token[i].start, end, 0);
	}
	return kept;
}

/* Each two of the five words that tell most, in any order. */
int
cdw_hash_token_pairs(const char *value, int len, int argument pg_attribute_unused(), uint64 *hash)
{
	Token token[PAIRED_TOKENS];
	int n = telling_tokens(value, len, token, PAIRED_TOKENS);
	int pairs = 0;

	for (int i = 0; i < n; i++)
		for (int j = i + 1; j < n; j++)
			hash[pairs++] = cdw_hash_combine(Min(token[i].hash, token[j].hash),
											 Max(token[i].hash, token[j].hash));
	return pairs;
}
