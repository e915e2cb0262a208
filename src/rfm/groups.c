/*
 * src/rfm/groups.c
 *
 * Rows added up by key. Keys that fit into memory have all their rows added as they come; rows of other keys go
 * to files, by the upper bits of the hash, each of which is then a smaller set of rows that is treated
 * likewise. So a group is complete when it is handed out, it is handed out once, and what is in memory is
 * the table, up to its limit, and a buffer per file.
 *
 * A large table is divided by other bits of the hash, and rows wait until there are some hundreds for a part:
 * their groups then lie in few pages, and are fetched into the cache ahead. Else each row would wait for
 * memory twice, and for the addresses of two pages.
 *
 * A file belongs to the current resource owner, who removes it if an error comes first.
 */
#include "rfm/orders.h"

#include "utils/memutils.h"
#include "utils/timestamp.h"

#define MAX_DEPTH 6 /* then 30 bits of the hash are used up: there the limit no longer holds */

/* A file of rows that share so many parts of their hashes. */
typedef struct Partition
{
	BufFile *file;
	int depth;
} Partition;

/* A row in a file: then come the numeric of a general amount and the key. */
typedef struct FileRow
{
	TimestampTz at;
	int64 units;
	int32 scale;
	uint32 numeric_size;
	uint32 key_size;
	uint32 unused;
} FileRow;

/* A row that waits; then comes its key. */
typedef struct WaitingRow
{
	uint64 hash;
	TimestampTz at;
	int64 units;
	int32 scale;
	uint32 length;
} WaitingRow;

#define PART_BITS 6
#define PART_SHIFT 28 /* between the bits that find a slot and those that find a file */
/* for each part; together they fit the processor's cache */
#define WAITING_BYTES ((Size) 16 * 1024)
#define MAX_WAITING (WAITING_BYTES / sizeof(WaitingRow))
#define PREFETCH_DISTANCE 16
#define DIVIDED_LIMIT ((Size) 64 * 1024 * 1024) /* smaller tables are one part */

/* An empty table, and room for rows that wait for it. */
static void
init_part(cdw_groups *groups, cdw_groups_part *part)
{
	MemoryContext table =
		AllocSetContextCreate(groups->context, "cdw customers", ALLOCSET_DEFAULT_SIZES);

	cdw_customers_init(&part->table, table, groups->limit / groups->nparts);
	part->waiting = MemoryContextAlloc(groups->context, WAITING_BYTES);
}

/* Groups in a context, of which the table takes so many bytes. */
cdw_groups *
cdw_groups_create(MemoryContext context, Size limit, bool of_orders)
{
	cdw_groups *groups = MemoryContextAllocZero(context, sizeof(cdw_groups));

	groups->context = context;
	groups->limit = limit;
	groups->of_orders = of_orders;
	groups->nparts = limit < DIVIDED_LIMIT ? 1 : 1 << PART_BITS;
	groups->parts = MemoryContextAllocZero(context, sizeof(cdw_groups_part) * groups->nparts);
	for (int i = 0; i < groups->nparts; i++)
		init_part(groups, &groups->parts[i]);
	return groups;
}

static inline cdw_groups_part *
part_of(const cdw_groups *groups, uint64 hash)
{
	return &groups->parts[hash >> PART_SHIFT & (groups->nparts - 1)];
}

/* ---- files ---- */

/* The file of a hash at the present depth, begun with its first row. */
static BufFile *
file_of(cdw_groups *groups, uint64 hash)
{
	int part = hash >> (64 - CDW_PARTITION_BITS * (groups->depth + 1)) & (CDW_PARTITIONS - 1);

	if (groups->files[part] == NULL)
	{
		MemoryContext old = MemoryContextSwitchTo(groups->context);

		groups->files[part] = BufFileCreateTemp(false);
		MemoryContextSwitchTo(old);
	}
	return groups->files[part];
}

static void
write_row(cdw_groups *groups, uint64 hash, const char *key, uint32 length, TimestampTz at,
		  const cdw_sum *amount)
{
	BufFile *file = file_of(groups, hash);
	bool is_general = amount->scale == CDW_GENERAL;
	FileRow row = {
		.at = at,
		.units = is_general ? 0 : amount->units,
		.scale = amount->scale,
		.numeric_size = is_general ? VARSIZE(amount->general) : 0,
		.key_size = length,
	};

	BufFileWrite(file, &row, sizeof(FileRow));
	if (is_general)
		BufFileWrite(file, amount->general, row.numeric_size);
	BufFileWrite(file, unconstify(char *, key), length);
	groups->spilled = true;
}

/* The files are complete: each waits to be read. */
static void
close_files(cdw_groups *groups)
{
	MemoryContext old = MemoryContextSwitchTo(groups->context);

	for (int i = 0; i < CDW_PARTITIONS; i++)
	{
		Partition *partition;

		if (groups->files[i] == NULL)
			continue;
		partition = palloc(sizeof(Partition));
		*partition = (Partition){.file = groups->files[i], .depth = groups->depth + 1};
		groups->pending = lappend(groups->pending, partition);
		groups->files[i] = NULL;
	}
	MemoryContextSwitchTo(old);
}

/* ---- adding rows ---- */

/* A purchase, or a return where its amount is negative. */
static inline void
add_to_group(const cdw_groups *groups, cdw_customers *table, cdw_customer *group, TimestampTz at,
			 const cdw_sum *amount)
{
	if (amount->scale == CDW_GENERAL ||
		!cdw_sum_add_units(&group->sum, amount->units, amount->scale))
		cdw_sum_add_in(table->context, &group->sum, amount);
	if (!groups->of_orders && cdw_sum_negative(amount))
		return;
	group->frequency++;
	group->last_at = Max(group->last_at, at);
}

static inline void
add_row(cdw_groups *groups, cdw_customers *table, uint64 hash, const char *key, uint32 length,
		TimestampTz at, const cdw_sum *amount)
{
	cdw_customer *group = cdw_customers_get(table, hash, key, length);

	if (group == NULL)
		write_row(groups, hash, key, length, at, amount);
	else
		add_to_group(groups, table, group, at, amount);
}

static inline Size
waiting_size(uint32 length)
{
	return sizeof(WaitingRow) + MAXALIGN(length);
}

static void
add_waiting(cdw_groups *groups, cdw_customers *table, const WaitingRow *row)
{
	cdw_sum amount = {.units = row->units, .scale = row->scale};

	add_row(groups, table, row->hash, (const char *) (row + 1), row->length, row->at, &amount);
}

/* Adds the rows that wait for a part: first their slots, then their groups are fetched into the cache. */
static void
flush_waiting(cdw_groups *groups, cdw_groups_part *part)
{
	const WaitingRow *rows[MAX_WAITING];
	int n = 0;

	for (Size used = 0; used < part->waiting_used; used += waiting_size(rows[n++]->length))
	{
		rows[n] = (const WaitingRow *) (part->waiting + used);
		cdw_customers_prefetch_slot(&part->table, rows[n]->hash);
	}
	for (int i = 0; i < n + PREFETCH_DISTANCE; i++)
	{
		if (i < n)
			cdw_customers_prefetch_customer(&part->table, rows[i]->hash);
		if (i >= PREFETCH_DISTANCE)
			add_waiting(groups, &part->table, rows[i - PREFETCH_DISTANCE]);
	}
	part->waiting_used = 0;
}

/*
 * Adds a row to the group of its key, now or with the rows that wait. What is left over in the current
 * context goes with the row.
 */
void
cdw_groups_add(cdw_groups *groups, const char *key, uint32 length, TimestampTz at,
			   const cdw_sum *amount)
{
	uint64 hash = cdw_hash_in_memory(key, length);
	Size size = waiting_size(length);
	cdw_groups_part *part = part_of(groups, hash);
	WaitingRow *row;

	if (amount->scale == CDW_GENERAL || size > WAITING_BYTES)
	{
		add_row(groups, &part->table, hash, key, length, at, amount);
		return;
	}
	if (size > WAITING_BYTES - part->waiting_used)
		flush_waiting(groups, part);
	row = (WaitingRow *) (part->waiting + part->waiting_used);
	*row = (WaitingRow){
		.hash = hash,
		.at = at,
		.units = amount->units,
		.scale = amount->scale,
		.length = length,
	};
	if (length == sizeof(int64))
		memcpy(row + 1, key, sizeof(int64));
	else
		memcpy(row + 1, key, length);
	part->waiting_used += size;
}

/* No more rows come: the groups in the table are complete. */
void
cdw_groups_finish(cdw_groups *groups)
{
	for (int i = 0; i < groups->nparts; i++)
		flush_waiting(groups, &groups->parts[i]);
	close_files(groups);
}

/* ---- reading files ---- */

static void
read_exactly(BufFile *file, void *data, Size size)
{
	if (BufFileRead(file, data, size) != size)
		ereport(ERROR, (errcode_for_file_access(), errmsg("could not read from temporary file")));
}

/* The next row of a file is added; false where there is none. */
static bool
add_file_row(cdw_groups *groups, BufFile *file, char **buffer, Size *capacity)
{
	FileRow row;
	cdw_sum amount;
	Size size = BufFileRead(file, &row, sizeof(FileRow));

	if (size == 0)
		return false;
	if (size != sizeof(FileRow))
		ereport(ERROR, (errcode_for_file_access(), errmsg("could not read from temporary file")));
	size = (Size) row.numeric_size + row.key_size;
	if (size > *capacity)
	{
		*capacity = size;
		*buffer = repalloc_huge(*buffer, size);
	}
	read_exactly(file, *buffer, size);
	amount = (cdw_sum){.units = row.units, .scale = row.scale};
	if (row.scale == CDW_GENERAL)
		amount.general = (Numeric) *buffer;
	cdw_groups_add(groups, *buffer + row.numeric_size, row.key_size, row.at, &amount);
	return true;
}

static void
add_file(cdw_groups *groups, BufFile *file)
{
	MemoryContext row_context =
		AllocSetContextCreate(CurrentMemoryContext, "cdw groups row", ALLOCSET_SMALL_SIZES);
	MemoryContext old = MemoryContextSwitchTo(row_context);
	Size capacity = BLCKSZ;
	char *buffer = MemoryContextAlloc(groups->context, capacity);

	if (BufFileSeek(file, 0, 0, SEEK_SET) != 0)
		ereport(ERROR, (errcode_for_file_access(),
						errmsg("could not seek to position in temporary file")));
	for (uint64 i = 0; add_file_row(groups, file, &buffer, &capacity); i++)
	{
		cdw_check_cancel(i);
		MemoryContextReset(row_context);
	}
	pfree(buffer);
	MemoryContextSwitchTo(old);
	MemoryContextDelete(row_context);
}

/* The table holds other groups, which are complete, in place of those before; false where all were there. */
bool
cdw_groups_next(cdw_groups *groups)
{
	Partition *partition;

	if (groups->pending == NIL)
		return false;
	partition = llast(groups->pending);
	groups->pending = list_delete_last(groups->pending);
	groups->depth = partition->depth;
	for (int i = 0; i < groups->nparts; i++)
	{
		cdw_customers *table = &groups->parts[i].table;

		table->limit =
			groups->depth < MAX_DEPTH ? groups->limit / groups->nparts : MaxAllocHugeSize;
		cdw_customers_reset(table);
	}
	add_file(groups, partition->file);
	cdw_groups_finish(groups);
	BufFileClose(partition->file);
	pfree(partition);
	return true;
}

/* How many groups are in memory. */
uint64
cdw_groups_count(const cdw_groups *groups)
{
	uint64 n = 0;

	for (int i = 0; i < groups->nparts; i++)
		n += groups->parts[i].table.n;
	return n;
}

/* The next group in memory, NULL behind the last one. */
cdw_customer *
cdw_groups_each(const cdw_groups *groups, cdw_groups_cursor *cursor)
{
	for (; cursor->part < groups->nparts; cursor->part++, cursor->number = 0)
	{
		const cdw_customers *table = &groups->parts[cursor->part].table;

		if (cursor->number < table->n)
			return cdw_customer_at(table, cursor->number++);
	}
	return NULL;
}

/* Frees the groups, all of which have been handed out. */
void
cdw_groups_end(cdw_groups *groups)
{
	for (int i = 0; i < groups->nparts; i++)
	{
		MemoryContextDelete(groups->parts[i].table.context);
		pfree(groups->parts[i].waiting);
	}
	pfree(groups->parts);
	pfree(groups);
}
