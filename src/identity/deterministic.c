/*
 * src/identity/deterministic.c
 *
 * Match rules and vetoes of a resolver: options "match_rules" and "vetoes". With match rules pairs are
 * joined by rule and no model is learnt or asked; vetoes also bind a resolver that has a model.
 */
#include "identity/identity.h"

/* Whether pairs are joined by match rules, not by a model. */
bool
cdw_rules_only(const cdw_resolver *resolver)
{
	return resolver->match.nmatch_rules > 0;
}

bool
cdw_is_rules_option(const char *option)
{
	return strcmp(option, "match_rules") == 0 || strcmp(option, "vetoes") == 0;
}

/* Refuses (55000) to train or to ask the model of a resolver that has none by its settings. */
void
cdw_check_takes_model(const cdw_resolver *resolver)
{
	if (cdw_rules_only(resolver))
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("resolver \"%s\" has match rules and takes no model", resolver->name),
				 errhint("CALL cdw.resolve needs no training here. For a model, create a resolver "
						 "without option match_rules.")));
}

/* ---- settings ---- */

static void CDW_NORETURN
option_error(const char *option, const char *example)
{
	ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					errmsg("option \"%s\" must be an array of strings", option),
					errhint("For example %s.", example)));
}

/* Hands every element of an array of strings to add; returns whether the option is there. */
static bool
read_list(cdw_match_settings *match, Jsonb *options, const char *option, const char *example,
		  void (*add)(cdw_match_settings *, const char *))
{
	JsonbValue list;
	JsonbValue element;
	JsonbIterator *iterator;
	JsonbIteratorToken token;

	if (!cdw_json_field(options, option, &list))
		return false;
	if (list.type != jbvBinary || !JsonContainerIsArray(list.val.binary.data))
		option_error(option, example);
	iterator = JsonbIteratorInit(list.val.binary.data);
	while ((token = JsonbIteratorNext(&iterator, &element, true)) != WJB_DONE)
	{
		if (token != WJB_ELEM)
			continue;
		if (element.type != jbvString)
			option_error(option, example);
		add(match, cdw_json_string(&element));
	}
	return true;
}

/*
 * Reads both options of a settings document; returns whether there are match rules, which are then the
 * blocking rules as well. Fields must have been read. Raises 22023.
 */
bool
cdw_read_rules(cdw_resolver *resolver, Jsonb *document)
{
	cdw_match_settings *match = &resolver->match;
	JsonbValue value;
	Jsonb *options;

	if (!cdw_json_field(document, "options", &value) || value.type != jbvBinary)
		return false;
	options = JsonbValueToJsonb(&value);
	read_list(match, options, "vetoes", "[\"dob\"]", cdw_add_veto);
	if (!read_list(match, options, "match_rules", "[\"email\", \"family_name, dob\"]",
				   cdw_add_match_rule))
		return false;
	if (match->nmatch_rules == 0)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("option \"match_rules\" has no rules"),
						errhint("Leave it out to have a model learnt from the data.")));
	if (cdw_json_field(document, "blocking", &value))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("blocking rules and match rules cannot both be given"),
						errdetail("Match rules find the pairs that they join."),
						errhint("Leave blocking out.")));
	return true;
}

static void
append_list(StringInfo out, const char *option, cdw_conditions *const *conditions, int n)
{
	if (n == 0)
		return;
	appendStringInfo(out, ", \"%s\": [", option);
	for (int i = 0; i < n; i++)
	{
		if (i > 0)
			appendStringInfoString(out, ", ");
		cdw_append_json_string(out, conditions[i]->text);
	}
	appendStringInfoChar(out, ']');
}

/* Appends the options to others, where there are any. */
void
cdw_append_rules_json(StringInfo out, const cdw_resolver *resolver)
{
	append_list(out, "match_rules", resolver->match.match_rule, resolver->match.nmatch_rules);
	append_list(out, "vetoes", resolver->match.veto, resolver->match.nvetoes);
}

/* ---- evidence ---- */

/* Makes match rules ready for a population, as if they were a model. */
void
cdw_rules_evidence(cdw_resolver *resolver, cdw_population *population, cdw_evidence *evidence)
{
	cdw_records *records = population->records;

	memset(evidence, 0, sizeof(*evidence));
	evidence->scorer.records = records;
	evidence->blocks = cdw_choose_blocks(records, false);
}
