"""A process of Airflow's own in which the demo runs its DAGs."""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, Self, cast

from devtools.demo.dag_runs import DagFailed, TaskLog, reason_in

POLL_SECONDS = 0.25
STOP_SECONDS = 20


class AirflowProcess:
    """Runs DAGs as `airflow dags test` does. The process starts with the first DAG and ends with the context.

    Args:
        variables: added to this process's environment.
    """

    def __init__(self, variables: Mapping[str, str] | None = None) -> None:
        self._variables = dict(variables or {})
        self._child: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._end()

    def run_dag(
        self,
        dag_id: str,
        log: Path,
        *,
        conf: Mapping[str, Any] | None = None,
        while_running: Callable[[TaskLog], None] = lambda _: None,
    ) -> float:
        """Run a DAG once and wait for it.

        Args:
            dag_id: the DAG.
            log: where its output goes; replaced.
            conf: its parameters.
            while_running: called a few times per second, and once after the end.

        Returns:
            Seconds from start to end; with the first DAG, Airflow's own start included.

        Raises:
            DagFailed: it did not succeed.
        """
        log.parent.mkdir(parents=True, exist_ok=True)
        log.write_bytes(b"")
        began = time.perf_counter()
        requests, reports = _pipes(self._started(log))
        request = {"dag_id": dag_id, "conf": json.dumps(dict(conf or {})), "log": str(log.resolve())}
        with suppress(BrokenPipeError):  # it has died: the missing report says so
            requests.write(json.dumps(request).encode() + b"\n")
            requests.flush()
        task_log = TaskLog(log)
        try:
            while not select.select([reports], [], [], POLL_SECONDS)[0]:
                task_log.follow()
                while_running(task_log)
        except BaseException:
            self._end()  # this process is being stopped while a DAG may run
            raise
        report = reports.readline()
        task_log.follow()
        while_running(task_log)
        exit_code = int(json.loads(report)["exit_code"]) if report else self._end()
        if exit_code != 0:
            raise DagFailed(dag_id, exit_code, log, reason_in(log))
        return time.perf_counter() - began

    def _started(self, log: Path) -> subprocess.Popen[bytes]:
        """The process, started when needed; its output before the first DAG goes to that DAG's log."""
        if self._child is None:
            with log.open("wb") as errors:
                # In a session of its own: Ctrl-C must end this process first, which then stops the child.
                self._child = subprocess.Popen(
                    [sys.executable, "-m", "devtools.demo.dag_tests"],
                    env={**os.environ, "NO_COLOR": "1", **self._variables},
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=errors,
                    start_new_session=True,
                )
        return self._child

    def _end(self) -> int:
        """Stop the process; its exit code, never 0."""
        child, self._child = self._child, None
        if child is None:
            return 1
        if child.poll() is None:
            child.terminate()
            try:
                child.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
        for pipe in _pipes(child):
            with suppress(BrokenPipeError):
                pipe.close()
        return child.returncode or 1


def _pipes(child: subprocess.Popen[bytes]) -> tuple[IO[bytes], IO[bytes]]:
    """The pipes for requests to the process and for its reports."""
    return cast("IO[bytes]", child.stdin), cast("IO[bytes]", child.stdout)
