/*
 * src/match/rule.c
 *
 * Blocking rules as text: fields or transforms of fields, joined by commas.
 *
 *     rule      := part { "," part }
 *     part      := field | transform "(" field [ "," integer ] ")"
 *     field     := letters, digits and underscores as they are, or anything in double quotes
 */
#include "match/match.h"

#include <ctype.h>

#include "mb/pg_wchar.h"

#define MAX_ARGUMENT 999999

typedef struct Scanner
{
	const char *what; /* "blocking rule" and the like, for messages */
	const char *text; /* the whole rule, for messages */
	const char *at;
} Scanner;

static void CDW_NORETURN
syntax_error(const Scanner *scanner, const char *expected)
{
	ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					errmsg("%s \"%s\" cannot be parsed", scanner->what, scanner->text),
					errdetail("Expected %s at character %d.", expected,
							  pg_mbstrlen_with_len(scanner->text, scanner->at - scanner->text) + 1),
					errhint("A rule is fields or transforms joined by commas, for example "
							"'family_name, year(dob)' or 'first(given_name, 3), postcode'.")));
}

static void
skip_blanks(Scanner *scanner)
{
	while (*scanner->at == ' ' || *scanner->at == '\t' || *scanner->at == '\n')
		scanner->at++;
}

static bool
accept(Scanner *scanner, char c)
{
	skip_blanks(scanner);
	if (*scanner->at != c)
		return false;
	scanner->at++;
	return true;
}

static bool
is_word_character(char c)
{
	return IS_HIGHBIT_SET(c) || isalnum((unsigned char) c) || c == '_' || c == '$';
}

/* A bare or double-quoted word; a doubled quote inside quotes stands for one. */
static char *
scan_word(Scanner *scanner)
{
	StringInfoData word;

	initStringInfo(&word);
	skip_blanks(scanner);
	if (accept(scanner, '"'))
	{
		for (;;)
		{
			if (*scanner->at == '\0')
				syntax_error(scanner, "a closing double quote");
			if (*scanner->at == '"' && *++scanner->at != '"')
				break;
			appendStringInfoChar(&word, *scanner->at++);
		}
	}
	else
	{
		while (is_word_character(*scanner->at))
			appendStringInfoChar(&word, *scanner->at++);
	}
	if (word.len == 0)
		syntax_error(scanner, "a field or a transform");
	return word.data;
}

static int
scan_integer(Scanner *scanner)
{
	int value = 0;

	skip_blanks(scanner);
	while (isdigit((unsigned char) *scanner->at) && value <= MAX_ARGUMENT)
		value = value * 10 + (*scanner->at++ - '0');
	if (value == 0 || value > MAX_ARGUMENT)
		syntax_error(scanner, psprintf("a whole number from 1 to %d", MAX_ARGUMENT));
	return value;
}

/* The position of a field; -1 where there is none. */
int
cdw_find_field(const cdw_match_settings *settings, const char *name)
{
	for (int i = 0; i < settings->nfields; i++)
		if (strcmp(settings->field[i].name, name) == 0)
			return i;
	return -1;
}

static int
field_of_rule(const cdw_match_settings *settings, const Scanner *scanner, const char *name)
{
	int field = cdw_find_field(settings, name);

	if (field < 0)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("%s \"%s\" names an unknown field \"%s\"", scanner->what,
							   scanner->text, name),
						errhint("Only the resolver's fields can be used; names are case-exact.")));
	return field;
}

static void
parse_part(const cdw_match_settings *settings, Scanner *scanner, cdw_key_part *part)
{
	char *word = scan_word(scanner);
	const char *kind;
	bool required;

	*part = (cdw_key_part){.argument = 1};
	if (!accept(scanner, '('))
	{
		part->field = field_of_rule(settings, scanner, word);
		return;
	}
	part->transform = cdw_find_transform(word);
	if (part->transform == NULL)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("%s \"%s\" names an unknown transform \"%s\"", scanner->what,
							   scanner->text, word),
						errhint("Transforms are: %s.", cdw_transform_names())));
	part->field = field_of_rule(settings, scanner, scan_word(scanner));
	kind = cdw_transform_kind(part->transform);
	if (kind && strcmp(kind, settings->field[part->field].kind->name) != 0)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("transform \"%s\" of %s \"%s\" needs a field of kind %s", word,
							   scanner->what, scanner->text, kind),
						errdetail("Field \"%s\" is of kind %s.", settings->field[part->field].name,
								  settings->field[part->field].kind->name)));
	if (cdw_transform_takes_argument(part->transform, &required) &&
		(required || *scanner->at != ')'))
	{
		if (!accept(scanner, ','))
			syntax_error(scanner, "a comma and a number");
		part->argument = scan_integer(scanner);
	}
	if (!accept(scanner, ')'))
		syntax_error(scanner, "a closing parenthesis");
}

/*
 * Reads one part of a rule of another sort, "match rule" or "veto", at a position in its text; returns
 * the position after it and the blanks that follow. Raises 22023.
 */
const char *
cdw_parse_key_part(const cdw_match_settings *settings, const char *what, const char *text,
				   const char *at, cdw_key_part *part)
{
	Scanner scanner = {.what = what, .text = text, .at = at};

	parse_part(settings, &scanner, part);
	skip_blanks(&scanner);
	return scanner.at;
}

/* Refuses a rule of another sort (22023), at a position in its text. */
void
cdw_rule_syntax_error(const char *what, const char *text, const char *at, const char *expected)
{
	Scanner scanner = {.what = what, .text = text, .at = at};

	syntax_error(&scanner, expected);
}

/* Takes a part into account; raises 22023 where two parts of a rule give several keys. */
static void
count_keys(cdw_rule *rule, const cdw_key_part *part)
{
	int nkeys = part->transform ? cdw_transform_keys(part->transform) : 1;

	rule->fields |= (uint32) 1 << part->field;
	if (nkeys > 1 && rule->nslots > 1)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("blocking rule \"%s\" has two parts with several keys", rule->text),
						errhint("A rule has at most one of tokens, token_starts, token_pairs and "
								"double_metaphone.")));
	rule->nslots = Max(rule->nslots, nkeys);
}

/* Raises 22023 where the text is no rule over these fields. */
static void
parse_rule(const cdw_match_settings *settings, const char *text, cdw_rule *rule)
{
	Scanner scanner = {.what = "blocking rule", .text = text, .at = text};

	rule->text = pstrdup(text);
	rule->nparts = 0;
	do
	{
		if (rule->nparts == CDW_MAX_FIELDS)
			ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
							errmsg("blocking rule \"%s\" has too many parts", text),
							errdetail("A rule has at most %d parts.", CDW_MAX_FIELDS)));
		parse_part(settings, &scanner, &rule->part[rule->nparts++]);
	} while (accept(&scanner, ','));
	skip_blanks(&scanner);
	if (*scanner.at != '\0')
		syntax_error(&scanner, "a comma or the end");
}

/* Gives a rule with all its parts its place among a record's keys. */
void
cdw_place_rule(cdw_match_settings *settings, cdw_rule *rule)
{
	rule->nslots = 1;
	rule->fields = 0;
	for (int i = 0; i < rule->nparts; i++)
		count_keys(rule, &rule->part[i]);
	rule->slot = settings->nslots;
	settings->nslots += rule->nslots;
	settings->several_keys |= rule->nslots > 1;
}

/* Parses a rule and appends it. */
void
cdw_add_rule(cdw_match_settings *settings, const char *text)
{
	cdw_rule *rule;

	if (settings->nrules == CDW_MAX_RULES)
		ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED), errmsg("too many blocking rules"),
						errdetail("A resolver has at most %d rules.", CDW_MAX_RULES)));
	rule = &settings->rule[settings->nrules++];
	parse_rule(settings, text, rule);
	cdw_place_rule(settings, rule);
}

/* Before records are made: those rules only give them keys that are used. */
void
cdw_use_rules(cdw_match_settings *settings, const bool *used)
{
	settings->nslots = 0;
	settings->several_keys = false;
	settings->rules_chosen = true;
	for (int r = 0; r < settings->nrules; r++)
	{
		cdw_rule *rule = &settings->rule[r];

		rule->slot = settings->nslots;
		if (!used[r])
			rule->nslots = 0;
		settings->nslots += rule->nslots;
		settings->several_keys |= rule->nslots > 1;
	}
}

/* ---- default rules ---- */

/* Appends a field as scan_word reads it. */
static void
append_field(StringInfo rule, const char *name)
{
	const char *end = name;

	while (is_word_character(*end))
		end++;
	if (*end == '\0')
	{
		appendStringInfoString(rule, name);
		return;
	}
	appendStringInfoChar(rule, '"');
	for (; *name; name++)
	{
		if (*name == '"')
			appendStringInfoChar(rule, '"');
		appendStringInfoChar(rule, *name);
	}
	appendStringInfoChar(rule, '"');
}

/* Adds one of a kind's default keys, a rule in which %s stands for the field. */
static void
add_default_rule(cdw_match_settings *settings, const char *key, const char *field)
{
	const char *mark = strstr(key, "%s");
	StringInfoData rule;

	initStringInfo(&rule);
	appendBinaryStringInfo(&rule, key, mark - key);
	append_field(&rule, field);
	appendStringInfoString(&rule, mark + 2);
	cdw_add_rule(settings, rule.data);
}

/* A default key of a field; NULL: it has not so many. Days apart are near each other, not mistyped. */
static const char *
default_key(const cdw_field *field, int k)
{
	static const char *const of_days[CDW_MAX_BLOCK_KEYS] = {"%s", "week(%s)", "week(%s, 2)"};

	return field->days ? of_days[k] : field->kind->block_keys[k];
}

/*
 * Every kind brings its keys: the first of each field, then the second, so that where there are
 * too many the plainest stay.
 */
static void
add_default_rules(cdw_match_settings *settings)
{
	for (int k = 0; k < CDW_MAX_BLOCK_KEYS; k++)
		for (int f = 0; f < settings->nfields; f++)
		{
			const char *key = default_key(&settings->field[f], k);

			if (key && settings->nrules < CDW_MAX_RULES)
				add_default_rule(settings, key, settings->field[f].name);
		}
	/* a field without a key of its own, a category, splits the large blocks of others */
	for (int f = 0, others = settings->nrules; f < settings->nfields && others > 0; f++)
		if (default_key(&settings->field[f], 0) == NULL && settings->nrules < CDW_MAX_RULES)
			add_default_rule(settings, "%s", settings->field[f].name);
}

/* Adds the block keys of the fields' kinds. Raises 22023 where no field has any. */
void
cdw_default_rules(cdw_match_settings *settings)
{
	add_default_rules(settings);
	if (settings->nrules == 0)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("no blocking rule can be derived from the fields"),
						errhint("Give blocking rules, for example blocking => ARRAY['city'].")));
}

/*
 * Whether the rules are those that the fields bring, all of them and in their order: then they are
 * candidates to choose from. Rules that somebody has changed are used as they are.
 */
bool
cdw_has_default_rules(const cdw_match_settings *settings)
{
	cdw_match_settings *plain = palloc(sizeof(cdw_match_settings));
	bool same;

	*plain = *settings;
	plain->nrules = plain->nslots = 0;
	add_default_rules(plain);
	same = plain->nrules == settings->nrules;
	for (int r = 0; same && r < plain->nrules; r++)
		same = strcmp(plain->rule[r].text, settings->rule[r].text) == 0;
	pfree(plain);
	return same;
}
