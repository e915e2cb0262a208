/*
 * src/match/encode.c
 *
 * From the values of a row to what a record is made of: standard forms, words, block keys. All that
 * depends on one value alone is remembered by the value.
 */
#include "match/encode.h"

#include "utils/memutils.h"

#define CACHE_BYTES ((Size) 1024 * 1024) /* of a field, at most */

/* A part that some rules look at, with its hashes of the value at hand. */
typedef struct Part
{
	const cdw_key_part *part;
	cdw_part_hashes hashes;
	uint64 buffer[CDW_MAX_RULE_KEYS];
} Part;

typedef struct FieldEncoder
{
	StringInfoData standard;
	StringInfoData residual; /* what is left of it without the words of other fields */
	cdw_token *token;		 /* NULL where words are not weighed */
	cdw_value_cache *cache;
	int first_part; /* its parts, one after another */
	int nparts;
} FieldEncoder;

struct cdw_encoder
{
	const cdw_match_settings *settings;
	MemoryContext context;
	FieldEncoder field[CDW_MAX_FIELDS];
	cdw_value value[CDW_MAX_FIELDS]; /* of the row at hand */
	int nparts;
	Part *part;
	Part **rule_part[CDW_MAX_RULES]; /* the parts of each rule */
};

/* What is remembered by a value; hashes, words, numbers of hashes and the standard form follow. */
typedef struct Known
{
	uint16 len;
	uint16 ntokens;
	uint32 nhashes;
} Known;

/* ---- setting up ---- */

static bool
same_part(const cdw_key_part *a, const cdw_key_part *b)
{
	return a->field == b->field && a->transform == b->transform && a->argument == b->argument;
}

/* The part among those of its field; NULL where it is not there yet. */
static Part *
find_part(const cdw_encoder *encoder, const cdw_key_part *part)
{
	const FieldEncoder *field = &encoder->field[part->field];

	for (int i = field->first_part; i < field->first_part + field->nparts; i++)
		if (same_part(encoder->part[i].part, part))
			return &encoder->part[i];
	return NULL;
}

/* Lists the different parts of a field in the rules that are used. */
static void
list_parts(cdw_encoder *encoder, int f)
{
	const cdw_match_settings *settings = encoder->settings;
	FieldEncoder *field = &encoder->field[f];

	field->first_part = encoder->nparts;
	for (int r = 0; r < settings->nrules; r++)
		for (int i = 0; i < settings->rule[r].nparts && settings->rule[r].nslots > 0; i++)
		{
			const cdw_key_part *part = &settings->rule[r].part[i];

			if (part->field != f || find_part(encoder, part) != NULL)
				continue;
			encoder->part[encoder->nparts++].part = part;
			field->nparts++;
		}
}

/* An encoder with a memory context of its own within the current one. */
cdw_encoder *
cdw_encoder_create(const cdw_match_settings *settings)
{
	MemoryContext context =
		AllocSetContextCreate(CurrentMemoryContext, "cdw encoder", ALLOCSET_DEFAULT_SIZES);
	MemoryContext old = MemoryContextSwitchTo(context);
	cdw_encoder *encoder = palloc0(sizeof(cdw_encoder));

	int nparts = 0;

	encoder->settings = settings;
	encoder->context = context;
	for (int r = 0; r < settings->nrules; r++)
		nparts += settings->rule[r].nparts;
	encoder->part = palloc0(sizeof(Part) * Max(nparts, 1));
	for (int f = 0; f < settings->nfields; f++)
	{
		FieldEncoder *field = &encoder->field[f];

		initStringInfo(&field->standard);
		initStringInfo(&field->residual);
		if (settings->field[f].comparison->split)
			field->token = palloc(sizeof(cdw_token) * CDW_MAX_TOKENS);
		field->cache = cdw_value_cache_create(context, CACHE_BYTES);
		list_parts(encoder, f);
	}
	for (int r = 0; r < settings->nrules; r++)
	{
		encoder->rule_part[r] = palloc(sizeof(Part *) * Max(settings->rule[r].nparts, 1));
		for (int i = 0; i < settings->rule[r].nparts && settings->rule[r].nslots > 0; i++)
			encoder->rule_part[r][i] = find_part(encoder, &settings->rule[r].part[i]);
	}
	MemoryContextSwitchTo(old);
	return encoder;
}

void
cdw_encoder_free(cdw_encoder *encoder)
{
	MemoryContextDelete(encoder->context);
}

/* ---- a value ---- */

/*
 * Cuts a long value at a character boundary and lets a hash of the whole stand for the rest, so that
 * different values stay different. The hash is a word of its own where words are compared.
 */
static void
shorten(StringInfo value, bool split)
{
	int most = split ? CDW_MAX_TEXT : CDW_MAX_VALUE;
	uint64 hash;
	int len = most - 17;

	if (value->len <= most)
		return;
	hash = cdw_hash_bytes(value->data, value->len, 0);
	while (len > 0 && (value->data[len] & 0xC0) == 0x80)
		len--;
	value->len = len;
	appendStringInfo(value, split ? " %016llx" : "%016llx", (unsigned long long) hash);
}

/* Makes a text the value of a field, with its words where they are weighed. */
static void
set_value(cdw_encoder *encoder, int f, const StringInfo text, bool with_words)
{
	const cdw_comparison *comparison = encoder->settings->field[f].comparison;
	FieldEncoder *field = &encoder->field[f];
	cdw_value *value = &encoder->value[f];

	*value = (cdw_value){.text = text->data, .len = text->len, .token = field->token};
	if (field->token && with_words)
		value->ntokens = comparison->split(value->text, value->len, field->token);
}

/* Standardises a value and hashes its parts. Fields that go without others get their words later. */
static void
encode_value(cdw_encoder *encoder, int f, const cdw_raw_value *raw)
{
	const cdw_field *settings = &encoder->settings->field[f];
	FieldEncoder *field = &encoder->field[f];

	cdw_standardise(settings, raw->text, raw->len, &field->standard);
	shorten(&field->standard, field->token != NULL);
	set_value(encoder, f, &field->standard, settings->nwithout == 0);
	for (int i = field->first_part; i < field->first_part + field->nparts; i++)
	{
		Part *part = &encoder->part[i];

		part->hashes.hash = part->buffer;
		part->hashes.n = cdw_key_part_hashes(part->part, field->standard.data, field->standard.len,
											 part->buffer);
	}
}

/* The value is missing. */
static void
encode_nothing(cdw_encoder *encoder, int f)
{
	FieldEncoder *field = &encoder->field[f];

	encoder->value[f] = (cdw_value){.text = "", .token = field->token};
	for (int i = field->first_part; i < field->first_part + field->nparts; i++)
		encoder->part[i].hashes.n = 0;
}

/* Remembers what became of a value. */
static void
remember(cdw_encoder *encoder, int f, const cdw_raw_value *raw)
{
	const FieldEncoder *field = &encoder->field[f];
	const cdw_value *value = &encoder->value[f];
	const Part *part = encoder->part + field->first_part;
	uint32 nhashes = 0;
	Known *known;
	uint64 *hash;
	char *rest;

	for (int i = 0; i < field->nparts; i++)
		nhashes += part[i].hashes.n;
	known =
		cdw_value_cache_add(field->cache, raw->text, raw->len,
							sizeof(Known) + sizeof(uint64) * nhashes +
								sizeof(cdw_token) * value->ntokens + field->nparts + value->len);
	if (known == NULL)
		return;
	*known = (Known){.len = value->len, .ntokens = value->ntokens, .nhashes = nhashes};
	hash = (uint64 *) (known + 1);
	rest = (char *) (hash + nhashes);
	memcpy(rest, value->token, sizeof(cdw_token) * value->ntokens);
	rest += sizeof(cdw_token) * value->ntokens;
	for (int i = 0; i < field->nparts; i++)
	{
		memcpy(hash, part[i].hashes.hash, sizeof(uint64) * part[i].hashes.n);
		hash += part[i].hashes.n;
		*rest++ = (char) part[i].hashes.n;
	}
	memcpy(rest, value->text, value->len);
}

/* Takes what became of a value before. */
static void
recall(cdw_encoder *encoder, int f, const Known *known)
{
	const FieldEncoder *field = &encoder->field[f];
	Part *part = encoder->part + field->first_part;
	const uint64 *hash = (const uint64 *) (known + 1);
	const cdw_token *token = (const cdw_token *) (hash + known->nhashes);
	const char *rest = (const char *) (token + known->ntokens);

	encoder->value[f] = (cdw_value){
		.text = rest + field->nparts, .len = known->len, .ntokens = known->ntokens, .token = token};
	for (int i = 0; i < field->nparts; i++)
	{
		part[i].hashes = (cdw_part_hashes){.n = rest[i], .hash = hash};
		hash += rest[i];
	}
}

/* ---- fields that go without the words of others ---- */

/* Whether a word stands in a value, between blanks. */
static bool
has_word(const cdw_value *value, const char *word, int len)
{
	int start = 0;

	for (int i = 0; i <= value->len; i++)
		if (i == value->len || value->text[i] == ' ')
		{
			if (i - start == len && memcmp(value->text + start, word, len) == 0)
				return true;
			start = i + 1;
		}
	return false;
}

/* Replaces out by the words of a field that stand in none of the fields that it goes without. */
static void
write_residual(const cdw_encoder *encoder, int f, StringInfo out)
{
	const cdw_value *value = &encoder->value[f];
	uint32 without = encoder->settings->field[f].without_set;
	int start = 0;

	resetStringInfo(out);
	for (int i = 0; i <= value->len; i++)
	{
		const char *word = value->text + start;
		int len = i - start;
		bool found = len == 0;

		if (i < value->len && value->text[i] != ' ')
			continue;
		for (int g = 0; g < encoder->settings->nfields && !found; g++)
			found = (without >> g & 1) && has_word(&encoder->value[g], word, len);
		if (!found)
		{
			if (out->len > 0)
				appendStringInfoChar(out, ' ');
			appendBinaryStringInfo(out, word, len);
		}
		start = i + 1;
	}
}

/* Replaces the values of fields that go without others by what is left of them. */
static void
drop_words(cdw_encoder *encoder)
{
	for (int k = 0; k < encoder->settings->nresiduals; k++)
	{
		int f = encoder->settings->residual[k];

		write_residual(encoder, f, &encoder->field[f].residual);
		set_value(encoder, f, &encoder->field[f].residual, true);
	}
}

/*
 * Encodes a row, of which raw has one value per field: returns the values as they are compared, which are
 * the encoder's and go with the next row, and writes the keys of all rules.
 */
const cdw_value *
cdw_encode(cdw_encoder *encoder, const cdw_raw_value *raw, uint32 *key)
{
	const cdw_match_settings *settings = encoder->settings;

	for (int f = 0; f < settings->nfields; f++)
		if (raw[f].text)
			cdw_value_cache_ask(encoder->field[f].cache, raw[f].text, raw[f].len);
	for (int f = 0; f < settings->nfields; f++)
		if (raw[f].text)
			cdw_value_cache_fetch(encoder->field[f].cache);
	for (int f = 0; f < settings->nfields; f++)
	{
		const Known *known;

		if (raw[f].text == NULL)
			encode_nothing(encoder, f);
		else if ((known = cdw_value_cache_find(encoder->field[f].cache, raw[f].text, raw[f].len)) !=
				 NULL)
			recall(encoder, f, known);
		else
		{
			encode_value(encoder, f, &raw[f]);
			remember(encoder, f, &raw[f]);
		}
	}
	/* candidates are found by whole values, also where only what is left of them is compared */
	for (int r = 0; r < settings->nrules; r++)
	{
		const cdw_rule *rule = &settings->rule[r];
		const cdw_part_hashes *part[CDW_MAX_FIELDS];

		if (rule->nslots == 0)
			continue;
		for (int i = 0; i < rule->nparts; i++)
			part[i] = &encoder->rule_part[r][i]->hashes;
		cdw_block_keys(rule, part, key + rule->slot);
	}
	drop_words(encoder);
	return encoder->value;
}
