"""What is kept is what a plain count or look would say, whatever happened, and in whatever order."""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import suppress
from datetime import date, timedelta
from typing import Any

import psycopg
import pytest

from control_tower import decisions, runs
from control_tower.errors import ChecksFailed, DecisionRefused
from tests.attribution.datasets import LEADS, MIGRATIONS, SCOUTING, event, ledger_row, person
from tests.attribution.plain_definitions import KEPT, LIVE, differences
from tests.pipeline import attribute, run_step, step_names

Warehouse = psycopg.Connection[Any]
Happening = Callable[[Warehouse, random.Random, list[str]], None]
PERSONS = 20
AUTHOR = decisions.Author("ana")


def account(warehouse: Warehouse, chance: random.Random, persons: list[str], number: int | None = None) -> None:
    """A driver account appears, or goes to somebody else."""
    driver = f"d{number or chance.randint(1, PERSONS)}"
    warehouse.execute(
        "insert into canon.identity_links (person_key, source_table, source_pk, snapshot_date, match_rule,"
        " match_score, confidence_level) values (%s, 'drivers', %s, now(), 'DRIVER_MATCH', 100, 'HIGH')"
        " on conflict (source_table, source_pk) do update set person_key = excluded.person_key",
        [chance.choice(persons), driver],
    )


def account_gone(warehouse: Warehouse, chance: random.Random, _: list[str]) -> None:
    warehouse.execute("delete from canon.identity_links where source_pk = %s", [f"d{chance.randint(1, PERSONS)}"])


def claim(warehouse: Warehouse, chance: random.Random, persons: list[str]) -> None:
    source = chance.choice([SCOUTING, LEADS, MIGRATIONS])
    scout = None if source == LEADS else chance.choice([None, 7, 7, 8])
    event(warehouse, chance.choice([*persons, None]), source, scout, day=chance.randint(1, 9))  # type: ignore[list-item]


def event_moved(warehouse: Warehouse, chance: random.Random, persons: list[str]) -> None:
    old, new = chance.sample(persons, 2)
    warehouse.execute("update observational.lead_events set person_key = %s where person_key = %s", [new, old])


def event_dated_anew(warehouse: Warehouse, chance: random.Random, persons: list[str]) -> None:
    warehouse.execute(
        "update observational.lead_events set event_date = %s where person_key = %s",
        [date(2026, 10, chance.randint(1, 20)), chance.choice(persons)],
    )


def events_gone(warehouse: Warehouse, chance: random.Random, persons: list[str]) -> None:
    warehouse.execute("delete from observational.lead_events where person_key = %s", [chance.choice(persons)])


def trips(warehouse: Warehouse, chance: random.Random, _: list[str]) -> None:
    day = date(2026, 10, 1) + timedelta(chance.randint(0, 14))
    warehouse.execute(
        "insert into public.summary_daily (driver_id, date_file, count_orders_completed) values (%s, %s, %s)",
        [f"d{chance.randint(1, PERSONS)}", day.isoformat(), chance.randint(0, 30)],
    )


def trips_corrected(warehouse: Warehouse, chance: random.Random, _: list[str]) -> None:
    driver = f"d{chance.randint(1, PERSONS)}"
    if chance.random() < 0.5:
        warehouse.execute("update public.summary_daily set count_orders_completed = 1 where driver_id = %s", [driver])
    else:
        warehouse.execute("delete from public.summary_daily where driver_id = %s", [driver])


def rule(warehouse: Warehouse, chance: random.Random, _: list[str]) -> None:
    if chance.random() < 0.3:
        warehouse.execute("update ops.scout_payment_rules set is_active = not is_active where id = 1")
        return
    warehouse.execute(
        "insert into ops.scout_payment_rules (origin_tag, window_days, milestone_trips, amount, valid_from)"
        " values (%s, 7, %s, 10, %s) on conflict do nothing",
        [chance.choice(["cabinet", "fleet_migration"]), chance.choice([1, 5, 9]), date(2026, chance.randint(1, 10), 1)],
    )


def quarantine(warehouse: Warehouse, chance: random.Random, _: list[str]) -> None:
    driver = f"d{chance.randint(1, PERSONS)}"
    if chance.random() < 0.5:
        warehouse.execute("delete from canon.driver_orphan_quarantine where driver_id = %s", [driver])
        return
    warehouse.execute(
        "insert into canon.driver_orphan_quarantine (driver_id, detected_reason, status) values"
        " (%s, 'manual_detection', 'quarantined') on conflict (driver_id) do update set status = 'purged'",
        [driver],
    )


def other_program(warehouse: Warehouse, chance: random.Random, persons: list[str]) -> None:
    """An older program writes the ledger."""
    if chance.random() < 0.2:
        warehouse.execute("delete from observational.lead_ledger where person_key = %s", [chance.choice(persons)])
    else:
        ledger_row(warehouse, chance.choice(persons), chance.choice([None, 7, 9]), "A")


def decision(_: Warehouse, chance: random.Random, persons: list[str]) -> None:
    scout = chance.choice([None, 7])
    decisions.resolve_scout_conflict(chance.choice(persons), scout, "seen", author=AUTHOR, nobody=scout is None)


def undone(warehouse: Warehouse, chance: random.Random, _: list[str]) -> None:
    past = warehouse.execute("select id from ops.ingestion_runs where status = 'COMPLETED'").fetchall()
    if past:
        with suppress(DecisionRefused):  # it wrote nothing that could be undone
            decisions.revert_backfill(chance.choice(past)[0], "wrong", author=AUTHOR, dry_run=False)


FOUND_ONE_BY_ONE: list[Happening] = [
    *(claim, claim, account, account, trips, trips, trips, trips, event_moved, event_dated_anew, events_gone),
    *(account_gone, quarantine, other_program, decision, undone),
]
"""After these the persons concerned are derived, and nobody else."""

HAPPENINGS = [*FOUND_ONE_BY_ONE, trips_corrected, rule]
"""Some of these concern everybody."""


def refresh(warehouse: Warehouse) -> int:
    """A refresh without its checks, which know that an account without a lead cannot be; returns the run's id."""
    warehouse.execute("select pg_stat_force_next_flush()")  # what this session did is told now, not within ten seconds
    run_id = runs.open_run("scout_attribution_refresh")
    for step in step_names("scout_attribution_refresh"):
        if step != "run_checks":
            run_step("scout_attribution_refresh", step, run_id)
    warehouse.execute(
        "update ops.ingestion_runs set status = 'COMPLETED', completed_at = now() where id = %s", [run_id]
    )
    return run_id


def at_once(warehouse: Warehouse) -> dict[str, Any]:
    found = differences(warehouse, LIVE)
    recount = warehouse.execute("select * from ops.v_attribution_recount where not is_as_kept").fetchall()
    return {**found, "counts": recount} if recount else found


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("happenings", [FOUND_ONE_BY_ONE, HAPPENINGS], ids=["one by one", "anything"])
def test_what_is_kept_is_what_is_derived_whatever_happened(
    warehouse: Warehouse, happenings: list[Happening], seed: int
) -> None:
    chance = random.Random(seed)
    persons = [person(warehouse, number) for number in range(1, PERSONS + 1)]
    warehouse.execute("insert into public.module_ct_scouts_list (scout_id, raw_name) values (7, 'Ana'), (8, 'Hugo')")
    for number, key in enumerate(persons, 1):
        event(warehouse, key, LEADS)
        event(warehouse, key, SCOUTING, 7)
        account(warehouse, chance, [key], number)
        trips(warehouse, chance, [])
    for _ in range(5):
        for _ in range(7):
            chance.choice(happenings)(warehouse, chance, persons)
        assert at_once(warehouse) == {}
        refresh(warehouse)
        assert at_once(warehouse) == {}
        assert differences(warehouse, KEPT) == {}
        assert warehouse.execute("select * from ops.v_scout_payment_sample where not is_as_derived").fetchall() == []


def test_a_person_about_whom_a_human_decided_stands_in_the_lists_at_once(warehouse: Warehouse) -> None:
    key = person(warehouse, 1)
    account(warehouse, random.Random(1), [key])
    for scout in (7, 8):
        event(warehouse, key, SCOUTING, scout)
    refresh(warehouse)
    shown = "select scout_id, payment_status, block_reason from ops.v_scout_liquidation"
    assert warehouse.execute(shown).fetchall() == [(None, "BLOCKED", "CONFLICT")]

    decisions.resolve_scout_conflict(key, 8, "he showed the form", author=AUTHOR)

    assert [row[0] for row in warehouse.execute(shown)] == [8]
    assert differences(warehouse, KEPT) == {}


def test_only_persons_about_whom_something_was_written_are_derived_again(warehouse: Warehouse) -> None:
    keys = [person(warehouse, number) for number in range(1, 6)]
    for number, key in enumerate(keys, 1):
        event(warehouse, key, SCOUTING, 7)
        warehouse.execute(
            "insert into canon.identity_links (person_key, source_table, source_pk, snapshot_date, match_rule,"
            " match_score, confidence_level) values (%s, 'drivers', %s, now(), 'DRIVER_MATCH', 100, 'HIGH')",
            [key, f"d{number}"],
        )
    looked_at = (
        "select (detail ->> 'persons')::int from ops.run_steps where run_id = %s and step = 'refresh_scout_payments'"
    )
    assert warehouse.execute(looked_at, [refresh(warehouse)]).fetchone() == (5,)
    refresh(warehouse)  # its own ledger rows may be those of a transaction that was open then
    assert warehouse.execute(looked_at, [refresh(warehouse)]).fetchone() == (0,)

    warehouse.execute(
        "insert into public.summary_daily (driver_id, date_file, count_orders_completed) values ('d3', '2026-10-01', 4)"
    )
    assert warehouse.execute(looked_at, [refresh(warehouse)]).fetchone() == (1,)
    assert differences(warehouse, KEPT) == {}


def test_a_wrong_count_is_told_by_one_run_and_put_right_by_the_next(warehouse: Warehouse) -> None:
    event(warehouse, person(warehouse, 1), SCOUTING, 7)
    warehouse.execute("update canon.attribution_counts set persons = persons + 5")
    with pytest.raises(ChecksFailed, match="attribution_totals_match_recount"):
        attribute()
    warehouse.execute("update ops.ingestion_runs set status = 'FAILED' where status = 'RUNNING'")
    attribute()
    assert at_once(warehouse) == {}


def test_a_wrong_row_of_the_list_is_found(warehouse: Warehouse) -> None:
    event(warehouse, person(warehouse, 1), SCOUTING, 7)
    attribute()
    warehouse.execute("update canon.scout_payments set scout_id = 9")
    (row,) = warehouse.execute(
        "select is_as_derived, kept #>> '{payments,0,scout_id}', derived #>> '{payments,0,scout_id}'"
        " from ops.v_scout_payment_sample"
    ).fetchall()
    assert row == (False, "9", "7")


def test_a_wrong_milestone_of_the_list_is_found(warehouse: Warehouse) -> None:
    event(warehouse, person(warehouse, 1), SCOUTING, 7)
    attribute()
    is_right = "select is_as_derived from ops.v_scout_payment_sample"
    assert warehouse.execute(is_right).fetchall() == [(True,)]
    warehouse.execute(
        "insert into canon.scout_payment_milestones select person_key, 1, 7, 'cabinet', 1, null, 'PEN', 20,"
        " '2026-03-02', '2026-03-02', '2026-03-09' from canon.scout_payments"
    )
    assert warehouse.execute(is_right).fetchall() == [(False,)]


def test_a_claim_falls_due_at_local_midnight_without_a_run(warehouse: Warehouse) -> None:
    days = warehouse.execute(
        "select overdue.* from generate_series(-1, 31) as day (late), canon.overdue('2026-11-01', date '2026-11-01'"
        " + day.late) as overdue where day.late in (-1, 0, 1, 7, 8, 14, 15, 30, 31) order by day.late"
    ).fetchall()
    assert days == [
        *((0, "0_not_due"), (0, "0_not_due"), (1, "1_1_7"), (7, "1_1_7"), (8, "2_8_14"), (14, "2_8_14")),
        *((15, "3_15_30"), (30, "3_15_30"), (31, "4_30_plus")),
    ]
    shown = "select overdue.days_overdue_yango from canon.overdue(null, date '2026-11-01') as overdue"
    assert warehouse.execute(shown).fetchone() == (0,)
