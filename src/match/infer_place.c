/*
 * src/match/infer_place.c
 *
 * Two choices that hang on where records are: which two columns are a place on earth, and which country
 * telephone numbers without a country code belong to.
 */
#include "match/infer_parts.h"

#include "text/phone_plans.h"

#define NUMBERS_TO_READ 1000
#define FINE_SHARE .15 /* of numbers with three decimals or more, which prices do not have */

/* ---- coordinates ---- */

static bool
can_be_coordinate(const cdw_profile *p, const cdw_choice *choice, double largest)
{
	return cdw_is_field(choice, "number") && p->numeric >= .9 && p->largest <= largest;
}

/* Whether two columns are missing in the same rows, and have the digits of coordinates. */
static bool
look_like_coordinates(const cdw_profile *a, const cdw_profile *b)
{
	uint32 alone = 0;

	for (uint32 r = 0; r < a->rows; r++)
		alone += (a->hash[r] == 0) != (b->hash[r] == 0);
	return a->fine >= FINE_SHARE && b->fine >= FINE_SHARE && alone <= a->rows / 100;
}

/* Makes a column of latitudes and one of longitudes one field, that of the latitude. */
void
cdw_pair_coordinates(const cdw_profile *profiles, cdw_choice *choices, int n)
{
	for (int i = 0; i < n; i++)
	{
		bool named = profiles[i].hint == CDW_HINT_LATITUDE;

		if (!can_be_coordinate(&profiles[i], &choices[i], 90))
			continue;
		for (int j = named ? 0 : i + 1; j < n; j++)
		{
			bool both = named && profiles[j].hint == CDW_HINT_LONGITUDE;

			if (j == i || !can_be_coordinate(&profiles[j], &choices[j], 180))
				continue;
			if (!both && !(j == i + 1 && !named && profiles[j].hint == CDW_HINT_NONE &&
						   profiles[i].hint == CDW_HINT_NONE &&
						   look_like_coordinates(&profiles[i], &profiles[j])))
				continue;
			choices[i].kind = "location";
			choices[i].longitude = j;
			choices[j].ignored = psprintf("the longitude of \"%s\"", profiles[i].column->name);
			break;
		}
	}
}

/* ---- telephone regions ---- */

typedef struct Country
{
	const char *region;
	const char *names; /* in standard form, between bars */
} Country;

static const Country countries[] = {
	{"US", "|us|usa|united states|united states of america|u s a|"},
	{"CA", "|ca|can|canada|"},
	{"GB", "|gb|uk|gbr|united kingdom|great britain|england|"},
	{"IE", "|ie|irl|ireland|"},
	{"AU", "|au|aus|australia|"},
	{"NZ", "|nz|nzl|new zealand|"},
	{"DE", "|de|deu|germany|deutschland|"},
	{"AT", "|at|aut|austria|osterreich|"},
	{"CH", "|ch|che|switzerland|schweiz|suisse|"},
	{"FR", "|fr|fra|france|frankreich|"},
	{"ES", "|es|esp|spain|espana|"},
	{"IT", "|it|ita|italy|italia|"},
	{"PT", "|pt|prt|portugal|"},
	{"NL", "|nl|nld|netherlands|nederland|"},
	{"BE", "|be|bel|belgium|belgie|belgique|"},
	{"SE", "|se|swe|sweden|sverige|"},
	{"NO", "|no|nor|norway|norge|"},
	{"DK", "|dk|dnk|denmark|danmark|"},
	{"PL", "|pl|pol|poland|polska|"},
	{"BR", "|br|bra|brazil|brasil|"},
	{"MX", "|mx|mex|mexico|"},
	{"IN", "|in|ind|india|"},
	{"JP", "|jp|jpn|japan|日本|"},
	{"KR", "|kr|kor|korea|south korea|한국|대한민국|"},
	{"CN", "|cn|chn|china|中国|中國|"},
	{"TW", "|tw|twn|taiwan|台湾|台灣|"},
	{"HK", "|hk|hkg|hong kong|香港|"},
	{"SG", "|sg|sgp|singapore|"},
};

/* The region of a country's name or code in standard form; NULL where it is not known. */
static const char *
region_of_country(const cdw_cell *country)
{
	char *name = psprintf("|%.*s|", country->len, country->text);
	const char *region = NULL;

	for (int i = 0; region == NULL && i < (int) lengthof(countries); i++)
		if (strstr(countries[i].names, name))
			region = countries[i].region;
	pfree(name);
	return region;
}

/* The region of at least half of a column of countries; NULL where there is none. */
static const char *
main_region(const cdw_profile *p)
{
	int count[lengthof(countries)] = {0};

	for (uint32 r = 0; r < p->rows; r++)
		if (p->hash[r] != 0)
		{
			const char *region = region_of_country(&p->text[r]);

			for (int i = 0; region && i < (int) lengthof(countries); i++)
				count[i] += countries[i].region == region;
		}
	for (int i = 0; i < (int) lengthof(countries); i++)
		if (count[i] > 0 && 2 * count[i] >= p->values)
			return countries[i].region;
	return NULL;
}

/* The region whose code most of the international numbers have; NULL where there are too few. */
static const char *
prefixed_region(const cdw_profile *p, int number, const cdw_row_sample *sample)
{
	int *count = palloc0(sizeof(int) * cdw_phone_plan_count);
	StringInfoData standard;
	int best = 0;
	int read = 0;

	initStringInfo(&standard);
	for (uint32 r = 0; r < p->rows && read < NUMBERS_TO_READ; r++)
	{
		cdw_cell cell = cdw_row_sample_cell(sample, r, number);

		if (p->hash[r] == 0 || (cell.text[0] != '+' && strncmp(cell.text, "00", 2) != 0) ||
			!cdw_normalize_phone(cell.text, cell.len, "US", &standard))
			continue;
		read++;
		for (int i = 0; i < cdw_phone_plan_count; i++)
			if (strncmp(standard.data + 1, cdw_phone_plans[i].code,
						strlen(cdw_phone_plans[i].code)) == 0)
				count[i]++;
	}
	for (int i = 1; i < cdw_phone_plan_count; i++)
		if (count[i] > count[best])
			best = i;
	if (2 * count[best] <= read || read < 2)
		return NULL;
	return cdw_phone_plans[best].region;
}

/*
 * The country of numbers without a country code: that of the numbers with one, if they are a tenth or more;
 * that of most records; China where the numbers are Chinese mobile numbers; else the United States.
 */
void
cdw_choose_regions(const cdw_profile *profiles, cdw_choice *choices, int n,
				   const cdw_row_sample *sample)
{
	const char *country = NULL;

	for (int i = 0; country == NULL && i < n; i++)
		if (profiles[i].hint == CDW_HINT_COUNTRY)
			country = main_region(&profiles[i]);
	for (int i = 0; i < n; i++)
	{
		if (!cdw_is_field(&choices[i], "phone"))
			continue;
		if (profiles[i].prefixed >= .1)
			choices[i].region = prefixed_region(&profiles[i], i, sample);
		if (choices[i].region == NULL && profiles[i].cn_mobile >= .5)
			choices[i].region = "CN";
		if (choices[i].region == NULL)
			choices[i].region = country ? country : "US";
	}
}
