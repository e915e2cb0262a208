"""duckdb_peer.py FOLDER RUNS: the question of data.sql put to DuckDB. Prints label, CPU seconds, seconds, sum of scores."""
import resource
import sys
import time

import duckdb

folder, runs = sys.argv[1], int(sys.argv[2])
database = duckdb.connect(f"{folder}/orders.duckdb")

CUSTOMERS = """SELECT customer, max(ts) FILTER (WHERE amount >= 0) AS last_at, count(*) FILTER (WHERE amount >= 0) AS frequency,
                      sum(amount) AS monetary
               FROM {source} WHERE ts <= TIMESTAMP '2026-01-01' GROUP BY customer"""
NTILE = "ntile(5) OVER (ORDER BY {0})"
RANK = "1 + 5 * (rank() OVER (ORDER BY {0}) - 1) // count(*) OVER ()"


def scored(score, source="orders"):
    r, f, m = (score.format(value) for value in ("last_at NULLS FIRST", "frequency", "monetary"))
    return f"""SELECT customer, TIMESTAMP '2026-01-01' - last_at AS recency, frequency, monetary, {r} AS r, {f} AS f, {m} AS m
               FROM ({CUSTOMERS.format(source=source)})"""


def total(query):
    return f"SELECT sum(r * 100 + f * 10 + m) FROM ({query})"


def cpu():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def measure(label, *statements):
    for _ in range(runs):
        before, start = cpu(), time.monotonic()
        for statement in statements:
            result = database.execute(statement).fetchone()
        seconds = time.monotonic() - start
        print(label, f"{cpu() - before:.3f}", f"{seconds:.3f}", result[0], sep="\t", flush=True)


CSV = f"read_csv('{folder}/orders.csv', columns = {{'id': 'BIGINT', 'customer': 'BIGINT', 'ts': 'TIMESTAMP', 'amount': 'DECIMAL(12, 2)'}})"
database.execute(f"CREATE OR REPLACE TABLE orders AS SELECT * FROM {CSV}")
for threads in (1, 2):
    database.execute(f"SET threads = {threads}")
    end = f", {threads} thread" + "s" * (threads > 1)
    measure("DuckDB, own columns, ranks" + end, total(scored(RANK)))
    measure("DuckDB, own columns, ntile" + end, total(scored(NTILE)))
    measure("DuckDB, own columns, ranks, CREATE TABLE AS" + end, f"CREATE OR REPLACE TABLE result AS {scored(RANK)}", total("FROM result"))
measure("DuckDB, from the exported file, ranks, 2 threads", total(scored(RANK, CSV)))
