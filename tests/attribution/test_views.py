"""Attribution views: contract columns, sums that add up, and daily history."""

from __future__ import annotations

import random
from typing import Any

import psycopg
import pytest

from control_tower import decisions
from control_tower.migrate import migrate
from tests.attribution.datasets import LEADS, MIGRATIONS, SCOUTING, event, ledger_row, person
from tests.identity.sources import driver, lead, migration, scouting
from tests.pipeline import attribute, ingest

Warehouse = psycopg.Connection[Any]
OWN = (
    *("v_scout_attribution_raw", "v_scout_attribution", "v_scout_attribution_conflicts"),
    *("v_persons_without_scout_categorized", "v_cabinet_leads_missing_scout_alerts"),
    *("v_scout_attribution_metrics_snapshot", "v_scout_attribution_metrics_daily"),
)
COLUMNS = """
select attribute.attname, format_type(attribute.atttypid, attribute.atttypmod)
from pg_attribute as attribute
where attribute.attrelid = ('ops.' || %s)::regclass and attribute.attnum > 0
order by attribute.attnum
"""
SUMS = """
select total_persons, persons_with_scout_satisfactory, backlog_a_events_without_scout,
    backlog_d_scout_in_events_not_in_ledger, backlog_c_legacy_no_events_no_ledger, persons_missing_scout
from ops.v_scout_attribution_metrics_snapshot
"""


def categories(warehouse: Warehouse) -> dict[str, str]:
    rows = warehouse.execute(
        "select person_key::text, category from ops.v_persons_without_scout_categorized"
    ).fetchall()
    assert len(rows) == len(dict(rows)), "each person once"
    return dict(rows)


def test_an_established_database_keeps_its_columns_and_every_view_answers(established_database: Any) -> None:
    before = {view: established_database.query(COLUMNS, view) for view in OWN}
    migrate(established_database)
    for view in OWN:
        after = established_database.query(COLUMNS, view)
        assert after[: len(before[view])] == before[view], view
    views = established_database.query(
        "select format('%I.%I', schemaname, viewname) from pg_views"
        " where schemaname in ('ops', 'canon', 'observational', 'reporting')"
    )
    for (view,) in views:
        established_database.query(f"select * from {view}")


@pytest.mark.parametrize("seed", range(6))
def test_persons_add_up_in_every_situation(warehouse: Warehouse, seed: int) -> None:
    chance = random.Random(seed)
    keys = [person(warehouse, number) for number in range(1, 25)]
    ours = warehouse.execute("select person_key::text from canon.identity_registry").fetchall()
    assert len(ours) == len(keys)
    for step in range(4):
        for _ in range(chance.randint(2, 14)):
            source = chance.choice([SCOUTING, LEADS, MIGRATIONS])
            scout = None if source == LEADS else chance.choice([None, 7, 7, 8])
            event(warehouse, chance.choice([*keys, None]), source, scout)
        if chance.random() < 0.5:
            ledger_row(warehouse, chance.choice(keys), chance.choice([None, 7]), "A")
        if chance.random() < 0.5:
            ledger_row(warehouse, chance.choice(keys), None, "MANUAL", "unassigned", seen_scouts=[7])
        if chance.random() < 0.5:
            moved, to = chance.sample(keys, 2)
            warehouse.execute("update observational.lead_events set person_key = %s where person_key = %s", [to, moved])
        if chance.random() < 0.3:
            warehouse.execute("delete from observational.lead_events where person_key = %s", [chance.choice(keys)])
        _they_add_up(warehouse)
        if step % 2:
            attribute()
            _they_add_up(warehouse)


def _they_add_up(warehouse: Warehouse) -> None:
    row = warehouse.execute(SUMS).fetchone()  # type: ignore[call-overload]
    total, satisfactory, a, d, c, missing = row
    assert total == satisfactory + a + d + c == 24
    assert missing == a + d + c
    found = categories(warehouse)
    expected = warehouse.execute(
        "select person.person_key::text, case when count(event.id) = 0 then 'C' when count(event.scout_id) > 0 then 'D'"
        " else 'A' end from canon.identity_registry as person left join observational.lead_events as event"
        " using (person_key) left join observational.lead_ledger as ledger using (person_key)"
        " where ledger.attributed_scout_id is null group by person.person_key"
    ).fetchall()
    assert found == dict(expected)
    assert [list(found.values()).count(category) for category in "ADC"] == [a, d, c]


def test_conflicts_are_listed_with_everything_that_is_claimed(warehouse: Warehouse) -> None:
    open_one, decided, agreed = (person(warehouse, number) for number in (1, 2, 3))
    for key, source, scout, day in [
        (open_one, SCOUTING, 8, 3),
        (open_one, MIGRATIONS, 9, 9),
        (decided, SCOUTING, 7, 1),
        (decided, SCOUTING, 8, 1),
        (agreed, SCOUTING, 7, 1),
    ]:
        event(warehouse, key, source, scout, day=day)
    ledger_row(warehouse, open_one, 7, "A")
    ledger_row(warehouse, decided, 8, "MANUAL", "assigned", seen_scouts=[7, 8])
    attribute()
    rows = warehouse.execute(
        "select person_key::text, distinct_scout_count, scout_ids, sources, first_event_date::text,"
        " last_event_date::text, total_sources, ledger_scout_id from ops.v_scout_attribution_conflicts"
    ).fetchall()
    sources = ["lead_ledger", MIGRATIONS, SCOUTING]
    assert rows == [(open_one, 3, [7, 8, 9], sources, "2026-10-03", "2026-10-09", 3, 7)]
    who = warehouse.execute(
        "select person_key::text, scout_id, is_conflict from ops.v_scout_attribution order by 1"
    ).fetchall()
    assert who == [(open_one, 7, True), (decided, 8, False), (agreed, 7, False)]


def test_raw_claims_hide_nothing(warehouse: Warehouse) -> None:
    key = person(warehouse, 1)
    event(warehouse, key, SCOUTING, 7)
    event(warehouse, key, SCOUTING, 8)
    event(warehouse, None, SCOUTING, 9)
    ledger_row(warehouse, key, 7, "A")
    claims = warehouse.execute(
        "select person_key::text, scout_id, priority from ops.v_scout_attribution_raw order by scout_id, priority"
    ).fetchall()
    assert claims == [(key, 7, 1), (key, 7, 4), (key, 8, 4), (None, 9, 4)]


def test_raw_claims_hold_records_without_a_date_and_no_other_view_counts_them(warehouse: Warehouse) -> None:
    driver(warehouse, "d1", full_name="Ana Lucia Torres Vega", phone="987654321")
    scouting(warehouse, 1, "Ana Lucia Torres Vega", driver_phone="987654321", scout_id=7)
    scouting(
        *(warehouse, 2, "Ana Lucia Torres Vega"),
        driver_phone="987654321", driver_license="Q12345678", scout_id=8, registration_date=None,
        acquisition_method="street",
    )  # fmt: skip
    migration(warehouse, 3, "d9", scout_id=9, hire_date=None, created_at=None)
    scouting(warehouse, 4, "Luz Elena Campos Diaz", driver_phone="912345678", scout_id=None, registration_date=None)
    ingest()
    attribute()
    key = warehouse.execute("select person_key::text from observational.lead_events").fetchone()
    assert key is not None
    undated = (
        "select person_key::text, driver_id, driver_license, driver_phone, scout_id, origin_tag, acquisition_method,"
        " source_table, source_pk, priority from ops.v_scout_attribution_raw where attribution_date is null order by 9"
    )
    assert warehouse.execute(undated).fetchall() == [
        (None, None, "Q12345678", "987654321", 8, "cabinet", "street", SCOUTING, "2", 4),
        (None, "d9", None, None, 9, "fleet_migration", None, MIGRATIONS, "3", 3),
    ]
    decisions.resolve_unmatched_lead(SCOUTING, "2", person_key=key[0], reason="his row", author=decisions.Author("ana"))
    attribute()
    linked = warehouse.execute(undated).fetchone()
    assert linked is not None
    assert linked[:5] == (key[0], "d1", "Q12345678", "987654321", 8)
    # it has no event: the person has one scout, and is in no conflict
    who = warehouse.execute("select scout_id, is_conflict from ops.v_scout_attribution").fetchall()
    assert who == [(7, False)]
    assert warehouse.execute("select count(*) from ops.v_scout_attribution_conflicts").fetchone() == (0,)
    # a row that loses its date keeps its event, and is shown once; its link is in doubt then, so no new scout counts
    warehouse.execute("update public.module_ct_scouting_daily set registration_date = null, scout_id = 6 where id = 1")
    ingest()
    rows = warehouse.execute(
        "select attribution_date::text, scout_id from ops.v_scout_attribution_raw where source_pk = '1'"
    ).fetchall()
    assert rows == [("2026-10-29", 7)]


def test_a_lead_without_a_scout_is_alerted_in_local_time(warehouse: Warehouse) -> None:
    lead(warehouse, "l1", "Ana Torres Vega", park_phone="987654321")
    lead(warehouse, "l2", "Ana Torres Vega", park_phone="987654321")
    scouting(warehouse, 1, "Ana Torres Vega", driver_phone="987654321")
    ingest()
    attribute()
    ingest()
    warehouse.execute("set timezone = 'Asia/Tokyo'")
    rows = warehouse.execute(
        "select external_id, lead_created_at::text, potential_scout_id, has_scout_in_events"
        " from ops.v_cabinet_leads_missing_scout_alerts order by 1"
    ).fetchall()
    assert rows == [(name, "2026-10-30 10:00:00", 7, True) for name in ("l1", "l2")]


DAILY = "select metric_date::text, total_persons, satisfactory_count from ops.v_scout_attribution_metrics_daily"


def test_each_day_shows_what_it_was_and_days_without_a_run_are_gaps(warehouse: Warehouse) -> None:
    event(warehouse, person(warehouse, 1), SCOUTING, 7)
    attribute()
    warehouse.execute("update ops.scout_attribution_daily set metric_date = metric_date - 2")
    event(warehouse, person(warehouse, 2), SCOUTING, 7)
    attribute()
    event(warehouse, person(warehouse, 3), SCOUTING, 7)
    attribute()
    days = warehouse.execute(DAILY + " order by metric_date desc").fetchall()  # type: ignore[arg-type]
    assert [day[1:] for day in days[:4]] == [(3, 3), (None, None), (1, 1), (None, None)]
    assert len(days) == 31


@pytest.mark.parametrize(
    ("zone", "started", "day"),
    [
        ("America/Lima", "2026-03-02 04:59:59Z", "2026-03-01"),
        ("America/Lima", "2026-03-02 05:00:00Z", "2026-03-02"),
        ("Asia/Tokyo", "2026-03-01 14:59:59Z", "2026-03-01"),
        ("Asia/Tokyo", "2026-03-01 15:00:00Z", "2026-03-02"),
    ],
)
def test_a_day_begins_at_local_midnight(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch, zone: str, started: str, day: str
) -> None:
    monkeypatch.setenv("CONTROL_TOWER_TIMEZONE", zone)

    def before_step(step: str) -> None:
        if step == "daily_metrics":
            warehouse.execute("update ops.ingestion_runs set started_at = %s", [started])  # type: ignore[arg-type]

    attribute(before_step=before_step)
    assert warehouse.execute("select metric_date::text from ops.scout_attribution_daily").fetchall() == [(day,)]


def test_today_is_that_of_the_latest_run_s_zone_whoever_asks(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONTROL_TOWER_TIMEZONE", "Pacific/Kiritimati")
    attribute()
    for session_zone in ("Pacific/Kiritimati", "Pacific/Pago_Pago"):
        warehouse.execute(f"set timezone = '{session_zone}'")  # type: ignore[arg-type]
        row = warehouse.execute(
            "select max(metric_date) = (now() at time zone 'Pacific/Kiritimati')::date,"
            " max(metric_date) - min(metric_date) from ops.v_scout_attribution_metrics_daily"
        ).fetchone()
        assert row == (True, 30)
