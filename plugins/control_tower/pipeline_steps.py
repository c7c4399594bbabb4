"""Run the steps of a pipeline's DAG one by one in this process, without a scheduler: the same files and functions."""

from __future__ import annotations

import importlib
from functools import cache
from typing import Any

from control_tower import runs
from control_tower.small_batch import carry_out


@cache
def load_dag(dag_id: str) -> Any:
    """The DAG of the package by its name."""
    return getattr(importlib.import_module(f"control_tower.airflow_dags.{dag_id}"), dag_id)()


def step_names(dag_id: str) -> list[str]:
    """Task ids of the steps, in the order in which they run here."""
    task_ids = [task.task_id for task in load_dag(dag_id).topological_sort()]
    return [task_id for task_id in task_ids if task_id.rsplit(".", 1)[-1] not in runs.NO_STEPS]


def run_step(dag_id: str, task_id: str, run_id: int) -> Any:
    """Run one step of a run that is open."""
    return carry_out(load_dag(dag_id).get_task(task_id), run_id)
