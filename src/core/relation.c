/*
 * src/core/relation.c
 *
 * Names and checks of the relations and columns that a user hands to us.
 */
#include "core/core.h"

#include "access/htup_details.h"
#include "catalog/pg_class.h"
#include "catalog/pg_attribute.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"

/* The schema-qualified, quoted name; an OID that names no relation raises 42P01. */
char *
cdw_relation_name(Oid relid)
{
	char *name = get_rel_name(relid);

	if (name == NULL)
		ereport(ERROR, (errcode(ERRCODE_UNDEFINED_TABLE),
						errmsg("relation with OID %u does not exist", relid)));
	return quote_qualified_identifier(get_namespace_name(get_rel_namespace(relid)), name);
}

/* The owner of a relation; 42P01 where another session has just dropped it. */
Oid
cdw_relation_owner(Oid relid)
{
	HeapTuple tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(relid));
	Oid owner;

	if (!HeapTupleIsValid(tuple))
		ereport(ERROR, (errcode(ERRCODE_UNDEFINED_TABLE),
						errmsg("relation with OID %u does not exist", relid),
						errhint("Another session may just have dropped it.")));
	owner = ((Form_pg_class) GETSTRUCT(tuple))->relowner;
	ReleaseSysCache(tuple);
	return owner;
}

/* The rows that the server last counted in a relation; 0: unknown, as for a view. */
double
cdw_relation_rows(Oid relid)
{
	HeapTuple tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(relid));
	double rows = 0;

	if (HeapTupleIsValid(tuple))
	{
		rows = Max(((Form_pg_class) GETSTRUCT(tuple))->reltuples, 0);
		ReleaseSysCache(tuple);
	}
	return rows;
}

/*
 * Refuses what is not a table or view (42809). Privileges are left to the executor, which checks
 * the columns that a query really reads.
 */
void
cdw_check_readable(Oid relid)
{
	char *name = cdw_relation_name(relid);

	switch (get_rel_relkind(relid))
	{
		case RELKIND_RELATION:
		case RELKIND_VIEW:
		case RELKIND_MATVIEW:
		case RELKIND_FOREIGN_TABLE:
		case RELKIND_PARTITIONED_TABLE:
			return;
		default:
			ereport(ERROR, (errcode(ERRCODE_WRONG_OBJECT_TYPE),
							errmsg("%s is not a table or view", name)));
	}
}

/*
 * The attribute number of a user column, and where asked for its type, modifier and collation.
 * Raises 42703 when there is no such column; the name is case-exact, and the hint says so.
 */
AttrNumber
cdw_check_column(Oid relid, const char *column, Oid *type, int32 *typmod, Oid *collation)
{
	AttrNumber attnum = get_attnum(relid, column);
	Oid atttype;
	int32 atttypmod;
	Oid attcollation;

	if (attnum <= 0)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_COLUMN),
				 errmsg("column \"%s\" of %s does not exist", column, cdw_relation_name(relid)),
				 errhint("Column arguments are case-exact and are not quoted.")));
	get_atttypetypmodcoll(relid, attnum, &atttype, &atttypmod, &attcollation);
	if (type)
		*type = atttype;
	if (typmod)
		*typmod = atttypmod;
	if (collation)
		*collation = attcollation;
	return attnum;
}
