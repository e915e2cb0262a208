/*
 * src/rfm/segment.c
 *
 * cdw.rfm_segment: the name of a cell of scores, by the default map of ten segments or by the user's own
 * map in jsonb. A map is checked as a whole, and once per query as long as it stays the same.
 */
#include "rfm/rfm.h"

#include "utils/builtins.h"
#include "utils/datum.h"
#include "utils/jsonb.h"
#include "utils/memutils.h"

#define MAX_SCORE CDW_MAX_BINS

/* rows r = 1 to 5, columns f = 1 to 5 */
static const char *const default_map[CDW_SEGMENT_BINS][CDW_SEGMENT_BINS] = {
	{"hibernating", "hibernating", "at_risk", "at_risk", "cant_lose"},
	{"hibernating", "hibernating", "at_risk", "at_risk", "cant_lose"},
	{"about_to_sleep", "about_to_sleep", "need_attention", "loyal", "loyal"},
	{"promising", "potential_loyalist", "potential_loyalist", "loyal", "loyal"},
	{"new", "potential_loyalist", "potential_loyalist", "champions", "champions"},
};

/* Inclusive bounds of a score. */
typedef struct Range
{
	int low;
	int high;
} Range;

typedef struct MapEntry
{
	text *segment;
	Range ranges[3]; /* r, f, m */
} MapEntry;

typedef struct SegmentMap
{
	Jsonb *source; /* the map that was read, to know it again */
	int n;
	MapEntry *entries;
} SegmentMap;

static const char *const score_names[3] = {"r", "f", "m"};

/* The default segment of scores 1 to 5; m plays no part. */
const char *
cdw_default_segment(int r, int f)
{
	return default_map[r - 1][f - 1];
}

/* ---- reading a map ---- */

/* Refuses a map; entry counts from 1, zero for the map as a whole. */
static void
faulty_map(int entry, const char *detail)
{
	ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("invalid segment map"),
					entry > 0 ? errdetail("Entry %d: %s", entry, detail)
							  : errdetail_internal("%s", detail),
					errhint("A map looks like [{\"segment\": \"vip\", \"r\": [4,5], \"f\": [4,5], "
							"\"m\": [1,5]}, ...].")));
}

/* One bound: a whole number of 1 to 9. */
static int
read_bound(JsonbContainer *array, int i, int entry)
{
	JsonbValue *value = getIthJsonbValueFromContainer(array, i);
	int32 bound;

	if (value == NULL || value->type != jbvNumeric)
		faulty_map(entry, "A range is an array of two numbers, lowest and highest score.");
	/* Compared as numeric: a cast to integer would round, and overflow. */
	for (bound = 1; bound <= MAX_SCORE; bound++)
	{
		if (DatumGetBool(DirectFunctionCall2(numeric_eq, NumericGetDatum(value->val.numeric),
											 NumericGetDatum(int64_to_numeric(bound)))))
			return bound;
	}
	faulty_map(entry, "The bounds of a range are whole numbers of 1 to 9.");
	return 0;
}

static Range
read_range(const JsonbValue *value, int entry)
{
	JsonbContainer *array;
	Range range;

	if (value->type != jbvBinary || !JsonContainerIsArray(value->val.binary.data) ||
		JsonContainerSize(value->val.binary.data) != 2)
		faulty_map(entry, "A range is an array of two numbers, lowest and highest score.");
	array = value->val.binary.data;
	range.low = read_bound(array, 0, entry);
	range.high = read_bound(array, 1, entry);
	if (range.low > range.high)
		faulty_map(entry, "The lower bound of a range must not be greater than the upper one.");
	return range;
}

static bool
key_is(const JsonbValue *key, const char *name)
{
	return key->val.string.len == (int) strlen(name) &&
		   memcmp(key->val.string.val, name, key->val.string.len) == 0;
}

/* Reads one key of an entry and its value. */
static void
read_field(const JsonbValue *key, const JsonbValue *value, MapEntry *result, int entry)
{
	if (key_is(key, "segment"))
	{
		if (value->type != jbvString)
			faulty_map(entry, "\"segment\" must be a string.");
		result->segment = cstring_to_text_with_len(value->val.string.val, value->val.string.len);
		return;
	}
	for (int i = 0; i < 3; i++)
	{
		if (key_is(key, score_names[i]))
		{
			result->ranges[i] = read_range(value, entry);
			return;
		}
	}
	faulty_map(entry,
			   psprintf("Key \"%.*s\" is unknown.", key->val.string.len, key->val.string.val));
}

/* Reads an entry; a score that it does not name may be anything. */
static void
read_entry(JsonbContainer *object, MapEntry *result, int entry)
{
	JsonbIterator *iterator = JsonbIteratorInit(object);
	JsonbValue key;
	JsonbValue value;
	JsonbIteratorToken token;

	*result = (MapEntry){.ranges = {{1, MAX_SCORE}, {1, MAX_SCORE}, {1, MAX_SCORE}}};
	while ((token = JsonbIteratorNext(&iterator, &key, true)) != WJB_DONE)
	{
		if (token != WJB_KEY)
			continue;
		(void) JsonbIteratorNext(&iterator, &value, true);
		read_field(&key, &value, result, entry);
	}
	if (result->segment == NULL)
		faulty_map(entry, "\"segment\" is missing.");
}

/* Reads and checks a whole map, in the current context. */
static SegmentMap *
read_map(Jsonb *source)
{
	SegmentMap *map = palloc0(sizeof(SegmentMap));

	if (!JB_ROOT_IS_ARRAY(source) || JB_ROOT_IS_SCALAR(source))
		faulty_map(0, "A map is an array of segments.");
	map->n = JB_ROOT_COUNT(source);
	map->entries = palloc0(mul_size(sizeof(MapEntry), Max(map->n, 1)));
	for (int i = 0; i < map->n; i++)
	{
		JsonbValue *value = getIthJsonbValueFromContainer(&source->root, i);

		if (value->type != jbvBinary || !JsonContainerIsObject(value->val.binary.data))
			faulty_map(i + 1, "An entry is an object.");
		read_entry(value->val.binary.data, &map->entries[i], i + 1);
	}
	map->source = palloc(VARSIZE(source));
	memcpy(map->source, source, VARSIZE(source));
	return map;
}

/* The map of this call: that of the call before where nothing changed. */
static SegmentMap *
current_map(FunctionCallInfo fcinfo, Jsonb *source)
{
	SegmentMap *map = fcinfo->flinfo->fn_extra;
	MemoryContext context;
	MemoryContext old;

	if (map != NULL && VARSIZE(map->source) == VARSIZE(source) &&
		memcmp(map->source, source, VARSIZE(source)) == 0)
		return map;
	if (map != NULL)
	{
		context = GetMemoryChunkContext(map);
		fcinfo->flinfo->fn_extra = NULL;
		MemoryContextDelete(context);
	}
	/* First below the current context, so that a faulty map leaves nothing behind. */
	context = AllocSetContextCreate(CurrentMemoryContext, "cdw segment map", ALLOCSET_SMALL_SIZES);
	old = MemoryContextSwitchTo(context);
	map = read_map(source);
	MemoryContextSwitchTo(old);
	MemoryContextSetParent(context, fcinfo->flinfo->fn_mcxt);
	fcinfo->flinfo->fn_extra = map;
	return map;
}

/* ---- the function ---- */

static void
check_score(int score, const char *argname, int highest)
{
	if (score < 1 || score > highest)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("argument \"%s\" must be between 1 and %d", argname, highest),
						errdetail("Value is %d.", score)));
}

/*
 * cdw.rfm_segment(r int, f int, m int, map jsonb): the segment of the cell, the first that matches.
 * NULL where a score is NULL or nothing matches.
 */
CDW_FUNCTION(cdw_rfm_segment)
{
	SegmentMap *map = PG_ARGISNULL(3) ? NULL : current_map(fcinfo, PG_GETARG_JSONB_P(3));
	int scores[3];

	for (int i = 0; i < 3; i++)
	{
		if (PG_ARGISNULL(i))
			PG_RETURN_NULL();
		scores[i] = PG_GETARG_INT32(i);
		check_score(scores[i], score_names[i], map == NULL ? CDW_SEGMENT_BINS : MAX_SCORE);
	}
	if (map == NULL)
		PG_RETURN_TEXT_P(cstring_to_text(cdw_default_segment(scores[0], scores[1])));
	for (int i = 0; i < map->n; i++)
	{
		const Range *ranges = map->entries[i].ranges;
		bool matches = true;

		for (int j = 0; j < 3; j++)
			matches &= scores[j] >= ranges[j].low && scores[j] <= ranges[j].high;
		if (matches)
			PG_RETURN_DATUM(datumCopy(PointerGetDatum(map->entries[i].segment), false, -1));
	}
	PG_RETURN_NULL();
}
