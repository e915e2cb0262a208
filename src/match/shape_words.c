/*
 * src/match/shape_words.c
 *
 * Words that tell what a value is: given names, Chinese surnames, parts of Chinese addresses.
 */
#include "match/shape.h"

#include "mb/pg_wchar.h"
#include "text/address_words.h"
#include "text/nicknames.h"
#include "text/word_index.h"

/* The surnames of some nine in ten Chinese, simplified and traditional (census of 2010). */
static const char han_surnames[] =
	"王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆"
	"汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤張劉陳楊黃趙吳孫馬羅鄭謝許"
	"韓馮鄧蕭葉蘇魏呂盧鐘譚陸賈韋鄒閻龍賀顧龔萬錢嚴湯欧温康施牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申";

/* What streets, districts and houses are called. */
static const char han_street_words[] = "省市区區县縣路街道号號村镇鎮乡鄉巷弄楼樓室";

/* Whether a list of characters, all of three bytes, has the one that stands at c. */
static bool
in_list(const char *list, const char *c)
{
	if (pg_utf_mblen((const unsigned char *) c) != 3)
		return false;
	for (const char *at = list; *at; at += 3)
		if (at[2] == c[2] && at[1] == c[1] && at[0] == c[0])
			return true;
	return false;
}

/* Whether the first or the last word is a given name, or short for one. */
bool
cdw_has_given_name(const char *standard, int len)
{
	const cdw_nicknames *names = cdw_builtin_nicknames();
	const char *blank = memchr(standard, ' ', len);
	int first = blank ? blank - standard : len;
	int last = len;

	if (cdw_nicknames_find(names, standard, first).count > 0)
		return true;
	while (last > 0 && standard[last - 1] != ' ')
		last--;
	return last > 0 && cdw_nicknames_find(names, standard + last, len - last).count > 0;
}

/* Whether a value begins with a frequent Chinese surname. */
bool
cdw_has_han_surname(const char *standard, int len)
{
	return len >= 3 && IS_HIGHBIT_SET(*standard) && in_list(han_surnames, standard);
}

static cdw_word_index street_words;

/* What ends the name of a street that is written in one word. */
static bool
ends_like_street(const char *word, int len)
{
	static const char *const ends[] = {"strasse", "str",  "gasse", "platz",
									   "straat",  "laan", "vagen", "gatan"};

	for (int i = 0; i < (int) lengthof(ends); i++)
	{
		int size = strlen(ends[i]);

		if (len > size + 2 && memcmp(word + len - size, ends[i], size) == 0)
			return true;
	}
	return false;
}

/* Enters what streets are called in full. */
static void
fill_street_words(void)
{
	for (int i = 0; i < cdw_address_word_count; i++)
	{
		const cdw_address_word *entry = &cdw_address_words[i];

		if (entry->kind >= CDW_STREET && entry->kind <= CDW_STREET_BEFORE)
			cdw_word_add(&street_words, cdw_word_hash(entry->word, strlen(entry->word)),
						 entry->word);
	}
}

/* Whether a word is what streets are called, in full. */
static bool
is_street_word(const char *word, int len)
{
	static bool filled = false;
	uint32 hash = cdw_word_hash(word, len);
	uint32 slot = hash;
	const char *found;

	if (!filled)
		fill_street_words();
	filled = true;
	while ((found = cdw_word_next(&street_words, hash, &slot)) != NULL)
		if ((int) strlen(found) == len && memcmp(found, word, len) == 0)
			return true;
	return ends_like_street(word, len);
}

/* Whether one of several words is a kind of street: "wallaby place", "12 rue des lilas". */
bool
cdw_has_street(const char *standard, int len)
{
	const char *end = standard + len;

	if (memchr(standard, ' ', len) == NULL)
		return false;
	for (const char *word = standard; word < end;)
	{
		const char *stop = memchr(word, ' ', end - word);

		if (stop == NULL)
			stop = end;
		if (is_street_word(word, stop - word))
			return true;
		word = stop + 1;
	}
	return false;
}

/* Whether two or more characters are parts of a Chinese address. */
bool
cdw_has_han_street(const char *standard, int len)
{
	int found = 0;

	for (int i = 0; i < len; i += pg_utf_mblen((const unsigned char *) standard + i))
		found += IS_HIGHBIT_SET(standard[i]) && in_list(han_street_words, standard + i);
	return found >= 2;
}
