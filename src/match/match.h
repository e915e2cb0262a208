/*
 * src/match/match.h
 *
 * The matching engine: what two records have in common, and what that is worth. It knows neither SQL
 * nor the names of tables: it is given settings and field values as text, and gives pairs and
 * weights.
 *
 *     values ──encode──▶ records ──keys──▶ blocks ──walk──▶ pairs ──levels──▶ weights ──▶ edges
 *
 * Model: Fellegi and Sunter 1969, fitted by EM (Winkler 1988) with an unconditional prior, level
 * rates of non-matches from random pairs, and frequencies of values (Winkler 1989).
 * Weights are natural logarithms inside the engine and log2 in SQL.
 */
#ifndef CDW_MATCH_H
#define CDW_MATCH_H

#include "core/core.h"

#define CDW_MAX_FIELDS 32
#define CDW_MAX_RULES 64
#define CDW_MAX_LEVELS 10
#define CDW_MAX_BLOCK_KEYS 8
#define CDW_MAX_RULE_KEYS 10 /* keys that a rule gives a record */
#define CDW_MISSING 15		 /* the level of a comparison with a missing value */
#define CDW_MAX_VALUE 512	 /* bytes of a standardised value that are kept */
#define CDW_MAX_TEXT 2000	 /* ... of one that is compared by its words */
#define CDW_MAX_TOKENS 64	 /* words of a value that are compared */
#define CDW_MAX_RECORDS PG_INT32_MAX

/* ---- kinds (kind.c): what a field holds decides how it is standardised and compared ---- */

struct cdw_field;

/*
 * A word of a value, found once when the record is encoded. Its weight is ln(1 + values / records
 * that have the word), in units of 1/1024, known after cdw_terms_count or cdw_terms_apply.
 */
typedef struct cdw_token
{
	uint16 start;
	uint16 len;
	uint16 hash; /* words with different hashes are different */
	uint16 weight : 15;
	uint16 rare : 1; /* four records at most have it, or one in a thousand */
} cdw_token;

/* A standardised value as it is compared. */
typedef struct cdw_value
{
	const char *text;
	int len; /* 0: missing */
	int ntokens;
	const cdw_token *token; /* only for comparisons that weigh words */
} cdw_value;

typedef struct cdw_comparison
{
	int nlevels;
	int cost;	   /* of two unequal values, nanoseconds, about */
	int different; /* the level of plain disagreement */
	int alike;	   /* exchanged values are alike up to this level */
	int unlike;	   /* two values may have been exchanged from this level on */
	/* finds the words of a value, CDW_MAX_TOKENS at most; NULL where words are not weighed */
	int (*split)(const char *value, int len, cdw_token *token);
	/* the level of two different, non-missing values, from 1 on; equality is level 0 */
	int (*level)(const struct cdw_field *field, const cdw_value *a, const cdw_value *b);
	const char *label[CDW_MAX_LEVELS];
} cdw_comparison;

typedef struct cdw_kind
{
	const char *name;
	/* replaces out by the standard form; an empty out is a missing value */
	void (*standardise)(const struct cdw_field *field, const char *value, int len, StringInfo out);
	const cdw_comparison *comparison;
	/* the largest share of matches that may disagree */
	double max_disagreement;
	/* whether the members of a household have it in common; whether they have a part of it */
	bool shared;
	bool partly_shared;
	/* default block keys, %s stands for the field */
	const char *block_keys[CDW_MAX_BLOCK_KEYS];
} cdw_kind;

extern void
cdw_standardise(const struct cdw_field *field, const char *value, int len, StringInfo out);
extern bool cdw_is_missing(const char *value, int len);
extern const cdw_kind *cdw_find_kind(const char *name);
extern char *cdw_kind_names(void);

/* compare_*.c */
extern const cdw_comparison cdw_compare_name;
extern const cdw_comparison cdw_compare_family_name;
extern const cdw_comparison cdw_compare_code;
extern const cdw_comparison cdw_compare_postcode;
extern const cdw_comparison cdw_compare_date;
extern const cdw_comparison cdw_compare_days;
extern const cdw_comparison cdw_compare_email;
extern const cdw_comparison cdw_compare_text;
extern const cdw_comparison cdw_compare_elements;
extern const cdw_comparison cdw_compare_location;
extern const cdw_comparison cdw_compare_number;
extern const cdw_comparison cdw_compare_category;
extern int cdw_grid_cell(const char *value, int len, int shift, char *cell);

/* ---- settings (rule.c) ---- */

typedef struct cdw_field
{
	char *name;
	const cdw_kind *kind;
	const cdw_comparison *comparison;
	bool term_frequency;	 /* agreement on a rare value weighs more than on a frequent one */
	char *region;			 /* phone: ISO 3166 code for numbers without a country code */
	int field_order;		 /* date: a cdw_field_order of text.h */
	bool days;				 /* date: compared by the days between */
	char *longitude;		 /* location: column of the longitude; NULL: both are in one */
	bool array;				 /* tokens: the column is an array */
	char *separator;		 /* tokens: between the elements of a text; NULL: the usual ones */
	double max_disagreement; /* the largest share of matches that may disagree; 0: by kind */
	char *swap_with;		 /* a field whose value may be exchanged with this one's */
	bool no_swap;			 /* none, not even the default */
	int nmissing;
	char **missing;			 /* values that say nothing, as they were given */
	char **missing_standard; /* the same in standard form */
	int nwithout;
	char *without[CDW_MAX_FIELDS];		/* fields whose words are dropped from this one */
	uint32 without_set;					/* the same as bits */
	struct cdw_user_level *user_levels; /* compare_user.c; NULL: the kind's levels */
	int nuser_levels;
} cdw_field;

/* What is compared in one go: a field, or a given name with the family name it may be exchanged with. */
typedef struct cdw_unit
{
	int field;
	int swap_with; /* -1: nothing */
} cdw_unit;

typedef struct cdw_transform cdw_transform;

typedef struct cdw_key_part
{
	int field;
	const cdw_transform *transform; /* NULL: the value itself */
	int argument;
} cdw_key_part;

typedef struct cdw_rule
{
	char *text;
	int slot;	   /* where its keys are in a record */
	int nslots;	   /* how many; 0: the rule is not used */
	uint32 fields; /* a bit for each field that it looks at */
	int nparts;
	cdw_key_part part[CDW_MAX_FIELDS];
} cdw_rule;

/* What a match rule or a veto asks of a pair (deterministic.c). */
typedef struct cdw_condition
{
	cdw_key_part part;
	int unit;  /* the comparison that the field is in */
	int level; /* a match rule: this level or a better one; a veto: a worse one; 0: equality */
} cdw_condition;

typedef struct cdw_conditions
{
	char *text;
	int n;
	cdw_condition condition[CDW_MAX_FIELDS];
} cdw_conditions;

typedef struct cdw_match_settings
{
	int nfields;
	cdw_field field[CDW_MAX_FIELDS];
	int nunits;
	cdw_unit unit[CDW_MAX_FIELDS];
	int nresiduals; /* fields that go without the words of others, each before those */
	int residual[CDW_MAX_FIELDS];
	int nrules;
	cdw_rule rule[CDW_MAX_RULES];
	int nmatch_rules; /* 0: pairs are judged by a model */
	cdw_conditions *match_rule[CDW_MAX_RULES];
	int nvetoes;
	cdw_conditions *veto[CDW_MAX_RULES];
	int nslots;			/* keys in a record, of all rules */
	bool several_keys;	/* some rule gives a record more than one */
	bool default_rules; /* the rules are the fields' own, to choose from */
	bool rules_chosen;	/* ... and those to be used have been */
	int personal;		/* fields that a household does not share */
	bool households;	/* some fields are shared by households, others are not */
	bool link;			/* only pairs of two different sources count */
	int max_block;		/* records in a block; 0: chosen from the data */
	double
		pairs_per_record; /* budget within which default rules are chosen; 0: by the data's size */
	double all_pairs_limit; /* up to so many pairs, blocking is not used */
	double min_probability; /* pairs below are not kept */
	char *document;			/* that a worker makes the same settings from; NULL: no workers */
} cdw_match_settings;

/* compare_user.c */
extern void cdw_set_user_levels(cdw_field *field, const char *const *texts, int n);
extern const char *cdw_user_level_text(const cdw_field *field, int level);

/* rule.c */
extern void cdw_add_rule(cdw_match_settings *settings, const char *text);
extern void cdw_place_rule(cdw_match_settings *settings, cdw_rule *rule);
extern void cdw_default_rules(cdw_match_settings *settings);
extern bool cdw_has_default_rules(const cdw_match_settings *settings);
extern void cdw_use_rules(cdw_match_settings *settings, const bool *used);
extern int cdw_find_field(const cdw_match_settings *settings, const char *name);
extern const char *cdw_parse_key_part(const cdw_match_settings *settings, const char *what,
									  const char *text, const char *at, cdw_key_part *part);
extern void CDW_NORETURN cdw_rule_syntax_error(const char *what, const char *text, const char *at,
											   const char *expected);

/* block_key.c */
extern const cdw_transform *cdw_find_transform(const char *name);
extern bool cdw_transform_takes_argument(const cdw_transform *transform, bool *required);
extern const char *cdw_transform_kind(const cdw_transform *transform);
extern char *cdw_transform_names(void);
extern int
cdw_key_part_agrees(const cdw_key_part *part, const char *a, int alen, const char *b, int blen);
extern int cdw_transform_keys(const cdw_transform *transform);

/* The hashes of a part of a rule for a value: none where it is missing, several of a few transforms. */
typedef struct cdw_part_hashes
{
	int n;
	const uint64 *hash;
} cdw_part_hashes;

extern int cdw_key_part_hashes(const cdw_key_part *part, const char *value, int len, uint64 *hash);
extern void cdw_block_keys(const cdw_rule *rule, const cdw_part_hashes *const *part, uint32 *key);

/* block_token.c: hashes of a value's words; returns how many, at most CDW_MAX_RULE_KEYS */
extern int cdw_hash_tokens(const char *value, int len, int argument, uint64 *hash);
extern int cdw_hash_token_starts(const char *value, int len, int argument, uint64 *hash);
extern int cdw_hash_token_pairs(const char *value, int len, int argument, uint64 *hash);

/* ---- records (record.c, record_file.c) ---- */

/*
 * An encoded record: block keys first, so that the test for a pair's first common key costs no
 * extra cache line, then the standardised values end to end.
 *
 *     uint32 key[nslots]      by rule, ascending within one; 0: no key
 *     uint32 term[nfields]    how many records have this value
 *     uint32 source
 *     uint16 end[nfields]     where each value ends in data; an empty value is missing
 *     uint16 ntokens[nsplit]  words of the fields whose comparison weighs words
 *     char   data[]
 *     cdw_token token[]       those words, field by field
 */
typedef struct cdw_record cdw_record;

typedef struct cdw_encoder cdw_encoder;

typedef struct cdw_records
{
	const cdw_match_settings *settings;
	int end_offset; /* bytes from the record's start */
	int data_offset;
	int nsplit;						 /* fields whose comparison weighs words */
	int split_index[CDW_MAX_FIELDS]; /* their number among those; -1: not one */
	uint32 n;
	uint32 capacity;
	cdw_record **record;
	double share; /* of the source's records that are here; 1: all */
	cdw_arena arena;
	uint32 nsources; /* 0: unknown */
	char **source_name;
	uint32 *source_size;
	bool *unique_source;			   /* which list an entity once; only a link asks */
	cdw_encoder *encoder;			   /* NULL: no more records are added */
	struct cdw_shared_records *shared; /* NULL: in the memory of one process */
	Size memory;					   /* bytes that a run on the records may take */
	int processes;					   /* that have batches of them in memory at the time */
	bool alone;					  /* one process visits them: there is no shared memory for more */
	struct cdw_record_file *file; /* where they are; NULL: all in memory */
	uint16 *source;				  /* of records in a file; NULL: all 0 */
} cdw_records;

typedef struct cdw_raw_value
{
	const char *text; /* NULL: missing */
	int len;
} cdw_raw_value;

extern cdw_records *cdw_records_create(const cdw_match_settings *settings);
extern void cdw_records_add(cdw_records *records, const cdw_raw_value *raw, uint32 source);
extern void cdw_records_finish(cdw_records *records);
extern void cdw_records_close(cdw_records *records);
extern void cdw_records_order(cdw_records *records, const uint32 *position);
extern void
cdw_records_renumber_sources(cdw_records *records, const uint32 *rank, uint32 *source_size);
extern Size cdw_record_size(const cdw_records *records, cdw_record *record);
extern Size cdw_records_spare_memory(const cdw_records *records, int processes);
extern uint64 *cdw_record_hashes(const cdw_records *records, uint64 seed);

static inline uint32 *
cdw_record_keys(cdw_record *record)
{
	return (uint32 *) record;
}

static inline uint32 *
cdw_record_terms(const cdw_records *records, cdw_record *record)
{
	return (uint32 *) record + records->settings->nslots;
}

static inline uint32
cdw_record_source(const cdw_records *records, cdw_record *record)
{
	return ((uint32 *) record)[records->settings->nslots + records->settings->nfields];
}

static inline void
cdw_record_set_source(const cdw_records *records, cdw_record *record, uint32 source)
{
	((uint32 *) record)[records->settings->nslots + records->settings->nfields] = source;
}

/* The source of a record, which need not be in memory. */
static inline uint32
cdw_source_of(const cdw_records *records, uint32 i)
{
	if (records->file == NULL)
		return cdw_record_source(records, records->record[i]);
	return records->source ? records->source[i] : 0;
}

/* The standardised value of a field and its length in bytes, 0 where it is missing. */
static inline const char *
cdw_record_value(const cdw_records *records, cdw_record *record, int field, int *len)
{
	const uint16 *end = (const uint16 *) ((const char *) record + records->end_offset);
	int start = field == 0 ? 0 : end[field - 1];

	*len = end[field] - start;
	return (const char *) record + records->data_offset + start;
}

/* The words of a field whose comparison weighs words. */
static inline cdw_token *
cdw_record_tokens(const cdw_records *records, cdw_record *record, int field, int *ntokens)
{
	const uint16 *end = (const uint16 *) ((const char *) record + records->end_offset);
	const uint16 *count = end + records->settings->nfields;
	int size = records->data_offset + end[records->settings->nfields - 1];
	cdw_token *token = (cdw_token *) ((char *) record + TYPEALIGN(sizeof(uint16), size));
	int split = records->split_index[field];

	for (int i = 0; i < split; i++)
		token += count[i];
	*ntokens = count[split];
	return token;
}

/* A field's value with its words, as comparisons take it. */
static inline void
cdw_record_read(const cdw_records *records, cdw_record *record, int field, cdw_value *value)
{
	value->text = cdw_record_value(records, record, field, &value->len);
	value->token = NULL;
	value->ntokens = 0;
	if (records->split_index[field] >= 0 && value->len > 0)
		value->token = cdw_record_tokens(records, record, field, &value->ntokens);
}

/* Whether a pair counts at all: in a link, two records of one source do not. */
static inline bool
cdw_comparable(const cdw_records *records, uint32 a, uint32 b)
{
	return !records->settings->link || cdw_source_of(records, a) != cdw_source_of(records, b);
}

/* ---- records that may be in a file (record_file.c, batch.c) ---- */

/*
 * Looks at all records one after the other, part by part: in memory they are one part. Records of a file
 * come in the order in which they were read, and are gone with the next part.
 *
 *     cdw_scan_begin(&scan, records, CDW_SCAN_READ);
 *     while (cdw_scan_next(&scan))
 *         for (uint32 i = 0; i < scan.n; i++)
 *             look at scan.record[i], the number of which is cdw_scan_number(&scan, i)
 */
typedef enum cdw_scan_mode
{
	CDW_SCAN_READ,
	CDW_SCAN_CHANGE /* what is changed in a record is kept, its keys and its size apart */
} cdw_scan_mode;

typedef struct cdw_scan
{
	const cdw_records *records;
	cdw_scan_mode mode;
	uint32 n; /* records of the part */
	cdw_record **record;
	const uint32 *number; /* NULL: as they come */
	uint32 done;		  /* records before the part */
	struct cdw_scan_part *part;
} cdw_scan;

extern void cdw_scan_begin(cdw_scan *scan, const cdw_records *records, cdw_scan_mode mode);
extern bool cdw_scan_next(cdw_scan *scan);

static inline uint32
cdw_scan_number(const cdw_scan *scan, uint32 i)
{
	return scan->number ? scan->number[i] : i;
}

/*
 * Looks at items in order, each of which needs some records at once: pairs, blocks, groups. The items
 * come in batches, the records of which are in memory; of records in memory all are one batch.
 *
 *     cdw_batches_begin(&batches, records, nitems, needs, arg);
 *     while (cdw_next_batch(&batches))
 *         for (Size i = batches.first; i < batches.end; i++)
 *             look at item i
 *
 * needs() calls cdw_batch_need for each record that an item needs, and is called several times; what the
 * items before have changed must not matter for it.
 */
typedef struct cdw_batches cdw_batches;
typedef void (*cdw_batch_needs)(cdw_batches *batches, Size item, void *arg);

struct cdw_batches
{
	const cdw_records *records;
	Size nitems;
	cdw_batch_needs needs;
	void *arg;
	Size first; /* the items of the batch at hand */
	Size end;
	struct cdw_batch_round *round; /* NULL: records are in memory */
};

extern void cdw_batches_begin(cdw_batches *batches, const cdw_records *records, Size nitems,
							  cdw_batch_needs needs, void *arg);
extern bool cdw_next_batch(cdw_batches *batches);
extern void cdw_batch_need(cdw_batches *batches, uint32 record);
extern uint32 cdw_batch_records(const cdw_records *records, int processes);

/* ---- pairs that count (pair.c) ---- */

typedef struct cdw_pair
{
	uint32 a;
	uint32 b;
} cdw_pair;

/* A part of all pairs, drawn by a hash of what the two records say. */
typedef struct cdw_sample
{
	uint64 *hash; /* by record */
	double every; /* one pair in so many is drawn */
	uint64 last;  /* the greatest hash of a pair that is */
} cdw_sample;

/* Symmetric in the two records, and blind to their positions; without a sample every pair is drawn. */
static inline bool
cdw_sample_draws(const cdw_sample *sample, uint32 a, uint32 b)
{
	uint64 x;
	uint64 y;

	if (sample == NULL)
		return true;
	x = sample->hash[a];
	y = sample->hash[b];
	return cdw_hash_combine(x ^ y, x + y) <= sample->last;
}

typedef void (*cdw_pair_callback)(uint32 a, uint32 b, void *arg);

extern double cdw_comparable_pairs(const cdw_records *records);

/* Records from first to before end, and those that they are paired with. */
typedef struct cdw_tile
{
	uint32 first;
	uint32 end;
	uint32 others_first;
	uint32 others_end;
} cdw_tile;

extern void cdw_walk_comparable(const cdw_records *records, const cdw_sample *sample,
								const cdw_tile *tile, cdw_pair_callback callback, void *arg);

/* ---- comparison of two records (plan.c, level.c) ---- */

extern void cdw_plan_comparisons(cdw_match_settings *settings);
extern void cdw_levels(const cdw_records *records, const cdw_unit *unit, cdw_record *a,
					   cdw_record *b, uint8 *level);

/* ---- match rules and vetoes (deterministic.c) ---- */

/* The weight of a pair that a match rule joins, from here up: certain, and infinite in SQL. */
#define CDW_CERTAIN 1e6

extern void cdw_add_match_rule(cdw_match_settings *settings, const char *text);
extern void cdw_add_veto(cdw_match_settings *settings, const char *text);
extern int cdw_conditions_hold(const cdw_records *records, const cdw_conditions *conditions,
							   cdw_record *a, cdw_record *b, bool veto);
extern bool cdw_vetoed(const cdw_records *records, cdw_record *a, cdw_record *b);
extern double cdw_rule_strength(const cdw_records *records, cdw_record *a, cdw_record *b);

/* ---- term frequencies (term.c) ---- */

typedef struct cdw_terms cdw_terms;

/* What is counted: whole values, or the words of fields whose comparison weighs words. */
typedef enum cdw_term_part
{
	CDW_TERM_VALUE,
	CDW_TERM_WORD
} cdw_term_part;

typedef void (*cdw_term_callback)(int field, cdw_term_part part, const char *value, int len,
								  uint32 count, void *arg);

extern cdw_terms *cdw_terms_create(const cdw_match_settings *settings);
extern void cdw_terms_count(cdw_terms *terms, cdw_records *records);
extern void cdw_terms_add(cdw_terms *terms, int field, cdw_term_part part, const char *value,
						  int len, uint32 count);
extern void cdw_terms_set_values(cdw_terms *terms, int field, double values);
extern void cdw_terms_apply(cdw_terms *terms, cdw_records *records);
extern void cdw_terms_frequent(const cdw_terms *terms, const cdw_records *records,
							   cdw_term_callback callback, void *arg);

typedef struct cdw_term_summary
{
	double values;	  /* records that have a value */
	double distinct;  /* different values */
	double agreement; /* chance that two records with a value have the same one */
	double skew;	  /* sum of squared shares */
	double repeated;  /* records with a value that others have as well */
} cdw_term_summary;

extern void cdw_terms_summarise(const cdw_terms *terms, int field, cdw_term_summary *summary);

/* ---- blocks (block.c) ---- */

/*
 * The sign of a key in a record says that its block is too large to be compared as a whole, so that the
 * test for a common key that counts costs nothing more.
 */
#define CDW_OVERSIZED 0x80000000u

typedef struct cdw_block_list
{
	uint32 nblocks;
	Size *start; /* nblocks + 1 positions in member */
	uint32 *key; /* of each block, without CDW_OVERSIZED */
	uint32 *member;
	uint32 largest;
	struct cdw_shared_list *shared; /* NULL: in the memory of one process */
} cdw_block_list;

/* What records have in common that share an oversized block of each of two rules (block_split.c). */
typedef struct cdw_block_split
{
	int rule; /* the earlier one */
	int other;
	uint32 cap;
	cdw_block_list list;
} cdw_block_split;

/* A rule's blocks: how large they may be, and those that are larger. */
typedef struct cdw_rule_blocks
{
	int cap; /* records; 0: the rule is not used */
	uint32 left_out;
	uint32 records_left_out;
} cdw_rule_blocks;

struct cdw_group_set;

typedef struct cdw_blocks
{
	bool all_pairs;	 /* the table is one block */
	int max_block;	 /* the largest cap of a rule */
	uint32 left_out; /* blocks that are larger than their cap */
	uint32 largest_left_out;
	int nlists;
	cdw_block_list list[CDW_MAX_RULES];
	cdw_rule_blocks rule[CDW_MAX_RULES];
	int nsplits;
	cdw_block_split *split;
	struct cdw_group_set *too_large; /* groups that are over the cap even when split */
} cdw_blocks;

extern cdw_blocks *cdw_blocks_build(cdw_records *records, bool all_pairs, const int *cap);
extern void cdw_blocks_cap(cdw_blocks *blocks, cdw_records *records, const int *cap);
extern void cdw_blocks_drop(cdw_blocks *blocks, cdw_records *records, int list);
extern void cdw_blocks_forget(cdw_blocks *blocks);
extern double cdw_blocks_all_pairs(const cdw_blocks *blocks, const cdw_records *records);
extern double cdw_blocks_pairs(const cdw_blocks *blocks, const cdw_records *records, int list);
extern void cdw_collect_blocks(cdw_block_list *list, const uint64 *entries, Size n);
extern void cdw_free_block_list(cdw_block_list *list);
extern double cdw_list_pairs(const cdw_block_list *list, uint32 cap);
extern void
cdw_walk_blocks(const cdw_blocks *blocks, const cdw_records *records, const cdw_sample *sample,
				int list, uint32 first, uint32 end, cdw_pair_callback callback, void *arg);
extern bool
cdw_share_key(const cdw_match_settings *settings, const uint32 *a, const uint32 *b, int rule);

/* share.c */
extern void cdw_unshare_file(cdw_records *records);

/* block_split.c */
extern void cdw_split_blocks(cdw_blocks *blocks, const cdw_records *records);
extern void cdw_free_splits(cdw_blocks *blocks);
extern uint64 *cdw_too_large_groups(const cdw_blocks *blocks, Size *n);
extern void cdw_set_too_large_groups(cdw_blocks *blocks, const uint64 *group, Size n);
extern void
cdw_walk_split(const cdw_blocks *blocks, const cdw_records *records, const cdw_sample *sample,
			   int split, uint32 first, uint32 end, cdw_pair_callback callback, void *arg);

/* ---- the model (model.c) ---- */

typedef struct cdw_field_model
{
	double m[CDW_MAX_LEVELS]; /* share of matches at the level */
	double u[CDW_MAX_LEVELS]; /* share of unrelated pairs */
	double h[CDW_MAX_LEVELS]; /* share of two people of one household */
	cdw_term_summary term;
	double matches; /* with both values, that m was learnt from; not stored */
} cdw_field_model;

/* Whether a household has a part of the field in common; what is left of a name without another is none. */
static inline bool
cdw_partly_shared(const cdw_field *field)
{
	return field->kind->partly_shared && field->nwithout == 0;
}

/*
 * Whether the people of a household are at this level more often or less than strangers. Names of which
 * they have the family name in common are alike to a degree; they are equal by chance.
 */
static inline bool
cdw_household_level(const cdw_field *field, int level)
{
	const cdw_comparison *comparison = field->comparison;

	return field->kind->shared || (cdw_partly_shared(field) && level >= comparison->unlike &&
								   level <= comparison->different);
}

/* How much more often two levels come together among non-matches than independent ones would. */
typedef struct cdw_dependence
{
	int a; /* fields, a < b */
	int b;
	double lift[CDW_MAX_LEVELS][CDW_MAX_LEVELS]; /* nats, by the level of a and of b */
} cdw_dependence;

typedef struct cdw_model
{
	int64 seed;
	double records;			/* that it was trained on */
	double pairs;			/* comparable pairs among them */
	double prior;			/* probability that a random pair matches */
	double household_prior; /* ... that it is two people of one household; 0: not looked for */
	bool all_pairs;
	int max_block;
	int cap[CDW_MAX_RULES]; /* records in a block of each rule; 0: the rule is not used */
	int iterations;
	bool converged;
	cdw_field_model field[CDW_MAX_FIELDS];
	double slope;		  /* of the log odds of a match over the weight */
	double intercept;	  /* ... at weight 0, in nats */
	List *unique_sources; /* of a link: names of those that list an entity once */
	int ndependences;	  /* a forest: one less than the fields at most */
	cdw_dependence dependence[CDW_MAX_FIELDS];
} cdw_model;

/* What one dependence takes off the weight of a pair with these levels. */
static inline double
cdw_dependence_lift(const cdw_dependence *dependence, const uint8 *level)
{
	int x = level[dependence->a];
	int y = level[dependence->b];

	return x == CDW_MISSING || y == CDW_MISSING ? 0 : dependence->lift[x][y];
}

extern void
cdw_model_append_json(StringInfo out, const cdw_model *model, const cdw_match_settings *settings);
extern void cdw_model_parse(Jsonb *document, const cdw_match_settings *settings, cdw_model *model);

/* dependence.c */
extern double cdw_dependence_discount(const cdw_model *model, const uint8 *level);
extern double
cdw_household_dependence_discount(const cdw_model *model, const cdw_match_settings *settings,
								  const uint8 *level);

/* ---- scores (score.c) ---- */

#define CDW_RARE_TERMS 64 /* records that have a value, up to which its weight is kept */

typedef struct cdw_scorer
{
	const cdw_records *records;
	const cdw_model *model;
	double prior_weight;		   /* ln of the prior odds */
	double household_prior_weight; /* the same of a household */
	double weight[CDW_MAX_FIELDS][CDW_MISSING + 1];
	double household_weight[CDW_MAX_FIELDS][CDW_MISSING + 1];
	double term_scale[CDW_MAX_FIELDS]; /* weight of agreement on a value: ln(term_scale / others) */
	double rare_term[CDW_MAX_FIELDS][CDW_RARE_TERMS]; /* the same, by few others */
	int order[CDW_MAX_FIELDS];						  /* units, strongest first */
	int unequal_order[CDW_MAX_FIELDS];				  /* units, by what a comparison is worth */
	double unequal_reach[CDW_MAX_FIELDS];			  /* the most that unequal values can add */
	double dependence_reach;						  /* the most that dependences can */
} cdw_scorer;

extern void cdw_scorer_init(cdw_scorer *scorer, const cdw_records *records, const cdw_model *model);
extern double cdw_term_weight(const cdw_scorer *scorer, int field, cdw_record *record);
extern double
cdw_household_discount(const cdw_scorer *scorer, const uint8 *level, cdw_record *record);
extern double cdw_log_odds(const cdw_scorer *scorer, double weight);
extern double cdw_weight_of(const cdw_scorer *scorer, double log_odds);
extern double cdw_score(const cdw_scorer *scorer, uint32 a, uint32 b);
extern bool
cdw_score_above(const cdw_scorer *scorer, uint32 a, uint32 b, double cut, double *weight);

/* ---- visits to pairs (walk.c, parallel.c) ---- */

typedef struct cdw_packed
{
	void *data;
	Size size;
} cdw_packed;

/*
 * What is done with pairs. Every process that takes part has a state of its own; those of workers are
 * packed into plain bytes and merged into the leader's.
 */
typedef struct cdw_visitor
{
	Size argument_size; /* of plain bytes */
	void *(*begin)(const cdw_scorer *scorer, const void *argument);
	cdw_pair_callback visit;
	cdw_packed (*pack)(void *state);
	void (*merge)(void *state, cdw_packed packed);
} cdw_visitor;

struct shm_toc;
extern char *cdw_worker_document(struct shm_toc *toc);
extern void cdw_worker_walk(struct shm_toc *toc, cdw_match_settings *settings);

extern const cdw_visitor cdw_count_visitor;	  /* walk.c */
extern const cdw_visitor cdw_pattern_visitor; /* pattern.c */
extern const cdw_visitor cdw_rule_visitor;	  /* choose_rules.c */
extern const cdw_visitor cdw_edge_visitor;	  /* score.c */

extern cdw_sample *
cdw_sample_create(const cdw_records *records, double pairs, double most, uint64 seed);
extern void cdw_sample_free(cdw_sample *sample);
extern void *
cdw_visit_candidates(const cdw_blocks *blocks, const cdw_scorer *scorer, const cdw_sample *sample,
					 const cdw_visitor *visitor, const void *argument);
extern void *
cdw_visit_rules(const cdw_blocks *blocks, const cdw_scorer *scorer, const cdw_sample *sample,
				uint64 lists, const cdw_visitor *visitor, const void *argument);
extern void *cdw_visit_pairs(const cdw_pair *pair, uint32 npairs, const cdw_scorer *scorer,
							 const cdw_visitor *visitor, const void *argument);

struct cdw_edges;
extern double cdw_link_slack(const cdw_scorer *scorer);
extern void cdw_settle_links(const cdw_scorer *scorer, struct cdw_edges *edges, double cut);
extern bool cdw_has_unique_sources(const cdw_records *records);
extern void cdw_recall_unique_sources(cdw_records *records, const cdw_model *model);

typedef struct cdw_edge
{
	uint32 a; /* a < b */
	uint32 b;
	double weight;
} cdw_edge;

typedef struct cdw_edges
{
	cdw_edge *edge;
	Size n;
	Size capacity;
	double compared; /* pairs that were scored */
} cdw_edges;

extern cdw_edges *cdw_find_edges(const cdw_blocks *blocks, const cdw_scorer *scorer, double cut);

/* ---- choice of rules (choose_rules.c) ---- */

extern cdw_blocks *cdw_choose_blocks(cdw_records *records, bool all_pairs);
extern bool cdw_choose_rules(const cdw_records *records, const cdw_scorer *scorer,
							 const cdw_blocks *blocks, bool *used);
extern void cdw_use_chosen_rules(cdw_records *records, cdw_blocks *blocks, const bool *used);

/* ---- labelled pairs (label.c) ---- */

typedef struct cdw_label
{
	uint32 a; /* a < b */
	uint32 b;
	bool is_match;
	double weight; /* pairs that it stands for; 0: not drawn at random */
} cdw_label;

typedef struct cdw_labels
{
	cdw_label *label; /* sorted, a pair once, after cdw_labels_finish */
	Size n;
	Size capacity;
} cdw_labels;

extern cdw_labels *cdw_labels_create(void);
extern void cdw_labels_add(cdw_labels *labels, cdw_label label);
extern const cdw_label *cdw_labels_finish(cdw_labels *labels);
extern const cdw_label *cdw_find_label(const cdw_labels *labels, uint32 a, uint32 b);

/* ---- training (train.c) ---- */

extern void cdw_rehearse(cdw_records *sample, const cdw_terms *terms, int64 seed, bool *used);
extern void cdw_train(cdw_records *records, const cdw_terms *terms, const cdw_labels *labels,
					  int64 seed, cdw_blocks **blocks, cdw_model *model);

#endif /* CDW_MATCH_H */
