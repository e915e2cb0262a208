/*
 * src/identity/population.c
 *
 * Reading a source: every row streamed through the executor and encoded once.
 */
#include "identity/identity.h"

#include "utils/builtins.h"

#define MAX_SOURCES 10000

typedef struct Source
{
	char *name;
	uint32 number;
} Source;

typedef struct Loader
{
	const cdw_resolver *resolver;
	cdw_population *population;
	char *relation;
	MemoryContext context;
	int nsources;
	Source *source; /* by name */
	cdw_raw_value raw[CDW_MAX_FIELDS];
	uint64 last; /* the greatest hash of a row that is taken; of a sample */
} Loader;

/* A field's value as text; of a place in two columns both, "latitude,longitude". */
static void
append_field(StringInfo query, const cdw_field *field)
{
	if (field->longitude)
		appendStringInfo(query,
						 ", %s::pg_catalog.text OPERATOR(pg_catalog.||) ',' "
						 "OPERATOR(pg_catalog.||) %s::pg_catalog.text",
						 quote_identifier(field->name), quote_identifier(field->longitude));
	else
		appendStringInfo(query, ", %s::pg_catalog.text", quote_identifier(field->name));
}

/* SELECT key [, source column], fields AS text FROM the source, without a WHERE. */
char *
cdw_source_query(const cdw_resolver *resolver)
{
	StringInfoData query;

	initStringInfo(&query);
	appendStringInfo(&query, "SELECT %s", quote_identifier(resolver->key));
	if (resolver->source_column)
		appendStringInfo(&query, ", %s::pg_catalog.text",
						 quote_identifier(resolver->source_column));
	for (int f = 0; f < resolver->match.nfields; f++)
		append_field(&query, &resolver->match.field[f]);
	appendStringInfo(&query, " FROM %s", cdw_relation_name(resolver->source));
	return query.data;
}

/* A small number for the name of a source, in the order of their coming; NULL counts as empty. */
static uint32
source_number(Loader *loader, const char *name)
{
	int low = 0;
	int high = loader->nsources;
	MemoryContext old;

	while (low < high)
	{
		int middle = (low + high) / 2;
		int order = strcmp(loader->source[middle].name, name);

		if (order == 0)
			return loader->source[middle].number;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (loader->nsources == MAX_SOURCES)
		ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED), errmsg("too many sources"),
						errdetail("Column \"%s\" has more than %d values.",
								  loader->resolver->source_column, MAX_SOURCES)));
	old = MemoryContextSwitchTo(loader->context);
	if (loader->source == NULL)
		loader->source = palloc(sizeof(Source) * MAX_SOURCES);
	memmove(&loader->source[low + 1], &loader->source[low],
			sizeof(Source) * (loader->nsources - low));
	loader->source[low] = (Source){.name = pstrdup(name), .number = loader->nsources};
	MemoryContextSwitchTo(old);
	return loader->nsources++;
}

/* Numbers the sources anew in the order of their names, so that no hash depends on who came first. */
static void
order_sources(const Loader *loader, cdw_records *records)
{
	uint32 *rank = palloc(sizeof(uint32) * Max(loader->nsources, 1));

	records->nsources = loader->nsources;
	records->source_name = palloc(sizeof(char *) * Max(loader->nsources, 1));
	records->source_size = palloc0(sizeof(uint32) * Max(loader->nsources, 1));
	records->unique_source = palloc0(sizeof(bool) * Max(loader->nsources, 1));
	for (int i = 0; i < loader->nsources; i++)
	{
		rank[loader->source[i].number] = i;
		records->source_name[i] = loader->source[i].name;
		records->unique_source[i] = records->settings->link && records->settings->nmatch_rules == 0;
	}
	if (loader->nsources > 0)
		cdw_records_renumber_sources(records, rank, records->source_size);
	pfree(rank);
}

/* The values of a row, the first of them at column. */
static void
read_values(Loader *loader, TupleTableSlot *slot, int column)
{
	for (int f = 0; f < loader->resolver->match.nfields; f++, column++)
	{
		loader->raw[f] = (cdw_raw_value){0};
		if (!slot->tts_isnull[column])
		{
			text *value = DatumGetTextPP(slot->tts_values[column]);

			loader->raw[f].text = VARDATA_ANY(value);
			loader->raw[f].len = VARSIZE_ANY_EXHDR(value);
		}
	}
}

/* Whether a sample has the row: decided by what it says, so that the order of rows does not matter. */
static bool
is_drawn(const Loader *loader)
{
	uint64 hash = 0;

	if (loader->last == PG_UINT64_MAX)
		return true;
	for (int f = 0; f < loader->resolver->match.nfields; f++)
		hash = cdw_hash_combine(hash, cdw_hash_bytes(loader->raw[f].text ? loader->raw[f].text : "",
													 loader->raw[f].len, 0));
	return hash <= loader->last;
}

/* Runs in the stream's row context; the records and the keys keep to their own. */
static void
load_row(TupleTableSlot *slot, void *arg)
{
	Loader *loader = arg;
	const cdw_resolver *resolver = loader->resolver;
	cdw_keys *keys = loader->population->keys;
	Datum key = cdw_keys_read(keys, slot, 0, loader->relation);
	int column = resolver->source_column ? 2 : 1;
	uint32 source = 0;

	read_values(loader, slot, column);
	if (!is_drawn(loader))
		return;
	if (resolver->source_column)
		source = source_number(loader,
							   slot->tts_isnull[1] ? "" : TextDatumGetCString(slot->tts_values[1]));
	cdw_keys_add(keys, key);
	cdw_records_add(loader->population->records, loader->raw, source);
	cdw_progress_add(1);
}

/* Puts records in the order of their keys: from here on a record's number is its key's rank. */
static void
order_by_key(const cdw_resolver *resolver, cdw_population *population)
{
	cdw_keys *keys = population->keys;
	uint32 *position;

	if (cdw_keys_in_order(keys))
		return;
	position = cdw_keys_sort(keys);
	for (uint32 i = 1; i < keys->n; i++)
		if (cdw_keys_compare(keys, keys->key[i - 1], keys->key[i]) == 0)
			ereport(ERROR,
					(errcode(ERRCODE_UNIQUE_VIOLATION),
					 errmsg("key column \"%s\" of %s is not unique", resolver->key,
							cdw_relation_name(resolver->source)),
					 errdetail("Key %s occurs more than once.", cdw_key_text(keys, keys->key[i])),
					 errhint("Every record needs a key of its own; a view can build one.")));
	cdw_records_order(population->records, position);
	pfree(position);
}

/*
 * Rows of the source in key order: all, or a share of them. Raises 42501 where the caller may not read all
 * of them, 23502 and 23505 where the key is null or not unique.
 */
static cdw_population *
load(const cdw_resolver *resolver, double share)
{
	cdw_population *population = palloc0(sizeof(cdw_population));
	Loader loader = {.resolver = resolver,
					 .population = population,
					 .relation = cdw_relation_name(resolver->source),
					 .context = CurrentMemoryContext,
					 .last = share < 1 ? (uint64) (share * (double) PG_UINT64_MAX) : PG_UINT64_MAX};
	int settings;

	cdw_check_utf8();
	population->keys = cdw_keys_create(resolver);
	population->records = cdw_records_create(&resolver->match);
	population->records->share = share;
	cdw_progress_phase(CDW_PHASE_READING, cdw_relation_rows(resolver->source));
	settings = cdw_portable_output();
	cdw_stream(cdw_source_query(resolver), 0, NULL, NULL, load_row, &loader);
	cdw_restore_settings(settings);
	cdw_records_finish(population->records);
	cdw_progress_phase(CDW_PHASE_SORTING_KEYS, 0);
	order_sources(&loader, population->records);
	order_by_key(resolver, population);
	return population;
}

/* All rows of the source. To be closed with cdw_records_close. */
cdw_population *
cdw_load_population(const cdw_resolver *resolver)
{
	return load(resolver, 1);
}

/* About a share of them, 0 to 1, drawn by what they say. */
cdw_population *
cdw_load_sample(const cdw_resolver *resolver, double share)
{
	return load(resolver, Min(share, 1));
}

static void
read_count(TupleTableSlot *slot, void *arg)
{
	*(double *) arg = (double) DatumGetInt64(slot->tts_values[0]);
}

/* How many rows the source has. */
double
cdw_count_population(const cdw_resolver *resolver)
{
	int settings = cdw_portable_output();
	double n = 0;

	cdw_progress_phase(CDW_PHASE_READING, 0);
	cdw_stream(psprintf("SELECT pg_catalog.count(*) FROM %s", cdw_relation_name(resolver->source)),
			   0, NULL, NULL, read_count, &n);
	cdw_restore_settings(settings);
	return n;
}
