#!/usr/bin/perl
# perl check_layers.pl SRCDIR FLOOR...
#
# A floor is one module, or several siblings joined by commas; floors are given lowest first. Every
# #include "module/..." in SRCDIR/src must name the file's own module or one of a lower floor, and
# every folder of SRCDIR/src must be in the list.
use strict;
use warnings;
use File::Find;

my ($srcdir, @floors) = @ARGV;
die "usage: check_layers.pl SRCDIR FLOOR...\n" unless @floors;

my %floor_of;
for my $floor (0 .. $#floors) {
    $floor_of{$_} = $floor for split /,/, $floors[$floor];
}

my ($files, @faults) = (0);
for my $folder (glob "$srcdir/src/*") {
    my ($module) = $folder =~ m{([^/]+)$};
    if (!-d $folder) {
        push @faults, "src/$module: a source belongs in a module's folder";
    }
    elsif (!exists $floor_of{$module}) {
        push @faults, "src/$module: not in the Makefile's list of modules";
    }
    else {
        find({ no_chdir => 1, wanted => sub { check_file($module, $_) if /\.[ch]$/ } }, $folder);
    }
}
push @faults, "no source found in $srcdir/src" unless $files || @faults;
print "$_\n" for @faults;
print "$files files, ", scalar @faults, " faults\n";
exit(@faults ? 1 : 0);

sub check_file {
    my ($module, $path) = @_;
    $files++;
    open my $source, '<', $path or die "$path: $!\n";
    while (my $line = <$source>) {
        next unless $line =~ /^\s*#\s*include\s*"([^"]+)"/;
        my $fault = fault_of($module, $1, $path);
        push @faults, "$path:$.: $fault" if $fault;
    }
}

# What is wrong with this include, or nothing. A quoted header that is not in src/ is the server's.
sub fault_of {
    my ($module, $header, $path) = @_;
    return "\"$header\" must be written with its module" if $header =~ m{^\.{1,2}/};
    my ($folder) = $path =~ m{^(.*)/};
    return "\"$header\" must be written as \"$module/$header\"" if $header !~ m{/} && -e "$folder/$header";
    return unless -e "$srcdir/src/$header";

    my ($other) = $header =~ m{^([^/]+)/};
    return if $other eq $module;
    return "\"$header\" is of a module that is not in the list" unless exists $floor_of{$other};
    return "\"$header\" is of a sibling" if $floor_of{$other} == $floor_of{$module};
    return "\"$header\" is of a higher floor" if $floor_of{$other} > $floor_of{$module};
    return;
}
