"""The wheel in the oldest Airflow that is promised, on another Python where there is one: DAGs, pages, roles."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from playwright.sync_api import Browser

from control_tower.settings import get_settings
from devtools import browser
from tests.e2e.reader import try_everything
from tests.e2e.served import Served, served
from tests.identity import crashes
from tests.package.conftest import PROJECT
from tests.package.test_wheel import EVERY_DAG

PYTHON = PROJECT / ".venv-3.2" / "bin" / "python"

pytestmark = pytest.mark.skipif(
    not PYTHON.exists(), reason="no Airflow 3.2 in .venv-3.2: run `bin/bootstrap airflow-3.2`, and the tests again"
)

STEPS = """
import importlib, sys
from control_tower import runs
from control_tower.database import read_sql
from control_tower.operators import SqlStep, carry_out
for dag_id, job in (("identity_ingestion", "identity_run"), ("scout_attribution_refresh",) * 2):
    dag = getattr(importlib.import_module(f"control_tower.airflow_dags.{dag_id}"), dag_id)()
    run_id = runs.open_run(job)
    for task in dag.topological_sort():
        if task.task_id.rsplit(".", 1)[-1] in runs.NO_STEPS:
            continue
        if task.is_mapped:
            for partition in (1, 2):
                carry_out(task, run_id, partition)
        elif isinstance(task, SqlStep):
            task.sql = [read_sql(file) for file in task.files]
            task.parameters = {**task.parameters, "run_id": run_id}
            task.execute({})
        else:
            task.python_callable(run_id)
    runs.close_run(run_id, runs.steps_of(dag))
"""
"""Every step of both pipelines by its operator or function. `airflow dags test` of 3.2 takes seconds per task for
reading all DAG files again, which would be minutes."""


def run(*command: str, cwd: Path, variables: dict[str, str]) -> str:
    done = subprocess.run([str(PYTHON), *command], cwd=cwd, env=variables, capture_output=True, text=True, check=False)
    assert done.returncode == 0, (done.stdout + done.stderr)[-4000:]
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def database(server) -> Iterator[str]:
    name = server.create()
    yield name
    server.drop(name)


@pytest.fixture(scope="module")
def oldest(site_packages: Path, server, database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Airflow 3.2 with the wheel and DAG files of two lines, below a path."""
    home = tmp_path_factory.mktemp("airflow-3.2")
    (home / "dags").mkdir()
    for name in EVERY_DAG:
        text = f"from control_tower.airflow_dags.{name} import {name}\n\n{name}()\n"
        (home / "dags" / f"{name}.py").write_text(text)
    given = {
        "PYTHONPATH": str(site_packages),
        "AIRFLOW_CONN_CONTROL_TOWER": server.airflow_uri(database),
    }
    with served(str(PYTHON), home, given, path="/team/airflow") as found:
        yield found


@pytest.fixture(scope="module")
def filled(oldest: Served, server, database: str) -> Served:
    """After migrate_schema as a DAG run, and both pipelines on real rows."""
    home, variables = Path(oldest.variables["AIRFLOW_HOME"]), dict(oldest.variables)
    output = run("-m", "airflow", "dags", "test", "migrate_schema", cwd=home, variables=variables)
    assert "state=success" in output
    with psycopg.connect(server.uri(database), autocommit=True) as warehouse:
        crashes.today(warehouse)
    get_settings.cache_clear()
    run("-c", STEPS, cwd=home, variables=variables)
    return oldest


def test_it_is_the_oldest_minor_version_that_is_promised(oldest: Served) -> None:
    with oldest.login() as client:
        assert client.get("/api/v2/version").json()["version"].startswith("3.2.")


def test_every_dag_is_read_without_an_error(oldest: Served) -> None:
    with oldest.login() as client:
        assert client.get("/api/v2/importErrors").json()["total_entries"] == 0
        dags = client.get("/api/v2/dags").json()["dags"]
    assert sorted(dag["dag_id"] for dag in dags) == sorted(EVERY_DAG)


def test_both_pipelines_run_on_real_rows(filled: Served, server, database: str) -> None:
    with psycopg.connect(server.uri(database)) as warehouse:
        done = warehouse.execute("select job_type::text, status::text from ops.ingestion_runs order by id").fetchall()
        links = warehouse.execute("select count(*) from canon.identity_links").fetchone()
        broken = warehouse.execute("select count(*) from ops.check_results where status <> 'OK'").fetchone()
    assert done == [("identity_run", "COMPLETED"), ("scout_attribution_refresh", "COMPLETED")]
    assert links is not None
    assert links[0] > 0
    assert broken == (0,)


def test_the_health_check_runs_in_airflow(filled: Served, server, database: str) -> None:
    home = Path(filled.variables["AIRFLOW_HOME"])
    output = run("-m", "airflow", "dags", "test", "pipeline_health", cwd=home, variables=dict(filled.variables))
    assert "state=success" in output
    with psycopg.connect(server.uri(database)) as warehouse:
        (version,) = warehouse.execute(
            "select state from ops.v_check_results where check_name = 'health.version'"
        ).fetchone() or ("",)
    assert version == "OK"


@pytest.mark.parametrize(
    ("name", "reading", "starting"), [("viewer", 200, 403), ("user", 200, 200), ("op", 200, 200), ("admin", 200, 200)]
)
def test_roles_are_airflow_s(filled: Served, name: str, reading: int, starting: int) -> None:
    api = "/control-tower/api/v1"
    with filled.login(name) as client:
        assert client.get(f"{api}/scouts/attribution/conflicts").status_code == reading
        found = client.post(f"{api}/persons/search", json={"by": "driver_id", "value": "d1"})
        assert found.status_code == reading
        started = client.post("/api/v2/dags/resolve_scout_conflict/dagRuns", json={"logical_date": None, "conf": {}})
        assert (started.status_code == 403) == (starting == 403), started.text
        del client.headers["Authorization"]
        assert client.get(f"{api}/scouts/attribution/conflicts").status_code == 401


@pytest.fixture
def chromium() -> Iterator[Browser]:
    if browser.CHROMIUM is None:
        pytest.skip(browser.NO_BROWSER)
    with browser.chromium() as started:
        yield started


def test_pages_downloads_and_runs_work_in_chromium(
    filled: Served, chromium: Browser, tmp_path: Path, two_lines: Callable[..., str]
) -> None:
    try_everything(chromium, filled, tmp_path)
