"""The real thing: PostgreSQL and Airflow's four components in a folder of their own, and the machine's Chromium.

Everything that a test sees was made by the DAGs, started as people start them.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from playwright.sync_api import Browser, FrameLocator, Page, sync_playwright

from control_tower.local import services
from control_tower.local.airflow_home import PROJECT, WAREHOUSE_CONNECTION, WAREHOUSE_DATABASE, LocalFolders
from control_tower.local.embedded import ensure_server, existing_server
from control_tower.settings import get_settings
from tests.attribution import worlds
from tests.identity import crashes

API = "/control-tower/api/v1"
SCREENSHOTS = PROJECT / ".control-tower" / "screenshots"
PATIENCE = 180.0
"""Seconds that a run may take on a busy machine."""

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
NO_BROWSER = "no Chromium on this machine: install it with `apt-get install chromium`, and run the tests again"

DESK, PHONE = {"width": 1440, "height": 900}, {"width": 360, "height": 780}


@dataclass(frozen=True)
class Site:
    """A running Airflow with a fleet that was ingested and attributed.

    Attributes:
        url: Its address.
        user: Who may log in.
        password: With which password.
        dsn: The warehouse.
        client: A client of its API, logged in.
    """

    url: str
    user: str
    password: str
    dsn: str
    client: httpx.Client

    def run(self, path: str) -> None:
        """Start a run through the API and wait until it has completed."""
        deadline = time.monotonic() + PATIENCE
        while (started := self.client.post(path)).status_code == 409:  # a run of the schedule is at work
            assert time.monotonic() < deadline, started.text
            time.sleep(2)
        assert started.status_code == 202, started.text
        run = started.json()
        address = f"{self.url}/api/v2/dags/{run['dag_id']}/dagRuns/{run['dag_run_id'].replace('+', '%2B')}"
        while (state := self.client.get(address).json()["state"]) not in ("success", "failed"):
            assert time.monotonic() < deadline, f"{run['dag_id']} is still {state}"
            time.sleep(1)
        assert state == "success", run


@pytest.fixture(scope="session")
def site() -> Iterator[Site]:
    """The site; about two minutes for all tests together."""
    if CHROMIUM is None:
        pytest.skip(NO_BROWSER)
    with pytest.MonkeyPatch.context() as environment, tempfile.TemporaryDirectory(prefix="ct-e2e-") as folder:
        for name in [name for name in os.environ if name.startswith(("AIRFLOW", "CONTROL_TOWER"))]:
            environment.delenv(name)
        folders = LocalFolders(Path(folder))
        for part in ("dags", "plugins", "sql"):
            (folders.project / part).symlink_to(PROJECT / part)
        environment.setenv("PYTHONPATH", str(folders.project / "plugins"))
        try:
            running = services.up(folders)
            server = ensure_server(folders.postgres)
            dsn = server.uri(WAREHOUSE_DATABASE)
            environment.setenv(WAREHOUSE_CONNECTION, server.airflow_connection_uri(WAREHOUSE_DATABASE))
            get_settings.cache_clear()
            answer = httpx.post(
                f"{running.url}/auth/token",
                json={"username": running.user, "password": running.password},
                timeout=30,
                trust_env=False,
            )
            bearer = {"Authorization": f"Bearer {answer.json()['access_token']}"}
            with (
                httpx.Client(base_url=running.url + API, headers=bearer, timeout=60, trust_env=False) as client,
                psycopg.connect(dsn, autocommit=True) as connection,
            ):
                found = Site(running.url, running.user, running.password, dsn, client)
                fill(connection)
                found.run("/identity/run")
                found.run("/scouts/attribution/run-now")
                yield found
        finally:
            services.down(folders)
            left = existing_server(folders.postgres)
            if left:
                left.destroy()


def fill(connection: psycopg.Connection[Any]) -> None:
    """Rows of every source, of two days, and two persons whom scouts 7 and 9 both claim."""
    crashes.yesterday(connection)
    crashes.today(connection)
    connection.execute(
        "insert into public.module_ct_scouts_list (scout_id, raw_name, is_active)"
        " values (7, 'Tito Zorro', true), (9, 'Mara Cruz', true)"
    )
    for number in (1, 2):
        person = worlds.person(connection, number)
        for scout in (7, 9):
            worlds.event(connection, person, worlds.SCOUTING, scout)
    connection.execute(
        "insert into public.summary_daily (driver_id, date_file, count_orders_completed)"
        " select driver.driver_id, '02-11-2026', 6 from public.drivers as driver"
    )


@pytest.fixture
def warehouse_of_site(site: Site) -> Iterator[psycopg.Connection[Any]]:
    """A session (autocommit) on the site's warehouse."""
    with psycopg.connect(site.dsn, autocommit=True) as connection:
        yield connection


@pytest.fixture(scope="session")
def browser(site: Site) -> Iterator[Browser]:
    """The machine's own Chromium."""
    with sync_playwright() as playwright:
        switches = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
        switches += ["--disable-component-update", "--disable-sync"]
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=switches)
        yield started
        started.close()


@dataclass
class Tab:
    """A tab of a logged-in browser.

    Attributes:
        page: Airflow's own document.
        url: Airflow's address.
        complaints: What the browser complained of: errors of scripts, violations of the policy, failed requests.
    """

    page: Page
    url: str
    complaints: list[str]

    def open(self, path: str) -> FrameLocator:
        """Open a page of ours as Airflow shows it, and wait until it is there."""
        self.page.goto(f"{self.url}/plugin/control-tower{path.replace('/', '-')}")
        return self.frame()

    def frame(self) -> FrameLocator:
        """The frame that our page is in."""
        inner = self.page.frame_locator("iframe")
        inner.locator("h1").first.wait_for(timeout=30_000)
        return inner

    def shoot(self, name: str) -> None:
        """Keep a picture."""
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=SCREENSHOTS / f"{name}.png")


@pytest.fixture
def tab(site: Site, browser: Browser) -> Iterator[Callable[..., Tab]]:
    """Opens tabs: `tab(locale="es-PE", theme="dark", viewport=PHONE)`."""
    contexts = []

    def opened(locale: str = "en-US", theme: str = "light", viewport: dict[str, int] | None = None) -> Tab:
        context = browser.new_context(locale=locale, color_scheme=theme, viewport=viewport or DESK)
        contexts.append(context)
        context.add_init_script(f"localStorage.setItem('theme', '{theme}')")
        page = context.new_page()
        page.goto(site.url)
        page.fill("input[name=username]", site.user)
        page.fill("input[name=password]", site.password)
        page.click("button[type=submit]")
        page.wait_for_selector("nav, a[href='/dags']")
        complaints: list[str] = []
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "console",
            lambda line: (
                complaints.append(line.text)
                if line.type == "error" and "control-tower" in (line.location.get("url", "") + line.text)
                else None
            ),
        )
        return Tab(page, site.url, complaints)

    yield opened
    for context in contexts:
        context.close()
