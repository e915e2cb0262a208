/*
 * src/core/module.c
 *
 * The entry of the library: it defines our settings. No hooks, no background state.
 */
#include "core/core.h"

PG_MODULE_MAGIC;

extern PGDLLEXPORT void _PG_init(void);

void
_PG_init(void)
{
	cdw_define_settings();
}
