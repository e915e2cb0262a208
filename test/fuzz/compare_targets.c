/*
 * test/fuzz/compare_targets.c
 *
 * The kernels that compare two texts: each input is two lines.
 */
#include "fuzz.h"

#include "text/nicknames.h"

/* The longest strings, in code points, that the slow definitions are asked about. */
#define REFERENCE_LENGTH 200

/* Two texts, as code points too where they are valid and short enough. */
typedef struct pair
{
	fuzz_text a;
	fuzz_text b;
	bool valid; /* both are: malformed bytes may give odd numbers */
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
	p->valid = p->a.valid && p->b.valid;
	p->known = p->valid && cdw_symbol_count(p->a.value, p->a.len) <= REFERENCE_LENGTH &&
			   cdw_symbol_count(p->b.value, p->b.len) <= REFERENCE_LENGTH;
	if (!p->known)
		return;
	p->a_count = fuzz_decode(p->a.value, p->a.len, p->a_symbols);
	p->b_count = fuzz_decode(p->b.value, p->b.len, p->b_symbols);
}

/* A kernel with a, b and with b, a; both must give the same. */
#define BOTH_WAYS(kernel, p)                                                                       \
	(both_agree(p, kernel((p)->a.value, (p)->a.len, (p)->b.value, (p)->b.len),                     \
				kernel((p)->b.value, (p)->b.len, (p)->a.value, (p)->a.len), #kernel))

static double
both_agree(const pair *p, double there, double back, const char *kernel)
{
	fuzz_check(!p->valid || there == back, "%s gives %.17g, the other way round %.17g", kernel,
			   there, back);
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
						   (distance <= limits[i]) ||
					   !p->valid,
				   "distance %d, limit %d", distance, limits[i]);
}

/* A bounded distance is exact up to the limit and above it beyond. */
static void
check_bounded(const pair *p, int (*bounded)(const char *, int, const char *, int, int),
			  int distance)
{
	const int limits[] = {0, 1, 2, 3, 4, 5, 31, distance - 1, distance, distance + 1};

	for (int i = 0; i < (int) lengthof(limits); i++)
	{
		int within = bounded(p->a.value, p->a.len, p->b.value, p->b.len, limits[i]);

		fuzz_check(!p->valid || (distance <= limits[i] ? within == distance : within > limits[i]),
				   "distance %d, within %d it is %d", distance, limits[i], within);
	}
}

/* A similarity that counts from a cut on is exact there and below it elsewhere. */
static void
check_from(const pair *p, double (*from)(const char *, int, const char *, int, double),
		   double similarity)
{
	const double cuts[] = {1.0 / 3, 0.5, 2.0 / 3, 0.7, 0.75, 0.8, 0.9, 0.92, 1, similarity};

	for (int i = 0; i < (int) lengthof(cuts); i++)
	{
		double found = from(p->a.value, p->a.len, p->b.value, p->b.len, cuts[i]);

		fuzz_check(!p->valid || (similarity >= cuts[i] ? found == similarity : found < cuts[i]),
				   "%.17g, from %.17g it is %.17g", similarity, cuts[i], found);
	}
}

/* A similarity is one less the share of the longer string that is edited. */
static void
check_edit_similarity(const pair *p, double similarity, int distance)
{
	int longer = Max(p->a_count, p->b_count);

	fuzz_check(!p->valid || (similarity >= 0 && similarity <= 1), "%.17g", similarity);
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
	fuzz_check(!p.valid || damerau <= levenshtein, "%d, %d", damerau, levenshtein);
	check_within(&p, levenshtein);
	check_bounded(&p, cdw_levenshtein_within, levenshtein);
	check_bounded(&p, cdw_damerau_levenshtein_within, damerau);
	check_from(&p, cdw_levenshtein_similarity_from,
			   cdw_levenshtein_similarity(p.a.value, p.a.len, p.b.value, p.b.len));
	check_from(&p, cdw_damerau_levenshtein_similarity_from,
			   cdw_damerau_levenshtein_similarity(p.a.value, p.a.len, p.b.value, p.b.len));
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
	fuzz_check(!p.valid || (jaro >= 0 && jaro <= winkler && winkler <= 1), "%.17g, %.17g", jaro,
			   winkler);
	fuzz_check(cdw_jaro_winkler(p.a.value, p.a.len, p.a.value, p.a.len) == 1, "with itself");
	check_from(&p, cdw_jaro_from, jaro);
	check_from(&p, cdw_jaro_winkler_from, winkler);
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

/* A similarity is a number from 0 to 1, and 1 of a text with itself. */
#define CHECK_SIMILARITY(p, similarity, itself)                                                    \
	fuzz_check(!(p).valid || ((similarity) >= 0 && (similarity) <= 1 && (itself) == 1),            \
			   "%.17g, with itself %.17g", (double) (similarity), (double) (itself))

static void
run_qgrams(fuzz_input *input)
{
	pair p;

	read_pair(input, &p);
	for (int q = 1; q <= 9; q = q < 5 ? q + 1 : q + 4)
	{
		double jaccard = cdw_jaccard(p.a.value, p.a.len, p.b.value, p.b.len, q);
		double dice = cdw_dice(p.a.value, p.a.len, p.b.value, p.b.len, q);
		double cosine = cdw_cosine(p.a.value, p.a.len, p.b.value, p.b.len, q);
		fuzz_overlap o;

		CHECK_SIMILARITY(p, jaccard, cdw_jaccard(p.a.value, p.a.len, p.a.value, p.a.len, q));
		CHECK_SIMILARITY(p, dice, cdw_dice(p.a.value, p.a.len, p.a.value, p.a.len, q));
		CHECK_SIMILARITY(p, cosine, cdw_cosine(p.a.value, p.a.len, p.a.value, p.a.len, q));
		both_agree(&p, jaccard, cdw_jaccard(p.b.value, p.b.len, p.a.value, p.a.len, q), "jaccard");
		if (!p.known)
			continue;
		o = fuzz_qgrams(p.a_symbols, p.a_count, p.b_symbols, p.b_count, q);
		fuzz_check(fabs(jaccard - (double) o.common / (o.a + o.b - o.common)) < 1e-12 &&
					   fabs(dice - 2.0 * o.common / (o.a + o.b)) < 1e-12 &&
					   fabs(cosine - o.common / sqrt((double) o.a * o.b)) < 1e-12,
				   "q %d: jaccard %.17g, dice %.17g, cosine %.17g; %d and %d grams, %d common", q,
				   jaccard, dice, cosine, o.a, o.b, o.common);
	}
}

static void
run_tokens(fuzz_input *input)
{
	pair p;
	double sort;
	double set;

	read_pair(input, &p);
	sort = BOTH_WAYS(cdw_token_sort_similarity, &p);
	set = BOTH_WAYS(cdw_token_set_similarity, &p);
	CHECK_SIMILARITY(p, sort, cdw_token_sort_similarity(p.a.value, p.a.len, p.a.value, p.a.len));
	CHECK_SIMILARITY(p, set, cdw_token_set_similarity(p.a.value, p.a.len, p.a.value, p.a.len));
}

static void
run_name_similarity(fuzz_input *input)
{
	const cdw_nicknames *nicknames = cdw_builtin_nicknames();
	pair p;
	double similarity;

	read_pair(input, &p);
	similarity = both_agree(
		&p, cdw_name_similarity(p.a.value, p.a.len, p.b.value, p.b.len, nicknames),
		cdw_name_similarity(p.b.value, p.b.len, p.a.value, p.a.len, nicknames), "name_similarity");
	CHECK_SIMILARITY(p, similarity,
					 cdw_name_similarity(p.a.value, p.a.len, p.a.value, p.a.len, nicknames));
	fuzz_check(!p.valid || similarity < 0.5 ||
				   !cdw_names_apart(p.a.value, p.a.len, p.b.value, p.b.len),
			   "%.17g, but apart", similarity);
	fuzz_check(!cdw_nicknames_related(cdw_nicknames_find(nicknames, p.a.value, p.a.len),
									  cdw_nicknames_find(nicknames, p.b.value, p.b.len)) ||
				   cdw_may_be_nicknames(p.a.value, p.a.len, p.b.value, p.b.len),
			   "related, but surely no nicknames");
}

const fuzz_target fuzz_compare_targets[] = {
	{"edit_distance", run_edit_distance},
	{"jaro_winkler", run_jaro_winkler},
	{"qgrams", run_qgrams},
	{"tokens", run_tokens},
	{"name_similarity", run_name_similarity},
	{NULL, NULL},
};
