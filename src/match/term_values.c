/*
 * src/match/term_values.c
 *
 * Counting the values of records field by field, parted by their hashes so that the table of a part stays
 * in the processor's cache. Nothing remains of them but sums and the values that are worth storing.
 */
#include "match/term.h"

#include "miscadmin.h"
#include "port/pg_bitutils.h"
#include "utils/memutils.h"

#define HASHES_AT_ONCE (1 << 23) /* of all fields counted in one go, but for one field */
#define PART_RECORDS 4096		 /* of a part, on average */
#define MOST_PART_BITS 9

/* A record and the hash of its value; later the place of the value in the part's table. */
typedef struct ValueOf
{
	uint64 hash;
	uint32 record;
} ValueOf;

/* A value in the table of a part; hash 0: free. */
typedef struct ValueCount
{
	uint64 hash;
	uint32 first;
	uint32 count;
} ValueCount;

/* Writes the hash of each record's value for n fields from the first on, 0 where it is missing. */
static void
hash_values(const cdw_records *records, int first, int n, uint64 *hash)
{
	cdw_scan scan;

	cdw_scan_begin(&scan, records, CDW_SCAN_READ);
	while (cdw_scan_next(&scan))
		for (uint32 i = 0; i < scan.n; i++)
		{
			uint32 number = cdw_scan_number(&scan, i);

			cdw_progress_add(n);
			cdw_fetch_record(&scan, i + CDW_AHEAD);
			for (int f = 0; f < n; f++)
			{
				int len;
				const char *value = cdw_record_value(records, scan.record[i], first + f, &len);

				hash[(Size) f * records->n + number] = len > 0 ? cdw_term_key(value, len) : 0;
			}
		}
}

/* Puts the values into parts by the upper bits of their hashes; start has the place of each part. */
static void
part_values(const uint64 *hash, uint32 n, int bits, Size *start, ValueOf *value)
{
	int nparts = 1 << bits;
	int shift = 63 - bits; /* and one more, because a shift by all 64 is undefined */
	Size *next = palloc0(sizeof(Size) * nparts);
	Size sum = 0;

	for (uint32 i = 0; i < n; i++)
		if (hash[i] != 0)
			next[hash[i] >> 1 >> shift]++;
	for (int p = 0; p < nparts; p++)
	{
		start[p] = sum;
		sum += next[p];
		next[p] = start[p];
	}
	start[nparts] = sum;
	for (uint32 i = 0; i < n; i++)
		if (hash[i] != 0)
			value[next[hash[i] >> 1 >> shift]++] = (ValueOf){.hash = hash[i], .record = i};
	pfree(next);
}

/* Remembers a value that is frequent enough to be stored. */
static void
keep_frequent(const cdw_terms *terms, cdw_field_terms *field, const ValueCount *value)
{
	if (field->nfrequent == field->capacity)
	{
		field->capacity = Max(field->capacity * 2, 64);
		field->frequent =
			field->frequent
				? repalloc_huge(field->frequent, sizeof(cdw_frequent_value) * field->capacity)
				: MemoryContextAlloc(terms->context, sizeof(cdw_frequent_value) * field->capacity);
	}
	field->frequent[field->nfrequent++] =
		(cdw_frequent_value){.first = value->first, .count = value->count};
}

/* Adds the values of a part to the sums of its field; returns the sum of the squares of their counts. */
static double
sum_part(const cdw_terms *terms, cdw_field_terms *field, const ValueCount *table, Size nslots)
{
	double squares = 0;

	for (Size i = 0; i < nslots; i++)
	{
		double count = table[i].count;

		if (count == 0)
			continue;
		field->values += count;
		field->summary.distinct++;
		squares += count * count;
		if (count > 1)
			field->summary.repeated += count;
		if (count >= CDW_STORED_RECORDS)
			keep_frequent(terms, field, &table[i]);
	}
	return squares;
}

/* Counts the values of a part in table, which has mask + 1 slots; writes how many records have each. */
static void
count_part(ValueOf *value, Size n, ValueCount *table, Size mask, uint32 *count)
{
	memset(table, 0, sizeof(ValueCount) * (mask + 1));
	for (Size i = 0; i < n; i++)
	{
		Size slot = value[i].hash & mask;

		while (table[slot].hash != 0 && table[slot].hash != value[i].hash)
			slot = (slot + 1) & mask;
		if (table[slot].hash == 0)
			table[slot] = (ValueCount){.hash = value[i].hash, .first = value[i].record};
		table[slot].count++;
		value[i].hash = slot;
	}
	for (Size i = 0; i < n; i++)
		count[value[i].record] = Max(table[value[i].hash].count, 2);
}

/* The slots of a table for n values: a power of two, half of it free at least. */
static Size
table_slots(Size n)
{
	return (Size) pg_nextpower2_64(Max(n, 1) * 2);
}

/* What counting the values of a field needs; it serves one field after another. */
typedef struct Counting
{
	int bits; /* of a hash that tell its part */
	Size *start;
	ValueOf *value;
	Size nslots;
	ValueCount *table;
} Counting;

static void
counting_begin(Counting *counting, uint32 n)
{
	int bits = n <= PART_RECORDS ? 0 : Min(pg_leftmost_one_pos32(n / PART_RECORDS), MOST_PART_BITS);

	*counting = (Counting){.bits = bits, .start = palloc(sizeof(Size) * ((1 << bits) + 1))};
	counting->value =
		MemoryContextAllocHuge(CurrentMemoryContext, sizeof(ValueOf) * Max(n, (Size) 1));
}

static void
counting_end(Counting *counting)
{
	if (counting->table)
		pfree(counting->table);
	pfree(counting->value);
	pfree(counting->start);
}

/* Makes the table large enough for a part. */
static void
make_table(Counting *counting, Size nslots)
{
	if (nslots <= counting->nslots)
		return;
	if (counting->table)
		pfree(counting->table);
	counting->nslots = nslots;
	counting->table = MemoryContextAllocHuge(CurrentMemoryContext, sizeof(ValueCount) * nslots);
}

/* Counts the values of a field and replaces their hashes by the counts, at the beginning of hash. */
static void
count_values(const cdw_terms *terms, cdw_field_terms *field, Counting *counting, uint64 *hash,
			 uint32 nrecords)
{
	uint32 *count = (uint32 *) hash;
	double squares = 0;
	double n;

	part_values(hash, nrecords, counting->bits, counting->start, counting->value);
	memset(count, 0, sizeof(uint32) * nrecords);
	for (int p = 0; p < 1 << counting->bits; p++)
	{
		Size size = counting->start[p + 1] - counting->start[p];
		Size nslots = table_slots(size);

		CHECK_FOR_INTERRUPTS();
		make_table(counting, nslots);
		count_part(counting->value + counting->start[p], size, counting->table, nslots - 1, count);
		squares += sum_part(terms, field, counting->table, nslots);
	}
	n = field->values;
	field->summary.values = n;
	field->summary.agreement = n > 1 ? (squares - n) / (n * (n - 1)) : 0;
	field->summary.skew = n > 0 ? squares / (n * n) : 0;
}

/* Writes the counts of n fields from the first on into the records. */
static void
write_counts(cdw_records *records, int first, int n, const uint64 *hash)
{
	cdw_scan scan;

	cdw_scan_begin(&scan, records, CDW_SCAN_CHANGE);
	while (cdw_scan_next(&scan))
		for (uint32 i = 0; i < scan.n; i++)
		{
			uint32 *term = cdw_record_terms(records, scan.record[i]) + first;
			uint32 number = cdw_scan_number(&scan, i);

			cdw_check_cancel(i);
			if (i + CDW_AHEAD < scan.n)
				__builtin_prefetch(scan.record[i + CDW_AHEAD]);
			for (int f = 0; f < n; f++)
				term[f] = ((const uint32 *) (hash + (Size) f * records->n))[number];
		}
}

/* How many fields are counted in one go. */
static int
fields_at_once(const cdw_terms *terms, const cdw_records *records)
{
	Size hashes = HASHES_AT_ONCE;

	if (records->file)
		hashes = Min(hashes, cdw_records_spare_memory(records, 1) / sizeof(uint64));
	return Max(Min((int) (hashes / Max(records->n, 1)), terms->nfields), 1);
}

/* Counts the values of all fields and writes the counts into the records. */
void
cdw_count_values(cdw_terms *terms, cdw_records *records)
{
	int at_once = fields_at_once(terms, records);
	uint64 *hash = MemoryContextAllocHuge(CurrentMemoryContext,
										  sizeof(uint64) * at_once * Max(records->n, (Size) 1));
	Counting counting;

	counting_begin(&counting, records->n);
	for (int first = 0; first < terms->nfields; first += at_once)
	{
		int n = Min(at_once, terms->nfields - first);

		hash_values(records, first, n, hash);
		for (int f = 0; f < n; f++)
			count_values(terms, &terms->field[first + f], &counting, hash + (Size) f * records->n,
						 records->n);
		write_counts(records, first, n, hash);
	}
	counting_end(&counting);
	pfree(hash);
}
