"""What tests of pages look at, and with what."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import psycopg
from starlette.testclient import TestClient

BASE = "/control-tower"
LISTS = (
    "/health",
    "/review",
    "/scouts/attribution-health",
    "/scouts",
    "/scouts/conflicts",
    "/scouts/backlog",
    "/unmatched",
    "/scouts/cobranza-yango",
    "/scouts/liquidation",
    "/scouts/statements",
    "/runs",
    "/rehearsals",
    "/persons",
)
HTML = {"Accept": "text/html,application/xhtml+xml"}
PERSON_1 = str(uuid.UUID(int=0xAA << 64 | 1))


class Page(HTMLParser):
    """What of a page is looked at: its tags with their attributes, and its text."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.text = ""
        self.open: list[str] = []
        self.feed(source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))

    def handle_data(self, data: str) -> None:
        self.text += data

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.tags if name == tag]


def browser_of(app: Any, token: str, **headers: str) -> TestClient:
    return TestClient(
        app,
        raise_server_exceptions=False,
        base_url=f"http://testserver{BASE}",
        headers={"Authorization": f"Bearer {token}", **HTML, **headers},
    )


def single_pages(fleet: psycopg.Connection[Any]) -> Iterator[str]:
    """A person, a conflict, two scouts, a period, a statement, its sheet and a record: pages about one thing."""
    row = fleet.execute("select source_table, source_pk from canon.identity_unmatched order by 1, 2 limit 1").fetchone()
    assert row is not None
    yield f"/persons/{PERSON_1}"
    yield "/unmatched/contested"
    yield f"/scouts/conflicts/{PERSON_1}"
    yield "/scouts/33?signal=SCOUT_IS_DRIVER"
    yield "/scouts/7"
    yield "/scouts/statements?period=2"
    yield "/scouts/statements/3"
    yield "/scouts/statements/3/print"
    yield from ("/sources/drivers", "/runbook", "/scouts/attributed")
    yield "/checks/source.drivers"
    (run,) = fleet.execute("select max(run_id) from ops.v_ingestion_runs").fetchone() or (1,)
    yield from (f"/runs/{run}", f"/runs/{run}/links", f"/runs/{run}/changes")
    yield f"/unmatched/record?source_table={row[0]}&source_pk={row[1]}"
