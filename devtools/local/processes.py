"""Processes that outlive the command that started them, and how to identify them later.

A process id alone is not enough: it may have been reused. A record therefore keeps when the process started, and every
process leads a session of its own, so that its children are found even after the leader was killed.
"""

import json
import os
import subprocess
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import psutil

SAME_START_SECONDS = 0.05  # clock ticks are 0.01 s; two processes with one number start further apart
LEFT_SECONDS = 3  # Airflow's workers ignore SIGTERM while they wait for a parent that is gone


def start(
    record: Path, command: Sequence[str], variables: Mapping[str, str], log: Path, keep_open: Collection[int]
) -> None:
    """Start a process in its own session and record it.

    Args:
        record: file that records the process.
        command: program and arguments.
        variables: its whole environment.
        log: receives its output.
        keep_open: file descriptors that it inherits.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    record.parent.mkdir(parents=True, exist_ok=True)
    with log.open("a") as output:
        process = subprocess.Popen(
            command,
            env=dict(variables),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            pass_fds=tuple(keep_open),
        )
    with suppress(psutil.NoSuchProcess):  # it died at once: there is no record then
        started = psutil.Process(process.pid).create_time()
        record.write_text(json.dumps({"pid": process.pid, "started": started, "machine": _machine_started()}))


def is_running(record: Path) -> bool:
    """Return whether the recorded process itself runs."""
    return any(process.pid == _read(record).get("pid") for process in members(record))


def environment_of(record: Path) -> dict[str, str]:
    """Return the variables that the recorded process was started with; none when it does not run."""
    for process in members(record):
        if process.pid == _read(record).get("pid"):
            with suppress(psutil.Error):
                return process.environ()
    return {}


def members(record: Path) -> list[psutil.Process]:
    """Return the living processes of the recorded session: the process itself and what it started."""
    known = _read(record)
    # After a reboot, or in a restarted container, all numbers mean something else.
    if not known or abs(known["machine"] - _machine_started()) > SAME_START_SECONDS:
        return []
    leader = int(known["pid"])
    with suppress(psutil.NoSuchProcess):
        if abs(psutil.Process(leader).create_time() - known["started"]) > SAME_START_SECONDS:
            return []  # the id was reused, which is impossible while its session exists
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error, OSError):
            if os.getsid(process.pid) == leader and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
    return found


def stop(records: Sequence[Path], patience_seconds: float) -> None:
    """Terminate recorded processes, kill what is left of their sessions, and delete the records.

    Args:
        records: which processes.
        patience_seconds: how long a process may take to end by itself.
    """
    leaders = [process for record in records for process in members(record) if process.pid == _read(record).get("pid")]
    _terminate(leaders)  # they end what they started, in their own order
    psutil.wait_procs(leaders, timeout=patience_seconds)
    left = [process for record in records for process in members(record)]
    _terminate(left)
    psutil.wait_procs(left, timeout=min(LEFT_SECONDS, patience_seconds))
    for process in left:
        with suppress(psutil.Error):
            process.kill()
    psutil.wait_procs(left, timeout=10)
    for record in records:
        record.unlink(missing_ok=True)


def _terminate(wanted: Sequence[psutil.Process]) -> None:
    for process in wanted:
        with suppress(psutil.Error):
            process.terminate()


def _read(record: Path) -> dict[str, float]:
    with suppress(OSError, ValueError):
        known = json.loads(record.read_text())
        if isinstance(known, dict):
            return known
    return {}


def _machine_started() -> float:
    """Return when the first process of this machine or container started, in seconds since 1970."""
    try:
        return psutil.Process(1).create_time()
    except psutil.Error:
        return psutil.boot_time()
