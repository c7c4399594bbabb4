"""Stories of milestones: which trips count, until when, by which rule, for whom."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.views.conftest import LEAD, Fleet, Row

CONVERSION = "observational.v_conversion_metrics"
CALCULATION = "ops.v_payment_calculation"


def conversion(fleet: Fleet) -> Row:
    (row,) = fleet.read(CONVERSION, "person_key")
    return row


def results(fleet: Fleet, scope: str) -> dict[int, bool]:
    rows = fleet.read(CALCULATION, "rule_id")
    return {row["milestone_trips"]: row["milestone_achieved"] for row in rows if row["rule_scope"] == scope}


@pytest.mark.parametrize(
    ("day", "in_7", "in_14", "in_30"),
    [
        (-1, 0, 0, 0),
        (0, 2, 2, 2),
        (6, 2, 2, 2),
        (7, 0, 2, 2),
        (13, 0, 2, 2),
        (14, 0, 0, 2),
        (29, 0, 0, 2),
        (30, 0, 0, 0),
    ],
)
def test_a_window_of_n_days_begins_with_the_lead_and_ends_before_day_n(
    fleet: Fleet, day: int, in_7: int, in_14: int, in_30: int
) -> None:
    fleet.event(fleet.person("D1"))
    fleet.trips("D1", day, 2)

    row = conversion(fleet)

    assert (row["trips_7d"], row["trips_14d"], row["trips_30d"]) == (in_7, in_14, in_30)
    assert row["trip_1_date"] == (LEAD + timedelta(day) if day >= 0 else None)


@pytest.mark.parametrize(
    ("day", "scout", "partner"), [(6, True, True), (7, False, True), (13, False, True), (14, False, False)]
)
def test_a_milestone_counts_up_to_the_last_day_of_its_window(
    fleet: Fleet, day: int, scout: bool, partner: bool
) -> None:
    fleet.event(fleet.person("D1"))
    fleet.trips("D1", 0, 4)
    fleet.trips("D1", day, 1)

    assert results(fleet, "scout") == {1: True, 5: scout, 25: False}
    assert results(fleet, "partner") == {1: True, 5: partner, 25: False}
    claims = fleet.read("ops.v_claims_payment_status_cabinet", "milestone_value")
    assert [claim["milestone_value"] for claim in claims] == ([1, 5] if partner else [1])
    (financial,) = fleet.read("ops.v_cabinet_financial_14d", "driver_id")
    assert financial["reached_m5_14d"] is financial["claim_m5_exists"] is partner
    assert financial["amount_due_yango"] == (60 if partner else 25)


@pytest.mark.parametrize(
    ("trips", "reached"), [(0, []), (1, [1]), (4, [1]), (5, [1, 5]), (24, [1, 5]), (25, [1, 5, 25])]
)
def test_a_milestone_is_reached_with_exactly_that_many_trips(fleet: Fleet, trips: int, reached: list[int]) -> None:
    fleet.claim("D1", trips)

    assert [milestone for milestone, achieved in results(fleet, "partner").items() if achieved] == reached


def test_trips_are_not_multiplied_by_the_number_of_rules(fleet: Fleet) -> None:
    for milestone in (2, 3, 4, 6, 7, 8):
        fleet.run(
            "insert into ops.partner_payment_rules (origin_tag, window_days, milestone_trips, amount, valid_from) "
            "values ('cabinet', 14, %s, 1, '2025-11-01')",
            milestone,
        )
    fleet.claim("D1", 9)

    assert results(fleet, "partner") == {m: m <= 9 for m in (1, 2, 3, 4, 5, 6, 7, 8, 25)}
    assert {row["achieved_trips_in_window"] for row in fleet.read(CALCULATION, "rule_id")} == {9}


def test_any_milestone_and_window_is_measured_exactly(fleet: Fleet) -> None:
    fleet.run("delete from ops.partner_payment_rules")
    for window, milestone in ((3, 9), (21, 10)):
        fleet.run(
            "insert into ops.partner_payment_rules (origin_tag, window_days, milestone_trips, amount, valid_from) "
            "values ('cabinet', %s, %s, 1, '2025-11-01')",
            window,
            milestone,
        )
    fleet.event(fleet.person("D1"))
    for day in (0, 2, 3):
        fleet.trips("D1", day, 4)

    rows = {r["window_days"]: r for r in fleet.read(CALCULATION, "rule_id") if r["rule_scope"] == "partner"}

    assert (rows[3]["achieved_trips_in_window"], rows[3]["achieved_date"]) == (8, None)
    assert (rows[21]["achieved_trips_in_window"], rows[21]["achieved_date"]) == (12, LEAD + timedelta(3))
    assert rows[21]["payment_scheme"] == "yango_21d_10trips"


def test_scout_and_partner_rules_of_one_id_are_kept_apart(fleet: Fleet) -> None:
    fleet.claim("D1", 25)

    rows = fleet.read(CALCULATION, "rule_scope", "rule_id")

    assert [(r["rule_scope"], r["rule_id"], r["milestone_trips"], r["amount"]) for r in rows] == [
        ("partner", 1, 1, 25), ("partner", 2, 5, 35), ("partner", 3, 25, 100),
        ("scout", 1, 1, 20), ("scout", 2, 5, 25), ("scout", 3, 25, 55),
    ]  # fmt: skip
    assert {r["payment_scheme"] for r in rows if r["milestone_trips"] == 5} == {"yango_14d_5trips", "cabinet_7d_5trips"}
    assert {r["rule_scope"]: r["payable_date"] - LEAD for r in rows} == {
        "partner": timedelta(14),
        "scout": timedelta(7),
    }
    assert {r["rule_scope"]: r["is_payable"] for r in rows} == {"partner": True, "scout": False}


@pytest.mark.parametrize(
    ("lead", "amounts"),
    [
        ("2025-10-31", []), ("2025-11-01", [25]), ("2025-12-31", [25]),
        ("2026-01-01", [40]), ("2026-01-31", [40]), ("2026-02-01", [25]),
    ],
)  # fmt: skip
def test_the_rule_in_force_on_the_lead_date_pays_and_only_one_does(fleet: Fleet, lead: str, amounts: list[int]) -> None:
    fleet.run(
        "insert into ops.partner_payment_rules (origin_tag, window_days, milestone_trips, amount, valid_from, "
        "valid_to) values ('cabinet', 14, 1, 40, '2026-01-01', '2026-01-31')"
    )
    fleet.run(
        "insert into ops.partner_payment_rules (origin_tag, window_days, milestone_trips, amount, valid_from, "
        "is_active) values ('cabinet', 14, 1, 99, '2026-01-15', false)"
    )
    fleet.claim("D1", lead=date.fromisoformat(lead))

    claims = fleet.read("ops.v_yango_cabinet_claims_for_collection", "milestone_value")
    assert [claim["expected_amount"] for claim in claims] == amounts


def test_rubbish_dates_count_for_nothing_and_break_nothing(fleet: Fleet) -> None:
    fleet.claim("D1", 1)
    for rubbish in ("31-02-2026", "basura", "", None, "2026/03/05", "99-99-9999"):
        fleet.raw_trips("D1", rubbish, 100)
    fleet.trips("D1", 1, None, None)
    fleet.trips("D1", 2, -7)

    row = conversion(fleet)

    assert (row["trips_14d"], row["trip_5_date"], row["first_connection_date"]) == (1, None, LEAD)


def test_the_first_lead_of_a_person_decides_and_later_ones_open_no_new_window(fleet: Fleet) -> None:
    person = fleet.person("D1")
    fleet.event(person, LEAD + timedelta(20))
    fleet.event(person, LEAD)
    fleet.event(person, LEAD + timedelta(5), origin="fleet_migration")
    fleet.trips("D1", 20, 5)

    rows = fleet.read(CONVERSION, "origin_tag")

    assert [(r["origin_tag"], r["lead_date"], r["trips_14d"], r["trips_30d"]) for r in rows] == [
        ("cabinet", LEAD, 0, 5),
        ("fleet_migration", LEAD + timedelta(5), 0, 5),
    ]
    assert fleet.read("ops.v_claims_payment_status_cabinet", "driver_id") == []


def test_two_accounts_of_one_person_earn_once_and_together(fleet: Fleet) -> None:
    fleet.event(fleet.person("A", "B"))
    fleet.trips("B", 1, 3)
    fleet.trips("A", 2, 1)
    fleet.trips("B", 2, 1)

    row = conversion(fleet)

    assert (row["driver_id"], row["trips_14d"], row["trip_1_date"], row["trip_5_date"]) == (
        "B", 5, LEAD + timedelta(1), LEAD + timedelta(2),
    )  # fmt: skip
    claims = fleet.read("ops.v_claims_payment_status_cabinet", "milestone_value")
    assert [(claim["driver_id"], claim["milestone_value"]) for claim in claims] == [("B", 1), ("B", 5)]


def test_who_has_no_driver_account_or_is_quarantined_earns_nothing(fleet: Fleet) -> None:
    fleet.event(fleet.person())
    fleet.claim("D9", 5)
    fleet.run(
        "insert into canon.driver_orphan_quarantine (driver_id, detected_reason) values ('D9', 'manual_detection')"
    )

    assert [row["driver_id"] for row in fleet.read(CONVERSION, "driver_id")] == ["D9"]
    for view in (CALCULATION, "ops.v_claims_payment_status_cabinet", "ops.v_cabinet_financial_14d"):
        assert fleet.read(view, "driver_id") == []

    fleet.run("update canon.driver_orphan_quarantine set status = 'resolved_relinked'")
    assert len(fleet.read("ops.v_claims_payment_status_cabinet", "driver_id")) == 2


def test_the_days_to_each_step_are_counted_from_the_lead(fleet: Fleet) -> None:
    fleet.event(fleet.person("D1"))
    fleet.trips("D1", 1, 0, 60)
    fleet.trips("D1", 3, 5)
    fleet.trips("D1", 40, 20)

    row = conversion(fleet)

    steps = ("time_to_connection_days", "time_to_1_days", "time_to_5_days", "time_to_25_days")
    assert [row[step] for step in steps] == [1, 3, 3, 40]
    assert row["hire_date"] == date(2026, 3, 1)
    assert results(fleet, "partner") == {1: True, 5: True, 25: False}
