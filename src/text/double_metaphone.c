/*
 * src/text/double_metaphone.c
 *
 * Double Metaphone, how a name may sound: L. Philips, "The double metaphone search algorithm", C/C++
 * Users Journal 18 (June 2000). The rules are a table; this file follows them through a name.
 */
#include "text/double_metaphone.h"

#include "text/symbols.h"

#include "miscadmin.h"

/* How far patterns look beyond a name, to the left or to the right. */
#define MARGIN 4

/* The letters of a name between margins of zero bytes, and what is known of it as a whole. */
typedef struct name
{
	const char *start;
	const char *end;
	int traits;
} name;

/* A code that grows up to its limit. */
typedef struct code
{
	char *text;
	int length;
	int limit;
} code;

/* Whether the name begins with the prefix. */
static bool
begins_with(const name *n, const char *prefix)
{
	return strncmp(n->start, prefix, strlen(prefix)) == 0;
}

/* What rules ask of the name as a whole. */
static int
name_traits(const name *n)
{
	int traits = 0;
	char last = n->end[-1];

	if (begins_with(n, "SCH"))
		traits |= CDW_BEGINS_WITH_SCH | CDW_GERMANIC;
	if (begins_with(n, "VAN ") || begins_with(n, "VON "))
		traits |= CDW_GERMANIC;
	if (begins_with(n, "MC"))
		traits |= CDW_BEGINS_WITH_MC;
	if (begins_with(n, "SAN "))
		traits |= CDW_BEGINS_WITH_SAN;
	if (last == 'A' || last == 'O' || (last == 'S' && (n->end[-2] == 'A' || n->end[-2] == 'O')))
		traits |= CDW_SPANISH_ENDING;
	if (strpbrk(n->start, "WK") != NULL || strstr(n->start, "CZ") != NULL)
		traits |= CDW_SLAVO_GERMANIC;
	else
		traits |= CDW_NOT_SLAVO_GERMANIC;
	return traits;
}

/* Whether the letter is a vowel; Y is one here. */
static inline bool
is_vowel(char letter)
{
	return letter == 'A' || letter == 'E' || letter == 'I' || letter == 'O' || letter == 'U' ||
		   letter == 'Y';
}

/* How much of the pattern its first element takes. */
static inline int
element_length(const char *pattern)
{
	return *pattern == '[' ? strchr(pattern, ']') - pattern + 1 : 1;
}

/* Whether the letter, a zero byte beyond the name, is one that the set "[...]" names. */
static bool
in_set(const char *set, char letter)
{
	bool found = false;
	bool excluding = *++set == '^';

	for (set += excluding; *set != ']'; set++)
		if (*set == letter || (*set == '_' && (letter == ' ' || letter == '\0')))
			found = true;
	return found != excluding;
}

/* Whether the pattern's first element stands for the letter, a zero byte beyond the name. */
static inline bool
element_fits(const char *pattern, char letter)
{
	switch (*pattern)
	{
		case '[':
			return in_set(pattern, letter);
		case '.':
			return true;
		case '@':
			return is_vowel(letter);
		case '#':
			return letter != '\0' && !is_vowel(letter);
		case '_':
			return letter == ' ' || letter == '\0';
		default:
			return *pattern == letter;
	}
}

/* The letters that a pattern has on the left of what it takes. */
static inline int
left_letters(const char *pattern)
{
	int count = 0;

	while (*pattern != '(')
	{
		count += *pattern != '^';
		pattern += element_length(pattern);
	}
	return count;
}

/* How many letters the pattern takes of the name at "at"; 0 if it does not fit there. */
static int
letters_taken(const char *pattern, const name *n, const char *at)
{
	const char *letter = at - left_letters(pattern);
	int taken = 0;

	while (*pattern != '\0')
	{
		switch (*pattern)
		{
			case '^':
				if (letter != n->start)
					return 0;
				pattern++;
				break;
			case '$':
				if (letter != n->end)
					return 0;
				pattern++;
				break;
			case '(':
				pattern++;
				break;
			case ')':
				taken = letter - at;
				pattern++;
				break;
			default:
				if (!element_fits(pattern, *letter++))
					return 0;
				pattern += element_length(pattern);
		}
	}
	return taken;
}

/* Appends the sound as far as there is room. */
static inline void
append_sound(code *c, const char *sound)
{
	while (*sound != '\0' && c->length < c->limit)
		c->text[c->length++] = *sound++;
}

/* Codes what is at "at", and returns where the name goes on. */
static const char *
follow_rules(const name *n, const char *at, code *primary, code *secondary)
{
	const cdw_sound_rule *rule = cdw_sound_rules[*at - 'A'];
	int taken = 0;

	while ((rule->when & n->traits) != rule->when ||
		   (taken = letters_taken(rule->pattern, n, at)) == 0)
		rule++;
	append_sound(primary, rule->primary);
	append_sound(secondary, rule->secondary);
	return at + taken;
}

/*
 * The bytes of the letter Ç at the beginning of "at", in upper or lower case, composed or not; 0 if
 * something else is there.
 */
static int
cedilla_length(const unsigned char *at, const unsigned char *end)
{
	if (end - at >= 2 && at[0] == 0xC3 && (at[1] == 0x87 || at[1] == 0xA7))
		return 2;
	if (end - at >= 3 && (at[0] == 'C' || at[0] == 'c') && at[1] == 0xCC && at[2] == 0xA7)
		return 3;
	return 0;
}

/* Appends value with S in the place of Ç, which has no other letter that sounds like it. */
static void
replace_cedillas(const char *value, int len, StringInfo out)
{
	const unsigned char *at = (const unsigned char *) value;
	const unsigned char *end = at + len;

	while (at < end)
	{
		int length = cedilla_length(at, end);

		appendStringInfoCharMacro(out, length > 0 ? 'S' : (char) *at);
		at += Max(length, 1);
	}
}

/* Replaces what is in out by the letters of value in words, between margins. */
static void
read_name(const char *value, int len, StringInfo out)
{
	static const char margin[MARGIN];

	if (cdw_is_ascii(value, len))
		cdw_latin_letters(value, len, out);
	else
	{
		StringInfoData plain;

		initStringInfo(&plain);
		replace_cedillas(value, len, &plain);
		cdw_latin_letters(plain.data, plain.len, out);
		pfree(plain.data);
	}
	appendBinaryStringInfo(out, margin, MARGIN);
	appendBinaryStringInfo(out, margin, MARGIN);
	memmove(out->data + MARGIN, out->data, out->len - 2 * MARGIN);
	memset(out->data, 0, MARGIN);
}

/*
 * Writes the two codes of a name, each of at most max_length characters and a zero byte; false where
 * nothing in it sounds. Diacritics do not matter except on Ç, which sounds like S. The codes are
 * equal where there are not two ways to say the name.
 */
bool
cdw_double_metaphone(const char *value, int len, int max_length, char *primary, char *secondary)
{
	StringInfoData letters;
	code codes[2] = {{primary, 0, max_length}, {secondary, 0, max_length}};
	name n;

	initStringInfo(&letters);
	read_name(value, len, &letters);
	n.start = letters.data + MARGIN;
	n.end = letters.data + letters.len - MARGIN;
	n.traits = n.start < n.end ? name_traits(&n) : 0;
	for (const char *at = n.start; at < n.end;)
	{
		at = *at == ' ' ? at + 1 : follow_rules(&n, at, &codes[0], &codes[1]);
		if (codes[0].length == max_length && codes[1].length == max_length)
			break;
		CHECK_FOR_INTERRUPTS();
	}
	pfree(letters.data);
	primary[codes[0].length] = '\0';
	secondary[codes[1].length] = '\0';
	return codes[0].length > 0 || codes[1].length > 0;
}
