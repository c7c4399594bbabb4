"""The oldest PostgreSQL that the set-up promises does the same as the newest."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
import pytest

from control_tower.migrate import migrate
from control_tower.migrate.runner import OLDEST_SERVER
from control_tower.monitoring import health_check
from devtools.demo.fleet import FleetSize, build_fleet
from devtools.demo.load import load_fleet
from devtools.local.service_user import ServiceUser, choose_service_user
from tests.identity.results import settled
from tests.pipeline import attribute, ingest

PROGRAMS = Path(f"/usr/lib/postgresql/{OLDEST_SERVER // 10_000}/bin")
SETTINGS = ("fsync=off", "shared_buffers=64MB", "jit=off", "listen_addresses=", "dynamic_shared_memory_type=mmap")
pytestmark = pytest.mark.skipif(
    not (PROGRAMS / "initdb").exists(),
    reason="THE OLDEST POSTGRESQL IS NOT TESTED: PostgreSQL 15 is missing (apt-get install postgresql-15)",
)


def server_run(account: ServiceUser, program: str, *arguments: str | Path) -> None:
    """Run one of its programs, and fail with what it said."""
    done = account.run(PROGRAMS / program, *arguments)
    assert done.returncode == 0, done.stdout


@pytest.fixture(scope="module")
def oldest() -> Iterator[Path]:
    """A server of the oldest version: the folder of its socket."""
    folder = Path(tempfile.mkdtemp(prefix="control-tower-oldest-"))
    account = choose_service_user(folder)
    account.own(folder)
    data = folder / "data"
    server_run(account, "initdb", "-D", data, "--username=postgres", "--auth=trust", "--encoding=UTF8", "--no-sync")
    options = " ".join(f"-c {setting}" for setting in (*SETTINGS, f"unix_socket_directories={folder}"))
    server_run(account, "pg_ctl", "-D", data, "-l", folder / "log", "-w", "-o", options, "start")
    yield folder
    server_run(account, "pg_ctl", "-D", data, "-w", "-m", "immediate", "stop")
    shutil.rmtree(folder)


def everything(session: psycopg.Connection[Any]) -> dict[str, Any]:
    """Run both pipelines twice and the health check on a small fleet; what they leave, and each check's state."""
    load_fleet(session, build_fleet(FleetSize(300), seed=3, country="PE"), report=lambda _: None)
    for run in (ingest, attribute, ingest, attribute):
        run()
    health_check.run_all_checks(session, health_check.clock(session), configured={})
    states = session.execute("select check_name, state from ops.v_check_results").fetchall()
    return {**settled(session), "states": dict(states)}


def read_every_view(session: psycopg.Connection[Any]) -> int:
    """Read all rows of every view; their number."""
    views = session.execute(
        "select format('table %I.%I', schemaname, viewname) from pg_views"
        " where schemaname in ('canon', 'observational', 'ops')"
    ).fetchall()
    for (statement,) in views:
        session.execute(statement).fetchall()
    return len(views)


def test_it_migrates_runs_and_watches_as_the_newest_does(
    oldest: Path, warehouse: psycopg.Connection[Any], monkeypatch: pytest.MonkeyPatch
):
    newest = everything(warehouse)
    views = read_every_view(warehouse)

    socket = quote(str(oldest), safe="")
    uri = f"postgresql://postgres@/postgres?host={socket}"
    monkeypatch.setenv("AIRFLOW_CONN_CONTROL_TOWER", f"postgres://postgres@{socket}/postgres")
    assert migrate(uri).applied
    assert migrate(uri).applied == ()
    with psycopg.connect(uri, autocommit=True) as session:
        assert session.info.server_version // 10_000 == OLDEST_SERVER // 10_000
        assert everything(session) == newest
        assert read_every_view(session) == views


RENAMED_INTO_PLACE = (
    "create table public.module_ct_scouting_daily_new (like public.module_ct_scouting_daily including all)",
    "insert into public.module_ct_scouting_daily_new select * from public.module_ct_scouting_daily",
    (
        "insert into public.module_ct_scouting_daily_new (id, scout_id, driver_name, driver_phone, registration_date)"
        " values (2, 8, 'Luis Rojas Paz', '912345678', '2026-10-29')"
    ),
    "begin",
    "alter table public.module_ct_scouting_daily rename to module_ct_scouting_daily_old",
    "alter table public.module_ct_scouting_daily_new rename to module_ct_scouting_daily",
    "commit",
    # as a load does that replaces its table
    "create table public.drivers_new as select * from public.drivers",
    "drop table public.drivers",
    "alter table public.drivers_new rename to drivers",
    "alter table public.drivers alter hire_date type timestamptz",
)


@pytest.mark.parametrize("version", ["oldest", "newest"])
def test_the_command_of_the_runbook_reads_a_table_that_was_renamed_into_place(
    oldest: Path,
    warehouse: psycopg.Connection[Any],
    airflow_metadata: None,
    monkeypatch: pytest.MonkeyPatch,
    version: str,
):
    uri = warehouse.info.dsn
    if version == "oldest":
        socket = quote(str(oldest), safe="")
        with psycopg.connect(f"postgresql://postgres@/postgres?host={socket}", autocommit=True) as session:
            session.execute("create database renamed")
        uri = f"postgresql://postgres@/renamed?host={socket}"
        monkeypatch.setenv("AIRFLOW_CONN_CONTROL_TOWER", f"postgres://postgres@{socket}/renamed")
        migrate(uri)
    with psycopg.connect(uri, autocommit=True) as session:
        session.execute("insert into public.drivers (driver_id, phone) values ('D1', '987654321')")
        session.execute("insert into public.module_ct_scouting_daily (id, registration_date) values (1, '2026-10-29')")
        ingest()
        for statement in RENAMED_INTO_PLACE:
            session.execute(statement.encode())
        health_check.run_all_checks(session, health_check.clock(session), configured={})
        replaced = "select count(*) from ops.v_check_results where state = 'RED_SOURCE_REPLACED'"
        assert session.execute(replaced).fetchone() == (2,)

        done = subprocess.run(
            [sys.executable, "-m", "airflow", "dags", "test", "identity_ingestion"],
            capture_output=True,
            text=True,
            env=os.environ,
            check=False,
        )
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
        said = "public.module_ct_scouting_daily is another table than the one that was read last"
        assert said in done.stdout + done.stderr
        keys = session.execute("select source_pk from canon.records_index order by 1").fetchall()
        assert keys == [("1",), ("2",)]
        health_check.run_all_checks(session, health_check.clock(session), configured={})
        assert session.execute(replaced).fetchone() == (0,)


def test_its_client_restores_what_it_dumped(oldest: Path):
    """As the runbook backs up and restores, with the oldest programs."""
    connection = {**os.environ, "PGHOST": str(oldest), "PGUSER": "postgres"}
    dump = oldest.parent / f"{oldest.name}.dump"
    for command in (
        ["pg_dump", "--format=custom", f"--file={dump}", "postgres"],
        ["createdb", "restored"],
        ["pg_restore", "--dbname=restored", "--exit-on-error", "--no-owner", str(dump)],
    ):
        done = subprocess.run(
            [str(PROGRAMS / command[0]), *command[1:]], env=connection, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
    dump.unlink()
    with psycopg.connect(f"postgresql://postgres@/restored?host={quote(str(oldest), safe='')}") as session:
        assert session.execute("select count(*) > 0 from ops.v_identity_links").fetchone() == (True,)
        assert session.execute("select count(*) from ops.v_audit_chain where is_intact is not true").fetchone() == (0,)
