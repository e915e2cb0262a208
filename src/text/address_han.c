/*
 * src/text/address_han.c
 *
 * The standard form of addresses in Han characters. Chinese addresses go from the large to the small
 * without blanks: province, city, district, street, then numbers. People leave out the words that say
 * what a division or a number is (省, 市, 区, 号, 幢, 单元, 室), so they are dropped; numbers are
 * in figures, with a blank between two of them. Japanese 丁目, 番地 and 号 go the same way.
 */
#include "text/address_han.h"
#include "text/symbols.h"

#include "miscadmin.h"

#include <unicode/uchar.h>

/* Code points of the longest address; what is longer is no address and stays standard text. */
#define MAX_SYMBOLS 512

typedef struct han_text
{
	uint32 symbols[MAX_SYMBOLS + 1]; /* 0 behind the last */
	int count;
} han_text;

/* Traditional and Japanese forms of the characters that the rules below know. */
static const uint32 variants[][2] = {{U'區', U'区'}, {U'縣', U'县'}, {U'號', U'号'}, {U'樓', U'楼'},
									 {U'棟', U'栋'}, {U'單', U'单'}, {U'層', U'层'}, {U'臺', U'台'},
									 {U'灣', U'湾'}, {U'組', U'组'}};

/* What ends the name of a division; a longer one before those that it ends with. */
static const uint32 *const division_suffixes[] = {
	U"特别行政区", U"自治区", U"自治州", U"自治县", U"市辖区", U"新区", U"地区",
	U"街道",	   U"省",	  U"市",	 U"区",		U"县",	   U"盟"};

/* The peoples that autonomous divisions are named for; a longer one before those it ends with. */
static const uint32 *const peoples[] = {
	U"维吾尔", U"壮",	U"回",	   U"蒙古", U"藏",	 U"土家", U"苗",   U"彝",	U"布依",
	U"侗",	   U"哈尼", U"傣",	   U"白",	U"景颇", U"傈僳", U"羌",   U"朝鲜", U"柯尔克孜",
	U"哈萨克", U"满",	U"瑶",	   U"畲",	U"黎",	 U"水",	  U"土",   U"撒拉", U"东乡",
	U"保安",   U"裕固", U"达斡尔", U"锡伯", U"拉祜", U"佤",	  U"纳西", U"普米", U"独龙",
	U"怒",	   U"布朗", U"塔吉克", U"仫佬", U"毛南", U"仡佬", U"京",   U"各"};

/* Behind these, 区 and 市 belong to a name: 小区, 工业区, 超市. */
static const uint32 no_district_behind[] = U"小社园校厂景院库片发业税假一二三四五六七八九十";
static const uint32 no_city_behind[] = U"超";

/* Before these, 市 and 县 belong to a name: 市场, 县前街, 柳市镇, 庄市街道. */
static const uint32 no_city_before[] = U"场政民街";
static const uint32 no_county_before[] = U"前后府学级委道";
static const uint32 no_province_before[] = U"级府立委道";

/* Places whose names begin with 镇: 镇海 and the like are not a town behind 市. */
static const uint32 after_zhen[] = U"海江康原雄远巴安坪平宁赉沅";

/* What a number before it counts, and what takes its place. A longer one before its beginning. */
static const struct
{
	const uint32 *word;
	const uint32 *form;
} number_units[] = {{U"号楼", U" "}, {U"单元", U" "}, {U"丁目", U" "}, {U"番地", U" "},
					{U"番", U" "},	 {U"号", U" "},	  {U"幢", U" "},   {U"栋", U" "},
					{U"座", U" "},	 {U"室", U" "},	  {U"层", U"楼"},  {U"楼", U"楼"},
					{U"弄", U"弄"},	 {U"段", U"段"},  {U"巷", U"巷"},  {U"组", U"组"},
					{U"期", U"期"}};

static const uint32 han_digits[] = U"〇一二三四五六七八九";

static const uint32 *const municipalities[] = {U"北京", U"上海", U"天津", U"重庆"};

/*
 * The first characters of the tables, as a set by their last six bits: most characters of an address begin
 * nothing. Filled at first use.
 */
typedef uint64 first_characters;

static first_characters variant_starts;
static first_characters suffix_starts;
static first_characters number_starts;
static first_characters unit_starts;

static inline first_characters
bit_of(uint32 symbol)
{
	return UINT64CONST(1) << (symbol & 63);
}

/* Whether a table may have what begins with the code point. */
static inline bool
may_begin(first_characters starts, uint32 symbol)
{
	return (starts & bit_of(symbol)) != 0;
}

static void
fill_first_characters(void)
{
	for (int i = 0; i < (int) lengthof(variants); i++)
		variant_starts |= bit_of(variants[i][0]);
	for (int i = 0; i < (int) lengthof(division_suffixes); i++)
		suffix_starts |= bit_of(division_suffixes[i][0]);
	for (int i = 0; i < (int) lengthof(number_units); i++)
		unit_starts |= bit_of(number_units[i].word[0]);
	for (int i = 0; han_digits[i] != 0; i++)
		number_starts |= bit_of(han_digits[i]);
	number_starts |= bit_of(U'零') | bit_of(U'十') | bit_of(U'百') | bit_of(U'千');
}

/* The length of a string of code points. */
static int
length_of(const uint32 *string)
{
	int length = 0;

	while (string[length] != 0)
		length++;
	return length;
}

/* Whether a code point is in a set. */
static bool
is_one_of(uint32 symbol, const uint32 *set)
{
	while (*set != 0)
		if (*set++ == symbol)
			return symbol != 0;
	return false;
}

/* Whether "string" stands at a place. */
static bool
stands_at(const han_text *text, int at, const uint32 *string)
{
	for (int i = 0; string[i] != 0; i++)
		if (at < 0 || at + i >= text->count || text->symbols[at + i] != string[i])
			return false;
	return true;
}

static inline bool
is_alphanumeric(uint32 symbol)
{
	return (symbol >= '0' && symbol <= '9') || (symbol >= 'a' && symbol <= 'z');
}

/* Whether a code point stays as it is, whatever comes to stand before it. */
static bool
stands_alone(uint32 symbol)
{
	return symbol < 0x80 || cdw_is_han(symbol) || (symbol >= 0x3041 && symbol <= 0x3096) ||
		   (symbol >= 0x30A1 && symbol <= 0x30FA);
}

/* Whether a text has Han characters. */
bool
cdw_has_han(const char *value, int len)
{
	const unsigned char *at = (const unsigned char *) value;
	const unsigned char *end = at + len;

	if (cdw_is_ascii(value, len))
		return false;
	while (at < end)
		if (cdw_is_han(cdw_next_symbol(&at, end)))
			return true;
	return false;
}

/*
 * Puts "form" in the place of "size" symbols. False if that would change what follows, or if there is
 * no room.
 */
static bool
replace(han_text *text, int at, int size, const uint32 *form)
{
	int form_size = length_of(form);
	int rest = text->count - at - size;

	if (!stands_alone(text->symbols[at + size]) || text->count + form_size - size > MAX_SYMBOLS)
		return false;
	memmove(&text->symbols[at + form_size], &text->symbols[at + size], (rest + 1) * sizeof(uint32));
	memcpy(&text->symbols[at], form, form_size * sizeof(uint32));
	text->count += form_size - size;
	return true;
}

/* Drops blanks but those between two letters or figures. Whether there were some. */
static bool
drop_blanks(han_text *text)
{
	bool changed = false;

	for (int i = 0; i < text->count;)
		if (text->symbols[i] == ' ' &&
			!(i > 0 && is_alphanumeric(text->symbols[i - 1]) &&
			  is_alphanumeric(text->symbols[i + 1])) &&
			replace(text, i, 1, U""))
			changed = true;
		else
			i++;
	return changed;
}

/* Where the name of the people that ends before a place begins; the place if there is none. */
static int
begin_of_peoples(const han_text *text, int from, int at)
{
	for (int i = 0; i < (int) lengthof(peoples); i++)
	{
		int size = length_of(peoples[i]);
		int end = at > from && text->symbols[at - 1] == U'族' ? at - 1 : at;

		/* without 族 only those that are written so, and none of one character */
		if (end - size >= from + 2 && (end < at || size > 1) &&
			stands_at(text, end - size, peoples[i]))
		{
			at = end - size;
			i = -1;
		}
	}
	return at;
}

/* Whether what looks like a suffix at a place belongs to a name. */
static bool
is_part_of_name(const han_text *text, int at)
{
	uint32 before = at > 0 ? text->symbols[at - 1] : 0;
	uint32 after = at + 1 < text->count ? text->symbols[at + 1] : 0;

	switch (text->symbols[at])
	{
		case U'区':
			return is_alphanumeric(before) || is_one_of(before, no_district_behind);
		case U'市':
			return is_one_of(before, no_city_behind) || is_one_of(after, no_city_before) ||
				   (after == U'镇' && !is_one_of(text->symbols[at + 2], after_zhen));
		case U'县':
			return is_one_of(after, no_county_before);
		case U'新':
			return before == U'高';
		case U'省':
			return is_one_of(after, no_province_before);
		default:
			return false;
	}
}

/*
 * Whether the divisions end here: at a number, a village or a street, but not at what belongs to the
 * name of a division: 路桥区, 道里区, 昆仑路街道.
 */
static bool
ends_divisions(const han_text *text, int start, int at)
{
	uint32 symbol = text->symbols[at];
	uint32 next;

	if (symbol >= '0' && symbol <= '9')
		return true;
	if (at == start || at + 1 >= text->count || !is_one_of(symbol, U"路街道村巷弄"))
		return false;
	if (!is_one_of(symbol, U"路街道"))
		return true;
	next = text->symbols[at + 1];
	return text->symbols[at + 2] != U'区' && !stands_at(text, at, U"街道") &&
		   !stands_at(text, at + 1, U"街道") && !(symbol == U'路' && next == U'桥');
}

/* The suffix of a division at a place; NULL if there is none. */
static const uint32 *
suffix_at(const han_text *text, int at)
{
	if (!may_begin(suffix_starts, text->symbols[at]))
		return NULL;
	for (int i = 0; i < (int) lengthof(division_suffixes); i++)
		if (stands_at(text, at, division_suffixes[i]))
			return division_suffixes[i];
	return NULL;
}

/*
 * Drops the suffixes of divisions whose names have at least two characters, up to the street. Whether
 * there were some.
 */
static bool
drop_divisions(han_text *text)
{
	bool changed = false;
	int start = 0;

	for (int i = 0; i < text->count && !ends_divisions(text, start, i);)
	{
		const uint32 *suffix = suffix_at(text, i);
		int from;

		if (suffix == NULL || (i - start < 2 && (i == 0 || !stands_at(text, i, U"市辖区"))) ||
			is_part_of_name(text, i))
		{
			i++;
			continue;
		}
		from = suffix[0] == U'自' ? begin_of_peoples(text, start, i) : i;
		if (!replace(text, from, i - from + length_of(suffix), U""))
			break;
		changed = true;
		i = start = from;
	}
	return changed;
}

/* Drops a municipality that is there as province and as city. Whether it was there twice. */
static bool
drop_repeated_municipality(han_text *text)
{
	for (int i = 0; i < (int) lengthof(municipalities); i++)
		if (stands_at(text, 0, municipalities[i]) && stands_at(text, 2, municipalities[i]) &&
			!is_one_of(text->symbols[4], U"东西南北中大路街"))
			return replace(text, 0, 2, U"");
	return false;
}

/* Reads a number in Han digits; returns how many, and the number, 0 to 9999. */
static int
read_han_number(const han_text *text, int at, int *number)
{
	int size = 0;
	int digit = -1;
	int sum = 0;

	for (;; size++)
	{
		uint32 symbol = text->symbols[at + size] == U'零' ? U'〇' : text->symbols[at + size];
		int scale = symbol == U'十' ? 10 : symbol == U'百' ? 100 : symbol == U'千' ? 1000 : 0;
		int value = 0;

		if (scale > 0)
		{
			sum += Max(digit, size == 0 || digit < 0) * scale;
			digit = -1;
			continue;
		}
		while (value < 10 && han_digits[value] != symbol)
			value++;
		if (value == 10 || size == 6)
			break;
		digit = Max(digit, 0) * 10 + value;
	}
	*number = sum + Max(digit, 0);
	return size;
}

/* What a number that ends before a place counts: an index of number_units, -1 if nothing. */
static int
unit_at(const han_text *text, int at)
{
	if (!may_begin(unit_starts, text->symbols[at]))
		return -1;
	for (int i = 0; i < (int) lengthof(number_units); i++)
		if (stands_at(text, at, number_units[i].word))
			return i;
	return -1;
}

/* Writes the Han number at a place, with a unit behind it, in figures. Whether there was one. */
static bool
write_figures(han_text *text, int at)
{
	uint32 figures[5] = {0};
	int count = 0;
	int number;
	int size = read_han_number(text, at, &number);

	if (size == 0 || size > 6 || number > 9999 || unit_at(text, at + size) < 0 ||
		(at > 0 && is_alphanumeric(text->symbols[at - 1])))
		return false;
	for (int scale = 1000; scale > 0; scale /= 10)
		if (number >= scale || scale == 1)
			figures[count++] = '0' + number / scale % 10;
	return replace(text, at, size, figures);
}

/* Drops what the numbers count, or unifies it; numbers in figures. Whether something changed. */
static bool
unify_numbers(han_text *text)
{
	bool changed = false;

	for (int i = 0; i < text->count; i++)
	{
		int unit;

		if (may_begin(number_starts, text->symbols[i]))
			changed |= write_figures(text, i);
		if (i == 0 || !is_alphanumeric(text->symbols[i - 1]))
			continue;
		unit = unit_at(text, i);
		if (unit >= 0 && !stands_at(text, i, number_units[unit].form))
			changed |=
				replace(text, i, length_of(number_units[unit].word), number_units[unit].form);
	}
	return changed;
}

/* Reads standard text, with one form of the characters that have several. False if it is too long. */
static bool
read_symbols(const StringInfo in, han_text *text)
{
	const unsigned char *at = (const unsigned char *) in->data;
	const unsigned char *end = at + in->len;

	for (text->count = 0; at < end; text->count++)
	{
		uint32 symbol = cdw_next_symbol(&at, end);

		if (text->count == MAX_SYMBOLS)
			return false;
		for (int i = 0; i < (int) lengthof(variants) && may_begin(variant_starts, symbol); i++)
			if (symbol == variants[i][0])
				symbol = variants[i][1];
		text->symbols[text->count] = symbol;
	}
	text->symbols[text->count] = 0;
	return true;
}

/*
 * Replaces standard text with Han characters by the standard form of an address. The rules are
 * applied until none does.
 */
void
cdw_normalize_han_address(StringInfo text)
{
	han_text han;
	bool changed;

	if (suffix_starts == 0)
		fill_first_characters();
	if (!read_symbols(text, &han))
		return;
	do
	{
		CHECK_FOR_INTERRUPTS();
		changed = drop_blanks(&han);
		changed |= drop_divisions(&han);
		changed |= drop_repeated_municipality(&han);
		changed |= unify_numbers(&han);
	} while (changed);
	resetStringInfo(text);
	for (int i = 0; i < han.count; i++)
		cdw_append_symbol(text, han.symbols[i]);
}
