/*
 * src/stats/components_wire.c
 *
 * The binary form of connected components, the same on every platform:
 *
 *   int32 magic, with the kind of ids and the version; int32 n; then for each id in order
 *   int64 id, or int32 length and the text in the client's encoding; int32 place of the smallest id of
 *   its component, from 0
 */
#include "stats/components.h"

#include "libpq/pqformat.h"
#include "mb/pg_wchar.h"

#define WIRE_MAGIC 0x43430001 /* "CC", version 1; the third byte is the kind */
#define WIRE_MAGIC_OF(kind) ((uint32) WIRE_MAGIC | (uint32) (kind) << 8)
#define WIRE_HEADER (2 * (int) sizeof(int32))

/* The least that an id takes: two integers. */
#define WIRE_ID_INT8 ((int) (sizeof(int64) + sizeof(int32)))
#define WIRE_ID_TEXT (2 * (int) sizeof(int32))

static void
malformed(cdw_id_kind kind, const char *detail)
{
	ereport(ERROR, (errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
					errmsg("invalid binary value of type %s", cdw_components_type(kind)),
					errdetail_internal("%s", detail)));
}

static int
bytes_left(StringInfo message)
{
	return message->len - message->cursor;
}

/* Reads one id; a message that ends too soon would be a protocol violation to the reader itself. */
static cdw_id
receive_id(StringInfo message, cdw_id_kind kind)
{
	int length;
	int server_length;
	char *text;

	if (kind == CDW_ID_INT8)
		return (cdw_id){.number = pq_getmsgint64(message)};
	if (bytes_left(message) < WIRE_ID_TEXT)
		malformed(kind, "The message is too short.");
	length = pq_getmsgint(message, 4);
	if (length < 0 || length > bytes_left(message) - (int) sizeof(int32))
		malformed(kind, "The length of an id does not agree with that of the message.");
	text = pq_getmsgtext(message, length, &server_length);
	return (cdw_id){.text = {text, server_length}};
}

/* Reads n ids and their components. Texts may have another order in the client's encoding. */
static void
receive_ids(StringInfo message, cdw_id_set *set, uint32 n)
{
	for (uint32 i = 0; i < n; i++)
	{
		cdw_id id = receive_id(message, set->kind);
		uint32 root = pq_getmsgint(message, 4);
		uint32 item;

		cdw_check_cancel(i);
		cdw_id_set_items(set, &id, 1, &item);
		if (item != i || (set->kind == CDW_ID_INT8 && i > 0 && id.number < set->number[i - 1]))
			malformed(set->kind, "Ids must be in order, and none may come twice.");
		if (root > i || cdw_union_find_root(set->parent, root) != root)
			malformed(set->kind, "The place of a component must be that of its first id.");
		cdw_union_find_unite(set->parent, root, item);
		if (set->kind == CDW_ID_TEXT)
			pfree((char *) id.text.bytes);
	}
}

static Datum
receive_value(FunctionCallInfo fcinfo, cdw_id_kind kind)
{
	StringInfo message = (StringInfo) PG_GETARG_POINTER(0);
	int id_bytes = kind == CDW_ID_INT8 ? WIRE_ID_INT8 : WIRE_ID_TEXT;
	cdw_id_set set;
	uint32 n;

	if (bytes_left(message) < WIRE_HEADER)
		malformed(kind, "The message is too short.");
	if ((uint32) pq_getmsgint(message, 4) != WIRE_MAGIC_OF(kind))
		malformed(kind, "The magic number or the version is unknown.");
	n = pq_getmsgint(message, 4);
	if (n > (uint32) (bytes_left(message) / id_bytes))
		malformed(kind, "The message is too short.");
	cdw_id_set_init(&set, kind, true, n);
	receive_ids(message, &set, n);
	if (bytes_left(message) != 0)
		malformed(kind, "The message is too long.");
	PG_RETURN_POINTER(cdw_components_of_set(&set));
}

/* Writes a text in the client's encoding behind its length. */
static void
send_text(StringInfo out, cdw_string text)
{
	char *converted = pg_server_to_client(text.bytes, text.length);
	int length = converted == text.bytes ? (int) text.length : (int) strlen(converted);

	pq_sendint32(out, length);
	pq_sendbytes(out, converted, length);
	if (converted != text.bytes)
		pfree(converted);
}

static Datum
send_value(FunctionCallInfo fcinfo)
{
	StringInfoData out;
	cdw_component_list list;

	cdw_components_read(PG_GETARG_DATUM(0), &list);
	pq_begintypsend(&out);
	pq_sendint32(&out, WIRE_MAGIC_OF(list.kind));
	pq_sendint32(&out, list.n);
	for (uint32 i = 0; i < list.n; i++)
	{
		cdw_id id = cdw_component_list_id(&list, i);

		cdw_check_cancel(i);
		if (list.kind == CDW_ID_INT8)
			pq_sendint64(&out, id.number);
		else
			send_text(&out, id.text);
		pq_sendint32(&out, list.root[i]);
	}
	PG_RETURN_BYTEA_P(pq_endtypsend(&out));
}

/* cdw.components_int8_recv(internal): 22P03 for bytes that components_int8_send could not have written. */
CDW_FUNCTION(cdw_components_int8_recv)
{
	return receive_value(fcinfo, CDW_ID_INT8);
}

/* cdw.components_text_recv(internal): likewise; 22021 for text that is not of the client's encoding. */
CDW_FUNCTION(cdw_components_text_recv)
{
	return receive_value(fcinfo, CDW_ID_TEXT);
}

/* cdw.components_int8_send(cdw.components_int8): the binary form described above. */
CDW_FUNCTION(cdw_components_int8_send)
{
	return send_value(fcinfo);
}

/* cdw.components_text_send(cdw.components_text): the binary form described above. */
CDW_FUNCTION(cdw_components_text_send)
{
	return send_value(fcinfo);
}
