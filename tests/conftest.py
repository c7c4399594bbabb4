"""PostgreSQL and Airflow for tests.

One embedded server per session in a temporary folder; databases made from migrated templates, one clone per
test. Airflow gets a home of its own before anything imports it.
"""

from __future__ import annotations

import atexit
import itertools
import logging
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from functools import cache
from pathlib import Path
from typing import Any
from unittest.mock import patch

import psutil
import psycopg
import pytest
from psycopg import sql

from devtools.local.embedded import EmbeddedServer, ensure_server

Warehouse = psycopg.Connection[Any]

PROJECT = Path(__file__).resolve().parents[1]
FIXTURES = Path(__file__).parent / "fixtures"

MEMORY = Path("/dev/shm")
"""Where Linux shows memory as a folder; containers often have little of it."""

ROOM = 3 * 2**30
"""Bytes that must be free there: several times what all test processes fill."""


def quick_folder(prefix: str) -> Path:
    """Make a temporary folder: in memory if there is room, else on the disk.

    A test's database is 800 files, made and deleted again. ext4 hands the number of a deleted file out again only
    after minutes, and until then looks past it whenever a file is made: soon a copy takes ten times as long.
    """
    has_room = os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM
    place = MEMORY if has_room and psutil.virtual_memory().available > ROOM else None
    return Path(tempfile.mkdtemp(prefix=prefix, dir=place))


# Airflow reads its configuration when it is first imported: at collection, before any fixture runs.
_airflow_home = quick_folder("control-tower-airflow-")
# Registered before Airflow's own handlers and hence run after them: some still write logs.
atexit.register(shutil.rmtree, _airflow_home, ignore_errors=True)
os.environ.update(
    AIRFLOW_HOME=str(_airflow_home),
    AIRFLOW__CORE__DAGS_FOLDER=str(PROJECT / "dags"),
    AIRFLOW__CORE__PLUGINS_FOLDER=str(PROJECT / "plugins"),
    AIRFLOW__CORE__LOAD_EXAMPLES="False",
    AIRFLOW__CORE__UNIT_TEST_MODE="True",
    AIRFLOW__DATABASE__SQL_ALCHEMY_CONN=f"sqlite:///{_airflow_home / 'airflow.db'}",
    AIRFLOW__LOGGING__BASE_LOG_FOLDER=str(_airflow_home / "logs"),
    AIRFLOW__USAGE_DATA_COLLECTION__ENABLED="False",
)
for name in [name for name in os.environ if name.startswith(("CONTROL_TOWER_", "AIRFLOW_CONN_CONTROL_TOWER"))]:
    del os.environ[name]  # a developer's own settings decide nothing here
os.environ["CONTROL_TOWER_PARTITIONS"] = "2"  # nor does the number of cores


LONG_FILES = (
    "deploy/test_services.py",
    "deploy/test_postgresql_versions.py",
    "deploy/test_killed_workers.py",
    "devtools/demo/test_story.py",
    "e2e/test_pages_in_airflow.py",
    "e2e/test_review.py",
    "web/test_accessibility.py",
    "e2e/test_search_and_picker.py",
    "package/test_airflow_3_2.py",
    "package/test_wheel.py",
    "e2e/test_below_a_path.py",
    "devtools/local/test_services.py",
    "identity/test_estimate_weights.py",
    "monitoring/test_dag_run.py",
    "identity/test_crash.py",
    "web/test_description.py",
    "attribution/test_only_what_changed.py",
    "identity/test_dag_run.py",
    "identity/test_loader_soak.py",
    "identity/test_replaced_sources.py",
    "migrate/test_source_types.py",
)
"""Files that take half a minute and more, the longest first."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the long files: with one process per core, one that comes last would keep a single process busy."""
    places = {str(Path(__file__).parent / file): place for place, file in enumerate(LONG_FILES)}
    items.sort(key=lambda item: places.get(str(item.path), len(places)))


class Database(str):
    """The connection string of a test's database, which can be asked directly."""

    __slots__ = ()

    def query(self, statement: str, *parameters: object) -> list[tuple[Any, ...]]:
        """Run one statement in a session of its own and return its rows, if it has any."""
        with psycopg.connect(self, autocommit=True) as connection:
            cursor = connection.execute(statement.encode(), parameters or None)
            return cursor.fetchall() if cursor.description else []


class Server:
    """The session's PostgreSQL server: makes, clones and drops databases."""

    def __init__(self, embedded: EmbeddedServer) -> None:
        self._embedded = embedded
        self._numbers = itertools.count(1)

    def uri(self, name: str) -> str:
        """libpq connection string of the database `name`."""
        return self._embedded.uri(name)

    def airflow_uri(self, name: str) -> str:
        """The same in the form that an AIRFLOW_CONN_* variable has."""
        return self._embedded.airflow_connection_uri(name)

    def create(self, name: str | None = None, template: str = "template0") -> str:
        """Create a database as a copy of another that nobody is connected to, and return its name."""
        name = name or f"t{next(self._numbers)}"
        statement = sql.SQL("create database {} template {} strategy file_copy")
        self._run(statement.format(sql.Identifier(name), sql.Identifier(template)))
        return name

    def drop(self, name: str) -> None:
        self._run(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))

    def _run(self, statement: sql.Composed) -> None:
        with psycopg.connect(self.uri("postgres"), autocommit=True) as connection:
            connection.execute(statement)


@pytest.fixture(autouse=True)
def _logging_stays_on() -> Iterator[None]:
    """`logging.disable` holds for the whole process: the tests that follow would lose their log lines."""
    yield
    assert logging.root.manager.disable == logging.NOTSET


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """A throw-away PostgreSQL server that does not wait for the disk."""
    folder = quick_folder("control-tower-pg-")
    folder.chmod(0o711)  # run by root, the server has an account of its own that must get through; its data is closed
    settings = {
        "fsync": "off",
        "full_page_writes": "off",
        "synchronous_commit": "off",
        "shared_buffers": "64MB",
    }
    embedded = ensure_server(folder, settings)
    yield Server(embedded)
    embedded.destroy()


@pytest.fixture(scope="session")
def migrated_template(server: Server) -> str:
    """Name of a database that went through migrate_schema, for cloning."""
    from control_tower.migrate import migrate

    name = server.create("template_migrated")
    migrate(server.uri(name))
    return name


@pytest.fixture(scope="session")
def established_template(server: Server) -> str:
    """Name of a database such as operators have it today, with rows in every table, for cloning."""
    name = server.create("template_established")
    with psycopg.connect(server.uri(name)) as connection:
        for file in sorted((FIXTURES / "established_database").glob("*.sql")):
            connection.execute(file.read_bytes())
    return name


@pytest.fixture
def empty_database(server: Server) -> Iterator[Database]:
    """Connection string of a database in which nothing exists."""
    name = server.create()
    yield Database(server.uri(name))
    server.drop(name)


@pytest.fixture
def established_database(server: Server, established_template: str) -> Iterator[Database]:
    """Connection string of an established database that this package has not seen yet."""
    name = server.create(template=established_template)
    yield Database(server.uri(name))
    server.drop(name)


@pytest.fixture
def copy_of(server: Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], Warehouse]]:
    """Copies a database: a session (autocommit) on the copy, from then on Airflow's connection `control_tower`."""
    with ExitStack() as made:

        def copy(template: str) -> Warehouse:
            name = server.create(template=template)
            made.callback(server.drop, name)
            monkeypatch.setenv("AIRFLOW_CONN_CONTROL_TOWER", server.airflow_uri(name))
            return made.enter_context(psycopg.connect(server.uri(name), autocommit=True))

        yield copy


@pytest.fixture(scope="module")
def told(server: Server, migrated_template: str) -> Iterator[Callable[[Callable[[Warehouse], Any]], tuple[str, Any]]]:
    """Tells a story in a migrated warehouse: the name of the database that it leaves, to copy, and what it returns."""
    with ExitStack() as made:

        def tell(story: Callable[[Warehouse], Any]) -> tuple[str, Any]:
            from control_tower.settings import get_settings

            name = server.create(template=migrated_template)
            made.callback(server.drop, name)
            with (
                pytest.MonkeyPatch.context() as variables,
                psycopg.connect(server.uri(name), autocommit=True) as session,
            ):
                variables.setenv("AIRFLOW_CONN_CONTROL_TOWER", server.airflow_uri(name))
                get_settings.cache_clear()
                return name, story(session)

        yield tell


@pytest.fixture
def beginning(migrated_template: str) -> str:
    """Name of the database that `warehouse` is a copy of: an empty one, unless a file's tests begin with a story."""
    return migrated_template


@pytest.fixture
def warehouse(copy_of: Callable[[str], Warehouse], beginning: str) -> Warehouse:
    """A session (autocommit) on a migrated, empty warehouse: Airflow's connection `control_tower`."""
    return copy_of(beginning)


@pytest.fixture(scope="session")
def airflow_metadata() -> Iterator[None]:
    """Airflow's own tables, in the SQLite file of this session; `dag.test()` needs them.

    It also reads and stores all DAG files before each run, for runs that start others. They do not change meanwhile,
    and that is most of its time: here it is done once.
    """
    subprocess.run([sys.executable, "-m", "airflow", "db", "migrate"], check=True, capture_output=True)
    from airflow.dag_processing import dagbag

    with (
        patch.object(dagbag, "BundleDagBag", cache(dagbag.BundleDagBag)),
        patch.object(dagbag, "sync_bag_to_db", cache(dagbag.sync_bag_to_db)),
    ):
        yield


@pytest.fixture
def copied_metadata(airflow_metadata: None, tmp_path: Path) -> None:
    """A copy of Airflow's own tables, `airflow.db`, in the test's folder.

    SQLite copies it: to close a file that was read otherwise ends this process's locks on it (POSIX), and the next
    process that closes the database then deletes the write-ahead log that this one still uses.
    """
    with (
        closing(sqlite3.connect(_airflow_home / "airflow.db")) as metadata,
        closing(sqlite3.connect(tmp_path / "airflow.db")) as copy,
    ):
        metadata.backup(copy)


@pytest.fixture
def figure(record_property: Callable[[str, object], None]) -> Callable[[str], None]:
    """Hands a measured figure to the end of the report, where it is printed whether the test passes or fails."""
    return lambda text: record_property("figure", text)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print which tests found no browser, and the figures that tests measured, from whichever process they ran in."""
    reports = [report for outcome in ("passed", "failed") for report in terminalreporter.getreports(outcome)]
    unseen = [
        report.nodeid for report in terminalreporter.getreports("skipped") if "no Chromium" in str(report.longrepr)
    ]
    if unseen:
        terminalreporter.section("NOT RUN: no Chromium", red=True, bold=True)
        terminalreporter.write_line(
            f"{len(unseen)} tests of the pages could not run. Install it (`apt-get install chromium`) and run:"
        )
        for name in unseen:
            terminalreporter.write_line(f"  {name}")
    figures = [str(value) for report in reports for name, value in report.user_properties if name == "figure"]
    if figures:
        terminalreporter.section("measured")
        for text in figures:
            terminalreporter.write_line(text)
