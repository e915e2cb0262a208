/*
 * src/identity/terms.c
 *
 * Storing the frequencies of values and words that a model needs, in the order of the table's primary
 * key, which makes both ways of building the index cheap.
 */
#include "identity/identity.h"

#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "port/pg_bswap.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

#define FIRST_CAPACITY 1024

typedef struct Term
{
	uint16 group; /* rank of the field's name, then of the part's */
	uint16 field;
	uint32 count;
	uint64 prefix; /* first bytes of the value, so that bytewise order is that of numbers */
	const char *value;
	int len;
} Term;

typedef struct TermList
{
	const cdw_match_settings *settings;
	uint16 rank[CDW_MAX_FIELDS]; /* of a field by its name */
	Term *term;
	Size n;
	Size capacity;
	cdw_arena arena; /* of the values: records do not stay in memory */
} TermList;

static inline int
compare_terms(const Term *a, const Term *b)
{
	int order;

	if (a->group != b->group)
		return a->group < b->group ? -1 : 1;
	if (a->prefix != b->prefix)
		return a->prefix < b->prefix ? -1 : 1;
	order = memcmp(a->value, b->value, Min(a->len, b->len));
	return order != 0 ? order : a->len - b->len;
}

#define ST_SORT sort_terms
#define ST_ELEMENT_TYPE Term
#define ST_COMPARE(a, b) compare_terms(a, b)
#define ST_SCOPE static
#define ST_CHECK_FOR_INTERRUPTS
#define ST_DEFINE
#include "lib/sort_template.h"

static void
rank_fields(TermList *list)
{
	const cdw_match_settings *settings = list->settings;

	for (int f = 0; f < settings->nfields; f++)
		for (int g = 0; g < settings->nfields; g++)
			list->rank[f] += strcmp(settings->field[g].name, settings->field[f].name) < 0;
}

/* Takes a term. */
static void
list_term(int field, cdw_term_part part, const char *value, int len, uint32 count, void *arg)
{
	TermList *list = arg;
	uint64 prefix = 0;
	char *copy = cdw_arena_alloc(&list->arena, len);

	if (list->n == list->capacity)
	{
		list->capacity *= 2;
		list->term = repalloc_huge(list->term, sizeof(Term) * list->capacity);
	}
	memcpy(copy, value, len);
	memcpy(&prefix, value, Min(len, (int) sizeof(prefix)));
	list->term[list->n++] = (Term){.group = list->rank[field] * 2 + (part == CDW_TERM_WORD),
								   .field = field,
								   .count = count,
								   .prefix = pg_hton64(prefix),
								   .value = copy,
								   .len = len};
}

static void
write_terms(cdw_bulk *bulk, const TermList *list)
{
	Datum name[CDW_MAX_FIELDS];
	Datum part[] = {CStringGetTextDatum("value"), CStringGetTextDatum("word")};
	text *value = palloc(VARHDRSZ + CDW_MAX_TEXT);

	for (int f = 0; f < list->settings->nfields; f++)
		name[f] = CStringGetTextDatum(list->settings->field[f].name);
	for (Size i = 0; i < list->n; i++)
	{
		const Term *term = &list->term[i];
		Datum row[] = {name[term->field], part[term->group & 1], PointerGetDatum(value),
					   Int64GetDatum(term->count)};

		SET_VARSIZE(value, VARHDRSZ + term->len);
		memcpy(VARDATA(value), term->value, term->len);
		cdw_bulk_row(bulk, row, NULL);
		cdw_progress_add(1);
	}
}

/* Empties the table of frequencies; rows of field, part, value and records are to be written to the result. */
cdw_bulk *
cdw_begin_terms(const cdw_resolver *resolver)
{
	static const char *const columns[] = {"field", "part", "value", "records"};
	char *table = cdw_result_name(resolver, "term");
	Oid types[] = {TEXTOID, TEXTOID, TEXTOID, INT8OID};

	cdw_execute(psprintf("DELETE FROM %s", table));
	return cdw_bulk_insert(table, 4, columns, types);
}

/* Stores the frequencies that a model needs in the place of those that are there. */
void
cdw_store_terms(const cdw_resolver *resolver, const cdw_records *records, const cdw_terms *terms)
{
	TermList list = {.settings = &resolver->match, .capacity = FIRST_CAPACITY};
	MemoryContext context =
		AllocSetContextCreate(CurrentMemoryContext, "cdw terms", ALLOCSET_DEFAULT_SIZES);
	cdw_bulk *bulk = cdw_begin_terms(resolver);

	rank_fields(&list);
	cdw_arena_init(&list.arena, context);
	list.term = palloc(sizeof(Term) * list.capacity);
	cdw_terms_frequent(terms, records, list_term, &list);
	sort_terms(list.term, list.n);
	write_terms(bulk, &list);
	cdw_bulk_end(bulk);
	pfree(list.term);
	MemoryContextDelete(context);
}
