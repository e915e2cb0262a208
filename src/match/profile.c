/*
 * src/match/profile.c
 *
 * What a sample shows about a column: how often it is filled, how its values are spread, and what shape
 * they have. Nothing is decided here.
 */
#include "match/infer.h"

#include <ctype.h>
#include <math.h>

#include "match/shape.h"
#include "miscadmin.h"
#include "text/text.h"
#include "utils/memutils.h"

/* Share of the dates left out at each end before the span is measured. */
#define DATE_TAIL .02

#define ST_SORT sort_numbers
#define ST_ELEMENT_TYPE uint64
#define ST_COMPARE(a, b) (*(a) < *(b) ? -1 : *(a) > *(b))
#define ST_SCOPE static
#define ST_DEFINE
#include "lib/sort_template.h"

#define ST_SORT sort_days
#define ST_ELEMENT_TYPE int
#define ST_COMPARE(a, b) (*(a) < *(b) ? -1 : *(a) > *(b))
#define ST_SCOPE static
#define ST_DEFINE
#include "lib/sort_template.h"

/* The sums behind a profile's shares. */
typedef struct Sums
{
	double digits;
	double letters;
	double least;
	double greatest;
	int *day;
	int ndays;
	cdw_cell last; /* the value before */
	StringInfoData scratch;
} Sums;

/* Reads the values in standard form; a missing value has hash 0. */
static void
read_values(cdw_profile *profile, int number, const cdw_row_sample *sample)
{
	cdw_field field = {.kind = cdw_find_kind("text")};
	StringInfoData standard;
	cdw_arena arena;

	initStringInfo(&standard);
	cdw_arena_init(&arena, CurrentMemoryContext);
	profile->hash = palloc(sizeof(uint64) * Max(profile->rows, 1));
	profile->text = palloc0(sizeof(cdw_cell) * Max(profile->rows, 1));
	for (uint32 r = 0; r < profile->rows; r++)
	{
		cdw_cell cell = cdw_row_sample_cell(sample, r, number);
		char *copy;

		profile->hash[r] = 0;
		if (cell.text == NULL)
			continue;
		cdw_standardise(&field, cell.text, cell.len, &standard);
		if (standard.len == 0)
			continue;
		copy = cdw_arena_alloc(&arena, standard.len + 1);
		memcpy(copy, standard.data, standard.len + 1);
		profile->text[r] = (cdw_cell){.text = copy, .len = standard.len};
		profile->hash[r] = Max(
			cdw_hash_bytes(copy, standard.len, cell.full_len == cell.len ? 0 : cell.full_len), 1);
		profile->values++;
	}
	pfree(standard.data);
}

/* Hashes of values, sorted, in runs of equal ones. */
typedef struct Runs
{
	uint64 *hash;
	uint32 n;
} Runs;

static Runs
sorted_values(const cdw_profile *profile)
{
	Runs runs = {.hash = palloc(sizeof(uint64) * Max(profile->rows, 1))};

	for (uint32 r = 0; r < profile->rows; r++)
		if (profile->hash[r] != 0)
			runs.hash[runs.n++] = profile->hash[r];
	sort_numbers(runs.hash, runs.n);
	return runs;
}

static uint32
run_end(const Runs *runs, uint32 from)
{
	uint32 to = from + 1;

	while (to < runs->n && runs->hash[to] == runs->hash[from])
		to++;
	return to;
}

/* Distinct values and the sum of their squared shares. */
static void
count_values(cdw_profile *profile)
{
	Runs runs = sorted_values(profile);

	for (uint32 from = 0, to; from < runs.n; from = to)
	{
		double share;

		to = run_end(&runs, from);
		share = (double) (to - from) / runs.n;
		profile->distinct++;
		profile->skew += share * share;
	}
	pfree(runs.hash);
}

/* ---- values that stand for missing ones ---- */

/*
 * none@example.com, 1900-01-01, 000-000-0000: what a form fills in, or people do who do not want to say.
 * No such value is known beforehand, but each stands out: values that people have thin out gradually (the
 * most frequent family name is about twice as frequent as the next), these come one or a few, and then
 * nothing for long.
 */
#define PLACEHOLDER_SHARE .01
#define PLACEHOLDER_ROWS 20
#define PLACEHOLDER_GAP 20.0
#define LEAST_VARIETY .05 /* distinct values, as a share of all others */

typedef struct Frequent
{
	uint64 hash;
	uint32 count;
} Frequent;

/* The most frequent values, in descending order; the last has what comes after those that can be meant. */
static uint32
most_frequent(const Runs *runs, Frequent *top)
{
	uint32 distinct = 0;

	memset(top, 0, sizeof(Frequent) * (CDW_MAX_PLACEHOLDERS + 1));
	for (uint32 from = 0, to; from < runs->n; from = to)
	{
		Frequent next;

		to = run_end(runs, from);
		next = (Frequent){.hash = runs->hash[from], .count = to - from};
		for (int k = 0; k <= CDW_MAX_PLACEHOLDERS; k++)
			if (next.count > top[k].count)
			{
				Frequent former = top[k];

				top[k] = next;
				next = former;
			}
		distinct++;
	}
	return distinct;
}

/* How many of the most frequent values stand for missing ones. */
static int
count_placeholders(const Frequent *top, uint32 values, uint32 distinct)
{
	uint32 others = values;

	for (int k = 0; k < CDW_MAX_PLACEHOLDERS; k++)
	{
		if (top[k].count < PLACEHOLDER_ROWS || top[k].count < PLACEHOLDER_SHARE * values)
			return 0;
		others -= top[k].count;
		if (top[k].count >= PLACEHOLDER_GAP * top[k + 1].count)
			return distinct - k - 1 >= LEAST_VARIETY * others && others >= PLACEHOLDER_ROWS ? k + 1
																							: 0;
	}
	return 0;
}

/* Takes a value for a missing one, where the sample has all of it. */
static void
forget_value(cdw_profile *profile, uint64 hash, const cdw_row_sample *sample, int number)
{
	int known = profile->nplaceholders;

	for (uint32 r = 0; r < profile->rows; r++)
	{
		cdw_cell raw;

		if (profile->hash[r] != hash)
			continue;
		raw = cdw_row_sample_cell(sample, r, number);
		if (raw.len < raw.full_len)
			return;
		if (known == profile->nplaceholders)
			profile->placeholder[profile->nplaceholders++] = pnstrdup(raw.text, raw.len);
		profile->hash[r] = 0;
		profile->text[r] = (cdw_cell){0};
		profile->values--;
	}
}

static void
forget_placeholders(cdw_profile *profile, const cdw_row_sample *sample, int number)
{
	Frequent top[CDW_MAX_PLACEHOLDERS + 1];
	Runs runs = sorted_values(profile);
	uint32 distinct = most_frequent(&runs, top);
	int n = count_placeholders(top, runs.n, distinct);

	for (int k = 0; k < n; k++)
		forget_value(profile, top[k].hash, sample, number);
	if (runs.n > 0)
		profile->filled *= profile->values / runs.n;
	pfree(runs.hash);
}

static void
measure_date(cdw_profile *profile, Sums *sums, const char *text, int len)
{
	int year;
	int month;
	int day;
	bool ymd = cdw_normalize_date(text, len, CDW_YMD, &year, &month, &day);

	if (!ymd && !cdw_normalize_date(text, len, CDW_DMY, &year, &month, &day))
		return;
	if (year < 1000 || year > 2200)
		return;
	profile->date++;
	sums->day[sums->ndays++] = cdw_day_number(year, month, day);
	profile->clock += cdw_has_clock(text, len);
	switch (cdw_date_order(text, len))
	{
		case CDW_DMY:
			profile->day_first++;
			break;
		case CDW_MDY:
			profile->month_first++;
			break;
		default:
			break;
	}
}

static void
measure_number(cdw_profile *profile, Sums *sums, const char *text, int len)
{
	cdw_field field = {.kind = cdw_find_kind("number")};
	int decimals;
	double number;

	if (cdw_read_coordinates(text, len))
		profile->coordinates++;
	cdw_standardise(&field, text, len, &sums->scratch);
	if (!cdw_read_number(sums->scratch.data, sums->scratch.len, &number, &decimals))
		return;
	if (profile->numeric == 0)
		sums->least = sums->greatest = number;
	sums->least = Min(sums->least, number);
	sums->greatest = Max(sums->greatest, number);
	profile->numeric++;
	profile->fraction += decimals > 0 && number != floor(number);
	profile->fine += decimals >= 3;
	profile->largest = Max(profile->largest, fabs(number));
}

/* Whether a normaliser that drops or unifies words finds such words. */
static bool
changed_by(void (*normalise)(const char *, int, StringInfo), const cdw_cell *standard,
		   StringInfo out)
{
	normalise(standard->text, standard->len, out);
	return out->len != standard->len || memcmp(out->data, standard->text, out->len) != 0;
}

/* What the words of a value are. */
static void
measure_words(cdw_profile *profile, Sums *sums, const cdw_cell *standard)
{
	int tokens = cdw_count_words(standard->text, standard->len);

	profile->tokens += tokens;
	profile->company += changed_by(cdw_normalize_company, standard, &sums->scratch);
	profile->street += cdw_has_street(standard->text, standard->len) ||
					   changed_by(cdw_normalize_address, standard, &sums->scratch);
	profile->given_name += cdw_has_given_name(standard->text, standard->len);
	profile->han_surname += cdw_has_han_surname(standard->text, standard->len);
	profile->han_street += cdw_has_han_street(standard->text, standard->len);
}

static void
measure_shape(cdw_profile *profile, Sums *sums, const cdw_cell *raw, const cdw_cell *standard)
{
	cdw_shape shape = cdw_shape_of(raw->text, raw->len);

	sums->digits += shape.digits;
	sums->letters += shape.letters;
	profile->with_digit += shape.digits > 0;
	profile->with_letter += shape.letters > 0;
	/* what was cut off is taken for as many characters as the rest has per byte */
	profile->length += (double) shape.characters * raw->full_len / Max(raw->len, 1);
	profile->han += 2 * shape.han > shape.characters;
	profile->at += shape.email;
	profile->url += shape.url;
	profile->alike += cdw_same_without_digits(standard, &sums->last);
	sums->last = *standard;
	profile->phone += shape.phone;
	profile->punctuated += shape.phone && shape.punctuated;
	profile->prefixed += shape.phone && shape.prefixed;
	profile->cn_mobile += shape.cn_mobile;
	profile->postcode += cdw_is_postcode(standard->text, standard->len, raw->text, raw->len);
}

/* The days between which most dates lie. */
static void
measure_span(cdw_profile *profile, const Sums *sums)
{
	int tail = sums->ndays * DATE_TAIL;

	if (sums->ndays == 0)
		return;
	sort_days(sums->day, sums->ndays);
	profile->first_day = sums->day[tail];
	profile->last_day = sums->day[sums->ndays - 1 - tail];
}

static void
make_shares(cdw_profile *profile, const Sums *sums)
{
	double *const counts[] = {
		&profile->at,		  &profile->url,		 &profile->date,	   &profile->clock,
		&profile->day_first,  &profile->month_first, &profile->numeric,	   &profile->fraction,
		&profile->fine,		  &profile->coordinates, &profile->with_digit, &profile->with_letter,
		&profile->tokens,	  &profile->length,		 &profile->han,		   &profile->phone,
		&profile->punctuated, &profile->prefixed,	 &profile->cn_mobile,  &profile->postcode,
		&profile->given_name, &profile->han_surname, &profile->han_street, &profile->company,
		&profile->street,	  &profile->alike};

	if (profile->values == 0)
		return;
	for (int i = 0; i < (int) lengthof(counts); i++)
		*counts[i] /= profile->values;
	profile->digits = sums->digits / Max(sums->digits + sums->letters, 1);
	profile->number_span = sums->greatest - sums->least;
}

/* Fills a profile from the sample; it lives in the current memory context. */
void
cdw_profile_column(cdw_profile *profile, const cdw_column *column, int number,
				   const cdw_row_sample *sample, uint32 rows, double all_rows)
{
	Sums sums = {.day = palloc(sizeof(int) * Max(rows, 1))};

	*profile = (cdw_profile){.column = column, .hint = cdw_column_hint(column->name), .rows = rows};
	profile->filled = all_rows > 0 ? column->values / all_rows : 0;
	profile->repeated = cdw_distinct_repeated(column->distinct);
	initStringInfo(&sums.scratch);
	read_values(profile, number, sample);
	forget_placeholders(profile, sample, number);
	count_values(profile);
	for (uint32 r = 0; r < rows; r++)
	{
		cdw_cell raw = cdw_row_sample_cell(sample, r, number);

		if ((r & 1023) == 0)
			CHECK_FOR_INTERRUPTS();
		if (profile->hash[r] == 0)
			continue;
		measure_shape(profile, &sums, &raw, &profile->text[r]);
		measure_number(profile, &sums, raw.text, raw.len);
		measure_date(profile, &sums, raw.text, raw.len);
		measure_words(profile, &sums, &profile->text[r]);
	}
	make_shares(profile, &sums);
	measure_span(profile, &sums);
	cdw_profile_elements(profile, number, sample);
	pfree(sums.day);
	pfree(sums.scratch.data);
}
