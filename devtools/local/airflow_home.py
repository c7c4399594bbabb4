"""The local Airflow's configuration: environment variables only, and files that hold its secrets.

Everything lives below `.control-tower` in the project folder. Nothing is read from an Airflow that the user
may have elsewhere; `AIRFLOW_CONN_…` and `CONTROL_TOWER_…` variables of the user are passed on.
"""

import base64
import json
import os
import secrets
import subprocess
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from string import ascii_letters, digits

import psycopg

from devtools.demo.dataset import park_ids
from devtools.local.embedded import EmbeddedServer
from devtools.local.errors import LocalError
from devtools.local.locking import exclusive

PROJECT = Path(__file__).resolve().parents[2]
WAREHOUSE_DATABASE = "control_tower"
DEMO_DATABASE = "control_tower_demo"
DEMO_COMMENT = "Made by make demo of Control Tower; the next make demo drops it."
"""The comment on the demo's database: a database of that name without it was made by someone else."""

METADATA_DATABASE = "airflow"
WAREHOUSE_CONNECTION = "AIRFLOW_CONN_CONTROL_TOWER"
ADMINISTRATOR = "admin"
USERS = {ADMINISTRATOR: "ADMIN", "operator": "USER", "viewer": "VIEWER"}
"""Who may log in, and their roles in Airflow: one does everything, one decides and starts runs, one only reads."""
PASSWORDS = "passwords.json"
DEFAULT_PORT = 8080


@dataclass(frozen=True)
class LocalFolders:
    """Where things are.

    Attributes:
        project: the checked-out project.
    """

    project: Path = PROJECT

    @property
    def state(self) -> Path:
        """Everything that running the project leaves behind, besides .venv."""
        return self.project / ".control-tower"

    @property
    def postgres(self) -> Path:
        """The embedded server."""
        return self.state / "postgres"

    @property
    def airflow(self) -> Path:
        """AIRFLOW_HOME."""
        return self.state / "airflow"

    @property
    def logs(self) -> Path:
        """Logs of the components, and below it those of tasks."""
        return self.state / "logs"

    @property
    def running(self) -> Path:
        """What `up` has started: process ids, the port."""
        return self.state / "run"


def prepare_databases(server: EmbeddedServer) -> None:
    """Create the warehouse and metadata databases where they are missing."""
    server.create_database(WAREHOUSE_DATABASE)
    server.create_database(METADATA_DATABASE)


def warehouse_database(server: EmbeddedServer) -> str:
    """Return the name of the embedded server's warehouse: the demo's database once there was a demo."""
    with psycopg.connect(server.uri("postgres")) as connection:
        demo = connection.execute(
            "select 1 from pg_database where datname = %s and shobj_description(oid, 'pg_database') = %s",
            [DEMO_DATABASE, DEMO_COMMENT],
        ).fetchone()
    return DEMO_DATABASE if demo else WAREHOUSE_DATABASE


def environment(
    folders: LocalFolders,
    server: EmbeddedServer,
    port: int = DEFAULT_PORT,
    base: Mapping[str, str] = os.environ,
) -> dict[str, str]:
    """Return the environment in which Airflow commands work on the local installation.

    Args:
        folders: where the project is.
        server: holds the metadata database, and the warehouse unless the user names another.
        port: the loopback port of the API server.
        base: the environment to start from.
    """
    url = f"http://127.0.0.1:{port}"
    fixed = {
        "AIRFLOW_HOME": str(folders.airflow),
        "AIRFLOW_CONFIG": str(folders.airflow / "airflow.cfg"),
        "AIRFLOW__CORE__DAGS_FOLDER": str(folders.project / "dags"),
        "AIRFLOW__CORE__PLUGINS_FOLDER": str(folders.project / "plugins"),
        "AIRFLOW__CORE__EXECUTOR": "LocalExecutor",
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__FERNET_KEY": secret(folders, "fernet.key", _fernet_key),
        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"{url}/execution/",
        "AIRFLOW__CORE__AUTH_MANAGER": (
            "airflow.api_fastapi.auth.managers.simple.simple_auth_manager.SimpleAuthManager"
        ),
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS": ",".join(f"{name}:{role}" for name, role in USERS.items()),
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_ALL_ADMINS": "False",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(folders.airflow / PASSWORDS),
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": server.sqlalchemy_uri(METADATA_DATABASE),
        "AIRFLOW__DATABASE__LOAD_DEFAULT_CONNECTIONS": "False",
        "AIRFLOW__API__HOST": "127.0.0.1",
        "AIRFLOW__API__PORT": str(port),
        "AIRFLOW__API__BASE_URL": url,
        "AIRFLOW__API__SECRET_KEY": secret(folders, "api-secret.key", secrets.token_hex),
        "AIRFLOW__API_AUTH__JWT_SECRET": secret(folders, "jwt-secret.key", secrets.token_hex),
        "AIRFLOW__LOGGING__BASE_LOG_FOLDER": str(folders.logs / "tasks"),
        "AIRFLOW__LOGGING__DAG_PROCESSOR_CHILD_PROCESS_LOG_DIRECTORY": str(folders.logs / "dag-processing"),
        "PYTHONPATH": _joined(str(folders.project / "plugins"), base.get("PYTHONPATH")),
        "PATH": _joined(str(Path(sys.executable).parent), base.get("PATH")),
        # Workers talk to the API server on loopback; a company's proxy must not get in between.
        "NO_PROXY": ",".join(filter(None, ["127.0.0.1", "localhost", base.get("NO_PROXY") or base.get("no_proxy")])),
    }
    fixed["no_proxy"] = fixed["NO_PROXY"]
    database = warehouse_database(server)
    preferred = {
        WAREHOUSE_CONNECTION: server.airflow_connection_uri(database),
        # as `make demo` sets it
        **({"CONTROL_TOWER_TARGET_PARK_ID": park_ids("PE")[0]} if database == DEMO_DATABASE else {}),
        # A run that is triggered on a paused DAG waits for ever, and most DAGs here are started by people.
        "AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": "False",
        # Two cores, shared with the database and the browser.
        "AIRFLOW__CORE__PARALLELISM": "4",
        # One process answers twenty readers at once, but late: Python takes them one after another.
        "AIRFLOW__API__WORKERS": "2",
        "AIRFLOW__DAG_PROCESSOR__PARSING_PROCESSES": "1",
        "AIRFLOW__DAG_PROCESSOR__MIN_FILE_PROCESS_INTERVAL": "60",
        "AIRFLOW__DAG_PROCESSOR__REFRESH_INTERVAL": "60",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_POOL_SIZE": "3",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_MAX_OVERFLOW": "7",
        "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
        "SCARF_ANALYTICS": "false",
    }
    return {**preferred, **base, **fixed}


def migrated_environment(folders: LocalFolders, server: EmbeddedServer, port: int = DEFAULT_PORT) -> dict[str, str]:
    """Return `environment`, with the metadata database migrated.

    Raises:
        LocalError: Airflow could not migrate.
    """
    variables = environment(folders, server, port)
    migrate_metadata(folders, server, variables)
    return variables


def migrate_metadata(folders: LocalFolders, server: EmbeddedServer, variables: Mapping[str, str]) -> None:
    """Migrate Airflow's metadata database to the installed version, unless a file says that it was done.

    Raises:
        LocalError: Airflow could not migrate.
    """
    done = folders.airflow / "metadata-migrated"
    log = folders.logs / "migrate-metadata.log"
    with exclusive(folders.airflow / "migrate.lock"):
        with psycopg.connect(server.uri(METADATA_DATABASE)) as connection:
            row = connection.execute("select system_identifier::text from pg_control_system()").fetchone()
        state = f"{version('apache-airflow-core')} {row[0] if row else ''}"
        with suppress(OSError):
            if done.read_text() == state:
                return
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("w") as output:
            command = [sys.executable, "-m", "airflow", "db", "migrate"]
            code = subprocess.run(
                command, env=dict(variables), stdout=output, stderr=subprocess.STDOUT, check=False
            ).returncode
        if code != 0:
            raise LocalError(
                f"Airflow could not migrate its metadata database (exit code {code}).",
                f"see {log}, then run make again.",
            )
        done.write_text(state)


def passwords(folders: LocalFolders) -> dict[str, str]:
    """Return the password of each user, generated the first time; those that are there stay."""
    known: dict[str, str] = json.loads(secret(folders, PASSWORDS, lambda: json.dumps(_drawn({}))))
    if USERS.keys() <= known.keys():
        return known
    with exclusive(folders.airflow / "secrets.lock"):
        known = _drawn(json.loads((folders.airflow / PASSWORDS).read_text()))
        _write_secret(folders.airflow / PASSWORDS, json.dumps(known))
    return known


def _drawn(known: Mapping[str, str]) -> dict[str, str]:
    alphabet = ascii_letters + digits
    return {name: "".join(secrets.choice(alphabet) for _ in range(16)) for name in USERS} | dict(known)


def secret(folders: LocalFolders, name: str, generate: Callable[[], str]) -> str:
    """Return the text of a file that only its owner may read, generated the first time."""
    path = folders.airflow / name
    with exclusive(folders.airflow / "secrets.lock"):
        if not path.exists():
            _write_secret(path, generate())
        return path.read_text()


def _write_secret(path: Path, text: str) -> None:
    """Write aside and move, so that a process that is killed leaves no empty secret."""
    unfinished = path.with_name(f"{path.name}.unfinished")
    unfinished.unlink(missing_ok=True)
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    unfinished.rename(path)


def _fernet_key() -> str:
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()


def _joined(first: str, rest: str | None) -> str:
    return os.pathsep.join(filter(None, [first, rest]))
