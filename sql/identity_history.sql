-- Identities last: what re-runs keep, change and write down.
CREATE SCHEMA identity_history;
SET search_path = identity_history;
SET client_min_messages = warning;
\pset null '(null)'
\pset format unaligned

-- Twenty people who have nothing in common, and groups that grow and shrink: records with one name, address and number are one person.
CREATE TABLE people (id int PRIMARY KEY, name text, email text, phone text, dob date);
CREATE FUNCTION add(who int, VARIADIC ids int[]) RETURNS void LANGUAGE sql AS $$
    INSERT INTO people
    SELECT id, initcap(translate(substr(md5('given' || who), 1, 9), '0123456789', 'ghijklmnop')) || ' ' || initcap(translate(substr(md5('family' || who), 1, 9), '0123456789', 'ghijklmnop')),
           substr(md5('mail' || who), 1, 12) || '@example.com', '212' || 2000000 + abs(hashint4(who)) % 7000000, date '1950-01-01' + abs(hashint4(who + 100)) % 20000
    FROM unnest(ids) id $$;
SELECT add(who, who * 10) FROM generate_series(1, 20) who;                       -- 20 people of one record
SELECT add(1, 11, 12), add(2, 21, 22), add(3, 31), add(4, 41, 42, 43), add(5, 51), add(6, 61);
SELECT cdw.create_resolver('r', 'people', 'id', '{"name": "name", "email": "email", "phone": "phone", "dob": "date"}') ->> 'resolver' AS resolver;
CALL cdw.resolve('r');
-- Model and threshold stay as they are from here on: what changes is the data.
CREATE VIEW identities AS SELECT identity_id, array_agg(id ORDER BY id) AS records FROM r_identity GROUP BY 1;
SELECT * FROM identities WHERE array_length(records, 1) > 1 ORDER BY 1;

-- What a run wrote since the last look: history, and rows of the identity table that are new versions.
CREATE VIEW versions AS SELECT (ctid, xmin::text, id)::text AS version FROM r_identity;
CREATE TABLE seen AS SELECT (SELECT max(event_id) FROM r_history) AS event_id, ARRAY(SELECT version FROM versions) AS versions;
CREATE FUNCTION run() RETURNS TABLE (events text, rewritten bigint, gone bigint) LANGUAGE plpgsql AS $$
BEGIN
    CALL cdw.resolve('r');
    SELECT string_agg(format('%s %s: %s <- %s (%s)', event, id, h.identity_id, coalesce(from_identity_id::text, '-'), reason), ' | ' ORDER BY id, h.event_id) INTO events
    FROM r_history h WHERE event_id > (SELECT event_id FROM seen);
    SELECT count(*) INTO rewritten FROM versions, seen WHERE version <> ALL (versions);
    SELECT count(*) INTO gone FROM seen, unnest(versions) version WHERE version NOT IN (SELECT v.version FROM versions v);
    UPDATE seen SET event_id = (SELECT max(h.event_id) FROM r_history h), versions = ARRAY(SELECT version FROM versions);
    RETURN NEXT;
END
$$;

-- Nothing changed: nothing is written, however often it runs and whether or not it was trained anew.
SELECT * FROM run();
SELECT * FROM run();
CALL cdw.train('r');
SELECT * FROM run();
UPDATE people SET id = id, phone = ' ' || phone;
SELECT * FROM run();

-- Insert: a record of somebody known joins, one of somebody new gets the next id.
SELECT add(3, 32), add(21, 210);
SELECT * FROM run();
SELECT * FROM identities WHERE identity_id = 3 OR records && '{210}' ORDER BY 1;
-- Insert: the smallest key of all makes no difference to who is who.
SELECT add(3, 1);
SELECT * FROM run();

-- Delete: a record leaves; an identity without records is over, its id is not used again.
DELETE FROM people WHERE id IN (32, 210);
SELECT * FROM run();
SELECT add(22, 220);
SELECT * FROM run();
SELECT add(21, 210); -- the person comes back, as somebody new
SELECT * FROM run();
-- Delete and insert with another key at once.
DELETE FROM people WHERE id = 51;
SELECT add(5, 52);
SELECT * FROM run();

-- Update: a record goes over to another person; a record of a person of its own.
UPDATE people SET (name, email, phone, dob) = (SELECT name, email, phone, dob FROM people WHERE id = 60) WHERE id = 52;
SELECT * FROM run();
SELECT * FROM identities WHERE records && '{50,52,60}' ORDER BY 1;

-- Merge: the identity with most members survives. 4 has four members, 1 has three.
CREATE FUNCTION become(who int, VARIADIC ids int[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM people WHERE id = ANY (ids);
    PERFORM add(who, VARIADIC ids);
END
$$;
SELECT become(1, 40, 41, 42, 43);
SELECT * FROM run();
SELECT * FROM identities WHERE records && '{10,40}' ORDER BY 1;
-- Merge of equals: the smallest id survives, 8 and not 9, also where the other has the smallest key.
SELECT become(8, 90);
SELECT * FROM run();
SELECT become(11, 100), become(12, 2); -- key 2 is new, and 12's
SELECT * FROM run();
SELECT become(13, 2, 120); -- 12 with two members against 13 with one
SELECT * FROM run();

-- Split: the largest part keeps the id. 4 has records 10, 11, 12 and 40 to 43.
SELECT become(4, 40, 41, 42, 43);
SELECT * FROM run();
SELECT * FROM identities WHERE records && '{10,40}' ORDER BY 1;
-- Split into equal parts: the part with the smallest key keeps the id.
SELECT become(30, 40, 43), become(31, 41, 42);
SELECT * FROM run();
SELECT * FROM identities WHERE records && '{40,41,42,43}' ORDER BY 1;
-- Split into three, each with an id of its own.
SELECT become(1, 12), become(32, 10), become(33, 11);
SELECT * FROM run();

-- Split and merge at once: a part of one goes to another, the rest stays. A group that takes parts of two gets the id it has most claim to.
-- What stays behind is split off, even where its identity went with the other part and was merged away.
SELECT become(2, 40);
SELECT * FROM run();
SELECT become(34, 20, 41), become(35, 21, 42);
SELECT * FROM run();
SELECT * FROM identities WHERE records && '{20,21,22,40,41,42,43}' ORDER BY 1;

-- A new threshold that holds everybody apart, and back.
CALL cdw.resolve('r', 1);
SELECT count(*) = count(DISTINCT identity_id) AS apart FROM r_identity;
SELECT count(*) AS events, count(*) FILTER (WHERE event = 'split' AND from_identity_id IS NOT NULL AND reason = 'no longer linked') AS splits FROM r_history, seen WHERE r_history.event_id > seen.event_id;
SELECT count(*) > 0 AS moved FROM run() WHERE events LIKE '%merged%';
SELECT * FROM run();

-- All records gone, and again: everybody new.
CREATE TABLE kept AS SELECT * FROM people;
DELETE FROM people;
SELECT regexp_count(events, 'left ') = (SELECT count(*) FROM kept) AS all_left, rewritten, gone = (SELECT count(*) FROM kept) AS all_gone FROM run();
SELECT count(*) FROM r_identity;
INSERT INTO people SELECT * FROM kept;
SELECT regexp_count(events, 'joined ') = (SELECT count(*) FROM kept) AS all_joined, rewritten = (SELECT count(*) FROM kept) AS all_written FROM run();
SELECT min(i.identity_id) > (SELECT max(identity_id) FROM r_history WHERE event = 'left') AS ids_are_new FROM r_identity i;

-- What holds for all of it.
SELECT bool_and(identity_id > before) AS ids_only_grow FROM (SELECT identity_id, lag(identity_id) OVER (ORDER BY min(event_id)) AS before FROM r_history GROUP BY identity_id) t;
SELECT (SELECT max(identity_id) FROM r_history) < next_identity_id AS ids_are_never_reused FROM r_resolver;
-- the last event of a record says where it is now
SELECT count(*) AS wrong FROM (SELECT DISTINCT ON (id) id, event, identity_id FROM r_history ORDER BY id, event_id DESC) h FULL JOIN r_identity i USING (id)
WHERE CASE WHEN h.event = 'left' THEN i.id IS NOT NULL ELSE h.identity_id IS DISTINCT FROM i.identity_id END;
-- the events of a record follow each other: each starts where the one before it ended
SELECT count(*) AS broken FROM (SELECT *, lag(identity_id) OVER w AS before, lag(event) OVER w AS event_before FROM r_history WINDOW w AS (PARTITION BY id ORDER BY event_id)) h
WHERE CASE event WHEN 'joined' THEN coalesce(event_before, 'left') <> 'left' OR from_identity_id IS NOT NULL
                 WHEN 'left' THEN identity_id IS DISTINCT FROM before OR from_identity_id IS NOT NULL
                 ELSE from_identity_id IS DISTINCT FROM before OR identity_id = from_identity_id END;
-- times do not run backwards, and one run has one time
SELECT count(*) AS backwards FROM (SELECT at < lag(at) OVER (ORDER BY event_id) AS backwards FROM r_history) h WHERE backwards;
SELECT event, reason, bool_or(from_identity_id IS NOT NULL) AS "from" FROM r_history GROUP BY 1, 2 ORDER BY 1, 2;
-- history cannot be written with an event that there is not, nor numbered by hand
\set VERBOSITY sqlstate
INSERT INTO r_history (at, event, id, identity_id, reason) VALUES (now(), 'gone', 1, 1, '');
INSERT INTO r_history (event_id, at, event, id, identity_id, reason) VALUES (1, now(), 'left', 1, 1, '');
\set VERBOSITY default

DROP SCHEMA identity_history CASCADE;
