/*
 * src/text/name_sound.c
 *
 * What a romanised word of a name sounds like, roughly enough that the usual spellings of one name
 * agree: Müller and Mueller, Sergey and Sergej, Smith and Smyth. Names of different people stay
 * apart, so that vowels are kept. Our own rules.
 */
#include "text/name_tokens.h"

/* A spelling and what it is taken for; in the order of first letters, longer ones first. */
typedef struct spelling
{
	const char *from;
	const char *to;
} spelling;

static const spelling general_spellings[] = {
	{"aa", "a"},  {"ae", "a"},	{"ai", "ei"},  {"ay", "ei"}, {"ce", "se"}, {"ch", "c"},
	{"ci", "si"}, {"ck", "k"},	{"cy", "si"},  {"c", "k"},	 {"dh", "d"},  {"dj", "d"},
	{"ee", "i"},  {"ey", "ei"}, {"gh", "g"},   {"j", "i"},	 {"kh", "k"},  {"lv", "lu"},
	{"oe", "o"},  {"oo", "u"},	{"ou", "u"},   {"ph", "f"},	 {"qu", "k"},  {"q", "k"},
	{"sch", "x"}, {"sh", "x"},	{"tsch", "c"}, {"tch", "c"}, {"th", "t"},  {"ts", "s"},
	{"tz", "s"},  {"ue", "u"},	{"w", "v"},	   {"x", "ks"},	 {"y", "i"},   {"z", "s"},
};

/* Customary against revised romanisation of Korean: Jung, Jeong; Kyung, Gyeong; Park, Bak. */
static const spelling korean_spellings[] = {
	{"ae", "e"}, {"ah", "a"},		{"ai", "e"},	   {"b", "p"},		 {"ch", "c"},
	{"d", "t"},	 {"eui", "i"},		{"ee", "i"},	   {"eo", "u"},		 {"eu", "u"},
	{"g", "k"},	 {"j", "c"},		{"lee", "i"},	   {"oe", "oi"},	 {"oh", "o"},
	{"oo", "u"}, {"ou", "u"},		{"park", "pak"},   {"rhee", "i"},	 {"r", "l"},
	{"sh", "s"}, {"uh", "u"},		{"ui", "i"},	   {"woong", "ung"}, {"woo", "u"},
	{"wu", "u"}, {"yeong", "yung"}, {"young", "yung"}, {"yeo", "yu"},	 {"you", "yu"},
	{"yi", "i"},
};

/* The rules of a language, in the order of their first letters. */
typedef struct spelling_rules
{
	const spelling *spellings;
	int count;
	uint8
		first[27]; /* of each letter its first rule, then the number of rules; 0 before first use */
} spelling_rules;

static spelling_rules general_rules = {general_spellings, lengthof(general_spellings), {0}};
static spelling_rules korean_rules = {korean_spellings, lengthof(korean_spellings), {0}};

/* Finds where the rules of each letter begin. */
static void
index_rules(spelling_rules *rules)
{
	int at = 0;

	for (int letter = 0; letter < 26; letter++)
	{
		rules->first[letter] = at;
		while (at < rules->count && rules->spellings[at].from[0] == 'a' + letter)
			at++;
	}
	rules->first[26] = at;
	Assert(at == rules->count);
}

/* The rule for what stands at "at" and the length of that; NULL if it stays as it is. */
static const spelling *
find_spelling(const spelling_rules *rules, const char *at, int left, int *length)
{
	int letter = at[0] - 'a';

	if (letter < 0 || letter >= 26)
		return NULL;
	for (int i = rules->first[letter]; i < rules->first[letter + 1]; i++)
	{
		const char *from = rules->spellings[i].from;
		int same = 1;

		while (from[same] != '\0' && same < left && at[same] == from[same])
			same++;
		*length = same;
		if (from[same] == '\0')
			return &rules->spellings[i];
	}
	return NULL;
}

/* Appends a letter unless the sound ends with it. */
static inline int
append_letter(char *sound, int written, char letter)
{
	if (written == 0 || sound[written - 1] != letter)
		sound[written++] = letter;
	return written;
}

/* Whether the letter is an h that is neither the first letter nor between two vowels. */
static bool
is_mute_h(const char *text, int len, int i)
{
	return text[i] == 'h' && i > 0 &&
		   (i + 1 == len || strchr("aeiou", text[i - 1]) == NULL ||
			strchr("aeiou", text[i + 1]) == NULL);
}

/* Rewrites text by the rules; letters that repeat are taken once. */
static int
rewrite(spelling_rules *rules, const char *text, int len, char *sound)
{
	int written = 0;

	if (rules->first[26] == 0)
		index_rules(rules);
	for (int i = 0; i < len;)
	{
		int length;
		const spelling *rule = find_spelling(rules, text + i, len - i, &length);

		if (rule != NULL)
		{
			for (const char *to = rule->to; *to != '\0'; to++)
				written = append_letter(sound, written, *to);
			i += length;
			continue;
		}
		if (!is_mute_h(text, len, i))
			written = append_letter(sound, written, text[i]);
		i++;
	}
	return written;
}

/* Whether a word ends with an e behind two consonants, which is mute: Anne, Clarke, but not Blake. */
static bool
ends_with_mute_e(const char *text, int len)
{
	return len > 3 && text[len - 1] == 'e' && strchr("aeiouy", text[len - 2]) == NULL &&
		   strchr("aeiouy", text[len - 3]) == NULL;
}

/* The sound of a word in general; Mac is Mc. */
int
cdw_name_sound(const char *text, int len, char *sound)
{
	char copy[CDW_SOUND_SIZE / 2];

	if (len > (int) sizeof(copy))
		return 0;
	if (len > 5 && memcmp(text, "mac", 3) == 0)
	{
		copy[0] = 'm';
		memcpy(copy + 1, text + 2, len - 2);
		text = copy;
		len--;
	}
	if (ends_with_mute_e(text, len))
		len--;
	return rewrite(&general_rules, text, len, sound);
}

/* The sound of a Korean word, however it is romanised. */
int
cdw_korean_sound(const char *text, int len, char *sound)
{
	if (len > CDW_SOUND_SIZE / 2)
		return 0;
	return rewrite(&korean_rules, text, len, sound);
}

/* The sound of a Japanese word: long vowels are written or not, so that Tarou is Taro. */
int
cdw_japanese_sound(const char *text, int len, char *sound)
{
	int written = 0;

	if (len > CDW_SOUND_SIZE)
		return 0;
	for (int i = 0; i < len; i++)
	{
		char before = written > 0 ? sound[written - 1] : '\0';

		if (!((text[i] == 'u' || text[i] == 'o' || text[i] == 'h') && before == 'o') &&
			!(text[i] == 'u' && before == 'u'))
			sound[written++] = text[i];
	}
	return written;
}

/* The consonants of a word, for scripts that leave vowels out. */
int
cdw_consonants(const char *text, int len, char *sound)
{
	int written = 0;
	int size;

	size = cdw_name_sound(text, len, sound);
	for (int i = 0; i < size; i++)
		if (strchr("aehiouv", sound[i]) == NULL)
			written = append_letter(sound, written, sound[i]);
	return written;
}

/* The syllables of pinyin behind their first consonant, near enough. */
static const char *const rhymes[] = {
	"a",	"o",  "e",	"ai", "ei",	 "ao",	"ou",  "an",  "en",	  "ang",  "eng",
	"ong",	"er", "i",	"ia", "ie",	 "iao", "iu",  "ian", "in",	  "iang", "ing",
	"iong", "u",  "ua", "uo", "uai", "ui",	"uan", "un",  "uang", "ue",	  "v",
};

/* The letters that may begin a syllable at "at": 0, 1 or 2. */
static int
onset(const char *at, int left)
{
	if (strchr("bpmfdtnlgkhjqxrzcsyw", at[0]) == NULL)
		return 0;
	return left > 1 && at[1] == 'h' && strchr("zcs", at[0]) != NULL ? 2 : 1;
}

/*
 * Whether a word divides into open syllables like those of Chinese names (and many Japanese and
 * Italian ones). Among such names one letter mostly makes another name.
 */
bool
cdw_is_syllabic(const char *text, int len)
{
	uint32 reached = 1;

	if (len > 30)
		return false;
	for (int at = 0; at < len; at++)
	{
		int start;

		if ((reached >> at & 1) == 0)
			continue;
		start = at + onset(text + at, len - at);
		for (int i = 0; i < (int) lengthof(rhymes); i++)
		{
			int size = strlen(rhymes[i]);

			/* ü is only behind l and n */
			if (rhymes[i][0] == 'v' && (start == at || strchr("ln", text[at]) == NULL))
				continue;
			if (start + size <= len && memcmp(text + start, rhymes[i], size) == 0)
				reached |= (uint32) 1 << (start + size);
		}
	}
	return (reached >> len & 1) != 0;
}
