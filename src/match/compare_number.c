/*
 * src/match/compare_number.c
 *
 * Numbers by their difference as a share of the greater one, and categories, which are equal or not.
 * Numbers of different sign are different.
 */
#include "match/compare.h"

#include <math.h>

static double
number_of(const cdw_value *value)
{
	char text[64];
	int len = Min(value->len, (int) sizeof(text) - 1);

	memcpy(text, value->text, len);
	text[len] = '\0';
	return strtod(text, NULL);
}

/* Two values of kind number. */
void
cdw_two_numbers(const cdw_value *a, const cdw_value *b, double *x, double *y)
{
	*x = number_of(a);
	*y = number_of(b);
}

/* |x - y| / max(|x|, |y|): from 0, for two zeros too, to 1 and beyond where the signs differ. */
double
cdw_relative_difference(const cdw_value *a, const cdw_value *b)
{
	double x;
	double y;
	double greater;

	cdw_two_numbers(a, b, &x, &y);
	greater = fmax(fabs(x), fabs(y));
	return greater > 0 ? fabs(x - y) / greater : 0;
}

static int
number_level(const cdw_field *field pg_attribute_unused(), const cdw_value *a, const cdw_value *b)
{
	double difference = cdw_relative_difference(a, b);

	return difference <= .01 ? 1 : difference <= .1 ? 2 : difference <= .3 ? 3 : 4;
}

const cdw_comparison cdw_compare_number = {
	.nlevels = 5,
	.cost = 15,
	.different = 4,
	.alike = 1,
	.unlike = 3,
	.level = number_level,
	.label = {"equal", "within 1%", "within 10%", "within 30%", "different"},
};

static int
category_level(const cdw_field *field pg_attribute_unused(),
			   const cdw_value *a pg_attribute_unused(), const cdw_value *b pg_attribute_unused())
{
	return 1;
}

const cdw_comparison cdw_compare_category = {
	.nlevels = 2,
	.cost = 5,
	.different = 1,
	.alike = 0,
	.unlike = 1,
	.level = category_level,
	.label = {"equal", "different"},
};
