"""What was started is found again and stopped, and nobody else is."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from devtools.local import ports, processes

PARENT = "import subprocess, sys; subprocess.run(['sleep', '60'])"
STUBBORN = """
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("ready", flush=True)
time.sleep(60)
"""


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[[str], Path]]:
    """Starts a Python program as a recorded process and returns its record."""
    records: list[Path] = []

    def start(program: str) -> Path:
        record = tmp_path / f"{len(records)}.json"
        processes.start(record, [sys.executable, "-c", program], os.environ, tmp_path / "log", [])
        records.append(record)
        return record

    yield start
    processes.stop(records, patience_seconds=0)


def wait_until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def pid_of(record: Path) -> int:
    return int(json.loads(record.read_text())["pid"])


def test_stopping_ends_the_process_and_what_it_started(start: Callable[[str], Path]) -> None:
    record = start(PARENT)
    wait_until(lambda: len(processes.members(record)) == 2)
    processes.stop([record], patience_seconds=5)
    assert not record.exists()
    assert not processes.is_running(record)


def test_children_of_a_killed_process_are_stopped_too(start: Callable[[str], Path]) -> None:
    record = start(PARENT)
    wait_until(lambda: len(processes.members(record)) == 2)
    child = next(process for process in processes.members(record) if process.pid != pid_of(record))
    os.kill(pid_of(record), signal.SIGKILL)
    wait_until(lambda: not processes.is_running(record))
    assert processes.members(record) == [child]
    processes.stop([record], patience_seconds=5)
    wait_until(lambda: not child.is_running() or child.status() == psutil.STATUS_ZOMBIE)


def test_a_process_that_ignores_the_request_is_ended(start: Callable[[str], Path], tmp_path: Path) -> None:
    record = start(STUBBORN)
    wait_until(lambda: "ready" in (tmp_path / "log").read_text())
    processes.stop([record], patience_seconds=0.2)
    assert processes.members(record) == []


def test_a_stranger_with_a_recorded_number_is_left_alone(tmp_path: Path) -> None:
    record = tmp_path / "record.json"
    with subprocess.Popen(["sleep", "60"], start_new_session=True) as stranger:
        processes.start(record, ["sleep", "60"], os.environ, tmp_path / "log", [])
        ours = json.loads(record.read_text())
        record.write_text(json.dumps({**ours, "pid": stranger.pid, "started": ours["started"] - 100}))
        processes.stop([record], patience_seconds=1)
        assert stranger.poll() is None
        stranger.kill()
    record.write_text(json.dumps(ours))
    processes.stop([record], patience_seconds=1)


def test_a_record_from_before_a_reboot_names_nobody(start: Callable[[str], Path]) -> None:
    record = start(PARENT)
    known = json.loads(record.read_text())
    record.write_text(json.dumps({**known, "machine": known["machine"] - 1000}))
    assert processes.members(record) == []
    record.write_text(json.dumps(known))
    assert processes.is_running(record)


@pytest.mark.parametrize("text", ["", "{", "[]"])
def test_a_damaged_record_names_nobody(tmp_path: Path, text: str) -> None:
    (tmp_path / "record.json").write_text(text)
    assert processes.members(tmp_path / "record.json") == []
    processes.stop([tmp_path / "record.json"], patience_seconds=0)


def test_a_port_can_be_claimed_once(unused_port: int) -> None:
    first = ports.claim(unused_port)
    assert first is not None
    assert ports.claim(unused_port) is None
    first.release()
    second = ports.claim(unused_port)
    assert second is not None
    second.release()


def test_a_claim_lives_on_in_the_process_that_inherits_it(unused_port: int, tmp_path: Path) -> None:
    claimed = ports.claim(unused_port)
    assert claimed is not None
    record = tmp_path / "record.json"
    processes.start(record, ["sleep", "60"], os.environ, tmp_path / "log", claimed.descriptors)
    claimed.release()
    assert ports.claim(unused_port) is None
    processes.stop([record], patience_seconds=5)
    again = ports.claim(unused_port)
    assert again is not None
    again.release()


def test_a_port_that_somebody_listens_on_is_not_free(listening_port: int) -> None:
    assert not ports.is_free(listening_port)
    assert ports.claim(listening_port) is None


@pytest.fixture
def listening_port() -> Iterator[int]:
    import socket

    with socket.create_server((ports.LOOPBACK, 0)) as listener:
        yield listener.getsockname()[1]


@pytest.fixture
def unused_port() -> int:
    import socket

    with socket.create_server((ports.LOOPBACK, 0)) as listener:
        return int(listener.getsockname()[1])
