/*
 * src/rfm/segment.c
 *
 * Segments of scores: maps in jsonb, which are rules over r, f and m whose cells are the scores; the name
 * of a cell; what is wrong with a map.
 */
#include "rfm/preset.h"
#include "rfm/rfm.h"
#include "rfm/rule.h"

#include "catalog/pg_type.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

#define NSCORES 3
#define MAP_EXAMPLE                                                                                \
	"A map looks like [{\"segment\": \"vip\", \"r\": [4,5], \"f\": [4,5], \"m\": [1,5]}, ...]."
#define NO_SEGMENT (-1)

/* The cell of a score, which is its cut. */
#define CELL_OF_SCORE(score) CDW_CELL_OF_CUT((score) -1)

static const char *const map_keys[] = {"segment", "r", "f", "m"};
static const char *const *const score_names = map_keys + 1;

/* ---- reading a map ---- */

typedef struct Reader
{
	cdw_document document;
	cdw_rules *rules;
} Reader;

/* One bound: a whole number of 1 to 9. Compared as numeric: a cast to integer would round, and overflow. */
static Datum
read_bound(Reader *reader, const cdw_path *path, const JsonbValue *range, int i)
{
	cdw_path place = cdw_path_element(path, i);
	JsonbValue value;

	cdw_json_element(range, i, &value);
	for (int score = 1; score <= CDW_MAX_BINS && value.type == jbvNumeric; score++)
	{
		if (DatumGetBool(DirectFunctionCall2(numeric_eq, NumericGetDatum(value.val.numeric),
											 NumericGetDatum(int64_to_numeric(score)))))
			return Int32GetDatum(score);
	}
	cdw_document_invalid(&reader->document, &place, "A score is a whole number of 1 to 9.");
	return (Datum) 0;
}

/* A range of a score: lowest and highest. */
static cdw_condition *
read_range(Reader *reader, const cdw_path *path, int score, const JsonbValue *value)
{
	Datum *bounds = palloc(2 * sizeof(Datum));

	if (!cdw_json_is_array(value) || cdw_json_size(value) != 2)
		cdw_document_invalid(&reader->document, path,
							 "A range is an array of two numbers, lowest and highest score.");
	for (int i = 0; i < 2; i++)
		bounds[i] = read_bound(reader, path, value, i);
	if (DatumGetInt32(bounds[0]) > DatumGetInt32(bounds[1]))
		cdw_document_invalid(&reader->document, path,
							 "The lower bound of a range must not be greater than the upper one.");
	return cdw_condition_test(cdw_path_text(path), score,
							  (cdw_test){.kind = CDW_TEST_BETWEEN, .nvalues = 2, .values = bounds});
}

/* Reads an entry; a score that it does not name may be anything. */
static void
read_entry(Reader *reader, const cdw_path *path, const JsonbValue *entry, cdw_rule *rule)
{
	List *ranges = NIL;
	JsonbIterator *iterator;
	JsonbValue key;
	JsonbValue value;

	if (!cdw_json_is_object(entry))
		cdw_document_invalid(&reader->document, path, "A segment is an object.");
	iterator = JsonbIteratorInit(entry->val.binary.data);
	while (cdw_json_next(&iterator, &key, &value))
	{
		cdw_path place = cdw_path_member(path, &key);
		int known = 0;

		while (known < (int) lengthof(map_keys) && !cdw_json_key_is(&key, map_keys[known]))
			known++;
		if (known == (int) lengthof(map_keys))
			cdw_unknown_key(&reader->document, &place, &key, lengthof(map_keys), map_keys);
		else if (known > 0)
			ranges = lappend(ranges, read_range(reader, &place, known - 1, &value));
		else if ((rule->name = cdw_json_string(&value)) == NULL)
			cdw_document_invalid(&reader->document, &place, "The name of a segment is a string.");
	}
	if (rule->name == NULL)
		cdw_document_invalid(&reader->document, path, "\"segment\" is missing.");
	rule->path = cdw_path_text(path);
	rule->condition = cdw_condition_create(CDW_CONDITION_ALL, rule->path, ranges);
}

/* The scores as columns: of their cells only 1 to bins exist. */
static void
add_scores(cdw_rules *rules, int bins)
{
	for (int i = 0; i < NSCORES; i++)
	{
		cdw_rule_column *column = cdw_rules_add_column(rules);

		column->name = score_names[i];
		(void) cdw_column_set_type(column, INT4OID);
		for (int score = 1; score <= CDW_MAX_BINS; score++)
			cdw_column_add_cut(column, Int32GetDatum(score));
		for (int score = 1; score <= bins; score++)
			column->possible = bms_add_member(column->possible, CELL_OF_SCORE(score));
	}
}

/* Reads and checks a whole map for scores of 1 to bins, in the current context. */
static cdw_rules *
read_map(Jsonb *source, int bins)
{
	Reader reader = {.document = {.title = "segment map", .example = MAP_EXAMPLE},
					 .rules = palloc0(sizeof(cdw_rules))};
	cdw_rules *rules = reader.rules;
	cdw_path root = cdw_path_root("map");
	JsonbValue list;

	cdw_json_root(source, &list);
	if (!cdw_json_is_array(&list))
		cdw_document_invalid(&reader.document, &root, "A map is an array of segments.");
	add_scores(rules, bins);
	rules->n = cdw_json_size(&list);
	rules->rules = palloc0(mul_size(sizeof(cdw_rule), rules->n + 1));
	for (int i = 0; i < rules->n; i++)
	{
		cdw_path place = cdw_path_element(&root, i);
		JsonbValue entry;

		cdw_json_element(&list, i, &entry);
		read_entry(&reader, &place, &entry, &rules->rules[i]);
		cdw_condition_finish(rules, rules->rules[i].condition);
	}
	return rules;
}

/* ---- the segment of a cell ---- */

/* A map as a table: the number of the segment of each cell. */
struct cdw_segment_map
{
	int bins; /* scores go from 1 to this */
	const char **names;
	int segments[CDW_MAX_BINS][CDW_MAX_BINS][CDW_MAX_BINS];
};

static int
first_match(const cdw_rules *rules, int r, int f, int m)
{
	const int cells[NSCORES] = {CELL_OF_SCORE(r), CELL_OF_SCORE(f), CELL_OF_SCORE(m)};

	for (int i = 0; i < rules->n; i++)
	{
		if (cdw_condition_holds(rules->rules[i].condition, cells))
			return i;
	}
	return NO_SEGMENT;
}

static cdw_segment_map *
make_map(Jsonb *source, int bins)
{
	cdw_rules *rules = read_map(source, bins);
	cdw_segment_map *map = palloc(sizeof(cdw_segment_map));

	map->bins = bins;
	map->names = palloc(mul_size(sizeof(char *), rules->n + 1));
	for (int i = 0; i < rules->n; i++)
		map->names[i] = rules->rules[i].name;
	for (int r = 1; r <= bins; r++)
		for (int f = 1; f <= bins; f++)
			for (int m = 1; m <= bins; m++)
				map->segments[r - 1][f - 1][m - 1] = first_match(rules, r, f, m);
	return map;
}

/* Reads a map, for all scores that there are, into the current context; raises 22023 for a faulty one. */
cdw_segment_map *
cdw_segment_map_read(Jsonb *source)
{
	return make_map(source, CDW_MAX_BINS);
}

static void *
read_once(Jsonb *source, void *arg pg_attribute_unused())
{
	return cdw_segment_map_read(source);
}

/* The default map, which is for five bins; kept by the session. */
const cdw_segment_map *
cdw_default_segment_map(void)
{
	static cdw_segment_map *map = NULL;

	if (map == NULL)
	{
		MemoryContext context = AllocSetContextCreate(
			CurrentMemoryContext, "cdw default segment map", ALLOCSET_SMALL_SIZES);
		MemoryContext old = MemoryContextSwitchTo(context);

		map = make_map(cdw_preset_document(CDW_PRESET_SEGMENT_MAP, "default"), CDW_SEGMENT_BINS);
		MemoryContextSwitchTo(old);
		MemoryContextSetParent(context, TopMemoryContext);
	}
	return map;
}

/* The name of a cell, which lives with the map; NULL where no segment matches. */
const char *
cdw_segment_of(const cdw_segment_map *map, int r, int f, int m)
{
	int segment = map->segments[r - 1][f - 1][m - 1];

	return segment == NO_SEGMENT ? NULL : map->names[segment];
}

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
	const cdw_segment_map *map =
		PG_ARGISNULL(3) ? cdw_default_segment_map()
						: cdw_json_once(fcinfo, PG_GETARG_JSONB_P(3), 0, read_once, NULL);
	const char *segment;
	int scores[NSCORES];

	for (int i = 0; i < NSCORES; i++)
	{
		if (PG_ARGISNULL(i))
			PG_RETURN_NULL();
		scores[i] = PG_GETARG_INT32(i);
		check_score(scores[i], score_names[i], map->bins);
	}
	segment = cdw_segment_of(map, scores[0], scores[1], scores[2]);
	if (segment == NULL)
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text(segment));
}

/* ---- checking ---- */

#define CHECK_COLUMNS 5

typedef struct CheckOutput
{
	Tuplestorestate *rows;
	TupleDesc desc;
} CheckOutput;

/* Of scores, what can never be met is dead as well: the ranges lie above the bins. */
static void
put_finding(const cdw_finding *finding, void *arg)
{
	CheckOutput *output = arg;
	bool impossible = strcmp(finding->problem, "impossible") == 0;
	Datum values[CHECK_COLUMNS] = {0};
	bool nulls[CHECK_COLUMNS] = {false};

	values[0] = CStringGetTextDatum(impossible ? "dead" : finding->problem);
	nulls[1] = nulls[3] = finding->rule == NULL;
	if (finding->rule != NULL)
	{
		values[1] = CStringGetTextDatum(finding->rule->name);
		values[3] = CStringGetTextDatum(finding->path);
	}
	values[2] = Int32GetDatum((int32) finding->cells);
	values[4] = CStringGetTextDatum(impossible ? "No score is in this range." : finding->detail);
	tuplestore_putvalues(output->rows, output->desc, values, nulls);
}

/* cdw.check_segment_map(map jsonb, bins int): what is wrong with a map, in cells of bins^3. */
CDW_FUNCTION(cdw_check_segment_map)
{
	CheckOutput output;
	int32 bins;

	cdw_check_not_null(fcinfo, 0, "map");
	cdw_check_not_null(fcinfo, 1, "bins");
	bins = PG_GETARG_INT32(1);
	cdw_check_bins(bins);
	output.rows = cdw_result_rows(fcinfo, &output.desc);
	cdw_rules_check(read_map(PG_GETARG_JSONB_P(0), bins), put_finding, &output);
	PG_RETURN_VOID();
}
