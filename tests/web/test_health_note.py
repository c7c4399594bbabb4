"""The note of health on every page: what, since when, who has it, until when it is silent, and where it is mended."""

from __future__ import annotations

import re
from typing import Any

import psycopg
import pytest
from starlette.testclient import TestClient

from control_tower.web import listing
from tests.web.browsing import BASE, LISTS, Page, single_pages

QUIET = "update ops.check_states set severity = 'OK', state = 'OK', since = now()"
LOOKED = (
    "insert into ops.health_checks (checked_at, severity, reasons) values (now(), 'OK', '[]') on conflict do nothing"
)


def note_of(text: str) -> str:
    return re.sub(r"\s+", " ", Page(text.partition('id="live-note"')[2].partition("</aside>")[0]).text)


def looked_at(fleet: psycopg.Connection[Any]) -> None:
    """A health check has just run, and nothing is wrong."""
    columns = dict(
        fleet.execute(
            "select column_name, data_type from information_schema.columns where table_schema = 'ops'"
            " and table_name = 'health_checks' and is_nullable = 'NO' and column_default is null"
            " and is_identity = 'NO'"
        ).fetchall()
    )
    values = {
        "timestamp with time zone": "now()", "text": "'OK'", "jsonb": "'{}'", "ARRAY": "'{}'", "integer": "1",
        "numeric": "1", "boolean": "true", "bigint": "1", "double precision": "1",
    }  # fmt: skip
    names = ", ".join(columns)
    given = ", ".join(values[kind] for kind in columns.values())
    fleet.execute(f"insert into ops.health_checks ({names}) values ({given})".encode())
    fleet.execute(QUIET)
    listing.ttl_cache.clear()


def wrong(fleet: psycopg.Connection[Any], check: str, severity: str, state: str, hours: int = 3) -> None:
    fleet.execute(
        "insert into ops.check_states (check_name, subject, cause, severity, state, details, since, checked_at)"
        " values (%s, split_part(%s, '.', 2), 'sources', %s, %s, '{}', now() - %s * interval '1 hour', now())"
        " on conflict (check_name) do update set severity = excluded.severity, state = excluded.state,"
        " since = excluded.since",
        [check, check, severity, state, hours],
    )
    listing.ttl_cache.clear()


def test_it_is_on_every_page_but_the_health_page_which_says_it_in_full(
    reader: TestClient, fleet: psycopg.Connection[Any]
) -> None:
    for path in (*LISTS, *single_pages(fleet), "/runs", "/runbook", "/sources/drivers", "/checks/source.drivers"):
        text = reader.get(path).text
        if path == "/health":
            assert 'id="live-note"' not in text
        elif not path.endswith("/print"):
            assert "<aside" in text, path
    full = reader.get("/health").text.partition('id="live-state"')[2].partition("</section>")[0]
    assert f'href="{BASE}/sources/drivers"' in full
    assert "nadie se encarga todavía" in full


def test_no_note_where_all_is_well(reader: TestClient, own_fleet: psycopg.Connection[Any]) -> None:
    looked_at(own_fleet)
    text = reader.get("/scouts/conflicts").text
    assert 'id="live-note"' in text, "a page that refreshes itself puts it there"
    assert "<aside" not in text


def test_the_worst_comes_first_with_since_when_and_where_it_is_mended(
    reader: TestClient, own_fleet: psycopg.Connection[Any]
) -> None:
    looked_at(own_fleet)
    wrong(own_fleet, "source.drivers", "YELLOW", "YELLOW_INGESTION_1D", hours=30)
    wrong(own_fleet, "invariant.no_link_to_a_missing_person", "RED", "RED_INVARIANT_BROKEN", hours=2)
    text = reader.get("/unmatched").text
    note = note_of(text)
    assert "Los datos incumplen una regla" in note
    assert "desde hace 2 h" in note
    assert "nadie se encarga todavía" in note
    assert "y 1 problema más" in note
    links = [link["href"] for link in Page(text.partition("<aside")[2].partition("</aside>")[0]).all("a")]
    assert links == [f"{BASE}/checks/invariant.no_link_to_a_missing_person", f"{BASE}/health#problems"]
    for link in links:
        assert reader.get(f"http://testserver{link}").status_code == 200


def test_who_has_it_and_until_when_it_is_silent(reader: TestClient, own_fleet: psycopg.Connection[Any]) -> None:
    looked_at(own_fleet)
    wrong(own_fleet, "source.drivers", "RED", "RED_NO_DATA")
    own_fleet.execute(
        "update ops.alert_episodes set acknowledged_by = 'Ana', acknowledged_at = now() - interval '1 second',"
        " acknowledge_reason = 'mine' where cause = 'sources' and closed_at is null"
    )
    own_fleet.execute(
        "insert into ops.alert_mutes (target, reason, muted_by, muted_at, muted_until)"
        " values ('source.drivers', 'a planned load', 'Ana', now(), now() + interval '3 days')"
    )
    listing.ttl_cache.clear()
    note = note_of(reader.get("/unmatched").text)
    assert re.search(r"se encarga Ana desde \d\d:\d\d", note)
    assert re.search(r"en silencio hasta \d+ \w+", note)
    assert "nadie se encarga" not in note


def test_what_is_silent_comes_after_what_is_not(reader: TestClient, own_fleet: psycopg.Connection[Any]) -> None:
    looked_at(own_fleet)
    wrong(own_fleet, "source.drivers", "RED", "RED_NO_DATA", hours=50)
    wrong(own_fleet, "source.summary_daily", "RED", "RED_NO_DATA", hours=1)
    own_fleet.execute(
        "insert into ops.alert_mutes (target, reason, muted_by, muted_at, muted_until)"
        " values ('source.drivers', 'a planned load', 'Ana', now(), now() + interval '3 days')"
    )
    listing.ttl_cache.clear()
    assert "summary_daily" in note_of(reader.get("/unmatched").text)


def test_parts_of_pages_do_not_ask_for_it(
    reader: TestClient, own_fleet: psycopg.Connection[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    from control_tower.web.pages import health_note

    asked = []
    monkeypatch.setattr(health_note, "troubles", lambda: asked.append(1) or [])
    reader.post("/unmatched/search", json={"by": "driver_id", "value": "d1"}, headers={"X-Control-Tower": "1"})
    reader.get("/static/pages.css")
    reader.get("/runs/progress?dag_id=identity_ingestion&dag_run_id=none")
    assert asked == []
    reader.get("/unmatched")
    assert asked == [1]


def test_who_may_not_read_the_health_is_not_told(
    reader: TestClient, fleet: psycopg.Connection[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    from control_tower.web.permissions import CurrentUser

    usual = CurrentUser.may
    monkeypatch.setattr(
        CurrentUser, "may", lambda self, method, dag: dag != "pipeline_health" and usual(self, method, dag)
    )
    assert "<aside" not in reader.get("/unmatched").text
    assert reader.get("/health").status_code == reader.get("/sources/drivers").status_code == 403
