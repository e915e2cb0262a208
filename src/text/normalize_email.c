/*
 * src/text/normalize_email.c
 *
 * The standard form of an e-mail address. Valid is local-part "@" domain: the local part a dot-atom
 * (RFC 5322, section 3.2.3; letters and digits of any script by RFC 6531) or a quoted string (RFC
 * 5321, section 4.1.2), the domain at least two labels (RFC 1035, section 2.3; beyond ASCII by UTS
 * #46). Address literals, comments, display names and "mailto:" are not.
 */
#include "text/symbols.h"

#include <unicode/uchar.h>
#include <unicode/uidna.h>

/* Bytes; RFC 5321, section 4.5.3.1 with erratum 1690, and RFC 1035, section 2.3.4 */
#define MAX_ADDRESS 254
#define MAX_LOCAL 64
#define MAX_LABEL 63
#define MAX_DOMAIN 253

/* Bytes of the longest value that is looked at: folding may make it shorter. */
#define MAX_VALUE 4096

/* Room for a domain in Unicode: its labels have fewer code points than their ASCII forms bytes. */
#define DOMAIN_BUFFER (4 * MAX_DOMAIN)

/* The parts of an address: what is in quotes is there without them. */
typedef struct address_parts
{
	char local[MAX_ADDRESS];
	int local_len;
	char domain[DOMAIN_BUFFER];
	int domain_len;
} address_parts;

static const char dot_atom_extra[] = "!#$%&'*+-/=?^_`{|}~";

/* Whether a code point may stand in a name: ASCII letters, digits and "extra"; others by Unicode. */
static bool
is_name_symbol(uint32 symbol, const char *extra)
{
	if (symbol >= 0x80)
		return (U_GET_GC_MASK(symbol) & (U_GC_L_MASK | U_GC_M_MASK | U_GC_N_MASK)) != 0;
	if ((symbol >= 'a' && symbol <= 'z') || (symbol >= '0' && symbol <= '9'))
		return true;
	return symbol != 0 && strchr(extra, (int) symbol) != NULL;
}

/* Whether the names between dots are not empty and made of allowed symbols. */
static bool
is_dotted_name(const char *value, int len, const char *extra)
{
	const unsigned char *at = (const unsigned char *) value;
	const unsigned char *end = at + len;
	bool dot = true;

	while (at < end)
	{
		uint32 symbol = cdw_next_symbol(&at, end);

		if (symbol == '.' ? dot : !is_name_symbol(symbol, extra))
			return false;
		dot = symbol == '.';
	}
	return !dot;
}

/* Whether each label has at most 63 bytes and no hyphen at either end; the last is not a number. */
static bool
has_valid_labels(const char *domain, int len)
{
	int start = 0;
	int labels = 0;

	for (int i = 0; i <= len; i++)
	{
		if (i < len && domain[i] != '.')
			continue;
		if (i - start > MAX_LABEL || domain[start] == '-' || domain[i - 1] == '-')
			return false;
		labels++;
		if (i < len)
			start = i + 1;
	}
	return labels >= 2 && strspn(domain + start, "0123456789") < (Size) (len - start);
}

/* Whether a domain in ASCII and lower case, with a zero byte behind it, is valid. */
static bool
is_valid_domain(const char *domain, int len)
{
	return len <= MAX_DOMAIN && is_dotted_name(domain, len, "-") && has_valid_labels(domain, len);
}

/* Whether a label of a domain begins with "xn--", in upper or lower case. */
static bool
has_encoded_label(const char *domain, int len)
{
	for (int i = 0; i + 4 <= len; i++)
		if (domain[i + 2] == '-' && pg_strncasecmp(domain + i, "xn--", 4) == 0 &&
			(i == 0 || domain[i - 1] == '.'))
			return true;
	return false;
}

/*
 * UTS #46 without the transitional mappings, so that "faß.de" is not "fass.de". Opened once in a
 * session.
 */
static const UIDNA *
idna(void)
{
	static UIDNA *instance;
	UErrorCode status = U_ZERO_ERROR;

	if (instance == NULL)
	{
		instance =
			uidna_openUTS46(UIDNA_USE_STD3_RULES | UIDNA_CHECK_BIDI | UIDNA_CHECK_CONTEXTJ |
								UIDNA_NONTRANSITIONAL_TO_ASCII | UIDNA_NONTRANSITIONAL_TO_UNICODE,
							&status);
		if (U_FAILURE(status))
			ereport(ERROR,
					(errcode(ERRCODE_EXTERNAL_ROUTINE_EXCEPTION),
					 errmsg("could not read the domain of an address: %s", u_errorName(status))));
	}
	return instance;
}

/* Writes the ASCII form of a domain; returns its length, 0 if it is not valid. */
static int
domain_to_ascii(const char *domain, int len, char *ascii)
{
	UIDNAInfo info = UIDNA_INFO_INITIALIZER;
	UErrorCode status = U_ZERO_ERROR;
	int ascii_len =
		uidna_nameToASCII_UTF8(idna(), domain, len, ascii, MAX_DOMAIN + 1, &info, &status);

	/* "r3---sn.example.com" breaks a rule of registries, not of the DNS */
	if (U_FAILURE(status) || (info.errors & ~UIDNA_ERROR_HYPHEN_3_4) != 0 || ascii_len > MAX_DOMAIN)
		return 0;
	ascii[ascii_len] = '\0';
	return is_valid_domain(ascii, ascii_len) ? ascii_len : 0;
}

/*
 * Reads a domain with labels beyond ASCII, in either spelling, into parts in Unicode. Returns the
 * length of its ASCII form, 0 if it is not valid, that is also if the two forms do not agree.
 */
static int
read_international_domain(const char *domain, int len, address_parts *parts)
{
	UIDNAInfo info = UIDNA_INFO_INITIALIZER;
	UErrorCode status = U_ZERO_ERROR;
	char ascii[MAX_DOMAIN + 1];
	char back[MAX_DOMAIN + 1];
	int ascii_len = domain_to_ascii(domain, len, ascii);

	if (ascii_len == 0)
		return 0;
	parts->domain_len = uidna_nameToUnicodeUTF8(idna(), ascii, ascii_len, parts->domain,
												DOMAIN_BUFFER - 1, &info, &status);
	if (U_FAILURE(status))
		return 0;
	parts->domain[parts->domain_len] = '\0';
	if (domain_to_ascii(parts->domain, parts->domain_len, back) != ascii_len ||
		memcmp(back, ascii, ascii_len) != 0)
		return 0;
	return ascii_len;
}

/* Reads a domain into parts. Returns the length of its ASCII form, 0 if it is not valid. */
static int
read_domain(const char *domain, int len, address_parts *parts)
{
	if (!cdw_is_ascii(domain, len) || has_encoded_label(domain, len))
		return read_international_domain(domain, len, parts);
	if (len > MAX_DOMAIN)
		return 0;
	for (int i = 0; i < len; i++)
		parts->domain[i] = pg_ascii_tolower((unsigned char) domain[i]);
	parts->domain[len] = '\0';
	parts->domain_len = len;
	return is_valid_domain(parts->domain, len) ? len : 0;
}

/*
 * Reads what is between quotes, without the backslashes before quoted characters. False if it is
 * empty or has what may not stand there.
 */
static bool
read_quoted(const char *value, int len, address_parts *parts)
{
	const unsigned char *at = (const unsigned char *) value;
	const unsigned char *end = at + len;

	parts->local_len = 0;
	while (at < end)
	{
		const unsigned char *from = at;
		uint32 symbol = cdw_next_symbol(&at, end);

		if (symbol == '\\')
		{
			from = at;
			if (at == end || *at >= 0x80)
				return false;
			symbol = *at++;
		}
		else if (symbol == '"')
			return false;
		if (symbol < ' ' || symbol == 0x7F || (symbol >= 0x80 && !is_name_symbol(symbol, "")) ||
			parts->local_len + (at - from) > MAX_LOCAL)
			return false;
		memcpy(parts->local + parts->local_len, from, at - from);
		parts->local_len += at - from;
	}
	return parts->local_len > 0;
}

/* Reads a local part in lower case into parts. False if it is not valid. */
static bool
read_local(const char *value, int len, address_parts *parts)
{
	if (len >= 2 && value[0] == '"' && value[len - 1] == '"')
		return read_quoted(value + 1, len - 2, parts);
	if (len > MAX_LOCAL || !is_dotted_name(value, len, dot_atom_extra))
		return false;
	memcpy(parts->local, value, len);
	parts->local_len = len;
	return true;
}

/* Drops "+tag" and the dots before it, unless nothing else is there. */
static void
drop_tag(address_parts *parts)
{
	const char *plus = memchr(parts->local, '+', parts->local_len);
	int len;

	if (plus == NULL)
		return;
	len = plus - parts->local;
	while (len > 0 && parts->local[len - 1] == '.')
		len--;
	if (len > 0)
		parts->local_len = len;
}

/* Gmail has two domains and ignores dots. False if the local part can't be one of Gmail's. */
static bool
unify_gmail(address_parts *parts)
{
	int written = 0;

	if (strcmp(parts->domain, "gmail.com") != 0 && strcmp(parts->domain, "googlemail.com") != 0)
		return true;
	parts->domain_len = strlcpy(parts->domain, "gmail.com", sizeof(parts->domain));
	for (int i = 0; i < parts->local_len; i++)
		if (parts->local[i] != '.')
			parts->local[written++] = parts->local[i];
	parts->local_len = written;
	return written > 0 && cdw_is_ascii(parts->local, written);
}

/* Replaces what is in out by the local part, in quotes where they are needed. */
static void
write_local(const address_parts *parts, StringInfo out)
{
	resetStringInfo(out);
	if (is_dotted_name(parts->local, parts->local_len, dot_atom_extra))
	{
		appendBinaryStringInfo(out, parts->local, parts->local_len);
		return;
	}
	appendStringInfoChar(out, '"');
	for (int i = 0; i < parts->local_len; i++)
	{
		if (parts->local[i] == '"' || parts->local[i] == '\\')
			appendStringInfoChar(out, '\\');
		appendStringInfoChar(out, parts->local[i]);
	}
	appendStringInfoChar(out, '"');
}

/* Whether a byte is white space of ASCII. */
static inline bool
is_ascii_blank(char byte)
{
	return byte == ' ' || (byte >= '\t' && byte <= '\r');
}

/* Cuts white space at both ends, that of Unicode too. */
static void
trim(const char **value, int *len)
{
	const unsigned char *at = (const unsigned char *) *value;
	const unsigned char *end = at + *len;
	const unsigned char *last = at;
	const unsigned char *next = at;

	while (next < end && u_isUWhiteSpace(cdw_next_symbol(&next, end)))
		at = next;
	for (next = last = at; next < end;)
		if (!u_isUWhiteSpace(cdw_next_symbol(&next, end)))
			last = next;
	*value = (const char *) at;
	*len = last - at;
}

/* Cuts white space at both ends of ASCII. */
static void
trim_ascii(const char **value, int *len)
{
	while (*len > 0 && is_ascii_blank((*value)[*len - 1]))
		(*len)--;
	while (*len > 0 && is_ascii_blank(**value))
	{
		(*value)++;
		(*len)--;
	}
}

/* The place of the last "@", also full-width or small, and its size; -1 if there is none. */
static int
find_sign(const char *value, int len, int *size)
{
	for (int i = len - 1; i >= 0; i--)
	{
		if (value[i] == '@')
		{
			*size = 1;
			return i;
		}
		if ((unsigned char) value[i] < 0x80 || len - i < 3)
			continue;
		if (memcmp(value + i, "＠", 3) == 0 || memcmp(value + i, "﹫", 3) == 0)
		{
			*size = 3;
			return i;
		}
	}
	return -1;
}

/* Of each ASCII character its lower case where a dot-atom may have it, dots too; else 0. */
/* clang-format off */
static const char atom_forms[128] =
	"\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0" "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
	"\0!\0#$%&'\0\0*+\0-./" "0123456789\0\0\0=\0?"
	"\0abcdefghijklmno" "pqrstuvwxyz\0\0\0^_"
	"`abcdefghijklmno" "pqrstuvwxyz{|}~";
/* clang-format on */

/*
 * Copies a local part in ASCII that is a plain dot-atom, in lower case and up to the "@"; returns its
 * length, 0 if it is something else or has a tag.
 */
static int
copy_plain_local(const char *value, int len, char *to)
{
	int i = 0;

	for (; i < len && value[i] != '@'; i++)
	{
		char c = IS_HIGHBIT_SET(value[i]) ? 0 : atom_forms[(unsigned char) value[i]];

		if (c == 0 || c == '+' || i == MAX_LOCAL || (c == '.' && (i == 0 || to[i - 1] == '.')))
			return 0;
		to[i] = c;
	}
	return i == len || i == 0 || to[i - 1] == '.' ? 0 : i;
}

/*
 * Copies a domain in ASCII of which every label is plain, in lower case; false if it is something else or
 * if labels need a closer look: a number at the end, "--" where a prefix would be.
 */
static bool
copy_plain_domain(const char *value, int len, char *to)
{
	int start = 0; /* of the label */
	int labels = 1;
	bool number = true; /* whether the label has only digits */

	if (len > MAX_DOMAIN)
		return false;
	for (int i = 0; i < len; i++)
	{
		char c = IS_HIGHBIT_SET(value[i]) ? 0 : atom_forms[(unsigned char) value[i]];

		if (c == '.')
		{
			if (i == start || to[i - 1] == '-' || i - start > MAX_LABEL)
				return false;
			start = i + 1;
			labels++;
			number = true;
		}
		else if (c == '-')
		{
			if (i == start || i == start + 2)
				return false;
			number = false;
		}
		else if (c >= 'a' && c <= 'z')
			number = false;
		else if (c < '0' || c > '9')
			return false;
		to[i] = c;
	}
	return labels >= 2 && !number && len > start && to[len - 1] != '-' && len - start <= MAX_LABEL;
}

/*
 * Replaces what is in out by the standard form of an address as most are. False if it is another one,
 * valid or not; out is then undefined.
 */
static bool
normalize_plain(const char *value, int len, StringInfo out)
{
	int local;
	int domain;
	char *to;

	if (len > MAX_ADDRESS)
		return false;
	resetStringInfo(out);
	enlargeStringInfo(out, len);
	to = out->data;
	local = copy_plain_local(value, len, to);
	if (local == 0)
		return false;
	to[local] = '@';
	domain = len - local - 1;
	if (!copy_plain_domain(value + local + 1, domain, to + local + 1))
		return false;
	if ((domain == 9 && memcmp(to + local + 1, "gmail.com", 9) == 0) ||
		(domain == 14 && memcmp(to + local + 1, "googlemail.com", 14) == 0))
		return false;
	out->len = len;
	to[len] = '\0';
	return true;
}

/*
 * Replaces what is in out by the standard form of an address: lower case, without "+tag" and needless
 * quotes; the domain in Unicode; Gmail's two domains as one, and without the dots that it ignores.
 * Lengths are checked before anything is dropped, that of the domain in ASCII. False when value is
 * not valid. Idempotent.
 */
bool
cdw_normalize_email(const char *value, int len, StringInfo out)
{
	address_parts parts;
	int sign;
	int sign_size;
	int ascii_len;

	trim_ascii(&value, &len);
	if (normalize_plain(value, len, out))
		return true;
	if (len > MAX_VALUE)
		return false;
	if (!cdw_is_ascii(value, len))
		trim(&value, &len);
	sign = find_sign(value, len, &sign_size);
	if (sign <= 0)
		return false;

	cdw_casefold(value, sign, out);
	if (!read_local(out->data, out->len, &parts))
		return false;
	write_local(&parts, out);
	if (out->len > MAX_LOCAL)
		return false;
	ascii_len = read_domain(value + sign + sign_size, len - sign - sign_size, &parts);
	if (ascii_len == 0 || out->len + 1 + ascii_len > MAX_ADDRESS)
		return false;
	drop_tag(&parts);
	if (!unify_gmail(&parts))
		return false;
	write_local(&parts, out);
	appendStringInfoChar(out, '@');
	appendBinaryStringInfo(out, parts.domain, parts.domain_len);
	return true;
}
