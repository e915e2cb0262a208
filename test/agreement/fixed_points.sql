-- f(f(x)) = f(x) for each value in the table value; label says where they come from.
CREATE TEMP TABLE form (label text, signature text, call text);
INSERT INTO form
SELECT proname, oid::regprocedure::text, format('cdw.%I(%%s)', proname)
FROM pg_proc
WHERE pronamespace = 'cdw'::regnamespace AND (proname LIKE 'normalize\_%' OR proname = 'romanize');
INSERT INTO form
SELECT f.label || ' in ' || region, f.signature, format('cdw.normalize_phone(%%s, %L)', region)
FROM form f, unnest(ARRAY['CN', 'DE', 'IT', 'AU']) region
WHERE f.label = 'normalize_phone';
INSERT INTO form
SELECT f.label || ' by ' || field_order, f.signature, format('cdw.normalize_date(%%s, %L)', field_order)
FROM form f, unnest(ARRAY['mdy', 'dmy']) field_order
WHERE f.label = 'normalize_date';

CREATE TEMP TABLE distinct_value AS SELECT DISTINCT value FROM value WHERE value IS NOT NULL;

SELECT format($$
    CREATE TEMP TABLE result AS SELECT value, once FROM (SELECT value, (%s)::text AS once FROM distinct_value) v WHERE once IS NOT NULL;
    CREATE TEMP TABLE unstable AS SELECT value, once, %s AS twice FROM result WHERE (%s)::text IS DISTINCT FROM once;
    SELECT CASE WHEN EXISTS (SELECT FROM unstable) THEN 'not ok - ' ELSE 'ok - ' END || %L || ' again, ' || %L || ': ' ||
           (SELECT count(*) FROM unstable) || ' of ' || (SELECT count(*) FROM result) || ' results change';
    SELECT '  ' || row_to_json(u) FROM unstable u ORDER BY length(value), value LIMIT 5;
    DROP TABLE result, unstable;$$, format(call, 'value'), format(call, 'once'), format(call, 'once'), label, :'label')
FROM form ORDER BY label
\gexec
