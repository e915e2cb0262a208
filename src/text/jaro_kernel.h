/*
 * src/text/jaro_kernel.h
 *
 * Jaro similarity of two strings of at most 64 symbols that begin with the same "prefix" symbols.
 * These agree in their order: when one is looked at, all before it are taken.
 *
 * A template, for kinds of strings and processors. Define before it is included:
 *   JARO_KERNEL      the name of the function
 *   JARO_STRING      the type of the strings, which has a length and symbols
 *   JARO_SYMBOL      the type of a symbol
 *   JARO_POSITIONS   function of (string, symbol, groups): where the symbol stands, as cdw_positions()
 *   JARO_ATTRIBUTES  of the function, such as the processor it is for
 */
static pg_attribute_always_inline JARO_ATTRIBUTES double
JARO_KERNEL(const JARO_STRING *x, int groups, const JARO_STRING *y, int prefix)
{
	int window = jaro_window(x->length, y->length);
	uint64 reach = lowest_bits(prefix + window + 1) & ~lowest_bits(prefix - window);
	uint64 behind_prefix = lowest_bits(x->length) & ~lowest_bits(prefix);
	uint64 free_x = behind_prefix;
	uint64 agreeing_x;
	JARO_SYMBOL agreeing_y[CDW_SHORT_SYMBOLS];
	int common = 0;
	int displaced = 0;

	for (int j = prefix; j < y->length; j++)
	{
		JARO_SYMBOL symbol = y->symbols[j];
		uint64 candidates = JARO_POSITIONS(x, symbol, groups) & reach & free_x;

		free_x ^= candidates & -candidates;
		agreeing_y[common] = symbol;
		common += candidates != 0;
		reach = reach << 1 | (j < window);
	}
	agreeing_x = behind_prefix ^ free_x;
	for (int k = 0; k < common; k++)
	{
		displaced += x->symbols[pg_rightmost_one_pos64(agreeing_x)] != agreeing_y[k];
		agreeing_x &= agreeing_x - 1;
	}
	return jaro_similarity(prefix + common, displaced, x->length, y->length);
}

#undef JARO_KERNEL
#undef JARO_STRING
#undef JARO_SYMBOL
#undef JARO_POSITIONS
#undef JARO_ATTRIBUTES
