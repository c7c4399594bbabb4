"""What a DAG logged and what its run recorded in the database."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

from control_tower.errors import ControlTowerError
from control_tower.partitions import name_of, number_in

LINES_OF_LOG = 25
"""So many lines of the log are shown when a DAG failed."""

_STARTING = re.compile(rb"\[DAG TEST\] starting task_id=(\S+)")
_OUR_ERROR = re.compile(r"^control_tower[.\w]*: (.+)$", re.MULTILINE)


class DagFailed(ControlTowerError):
    """A DAG did not succeed.

    Args:
        dag_id: which.
        exit_code: that of `airflow dags test`.
        log: where its output is.
        reason: the error of this package that was logged, if one was.
    """

    def __init__(self, dag_id: str, exit_code: int, log: Path, reason: str | None = None) -> None:
        super().__init__(
            f"The DAG {dag_id} failed (exit code {exit_code}){f': {reason}' if reason else '.'}",
            f"read {shown(log)}, remove the cause, and start again.",
        )
        self.dag_id = dag_id
        self.exit_code = exit_code
        self.log = log
        self.args = (dag_id, exit_code, log, reason)

    def because(self, reason: str) -> DagFailed:
        """The same with what the run recorded as its error."""
        return DagFailed(self.dag_id, self.exit_code, self.log, reason)


@dataclass(frozen=True)
class Step:
    """A step that finished.

    Attributes:
        name: as in `ops.run_steps`.
        rows: how many it changed.
        seconds: of database time.
    """

    name: str
    rows: int
    seconds: float


@dataclass(frozen=True)
class Run:
    """A run of a pipeline, as the database recorded it.

    Attributes:
        id: in `ops.ingestion_runs`.
        status: RUNNING, COMPLETED or FAILED.
        error: what went wrong, if something did.
        steps: those that finished, in that order.
        checks: status per invariant.
    """

    id: int
    status: str
    error: str | None
    steps: tuple[Step, ...]
    checks: Mapping[str, str]

    @property
    def seconds(self) -> float:
        """Database time of all steps."""
        return sum(step.seconds for step in self.steps)

    @property
    def rows(self) -> int:
        """Rows that all steps changed."""
        return sum(step.rows for step in self.steps)


@dataclass
class TaskLog:
    """Follows the log of `airflow dags test` while it grows.

    Attributes:
        path: the log.
        task_id: the task that started last, with its groups; empty before the first.
        tasks: all that started, by the last part of their id.
    """

    path: Path
    task_id: str = ""
    tasks: dict[str, str] = field(default_factory=dict)
    _read: int = 0

    def follow(self) -> str:
        """Read what is new; return the task that runs."""
        with self.path.open("rb") as log:
            log.seek(self._read)
            new = log.read()
        complete = new.rfind(b"\n") + 1
        self._read += complete
        for match in _STARTING.finditer(new[:complete]):
            self.task_id = match[1].decode()
            self.tasks[self.task_id.rsplit(".", 1)[-1]] = self.task_id
        return self.task_id

    def with_group(self, step: str) -> str:
        """The name of a step of `ops.run_steps` with the group of its task."""
        task, partition = number_in(step)
        return self.tasks.get(step) or name_of(self.tasks.get(task, task), partition)


def newest_run_id(connection: psycopg.Connection[Any]) -> int:
    """Id of the newest run of any job; 0 when there is none."""
    row = connection.execute("select coalesce(max(id), 0) from ops.ingestion_runs").fetchone()
    return int(row[0]) if row else 0


def steps_of(connection: psycopg.Connection[Any], run_id: int) -> tuple[Step, ...]:
    """Steps of a run that finished, in that order."""
    rows = connection.execute(
        "select step, rows_changed, seconds::float8 from ops.run_steps where run_id = %s order by finished_at, step",
        [run_id],
    )
    return tuple(Step(*row) for row in rows)


def read_run(connection: psycopg.Connection[Any], run_id: int) -> Run:
    """A run, as the database recorded it.

    Raises:
        LookupError: there is no such run.
    """
    row = connection.execute(
        "select status::text, error_message from ops.ingestion_runs where id = %s", [run_id]
    ).fetchone()
    if row is None:
        raise LookupError(f"no run {run_id}")
    checks = connection.execute(
        "select check_name, status from ops.check_results where run_id = %s order by id", [run_id]
    ).fetchall()
    return Run(run_id, row[0], row[1], steps_of(connection, run_id), dict(checks))


def reason_in(log: Path) -> str | None:
    """The last error of this package in the log; None when there is none."""
    found = _OUR_ERROR.findall("\n".join(end_of_log(log, lines=400)))
    return found[-1] if found else None


def end_of_log(log: Path, lines: int = LINES_OF_LOG) -> list[str]:
    """The last lines of a log, each at most 300 characters long; of a big log only the end is read."""
    with log.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - 100_000))
        text = file.read().decode(errors="replace")
    return [line[:300] for line in text.splitlines()[-lines:]]


def shown(path: Path) -> str:
    """A path as a person in the project folder would type it."""
    return os.path.relpath(path) if path.is_relative_to(Path.cwd()) else str(path)
