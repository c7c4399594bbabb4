"""Who gets in: nobody without login, readers to read, and to act whom Airflow lets start the DAG concerned."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest
from airflow.api_fastapi.auth.managers.models.resource_details import DagDetails
from fastapi.routing import APIRoute
from starlette.testclient import TestClient

from control_tower.settings import get_settings
from control_tower.web.api import api
from control_tower.web.permissions import roles_of
from tests.web.browsing import LISTS, single_pages
from tests.web.conftest import API

SOMEBODY = str(uuid.UUID(int=7))

ACTIONS: dict[str, Any] = {
    "/scouts/attribution/run-now": None,
    "/scouts/attribution/conflicts/{person_key}/resolve": {"nobody": True, "reason": "said so"},
    "/identity/run": {},
    "/identity/ensure-fresh": None,
    "/unmatched/resolve": {
        "source_table": "module_ct_cabinet_leads",
        "source_pk": "l1",
        "ignore": True,
        "reason": "nobody",
    },
    "/scouts/statements/{statement_id}/paid": {"reference": "OP-002", "paid_on": "2025-11-03"},
    "/scouts/statements/close": {"period_start": "2025-11-01", "period_end": "2025-11-15", "reason": "it is over"},
    "/review/decisions": {
        "decisions": [{"case_kind": "CONFLICT", "case_key": SOMEBODY, "choice": {"nobody": True}}],
        "reason": "said so",
    },
    "/review/postpone": {"case_kind": "CONFLICT", "case_key": SOMEBODY, "until": None},
    "/yango/cabinet/payments-without-claim/explain": {"payment_key": "p1", "reason": "Yango confirmed it"},
    "/persons/{person_key}/split": {"reason": "two sisters"},
    "/identity/weights/estimate": {"reason": "half a year"},
    "/rehearsals": {"hot_value_people": 3},
    "/alerts/{alert_id}/acknowledge": {"reason": "I look after it"},
    "/alerts/{alert_id}/mute": {"reason": "planned", "until": "2026-12-01T08:00:00-05:00"},
    "/alerts/{alert_id}/unmute": None,
    "/alerts/mutes/{mute_id}/lift": None,
    "/runs/{run_id}/revert": {"reason": "the file was loaded twice"},
}
"""Routes that need the right to start a DAG, each with a body that is valid."""

SEARCHES = ("/persons/search", "/unmatched/search", "/search")


def routes() -> Iterator[tuple[str, str]]:
    """Every method and path of the API, below its prefix."""
    for route in api.routes:
        assert isinstance(route, APIRoute)
        for method in sorted(route.methods):
            yield method, route.path.removeprefix("/api/v1")


def filled(path: str) -> str:
    numbers = {"{alert_id}": "1", "{mute_id}": "1", "{statement_id}": "3", "{scout_id}": "33", "{run_id}": "2"}
    numbers["{source_name}"] = "drivers"
    for name, number in numbers.items():
        path = path.replace(name, number)
    return path.replace("{person_key}", SOMEBODY)


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "POST", "PUT", "DELETE"])
def test_without_login_there_is_nothing_at_any_address(anonymous: TestClient, method: str) -> None:
    paths = [f"{API}{filled(path)}" for _, path in routes()]
    assert len(paths) > 20
    others = [f"{API}/openapi.json", f"{API}/docs", f"{API}/nothing", "/control-tower/", "/control-tower/static/x.js"]
    for path in [*paths, *others]:
        answer = anonymous.request(method, path)
        assert answer.status_code == 401, path
        if method != "HEAD":
            assert answer.json()["code"] == "NOT_LOGGED_IN", path
        assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_who_opens_a_page_without_login_is_led_to_airflow_s_login(anonymous: TestClient) -> None:
    browser = {"Accept": "text/html,application/xhtml+xml"}
    page = anonymous.get("/control-tower/scouts/conflicts", headers=browser, follow_redirects=False)
    assert page.status_code == 307
    assert page.headers["location"].startswith("/auth/login?next=")
    assert anonymous.get(f"{API}/unmatched", headers=browser, follow_redirects=False).status_code == 401


@pytest.mark.parametrize("token", ["garbage", "a.b.c", ""])
def test_a_token_that_airflow_does_not_know_is_no_login(anonymous: TestClient, token: str) -> None:
    url = f"{API}/scouts/attribution/metrics"
    assert anonymous.get(url, headers={"Authorization": f"Bearer {token}"}).status_code == 401
    assert anonymous.get(url, headers={"Cookie": f"_token={token}"}).status_code == 401


def test_a_viewer_reads_everything_and_starts_nothing(viewer: TestClient, fleet: psycopg.Connection[Any]) -> None:
    person = fleet.execute("select min(person_key::text) from canon.v_persons").fetchone()
    assert person is not None
    for method, path in routes():
        where = filled(path.replace("{person_key}", person[0]))
        if method == "GET":
            answer = viewer.get(where)
            assert answer.status_code in ((200, 503) if path == "/health" else (200,)), f"{path}: {answer.text}"
        elif method == "POST" and path not in SEARCHES:
            answer = viewer.post(where, json=ACTIONS[path])
            assert (answer.status_code, answer.json()["code"]) == (403, "FORBIDDEN"), path


def test_every_route_asks_airflow_for_a_right(airflow_app: Any) -> None:
    for route in api.routes:
        assert isinstance(route, APIRoute)
        asked = {getattr(dependency.call, "__name__", "") for dependency in route.dependant.dependencies}
        path = route.path.removeprefix("/api/v1")
        assert asked & {"may_read", "may_start"}, path
        if "POST" in route.methods and path not in SEARCHES:
            assert "may_start" in asked, path
            assert path in ACTIONS, f"{path}: add a valid body"


def test_who_may_not_read_the_dag_reads_nothing_that_it_made(
    viewer: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    from airflow.api_fastapi.auth.managers.simple.simple_auth_manager import SimpleAuthManager

    def nothing(*_: Any, **__: Any) -> bool:
        return False

    monkeypatch.setattr(SimpleAuthManager, "is_authorized_dag", nothing)
    for method, path in routes():
        if method == "GET":
            assert viewer.get(filled(path)).json()["code"] == "FORBIDDEN", path
            wrong = viewer.get(f"{filled(path.replace('{person_key}', 'nobody'))}?page_size=none")
            assert wrong.json()["code"] == "FORBIDDEN", f"{path}: nor is anybody told what could be asked"


def test_who_may_not_read_the_dag_opens_no_page_of_it(
    reader: TestClient, fleet: psycopg.Connection[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    from airflow.api_fastapi.auth.managers.simple.simple_auth_manager import SimpleAuthManager

    asked: list[str] = []

    def nothing(*_: Any, details: DagDetails, **__: Any) -> bool:
        asked.append(str(details.id))
        return False

    monkeypatch.setattr(SimpleAuthManager, "is_authorized_dag", nothing)
    watched = dict.fromkeys(("/health", "/sources", "/checks"), "pipeline_health")
    dags = {**watched, "/scouts": "scout_attribution_refresh", "/rehearsals": "rehearse"}
    for path in (*LISTS, *single_pages(fleet)):
        if path == "/runbook":
            continue  # for everybody who is logged in
        asked.clear()
        answer = reader.get(path)
        assert answer.status_code == 403, path
        assert "Airflow no le permite hacer esto" in answer.text
        assert reader.get(path, params={"page_size": "none"}).status_code == 403, path
        first = asked[0]
        assert set(asked) == {first}
        assert first == next((dag for start, dag in dags.items() if path.startswith(start)), "identity_ingestion")


def test_a_cookie_is_a_login_too(anonymous: TestClient, tokens: dict[str, str]) -> None:
    cookie = {"Cookie": f"_token={tokens['viewer']}"}
    assert anonymous.get(f"{API}/scouts/attribution/metrics", headers=cookie).status_code == 200


OURS = {"X-Control-Tower": "1"}


@pytest.mark.parametrize(
    ("headers", "is_let_in"),
    [
        ({}, False),
        ({"Sec-Fetch-Site": "same-origin"}, False),
        (OURS, True),
        (OURS | {"Sec-Fetch-Site": "same-origin"}, True),
        (OURS | {"Sec-Fetch-Site": "same-site"}, False),
        (OURS | {"Sec-Fetch-Site": "cross-site"}, False),
        (OURS | {"Sec-Fetch-Site": "none"}, False),
        (OURS | {"Origin": "http://testserver"}, True),
        (OURS | {"Origin": "http://testserver:8081"}, False),
        (OURS | {"Origin": "http://evil.example"}, False),
        (OURS | {"Origin": "null"}, False),
    ],
)
def test_a_write_with_a_cookie_must_come_from_our_own_pages(
    anonymous: TestClient, tokens: dict[str, str], headers: dict[str, str], is_let_in: bool
) -> None:
    search = {"by": "driver_id", "value": "d1"}
    sent = headers | {"Cookie": f"_token={tokens['editor']}"}
    answer = anonymous.post(f"{API}/persons/search", json=search, headers=sent)
    assert answer.status_code == (200 if is_let_in else 403)
    if not is_let_in:
        assert answer.json()["code"] == "CROSS_SITE"


def test_the_address_that_browsers_know_is_ours_behind_a_proxy_with_another_host(
    anonymous: TestClient, tokens: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIRFLOW__API__BASE_URL", "https://fleet.example/team/airflow/")
    for origin, code in (("https://fleet.example", 200), ("https://evil.example", 403), ("null", 403)):
        sent = OURS | {"Origin": origin, "Cookie": f"_token={tokens['editor']}"}
        search = {"by": "driver_id", "value": "d1"}
        assert anonymous.post(f"{API}/persons/search", json=search, headers=sent).status_code == code, origin


@pytest.mark.parametrize("path", [*ACTIONS, *SEARCHES])
def test_no_write_of_another_site_is_executed(
    anonymous: TestClient, tokens: dict[str, str], fleet: psycopg.Connection[Any], no_dag_runs: None, path: str
) -> None:
    for body in ({"content": b""}, {"json": ACTIONS.get(path)}, {"data": {"reason": "x"}}):
        answer = anonymous.post(
            f"{API}{filled(path)}",
            headers={"Cookie": f"_token={tokens['admin']}", "Sec-Fetch-Site": "cross-site"},
            **body,  # type: ignore[arg-type]
        )
        assert answer.json()["code"] == "CROSS_SITE"


def test_the_monitor_s_token_opens_the_health_answer_alone(
    anonymous: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONTROL_TOWER_MONITOR_TOKEN", "a-monitor-s-own-token")
    get_settings.cache_clear()
    monitor = {"Authorization": "Bearer a-monitor-s-own-token"}
    for method, path in routes():
        answer = anonymous.request(method, f"{API}{filled(path)}", headers=monitor)
        assert (answer.status_code != 401) == (path == "/health" and method in ("GET", "HEAD")), f"{method} {path}"
    wrong = {"Authorization": "Bearer a-monitor-s-own-tokem"}
    assert anonymous.get(f"{API}/health", headers=wrong).status_code == 401


def test_every_answer_protects_the_browser_that_shows_it(anonymous: TestClient, viewer: TestClient) -> None:
    for answer in (anonymous.get(f"{API}/nothing"), viewer.get("/scouts/attribution/metrics"), viewer.get("/nothing")):
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"
        assert answer.headers["Cache-Control"] == "no-store"


def test_roles_are_those_of_any_auth_manager() -> None:
    fab = SimpleNamespace(roles=[SimpleNamespace(name="Op"), SimpleNamespace(name="Viewer")])
    assert roles_of(fab) == {"op", "viewer"}  # type: ignore[arg-type]
    assert roles_of(SimpleNamespace(role="ADMIN")) == {"admin"}  # type: ignore[arg-type]
    assert roles_of(SimpleNamespace(role=None)) == set()  # type: ignore[arg-type]
    assert roles_of(SimpleNamespace()) == set()  # type: ignore[arg-type]
