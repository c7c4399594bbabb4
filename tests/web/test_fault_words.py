"""What is wrong with a request is said in the reader's language, whatever is wrong, on every route."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from pydantic import ValidationError
from starlette.testclient import TestClient

from control_tower import web
from control_tower.errors import ControlTowerError, DecisionRefused, MuteInvalid, SeveralPersons
from control_tower.i18n.catalogue import catalogue
from control_tower.web import decision_writer
from control_tower.web.api_errors import code_of
from tests.web.test_access import filled, routes
from tests.web.test_edges import FIELDS

Fleet = psycopg.Connection[Any]

RUBBISH: tuple[Any, ...] = (
    None, True, -1, 0, 3.5, 10**30, "", " ", "x", "x" * 3000, "\0", "2026-13-45", "2026-01-01T00:00:00", "nan", [],
    ["x"] * 99, {}, {"x": 1},
)  # fmt: skip
TEXTS = ("x", "", "-1", "1.5", "9" * 20, "2026-13-45", "true", "%00", "x" * 3000)
"""Values for the parameters of a query and the parts of a path."""
ENGLISH = re.compile(
    r"(?i)\b(?:input|should|must|valid|field|value|required|string|character|integer|pattern|match|error|the|is|or|of"
    r"|to|not|has|was|give|period|case)\b|\^|\\\\"
)


def types_of_faults() -> Iterator[tuple[str, dict[str, Any]]]:
    """Every type of fault that a field of a body can have, with what it says of itself."""
    for model, name in FIELDS:
        for value in RUBBISH:
            try:
                model.model_validate({name: value})
            except ValidationError as error:
                for fault in error.errors():
                    yield fault["type"], fault.get("ctx") or {}


def test_every_fault_that_a_body_can_have_has_words_in_both_languages() -> None:
    found = dict(types_of_faults())
    assert len(found) > 12
    for language in ("es", "en"):
        texts = catalogue(language)  # type: ignore[arg-type]
        for kind, values in found.items():
            text = texts.find("fault", kind)
            assert text is not None, kind
            assert text.format_map({name: str(value) for name, value in values.items()})


def refusals() -> Iterator[type[ControlTowerError]]:
    """The errors of the package that refuse what was asked, and have no code of their own in answers."""
    found: list[type[ControlTowerError]] = [DecisionRefused, MuteInvalid]
    while found:
        kind = found.pop()
        found += kind.__subclasses__()
        if code_of(kind.__new__(kind)) == "UNEXPECTED":
            yield kind


def test_every_refusal_and_every_fault_that_the_code_names_has_words_in_both_languages() -> None:
    sources = "".join(path.read_text() for path in Path(web.__file__).parent.rglob("*.py"))
    named = re.findall(r'PydanticCustomError\(\s*"(\w+)"|Fault\([^)]*problem="(\w+)"', sources)
    codes = {one or other for one, other in named} | {kind.__name__ for kind in refusals()}
    assert {"one_case_kind", "setting", "period_not_begun", "SeveralPersons", "PostponementInvalid"} <= codes
    for language in ("es", "en"):
        texts = catalogue(language)  # type: ignore[arg-type]
        assert [code for code in sorted(codes) if texts.find("fault", code) is None] == []


@pytest.mark.parametrize(("language", "says"), [("es", "de varias personas"), ("en", "to several persons")])
def test_a_refusal_of_the_package_is_in_the_reader_s_language(
    editor: TestClient, monkeypatch: pytest.MonkeyPatch, language: str, says: str
) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise SeveralPersons("The accounts of driver d1 belong to several persons.", "decide again")

    monkeypatch.setitem(decision_writer.FUNCTIONS, "resolve_unmatched_lead", refuse)
    record = {"source_table": "module_ct_cabinet_leads", "source_pk": "l6", "reason": "why", "driver_id": "d1"}
    answer = editor.post("/unmatched/resolve", json=record, headers={"Accept-Language": language})
    (fault,) = answer.json()["fields"]
    assert (answer.status_code, fault["field"]) == (422, "body")
    assert says in fault["problem"]


@pytest.mark.parametrize(("language", "says"), [("es", "hasta dentro de 90 días"), ("en", "90 days from now")])
def test_a_day_that_is_too_late_is_refused_in_the_reader_s_language(
    editor: TestClient, fleet: Fleet, language: str, says: str
) -> None:
    later = {"case_kind": "CONFLICT", "case_key": "x", "until": "2999-01-01", "reason": "why"}
    answer = editor.post("/review/postpone", json=later, headers={"Accept-Language": language})
    assert says in answer.json()["fields"][0]["problem"]


Operation = tuple[str, str, list[str], list[str]]
"""A method and path, the parameters of its query, and the fields of its body."""


def described(description: dict[str, Any]) -> Iterator[Operation]:
    """Every operation of an OpenAPI description."""

    def fields(schema: Any) -> set[str]:
        if isinstance(schema, list):
            return set().union(*map(fields, schema))
        if not isinstance(schema, dict):
            return set()
        if "$ref" in schema:
            return fields(description["components"]["schemas"][schema["$ref"].rpartition("/")[2]])
        return set(schema.get("properties", {})) | fields(schema.get("anyOf", []))

    for path, methods in description["paths"].items():
        for method, operation in methods.items():
            content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
            queries = [one["name"] for one in operation.get("parameters", []) if one["in"] == "query"]
            yield method.upper(), path.removeprefix("/api/v1"), queries, sorted(fields(content.get("schema")))


def wrong(operation: Operation) -> Iterator[tuple[str, Any]]:
    """Addresses and bodies of an operation that cannot be used; `...` is no body."""
    method, path, queries, fields = operation
    for text in TEXTS:
        query = "&".join(f"{name}={text}" for name in [*queries, "unknown"])
        yield f"{filled(path)}?{query}", ... if method == "GET" else {"unknown": 1}
        if "{" in path and text:
            yield re.sub(r"\{[^}]*\}", text, path), ... if method == "GET" else {"unknown": 1}
    if method == "POST":
        for value in RUBBISH:
            yield filled(path), {**dict.fromkeys(fields, value), "unknown": 1}
        yield from ((filled(path), body) for body in ("rubbish", [], 1))


@pytest.mark.usefixtures("no_dag_runs")
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_no_route_of_the_description_answers_in_english_to_a_reader_of_spanish(editor: TestClient, method: str) -> None:
    operations = list(described(editor.get("/openapi.json").json()))
    described_paths = {(verb, path) for verb, path, *_ in operations}
    assert {route for route in routes() if route[0] in ("GET", "POST")} <= described_paths
    editor.headers["Accept-Language"] = "es"
    editor.headers["X-Control-Tower"] = "1"
    seen: set[str] = set()
    for operation in operations:
        if operation[0] != method:
            continue
        requests = [(address, None if body is ... else json.dumps(body)) for address, body in wrong(operation)]
        if method == "POST":
            requests.append((filled(operation[1]), "{"))
        refused = 0
        for address, body in requests:
            answer = editor.request(method, address, content=body, headers={"Content-Type": "application/json"})
            assert answer.status_code < 500 or answer.status_code == 503, (address[:200], body, answer.text)
            if answer.status_code < 400 or (operation[1], answer.status_code) == ("/health", 503):
                continue
            refused += answer.status_code == 422
            problem = answer.json()
            for text in (problem["detail"], problem["next_action"], *(fault["problem"] for fault in problem["fields"])):
                seen.add(text)
                assert not ENGLISH.search(text), (address[:200], body, text)
        assert refused or not (operation[2] or operation[3]), operation
    assert len(seen) >= 12
