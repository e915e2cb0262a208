/*
 * src/core/rows.c
 *
 * Set-returning functions in materialise mode.
 */
#include "core/core.h"

#include "funcapi.h"
#include "nodes/execnodes.h"

/* A tuplestore for the function's result rows, and their descriptor. */
Tuplestorestate *
cdw_result_rows(FunctionCallInfo fcinfo, TupleDesc *desc)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;

	InitMaterializedSRF(fcinfo, 0);
	*desc = rsinfo->setDesc;
	return rsinfo->setResult;
}
