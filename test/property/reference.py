"""A slow second opinion on match_weight.

    reference.py RESOLVER...

For pairs of each resolver's match table, read through psql, the weight is computed twice more: as the sum
of explain_match's rows, and from the model's document, the levels and the counts of values alone, as
doc/identity.md says it. Each must agree to 1e-9. Connects as PGHOST and so on say.
"""

import json
import math
import subprocess
import sys

PAIRS = 400
TOLERANCE = 1e-9

# The standard form of a value, by kind; a word that stands for a missing value does not come here, because
# only fields that agree are counted.
STANDARD = {
    "name": "cdw.normalize_name({v})",
    "given_name": "cdw.normalize_name({v})",
    "family_name": "cdw.normalize_name({v})",
    "company": "cdw.normalize_company({v})",
    "email": "COALESCE(cdw.normalize_email({v}), replace(lower({v}), ' ', ''))",
    "phone": "regexp_replace(COALESCE(cdw.normalize_phone({v}, {region}), {v}), '[^0-9]', '', 'g')",
    "date": "COALESCE(to_char(cdw.normalize_date({v}, {order}), 'YYYYMMDD'), regexp_replace({v}, '[^0-9]', '', 'g'))",
    "postcode": "replace(cdw.normalize_text({v}), ' ', '')",
    "identifier": "replace(cdw.normalize_text({v}), ' ', '')",
    "address": "cdw.normalize_address({v})",
    "place": "cdw.normalize_address({v})",
    "category": "cdw.normalize_text({v})",
    "text": "cdw.normalize_text({v})",
    "number": "trim_scale(({v})::numeric)::text",
}


def query(sql):
    """The one JSON value that a query gives."""
    result = subprocess.run(["psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-c", sql],
                            check=True, capture_output=True, text=True)
    return json.loads(result.stdout or "null")


def literal(text):
    return "'" + text.replace("'", "''") + "'"


def read(resolver):
    """Settings, model, pairs with what explain_match says of each, and counts by field and value."""
    stored = query(f"SELECT json_build_object('settings', settings, 'model', model) FROM {resolver}_resolver")
    pairs = query(f"""
        SELECT json_agg(json_build_object('left', left_key::text, 'right', right_key::text,
            'weight', match_weight, 'probability', match_probability, 'rows',
            (SELECT json_agg(e) FROM cdw.explain_match('{resolver}', left_key::text, right_key::text) e)))
        FROM (SELECT * FROM {resolver}_match ORDER BY md5(left_key::text || right_key::text) LIMIT {PAIRS}) m""")
    terms = query(f"SELECT COALESCE(json_agg(json_build_array(field, value, records)), '[]') FROM {resolver}_term")
    return stored["settings"], stored["model"], pairs or [], {(f, v): n for f, v, n in terms}


def standard_forms(settings, pairs):
    """The standard form of every left value that some pair agrees on, by field and value."""
    forms = {}
    for field, options in settings["fields"].items():
        values = sorted({row["left_value"] for pair in pairs for row in pair["rows"]
                         if row["field"] == field and row["level"] == "equal"})
        if not values:
            continue
        form = STANDARD[options["kind"]].format(
            v="v", region=literal(options.get("region", "US")), order=literal(options.get("field_order", "ymd")))
        array = ",".join(literal(value) for value in values)
        found = query(f"SELECT json_agg(json_build_array(v, {form})) FROM unnest(ARRAY[{array}]::text[]) v")
        forms.update({(field, value): standard for value, standard in found})
    return forms


def from_model(settings, model, rows, forms, terms):
    """log2 of the odds, of the model's numbers: prior, m / u of each level, rarity of what agrees, what fields
    agree on together by chance, household, calibration."""
    prior = model["prior"]
    weight = math.log2(prior / (1 - prior))
    household = math.log2(model["household_prior"]) if model["household_prior"] > 0 else None
    place = {}  # the number of each field's level
    shared = {name for name, field in model["fields"].items() if "h" in field["levels"][0]}
    for row in rows:
        options = settings["fields"].get(row["field"])
        if options is None or row["level"] == "missing":
            continue
        field = model["fields"][row["field"]]
        place[row["field"]] = [level["level"] for level in field["levels"]].index(row["level"])
        level = field["levels"][place[row["field"]]]
        rarity = 0.0
        if row["level"] == "equal" and options.get("term_frequency", True) and field["repeated"] >= 2:
            count = max(terms.get((row["field"], forms[row["field"], row["left_value"]]), 2), 2)
            rarity = math.log2(field["agreement"] * field["values"] * (field["values"] - 1) / field["repeated"] / (count - 1))
        weight += math.log2(level["m"] / level["u"]) + rarity
        if household is not None and "h" in level:
            household += math.log2(level["h"] / level["u"]) + rarity
    for dependence in model.get("dependences", []):
        a, b = dependence["fields"]
        if a in place and b in place:
            lift = dependence["lift"][place[a]][place[b]] / math.log(2)
            weight -= lift
            if household is not None and (a in shared or b in shared):
                household -= lift
    if household is not None:
        weight -= math.log2(1 + 2 ** household) if household < 1000 else household
    return model["slope"] * weight + model["intercept"] / math.log(2)


def check(name, errors):
    worst = max(errors, default=0)
    good = bool(errors) and worst <= TOLERANCE
    print(f"{'ok' if good else 'not ok'} - {name}: {len(errors)} pairs, at most {worst:.1e} apart", flush=True)


def main():
    for resolver in sys.argv[1:]:
        settings, model, pairs, terms = read(resolver)
        forms = standard_forms(settings, pairs)
        check(f"{resolver}: explain_match adds up to match_weight",
              [abs(sum(row["weight"] for row in pair["rows"]) - pair["weight"]) for pair in pairs])
        check(f"{resolver}: cumulative_weight ends at match_weight",
              [abs(pair["rows"][-1]["cumulative_weight"] - pair["weight"]) for pair in pairs])
        check(f"{resolver}: the model's document gives match_weight",
              [abs(from_model(settings, model, pair["rows"], forms, terms) - pair["weight"]) for pair in pairs])
        check(f"{resolver}: match_probability is that of the weight",
              [abs(1 / (1 + 2 ** -pair["weight"]) - pair["probability"]) for pair in pairs])


main()
