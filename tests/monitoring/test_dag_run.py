"""The real DAGs, run by Airflow in one process, with a real mail server and a real web server on loopback."""

from __future__ import annotations

import time
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest

from control_tower import runs
from control_tower.errors import DatabaseUnreachable
from control_tower.monitoring import tasks
from tests.monitoring.conftest import DagTest
from tests.monitoring.servers import MailServer, WebServer
from tests.monitoring.watchtower import ATTRIBUTION, IDENTITY, Watchtower


def states(run: Any) -> dict[str, str]:
    return {task.task_id: str(task.state) for task in run.get_task_instances()}


def test_a_healthy_check_sends_nothing_and_beats(
    tower: Watchtower, dag_test: DagTest, mail: MailServer, web: WebServer
) -> None:
    tower.all_is_well()
    assert dag_test().state == "success"
    assert mail.subjects == []
    assert web.messages == []
    assert web.beats == ["/beat"]
    assert tower.warehouse.execute("select count(*) from ops.health_checks").fetchone() == (1,)


def test_red_is_told_once_by_mail_and_slack_and_so_is_the_end(
    tower: Watchtower, dag_test: DagTest, mail: MailServer, web: WebServer
) -> None:
    tower.run(IDENTITY, ago=timedelta(days=3))
    tower.run(ATTRIBUTION)
    for _ in range(2):
        assert dag_test().state == "success"
    tower.run(IDENTITY)
    assert dag_test().state == "success"

    assert mail.subjects == [
        "[Control Tower] ROJO: ingesta de identidad",
        "[Control Tower] RESUELTO: ingesta de identidad, duró menos de 1 min",
    ]
    assert web.headers == ["🔴 ROJO: ingesta de identidad", "🟢 RESUELTO: ingesta de identidad, duró menos de 1 min"]
    assert mail.recipients == [["ana@example.org", "luis@example.org"]] * 2
    assert web.beats == ["/beat/fail", "/beat/fail", "/beat"]
    opened, closed = mail.mails
    assert opened["Message-ID"] != closed["Message-ID"]
    assert opened["References"] == closed["References"], "they stand together in the mailbox"
    plain = opened.get_body(("plain",))
    html = opened.get_body(("html",))
    assert plain is not None
    assert html is not None
    for part in (plain.get_content(), html.get_content()):
        assert "RED_INGESTION_STALE" in part
        assert "última corrida completa hace 3 d (límite: 2 d)" in part
        assert "https://airflow.example.org/control-tower/health" in part
        assert "https://airflow.example.org/dags/identity_ingestion/runs/manual__1" in part
        assert "/control-tower/runbook#ingestion-stale" in part


def test_a_refusing_a_slow_and_a_broken_server_lose_nothing_and_fail_no_health_check(
    tower: Watchtower, dag_test: DagTest, mail: MailServer, web: WebServer
) -> None:
    tower.run(IDENTITY, ago=timedelta(days=3))
    tower.run(ATTRIBUTION)
    mail.stop()  # refuses connections
    web.status = 500  # Slack and the heartbeat are broken
    assert dag_test().state == "success"
    mail.start()
    mail.delay = web.delay = 3.0  # slower than we wait
    web.status = 200
    tower.warehouse.execute("update ops.alert_deliveries set next_attempt_at = now()")
    started = time.monotonic()
    assert dag_test().state == "success"
    assert time.monotonic() - started < 60
    mail.delay = web.delay = 0.0
    mail.answer = "451 greylisted"  # breaks in the middle
    tower.warehouse.execute("update ops.alert_deliveries set next_attempt_at = now()")
    assert dag_test().state == "success"
    waiting = tower.warehouse.execute(
        "select status, last_error from ops.v_alert_deliveries where channel = 'mail' order by id limit 1"
    ).fetchone()
    assert waiting is not None
    assert waiting[0] == "PENDING"
    assert "451" in waiting[1] or "greylisted" in waiting[1]
    mail.answer = "250 OK"
    for _ in range(3):
        tower.warehouse.execute("update ops.alert_deliveries set next_attempt_at = now()")
        assert dag_test().state == "success"

    identity = [subject for subject in mail.subjects if "ingesta de identidad" in subject]
    assert identity == ["[Control Tower] ROJO: ingesta de identidad"]
    assert any("ingesta de identidad" in header for header in web.headers)
    left = tower.warehouse.execute("select count(*) from ops.v_alert_deliveries where status = 'PENDING'").fetchone()
    assert left == (0,)


def test_a_failing_pipeline_is_told_at_once_by_one_message(
    tower: Watchtower, dag_test: DagTest, mail: MailServer, web: WebServer
) -> None:
    tower.all_is_well()
    tower.warehouse.execute(
        "insert into public.module_ct_cabinet_leads (external_id, first_name, park_phone, lead_created_at)"
        " values ('x', 'ANA', '987654321', now())"
    )
    tower.warehouse.execute(
        "create function public.refuse() returns trigger language plpgsql as"
        " $$ begin raise exception 'no <b>room</b> & no time'; end $$;"
        " create trigger refuse before insert on canon.records_index execute function public.refuse()"
    )
    assert dag_test("identity_ingestion").state == "failed"

    assert mail.subjects == ["[Control Tower] ROJO: ingesta de identidad"], "three tasks failed, one message"
    assert web.headers == ["🔴 ROJO: ingesta de identidad"]
    html = mail.mails[0].get_body(("html",))
    assert html is not None
    assert "no &lt;b&gt;room&lt;/b&gt; &amp; no time" in html.get_content()
    assert "<b>room" not in html.get_content()

    assert dag_test().state == "success"
    assert len(mail.mails) == 1, "the health check finds nothing new to say"
    tower.warehouse.execute("drop trigger refuse on canon.records_index")
    assert dag_test("identity_ingestion").state == "success"
    assert dag_test().state == "success"
    assert [subject.split(":")[0] for subject in mail.subjects] == [
        "[Control Tower] ROJO",
        "[Control Tower] RESUELTO",
    ]


def test_while_somebody_keeps_runs_out_everything_is_looked_at_and_told(
    tower: Watchtower, dag_test: DagTest, mail: MailServer, web: WebServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runs, "HEALTH_LOCK_TIMEOUT_MS", 200)
    tower.run(IDENTITY, ago=timedelta(days=3))
    tower.run(ATTRIBUTION)
    with psycopg.connect(tower.warehouse.info.dsn) as decision:
        decision.execute(runs.RUNS_LOCK)
        assert dag_test().state == "success"
    assert mail.subjects == ["[Control Tower] ROJO: ingesta de identidad"]
    assert web.beats == ["/beat/fail"]


def test_what_could_not_be_observed_keeps_nobody_from_looking_at_the_rest(
    tower: Watchtower, dag_test: DagTest, mail: MailServer, web: WebServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: Any) -> int:
        raise RuntimeError("Airflow's API is being upgraded")

    monkeypatch.setattr(tasks, "observe_airflow", fail)
    tower.run(IDENTITY, ago=timedelta(days=3))
    tower.run(ATTRIBUTION)
    found = states(dag_test())
    assert (found["observe_airflow"], found["run_checks"], found["send_alerts"]) == ("failed", "success", "success")
    assert mail.subjects == ["[Control Tower] ROJO: ingesta de identidad"]
    assert web.beats == [], "the outside monitor hears nothing, and asks"


def test_a_database_that_is_down_is_told_once_and_its_end_with_it(
    tower: Watchtower, dag_test: DagTest, mail: MailServer, web: WebServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    tower.all_is_well()
    with monkeypatch.context() as patch:
        patch.setenv("AIRFLOW_CONN_CONTROL_TOWER", "postgres://ana:s3cret@127.0.0.1:1/warehouse")
        assert dag_test().state == "failed"
        assert dag_test("scout_attribution_refresh").state == "failed"
        assert dag_test().state == "failed"
    assert mail.subjects == ["[Control Tower] ROJO: base de datos"]
    assert web.headers == ["🔴 ROJO: base de datos"]
    assert "s3cret" not in mail.raw[0].decode()
    assert web.beats == [], "silence is what the outside monitor notices"

    assert dag_test().state == "success"
    assert [subject.split(",")[0] for subject in mail.subjects[1:]] == ["[Control Tower] RESUELTO: base de datos"]
    history = tower.warehouse.execute("select cause, worst_severity, closed_at > opened_at from ops.v_alert_history")
    assert history.fetchall() == [("database", "RED", True)]
    assert dag_test().state == "success"
    assert len(mail.mails) == len(web.messages) == 2


def test_a_run_whose_process_died_is_closed_as_abandoned(
    tower: Watchtower, dag_test: DagTest, mail: MailServer
) -> None:
    tower.all_is_well()
    run = tower.run(IDENTITY, "RUNNING", ago=timedelta(hours=1))
    tower.warehouse.execute(
        "update ops.ingestion_runs set heartbeat_at = now() - interval '1 hour' where id = %s", [run]
    )
    assert dag_test().state == "success"
    row = tower.warehouse.execute("select status::text, error_message from ops.ingestion_runs where id = %s", [run])
    status, error = row.fetchone() or ("", "")
    assert status == "FAILED"
    assert error.startswith("Abandoned")


@pytest.mark.parametrize("is_on", [True, False])
def test_self_healing_starts_a_stale_pipeline_once_per_alert_if_it_is_switched_on(
    tower: Watchtower, dag_test: DagTest, mail: MailServer, monkeypatch: pytest.MonkeyPatch, is_on: bool
) -> None:
    monkeypatch.setenv("CONTROL_TOWER_SELF_HEAL", str(is_on))
    tower.run(IDENTITY, ago=timedelta(days=3))
    tower.run(ATTRIBUTION)
    for _ in range(2):
        assert dag_test().state == "success"
    heals = tower.warehouse.execute("select heals from ops.v_open_alerts").fetchall()
    (plain,) = [mail.get_body(("plain",)).get_content() for mail in mail.mails]  # type: ignore[union-attr]
    if not is_on:
        assert heals == [({},)]
        assert "por sí mismo" not in plain
        return
    ((found,),) = heals
    assert list(found) == ["identity_ingestion"]
    assert found["identity_ingestion"]["run_id"] == "self_heal__alert_1"
    assert found["identity_ingestion"]["started_at"]
    assert "Control Tower pidió por sí mismo una corrida de: identity_ingestion." in plain
    from airflow.models.dagrun import DagRun
    from airflow.utils.session import create_session

    with create_session() as session:
        runs = session.query(DagRun).filter(DagRun.run_id == "self_heal__alert_1").all()
        assert [run.dag_id for run in runs] == ["identity_ingestion"]
        for run in runs:
            session.delete(run)


def test_a_run_that_airflow_refuses_to_start_is_asked_for_again_and_the_monitor_hears_of_every_check(
    tower: Watchtower, dag_test: DagTest, mail: MailServer, web: WebServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise RuntimeError("Airflow is upgraded just now")

    monkeypatch.setenv("CONTROL_TOWER_SELF_HEAL", "true")
    monkeypatch.setattr("airflow.providers.standard.operators.trigger_dagrun.TriggerDagRunOperator.execute", refuse)
    tower.run(IDENTITY, ago=timedelta(days=3))
    tower.run(ATTRIBUTION)
    for _ in range(2):
        run = dag_test()
        found = states(run)
        assert (found["heal"], found["confirm_heals"]) == ("failed", "upstream_failed")
        assert found["send_heartbeat"] == found["send_alerts"] == "success"
    assert len(mail.mails) == 1
    assert web.beats == ["/beat/fail"] * 2
    ((heals,),) = tower.warehouse.execute("select heals from ops.v_open_alerts").fetchall()
    assert "started_at" not in heals["identity_ingestion"], "it is asked for again at the next check"


@pytest.mark.parametrize(("try_number", "told"), [(1, 0), (2, 1)])
def test_a_database_that_is_back_at_the_next_attempt_wakes_nobody(
    monkeypatch: pytest.MonkeyPatch, try_number: int, told: int
) -> None:
    outages: list[Exception] = []
    monkeypatch.setenv("AIRFLOW_CONN_CONTROL_TOWER", "postgres://ana@127.0.0.1:1/warehouse")
    monkeypatch.setattr(tasks.failure_callback, "notify_outage", outages.append)
    task = SimpleNamespace(try_number=try_number, max_tries=1)
    with pytest.raises(DatabaseUnreachable):
        tasks.run_checks({"ti": task, "run_id": "manual__1"})
    assert len(outages) == told
