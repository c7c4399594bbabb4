"""Another setting is rehearsed on a prepared installation: the report says what the next full run then changes."""

from __future__ import annotations

from datetime import date
from typing import Any

import psycopg
import pytest

from control_tower import runs
from control_tower.errors import RunAlreadyActive, SettingsInvalid
from control_tower.rehearsal import report as report_module
from control_tower.rehearsal.attempt import rehearse
from control_tower.rehearsal.report import unpacked_rows
from control_tower.settings import get_settings
from devtools.demo.fleet import FleetSize, build_fleet
from devtools.demo.load import load_fleet
from tests.identity.sources import driver, lead
from tests.pipeline import attribute, ingest
from tests.rehearsal.conftest import contested_of, ledger_of, links_of, money_of, persons_of, rows_of

Warehouse = psycopg.Connection[Any]


def small_fleet(warehouse: Warehouse) -> str:
    """A fleet of 1,500 accounts with trips and payments, after runs that left nothing to do; returns its largest park.

    The park is not set. Three drivers share the phone by which a lead was linked.
    """
    fleet = build_fleet(FleetSize(1_500, 1_500, 750, 75, trip_days=20), seed=5, as_of=date(2026, 3, 15), country="PE")
    load_fleet(warehouse, fleet, report=lambda _: None)
    for number, name in enumerate(("Wari Tello Ccama", "Nayra Poma Chuqui", "Illari Sulca Ticona")):
        driver(warehouse, f"shared-{number}", full_name=name, phone="999000111", hire_date=date(2026, 3, 2))
    lead(warehouse, "shared-lead", "Wari Tello", park_phone="999000111", lead_created_at="2026-03-01")
    ingest()
    attribute()
    ingest(incremental=False)  # leads of the persons that attribution made
    attribute()
    return fleet.target_park_id


@pytest.fixture(scope="module")
def story(told):
    return told(small_fleet)


@pytest.fixture
def prepared(server, copy_of, story):
    """The fleet's database: Airflow's connection `control_tower`."""
    return server.uri(copy_of(story[0]).info.dbname)


@pytest.fixture
def park(story):
    return story[1]


@pytest.fixture
def change(monkeypatch):
    """Change settings for real."""

    def put(**settings: object) -> None:
        for name, value in settings.items():
            monkeypatch.setenv(f"CONTROL_TOWER_{name.upper()}", str(value))
        get_settings.cache_clear()

    yield put
    monkeypatch.undo()
    get_settings.cache_clear()


def test_nothing_of_the_database_changes(prepared, park, dump_of) -> None:
    before = dump_of(prepared)
    report = rehearse({"target_park_id": park, "hot_value_people": 1})
    assert report.kind == "settings"
    assert report.objects == []
    assert report.rows > 10
    assert dump_of(prepared) == before


def test_without_a_change_and_without_news_nothing_differs(prepared) -> None:
    report = rehearse()
    assert (rows_of(report), report.differences, report.changes) == ([], [], {})
    assert [row for row in (*report.money, *report.records) if row["before"] != row["after"]] == []
    assert len(report.money) > 4


@pytest.mark.parametrize(
    "changes", [("hot_value_people",), ("target_park_id",), ("target_park_id", "hot_value_people"), ("country",)]
)
def test_the_report_says_what_then_really_happens(prepared, park, change, changes: tuple[str, ...]) -> None:
    settings = {name: {"target_park_id": park, "hot_value_people": 1, "country": "CO"}[name] for name in changes}
    links, contested, ledger, persons = (read(prepared) for read in (links_of, contested_of, ledger_of, persons_of))
    money = money_of(prepared)
    report = rehearse(settings)
    assert report.changes == {
        name: {"before": getattr(get_settings(), name), "after": value} for name, value in settings.items()
    }

    change(**settings)
    ingest(incremental=False)
    attribute()

    new_links, new_contested, new_ledger = (read(prepared) for read in (links_of, contested_of, ledger_of))

    def rows(subject: str, *kinds: str) -> list[dict[str, Any]]:
        return [row for row in rows_of(report) if row["subject"] == subject and row["kind"] in kinds]

    def key(person: str) -> str | None:
        return person if person in persons else None

    assert sorted(
        (row["source_table"], row["source_pk"], row["person_after"] and str(row["person_after"]), row["after"])
        for row in rows("link", "added")
    ) == sorted((*record, key(link[0]), link[1]) for record, link in new_links.items() if record not in links)
    assert sorted((row["source_table"], row["source_pk"]) for row in rows("link", "removed")) == sorted(
        record for record in links if record not in new_links
    )
    assert sorted((row["source_table"], row["source_pk"]) for row in rows("link", "changed", "merged")) == sorted(
        record for record, (person, _) in links.items() if record in new_links and new_links[record][0] != person
    )
    assert sorted((row["source_table"], row["source_pk"]) for row in rows("link", "rule_changed")) == sorted(
        record
        for record, (person, rule) in links.items()
        if record in new_links and new_links[record][0] == person and new_links[record][1] != rule
    )
    assert {(row["source_table"], row["source_pk"]): row["reason"] for row in rows("link", "contested")} == {
        record: reason for record, reason in new_contested.items() if contested.get(record) != reason
    }
    assert {(row["source_table"], row["source_pk"]) for row in rows("link", "settled")} == (
        contested.keys() - new_contested.keys()
    )
    nothing = (None, None, None)
    assert sorted(
        (
            str(row["person_before"] or row["person_after"] or "new"),
            str((row["scout_before"], row["before"])),
            str((row["scout_after"], row["after"])),
        )
        for row in rows_of(report)
        if row["subject"] == "ledger" and row["kind"] != "rule_changed"
    ) == sorted(
        (key(person) or "new", words(ledger.get(person, nothing)), words(new_ledger.get(person, nothing)))
        for person in ledger.keys() | new_ledger.keys()
        if ledger.get(person, nothing)[:2] != new_ledger.get(person, nothing)[:2]
    )
    assert {
        (row["subject"], row["currency"], row["status"]): (row["before"], row["amount_before"])
        for row in report.money
        if row["before"]
    } == money
    assert {
        (row["subject"], row["currency"], row["status"]): (row["after"], row["amount_after"])
        for row in report.money
        if row["after"]
    } == money_of(prepared)
    assert rows_of(report), "the change of this setting is visible in this fleet"


def words(row: tuple[int | None, str | None, str | None]) -> str:
    """A ledger row as a difference says it."""
    scout, status, rule = row
    return str((scout, " ".join(part for part in (status, rule) if part) or None))


def test_what_waits_in_the_sources_is_part_of_it(prepared) -> None:
    with psycopg.connect(prepared) as session:
        session.execute(
            "insert into module_ct_scouting_daily (id, scout_id, driver_name, driver_phone, registration_date)"
            " values (990001, 1, 'Nueva Persona', '999888777', '2026-03-14')"
        )
    report = rehearse()
    assert [(row["kind"], row["source_pk"], row["name"]) for row in rows_of(report) if row["subject"] == "link"] == [
        ("added", "990001", "N••• P•••")
    ]
    assert [row["kind"] for row in rows_of(report) if row["subject"] == "ledger"] == ["added"]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"hot_value_people": 0}, "CONTROL_TOWER_HOT_VALUE_PEOPLE"),
        ({"country": "XX"}, "CONTROL_TOWER_COUNTRY"),
        ({"timezone": "America/Nowhere"}, "IANA"),
        ({"batch_size": 5}, "batch_size cannot be changed here"),
        ({"colour": "red"}, "colour cannot be changed here"),
    ],
)
def test_a_setting_that_cannot_be_is_refused(prepared, changes: dict[str, Any], said: str) -> None:
    with pytest.raises(SettingsInvalid, match=said):
        rehearse(changes)


def test_while_a_run_is_active_nothing_is_rehearsed(prepared) -> None:
    runs.open_run("identity_run")
    with pytest.raises(RunAlreadyActive):
        rehearse()


def test_no_run_starts_while_a_rehearsal_works(prepared, monkeypatch) -> None:
    from control_tower.rehearsal import attempt

    seen = []

    def look(connection: Any, **_: Any) -> Any:
        with psycopg.connect(prepared, autocommit=True) as other:
            other.execute("set lock_timeout = '100ms'")
            with pytest.raises(psycopg.errors.LockNotAvailable):
                other.execute("select ops.take_lock('runs')")
            # pages go on reading, concurrently refreshed views included
            seen.append(other.execute("select count(*) from ops.v_yango_collection_with_scout").fetchone())
            seen.append(other.execute("select count(*) from ops.v_scout_payment_base").fetchone())
        return real(connection, **_)

    real = attempt.read_report
    monkeypatch.setattr(attempt, "read_report", look)
    rehearse({"hot_value_people": 1})
    assert len(seen) == 2
    assert seen[0] != (0,)


def test_the_differences_are_listed_up_to_a_limit_and_all_counted(prepared, park, monkeypatch) -> None:
    changes = {"target_park_id": park, "hot_value_people": 1}
    report = rehearse(changes)
    rows = rows_of(report)
    assert len(rows) == report.rows == report.summary()["rows"] == sum(row["differences"] for row in report.differences)
    assert {(row["subject"], row["kind"]) for row in report.examples} == {(row["subject"], row["kind"]) for row in rows}
    monkeypatch.setattr(report_module, "MOST_ROWS", 3)
    cut = rehearse(changes)
    assert rows_of(cut) == rows[:3]
    assert cut.differences == report.differences
    assert cut.notes[-1] == f"Of {len(rows)} differences the first 3 are listed; the totals count all."
    with pytest.raises(ValueError, match="no differences"):
        unpacked_rows({"other": "x"})
