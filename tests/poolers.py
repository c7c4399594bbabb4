"""A pgbouncer on loopback before a server of the tests."""

from __future__ import annotations

import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from devtools.local.service_user import choose_service_user

PROGRAM = shutil.which("pgbouncer", path="/usr/sbin:/usr/bin:/usr/local/bin")
MISSING = "THE POOLER IS NOT TESTED: pgbouncer is missing (apt-get install pgbouncer)"
START_SECONDS = 10


@contextmanager
def pooler(uri: str, mode: str, sessions: int = 4) -> Iterator[str]:
    """Start a pool of this mode before the server of a connection string, and yield the string through the pool."""
    assert PROGRAM is not None
    target = psycopg.conninfo.conninfo_to_dict(uri)
    folder = Path(tempfile.mkdtemp(prefix="control-tower-pool-"))
    account = choose_service_user(folder)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    (folder / "users.txt").write_text(f'"{target["user"]}" ""\n')
    configuration = folder / "pgbouncer.ini"
    configuration.write_text(
        f"[databases]\n* = host={target['host']} port={target['port']}\n"
        f"[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\nauth_type = trust\n"
        f"auth_file = {folder}/users.txt\npool_mode = {mode}\ndefault_pool_size = {sessions}\n"
        f"logfile = {folder}/log\n"
    )
    for path in (folder, *folder.iterdir()):
        account.own(path)
    as_user = {"user": account.uid, "group": account.gid, "extra_groups": []} if account.is_other else {}
    process = subprocess.Popen(
        [PROGRAM, configuration],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        **as_user,  # type: ignore[call-overload]
    )
    through = psycopg.conninfo.make_conninfo(uri, host="127.0.0.1", port=port)
    try:
        _wait_for(through, folder / "log")
        yield through
    finally:
        process.terminate()
        process.wait(timeout=START_SECONDS)
        shutil.rmtree(folder, ignore_errors=True)


def _wait_for(uri: str, log: Path) -> None:
    until = time.monotonic() + START_SECONDS
    while True:
        try:
            with psycopg.connect(uri, connect_timeout=2):
                return
        except psycopg.OperationalError as error:
            if time.monotonic() > until:
                said = log.read_text() if log.exists() else ""
                raise AssertionError(f"the pool does not answer: {error}\n{said}") from error
            time.sleep(0.05)
