/*
 * src/core/json.c
 *
 * Small readers and writers of jsonb: settings and models are documents.
 */
#include "core/core.h"

#include "utils/builtins.h"
#include "utils/float.h"
#include "utils/json.h"
#include "utils/memutils.h"
#include "utils/numeric.h"

/* What a value is, in the words of jsonb_typeof. */
const char *
cdw_json_type_name(const JsonbValue *value)
{
	switch (value->type)
	{
		case jbvNull:
			return "null";
		case jbvString:
			return "string";
		case jbvNumeric:
			return "number";
		case jbvBool:
			return "boolean";
		default:
			return value->type == jbvArray || (value->type == jbvBinary &&
											   JsonContainerIsArray(value->val.binary.data))
					   ? "array"
					   : "object";
	}
}

/* A palloc'd copy of a string value; NULL for any other type. */
char *
cdw_json_string(const JsonbValue *value)
{
	if (value->type != jbvString)
		return NULL;
	return pnstrdup(value->val.string.val, value->val.string.len);
}

/* The value of a key; false where the key is absent or null, and where object is no object. */
bool
cdw_json_field(Jsonb *object, const char *name, JsonbValue *value)
{
	JsonbValue *found;

	/* the look-up below takes the elements of an array for keys and reads past its end */
	if (!JB_ROOT_IS_OBJECT(object))
		return false;
	found = getKeyJsonValueFromContainer(&object->root, name, strlen(name), value);
	return found != NULL && found->type != jbvNull;
}

/* A number as float8, infinite beyond its range; NaN for any other type. */
double
cdw_json_number(const JsonbValue *value)
{
	if (value->type != jbvNumeric)
		return get_float8_nan();
	return DatumGetFloat8(
		DirectFunctionCall1(numeric_float8_no_overflow, NumericGetDatum(value->val.numeric)));
}

/* Appends a quoted JSON string, or null. */
void
cdw_append_json_string(StringInfo out, const char *value)
{
	if (value == NULL)
		appendStringInfoString(out, "null");
	else
		escape_json(out, value);
}

Jsonb *
cdw_json_parse(char *text)
{
	return DatumGetJsonbP(DirectFunctionCall1(jsonb_in, CStringGetDatum(text)));
}

char *
cdw_json_text(Jsonb *value)
{
	return JsonbToCString(NULL, &value->root, VARSIZE(value));
}

/*
 * What read makes of a document: that of the call before where neither its bytes nor the version of what it
 * is read for has changed. It lives in parent until then, with the copy of the document that read is given.
 */
void *
cdw_json_cached(cdw_json_cache *cache, MemoryContext parent, Jsonb *source, uint64 version,
				cdw_json_reader read, void *arg)
{
	cdw_json_cache fresh = {.version = version};
	MemoryContext old;

	if (cache->source != NULL && cache->version == version &&
		VARSIZE(cache->source) == VARSIZE(source) &&
		memcmp(cache->source, source, VARSIZE(source)) == 0)
		return cache->document;
	/* First below the current context, so that a faulty document leaves nothing behind. */
	fresh.context =
		AllocSetContextCreate(CurrentMemoryContext, "cdw document", ALLOCSET_SMALL_SIZES);
	old = MemoryContextSwitchTo(fresh.context);
	fresh.source = palloc(VARSIZE(source));
	memcpy(fresh.source, source, VARSIZE(source));
	fresh.document = read(fresh.source, arg);
	MemoryContextSwitchTo(old);
	MemoryContextSetParent(fresh.context, parent);
	if (cache->context != NULL)
		MemoryContextDelete(cache->context);
	*cache = fresh;
	return fresh.document;
}

/* The same for a call site of which nothing else is kept. */
void *
cdw_json_once(FunctionCallInfo fcinfo, Jsonb *source, uint64 version, cdw_json_reader read,
			  void *arg)
{
	FmgrInfo *site = fcinfo->flinfo;

	if (site->fn_extra == NULL)
		site->fn_extra = MemoryContextAllocZero(site->fn_mcxt, sizeof(cdw_json_cache));
	return cdw_json_cached(site->fn_extra, site->fn_mcxt, source, version, read, arg);
}
