"""Factories of DAGs: a function that defines tasks becomes one that a DAG file calls, with its own schedule or pool."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from functools import update_wrapper
from typing import Any

from airflow.sdk import DAG, dag
from airflow.sdk.exceptions import AirflowFailException

from control_tower.i18n.catalogue import DAG_TEXTS, codes
from control_tower.settings import get_settings

OWN = object()
"""The value of `schedule` that keeps the DAG's own; `None` is Airflow's word for a DAG that only people start."""


class UnknownParameters(AirflowFailException, ValueError):
    """A run was started with parameters that its DAG does not have: refused, without retries and without an alert."""


class DagFactory:
    """Makes a DAG each time it is called; without arguments, the DAG as documented."""

    def __init__(
        self,
        define_tasks: Callable[[], None],
        schedule: Any,
        tags: Collection[str],
        shared: Callable[[], dict[str, Any]],
        **arguments: Any,
    ):
        self.define_tasks = define_tasks
        self.schedule = schedule
        self.tags = tags
        self.shared = shared
        self.arguments = arguments
        update_wrapper(self, define_tasks)

    def __call__(
        self,
        *,
        schedule: Any = OWN,
        tags: Collection[str] = (),
        pool: str | None = None,
        default_args: Mapping[str, Any] | None = None,
    ) -> DAG:
        """Make the DAG and register it with the DAG file that calls this.

        Args:
            schedule: What Airflow takes as one, instead of the DAG's own.
            tags: Further tags.
            pool: Airflow pool of all its tasks, instead of that of the settings.
            default_args: Further arguments of all its tasks, such as `queue` or `executor_config`.
        """
        settings = get_settings()
        texts = codes(settings.language, DAG_TEXTS)
        dag_id = self.define_tasks.__name__
        own = {**self.shared(), **self.arguments}
        chosen_pool = pool or settings.airflow_pool
        of_tasks = {
            "pre_execute": refuse_unknown_parameters,
            "priority_weight": settings.priority_weight,
            **own.get("default_args", {}),
            **({"pool": chosen_pool} if chosen_pool else {}),
            **(default_args or {}),
        }
        arguments = {
            "dag_display_name": texts["name"][dag_id],
            "description": texts["description"][dag_id],
            **own,
            "tags": [*self.tags, *tags],
            "default_args": of_tasks,
        }
        own_schedule = self.schedule() if callable(self.schedule) else self.schedule
        chosen_schedule = own_schedule if schedule is OWN else schedule
        return dag(schedule=chosen_schedule, catchup=False, max_active_runs=1, **arguments)(self.define_tasks)()


def dag_factory(
    *, schedule: Any, tags: Collection[str], shared: Callable[[], dict[str, Any]] = dict, **arguments: Any
) -> Callable[[Callable[[], None]], DagFactory]:
    """Decorate a function that defines tasks, named as the DAG; arguments are those of Airflow's `@dag`.

    `shared` returns further ones. It is called when a DAG is made, since they depend on settings;
    for the same reason `schedule` may be a function that returns one.
    """
    return lambda define_tasks: DagFactory(define_tasks, schedule, tags, shared, **arguments)


def refuse_unknown_parameters(context: Mapping[str, Any]) -> None:
    """Fail the task, also of a run started by API or command: a parameter that the form lacks may be misspelt."""
    fields = context["dag"].params
    unknown = sorted(set(context["dag_run"].conf or {}) - set(fields))
    if unknown:
        known = f"use only {', '.join(fields)}" if fields else "start the run without any"
        raise UnknownParameters(f"There is no parameter {', '.join(unknown)}.\nNext: {known}; nothing was written.")
