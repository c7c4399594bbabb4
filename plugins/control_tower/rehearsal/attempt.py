"""Run migrate_schema and both pipelines in one transaction, compare the result with what was before, and roll back."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from contextlib import closing
from typing import Any, Final, Literal

import psycopg
from psycopg import sql

from control_tower import runs
from control_tower.database import SQL_DIR, execute_file, explained, fetch_one
from control_tower.driver_errors import explain
from control_tower.jobs import DAG_OF_JOB, JOBS, JobType
from control_tower.migrate.runner import MigrationRun, open_owner_session
from control_tower.operators import set_memory, shared_session
from control_tower.pipeline_steps import run_step, step_names
from control_tower.rehearsal.report import Kind, Rehearsal, logged, read_report
from control_tower.settings import Settings, get_settings, settings_with

log = logging.getLogger(__name__)

APPLICATION_NAME: Final = "control_tower rehearse"
LOCK_TIMEOUT_MS: Final = 5_000
"""Longest wait for a lock: others queue behind who waits for an exclusive one."""
STANDING_TIMEOUT_MS: Final = 20_000
"""Longest query of a view that an established database brought along: some never end."""

LEFT_OUT: Final[Mapping[JobType, frozenset[str]]] = {
    # the claims are read once, after the other job
    "identity_run": frozenset({"run_checks", "refresh_materialised_views"}),
    "scout_attribution_refresh": frozenset({"run_checks", "seal_audit"}),
}
"""Steps that change nothing that a rehearsal reports."""

STANDING_MONEY: Final = (
    ("claims", "ops.v_yango_collection_with_scout", "rehearsal/standing_claims.sql"),
    ("payments", "ops.v_scout_payment_base", "rehearsal/standing_payments.sql"),
)
"""What an established database shows of money: what, its view, and the file that reads it."""


def rehearse(changes: Mapping[str, Any] | None = None, *, uri: str | None = None) -> Rehearsal:
    """Show what preparing this database and a first run would change, or what a run with other settings would.

    Everything is one transaction that is rolled back. On a database that has not this version's schema, migrate_schema
    comes first in it. No run and no migrate_schema starts meanwhile; on such a database the tables and views that it
    alters are locked against everybody until the end.

    Args:
        changes: Values of `runs.RUN_SETTINGS` that differ from those of this process; an empty target park is none.
        uri: libpq connection string; by default the Airflow connection of migrate_schema is used.

    Raises:
        SettingsInvalid: a setting that no run keeps, or a value that cannot be used.
        RunAlreadyActive: a run is active; retry when it has ended.
        SourceUnreadable: as migrate_schema and `runs.open_run`.
        MigrationError: what would stop migrate_schema.
        DatabaseBusy: a lock was not given within `LOCK_TIMEOUT_MS`; retry.
        DatabaseError: the database failed or refused a statement.
    """
    before = get_settings()
    settings = _changed(changes or {})
    with closing(open_owner_session(uri, APPLICATION_NAME)) as connection:
        connection.autocommit = True
        set_memory(connection)
        run = MigrationRun(connection, SQL_DIR)
        with run.turn(), explained(connection), run.rolled_back():
            return logged(_Attempt(run, before, settings).report())


def _changed(changes: Mapping[str, Any]) -> Settings:
    """The settings to rehearse.

    Raises:
        SettingsInvalid: a setting that no run keeps, or a value that cannot be used.
    """
    known = {name: value or None if name == "target_park_id" else value for name, value in changes.items()}
    return settings_with(known, among=runs.RUN_SETTINGS)


class _Attempt:
    """One rehearsal in an open transaction that its caller rolls back."""

    def __init__(self, run: MigrationRun, before: Settings, settings: Settings) -> None:
        self._migration = run
        self._connection = run.connection
        self._settings = settings
        self._changes = {
            name: {"before": getattr(before, name), "after": getattr(settings, name)}
            for name in runs.RUN_SETTINGS
            if getattr(before, name) != getattr(settings, name)
        }
        self._notes: list[str] = []
        self._seconds: dict[str, float] = {}

    def report(self) -> Rehearsal:
        """Do everything, and report how the end differs from the beginning."""
        self._limit("lock_timeout", LOCK_TIMEOUT_MS)
        self._limit("statement_timeout", get_settings().statement_timeout_seconds * 1000)
        self._execute("create_tables")
        has_read_models = self._exists("canon.partner_claims") and self._exists("canon.scout_payments")
        is_prepared = self._migration.is_prepared()
        kind: Kind = "settings" if is_prepared else "upgrade" if has_read_models else "first_run"
        if not is_prepared:
            self._prepare(has_read_models)
        runs.block_new_runs(self._connection)
        if is_prepared and self._changes:
            self._note(
                "What the next run would bring without this change, such as new rows, is part of the figures: a "
                "rehearsal without a change shows that part."
            )
        self._execute("remember", moment="before")
        if has_read_models:
            self._execute("remember_money", moment="before")
        # as the next run would: another setting shows only where every record is evaluated again
        scope = runs.Scope(incremental=kind == "first_run" or (kind == "upgrade" and not self._changes))
        for job_type in JOBS:
            self._run(job_type, scope if job_type == "identity_run" else runs.Scope())
        started = time.perf_counter()
        self._execute("remember", moment="after")
        self._execute("remember_money", moment="after")
        if not has_read_models:
            self._execute("name_currency")
        for subject in ("links", "ledger", "money"):
            self._execute(f"compare_{subject}")
        self._clocked("compare", started)
        return read_report(self._connection, kind=kind, changes=self._changes, notes=self._notes, seconds=self._seconds)

    def _prepare(self, has_read_models: bool) -> None:
        """What migrate_schema does, and how the objects differ then."""
        started = time.perf_counter()
        self._execute("remember_objects", moment="before")
        if not has_read_models:
            for what, view, file in STANDING_MONEY:
                self._read_standing(what, view, file)
        self._execute("prepare_job_types")
        self._migration.prepare()
        self._notes += self._migration.warnings
        self._execute("remember_objects", moment="after")
        self._execute("compare_objects")
        self._execute("compare_rekeyed_links")
        self._clocked("migrate_schema", started)

    def _read_standing(self, what: str, view: str, file: str) -> None:
        """Read one of an established database's own views, if it answers in time."""
        if not self._exists(view):
            self._note(f"There is no {view}: {what} are compared with none.")
            return
        try:
            with self._connection.transaction():
                self._limit("statement_timeout", STANDING_TIMEOUT_MS)
                execute_file(self._connection, file)
        except psycopg.Error as error:
            self._note(
                f"{view} could not be read, so that {what} are compared with none: "
                f"{explain(error, self._connection).problem}"
            )
        self._limit("statement_timeout", get_settings().statement_timeout_seconds * 1000)

    def _run(self, job_type: JobType, scope: runs.Scope) -> None:
        """One run of a job with the settings of the rehearsal; its steps one after another, in the DAG's order."""
        started = time.perf_counter()
        run_id = runs.open_rehearsed_run(self._connection, job_type, scope, self._settings)
        dag_id = DAG_OF_JOB[job_type]
        with shared_session(self._connection):
            for task_id in step_names(dag_id):
                if task_id.rsplit(".", 1)[-1] in LEFT_OUT[job_type]:
                    continue
                if task_id == "refresh_materialised_views":
                    self._execute("forget_refreshes")
                run_step(dag_id, task_id, run_id)
        self._execute("end_run", run_id=run_id)
        self._clocked(dag_id, started)

    def _execute(self, file: str, **parameters: Any) -> None:
        execute_file(self._connection, f"rehearsal/{file}.sql", parameters or None)

    def _exists(self, name: str) -> bool:
        return bool(fetch_one(self._connection, "select to_regclass(%s) is not null", [name])[0])

    def _limit(self, name: Literal["lock_timeout", "statement_timeout"], milliseconds: int) -> None:
        """Limit the statements of this transaction."""
        self._connection.execute(
            sql.SQL("select set_config({}, {}, true)").format(sql.Literal(name), sql.Literal(f"{milliseconds}ms"))
        )

    def _note(self, sentence: str) -> None:
        log.warning("%s", sentence)
        self._notes.append(sentence)

    def _clocked(self, what: str, started: float) -> None:
        self._seconds[what] = round(time.perf_counter() - started, 2)
        log.info("%s: rehearsed in %.1f s", what, self._seconds[what])
