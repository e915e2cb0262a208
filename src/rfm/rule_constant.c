/*
 * src/rfm/rule_constant.c
 *
 * The constants of rules: from JSON to the type that they are compared with, by the type's own input.
 */
#include "rfm/rule.h"

#include "catalog/pg_type.h"
#include "mb/pg_wchar.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/lsyscache.h"
#include "utils/numeric.h"

#define LAST_CODE_POINT 0x10FFFF
#define FIRST_SURROGATE 0xD800
#define LAST_SURROGATE 0xDFFF

/* How JSON writes the values of a type. */
static enum jbvType
json_type_of(Oid type)
{
	char category;
	bool preferred;

	get_type_category_preferred(type, &category, &preferred);
	if (category == TYPCATEGORY_NUMERIC)
		return jbvNumeric;
	return category == TYPCATEGORY_BOOLEAN ? jbvBool : jbvString;
}

/* What is written, for the input of a type: 10.0 as 10, since a whole number's input takes no point. */
static char *
constant_text(const JsonbValue *value)
{
	Datum number;

	switch (value->type)
	{
		case jbvNumeric:
			number = DirectFunctionCall1(numeric_trim_scale, NumericGetDatum(value->val.numeric));
			return DatumGetCString(DirectFunctionCall1(numeric_out, number));
		case jbvBool:
			return pstrdup(value->val.boolean ? "true" : "false");
		default:
			return cdw_json_string(value);
	}
}

/* Says where a constant is that its type refuses. */
static void
add_path(void *path)
{
	errcontext("constant at %s", cdw_path_text(path));
}

/*
 * Reads a constant of a type; false after a fault. What a type's input refuses is an error of its own,
 * with the path for context, also where faults are collected.
 */
bool
cdw_read_constant(cdw_document *document, const cdw_path *path, const char *column, Oid type,
				  const JsonbValue *value, Datum *result)
{
	ErrorContextCallback context = {
		.callback = add_path, .arg = unconstify(cdw_path *, path), .previous = error_context_stack};
	JsonbValue wanted = {.type = json_type_of(type)};
	Oid input;
	Oid parameter;

	if (value->type != wanted.type)
	{
		cdw_document_fault(
			document, path,
			value->type == jbvNull ? ERRCODE_INVALID_PARAMETER_VALUE : ERRCODE_DATATYPE_MISMATCH,
			psprintf("Column \"%s\" of type %s is compared with a JSON %s, this is of "
					 "type %s.",
					 column, format_type_be(type), cdw_json_type_name(&wanted),
					 cdw_json_type_name(value)),
			value->type == jbvNull ? "No comparison holds for NULL: ask for "
									 "{\"is null\": true}."
								   : NULL);
		return false;
	}
	getTypeInputInfo(type, &input, &parameter);
	error_context_stack = &context;
	*result = OidInputFunctionCall(input, constant_text(value), parameter, -1);
	error_context_stack = context.previous;
	return true;
}

/*
 * The first text in the order of bytes, UTF-8, that comes after all that start with a prefix; false
 * where there is none.
 */
bool
cdw_prefix_end(const char *prefix, int length, char **end)
{
	cdw_check_utf8();
	*end = palloc(length + MAX_MULTIBYTE_CHAR_LEN + 1);
	memcpy(*end, prefix, length);
	while (length > 0)
	{
		int start = length - 1;
		pg_wchar c;

		while (start > 0 && ((unsigned char) (*end)[start] & 0xC0) == 0x80)
			start--;
		c = utf8_to_unicode((unsigned char *) *end + start);
		length = start;
		if (c >= LAST_CODE_POINT)
			continue; /* as the prefix without its last character */
		c = c + 1 == FIRST_SURROGATE ? LAST_SURROGATE + 1 : c + 1;
		unicode_to_utf8(c, (unsigned char *) *end + start);
		(*end)[start + pg_utf_mblen((unsigned char *) *end + start)] = '\0';
		return true;
	}
	return false;
}
