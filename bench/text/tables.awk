# Lays out "who function kind nanoseconds", the least of each, as tables: the comparing functions,
# what they are beside their peers, and the standard forms.
BEGIN {
	FS = "\t"
	kinds = split("name email address chinese chinese_firm accented", kind, " ")
}

{
	if (!(($1, $2, $3) in ns) || $4 < ns[$1, $2, $3])
		ns[$1, $2, $3] = $4
	if (!(($1, $2) in seen)) {
		seen[$1, $2] = 1
		rows++
		who[rows] = $1
		what[rows] = $2
	}
}

function heading(title, k) {
	printf "\n%-42s", title
	for (k = 1; k <= kinds; k++)
		printf "%13s", kind[k]
	print ""
}

function line(r, k) {
	printf "%-42s", what[r] " " (who[r] == "form" || who[r] == "floor" ? "" : who[r])
	for (k = 1; k <= kinds; k++)
		printf "%13s", ((who[r], what[r], kind[k]) in ns) ? ns[who[r], what[r], kind[k]] : ""
	print ""
}

# How many times longer the peer takes; with the executor's floor, or without ours where net is 1.
function ratio(label, f, other, net, k, ours, theirs) {
	printf "%-42s", label
	for (k = 1; k <= kinds; k++) {
		ours = ns["customer_dw", f, kind[k]] - net * ns["floor", "floor", kind[k]]
		theirs = ns[other, f, kind[k]]
		printf "%13s", theirs == "" ? "" : sprintf("%.2f", net ? ours / theirs : theirs / ours)
	}
	print ""
}

END {
	heading("comparing, with the floor but rapidfuzz-cpp")
	for (r = 1; r <= rows; r++)
		if (who[r] != "form")
			line(r)
	heading("times faster, floor included on both sides")
	ratio("levenshtein than fuzzystrmatch", "levenshtein", "fuzzystrmatch", 0)
	ratio("within 2 than fuzzystrmatch", "within 2", "fuzzystrmatch", 0)
	ratio("jaro_winkler than pg_similarity", "jaro_winkler", "pg_similarity", 0)
	ratio("levenshtein than DuckDB", "levenshtein", "duckdb", 0)
	ratio("jaro_winkler than DuckDB", "jaro_winkler", "duckdb", 0)
	ratio("damerau_levenshtein than DuckDB (*)", "damerau_levenshtein", "duckdb", 0)
	ratio("trigrams than pg_trgm", "trigrams", "pg_trgm", 0)
	heading("net of the floor, share of rapidfuzz-cpp")
	ratio("levenshtein", "levenshtein", "rapidfuzz", 1)
	ratio("damerau_levenshtein", "damerau_levenshtein", "rapidfuzz", 1)
	ratio("jaro_winkler", "jaro_winkler", "rapidfuzz", 1)
	heading("standard forms and codes, with the floor")
	for (r = 1; r <= rows; r++)
		if (who[r] == "form" && what[r] !~ /phone$|date$/)
			line(r)
	printf "%-42s%13s\n", "normalize_phone", ns["form", "normalize_phone", "phone"]
	printf "%-42s%13s\n", "normalize_date", ns["form", "normalize_date", "birthday"]
	print "\n(*) DuckDB's damerau_levenshtein is the unrestricted distance, ours optimal string alignment."
	print "rapidfuzz-cpp runs without a database, on text that was decoded beforehand."
}
