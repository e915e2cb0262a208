/*
 * src/match/infer_pairs.c
 *
 * What columns have to do with each other: copies, parts, and wholes that repeat their parts. Rows of the
 * sample are compared column by column.
 */
#include "match/infer_parts.h"

#include "miscadmin.h"

#define ROWS_TO_COMPARE 2000
#define LEAST_ROWS 5		   /* with both values, to say anything */
#define SAME_SHARE .98		   /* of the rows, for a copy */
#define PART_SHARE .95		   /* ... for a part of a code, an address or a date */
#define CONTAINED_SHARE .7	   /* ... for a whole that repeats a part */
#define PRESENT_SHARE .6	   /* of the rows with the whole, that must have the part */
#define CODE_PRESENT_SHARE .95 /* ... where the part is a code, the best evidence there is */
#define LEAST_FILLED .3		   /* share of the rows, for wholes and parts */
#define LEAST_RESIDUAL .01 /* share of the rows in which a whole must have more than its parts */

typedef struct Relation
{
	const cdw_profile *profiles;
	cdw_choice *choices;
	int n;
	uint32 rows;
} Relation;

/* Whether a test holds in at least the given share of the rows that have both values. */
typedef bool (*row_test)(const cdw_cell *a, const cdw_cell *b);

static bool
holds(const Relation *relation, int a, int b, row_test test, double share)
{
	const cdw_profile *pa = &relation->profiles[a];
	const cdw_profile *pb = &relation->profiles[b];
	double most_failed = (1 - share) * Min(relation->rows, Min(pa->values, pb->values)) + 1;
	uint32 both = 0;
	uint32 failed = 0;

	for (uint32 r = 0; r < relation->rows; r++)
	{
		if (pa->hash[r] == 0 || pb->hash[r] == 0)
			continue;
		both++;
		if (!test(&pa->text[r], &pb->text[r]) && ++failed > most_failed)
			return false;
	}
	return both >= LEAST_ROWS && failed <= (1 - share) * both;
}

static bool
is_equal(const cdw_cell *a, const cdw_cell *b)
{
	return a->len == b->len && memcmp(a->text, b->text, a->len) == 0;
}

/* Whether b is a piece of a; blanks do not count. */
static bool
is_piece(const cdw_cell *a, const cdw_cell *b)
{
	for (int start = 0; start < a->len; start++)
	{
		int i = start;
		int j = 0;

		while (j < b->len)
		{
			if (b->text[j] == ' ')
				j++;
			else if (i < a->len && a->text[i] == ' ')
				i++;
			else if (i < a->len && a->text[i] == b->text[j])
				i++, j++;
			else
				break;
		}
		if (j == b->len)
			return true;
	}
	return false;
}

/* Whether b is what stands behind the local part of an address a, in standard text "local domain tld". */
static bool
is_domain(const cdw_cell *a, const cdw_cell *b)
{
	int start = a->len - b->len;

	return start > 1 && (a->text[start - 1] == '@' || a->text[start - 1] == ' ') &&
		   memchr(b->text, '@', b->len) == NULL && memcmp(a->text + start, b->text, b->len) == 0;
}

/* Whether a word of standard text stands in another text as a word; Han has no blanks between words. */
static bool
has_word(const cdw_cell *whole, const char *word, int len)
{
	for (int i = 0; i + len <= whole->len; i++)
	{
		bool begins = i == 0 || whole->text[i - 1] == ' ' || IS_HIGHBIT_SET(word[0]);
		bool ends =
			i + len == whole->len || whole->text[i + len] == ' ' || IS_HIGHBIT_SET(word[len - 1]);

		if (begins && ends && memcmp(whole->text + i, word, len) == 0)
			return true;
	}
	return false;
}

/* Whether all words of a part stand in the whole. */
static bool
has_words(const cdw_cell *whole, const cdw_cell *part)
{
	const char *end = part->text + part->len;

	for (const char *word = part->text; word < end;)
	{
		const char *stop = memchr(word, ' ', end - word);

		if (stop == NULL)
			stop = end;
		if (!has_word(whole, word, stop - word))
			return false;
		word = stop + 1;
	}
	return true;
}

/* ---- copies and parts ---- */

/* Whether both columns have a value in the same rows, nearly. */
static bool
filled_alike(const Relation *relation, int a, int b)
{
	const uint64 *ha = relation->profiles[a].hash;
	const uint64 *hb = relation->profiles[b].hash;
	uint32 alone = 0;

	for (uint32 r = 0; r < relation->rows; r++)
		alone += (ha[r] == 0) != (hb[r] == 0);
	return alone <= relation->rows * (1 - SAME_SHARE);
}

static void
ignore_copies(Relation *relation)
{
	cdw_choice *choices = relation->choices;

	for (int i = 0; i < relation->n; i++)
		for (int j = i + 1; j < relation->n && choices[i].ignored == NULL; j++)
		{
			bool keep_second = choices[j].named && !choices[i].named;
			int copy = keep_second ? i : j;
			int original = keep_second ? j : i;

			CHECK_FOR_INTERRUPTS();
			if (choices[j].ignored == NULL && holds(relation, i, j, is_equal, SAME_SHARE) &&
				filled_alike(relation, i, j))
				choices[copy].ignored =
					psprintf("the same as \"%s\"", relation->profiles[original].column->name);
		}
}

/* Whether a kind is kept whole, so that a column that repeats a part of it adds nothing. */
static bool
is_whole_kind(const cdw_choice *choice)
{
	static const char *const kinds[] = {"email", "phone", "identifier", "postcode", "date"};

	for (int i = 0; i < (int) lengthof(kinds); i++)
		if (cdw_is_field(choice, kinds[i]))
			return true;
	return false;
}

/* Names are evidence of their own, also where an e-mail address is made of them. */
static bool
may_be_part(const cdw_profile *p, const cdw_choice *choice)
{
	static const char *const kinds[] = {"identifier", "category", "postcode", "text"};

	if (choice->ignored || choice->coarse != (strcmp(choice->kind, "text") == 0) || p->length < 2)
		return false;
	for (int i = 0; i < (int) lengthof(kinds); i++)
		if (strcmp(choice->kind, kinds[i]) == 0)
			return true;
	return false;
}

/* A column is a part of another where it says nothing that the other does not: an area of a postcode. */
static void
ignore_parts(Relation *relation)
{
	const cdw_profile *profiles = relation->profiles;
	cdw_choice *choices = relation->choices;

	for (int i = 0; i < relation->n; i++)
		for (int j = 0; j < relation->n && is_whole_kind(&choices[i]); j++)
		{
			CHECK_FOR_INTERRUPTS();
			if (j == i || !may_be_part(&profiles[j], &choices[j]) ||
				profiles[j].length >= profiles[i].length || profiles[i].filled < profiles[j].filled)
				continue;
			if (holds(relation, i, j, cdw_is_field(&choices[i], "email") ? is_domain : is_piece,
					  PART_SHARE))
				choices[j].ignored = psprintf("a part of \"%s\"", profiles[i].column->name);
		}
}

/* ---- wholes ---- */

/* Whether a kind is made of words, so that what stands elsewhere can be taken out of it. */
static bool
has_words_to_drop(const cdw_choice *choice)
{
	static const char *const kinds[] = {"name",	   "given_name", "family_name", "company",
										"address", "place",		 "text"};

	for (int i = 0; i < (int) lengthof(kinds); i++)
		if (cdw_is_field(choice, kinds[i]))
			return true;
	return false;
}

/*
 * Whether the rows with the whole mostly have the part as well. In rows without it the whole keeps its
 * words, and then nothing would agree with them.
 */
static bool
present_with(const Relation *relation, int whole, int part)
{
	double share =
		cdw_is_field(&relation->choices[part], "identifier") ? CODE_PRESENT_SHARE : PRESENT_SHARE;
	uint32 wholes = 0;
	uint32 both = 0;

	for (uint32 r = 0; r < relation->rows; r++)
		if (relation->profiles[whole].hash[r] != 0)
		{
			wholes++;
			both += relation->profiles[part].hash[r] != 0;
		}
	return both >= wholes * share;
}

static bool
is_contained(const Relation *relation, int whole, int part)
{
	const cdw_profile *w = &relation->profiles[whole];
	const cdw_profile *p = &relation->profiles[part];

	if (relation->choices[part].ignored || relation->choices[part].nwithout > 0 ||
		w->filled <= LEAST_FILLED || p->filled <= LEAST_FILLED || p->length < 1.5 ||
		w->length <= p->length + .5)
		return false;
	if (w->han < .5 && w->tokens < p->tokens + .3)
		return false;
	return present_with(relation, whole, part) &&
		   holds(relation, whole, part, has_words, CONTAINED_SHARE);
}

/* Whether a row's whole has words that stand in none of its parts. */
static bool
has_more(const Relation *relation, int whole, uint32 row)
{
	const cdw_profile *p = &relation->profiles[whole];
	const cdw_choice *choice = &relation->choices[whole];
	const char *end = p->text[row].text + p->text[row].len;
	int rest = 0;

	if (p->hash[row] == 0)
		return false;
	if (p->han >= .5)
	{
		for (int k = 0; k < choice->nwithout; k++)
			rest += relation->profiles[choice->without[k]].text[row].len;
		return p->text[row].len > rest;
	}
	for (const char *word = p->text[row].text; word < end;)
	{
		const char *stop = memchr(word, ' ', end - word);
		bool elsewhere = false;

		if (stop == NULL)
			stop = end;
		for (int k = 0; k < choice->nwithout && !elsewhere; k++)
		{
			const cdw_profile *part = &relation->profiles[choice->without[k]];

			elsewhere = part->hash[row] != 0 && has_word(&part->text[row], word, stop - word);
		}
		if (!elsewhere)
			return true;
		word = stop + 1;
	}
	return false;
}

static void
take_parts_out(Relation *relation, int whole)
{
	cdw_choice *choice = &relation->choices[whole];
	uint32 more = 0;

	choice->without = palloc(sizeof(int) * relation->n);
	for (int part = 0; part < relation->n; part++)
	{
		CHECK_FOR_INTERRUPTS();
		if (part != whole && is_contained(relation, whole, part))
			choice->without[choice->nwithout++] = part;
	}
	if (choice->nwithout == 0)
		return;
	for (uint32 r = 0; r < relation->rows; r++)
		more += has_more(relation, whole, r);
	if (more < relation->rows * LEAST_RESIDUAL)
	{
		StringInfoData reason;

		initStringInfo(&reason);
		appendStringInfoString(&reason, "its words stand in ");
		for (int k = 0; k < choice->nwithout; k++)
			appendStringInfo(&reason, k ? ", \"%s\"" : "\"%s\"",
							 relation->profiles[choice->without[k]].column->name);
		choice->ignored = reason.data;
		choice->nwithout = 0;
	}
}

/* ---- all ---- */

/* Finds what columns say twice, and what their rows say about them together. */
void
cdw_relate_columns(const cdw_profile *profiles, cdw_choice *choices, int n)
{
	Relation relation = {.profiles = profiles,
						 .choices = choices,
						 .n = n,
						 .rows = n > 0 ? Min(profiles[0].rows, ROWS_TO_COMPARE) : 0};

	ignore_copies(&relation);
	ignore_parts(&relation);
	for (int i = 0; i < n; i++)
		if (has_words_to_drop(&choices[i]))
			take_parts_out(&relation, i);
	cdw_find_exchanged(profiles, choices, n);
	cdw_find_shared_codes(profiles, choices, n);
}

/* Takes out what a choice says of columns that are no fields after all. */
void
cdw_drop_dangling(cdw_choice *choices, int n)
{
	for (int i = 0; i < n; i++)
	{
		int kept = 0;

		for (int k = 0; k < choices[i].nwithout; k++)
			if (choices[choices[i].without[k]].ignored == NULL)
				choices[i].without[kept++] = choices[i].without[k];
		choices[i].nwithout = kept;
		if (choices[i].swap_with >= 0 && choices[choices[i].swap_with].ignored)
			choices[i].swap_with = -1;
	}
}
