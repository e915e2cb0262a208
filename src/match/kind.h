/*
 * src/match/kind.h
 *
 * Standard forms that have a file of their own; private to the module.
 */
#ifndef CDW_MATCH_KIND_H
#define CDW_MATCH_KIND_H

#include "match/match.h"

/* kind.c */
extern bool cdw_is_missing(const char *value, int len);

/* elements.c */
extern void
cdw_standardise_elements(const cdw_field *field, const char *value, int len, StringInfo out);

#endif /* CDW_MATCH_KIND_H */
