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
#include "utils/jsonb.h"
#include "utils/tuplestore.h"

#if PG_VERSION_NUM < 150000
#error "customer_dw needs PostgreSQL 15 or later"
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

/* args.c */
extern void cdw_check_not_null(FunctionCallInfo fcinfo, int argno, const char *argname);
extern void cdw_check_probability(double value, const char *argname);
extern void cdw_check_utf8(void);

/* relation.c */
extern char *cdw_relation_name(Oid relid);
extern Oid cdw_relation_owner(Oid relid);
extern void cdw_check_readable(Oid relid);
extern AttrNumber
cdw_check_column(Oid relid, const char *column, Oid *type, int32 *typmod, Oid *collation);

/* stream.c */
typedef void (*cdw_row_callback)(TupleTableSlot *slot, void *arg);
extern uint64 cdw_stream(const char *query, int nargs, Oid *argtypes, Datum *values,
						 cdw_row_callback callback, void *arg);

/* guc.c */
extern int cdw_restrict_search_path(void);
extern int cdw_visible_output(void);
extern int cdw_portable_output(void);
extern void cdw_restore_settings(int nestlevel);

/* rows.c */
extern Tuplestorestate *cdw_result_rows(FunctionCallInfo fcinfo, TupleDesc *desc);

/* arena.c */
typedef struct cdw_arena
{
	MemoryContext context;
	char *chunk;	 /* the chunk that is being filled */
	Size chunk_size; /* of the chunk that is being filled */
	Size chunk_used;
	Size total; /* bytes handed out so far */
} cdw_arena;
extern void cdw_arena_init(cdw_arena *arena, MemoryContext context);
extern void *cdw_arena_alloc(cdw_arena *arena, Size size);

/* sort.c */
extern void cdw_radix_sort(uint64 *entries, uint64 *scratch, Size n);

/* json.c */
extern const char *cdw_json_type_name(const JsonbValue *value);
extern char *cdw_json_string(const JsonbValue *value);
extern bool cdw_json_field(Jsonb *object, const char *name, JsonbValue *value);
extern double cdw_json_number(const JsonbValue *value);
extern void cdw_append_json_string(StringInfo out, const char *value);
extern Jsonb *cdw_json_parse(char *text);
extern char *cdw_json_text(Jsonb *value);

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

#endif /* CDW_CORE_H */
