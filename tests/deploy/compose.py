"""Reads docker-compose.yaml as the compose specification says, and runs its services as processes of this machine.

What a container brings, and nothing else, is supplied from here: a home with the folders that the Dockerfile copies, a
host name, and ports of this machine in place of those that each container has for itself.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import yaml

PROJECT = Path(__file__).resolve().parents[2]
COMPOSE = PROJECT / "docker-compose.yaml"
ENTRYPOINT = re.compile(r'^ENTRYPOINT \["/usr/bin/dumb-init", "--", (.+)\]$', re.MULTILINE)
VARIABLE = re.compile(r"\$(?:(?P<dollar>\$)|\{(?P<name>\w+)(?::-(?P<default>[^}]*))?\})")
SHELL = {"CMD-SHELL": ["/bin/sh", "-c"], "CMD": []}


def interpolated(value: Any, variables: Mapping[str, str]) -> Any:
    """A value of the file with its `${NAME:-default}` replaced; `$$` is a dollar."""
    if isinstance(value, dict):
        return {key: interpolated(part, variables) for key, part in value.items()}
    if isinstance(value, list):
        return [interpolated(part, variables) for part in value]
    if not isinstance(value, str):
        return value

    def replaced(found: re.Match[str]) -> str:
        return "$" if found["dollar"] else (variables.get(found["name"]) or found["default"] or "")

    return VARIABLE.sub(replaced, value)


def read_compose(variables: Mapping[str, str]) -> dict[str, Any]:
    """The file, with the variables that a .env would give."""
    read: dict[str, Any] = interpolated(yaml.safe_load(COMPOSE.read_text()), variables)
    return read


def image_entrypoint() -> list[str]:
    """What the image runs first, without dumb-init: nothing has to pass signals on to a process here."""
    found = ENTRYPOINT.search((PROJECT / "Dockerfile").read_text())
    assert found, "the Dockerfile has an entry point behind dumb-init"
    return [word.strip().strip('"') for word in found[1].split(",")]


@dataclass
class Machine:
    """What stands in for the containers.

    Attributes:
        folder: Holds homes, logs and data.
        variables: What .env says.
        places: Texts of the file and what they are on this machine: ports, folders.
        brought: Variables that a container would have from its image or its engine.
        ports: Ports of this machine.
        listening: What is added to a service's command, that it listens on this machine's ports and nowhere else.
    """

    folder: Path
    variables: Mapping[str, str]
    places: Mapping[str, str]
    brought: Mapping[str, str]
    ports: Mapping[str, int]
    listening: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    _running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def service(self, name: str) -> dict[str, Any]:
        """A service of the file."""
        found: dict[str, Any] = read_compose(self.variables)["services"][name]
        return found

    def here(self, text: str) -> str:
        """A text of the file with its places on this machine."""
        for there, here in self.places.items():
            text = text.replace(there, here)
        return text

    def environment(self, name: str, hostname: str | None = None) -> dict[str, str]:
        """The environment of a service: the file's, and what a container brings."""
        given = {key: self.here(str(value)) for key, value in (self.service(name).get("environment") or {}).items()}
        path = {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
        if "AIRFLOW__API__PORT" in given:
            given["AIRFLOW__API__PORT"] = str(self.ports.get("api", 8080))
            given["AIRFLOW_CONFIG"] = str(self.temporary / f"{hostname or name}-{Path(given['AIRFLOW_CONFIG']).name}")
        return {**path, **self.brought, "HOSTNAME": hostname or name, **given}

    def command(self, name: str) -> list[str]:
        """What a service runs."""
        service = self.service(name)
        words = [*(service.get("entrypoint") or image_entrypoint()), *(service.get("command") or [])]
        return [*(self.here(word) for word in words), *self.listening.get(name, ())]

    def run(self, name: str, timeout: float = 180) -> subprocess.CompletedProcess[str]:
        """Run a service that ends, and return what it said."""
        return subprocess.run(
            self.command(name),
            env=self.environment(name),
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )

    def start(self, name: str, hostname: str | None = None, extra: Mapping[str, str] | None = None, **as_user: Any):
        """Start a service that stays, as `hostname` when it has several replicas."""
        with self.log(hostname or name).open("ab") as output:
            self._running[hostname or name] = subprocess.Popen(
                [*self.confinement(name), *self.command(name)],
                env={**self.environment(name, hostname), **(extra or {})},
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                **as_user,
            )

    def confinement(self, name: str) -> list[str]:
        """For a service of Airflow with a read-only file system: what makes it so but for its logs and temporary files.

        Only root can; what runs as another user is not confined.
        """
        is_airflow = "AIRFLOW__API__PORT" in (self.service(name).get("environment") or {})
        if os.geteuid() != 0 or not is_airflow or not self.service(name).get("read_only"):
            return []
        logs = self.folder / "airflow" / "logs"
        logs.mkdir(exist_ok=True)
        mounts = " && ".join(f"mount --bind {folder} {folder}" for folder in (logs, self.temporary))
        run = f'{mounts} && mount -o remount,bind,ro / && TMPDIR={self.temporary} exec "$@"'
        return ["unshare", "--mount", "sh", "-c", run, name]

    @property
    def temporary(self) -> Path:
        """What stands for /tmp, which each container has for itself."""
        folder = self.folder / "tmp"
        folder.mkdir(exist_ok=True)
        return folder

    def pid(self, name: str) -> int:
        """The process id of a running service."""
        return self._running[name].pid

    def log(self, name: str) -> Path:
        """What a service prints."""
        return self.folder / f"{name}.log"

    def check(self, name: str, hostname: str | None = None) -> bool:
        """Run a service's health check once."""
        kind, *words = self.service(name)["healthcheck"]["test"]
        command = [*SHELL[kind], *(self.here(word) for word in words)]
        done = subprocess.run(
            command, env=self.environment(name, hostname), cwd=self.folder, capture_output=True, timeout=60, check=False
        )
        return done.returncode == 0

    def wait_until_healthy(self, name: str, hostname: str | None = None, seconds: float = 120) -> float:
        """Repeat a service's health check until it succeeds; returns the seconds that it took."""
        began = time.monotonic()
        while not self.check(name, hostname):
            process = self._running.get(hostname or name)
            told = self.log(hostname or name).read_text(errors="replace")[-3000:]
            assert process is None or process.poll() is None, f"{name} ended:\n{told}"
            assert time.monotonic() - began < seconds, f"{name} is not healthy after {seconds} s:\n{told}"
            time.sleep(0.5)
        return time.monotonic() - began

    def start_when_seen_unhealthy(self, *names: str) -> None:
        """Start services, each as soon as its own check has said that it is not healthy."""

        def seen(name: str) -> None:
            assert not self.check(name), f"{name} is healthy before it runs"
            self.start(name)

        at_once([partial(seen, name) for name in names])

    def wait_until_all_are_healthy(self, *names: str, replicas: Mapping[str, Sequence[str]] | None = None) -> None:
        """`wait_until_healthy` for services, and for the host names of those that have replicas, side by side."""
        each = [(name, host) for name in names for host in (replicas or {}).get(name, (None,))]
        at_once([partial(self.wait_until_healthy, name, host) for name, host in each])

    def stop(self, *names: str) -> None:
        """Ask services to end, all that run unless they are named, and see that nothing of them is left."""
        chosen = {name: self._running.pop(name) for name in names or list(self._running)}
        for process in chosen.values():
            _signal(process, signal.SIGTERM)
        for process in chosen.values():
            try:
                process.wait(25)
            except subprocess.TimeoutExpired:
                pass
            finally:
                _signal(process, signal.SIGKILL)  # to its whole session: Airflow leaves children behind
                process.wait(10)


def at_once(calls: Sequence[Callable[[], object]]) -> None:
    """Make calls side by side: they wait for other processes. The first error is raised, when all have ended."""
    with ThreadPoolExecutor(len(calls)) as pool:
        for done in [pool.submit(call) for call in calls]:
            done.result()


def _signal(process: subprocess.Popen[bytes], number: int) -> None:
    """Signal a session: PostgreSQL alone is told by its leader, or its sessions are cut off before it says so."""
    try:
        if number == signal.SIGTERM:
            os.kill(process.pid, number)
        else:
            os.killpg(process.pid, number)
    except ProcessLookupError:
        return
