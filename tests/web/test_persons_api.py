"""A person's page and the searches: everything for whom it concerns, masked for others, each look on record."""

from __future__ import annotations

import json
import logging
import uuid
from typing import Any

import psycopg
import pytest
from starlette.testclient import TestClient

from control_tower.masking import HIDDEN, masked
from control_tower.settings import get_settings
from tests.identity.crashes import LUZ

PHONE, LICENSE, PLATE = "966555444", "Q51239876", "ABC123"


def person_of(fleet: psycopg.Connection[Any], record: str, source: str = "module_ct_cabinet_leads") -> str:
    row = fleet.execute(
        "select person_key::text from canon.identity_links where source_pk = %s and source_table = %s", [record, source]
    ).fetchone()
    assert row is not None
    return str(row[0])


def looks(fleet: psycopg.Connection[Any]) -> list[tuple[Any, ...]]:
    return fleet.execute(
        "select action, person_key::text, subject, is_unmasked, seen_by from ops.v_personal_data_access order by id"
    ).fetchall()


def test_a_person_is_explained_from_first_lead_to_payment(editor: TestClient, fleet: psycopg.Connection[Any]) -> None:
    key = person_of(fleet, "l3")
    body = editor.get(f"/persons/{key}").json()
    assert (body["person_key"], body["requested_key"]) == (key, key)
    assert sorted(body["name"].split()) == sorted(LUZ.upper().split())
    assert body["phone"] == "912345678"
    assert {(link["source_table"], link["source_pk"]) for link in body["links"]} == {
        ("module_ct_cabinet_leads", "l3"),
        ("drivers", "d3"),
    }
    (lead,) = (link for link in body["links"] if link["source_pk"] == "l3")
    assert lead["match_rule"] == "R1_PHONE_EXACT"
    assert lead["evidence"]["values"] == {"phone": "912345678"}
    assert [event["source_pk"] for event in body["events"]] == ["l3"]
    assert [account["driver_id"] for account in body["accounts"]] == ["d3"]
    assert body["ledger"]["decision_status"] == "assigned"
    assert [claim["milestone_value"] for claim in body["claims"]] == [1, 5]


def test_a_conflict_shows_every_claim_and_a_decision_who_made_it(
    editor: TestClient, own_fleet: psycopg.Connection[Any]
) -> None:
    from control_tower.decisions import resolve_scout_conflict
    from control_tower.decisions.transaction import Author

    key = str(uuid.UUID(int=0xAA << 64 | 1))
    body = editor.get(f"/persons/{key}").json()
    assert [(event["scout_id"], event["scout_name"]) for event in body["events"]] == [
        (7, "Tito Zorro"),
        (9, '=Mara "Cruz"'),
    ]
    assert body["attribution"]["is_conflict"] is True
    assert [payment["block_reason"] for payment in body["payments"]] == ["CONFLICT"]
    resolve_scout_conflict(key, 7, "Scout 7 showed the form, call 987 654 321", author=Author("chief"))
    body = editor.get(f"/persons/{key}").json()
    (decision,) = body["decisions"]
    assert (decision["decided_by"], decision["kind"]) == ("chief", "resolve_scout_conflict")
    assert body["ledger"]["attributed_scout_id"] == 7
    assert body["audit"][-1]["new_scout_id"] == 7


def test_the_key_of_a_merged_person_leads_to_its_survivor(editor: TestClient, fleet: psycopg.Connection[Any]) -> None:
    row = fleet.execute("select person_key::text, survivor_key::text from ops.v_merged_persons").fetchone()
    assert row is not None
    merged, survivor = row
    body = editor.get(f"/persons/{merged}").json()
    assert (body["requested_key"], body["person_key"]) == (merged, survivor)
    assert [other["person_key"] for other in body["merged"]] == [merged]


def test_nobody_under_a_key_is_said_so(editor: TestClient, fleet: psycopg.Connection[Any]) -> None:
    before = looks(fleet)
    answer = editor.get(f"/persons/{uuid.uuid4()}")
    assert (answer.status_code, answer.json()["code"]) == (404, "UNKNOWN_PERSON")
    assert editor.get("/persons/nobody").status_code == 422
    assert looks(fleet) == before


def personal_values(fleet: psycopg.Connection[Any]) -> set[str]:
    """Every phone, licence, plate and word of a name that the sources hold, as they are kept."""
    rows = fleet.execute(
        "select phone_norm, license_norm, plate_norm, name_norm from ops.v_identity_records"
        " union select phone_norm, license_norm, plate_norm, full_name_norm from ops.v_driver_accounts"
    ).fetchall()
    values = {value for row in rows for value in row[:3] if value}
    words = {word for row in rows if row[3] for word in row[3].split() if len(word) > 3}
    return values | words


def test_who_may_not_see_personal_data_finds_none_in_any_answer(
    viewer: TestClient, editor: TestClient, own_fleet: psycopg.Connection[Any]
) -> None:
    from control_tower.decisions import resolve_unmatched_lead
    from control_tower.decisions.transaction import Author

    resolve_unmatched_lead(
        "module_ct_cabinet_leads", "l6", driver_id="d1", reason=f"called {PHONE}", author=Author("chief")
    )
    secrets = personal_values(own_fleet)
    # names of scouts are no personal data here, and one scout has the name of a driver
    names = own_fleet.execute("select canon.normalise_name(raw_name) from ops.v_dim_scouts").fetchall()
    secrets -= {word for (name,) in names for word in name.split()}
    assert len(secrets) > 20
    paths = ["/unmatched", "/unmatched?status=RESOLVED", "/identity/contested", "/unmatched.csv", "/identity/runs"]
    paths += ["/yango/cabinet/collection-with-scout", "/yango/cabinet/collection-with-scout.csv"]
    keys = own_fleet.execute("select person_key::text from canon.v_persons").fetchall()
    paths += [f"/persons/{key}" for (key,) in keys]
    seen_by_editor = ""
    for path in paths:
        text = json.dumps(viewer.get(path).text, ensure_ascii=False).upper()
        assert [secret for secret in secrets if secret in text] == [], path
        seen_by_editor += editor.get(path).text.upper()
    assert {secret for secret in secrets if secret in seen_by_editor} >= {PHONE, LICENSE, PLATE, "TORRES"}


def test_the_roles_that_see_personal_data_are_a_setting(
    viewer: TestClient, editor: TestClient, fleet: psycopg.Connection[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONTROL_TOWER_PERSONAL_DATA_ROLES", " Viewer , auditor")
    get_settings.cache_clear()
    key = person_of(fleet, "l3")
    assert viewer.get(f"/persons/{key}").json()["phone"] == "912345678"
    assert editor.get(f"/persons/{key}").json()["phone"] == f"{HIDDEN}678"


@pytest.mark.parametrize(
    ("by", "value"),
    [
        ("phone", "966555444"),
        ("phone", "+51 966-555-444"),
        ("phone", "0051966555444"),
        ("license", "q-51239876"),
        ("name", "torres vega, ANA lucía"),
        ("name", "Lucía Torres"),
        ("driver_id", "d1"),
    ],
)
def test_a_person_is_found_by_what_its_records_carry_in_any_notation(
    editor: TestClient, fleet: psycopg.Connection[Any], by: str, value: str
) -> None:
    before = looks(fleet)
    body = editor.post("/persons/search", json={"by": by, "value": value}).json()
    assert body["is_complete"] is True
    assert person_of(fleet, "d1", "drivers") in [item["person_key"] for item in body["items"]]
    assert any("drivers d1" in item["found_in"] for item in body["items"])
    assert looks(fleet)[len(before) :] == [("search", None, by, True, "editor")]


def test_a_plate_finds_its_person_and_nothing_finds_nobody(editor: TestClient, fleet: psycopg.Connection[Any]) -> None:
    (found,) = editor.post("/persons/search", json={"by": "plate", "value": "abc-123"}).json()["items"]
    assert found["person_key"] == person_of(fleet, "l2")
    for by, value in (("phone", "123"), ("phone", "999999999"), ("name", "Nobody Atall"), ("driver_id", "no such")):
        assert editor.post("/persons/search", json={"by": by, "value": value}).json()["items"] == []


def test_an_unmatched_record_is_found_with_its_candidates(editor: TestClient, fleet: psycopg.Connection[Any]) -> None:
    (found,) = editor.post("/unmatched/search", json={"by": "phone", "value": "+51 987 654 321"}).json()["items"]
    assert (found["source_pk"], found["reason_code"]) == ("l6", "NAME_CONTRADICTION")
    shown = [(candidate["driver_id"], candidate["names"]) for candidate in found["candidates_preview"]]
    assert shown == [("d5", "VERY"), ("d4", "CONTRADICT")], "the likeliest first, then who has the phone"
    assert editor.post("/unmatched/search", json={"by": "phone", "value": "912345678"}).json()["items"] == []


def test_a_search_that_finds_too_much_says_so(editor: TestClient, warehouse: psycopg.Connection[Any]) -> None:
    warehouse.execute(
        "insert into canon.records_index (source_table, source_pk, source_row_id, row_version, name_norm, origin_tag,"
        " payload, created_at, updated_at, run_id) select 'module_ct_cabinet_leads', n::text, n, '1', 'ANA TORRES',"
        " 'cabinet', '{}', now(), now(), 1 from generate_series(1, 60) as n"
    )
    warehouse.execute(
        "insert into canon.identity_unmatched (source_table, source_pk, snapshot_date, reason_code)"
        " select 'module_ct_cabinet_leads', n::text, now(), 'NO_CANDIDATES' from generate_series(1, 60) as n"
    )
    body = editor.post("/unmatched/search", json={"by": "name", "value": "Torres Ana"}).json()
    assert (len(body["items"]), body["is_complete"]) == (50, False)


@pytest.mark.parametrize(
    "search",
    [
        {"by": "phone"},
        {"by": "email", "value": "x"},
        {"by": "phone", "value": ""},
        {"by": "phone", "value": "  "},
        {"by": "phone", "value": "9\0"},
        {"by": "name", "value": "x" * 501},
        {"by": "name", "value": "x", "and": "y"},
        {"by": "name", "value": ["x"]},
    ],
)
def test_a_search_that_makes_no_sense_is_refused_without_repeating_it(editor: TestClient, search: Any) -> None:
    answer = editor.post("/persons/search", json=search)
    assert (answer.status_code, answer.json()["code"]) == (422, "INVALID")
    assert "xxxxx" not in answer.text


def test_who_may_not_see_personal_data_cannot_guess_it_by_searching(
    viewer: TestClient, fleet: psycopg.Connection[Any]
) -> None:
    for path in ("/persons/search", "/unmatched/search"):
        for by in ("phone", "license", "plate", "name"):
            answer = viewer.post(path, json={"by": by, "value": PHONE})
            assert (answer.status_code, answer.json()["code"]) == (403, "PERSONAL_DATA")
    (found,) = viewer.post("/persons/search", json={"by": "driver_id", "value": "d1"}).json()["items"]
    assert found["phone"] == f"{HIDDEN}{(found['phone'] or '')[-3:]}"


def test_every_look_at_a_person_is_on_record_and_stays_there(
    viewer: TestClient, editor: TestClient, own_fleet: psycopg.Connection[Any]
) -> None:
    key = person_of(own_fleet, "l3")
    editor.get(f"/persons/{key}")
    viewer.get(f"/persons/{key}")
    editor.get("/unmatched.csv")
    editor.get("/scouts/attribution/backlog.csv")
    editor.get("/health/checks.csv", headers={"Accept-Language": "es"})
    editor.get("/identity/calibration.csv")  # nobody is identified by it
    assert looks(own_fleet) == [
        ("person", key, None, True, "editor"),
        ("person", key, None, False, "viewer"),
        ("export", None, "unmatched", True, "editor"),
        ("export", None, "backlog", True, "editor"),
        ("export", None, "checks", True, "editor"),
    ]
    for statement in ("delete from ops.personal_data_access", "truncate ops.personal_data_access"):
        with pytest.raises(psycopg.errors.RestrictViolation, match="append-only"):
            own_fleet.execute(statement)  # type: ignore[arg-type]


def test_what_cannot_be_put_on_record_is_not_shown(
    editor: TestClient, own_fleet: psycopg.Connection[Any], caplog: pytest.LogCaptureFixture
) -> None:
    own_fleet.execute("alter table ops.personal_data_access add constraint full_disk check (false) not valid")
    answer = editor.get(f"/persons/{person_of(own_fleet, 'l3')}")
    assert answer.status_code == 500
    assert answer.json()["code"] == "UNEXPECTED"
    assert "912345678" not in answer.text


def test_nothing_personal_stands_in_an_address_or_in_the_log(
    editor: TestClient, own_fleet: psycopg.Connection[Any], caplog: pytest.LogCaptureFixture, capsys: Any
) -> None:
    caplog.set_level(logging.DEBUG)
    editor.get(f"/persons/{person_of(own_fleet, 'l3')}")
    editor.post("/persons/search", json={"by": "phone", "value": "912345678"})
    editor.post("/persons/search", json={"by": "name", "value": "Campos Luz"})
    own_fleet.execute("drop view ops.v_lead_ledger")
    assert editor.post("/persons/search", json={"by": "phone", "value": "912345678"}).status_code == 503
    logged = caplog.text + "".join(capsys.readouterr())
    assert "/persons/search" in logged
    for secret in ("912345678", "CAMPOS", "Campos"):
        assert secret not in logged


@pytest.mark.parametrize(
    ("value", "kind", "seen"),
    [
        (None, "name", None),
        ("ANA TORRES", "name", f"A{HIDDEN} T{HIDDEN}"),
        ("987654321", "number", f"{HIDDEN}321"),
        ("12345", "number", HIDDEN),
        ("call 987 654 321 or 987-654-321 on 3 May", "text", f"call {HIDDEN} or {HIDDEN} on 3 May"),
        ("2026-11-22 10:43 from 10.20.30.40", "text", "2026-11-22 10:43 from 10.20.30.40"),
        ("2026-13-22, 10.20.30.400, 10.20.30.40.5", "text", f"{HIDDEN}, {HIDDEN}, {HIDDEN}"),
        ("91234-2026-11-22", "text", HIDDEN),
        ({"rule": "R1", "values": {"phone": "9"}, "x": [1, True, None, "y"]}, "json",
         {"rule": "R1", "values": {"phone": HIDDEN}, "x": [1, True, None, HIDDEN]}),
        ({"phone": 987654321, "score": 95}, "json", {"phone": HIDDEN, "score": 95}),
        ("a name", "json", HIDDEN),
        ("Es la misma Ana Torres, tel. 987654321", "reason", f"Es la misma A{HIDDEN} T{HIDDEN}, tel. {HIDDEN}"),
        ("ana zorrilla es otra", "reason", f"a{HIDDEN} z{HIDDEN} es otra"),
        ("lo dijo TITO ZORRO. Es otra", "reason", f"lo dijo T{HIDDEN} Z{HIDDEN}. Es otra"),
        ("vino sola; falta el formulario", "reason", "vino sola; falta el formulario"),
        ("Norman is not Yorman", "reason", f"N{HIDDEN} is not Y{HIDDEN}"),
        ("Second half of October, por Julio", "reason", f"Second half of October, por J{HIDDEN}"),
        ("seen 2026-11-22 by the form", "reason", "seen 2026-11-22 by the form"),
    ],
)  # fmt: skip
def test_a_mask_hides_what_identifies_and_keeps_what_explains(value: Any, kind: Any, seen: Any) -> None:
    assert masked(value, kind) == seen
