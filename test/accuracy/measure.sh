# shellcheck shell=bash
# How right the extension is on a set, for the scripts that source this file.
#
# A set SET is brought as a table SET_rows: any columns, cluster_id (the truth) and, for a link, source.
# Keys become random numbers and rows are shuffled: in several sets the key or the order of rows gives the
# truth away. What a resolver sees are SET and SET_c, the same with columns named c1, c2, ...; it does not
# see cluster_id. Nothing is configured.

export PGCLIENTENCODING=UTF8
SQL=(psql -X -q -A -t -v ON_ERROR_STOP=1)
RESULTS=$(mktemp -d) # of each set: .row, .bins, .checks, .log
trap 'rm -rf "$RESULTS"' EXIT

# prepare SET: makes SET, SET_c and SET_truth of SET_rows
prepare() {
    "${SQL[@]}" -v set="$1" -f prepare.sql
}

# in_parallel COMMAND...: runs it beside what runs already, as many at a time as there are processors
in_parallel() {
    while (($(jobs -rp | wc -l) >= $(nproc))); do wait -n || true; done
    "$@" &
}

# measure SET EXPECTED: resolves it and leaves its results. EXPECTED is the least F1; "none" where nothing
# matches; or "warning" where only another class can be found, which the engine should say.
measure() {
    local set=$1 expected=$2 link='' started seconds figures warnings
    local log=$RESULTS/$set.log
    [[ $("${SQL[@]}" -c "SELECT count(DISTINCT source) FROM ${set%_c}_truth") -lt 2 ]] ||
        link=", source_column => 'source', link_type => 'link'"
    started=$(date +%s.%N)
    if ! "${SQL[@]}" -c "SELECT FROM cdw.create_resolver('$set', '$set', 'record_key'$link)" \
        -c "CALL cdw.resolve('$set')" >"$log" 2>&1; then
        echo "not ok - $set: $(grep -m 1 ERROR "$log")" >"$RESULTS/$set.checks"
        return
    fi
    seconds=$(date +%s.%N | awk -v s="$started" '{printf "%.1f", $1 - s}')
    warnings=$(grep -c '^[^ ]*WARNING:\|^WARNING:' "$log" || true)
    figures=$("${SQL[@]}" -F ' ' -v set="$set" -v truth="${set%_c}_truth" -f figures.sql)
    # shellcheck disable=SC2086  # the figures are words
    printf '%-18s %10s %8s %8s %9s %8s %8s %8s %8s %8s\n' "$set" ${figures% *} "$seconds" "$warnings" >"$RESULTS/$set.row"
    "${SQL[@]}" -F ' ' -v set="$set" -v truth="${set%_c}_truth" -f reliability.sql >"$RESULTS/$set.bins"
    judge "$set" "$expected" "$(awk '{print $6}' <<<"$figures")" "$warnings" "$(awk '{print $2}' <<<"$figures")" >"$RESULTS/$set.checks"
    # in a link pairs of one source are not counted among those linked
    [[ -n $link || ${figures##* } == - ]] ||
        verdict "$(awk '{print ($2 == $NF)}' <<<"$figures")" "$set: evaluate counts ${figures##* } pairs at .5, as many as resolve has linked" >>"$RESULTS/$set.checks"
}

# is_open MESSAGE: whether the check is one of those that are not reached yet
is_open() {
    local pattern
    while read -r pattern; do
        # shellcheck disable=SC2053  # a pattern
        [[ $pattern == \#* || $1 != $pattern ]] || return 0
    done <open
    return 1
}

# verdict TRUE_OR_FALSE MESSAGE
verdict() {
    if [[ $1 == 1 ]]; then
        echo "ok - $2"
    elif is_open "$2"; then
        echo "skip - $2: not reached yet"
    else
        echo "not ok - $2"
    fi
}

# judge SET EXPECTED F1 WARNINGS LINKED: the checks
judge() {
    local set=$1 expected=$2 f1=$3 warnings=$4 linked=$5 records few bins
    records=$("${SQL[@]}" -c "SELECT count(*) FROM ${set}_identity")
    few=$((linked * 200 <= records))
    if [[ $expected == warning ]]; then
        verdict "$(awk "BEGIN {print (($warnings > 0) || ($f1 >= .9) || $few)}")" \
            "$set: a warning, F1 of .9, or no links: $warnings warnings, F1 $f1, $linked pairs of $records records"
        return
    elif [[ $expected == none ]]; then
        verdict $few "$set: nothing matches, and $linked pairs of $records records are linked; at most one in 200 records"
    else
        verdict "$(awk "BEGIN {print ($f1 >= $expected)}")" "$set: F1 $f1, at least $expected"
    fi
    # where much is wrong a warning is right
    verdict "$(awk "BEGIN {print (($warnings == 0) || (\"$expected\" != \"none\" && $f1 < \"$expected\" - .1))}")" "$set: no false warning"
    bins=$(awk '$NF == "off" {printf " %s", $1}' "$RESULTS/$set.bins")
    verdict "$([[ -z $bins ]] && echo 1)" "$set: reliable within .05${bins:+; not in bins$bins}"
}

# The tables of all sets measured, in the order given, then the checks.
report() {
    local set
    printf '%-18s %10s %8s %8s %9s %8s %8s %8s %8s %8s\n' set candidates linked found precision recall F1 "best F1" seconds warnings
    for set; do cat "$RESULTS/$set.row" 2>/dev/null || echo "$set: failed"; done
    echo
    echo "Reliability: of the pairs kept, by tenths of match_probability"
    printf '%-18s %4s %10s %8s %8s\n' set bin pairs mean true
    for set; do
        [[ $set == *_c ]] || awk -v set="$set" '{printf "%-18s %4s %10s %8s %8s %s\n", set, $1, $2, $3, $4, $5}' "$RESULTS/$set.bins" 2>/dev/null || true
    done
    echo
    for set; do
        cat "$RESULTS/$set.checks" 2>/dev/null || echo "not ok - $set: was not measured"
    done
}
