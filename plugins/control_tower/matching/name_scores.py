"""Compare the names of every candidate pair once."""

from __future__ import annotations

from typing import Any

import psycopg

from control_tower.database import read_sql
from control_tower.names import compare_names


def score_names(connection: psycopg.Connection[Any], run_id: int) -> dict[str, int]:
    """Fill `canon.name_scores` for pairs of names among `canon.match_candidates` that have no score yet.

    Args:
        connection: Session in a transaction that the caller commits.
        run_id: The run, unused here: names are compared alike in every run.

    Returns:
        `rows`: pairs compared.
    """
    del run_id
    count = 0
    pairs = connection.execute(read_sql("2_match/name_pairs_to_score.sql")).fetchall()
    with (
        connection.cursor() as writer,
        writer.copy("copy canon.name_scores (name_a, name_b, similarity, verdict) from stdin") as copy,
    ):
        for name_a, name_b in pairs:
            comparison = compare_names(name_a, name_b)
            copy.write_row((name_a, name_b, comparison.similarity, comparison.verdict))
            count += 1
    connection.execute("analyze canon.name_scores")
    return {"rows": count}
