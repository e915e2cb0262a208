/*
 * test/fuzz/server.c
 *
 * A small stand-in for the server, so that the kernels run unchanged and alone. Every chunk of
 * memory is a malloc of its own and every string buffer is as large as it must be and no larger:
 * the address sanitizer then sees each step beyond one. Errors jump to the nearest PG_TRY; what was
 * allocated until then is freed with its context, as in the server.
 */
#include "fuzz.h"

#include "miscadmin.h"

#define ERROR_TEXT 1000

/* A memory context; the server's headers only know a pointer to it. */
typedef struct context
{
	struct context *parent;
} context;

typedef struct chunk
{
	void *data;
	Size size;
	context *owner;
} chunk;

MemoryContext CurrentMemoryContext;
MemoryContext TopMemoryContext;
MemoryContext fuzz_input_context;
sigjmp_buf *PG_exception_stack;
ErrorContextCallback *error_context_stack;
volatile sig_atomic_t InterruptPending;

static chunk *chunks;
static int chunk_count;
static int chunk_room;

static int error_sqlstate;
static char error_text[ERROR_TEXT];

/* --- memory --------------------------------------------------------------------------------- */

/* Where the chunk stands in the list; new ones are at its end. Ends the run if it is none. */
static int
find_chunk(const void *data)
{
	for (int i = chunk_count - 1; i >= 0; i--)
		if (chunks[i].data == data)
			return i;
	fuzz_fail("a chunk of memory", "%p was not allocated, or is freed already", data);
}

static void
free_chunk(int i)
{
	free(chunks[i].data);
	chunks[i] = chunks[--chunk_count];
}

static void *
allocate(MemoryContext owner, Size size, Size limit)
{
	if (size > limit)
		elog(ERROR, "invalid memory alloc request size %zu", size);
	if (chunk_count == chunk_room)
	{
		chunk_room = chunk_room * 2 + 64;
		chunks = realloc(chunks, chunk_room * sizeof(chunk));
	}
	chunks[chunk_count] = (chunk){malloc(size), size, (context *) owner};
	return chunks[chunk_count++].data;
}

static void *
reallocate(void *pointer, Size size, Size limit)
{
	int i = find_chunk(pointer);
	void *data = allocate((MemoryContext) chunks[i].owner, size, limit);

	memcpy(data, pointer, Min(size, chunks[i].size));
	free_chunk(i);
	return data;
}

void *
MemoryContextAlloc(MemoryContext owner, Size size)
{
	return allocate(owner, size, MaxAllocSize);
}

void *
MemoryContextAllocHuge(MemoryContext owner, Size size)
{
	return allocate(owner, size, MaxAllocHugeSize);
}

void *
MemoryContextAllocZero(MemoryContext owner, Size size)
{
	return memset(MemoryContextAlloc(owner, size), 0, size);
}

void *
MemoryContextAllocExtended(MemoryContext owner, Size size, int flags)
{
	Size limit = flags & MCXT_ALLOC_HUGE ? MaxAllocHugeSize : MaxAllocSize;
	void *data = allocate(owner, size, limit);

	return flags & MCXT_ALLOC_ZERO ? memset(data, 0, size) : data;
}

void *
palloc(Size size)
{
	return MemoryContextAlloc(CurrentMemoryContext, size);
}

void *
palloc0(Size size)
{
	return MemoryContextAllocZero(CurrentMemoryContext, size);
}

void *
palloc_extended(Size size, int flags)
{
	return MemoryContextAllocExtended(CurrentMemoryContext, size, flags);
}

void *
repalloc(void *pointer, Size size)
{
	return reallocate(pointer, size, MaxAllocSize);
}

void *
repalloc_huge(void *pointer, Size size)
{
	return reallocate(pointer, size, MaxAllocHugeSize);
}

void
pfree(void *pointer)
{
	free_chunk(find_chunk(pointer));
}

char *
pnstrdup(const char *in, Size len)
{
	Size size = strnlen(in, len);
	char *out = palloc(size + 1);

	memcpy(out, in, size);
	out[size] = '\0';
	return out;
}

char *
pstrdup(const char *in)
{
	return pnstrdup(in, strlen(in));
}

/* Whether a chunk belongs to a context or to one below. */
static bool
is_below(const context *owner, MemoryContext top)
{
	while (owner != NULL && owner != (const context *) top)
		owner = owner->parent;
	return owner != NULL;
}

/* The chunks that a context has, with those of the contexts below. */
int
fuzz_chunks(MemoryContext top)
{
	int count = 0;

	for (int i = 0; i < chunk_count; i++)
		count += is_below(chunks[i].owner, top);
	return count;
}

/* A context is itself a chunk of its parent: it goes when the parent is emptied. */
MemoryContext
AllocSetContextCreateInternal(MemoryContext parent, const char *name pg_attribute_unused(),
							  Size minimum pg_attribute_unused(),
							  Size initial pg_attribute_unused(),
							  Size maximum pg_attribute_unused())
{
	context *created = MemoryContextAllocZero(parent, sizeof(context));

	created->parent = (context *) parent;
	return (MemoryContext) created;
}

/* Frees what is in a context and below: first all of it is found, as contexts are among it. */
void
MemoryContextReset(MemoryContext top)
{
	int kept = 0;
	chunk *doomed = malloc((chunk_count + 1) * sizeof(chunk));
	int doomed_count = 0;

	for (int i = 0; i < chunk_count; i++)
	{
		if (is_below(chunks[i].owner, top))
			doomed[doomed_count++] = chunks[i];
		else
			chunks[kept++] = chunks[i];
	}
	chunk_count = kept;
	while (doomed_count > 0)
		free(doomed[--doomed_count].data);
	free(doomed);
}

void
MemoryContextDelete(MemoryContext top)
{
	MemoryContextReset(top);
	pfree(top);
}

/* --- string buffers ------------------------------------------------------------------------- */

void
initStringInfo(StringInfo out)
{
	out->data = palloc(1);
	out->maxlen = 1;
	resetStringInfo(out);
}

StringInfo
makeStringInfo(void)
{
	StringInfo out = palloc(sizeof(StringInfoData));

	initStringInfo(out);
	return out;
}

void
resetStringInfo(StringInfo out)
{
	out->data[0] = '\0';
	out->len = 0;
	out->cursor = 0;
}

void
enlargeStringInfo(StringInfo out, int needed)
{
	int64 size = (int64) out->len + needed + 1;

	if (needed < 0 || size > (int64) MaxAllocSize)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED), errmsg("string buffer is too large")));
	if (size <= out->maxlen)
		return;
	out->data = repalloc(out->data, size);
	out->maxlen = size;
}

#if PG_VERSION_NUM >= 160000
typedef void buffer_bytes;
#else
typedef char buffer_bytes;
#endif

void
appendBinaryStringInfoNT(StringInfo out, const buffer_bytes *data, int len)
{
	enlargeStringInfo(out, len);
	memcpy(out->data + out->len, data, len);
	out->len += len;
}

void
appendBinaryStringInfo(StringInfo out, const buffer_bytes *data, int len)
{
	appendBinaryStringInfoNT(out, data, len);
	out->data[out->len] = '\0';
}

void
appendStringInfoString(StringInfo out, const char *value)
{
	appendBinaryStringInfo(out, value, strlen(value));
}

void
appendStringInfoChar(StringInfo out, char c)
{
	appendBinaryStringInfo(out, &c, 1);
}

void
appendStringInfoSpaces(StringInfo out, int count)
{
	for (; count > 0; count--)
		appendStringInfoChar(out, ' ');
}

void
appendStringInfo(StringInfo out, const char *format, ...)
{
	va_list args;
	int size;

	va_start(args, format);
	size = vsnprintf(NULL, 0, format, args);
	va_end(args);
	enlargeStringInfo(out, size);
	va_start(args, format);
	vsnprintf(out->data + out->len, size + 1, format, args);
	va_end(args);
	out->len += size;
}

/* --- errors and interrupts ------------------------------------------------------------------ */

bool
errstart(int elevel, const char *domain pg_attribute_unused())
{
	if (elevel < ERROR)
		return false;
	error_sqlstate = ERRCODE_INTERNAL_ERROR;
	error_text[0] = '\0';
	return true;
}

bool
errstart_cold(int elevel, const char *domain)
{
	return errstart(elevel, domain);
}

int
errcode(int sqlstate)
{
	error_sqlstate = sqlstate;
	return 0;
}

static void
add_to_error(const char *format, va_list args)
{
	Size used = strlen(error_text);

	vsnprintf(error_text + used, ERROR_TEXT - used, format, args);
}

#define DEFINE_ERROR_TEXT(name)                                                                    \
	int name(const char *format, ...)                                                              \
	{                                                                                              \
		va_list args;                                                                              \
		va_start(args, format);                                                                    \
		add_to_error(format, args);                                                                \
		va_end(args);                                                                              \
		return 0;                                                                                  \
	}

DEFINE_ERROR_TEXT(errmsg)
DEFINE_ERROR_TEXT(errmsg_internal)
DEFINE_ERROR_TEXT(errdetail)
DEFINE_ERROR_TEXT(errdetail_internal)
DEFINE_ERROR_TEXT(errhint)

void
errfinish(const char *file pg_attribute_unused(), int line pg_attribute_unused(),
		  const char *function pg_attribute_unused())
{
	pg_re_throw();
}

void
pg_re_throw(void)
{
	siglongjmp(*PG_exception_stack, 1);
}

/* The SQLSTATE and the text of the last error. */
int
fuzz_last_error(const char **text)
{
	*text = error_text;
	return error_sqlstate;
}

/* Nothing is ever pending. */
void
ProcessInterrupts(void)
{
}

/* --- start ---------------------------------------------------------------------------------- */

void
fuzz_server_start(void)
{
	static context top;

	TopMemoryContext = (MemoryContext) &top;
	fuzz_input_context = AllocSetContextCreate(TopMemoryContext, "input", ALLOCSET_DEFAULT_SIZES);
	CurrentMemoryContext = fuzz_input_context;
}
