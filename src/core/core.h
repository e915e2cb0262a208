/*
 * src/core/core.h
 *
 * The ground floor: what every module needs and PostgreSQL does not have ready made. Argument and
 * relation checks with one wording each, reading the user's rows, hashing, arenas, result rows.
 */
#ifndef CDW_CORE_H
#define CDW_CORE_H

#include "postgres.h"

#include "common/hashfn.h"
#include "executor/tuptable.h"
#include "fmgr.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "utils/jsonb.h"
#include "utils/tuplestore.h"

#if PG_VERSION_NUM < 150000
#error "customer_dw needs PostgreSQL 15 or later"
#endif

/* PostgreSQL 16 renamed the reader of another backend's status */
#if PG_VERSION_NUM < 160000
#define cdw_backend_status(i) pgstat_fetch_stat_local_beentry(i)
#else
#define cdw_backend_status(i) pgstat_get_local_beentry_by_index(i)
#endif

/* PostgreSQL 18 renamed its macro */
#define CDW_NORETURN __attribute__((noreturn))

/* PostgreSQL 17 added the statement that asks for it: here there is none, as in TRUNCATE */
#if PG_VERSION_NUM >= 170000
#define cdw_reindex_relation(relid, flags, params) reindex_relation(NULL, relid, flags, params)
#else
#define cdw_reindex_relation(relid, flags, params) reindex_relation(relid, flags, params)
#endif

#define CDW_FUNCTION(name)                                                                         \
	PG_FUNCTION_INFO_V1(name);                                                                     \
	Datum name(PG_FUNCTION_ARGS)

/* For long loops: cancellable within milliseconds, at no cost per turn. */
static inline void
cdw_check_cancel(uint64 turn)
{
	if ((turn & 0xFFFF) == 0)
		CHECK_FOR_INTERRUPTS();
}

/* args.c */
extern void cdw_check_not_null(FunctionCallInfo fcinfo, int argno, const char *argname);
extern void cdw_check_probability(double value, const char *argname);
extern void cdw_check_utf8(void);

/* relation.c */
extern char *cdw_relation_name(Oid relid);
extern Oid cdw_relation_owner(Oid relid);
extern double cdw_relation_rows(Oid relid);
extern void cdw_check_readable(Oid relid);
extern AttrNumber
cdw_check_column(Oid relid, const char *column, Oid *type, int32 *typmod, Oid *collation);

/* named.c: what users make by a name of their choice, as ordinary tables */
#define CDW_MAX_NAME 40 /* bytes; leaves room for the suffixes of tables */
extern void cdw_split_name(const char *what, const char *text, char **schema, char **name);
extern void cdw_own_settings(Oid table, const char *what, const char *name, const char *action);
extern char *cdw_column_definition(const char *name, Oid type, int32 typmod, Oid collation);
extern char *cdw_equality_operator(Oid type);

/* stream.c */
typedef void (*cdw_row_callback)(TupleTableSlot *slot, void *arg);
extern uint64 cdw_stream(const char *query, int nargs, Oid *argtypes, Datum *values,
						 cdw_row_callback callback, void *arg);

/* progress.c: what a long call is at, for the view cdw.progress and for notices */
typedef enum cdw_operation
{
	CDW_OPERATION_TRAIN,
	CDW_OPERATION_RESOLVE,
	CDW_OPERATION_EVALUATE,
	CDW_OPERATION_BLOCK_COUNTS
} cdw_operation;

typedef enum cdw_phase
{
	CDW_PHASE_STARTING,
	CDW_PHASE_READING,
	CDW_PHASE_SORTING_KEYS,
	CDW_PHASE_COUNTING_VALUES,
	CDW_PHASE_RANDOM_PAIRS,
	CDW_PHASE_BLOCKING,
	CDW_PHASE_CANDIDATE_PAIRS,
	CDW_PHASE_LEARNING,
	CDW_PHASE_CHOOSING_RULES,
	CDW_PHASE_SCORING,
	CDW_PHASE_CALIBRATING,
	CDW_PHASE_WRITING_MODEL,
	CDW_PHASE_CLUSTERING,
	CDW_PHASE_JUDGING,
	CDW_PHASE_COUNTING_PAIRS,
	CDW_PHASE_WRITING_MATCHES,
	CDW_PHASE_WRITING_IDENTITIES
} cdw_phase;

extern double cdw_progress_interval; /* seconds between notices; 0: none */
extern uint64 cdw_progress_done;	 /* of the running phase */
extern uint64 cdw_progress_due;		 /* report when so many are done */
extern bool cdw_progress_of_pairs;	 /* the running phase counts pairs */
extern void
cdw_progress_begin(cdw_operation operation, Oid relation, const char *schema, const char *target);
extern void cdw_progress_phase(cdw_phase phase, double total);
extern void cdw_progress_report(void);
extern void cdw_progress_end(void);

/*
 * So many more are done. For inner loops: two instructions, and now and then a report; loops that call
 * it need not check for interrupts themselves. Does nothing else where no call reports, as in a
 * parallel worker.
 */
static inline void
cdw_progress_add(uint64 n)
{
	CHECK_FOR_INTERRUPTS();
	cdw_progress_done += n;
	if (unlikely(cdw_progress_done >= cdw_progress_due))
		cdw_progress_report();
}

/* So many are done in all, where somebody else counts, such as parallel workers together. */
static inline void
cdw_progress_set(uint64 done)
{
	cdw_progress_add(done - Min(done, cdw_progress_done));
}

/* For walks over pairs, which happen in phases that count something else, too. */
static inline void
cdw_progress_pairs(uint64 n)
{
	cdw_progress_add(cdw_progress_of_pairs ? n : 0);
}

/* attempt.c */
extern bool cdw_try(void (*attempt)(void *), void *arg);

/* guc.c */
extern void cdw_define_settings(void);
extern int cdw_restrict_search_path(void);
extern int cdw_visible_output(void);
extern int cdw_portable_output(void);
extern int cdw_share_maintenance_memory(void);
extern void cdw_without_workers(void);
extern void cdw_restore_settings(int nestlevel);

/* rows.c */
extern Tuplestorestate *cdw_result_rows(FunctionCallInfo fcinfo, TupleDesc *desc);

/* arena.c */
typedef struct cdw_chunk
{
	char *start;
	Size size;
} cdw_chunk;

typedef struct cdw_arena
{
	MemoryContext context;
	cdw_chunk *chunks; /* all of them, in the order of coming */
	uint32 nchunks;
	uint32 capacity;
	char *chunk;	 /* the chunk that is being filled */
	Size chunk_size; /* of the chunk that is being filled */
	Size chunk_used;
	Size total; /* bytes handed out so far */
} cdw_arena;
extern void cdw_arena_init(cdw_arena *arena, MemoryContext context);
extern void *cdw_arena_alloc(cdw_arena *arena, Size size);

/* nearest.c */
extern const char *cdw_nearest_name(const char *name, int length, int n, const char *const *names);

/* sort.c */
extern void cdw_radix_sort(uint64 *entries, uint64 *scratch, Size n);

/* json.c */
typedef void *(*cdw_json_reader)(Jsonb *source, void *arg);

/* A document that comes again with each row of a query, and what was made of it; begins as zeros. */
typedef struct cdw_json_cache
{
	Jsonb *source;
	uint64 version;
	void *document;
	MemoryContext context;
} cdw_json_cache;

extern const char *cdw_json_type_name(const JsonbValue *value);
extern char *cdw_json_string(const JsonbValue *value);
extern bool cdw_json_field(Jsonb *object, const char *name, JsonbValue *value);
extern double cdw_json_number(const JsonbValue *value);
extern void cdw_append_json_string(StringInfo out, const char *value);
extern Jsonb *cdw_json_parse(char *text);
extern char *cdw_json_text(Jsonb *value);
extern void *cdw_json_cached(cdw_json_cache *cache, MemoryContext parent, Jsonb *source,
							 uint64 version, cdw_json_reader read, void *arg);
extern void *cdw_json_once(FunctionCallInfo fcinfo, Jsonb *source, uint64 version,
						   cdw_json_reader read, void *arg);

/* sql.c */
extern void cdw_execute(const char *command);
extern void cdw_execute_params(const char *command, int nargs, Oid *argtypes, Datum *values);

/* bulk.c */
typedef struct cdw_bulk cdw_bulk;
extern cdw_bulk *cdw_bulk_begin(const char *statement, int ncolumns, const Oid *types);
extern cdw_bulk *
cdw_bulk_insert(const char *table, int ncolumns, const char *const *columns, const Oid *types);
extern void cdw_bulk_row(cdw_bulk *bulk, const Datum *values, const bool *isnull);
extern void cdw_bulk_end(cdw_bulk *bulk);

/* A 64-bit hash of bytes; equal on every platform of one byte order. */
static inline uint64
cdw_hash_bytes(const char *bytes, int len, uint64 seed)
{
	return hash_bytes_extended((const unsigned char *) bytes, len, seed);
}

/* Mixes two hashes into one; order matters (the finaliser of MurmurHash3). */
static inline uint64
cdw_hash_combine(uint64 a, uint64 b)
{
	uint64 h = a * UINT64CONST(0x9e3779b97f4a7c15) + b;

	h ^= h >> 33;
	h *= UINT64CONST(0xff51afd7ed558ccd);
	h ^= h >> 33;
	h *= UINT64CONST(0xc4ceb9fe1a85ec53);
	h ^= h >> 33;
	return h;
}

/* Mixes eight bytes into a hash: by both halves of a product where the compiler has it. */
static inline uint64
cdw_hash_word(uint64 hash, uint64 word)
{
#ifdef HAVE_INT128
	uint128 product = (uint128) (hash ^ word) * UINT64CONST(0x9e3779b97f4a7c15);

	return (uint64) product ^ (uint64) (product >> 64);
#else
	return cdw_hash_combine(hash, word);
#endif
}

/*
 * A 64-bit hash for tables in memory, several times faster on short values. It differs between
 * platforms: never to be stored, nor to decide anything.
 */
static inline uint64
cdw_hash_in_memory(const char *bytes, int len)
{
	uint64 hash = ((uint64) len + 1) * UINT64CONST(0x8ebc6af09c88c6e3);
	uint64 word;

	for (; len >= 8; bytes += 8, len -= 8)
	{
		memcpy(&word, bytes, 8);
		hash = cdw_hash_word(hash, word);
	}
	if (len >= 4)
	{
		uint32 low;
		uint32 high;

		memcpy(&low, bytes, 4);
		memcpy(&high, bytes + len - 4, 4);
		word = (uint64) high << 32 | low;
	}
	else if (len > 0)
		word = (uint64) (unsigned char) bytes[0] << 16 |
			   (uint64) (unsigned char) bytes[len / 2] << 8 | (unsigned char) bytes[len - 1];
	else
		word = 0;
	return cdw_hash_word(cdw_hash_word(hash, word), UINT64CONST(0xe7037ed1a0b428db));
}

#endif /* CDW_CORE_H */
