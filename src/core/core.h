/*
 * src/core/core.h
 *
 * The ground floor: what every module needs and PostgreSQL does not have ready made. Argument and
 * relation checks with one wording each, reading the user's rows, hashing, arenas, result rows.
 */
#ifndef CDW_CORE_H
#define CDW_CORE_H

#include "postgres.h"

#include "executor/tuptable.h"
#include "fmgr.h"
#include "lib/stringinfo.h"
#include "utils/tuplestore.h"

#if PG_VERSION_NUM < 150000
#error "customer_dw needs PostgreSQL 15 or later"
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

#endif /* CDW_CORE_H */
