/*
 * src/rfm/preset.c
 *
 * Segment maps and rules by name: cdw.segment_map, cdw.grade_rules and the list cdw.presets.
 *
 * The eight segments are those of Chinese textbooks of marketing: each of R, F and M at or above its
 * mean over the customers (2) or below (1), R being high for a recent purchase. High M makes a customer
 * important, low M ordinary; then high R and F: value, high R alone: develop, high F alone: keep, none:
 * win back. Names beyond ASCII are escaped: jsonb reads them into whatever encoding the database has.
 */
#include "rfm/preset.h"

#include "utils/builtins.h"

typedef struct Preset
{
	cdw_preset_kind kind;
	const char *name;
	const char *description;
	const char *document;
} Preset;

static const char *const kind_names[] = {
	[CDW_PRESET_SEGMENT_MAP] = "segment map",
	[CDW_PRESET_GRADE_RULES] = "grade rules",
};

static const Preset presets[] = {
	{CDW_PRESET_SEGMENT_MAP, "default", "ten segments of R and F, scores 1 to 5",
	 "[{\"segment\": \"hibernating\", \"r\": [1,2], \"f\": [1,2]},"
	 " {\"segment\": \"at_risk\", \"r\": [1,2], \"f\": [3,4]},"
	 " {\"segment\": \"cant_lose\", \"r\": [1,2], \"f\": [5,5]},"
	 " {\"segment\": \"about_to_sleep\", \"r\": [3,3], \"f\": [1,2]},"
	 " {\"segment\": \"need_attention\", \"r\": [3,3], \"f\": [3,3]},"
	 " {\"segment\": \"loyal\", \"r\": [3,4], \"f\": [4,5]},"
	 " {\"segment\": \"promising\", \"r\": [4,4], \"f\": [1,1]},"
	 " {\"segment\": \"new\", \"r\": [5,5], \"f\": [1,1]},"
	 " {\"segment\": \"potential_loyalist\", \"r\": [4,5], \"f\": [2,3]},"
	 " {\"segment\": \"champions\", \"r\": [5,5], \"f\": [4,5]}]"},
	{CDW_PRESET_SEGMENT_MAP, "eight",
	 "eight segments in Chinese, each of R, F and M below its mean (1) or not (2)",
	 /* 重要价值 重要发展 重要保持 重要挽留 一般价值 一般发展 一般保持 一般挽留 */
	 "[{\"segment\": \"\\u91cd\\u8981\\u4ef7\\u503c\", \"r\": [2,2], \"f\": [2,2], \"m\": [2,2]},"
	 " {\"segment\": \"\\u91cd\\u8981\\u53d1\\u5c55\", \"r\": [2,2], \"f\": [1,1], \"m\": [2,2]},"
	 " {\"segment\": \"\\u91cd\\u8981\\u4fdd\\u6301\", \"r\": [1,1], \"f\": [2,2], \"m\": [2,2]},"
	 " {\"segment\": \"\\u91cd\\u8981\\u633d\\u7559\", \"r\": [1,1], \"f\": [1,1], \"m\": [2,2]},"
	 " {\"segment\": \"\\u4e00\\u822c\\u4ef7\\u503c\", \"r\": [2,2], \"f\": [2,2], \"m\": [1,1]},"
	 " {\"segment\": \"\\u4e00\\u822c\\u53d1\\u5c55\", \"r\": [2,2], \"f\": [1,1], \"m\": [1,1]},"
	 " {\"segment\": \"\\u4e00\\u822c\\u4fdd\\u6301\", \"r\": [1,1], \"f\": [2,2], \"m\": [1,1]},"
	 " {\"segment\": \"\\u4e00\\u822c\\u633d\\u7559\", \"r\": [1,1], \"f\": [1,1], \"m\": [1,1]}]"},
	{CDW_PRESET_SEGMENT_MAP, "eight_english", "the eight segments with English names",
	 "[{\"segment\": \"important_value\", \"r\": [2,2], \"f\": [2,2], \"m\": [2,2]},"
	 " {\"segment\": \"important_develop\", \"r\": [2,2], \"f\": [1,1], \"m\": [2,2]},"
	 " {\"segment\": \"important_keep\", \"r\": [1,1], \"f\": [2,2], \"m\": [2,2]},"
	 " {\"segment\": \"important_win_back\", \"r\": [1,1], \"f\": [1,1], \"m\": [2,2]},"
	 " {\"segment\": \"ordinary_value\", \"r\": [2,2], \"f\": [2,2], \"m\": [1,1]},"
	 " {\"segment\": \"ordinary_develop\", \"r\": [2,2], \"f\": [1,1], \"m\": [1,1]},"
	 " {\"segment\": \"ordinary_keep\", \"r\": [1,1], \"f\": [2,2], \"m\": [1,1]},"
	 " {\"segment\": \"ordinary_win_back\", \"r\": [1,1], \"f\": [1,1], \"m\": [1,1]}]"},
	{CDW_PRESET_GRADE_RULES, "vip_regular_new",
	 "by frequency, monetary and the number of categories bought from (columns of these names)",
	 "[{\"tag\": \"vip\", \"when\": {\"frequency\": {\">=\": 10}, \"monetary\": {\">=\": 5000}}},"
	 " {\"tag\": \"vip\", \"when\": {\"categories\": {\">=\": 5}, \"monetary\": {\">=\": 5000}}},"
	 " {\"tag\": \"regular\", \"when\": {\"frequency\": {\">=\": 2}}},"
	 " {\"tag\": \"new\"}]"},
	{CDW_PRESET_GRADE_RULES, "value_potential",
	 "by value so far and potential, the value expected (columns value and potential)",
	 "[{\"tag\": \"important\", \"when\": {\"value\": {\">=\": 5000}}},"
	 " {\"tag\": \"potential\", \"when\": {\"potential\": {\">=\": 1000}}},"
	 " {\"tag\": \"ordinary\"}]"},
};

static const Preset *
find_preset(cdw_preset_kind kind, const char *name)
{
	for (int i = 0; i < (int) lengthof(presets); i++)
	{
		if (presets[i].kind == kind && strcmp(presets[i].name, name) == 0)
			return &presets[i];
	}
	return NULL;
}

static void CDW_NORETURN
unknown_preset(cdw_preset_kind kind, const char *name)
{
	StringInfoData known;

	initStringInfo(&known);
	for (int i = 0; i < (int) lengthof(presets); i++)
	{
		if (presets[i].kind == kind)
			appendStringInfo(&known, "%s\"%s\"", known.len > 0 ? ", " : "", presets[i].name);
	}
	ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					errmsg("unknown %s \"%s\"", kind_names[kind], name),
					errhint("There are %s.", known.data)));
}

/* A document by name, in the current context; an unknown name is an error. */
Jsonb *
cdw_preset_document(cdw_preset_kind kind, const char *name)
{
	const Preset *preset = find_preset(kind, name);

	if (preset == NULL)
		unknown_preset(kind, name);
	return cdw_json_parse(unconstify(char *, preset->document));
}

/* cdw.segment_map(name text) */
CDW_FUNCTION(cdw_segment_map)
{
	PG_RETURN_JSONB_P(
		cdw_preset_document(CDW_PRESET_SEGMENT_MAP, text_to_cstring(PG_GETARG_TEXT_PP(0))));
}

/* cdw.grade_rules(name text) */
CDW_FUNCTION(cdw_grade_rules)
{
	PG_RETURN_JSONB_P(
		cdw_preset_document(CDW_PRESET_GRADE_RULES, text_to_cstring(PG_GETARG_TEXT_PP(0))));
}

/* cdw.presets(): kind, name, description and document of each. */
CDW_FUNCTION(cdw_presets)
{
	TupleDesc desc;
	Tuplestorestate *rows = cdw_result_rows(fcinfo, &desc);

	for (int i = 0; i < (int) lengthof(presets); i++)
	{
		const Preset *preset = &presets[i];
		Datum values[4] = {CStringGetTextDatum(kind_names[preset->kind]),
						   CStringGetTextDatum(preset->name),
						   CStringGetTextDatum(preset->description),
						   JsonbPGetDatum(cdw_json_parse(unconstify(char *, preset->document)))};
		bool nulls[4] = {false};

		tuplestore_putvalues(rows, desc, values, nulls);
	}
	return (Datum) 0;
}
