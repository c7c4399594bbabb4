from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest

from control_tower.monitoring.outage import VARIABLE
from control_tower.settings import get_settings
from tests.monitoring.servers import MailServer, WebServer, mail_server, web_server
from tests.monitoring.watchtower import QUIET_SOURCES, Watchtower
from tests.pipeline import DAGS, load_dag

DagTest = Callable[..., Any]


@pytest.fixture(autouse=True)
def _fresh_settings() -> Iterator[None]:
    """Settings are read once per process; each test here reads them anew."""
    get_settings.cache_clear()
    yield
    get_settings.cache_clear()


@pytest.fixture
def watchtower(warehouse: psycopg.Connection[Any], monkeypatch: pytest.MonkeyPatch) -> Watchtower:
    """A warehouse in which nothing but the pipelines can be wrong."""
    monkeypatch.setenv("CONTROL_TOWER_SOURCE_CADENCE_HOURS", QUIET_SOURCES)
    return Watchtower(warehouse)


@pytest.fixture
def mail() -> Iterator[MailServer]:
    with mail_server() as server:
        yield server


@pytest.fixture
def web() -> Iterator[WebServer]:
    with web_server() as server:
        yield server


@pytest.fixture
def tower(
    warehouse: psycopg.Connection[Any], mail: MailServer, web: WebServer, monkeypatch: pytest.MonkeyPatch
) -> Watchtower:
    """A warehouse in which nothing but the pipelines can be wrong; mail, Slack and heartbeat are configured."""
    for name, value in {
        "AIRFLOW_CONN_CONTROL_TOWER_SMTP": mail.connection,
        "AIRFLOW_CONN_CONTROL_TOWER_SLACK": web.slack_connection,
        "CONTROL_TOWER_ALERT_RECIPIENTS": "ana@example.org, luis@example.org",
        "CONTROL_TOWER_HEARTBEAT_URL": f"{web.url}/beat",
        "CONTROL_TOWER_SOURCE_CADENCE_HOURS": QUIET_SOURCES,
        "CONTROL_TOWER_ALERT_TIMEOUT_SECONDS": "1",
        "CONTROL_TOWER_PUBLIC_URL": "https://airflow.example.org",
    }.items():
        monkeypatch.setenv(name, value)
    return Watchtower(warehouse)


@pytest.fixture
def dag_test(airflow_metadata: None) -> Iterator[DagTest]:
    """Runs a DAG once, without retries."""

    def run(dag_id: str = "pipeline_health", **conf: Any) -> Any:
        get_settings.cache_clear()
        load_dag.cache_clear()
        dag = load_dag(dag_id)
        dag.fileloc = str(DAGS / f"{dag_id}.py")  # as Airflow has it, whose loader runs the file's last line itself
        for task in dag.tasks:
            task.retries = 0
        return dag.test(run_conf=conf)

    forget_outages()  # tests elsewhere take the database away, too
    yield run
    load_dag.cache_clear()  # tasks that ran keep what Airflow rendered into them
    forget_outages()


def forget_outages() -> None:
    """Airflow's note of an unreachable database outlives the test that took it away, as it outlives a restart."""
    from airflow.models.variable import Variable
    from airflow.utils.session import create_session

    with create_session() as session:
        session.query(Variable).filter(Variable.key == VARIABLE).delete()
