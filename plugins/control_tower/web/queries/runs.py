"""Queries about runs of the two jobs."""

from __future__ import annotations

from typing import Any

import psycopg

from control_tower.jobs import JobType
from control_tower.settings import get_settings
from control_tower.web.listing import Listing, remembered
from control_tower.web.models.identity import Run
from control_tower.web.models.runs import AuditRow, Link, RunDetail, RunStep
from control_tower.web.permissions import CurrentUser
from control_tower.web.personal_data import shown
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


LINKS = Listing(
    "links",
    "web/identity/links.sql",
    Link,
    {
        "linked_at": (("linked_at", True), ("source_table", False), ("source_pk", False)),
        "match_rule": (("match_rule", False), ("source_table", False), ("source_pk", False)),
        "source": (("source_table", False), ("source_pk", False)),
    },
    rare=frozenset({"run_id"}),
    description="Links of records and driver accounts to persons, the newest first.",
)

AUDIT_ROWS = Listing(
    "audit_rows",
    "web/runs/audit_rows.sql",
    AuditRow,
    {"changed_at": (("changed_at", True), ("audited", False), ("audit_id", True))},
    personal={"error_message": "text", "notes": "reason"},
    rare=frozenset({"run_id"}),
    description="Audit rows of backfills and decisions: what changed, from what to what.",
)


def run_detail(
    connection: psycopg.Connection[dict[str, Any]], current_user: CurrentUser, run_id: int
) -> RunDetail | None:
    """One run, with the completed run of its job before it; None: there is none with this number."""
    row = execute_prepared(connection, "web/runs/run.sql", {"run_id": run_id}).fetchone()
    return None if row is None else RunDetail.model_validate(shown(row, RUNS.personal, current_user))


def run_steps(
    connection: psycopg.Connection[dict[str, Any]], run_id: int, previous_run_id: int | None
) -> list[RunStep]:
    """The finished steps of a run, in the order in which they began."""
    asked = {"run_id": run_id, "previous_run_id": previous_run_id}
    return [RunStep.model_validate(row) for row in execute_prepared(connection, "web/runs/run_steps.sql", asked)]


def run_changes(connection: psycopg.Connection[dict[str, Any]], run_id: int) -> list[dict[str, Any]]:
    """What a run left behind, by kind and code; as fresh as a total (see `TTLCache`)."""

    def read() -> list[dict[str, Any]]:
        return execute_prepared(connection, "web/runs/run_changes.sql", {"run_id": run_id}).fetchall()

    return remembered(connection, ("run_changes", run_id), read)


def run_reverts(
    connection: psycopg.Connection[dict[str, Any]], current_user: CurrentUser, run_id: int
) -> list[dict[str, Any]]:
    """Who undid rows of a run, when and why, the newest first."""
    rows = execute_prepared(connection, "web/runs/run_reverts.sql", {"run_id": run_id})
    return [shown(row, {"reason": "reason"}, current_user) for row in rows]


def recent_runs(connection: psycopg.Connection[dict[str, Any]], days: int) -> list[dict[str, Any]]:
    """The runs of the last days, the oldest first."""
    return execute_prepared(connection, "web/runs/recent_runs.sql", {"days": days}).fetchall()


def job_state(connection: psycopg.Connection[dict[str, Any]], job_type: JobType) -> tuple[bool, float | None]:
    """Whether a job has an active run, and the age of its last COMPLETED run in seconds, None if there is none."""
    parameters = {"job_type": job_type, "takeover_seconds": get_settings().takeover_seconds}
    row = execute_prepared(connection, "web/runs/job_state.sql", parameters).fetchone() or {}
    return bool(row.get("is_running")), row.get("completed_seconds_ago")


def run_decision(connection: psycopg.Connection[dict[str, Any]], dag_run_id: str) -> dict[str, Any] | None:
    """What a DAG run decided; None if it decided nothing."""
    return execute_prepared(connection, "web/runs/run_decisions.sql", {"dag_run_id": dag_run_id}).fetchone()
