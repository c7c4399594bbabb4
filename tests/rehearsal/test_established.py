"""An established database is rehearsed: nothing of it changes, and the report says what then really happens."""

from __future__ import annotations

import logging
from collections import Counter
from typing import Any

import psycopg
import pytest

from control_tower.database import execute_file
from control_tower.errors import DatabaseBusy
from control_tower.migrate import migrate
from control_tower.rehearsal import attempt
from control_tower.rehearsal.attempt import rehearse
from control_tower.rehearsal.report import Rehearsal
from tests.pipeline import attribute, ingest
from tests.rehearsal.conftest import PAYMENTS, contested_of, ledger_of, links_of, money_of, persons_of, query, rows_of


@pytest.fixture
def established(server, copy_of, established_template):
    """An established database that this package has not seen yet: Airflow's connection `control_tower`."""
    return server.uri(copy_of(established_template).info.dbname)


def of(rehearsal: Rehearsal, subject: str, *kinds: str) -> list[dict[str, Any]]:
    return [row for row in rows_of(rehearsal) if row["subject"] == subject and row["kind"] in kinds]


def test_nothing_of_the_database_changes(established, dump_of) -> None:
    before = dump_of(established)
    assert "COPY canon.identity_links" in before

    rehearsal = rehearse()

    assert rehearsal.kind == "first_run"
    assert dump_of(established) == before


def test_the_report_says_what_then_really_happens(established) -> None:
    links, ledger, persons = links_of(established), ledger_of(established), persons_of(established)
    report = rehearse()

    migrate(established)
    migrated = links_of(established)
    ingest()
    attribute()

    new_links, new_ledger = links_of(established), ledger_of(established)
    rekeyed = of(report, "link", "rekeyed", "superseded")
    assert {(row["kind"], row["before"]) for row in rekeyed} == {
        (row["kind"], row["old"])
        for row in query(
            established,
            "select case outcome when 'REKEYED' then 'rekeyed' else 'superseded' end as kind, old_source_pk as old"
            " from canon.identity_rekeys where object = 'identity_links'",
        )
    }
    assert len(rekeyed) >= 4
    assert set(links) - {("module_ct_scouting_daily", row["before"]) for row in rekeyed} <= set(migrated)

    def known(person: str) -> str | None:
        return person if person in persons else None

    added = {record: (known(person), rule) for record, (person, rule) in new_links.items() if record not in migrated}
    assert {
        (row["source_table"], row["source_pk"]): (row["person_after"] and str(row["person_after"]), row["after"])
        for row in of(report, "link", "added")
    } == added
    assert added
    assert {(row["source_table"], row["source_pk"]) for row in of(report, "link", "changed", "merged")} == {
        record for record, (person, _) in migrated.items() if record in new_links and new_links[record][0] != person
    }
    assert {(row["source_table"], row["source_pk"]): row["reason"] for row in of(report, "link", "contested")} == (
        contested_of(established)
    )
    assert of(report, "link", "contested")
    (superseded,) = of(report, "link", "superseded")
    assert str(superseded["person_after"]) == new_links["module_ct_scouting_daily", "3"][0]
    assert superseded["person_before"] != superseded["person_after"]

    moved = Counter(
        (str(row["person_before"] or row["person_after"] or "new"), row["scout_before"], row["scout_after"])
        for row in rows_of(report)
        if row["subject"] == "ledger" and row["scout_before"] != row["scout_after"]
    )
    assert moved == Counter(
        (known(person) or "new", ledger.get(person, (None,))[0], new_ledger.get(person, (None,))[0])
        for person in ledger.keys() | new_ledger.keys()
        if ledger.get(person, (None,))[0] != new_ledger.get(person, (None,))[0]
    )
    assert moved
    assert {
        (row["subject"], row["currency"], row["status"]): (row["after"], row["amount_after"])
        for row in report.money
        if row["after"]
    } == money_of(established, none="PEN")
    assert sum(row["before"] for row in report.money if row["subject"] == "claim") > 0
    assert {
        str(row["person_before"] or row["person_after"]): (row["scout_after"], row["amount_after"], row["after"])
        for row in rows_of(report)
        if row["subject"] == "payment"
    } == {row["person_key"]: (row["scout_id"], row["amount"], row["status"]) for row in query(established, PAYMENTS)}


def test_the_objects_are_those_that_migrate_schema_then_makes(established) -> None:
    with psycopg.connect(established, autocommit=True) as session:
        before = objects_of(session)
        report = rehearse()
        assert objects_of(session) == before
        migrate(established)
        after = objects_of(session)
    changed: dict[str, set[tuple[str, str]]] = {
        "created": set(after) - set(before),
        "dropped": set(before) - set(after),
        "changed": {name for name in before.keys() & after.keys() if before[name] != after[name]},
    }
    for kind, objects in changed.items():
        assert {(row["source_table"], row["source_pk"]) for row in of(report, "object", kind)} == objects, kind
    assert ("enum", "public.jobtype") in changed["changed"]
    (tables,) = (row for row in report.objects if row["kind"] == "table")
    assert tables["before"] == sum(kind == "table" for kind, _ in before) == tables["changed"] + tables["left_alone"]


def objects_of(session: psycopg.Connection[Any]) -> dict[tuple[str, str], str]:
    """Digest of each object by kind and name."""
    with session.transaction(force_rollback=True):
        session.execute("set local search_path = public")
        execute_file(session, "rehearsal/create_tables.sql")
        execute_file(session, "rehearsal/remember_objects.sql", {"moment": "now"})
        found = session.execute("select kind, name, digest from pg_temp.rehearsed_objects").fetchall()
    return {(kind, name): digest for kind, name, digest in found}


def test_the_log_has_a_line_per_step_the_totals_and_masked_examples(established, caplog) -> None:
    with caplog.at_level(logging.INFO, logger="control_tower"):
        report = rehearse()
    lines = [record.getMessage() for record in caplog.records if record.name.startswith("control_tower")]
    assert len(lines) < 300
    text = "\n".join(lines)
    for said in (
        "migrate_schema: rehearsed in",
        "link: ",
        "refresh_ledger: ",
        "Rehearsal of first run: nothing was written.",
        "objects table              29 before, 70 created",
        "link contested in module_ct_scouting_daily: 1",
        "claims UNPAID: 60.00 -> 60.00 PEN (2 -> 2)",
        "ledger scout_added: H••• L•••: unassigned U -> assigned BACKFILL_SINGLE_SCOUT_FROM_EVENTS, scout - -> 11",
    ):
        assert said in text, said
    assert not [name for name in ("HUAMAN", "MAMANI", "QUISPE") if name in text.upper()]
    assert report.examples


def test_a_view_that_never_answers_or_is_not_there_is_noted(established, monkeypatch) -> None:
    monkeypatch.setattr(attempt, "STANDING_TIMEOUT_MS", 200)
    with psycopg.connect(established) as session:
        session.execute("alter view ops.v_scout_payment_base rename to quick")
        session.execute("create view ops.v_scout_payment_base as select * from ops.quick where pg_sleep(5) is not null")
    (note,) = rehearse().notes
    assert note.startswith("ops.v_scout_payment_base could not be read, so that payments are compared with none: ")
    assert "timeout" in note
    with psycopg.connect(established) as session:
        session.execute("drop view ops.v_scout_payment_base")
    assert rehearse().notes == ["There is no ops.v_scout_payment_base: payments are compared with none."]


def test_who_uses_a_table_is_kept_waiting_for_no_longer_than_the_limit(established, monkeypatch, dump_of) -> None:
    monkeypatch.setattr(attempt, "LOCK_TIMEOUT_MS", 200)
    before = dump_of(established)
    with psycopg.connect(established) as reader:
        reader.execute("select count(*) from ops.ingestion_runs")
        with pytest.raises(DatabaseBusy) as refused:
            rehearse()
    assert refused.value.is_retryable
    assert dump_of(established) == before
    assert rows_of(rehearse()), "and afterwards it works"
