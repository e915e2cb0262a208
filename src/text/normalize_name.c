/*
 * src/text/normalize_name.c
 *
 * The standard form of a person's name: standard text without titles and suffixes.
 */
#include "text/symbols.h"
#include "text/word_index.h"

#include "miscadmin.h"

/* What a word of a name is, and with it where it may be dropped. */
typedef enum word_class
{
	NAME_WORD,
	TITLE,	/* anywhere */
	SUFFIX, /* behind another word */
	DEGREE	/* at the end: elsewhere it can be a name, as in "Md Rahman" */
} word_class;

typedef struct special_word
{
	const char *word;
	word_class kind;
} special_word;

static const special_word special_words[] = {
	/* English */
	{"mr", TITLE},
	{"mrs", TITLE},
	{"ms", TITLE},
	{"miss", TITLE},
	{"mx", TITLE},
	{"mister", TITLE},
	{"madam", TITLE},
	{"sir", TITLE},
	{"dr", TITLE},
	{"doctor", TITLE},
	{"prof", TITLE},
	{"professor", TITLE},
	{"rev", TITLE},
	{"reverend", TITLE},
	{"phd", TITLE},
	{"jr", SUFFIX},
	{"ii", SUFFIX},
	{"iii", SUFFIX},
	{"iv", SUFFIX},
	{"esq", SUFFIX},
	{"md", DEGREE},
	{"mba", DEGREE},
	{"dds", DEGREE},
	{"cpa", DEGREE},
	/* English suffix and Spanish title */
	{"sr", TITLE},
	/* German, French, Spanish */
	{"herr", TITLE},
	{"frau", TITLE},
	{"monsieur", TITLE},
	{"madame", TITLE},
	{"mademoiselle", TITLE},
	{"mme", TITLE},
	{"mlle", TITLE},
	{"senor", TITLE},
	{"senora", TITLE},
	{"senorita", TITLE},
	{"sra", TITLE},
	{"srta", TITLE},
};

static cdw_word_index special_index;

/* East Asian titles follow the name, mostly without a blank. */
static const char *const honorifics[] = {
	"先生", "女士", "小姐", "太太", "夫人", "教授", "医生",
	"醫生", "老师", "老師", "様",	"さん", "님",	"씨",
};

/* Takes honorifics off the end of a word, as long as something is left; returns its length. */
static int
without_honorifics(const char *word, int len)
{
	for (int i = 0; i < (int) lengthof(honorifics); i++)
	{
		int size = strlen(honorifics[i]);

		if (len > size && memcmp(word + len - size, honorifics[i], size) == 0)
		{
			len -= size;
			i = -1;
		}
	}
	return len;
}

/* Indexes the special words, once per session. */
static void
index_special_words(void)
{
	static bool indexed = false;

	if (indexed)
		return;
	for (int i = 0; i < (int) lengthof(special_words); i++)
		cdw_word_add(&special_index,
					 cdw_word_hash(special_words[i].word, strlen(special_words[i].word)),
					 &special_words[i]);
	indexed = true;
}

/* What a word in standard form is. */
static word_class
classify(const char *word, int len)
{
	if ((unsigned char) word[0] < 0x80)
	{
		const special_word *special;
		uint32 hash = cdw_word_hash(word, len);
		uint32 slot = hash;

		while ((special = cdw_word_next(&special_index, hash, &slot)) != NULL)
			if (strncmp(word, special->word, len) == 0 && special->word[len] == '\0')
				return special->kind;
		return NAME_WORD;
	}
	for (int i = 0; i < (int) lengthof(honorifics); i++)
		if (strlen(honorifics[i]) == (Size) len && memcmp(word, honorifics[i], len) == 0)
			return TITLE;
	return NAME_WORD;
}

/* Finds the word at *at, without honorifics; returns its length, and moves *at to the next word. */
static int
next_word(const StringInfo text, int *at, const char **word)
{
	int len = cdw_next_word(text, at, word);

	if (len > 0 && (unsigned char) (*word)[len - 1] < 0x80)
		return len;
	return without_honorifics(*word, len);
}

/* Whether every word is a title. */
static bool
only_titles(const StringInfo text)
{
	const char *word;

	for (int at = 0; at < text->len;)
	{
		int len = next_word(text, &at, &word);

		CHECK_FOR_INTERRUPTS();
		if (classify(word, len) != TITLE)
			return false;
	}
	return true;
}

/* Cuts degrees off the end, as long as a word is left. */
static void
drop_degrees(StringInfo text)
{
	int start;

	for (;;)
	{
		start = text->len;
		while (start > 0 && text->data[start - 1] != ' ')
			start--;
		if (start == 0 || classify(text->data + start, text->len - start) != DEGREE)
			return;
		text->len = start - 1;
		text->data[text->len] = '\0';
	}
}

/*
 * Replaces what is in out by the standard form of a name: the standard text, without titles and
 * suffixes. If nothing else is there it stays as it is. Idempotent.
 */
void
cdw_normalize_name(const char *value, int len, StringInfo out)
{
	int written = 0;

	index_special_words();
	cdw_normalize_text(value, len, out);
	if (only_titles(out))
		return;
	for (int at = 0; at < out->len;)
	{
		const char *word;
		int size = next_word(out, &at, &word);
		word_class kind = classify(word, size);

		CHECK_FOR_INTERRUPTS();
		if (kind == TITLE || (kind == SUFFIX && written > 0))
			continue;
		if (written > 0)
			out->data[written++] = ' ';
		memmove(out->data + written, word, size);
		written += size;
	}
	out->len = written;
	out->data[written] = '\0';
	drop_degrees(out);
}
