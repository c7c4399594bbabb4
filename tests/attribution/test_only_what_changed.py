"""The link backfill decides only on changed rows; deciding on all rows gives the same result."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import psycopg
import pytest

from control_tower import decisions
from control_tower.errors import DecisionRefused
from tests.attribution.datasets import everything
from tests.identity.results import rule_of
from tests.identity.sources import driver, lead, scouting
from tests.pipeline import attribute, ingest

Warehouse = psycopg.Connection[Any]
ANA, HUGO = "Ana Lucia Torres Vega", "Hugo Salas Paredes"
PHONE, LICENCE = "987654321", "Q12345678"
AUTHOR = decisions.Author("ana")


def decided(warehouse: Warehouse, run_id: int) -> int:
    row = warehouse.execute(
        "select (detail ->> 'decided')::integer from ops.run_steps where run_id = %s and step = 'backfill_links'",
        [run_id],
    ).fetchone()
    return int(row[0]) if row else -1


def run_all_checks(warehouse: Warehouse) -> None:
    """Make the next run decide on all open rows."""
    warehouse.execute("delete from ops.run_steps where step = 'backfill_links'")


def test_a_run_with_nothing_new_looks_at_nothing(warehouse: Warehouse) -> None:
    for number in range(1, 8):
        scouting(warehouse, number, HUGO if number % 2 else ANA, driver_phone=PHONE)
    ingest()
    assert decided(warehouse, attribute()) == 7
    ingest()
    assert decided(warehouse, attribute()) == 0


def test_a_new_row_is_decided_with_those_it_may_belong_to_and_no_others(warehouse: Warehouse) -> None:
    scouting(warehouse, 1, ANA, driver_phone=PHONE)
    scouting(warehouse, 2, HUGO, driver_phone=PHONE)
    scouting(warehouse, 3, ANA, driver_phone="911222333")
    scouting(warehouse, 4, HUGO, driver_phone="911222333")
    ingest()
    attribute()
    scouting(warehouse, 5, HUGO, driver_phone=PHONE, driver_license=LICENCE)
    ingest()
    assert decided(warehouse, attribute()) == 3


def test_rows_that_hang_together_by_others_are_decided_together(warehouse: Warehouse) -> None:
    """The first three are connected and contradict each other; the new one is decided with all of them."""
    scouting(warehouse, 1, ANA, driver_phone=PHONE)
    scouting(warehouse, 2, None, driver_phone=PHONE, driver_license=LICENCE)
    scouting(warehouse, 3, HUGO, driver_license=LICENCE, driver_phone="911222333")
    ingest()
    attribute()
    assert {rule_of(warehouse, row) for row in "123"} == {None}
    scouting(warehouse, 4, None, driver_phone="911222333")
    ingest()
    assert decided(warehouse, attribute()) == 4
    assert rule_of(warehouse, "4") is None


def test_a_killed_run_s_rows_are_decided_again(warehouse: Warehouse) -> None:
    scouting(warehouse, 1, ANA, driver_phone=PHONE)
    scouting(warehouse, 2, HUGO, driver_phone=PHONE)
    ingest()
    attribute(until="backfill_links")
    warehouse.execute("delete from ops.run_steps")  # it died before it could note that the step had finished
    warehouse.execute("update ops.ingestion_runs set status = 'FAILED' where status = 'RUNNING'")
    assert decided(warehouse, attribute()) == 2


def test_a_row_whose_contradiction_is_corrected_away_is_linked(warehouse: Warehouse) -> None:
    scouting(warehouse, 1, ANA, driver_phone=PHONE)
    scouting(warehouse, 2, HUGO, driver_phone=PHONE)
    ingest()
    attribute()
    assert rule_of(warehouse, "1") is None
    warehouse.execute("update public.module_ct_scouting_daily set driver_phone = '911222333' where id = 2")
    ingest()
    attribute()
    assert [rule_of(warehouse, row) for row in "12"] == ["NEW_PERSON", "NEW_PERSON"]


def test_a_phone_that_is_no_longer_shared_counts_again(warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONTROL_TOWER_HOT_VALUE_PEOPLE", "2")
    for number, name in enumerate([ANA, HUGO, "Nelly Campos Ruiz"], start=1):
        scouting(warehouse, number, name, driver_phone=PHONE)
    ingest()
    attribute()
    warehouse.execute("update public.module_ct_scouting_daily set driver_phone = '911222333' where id = 2")
    warehouse.execute("update public.module_ct_scouting_daily set driver_phone = '922333444' where id = 3")
    ingest()
    attribute()
    assert {rule_of(warehouse, row) for row in "123"} == {"NEW_PERSON"}


def test_a_phone_that_a_driver_s_lead_gives_up_by_a_human_s_word_may_create_a_person(warehouse: Warehouse) -> None:
    driver(warehouse, "d1", full_name=ANA, car_number="ABC-123")
    lead(warehouse, "l1", ANA, asset_plate_number="ABC123", park_phone=PHONE)
    scouting(warehouse, 1, ANA, driver_phone=PHONE)
    ingest()
    attribute()
    attribute()
    assert rule_of(warehouse, "1") is None
    decisions.resolve_unmatched_lead(
        "module_ct_cabinet_leads", "l1", ignore=True, reason="x", author=AUTHOR, replace_link=True
    )
    attribute()
    assert rule_of(warehouse, "1") == "NEW_PERSON"


def test_after_a_restore_that_counts_transactions_anew_everything_is_decided(warehouse: Warehouse) -> None:
    scouting(warehouse, 1, ANA, driver_phone=PHONE)
    scouting(warehouse, 2, HUGO, driver_phone=PHONE)
    ingest()
    attribute()
    warehouse.execute("update ops.ingestion_runs set parameters = parameters || '{\"snapshot_xmin\": 40000000000}'")
    assert decided(warehouse, attribute()) == 2


def _some_change(chance: random.Random, warehouse: Warehouse, number: int) -> None:
    """A row, a correction or a human decision on few phones and licences, so that many are shared."""
    name = chance.choice([ANA, "Torres Ana", HUGO, "Salas Hugo", None])
    phone = chance.choice([f"9{digit}7654321" for digit in "12345"] + [None])
    licence = chance.choice([f"Q{digit}2345678" for digit in "123"] + [None])

    def correct() -> None:
        warehouse.execute(
            "update public.module_ct_scouting_daily set driver_phone = %s, driver_name = %s where id = ("
            " select id from public.module_ct_scouting_daily order by id %% 7, id limit 1)",
            [phone, name],
        )

    def decide() -> None:
        rows = warehouse.execute("select id::text from public.module_ct_scouting_daily order by id").fetchall()
        if rows:
            row = chance.choice(rows)[0]
            try:
                decisions.resolve_unmatched_lead(
                    "module_ct_scouting_daily", row, ignore=True, reason="x", author=AUTHOR, replace_link=True
                )
            except DecisionRefused:
                return

    def revert() -> None:
        runs = warehouse.execute(
            "select id from ops.ingestion_runs where job_type = 'scout_attribution_refresh' order by id"
        ).fetchall()
        if runs:
            decisions.revert_backfill(chance.choice(runs)[0], "x", author=AUTHOR, dry_run=False)

    changes: list[Callable[[], object]] = [
        *[lambda: scouting(warehouse, number, name, driver_phone=phone, driver_license=licence)] * 6,
        lambda: driver(warehouse, f"d{number}", full_name=name, phone=phone, license_number=licence),
        lambda: lead(warehouse, f"l{number}", name, park_phone=phone),
        correct,
        decide,
        revert,
    ]
    chance.choice(changes)()


@pytest.mark.parametrize("seed", range(8))
def test_looking_at_everything_afterwards_changes_nothing(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    monkeypatch.setenv("CONTROL_TOWER_HOT_VALUE_PEOPLE", "3")
    chance = random.Random(seed)
    for round_ in range(4):
        for place in range(chance.randint(2, 6)):
            _some_change(chance, warehouse, 10 * round_ + place + 1)
        ingest()
        attribute()
        attribute()
        before = everything(warehouse)
        run_all_checks(warehouse)
        attribute()
        assert everything(warehouse) == before
