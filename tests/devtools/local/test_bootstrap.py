"""The environment is rebuilt when it has to be, and the locks agree with pyproject.toml and each other."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from types import ModuleType

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

PROJECT = Path(__file__).resolve().parents[3]


@pytest.fixture
def bootstrap() -> ModuleType:
    spec = importlib.util.spec_from_file_location("bootstrap", PROJECT / "bin" / "bootstrap.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def locked(name: str) -> dict[str, set[Version]]:
    """Versions per package; a package may be locked differently per Python version."""
    found: dict[str, set[Version]] = {}
    for line in (PROJECT / name).read_text().splitlines():
        pin = re.match(r"([A-Za-z0-9._-]+)(?:\[.*\])?==([^ ;\\]+)", line)
        if pin:
            found.setdefault(canonicalize_name(pin[1]), set()).add(Version(pin[2]))
    return found


@pytest.mark.parametrize(
    ("lock", "groups"),
    [
        ("requirements.txt", []),
        ("requirements-production.txt", ["production"]),
        ("requirements-dev.txt", ["production", "dev"]),
    ],
)
def test_the_lock_satisfies_the_direct_dependencies(lock: str, groups: list[str]) -> None:
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text())
    direct = [*project["project"]["dependencies"]]
    for group in groups:
        direct += project["dependency-groups"][group]
    versions = locked(lock)
    for requirement in map(Requirement, direct):
        pins = versions.get(canonicalize_name(requirement.name), set())
        assert pins, f"{lock} lacks {requirement.name}: run make lock"
        assert all(version in requirement.specifier for version in pins), f"{requirement}: run make lock"


def test_the_development_lock_contains_the_runtime_lock() -> None:
    runtime, development = locked("requirements.txt"), locked("requirements-dev.txt")
    assert {name: development.get(name) for name in runtime} == runtime


@pytest.mark.parametrize(
    "lock",
    ["requirements.txt", "requirements-production.txt", "requirements-dev.txt", "bin/uv-requirements.txt"],
)
def test_every_locked_package_has_hashes(lock: str) -> None:
    text = (PROJECT / lock).read_text()
    pins = re.findall(r"^[A-Za-z0-9].*==.*?(?=^[A-Za-z0-9]|\Z)", text, flags=re.MULTILINE | re.DOTALL)
    assert pins
    assert [pin.splitlines()[0] for pin in pins if "--hash=sha256:" not in pin] == []


def test_a_second_bootstrap_has_nothing_to_do(
    bootstrap: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "requirements.txt").write_text("one==1")
    monkeypatch.setattr(bootstrap, "LOCKS", {"runtime": tmp_path / "requirements.txt"})
    monkeypatch.setattr(bootstrap, "STAMP", tmp_path / "installed.json")
    calls: list[str] = []
    monkeypatch.setattr(bootstrap, "install", calls.append)
    assert bootstrap.main(["runtime"]) == 0
    (tmp_path / "installed.json").write_text(bootstrap.json.dumps(bootstrap.fingerprint("runtime")))
    assert bootstrap.main(["runtime"]) == 0
    assert calls == ["runtime"]
    (tmp_path / "requirements.txt").write_text("one==2")
    assert bootstrap.main(["runtime"]) == 0
    assert calls == ["runtime", "runtime"]


def test_tests_before_a_demo_do_not_cost_a_second_installation(bootstrap: ModuleType) -> None:
    assert bootstrap.wanted_kind("runtime", {"kind": "dev"}) == "dev"
    assert bootstrap.wanted_kind("runtime", {"kind": "runtime"}) == "runtime"
    assert bootstrap.wanted_kind("dev", {"kind": "runtime"}) == "dev"


def test_pip_configuration_reaches_uv(bootstrap: ModuleType) -> None:
    listed = """\
:env:.cert='/etc/company.pem'
:env:.timeout='60'
global.cert='/etc/older.pem'
global.extra-index-url='file:///srv/a\\nfile:///srv/b'
global.index-url='https://packages.example/simple'
global.find-links='/no/such/folder /'
install.trusted-host='packages.example'
"""
    assert bootstrap.uv_settings(listed, {}) == {
        "UV_DEFAULT_INDEX": "https://packages.example/simple",
        "UV_INDEX": "file:///srv/a file:///srv/b",
        "UV_INDEX_STRATEGY": "unsafe-best-match",
        "UV_FIND_LINKS": "/",
        "UV_INSECURE_HOST": "packages.example",
        "UV_HTTP_TIMEOUT": "60",
        "SSL_CERT_FILE": "/etc/company.pem",
    }


def test_what_the_user_told_uv_wins_over_pip(bootstrap: ModuleType) -> None:
    listed = "global.index-url='https://pip.example/simple'\nglobal.cert='/pip.pem'"
    told = {"UV_INDEX_URL": "https://uv.example/simple", "SSL_CERT_FILE": "/uv.pem"}
    assert bootstrap.uv_settings(listed, told) == {}


def test_without_pip_or_debian_the_message_says_what_to_install(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(bootstrap, "WORKSHOP", tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(bootstrap.BootstrapError, match="apt-get install python3-venv"):
        bootstrap.fetch_pip_from_debian(dict(os.environ))


def test_an_unsuitable_python_is_refused_with_advice(tmp_path: Path) -> None:
    for name in ("python", "python3", "python3.11", "python3.12", "python3.13"):
        (tmp_path / name).write_text("#!/bin/sh\nexit 1\n")
        (tmp_path / name).chmod(0o755)
    path = f"{tmp_path}:/usr/bin:/bin"
    done = subprocess.run(
        ["/bin/sh", str(PROJECT / "bin" / "bootstrap"), "runtime"],
        env={"PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "Next: install one" in done.stderr


def test_the_running_python_is_supported(bootstrap: ModuleType) -> None:
    assert bootstrap.OLDEST <= sys.version_info[:2] <= bootstrap.NEWEST
