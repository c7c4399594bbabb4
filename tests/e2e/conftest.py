"""The real thing: PostgreSQL and Airflow's four components in a folder of their own, and the machine's Chromium.

What there is to see was made by the steps of the DAGs before Airflow starts; what tests change is changed by runs that
Airflow carries out. It starts none by itself: a run of the schedule would be in the way of those that are watched.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import httpx
import psycopg
import pytest
from playwright.sync_api import Browser, BrowserContext, FrameLocator, Page, StorageState, ViewportSize

from control_tower.migrate import migrate
from control_tower.settings import get_settings
from control_tower.web.language import COOKIE
from devtools import browser as browsers
from devtools.local import services
from devtools.local.airflow_home import (
    PROJECT,
    WAREHOUSE_CONNECTION,
    WAREHOUSE_DATABASE,
    LocalFolders,
    prepare_databases,
)
from devtools.local.embedded import ensure_server, existing_server
from tests.attribution import datasets
from tests.identity import crashes
from tests.pipeline import attribute, ingest

API = "/control-tower/api/v1"
SCREENSHOTS = PROJECT / ".control-tower" / "screenshots"
PATIENCE = 180_000
"""Milliseconds that a run may take on a busy machine."""

DO_NOT_WAIT_FOR_THE_DISK = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}

HISTORY = """
insert into ops.scout_attribution_daily (
    metric_date, total_persons, satisfactory_count, missing_count, conflicts_count, by_source_scouting_daily,
    by_source_cabinet_leads, by_source_lead_ledger, computed_at
)
select
    zone.today - past.days, 900 - 11 * past.days, 780 - 16 * past.days, 120 + 5 * past.days,
    36 + (11 * past.days) % 29, 400, 200, 780 - 16 * past.days, now() - make_interval(days => past.days)
from (select (now() at time zone timezone)::date as today from ops.local_time_zone) as zone
cross join generate_series(0, 30) as past (days)
where past.days not in (3, 4, 5, 6, 8, 15, 22, 24, 30)
on conflict (metric_date) do update set
    total_persons = excluded.total_persons,
    satisfactory_count = excluded.satisfactory_count,
    missing_count = excluded.missing_count,
    conflicts_count = excluded.conflicts_count
"""
"""What each day looked like at its last run. On some nothing ran: a long gap, short ones, and two days stand alone."""

GAPS, ALONE = 6, 2

ALERTS = """
insert into ops.alert_episodes (cause, severity, worst_severity, opened_at, problems, messages)
values
('channel.mail', 'YELLOW', 'YELLOW', now() - interval '40 minutes', '{}', 1),
('sources', 'RED', 'RED', now() - interval '3 hours', '{}', 1)
"""

OTHER_PAGES = ("/persons", "/runs/2", "/sources/drivers", "/checks/health.itself", "/runbook")
"""Pages that are in no menu, and need no key."""

DESK: ViewportSize = {"width": 1440, "height": 900}
PHONE: ViewportSize = {"width": 360, "height": 780}


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

    def last_run(self, dag_id: str) -> dict[str, Any]:
        """The newest run of a DAG, as Airflow tells it."""
        answer = self.client.get(f"{self.url}/api/v2/dags/{dag_id}/dagRuns", params={"order_by": "-run_after"})
        run: dict[str, Any] = answer.json()["dag_runs"][0]
        return run


HEADINGS = {
    "/health": ("Salud de Control Tower", "Health of Control Tower"),
    "/review": ("Por revisar", "To review"),
    "/scouts/attribution-health": ("Salud de la atribución de scouts", "Health of scout attribution"),
    "/scouts": ("Scouts", "Scouts"),
    "/scouts/conflicts": ("Conflictos de scouts", "Scout conflicts"),
    "/scouts/backlog": ("Personas sin scout", "Persons without a scout"),
    "/unmatched": ("Registros sin persona", "Records without a person"),
    "/scouts/cobranza-yango": ("Cobranza Yango", "Yango collection"),
    "/scouts/liquidation": ("Liquidación de scouts", "Scout liquidation"),
    "/scouts/statements": ("Liquidaciones por período", "Scout statements"),
    "/runs": ("Corridas", "Runs"),
    "/rehearsals": ("Ensayos", "Rehearsals"),
}
"""Headings of the pages in the menu, in Spanish and English."""


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    """The site; less than a minute for all tests together. What it does to the environment ends with their file."""
    if browsers.CHROMIUM is None:
        pytest.skip(browsers.NO_BROWSER)
    with pytest.MonkeyPatch.context() as environment, tempfile.TemporaryDirectory(prefix="ct-e2e-") as folder:
        for name in [name for name in os.environ if name.startswith(("AIRFLOW", "CONTROL_TOWER"))]:
            environment.delenv(name)
        folders = LocalFolders(Path(folder))
        for part in ("dags", "plugins", "sql"):
            (folders.project / part).symlink_to(PROJECT / part)
        environment.setenv("PYTHONPATH", str(folders.project / "plugins"))
        environment.setenv("AIRFLOW__SCHEDULER__USE_JOB_SCHEDULE", "False")
        try:
            server = ensure_server(folders.postgres, DO_NOT_WAIT_FOR_THE_DISK)
            prepare_databases(server)
            dsn = server.uri(WAREHOUSE_DATABASE)
            environment.setenv(WAREHOUSE_CONNECTION, server.airflow_connection_uri(WAREHOUSE_DATABASE))
            get_settings.cache_clear()
            with ThreadPoolExecutor(1) as beside:
                starting = beside.submit(services.up, folders)
                migrate(dsn)
                with psycopg.connect(dsn, autocommit=True) as connection:
                    fill(connection)
                running = starting.result()
            answer = httpx.post(
                f"{running.url}/auth/token",
                json={"username": running.user, "password": running.password},
                timeout=30,
                trust_env=False,
            )
            bearer = {"Authorization": f"Bearer {answer.json()['access_token']}"}
            with httpx.Client(base_url=running.url + API, headers=bearer, timeout=60, trust_env=False) as client:
                yield Site(running.url, running.user, running.password, dsn, client)
        finally:
            services.down(folders)
            left = existing_server(folders.postgres)
            if left:
                left.destroy()


def fill(connection: psycopg.Connection[Any]) -> None:
    """Rows of every source, of two days, two persons whom scouts 7 and 9 both claim, and a month of history."""
    crashes.yesterday(connection)
    crashes.today(connection)
    connection.execute(
        "insert into public.module_ct_scouts_list (scout_id, raw_name, is_active)"
        " values (7, 'Tito Zorro', true), (9, 'Mara Cruz', true)"
    )
    for number in (1, 2):
        person = datasets.person(connection, number)
        for scout in (7, 9):
            datasets.event(connection, person, datasets.SCOUTING, scout)
    connection.execute(
        "insert into public.summary_daily (driver_id, date_file, count_orders_completed)"
        " select driver.driver_id, '02-11-2026', 6 from public.drivers as driver"
    )
    ingest()
    attribute()
    connection.execute(HISTORY)
    connection.execute(ALERTS)
    connection.execute("analyze")


@pytest.fixture
def warehouse_of_site(site: Site) -> Iterator[psycopg.Connection[Any]]:
    """A session (autocommit) on the site's warehouse."""
    with psycopg.connect(site.dsn, autocommit=True) as connection:
        yield connection


@pytest.fixture(scope="module")
def browser(site: Site) -> Iterator[Browser]:
    """The machine's own Chromium."""
    with browsers.chromium() as started:
        yield started


Readers = Callable[[str, str, ViewportSize], BrowserContext]


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


@pytest.fixture(scope="module")
def login(site: Site, browser: Browser) -> StorageState:
    """The cookies of a browser after somebody has logged in by Airflow's own form; the language is not kept."""
    context = browser.new_context(viewport=DESK)
    page = context.new_page()
    page.goto(site.url)
    page.fill("input[name=username]", site.user)
    page.fill("input[name=password]", site.password)
    page.click("button[type=submit]")
    page.wait_for_selector("nav, a[href='/dags']")
    kept = context.storage_state()
    context.close()
    return {"cookies": kept["cookies"], "origins": []}


@pytest.fixture(scope="module")
def readers(browser: Browser, login: StorageState) -> Iterator[Readers]:
    """Browsers of people who are logged in, by language, theme and size; each keeps what it has loaded."""
    contexts: dict[tuple[str, str, int], BrowserContext] = {}

    def reader(locale: str, theme: str, viewport: ViewportSize) -> BrowserContext:
        key = (locale, theme, viewport["width"])
        if key not in contexts:
            scheme: Literal["light", "dark"] = "dark" if theme == "dark" else "light"
            contexts[key] = browser.new_context(
                locale=locale, color_scheme=scheme, viewport=viewport, storage_state=login
            )
            contexts[key].add_init_script(f"localStorage.setItem('theme', '{theme}')")
        return contexts[key]

    yield reader
    for context in contexts.values():
        context.close()


@pytest.fixture
def tab(site: Site, readers: Readers) -> Iterator[Callable[..., Tab]]:
    """Opens tabs of somebody who is logged in: `tab(locale="es-PE", theme="dark", viewport=PHONE)`."""
    pages: list[Page] = []

    def opened(locale: str = "en-US", theme: str = "light", viewport: ViewportSize | None = None) -> Tab:
        page = readers(locale, theme, viewport or DESK).new_page()
        pages.append(page)
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
    for page in pages:
        page.context.clear_cookies(name=COOKIE)
        page.close()
