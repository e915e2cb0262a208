/*
 * src/rfm/preset.h
 *
 * Documents that come with the extension, to be used as they are or copied and changed.
 */
#ifndef CDW_PRESET_H
#define CDW_PRESET_H

#include "core/core.h"

typedef enum cdw_preset_kind
{
	CDW_PRESET_SEGMENT_MAP,
	CDW_PRESET_GRADE_RULES
} cdw_preset_kind;

extern Jsonb *cdw_preset_document(cdw_preset_kind kind, const char *name);

#endif /* CDW_PRESET_H */
