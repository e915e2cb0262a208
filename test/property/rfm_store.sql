-- A store that is refreshed now and then between random writes has at each refresh the states that computing
-- everything from the orders gives (cdw.rfm_table): new, late and future orders, orders of several lines,
-- updates, deletions, changes of customer, TRUNCATE, partitions that come and go, rollbacks. And what it
-- records is what is computed from the orders at each time.
SET client_min_messages = warning;
SELECT set_config('property.seed', :'seed', false) \g /dev/null
CREATE SCHEMA rfm_store;
SET search_path = rfm_store;
SET TimeZone = 'UTC';

CREATE TABLE orders (customer text, at timestamp, amount numeric, invoice int, note text) PARTITION BY RANGE (at);
CREATE TABLE orders_old PARTITION OF orders FOR VALUES FROM (MINVALUE) TO ('2024-06-01');
CREATE TABLE orders_new PARTITION OF orders DEFAULT;
CREATE TABLE report (store text, step int, as_of timestamptz, action text, differences bigint);

SELECT cdw.create_rfm(name, 'orders', 'customer', 'at', 'amount', order_id) FROM (VALUES ('by_row', NULL), ('by_order', 'invoice')) s(name, order_id) \g /dev/null
CALL cdw.watch_rfm('by_row');
CALL cdw.watch_rfm('by_order');

CREATE FUNCTION pick(n int) RETURNS int LANGUAGE sql AS 'SELECT floor(random() * n)::int';
CREATE FUNCTION differences(store text, order_id name, as_of timestamptz) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE result bigint;
BEGIN
    EXECUTE format('SELECT count(*) FROM (SELECT customer, cdw.recency(rfm, $1), cdw.frequency(rfm), cdw.monetary(rfm)::text FROM %I) s(customer, recency, frequency, monetary)
        FULL JOIN cdw.rfm_table(''orders'', ''customer'', ''at'', ''amount'', $1, order_id => $2) t USING (customer)
        WHERE (s.recency, s.frequency, s.monetary) IS DISTINCT FROM (t.recency, t.frequency, t.monetary::text)', store || '_state') INTO result USING as_of, order_id;
    RETURN result;
END $$;

-- One random write; what it was.
CREATE FUNCTION write() RETURNS text LANGUAGE plpgsql AS $$
DECLARE chosen int := pick(60);
BEGIN
    CASE
        WHEN chosen < 22 THEN
            INSERT INTO orders (customer, at, amount, invoice)
            SELECT CASE WHEN pick(20) > 0 THEN 'c' || pick(40) END, CASE WHEN pick(20) > 0 THEN timestamp '2024-01-01' + pick(4000) * interval '6 hours' END,
                   CASE WHEN pick(20) > 0 THEN ((pick(1000) - 200)::numeric / (ARRAY[1, 10, 100])[1 + pick(3)])::numeric(12, 2) * (ARRAY[1, 1.00000])[1 + pick(2)] END, NULLIF(pick(60), 0)
            FROM generate_series(1, 1 + pick(12));
            RETURN 'insert';
        WHEN chosen < 26 THEN
            INSERT INTO orders_old (customer, at, amount, invoice) VALUES ('c' || pick(40), '2024-01-01', pick(100), pick(60));
            RETURN 'insert into a partition';
        WHEN chosen < 32 THEN
            UPDATE orders SET amount = amount + pick(3), note = 'x' WHERE pick(10) = 0;
            RETURN 'update of amounts';
        WHEN chosen < 35 THEN
            UPDATE orders SET at = at + pick(9) * interval '40 days' WHERE pick(20) = 0;
            RETURN 'update of times, between partitions';
        WHEN chosen < 38 THEN
            UPDATE orders SET customer = CASE WHEN pick(5) > 0 THEN 'c' || pick(40) END WHERE pick(20) = 0;
            RETURN 'update of customers';
        WHEN chosen < 41 THEN
            UPDATE orders SET invoice = NULLIF(pick(60), 0) WHERE pick(20) = 0;
            RETURN 'update of order numbers';
        WHEN chosen < 43 THEN
            UPDATE orders SET amount = amount + 0.000 WHERE pick(20) = 0;
            RETURN 'update of the scale of amounts';
        WHEN chosen < 44 THEN
            UPDATE orders SET note = 'y';
            RETURN 'update of another column';
        WHEN chosen < 52 THEN
            DELETE FROM orders WHERE pick(15) = 0;
            RETURN 'delete';
        WHEN chosen < 53 THEN
            DELETE FROM orders_new WHERE customer = 'c' || pick(40);
            RETURN 'delete of a customer from a partition';
        WHEN chosen < 54 THEN
            TRUNCATE orders_old;
            RETURN 'truncate of a partition';
        WHEN chosen < 55 THEN
            TRUNCATE orders;
            RETURN 'truncate';
        WHEN chosen < 57 THEN
            ALTER TABLE orders DETACH PARTITION orders_old;
            INSERT INTO orders_old (customer, at, amount) VALUES ('c' || pick(40), '2024-02-02', pick(100));
            IF pick(2) = 0 THEN
                ALTER TABLE orders ATTACH PARTITION orders_old FOR VALUES FROM (MINVALUE) TO ('2024-06-01');
                RETURN 'detach, write, attach';
            END IF;
            DROP TABLE orders_old;
            DELETE FROM orders WHERE at < '2024-06-01';
            CREATE TABLE orders_old PARTITION OF orders FOR VALUES FROM (MINVALUE) TO ('2024-06-01');
            RETURN 'another partition';
        WHEN chosen < 58 THEN
            DROP TRIGGER IF EXISTS rfm_store_by_row_rfm_insert ON orders;
            INSERT INTO orders (customer, at, amount, invoice) VALUES ('c' || pick(40), '2024-08-01', 5, 7);
            RETURN 'a trigger is dropped';
        ELSE
            BEGIN
                DELETE FROM orders WHERE pick(2) = 0;
                INSERT INTO orders (customer, at, amount) VALUES ('c1', '2024-02-02', 1);
                RAISE EXCEPTION 'no';
            EXCEPTION WHEN raise_exception THEN
                RETURN 'what is rolled back';
            END;
    END CASE;
END $$;

DO $$
DECLARE
    as_of timestamptz;
    since timestamptz := '2024-02-01';
    action text;
BEGIN
    PERFORM setseed(1.0 / (1 + current_setting('property.seed')::int));
    FOR step IN 1 .. 250 LOOP
        action := NULL;
        FOR i IN 0 .. pick(4) LOOP
            action := concat_ws(', ', action, write());
        END LOOP;
        since := since + pick(3) * interval '1 day';
        as_of := CASE WHEN pick(10) > 0 THEN since ELSE since - interval '60 days' END;
        IF pick(3) > 0 THEN
            CALL cdw.refresh_rfm('by_row', as_of);
            INSERT INTO report SELECT 'by_row', step, as_of, action, differences('by_row', NULL, as_of);
        END IF;
        IF pick(3) > 0 THEN
            CALL cdw.refresh_rfm('by_order', as_of, anew => pick(30) = 0);
            INSERT INTO report SELECT 'by_order', step, as_of, action, differences('by_order', 'invoice', as_of);
        END IF;
    END LOOP;
END $$;
SELECT CASE WHEN sum(differences) = 0 THEN 'ok - ' ELSE 'not ok - ' END || format('store %s: %s refreshes give what computing everything gives', store, count(*)) ||
       CASE WHEN sum(differences) > 0 THEN format(', but at step %s', min(step) FILTER (WHERE differences > 0)) ELSE '' END
FROM report GROUP BY store ORDER BY store;

-- Customers that are named are computed anew, by whatever their orders were changed, and nobody else.
CALL cdw.unwatch_rfm('by_row');
CALL cdw.refresh_rfm('by_row', '2026-01-01');
UPDATE orders SET amount = amount + 1 WHERE customer IN ('c1', 'c2', 'c3');
DELETE FROM orders WHERE customer = 'c4';
INSERT INTO orders (customer, at, amount) VALUES ('new', '2024-05-05', 5);
CALL cdw.refresh_rfm('by_row', '2026-01-01', customers => ARRAY['c1', 'c2', 'c3', 'c4', 'new', 'nobody']);
SELECT CASE differences('by_row', NULL, '2026-01-01') WHEN 0 THEN 'ok - ' ELSE 'not ok - ' END || 'store by_row: named customers are computed anew';

-- What is recorded is what is computed from the orders at each time, where nothing came late.
CREATE TABLE recorded (at timestamptz);
DO $$
BEGIN
    TRUNCATE orders;
    INSERT INTO orders (customer, at, amount, invoice) SELECT 'c' || pick(60), timestamp '2024-01-01' + pick(4000) * interval '2 hours', pick(1000) - 100, pick(200) FROM generate_series(1, 600);
    FOR month IN 2 .. 12 LOOP
        CALL cdw.refresh_rfm('by_order', make_timestamptz(2024, month, 1, 0, 0, 0, 'UTC'));
        CALL cdw.record_rfm('by_order');
        INSERT INTO recorded VALUES (make_timestamptz(2024, month, 1, 0, 0, 0, 'UTC'));
    END LOOP;
END $$;
SELECT CASE count(*) FILTER (WHERE differences > 0) WHEN 0 THEN 'ok - ' ELSE 'not ok - ' END || format('movements between %s pairs of recorded times are those of the orders', count(*))
FROM (SELECT (SELECT count(*) FROM (SELECT * FROM cdw.rfm_moves('by_order', a.at, b.at)) s(customer, a, b, c, d)
              FULL JOIN cdw.rfm_moves('orders', 'customer', 'at', 'amount', a.at, b.at, order_id => 'invoice') t USING (customer)
              WHERE (s.a, s.b, s.c, s.d) IS DISTINCT FROM (t.from_segment, t.to_segment, t.from_monetary, t.to_monetary)) AS differences
      FROM recorded a, recorded b) pairs;
DROP SCHEMA rfm_store CASCADE;
