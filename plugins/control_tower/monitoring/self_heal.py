"""Self-healing: which stale pipelines the health DAG starts, once per alert. Off unless the setting says so.

The run is written into the episode, with an id of its own, in the transaction that tells of it; only then Airflow is
asked for it. Asked twice, Airflow answers that it has a run of this id already.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import psycopg
from psycopg.types.json import Jsonb

from control_tower.monitoring.check_history import ALERTS_LOCK

STALE_PARTS = ("STALE", "NO_INGESTION", "NO_ATTRIBUTION")
"""What a state of a pipeline that should have run contains."""
NOT_HEALED = frozenset({"RED_RUN_FAILED", "YELLOW_DAG_PAUSED"})
"""States of a pipeline that is not started: a failed one would fail again, a paused one would not run."""


def plan(
    episode_id: int, problems: Mapping[str, Mapping[str, Any]], heals: Mapping[str, Any], moment: datetime
) -> dict[str, dict[str, str]]:
    """The runs that an episode should ask for beyond those that it has asked for.

    Args:
        episode_id: The episode.
        problems: What is wrong, by check.
        heals: What the episode has asked for already, by DAG.
        moment: Now.

    Returns:
        `run_id` and `claimed_at`, by DAG.
    """
    wanted = {}
    for check, problem in problems.items():
        details = problem["details"]
        dag_id = details.get("dag_id")
        if (
            check.startswith("pipeline.")
            and dag_id not in heals
            and any(part in state for state in details["states"] for part in STALE_PARTS)
            and NOT_HEALED.isdisjoint(details["states"])
            and details["run_status"] != "RUNNING"
        ):
            wanted[dag_id] = {"run_id": f"self_heal__alert_{episode_id}", "claimed_at": moment.isoformat()}
    return wanted


def due(connection: psycopg.Connection[Any]) -> list[dict[str, str]]:
    """The runs that were asked for in an open episode and not yet confirmed, as TriggerDagRunOperator takes them."""
    rows = connection.execute(
        "select heal.key, heal.value ->> 'run_id' from ops.alert_episodes as episode"
        " cross join jsonb_each(episode.heals) as heal"
        " where episode.closed_at is null and not heal.value ? 'started_at' order by episode.id, heal.key"
    ).fetchall()
    return [{"trigger_dag_id": dag_id, "trigger_run_id": run_id} for dag_id, run_id in rows]


def confirm(connection: psycopg.Connection[Any], moment: datetime) -> int:
    """Note that Airflow has the runs that were due; returns how many there were."""
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
