--| # Progress
--|
--| What long calls are at, seen from another session. The calls themselves say it every few seconds by a
--| NOTICE; setting `customer_dw.progress_interval` (default 5 s, 0 for none) is the time between two.

-- It reads the status of all sessions once per transaction, as pg_stat_activity does: STABLE, and only the
-- leader has read it.
CREATE FUNCTION cdw.list_progress()
RETURNS TABLE (
    pid int,
    results_schema text,
    resolver text,
    operation text,
    phase text,
    done int8,
    total int8,
    unit text,
    started timestamptz,
    phase_started timestamptz,
    estimated_end timestamptz)
AS 'MODULE_PATHNAME', 'cdw_list_progress' LANGUAGE C STABLE PARALLEL RESTRICTED ROWS 2;
COMMENT ON FUNCTION cdw.list_progress() IS
'The long calls that are running in this database; the view cdw.progress shows them';

CREATE VIEW cdw.progress WITH (security_invoker = true) AS SELECT * FROM cdw.list_progress();
COMMENT ON VIEW cdw.progress IS
'The calls of train, resolve, evaluate, reliability and block_counts that are running in this database, one row per session: what each is at, done of total units of its phase (total NULL: unknown), and when that phase will end at its pace so far (estimated_end, NULL for its first second and where total is unknown); all but pid is NULL for sessions of roles that the reader is not a member of, unless of pg_read_all_stats';
GRANT SELECT ON cdw.progress TO PUBLIC;
