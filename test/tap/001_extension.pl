# The extension as a whole: dump and restore, and databases of other encodings.
use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('extension');
$node->init(extra => [ '--no-locale', '--encoding=UTF8' ]);
$node->start;
my $superuser = $node->safe_psql('postgres', 'SELECT current_user');

# A dump holds the extension by name alone, and can be restored by another superuser than the one
# who installed it.
$node->safe_psql('postgres', 'CREATE ROLE installer SUPERUSER LOGIN; CREATE DATABASE source OWNER installer; CREATE DATABASE target');
$node->safe_psql('source', 'CREATE EXTENSION customer_dw', extra_params => [ '-U', 'installer' ]);
my $dump = $node->basedir . '/source.sql';
$node->command_ok([ 'pg_dump', '-f', $dump, '-d', $node->connstr('source') ], 'a database with the extension is dumped');
my $text = slurp_file($dump);
like($text, qr/^CREATE EXTENSION IF NOT EXISTS customer_dw WITH SCHEMA cdw;$/m, 'the dump creates the extension');
unlike($text, qr/^CREATE (?:FUNCTION|AGGREGATE|PROCEDURE|TYPE|VIEW|TABLE)/m, 'the dump holds none of its objects');
$node->command_ok([ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-f', $dump, '-d', $node->connstr('target') ],
    "$superuser restores what installer installed");

my $objects = q{
    SELECT pg_describe_object(classid, objid, 0) FROM pg_depend
    WHERE refclassid = 'pg_extension'::regclass AND deptype = 'e'
      AND refobjid = (SELECT oid FROM pg_extension WHERE extname = 'customer_dw')
    ORDER BY 1};
is($node->safe_psql('target', $objects), $node->safe_psql('source', $objects), 'the restored database has the same objects');
is($node->safe_psql('target', q{SELECT has_schema_privilege('public', 'cdw', 'USAGE')}), 't', 'and PUBLIC may use the schema');

# Text is read as UTF-8: the extension can be created elsewhere, and refuses what is not ASCII there.
my %beyond_ascii = (LATIN1 => '\xe9', EUC_JP => '\xa4a2', SQL_ASCII => '\xe9');
for my $encoding (sort keys %beyond_ascii) {
    my $database = lc $encoding;
    my $text = "convert_from('$beyond_ascii{$encoding}', '$encoding')";
    $node->safe_psql('postgres', "CREATE DATABASE $database TEMPLATE template0 ENCODING '$encoding' LOCALE 'C'");
    $node->safe_psql($database, 'CREATE EXTENSION customer_dw');
    for my $call ("normalize_text($text)", "name_similarity('Joe Lee', 'Jo Lee', jsonb_build_object($text || 'joe', '[\"jo\"]'::jsonb))") {
        my ($status, $out, $error) = $node->psql($database, "SELECT cdw.$call", extra_params => [ '-v', 'VERBOSITY=verbose' ]);
        my ($name) = split /\(/, $call;
        isnt($status, 0, "$name fails in a database of encoding $encoding");
        like($error, qr/ERROR:  0A000: server encoding "$encoding" is not supported/, "and says why for $encoding");
    }
}

$node->stop;
done_testing();
