/*
 * src/text/soundex.c
 *
 * American Soundex as the National Archives of the United States describe it ("The Soundex
 * Indexing System"): H and W do not separate equal codes, vowels do.
 */
#include "text/symbols.h"

#define SOUNDEX_LENGTH 4

/* Of each letter: its digit, '0' for a vowel and Y, 0 for H and W. */
static const char soundex_digits[26] = {
	'0', '1', '2', '3', '0', '1', '2', 0,	'0', '2', '2', '4', '5',
	'5', '0', '1', '2', '6', '2', '3', '0', '1', 0,	  '2', '0', '2',
};

/* Writes the code of the ASCII letters in value; false if there are none. */
static bool
ascii_soundex(const char *value, int len, char *code)
{
	char last = 0;
	int written = 0;

	for (int i = 0; i < len && written < SOUNDEX_LENGTH; i++)
	{
		char letter = pg_ascii_toupper((unsigned char) value[i]);
		char digit;

		if (letter < 'A' || letter > 'Z')
			continue;
		digit = soundex_digits[letter - 'A'];
		if (written == 0)
			code[written++] = letter;
		else if (digit > '0' && digit != last)
			code[written++] = digit;
		if (digit != 0)
			last = digit;
	}
	if (written == 0)
		return false;
	while (written < SOUNDEX_LENGTH)
		code[written++] = '0';
	code[written] = '\0';
	return true;
}

/*
 * Writes a letter, three digits and a zero byte; false where there is no letter. Letters with
 * diacritics count as their base letter; what is no Latin letter is passed over.
 */
bool
cdw_soundex(const char *value, int len, char *code)
{
	StringInfoData folded;
	bool found;

	if (cdw_is_ascii(value, len))
		return ascii_soundex(value, len, code);
	initStringInfo(&folded);
	cdw_normalize_text(value, len, &folded);
	found = ascii_soundex(folded.data, folded.len, code);
	pfree(folded.data);
	return found;
}
