"""Run the steps of a pipeline's DAG one by one in this process, without a scheduler: the same files and functions."""

from __future__ import annotations

import importlib
from functools import cache
from typing import Any

from control_tower import partitions, runs
from control_tower.operators import carry_out


@cache
def load_dag(dag_id: str) -> Any:
    """The DAG of the package by its name."""
    return getattr(importlib.import_module(f"control_tower.airflow_dags.{dag_id}"), dag_id)()


def step_names(dag_id: str, partition_count: int | None = None) -> list[str]:
    """The steps, in the order in which they run here: task ids, those of a mapped task with the number of a partition.

    Without a number of partitions, a mapped task is one step that processes all keys.
    """
    tasks = [
        task for task in load_dag(dag_id).topological_sort() if task.task_id.rsplit(".", 1)[-1] not in runs.NO_STEPS
    ]
    return [name for task in tasks for name in names_of(task, partition_count)]


def names_of(task: Any, partition_count: int | None) -> list[str]:
    """The steps that a task is, as `step_names` returns them."""
    if partition_count is None or not task.is_mapped:
        return [task.task_id]
    return [partitions.name_of(task.task_id, number) for number in range(1, partition_count + 1)]


def run_step(dag_id: str, name: str, run_id: int) -> Any:
    """Run one step of a run that is open, by its name in `step_names`."""
    dag = load_dag(dag_id)
    task_id, partition = (name, None) if dag.has_task(name) else partitions.number_in(name)
    return carry_out(dag.get_task(task_id), run_id, partition)
