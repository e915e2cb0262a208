/*
 * test/fuzz/phonetic_targets.c
 *
 * The kernels that code how a name sounds: a code has its alphabet and length, and case does not
 * matter.
 */
#include "fuzz.h"

static void
run_soundex(fuzz_input *input)
{
	fuzz_text text = fuzz_rest(input);
	char code[5];

	if (!cdw_soundex(text.value, text.len, code))
		return;
	fuzz_check(strlen(code) == 4 && code[0] >= 'A' && code[0] <= 'Z' &&
				   strspn(code + 1, "0123456") == 3,
			   "\"%s\"", code);
}

static void
run_nysiis(fuzz_input *input)
{
	fuzz_text text = fuzz_rest(input);
	StringInfoData out = fuzz_result();

	if (!cdw_nysiis(text.value, text.len, &out))
		return;
	fuzz_check(out.len > 0 && strlen(out.data) == (Size) out.len &&
				   strspn(out.data, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == (Size) out.len,
			   "\"%s\"", out.data);
}

/* The first byte gives the length of the codes. */
static void
run_double_metaphone(fuzz_input *input)
{
	fuzz_text text = fuzz_rest(input);
	int max_length = text.len == 0 ? 4 : 1 + (unsigned char) text.value[0] % 12;
	char *primary = palloc(max_length + 1);
	char *secondary = palloc(max_length + 1);

	if (cdw_double_metaphone(text.value, text.len, max_length, primary, secondary))
		fuzz_check(strlen(primary) <= (Size) max_length && strlen(secondary) <= (Size) max_length &&
					   strlen(primary) == strspn(primary, "0AFHJKLMNPRSTX") &&
					   strlen(secondary) == strspn(secondary, "0AFHJKLMNPRSTX"),
				   "\"%s\", \"%s\"", primary, secondary);
	pfree(primary);
	pfree(secondary);
}

const fuzz_target fuzz_phonetic_targets[] = {
	{"soundex", run_soundex},
	{"nysiis", run_nysiis},
	{"double_metaphone", run_double_metaphone},
	{NULL, NULL},
};
