/*
 * src/text/nysiis.c
 *
 * The code of the New York State Identification and Intelligence System: R. Taft, "Name Search
 * Techniques", NYSIIS Special Report 1 (1970), without its limit of six letters. The letters of the
 * name are rewritten in place from left to right, so that a rule sees what the rules before it made
 * of the letter on its left: BROWN becomes BRAAN and gives BRAN.
 */
#include "text/symbols.h"

/* Whether the letter is a vowel. Y is none. */
static inline bool
is_vowel(char letter)
{
	return letter == 'A' || letter == 'E' || letter == 'I' || letter == 'O' || letter == 'U';
}

/* Whether the name, of len letters, ends in the suffix. */
static bool
ends_in(const char *name, int len, const char *suffix)
{
	int length = strlen(suffix);

	return len >= length && memcmp(name + len - length, suffix, length) == 0;
}

/* Rewrites how a name begins. */
static void
rewrite_beginning(char *name)
{
	if (strncmp(name, "MAC", 3) == 0)
		name[1] = name[2] = 'C';
	else if (strncmp(name, "KN", 2) == 0)
		name[0] = 'N';
	else if (name[0] == 'K')
		name[0] = 'C';
	else if (strncmp(name, "PH", 2) == 0 || strncmp(name, "PF", 2) == 0)
		name[0] = name[1] = 'F';
	else if (strncmp(name, "SCH", 3) == 0)
		name[1] = name[2] = 'S';
}

/* Rewrites how a name of len letters ends, and returns how many are left. */
static int
rewrite_end(char *name, int len)
{
	if (ends_in(name, len, "EE") || ends_in(name, len, "IE"))
		name[--len - 1] = 'Y';
	else if (ends_in(name, len, "DT") || ends_in(name, len, "RT") || ends_in(name, len, "RD") ||
			 ends_in(name, len, "NT") || ends_in(name, len, "ND"))
		name[--len - 1] = 'D';
	name[len] = '\0';
	return len;
}

/* Rewrites the letter, which is not the first; some rules rewrite those behind it with it. */
static void
rewrite_letter(char *letter)
{
	switch (*letter)
	{
		case 'E':
			if (letter[1] == 'V')
				letter[1] = 'F';
			*letter = 'A';
			break;
		case 'I':
		case 'O':
		case 'U':
			*letter = 'A';
			break;
		case 'Q':
			*letter = 'G';
			break;
		case 'Z':
			*letter = 'S';
			break;
		case 'M':
			*letter = 'N';
			break;
		case 'K':
			*letter = letter[1] == 'N' ? 'N' : 'C';
			break;
		case 'S':
			if (letter[1] == 'C' && letter[2] == 'H')
				letter[1] = letter[2] = 'S';
			break;
		case 'P':
			if (letter[1] == 'H')
				letter[0] = letter[1] = 'F';
			break;
		case 'H':
			if (!is_vowel(letter[-1]) || !is_vowel(letter[1]))
				*letter = letter[-1];
			break;
		case 'W':
			if (is_vowel(letter[-1]))
				*letter = letter[-1];
			break;
	}
}

/*
 * Drops what does not count at the end of a code of len letters, but never all of it; returns how
 * many are left. A final SCH stands for three S, of which one goes.
 */
static int
shorten_code(char *code, int len, bool ended_in_sch)
{
	if (len > 1 && code[len - 1] == 'S' && !ended_in_sch)
		len--;
	if (ends_in(code, len, "AY"))
		code[--len - 1] = 'Y';
	if (len > 1 && code[len - 1] == 'A')
		len--;
	return len;
}

/*
 * Replaces what is in out by the code of a name, of any length; false where there is no Latin letter.
 * Diacritics do not matter, and what is no letter is passed over: words count as one.
 */
bool
cdw_nysiis(const char *value, int len, StringInfo out)
{
	char *name;
	int letters = 0;
	int coded = 1;
	bool ended_in_sch;

	cdw_latin_letters(value, len, out);
	name = out->data;
	for (int i = 0; i < out->len; i++)
		if (name[i] != ' ')
			name[letters++] = name[i];
	if (letters == 0)
		return false;
	name[letters] = '\0';
	ended_in_sch = letters > 3 && ends_in(name, letters, "SCH");
	rewrite_beginning(name);
	letters = rewrite_end(name, letters);
	/* The code grows in the place of what is read. */
	for (int i = 1; i < letters; i++)
	{
		rewrite_letter(name + i);
		if (name[i] != name[coded - 1])
			name[coded++] = name[i];
	}
	out->len = shorten_code(name, coded, ended_in_sch);
	name[out->len] = '\0';
	return true;
}
