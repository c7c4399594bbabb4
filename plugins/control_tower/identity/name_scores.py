"""Compare each distinct name pair among the candidates once, and weigh it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg

from control_tower.database import copy_rows, fetch_one, read_sql
from control_tower.identity.match_files import NAME_PAIRS
from control_tower.identity.name_evidence import read_name_weights
from control_tower.identity.name_matching import align_names
from control_tower.partitions import Partition
from control_tower.statistics import gather_statistics


def score_names(connection: psycopg.Connection[Any], run_id: int, partition: Partition) -> dict[str, int]:
    """Score a partition of the name pairs of the candidates; concurrent tasks score the others.

    Returns:
        `rows`: pairs compared.
    """
    del run_id  # the result does not depend on the run
    if partition.partition in (None, 1):  # one task gathers statistics; a second ANALYZE would wait for the first
        (candidates,) = fetch_one(connection, "select count(*) from canon.candidates_this_run")
        gather_statistics(connection, "analyze canon.candidates_this_run", int(candidates))
    return _score(connection, partition)


def score_more_names(connection: psycopg.Connection[Any], run_id: int, partition: Partition) -> dict[str, int]:
    """As `score_names`, for candidates found by their names, which the earlier steps have not seen."""
    del run_id  # the result does not depend on the run
    return _score(connection, partition)


def _score(connection: psycopg.Connection[Any], partition: Partition) -> dict[str, int]:
    pairs = connection.execute(read_sql(NAME_PAIRS), partition._asdict()).fetchall()
    weights = read_name_weights(connection)

    def scores() -> Iterator[tuple[str, str, float, str, float, float]]:
        for name_a, name_b in pairs:
            alignment = align_names(name_a, name_b)
            yield (name_a, name_b, *alignment.comparison, *weights.weigh(alignment))

    columns = "name_a, name_b, similarity, verdict, bits, household_bits"
    count = copy_rows(connection, f"copy canon.name_scores_this_run ({columns}) from stdin", scores())
    gather_statistics(connection, "analyze canon.name_scores_this_run", count)
    return {"rows": count}
