"""Databases of earlier versions, empty ones, and those whose owner gives the pipelines a role of their own."""

from __future__ import annotations

import gzip
import subprocess
from collections.abc import Callable
from typing import Any

import psycopg
import pytest

from control_tower.errors import SchemaNewerThanPackage, SourceUnreadable
from control_tower.migrate import migrate
from control_tower.rehearsal.attempt import rehearse
from tests.migrate.test_upgrade import FOLDER
from tests.pipeline import attribute, ingest
from tests.rehearsal.conftest import PROGRAMS, ledger_of, links_of, money_of, rows_of


@pytest.fixture
def uri(server: Any, copy_of: Callable[[str], psycopg.Connection[Any]]) -> str:
    """An empty database: Airflow's connection `control_tower`."""
    return str(server.uri(copy_of("template0").info.dbname))


@pytest.mark.parametrize("revision", ["0003_baseline", "0009_match_weights"])
def test_an_upgrade_is_rehearsed_as_it_then_happens(uri: str, dump_of: Callable[[str], str], revision: str) -> None:
    dump = gzip.decompress((FOLDER / f"{revision}.sql.gz").read_bytes())
    subprocess.run([PROGRAMS / "psql", "--quiet", "--no-psqlrc", uri], input=dump, check=True, capture_output=True)
    before, links, ledger = dump_of(uri), links_of(uri), ledger_of(uri)

    report = rehearse()

    assert dump_of(uri) == before
    assert report.kind == "upgrade"
    assert {row["kind"]: row["created"] for row in report.objects}["table"] > 0

    migrate(uri)
    ingest()
    attribute()
    new_links, new_ledger = links_of(uri), ledger_of(uri)
    assert {(row["source_table"], row["source_pk"]) for row in rows_of(report) if row["subject"] == "link"} >= {
        record for record in links.keys() | new_links.keys() if links.get(record) != new_links.get(record)
    }
    assert sum(row["subject"] == "ledger" and row["kind"] == "added" for row in rows_of(report)) == len(
        new_ledger.keys() - ledger.keys()
    )
    assert {
        (row["subject"], row["currency"], row["status"]): (row["after"], row["amount_after"])
        for row in report.money
        if row["after"]
    } == money_of(uri)


def test_an_empty_database_stays_empty(uri: str, dump_of: Callable[[str], str]) -> None:
    before = dump_of(uri)
    report = rehearse({"country": "CO"})
    assert dump_of(uri) == before
    assert (report.kind, report.differences, report.money) == ("first_run", [], [])
    created = {row["kind"]: row["created"] for row in report.objects}
    assert created["table"] > 80
    assert created["schema"] == 3
    assert all(row["before"] == row["left_alone"] for row in report.objects)


def test_what_would_stop_migrate_schema_stops_a_rehearsal(uri: str) -> None:
    with psycopg.connect(uri, autocommit=True) as session:
        session.execute("create table public.drivers (driver_id point)")
        with pytest.raises(SourceUnreadable, match=r"public\.drivers"):
            rehearse()
        session.execute("drop table public.drivers")
    migrate(uri)
    with psycopg.connect(uri, autocommit=True) as session:
        session.execute("update ops.control_tower_schema_version set version_num = '9999_of_next_year'")
    with pytest.raises(SchemaNewerThanPackage):
        rehearse()


def test_the_role_of_the_pipelines_is_enough_on_a_prepared_database(
    server: Any, warehouse: psycopg.Connection[Any]
) -> None:
    warehouse.execute("create role rehearsing login in role control_tower_writer")
    try:
        uri = psycopg.conninfo.make_conninfo(server.uri(warehouse.info.dbname), user="rehearsing")
        assert rehearse({"hot_value_people": 3}, uri=uri).kind == "settings"
    finally:
        warehouse.execute("drop role rehearsing")
