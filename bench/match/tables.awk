# Lays out "column section row value" as tables: a column is a number of records, with a profile where it is
# another than plain. Of values that come several times the least counts, of pairs per second the greatest.
BEGIN {
	FS = "\t"
	title["data"] = "data"
	title["given"] = "customer_dw, fields and rules given (a)"
	title["chosen"] = "customer_dw, nothing given"
	title["stored"] = "customer_dw, with a stored model"
	title["memory"] = "the same, little maintenance_work_mem"
	title["splink"] = "Splink on DuckDB, the same rules (a)"
	title["splink_cheap"] = "Splink, trained on few pairs (a)"
	title["splink_stored"] = "Splink, with a stored model"
	title["plain"] = "plain SQL, weights by hand"
	sections = split("data given chosen stored memory splink splink_cheap splink_stored plain", section, " ")
}

{
	if (!($1 in is_column)) {
		is_column[$1] = 1
		column[++columns] = $1
	}
	if (!(($2, $3) in is_row)) {
		is_row[$2, $3] = 1
		row[$2, ++rows[$2]] = $3
	}
	if (!(($1, $2, $3) in value) || ($2 == "compare") == ($4 + 0 > value[$1, $2, $3] + 0))
		value[$1, $2, $3] = $4
}

function is_number(text) {
	return text ~ /^[0-9.]+$/
}

function heading(text, c) {
	printf "\n%-52s", text
	for (c = 1; c <= columns; c++)
		printf "%17s", column[c]
	print ""
}

function cells(label, c) {
	printf "%-52s", label
	for (c = 1; c <= columns; c++)
		printf "%17s", cell[c]
	print ""
}

# The value divided by another one, or nothing where one is missing.
function ratio(c, s, r, other_s, other_r, form) {
	if (!is_number(value[column[c], s, r]) || !is_number(value[column[c], other_s, other_r]) ||
		value[column[c], other_s, other_r] == 0)
		return "-"
	return sprintf(form, value[column[c], s, r] / value[column[c], other_s, other_r])
}

function ratios(label, s, r, other_s, other_r, form, c) {
	for (c = 1; c <= columns; c++)
		cell[c] = ratio(c, s, r, other_s, other_r, form)
	cells(label)
}

function plain_rows(s, c, i) {
	for (i = 1; i <= rows[s]; i++) {
		for (c = 1; c <= columns; c++)
			cell[c] = ((column[c], s, row[s, i]) in value) ? value[column[c], s, row[s, i]] : ""
		cells(row[s, i])
	}
}

# The value for each record, beside that of the first column that has one.
function beside_first(label, s, r, other_s, other_r, c, first, each) {
	first = 0
	for (c = 1; c <= columns; c++) {
		each = ratio(c, s, r, other_s, other_r, "%.12f")
		if (each != "-" && column[c] !~ / /) {
			if (!first)
				first = each
			cell[c] = sprintf("%.2f", each / first)
		} else
			cell[c] = "-"
	}
	cells(label)
}

function workers(label, s, c, i) {
	for (i = 0; i <= 2; i++) {
		for (c = 1; c <= columns; c++)
			cell[c] = value[column[c], s "_" i, "seconds"]
		cells(label ", " i " workers: seconds")
	}
	ratios("  times as fast with 1 worker", s "_0", "seconds", s "_1", "seconds", "%.2f")
	ratios("  times as fast with 2 workers", s "_0", "seconds", s "_2", "seconds", "%.2f")
	ratios("  scoring alone, with 1 worker", s "_0", "  phase scoring", s "_1", "  phase scoring", "%.2f")
	ratios("  scoring alone, with 2 workers", s "_0", "  phase scoring", s "_2", "  phase scoring", "%.2f")
	for (c = 1; c <= columns; c++)
		cell[c] = value[column[c], s "_0", "pairs compared"]
	cells("  pairs compared")
	for (c = 1; c <= columns; c++)
		cell[c] = value[column[c], s "_2", "same identities"]
	cells("  same identities with 0 and 2")
}

END {
	for (i = 1; i <= sections; i++) {
		if (!rows[section[i]])
			continue
		heading(title[section[i]])
		plain_rows(section[i])
		if (("given", "pairs compared") in is_row && section[i] == "data")
			ratios("pairs under the rules, for each record", "given", "pairs compared", "data", "records", "%.3f")
	}
	heading("times as fast as peers, by the clock")
	ratios("given, as Splink", "splink", "seconds", "given", "seconds", "%.1f")
	ratios("given, as Splink trained on few pairs", "splink_cheap", "seconds", "given", "seconds", "%.1f")
	ratios("nothing given, as Splink", "splink", "seconds", "chosen", "seconds", "%.1f")
	ratios("stored model, as Splink with a stored model", "splink_stored", "seconds", "stored", "seconds", "%.1f")
	ratios("stored model, as plain SQL", "plain", "seconds", "stored", "seconds", "%.1f")
	heading("times less CPU than peers")
	ratios("given, than Splink", "splink", "CPU seconds", "given", "CPU seconds", "%.1f")
	ratios("given, than Splink trained on few pairs", "splink_cheap", "CPU seconds", "given", "CPU seconds", "%.1f")
	ratios("nothing given, than Splink", "splink", "CPU seconds", "chosen", "CPU seconds", "%.1f")
	ratios("stored model, than Splink with a stored model", "splink_stored", "CPU seconds", "stored", "CPU seconds", "%.1f")
	ratios("stored model, than plain SQL", "plain", "CPU seconds", "stored", "CPU seconds", "%.1f")
	if (rows["compare"]) {
		heading("million pairs per CPU second, four comparisons (b)")
		plain_rows("compare")
		ratios("customer_dw, times as many as DuckDB", "compare", "customer_dw", "compare", "DuckDB", "%.1f")
	}
	if (rows["few_0"]) {
		heading("parallel workers, stored model")
		workers("few pairs", "few")
		workers("many pairs", "many")
	}
	heading("growth: CPU seconds per record, beside the first")
	beside_first("given", "given", "CPU seconds", "data", "records")
	beside_first("stored", "stored", "CPU seconds", "data", "records")
	beside_first("stored, little memory", "memory", "CPU seconds", "data", "records")
	beside_first("Splink", "splink", "CPU seconds", "data", "records")
	print "\n(a) from create_resolver to identities on disk, training included; from parquet to clusters in memory. F1 is"
	print "    that of customer_dw at threshold 0.5, of Splink at 0.95."
	print "(b) three Jaro-Winkler and one Levenshtein, finding the pairs included: what many pairs take more than few."
	print "    customer_dw gives a pair up as soon as the other fields cannot make it a match; DuckDB and PostgreSQL"
	print "    compute all four."
}
