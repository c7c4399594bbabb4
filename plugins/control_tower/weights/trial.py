"""Deciding with other weights: the pipeline's own steps on a sample of records, all of it rolled back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import nullcontext
from typing import Any, Final

import psycopg
from psycopg.types.json import Jsonb

from control_tower import runs
from control_tower.database import (
    copy_rows,
    execute_file,
    fetch_one,
    fetch_rows,
    read_sql,
    without_temporary_tables,
)
from control_tower.identity.frequencies import count_frequencies
from control_tower.identity.match_files import (
    ASSIGN_PERSONS,
    CANDIDATES_BY_NAME,
    CONTEST_RECORDS,
    DECIDE,
    NAME_PAIRS,
    RULES_BY_KEY,
    SCOUTING_PERSONS,
    START_BATCH,
    WEIGH,
)
from control_tower.identity.name_evidence import read_name_weights
from control_tower.identity.name_matching import NameAlignment, align_names
from control_tower.partitions import WHOLE
from control_tower.statistics import gather_statistics
from control_tower.weights.human_evidence import Decided
from control_tower.weights.levels import Expected, Key, Weights, WordCounts, as_json

MOST_RECORDS: Final = 200_000
"""Records of the sample."""

EXAMPLES: Final = 20
"""Records of each kind of change to show."""


class Trial:
    """A run of its own that decides about a sample of the records, as often as wanted, and of which nothing remains.

    The transaction of the connection must be rolled back by the caller, who keeps other runs out
    (`runs.block_new_runs`): the working tables of one run are shared.
    """

    def __init__(self, connection: psycopg.Connection[Any], most_records: int = MOST_RECORDS) -> None:
        self._connection = connection
        self._alignments: dict[tuple[str, str], NameAlignment] = {}
        self._run_id = runs.open_trial_run(connection, "identity_run")
        self._run("weights/queue_sample.sql", most_records=most_records)
        self._run(START_BATCH)
        (self._version,) = fetch_one(connection, read_sql("weights/try_version.sql"))
        with without_temporary_tables(connection):
            count_frequencies(connection, self._run_id)
        for file in (*RULES_BY_KEY, SCOUTING_PERSONS):
            self._run(file)

    def decide(self, name: str) -> None:
        """Decide about every record with the weights in force in this trial, and remember the outcome by a name."""
        self._run("weights/forget_candidates_by_name.sql")
        self.weigh()
        self._run(CANDIDATES_BY_NAME)
        self._score_names()
        self._run(*WEIGH, by_name=True)
        self._run(DECIDE)
        self._run(ASSIGN_PERSONS)
        self._run(CONTEST_RECORDS)
        self._run("weights/remember_outcomes.sql", keep=True, weights=name)

    def set_weights(self, weights: Weights, shipped: Weights) -> None:
        """Put other weights in force in this trial; what is weighed already stays."""
        parameters = {"weights": Jsonb(as_json(weights, shipped)), "version": self._version}
        fetch_one(self._connection, read_sql("weights/set_trial_weights.sql"), parameters)

    def weigh(self) -> None:
        """Weigh all candidates anew."""
        self._run("weights/forget_weighed.sql")
        self._score_names()
        self._run(*WEIGH, by_name=False)

    def expect(self) -> Expected:
        """The expectation step, of the candidates as they are weighed now."""
        levels = {
            (row["comparison"], row["level"]): row
            for row in fetch_rows(self._connection, "weights/expected_levels.sql")
        }
        (records,) = fetch_rows(self._connection, "weights/expected_records.sql")
        same, stranger, relative = WordCounts(), WordCounts(), WordCounts()
        for row in fetch_rows(self._connection, "weights/expected_names.sql"):
            alignment = self._align(row["name_a"], row["name_b"])
            same.add(alignment, row["same"])
            stranger.add(alignment, row["stranger"])
            relative.add(alignment, row["relative"])
        return Expected(
            same={key: row["same"] for key, row in levels.items()},
            relative={key: row["relative"] for key, row in levels.items()},
            strangers={key: row["all_strangers"] for key, row in levels.items()},
            records=records,
            same_words=same,
            stranger_words=stranger,
            relative_words=relative,
        )

    def changes(self) -> dict[str, Any]:
        """How the outcomes remembered as `after` differ from those remembered as `before`: totals, counts, examples."""
        self._run("weights/compare_outcomes.sql", keep=True)
        (totals,) = fetch_rows(self._connection, "weights/outcome_totals.sql")
        counts = fetch_rows(self._connection, "weights/changed_counts.sql")
        examples = fetch_rows(self._connection, "weights/changed_examples.sql", {"most_examples": EXAMPLES})
        return {"totals": totals, "counts": counts, "examples": examples}

    def human_evidence(self) -> dict[Key, Decided]:
        """What humans decided of the pairs with each level. The candidates are those pairs afterwards."""
        with without_temporary_tables(self._connection):
            self._run("weights/human_pairs.sql", keep=True)
            self.weigh_pairs()
            decided: dict[Key, Decided] = {}
            for row in fetch_rows(self._connection, "weights/human_levels.sql"):
                decided.setdefault((row["comparison"], row["level"]), Decided()).add(row)
            for row in fetch_rows(self._connection, "weights/human_names.sql"):
                words = WordCounts()
                words.add(self._align(row["name_a"], row["name_b"]), 1.0)
                for kind, times in words.by_kind.items():
                    decided.setdefault(("name", kind), Decided()).add(row, times)
        return decided

    def weigh_pairs(self) -> None:
        """As `weigh`, but the tables that the step before left are kept."""
        self._run("weights/forget_weighed.sql", keep=True)
        self._score_names()
        self._run(*WEIGH, keep=True, by_name=False)

    def _run(self, *files: str, keep: bool = False, **parameters: Any) -> None:
        """Run a step's files for all keys at once; the temporary tables that they leave are dropped unless kept."""
        with nullcontext() if keep else without_temporary_tables(self._connection):
            for file in files:
                parameters_of_step = {"run_id": self._run_id, **WHOLE._asdict(), "by_name": False, **parameters}
                execute_file(self._connection, file, parameters_of_step)

    def _score_names(self) -> None:
        pairs = self._connection.execute(read_sql(NAME_PAIRS), WHOLE._asdict()).fetchall()
        weights = read_name_weights(self._connection)

        def scores() -> Iterator[tuple[Any, ...]]:
            for name_a, name_b in pairs:
                alignment = self._align(name_a, name_b)
                yield (name_a, name_b, *alignment.comparison, *weights.weigh(alignment))

        columns = "name_a, name_b, similarity, verdict, bits, household_bits"
        copy_rows(self._connection, f"copy canon.name_scores_this_run ({columns}) from stdin", scores())
        gather_statistics(self._connection, "analyze canon.name_scores_this_run", len(pairs))

    def _align(self, name_a: str, name_b: str) -> NameAlignment:
        found = self._alignments.get((name_a, name_b))
        if found is None:
            found = self._alignments[name_a, name_b] = align_names(name_a, name_b)
        return found
