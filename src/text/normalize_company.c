/*
 * src/text/normalize_company.c
 *
 * The standard form of a company's name: standard text without legal forms.
 */
#include "text/company_forms.h"
#include "text/symbols.h"
#include "text/word_index.h"

#include "miscadmin.h"

/* The forms of one place by the hash of their letters, without blanks. Filled at first use. */
typedef struct form_index
{
	int place;	 /* CDW_FORM_END: hashed from the last byte to the first */
	int longest; /* bytes of the longest form; 0: not filled */
	cdw_word_index forms;
} form_index;

static form_index end_forms = {.place = CDW_FORM_END};
static form_index front_forms = {.place = CDW_FORM_FRONT};

/* What "&" is in words; "&" itself is a blank in standard text. */
static const char *const conjunctions[] = {"and", "und", "et"};

/* Enters a form. */
static void
add_form(form_index *index, const cdw_company_form *form)
{
	int len = strlen(form->form);
	uint32 hash = CDW_FIRST_HASH;

	for (int i = 0; i < len; i++)
	{
		char byte = form->form[index->place == CDW_FORM_END ? len - 1 - i : i];

		if (byte != ' ')
			hash = cdw_next_hash(hash, byte);
	}
	cdw_word_add(&index->forms, hash, form);
	index->longest = Max(index->longest, len);
}

/* Enters the forms of the index's place. */
static void
fill_index(form_index *index)
{
	for (int i = 0; i < cdw_company_form_count; i++)
		if (cdw_company_forms[i].places & index->place)
			add_form(index, &cdw_company_forms[i]);
}

/* The bytes from "at" to the next blank or the end. */
static int
word_length(const char *at, const char *end)
{
	const char *blank = memchr(at, ' ', end - at);

	return (blank == NULL ? end : blank) - at;
}

/*
 * Whether the words spell a form. A word of the form may be written as single letters ("s a" for
 * "sa"), and its words may be joined ("cokg" for "co kg"), but words of the text are never cut.
 */
static bool
spells(const char *at, const char *end, const char *form)
{
	bool begins = true; /* whether a word of the form begins here */

	while (at < end)
	{
		int size = word_length(at, end);

		if (*form == ' ')
		{
			form++;
			begins = true;
		}
		for (int i = 0; i < size; i++)
		{
			if (*form == ' ')
				form++;
			if (*form == '\0' || at[i] != *form)
				return false;
			form++;
		}
		if (!(begins && (*form == ' ' || *form == '\0')) && cdw_symbol_count(at, size) > 1)
			return false;
		begins = false;
		at += size + (at + size < end);
	}
	return *form == '\0';
}

/* Whether the words from "at" to the end, of that hash, are a form of the index. */
static bool
is_form(const form_index *index, uint32 hash, const char *at, const char *end)
{
	uint32 slot = hash;
	const cdw_company_form *form;

	while ((form = cdw_word_next(&index->forms, hash, &slot)) != NULL)
		if (spells(at, end, form->form))
			return true;
	return false;
}

/* Where the longest form at the end begins; the end if there is none. */
static const char *
find_end_form(const char *at, const char *end)
{
	const char *found = end;
	uint32 hash = CDW_FIRST_HASH;
	int bytes = 0;

	for (const char *p = end; p > at && bytes <= end_forms.longest;)
	{
		p--;
		bytes += *p != ' ';
		if (*p != ' ')
			hash = cdw_next_hash(hash, *p);
		if ((p == at || p[-1] == ' ') && is_form(&end_forms, hash, p, end))
			found = p;
	}
	return found;
}

/* Where the longest form in front ends; its begin if there is none. */
static const char *
find_front_form(const char *at, const char *end)
{
	const char *found = at;
	uint32 hash = CDW_FIRST_HASH;

	for (const char *p = at; p < end && p - at <= front_forms.longest;)
	{
		int size = word_length(p, end);

		for (int i = 0; i < size; i++)
			hash = cdw_next_hash(hash, p[i]);
		/* single letters in front are initials: P. T. Barnum */
		if (size == 1)
			break;
		p += size;
		if (is_form(&front_forms, hash, at, p))
			found = p;
		p += p < end;
	}
	return found;
}

/* The longest form that the name has at a place, with or without a blank; NULL if there is none. */
static const cdw_company_form *
find_joined_form(const char *at, const char *end, int place)
{
	const cdw_company_form *found = NULL;
	Size found_size = 0;

	for (int i = 0; i < cdw_company_form_count; i++)
	{
		const cdw_company_form *form = &cdw_company_forms[i];
		Size size;

		if (!(form->places & CDW_FORM_JOINED) || !(form->places & place))
			continue;
		size = strlen(form->form);
		if (size > found_size && size <= (Size) (end - at) &&
			memcmp(place == CDW_FORM_END ? end - size : at, form->form, size) == 0)
		{
			found = form;
			found_size = size;
		}
	}
	return found == NULL || (found->places & CDW_FORM_KEPT) ? NULL : found;
}

/* Moves *end before a form at the end. Whether there was one. */
static bool
cut_end(const char *at, const char **end)
{
	const char *form = find_end_form(at, *end);

	if (form == *end && (unsigned char) form[-1] >= 0x80)
	{
		const cdw_company_form *joined = find_joined_form(at, *end, CDW_FORM_END);

		if (joined != NULL)
			form -= strlen(joined->form);
	}
	if (form == *end)
		return false;
	*end = form > at && form[-1] == ' ' ? form - 1 : form;
	return true;
}

/* Moves *at behind a form in front. Whether there was one. */
static bool
cut_front(const char **at, const char *end)
{
	const char *form = find_front_form(*at, end);

	if (form == *at && (unsigned char) *form >= 0x80)
	{
		const cdw_company_form *joined = find_joined_form(*at, end, CDW_FORM_FRONT);

		if (joined != NULL)
			form += strlen(joined->form);
	}
	if (form == *at)
		return false;
	*at = form < end && *form == ' ' ? form + 1 : form;
	return true;
}

/* Whether a word is the name of "&". */
static bool
is_conjunction(const char *word, int size)
{
	for (int i = 0; i < (int) lengthof(conjunctions); i++)
		if (strncmp(word, conjunctions[i], size) == 0 && conjunctions[i][size] == '\0')
			return true;
	return false;
}

/* Moves *end before an "and" that a form has left there. Whether there was one. */
static bool
cut_conjunction(const char *at, const char **end)
{
	const char *word = *end;

	while (word > at && word[-1] != ' ')
		word--;
	if (word == at || !is_conjunction(word, *end - word))
		return false;
	*end = word - 1;
	return true;
}

/* Drops "and" and its kin behind the first word, in place. */
static void
drop_conjunctions(StringInfo text)
{
	const char *end = text->data + text->len;
	char *to = text->data;

	for (const char *at = text->data; at < end;)
	{
		int size = word_length(at, end);

		if (to == text->data || size > 3 || !is_conjunction(at, size))
		{
			if (to > text->data)
				*to++ = ' ';
			memmove(to, at, size);
			to += size;
		}
		at += size + 1;
	}
	*to = '\0';
	text->len = to - text->data;
}

/*
 * Replaces what is in out by the standard form of a company's name: the standard text, "and" dropped
 * like "&", without legal forms at the end, and in front where that is customary. A name in which
 * nothing but legal forms, or "the", would be left keeps them. Idempotent: forms are cut until there
 * are none.
 */
void
cdw_normalize_company(const char *value, int len, StringInfo out)
{
	const char *at;
	const char *end;

	if (end_forms.longest == 0)
	{
		fill_index(&front_forms);
		fill_index(&end_forms);
	}
	cdw_normalize_text(value, len, out);
	drop_conjunctions(out);
	at = out->data;
	end = at + out->len;
	while (at < end && (cut_end(at, &end) || cut_front(&at, end) || cut_conjunction(at, &end)))
		CHECK_FOR_INTERRUPTS();
	if (at == end || (end - at == 3 && memcmp(at, "the", 3) == 0))
		return;
	out->len = end - at;
	memmove(out->data, at, out->len);
	out->data[out->len] = '\0';
}
