\echo Use "CREATE EXTENSION customer_dw" to load this file. \quit

--| A schema "cdw" that another role owns could already hold functions that capture our calls.
DO $$
BEGIN
    IF (SELECT n.nspowner <> r.oid
        FROM pg_catalog.pg_namespace n, pg_catalog.pg_roles r
        WHERE n.nspname = 'cdw' AND r.rolname = current_user) THEN
        RAISE EXCEPTION 'schema "cdw" is owned by another role'
            USING ERRCODE = 'insufficient_privilege',
                  DETAIL = 'customer_dw installs only into a schema of its own.',
                  HINT = 'Drop or rename that schema, then run CREATE EXTENSION customer_dw again.';
    END IF;
END
$$;

GRANT USAGE ON SCHEMA cdw TO PUBLIC;
