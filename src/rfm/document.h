/*
 * src/rfm/document.h
 *
 * Documents in jsonb that users write: where a mistake is, and walking objects and arrays.
 */
#ifndef CDW_DOCUMENT_H
#define CDW_DOCUMENT_H

#include "core/core.h"

#include "nodes/pg_list.h"

/*
 * A place in a document, linked towards the root and living on the reader's stack. The root has the
 * name of the argument for a key; elements of arrays have no key and count from 0, as in jsonb.
 */
typedef struct cdw_path
{
	const struct cdw_path *parent;
	const char *key;
	int length; /* of the key */
	int element;
} cdw_path;

extern cdw_path cdw_path_root(const char *argname);
extern cdw_path cdw_path_member(const cdw_path *parent, const JsonbValue *key);
extern cdw_path cdw_path_element(const cdw_path *parent, int element);
extern char *cdw_path_text(const cdw_path *path);

typedef struct cdw_fault
{
	char *path;
	int sqlstate;
	char *detail;
	const char *hint;
} cdw_fault;

/* A document that is being read: the first fault raises an error, or all are collected. */
typedef struct cdw_document
{
	const char *title;	 /* "segment map" */
	const char *example; /* the hint where a fault has none of its own */
	bool collect;
	List *faults; /* of cdw_fault * */
} cdw_document;

extern void cdw_document_fault(cdw_document *document, const cdw_path *path, int sqlstate,
							   const char *detail, const char *hint);
extern void cdw_document_invalid(cdw_document *document, const cdw_path *path, const char *detail);
extern void cdw_unknown_key(cdw_document *document, const cdw_path *path, const JsonbValue *key,
							int n, const char *const *known);

extern void cdw_json_root(Jsonb *source, JsonbValue *root);
extern bool cdw_json_is_array(const JsonbValue *value);
extern bool cdw_json_is_object(const JsonbValue *value);
extern int cdw_json_size(const JsonbValue *value);
extern void cdw_json_element(const JsonbValue *array, int i, JsonbValue *element);
extern bool cdw_json_next(JsonbIterator **iterator, JsonbValue *key, JsonbValue *value);
extern bool cdw_json_key_is(const JsonbValue *key, const char *name);

#endif /* CDW_DOCUMENT_H */
