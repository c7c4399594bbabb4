"""The desk as a person works at it, timed in a browser: cases one after the other, some taken back, many at once."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from statistics import median, quantiles
from typing import Any

import psycopg
from playwright.sync_api import Page, Request, expect
from psycopg.rows import dict_row

from devtools import browser
from devtools.benchmark.airflow_figures import Airflow
from devtools.benchmark.figures import Figure
from devtools.benchmark.page_figures import BAR, BASE, HEALTH, named

ONE_BY_ONE, UNDONE, AT_ONCE = 50, 10, 20
"""Cases that are decided one after the other, taken back of them, and decided together."""

KINDS = ("CONFLICT", "UNMATCHED")
"""The queues that are worked off, each with so many cases."""

ANSWERS = "120"
"""Keys of answers, in turns; a case without that answer gets 0, which every case of these kinds has."""

LOOK_SECONDS = 0.5
"""Pause before each decision, which a person needs to read the case; it is no part of the times."""

PATIENCE_SECONDS = 120.0
UNSENT = "() => sessionStorage.getItem('control-tower-review-unsent') ?? '[]'"
SHOWN = "() => { const one = document.querySelector('.case'); return one && one.dataset.key; }"
NEXT = "key => (document.querySelector('.case')?.dataset.key ?? key) !== key"
CHOICE = "number => document.querySelector(`[name=choice][data-number='${number}']`)?.value"
ASK_HEALTH = """
async path => {
    const began = performance.now();
    const answer = await fetch(path, { cache: 'no-store' });
    await answer.text();
    if (!answer.ok) throw new Error(String(answer.status));
    return performance.now() - began;
}
"""
REASON_TO_DECIDE = (
    "select reason_code from ops.v_review_cases where case_kind = %s and postponed_until is null"
    " group by reason_code order by count(*) desc limit 1"
)
DECIDED = """
select
    decided.*,
    exists (select 1 from ops.v_review_cases as waiting where waiting.case_key = decided.key) as is_open
from (
    select
        decision.id,
        coalesce(decision.source_table || '|' || decision.source_pk, decision.person_key::text) as key,
        decision.after,
        decision.after ? 'undid_decision' as is_undo
    from ops.v_human_decisions as decision
    where decision.id > %s and decision.decided_by = %s
) as decided
order by decided.id
"""


def _p95(times: list[float]) -> float:
    return quantiles(times, n=20, method="inclusive")[-1]


P95 = ("p95", _p95)


@dataclass
class Desk:
    """What a person did in a tab: milliseconds of each step and of Airflow's health meanwhile; answers by case."""

    page: Page
    health: list[float] = field(default_factory=list)
    milliseconds: dict[str, list[float]] = field(default_factory=dict)
    answers: dict[str, dict[str, Any]] = field(default_factory=dict)

    @contextmanager
    def timed(self, step: str, cases: int = 1) -> Iterator[None]:
        """Take the time of a step, per case."""
        began = time.perf_counter()
        yield
        self.milliseconds.setdefault(step, []).append((time.perf_counter() - began) * 1_000 / cases)

    def note(self, request: Request) -> None:
        """Take the time of an answer that the page asked for without loading a page."""
        path = request.url.partition("?")[0].partition(BASE)[2]
        if request.resource_type == "fetch" and path:
            timing = request.timing
            step = f"answer of {named(path.removeprefix('/api/v1'))}"
            self.milliseconds.setdefault(step, []).append(timing["responseEnd"] - timing["requestStart"])

    def look(self) -> None:
        """Look at what is shown, and ask Airflow for its own health meanwhile."""
        self.page.wait_for_timeout(LOOK_SECONDS * 1_000)
        self.health.append(float(self.page.evaluate(ASK_HEALTH, HEALTH)))

    def decide(self, answer: str) -> None:
        """Choose, say why and save by three keys, until the next case is there."""
        key = str(self.page.evaluate(SHOWN))
        value = self.page.evaluate(CHOICE, answer)
        if not value:
            answer = "0"
            value = self.page.evaluate(CHOICE, answer)
        with self.timed("case decided, the next one shown"):
            self.page.keyboard.press(answer)
            self.page.keyboard.press("A")
            self.page.keyboard.press("Enter")
            self.page.wait_for_function(NEXT, arg=key)
        self.answers[key] = json.loads(value)

    def undo(self) -> str:
        """Take the newest decision back by a key; its case, when the page says that it was."""
        key = list(self.answers)[-1]
        with self.timed("decision undone"):
            self.page.keyboard.press("u")
            expect(self.page.locator("#notices .notice").first).to_contain_text("Undone")
            self.wait_until_saved()
        del self.answers[key]
        return key

    def wait_until_saved(self) -> None:
        """Wait until the page has sent all that was decided.

        Raises:
            RuntimeError: it has not after `PATIENCE_SECONDS`.
        """
        deadline = time.monotonic() + PATIENCE_SECONDS
        while self.page.evaluate(UNSENT) != "[]":
            if time.monotonic() > deadline:
                raise RuntimeError(f"Decisions are still unsent: {self.page.locator('#notices').inner_text()}")
            self.page.wait_for_timeout(2)

    def decide_at_once(self, kind: str, reason_code: str) -> None:
        """Decide many cases alike, after a look at what that does."""
        self.page.goto(f"{BASE}/review/bulk?kind={kind}&reason_code={reason_code}")
        self.page.locator("[name=answer][value=nobody]").check()
        for row in self.page.locator("input[name=case]").all()[:AT_ONCE]:
            row.check()
            self.answers[str(row.get_attribute("value"))] = json.loads(str(row.get_attribute("data-answers")))["nobody"]
        self.page.locator("#bulk [name=reason]").fill("Benchmark of many at once")
        preview = self.page.locator("#preview h2")
        with self.timed(f"{AT_ONCE} at once, what it would do, per case", AT_ONCE):
            self.page.locator("#bulk button[type=submit]").click()
            expect(preview).to_contain_text(f"{AT_ONCE}:", timeout=PATIENCE_SECONDS * 1_000)
        with self.timed(f"{AT_ONCE} at once, done, per case", AT_ONCE):
            self.page.locator("#confirm").click()
            expect(preview).to_have_text(f"{AT_ONCE} decided.", timeout=PATIENCE_SECONDS * 1_000)


def times_at_the_desk(airflow: Airflow, uri: str) -> list[Figure]:
    """Each step at the desk beside Airflow's own health, asked for in the same tab; and that all of it was written.

    Raises:
        RuntimeError: there is no Chromium; the page was loaded meanwhile; the database says otherwise than was decided.
    """
    if browser.CHROMIUM is None:
        raise RuntimeError(browser.NO_BROWSER)
    found: list[Figure] = []
    with psycopg.connect(uri, autocommit=True, row_factory=dict_row) as connection, browser.chromium() as chromium:
        context = chromium.new_context(base_url=airflow.url, locale="en-US", viewport={"width": 1440, "height": 900})
        context.add_cookies([{"name": "_token", "value": airflow.token, "url": airflow.url}])
        for kind in KINDS:
            reason = connection.execute(REASON_TO_DECIDE, [kind]).fetchone()
            if reason is not None:
                found += _of_kind(context.new_page(), connection, airflow.user, kind, reason["reason_code"])
    return found


def _of_kind(
    page: Page, connection: psycopg.Connection[dict[str, Any]], user: str, kind: str, reason_code: str
) -> list[Figure]:
    decided = partial(_decided_since, connection, user)
    before = _newest(connection)
    desk = Desk(page)
    page.goto(f"{BASE}/review?kind={kind}")
    loads: list[str] = []
    page.on("framenavigated", lambda frame: loads.append(frame.url))
    page.on("requestfinished", desk.note)
    for number in range(ONE_BY_ONE):
        desk.look()
        desk.decide(ANSWERS[number % len(ANSWERS)])
    undone = []
    for _ in range(UNDONE):
        desk.wait_until_saved()
        desk.look()
        undone.append(desk.undo())
    if loads:
        raise RuntimeError(f"The page was loaded while cases were decided: {loads}")
    compare(decided(before), ONE_BY_ONE + UNDONE, desk.answers, undone)
    desk.answers, before = {}, _newest(connection)
    desk.decide_at_once(kind, reason_code)
    compare(decided(before), AT_ONCE, desk.answers, [])
    page.close()
    return _figures(f"the desk, {kind}", desk.milliseconds, desk.health)


def _newest(connection: psycopg.Connection[dict[str, Any]]) -> int:
    (row,) = connection.execute("select coalesce(max(id), 0) as id from ops.v_human_decisions").fetchall()
    return int(row["id"])


def _decided_since(connection: psycopg.Connection[dict[str, Any]], user: str, decision_id: int) -> list[dict[str, Any]]:
    return connection.execute(DECIDED, [decision_id, user]).fetchall()


def _figures(group: str, milliseconds: dict[str, list[float]], health: list[float]) -> list[Figure]:
    """Medians beside the median of Airflow's health, and of steps that were done often p95 beside its p95."""
    figures = [
        Figure(group, f"Airflow's health, {name}", (measure(health),), "ms") for name, measure in (("p50", median), P95)
    ]
    for step, times in milliseconds.items():
        for name, measure in (("p50", median), P95)[: 2 if len(times) >= UNDONE else 1]:
            bases = (measure(health),)
            told = f"{step}, {name} of {len(times)}"
            figures.append(Figure(group, told, (measure(times),), "ms", bases, "Airflow's health", BAR))
    return figures


def compare(rows: list[dict[str, Any]], expected: int, answers: dict[str, dict[str, Any]], undone: list[str]) -> None:
    """Compare what was decided with what the database says.

    Args:
        rows: The decisions, as `DECIDED` reads them.
        expected: How many there are.
        answers: What each case got that was decided and not taken back, by its key.
        undone: Keys of the cases whose decision was taken back.

    Raises:
        RuntimeError: it says otherwise.
    """
    newest = {row["key"]: row for row in rows}
    wrong = [key for key, choice in answers.items() if key not in newest or not _is_so(newest[key], choice)]
    wrong += [key for key in undone if key not in newest or not (newest[key]["is_undo"] and newest[key]["is_open"])]
    if len(rows) != expected or wrong or len(newest) != len(answers) + len(undone):
        raise RuntimeError(f"The database has {len(rows)} decisions of {expected}; otherwise than decided: {wrong}")


def _is_so(row: dict[str, Any], choice: dict[str, Any]) -> bool:
    """Whether a decision left behind what was chosen, and its case is closed."""
    after = row["after"]
    ledger, link, unmatched = (after.get(part) or {} for part in ("ledger", "link", "unmatched"))
    says: dict[str, Callable[[Any], bool]] = {
        "scout_id": lambda scout: ledger.get("attributed_scout_id") == scout,
        "nobody": lambda _: ledger.get("attributed_scout_id") is None and ledger.get("decision_status") == "unassigned",
        "driver_id": lambda driver: link.get("match_rule") == "MANUAL" and link.get("matched_driver_id") == driver,
        "person_key": lambda person: link.get("match_rule") == "MANUAL" and link.get("person_key") == person,
        "ignore": lambda _: unmatched.get("status") == "IGNORED",
    }
    return not row["is_undo"] and not row["is_open"] and all(says[name](value) for name, value in choice.items())
