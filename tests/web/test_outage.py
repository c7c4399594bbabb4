"""When databases are down: the page says what failed, what is still true, and is never white."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest
from sqlalchemy.exc import OperationalError
from starlette.testclient import TestClient

from control_tower.web import listing, pool
from control_tower.web.pages import health_note
from tests.web.browsing import BASE, Page

NOWHERE = "postgresql://nobody@127.0.0.1:1/nothing"


@pytest.fixture
def airflow_is_down(monkeypatch: pytest.MonkeyPatch) -> None:
    """Airflow's own database fails whatever is asked of it."""
    from airflow.models.revoked_token import RevokedToken

    def fail(*_: object, **__: object) -> bool:
        raise OperationalError("select 1", {}, Exception("could not connect to server"))

    monkeypatch.setattr(RevokedToken, "is_revoked", staticmethod(fail))


def test_a_fresh_load_says_what_is_still_true_and_what_was_known_last(
    reader: TestClient, fleet: psycopg.Connection[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert reader.get("/scouts/conflicts").status_code == 200
    pool.close_pools()
    listing.ttl_cache.clear()
    monkeypatch.setenv("AIRFLOW_CONN_CONTROL_TOWER", NOWHERE)
    answer = reader.get("/scouts/conflicts")
    assert answer.status_code == 503
    page = Page(answer.text)
    for part in ("Lo que sigue siendo cierto", "No se pierde nada", "Lo último que se supo, a las", "error_id",
                 "La fuente drivers está vacía.", "Pregunta sola cada 10 segundos"):  # fmt: skip
        assert part in page.text, part
    assert page.all("main")[0]["data-retry"] == "10"
    assert f"{BASE}/runbook#database-unreachable" in {link.get("href") for link in page.all("a")}
    assert reader.get("/runbook").status_code == 200


def test_the_page_says_since_when_what_it_shows_was_known(
    reader: TestClient, fleet: psycopg.Connection[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    # 15:04 UTC of another day is 10:04 in Lima
    monkeypatch.setattr(health_note, "_last_known", (datetime(2026, 11, 2, 15, 4, tzinfo=UTC), []))
    monkeypatch.setenv("AIRFLOW_CONN_CONTROL_TOWER", NOWHERE)
    pool.close_pools()
    listing.ttl_cache.clear()
    text = Page(reader.get("/scouts/conflicts").text).text
    assert re.search(r"Lo último que se supo, a las 2 nov\.? 2026, 10:04", text), text
    assert "dice desde cuándo" in text, "a page that is open says it, too"
    monkeypatch.setattr(health_note, "_last_known", None)
    assert "Lo último que se supo" not in reader.get("/scouts/conflicts").text, "nothing was known"


def test_other_errors_do_not_wait_for_an_answer(reader: TestClient, fleet: psycopg.Connection[Any]) -> None:
    answer = reader.get("/runs/999999")
    assert "data-retry" not in answer.text
    assert "Lo que sigue siendo cierto" not in answer.text


def test_while_airflow_s_own_database_is_down_the_page_is_not_white(
    reader: TestClient, airflow_is_down: None, fleet: psycopg.Connection[Any]
) -> None:
    for path in ("/health", "/scouts/conflicts", "/runbook", "/nothing"):
        answer = reader.get(path)
        assert answer.status_code == 503, path
        page = Page(answer.text)
        assert "La base de datos de Airflow no responde" in page.text
        assert "Lo que sigue siendo cierto" in page.text
        assert "could not connect" not in answer.text, "what a failure says goes to the log"
        assert page.all("main")[0]["data-retry"] == "10"
        assert answer.headers["retry-after"] == "5"


def test_a_program_gets_the_problem_as_json(editor: TestClient, airflow_is_down: None) -> None:
    answer = editor.get("/health")
    assert (answer.status_code, answer.json()["code"]) == (503, "AIRFLOW_UNREACHABLE")


def test_airflow_s_database_that_fails_within_a_page_is_an_outage_too(
    reader: TestClient, fleet: psycopg.Connection[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    from airflow.api_fastapi.auth.managers.simple.simple_auth_manager import SimpleAuthManager

    def fail(*_: object, **__: object) -> bool:
        raise OperationalError("select 1", {}, Exception("could not connect to server"))

    monkeypatch.setattr(SimpleAuthManager, "is_authorized_dag", fail)
    answer = reader.get("/scouts/conflicts")
    assert answer.status_code == 503
    assert "La base de datos de Airflow no responde" in answer.text
