"""What a task may know of Airflow, runs that lost their process, and the heartbeat."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import psycopg
import pytest

from control_tower import runs
from control_tower.errors import DatabaseBusy
from control_tower.monitoring import airflow_state, health_check
from control_tower.monitoring.check_result import Severity
from control_tower.monitoring.heartbeat import send_heartbeat
from control_tower.settings import get_settings
from tests.monitoring.servers import WebServer, free_port, web_server
from tests.monitoring.watchtower import ATTRIBUTION, IDENTITY, Watchtower
from tests.pipeline import DAGS

WELL = "AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION"


class Task:
    """Answers as Airflow's API server does, or not at all."""

    def __init__(self, *, is_paused: bool | None = False, state: str | None = None, file: str | None = None) -> None:
        self.is_paused, self.state, self.file = is_paused, state, file

    def get_dag(self, dag_id: str) -> Any:
        if self.is_paused is None:
            raise httpx.ConnectError("no API server")
        return SimpleNamespace(is_paused=self.is_paused, relative_fileloc=self.file)

    def get_dagrun_state(self, dag_id: str, run_id: str) -> str:
        if self.state is None:
            raise httpx.ConnectError("no API server")
        return self.state


@pytest.mark.parametrize(
    ("is_paused", "is_test", "paused_at_creation", "found"),
    [
        (False, False, "True", False),
        (True, False, "True", True),
        (None, False, "True", None),
        (True, True, "True", None),
        (True, True, "False", True),
        (False, True, "True", False),
    ],
)
def test_paused_is_told_only_where_it_means_something(
    monkeypatch: pytest.MonkeyPatch, is_paused: bool | None, is_test: bool, paused_at_creation: str, found: bool | None
) -> None:
    monkeypatch.setenv(WELL, paused_at_creation)
    assert airflow_state.is_dag_paused(Task(is_paused=is_paused), "x", is_test=is_test) is found


@pytest.mark.parametrize(
    ("state", "found"),
    [("running", True), ("queued", True), ("success", False), ("failed", False), (None, None)],
)
def test_whether_a_dag_run_is_at_work(state: str | None, found: bool | None) -> None:
    assert airflow_state.is_dag_run_active(Task(state=state), "x", "y") is found


def context(folder: Path, user: str | None = None) -> dict[str, Any]:
    return {
        "dag": SimpleNamespace(fileloc=str(folder / "pipeline_health.py")),
        "dag_run": SimpleNamespace(triggering_user_name=user),
    }


def test_every_dag_file_of_ours_loads(watchtower: Watchtower) -> None:
    known = airflow_state.record_dag_states(watchtower.warehouse, Task(), context(DAGS), watchtower.now)
    assert known == len(airflow_state.DAGS)
    assert set(airflow_state.DAGS) == {file.stem for file in DAGS.glob("*.py")} - {"pipeline_health"}
    found = watchtower.warehouse.execute("select distinct is_paused, has_import_error from ops.dag_observations")
    assert found.fetchall() == [(False, False)]


def test_a_file_that_does_not_load_is_red_with_its_line(watchtower: Watchtower, tmp_path: Path) -> None:
    (tmp_path / "identity_ingestion.py").write_text("import math\nmath.nothing()\n")
    (tmp_path / "scout_attribution_refresh.py").write_text("x = 1\n")
    airflow_state.record_dag_states(watchtower.warehouse, Task(is_paused=None), context(tmp_path), watchtower.now)
    watchtower.all_is_well()
    assert watchtower.check() == [("OPENED", IDENTITY)]
    error = watchtower.warehouse.execute(
        "select details ->> 'error' from ops.v_check_results where check_name = 'dag.identity_ingestion'"
    ).fetchone()
    assert error == ("identity_ingestion.py, line 2: AttributeError: module 'math' has no attribute 'nothing'",)
    assert watchtower.state("dag.scout_attribution_refresh") == ("OK", "OK")
    assert watchtower.state("dag.migrate_schema") == ("UNKNOWN", "DAG_UNKNOWN"), "there is no such file here"


def test_one_file_may_make_all_dags(watchtower: Watchtower, tmp_path: Path) -> None:
    (tmp_path / "pipeline_health.py").write_text("# makes identity_ingestion, scout_attribution_refresh\n")
    airflow_state.record_dag_states(watchtower.warehouse, Task(is_paused=None), context(tmp_path), watchtower.now)
    watchtower.all_is_well()
    watchtower.check()
    assert watchtower.state("dag.identity_ingestion") == ("OK", "OK")


def test_a_file_elsewhere_in_the_bundle_is_found_where_airflow_has_it(tmp_path: Path) -> None:
    (tmp_path / "fleet" / "health").mkdir(parents=True)
    (tmp_path / "fleet" / "links.py").write_text("x = 1\n")
    health_file = tmp_path / "fleet" / "health" / "pipeline_health.py"
    found = airflow_state.dag_file(Task(file="fleet/links.py"), "identity_ingestion", health_file)
    assert found == tmp_path / "fleet" / "links.py"
    unknown = airflow_state.dag_file(Task(is_paused=None), "identity_ingestion", health_file)
    assert unknown == health_file.with_name("identity_ingestion.py")


def test_a_file_that_ends_the_process_is_an_error_and_ends_nothing(watchtower: Watchtower, tmp_path: Path) -> None:
    (tmp_path / "identity_ingestion.py").write_text("import sys\n\nsys.exit('no key')\n")
    has_error, error = airflow_state.import_error(tmp_path / "identity_ingestion.py")
    assert (has_error, error) == (True, "identity_ingestion.py, line 3: SystemExit: no key")


def test_a_pipeline_whose_file_is_gone_is_told(watchtower: Watchtower, tmp_path: Path) -> None:
    (tmp_path / "scout_attribution_refresh.py").write_text("x = 1\n")
    airflow_state.record_dag_states(watchtower.warehouse, Task(), context(tmp_path), watchtower.now)
    watchtower.all_is_well()
    assert watchtower.check() == [("OPENED", IDENTITY)]
    assert watchtower.state("dag.identity_ingestion") == ("RED", "RED_DAG_IMPORT_ERROR")
    assert "no such file" in watchtower.mail.facts[0]["problems"][0]["details"]["error"]


@pytest.mark.parametrize(
    ("later", "found"),
    [
        (timedelta(hours=1), ("OK", "OK")),
        (timedelta(hours=1, microseconds=1), ("UNKNOWN", "DAG_UNKNOWN")),
        (timedelta(days=10), ("UNKNOWN", "DAG_UNKNOWN")),
    ],
)
def test_what_airflow_said_long_ago_is_not_known_any_more(
    watchtower: Watchtower, later: timedelta, found: tuple[str, str]
) -> None:
    airflow_state.record_dag_states(watchtower.warehouse, Task(), context(DAGS), watchtower.now)
    watchtower.check(later)
    assert watchtower.state("dag.identity_ingestion") == found


def test_an_error_in_a_file_is_not_over_because_airflow_is_asked_no_more(
    watchtower: Watchtower, tmp_path: Path
) -> None:
    (tmp_path / "identity_ingestion.py").write_text("import math\nmath.nothing()\n")
    airflow_state.record_dag_states(watchtower.warehouse, Task(), context(tmp_path), watchtower.now)
    watchtower.all_is_well()
    watchtower.check()
    for _ in range(8):
        told = watchtower.check(timedelta(minutes=15))
    assert told == []
    assert "dag.identity_ingestion" in watchtower.open_alerts()[IDENTITY]


def test_a_test_run_that_cannot_tell_leaves_what_the_scheduler_s_run_found(watchtower: Watchtower) -> None:
    for user, is_paused in ((None, True), ("dag_test", None)):
        airflow_state.record_dag_states(
            watchtower.warehouse, Task(is_paused=is_paused), context(DAGS, user), watchtower.now
        )
    watchtower.all_is_well()
    watchtower.check()
    assert watchtower.state("pipeline.identity_run") == ("YELLOW", "YELLOW_DAG_PAUSED")
    airflow_state.record_dag_states(watchtower.warehouse, Task(is_paused=None), context(DAGS), watchtower.now)
    watchtower.check(timedelta(minutes=15))
    assert watchtower.state("pipeline.identity_run") == ("OK", "OK"), "unknown is no pause"


def silent_run(watchtower: Watchtower, seconds: float, dag_run_id: str | None = "manual__1") -> int:
    run = watchtower.run(IDENTITY, "RUNNING")
    watchtower.warehouse.execute(
        "update ops.ingestion_runs set started_at = clock_timestamp() - make_interval(secs => %s),"
        " heartbeat_at = clock_timestamp() - make_interval(secs => %s), dag_run_id = %s where id = %s",
        [seconds, seconds, dag_run_id, run],
    )
    return run


@pytest.mark.parametrize(
    ("seconds", "is_alive", "is_closed"),
    [
        (60, False, False),
        (100, False, True),
        (100, None, True),
        (100, True, False),
        (800, True, False),
        (1000, True, True),
    ],
)
def test_a_silent_run_is_abandoned_unless_airflow_says_that_it_is_at_work(
    watchtower: Watchtower, seconds: float, is_alive: bool | None, is_closed: bool
) -> None:
    run = silent_run(watchtower, seconds)
    assert runs.close_abandoned_runs(lambda *_: is_alive) == ([run] if is_closed else [])
    assert runs.close_abandoned_runs(lambda *_: is_alive) == []


def test_a_run_that_airflow_did_not_start_is_judged_by_its_silence_alone(watchtower: Watchtower) -> None:
    run = silent_run(watchtower, 100, dag_run_id=None)
    assert runs.close_abandoned_runs(lambda *_: True) == [run]


def test_a_run_that_a_step_holds_is_never_abandoned(watchtower: Watchtower) -> None:
    run = silent_run(watchtower, 100_000)
    with psycopg.connect(watchtower.warehouse.info.dsn) as step:
        step.execute("select ops.hold_run(%s)", [run])
        assert runs.close_abandoned_runs(lambda *_: False) == []


@pytest.mark.parametrize("statement", [runs.RUNS_LOCK, "lock table ops.ingestion_runs in access exclusive mode"])
def test_a_health_check_does_not_stand_still_while_somebody_keeps_runs_out(
    watchtower: Watchtower, monkeypatch: pytest.MonkeyPatch, statement: str
) -> None:
    monkeypatch.setattr(runs, "HEALTH_LOCK_TIMEOUT_MS", 200)
    run = silent_run(watchtower, 1000)
    with psycopg.connect(watchtower.warehouse.info.dsn) as decision:
        decision.execute(statement.encode())
        started = time.monotonic()
        if statement == runs.RUNS_LOCK:
            assert runs.close_abandoned_runs(lambda *_: False) == []
        else:
            with pytest.raises(DatabaseBusy):
                runs.close_abandoned_runs(lambda *_: False)
        assert time.monotonic() - started < 5
    assert runs.close_abandoned_runs(lambda *_: False) == [run], "the next health check does it"


def test_an_abandoned_run_is_red_and_told(watchtower: Watchtower) -> None:
    watchtower.run(IDENTITY, ago=timedelta(hours=1))
    watchtower.run(ATTRIBUTION)
    silent_run(watchtower, 1000)
    runs.close_abandoned_runs(lambda *_: None)
    assert watchtower.check() == [("OPENED", IDENTITY)]
    assert "Abandoned" in watchtower.mail.facts[0]["problems"][0]["details"]["error"]


def test_a_run_that_could_not_be_opened_is_kept_once(watchtower: Watchtower) -> None:
    for _ in range(2):
        runs.record_failed_start(IDENTITY, "open_run: no right", dag_id="identity_ingestion", dag_run_id="manual__9")
    watchtower.run(ATTRIBUTION)
    found = watchtower.warehouse.execute(
        "select status::text, error_message from ops.ingestion_runs where dag_run_id = 'manual__9'"
    ).fetchall()
    assert found == [("FAILED", "open_run: no right")]


@pytest.fixture
def web(monkeypatch: pytest.MonkeyPatch) -> Iterator[WebServer]:
    with web_server() as server:
        monkeypatch.setenv("CONTROL_TOWER_HEARTBEAT_URL", f"{server.url}/beat/s3cret/")
        monkeypatch.setenv("CONTROL_TOWER_ALERT_TIMEOUT_SECONDS", "1")
        yield server


@pytest.mark.parametrize(
    ("severity", "path"),
    [("OK", "/beat/s3cret"), ("UNKNOWN", "/beat/s3cret"), ("YELLOW", "/beat/s3cret"), ("RED", "/beat/s3cret/fail")],
)
def test_the_heartbeat_fails_only_when_it_is_red(web: WebServer, severity: Severity, path: str) -> None:
    assert send_heartbeat(severity, "3 checks") is True
    assert web.posts == [(path, "3 checks")]


def test_a_heartbeat_that_is_not_taken_is_no_error_and_its_address_stays_secret(
    web: WebServer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    web.status = 500
    assert send_heartbeat("OK", "x") is False
    web.status, web.delay = 200, 2.0
    assert send_heartbeat("OK", "x") is False
    monkeypatch.setenv("CONTROL_TOWER_HEARTBEAT_URL", f"http://127.0.0.1:{free_port()}/s3cret")
    get_settings.cache_clear()
    assert send_heartbeat("OK", "x") is False
    assert "s3cret" not in caplog.text


def test_without_an_address_nobody_is_called() -> None:
    assert send_heartbeat("RED", "x") is None


def test_who_only_writes_may_do_all_of_it(watchtower: Watchtower) -> None:
    watchtower.run(IDENTITY, "FAILED", error="x")
    watchtower.run(ATTRIBUTION)
    watchtower.warehouse.execute("set role control_tower_writer")
    assert watchtower.check() == [("OPENED", IDENTITY)]
    assert watchtower.state("probe.invariant") == ("OK", "OK")
    assert health_check.latest_severity(watchtower.warehouse)[0] == "RED"


def test_who_only_reads_sees_alerts_and_changes_none(watchtower: Watchtower) -> None:
    watchtower.run(IDENTITY, "FAILED", error="x")
    watchtower.check()
    watchtower.warehouse.execute("set role control_tower_reader")
    for view in ("v_check_results", "v_open_alerts", "v_alert_history", "v_alert_deliveries", "v_check_state_changes"):
        found = watchtower.warehouse.execute(f"select count(*) from ops.{view}").fetchone()
        assert found is not None
        assert found[0] > 0
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        watchtower.warehouse.execute("select * from ops.alert_episodes")
