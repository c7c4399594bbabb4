"""The virtual environment is rebuilt when it has to be, with the user's own package index."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

PROJECT = Path(__file__).resolve().parents[3]


@pytest.fixture
def bootstrap() -> ModuleType:
    spec = importlib.util.spec_from_file_location("bootstrap", PROJECT / "bin" / "bootstrap.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


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
