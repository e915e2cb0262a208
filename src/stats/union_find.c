/*
 * src/stats/union_find.c
 *
 * Disjoint sets with path halving (Tarjan and van Leeuwen 1984). The smaller item becomes the root,
 * so the result does not depend on the order in which pairs are united.
 */
#include "stats/stats.h"

#include "utils/memutils.h"

/* Every item in a set of its own. The array belongs to the current context. */
uint32 *
cdw_union_find_create(uint32 n)
{
	uint32 *parent = MemoryContextAllocHuge(CurrentMemoryContext, Max(n, 1) * sizeof(uint32));

	for (uint32 i = 0; i < n; i++)
		parent[i] = i;
	return parent;
}

uint32
cdw_union_find_root(uint32 *parent, uint32 item)
{
	while (parent[item] != item)
	{
		parent[item] = parent[parent[item]];
		item = parent[item];
	}
	return item;
}

void
cdw_union_find_unite(uint32 *parent, uint32 a, uint32 b)
{
	a = cdw_union_find_root(parent, a);
	b = cdw_union_find_root(parent, b);
	if (a < b)
		parent[b] = a;
	else
		parent[a] = b;
}
