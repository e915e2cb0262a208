/*
 * src/identity/worker.c
 *
 * Where a parallel worker begins: it makes the resolver's settings again, which only this floor can
 * read, and takes its part of the walk.
 */
#include "identity/identity.h"

#include "storage/dsm.h"
#include "storage/shm_toc.h"

extern PGDLLEXPORT void cdw_match_worker(dsm_segment *segment, shm_toc *toc);

void
cdw_match_worker(dsm_segment *segment pg_attribute_unused(), shm_toc *toc)
{
	cdw_resolver *resolver = palloc0(sizeof(cdw_resolver));

	cdw_settings_parse(resolver, cdw_json_parse(cdw_worker_document(toc)));
	cdw_worker_walk(toc, &resolver->match);
}
