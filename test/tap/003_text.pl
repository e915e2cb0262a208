# Text functions on very long values: a cancel works in time, memory stays in proportion, and what
# would take too long or too much is refused with 54000. The functions are those of the catalogue
# that take texts named value, or a and b.
use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(time);

my $TIMEOUT = 0.2;      # seconds until a call is cancelled
my $GRACE = 0.5;        # seconds that the cancel may take
my $MEMORY = 2_000;     # MB that the server process may ever have

my $node = PostgreSQL::Test::Cluster->new('text');
$node->init(extra => [ '--no-locale', '--encoding=UTF8' ]);
$node->append_conf('postgresql.conf', 'fsync = off');
$node->start;
$node->safe_psql('postgres', 'CREATE EXTENSION customer_dw');

# many($text, $count): SQL for so many copies, built faster than by one repeat of a short text
sub many {
    my ($text, $count) = @_;
    return sprintf 'repeat(repeat(%s, 1000), %d)', $text, $count / 1000;
}

# Runs a DO block in a session of its own. Returns the SQLSTATE of its error, the seconds it took and
# the most memory that the server process ever had, in MB (undefined where there is no /proc).
sub run_block {
    my ($declarations, $body, $timeout) = @_;
    my ($status, $out, $error) = $node->psql('postgres', qq{
        LOAD 'customer_dw';
        SET statement_timeout = @{[$timeout * 1000]};
        SELECT extract(epoch FROM clock_timestamp());
        DO \$do\$ DECLARE $declarations BEGIN $body END \$do\$;
        SELECT extract(epoch FROM clock_timestamp());
        SELECT pg_read_file('/proc/self/status', 0, 10000, true);},
        on_error_stop => 0, extra_params => [ '-v', 'VERBOSITY=sqlstate' ]);
    my ($start, $end, $process) = split /\n/, $out, 3;
    my ($peak) = ($process // '') =~ /VmHWM:\s*(\d+) kB/;
    $error =~ s/^.*ERROR:\s*//s;
    return ($error, $end - $start, defined $peak ? $peak / 1024 : undef);
}

# Calls again and again until the time is over: the call must end soon after, or be refused.
sub check_call {
    my ($label, $declarations, $call) = @_;
    my ($error, $seconds, $peak) = run_block($declarations, "LOOP PERFORM $call; END LOOP;", $TIMEOUT);
    my $outcome = $error eq '57014' ? 'is cancelled' : $error eq '54000' ? 'is refused' : "fails with $error";
    ok($error =~ /^(57014|54000)$/ && $seconds < $TIMEOUT + $GRACE,
        sprintf '%s %s after %.2f s', $label, $outcome, $seconds);
    ok(!defined $peak || $peak < $MEMORY, sprintf '%s keeps memory in proportion (%s MB)', $label, defined $peak ? int $peak : '?');
}

# check_refused($label, $declarations, $call): with 54000, before any work
sub check_refused {
    my ($label, $declarations, $call) = @_;
    my ($error, $seconds) = run_block($declarations, "PERFORM $call;", 10);
    is($error, '54000', sprintf '%s is refused after %.2f s', $label, $seconds);
}

# functions($count, @names): the functions whose first $count arguments have these names, each with the
# names of its further arguments behind "|"
sub functions {
    my ($count, @names) = @_;
    my $names = join ',', @names;
    return split /\n/, $node->safe_psql('postgres', qq{
        SELECT proname, array_to_string(proargnames[@{[$count + 1]}:], ',') FROM pg_proc
        WHERE pronamespace = 'cdw'::regnamespace AND prokind = 'f' AND proargnames[1:$count] = '{$names}' AND proargtypes[0] = 'text'::regtype
        ORDER BY proname});
}

my $marks = 'chr(769) || chr(807)';
my %one = (
    '100 MB of words' => many(q{'Ab, 12-3 '}, 11_111_000),
    '100 MB of one word' => many(q{'1'}, 100_000_000),
    '100 MB of an e-mail address' => many(q{'a.'}, 50_000_000) . q{ || 'a@example.com'},
    '100 MB beyond ASCII' => many(q{'é'}, 50_000_000),
    '10 MB of words beyond ASCII' => many(q{'王é '}, 1_666_000),
    '10 MB that grows' => many(q{'ﷺ'}, 3_333_000),
    '10 MB of marks' => many($marks, 2_500_000),
    '10 MB of marks between apostrophes' => many(q{chr(769) || chr(39) || chr(807) || chr(39)}, 1_666_000),
    '10 MB of marks in order' => many('chr(769)', 5_000_000),
    '20,000 marks' => many($marks, 10_000),
);
my @functions = functions(1, 'value');
cmp_ok(scalar @functions, '>=', 6, 'functions of one text: ' . scalar @functions);
for my $function (@functions) {
    my ($name) = split /\|/, $function;
    check_call("$name on $_", "v text := $one{$_};", "cdw.$name(v)") for sort keys %one;
}

my %two = (
    '100 MB of words' => [ many(q{'Ab, 12-3 '}, 11_111_000), many(q{'Ba, 21-3 '}, 11_111_000) ],
    '100 MB and 1 kB' => [ many(q{'ab'}, 50_000_000), many(q{'b'}, 1_000) ],
    '10 MB beyond ASCII' => [ many(q{'é王'}, 2_000_000), many(q{'王é'}, 2_000_000) ],
    '100,000 characters' => [ many(q{'ab'}, 50_000), many(q{'ba'}, 50_000) ],
    '100,000 characters beyond ASCII' => [ many(q{'é王'}, 50_000), many(q{'王é'}, 50_000) ],
);
my @pairs = functions(2, 'a', 'b');
cmp_ok(scalar @pairs, '>=', 4, 'functions of two texts: ' . scalar @pairs);
for my $function (@pairs) {
    my ($name, $further) = split /\|/, $function;
    my $arguments = ($further // '') eq 'max_distance' ? ', 50000' : '';
    check_call("$name on $_", "a text := $two{$_}[0]; b text := $two{$_}[1];", "cdw.$name(a, b$arguments)") for sort keys %two;
}

# What takes time in proportion to the product of the lengths.
for my $name (qw(levenshtein damerau_levenshtein levenshtein_similarity damerau_levenshtein_similarity)) {
    next if !grep { /^$name\|/ } @pairs;
    for my $shape ('100 MB of words', '100 MB and 1 kB', '10 MB beyond ASCII') {
        check_refused("$name on $shape", "a text := $two{$shape}[0]; b text := $two{$shape}[1];", "cdw.$name(a, b)");
    }
}

# Long text is normalized in pieces: the result is that of its parts.
for my $part (q{'É王 x'}, q{'x' || chr(193) || chr(807) || chr(769) || 'ﷺ각'}, q{'ｶﾞ'}, q{chr(4352) || chr(4449) || chr(4520)}) {
    is($node->safe_psql('postgres', qq{SELECT cdw.normalize_text(repeat($part, 30000)) = repeat(cdw.normalize_text($part), 30000)}),
        't', "normalize_text on many times $part");
}

$node->stop;
done_testing();
