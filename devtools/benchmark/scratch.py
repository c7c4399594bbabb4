"""A server that lives as long as a measurement, and this process's environment for it."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from devtools.local.airflow_home import WAREHOUSE_CONNECTION, LocalFolders
from devtools.local.embedded import EmbeddedServer, ensure_server


@dataclass(frozen=True)
class ScratchFolders(LocalFolders):
    """As the folders of `make up`, but for one measurement."""

    root: Path = Path()

    @property
    def state(self) -> Path:
        """Everything that the measurement leaves behind."""
        return self.root


@contextmanager
def scratch_server() -> Iterator[EmbeddedServer]:
    """A server like the one of `make demo`, on a disk, which is gone afterwards; Airflow's home is beside its data.

    The user's own Airflow and settings do not count: their variables are removed from this process's environment.
    """
    for name in [name for name in os.environ if name.startswith(("AIRFLOW", "CONTROL_TOWER_"))]:
        del os.environ[name]
    state = LocalFolders().state
    state.mkdir(exist_ok=True)
    folders = ScratchFolders(root=Path(tempfile.mkdtemp(prefix="benchmark-", dir=state)))
    server = ensure_server(folders.postgres)
    os.environ["AIRFLOW_HOME"] = str(folders.root / "home")
    os.environ["AIRFLOW__CORE__UNIT_TEST_MODE"] = "True"  # else each operator warns that no task runner calls it
    try:
        yield server
    finally:
        server.destroy()
        shutil.rmtree(folders.root, ignore_errors=True)


def folders_of(server: EmbeddedServer) -> ScratchFolders:
    """The folders of a server that `scratch_server` made."""
    return ScratchFolders(root=server.folder.parent)


def create_warehouse(server: EmbeddedServer, database: str) -> None:
    """Create an empty database, from now on Airflow's connection `control_tower`."""
    server.create_database(database)
    os.environ[WAREHOUSE_CONNECTION] = server.airflow_connection_uri(database)
