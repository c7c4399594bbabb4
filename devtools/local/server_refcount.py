"""Counts the commands that use the project's embedded server; the last one stops it.

A command holds a shared lock on a file while it uses the server; the operating system releases it however the command
ends. The file `stop-when-idle` says that the server was started for such commands only, and is stopped with the last
one; `up` removes it, because its components need the server after the command has ended.
"""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager

from devtools.local import airflow_home
from devtools.local.airflow_home import LocalFolders
from devtools.local.embedded import EmbeddedServer, ensure_server, existing_server
from devtools.local.locking import exclusive


@contextmanager
def server(folders: LocalFolders) -> Iterator[EmbeddedServer]:
    """Use the project's server with both its databases; stop it afterwards if no other command uses it.

    Raises:
        ServerError: the server cannot run here.
    """
    folders.postgres.mkdir(parents=True, exist_ok=True)
    with (folders.postgres / "users.lock").open("w") as users:
        with exclusive(folders.postgres / "starting.lock"):
            if not server_is_running(folders):
                (folders.postgres / "stop-when-idle").touch()
            running = ensure_server(folders.postgres)
            fcntl.flock(users, fcntl.LOCK_SH)
        try:
            airflow_home.prepare_databases(running)
            yield running
        finally:
            fcntl.flock(users, fcntl.LOCK_UN)
            _stop_if_idle(folders)


def keep_running(folders: LocalFolders) -> None:
    """Let the server run on after the commands that use it have ended."""
    (folders.postgres / "stop-when-idle").unlink(missing_ok=True)


def stop_when_idle(folders: LocalFolders) -> bool:
    """Stop the server now, or with the last command that uses it; return whether it was stopped now."""
    if not folders.postgres.exists() or not server_is_running(folders):
        return False
    (folders.postgres / "stop-when-idle").touch()
    return _stop_if_idle(folders)


def server_is_running(folders: LocalFolders) -> bool:
    """Return whether the project's server runs."""
    known = existing_server(folders.postgres)
    return known is not None and known.pid is not None


def _stop_if_idle(folders: LocalFolders) -> bool:
    with exclusive(folders.postgres / "starting.lock"), (folders.postgres / "users.lock").open("w") as users:
        try:
            fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        known = existing_server(folders.postgres)
        if known is None or not (folders.postgres / "stop-when-idle").exists():
            return False
        known.stop()
        keep_running(folders)
        return True
