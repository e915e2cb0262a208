/*
 * src/match/plan.c
 *
 * What the options of the fields mean together: which comparison each field has, which fields may be
 * exchanged and so are compared in one go, and which go without the words of others.
 */
#include "match/match.h"

#include "port/pg_bitutils.h"

static int
named_field(const cdw_match_settings *settings, const cdw_field *field, const char *option,
			const char *name)
{
	int other = cdw_find_field(settings, name);

	if (other < 0)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("\"%s\" of field \"%s\" names an unknown field \"%s\"", option,
							   field->name, name),
						errhint("Only the resolver's fields can be used; names are case-exact.")));
	if (&settings->field[other] == field)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("\"%s\" of field \"%s\" names the field itself", option, field->name)));
	return other;
}

/* The first field of a kind that has no partner yet and may have one; -1 where there is none. */
static int
first_swappable(const cdw_match_settings *settings, const char *kind, const int *partner)
{
	for (int f = 0; f < settings->nfields; f++)
		if (strcmp(settings->field[f].kind->name, kind) == 0)
			return partner[f] < 0 && !settings->field[f].no_swap ? f : -1;
	return -1;
}

static void CDW_NORETURN
swap_error(const cdw_field *field, const char *problem)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("field \"%s\" cannot be exchanged with \"%s\"", field->name, field->swap_with),
			 errdetail("%s", problem)));
}

/* partner[f]: the field that f may be exchanged with, -1 for none; leads[f]: f is the first of the two. */
static void
pair_fields(const cdw_match_settings *settings, int *partner, bool *leads)
{
	int given;
	int family;

	for (int f = 0; f < settings->nfields; f++)
		partner[f] = -1;
	for (int f = 0; f < settings->nfields; f++)
	{
		const cdw_field *field = &settings->field[f];
		int other;

		if (field->swap_with == NULL)
			continue;
		other = named_field(settings, field, "swap_with", field->swap_with);
		if (partner[f] == other)
			continue;
		if (partner[f] >= 0 || partner[other] >= 0)
			swap_error(field, "A field can be exchanged with one other field only.");
		if (settings->field[other].kind->standardise != field->kind->standardise)
			swap_error(field, "The two fields are of kinds that have no standard form in common.");
		if (settings->field[other].no_swap)
			swap_error(field, "The other field is not to be exchanged.");
		if (field->comparison->nlevels == CDW_MAX_LEVELS)
			swap_error(field, "Its comparison has no level left for that.");
		partner[f] = other;
		partner[other] = f;
		leads[f] = true;
	}
	given = first_swappable(settings, "given_name", partner);
	family = first_swappable(settings, "family_name", partner);
	if (given >= 0 && family >= 0)
	{
		partner[given] = family;
		partner[family] = given;
		leads[given] = true;
	}
}

/* The same comparison with one more level, for two values that were exchanged. */
static const cdw_comparison *
swappable(const cdw_comparison *comparison)
{
	cdw_comparison *copy = palloc(sizeof(cdw_comparison));

	*copy = *comparison;
	copy->label[copy->nlevels++] = "swapped";
	return copy;
}

static void
plan_units(cdw_match_settings *settings)
{
	int partner[CDW_MAX_FIELDS];
	bool leads[CDW_MAX_FIELDS] = {false};

	pair_fields(settings, partner, leads);
	settings->nunits = 0;
	for (int f = 0; f < settings->nfields; f++)
	{
		cdw_field *field = &settings->field[f];

		if (partner[f] >= 0 && !leads[f])
			continue;
		if (leads[f])
		{
			field->comparison = swappable(field->comparison);
			field->swap_with = settings->field[partner[f]].name;
		}
		settings->unit[settings->nunits++] = (cdw_unit){.field = f, .swap_with = partner[f]};
	}
}

/* A field on a circle, where each of the fields in the set is gone without by another of them. */
static int
field_in_circle(const cdw_match_settings *settings, uint32 set)
{
	int at = pg_rightmost_one_pos32(set);

	/* going back as often as there are fields ends on the circle */
	for (int step = 0; step < settings->nfields; step++)
		for (int f = 0; f < settings->nfields; f++)
			if ((set >> f & 1) && (settings->field[f].without_set >> at & 1))
			{
				at = f;
				break;
			}
	return at;
}

/*
 * A field goes without the whole words of others, so it comes before those that go without something
 * themselves. Two fields without each other would both lose what they share: an error.
 */
static void
plan_residuals(cdw_match_settings *settings)
{
	uint32 waiting = 0;

	settings->nresiduals = 0;
	for (int f = 0; f < settings->nfields; f++)
	{
		cdw_field *field = &settings->field[f];

		for (int i = 0; i < field->nwithout; i++)
			field->without_set |= (uint32) 1
								  << named_field(settings, field, "without", field->without[i]);
		if (field->nwithout > 0)
			waiting |= (uint32) 1 << f;
	}
	while (waiting != 0)
	{
		uint32 needed = 0;
		bool found = false;

		for (int f = 0; f < settings->nfields; f++)
			if (waiting >> f & 1)
				needed |= settings->field[f].without_set;
		for (int f = 0; f < settings->nfields; f++)
			if ((waiting & ~needed) >> f & 1)
			{
				settings->residual[settings->nresiduals++] = f;
				waiting &= ~((uint32) 1 << f);
				found = true;
			}
		if (!found)
			ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
							errmsg("\"without\" of field \"%s\" leads back to the field itself",
								   settings->field[field_in_circle(settings, waiting)].name)));
	}
}

/*
 * Settles what is compared together and how; to be called once all fields are there. Raises 22023 where
 * options of fields do not go together.
 */
void
cdw_plan_comparisons(cdw_match_settings *settings)
{
	int shared = 0;

	for (int f = 0; f < settings->nfields; f++)
	{
		cdw_field *field = &settings->field[f];

		if (field->comparison == NULL)
			field->comparison = field->days ? &cdw_compare_days : field->kind->comparison;
		shared += field->kind->shared;
	}
	settings->personal = settings->nfields - shared;
	settings->households = shared > 0 && settings->personal > 0;
	plan_units(settings);
	plan_residuals(settings);
}
