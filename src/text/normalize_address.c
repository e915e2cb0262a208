/*
 * src/text/normalize_address.c
 *
 * The standard form of a postal address: standard text whose abbreviations are spelled out, within
 * the language of the address. It is told by words that only that language has, and by the place of
 * the house number: before the street in English and French, behind it in the others.
 */
#include "text/address_han.h"
#include "text/address_words.h"
#include "text/symbols.h"
#include "text/word_index.h"

#include "miscadmin.h"

/* Words of the longest address; what is longer is no address and stays standard text. */
#define MAX_WORDS 128

/* A spelling of a table word. */
typedef struct spelling
{
	const cdw_address_word *entry;
	const char *text;
	int len;
	bool full; /* whether it is the standard form */
} spelling;

#define MAX_SPELLINGS 1000

static spelling spellings[MAX_SPELLINGS];
static int spelling_count;
static cdw_word_index spelling_index;

/* A word of the address. */
typedef struct address_word
{
	const char *text;
	int len;
	uint32 hash;
} address_word;

typedef struct address
{
	address_word words[MAX_WORDS];
	int count;
	cdw_address_language language;
} address;

/* What follows the kind of street in French. */
static const char *const french_articles[] = {"de", "du", "des", "la", "le", "les"};

/* What only French writes between the house number and the name of a street. */
static const char *const french_abbreviations[] = {"bd", "imp", "pl", "sq"};

/* Enters a spelling of a table word. */
static void
add_spelling(const cdw_address_word *entry, const char *text, int len, bool full)
{
	spelling *added;

	if (spelling_count == MAX_SPELLINGS)
		elog(ERROR, "too many spellings of address words");
	added = &spellings[spelling_count++];
	*added = (spelling){entry, text, len, full};
	cdw_word_add(&spelling_index, cdw_word_hash(text, len), added);
}

/* Enters the words of the table. */
static void
fill_index(void)
{
	for (int i = 0; i < cdw_address_word_count; i++)
	{
		const cdw_address_word *entry = &cdw_address_words[i];
		const char *at = entry->abbreviations;

		add_spelling(entry, entry->word, strlen(entry->word), true);
		while (*at != '\0')
		{
			int len = strcspn(at, " ");

			add_spelling(entry, at, len, false);
			at += len;
			at += *at == ' ';
		}
	}
}

/* The spelling that a word is in one of the languages; NULL if it is none. */
static const spelling *
find_spelling(const address_word *word, int languages)
{
	uint32 slot = word->hash;
	const spelling *found;

	while ((found = cdw_word_next(&spelling_index, word->hash, &slot)) != NULL)
		if ((found->entry->languages & languages) && found->len == word->len &&
			memcmp(found->text, word->text, word->len) == 0)
			return found;
	return NULL;
}

/* Whether a word is there and is "text". */
static bool
is_word(const address *address, int i, const char *text)
{
	return i < address->count && address->words[i].text[0] == text[0] &&
		   strncmp(address->words[i].text, text, address->words[i].len) == 0 &&
		   text[address->words[i].len] == '\0';
}

/* Whether a word is there and begins with a digit. */
static bool
is_number(const address *address, int i)
{
	return i >= 0 && i < address->count && address->words[i].text[0] >= '0' &&
		   address->words[i].text[0] <= '9';
}

/* Whether a word is there and ends with a digit: a number, but not "5th". */
static bool
is_plain_number(const address *address, int i)
{
	const address_word *word = &address->words[i];

	return is_number(address, i) && word->text[word->len - 1] <= '9';
}

/* Whether a word is there and is of a kind, in the language of the address. */
static bool
is_kind(const address *address, int i, cdw_address_kind kind)
{
	const spelling *found;

	if (i < 0 || i >= address->count)
		return false;
	found = find_spelling(&address->words[i], address->language);
	return found != NULL && found->entry->kind == kind;
}

/* Whether a word is there and is the kind of a street in English, abbreviated or not. */
static bool
is_english_street(const address *address, int i)
{
	const spelling *found;

	if (i < 0 || i >= address->count)
		return false;
	found = find_spelling(&address->words[i], CDW_ENGLISH);
	return found != NULL &&
		   (found->entry->kind == CDW_STREET || found->entry->kind == CDW_STREET_BEHIND ||
			found->entry->kind == CDW_STREET_OR_SAINT);
}

/* Whether a word ends with "ending" and is at least "least" bytes longer. */
static inline bool
ends_with(const address_word *word, const char *ending, int least)
{
	int size = strlen(ending);

	return word->len >= size + least && word->text[word->len - 1] == ending[size - 1] &&
		   memcmp(word->text + word->len - size, ending, size) == 0;
}

/* Whether a word is a street's name as German writes it, in one word with its kind. */
static bool
is_german_street(const address_word *word)
{
	return ends_with(word, "str", 2) || ends_with(word, "strasse", 0) ||
		   ends_with(word, "gasse", 2) || ends_with(word, "pl", 4) || ends_with(word, "platz", 2);
}

/* Whether the i-th word is an abbreviation in Spanish that begins a street: "av" of "Av. de la Paz 3". */
static bool
begins_spanish_street(const address *address, int i)
{
	const spelling *found = find_spelling(&address->words[i], CDW_SPANISH);

	return i == 0 && found != NULL && !found->full &&
		   (found->entry->kind == CDW_STREET || found->entry->kind == CDW_STREET_BEFORE) &&
		   (is_word(address, 1, "de") || is_word(address, 1, "la"));
}

/*
 * Whether the i-th word is the kind of a street in French, and a French article follows; behind the
 * house number some abbreviations are enough.
 */
static bool
begins_french_street(const address *address, int i)
{
	const spelling *found;

	if (i >= address->count || begins_spanish_street(address, i))
		return false;
	found = find_spelling(&address->words[i], CDW_FRENCH);
	if (found == NULL ||
		(found->entry->kind != CDW_STREET && found->entry->kind != CDW_STREET_BEFORE))
		return false;
	for (int j = 0; j < (int) lengthof(french_abbreviations) && i > 0; j++)
		if (is_word(address, i, french_abbreviations[j]) && i + 1 < address->count)
			return true;
	for (int j = 0; j < (int) lengthof(french_articles); j++)
		if (is_word(address, i + 1, french_articles[j]))
			return true;
	return false;
}

/* The language whose abbreviation begins the address, with a house number behind; else English. */
static cdw_address_language
language_of_beginning(const address *address)
{
	static const cdw_address_language number_last[] = {CDW_SPANISH, CDW_PORTUGUESE, CDW_ITALIAN};
	bool numbered = false;

	for (int i = 2; i < address->count; i++)
		numbered = numbered || is_number(address, i);
	if (!numbered || is_english_street(address, 1) || is_word(address, 1, "box"))
		return CDW_ENGLISH;
	for (int i = 0; i < (int) lengthof(number_last); i++)
	{
		const spelling *found = find_spelling(&address->words[0], number_last[i]);

		if (found != NULL && (found->entry->kind == CDW_STREET_BEFORE || is_word(address, 0, "av")))
			return number_last[i];
	}
	return CDW_ENGLISH;
}

/* The language of an address; English if nothing shows another. */
static cdw_address_language
language_of(const address *address)
{
	bool number_first = is_number(address, 0);

	for (int i = 0; i < address->count; i++)
	{
		const address_word *word = &address->words[i];
		uint32 slot = word->hash;
		const spelling *found;

		while ((found = cdw_word_next(&spelling_index, word->hash, &slot)) != NULL)
			if (found->entry->tells && found->len == word->len &&
				(!number_first || found->entry->languages == CDW_FRENCH) &&
				memcmp(found->text, word->text, word->len) == 0)
				return found->entry->languages;
		if (!number_first && (is_german_street(word) || is_word(address, i, "str")))
			return CDW_GERMAN;
	}
	if (begins_french_street(address, number_first ? 1 : 0) ||
		(number_first && begins_french_street(address, 2)))
		return CDW_FRENCH;
	return number_first || address->count == 0 ? CDW_ENGLISH : language_of_beginning(address);
}

/* Whether a word is there and names a part of a building. */
static bool
is_unit(const address *address, int i)
{
	return is_kind(address, i, CDW_UNIT) || is_kind(address, i, CDW_UNIT_NUMBERED);
}

/* Whether "st" is Saint: before a name, and behind nothing, a number, a direction or a street. */
static bool
is_saint(const address *address, int i)
{
	if (i + 1 >= address->count || is_number(address, i + 1) || is_english_street(address, i + 1) ||
		is_kind(address, i + 1, CDW_DIRECTION) || is_unit(address, i + 1))
		return false;
	return i == 0 || is_plain_number(address, i - 1) || is_kind(address, i - 1, CDW_DIRECTION) ||
		   is_english_street(address, i - 1) || is_english_street(address, i + 2);
}

/*
 * Whether a direction is one: behind a kind of street ("Main St N") or a name at the end ("Park S"),
 * or before a street's name, first or behind the house number ("12 N Main St"). It is none as the
 * name of a street or of a part of a building ("12 N St", "Apt N").
 */
static bool
is_direction(const address *address, int i)
{
	if (i > 0 && is_english_street(address, i - 1))
		return true;
	if (is_unit(address, i - 1) || is_unit(address, i - 2))
		return false;
	if (i + 1 == address->count)
		return i > 0 && !is_number(address, i - 1);
	if (i > 0 && !is_plain_number(address, i - 1))
		return false;
	return !is_english_street(address, i + 1) || is_english_street(address, i + 2);
}

/* Whether a part of a building is followed by number or letter, or its ordinal number comes before. */
static bool
is_numbered_unit(const address *address, int i)
{
	if (i + 1 < address->count && (address->words[i + 1].len == 1 ||
								   (is_number(address, i + 1) && address->words[i + 1].len <= 4)))
		return true;
	return is_number(address, i - 1) && !is_plain_number(address, i - 1);
}

/* Whether the abbreviation that is the i-th word stands for its word there. */
static bool
stands_for(const address *address, int i, const cdw_address_word *entry)
{
	bool behind_number = i > 0 && is_plain_number(address, i - 1);

	switch (entry->kind)
	{
		case CDW_STREET_BEHIND:
			return i > 0 && !behind_number;
		case CDW_STREET_LAST:
			return i > 0 && !behind_number && i + 1 == address->count;
		case CDW_STREET_BEFORE:
			return (i == 0 || is_number(address, i - 1) || is_word(address, i - 1, "bis") ||
					is_word(address, i - 1, "ter")) &&
				   i + 1 < address->count;
		case CDW_UNIT_NUMBERED:
			return is_numbered_unit(address, i);
		case CDW_DIRECTION:
			return is_direction(address, i);
		default:
			return true;
	}
}

/* Replaces the i-th word by one, or by two between which is a blank. False if there is no room. */
static bool
replace_word(address *address, int i, const char *text)
{
	address_word *word = &address->words[i];
	int len = strcspn(text, " ");

	if (text[len] == ' ')
	{
		if (address->count == MAX_WORDS)
			return false;
		memmove(word + 1, word, (address->count++ - i) * sizeof(address_word));
		(void) replace_word(address, i + 1, text + len + 1);
	}
	*word = (address_word){text, len, cdw_word_hash(text, len)};
	return true;
}

/* Removes words. */
static void
remove_words(address *address, int i, int count)
{
	address->count -= count;
	memmove(&address->words[i], &address->words[i + count],
			(address->count - i) * sizeof(address_word));
}

/* Spells out the i-th word, which is an abbreviation. False if it stays. */
static bool
spell_out(address *address, int i, const cdw_address_word *entry)
{
	if (entry->kind == CDW_NUMBER_SIGN)
	{
		if (!is_number(address, i + 1))
			return false;
		remove_words(address, i, 1);
		return true;
	}
	if (entry->kind == CDW_STREET_OR_SAINT)
		return replace_word(address, i, is_saint(address, i) ? "saint" : "street");
	return stands_for(address, i, entry) && replace_word(address, i, entry->word);
}

/* Unites "p o box" and "post office box" at the i-th word. Whether it was there. */
static bool
unite_po_box(address *address, int i)
{
	bool letters = is_word(address, i, "p") && is_word(address, i + 1, "o");
	bool words = is_word(address, i, "post") && is_word(address, i + 1, "office");

	if (!(letters || words) || !is_word(address, i + 2, "box"))
		return false;
	(void) replace_word(address, i, "po");
	remove_words(address, i + 1, 1);
	return true;
}

/* Spells out what is abbreviated, once. Whether something changed; *kept is whether some stayed. */
static bool
spell_words(address *address, bool *kept)
{
	bool changed = false;

	*kept = false;
	address->language = language_of(address);
	for (int i = 0; i < address->count; i++)
	{
		const spelling *found = find_spelling(&address->words[i], address->language);

		if (found == NULL || found->full)
		{
			changed |= unite_po_box(address, i);
			*kept |= found == NULL && find_spelling(&address->words[i], CDW_ANY_LANGUAGE) != NULL;
		}
		else if (spell_out(address, i, found->entry))
			changed = true;
		else
			*kept = true;
	}
	return changed;
}

/* Reads the words of standard text. False if there are too many. */
static bool
read_words(const StringInfo text, address *address)
{
	address->count = 0;
	for (int at = 0; at < text->len;)
	{
		address_word *word = &address->words[address->count];
		const char *blank;

		if (address->count++ == MAX_WORDS)
			return false;
		word->text = text->data + at;
		blank = memchr(word->text, ' ', text->len - at);
		word->len = blank == NULL ? text->len - at : blank - word->text;
		word->hash = cdw_word_hash(word->text, word->len);
		at += word->len + 1;
	}
	return true;
}

/* The digits that a word begins with. */
static int
leading_digits(const address_word *word)
{
	int count = 0;

	while (count < word->len && word->text[count] >= '0' && word->text[count] <= '9')
		count++;
	return count;
}

/* Whether the i-th word is part of the house number before it: "12 a" in German, "14 bis" in French. */
static bool
belongs_to_number(const address *address, int i)
{
	const address_word *word = &address->words[i];

	if (i == 0 || leading_digits(&address->words[i - 1]) != address->words[i - 1].len)
		return false;
	if (address->language == CDW_FRENCH)
		return is_word(address, i, "bis") || is_word(address, i, "ter");
	return address->language == CDW_GERMAN && word->len == 1 && word->text[0] >= 'a' &&
		   word->text[0] <= 'z';
}

/* The length of a word without the o of "2º" in Spanish and Portuguese. */
static int
length_without_ordinal(const address_word *word, cdw_address_language language)
{
	bool ordinal = (language & (CDW_SPANISH | CDW_PORTUGUESE)) && word->len > 1 &&
				   leading_digits(word) == word->len - 1 && word->text[word->len - 1] == 'o';

	return word->len - ordinal;
}

/* Appends the words; of those that end with "str" the whole "strasse". */
static void
write_words(const address *address, StringInfo out)
{
	for (int i = 0; i < address->count; i++)
	{
		const address_word *word = &address->words[i];

		if (i > 0 && !belongs_to_number(address, i))
			appendStringInfoChar(out, ' ');
		appendBinaryStringInfo(out, word->text, length_without_ordinal(word, address->language));
		if (ends_with(word, "str", 2))
			appendStringInfoString(out, "asse");
		else if (address->language == CDW_GERMAN && ends_with(word, "pl", 4))
			appendStringInfoString(out, "atz");
	}
}

/* Spells out the abbreviations of standard text, in place. */
static void
normalize_words(StringInfo text)
{
	StringInfoData spelled;
	address address;
	bool kept;

	if (!read_words(text, &address))
		return;
	/* what was spelled out may decide what an abbreviation beside it stands for */
	while (spell_words(&address, &kept) && (kept || language_of(&address) != address.language))
		CHECK_FOR_INTERRUPTS();
	initStringInfo(&spelled);
	write_words(&address, &spelled);
	resetStringInfo(text);
	appendBinaryStringInfo(text, spelled.data, spelled.len);
	pfree(spelled.data);
}

/*
 * A copy of an address with a blank for each dot between a letter and a figure ("Hauptstr.7"), which
 * would join the two in standard text; NULL if there is none.
 */
static char *
separate_numbers(const char *value, int len)
{
	char *copy = NULL;

	for (int i = 1; i + 1 < len; i++)
	{
		if (value[i] != '.' || value[i + 1] < '0' || value[i + 1] > '9' ||
			!(((unsigned char) value[i - 1] | 0x20) >= 'a' &&
			  ((unsigned char) value[i - 1] | 0x20) <= 'z'))
			continue;
		if (copy == NULL)
		{
			copy = palloc(len);
			memcpy(copy, value, len);
		}
		copy[i] = ' ';
	}
	return copy;
}

/*
 * Replaces what is in out by the standard form of an address: the standard text, abbreviations
 * spelled out in the language of the address; divisions and numbers of Han addresses in one writing.
 * Idempotent.
 */
void
cdw_normalize_address(const char *value, int len, StringInfo out)
{
	char *separated;

	if (spelling_count == 0)
		fill_index();
	separated = separate_numbers(value, len);
	cdw_normalize_text(separated == NULL ? value : separated, len, out);
	if (separated != NULL)
		pfree(separated);
	if (cdw_has_han(out->data, out->len))
		cdw_normalize_han_address(out);
	if (!cdw_has_han(out->data, out->len))
		normalize_words(out);
}
