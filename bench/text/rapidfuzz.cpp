// rapidfuzz KIND FILE RUNS: rapidfuzz-cpp on the pairs in FILE, the least user CPU of RUNS runs in
// nanoseconds per pair, as "rapidfuzz function kind nanoseconds". Text beyond ASCII is decoded to
// code points beforehand, which is not measured.
#include "rapidfuzz_amalgamated.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <string>
#include <vector>

static double user_seconds()
{
	rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	return usage.ru_utime.tv_sec + usage.ru_utime.tv_usec * 1e-6;
}

static std::u32string decode(const std::string &utf8)
{
	std::u32string decoded;

	for (size_t i = 0; i < utf8.size();)
	{
		unsigned char lead = utf8[i];
		int length = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
		char32_t c = length == 1 ? lead : lead & (0xFF >> (length + 1));

		for (int k = 1; k < length; k++)
			c = c << 6 | (utf8[i + k] & 0x3F);
		decoded += c;
		i += length;
	}
	return decoded;
}

template <typename String, typename Function>
static void measure(const char *name, const char *kind, int runs, const std::vector<String> &a,
					const std::vector<String> &b, Function function)
{
	double least = 1e9;
	double sum = 0;

	for (int run = 0; run < runs; run++)
	{
		double start = user_seconds();

		for (size_t i = 0; i < a.size(); i++)
			sum += function(a[i], b[i]);
		least = std::min(least, user_seconds() - start);
	}
	/* The sum keeps the compiler from leaving the work out. */
	if (sum >= 0)
		std::printf("rapidfuzz\t%s\t%s\t%.0f\n", name, kind, least * 1e9 / a.size());
}

template <typename String>
static void measure_all(const char *kind, int runs, const std::vector<String> &a,
						const std::vector<String> &b)
{
	measure("levenshtein", kind, runs, a, b,
			[](const String &x, const String &y) { return rapidfuzz::levenshtein_distance(x, y); });
	measure("damerau_levenshtein", kind, runs, a, b,
			[](const String &x, const String &y) { return rapidfuzz::osa_distance(x, y); });
	measure("jaro_winkler", kind, runs, a, b,
			[](const String &x, const String &y) { return rapidfuzz::jaro_winkler_similarity(x, y); });
}

int main(int, char **argv)
{
	std::ifstream file(argv[2]);
	std::vector<std::string> a;
	std::vector<std::string> b;
	bool ascii = true;

	for (std::string line; std::getline(file, line);)
	{
		size_t tab = line.find('\t');

		a.push_back(line.substr(0, tab));
		b.push_back(line.substr(tab + 1));
		ascii = ascii && std::all_of(line.begin(), line.end(), [](char c) { return c >= 0; });
	}
	if (ascii)
		measure_all(argv[1], std::stoi(argv[3]), a, b);
	else
	{
		std::vector<std::u32string> decoded_a(a.size());
		std::vector<std::u32string> decoded_b(b.size());

		std::transform(a.begin(), a.end(), decoded_a.begin(), decode);
		std::transform(b.begin(), b.end(), decoded_b.begin(), decode);
		measure_all(argv[1], std::stoi(argv[3]), decoded_a, decoded_b);
	}
}
