/*
 * src/match/elements.c
 *
 * Lists as values: an array, or a text of elements between separators. The standard form is a set:
 * elements in standard form, each once, in C order, with commas between. No element has a comma,
 * because standard text has no punctuation.
 */
#include "match/kind.h"

#include "text/text.h"

typedef struct Element
{
	char *text;
	int len;
} Element;

typedef struct ElementList
{
	Element *element;
	int n;
	int capacity;
	StringInfoData normal;
} ElementList;

static int
compare_elements(const void *a, const void *b)
{
	const Element *x = a;
	const Element *y = b;
	int order = memcmp(x->text, y->text, Min(x->len, y->len));

	return order ? order : x->len - y->len;
}

/* Adds an element unless it is missing or nothing of it is left in standard form. */
static void
add_element(ElementList *list, const char *value, int len)
{
	if (cdw_is_missing(value, len))
		return;
	cdw_normalize_text(value, len, &list->normal);
	if (list->normal.len == 0)
		return;
	if (list->n == list->capacity)
	{
		list->capacity *= 2;
		list->element = repalloc(list->element, sizeof(Element) * list->capacity);
	}
	list->element[list->n++] =
		(Element){.text = pnstrdup(list->normal.data, list->normal.len), .len = list->normal.len};
}

/*
 * The elements of an array of any number of dimensions in its text form: {a,"b c",NULL}, perhaps with
 * bounds before it. NULLs are left out.
 */
static void
read_array(ElementList *list, const char *value, int len)
{
	const char *brace = memchr(value, '{', len);
	StringInfoData element;
	bool quoted = false; /* whether the element was */
	bool inside = false; /* within quotes */

	initStringInfo(&element);
	for (const char *at = brace; at && at < value + len; at++)
	{
		if (*at == '\\' && at + 1 < value + len)
			appendStringInfoChar(&element, *++at);
		else if (*at == '"')
		{
			inside = !inside;
			quoted = true;
		}
		else if (inside || (*at != ',' && *at != '{' && *at != '}'))
			appendStringInfoChar(&element, *at);
		else
		{
			if (quoted || pg_strcasecmp(element.data, "null") != 0)
				add_element(list, element.data, element.len);
			resetStringInfo(&element);
			quoted = false;
		}
	}
	pfree(element.data);
}

/* The length of the separator that stands at a place, 0 where none does. */
static int
separator_at(const cdw_field *field, const char *at, const char *end)
{
	int len;

	if (field->separator == NULL)
		return end - at >= 2 && at[0] == '*' && at[1] == '*' ? 2
															 : *at && strchr(",;|", *at) != NULL;
	len = strlen(field->separator);
	return end - at >= len && memcmp(at, field->separator, len) == 0 ? len : 0;
}

static void
read_text(ElementList *list, const cdw_field *field, const char *value, int len)
{
	const char *end = value + len;
	const char *start = value;
	const char *at = value;

	while (at < end)
	{
		int separator = separator_at(field, at, end);

		if (separator == 0)
		{
			at++;
			continue;
		}
		add_element(list, start, at - start);
		at += separator;
		start = at;
	}
	add_element(list, start, end - start);
}

/* Replaces what is in out by the standard form of a list; empty where it has no elements. */
void
cdw_standardise_elements(const cdw_field *field, const char *value, int len, StringInfo out)
{
	ElementList list = {.capacity = 16};

	list.element = palloc(sizeof(Element) * list.capacity);
	initStringInfo(&list.normal);
	if (field->array)
		read_array(&list, value, len);
	else
		read_text(&list, field, value, len);
	qsort(list.element, list.n, sizeof(Element), compare_elements);
	for (int i = 0; i < list.n; i++)
	{
		if (i > 0 && compare_elements(&list.element[i - 1], &list.element[i]) == 0)
			continue;
		if (out->len > 0)
			appendStringInfoChar(out, ',');
		appendBinaryStringInfo(out, list.element[i].text, list.element[i].len);
	}
	for (int i = 0; i < list.n; i++)
		pfree(list.element[i].text);
	pfree(list.element);
	pfree(list.normal.data);
}
