"""A server that runs out of room, gives up a transaction or goes away in the middle of a run: nothing is lost."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg
import pytest

from control_tower import database, errors, runs
from control_tower.migrate import migrate
from control_tower.monitoring.checks import check_names, run_check
from control_tower.settings import get_settings
from devtools.demo.fleet import FleetSize, build_fleet
from devtools.demo.load import load_fleet
from devtools.local.embedded import EmbeddedServer, ensure_server
from tests.conftest import quick_folder
from tests.identity.crashes import let_time_pass
from tests.identity.results import links, unmatched
from tests.pipeline import attribute, ingest

Warehouse = psycopg.Connection[Any]
PEOPLE = 1500


def load(session: Warehouse) -> None:
    load_fleet(session, build_fleet(FleetSize(PEOPLE), seed=11, country="PE"), report=lambda _: None)
    session.execute("analyze")


@pytest.fixture(scope="module")
def loaded(told: Any) -> tuple[str, Any]:
    """Name of a database with a fleet that nobody has ingested, and what its ingestion leaves without a hitch."""
    name: str = told(load)[0]

    def undisturbed(session: Warehouse) -> tuple[Any, Any]:
        load(session)
        ingest()
        return links(session), unmatched(session)

    return name, told(undisturbed)[1]


@pytest.fixture(autouse=True)
def _little_memory(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("CONTROL_TOWER_WORK_MEMORY_MB", "4")
    monkeypatch.setenv("CONTROL_TOWER_TAKEOVER_SECONDS", "1")
    get_settings.cache_clear()
    yield
    get_settings.cache_clear()


def fails(attempt: Callable[[], object]) -> errors.ControlTowerError:
    """The error of an attempt that fails, as its task has it; the run is marked as by the task's callback."""
    with pytest.raises(errors.ControlTowerError) as failure:
        attempt()
    return failure.value


def close_failed_run(session: Warehouse, error: errors.ControlTowerError) -> None:
    """What the callback of the failed task does."""
    for (run_id,) in session.execute("select id from ops.ingestion_runs where status = 'RUNNING'").fetchall():
        runs.fail_run(run_id, str(error))


def is_whole(session: Warehouse, expected: tuple[Any, Any]) -> None:
    """Everything is there as without a hitch, and every invariant holds."""
    assert (links(session), unmatched(session)) == expected
    assert {name: run_check(session, name).status for name in check_names()} == dict.fromkeys(check_names(), "OK")


def test_a_limit_of_temporary_files_is_named_and_raising_it_is_enough(
    copy_of: Callable[[str], Warehouse], loaded: tuple[str, Any]
) -> None:
    session = copy_of(loaded[0])
    name = session.info.dbname
    session.execute(f"alter database {name} set temp_file_limit = '1kB'")  # type: ignore[arg-type]

    def sort() -> None:
        with database.session("test") as limited:
            limited.execute("set work_mem = '64kB'")
            limited.execute("select count(*) from (select n from generate_series(1, 200000) as n order by -n) as s")

    error = fails(sort)
    assert isinstance(error, errors.DatabaseExhausted)
    assert "temp_file_limit" in error.problem
    assert "nothing is lost" in error.problem
    assert "CONTROL_TOWER_WORK_MEMORY_MB" in error.next_action
    try:
        ingest()
    except errors.DatabaseExhausted as error:  # whether a run of this size needs files is the planner's choice
        close_failed_run(session, error)
    session.execute(f"alter database {name} reset temp_file_limit")  # type: ignore[arg-type]
    ingest()
    is_whole(session, loaded[1])


def test_pipelines_run_where_every_transaction_is_serializable(
    copy_of: Callable[[str], Warehouse], loaded: tuple[str, Any]
) -> None:
    session = copy_of(loaded[0])
    session.execute(f"alter database {session.info.dbname} set default_transaction_isolation = 'serializable'")  # type: ignore[arg-type]
    ingest()
    is_whole(session, loaded[1])
    attribute()
    assert session.execute("select distinct status::text from ops.ingestion_runs").fetchall() == [("COMPLETED",)]


def test_a_transaction_that_another_writer_makes_impossible_may_be_repeated(warehouse: Warehouse) -> None:
    warehouse.execute("create table public.counted (n integer)")
    warehouse.execute("insert into public.counted values (0)")

    def count(meanwhile: Callable[[], object]) -> None:
        with database.session("test") as session:
            session.execute("set default_transaction_isolation = 'repeatable read'")
            with session.transaction():
                session.execute("select n from public.counted")
                meanwhile()
                session.execute("update public.counted set n = n + 1")

    error = fails(lambda: count(lambda: warehouse.execute("update public.counted set n = n + 10")))
    assert isinstance(error, errors.DatabaseBusy)
    assert error.is_retryable
    assert "run it again" in error.next_action
    count(lambda: None)
    assert warehouse.execute("select n from public.counted").fetchone() == (11,)


@contextmanager
def server_of_its_own(folder: Path) -> Iterator[EmbeddedServer]:
    folder.chmod(0o711)
    settings = {"shared_buffers": "16MB", "max_wal_size": "64MB", "min_wal_size": "32MB", "fsync": "off"}
    started = ensure_server(folder, settings)
    try:
        yield started
    finally:
        started.destroy()


def test_a_server_that_goes_away_in_the_middle_and_comes_back(
    monkeypatch: pytest.MonkeyPatch, loaded: tuple[str, Any]
) -> None:
    folder = quick_folder("control-tower-away-")
    with server_of_its_own(folder) as away:
        away.create_database("fleet")
        migrate(away.uri("fleet"))
        monkeypatch.setenv("AIRFLOW_CONN_CONTROL_TOWER", away.airflow_connection_uri("fleet"))
        with psycopg.connect(away.uri("fleet"), autocommit=True) as session:
            load(session)
        begun = ingest(until="start_batch")
        away.stop()
        for attempt in (ingest, attribute, lambda: runs.fail_run(begun, "x"), lambda: migrate(away.uri("fleet"))):
            error = fails(attempt)
            assert isinstance(error, errors.DatabaseUnreachable)
            assert 'database "fleet"' in error.problem
            assert "check that the server runs" in error.next_action
        back = ensure_server(away.folder, away.settings)
        with psycopg.connect(back.uri("fleet"), autocommit=True) as session:
            let_time_pass(session)
            ingest()
            statuses = session.execute("select id, status::text from ops.ingestion_runs order by id").fetchall()
            assert statuses == [(begun, "FAILED"), (begun + 1, "COMPLETED")]
            is_whole(session, loaded[1])
    shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def small_file_system(size: str) -> Iterator[Path]:
    """A file system of its own with little room, in memory."""
    folder = Path(tempfile.mkdtemp(prefix="control-tower-small-disk-"))
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size},mode=711", "tmpfs", folder],
        capture_output=True,
        text=True,
        check=False,
    )
    if mounted.returncode:
        pytest.skip(f"THE FULL DISK IS NOT TESTED: no file system can be mounted here ({mounted.stderr.strip()})")
    yield folder
    subprocess.run(["umount", "--lazy", folder], check=True)
    folder.rmdir()


@pytest.fixture
def small_disk() -> Iterator[Path]:
    with small_file_system("220m") as folder:
        yield folder


def test_a_full_disk_is_named_and_room_is_enough(
    small_disk: Path, monkeypatch: pytest.MonkeyPatch, loaded: tuple[str, Any], figure: Callable[[str], None]
) -> None:
    with server_of_its_own(small_disk) as cramped:
        cramped.create_database("fleet")
        migrate(cramped.uri("fleet"))
        monkeypatch.setenv("AIRFLOW_CONN_CONTROL_TOWER", cramped.airflow_connection_uri("fleet"))
        with psycopg.connect(cramped.uri("fleet"), autocommit=True) as session:
            load(session)
        ballast = small_disk / "ballast"
        with ballast.open("wb") as file, suppress(OSError):
            file.write(bytes(shutil.disk_usage(small_disk).free - 2 * 2**20))
        error = fails(ingest)
        # the server may also have stopped: without room for its log it writes nothing more
        assert isinstance(error, errors.DatabaseExhausted | errors.DatabaseUnreachable)
        figure(f"full disk: {error.problem}")
        if isinstance(error, errors.DatabaseExhausted):
            assert "No space left on device" in error.problem
            assert "free space or enlarge it" in error.next_action
        ballast.unlink()
        roomy = ensure_server(cramped.folder, cramped.settings)
        with psycopg.connect(roomy.uri("fleet"), autocommit=True) as session:
            close_failed_run(session, error)
            ingest()
            is_whole(session, loaded[1])
