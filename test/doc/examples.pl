# perl examples.pl PAGE
#
# Runs the examples of a page, one after the other in one session: indented blocks are SQL, and lines
# "-- a | b" that end a block are the rows that it prints, columns parted by " | ". A block without such lines
# may print what it likes, but must not fail. psql must lead to a database that has the extension.
use strict;
use warnings;
use File::Temp ();

my ($page) = @ARGV or die "usage: examples.pl PAGE\n";
my @blocks = read_blocks($page);
my $script = File::Temp->new(SUFFIX => '.sql');
binmode $script, ':raw';
print $script "\\echo \@\@\n", @{ $_->{sql} } for @blocks;
close $script;

# Notices are of no interest, errors are.
local $ENV{PGOPTIONS} = '-c client_min_messages=warning -c timezone=UTC -c intervalstyle=postgres';
my $output = do { local $/; open my $psql, '-|', "psql -X -q -A -t -F ' | ' -P null=NULL -f $script 2>&1" or die "psql: $!\n"; <$psql> };
my ($before, @printed) = split /^\@\@\n/m, $output, -1;
for my $i (0 .. $#blocks) {
    my $printed = $printed[$i] // 'nothing';
    my $expected = join '', @{ $blocks[$i]{rows} };
    my $name = "$page, example at line $blocks[$i]{line}";
    if ($printed =~ /\b(?:ERROR|FATAL): / || ($expected ne '' && $printed ne $expected)) {
        print "not ok - $name prints:\n$printed";
    } else {
        print "ok - $name\n";
    }
}

sub read_blocks {
    my ($path) = @_;
    my (@found, $block);
    open my $lines, '<:raw', $path or die "$path: $!\n";
    while (my $line = <$lines>) {
        if ($line =~ s/^    (?=\S| )//) {
            push @found, $block = { line => $., sql => [], rows => [] } unless $block;
            if ($line =~ /^-- (.*\n)/) { push @{ $block->{rows} }, $1 }
            else { push @{ $block->{sql} }, $line }
        } elsif ($line =~ /\S/) {
            undef $block;
        }
    }
    return @found;
}
