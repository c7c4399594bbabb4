"""Self-healing: which overdue pipelines the health DAG starts, once per alert, if `CONTROL_TOWER_SELF_HEAL` is set.

The run's id is written into the episode in the transaction that queues the message; the DAG triggers it afterwards. A
second trigger is harmless, since Airflow has a run of that id already.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import psycopg
from psycopg.types.json import Jsonb

from control_tower.monitoring import states
from control_tower.monitoring.check_history import ALERTS_LOCK

NOT_HEALED = frozenset({states.RUN_FAILED, states.DAG_PAUSED})
"""States of a pipeline that is not started: a failed one would fail again, a paused one would not run."""


def plan_runs(
    episode_id: int, problems: Mapping[str, Mapping[str, Any]], heals: Mapping[str, Any], moment: datetime
) -> dict[str, dict[str, str]]:
    """The runs to start for an episode besides those planned before (`heals`): `run_id` and `claimed_at`, by DAG."""
    planned = {}
    for check, problem in problems.items():
        details = problem["details"]
        dag_id = details.get("dag_id")
        if (
            check.startswith("pipeline.")
            and dag_id not in heals
            and not states.OVERDUE.isdisjoint(details["states"])
            and NOT_HEALED.isdisjoint(details["states"])
            and details["run_status"] != "RUNNING"
        ):
            planned[dag_id] = {"run_id": f"self_heal__alert_{episode_id}", "claimed_at": moment.isoformat()}
    return planned


def due_runs(connection: psycopg.Connection[Any]) -> list[dict[str, str]]:
    """The planned runs of open episodes that are not confirmed yet, as arguments of TriggerDagRunOperator."""
    rows = connection.execute(
        "select heal.key, heal.value ->> 'run_id' from ops.alert_episodes as episode"
        " cross join jsonb_each(episode.heals) as heal"
        " where episode.closed_at is null and not heal.value ? 'started_at' order by episode.id, heal.key"
    ).fetchall()
    return [{"trigger_dag_id": dag_id, "trigger_run_id": run_id} for dag_id, run_id in rows]


def confirm_runs(connection: psycopg.Connection[Any], moment: datetime) -> int:
    """Record that the due runs were triggered; returns how many there were."""
    with connection.transaction():
        connection.execute(ALERTS_LOCK)
        rows = connection.execute(
            "select id, heals from ops.alert_episodes where closed_at is null and heals <> '{}' for update"
        ).fetchall()
        confirmed = 0
        for episode_id, heals in rows:
            started = {
                dag_id: heal if "started_at" in heal else {**heal, "started_at": moment.isoformat()}
                for dag_id, heal in heals.items()
            }
            confirmed += sum("started_at" not in heal for heal in heals.values())
            connection.execute("update ops.alert_episodes set heals = %s where id = %s", [Jsonb(started), episode_id])
    return confirmed
