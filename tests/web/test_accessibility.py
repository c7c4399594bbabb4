"""Pages in a browser, served by the app itself: WCAG 2.2 AA by axe, sizes of targets, widths, and what is announced."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

import psycopg
import pytest
from playwright.sync_api import Browser, Page, Route
from starlette.testclient import TestClient

from devtools import browser
from tests.web.browsing import LISTS, single_pages

DOC = Path(__file__).parents[2] / "docs" / "screen-reader.md"
Theme = Literal["light", "dark"]
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
SMALL_TARGETS = """
() => [...document.querySelectorAll(
    "a.button, button, input:not([type=hidden]), select, textarea, summary, .chips a, th a, nav a, td a"
  )]
  .filter((one) => one.checkVisibility() && !one.closest(".unseen, .skip"))
  .map((one) => [one.outerHTML.slice(0, 90), one.getBoundingClientRect()])
  .filter(([, box]) => box.width > 1 && (box.height < 23.5 || box.width < 23.5))
  .map(([html, box]) => `${box.height} ${html}`)
"""
"""What can be pressed and is smaller than 24 px; the viewport is not zoomed."""

LOOKS: tuple[tuple[Theme, int], ...] = (("light", 1440), ("dark", 1440), ("dark", 360), ("light", 360))

Opened = Callable[..., Page]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    if browser.CHROMIUM is None:
        pytest.skip(browser.NO_BROWSER)
    with browser.chromium() as started:
        yield started


@pytest.fixture
def opened(chromium: Browser, decider: TestClient, fleet: psycopg.Connection[Any]) -> Iterator[Opened]:
    """Opens pages of somebody who decides: `opened("/health", theme="dark", width=360)`."""
    contexts = []

    def answered(route: Route) -> None:
        address = urlsplit(route.request.url)
        answer = decider.get(f"http://testserver{address.path}?{address.query}", headers={"Accept-Language": "es"})
        route.fulfill(status=answer.status_code, headers=dict(answer.headers), body=answer.content)

    def page_of(path: str, *, theme: Theme = "light", width: int = 1440) -> Page:
        context = chromium.new_context(
            locale="es-PE", color_scheme=theme, viewport={"width": width, "height": 900}, bypass_csp=True
        )
        contexts.append(context)
        context.route("**/*", answered)
        page = context.new_page()
        page.goto(f"http://testserver/control-tower{path}", wait_until="load")
        return page

    yield page_of
    for context in contexts:
        context.close()


def every_page(fleet: psycopg.Connection[Any]) -> list[str]:
    return [*LISTS, "/unmatched/contested", "/scouts/statements?period=1", *single_pages(fleet)]


def test_every_page_passes_axe_and_fits_the_screen_with_targets_of_24_pixels(
    opened: Opened, fleet: psycopg.Connection[Any]
) -> None:
    script = (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
    faults, small, wide = {}, {}, {}
    page = opened("/health")
    for path in every_page(fleet):
        page.goto(f"http://testserver/control-tower{path}", wait_until="load")
        page.evaluate(script)
        for theme, width in LOOKS:
            page.emulate_media(color_scheme=theme)
            page.set_viewport_size({"width": width, "height": 900})
            result = page.evaluate("rules => axe.run(document, {runOnly: rules, resultTypes: ['violations']})", RULES)
            if found := [
                f"{fault['id']}: {node['html'][:120]}" for fault in result["violations"] for node in fault["nodes"][:3]
            ]:
                faults[path, theme, width] = found
            if found := page.evaluate(SMALL_TARGETS):
                small[path, width] = found[:5]
            if (widest := page.evaluate("document.documentElement.scrollWidth")) > width:
                wide[path, width] = widest
    assert faults == {}
    assert small == {}
    assert wide == {}


def test_on_a_phone_a_list_can_be_sorted_and_every_tab_reached(opened: Opened) -> None:
    page = opened("/scouts/cobranza-yango", width=360)
    chips = page.locator(".sorting")
    assert chips.is_visible()
    chips.get_by_role("link", name="Monto").click()
    assert "sort=expected_amount" in page.url
    tabs = page.locator(".bar nav a")
    for number in range(tabs.count()):
        tabs.nth(number).scroll_into_view_if_needed()
        box = tabs.nth(number).bounding_box()
        assert box is not None
        assert box["x"] + box["width"] <= 360
    card = page.locator(".wide tbody tr").first.bounding_box()
    assert card is not None
    assert card["height"] < 260


def test_the_way_back_leads_to_the_same_filters_and_page(opened: Opened, fleet: psycopg.Connection[Any]) -> None:
    listed = "/scouts/conflicts?min_age_days=0&sort=-since"
    page = opened(listed)
    page.get_by_role("link", name="Ver y decidir").first.click()
    page.wait_for_url("**/review#CONFLICT*")
    page.go_back()
    assert page.url.endswith(listed)

    (key,) = fleet.execute("select person_key from ops.v_scout_attribution_conflicts").fetchone() or (None,)
    page.goto(f"http://testserver/control-tower/scouts/conflicts/{key}")
    page.locator("a[data-back]").click()
    page.wait_for_url("**/scouts/conflicts?*")
    assert page.url.endswith(listed)


def test_the_language_follows_airflow_and_the_switch_holds_after_it(opened: Opened) -> None:
    page = opened("/persons")
    assert page.locator("html").get_attribute("lang") == "es"
    page.evaluate("localStorage.setItem('i18nextLng', 'en')")
    page.reload()
    page.wait_for_url("**/persons?lang=en")
    assert page.locator("html").get_attribute("lang") == "en"


def test_an_open_page_says_since_when_it_has_no_answer_and_what_it_shows_was_true(opened: Opened) -> None:
    page = opened("/health")
    shown = page.locator("main").inner_text()
    page.context.unroute_all()
    page.route("**/*", lambda route: route.abort())
    page.locator("#pause").click()
    page.locator("#pause").click()  # goes on, and asks at once
    note = page.locator("#stale")
    note.wait_for()
    said = re.search(r"Sin respuesta desde las (\d\d:\d\d:\d\d)\S*\. Lo que ve era cierto a las (\d\d:\d\d:\d\d)",
                     note.inner_text())  # fmt: skip
    assert said is not None, note.inner_text()
    assert said[2] <= said[1]
    assert page.locator("main h2").all_inner_texts()
    assert shown.splitlines()[0] in page.locator("main").inner_text()


def test_a_refresh_throws_nothing_away_that_somebody_chose(opened: Opened) -> None:
    page = opened("/health")
    card = page.locator("#live-alerts article, #live-alerts .panel").first
    card.locator("summary").last.click()
    choice = card.locator("select").first
    choice.select_option(index=3)
    chosen = choice.input_value()
    page.locator("h1").click()  # the focus is elsewhere
    page.locator("#pause").click()
    page.locator("#pause").click()  # resuming refreshes at once
    page.wait_for_timeout(1500)
    assert card.locator("select").first.input_value() == chosen


@pytest.mark.parametrize("task", re.findall(r"<!-- page: (\S+) -->", DOC.read_text()) if DOC.exists() else [])
def test_a_screen_reader_announces_what_the_page_of_it_says(opened: Opened, task: str) -> None:
    said = DOC.read_text().split(f"<!-- page: {task} -->")[1].split("```text\n")[1].split("```")[0]
    heard = [line.strip().removeprefix("- ") for line in opened(task).locator("body").aria_snapshot().splitlines()]
    place = 0
    for line in said.strip().splitlines():
        assert line in heard[place:], f"{line} is not announced, or in another order"
        place = heard.index(line, place) + 1
