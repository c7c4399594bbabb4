"""Stories of claims that change between two refreshes, and of payments that belong to no claim any more.

The partner owes 25, 35 and 100 PEN for 1, 5 and 25 trips within 14 days of the lead. `LEAD` is 2 March 2026.
"""

from __future__ import annotations

import logging
import time
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any

import psycopg
import pytest

from control_tower import decisions, runs
from tests.pipeline import run_step
from tests.views.conftest import LEAD, Fleet, Row

STEPS = (
    "record_partner_payments",
    "refresh_materialised_views",
    "refresh_scout_payments",
    "refresh_partner_claims",
)
CHANGES = "ops.v_claim_changes"
HISTORY = "ops.v_claim_change_history"
WITHOUT_CLAIM = "ops.v_payments_without_claim"


def refresh(fleet: Fleet) -> int:
    """The steps of a refresh that concern claims; returns the run's id."""
    fleet.run("select pg_stat_force_next_flush()")
    run_id = runs.open_run("scout_attribution_refresh")
    for step in STEPS:
        run_step("scout_attribution_refresh", step, run_id)
    fleet.run("update ops.ingestion_runs set status = 'COMPLETED', completed_at = now() where id = %s", run_id)
    return run_id


def collection(fleet: Fleet) -> dict[int, tuple[str, Any, str]]:
    return {
        row["milestone_value"]: (row["yango_payment_status"], row["expected_amount"], row["currency"])
        for row in fleet.read("ops.v_yango_collection_list", "milestone_value")
    }


def changes(fleet: Fleet, view: str = CHANGES) -> list[tuple[int, str, str]]:
    return [(row["milestone_value"], row["change"], row["reason_code"]) for row in fleet.read(view, "change_id")]


def without_claim(fleet: Fleet) -> list[Row]:
    return fleet.read(WITHOUT_CLAIM, "milestone_value", "payment_key")


def lost(fleet: Fleet) -> list[tuple[int, Any, str, str]]:
    return [
        (row["milestone_value"], row["expected_amount"], row["currency"], row["reason_code"])
        for row in without_claim(fleet)
    ]


def paid_twenty_five_trips(fleet: Fleet) -> uuid.UUID:
    """D1 made 1 trip on the day of the lead and 24 ten days later: 25 + 35 + 100 = 160 PEN, all paid."""
    person = fleet.person("D1")
    fleet.event(person)
    fleet.trips("D1", 0, 1)
    fleet.trips("D1", 10, 24)
    fleet.payment({1, 5, 25}, driver_id="D1")
    refresh(fleet)
    assert collection(fleet) == {1: ("PAID", 25, "PEN"), 5: ("PAID", 35, "PEN"), 25: ("PAID", 100, "PEN")}
    return person


def test_the_first_refresh_fills_and_changes_nothing(fleet: Fleet) -> None:
    paid_twenty_five_trips(fleet)
    assert fleet.read(HISTORY, "change_id") == []
    assert without_claim(fleet) == []


def test_a_late_row_with_an_old_date_takes_paid_claims_away_and_it_is_told(
    fleet: Fleet, caplog: pytest.LogCaptureFixture
) -> None:
    # A lead of 20 February comes late: the window is [20 Feb, 6 March), in which only the trip of 2 March lies. Of the
    # 160 PEN that are paid, 35 + 100 = 135 belong to no claim; the claim of 1 trip goes on with the older date.
    person = paid_twenty_five_trips(fleet)
    fleet.event(person, date(2026, 2, 20))

    with caplog.at_level(logging.INFO, logger="control_tower"):
        run_id = refresh(fleet)

    assert collection(fleet) == {1: ("PAID", 25, "PEN")}
    assert changes(fleet) == [
        (1, "CHANGED", "EARLIER_LEAD_DATE"),
        (5, "DISAPPEARED", "EARLIER_LEAD_DATE"),
        (25, "DISAPPEARED", "EARLIER_LEAD_DATE"),
    ]
    moved, gone, _ = fleet.read(CHANGES, "change_id")
    assert (moved["was_lead_date"], moved["is_lead_date"]) == (LEAD, date(2026, 2, 20))
    assert (gone["was_amount"], gone["is_amount"], gone["was_currency"]) == (35, None, "PEN")
    assert (gone["person_key"], gone["driver_id"], gone["run_id"]) == (person, "D1", run_id)
    assert lost(fleet) == [(5, 35, "PEN", "EARLIER_LEAD_DATE"), (25, 100, "PEN", "EARLIER_LEAD_DATE")]
    (five, _) = without_claim(fleet)
    assert (five["driver_id"], five["person_key"], five["lead_date"]) == ("D1", person, LEAD)
    assert (five["run_id"], five["pay_date"], five["since"]) == (run_id, date(2026, 4, 1), moved["changed_at"])
    assert gone["lost_payment_keys"] == [five["payment_key"]]
    assert (
        "3 claims changed, 2 payments belong to no claim now: 25 trips of driver D1, 100.00 PEN (EARLIER_LEAD_DATE), "
        "5 trips of driver D1, 35.00 PEN (EARLIER_LEAD_DATE)."
    ) in caplog.text


def test_a_second_refresh_finds_nothing_and_the_last_changes_stay_shown(fleet: Fleet) -> None:
    person = paid_twenty_five_trips(fleet)
    fleet.event(person, date(2026, 2, 20))
    refresh(fleet)
    before = fleet.read(HISTORY, "change_id"), without_claim(fleet)
    for _ in range(2):
        refresh(fleet)
        assert (fleet.read(HISTORY, "change_id"), without_claim(fleet)) == before
        assert len(changes(fleet)) == 3


def test_a_payment_whose_claim_comes_back_is_explained_again(fleet: Fleet) -> None:
    person = paid_twenty_five_trips(fleet)
    fleet.event(person, date(2026, 2, 20))
    refresh(fleet)
    assert len(lost(fleet)) == 2

    fleet.run("delete from observational.lead_events where event_date = '2026-02-20'")
    refresh(fleet)

    assert lost(fleet) == []
    assert collection(fleet) == {1: ("PAID", 25, "PEN"), 5: ("PAID", 35, "PEN"), 25: ("PAID", 100, "PEN")}
    assert changes(fleet) == [
        (1, "CHANGED", "LATER_LEAD_DATE"),
        (5, "APPEARED", "NEW_CLAIM"),
        (25, "APPEARED", "NEW_CLAIM"),
    ]
    assert len(fleet.read(HISTORY, "change_id")) == 6


def test_a_payment_that_the_partner_takes_back_needs_no_claim(fleet: Fleet) -> None:
    person = paid_twenty_five_trips(fleet)
    fleet.event(person, date(2026, 2, 20))
    refresh(fleet)

    fleet.run("update public.module_ct_cabinet_payments set trip_25 = false")
    refresh(fleet)
    assert lost(fleet) == [(5, 35, "PEN", "EARLIER_LEAD_DATE")]

    fleet.run("update public.module_ct_cabinet_payments set trip_25 = true")
    refresh(fleet)
    assert [milestone for milestone, *_ in lost(fleet)] == [5, 25]


TAKEN_AWAY: dict[str, Callable[[Fleet, uuid.UUID], None]] = {
    "LINK_LOST": lambda fleet, _: fleet.run("delete from canon.identity_links where source_pk = 'D1'"),
    "LINK_MOVED": lambda fleet, _: fleet.run(
        "update canon.identity_links set person_key = %s where source_pk = 'D1'", fleet.person()
    ),
    "SOURCE_ROW_GONE": lambda fleet, _: fleet.run("delete from observational.lead_events"),
    "ACCOUNT_QUARANTINED": lambda fleet, _: fleet.run(
        "insert into canon.driver_orphan_quarantine (driver_id, detected_reason, status) "
        "values ('D1', 'manual_detection', 'quarantined')"
    ),
    "LATER_LEAD_DATE": lambda fleet, _: fleet.run("update observational.lead_events set event_date = '2026-03-20'"),
    "RULE_GONE": lambda fleet, _: fleet.run("update ops.partner_payment_rules set is_active = false"),
    "TRIPS_CHANGED": lambda fleet, _: fleet.run("delete from public.summary_daily"),
}


@pytest.mark.parametrize("reason", TAKEN_AWAY)
def test_what_took_a_paid_claim_away_is_said(fleet: Fleet, reason: str) -> None:
    # 1 trip: 25 PEN, paid.
    person = fleet.claim("D1")
    fleet.payment({1}, driver_id="D1")
    refresh(fleet)

    TAKEN_AWAY[reason](fleet, person)
    refresh(fleet)

    assert changes(fleet) == [(1, "DISAPPEARED", reason)]
    assert lost(fleet) == [(1, 25, "PEN", reason)]


def test_amount_account_and_currency_that_change_are_told_with_what_they_were(fleet: Fleet) -> None:
    person = fleet.claim("D2")
    refresh(fleet)

    fleet.run("update ops.partner_payment_rules set amount = 30 where milestone_trips = 1")
    refresh(fleet)
    (change,) = fleet.read(CHANGES, "change_id")
    assert (change["reason_code"], change["was_amount"], change["is_amount"]) == ("AMOUNT_CHANGED", 25, 30)

    # D1 drove on the same day: the account that drove first is the one with the lower id
    fleet.run("insert into public.drivers (driver_id, full_name) values ('D1', 'Otra Cuenta')")
    fleet.run(
        "insert into canon.identity_links (person_key, source_table, source_pk, snapshot_date, match_rule, match_score,"
        " confidence_level) values (%s, 'drivers', 'D1', now(), 'DRIVER_MATCH', 100, 'HIGH')",
        person,
    )
    fleet.trips("D1", 0, 1)
    refresh(fleet)
    (change,) = fleet.read(CHANGES, "change_id")
    assert (change["reason_code"], change["was_driver_id"], change["is_driver_id"]) == ("ACCOUNT_CHANGED", "D2", "D1")

    fleet.run("update ops.partner_payment_rules set currency = 'USD' where milestone_trips = 1")
    refresh(fleet)
    (change,) = fleet.read(CHANGES, "change_id")
    assert (change["reason_code"], change["was_currency"], change["is_currency"]) == ("CURRENCY_CHANGED", "PEN", "USD")
    assert [reason for _, _, reason in changes(fleet, HISTORY)] == [
        "AMOUNT_CHANGED",
        "ACCOUNT_CHANGED",
        "CURRENCY_CHANGED",
    ]


def test_who_brought_a_person_and_what_is_paid_are_no_changes_of_a_claim(fleet: Fleet) -> None:
    person = fleet.claim("D1")
    refresh(fleet)
    fleet.event(person, scout=7)
    fleet.payment({1}, driver_id="D1")
    refresh(fleet)
    (claim,) = fleet.read("ops.v_yango_collection_list", "driver_id")
    assert (claim["scout_id"], claim["yango_payment_status"]) == (7, "PAID")
    assert fleet.read(HISTORY, "change_id") == []


def test_both_payments_of_one_milestone_are_listed_when_its_claim_goes(fleet: Fleet) -> None:
    # 25 PEN paid twice: two rows of 25.
    fleet.claim("D1")
    for _ in range(2):
        fleet.payment({1}, driver_id="D1")
    refresh(fleet)
    fleet.run("delete from public.summary_daily")
    refresh(fleet)
    assert lost(fleet) == [(1, 25, "PEN", "TRIPS_CHANGED")] * 2


def test_a_payment_that_never_paid_a_claim_is_not_listed(fleet: Fleet) -> None:
    fleet.claim("D1")
    fleet.payment({25}, driver_id="D1")
    refresh(fleet)
    fleet.run("delete from public.summary_daily")
    refresh(fleet)
    assert lost(fleet) == []


def test_a_claim_that_goes_on_without_its_payment_says_what_became_of_the_payment(fleet: Fleet) -> None:
    # The name fitted D1 alone; then another person of that name is hired.
    fleet.claim("D1")
    fleet.run("update public.drivers set full_name = 'Ana Rojas Quispe'")
    fleet.payment({1}, name="Quispe Rojas Ana")
    refresh(fleet)
    assert collection(fleet) == {1: ("PAID", 25, "PEN")}

    fleet.person("E1")
    fleet.run("update public.drivers set full_name = 'Ana Rojas Quispe'")
    refresh(fleet)

    assert collection(fleet) == {1: ("UNPAID", 25, "PEN")}
    assert lost(fleet) == [(1, 25, "PEN", "PAYMENT_AMBIGUOUS")]
    assert changes(fleet) == []


def test_a_human_decision_records_changes_without_a_run(fleet: Fleet) -> None:
    person = fleet.claim("D1")
    fleet.event(person, scout=7)
    fleet.event(person, scout=8)
    refresh(fleet)
    run_id = refresh(fleet)
    # the claims are refreshed, the list is not yet: the decision brings the person's rows
    fleet.event(person, LEAD - timedelta(3))
    fleet.keep_claims()

    decisions.resolve_scout_conflict(str(person), 8, "he showed the form", author=decisions.Author("ana"))

    (change,) = fleet.read(CHANGES, "change_id")
    assert (change["reason_code"], change["run_id"]) == ("EARLIER_LEAD_DATE", None)
    assert refresh(fleet) > run_id
    assert len(fleet.read(HISTORY, "change_id")) == 1


def test_changes_of_a_decision_do_not_hide_those_of_the_last_run(fleet: Fleet) -> None:
    fleet.claim("D1")
    refresh(fleet)
    fleet.run("update ops.partner_payment_rules set amount = 30 where milestone_trips = 1")
    refresh(fleet)
    fleet.run(
        "insert into ops.claim_changes (changed_at, change, reason_code, milestone_value) "
        "values (now(), 'DISAPPEARED', 'LINK_LOST', 1)"
    )
    assert [reason for *_, reason in changes(fleet)] == ["AMOUNT_CHANGED", "LINK_LOST"]


WAITING = "select pid from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()"


def killed(fleet: Fleet, uri: str, table: str) -> None:
    """A refresh whose session is killed while it waits to write a table."""
    with psycopg.connect(uri) as holder, ThreadPoolExecutor(1) as pool:
        holder.execute(f"lock table {table} in exclusive mode".encode())
        refreshing = pool.submit(refresh, fleet)
        with psycopg.connect(uri, autocommit=True) as observer:
            for _ in range(300):
                waiting = observer.execute(WAITING).fetchall()
                if waiting:
                    break
                time.sleep(0.1)
            assert waiting
            observer.execute("select pg_terminate_backend(pid) from unnest(%s::int[]) as pid", [[waiting[0][0]]])
        assert refreshing.exception(30) is not None
        holder.rollback()
    fleet.run("update ops.ingestion_runs set status = 'FAILED' where status = 'RUNNING'")


@pytest.mark.parametrize("table", ["canon.partner_payments", "ops.claim_changes", "canon.payments_without_claim"])
def test_a_refresh_that_is_killed_leaves_neither_half_nor_double(fleet: Fleet, server: Any, table: str) -> None:
    person = paid_twenty_five_trips(fleet)
    fleet.event(person, date(2026, 2, 20))
    fleet.payment({1}, driver_id="D9")
    before = fleet.read("ops.v_yango_collection_list", "milestone_value")

    killed(fleet, server.uri(fleet.connection.info.dbname), table)

    assert fleet.read("ops.v_yango_collection_list", "milestone_value") == before
    assert fleet.read(HISTORY, "change_id") == []
    assert lost(fleet) == []
    refresh(fleet)
    refresh(fleet)
    assert len(fleet.read(HISTORY, "change_id")) == 3
    assert len(lost(fleet)) == 2
    assert len(fleet.read("canon.partner_payments", "payment_id")) == 2


def test_two_at_once_record_a_change_once(fleet: Fleet) -> None:
    person = paid_twenty_five_trips(fleet)
    fleet.event(person, date(2026, 2, 20))
    fleet.run("select pg_stat_force_next_flush()")
    run_id = runs.open_run("scout_attribution_refresh")
    for step in STEPS:  # as a task that Airflow believes lost, and its next attempt
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(lambda _, step=step: run_step("scout_attribution_refresh", step, run_id), range(2)))  # type: ignore[misc]
    assert len(fleet.read(HISTORY, "change_id")) == 3
    assert len(lost(fleet)) == 2


@pytest.mark.parametrize(
    "statement", ["update ops.claim_changes set reason_code = 'X'", "delete from ops.claim_changes"]
)
def test_recorded_changes_are_never_changed(fleet: Fleet, statement: str) -> None:
    with pytest.raises(psycopg.errors.RestrictViolation, match="append-only"):
        fleet.run(statement)
