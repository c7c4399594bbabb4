"""The repository as a DAG bundle of an Airflow that has the wheel: DAG files alone are read, and each without error."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.package.conftest import PROJECT, Home
from tests.package.test_wheel import EVERY_DAG

LOCAL = "airflow.dag_processing.bundles.local.LocalDagBundle"
GIT = "airflow.providers.git.bundles.git.GitDagBundle"

PARSE = """
from airflow.dag_processing.bundles.manager import DagBundlesManager
from airflow.dag_processing.dagbag import BundleDagBag
bundle = DagBundlesManager().get_bundle("fleet")
bundle.initialize()
bag = BundleDagBag(dag_folder=bundle.path, bundle_path=bundle.path, bundle_name="fleet", load_op_links=False)
print("errors:", sorted(bag.import_errors))
print("dags:", *sorted(bag.dags))
"""


def parse(home: Home, classpath: str, **arguments: str) -> list[str]:
    """Read a bundle as Airflow's DAG processor does; the lines that it prints on errors and DAGs."""
    bundles = json.dumps([{"name": "fleet", "classpath": classpath, "kwargs": arguments}])
    done = home.run("-c", PARSE, AIRFLOW__DAG_PROCESSOR__DAG_BUNDLE_CONFIG_LIST=bundles)
    assert done.returncode == 0, done.stdout + done.stderr
    return [line for line in done.stdout.splitlines() if line.startswith(("errors:", "dags:"))]


FOUND = ["errors: []", "dags: " + " ".join(sorted(EVERY_DAG))]


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Git repository with what this one has."""
    folder = tmp_path_factory.mktemp("repository")
    for path in PROJECT.iterdir():
        if path.is_dir() and not path.name.startswith("."):
            shutil.copytree(path, folder / path.name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(PROJECT / ".airflowignore", folder)
    identity = ("-c", "user.name=test", "-c", "user.email=test@example.org")
    for command in (("init", "-q", "-b", "main"), ("add", "."), (*identity, "commit", "-q", "-m", "all")):
        subprocess.run(["git", *command], cwd=folder, check=True, capture_output=True)
    return folder


def test_a_local_bundle_of_the_folder_of_dags(home: Home) -> None:
    assert parse(home, LOCAL, path=str(PROJECT / "dags")) == FOUND


def test_a_local_bundle_of_the_whole_repository(home: Home, repository: Path) -> None:
    assert parse(home, LOCAL, path=str(repository)) == FOUND


@pytest.mark.parametrize("subdir", [{"subdir": "dags"}, {}], ids=["subdir", "whole"])
def test_a_git_bundle(home: Home, repository: Path, subdir: dict[str, str]) -> None:
    assert parse(home, GIT, repo_url=str(repository), tracking_ref="main", **subdir) == FOUND


def test_every_folder_beside_that_of_dags_is_ignored() -> None:
    ignored = {line.strip().replace("\\", "").rstrip("/") for line in (PROJECT / ".airflowignore").open()}
    others = {path.name for path in PROJECT.iterdir() if path.is_dir() and any(path.rglob("*.py"))}
    assert others - ignored - {"dags"} == set()
