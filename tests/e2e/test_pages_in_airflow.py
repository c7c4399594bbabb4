"""A person at work: logs in to Airflow, opens the pages from its menu, runs, decides, exports."""

from __future__ import annotations

import csv
import re
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import psycopg
import pytest
from playwright.sync_api import Locator, expect
from psycopg.rows import dict_row

from control_tower.web.navigation import MENU
from tests.e2e.conftest import ALONE, DESK, GAPS, HEADINGS, OTHER_PAGES, PATIENCE, PHONE, SCREENSHOTS, Site, Tab
from tests.e2e.contrast import FAINT

PERSON_1 = str(uuid.UUID(int=0xAA << 64 | 1))


def from_the_menu(tab: Tab, path: str) -> Locator:
    """Click a page's entry in Airflow's menu; the heading that then stands in the frame."""
    entry = tab.page.locator(f"a[href='/plugin/control-tower{path.replace('/', '-')}']").first
    if not entry.is_visible():
        tab.page.get_by_role("button", name=re.compile("^(Browse|Navegar)$")).click()
    entry.click()
    return tab.frame().locator("h1").first


@pytest.mark.parametrize(("locale", "place", "theme"), [("es-PE", 0, "light"), ("en-US", 1, "dark")])
def test_each_page_opens_from_the_menu_in_the_reader_s_language_and_theme(
    tab: Callable[..., Tab], locale: str, place: int, theme: str
) -> None:
    airflow = tab(locale=locale, theme=theme)
    airflow.page.goto(airflow.url)
    assert [entry.path for entry in MENU] == list(HEADINGS)
    for path, names in HEADINGS.items():
        expect(from_the_menu(airflow, path)).to_have_text(names[place])
        frame = airflow.frame()
        expect(frame.locator("html")).to_have_attribute("data-theme", theme)
        airflow.page.wait_for_load_state("networkidle")
        airflow.shoot(f"{path.strip('/').replace('/', '-')}-{locale[:2]}-{theme}")
        (inner,) = (one for one in airflow.page.frames if one.parent_frame)
        assert inner.evaluate(FAINT) == [], path
    assert airflow.complaints == []


@pytest.mark.parametrize(("locale", "theme"), [("es-PE", "dark"), ("en-US", "light")])
def test_no_page_is_wider_than_a_phone_or_faint(tab: Callable[..., Tab], site: Site, locale: str, theme: str) -> None:
    phone = tab(locale=locale, theme=theme, viewport=PHONE)
    row = site.client.get("/unmatched?page_size=1").json()["items"][0]
    record = f"/unmatched/record?source_table={row['source_table']}&source_pk={row['source_pk']}"
    for path in (*HEADINGS, *OTHER_PAGES, f"/persons/{PERSON_1}", f"/scouts/conflicts/{PERSON_1}", record):
        phone.page.goto(f"{site.url}/control-tower{path}")
        assert phone.page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], path
        assert phone.page.evaluate(FAINT) == [], path
        phone.shoot(f"{path.split('?')[0].strip('/').replace('/', '-').replace(PERSON_1, 'one')}-phone-{theme}")
    assert phone.complaints == []


@pytest.mark.parametrize("path", ["/scouts/liquidation", "/scouts/backlog", "/scouts/cobranza-yango", "/unmatched"])
def test_a_page_ends_where_its_list_ends(tab: Callable[..., Tab], site: Site, path: str) -> None:
    page = tab().page
    page.goto(f"{site.url}/control-tower{path}")
    ends = "document.querySelector('main').getBoundingClientRect().bottom + scrollY"
    assert page.evaluate("document.documentElement.scrollHeight") <= max(900, page.evaluate(ends) + 1)


def test_the_pages_follow_when_the_theme_of_airflow_changes(tab: Callable[..., Tab]) -> None:
    airflow = tab(theme="light")
    root = airflow.open("/health").locator("html")
    expect(root).to_have_attribute("data-theme", "light")
    airflow.page.evaluate("document.documentElement.classList.replace('light', 'dark')")
    expect(root).to_have_attribute("data-theme", "dark")


def test_the_switch_changes_the_language_of_every_page(tab: Callable[..., Tab]) -> None:
    airflow = tab(locale="es-PE")
    frame = airflow.open("/scouts/backlog")
    expect(frame.locator("h1")).to_have_text("Personas sin scout")
    frame.get_by_role("link", name="EN English").click()
    expect(frame.locator("h1")).to_have_text("Persons without a scout")
    expect(airflow.open("/unmatched").locator("h1")).to_have_text("Records without a person")


def test_a_run_is_started_and_watched_until_it_is_over(
    tab: Callable[..., Tab], warehouse_of_site: psycopg.Connection[Any]
) -> None:
    before = newest_run(warehouse_of_site)
    airflow = tab()
    frame = airflow.open("/scouts/attribution-health")
    frame.get_by_role("button", name="Run now").click()
    progress = frame.locator("#run-now-progress")
    expect(progress.get_by_role("status")).to_be_visible(timeout=30_000)
    airflow.shoot("run-at-work")
    expect(progress.get_by_text("Finished")).to_be_visible(timeout=PATIENCE)
    expect(frame.locator("#live-runs tbody tr").first).to_contain_text("Completed", timeout=30_000)
    assert newest_run(warehouse_of_site) > before
    frame.get_by_role("link", name="Open the run in Airflow").click()
    airflow.page.wait_for_url(re.compile("/dags/scout_attribution_refresh/runs/"), timeout=30_000)
    assert airflow.complaints == []


def newest_run(connection: psycopg.Connection[Any]) -> int:
    row = connection.execute(
        "select max(run_id) from ops.v_ingestion_runs where job_type = 'scout_attribution_refresh'"
    ).fetchone()
    assert row is not None
    return int(row[0])


def test_a_conflict_is_decided_with_a_reason_and_leaves_the_list(
    tab: Callable[..., Tab], site: Site, warehouse_of_site: psycopg.Connection[Any]
) -> None:
    airflow = tab(locale="es-PE")
    frame = airflow.open("/scouts/conflicts")
    first = frame.locator("tbody tr").first
    person = first.locator("[data-copy]").first.get_attribute("data-copy")
    assert person is not None
    count = frame.locator("tbody tr").count()
    first.get_by_role("link", name="Ver y decidir").click()
    expect(frame.locator(".case h2")).to_contain_text("¿Quién trajo a")
    frame.get_by_role("radio", name="Tito Zorro").check()
    frame.locator("#reason").fill("lo vio en la calle")
    airflow.shoot("conflict-decide")
    frame.get_by_role("button", name="Guardar y siguiente").click()
    expect(frame.locator("#notices .notice").first).to_contain_text("Tito Zorro")
    assert newest_decision(warehouse_of_site) == (person, "admin", "lo vio en la calle")
    frame = airflow.open("/scouts/conflicts")
    expect(frame.locator("tbody tr")).to_have_count(count - 1)
    expect(frame.locator(f"[data-copy='{person}']")).to_have_count(0)
    assert airflow.complaints == []
    airflow.page.goto(f"{site.url}/control-tower/scouts/conflicts/{person}")
    expect(airflow.page.locator("#state")).to_contain_text("Lo decidió admin: “lo vio en la calle”")
    expect(airflow.page.get_by_text("hasta que alguien decida")).to_have_count(0)


def newest_decision(connection: psycopg.Connection[Any]) -> tuple[str, str, str] | None:
    return connection.execute(
        "select person_key::text, decided_by, reason from ops.v_human_decisions order by id desc limit 1"
    ).fetchone()


def test_a_record_is_given_to_a_driver_with_a_reason_and_leaves_the_list(
    tab: Callable[..., Tab], site: Site, warehouse_of_site: psycopg.Connection[Any]
) -> None:
    airflow = tab(locale="es-PE")
    frame = airflow.open("/unmatched")
    listed = frame.get_by_role("region", name="Lista").locator("tbody tr")
    count = listed.count()
    review = listed.filter(has_text=re.compile(r"\bl6\b")).get_by_role("link", name="Revisar")
    review.click()
    expect(frame.locator(".case")).to_have_attribute("data-key", re.compile(r"\|l6$"))
    frame.get_by_label("La otra cuenta de conductor").fill("d1")
    expect(frame.get_by_role("radio", name="Otra cuenta de conductor")).to_be_checked()
    frame.locator("#reason").fill("me mostró su brevete")
    airflow.shoot("record-decide")
    frame.get_by_role("button", name="Guardar y siguiente").click()
    expect(frame.locator("#notices .notice").first).to_contain_text("d1")
    link = warehouse_of_site.execute(
        "select link.match_rule, link.person_key = driver.person_key from canon.identity_links as link"
        " cross join canon.identity_links as driver"
        " where link.source_pk = 'l6' and driver.source_table = 'drivers' and driver.source_pk = 'd1'"
    ).fetchone()
    assert link == ("MANUAL", True)
    decided = newest_decision(warehouse_of_site)
    assert decided is not None
    assert decided[1:] == ("admin", "me mostró su brevete")

    frame = airflow.open("/unmatched")
    listed = frame.get_by_role("region", name="Lista").locator("tbody tr")
    expect(listed).to_have_count(count - 1)
    expect(listed.filter(has_text=re.compile(r"\bl6\b"))).to_have_count(0)
    assert airflow.complaints == []


def test_what_cannot_be_decided_is_refused_with_the_reason_and_open_again(
    tab: Callable[..., Tab], site: Site, warehouse_of_site: psycopg.Connection[Any]
) -> None:
    before = newest_decision(warehouse_of_site)
    row = site.client.get("/unmatched?page_size=1").json()["items"][0]
    key = f"{row['source_table']}|{row['source_pk']}"
    page = tab().page
    page.goto(
        f"{site.url}/control-tower/unmatched/record?source_table={row['source_table']}&source_pk={row['source_pk']}"
    )
    page.get_by_role("link", name="Decide this case").click()
    case = page.locator(f'.case[data-key="{key}"]')
    expect(case).to_be_visible()
    page.get_by_label("The other driver account").fill("nobody-s-account")
    page.locator("#reason").fill("because")
    page.get_by_role("button", name="Save and next").click()
    notice = page.locator("#notices .notice").first
    expect(notice).to_contain_text("No driver account under this driver_id has been ingested.")
    notice.get_by_role("button", name="Open it again").click()
    expect(case).to_be_visible()
    assert newest_decision(warehouse_of_site) == before


def test_an_export_is_the_view_row_by_row(
    tab: Callable[..., Tab], warehouse_of_site: psycopg.Connection[Any], tmp_path: Path
) -> None:
    airflow = tab()
    frame = airflow.open("/scouts/cobranza-yango")
    with airflow.page.expect_download() as waiting:
        frame.get_by_role("link", name="CSV").first.click()
    file = tmp_path / "collection.csv"
    waiting.value.save_as(file)
    with file.open(newline="", encoding="utf-8-sig") as lines:
        rows = list(csv.DictReader(lines))
    expected = warehouse_of_site.execute(
        "select driver_id, milestone_value::text, expected_amount::text, yango_payment_status,"
        " coalesce(scout_id::text, '') from ops.v_yango_collection_with_scout order by 1, 2"
    ).fetchall()
    columns = ("Driver account", "Milestone value", "Expected amount", "Yango payment status", "Scout number")
    assert sorted(tuple(row[column] for column in columns) for row in rows) == sorted(expected)
    assert len(rows) > 0


def test_a_search_finds_a_person_and_leaves_no_trace_in_the_address(tab: Callable[..., Tab], site: Site) -> None:
    airflow = tab()
    airflow.page.goto(f"{site.url}/control-tower/persons")
    airflow.page.get_by_label("Value").fill("+51 912-345-678")
    airflow.page.keyboard.press("Enter")
    found = airflow.page.locator("#found [data-hit]")
    expect(found).to_have_count(1)
    assert "912" not in airflow.page.url
    found.first.click()
    expect(airflow.page.locator("ol.line-of-life > li").first).to_be_visible()
    expect(airflow.page.get_by_text("same phone 912345678")).to_be_visible()
    airflow.shoot("person-life-line")


def test_an_alert_is_acknowledged_in_the_page(
    tab: Callable[..., Tab], warehouse_of_site: psycopg.Connection[Any]
) -> None:
    airflow = tab(locale="es-PE")
    card = airflow.open("/health").locator("article", has_text="Fuentes de datos")
    card.get_by_text("Me encargo yo").click()
    card.get_by_role("button", name="Reconocer la alerta").click()
    assert episode(warehouse_of_site, "sources")["acknowledged_at"] is None, "without a reason nothing is sent"
    card.get_by_label("Motivo").first.fill("llamé al proveedor, llega al mediodía")
    airflow.shoot("alert-acknowledge")
    card.get_by_role("button", name="Reconocer la alerta").click()
    expect(card.get_by_text("llamé al proveedor, llega al mediodía")).to_be_visible(timeout=30_000)
    expect(card.get_by_text("La atiende")).to_be_visible()
    expect(card.get_by_text("Me encargo yo")).to_have_count(0)
    kept = episode(warehouse_of_site, "sources")
    assert (kept["acknowledged_by"], kept["acknowledge_reason"]) == ("admin", "llamé al proveedor, llega al mediodía")
    assert kept["closed_at"] is None
    assert airflow.complaints == []


def test_an_alert_is_muted_and_unmuted_in_the_page(
    tab: Callable[..., Tab], site: Site, warehouse_of_site: psycopg.Connection[Any]
) -> None:
    airflow = tab()
    card = airflow.open("/health").locator("article", has_text="Alerts by mail")
    card.get_by_text("Mute", exact=True).click()
    card.get_by_label("For", exact=True).select_option("4 hours")
    card.get_by_label("Reason").last.fill("the mail server is being moved")
    card.get_by_role("button", name="Mute the alert").click()
    expect(card.get_by_text("the mail server is being moved")).to_be_visible(timeout=30_000)
    expect(card.get_by_text("Muted")).to_be_visible()
    (muted,) = (alert for alert in site.client.get("/alerts").json()["items"] if alert["cause"] == "channel.mail")
    assert muted["muted_by"] == "admin"
    ends_in = datetime.fromisoformat(muted["muted_until"]) - datetime.now(UTC)
    assert timedelta(hours=3.9) < ends_in < timedelta(hours=4)
    card.get_by_role("button", name="End the silence").click()
    expect(card.get_by_text("the mail server is being moved")).to_have_count(0, timeout=30_000)
    assert [alert["muted_until"] for alert in site.client.get("/alerts").json()["items"]] == [None, None]
    assert airflow.complaints == []


def episode(connection: psycopg.Connection[Any], cause: str) -> dict[str, Any]:
    with connection.cursor(row_factory=dict_row) as cursor:
        found = cursor.execute("select * from ops.v_alert_history where cause = %s", [cause]).fetchone()
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("locale", "theme", "viewport"),
    [("es-PE", "light", DESK), ("en-US", "dark", DESK), ("es-PE", "dark", PHONE), ("en-US", "light", PHONE)],
)
def test_a_month_is_drawn_with_its_gaps(
    tab: Callable[..., Tab], site: Site, locale: str, theme: str, viewport: dict[str, int]
) -> None:
    page = tab(locale=locale, theme=theme, viewport=viewport).page
    page.goto(f"{site.url}/control-tower/scouts/attribution-health")
    chart = page.locator("#chart-1")
    chart.scroll_into_view_if_needed()
    expect(chart.locator(".marks rect.gap")).to_have_count(GAPS)
    expect(chart.locator("circle")).to_have_count(ALONE + 1)
    expect(chart.locator("polyline")).to_have_count(GAPS - ALONE)
    for mark in chart.locator(".marks rect.gap, .marks circle, .marks polyline").all():
        box = mark.bounding_box()
        assert box is not None
        assert box["width"] >= 5
    texts = chart.locator(".marks text.date:visible").all()
    spans = [box for box in (text.bounding_box() for text in texts) if box]
    spans.sort(key=lambda box: box["x"])
    assert len(spans) >= 3
    for left, right in pairwise(spans):
        assert left["x"] + left["width"] < right["x"], "dates do not run into each other"
    assert spans[-1]["x"] + spans[-1]["width"] <= viewport["width"]

    usual = chart.locator(".latest").inner_text()
    chart.locator(".day").nth(-4).hover()
    expect(chart.locator(".latest")).to_contain_text("sin datos" if locale == "es-PE" else "no data")
    chart.locator(".day").nth(-3).hover()
    expect(chart.locator(".latest")).to_contain_text("%")
    page.locator("h1").hover()
    expect(chart.locator(".latest")).to_have_text(usual)
    chart.get_by_text("Ver como tabla" if locale == "es-PE" else "Show as table").click()
    expect(chart.locator("tbody tr")).to_have_count(31)
    chart.locator("summary").click()
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    size = "phone" if viewport == PHONE else "desk"
    page.screenshot(path=SCREENSHOTS / f"month-{locale[:2]}-{theme}-{size}.png", full_page=True)


@pytest.mark.parametrize(("locale", "viewport"), [("es-PE", PHONE), ("en-US", DESK)])
def test_passing_through_a_field_with_the_keyboard_or_a_finger_chooses_nothing(
    tab: Callable[..., Tab], site: Site, locale: str, viewport: dict[str, int]
) -> None:
    page = tab(locale=locale, viewport=viewport).page
    row = site.client.get("/unmatched?page_size=1").json()["items"][0]
    open_conflicts = site.client.get("/scouts/attribution/conflicts?page_size=1").json()["conflicts"]
    conflict, record = (
        f"CONFLICT|{open_conflicts[0]['person_key']}",
        f"UNMATCHED|{row['source_table']}|{row['source_pk']}",
    )
    for case, field in ((conflict, "scout_id"), (record, "driver_id"), (record, "person_key")):
        page.goto("about:blank")  # another # alone loads no page
        page.goto(f"{site.url}/control-tower/review#{case}")
        page.locator(f'.case[data-key="{case.partition("|")[2]}"]').wait_for()
        if viewport == PHONE:
            page.locator(".answer-sheet summary").click()
        form = page.locator("form.answer")
        first = form.locator("input[name=choice]").first
        first.focus()
        page.keyboard.press("Space")
        expect(first).to_be_checked()
        for _ in range(4):
            page.keyboard.press("Tab")
        other = form.locator("input[role=combobox]" if field == "scout_id" else f"input[name={field}]")
        other.focus()
        other.click()
        expect(first).to_be_checked()
        page.keyboard.press("7")
        expect(form.locator(f"label:has(input[name={field}]) input[name=choice]")).to_be_checked()
        page.keyboard.press("Backspace")
        message = other.evaluate("(one) => one.validationMessage")
        assert message.startswith("Escriba" if locale == "es-PE" else "Write"), field


def test_everything_can_be_reached_with_the_keyboard(tab: Callable[..., Tab], site: Site) -> None:
    airflow = tab()
    airflow.page.goto(f"{site.url}/control-tower/review?kind=CONFLICT")
    wanted = airflow.page.locator("a:visible, button:visible, input:visible, textarea:visible, summary:visible").count()
    reached = set()
    for _ in range(wanted + 5):
        airflow.page.keyboard.press("Tab")
        seen = airflow.page.evaluate(
            "() => { const one = document.activeElement; const style = getComputedStyle(one);"
            " return [one.tagName, one.className, style.outlineStyle, one.textContent.slice(0, 60)] }"
        )
        if seen[0] != "BODY":
            assert seen[2] != "none", f"focus is not seen on {seen}"
            reached.add(tuple(seen))
    names = {seen[0] for seen in reached}
    assert {"A", "BUTTON", "INPUT", "SUMMARY"} <= names
