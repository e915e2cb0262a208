/*
 * src/text/name_similarity_sql.c
 *
 * The SQL functions that compare names, and the user's own table of nicknames.
 */
#include "text/arguments.h"
#include "text/nicknames.h"

#include "utils/builtins.h"
#include "utils/memutils.h"

/* Longer values are no names of persons; time grows with the square of the number of words. */
#define MAX_NAME_BYTES 4096

/* A table of nicknames as it was parsed at a call site. */
typedef struct parsed_nicknames
{
	Jsonb *source; /* a copy, to see whether the next call brings the same */
	cdw_nicknames *table;
} parsed_nicknames;

/* Raises what is wrong with a table of nicknames. */
static void CDW_NORETURN
faulty_nicknames(const char *detail)
{
	ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					errmsg("argument \"nicknames\" is not a table of nicknames"),
					errdetail_internal("%s", detail),
					errhint("Give an object of formal names, each with an array of its short "
							"forms, such as {\"robert\": [\"bob\", \"rob\"]}; "
							"cdw.nicknames() is an example.")));
}

/* Refuses the word that would be one too many. */
static void
check_count(int words)
{
	if (words >= CDW_MAX_NICKNAMES)
		ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
						errmsg("argument \"nicknames\" has too many words"),
						errdetail("Formal names and short forms may be at most %d together.",
								  CDW_MAX_NICKNAMES)));
}

/*
 * Adds a word of the user under a formal name, in the form that tokens have: standard form,
 * romanised, without blanks.
 */
static void
add_word(cdw_nicknames *table, const char *word, int len, uint32 formal, const char *where)
{
	StringInfoData normal = cdw_result_buffer(len);
	StringInfoData roman = cdw_result_buffer(len);
	int written = 0;

	cdw_check_encoding(word, len);
	cdw_normalize_text(word, len, &normal);
	cdw_romanize(normal.data, normal.len, &roman);
	for (int i = 0; i < roman.len; i++)
		if (roman.data[i] != ' ')
			roman.data[written++] = roman.data[i];
	if (written == 0)
		faulty_nicknames(psprintf("%s has no letters.", where));
	cdw_nicknames_add(table, roman.data, written, formal);
	pfree(normal.data);
}

/* Adds the short forms of a formal name; returns the number of words in the table. */
static int
add_short_forms(cdw_nicknames *table, JsonbContainer *array, const char *path, uint32 formal,
				int words)
{
	JsonbIterator *iterator = JsonbIteratorInit(array);
	JsonbIteratorToken token;
	JsonbValue value;
	int position = 0;

	while ((token = JsonbIteratorNext(&iterator, &value, true)) != WJB_DONE)
	{
		const char *where;

		if (token != WJB_ELEM)
			continue;
		where = psprintf("%s[%d]", path, position++);
		if (value.type != jbvString)
			faulty_nicknames(
				psprintf("%s is of type %s, not a string.", where, cdw_json_type_name(&value)));
		check_count(words++);
		add_word(table, value.val.string.val, value.val.string.len, formal, where);
	}
	return words;
}

/* Reads and checks a whole table, in the current memory context. */
static parsed_nicknames *
read_nicknames(Jsonb *source)
{
	parsed_nicknames *parsed = palloc(sizeof(parsed_nicknames));
	JsonbIterator *iterator;
	JsonbIteratorToken token;
	JsonbValue key;
	JsonbValue value;
	uint32 formal = 0;
	int words = 0;

	if (!JB_ROOT_IS_OBJECT(source))
		faulty_nicknames("It is not an object.");
	parsed->source = palloc(VARSIZE(source));
	memcpy(parsed->source, source, VARSIZE(source));
	/* each key and each element of an array takes at least a JEntry */
	parsed->table = cdw_nicknames_create(Min(VARSIZE(source) / sizeof(JEntry), CDW_MAX_NICKNAMES));
	iterator = JsonbIteratorInit(&parsed->source->root);
	while ((token = JsonbIteratorNext(&iterator, &key, true)) != WJB_DONE)
	{
		char *path;

		if (token != WJB_KEY)
			continue;
		(void) JsonbIteratorNext(&iterator, &value, true);
		path = psprintf("$.\"%.*s\"", key.val.string.len, key.val.string.val);
		if (value.type != jbvBinary || !JsonContainerIsArray(value.val.binary.data))
			faulty_nicknames(
				psprintf("%s is of type %s, not an array.", path, cdw_json_type_name(&value)));
		check_count(words++);
		add_word(parsed->table, key.val.string.val, key.val.string.len, formal, path);
		words = add_short_forms(parsed->table, value.val.binary.data, path, formal, words);
		formal++;
	}
	cdw_nicknames_finish(parsed->table);
	return parsed;
}

/*
 * The table of this call: that of the call before where the argument did not change. That is told by
 * comparing the bytes: a parameter counts as stable, but PL/pgSQL keeps the call site of an expression
 * while its variables change.
 */
static const cdw_nicknames *
get_nicknames(FunctionCallInfo fcinfo, int argno)
{
	parsed_nicknames *parsed = fcinfo->flinfo->fn_extra;
	MemoryContext context;
	MemoryContext old;
	Jsonb *source;

	if (PG_ARGISNULL(argno))
		return cdw_builtin_nicknames();
	source = PG_GETARG_JSONB_P(argno);
	if (parsed != NULL && VARSIZE(parsed->source) == VARSIZE(source) &&
		memcmp(parsed->source, source, VARSIZE(source)) == 0)
	{
		PG_FREE_IF_COPY(source, argno);
		return parsed->table;
	}
	if (parsed != NULL)
	{
		context = GetMemoryChunkContext(parsed);
		fcinfo->flinfo->fn_extra = NULL;
		MemoryContextDelete(context);
	}
	/* First below the current context, so that a faulty table leaves nothing behind. */
	context = AllocSetContextCreate(CurrentMemoryContext, "cdw nicknames", ALLOCSET_SMALL_SIZES);
	old = MemoryContextSwitchTo(context);
	parsed = read_nicknames(source);
	MemoryContextSwitchTo(old);
	MemoryContextSetParent(context, fcinfo->flinfo->fn_mcxt);
	fcinfo->flinfo->fn_extra = parsed;
	PG_FREE_IF_COPY(source, argno);
	return parsed->table;
}

/* Refuses what is too long for a name. */
static void
check_name_length(const cdw_text *name)
{
	if (name->len > MAX_NAME_BYTES)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED), errmsg("name is too long to compare"),
				 errdetail("It has %d bytes; at most %d are allowed.", name->len, MAX_NAME_BYTES)));
}

/* cdw.name_similarity(a text, b text, nicknames jsonb) float8 */
CDW_FUNCTION(cdw_name_similarity_sql)
{
	const cdw_nicknames *nicknames;
	cdw_text a;
	cdw_text b;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(1))
		PG_RETURN_NULL();
	nicknames = get_nicknames(fcinfo, 2);
	a = cdw_get_text(fcinfo, 0);
	b = cdw_get_text(fcinfo, 1);
	check_name_length(&a);
	check_name_length(&b);
	PG_RETURN_FLOAT8(cdw_name_similarity(a.value, a.len, b.value, b.len, nicknames));
}

/* Writes a line of the built-in table as a member of an object. */
static void
append_line(StringInfo out, const char *line)
{
	int len = strcspn(line, " ");

	appendStringInfo(out, "\"%.*s\": [", len, line);
	line += len;
	for (const char *separator = ""; *line == ' '; separator = ", ")
	{
		len = strcspn(++line, " ");
		appendStringInfo(out, "%s\"%.*s\"", separator, len, line);
		line += len;
	}
	appendStringInfoChar(out, ']');
}

/* cdw.nicknames() jsonb */
CDW_FUNCTION(cdw_nicknames_sql)
{
	StringInfoData out;

	(void) fcinfo;
	initStringInfo(&out);
	for (int i = 0; i < cdw_nickname_line_count; i++)
	{
		appendStringInfoString(&out, i == 0 ? "{" : ", ");
		append_line(&out, cdw_nickname_lines[i]);
	}
	appendStringInfoChar(&out, '}');
	PG_RETURN_JSONB_P(cdw_json_parse(out.data));
}
