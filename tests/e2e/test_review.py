"""A person at the review page: decides dozens of cases by keys, undoes ten, decides twenty at once; also on a phone."""

from __future__ import annotations

import statistics
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date

import psycopg
import pytest
from playwright.sync_api import Page, expect

from control_tower.review_cases import complete_cases
from control_tower.settings import get_settings
from tests.attribution import datasets
from tests.e2e.conftest import DESK, PATIENCE, PHONE, Site, Tab
from tests.e2e.contrast import FAINT
from tests.pipeline import attribute

ONE_BY_ONE, UNDONE, AT_ONCE, LEFT = 50, 10, 20, 5
"""Cases that are decided one after the other, undone of them, decided together, and left alone."""

FIRST_PERSON = 1_000
BULK = "/review/bulk?kind=CONFLICT&reason_code=SEVERAL_SCOUTS"
MOST_TIMES_OF_HEALTH = 8
ROUNDS = 3

Warehouse = psycopg.Connection


@pytest.fixture(scope="module")
def cases(site: Site) -> Iterator[Warehouse]:
    """Persons whom scouts 7 and 9 both claim: enough for the whole story."""
    with psycopg.connect(site.dsn, autocommit=True) as connection:
        with connection.transaction():
            for number in range(ONE_BY_ONE + AT_ONCE + LEFT):
                person = datasets.person(connection, FIRST_PERSON + number)
                for scout in (7, 9):
                    datasets.event(connection, person, datasets.SCOUTING, scout)
        get_settings.cache_clear()
        attribute()
        yield connection


def newest(connection: Warehouse) -> dict[str, tuple[int | None, str, bool]]:
    """Per person the scout and state of the ledger, and whether the newest decision took one back."""
    rows = connection.execute(
        "select distinct on (decision.person_key) decision.person_key::text, ledger.attributed_scout_id,"
        " ledger.decision_status::text, decision.after ? 'undid_decision' from ops.v_human_decisions as decision"
        " join observational.lead_ledger as ledger on ledger.person_key = decision.person_key"
        " where decision.source_pk is null order by decision.person_key, decision.id desc"
    )
    return {row[0]: (row[1], row[2], row[3]) for row in rows}


def open_conflicts(connection: Warehouse) -> int:
    row = connection.execute("select count(*) from ops.v_review_cases where case_kind = 'CONFLICT'").fetchone()
    assert row is not None
    return int(row[0])


def shown(page: Page) -> str:
    return str(page.locator(".case").get_attribute("data-key"))


def health_seconds(site: Site) -> float:
    """The median time that Airflow itself needs to say how it is."""

    def one() -> float:
        began = time.perf_counter()
        assert site.client.get(f"{site.url}/api/v2/monitor/health").status_code == 200
        return time.perf_counter() - began

    return statistics.median(one() for _ in range(9))


def decide(page: Page, answer: str, reason: str) -> str:
    """Choose, say why and save by three keys; the case that was decided, when the next one is there."""
    key = shown(page)
    page.keyboard.press(answer)
    page.keyboard.press(reason)
    page.keyboard.press("Enter")
    page.wait_for_function("key => (document.querySelector('.case')?.dataset.key ?? key) !== key", arg=key)
    return key


def test_cases_are_decided_by_keys_undone_and_decided_at_once(
    tab: Callable[..., Tab], site: Site, cases: Warehouse, figure: Callable[[str], None]
) -> None:
    before = open_conflicts(cases)
    tab_of_page = tab(locale="en-US")
    page = tab_of_page.page
    page.goto(f"{site.url}/control-tower/review?kind=CONFLICT")
    loads: list[str] = []
    page.on("framenavigated", lambda frame: loads.append(frame.url))

    decided, took = {}, []
    page.keyboard.press("Enter")
    expect(page.locator(".answer-fault")).to_have_text("Choose an answer first.")
    for number in range(ONE_BY_ONE):
        answer = "120"[number % 3]
        began = time.perf_counter()
        key = decide(page, answer, "A")
        took.append(time.perf_counter() - began)
        decided[key] = {"1": 7, "2": 9, "0": None}[answer]
    assert len(decided) == ONE_BY_ONE
    wait_until_saved(page)

    for number in range(UNDONE):
        page.keyboard.press("u")
        expect(page.locator("#notices .notice").first).to_contain_text("Undone")
        wait_until_saved(page)
        if number == 0:
            assert loads == []  # not one page was loaded until now
    assert loads == []

    kept = list(decided)[:-UNDONE]
    found = newest(cases)
    assert {key: found[key] for key in kept} == {key: result_of(decided[key]) for key in kept}
    taken_back = {key: found[key] for key in list(decided)[-UNDONE:]}
    assert set(taken_back.values()) == {(None, "conflict", True)}
    assert open_conflicts(cases) == before - ONE_BY_ONE + UNDONE

    decide_at_once(page, site)
    after = newest(cases)
    alike = Counter(value for key, value in after.items() if key not in kept)
    assert alike[result_of(None)] == AT_ONCE, alike
    assert open_conflicts(cases) == before - ONE_BY_ONE + UNDONE - AT_ONCE

    page.goto(f"{site.url}/control-tower/review/today")
    expect(page.locator("tbody tr")).to_have_count(ONE_BY_ONE + UNDONE + AT_ONCE)
    assert tab_of_page.complaints == []
    figure(
        f"review: {statistics.median(took) * 1000:.0f} ms per case in the browser,"
        f" {statistics.median(took) / health_seconds(site):.1f} times /api/v2/monitor/health"
    )


def result_of(scout: int | None) -> tuple[int | None, str, bool]:
    """The ledger after a decision for a scout, or for nobody, and whether it was taken back."""
    return scout, "unassigned" if scout is None else "assigned", False


def wait_until_saved(page: Page) -> None:
    deadline = time.monotonic() + PATIENCE / 1000
    while page.evaluate("() => sessionStorage.getItem('control-tower-review-unsent') ?? '[]'") != "[]":
        assert time.monotonic() < deadline, "decisions are still unsent"
        page.wait_for_timeout(50)


def decide_at_once(page: Page, site: Site) -> None:
    page.goto(f"{site.url}/control-tower{BULK}")
    page.get_by_label("Nobody brought them").check()
    for row in page.locator("input[name=case]").all()[:AT_ONCE]:
        row.check()
    page.get_by_label("Reason").fill("the whole sheet was entered twice")
    page.get_by_role("button", name="Show what it would do").click()
    expect(page.locator("#preview h2")).to_have_text(f"This is what will be done to {AT_ONCE}:")
    expect(page.locator("#preview li")).to_have_count(AT_ONCE)
    page.get_by_role("button", name="Do it").click()
    expect(page.locator("#preview h2")).to_have_text(f"{AT_ONCE} decided.", timeout=60_000)


def test_each_step_takes_few_times_what_airflow_needs_for_its_own_health(
    site: Site, cases: Warehouse, figure: Callable[[str], None]
) -> None:
    """The answers that a step waits for; the best of some rounds, because the machine may be busy."""
    queue = site.client.get(f"{site.url}/control-tower/review/queue?kind=CONFLICT").json()
    asked = {"case_kind": "CONFLICT", "case_key": queue[0]["key"]}

    def seconds(call: Callable[[], object]) -> float:
        began = time.perf_counter()
        call()
        return time.perf_counter() - began

    def ratio() -> dict[str, float]:
        health = health_seconds(site)
        steps = {
            "case": lambda: site.client.get(f"{site.url}/control-tower/review/case", params=asked),
            "queue": lambda: site.client.get(f"{site.url}/control-tower/review/queue"),
        }
        return {name: statistics.median(seconds(call) for _ in range(9)) / health for name, call in steps.items()}

    found = [ratio() for _ in range(ROUNDS)]
    best = {name: min(one[name] for one in found) for name in found[0]}
    figure(f"review: {', '.join(f'{name} {value:.1f}' for name, value in best.items())} times monitor/health")
    assert max(best.values()) <= MOST_TIMES_OF_HEALTH, best


def test_two_people_never_decide_the_same_case_unseen(tab: Callable[..., Tab], site: Site, cases: Warehouse) -> None:
    page = tab(locale="en-US").page
    page.goto(f"{site.url}/control-tower/review?kind=CONFLICT")
    key = shown(page)
    headers = {"X-Control-Tower": "1"}
    other = {"case_kind": "CONFLICT", "case_key": key, "choice": {"scout_id": 9}}
    answer = site.client.post("/review/decisions", json={"decisions": [other], "reason": "first"}, headers=headers)
    assert answer.json()["decided"] == 1
    decide(page, "1", "B")
    notice = page.locator("#notices .notice").first
    expect(notice).to_contain_text("Not saved")
    expect(notice.get_by_role("button", name="Open it again")).to_be_visible()
    assert newest(cases)[key][0] == 9


def test_keys_do_nothing_while_somebody_writes_or_when_they_are_off(
    tab: Callable[..., Tab], site: Site, cases: Warehouse
) -> None:
    page = tab(locale="en-US").page
    page.goto(f"{site.url}/control-tower/review?kind=CONFLICT")
    key = shown(page)
    page.locator("#reason").fill("n")
    page.locator("#reason").press("p")
    page.locator("#reason").press("1")
    assert shown(page) == key
    expect(page.locator("#reason")).to_have_value("np1")
    expect(page.locator("[name=choice]:checked")).to_have_count(0)
    page.get_by_role("button", name="Keys").click()
    page.get_by_label("Single keys are on").uncheck()
    page.locator(".case h2").focus()
    page.keyboard.press("1")
    expect(page.locator("[name=choice]:checked")).to_have_count(0)
    page.get_by_label("Single keys are on").check()
    page.locator(".case h2").focus()
    page.keyboard.press("n")
    page.wait_for_function("key => (document.querySelector('.case')?.dataset.key ?? key) !== key", arg=key)
    page.keyboard.press("p")
    page.wait_for_function("key => document.querySelector('.case')?.dataset.key === key", arg=key)


@pytest.mark.parametrize(("locale", "theme"), [("es-PE", "dark"), ("en-US", "light")])
def test_the_review_fits_a_phone_and_a_desk(
    tab: Callable[..., Tab], site: Site, cases: Warehouse, locale: str, theme: str
) -> None:
    for viewport, size in ((PHONE, "phone"), (DESK, "desk")):
        opened = tab(locale=locale, theme=theme, viewport=viewport)
        for path in (
            "/review",
            "/review?kind=UNMATCHED",
            "/review/today",
            "/review/bulk?kind=CONFLICT&reason_code=SEVERAL_SCOUTS",
        ):
            opened.page.goto(f"{site.url}/control-tower{path}")
            opened.page.wait_for_load_state("networkidle")
            assert opened.page.evaluate("document.documentElement.scrollWidth") <= viewport["width"], path
            assert opened.page.evaluate(FAINT) == [], path
            opened.shoot(f"{path.split('?')[0].strip('/').replace('/', '-')}-{size}-{locale[:2]}-{theme}")
        assert opened.complaints == []
    opened = tab(locale=locale, theme=theme, viewport=PHONE)
    opened.page.goto(f"{site.url}/control-tower/review?kind=CONFLICT")
    sheet = opened.page.locator(".answer-sheet")
    summary = sheet.locator("summary").bounding_box()
    assert summary is not None
    assert summary["y"] + summary["height"] <= PHONE["height"]
    sheet.locator("summary").click()
    box = opened.page.locator(".answer button[type=submit]").bounding_box()
    assert box is not None
    assert box["height"] >= 24


def test_putting_a_case_off_takes_it_out_until_its_day(tab: Callable[..., Tab], site: Site, cases: Warehouse) -> None:
    page = tab(locale="en-US").page
    page.goto(f"{site.url}/control-tower/review?kind=CONFLICT")
    key = shown(page)
    page.keyboard.press("l")
    until = page.locator("[name=until]")
    until.fill(str(until.get_attribute("min")))
    page.get_by_role("button", name="Put it off").last.click()
    page.wait_for_function("key => (document.querySelector('.case')?.dataset.key ?? key) !== key", arg=key)
    wait_until_saved(page)
    row = cases.execute("select postponed_until from ops.review_postponements where case_key = %s", [key]).fetchone()
    assert row is not None
    assert row[0] > date(2026, 1, 1)


PAYMENT = """
insert into canon.payments_without_claim (
    payment_key, pay_date, driver_id, driver_name, milestone_value, lead_date, expected_amount, currency, since,
    reason_code, is_paid
)
values ('lost', '2026-11-02', 'd1', 'Ana Torres', 5, '2026-11-01', 35, 'PEN', now(), 'EARLIER_LEAD_DATE', true)
"""


def test_a_payment_without_a_claim_is_explained_by_keys_and_opened_again_by_its_address(
    tab: Callable[..., Tab], site: Site, cases: Warehouse
) -> None:
    cases.execute(PAYMENT)
    with cases.transaction():
        complete_cases(cases)
    for locale, theme, viewport, size in (("es-PE", "dark", PHONE, "phone"), ("en-US", "light", DESK, "desk")):
        shot = tab(locale=locale, theme=theme, viewport=viewport)
        shot.page.goto(f"{site.url}/control-tower/review?kind=UNEXPLAINED_PAYMENT")
        if viewport == PHONE:
            shot.page.locator(".answer-sheet summary").click()
        assert shot.page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
        assert shot.page.evaluate(FAINT) == []
        shot.shoot(f"review-payment-{size}-{locale[:2]}-{theme}")
    opened = tab(locale="en-US")
    page = opened.page
    page.goto(f"{site.url}/control-tower/review#UNEXPLAINED_PAYMENT|lost")
    expect(page.locator(".case")).to_have_attribute("data-key", "lost")
    decide(page, "1", "A")
    wait_until_saved(page)
    explained = "select explained_by, explanation from ops.v_payments_without_claim where payment_key = 'lost'"
    assert cases.execute(explained).fetchone() == (site.user, "Yango confirmed that the payment is right.")
    page.goto(f"{site.url}/control-tower/review/today")
    page.goto(f"{site.url}/control-tower/review#UNEXPLAINED_PAYMENT|lost")
    expect(page.locator("#notices .notice").first).to_contain_text("does not wait any more")
    expect(page.locator(".case")).not_to_have_attribute("data-key", "lost")
    assert [one for one in opened.complaints if "404" not in one] == []
