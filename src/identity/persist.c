/*
 * src/identity/persist.c
 *
 * Writing results so that identities last. A group of records keeps the identity it had:
 *
 *   - an identity whose members are now in several groups goes with the largest part, among equals
 *     with the part that has the smallest key;
 *   - a group that may keep several identities keeps the one with most members, among equals the
 *     smallest id;
 *   - a group without one gets the next id, which is never used again.
 *
 * Only what changed is written, and each change is one row of the history.
 */
#include "identity/identity.h"

#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#define NO_IDENTITY 0 /* ids start at 1 */

/* ---- the identities that there were ---- */

/* One record that has, or had, an identity. */
typedef struct Member
{
	int64 identity;
	uint32 cluster; /* the group it is in now; NO_CLUSTER: the record is gone */
	uint32 record;
} Member;

#define NO_CLUSTER PG_UINT32_MAX

typedef struct Former
{
	const cdw_population *population;
	const uint32 *cluster;
	char *table;
	uint32 next;	 /* the record after the one that was read last */
	int64 *identity; /* by record; NO_IDENTITY: the record is new */
	Member *member;	 /* those whose record is still there, and those whose is not */
	Size n;
	Size capacity;
	cdw_keys *gone; /* keys of records that are no more, in the order of their members */
	int64 *gone_identity;
	uint32 gone_capacity;
} Former;

/*
 * The record of a key; -1 where there is none. Rows come mostly in the order they were written in, so the
 * record after the last one is tried first.
 */
static int64
find_record(Former *former, Datum key)
{
	const cdw_keys *keys = former->population->keys;
	int64 record = former->next;

	if (record == keys->n || cdw_keys_compare(keys, keys->key[record], key) != 0)
		record = cdw_keys_find(keys, key);
	if (record >= 0)
		former->next = record + 1;
	return record;
}

static void
read_former(TupleTableSlot *slot, void *arg)
{
	Former *former = arg;
	Datum key = cdw_keys_read(former->population->keys, slot, 0, former->table);
	int64 identity = slot->tts_isnull[1] ? NO_IDENTITY : DatumGetInt64(slot->tts_values[1]);
	int64 record = find_record(former, key);
	Member member = {.identity = identity, .cluster = NO_CLUSTER};

	if (identity < 1)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("%s has a record without a valid identity", former->table),
						errdetail("Identities are 1 and above."),
						errhint("Delete the row to have the record resolved anew.")));

	if (former->n == former->capacity)
	{
		former->capacity *= 2;
		former->member = repalloc_huge(former->member, sizeof(Member) * former->capacity);
	}
	if (record >= 0)
	{
		member.record = record;
		member.cluster = former->cluster[record];
		former->identity[record] = identity;
	}
	else
	{
		if (former->gone->n == former->gone_capacity)
		{
			former->gone_capacity *= 2;
			former->gone_identity =
				repalloc_huge(former->gone_identity, sizeof(int64) * former->gone_capacity);
		}
		former->gone_identity[former->gone->n] = identity;
		cdw_keys_add(former->gone, key);
	}
	former->member[former->n++] = member;
}

static Former *
load_former(const cdw_resolver *resolver, const cdw_population *population, const uint32 *cluster)
{
	Former *former = palloc0(sizeof(Former));
	Size n = Max(population->records->n, 1);
	int settings;

	former->population = population;
	former->cluster = cluster;
	former->table = cdw_result_name(resolver, "identity");
	former->identity = MemoryContextAllocExtended(CurrentMemoryContext, sizeof(int64) * n,
												  MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
	former->capacity = 1024;
	former->member = palloc(sizeof(Member) * former->capacity);
	former->gone = cdw_keys_create(resolver);
	former->gone_capacity = 1024;
	former->gone_identity = palloc(sizeof(int64) * former->gone_capacity);
	settings = cdw_portable_output();
	cdw_stream(psprintf("SELECT %s, identity_id::pg_catalog.int8 FROM %s",
						quote_identifier(resolver->key), former->table),
			   0, NULL, NULL, read_former, former);
	cdw_restore_settings(settings);
	return former;
}

/* ---- which identity each group keeps ---- */

static inline int
compare_members(const Member *left, const Member *right)
{
	if (left->identity != right->identity)
		return left->identity < right->identity ? -1 : 1;
	if (left->cluster != right->cluster)
		return left->cluster < right->cluster ? -1 : 1;
	return left->record < right->record ? -1 : left->record > right->record;
}

#define ST_SORT sort_members
#define ST_ELEMENT_TYPE Member
#define ST_COMPARE(a, b) compare_members(a, b)
#define ST_SCOPE static
#define ST_CHECK_FOR_INTERRUPTS
#define ST_DEFINE
#include "lib/sort_template.h"

/* What a group may keep: the identity with most members so far. */
typedef struct Claim
{
	int64 identity;
	Size members;
} Claim;

/*
 * Gives one identity, whose members are first .. last, to the group that has the largest part of
 * them. Parts come in the order of their groups; a group is numbered by its smallest record, but
 * the part's own smallest record decides between equals.
 */
static void
claim(Claim *claims, const Member *first, const Member *last)
{
	const Member *best = NULL;
	Size best_size = 0;

	for (const Member *part = first; part < last;)
	{
		const Member *next = part + 1;
		Size size;

		while (next < last && next->cluster == part->cluster)
			next++;
		size = next - part;
		if (part->cluster != NO_CLUSTER &&
			(size > best_size || (size == best_size && part->record < best->record)))
		{
			best = part;
			best_size = size;
		}
		part = next;
	}
	if (best && (Size) (last - first) > claims[best->cluster].members)
		claims[best->cluster] = (Claim){.identity = first->identity, .members = last - first};
}

/*
 * An id that was never given out. The counter is in a table that its owner may edit; it never falls
 * behind the ids in use.
 */
static int64
next_identity(cdw_resolver *resolver)
{
	if (resolver->next_identity_id == PG_INT64_MAX)
		ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
						errmsg("resolver \"%s\" has used up its identities", resolver->name),
						errdetail("The last identity is " INT64_FORMAT ".", PG_INT64_MAX)));
	return resolver->next_identity_id++;
}

/* The identity of every group, at the group's number; new ids come from the resolver. */
static int64 *
assign_identities(cdw_resolver *resolver, Former *former)
{
	uint32 n = former->population->records->n;
	Size count = Max(n, 1);
	Claim *claims = MemoryContextAllocExtended(CurrentMemoryContext, sizeof(Claim) * count,
											   MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
	int64 *identity = MemoryContextAllocHuge(CurrentMemoryContext, sizeof(int64) * count);

	sort_members(former->member, former->n);
	resolver->next_identity_id = Max(resolver->next_identity_id, 1);
	if (former->n > 0)
	{
		int64 last = former->member[former->n - 1].identity;

		resolver->next_identity_id =
			Max(resolver->next_identity_id, last == PG_INT64_MAX ? last : last + 1);
	}
	for (Size i = 0; i < former->n;)
	{
		Size next = i + 1;

		while (next < former->n && former->member[next].identity == former->member[i].identity)
			next++;
		claim(claims, &former->member[i], &former->member[next]);
		i = next;
	}
	for (uint32 i = 0; i < n; i++)
	{
		if (former->cluster[i] != i)
			continue;
		identity[i] = claims[i].members ? claims[i].identity : next_identity(resolver);
	}
	pfree(claims);
	return identity;
}

/* ---- writing ---- */

/* Why a record has another identity than before. */
typedef enum Event
{
	FIRST_RUN,
	NEW_RECORD,
	MERGED,
	SPLIT,
	LEFT,
	NEVENTS
} Event;

static const struct
{
	const char *event;
	const char *reason;
} events[NEVENTS] = {[FIRST_RUN] = {"joined", "first run"},
					 [NEW_RECORD] = {"joined", "new record"},
					 [MERGED] = {"merged", "linked"},
					 [SPLIT] = {"split", "no longer linked"},
					 [LEFT] = {"left", "record no longer in the source"}};

typedef struct IdentityWriter
{
	const cdw_resolver *resolver;
	const Former *former;
	const int64 *identity; /* by group */
	const int64 *alive;	   /* the identities that there are now, sorted */
	Size nalive;
	int64 first_new; /* ids from here on are of this run */
} IdentityWriter;

/*
 * Whether an identity that members left still has a group: then it was split, else merged away.
 * Members that take a new id were split off in either case.
 */
static bool
survives(const IdentityWriter *writer, int64 identity)
{
	Size low = 0;
	Size high = writer->nalive;

	while (low < high)
	{
		Size middle = low + (high - low) / 2;

		if (writer->alive[middle] < identity)
			low = middle + 1;
		else
			high = middle;
	}
	return low < writer->nalive && writer->alive[low] == identity;
}

static int
compare_ids(const void *a, const void *b, void *arg pg_attribute_unused())
{
	int64 left = *(const int64 *) a;
	int64 right = *(const int64 *) b;

	return left < right ? -1 : left > right;
}

static int64
identity_now(const IdentityWriter *writer, uint32 i)
{
	return writer->identity[writer->former->cluster[i]];
}

/* Takes the rows of records that are no more out of the identity table. */
static void
delete_rows(const IdentityWriter *writer, cdw_changes *changes)
{
	const cdw_resolver *resolver = writer->resolver;
	const cdw_keys *gone = writer->former->gone;
	cdw_bulk *bulk = cdw_bulk_begin(psprintf("DELETE FROM %s i USING pg_catalog.unnest($1) AS r(k) "
											 "WHERE i.%s %s r.k",
											 writer->former->table, quote_identifier(resolver->key),
											 cdw_key_equality(resolver)),
									1, &resolver->key_type);

	for (uint32 i = 0; i < gone->n; i++)
		cdw_bulk_row(bulk, &gone->key[i], NULL);
	cdw_bulk_end(bulk);
	changes->left = gone->n;
}

/* Writes the rows of records whose identity is new to them. */
static void
write_rows(const IdentityWriter *writer, cdw_changes *changes)
{
	const cdw_resolver *resolver = writer->resolver;
	const cdw_keys *keys = writer->former->population->keys;
	const char *table = writer->former->table;
	const char *columns[] = {resolver->key, "identity_id"};
	Oid types[] = {resolver->key_type, INT8OID};
	cdw_bulk *insert = cdw_bulk_insert(table, 2, columns, types);
	cdw_bulk *update =
		cdw_bulk_begin(psprintf("UPDATE %s i SET identity_id = r.id FROM unnest($1, $2) "
								"AS r(k, id) WHERE i.%s %s r.k",
								table, quote_identifier(resolver->key), cdw_key_equality(resolver)),
					   2, types);

	for (uint32 i = 0; i < keys->n; i++)
	{
		int64 now = identity_now(writer, i);
		int64 before = writer->former->identity[i];
		Datum row[2] = {keys->key[i], Int64GetDatum(now)};

		cdw_progress_add(1);
		if (now == before)
			continue;
		cdw_bulk_row(before == NO_IDENTITY ? insert : update, row, NULL);
		*(before == NO_IDENTITY ? &changes->joined : &changes->moved) += 1;
	}
	cdw_bulk_end(insert);
	cdw_bulk_end(update);
}

/* What happened to a record whose identity is another than before. */
static Event
find_event(const IdentityWriter *writer, int64 now, int64 before)
{
	if (before == NO_IDENTITY)
		return writer->former->n == 0 ? FIRST_RUN : NEW_RECORD;
	return now >= writer->first_new || survives(writer, before) ? SPLIT : MERGED;
}

/* Writes one row for each change; it comes after the rows themselves, which a trigger may look up. */
static void
write_history(const IdentityWriter *writer)
{
	const cdw_resolver *resolver = writer->resolver;
	const Former *former = writer->former;
	const cdw_keys *keys = former->population->keys;
	const char *columns[] = {"at",	  "event", resolver->key, "identity_id", "from_identity_id",
							 "reason"};
	Oid types[] = {TIMESTAMPTZOID, TEXTOID, resolver->key_type, INT8OID, INT8OID, TEXTOID};
	cdw_bulk *bulk = cdw_bulk_insert(cdw_result_name(resolver, "history"), 6, columns, types);
	Datum at = TimestampTzGetDatum(GetCurrentTimestamp());
	Datum event[NEVENTS];
	Datum reason[NEVENTS];

	for (int e = 0; e < NEVENTS; e++)
	{
		event[e] = CStringGetTextDatum(events[e].event);
		reason[e] = CStringGetTextDatum(events[e].reason);
	}
	for (uint32 i = 0; i < former->gone->n; i++)
	{
		bool isnull[6] = {[4] = true};
		Datum row[6] = {
			at,		   event[LEFT], former->gone->key[i], Int64GetDatum(former->gone_identity[i]),
			(Datum) 0, reason[LEFT]};

		cdw_bulk_row(bulk, row, isnull);
	}
	for (uint32 i = 0; i < keys->n; i++)
	{
		int64 now = identity_now(writer, i);
		int64 before = former->identity[i];
		bool isnull[6] = {[4] = before == NO_IDENTITY};
		Event e;

		if (now == before)
			continue;
		e = find_event(writer, now, before);
		cdw_bulk_row(bulk,
					 (Datum[]){at, event[e], keys->key[i], Int64GetDatum(now),
							   Int64GetDatum(before), reason[e]},
					 isnull);
	}
	cdw_bulk_end(bulk);
}

/*
 * Brings the identity table in line with the groups and writes the history. cluster gives each
 * record the smallest record of its group.
 */
cdw_changes
cdw_write_identities(cdw_resolver *resolver, const cdw_population *population,
					 const uint32 *cluster)
{
	cdw_changes changes = {0};
	int64 first_new = resolver->next_identity_id;
	Former *former;
	int64 *identity;
	int64 *alive =
		MemoryContextAllocHuge(CurrentMemoryContext, sizeof(int64) * Max(population->keys->n, 1));
	IdentityWriter writer = {.resolver = resolver, .alive = alive, .first_new = first_new};

	cdw_progress_phase(CDW_PHASE_WRITING_IDENTITIES, population->keys->n);
	former = load_former(resolver, population, cluster);
	identity = assign_identities(resolver, former);
	writer.former = former;
	writer.identity = identity;
	for (uint32 i = 0; i < population->keys->n; i++)
		if (cluster[i] == i)
			alive[writer.nalive++] = identity[i];
	qsort_interruptible(alive, writer.nalive, sizeof(int64), compare_ids, NULL);
	changes.identities = writer.nalive;
	delete_rows(&writer, &changes);
	write_rows(&writer, &changes);
	write_history(&writer);
	return changes;
}
