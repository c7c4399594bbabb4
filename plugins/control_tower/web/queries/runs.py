"""Questions about runs of the two jobs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import psycopg

from control_tower.jobs import JobType
from control_tower.settings import get_settings
from control_tower.web.listing import Listing
from control_tower.web.models.identity import Run
from control_tower.web.sql_files import execute_prepared

RUNS = Listing(
    "runs",
    "web/runs/runs.sql",
    Run,
    {
        "started_at": (("started_at", True), ("run_id", True)),
        "run_id": (("run_id", True),),
        "duration_seconds": (("duration_seconds", True), ("run_id", True)),
    },
    "identity_ingestion",
    personal={"error": "text"},
)
"""Runs, the newest first. A message of the database may quote a value."""


@dataclass(frozen=True)
class AtWork:
    """How a job stands.

    Attributes:
        is_running: A run of it is alive.
        completed_seconds_ago: Age of its last COMPLETED run in seconds; None: there is none.
    """

    is_running: bool
    completed_seconds_ago: float | None


def at_work(connection: psycopg.Connection[dict[str, Any]], job_type: JobType) -> AtWork:
    """Whether a run of a job is alive, and how old its last result is."""
    parameters = {"job_type": job_type, "takeover_seconds": get_settings().takeover_seconds}
    row = execute_prepared(connection, "web/runs/job_at_work.sql", parameters).fetchone() or {}
    return AtWork(bool(row.get("is_running")), row.get("completed_seconds_ago"))
