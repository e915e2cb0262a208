/*
 * src/text/name_outline.c
 *
 * Names that are surely not those of one person, told from their tokens alone. The tokens of the
 * names that were seen last are kept, because reading a name, above all one in another script, costs
 * far more than comparing two.
 */
#include "text/name_tokens.h"
#include "text/short_string.h"

#include "utils/memutils.h"

/* Names of more tokens, or of more bytes, have no outline. */
#define MAX_TOKENS 2
#define MAX_BYTES 18

/* Nor have those with a token whose sound is longer. */
#define MAX_SOUND 14

/* A power of two. */
#define OUTLINES 16384

/* A name that was seen so often keeps its place against as many others. */
#define MOST_USES 3

/*
 * Tokens that agree by less cannot make the names agree by half, see cdw_names_apart: a cost of 1.5
 * for one pair of three tokens.
 */
#define LEAST_AGREEMENT 0.4

/* What of a cdw_name_token is needed; small, for memory is what finding an outline costs. */
typedef struct outline_token
{
	cdw_formal_names formal;
	uint32 letters;
	uint32 sound_letters;
	uint8 script;
	uint8 len;
	uint8 sound_len;
	char sound[MAX_SOUND];
} outline_token;

typedef struct outline
{
	outline_token tokens[MAX_TOKENS];
	char value[MAX_BYTES];
	char text[MAX_BYTES]; /* of the tokens */
	uint8 len;			  /* of value; 0: free */
	uint8 uses;			  /* since another name wanted the place, up to MOST_USES */
	uint8 count;		  /* tokens; 0: the name has no outline */
	bool latin;
} outline;

static outline *outlines;

/* Where the outline of a value belongs. */
static uint32
slot_of(const char *value, int len)
{
	uint64 hash = len;

	for (int at = 0; at < len; at += 8)
		hash =
			(hash ^ cdw_load_word(value, len, at)) * UINT64CONST(0x9e3779b97f4a7c15) ^ hash >> 29;
	return (hash ^ hash >> 32) % OUTLINES;
}

/* Whether all letters are Latin: none is of a script from Greek on. */
static bool
is_latin(const char *value, int len)
{
	for (int i = 0; i < len; i++)
		if ((unsigned char) value[i] >= 0xCD)
			return false;
	return true;
}

/*
 * Whether a token is compared as a word of Latin letters or in Han characters, and is neither an
 * initial nor several that are written together.
 */
static bool
is_plain(const cdw_name_token *token)
{
	if (token->script == CDW_HAN)
		return true;
	if (token->script != CDW_LETTERS || token->initial)
		return false;
	for (int i = 0; i < token->len; i++)
		if (token->len > 3 || strchr("aeiouy", token->text[i]) != NULL)
			return true;
	return false;
}

/* Whether an outline can hold a token. */
static bool
fits(const cdw_name_token *token)
{
	return is_plain(token) && token->sound_len <= MAX_SOUND;
}

/* Writes the outline of a value. */
static void
fill_outline(outline *to, const char *value, int len)
{
	static cdw_name name;
	const cdw_nicknames *nicknames = cdw_builtin_nicknames();

	if (name.tokens == NULL)
		cdw_name_init(&name);
	cdw_name_read(&name, value, len);
	memcpy(to->value, value, len);
	to->len = len;
	to->latin = is_latin(value, len);
	to->count = 0;
	if (name.count > MAX_TOKENS || name.text.len > MAX_BYTES)
		return;
	for (int i = 0; i < name.count; i++)
	{
		cdw_name_token *token = &name.tokens[i];
		outline_token *kept = &to->tokens[i];

		cdw_name_token_know(token, nicknames);
		if (!fits(token))
			return;
		kept->formal = token->formal;
		kept->letters = token->letters;
		kept->sound_letters = token->sound_letters;
		kept->script = token->script;
		kept->len = token->len;
		kept->sound_len = token->sound_len;
		memcpy(kept->sound, token->sound, token->sound_len);
	}
	memcpy(to->text, name.text.data, name.text.len);
	to->count = name.count;
}

/* The tokens of an outline, as far as they are looked at where not both are Han characters. */
static void
read_tokens(const outline *from, cdw_name_token *tokens)
{
	const char *text = from->text;

	for (int i = 0; i < from->count; i++)
	{
		const outline_token *kept = &from->tokens[i];
		cdw_name_token *token = &tokens[i];

		token->text = text;
		token->len = kept->len;
		token->script = kept->script;
		token->initial = false;
		token->known = true;
		token->letters = kept->letters;
		token->sound_letters = kept->sound_letters;
		token->sound_len = kept->sound_len;
		memcpy(token->sound, kept->sound, MAX_SOUND);
		token->formal = kept->formal;
		text += kept->len;
	}
}

/*
 * The outline of a value: kept, made anew in its place, or, where frequent names or "taken" have that
 * place, in the other one.
 */
static outline *
find_outline(const char *value, int len, const outline *taken, outline *other)
{
	outline *found = &outlines[slot_of(value, len)];

	if (found->len == len && memcmp(found->value, value, len) == 0)
	{
		found->uses = Min(found->uses + 1, MOST_USES);
		return found;
	}
	if (found->uses > 0)
	{
		found->uses--;
		found = other;
	}
	else if (found == taken)
		found = other;
	found->len = 0;
	fill_outline(found, value, len);
	return found;
}

/* Whether the tokens of one name, written as one, may be taken for a token of the other. */
static bool
may_join(const outline *parts, const outline *other)
{
	uint32 letters;
	int len;

	if (parts->count < MAX_TOKENS)
		return false;
	letters = parts->tokens[0].letters | parts->tokens[1].letters;
	len = parts->tokens[0].len + parts->tokens[1].len;
	for (int i = 0; i < other->count; i++)
	{
		uint32 changed = letters ^ other->tokens[i].letters;

		/* a letter more, less or another one changes two letters of the sets at most */
		changed &= changed - 1;
		changed &= changed - 1;
		if (abs(len - other->tokens[i].len) <= 1 && changed == 0)
			return true;
	}
	return false;
}

/*
 * Whether the similarity of two names, with the nicknames of the extension, is surely below one half.
 * False where that cannot be told. Allocates nothing after the first call but to grow its buffers.
 *
 * Both have one or two tokens, each of weight 1, none an initial. When no two tokens agree by 0.4,
 * each pair costs more than 1.5, as much as the weight of three tokens, and two pairs more than 3,
 * where four tokens weigh 2. One name is in Latin letters, so that no two tokens are compared as Han
 * characters and the names do not differ by blanks alone.
 */
bool
cdw_names_apart(const char *a, int alen, const char *b, int blen)
{
	static outline others[2];
	outline *x;
	outline *y;
	cdw_name_token a_tokens[MAX_TOKENS];
	cdw_name_token b_tokens[MAX_TOKENS];

	if (Min(alen, blen) == 0 || Max(alen, blen) > MAX_BYTES)
		return false;
	if (outlines == NULL)
		outlines = MemoryContextAllocZero(TopMemoryContext, OUTLINES * sizeof(outline));
	x = find_outline(a, alen, NULL, &others[0]);
	y = find_outline(b, blen, x, &others[1]);
	if (x->count == 0 || y->count == 0 || !(x->latin || y->latin) || may_join(x, y) ||
		may_join(y, x))
		return false;
	read_tokens(x, a_tokens);
	read_tokens(y, b_tokens);
	for (int i = 0; i < x->count; i++)
		for (int j = 0; j < y->count; j++)
			if (cdw_name_token_similarity(&a_tokens[i], &b_tokens[j], NULL) >= LEAST_AGREEMENT)
				return false;
	return true;
}
