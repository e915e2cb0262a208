/*
 * src/match/dependence.c
 *
 * Fields that agree together by chance: who lives in one city has one postcode, whoever it is. A model
 * that takes fields for independent counts such agreement twice. Among non-matches the fields are
 * therefore joined by a tree of pairwise dependences (Chow and Liu 1968): for each edge and each pair of
 * levels, how much more often they come together than independent fields would,
 *
 *     lift = ln( q(x, y) / (q(x) q(y)) )
 *
 * which is taken off the weight of a pair. Learnt from random pairs, cleared of probable matches.
 */
#include "match/match.h"

#include <math.h>

#include "match/pattern.h"
#include "miscadmin.h"

#define LEAST_PAIRS 15 /* in a cell, for a lift to be believed */
#define LEAST_LIFT -.7
#define MOST_LIFT 7.0
#define LEAST_INFORMATION 1e-4 /* nats per pair, for two fields to be joined */
#define PROBABLE 1e-3		   /* a match probability that is worth clearing away */

typedef double JointCounts[CDW_MAX_LEVELS][CDW_MAX_LEVELS];

struct cdw_joint_levels
{
	const cdw_match_settings *settings;
	const cdw_pattern *pattern;
	uint32 npatterns;
	JointCounts *all;	  /* of all random pairs; nfields x nfields, the upper half */
	JointCounts *cleared; /* without the matches */
};

static inline Size
cell_of(const cdw_match_settings *settings, int a, int b)
{
	return (Size) a * settings->nfields + b;
}

static void
add_pattern(const cdw_match_settings *settings, JointCounts *joint, const cdw_pattern_key *key,
			double pairs)
{
	for (int a = 0; a < settings->nfields; a++)
	{
		int x = cdw_pattern_level(key, a);

		if (x == CDW_MISSING)
			continue;
		for (int b = a + 1; b < settings->nfields; b++)
		{
			int y = cdw_pattern_level(key, b);

			if (y != CDW_MISSING)
				joint[cell_of(settings, a, b)][x][y] += pairs;
		}
	}
}

/* Joint counts of levels over random pairs; the patterns must outlive it. */
cdw_joint_levels *
cdw_joint_levels_create(const cdw_match_settings *settings, const cdw_pattern *pattern, uint32 n)
{
	cdw_joint_levels *joint = palloc(sizeof(cdw_joint_levels));
	Size cells = (Size) settings->nfields * settings->nfields;

	*joint = (cdw_joint_levels){.settings = settings, .pattern = pattern, .npatterns = n};
	joint->all = palloc0(sizeof(JointCounts) * cells);
	joint->cleared = palloc(sizeof(JointCounts) * cells);
	for (uint32 i = 0; i < n; i++)
	{
		if ((i & 0xFFFF) == 0)
			CHECK_FOR_INTERRUPTS();
		add_pattern(settings, joint->all, &pattern[i].key, pattern[i].count);
	}
	return joint;
}

/* Fills in the lifts of two fields; returns what they tell about each other, in nats per pair. */
static double
mutual_information(const JointCounts count, int nx, int ny, JointCounts lift)
{
	double row[CDW_MAX_LEVELS] = {0};
	double column[CDW_MAX_LEVELS] = {0};
	double total = 0;
	double information = 0;

	memset(lift, 0, sizeof(JointCounts));
	for (int x = 0; x < nx; x++)
		for (int y = 0; y < ny; y++)
		{
			double pairs = fmax(count[x][y], 0);

			row[x] += pairs;
			column[y] += pairs;
			total += pairs;
		}
	if (total < LEAST_PAIRS)
		return 0;
	for (int x = 0; x < nx; x++)
		for (int y = 0; y < ny; y++)
		{
			double pairs = count[x][y];

			if (pairs < LEAST_PAIRS)
				continue;
			lift[x][y] =
				fmin(fmax(log(pairs * total / (row[x] * column[y])), LEAST_LIFT), MOST_LIFT);
			information += pairs / total * lift[x][y];
		}
	return information;
}

/* The tree of most mutual information (Prim's algorithm); ties go to the earlier field. */
static void
span_tree(const cdw_joint_levels *joint, cdw_model *model, const double *information,
		  const JointCounts *lift)
{
	const cdw_match_settings *settings = joint->settings;
	bool joined[CDW_MAX_FIELDS] = {false};

	model->ndependences = 0;
	for (int root = 0; root < settings->nfields; root++)
	{
		if (joined[root])
			continue;
		joined[root] = true;
		for (;;)
		{
			double most = LEAST_INFORMATION;
			int from = -1;
			int to = -1;

			for (int a = 0; a < settings->nfields; a++)
				for (int b = a + 1; b < settings->nfields; b++)
					if (joined[a] != joined[b] && information[cell_of(settings, a, b)] > most)
					{
						most = information[cell_of(settings, a, b)];
						from = a;
						to = b;
					}
			if (from < 0)
				break;
			joined[from] = joined[to] = true;
			model->dependence[model->ndependences].a = from;
			model->dependence[model->ndependences].b = to;
			memcpy(model->dependence[model->ndependences].lift, lift[cell_of(settings, from, to)],
				   sizeof(JointCounts));
			model->ndependences++;
		}
	}
}

/*
 * Learns the model's dependences; match is the probability of each random pattern that it is one of
 * a match.
 */
void
cdw_learn_dependences(cdw_joint_levels *joint, const double *match, cdw_model *model)
{
	const cdw_match_settings *settings = joint->settings;
	Size cells = (Size) settings->nfields * settings->nfields;
	double *information = palloc0(sizeof(double) * cells);
	JointCounts *lift = palloc0(sizeof(JointCounts) * cells);

	memcpy(joint->cleared, joint->all, sizeof(JointCounts) * cells);
	for (uint32 i = 0; i < joint->npatterns; i++)
		if (match[i] > PROBABLE)
			add_pattern(settings, joint->cleared, &joint->pattern[i].key,
						-match[i] * joint->pattern[i].count);
	for (int a = 0; a < settings->nfields; a++)
		for (int b = a + 1; b < settings->nfields; b++)
		{
			Size cell = cell_of(settings, a, b);

			information[cell] =
				mutual_information(joint->cleared[cell], settings->field[a].comparison->nlevels,
								   settings->field[b].comparison->nlevels, lift[cell]);
		}
	span_tree(joint, model, information, lift);
	pfree(lift);
	pfree(information);
}

/* What the dependences take off a pair with these levels. */
double
cdw_dependence_discount(const cdw_model *model, const uint8 *level)
{
	double discount = 0;

	for (int d = 0; d < model->ndependences; d++)
		discount += cdw_dependence_lift(&model->dependence[d], level);
	return discount;
}

/*
 * The same for what two people of a household have in common: dependences between fields that a
 * household does not share hold among its members as among strangers.
 */
double
cdw_household_dependence_discount(const cdw_model *model, const cdw_match_settings *settings,
								  const uint8 *level)
{
	double discount = 0;

	for (int d = 0; d < model->ndependences; d++)
		if (settings->field[model->dependence[d].a].kind->shared ||
			settings->field[model->dependence[d].b].kind->shared)
			discount += cdw_dependence_lift(&model->dependence[d], level);
	return discount;
}
