"""Who works on the local warehouse: a demo, or the scheduler of `up`, never both.

A demo drops the database of the demo before it and tells what its own runs leave; runs of the scheduler in between
would leave something else. Airflow's scheduler also takes the tasks of an `airflow dags test` for its own and runs
them a second time. So the scheduler stops while a demo is told, and pages and API stay.
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
"""How long runs that are at work may take to end before the scheduler stops all the same."""


@contextmanager
def alone(folders: LocalFolders, server: EmbeddedServer, tell: Callable[[str], None]) -> Iterator[None]:
    """Have the warehouse to oneself; the scheduler that `up` started stops before and starts again afterwards.

    Args:
        folders: where the project is.
        server: holds the metadata database.
        tell: called with each sentence that the user has to know.

    Raises:
        LocalError: the scheduler did not become healthy again.
    """
    with exclusive(
        services.turn(folders), lambda: tell("A demo, or make up, is at work in this folder; it is waited for.")
    ):
        variables: dict[str, str] = {}
        if processes.is_running(services.records(folders)["scheduler"]):
            tell("Airflow is running in this folder: its pages stay, and its scheduler waits until the demo is over.")
            _let_runs_end(server, tell)
            variables = services.set_scheduler_aside(folders)
        try:
            yield
        finally:
            url = services.bring_scheduler_back(folders, variables)
            if url:
                tell(f"Airflow's scheduler works again; {url} shows what is in the database now.")


def _let_runs_end(server: EmbeddedServer, tell: Callable[[str], None]) -> None:
    """Wait for runs at work, which would go on in another database than they began in."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    told = False
    with psycopg.connect(server.uri(airflow_home.METADATA_DATABASE), autocommit=True) as metadata:
        while time.monotonic() < deadline:
            running = metadata.execute("select dag_id from dag_run where state = 'running' order by 1").fetchall()
            if not running:
                return
            if not told:
                tell(f"These DAGs are at work and end first: {', '.join(dag_id for (dag_id,) in running)}.")
                told = True
            time.sleep(0.5)
