"""A warehouse with data, as each revision of the schema left it, is upgraded: nothing is lost, and the pipelines go on.

The dumps in `tests/golden/upgrades` are named after their revision. That of a new revision is written once:
UPDATE_DUMP=1 python -m pytest tests/migrate/test_upgrade.py
"""

from __future__ import annotations

import gzip
import os
import subprocess
from pathlib import Path

import psycopg
import pytest

from control_tower.database import SQL_DIR
from control_tower.migrate import migrate
from control_tower.monitoring.checks import check_names
from devtools.demo.fleet import FleetSize, build_fleet
from devtools.demo.load import load_fleet
from tests.migrate.conftest import PROGRAMS
from tests.pipeline import attribute, ingest

FOLDER = Path(__file__).resolve().parents[1] / "golden" / "upgrades"
REVISIONS = sorted(path.stem for path in (SQL_DIR / "migrations").glob("*.sql"))
SIZE = FleetSize(300, 240, 120, 20, trip_days=20)
RESULTS = """
    select 'link', source_table, source_pk, person_key::text, match_rule::text from canon.identity_links
    union all
    select 'unmatched', source_table, source_pk, status::text, reason_code::text from canon.identity_unmatched
    union all
    select 'event', source_table, source_pk, person_key::text, scout_id::text from observational.lead_events
    union all
    select 'ledger', person_key::text, attributed_scout_id::text, attribution_rule::text, decision_status::text
    from observational.lead_ledger
    order by 1, 2, 3, 4, 5
"""


def test_the_latest_revision_has_a_dump(warehouse, server) -> None:
    path = FOLDER / f"{REVISIONS[-1]}.sql.gz"
    if os.environ.get("UPDATE_DUMP"):
        load_fleet(warehouse, build_fleet(SIZE, seed=5), report=lambda _: None)
        for _ in range(2):  # leads of persons that the first attribution made are linked by the second ingestion
            ingest()
            attribute()
        warehouse.execute("drop schema if exists demo cascade")
        uri = server.uri(warehouse.info.dbname)
        command = [PROGRAMS / "pg_dump", "--no-owner", "--no-privileges", uri]
        dump = subprocess.run(command, check=True, capture_output=True).stdout
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(gzip.compress(dump, mtime=0))
    assert path.exists(), "write it as the docstring of this file says"
    assert path.stat().st_size < 1_000_000


@pytest.mark.parametrize("dump", sorted(FOLDER.glob("*.sql.gz")), ids=lambda path: path.name.partition(".")[0])
def test_a_warehouse_of_an_earlier_revision_goes_on(
    dump: Path, empty_database, server, psql, rows_of, monkeypatch
) -> None:
    done = psql(empty_database, gzip.decompress(dump.read_bytes()).decode())
    assert "ERROR" not in done.stderr, done.stderr
    before, results = rows_of(empty_database), empty_database.query(RESULTS)
    assert len(results) > 800

    revision = dump.name.partition(".")[0]
    assert list(migrate(empty_database).applied) == REVISIONS[REVISIONS.index(revision) + 1 :]

    after = rows_of(empty_database)
    settings = {"ops.health_settings", "ops.control_tower_schema_version"}
    for table in before.keys() - settings:
        # two views that were materialised are plain ones now
        ((rows,),) = [(len(after[table]),)] if table in after else empty_database.query(f"select count(*) from {table}")
        assert rows == len(before[table]), table
    database = psycopg.conninfo.conninfo_to_dict(empty_database)["dbname"]
    monkeypatch.setenv("AIRFLOW_CONN_CONTROL_TOWER", server.airflow_uri(str(database)))
    ingest()
    attribute()
    kept = set(empty_database.query(RESULTS))
    # Rules may have become better since: what was linked stays, what was open may be linked, and its person may so get
    # a second scout.
    gone = [row for row in results if row not in kept]
    assert {row[0] for row in gone} <= {"unmatched", "event", "ledger"}, gone
    assert [row for row in gone if row[0] == "event" and row[3] is not None] == []
    assert len(gone) < 10
    checked = empty_database.query("select distinct check_name, status from ops.check_results")
    assert sorted(checked) == [(name, "OK") for name in sorted(check_names())]
