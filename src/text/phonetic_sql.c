/*
 * src/text/phonetic_sql.c
 *
 * The SQL functions that code how a name sounds.
 */
#include "text/arguments.h"
#include "text/text.h"

#include "utils/builtins.h"

/* cdw.soundex(value text) text */
CDW_FUNCTION(cdw_soundex_sql)
{
	cdw_text value = cdw_get_text(fcinfo, 0);
	char code[8];

	if (!cdw_soundex(value.value, value.len, code))
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text(code));
}
