/*
 * src/match/block_key.c
 *
 * Block keys: a hash of the transformed parts of a rule. Two records are candidates when a rule gives
 * them the same key; a missing or empty part gives no key. A collision of hashes only adds a
 * candidate, it never loses one.
 */
#include "match/match.h"

#include <math.h>

#include "text/text.h"

typedef enum ArgumentUse
{
	ARGUMENT_NONE,
	ARGUMENT_REQUIRED,
	ARGUMENT_OPTIONAL
} ArgumentUse;

/* A transform narrows the value to a part of it, or writes something new into buffer. */
typedef struct Piece
{
	const char *start;
	int len;
} Piece;

#define PIECE_BUFFER 32
#define METAPHONE_LENGTH 4

struct cdw_transform
{
	const char *name;
	ArgumentUse argument;
	Piece (*apply)(Piece value, int argument, char *buffer);
	const char *kind; /* the only kind of field that it makes sense for; NULL: any */
	/* instead of apply, where there are several keys: their hashes; returns how many */
	int (*apply_several)(const char *value, int len, int argument, uint64 *hash);
	int nkeys; /* at most */
};

/* The byte position after n characters from the start, at most len. */
static int
after_characters(Piece value, int n)
{
	int i = 0;

	while (i < value.len && n > 0)
	{
		i++;
		while (i < value.len && (value.start[i] & 0xC0) == 0x80)
			i++;
		n--;
	}
	return i;
}

static int
count_characters(Piece value)
{
	int n = 0;

	for (int i = 0; i < value.len; i++)
		n += (value.start[i] & 0xC0) != 0x80;
	return n;
}

static Piece
first(Piece value, int n, char *buffer pg_attribute_unused())
{
	return (Piece){value.start, after_characters(value, n)};
}

static Piece
last(Piece value, int n, char *buffer pg_attribute_unused())
{
	int total = count_characters(value);
	int skipped = after_characters(value, total > n ? total - n : 0);

	return (Piece){value.start + skipped, value.len - skipped};
}

/* Halves share the middle character; nothing is left of values under four characters. */
static Piece
first_half(Piece value, int argument pg_attribute_unused(), char *buffer)
{
	int n = count_characters(value);

	return n < 4 ? (Piece){value.start, 0} : first(value, (n + 1) / 2, buffer);
}

static Piece
last_half(Piece value, int argument pg_attribute_unused(), char *buffer)
{
	int n = count_characters(value);

	return n < 4 ? (Piece){value.start, 0} : last(value, (n + 1) / 2, buffer);
}

static Piece
first_token(Piece value, int argument pg_attribute_unused(), char *buffer pg_attribute_unused())
{
	const char *blank = memchr(value.start, ' ', value.len);

	return blank ? (Piece){value.start, blank - value.start} : value;
}

static Piece
last_token(Piece value, int argument pg_attribute_unused(), char *buffer pg_attribute_unused())
{
	int start = value.len;

	while (start > 0 && value.start[start - 1] != ' ')
		start--;
	return (Piece){value.start + start, value.len - start};
}

static Piece
sound(Piece value, int argument pg_attribute_unused(), char *buffer)
{
	return cdw_soundex(value.start, value.len, buffer) ? (Piece){buffer, strlen(buffer)}
													   : (Piece){value.start, 0};
}

/* The parts of a date that is kept as yyyymmdd; nothing of anything else. */
static Piece
date_part(Piece value, int start, int len)
{
	return value.len == 8 ? (Piece){value.start + start, len} : (Piece){value.start, 0};
}

static Piece
year(Piece value, int argument pg_attribute_unused(), char *buffer pg_attribute_unused())
{
	return date_part(value, 0, 4);
}

static Piece
year_month(Piece value, int argument pg_attribute_unused(), char *buffer pg_attribute_unused())
{
	return date_part(value, 0, 6);
}

static Piece
month_day(Piece value, int argument pg_attribute_unused(), char *buffer pg_attribute_unused())
{
	return date_part(value, 4, 4);
}

/* Year and day: what is left where the month is wrong. */
static Piece
year_day(Piece value, int argument pg_attribute_unused(), char *buffer)
{
	if (value.len != 8)
		return (Piece){value.start, 0};
	memcpy(buffer, value.start, 4);
	memcpy(buffer + 4, value.start + 6, 2);
	return (Piece){buffer, 6};
}

/*
 * A cell of a grid over numbers, by its position. Grid 2 is shifted by half a cell, so that two numbers
 * less than half a cell apart share one of the two.
 */
static Piece
grid_cell(double position, int grid, char *buffer)
{
	int64 cell = (int64) floor(position + (grid % 2 == 0 ? .5 : 0));

	memcpy(buffer, &cell, sizeof(cell));
	return (Piece){buffer, sizeof(cell)};
}

/* The week of a date, counted from a day far back (the algorithm of date2j, of any eight digits). */
static Piece
week(Piece value, int grid, char *buffer)
{
	int number = 0;
	int y;
	int m;
	int day;

	if (value.len != 8)
		return (Piece){value.start, 0};
	for (int i = 0; i < 8; i++)
	{
		if (value.start[i] < '0' || value.start[i] > '9')
			return (Piece){value.start, 0};
		number = number * 10 + (value.start[i] - '0');
	}
	y = number / 10000;
	m = number / 100 % 100;
	if (m < 3) /* the year begins in March, so that the leap day is its last */
	{
		y--;
		m += 12;
	}
	day = 365 * y + y / 4 - y / 100 + y / 400 + (153 * (m - 3) + 2) / 5 + number % 100;
	return grid_cell(day / 7.0, grid, buffer);
}

/* The cell of a number in steps of ten percent; zero and the two signs have cells of their own. */
static Piece
magnitude(Piece value, int grid, char *buffer)
{
	char text[32];
	double number;
	double position;

	if (value.len >= (int) sizeof(text))
		return (Piece){value.start, 0};
	memcpy(text, value.start, value.len);
	text[value.len] = '\0';
	number = strtod(text, NULL);
	if (number == 0 || !isfinite(number))
		return value;
	position = log(fabs(number)) / log1p(.10);
	return grid_cell(number > 0 ? position : position + 1e6, grid, buffer);
}

static Piece
local_part(Piece value, int argument pg_attribute_unused(), char *buffer pg_attribute_unused())
{
	const char *at = memchr(value.start, '@', value.len);

	return (Piece){value.start, at ? at - value.start : value.len};
}

static Piece
domain(Piece value, int argument pg_attribute_unused(), char *buffer pg_attribute_unused())
{
	const char *at = memchr(value.start, '@', value.len);

	return at ? (Piece){at + 1, value.start + value.len - (at + 1)} : (Piece){value.start, 0};
}

/*
 * The least hash of the value's three-character pieces: two values share it with a probability that
 * is the Jaccard similarity of their sets of pieces (Broder 1997). The argument is the seed, so that
 * several rules give several chances.
 */
static Piece
minhash(Piece value, int seed, char *buffer)
{
	uint64 least = PG_UINT64_MAX;
	Piece rest = value;

	do
	{
		int gram = after_characters(rest, 3);
		int step = after_characters(rest, 1);
		uint64 hash = cdw_hash_bytes(rest.start, gram, seed);

		least = Min(least, hash);
		rest.start += step;
		rest.len -= step;
	} while (after_characters(rest, 2) < rest.len);
	memcpy(buffer, &least, sizeof(least));
	return (Piece){buffer, sizeof(least)};
}

/* The cell of a grid that a place lies in; the argument is the grid, see cdw_grid_cell. */
static Piece
grid(Piece value, int shift, char *buffer)
{
	return (Piece){buffer, cdw_grid_cell(value.start, value.len, shift, buffer)};
}

/* The NYSIIS code, of any length, as its hash. */
static Piece
nysiis(Piece value, int argument pg_attribute_unused(), char *buffer)
{
	StringInfoData code;
	uint64 hash;

	initStringInfo(&code);
	if (!cdw_nysiis(value.start, value.len, &code))
		return (Piece){value.start, 0};
	hash = cdw_hash_bytes(code.data, code.len, 0);
	memcpy(buffer, &hash, sizeof(hash));
	pfree(code.data);
	return (Piece){buffer, sizeof(hash)};
}

/* How a value may sound: one code or two. */
static int
metaphone(const char *value, int len, int argument pg_attribute_unused(), uint64 *hash)
{
	char primary[METAPHONE_LENGTH + 2];
	char secondary[METAPHONE_LENGTH + 2];

	if (!cdw_double_metaphone(value, len, METAPHONE_LENGTH, primary, secondary))
		return 0;
	hash[0] = cdw_hash_bytes(primary, strlen(primary), 0);
	hash[1] = cdw_hash_bytes(secondary, strlen(secondary), 0);
	return secondary[0] && hash[0] != hash[1] ? 2 : 1;
}

static const cdw_transform transforms[] = {
	{"soundex", ARGUMENT_NONE, sound, NULL, NULL, 1},
	{"nysiis", ARGUMENT_NONE, nysiis, NULL, NULL, 1},
	{"double_metaphone", ARGUMENT_NONE, NULL, NULL, metaphone, 2},
	{"first", ARGUMENT_REQUIRED, first, NULL, NULL, 1},
	{"last", ARGUMENT_REQUIRED, last, NULL, NULL, 1},
	{"first_half", ARGUMENT_NONE, first_half, NULL, NULL, 1},
	{"last_half", ARGUMENT_NONE, last_half, NULL, NULL, 1},
	{"first_token", ARGUMENT_NONE, first_token, NULL, NULL, 1},
	{"last_token", ARGUMENT_NONE, last_token, NULL, NULL, 1},
	{"tokens", ARGUMENT_NONE, NULL, NULL, cdw_hash_tokens, CDW_MAX_RULE_KEYS},
	{"token_starts", ARGUMENT_OPTIONAL, NULL, NULL, cdw_hash_token_starts, CDW_MAX_RULE_KEYS},
	{"token_pairs", ARGUMENT_NONE, NULL, NULL, cdw_hash_token_pairs, CDW_MAX_RULE_KEYS},
	{"year", ARGUMENT_NONE, year, "date", NULL, 1},
	{"year_month", ARGUMENT_NONE, year_month, "date", NULL, 1},
	{"month_day", ARGUMENT_NONE, month_day, "date", NULL, 1},
	{"year_day", ARGUMENT_NONE, year_day, "date", NULL, 1},
	{"week", ARGUMENT_OPTIONAL, week, "date", NULL, 1},
	{"magnitude", ARGUMENT_OPTIONAL, magnitude, "number", NULL, 1},
	{"local", ARGUMENT_NONE, local_part, "email", NULL, 1},
	{"domain", ARGUMENT_NONE, domain, "email", NULL, 1},
	{"minhash", ARGUMENT_OPTIONAL, minhash, NULL, NULL, 1},
	{"grid", ARGUMENT_OPTIONAL, grid, "location", NULL, 1},
};

/* NULL where there is no such transform. */
const cdw_transform *
cdw_find_transform(const char *name)
{
	for (int i = 0; i < (int) lengthof(transforms); i++)
		if (strcmp(transforms[i].name, name) == 0)
			return &transforms[i];
	return NULL;
}

bool
cdw_transform_takes_argument(const cdw_transform *transform, bool *required)
{
	*required = transform->argument == ARGUMENT_REQUIRED;
	return transform->argument != ARGUMENT_NONE;
}

/* The only kind of field that a transform is for; NULL where it is for any. */
const char *
cdw_transform_kind(const cdw_transform *transform)
{
	return transform->kind;
}

/* All transforms, for a hint. */
char *
cdw_transform_names(void)
{
	StringInfoData names;

	initStringInfo(&names);
	for (int i = 0; i < (int) lengthof(transforms); i++)
		appendStringInfo(&names, i ? ", %s" : "%s", transforms[i].name);
	return names.data;
}

/* How many keys a transform gives at most. */
int
cdw_transform_keys(const cdw_transform *transform)
{
	return transform->nkeys;
}

/* The hashes of a part of a rule; returns how many, 0 where it is missing or empty. */
int
cdw_key_part_hashes(const cdw_key_part *part, const char *value, int len, uint64 *hash)
{
	char buffer[PIECE_BUFFER];
	Piece piece = {value, len};

	if (piece.len > 0 && part->transform)
	{
		if (part->transform->apply_several)
			return part->transform->apply_several(piece.start, piece.len, part->argument, hash);
		piece = part->transform->apply(piece, part->argument, buffer);
	}
	if (piece.len == 0)
		return 0;
	hash[0] = cdw_hash_bytes(piece.start, piece.len, 0);
	return 1;
}

/*
 * Whether a part leaves the same of two values, one key in common where it gives several: CDW_MISSING
 * where it leaves nothing of one, 0 or 1.
 */
int
cdw_key_part_agrees(const cdw_key_part *part, const char *a, int alen, const char *b, int blen)
{
	uint64 left[CDW_MAX_RULE_KEYS];
	uint64 right[CDW_MAX_RULE_KEYS];
	int nleft = cdw_key_part_hashes(part, a, alen, left);
	int nright = cdw_key_part_hashes(part, b, blen, right);

	if (nleft == 0 || nright == 0)
		return CDW_MISSING;
	for (int i = 0; i < nleft; i++)
		for (int j = 0; j < nright; j++)
			if (left[i] == right[j])
				return 1;
	return 0;
}

/* Sorts a record's keys under one rule, takes out doubles and fills up with zeros. */
static void
arrange_keys(uint32 *key, int nkeys, int nslots)
{
	int kept = 0;

	for (int i = 1; i < nkeys; i++)
		for (int j = i; j > 0 && key[j - 1] > key[j]; j--)
		{
			uint32 swap = key[j];

			key[j] = key[j - 1];
			key[j - 1] = swap;
		}
	for (int i = 0; i < nkeys; i++)
		if (i == 0 || key[i] != key[kept - 1])
			key[kept++] = key[i];
	for (int i = kept; i < nslots; i++)
		key[i] = 0;
}

/*
 * The keys of a record under a rule, given the hashes of the rule's parts: as many as the rule has slots,
 * 0 where there is none.
 */
void
cdw_block_keys(const cdw_rule *rule, const cdw_part_hashes *const *part, uint32 *key)
{
	uint64 hash[CDW_MAX_RULE_KEYS] = {0};
	int nkeys = 1;

	for (int i = 0; i < rule->nparts && nkeys > 0; i++)
	{
		int n = part[i]->n;

		if (n > 1) /* of one part at most, so that up to here there is one hash */
			for (int k = 1; k < n; k++)
				hash[k] = hash[0];
		nkeys = n == 0 ? 0 : Max(nkeys, n);
		for (int k = 0; k < nkeys; k++)
			hash[k] = cdw_hash_combine(hash[k], part[i]->hash[n > 1 ? k : 0]);
	}
	for (int k = 0; k < nkeys; k++)
		key[k] = Max((uint32) (hash[k] >> 33), 1);
	arrange_keys(key, nkeys, rule->nslots);
}
