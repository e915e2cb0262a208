/*
 * src/match/block_key.c
 *
 * Block keys: a hash of the transformed parts of a rule. Two records are candidates when a rule gives
 * them the same key; a missing or empty part gives no key. A collision of hashes only adds a
 * candidate, it never loses one.
 */
#include "match/match.h"

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

struct cdw_transform
{
	const char *name;
	ArgumentUse argument;
	Piece (*apply)(Piece value, int argument, char *buffer);
	const char *kind; /* the only kind of field that it makes sense for; NULL: any */
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

static const cdw_transform transforms[] = {
	{"soundex", ARGUMENT_NONE, sound, NULL},
	{"first", ARGUMENT_REQUIRED, first, NULL},
	{"last", ARGUMENT_REQUIRED, last, NULL},
	{"first_half", ARGUMENT_NONE, first_half, NULL},
	{"last_half", ARGUMENT_NONE, last_half, NULL},
	{"first_token", ARGUMENT_NONE, first_token, NULL},
	{"last_token", ARGUMENT_NONE, last_token, NULL},
	{"year", ARGUMENT_NONE, year, "date"},
	{"year_month", ARGUMENT_NONE, year_month, "date"},
	{"month_day", ARGUMENT_NONE, month_day, "date"},
	{"local", ARGUMENT_NONE, local_part, "email"},
	{"domain", ARGUMENT_NONE, domain, "email"},
	{"minhash", ARGUMENT_OPTIONAL, minhash, NULL},
	{"grid", ARGUMENT_OPTIONAL, grid, "location"},
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

/* The key of a record under a rule, given its standardised values; 0 where it has none. */
uint32
cdw_block_key(const cdw_rule *rule, StringInfo *value)
{
	uint64 hash = 0;
	uint32 key;

	for (int i = 0; i < rule->nparts; i++)
	{
		const cdw_key_part *part = &rule->part[i];
		char buffer[PIECE_BUFFER];
		Piece piece = {value[part->field]->data, value[part->field]->len};

		if (piece.len > 0 && part->transform)
			piece = part->transform->apply(piece, part->argument, buffer);
		if (piece.len == 0)
			return 0;
		hash = cdw_hash_combine(hash, cdw_hash_bytes(piece.start, piece.len, 0));
	}
	key = (uint32) (hash >> 32);
	return key ? key : 1;
}
