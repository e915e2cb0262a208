/*
 * src/core/named.c
 *
 * What users make by a name of their choice, such as a resolver: a set of ordinary tables that they own,
 * <name>_... , one of which holds the settings.
 */
#include "core/core.h"

#include "access/htup_details.h"
#include "access/xact.h"
#include "catalog/pg_operator.h"
#include "storage/lmgr.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/ruleutils.h"
#include "utils/snapmgr.h"
#include "utils/syscache.h"
#include "utils/typcache.h"
#include "utils/varlena.h"

/*
 * Splits a name that is written like a table name: folded to lower case unless quoted, perhaps with a
 * schema. *schema is NULL where there is none. Raises 42602 for what is no name, and 42622 for a name that
 * leaves no room for suffixes.
 */
void
cdw_split_name(const char *what, const char *text, char **schema, char **name)
{
	List *parts;

	if (!SplitIdentifierString(pstrdup(text), '.', &parts) || parts == NIL ||
		list_length(parts) > 2)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_NAME), errmsg("invalid %s name: \"%s\"", what, text),
				 errdetail("It is written like a table name: name or schema.name."),
				 errhint("Put double quotes around a name with blanks or other special "
						 "characters.")));
	*schema = list_length(parts) == 2 ? linitial(parts) : NULL;
	*name = llast(parts);
	if (**name == '\0')
		ereport(ERROR, (errcode(ERRCODE_INVALID_NAME), errmsg("%s name is empty", what)));
	if (strlen(*name) > CDW_MAX_NAME)
		ereport(ERROR,
				(errcode(ERRCODE_NAME_TOO_LONG), errmsg("%s name \"%s\" is too long", what, *name),
				 errdetail("A %s's name has at most %d bytes.", what, CDW_MAX_NAME)));
}

/*
 * Makes sure that the caller owns the table of settings, then lets one session at a time change what
 * belongs to it, until the end of its transaction. What is read from here on is read in a snapshot taken
 * under the lock, which PopActiveSnapshot ends: that of the calling statement is older than what another
 * session, or an earlier statement of the same DO block, has written. Raises 42501, and 40001 where the
 * transaction's only snapshot is too old.
 */
void
cdw_own_settings(Oid table, const char *what, const char *name, const char *action)
{
	if (!has_privs_of_role(GetUserId(), cdw_relation_owner(table)))
		ereport(ERROR, (errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
						errmsg("must be owner of %s \"%s\" to %s it", what, name, action)));
	LockRelationOid(table, ShareUpdateExclusiveLock);
	cdw_execute(psprintf("SELECT FROM ONLY %s FOR NO KEY UPDATE", cdw_relation_name(table)));
	CommandCounterIncrement();
	PushActiveSnapshot(GetTransactionSnapshot());
}

/* A column of a given type, with its modifier and, where it is not the type's own, its collation. */
char *
cdw_column_definition(const char *name, Oid type, int32 typmod, Oid collation)
{
	char *definition = psprintf(
		"%s %s", quote_identifier(name),
		format_type_extended(type, typmod, FORMAT_TYPE_TYPEMOD_GIVEN | FORMAT_TYPE_FORCE_QUALIFY));

	if (OidIsValid(collation) && collation != get_typcollation(type))
		return psprintf("%s COLLATE %s", definition, generate_collation_name(collation));
	return definition;
}

/*
 * The equality operator of a type, written so that no search_path matters. Raises 42883 for a type that has
 * none.
 */
char *
cdw_equality_operator(Oid type)
{
	Oid op = lookup_type_cache(type, TYPECACHE_EQ_OPR)->eq_opr;
	HeapTuple tuple = SearchSysCache1(OPEROID, ObjectIdGetDatum(op));
	Form_pg_operator form;
	char *result;

	if (!HeapTupleIsValid(tuple))
		ereport(ERROR, (errcode(ERRCODE_UNDEFINED_FUNCTION),
						errmsg("could not identify an equality operator for type %s",
							   format_type_be(type))));
	form = (Form_pg_operator) GETSTRUCT(tuple);
	result = psprintf("OPERATOR(%s.%s)", quote_identifier(get_namespace_name(form->oprnamespace)),
					  NameStr(form->oprname));
	ReleaseSysCache(tuple);
	return result;
}
