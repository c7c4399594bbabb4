"""A machine on which the services of docker-compose.yaml run one by one, without a container engine."""

from __future__ import annotations

import os
import secrets
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest

from devtools.local.service_user import ServiceUser, choose_service_user, place_programs
from tests.deploy.compose import PROJECT, Machine

_spec = spec_from_file_location("draw_secrets", PROJECT / "deploy" / "draw_secrets.py")
assert _spec is not None
assert _spec.loader is not None
draw_secrets = module_from_spec(_spec)
_spec.loader.exec_module(draw_secrets)
SECRETS = (
    *("METADATA_PASSWORD", "WAREHOUSE_PASSWORD", "WAREHOUSE_PIPELINES_PASSWORD", "WAREHOUSE_PAGES_PASSWORD"),
    *("API_SECRET_KEY", "JWT_SECRET", "ADMIN_PASSWORD"),
)
CELERY_SECRETS = ("REDIS_PASSWORD", "FLOWER_PASSWORD")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A whole Airflow is started last, when the other tests leave it the machine."""
    items.sort(key=lambda item: item.path.name == "test_services.py")


def drawn_secrets() -> dict[str, str]:
    """A secret for each name; with a character that URLs must quote."""
    drawn = {name: f"{draw_secrets.draw(name)}/@:" for name in (*SECRETS, *CELERY_SECRETS)}
    return drawn | {"FERNET_KEY": draw_secrets.draw("FERNET_KEY")}


def free_ports(count: int) -> list[int]:
    """Ports of loopback that nobody listens on now."""
    probes = [socket.socket() for _ in range(count)]
    try:
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [int(probe.getsockname()[1]) for probe in probes]
    finally:
        for probe in probes:
            probe.close()


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """A folder that other system users may enter, as they may a container's root."""
    made = Path(tempfile.mkdtemp(prefix="control-tower-deploy-"))
    made.chmod(0o755)
    yield made
    shutil.rmtree(made, ignore_errors=True)


@pytest.fixture(scope="module")
def machine(folder: Path) -> Iterator[Machine]:
    """A machine whose PostgreSQL, the service `postgres`, runs on loopback with a password."""
    api, scheduler, flower, mail, postgres, redis, *logs = free_ports(9)
    home = folder / "airflow"
    home.mkdir()
    for name in ("dags", "plugins", "sql", "deploy"):
        shutil.copytree(PROJECT / name, home / name, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "redis").mkdir()
    (folder / "secrets").mkdir()
    variables = drawn_secrets() | {
        "METADATA_HOST": "127.0.0.1",
        "METADATA_PORT": str(postgres),
        "WAREHOUSE_HOST": "127.0.0.1",
        "WAREHOUSE_PORT": str(postgres),
        "WAREHOUSE_USER": "control_tower",
        "CONTROL_TOWER_MONITOR_TOKEN": secrets.token_hex(16),
        "API_WORKERS": "1",
    }
    places = {
        "http://api-server:8080": f"http://127.0.0.1:{api}",
        "http://localhost:8080": f"http://127.0.0.1:{api}",
        "localhost:8974": f"127.0.0.1:{scheduler}",
        "localhost:5555": f"127.0.0.1:{flower}",
        "0.0.0.0:1025": f"127.0.0.1:{mail}",
        "redis-cli ping": f"redis-cli -p {redis} ping",
        "'localhost', 1025": f"'127.0.0.1', {mail}",
        "0.0.0.0": "127.0.0.1",
        "/opt/airflow": str(home),
        "/run/secrets": str(folder / "secrets"),
        "/data": str(folder / "redis"),
    }
    brought = {
        "AIRFLOW_HOME": str(home),
        "HOME": str(folder),
        "LANG": "C.UTF-8",
        "NO_PROXY": "127.0.0.1,localhost",
        "no_proxy": "127.0.0.1,localhost",
        "SECRETS_FOLDER": str(folder / "secrets"),
        "PGPORT": str(postgres),
        "REDIS_HOST": "127.0.0.1",
        "REDIS_PORT": str(redis),
        "MAIL_HOST": "127.0.0.1",
        "MAIL_PORT": str(mail),
        "AIRFLOW__SCHEDULER__SCHEDULER_HEALTH_CHECK_SERVER_PORT": str(scheduler),
        "AIRFLOW__CELERY__FLOWER_HOST": "127.0.0.1",
        "AIRFLOW__CELERY__FLOWER_PORT": str(flower),
        "AIRFLOW__LOGGING__WORKER_LOG_SERVER_PORT": str(logs[0]),
        "AIRFLOW__LOGGING__TRIGGER_LOG_SERVER_PORT": str(logs[1]),
    }
    ports = {"api": api, "mail": mail, "postgres": postgres, "other worker's logs": logs[2]}
    listening = {"redis": ("--port", str(redis), "--bind", "127.0.0.1")}
    built = Machine(folder, variables, places, brought, ports, listening)
    account = choose_service_user(folder / "postgres")
    try:
        start_postgres(built, account, postgres)
        yield built
    finally:
        built.stop()


def start_postgres(machine: Machine, account: ServiceUser, port: int) -> None:
    """Make a database as the image's own script does, and start the service on it."""
    programs = place_programs(account)
    data, password = machine.folder / "postgres", machine.folder / "postgres-password"
    data.mkdir()
    account.own(data)
    environment = machine.environment("postgres")
    password.write_text(environment["SECRET"])
    initdb = ["--username", environment["POSTGRES_USER"], "--pwfile", password, "--auth=scram-sha-256"]
    initdb += ["--encoding=UTF8", "--locale=C"]  # the image has a UTF-8 locale
    done = account.run(programs / "initdb", "--pgdata", data, "--no-sync", *initdb)
    assert done.returncode == 0, done.stdout
    # What stands for the image's script gets what that script gets: the password and the server's command.
    script = machine.folder / "docker-entrypoint.sh"
    script.write_text(
        '#!/bin/sh\ntest -n "$POSTGRES_PASSWORD" || exit 1\n'
        f'exec "$@" -D {data} -h 127.0.0.1 -p {port} -k {data} -c fsync=off\n'
    )
    script.chmod(0o755)
    path = f"{programs}{os.pathsep}{machine.folder}{os.pathsep}{os.environ['PATH']}"
    as_user = {"user": account.uid, "group": account.gid, "extra_groups": []} if account.is_other else {}
    machine.brought = {**machine.brought, "PATH": f"{programs}{os.pathsep}{machine.environment('check')['PATH']}"}
    machine.start("postgres", extra={"PATH": path}, **as_user)
    machine.wait_until_healthy("postgres", seconds=30)
    statements = (
        f"create role control_tower login superuser password '{machine.environment('init')['WAREHOUSE_PASSWORD']}'",
        "create database airflow",
        "create database control_tower owner control_tower",
    )
    for statement in statements:
        subprocess.run(
            [programs / "psql", "-h", "127.0.0.1", "-p", str(port), "-U", "airflow", "-d", "postgres", "-c", statement],
            env={"PGPASSWORD": environment["SECRET"], "PATH": path},
            check=True,
            capture_output=True,
        )
