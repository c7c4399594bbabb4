"""Keeps a demo and the scheduler of `up` from working on the local warehouse at the same time.

A demo drops the database of the demo before it and shows what its own runs wrote; the scheduler's runs would change
that. Airflow's scheduler also picks up the tasks of an `airflow dags test` and runs them a second time. It stops
during a demo; pages and API stay.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg

from devtools.local import airflow_home, processes, services
from devtools.local.airflow_home import LocalFolders
from devtools.local.embedded import EmbeddedServer
from devtools.local.locking import exclusive

PATIENCE_SECONDS = 120
"""How long to wait for running DAGs before the scheduler is stopped all the same."""


@contextmanager
def exclusive_warehouse(folders: LocalFolders, server: EmbeddedServer, notify: Callable[[str], None]) -> Iterator[None]:
    """Hold the warehouse alone; the scheduler that `up` started is stopped meanwhile.

    Args:
        folders: where the project is.
        server: holds the metadata database and the warehouse.
        notify: called with each sentence for the user.

    Raises:
        LocalError: the scheduler did not become healthy again.
    """
    with exclusive(
        services.warehouse_lock_file(folders),
        lambda: notify("Waiting for another make demo or make up of this folder to end."),
    ):
        variables: dict[str, str] = {}
        if processes.is_running(services.records(folders)["scheduler"]):
            notify(
                "Airflow is running in this folder: its pages stay, and its scheduler stops until the demo has ended."
            )
            _wait_for_runs(server, notify)
            variables = services.stop_scheduler(folders)
        try:
            yield
        finally:
            url = services.restart_scheduler(folders, server, variables)
            if url:
                notify(f"Airflow's scheduler runs again; {url} shows the demo's database.")


def _wait_for_runs(server: EmbeddedServer, notify: Callable[[str], None]) -> None:
    """Wait for running DAGs, whose database a demo would drop."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    is_notified = False
    with psycopg.connect(server.uri(airflow_home.METADATA_DATABASE), autocommit=True) as metadata:
        while time.monotonic() < deadline:
            running = metadata.execute("select dag_id from dag_run where state = 'running' order by 1").fetchall()
            if not running:
                return
            if not is_notified:
                notify(f"Waiting for running DAGs: {', '.join(dag_id for (dag_id,) in running)}.")
                is_notified = True
            time.sleep(0.5)
