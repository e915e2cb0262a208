--| ## RFM: stores
--|
--| A store keeps one state per customer in an ordinary table of yours, so that a refresh costs what is new: `<name>_state`,
--| with what the next refresh has to do in `<name>_change`, and what was recorded in `<name>_history` and the view
--| `<name>_segment`.

CREATE FUNCTION cdw.create_rfm(
    name text,
    source regclass,
    customer name,
    at name,
    amount name,
    order_id name DEFAULT NULL,
    bins int DEFAULT 5,
    method text DEFAULT 'quantile',
    map jsonb DEFAULT NULL,
    results_schema name DEFAULT NULL
) RETURNS jsonb
    AS 'MODULE_PATHNAME', 'cdw_create_rfm' LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION cdw.create_rfm IS
    'Makes a store of RFM states over a table or view of orders: empty tables in results_schema (by default the source''s), owned by the caller; returns its settings';

CREATE PROCEDURE cdw.refresh_rfm(
    name text,
    as_of timestamptz DEFAULT pg_catalog.now(),
    customers text[] DEFAULT NULL,
    anew bool DEFAULT false
)
    AS 'MODULE_PATHNAME', 'cdw_refresh_rfm' LANGUAGE C;
COMMENT ON PROCEDURE cdw.refresh_rfm IS
    'Brings a store''s states up to the orders of as_of: adds what is new and computes anew who was corrected if the source is watched, or the named customers and no others, or else all; anew computes all in any case';

CREATE PROCEDURE cdw.watch_rfm(name text)
    AS 'MODULE_PATHNAME', 'cdw_watch_rfm' LANGUAGE C;
COMMENT ON PROCEDURE cdw.watch_rfm IS
    'Puts triggers on the source of a store, and on its partitions, that note for the next refresh what changes; all must belong to the store''s owner';

CREATE PROCEDURE cdw.unwatch_rfm(name text)
    AS 'MODULE_PATHNAME', 'cdw_unwatch_rfm' LANGUAGE C;
COMMENT ON PROCEDURE cdw.unwatch_rfm IS 'Takes the triggers of a store off its source';

CREATE FUNCTION cdw.note_rfm_change() RETURNS trigger
    AS 'MODULE_PATHNAME', 'cdw_note_rfm_change' LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION cdw.note_rfm_change IS 'Trigger function of cdw.watch_rfm; not to be used otherwise';

CREATE PROCEDURE cdw.record_rfm(name text)
    AS 'MODULE_PATHNAME', 'cdw_record_rfm' LANGUAGE C;
COMMENT ON PROCEDURE cdw.record_rfm IS
    'Scores the states of a store as of their last refresh and writes into its history whose state, scores or segment are others than were recorded last';

CREATE FUNCTION cdw.drop_rfm(name text, drop_results bool DEFAULT false) RETURNS void
    AS 'MODULE_PATHNAME', 'cdw_drop_rfm' LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION cdw.drop_rfm IS
    'Drops a store''s settings, triggers, changes and view, and with drop_results its states and history';
