# Resolvers outlive what happens to their database: dump and restore, DROP EXTENSION, cancel, crash.
use strict;
use warnings;

use IPC::Run ();
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(sleep time);

my $node = PostgreSQL::Test::Cluster->new('identity');
$node->init(extra => [ '--no-locale', '--encoding=UTF8' ]);
$node->append_conf('postgresql.conf', "restart_after_crash = on\nclient_min_messages = warning\nfsync = off");
$node->start;

# Everybody twice, with a typing error in the second name; every tenth has another e-mail address.
sub people {
    my ($table, $persons) = @_;
    return qq{
        CREATE TABLE $table (id int PRIMARY KEY, who int, given text, family text, email text, phone text, city text);
        INSERT INTO $table
        SELECT 2 * i + copy, i, (ARRAY['Ann', 'Bob', 'Cid', 'Dora', 'Ed', '小明', '娜', 'Gus', 'Hal', 'Ivy'])[1 + i % 10] || substr(md5(i::text), 1, 2),
               translate(substr(md5('f' || i), 1, 8), '0123456789', 'ghijklmnop') || CASE copy WHEN 1 THEN 'x' ELSE '' END,
               CASE WHEN i % 10 > 0 OR copy = 0 THEN substr(md5('m' || i), 1, 10) ELSE 'other' || i END || '\@example.com', '212' || 2000000 + i, 'City ' || i % 50
        FROM generate_series(1, $persons) i, generate_series(0, 1) copy;
        ANALYZE $table;};
}

sub resolver {
    my ($name, $table) = @_;
    return qq{SELECT cdw.create_resolver('$name', '$table', 'id', '{"given": "given_name", "family": "family_name", "email": "email", "phone": "phone", "city": "category"}',
        ARRAY['email', 'phone', 'soundex(family), city', 'first(family, 4)']) IS NOT NULL;};
}

# Everything that a resolver has written, in one value.
sub results {
    my ($database, $name) = @_;
    return $node->safe_psql($database, join(' UNION ALL ', map { "SELECT '$_', count(*)::text, md5(string_agg(t::text, ',' ORDER BY t::text COLLATE \"C\")) FROM ${name}_$_ t" }
            qw(resolver term identity match history)) . ' ORDER BY 1');
}

# --- dump and restore ---

$node->safe_psql('postgres', 'CREATE DATABASE source; CREATE DATABASE target');
$node->safe_psql('source', 'CREATE EXTENSION customer_dw;' . people('people', 300) . resolver('r', 'people') . "CALL cdw.resolve('r');");
my $right = $node->safe_psql('source', 'SELECT count(*) FROM people a JOIN people b ON a.who = b.who AND a.id < b.id JOIN r_identity i ON i.id = a.id JOIN r_identity j ON j.id = b.id WHERE i.identity_id = j.identity_id');
cmp_ok($right, '>', 250, 'the resolver finds people again');
my $dump = $node->basedir . '/source.dump';
$node->command_ok([ 'pg_dump', '-Fc', '-f', $dump, '-d', $node->connstr('source') ], 'a database with a resolver is dumped');
$node->command_ok([ 'pg_restore', '--exit-on-error', '-d', $node->connstr('target'), $dump ], 'and restored');
is(results('target', 'r'), results('source', 'r'), 'settings, model and results are the same');
is($node->safe_psql('target', q{SELECT results_schema, resolver, source, trained FROM cdw.resolver}), 'public|r|public.people|t', 'the resolver is there');
is($node->safe_psql('target', 'TABLE r_golden ORDER BY 1'), $node->safe_psql('source', 'TABLE r_golden ORDER BY 1'), 'and so is the golden view');

my $state = q{SELECT md5(string_agg(i::text, ',' ORDER BY id)), (SELECT count(*) FROM r_history), (SELECT next_identity_id FROM r_resolver) FROM r_identity i};
my $before = $node->safe_psql('target', $state);
$node->safe_psql('target', q{CALL cdw.resolve('r')});
is($node->safe_psql('target', $state), $before, 'resolving there gives the same identities and no history');
$node->safe_psql($_, q{INSERT INTO people VALUES (10000, 0, 'New', 'Comer', 'new@example.com', '2125550100', 'City 1'), (10001, 0, 'New', 'Comer', 'new@example.com', '2125550100', 'City 1');
    CALL cdw.resolve('r')}) for qw(source target);
is($node->safe_psql('target', $state), $node->safe_psql('source', $state), 'and goes on as the first database does');

# One schema of it: the resolver comes with its tables.
$node->safe_psql('source', 'CREATE SCHEMA shop;' . people('shop.people', 50) . resolver('shop.s', 'shop.people') . "CALL cdw.resolve('shop.s');");
$node->command_ok([ 'pg_dump', '-n', 'shop', '-f', $dump, '-d', $node->connstr('source') ], 'a schema with a resolver is dumped');
$node->command_ok([ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-f', $dump, '-d', $node->connstr('target') ], 'and restored');
is(results('target', 'shop.s'), results('source', 'shop.s'), 'with all of its results');

# --- without the extension ---

my $golden = $node->safe_psql('target', 'TABLE r_golden ORDER BY 1');
$before = results('target', 'r');
$node->safe_psql('target', 'DROP EXTENSION customer_dw');
is(results('target', 'r'), $before, 'DROP EXTENSION leaves the results');
is($node->safe_psql('target', 'TABLE r_golden ORDER BY 1'), $golden, 'and the golden view');
$node->safe_psql('target', q{DELETE FROM people WHERE id = 2; UPDATE people SET city = 'Elsewhere' WHERE id = 3});
is($node->safe_psql('target', q{SELECT count(*) FROM r_golden WHERE city = 'Elsewhere'}), '1', 'which goes on working');
$node->safe_psql('target', q{CREATE EXTENSION customer_dw; CALL cdw.resolve('r')});
is($node->safe_psql('target', q{SELECT event, reason FROM r_history WHERE id = 2 ORDER BY event_id DESC LIMIT 1}), 'left|record no longer in the source', 'a new extension takes the resolver up again');

# --- cancel ---

$node->safe_psql('source', people('many', 50000) . resolver('m', 'many'));
my $full = time;
$node->safe_psql('source', q{BEGIN; CALL cdw.resolve('m'); ROLLBACK});
$full = time - $full;
note(sprintf 'a full run takes %.2f s', $full);
my $untouched = results('source', 'm');
is($node->safe_psql('source', 'SELECT (SELECT count(*) FROM m_identity) + (SELECT count(*) FROM m_history) + (SELECT count(*) FROM m_term), model IS NULL FROM m_resolver'), '0|t', 'a run that was rolled back leaves nothing');

# A transaction of runs without end, so that the cancel comes during one however fast the machine is:
# in the first run, which trains, and in the second.
my $endless = q{DO 'BEGIN LOOP CALL cdw.resolve(''m''); END LOOP; END'};

for my $timeout (0.2, map { $full * $_ / 4 } 1 .. 5) {
    my $elapsed = time;
    my ($status, $out, $error) = $node->psql('source', sprintf 'SET statement_timeout = %d; %s', $timeout * 1000, $endless);
    $elapsed = time - $elapsed;
    like($error, qr/canceling statement due to statement timeout/, sprintf 'a run is cancelled after %.2f s', $timeout);
    cmp_ok($elapsed, '<', $timeout + 0.5, sprintf 'within half a second (%.2f s)', $elapsed - $timeout);
    is(results('source', 'm'), $untouched, 'and leaves nothing behind');
}

# start($sql): a psql of its own, and the process of the server that runs its query.
sub start {
    my ($sql) = @_;
    my ($out, $error) = ('', '');
    my $psql = IPC::Run::start([ 'psql', '-X', '-q', '-d', $node->connstr('source'), '-c', $sql ], '<', \undef, '>', \$out, '2>', \$error);
    $node->poll_query_until('source', qq{SELECT count(*) = 1 FROM pg_stat_activity WHERE query = \$\$$sql\$\$ AND state = 'active'}) or die 'the query did not start';
    my $pid = $node->safe_psql('source', qq{SELECT pid FROM pg_stat_activity WHERE query = \$\$$sql\$\$ AND state = 'active'});
    return ($psql, $pid, \$error);
}

my ($psql, $pid, $error) = start($endless);
sleep $full / 3;
my $elapsed = time;
is($node->safe_psql('source', "SELECT pg_cancel_backend($pid)"), 't', 'a run is cancelled by another session');
$psql->finish;
$elapsed = time - $elapsed;
like($$error, qr/canceling statement due to user request/, 'it says so');
cmp_ok($elapsed, '<', 0.6, sprintf 'within half a second (%.2f s)', $elapsed);
is(results('source', 'm'), $untouched, 'and leaves nothing behind');
is($node->safe_psql('source', q{SELECT count(*) FROM pg_locks WHERE relation = 'm_resolver'::regclass}), '0', 'not even a lock');

# --- crash ---

$before = results('source', 'r');
($psql, $pid, $error) = start($endless);
sleep $full / 3;
kill 'KILL', $pid;
$psql->finish;
like($$error, qr/server closed the connection|terminating connection|connection to server was lost/, 'the server process is killed during a run');
$node->poll_query_until('postgres', undef, '') or die 'the server did not come back';
is(results('source', 'm'), $untouched, 'after the restart there is nothing of the run');
is(results('source', 'r'), $before, 'and the other results are what they were');
$node->safe_psql('source', q{CALL cdw.resolve('m')});
is($node->safe_psql('source', 'SELECT count(*) FROM m_identity'), '100000', 'the next run goes through');

# The bad news of the log are those that this test made.
my $log = slurp_file($node->logfile);
my @crashes = $log =~ /was terminated by signal (\d+)/g;
is_deeply(\@crashes, [9], 'the server crashed when it was killed, and at no other time');

$node->stop;
done_testing();
