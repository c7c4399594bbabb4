"""Run the steps of a pipeline's DAG one by one in this process, without a scheduler: the same files and functions."""

from __future__ import annotations

import importlib.util
from functools import cache
from pathlib import Path
from typing import Any

from control_tower.database import read_sql
from control_tower.operators import SqlStep

DAGS = Path(__file__).resolve().parents[2] / "dags"


@cache
def load_dag(dag_id: str) -> Any:
    """The DAG of the file `dags/<dag_id>.py`."""
    spec = importlib.util.spec_from_file_location(dag_id, DAGS / f"{dag_id}.py")
    if spec is None or spec.loader is None:
        raise LookupError(f"{dag_id} is no Python file")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return getattr(module, dag_id)()


def step_names(dag_id: str) -> list[str]:
    """Task ids between open_run and close_run, in the order in which they run here."""
    return [
        task.task_id for task in load_dag(dag_id).topological_sort() if task.task_id not in ("open_run", "close_run")
    ]


def run_step(dag_id: str, task_id: str, run_id: int) -> Any:
    """Run one step of a run that is open."""
    task = load_dag(dag_id).get_task(task_id)
    if isinstance(task, SqlStep):
        task.sql = [read_sql(file) for file in task.files]
        task.parameters = {**dict(task.parameters or {}), "run_id": run_id}
        return task.execute({})
    return task.python_callable(run_id)
