"""Lists on pages: state in the address, a sensible order, the last page after the last, a way back, and on a phone."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import psycopg
import pytest
from starlette.testclient import TestClient

import control_tower.web
from tests.web.browsing import Page
from tests.web.conftest import API

STATIC = Path(control_tower.web.__file__).parent / "static"
PAGES = (
    "/scouts/conflicts",
    "/scouts/backlog",
    "/unmatched",
    "/scouts/cobranza-yango",
    "/scouts/liquidation",
    "/scouts/statements",
    "/scouts/statements?period=1",
    "/scouts/statements/3",
    "/unmatched/contested",
)


@pytest.mark.parametrize("path", PAGES)
def test_a_page_after_the_last_shows_the_last_and_says_so(
    reader: TestClient, fleet: psycopg.Connection[object], path: str
) -> None:
    sign = "&" if "?" in path else "?"
    one = reader.get(f"{path}{sign}page_size=1").text
    (total,) = {int(found) for found in re.findall(r"<strong>(\d+)</strong></span>\s*<span class=\"sizes\">", one)}
    answer = reader.get(f"{path}{sign}page_size=1&page=9999")
    assert answer.status_code == 200
    assert f"{total}–{total} de <strong>{total}</strong>" in answer.text
    assert "La lista no tiene página 9999: esta es la última." in answer.text
    assert "La lista no tiene página" not in reader.get(f"{path}{sign}page_size=1&page={total}").text
    assert 'class="empty"><svg' not in answer.text.split('<section aria-label="Lista">')[-1].split("</section>")[0]


def test_an_empty_list_has_no_page_after_the_last(reader: TestClient) -> None:
    text = reader.get("/scouts/backlog?page=9999").text
    assert "La lista no tiene página" not in text
    assert reader.get("/scouts/liquidation?page=7").status_code == 200


@pytest.mark.parametrize(
    ("path", "order"),
    [
        ("/scouts/conflicts", "since"),
        ("/scouts/backlog", "first_event_date"),
        ("/scouts/cobranza-yango", "days_overdue_yango"),
        ("/scouts/liquidation", "amount_payable"),
        ("/unmatched", "match_probability"),
    ],
)
def test_what_is_oldest_or_worth_most_comes_first_and_its_export_too(
    decider: TestClient, fleet: psycopg.Connection[object], path: str, order: str
) -> None:
    usual, asked = decider.get(path).text, decider.get(f"{path}?sort={order}").text

    def rows(text: str) -> list[str]:
        return re.findall(r"/persons/[0-9a-f-]{36}|/review#[^\"]*", text)

    assert rows(usual) == rows(asked) != []
    (link, *_) = (found["href"] for found in Page(usual).all("a") if "download" in found)
    assert parse_qs(urlsplit(link).query).get("sort", [order]) == [order]


@pytest.mark.parametrize("path", PAGES)
def test_nothing_is_sorted_by_what_is_not_shown(
    decider: TestClient, fleet: psycopg.Connection[object], path: str
) -> None:
    text = decider.get(path).text
    offered = set(re.findall(r"[?&;]sort=-?([a-z_]+)", text))
    assert not offered & {"person_key", "driver_id", "statement_id", "line_id"}
    if path != "/scouts/statements":
        heads = set(re.findall(r'<th scope="col"[^>]*><a href="[^"]*sort=-?([a-z_]+)', text))
        chips = text.split('class="chips sorting"')[1].split("</div>")[0]
        assert set(re.findall(r"sort=-?([a-z_]+)", chips)) == heads, "a phone sorts by what a desk sorts by"


def test_an_export_has_every_filter_of_its_page(decider: TestClient, fleet: psycopg.Connection[object]) -> None:
    for path, query in (
        ("/scouts/conflicts", {"scout_id": "7", "min_age_days": "0", "sort": "-since"}),
        ("/scouts/backlog", {"category": "D", "scout_id": "7", "sort": "-event_count"}),
        ("/unmatched", {"status": "RESOLVED", "reason_code": "NO_CANDIDATES", "sort": "-event_date"}),
        ("/unmatched/contested", {"reason_code": "OTHER_PERSON", "sort": "-since"}),
    ):
        page = Page(decider.get(path, params=query).text)
        (link, *_) = (found["href"] for found in page.all("a") if "download" in found)
        assert {name: value[0] for name, value in parse_qs(urlsplit(link).query).items()} == query, path
        assert decider.get(f"http://testserver{link}").status_code == 200


def test_the_way_back_is_marked_for_the_script_that_keeps_filters_and_page(
    decider: TestClient, fleet: psycopg.Connection[object]
) -> None:
    (key,) = fleet.execute("select person_key from ops.v_scout_attribution_conflicts").fetchone() or (None,)
    (back,) = (found for found in Page(decider.get(f"/scouts/conflicts/{key}").text).all("a") if "data-back" in found)
    assert back["href"] == "/control-tower/scouts/conflicts"
    assert "data-back" in (STATIC / "lists.js").read_text()


def test_no_word_is_broken_while_a_line_can_hold_it() -> None:
    for file in STATIC.glob("*.css"):
        broken = re.findall(r"([^{}]+)\{[^{}]*overflow-wrap: anywhere", file.read_text())
        assert {selector.strip().rpartition("}")[2].strip() for selector in broken} <= {"pre", "label .quiet"}, (
            file.name
        )


def test_json_of_a_page_after_the_last_is_empty_for_programs(
    editor: TestClient, fleet: psycopg.Connection[object]
) -> None:
    body = editor.get("/unmatched", params={"page": 9999}).json()
    assert body["items"] == []
    assert body["pagination"]["page"] == 9999
    assert API
