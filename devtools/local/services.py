"""Starting and stopping Airflow's four components on this machine."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import ProxyHandler, build_opener

import psycopg

from devtools.local import airflow_home, ports, processes, server_refcount
from devtools.local.airflow_home import LocalFolders
from devtools.local.embedded import EmbeddedServer
from devtools.local.errors import LocalError
from devtools.local.locking import exclusive

# The servers of logs listen on every address; without them the API server reads the same files itself.
COMPONENTS: Mapping[str, tuple[str, ...]] = {
    "api-server": ("api-server",),
    "scheduler": ("scheduler", "--skip-serve-logs"),
    "dag-processor": ("dag-processor",),
    "triggerer": ("triggerer", "--skip-serve-logs"),
}
API_PARTS = ("api_server", "metadatabase")
"""What tasks need."""
HEALTHY_SECONDS = 240
STOP_SECONDS = 25
PORTS_TO_TRY = 50


@dataclass(frozen=True)
class Running:
    """What a person needs to use the local Airflow.

    Attributes:
        url: where it listens.
        passwords: of everybody who may log in, the administrator first.
        was_running: whether it was there before.
    """

    url: str
    passwords: Mapping[str, str]
    was_running: bool

    @property
    def user(self) -> str:
        """The administrator."""
        return airflow_home.ADMINISTRATOR

    @property
    def password(self) -> str:
        """The administrator's password."""
        return self.passwords[self.user]


def records(folders: LocalFolders) -> dict[str, Path]:
    """Return the file that records each component's process."""
    return {name: folders.running / f"{name}.json" for name in COMPONENTS}


def any_running(folders: LocalFolders) -> bool:
    """Return whether any process that `up` started still runs."""
    return any(processes.members(record) for record in records(folders).values())


def warehouse_lock_file(folders: LocalFolders) -> Path:
    """Return the file that a demo, or `up` while it starts, locks to be alone on the warehouse."""
    return folders.running / "warehouse.lock"


def up(folders: LocalFolders, wanted_port: int | None = None, on_wait: Callable[[], None] = lambda: None) -> Running:
    """Start what is not running and wait until all of it is healthy.

    Args:
        folders: where the project is.
        wanted_port: the loopback port to use; by default that of the last time, or the first free one from
            8080 on.
        on_wait: called once when a demo has to end first.

    Raises:
        LocalError: it did not become healthy, or the port is taken; everything that was started is stopped
            again.
        ServerError: the embedded PostgreSQL cannot run.
    """
    with exclusive(warehouse_lock_file(folders), on_wait), exclusive(folders.running / "up.lock"):
        passwords = airflow_home.passwords(folders)
        port = _remembered_port(folders)
        complete = all(processes.is_running(record) for record in records(folders).values())
        if complete and port and wanted_port in {None, port} and not _unhealthy(port):
            return Running(_url(port), passwords, was_running=True)
        _stop_components(folders)
        with server_refcount.server(folders) as server, _claimed_port(folders, wanted_port) as claimed:
            # From here on the components, not this command, need the server.
            server_refcount.keep_running(folders)
            try:
                variables = airflow_home.migrated_environment(folders, server, claimed.port)
                _prepare_warehouse(folders, server, variables)
                _start_components(folders, variables, claimed)
            except BaseException:
                _stop_components(folders)
                server_refcount.stop_when_idle(folders)
                raise
        return Running(_url(claimed.port), passwords, was_running=False)


def down(folders: LocalFolders) -> list[str]:
    """Stop the components and the embedded server; return what was stopped, for the user.

    A server that a `make demo` in another terminal is using at the moment is left to it, and stops with it.

    Raises:
        LocalError: something still listens on the port afterwards.
    """
    with exclusive(folders.running / "up.lock"):
        stopped = _stop_components(folders)
        if server_refcount.stop_when_idle(folders):
            stopped.append("PostgreSQL")
        return stopped


def stop_scheduler(folders: LocalFolders) -> dict[str, str]:
    """Stop the scheduler that `up` started, and its tasks; pages and API stay.

    Returns:
        Its environment, for `restart_scheduler`; empty when it did not run.
    """
    with exclusive(folders.running / "up.lock"):
        scheduler = records(folders)["scheduler"]
        variables = processes.environment_of(scheduler)
        processes.stop([scheduler], STOP_SECONDS)
        return variables


def restart_scheduler(folders: LocalFolders, server: EmbeddedServer, variables: Mapping[str, str]) -> str | None:
    """Start the scheduler again, unless the other components were stopped meanwhile.

    When the first demo has made its database since `up`, all components are restarted, and serve that one.

    Args:
        folders: where the project is.
        server: holds the warehouse.
        variables: what `stop_scheduler` returned.

    Returns:
        Where Airflow listens; None when it was stopped, or there was no scheduler.

    Raises:
        LocalError: it did not become healthy.
    """
    with exclusive(folders.running / "up.lock"):
        port = _remembered_port(folders)
        if not variables or not port or not processes.is_running(records(folders)["api-server"]):
            return None
        warehouse = server.airflow_connection_uri(airflow_home.warehouse_database(server))
        served = variables.get(airflow_home.WAREHOUSE_CONNECTION)
        if served == server.airflow_connection_uri(airflow_home.WAREHOUSE_DATABASE) != warehouse:
            _stop_components(folders)
            with _claimed_port(folders, port) as claimed:
                _start_components(folders, {**variables, airflow_home.WAREHOUSE_CONNECTION: warehouse}, claimed)
        else:
            _start(folders, "scheduler", variables)
            _wait_until_healthy(folders, port)
        return _url(port)


def status(folders: LocalFolders) -> dict[str, str]:
    """Return the state of every component in a word or two."""
    port = _remembered_port(folders)
    states = {
        name: "running" if processes.is_running(record) else "stopped" for name, record in records(folders).items()
    }
    if port and states["api-server"] == "running":
        states["api-server"] = f"running, {_url(port)}"
        for name in (part.replace("_", "-") for part in _unhealthy(port)):
            if states.get(name) != "stopped":
                states[name] = "running, not healthy yet"
    states["PostgreSQL"] = "running" if server_refcount.server_is_running(folders) else "stopped"
    return states


def _start_components(folders: LocalFolders, variables: Mapping[str, str], claimed: ports.PortClaim) -> None:
    """Start all components, the scheduler when the API answers: its tasks would use up their retries before that."""
    first = [name for name in COMPONENTS if name != "scheduler"]
    for name in first:
        _start(folders, name, variables, claimed.descriptors if name == "api-server" else [])
    _wait_until(folders, first, lambda: [part for part in _unhealthy(claimed.port) if part in API_PARTS])
    _start(folders, "scheduler", variables)
    _wait_until_healthy(folders, claimed.port)


def _start(folders: LocalFolders, name: str, variables: Mapping[str, str], keep_open: Collection[int] = ()) -> None:
    log = folders.logs / f"{name}.log"
    log.unlink(missing_ok=True)
    command = [sys.executable, "-m", "airflow", *COMPONENTS[name]]
    processes.start(records(folders)[name], command, variables, log, keep_open)


def _prepare_warehouse(folders: LocalFolders, server: EmbeddedServer, variables: Mapping[str, str]) -> None:
    """Migrate an embedded warehouse that has no schema, so that the scheduled DAGs of a first `up` do not fail."""
    database = airflow_home.warehouse_database(server)
    if variables[airflow_home.WAREHOUSE_CONNECTION] != server.airflow_connection_uri(database):
        return  # a database that the user named is migrated by the user
    with psycopg.connect(server.uri(database)) as connection:
        if connection.execute("select 1 from pg_namespace where nspname = 'ops'").fetchone():
            return
    log = folders.logs / "migrate-schema.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("w") as output:
        command = [sys.executable, "-m", "airflow", "dags", "test", "migrate_schema"]
        code = subprocess.run(
            command, env=dict(variables), stdout=output, stderr=subprocess.STDOUT, check=False
        ).returncode
    if code != 0:
        raise LocalError(
            "The DAG migrate_schema failed on the embedded warehouse.", f"see {log}, then run make up again."
        )


def _wait_until_healthy(folders: LocalFolders, port: int) -> None:
    _wait_until(folders, list(COMPONENTS), lambda: _unhealthy(port))


def _wait_until(folders: LocalFolders, names: list[str], unhealthy: Callable[[], list[str]]) -> None:
    """Wait until nothing is unhealthy.

    Raises:
        LocalError: one of these components ended, or it takes too long.
    """
    deadline = time.monotonic() + HEALTHY_SECONDS
    while True:
        dead = [name for name in names if not processes.is_running(records(folders)[name])]
        if dead:
            raise _not_healthy(folders, f"The {dead[0]} ended while starting.", dead)
        missing = unhealthy()
        if not missing:
            return
        if time.monotonic() > deadline:
            message = f"After {HEALTHY_SECONDS} s not healthy: {', '.join(missing)}."
            raise _not_healthy(folders, message, names)
        time.sleep(0.5)


def _not_healthy(folders: LocalFolders, problem: str, names: list[str]) -> LocalError:
    logs = [folders.logs / f"{name}.log" for name in names]
    last_lines = "\n".join(logs[0].read_text(errors="replace").splitlines()[-15:]) if logs[0].exists() else ""
    listed = ", ".join(map(str, logs))
    return LocalError(f"{problem}\n{last_lines}", f"see {listed}; then run make up again.")


def _unhealthy(port: int) -> list[str]:
    """Return the parts of Airflow that are not healthy, asking its own monitor."""
    parts = ["metadatabase", "scheduler", "dag_processor", "triggerer"]
    opener = build_opener(ProxyHandler({}))
    try:
        with opener.open(f"{_url(port)}/api/v2/monitor/health", timeout=10) as answer:
            health = json.load(answer)
    except (OSError, URLError, ValueError):
        return ["api_server"]
    return [part for part in parts if (health.get(part) or {}).get("status") != "healthy"]


def _stop_components(folders: LocalFolders) -> list[str]:
    alive = [name for name, record in records(folders).items() if processes.members(record)]
    port = _remembered_port(folders) if "api-server" in alive else None
    processes.stop(list(records(folders).values()), STOP_SECONDS)
    deadline = time.monotonic() + 10
    while port and not ports.is_free(port):
        if time.monotonic() > deadline:
            raise LocalError(f"Something else listens on port {port} now.", "find it with `ss -ltnp`, or ignore it.")
        time.sleep(0.2)
    return alive


@contextmanager
def _claimed_port(folders: LocalFolders, wanted: int | None) -> Iterator[ports.PortClaim]:
    first = wanted or _remembered_port(folders) or airflow_home.DEFAULT_PORT
    default = airflow_home.DEFAULT_PORT
    candidates = [first] if wanted else [first, *range(default, default + PORTS_TO_TRY)]
    for port in candidates:
        claimed = ports.claim(port)
        if claimed:
            break
    else:
        raise LocalError(f"Port {first} is taken.", f"name another one: make up PORT={first + 1}")
    (folders.running / "port").write_text(str(claimed.port))
    try:
        yield claimed
    finally:
        claimed.release()


def _remembered_port(folders: LocalFolders) -> int | None:
    try:
        return int((folders.running / "port").read_text())
    except (OSError, ValueError):
        return None


def _url(port: int) -> str:
    return f"http://{ports.LOOPBACK}:{port}"
