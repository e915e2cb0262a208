/*
 * src/text/phone_plans.h
 *
 * National numbering plans, for normalize_phone.
 */
#ifndef CDW_PHONE_PLANS_H
#define CDW_PHONE_PLANS_H

#include "text/text.h"

typedef struct cdw_phone_plan
{
	const char *region; /* ISO 3166 */
	const char *code;	/* country code (ITU-T E.164) */
	const char *exit;	/* dialled before a country code, beside 00 */
	const char *trunks; /* dialled before a national number, separated by blanks */
	const char *rules;	/* which national numbers there are: see cdw_phone_rules_accept */
} cdw_phone_plan;

extern const cdw_phone_plan cdw_phone_plans[];
extern const int cdw_phone_plan_count;

extern bool cdw_phone_rules_accept(const char *rules, const char *number, int len);
extern bool cdw_phone_code_exists(const char *number, int len);

#endif /* CDW_PHONE_PLANS_H */
