"""Amounts of two currencies on pages, in answers and in exports: two rows, and never added."""

from __future__ import annotations

import re
from typing import Any

import psycopg
from starlette.testclient import TestClient

from control_tower.payments.read_models import refresh_persons
from control_tower.web.queries import money
from tests.views.conftest import Fleet
from tests.web.test_lists import parsed


# One trip on the lead's day: 20 PEN and 20,000 COP for the scout. 20,020 would be both added up.
def test_two_currencies_are_two_rows_of_the_liquidation_and_of_the_person(
    editor: TestClient, reader: TestClient, warehouse: psycopg.Connection[Any]
) -> None:
    fleet = Fleet(warehouse)
    fleet.run(
        "insert into ops.scout_payment_rules (origin_tag, window_days, milestone_trips, amount, currency, valid_from) "
        "values ('cabinet', 7, 1, 20000, 'COP', '2025-11-02')"
    )
    person = fleet.claim("D1")
    fleet.event(person, scout=7)
    with warehouse.transaction():
        refresh_persons(warehouse, [str(person)])
    amounts = {"COP": 20_000, "PEN": 20}

    for order in ("person_key", "-amount_payable", "attribution_date", "scout_id"):
        rows = [
            row
            for page in (1, 2)
            for row in editor.get(
                "/scouts/liquidation/base", params={"page": page, "page_size": 1, "sort": order}
            ).json()["items"]
        ]
        assert {row["currency"]: row["amount_payable"] for row in rows} == amounts, order
    exported = parsed(editor.get("/scouts/liquidation/base.csv").text, money.LIQUIDATION.columns())
    assert {row["currency"]: float(row["amount_payable"]) for row in exported} == amounts
    payments = editor.get(f"/persons/{person}").json()["payments"]
    assert {payment["currency"]: payment["amount_payable"] for payment in payments} == amounts
    for path in ("/scouts/liquidation", f"/persons/{person}"):
        text = reader.get(path).text
        assert len(re.findall(r"20[.,]000", text)) >= 1, path
        assert not re.findall(r"20[.,]020", text), path
