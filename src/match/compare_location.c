/*
 * src/match/compare_location.c
 *
 * Places on the globe, which are kept as "latitude,longitude" in degrees with five decimals, about a
 * metre: by great-circle distance.
 */
#include "match/compare.h"

#include <math.h>

#define EARTH_RADIUS 6371.0088 /* km, the mean of the ellipsoid of WGS 84 */
#define CELL .02			   /* degrees of latitude, 2.2 km */

/* Reads a standard form; false where it is none. */
static bool
coordinates(const char *text, int len, double *latitude, double *longitude)
{
	char copy[40];
	char *end;

	if (len >= (int) sizeof(copy))
		return false;
	memcpy(copy, text, len);
	copy[len] = '\0';
	*latitude = strtod(copy, &end);
	if (*end != ',')
		return false;
	*longitude = strtod(end + 1, NULL);
	return true;
}

/* Kilometres between two places by the haversine formula (Sinnott 1984); infinite where one is none. */
double
cdw_kilometres(const cdw_value *a, const cdw_value *b)
{
	double latitude_a;
	double latitude_b;
	double longitude_a;
	double longitude_b;
	double sine_latitude;
	double sine_longitude;
	double h;

	if (!coordinates(a->text, a->len, &latitude_a, &longitude_a) ||
		!coordinates(b->text, b->len, &latitude_b, &longitude_b))
		return INFINITY;
	sine_latitude = sin((latitude_b - latitude_a) * (M_PI / 360));
	sine_longitude = sin((longitude_b - longitude_a) * (M_PI / 360));
	h = sine_latitude * sine_latitude + cos(latitude_a * (M_PI / 180)) *
											cos(latitude_b * (M_PI / 180)) * sine_longitude *
											sine_longitude;
	return 2 * EARTH_RADIUS * asin(sqrt(fmin(h, 1)));
}

static int
location_level(const cdw_field *field pg_attribute_unused(), const cdw_value *a, const cdw_value *b)
{
	static const double most[] = {.1, 1, 5, 25, 100};
	double km = cdw_kilometres(a, b);
	int level = 0;

	while (level < (int) lengthof(most) && km > most[level])
		level++;
	return level + 1;
}

const cdw_comparison cdw_compare_location = {
	.nlevels = 7,
	.cost = 20,
	.different = 6,
	.alike = 1,
	.unlike = 3,
	.level = location_level,
	.label = {"equal", "within 100 m", "within 1 km", "within 5 km", "within 25 km",
			  "within 100 km", "different"},
};

/*
 * Writes the cell of a grid that a place lies in; returns its length, 0 where the value is no place. A
 * cell is about 2.2 km on each side. shift 1 to 4: the grid as it is, and moved by half a cell to the
 * north, to the east and both, so that two places within a kilometre share a cell of at least one.
 */
int
cdw_grid_cell(const char *value, int len, int shift, char *cell)
{
	double latitude;
	double longitude;
	int32 row;
	int32 column;

	if (!coordinates(value, len, &latitude, &longitude))
		return 0;
	row = (int32) floor(latitude / CELL + ((shift - 1) & 1) * .5);
	/* as wide as it is high at the row's edge towards the pole; one cell at the pole itself */
	column = (int32) floor(longitude / CELL * fmax(cos(row * CELL * (M_PI / 180)), 0) +
						   ((shift - 1) >> 1 & 1) * .5);
	memcpy(cell, &row, sizeof(row));
	memcpy(cell + sizeof(row), &column, sizeof(column));
	return sizeof(row) + sizeof(column);
}
