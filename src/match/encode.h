/*
 * src/match/encode.h
 *
 * From the values of a row to what a record is made of; private to the module.
 */
#ifndef CDW_MATCH_ENCODE_H
#define CDW_MATCH_ENCODE_H

#include "match/match.h"

/* encode.c */
extern cdw_encoder *cdw_encoder_create(const cdw_match_settings *settings);
extern const cdw_value *cdw_encode(cdw_encoder *encoder, const cdw_raw_value *raw, uint32 *key);
extern void cdw_encoder_free(cdw_encoder *encoder);

/* value_cache.c */
typedef struct cdw_value_cache cdw_value_cache;

extern cdw_value_cache *cdw_value_cache_create(MemoryContext context, Size most_bytes);
extern void cdw_value_cache_ask(cdw_value_cache *cache, const char *value, int len);
extern void cdw_value_cache_fetch(cdw_value_cache *cache);
extern const void *cdw_value_cache_find(cdw_value_cache *cache, const char *value, int len);
extern void *cdw_value_cache_add(cdw_value_cache *cache, const char *value, int len, Size size);

#endif /* CDW_MATCH_ENCODE_H */
