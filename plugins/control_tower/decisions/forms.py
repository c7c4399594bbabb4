"""Shared parts of the decision DAGs: author, reason parameter, retries and final failures."""

from __future__ import annotations

import getpass
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from airflow.sdk import Param
from airflow.sdk.exceptions import AirflowFailException

from control_tower.decisions.transaction import Author
from control_tower.errors import ControlTowerError

NOT_A_USER = "dag_test"
"""The triggering user that `airflow dags test` enters."""

WAIT_FOR_RUNS: dict[str, Any] = {"owner": "control-tower", "retries": 20, "retry_delay": timedelta(seconds=30)}
"""default_args of the decision DAGs: retry for ten minutes while a run is active."""


def reason_parameter() -> Param:
    """The form field for the reason."""
    return Param(
        type="string",
        minLength=1,
        maxLength=2000,
        pattern=r"\S",
        title="Reason / Motivo",
        description="Why; it is kept with your name and the time. / Por qué; queda con su nombre y la hora.",
    )


def undo_parameter() -> Param:
    """The form field for the number of the decision to undo."""
    return Param(
        None,
        type=["null", "integer"],
        minimum=1,
        title="Undo a decision / Deshacer una decisión",
        description="Number of the newest decision (ops.v_human_decisions); restores what was before. / Su número.",
    )


def version_parameter() -> Param:
    """The form field for the version of the case that its author saw; pages fill it."""
    return Param(
        None,
        type=["null", "string"],
        maxLength=500,
        title="Version of the case / Versión del caso",
        description="As ops.v_review_cases shows it; another one is refused. / Si el caso cambió, no se escribe nada.",
    )


def author_of(context: Mapping[str, Any]) -> Author:
    """The author of this DAG run: the user who triggered it, else the operating system's user, else the owner."""
    dag_run = context["dag_run"]
    name = (getattr(dag_run, "triggering_user_name", None) or "").strip()
    if not name or name == NOT_A_USER:
        try:
            name = getpass.getuser()
        except (OSError, KeyError):  # a container's user without a name
            name = str(WAIT_FOR_RUNS["owner"])
    return Author(name, dag_run.run_id)


@contextmanager
def refusals_are_final() -> Iterator[None]:
    """Fail the task without retries when the decision was refused; retry when a run or lock blocked it."""
    try:
        yield
    except ControlTowerError as error:
        if error.is_retryable:
            raise
        raise AirflowFailException(str(error)) from error
