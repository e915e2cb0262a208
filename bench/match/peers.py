"""Splink and DuckDB (PyPI) on the customers of bench/match.

    peers.py convert FOLDER        FOLDER/customers.csv and truth.csv to parquet, which is not measured
    peers.py splink FOLDER         trains, predicts and clusters; then again with the stored model
    peers.py compare FOLDER        three Jaro-Winkler and one Levenshtein over a join that gives many pairs
    peers.py versions

Prints lines "section <tab> row <tab> value". THREADS is the number of DuckDB's threads, 2 without it. SPLINK_EM has
the rules of its expectation maximisation, fields joined by commas, SPLINK_U the number of its random pairs.
"""

import os
import resource
import sys
import time
import warnings

import duckdb

THREADS = int(os.environ.get("THREADS", "2"))
# as its examples train; and on rules that give few pairs, which is much cheaper
EM_RULES = os.environ.get("SPLINK_EM", "first_name,surname dob").split()
CHEAP_EM_RULES = "email first_name,surname".split()
# ten million: "often adequate" in its documentation, which advises more for the final model
U_PAIRS = float(os.environ.get("SPLINK_U", "1e7"))
THRESHOLD = 0.95
THRESHOLDS = (0.5, 0.9, 0.95, 0.99, 0.999, 0.9999, 0.99999)


def say(section, row, value):
    print(f"{section}\t{row}\t{value}", flush=True)


def cpu():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def memory():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


class Steps:
    """Says how long each step took, and all of them."""

    def __init__(self, section):
        self.section = section
        self.first = self.last = time.time()
        self.cpu = cpu()

    def done(self, step):
        now = time.time()
        say(self.section, f"  {step}", f"{now - self.last:.2f}")
        self.last = now

    def total(self):
        say(self.section, "seconds", f"{self.last - self.first:.2f}")
        say(self.section, "CPU seconds", f"{cpu() - self.cpu:.2f}")


def convert(folder):
    connection = duckdb.connect()
    for name, columns in (
        ("customers", "{id: 'BIGINT', first_name: 'VARCHAR', surname: 'VARCHAR', dob: 'DATE', email: 'VARCHAR', "
                      "phone: 'VARCHAR', street: 'VARCHAR', city: 'VARCHAR', postcode: 'VARCHAR'}"),
        ("truth", "{id: 'BIGINT', person: 'BIGINT'}"),
    ):
        connection.execute(f"COPY (SELECT * FROM read_csv('{folder}/{name}.csv', header = true, columns = {columns})) "
                           f"TO '{folder}/{name}.parquet' (FORMAT parquet)")


def splink_settings():
    import splink.comparison_library as cl
    from splink import SettingsCreator, block_on

    return SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name="id",
        blocking_rules_to_generate_predictions=[
            block_on("email"),
            block_on("phone"),
            block_on("surname", "dob"),
            block_on("first_name", "dob"),
            block_on("first_name", "surname", "postcode"),
            block_on("dob", "postcode"),
        ],
        comparisons=[
            cl.JaroWinklerAtThresholds("first_name", [0.92, 0.8]).configure(term_frequency_adjustments=True),
            cl.JaroWinklerAtThresholds("surname", [0.92, 0.8]).configure(term_frequency_adjustments=True),
            cl.DateOfBirthComparison("dob", input_is_string=False),
            cl.JaroWinklerAtThresholds("email", [0.95, 0.88]),
            cl.LevenshteinAtThresholds("phone", [1, 2]),
            cl.LevenshteinAtThresholds("postcode", [1]),
        ],
    )


def start(folder):
    from splink import DuckDBAPI

    connection = duckdb.connect(config={"threads": THREADS})
    api = DuckDBAPI(connection=connection)
    connection.execute(f"CREATE TABLE customers AS SELECT * FROM read_parquet('{folder}/customers.parquet')")
    return connection, api, api.register(connection.table("customers"))


def f1(connection, folder, clusters):
    """F1 over pairs in one cluster, from counts."""
    def pairs(by):
        return connection.execute(
            f"SELECT sum(n * (n - 1) / 2) FROM (SELECT count(*) AS n FROM {clusters.physical_name} "
            f"JOIN read_parquet('{folder}/truth.parquet') USING (id) GROUP BY {by})").fetchall()[0][0]

    return 2 * pairs("cluster_id, person") / (pairs("cluster_id") + pairs("person"))


def splink(folder):
    from splink import Linker

    trained("splink_cheap", folder, CHEAP_EM_RULES)
    model = trained("splink", folder, EM_RULES)
    stored = Steps("splink_stored")
    connection, api, table = start(folder)
    linker = Linker(table, model)
    stored.done("load")
    predictions = linker.inference.predict(threshold_match_probability=0.1)
    stored.done("predict")
    linker.clustering.cluster_pairwise_predictions_at_threshold(
        predictions, threshold_match_probability=THRESHOLD)
    stored.done("cluster")
    stored.total()


def trained(section, folder, rules):
    """Trains, predicts and clusters; the file of the model."""
    from splink import Linker, block_on

    steps = Steps(section)
    connection, api, table = start(folder)
    linker = Linker(table, splink_settings())
    steps.done("load")
    linker.training.estimate_probability_two_random_records_match(
        [block_on("first_name", "surname", "dob"), block_on("email")], recall=0.8)
    steps.done("prior")
    linker.training.estimate_u_using_random_sampling(max_pairs=U_PAIRS, seed=1)
    steps.done("u")
    for rule in rules:
        linker.training.estimate_parameters_using_expectation_maximisation(
            block_on(*rule.split(",")), estimate_without_term_frequencies=True)
    steps.done("expectation maximisation")
    predictions = linker.inference.predict(threshold_match_probability=0.1)
    steps.done("predict")
    clusters = linker.clustering.cluster_pairwise_predictions_at_threshold(
        predictions, threshold_match_probability=THRESHOLD)
    steps.done("cluster")
    steps.total()
    say(section, "peak memory, MB", f"{memory():.0f}")
    say(section, "F1 of pairs in clusters", f"{f1(connection, folder, clusters):.4f}")
    best = max(f1(connection, folder, linker.clustering.cluster_pairwise_predictions_at_threshold(
        predictions, threshold_match_probability=threshold)) for threshold in THRESHOLDS)
    say(section, "best F1 over thresholds", f"{best:.4f}")
    model = f"{folder}/splink.json"
    linker.misc.save_model_to_json(model, overwrite=True)
    del linker, predictions, clusters
    connection.close()
    return model


def compare(folder):
    connection = duckdb.connect(config={"threads": 1})
    connection.execute(
        f"CREATE TABLE c AS SELECT *, year(dob) AS birth_year FROM read_parquet('{folder}/customers.parquet')")
    records = connection.execute("SELECT count(*) FROM c").fetchall()[0][0]

    def sample(step):
        before = cpu()
        pairs = connection.execute(
            "SELECT count(*), sum(jaro_winkler_similarity(a.surname, b.surname)), "
            "sum(jaro_winkler_similarity(a.street, b.street)), sum(jaro_winkler_similarity(a.email, b.email)), "
            "sum(levenshtein(a.phone, b.phone)) "
            "FROM c AS a JOIN c AS b ON a.first_name = b.first_name AND a.birth_year = b.birth_year AND a.id < b.id "
            f"WHERE a.id % {step} = 0").fetchall()[0][0]
        return pairs, cpu() - before

    step = max(1, records // 200000)
    pairs, seconds = sample(step)
    fewer, less = sample(step * 10)
    say("compare", "DuckDB", f"{(pairs - fewer) / (seconds - less) / 1e6:.3f}")


def versions():
    import splink as package

    print(f"Splink {package.__version__}, DuckDB {duckdb.__version__}")


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    {"convert": convert, "splink": splink, "compare": compare, "versions": versions}[sys.argv[1]](*sys.argv[2:])
