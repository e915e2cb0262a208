/*
 * src/core/module.c
 *
 * The entry of the library. There is nothing to set up at load time: no hooks, no background state.
 */
#include "core/core.h"

PG_MODULE_MAGIC;
