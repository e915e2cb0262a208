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

#include "common/int.h"
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
	union
	{
		int64 units;	 /* the sum times 10^4 */
		Numeric general; /* the sum where the scale is CDW_GENERAL */
	};
	int32 scale; /* display scale, 0 to 4, or CDW_GENERAL */
} cdw_sum;

#define CDW_GENERAL (-1)
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
extern void cdw_sum_from_amount(cdw_sum *sum, Datum amount);
extern void cdw_sum_add(cdw_sum *sum, const cdw_sum *other);
extern void cdw_sum_add_in(MemoryContext context, cdw_sum *sum, const cdw_sum *other);
extern void cdw_sum_set_numeric(cdw_sum *sum, Numeric value);
extern Numeric cdw_sum_numeric(const cdw_sum *sum);
extern int32 cdw_sum_scale(const cdw_sum *sum);
extern bool cdw_numeric_negative(Numeric value);
extern int cdw_sum_compare(const cdw_sum *a, const cdw_sum *b);

/* Adds a multiple of 10^-4; false, and nothing done, where the result needs the general form. */
static inline bool
cdw_sum_add_units(cdw_sum *sum, int64 units, int32 scale)
{
	int64 result;

	if (sum->scale == CDW_GENERAL || pg_add_s64_overflow(sum->units, units, &result) ||
		result == PG_INT64_MIN)
		return false;
	sum->units = result;
	sum->scale = Max(sum->scale, scale);
	return true;
}

static inline bool
cdw_sum_negative(const cdw_sum *sum)
{
	return sum->scale == CDW_GENERAL ? cdw_numeric_negative(sum->general) : sum->units < 0;
}

/* ---- state.c: the type cdw.rfm ---- */

/*
 * The stored form, 40 bytes where the sum is in units. Equal states have equal bytes.
 */
typedef struct cdw_rfm
{
	int32 vl_len_;		  /* varlena header (do not touch directly) */
	uint8 version;		  /* CDW_RFM_VERSION */
	uint8 scale;		  /* display scale of the sum, or CDW_STORED_GENERAL */
	uint16 unused;		  /* reserved, always zero */
	int64 frequency;	  /* purchases: rows with amount >= 0 */
	TimestampTz first_at; /* of purchases; zero where frequency is zero */
	TimestampTz last_at;
	int64 units; /* the sum in 10^-4; zero where the scale is CDW_STORED_GENERAL */
	char numeric
		[FLEXIBLE_ARRAY_MEMBER]; /* the sum as numeric where the scale is CDW_STORED_GENERAL */
} cdw_rfm;

#define CDW_RFM_VERSION 1
#define CDW_STORED_GENERAL 255
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
extern void cdw_purchases_of_row(TimestampTz at, const cdw_sum *amount, cdw_purchases *row);
extern void cdw_refuse_purchase_time(TimestampTz at);
extern void cdw_check_as_of(TimestampTz as_of);
extern Interval cdw_time_since(TimestampTz at, TimestampTz as_of);

/* Refuses infinite times of purchases. */
static inline void
cdw_check_purchase_time(TimestampTz at)
{
	if (TIMESTAMP_NOT_FINITE(at))
		cdw_refuse_purchase_time(at);
}

/* ---- scores; score.h has how they are made ---- */

#define CDW_MIN_BINS 2
#define CDW_MAX_BINS 9
#define CDW_MEAN_BINS 2 /* of method 'mean' */

typedef enum cdw_score_method
{
	CDW_SCORE_QUANTILE,
	CDW_SCORE_NTILE,
	CDW_SCORE_NESTED,
	CDW_SCORE_MEAN,
	CDW_SCORE_CUTS
} cdw_score_method;

extern void cdw_check_bins(int32 bins);
extern void cdw_check_method_bins(cdw_score_method method, int32 bins);
extern cdw_score_method cdw_score_method_of(const text *method);

/* Scores of one customer, four bits each. */
typedef uint16 cdw_scores;
#define CDW_SCORES(r, f, m) ((cdw_scores) ((r) << 8 | (f) << 4 | (m)))
#define CDW_SCORE_R(scores) (((scores) >> 8) & 15)
#define CDW_SCORE_F(scores) (((scores) >> 4) & 15)
#define CDW_SCORE_M(scores) ((scores) &15)

/* ---- segment.c ---- */

#define CDW_SEGMENT_BINS 5 /* the bins of the default map */

typedef struct cdw_segment_map cdw_segment_map;

extern cdw_segment_map *cdw_segment_map_read(Jsonb *source);
extern const cdw_segment_map *cdw_default_segment_map(void);
extern const char *cdw_segment_of(const cdw_segment_map *map, int r, int f, int m);

#endif /* CDW_RFM_H */
