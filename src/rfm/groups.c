/*
 * src/rfm/groups.c
 *
 * Rows added up by key. Keys that fit into memory have all their rows added as they come; rows of other keys go
 * to files, by the upper bits of the hash, each of which is then a smaller set of rows that is treated
 * likewise. So a group is complete when it is handed out, it is handed out once, and what is in memory is
 * the table, up to its limit, and a buffer per file.
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

/* Groups in a context, of which the table takes so many bytes. */
cdw_groups *
cdw_groups_create(MemoryContext context, Size limit, bool of_orders)
{
	cdw_groups *groups = MemoryContextAllocZero(context, sizeof(cdw_groups));
	MemoryContext table = AllocSetContextCreate(context, "cdw customers", ALLOCSET_DEFAULT_SIZES);

	groups->context = context;
	groups->limit = limit;
	groups->of_orders = of_orders;
	cdw_customers_init(&groups->table, table, limit);
	return groups;
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
static void
add_to_group(cdw_groups *groups, cdw_customer *group, TimestampTz at, const cdw_sum *amount)
{
	if (amount->scale == CDW_GENERAL ||
		!cdw_sum_add_units(&group->sum, amount->units, amount->scale))
		cdw_sum_add_in(groups->table.context, &group->sum, amount);
	if (!groups->of_orders && cdw_sum_negative(amount))
		return;
	group->frequency++;
	group->last_at = Max(group->last_at, at);
}

static void
add_row(cdw_groups *groups, uint64 hash, const char *key, uint32 length, TimestampTz at,
		const cdw_sum *amount)
{
	cdw_customer *group = cdw_customers_get(&groups->table, hash, key, length);

	if (group == NULL)
		write_row(groups, hash, key, length, at, amount);
	else
		add_to_group(groups, group, at, amount);
}

/* Adds the waiting rows: a pass before fetches what it needs into the cache. */
static void
flush_waiting(cdw_groups *groups)
{
	for (int i = 0; i < groups->nwaiting; i++)
		cdw_customers_prefetch_customer(&groups->table, groups->waiting[i].hash);
	for (int i = 0; i < groups->nwaiting; i++)
	{
		const cdw_waiting_row *row = &groups->waiting[i];

		add_row(groups, row->hash, groups->keys + row->key, row->length, row->at, &row->amount);
	}
	groups->nwaiting = 0;
	groups->keys_used = 0;
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

	if (amount->scale == CDW_GENERAL || length > CDW_WAITING_BYTES)
	{
		add_row(groups, hash, key, length, at, amount);
		return;
	}
	if (groups->nwaiting == CDW_WAITING_ROWS || length > CDW_WAITING_BYTES - groups->keys_used)
		flush_waiting(groups);
	groups->waiting[groups->nwaiting++] = (cdw_waiting_row){
		.hash = hash,
		.at = at,
		.amount = *amount,
		.key = groups->keys_used,
		.length = length,
	};
	if (length == sizeof(int64))
		memcpy(groups->keys + groups->keys_used, key, sizeof(int64));
	else
		memcpy(groups->keys + groups->keys_used, key, length);
	groups->keys_used += length;
	cdw_customers_prefetch_slot(&groups->table, hash);
}

/* No more rows come: the groups in the table are complete. */
void
cdw_groups_finish(cdw_groups *groups)
{
	flush_waiting(groups);
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
	groups->table.limit = groups->depth < MAX_DEPTH ? groups->limit : MaxAllocHugeSize;
	cdw_customers_reset(&groups->table);
	add_file(groups, partition->file);
	cdw_groups_finish(groups);
	BufFileClose(partition->file);
	pfree(partition);
	return true;
}

/* Frees the groups, all of which have been handed out. */
void
cdw_groups_end(cdw_groups *groups)
{
	MemoryContextDelete(groups->table.context);
	pfree(groups);
}
