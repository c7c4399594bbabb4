"""The parts in which a run processes keys that do not need one another, each by a task of its own (ADR 16).

Their number is fixed when a run is opened: a task that is repeated after the setting changed processes the same keys.
"""

from __future__ import annotations

import os
from collections.abc import Collection
from typing import Any, Final, NamedTuple

import psycopg

from control_tower.database import fetch_one
from control_tower.settings import Settings

MOST_BY_DEFAULT: Final = 8
"""Partitions of a machine with more cores than this: each is a task and a session with memory of its own."""


class Partition(NamedTuple):
    """A part of the keys as SQL files take it, `partition` of `partitions`; both None: all keys."""

    partition: int | None = None
    partitions: int | None = None


WHOLE: Final = Partition()


def partitions_of_settings(settings: Settings) -> int:
    """How many partitions a run opened now has: what is set, else the cores that this process may use, at most 8."""
    if settings.partitions is not None:
        return settings.partitions
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(cores, MOST_BY_DEFAULT)


def partitions_of_run(connection: psycopg.Connection[Any], run_id: int) -> int:
    """How many partitions a run has; one, if it was opened before there were any."""
    count = "select coalesce((parameters ->> 'partitions')::integer, 1) from ops.ingestion_runs where id = %s"
    return int(fetch_one(connection, count, [run_id])[0])


def partition_of_run(connection: psycopg.Connection[Any], run_id: int, number: int | None) -> Partition:
    """A partition of a run by its number, from 1; None: all keys."""
    return WHOLE if number is None else Partition(number, partitions_of_run(connection, run_id))


def name_of(step: str, number: int | None) -> str:
    """`decide` and 1 → `decide_1`; a step that processes all keys keeps its name."""
    return step if number is None else f"{step}_{number}"


def number_in(name: str) -> tuple[str, int | None]:
    """`decide_1` → `decide` and 1; a name without a number: itself and None."""
    step, _, number = name.rpartition("_")
    return (step, int(number)) if step and number.isdecimal() else (name, None)


def missing_steps(expected: Collection[str], done: Collection[str], partition_count: int) -> list[str]:
    """The steps of a run that are not done, neither by all partitions nor for all keys at once.

    Of a step of which some partitions are done, the others are named.
    """
    missing: list[str] = []
    for step in expected:
        parts = [name_of(step, number) for number in range(1, partition_count + 1)]
        undone = [part for part in parts if part not in done]
        if step not in done and undone:
            missing += [step] if undone == parts else undone
    return missing
