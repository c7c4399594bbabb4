"""Every service of docker-compose.yaml runs with its own command and environment, and both executors do the work.

The tests of this file are one story, in order, on one machine.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
import pytest

from devtools.demo.fleet import FleetSize, build_fleet
from devtools.demo.load import load_fleet
from tests.deploy.compose import Machine, read_compose
from tests.identity.results import settled
from tests.pipeline import ingest

COMPONENTS = ("api-server", "scheduler", "dag-processor", "triggerer")
PIPELINES = {"identity_ingestion": "identity_run", "scout_attribution_refresh": "scout_attribution_refresh"}
PARTITION = r"task_id='([a-z_.]+)'[^\n]*?map_index=(\d+)"
"""A task of a mapped step, in the line of a worker's log that says that the worker takes it."""
NEEDS_REDIS = pytest.mark.skipif(
    shutil.which("redis-server") is None,
    reason="THE CELERY PROFILE IS NOT TESTED: redis-server is missing (apt-get install redis-server)",
)


def warehouse(machine: Machine, database: str = "control_tower") -> psycopg.Connection[Any]:
    """A session on a warehouse, as the containers have it."""
    return psycopg.connect(
        host="127.0.0.1",
        port=machine.ports["postgres"],
        user="control_tower",
        password=machine.variables["WAREHOUSE_PASSWORD"],
        dbname=database,
        autocommit=True,
    )


def call(machine: Machine, path: str, body: Any = None, token: str | None = None, method: str | None = None) -> Any:
    """An answer of Airflow's REST API."""
    request = urllib.request.Request(f"http://127.0.0.1:{machine.ports['api']}{path}", method=method)
    request.add_header("Content-Type", "application/json")
    if token:
        request.add_header("Authorization", f"Bearer {token}")
    data = None if body is None else json.dumps(body).encode()
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(request, data, timeout=30) as answer:
        return json.load(answer)


@pytest.fixture(scope="module")
def token(machine: Machine) -> Callable[[], str]:
    """Logs the first user in."""

    def log_in() -> str:
        login = {"username": "admin", "password": machine.environment("init")["ADMIN_PASSWORD"]}
        return str(call(machine, "/auth/token", login)["access_token"])

    return log_in


def first_run(machine: Machine, dag_id: str, token: str) -> str:
    """The id of a run of a DAG: the one that its schedule owes when it is switched on, or one that is asked for."""
    path = f"/api/v2/dags/{dag_id}"
    if not call(machine, path, token=token)["is_paused"]:
        return str(call(machine, f"{path}/dagRuns", {"logical_date": None}, token)["dag_run_id"])
    call(machine, path, {"is_paused": False}, token, "PATCH")
    until = time.monotonic() + 60
    while not (runs := call(machine, f"{path}/dagRuns", token=token)["dag_runs"]):
        assert time.monotonic() < until, f"{dag_id} is switched on and not scheduled"
        time.sleep(0.5)
    return str(runs[0]["dag_run_id"])


def run_pipelines(machine: Machine, log_in: Callable[[], str], database: str) -> dict[str, Any]:
    """Let the scheduler run both pipelines once; returns what they left in the warehouse."""
    token = log_in()
    with warehouse(machine, database) as session:
        for dag_id, job_type in PIPELINES.items():
            wait_until_it_succeeds(machine, dag_id, first_run(machine, dag_id, token), token)
            latest = session.execute(
                "select status::text from ops.ingestion_runs where job_type::text = %s order by id desc limit 1",
                (job_type,),
            ).fetchone()
            assert latest == ("COMPLETED",)
        return settled(session)


def wait_until_it_succeeds(machine: Machine, dag_id: str, dag_run_id: str, token: str) -> None:
    """Wait for a run of a DAG, and tell the tasks that failed."""
    path = f"/api/v2/dags/{dag_id}/dagRuns/{quote(dag_run_id)}"
    until = time.monotonic() + 200
    while (state := call(machine, path, token=token)["state"]) in ("queued", "running"):
        assert time.monotonic() < until, f"{dag_id} is still {state}"
        time.sleep(0.5)
    assert state == "success", f"{dag_id}: {failed_tasks(machine, path, token)}"


def differences(first: dict[str, Any], second: dict[str, Any]) -> dict[str, list[list[str]]]:
    """Of each table that differs, a few rows that only the first has, and a few that only the second has."""
    return {
        table: [sorted(set(first[table]) - set(second[table]))[:3], sorted(set(second[table]) - set(first[table]))[:3]]
        for table in first
        if first[table] != second[table]
    }


def failed_tasks(machine: Machine, path: str, token: str) -> list[str]:
    """The tasks of a run that failed."""
    tasks = call(machine, f"{path}/taskInstances?state=failed", token=token)["task_instances"]
    return [task["task_id"] for task in tasks]


def test_nothing_starts_with_a_missing_secret(machine: Machine):
    complete = machine.run("check")
    weak = Machine(machine.folder, {**machine.variables, "FERNET_KEY": ""}, machine.places, machine.brought, {})

    assert (complete.returncode, complete.stdout) == (0, "Every secret is there.\n"), complete.stderr
    assert weak.run("check").returncode == 78
    assert "FERNET_KEY is missing" in weak.run("check").stderr


def test_init_prepares_both_databases_and_the_first_user(machine: Machine):
    done = machine.run("init")
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    with warehouse(machine) as session:
        assert session.execute("select count(*) from ops.v_pipeline_health").fetchone() == (2,)
        load_fleet(session, build_fleet(FleetSize(300), seed=3, country="PE"), report=lambda _: None)
        session.execute("analyze")
    with warehouse(machine, "postgres") as administrator:
        administrator.execute("create database with_celery template control_tower strategy file_copy")


def test_every_component_is_healthy_by_its_own_check(machine: Machine, figure: Callable[[str], None]):
    began = time.monotonic()
    machine.start_when_seen_unhealthy(*COMPONENTS)
    machine.wait_until_all_are_healthy(*COMPONENTS)
    figure(f"compose: four components healthy after {time.monotonic() - began:.0f} s")


@pytest.mark.skipif(os.geteuid() != 0, reason="A FILE SYSTEM IS MADE READ-ONLY BY ROOT ALONE")
def test_three_components_run_without_writing_anything_but_logs_and_temporary_files(machine: Machine):
    read_only = {name for name in COMPONENTS if read_compose({})["services"][name].get("read_only")}
    assert read_only == {"scheduler", "dag-processor", "triggerer"}
    for name in COMPONENTS:
        options = next(
            mount.split()[3]
            for mount in Path(f"/proc/{machine.pid(name)}/mounts").read_text().splitlines()
            if mount.split()[1] == "/"
        )
        assert ("ro" in options.split(",")) is (name in read_only), name


def test_the_monitor_s_token_opens_the_health_answer_and_nothing_else(machine: Machine):
    monitor = machine.variables["CONTROL_TOWER_MONITOR_TOKEN"]
    with pytest.raises(urllib.error.HTTPError) as unhealthy:  # nothing has run yet: 503, as a monitor expects
        call(machine, "/control-tower/api/v1/health", token=monitor)
    assert unhealthy.value.code == 503
    with pytest.raises(urllib.error.HTTPError) as closed:
        call(machine, "/control-tower/api/v1/health/sources", token=monitor)
    assert closed.value.code in (401, 403)


@pytest.fixture(scope="module")
def left_by_local_executor(machine: Machine, token: Callable[[], str]) -> dict[str, Any]:
    """What both pipelines leave when the scheduler runs their tasks itself."""
    return run_pipelines(machine, token, "control_tower")


def test_the_scheduler_runs_both_pipelines_with_the_local_executor(left_by_local_executor: dict[str, Any]):
    assert len(left_by_local_executor["canon.identity_links"]) > 100
    assert len(left_by_local_executor["observational.lead_ledger"]) > 50


def test_the_pipelines_work_as_their_own_user_and_the_owner_is_known_to_init_alone(machine: Machine):
    with warehouse(machine) as session:
        users = session.execute("select distinct changed_by from ops.job_runs_audit").fetchall()
    assert users == [("control_tower_pipelines",)]
    knows = {name for name in read_compose({})["services"] if "WAREHOUSE_PASSWORD" in machine.environment(name)}
    assert knows == {"check", "init"}


def test_the_mail_catcher_prints_what_it_takes(machine: Machine):
    import smtplib

    machine.start("mail")
    machine.wait_until_healthy("mail", seconds=20)
    with smtplib.SMTP("127.0.0.1", machine.ports["mail"]) as client:
        client.sendmail("control-tower@example.org", ["alerts@example.org"], "Subject: ROJO\r\n\r\nhola")
    until = time.monotonic() + 5
    while "Subject: ROJO" not in machine.log("mail").read_text() and time.monotonic() < until:
        time.sleep(0.1)
    assert "Subject: ROJO" in machine.log("mail").read_text()
    machine.stop("mail")


@NEEDS_REDIS
def test_two_celery_workers_share_the_work_and_leave_the_same(
    machine: Machine,
    token: Callable[[], str],
    left_by_local_executor: dict[str, Any],
    figure: Callable[[str], None],
):
    machine.stop("scheduler")
    of_celery = {"COMPOSE_PROFILES": "celery", "WAREHOUSE_DATABASE": "with_celery", "CONTROL_TOWER_PARTITIONS": "5"}
    machine.variables = {**machine.variables, **of_celery}
    replicas = read_compose(machine.variables)["services"]["worker"]["deploy"]["replicas"]
    workers = [f"worker-{number}" for number in range(replicas)]
    assert not machine.check("redis")
    machine.start("redis")
    machine.wait_until_healthy("redis", seconds=20)
    logs = {"AIRFLOW__LOGGING__WORKER_LOG_SERVER_PORT": str(machine.ports["other worker's logs"])}
    for number, worker in enumerate(workers):
        machine.start("worker", worker, logs if number else None)
    for name in ("scheduler", "flower"):
        machine.start(name)
    machine.wait_until_all_are_healthy("worker", "scheduler", "flower", replicas={"worker": workers})

    assert differences(left_by_local_executor, run_pipelines(machine, token, "with_celery")) == {}

    done = [len(re.findall(r"succeeded in", machine.log(worker).read_text())) for worker in workers]
    figure(f"celery: {' and '.join(map(str, done))} tasks by {len(workers)} workers")
    assert len(done) == 2
    assert all(done)


@NEEDS_REDIS
def test_both_workers_take_partitions_of_a_step_and_leave_the_same(
    machine: Machine, token: Callable[[], str], figure: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
):
    logs = {worker: machine.log(worker) for worker in ("worker-0", "worker-1")}
    began = {worker: len(log.read_text()) for worker, log in logs.items()}
    path = "/api/v2/dags/identity_ingestion/dagRuns"
    asked = {"logical_date": None, "conf": {"incremental": False}}  # every record again is no small batch
    run_id = call(machine, path, asked, token())["dag_run_id"]
    wait_until_it_succeeds(machine, "identity_ingestion", run_id, token())

    taken = {worker: re.findall(PARTITION, log.read_text()[began[worker] :]) for worker, log in logs.items()}
    steps = sorted({step for found in taken.values() for step, _ in found})
    shares = {
        step: [[int(index) for name, index in found if name == step] for found in taken.values()] for step in steps
    }
    figure(
        "celery: partitions per worker: " + ", ".join(f"{step} {list(map(len, both))}" for step, both in shares.items())
    )
    assert len(shares) == 6
    assert all(sorted(one + other) == [0, 1, 2, 3, 4] for one, other in shares.values()), shares
    assert any(one and other for one, other in shares.values()), shares

    # the same in one process, on what the LocalExecutor left
    password = quote(machine.variables["WAREHOUSE_PASSWORD"], safe="")
    local = f"postgres://control_tower:{password}@127.0.0.1:{machine.ports['postgres']}/control_tower"
    monkeypatch.setenv("AIRFLOW_CONN_CONTROL_TOWER", local)
    ingest(incremental=False)
    with warehouse(machine) as in_one_process, warehouse(machine, "with_celery") as by_workers:
        assert differences(settled(in_one_process), settled(by_workers)) == {}


def test_every_service_of_the_file_was_started_or_is_the_other_postgres(machine: Machine):
    assert set(read_compose({})["services"]) == {
        *("check", "postgres", "init", *COMPONENTS, "mail", "redis", "worker", "flower"),
        "warehouse",  # the same image and entry point as postgres; its command is held against it in test_compose_file
    }
