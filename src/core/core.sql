\echo Use "CREATE EXTENSION customer_dw" to load this file. \quit

-- A schema "cdw" of a plain role could already hold functions that capture our calls. One of another
-- superuser is what pg_dump restores before it creates the extension.
DO $$
BEGIN
    IF (SELECT NOT r.rolsuper AND r.rolname <> current_user
        FROM pg_catalog.pg_namespace n JOIN pg_catalog.pg_roles r ON r.oid = n.nspowner
        WHERE n.nspname = 'cdw') THEN
        RAISE EXCEPTION 'schema "cdw" is owned by another role'
            USING ERRCODE = 'insufficient_privilege',
                  DETAIL = 'customer_dw installs only into a schema of its own.',
                  HINT = 'Drop or rename that schema, then run CREATE EXTENSION customer_dw again.';
    END IF;
END
$$;

GRANT USAGE ON SCHEMA cdw TO PUBLIC;
