# Lays out "label cpu wall value" as a table with the least of all rounds, what that means as ratios of CPU seconds, and
# whether all that should agree do.
!($1 in cpu) { label[++n] = $1; cpu[$1] = $2; wall[$1] = $3; value[$1] = $4 }
$2 != "late" && $2 < cpu[$1] { cpu[$1] = $2 }
$3 != "late" && $3 < wall[$1] { wall[$1] = $3 }

# The ratio of two labels, where both were measured.
function ratio(what, a, b) {
	if (cpu[a] + 0 > 0 && cpu[b] + 0 > 0)
		printf "%-70s %9.2f %9.2f\n", what, cpu[a] / cpu[b], wall[a] / wall[b]
}

# The least of what plain SQL took, as if it were one more label.
function best_sql(    i) {
	for (i = 1; i <= n; i++) {
		if (label[i] !~ /^plain SQL, (ntile|rank)/ || label[i] ~ /CREATE|workers/ || cpu[label[i]] == "late")
			continue
		if (!("best" in cpu) || cpu[label[i]] < cpu["best"])
			cpu["best"] = cpu[label[i]]
		if (!("best" in wall) || wall[label[i]] < wall["best"])
			wall["best"] = wall[label[i]]
	}
}

function agree(kind, with,    i, same) {
	for (i = 1; i <= n; i++) {
		if (label[i] !~ with || value[label[i]] == "")
			continue
		if (same == "")
			same = value[label[i]]
		else if (same != value[label[i]]) {
			printf "%s: NO, %s has %s instead of %s\n", kind, label[i], value[label[i]], same
			return
		}
	}
	printf "%s: yes\n", kind
}

END {
	printf "%-70s %9s %9s\n", "seconds", "CPU", "wall"
	for (i = 1; i <= n; i++) {
		if (cpu[label[i]] == "late")
			printf "%-70s %9s %9s\n", label[i], "", "> " timeout
		else if (cpu[label[i]] == "-")
			printf "%-70s %9s %9.2f\n", label[i], "", wall[label[i]]
		else
			printf "%-70s %9.2f %9.2f\n", label[i], cpu[label[i]], wall[label[i]]
	}
	printf "\n%-70s %9s %9s\n", "ratios", "CPU", "wall"
	best_sql()
	ratio("best plain SQL, whatever its work_mem / rfm_table", "best", "rfm_table, quantile")
	ratio("plain SQL by ntile / rfm_table", "plain SQL, ntile", "rfm_table, quantile")
	ratio("plain SQL by ntile, two workers / rfm_table", "plain SQL, ntile, two workers", "rfm_table, quantile")
	ratio("plain SQL by rank / rfm_table", "plain SQL, rank", "rfm_table, quantile")
	ratio("plain SQL by ntile / rfm_table, both with work_mem 4MB", "plain SQL, ntile, work_mem 4MB", "rfm_table, quantile, work_mem 4MB")
	ratio("rfm_table / DuckDB's ranks, 1 thread", "rfm_table, quantile", "DuckDB, own columns, ranks, 1 thread")
	ratio("rfm_table / DuckDB's ranks, 2 threads", "rfm_table, quantile", "DuckDB, own columns, ranks, 2 threads")
	ratio("rfm_table / DuckDB, CREATE TABLE AS, 1 thread", "rfm_table, quantile, CREATE TABLE AS", "DuckDB, own columns, ranks, CREATE TABLE AS, 1 thread")
	ratio("rfm_table / DuckDB over the exported file", "rfm_table, quantile", "DuckDB, from the exported file, ranks, 2 threads")
	ratio("1% new orders merged / all anew", "states: 1% new orders merged", "states: all orders anew, with their key")
	ratio("frames of 1,000,000 rows / of 100", "window over a tenth of the orders, frames of 1000000", "window over a tenth of the orders, frames of 100")
	printf "\n"
	agree("sums of scores by rank agree", "(quantile|rank|rfm_score in)")
	agree("sums of scores by ntile agree", ", ntile")
}
