"""Nothing starts with a secret that is missing, short, a placeholder or used twice; and no message shows a value."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import stat
import subprocess
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from tests.deploy.compose import PROJECT
from tests.deploy.conftest import CELERY_SECRETS, SECRETS, draw_secrets, drawn_secrets

_spec = spec_from_file_location("start_py", PROJECT / "deploy" / "start.py")
assert _spec is not None
assert _spec.loader is not None
start_py = module_from_spec(_spec)
sys.modules["start_py"] = start_py  # its data classes look their module up
_spec.loader.exec_module(start_py)
X = start_py.Secret("X")
START = PROJECT / "deploy" / "start.py"
SHOW = (sys.executable, "-c", "import json, os; print(json.dumps(dict(os.environ)))")


def start(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run the entry point with this environment and nothing else."""
    environment = {"PATH": os.environ["PATH"], "SECRETS_FOLDER": "/nowhere", **variables}
    return subprocess.run(
        [sys.executable, START, *arguments], env=environment, capture_output=True, text=True, check=False
    )


def environment_of(**variables: str) -> dict[str, str]:
    """The environment that a program gets from the entry point."""
    done = start(*SHOW, **variables)
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


def test_drawn_secrets_are_accepted():
    done = start("check", **drawn_secrets())
    assert (done.returncode, done.stdout) == (0, "Every secret is there.\n")


@pytest.mark.parametrize("name", [*SECRETS, "FERNET_KEY"])
@pytest.mark.parametrize(
    ("value", "fault"),
    [
        ("", "is missing"),
        ("abc", "is shorter than"),
        ("a" * 44, "is a placeholder"),
    ],
)
def test_a_weak_secret_is_refused_by_name_before_anything_starts(name: str, value: str, fault: str):
    done = start("check", **drawn_secrets() | {name: value})
    assert done.returncode == 78
    assert f"{name} {fault}" in done.stderr
    assert "Next: " in done.stderr


@pytest.mark.parametrize("value", ["changeme-changeme-changeme-changeme-42", "my-secret-number-8f2a1c3b5d7e9f0a1b2c3d"])
def test_a_placeholder_is_refused(value: str):
    done = start("check", **drawn_secrets() | {"JWT_SECRET": value})
    assert "JWT_SECRET is a placeholder" in done.stderr
    assert value not in done.stderr + done.stdout


def test_all_faults_are_told_at_once_and_no_value_is_shown():
    drawn = drawn_secrets()
    twice = drawn["API_SECRET_KEY"]
    done = start("check", **drawn | {"JWT_SECRET": twice, "ADMIN_PASSWORD": "", "FERNET_KEY": "x9" + "y8z7w6v5" * 5})
    for fault in ("JWT_SECRET is used twice", "ADMIN_PASSWORD is missing", "FERNET_KEY is no Fernet key"):
        assert fault in done.stderr
    assert twice not in done.stderr
    assert "y8z7w6v5" not in done.stderr


def test_the_exact_length_is_enough_and_one_character_less_is_not():
    sixteen = "k7Qz0mWv3TnX9bRd"
    assert "METADATA_PASSWORD" not in start("check", **drawn_secrets() | {"METADATA_PASSWORD": sixteen}).stderr
    assert "METADATA_PASSWORD is shorter than 16" in (
        start("check", **drawn_secrets() | {"METADATA_PASSWORD": sixteen[:-1]}).stderr
    )


def test_a_program_does_not_start_with_a_weak_secret():
    done = start(*SHOW, **drawn_secrets() | {"FERNET_KEY": ""})
    assert (done.returncode, done.stdout) == (78, "")


def test_secrets_of_a_profile_are_asked_for_only_where_it_is_on():
    secrets = {name: value for name, value in drawn_secrets().items() if name not in CELERY_SECRETS}
    assert start("check", **secrets).returncode == 0
    refused = start("check", COMPOSE_PROFILES="warehouse,celery", **secrets)
    assert refused.returncode == 78
    assert all(f"{name} is missing" in refused.stderr for name in CELERY_SECRETS)


def test_a_worker_does_not_wait_for_work_that_never_comes():
    done = start("airflow", "celery", "worker", **drawn_secrets())
    assert done.returncode == 78
    assert "add celery to COMPOSE_PROFILES" in done.stderr


def test_a_file_stands_in_for_a_variable_and_the_variable_wins(tmp_path: Path):
    secrets = drawn_secrets()
    for name, value in secrets.items():
        (tmp_path / name.lower()).write_text(f"{value}\n")
    from_files = environment_of(SECRETS_FOLDER=str(tmp_path))
    other = drawn_secrets()["JWT_SECRET"]
    assert from_files["AIRFLOW__API_AUTH__JWT_SECRET"] == secrets["JWT_SECRET"]
    assert environment_of(SECRETS_FOLDER=str(tmp_path), JWT_SECRET=other)["AIRFLOW__API_AUTH__JWT_SECRET"] == other


@pytest.mark.parametrize("password", ["p@ss/w:rd?&#%41 ñ[]-0a9b8c", "plain-0a9b8c7d6e5f4a3b"])
def test_a_password_of_any_characters_arrives_whole(password: str):
    password = password.replace("p@ss/w:rd", "p@/:?q")
    given = environment_of(**drawn_secrets() | {"METADATA_PASSWORD": password, "WAREHOUSE_SSLMODE": "verify-full"})
    metadata = urlsplit(given["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"])
    assert unquote(metadata.password or "") == password
    assert (metadata.hostname, metadata.port, metadata.path) == ("postgres", 5432, "/airflow")
    warehouse = urlsplit(given["AIRFLOW_CONN_CONTROL_TOWER"])
    assert (warehouse.hostname, warehouse.path, warehouse.query) == (
        "warehouse",
        "/control_tower",
        "sslmode=verify-full",
    )


def test_a_program_gets_what_it_needs_and_no_raw_secret():
    given = environment_of(COMPOSE_PROFILES="celery,mail", CONTROL_TOWER_HEARTBEAT_URL="", **drawn_secrets())
    assert given["AIRFLOW__CORE__EXECUTOR"] == "CeleryExecutor"
    assert given["AIRFLOW__CELERY__BROKER_URL"].startswith("redis://:")
    assert json.loads(given["AIRFLOW_CONN_CONTROL_TOWER_SMTP"])["host"] == "mail"
    assert "CONTROL_TOWER_HEARTBEAT_URL" not in given, "an empty variable is none"
    assert not {*SECRETS, *CELERY_SECRETS, "FERNET_KEY"} & given.keys()
    assert environment_of(**drawn_secrets())["AIRFLOW__CORE__EXECUTOR"] == "LocalExecutor"


def test_a_user_id_that_the_image_does_not_know_has_a_name():
    """Airflow refuses to run as a user without one, and AIRFLOW_UID may be any number."""
    name = "import getpass, os; os.getuid = lambda: 54321; print(getpass.getuser())"
    done = start(sys.executable, "-c", name, **drawn_secrets())
    assert done.stdout == "airflow\n", done.stderr
    assert environment_of(USER="operator", **drawn_secrets())["USER"] == "operator"


def test_a_mail_server_of_one_s_own_wins_over_the_catcher():
    own = '{"conn_type": "smtp", "host": "mail.example.org"}'
    given = environment_of(COMPOSE_PROFILES="mail", AIRFLOW_CONN_CONTROL_TOWER_SMTP=own, **drawn_secrets())
    assert given["AIRFLOW_CONN_CONTROL_TOWER_SMTP"] == own


def test_drawn_secrets_fill_the_example_once(tmp_path: Path):
    shutil.copytree(PROJECT / "deploy", tmp_path / "deploy")
    shutil.copy(PROJECT / ".env.example", tmp_path)
    draw = [sys.executable, tmp_path / "deploy" / "draw_secrets.py"]

    assert subprocess.run(draw, capture_output=True, check=False).returncode == 0
    file = tmp_path / ".env"
    written = file.read_text()
    variables = dict(line.split("=", 1) for line in written.splitlines() if line[:1].isupper())
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert start("check", **variables).returncode == 0
    assert start("check", **variables | {"COMPOSE_PROFILES": "warehouse,celery,mail"}).returncode == 0

    again = subprocess.run(draw, capture_output=True, text=True, check=False)
    assert again.returncode == 1
    assert "stays as it is" in again.stderr
    assert file.read_text() == written


def test_the_example_as_it_stands_starts_nothing():
    variables = dict(
        line.split("=", 1) for line in (PROJECT / ".env.example").read_text().splitlines() if line[:1].isupper()
    )
    done = start("check", **variables)
    assert done.returncode == 78
    assert done.stderr.count("is missing") == 8


def test_whatever_is_drawn_is_accepted():
    drawn = [draw_secrets.draw("JWT_SECRET") for _ in range(2000)]
    assert [value for value in [*drawn, "ab1234" + "5e9c" * 8 + "d1"] if start_py.faults({"X": value}, [X])] == []
    others = [secrets.token_urlsafe(18) for _ in range(500)] + ["correct-horse-battery-staple", "k7Qz0mWv3TnX9bRd"]
    assert [value for value in others if start_py.faults({"X": value}, [X])] == []


@pytest.mark.parametrize(
    "value",
    [
        *("Welcome2026Welcome", "ControlTower2026!", "Bienvenido2026!", "Lima2026Lima2026Lima", "YangoYangoYango2026"),
        *("qwertyuiopasdfgh1234", "abcdefghijklmnop", "1234567890123456", "0123456789abcdef0123456789abcdef"),
    ],
)
def test_what_somebody_thought_of_is_refused_and_not_shown(value: str):
    done = start("check", **drawn_secrets() | {"ADMIN_PASSWORD": value})
    assert done.returncode == 78
    assert "ADMIN_PASSWORD is too easy to guess" in done.stderr
    assert value not in done.stderr + done.stdout
