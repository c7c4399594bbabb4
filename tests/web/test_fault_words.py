"""What is wrong with a request is said in the reader's language, whatever is wrong, on every route."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import ValidationError
from starlette.testclient import TestClient

from control_tower.i18n.catalogue import catalogue
from tests.web.test_access import filled, routes
from tests.web.test_edges import FIELDS

RUBBISH: tuple[Any, ...] = (
    None, True, -1, 0, 3.5, 10**30, "", " ", "x", "x" * 3000, "\0", "2026-13-45", "2026-01-01T00:00:00", "nan", [],
    ["x"] * 99, {}, {"x": 1},
)  # fmt: skip
QUERIES = (
    "page=x", "page=0", "page=1.5", "page=99999999999999999999", "page_size=501", "sort=x", "unknown=1", "scout_id=x",
    "category=Z", "status=MAYBE", "week_start=x", "only_with_debt=x", "milestone=4", "days=x", "page=",
)  # fmt: skip
ENGLISH = re.compile(
    r"(?i)\b(input|should|must|valid|field|value|required|string|character|integer|pattern|match|error)\b|\^|\\\\"
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


@pytest.mark.usefixtures("no_dag_runs")
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_no_route_answers_in_english_to_a_reader_of_spanish(editor: TestClient, method: str) -> None:
    editor.headers["Accept-Language"] = "es"
    editor.headers["X-Control-Tower"] = "1"
    seen: set[str] = set()
    for verb, path in routes():
        if verb != method:
            continue
        if method == "GET":
            answers = [editor.get(f"{filled(path)}?{query}") for query in QUERIES]
        else:
            bodies: list[Any] = ["rubbish", [], {"unknown": 1}, {"reason": 5, "dry_run": "x", "scout_id": "x"}]
            answers = [editor.post(filled(path), json=body) for body in bodies]
            answers.append(editor.post(filled(path), content=b"{", headers={"Content-Type": "application/json"}))
        for answer in answers:
            if answer.status_code != 422:
                assert answer.status_code < 500 or answer.status_code == 503, (path, answer.text)
                continue
            for fault in answer.json()["fields"]:
                seen.add(fault["problem"])
                assert not ENGLISH.search(fault["problem"]), f"{path}: {fault}"
            assert not ENGLISH.search(answer.json()["detail"] + answer.json()["next_action"])
    assert len(seen) >= 3
