/*
 * src/match/infer.c
 *
 * Which columns are fields, and of what kind. A column's name proposes a kind and its content must agree;
 * otherwise the content decides. What is left out is left out for a reason that is told.
 */
#include "match/infer.h"

#include <math.h>

#include "match/infer_parts.h"

#define LEAST_FILLED .01 /* share of rows below which a column tells nothing */
#define ALL_DISTINCT .999
#define ROWS_THAT_TELL 50  /* from here on, values that are all different mean something */
#define CATEGORY_VALUES 12 /* distinct values of a category, at most */
#define CATEGORY_SHARE .05 /* ... and as a share of the values */
#define EVENT_DAYS 1100	   /* dates that lie closer together are of events */
#define LONG_TEXT_CHARACTERS 60.0
#define IDENTITY_SKEW .02 /* sum of squared shares of a column that tells records apart, at most */
#define SINGLE_WORD 1.6	  /* words of a part of a name, at most */
#define GIVEN_NAME_SKEW .1
#define IDENTITY_DISTINCT .02 /* distinct values, as a share of all, at least */

/* A column that says the same of nearly every record, or something of nearly none. */
static const char *
why_empty(const cdw_profile *p)
{
	if (p->values == 0)
		return "no value in any row";
	if (p->filled < LEAST_FILLED)
		return "fewer than one row in a hundred has a value";
	if (p->distinct == 1 && (p->values >= 5 || p->hint == CDW_HINT_NONE))
		return "the same value in every row";
	return NULL;
}

bool
cdw_tells_apart(const cdw_profile *p)
{
	return p->skew <= IDENTITY_SKEW && p->distinct > IDENTITY_DISTINCT * p->values;
}

/*
 * Values that never come again, not in another spelling either as far as the sample shows: two records
 * cannot agree on them.
 */
bool
cdw_never_repeats(const cdw_profile *p)
{
	if (p->column->values < ROWS_THAT_TELL || p->distinct < ALL_DISTINCT * p->values)
		return false;
	return p->repeated == 0 || (p->repeated < .001 && p->column->values >= 2000);
}

/* Whole numbers, each but once, with hardly a gap. */
bool
cdw_counts_rows(const cdw_profile *p)
{
	return p->numeric >= .9 && p->fraction == 0 && p->column->values >= ROWS_THAT_TELL &&
		   p->repeated < .005 && p->number_span <= 1.5 * p->column->values;
}

static bool
is_category(const cdw_profile *p)
{
	return p->distinct <= CATEGORY_VALUES && p->distinct < CATEGORY_SHARE * p->values;
}

/* The separator of a column of lists; -1 where values are single. */
static int
list_separator(const cdw_profile *p)
{
	for (int s = 0; s < CDW_SEPARATORS; s++)
	{
		bool comma = s == CDW_SEPARATE_COMMA;

		if (p->separated[s] >= .5 && p->new_element[s] <= (comma ? .5 : .85) &&
			(!comma || (p->elements[s] >= 2.5 && p->street < .3 && p->with_letter >= .9)))
			return s;
	}
	return -1;
}

static bool
is_code(const cdw_profile *p)
{
	bool uuid = p->length >= 32 && p->length <= 38 && p->tokens >= 4.5 && p->tokens <= 5.5;

	if (p->url >= .6)
		return true;
	if (p->digits >= .4 && ((p->length <= 24 && p->tokens < 4) || p->tokens < 1.2 || uuid))
		return true;
	if (p->with_digit >= .9 && p->alike >= .3 && p->length <= 40)
		return true;
	return p->with_digit >= .8 && p->tokens <= 2.2 && p->length <= 14;
}

/* What the content alone says. */
cdw_content
cdw_content_of(const cdw_profile *p)
{
	if (p->at >= .6)
		return CDW_CONTENT_EMAIL;
	if (p->date >= .8)
		return CDW_CONTENT_DATE;
	if (p->coordinates >= .8)
		return CDW_CONTENT_COORDINATES;
	if (p->numeric >= .9 && p->fraction >= .2)
		return CDW_CONTENT_NUMBER;
	if (is_category(p))
		return CDW_CONTENT_CATEGORY;
	if (p->numeric >= .9)
		return CDW_CONTENT_CODE;
	if (list_separator(p) >= 0)
		return CDW_CONTENT_LIST;
	if (is_code(p))
		return CDW_CONTENT_CODE;
	if (p->tokens >= 2.3 || p->length >= 25 || (p->han >= .5 && p->length >= 5))
		return CDW_CONTENT_TEXT;
	return CDW_CONTENT_NAME;
}

/* ---- choices by content ---- */

static void
choose_date(const cdw_profile *p, cdw_choice *choice)
{
	bool event = p->hint == CDW_HINT_DATE || p->last_day - p->first_day <= EVENT_DAYS;

	if (p->hint == CDW_HINT_ROW_TIME)
	{
		choice->ignored = "when the row was written";
		return;
	}
	if (p->hint != CDW_HINT_BIRTH_DATE && p->clock >= .5 && p->repeated < .02)
	{
		choice->ignored = "times of day that hardly come again";
		return;
	}
	choice->kind = "date";
	choice->named = p->hint == CDW_HINT_BIRTH_DATE;
	choice->days = p->hint != CDW_HINT_BIRTH_DATE && event;
	if (p->day_first > p->month_first)
		choice->field_order = "dmy";
	else if (p->month_first > 0)
		choice->field_order = "mdy";
}

/* Lists of one and the same seldom have much in common: what they share is evidence, the rest is not. */
static void
choose_list(cdw_choice *choice)
{
	choice->kind = "tokens";
	choice->max_disagreement = .95;
}

static bool
looks_like_phone(const cdw_profile *p)
{
	if (p->cn_mobile >= .7)
		return true;
	return p->phone >= .8 && p->punctuated >= .6 && p->length >= 9 && p->postcode < .5 &&
		   p->date < .3 && p->fraction < .1;
}

static void
choose_code(const cdw_profile *p, cdw_choice *choice)
{
	if (looks_like_phone(p))
		choice->kind = "phone";
	else if (cdw_counts_rows(p))
		choice->ignored = "numbers that count the rows";
	else if (cdw_never_repeats(p))
		choice->ignored = "every row has another value, so that no two agree";
	else if (p->postcode >= .7)
		choice->kind = "postcode";
	else
		choice->kind = "identifier";
}

/* Columns whose values are words; what is not told by a word's meaning is told by how it is spread. */
static void
choose_words(const cdw_profile *p, bool text, cdw_choice *choice)
{
	if (p->street >= .3 || (text && p->han_street >= .5))
		choice->kind = "address";
	else if (p->company >= .15 && p->tokens <= CDW_LONG_TEXT_WORDS)
		choice->kind = "company";
	else if (p->han >= .5 && p->length <= 4.5 && p->han_surname >= .7)
		choice->kind = p->length < 1.5 ? "family_name" : "name";
	else if (!text && p->given_name >= .25 && p->tokens < 1.5 && p->skew <= GIVEN_NAME_SKEW)
		choice->kind = "given_name";
	else if (p->given_name >= .3 && p->tokens <= 4.5 && p->with_digit < .1)
		choice->kind = "name";
	else if (text && p->tokens > CDW_LONG_TEXT_WORDS)
		choice->kind = "text";
	else
	{
		choice->coarse = !cdw_tells_apart(p);
		choice->kind = text || choice->coarse ? "text" : "name";
		/* the bound of the kind is for whole names; a single word changes more often */
		if (strcmp(choice->kind, "name") == 0 && p->tokens < SINGLE_WORD)
			choice->max_disagreement = .2;
	}
}

static void
choose_by_content(const cdw_profile *p, cdw_content content, cdw_choice *choice)
{
	switch (content)
	{
		case CDW_CONTENT_EMAIL:
			choice->kind = "email";
			break;
		case CDW_CONTENT_DATE:
			choose_date(p, choice);
			break;
		case CDW_CONTENT_COORDINATES:
			choice->kind = "location";
			break;
		case CDW_CONTENT_NUMBER:
			choice->kind = "number";
			break;
		case CDW_CONTENT_CATEGORY:
			choice->kind = "category";
			break;
		case CDW_CONTENT_CODE:
			choose_code(p, choice);
			break;
		case CDW_CONTENT_LIST:
			choose_list(choice);
			choice->separator = cdw_separator_text(list_separator(p));
			break;
		case CDW_CONTENT_NAME:
			choose_words(p, false, choice);
			break;
		case CDW_CONTENT_TEXT:
			choose_words(p, true, choice);
			break;
	}
}

/* ---- one column ---- */

static void
choose_for_empty_source(const cdw_profile *p, cdw_choice *choice)
{
	if (p->hint != CDW_HINT_ROW_TIME)
		choice->kind = cdw_kind_without_rows(p);
	choice->named = true;
	choice->days =
		p->hint != CDW_HINT_BIRTH_DATE && choice->kind && strcmp(choice->kind, "date") == 0;
	if (choice->kind == NULL)
		choice->ignored = "there are no rows to judge it by, and its name and type do not tell";
}

/* What a type leaves open is decided as for text. */
static bool
choose_by_type(const cdw_profile *p, cdw_choice *choice)
{
	switch (p->column->type)
	{
		case CDW_COLUMN_CATEGORY:
			choice->kind = "category";
			return true;
		case CDW_COLUMN_DATE:
		case CDW_COLUMN_TIME:
			choose_date(p, choice);
			return true;
		case CDW_COLUMN_ARRAY:
			choose_list(choice);
			return true;
		case CDW_COLUMN_POINT:
			choice->kind = "location";
			return true;
		case CDW_COLUMN_UUID:
			choose_code(p, choice);
			return true;
		default:
			return false;
	}
}

static void
choose(const cdw_profile *p, double all_rows, cdw_choice *choice)
{
	cdw_content content;

	choice->ignored = p->column->unusable;
	if (choice->ignored)
		return;
	if (all_rows < 2)
	{
		choose_for_empty_source(p, choice);
		return;
	}
	choice->ignored = why_empty(p);
	if (choice->ignored || choose_by_type(p, choice))
		return;
	content = cdw_content_of(p);
	if ((p->hint == CDW_HINT_BIRTH_DATE || p->hint == CDW_HINT_DATE ||
		 p->hint == CDW_HINT_ROW_TIME) &&
		p->date >= .5)
		content = CDW_CONTENT_DATE;
	choice->kind = cdw_kind_by_name(p, content, choice);
	choice->named = choice->kind != NULL;
	if (choice->kind == NULL)
		choose_by_content(p, content, choice);
}

/* ---- all columns ---- */

/* Whether a choice is of a kind that tells persons apart by itself. */
static bool
is_personal(const cdw_choice *choice)
{
	static const char *const kinds[] = {"email", "phone", "given_name", "family_name"};

	if (choice->ignored)
		return false;
	for (int i = 0; i < (int) lengthof(kinds); i++)
		if (strcmp(choice->kind, kinds[i]) == 0)
			return true;
	return choice->named &&
		   (strcmp(choice->kind, "name") == 0 || strcmp(choice->kind, "date") == 0);
}

/* Whether a field is the name of a person; that of a firm's contact is none where there is a firm. */
static bool
is_name_of_person(const cdw_profile *p, const cdw_choice *choice, bool firms)
{
	if (firms && p->hint == CDW_HINT_CONTACT)
		return false;
	return cdw_is_field(choice, "given_name") || cdw_is_field(choice, "family_name") ||
		   cdw_is_field(choice, "name");
}

/* Whether some field is the name of a person. */
static bool
names_a_person(const cdw_profile *profiles, const cdw_choice *choices, int n, bool firms)
{
	for (int i = 0; i < n; i++)
		if (is_name_of_person(&profiles[i], &choices[i], firms))
			return true;
	return false;
}

/*
 * A firm has several contacts, and a contact has the address. So where firms are listed with a contact, and
 * no other person, one firm often stands with two names of persons.
 */
static void
look_for_contacts(const cdw_profile *profiles, cdw_choice *choices, int n)
{
	bool firms = false;
	bool contacts = false;

	for (int i = 0; i < n; i++)
	{
		firms |= cdw_is_field(&choices[i], "company") && cdw_tells_apart(&profiles[i]);
		contacts |= cdw_is_field(&choices[i], "name") && profiles[i].hint == CDW_HINT_CONTACT;
	}
	if (!firms || !contacts || names_a_person(profiles, choices, n, true))
		return;
	for (int i = 0; i < n; i++)
		if (profiles[i].hint == CDW_HINT_CONTACT || cdw_is_field(&choices[i], "email"))
			choices[i].max_disagreement = .95;
}

static bool
is_long_text(const cdw_profile *p, const cdw_choice *choice)
{
	if (choice->ignored || strcmp(choice->kind, "text") != 0)
		return false;
	return p->hint == CDW_HINT_FREE_TEXT || p->tokens > CDW_LONG_TEXT_WORDS ||
		   p->length > LONG_TEXT_CHARACTERS;
}

/*
 * What depends on whether records are of persons. Long text is then left out; of products it is the
 * evidence. And a firm is what a record is about only where no person is, and where it tells records apart or
 * has legal forms: people change their employer, and a brand has many products.
 */
static void
look_for_persons(const cdw_profile *profiles, cdw_choice *choices, int n)
{
	bool persons = false;
	bool firms = false;

	for (int i = 0; i < n; i++)
	{
		persons |= is_personal(&choices[i]);
		firms |= cdw_is_field(&choices[i], "company") && cdw_tells_apart(&profiles[i]);
	}
	for (int i = 0; i < n; i++)
	{
		if (persons && is_long_text(&profiles[i], &choices[i]))
			choices[i].ignored = "long free text beside columns that tell persons apart";
		if (cdw_is_field(&choices[i], "company") && profiles[i].values > 0 &&
			(names_a_person(profiles, choices, n, firms) ||
			 (profiles[i].company < .1 && !cdw_tells_apart(&profiles[i]))))
			choices[i].max_disagreement = .6;
	}
}

/* Bits that agreement on the column tells, times the share of records that have a value. */
static double
worth_of(const cdw_profile *p, const cdw_choice *choice)
{
	double worth = p->filled * -log2(Max(p->skew, 1e-6));

	bool says_who =
		choice->named || (strcmp(choice->kind, "text") != 0 && strcmp(choice->kind, "number") != 0);

	return says_who ? worth : worth / 2;
}

/* Only so many fields are possible: the least telling ones are left out, of equals the later ones. */
static void
keep_the_best(const cdw_profile *profiles, cdw_choice *choices, int n)
{
	int fields = 0;

	for (int i = 0; i < n; i++)
		if (choices[i].ignored == NULL)
		{
			choices[i].worth = worth_of(&profiles[i], &choices[i]);
			fields++;
		}
	for (; fields > CDW_MAX_FIELDS; fields--)
	{
		int least = -1;

		for (int i = 0; i < n; i++)
			if (choices[i].ignored == NULL &&
				(least < 0 || choices[i].worth <= choices[least].worth))
				least = i;
		choices[least].ignored =
			psprintf("tells less than the %d columns that are fields", CDW_MAX_FIELDS);
	}
}

/*
 * One choice per column. The arrays live in the current memory context.
 */
cdw_choice *
cdw_infer(cdw_column *columns, int ncolumns, const cdw_row_sample *sample, uint32 rows,
		  double all_rows)
{
	cdw_profile *profiles = palloc0(sizeof(cdw_profile) * Max(ncolumns, 1));
	cdw_choice *choices = palloc0(sizeof(cdw_choice) * Max(ncolumns, 1));

	for (int i = 0; i < ncolumns; i++)
	{
		cdw_profile_column(&profiles[i], &columns[i], i, sample, rows, all_rows);
		choices[i] = (cdw_choice){.longitude = -1, .swap_with = -1};
		choose(&profiles[i], all_rows, &choices[i]);
		choices[i].nmissing = profiles[i].nplaceholders;
		choices[i].missing = profiles[i].placeholder;
	}
	cdw_pair_coordinates(profiles, choices, ncolumns);
	cdw_choose_regions(profiles, choices, ncolumns, sample);
	look_for_persons(profiles, choices, ncolumns);
	look_for_contacts(profiles, choices, ncolumns);
	if (rows >= 2)
	{
		cdw_relate_columns(profiles, choices, ncolumns);
		cdw_find_events(profiles, choices, ncolumns, sample);
	}
	keep_the_best(profiles, choices, ncolumns);
	cdw_drop_dangling(choices, ncolumns);
	return choices;
}
