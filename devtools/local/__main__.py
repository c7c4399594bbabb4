"""The verbs behind the Makefile.

python -m devtools.local demo …      run `python -m devtools.demo …`; the scheduler of `up` is stopped meanwhile
python -m devtools.local up          start PostgreSQL and Airflow, print where to log in (PORT=…)
python -m devtools.local down        stop what is running
python -m devtools.local status      what is running
python -m devtools.local run CMD …   run a command with the database up and Airflow configured
python -m devtools.local psql …      PostgreSQL's own client on the warehouse
python -m devtools.local clean       stop, and delete all local data
"""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from types import FrameType

from devtools.local import airflow_home, server_refcount, services, warehouse_lock
from devtools.local.airflow_home import LocalFolders
from devtools.local.embedded import existing_server
from devtools.local.errors import LocalError


def up(folders: LocalFolders) -> int:
    """Start everything and print where to log in."""
    began = time.monotonic()
    if not services.any_running(folders):
        print("Starting PostgreSQL and Airflow; the first time takes about a minute.", flush=True)
    running = services.up(folders, _port(os.environ.get("PORT", "")), lambda: _print("Waiting for a demo to end."))
    how = "was running already" if running.was_running else f"is healthy after {time.monotonic() - began:.0f} s"
    print(f"Airflow {how}.\n\n  {running.url}\n\n  {'user':<10}{'password':<18}role")
    for name, role in airflow_home.USERS.items():
        print(f"  {name:<10}{running.passwords[name]:<18}{role.capitalize()}")
    print()
    print(f"Logs: {folders.logs}\nStop: make down")
    return 0


def down(folders: LocalFolders) -> int:
    """Stop everything and say what that was."""
    stopped = services.down(folders)
    print(f"Stopped: {', '.join(stopped)}." if stopped else "Nothing was running.")
    if server_refcount.server_is_running(folders):
        print("PostgreSQL still serves a command in another terminal and stops with it.")
    return 0


def status(folders: LocalFolders) -> int:
    """Print the state of every component."""
    for name, state in services.status(folders).items():
        print(f"{name:14} {state}")
    return 0


def demo(folders: LocalFolders, arguments: Sequence[str]) -> int:
    """Run the demo and return its exit code; nothing else works on the warehouse meanwhile."""
    with server_refcount.server(folders) as server:
        variables = airflow_home.migrated_environment(folders, server)
        with warehouse_lock.exclusive_warehouse(folders, server, _print):
            return _run_child([sys.executable, "-m", "devtools.demo", *arguments], variables)


def run(folders: LocalFolders, command: Sequence[str]) -> int:
    """Run a command in the local environment and return its exit code."""
    with server_refcount.server(folders) as server:
        return _run_child(command, airflow_home.migrated_environment(folders, server))


def psql(folders: LocalFolders, arguments: Sequence[str]) -> int:
    """Open PostgreSQL's own client on the embedded warehouse and return its exit code."""
    if os.environ.get(airflow_home.WAREHOUSE_CONNECTION):
        raise LocalError(
            f"{airflow_home.WAREHOUSE_CONNECTION} names another warehouse than the one in this folder.",
            "open that one with a client of its own, or unset the variable.",
        )
    with server_refcount.server(folders) as server:
        program, address = server.client("psql"), server.uri(airflow_home.warehouse_database(server))
        return _run_child([str(program), f"--dbname={address}", *arguments], os.environ)


def _run_child(command: Sequence[str], variables: Mapping[str, str]) -> int:
    child = subprocess.Popen(command, env=dict(variables))
    while True:
        try:
            return child.wait()
        except KeyboardInterrupt:
            continue  # the terminal interrupted the command as well; wait until it has cleaned up
        except SystemExit:
            child.terminate()


def _print(sentence: str) -> None:
    print(sentence, flush=True)


def clean(folders: LocalFolders) -> int:
    """Stop everything and delete the local data, logs and secrets; .venv stays."""
    down(folders)
    known = existing_server(folders.postgres)
    if known:
        known.destroy()
    for folder in (folders.postgres, folders.airflow, folders.logs, folders.running):
        shutil.rmtree(folder, ignore_errors=True)
    print(f"Deleted the local data below {folders.state}.")
    return 0


def _port(text: str) -> int | None:
    if not text:
        return None
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise LocalError(f"PORT={text} is no port.", "give a number from 1024 to 65535.")
    return int(text)


def _terminated(_signal: int, _frame: FrameType | None) -> None:
    sys.exit(143)  # as SystemExit, so that what was started is stopped on the way out


def main(arguments: Sequence[str]) -> int:
    """Carry out one verb; return the exit code."""
    signal.signal(signal.SIGTERM, _terminated)
    signal.signal(signal.SIGHUP, _terminated)
    folders = LocalFolders()
    verbs = {"up": up, "down": down, "status": status, "clean": clean}
    try:
        match arguments:
            case [verb] if verb in verbs:
                return verbs[verb](folders)
            case ["demo", *rest]:
                return demo(folders, rest)
            case ["run", *command] if command:
                return run(folders, command)
            case ["psql", *rest]:
                return psql(folders, rest)
            case _:
                print(__doc__, file=sys.stderr)
                return 2
    except LocalError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Interrupted; what this command had started is stopped.", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
