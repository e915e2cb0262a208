-- Installing and removing the extension itself.
-- From PostgreSQL 18 on, an error's context quotes the install script.
\set SHOW_CONTEXT never

-- everything is in a schema of its own, which everybody may use and nobody else fill
SELECT e.extnamespace::regnamespace AS schema, e.extrelocatable AS relocatable
FROM pg_extension e WHERE e.extname = 'customer_dw';
CREATE ROLE regress_cdw_plain;
SELECT has_schema_privilege('regress_cdw_plain', 'cdw', 'USAGE') AS may_use,
       has_schema_privilege('regress_cdw_plain', 'cdw', 'CREATE') AS may_create;

-- it stays in that schema
ALTER EXTENSION customer_dw SET SCHEMA public;
DROP EXTENSION customer_dw;
CREATE EXTENSION customer_dw SCHEMA public;

-- removing it leaves no object, and it can be installed again
SELECT count(*) AS functions FROM pg_proc WHERE pronamespace = to_regnamespace('cdw');
SELECT count(*) AS types FROM pg_type WHERE typnamespace = to_regnamespace('cdw');
CREATE EXTENSION customer_dw;
DROP EXTENSION customer_dw;
DROP SCHEMA cdw;

-- only who may load a C library may install it
\set VERBOSITY sqlstate
SET ROLE regress_cdw_plain;
CREATE EXTENSION customer_dw;
RESET ROLE;
\set VERBOSITY default

-- a schema of a plain role could hold functions that capture calls: refused, and nothing stays behind
CREATE SCHEMA cdw AUTHORIZATION regress_cdw_plain;
CREATE EXTENSION customer_dw;
\echo :SQLSTATE
SELECT count(*) AS extensions FROM pg_extension WHERE extname = 'customer_dw';
SELECT count(*) AS functions FROM pg_proc WHERE pronamespace = 'cdw'::regnamespace;
SELECT has_schema_privilege('public', 'cdw', 'USAGE') AS may_use;
DROP SCHEMA cdw;

-- a schema of another superuser is what a restored dump brings: accepted
CREATE ROLE regress_cdw_admin SUPERUSER;
CREATE SCHEMA cdw AUTHORIZATION regress_cdw_admin;
CREATE EXTENSION customer_dw;
DROP EXTENSION customer_dw;
DROP SCHEMA cdw;

CREATE EXTENSION customer_dw;
DROP ROLE regress_cdw_plain;
DROP ROLE regress_cdw_admin;
