/*
 * src/text/latin_letters.c
 *
 * The letters that the phonetic codes read.
 */
#include "text/symbols.h"

/*
 * Replaces what is in out by the letters A to Z of value in words with single blanks between them,
 * and a zero byte. Letters with diacritics give their base letter, apostrophes and dots vanish inside
 * a word, other punctuation ends it; digits and other letters are passed over. Empty without a Latin
 * letter.
 */
void
cdw_latin_letters(const char *value, int len, StringInfo out)
{
	int kept = 0;

	cdw_normalize_text(value, len, out);
	for (int i = 0; i < out->len; i++)
	{
		char c = out->data[i];

		if (c >= 'a' && c <= 'z')
			out->data[kept++] = pg_ascii_toupper((unsigned char) c);
		else if (c == ' ' && kept > 0 && out->data[kept - 1] != ' ')
			out->data[kept++] = ' ';
	}
	if (kept > 0 && out->data[kept - 1] == ' ')
		kept--;
	out->len = kept;
	out->data[kept] = '\0';
}
