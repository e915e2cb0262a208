-- What the caps on blocks leave out stands in the history, as an event of no record, once for each change.
\pset null '(null)'
\pset format unaligned
CREATE SCHEMA identity_capped;
SET search_path = identity_capped;
SET client_min_messages = error;

CREATE TABLE people (id int PRIMARY KEY, name text, email text, city text);
INSERT INTO people SELECT i, 'name ' || md5((i / 2)::text), md5('mail' || i / 2) || '@example.com', CASE WHEN i <= 13 THEN 'Springfield' ELSE 'City ' || i % 7 END
FROM generate_series(2, 61) i;
SELECT length(cdw.create_resolver('r', 'people', 'id', '{"name": "name", "email": "email", "city": "category"}',
    ARRAY['email', 'city'], options => '{"max_block": 8, "all_pairs_limit": 0}')::text) > 0 AS made;
CREATE VIEW capped AS SELECT reason, id, identity_id, from_identity_id, at <= (SELECT resolved_at FROM r_resolver) AS "at the run" FROM r_history WHERE event = 'capped' ORDER BY event_id;

-- the same blocks that block_counts shows
CALL cdw.resolve('r');
SELECT rule, largest_block, oversized_blocks, oversized_records, max_block FROM cdw.block_counts('r');
SELECT * FROM capped;
-- the same again: nothing to tell
CALL cdw.resolve('r');
SELECT count(*) FROM capped;
-- one more record in the block
INSERT INTO people VALUES (100, 'another name', 'another@example.com', 'Springfield');
CALL cdw.resolve('r');
SELECT reason FROM capped;
-- everybody's address: a second rule
UPDATE people SET email = 'none@example.com' WHERE id > 41;
CALL cdw.resolve('r');
SELECT reason FROM capped OFFSET 2;
-- the block is gone
UPDATE people SET city = 'City ' || id % 40 WHERE city = 'Springfield';
CALL cdw.resolve('r');
SELECT reason FROM capped OFFSET 3;
-- a run that is rolled back leaves none
BEGIN;
UPDATE people SET city = 'Springfield' WHERE id < 50;
CALL cdw.resolve('r');
SELECT count(*) FROM capped;
ROLLBACK;
SELECT count(*) FROM capped;
-- where there is nothing to compare any more, nothing is said
BEGIN;
DELETE FROM people WHERE id > 2;
CALL cdw.resolve('r');
SELECT count(*) FROM capped;
ROLLBACK;

-- only these events are of no record, and they are no part of anybody's history
\set VERBOSITY terse
INSERT INTO r_history (at, event, reason) VALUES (now(), 'joined', '');
INSERT INTO r_history (at, event, id, reason) VALUES (now(), 'left', 1, '');
SELECT count(*) AS wrong FROM (SELECT DISTINCT ON (id) id, event, identity_id FROM r_history WHERE id IS NOT NULL ORDER BY id, event_id DESC) h FULL JOIN r_identity i USING (id)
WHERE i.identity_id IS DISTINCT FROM h.identity_id;

-- a history of an earlier version takes none, and the resolver goes on
SELECT length(cdw.create_resolver('old', 'people', 'id', '{"name": "name", "email": "email", "city": "category"}',
    ARRAY['email', 'city'], options => '{"max_block": 8, "all_pairs_limit": 0}')::text) > 0 AS made;
ALTER TABLE old_history ALTER id SET NOT NULL, ALTER identity_id SET NOT NULL;
ALTER TABLE old_history DROP CONSTRAINT old_history_event_check;
ALTER TABLE old_history ADD CHECK (event IN ('joined', 'left', 'merged', 'split'));
CALL cdw.resolve('old');
SELECT event, count(*) FROM old_history GROUP BY 1;
-- and one that was dropped is not asked
DROP TABLE old_history;
CALL cdw.resolve('old');

-- rules of names that have to be quoted
CREATE TABLE odd AS SELECT id AS "Key ""1""", name AS "rule ""x"": ", email, city FROM people;
SELECT length(cdw.create_resolver('odd', 'odd', 'Key "1"', '{"rule \"x\": ": "name", "email": "email", "city": "category"}',
    ARRAY['first("rule ""x"": ", 2)', 'email'], options => '{"max_block": 8, "all_pairs_limit": 0}')::text) > 0 AS made;
CALL cdw.resolve('odd');
CALL cdw.resolve('odd');
SELECT reason, "Key ""1""" FROM odd_history WHERE event = 'capped' ORDER BY event_id;

-- rules that join by themselves have caps, too
SELECT length(cdw.create_resolver('sure', 'people', 'id', '{"name": "name", "email": "email", "city": "category"}',
    options => '{"match_rules": ["email", "name, city"], "max_block": 8}')::text) > 0 AS made;
CALL cdw.resolve('sure');
SELECT reason FROM sure_history WHERE event = 'capped' ORDER BY event_id;

DROP SCHEMA identity_capped CASCADE;
