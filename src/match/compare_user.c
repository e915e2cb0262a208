/*
 * src/match/compare_user.c
 *
 * Comparison levels that the user defines: functions of two standardised values and cuts, best first.
 *
 *     level := function ( ">=" | ">" | "<=" | "<" ) number | code
 *
 * "equal" comes before them and "different" after them.
 */
#include "match/compare.h"

#include <ctype.h>
#include <math.h>

#include "mb/pg_wchar.h"
#include "text/text.h"

/* equal, different and swapped are levels as well */
#define MAX_USER_LEVELS (CDW_MAX_LEVELS - 3)
#define COST 60 /* nanoseconds; the functions differ by more than that is worth telling */
#define QGRAM 2
#define METAPHONE_LENGTH 16

/* More than the edit distance of any two values. */
#define MOST_STEPS (2 * CDW_MAX_TEXT)

typedef enum Measure
{
	SIMILARITY, /* 0 to 1 */
	COUNT,		/* of what is common, from 1 */
	DISTANCE,	/* from 0 */
	CODE		/* whether two codes are the same: no cut */
} Measure;

typedef struct UserFunction
{
	const char *name;
	Measure measure;
	const char *kind; /* the only kind of field that it makes sense for; NULL: any */
	/* exact on the side of the cut where levels hold; on the other side anything beyond the cut */
	double (*apply)(const cdw_value *a, const cdw_value *b, double cut);
} UserFunction;

struct cdw_user_level
{
	const char *text;
	const UserFunction *function;
	double sign; /* 1: values above the cut hold, -1: below */
	double cut;
	double weakest_cut; /* of the field's levels with this function */
	int first;			/* the first of those */
	bool strict;
};

#define STRING_FUNCTION(name, kernel)                                                              \
	static double name(const cdw_value *a, const cdw_value *b, double cut pg_attribute_unused())   \
	{                                                                                              \
		return kernel(a->text, a->len, b->text, b->len);                                           \
	}

#define BOUNDED_FUNCTION(name, kernel, bound)                                                      \
	static double name(const cdw_value *a, const cdw_value *b, double cut)                         \
	{                                                                                              \
		return kernel(a->text, a->len, b->text, b->len, bound);                                    \
	}

#define QGRAM_FUNCTION(name, kernel)                                                               \
	static double name(const cdw_value *a, const cdw_value *b, double cut pg_attribute_unused())   \
	{                                                                                              \
		return kernel(a->text, a->len, b->text, b->len, QGRAM);                                    \
	}

BOUNDED_FUNCTION(levenshtein, cdw_levenshtein_within, (int) Min(cut, MOST_STEPS))
BOUNDED_FUNCTION(damerau_levenshtein, cdw_damerau_levenshtein_within, (int) Min(cut, MOST_STEPS))
BOUNDED_FUNCTION(levenshtein_similarity, cdw_levenshtein_similarity_from, cut)
BOUNDED_FUNCTION(damerau_levenshtein_similarity, cdw_damerau_levenshtein_similarity_from, cut)
BOUNDED_FUNCTION(jaro, cdw_jaro_from, cut)
BOUNDED_FUNCTION(jaro_winkler, cdw_jaro_winkler_from, cut)
STRING_FUNCTION(token_sort_similarity, cdw_token_sort_similarity)
STRING_FUNCTION(token_set_similarity, cdw_token_set_similarity)
QGRAM_FUNCTION(jaccard, cdw_jaccard)
QGRAM_FUNCTION(dice, cdw_dice)
QGRAM_FUNCTION(cosine, cdw_cosine)

static double
name_similarity(const cdw_value *a, const cdw_value *b, double cut pg_attribute_unused())
{
	return cdw_name_similarity(a->text, a->len, b->text, b->len, cdw_builtin_nicknames());
}

static double
word_similarity(const cdw_value *a, const cdw_value *b, double cut pg_attribute_unused())
{
	bool rare;

	return cdw_word_similarity(a, b, true, &rare);
}

/* How many first characters two values have in common. */
static double
prefix(const cdw_value *a, const cdw_value *b, double cut pg_attribute_unused())
{
	int shorter = Min(a->len, b->len);
	int n = 0;

	while (n < shorter && a->text[n] == b->text[n])
		n++;
	/* the bytes in common may end within a character */
	while (n > 0 && n < a->len && (a->text[n] & 0xC0) == 0x80)
		n--;
	return cdw_characters(a->text, n);
}

static double
soundex(const cdw_value *a, const cdw_value *b, double cut pg_attribute_unused())
{
	char x[5];
	char y[5];

	return cdw_soundex(a->text, a->len, x) && cdw_soundex(b->text, b->len, y) && strcmp(x, y) == 0;
}

/* Whether one of the codes of the one is one of the other's. */
static double
double_metaphone(const cdw_value *a, const cdw_value *b, double cut pg_attribute_unused())
{
	char x[2][METAPHONE_LENGTH + 2];
	char y[2][METAPHONE_LENGTH + 2];

	if (!cdw_double_metaphone(a->text, a->len, METAPHONE_LENGTH, x[0], x[1]) ||
		!cdw_double_metaphone(b->text, b->len, METAPHONE_LENGTH, y[0], y[1]))
		return 0;
	for (int i = 0; i < 2; i++)
		for (int j = 0; j < 2; j++)
			if (x[i][0] && strcmp(x[i], y[j]) == 0)
				return 1;
	return 0;
}

static double
days(const cdw_value *a, const cdw_value *b, double cut pg_attribute_unused())
{
	return cdw_days_between(a, b);
}

static double
kilometres(const cdw_value *a, const cdw_value *b, double cut pg_attribute_unused())
{
	return cdw_kilometres(a, b);
}

static double
relative_difference(const cdw_value *a, const cdw_value *b, double cut pg_attribute_unused())
{
	return cdw_relative_difference(a, b);
}

static double
absolute_difference(const cdw_value *a, const cdw_value *b, double cut pg_attribute_unused())
{
	double x;
	double y;

	cdw_two_numbers(a, b, &x, &y);
	return fabs(x - y);
}

static const UserFunction functions[] = {
	{"jaro_winkler", SIMILARITY, NULL, jaro_winkler},
	{"jaro", SIMILARITY, NULL, jaro},
	{"levenshtein", DISTANCE, NULL, levenshtein},
	{"levenshtein_similarity", SIMILARITY, NULL, levenshtein_similarity},
	{"damerau_levenshtein", DISTANCE, NULL, damerau_levenshtein},
	{"damerau_levenshtein_similarity", SIMILARITY, NULL, damerau_levenshtein_similarity},
	{"jaccard", SIMILARITY, NULL, jaccard},
	{"dice", SIMILARITY, NULL, dice},
	{"cosine", SIMILARITY, NULL, cosine},
	{"token_sort_similarity", SIMILARITY, NULL, token_sort_similarity},
	{"token_set_similarity", SIMILARITY, NULL, token_set_similarity},
	{"word_similarity", SIMILARITY, NULL, word_similarity},
	{"name_similarity", SIMILARITY, NULL, name_similarity},
	{"prefix", COUNT, NULL, prefix},
	{"soundex", CODE, NULL, soundex},
	{"double_metaphone", CODE, NULL, double_metaphone},
	{"days", DISTANCE, "date", days},
	{"km", DISTANCE, "location", kilometres},
	{"difference", DISTANCE, "number", relative_difference},
	{"absolute_difference", DISTANCE, "number", absolute_difference},
};

/* The level of two values; what a function gives serves all levels that ask for it. */
static int
user_level(const cdw_field *field, const cdw_value *a, const cdw_value *b)
{
	double measured[MAX_USER_LEVELS];
	int l = 0;

	cdw_put_in_order(&a, &b);
	for (; l < field->nuser_levels; l++)
	{
		const struct cdw_user_level *level = &field->user_levels[l];
		double above;

		if (level->first == l)
			measured[l] = level->function->apply(a, b, level->weakest_cut);
		above = level->sign * (measured[level->first] - level->cut);
		if (level->strict ? above > 0 : above >= 0)
			break;
	}
	return l + 1;
}

/* ---- reading ---- */

typedef struct Reader
{
	const cdw_field *field;
	int position; /* of the level among the field's, from 1 */
	const char *text;
	const char *at;
} Reader;

static char *
function_names(void)
{
	StringInfoData names;

	initStringInfo(&names);
	for (int i = 0; i < (int) lengthof(functions); i++)
		appendStringInfo(&names, i ? ", %s" : "%s", functions[i].name);
	return names.data;
}

/* The level at fault, for messages. */
static char *
level_name(const Reader *reader)
{
	return psprintf("level %d (\"%s\") of field \"%s\"", reader->position, reader->text,
					reader->field->name);
}

static void CDW_NORETURN
syntax_error(const Reader *reader, const char *expected)
{
	ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					errmsg("%s cannot be parsed", level_name(reader)),
					errdetail("Expected %s at character %d.", expected,
							  pg_mbstrlen_with_len(reader->text, reader->at - reader->text) + 1),
					errhint("A level is a function, a comparison and a number, for example "
							"\"jaro_winkler >= 0.92\" or \"levenshtein <= 2\".")));
}

static void
skip_blanks(Reader *reader)
{
	while (*reader->at == ' ' || *reader->at == '\t' || *reader->at == '\n')
		reader->at++;
}

static const UserFunction *
read_function(Reader *reader)
{
	const char *start;
	char *name;

	skip_blanks(reader);
	start = reader->at;
	while (isalnum((unsigned char) *reader->at) || *reader->at == '_')
		reader->at++;
	if (reader->at == start)
		syntax_error(reader, "a function");
	name = pnstrdup(start, reader->at - start);
	for (int i = 0; i < (int) lengthof(functions); i++)
		if (strcmp(functions[i].name, name) == 0)
			return &functions[i];
	ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					errmsg("%s names an unknown function \"%s\"", level_name(reader), name),
					errhint("Functions are: %s.", function_names())));
}

static void
read_comparison(Reader *reader, struct cdw_user_level *level)
{
	bool distance = level->function->measure == DISTANCE;

	skip_blanks(reader);
	if (*reader->at != '>' && *reader->at != '<')
		syntax_error(reader, distance ? "<=" : ">=");
	if ((*reader->at == '<') != distance)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("%s holds for values that are unlike", level_name(reader)),
						errdetail(distance ? "\"%s\" is the greater the less alike values are."
										   : "\"%s\" is the greater the more alike values are.",
								  level->function->name),
						errhint(distance ? "Use <=." : "Use >=.")));
	level->sign = distance ? -1 : 1;
	reader->at++;
	level->strict = *reader->at != '=';
	if (!level->strict)
		reader->at++;
}

static void
read_cut(Reader *reader, struct cdw_user_level *level)
{
	Measure measure = level->function->measure;
	double least = measure == COUNT ? 1 : 0;
	double most = measure == SIMILARITY ? 1 : 1e15;
	const char *start;
	char *end;

	skip_blanks(reader);
	start = reader->at;
	if (!isdigit((unsigned char) *start) && *start != '.' && *start != '-' && *start != '+')
		syntax_error(reader, "a number");
	level->cut = strtod(start, &end);
	if (end == start)
		syntax_error(reader, "a number");
	reader->at = end;
	if (!(level->cut >= least && level->cut <= most))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("%s has a number out of range", level_name(reader)),
						measure == SIMILARITY
							? errdetail("\"%s\" is from 0 to 1.", level->function->name)
							: errdetail("\"%s\" is at least %g.", level->function->name, least)));
}

static struct cdw_user_level
read_level(const cdw_field *field, const char *text)
{
	Reader reader = {.field = field, .position = field->nuser_levels + 1, .text = text, .at = text};
	struct cdw_user_level level = {.text = text, .sign = 1, .cut = 1};

	level.function = read_function(&reader);
	if (level.function->kind && strcmp(level.function->kind, field->kind->name) != 0)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("function \"%s\" in %s needs a field of kind %s",
							   level.function->name, level_name(&reader), level.function->kind),
						errdetail("Field \"%s\" is of kind %s.", field->name, field->kind->name)));
	if (level.function->measure != CODE)
	{
		read_comparison(&reader, &level);
		read_cut(&reader, &level);
	}
	skip_blanks(&reader);
	if (*reader.at != '\0')
		syntax_error(&reader, "the end");
	return level;
}

/* The comparison that a field's own levels make; its labels are their texts. */
static const cdw_comparison *
comparison_of_levels(const cdw_field *field)
{
	cdw_comparison *comparison = palloc0(sizeof(cdw_comparison));
	const cdw_comparison *usual = field->kind->comparison;

	comparison->cost = COST;
	comparison->level = user_level;
	comparison->label[comparison->nlevels++] = "equal";
	for (int l = 0; l < field->nuser_levels; l++)
	{
		comparison->label[comparison->nlevels++] = field->user_levels[l].text;
		if (field->user_levels[l].function->apply == word_similarity)
			comparison->split = usual->split ? usual->split : cdw_split_words;
	}
	comparison->different = comparison->nlevels;
	comparison->label[comparison->nlevels++] = "different";
	comparison->alike = Min(field->nuser_levels, 1);
	comparison->unlike = comparison->different;
	return comparison;
}

/* Finds for each level the first with its function, and the weakest cut among those. */
static void
share_measures(cdw_field *field)
{
	for (int l = 0; l < field->nuser_levels; l++)
	{
		struct cdw_user_level *level = &field->user_levels[l];
		struct cdw_user_level *first;

		level->first = 0;
		while (field->user_levels[level->first].function != level->function)
			level->first++;
		first = &field->user_levels[level->first];
		if (first == level || first->sign * (level->cut - first->weakest_cut) < 0)
			first->weakest_cut = level->cut;
	}
}

/*
 * Gives a field levels of its own, best first; none means equal or different. The texts must live as
 * long as the field. Raises 22023 where one cannot be read, 54000 where there are too many.
 */
void
cdw_set_user_levels(cdw_field *field, const char *const *texts, int n)
{
	if (n > MAX_USER_LEVELS)
		ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
						errmsg("field \"%s\" has too many levels", field->name),
						errdetail("A field has at most %d levels between equal and different.",
								  MAX_USER_LEVELS)));
	field->user_levels = palloc(sizeof(struct cdw_user_level) * Max(n, 1));
	field->nuser_levels = 0;
	for (int l = 0; l < n; l++)
	{
		field->user_levels[l] = read_level(field, texts[l]);
		field->nuser_levels++;
	}
	share_measures(field);
	field->comparison = comparison_of_levels(field);
}

/* The text of a field's own level. */
const char *
cdw_user_level_text(const cdw_field *field, int level)
{
	return field->user_levels[level].text;
}
