"""Count what is frequent: words, cars, hires, and how often one person is written with two given names (ADR 24)."""

from __future__ import annotations

from typing import Any

import psycopg

from control_tower.database import execute_file, read_sql
from control_tower.identity.match_files import COUNT_FREQUENCIES
from control_tower.identity.name_evidence import other_given_name
from control_tower.identity.name_matching import align_names


def count_frequencies(connection: psycopg.Connection[Any], run_id: int) -> dict[str, int]:
    """Count frequencies anew if a run evaluates every record.

    How often people are written with another given name depends on who writes: where scouts write what somebody is
    called and accounts what a licence says first, it is a hundred times as often as elsewhere. One phone and surnames
    do not tell such a person from a brother; a licence does, so it is counted where licence and phone are equal.

    Returns:
        `rows`: versions counted, 0 or 1; `pairs`: pairs of names of one person that were compared.
    """
    versions = execute_file(connection, COUNT_FREQUENCIES, {"run_id": run_id})["versions"]
    names = connection.execute(read_sql("pipeline/2_prepare/names_of_one_person.sql")).fetchall() if versions else []
    if names:
        differing = sum(has_other_given_name(*pair) for pair in names)
        counts = {"pairs": len(names), "differing": differing}
        execute_file(connection, "pipeline/2_prepare/write_given_names.sql", counts)
    return {"rows": versions, "pairs": len(names)}


def has_other_given_name(name_a: str, name_b: str) -> bool:
    """Whether the given names are certainly two and other words are one: no slip of the pen, no other person."""
    other = other_given_name(align_names(name_a, name_b))
    return other is not None and other.degree == 1.0
