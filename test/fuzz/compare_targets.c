/*
 * test/fuzz/compare_targets.c
 *
 * The kernels that compare two texts: each input is two lines.
 */
#include "fuzz.h"

/* The longest strings, in code points, that the slow definitions are asked about. */
#define REFERENCE_LENGTH 200

/* Two texts, as code points too where they are valid and short enough. */
typedef struct pair
{
	fuzz_text a;
	fuzz_text b;
	bool known; /* whether there are symbols */
	int a_count;
	int b_count;
	uint32 a_symbols[REFERENCE_LENGTH];
	uint32 b_symbols[REFERENCE_LENGTH];
} pair;

static void
read_pair(fuzz_input *input, pair *p)
{
	p->a = fuzz_line(input);
	p->b = fuzz_rest(input);
	p->known = p->a.valid && p->b.valid &&
			   cdw_symbol_count(p->a.value, p->a.len) <= REFERENCE_LENGTH &&
			   cdw_symbol_count(p->b.value, p->b.len) <= REFERENCE_LENGTH;
	if (!p->known)
		return;
	p->a_count = fuzz_decode(p->a.value, p->a.len, p->a_symbols);
	p->b_count = fuzz_decode(p->b.value, p->b.len, p->b_symbols);
}

/* A kernel with a, b and with b, a; both must give the same. */
#define BOTH_WAYS(kernel, p)                                                                       \
	(both_agree(kernel((p)->a.value, (p)->a.len, (p)->b.value, (p)->b.len),                        \
				kernel((p)->b.value, (p)->b.len, (p)->a.value, (p)->a.len), #kernel))

static double
both_agree(double there, double back, const char *kernel)
{
	fuzz_check(there == back, "%s gives %.17g, the other way round %.17g", kernel, there, back);
	return there;
}

static void
check_symbols(const pair *p)
{
	if (!p->known)
		return;
	fuzz_check(cdw_symbol_count(p->a.value, p->a.len) == p->a_count, "%d", p->a_count);
	fuzz_check(cdw_is_ascii(p->a.value, p->a.len) == (p->a.len == p->a_count) ||
				   p->a.len == p->a_count,
			   "%d", p->a_count);
}

static void
check_distance(const pair *p, const char *kernel, int distance, bool transpositions)
{
	int reference;

	fuzz_check(distance >= 0 && distance <= Max(p->a.len, p->b.len), "%s gives %d", kernel,
			   distance);
	fuzz_check(distance > 0 || !p->known ||
				   (p->a.len == p->b.len && memcmp(p->a.value, p->b.value, p->a.len) == 0),
			   "%s gives 0", kernel);
	if (!p->known)
		return;
	reference =
		fuzz_edit_distance(p->a_symbols, p->a_count, p->b_symbols, p->b_count, transpositions);
	fuzz_check(distance == reference, "%s gives %d, by definition it is %d", kernel, distance,
			   reference);
}

/* The question whether a distance is within a limit agrees with the distance, for limits around. */
static void
check_within(const pair *p, int distance)
{
	const int limits[] = {
		-1, 0, 1, 2, 3, 7, 31, 32, 63, 64, distance - 1, distance, distance + 1, PG_INT32_MAX};

	for (int i = 0; i < (int) lengthof(limits); i++)
		fuzz_check(cdw_within_distance(p->a.value, p->a.len, p->b.value, p->b.len, limits[i]) ==
					   (distance <= limits[i]),
				   "distance %d, limit %d", distance, limits[i]);
}

/* A similarity is one less the share of the longer string that is edited. */
static void
check_edit_similarity(const pair *p, double similarity, int distance)
{
	int longer = Max(p->a_count, p->b_count);

	fuzz_check(similarity >= 0 && similarity <= 1, "%.17g", similarity);
	if (p->known)
		fuzz_check(fabs(similarity - (longer == 0 ? 1 : 1 - (double) distance / longer)) < 1e-12,
				   "%.17g, distance %d of %d", similarity, distance, longer);
}

static void
run_edit_distance(fuzz_input *input)
{
	pair p;
	int levenshtein;
	int damerau;

	read_pair(input, &p);
	check_symbols(&p);
	levenshtein = BOTH_WAYS(cdw_levenshtein, &p);
	damerau = BOTH_WAYS(cdw_damerau_levenshtein, &p);
	check_distance(&p, "levenshtein", levenshtein, false);
	check_distance(&p, "damerau_levenshtein", damerau, true);
	fuzz_check(damerau <= levenshtein, "%d, %d", damerau, levenshtein);
	check_within(&p, levenshtein);
	check_edit_similarity(&p, BOTH_WAYS(cdw_levenshtein_similarity, &p), levenshtein);
	check_edit_similarity(&p, BOTH_WAYS(cdw_damerau_levenshtein_similarity, &p), damerau);
}

static void
run_jaro_winkler(fuzz_input *input)
{
	pair p;
	double jaro;
	double winkler;
	int prefix = 0;

	read_pair(input, &p);
	jaro = BOTH_WAYS(cdw_jaro, &p);
	winkler = BOTH_WAYS(cdw_jaro_winkler, &p);
	fuzz_check(jaro >= 0 && jaro <= winkler && winkler <= 1, "%.17g, %.17g", jaro, winkler);
	fuzz_check(cdw_jaro_winkler(p.a.value, p.a.len, p.a.value, p.a.len) == 1, "with itself");
	if (!p.known)
		return;
	fuzz_check(fabs(jaro - fuzz_jaro(p.a_symbols, p.a_count, p.b_symbols, p.b_count)) < 1e-12,
			   "%.17g, by definition %.17g", jaro,
			   fuzz_jaro(p.a_symbols, p.a_count, p.b_symbols, p.b_count));
	while (prefix < Min(Min(p.a_count, p.b_count), 4) && p.a_symbols[prefix] == p.b_symbols[prefix])
		prefix++;
	fuzz_check(fabs(winkler - (jaro > 0.7 ? jaro + prefix * 0.1 * (1 - jaro) : jaro)) < 1e-12,
			   "%.17g, jaro %.17g, prefix %d", winkler, jaro, prefix);
}

const fuzz_target fuzz_compare_targets[] = {
	{"edit_distance", run_edit_distance},
	{"jaro_winkler", run_jaro_winkler},
	{NULL, NULL},
};
