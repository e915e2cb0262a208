/*
 * test/fuzz/fuzz.c
 *
 * The program that libFuzzer drives: the target that CDW_FUZZ_TARGET names runs on input after
 * input.
 */
#include "fuzz.h"

#include <stdio.h>

static const fuzz_target *const lists[] = {
	fuzz_compare_targets,
	fuzz_normalize_targets,
	fuzz_phonetic_targets,
};

static const fuzz_target *target;

extern int LLVMFuzzerInitialize(int *argc, char ***argv);
extern int LLVMFuzzerTestOneInput(const uint8 *data, size_t size);
extern size_t LLVMFuzzerCustomMutator(uint8 *data, size_t size, size_t max_size, unsigned int seed);
extern size_t LLVMFuzzerMutate(uint8 *data, size_t size, size_t max_size);

/* Ends the run with a message. */
void
fuzz_fail(const char *condition, const char *format, ...)
{
	va_list args;

	fprintf(stderr, "\n%s: not true: %s\n", target == NULL ? "start" : target->name, condition);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	abort();
}

/* The bytes that the UTF-8 sequence at "at" takes; 0 if it is malformed (RFC 3629, section 4). */
static int
sequence_length(const unsigned char *at, const unsigned char *end)
{
	int length = *at < 0x80 ? 1 : *at < 0xE0 ? 2 : *at < 0xF0 ? 3 : 4;

	if (length == 1)
		return 1;
	if (*at < 0xC2 || *at > 0xF4 || end - at < length)
		return 0;
	if ((*at == 0xE0 && at[1] < 0xA0) || (*at == 0xED && at[1] > 0x9F) ||
		(*at == 0xF0 && at[1] < 0x90) || (*at == 0xF4 && at[1] > 0x8F))
		return 0;
	for (int i = 1; i < length; i++)
		if ((at[i] & 0xC0) != 0x80)
			return 0;
	return length;
}

bool
fuzz_is_valid_utf8(const char *value, int len)
{
	const unsigned char *at = (const unsigned char *) value;
	const unsigned char *end = at + len;

	while (at < end)
	{
		int length = sequence_length(at, end);

		if (length == 0)
			return false;
		at += length;
	}
	return true;
}

static fuzz_text
take(fuzz_input *input, const char *end)
{
	fuzz_text text;
	char *copy;

	text.len = end - input->at;
	copy = MemoryContextAlloc(fuzz_input_context, text.len);
	memcpy(copy, input->at, text.len);
	text.value = copy;
	text.valid =
		fuzz_is_valid_utf8(copy, text.len) && (text.len == 0 || memchr(copy, 0, text.len) == NULL);
	input->at = end;
	return text;
}

/* Takes the text up to the next line break, or all that is left. */
fuzz_text
fuzz_line(fuzz_input *input)
{
	Size left = input->end - input->at;
	const char *end = left == 0 ? NULL : memchr(input->at, '\n', left);
	fuzz_text line = take(input, end == NULL ? input->end : end);

	if (end != NULL)
		input->at++;
	return line;
}

/* Takes all that is left. */
fuzz_text
fuzz_rest(fuzz_input *input)
{
	return take(input, input->end);
}

/* A buffer for a result, with something in it that must be replaced. */
StringInfoData
fuzz_result(void)
{
	MemoryContext caller = MemoryContextSwitchTo(fuzz_input_context);
	StringInfoData out;

	initStringInfo(&out);
	appendStringInfoString(&out, "old");
	MemoryContextSwitchTo(caller);
	return out;
}

/* An error is all right when a user can cause it: a limit, or a value out of range. */
static void
check_error(void)
{
	const char *text;
	int state = fuzz_last_error(&text);

	fuzz_check(state == ERRCODE_PROGRAM_LIMIT_EXCEEDED || state == ERRCODE_INVALID_PARAMETER_VALUE,
			   "error %c%c%c%c%c: %s", PGUNSIXBIT(state), PGUNSIXBIT(state >> 6),
			   PGUNSIXBIT(state >> 12), PGUNSIXBIT(state >> 18), PGUNSIXBIT(state >> 24), text);
}

int
LLVMFuzzerTestOneInput(const uint8 *data, size_t size)
{
	fuzz_input input = {(const char *) data, (const char *) data + size};
	MemoryContext kernels =
		AllocSetContextCreate(fuzz_input_context, "kernels", ALLOCSET_DEFAULT_SIZES);

	CurrentMemoryContext = kernels;
	PG_TRY();
	{
		target->run(&input);
		fuzz_check(fuzz_chunks(kernels) == 0, "%d chunks of memory were left behind",
				   fuzz_chunks(kernels));
	}
	PG_CATCH();
	{
		check_error();
	}
	PG_END_TRY();
	CurrentMemoryContext = fuzz_input_context;
	MemoryContextReset(fuzz_input_context);
	return 0;
}

/* Makes a text value of the bytes: malformed sequences are mended, zero bytes become blanks. */
static void
mend(uint8 *data, size_t size)
{
	uint8 *end = data + size;
	int length;

	for (uint8 *at = data; at < end; at += length)
	{
		length = sequence_length(at, end);
		if (*at == 0)
			*at = ' ';
		if (length > 0)
			continue;
		length = *at < 0xE0 ? 2 : *at < 0xF0 ? 3 : 4;
		if (*at < 0xC2 || *at > 0xF4 || end - at < length)
		{
			*at &= 0x7F;
			length = 0;
			continue;
		}
		for (int i = 1; i < length; i++)
			at[i] = 0x80 | (at[i] & 0x3F);
		if (*at == 0xE0 && at[1] < 0xA0)
			at[1] |= 0x20;
		else if (*at == 0xED)
			at[1] &= 0x9F;
		else if (*at == 0xF0 && at[1] < 0x90)
			at[1] |= 0x10;
		else if (*at == 0xF4)
			at[1] &= 0x8F;
	}
}

/* Three of four inputs are valid text: random bytes hardly ever are. */
size_t
LLVMFuzzerCustomMutator(uint8 *data, size_t size, size_t max_size, unsigned int seed)
{
	size = LLVMFuzzerMutate(data, size, max_size);
	if (seed % 4 != 0)
		mend(data, size);
	return size;
}

/* Finds the target; without a name, or with a wrong one, shows the names and ends the program. */
int
LLVMFuzzerInitialize(int *argc pg_attribute_unused(), char ***argv pg_attribute_unused())
{
	const char *name = getenv("CDW_FUZZ_TARGET");

	for (int i = 0; i < (int) lengthof(lists); i++)
		for (const fuzz_target *t = lists[i]; t->name != NULL; t++)
		{
			if (name == NULL)
				puts(t->name);
			else if (strcmp(t->name, name) == 0)
				target = t;
		}
	if (target == NULL)
		exit(name != NULL);
	fuzz_server_start();
	return 0;
}
