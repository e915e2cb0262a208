/*
 * src/text/phonetic_sql.c
 *
 * The SQL functions that code how a name sounds.
 */
#include "text/arguments.h"
#include "text/text.h"

#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/builtins.h"

/* The longest code that double_metaphone gives. */
#define MAX_METAPHONE_LENGTH 64

/* cdw.soundex(value text) text */
CDW_FUNCTION(cdw_soundex_sql)
{
	cdw_text value = cdw_get_text(fcinfo, 0);
	char code[8];

	if (!cdw_soundex(value.value, value.len, code))
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text(code));
}

/* cdw.nysiis(value text) text */
CDW_FUNCTION(cdw_nysiis_sql)
{
	cdw_text value = cdw_get_text(fcinfo, 0);
	StringInfoData out = cdw_result_buffer(value.len);
	bool valid = cdw_nysiis(value.value, value.len, &out);

	return cdw_return_text(fcinfo, valid, &out);
}

/* Refuses a length of code that does not make sense. */
static void
check_code_length(int max_length)
{
	if (max_length < 1 || max_length > MAX_METAPHONE_LENGTH)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("argument \"max_length\" must be between 1 and %d", MAX_METAPHONE_LENGTH),
				 errdetail("Value is %d.", max_length),
				 errhint("The published length is 4; a longer code tells more names "
						 "apart.")));
}

/* cdw.double_metaphone(value text, max_length int) text[] */
CDW_FUNCTION(cdw_double_metaphone_sql)
{
	cdw_text value = cdw_get_text(fcinfo, 0);
	int max_length = PG_GETARG_INT32(1);
	char primary[MAX_METAPHONE_LENGTH + 1];
	char secondary[MAX_METAPHONE_LENGTH + 1];
	Datum codes[2];

	check_code_length(max_length);
	if (!cdw_double_metaphone(value.value, value.len, max_length, primary, secondary))
		PG_RETURN_NULL();
	codes[0] = CStringGetTextDatum(primary);
	codes[1] = CStringGetTextDatum(secondary);
	PG_RETURN_ARRAYTYPE_P(construct_array(codes, 2, TEXTOID, -1, false, TYPALIGN_INT));
}
