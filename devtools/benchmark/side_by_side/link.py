"""Link the normalised rows with Splink on DuckDB; run by a Python that has both, and nothing of this project.

`link.py FOLDER THREADS` reads records.csv and accounts.csv, and writes best.csv (the best account of each record,
with its weight in bits) and seconds.json. The model is the one that Splink's own documentation leads to: exact keys
with term frequencies, a name by its words and by Jaro-Winkler, a distance of dates; u by sampling, m by EM.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import duckdb
import splink.comparison_level_library as levels
import splink.comparison_library as comparisons
from splink import Linker, SettingsCreator, block_on
from splink.backends.duckdb import DuckDBAPI

COLUMNS = dict.fromkeys(("unique_id", "name", "phone", "license", "license_number", "plate", "car"), "VARCHAR")
READ = (
    "create table {0} as select *, list_sort(string_split(name, ' ')) as words"
    " from read_csv(?, header = true, columns = ?)"
)
BEST = (
    "copy (select unique_id_l as record, arg_max(unique_id_r, match_weight) as account, max(match_weight) as weight"
    " from {0} group by 1) to '{1}' (header)"
)
NEAR = "abs(date_diff('day', l.day, r.day)) <= {0}"
SAME_WORDS = "len(list_intersect(words_l, words_r)) >= {0}"


def settings() -> SettingsCreator:
    """The model: the same evidence that the rules and weights of the pipeline use."""
    keys = [
        comparisons.ExactMatch(key).configure(term_frequency_adjustments=True)
        for key in ("phone", "license", "plate", "car")
    ]
    name = comparisons.CustomComparison(
        output_column_name="name",
        comparison_levels=[
            levels.NullLevel("name"),
            levels.ExactMatchLevel("words"),
            levels.JaroWinklerLevel("name", 0.92),
            *(
                levels.CustomLevel(SAME_WORDS.format(count), label_for_charts=f"{count} words in common")
                for count in (3, 2, 1)
            ),
            levels.ElseLevel(),
        ],
    )
    day = comparisons.AbsoluteDateDifferenceAtThresholds(
        "day", input_is_string=False, metrics=["day", "day", "day"], thresholds=[7, 30, 90]
    )
    return SettingsCreator(
        link_type="link_only",
        comparisons=[*keys, name, day],
        blocking_rules_to_generate_predictions=[
            block_on("phone"),
            block_on("license"),
            block_on("license_number"),
            block_on("plate"),
            "l.name = r.name and " + NEAR.format(90),
            "l.car = r.car and " + NEAR.format(30) + " and list_has_any(l.words, r.words)",
        ],
        retain_matching_columns=False,
    )


def main(folder: Path, threads: int) -> None:
    """Read, train, predict, choose; times are those after reading."""
    connection = duckdb.connect()
    connection.execute(f"set threads = {threads}")
    columns = {**COLUMNS, "day": "DATE"}
    for table in ("records", "accounts"):
        connection.execute(READ.format(table), [str(folder / f"{table}.csv"), columns])
    api = DuckDBAPI(connection)
    linker = Linker([api.register("records"), api.register("accounts")], settings())
    moments = [time.perf_counter()]
    linker.training.estimate_probability_two_random_records_match([block_on("phone"), block_on("license")], recall=0.7)
    linker.training.estimate_u_using_random_sampling(max_pairs=1_000_000, seed=1)
    for key in ("phone", "plate"):
        linker.training.estimate_parameters_using_expectation_maximisation(block_on(key))
    moments.append(time.perf_counter())
    found = linker.inference.predict(threshold_match_weight=0)
    moments.append(time.perf_counter())
    connection.execute(BEST.format(found.physical_name, folder / "best.csv"))
    moments.append(time.perf_counter())
    named = zip(("training", "predicting", "choosing"), moments[1:], moments, strict=False)
    seconds = {name: after - before for name, after, before in named}
    (folder / "seconds.json").write_text(json.dumps(seconds))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
