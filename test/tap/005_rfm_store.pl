# RFM stores outlive what happens to their database: dump and restore with changes pending, cancel.
use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('rfm_store');
$node->init(extra => [ '--no-locale', '--encoding=UTF8' ]);
$node->append_conf('postgresql.conf', "client_min_messages = warning\nfsync = off");
$node->start;
$node->safe_psql('postgres', 'CREATE DATABASE source; CREATE DATABASE target');

# Everything that a store holds, and what its orders say.
my $store = q{SELECT * FROM (
    SELECT 'state', customer, rfm::text FROM shop.s_state UNION ALL
    SELECT 'change', customer, concat_ws(' ', at, amount) FROM shop.s_change UNION ALL
    SELECT 'history', customer, concat_ws(' ', since, until, rfm, r, f, m, segment) FROM shop.s_history UNION ALL
    SELECT 'rfm', NULL, s::text FROM shop.s_rfm s) t(part, customer, content) ORDER BY part, customer, content};
my $differences = q{SELECT count(*) FROM (SELECT customer, cdw.frequency(rfm), cdw.monetary(rfm) FROM shop.s_state) s(customer, frequency, monetary)
    FULL JOIN cdw.rfm_table('shop.orders', 'customer', 'at', 'amount', '2025-02-01') t USING (customer)
    WHERE (s.frequency, s.monetary) IS DISTINCT FROM (t.frequency, t.monetary)};

$node->safe_psql('source', q{
    CREATE EXTENSION customer_dw;
    CREATE SCHEMA shop;
    CREATE TABLE shop.orders (customer text, at timestamptz, amount numeric) PARTITION BY LIST (customer);
    CREATE TABLE shop.orders_1 PARTITION OF shop.orders FOR VALUES IN ('c1');
    CREATE TABLE shop.orders_rest PARTITION OF shop.orders DEFAULT;
    INSERT INTO shop.orders SELECT 'c' || i % 50, timestamptz '2024-01-01' + i % 350 * interval '1 day', i % 97 FROM generate_series(1, 1000) i;
    SELECT cdw.create_rfm('shop.s', 'shop.orders', 'customer', 'at', 'amount') IS NOT NULL;
    CALL cdw.watch_rfm('shop.s');
    CALL cdw.refresh_rfm('shop.s', '2025-01-01');
    CALL cdw.record_rfm('shop.s');
    INSERT INTO shop.orders VALUES ('c1', '2024-12-31', 5), ('new', '2025-01-05', 6), ('c2', '2026-01-01', 7);
    DELETE FROM shop.orders WHERE customer = 'c3';});

my $dump = $node->basedir . '/store.dump';
for my $options ([], [ '-n', 'shop' ]) {
    $node->command_ok([ 'pg_dump', '-Fc', @$options, '-f', $dump, '-d', $node->connstr('source') ], "a database with a store is dumped (@$options)");
    $node->safe_psql('target', 'CREATE EXTENSION customer_dw') if @$options;
    $node->command_ok([ 'pg_restore', '--exit-on-error', '-d', $node->connstr('target'), $dump ], 'and restored');
    is($node->safe_psql('target', $store), $node->safe_psql('source', $store), 'with all that it holds');
    my ($status, $out, $notices) = $node->psql('target', q{SET client_min_messages = notice; INSERT INTO shop.orders VALUES ('c1', '2025-01-10', 8); CALL cdw.refresh_rfm('shop.s', '2025-02-01')});
    like($notices, qr/added orders of 2 customers, computed 1 states anew/, 'the next refresh takes what was pending and what came since');
    is($node->safe_psql('target', $differences), '0', 'and is right');
    $node->safe_psql('target', 'DROP SCHEMA shop CASCADE; DROP EXTENSION customer_dw');
}

# The extension cannot be dropped while there are states of its type.
my ($status, $out, $error) = $node->psql('source', 'DROP EXTENSION customer_dw');
like($error, qr/cannot drop extension customer_dw because other objects depend on it/, 'DROP EXTENSION does not take states along');

# A cancel in the midst of a refresh leaves the store as it was.
$node->safe_psql('source', q{INSERT INTO shop.orders SELECT 'x' || i, '2025-01-03', 1 FROM generate_series(1, 200000) i});
my $before = $node->safe_psql('source', "SELECT md5(string_agg(t::text, '')) FROM ($store) t");
for my $timeout (5, 50, 200) {
    ($status, $out, $error) = $node->psql('source', "SET statement_timeout = $timeout; DO 'BEGIN LOOP CALL cdw.refresh_rfm(''shop.s'', ''2025-02-01'', anew => true); END LOOP; END'");
    like($error, qr/canceling statement due to statement timeout/, "a refresh is cancelled after $timeout ms");
    is($node->safe_psql('source', "SELECT md5(string_agg(t::text, '')) FROM ($store) t"), $before, 'and leaves nothing behind');
}
$node->safe_psql('source', q{CALL cdw.refresh_rfm('shop.s', '2025-02-01')});
is($node->safe_psql('source', $differences), '0', 'the next one is right');

$node->stop;
done_testing();
