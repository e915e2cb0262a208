/*
 * src/core/args.c
 *
 * Checks of arguments: one wording and one SQLSTATE per condition, wherever it is met.
 */
#include "core/core.h"

#include "mb/pg_wchar.h"

/* Refuses NULL in a required argument of a function that cannot be STRICT. argno counts from 0. */
void
cdw_check_not_null(FunctionCallInfo fcinfo, int argno, const char *argname)
{
	if (PG_ARGISNULL(argno))
		ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
						errmsg("argument \"%s\" must not be null", argname)));
}

/* Accepts 0 to 1, both included; NaN fails. */
void
cdw_check_probability(double value, const char *argname)
{
	if (!(value >= 0 && value <= 1))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("argument \"%s\" must be between 0 and 1", argname),
						errdetail("Value is %g.", value)));
}

/* Text is normalised through Unicode tables: other server encodings are refused, never misread. */
void
cdw_check_utf8(void)
{
	if (GetDatabaseEncoding() != PG_UTF8)
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("server encoding \"%s\" is not supported", GetDatabaseEncodingName()),
				 errdetail("customer_dw reads text as UTF-8."),
				 errhint("Create the database with ENCODING 'UTF8'.")));
}
