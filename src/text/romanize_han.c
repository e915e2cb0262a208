/*
 * src/text/romanize_han.c
 *
 * Chinese characters in pinyin without tones (ISO 7098, ü as u). A character has the reading that
 * ICU's Han-Latin (Unicode's kMandarin) gives it; names have readings of their own, which are here.
 */
#include "text/romanize.h"

#include "text/symbols.h"

#include "miscadmin.h"
#include "utils/memutils.h"

#include <unicode/uchar.h>
#include <unicode/ustring.h>

/* The characters whose readings are kept: CJK Unified Ideographs with extension A. */
#define FIRST_KEPT 0x3400
#define LAST_KEPT 0x9FFF

/* The longest syllable has six letters. */
#define READING_SIZE 8

/* A longer run of Han characters is no name: at most a surname and a given name of two each. */
#define MAX_NAME 4

#define ITERATION_MARK 0x3005
#define ZERO 0x3007

typedef struct han_reading
{
	UChar han[3];
	char latin[12];
} han_reading;

/*
 * Surnames that are read otherwise than the character is elsewhere, by the Xiandai Hanyu Cidian;
 * where it has two, the one that most bearers use. Simplified, then traditional.
 */
static const han_reading surnames[] = {
	{u"单", "shan"}, {u"單", "shan"},  {u"区", "ou"},	 {u"區", "ou"},	  {u"查", "zha"},
	{u"解", "xie"},	 {u"盖", "ge"},	   {u"蓋", "ge"},	 {u"朴", "piao"}, {u"缪", "miao"},
	{u"繆", "miao"}, {u"覃", "qin"},   {u"仇", "qiu"},	 {u"乐", "yue"},  {u"樂", "yue"},
	{u"卜", "bu"},	 {u"召", "shao"},  {u"员", "yun"},	 {u"員", "yun"},  {u"贠", "yun"},
	{u"折", "she"},	 {u"种", "chong"}, {u"秘", "bi"},	 {u"粘", "nian"}, {u"繁", "po"},
	{u"隗", "wei"},	 {u"洗", "xian"},  {u"冼", "xian"},	 {u"佴", "nai"},  {u"句", "gou"},
	{u"黑", "he"},	 {u"都", "du"},	   {u"祭", "zhai"},	 {u"薄", "bo"},	  {u"适", "kuo"},
	{u"能", "nai"},	 {u"炅", "gui"},   {u"蔚", "yu"},	 {u"角", "jue"},  {u"钭", "tou"},
	{u"鈄", "tou"},	 {u"乜", "nie"},   {u"么", "yao"},	 {u"麽", "yao"},  {u"颉", "xie"},
	{u"頡", "xie"},	 {u"便", "pian"},  {u"晟", "cheng"}, {u"镡", "tan"},  {u"鐔", "tan"},
	{u"贲", "ben"},	 {u"賁", "ben"},
};

/* Surnames of two characters; those with ordinary readings tell where the surname ends. */
static const han_reading compound_surnames[] = {
	{u"尉迟", "yu chi"},	{u"尉遲", "yu chi"},	{u"万俟", "mo qi"},		 {u"萬俟", "mo qi"},
	{u"澹台", "tan tai"},	{u"澹臺", "tan tai"},	{u"单于", "chan yu"},	 {u"單于", "chan yu"},
	{u"长孙", "zhang sun"}, {u"長孫", "zhang sun"}, {u"乐正", "yue zheng"},	 {u"樂正", "yue zheng"},
	{u"子车", "zi ju"},		{u"子車", "zi ju"},		{u"公乘", "gong sheng"}, {u"毋丘", "guan qiu"},
	{u"令狐", ""},			{u"欧阳", ""},			{u"歐陽", ""},			 {u"上官", ""},
	{u"皇甫", ""},			{u"司徒", ""},			{u"诸葛", ""},			 {u"諸葛", ""},
	{u"司马", ""},			{u"司馬", ""},			{u"宇文", ""},			 {u"呼延", ""},
	{u"鲜于", ""},			{u"鮮于", ""},			{u"赫连", ""},			 {u"赫連", ""},
	{u"东方", ""},			{u"東方", ""},			{u"慕容", ""},			 {u"濮阳", ""},
	{u"濮陽", ""},			{u"夏侯", ""},			{u"公孙", ""},			 {u"公孫", ""},
	{u"申屠", ""},			{u"端木", ""},			{u"南宫", ""},			 {u"南宮", ""},
	{u"轩辕", ""},			{u"軒轅", ""},			{u"钟离", ""},			 {u"鍾離", ""},
	{u"西门", ""},			{u"西門", ""},			{u"独孤", ""},			 {u"獨孤", ""},
	{u"百里", ""},
};

/* Readings in any place where names differ from kMandarin's first: 曾, 李长春, 王晟, 张珩. */
static const han_reading name_readings[] = {
	{u"曾", "zeng"},  {u"翟", "zhai"}, {u"长", "chang"}, {u"長", "chang"}, {u"珩", "heng"},
	{u"晟", "sheng"}, {u"焘", "tao"},  {u"燾", "tao"},	 {u"琢", "zhuo"},  {u"著", "zhu"},
	{u"拓", "tuo"},	  {u"阚", "kan"},  {u"闞", "kan"},	 {u"郇", "xun"},   {u"地", "di"},
	{u"仔", "zai"},	  {u"帧", "zhen"}, {u"谁", "shui"},	 {u"徵", "zheng"},
};

/* Words in which a character is read otherwise than alone: places, and a few of trade. */
static const han_reading words[] = {
	{u"重庆", "chong qing"}, {u"重慶", "chong qing"}, {u"重阳", "chong yang"},
	{u"重陽", "chong yang"}, {u"厦门", "xia men"},	  {u"廈門", "xia men"},
	{u"成都", "cheng du"},	 {u"首都", "shou du"},	  {u"西藏", "xi zang"},
	{u"蚌埠", "beng bu"},	 {u"番禺", "pan yu"},	  {u"银行", "yin hang"},
	{u"銀行", "yin hang"},	 {u"音乐", "yin yue"},	  {u"音樂", "yin yue"},
	{u"会计", "kuai ji"},	 {u"會計", "kuai ji"},
};

static cdw_transliterator han_latin = {.id = "Han-Latin"};

/* Readings by character, asked of ICU when first needed; an empty one is not known yet. */
static char (*kept)[READING_SIZE];

/* The reading of the first "units" of text in a table; NULL if it is not there. */
static const char *
look_up(const han_reading *table, int count, const UChar *text, int units)
{
	for (int i = 0; i < count; i++)
		if (table[i].han[0] == text[0] && (units == 1 || table[i].han[1] == text[1]))
			return table[i].latin;
	return NULL;
}

/* Whether two characters are together a surname. */
bool
cdw_is_compound_surname(uint32 first, uint32 second)
{
	const UChar text[2] = {(UChar) first, (UChar) second};

	return Max(first, second) <= 0xFFFF &&
		   look_up(compound_surnames, lengthof(compound_surnames), text, 2) != NULL;
}

/* Writes a character's reading where it is no surname; " " where it has none. */
static void
ask_reading(UChar32 c, char *reading)
{
	UChar text[2] = {0};
	int length = 0;
	const char *own;

	U16_APPEND_UNSAFE(text, length, c);
	own = c == ZERO ? "ling" : look_up(name_readings, lengthof(name_readings), text, length);
	if (own != NULL && length == 1)
		strlcpy(reading, own, READING_SIZE);
	else if (cdw_transliterate(&han_latin, text, length, reading, READING_SIZE) == 0)
		strlcpy(reading, " ", READING_SIZE);
}

/* The reading of a character; "other" is room for one that is not kept. */
static const char *
reading_of(UChar32 c, char *other)
{
	char *reading;

	if (c < FIRST_KEPT || c > LAST_KEPT)
	{
		ask_reading(c, other);
		return other;
	}
	if (kept == NULL)
		kept =
			MemoryContextAllocZero(TopMemoryContext, (LAST_KEPT - FIRST_KEPT + 1) * READING_SIZE);
	reading = kept[c - FIRST_KEPT];
	if (*reading == '\0')
	{
		ask_reading(c, other);
		memcpy(reading, other, READING_SIZE);
	}
	return reading;
}

/* How many Han characters stand at hand, counted up to one more than a name has. */
static int
run_length(const cdw_roman *roman)
{
	int count = 0;
	int at = roman->at;

	while (at < roman->length && count <= MAX_NAME)
	{
		UChar32 c;

		U16_NEXT(roman->text, at, roman->length, c);
		if (!cdw_is_han(c))
			break;
		count++;
	}
	return count;
}

/* Whether nothing but blanks parts the run at hand from a surname that stands alone. */
static bool
is_given_name(const cdw_roman *roman)
{
	int at = roman->at;

	if (roman->surname_end == 0)
		return false;
	while (at > roman->surname_end && roman->text[at - 1] == ' ')
		at--;
	return at == roman->surname_end;
}

/* Reads the surname that a name of "characters" characters begins with, if it has its own reading. */
static void
read_surname(cdw_roman *roman, int characters)
{
	const UChar *text = roman->text + roman->at;
	const char *latin = NULL;
	int units = 2;

	if (characters >= units)
		latin = look_up(compound_surnames, lengthof(compound_surnames), text, units);
	if (latin == NULL)
	{
		units = 1;
		latin = look_up(surnames, lengthof(surnames), text, units);
	}
	if (characters == units)
		roman->surname_end = roman->at + units;
	if (latin != NULL && *latin != '\0')
	{
		cdw_roman_syllable(roman, latin);
		roman->at += units;
	}
}

/* Reads a word that has a reading of its own. Whether there is one. */
static bool
read_word(cdw_roman *roman)
{
	const char *latin;

	if (roman->at + 2 > roman->length)
		return false;
	latin = look_up(words, lengthof(words), roman->text + roman->at, 2);
	if (latin == NULL)
		return false;
	cdw_roman_syllable(roman, latin);
	roman->at += 2;
	return true;
}

/*
 * A run of Han characters, each a token. A run of up to four is a name and begins with a surname,
 * unless a surname that stands alone comes before it.
 */
void
cdw_romanize_han(cdw_roman *roman)
{
	char other[READING_SIZE] = " ";
	const char *reading = other;
	int characters = run_length(roman);

	if (characters > MAX_NAME || is_given_name(roman))
		roman->surname_end = 0;
	else
		read_surname(roman, characters);

	while (roman->at < roman->length)
	{
		int next = roman->at;
		UChar32 c;

		CHECK_FOR_INTERRUPTS();
		U16_NEXT(roman->text, next, roman->length, c);
		if (!cdw_is_han(c))
			break;
		if (read_word(roman))
			continue;
		if (c != ITERATION_MARK)
			reading = reading_of(c, other);
		cdw_roman_syllable(roman, reading);
		roman->at = next;
	}
}
