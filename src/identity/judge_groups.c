/*
 * src/identity/judge_groups.c
 *
 * Whether the groups that were found look like entities. EM settles on some class of pairs that agree
 * a lot, and in a table of tracks or of readings that is who shares an artist or an hour. Two marks tell
 * such a class from one of the same entity, whatever the fields hold:
 *
 *   - being the same is transitive, being alike is not: of two records that match a third one, many do
 *     not match each other;
 *   - a group is no more than a value that its records share: they are equal in some fields and as
 *     different as strangers in the others.
 */
#include "identity/identity.h"

#include <float.h>
#include <math.h>

#include "miscadmin.h"
#include "utils/memutils.h"

#define WITNESSES 8		   /* partners, or members of a group, of which all pairs are looked at */
#define MOST_SAMPLED 20000 /* records and groups, about, that are looked at */
#define LEAST_COUNT 20	   /* pairs from which anything is concluded */
/* of two records that match a third one, the share that matches each other */
#define LEAST_CLOSED .8
#define LEAST_OPEN .1 /* of those that do not, for each match, to be more than stray ones */
/* how much more alike than strangers the records of a group are */
#define LIKE_STRANGERS .15
#define ALIKE .5
/* share of equal values, where one thing is written in several ways */
#define LEAST_VARIETY .2
#define MOST_VARIETY .98
#define MOST_STRANGE .1	 /* of what the fields tell */
#define EACH_ITS_OWN .98 /* different values, of all */
#define MANY_PARTNERS 30 /* that nobody has without a reason */

static void *
allocate(Size n, Size size)
{
	return MemoryContextAllocExtended(CurrentMemoryContext, Max(n, (Size) 1) * size,
									  MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
}

/* Records in lists, each list in the order of hashes of what its records say. */
typedef struct Member
{
	uint32 list;
	uint32 record;
	uint64 hash;
} Member;

#define ST_SORT sort_members
#define ST_ELEMENT_TYPE Member
#define ST_COMPARE(a, b)                                                                           \
	((a)->list != (b)->list	  ? ((a)->list < (b)->list ? -1 : 1)                                   \
	 : (a)->hash != (b)->hash ? ((a)->hash < (b)->hash ? -1 : 1)                                   \
							  : ((a)->record > (b)->record) - ((a)->record < (b)->record))
#define ST_SCOPE static
#define ST_CHECK_FOR_INTERRUPTS
#define ST_DEFINE
#include "lib/sort_template.h"

typedef struct PairList
{
	cdw_pair *pair;
	uint32 n;
	uint32 capacity;
} PairList;

/* Lists the pairs among the members of a list; of a long one those at even distances. */
static void
add_pairs(PairList *pairs, const Member *member, Size n)
{
	Size witnesses = Min(n, WITNESSES);

	if (pairs->n + WITNESSES * WITNESSES > pairs->capacity)
	{
		pairs->capacity *= 2;
		pairs->pair = repalloc_huge(pairs->pair, sizeof(cdw_pair) * (Size) pairs->capacity);
	}
	for (Size i = 1; i < witnesses; i++)
		for (Size j = 0; j < i; j++)
			pairs->pair[pairs->n++] = (cdw_pair){.a = member[j * n / witnesses].record,
												 .b = member[i * n / witnesses].record};
}

/* Hands the visitor the pairs of all lists that count; its state is what it is given. */
static void
visit_lists(const cdw_scorer *scorer, Member *member, Size n, const cdw_visitor *visitor,
			void *state)
{
	PairList pairs = {.capacity = 1024};
	Size end;

	pairs.pair = palloc(sizeof(cdw_pair) * pairs.capacity);
	sort_members(member, n);
	for (Size start = 0; start < n; start = end)
	{
		CHECK_FOR_INTERRUPTS();
		for (end = start + 1; end < n && member[end].list == member[start].list;)
			end++;
		add_pairs(&pairs, &member[start], end - start);
	}
	(void) cdw_visit_pairs(pairs.pair, pairs.n, scorer, visitor, state);
	pfree(pairs.pair);
}

static void *
begin_with(const cdw_scorer *scorer pg_attribute_unused(), const void *state)
{
	return (void *) state;
}

/* Of many lists only some are looked at: those with a low hash. */
static bool
is_sampled(uint64 hash, uint32 nrecords)
{
	return nrecords <= MOST_SAMPLED || hash <= PG_UINT64_MAX / nrecords * MOST_SAMPLED;
}

/* ---- do the partners of a record match each other? ---- */

typedef struct Triads
{
	const cdw_scorer *scorer;
	double cut;
	double matches;
	double n;
	double closed;
} Triads;

/* A pair is closed that more probably matches than not, however high the threshold is. */
static void
count_triad(uint32 a, uint32 b, void *arg)
{
	Triads *triads = arg;

	if (!cdw_comparable(triads->scorer->records, a, b))
		return;
	triads->n++;
	triads->closed += cdw_score(triads->scorer, a, b) > 0;
}

static const cdw_visitor triad_visitor = {.begin = begin_with, .visit = count_triad};

static void
add_partner(Member *member, Size *n, uint32 record, uint32 partner, const Triads *triads,
			const uint64 *hash)
{
	if (is_sampled(hash[record], triads->scorer->records->n))
		member[(*n)++] = (Member){.list = record, .record = partner, .hash = hash[partner]};
}

static void
count_triads(Triads *triads, const cdw_edges *edges, const uint64 *hash)
{
	Size capacity = 1024;
	Member *member = palloc(sizeof(Member) * capacity);
	Size n = 0;

	for (Size e = 0; e < edges->n; e++)
	{
		const cdw_edge *edge = &edges->edge[e];

		if (edge->weight <= triads->cut)
			continue;
		if (n + 2 > capacity)
			member = repalloc_huge(member, sizeof(Member) * (capacity *= 2));
		add_partner(member, &n, edge->a, edge->b, triads, hash);
		add_partner(member, &n, edge->b, edge->a, triads, hash);
	}
	triads->matches = n / 2.0;
	visit_lists(triads->scorer, member, n, &triad_visitor, triads);
	pfree(member);
}

/* More than stray ones of the records that match a third one do not match each other. */
static bool
not_transitive(const Triads *triads)
{
	double open = triads->n - triads->closed;

	return triads->n >= LEAST_COUNT && triads->closed < LEAST_CLOSED * triads->n &&
		   open > LEAST_OPEN * triads->matches;
}

/* ---- how alike are the records of a group? ---- */

typedef struct Likeness
{
	const cdw_records *records;
	double n;
	double level[CDW_MAX_FIELDS][CDW_MISSING + 1];
} Likeness;

static void
count_levels(uint32 a, uint32 b, void *arg)
{
	Likeness *likeness = arg;
	const cdw_records *records = likeness->records;
	const cdw_match_settings *settings = records->settings;
	uint8 level[CDW_MAX_FIELDS];

	if (!cdw_comparable(records, a, b))
		return;
	for (int k = 0; k < settings->nunits; k++)
		cdw_levels(records, &settings->unit[k], records->record[a], records->record[b], level);
	likeness->n++;
	for (int f = 0; f < settings->nfields; f++)
		likeness->level[f][level[f]]++;
}

static const cdw_visitor level_visitor = {.begin = begin_with, .visit = count_levels};

static void
compare_members(Likeness *likeness, const cdw_scorer *scorer, const uint32 *cluster,
				const uint64 *hash)
{
	uint32 nrecords = likeness->records->n;
	Member *member = allocate(nrecords, sizeof(Member));
	uint64 *group_hash = allocate(nrecords, sizeof(uint64)); /* of what all members say */
	Size n = 0;

	for (uint32 i = 0; i < nrecords; i++)
		group_hash[cluster[i]] += hash[i];
	for (uint32 i = 0; i < nrecords; i++)
		if (is_sampled(group_hash[cluster[i]], nrecords))
			member[n++] = (Member){.list = cluster[i], .record = i, .hash = hash[i]};
	visit_lists(scorer, member, n, &level_visitor, likeness);
	pfree(group_hash);
	pfree(member);
}

/* What the records of a group have in common in a field. */
typedef struct FieldLikeness
{
	double equal; /* share of the pairs with both values */
	double alike; /* how much more alike than strangers: 0 not at all, 1 always equal */
	double tells; /* nats that agreement tells */
} FieldLikeness;

/* Alike is the distance between the shares of levels (total variation), against that of pure equality. */
static FieldLikeness
field_likeness(const Likeness *likeness, const cdw_model *model, int f)
{
	const cdw_field_model *field = &model->field[f];
	double n = likeness->n - likeness->level[f][CDW_MISSING];
	FieldLikeness result = {0};

	if (n == 0 || field->term.skew <= 0)
		return result;
	result.equal = likeness->level[f][0] / n;
	for (int l = 0; l < likeness->records->settings->field[f].comparison->nlevels; l++)
		result.alike += fmax(likeness->level[f][l] / n - field->u[l], 0);
	result.alike /= fmax(1 - field->u[0], DBL_MIN);
	result.tells = -log(field->term.skew) * n / likeness->n;
	return result;
}

/*
 * A field of what somebody does, not of who it is: amounts, dates of events and running numbers differ each
 * time.
 */
static bool
of_events(const cdw_field *field, const cdw_term_summary *term)
{
	return field->days || field->comparison == &cdw_compare_number ||
		   term->distinct > EACH_ITS_OWN * term->values;
}

static void
append_name(StringInfo list, const char *name, double equal)
{
	appendStringInfo(list, "%s\"%s\" (%.0f %%)", list->len > 0 ? ", " : "", name, 100 * equal);
}

typedef struct Judgement
{
	bool shared_values;	   /* groups are no more than values that their records share */
	StringInfoData alike;  /* fields in which the records of a group agree */
	StringInfoData differ; /* ... in which they are like strangers */
} Judgement;

/*
 * Groups of one thing that is written in several ways are alike in all that tells what it is. Where a
 * good part of that is as among strangers, something else than the thing is shared.
 */
static void
judge_likeness(Judgement *judgement, const Likeness *likeness, const cdw_model *model)
{
	const cdw_match_settings *settings = likeness->records->settings;
	double partners = 2 * model->prior * model->pairs / Max(model->records, 1);
	bool varied = false;
	double strange = 0;
	double all = 0;

	initStringInfo(&judgement->alike);
	initStringInfo(&judgement->differ);
	for (int f = 0; f < settings->nfields; f++)
	{
		FieldLikeness field = field_likeness(likeness, model, f);
		bool stranger = field.tells > 0 && field.alike <= LIKE_STRANGERS;

		if (field.alike >= ALIKE && field.equal >= LEAST_VARIETY)
			append_name(&judgement->alike, settings->field[f].name, field.equal);
		if (stranger)
			append_name(&judgement->differ, settings->field[f].name, field.equal);
		if (of_events(&settings->field[f], &model->field[f].term))
			continue;
		varied |=
			field.alike >= ALIKE && field.equal >= LEAST_VARIETY && field.equal <= MOST_VARIETY;
		strange += stranger ? field.tells : 0;
		all += field.tells;
	}
	judgement->shared_values = likeness->n >= LEAST_COUNT && strange > MOST_STRANGE * all &&
							   (!varied || partners > MANY_PARTNERS);
}

/* ---- the warning ---- */

static void
append_judgement(StringInfo detail, const Judgement *judgement, const Triads *triads)
{
	if (not_transitive(triads))
		appendStringInfo(detail,
						 "Of two records that match a third one, %.0f %% do not match each other. ",
						 100 * (1 - triads->closed / triads->n));
	if (judgement->alike.len > 0)
		appendStringInfo(detail, "Records of one identity agree in %s", judgement->alike.data);
	else
		appendStringInfoString(detail, "Records of one identity agree in no field");
	if (judgement->differ.len > 0)
		appendStringInfo(detail, " and are as different as strangers in %s",
						 judgement->differ.data);
	appendStringInfoString(detail, ". That is how records of one place, brand or household look.");
}

/*
 * Warns where the groups do not look like entities, into which the pairs were put that weigh more than the
 * cut. Cluster is the smallest record of each record's group. What a threshold below even odds joins is
 * wanted as it is, and says nothing about the model.
 */
void
cdw_judge_groups(const cdw_resolver *resolver, const cdw_evidence *evidence, const cdw_edges *edges,
				 const uint32 *cluster, double cut)
{
	const cdw_records *records = evidence->scorer.records;
	uint64 *hash;
	Triads triads = {.scorer = &evidence->scorer, .cut = cut};
	Likeness *likeness = allocate(1, sizeof(Likeness));
	Judgement judgement;
	StringInfoData detail;

	if (cut < 0)
		return;
	hash = cdw_record_hashes(records, 0);
	likeness->records = records;
	count_triads(&triads, edges, hash);
	compare_members(likeness, &evidence->scorer, cluster, hash);
	judge_likeness(&judgement, likeness, &evidence->model);
	pfree(hash);
	pfree(likeness);
	if (!judgement.shared_values && !not_transitive(&triads))
		return;
	initStringInfo(&detail);
	append_judgement(&detail, &judgement, &triads);
	ereport(
		WARNING,
		(errmsg("resolver \"%s\" may have learnt something else than which records are the same",
				resolver->name),
		 errdetail_internal("%s", detail.data),
		 errhint("If they are not the same, compare fields that tell them apart, with a small "
				 "\"max_disagreement\", and leave out what they share; or say what a match is "
				 "with \"match_rules\", or label pairs with cdw.label_pair and train again.")));
}
