/*
 * src/identity/cluster.h
 *
 * What the ways of grouping have in common; private to the module.
 */
#ifndef CDW_IDENTITY_CLUSTER_H
#define CDW_IDENTITY_CLUSTER_H

#include "identity/identity.h"

typedef struct cdw_clustering
{
	const cdw_scorer *scorer;
	double cut;
	cdw_merge_callback callback;
	void *arg;
	uint64 *hash;				  /* by record: of what it says; for average link */
	uint32 *position;			  /* by record: among the members of its component */
	cdw_component_sample *sample; /* NULL: all components are looked at */
	uint32 largest;				  /* records of a component for average link */
	bool *closed;				  /* by record: its component has been looked at */
	MemoryContext scratch;		  /* reset after each component */
} cdw_clustering;

/* components.c */
typedef struct cdw_components
{
	uint32 n;
	uint32 *start;	/* where each record's component starts in member, counted at its root */
	uint32 *member; /* records by component, ascending */
	uint32 *size;	/* at the root */
	uint32 *parent;
	uint32 *edge_end; /* where the edges within a component end in edge, at its root */
	uint32 *edge;	  /* numbers of edges by component */
} cdw_components;

extern cdw_components
cdw_find_components(const cdw_edges *edges, double cut, const bool *closed, uint32 n);
extern void cdw_free_components(cdw_components *components);
extern uint32 cdw_first_edge(const cdw_components *components, uint32 root);
extern void cdw_need_members(cdw_batches *batches, const cdw_components *components, uint32 root);

/* average_link.c */
extern void cdw_link_component(const cdw_clustering *clustering, const uint32 *member, Size n,
							   const cdw_edges *edges, const uint32 *edge, uint32 nedges);

#endif /* CDW_IDENTITY_CLUSTER_H */
