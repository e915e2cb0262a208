# What a long call says of itself: notices at the set interval, and the time of each phase at DEBUG1.
use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('progress');
$node->init(extra => [ '--no-locale', '--encoding=UTF8' ]);
$node->append_conf('postgresql.conf', "fsync = off");
$node->start;
$node->safe_psql('postgres', q{
    CREATE EXTENSION customer_dw;
    CREATE TABLE people (id int PRIMARY KEY, name text, email text, city text);
    INSERT INTO people SELECT i, 'name ' || md5((i / 2)::text), md5('mail' || i / 2) || '@example.com', 'City ' || i % 50
    FROM generate_series(2, 1001) i;
    ANALYZE people;
    SELECT cdw.create_resolver('r', 'people', 'id', '{"name": "name", "email": "email", "city": "category"}', ARRAY['email', 'city']);});

# What a client sees of a call under these settings, one line per message.
sub messages {
    my ($settings, $call) = @_;
    my $messages;
    $node->psql('postgres', "$settings; $call", stderr => \$messages, on_error_die => 1);
    $messages =~ s/^psql:<stdin>:\d+: //mg;
    return $messages;
}

my $said = messages(q{SET client_min_messages = debug1}, q{CALL cdw.resolve('r')});
unlike($said, qr/^NOTICE:  resolver "r": (reading|scoring|clustering|writing)/m, 'a short call gives no notices of its progress');
my @phases = $said =~ /^DEBUG:  cdw phase ([a-z ]+): \d+\.\d{3} s$/mg;
is_deeply([ grep { !/^(scoring|clustering|calibrating|writing model)$/ } @phases ],
    [ 'starting', 'reading', 'sorting keys', 'counting values', 'random pairs', 'blocking', 'candidate pairs', 'learning', 'judging groups', 'writing matches', 'writing identities' ],
    'each phase leaves its time at DEBUG1, in order');
like($said, qr/^DEBUG:  cdw resolve: \d+\.\d{3} s, peak memory of the session [1-9]\d* MB$/m, 'and the call its time and memory');

my @notices = messages(q{SET customer_dw.progress_interval = '1ms'}, q{CALL cdw.train('r')}) =~ /^NOTICE:  (resolver "r": .*)$/mg;
cmp_ok(scalar @notices, '>=', 3, 'a call that lasts gives notices');
is_deeply([ grep { !/^resolver "r": [a-z ]+(, [\d.]+( thousand| million)? [a-z]+ so far|, \d+ % of [\d.]+( thousand| million)? [a-z]+, about \d+ s left)?$/ } @notices ],
    [], 'that say what is done');
ok((grep { /^resolver "r": random pairs, [\d.]+ (thousand|million) pairs so far$/ } @notices), 'with large numbers in words');
unlike(messages(q{SET customer_dw.progress_interval = 0}, q{CALL cdw.train('r')}), qr/so far|left$/m, 'none where the interval is 0');
is(messages(q{SET customer_dw.progress_interval = '1ms'; SET client_min_messages = warning}, q{CALL cdw.train('r')}), '', 'nor for a client that wants none');

# set before the library is loaded
like(messages(q{SET customer_dw.progress_interval = 'soon'}, q{SELECT count(*) FROM cdw.progress}),
    qr/^WARNING:  invalid value for parameter "customer_dw.progress_interval": "soon"/m, 'a wrong value is told when the library comes');

done_testing();
