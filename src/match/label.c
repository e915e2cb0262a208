/*
 * src/match/label.c
 *
 * Labelled pairs: two records of which somebody has said that they match or do not.
 */
#include "match/match.h"

#include "miscadmin.h"

/* An empty list in the current memory context, where it stays as it grows. */
cdw_labels *
cdw_labels_create(void)
{
	cdw_labels *labels = palloc0(sizeof(cdw_labels));

	labels->capacity = 1024;
	labels->label = palloc(sizeof(cdw_label) * labels->capacity);
	return labels;
}

/* Adds a label; the records of the pair may come in either order. */
void
cdw_labels_add(cdw_labels *labels, cdw_label label)
{
	if (labels->n == labels->capacity)
	{
		labels->capacity *= 2;
		labels->label = repalloc_huge(labels->label, sizeof(cdw_label) * labels->capacity);
	}
	if (label.a > label.b)
	{
		uint32 a = label.a;

		label.a = label.b;
		label.b = a;
	}
	labels->label[labels->n++] = label;
}

static int
compare_labels(const void *a, const void *b, void *arg pg_attribute_unused())
{
	const cdw_label *left = a;
	const cdw_label *right = b;

	if (left->a != right->a)
		return left->a < right->a ? -1 : 1;
	return left->b < right->b ? -1 : left->b > right->b;
}

/*
 * Sorts the labels and drops those that say once more what another one says. Returns the first pair
 * of which two labels say different things, NULL where there is none.
 */
const cdw_label *
cdw_labels_finish(cdw_labels *labels)
{
	Size kept = 0;

	qsort_interruptible(labels->label, labels->n, sizeof(cdw_label), compare_labels, NULL);
	for (Size i = 0; i < labels->n; i++)
	{
		cdw_label *label = &labels->label[i];
		const cdw_label *last = kept > 0 ? &labels->label[kept - 1] : NULL;

		if (last == NULL || compare_labels(last, label, NULL) != 0)
			labels->label[kept++] = *label;
		else if (last->is_match != label->is_match || last->weight != label->weight)
			return last;
	}
	labels->n = kept;
	return NULL;
}

/* The label of a pair with a < b, NULL where it has none; the list must be finished. */
const cdw_label *
cdw_find_label(const cdw_labels *labels, uint32 a, uint32 b)
{
	cdw_label wanted = {.a = a, .b = b};
	Size low = 0;
	Size high = labels->n;

	while (low < high)
	{
		Size middle = low + (high - low) / 2;
		int order = compare_labels(&labels->label[middle], &wanted, NULL);

		if (order == 0)
			return &labels->label[middle];
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}
