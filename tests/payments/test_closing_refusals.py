"""What cannot be closed is refused with the next action, and nothing is written."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
import pytest

from control_tower import runs
from control_tower.decisions import Author
from control_tower.errors import (
    ControlTowerError,
    DecisionRefused,
    DueNotCurrent,
    PeriodAlreadyClosed,
    PeriodInvalid,
    PeriodOutOfOrder,
    ReasonMissing,
    RunAlreadyActive,
)
from control_tower.payments.statements import close_liquidation_period
from tests.payments.dues import FEBRUARY, JANUARY, MARCH, ROSA, Dues, person

Warehouse = psycopg.Connection[Any]
TODAY = datetime.now(ZoneInfo("America/Lima")).date()


def refused(dues: Dues, error: type[ControlTowerError], match: str, *period: date, reason: str = "approved") -> None:
    """Closing and its dry run are refused in these words, and write nothing."""
    before = dues.everything()
    for dry_run in (True, False):
        with pytest.raises(error, match=match) as refusal:
            close_liquidation_period(*period, reason, author=ROSA, dry_run=dry_run)
        assert "\nNext: " in str(refusal.value)
    assert dues.everything() == before


def test_a_period_needs_a_reason_and_somebody_who_closes_it(dues: Dues) -> None:
    refused(dues, ReasonMissing, "no reason", *JANUARY, reason=" \n")
    with pytest.raises(DecisionRefused, match="Nobody"):
        dues.close(JANUARY, author=Author(" "))


@pytest.mark.parametrize(
    "period",
    [
        (date(2026, 1, 31), date(2026, 1, 1)),
        (date(1926, 1, 1), date(2026, 1, 31)),
        (TODAY + timedelta(days=3), TODAY + timedelta(days=5)),
        (date(2026, 1, 1), date(2062, 1, 31)),
        (date(2026, 1, 1), date(9999, 12, 31)),
    ],
)
def test_days_that_cannot_be_meant_are_no_period(dues: Dues, period: tuple[date, date]) -> None:
    refused(dues, PeriodInvalid, "eriod", *period)


@pytest.mark.parametrize(
    ("first", "last"),
    [("2026-02-01", "2026-02-28"), ("2026-02-28", "2026-03-31"), ("2026-01-01", "2026-02-01"),
     ("2026-02-10", "2026-02-10"), ("2026-01-01", "2026-03-31")],
)  # fmt: skip
def test_a_day_is_in_one_period(dues: Dues, first: str, last: str) -> None:
    dues.close(FEBRUARY)
    refused(
        dues,
        PeriodAlreadyClosed,
        r"from 2026-02-01 to 2026-02-28 was closed by rosa on \d{4}-\d\d-\d\d \d\d:\d\d UTC",
        date.fromisoformat(first),
        date.fromisoformat(last),
    )


def test_periods_are_closed_in_the_order_of_time(dues: Dues) -> None:
    dues.close(JANUARY)
    dues.close(MARCH)
    refused(dues, PeriodOutOfOrder, "before the last closed one, from 2026-03-01", *FEBRUARY)


def test_a_period_that_is_not_over_is_closed_and_the_note_says_so(dues: Dues) -> None:
    tomorrow = TODAY + timedelta(days=1)
    dues.due(1, tomorrow.isoformat())
    closing = dues.close((date(2026, 1, 1), tomorrow))
    assert closing.notes[1].startswith(f"The period is not over before {tomorrow + timedelta(days=1)}:")
    assert closing.totals[0]["amount"] == 20


def test_while_a_run_is_active_no_period_is_closed(dues: Dues) -> None:
    running = runs.open_run("scout_attribution_refresh")
    refused(dues, RunAlreadyActive, f"Run {running} of scout_attribution_refresh is at work", *JANUARY)


@pytest.fixture
def never_refreshed(copy_of: Any, migrated_template: str) -> Dues:
    """A warehouse in which no run was."""
    return Dues(copy_of(migrated_template))


def test_what_was_never_derived_is_no_statement_of_zero(never_refreshed: Dues) -> None:
    refused(never_refreshed, DueNotCurrent, "never derived.\nNext: run scout_attribution_refresh", *JANUARY)


def test_persons_whose_attribution_is_open_stop_the_closing(dues: Dues) -> None:
    dues.connection.execute("insert into canon.attribution_queue (person_key) values (%s)", [person(1)])
    refused(dues, DueNotCurrent, "1 persons changed and wait for their attribution", *JANUARY)


@pytest.mark.parametrize(
    "change",
    [
        "update ops.scout_payment_rules set amount = amount + 1",
        "update canon.read_model_refreshes set trips_identity = 'another table' where read_model = 'payments'",
    ],
)
def test_rules_or_counted_trips_that_changed_are_derived_by_a_run_first(dues: Dues, change: str) -> None:
    dues.connection.execute(change.encode())
    refused(dues, DueNotCurrent, "the rules, the time zone, or trips", *JANUARY)


def test_trips_that_cannot_be_watched_are_those_of_the_last_refresh(dues: Dues) -> None:
    dues.connection.execute("alter table public.summary_daily rename to trips_of_days")
    dues.connection.execute("create view public.summary_daily as select * from public.trips_of_days")
    dues.due(1, "2026-01-05")
    closing = dues.close(JANUARY)
    assert closing.notes[-1].startswith("The trips are no plain table: they are those of the refresh of ")
    assert closing.totals[0]["amount"] == 20
