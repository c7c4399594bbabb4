"""The package as a wheel, built and unpacked as an installer does, and an Airflow that knows nothing but it."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout."""
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="session")
def site_packages(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that holds the wheel's files; a wheel of pure Python is installed by unpacking it."""
    folder = tmp_path_factory.mktemp("site-packages")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


@dataclass(frozen=True)
class Home:
    """An AIRFLOW_HOME of its own, with DAG files of two lines and no folder of this project on any path."""

    folder: Path
    variables: dict[str, str]

    @property
    def dags(self) -> Path:
        return self.folder / "dags"

    def run(self, *command: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """Run a Python command line in it."""
        return subprocess.run(
            [sys.executable, *command],
            cwd=self.folder,
            env=self.variables | variables,
            capture_output=True,
            text=True,
            check=False,
        )

    def airflow(self, *arguments: str, **variables: str) -> str:
        """Run Airflow's command, which must succeed; returns its output."""
        done = self.run("-m", "airflow", *arguments, **variables)
        assert done.returncode == 0, (done.stdout + done.stderr)[-4000:]
        return done.stdout + done.stderr


@pytest.fixture
def home(site_packages: Path, copied_metadata: None, tmp_path: Path) -> Home:
    """An Airflow whose only trace of this project is the installed wheel."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("AIRFLOW", "CONTROL_TOWER", "PYTEST")) and name != "PYTHONPATH"
    }
    (tmp_path / "dags").mkdir()
    (tmp_path / "plugins").mkdir()
    variables = {
        "AIRFLOW_HOME": str(tmp_path),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{tmp_path / 'airflow.db'}",
        "PYTHONPATH": str(site_packages),
    }
    return Home(tmp_path, kept | variables)


@pytest.fixture
def two_lines() -> Callable[[str], str]:
    """The DAG file that a user writes."""
    return lambda name, arguments="": f"from control_tower.airflow_dags.{name} import {name}\n\n{name}({arguments})\n"
