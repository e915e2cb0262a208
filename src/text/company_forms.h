/*
 * src/text/company_forms.h
 *
 * The legal forms of companies.
 */
#ifndef CDW_COMPANY_FORMS_H
#define CDW_COMPANY_FORMS_H

#include "postgres.h"

/* Where a form is written, as bits. */
#define CDW_FORM_END 1
#define CDW_FORM_FRONT 2
#define CDW_FORM_BOTH (CDW_FORM_END | CDW_FORM_FRONT)
#define CDW_FORM_JOINED 4 /* without a blank between it and the name, too */
#define CDW_FORM_KEPT 8	  /* only looks like a form: it belongs to the name */

typedef struct cdw_company_form
{
	const char *form; /* standard text */
	int places;
} cdw_company_form;

extern const cdw_company_form cdw_company_forms[];
extern const int cdw_company_form_count;

#endif /* CDW_COMPANY_FORMS_H */
