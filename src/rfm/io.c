/*
 * src/rfm/io.c
 *
 * Text and binary form of cdw.rfm. Both round-trip to equal bytes and depend on no setting.
 *
 *   text    (3,2024-01-01T00:00:00Z,2024-03-01T12:30:00.5Z,120.50)    frequency, first and last purchase
 *                                                                     in UTC, sum
 *           (0,,,-12.00)                                              no purchase, only returns
 *   binary  int32 magic and version, int64 frequency, int64 first_at, int64 last_at (microseconds from
 *           2000-01-01 UTC, zero without a purchase), the sum in numeric's own binary form
 *
 * Years are those of ISO 8601: the year before 1 is 0, then -1.
 */
#include "rfm/rfm.h"

#include "libpq/pqformat.h"
#include "utils/builtins.h"
#include "utils/datetime.h"
#include "utils/timestamp.h"

#define WIRE_MAGIC 0x52464D01 /* "RFM", version 1 */
#define WIRE_HEADER (sizeof(int32) + 3 * sizeof(int64))
#define WIRE_NUMERIC_HEADER (4 * sizeof(int16)) /* numeric_send: ndigits, weight, sign, dscale */

/* ---- text ---- */

static void
malformed_text(const char *value, const char *detail)
{
	ereport(ERROR, (errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
					errmsg("invalid input syntax for type %s: \"%s\"", "cdw.rfm", value),
					errdetail_internal("%s", detail)));
}

/* Reads one to max decimal digits; moves the position behind them, false where there are none. */
static bool
read_digits(const char **position, int max, int *value)
{
	const char *p = *position;

	*value = 0;
	while (max-- > 0 && *p >= '0' && *p <= '9')
		*value = *value * 10 + (*p++ - '0');
	if (p == *position)
		return false;
	*position = p;
	return true;
}

static bool
read_char(const char **position, char expected)
{
	if (**position != expected)
		return false;
	(*position)++;
	return true;
}

/* Reads the digits after a second's point as microseconds. */
static bool
read_fraction(const char **position, fsec_t *fsec)
{
	const char *start = *position;
	int value;

	if (!read_digits(position, 6, &value))
		return false;
	for (int digits = *position - start; digits < 6; digits++)
		value *= 10;
	*fsec = value;
	return true;
}

/* Reads a time as write_time writes it; false where it is malformed or out of range. */
static bool
read_time(const char **position, TimestampTz *at)
{
	struct pg_tm tm = {0};
	fsec_t fsec = 0;
	bool before_year_0 = read_char(position, '-');

	if (!read_digits(position, 6, &tm.tm_year) || !read_char(position, '-') ||
		!read_digits(position, 2, &tm.tm_mon) || !read_char(position, '-') ||
		!read_digits(position, 2, &tm.tm_mday) || !read_char(position, 'T') ||
		!read_digits(position, 2, &tm.tm_hour) || !read_char(position, ':') ||
		!read_digits(position, 2, &tm.tm_min) || !read_char(position, ':') ||
		!read_digits(position, 2, &tm.tm_sec))
		return false;
	if (read_char(position, '.') && !read_fraction(position, &fsec))
		return false;
	if (!read_char(position, 'Z'))
		return false;
	if (before_year_0)
		tm.tm_year = -tm.tm_year;
	if (tm.tm_mon < 1 || tm.tm_mon > MONTHS_PER_YEAR || tm.tm_mday < 1 ||
		tm.tm_mday > day_tab[isleap(tm.tm_year)][tm.tm_mon - 1] || tm.tm_hour >= HOURS_PER_DAY ||
		tm.tm_min >= MINS_PER_HOUR || tm.tm_sec >= SECS_PER_MINUTE)
		return false;
	return tm2timestamp(&tm, fsec, NULL, at) == 0;
}

static void
write_time(StringInfo out, TimestampTz at)
{
	struct pg_tm tm;
	fsec_t fsec;

	if (timestamp2tm(at, NULL, &tm, &fsec, NULL, NULL) != 0)
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE), errmsg("timestamp out of range")));
	appendStringInfo(out, "%s%04d-%02d-%02dT%02d:%02d:%02d", tm.tm_year < 0 ? "-" : "",
					 abs(tm.tm_year), tm.tm_mon, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec);
	if (fsec != 0)
	{
		appendStringInfo(out, ".%06d", fsec);
		while (out->data[out->len - 1] == '0')
			out->data[--out->len] = '\0';
	}
	appendStringInfoChar(out, 'Z');
}

/* Reads the frequency, up to its comma; false where it is malformed, negative or out of range. */
static bool
read_frequency(const char **position, int64 *frequency)
{
	char *end;

	if (**position < '0' || **position > '9')
		return false;
	errno = 0;
	*frequency = strtoi64(*position, &end, 10);
	*position = end;
	return errno == 0 && read_char(position, ',');
}

/* Reads the sum and the closing parenthesis. */
static void
read_sum(const char *value, const char *position, cdw_sum *sum)
{
	size_t length = strspn(position, "-.0123456789");
	char *digits = pnstrdup(position, length);
	Datum number;

	if (length == 0 || strcmp(position + length, ")") != 0)
		malformed_text(value, "The sum must be a decimal number, followed by \")\".");
	number = DirectFunctionCall3(numeric_in, CStringGetDatum(digits), ObjectIdGetDatum(InvalidOid),
								 Int32GetDatum(-1));
	cdw_sum_set_numeric(sum, DatumGetNumeric(number));
}

/*
 * cdw.rfm_in(cstring): 22P02 for all that rfm_out would not write, but for leading zeros and the number
 * of decimals of a second.
 */
CDW_FUNCTION(cdw_rfm_in)
{
	const char *value = PG_GETARG_CSTRING(0);
	const char *position = value;
	cdw_purchases purchases = {0};

	if (!read_char(&position, '(') || !read_frequency(&position, &purchases.frequency))
		malformed_text(value, "A value starts with \"(\" and a frequency of 0 or more.");
	if (purchases.frequency > 0 &&
		(!read_time(&position, &purchases.first_at) || !read_char(&position, ',') ||
		 !read_time(&position, &purchases.last_at)))
		malformed_text(value, "The times of the first and the last purchase must be written like "
							  "2024-01-31T12:30:00Z.");
	if (purchases.frequency == 0 && !read_char(&position, ','))
		malformed_text(value, "Without a purchase there is no first and no last one.");
	if (!read_char(&position, ','))
		malformed_text(value, "There must be four fields.");
	if (purchases.first_at > purchases.last_at)
		malformed_text(value, "The first purchase must not come after the last one.");
	read_sum(value, position, &purchases.sum);
	PG_RETURN_POINTER(cdw_rfm_pack(&purchases));
}

/* cdw.rfm_out(cdw.rfm): the text form described above. */
CDW_FUNCTION(cdw_rfm_out)
{
	cdw_purchases purchases;
	StringInfoData out;

	cdw_rfm_unpack(cdw_rfm_from_datum(PG_GETARG_DATUM(0)), &purchases);
	initStringInfo(&out);
	appendStringInfo(&out, "(" INT64_FORMAT ",", purchases.frequency);
	if (purchases.frequency > 0)
		write_time(&out, purchases.first_at);
	appendStringInfoChar(&out, ',');
	if (purchases.frequency > 0)
		write_time(&out, purchases.last_at);
	appendStringInfo(&out, ",%s)",
					 DatumGetCString(DirectFunctionCall1(
						 numeric_out, NumericGetDatum(cdw_sum_numeric(&purchases.sum)))));
	PG_RETURN_CSTRING(out.data);
}

/* ---- binary ---- */

static void
malformed_binary(const char *detail)
{
	ereport(ERROR, (errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
					errmsg("invalid binary value of type %s", "cdw.rfm"),
					errdetail_internal("%s", detail)));
}

/*
 * Reads the sum, which must fill the rest of the message exactly: numeric_recv itself would report a
 * short message as a protocol violation and ignore a long one.
 */
static void
receive_sum(StringInfo message, cdw_sum *sum)
{
	int rest = message->len - message->cursor;
	uint16 ndigits;
	Datum number;
	cdw_amount_kind kind;
	bool negative;

	if (rest < (int) WIRE_NUMERIC_HEADER)
		malformed_binary("The message is too short.");
	memcpy(&ndigits, message->data + message->cursor, sizeof(ndigits));
	if (rest != (int) WIRE_NUMERIC_HEADER + pg_ntoh16(ndigits) * (int) sizeof(int16))
		malformed_binary("The length does not agree with the number of digits.");
	number = DirectFunctionCall3(numeric_recv, PointerGetDatum(message),
								 ObjectIdGetDatum(InvalidOid), Int32GetDatum(-1));
	kind = cdw_amount_read((struct varlena *) DatumGetPointer(number), &sum->units, &sum->scale,
						   &negative);
	if (kind == CDW_AMOUNT_NAN || kind == CDW_AMOUNT_INFINITE)
		malformed_binary("The sum must be finite.");
	cdw_sum_set_numeric(sum, DatumGetNumeric(number));
}

/* cdw.rfm_recv(internal): 22P03 for bytes that rfm_send could not have written. */
CDW_FUNCTION(cdw_rfm_recv)
{
	StringInfo message = (StringInfo) PG_GETARG_POINTER(0);
	cdw_purchases purchases = {0};

	if (message->len - message->cursor < (int) WIRE_HEADER)
		malformed_binary("The message is too short.");
	if (pq_getmsgint(message, sizeof(int32)) != WIRE_MAGIC)
		malformed_binary("The magic number or the version is unknown.");
	purchases.frequency = pq_getmsgint64(message);
	purchases.first_at = pq_getmsgint64(message);
	purchases.last_at = pq_getmsgint64(message);
	if (purchases.frequency < 0)
		malformed_binary("The frequency must not be negative.");
	if (purchases.frequency == 0 && (purchases.first_at != 0 || purchases.last_at != 0))
		malformed_binary("Without a purchase there is no first and no last one.");
	if (!IS_VALID_TIMESTAMP(purchases.first_at) || !IS_VALID_TIMESTAMP(purchases.last_at) ||
		purchases.first_at > purchases.last_at)
		malformed_binary("The times of the first and the last purchase are out of range or order.");
	receive_sum(message, &purchases.sum);
	PG_RETURN_POINTER(cdw_rfm_pack(&purchases));
}

/* cdw.rfm_send(cdw.rfm): the binary form described above. */
CDW_FUNCTION(cdw_rfm_send)
{
	cdw_purchases purchases;
	StringInfoData out;
	bytea *sum;

	cdw_rfm_unpack(cdw_rfm_from_datum(PG_GETARG_DATUM(0)), &purchases);
	sum = DatumGetByteaPP(
		DirectFunctionCall1(numeric_send, NumericGetDatum(cdw_sum_numeric(&purchases.sum))));
	pq_begintypsend(&out);
	pq_sendint32(&out, WIRE_MAGIC);
	pq_sendint64(&out, purchases.frequency);
	pq_sendint64(&out, purchases.first_at);
	pq_sendint64(&out, purchases.last_at);
	pq_sendbytes(&out, VARDATA_ANY(sum), VARSIZE_ANY_EXHDR(sum));
	PG_RETURN_BYTEA_P(pq_endtypsend(&out));
}
