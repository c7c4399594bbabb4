"""Operators of pipeline steps: one repeatable transaction each, with rows and seconds in the log and `ops.run_steps`.

`SqlStep` runs one file of `sql/`; `python_step` decorates a function where SQL is the wrong tool. Either may be mapped
over the partitions of a run, which a `BatchStep` returns.
"""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar
from functools import wraps
from typing import Any, cast

import psycopg
from airflow.providers.common.sql.operators.sql import SQLExecuteQueryOperator

from control_tower import lineage, metrics, partitions, runs
from control_tower.database import explained, labelled_statements, read_sql, session, without_temporary_tables
from control_tower.driver_errors import CONNECTION_ID
from control_tower.settings import get_settings
from control_tower.statistics import ANALYSE, analysed_table, gather_statistics, written_table

log = logging.getLogger(__name__)

HOLD = "jobs/hold.sql"
CHANGING = ("INSERT", "UPDATE", "DELETE", "MERGE")

PARTITION_LABEL = "{{ ti.map_index + 1 }}"
"""Names the tasks of a mapped step in Airflow by their partitions (`map_index_template`)."""

TEMPORARY_SHARE = 2
"""Memory for temporary tables, as a multiple of that of a sort or hash; it is taken only as they grow."""


class SqlStep(SQLExecuteQueryOperator):
    """Runs one SQL file, or several in order, as one transaction of a run.

    Files are paths below `sql/`; the stem of the first is the task id unless `task_id` is given. The run, as `open_run`
    returned it, is bound as `%(run_id)s` besides the parameters, and `partition` with the number of partitions as
    `%(partition)s` and `%(partitions)s`; None: all keys. What statements below a comment `-- rows: <name>` touched is
    recorded with the step by that name.
    """

    def __init__(
        self,
        *,
        files: Sequence[str],
        run_id: Any,
        parameters: Mapping[str, Any] | None = None,
        partition: int | None = None,
        **kwargs: Any,
    ) -> None:
        kwargs.setdefault("task_id", step_name(files[0]))
        super().__init__(
            conn_id=CONNECTION_ID,
            sql=list(files),
            parameters={"run_id": run_id, **(parameters or {})},
            **kwargs,
        )
        self.files = tuple(files)
        self.partition = partition

    def execute(self, context: Any) -> Any:  # noqa: ARG002 - Airflow's signature
        """Run the file; return rows changed and seconds.

        Raises:
            ControlTowerError: what PostgreSQL refused, with the database and the next action.
        """
        parameters = dict(cast("Mapping[str, Any]", self.parameters))
        return run_files(self.task_id, self.files, "\n".join(self.sql), parameters, self.partition)

    def get_openlineage_facets_on_start(self) -> None:
        """Nothing: what the step reads and writes is told by `control_tower.lineage`, as by every other step."""

    def get_openlineage_facets_on_complete(self, task_instance: Any) -> None:
        """Nothing, as at the start."""


class BatchStep(SqlStep):
    """A `SqlStep` that begins a batch; tasks are mapped over what it returns."""

    def execute(self, context: Any) -> list[int]:
        """Run the file; return the numbers of the run's partitions.

        Raises:
            ControlTowerError: what PostgreSQL refused, with the database and the next action.
        """
        super().execute(context)
        run_id = int(cast("Mapping[str, Any]", self.parameters)["run_id"])
        with step_session() as connection:
            return list(range(1, partitions.partitions_of_run(connection, run_id) + 1))


def carry_out(task: Any, run_id: int, partition: int | None = None) -> dict[str, Any]:
    """Run the step of a task outside it; the run need not be that of the task's DAG.

    Args:
        task: A task of a DAG that is a step.
        run_id: An open run.
        partition: Which partition of a mapped task; None: all keys at once.

    Raises:
        ControlTowerError: what the step raises.
    """
    if hasattr(task, "python_callable"):
        result: dict[str, Any] = task.python_callable(run_id, **({} if partition is None else {"partition": partition}))
        return result
    of_step = task.partial_kwargs if task.is_mapped else {"files": task.files, "parameters": task.parameters}
    parameters = {**(of_step.get("parameters") or {}), "run_id": run_id}
    text = "\n".join(map(read_sql, of_step["files"]))
    return run_files(task.task_id, of_step["files"], text, parameters, partition)


def run_files(
    task_id: str, files: Sequence[str], text: str, parameters: Mapping[str, Any], partition: int | None
) -> dict[str, Any]:
    """Run the text of SQL files as one step of the run that the parameters name; return rows changed and seconds.

    Raises:
        ControlTowerError: what PostgreSQL refused, with the database and the next action.
    """
    run_id = int(parameters["run_id"])
    step = partitions.name_of(task_id.rsplit(".", 1)[-1], partition)
    started = time.perf_counter()
    with step_session() as connection:
        with connection.transaction():
            connection.execute(read_sql(HOLD), {"run_id": run_id})
            part = partitions.partition_of_run(connection, run_id, partition)
            changed, counts = run_statements(connection, text, {**parameters, **part._asdict()})
        seconds = time.perf_counter() - started
        runs.record_step(connection, run_id, step, seconds=seconds, rows_changed=changed, detail=counts)
    for name, count in counts.items():
        log.info("%s: %s %s", step, f"{count:,}", name)
    lineage.report(lambda: lineage.of_files(files))
    return log_step(step, changed, seconds)


def run_statements(
    connection: psycopg.Connection[Any], text: str, parameters: Mapping[str, Any]
) -> tuple[int, dict[str, int]]:
    """Run the statements of a text and log what each did; only for debugging where steps share a session.

    Returns:
        How many rows they changed, and how many those with a label touched, by label.
    """
    changed = 0
    # steps that share a session are one of many in one log
    level = logging.INFO if _shared.get() is None else logging.DEBUG
    counts: Counter[str] = Counter()
    written: Counter[str] = Counter()
    for label, statement in labelled_statements(text):
        started = time.perf_counter()
        if statement.startswith(ANALYSE):
            # a statement that does not begin with its table may have written any
            if gather_statistics(connection, statement, written[analysed_table(statement)] + written[""]):
                log.log(level, "%-16s %8.2f s", "ANALYZE", time.perf_counter() - started)
            continue
        cursor = connection.execute(statement, parameters)
        rows = max(cursor.rowcount, 0)
        message = cursor.statusmessage or ""
        log.log(level, "%-16s %8.2f s", message, time.perf_counter() - started)
        written[written_table(statement)] += rows
        changed += rows if message.startswith(CHANGING) else 0
        if label is not None:
            counts[label] += rows
    return changed, dict(counts)


_shared: ContextVar[tuple[psycopg.Connection[Any], bool] | None] = ContextVar("shared session of steps", default=None)


@contextmanager
def shared_session(connection: psycopg.Connection[Any], *, ends_after_step: bool = False) -> Iterator[None]:
    """Let all steps in this context work in this session, and in its transaction if one is open.

    Each step drops its temporary tables, unless that transaction ends after the one step.
    """
    token = _shared.set((connection, ends_after_step))
    try:
        yield
    finally:
        _shared.reset(token)


@contextmanager
def step_session() -> Iterator[psycopg.Connection[Any]]:
    """A session with the time and memory limits of a pipeline step, or the one that steps share."""
    shared = _shared.get()
    if shared is not None:
        connection, ends_after_step = shared
        with explained(connection), nullcontext() if ends_after_step else without_temporary_tables(connection):
            yield connection
        return
    settings = get_settings()
    with session(
        "control_tower",
        statement_timeout_ms=settings.statement_timeout_seconds * 1000,
        lock_timeout_ms=settings.lock_timeout_seconds * 1000,
    ) as connection:
        set_memory(connection)
        # read by canon.defer_indexes
        connection.execute("select set_config('control_tower.is_step_alone', 'on', false)")
        yield connection


def set_memory(connection: psycopg.Connection[Any]) -> None:
    """Give a session the memory of a pipeline step, before it makes its first temporary table."""
    # Changed rows are in temporary tables; what does not fit into memory is written to disk.
    memory = get_settings().work_memory_mb
    connection.execute(
        "select set_config('work_mem', %s, false), set_config('temp_buffers', %s, false)",
        [f"{memory}MB", f"{TEMPORARY_SHARE * memory}MB"],
    )


def step_name(file: str) -> str:
    """`pipeline/4_decide/decide.sql` → `decide`."""
    return file.rsplit("/", 1)[-1].removesuffix(".sql")


def python_step(
    function: Callable[..., Mapping[str, int]], *, is_atomic: bool = True, is_partitioned: bool = False
) -> Callable[..., dict[str, Any]]:
    """Make a step of `function(connection, run_id)`, which returns counts by name.

    The count `rows` is what it changed. An atomic step is one transaction that locks the run; otherwise the session is
    in autocommit, and the function locks the run in each transaction that it opens. A partitioned function takes the
    `Partition` that it processes as a third argument; its step takes the number of it, None for all keys.
    """

    # Airflow reserves the names of its context's variables, such as run_id.
    @wraps(function)
    def step(opened_run: int, partition: int | None = None) -> dict[str, Any]:
        step_id = partitions.name_of(function.__name__, partition)
        started = time.perf_counter()
        with step_session() as connection:
            with connection.transaction() if is_atomic else nullcontext():
                connection.execute(read_sql(HOLD), {"run_id": opened_run})
                part = [partitions.partition_of_run(connection, opened_run, partition)] if is_partitioned else []
                counts = dict(function(connection, opened_run, *part))
            seconds = time.perf_counter() - started
            rows = counts.get("rows", 0)
            runs.record_step(connection, opened_run, step_id, seconds=seconds, rows_changed=rows, detail=counts)
        for name, count in counts.items():
            log.info("%s: %s %s", step_id, f"{count:,}", name)
        lineage.report(lambda: lineage.of_function(function))
        return log_step(step_id, rows, seconds)

    del step.__wrapped__  # Airflow binds the arguments of a task by its signature, which is that of the step
    return step


def log_step(step: str, rows: int, seconds: float) -> dict[str, Any]:
    """Log one line on a finished step, report both figures as metrics, and return them: rows, seconds."""
    metrics.gauge("step.rows", rows, step=step)
    metrics.timing("step.duration", seconds, step=step)
    rate = f", {rows / seconds:,.0f} rows/s" if rows and seconds > 0 else ""
    log.info("%s: %s rows in %.2f s%s", step, f"{rows:,}", seconds, rate)
    return {"rows": rows, "seconds": round(seconds, 3)}
