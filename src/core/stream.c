/*
 * src/core/stream.c
 *
 * The one way to read users' relations: SPI_execute_extended with a receiver of ours. Rows come
 * straight from the executor, so privileges, row security, views, partitions and cancel all hold.
 * Never scan a user's table directly.
 */
#include "core/core.h"

#include "executor/spi.h"
#include "miscadmin.h"
#include "tcop/dest.h"
#include "utils/memutils.h"

typedef struct StreamReceiver
{
	DestReceiver pub;
	cdw_row_callback callback;
	void *arg;
	MemoryContext row_context;
	uint64 rows;
} StreamReceiver;

/*
 * The executor calls this in its per-query context, which is freed before we return. The callback
 * runs in a context of its own that is reset after each row; what must live longer goes into a
 * context that the callback's argument carries.
 */
static bool
receive_row(TupleTableSlot *slot, DestReceiver *self)
{
	StreamReceiver *receiver = (StreamReceiver *) self;
	MemoryContext old = MemoryContextSwitchTo(receiver->row_context);

	slot_getallattrs(slot);
	receiver->callback(slot, receiver->arg);
	MemoryContextSwitchTo(old);
	MemoryContextReset(receiver->row_context);
	if ((++receiver->rows & 1023) == 0)
		CHECK_FOR_INTERRUPTS();
	return true;
}

static void
receiver_startup(DestReceiver *self pg_attribute_unused(), int operation pg_attribute_unused(),
				 TupleDesc typeinfo pg_attribute_unused())
{
}

static void
receiver_noop(DestReceiver *self pg_attribute_unused())
{
}

/*
 * Runs a read-only query and hands each row to the callback; returns the number of rows. The query
 * sees the caller's snapshot: rows that the same call has just written are not in it.
 */
uint64
cdw_stream(const char *query, int nargs, Oid *argtypes, Datum *values, cdw_row_callback callback,
		   void *arg)
{
	StreamReceiver receiver = {
		.pub = {.receiveSlot = receive_row,
				.rStartup = receiver_startup,
				.rShutdown = receiver_noop,
				.rDestroy = receiver_noop,
				.mydest = DestNone},
		.callback = callback,
		.arg = arg,
	};
	SPIExecuteOptions options = {.read_only = true, .dest = (DestReceiver *) &receiver};
	int rc;

	receiver.row_context =
		AllocSetContextCreate(CurrentMemoryContext, "cdw stream row", ALLOCSET_DEFAULT_SIZES);
	SPI_connect();
	if (nargs > 0)
	{
		ParamListInfo params = makeParamList(nargs);

		for (int i = 0; i < nargs; i++)
		{
			params->params[i].value = values[i];
			params->params[i].isnull = false;
			params->params[i].pflags = PARAM_FLAG_CONST;
			params->params[i].ptype = argtypes[i];
		}
		options.params = params;
	}
	rc = SPI_execute_extended(query, &options);
	if (rc < 0)
		elog(ERROR, "SPI_execute_extended failed: %s", SPI_result_code_string(rc));
	SPI_finish();
	MemoryContextDelete(receiver.row_context);
	return receiver.rows;
}
