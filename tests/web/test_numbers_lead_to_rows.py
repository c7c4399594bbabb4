"""Each number that counts rows is a link, and the list behind it says the same number."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit

import psycopg
import pytest
from starlette.testclient import TestClient

from control_tower.web import listing
from tests.web.browsing import BASE, LISTS, Page, single_pages

COUNTING = (
    *(path for path in LISTS if path not in ("/rehearsals", "/persons")),
    "/scouts/backlog?category=A",
    "/scouts/cobranza-yango?payment_status=UNPAID",
    "/scouts/cobranza-yango?only_with_debt=true&milestone=5",
    "/scouts/liquidation?origin_tag=cabinet",
    "/scouts/statements?period=1&is_paid=true",
    "/unmatched?source_table=module_ct_cabinet_leads",
    "/runs?status=COMPLETED",
)
"""Pages with counts, also under filters: what a count leads to keeps those of its page."""


OVERDUE = "yango_payment_status <> 'PAID' and days_overdue_yango > 0"


def runs_of(fleet: psycopg.Connection[object]) -> Iterator[str]:
    for (run_id,) in fleet.execute("select run_id from ops.v_ingestion_runs order by run_id").fetchall():
        yield f"/runs/{run_id}"


def total_of(text: str, fragment: str) -> int:
    """What the list of a page says of itself, or the part of it that the fragment names; 0 where it is empty."""
    if fragment and (part := re.search(rf'id="{re.escape(fragment)}"[^>]*data-total="(\d+)"', text)):
        return int(part[1])
    begins = f'id="{fragment}"' if fragment else '<section aria-label="List"'
    behind = text.partition(begins)[2].partition("</section>")[0] if begins in text else text
    found = re.search(r'data-total="(\d+)"', behind)
    return int(found[1]) if found else 0


def counts_of(text: str) -> Iterator[tuple[str, int]]:
    for link in Page(text).all("a"):
        if link.get("data-count"):
            yield link["href"], int(link["data-count"])


def test_every_count_leads_to_a_list_of_so_many_rows(decider: TestClient, fleet: psycopg.Connection[object]) -> None:
    followed = {}
    for path in (*COUNTING, *single_pages(fleet), *runs_of(fleet)):
        text = decider.get(path).text
        for href, count in counts_of(text):
            target = urlsplit(urljoin(f"{BASE}{path}", href))
            address = target._replace(fragment="").geturl()
            if address not in followed:
                answer = decider.get(f"http://testserver{address}")
                assert answer.status_code == 200, f"{path}: {href}"
                followed[address] = answer.text
            assert total_of(followed[address], target.fragment) == count, f"{path}: {href}"
    assert len(followed) > 60


def test_every_tile_is_a_way_to_its_rows(decider: TestClient, fleet: psycopg.Connection[object]) -> None:
    for path in (*COUNTING, *single_pages(fleet), *runs_of(fleet)):
        page = Page(decider.get(path).text)
        tiles = [tag for tag, attributes in page.tags if "tile" in attributes.get("class", "").split()]
        # a tile of several currencies has a link per currency; those of a source are what its counts lead to
        assert path.startswith(("/scouts/cobranza-yango", "/sources/")) or set(tiles) <= {"a"}, path


@pytest.mark.parametrize(
    ("query", "condition"),
    [
        ("overdue_only=true", OVERDUE),
        ("with_scout_only=true", "scout_id is not null"),
        ("currency=PEN", "currency = 'PEN'"),
        ("currency=COP", "currency = 'COP'"),
        ("overdue_only=true&scout_missing_only=true", OVERDUE + " and scout_id is null"),
    ],
)
def test_the_filters_that_counts_lead_to_leave_what_they_say(
    decider: TestClient, fleet: psycopg.Connection[object], query: str, condition: str
) -> None:
    counting = f"select count(*) from ops.v_yango_collection_list where {condition}"
    (expected,) = fleet.execute(counting.encode()).fetchone() or ()
    listing.ttl_cache.clear()
    answer = decider.get(f"/api/v1/yango/cabinet/collection-with-scout?{query}")
    assert answer.json()["pagination"]["total"] == expected


def test_lines_of_a_statement_are_earned_or_correct(decider: TestClient, fleet: psycopg.Connection[object]) -> None:
    # statement 3: 100 earned; 25 late and -60 no longer due are corrections
    for kind, total in (("EARNED", 1), ("CORRECTION", 2)):
        found = decider.get(f"/api/v1/scouts/statements/3/lines?kind={kind}").json()
        assert (found["pagination"]["total"], {row["kind"] for row in found["items"]}) == (total, {kind})
        assert len(decider.get(f"/api/v1/scouts/statements/3/lines.csv?kind={kind}").text.splitlines()) == total + 1
    assert decider.get("/api/v1/scouts/statements/3/lines?kind=OTHER").status_code == 422


def test_persons_with_a_scout_are_those_that_the_figure_counts(
    decider: TestClient, fleet: psycopg.Connection[object]
) -> None:
    metrics = decider.get("/api/v1/scouts/attribution/metrics").json()
    found = decider.get("/api/v1/scouts/attribution/attributed?page_size=500").json()
    assert found["pagination"]["total"] == metrics["persons_with_scout_satisfactory"] == len(found["items"]) > 0
    scout = found["items"][0]["scout_id"]
    of_scout = decider.get(f"/api/v1/scouts/attribution/attributed?scout_id={scout}").json()
    assert {row["scout_id"] for row in of_scout["items"]} == {scout}
    assert "Nadie pasa estos filtros" in decider.get("/scouts/attributed?scout_id=99999&lang=es").text
