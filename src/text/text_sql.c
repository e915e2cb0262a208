/*
 * src/text/text_sql.c
 *
 * The SQL functions of the module. Kernels know no encoding but UTF-8; ASCII is the same in all.
 */
#include "core/core.h"
#include "text/symbols.h"

#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/datetime.h"

/*
 * Edit distances take time in proportion to the product of the lengths: at this limit about a second.
 */
#define MAX_CELLS INT64CONST(10000000000)

/* Jaro similarity takes 12 bytes of memory per code point beyond 64. */
#define MAX_JARO_LENGTH 10000000

/* A text argument, not copied unless it was toasted. */
typedef struct text_argument
{
	const char *value;
	int len;
} text_argument;

/* Argument number argno; refuses text beyond ASCII when it is not UTF-8. */
static text_argument
get_text(FunctionCallInfo fcinfo, int argno)
{
	text *value = PG_GETARG_TEXT_PP(argno);
	text_argument argument = {VARDATA_ANY(value), VARSIZE_ANY_EXHDR(value)};

	if (!cdw_is_ascii(argument.value, argument.len))
		cdw_check_utf8();
	return argument;
}

/* A buffer for the result of a normaliser that may be as long as the argument. */
static StringInfoData
new_buffer(int len)
{
	StringInfoData out;

	out.maxlen = Max(len, 64) + 1;
	out.data = palloc(out.maxlen);
	resetStringInfo(&out);
	return out;
}

/* Returns what a normaliser wrote, or NULL when the value was not valid. */
static Datum
return_text(FunctionCallInfo fcinfo, bool valid, const StringInfo out)
{
	if (!valid)
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text_with_len(out->data, out->len));
}

/* cdw.normalize_text(value text) text */
CDW_FUNCTION(cdw_normalize_text_sql)
{
	text_argument value = get_text(fcinfo, 0);
	StringInfoData out = new_buffer(value.len);

	cdw_normalize_text(value.value, value.len, &out);
	return return_text(fcinfo, true, &out);
}

/* cdw.normalize_name(value text) text */
CDW_FUNCTION(cdw_normalize_name_sql)
{
	text_argument value = get_text(fcinfo, 0);
	StringInfoData out = new_buffer(value.len);

	cdw_normalize_name(value.value, value.len, &out);
	return return_text(fcinfo, true, &out);
}

/* cdw.normalize_email(value text) text */
CDW_FUNCTION(cdw_normalize_email_sql)
{
	text_argument value = get_text(fcinfo, 0);
	StringInfoData out = new_buffer(value.len);
	bool valid = cdw_normalize_email(value.value, value.len, &out);

	return return_text(fcinfo, valid, &out);
}

/* cdw.normalize_phone(value text, region text) text */
CDW_FUNCTION(cdw_normalize_phone_sql)
{
	text_argument value = get_text(fcinfo, 0);
	char *region = text_to_cstring(PG_GETARG_TEXT_PP(1));
	StringInfoData out = new_buffer(value.len);
	bool valid;

	if (!cdw_phone_region_known(region))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("region \"%s\" is not known", region),
				 errdetail("A region is an ISO 3166 code of two letters whose numbering plan "
						   "customer_dw has, such as US, GB, DE, CN or JP."),
				 errhint("Numbers that begin with + and their country code are read the same "
						 "with every region.")));
	valid = cdw_normalize_phone(value.value, value.len, region, &out);
	return return_text(fcinfo, valid, &out);
}

/* The field order of that name; 22023 for any other. */
static cdw_field_order
get_field_order(const text *value)
{
	char *name = text_to_cstring(value);

	if (strcmp(name, "ymd") == 0)
		return CDW_YMD;
	if (strcmp(name, "mdy") == 0)
		return CDW_MDY;
	if (strcmp(name, "dmy") == 0)
		return CDW_DMY;
	ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					errmsg("field order \"%s\" is not known", name),
					errhint("Use \"ymd\", \"mdy\" or \"dmy\".")));
}

/* cdw.normalize_date(value text, field_order text) date */
CDW_FUNCTION(cdw_normalize_date_sql)
{
	text_argument value = get_text(fcinfo, 0);
	cdw_field_order order = get_field_order(PG_GETARG_TEXT_PP(1));
	int year;
	int month;
	int day;

	if (!cdw_normalize_date(value.value, value.len, order, &year, &month, &day))
		PG_RETURN_NULL();
	PG_RETURN_DATEADT(date2j(year, month, day) - POSTGRES_EPOCH_JDATE);
}

/* Refuses strings whose lengths multiply beyond the limit. */
static void
check_cells(const text_argument *a, const text_argument *b)
{
	int64 a_count;
	int64 b_count;

	if ((int64) a->len * b->len <= MAX_CELLS)
		return;
	a_count = cdw_symbol_count(a->value, a->len);
	b_count = cdw_symbol_count(b->value, b->len);
	if (a_count * b_count > MAX_CELLS)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED), errmsg("strings are too long to compare"),
				 errdetail("They have " INT64_FORMAT " and " INT64_FORMAT
						   " characters; the product may be at most " INT64_FORMAT ".",
						   a_count, b_count, MAX_CELLS)));
}

/* Refuses a string that is too long for Jaro similarity. */
static void
check_jaro_length(const text_argument *value)
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
	text_argument a = get_text(fcinfo, 0);
	text_argument b = get_text(fcinfo, 1);

	check_cells(&a, &b);
	PG_RETURN_INT32(cdw_levenshtein(a.value, a.len, b.value, b.len));
}

/* cdw.damerau_levenshtein(a text, b text) int */
CDW_FUNCTION(cdw_damerau_levenshtein_sql)
{
	text_argument a = get_text(fcinfo, 0);
	text_argument b = get_text(fcinfo, 1);

	check_cells(&a, &b);
	PG_RETURN_INT32(cdw_damerau_levenshtein(a.value, a.len, b.value, b.len));
}

/* cdw.jaro(a text, b text) float8 */
CDW_FUNCTION(cdw_jaro_sql)
{
	text_argument a = get_text(fcinfo, 0);
	text_argument b = get_text(fcinfo, 1);

	check_jaro_length(&a);
	check_jaro_length(&b);
	PG_RETURN_FLOAT8(cdw_jaro(a.value, a.len, b.value, b.len));
}

/* cdw.jaro_winkler(a text, b text) float8 */
CDW_FUNCTION(cdw_jaro_winkler_sql)
{
	text_argument a = get_text(fcinfo, 0);
	text_argument b = get_text(fcinfo, 1);

	check_jaro_length(&a);
	check_jaro_length(&b);
	PG_RETURN_FLOAT8(cdw_jaro_winkler(a.value, a.len, b.value, b.len));
}

/* cdw.soundex(value text) text */
CDW_FUNCTION(cdw_soundex_sql)
{
	text_argument value = get_text(fcinfo, 0);
	char code[8];

	if (!cdw_soundex(value.value, value.len, code))
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text(code));
}
