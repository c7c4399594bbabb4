"""The review page: one case after the other, with both sides, the money and what each answer does."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlencode

import psycopg
import pytest
from starlette.testclient import TestClient

from control_tower.decisions import Author, resolve_scout_conflict
from tests.attribution import datasets
from tests.i18n.test_words import ALSO_SPANISH, ENGLISH
from tests.pipeline import attribute
from tests.web.browsing import PERSON_1, Page

Connection = psycopg.Connection[Any]


def keys(connection: Connection, kind: str) -> list[str]:
    """Keys of the open cases of a kind, in the order of the queue."""
    rows = connection.execute(
        "select case_key from ops.v_review_cases where case_kind = %s"
        " order by worth desc, probability desc nulls last, since, case_key",
        [kind],
    )
    return [row[0] for row in rows]


def case_of(client: TestClient, kind: str, key: str) -> str:
    answer = client.get(f"/review/case?{urlencode({'case_kind': kind, 'case_key': key})}")
    assert answer.status_code == 200, answer.text
    return answer.text


def test_a_conflict_shows_each_claim_and_what_each_answer_does(decider: TestClient, fleet: Connection) -> None:
    text = case_of(decider, "CONFLICT", PERSON_1)
    assert "Tito Zorro" in text
    assert "=Mara &#34;Cruz&#34;" in text
    for choice in ('"scout_id": 7', '"scout_id": 9', '"nobody": true'):
        assert choice.replace('"', "&#34;") in text
    assert "pays nothing yet: no milestone is reached" in text  # person 1 has no driver account
    assert "checked" not in text  # nothing is chosen beforehand


def test_a_record_shows_its_values_beside_those_of_its_candidates(decider: TestClient, fleet: Connection) -> None:
    (key,) = [key for key in keys(fleet, "UNMATCHED") if key.endswith("|l6")]
    text = case_of(decider, "UNMATCHED", key)
    assert "This record" in text
    assert "&#34;ignore&#34;: true" in text


def test_the_queue_is_in_the_order_of_worth_and_follows_its_filters(decider: TestClient, fleet: Connection) -> None:
    every = decider.get("/review/queue").json()
    rows = fetch_order(fleet)
    assert [(one["kind"], one["key"]) for one in every] == rows[: len(every)]
    only = decider.get("/review/queue?kind=CONFLICT&scout_id=7").json()
    assert {one["kind"] for one in only} == {"CONFLICT"}
    assert PERSON_1 in [one["key"] for one in only]
    assert decider.get("/review/queue?kind=CONFLICT&scout_id=123").json() == []
    assert decider.get("/review/queue?min_days=3000").json() == []
    assert decider.get(f"/review/queue?skip={len(rows)}").json() == []


def fetch_order(connection: Connection) -> list[tuple[str, str]]:
    return [
        (row[0], row[1])
        for row in connection.execute(
            "select case_kind, case_key from ops.v_review_cases"
            " order by worth desc, probability desc nulls last, since, case_kind, case_key"
        )
    ]


def test_the_kept_cases_are_those_that_are_derived(own_fleet: Connection) -> None:
    attribute()
    columns = "case_kind, case_key, person_key, reason_code, since, probability, amount, currency, scout_ids, park_id"
    difference = f"select {columns} from canon.%s except select {columns} from canon.%s"
    for one, other in (
        ("derived_review_cases", "review_cases"),
        ("review_cases", "derived_review_cases"),
    ):
        assert own_fleet.execute((difference % (one, other)).encode()).fetchall() == []


def test_what_is_decided_leaves_the_queue_and_returns_when_it_is_undone(own_fleet: Connection) -> None:
    author = Author("chief")
    before = own_fleet.execute("select case_version from ops.v_review_cases where case_key = %s", [PERSON_1]).fetchone()
    decision = resolve_scout_conflict(PERSON_1, 7, "saw them", author=author)
    assert PERSON_1 not in keys(own_fleet, "CONFLICT")
    resolve_scout_conflict(PERSON_1, reason="wrong", undo_decision=decision.id, author=author)
    assert PERSON_1 in keys(own_fleet, "CONFLICT")
    after = own_fleet.execute("select case_version from ops.v_review_cases where case_key = %s", [PERSON_1]).fetchone()
    assert before != after  # somebody decided meanwhile


def test_a_new_claim_changes_the_version_of_a_conflict(own_fleet: Connection) -> None:
    asked = "select case_version from ops.v_review_cases where case_key = %s"
    before = own_fleet.execute(asked, [PERSON_1]).fetchone()
    datasets.event(own_fleet, PERSON_1, datasets.SCOUTING, 11)
    assert own_fleet.execute(asked, [PERSON_1]).fetchone() != before


def test_a_case_put_off_is_offered_again_on_its_day(decider: TestClient, own_fleet: Connection) -> None:
    put_off = "insert into ops.review_postponements values ('CONFLICT', %s, current_date + %s, null, 'ana')"
    own_fleet.execute(put_off, [PERSON_1, 2])
    assert PERSON_1 not in [one["key"] for one in decider.get("/review/queue?kind=CONFLICT").json()]
    own_fleet.execute("update ops.review_postponements set postponed_until = current_date - 1")
    assert PERSON_1 in [one["key"] for one in decider.get("/review/queue?kind=CONFLICT").json()]


def test_who_may_only_look_sees_masked_cases_without_answers(reader: TestClient, fleet: Connection) -> None:
    text = case_of(reader, "CONFLICT", PERSON_1)
    assert 'name="choice"' not in text
    names = fleet.execute("select name_norm from ops.v_identity_records where name_norm is not null").fetchall()
    (key,) = [key for key in keys(fleet, "UNMATCHED") if key.endswith("|l6")]
    shown = case_of(reader, "UNMATCHED", key).upper()
    assert not [name for (name,) in names if name in shown]
    assert not re.search(r"9\d{8}", shown)


def test_the_review_and_the_health_have_no_english_word_and_no_notation_of_programs_in_spanish(
    decider: TestClient, fleet: Connection
) -> None:
    kinds = [row[0] for row in fleet.execute("select distinct case_kind from ops.v_review_cases").fetchall()]
    assert len(kinds) == 5
    pages = {
        f"{kind} {key}": decider.get("/review/case", params={"case_kind": kind, "case_key": key, "lang": "es"}).text
        for kind in kinds
        for key in keys(fleet, kind)
    }
    pages |= {path: decider.get(f"{path}?lang=es").text for path in ("/review", "/review/today", "/health")}
    for name, text in pages.items():
        shown = Page(text).text.replace("moved on Monday", "")  # the reason that an operator gave
        assert set(re.findall(r"\w+", shown.lower())) & (ENGLISH - ALSO_SPANISH) == set(), name
        assert not re.search(r"\b\d{4}-\d{2}-\d{2}\b|\b1 (?:viajes|comprobaciones|filas)\b", shown), name


def test_a_closed_case_is_not_found(decider: TestClient, fleet: Connection) -> None:
    assert decider.get("/review/case?case_kind=UNMATCHED&case_key=nothing%7Cx").status_code == 404


@pytest.mark.parametrize(
    "path", ["/review", "/review/today", "/review/bulk?kind=CONFLICT&reason_code=SEVERAL_SCOUTS", "/review?min_days=30"]
)
def test_each_page_of_the_review_opens(decider: TestClient, fleet: Connection, path: str) -> None:
    answer = decider.get(path)
    assert answer.status_code == 200
    assert "<h1>" in answer.text


def test_bulk_names_each_answer_that_fits_the_case(decider: TestClient, fleet: Connection) -> None:
    text = decider.get("/review/bulk?kind=CONFLICT&reason_code=SEVERAL_SCOUTS&scout_id=7").text
    assert "Tito Zorro" in text
    assert f'value="{PERSON_1}"' in text


def test_nothing_to_review_says_so(decider: TestClient, warehouse: Connection) -> None:
    assert "Nothing waits for you" in decider.get("/review").text
    assert "No case passes these filters" in decider.get("/review?kind=CONFLICT").text
