/*
 * src/core/sql.c
 *
 * Statements of ours that return nothing. They run with the caller's privileges; names in them are
 * qualified and quoted by whoever writes them.
 */
#include "core/core.h"

#include "executor/spi.h"

void
cdw_execute(const char *command)
{
	cdw_execute_params(command, 0, NULL, NULL);
}

void
cdw_execute_params(const char *command, int nargs, Oid *argtypes, Datum *values)
{
	int rc;

	SPI_connect();
	rc = SPI_execute_with_args(command, nargs, argtypes, values, NULL, false, 0);
	if (rc < 0)
		elog(ERROR, "SPI_execute_with_args failed: %s", SPI_result_code_string(rc));
	SPI_finish();
}
