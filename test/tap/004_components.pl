# Connected components across servers: states are built where the pairs are, and merged here. The servers
# are databases of one, reached by postgres_fdw through its Unix socket. And what dump and restore make of
# states.
use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('components');
$node->init(extra => [ '--no-locale', '--encoding=UTF8' ]);
$node->append_conf('postgresql.conf', 'fsync = off');
$node->start;

my $fdw = $node->safe_psql('postgres', q{SELECT count(*) FROM pg_available_extensions WHERE name = 'postgres_fdw'});
plan skip_all => 'postgres_fdw is not installed' if !$fdw;

my ($host, $port) = ($node->host, $node->port);
my $edges = q{SELECT i % 2 AS shard, hashint8(i)::int8 % 4000 AS a, hashint8(i + 100000)::int8 % 4000 AS b FROM generate_series(1, 3000) AS i};

for my $shard (0, 1) {
    $node->safe_psql('postgres', "CREATE DATABASE shard_$shard");
    $node->safe_psql("shard_$shard", qq{
        CREATE EXTENSION customer_dw;
        CREATE TABLE edge AS SELECT a, b FROM ($edges) AS e WHERE shard = $shard;
        CREATE VIEW edge_state AS SELECT cdw.connected_components(a, b) AS number,
                                         cdw.connected_components('id é ' || a, 'id é ' || b) AS string FROM edge;});
}
$node->safe_psql('postgres', qq{
    CREATE EXTENSION customer_dw;
    CREATE EXTENSION postgres_fdw;
    CREATE TABLE edge AS $edges;});
for my $shard (0, 1) {
    $node->safe_psql('postgres', qq{
        CREATE SERVER shard_$shard FOREIGN DATA WRAPPER postgres_fdw
            OPTIONS (host '$host', port '$port', dbname 'shard_$shard', extensions 'customer_dw');
        CREATE USER MAPPING FOR CURRENT_USER SERVER shard_$shard;
        CREATE FOREIGN TABLE edge_$shard (a int8, b int8) SERVER shard_$shard OPTIONS (table_name 'edge');
        CREATE FOREIGN TABLE state_$shard (number cdw.components_int8, string cdw.components_text)
            SERVER shard_$shard OPTIONS (table_name 'edge_state');});
}

my $expected = $node->safe_psql('postgres', q{
    SELECT md5(cdw.connected_components(a, b)::text), md5(cdw.connected_components('id é ' || a, 'id é ' || b)::text) FROM edge});
is($node->safe_psql('postgres', q{
    SELECT md5(cdw.connected_components_merge(number)::text), md5(cdw.connected_components_merge(string)::text)
    FROM (SELECT * FROM state_0 UNION ALL SELECT * FROM state_1) AS s}),
    $expected, 'states of foreign servers merge to those of all pairs');

my $pushed = q{SELECT cdw.connected_components(a, b) AS state FROM edge_0};
like($node->safe_psql('postgres', "EXPLAIN (VERBOSE, COSTS OFF) $pushed"), qr/Remote SQL: SELECT cdw\.connected_components\(a, b\)/,
    'the aggregate runs where the pairs are');
is($node->safe_psql('postgres', qq{
    SELECT md5(cdw.connected_components_merge(state)::text)
    FROM ($pushed UNION ALL SELECT cdw.connected_components(a, b) FROM edge_1) AS s}),
    (split /\|/, $expected)[0], 'aggregates of foreign tables merge to that of all pairs');

# Dump and restore keep the bytes.
$node->safe_psql('postgres', q{
    CREATE TABLE kept AS SELECT shard, cdw.connected_components(a, b) AS number, cdw.connected_components('"\\' || a, E'\t' || b) AS string
    FROM edge GROUP BY shard;
    CREATE DATABASE restored;});
my $dump = $node->basedir . '/kept.sql';
$node->command_ok([ 'pg_dump', '-h', $host, '-p', $port, '-t', 'kept', '-f', $dump, 'postgres' ], 'states are dumped');
$node->safe_psql('restored', 'CREATE EXTENSION customer_dw');
$node->safe_psql('restored', slurp_file($dump));
my $bytes = q{SELECT shard, md5(cdw.components_int8_send(number)), md5(cdw.components_text_send(string)) FROM kept ORDER BY shard};
is($node->safe_psql('restored', $bytes), $node->safe_psql('postgres', $bytes), 'and restored to equal bytes');

$node->stop;
done_testing();
