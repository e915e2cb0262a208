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

const fuzz_target fuzz_phonetic_targets[] = {
	{"soundex", run_soundex},
	{NULL, NULL},
};
