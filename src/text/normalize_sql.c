/*
 * src/text/normalize_sql.c
 *
 * The SQL functions that bring text to a standard form.
 */
#include "text/arguments.h"
#include "text/text.h"

#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/datetime.h"

/* cdw.normalize_text(value text) text */
CDW_FUNCTION(cdw_normalize_text_sql)
{
	cdw_text value = cdw_get_text(fcinfo, 0);
	StringInfoData out = cdw_result_buffer(value.len);

	cdw_normalize_text(value.value, value.len, &out);
	return cdw_return_text(fcinfo, true, &out);
}

/* cdw.normalize_name(value text) text */
CDW_FUNCTION(cdw_normalize_name_sql)
{
	cdw_text value = cdw_get_text(fcinfo, 0);
	StringInfoData out = cdw_result_buffer(value.len);

	cdw_normalize_name(value.value, value.len, &out);
	return cdw_return_text(fcinfo, true, &out);
}

/* cdw.normalize_company(value text) text */
CDW_FUNCTION(cdw_normalize_company_sql)
{
	cdw_text value = cdw_get_text(fcinfo, 0);
	StringInfoData out = cdw_result_buffer(value.len);

	cdw_normalize_company(value.value, value.len, &out);
	return cdw_return_text(fcinfo, true, &out);
}

/* cdw.normalize_address(value text) text */
CDW_FUNCTION(cdw_normalize_address_sql)
{
	cdw_text value = cdw_get_text(fcinfo, 0);
	StringInfoData out = cdw_result_buffer(value.len);

	cdw_normalize_address(value.value, value.len, &out);
	return cdw_return_text(fcinfo, true, &out);
}

/* cdw.normalize_email(value text) text */
CDW_FUNCTION(cdw_normalize_email_sql)
{
	cdw_text value = cdw_get_text(fcinfo, 0);
	StringInfoData out = cdw_result_buffer(value.len);
	bool valid = cdw_normalize_email(value.value, value.len, &out);

	return cdw_return_text(fcinfo, valid, &out);
}

/* cdw.normalize_phone(value text, region text) text */
CDW_FUNCTION(cdw_normalize_phone_sql)
{
	cdw_text value = cdw_get_text(fcinfo, 0);
	char *region = text_to_cstring(PG_GETARG_TEXT_PP(1));
	StringInfoData out = cdw_result_buffer(value.len);
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
	return cdw_return_text(fcinfo, valid, &out);
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
	cdw_text value = cdw_get_text(fcinfo, 0);
	cdw_field_order order = get_field_order(PG_GETARG_TEXT_PP(1));
	int year;
	int month;
	int day;

	if (!cdw_normalize_date(value.value, value.len, order, &year, &month, &day))
		PG_RETURN_NULL();
	PG_RETURN_DATEADT(date2j(year, month, day) - POSTGRES_EPOCH_JDATE);
}

/* cdw.romanize(value text) text */
CDW_FUNCTION(cdw_romanize_sql)
{
	cdw_text value = cdw_get_text(fcinfo, 0);
	StringInfoData out = cdw_result_buffer(value.len);

	cdw_romanize(value.value, value.len, &out);
	return cdw_return_text(fcinfo, true, &out);
}
