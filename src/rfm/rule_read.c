/*
 * src/rfm/rule_read.c
 *
 * Rules in jsonb: [{"tag": "vip", "when": {"frequency": {">=": 10}, "category": ["perfume"]}}, ...].
 *
 *     condition   {member, ...}             all of its members hold
 *     member      "all": [condition, ...]  "any": [condition, ...]  "not": condition  column: test
 *     test        constant                  the column equals it
 *                 [constant, ...]           the column equals one of them
 *                 {operator: operand, ...}  all of them hold
 */
#include "rfm/rule.h"

#include "miscadmin.h"

static const char *const rule_keys[] = {"tag", "when"};

static cdw_condition *
read_condition(cdw_rule_reader *reader, const cdw_path *path, const JsonbValue *value);

/* ---- conditions; NULL after a fault ---- */

/* The conditions of "all" and "any". */
static cdw_condition *
read_list(cdw_rule_reader *reader, const cdw_path *path, cdw_condition_kind kind,
		  const JsonbValue *value)
{
	List *parts = NIL;

	if (!cdw_json_is_array(value))
	{
		cdw_document_invalid(reader->document, path,
							 "\"all\" and \"any\" take an array of conditions.");
		return NULL;
	}
	for (int i = 0; i < cdw_json_size(value); i++)
	{
		cdw_path place = cdw_path_element(path, i);
		JsonbValue element;

		cdw_json_element(value, i, &element);
		parts = lappend(parts, read_condition(reader, &place, &element));
	}
	return cdw_condition_create(kind, cdw_path_text(path), parts);
}

static cdw_condition *
read_member(cdw_rule_reader *reader, const cdw_path *path, const JsonbValue *key,
			const JsonbValue *value)
{
	if (cdw_json_key_is(key, "all"))
		return read_list(reader, path, CDW_CONDITION_ALL, value);
	if (cdw_json_key_is(key, "any"))
		return read_list(reader, path, CDW_CONDITION_ANY, value);
	if (cdw_json_key_is(key, "not"))
		return cdw_condition_create(CDW_CONDITION_NOT, cdw_path_text(path),
									list_make1(read_condition(reader, path, value)));
	return cdw_read_column_condition(reader, path, key, value);
}

static cdw_condition *
read_condition(cdw_rule_reader *reader, const cdw_path *path, const JsonbValue *value)
{
	JsonbIterator *iterator;
	List *parts = NIL;
	JsonbValue key;
	JsonbValue member;

	check_stack_depth();
	CHECK_FOR_INTERRUPTS();
	if (!cdw_json_is_object(value))
	{
		cdw_document_invalid(reader->document, path, "A condition is an object.");
		return NULL;
	}
	iterator = JsonbIteratorInit(value->val.binary.data);
	while (cdw_json_next(&iterator, &key, &member))
	{
		cdw_path place = cdw_path_member(path, &key);

		parts = lappend(parts, read_member(reader, &place, &key, &member));
	}
	return cdw_condition_create(CDW_CONDITION_ALL, cdw_path_text(path), parts);
}

/* ---- rules ---- */

static void
read_rule(cdw_rule_reader *reader, const cdw_path *path, const JsonbValue *value, cdw_rule *rule)
{
	bool tagged = false;
	JsonbIterator *iterator;
	JsonbValue key;
	JsonbValue member;

	if (!cdw_json_is_object(value))
	{
		cdw_document_invalid(reader->document, path,
							 "A rule is an object with \"tag\" and \"when\".");
		return;
	}
	iterator = JsonbIteratorInit(value->val.binary.data);
	while (cdw_json_next(&iterator, &key, &member))
	{
		cdw_path place = cdw_path_member(path, &key);

		if (cdw_json_key_is(&key, "tag"))
		{
			tagged = true;
			rule->name = cdw_json_string(&member);
			if (rule->name == NULL)
				cdw_document_invalid(reader->document, &place, "A tag is a string.");
		}
		else if (cdw_json_key_is(&key, "when"))
			rule->condition = read_condition(reader, &place, &member);
		else
			cdw_unknown_key(reader->document, &place, &key, lengthof(rule_keys), rule_keys);
	}
	if (!tagged)
		cdw_document_invalid(reader->document, path, "\"tag\" is missing.");
	if (rule->condition == NULL)
		rule->condition = cdw_condition_create(CDW_CONDITION_ALL, rule->path, NIL);
}

/* Whether the row's column may be NULL: without a row, and where no NOT NULL says otherwise. */
static bool
nullable(TupleDesc row, AttrNumber attno)
{
	return row == NULL || !TupleDescAttr(row, attno - 1)->attnotnull;
}

/*
 * Reads a whole list of rules, in the current context. row is the row that they are for, which must
 * outlive the call only; NULL where it is not known. Faults are raised or collected, as document says;
 * rules with faults are marked. Constants are read the same way in every session.
 */
cdw_rules *
cdw_rules_read(Jsonb *source, cdw_document *document, TupleDesc row)
{
	cdw_rules *rules = palloc0(sizeof(cdw_rules));
	cdw_rule_reader reader = {.document = document, .row = row, .rules = rules};
	cdw_path root = cdw_path_root("rules");
	int nestlevel = cdw_visible_output();
	JsonbValue list;

	cdw_json_root(source, &list);
	if (cdw_json_is_array(&list))
		rules->n = cdw_json_size(&list);
	else
		cdw_document_invalid(reader.document, &root, "Rules are an array.");
	rules->rules = palloc0(mul_size(sizeof(cdw_rule), rules->n + 1));
	for (int i = 0; i < rules->n; i++)
	{
		cdw_path place = cdw_path_element(&root, i);
		int faults = list_length(document->faults);
		JsonbValue element;

		cdw_json_element(&list, i, &element);
		rules->rules[i].path = cdw_path_text(&place);
		read_rule(&reader, &place, &element, &rules->rules[i]);
		rules->rules[i].faulty = list_length(document->faults) > faults;
	}
	for (int i = 0; i < rules->ncolumns; i++)
		cdw_column_finish(&rules->columns[i], nullable(row, rules->columns[i].attno));
	for (int i = 0; i < rules->n; i++)
	{
		if (!rules->rules[i].faulty)
			cdw_condition_finish(rules, rules->rules[i].condition);
	}
	cdw_restore_settings(nestlevel);
	return rules;
}
