/*
 * src/match/infer_event.c
 *
 * Columns of the record and not of whom it is about: the day of a visit, an amount, a channel. Two records
 * of one person agree in them as two of strangers do.
 *
 * Rows that agree in all of the columns that tell persons apart are mostly one person. A column that is no
 * more alike in such rows than in rows drawn at random is evidence of nothing.
 */
#include "match/infer_parts.h"

#include "match/shape.h"
#include "miscadmin.h"
#include "text/text.h"

#define MOST_PAIRS 4000
#define MOST_RIVALS 20	 /* rows with the same value that a row is compared with */
#define LEAST_PAIRS 40	 /* with both values, to say anything */
#define LEAST_AGREEING 3 /* telling columns that two rows of one person have in common */
#define LEAST_EXCESS .1	 /* of agreement over that by chance, as a share of what is possible */
#define HALF .5			 /* of the pairs that agree, below which disagreement is nothing unusual */
#define NEAR_SHARE .05	 /* of the values, that may lie between two near ones */
#define LIFETIME_DAYS 15000 /* dates that lie further apart may be of births */

typedef enum Behaviour
{
	STAYS,
	CHANGES, /* mostly different, but not as different as in strangers */
	OF_EVENT /* as different as in strangers */
} Behaviour;

typedef struct PairOfRows
{
	uint32 a;
	uint32 b;
} PairOfRows;

typedef struct PlacedRow
{
	double place; /* of a number or a date; else of the hash of a value */
	uint32 row;
} PlacedRow;

#define ST_SORT sort_placed_rows
#define ST_ELEMENT_TYPE PlacedRow
#define ST_COMPARE(a, b)                                                                           \
	((a)->place != (b)->place ? ((a)->place < (b)->place ? -1 : 1)                                 \
							  : ((a)->row < (b)->row ? -1 : (a)->row > (b)->row))
#define ST_SCOPE static
#define ST_DEFINE
#include "lib/sort_template.h"

/* Whether a column says who a record is about. */
static bool
is_telling(const cdw_profile *p, const cdw_choice *choice)
{
	static const char *const kinds[] = {"name",	 "given_name", "family_name", "company",
										"email", "phone",	   "address"};

	for (int i = 0; i < (int) lengthof(kinds); i++)
		if (cdw_is_field(choice, kinds[i]))
			return cdw_tells_apart(p);
	return cdw_is_field(choice, "date") && p->hint == CDW_HINT_BIRTH_DATE;
}

/* Whether a column may be of the record: what is in it is not of a person by its kind or its name. */
static bool
may_be_of_event(const cdw_profile *p, const cdw_choice *choice)
{
	if (cdw_is_field(choice, "date"))
		return p->hint == CDW_HINT_DATE ||
			   (p->hint != CDW_HINT_BIRTH_DATE && p->last_day - p->first_day < LIFETIME_DAYS);
	return cdw_is_field(choice, "number") || cdw_is_field(choice, "category") ||
		   cdw_is_field(choice, "identifier");
}

/* ---- pairs of rows that are one person, by all that is told ---- */

static bool
is_same(const cdw_profile *profiles, const int *telling, int n, uint32 a, uint32 b)
{
	int agreeing = 0;

	for (int i = 0; i < n; i++)
	{
		const uint64 *hash = profiles[telling[i]].hash;

		if (hash[a] == 0 || hash[b] == 0)
			continue;
		if (hash[a] != hash[b])
			return false;
		agreeing++;
	}
	return agreeing >= LEAST_AGREEING;
}

/* Rows with a value, in the order of their values. */
static uint32
rows_by_value(const cdw_profile *p, PlacedRow *rows)
{
	uint32 n = 0;

	for (uint32 r = 0; r < p->rows; r++)
		if (p->hash[r] != 0)
			rows[n++] = (PlacedRow){.place = (double) p->hash[r], .row = r};
	sort_placed_rows(rows, n);
	return n;
}

/*
 * Finds pairs that agree in a telling column, and in all others that both have. A pair may be found twice.
 */
static int
find_pairs(const cdw_profile *profiles, const int *telling, int n, PairOfRows *pairs)
{
	PlacedRow *rows = palloc(sizeof(PlacedRow) * Max(profiles[0].rows, 1));
	int found = 0;

	for (int i = 0; i < n; i++)
	{
		uint32 values = rows_by_value(&profiles[telling[i]], rows);
		int most = found + (MOST_PAIRS - found) / (n - i);

		CHECK_FOR_INTERRUPTS();
		for (uint32 r = 1; r < values && found < most; r++)
			for (uint32 s = r; s > 0 && r - s < MOST_RIVALS && found < most; s--)
			{
				if (rows[s - 1].place != rows[r].place)
					break;
				if (is_same(profiles, telling, n, rows[s - 1].row, rows[r].row))
					pairs[found++] = (PairOfRows){.a = rows[s - 1].row, .b = rows[r].row};
			}
	}
	pfree(rows);
	return found;
}

/* ---- how alike a column is in them ---- */

/* Where a value stands among numbers or days; for other values a number that is that of equal ones only. */
static double
place_of(const cdw_choice *choice, const cdw_cell *raw, uint64 hash)
{
	int year;
	int month;
	int day;
	int decimals;
	double number;

	if (strcmp(choice->kind, "date") == 0)
	{
		cdw_field_order order = CDW_YMD;

		if (choice->field_order)
			order = strcmp(choice->field_order, "dmy") == 0 ? CDW_DMY : CDW_MDY;
		if (cdw_normalize_date(raw->text, raw->len, order, &year, &month, &day))
			return cdw_day_number(year, month, day);
	}
	else if (strcmp(choice->kind, "number") == 0)
	{
		if (cdw_read_number(raw->text, raw->len, &number, &decimals))
			return number;
	}
	return (double) hash;
}

/* For each row the number of values that stand before its own; -1 without a value. */
static int *
ranks_of(const cdw_profile *p, const cdw_choice *choice, int column, const cdw_row_sample *sample,
		 uint32 *n)
{
	PlacedRow *rows = palloc(sizeof(PlacedRow) * Max(p->rows, 1));
	int *rank = palloc(sizeof(int) * Max(p->rows, 1));

	*n = 0;
	for (uint32 r = 0; r < p->rows; r++)
	{
		cdw_cell raw = cdw_row_sample_cell(sample, r, column);

		rank[r] = -1;
		if (p->hash[r] != 0)
			rows[(*n)++] = (PlacedRow){.place = place_of(choice, &raw, p->hash[r]), .row = r};
	}
	sort_placed_rows(rows, *n);
	for (uint32 i = 0, first = 0; i < *n; i++)
	{
		if (rows[i].place != rows[first].place)
			first = i;
		rank[rows[i].row] = first;
	}
	pfree(rows);
	return rank;
}

/* How a column behaves in pairs of one person, against pairs of strangers. */
static Behaviour
behaviour_of(const cdw_profile *p, const cdw_choice *choice, int column,
			 const cdw_row_sample *sample, const PairOfRows *pairs, int npairs)
{
	bool ordered = strcmp(choice->kind, "date") == 0 || strcmp(choice->kind, "number") == 0;
	uint32 n;
	int *rank = ranks_of(p, choice, column, sample, &n);
	int near = ordered ? n * NEAR_SHARE : 0;
	double chance = 0;
	double alike = 0;
	int last = -1;
	int both = 0;
	int strangers = 0;

	for (int i = 0; i < npairs; i++)
		if (rank[pairs[i].a] >= 0 && rank[pairs[i].b] >= 0)
		{
			both++;
			alike += abs(rank[pairs[i].a] - rank[pairs[i].b]) <= near;
		}
	/* rows stand in the order of their hashes, so that neighbours are strangers */
	for (uint32 r = 0; r < p->rows; r++)
	{
		if (rank[r] < 0)
			continue;
		if (last >= 0)
		{
			strangers++;
			chance += abs(rank[r] - last) <= near;
		}
		last = rank[r];
	}
	pfree(rank);
	if (both < LEAST_PAIRS || strangers < LEAST_PAIRS)
		return STAYS;
	chance /= strangers;
	if (alike / both < chance + LEAST_EXCESS * (1 - chance))
		return OF_EVENT;
	return alike / both < HALF ? CHANGES : STAYS;
}

/*
 * Leaves out the columns that are of the record. Nothing is expected of those that mostly change, nor of an
 * identifier, which stays: it may be all that tells two people of one name and household apart.
 */
void
cdw_find_events(const cdw_profile *profiles, cdw_choice *choices, int n,
				const cdw_row_sample *sample)
{
	int *telling = palloc(sizeof(int) * Max(n, 1));
	PairOfRows *pairs = palloc(sizeof(PairOfRows) * MOST_PAIRS);
	int ntelling = 0;
	int npairs;

	for (int i = 0; i < n; i++)
		if (is_telling(&profiles[i], &choices[i]))
			telling[ntelling++] = i;
	npairs = ntelling > 0 ? find_pairs(profiles, telling, ntelling, pairs) : 0;
	for (int i = 0; i < n && npairs >= LEAST_PAIRS; i++)
	{
		Behaviour behaviour;

		CHECK_FOR_INTERRUPTS();
		if (!may_be_of_event(&profiles[i], &choices[i]))
			continue;
		behaviour = behaviour_of(&profiles[i], &choices[i], i, sample, pairs, npairs);
		if (behaviour == OF_EVENT && !cdw_is_field(&choices[i], "identifier"))
			choices[i].ignored = "no more alike in records that agree elsewhere than in any two";
		else if (behaviour == OF_EVENT ||
				 (behaviour == CHANGES && !cdw_is_field(&choices[i], "identifier")))
			choices[i].max_disagreement = 1;
	}
	pfree(pairs);
	pfree(telling);
}
