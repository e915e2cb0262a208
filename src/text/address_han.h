/*
 * src/text/address_han.h
 *
 * The standard form of addresses in Han characters.
 */
#ifndef CDW_ADDRESS_HAN_H
#define CDW_ADDRESS_HAN_H

#include "text/text.h"

/* Whether a text has Han characters. */
extern bool cdw_has_han(const char *value, int len);

/* Replaces standard text with Han characters by the standard form of an address. */
extern void cdw_normalize_han_address(StringInfo text);

#endif /* CDW_ADDRESS_HAN_H */
