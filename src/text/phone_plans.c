/*
 * src/text/phone_plans.c
 *
 * National numbering plans, after the plans that the countries file with the ITU ("National Numbering
 * Plans", ITU-T E.129). They tell numbers that can exist from those that cannot; whether a number is
 * in service is not known here.
 */
#include "text/phone_plans.h"

/*
 * One line per country. A rule is "beginning:length" or "beginning:least-greatest"; the beginning is
 * made of digits, [classes of digits] and X for any digit, and the length counts all digits of the
 * national number, without trunk prefix. A number is accepted if one rule fits and no rule that
 * starts with "!" does.
 */
/* clang-format off */
const cdw_phone_plan cdw_phone_plans[] = {
	/* North America: no N9X areas, no N11 codes */
	{"US", "1", "011", "1", "!X11 !X9 !XXXX11 [2-9]XX[2-9]:10"},
	{"CA", "1", "011", "1", "!X11 !X9 !XXXX11 [2-9]XX[2-9]:10"},

	/* Europe */
	{"AT", "43", "", "0", "1[2-9]:5-13 5:5-13 [2-467]:6-13 [89]:8-13"},
	{"BE", "32", "", "0", "4[5-9]:9 [1-9]:8"},
	{"CH", "41", "", "0", "[2-9]:9"},
	{"CZ", "420", "", "", "[2-9]:9"},
	{"DE", "49", "", "0", "1[5-7]:10-11 1[89]:7-11 [2-9]:5-11 800:10-13"},
	{"DK", "45", "", "", "[2-9]:8"},
	{"ES", "34", "", "", "[5-9]:9"},
	{"FI", "358", "", "0", "[1-9]:5-12"},
	{"FR", "33", "", "0", "[1-9]:9"},
	{"GB", "44", "", "0", "1:9-10 2:10 3:10 5:10 7:10 8:7-10 9:10"},
	{"GR", "30", "", "", "[2-9]:10"},
	{"HU", "36", "", "06", "[2357]0:9 [1-9]:8 [23]1:9 38:9"},
	{"IE", "353", "", "0", "8[3-9]:9 1:8 [2-9]:7-9 1[58]:10"},
	{"IT", "39", "", "", "0[1-9]:6-11 3:9-10 [18]:6-10 55:10"},
	{"NL", "31", "", "0", "[1-9]:9 800:7-10 90:7-10"},
	{"NO", "47", "", "", "[2-9]:8"},
	{"PL", "48", "", "", "[1-9]:9"},
	{"PT", "351", "", "", "[2-9]:9"},
	{"RO", "40", "", "0", "[237-9]:9"},
	{"RU", "7", "810", "8", "[3-689]:10"},
	{"SE", "46", "", "0", "7:9 [1-9]:7-9"},
	{"SK", "421", "", "0", "[2-9]:9"},
	{"TR", "90", "", "0", "[2-589]:10 444:7"},
	{"UA", "380", "", "0", "[3-9]:9"},

	/* Asia */
	{"AE", "971", "", "0", "[2-4679]:8 5:9 800:5-9 [679]00:9"},
	{"BD", "880", "", "0", "1[13-9]:10 [2-9]:6-10"},
	{"CN", "86", "", "0", "1[3-9]:11 10:10 2:10 [3-9]:10-11"},
	{"HK", "852", "", "", "[2-9]:8 800:9"},
	{"ID", "62", "", "0", "8:9-12 [2-7]:7-11"},
	{"IL", "972", "", "0", "5:9 7:9 [23489]:8 1[5789]:10"},
	{"IN", "91", "", "0", "[1-9]:10 1[68]:11-13"},
	{"JP", "81", "010", "0", "[5-9]0:10 [1-9]:9 800:10 20:10"},
	{"KR", "82", "", "0", "1:9-10 1[5-8]:8 2:8-9 [3-6]:9-10 [5-8]0:9-11"},
	{"KZ", "7", "810", "8", "7:10 80[089]:10"},
	{"LK", "94", "", "0", "[1-9]:9"},
	{"MO", "853", "", "", "[268]:8 0800:7"},
	{"MY", "60", "", "0", "1:9-10 [3-9]:8-9 1[38]00:10"},
	{"PH", "63", "", "0", "9:10 [2-8]:8-10 1800:11-14"},
	{"PK", "92", "", "0", "3:10 [2-9]:8-10 1:10-11 [2-9]X111:11 [2-9]XX111:12"},
	{"SA", "966", "", "0", "[15]:9 800:10 92:9"},
	{"SG", "65", "", "", "[3689]:8 800:10 1[89]00:11 7000:11"},
	{"TH", "66", "", "0", "[689]:9 [2-7]:8 1[89]00:10"},
	{"TW", "886", "", "0", "9:9 [2-8]:8-9 70:10 800:9"},
	{"VN", "84", "", "0", "[35789]:9 2:10 1[89]00:8-10 672:9"},

	/* Africa */
	{"EG", "20", "", "0", "1:10 13:9 15:8-9 [2-9]:8-9 [89]00:10"},
	{"KE", "254", "", "0", "[17]:9 [2-6]:7-9 [89]00:9"},
	{"NG", "234", "", "0", "[789][01]:10 72:10 [1-9]:7-8 2:10 [78]00:11"},
	{"ZA", "27", "", "0", "[1-8]:9"},

	/* Oceania */
	{"AU", "61", "0011", "0", "[23478]:9 1[38]:6 1[389]00:10 14[57]:9"},
	{"NZ", "64", "", "0", "2:8-10 [34679]:8 [58]:8-10 [79]0:9"},

	/* Latin America */
	{"AR", "54", "", "0", "11:10 [2368]:10 911:11 9[23]:11"},
	{"BR", "55", "", "0", "[1-9][1-9]9:11 [1-9][1-9][2-8]:10 [34589]00:9-10"},
	{"CL", "56", "", "", "[2-9]:9 [68]00:10"},
	{"CO", "57", "", "0", "[36]:10 1[89]00:11"},
	{"MX", "52", "", "01 044 045 1", "[2-9]:10"},
	{"PE", "51", "", "0", "9:9 [14-8]:8"},
};
/* clang-format on */
const int cdw_phone_plan_count = lengthof(cdw_phone_plans);

/* Assigned country codes without a plan above (ITU-T E.164, list of assigned codes). */
static const char other_codes[] =
	" 211 212 213 216 218 220 221 222 223 224 225 226 227 228 229 230 231 232 233 235 236 237 238 "
	"239 240 241 242 243 244 245 246 247 248 249 250 251 252 253 255 256 257 258 260 261 262 263 "
	"264 265 266 267 268 269 290 291 297 298 299 350 352 354 355 356 357 359 370 371 372 373 374 "
	"375 376 377 378 381 382 383 385 386 387 389 423 500 501 502 503 504 505 506 507 508 509 53 "
	"58 590 591 592 593 594 595 596 597 598 599 670 672 673 674 675 676 677 678 679 680 681 682 "
	"683 685 686 687 688 689 690 691 692 800 808 850 855 856 870 878 881 882 883 888 93 95 960 961 "
	"962 963 964 965 967 968 970 973 974 975 976 977 979 98 992 993 994 995 996 998 ";

/* Whether a number begins with an assigned country code that has no plan here. */
bool
cdw_phone_code_exists(const char *number, int len)
{
	char code[] = " ### ";

	for (int digits = 2; digits <= 3 && digits <= len; digits++)
	{
		memcpy(code + 1, number, digits);
		code[1 + digits] = ' ';
		code[2 + digits] = '\0';
		if (strstr(other_codes, code) != NULL)
			return true;
	}
	return false;
}

/* Whether a digit fits the part of a rule at *rule, which moves behind the part. */
static bool
part_fits(const char **rule, char digit)
{
	const char *part = *rule;
	bool fits = false;

	if (*part != '[')
	{
		*rule = part + 1;
		return *part == 'X' || *part == digit;
	}
	for (part++; *part != ']'; part++)
	{
		if (part[1] == '-')
		{
			fits |= digit >= part[0] && digit <= part[2];
			part += 2;
		}
		else
			fits |= digit == *part;
	}
	*rule = part + 1;
	return fits;
}

/* Whether a number begins as the rule at *rule says; *rule moves behind the beginning. */
static bool
beginning_fits(const char **rule, const char *number, int len)
{
	bool fits = true;

	for (int i = 0; **rule != ':' && **rule != ' ' && **rule != '\0'; i++)
		fits &= part_fits(rule, i < len ? number[i] : '\0') && i < len;
	return fits;
}

/* Whether the rules of a plan accept a national number. */
bool
cdw_phone_rules_accept(const char *rules, const char *number, int len)
{
	while (*rules != '\0')
	{
		bool forbids = *rules == '!';
		bool fits;

		rules += forbids;
		fits = beginning_fits(&rules, number, len);
		if (forbids && fits)
			return false;
		if (*rules == ':')
		{
			char *end;
			long least = strtol(rules + 1, &end, 10);
			long greatest = *end == '-' ? strtol(end + 1, &end, 10) : least;

			if (fits && len >= least && len <= greatest)
				return true;
			rules = end;
		}
		rules += *rules == ' ';
	}
	return false;
}
