/*
 * src/rfm/rfm.h
 *
 * Recency, frequency and monetary value: exact sums, the mergeable state of one customer (type
 * cdw.rfm), scores 1 to n among customers, and named segments of scores.
 */
#ifndef CDW_RFM_H
#define CDW_RFM_H

#include "core/core.h"
#include "stats/stats.h"

#include "datatype/timestamp.h"
#include "utils/numeric.h"

/* ---- amount.c: exact sums of numeric ---- */

/*
 * A sum of numerics, with the value and the display scale of sum(numeric). One form per value, so
 * that the order of additions leaves no trace: units of 10^-4 wherever the display scale is at most 4
 * and the units fit into int64 (INT64_MIN excluded), else a numeric.
 */
typedef struct cdw_sum
{
	int64 units;	 /* the sum times 10^4 where general is NULL */
	Numeric general; /* the sum where it does not fit units */
	int32 scale;	 /* display scale, 0 to 4, where general is NULL */
} cdw_sum;

#define CDW_UNIT_SCALE 4
#define CDW_UNITS_PER_ONE INT64CONST(10000)

typedef enum cdw_amount_kind
{
	CDW_AMOUNT_UNITS,	/* units and scale are set */
	CDW_AMOUNT_GENERAL, /* finite, but no multiple of 10^-4 in range or of a greater scale */
	CDW_AMOUNT_NAN,
	CDW_AMOUNT_INFINITE
} cdw_amount_kind;

extern cdw_amount_kind
cdw_amount_read(const struct varlena *amount, int64 *units, int32 *scale, bool *negative);
extern bool cdw_sum_add_units(cdw_sum *sum, int64 units, int32 scale);
extern void cdw_sum_add(cdw_sum *sum, const cdw_sum *other);
extern void cdw_sum_set_numeric(cdw_sum *sum, Numeric value);
extern Numeric cdw_sum_numeric(const cdw_sum *sum);
extern bool cdw_sum_negative(const cdw_sum *sum);
extern int cdw_sum_compare(const cdw_sum *a, const cdw_sum *b);

/* ---- state.c: the type cdw.rfm ---- */

/*
 * The stored form, 40 bytes where the sum is in units. Equal states have equal bytes.
 */
typedef struct cdw_rfm
{
	int32 vl_len_;		  /* varlena header (do not touch directly) */
	uint8 version;		  /* CDW_RFM_VERSION */
	uint8 scale;		  /* display scale of the sum, or CDW_RFM_GENERAL */
	uint16 unused;		  /* reserved, always zero */
	int64 frequency;	  /* purchases: rows with amount >= 0 */
	TimestampTz first_at; /* of purchases; zero where frequency is zero */
	TimestampTz last_at;
	int64 units; /* the sum in 10^-4; zero where the scale is CDW_RFM_GENERAL */
	char numeric[FLEXIBLE_ARRAY_MEMBER]; /* the sum as numeric where the scale is CDW_RFM_GENERAL */
} cdw_rfm;

#define CDW_RFM_VERSION 1
#define CDW_RFM_GENERAL 255
#define CDW_RFM_SIZE offsetof(cdw_rfm, numeric)

/* The same, unpacked. */
typedef struct cdw_purchases
{
	int64 frequency;
	TimestampTz first_at;
	TimestampTz last_at;
	cdw_sum sum;
} cdw_purchases;

extern cdw_rfm *cdw_rfm_from_datum(Datum datum);
extern void cdw_rfm_unpack(const cdw_rfm *state, cdw_purchases *purchases);
extern cdw_rfm *cdw_rfm_pack(const cdw_purchases *purchases);
extern void cdw_rfm_add_states(cdw_purchases *purchases, const cdw_purchases *other);
extern void cdw_check_purchase_time(TimestampTz at);
extern void cdw_refuse_amount(const char *value);
extern void cdw_check_as_of(TimestampTz as_of);

/* ---- score.c ---- */

#define CDW_MIN_BINS 2
#define CDW_MAX_BINS 9
#define CDW_MEAN_BINS 2 /* of method 'mean' */

typedef enum cdw_score_method
{
	CDW_SCORE_QUANTILE,
	CDW_SCORE_NTILE,
	CDW_SCORE_MEAN
} cdw_score_method;

/* What is scored: parallel arrays, in the order that breaks the ties of 'ntile'. */
typedef struct cdw_score_input
{
	uint64 n;
	TimestampTz *last_at; /* DT_NOBEGIN for a customer without a purchase */
	int64 *frequency;
	cdw_sum *sum;
} cdw_score_input;

/* Scores of one customer, four bits each. */
typedef uint16 cdw_scores;
#define CDW_SCORES(r, f, m) ((cdw_scores) ((r) << 8 | (f) << 4 | (m)))
#define CDW_SCORE_R(scores) (((scores) >> 8) & 15)
#define CDW_SCORE_F(scores) (((scores) >> 4) & 15)
#define CDW_SCORE_M(scores) ((scores) &15)

extern void cdw_check_bins(int32 bins);
extern void cdw_check_method_bins(cdw_score_method method, int32 bins);
extern cdw_score_method cdw_score_method_of(const text *method);
extern void cdw_score_input_init(cdw_score_input *input, MemoryContext context, uint64 capacity);
extern cdw_scores *
cdw_score_customers(const cdw_score_input *input, int32 bins, cdw_score_method method);

/* ---- score_mean.c ---- */

extern cdw_scores *cdw_score_means(const cdw_score_input *input);

/* ---- segment.c ---- */

#define CDW_SEGMENT_BINS 5 /* the bins of the default map */

extern const char *cdw_default_segment(int r, int f);

/* ---- customers.c: customers by key, for rfm_table ---- */

typedef struct cdw_customer
{
	uint64 hash;
	TimestampTz last_at; /* DT_NOBEGIN: no purchase yet */
	int64 frequency;
	cdw_sum sum;
	union
	{
		char bytes[8]; /* where length is at most 8 */
		char *pointer; /* else in the arena */
	} key;
	uint32 length;
} cdw_customer;

typedef struct cdw_customers
{
	MemoryContext context;
	cdw_arena arena;
	uint64 n;
	uint64 capacity;
	cdw_customer *customers; /* in the order of arrival */
	uint64 slot_mask;
	uint64 *slots; /* upper half of the hash, then number of the customer + 1; 0: free */
} cdw_customers;

extern void cdw_customers_init(cdw_customers *table, MemoryContext context);
extern uint64 cdw_customer_hash(const char *key, uint32 length);
extern cdw_customer *
cdw_customers_get(cdw_customers *table, uint64 hash, const char *key, uint32 length);
extern void cdw_customers_prefetch_slot(const cdw_customers *table, uint64 hash);
extern void cdw_customers_prefetch_customer(const cdw_customers *table, uint64 hash);
extern const char *cdw_customer_key(const cdw_customer *customer);

#endif /* CDW_RFM_H */
