/*
 * src/rfm/vega_chart.c
 *
 * Heat maps as Vega-Lite specifications: scores of recency by frequency, and segments left by segments
 * reached. Data lie inside the specification, each cell drawn as a rectangle with its number on it.
 * Numbers are copied as they come, not by way of floating point.
 */
#include "rfm/rfm.h"

#include "catalog/pg_type.h"
#include "utils/builtins.h"

#define SCHEMA_URL "https://vega.github.io/schema/vega-lite/v5.json"
#define NO_CUSTOMER "(not a customer)"

/* ---- cells ---- */

static void CDW_NORETURN
faulty_cells(int cell, const char *detail, const char *hint)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("invalid cells of a chart"),
			 cell > 0 ? errdetail("Cell %d: %s", cell, detail) : errdetail_internal("%s", detail),
			 errhint("%s", hint)));
}

static const char rfm_hint[] =
	"Cells are made by jsonb_agg of rows of r, f, count(*) AS customers, sum(monetary) AS monetary "
	"that are grouped by r and f.";
static const char movement_hint[] = "Cells are made by jsonb_agg of rows of cdw.rfm_movements.";

/* The i-th cell, counted from 1; it must be an object. */
static Jsonb *
cell_of(Jsonb *cells, int i, const char *hint)
{
	JsonbValue *value = getIthJsonbValueFromContainer(&cells->root, i - 1);
	Jsonb *cell = JsonbValueToJsonb(value);

	if (value->type != jbvBinary || !JB_ROOT_IS_OBJECT(cell))
		faulty_cells(i, "It must be an object.", hint);
	return cell;
}

static int
count_cells(Jsonb *cells, const char *hint)
{
	if (cells == NULL)
		return 0;
	if (!JB_ROOT_IS_ARRAY(cells) || JB_ROOT_IS_SCALAR(cells))
		faulty_cells(0, "They must be an array.", hint);
	return JB_ROOT_COUNT(cells);
}

/* A number as it is written; NULL where it is absent or null. */
static char *
number_member(Jsonb *cell, int i, const char *member, const char *hint)
{
	JsonbValue value;

	if (!cdw_json_field(cell, member, &value))
		return NULL;
	if (value.type != jbvNumeric)
		faulty_cells(i, psprintf("Member \"%s\" must be a number.", member), hint);
	return DatumGetCString(DirectFunctionCall1(numeric_out, NumericGetDatum(value.val.numeric)));
}

/* The number that is drawn, which must be there. */
static char *
measured(Jsonb *cell, int i, const char *measure, const char *hint)
{
	char *number = number_member(cell, i, measure, hint);

	if (number == NULL)
		faulty_cells(i, psprintf("Member \"%s\" is missing or null.", measure), hint);
	return number;
}

/* ---- specifications ---- */

/* What is drawn, and how. */
typedef struct Chart
{
	const char *title;
	const char *measure;
	const char *measure_title;
	const char *x; /* members of an encoding, from "field" on */
	const char *y;
	const char *tooltip; /* elements of its array but the measure's */
	StringInfoData data; /* elements of the values */
	double least;		 /* of the numbers that are drawn, and zero */
	double greatest;
} Chart;

static void
add_number(Chart *chart, const char *member, const char *number)
{
	if (number)
		appendStringInfo(&chart->data, ", \"%s\": %s", member, number);
}

static void
add_text(StringInfo data, const char *member, const char *value)
{
	appendStringInfo(data, "\"%s\": ", member);
	cdw_append_json_string(data, value);
}

/* Members of a cell are written by the caller; this begins it. */
static void
begin_cell(Chart *chart)
{
	appendStringInfoString(&chart->data, chart->data.len > 0 ? ", {" : "{");
}

static void
note_measure(Chart *chart, const char *number)
{
	double value = strtod(number, NULL);

	chart->least = Min(chart->least, value);
	chart->greatest = Max(chart->greatest, value);
}

/* The specification; numbers stand white on dark cells. */
static Datum
specification(const Chart *chart)
{
	StringInfoData spec;

	initStringInfo(&spec);
	appendStringInfo(&spec, "{\"$schema\": \"%s\", ", SCHEMA_URL);
	add_text(&spec, "title", chart->title);
	appendStringInfo(
		&spec,
		", \"width\": {\"step\": 72}, \"height\": {\"step\": 48}, \"data\": {\"values\": [%s]}, "
		"\"encoding\": {\"x\": {%s}, \"y\": {%s}, \"tooltip\": [%s, {\"field\": \"%s\", "
		"\"type\": \"quantitative\", \"title\": \"%s\", \"format\": \",\"}]}, \"layer\": ["
		"{\"mark\": {\"type\": \"rect\", \"stroke\": \"white\"}, \"encoding\": {\"color\": "
		"{\"field\": \"%s\", \"type\": \"quantitative\", \"title\": \"%s\", "
		"\"scale\": {\"scheme\": \"blues\", \"domainMin\": %.17g}}}}, "
		"{\"mark\": {\"type\": \"text\"}, \"encoding\": {\"text\": {\"field\": \"%s\", "
		"\"type\": \"quantitative\", \"format\": \",\"}, \"color\": {\"condition\": "
		"{\"test\": \"datum.%s > %.17g\", \"value\": \"white\"}, \"value\": \"black\"}}}]}",
		chart->data.data, chart->x, chart->y, chart->tooltip, chart->measure, chart->measure_title,
		chart->measure, chart->measure_title, chart->least, chart->measure, chart->measure,
		chart->greatest / 2);
	return JsonbPGetDatum(cdw_json_parse(spec.data));
}

/* The measure's title; an unknown one raises 22023 and names those that there are. */
static const char *
measure_title(const char *measure, const char *const (*titles)[2], int n)
{
	StringInfoData known;

	initStringInfo(&known);
	for (int i = 0; i < n; i++)
	{
		if (strcmp(measure, titles[i][0]) == 0)
			return titles[i][1];
		appendStringInfo(&known, "%s\"%s\"", i > 0 ? ", " : "", titles[i][0]);
	}
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("unknown measure \"%s\"", measure),
			 errhint("Measures are %s.", known.data)));
}

/* ---- rfm_chart ---- */

static int
score_member(Jsonb *cell, int i, const char *member, int bins)
{
	JsonbValue value;
	double score = cdw_json_field(cell, member, &value) ? cdw_json_number(&value) : 0;

	if (!(score >= 1 && score <= bins) || score != (int) score)
		faulty_cells(i, psprintf("Score \"%s\" must be an integer from 1 to %d.", member, bins),
					 rfm_hint);
	return (int) score;
}

static void
put_rfm_cell(Chart *chart, int r, int f, int bins, const char *customers, const char *monetary)
{
	begin_cell(chart);
	appendStringInfo(&chart->data, "\"r\": %d, \"f\": %d", r, f);
	if (bins == CDW_SEGMENT_BINS)
	{
		appendStringInfoString(&chart->data, ", ");
		add_text(&chart->data, "segment", cdw_segment_of(cdw_default_segment_map(), r, f, 1));
	}
	add_number(chart, "customers", customers);
	add_number(chart, "monetary", monetary);
	appendStringInfoChar(&chart->data, '}');
}

/* All cells of the map; those that are not given have nobody and nothing. */
static void
put_rfm_cells(Chart *chart, Jsonb *cells, int bins)
{
	bool given[CDW_MAX_BINS + 1][CDW_MAX_BINS + 1] = {{false}};
	int n = count_cells(cells, rfm_hint);

	for (int i = 1; i <= n; i++)
	{
		Jsonb *cell = cell_of(cells, i, rfm_hint);
		int r = score_member(cell, i, "r", bins);
		int f = score_member(cell, i, "f", bins);

		if (given[r][f])
			faulty_cells(i, psprintf("Another one has r = %d and f = %d, too.", r, f), rfm_hint);
		given[r][f] = true;
		note_measure(chart, measured(cell, i, chart->measure, rfm_hint));
		put_rfm_cell(chart, r, f, bins, number_member(cell, i, "customers", rfm_hint),
					 number_member(cell, i, "monetary", rfm_hint));
	}
	for (int r = 1; r <= bins; r++)
		for (int f = 1; f <= bins; f++)
			if (!given[r][f])
				put_rfm_cell(chart, r, f, bins, "0", "0");
}

static char *
title_argument(FunctionCallInfo fcinfo, int argno)
{
	return PG_ARGISNULL(argno) ? NULL : text_to_cstring(PG_GETARG_TEXT_PP(argno));
}

/* cdw.rfm_chart(cells jsonb, measure text, title text, bins int): recency upwards, frequency to the right. */
CDW_FUNCTION(cdw_rfm_chart)
{
	static const char *const titles[][2] = {{"customers", "Customers"}, {"monetary", "Monetary"}};
	Chart chart = {.title = title_argument(fcinfo, 2)};
	int bins;

	cdw_check_not_null(fcinfo, 1, "measure");
	cdw_check_not_null(fcinfo, 3, "bins");
	bins = PG_GETARG_INT32(3);
	cdw_check_bins(bins);
	chart.measure = text_to_cstring(PG_GETARG_TEXT_PP(1));
	chart.measure_title = measure_title(chart.measure, titles, lengthof(titles));
	if (chart.title == NULL)
		chart.title = psprintf("%s by recency and frequency", chart.measure_title);
	chart.x = "\"field\": \"f\", \"type\": \"ordinal\", \"sort\": \"ascending\", "
			  "\"title\": \"Frequency score\", \"axis\": {\"labelAngle\": 0}";
	chart.y = "\"field\": \"r\", \"type\": \"ordinal\", \"sort\": \"descending\", "
			  "\"title\": \"Recency score\"";
	chart.tooltip = bins == CDW_SEGMENT_BINS ? "{\"field\": \"segment\", \"title\": \"Segment\"}, "
											   "{\"field\": \"r\", \"title\": \"Recency score\"}, "
											   "{\"field\": \"f\", \"title\": \"Frequency score\"}"
											 : "{\"field\": \"r\", \"title\": \"Recency score\"}, "
											   "{\"field\": \"f\", \"title\": \"Frequency score\"}";
	initStringInfo(&chart.data);
	put_rfm_cells(&chart, PG_ARGISNULL(0) ? NULL : PG_GETARG_JSONB_P(0), bins);
	return specification(&chart);
}

/* ---- rfm_movement_chart ---- */

/* A segment, or that there was no customer. */
static char *
segment_member(Jsonb *cell, int i, const char *member)
{
	JsonbValue value;

	if (!cdw_json_field(cell, member, &value))
		return NO_CUSTOMER;
	if (value.type != jbvString)
		faulty_cells(i, psprintf("Member \"%s\" must be a string or null.", member), movement_hint);
	return cdw_json_string(&value);
}

/* Axes show the default segments from the best to the worst, then others. */
#define SEGMENT_ORDER                                                                              \
	"[\"champions\", \"loyal\", \"potential_loyalist\", \"new\", \"promising\", "                  \
	"\"need_attention\", \"about_to_sleep\", \"cant_lose\", \"at_risk\", \"hibernating\"]"

/* cdw.rfm_movement_chart(cells jsonb, measure text, title text): from downwards, to to the right. */
CDW_FUNCTION(cdw_rfm_movement_chart)
{
	static const char *const members[] = {"customers", "from_monetary", "to_monetary"};
	static const char *const titles[][2] = {{"customers", "Customers"},
											{"from_monetary", "Monetary before"},
											{"to_monetary", "Monetary after"}};
	Jsonb *cells = PG_ARGISNULL(0) ? NULL : PG_GETARG_JSONB_P(0);
	int n = count_cells(cells, movement_hint);
	Chart chart = {.title = title_argument(fcinfo, 2)};

	cdw_check_not_null(fcinfo, 1, "measure");
	chart.measure = text_to_cstring(PG_GETARG_TEXT_PP(1));
	chart.measure_title = measure_title(chart.measure, titles, lengthof(titles));
	if (chart.title == NULL)
		chart.title = psprintf("%s by segment, before and after", chart.measure_title);
	chart.x = "\"field\": \"to_segment\", \"type\": \"nominal\", \"sort\": " SEGMENT_ORDER
			  ", \"title\": \"To\", \"axis\": {\"labelAngle\": -40}";
	chart.y = "\"field\": \"from_segment\", \"type\": \"nominal\", \"sort\": " SEGMENT_ORDER
			  ", \"title\": \"From\"";
	chart.tooltip = "{\"field\": \"from_segment\", \"title\": \"From\"}, "
					"{\"field\": \"to_segment\", \"title\": \"To\"}";
	initStringInfo(&chart.data);
	for (int i = 1; i <= n; i++)
	{
		Jsonb *cell = cell_of(cells, i, movement_hint);

		begin_cell(&chart);
		add_text(&chart.data, "from_segment", segment_member(cell, i, "from_segment"));
		appendStringInfoString(&chart.data, ", ");
		add_text(&chart.data, "to_segment", segment_member(cell, i, "to_segment"));
		for (int m = 0; m < (int) lengthof(members); m++)
			add_number(&chart, members[m], number_member(cell, i, members[m], movement_hint));
		appendStringInfoChar(&chart.data, '}');
		if (number_member(cell, i, chart.measure, movement_hint))
			note_measure(&chart, number_member(cell, i, chart.measure, movement_hint));
	}
	return specification(&chart);
}
