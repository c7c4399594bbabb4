"""What the web says when it cannot do what was asked: one shape, two languages, nothing that is nobody's business."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from starlette.requests import HTTPConnection
from starlette.testclient import TestClient

from control_tower import errors as package_errors
from control_tower.i18n.catalogue import Language
from control_tower.settings import get_settings
from control_tower.web import pool
from control_tower.web.api_errors import code_of
from control_tower.web.language import language_of
from tests.i18n.catalogues import LANGUAGES, codes
from tests.web.conftest import API

SHAPE = {"code", "detail", "next_action", "fields", "error_id"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_went_wrong_and_what_to_do_are_sentences(language: Language) -> None:
    assert all(text.endswith((".", "}")) for text in codes("error.detail", language).values())
    assert all(text.endswith(".") for text in codes("error.action", language).values())


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "es"),
        ("en", "en"),
        ("en-GB,en;q=0.9", "en"),
        ("es-PE,es;q=0.9,en;q=0.8", "es"),
        ("de, en;q=0.5, es;q=0.4", "en"),
        ("en;q=0.1, es;q=0.2", "es"),
        ("en;q=0", "es"),
        ("en;q=many", "es"),
        ("de,fr", "es"),
        ("EN", "en"),
    ],
)
def test_the_language_is_what_the_browser_asks_for_else_the_setting(header: str, language: str) -> None:
    headers = [(b"accept-language", header.encode())] if header else []
    scope = {"type": "http", "query_string": b"", "headers": headers}
    assert language_of(HTTPConnection(scope)) == language


def test_the_setting_decides_where_the_browser_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONTROL_TOWER_LANGUAGE", "en")
    get_settings.cache_clear()
    assert language_of(HTTPConnection({"type": "http", "query_string": b"", "headers": []})) == "en"


def test_every_refusal_has_one_shape(editor: TestClient, viewer: TestClient, anonymous: TestClient) -> None:
    answers = {
        401: anonymous.get(f"{API}/unmatched"),
        403: viewer.post("/scouts/attribution/run-now"),
        404: editor.get("/nothing"),
        405: editor.delete("/unmatched"),
        422: editor.get("/scouts/attribution/backlog?category=Z"),
        400: editor.post("/persons/search", content=b"\xff{", headers={"Content-Type": "application/json"}),
    }
    for status, answer in answers.items():
        assert answer.status_code == status
        assert set(answer.json()) == SHAPE
        assert answer.headers["content-type"] == "application/json"
    assert answers[405].headers["Allow"] == "GET"


def test_an_answer_speaks_the_reader_s_language(editor: TestClient) -> None:
    spanish = editor.get("/nothing", headers={"Accept-Language": "es-PE"}).json()
    english = editor.get("/nothing", headers={"Accept-Language": "en"}).json()
    assert spanish["code"] == english["code"] == "NOT_FOUND"
    assert spanish["detail"] == "Esta dirección no existe."
    assert english["detail"] == "There is nothing at this address."


def test_a_question_that_takes_too_long_is_ended_and_said_so(
    editor: TestClient, reader: TestClient, warehouse: psycopg.Connection[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONTROL_TOWER_WEB_STATEMENT_TIMEOUT_SECONDS", "1")
    get_settings.cache_clear()
    pool.close_pools()
    with psycopg.connect(warehouse.info.dsn, user="postgres") as blocker:
        blocker.execute("lock table canon.identity_registry in access exclusive mode")
        for path in ("/scouts/attribution/metrics", "/scouts/attribution/backlog.csv"):
            answer = editor.get(path)
            assert (answer.status_code, answer.json()["code"]) == (503, "DATABASE_BUSY"), path
        page = reader.get("/scouts/backlog")
        assert page.status_code == 503
        assert "/runbook#problem-too-long" in page.text
    assert 'id="problem-too-long"' in reader.get("/runbook").text
    assert editor.get("/scouts/attribution/metrics").status_code == 200


def test_a_database_that_was_never_migrated_is_said_to_be_incomplete(
    editor: TestClient, empty_database: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    pool.close_pools()
    monkeypatch.setenv("AIRFLOW_CONN_CONTROL_TOWER", "postgres://" + _airflow_form(empty_database))
    answer = editor.get("/scouts/attribution/metrics")
    assert (answer.status_code, answer.json()["code"]) == (503, "DATABASE_INCOMPLETE")
    assert "ops" not in answer.text
    assert answer.json()["error_id"] in caplog.text
    assert "migrate_schema" in caplog.text


def _airflow_form(database: str) -> str:
    from urllib.parse import quote

    parts = psycopg.conninfo.conninfo_to_dict(database)
    return f"{parts['user']}@{quote(str(parts['host']), safe='')}/{parts['dbname']}"


def test_a_fault_of_ours_is_logged_under_the_id_that_the_answer_quotes(
    editor: TestClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from control_tower.web.api import attribution

    def broken(_: Any) -> Any:
        raise ZeroDivisionError("of ours")

    monkeypatch.setattr(attribution.ask, "metrics", broken)
    answer = editor.get("/scouts/attribution/metrics")
    assert (answer.status_code, answer.json()["code"]) == (500, "UNEXPECTED")
    assert set(answer.json()) == SHAPE
    assert "of ours" not in answer.text
    assert answer.json()["error_id"] in caplog.text
    assert "ZeroDivisionError: of ours" in caplog.text


def test_errors_of_the_package_have_their_codes() -> None:
    for kind, code in (
        (package_errors.ConnectionNotConfigured, "DATABASE_UNREACHABLE"),
        (package_errors.DatabaseUnreachable, "DATABASE_UNREACHABLE"),
        (package_errors.DatabaseBusy, "DATABASE_BUSY"),
        (package_errors.ObjectMissing, "DATABASE_INCOMPLETE"),
        (package_errors.PermissionMissing, "DATABASE_INCOMPLETE"),
        (package_errors.QueryFailed, "UNEXPECTED"),
    ):
        assert code_of(kind("problem", "next")) == code
