/*
 * src/match/value_lists.c
 *
 * Whether the values of a column are lists, and what separates their elements: most have several
 * elements, and elements come again in other values.
 */
#include "match/shape.h"

static const char *const separators[CDW_SEPARATORS] = {"**", ";", "|", ","};

#define MOST_ELEMENTS 20000
#define MOST_VALUES 2000

#define ST_SORT sort_elements
#define ST_ELEMENT_TYPE uint64
#define ST_COMPARE(a, b) (*(a) < *(b) ? -1 : *(a) > *(b))
#define ST_SCOPE static
#define ST_DEFINE
#include "lib/sort_template.h"

const char *
cdw_separator_text(int separator)
{
	return separators[separator];
}

/* Appends the hashes of a value's elements, blanks around them left out; returns how many there are. */
static int
read_elements(const cdw_cell *cell, const char *separator, uint64 *element, int most)
{
	const char *at = cell->text;
	const char *end = cell->text + cell->len;
	int size = strlen(separator);
	int n = 0;

	while (at < end && n < most)
	{
		const char *stop = at;
		const char *last;

		while (stop < end && (end - stop < size || memcmp(stop, separator, size) != 0))
			stop++;
		while (at < stop && *at == ' ')
			at++;
		for (last = stop; last > at && last[-1] == ' ';)
			last--;
		if (last > at)
			element[n++] = cdw_hash_bytes(at, last - at, 0);
		at = stop + size;
	}
	return n;
}

/* Stars that stand for digits: "visa ****1234". */
static bool
is_masked(const cdw_cell *cell)
{
	for (int i = 0; i + 2 < cell->len; i++)
		if (memcmp(cell->text + i, "***", 3) == 0)
			return true;
	return false;
}

static void
profile_separator(cdw_profile *profile, int number, const cdw_row_sample *sample, int separator)
{
	uint64 *element = palloc(sizeof(uint64) * MOST_ELEMENTS);
	int n = 0;
	int values = 0;
	int lists = 0;
	int distinct = 0;

	for (uint32 r = 0; r < profile->rows && values < MOST_VALUES && n < MOST_ELEMENTS; r++)
	{
		cdw_cell cell = cdw_row_sample_cell(sample, r, number);
		int found;

		if (profile->hash[r] == 0)
			continue;
		if (is_masked(&cell))
			continue;
		found = read_elements(&cell, separators[separator], element + n, MOST_ELEMENTS - n);
		values++;
		if (found > 1)
		{
			lists++;
			n += found;
		}
	}
	sort_elements(element, n);
	for (int i = 0; i < n; i++)
		distinct += i == 0 || element[i] != element[i - 1];
	if (lists > 0)
	{
		profile->separated[separator] = (double) lists / values;
		profile->elements[separator] = (double) n / lists;
		profile->new_element[separator] = (double) distinct / n;
	}
	pfree(element);
}

/* Fills the members of a profile that tell of lists. */
void
cdw_profile_elements(cdw_profile *profile, int number, const cdw_row_sample *sample)
{
	for (int s = 0; s < CDW_SEPARATORS; s++)
		profile_separator(profile, number, sample, s);
}
