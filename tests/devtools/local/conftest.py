"""A server and a project folder for the tests of the local installation."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from devtools.local.airflow_home import LocalFolders
from devtools.local.embedded import EmbeddedServer, ensure_server, existing_server


@pytest.fixture(scope="module")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedServer]:
    """A running embedded server that the tests of one module share."""
    settings = {"fsync": "off", "shared_buffers": "16MB"}
    server = ensure_server(tmp_path_factory.mktemp("postgres"), settings=settings)
    yield server
    server.destroy()


@pytest.fixture
def project() -> Iterator[LocalFolders]:
    """An empty project folder."""
    with tempfile.TemporaryDirectory(prefix="control-tower-project-") as folder:
        yield LocalFolders(Path(folder))


@pytest.fixture(scope="module")
def lasting_project() -> Iterator[LocalFolders]:
    """A project folder for a whole module, whose server is made once and may be running or stopped."""
    with tempfile.TemporaryDirectory(prefix="control-tower-project-") as folder:
        project = LocalFolders(Path(folder))
        yield project
        server = existing_server(project.postgres)
        if server:
            server.destroy()
