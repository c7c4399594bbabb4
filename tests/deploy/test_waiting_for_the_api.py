"""What starts tasks waits until the API server answers, and nothing else waits."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.deploy.conftest import drawn_secrets, free_ports
from tests.deploy.test_secrets import START

STOPPED = "airflow ran"


def start_airflow(folder: Path, port: int, *arguments: str) -> subprocess.Popen[str]:
    """Start a program by the entry point; `airflow` is a stand-in that says that it ran."""
    program = folder / "airflow"
    program.write_text(f"#!/bin/sh\necho {STOPPED}\n")
    program.chmod(0o755)
    environment = {
        **drawn_secrets(),
        "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}",
        "SECRETS_FOLDER": "/nowhere",
        "COMPOSE_PROFILES": "celery",
        "REDIS_PASSWORD": "kV8wq2nZ7tRb4mXs",
        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"http://127.0.0.1:{port}/execution/",
    }
    return subprocess.Popen(
        [sys.executable, "-u", START, "airflow", *arguments], env=environment, stdout=subprocess.PIPE, text=True
    )


@pytest.mark.parametrize("arguments", [("scheduler",), ("celery", "worker", "--celery-hostname", "celery@$HOSTNAME")])
def test_what_starts_tasks_begins_when_the_api_server_answers(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    (nobody,) = free_ports(1)
    waiting = start_airflow(tmp_path, nobody, *arguments)
    assert waiting.stdout is not None
    try:
        assert "Waiting for Airflow's API server" in waiting.stdout.readline()
        time.sleep(1.5)
        assert waiting.poll() is None
    finally:
        waiting.terminate()
        assert STOPPED not in waiting.communicate(timeout=20)[0]

    (tmp_path / "api" / "v2").mkdir(parents=True)
    (tmp_path / "api" / "v2" / "version").write_text("{}")
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(SimpleHTTPRequestHandler, directory=tmp_path)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        assert STOPPED in start_airflow(tmp_path, server.server_port, *arguments).communicate(timeout=20)[0]
        server.shutdown()


@pytest.mark.parametrize("arguments", [("api-server",), ("dag-processor",), ("triggerer",), ("celery", "flower")])
def test_nothing_else_waits(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    (nobody,) = free_ports(1)
    assert start_airflow(tmp_path, nobody, *arguments).communicate(timeout=20)[0] == f"{STOPPED}\n"
