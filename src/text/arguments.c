/*
 * src/text/arguments.c
 *
 * How the SQL functions of this module take and return text. Kernels know no encoding but UTF-8;
 * ASCII is the same in all.
 */
#include "text/arguments.h"

#include "text/symbols.h"

#include "mb/pg_wchar.h"
#include "utils/builtins.h"

/* Refuses text beyond ASCII when it is not UTF-8. */
void
cdw_check_encoding(const char *value, int len)
{
	if (GetDatabaseEncoding() != PG_UTF8 && !cdw_is_ascii(value, len))
		cdw_check_utf8();
}

/* Argument number argno; refuses text beyond ASCII when it is not UTF-8. */
cdw_text
cdw_get_text(FunctionCallInfo fcinfo, int argno)
{
	text *value = PG_GETARG_TEXT_PP(argno);
	cdw_text argument = {VARDATA_ANY(value), VARSIZE_ANY_EXHDR(value)};

	cdw_check_encoding(argument.value, argument.len);
	return argument;
}

/* A buffer for a result that is about as long as the argument; it grows where needed. */
StringInfoData
cdw_result_buffer(int len)
{
	StringInfoData out;

	out.maxlen = Max(len, 64) + 1;
	out.data = palloc(out.maxlen);
	resetStringInfo(&out);
	return out;
}

/* Returns what a kernel wrote, or NULL when the value was not valid. */
Datum
cdw_return_text(FunctionCallInfo fcinfo, bool valid, const StringInfo out)
{
	if (!valid)
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text_with_len(out->data, out->len));
}
