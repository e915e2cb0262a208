# The suites of `./setup test`, which sources this file: fast ones first, each counted by what it
# prints. A suite that finds nothing to run, or ends badly without naming a failed test, counts as
# one failure.

PASSED=0
FAILED=0
SKIPPED=0
TIME_LIMIT=1680 # seconds for the whole run

all_suites() {
    cd "$ROOT"
    static_suite
    private_server
    fresh_database suites
    run extension "See the message above." sql suites -c 'CREATE EXTENSION customer_dw'
    check "reference page is up to date" reference_is_current
    regress_suite
    isolation_suite
    tap_suite
    doc_suite
    chart_suite
    agreement_suite
    property_suite
    accuracy_suite
    fuzz_suite
    exit $((FAILED > 0))
}

# The last line of the run, also where something broke before the tests.
closing_line() {
    local status=$? skipped=
    trap - ERR
    at_exit
    ((status == 0 || FAILED > 0)) || FAILED=1
    ((SKIPPED == 0)) || skipped=", $SKIPPED skipped"
    printf '\n%d passed, %d failed%s\n' "$PASSED" "$FAILED" "$skipped"
    ((FAILED == 0)) || exit 1
}

# --- counting --------------------------------------------------------------------------------

passed() {
    PASSED=$((PASSED + 1))
    printf '    ok      %s\n' "$1"
}

failed() {
    FAILED=$((FAILED + 1))
    printf '    FAILED  %s\n' "$1"
}

skipped() {
    SKIPPED=$((SKIPPED + 1))
    printf '    skipped %s\n' "$1"
}

# in_time COMMAND...: a program within what is left of the run's time
in_time() {
    local left=$((TIME_LIMIT - SECONDS))
    timeout -k 10 "$((left > 1 ? left : 1))" "$@" </dev/null
}

# check NAME COMMAND...: one test, passed when the command succeeds; its output is shown when not
check() {
    local name=$1 log
    log=$BUILD/log/check-${name//[^A-Za-z0-9]/-}.log
    shift
    if "$@" >"$log" 2>&1; then
        passed "$name"
    else
        head -n 40 "$log"
        failed "$name"
    fi
}

# count SUITE LOG STATUS OK FAILED SKIPPED: adds the lines of the log that match the patterns
count() {
    local suite=$1 log=$2 status=$3 ok failed skipped
    read -r ok failed skipped <<<"$(awk -v ok="$4" -v failed="$5" -v skipped="$6" '
        $0 ~ skipped { s++; next }
        $0 ~ failed { f++; next }
        $0 ~ ok { o++ }
        END { print o + 0, f + 0, s + 0 }' "$log")"
    PASSED=$((PASSED + ok))
    FAILED=$((FAILED + failed))
    SKIPPED=$((SKIPPED + skipped))
    printf '    %s: %d passed, %d failed, %d skipped\n' "$suite" "$ok" "$failed" "$skipped"
    if ((ok + failed + skipped == 0)); then
        tail -n 40 "$log"
        failed "$suite: no test was found"
    elif ((status != 0 && failed == 0)); then
        tail -n 40 "$log"
        failed "$suite: ended with status $status, 124 being out of time"
    fi
}

# --- suites ----------------------------------------------------------------------------------

static_suite() {
    step "checking the sources"
    check "layers" in_time "${MAKE[@]}" -C "$OBJECTS" check-layers
    if have clang-format-14; then
        check "format" in_time "${MAKE[@]}" -C "$OBJECTS" check-format
    else
        skipped "format: there is no clang-format-14"
    fi
    check "exported symbols start with cdw_" exported_symbols_are_ours
    compiles_without_warnings gcc
    compiles_without_warnings "$(sed -n 's/^CLANG = *//p' "$PGXS_TEST/../Makefile.global")"
}

exported_symbols_are_ours() {
    local others
    others=$(nm -D --defined-only "$OBJECTS/customer_dw.so" |
        awk '$2 ~ /[A-Z]/ && $3 !~ /^(pg_finfo_)?cdw_|^Pg_magic_func$|^_(init|fini|PG_init)$/ { print $3 }')
    echo "$others"
    [[ -z $others ]]
}

compiles_without_warnings() {
    local compiler=$1 folder flags=-Werror
    if [[ -z $compiler ]] || ! have "$compiler"; then
        skipped "compile without warnings: there is no ${compiler:-clang}"
        return
    fi
    # The server's own flags are meant for gcc.
    [[ $compiler == gcc ]] || flags+=" -Wno-ignored-optimization-argument -Wno-unknown-warning-option"
    folder=$BUILD/strict-pg$MAJOR-${compiler##*/}
    objects_folder "$folder"
    check "compiles without warnings: ${compiler##*/}" in_time "${MAKE[@]}" -C "$folder" \
        -j "$(nproc)" CC="$compiler" CDW_CFLAGS="$flags" all
}

reference_is_current() {
    PGDATABASE=suites PATH=$BIN:$PATH in_time perl doc/reference.pl "$ROOT" >"$BUILD/reference.md" &&
        diff -u doc/reference.md "$BUILD/reference.md" || { echo "run ./setup reference" && false; }
}

# pg_regress and its sister for isolation print "ok" and "not ok" from PostgreSQL 16 on.
run_regress() {
    local suite=$1 program=$2 inputdir=$3 status=0
    shift 3
    local output=$BUILD/$suite log=$BUILD/log/$suite.log
    rm -rf "$output"
    mkdir -p "$output"
    PATH=$BIN:$PATH in_time "$program" --inputdir="$inputdir" --outputdir="$output" --bindir="$BIN" \
        --host="$PGHOST" --port="$PGPORT" --user="$PGUSER" --dbname="suites_$suite" --encoding=UTF8 \
        --load-extension=customer_dw "$@" >"$log" 2>&1 || status=$?
    [[ ! -s $output/regression.diffs ]] || head -n 60 "$output/regression.diffs"
    count "$suite" "$log" "$status" '^ok |[.][.][.] ok' '^not ok |[.][.][.] FAILED' '# SKIP'
}

regress_suite() {
    local tests
    step "running sql/ by pg_regress"
    tests=$(find sql -name '*.sql' -printf '%f\n' | sed 's/\.sql$//' | sort)
    # shellcheck disable=SC2086
    run_regress regress "$PGXS_TEST/regress/pg_regress" "$ROOT" $tests
}

isolation_suite() {
    local specs
    step "running test/isolation/ by pg_isolation_regress"
    specs=$(find test/isolation/specs -name '*.spec' -printf '%f\n' | sed 's/\.spec$//' | sort)
    # shellcheck disable=SC2086
    run_regress isolation "$PGXS_TEST/isolation/pg_isolation_regress" "$ROOT/test/isolation" $specs
}

# The scripts start servers of their own: on a copy that the server's user can read, and write to,
# with their sockets below the folder of ours, which goes when the server stops.
tap_suite() {
    local stage=$PRIVATE/tap log=$BUILD/log/tap.log status=0
    step "running test/tap/ by prove"
    rm -rf "$stage"
    mkdir -p "$stage/test" "$stage/tmp_check/log"
    cp -r test/tap "$stage/test/"
    [[ ! -d examples ]] || cp -r examples "$stage/"
    chmod -R a+rX "$stage"
    give_to_server "$stage" "$stage/tmp_check" "$stage/tmp_check/log"
    in_time "${AS_SERVER[@]}" env -u PGHOST -u PGPORT -u PGUSER -C "$stage" PATH="$BIN:$PATH" \
        TESTDIR="$stage" TESTDATADIR="$stage/tmp_check" TESTLOGDIR="$stage/tmp_check/log" \
        PG_REGRESS="$PGXS_TEST/regress/pg_regress" TMPDIR="$PGHOST" \
        prove -v --ext=.pl -I "$PGXS_TEST/perl" test/tap >"$log" 2>&1 || status=$?
    grep -A 20 -E '^not ok ' "$log" | head -n 60 || true
    count tap "$log" "$status" '^ok [0-9]' '^not ok [0-9]' '^ok [0-9]+ # skip'
}

# script_suite SUITE COMMAND...: prints a line "ok - ", "not ok - " or "skip - " for each check, and
# what else is to be seen
script_suite() {
    local suite=$1 log=$BUILD/log/$1.log status=0
    shift
    in_time "$@" >"$log" 2>&1 || status=$?
    grep -vE '^ok - ' "$log" || true
    count "$suite" "$log" "$status" '^ok - ' '^not ok - ' '^skip - '
}

# on_data SUITE: test/SUITE/run in a database of its own, with the folder of data sets
on_data() {
    step "running test/$1/"
    fresh_database "$1"
    sql "$1" -c 'CREATE EXTENSION customer_dw'
    PGDATABASE=$1 PATH=$BIN:$PATH CDW_DATA=${CDW_DATA:-$ROOT/../shared/data} script_suite "$1" "test/$1/run"
}

doc_suite() {
    on_data doc
}

chart_suite() {
    on_data chart
}

agreement_suite() {
    on_data agreement
}

property_suite() {
    on_data property
}

accuracy_suite() {
    on_data accuracy
}

fuzz_suite() {
    step "running test/fuzz/"
    script_suite fuzz test/fuzz/run
}
