/*
 * src/match/deterministic.c
 *
 * Match rules and vetoes: what joins or forbids a pair without any model.
 *
 *     match rule := condition { "," condition }       all hold: the pair matches
 *     veto       := conflict { "," conflict }         all hold: it never matches
 *     condition  := part | field ">=" level           equal, or at this level or a better one
 *     conflict   := part | field "<" level            different, or at a worse level
 *     part       := field | transform "(" field [ "," integer ] ")"
 *
 * A missing value is no evidence: no condition and no conflict holds where either record has none. The
 * parts of a match rule that ask for equality are also its blocking rule.
 */
#include "match/match.h"

#include "mb/pg_wchar.h"
#include "utils/float.h"

/* ---- parsing ---- */

static const char *
skip_blanks(const char *at)
{
	while (*at == ' ' || *at == '\t' || *at == '\n')
		at++;
	return at;
}

/* The levels that can be named, for a hint. */
static char *
level_names(const cdw_comparison *comparison)
{
	StringInfoData names;

	initStringInfo(&names);
	for (int l = 0; l < comparison->different; l++)
		appendStringInfo(&names, l ? "; %s" : "%s", comparison->label[l]);
	return names.data;
}

/*
 * The level whose label stands at a position: the longest that fits, because labels hold commas too.
 * Returns the position after it. Raises 22023 where none does; "different" cannot be named, as
 * nothing is worse.
 */
static const char *
parse_level(const cdw_field *field, const char *what, const char *text, const char *at, int *level)
{
	const char *end = NULL;

	for (int l = 0; l < field->comparison->different; l++)
	{
		const char *label = field->comparison->label[l];
		const char *after;

		if (strncmp(at, label, strlen(label)) != 0)
			continue;
		after = skip_blanks(at + strlen(label));
		if ((*after == ',' || *after == '\0') && (end == NULL || after > end))
		{
			end = after;
			*level = l;
		}
	}
	if (end == NULL)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("%s \"%s\" names an unknown level of field \"%s\"", what, text,
							   field->name),
						errhint("Levels of \"%s\" that can be named are: %s.", field->name,
								level_names(field->comparison))));
	return end;
}

static int
unit_of_field(const cdw_match_settings *settings, int field)
{
	int k = 0;

	while (settings->unit[k].field != field && settings->unit[k].swap_with != field)
		k++;
	return k;
}

static const char *
parse_condition(const cdw_match_settings *settings, const char *what, bool veto, const char *text,
				const char *at, cdw_condition *condition)
{
	const char *sign = veto ? "<" : ">=";

	*condition = (cdw_condition){0};
	at = cdw_parse_key_part(settings, what, text, at, &condition->part);
	condition->unit = unit_of_field(settings, condition->part.field);
	if (*at != '<' && *at != '>')
		return at;
	if (strncmp(at, sign, strlen(sign)) != 0 || condition->part.transform)
		cdw_rule_syntax_error(what, text, at,
							  condition->part.transform
								  ? "a comma or the end, as a level is asked of a field alone,"
								  : psprintf("\"%s\", a comma or the end", sign));
	at = skip_blanks(at + strlen(sign));
	return parse_level(&settings->field[condition->part.field], what, text, at, &condition->level);
}

/* Raises 22023 where the text is no such rule over these fields, 54000 where it has too many parts. */
static cdw_conditions *
parse_conditions(const cdw_match_settings *settings, const char *what, bool veto, const char *text)
{
	cdw_conditions *conditions = palloc0(sizeof(cdw_conditions));
	const char *at = text;

	conditions->text = pstrdup(text);
	for (;;)
	{
		if (conditions->n == CDW_MAX_FIELDS)
			ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
							errmsg("%s \"%s\" has too many parts", what, text),
							errdetail("A rule has at most %d parts.", CDW_MAX_FIELDS)));
		at = parse_condition(settings, what, veto, text, at,
							 &conditions->condition[conditions->n++]);
		if (*at == '\0')
			return conditions;
		if (*at++ != ',')
			cdw_rule_syntax_error(what, text, at - 1, "a comma or the end");
	}
}

static void
check_room(int n, const char *what)
{
	if (n == CDW_MAX_RULES)
		ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED), errmsg("too many %s", what),
						errdetail("A resolver has at most %d.", CDW_MAX_RULES)));
}

/*
 * Parses a match rule and appends it, and its equalities as a blocking rule. A rule without any would
 * have to compare every record with every other, and is refused.
 */
void
cdw_add_match_rule(cdw_match_settings *settings, const char *text)
{
	cdw_conditions *conditions;
	cdw_rule *rule = &settings->rule[settings->nrules];

	check_room(settings->nmatch_rules, "match rules");
	conditions = parse_conditions(settings, "match rule", false, text);
	rule->text = conditions->text;
	rule->nparts = 0;
	for (int i = 0; i < conditions->n; i++)
		if (conditions->condition[i].level == 0)
			rule->part[rule->nparts++] = conditions->condition[i].part;
	if (rule->nparts == 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("match rule \"%s\" has no part that must be equal", text),
				 errdetail("Pairs are found by what they have in common."),
				 errhint("Add a field or a transform that narrows the pairs down, for example "
						 "'soundex(family_name), family_name >= one slip'.")));
	settings->match_rule[settings->nmatch_rules++] = conditions;
	settings->nrules++;
}

/* Parses a veto and appends it. */
void
cdw_add_veto(cdw_match_settings *settings, const char *text)
{
	check_room(settings->nvetoes, "vetoes");
	settings->veto[settings->nvetoes] = parse_conditions(settings, "veto", true, text);
	settings->nvetoes++;
}

/* ---- judging a pair ---- */

/* Whether a condition, or for a veto a conflict, holds: 0 or 1; CDW_MISSING without evidence. */
static int
condition_holds(const cdw_records *records, const cdw_condition *condition, cdw_record *a,
				cdw_record *b, bool veto)
{
	const cdw_match_settings *settings = records->settings;
	int field = condition->part.field;
	uint8 level[CDW_MAX_FIELDS];
	int agrees;

	if (condition->level > 0)
	{
		cdw_levels(records, &settings->unit[condition->unit], a, b, level);
		if (level[field] == CDW_MISSING)
			return CDW_MISSING;
		/* beyond "different" there is "swapped", which is no conflict */
		return veto ? level[field] > condition->level &&
						  level[field] <= settings->field[field].comparison->different
					: level[field] <= condition->level;
	}
	else
	{
		int alen;
		int blen;
		const char *avalue = cdw_record_value(records, a, field, &alen);
		const char *bvalue = cdw_record_value(records, b, field, &blen);

		agrees = cdw_key_part_agrees(&condition->part, avalue, alen, bvalue, blen);
	}
	return agrees == CDW_MISSING || !veto ? agrees : !agrees;
}

/*
 * Whether all parts of a match rule, or of a veto, hold for a pair: 0 or 1; CDW_MISSING where none fails
 * but one is without evidence.
 */
int
cdw_conditions_hold(const cdw_records *records, const cdw_conditions *conditions, cdw_record *a,
					cdw_record *b, bool veto)
{
	int result = 1;

	for (int i = 0; i < conditions->n; i++)
	{
		int holds = condition_holds(records, &conditions->condition[i], a, b, veto);

		if (holds == 0)
			return 0;
		if (holds == CDW_MISSING)
			result = CDW_MISSING;
	}
	return result;
}

/* Whether a veto forbids that two records are the same. */
bool
cdw_vetoed(const cdw_records *records, cdw_record *a, cdw_record *b)
{
	const cdw_match_settings *settings = records->settings;

	for (int v = 0; v < settings->nvetoes; v++)
		if (cdw_conditions_hold(records, settings->veto[v], a, b, true) == 1)
			return true;
	return false;
}

static int
count_equal_fields(const cdw_records *records, cdw_record *a, cdw_record *b)
{
	int n = 0;

	for (int f = 0; f < records->settings->nfields; f++)
	{
		int alen;
		int blen;
		const char *avalue = cdw_record_value(records, a, f, &alen);
		const char *bvalue = cdw_record_value(records, b, f, &blen);

		n += alen > 0 && alen == blen && memcmp(avalue, bvalue, alen) == 0;
	}
	return n;
}

/*
 * The weight of a pair under match rules: minus infinity where no rule joins it or a veto forbids it,
 * else CDW_CERTAIN and more the earlier the first rule that joins it, then the more fields are equal.
 * Where two records have different keys under a rule's equalities, the rule is not looked at.
 */
double
cdw_rule_strength(const cdw_records *records, cdw_record *a, cdw_record *b)
{
	const cdw_match_settings *settings = records->settings;

	for (int r = 0; r < settings->nmatch_rules; r++)
	{
		if (cdw_conditions_hold(records, settings->match_rule[r], a, b, false) != 1)
			continue;
		if (cdw_vetoed(records, a, b))
			break;
		return CDW_CERTAIN + (settings->nmatch_rules - r) * (CDW_MAX_FIELDS + 1) +
			   count_equal_fields(records, a, b);
	}
	return -get_float8_infinity();
}
