"""For whom the pages are, what they keep to themselves, and that nothing that somebody wrote runs in them."""

from __future__ import annotations

import json
from typing import Any

import psycopg
import pytest
from fastapi.routing import APIRoute
from starlette.testclient import TestClient

from control_tower.web.pages.router import pages
from control_tower.web.pages.static import FILES
from tests.web.browsing import BASE, HTML, LISTS, PERSON_1, Page, single_pages


@pytest.mark.parametrize("path", [*LISTS, f"/persons/{PERSON_1}", *(f"/static/{name}" for name in FILES)])
def test_without_login_a_browser_is_led_to_it_and_a_program_refused(anonymous: TestClient, path: str) -> None:
    page = anonymous.get(BASE + path, headers=HTML, follow_redirects=False)
    assert page.status_code == 307
    assert page.headers["location"].startswith("/auth/login?next=")
    assert anonymous.get(BASE + path).status_code == 401


def test_every_page_but_files_and_progress_asks_airflow_for_a_right() -> None:
    for route in pages.routes:
        assert isinstance(route, APIRoute)
        asked = {dependency.call.__name__ for dependency in route.dependant.dependencies if dependency.call}
        # a run's progress is told by Airflow's own API, which asks for the right itself; the runbook has no data
        assert "may_read" in asked or route.path in ("/static/{name}", "/runs/progress", "/runbook"), route.path


def test_who_may_not_read_the_dag_sees_a_page_that_says_so(reader: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    from airflow.api_fastapi.auth.managers.simple.simple_auth_manager import SimpleAuthManager

    monkeypatch.setattr(SimpleAuthManager, "is_authorized_dag", lambda *_, **__: False)
    for path in LISTS:
        answer = reader.get(path)
        assert answer.status_code == 403
        assert "Airflow no le permite hacer esto." in answer.text
        assert "<html" in answer.text


def test_who_may_not_act_is_told_so_instead_of_being_offered_it(
    reader: TestClient, decider: TestClient, fleet: psycopg.Connection[Any]
) -> None:
    for path in ("/health", "/scouts/attribution-health", *single_pages(fleet)):
        offered = [form["data-kind"] for form in Page(reader.get(path).text).all("form") if "data-kind" in form]
        assert set(offered) <= {"search"}, path
    for path, kind in (
        ("/scouts/attribution-health", "run"),
        ("/health", "alert"),
        ("/scouts/statements/3", "decision"),
    ):
        assert kind in [form.get("data-kind") for form in Page(decider.get(path).text).all("form")], path


def test_nothing_on_a_page_runs_that_is_not_a_file_of_ours(decider: TestClient, fleet: psycopg.Connection[Any]) -> None:
    for path in (*LISTS, *single_pages(fleet), "/nothing-here"):
        answer = decider.get(path)
        policy = answer.headers["content-security-policy"]
        assert "script-src 'self'" in policy
        assert "style-src 'self'" in policy
        assert "unsafe" not in policy
        page = Page(answer.text)
        for tag, attributes in page.tags:
            assert not [name for name in attributes if name.startswith("on") or name == "style"], f"{path}: {tag}"
            assert tag != "style"
            for name in ("src", "href", "action"):
                target = attributes.get(name, "")
                is_beside = path == "/runbook" and attributes.get("rel") == "noopener"
                assert target.startswith(("/", "#")) or not target or is_beside, f"{path}: {target}"
        assert all(script["src"].startswith(f"{BASE}/static/") for script in page.all("script"))


HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"


def test_what_somebody_wrote_into_a_form_is_text_on_every_page(
    decider: TestClient, own_fleet: psycopg.Connection[Any]
) -> None:
    own_fleet.execute("update public.module_ct_scouts_list set raw_name = %s", [HOSTILE])
    own_fleet.execute("update canon.identity_registry set primary_full_name = %s", [HOSTILE])
    own_fleet.execute("update canon.records_index set name_norm = %s", [HOSTILE])
    own_fleet.execute(
        "update canon.identity_links set evidence = jsonb_build_object('values', %s::jsonb)",
        [json.dumps({"phone": HOSTILE})],
    )
    own_fleet.execute(
        "update canon.identity_unmatched set candidates_preview = %s::jsonb",
        [json.dumps([{"driver_id": HOSTILE, "driver_name": HOSTILE, "rule": HOSTILE, "names": HOSTILE}])],
    )
    own_fleet.execute("update ops.alert_episodes set cause = %s || id", [HOSTILE])
    seen = 0
    for path in (*LISTS, *single_pages(own_fleet)):
        text = decider.get(path).text
        page = Page(text)
        assert "<script>alert" not in text, path
        assert not [1 for tag, attributes in page.tags if tag == "img" or "onerror" in attributes], path
        seen += HOSTILE in page.text
    assert seen >= 4, "the hostile text is shown, as text"


def test_a_reader_without_the_right_to_personal_data_sees_none(
    reader: TestClient, decider: TestClient, fleet: psycopg.Connection[Any]
) -> None:
    link = fleet.execute(
        "select person_key from canon.identity_links where source_pk = 'l3' and source_table like '%leads'"
    ).fetchone()
    assert link is not None
    path = f"/persons/{link[0]}"
    assert "912345678" in decider.get(path).text
    masked = reader.get(path).text
    assert "912345678" not in masked
    assert "•••678" in masked


def test_nothing_personal_is_in_an_address(decider: TestClient, fleet: psycopg.Connection[Any]) -> None:
    row = fleet.execute("select phone_norm, name_norm from canon.records_index where phone_norm is not null").fetchall()
    known = {value for pair in row for value in pair if value}
    for path in (*LISTS, *single_pages(fleet)):
        for _, attributes in Page(decider.get(path).text).tags:
            address = attributes.get("href", "") + attributes.get("action", "")
            assert not [value for value in known if value in address], address


def test_a_search_is_posted_and_answered_with_a_part_of_a_page(
    decider: TestClient, reader: TestClient, fleet: psycopg.Connection[Any]
) -> None:
    found = decider.post("/search", json={"by": "phone", "value": "+51 912-345-678"})
    assert found.status_code == 200
    assert "<html" not in found.text
    assert "912345678" in found.text
    assert "Nothing carries it" in decider.post("/search", json={"by": "plate", "value": "XYZ999"}).text
    refused = reader.post("/search", json={"by": "phone", "value": "912345678"}, headers={"Accept": "*/*"})
    assert (refused.status_code, refused.json()["code"]) == (403, "PERSONAL_DATA")


def test_files_are_kept_by_the_browser_until_they_change(reader: TestClient) -> None:
    page = Page(reader.get("/persons").text)
    sheets = [link["href"] for link in page.all("link") if link["rel"] == "stylesheet"]
    assert sheets
    for sheet in sheets:
        answer = reader.get(f"http://testserver{sheet}")
        assert answer.headers["content-type"] == "text/css; charset=utf-8"
        assert answer.headers["cache-control"] == "private, max-age=31536000, immutable"
    assert reader.get("/static/pages.css?v=old").headers["cache-control"] == "private, max-age=300"
    assert reader.get("/static/../guard.py", headers={"Accept": "*/*"}).status_code == 404
    assert reader.get("/static/guard.py", headers={"Accept": "*/*"}).status_code == 404


def test_looking_at_a_record_is_kept_on_record(decider: TestClient, fleet: psycopg.Connection[Any]) -> None:
    *_, path = single_pages(fleet)
    decider.get(path)
    row = fleet.execute("select action, seen_by from ops.v_personal_data_access order by id desc limit 1").fetchone()
    assert row == ("search", "editor")
