/*
 * src/match/infer_names.c
 *
 * The kind that the name of a column proposes, where the content agrees.
 */
#include "match/infer_parts.h"

#define MOST_PLACE_WORDS 3.0

/* Whether the values can be words: letters, few digits. */
static bool
are_words(const cdw_profile *p, double most_tokens)
{
	return p->with_letter >= .8 && p->with_digit < .2 && p->tokens <= most_tokens && p->at < .2 &&
		   p->length <= 60;
}

/* A column that is just called "name" or "title" can be the name of a person, a firm or a thing. */
static const char *
kind_of_any_name(const cdw_profile *p, cdw_content content, cdw_choice *choice)
{
	if (content != CDW_CONTENT_NAME && content != CDW_CONTENT_TEXT)
		return NULL;
	if (p->company >= .1 && p->tokens <= CDW_LONG_TEXT_WORDS)
		return "company";
	if (are_words(p, 5) &&
		(content == CDW_CONTENT_NAME || p->given_name >= .3 || p->han_surname >= .6))
		return "name";
	choice->max_disagreement = .1;
	return "text";
}

static const char *
kind_of_place(const cdw_profile *p, cdw_content content)
{
	if (p->with_letter < .5 || p->at >= .2)
		return NULL;
	if (content == CDW_CONTENT_CATEGORY)
		return "category";
	return p->tokens <= MOST_PLACE_WORDS ? "place" : "address";
}

/* The kind that a column's name proposes, where the content agrees; else NULL. */
const char *
cdw_kind_by_name(const cdw_profile *p, cdw_content content, cdw_choice *choice)
{
	bool code = content == CDW_CONTENT_CODE || content == CDW_CONTENT_CATEGORY ||
				content == CDW_CONTENT_NAME;

	switch (p->hint)
	{
		case CDW_HINT_EMAIL:
			return p->at >= .5 ? "email" : NULL;
		case CDW_HINT_PHONE:
			return p->phone >= .5 ? "phone" : NULL;
		case CDW_HINT_POSTCODE:
			return p->with_digit >= .6 && p->length <= 12 ? "postcode" : NULL;
		case CDW_HINT_IDENTIFIER:
			return p->at < .2 && p->tokens < 4 && p->length <= 40 &&
						   (p->with_digit >= .5 || code) && !cdw_never_repeats(p) &&
						   !cdw_counts_rows(p)
					   ? "identifier"
					   : NULL;
		case CDW_HINT_GIVEN_NAME:
			return are_words(p, 3.5) ? "given_name" : NULL;
		case CDW_HINT_FAMILY_NAME:
			return are_words(p, 3.5) ? "family_name" : NULL;
		case CDW_HINT_FULL_NAME:
		case CDW_HINT_CONTACT:
			if (p->company >= .3)
				return "company";
			return are_words(p, 6) ? "name" : NULL;
		case CDW_HINT_RELATIVE: /* compared as a name, and the same for all children */
			return are_words(p, 6) ? "place" : NULL;
		case CDW_HINT_NAME:
			return kind_of_any_name(p, content, choice);
		case CDW_HINT_COMPANY:
			return p->with_letter >= .8 && p->tokens <= 12 && p->at < .2 &&
						   content != CDW_CONTENT_CODE && content != CDW_CONTENT_CATEGORY
					   ? "company"
					   : NULL;
		case CDW_HINT_PLACE:
			return kind_of_place(p, content);
		case CDW_HINT_ADDRESS:
			return p->with_letter >= .5 && p->at < .2 && content != CDW_CONTENT_CATEGORY ? "address"
																						 : NULL;
		case CDW_HINT_COUNTRY:
		case CDW_HINT_REGION:
		case CDW_HINT_TITLE:
		case CDW_HINT_GENDER:
		case CDW_HINT_CATEGORY:
			return p->distinct <= 300 && p->distinct < .5 * p->values && p->length <= 40
					   ? "category"
					   : NULL;
		case CDW_HINT_HOUSE_NUMBER:
			return p->with_digit >= .5 && p->length <= 12 ? "identifier" : NULL;
		case CDW_HINT_NUMBER:
			return p->numeric >= .8 ? "number" : NULL;
		default:
			return NULL;
	}
}

/* Without rows to look at: what the name and the type say. */
const char *
cdw_kind_without_rows(const cdw_profile *p)
{
	static const char *const kinds[] = {
		[CDW_HINT_EMAIL] = "email",
		[CDW_HINT_PHONE] = "phone",
		[CDW_HINT_BIRTH_DATE] = "date",
		[CDW_HINT_POSTCODE] = "postcode",
		[CDW_HINT_IDENTIFIER] = "identifier",
		[CDW_HINT_GIVEN_NAME] = "given_name",
		[CDW_HINT_FAMILY_NAME] = "family_name",
		[CDW_HINT_GENDER] = "category",
		[CDW_HINT_TITLE] = "category",
		[CDW_HINT_COMPANY] = "company",
		[CDW_HINT_COUNTRY] = "category",
		[CDW_HINT_REGION] = "category",
		[CDW_HINT_PLACE] = "place",
		[CDW_HINT_HOUSE_NUMBER] = "identifier",
		[CDW_HINT_ADDRESS] = "address",
		[CDW_HINT_FULL_NAME] = "name",
		[CDW_HINT_RELATIVE] = "place",
		[CDW_HINT_CONTACT] = "name",
		[CDW_HINT_DATE] = "date",
		[CDW_HINT_NUMBER] = "number",
		[CDW_HINT_CATEGORY] = "category",
		[CDW_HINT_DESCRIPTION] = "text",
		[CDW_HINT_NAME] = "name",
		[CDW_HINT_ROW_ID] = NULL,
	};

	switch (p->column->type)
	{
		case CDW_COLUMN_DATE:
			return "date";
		case CDW_COLUMN_CATEGORY:
			return "category";
		case CDW_COLUMN_POINT:
			return "location";
		case CDW_COLUMN_ARRAY:
			return "tokens";
		case CDW_COLUMN_TIME:
		case CDW_COLUMN_UUID:
			return NULL;
		default:
			return kinds[p->hint];
	}
}
