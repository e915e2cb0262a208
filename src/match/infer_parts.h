/*
 * src/match/infer_parts.h
 *
 * What the files that choose fields share among themselves.
 */
#ifndef CDW_INFER_PARTS_H
#define CDW_INFER_PARTS_H

#include "match/infer.h"

typedef enum cdw_content
{
	CDW_CONTENT_EMAIL,
	CDW_CONTENT_DATE,
	CDW_CONTENT_COORDINATES,
	CDW_CONTENT_NUMBER,
	CDW_CONTENT_CATEGORY,
	CDW_CONTENT_CODE,
	CDW_CONTENT_LIST,
	CDW_CONTENT_NAME,
	CDW_CONTENT_TEXT
} cdw_content;

#define CDW_LONG_TEXT_WORDS 8.0

/* infer.c */
extern cdw_content cdw_content_of(const cdw_profile *profile);
extern bool cdw_tells_apart(const cdw_profile *profile);
extern bool cdw_never_repeats(const cdw_profile *profile);
extern bool cdw_counts_rows(const cdw_profile *profile);

/* infer_names.c */
extern const char *
cdw_kind_by_name(const cdw_profile *profile, cdw_content content, cdw_choice *choice);
extern const char *cdw_kind_without_rows(const cdw_profile *profile);

/* infer_place.c */
extern void cdw_pair_coordinates(const cdw_profile *profiles, cdw_choice *choices, int n);
extern void cdw_choose_regions(const cdw_profile *profiles, cdw_choice *choices, int n,
							   const cdw_row_sample *sample);

/* infer_shared.c */
extern void cdw_find_exchanged(const cdw_profile *profiles, cdw_choice *choices, int n);
extern void cdw_find_shared_codes(const cdw_profile *profiles, cdw_choice *choices, int n);

/* infer_event.c */
extern void cdw_find_events(const cdw_profile *profiles, cdw_choice *choices, int n,
							const cdw_row_sample *sample);

/* infer_pairs.c */
extern void cdw_relate_columns(const cdw_profile *profiles, cdw_choice *choices, int n);
extern void cdw_drop_dangling(cdw_choice *choices, int n);

static inline bool
cdw_is_field(const cdw_choice *choice, const char *kind)
{
	return choice->ignored == NULL && strcmp(choice->kind, kind) == 0;
}

#endif /* CDW_INFER_PARTS_H */
