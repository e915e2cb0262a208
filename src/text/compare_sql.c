/*
 * src/text/compare_sql.c
 *
 * The SQL functions that compare two texts.
 */
#include "text/arguments.h"
#include "text/symbols.h"

/* Jaro similarity takes 12 bytes of memory per code point beyond 64. */
#define MAX_JARO_LENGTH 10000000

/* Refuses a string that is too long for Jaro similarity. */
static void
check_jaro_length(const cdw_text *value)
{
	int count;

	if (value->len <= MAX_JARO_LENGTH)
		return;
	count = cdw_symbol_count(value->value, value->len);
	if (count > MAX_JARO_LENGTH)
		ereport(
			ERROR,
			(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED), errmsg("string is too long to compare"),
			 errdetail("It has %d characters; at most %d are allowed.", count, MAX_JARO_LENGTH)));
}

/* cdw.levenshtein(a text, b text) int */
CDW_FUNCTION(cdw_levenshtein_sql)
{
	cdw_text a = cdw_get_text(fcinfo, 0);
	cdw_text b = cdw_get_text(fcinfo, 1);

	PG_RETURN_INT32(cdw_levenshtein(a.value, a.len, b.value, b.len));
}

/* cdw.damerau_levenshtein(a text, b text) int */
CDW_FUNCTION(cdw_damerau_levenshtein_sql)
{
	cdw_text a = cdw_get_text(fcinfo, 0);
	cdw_text b = cdw_get_text(fcinfo, 1);

	PG_RETURN_INT32(cdw_damerau_levenshtein(a.value, a.len, b.value, b.len));
}

/* cdw.within_distance(a text, b text, max_distance int) bool */
CDW_FUNCTION(cdw_within_distance_sql)
{
	cdw_text a = cdw_get_text(fcinfo, 0);
	cdw_text b = cdw_get_text(fcinfo, 1);

	PG_RETURN_BOOL(cdw_within_distance(a.value, a.len, b.value, b.len, PG_GETARG_INT32(2)));
}

/* cdw.levenshtein_similarity(a text, b text) float8 */
CDW_FUNCTION(cdw_levenshtein_similarity_sql)
{
	cdw_text a = cdw_get_text(fcinfo, 0);
	cdw_text b = cdw_get_text(fcinfo, 1);

	PG_RETURN_FLOAT8(cdw_levenshtein_similarity(a.value, a.len, b.value, b.len));
}

/* cdw.damerau_levenshtein_similarity(a text, b text) float8 */
CDW_FUNCTION(cdw_damerau_levenshtein_similarity_sql)
{
	cdw_text a = cdw_get_text(fcinfo, 0);
	cdw_text b = cdw_get_text(fcinfo, 1);

	PG_RETURN_FLOAT8(cdw_damerau_levenshtein_similarity(a.value, a.len, b.value, b.len));
}

/* cdw.jaro(a text, b text) float8 */
CDW_FUNCTION(cdw_jaro_sql)
{
	cdw_text a = cdw_get_text(fcinfo, 0);
	cdw_text b = cdw_get_text(fcinfo, 1);

	check_jaro_length(&a);
	check_jaro_length(&b);
	PG_RETURN_FLOAT8(cdw_jaro(a.value, a.len, b.value, b.len));
}

/* cdw.jaro_winkler(a text, b text) float8 */
CDW_FUNCTION(cdw_jaro_winkler_sql)
{
	cdw_text a = cdw_get_text(fcinfo, 0);
	cdw_text b = cdw_get_text(fcinfo, 1);

	check_jaro_length(&a);
	check_jaro_length(&b);
	PG_RETURN_FLOAT8(cdw_jaro_winkler(a.value, a.len, b.value, b.len));
}
