"""DAG runs that opened no run of ours: those whose process died are told, those that were refused are not."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from airflow.sdk.exceptions import ParamValidationError

from control_tower import runs
from control_tower.monitoring import failure_callback
from control_tower.monitoring.airflow_state import REFUSED
from tests.monitoring.conftest import DagTest
from tests.monitoring.servers import MailServer
from tests.monitoring.watchtower import ATTRIBUTION, IDENTITY, Watchtower


def forget_runs(dag_id: str) -> None:
    """Airflow's runs of a DAG outlive the test that made them."""
    from airflow.models.dagrun import DagRun
    from airflow.utils.session import create_session

    with create_session() as session:
        for run in session.query(DagRun).filter(DagRun.dag_id == dag_id).all():
            session.delete(run)


@pytest.fixture
def lost_run(tower: Watchtower, dag_test: DagTest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Id of a DAG run of the ingestion whose open_run was killed, and whose tasks could tell nobody."""
    forget_runs("identity_ingestion")
    tower.run(IDENTITY, ago=timedelta(hours=1))
    tower.run(ATTRIBUTION)
    with monkeypatch.context() as killed:
        killed.setattr(runs, "open_run", lambda *_, **__: sys.exit("Killed"))
        killed.setattr(failure_callback, "JOB_OF_DAG", {})  # the callback itself is in the DAG already
        yield dag_test("identity_ingestion").run_id
    forget_runs("identity_ingestion")


def test_a_run_that_died_before_it_was_opened_is_found_in_airflow_and_told(
    tower: Watchtower, dag_test: DagTest, lost_run: str, mail: MailServer
) -> None:
    known = tower.warehouse.execute("select count(*) from ops.ingestion_runs where dag_run_id = %s", [lost_run])
    assert known.fetchone() == (0,)
    for _ in range(2):
        assert dag_test().state == "success"

    rows = tower.warehouse.execute(
        "select status::text, error_message, dag_id from ops.ingestion_runs where dag_run_id = %s", [lost_run]
    ).fetchall()
    assert [(row[0], row[2]) for row in rows] == [("FAILED", "identity_ingestion")]
    assert "before a run was opened: open_run is failed" in rows[0][1]
    assert tower.state("pipeline.identity_run") == ("RED", "RED_RUN_FAILED")
    assert len(mail.mails) == 1

    tower.run(IDENTITY, ago=-timedelta(minutes=2))
    assert dag_test().state == "success"
    assert tower.state("pipeline.identity_run") == ("OK", "OK")


def test_a_run_that_was_killed_while_opening_is_told_at_once_by_the_task_that_misses_it(
    tower: Watchtower, dag_test: DagTest, monkeypatch: pytest.MonkeyPatch, mail: MailServer
) -> None:
    tower.all_is_well()
    monkeypatch.setattr(runs, "open_run", lambda *_, **__: sys.exit("Killed"))
    run = dag_test("identity_ingestion")
    rows = tower.warehouse.execute("select status::text from ops.ingestion_runs where dag_run_id = %s", [run.run_id])
    assert rows.fetchall() == [("FAILED",)]
    assert len(mail.mails) == 1
    forget_runs("identity_ingestion")


def test_a_run_that_was_refused_because_another_is_active_is_no_failure(
    tower: Watchtower, dag_test: DagTest, monkeypatch: pytest.MonkeyPatch, mail: MailServer
) -> None:
    monkeypatch.setenv("CONTROL_TOWER_TAKEOVER_SECONDS", "1")
    tower.all_is_well()
    active = tower.run(IDENTITY, "RUNNING")
    with psycopg.connect(tower.warehouse.info.dsn) as step:
        step.execute("select ops.hold_run(%s)", [active])
        assert dag_test("identity_ingestion").state == "failed"
        assert dag_test().state == "success"
    assert tower.state("pipeline.identity_run") == ("OK", "OK")
    assert mail.mails == []
    forget_runs("identity_ingestion")


def refusal(run: Any) -> str:
    """What the refused open_run of a DAG run left for the health check."""
    from airflow.models.xcom import XComModel
    from airflow.utils.session import create_session

    with create_session() as session:
        left = session.scalars(
            XComModel.get_many(run_id=run.run_id, dag_ids=run.dag_id, task_ids="open_run", key=REFUSED)
        ).one()
        return str(left.value)


@pytest.mark.parametrize(
    ("dag_id", "parameters", "said"),
    [
        (
            "identity_ingestion",
            {"incremntal": False},
            "There is no parameter incremntal.\nNext: use only scope_date_from, ",
        ),
        (
            "scout_attribution_refresh",
            {"incremental": False},
            "There is no parameter incremental.\nNext: start the run without any; ",
        ),
        (
            "identity_ingestion",
            {"scope_date_from": "2026-11-02", "scope_date_to": "2026-11-01"},
            "scope_date_to (2026-11-01) is before scope_date_from (2026-11-02)",
        ),
    ],
)
def test_a_run_that_is_refused_for_its_parameters_says_why_and_is_no_failure_of_the_pipeline(
    tower: Watchtower,
    dag_test: DagTest,
    mail: MailServer,
    dag_id: str,
    parameters: dict[str, Any],
    said: str,
) -> None:
    tower.all_is_well()
    run = dag_test(dag_id, **parameters)
    assert run.state == "failed"
    assert said in refusal(run)
    assert dag_test().state == "success"
    known = tower.warehouse.execute("select count(*) from ops.ingestion_runs where dag_run_id = %s", [run.run_id])
    assert known.fetchone() == (0,)
    assert tower.state("pipeline.identity_run") == ("OK", "OK")
    assert mail.mails == []
    forget_runs(dag_id)


@pytest.mark.parametrize(
    "parameters", [{"incremental": "x"}, {"scope_date_from": "2026-13-01"}, {"source_tables": ["public.drivers"]}]
)
def test_a_parameter_of_a_wrong_type_makes_no_dag_run(
    tower: Watchtower, dag_test: DagTest, mail: MailServer, parameters: dict[str, Any]
) -> None:
    tower.all_is_well()
    before = tower.warehouse.execute("select count(*) from ops.ingestion_runs").fetchone()
    with pytest.raises(ParamValidationError, match=f"Invalid input for param {next(iter(parameters))}"):
        dag_test("identity_ingestion", **parameters)
    assert dag_test().state == "success"
    assert tower.warehouse.execute("select count(*) from ops.ingestion_runs").fetchone() == before
    assert tower.state("pipeline.identity_run") == ("OK", "OK")
    assert mail.mails == []
