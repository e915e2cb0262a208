/*
 * src/stats/components_io.c
 *
 * The text form of connected components: a JSON array of components, each an array of its ids, which
 * are numbers or strings.
 *
 *   [[1,2,5],[3,7]]    [["a","b c"],["x"]]
 *
 * Written in order, components by their smallest id; read in any order, where components that share an
 * id are one.
 */
#include "stats/components.h"

#include "mb/pg_wchar.h"
#include "utils/builtins.h"
#include "utils/json.h"

typedef struct Reader
{
	cdw_id_kind kind;
	const char *start;
	const char *position;
	StringInfoData string; /* the last string that was read */
} Reader;

static void
malformed_text(const Reader *reader, const char *detail)
{
	ereport(ERROR, (errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
					errmsg("invalid input syntax for type %s at byte %zu",
						   cdw_components_type(reader->kind),
						   (Size) (reader->position - reader->start) + 1),
					errdetail_internal("%s", detail)));
}

static void
skip_blanks(Reader *reader)
{
	reader->position += strspn(reader->position, " \t\n\r");
}

/* Reads a character with the blanks around it; false where another one is next. */
static bool
read_mark(Reader *reader, char mark)
{
	skip_blanks(reader);
	if (*reader->position != mark)
		return false;
	reader->position++;
	skip_blanks(reader);
	return true;
}

static int64
read_number(Reader *reader)
{
	const char *digits = reader->position + (*reader->position == '-');
	char *end;
	int64 value;

	if (*digits < '0' || *digits > '9')
		malformed_text(reader, "An id must be an integer.");
	errno = 0;
	value = strtoi64(reader->position, &end, 10);
	if (errno != 0)
		malformed_text(reader, "An id must be within the range of bigint.");
	reader->position = end;
	return value;
}

/* The four digits of an escape \uXXXX, behind which the position is moved. */
static pg_wchar
read_code_unit(Reader *reader)
{
	pg_wchar unit = 0;

	for (int i = 0; i < 4; i++, reader->position++)
	{
		char digit = *reader->position;

		if (digit >= '0' && digit <= '9')
			unit = unit * 16 + (digit - '0');
		else if ((digit | 32) >= 'a' && (digit | 32) <= 'f')
			unit = unit * 16 + ((digit | 32) - 'a' + 10);
		else
			malformed_text(reader, "\"\\u\" must be followed by four hexadecimal digits.");
	}
	return unit;
}

/* Reads the code point of an escape \uXXXX, of two where the first is half of a pair. */
static void
read_code_point(Reader *reader)
{
	unsigned char bytes[MAX_UNICODE_EQUIVALENT_STRING + 1];
	pg_wchar code = read_code_unit(reader);

	if (is_utf16_surrogate_first(code) && strncmp(reader->position, "\\u", 2) == 0)
	{
		pg_wchar second;

		reader->position += 2;
		second = read_code_unit(reader);
		code = is_utf16_surrogate_second(second) ? surrogate_pair_to_codepoint(code, second) : 0;
	}
	if (!is_valid_unicode_codepoint(code) || is_utf16_surrogate_first(code) ||
		is_utf16_surrogate_second(code))
		malformed_text(reader, "An escape must be of a character.");
	pg_unicode_to_server(code, bytes);
	appendStringInfoString(&reader->string, (char *) bytes);
}

/* Reads an escape; the position is behind its backslash. */
static void
read_escape(Reader *reader)
{
	static const char letters[] = "\"\\/bfnrt";
	static const char meanings[] = "\"\\/\b\f\n\r\t";
	const char *letter = strchr(letters, *reader->position);

	if (*reader->position == 'u')
	{
		reader->position++;
		read_code_point(reader);
		return;
	}
	if (*reader->position == '\0' || letter == NULL)
		malformed_text(reader, "A backslash must be followed by one of \"\\/bfnrtu.");
	appendStringInfoChar(&reader->string, meanings[letter - letters]);
	reader->position++;
}

/* Reads a string into the reader. */
static cdw_string
read_string(Reader *reader)
{
	if (*reader->position++ != '"')
	{
		reader->position--;
		malformed_text(reader, "An id must be a string in double quotes.");
	}
	resetStringInfo(&reader->string);
	for (;;)
	{
		Size plain = strcspn(reader->position, "\"\\");

		appendBinaryStringInfo(&reader->string, reader->position, plain);
		reader->position += plain;
		if (*reader->position == '\0')
			malformed_text(reader, "A string must end with a double quote.");
		if (*reader->position++ == '"')
			return (cdw_string){reader->string.data, reader->string.len};
		read_escape(reader);
	}
}

static cdw_id
read_id(Reader *reader)
{
	if (reader->kind == CDW_ID_INT8)
		return (cdw_id){.number = read_number(reader)};
	return (cdw_id){.text = read_string(reader)};
}

/* Reads a component, whose bracket is behind the position: all its ids are linked to the first. */
static void
read_component(Reader *reader, cdw_id_set *set)
{
	uint32 first = 0;
	bool is_first = true;

	do
	{
		cdw_id id = read_id(reader);
		uint32 item;

		cdw_id_set_items(set, &id, 1, &item);
		if (is_first)
			first = item;
		is_first = false;
		cdw_union_find_unite(set->parent, first, item);
		cdw_check_cancel(item);
	} while (read_mark(reader, ','));
	if (!read_mark(reader, ']'))
		malformed_text(reader, "Ids must be followed by \",\" or \"]\".");
}

static Datum
input(FunctionCallInfo fcinfo, cdw_id_kind kind)
{
	Reader reader = {.kind = kind, .start = PG_GETARG_CSTRING(0)};
	cdw_id_set set;

	reader.position = reader.start;
	initStringInfo(&reader.string);
	cdw_id_set_init(&set, kind, true, 0);
	if (!read_mark(&reader, '['))
		malformed_text(&reader, "A value must start with \"[\".");
	if (!read_mark(&reader, ']'))
	{
		do
		{
			if (!read_mark(&reader, '['))
				malformed_text(&reader, "A component must start with \"[\".");
			read_component(&reader, &set);
		} while (read_mark(&reader, ','));
		if (!read_mark(&reader, ']'))
			malformed_text(&reader, "Components must be followed by \",\" or \"]\".");
	}
	if (*reader.position != '\0')
		malformed_text(&reader, "Nothing may follow the last bracket.");
	PG_RETURN_POINTER(cdw_components_of_set(&set));
}

static void
write_id(StringInfo out, StringInfo scratch, const cdw_component_list *list, uint32 i)
{
	cdw_id id = cdw_component_list_id(list, i);

	if (list->kind == CDW_ID_INT8)
	{
		char digits[MAXINT8LEN + 1];

		appendBinaryStringInfo(out, digits, pg_lltoa(id.number, digits));
		return;
	}
	resetStringInfo(scratch);
	appendBinaryStringInfo(scratch, id.text.bytes, id.text.length);
	escape_json(out, scratch->data);
}

static Datum
output(FunctionCallInfo fcinfo)
{
	StringInfoData out;
	StringInfoData scratch;
	cdw_component_list list;
	uint32 *order;

	cdw_components_read(PG_GETARG_DATUM(0), &list);
	order = cdw_component_list_order(&list);
	initStringInfo(&out);
	initStringInfo(&scratch);
	appendStringInfoChar(&out, '[');
	for (uint32 i = 0; i < list.n; i++)
	{
		bool opens = list.root[order[i]] == order[i];

		cdw_check_cancel(i);
		if (opens)
			appendStringInfoString(&out, i == 0 ? "[" : "],[");
		else
			appendStringInfoChar(&out, ',');
		write_id(&out, &scratch, &list, order[i]);
	}
	appendStringInfoString(&out, list.n > 0 ? "]]" : "]");
	PG_RETURN_CSTRING(out.data);
}

/* cdw.components_int8_in(cstring): 22P02 for what is not of the form above. */
CDW_FUNCTION(cdw_components_int8_in)
{
	return input(fcinfo, CDW_ID_INT8);
}

/* cdw.components_text_in(cstring): likewise. */
CDW_FUNCTION(cdw_components_text_in)
{
	return input(fcinfo, CDW_ID_TEXT);
}

/* cdw.components_int8_out(cdw.components_int8): the text form described above. */
CDW_FUNCTION(cdw_components_int8_out)
{
	return output(fcinfo);
}

/* cdw.components_text_out(cdw.components_text): the text form described above. */
CDW_FUNCTION(cdw_components_text_out)
{
	return output(fcinfo);
}
