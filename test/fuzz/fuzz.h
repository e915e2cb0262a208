/*
 * test/fuzz/fuzz.h
 *
 * What a fuzz target is and has. A target takes texts from its input, calls kernels and checks what
 * must be true of every result; a check that fails, like a report of the sanitizers, ends the run
 * with the input in a file. A kernel may raise the errors that users can cause, no others, and must
 * leave nothing allocated behind.
 */
#ifndef CDW_FUZZ_H
#define CDW_FUZZ_H

#include "text/symbols.h"

#include "utils/memutils.h"

/* What is left of the input. Targets with several texts take one per line. */
typedef struct fuzz_input
{
	const char *at;
	const char *end;
} fuzz_input;

/* A text in a piece of memory of just its size, so that reading beyond is seen. */
typedef struct fuzz_text
{
	const char *value;
	int len;
	bool valid; /* what a text value can hold: UTF-8 without zero bytes */
} fuzz_text;

typedef struct fuzz_target
{
	const char *name;
	void (*run)(fuzz_input *input);
} fuzz_target;

/* The lists of targets, each ended by one without a name. */
extern const fuzz_target fuzz_compare_targets[];
extern const fuzz_target fuzz_normalize_targets[];
extern const fuzz_target fuzz_phonetic_targets[];

/* Ends the run with a message unless the condition is true. */
#define fuzz_check(condition, ...)                                                                 \
	do                                                                                             \
	{                                                                                              \
		if (!(condition))                                                                          \
			fuzz_fail(#condition, __VA_ARGS__);                                                    \
	} while (0)

/* fuzz.c */
extern void fuzz_fail(const char *condition, const char *format, ...) __attribute__((noreturn))
pg_attribute_printf(2, 3);
extern fuzz_text fuzz_line(fuzz_input *input);
extern fuzz_text fuzz_rest(fuzz_input *input);
extern StringInfoData fuzz_result(void);
extern bool fuzz_is_valid_utf8(const char *value, int len);

/* reference.c: the definitions as they stand in books, slow and plain, of code points */
extern int fuzz_decode(const char *value, int len, uint32 *symbols);
extern int
fuzz_edit_distance(const uint32 *a, int alen, const uint32 *b, int blen, bool transpositions);
extern double fuzz_jaro(const uint32 *a, int alen, const uint32 *b, int blen);
typedef struct fuzz_overlap
{
	int a; /* distinct q-grams */
	int b;
	int common;
} fuzz_overlap;
extern fuzz_overlap fuzz_qgrams(const uint32 *a, int alen, const uint32 *b, int blen, int q);

/* server.c: the stand-in for the server */
extern MemoryContext fuzz_input_context; /* lives as long as one input */
extern void fuzz_server_start(void);
extern int fuzz_chunks(MemoryContext context);
extern int fuzz_last_error(const char **text);

#endif /* CDW_FUZZ_H */
