#!/usr/bin/perl
# perl reference.pl CHECKOUT >reference.md
#
# The reference page: what the comments in the catalogue say, in the order in which the SQL parts of
# the modules create things, each chapter opened by the part's "--|" lines. psql must lead to a
# database that has the extension.
use strict;
use warnings;

my ($checkout) = @ARGV or die "usage: reference.pl CHECKOUT\n";
my %title = (
    type      => 'Types',
    function  => 'Functions',
    aggregate => 'Aggregates',
    window    => 'Window functions',
    procedure => 'Procedures',
    view      => 'Views',
);

my $objects = read_catalogue();
print "# Reference\n\n",
    "Generated from the comments in the catalogue by `./setup reference`. Everything is in the schema `cdw`.\n";
print_module($_) for modules();
my @forgotten = sort map { $_->{name} } grep { !$_->{printed} } map { @$_ } values %$objects;
die "in no SQL part of src/: @forgotten\n" if @forgotten;

# The Makefile's list, lowest floor first.
sub modules {
    open my $makefile, '<', "$checkout/Makefile" or die "Makefile: $!\n";
    my ($list) = map { /^FLOORS = (.*)/ ? $1 : () } <$makefile>;
    return split /[ ,]+/, $list;
}

# name => the objects of that name that users meet: not what only makes types and aggregates work.
sub read_catalogue {
    my $query = do { local $/; <DATA> };
    my %objects;
    local $ENV{PGCLIENTENCODING} = 'UTF8';
    open my $rows, '-|', 'psql', '-XAtq', '-v', 'ON_ERROR_STOP=1', '-F', "\t", '-c', $query
        or die "psql: $!\n";
    while (my $row = <$rows>) {
        chomp $row;
        my %object;
        @object{qw(kind name arguments result comment)} = split /\t/, $row, -1;
        push @{ $objects{ $object{name} } }, \%object;
    }
    close $rows or die "psql failed\n";
    return \%objects;
}

sub print_module {
    my ($module) = @_;
    my $headed = 0;
    for my $chapter (map { chapters($_) } sort glob "$checkout/src/$module/*.sql") {
        my @found = grep { !$_->{printed}++ } map { @{ $objects->{$_} || [] } } @{ $chapter->{names} };
        next unless @found;
        print "\n## $module\n" unless $headed++ || $chapter->{prose} =~ /^#/;
        print "\n$chapter->{prose}\n" if $chapter->{prose};
        for my $kind (kinds(@found)) {
            print_table($kind, grep { $_->{kind} eq $kind } @found);
        }
    }
}

# The kinds among the objects, in the order of their first one.
sub kinds {
    my %seen;
    return grep { !$seen{$_}++ } map { $_->{kind} } @_;
}

# A part's chapters: "--|" lines, in which a gap ends a paragraph, and the names that are created
# until the next ones. A chapter whose prose opens with a heading needs none of ours.
sub chapters {
    my ($path) = @_;
    my @chapters = ({ prose => '', names => [] });
    my $in_prose = 0;
    open my $part, '<:raw', $path or die "$path: $!\n";
    while (my $line = <$part>) {
        if ($line =~ /^--\| ?(.*)/) {
            push @chapters, { prose => '', names => [] } if @{ $chapters[-1]{names} };
            $chapters[-1]{prose} .= ($in_prose ? "\n" : $chapters[-1]{prose} ? "\n\n" : '') . $1;
            $in_prose = 1;
            next;
        }
        $in_prose = 0;
        push @{ $chapters[-1]{names} }, $1
            if $line =~ /^CREATE (?:FUNCTION|AGGREGATE|PROCEDURE|TYPE|DOMAIN|VIEW) cdw\.(\w+)/;
    }
    return @chapters;
}

sub print_table {
    my ($kind, @found) = @_;
    my $returns = $kind =~ /^(?:function|aggregate|window)$/;
    printf "\n| %s | %sMeaning |\n|---|%s---|\n", $title{$kind}, $returns ? ('Result | ', '---|') : ('', '');
    for my $object (@found) {
        my $call = $kind =~ /^(?:type|view)$/ ? $object->{name} : "$object->{name}($object->{arguments})";
        print '| ', code($call), ' | ', $returns ? code($object->{result}) . ' | ' : '', cell($object->{comment}), " |\n";
    }
}

sub cell {
    my ($text) = @_;
    $text =~ s/\|/\\|/g;
    return $text;
}

sub code {
    return '`' . cell($_[0]) . '`';
}

__DATA__
WITH member AS (
    SELECT d.classid, d.objid
    FROM pg_catalog.pg_depend d
    JOIN pg_catalog.pg_extension e ON d.refclassid = 'pg_catalog.pg_extension'::regclass AND d.refobjid = e.oid
    WHERE e.extname = 'customer_dw' AND d.deptype = 'e'
      AND NOT (d.classid = 'pg_catalog.pg_type'::regclass
               AND d.objid IN (SELECT typarray FROM pg_catalog.pg_type
                               UNION SELECT reltype FROM pg_catalog.pg_class WHERE relkind = 'v'))
), support AS (
    SELECT unnest(ARRAY[aggtransfn, aggfinalfn, aggcombinefn, aggserialfn, aggdeserialfn,
                        aggmtransfn, aggminvtransfn, aggmfinalfn]::oid[]) AS oid
    FROM pg_catalog.pg_aggregate a JOIN member ON objid = a.aggfnoid AND classid = 'pg_catalog.pg_proc'::regclass
    UNION
    SELECT unnest(ARRAY[typinput, typoutput, typreceive, typsend, typmodin, typmodout, typanalyze]::oid[])
    FROM pg_catalog.pg_type t JOIN member ON objid = t.oid AND classid = 'pg_catalog.pg_type'::regclass
    UNION
    SELECT oprcode::oid FROM pg_catalog.pg_operator
    UNION
    SELECT amproc::oid FROM pg_catalog.pg_amproc
    UNION
    SELECT oid FROM pg_catalog.pg_proc
    WHERE prorettype IN ('pg_catalog.trigger'::regtype, 'pg_catalog.event_trigger'::regtype)
)
SELECT CASE p.prokind WHEN 'a' THEN 'aggregate' WHEN 'p' THEN 'procedure' WHEN 'w' THEN 'window' ELSE 'function' END,
       p.proname, pg_catalog.pg_get_function_arguments(p.oid), pg_catalog.pg_get_function_result(p.oid),
       pg_catalog.obj_description(p.oid, 'pg_proc')
FROM pg_catalog.pg_proc p JOIN member ON objid = p.oid AND classid = 'pg_catalog.pg_proc'::regclass
WHERE p.oid NOT IN (SELECT oid FROM support)
UNION ALL
SELECT 'type', t.typname, '', '', pg_catalog.obj_description(t.oid, 'pg_type')
FROM pg_catalog.pg_type t JOIN member ON objid = t.oid AND classid = 'pg_catalog.pg_type'::regclass
UNION ALL
SELECT 'view', c.relname, '', '', pg_catalog.obj_description(c.oid, 'pg_class')
FROM pg_catalog.pg_class c JOIN member ON objid = c.oid AND classid = 'pg_catalog.pg_class'::regclass
WHERE c.relkind = 'v'
ORDER BY 1, 2, 3;
