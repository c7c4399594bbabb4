"""What is worth a look about a scout: each signal just below, on and above its limit, and hardly any by chance."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row

from tests.views.conftest import Fleet

DAY = date(2026, 3, 2)


def signals(fleet: Fleet) -> list[tuple[int, str]]:
    return [(row["scout_id"], row["signal"]) for row in fleet.read("ops.v_scout_signals", "scout_id", "signal")]


def scout(fleet: Fleet, number: int, name: str) -> None:
    fleet.run("insert into public.module_ct_scouts_list (scout_id, raw_name) values (%s, %s)", number, name)


def account(fleet: Fleet, driver_id: str, name: str, phone: str | None = None) -> None:
    fleet.run(
        "insert into canon.drivers_index (driver_id, full_name_norm, phone_norm, snapshot_date)"
        " values (%s, canon.normalise_name(%s), %s, now())",
        driver_id,
        name,
        phone,
    )


def records(fleet: Fleet, count: int, scout_id: int, *, phone: str | None = None, plate: str | None = None) -> None:
    fleet.run(
        "insert into canon.records_index (source_table, source_pk, source_row_id, row_version, name_norm, phone_norm,"
        " plate_norm, scout_id, origin_tag, payload, created_at, updated_at, run_id)"
        " select 'module_ct_scouting_daily', taken.count + n, taken.count + n, '1', 'EVA', %s, %s, %s, 'cabinet', '{}',"
        " now(), now(), 1 from generate_series(1, %s) as n, (select count(*) from canon.records_index) as taken",
        phone,
        plate,
        scout_id,
        count,
    )


def shared(fleet: Fleet, kind: str, value: str) -> None:
    fleet.run("insert into ops.ingestion_runs (id, status) values (1, 'COMPLETED') on conflict do nothing")
    fleet.run("insert into canon.shared_values values (%s, %s, 6, 9, 1)", kind, value)


def events(fleet: Fleet, scout_id: int, total: int, on_day: int) -> None:
    """So many events of a scout, some of them on `DAY` and each other one on a day of its own."""
    for number in range(total):
        fleet.event(None, DAY if number < on_day else DAY - timedelta(1 + number), scout=scout_id)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "account_name", "is_signal"),
    [
        ("Ana Rojas", "ROJAS ANA", False),  # two words are the name of many
        ("Ana Rojas Vega", "VEGA ROJAS, ANA", True),
        ("Ana de la Vega Rójas ", "VEGA ROJAS ANA", True),
        ("Ana Rojas Vega", "VEGA ROJAS ANA LUZ", False),  # all words, not some of them
        ("Ana Rojas Vega Luz", "VEGA ROJAS ANA", False),
        ("", "VEGA ROJAS ANA", False),
    ],
)
def test_a_driver_with_the_scout_s_name_needs_all_words_and_three(
    fleet: Fleet, name: str, account_name: str, is_signal: bool
) -> None:
    scout(fleet, 7, name)
    account(fleet, "d1", account_name)
    assert signals(fleet) == ([(7, "SCOUT_IS_DRIVER")] if is_signal else [])


def test_a_record_with_that_driver_s_phone_counts_for_the_scout_alone(fleet: Fleet) -> None:
    scout(fleet, 7, "Ana Rojas Vega")
    scout(fleet, 8, "Eva Cruz Soto")
    account(fleet, "d1", "VEGA ROJAS ANA", "987654321")
    account(fleet, "d2", "OTRO MAS ALLA", "911222333")
    records(fleet, 3, 8, phone="987654321")  # somebody else brought the driver: nothing to look at
    records(fleet, 1, 7, phone="911222333")
    assert signals(fleet) == [(7, "SCOUT_IS_DRIVER")]
    records(fleet, 1, 7, phone="987654321")
    assert signals(fleet) == [(7, "SCOUT_IS_DRIVER"), (7, "SCOUT_PHONE_IN_LEADS")]
    (row,) = [row for row in fleet.read("ops.v_scout_signals", "signal") if row["signal"] == "SCOUT_PHONE_IN_LEADS"]
    assert row["records"] == 1


@pytest.mark.parametrize(
    ("total", "on_day", "others", "others_on_day", "is_signal"),
    [
        (20, 10, 100, 10, True),  # on all three limits: 20 records, half of them, five times 10 %
        (19, 19, 100, 10, False),  # too few records
        (20, 9, 100, 5, False),  # 45 %
        (21, 10, 100, 5, False),  # just below half
        (20, 10, 100, 11, False),  # 50 % is less than five times 11 %
        (20, 11, 100, 11, True),  # 55 % is five times 11 %
        (40, 20, 100, 0, True),
        (40, 40, 0, 0, False),  # nobody to compare with
    ],
)
def test_one_day_stands_out_from_20_records_half_of_them_and_five_times_the_others(
    fleet: Fleet, total: int, on_day: int, others: int, others_on_day: int, is_signal: bool
) -> None:
    events(fleet, 7, total, on_day)
    events(fleet, 8, others, others_on_day)
    found = [row for row in fleet.read("ops.v_scout_signals", "scout_id") if row["scout_id"] == 7]
    assert [row["signal"] for row in found] == (["ONE_DAY"] if is_signal else [])
    for row in found:
        assert (row["records"], row["signal_day"]) == (on_day, DAY)
        assert row["share"] == pytest.approx(on_day / total)
        assert row["others_share"] == pytest.approx(others_on_day / others)


@pytest.mark.parametrize(("kind", "signal"), [("phone", "SAME_PHONE"), ("plate", "SAME_PLATE")])
def test_a_value_that_many_share_counts_from_five_records_of_one_scout(fleet: Fleet, kind: str, signal: str) -> None:
    shared(fleet, kind, "987654321")
    records(fleet, 4, 7, **{kind: "987654321"})
    records(fleet, 4, 8, **{kind: "987654321"})
    records(fleet, 9, 9, **{kind: "955555555"})  # not shared by many people: one person's duplicates
    assert signals(fleet) == []
    records(fleet, 1, 7, **{kind: "987654321"})
    assert signals(fleet) == [(7, signal)]
    shared(fleet, kind, "966666666")
    records(fleet, 6, 7, **{kind: "966666666"})
    (row,) = fleet.read("ops.v_scout_signals", "scout_id")
    # 5 records of the one value and 6 of the other
    assert (row["records"], row["value_count"], row["most_records"]) == (11, 2, 6)
    rows = fleet.read("ops.v_scout_signal_rows", "source_pk")
    assert len(rows) == 11
    assert {row["value_number"] for row in rows} == {1, 2}
    assert "987654321" not in str(rows), "rows tell values apart without telling them"


def test_an_ordinary_fleet_has_hardly_any(warehouse: psycopg.Connection[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    from control_tower.settings import get_settings
    from devtools.demo.dataset import FleetSize
    from devtools.demo.fleet import build_fleet
    from devtools.demo.load import load_fleet
    from tests.pipeline import ingest

    made = build_fleet(FleetSize(drivers=1_500), seed=3)
    monkeypatch.setenv("CONTROL_TOWER_TARGET_PARK_ID", made.target_park_id)
    get_settings.cache_clear()
    load_fleet(warehouse, made, report=lambda _: None)
    ingest()
    with warehouse.cursor(row_factory=dict_row) as cursor:
        scouts = cursor.execute("select count(*) as scouts from ops.v_scout_numbers").fetchone()
        found = cursor.execute("select scout_id, signal from ops.v_scout_signals").fetchall()
    assert scouts is not None
    assert scouts["scouts"] >= 10
    assert len(found) <= scouts["scouts"] / 10, found
