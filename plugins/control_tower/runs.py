"""Runs of the two jobs, as rows of `ops.ingestion_runs`: opening, heartbeat, closing, takeover.

A run is RUNNING from `open_run` until `close_run` or `fail_run`; every step locks its row while it writes
(`ops.hold_run`). A RUNNING run whose row is not locked and that has sent no heartbeat for
`CONTROL_TOWER_TAKEOVER_SECONDS` has lost its process: the next run marks it FAILED as abandoned and continues from the
data, which is consistent after every step. A unique index prevents two runs of one job at a time (ADR 5).
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import psycopg
from psycopg.types.json import Jsonb

from control_tower.database import fetch_one, fetch_rows, read_sql, session
from control_tower.driver_errors import describe
from control_tower.errors import RunAlreadyActive, RunIncomplete, SourceUnreadable
from control_tower.jobs import JOBS, JobType
from control_tower.partitions import missing_steps, partitions_of_run, partitions_of_settings
from control_tower.settings import Settings, get_settings
from control_tower.sources import source_obstacle

log = logging.getLogger(__name__)

POLL_SECONDS = 1.0

HEALTH_LOCK_TIMEOUT_MS = 10_000
HEALTH_STATEMENT_TIMEOUT_MS = 60_000
"""Longest wait of a health check for the lock on runs, and its longest statement on them."""

RUN_SETTINGS = ("timezone", "country", "target_park_id", "hot_value_people", "trip_days_come_in_parts")
"""Settings that a run keeps as they were when it was opened; its steps read them from there."""

NO_STEPS = ("open_run", "small_batch", "close_run")
"""Tasks of the pipelines that are not steps of a run."""

RUNS_LOCK = "select ops.take_lock('runs')"
"""Serialises the decision whether a run may start."""

HEARTBEAT = (
    "update ops.ingestion_runs set heartbeat_at = clock_timestamp() where id ="
    " (select run.id from ops.ingestion_runs as run where run.id = %s for no key update skip locked)"
)
"""Skipped while steps lock the run's row."""


@dataclass(frozen=True)
class Scope:
    """What a run reads and evaluates.

    Event dates are inclusive; None is no limit, and all sources. A run that is not incremental evaluates every record
    again instead of what is new or changed; without `refresh_index` it leaves the index of drivers as it is.
    """

    date_from: date | None = None
    date_to: date | None = None
    source_tables: tuple[str, ...] | None = None
    incremental: bool = True
    refresh_index: bool = True


def scope_of(parameters: Mapping[str, Any]) -> Scope:
    """The scope that the parameters of a DAG run ask for.

    Raises:
        ValueError: not a date, or a period that ends before it begins.
    """
    date_from, date_to = (
        date.fromisoformat(value) if (value := parameters.get(name)) else None
        for name in ("scope_date_from", "scope_date_to")
    )
    if date_from and date_to and date_to < date_from:
        raise ValueError(f"scope_date_to ({date_to}) is before scope_date_from ({date_from})")
    return Scope(
        date_from=date_from,
        date_to=date_to,
        source_tables=tuple(parameters.get("source_tables") or ()) or None,
        incremental=bool(parameters.get("incremental", True)),
        refresh_index=bool(parameters.get("refresh_index", True)),
    )


def steps_of(dag: Any) -> list[str]:
    """Names of the steps of a DAG: its tasks without their groups, but for those that are no steps."""
    return [name for task in dag.tasks if (name := task.task_id.rsplit(".", 1)[-1]) not in NO_STEPS]


def open_run(
    job_type: JobType,
    scope: Scope | None = None,
    *,
    dag_id: str | None = None,
    dag_run_id: str | None = None,
    started_by: str | None = None,
) -> int:
    """Start a run, or continue the one that this DAG run has already opened, and return its id.

    Takes over from a run that lost its process, and waits while it may still be alive. The two jobs write the same
    tables: a run of the other job is waited for, up to `CONTROL_TOWER_WAIT_SECONDS` (ADR 8). `started_by` is the user
    of Airflow who started it, and stays among its parameters; None: a schedule or a command.

    Raises:
        RunAlreadyActive: another run of this job is active, or one of the other job for too long.
        SourceUnreadable: a source table that the job reads is missing, or has a column that cannot be read.
        DatabaseError: the warehouse cannot be reached or lacks something.
    """
    scope = scope or Scope()
    settings = get_settings()
    grace = settings.takeover_seconds
    (other,) = (job for job in JOBS if job != job_type)
    started = time.monotonic()
    with session(f"control_tower {job_type}") as connection:
        while True:
            with connection.transaction():
                connection.execute(RUNS_LOCK)
                running = _running(connection, job_type) or _running(connection, other)
                if running is None:
                    _look_at_sources(connection, job_type)
                    return _insert(connection, job_type, scope, dag_id, dag_run_id, started_by=started_by)
                is_other = running["job_type"] != job_type
                if dag_run_id is not None and not is_other and running["dag_run_id"] == dag_run_id:
                    log.info("Continuing run %s, which this DAG run opened.", running["id"])
                    return int(running["id"])
                if not running["is_held"] and running["silent_seconds"] >= grace:
                    _abandon(connection, running)
                    continue
            waited = time.monotonic() - started
            patience = settings.wait_seconds if is_other else grace + POLL_SECONDS
            if waited > patience or (running["is_held"] and not is_other):
                raise _at_work(running)
            log.info(
                "Waiting for run %s of %s; its last sign of life was %.0f s ago, and without one it counts as abandoned"
                " after %s s.",
                running["id"],
                running["job_type"],
                running["silent_seconds"],
                grace,
            )
            time.sleep(POLL_SECONDS)


def block_new_runs(connection: psycopg.Connection[Any]) -> None:
    """Prevent runs of any job from starting until the open transaction ends.

    What a run reads in one step and writes in another must not change in between. A run that lost its process is
    marked as abandoned, as by `open_run`.

    Raises:
        RunAlreadyActive: a run is active.
    """
    grace = get_settings().takeover_seconds
    connection.execute(RUNS_LOCK)
    is_any = fetch_one(connection, "select exists (select from ops.ingestion_runs where status = 'RUNNING')")[0]
    for job_type in JOBS if is_any else ():
        while (running := _running(connection, job_type)) is not None:
            if running["is_held"] or running["silent_seconds"] < grace:
                raise _at_work(running)
            _abandon(connection, running)


def open_trial_run(
    connection: psycopg.Connection[Any],
    job_type: JobType,
    *,
    scope: Scope | None = None,
    settings: Settings | None = None,
) -> int:
    """Open a run in the transaction of the caller, who rolls it back, and return its id.

    Steps read their clock and settings from it. Without a scope the run evaluates every record; without settings it has
    those of this process.
    """
    return _insert(connection, job_type, scope or Scope(incremental=False), None, None, settings)


def open_rehearsed_run(connection: psycopg.Connection[Any], job_type: JobType, scope: Scope, settings: Settings) -> int:
    """As `open_trial_run`, for a run that reads the sources as well.

    Raises:
        SourceUnreadable: as `open_run`.
    """
    _look_at_sources(connection, job_type)
    return open_trial_run(connection, job_type, scope=scope, settings=settings)


def close_abandoned_runs(is_alive: Callable[[JobType, str], bool | None]) -> list[int]:
    """Mark every run that lost its process FAILED as abandoned; returns their ids. May be repeated.

    That is a run whose row is not locked and that has sent no heartbeat for `CONTROL_TOWER_TAKEOVER_SECONDS`, unless
    Airflow says that its DAG run is active: between two tasks it may wait for a worker, but not ten times as long.

    If the lock on runs is not given in time, for example during a large decision, the check is left to the next health
    run. `is_alive` says whether the DAG run of a job is active, by its id; None: Airflow cannot say.
    """
    grace = get_settings().takeover_seconds
    closed: list[int] = []
    with session(
        "control_tower health", lock_timeout_ms=HEALTH_LOCK_TIMEOUT_MS, statement_timeout_ms=HEALTH_STATEMENT_TIMEOUT_MS
    ) as connection:
        for job_type in JOBS:
            with connection.transaction():
                try:
                    with connection.transaction():
                        connection.execute(RUNS_LOCK)
                except psycopg.errors.LockNotAvailable:
                    log.warning(
                        "The lock on runs was not given within %s ms: abandoned runs are not checked.",
                        HEALTH_LOCK_TIMEOUT_MS,
                    )
                    return closed
                while (running := _running(connection, job_type)) is not None:
                    is_silent = not running["is_held"] and running["silent_seconds"] >= grace
                    dag_run_id = running["dag_run_id"]
                    may_live = dag_run_id is not None and running["silent_seconds"] < 10 * grace
                    if not is_silent or (may_live and is_alive(job_type, dag_run_id)):
                        break
                    _abandon(connection, running)
                    closed.append(int(running["id"]))
    return closed


def record_failed_start(
    job_type: JobType, problem: str, *, dag_id: str, dag_run_id: str, started_at: datetime | None = None
) -> bool:
    """Record a run that could not be opened as FAILED, once per DAG run; returns whether it was not known before.

    It started now if nothing else is said, and never later.
    """
    with session(f"control_tower {job_type}") as connection:
        recorded = connection.execute(
            "insert into ops.ingestion_runs"
            " (job_type, status, started_at, completed_at, error_message, dag_id, dag_run_id)"
            " select %(job)s, 'FAILED', least(%(started_at)s, clock_timestamp()), clock_timestamp(), %(problem)s,"
            " %(dag)s, %(dag_run)s"
            " where not exists (select from ops.ingestion_runs where dag_id = %(dag)s and dag_run_id = %(dag_run)s)",
            {"job": job_type, "problem": problem, "dag": dag_id, "dag_run": dag_run_id, "started_at": started_at},
        )
    return recorded.rowcount > 0


def close_run(run_id: int | None, expected_steps: list[str]) -> dict[str, Any]:
    """Mark a run COMPLETED with its statistics, and return them.

    There is no run when it could not even be opened.

    Raises:
        RunIncomplete: a step did not finish; the run is FAILED and says which.
        DatabaseError: the warehouse cannot be reached, or the run was abandoned in the meantime.
    """
    if run_id is None:
        raise RunIncomplete(None, ["open_run"])
    with session(f"control_tower run {run_id}") as connection:
        done = {row[0] for row in connection.execute("select step from ops.run_steps where run_id = %s", [run_id])}
        missing = missing_steps(expected_steps, done, partitions_of_run(connection, run_id))
        if missing:
            problem = f"Steps that did not finish: {', '.join(missing)}."
            fail_run(run_id, problem, connection)
            raise RunIncomplete(run_id, missing)
        with connection.transaction():
            connection.execute(read_sql("jobs/hold.sql"), {"run_id": run_id})
            (as_of,) = fetch_one(connection, "select as_of from ops.run_settings(%s)", [run_id])
            stats: dict[str, Any]
            (stats,) = fetch_one(connection, read_sql("jobs/run_statistics.sql"), {"run_id": run_id, "as_of": as_of})
            (job_type,) = fetch_one(
                connection,
                "update ops.ingestion_runs set status = 'COMPLETED', completed_at = clock_timestamp(), stats = %s"
                " where id = %s returning job_type::text",
                [Jsonb(stats), run_id],
            )
            connection.execute(read_sql("jobs/note_sources_read.sql"), {"run_id": run_id, "job_type": job_type})
    return stats


def fail_run(run_id: int, problem: str, connection: psycopg.Connection[Any] | None = None) -> None:
    """Mark a run FAILED with what went wrong; the first error is kept, a run that has ended is left alone."""
    statement = (
        "update ops.ingestion_runs set status = 'FAILED', completed_at = clock_timestamp(),"
        " error_message = coalesce(error_message, %s) where id = %s and status = 'RUNNING'"
    )
    if connection is not None:
        connection.execute(statement, [problem, run_id])
        return
    with session(f"control_tower run {run_id}") as own:
        own.execute(statement, [problem, run_id])


def record_step(
    connection: psycopg.Connection[Any],
    run_id: int,
    step: str,
    *,
    seconds: float,
    rows_changed: int,
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Record a finished step, which is the run's heartbeat. A repeated step replaces its earlier row.

    Called after the step's own transaction. The heartbeat is skipped while other steps lock the run's row: their locks
    show that it is alive.
    """
    connection.execute(HEARTBEAT, [run_id])
    connection.execute(
        "insert into ops.run_steps (run_id, step, finished_at, seconds, rows_changed, detail)"
        " values (%s, %s, clock_timestamp(), %s, %s, %s)"
        " on conflict (run_id, step) do update set finished_at = excluded.finished_at, seconds = excluded.seconds,"
        " rows_changed = excluded.rows_changed, detail = excluded.detail",
        [run_id, step, round(seconds, 3), rows_changed, Jsonb(dict(detail or {}))],
    )


def _at_work(running: Mapping[str, Any]) -> RunAlreadyActive:
    """The refusal because of this run."""
    return RunAlreadyActive(
        int(running["id"]), running["job_type"], float(running["silent_seconds"]), running["started_at"]
    )


def _running(connection: psycopg.Connection[Any], job_type: JobType) -> dict[str, Any] | None:
    """The RUNNING run of this job, whether a step locks it and the age of its heartbeat; None: there is none.

    A heartbeat ahead of the clock would keep a dead run RUNNING until the clock gets there: the run counts as alive
    now, and from now on its silence counts.
    """
    found = fetch_rows(connection, "jobs/running_run.sql", {"job_type": job_type})
    if not found:
        return None
    (running,) = found
    if running.pop("is_ahead"):
        log.warning("The heartbeat of run %s is ahead of the clock; its silence counts from now.", running["id"])
        connection.execute(HEARTBEAT, [running["id"]])
        running["silent_seconds"] = 0.0
    return {**running, "job_type": job_type}


def _abandon(connection: psycopg.Connection[Any], running: Mapping[str, Any]) -> None:
    problem = (
        f"Abandoned: its process gave no sign of life for {running['silent_seconds']:.0f} s. "
        "Nothing is lost; the next run continues where it stopped."
    )
    log.warning("Run %s: %s", running["id"], problem)
    fail_run(int(running["id"]), problem, connection)


def _look_at_sources(connection: psycopg.Connection[Any], job_type: JobType) -> None:
    """Note which tables stand behind the names of the sources; raises what keeps the job from reading its own."""
    connection.execute("select ops.grant_sources()")
    obstacles = []
    for table, column, found, understood in connection.execute(
        read_sql("jobs/look_at_sources.sql"), {"job_type": job_type}
    ):
        if found is None:
            log.warning(
                "public.%s is another table than the one that was read last; all of its rows are compared anew.", table
            )
        else:
            obstacles.append(source_obstacle(table, column, found, understood))
    if obstacles:
        raise SourceUnreadable(
            obstacles,
            describe(connection),
            "let the load that fills the tables finish or correct them: the next run reads them as they are then. A"
            " table that is missing for good is created, empty, by migrate_schema.",
        )
    connection.execute(read_sql("jobs/note_sources_seen.sql"))


def _insert(
    connection: psycopg.Connection[Any],
    job_type: JobType,
    scope: Scope,
    dag_id: str | None,
    dag_run_id: str | None,
    settings: Settings | None = None,
    started_by: str | None = None,
) -> int:
    parameters: dict[str, Any] = {
        **(settings or get_settings()).model_dump(include=set(RUN_SETTINGS)),
        "source_tables": list(scope.source_tables) if scope.source_tables else None,
        "refresh_index": scope.refresh_index,
        "started_by": started_by,
        "partitions": partitions_of_settings(settings or get_settings()),
    }
    parameters = {key: value for key, value in parameters.items() if value is not None}
    parameters["snapshot_xmin"] = int(fetch_one(connection, "select pg_snapshot_xmin(pg_current_snapshot())::text")[0])
    row = fetch_one(
        connection,
        "insert into ops.ingestion_runs"
        " (job_type, status, started_at, heartbeat_at, scope_date_from, scope_date_to, incremental, parameters,"
        "  dag_id, dag_run_id)"
        " values (%s, 'RUNNING', clock_timestamp(), clock_timestamp(), %s, %s, %s, %s, %s, %s) returning id",
        [job_type, scope.date_from, scope.date_to, scope.incremental, Jsonb(parameters), dag_id, dag_run_id],
    )
    return int(row[0])
