/*
 * src/text/normalize_email.c
 *
 * The standard form of an e-mail address. Valid is what mail systems accept in practice: a dot-atom
 * (RFC 5322, section 3.2.3; letters and digits of any script by RFC 6531) and a domain name of at
 * least two labels (RFC 1035, section 2.3). Quoted local parts and address literals are not.
 */
#include "text/symbols.h"

#include <unicode/uchar.h>

/* RFC 5321, section 4.5.3.1 and RFC 1035, section 2.3.4 */
#define MAX_LOCAL 64
#define MAX_LABEL 63
#define MAX_DOMAIN 253

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

/* Whether an address in lower case is valid; at is the place of its "@". */
static bool
is_valid(const StringInfo address, int at)
{
	const char *domain = address->data + at + 1;
	int domain_len = address->len - at - 1;

	return at <= MAX_LOCAL && domain_len <= MAX_DOMAIN &&
		   is_dotted_name(address->data, at, "!#$%&'*+-/=?^_`{|}~") &&
		   is_dotted_name(domain, domain_len, "-") && has_valid_labels(domain, domain_len);
}

/* Cuts blanks at both ends, in place. */
static void
trim(StringInfo text)
{
	int start = 0;

	while (text->len > 0 && strchr(" \t\r\n\f\v", text->data[text->len - 1]) != NULL)
		text->len--;
	while (start < text->len && strchr(" \t\r\n\f\v", text->data[start]) != NULL)
		start++;
	text->len -= start;
	memmove(text->data, text->data + start, text->len);
	text->data[text->len] = '\0';
}

/* The length of the local part without "+tag", unless nothing but the tag is there. */
static int
without_tag(const char *local, int len)
{
	const char *plus = memchr(local, '+', len);

	if (plus == NULL || plus == local)
		return len;
	len = plus - local;
	/* 'a.+b' is valid, 'a.' is not */
	return local[len - 1] == '.' ? len - 1 : len;
}

/* Removes dots in place; returns the new length. */
static int
without_dots(char *local, int len)
{
	int written = 0;

	for (int i = 0; i < len; i++)
		if (local[i] != '.')
			local[written++] = local[i];
	return written;
}

/*
 * Replaces what is in out by the standard form of an address: lower case, without "+tag"; Gmail's
 * two domains as one, and without the dots that it ignores. False when value is not valid.
 * Idempotent.
 */
bool
cdw_normalize_email(const char *value, int len, StringInfo out)
{
	const char *sign;
	const char *domain;
	int domain_len;
	int local_len;

	cdw_casefold(value, len, out);
	trim(out);
	sign = memchr(out->data, '@', out->len);
	if (sign == NULL || !is_valid(out, sign - out->data))
		return false;

	domain = sign + 1;
	domain_len = out->len - (domain - out->data);
	local_len = without_tag(out->data, sign - out->data);
	if (strcmp(domain, "gmail.com") == 0 || strcmp(domain, "googlemail.com") == 0)
	{
		if (!cdw_is_ascii(out->data, local_len))
			return false;
		local_len = without_dots(out->data, local_len);
		domain = "gmail.com";
		domain_len = strlen(domain);
	}
	out->data[local_len] = '@';
	memmove(out->data + local_len + 1, domain, domain_len);
	out->len = local_len + 1 + domain_len;
	out->data[out->len] = '\0';
	return true;
}
