/*
 * src/text/compare_sql.c
 *
 * The SQL functions that compare two texts.
 */
#include "text/arguments.h"
#include "text/symbols.h"

/* Jaro and q-grams take 12 and 16 bytes of memory per code point beyond 64, tokens 32 bytes each. */
#define MAX_LENGTH 10000000

/* Refuses a string that is too long for what takes much memory per code point. */
static void
check_length(const cdw_text *value)
{
	int count;

	if (value->len <= MAX_LENGTH)
		return;
	count = cdw_symbol_count(value->value, value->len);
	if (count > MAX_LENGTH)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED), errmsg("string is too long to compare"),
				 errdetail("It has %d characters; at most %d are allowed.", count, MAX_LENGTH)));
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

	check_length(&a);
	check_length(&b);
	PG_RETURN_FLOAT8(cdw_jaro(a.value, a.len, b.value, b.len));
}

/* cdw.jaro_winkler(a text, b text) float8 */
CDW_FUNCTION(cdw_jaro_winkler_sql)
{
	cdw_text a = cdw_get_text(fcinfo, 0);
	cdw_text b = cdw_get_text(fcinfo, 1);

	check_length(&a);
	check_length(&b);
	PG_RETURN_FLOAT8(cdw_jaro_winkler(a.value, a.len, b.value, b.len));
}

/* Refuses strings or a q that the q-gram functions can't work with. */
static void
check_qgrams(const cdw_text *a, const cdw_text *b, int q)
{
	if (q < 1)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("argument \"q\" must be at least 1"), errdetail("Value is %d.", q),
						errhint("2 compares pairs of neighbouring characters.")));
	check_length(a);
	check_length(b);
}

/* cdw.jaccard(a text, b text, q int) float8 */
CDW_FUNCTION(cdw_jaccard_sql)
{
	cdw_text a = cdw_get_text(fcinfo, 0);
	cdw_text b = cdw_get_text(fcinfo, 1);
	int q = PG_GETARG_INT32(2);

	check_qgrams(&a, &b, q);
	PG_RETURN_FLOAT8(cdw_jaccard(a.value, a.len, b.value, b.len, q));
}

/* cdw.dice(a text, b text, q int) float8 */
CDW_FUNCTION(cdw_dice_sql)
{
	cdw_text a = cdw_get_text(fcinfo, 0);
	cdw_text b = cdw_get_text(fcinfo, 1);
	int q = PG_GETARG_INT32(2);

	check_qgrams(&a, &b, q);
	PG_RETURN_FLOAT8(cdw_dice(a.value, a.len, b.value, b.len, q));
}

/* cdw.cosine(a text, b text, q int) float8 */
CDW_FUNCTION(cdw_cosine_sql)
{
	cdw_text a = cdw_get_text(fcinfo, 0);
	cdw_text b = cdw_get_text(fcinfo, 1);
	int q = PG_GETARG_INT32(2);

	check_qgrams(&a, &b, q);
	PG_RETURN_FLOAT8(cdw_cosine(a.value, a.len, b.value, b.len, q));
}

/* cdw.token_sort_similarity(a text, b text) float8 */
CDW_FUNCTION(cdw_token_sort_similarity_sql)
{
	cdw_text a = cdw_get_text(fcinfo, 0);
	cdw_text b = cdw_get_text(fcinfo, 1);

	check_length(&a);
	check_length(&b);
	PG_RETURN_FLOAT8(cdw_token_sort_similarity(a.value, a.len, b.value, b.len));
}

/* cdw.token_set_similarity(a text, b text) float8 */
CDW_FUNCTION(cdw_token_set_similarity_sql)
{
	cdw_text a = cdw_get_text(fcinfo, 0);
	cdw_text b = cdw_get_text(fcinfo, 1);

	check_length(&a);
	check_length(&b);
	PG_RETURN_FLOAT8(cdw_token_set_similarity(a.value, a.len, b.value, b.len));
}
