"""What the decision forms share: who decides, the parameter that says why, and which failures are final."""

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
"""What `airflow dags test` enters as the user who triggered a run."""

WAIT_FOR_RUNS: dict[str, Any] = {"owner": "control-tower", "retries": 20, "retry_delay": timedelta(seconds=30)}
"""default_args of the decision DAGs: a decision waits so long for the run that is at work."""


def reason_parameter() -> Param:
    """The form field for why."""
    return Param(
        type="string",
        minLength=1,
        maxLength=2000,
        pattern=r"\S",
        title="Reason / Motivo",
        description="Why; it is kept with your name and the time. / Por qué; queda con su nombre y la hora.",
    )


def author_of(context: Mapping[str, Any]) -> Author:
    """Who decides by this DAG run: the user who triggered it, else the operating system's user, else the owner."""
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
    """Fail the task at once when the decision was refused; try again when a run or a lock was in the way."""
    try:
        yield
    except ControlTowerError as error:
        if error.is_retryable:
            raise
        raise AirflowFailException(str(error)) from error
