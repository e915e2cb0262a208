/*
 * src/text/name_tokens.c
 *
 * A person's name as a row of tokens: standard form, words, romanised. The given name of a Chinese or
 * Korean name becomes one token however its syllables are spaced.
 */
#include "text/name_tokens.h"

#include "text/symbols.h"

#include "miscadmin.h"
#include "utils/memutils.h"

#define FIRST_CAPACITY 16

/* A joined spelling of several tokens may differ from theirs by a letter from this length on. */
#define JOINED_TYPO_LENGTH 6

/* The most tokens that are written as one, and the most initials. */
#define MAX_PARTS 4
#define MAX_INITIALS 3

/* Korean surnames of two syllables. */
static const char *const korean_surnames[] = {"남궁", "황보", "제갈", "선우", "독고"};

/* Degrees that are written like initials. */
static const char *const dotted_degrees[] = {"md", "mba", "dds", "cpa", "phd"};

/* A buffer that lives as long as the session. */
static void
init_buffer(StringInfo buffer)
{
	MemoryContext old = MemoryContextSwitchTo(TopMemoryContext);

	initStringInfo(buffer);
	MemoryContextSwitchTo(old);
}

/* Makes the buffers of a name, once in a session. */
void
cdw_name_init(cdw_name *name)
{
	init_buffer(&name->spaced);
	init_buffer(&name->normal);
	init_buffer(&name->roman);
	init_buffer(&name->text);
	name->tokens = MemoryContextAlloc(TopMemoryContext, FIRST_CAPACITY * sizeof(cdw_name_token));
	name->capacity = FIRST_CAPACITY;
}

/* Whether a byte is of a letter, digits included. */
static inline bool
is_letter(char c)
{
	return (unsigned char) c >= 0x80 || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		   (c >= '0' && c <= '9');
}

/* Whether the value ends with a degree written with dots, and where that begins. */
static int
find_dotted_degree(const char *value, int len)
{
	char letters[4];
	int start = len;
	int count = 0;

	while (start > 0 && count < (int) sizeof(letters) && value[start - 1] != ' ')
	{
		char c = value[--start];

		if (c != '.')
			letters[count++] = pg_ascii_tolower((unsigned char) c);
	}
	for (int i = 0; i < (int) lengthof(dotted_degrees); i++)
	{
		int size = strlen(dotted_degrees[i]);
		int same = 0;

		while (size == count && same < size && dotted_degrees[i][same] == letters[size - 1 - same])
			same++;
		if (same == size)
			return start;
	}
	return len;
}

/*
 * Writes the value with a blank behind the dot of each initial, so that "J.R. Smith" has two; the
 * standard form drops the dots. "St.John" and degrees stay together.
 */
static void
space_initials(const char *value, int len, StringInfo out)
{
	int degree = find_dotted_degree(value, len);
	int symbols = 0;

	resetStringInfo(out);
	for (int i = 0; i < len; i++)
	{
		appendStringInfoCharMacro(out, value[i]);
		if (value[i] == '.' && symbols == 1 && i < degree)
			appendStringInfoCharMacro(out, ' ');
		if (!is_letter(value[i]))
			symbols = 0;
		else if (((unsigned char) value[i] & 0xC0) != 0x80)
			symbols++;
	}
}

/* The script of a symbol that is not ASCII. */
static cdw_name_script
script_of(uint32 symbol)
{
	if (cdw_is_han(symbol))
		return CDW_HAN;
	if (symbol >= 0xAC00 && symbol <= 0xD7A3)
		return CDW_HANGUL;
	if (symbol >= 0x3040 && symbol <= 0x30FF)
		return CDW_KANA;
	if ((symbol >= 0x0590 && symbol <= 0x077F) || (symbol >= 0x08A0 && symbol <= 0x08FF))
		return CDW_ABJAD;
	return CDW_LETTERS;
}

/* The script of a word: that of its symbols when they share one, else letters. */
static cdw_name_script
word_script(const char *word, int len)
{
	const unsigned char *at = (const unsigned char *) word;
	const unsigned char *end = at + len;
	cdw_name_script script = CDW_LETTERS;

	for (bool first = true; at < end; first = false)
	{
		cdw_name_script next = script_of(cdw_next_symbol(&at, end));

		if (!first && next != script)
			return CDW_LETTERS;
		script = next;
	}
	return script;
}

/* Makes room for so many tokens. The name outlives an error, so it is changed after that may occur. */
static void
reserve_tokens(cdw_name *name, int count)
{
	int capacity = count * 2;

	if (count <= name->capacity)
		return;
	name->tokens = repalloc(name->tokens, capacity * sizeof(cdw_name_token));
	name->capacity = capacity;
}

/* Appends a token whose text was written from "start" on; nothing if that is empty. */
static void
add_token(cdw_name *name, int start, cdw_name_script script, const char *source, int source_len)
{
	cdw_name_token *token;

	if (name->text.len == start)
		return;
	reserve_tokens(name, name->count + 1);
	token = &name->tokens[name->count++];
	token->len = name->text.len - start;
	token->script = script;
	token->initial = script == CDW_LETTERS && cdw_symbol_count(source, source_len) == 1;
	token->matched = false;
	token->known = false;
	token->source = source;
	token->source_len = source_len;
}

/* Appends the first "syllables" parts of what is romanised from *at on, without blanks. */
static void
append_syllables(cdw_name *name, int *at, int syllables)
{
	const char *roman = name->roman.data;

	for (; *at < name->roman.len && syllables > 0; (*at)++)
	{
		if (roman[*at] == ' ')
			syllables--;
		else
			appendStringInfoCharMacro(&name->text, roman[*at]);
	}
}

/* The symbols of the surname that a word begins with: 0 if that is the whole word. */
static int
surname_symbols(const char *word, int len)
{
	const unsigned char *at = (const unsigned char *) word;
	const unsigned char *end = at + len;
	int symbols = cdw_symbol_count(word, len);
	uint32 first;

	if (symbols < 3)
		return symbols == 2;
	first = cdw_next_symbol(&at, end);
	if (cdw_is_compound_surname(first, cdw_next_symbol(&at, end)))
		return 2;
	for (int i = 0; i < (int) lengthof(korean_surnames); i++)
		if (memcmp(word, korean_surnames[i], strlen(korean_surnames[i])) == 0)
			return 2;
	return 1;
}

/* Adds the tokens of a word beyond ASCII; whole: it is the only word of its script. */
static void
add_word(cdw_name *name, const char *word, int len, cdw_name_script script, bool whole)
{
	int start = name->text.len;
	int at = 0;
	int surname = 0;
	int surname_len;

	cdw_romanize(word, len, &name->roman);
	if (whole && (script == CDW_HAN || script == CDW_HANGUL))
		surname = surname_symbols(word, len);
	surname_len = cdw_skip_symbols((const unsigned char *) word, (const unsigned char *) word + len,
								   surname) -
				  (const unsigned char *) word;
	if (surname > 0)
	{
		append_syllables(name, &at, surname);
		add_token(name, start, script, word, surname_len);
		start = name->text.len;
	}
	append_syllables(name, &at, name->roman.len);
	add_token(name, start, script, word + surname_len, len - surname_len);
}

/* Counts the words of a script. */
static int
count_words(const StringInfo text, cdw_name_script script)
{
	const char *word;
	int count = 0;

	for (int at = 0; at < text->len;)
	{
		int len = cdw_next_word(text, &at, &word);

		count += word_script(word, len) == script;
	}
	return count;
}

/*
 * Replaces what is in name by the standard form of value and its tokens, none if there are neither
 * letters nor digits that can be romanised.
 */
void
cdw_name_read(cdw_name *name, const char *value, int len)
{
	const char *word;
	char *text;

	if (memchr(value, '.', len) != NULL)
	{
		space_initials(value, len, &name->spaced);
		value = name->spaced.data;
		len = name->spaced.len;
	}
	cdw_normalize_name(value, len, &name->normal);
	resetStringInfo(&name->text);
	name->count = 0;
	for (int at = 0; at < name->normal.len;)
	{
		int size = cdw_next_word(&name->normal, &at, &word);
		int start = name->text.len;

		if (cdw_is_ascii(word, size))
		{
			appendBinaryStringInfo(&name->text, word, size);
			add_token(name, start, CDW_LETTERS, word, size);
		}
		else
		{
			cdw_name_script script = word_script(word, size);

			add_word(name, word, size, script, count_words(&name->normal, script) == 1);
		}
	}
	text = name->text.data;
	for (int i = 0; i < name->count; i++)
	{
		name->tokens[i].text = text;
		text += name->tokens[i].len;
	}
}

/* Makes one token of "count" tokens from "first" on: their text is one already. */
static void
join_tokens(cdw_name *name, int first, int count, int len)
{
	cdw_name_token *token = &name->tokens[first];
	const cdw_name_token *last = &name->tokens[first + count - 1];

	token->len = len;
	token->initial = false;
	token->source_len = last->source + last->source_len - token->source;
	memmove(token + 1, token + count, (name->count - first - count) * sizeof(cdw_name_token));
	name->count -= count - 1;
}

/* Whether a token is what is written in several on the other side. */
static bool
joins(const cdw_name_token *token, const char *text, int len)
{
	char a[CDW_SOUND_SIZE];
	char b[CDW_SOUND_SIZE];
	int size;

	if (len == token->len && memcmp(text, token->text, len) == 0)
		return true;
	if (token->script == CDW_HANGUL)
	{
		size = cdw_korean_sound(token->text, token->len, a);
		return size > 0 && cdw_korean_sound(text, len, b) == size && memcmp(a, b, size) == 0;
	}
	if (Min(len, token->len) < JOINED_TYPO_LENGTH || abs(len - token->len) > 1 ||
		token->script != CDW_LETTERS)
		return false;
	return cdw_damerau_levenshtein(text, len, token->text, token->len) <= 1;
}

/* Joins the tokens that the other name writes as one, as in "Mac Donald", "Xiao Long". */
static void
join_as(cdw_name *name, const cdw_name_token *token)
{
	for (int first = 0; first + 1 < name->count; first++)
	{
		const cdw_name_token *start = &name->tokens[first];
		int len = start->len;

		for (int count = 2; count <= MAX_PARTS && first + count <= name->count; count++)
		{
			len += start[count - 1].len;
			if (len > token->len + 3)
				break;
			if (joins(token, start->text, len))
			{
				join_tokens(name, first, count, len);
				return;
			}
		}
	}
}

/* Whether a token may be initials written together: two or three consonants. */
static bool
may_be_initials(const cdw_name_token *token)
{
	if (token->script != CDW_LETTERS || token->len < 2 || token->len > MAX_INITIALS)
		return false;
	for (int i = 0; i < token->len; i++)
		if (strchr("aeiouy", token->text[i]) != NULL)
			return false;
	return true;
}

/* Whether other has neighbours that begin with these letters. */
static bool
spells_out(const cdw_name *other, const cdw_name_token *initials)
{
	for (int first = 0; first + initials->len <= other->count; first++)
	{
		int agree = 0;

		while (agree < initials->len &&
			   other->tokens[first + agree].text[0] == initials->text[agree])
			agree++;
		if (agree == initials->len)
			return true;
	}
	return false;
}

/* Makes a token of each letter of token number i. */
static void
split_initials(cdw_name *name, int i)
{
	int extra = name->tokens[i].len - 1;
	cdw_name_token *token;

	reserve_tokens(name, name->count + extra);
	token = &name->tokens[i];
	memmove(token + 1 + extra, token + 1, (name->count - i - 1) * sizeof(cdw_name_token));
	for (int letter = 0; letter <= extra; letter++)
	{
		token[letter] = *token;
		token[letter].text = token->text + letter;
		token[letter].len = 1;
		token[letter].initial = true;
	}
	name->count += extra;
}

/* Whether a token of the name has the same text. */
static bool
has_token(const cdw_name *name, const cdw_name_token *token)
{
	for (int i = 0; i < name->count; i++)
		if (name->tokens[i].len == token->len &&
			memcmp(name->tokens[i].text, token->text, token->len) == 0)
			return true;
	return false;
}

/*
 * Divides a name into tokens as the other one is: joins what that writes together, and parts initials
 * that it spells out.
 */
void
cdw_name_align(cdw_name *name, const cdw_name *other)
{
	for (int i = 0; i < other->count; i++)
	{
		CHECK_FOR_INTERRUPTS();
		if (other->tokens[i].len > 3 && !has_token(name, &other->tokens[i]))
			join_as(name, &other->tokens[i]);
	}
	for (int i = 0; i < name->count; i++)
		if (may_be_initials(&name->tokens[i]) && !has_token(other, &name->tokens[i]) &&
			spells_out(other, &name->tokens[i]))
			split_initials(name, i);
}
