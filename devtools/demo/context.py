"""What the chapters of the demo share: the output, the warehouse, the fleet, and how a pipeline is run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from control_tower.errors import ControlTowerError
from devtools.demo import dag_runs
from devtools.demo.airflow_process import AirflowProcess
from devtools.demo.dag_runs import DagFailed, Run, TaskLog
from devtools.demo.database import DemoDatabase
from devtools.demo.fleet import Fleet
from devtools.demo.terminal import QUIET, STRONG, Page

STEP_LINE = "{:<44}{:>10,}{:>10.2f}"


class UnexpectedResult(ControlTowerError):
    """The product did something that it must never do."""


@dataclass
class DemoContext:
    """What the chapters share.

    Attributes:
        page: where the output goes.
        connection: a session (autocommit) on the warehouse.
        fleet: the fleet to load.
        logs: folder for the logs of the DAGs.
        airflow: runs the DAGs.
        database: the database that was made for this demo.
        run: the first run of ingestion, once there is one.
    """

    page: Page
    connection: psycopg.Connection[Any]
    fleet: Fleet
    logs: Path
    airflow: AirflowProcess
    database: DemoDatabase
    run: Run | None = None

    @property
    def finished_run(self) -> Run:
        """The first run of ingestion.

        Raises:
            LookupError: there was none yet.
        """
        if self.run is None:
            raise LookupError("this chapter comes after the run")
        return self.run

    def run_pipeline(self, dag_id: str, log: str, *, show_steps: bool = False) -> tuple[Run, float]:
        """Run a DAG that opens a run, and show its steps while they finish.

        Args:
            dag_id: the DAG.
            log: name of its log.
            show_steps: write a line for each step, and one for all.

        Returns:
            The run, and seconds from start to end.

        Raises:
            DagFailed: it did not succeed; says what the run recorded.
        """
        page, connection = self.page, self.connection
        earlier = dag_runs.newest_run_id(connection)
        shown = 0
        if show_steps:
            page.line("{:<44}{:>10}{:>10}".format("step", "written", "seconds"), QUIET)
        with page.working(dag_id) as progress:

            def watch(task_log: TaskLog) -> None:
                nonlocal shown
                progress(_with_groups(task_log.task_id) or dag_id)
                for line in _lines_of_steps(connection, earlier, task_log, shown) if show_steps else ():
                    page.line(line)
                    shown += 1

            try:
                seconds = self.airflow.run_dag(dag_id, self.logs / f"{log}.log", while_running=watch)
            except DagFailed as failure:
                run_id = dag_runs.newest_run_id(connection)
                reason = dag_runs.read_run(connection, run_id).error if run_id > earlier else None
                raise failure.because(reason) if reason else failure from None
        run = dag_runs.read_run(connection, dag_runs.newest_run_id(connection))
        if show_steps:
            page.line(STEP_LINE.format(f"{len(run.steps)} steps", run.rows, run.seconds), STRONG)
        return run, seconds


def _lines_of_steps(
    connection: psycopg.Connection[Any], earlier_run: int, task_log: TaskLog, shown: int
) -> Iterator[str]:
    """One line for each step that finished, without the first `shown` ones."""
    run_id = dag_runs.newest_run_id(connection)
    steps = dag_runs.steps_of(connection, run_id) if run_id > earlier_run else ()
    for step in steps[shown:]:
        yield STEP_LINE.format(_with_groups(task_log.with_group(step.name)), step.rows, step.seconds)


def _with_groups(task_id: str) -> str:
    return task_id.replace(".", " › ")
