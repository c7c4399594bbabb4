"""Statements of scouts over the web: lists, one of them, marking it paid once, pages and the sheet."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import psycopg
import pytest
from starlette.testclient import TestClient

from control_tower.web.queries import statements as ask
from tests.web.browsing import BASE, Page
from tests.web.conftest import API
from tests.web.test_closing_a_period import CLOSE, NOVEMBER
from tests.web.test_dag_runs import code
from tests.web.test_lists import parsed

PAID = "/scouts/statements/2/paid"
TRANSFER = {"reference": "  OP-002 ", "paid_on": "2025-11-03"}
"""Scouts and amounts are those of `conftest.STATEMENTS`."""


def numbers(client: TestClient, **asked: Any) -> list[int]:
    body = client.get("/scouts/statements", params={"sort": "scout_id", **asked}).json()
    assert body["pagination"]["total"] == len(body["items"])
    return [item["statement_id"] for item in body["items"]]


def pesos(connection: psycopg.Connection[Any]) -> None:
    """In the first period scout 9 is also due 20,000 pesos, for one line."""
    connection.execute(
        "insert into ops.scout_statements (period_id, scout_id, currency, amount, line_count, correction_count)"
        " values (1, 9, 'COP', 20000, 1, 0)"
    )
    connection.execute(
        "insert into ops.scout_statement_lines (statement_id, kind, person_key, rule_id, origin_tag, milestone_trips,"
        " lead_date, achieved_date, payable_date, amount) select 4, 'EARNED', person_key, 2, 'fleet_migration', 5,"
        " '2025-10-02', '2025-10-05', '2025-10-06', 20000 from canon.identity_registry limit 1"
    )


def test_statements_are_found_by_period_scout_currency_and_payment(
    viewer: TestClient, own_fleet: psycopg.Connection[Any]
) -> None:
    pesos(own_fleet)
    assert numbers(viewer) == [3, 1, 2, 4]  # scout 7: the newest period first; then scout 9
    assert numbers(viewer, period=1) == [1, 2, 4]
    assert numbers(viewer, scout_id=7) == [3, 1]
    assert numbers(viewer, currency="COP") == [4]
    assert numbers(viewer, is_paid=True) == [1]
    assert numbers(viewer, is_paid=False, currency="PEN") == [3, 2]
    assert numbers(viewer, period=99) == []
    for wrong in ({"currency": "pen"}, {"currency": "SOLES"}, {"is_paid": "perhaps"}, {"period": "x"}):
        assert code(viewer.get("/scouts/statements", params=wrong)) == (422, "INVALID")


def test_a_statement_says_whose_it_is_what_it_is_made_of_and_whether_it_was_paid(
    viewer: TestClient, fleet: psycopg.Connection[Any]
) -> None:
    # 100 earned; 25 known late and 60 taken back: 100 + (25 - 60) = 65
    found = viewer.get("/scouts/statements/3").json()
    assert (found["scout_id"], found["scout_name"], found["period_id"]) == (7, "Tito Zorro", 2)
    assert (found["amount"], found["currency"], found["line_count"], found["correction_count"]) == (65.0, "PEN", 3, 2)
    assert (found["closed_by"], found["reason"], found["is_paid"]) == ("ana", "Second half of October", False)
    assert found["totals"] == [
        {"kind": "EARNED", "currency": "PEN", "lines": 1, "amount": 100.0},
        {"kind": "CORRECTION", "currency": "PEN", "lines": 2, "amount": -35.0},
    ]
    paid = viewer.get("/scouts/statements/1").json()
    assert (paid["is_paid"], paid["paid_on"], paid["payment_reference"]) == (True, "2025-10-20", "OP-001")


def test_a_line_that_corrects_leads_to_the_statement_that_it_corrects(
    viewer: TestClient, fleet: psycopg.Connection[Any]
) -> None:
    items = viewer.get("/scouts/statements/3/lines").json()["items"]
    assert [(item["kind"], item["reason_code"], item["amount"]) for item in items] == [
        ("EARNED", None, 100.0), ("CORRECTION", "NO_LONGER_DUE", -60.0), ("CORRECTION", "LATE", 25.0),
    ]  # fmt: skip
    assert [item["corrects_statement_id"] for item in items] == [None, 1, None]
    assert (items[1]["corrects_period_start"], items[1]["corrects_period_end"]) == ("2025-10-01", "2025-10-15")


def test_nothing_of_two_currencies_is_added(viewer: TestClient, own_fleet: psycopg.Connection[Any]) -> None:
    # the first period: 110 + 25 = 135 soles, of which 110 are paid; and 20,000 pesos
    pesos(own_fleet)
    rows = viewer.get("/scouts/statements/periods").json()["items"]
    found = [
        (row["period_id"], row["currency"], row["amount"], row["paid_amount"], row["unpaid_amount"]) for row in rows
    ]
    assert found == [(2, "PEN", 65.0, 0.0, 65.0), (1, "COP", 20000.0, 0.0, 20000.0), (1, "PEN", 135.0, 110.0, 25.0)]
    assert [(row["scouts"], row["lines"], row["corrections"]) for row in rows] == [(1, 3, 2), (1, 1, 0), (2, 3, 0)]
    text = viewer.get(f"http://testserver{BASE}/scouts/statements?period=1").text
    for amount in ("S/\xa0135.00", "S/\xa025.00", "S/\xa0110.00", "COP\xa020,000"):
        assert amount in text, amount
    assert "20,135" not in text


def test_a_period_in_which_nobody_was_due_anything_is_listed_all_the_same(
    viewer: TestClient, warehouse: psycopg.Connection[Any]
) -> None:
    warehouse.execute(
        "insert into ops.liquidation_periods (period_start, period_end, reason, closed_by, closed_at)"
        " values ('2025-10-01', '2025-10-15', 'over', 'ana', now())"
    )
    (row,) = viewer.get("/scouts/statements/periods").json()["items"]
    assert (row["currency"], row["amount"], row["scouts"]) == (None, 0.0, 0)
    page = viewer.get(f"http://testserver{BASE}/scouts/statements?period=1")
    assert "Nobody was due anything in this period" in page.text
    assert viewer.get(f"http://testserver{BASE}/scouts/statements").status_code == 200


@pytest.mark.parametrize("path", ["/99", "/99/lines", "/99/lines.csv"])
def test_a_statement_that_does_not_exist_is_not_found(
    viewer: TestClient, fleet: psycopg.Connection[Any], path: str
) -> None:
    assert code(viewer.get(f"/scouts/statements{path}")) == (404, "UNKNOWN_STATEMENT")


@pytest.mark.parametrize("path", ["/99", "/99/print", "?period=99"])
def test_a_page_of_what_does_not_exist_says_so(reader: TestClient, fleet: psycopg.Connection[Any], path: str) -> None:
    answer = reader.get(f"/scouts/statements{path}")
    assert answer.status_code == 404
    assert "con este número" in answer.text


@pytest.mark.parametrize("number", ["0", "-1", "x", str(2**63)])
def test_a_number_that_is_none_is_refused(viewer: TestClient, number: str) -> None:
    assert viewer.get(f"/scouts/statements/{number}").status_code == 422


def test_the_exports_are_complete_and_quoted(editor: TestClient, fleet: psycopg.Connection[Any]) -> None:
    text = editor.get("/scouts/statements.csv", params={"period": 1, "sort": "scout_id"}).text
    rows = parsed(text, ask.STATEMENTS.columns())
    assert [(row["statement_id"], row["amount"], row["currency"]) for row in rows] == [
        ("1", "110.00", "PEN"), ("2", "25.00", "PEN"),
    ]  # fmt: skip
    # a name that a spreadsheet would take for a formula, with quotes in it
    assert rows[1]["scout_name"] == '\'=Mara "Cruz"'
    assert '"\'=Mara ""Cruz"""' in text
    lines = parsed(editor.get("/scouts/statements/3/lines.csv").text, ask.LINES.columns())
    assert [row["amount"] for row in lines] == ["100.00", "-60.00", "25.00"]
    assert {row["person_name"] for row in lines} != {""}


def test_names_in_lines_are_masked_and_their_export_is_noted(
    editor: TestClient, viewer: TestClient, own_fleet: psycopg.Connection[Any]
) -> None:
    own_fleet.execute("update canon.identity_registry set primary_full_name = 'TORRES VEGA ANA'")
    for path in ("/lines", "/lines.csv"):
        assert "TORRES VEGA ANA" in editor.get(f"/scouts/statements/3{path}").text
        masked = viewer.get(f"/scouts/statements/3{path}").text
        assert "T••• V••• A•••" in masked
        assert "TORRES" not in masked
    for page in ("/scouts/statements/3", "/scouts/statements/3/print"):
        assert "TORRES VEGA ANA" in editor.get(f"http://testserver{BASE}{page}").text
        assert "TORRES" not in viewer.get(f"http://testserver{BASE}{page}").text
    noted = own_fleet.execute(
        "select subject, is_unmasked, seen_by from ops.v_personal_data_access where action = 'export' order by id"
    ).fetchall()
    assert noted == [
        ("statement_lines", True, "editor"), ("statement_lines", False, "viewer"),
        ("statement_sheet 3", True, "editor"), ("statement_sheet 3", False, "viewer"),
    ]  # fmt: skip


def test_a_statement_is_marked_paid_once_and_a_second_time_says_by_whom(
    editor: TestClient, own_fleet: psycopg.Connection[Any]
) -> None:
    answer = editor.post(PAID, json=TRANSFER)
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert (found["is_paid"], found["paid_on"], found["payment_reference"]) == (True, "2025-11-03", "OP-002")
    assert found["paid_noted_by"] == "editor"
    again = editor.post(PAID, json={"reference": "OP-003", "paid_on": "2025-11-04"})
    assert code(again) == (409, "ALREADY_PAID")
    detail = again.json()["detail"]
    assert "Nov 2025" in detail
    assert "OP-002" in detail
    assert "editor" in detail
    paid = own_fleet.execute("select reference from ops.scout_statement_payments where statement_id = 2").fetchall()
    assert paid == [("OP-002",)]


def test_who_is_slower_learns_that_somebody_else_marked_it(
    editor: TestClient, own_fleet: psycopg.Connection[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    from control_tower.web.api import statements as api

    real = api.mark_statement_paid

    def later(*asked: Any, **who: Any) -> None:
        real(2, date(2025, 11, 3), "OP-009", author_name="ana")
        real(*asked, **who)

    monkeypatch.setattr(api, "mark_statement_paid", later)
    answer = editor.post(PAID, json=TRANSFER)
    assert code(answer) == (409, "ALREADY_PAID")
    assert "ana" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("statement", "payment", "expected"),
    [
        (99, TRANSFER, (404, "UNKNOWN_STATEMENT")),
        (2, {**TRANSFER, "paid_on": "2025-09-01"}, (422, "INVALID")),  # before its period
        (2, {**TRANSFER, "paid_on": str(date.today() + timedelta(days=3))}, (422, "INVALID")),  # noqa: DTZ011 - any zone
        (2, {**TRANSFER, "paid_on": 1793750400}, (422, "INVALID")),
        (2, {**TRANSFER, "paid_on": "2025-11-03T00:00:00"}, (422, "INVALID")),
        (2, {**TRANSFER, "paid_on": None}, (422, "INVALID")),
        (2, {**TRANSFER, "reference": " "}, (422, "INVALID")),
        (2, {**TRANSFER, "reference": 7}, (422, "INVALID")),
        (2, {**TRANSFER, "reference": True}, (422, "INVALID")),
        (2, {"paid_on": "2025-11-03"}, (422, "INVALID")),
        (2, {"reference": "OP-002"}, (422, "INVALID")),
        (2, {**TRANSFER, "amount": 25}, (422, "INVALID")),
    ],
)
def test_a_payment_that_cannot_be_noted_writes_nothing(
    editor: TestClient, fleet: psycopg.Connection[Any], statement: int, payment: dict[str, Any],
    expected: tuple[int, str],
) -> None:  # fmt: skip
    assert code(editor.post(f"/scouts/statements/{statement}/paid", json=payment)) == expected


def test_a_viewer_neither_pays_nor_closes_and_is_told_so(
    reader: TestClient, viewer: TestClient, fleet: psycopg.Connection[Any]
) -> None:
    assert code(viewer.post(PAID, json=TRANSFER)) == (403, "FORBIDDEN")
    assert code(viewer.post(CLOSE, json=NOVEMBER)) == (403, "FORBIDDEN")
    for path in ("/scouts/statements", "/scouts/statements/3"):
        text = reader.get(path).text
        assert "Pida a quien administra Airflow el permiso para cerrar períodos" in text
        assert not [form for form in Page(text).all("form") if form.get("data-kind")]


def test_the_page_of_a_paid_statement_says_who_paid_it_and_offers_it_no_more(
    decider: TestClient, fleet: psycopg.Connection[Any]
) -> None:
    paid = decider.get("/scouts/statements/1").text
    assert "on 20 Oct 2025, reference OP-001" in paid
    assert "noted by ana" in paid
    assert not [form for form in Page(paid).all("form") if form["action"].endswith("/paid")]
    (form,) = [form for form in Page(decider.get("/scouts/statements/3").text).all("form") if "data-kind" in form]
    assert form["action"] == f"{API}/scouts/statements/3/paid"


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("es", ["ya no corresponde pagarlo", "se supo tarde", "Marcar S/\xa065.00 como pagado", "5 viajes"]),
        ("en", ["it is no longer due", "known late", "Mark S/\xa065.00 as paid", "5 trips"]),
    ],
)
def test_a_correction_says_why_and_leads_to_what_it_corrects(
    decider: TestClient, fleet: psycopg.Connection[Any], lang: str, said: list[str]
) -> None:
    text = decider.get("/scouts/statements/3", headers={"Accept-Language": lang}).text
    for words in said:
        assert words in text, words
    assert f'href="{BASE}/scouts/statements/1"' in text
    assert "-60.00" in text


def test_the_sheet_has_every_line_the_total_and_a_place_to_sign(
    reader: TestClient, fleet: psycopg.Connection[Any]
) -> None:
    text = reader.get("/scouts/statements/3/print").text
    body = text[text.index("<tbody>") : text.index("</tbody>")]
    assert body.count("<tr>") == 3
    for words in ("Tito Zorro", "16 oct", "31 oct", "ana", "S/\xa065.00", "firma"):
        assert words in text[text.index("<article") :], words
    assert "data-print" in text


def test_without_a_closed_period_the_page_says_what_to_do(reader: TestClient, decider: TestClient) -> None:
    assert "Todavía no se ha cerrado ningún período" in reader.get("/scouts/statements").text
    offered = decider.get("/scouts/statements").text
    assert "Enter the first and the last day below" in offered
    (form,) = [form for form in Page(offered).all("form") if "data-kind" in form]
    assert form["action"] == f"{API}{CLOSE}"


def test_the_form_offers_the_day_after_the_last_closed_one_and_a_dry_run(
    decider: TestClient, fleet: psycopg.Connection[Any]
) -> None:
    page = Page(decider.get("/scouts/statements").text)
    fields = {field["name"]: field for field in page.all("input") if field.get("type") == "date"}
    assert fields["period_start"]["value"] == "2025-11-01"
    (chosen,) = [field for field in page.all("input") if field.get("type") == "radio" and "checked" in field]
    assert chosen["value"] == '{"dry_run": true}'
