/*
 * src/rfm/rule_check.c
 *
 * What is written in a list of rules and cannot be meant: conditions that never hold, rules that former
 * ones leave nothing to, rules that meet, rows that none matches. Exact over boxes of cells; where that
 * takes too many boxes the question is told to be undecided.
 */
#include "rfm/rule.h"

#include "utils/memutils.h"

#define MOST_BOXES 20000 /* for one question */

typedef struct Check
{
	const cdw_rules *rules;
	cdw_finding_callback report;
	void *arg;
	cdw_space space;
	List **regions; /* by rule; NIL where unknown, too */
	bool *known;
	List *all; /* where rows can be */
	MemoryContext kept;
	MemoryContext work; /* of the running question */
} Check;

/* Starts a question: so many boxes may be made, those of the question before are gone. */
static void
begin_question(Check *check)
{
	MemoryContextReset(check->work);
	check->space.boxes_left = MOST_BOXES;
}

static bool
undecided(const Check *check)
{
	return check->space.boxes_left < 0;
}

static void
report(Check *check, const char *problem, int rule, const char *path, List *region,
	   const char *detail)
{
	cdw_finding finding = {.problem = problem,
						   .rule = rule < 0 ? NULL : &check->rules->rules[rule],
						   .path = path,
						   .cells = cdw_region_cells(&check->space, region),
						   .detail = detail};

	check->report(&finding, check->arg);
}

static void
report_undecided(Check *check, int rule, const char *what)
{
	report(check, "undecided", rule, rule < 0 ? NULL : check->rules->rules[rule].path, NIL,
		   psprintf("%s is not known: that takes more than %d boxes of values.", what, MOST_BOXES));
}

/* Reports the innermost conditions that never hold; whether there are any. */
static bool
report_impossible(Check *check, int rule, const cdw_condition *condition)
{
	bool told = false;
	List *region;
	ListCell *lc;

	check_stack_depth();
	if (condition->kind != CDW_CONDITION_NOT)
	{
		foreach (lc, condition->parts)
			told |= report_impossible(check, rule, lfirst(lc));
	}
	if (told)
		return true;
	begin_question(check);
	region =
		cdw_region_intersect(&check->space, check->all, cdw_region_of(&check->space, condition));
	if (region != NIL || undecided(check))
		return false;
	report(check, "impossible", rule, condition->path, NIL, "No row can meet this condition.");
	return true;
}

/* Finds where a rule holds, unless that takes too much; reports what in it never holds. */
static void
examine_rule(Check *check, int j)
{
	const cdw_rule *rule = &check->rules->rules[j];

	if (rule->faulty)
		return;
	begin_question(check);
	MemoryContextSwitchTo(check->kept);
	check->regions[j] = cdw_region_intersect(&check->space, check->all,
											 cdw_region_of(&check->space, rule->condition));
	MemoryContextSwitchTo(check->work);
	check->known[j] = !undecided(check);
	if (check->known[j])
		(void) report_impossible(check, j, rule->condition);
	else
	{
		check->regions[j] = NIL;
		report_undecided(check, j, "Where this rule holds");
	}
}

static char *
rule_in_words(const Check *check, int i)
{
	return psprintf("%s \"%s\"", check->rules->rules[i].path, check->rules->rules[i].name);
}

/* The former rules that leave nothing to rule j: one that suffices, or all that take a part. */
static char *
rules_before(Check *check, int j)
{
	StringInfoData out;

	for (int i = 0; i < j; i++)
	{
		begin_question(check);
		if (check->regions[i] != NIL &&
			cdw_region_subtract(&check->space, check->regions[j], check->regions[i]) == NIL &&
			!undecided(check))
			return rule_in_words(check, i);
	}
	begin_question(check);
	initStringInfo(&out);
	for (int i = 0; i < j; i++)
	{
		check->space.boxes_left = MOST_BOXES;
		if (cdw_region_intersect(&check->space, check->regions[j], check->regions[i]) != NIL)
			appendStringInfo(&out, "%s%s", out.len > 0 ? ", " : "", rule_in_words(check, i));
	}
	return out.data;
}

/* Whether former rules take all that rule j covers; reports it then. */
static bool
report_dead(Check *check, int j)
{
	List *rest = check->regions[j];

	begin_question(check);
	for (int i = 0; i < j && rest != NIL; i++)
		rest = cdw_region_subtract(&check->space, rest, check->regions[i]);
	if (undecided(check))
	{
		report_undecided(check, j, "Whether former rules leave anything to this one");
		return false;
	}
	if (rest != NIL)
		return false;
	report(check, "dead", j, check->rules->rules[j].path, check->regions[j],
		   psprintf("Former rules take it all: %s.", rules_before(check, j)));
	return true;
}

/* Reports what rule j has in common with former rules that give another name. */
static void
report_overlaps(Check *check, int j)
{
	const cdw_rule *rules = check->rules->rules;

	for (int i = 0; i < j; i++)
	{
		List *common;

		if (rules[i].name == NULL || rules[j].name == NULL ||
			strcmp(rules[i].name, rules[j].name) == 0)
			continue;
		begin_question(check);
		common = cdw_region_intersect(&check->space, check->regions[i], check->regions[j]);
		if (undecided(check))
			report_undecided(check, j, psprintf("What it shares with %s", rule_in_words(check, i)));
		else if (common != NIL)
			report(check, "overlap", j, rules[j].path, common,
				   psprintf("%s comes first: %s.", rule_in_words(check, i),
							cdw_region_text(&check->space, common)));
	}
}

/* Reports what no rule covers. */
static void
report_uncovered(Check *check)
{
	List *rest = check->all;

	for (int i = 0; i < check->rules->n; i++)
	{
		if (!check->known[i])
			return;
	}
	begin_question(check);
	for (int i = 0; i < check->rules->n; i++)
		rest = cdw_region_subtract(&check->space, rest, check->regions[i]);
	if (undecided(check))
		report_undecided(check, -1, "Whether every row is matched");
	else if (rest != NIL)
		report(check, "uncovered", -1, NULL, rest,
			   psprintf("No rule matches: %s.", cdw_region_text(&check->space, rest)));
}

static void
check_rule(Check *check, int j)
{
	examine_rule(check, j);
	if (check->regions[j] != NIL && !report_dead(check, j))
		report_overlaps(check, j);
}

/*
 * Reports all findings, rule by rule, what no rule covers at the end. Rules are told to overlap where
 * their names differ, and not where they are dead.
 */
void
cdw_rules_check(const cdw_rules *rules, cdw_finding_callback callback, void *arg)
{
	Check check = {.rules = rules, .report = callback, .arg = arg, .space = {.rules = rules}};

	check.regions = palloc0(mul_size(sizeof(List *), rules->n + 1));
	check.known = palloc0(mul_size(sizeof(bool), rules->n + 1));
	check.kept = CurrentMemoryContext;
	check.work = AllocSetContextCreate(check.kept, "cdw rule check", ALLOCSET_DEFAULT_SIZES);
	begin_question(&check);
	check.all = cdw_region_all(&check.space);
	MemoryContextSwitchTo(check.work);
	if (undecided(&check))
		report_undecided(&check, -1, "Which rows there can be");
	else
	{
		for (int j = 0; j < rules->n; j++)
			check_rule(&check, j);
		report_uncovered(&check);
	}
	MemoryContextSwitchTo(check.kept);
	MemoryContextDelete(check.work);
}
