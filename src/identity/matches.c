/*
 * src/identity/matches.c
 *
 * Bringing the table of matches in line with the pairs that were found: only what changed is written.
 */
#include "identity/identity.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/float.h"
#include "utils/memutils.h"

typedef struct MatchChanges
{
	const cdw_population *population;
	const cdw_edges *edges; /* sorted */
	const char *table;
	bool *kept;		/* by edge: stands in the table as it is */
	Size next;		/* the edge after the one that was read last */
	cdw_keys *left; /* pairs that are to go */
	cdw_keys *right;
} MatchChanges;

/* Edges in the order of the table: by the left record, then the right one. */
static inline int
compare_edges(const cdw_edge *left, const cdw_edge *right)
{
	uint64 l = (uint64) left->a << 32 | left->b;
	uint64 r = (uint64) right->a << 32 | right->b;

	return l < r ? -1 : l > r;
}

#define ST_SORT sort_edges
#define ST_ELEMENT_TYPE cdw_edge
#define ST_COMPARE(a, b) compare_edges(a, b)
#define ST_SCOPE static
#define ST_CHECK_FOR_INTERRUPTS
#define ST_DEFINE
#include "lib/sort_template.h"

/* A weight as SQL shows it: log2 of the odds, infinite where a match rule is certain. */
double
cdw_weight_in_bits(double weight)
{
	return weight >= CDW_CERTAIN ? get_float8_infinity() : weight / M_LN2;
}

/* The edge between two records; -1 where there is none. */
static int64
find_edge(const cdw_edges *edges, int64 a, int64 b)
{
	cdw_edge wanted = {.a = a, .b = b};
	int64 low = 0;
	int64 high = (int64) edges->n - 1;

	if (a < 0 || b < 0)
		return -1;
	while (low <= high)
	{
		int64 middle = (low + high) / 2;
		int order = compare_edges(&edges->edge[middle], &wanted);

		if (order == 0)
			return middle;
		if (order < 0)
			low = middle + 1;
		else
			high = middle - 1;
	}
	return -1;
}

/* The same by keys. Rows come mostly in the order they were written in, so the next edge is tried first. */
static int64
find_pair(const MatchChanges *changes, Datum left, Datum right)
{
	const cdw_keys *keys = changes->population->keys;

	if (changes->next < changes->edges->n)
	{
		const cdw_edge *edge = &changes->edges->edge[changes->next];

		if (cdw_keys_compare(keys, keys->key[edge->a], left) == 0 &&
			cdw_keys_compare(keys, keys->key[edge->b], right) == 0)
			return changes->next;
	}
	return find_edge(changes->edges, cdw_keys_find(keys, left), cdw_keys_find(keys, right));
}

/* A row of the table: it stays if the same pair was found with the same weight. */
static void
read_match(TupleTableSlot *slot, void *arg)
{
	MatchChanges *changes = arg;
	const cdw_keys *keys = changes->population->keys;
	Datum left = cdw_keys_read(keys, slot, 0, changes->table);
	Datum right = cdw_keys_read(keys, slot, 1, changes->table);
	int64 edge = find_pair(changes, left, right);

	if (edge >= 0)
		changes->next = edge + 1;
	if (edge >= 0 && !changes->kept[edge] && !slot->tts_isnull[2] &&
		DatumGetFloat8(slot->tts_values[2]) ==
			cdw_weight_in_bits(changes->edges->edge[edge].weight))
	{
		changes->kept[edge] = true;
		return;
	}
	cdw_keys_add(changes->left, left);
	cdw_keys_add(changes->right, right);
}

static void
delete_matches(const cdw_resolver *resolver, const MatchChanges *changes)
{
	const char *equals = cdw_key_equality(resolver);
	Oid types[] = {resolver->key_type, resolver->key_type};
	cdw_bulk *bulk = cdw_bulk_begin(psprintf("DELETE FROM %s m USING unnest($1, $2) AS r(a, b) "
											 "WHERE m.left_key %s r.a AND m.right_key %s r.b",
											 changes->table, equals, equals),
									2, types);

	for (uint32 i = 0; i < changes->left->n; i++)
	{
		Datum values[2] = {changes->left->key[i], changes->right->key[i]};

		cdw_bulk_row(bulk, values, NULL);
	}
	cdw_bulk_end(bulk);
}

static void
insert_matches(const cdw_resolver *resolver, const MatchChanges *changes)
{
	static const char *const columns[] = {"left_key", "right_key", "match_weight",
										  "match_probability"};
	const Datum *key = changes->population->keys->key;
	Oid types[] = {resolver->key_type, resolver->key_type, FLOAT8OID, FLOAT8OID};
	cdw_bulk *bulk = cdw_bulk_insert(changes->table, 4, columns, types);

	for (Size e = 0; e < changes->edges->n; e++)
	{
		const cdw_edge *edge = &changes->edges->edge[e];

		cdw_progress_add(1);
		if (changes->kept[e])
			continue;
		cdw_bulk_row(bulk,
					 (Datum[]){key[edge->a], key[edge->b],
							   Float8GetDatum(cdw_weight_in_bits(edge->weight)),
							   Float8GetDatum(1 / (1 + exp(-edge->weight)))},
					 NULL);
	}
	cdw_bulk_end(bulk);
}

/* Writes the pairs, a pair once, left before right; sorts the edges. */
void
cdw_write_matches(const cdw_resolver *resolver, const cdw_population *population,
				  const cdw_edges *edges)
{
	MatchChanges changes = {.population = population,
							.edges = edges,
							.table = cdw_result_name(resolver, "match"),
							.left = cdw_keys_create(resolver),
							.right = cdw_keys_create(resolver)};

	cdw_progress_phase(CDW_PHASE_WRITING_MATCHES, edges->n);
	changes.kept = MemoryContextAllocExtended(CurrentMemoryContext, Max(edges->n, 1),
											  MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
	sort_edges(edges->edge, edges->n);
	cdw_stream(psprintf("SELECT left_key, right_key, match_weight::pg_catalog.float8 FROM %s",
						changes.table),
			   0, NULL, NULL, read_match, &changes);
	delete_matches(resolver, &changes);
	insert_matches(resolver, &changes);
	pfree(changes.kept);
}
