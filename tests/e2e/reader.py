"""A reader who tries everything that has an address: menu, icons, pages, download, language, a run, the login."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page, expect

from control_tower.web.language import COOKIE
from control_tower.web.navigation import MENU
from tests.e2e.served import USERS, Served


def log_in(page: Page, name: str = "admin") -> None:
    """Fill in Airflow's own form."""
    page.fill("input[name=username]", name)
    page.fill("input[name=password]", USERS[name])
    page.click("button[type=submit]")


def show_in_frame(page: Page, path: str) -> None:
    """Wait until the frame shows the page at a path; Airflow's own document may still show the one before."""
    for _ in range(300):
        if any(urlsplit(frame.url).path == path for frame in page.frames if frame.parent_frame):
            break
        page.wait_for_timeout(100)
    else:
        raise AssertionError(f"{path} is not shown, but {[frame.url for frame in page.frames]}")
    page.frame_locator("iframe").locator("h1").first.wait_for(timeout=30_000)


def try_everything(browser: Browser, airflow: Served, folder: Path) -> None:
    """Fails where an address leads nowhere."""
    root = urlsplit(airflow.url).path
    context = browser.new_context(ignore_https_errors=True, locale="en-US", viewport={"width": 1440, "height": 900})
    page = context.new_page()
    refused: list[str] = []
    page.on(
        "response",
        lambda answer: refused.append(f"{answer.status} {answer.url}") if answer.status in (404, 405, 500) else None,
    )

    # Who opens a page without a login comes back to it.
    page.goto(f"{airflow.url}/control-tower/scouts/backlog?page_size=10")
    log_in(page)
    page.wait_for_url(re.compile(r"/control-tower/scouts/backlog\?page_size=10$"), timeout=30_000)
    expect(page.locator("h1")).to_have_text("Persons without a scout")

    page.goto(f"{airflow.url}/")
    for entry in MENU:
        route = f"{root}/plugin/control-tower{entry.path.replace('/', '-')}"
        link = page.locator(f"a[href='{route}']").first
        if not link.is_visible():
            page.get_by_role("button", name="Browse").click()
        link.locator("img").first.evaluate(  # its icon was loaded
            "image => image.decode().then(() => { if (!image.naturalWidth) throw new Error(image.src) })"
        )
        link.click()
        show_in_frame(page, f"{root}/control-tower{entry.path}")

    page.reload()
    page.frame_locator("iframe").locator("h1").first.wait_for(timeout=30_000)

    page.goto(f"{airflow.url}/plugin/control-tower-scouts-cobranza-yango")
    frame = page.frame_locator("iframe")
    with page.expect_download() as waiting:
        frame.get_by_role("link", name="CSV").first.click()
    file = folder / "collection.csv"
    waiting.value.save_as(file)
    with file.open(newline="", encoding="utf-8-sig") as lines:
        assert "Driver account" in next(csv.reader(lines))

    frame.get_by_role("link", name="ES Español").click()
    expect(frame.locator("html")).to_have_attribute("lang", "es")
    (cookie,) = (cookie for cookie in context.cookies() if cookie["name"] == COOKIE)
    assert cookie["path"] == f"{root}/control-tower"
    page.goto(f"{airflow.url}/plugin/control-tower-health")
    expect(frame.locator("html")).to_have_attribute("lang", "es")
    context.clear_cookies(name=COOKIE)

    page.goto(f"{airflow.url}/plugin/control-tower-scouts-attribution-health")
    frame.get_by_role("button", name="Run now").click()
    expect(frame.locator("#run-now-progress").get_by_role("status")).to_be_visible(timeout=30_000)
    frame.locator("#run-now-progress").get_by_role("link").first.click()
    page.wait_for_url(re.compile(f"^{re.escape(airflow.url)}/dags/scout_attribution_refresh/runs/"), timeout=30_000)

    assert refused == []
    context.close()
