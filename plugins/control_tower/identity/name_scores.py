"""Compare each distinct name pair among the candidates once."""

from __future__ import annotations

from typing import Any

import psycopg

from control_tower.database import copy_rows, fetch_one, read_sql
from control_tower.identity.name_matching import compare_names
from control_tower.statistics import gather_statistics


def score_names(connection: psycopg.Connection[Any], run_id: int, half: int) -> dict[str, int]:
    """Score one half (1 or 2) of the name pairs of the candidates; a concurrent task scores the other.

    Returns:
        `rows`: pairs compared.
    """
    del run_id  # the result does not depend on the run
    if half == 1:  # one task gathers statistics; a second ANALYZE would wait for the first
        (candidates,) = fetch_one(connection, "select count(*) from canon.candidates_this_run")
        gather_statistics(connection, "analyze canon.candidates_this_run", int(candidates))
    return _score(connection, rule=None, half=half)


def score_more_names(connection: psycopg.Connection[Any], run_id: int) -> dict[str, int]:
    """As `score_names`, for candidates of R4, which considers only records that the earlier scores do not link."""
    del run_id  # the result does not depend on the run
    return _score(connection, rule="R4_CAR_FINGERPRINT_NAME_SIMILAR", half=None)


def _score(connection: psycopg.Connection[Any], rule: str | None, half: int | None) -> dict[str, int]:
    which = {"rule": rule, "half": half}
    pairs = connection.execute(read_sql("pipeline/3_match/name_pairs_to_score.sql"), which).fetchall()
    scores = ((name_a, name_b, *compare_names(name_a, name_b)) for name_a, name_b in pairs)
    count = copy_rows(
        connection, "copy canon.name_scores_this_run (name_a, name_b, similarity, verdict) from stdin", scores
    )
    gather_statistics(connection, "analyze canon.name_scores_this_run", count)
    return {"rows": count}
