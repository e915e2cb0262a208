/*
 * src/identity/diagnostics.c
 *
 * How the records of each identity hang together, from the tables of identities and matches alone: what
 * a person looks at who wants to know which identities to distrust.
 */
#include "identity/identity.h"

#include "catalog/pg_type.h"
#include "utils/builtins.h"
#include "utils/float.h"
#include "utils/memutils.h"

typedef struct Members
{
	const char *table; /* that is being read */
	cdw_keys *keys;	   /* in key order */
	int64 *identity;   /* by record */
	uint32 capacity;
	cdw_graph *graph;
	double threshold;
} Members;

static void
read_member(TupleTableSlot *slot, void *arg)
{
	Members *members = arg;
	Datum key = cdw_keys_read(members->keys, slot, 0, members->table);

	if (members->keys->n == members->capacity)
	{
		members->capacity *= 2;
		members->identity = repalloc_huge(members->identity, sizeof(int64) * members->capacity);
	}
	members->identity[members->keys->n] =
		slot->tts_isnull[1] ? 0 : DatumGetInt64(slot->tts_values[1]);
	cdw_keys_add(members->keys, key);
}

/* An edge, where both records are in one identity and the pair is above the threshold. */
static void
read_match(TupleTableSlot *slot, void *arg)
{
	Members *members = arg;
	int64 left =
		cdw_keys_find(members->keys, cdw_keys_read(members->keys, slot, 0, members->table));
	int64 right =
		cdw_keys_find(members->keys, cdw_keys_read(members->keys, slot, 1, members->table));
	double probability = slot->tts_isnull[3] ? 0 : DatumGetFloat8(slot->tts_values[3]);

	if (left < 0 || right < 0 || left == right || !(probability > members->threshold) ||
		members->identity[left] != members->identity[right])
		return;
	cdw_graph_add(members->graph, left, right,
				  slot->tts_isnull[2] ? get_float8_nan() : DatumGetFloat8(slot->tts_values[2]),
				  probability);
}

static int
compare_edges(const void *a, const void *b, void *arg pg_attribute_unused())
{
	const cdw_graph_edge *left = a;
	const cdw_graph_edge *right = b;

	if (left->a != right->a)
		return left->a < right->a ? -1 : 1;
	return left->b < right->b ? -1 : left->b > right->b;
}

/* Reads both tables, all their rows (42501 where row security hides some), and analyses the graph. */
static Members *
load_members(const cdw_resolver *resolver, double threshold)
{
	Members *members = palloc0(sizeof(Members));
	int64 *unsorted;
	uint32 *position;
	int settings = cdw_portable_output();

	members->threshold = threshold;
	members->keys = cdw_keys_create(resolver);
	members->capacity = 1024;
	members->identity = palloc(sizeof(int64) * members->capacity);
	members->table = cdw_result_name(resolver, "identity");
	cdw_stream(psprintf("SELECT %s, identity_id::pg_catalog.int8 FROM %s",
						quote_identifier(resolver->key), members->table),
			   0, NULL, NULL, read_member, members);
	unsorted = members->identity;
	members->identity =
		MemoryContextAllocHuge(CurrentMemoryContext, sizeof(int64) * Max(members->keys->n, 1));
	position = cdw_keys_sort(members->keys);
	for (uint32 i = 0; i < members->keys->n; i++)
		members->identity[i] = unsorted[position[i]];
	pfree(position);
	pfree(unsorted);
	members->graph = cdw_graph_create(members->keys->n);
	members->table = cdw_result_name(resolver, "match");
	cdw_stream(psprintf("SELECT left_key, right_key, match_weight::pg_catalog.float8, "
						"match_probability::pg_catalog.float8 FROM %s",
						members->table),
			   0, NULL, NULL, read_match, members);
	cdw_restore_settings(settings);
	qsort_interruptible(members->graph->edge, members->graph->nedges, sizeof(cdw_graph_edge),
						compare_edges, NULL);
	cdw_graph_analyse(members->graph);
	return members;
}

/* ---- identity_diagnostics ---- */

typedef struct Diagnosis
{
	int64 identity;
	int64 records;
	int64 matches;
	int64 parts;
	int64 bridges;
	int64 joints;
	double weakest_weight;
	double weakest_probability;
} Diagnosis;

enum
{
	COLUMN_IDENTITY,
	COLUMN_RECORDS,
	COLUMN_MATCHES,
	COLUMN_DENSITY,
	COLUMN_WEIGHT,
	COLUMN_PROBABILITY,
	COLUMN_PARTS,
	COLUMN_BRIDGES,
	COLUMN_JOINTS,
	COLUMNS
};

static int
compare_diagnoses(const void *a, const void *b, void *arg pg_attribute_unused())
{
	const Diagnosis *left = a;
	const Diagnosis *right = b;

	return left->identity < right->identity ? -1 : left->identity > right->identity;
}

static Diagnosis *
find_diagnosis(Diagnosis *diagnosis, Size n, int64 identity)
{
	Size low = 0;
	Size high = n;

	while (low < high)
	{
		Size middle = low + (high - low) / 2;

		if (diagnosis[middle].identity < identity)
			low = middle + 1;
		else
			high = middle;
	}
	return &diagnosis[low];
}

/* One entry per identity, in the order of their numbers. */
static Diagnosis *
list_identities(const Members *members, Size *n)
{
	uint32 records = members->keys->n;
	Diagnosis *diagnosis =
		MemoryContextAllocExtended(CurrentMemoryContext, sizeof(Diagnosis) * Max(records, (Size) 1),
								   MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);

	for (uint32 i = 0; i < records; i++)
		diagnosis[i].identity = members->identity[i];
	qsort_interruptible(diagnosis, records, sizeof(Diagnosis), compare_diagnoses, NULL);
	*n = 0;
	for (uint32 i = 0; i < records; i++)
	{
		if (i > 0 && diagnosis[i].identity == diagnosis[*n - 1].identity)
			continue;
		diagnosis[*n] = diagnosis[i];
		diagnosis[*n].weakest_weight = diagnosis[*n].weakest_probability = get_float8_infinity();
		(*n)++;
	}
	return diagnosis;
}

static void
diagnose(const Members *members, Diagnosis *diagnosis, Size n)
{
	const cdw_graph *graph = members->graph;
	uint32 parts_seen = 0;

	for (uint32 i = 0; i < graph->n; i++)
	{
		Diagnosis *of = find_diagnosis(diagnosis, n, members->identity[i]);

		of->records++;
		of->joints += graph->joint[i];
		/* parts are numbered in the order of their first records */
		if (graph->part[i] == parts_seen)
		{
			parts_seen++;
			of->parts++;
		}
	}
	for (Size e = 0; e < graph->nedges; e++)
	{
		const cdw_graph_edge *edge = &graph->edge[e];
		Diagnosis *of = find_diagnosis(diagnosis, n, members->identity[edge->a]);

		of->matches++;
		of->bridges += edge->bridge;
		of->weakest_weight = Min(of->weakest_weight, edge->weight);
		of->weakest_probability = Min(of->weakest_probability, edge->probability);
	}
}

static void
put_diagnosis(Tuplestorestate *rows, TupleDesc desc, const Diagnosis *of)
{
	double pairs = (double) of->records * ((double) of->records - 1) / 2;
	Datum values[COLUMNS];
	bool nulls[COLUMNS] = {0};

	values[COLUMN_IDENTITY] = Int64GetDatum(of->identity);
	values[COLUMN_RECORDS] = Int64GetDatum(of->records);
	values[COLUMN_MATCHES] = Int64GetDatum(of->matches);
	values[COLUMN_DENSITY] = Float8GetDatum(of->matches / pairs);
	nulls[COLUMN_DENSITY] = of->records < 2;
	values[COLUMN_WEIGHT] = Float8GetDatum(of->weakest_weight);
	values[COLUMN_PROBABILITY] = Float8GetDatum(of->weakest_probability);
	nulls[COLUMN_WEIGHT] = nulls[COLUMN_PROBABILITY] = of->matches == 0;
	values[COLUMN_PARTS] = Int64GetDatum(of->parts);
	values[COLUMN_BRIDGES] = Int64GetDatum(of->bridges);
	values[COLUMN_JOINTS] = Int64GetDatum(of->joints);
	tuplestore_putvalues(rows, desc, values, nulls);
}

/* The resolver and threshold of both functions below. */
static Members *
members_of_arguments(FunctionCallInfo fcinfo, int threshold)
{
	cdw_check_not_null(fcinfo, 0, "resolver");
	cdw_check_not_null(fcinfo, threshold, "threshold");
	cdw_check_probability(PG_GETARG_FLOAT8(threshold), "threshold");
	return load_members(cdw_resolver_open(PG_GETARG_TEXT_PP(0)), PG_GETARG_FLOAT8(threshold));
}

CDW_FUNCTION(cdw_identity_diagnostics)
{
	Members *members = members_of_arguments(fcinfo, 1);
	Tuplestorestate *rows;
	TupleDesc desc;
	Diagnosis *diagnosis;
	Size n;

	rows = cdw_result_rows(fcinfo, &desc);
	diagnosis = list_identities(members, &n);
	diagnose(members, diagnosis, n);
	for (Size i = 0; i < n; i++)
		put_diagnosis(rows, desc, &diagnosis[i]);
	return (Datum) 0;
}

/* ---- identity_bridges ---- */

static void
put_bridge(Tuplestorestate *rows, TupleDesc desc, const Members *members,
		   const cdw_graph_edge *edge, uint32 part_size)
{
	const cdw_keys *keys = members->keys;
	Datum values[] = {Int64GetDatum(members->identity[edge->a]),
					  CStringGetTextDatum(cdw_key_text(keys, keys->key[edge->a])),
					  CStringGetTextDatum(cdw_key_text(keys, keys->key[edge->b])),
					  Float8GetDatum(edge->weight),
					  Float8GetDatum(edge->probability),
					  Int64GetDatum(part_size - edge->beyond),
					  Int64GetDatum(edge->beyond)};
	bool nulls[lengthof(values)] = {0};

	tuplestore_putvalues(rows, desc, values, nulls);
}

CDW_FUNCTION(cdw_identity_bridges)
{
	Members *members = members_of_arguments(fcinfo, 2);
	const cdw_graph *graph = members->graph;
	Tuplestorestate *rows;
	TupleDesc desc;
	uint32 *part_size;

	rows = cdw_result_rows(fcinfo, &desc);
	part_size = MemoryContextAllocExtended(CurrentMemoryContext,
										   sizeof(uint32) * Max(graph->nparts, (Size) 1),
										   MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
	for (uint32 i = 0; i < graph->n; i++)
		part_size[graph->part[i]]++;
	for (Size e = 0; e < graph->nedges; e++)
	{
		const cdw_graph_edge *edge = &graph->edge[e];

		if (edge->bridge && (PG_ARGISNULL(1) || members->identity[edge->a] == PG_GETARG_INT64(1)))
			put_bridge(rows, desc, members, edge, part_size[graph->part[edge->a]]);
	}
	return (Datum) 0;
}
