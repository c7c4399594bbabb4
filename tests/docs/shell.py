"""How each program that the pages tell to type is tried, without a container engine and without side effects.

Programs of PostgreSQL run for real on the embedded server; Airflow's own parser reads Airflow's commands; of `docker
compose`, whose engine is not here, services, subcommands and options are held against the file and this list.
"""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

from devtools.local.service_user import choose_service_user, place_programs
from tests.deploy.compose import PROJECT, read_compose

SUBCOMMANDS: dict[str, tuple[set[str], bool]] = {
    "build": (set(), False),
    "up": ({"--detach", "--build"}, True),
    "ps": (set(), True),
    "logs": ({"--tail=50"}, True),
    "stop": (set(), True),
    "exec": (set(), True),
    "cp": (set(), False),
}
"""Of `docker compose`: the options that the pages use, and whether a service may be named."""


def airflow(words: list[str]) -> None:
    """Airflow's own parser takes it; a DAG that it names exists, and a configuration fits the DAG's parameters."""
    from airflow.cli import cli_parser

    from tests.pipeline import DAGS, load_dag

    parsed = vars(cli_parser.get_parser().parse_args(words[1:]))
    dag_id = parsed.get("dag_id")
    dag_ids = dag_id if isinstance(dag_id, list) else [dag_id] if dag_id else []
    for name in dag_ids:
        assert (DAGS / f"{name}.py").exists(), name
        if parsed.get("conf"):
            assert set(json.loads(parsed["conf"])) <= set(load_dag(name).params), words


def docker(words: list[str]) -> None:
    """The subcommand is one, the services are of the file, and what runs inside is tried like the rest."""
    assert words[1] == "compose"
    command, rest = words[2], words[3:]
    options, takes_service = SUBCOMMANDS[command]
    given = [word for word in rest if word.startswith("--")]
    services = read_compose({})["services"]
    if command == "exec":
        service, *inside = rest
        assert service in services
        assert inside[0] in ("python", "psql", "pg_dump", "find"), inside
        if inside[0] == "python":
            assert (PROJECT / inside[1].removeprefix("/opt/airflow/")).exists()
            TRIED_BY[inside[2]](inside[2:])
        return
    assert set(given) <= options, words
    if takes_service:
        assert {word for word in rest if not word.startswith("--")} <= set(services), words
    if command == "cp":
        assert rest[0].partition(":")[0] in services


def make(words: list[str]) -> None:
    """The Makefile has the target."""
    targets = re.findall(r"^([a-z]+(?: [a-z]+)*):", (PROJECT / "Makefile").read_text(), re.MULTILINE)
    assert words[1] in {word for target in targets for word in target.split()}


def python3(words: list[str]) -> None:
    """The script runs, in a copy, where it may write."""
    with tempfile.TemporaryDirectory() as folder:
        for name in (words[1], ".env.example"):
            copy = Path(folder) / name
            copy.parent.mkdir(exist_ok=True)
            copy.write_text((PROJECT / name).read_text())
        subprocess.run(words, cwd=folder, check=True, capture_output=True)


def curl(words: list[str]) -> None:
    """Its address is one of the API's."""
    from control_tower.web.app import assemble

    address = next(word for word in words if word.startswith("http://localhost:8080/control-tower"))
    path = address.removeprefix("http://localhost:8080/control-tower")
    assert path in {getattr(route, "path", None) for route in assemble().routes}


def postgres(words: list[str], host: str) -> None:
    """The program runs, on the tests' server, with the role and databases that the pages name."""
    programs = place_programs(choose_service_user(Path(tempfile.gettempdir()) / "no-data"))
    with tempfile.TemporaryDirectory() as folder:

        def run(program: str, *arguments: str) -> None:
            command = [str(programs / program), f"--host={host}", *arguments]
            done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
            assert done.returncode == 0, f"{command}: {done.stderr}"

        administer = ("--username=postgres", "--dbname=postgres", "--command")
        # Each command starts as the ones before it on the page leave the server.
        for name in ("restored", "trial"):
            run("dropdb", "--username=postgres", "--if-exists", name)
        run("psql", *administer, "drop database if exists control_tower")
        run("psql", *administer, "drop role if exists control_tower")
        run("psql", *administer, "create role control_tower login superuser")
        run("createdb", "--username=control_tower", "control_tower")
        if words[0] == "pg_restore":
            into = next(word.partition("=")[2] for word in words if word.startswith("--dbname="))
            run("createdb", "--username=control_tower", into)
            run("pg_dump", "--username=control_tower", "--format=custom", "--file=warehouse.dump", "control_tower")
        run(words[0], *(word for word in words[1:] if not word.startswith(("--host=", "--port="))))
        for name in ("restored", "trial", "control_tower"):
            run("dropdb", "--username=postgres", "--if-exists", name)
        run("psql", *administer, "drop role control_tower")


OF_POSTGRES = ("pg_isready", "psql", "pg_dump", "createdb", "pg_restore")
TRIED_BY: dict[str, Callable[[list[str]], None]] = {
    "airflow": airflow,
    "docker": docker,
    "make": make,
    "python3": python3,
    "curl": curl,
}
"""How a command is tried, by its program."""


def try_command(line: str, host: str) -> None:
    """Try one line of a page.

    Args:
        line: The command.
        host: Socket folder of a PostgreSQL server that may be used.
    """
    words = shlex.split(line)
    if words[0] in OF_POSTGRES:
        postgres(words, host)
        return
    assert words[0] in TRIED_BY, f"{words[0]}: no test knows how to try this"
    TRIED_BY[words[0]](words)
