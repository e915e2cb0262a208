/*
 * src/text/nicknames.c
 *
 * A table of nicknames: for each word the formal names that it stands for. Two words are related when
 * they share a formal name, so that two nicknames of one name are (Bob, Rob) and two formal names with
 * one nickname are not (Edward, Theodore: Ted).
 */
#include "text/nicknames.h"
#include "text/short_string.h"
#include "text/word_index.h"

#include "utils/memutils.h"

/* A word under one of its formal names. */
typedef struct entry
{
	const char *word;
	int len;
	uint32 formal;
} entry;

/* A slot of the hash table: where the word's formal names begin and how many there are. */
typedef struct slot
{
	const char *word;
	int len;
	int first;
	int count; /* 0: free */
} slot;

struct cdw_nicknames
{
	entry *entries;	 /* until the table is finished */
	uint32 *numbers; /* formal names, word after word */
	slot *slots;
	uint32 mask; /* number of slots - 1 */
	int n;
	int capacity;
};

/* A hash of a short word whose low bits are good. */
static uint32
hash_word(const char *word, int len)
{
	uint32 hash = cdw_word_hash(word, len);

	return hash ^ hash >> 15;
}

/* An empty table for so many words in all, in the current memory context, which owns it. */
cdw_nicknames *
cdw_nicknames_create(int words)
{
	cdw_nicknames *table = palloc0(sizeof(cdw_nicknames));
	uint32 slots = 16;

	while (slots < (uint32) words * 2)
		slots *= 2;
	table->capacity = words;
	table->mask = slots - 1;
	table->entries = palloc(Max(words, 1) * sizeof(entry));
	table->numbers = palloc(Max(words, 1) * sizeof(uint32));
	table->slots = palloc0(slots * sizeof(slot));
	return table;
}

/* Adds a word under a formal name. The word is not copied. At most as many as were announced. */
void
cdw_nicknames_add(cdw_nicknames *table, const char *word, int len, uint32 formal)
{
	Assert(table->n < table->capacity);
	table->entries[table->n++] = (entry){word, len, formal};
}

/* Orders entries by word, then by formal name. */
static int
compare_entries(const void *a, const void *b)
{
	const entry *x = a;
	const entry *y = b;
	int order = memcmp(x->word, y->word, Min(x->len, y->len));

	if (order != 0)
		return order;
	if (x->len != y->len)
		return x->len - y->len;
	return x->formal < y->formal ? -1 : x->formal > y->formal;
}

/* The slot of a word, or the free slot where it belongs. */
static slot *
find_slot(const cdw_nicknames *table, const char *word, int len)
{
	uint32 at = hash_word(word, len) & table->mask;

	for (;; at = (at + 1) & table->mask)
	{
		slot *s = &table->slots[at];

		if (s->count == 0 || (s->len == len && memcmp(s->word, word, len) == 0))
			return s;
	}
}

/* Makes the table ready for cdw_nicknames_find; nothing can be added after. */
void
cdw_nicknames_finish(cdw_nicknames *table)
{
	qsort(table->entries, table->n, sizeof(entry), compare_entries);
	for (int i = 0; i < table->n; i++)
	{
		const entry *e = &table->entries[i];
		slot *s = find_slot(table, e->word, e->len);

		if (s->count == 0)
			*s = (slot){e->word, e->len, i, 0};
		table->numbers[i] = e->formal;
		s->count++;
	}
	pfree(table->entries);
	table->entries = NULL;
}

/* The formal names of a word, none when it is not in the table. */
cdw_formal_names
cdw_nicknames_find(const cdw_nicknames *table, const char *word, int len)
{
	const slot *s = find_slot(table, word, len);

	return (cdw_formal_names){table->numbers + s->first, s->count};
}

/* Whether two words share a formal name. */
bool
cdw_nicknames_related(cdw_formal_names a, cdw_formal_names b)
{
	for (int i = 0, j = 0; i < a.count && j < b.count;)
	{
		if (a.numbers[i] == b.numbers[j])
			return true;
		a.numbers[i] < b.numbers[j] ? i++ : j++;
	}
	return false;
}

/* Words are told apart by a hash of so many bits of their first bytes. */
#define CLASS_BITS 9

/* For each pair of classes whether the built-in table has two related words of these. */
static uint8 related_classes[1 << (2 * CLASS_BITS - 3)];

/* The class of a word, from its first seven bytes. */
static inline uint32
word_class(const char *word, int len)
{
	return cdw_load_few_bytes(word, Min(len, 7)) * UINT64CONST(0x9e3779b97f4a7c15) >>
		   (64 - CLASS_BITS);
}

/* Notes that the words of a line are related. */
static void
relate_classes(const char *line)
{
	for (const char *a = line; *a != '\0'; a += strcspn(a, " "), a += strspn(a, " "))
		for (const char *b = line; *b != '\0'; b += strcspn(b, " "), b += strspn(b, " "))
		{
			uint32 pair =
				word_class(a, strcspn(a, " ")) << CLASS_BITS | word_class(b, strcspn(b, " "));

			related_classes[pair / 8] |= 1 << pair % 8;
		}
}

/*
 * Whether two words may be related in the built-in table, which must have been made; of words that
 * are not, most give false. Costs less than to find them.
 */
bool
cdw_may_be_nicknames(const char *a, int alen, const char *b, int blen)
{
	uint32 pair = word_class(a, alen) << CLASS_BITS | word_class(b, blen);

	return (related_classes[pair / 8] >> pair % 8 & 1) != 0;
}

/* Adds the words of a line under one formal name; with no table only counts them. */
static int
add_line(cdw_nicknames *table, const char *line, uint32 formal)
{
	int words = 0;

	while (*line != '\0')
	{
		int len = strcspn(line, " ");

		if (table != NULL)
			cdw_nicknames_add(table, line, len, formal);
		words++;
		line += len;
		line += strspn(line, " ");
	}
	return words;
}

/* The table that comes with the extension, built at its first use in a session and kept. */
const cdw_nicknames *
cdw_builtin_nicknames(void)
{
	static cdw_nicknames *builtin = NULL;
	MemoryContext old;
	cdw_nicknames *table;
	int words = 0;

	if (builtin != NULL)
		return builtin;
	for (int i = 0; i < cdw_nickname_line_count; i++)
		words += add_line(NULL, cdw_nickname_lines[i], i);
	old = MemoryContextSwitchTo(TopMemoryContext);
	table = cdw_nicknames_create(words);
	MemoryContextSwitchTo(old);
	for (int i = 0; i < cdw_nickname_line_count; i++)
	{
		add_line(table, cdw_nickname_lines[i], i);
		relate_classes(cdw_nickname_lines[i]);
	}
	cdw_nicknames_finish(table);
	builtin = table;
	return builtin;
}
