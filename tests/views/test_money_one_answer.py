"""Stories of money that is never guessed: quarantine per account, currencies, and one answer in every view."""

from __future__ import annotations

import uuid
from collections import Counter
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from control_tower.payments.read_models import derive_scout_payments
from tests.views.conftest import LEAD, Fleet, Row

CALCULATION = "ops.v_payment_calculation"
BASE = "ops.v_scout_payment_base"
FINANCIAL = "ops.v_cabinet_financial_14d"
CLAIMS = "ops.v_claims_payment_status_cabinet"


def payable(fleet: Fleet, scope: str) -> dict[str, int]:
    """What ops.v_payment_calculation makes payable, by currency."""
    found: Counter[str] = Counter()
    for row in fleet.read(CALCULATION, "rule_id"):
        if row["rule_scope"] == scope and row["is_payable"]:
            found[row["currency"]] += row["amount"]
    return dict(found)


def quarantine(fleet: Fleet, *driver_ids: str) -> None:
    for driver_id in driver_ids:
        fleet.run(
            "insert into canon.driver_orphan_quarantine (driver_id, detected_reason) values (%s, 'manual_detection')",
            driver_id,
        )


def two_accounts(fleet: Fleet) -> uuid.UUID:
    """D7a makes one trip on the lead's day, D7b thirty the day after; scout 7 brought the person."""
    person = fleet.person("D7a", "D7b")
    fleet.event(person, scout=7)
    fleet.trips("D7a", 0, 1)
    fleet.trips("D7b", 1, 30)
    return person


def rule(
    fleet: Fleet,
    payee: str,
    trips: int,
    amount: int,
    *,
    currency: str = "PEN",
    window: int = 7,
    origin: str = "cabinet",
    since: str = "2025-11-02",
    until: str | None = None,
) -> None:
    fleet.run(
        f"insert into ops.{payee}_payment_rules (origin_tag, window_days, milestone_trips, amount, currency, "
        "valid_from, valid_to) values (%s, %s, %s, %s, %s, %s, %s)",
        origin, window, trips, amount, currency, since, until,
    )  # fmt: skip


# Partner: 1, 5 and 25 trips within 14 days = 25, 35, 100; scout: within 7 days = 20, 25, 55.
#   nobody in quarantine  31 trips: all three               25 + 35 + 100 = 160   20 + 25 + 55 = 100
#   D7b                   the trip of D7a alone: the first  25                    20
#   D7a                   the 30 trips of D7b: all three    160                   100
@pytest.mark.parametrize(
    ("quarantined", "partner", "scout", "driver", "trips"),
    [([], 160, 100, "D7a", 31), (["D7b"], 25, 20, "D7a", 1), (["D7a"], 160, 100, "D7b", 30)],
)
def test_trips_of_a_quarantined_account_count_for_nothing_and_the_others_in_full(
    fleet: Fleet, quarantined: list[str], partner: int, scout: int, driver: str, trips: int
) -> None:
    two_accounts(fleet)
    quarantine(fleet, *quarantined)

    (base,) = fleet.read(BASE, "person_key")
    assert (base["payment_status"], base["block_reason"]) == ("ELIGIBLE", None)
    assert (base["amount_payable"], base["driver_id"]) == (scout, driver)
    assert base["quarantined_driver_ids"] == (quarantined or None)
    assert payable(fleet, "scout") == {"PEN": scout}
    assert payable(fleet, "partner") == {"PEN": partner}
    assert sum(claim["expected_amount"] for claim in fleet.read(CLAIMS, "milestone_value")) == partner
    (financial,) = fleet.read(FINANCIAL, "driver_id")
    assert (financial["expected_total_yango"], financial["driver_id"]) == (partner, driver)
    assert (financial["total_trips_14d"], financial["currency"]) == (trips, "PEN")


def test_a_person_all_of_whose_accounts_are_quarantined_is_blocked_with_that_reason(fleet: Fleet) -> None:
    two_accounts(fleet)
    quarantine(fleet, "D7a", "D7b")

    (base,) = fleet.read(BASE, "person_key")
    assert (base["payment_status"], base["block_reason"], base["amount_payable"]) == ("BLOCKED", "QUARANTINED", 0)
    assert base["quarantined_driver_ids"] == ["D7a", "D7b"]
    for view in (CALCULATION, CLAIMS, FINANCIAL):
        assert fleet.read(view, "driver_id") == []


def test_a_released_account_counts_again_and_its_person_is_derived_anew(fleet: Fleet) -> None:
    person = two_accounts(fleet)
    fleet.run("delete from canon.payment_queue")
    for change, amount in (
        ("insert into canon.driver_orphan_quarantine (driver_id, detected_reason) values ('D7b', 'x')", 20),
        ("update canon.driver_orphan_quarantine set status = 'resolved_relinked'", 100),
        ("update canon.driver_orphan_quarantine set status = 'quarantined'", 20),
        ("delete from canon.driver_orphan_quarantine", 100),
    ):
        fleet.run(change.replace("'x'", "'manual_detection'"))

        assert [row["person_key"] for row in fleet.read("canon.payment_queue", "person_key")] == [person]
        assert derive(fleet, person) == [("PEN", amount)]
        assert fleet.read("canon.payment_queue", "person_key") == []


def derive(fleet: Fleet, person: uuid.UUID) -> list[tuple[str, int]]:
    """Derive the kept payments of a person and return its amounts; they and the milestones must be as derived."""
    with fleet.connection.transaction():
        derive_scout_payments(fleet.connection, [person])
    kept = fleet.read("canon.scout_payments", "person_key", "currency")
    assert kept == fleet.read(BASE, "person_key", "currency")
    milestones = fleet.read("canon.scout_payment_milestones", "rule_id")
    assert milestones == fleet.read("canon.due_scout_milestones", "rule_id")
    due: Counter[str] = Counter()
    for row in milestones:
        due[row["currency"]] += row["amount"]
    assert due == {row["currency"]: row["amount_payable"] for row in kept if row["amount_payable"]}
    return [(row["currency"], row["amount_payable"]) for row in kept]


# One trip on the lead's day. In force: 20 PEN and, since later, 20,000 COP for the first trip of a scout's lead; 25 PEN
# and 25,000 COP by the partner. Each currency is a row of its own.
def test_amounts_of_two_currencies_are_two_rows_and_never_added(fleet: Fleet) -> None:
    rule(fleet, "scout", 1, 20_000, currency="COP")
    rule(fleet, "partner", 1, 25_000, currency="COP", window=14)
    person = fleet.claim("D1")
    fleet.event(person, scout=7)

    rows = fleet.read(BASE, "person_key", "currency")
    assert [(row["currency"], row["amount_payable"], row["payment_status"]) for row in rows] == [
        ("COP", 20_000, "ELIGIBLE"),
        ("PEN", 20, "ELIGIBLE"),
    ]
    assert payable(fleet, "scout") == {"PEN": 20, "COP": 20_000}
    assert payable(fleet, "partner") == {"PEN": 25, "COP": 25_000}
    assert derive(fleet, person) == [("COP", 20_000), ("PEN", 20)]
    assert [
        (row["currency"], row["expected_total_yango"]) for row in fleet.read(FINANCIAL, "driver_id", "currency")
    ] == [("COP", 25_000), ("PEN", 25)]
    fleet.keep_claims()
    assert fleet.read("ops.mv_cabinet_financial_14d", "currency") == fleet.read(FINANCIAL, "currency")


def test_a_lead_that_no_rule_of_the_partner_prices_is_one_row_without_a_currency(fleet: Fleet) -> None:
    fleet.run("delete from ops.partner_payment_rules")
    fleet.claim("D1", 5)

    (financial,) = fleet.read(FINANCIAL, "driver_id")
    assert (financial["currency"], financial["expected_total_yango"], financial["total_trips_14d"]) == (None, 0, 5)
    for _ in range(2):
        fleet.keep_claims()
    assert len(fleet.read("ops.mv_cabinet_financial_14d", "driver_id")) == 1


def test_a_rule_of_another_window_does_not_pay_the_milestone_twice(fleet: Fleet) -> None:
    # 20 PEN within 7 days since November 1st; 30 PEN within 30 days since the 2nd: 30. Then 40 within 3 days, since the
    # same day and later entered: 40
    person = fleet.claim("D1")
    fleet.event(person, scout=7)

    rule(fleet, "scout", 1, 30, window=30)
    assert payable(fleet, "scout") == {"PEN": 30}
    rule(fleet, "scout", 1, 40, window=3)
    assert payable(fleet, "scout") == {"PEN": 40}
    assert derive(fleet, person) == [("PEN", 40)]


def offenders(fleet: Fleet) -> list[Row]:
    from psycopg.rows import dict_row

    from control_tower.database import read_sql

    with fleet.connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(read_sql("checks/payment_rules_do_not_overlap.sql")).fetchall()


@pytest.mark.parametrize("change", [{"currency": "COP"}, {"window": 30}])
def test_two_rules_of_one_milestone_in_force_on_one_day_are_an_offender(fleet: Fleet, change: dict[str, Any]) -> None:
    assert offenders(fleet) == []
    rule(fleet, "scout", 5, 30, since="2026-01-01", until="2026-01-31", **change)

    (found,) = offenders(fleet)

    assert (found["rule_scope"], found["origin_tag"], found["milestone_trips"]) == ("scout", "cabinet", 5)
    assert (found["rule_id"], found["other_rule_id"], found["days_in_force"]) == (2, 4, "{[2026-01-01,2026-02-01)}")
    assert (found["currency"], found["other_currency"]) == ("PEN", change.get("currency", "PEN"))


def test_an_amount_that_is_raised_by_a_later_rule_is_no_overlap(fleet: Fleet) -> None:
    rule(fleet, "scout", 5, 30, since="2026-01-01", until="2026-01-31")
    rule(fleet, "partner", 5, 30, since="2026-01-01", window=14)
    rule(fleet, "scout", 5, 30, since="2026-01-01", origin="fleet_migration", window=30)

    assert offenders(fleet) == []


# The migration's rules: 5 trips within 30 days = 60. The cabinet's: 20 + 25 = 45. Five trips on the day after the
# migration.
@pytest.mark.parametrize(
    ("cabinet_scout", "migration_scout", "origin", "amount"),
    [(None, 3, "fleet_migration", 60), (3, None, "cabinet", 45), (3, 3, "cabinet", 45)],
)
def test_the_earliest_origin_that_somebody_claims_decides_which_rules_hold(
    fleet: Fleet, cabinet_scout: int | None, migration_scout: int | None, origin: str, amount: int
) -> None:
    rule(fleet, "scout", 5, 60, origin="fleet_migration", window=30)
    person = fleet.person("D1")
    fleet.event(person, LEAD, scout=cabinet_scout)
    fleet.event(person, LEAD + timedelta(1), origin="fleet_migration", scout=migration_scout)
    fleet.trips("D1", 2, 5)

    (base,) = fleet.read(BASE, "person_key")

    assert (base["scout_id"], base["origin_tag"], base["amount_payable"]) == (3, origin, amount)
    assert base["lead_date"] == LEAD + timedelta(origin == "fleet_migration")
    assert payable(fleet, "scout") == {"PEN": amount}
    rows = [row for row in fleet.read(CALCULATION, "rule_id") if row["rule_scope"] == "scout"]
    assert Counter(row["origin_tag"] for row in rows) == {"cabinet": 3, "fleet_migration": 1}, "each lead is measured"
    assert derive(fleet, person) == [("PEN", amount)]
    assert payable(fleet, "partner") == {"PEN": 60}, "the partner pays by origin"


def test_a_scout_whom_only_the_ledger_knows_is_paid_by_the_earliest_origin(fleet: Fleet) -> None:
    rule(fleet, "scout", 5, 60, origin="fleet_migration", window=30)
    person = fleet.person("D1")
    fleet.event(person, LEAD)
    fleet.event(person, LEAD - timedelta(1), origin="fleet_migration")
    fleet.ledger(person, 9, rule="MANUAL")
    fleet.trips("D1", 2, 5)

    assert derive(fleet, person) == [("PEN", 60)]
    assert payable(fleet, "scout") == {"PEN": 60}


def test_the_deciding_origin_without_a_rule_pays_nothing_although_the_other_has_one(fleet: Fleet) -> None:
    person = fleet.claim("D1", 5)
    fleet.event(person, LEAD + timedelta(1), origin="fleet_migration", scout=3)

    (base,) = fleet.read(BASE, "person_key")

    assert (base["block_reason"], base["origin_tag"], payable(fleet, "scout")) == ("NO_RULE", "fleet_migration", {})
    assert derive(fleet, person) == [(None, 0)]


def test_who_was_decided_to_belong_to_nobody_is_paid_to_nobody_in_any_view(fleet: Fleet) -> None:
    person = fleet.claim("D1", 5)
    fleet.event(person, scout=7)
    fleet.ledger(person, None, rule="MANUAL")

    (base,) = fleet.read(BASE, "person_key")
    assert (base["block_reason"], base["amount_payable"]) == ("NO_SCOUT", 0)
    assert payable(fleet, "scout") == {}
    assert derive(fleet, person) == [("PEN", 0)]


def test_a_person_who_leaves_the_list_leaves_the_milestones_too(fleet: Fleet) -> None:
    person = fleet.claim("D1", 5)
    fleet.event(person, scout=7)
    assert derive(fleet, person) == [("PEN", 45)]
    assert len(fleet.read("canon.scout_payment_milestones", "rule_id")) == 2

    fleet.run("update observational.lead_events set scout_id = null")

    assert derive(fleet, person) == []
    assert fleet.read("canon.scout_payment_milestones", "rule_id") == []


def test_a_milestone_that_is_kept_otherwise_than_derived_is_repaired_and_nothing_else_is_written(fleet: Fleet) -> None:
    person = fleet.claim("D1", 5)
    fleet.event(person, scout=7)
    derive(fleet, person)
    versions = "select rule_id, xmin::text from canon.scout_payment_milestones order by rule_id"
    before = fleet.connection.execute(versions).fetchall()
    derive(fleet, person)
    assert fleet.connection.execute(versions).fetchall() == before

    fleet.run("update canon.scout_payment_milestones set amount = 1 where rule_id = 2")
    derive(fleet, person)
    after = fleet.connection.execute(versions).fetchall()
    assert (after[0], after[1][0]) == (before[0], 2)
    (amount,) = fleet.connection.execute(
        "select amount from canon.scout_payment_milestones where rule_id = 2"
    ).fetchone() or (None,)
    assert amount == Decimal(25)


def test_a_database_whose_calculation_is_its_own_is_told_where_it_says_otherwise(fleet: Fleet) -> None:
    two_accounts(fleet)
    assert fleet.read("ops.v_money_differences", "person_key") == []
    # another definition: each milestone is paid, whatever became of it, and the first twice as much
    definition = fleet.connection.execute("select pg_get_viewdef('ops.v_payment_calculation'::regclass)").fetchone()
    assert definition
    fleet.run(
        "create or replace view ops.v_payment_calculation as "
        + definition[0].replace(
            " amount,", " (amount + case milestone_trips when 1 then 1 else 0 end)::numeric(12,2) as amount,"
        )
    )

    rows = fleet.read("ops.v_money_differences", "rule_scope")

    assert [
        (row["rule_scope"], row["milestone_trips"], row["currency"], row["their_amount"], row["our_amount"])
        for row in rows
    ] == [("partner", 1, "PEN", 26, 25), ("scout", 1, "PEN", 21, 20)]
    assert {row["difference"] for row in rows} == {1}
