"""Queries about runs of the two jobs."""

from __future__ import annotations

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
    personal={"error": "text"},  # a message of the database may quote a value
    description="Runs of both jobs, the newest first.",
)


def job_state(connection: psycopg.Connection[dict[str, Any]], job_type: JobType) -> tuple[bool, float | None]:
    """Whether a job has an active run, and the age of its last COMPLETED run in seconds, None if there is none."""
    parameters = {"job_type": job_type, "takeover_seconds": get_settings().takeover_seconds}
    row = execute_prepared(connection, "web/runs/job_state.sql", parameters).fetchone() or {}
    return bool(row.get("is_running")), row.get("completed_seconds_ago")


def run_decision(connection: psycopg.Connection[dict[str, Any]], dag_run_id: str) -> dict[str, Any] | None:
    """What a DAG run decided; None if it decided nothing."""
    return execute_prepared(connection, "web/runs/run_decisions.sql", {"dag_run_id": dag_run_id}).fetchone()
