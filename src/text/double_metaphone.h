/*
 * src/text/double_metaphone.h
 *
 * The rules of Double Metaphone, apart from the code that follows them.
 */
#ifndef CDW_DOUBLE_METAPHONE_H
#define CDW_DOUBLE_METAPHONE_H

/* What a rule can ask of the name as a whole. */
#define CDW_GERMANIC 1		  /* it begins with "VAN ", "VON " or SCH */
#define CDW_BEGINS_WITH_SCH 2 /* ... */
#define CDW_BEGINS_WITH_MC 4  /* ... */
#define CDW_BEGINS_WITH_SAN 8 /* with "SAN " */
#define CDW_SPANISH_ENDING 16 /* it ends in AS, OS, A or O */
#define CDW_SLAVO_GERMANIC 32 /* it has a W, a K or a CZ */
#define CDW_NOT_SLAVO_GERMANIC 64

/*
 * How some letters sound in their surroundings.
 *
 * The pattern has the letters that the rule takes in parentheses, and around them what must stand to
 * the left and right of them:
 *
 *	A to Z	that letter				[ABC]	one of them
 *	.		anything, or nothing	[^ABC]	anything else, or nothing
 *	@		a vowel: AEIOUY			#		something that is no vowel
 *	^		the beginning			$		the end of the whole name
 *	_		the end of a word
 */
typedef struct cdw_sound_rule
{
	const char *pattern;
	const char *primary;   /* appended to the first code; 0 stands for th, X for sh */
	const char *secondary; /* to the second */
	int when;			   /* what the name must be like, 0 if that does not matter */
} cdw_sound_rule;

/* double_metaphone_rules.c: of each letter from A, what is tried in order; the last always applies */
extern const cdw_sound_rule *const cdw_sound_rules[26];

#endif /* CDW_DOUBLE_METAPHONE_H */
