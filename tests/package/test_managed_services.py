"""What managed services pin is within the ranges of the package: installing it there changes nothing of theirs.

The files of `constraints/` list what each service pins of the packages that Airflow and the wheel bring. Packages that
a service does not pin are free.
"""

from __future__ import annotations

import tomllib

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

from tests.package.conftest import PROJECT

CONSTRAINTS = sorted((PROJECT / "tests" / "package" / "constraints").glob("mwaa-*.txt"))
PROJECT_TABLE = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]
CHANNELS = ("smtp", "slack", "notify")


def pinned(text: str) -> dict[str, Version]:
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return {canonicalize_name(name): Version(version) for name, _, version in (line.partition("==") for line in lines)}


@pytest.mark.parametrize("file", CONSTRAINTS, ids=lambda file: file.stem)
def test_each_pinned_package_is_within_the_ranges_of_the_package(file) -> None:
    service = pinned(file.read_text())
    service["apache-airflow"] = Version(file.stem.partition("-")[2])
    extras = [line for name in CHANNELS for line in PROJECT_TABLE["optional-dependencies"][name]]
    declared = [Requirement(line) for line in (*PROJECT_TABLE["dependencies"], *extras)]
    compared = [one for one in declared if canonicalize_name(one.name) in service]
    assert len(compared) >= 17
    for requirement in compared:
        version = service[canonicalize_name(requirement.name)]
        assert version in requirement.specifier, f"{requirement} refuses {version}"


def test_the_services_python_is_one_of_ours() -> None:
    assert len(CONSTRAINTS) == 2
    for file in CONSTRAINTS:
        assert "Python 3.12" in file.read_text()
    assert Version("3.12") in SpecifierSet(PROJECT_TABLE["requires-python"])
