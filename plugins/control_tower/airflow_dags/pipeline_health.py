"""### Pipeline health: checks, alerts and messages

**What.** Checks both pipelines, the sources, the quality of scout attribution, every invariant and the DAG files;
records each result and every change of state; opens, escalates and closes alerts; sends one message per change by mail,
Slack or another channel, and metrics to Airflow. **When.** Every 15 minutes.

**Reads** `ops.v_pipeline_health`, `ops.v_scout_attribution_health`, `ops.v_data_health_status`, the checks of
`sql/checks`. **Writes** `ops.check_states`, `ops.check_state_changes`, `ops.health_checks`, `ops.check_results`,
`ops.dag_observations`, `ops.alert_episodes`, `ops.alert_deliveries`; closes runs whose process died.

**Safe to run again?** Yes, each task at any time. The same results cause no second message, and a message stays in the
outbox until a server has accepted it.

**When it is red.** The health check itself could not run, which is not the same as a pipeline being RED: the last lines
of the failed task's log name what is missing. A failing mail server or Slack never makes it red: look at
`ops.v_alert_deliveries`.

**Channels** (all optional): mail by the connection `control_tower_smtp` to `CONTROL_TOWER_ALERT_RECIPIENTS`, Slack by
the connection `control_tower_slack`, any other by `control_tower_notify`.

**Settings**

- `CONTROL_TOWER_HEARTBEAT_URL`: called after each health check, so that an outside monitor notices when they stop.
- `CONTROL_TOWER_SELF_HEAL=true`: starts an overdue pipeline, once per alert.

---

**Qué.** Revisa los procesos, las fuentes, la calidad de la atribución, las reglas de los datos y los archivos de los
DAG, y avisa por correo y Slack: un mensaje por cada cambio. **Cuándo.** Cada 15 minutos. **¿Se puede repetir?** Sí,
cada tarea en cualquier momento. **Si está en rojo:** la propia revisión no pudo hacerse; las últimas líneas del
registro dicen qué falta. Que falle el correo o Slack no la pone en rojo: vea `ops.v_alert_deliveries`.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pendulum
from airflow.providers.standard.operators.trigger_dagrun import TriggerDagRunOperator
from airflow.sdk import get_current_context, task

from control_tower.airflow_dags.factory import dag_factory
from control_tower.monitoring import tasks
from control_tower.settings import get_settings

PREPARATION_TIMEOUT = timedelta(minutes=2)


@dag_factory(
    schedule="*/15 * * * *",
    shared=lambda: {"start_date": pendulum.datetime(2026, 1, 1, tz=get_settings().timezone)},
    dagrun_timeout=timedelta(minutes=30),
    default_args={"owner": "control-tower", "retries": 1, "retry_delay": timedelta(seconds=10)},
    tags=["control-tower", "health"],
    doc_md=__doc__,
)
def pipeline_health() -> None:
    """Prepare, check, update alerts, send, heal, send the heartbeat; see the file's docstring."""

    @task(execution_timeout=PREPARATION_TIMEOUT)
    def close_abandoned_runs() -> list[int]:
        return tasks.close_abandoned_runs(get_current_context())

    @task(execution_timeout=PREPARATION_TIMEOUT)
    def observe_airflow() -> int:
        return tasks.observe_airflow(get_current_context())

    # all_done: checks and messages do not depend on the success of what comes before.
    @task(trigger_rule="all_done")
    def run_checks() -> dict[str, Any]:
        return tasks.run_checks(get_current_context())

    @task
    def update_alerts() -> list[dict[str, str]]:
        return tasks.update_alerts(get_current_context())

    @task(trigger_rule="all_done")
    def send_alerts() -> dict[str, int]:
        return tasks.send_alerts()

    @task(trigger_rule="none_failed")
    def confirm_heals() -> int:
        return tasks.confirm_heals()

    @task(trigger_rule="none_failed")
    def send_heartbeat() -> str:
        return tasks.send_heartbeat()

    prepared = [close_abandoned_runs(), observe_airflow()]
    checked, alerts, sent, heartbeat = run_checks(), update_alerts(), send_alerts(), send_heartbeat()
    heal = TriggerDagRunOperator.partial(task_id="heal", skip_when_already_exists=True).expand_kwargs(alerts)
    prepared >> checked >> alerts >> sent
    heal >> confirm_heals()
    # Not after `heal`: a run that Airflow refuses must not stop the heartbeat.
    [*prepared, checked, alerts, sent] >> heartbeat
