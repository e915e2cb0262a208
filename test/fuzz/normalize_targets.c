/*
 * test/fuzz/normalize_targets.c
 *
 * The kernels that bring text to a standard form: valid text gives valid text, and the standard form
 * of a standard form is itself.
 */
#include "fuzz.h"

#include "text/phone_plans.h"

typedef bool (*normalizer)(const char *value, int len, StringInfo out);

/* Checks one kernel; returns the standard form, NULL where there is none. */
static const char *
check_normalizer(const fuzz_text *text, normalizer normalize)
{
	StringInfoData once = fuzz_result();
	StringInfoData twice = fuzz_result();

	if (!normalize(text->value, text->len, &once))
		return NULL;
	fuzz_check(once.data[once.len] == '\0', "length %d", once.len);
	if (!text->valid)
		return NULL;
	fuzz_check(fuzz_is_valid_utf8(once.data, once.len) && strlen(once.data) == (Size) once.len,
			   "the standard form is not valid text: \"%s\"", once.data);
	fuzz_check(normalize(once.data, once.len, &twice), "\"%s\" has no standard form", once.data);
	fuzz_check(strcmp(once.data, twice.data) == 0, "\"%s\" becomes \"%s\"", once.data, twice.data);
	return once.data;
}

/* A target for a kernel that gives a standard form for every text. */
#define TOTAL_NORMALIZER(kernel)                                                                   \
	static bool normalize_by_##kernel(const char *value, int len, StringInfo out)                  \
	{                                                                                              \
		kernel(value, len, out);                                                                   \
		return true;                                                                               \
	}                                                                                              \
	static void run_##kernel(fuzz_input *input)                                                    \
	{                                                                                              \
		fuzz_text text = fuzz_rest(input);                                                         \
		check_normalizer(&text, normalize_by_##kernel);                                            \
	}

TOTAL_NORMALIZER(cdw_casefold)
TOTAL_NORMALIZER(cdw_normalize_text)
TOTAL_NORMALIZER(cdw_normalize_name)
TOTAL_NORMALIZER(cdw_normalize_company)
TOTAL_NORMALIZER(cdw_normalize_address)
TOTAL_NORMALIZER(cdw_romanize)

static void
run_email(fuzz_input *input)
{
	fuzz_text text = fuzz_rest(input);
	const char *address = check_normalizer(&text, cdw_normalize_email);
	const char *sign = address == NULL ? NULL : strrchr(address, '@');

	if (address == NULL)
		return;
	fuzz_check(sign != NULL && sign > address && strchr(sign, '.') != NULL, "\"%s\"", address);
	fuzz_check(strcmp(sign, "@googlemail.com") != 0, "\"%s\"", address);
}

/* The region of the running input: normalizers have no such argument. */
static const char *phone_region;

static bool
normalize_phone(const char *value, int len, StringInfo out)
{
	return cdw_normalize_phone(value, len, phone_region, out);
}

/* The first line is the region; what is none stands for one all the same. */
static void
run_phone(fuzz_input *input)
{
	fuzz_text region = fuzz_line(input);
	fuzz_text text = fuzz_rest(input);
	char code[3] = "";
	int place = region.len == 0 ? 0 : (unsigned char) region.value[0] % cdw_phone_plan_count;
	const char *number;
	Size digits;

	memcpy(code, region.value, Min(region.len, 2));
	phone_region = cdw_phone_region_known(code) ? code : cdw_phone_plans[place].region;
	number = check_normalizer(&text, normalize_phone);
	if (number == NULL)
		return;
	digits = strspn(number + 1, "0123456789");
	fuzz_check(number[0] == '+' && number[1] != '0' && digits == strlen(number + 1) &&
				   digits >= 5 && digits <= 15,
			   "\"%s\" is not of E.164", number);
	for (int i = 0; i < cdw_phone_plan_count; i++)
	{
		StringInfoData out = fuzz_result();

		fuzz_check(cdw_normalize_phone(number, digits + 1, cdw_phone_plans[i].region, &out) &&
					   strcmp(out.data, number) == 0,
				   "in %s \"%s\" becomes \"%s\"", cdw_phone_plans[i].region, number, out.data);
	}
}

static void
run_date(fuzz_input *input)
{
	fuzz_text text = fuzz_rest(input);

	for (cdw_field_order order = CDW_YMD; order <= CDW_DMY; order++)
	{
		static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
		char iso[64];
		int year = -1;
		int month = -1;
		int day = -1;
		int again[3];

		if (!cdw_normalize_date(text.value, text.len, order, &year, &month, &day))
			continue;
		fuzz_check(year >= 1 && year <= 9999 && month >= 1 && month <= 12 && day >= 1, "%d, %d, %d",
				   year, month, day);
		fuzz_check(day <= days[month - 1] || (month == 2 && day == 29 && year % 4 == 0 &&
											  (year % 100 != 0 || year % 400 == 0)),
				   "%d, %d, %d", year, month, day);
		snprintf(iso, sizeof(iso), "%04d-%02d-%02d", year, month, day);
		fuzz_check(cdw_normalize_date(iso, 10, order, &again[0], &again[1], &again[2]) &&
					   again[0] == year && again[1] == month && again[2] == day,
				   "%s is read as %d, %d, %d", iso, again[0], again[1], again[2]);
	}
}

const fuzz_target fuzz_normalize_targets[] = {
	{"casefold", run_cdw_casefold},
	{"normalize_text", run_cdw_normalize_text},
	{"normalize_name", run_cdw_normalize_name},
	{"normalize_company", run_cdw_normalize_company},
	{"normalize_address", run_cdw_normalize_address},
	{"romanize", run_cdw_romanize},
	{"normalize_email", run_email},
	{"normalize_phone", run_phone},
	{"normalize_date", run_date},
	{NULL, NULL},
};
