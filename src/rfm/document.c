/*
 * src/rfm/document.c
 *
 * Reading documents in jsonb: every mistake is told with its path.
 */
#include "rfm/document.h"

#include "utils/builtins.h"
#include "utils/memutils.h"

/* ---- paths ---- */

cdw_path
cdw_path_root(const char *argname)
{
	return (cdw_path){.key = argname, .length = strlen(argname)};
}

cdw_path
cdw_path_member(const cdw_path *parent, const JsonbValue *key)
{
	return (cdw_path){.parent = parent, .key = key->val.string.val, .length = key->val.string.len};
}

cdw_path
cdw_path_element(const cdw_path *parent, int element)
{
	return (cdw_path){.parent = parent, .element = element};
}

/* Whether a key can be written without quotes. */
static bool
plain_key(const cdw_path *path)
{
	for (int i = 0; i < path->length; i++)
	{
		unsigned char c = path->key[i];

		if (!(isalnum(c) && c < 0x80) && c != '_')
			return false;
	}
	return path->length > 0;
}

static void
append_path(StringInfo out, const cdw_path *path)
{
	if (path->parent != NULL)
	{
		check_stack_depth();
		append_path(out, path->parent);
	}
	if (path->key == NULL)
	{
		appendStringInfo(out, "[%d]", path->element);
		return;
	}
	if (path->parent != NULL)
		appendStringInfoChar(out, '.');
	if (plain_key(path))
		appendBinaryStringInfo(out, path->key, path->length);
	else
		cdw_append_json_string(out, pnstrdup(path->key, path->length));
}

/* A path as it would be written in jsonpath, but for the root: rules[0].when."first name". */
char *
cdw_path_text(const cdw_path *path)
{
	StringInfoData out;

	initStringInfo(&out);
	append_path(&out, path);
	return out.data;
}

/* ---- faults ---- */

/*
 * Refuses what is at a path, or notes it where faults are collected: the caller goes on then. detail is
 * a full sentence; a NULL hint stands for the document's example.
 */
void
cdw_document_fault(cdw_document *document, const cdw_path *path, int sqlstate, const char *detail,
				   const char *hint)
{
	cdw_fault *fault = palloc(sizeof(cdw_fault));

	*fault = (cdw_fault){.path = cdw_path_text(path),
						 .sqlstate = sqlstate,
						 .detail = pstrdup(detail),
						 .hint = hint != NULL ? hint : document->example};
	if (!document->collect)
		ereport(ERROR, (errcode(sqlstate), errmsg("invalid %s at %s", document->title, fault->path),
						errdetail_internal("%s", fault->detail), errhint("%s", fault->hint)));
	document->faults = lappend(document->faults, fault);
}

/* Refuses what does not look as it must; the hint is the example. */
void
cdw_document_invalid(cdw_document *document, const cdw_path *path, const char *detail)
{
	cdw_document_fault(document, path, ERRCODE_INVALID_PARAMETER_VALUE, detail, NULL);
}

/* Refuses a key and names the nearest known one, or all that are known. */
void
cdw_unknown_key(cdw_document *document, const cdw_path *path, const JsonbValue *key, int n,
				const char *const *known)
{
	const char *nearest = cdw_nearest_name(key->val.string.val, key->val.string.len, n, known);
	StringInfoData hint;

	initStringInfo(&hint);
	if (nearest != NULL)
		appendStringInfo(&hint, "Perhaps you mean \"%s\".", nearest);
	else
	{
		appendStringInfoString(&hint, "Known are");
		for (int i = 0; i < n; i++)
			appendStringInfo(&hint, "%s \"%s\"", i > 0 ? "," : "", known[i]);
		appendStringInfoChar(&hint, '.');
	}
	cdw_document_fault(
		document, path, ERRCODE_INVALID_PARAMETER_VALUE,
		psprintf("Key \"%.*s\" is unknown.", key->val.string.len, key->val.string.val), hint.data);
}

/* ---- walking ---- */

/* The document as a value, which a scalar is, too. */
void
cdw_json_root(Jsonb *source, JsonbValue *root)
{
	if (!JB_ROOT_IS_SCALAR(source) || !JsonbExtractScalar(&source->root, root))
		*root =
			(JsonbValue){.type = jbvBinary,
						 .val.binary = {.len = VARSIZE(source) - VARHDRSZ, .data = &source->root}};
}

bool
cdw_json_is_array(const JsonbValue *value)
{
	return value->type == jbvBinary && JsonContainerIsArray(value->val.binary.data);
}

bool
cdw_json_is_object(const JsonbValue *value)
{
	return value->type == jbvBinary && JsonContainerIsObject(value->val.binary.data);
}

/* The number of elements or members of an array or object. */
int
cdw_json_size(const JsonbValue *value)
{
	return JsonContainerSize(value->val.binary.data);
}

void
cdw_json_element(const JsonbValue *array, int i, JsonbValue *element)
{
	JsonbValue *found = getIthJsonbValueFromContainer(array->val.binary.data, i);

	*element = *found;
	pfree(found);
}

/* The next member of an object, in jsonb's order of keys; false at the end. */
bool
cdw_json_next(JsonbIterator **iterator, JsonbValue *key, JsonbValue *value)
{
	JsonbIteratorToken token;

	while ((token = JsonbIteratorNext(iterator, key, true)) != WJB_DONE)
	{
		if (token == WJB_KEY)
		{
			(void) JsonbIteratorNext(iterator, value, true);
			return true;
		}
	}
	return false;
}

bool
cdw_json_key_is(const JsonbValue *key, const char *name)
{
	return key->val.string.len == (int) strlen(name) &&
		   memcmp(key->val.string.val, name, key->val.string.len) == 0;
}
