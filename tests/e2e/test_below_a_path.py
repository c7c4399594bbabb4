"""Menu, icons, redirects, downloads and cookies below a path, and behind a proxy with TLS."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from devtools import browser
from tests.conftest import Warehouse
from tests.e2e.conftest import fill
from tests.e2e.reader import try_everything
from tests.e2e.served import Served, served
from tests.package.conftest import PROJECT

FOLDERS = {
    "AIRFLOW__CORE__DAGS_FOLDER": str(PROJECT / "dags"),
    "AIRFLOW__CORE__PLUGINS_FOLDER": str(PROJECT / "plugins"),
    "PYTHONPATH": str(PROJECT / "plugins"),
}


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    if browser.CHROMIUM is None:
        pytest.skip(browser.NO_BROWSER)
    with browser.chromium() as started:
        yield started


@pytest.fixture(scope="module")
def fleet_uri(server, told: Callable[..., tuple[str, object]]) -> str:
    """A warehouse with a fleet that was ingested and attributed, as an AIRFLOW_CONN_* variable has it."""
    name, _ = told(fill_warehouse)
    return server.airflow_uri(name)


def fill_warehouse(warehouse: Warehouse) -> None:
    fill(warehouse)


PLACES = {
    "below a path": {"path": "/team/airflow"},
    "behind TLS": {"path": "/team/airflow", "tls": True},
}


@pytest.fixture(params=PLACES)
def airflow(request: pytest.FixtureRequest, fleet_uri: str, copied_metadata: None, tmp_path: Path) -> Iterator[Served]:
    given = FOLDERS | {"AIRFLOW_CONN_CONTROL_TOWER": fleet_uri}
    with served(sys.executable, tmp_path, given, **PLACES[request.param]) as found:
        yield found


def test_every_address_leads_where_it_should(airflow: Served, chromium: Browser, tmp_path: Path) -> None:
    try_everything(chromium, airflow, tmp_path)
    with airflow.login() as client:
        assert client.get("/control-tower/api/v1/health").status_code in (200, 503)
