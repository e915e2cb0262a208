-- What every object of the extension must have. Each query lists the offenders: none.
-- Array types and the row types of views, members in some versions only, make themselves.
CREATE TEMP VIEW member AS
SELECT d.classid, d.objid
FROM pg_depend d JOIN pg_extension e ON d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid
WHERE d.deptype = 'e' AND e.extname = 'customer_dw'
  AND NOT (d.classid = 'pg_type'::regclass
           AND d.objid IN (SELECT typarray FROM pg_type UNION SELECT reltype FROM pg_class WHERE relkind = 'v'));

CREATE TEMP VIEW routine AS
SELECT p.*, p.oid::regprocedure AS signature
FROM pg_proc p JOIN member ON classid = 'pg_proc'::regclass AND objid = p.oid;

-- an object without a comment, or with one that is not one line without a period at its end
SELECT pg_describe_object(classid, objid, 0) AS object, comment
FROM member, obj_description(objid, (SELECT relname FROM pg_class WHERE oid = classid)) AS comment
WHERE classid IN ('pg_proc'::regclass, 'pg_type'::regclass, 'pg_class'::regclass)
  AND (comment IS NULL OR comment ~ '\n|\.$|^\s*$')
ORDER BY 1;

-- an object outside the schema cdw; casts and languages have no schema
SELECT type, identity
FROM member, pg_identify_object(classid, objid, 0)
WHERE schema IS DISTINCT FROM 'cdw' AND type NOT IN ('cast') AND identity !~ '\mcdw\.'
ORDER BY 1, 2;

-- an argument without a name; aggregates are called by position
SELECT signature
FROM routine
WHERE prokind <> 'a' AND pronargs > 0
  AND (proargnames IS NULL OR '' = ANY (proargnames[1:pronargs]))
ORDER BY 1;

-- a function that is not parallel safe without the reason that it writes, which VOLATILE tells
SELECT signature, provolatile, proparallel
FROM routine
WHERE proparallel = 'u' AND prokind = 'f' AND provolatile <> 'v'
ORDER BY 1;

-- a procedure or volatile function that a parallel worker could be asked to run
SELECT signature, proparallel
FROM routine
WHERE proparallel = 's' AND prokind <> 'a' AND provolatile = 'v'
ORDER BY 1;

-- an aggregate that cannot run in parallel: no combine function, or an internal state that cannot travel
SELECT r.signature, a.aggcombinefn, a.aggserialfn, a.aggdeserialfn
FROM routine r JOIN pg_aggregate a ON a.aggfnoid = r.oid
WHERE a.aggcombinefn = 0
   OR (a.aggtranstype = 'internal'::regtype AND (a.aggserialfn = 0 OR a.aggdeserialfn = 0))
ORDER BY 1;

-- an aggregate with a combine function that is not labelled for parallel use
SELECT r.signature, r.proparallel
FROM routine r JOIN pg_aggregate a ON a.aggfnoid = r.oid
WHERE a.aggcombinefn <> 0 AND r.proparallel <> 's'
ORDER BY 1;

-- an SQL function whose body is a string, resolved by the caller's search_path
SELECT signature
FROM routine r JOIN pg_language l ON l.oid = r.prolang
WHERE l.lanname = 'sql' AND r.prosqlbody IS NULL
ORDER BY 1;

-- a function in another language than C and SQL without a search_path of its own
SELECT signature, l.lanname, proconfig
FROM routine r JOIN pg_language l ON l.oid = r.prolang
WHERE l.lanname NOT IN ('c', 'sql', 'internal')
  AND NOT EXISTS (SELECT FROM unnest(proconfig) AS setting WHERE setting LIKE 'search_path=%')
ORDER BY 1;

-- a function that runs with its owner's rights
SELECT signature FROM routine WHERE prosecdef ORDER BY 1;

-- a C function whose symbol is not ours
SELECT signature, prosrc
FROM routine r JOIN pg_language l ON l.oid = r.prolang
WHERE l.lanname = 'c' AND prosrc !~ '^cdw_'
ORDER BY 1;

-- a function that PUBLIC may not run
SELECT signature FROM routine WHERE NOT has_function_privilege('public', oid, 'EXECUTE') ORDER BY 1;

-- a table or sequence: what users store is theirs, and must outlive the extension
SELECT relname, relkind
FROM member JOIN pg_class ON classid = 'pg_class'::regclass AND objid = pg_class.oid
WHERE relkind NOT IN ('v', 'c')
ORDER BY 1;

-- a view that shows more than its caller may read
SELECT relname, reloptions
FROM member JOIN pg_class ON classid = 'pg_class'::regclass AND objid = pg_class.oid
WHERE relkind = 'v' AND NOT coalesce(reloptions, '{}') && ARRAY['security_invoker=true', 'security_invoker=on']
ORDER BY 1;
